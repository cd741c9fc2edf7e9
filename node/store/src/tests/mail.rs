//! Outbox and inbox.

use maillage_engine::{EngineError, TooLarge};

use super::write;
use crate::{
    inbox,
    limits::ENVELOPE_BYTES,
    outbox::{self, OutboxRow},
    samples::{engine, id, now},
};

fn row(number: u8) -> OutboxRow {
    OutboxRow { envelope: id(number), bytes: b"Canary".repeat(usize::from(number)), created: now() }
}

#[test]
fn mail_leaves_in_the_order_it_was_written_and_no_number_is_used_twice() {
    let engine = engine();
    let push = |number: u8| write(&engine, move |transaction| outbox::push(transaction, &row(number)));
    // The identifiers run the other way: order is that of writing.
    assert_eq!([push(3), push(2), push(1)], [1, 2, 3]);
    let pending = outbox::pending(&engine, 9).unwrap();
    assert_eq!(pending, [(1, row(3)), (2, row(2)), (3, row(1))]);
    assert_eq!(outbox::pending(&engine, 1).unwrap().len(), 1);
    for sequence in [3, 3, 1] {
        write(&engine, move |transaction| outbox::remove(transaction, sequence));
    }
    assert_eq!(outbox::pending(&engine, 9).unwrap(), [(2, row(2))]);
    assert_eq!(push(4), 4);
}

#[test]
fn what_cannot_be_delivered_is_kept_with_its_reason() {
    let engine = engine();
    write(&engine, |transaction| outbox::push(transaction, &row(1)));
    let long = "x".repeat(500);
    let buried = write(&engine, move |transaction| outbox::bury(transaction, 1, &long, now()));
    assert_eq!(buried, Some(row(1).envelope));
    assert_eq!(write(&engine, |transaction| outbox::bury(transaction, 1, "again", now())), None);
    assert!(outbox::pending(&engine, 9).unwrap().is_empty());
    let dead = outbox::dead(&engine, 9).unwrap();
    let [(1, letter)] = dead.as_slice() else { panic!("{dead:?}") };
    assert_eq!((&letter.row, letter.reason.len(), letter.at), (&row(1), 80, now()));
}

#[test]
fn an_envelope_over_the_limit_is_refused() {
    let engine = engine();
    let large = OutboxRow { bytes: vec![0; ENVELOPE_BYTES + 1], ..row(1) };
    let refused = engine.transact("test", move |transaction| outbox::push(transaction, &large));
    let over = TooLarge::Transaction { bytes: ENVELOPE_BYTES + 1, limit: ENVELOPE_BYTES };
    assert_eq!(refused, Err(maillage_engine::TransactError::Aborted(EngineError::TooLarge(over))));
    let largest = OutboxRow { bytes: vec![7; ENVELOPE_BYTES], ..row(1) };
    let written = largest.clone();
    write(&engine, move |transaction| outbox::push(transaction, &written));
    assert_eq!(outbox::pending(&engine, 9).unwrap(), [(1, largest)]);
}

#[test]
fn an_envelope_is_new_once() {
    let engine = engine();
    let mark = |number: u8| write(&engine, move |transaction| inbox::mark(transaction, id(number), now()));
    assert!(!inbox::seen(&engine, id(1)).unwrap());
    assert!(mark(1));
    assert!(!mark(1));
    assert!(inbox::seen(&engine, id(1)).unwrap());
    assert!(mark(2));
}

#[test]
fn an_aborted_transaction_leaves_neither_mark_nor_mail() {
    let engine = engine();
    let aborted = engine.transact("test", |transaction| {
        inbox::mark(transaction, id(1), now())?;
        outbox::push(transaction, &row(1))?;
        inbox::set_cursor(transaction, 5)?;
        Err::<(), EngineError>(EngineError::Closed)
    });
    assert!(aborted.is_err());
    assert!(!inbox::seen(&engine, id(1)).unwrap());
    assert!(outbox::pending(&engine, 9).unwrap().is_empty());
    assert_eq!(inbox::cursor(&engine), Ok(0));
    write(&engine, |transaction| inbox::set_cursor(transaction, 5));
    assert_eq!(inbox::cursor(&engine), Ok(5));
}

#[test]
fn debug_tells_no_contents() {
    let shown = format!("{:?}", row(1));
    assert!(!shown.contains("Canary") && !shown.contains("67, 97"), "{shown}");
}
