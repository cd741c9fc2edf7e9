//! The forms of the books: each on a page of its own, what is wrong beside its field, nothing done twice, and what cannot be undone
//! confirmed.

use axum::{
    extract::{Extension, Path, State},
    http::{StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use maillage_console::{books::BookForm, frame::Notice};
use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    ledger::Basis,
    money::Cents,
};
use maillage_federation::{ids::Id, month::Month};
use maillage_platform::{
    i18n::FluentValue,
    refusal::{Refusal, RefusalKind},
};

use super::{
    acts::{self, Act, Opened},
    carrier,
    fields::{Asked, Wrong},
    query,
};
use crate::{
    app::money::{
        accounts, receipts,
        statements::{self, Shown, Which},
    },
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, on_to, page, refused, texts, words},
    },
};

/// What goes along unseen: identifiers, and what was seen.
const HIDDEN: [&str; 5] = ["carrier", "expense", "seen", "handover", "leg"];

const OF_PERSON: [Act; 4] = [Act::Pay, Act::Due, Act::Refund, Act::WriteOff];
const OF_VOLUNTEER: [Act; 4] = [Act::Expense, Act::Remit, Act::Waiver, Act::RemoveExpense];
const OF_ENTRY: [Act; 2] = [Act::Receipt, Act::Counter];
const OF_STATEMENT: [Act; 3] = [Act::Reimburse, Act::Waive, Act::Undo];
const OF_MONTH: [Act; 2] = [Act::Sign, Act::Correct];

/// What an address names, before it is looked up.
enum Named {
    Person(Id<PersonKind>),
    Volunteer(Id<VolunteerKind>),
    Entry(String),
    Statement(String),
    Receipt(String),
    Draft(Id<VolunteerKind>, Month, Basis),
    Month(String, Month),
}

/// A form about a person.
pub(super) async fn of_person(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(path): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let named = person(path);
    ask(console, visit, (named, uri)).await
}

/// A form about a person, filled in.
pub(super) async fn of_person_sent(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(path): Path<(String, String)>,
    uri: Uri,
) -> Response {
    send(console, visit, (person(path), uri)).await
}

fn person((id, what): (String, String)) -> Option<(Act, Named)> {
    Some((Act::among(&OF_PERSON, &what)?, Named::Person(id.parse().ok()?)))
}

/// A form about a volunteer.
pub(super) async fn of_volunteer(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(path): Path<(String, String)>,
    uri: Uri,
) -> Response {
    ask(console, visit, (volunteer(path), uri)).await
}

/// A form about a volunteer, filled in.
pub(super) async fn of_volunteer_sent(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(path): Path<(String, String)>,
    uri: Uri,
) -> Response {
    send(console, visit, (volunteer(path), uri)).await
}

fn volunteer((id, what): (String, String)) -> Option<(Act, Named)> {
    Some((Act::among(&OF_VOLUNTEER, &what)?, Named::Volunteer(id.parse().ok()?)))
}

/// A form about an entry.
pub(super) async fn of_entry(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let named = Act::among(&OF_ENTRY, &what).map(|act| (act, Named::Entry(id)));
    ask(console, visit, (named, uri)).await
}

/// A form about an entry, filled in.
pub(super) async fn of_entry_sent(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let named = Act::among(&OF_ENTRY, &what).map(|act| (act, Named::Entry(id)));
    send(console, visit, (named, uri)).await
}

/// A form about a closed statement.
pub(super) async fn of_statement(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let named = Act::among(&OF_STATEMENT, &what).map(|act| (act, Named::Statement(id)));
    ask(console, visit, (named, uri)).await
}

/// A form about a closed statement, filled in.
pub(super) async fn of_statement_sent(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let named = Act::among(&OF_STATEMENT, &what).map(|act| (act, Named::Statement(id)));
    send(console, visit, (named, uri)).await
}

/// A form about a receipt.
pub(super) async fn of_receipt(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let named = Act::among(&[Act::CancelReceipt], &what).map(|act| (act, Named::Receipt(id)));
    ask(console, visit, (named, uri)).await
}

/// A form about a receipt, filled in.
pub(super) async fn of_receipt_sent(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let named = Act::among(&[Act::CancelReceipt], &what).map(|act| (act, Named::Receipt(id)));
    send(console, visit, (named, uri)).await
}

/// The page on which a volunteer's statement is closed.
pub(super) async fn close(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(path): Path<(String, String, String)>,
    uri: Uri,
) -> Response {
    ask(console, visit, (draft(path), uri)).await
}

