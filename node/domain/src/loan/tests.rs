//! Loans never overlap, and each step leaves from where it may. Must never know a store.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::{
    calendar::{Occupation, clash},
    *,
};
use crate::fleet::RateUnit;

const START: &str = "2026-10-05T07:00:00Z";

fn at(hours: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

fn id<K>(number: u8) -> Id<K> {
    Id::new(1, [number; 10])
}

fn requested() -> Loan {
    let new = NewLoan {
        category: "car".to_owned(),
        from: "2026-10-05T09:00".to_owned(),
        until: "2026-10-07T09:00".to_owned(),
        purpose: "work-training".to_owned(),
        notes: "Canary".to_owned(),
    };
    Loan::request(id(1), id(2), new.parse().unwrap(), at(-48))
}

fn booking(per: RateUnit) -> Booking {
    Booking {
        asset: id(3),
        category: AssetCategory::Car,
        rate: Some(Rate { per, cents: Cents::new(400) }),
        deposit: Cents::new(20_000),
    }
}

fn hand_out() -> HandOut {
    HandOut {
        at: at(0),
        condition: Condition::Good,
        odometer_m: Some(10_000),
        deposit: Cents::new(20_000),
        documents: [LoanDocument::DrivingLicence, LoanDocument::Contract].into(),
        by: Line::parse("Canary").unwrap(),
        notes: Notes::default(),
    }
}

fn take_back() -> TakeBack {
    let (by, damage) = (Line::default(), Notes::default());
    TakeBack { at: at(30), condition: Condition::Worn, odometer_m: Some(52_500), by, damage }
}

fn close() -> LoanAction {
    LoanAction::Close { contribution: None, deposit_kept: Cents::ZERO }
}

/// A loan in every state, by its code.
fn states() -> Vec<Loan> {
    let go = |loan: &Loan, action| loan.apply(action, at(100)).unwrap();
    let requested = requested();
    let booked = go(&requested, LoanAction::Book(booking(RateUnit::Day)));
    let out = go(&booked, LoanAction::HandOut(hand_out()));
    let returned = go(&out, LoanAction::TakeBack(take_back()));
    let closed = go(&returned, close());
    let cancelled = go(&booked, LoanAction::Cancel(LoanCancelled::NotFetched));
    vec![requested, booked, out, returned, closed, cancelled]
}

#[test]
fn every_action_leads_from_every_state_where_the_table_says_or_is_refused() {
    let longer = Span::new(at(0), at(60)).unwrap();
    let actions = [
        (LoanAction::Book(booking(RateUnit::Day)), ["booked", "booked", "", "", "", ""]),
        (LoanAction::Move(longer), ["requested", "booked", "", "", "", ""]),
        (LoanAction::HandOut(hand_out()), ["", "out", "", "", "", ""]),
        (LoanAction::Extend(at(72)), ["", "", "out", "", "", ""]),
        (LoanAction::TakeBack(take_back()), ["", "", "returned", "", "", ""]),
        (close(), ["", "", "", "closed", "", ""]),
        (LoanAction::Cancel(LoanCancelled::Papers), ["cancelled", "cancelled", "", "", "", ""]),
    ];
    for (action, expected) in actions {
        for (loan, expected) in states().iter().zip(expected) {
            match loan.apply(action.clone(), at(100)) {
                Ok(next) => {
                    assert_eq!(next.state.code(), expected, "{action:?} {loan:?}");
                    assert_eq!(next.revision, loan.revision + 1);
                }
                Err(error) => {
                    assert_eq!(expected, "", "{action:?} {loan:?}: {error}");
                    let LoanError::WrongState { state, .. } = error else { panic!("{error}") };
                    assert_eq!(state, loan.state.code());
                }
            }
        }
    }
}

#[test]
fn a_car_goes_out_with_its_licence_seen_and_what_goes_by_distance_with_its_odometer_read() {
    let booked = requested().apply(LoanAction::Book(booking(RateUnit::Kilometre)), at(-1)).unwrap();
    let check = |out: HandOut, expected: Option<LoanError>| {
        assert_eq!(booked.apply(LoanAction::HandOut(out), at(0)).err(), expected);
    };
    let papers = [LoanDocument::Identity].into();
    let missing = LoanError::DocumentMissing(LoanDocument::DrivingLicence);
    check(HandOut { documents: papers, ..hand_out() }, Some(missing));
    check(HandOut { odometer_m: None, ..hand_out() }, Some(LoanError::OdometerMissing));
    check(HandOut { at: at(1), ..hand_out() }, Some(LoanError::Order));
    check(HandOut { deposit: Cents::new(-1), ..hand_out() }, Some(LoanError::Amount));
    check(hand_out(), None);
    let out = booked.apply(LoanAction::HandOut(hand_out()), at(0)).unwrap();
    let check = |back: TakeBack, expected: LoanError| {
        assert_eq!(out.apply(LoanAction::TakeBack(back), at(30)).err(), Some(expected));
    };
    check(TakeBack { at: at(0), ..take_back() }, LoanError::Order);
    check(TakeBack { at: at(31), ..take_back() }, LoanError::Order);
    check(
        TakeBack { odometer_m: Some(9_999), ..take_back() },
        LoanError::OdometerBackwards { known_m: 10_000 },
    );
    check(TakeBack { odometer_m: None, ..take_back() }, LoanError::OdometerMissing);
}

#[test]
fn a_loan_is_settled_by_the_rate_of_its_booking_unless_something_else_is_agreed() {
    let returned = |per| {
        let booked = requested().apply(LoanAction::Book(booking(per)), at(-1)).unwrap();
        let out = booked.apply(LoanAction::HandOut(hand_out()), at(0)).unwrap();
        out.apply(LoanAction::TakeBack(take_back()), at(30)).unwrap()
    };
    for (per, cents) in [(RateUnit::Day, 800), (RateUnit::Kilometre, 17_000), (RateUnit::Loan, 400)] {
        let closed = returned(per).apply(close(), at(31)).unwrap();
        assert_eq!(closed.settlement().unwrap().contribution_due, Cents::new(cents), "{per}");
    }
    let other = |contribution: i64, kept: i64| {
        let contribution = Some(Cents::new(contribution));
        let action = LoanAction::Close { contribution, deposit_kept: Cents::new(kept) };
        returned(RateUnit::Day).apply(action, at(31)).map(|loan| loan.settlement().unwrap().contribution_due)
    };
    assert_eq!(other(0, 20_000), Ok(Cents::ZERO));
    assert_eq!(other(0, 20_001), Err(LoanError::KeptMoreThanDeposit));
    assert_eq!(other(-1, 0), Err(LoanError::Amount));
}

#[test]
fn a_loan_is_overdue_while_it_is_out_after_its_end_and_takes_its_thing_all_that_time() {
    let [_, booked, out, returned, _, cancelled] = states().try_into().unwrap_or_else(|_| panic!());
    assert!(!out.is_overdue(at(48)) && out.is_overdue(at(49)));
    assert!(!booked.is_overdue(at(49)) && !returned.is_overdue(at(49)));
    let until = |loan: &Loan, now| loan.occupation(now).map(|taken| taken.span.until());
    assert_eq!(until(&out, at(10)), Some(at(48)));
    assert_eq!(until(&out, at(90)), Some(at(90)));
    assert_eq!(until(&returned, at(90)), Some(at(30)), "free as soon as it is back");
    assert_eq!(until(&cancelled, at(90)), None);
}

#[test]
fn times_of_a_loan_are_those_of_paris_and_bounded() {
    let span = loan_span("2026-10-24T12:00", "2026-10-25T12:00").unwrap();
    assert_eq!(span.seconds(), 25 * 3600, "the clocks go back");
    assert_eq!(loan_span("2026-10-05T09:00", "2026-10-05T09:00"), Err(NewLoanError::Span));
    assert!(loan_span("2026-01-01T00:00", "2027-02-05T00:00").is_ok());
    assert_eq!(loan_span("2026-01-01T00:00", "2027-02-06T00:00"), Err(NewLoanError::Span));
}

#[test]
fn debug_tells_nothing_of_the_person() {
    for loan in states() {
        assert!(!format!("{loan:?} {:?} {:?}", loan.terms, loan.state).contains("Canary"));
    }
    assert!(!format!("{:?} {:?}", hand_out(), take_back()).contains("Canary"));
}

proptest! {
    /// The naive model: a thing is a row of hours, and a loan takes some of them with its buffer on one side.
    #[test]
    fn a_loan_clashes_when_an_hour_of_it_or_between_is_taken(
        taken in prop::collection::vec((0..60_i64, 1..10_i64, 1..3_u8), 0..6),
        (from, hours) in (0..60_i64, 1..10_i64),
        buffer in 0..4_i64,
    ) {
        let occupation = |loan: u8, asset: u8, from: i64, hours: i64| {
            let span = Span::new(at(from), at(from + hours)).unwrap();
            Occupation { loan: id(loan), asset: id(asset), span }
        };
        let others: Vec<Occupation> = (10..)
            .zip(&taken)
            .map(|(loan, (from, hours, asset))| occupation(loan, *asset, *from, *hours))
            .collect();
        let wanted = occupation(1, 1, from, hours);
        let row = |hour: i64| {
            taken.iter().any(|(from, hours, asset)| *asset == 1 && (*from..from + hours).contains(&hour))
        };
        let expected = (from - buffer..from + hours + buffer).any(row);
        let buffer_s = u32::try_from(buffer).unwrap() * 3600;
        prop_assert_eq!(clash(wanted, buffer_s, &others).is_some(), expected);
        let itself = Occupation { loan: id(10), ..wanted };
        let without_itself = clash(itself, buffer_s, &others);
        prop_assert!(without_itself.is_none_or(|other| other.loan != itself.loan));
    }
}

fn any_action() -> impl Strategy<Value = LoanAction> {
    let hour = || (-5..900_i64).prop_map(at);
    let cents = || (-1..30_000_i64).prop_map(Cents::new);
    let odometer = || prop::option::of(9_000..60_000_u32);
    let per = prop::sample::select(vec![RateUnit::Day, RateUnit::Kilometre, RateUnit::Loan]);
    let out = (hour(), odometer(), cents());
    let out = out.prop_map(|(at, odometer_m, deposit)| HandOut { at, odometer_m, deposit, ..hand_out() });
    let back = (hour(), odometer()).prop_map(|(at, odometer_m)| TakeBack { at, odometer_m, ..take_back() });
    prop_oneof![
        2 => per.prop_map(|per| LoanAction::Book(booking(per))),
        1 => (-5..900_i64, 1..10_000_i64)
            .prop_map(|(from, hours)| LoanAction::Move(Span::new(at(from), at(from + hours)).unwrap())),
        3 => out.prop_map(LoanAction::HandOut),
        1 => hour().prop_map(LoanAction::Extend),
        3 => back.prop_map(LoanAction::TakeBack),
        2 => (prop::option::of(cents()), cents())
            .prop_map(|(contribution, deposit_kept)| LoanAction::Close { contribution, deposit_kept }),
        1 => Just(LoanAction::Cancel(LoanCancelled::Papers)),
    ]
}

/// How far a loan has come: it never goes back.
fn progress(loan: &Loan) -> u8 {
    match loan.state {
        LoanState::Requested => 0,
        LoanState::Booked(_) => 1,
        LoanState::Out(..) => 2,
        LoanState::Returned(..) => 3,
        LoanState::Closed(..) | LoanState::Cancelled { .. } => 4,
    }
}

proptest! {
    #[test]
    fn whatever_happens_a_loan_goes_forward_and_is_settled_once(
        actions in prop::collection::vec(any_action(), 0..60),
    ) {
        let mut loan = requested();
        for action in actions {
            let Ok(next) = loan.apply(action, at(1_000)) else { continue };
            prop_assert!(progress(&loan) < 4, "{:?} changed", loan.state.code());
            prop_assert!(progress(&next) >= progress(&loan));
            prop_assert_eq!(next.revision, loan.revision + 1);
            prop_assert!(next.terms.span.seconds() <= crate::limits::LOAN_DAYS * 24 * 3600);
            if let LoanState::Returned(booking, out, back) | LoanState::Closed(booking, out, back, _) = &next.state {
                prop_assert!(out.at < back.at && back.at <= at(1_000));
                let driven = out.odometer_m.zip(back.odometer_m);
                prop_assert!(driven.is_none_or(|(before, after)| before <= after));
                let by_distance = booking.rate.is_some_and(|rate| rate.per == RateUnit::Kilometre);
                prop_assert!(!by_distance || driven.is_some());
            }
            if let LoanState::Closed(_, out, _, settled) = &next.state {
                prop_assert!(settled.deposit_kept <= out.deposit);
                prop_assert!((Cents::ZERO..=Cents::new(crate::limits::AMOUNT_CENTS)).contains(&settled.contribution_due));
            }
            loan = next;
        }
    }
}
