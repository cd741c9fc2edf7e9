//! Loans of one thing: never two at once, whoever asks first, whatever happens in between.

use maillage_domain::{
    fleet::NewAsset,
    ids::{AssetKind, PersonKind},
    ledger::DueSource,
    loan::{Loan, LoanCancelled, NewLoan},
    money::Cents,
    roles::Role,
};
use maillage_federation::ids::Id;
use maillage_node::app::{
    caller::{Caller, Scope},
    edit::Mask,
    fleet::{self, NewOutage},
    loans::{self, Criterion, LoanQuery, NewHandOut, NewTakeBack},
};
use maillage_store::ledger;
use proptest::prelude::*;

use crate::{
    driving::reason,
    world::{A, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

fn typed() -> NewAsset {
    NewAsset {
        label: "Clio".into(),
        category: "car".into(),
        seats: 5,
        ownership: "own".into(),
        rate_per: "day".into(),
        rate_cents: 400,
        deposit_cents: 20_000,
        ..NewAsset::default()
    }
}

fn asset(world: &World) -> Id<AssetKind> {
    ready(fleet::add(world.app(A), &local(), typed(), 10_000_000)).unwrap().id
}

fn wish(world: &World, person: Id<PersonKind>, from: &str, until: &str) -> Loan {
    let new = NewLoan {
        category: "car".into(),
        from: from.into(),
        until: until.into(),
        purpose: "work-training".into(),
        notes: String::new(),
    };
    ready(loans::ask(world.app(A), &local(), person, new)).unwrap()
}

/// The present revision of a loan.
fn etag(world: &World, loan: &Loan) -> String {
    ready(loans::show(world.app(A), &local(), loan.id)).unwrap().revision.to_string()
}

fn book(world: &World, loan: &Loan, asset: Id<AssetKind>) -> String {
    reason(ready(loans::book(world.app(A), &local(), loan.id, asset, etag(world, loan))))
}

fn hand_out(world: &World, loan: &Loan, documents: &[&str]) -> String {
    let documents = documents.iter().map(|code| (*code).to_owned()).collect();
    let new = NewHandOut {
        condition: "good".into(),
        odometer_m: Some(10_000_000),
        documents,
        ..NewHandOut::default()
    };
    reason(ready(loans::hand_out(world.app(A), &local(), loan.id, new)))
}

fn take_back(world: &World, loan: &Loan) -> String {
    let new =
        NewTakeBack { condition: "good".into(), odometer_m: Some(10_050_000), ..NewTakeBack::default() };
    reason(ready(loans::take_back(world.app(A), &local(), loan.id, new)))
}

#[test]
fn two_loans_of_a_thing_are_apart_by_the_time_to_hand_over() {
    let world = World::empty(1);
    let (car, other, person) = (asset(&world), asset(&world), world.person(A, "ask"));
    let first = wish(&world, person, "2026-10-05T09:00", "2026-10-07T09:00");
    assert_eq!(book(&world, &first, car), "accepted");
    for (from, until, expected) in [
        ("2026-10-05T09:00", "2026-10-07T09:00", "loan-taken"),
        ("2026-10-06T09:00", "2026-10-06T10:00", "loan-taken"),
        ("2026-10-04T09:00", "2026-10-08T09:00", "loan-taken"),
        ("2026-10-07T09:29", "2026-10-08T09:00", "loan-taken"),
        ("2026-10-04T09:00", "2026-10-05T08:31", "loan-taken"),
        ("2026-10-07T09:30", "2026-10-08T09:00", "accepted"),
        ("2026-10-04T09:00", "2026-10-05T08:30", "accepted"),
    ] {
        assert_eq!(book(&world, &wish(&world, person, from, until), car), expected, "{from} {until}");
    }
    let same = wish(&world, person, "2026-10-05T09:00", "2026-10-07T09:00");
    let free = loans::free(world.app(A), &local(), None, ("2026-10-06T09:00", "2026-10-06T10:00")).unwrap();
    assert_eq!(free.free.iter().map(|asset| asset.id).collect::<Vec<_>>(), [other]);
    assert_eq!(free.taken[0].1.reason(), "loan-taken");
    assert_eq!(book(&world, &same, other), "accepted");
    assert_eq!(book(&world, &same, car), "loan-taken", "what was booked stays booked");
    ready(loans::cancel(world.app(A), &local(), first.id, LoanCancelled::NoLongerNeeded)).unwrap();
    assert_eq!(book(&world, &same, car), "accepted");
}

#[test]
fn of_many_who_book_at_once_one_gets_it() {
    let world = World::empty(1);
    let (car, person) = (asset(&world), world.person(A, "ask"));
    let wishes: Vec<Loan> =
        (0..16).map(|_| wish(&world, person, "2026-10-05T09:00", "2026-10-07T09:00")).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let tasks: Vec<_> = wishes
        .iter()
        .map(|wish| {
            let (app, id) = (std::sync::Arc::clone(world.app(A)), wish.id);
            runtime.spawn(async move { loans::book(&app, &Caller::local(), id, car, String::new()).await })
        })
        .collect();
    let answers: Vec<String> =
        tasks.into_iter().map(|task| reason(runtime.block_on(task).unwrap())).collect();
    assert_eq!(answers.iter().filter(|answer| *answer == "accepted").count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| *answer == "loan-taken").count(), 15, "{answers:?}");
    assert_eq!(loans::list(world.app(A), &local(), LoanQuery::Taking(car), 99).unwrap().len(), 1);
}

#[test]
fn a_thing_out_of_service_or_gone_is_not_booked_and_what_was_booked_is_told() {
    let world = World::empty(1);
    let (car, person) = (asset(&world), world.person(A, "ask"));
    let booked = wish(&world, person, "2026-10-05T09:00", "2026-10-07T09:00");
    assert_eq!(book(&world, &booked, car), "accepted");
    let outage = |from: &str, until: &str| NewOutage {
        reason: "maintenance".into(),
        from: from.into(),
        until: until.into(),
    };
    let new = outage("2026-10-06T09:00", "2026-10-20T09:00");
    let (_, still) = ready(fleet::withdraw(world.app(A), &local(), car, new)).unwrap();
    assert_eq!(still, [booked.id]);
    let during = wish(&world, person, "2026-10-10T09:00", "2026-10-11T09:00");
    assert_eq!(book(&world, &during, car), "asset-out-of-service");
    let after = wish(&world, person, "2026-10-20T09:00", "2026-10-21T09:00");
    assert_eq!(book(&world, &after, car), "accepted");
    let retired = ready(fleet::retire(world.app(A), &local(), car, ""));
    assert_eq!(reason(retired), "asset-booked");
    let now = ready(fleet::withdraw(world.app(A), &local(), car, outage("", ""))).unwrap().0;
    assert!(now.outage_at(world.now()).is_some());
    ready(fleet::restore(world.app(A), &local(), car)).unwrap();
    let insured = NewAsset { insurance_until: "2026-11-30".into(), ..NewAsset::default() };
    let mask = Mask::parse(&["insurance_until".to_owned()], &fleet::FIELDS).unwrap();
    let seen = fleet::show(world.app(A), &local(), car).unwrap().revision.to_string();
    let update = (mask.clone(), seen.clone());
    let updated = ready(fleet::update(world.app(A), &local(), car, insured.clone(), update)).unwrap();
    assert_eq!(updated.details.label.as_str(), "Clio", "what the mask does not name stays");
    let stale = ready(fleet::update(world.app(A), &local(), car, insured, (mask, seen)));
    assert_eq!(reason(stale), "changed-meanwhile");
    let beyond = wish(&world, person, "2026-11-30T09:00", "2026-12-01T09:00");
    assert_eq!(book(&world, &beyond, car), "asset-lapses");
}

#[test]
fn a_loan_goes_out_comes_back_late_and_is_settled_while_the_next_one_waits() {
    let world = World::empty(1);
    let (car, person) = (asset(&world), world.person(A, "ask"));
    let first = wish(&world, person, "2026-10-01T07:00", "2026-10-02T08:00");
    let next = wish(&world, person, "2026-10-02T09:00", "2026-10-03T09:00");
    assert_eq!((book(&world, &first, car), book(&world, &next, car)), ("accepted".into(), "accepted".into()));
    assert_eq!(hand_out(&world, &first, &["identity"]), "loan-document-missing");
    assert_eq!(hand_out(&world, &first, &["driving-licence"]), "accepted");
    world.wait(26 * 60);
    let overdue = loans::list(world.app(A), &local(), LoanQuery::Overdue, 9).unwrap();
    assert_eq!(overdue.iter().map(|loan| loan.id).collect::<Vec<_>>(), [first.id]);
    assert_eq!(hand_out(&world, &next, &["driving-licence"]), "loan-still-out");
    let longer =
        ready(loans::extend(world.app(A), &local(), first.id, "2026-10-02T18:00", etag(&world, &first)));
    assert_eq!(reason(longer), "loan-taken");
    world.wait(3 * 60);
    assert_eq!(take_back(&world, &first), "accepted");
    assert_eq!(fleet::show(world.app(A), &local(), car).unwrap().odometer_m, 10_050_000);
    assert_eq!(hand_out(&world, &next, &["driving-licence"]), "odometer-backwards");
    let new = NewHandOut {
        condition: "good".into(),
        odometer_m: Some(10_050_000),
        documents: vec!["driving-licence".into()],
        ..NewHandOut::default()
    };
    ready(loans::hand_out(world.app(A), &local(), next.id, new)).unwrap();
    let closed = ready(loans::close(world.app(A), &local(), first.id, None, 0)).unwrap();
    assert_eq!(closed.settlement().unwrap().contribution_due, Cents::new(800), "29 hours are two days begun");
    let source = DueSource::Loan(first.id);
    let due = ledger::due_for(&world.app(A).store, person, source).unwrap();
    assert!(due.is_some(), "it is in the books with the loan");
    let again = ready(loans::close(world.app(A), &local(), first.id, None, 0));
    assert_eq!(reason(again), "loan-wrong-state");
}

#[test]
fn somebody_without_the_role_books_nothing_and_learns_nothing() {
    let world = World::empty(1);
    let (car, person) = (asset(&world), world.person(A, "ask"));
    let loan = wish(&world, person, "2026-10-05T09:00", "2026-10-07T09:00");
    for role in [Role::Driver, Role::Prescriber, Role::Auditor] {
        let caller = Caller::new("somebody", [role].into(), Scope::Everything);
        assert_eq!(
            reason(ready(loans::book(world.app(A), &caller, loan.id, car, String::new()))),
            "not-allowed"
        );
        assert_eq!(reason(ready(loans::show(world.app(A), &caller, loan.id))), "not-allowed");
        assert_eq!(reason(loans::list(world.app(A), &caller, LoanQuery::Open, 9)), "not-allowed");
    }
    let treasurer = Caller::new("books", [Role::Treasurer].into(), Scope::Everything);
    assert_eq!(
        reason(ready(loans::book(world.app(A), &treasurer, loan.id, car, String::new()))),
        "not-allowed"
    );
    assert!(ready(loans::show(world.app(A), &treasurer, loan.id)).is_ok());
}

/// A civil time of November 2026, a number of hours after its second day begins.
fn hour(hours: u8) -> String {
    format!("2026-11-{:02}T{:02}:00", 2 + hours / 24, hours % 24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The naive model: a row of hours for each of two things. A loan takes its hours; half an hour to hand over means
    /// that the hour before and the hour after have to be free.
    #[test]
    fn whatever_is_booked_moved_and_cancelled_no_hour_is_taken_twice(
        moves in prop::collection::vec((0..3_u8, 0..8_usize, 0..2_usize, 1..60_u8, 1..12_u8), 1..24),
    ) {
        let world = World::empty(1);
        let (cars, person) = ([asset(&world), asset(&world)], world.person(A, "ask"));
        let mut known: Vec<(Loan, Option<usize>, u8, u8)> = Vec::new();
        for (kind, which, car, from, hours) in moves {
            let until = from + hours;
            let free = |known: &[(Loan, Option<usize>, u8, u8)], skip: Option<usize>, car: usize, from: u8, until: u8| {
                (from - 1..=until).all(|hour| {
                    known.iter().enumerate().all(|(index, (_, taken, start, end))| {
                        Some(index) == skip || *taken != Some(car) || !(*start..*end).contains(&hour)
                    })
                })
            };
            match (kind, known.len()) {
                (0, _) | (_, 0) => {
                    let loan = wish(&world, person, &hour(from), &hour(until));
                    let possible = free(&known, None, car, from, until);
                    prop_assert_eq!(book(&world, &loan, cars[car]) == "accepted", possible);
                    known.push((loan, possible.then_some(car), from, until));
                }
                (1, count) => {
                    let index = which % count;
                    let (loan, taken, ..) = known[index].clone();
                    let possible = taken.is_none_or(|car| free(&known, Some(index), car, from, until));
                    let times = (hour(from), hour(until));
                    let times = (times.0.as_str(), times.1.as_str());
                    let moved = ready(loans::reschedule(world.app(A), &local(), loan.id, times, etag(&world, &loan)));
                    prop_assert_eq!(moved.is_ok(), possible);
                    if possible {
                        known[index] = (loan, taken, from, until);
                    }
                }
                (_, count) => {
                    let (loan, ..) = known.remove(which % count);
                    ready(loans::cancel(world.app(A), &local(), loan.id, LoanCancelled::Other)).unwrap();
                }
            }
            for (number, car) in cars.iter().enumerate() {
                let taking = loans::list(world.app(A), &local(), LoanQuery::Taking(*car), 99).unwrap();
                let expected = known.iter().filter(|(_, taken, ..)| *taken == Some(number)).count();
                prop_assert_eq!(taking.len(), expected);
            }
        }
    }
}

#[test]
fn loans_that_are_open_or_late_come_page_by_page() {
    let world = World::empty(1);
    let car = asset(&world);
    let person = world.person(A, "never");
    let wishes: Vec<Loan> =
        [("2026-10-02", "2026-10-03"), ("2026-10-05", "2026-10-06"), ("2026-10-08", "2026-10-09")]
            .iter()
            .map(|(from, until)| wish(&world, person, &format!("{from}T09:00"), &format!("{until}T09:00")))
            .collect();
    for loan in &wishes {
        ready(loans::book(world.app(A), &local(), loan.id, car, String::new())).unwrap();
    }
    let expected: Vec<_> = wishes.iter().map(|loan| loan.id).collect();
    for criterion in [Criterion::Open, Criterion::Taking(car)] {
        let first = match criterion {
            Criterion::Taking(car) => LoanQuery::Taking(car),
            Criterion::Open | Criterion::Overdue => LoanQuery::Open,
        };
        let (mut query, mut seen) = (first, Vec::new());
        while let Some(loan) = loans::list(world.app(A), &local(), query, 1).unwrap().pop() {
            seen.push(loan.id);
            query = LoanQuery::After(criterion, loan.id);
        }
        assert_eq!(seen, expected, "{criterion:?}");
    }
    let none = LoanQuery::After(Criterion::Overdue, expected[0]);
    assert_eq!(loans::list(world.app(A), &local(), none, 9).unwrap().len(), 0);
}