/// Closes a volunteer's statement.
pub(super) async fn close_sent(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(path): Path<(String, String, String)>,
    uri: Uri,
) -> Response {
    send(console, visit, (draft(path), uri)).await
}

fn draft((id, month, basis): (String, String, String)) -> Option<(Act, Named)> {
    Some((Act::Close, Named::Draft(id.parse().ok()?, month.parse().ok()?, basis.parse().ok()?)))
}

/// A form about a month with another member.
pub(super) async fn of_settlement(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(path): Path<(String, String, String)>,
    uri: Uri,
) -> Response {
    ask(console, visit, (settlement(path), uri)).await
}

/// A form about a month with another member, filled in.
pub(super) async fn of_settlement_sent(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(path): Path<(String, String, String)>,
    uri: Uri,
) -> Response {
    send(console, visit, (settlement(path), uri)).await
}

fn settlement((node, month, what): (String, String, String)) -> Option<(Act, Named)> {
    Some((Act::among(&OF_MONTH, &what)?, Named::Month(node, month.parse().ok()?)))
}

/// Shows a form.
async fn ask(console: Console, mut visit: Visit, (named, uri): (Option<(Act, Named)>, Uri)) -> Response {
    let Some((act, named)) = named else { return nothing(State(console), Extension(visit)).await };
    let asked = query(&uri);
    for name in HIDDEN {
        if !asked.text(name).is_empty() {
            visit.fields.set(name, asked.text(name));
        }
    }
    match opened(&console, &visit, (act, named)).await {
        Ok(opened) => {
            for (name, value) in &opened.usual {
                visit.fields.set(name, value.clone());
            }
            visit.fields.set("once", acts::name_for_form(&console));
            form(&console, &visit, (act, &opened, uri.path()), (Wrong::new(), None))
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

/// Takes a form.
async fn send(console: Console, visit: Visit, (named, uri): (Option<(Act, Named)>, Uri)) -> Response {
    let Some((act, named)) = named else { return nothing(State(console), Extension(visit)).await };
    let opened = match opened(&console, &visit, (act, named)).await {
        Ok(opened) => opened,
        Err(refusal) => return refused(&console, &visit, &refusal),
    };
    let texts = texts(&console, &visit);
    let mut wrong = Wrong::new();
    let amount = Cents::parse(visit.fields.text("amount"));
    if act.has_amount() && amount.is_err() {
        wrong.push(("amount", texts.say("books-amount-unread")));
    }
    if act.is_grave() && visit.fields.text("sure") != "1" {
        wrong.push(("sure", texts.say("books-not-sure")));
    }
    if !wrong.is_empty() {
        return again(&console, visit, (act, &opened, uri.path()), (wrong, None));
    }
    match acts::perform(&console, &visit, (act, &opened, amount.unwrap_or_default())).await {
        Ok((page, said)) => on_to(&console, &visit, &page, Some((false, said))),
        Err(refusal) if is_about_what_was_typed(&refusal) => {
            let told = told(&console, &visit, &refusal);
            let wrong = match field_of(act, &refusal) {
                Some(field) => (vec![(field, told)], None),
                None => (Wrong::new(), Some(told)),
            };
            again(&console, visit, (act, &opened, uri.path()), wrong)
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

/// The form with what is wrong. A name that was used up is not used again.
fn again(
    console: &Console,
    mut visit: Visit,
    about: (Act, &Opened, &str),
    wrong: (Wrong, Option<String>),
) -> Response {
    if wrong.1.is_some() {
        visit.fields.set("once", acts::name_for_form(console));
    }
    (StatusCode::UNPROCESSABLE_ENTITY, form(console, &visit, about, wrong)).into_response()
}

fn form(
    console: &Console,
    visit: &Visit,
    (act, opened, path): (Act, &Opened, &str),
    (wrong, notice): (Wrong, Option<String>),
) -> Response {
    let (texts, code) = (texts(console, visit), act.code());
    let asked = Asked { console, visit, wrong: &wrong };
    let title = texts.say(&format!("books-{code}"));
    let mut around = frame(console, visit, title.clone());
    around.notice = notice.map(Notice::bad).or(around.notice);
    let hidden = HIDDEN.into_iter().chain(["once"]);
    let hidden = hidden.map(|name| (name, visit.fields.text(name).to_owned()));
    page(&BookForm {
        frame: around,
        heading: title,
        back: opened.back.clone(),
        told: vec![texts.say(&format!("books-{code}-text"))],
        facts: opened.facts.clone(),
        fields: act.fields(&asked),
        wrong: wrong.iter().map(|(field, text)| ((*field).to_owned(), text.clone())).collect(),
        action: path.to_owned(),
        hidden: hidden.filter(|(_, value)| !value.is_empty()).collect(),
        does: texts.say(&format!("books-{code}-do")),
    })
}

/// Looks up what a form is about, for whoever may send it.
async fn opened(console: &Console, visit: &Visit, (act, named): (Act, Named)) -> Result<Opened, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    caller.check(act.operation())?;
    let unknown = |reason| crate::app::refusals::unknown(reason);
    Ok(match named {
        Named::Person(id) => acts::about_person(console, visit, (act, id)).await?,
        Named::Volunteer(id) => acts::about_volunteer(console, visit, (act, id))?,
        Named::Entry(id) => {
            let id = id.parse().map_err(|_| unknown("entry-unknown"))?;
            acts::about_entry(console, visit, accounts::entry(app, &caller, id)?)
        }
        Named::Statement(id) => {
            let id = id.parse().map_err(|_| unknown("statement-unknown"))?;
            acts::about_statement(console, visit, statements::show_closed(app, &caller, id)?.0)
        }
        Named::Receipt(id) => {
            let id = id.parse().map_err(|_| unknown("receipt-unknown"))?;
            acts::about_receipt(console, visit, receipts::open(app, &caller, id).await?)
        }
        Named::Draft(volunteer, month, basis) => {
            let carrier = carrier(visit.fields.text("carrier"));
            let which = Which { volunteer, month, basis, carrier };
            let total = match statements::show(app, &caller, which)? {
                Shown::Draft(_, _, drawn) => drawn.totals.total(),
                Shown::Closed(statement, _) => statement.totals.total(),
            };
            acts::about_draft(console, visit, (which, total))
        }
        Named::Month(node, month) => super::settlements::about(console, visit, (node, month))?,
    })
}

/// Whether a refusal is an answer to what somebody typed.
fn is_about_what_was_typed(refusal: &Refusal) -> bool {
    match refusal.kind() {
        RefusalKind::InvalidInput | RefusalKind::Conflict => true,
        RefusalKind::NotFound
        | RefusalKind::Forbidden
        | RefusalKind::Unauthenticated
        | RefusalKind::Unavailable
        | RefusalKind::Exhausted
        | RefusalKind::Internal => false,
    }
}

/// The field of a form that a refusal is about; none if it is about no field of it.
fn field_of(act: Act, refusal: &Refusal) -> Option<&'static str> {
    let field = refusal.details().get("field").map(String::as_str).unwrap_or_default();
    let field = match (refusal.reason(), field) {
        ("money-amount" | "money-more-than-there", _) => "amount",
        ("money-day" | "money-day-future" | "money-day-too-old", _) => "day",
        ("money-year" | "receipt-nothing-waived", _) => "year",
        ("money-already-due", _) => "source",
        ("expense-without-proof", _) => "proof",
        ("expense-without-note" | "receipt-reason-missing", _) | (_, "note") => "note",
        ("settlement-line-kilometres", _) | (_, "loaded") => "loaded",
        ("settlement-line-not-driven" | "settlement-other-unsigned" | "settlement-result", _) => "result",
        (_, "empty") => "empty",
        (_, "collected") => "collected",
        (_, "method") => "method",
        (_, "kind") => "kind",
        (_, "basis") => "basis",
        (_, "reason") => "reason",
        (_, _) => return None,
    };
    let has = |act: Act| match field {
        "amount" => act.has_amount(),
        "year" => matches!(act, Act::Due | Act::Waiver),
        _ => true,
    };
    has(act).then_some(field)
}

/// A refusal in words: those of these pages, where the usual ones speak of commands.
fn told(console: &Console, visit: &Visit, refusal: &Refusal) -> String {
    let words = words(console, visit);
    let key = format!("books-refusal-{}", refusal.reason());
    if !words.catalog().has(words.language(), &key) {
        return words.refusal(refusal);
    }
    let details = refusal.details().iter();
    let details: Vec<(&str, FluentValue<'_>)> =
        details.map(|(name, value)| (name.as_str(), value.clone().into())).collect();
    texts(console, visit).with(&key, &details)
}
