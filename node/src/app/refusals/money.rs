//! Why something cannot be booked, stated or receipted. Must never repeat what was typed.

use maillage_domain::{
    ledger::{BookError, ExpenseError, IssuerError, SettlementError, StatementError},
    limits::{AMOUNT_CENTS, STATEMENT_LINES},
    text::TextError,
};
use maillage_platform::refusal::Refusal;

use super::{conflict, invalid, text};

/// An entry.
pub fn book(error: BookError) -> Refusal {
    match error {
        BookError::Amount => invalid("money-amount").with("max_euros", AMOUNT_CENTS / 100),
        BookError::Future(day) => invalid("money-day-future").with("day", day),
        BookError::TooOld(day) => invalid("money-day-too-old").with("day", day),
        BookError::MoreThanThere { available } => {
            conflict("money-more-than-there").with("available", available.decimal_comma())
        }
        BookError::IsCounter => conflict("entry-is-counter"),
        BookError::AlreadyCountered => conflict("entry-already-countered"),
        BookError::OfStatement => conflict("entry-of-statement"),
    }
}

/// A note.
pub fn note(error: TextError) -> Refusal {
    text("note", error)
}

/// An expense.
pub fn expense(error: ExpenseError) -> Refusal {
    match error {
        ExpenseError::Kind(_) => invalid("money-code-unknown").with("field", "kind"),
        ExpenseError::Basis(_) => invalid("money-code-unknown").with("field", "basis"),
        ExpenseError::Day => invalid("money-day"),
        ExpenseError::Future(day) => invalid("money-day-future").with("day", day),
        ExpenseError::Impossible => invalid("money-amount").with("max_euros", AMOUNT_CENTS / 100),
        ExpenseError::NoProof => invalid("expense-without-proof"),
        ExpenseError::NoNote => invalid("expense-without-note"),
        ExpenseError::Note(error) => note(error),
    }
}

/// A statement.
pub fn statement(error: StatementError) -> Refusal {
    match error {
        StatementError::Empty => conflict("statement-empty"),
        StatementError::NotOver(month) => conflict("statement-month-not-over").with("month", month),
        StatementError::Closed(month) => conflict("statement-closed").with("month", month),
        StatementError::ScaleUnknown(year) => conflict("statement-scale-unknown").with("year", year),
        StatementError::Negative => conflict("statement-negative"),
        StatementError::TooLong(lines) => {
            conflict("statement-too-long").with("lines", lines).with("max", STATEMENT_LINES)
        }
    }
}

/// What becomes of a statement.
pub fn settlement(error: SettlementError) -> Refusal {
    match error {
        SettlementError::Wrong { state } => conflict("settlement-wrong-state").with("state", state),
        SettlementError::NotPayable => conflict("settlement-not-payable"),
        SettlementError::Acknowledged => conflict("settlement-acknowledged"),
    }
}

/// Who gives receipts.
pub fn issuer(error: IssuerError) -> Refusal {
    match error {
        IssuerError::Text(field, error) => text(field, error),
        IssuerError::Quality(_) => invalid("money-code-unknown").with("field", "quality"),
        IssuerError::TaxRate(rate) => invalid("issuer-tax-rate").with("rate", rate),
    }
}
