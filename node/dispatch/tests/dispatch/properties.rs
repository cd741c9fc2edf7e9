//! What holds for every ranking: each plan passes the independent check, each refusal is true, nothing is missed, and
//! the names of drivers change nothing but ties.

use jiff::{SignedDuration, Timestamp};
use maillage_dispatch::{
    Candidate, Commitment, Estimator, LegRequest, Ranked, Ranking, RefusalReason, check, check::Violation,
    rank,
};
use maillage_domain::{
    document::RequiredDocuments,
    trip::{Anchor, Assignment},
    volunteer::{Vehicle, Vehicles, Volunteer},
};
use maillage_federation::{
    ids::Id,
    needs::{Need, Needs},
};
use maillage_geography::Geography;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

use crate::support::{ALBAN, ALBI, CASTRES, REALMONT, at, leg, volunteer};

const MONDAY: &str = "2026-10-05T00:00";
const ESTIMATOR: Estimator = Estimator::DECLARED;

#[derive(Debug, Clone)]
struct Driver {
    volunteer: Volunteer,
    commitments: Vec<Commitment>,
}

fn minutes(count: i64) -> Timestamp {
    at(MONDAY) + SignedDuration::from_mins(count)
}

fn commune() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(ALBAN), Just(ALBI), Just(CASTRES), Just(REALMONT), Just("81066"), Just("81147")]
}

fn need_set() -> impl Strategy<Value = Needs> {
    let some = proptest::sample::subsequence(
        vec![Need::WalkingAid, Need::WheelchairManual, Need::TransferPossible, Need::Luggage],
        0..=2,
    );
    prop_oneof![2 => Just(Needs::none()), 1 => some.prop_map(|needs| needs.into_iter().collect())]
}

fn anchor() -> impl Strategy<Value = Anchor> {
    prop_oneof![Just(Anchor::Pickup), Just(Anchor::Arrival)]
}

fn one_leg() -> impl Strategy<Value = LegRequest> {
    (commune(), commune(), 300..1_100_i64, 10..240_i64, anchor(), 1..4_u8, need_set()).prop_map(
        |(from, to, start, length, anchor, seats, needs)| LegRequest {
            seats,
            needs,
            ..leg(from, to, minutes(start), minutes(start + length), anchor)
        },
    )
}

fn legs() -> impl Strategy<Value = Vec<LegRequest>> {
    let pair = (one_leg(), -150..400_i64, 40..240_i64, anchor()).prop_map(|(there, gap, length, anchor)| {
        let start = there.latest_arrival + SignedDuration::from_mins(gap);
        let back = LegRequest {
            pickup: there.dropoff,
            dropoff: there.pickup,
            earliest_pickup: start,
            latest_arrival: start + SignedDuration::from_mins(length),
            anchor,
            ..there.clone()
        };
        vec![there, back]
    });
    prop_oneof![1 => one_leg().prop_map(|leg| vec![leg]), 2 => pair]
}

fn week() -> impl Strategy<Value = String> {
    let slot = (0..22_u16, 1..12_u16)
        .prop_map(|(from, length)| format!("mon {from:02}:30-{:02}:00", (from + 1 + length).min(24)));
    proptest::collection::vec(slot, 0..3).prop_map(|slots| slots.join(","))
}

fn driver(number: u8) -> impl Strategy<Value = Driver> {
    let taken = (300..1_200_i64, 0..200_i64)
        .prop_map(|(start, length)| Commitment { start: minutes(start), end: minutes(start + length) });
    let commitments = proptest::collection::vec(taken, 0..3);
    let vehicle = (1..4_u8, 0..2_u8);
    let limit = prop_oneof![2 => Just(None), 1 => (20_000..200_000_u32).prop_map(Some)];
    let flags = (0..10_u8, any::<bool>());
    (commune(), week(), commitments, vehicle, limit, flags, any::<bool>()).prop_map(
        move |(home, week, commitments, (seats, places), max_trip_m, (active, absent), ready)| {
            let mut volunteer = volunteer(number, home, &week);
            volunteer.active = active > 0;
            volunteer.details.vehicles = Vehicles::one(Vehicle::new(seats, places).unwrap());
            volunteer.details.limits.max_trip_m = max_trip_m;
            volunteer.details.accepts = if ready { Need::ALL.into_iter().collect() } else { Needs::none() };
            if absent && active == 1 {
                let absence = "2026-10-05".parse().unwrap();
                volunteer.details.availability =
                    volunteer.details.availability.with_absence(absence).unwrap();
            }
            Driver { volunteer, commitments }
        },
    )
}

fn drivers() -> impl Strategy<Value = Vec<Driver>> {
    (driver(1), driver(2), driver(3), driver(4)).prop_map(|(a, b, c, d)| vec![a, b, c, d])
}

