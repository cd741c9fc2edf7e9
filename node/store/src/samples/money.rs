//! Books for the tests. Names and notes carry a canary.

use maillage_domain::{
    ledger::{
        Basis, Books, Drive, Entry, EntryNumber, Issuer, Journal, Method, Movement, NewEntry, NewIssuer,
        Paper, Rate, Receipt, ReceiptNumber, Recipient, Settlement, Statement, StatementNumber, Totals,
        VehicleClass, WaivedStatement,
    },
    money::Cents,
    text::{Address, Line, Name},
};

use super::{id, now};

pub(crate) fn new_entry(movement: Movement, cents: i64, day: &str) -> NewEntry {
    let note = Line::parse("Canary").unwrap();
    NewEntry { books: Books(None), day: day.parse().unwrap(), movement, amount: Cents::new(cents), note }
}

pub(crate) fn entry(movement: Movement, cents: i64) -> Entry {
    let number = EntryNumber { journal: movement.journal(), year: 2026, sequence: 12 };
    new_entry(movement, cents, "2026-10-05").book(id(4), number, now())
}

pub(crate) fn rate() -> (Rate, VehicleClass) {
    let rate =
        Rate { basis: Basis::Waived, flat_cents: Some(40), empty_kilometres: true, electric_rise: true };
    (rate, VehicleClass { power: 5, electric: true })
}

pub(crate) fn drive(trip: u8, day: &str) -> Drive {
    let (rate, vehicle) = rate();
    Drive {
        trip: id(trip),
        volunteer: id(2),
        books: Books(Some(id(8))),
        day: day.parse().unwrap(),
        loaded_m: 12_000,
        empty_m: 8_000,
        rate,
        vehicle,
    }
}

pub(crate) fn statement(number: u8, month: &str) -> Statement {
    Statement {
        id: id(number),
        number: StatementNumber { year: 2026, sequence: u64::from(number) },
        books: Books(Some(id(8))),
        volunteer: id(2),
        basis: Basis::Reimbursed,
        month: month.parse().unwrap(),
        closed: now(),
        totals: Totals {
            loaded_m: 12_000,
            empty_m: 8_000,
            counted_m: 20_000,
            mileage: Cents::new(1_272),
            expenses: Cents::new(460),
        },
        lines: 2,
        settlement: Settlement::Open,
    }
}

pub(crate) fn issuer() -> Issuer {
    let typed = NewIssuer {
        name: "Association Canary".to_owned(),
        address: "1 rue Canary, 81250 Alban".to_owned(),
        identifier: "W812000000".to_owned(),
        object: "Aider à se déplacer".to_owned(),
        quality: "general-interest".to_owned(),
        signatory: "Canary, trésorière".to_owned(),
        tax_rate_percent: 66,
    };
    typed.parse().unwrap()
}

/// One of each kind.
pub(crate) fn papers() -> [Paper; 3] {
    let day = "2026-10-05".parse().unwrap();
    let waived = WaivedStatement {
        statement: id(3),
        number: StatementNumber { year: 2026, sequence: 3 },
        month: "2026-10".parse().unwrap(),
        signed: day,
        amount: Cents::new(1_732),
    };
    [
        Paper::Contribution {
            person: id(1),
            entry: id(4),
            number: EntryNumber { journal: Journal::Payments, year: 2026, sequence: 12 },
            day,
            method: Method::Cheque,
        },
        Paper::Waiver { volunteer: id(2), year: 2026, statements: vec![waived] },
        Paper::CreditNote {
            receipt: id(6),
            number: ReceiptNumber { year: 2026, sequence: 1 },
            reason: Line::parse("Canary").unwrap(),
        },
    ]
}

pub(crate) fn receipt(number: u8, paper: Paper) -> Receipt {
    Receipt {
        id: id(number),
        number: ReceiptNumber { year: 2026, sequence: 1 },
        books: Books(None),
        issued: now(),
        issuer: issuer(),
        recipient: Recipient {
            name: Name::parse("Canary Calvet").unwrap(),
            address: Address::parse("1 rue Canary, 81250 Alban").unwrap(),
        },
        amount: Cents::new(1_732),
        paper,
    }
}
