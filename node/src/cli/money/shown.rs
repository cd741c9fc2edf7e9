//! The books for people: entries, balances, statements, receipts.

use maillage_proto::node::v1 as proto;

use super::euros;
use crate::cli::{failure::CommandError, session::Session};

pub(super) fn entry(session: &mut Session<'_>, entry: &proto::Entry) -> Result<(), CommandError> {
    if session.json(entry)? {
        return Ok(());
    }
    let words = session.words();
    Ok(session.fields(&[
        ("field-id", entry.id.clone()),
        ("field-money_number", entry.number.clone()),
        ("field-money_day", entry.day.clone()),
        ("field-money_movement", words.code("money-movement", &entry.movement)),
        ("field-money_amount", euros(words, entry.amount_cents)),
        ("field-money_method", words.code("money-method", &entry.method)),
        ("field-person", entry.person.clone()),
        ("field-volunteer", entry.volunteer.clone()),
        ("field-notes", entry.note.clone()),
    ])?)
}

pub(super) fn entries(
    session: &mut Session<'_>,
    reply: &proto::ListEntriesReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |entry: &proto::Entry| {
        let movement = words.code("money-movement", &entry.movement);
        let movement = if entry.counters.is_empty() {
            movement
        } else {
            words.text("money-countered", &[("movement", movement.into())])
        };
        let account = |posting: Option<&proto::Posting>| posting.map(|side| side.account.clone());
        vec![
            entry.day.clone(),
            entry.number.clone(),
            movement,
            euros(words, entry.amount_cents),
            account(entry.debit.as_ref()).unwrap_or_default(),
            account(entry.credit.as_ref()).unwrap_or_default(),
            entry.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.entries.iter().map(row).collect();
    let headings = [
        "field-money_day",
        "field-money_number",
        "field-money_movement",
        "field-money_amount",
        "field-money_debit",
        "field-money_credit",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    more(session, &reply.next_after)
}

pub(super) fn balance(session: &mut Session<'_>, balance: &proto::Balance) -> Result<(), CommandError> {
    if session.json(balance)? {
        return Ok(());
    }
    let words = session.words();
    let moved = |cents: i64| if cents == 0 { String::new() } else { euros(words, cents) };
    Ok(session.fields(&[
        ("field-money_opening", euros(words, balance.opening_cents)),
        ("field-money_due", moved(balance.due_cents)),
        ("field-money_received", moved(balance.received_cents)),
        ("field-money_written_off", moved(balance.written_off_cents)),
        ("field-money_refunded", moved(balance.refunded_cents)),
        ("field-money_spent", moved(balance.spent_cents)),
        ("field-money_reimbursed", moved(balance.reimbursed_cents)),
        ("field-money_waived", moved(balance.waived_cents)),
        ("field-money_closing", euros(words, balance.closing_cents)),
        ("field-money_to_hand_over", moved(balance.to_hand_over_cents)),
    ])?)
}

pub(super) fn expense(session: &mut Session<'_>, expense: &proto::Expense) -> Result<(), CommandError> {
    if session.json(expense)? {
        return Ok(());
    }
    let words = session.words();
    Ok(session.fields(&[
        ("field-id", expense.id.clone()),
        ("field-money_kind", words.code("money-expense", &expense.kind)),
        ("field-money_day", expense.day.clone()),
        ("field-money_amount", euros(words, expense.amount_cents)),
    ])?)
}

pub(super) fn expenses(
    session: &mut Session<'_>,
    reply: &proto::ListExpensesReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |expense: &proto::Expense| {
        vec![
            expense.day.clone(),
            words.code("money-expense", &expense.kind),
            euros(words, expense.amount_cents),
            words.code("money-basis", &expense.basis),
            expense.volunteer.clone(),
            expense.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.expenses.iter().map(row).collect();
    let headings = [
        "field-money_day",
        "field-money_kind",
        "field-money_amount",
        "field-money_basis",
        "field-volunteer",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    more(session, &reply.next_after)
}

pub(super) fn statement(session: &mut Session<'_>, statement: &proto::Statement) -> Result<(), CommandError> {
    if session.json(statement)? {
        return Ok(());
    }
    let words = session.words();
    session.fields(&[
        ("field-id", statement.id.clone()),
        ("field-money_number", statement.number.clone()),
        ("field-volunteer", statement.volunteer_name.clone()),
        ("field-period", statement.month.clone()),
        ("field-state", words.code("money-state", &statement.state)),
        ("field-money_basis", words.code("money-basis", &statement.basis)),
        ("field-money_counted", kilometres(session, statement.counted_m)),
        ("field-money_mileage", euros(words, statement.mileage_cents)),
        ("field-money_expenses", euros(words, statement.expenses_cents)),
        ("field-money_total", euros(words, statement.total_cents)),
        ("field-money_settled_on", statement.settled_on.clone()),
    ])?;
    let row = |line: &proto::StatementLine| {
        let arrears = if line.arrears { words.text("money-arrears", &[]) } else { String::new() };
        vec![
            line.day.clone(),
            words.code("money-expense", &line.kind),
            if line.kind == "drive" { kilometres(session, line.counted_m) } else { String::new() },
            euros(words, line.amount_cents),
            arrears,
        ]
    };
    let rows: Vec<Vec<String>> = statement.lines.iter().map(row).collect();
    if !rows.is_empty() {
        let headings = [
            "field-money_day",
            "field-money_kind",
            "field-money_counted",
            "field-money_amount",
            "field-money_arrears",
        ];
        session.columns(&headings, &rows)?;
    }
    for year in &statement.scale_continued_from {
        session.line("money-scale-continued", &[("year", year.to_string().into())])?;
    }
    Ok(())
}

pub(super) fn statements(
    session: &mut Session<'_>,
    reply: &proto::ListStatementsReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |statement: &proto::Statement| {
        vec![
            statement.number.clone(),
            statement.month.clone(),
            statement.volunteer_name.clone(),
            words.code("money-basis", &statement.basis),
            euros(words, statement.total_cents),
            words.code("money-state", &statement.state),
            statement.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.statements.iter().map(row).collect();
    let headings = [
        "field-money_number",
        "field-period",
        "field-volunteer",
        "field-money_basis",
        "field-money_total",
        "field-state",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    more(session, &reply.next_after)
}

pub(super) fn due_statements(
    session: &mut Session<'_>,
    reply: &proto::ListDueStatementsReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |due: &proto::DueStatement| {
        vec![due.volunteer.clone(), words.code("money-basis", &due.basis), due.carrier.clone()]
    };
    let rows: Vec<Vec<String>> = reply.due.iter().map(row).collect();
    session.columns(&["field-volunteer", "field-money_basis", "field-money_carrier"], &rows)?;
    more(session, &reply.next_after)
}

pub(super) fn receipt(session: &mut Session<'_>, receipt: &proto::Receipt) -> Result<(), CommandError> {
    if session.json(receipt)? {
        return Ok(());
    }
    let words = session.words();
    Ok(session.fields(&[
        ("field-id", receipt.id.clone()),
        ("field-money_number", receipt.number.clone()),
        ("field-money_kind", words.code("money-receipt", &receipt.kind)),
        ("field-name", receipt.recipient_name.clone()),
        ("field-address", receipt.recipient_address.clone()),
        ("field-money_amount", euros(words, receipt.amount_cents)),
        ("field-money_letters", receipt.amount_letters.clone()),
        ("field-money_cancels", receipt.cancels.clone()),
        ("field-money_cancelled_by", receipt.cancelled_by.clone()),
    ])?)
}

pub(super) fn receipts(
    session: &mut Session<'_>,
    reply: &proto::ListReceiptsReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |receipt: &proto::Receipt| {
        vec![
            receipt.number.clone(),
            words.instant(&receipt.issued_at),
            words.code("money-receipt", &receipt.kind),
            receipt.recipient_name.clone(),
            euros(words, receipt.amount_cents),
            receipt.cancelled_by.clone(),
            receipt.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.receipts.iter().map(row).collect();
    let headings = [
        "field-money_number",
        "field-made_at",
        "field-money_kind",
        "field-name",
        "field-money_amount",
        "field-money_cancelled_by",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    more(session, &reply.next_after)
}

pub(super) fn issuer(session: &mut Session<'_>, issuer: &proto::Issuer) -> Result<(), CommandError> {
    if session.json(issuer)? {
        return Ok(());
    }
    let words = session.words();
    Ok(session.fields(&[
        ("field-name", issuer.name.clone()),
        ("field-address", issuer.address.clone()),
        ("field-money_identifier", issuer.identifier.clone()),
        ("field-money_object", issuer.object.clone()),
        ("field-money_quality", words.code("money-quality", &issuer.quality)),
        ("field-money_signatory", issuer.signatory.clone()),
        ("field-money_tax_rate", format!("{} %", issuer.tax_rate_percent)),
        ("field-etag", issuer.etag.clone()),
    ])?)
}

fn kilometres(session: &Session<'_>, metres: u64) -> String {
    session.words().kilometres(u32::try_from(metres).unwrap_or(u32::MAX))
}

fn more(session: &mut Session<'_>, next_after: &str) -> Result<(), CommandError> {
    if next_after.is_empty() {
        return Ok(());
    }
    Ok(session.line("money-more", &[("after", next_after.to_owned().into())])?)
}
