//! Who can drive and who cannot, on real communes of the Tarn.

use jiff::SignedDuration;
use maillage_dispatch::{
    Candidate, Commitment, Estimator, LegRequest, Merit, RankError, Ranked, RefusalReason, check, rank,
};
use maillage_domain::{
    document::{Document, DocumentKind, DocumentObstacle, Documents, RequiredDocuments},
    trip::{Anchor, WhichVehicle},
    volunteer::{Vehicle, Vehicles, Volunteer},
};
use maillage_federation::{ids::Id, needs::Need};
use maillage_geography::Geography;

use crate::support::{ALBAN, ALBI, CASTRES, REALMONT, TOULOUSE, at, leg, volunteer};

/// Alban to Albi, there by 10:00, on Monday 5 October 2026.
fn to_albi() -> LegRequest {
    leg(ALBAN, ALBI, at("2026-10-05T08:30"), at("2026-10-05T10:00"), Anchor::Arrival)
}

/// And back, from 11:00 on.
fn home_at_eleven() -> LegRequest {
    leg(ALBI, ALBAN, at("2026-10-05T11:00"), at("2026-10-05T12:30"), Anchor::Pickup)
}

/// And back late in the afternoon.
fn home_at_five() -> LegRequest {
    leg(ALBI, ALBAN, at("2026-10-05T17:00"), at("2026-10-05T18:30"), Anchor::Pickup)
}

fn consider(
    legs: &[LegRequest],
    volunteer: &Volunteer,
    taken: &[Commitment],
) -> Result<Ranked, RefusalReason> {
    let candidate = Candidate { volunteer, commitments: taken, done: &[], schools: &[] };
    let ranking = rank(
        legs,
        &[candidate],
        &RequiredDocuments::default(),
        &Estimator::DECLARED.into(),
        Geography::embedded(),
    )
    .unwrap();
    match (ranking.candidates.as_slice(), ranking.refusals.as_slice()) {
        ([ranked], []) => {
            let checked = check(
                legs,
                &candidate,
                ranked,
                &RequiredDocuments::default(),
                &Estimator::DECLARED.into(),
                Geography::embedded(),
            );
            assert_eq!(checked, Ok(()));
            Ok(ranked.clone())
        }
        ([], [refused]) => Err(refused.reason),
        _ => panic!("one driver, one answer: {ranking:?}"),
    }
}

fn refusal(legs: &[LegRequest], volunteer: &Volunteer, taken: &[Commitment]) -> RefusalReason {
    consider(legs, volunteer, taken).unwrap_err()
}

fn distance_m(from: &str, to: &str) -> u32 {
    let commune = |code: &str| Geography::embedded().commune(&code.parse().unwrap()).unwrap();
    Estimator::DECLARED.drive(commune(from), commune(to)).distance_m
}

#[test]
fn a_driver_from_the_village_arrives_as_late_as_the_appointment_allows() {
    let ranked = consider(&[to_albi()], &volunteer(1, ALBAN, "lun 07:00-19:00"), &[]).unwrap();
    let drive = ranked.drives[0];
    assert_eq!(drive.arrival, at("2026-10-05T10:00"));
    let ride = i64::from(distance_m(ALBAN, ALBI) * 2).div_euclid(25) + 1 + 300;
    assert!((drive.pickup.duration_until(drive.arrival).as_secs() - ride).abs() <= 1);
    assert_eq!(drive.start, drive.pickup - SignedDuration::from_secs(160));
    assert_eq!(ranked.extra_m, 2_000 + distance_m(ALBI, ALBAN));
    assert_eq!(ranked.merits, [Merit::LivesThere]);
}

#[test]
fn a_short_wait_is_shorter_than_going_home() {
    let mut driver = volunteer(1, ALBAN, "lun 07:00-19:00");
    driver.details.standing_yes = true;
    let ranked = consider(&[to_albi(), home_at_eleven()], &driver, &[]).unwrap();
    assert_eq!(ranked.extra_m, 4_000);
    let waits = Merit::Waits { wait_s: 3_600 };
    assert_eq!(ranked.merits, [Merit::StandingYes, Merit::LivesThere, waits]);
    assert_eq!(ranked.drives[0].end, ranked.drives[1].start);
    assert_eq!(ranked.drives[1].pickup, at("2026-10-05T11:00"));
}

