//! Referrals: those a prescriber made and what became of them, or for the desk all of them; and the form by which somebody is
//! referred. Must never ask a prescriber why: the desk talks with the person.

use axum::{
    extract::{Extension, State},
    response::Response,
};
use maillage_console::{
    form::Input,
    lasting::{Field, FormPage, Group, ListPage, Row, Section},
    parts::{Badge, Tone},
};
use maillage_domain::{
    account::Scope,
    pathway::{NewReferral, ReferralStanding},
    roles::{Operation, Roles},
};
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console, communes,
        desk::{
            self,
            form::{Form, Wrong},
        },
        door::Visit,
        reply::{frame, on_to, page, refused, texts, words},
    },
    PAGES, PAST, carried, content, is_about_what_was_asked, kept, renewed, single_tick, summed, told,
    unprocessable,
};
use crate::{
    app::{
        once::Once,
        people::partners,
        referrals::{self, SeenReferral},
    },
    limits::PAGE_MAX,
};

/// The page of all referrals that somebody may see.
pub(super) const PAGE: &str = "/referrals";
/// The page on which somebody is referred.
pub(super) const NEW: &str = "/referrals/new";

/// Whether somebody is here to refer people and for nothing else.
pub(in crate::console) fn is_prescriber(roles: &Roles) -> bool {
    Operation::ReferralShow.allows(roles) && !Operation::TripList.allows(roles)
}

/// The referrals that somebody may see.
pub(in crate::console) async fn list(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    desk::shown(&console, &visit, all(&console, &visit))
}

fn all(console: &Console, visit: &Visit) -> Result<Response, Refusal> {
    let (caller, texts) = (visit.caller(), texts(console, visit));
    let mut found: Vec<SeenReferral> = Vec::new();
    for _ in 0..PAGES {
        let after = found.last().map(|last| last.referral.id);
        let next = referrals::list(&console.app, &caller, false, after, PAGE_MAX)?;
        let is_last = next.len() < PAGE_MAX;
        found.extend(next);
        if is_last {
            break;
        }
    }
    let own = is_prescriber(caller.roles());
    let section = |id, key: &str, urgent, of: &dyn Fn(ReferralStanding) -> bool, newest: bool| {
        let mut some: Vec<&SeenReferral> = found.iter().filter(|seen| of(seen.standing)).collect();
        if newest {
            some.reverse();
            some.truncate(PAST);
        }
        Section {
            id,
            title: texts.say(key),
            none: texts.say("lasting-referrals-none"),
            urgent,
            etag: String::new(),
            rows: some.into_iter().map(|seen| row(console, visit, seen)).collect(),
        }
    };
    let waits = |standing: ReferralStanding| standing == ReferralStanding::Received;
    let goes_on = |standing: ReferralStanding| standing == ReferralStanding::UnderWay;
    let is_over = |standing: ReferralStanding| !waits(standing) && !goes_on(standing);
    let text = if own { "lasting-referrals-text-own" } else { "lasting-referrals-text" };
    let title = if own { "lasting-referrals-own" } else { "lasting-referrals" };
    Ok(page(&ListPage {
        frame: frame(console, visit, texts.say(title)),
        text: texts.say(text),
        ways: vec![(NEW.to_owned(), texts.say("lasting-referral-new"))],
        sections: vec![
            section("received", "lasting-referrals-received", !own, &waits, false),
            section("under-way", "lasting-referrals-under-way", false, &goes_on, true),
            section("over", "lasting-referrals-over", false, &is_over, true),
        ],
    }))
}

fn row(console: &Console, visit: &Visit, seen: &SeenReferral) -> Row {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let since = words.instant(&seen.referral.created.to_string());
    let contact = seen.referral.contact.as_ref().map(|contact| contact.name.as_str().to_owned());
    let what = match contact {
        Some(name) => {
            texts.with("lasting-referral-row-named", &[("name", name.into()), ("since", since.into())])
        }
        None => texts.with("lasting-referral-row", &[("since", since.into())]),
    };
    Row {
        path: format!("{PAGE}/{}", seen.referral.id),
        title: seen.referral.reference.as_str().to_owned(),
        what,
        badge: Some(badge(console, visit, seen.standing)),
        presses: Vec::new(),
    }
}

/// Where a referral stands and how it ended.
pub(super) fn badge(console: &Console, visit: &Visit, standing: ReferralStanding) -> Badge {
    let words = words(console, visit);
    let state = words.code("referral-state", standing.code());
    let (list, tone) = match standing {
        ReferralStanding::Received => ("", Tone::Wait),
        ReferralStanding::UnderWay => ("", Tone::Good),
        ReferralStanding::Ended(_) => ("outcome", Tone::Good),
        ReferralStanding::Declined(_) => ("decline", Tone::Bad),
        ReferralStanding::Withdrawn => ("", Tone::Plain),
    };
    if list.is_empty() {
        return Badge::new(state, tone);
    }
    let outcome = words.code(list, standing.outcome());
    let args = [("state", state.into()), ("outcome", outcome.into())];
    Badge::new(texts(console, visit).with("lasting-referral-ended", &args), tone)
}

/// The form by which somebody is referred; with what was typed before a session ended.
pub(in crate::console) async fn show_new(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
) -> Response {
    visit.fields = kept(&visit).unwrap_or_default();
    desk::shown(&console, &visit, form(&console, &visit, &Wrong::new()))
}

