//! Loans: what should be back, what is out, what is booked and what was only asked for; and the form for a new one.

use axum::{
    extract::{Extension, State},
    http::Uri,
    response::Response,
};
use maillage_console::{
    form::Input,
    lasting::{Field, FormPage, Group, ListPage, Row, Section},
    parts::{Badge, Tone},
};
use maillage_domain::{
    fleet::AssetCategory,
    loan::{Loan, LoanState, NewLoan},
    person::Person,
    request::Purpose,
    roles::Operation,
};
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
    carried, content, is_about_what_was_asked, kept, moment, query, renewed, summed, told, unprocessable,
    who::asked_for,
};
use crate::{
    app::{
        fleet,
        loans::{self, LoanQuery},
        once::Once,
        people::names,
    },
    limits::{FLEET, PAGE_MAX},
};

/// The page on which a loan is asked for.
pub(super) const NEW: &str = "/loans/new";

/// Loans for which something is left to do.
pub(in crate::console) async fn list(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    desk::shown(&console, &visit, all(&console, &visit))
}

fn all(console: &Console, visit: &Visit) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let open = loans::list(app, &caller, LoanQuery::Open, PAGE_MAX)?;
    let now = app.now();
    let section = |id, key: &str, urgent, of: &dyn Fn(&Loan) -> bool| -> Result<Section, Refusal> {
        let some: Vec<Loan> = open.iter().filter(|loan| of(loan)).cloned().collect();
        Ok(Section {
            id,
            title: texts.say(key),
            none: texts.say("lasting-loans-none"),
            urgent,
            etag: String::new(),
            rows: rows(console, visit, &some)?,
        })
    };
    let sections = vec![
        section("late", "lasting-loans-late", true, &|loan| loan.is_overdue(now))?,
        section("out", "lasting-loans-out", false, &|loan| loan.is_out() && !loan.is_overdue(now))?,
        section("returned", "lasting-loans-returned", true, &|loan| {
            matches!(loan.state, LoanState::Returned(..))
        })?,
        section("booked", "lasting-loans-booked", false, &|loan| matches!(loan.state, LoanState::Booked(_)))?,
        section("asked", "lasting-loans-asked", true, &|loan| matches!(loan.state, LoanState::Requested))?,
    ];
    let mut ways = vec![("/fleet".to_owned(), texts.say("lasting-fleet"))];
    if Operation::LoanAsk.allows(caller.roles()) {
        ways.insert(0, (NEW.to_owned(), texts.say("lasting-loan-new")));
    }
    Ok(page(&ListPage {
        frame: frame(console, visit, texts.say("lasting-loans")),
        text: texts.say("lasting-loans-text"),
        ways,
        sections,
    }))
}

/// Loans in a list: who, what, when.
pub(super) fn rows(console: &Console, visit: &Visit, some: &[Loan]) -> Result<Vec<Row>, Refusal> {
    if some.is_empty() {
        return Ok(Vec::new());
    }
    let (app, caller, words) = (&console.app, visit.caller(), words(console, visit));
    let names = names::names(app, &caller, some.iter().map(|loan| loan.person))?;
    let fleet = fleet::list(app, &caller, None, FLEET)?;
    let row = |loan: &Loan| {
        let booked = loan.booking().and_then(|booking| fleet.iter().find(|asset| asset.id == booking.asset));
        let thing = booked.map_or_else(
            || words.code("asset-category", loan.terms.category.code()),
            |asset| asset.details.label.as_str().to_owned(),
        );
        let span = loan.terms.span;
        Row {
            path: format!("/loans/{}", loan.id),
            title: names.get(&loan.person).cloned().unwrap_or_default(),
            what: format!("{thing} · {}", words.span(&span.from().to_string(), &span.until().to_string())),
            badge: Some(badge(console, visit, loan)),
            presses: Vec::new(),
        }
    };
    Ok(some.iter().map(row).collect())
}

/// How a loan stands.
pub(super) fn badge(console: &Console, visit: &Visit, loan: &Loan) -> Badge {
    if loan.is_overdue(console.app.now()) {
        return Badge::new(texts(console, visit).say("lasting-loan-late"), Tone::Bad);
    }
    let tone = match &loan.state {
        LoanState::Requested | LoanState::Returned(..) => Tone::Wait,
        LoanState::Booked(_) | LoanState::Out(..) => Tone::Good,
        LoanState::Closed(..) | LoanState::Cancelled { .. } => Tone::Plain,
    };
    Badge::new(words(console, visit).code("loan-state", loan.state.code()), tone)
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
    desk::shown(&console, &visit, asking(&console, &visit, &Wrong::new()).await)
}

async fn asking(console: &Console, visit: &Visit, wrong: &Wrong) -> Result<Response, Refusal> {
    visit.caller().check(Operation::LoanAsk)?;
    match asked_for(console, visit, (NEW, "lasting-loan-new")).await? {
        Ok(person) => Ok(form(console, visit, &person, wrong)),
        Err(choosing) => Ok(choosing),
    }
}