#[test]
fn over_a_long_day_the_driver_goes_home() {
    let ranked =
        consider(&[to_albi(), home_at_five()], &volunteer(1, ALBAN, "lun 07:00-19:30"), &[]).unwrap();
    assert_eq!(ranked.merits, [Merit::LivesThere, Merit::GoesHomeBetween]);
    assert_eq!(ranked.extra_m, 4_000 + 2 * distance_m(ALBAN, ALBI));
    assert!(ranked.drives[0].end < ranked.drives[1].start);
}

#[test]
fn least_extra_kilometres_first() {
    let drivers = [volunteer(1, CASTRES, "lun 06:00-20:00"), volunteer(2, ALBAN, "lun 06:00-20:00")];
    let candidates: Vec<_> = drivers
        .iter()
        .map(|volunteer| Candidate { volunteer, commitments: &[], done: &[], schools: &[] })
        .collect();
    let ranking = rank(
        &[to_albi()],
        &candidates,
        &RequiredDocuments::default(),
        &Estimator::DECLARED.into(),
        Geography::embedded(),
    )
    .unwrap();
    let order: Vec<_> = ranking.candidates.iter().map(|ranked| ranked.volunteer).collect();
    assert_eq!(order, [drivers[1].id, drivers[0].id]);
}

#[test]
fn each_refusal_has_its_reason_and_what_is_missing() {
    let driver = || volunteer(1, ALBAN, "lun 07:00-19:00");
    let check = |change: fn(&mut Volunteer, &mut LegRequest), expected: RefusalReason| {
        let (mut driver, mut leg) = (driver(), to_albi());
        change(&mut driver, &mut leg);
        assert_eq!(refusal(&[leg], &driver, &[]), expected);
    };
    check(|driver, _| driver.active = false, RefusalReason::Inactive);
    check(|driver, leg| leg.avoid = [driver.id].into_iter().collect(), RefusalReason::Avoided);
    check(
        |driver, leg| {
            leg.passenger = Some(Id::new(1, [9; 10]));
            driver.details.avoid = vec![Id::new(1, [9; 10])];
        },
        RefusalReason::Avoided,
    );
    let expired =
        DocumentObstacle::Expired { kind: DocumentKind::Licence, valid_until: "2026-10-04".parse().unwrap() };
    check(|driver, _| driver.details.documents = licence("2026-10-04"), RefusalReason::Document(expired));
    check(|_, leg| leg.seats = 4, RefusalReason::TooFewSeats { wanted: 4, has: 3 });
    check(
        |_, leg| leg.needs = [Need::WheelchairManual].into_iter().collect(),
        RefusalReason::NoWheelchairPlace,
    );
    check(
        |_, leg| leg.needs = [Need::AssistanceDog].into_iter().collect(),
        RefusalReason::NeedNotAccepted(Need::AssistanceDog),
    );
    check(
        |_, leg| leg.needs = [Need::WheelchairManual, Need::TransferPossible].into_iter().collect(),
        RefusalReason::NeedNotAccepted(Need::WheelchairManual),
    );
    check(
        |driver, _| driver.details.limits.communes = [ALBAN.parse().unwrap()].into_iter().collect(),
        RefusalReason::OutsideCommunes(ALBI.parse().unwrap()),
    );
    let unknown = "81999".parse().unwrap();
    check(
        |driver, _| driver.details.home.commune = "81999".parse().unwrap(),
        RefusalReason::UnknownHome(unknown),
    );
    let wanted_m = 2_000 + 2 * distance_m(ALBAN, ALBI);
    check(
        |driver, _| driver.details.limits.max_trip_m = Some(50_000),
        RefusalReason::TooFar { wanted_m, limit_m: 50_000 },
    );
    check(
        |driver, _| {
            let absence = "2026-10-01..2026-10-09".parse().unwrap();
            driver.details.availability = driver.details.availability.with_absence(absence).unwrap();
        },
        RefusalReason::Absent { until: "2026-10-09".parse().unwrap() },
    );
}

fn licence(until: &str) -> Documents {
    let seen = "2021-10-04".parse().unwrap();
    [Document::new(DocumentKind::Licence, seen, Some(until.parse().unwrap()))].into_iter().collect()
}

