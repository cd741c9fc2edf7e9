//! A driver's own page behind a secret address: open offers first, the coming days, days off, expenses. Must never answer on a GET, nor
//! put the address into a page of somebody else's.

use axum::{
    extract::{Form, Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::civil::Date;
use maillage_domain::{ids::DriverOfferKind, offer::OfferStatus};
use maillage_federation::ids::Id;
use maillage_platform::refusal::{Refusal, RefusalKind};
use serde::Deserialize;

use super::{
    AnswerForm, Web,
    html::{Page, escaped},
    nothing_here,
    offer_page::{asked, desk, drive, form},
    refused,
};
use crate::{
    app::{
        App,
        driver_pages::{self, Week},
        offers::Answer,
    },
    cli::legal::euros,
};

/// What the page before it did, by a word of the program.
#[derive(Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    said: String,
    /// When, in seconds since 1970 UTC.
    #[serde(default)]
    at: i64,
}

/// For how long it is said, in seconds: an address that is kept says nothing the next morning.
const SAID_FOR: i64 = 600;

/// Words of what was done: anything else in an address says nothing.
const SAID: [&str; 5] = ["yes", "no", "over", "barred", "absence"];

/// Days off as typed.
#[derive(Default, Deserialize)]
pub(super) struct AbsenceForm {
    #[serde(default)]
    first: String,
    #[serde(default)]
    last: String,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    Path(token): Path<String>,
    Query(Said { said, at }): Query<Said>,
    headers: HeaderMap,
) -> Response {
    let page = web.page(&headers);
    let is_new = (web.app.now().as_second() - at).abs() < SAID_FOR;
    let said =
        (is_new && SAID.contains(&said.as_str())).then(|| page.text(&format!("web-driver-said-{said}"), &[]));
    let said = said.map(|text| format!("<p class=\"said\" role=\"status\">{}</p>", escaped(&text)));
    in_hand(&web, &page, &token, (said.unwrap_or_default(), AbsenceForm::default(), String::new())).await
}

/// Whether there is a page at an address, for whatever asks that alone: nothing is shown, so nothing is noted.
pub(super) async fn look(State(web): State<Web>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    match driver_pages::opens(&web.app, &token) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refused(&web.page(&headers), refusal.kind()),
    }
}

/// Answers an offer, and shows the page again.
pub(super) async fn answer(
    State(web): State<Web>,
    Path((token, offer)): Path<(String, String)>,
    headers: HeaderMap,
    Form(typed): Form<AnswerForm>,
) -> Response {
    let page = web.page(&headers);
    let Ok(offer) = offer.parse::<Id<DriverOfferKind>>() else { return nothing_here(&page) };
    let Some(answer) = typed.read() else {
        return (StatusCode::BAD_REQUEST, page.notice("web-answer-unclear")).into_response();
    };
    let view = match driver_pages::answer(&web.app, &token, offer, answer).await {
        Ok(view) => view,
        Err(refusal) => return refused(&page, refusal.kind()),
    };
    // Whoever taps twice is told what holds.
    let said = match (view.barred, view.offer.status(), answer) {
        (true, _, _) => "barred",
        (false, OfferStatus::Accepted, Answer::Yes) => "yes",
        (false, OfferStatus::Refused(_), Answer::No(_)) => "no",
        (false, _, _) => "over",
    };
    done(&web, &token, said)
}

