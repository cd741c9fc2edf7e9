//! The books to messages.

use maillage_domain::ledger::{
    Basis, DrawnUp, DueSource, Entry, Expense, Issuer, LineOf, Movement, Paper, PersonBalance, Settlement,
    Statement, StatementLine, Totals, VolunteerBalance, WaivedStatement,
};
use maillage_federation::month::Month;
use maillage_proto::node::v1 as proto;

use crate::app::money::{receipts, statements};

/// An entry.
pub fn entry(entry: &Entry) -> proto::Entry {
    let [debit, credit] = entry.postings().map(|side| proto::Posting {
        account: side.account.number().to_owned(),
        label: side.account.label().to_owned(),
    });
    let blank = proto::Entry {
        id: entry.id.to_string(),
        number: entry.number.to_string(),
        journal: entry.number.journal.code().to_owned(),
        carrier: text(entry.books.0),
        day: entry.day.to_string(),
        booked_at: entry.booked.to_string(),
        movement: entry.movement.code().to_owned(),
        amount_cents: entry.amount.get(),
        counters: text(entry.counters),
        note: entry.note.as_str().to_owned(),
        debit: Some(debit),
        credit: Some(credit),
        ..proto::Entry::default()
    };
    moved(entry.movement, blank)
}

/// An entry with what is told of its movement.
fn moved(movement: Movement, blank: proto::Entry) -> proto::Entry {
    match movement {
        Movement::Due(person, due) => proto::Entry {
            person: person.to_string(),
            source: due.code().to_owned(),
            source_id: source_id(due),
            ..blank
        },
        Movement::Received(person, method, by) => proto::Entry {
            person: person.to_string(),
            method: method.to_string(),
            volunteer: text(by),
            ..blank
        },
        Movement::Refunded(person, method) => {
            proto::Entry { person: person.to_string(), method: method.to_string(), ..blank }
        }
        Movement::WrittenOff(person, reason) => {
            proto::Entry { person: person.to_string(), reason: reason.to_string(), ..blank }
        }
        Movement::Remitted(volunteer, method) => {
            proto::Entry { volunteer: volunteer.to_string(), method: method.to_string(), ..blank }
        }
        Movement::Spent(volunteer, statement) | Movement::Waived(volunteer, statement) => {
            proto::Entry { volunteer: volunteer.to_string(), statement: statement.to_string(), ..blank }
        }
        Movement::Reimbursed(volunteer, statement, method) => proto::Entry {
            volunteer: volunteer.to_string(),
            statement: statement.to_string(),
            method: method.to_string(),
            ..blank
        },
    }
}

/// A person's balance.
pub fn person_balance(balance: PersonBalance) -> proto::Balance {
    let PersonBalance { opening, due, received, written_off, refunded, closing } = balance;
    proto::Balance {
        opening_cents: opening.get(),
        due_cents: due.get(),
        received_cents: received.get(),
        written_off_cents: written_off.get(),
        refunded_cents: refunded.get(),
        closing_cents: closing.get(),
        ..proto::Balance::default()
    }
}

/// A volunteer's balance.
pub fn volunteer_balance(balance: VolunteerBalance) -> proto::Balance {
    let VolunteerBalance { opening, spent, reimbursed, waived, closing, to_hand_over } = balance;
    proto::Balance {
        opening_cents: opening.get(),
        spent_cents: spent.get(),
        reimbursed_cents: reimbursed.get(),
        waived_cents: waived.get(),
        closing_cents: closing.get(),
        to_hand_over_cents: to_hand_over.get(),
        ..proto::Balance::default()
    }
}

/// An expense that waits.
pub fn expense(expense: &Expense) -> proto::Expense {
    let Expense { id, volunteer, books, basis, kind, day, amount, trip, note } = expense;
    proto::Expense {
        id: id.to_string(),
        volunteer: volunteer.to_string(),
        kind: kind.to_string(),
        day: day.to_string(),
        amount_cents: amount.get(),
        basis: basis.to_string(),
        trip: text(*trip),
        note: note.as_str().to_owned(),
        carrier: text(books.0),
    }
}

/// A statement as it is shown, without the name of its volunteer.
pub fn shown_statement(shown: &statements::Shown) -> proto::Statement {
    match shown {
        statements::Shown::Closed(closed, lines) => statement(closed, lines),
        statements::Shown::Draft(which, books, drawn) => proto::Statement {
            volunteer: which.volunteer.to_string(),
            carrier: text(books.0),
            state: "draft".to_owned(),
            ..stated(which.month, which.basis, (drawn.totals, &drawn.lines))
        },
    }
}