#[test]
fn papers_that_are_good_on_the_day_and_required_ones_that_were_seen_let_drive() {
    let mut driver = volunteer(1, ALBAN, "lun 07:00-19:00");
    driver.details.documents = licence("2026-10-05");
    let run = |driver: &Volunteer, required: &[DocumentKind]| {
        let candidate = Candidate { volunteer: driver, commitments: &[], done: &[], schools: &[] };
        let required: RequiredDocuments = required.iter().copied().collect();
        let ranking =
            rank(&[to_albi()], &[candidate], &required, &Estimator::DECLARED.into(), Geography::embedded())
                .unwrap();
        ranking.refusals.first().map(|refused| refused.reason)
    };
    assert_eq!(run(&driver, &[DocumentKind::Licence]), None);
    let missing = DocumentObstacle::Missing { kind: DocumentKind::Charter };
    assert_eq!(run(&driver, &[DocumentKind::Charter]), Some(RefusalReason::Document(missing)));
}

#[test]
fn any_vehicle_of_the_driver_that_takes_everybody_is_good() {
    let mut driver = volunteer(1, ALBAN, "lun 07:00-19:00");
    driver.details.accepts = Need::ALL.into_iter().collect();
    let wheelchair =
        |seats| LegRequest { needs: [Need::WheelchairManual].into_iter().collect(), seats, ..to_albi() };
    let vehicles = vec![Vehicle::new(4, 0).unwrap(), Vehicle::new(2, 1).unwrap()];
    driver.details.vehicles = Vehicles::new(vehicles).unwrap();
    let number = |leg| {
        let ranked = consider(&[leg], &driver, &[]).unwrap();
        ranked.drives[0].vehicle.map(|driven| (driven.which, driven.places))
    };
    assert_eq!(number(wheelchair(2)), Some((WhichVehicle::Own(2), 4)));
    assert_eq!(number(to_albi()), Some((WhichVehicle::Own(1), 5)), "the usual one first");
    let few = RefusalReason::TooFewSeats { wanted: 3, has: 2 };
    assert_eq!(refusal(&[wheelchair(3)], &driver, &[]), few);
}

#[test]
fn a_car_without_a_good_roadworthiness_test_stays_at_home_and_the_other_one_goes() {
    let mut driver = volunteer(1, ALBAN, "lun 07:00-19:00");
    let cars = vec![Vehicle::new(4, 0).unwrap(), Vehicle::new(3, 0).unwrap()];
    driver.details.vehicles = Vehicles::new(cars).unwrap();
    let test = |number, until: &str| {
        let seen = "2024-10-04".parse().unwrap();
        let test = Document::new(DocumentKind::RoadworthinessTest, seen, Some(until.parse().unwrap()));
        test.of_vehicle(Some(number))
    };
    driver.details.documents = [test(1, "2026-10-04"), test(2, "2027-10-04")].into_iter().collect();
    let ranked = consider(&[to_albi()], &driver, &[]).unwrap();
    assert_eq!(ranked.drives[0].vehicle.map(|driven| driven.which), Some(WhichVehicle::Own(2)));
    let expired = DocumentObstacle::Expired {
        kind: DocumentKind::RoadworthinessTest,
        valid_until: "2026-10-04".parse().unwrap(),
    };
    let four = LegRequest { seats: 4, ..to_albi() };
    assert_eq!(refusal(&[four], &driver, &[]), RefusalReason::Document(expired), "only the first takes four");
}

