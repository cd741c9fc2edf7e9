//! The books of a carrying association: what people owe and paid, what volunteers are owed, were paid or gave up, and the
//! papers about it. Maillage records money; it moves none.
//!
//! Invariants:
//! - An entry in the books is never changed: it is corrected by a counter-entry ([`Entry::counter`]).
//! - Every entry debits one account and credits another by the same sum, so that debit equals credit in any export.
//! - A closed statement never changes: what comes late goes into the next one.
//! - Nothing here says where somebody went, or why.

mod aged;
mod balance;
mod entry;
mod export;
mod letters;
mod number;
mod receipt;
mod settlement;
mod statement;
#[cfg(test)]
mod tests;

pub(crate) use self::export::{BYTE_ORDER_MARK, csv_line};
pub use self::{
    aged::settled,
    balance::{PersonBalance, VolunteerBalance},
    entry::{
        Account, BookError, Books, DueSource, Entry, EntryNumber, EntryNumberError, Journal, Method,
        Movement, NewEntry, Party, Posting, WriteOffReason,
    },
    export::{Row, csv, csv_heading, csv_lines, rows},
    letters::in_letters,
    number::{NumberError, ReceiptNumber, StatementNumber},
    receipt::{Issuer, IssuerError, NewIssuer, Paper, Quality, Receipt, Recipient, WaivedStatement},
    settlement::{Settlement, SettlementAction, SettlementError},
    statement::{
        Basis, DrawnUp, Drive, Expense, ExpenseError, ExpenseType, LineOf, Mileage, NewExpense, Rate,
        Statement, StatementError, StatementLine, Totals, VehicleClass, draw_up,
    },
};
