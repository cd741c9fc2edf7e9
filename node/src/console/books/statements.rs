//! A volunteer's statement of a month: as it would be now, or as it was closed, line by line, and what can be done with it.

use axum::{
    extract::{Extension, Path, State},
    http::Uri,
    response::Response,
};
use maillage_console::{
    books::{BookPage, Cell, Facts, Table, Way},
    parts::{Badge, Tone},
};
use maillage_domain::{
    ledger::{Basis, Books, LineOf, Settlement, Statement, StatementLine, Totals},
    roles::Operation,
};
use maillage_federation::month::Month;
use maillage_platform::refusal::Refusal;

use super::{
    acts::Act, allowed, carrier, day, draft_path, kilometres, month_name, query, shown, some, standing, sum,
};
use crate::{
    app::money::statements::{self, Shown, Which},
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, page, texts, words},
    },
};

/// The statement of a month as it would be now; the closed one once it is.
pub(super) async fn draft(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((volunteer, month, basis)): Path<(String, String, String)>,
    uri: Uri,
) -> Response {
    let (Ok(volunteer), Ok(month), Ok(basis)) = (volunteer.parse(), month.parse(), basis.parse()) else {
        return nothing(State(console), Extension(visit)).await;
    };
    let which = Which { volunteer, month, basis, carrier: carrier(query(&uri).text("carrier")) };
    shown(&console, &visit, of_month(&console, &visit, which))
}

fn of_month(console: &Console, visit: &Visit, which: Which) -> Result<Response, Refusal> {
    visit.caller().check(Operation::MoneyShow)?;
    let texts = texts(console, visit);
    let (which, drawn) = match statements::show(&console.app, &visit.caller(), which)? {
        Shown::Closed(statement, lines) => return Ok(closed_page(console, visit, (&statement, &lines))),
        Shown::Draft(which, _, drawn) => (which, drawn),
    };
    let path = draft_path(&which.volunteer.to_string(), which.month, (which.basis, Books(which.carrier)));
    let is_over = which.month < Month::of(console.app.now());
    let mut shown = outline(console, visit, (which, drawn.totals, &drawn.lines));
    shown.badge = Some(Badge::new(texts.say("books-draft"), Tone::Wait));
    if is_over && !drawn.lines.is_empty() {
        let close = format!("{}/close", path.split('?').next().unwrap_or_default());
        let carrier = path.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
        let way = Way::first(format!("{close}{carrier}"), texts.say("books-close"));
        shown.ways.extend(allowed(visit, Operation::StatementClose, way));
    } else {
        shown.told.push(texts.say("books-draft-runs"));
    }
    shown.notes = continued(console, visit, drawn.continued_from().into_iter());
    Ok(page(&shown))
}

/// A closed statement.
pub(super) async fn closed(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    let found = visit.caller().check(Operation::MoneyShow);
    let found = found.and_then(|()| statements::show_closed(&console.app, &visit.caller(), id));
    let found = found.map(|(statement, lines)| closed_page(&console, &visit, (&statement, &lines)));
    shown(&console, &visit, found)
}

fn closed_page(
    console: &Console,
    visit: &Visit,
    (statement, lines): (&Statement, &[StatementLine]),
) -> Response {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let Statement { volunteer, month, basis, books, totals, settlement, .. } = statement;
    let which = Which { volunteer: *volunteer, month: *month, basis: *basis, carrier: books.0 };
    let mut shown = outline(console, visit, (which, *totals, lines));
    shown.badge = Some(standing(console, visit, (*settlement, *basis)));
    let at = |act: Act| format!("/money/statements/{}/{}", statement.id, act.code());
    let may = Operation::StatementSettle.allows(visit.caller().roles());
    let acts: &[Act] = match (settlement, basis) {
        (Settlement::Open, Basis::Reimbursed) => &[Act::Reimburse, Act::Waive],
        (Settlement::Open, Basis::Waived) => &[Act::Waive],
        (Settlement::Paid { .. } | Settlement::Waived { receipt: None, .. }, _) => &[Act::Undo],
        (Settlement::Waived { receipt: Some(_), .. }, _) => &[],
    };
    let way = |act: &Act| Way::new(at(*act), texts.say(&format!("books-{}", act.code())));
    shown.ways.push(Way::first(
        format!("/money/statements/{}/print", statement.id),
        texts.say("books-print-statement"),
    ));
    if may {
        shown.ways.extend(acts.iter().map(way));
    }
    let settled = match settlement {
        Settlement::Open => None,
        Settlement::Paid { day, method } => {
            let method = words.code("money-method", method.code());
            Some(texts.with("books-paid-on", &[("day", words.day(*day).into()), ("method", method.into())]))
        }
        Settlement::Waived { signed, .. } => Some(texts.about("books-waived-on", &words.day(*signed))),
    };
    if let Some(facts) = &mut shown.facts {
        let number = (texts.say("books-number"), statement.number.to_string(), String::new());
        facts.rows.insert(0, number);
        let closed = words.instant(&statement.closed.to_string());
        facts.rows.push((texts.say("books-closed-at"), closed, String::new()));
        facts.rows.extend(settled.map(|told| (texts.say("books-settled"), told, String::new())));
        if let Settlement::Waived { receipt: Some(receipt), .. } = settlement {
            let path = format!("/money/receipts/{receipt}");
            facts.rows.push((texts.say("books-tax-receipt"), texts.say("books-open"), path));
        }
    }
    shown.notes = continued(console, visit, continued_in(lines).into_iter());
    page(&shown)
}