#[test]
fn a_full_week_is_full_and_the_next_monday_begins_another() {
    let mut driver = volunteer(1, ALBAN, "lun 07:00-19:00,dim 07:00-19:00");
    let drive = |from: &str, to: &str| Commitment { start: at(from), end: at(to) };
    let friday = [drive("2026-10-09T10:00", "2026-10-09T12:00")];
    let sunday = [drive("2026-10-04T10:00", "2026-10-04T12:00")];
    let week = |driver: &Volunteer, commitments: &[Commitment], done: &[Commitment]| {
        let candidate = Candidate { volunteer: driver, commitments, done, schools: &[] };
        let required = RequiredDocuments::default();
        let ranking =
            rank(&[to_albi()], &[candidate], &required, &Estimator::DECLARED.into(), Geography::embedded())
                .unwrap();
        ranking.refusals.first().map(|refused| refused.reason)
    };
    driver.details.limits.trips_per_week = Some(1);
    let full = Some(RefusalReason::TripsPerWeek { limit: 1 });
    assert_eq!((week(&driver, &friday, &[]), week(&driver, &[], &friday)), (full, full));
    assert_eq!((week(&driver, &sunday, &[]), week(&driver, &[], &sunday)), (None, None));
    driver.details.limits.trips_per_week = None;
    driver.details.limits.hours_per_week = Some(3);
    assert_eq!(week(&driver, &[], &friday), Some(RefusalReason::HoursPerWeek { limit: 3 }));
    assert_eq!(week(&driver, &[], &[]), None);
}

#[test]
fn a_window_without_room_for_the_ride_is_nobodys_fault() {
    let short = leg(ALBAN, ALBI, at("2026-10-05T09:30"), at("2026-10-05T10:00"), Anchor::Arrival);
    let ride_s = (distance_m(ALBAN, ALBI) * 2).div_ceil(25) + 300;
    let missing = RefusalReason::WindowTooShort { leg: 0, missing_s: ride_s - 1_800 };
    assert_eq!(refusal(&[short], &volunteer(1, ALBAN, "lun 07:00-19:00"), &[]), missing);
}

#[test]
fn availability_has_to_cover_the_way_back_home() {
    let drive_s = drive_s();
    let home = at("2026-10-05T08:30") + SignedDuration::from_secs(300 + 2 * drive_s);
    let clock = home.to_zoned(maillage_federation::month::paris());
    let enough = format!("lun 07:00-{:02}:{:02}", clock.hour(), clock.minute() + 1);
    assert!(consider(&[to_albi()], &volunteer(1, ALBAN, &enough), &[]).is_ok(), "{enough}");

    let unavailable = |week: &str| {
        let reason = refusal(&[to_albi()], &volunteer(1, ALBAN, week), &[]);
        let RefusalReason::Unavailable { leg: 0, missing_s } = reason else { panic!("{reason:?}") };
        i64::from(missing_s)
    };
    let short_s = home.duration_since(at("2026-10-05T09:00")).as_secs();
    assert_eq!(unavailable("lun 07:00-09:00"), short_s);
    assert_eq!(unavailable("mar 07:00-19:00"), 160 + 300 + 2 * drive_s);
    assert_eq!(unavailable(""), 160 + 300 + 2 * drive_s);
}

#[test]
fn a_commitment_in_the_way_tells_when_it_ends() {
    let driver = volunteer(1, ALBAN, "lun 07:00-19:00");
    let taken = |from: &str, to: &str| Commitment { start: at(from), end: at(to) };
    let busy = taken("2026-10-05T08:00", "2026-10-05T10:30");
    let reason = refusal(&[to_albi()], &driver, &[busy]);
    assert_eq!(reason, RefusalReason::Busy { until: at("2026-10-05T10:30") });
    let ranked = consider(&[to_albi()], &driver, &[]).unwrap();
    let (start, end) = (ranked.drives[0].start, ranked.drives[0].end);
    let around = [
        Commitment { start: at("2026-10-05T07:00"), end: start },
        Commitment { start: end, end: at("2026-10-05T19:00") },
        Commitment { start: at("2026-10-05T09:30"), end: at("2026-10-05T09:30") },
    ];
    assert_eq!(consider(&[to_albi()], &driver, &around).unwrap(), ranked);
}

#[test]
fn a_commitment_between_two_legs_sends_the_driver_home() {
    let driver = volunteer(1, REALMONT, "lun 07:00-19:00");
    let lunch = Commitment { start: at("2026-10-05T12:30"), end: at("2026-10-05T13:00") };
    let legs = [to_albi(), leg(ALBI, ALBAN, at("2026-10-05T12:00"), at("2026-10-05T15:00"), Anchor::Pickup)];
    let ranked = consider(&legs, &driver, &[lunch]).unwrap();
    assert!(ranked.merits.contains(&Merit::GoesHomeBetween), "{ranked:?}");
    assert!(ranked.drives[1].start >= lunch.end);
}

