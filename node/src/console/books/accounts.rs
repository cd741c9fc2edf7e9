//! The account of a person, and of a volunteer: what is owed, line by line, and where each line comes from. Whoever opens a
//! person's is noted.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use maillage_console::{
    books::{BookPage, Cell, Facts, Table, Way},
    parts::{Badge, Tone},
};
use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    ledger::{DueSource, Entry, Expense, Movement, Statement},
    money::Cents,
    roles::Operation,
};
use maillage_federation::ids::Id;

use super::{acts::Act, allowed, day, draft_path, kilometres, month_name, shown, some, standing, sum};
use crate::{
    app::money::accounts::{self, AccountLine, PersonAccount, VolunteerAccount, Waiting},
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, page, texts, words},
    },
};

/// The account of a person.
pub(super) async fn of_person(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<Id<PersonKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    let account = accounts::of_person(&console.app, &visit.caller(), id).await;
    shown(&console, &visit, account.map(|account| person(&console, &visit, (id, &account))))
}

fn person(console: &Console, visit: &Visit, (id, account): (Id<PersonKind>, &PersonAccount)) -> Response {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let balance = &account.balance;
    let mut shown = BookPage::new(frame(console, visit, texts.say("books-account")));
    shown.heading = texts.about("books-account-of", &account.name);
    shown.back = Some(Way::new("/money/owed", texts.say("books-back-owed")));
    let (key, tone, cents) = if balance.closing.is_positive() {
        ("books-owes", Tone::Wait, balance.closing)
    } else if balance.closing.is_negative() {
        ("books-has-credit", Tone::Plain, balance.closing.negated())
    } else {
        ("books-is-even", Tone::Good, Cents::ZERO)
    };
    shown.badge = Some(Badge::new(texts.about(key, &sum(words, cents)), tone));
    let at = |act: Act| format!("/money/people/{id}/{}", act.code());
    shown.ways = ways(console, visit, (&[Act::Pay, Act::Due, Act::Refund, Act::WriteOff], &at));
    shown.ways.extend(allowed(
        visit,
        Operation::PersonShow,
        Way::new(format!("/people/{id}"), texts.say("books-file")),
    ));
    let rows = [
        ("field-money_due", sum(words, balance.due)),
        ("field-money_received", sum(words, balance.received)),
        ("field-money_written_off", some(words, balance.written_off)),
        ("field-money_refunded", some(words, balance.refunded)),
        ("books-owed-now", sum(words, balance.closing)),
    ];
    shown.facts = Some(facts(console, visit, &rows));
    shown.tables.push(lines(console, visit, (&account.lines, "books-owed-after")));
    page(&shown)
}

/// The account of a volunteer.
pub(super) async fn of_volunteer(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<Id<VolunteerKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    let account = accounts::of_volunteer(&console.app, &visit.caller(), id);
    shown(&console, &visit, account.map(|account| volunteer(&console, &visit, (id, &account))))
}

fn volunteer(
    console: &Console,
    visit: &Visit,
    (id, account): (Id<VolunteerKind>, &VolunteerAccount),
) -> Response {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let balance = &account.balance;
    let mut shown = BookPage::new(frame(console, visit, texts.say("books-account-driver")));
    shown.heading = texts.about("books-account-of", &account.name);
    shown.back = Some(Way::new("/money/owed", texts.say("books-back-owed")));
    let owed = sum(words, balance.closing);
    shown.badge = Some(if balance.closing.is_positive() {
        Badge::new(texts.about("books-is-owed", &owed), Tone::Wait)
    } else {
        Badge::new(texts.about("books-is-even", &owed), Tone::Good)
    });
    let at = |act: Act| format!("/money/volunteers/{id}/{}", act.code());
    let acts: &[Act] =
        if account.is_employee { &[Act::Remit] } else { &[Act::Expense, Act::Remit, Act::Waiver] };
    shown.ways = ways(console, visit, (acts, &at));
    shown.ways.extend(allowed(
        visit,
        Operation::TripList,
        Way::new(format!("/volunteers/{id}"), texts.say("books-file")),
    ));
    let rows = [
        ("field-money_spent", sum(words, balance.spent)),
        ("field-money_reimbursed", sum(words, balance.reimbursed)),
        ("field-money_waived", some(words, balance.waived)),
        ("books-owed-to-driver", sum(words, balance.closing)),
        ("books-to-hand-over", sum(words, balance.to_hand_over)),
    ];
    shown.facts = Some(facts(console, visit, &rows));
    shown.tables = vec![
        waiting(console, visit, (id, &account.waiting)),
        expenses(console, visit, (id, &account.expenses)),
        statements(console, visit, &account.statements),
        lines(console, visit, (&account.lines, "books-owed-to-after")),
    ];
    if account.expenses.is_empty() {
        shown.tables.retain(|table| table.id != "expenses-title");
    }
    page(&shown)
}