/// What a draft and a closed statement have in common.
fn outline<'a>(
    console: &'a Console,
    visit: &Visit,
    (which, totals, lines): (Which, Totals, &[StatementLine]),
) -> BookPage<'a> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let volunteer = which.volunteer.to_string();
    let name = statements::name_of(&console.app, &volunteer);
    let month = month_name(console, visit, which.month);
    let mut shown = BookPage::new(frame(console, visit, texts.about("books-statement-of", &month)));
    shown.back = Some(Way::new(format!("/money/volunteers/{volunteer}"), texts.say("books-back-account")));
    let rows = [
        ("books-volunteer", name),
        ("books-basis", words.code("money-basis", which.basis.code())),
        ("books-loaded", kilometres(words, totals.loaded_m)),
        ("books-empty", kilometres(words, totals.empty_m)),
        ("books-counted", kilometres(words, totals.counted_m)),
        ("books-mileage", sum(words, totals.mileage)),
        ("books-expenses", some(words, totals.expenses)),
        ("books-total", sum(words, totals.total())),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    shown.facts = Some(Facts {
        title: texts.say("books-statement"),
        rows: filled.map(|(key, value)| (texts.say(key), value, String::new())).collect(),
    });
    shown.tables.push(lines_table(console, visit, (lines, totals, true)));
    shown
}

/// The lines of a statement; each leads to its trip for whoever may open it, but not on paper.
pub(super) fn lines_table(
    console: &Console,
    visit: &Visit,
    (lines, totals, leads): (&[StatementLine], Totals, bool),
) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let opens = leads && Operation::TripList.allows(visit.caller().roles());
    let row = |line: &StatementLine| {
        let (kind, trip, metres) = match &line.of {
            LineOf::Drive { trip, counted_m, .. } => ("drive", Some(*trip), kilometres(words, *counted_m)),
            LineOf::Expense { kind, trip, .. } => (kind.code(), *trip, String::new()),
        };
        let path = trip.filter(|_| opens).map(|trip| format!("/trips/{trip}")).unwrap_or_default();
        let late = if line.arrears { texts.say("books-arrears") } else { String::new() };
        vec![
            Cell::text(day(words, line.day)),
            Cell::way(words.code("money-expense", kind), path).with(late),
            Cell::text(metres),
            Cell::text(sum(words, line.amount)),
        ]
    };
    let headings =
        [("books-day", false), ("books-what", false), ("books-counted", true), ("books-sum", true)];
    let foot = [
        texts.say("books-total"),
        String::new(),
        kilometres(words, totals.counted_m),
        sum(words, totals.total()),
    ];
    Table {
        id: "lines-title",
        title: texts.say("books-lines"),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: lines.iter().map(row).collect(),
        foot: foot.into_iter().map(Cell::text).collect(),
        none: texts.say("books-statement-empty"),
        next: None,
    }
}

/// Years whose scale was continued, in the words of the command line.
pub(super) fn continued(console: &Console, visit: &Visit, years: impl Iterator<Item = i16>) -> Vec<String> {
    let words = words(console, visit);
    years.map(|year| words.text("money-scale-continued", &[("year", year.to_string().into())])).collect()
}

/// The years whose scale was continued in some lines.
pub(super) fn continued_in(lines: &[StatementLine]) -> std::collections::BTreeSet<i16> {
    let year = |line: &StatementLine| match line.of {
        LineOf::Drive { continued_from, .. } => continued_from,
        LineOf::Expense { .. } => None,
    };
    lines.iter().filter_map(year).collect()
}