/// Notes days off, and shows the page again; what is wrong stands beside what was typed.
pub(super) async fn add_absence(
    State(web): State<Web>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(mut typed): Form<AbsenceForm>,
) -> Response {
    let page = web.page(&headers);
    if typed.last.trim().is_empty() {
        typed.last.clone_from(&typed.first);
    }
    match driver_pages::add_absence(&web.app, &token, (&typed.first, &typed.last)).await {
        Ok(_) => done(&web, &token, "absence"),
        Err(refusal) if matches!(refusal.kind(), RefusalKind::InvalidInput | RefusalKind::Conflict) => {
            let wrong = page.words().refusal(&refusal);
            let shown = in_hand(&web, &page, &token, (String::new(), typed, wrong)).await;
            (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
        }
        Err(refusal) => refused(&page, refusal.kind()),
    }
}

/// On to the page, which says what was done.
fn done(web: &Web, token: &str, said: &str) -> Response {
    let at = web.app.now().as_second();
    Redirect::to(&format!("/d/{token}?said={said}&at={at}")).into_response()
}

async fn in_hand(
    web: &Web,
    page: &Page<'_>,
    token: &str,
    (said, typed, wrong): (String, AbsenceForm, String),
) -> Response {
    let week = match driver_pages::week(&web.app, token).await {
        Ok(week) => week,
        Err(refusal) => return refused(page, refusal.kind()),
    };
    let offers = match questions(&web.app, page, token, &week) {
        Ok(offers) => offers,
        Err(refusal) => return refused(page, refusal.kind()),
    };
    let mut body = said;
    body.push_str(&page.paragraph("web-driver-hello", &[("name", week.name.clone().into())]));
    body.push_str(&offers);
    body.push_str(&days(page, &week));
    body.push_str(&absences(page, (&week, token), &typed, &wrong));
    body.push_str(&expenses(page, &week));
    body.push_str(&desk(page, &web.app.profile.phone));
    page.whole("web-driver-week", &body).into_response()
}

fn heading(page: &Page<'_>, key: &str) -> String {
    format!("<h2>{}</h2>", escaped(&page.text(key, &[])))
}

/// What waits for an answer, with the two answers below each.
fn questions(app: &App, page: &Page<'_>, token: &str, week: &Week) -> Result<String, Refusal> {
    let mut body = String::new();
    if week.offers.is_empty() {
        return Ok(body);
    }
    body.push_str(&heading(page, "web-driver-offers"));
    for (number, offer) in (1..).zip(&week.offers) {
        let (question, _) = asked(app, page, offer)?;
        let action = format!("/d/{token}/offers/{}", offer.id());
        body.extend(["<article>", &question, &form(page, (&action, number)), "</article>"]);
    }
    Ok(body)
}

/// The coming days on which something is to be driven.
fn days(page: &Page<'_>, week: &Week) -> String {
    let mut body = heading(page, "web-driver-days");
    if week.in_outline {
        let told = escaped(&page.text("web-driver-in-outline", &[]));
        body.extend(["<p class=\"wrong\" role=\"alert\">", &told, "</p>"]);
    }
    let driven = |sheet: &&crate::app::day_sheets::DaySheet| sheet.trips().next().is_some();
    for sheet in week.sheets.iter().filter(driven) {
        body.extend(["<h3>", &escaped(&page.words().day(sheet.day)), "</h3>"]);
        for trip in sheet.trips() {
            body.extend(["<article>", &drive(page, trip), "</article>"]);
        }
    }
    if !week.sheets.iter().any(|sheet| driven(&sheet)) {
        body.push_str(&page.paragraph("web-driver-days-none", &[]));
    }
    body
}

fn absences(page: &Page<'_>, (week, token): (&Week, &str), typed: &AbsenceForm, wrong: &str) -> String {
    let text = |key: &str| escaped(&page.text(key, &[]));
    let day = |day: Date| page.words().day(day);
    let mut body = heading(page, "web-driver-absences");
    if !week.absences.is_empty() {
        let row = |absence: &maillage_domain::availability::Absence| {
            let (first, last) = (absence.first(), absence.last());
            let args = [("first", day(first).into()), ("last", day(last).into())];
            let key = if first == last { "web-driver-absence-day" } else { "web-driver-absence-days" };
            format!("<li>{}</li>", escaped(&page.text(key, &args)))
        };
        body.extend(["<ul>", &week.absences.iter().map(row).collect::<String>(), "</ul>"]);
    }
    let error = if wrong.is_empty() {
        String::new()
    } else {
        format!("<p class=\"wrong\" id=\"absence-error\" role=\"alert\">{}</p>", escaped(wrong))
    };
    let described =
        if wrong.is_empty() { "" } else { " aria-invalid=\"true\" aria-describedby=\"absence-error\"" };
    let field = |name: &str, key: &str, value: &str| {
        format!(
            "<label for=\"{name}\">{}</label><input id=\"{name}\" name=\"{name}\" type=\"date\" value=\"{}\"{described}>",
            text(key),
            escaped(value)
        )
    };
    body.extend([
        format!("<form method=\"post\" action=\"/d/{}/absences\">{error}", escaped(token)),
        field("first", "web-driver-absence-first", &typed.first),
        field("last", "web-driver-absence-last", &typed.last),
        format!("<p><button>{}</button></p></form>", text("web-driver-absence-do")),
    ]);
    body.push_str(&page.paragraph("web-driver-absence-text", &[]));
    body
}

/// What is recorded for the driver: expenses that wait, and statements.
fn expenses(page: &Page<'_>, week: &Week) -> String {
    let words = page.words();
    let mut body = heading(page, "web-driver-expenses");
    if week.expenses.is_empty() && week.statements.is_empty() {
        body.push_str(&page.paragraph("web-driver-expenses-none", &[]));
        return body;
    }
    let mut rows = String::new();
    for expense in &week.expenses {
        let args = [
            ("day", words.day(expense.day).into()),
            ("what", words.code("money-expense", expense.kind.code()).into()),
            ("amount", euros(words, expense.amount.get()).into()),
        ];
        rows.extend(["<li>", &escaped(&page.text("web-driver-expense", &args)), "</li>"]);
    }
    for statement in &week.statements {
        let args = [
            ("month", statement.month.to_string().into()),
            ("amount", euros(words, statement.totals.total().get()).into()),
            ("state", words.code("money-state", statement.settlement.code()).into()),
        ];
        rows.extend(["<li>", &escaped(&page.text("web-driver-statement", &args)), "</li>"]);
    }
    body.extend(["<ul>", &rows, "</ul>"]);
    body
}