/// What can be done here, by the role.
fn ways(console: &Console, visit: &Visit, (acts, at): (&[Act], &dyn Fn(Act) -> String)) -> Vec<Way> {
    let texts = texts(console, visit);
    let acts = acts.iter().filter(|act| act.operation().allows(visit.caller().roles())).enumerate();
    let way = |(index, act): (usize, &Act)| Way {
        is_first: index == 0,
        ..Way::new(at(*act), texts.say(&format!("books-{}", act.code())))
    };
    acts.map(way).collect()
}

fn facts(console: &Console, visit: &Visit, rows: &[(&str, String)]) -> Facts {
    let texts = texts(console, visit);
    let filled = rows.iter().filter(|(_, value)| !value.is_empty());
    Facts {
        title: texts.say("books-since-ever"),
        rows: filled.map(|(key, value)| (texts.say(key), value.clone(), String::new())).collect(),
    }
}

fn lines(console: &Console, visit: &Visit, (lines, after): (&[AccountLine], &str)) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |line: &AccountLine| {
        let entry = &line.entry;
        let (what, path) = source(console, visit, entry);
        vec![
            Cell::text(day(words, entry.day)).with(entry.number.to_string()),
            Cell::way(what, path).with(entry.note.as_str()),
            Cell::text(sum(words, entry.signed())),
            Cell::text(sum(words, line.after)),
            became(console, visit, line),
        ]
    };
    let headings = [
        ("books-day", false),
        ("books-what", false),
        ("books-sum", true),
        (after, true),
        ("books-became", false),
    ];
    Table {
        id: "lines-title",
        title: texts.say("books-lines"),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: lines.iter().map(row).collect(),
        foot: Vec::new(),
        none: texts.say("books-entries-none"),
        next: None,
    }
}

/// What a line is for, and the page it comes from, for whoever may open it.
fn source(console: &Console, visit: &Visit, entry: &Entry) -> (String, String) {
    let (texts, words, caller) = (texts(console, visit), words(console, visit), visit.caller());
    let may = |operation: Operation| operation.allows(caller.roles());
    let (detail, path) = match entry.movement {
        Movement::Due(_, source) => {
            let path = match source {
                DueSource::Trip(id) if may(Operation::TripList) => format!("/trips/{id}"),
                DueSource::Trip(_)
                | DueSource::Loan(_)
                | DueSource::Service(_)
                | DueSource::Membership(_)
                | DueSource::Donation => String::new(),
            };
            let detail = match source {
                DueSource::Membership(year) => texts.about("books-source-membership", &year.to_string()),
                DueSource::Trip(_) | DueSource::Loan(_) | DueSource::Service(_) | DueSource::Donation => {
                    texts.say(&format!("books-source-{}", source.code()))
                }
            };
            (detail, path)
        }
        Movement::Received(_, method, _) | Movement::Refunded(_, method) | Movement::Remitted(_, method) => {
            (words.code("money-method", method.code()), String::new())
        }
        Movement::WrittenOff(_, reason) => {
            (texts.say(&format!("books-reason-{}", reason.code())), String::new())
        }
        Movement::Spent(_, id) | Movement::Waived(_, id) | Movement::Reimbursed(_, id, _) => {
            (texts.say("books-statement"), format!("/money/statements/{id}"))
        }
    };
    let key = if entry.counters.is_some() { "books-line-back" } else { "books-line" };
    let what = words.code("money-movement", entry.movement.code());
    (texts.with(key, &[("what", what.into()), ("detail", detail.into())]), path)
}

