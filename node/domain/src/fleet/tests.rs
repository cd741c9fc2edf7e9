//! What may be done with an asset, case by case. Must never know a store.

use jiff::{Timestamp, civil::date};
use maillage_federation::ids::Id;

use super::*;
use crate::{codes::UnknownCode, text::TextError};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn span(from: &str, until: &str) -> Span {
    Span::new(at(from), at(until)).unwrap()
}

fn typed() -> NewAsset {
    NewAsset {
        label: "Canary Clio".to_owned(),
        category: "car".to_owned(),
        seats: 5,
        plate: "ab 123 cd".to_owned(),
        ownership: "lent-by-commune".to_owned(),
        inspection_due: "2026-11-30".to_owned(),
        insurance_until: "2027-03-31".to_owned(),
        service_due: "2026-12-15".to_owned(),
        service_due_m: 60_000_000,
        rate_per: "day".to_owned(),
        rate_cents: 500,
        deposit_cents: 30_000,
        notes: String::new(),
        in_service: "2026-02-01".to_owned(),
    }
}

fn asset() -> Asset {
    let details = typed().parse().unwrap();
    Asset::enter(Id::new(1, [1; 10]), details, 50_000_000, at("2026-10-01T08:00:00Z")).unwrap()
}

#[test]
fn what_is_typed_is_read_and_written_back_alike() {
    let details = typed().parse().unwrap();
    let again = NewAsset::from(&details);
    assert_eq!(again.plate, "AB-123-CD");
    assert!(again.parse().unwrap() == details);
    assert_eq!(format!("{:?} {:?}", typed(), asset().details), "NewAsset(…) AssetDetails(…)");
}

#[test]
fn what_is_not_acceptable_is_refused_with_the_reason() {
    let check = |change: fn(&mut NewAsset), expected: AssetError| {
        let mut new = typed();
        change(&mut new);
        assert_eq!(new.parse().err(), Some(expected));
    };
    check(|new| new.label = " ".to_owned(), AssetError::Label(TextError::Empty));
    check(|new| new.plate = "AB_1".to_owned(), AssetError::Plate(PlateError));
    check(|new| new.plate = "A".repeat(13), AssetError::Plate(PlateError));
    check(|new| new.seats = 1, AssetError::Seats(1, 2, 7));
    check(|new| new.seats = 8, AssetError::Seats(8, 2, 7));
    check(|new| (new.category, new.seats) = ("minibus".to_owned(), 10), AssetError::Seats(10, 6, 9));
    check(|new| (new.category, new.seats) = ("electric-bike".to_owned(), 2), AssetError::Seats(2, 1, 1));
    check(|new| new.insurance_until = "31/03/2027".to_owned(), AssetError::Date(UpkeepKind::Insurance));
    check(|new| new.rate_cents = -1, AssetError::Amount(-1));
    check(|new| new.rate_per = String::new(), AssetError::Amount(500));
    check(|new| new.deposit_cents = i64::MAX, AssetError::Amount(i64::MAX));
    let codes = UnknownCode { allowed: "day, week, km, loan".to_owned() };
    check(|new| new.rate_per = "hour".to_owned(), AssetError::RateUnit(codes));
}

#[test]
fn an_outage_blocks_exactly_the_time_it_lasts() {
    let mut asset = asset();
    let (from, until) = (at("2026-10-10T08:00:00Z"), at("2026-10-12T08:00:00Z"));
    let outage = Outage { reason: OutageReason::Maintenance, from, until: Some(until) };
    asset.withdraw(outage).unwrap();
    assert_eq!(asset.bookable(span("2026-10-09T08:00:00Z", "2026-10-10T08:00:00Z")), Ok(()));
    assert_eq!(asset.bookable(span("2026-10-12T08:00:00Z", "2026-10-13T08:00:00Z")), Ok(()));
    let during = span("2026-10-12T07:59:59Z", "2026-10-13T08:00:00Z");
    assert_eq!(asset.bookable(during), Err(NotBookable::OutOfService(outage)));
    assert_eq!(asset.outage_at(until), None);
    asset.restore(at("2026-10-11T08:00:00Z")).unwrap();
    assert_eq!(asset.bookable(during), Ok(()));
    assert_eq!(asset.withdraw(Outage { until: Some(from), ..outage }), Err(AssetError::Outage));
}

#[test]
fn an_outage_until_further_notice_ends_when_it_is_told_and_a_planned_one_stays() {
    let mut asset = asset();
    let now = at("2026-10-05T08:00:00Z");
    asset.withdraw(Outage { reason: OutageReason::Damage, from: now, until: None }).unwrap();
    let planned = Outage { reason: OutageReason::Inspection, from: at("2026-11-01T08:00:00Z"), until: None };
    asset.withdraw(planned).unwrap();
    asset.restore(now).unwrap();
    assert_eq!(asset.outages, [planned], "an outage that lasted no time is none");
}

