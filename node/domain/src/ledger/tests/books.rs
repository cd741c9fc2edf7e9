//! Dues, payments and what is open: sums are conserved. Must never know a store.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[test]
fn an_entry_is_booked_for_a_believable_sum_on_a_day_that_can_be() {
    let today = day("2026-11-23");
    let check = |on: &str, cents, expected| {
        let movement = Movement::Due(id(1), DueSource::Donation);
        let new = NewEntry {
            books: Books(None),
            day: day(on),
            movement,
            amount: Cents::new(cents),
            note: Line::default(),
        };
        assert_eq!(new.check(today), expected, "{on} {cents}");
    };
    check("2026-11-23", 1, Ok(()));
    check("2025-01-01", 1_000_000_000, Ok(()));
    check("2026-11-24", 1, Err(BookError::Future(day("2026-11-24"))));
    check("2024-12-31", 1, Err(BookError::TooOld(day("2024-12-31"))));
    check("2026-11-23", 0, Err(BookError::Amount));
    check("2026-11-23", -1, Err(BookError::Amount));
    check("2026-11-23", 1_000_000_001, Err(BookError::Amount));
}

#[test]
fn an_entry_is_taken_back_once_and_a_statement_s_never() {
    let on = day("2026-11-23");
    let due = entry(1, on, Movement::Due(id(1), DueSource::Membership(2026)), 1_500);
    let counter = |entry: &Entry, countered| entry.counter(on, countered, Line::default());
    let mirror = counter(&due, false).unwrap();
    assert_eq!((mirror.amount, mirror.movement), (due.amount, due.movement));
    assert_eq!(counter(&due, true), Err(BookError::AlreadyCountered));
    let back = Entry { counters: Some(due.id), ..entry(2, on, due.movement, 1_500) };
    assert_eq!(counter(&back, false), Err(BookError::IsCounter));
    let [debit, credit] = due.postings();
    let [back_debit, back_credit] = back.postings();
    assert_eq!((debit.account, credit.account), (Account::People, Account::Memberships));
    assert_eq!((back_debit.account, back_credit.account), (Account::Memberships, Account::People));
    for movement in [
        Movement::Spent(id(2), id(3)),
        Movement::Reimbursed(id(2), id(3), Method::Transfer),
        Movement::Waived(id(2), id(3)),
    ] {
        assert_eq!(counter(&entry(4, on, movement, 100), false), Err(BookError::OfStatement));
    }
}

#[test]
fn money_that_a_volunteer_collected_is_the_association_s_until_handed_over() {
    let on = day("2026-11-02");
    let period = (day("2026-11-01"), day("2026-11-30"));
    let books = [
        entry(1, on, Movement::Due(id(1), DueSource::Trip(id(9))), 900),
        entry(2, on, Movement::Received(id(1), Method::Cash, Some(id(2))), 900),
        entry(3, day("2026-11-30"), Movement::Remitted(id(2), Method::Cash), 500),
        entry(4, day("2026-12-01"), Movement::Remitted(id(2), Method::Cash), 400),
    ];
    assert_eq!(PersonBalance::of(id(1), &books, period).closing, Cents::ZERO);
    let volunteer = VolunteerBalance::of(id(2), &books, period);
    assert_eq!((volunteer.to_hand_over, volunteer.closing), (Cents::new(400), Cents::ZERO));
    assert_eq!(books[1].parties().count(), 2);
    assert_eq!(books[2].parties().count(), 1);
}

#[test]
fn numbers_read_back() {
    let number = EntryNumber { journal: Journal::Waivers, year: 2026, sequence: 12 };
    assert_eq!(number.to_string(), "AB-2026-000012");
    assert_eq!("AB-2026-000012".parse(), Ok(number));
    for text in ["", "AB", "AB-2026", "XX-2026-1", "AB-x-1", "AB-2026-x"] {
        assert_eq!(text.parse::<EntryNumber>(), Err(EntryNumberError), "{text}");
    }
}

#[test]
fn no_cell_is_a_formula_or_breaks_its_line() {
    let row = |party: &str| Row {
        day: day("2026-03-01"),
        number: "PA-2026-000001".to_owned(),
        account: Account::People,
        party: party.to_owned(),
        label: "=1+1".to_owned(),
        debit: Cents::new(123_450),
        credit: Cents::ZERO,
    };
    let file = csv(&[row("Roques; \"Léa\""), row("-SOMME(A1)")]);
    let lines: Vec<&str> = file.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}Date;Pièce;Compte;"));
    let expected = "01/03/2026;PA-2026-000001;411;Bénéficiaires;\"Roques; \"\"Léa\"\"\";'=1+1;1234,50;";
    assert_eq!(lines[1], expected);
    assert!(lines[2].contains(";'-SOMME(A1);"));
    assert_eq!(lines[3..], [""]);
}

