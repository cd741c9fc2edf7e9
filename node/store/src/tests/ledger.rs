//! The books as their users see them.

use maillage_domain::{
    ledger::{
        Basis, Books, DueSource, Method, Mileage, Movement, Paper, Party, ReceiptNumber, Settlement,
        VehicleClass,
    },
    money::Cents,
};
use maillage_engine::{Engine, EngineError};

use super::write;
use crate::{
    ledger,
    samples::{
        engine, id,
        money::{drive, issuer, new_entry, papers, receipt, statement},
        now,
    },
};

fn book(engine: &Engine, number: u8, movement: Movement, day: &'static str, counters: Option<u8>) -> String {
    write(engine, move |transaction| {
        let new = new_entry(movement, 900, day);
        ledger::book(transaction, new, id(number), (now(), 2026), counters.map(id))
    })
    .number
    .to_string()
}

#[test]
fn entries_are_numbered_by_journal_and_found_by_day_and_party() {
    let engine = engine();
    let due = |trip| Movement::Due(id(1), DueSource::Trip(id(trip)));
    assert_eq!(book(&engine, 10, due(9), "2026-10-05", None), "PA-2026-000001");
    let paid = Movement::Received(id(1), Method::Cash, Some(id(2)));
    assert_eq!(book(&engine, 11, paid, "2026-10-04", None), "RG-2026-000001");
    assert_eq!(book(&engine, 12, due(8), "2026-10-06", None), "PA-2026-000002");
    let found = |party| {
        let entries = ledger::entries_of(&engine, party, None, 9).unwrap();
        entries.iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    assert_eq!(found(Party::Person(id(1))), [id(11), id(10), id(12)], "by day");
    assert_eq!(found(Party::Volunteer(id(2))), [id(11)]);
    let days = ("2026-10-04".parse().unwrap(), "2026-10-05".parse().unwrap());
    let first = ledger::entries_between(&engine, days, None, 1).unwrap().remove(0);
    assert_eq!(first.id, id(11));
    let rest = ledger::entries_between(&engine, days, Some(&first), 9).unwrap();
    assert_eq!(rest.iter().map(|entry| entry.id).collect::<Vec<_>>(), [id(10)]);
    let page = ledger::entries_of(&engine, Party::Person(id(1)), Some(&first), 1).unwrap();
    assert_eq!(page[0].id, id(10));
}

#[test]
fn a_trip_is_due_once_until_it_is_taken_back() {
    let engine = engine();
    let source = DueSource::Trip(id(9));
    let due = || ledger::due_for(&engine, id(1), source).unwrap();
    assert_eq!(due(), None);
    book(&engine, 10, Movement::Due(id(1), source), "2026-10-05", None);
    assert_eq!(due(), Some(id(10)));
    book(&engine, 11, Movement::Due(id(1), source), "2026-10-06", Some(10));
    assert_eq!((due(), ledger::counter_of(&engine, id(10)).unwrap()), (None, Some(id(11))));
    let members = DueSource::Membership(2026);
    book(&engine, 12, Movement::Due(id(1), members), "2026-10-06", None);
    assert_eq!(ledger::due_for(&engine, id(5), members), Ok(None), "each person's own");
}

#[test]
fn a_number_is_lost_with_its_transaction_and_given_again() {
    let engine = engine();
    let failed = engine.transact("test", |transaction| {
        let number = ledger::next_receipt_number(transaction, Books(None), 2026)?;
        assert_eq!(number.sequence, 1);
        Err::<(), _>(EngineError::Closed)
    });
    assert!(failed.is_err());
    for (books, year, expected) in [
        (Books(None), 2026, 1),
        (Books(None), 2026, 2),
        (Books(None), 2027, 1),
        (Books(Some(id(8))), 2026, 1),
    ] {
        let number = write(&engine, move |transaction| ledger::next_receipt_number(transaction, books, year));
        assert_eq!(number, ReceiptNumber { year, sequence: expected });
    }
}

#[test]
fn kilometres_wait_once_and_leave_with_their_statement() {
    let engine = engine();
    let books = Books(Some(id(8)));
    let add =
        |trip, day| write(&engine, move |transaction| ledger::add_drive(transaction, &drive(trip, day)));
    assert!(add(9, "2026-10-06") && add(10, "2026-10-05"));
    assert!(!add(9, "2026-10-06"));
    let waiting = || ledger::drives(&engine, books, id(2)).unwrap();
    assert_eq!(waiting(), [drive(10, "2026-10-05"), drive(9, "2026-10-06")]);
    assert_eq!(
        ledger::waiting_volunteers(&engine).unwrap().into_iter().collect::<Vec<_>>(),
        [(books, id(2))]
    );
    write(&engine, |transaction| ledger::remove_drive(transaction, &drive(9, "2026-10-06")));
    assert_eq!(waiting().len(), 1);
    assert!(!add(9, "2026-10-06"), "a trip that was stated is not noted again");
}

#[test]
fn statements_are_found_by_volunteer_and_only_their_settlement_changes() {
    let engine = engine();
    let books = Books(Some(id(8)));
    for (number, month) in [(3, "2026-09"), (4, "2026-10")] {
        write(&engine, move |transaction| ledger::add_statement(transaction, &statement(number, month), &[]));
    }
    assert_eq!(ledger::statements_of(&engine, books, id(2)).unwrap().len(), 2);
    let latest = |basis| ledger::latest_month(&engine, books, id(2), basis).unwrap();
    assert_eq!(latest(Basis::Reimbursed), Some("2026-10".parse().unwrap()));
    assert_eq!(latest(Basis::Waived), None);
    let paid = Settlement::Paid { day: "2026-11-02".parse().unwrap(), method: Method::Transfer };
    write(&engine, move |transaction| ledger::set_settlement(transaction, &statement(3, "2026-09"), paid));
    let read = ledger::statement(&engine, id(3)).unwrap().unwrap();
    assert_eq!((read.settlement, read.totals), (paid, statement(3, "2026-09").totals));
    assert_eq!(ledger::statements_after(&engine, Some(id(3)), 9).unwrap()[0].id, id(4));
}

#[test]
fn metres_are_kept_by_year_and_car() {
    let engine = engine();
    let car = |power, electric| VehicleClass { power, electric };
    let mileage =
        Mileage::from([((2025, car(5, false)), 7), ((2026, car(5, true)), 8), ((2026, car(50, false)), 9)]);
    let written = mileage.clone();
    write(&engine, move |transaction| ledger::put_mileage(transaction, Books(None), id(2), &written));
    assert_eq!(ledger::mileage(&engine, Books(None), id(2)).unwrap(), mileage);
    assert!(ledger::mileage(&engine, Books(Some(id(8))), id(2)).unwrap().is_empty());
}

#[test]
fn a_receipt_holds_of_its_payment_until_a_credit_note_says_otherwise() {
    let engine = engine();
    let [contribution, _, note] = papers();
    let first = receipt(6, contribution);
    write(&engine, move |transaction| ledger::add_receipt(transaction, &first, Party::Person(id(1))));
    assert_eq!(ledger::receipt_of(&engine, id(4)), Ok(Some(id(6))));
    let mut second = receipt(7, note);
    second.number.sequence = 2;
    write(&engine, move |transaction| ledger::add_receipt(transaction, &second, Party::Person(id(1))));
    assert_eq!(ledger::receipt_of(&engine, id(4)), Ok(None));
    assert_eq!(ledger::credit_note_of(&engine, id(6)), Ok(Some(id(7))));
    let all = ledger::receipts_after(&engine, Books(None), None, 9).unwrap();
    assert_eq!(all.iter().map(|receipt| receipt.number.sequence).collect::<Vec<_>>(), [1, 2]);
    assert!(matches!(all[1].paper, Paper::CreditNote { .. }));
    assert_eq!(ledger::receipts_of(&engine, Party::Person(id(1)), None, 9).unwrap(), all);
    let rest = ledger::receipts_after(&engine, Books(None), Some(all[0].number), 9).unwrap();
    assert_eq!(rest, all[1..]);
}

#[test]
fn who_gives_receipts_is_kept_by_books() {
    let engine = engine();
    write(&engine, |transaction| ledger::put_issuer(transaction, Books(None), &issuer()));
    assert_eq!(ledger::issuer(&engine, Books(None)), Ok(Some(issuer())));
    assert_eq!(ledger::issuer(&engine, Books(Some(id(8)))), Ok(None));
    assert_eq!(issuer().tax_rate_percent, 66);
    assert_eq!(receipt(6, papers()[0].clone()).indicative_reduction(), Cents::new(1_143));
}