/// A closed statement.
pub fn statement(statement: &Statement, lines: &[StatementLine]) -> proto::Statement {
    let (settled_on, method, receipt) = match statement.settlement {
        Settlement::Open => (String::new(), String::new(), String::new()),
        Settlement::Paid { day, method } => (day.to_string(), method.to_string(), String::new()),
        Settlement::Waived { signed, receipt } => (signed.to_string(), String::new(), text(receipt)),
    };
    proto::Statement {
        id: statement.id.to_string(),
        number: statement.number.to_string(),
        volunteer: statement.volunteer.to_string(),
        carrier: text(statement.books.0),
        state: statement.settlement.code().to_owned(),
        closed_at: statement.closed.to_string(),
        settled_on,
        method,
        receipt,
        ..stated(statement.month, statement.basis, (statement.totals, lines))
    }
}

/// What a draft and a closed statement have in common.
fn stated(month: Month, basis: Basis, (totals, lines): (Totals, &[StatementLine])) -> proto::Statement {
    let Totals { loaded_m, empty_m, counted_m, mileage, expenses } = totals;
    let drawn = DrawnUp { lines: lines.to_vec(), ..DrawnUp::default() };
    proto::Statement {
        month: month.to_string(),
        basis: basis.to_string(),
        loaded_m,
        empty_m,
        counted_m,
        mileage_cents: mileage.get(),
        expenses_cents: expenses.get(),
        total_cents: totals.total().get(),
        lines: lines.iter().map(line).collect(),
        scale_continued_from: drawn.continued_from().into_iter().map(i32::from).collect(),
        ..proto::Statement::default()
    }
}

fn line(line: &StatementLine) -> proto::StatementLine {
    let blank = proto::StatementLine {
        day: line.day.to_string(),
        amount_cents: line.amount.get(),
        arrears: line.arrears,
        ..proto::StatementLine::default()
    };
    match line.of {
        LineOf::Drive { trip, loaded_m, empty_m, counted_m, rate, vehicle, continued_from: _ } => {
            proto::StatementLine {
                trip: trip.to_string(),
                loaded_m,
                empty_m,
                counted_m,
                flat_cents: rate.flat_cents.unwrap_or_default(),
                power: vehicle.power.into(),
                electric: vehicle.electric,
                kind: "drive".to_owned(),
                ..blank
            }
        }
        LineOf::Expense { expense, kind, trip } => proto::StatementLine {
            trip: text(trip),
            kind: kind.to_string(),
            expense: expense.to_string(),
            ..blank
        },
    }
}

/// A receipt.
pub fn receipt(shown: &receipts::Shown) -> proto::Receipt {
    let receipts::Shown { receipt, cancelled_by } = shown;
    let blank = proto::Receipt {
        id: receipt.id.to_string(),
        number: receipt.number.to_string(),
        kind: receipt.paper.code().to_owned(),
        carrier: text(receipt.books.0),
        issued_at: receipt.issued.to_string(),
        issuer: Some(issuer(&receipt.issuer)),
        recipient_name: receipt.recipient.name.as_str().to_owned(),
        recipient_address: receipt.recipient.address.as_str().to_owned(),
        amount_cents: receipt.amount.get(),
        amount_letters: receipt.letters(),
        cancelled_by: text(*cancelled_by),
        ..proto::Receipt::default()
    };
    match &receipt.paper {
        Paper::Contribution { person, entry, number, day, method } => proto::Receipt {
            person: person.to_string(),
            entry: entry.to_string(),
            entry_number: number.to_string(),
            paid_on: day.to_string(),
            method: method.to_string(),
            ..blank
        },
        Paper::Waiver { volunteer, year, statements } => proto::Receipt {
            volunteer: volunteer.to_string(),
            year: (*year).into(),
            statements: statements.iter().map(waived).collect(),
            indicative_reduction_cents: receipt.indicative_reduction().get(),
            ..blank
        },
        Paper::CreditNote { receipt: _, number, reason } => {
            proto::Receipt { cancels: number.to_string(), reason: reason.as_str().to_owned(), ..blank }
        }
    }
}

/// Who gives receipts.
pub fn issuer(issuer: &Issuer) -> proto::Issuer {
    let Issuer { name, address, identifier, object, quality, signatory, tax_rate_percent } = issuer;
    proto::Issuer {
        name: name.as_str().to_owned(),
        address: address.as_str().to_owned(),
        identifier: identifier.as_str().to_owned(),
        object: object.as_str().to_owned(),
        quality: quality.to_string(),
        signatory: signatory.as_str().to_owned(),
        tax_rate_percent: (*tax_rate_percent).into(),
        etag: receipts::issuer_etag(issuer),
    }
}

fn waived(waived: &WaivedStatement) -> proto::WaivedStatement {
    let WaivedStatement { statement, number, month, signed, amount } = *waived;
    proto::WaivedStatement {
        statement: statement.to_string(),
        number: number.to_string(),
        month: month.to_string(),
        signed_on: signed.to_string(),
        amount_cents: amount.get(),
    }
}

fn source_id(source: DueSource) -> String {
    match source {
        DueSource::Trip(id) => id.to_string(),
        DueSource::Loan(id) => id.to_string(),
        DueSource::Service(id) => id.to_string(),
        DueSource::Membership(year) => year.to_string(),
        DueSource::Donation => String::new(),
    }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
