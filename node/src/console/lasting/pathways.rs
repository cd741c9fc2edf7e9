//! Pathways: whom to call first, then those that go on, and those that ended of late; and the form that opens one.

use axum::{
    extract::{Extension, State},
    http::Uri,
    response::Response,
};
use jiff::civil::Date;
use maillage_console::{
    lasting::{Field, FormPage, Group, ListPage, Row, Section},
    parts::{Badge, Tone},
};
use maillage_domain::{civil::day_of, pathway::Pathway, person::Person, roles::Operation};
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console,
        desk::{
            self,
            form::{Form, Wrong},
        },
        door::Visit,
        fields::Fields,
        reply::{frame, on_to, page, refused, texts, words},
    },
    PAGES, PAST, carried, content, is_about_what_was_asked, kept, query, renewed, summed, told,
    unprocessable,
    who::asked_for,
};
use crate::{
    app::{once::Once, pathways, people::names},
    limits::PAGE_MAX,
};

/// The page on which a pathway is opened.
pub(super) const NEW: &str = "/pathways/new";
/// Days ahead in which a call is told of.
const CALL_WITHIN: u16 = 14;

/// The pathways.
pub(in crate::console) async fn list(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    desk::shown(&console, &visit, all(&console, &visit))
}

fn all(console: &Console, visit: &Visit) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let (due, _) = pathways::follow_ups(app, &caller, CALL_WITHIN, (None, PAGE_MAX))?;
    let mut found: Vec<Pathway> = Vec::new();
    for _ in 0..PAGES {
        let next = pathways::list(app, &caller, found.last().map(|last| last.id), PAGE_MAX)?;
        let is_last = next.len() < PAGE_MAX;
        found.extend(next);
        if is_last {
            break;
        }
    }
    let (open, mut over): (Vec<_>, Vec<_>) = found.into_iter().partition(Pathway::is_open);
    over.sort_by_key(|one| std::cmp::Reverse(one.exit().map(|exit| exit.on)));
    over.truncate(PAST);
    let section = |id, key: &str, none: &str, urgent, some: &[Pathway]| -> Result<Section, Refusal> {
        Ok(Section {
            id,
            title: texts.say(key),
            none: texts.say(none),
            urgent,
            etag: String::new(),
            rows: rows(console, visit, some)?,
        })
    };
    let mut sections = vec![
        section("due", "lasting-pathways-due", "lasting-pathways-due-none", true, &due)?,
        section("open", "lasting-pathways-open", "lasting-pathways-none", false, &open)?,
    ];
    if !over.is_empty() {
        sections.push(section("over", "lasting-pathways-over", "lasting-pathways-none", false, &over)?);
    }
    let way = (NEW.to_owned(), texts.say("lasting-pathway-new"));
    Ok(page(&ListPage {
        frame: frame(console, visit, texts.say("lasting-pathways")),
        text: texts.say("lasting-pathways-text"),
        ways: Operation::PathwayOpen.allows(caller.roles()).then_some(way).into_iter().collect(),
        sections,
    }))
}

fn rows(console: &Console, visit: &Visit, some: &[Pathway]) -> Result<Vec<Row>, Refusal> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let names = names::names(&console.app, &visit.caller(), some.iter().map(|one| one.person))?;
    let row = |pathway: &Pathway| {
        let entered = words.day(pathway.entered);
        let what = match (pathway.exit(), pathway.next_follow_up()) {
            (Some(exit), _) => {
                let outcome = words.code("outcome", exit.outcome.code());
                let args = [("on", words.day(exit.on).into()), ("outcome", outcome.into())];
                texts.with("lasting-pathway-row-over", &args)
            }
            (None, Some((milestone, on))) => {
                let milestone = words.code("milestone", milestone.code());
                let args = [
                    ("entered", entered.into()),
                    ("on", words.day(on).into()),
                    ("milestone", milestone.into()),
                ];
                texts.with("lasting-pathway-row-next", &args)
            }
            (None, None) => texts.about("lasting-pathway-row", &entered),
        };
        Row {
            path: format!("/pathways/{}", pathway.id),
            title: names.get(&pathway.person).cloned().unwrap_or_default(),
            what,
            badge: Some(badge(console, visit, pathway)),
            presses: Vec::new(),
        }
    };
    Ok(some.iter().map(row).collect())
}