/// Refers somebody, once however often the button is pressed.
pub(in crate::console) async fn send(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    if visit.fields.text("step") != "save" {
        return desk::shown(&console, &visit, form(&console, &visit, &Wrong::new()));
    }
    match referred(&console, &visit).await {
        Ok(Ok(seen)) => {
            let said = texts(&console, &visit).say("lasting-referral-done");
            on_to(&console, &visit, &format!("{PAGE}/{}", seen.referral.id), Some((false, said)))
        }
        Ok(Err(wrong)) => unprocessable(&console, &visit, form(&console, &visit, &wrong)),
        Err(refusal) if is_about_what_was_asked(&refusal) => {
            let visit = renewed(&visit, &refusal);
            let wrong = vec![(field_of(&refusal), told(&console, &visit, &refusal))];
            unprocessable(&console, &visit, form(&console, &visit, &wrong))
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

async fn referred(console: &Console, visit: &Visit) -> Result<Result<SeenReferral, Wrong>, Refusal> {
    visit.caller().check(Operation::ReferralAdd)?;
    let fields = &visit.fields;
    let mut wrong = missing(console, visit);
    let commune = commune(console, visit, &mut wrong);
    let unknown = |_| crate::app::refusals::invalid("id-malformed").with("field", "prescriber");
    let prescriber = match fields.text("prescriber") {
        "" => None,
        id => Some(id.parse().map_err(unknown)?),
    };
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let new = NewReferral {
        reference: fields.text("reference").to_owned(),
        name: fields.text("name").to_owned(),
        phone: fields.text("phone").to_owned(),
        commune,
        person_agrees: fields.text("agrees") == "1",
    };
    let once = Once::read(fields.text("request_id"), Operation::ReferralAdd, content(visit).as_bytes())?;
    let caller = visit.caller().asking_once(once);
    Ok(Ok(referrals::add(&console.app, &caller, prescriber, new).await?))
}

/// Everything that has to be there and is not, at once.
fn missing(console: &Console, visit: &Visit) -> Wrong {
    let texts = texts(console, visit);
    let wanted = [
        ("reference", "lasting-need-reference"),
        ("name", "desk-need-name"),
        ("phone", "lasting-need-phone"),
        ("agrees", "lasting-need-agreement"),
    ];
    let empty = wanted.into_iter().filter(|(field, _)| visit.fields.text(field).trim().is_empty());
    empty.map(|(field, key)| (field, texts.say(key))).collect()
}

/// The code of the commune that was typed.
fn commune(console: &Console, visit: &Visit, wrong: &mut Wrong) -> String {
    let texts = texts(console, visit);
    let typed = visit.fields.text("commune");
    if typed.trim().is_empty() {
        wrong.push(("commune", texts.say("desk-need-commune")));
        return String::new();
    }
    let read = communes::code(console.app.geography, &console.app.profile.territory, typed);
    read.unwrap_or_else(|unclear| {
        let text = match unclear {
            communes::Unclear::Unknown => texts.say("console-commune-unknown"),
            communes::Unclear::Several(told) => texts.about("console-commune-several", &told.join(", ")),
        };
        wrong.push(("commune", text));
        String::new()
    })
}

/// The field that a refusal is about.
fn field_of(refusal: &Refusal) -> &'static str {
    let field = refusal.details().get("field").map(String::as_str).unwrap_or_default();
    match (refusal.reason(), field) {
        ("phone-character" | "phone-length", _) => "phone",
        ("referral-commune", _) => "commune",
        ("referral-not-agreed", _) => "agrees",
        (_, "name") => "name",
        (_, "prescriber") => "prescriber",
        (_, _) => "reference",
    }
}

fn form(console: &Console, visit: &Visit, wrong: &Wrong) -> Result<Response, Refusal> {
    let caller = visit.caller();
    caller.check(Operation::ReferralAdd)?;
    let (app, texts) = (&console.app, texts(console, visit));
    let form = Form { console, visit, wrong };
    let wanted = |field: Input| Field::Line(Input { wanted: true, ..field });
    let hinted = |name, label, hint: &str| form.input(name, label).with_hint(texts.say(hint));
    let mut about = vec![vec![wanted(hinted("reference", "lasting-reference", "lasting-reference-hint"))]];
    if caller.scope() == Scope::Everything {
        about.push(vec![Field::Choice(form.choice(
            "prescriber",
            "lasting-prescriber",
            prescribers(console, visit)?,
        ))]);
    }
    let commune =
        Input { list: "communes", ..hinted("commune", "desk-home-commune", "console-commune-hint") };
    let person = vec![
        vec![
            wanted(form.input("name", "desk-name")),
            wanted(hinted("phone", "console-fact-phone", "desk-phone-hint")),
        ],
        vec![wanted(commune)],
        vec![single_tick(&form, "agrees", "lasting-agrees")],
    ];
    Ok(page(&FormPage {
        frame: frame(console, visit, texts.say("lasting-referral-new")),
        text: texts.say("lasting-referral-new-text"),
        who: (String::new(), String::new()),
        action: NEW.to_owned(),
        carried: carried(console, visit),
        wrong: summed(wrong),
        communes: communes::suggested(app.geography, &app.profile.territory),
        groups: vec![
            Group { id: "about", title: texts.say("lasting-referral-case"), rows: about },
            Group { id: "person", title: texts.say("lasting-referral-person"), rows: person },
        ],
        button: texts.say("lasting-referral-do"),
    }))
}

/// Who may have referred somebody, for the desk.
fn prescribers(console: &Console, visit: &Visit) -> Result<Vec<(String, String)>, Refusal> {
    let mut options = vec![(String::new(), texts(console, visit).say("lasting-prescriber-none"))];
    let found = partners::list_prescribers(&console.app, &visit.caller(), None, PAGE_MAX)?;
    options.extend(
        found
            .into_iter()
            .filter(|one| one.active)
            .map(|one| (one.id.to_string(), one.details.organisation.as_str().to_owned())),
    );
    Ok(options)
}
