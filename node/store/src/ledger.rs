//! The books: entries, what waits for a statement, closed statements, receipts, who gives them. Numbers are taken in the
//! transaction that writes what bears them, so that none is missing and none is there twice. Must never change a written
//! entry, statement line or receipt.

mod aged;
mod entries;
#[cfg(test)]
mod golden;
mod issuers;
mod keys;
mod receipts;
mod statements;
mod waiting;

pub use self::{
    aged::{Aged, aged},
    entries::{
        DUES_TREE, ENTRIES_BY_DAY_TREE, ENTRIES_BY_PARTY_TREE, ENTRIES_TREE, book, counter_of, due_for,
        entries_between, entries_of, entry,
    },
    issuers::{ISSUERS_TREE, issuer, put_issuer},
    receipts::{
        RECEIPTS_BY_NUMBER_TREE, RECEIPTS_BY_PARTY_TREE, RECEIPTS_OF_TREE, RECEIPTS_TREE, add_receipt,
        all_receipts, credit_note_of, next_receipt_number, receipt, receipt_of, receipts_after, receipts_of,
    },
    statements::{
        MILEAGE_TREE, STATEMENT_LINES_TREE, STATEMENTS_BY_VOLUNTEER_TREE, STATEMENTS_TREE, add_statement,
        latest_month, lines, mileage, next_statement_number, put_mileage, set_settlement, statement,
        statements_after, statements_of,
    },
    waiting::{
        DRIVES_NOTED_TREE, DRIVES_TREE, EXPENSES_TREE, add_drive, add_expense, drives, expense_mark,
        expenses, expenses_after, forget_drive, remove_drive, remove_expense, waiting_volunteers, was_noted,
    },
};