fn movement() -> impl Strategy<Value = Movement> {
    let method = || prop::sample::select(Method::ALL);
    let person = || (1_u8..4).prop_map(id);
    let volunteer = || (4_u8..6).prop_map(id);
    prop_oneof![
        (person(), 10_u8..20).prop_map(|(person, trip)| Movement::Due(person, DueSource::Trip(id(trip)))),
        person().prop_map(|person| Movement::Due(person, DueSource::Donation)),
        (person(), method(), prop::option::of(volunteer()))
            .prop_map(|(person, method, by)| Movement::Received(person, method, by)),
        (person(), method()).prop_map(|(person, method)| Movement::Refunded(person, method)),
        person().prop_map(|person| Movement::WrittenOff(person, WriteOffReason::Hardship)),
        (volunteer(), method()).prop_map(|(volunteer, method)| Movement::Remitted(volunteer, method)),
        volunteer().prop_map(|volunteer| Movement::Spent(volunteer, id(30))),
        (volunteer(), method()).prop_map(|(volunteer, method)| Movement::Reimbursed(
            volunteer,
            id(30),
            method
        )),
        volunteer().prop_map(|volunteer| Movement::Waived(volunteer, id(30))),
    ]
}

fn some_books() -> impl Strategy<Value = Vec<Entry>> {
    let one = (movement(), 1_i64..100_000, 1_i8..=12, any::<bool>());
    prop::collection::vec(one, 0..60).prop_map(|entries| {
        (0_u8..)
            .zip(entries)
            .map(|(sequence, (movement, cents, month, countered))| {
                let on = Date::new(2026, month, 15).unwrap();
                Entry { counters: countered.then(|| id(99)), ..entry(sequence, on, movement, cents) }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn sums_conserve_in_the_books_and_in_their_export(books in some_books()) {
        let rows: Vec<Row> = books.iter().flat_map(|entry| rows(entry, "", |_| String::new())).collect();
        let debit: Cents = rows.iter().map(|row| row.debit).sum();
        let credit: Cents = rows.iter().map(|row| row.credit).sum();
        prop_assert_eq!(debit, credit);
        // What an accountant's program reads back from the file is what the books hold, account by account.
        let mut read: BTreeMap<String, Cents> = BTreeMap::new();
        for line in csv(&rows).lines().skip(1) {
            let cells: Vec<&str> = line.split(';').collect();
            let sum = |text: &str| if text.is_empty() { Cents::ZERO } else { Cents::parse(text).unwrap() };
            let balance = read.entry(cells[2].to_owned()).or_default();
            *balance = balance.plus(sum(cells[6])).minus(sum(cells[7]));
        }
        let mut held: BTreeMap<String, Cents> = BTreeMap::new();
        for side in books.iter().flat_map(Entry::postings) {
            let balance = held.entry(side.account.number().to_owned()).or_default();
            *balance = balance.plus(side.debit).minus(side.credit);
        }
        prop_assert_eq!(held.values().copied().sum::<Cents>(), Cents::ZERO);
        prop_assert_eq!(read, held);
    }

    #[test]
    fn a_balance_carries_over_from_period_to_period(books in some_books(), cut in 1_i8..12) {
        let last = Date::new(2026, cut, 1).unwrap().last_of_month();
        let first = last.tomorrow().unwrap();
        for person in 1..4 {
            let of = |from, to| PersonBalance::of(id(person), &books, (from, to));
            let (early, late) = (of(day("2026-01-01"), last), of(first, day("2026-12-31")));
            let whole = of(day("2026-01-01"), day("2026-12-31"));
            prop_assert_eq!(early.closing, late.opening);
            prop_assert_eq!(late.closing, whole.closing);
            for balance in [early, late, whole] {
                let moved = balance.opening.plus(balance.due).minus(balance.received);
                prop_assert_eq!(moved.minus(balance.written_off).plus(balance.refunded), balance.closing);
            }
        }
        for volunteer in 4..6 {
            let of = |from, to| VolunteerBalance::of(id(volunteer), &books, (from, to));
            let (early, late) = (of(day("2026-01-01"), last), of(first, day("2026-12-31")));
            prop_assert_eq!(early.closing, late.opening);
            let moved = late.opening.plus(late.spent).minus(late.reimbursed).minus(late.waived);
            prop_assert_eq!(moved, late.closing);
        }
        let total: Cents = (1..4).map(|person| {
            PersonBalance::of(id(person), &books, (day("2026-01-01"), day("2026-12-31"))).closing
        }).sum();
        let account: Cents = books.iter().flat_map(Entry::postings)
            .filter(|side| side.account == Account::People)
            .map(|side| side.debit.minus(side.credit)).sum();
        prop_assert_eq!(total, account);
    }
}