/// Takes a wish for a loan, once however often the button is pressed.
pub(in crate::console) async fn send(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
) -> Response {
    if visit.fields.text("step") != "save" {
        return desk::shown(&console, &visit, asking(&console, &visit, &Wrong::new()).await);
    }
    let wrong = match asked(&console, &visit).await {
        Ok(Ok(loan)) => {
            let said = texts(&console, &visit).say("lasting-loan-asked");
            return on_to(&console, &visit, &format!("/loans/{}", loan.id), Some((false, said)));
        }
        Ok(Err(wrong)) => wrong,
        Err(refusal) if is_about_what_was_asked(&refusal) => {
            let field = match refusal.reason() {
                "loan-span" => "until_day",
                "purpose-unknown" => "purpose",
                "asset-category-unknown" => "category",
                _ if refusal.details().get("field").is_some_and(|field| field == "notes") => "notes",
                _ => "from_day",
            };
            visit = renewed(&visit, &refusal);
            vec![(field, told(&console, &visit, &refusal))]
        }
        Err(refusal) => return refused(&console, &visit, &refusal),
    };
    unprocessable(&console, &visit, asking(&console, &visit, &wrong).await)
}

async fn asked(console: &Console, visit: &Visit) -> Result<Result<Loan, Wrong>, Refusal> {
    visit.caller().check(Operation::LoanAsk)?;
    let (fields, texts) = (&visit.fields, texts(console, visit));
    let Ok(person) = fields.text("person").parse() else { return Ok(Err(Wrong::new())) };
    let wanted = [
        ("category", "lasting-need-category"),
        ("from_day", "console-need-day"),
        ("from_time", "console-need-time"),
        ("until_day", "console-need-day"),
        ("until_time", "console-need-time"),
        ("purpose", "console-need-purpose"),
    ];
    let missing = wanted.into_iter().filter(|(field, _)| fields.text(field).trim().is_empty());
    let wrong: Wrong = missing.map(|(field, key)| (field, texts.say(key))).collect();
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let new = NewLoan {
        category: fields.text("category").to_owned(),
        from: moment(fields.text("from_day"), fields.text("from_time")),
        until: moment(fields.text("until_day"), fields.text("until_time")),
        purpose: fields.text("purpose").to_owned(),
        notes: fields.text("notes").to_owned(),
    };
    let once = Once::read(fields.text("request_id"), Operation::LoanAsk, content(visit).as_bytes())?;
    let caller = visit.caller().asking_once(once);
    Ok(Ok(loans::ask(&console.app, &caller, person, new).await?))
}

fn form(console: &Console, visit: &Visit, person: &Person, wrong: &Wrong) -> Response {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let form = Form { console, visit, wrong };
    let mut sent = carried(console, visit);
    sent.push(("person".to_owned(), person.id.to_string()));
    let to_be_said = ("", words.text("desk-not-said", &[]));
    let categories =
        AssetCategory::ALL.iter().map(|one| (one.code(), words.code("asset-category", one.code())));
    let purposes = Purpose::ALL.iter().map(|one| (one.code(), words.code("purpose", one.code())));
    let options = |codes: Vec<(&'static str, String)>| -> Vec<(String, String)> {
        let all = std::iter::once(to_be_said.clone()).chain(codes);
        all.map(|(code, label)| (code.to_owned(), label)).collect()
    };
    let choice = |name, label, codes| Field::Choice(form.choice(name, label, options(codes)));
    let at = |name, label, kind| Field::Line(Input { wanted: true, ..form.input(name, label).of_kind(kind) });
    page(&FormPage {
        frame: frame(console, visit, texts.say("lasting-loan-new")),
        text: texts.say("lasting-loan-new-text"),
        who: (format!("/people/{}", person.id), person.details.name.as_str().to_owned()),
        action: NEW.to_owned(),
        carried: sent,
        wrong: summed(wrong),
        communes: Vec::new(),
        groups: vec![
            Group {
                id: "thing",
                title: texts.say("lasting-loan-what"),
                rows: vec![vec![
                    choice("category", "lasting-category", categories.collect()),
                    choice("purpose", "console-purpose", purposes.collect()),
                ]],
            },
            Group {
                id: "span",
                title: texts.say("console-when"),
                rows: vec![
                    vec![
                        at("from_day", "lasting-from-day", "date"),
                        at("from_time", "lasting-from-time", "time"),
                    ],
                    vec![
                        at("until_day", "lasting-until-day", "date"),
                        at("until_time", "lasting-until-time", "time"),
                    ],
                    vec![Field::Text(form.lines("notes", "lasting-notes", "lasting-loan-notes-hint"))],
                ],
            },
        ],
        button: texts.say("lasting-loan-ask"),
    })
}