/// Where a pathway stands; a call that is late is told first.
pub(super) fn badge(console: &Console, visit: &Visit, pathway: &Pathway) -> Badge {
    let today: Date = day_of(console.app.now());
    if pathway.next_follow_up().is_some_and(|(_, on)| on < today) {
        return Badge::new(texts(console, visit).say("lasting-pathway-late"), Tone::Bad);
    }
    let tone = match pathway.stage.code() {
        "entered" => Tone::Wait,
        "exited" => Tone::Plain,
        _ => Tone::Good,
    };
    Badge::new(words(console, visit).code("stage", pathway.stage.code()), tone)
}

/// An empty form, or the one that was typed before a session ended.
pub(in crate::console) async fn show_new(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let mut fields = Fields::default();
    fields.set("person", query(&uri).text("person"));
    visit.fields = kept(&visit).unwrap_or(fields);
    desk::shown(&console, &visit, opening(&console, &visit, &Wrong::new()).await)
}

async fn opening(console: &Console, visit: &Visit, wrong: &Wrong) -> Result<Response, Refusal> {
    visit.caller().check(Operation::PathwayOpen)?;
    match asked_for(console, visit, (NEW, "lasting-pathway-new")).await? {
        Ok(person) => Ok(form(console, visit, &person, wrong)),
        Err(choosing) => Ok(choosing),
    }
}

/// Opens a pathway, once however often the button is pressed.
pub(in crate::console) async fn send(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    if visit.fields.text("step") != "save" || visit.fields.text("person").is_empty() {
        return desk::shown(&console, &visit, opening(&console, &visit, &Wrong::new()).await);
    }
    match opened(&console, &visit).await {
        Ok(pathway) => {
            let said = texts(&console, &visit).say("lasting-pathway-opened");
            on_to(&console, &visit, &format!("/pathways/{}", pathway.id), Some((false, said)))
        }
        Err(refusal) if is_about_what_was_asked(&refusal) => {
            let visit = renewed(&visit, &refusal);
            let is_notes = refusal.details().get("field").is_some_and(|field| field == "notes");
            let wrong = vec![(if is_notes { "notes" } else { "entered" }, told(&console, &visit, &refusal))];
            unprocessable(&console, &visit, opening(&console, &visit, &wrong).await)
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

async fn opened(console: &Console, visit: &Visit) -> Result<Pathway, Refusal> {
    visit.caller().check(Operation::PathwayOpen)?;
    let fields = &visit.fields;
    let malformed = |_| crate::app::refusals::invalid("id-malformed").with("field", "person");
    let person = fields.text("person").parse().map_err(malformed)?;
    let once = Once::read(fields.text("request_id"), Operation::PathwayOpen, content(visit).as_bytes())?;
    let caller = visit.caller().asking_once(once);
    pathways::open(&console.app, &caller, person, (fields.text("entered"), fields.text("notes"))).await
}

fn form(console: &Console, visit: &Visit, person: &Person, wrong: &Wrong) -> Response {
    let texts = texts(console, visit);
    let form = Form { console, visit, wrong };
    let mut sent = carried(console, visit);
    sent.push(("person".to_owned(), person.id.to_string()));
    let entered = form.input("entered", "lasting-pathway-entered").of_kind("date");
    page(&FormPage {
        frame: frame(console, visit, texts.say("lasting-pathway-new")),
        text: texts.say("lasting-pathway-new-text"),
        who: (format!("/people/{}", person.id), person.details.name.as_str().to_owned()),
        action: NEW.to_owned(),
        carried: sent,
        wrong: summed(wrong),
        communes: Vec::new(),
        groups: vec![Group {
            id: "begin",
            title: texts.say("lasting-pathway-begin"),
            rows: vec![
                vec![Field::Line(entered.with_hint(texts.say("lasting-day-hint")))],
                vec![Field::Text(form.lines("notes", "lasting-notes", "lasting-pathway-notes-hint"))],
            ],
        }],
        button: texts.say("lasting-pathway-do"),
    })
}
