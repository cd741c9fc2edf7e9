//! The bytes of every version of the records of the books. They are never changed.

use maillage_domain::{
    ledger::{
        Basis, Books, DueSource, Entry, Expense, ExpenseType, LineOf, Method, Movement, Receipt,
        ReceiptNumber, Settlement, Statement, StatementLine, WriteOffReason,
    },
    money::Cents,
    text::Line,
};

use super::{
    entries::EntryRecord,
    issuers::IssuerRecord,
    receipts::ReceiptRecord,
    statements::{LineRecord, MileageRecord, StatementRecord},
    waiting::{DriveRecord, ExpenseRecord},
};
use crate::{
    golden::check,
    samples::{
        id,
        money::{drive, entry, issuer, papers, rate, receipt, statement},
        now,
    },
};

fn all<R: maillage_engine::Record>(golden: &str, records: &[R]) {
    assert_eq!(golden.lines().count(), records.len());
    golden.lines().zip(records).for_each(|(golden, record)| check(golden, record));
}

#[test]
fn entries_of_version_1() {
    let movements = [
        Movement::Due(id(1), DueSource::Trip(id(9))),
        Movement::Due(id(1), DueSource::Loan(id(9))),
        Movement::Due(id(1), DueSource::Service(id(9))),
        Movement::Due(id(1), DueSource::Membership(2026)),
        Movement::Due(id(1), DueSource::Donation),
        Movement::Received(id(1), Method::Cash, None),
        Movement::Received(id(1), Method::Cheque, Some(id(2))),
        Movement::Refunded(id(1), Method::Transfer),
        Movement::WrittenOff(id(1), WriteOffReason::Hardship),
        Movement::Remitted(id(2), Method::Card),
        Movement::Spent(id(2), id(3)),
        Movement::Reimbursed(id(2), id(3), Method::Transfer),
        Movement::Waived(id(2), id(3)),
    ];
    let mut entries: Vec<Entry> = movements.into_iter().map(|movement| entry(movement, 1_250)).collect();
    let last = entries[0].clone();
    entries.push(Entry { counters: Some(last.id), books: Books(Some(id(8))), ..last });
    let records: Vec<EntryRecord> = entries.iter().map(EntryRecord::from).collect();
    all(include_str!("../../golden/money_entry.v1.hex"), &records);
}

#[test]
fn what_waits_of_version_1() {
    check(include_str!("../../golden/money_drive.v1.hex"), &DriveRecord::from(&drive(9, "2026-10-05")));
    let expense = Expense {
        id: id(7),
        volunteer: id(2),
        books: Books(Some(id(8))),
        basis: Basis::Reimbursed,
        kind: ExpenseType::Toll,
        day: "2026-10-05".parse().unwrap(),
        amount: Cents::new(460),
        trip: Some(id(9)),
        note: Line::parse("Canary").unwrap(),
    };
    check(include_str!("../../golden/money_expense.v1.hex"), &ExpenseRecord::from(&expense));
    check(include_str!("../../golden/money_mileage.v1.hex"), &MileageRecord { metres: 12_345_678 });
}

#[test]
fn statements_of_version_1() {
    let day = "2026-11-05".parse().unwrap();
    let settlements = [
        Settlement::Open,
        Settlement::Paid { day, method: Method::Transfer },
        Settlement::Waived { signed: day, receipt: None },
        Settlement::Waived { signed: day, receipt: Some(id(6)) },
    ];
    let statements = settlements.map(|settlement| Statement { settlement, ..statement(3, "2026-10") });
    let records: Vec<StatementRecord> = statements.iter().map(StatementRecord::from).collect();
    all(include_str!("../../golden/money_statement.v1.hex"), &records);
    let (rate, vehicle) = rate();
    let driven = LineOf::Drive {
        trip: id(9),
        loaded_m: 12_000,
        empty_m: 8_000,
        counted_m: 20_000,
        rate,
        vehicle,
        continued_from: Some(2025),
    };
    let spent = LineOf::Expense { expense: id(7), kind: ExpenseType::Correction, trip: None };
    let lines = [driven, spent].map(|of| StatementLine { of, day, amount: Cents::new(-5), arrears: true });
    let records: Vec<LineRecord> = lines.iter().map(LineRecord::from).collect();
    all(include_str!("../../golden/money_statement_line.v1.hex"), &records);
}

#[test]
fn receipts_of_version_1() {
    check(include_str!("../../golden/money_issuer.v1.hex"), &IssuerRecord::from(&issuer()));
    let receipts: Vec<Receipt> = papers().into_iter().map(|paper| receipt(6, paper)).collect();
    let records: Vec<ReceiptRecord> = receipts.iter().map(ReceiptRecord::from).collect();
    all(include_str!("../../golden/money_receipt.v1.hex"), &records);
    let number = ReceiptNumber { year: 2026, sequence: 1 };
    assert_eq!((receipts[0].number, receipts[0].issued), (number, now()));
}