#[test]
fn two_legs_that_fit_alone_and_not_together_are_told_so() {
    let driver = volunteer(1, TOULOUSE, "lun 05:00-20:00");
    let ride = SignedDuration::from_secs(i64::from((distance_m(ALBAN, ALBI) * 2).div_ceil(25)) + 300);
    let there = leg(ALBAN, ALBI, at("2026-10-05T10:00") - ride, at("2026-10-05T10:00"), Anchor::Arrival);
    let back = leg(ALBI, ALBAN, at("2026-10-05T13:00"), at("2026-10-05T13:00") + ride, Anchor::Pickup);
    let legs = [there, back];
    assert!(consider(&legs[..1], &driver, &[]).is_ok());
    assert!(consider(&legs[1..], &driver, &[]).is_ok());
    let home_and_out_s = 2 * (distance_m(ALBI, TOULOUSE) * 2).div_ceil(25);
    let reason = RefusalReason::NotBothLegs { missing_s: home_and_out_s - 3 * 3_600 };
    assert_eq!(refusal(&legs, &driver, &[]), reason);
}

/// Seconds of a drive between Alban and Albi.
fn drive_s() -> i64 {
    i64::from((distance_m(ALBAN, ALBI) * 2).div_ceil(25))
}

#[test]
fn the_first_leg_makes_room_for_the_second() {
    let ride = SignedDuration::from_secs(drive_s() + 300);
    let there = leg(ALBAN, ALBI, at("2026-10-05T07:00"), at("2026-10-05T10:00"), Anchor::Arrival);
    let last_pickup = at("2026-10-05T09:20");
    let back = leg(ALBI, ALBAN, at("2026-10-05T08:30"), last_pickup + ride, Anchor::Pickup);
    let ranked = consider(&[there, back], &volunteer(1, ALBAN, "lun 06:00-19:00"), &[]).unwrap();
    assert_eq!((ranked.drives[0].arrival, ranked.drives[1].pickup), (last_pickup, last_pickup));
}

#[test]
fn a_limit_too_short_to_wait_sends_the_driver_home_in_between() {
    let mut driver = volunteer(1, ALBAN, "lun 06:00-19:00");
    driver.details.limits.max_trip_m = Some(3_000 + 2 * distance_m(ALBAN, ALBI));
    let ride = SignedDuration::from_secs(drive_s() + 300);
    let to_second = SignedDuration::from_secs(2 * drive_s());
    let there = || leg(ALBAN, ALBI, at("2026-10-05T07:00"), at("2026-10-05T10:00"), Anchor::Arrival);

    let late = leg(ALBI, ALBAN, at("2026-10-05T10:00"), at("2026-10-05T14:00"), Anchor::Pickup);
    let ranked = consider(&[there(), late], &driver, &[]).unwrap();
    assert_eq!(ranked.drives[0].arrival, at("2026-10-05T10:00"));
    assert_eq!(ranked.drives[1].pickup, at("2026-10-05T10:00") + to_second);

    let last_pickup = at("2026-10-05T11:00");
    let early = leg(ALBI, ALBAN, at("2026-10-05T10:00"), last_pickup + ride, Anchor::Pickup);
    let ranked = consider(&[there(), early], &driver, &[]).unwrap();
    assert_eq!(ranked.drives[1].pickup, last_pickup);
    assert_eq!(ranked.drives[0].arrival, last_pickup - to_second);
}

#[test]
fn what_concerns_everybody_is_an_error() {
    let run = |legs: &[LegRequest]| {
        rank(legs, &[], &RequiredDocuments::default(), &Estimator::DECLARED.into(), Geography::embedded())
    };
    assert_eq!(run(&[]), Err(RankError::Legs(0)));
    assert_eq!(run(&[to_albi(), home_at_eleven(), home_at_five()]), Err(RankError::Legs(3)));
    let nowhere = LegRequest { dropoff: "81999".parse().unwrap(), ..to_albi() };
    assert_eq!(run(&[nowhere]), Err(RankError::UnknownCommune("81999".parse().unwrap())));
    let long = LegRequest { latest_arrival: at("2026-10-09T10:00"), ..to_albi() };
    assert_eq!(run(&[to_albi(), long]), Err(RankError::WindowTooLong(1)));
}