fn candidates(drivers: &[Driver]) -> Vec<Candidate<'_>> {
    drivers
        .iter()
        .map(|Driver { volunteer, commitments }| Candidate {
            volunteer,
            commitments,
            done: &[],
            schools: &[],
        })
        .collect()
}

fn ranking(legs: &[LegRequest], drivers: &[Driver]) -> Ranking {
    rank(legs, &candidates(drivers), &RequiredDocuments::default(), &ESTIMATOR.into(), Geography::embedded())
        .unwrap()
}

/// A drive at given pickups, as a plan that the check may judge; another way to find plans: trying every minute.
fn plan_at(legs: &[LegRequest], driver: &Driver, pickups: &[Timestamp], waits: bool) -> Ranked {
    let commune = |code| Geography::embedded().commune(&code).unwrap();
    let home = commune(driver.volunteer.details.home.commune);
    let seconds = |duration_s: u32| SignedDuration::from_secs(duration_s.into());
    let mut drives: Vec<Assignment> = Vec::new();
    for (leg, pickup) in legs.iter().zip(pickups) {
        let (from, to) = (commune(leg.pickup), commune(leg.dropoff));
        let (out, back) = (ESTIMATOR.drive(home, from), ESTIMATOR.drive(to, home));
        let arrival = *pickup + seconds(ESTIMATOR.ride(from, to).duration_s);
        drives.push(Assignment {
            volunteer: driver.volunteer.id,
            start: *pickup - seconds(out.duration_s),
            pickup: *pickup,
            arrival,
            end: arrival + seconds(back.duration_s),
            empty_m: out.distance_m + back.distance_m,
            vehicle: None,
            own_trip: false,
            shared: None,
        });
    }
    if let (true, [there, back]) = (waits, drives.as_mut_slice()) {
        let link_m = if legs[0].dropoff == legs[1].pickup {
            0
        } else {
            ESTIMATOR.drive(commune(legs[0].dropoff), commune(legs[1].pickup)).distance_m
        };
        there.end = back.pickup;
        back.start = back.pickup;
        there.empty_m = ESTIMATOR.drive(home, commune(legs[0].pickup)).distance_m + link_m;
        back.empty_m = ESTIMATOR.drive(commune(legs[1].dropoff), home).distance_m;
    }
    let extra_m = drives.iter().map(|drive| drive.empty_m).sum();
    Ranked { volunteer: driver.volunteer.id, extra_m, drives, merits: Vec::new() }
}