#[test]
fn law_blocks_a_loan_that_ends_after_the_last_day_and_a_late_service_does_not() {
    let asset = asset();
    assert_eq!(asset.bookable(span("2026-11-28T08:00:00Z", "2026-11-30T22:59:59Z")), Ok(()));
    let beyond = asset.bookable(span("2026-11-28T08:00:00Z", "2026-11-30T23:00:00Z"));
    let lapses = NotBookable::Lapses { kind: UpkeepKind::Inspection, on: date(2026, 11, 30) };
    assert_eq!(beyond, Err(lapses), "the first of December in Paris");
    let mut details = asset.details.clone();
    details.upkeep.inspection_due = None;
    let inspected = Asset { details, ..asset };
    assert_eq!(inspected.bookable(span("2026-12-10T08:00:00Z", "2026-12-20T08:00:00Z")), Ok(()));
}

#[test]
fn what_is_due_is_told_by_day_and_by_distance() {
    let upkeep = asset().details.upkeep;
    let kinds = |today, within, odometer_m| {
        let due = upkeep.due(today, within, odometer_m);
        due.iter().map(|due| (due.kind.code(), due.late)).collect::<Vec<_>>()
    };
    assert!(kinds(date(2026, 10, 1), 30, 50_000_000).is_empty());
    assert_eq!(kinds(date(2026, 10, 31), 30, 50_000_000), [("inspection", false)]);
    assert_eq!(kinds(date(2026, 12, 1), 0, 50_000_000), [("inspection", true)]);
    assert_eq!(kinds(date(2026, 10, 1), 0, 59_000_001), [("service", false)]);
    assert_eq!(kinds(date(2026, 10, 1), 0, 60_000_000), [("service", true)]);
}

#[test]
fn an_odometer_runs_forwards_and_a_retired_thing_stays_as_it_is() {
    let mut asset = asset();
    assert_eq!(asset.read_odometer(49_999_999), Err(AssetError::OdometerBackwards { known_m: 50_000_000 }));
    asset.read_odometer(50_000_000).unwrap();
    asset.retire(date(2026, 12, 31)).unwrap();
    let retired = AssetError::Retired(date(2026, 12, 31));
    assert_eq!(asset.clone().retire(date(2027, 1, 1)), Err(retired.clone()));
    assert_eq!(asset.edit(typed().parse().unwrap()), Err(retired));
    let later = asset.bookable(span("2026-10-28T08:00:00Z", "2026-10-30T08:00:00Z"));
    assert_eq!(later, Err(NotBookable::Retired(date(2026, 12, 31))));
    assert_eq!(asset.revision, 3);
}

#[test]
fn capacity_counts_cars_and_minibuses_of_the_year_own_and_lent() {
    let with = |category: &str, seats: u32, ownership: &str| {
        let new =
            NewAsset { category: category.to_owned(), seats, ownership: ownership.to_owned(), ..typed() };
        Asset { details: new.parse().unwrap(), ..asset() }
    };
    let gone = Asset { retired: Some(date(2025, 12, 31)), ..with("car", 4, "own") };
    let kept = Asset { retired: Some(date(2026, 1, 1)), ..with("car", 4, "own") };
    let fleet = [
        with("minibus", 9, "own"),
        with("car", 5, "leased"),
        kept,
        gone,
        with("car", 5, "lent-by-partner"),
        with("scooter", 2, "own"),
        with("bike", 1, "own"),
    ];
    let capacity = Capacity::of(&fleet, 2026);
    assert_eq!(capacity.own, Seats { vehicles: 3, seats: 18 });
    assert_eq!(capacity.lent, Seats { vehicles: 1, seats: 5 });
    assert_eq!(Capacity::of(&fleet, 2025), Capacity::default(), "entered in 2026");
    assert_eq!(capacity.own.mean_hundredths(), Some(600));
    assert_eq!(Seats { vehicles: 3, seats: 14 }.mean_hundredths(), Some(467));
    assert_eq!(Seats::default().mean_hundredths(), None);
}

#[test]
fn a_contribution_counts_periods_begun_and_metres_driven() {
    let day = |hours: i64| {
        let from = at("2026-10-01T08:00:00Z");
        Span::new(from, from + jiff::SignedDuration::from_hours(hours)).unwrap()
    };
    for (per, hours, metres, cents) in [
        (RateUnit::Day, 1, 0, 500),
        (RateUnit::Day, 24, 0, 500),
        (RateUnit::Day, 25, 0, 1000),
        (RateUnit::Week, 24 * 7, 0, 500),
        (RateUnit::Week, 24 * 7 + 1, 0, 1000),
        (RateUnit::Kilometre, 1, 0, 0),
        (RateUnit::Kilometre, 1, 1_001, 500),
        (RateUnit::Kilometre, 1, 12_345, 6_172),
        (RateUnit::Loan, 2_000, 99_000, 500),
    ] {
        let rate = Rate { per, cents: Cents::new(500) };
        assert_eq!(rate.contribution(day(hours), metres), Cents::new(cents), "{per} {hours} {metres}");
    }
}