/// What became of a line, and what can be done with it.
fn became(console: &Console, visit: &Visit, line: &AccountLine) -> Cell {
    let (texts, caller) = (texts(console, visit), visit.caller());
    let id = line.entry.id;
    if let Some(number) = line.countered_by {
        return Cell::text(texts.about("books-taken-back", &number.to_string()));
    }
    if let Some((receipt, number)) = line.receipt {
        let told = texts.about("books-receipted", &number.to_string());
        return Cell::way(told, format!("/money/receipts/{receipt}"));
    }
    let is_payment = matches!(line.entry.movement, Movement::Received(..)) && line.entry.counters.is_none();
    let acts = [(Act::Receipt, is_payment), (Act::Counter, line.may_counter)];
    let open = acts.iter().filter(|(act, open)| *open && act.operation().allows(caller.roles()));
    let way = |(act, _): &(Act, bool)| {
        let path = format!("/money/entries/{id}/{}", act.code());
        Way::new(path, texts.about(&format!("books-{}-line", act.code()), &line.entry.number.to_string()))
    };
    Cell::ways(open.map(way).collect())
}

fn waiting(console: &Console, visit: &Visit, (id, waiting): (Id<VolunteerKind>, &[Waiting])) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |one: &Waiting| {
        let path = draft_path(&id.to_string(), one.month, (one.basis, one.books));
        vec![
            Cell::way(month_name(console, visit, one.month), path),
            Cell::text(words.code("money-basis", one.basis.code())),
            Cell::text(one.lines.to_string()),
            Cell::text(kilometres(words, one.counted_m)),
        ]
    };
    let headings = [
        ("books-month-heading", false),
        ("books-basis", false),
        ("books-lines-number", true),
        ("books-counted", true),
    ];
    Table {
        id: "waiting-title",
        title: texts.say("books-waiting"),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: waiting.iter().map(row).collect(),
        foot: Vec::new(),
        none: texts.say("books-waiting-none"),
        next: None,
    }
}

fn expenses(console: &Console, visit: &Visit, (id, expenses): (Id<VolunteerKind>, &[Expense])) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |expense: &Expense| {
        let path = format!("/money/volunteers/{id}/{}?expense={}", Act::RemoveExpense.code(), expense.id);
        let way = Way::new(path, texts.say("books-remove-expense-line"));
        let way = allowed(visit, Operation::ExpenseRemove, way);
        vec![
            Cell::text(day(words, expense.day)),
            Cell::text(words.code("money-expense", expense.kind.code())).with(expense.note.as_str()),
            Cell::text(words.code("money-basis", expense.basis.code())),
            Cell::text(sum(words, expense.amount)),
            Cell::ways(way.into_iter().collect()),
        ]
    };
    let headings = [
        ("books-day", false),
        ("books-what", false),
        ("books-basis", false),
        ("books-sum", true),
        ("books-became", false),
    ];
    Table {
        id: "expenses-title",
        title: texts.say("books-expenses-waiting"),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: expenses.iter().map(row).collect(),
        foot: Vec::new(),
        none: texts.say("books-entries-none"),
        next: None,
    }
}

fn statements(console: &Console, visit: &Visit, statements: &[Statement]) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |one: &Statement| {
        vec![
            Cell::way(month_name(console, visit, one.month), format!("/money/statements/{}", one.id))
                .with(one.number.to_string()),
            Cell::text(words.code("money-basis", one.basis.code())),
            Cell::badge(standing(console, visit, (one.settlement, one.basis))),
            Cell::text(sum(words, one.totals.total())),
        ]
    };
    let headings = [
        ("books-month-heading", false),
        ("books-basis", false),
        ("books-standing", false),
        ("books-total", true),
    ];
    Table {
        id: "closed-title",
        title: texts.say("books-closed-statements"),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: statements.iter().map(row).collect(),
        foot: Vec::new(),
        none: texts.say("books-closed-none"),
        next: None,
    }
}