/// The fewest extra metres of any way to drive, by trying the pickups of a grid.
fn by_trying(legs: &[LegRequest], driver: &Driver, step_min: i64) -> Option<u32> {
    let grid = |leg: &LegRequest| {
        let window = leg.earliest_pickup.duration_until(leg.latest_arrival).as_mins();
        let start = leg.earliest_pickup;
        (0..=window / step_min).map(move |count| start + SignedDuration::from_mins(count * step_min))
    };
    let pickups: Vec<Vec<Timestamp>> = match legs {
        [one] => grid(one).map(|pickup| vec![pickup]).collect(),
        [first, second] => {
            grid(first).flat_map(|there| grid(second).map(move |back| vec![there, back])).collect()
        }
        _ => Vec::new(),
    };
    let candidate =
        Candidate { volunteer: &driver.volunteer, commitments: &driver.commitments, done: &[], schools: &[] };
    let ways = [false, true].into_iter().filter(|waits| !waits || legs.len() == 2);
    let plans =
        ways.flat_map(|waits| pickups.iter().map(move |pickups| plan_at(legs, driver, pickups, waits)));
    let sound = plans.filter(|plan| {
        check(legs, &candidate, plan, &RequiredDocuments::default(), &ESTIMATOR.into(), Geography::embedded())
            .is_ok()
    });
    sound.map(|plan| plan.extra_m).min()
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, ..Default::default() })]

    #[test]
    fn every_plan_passes_the_check_and_everybody_gets_an_answer(legs in legs(), drivers in drivers()) {
        let ranking = ranking(&legs, &drivers);
        prop_assert_eq!(ranking.candidates.len() + ranking.refusals.len(), drivers.len());
        for ranked in &ranking.candidates {
            let driver = drivers.iter().find(|driver| driver.volunteer.id == ranked.volunteer).unwrap();
            let candidate = Candidate { volunteer: &driver.volunteer, commitments: &driver.commitments, done: &[], schools: &[] };
            let checked = check(&legs, &candidate, ranked, &RequiredDocuments::default(), &ESTIMATOR.into(), Geography::embedded());
            prop_assert_eq!(checked, Ok(()), "{:?}", ranked);
        }
        let costs: Vec<_> = ranking.candidates.iter().map(|ranked| (ranked.extra_m, ranked.volunteer)).collect();
        prop_assert!(costs.is_sorted());
    }

    #[test]
    fn nothing_is_missed_that_trying_finds(legs in legs(), driver in driver(1)) {
        let found = ranking(&legs, std::slice::from_ref(&driver));
        if let Some(extra_m) = by_trying(&legs, &driver, 10) {
            prop_assert!(!found.candidates.is_empty(), "refused: {:?}", found.refusals);
            prop_assert!(found.candidates[0].extra_m <= extra_m);
        }
    }

    #[test]
    fn a_busy_driver_is_free_without_commitments_and_an_unavailable_one_is_not(legs in legs(), driver in driver(1)) {
        let refusals = ranking(&legs, std::slice::from_ref(&driver)).refusals;
        let Some(refused) = refusals.first() else { return Ok(()) };
        let free = Driver { commitments: Vec::new(), ..driver.clone() };
        let without = ranking(&legs, &[free]);
        if let RefusalReason::Busy { until } = refused.reason {
            prop_assert!(!without.candidates.is_empty());
            prop_assert!(driver.commitments.iter().any(|taken| taken.end == until));
        } else {
            prop_assert_eq!(&without.refusals, &refusals);
        }
    }

    #[test]
    fn missing_availability_is_what_would_be_enough(leg in one_leg(), driver in driver(1)) {
        let legs = [leg];
        let refusals = ranking(&legs, std::slice::from_ref(&driver)).refusals;
        let Some(RefusalReason::Unavailable { missing_s, .. }) = refusals.first().map(|refused| refused.reason)
        else { return Ok(()) };
        prop_assert!(missing_s > 0);
        let mut always = driver;
        always.volunteer.details.availability =
            maillage_domain::availability::Availability::parse("mon 00:00-24:00,tue 00:00-24:00", vec![]).unwrap();
        always.commitments.clear();
        let answer = ranking(&legs, &[always]);
        let over_midnight = answer.refusals.iter().all(|refused| {
            matches!(refused.reason, RefusalReason::Unavailable { .. })
        });
        prop_assert!(over_midnight, "{:?}", answer.refusals);
    }

    #[test]
    fn names_and_order_of_drivers_change_nothing_but_ties(legs in legs(), drivers in drivers()) {
        let named = ranking(&legs, &drivers);
        let mut renamed = drivers.clone();
        renamed.reverse();
        let other = |id: Id<_>| Id::new(1, [255 - id.to_array()[15]; 10]);
        for driver in &mut renamed {
            driver.volunteer.id = other(driver.volunteer.id);
        }
        let renamed = ranking(&legs, &renamed);
        for ranked in &named.candidates {
            let same = renamed.candidates.iter().find(|found| found.volunteer == other(ranked.volunteer)).unwrap();
            prop_assert_eq!((same.extra_m, &same.merits), (ranked.extra_m, &ranked.merits));
            prop_assert_eq!(same.drives.len(), ranked.drives.len());
            for (a, b) in same.drives.iter().zip(&ranked.drives) {
                prop_assert_eq!((a.start, a.pickup, a.arrival, a.end), (b.start, b.pickup, b.arrival, b.end));
            }
        }
        for refused in &named.refusals {
            let same = renamed.refusals.iter().find(|found| found.volunteer == other(refused.volunteer)).unwrap();
            prop_assert_eq!(same.reason, refused.reason);
        }
    }

    #[test]
    fn the_check_sees_a_plan_that_was_tampered_with(
        legs in legs(),
        drivers in drivers(),
        what in 0..7_usize,
        by_min in 1..600_i64,
    ) {
        let ranking = ranking(&legs, &drivers);
        let Some(ranked) = ranking.candidates.first() else { return Ok(()) };
        let driver = drivers.iter().find(|driver| driver.volunteer.id == ranked.volunteer).unwrap();
        let mut candidate = Candidate { volunteer: &driver.volunteer, commitments: &driver.commitments, done: &[], schools: &[] };
        let mut plan = ranked.clone();
        let by = SignedDuration::from_mins(by_min);
        let drive = plan.drives[0];
        let over = [Commitment { start: drive.pickup, end: drive.arrival }];
        match what {
            0 => plan.extra_m += 1,
            1 => plan.drives[0].pickup = drive.arrival - SignedDuration::from_secs(1),
            2 => plan.drives[0].start = drive.pickup,
            3 => { plan.drives.pop(); }
            4 => plan.drives[0].arrival = legs[0].latest_arrival + by,
            5 => candidate.commitments = &over,
            _ => plan.drives[0].pickup = legs[0].earliest_pickup - by,
        }
        let checked = check(&legs, &candidate, &plan, &RequiredDocuments::default(), &ESTIMATOR.into(), Geography::embedded());
        prop_assert!(checked.is_err(), "{}", what);
        prop_assert!(what != 3 || checked == Err(Violation::Shape));
    }
}
