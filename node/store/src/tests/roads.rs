//! Roads and calibrations: found by their pair in their direction, and by their day.

use maillage_domain::roads::RoadsSource;
use maillage_geography::InseeCode;

use super::write;
use crate::{
    golden::check,
    roads::{self, CalibrationInForce, CalibrationsRecord, Road, RoadRecord, Way},
    samples::{engine, now, trip},
    settings, trips,
};

fn road(metres: u32) -> Road {
    Road {
        way: Some(Way { metres, seconds: 2_222 }),
        engine: "osrm".to_owned(),
        router: "0123456789abcdef".to_owned(),
        data_version: "tarn-2026-10".to_owned(),
        fetched: now(),
    }
}

fn calibration(from: &str, detour: u32) -> CalibrationInForce {
    CalibrationInForce {
        from: from.parse().unwrap(),
        detour_thousandths: [detour - 50, detour, detour + 50],
        speed_m_per_h: [41_000, 48_000, 55_000],
        pairs: 182,
        made: now(),
    }
}

#[test]
fn a_road_is_one_way() {
    let engine = engine();
    let [alban, albi] = ["81003", "81004"].map(|code| code.parse::<InseeCode>().unwrap());
    let nothing = Road { way: None, ..road(0) };
    let kept = nothing.clone();
    write(&engine, move |transaction| {
        roads::put(transaction, (alban, albi), &road(31_234))?;
        roads::put(transaction, (albi, alban), &kept)
    });
    assert_eq!(roads::find(&engine, (alban, albi)), Ok(Some(road(31_234))));
    assert_eq!(roads::find(&engine, (albi, alban)), Ok(Some(nothing)));
    assert_eq!(roads::find(&engine, (albi, albi)), Ok(None));
    assert_eq!(roads::list(&engine, 9).unwrap().len(), 2);
}

#[test]
fn a_calibration_is_in_force_from_its_day_until_the_next_and_the_oldest_go() {
    let engine = engine();
    for (from, detour) in [("2026-11-01", 1_400), ("2027-01-01", 1_500), ("2026-12-01", 1_450)] {
        write(&engine, move |transaction| roads::put_calibration(transaction, &calibration(from, detour), 2));
    }
    let on = |day: &str| {
        let found = roads::calibration_on(&engine, day.parse().unwrap()).unwrap();
        found.map(|calibration| calibration.detour_thousandths[1])
    };
    assert_eq!(on("2026-10-31"), None);
    assert_eq!(
        (on("2026-11-01"), on("2026-11-30"), on("2026-12-01")),
        (Some(1_400), Some(1_400), Some(1_450))
    );
    assert_eq!(on("2027-06-01"), Some(1_450), "what was to begin later is replaced");
    write(&engine, |transaction| roads::put_calibration(transaction, &calibration("2027-02-01", 1_480), 2));
    assert_eq!((on("2026-11-15"), on("2027-02-01")), (None, Some(1_480)), "two are kept");
}

#[test]
fn a_trip_keeps_where_its_distance_comes_from() {
    let engine = engine();
    let [estimated, mut routed] = [10, 20].map(trip);
    routed.terms.direct_by = RoadsSource::Router;
    for trip in [estimated.clone(), routed.clone()] {
        write(&engine, move |transaction| trips::put(transaction, &trip));
    }
    let source = |id| trips::find(&engine, id).unwrap().unwrap().terms.direct_by;
    assert_eq!(source(estimated.id()), RoadsSource::Estimate);
    assert_eq!(source(routed.id()), RoadsSource::Router);
}

#[test]
fn records_of_version_1() {
    check(include_str!("../../golden/road.v1.hex"), &RoadRecord::from(&road(31_234)));
    let engine = engine();
    write(&engine, |transaction| roads::put_calibration(transaction, &calibration("2026-11-01", 1_400), 2));
    let record = settings::find::<CalibrationsRecord>(&engine).unwrap().unwrap();
    check(include_str!("../../golden/road_calibrations.v1.hex"), &record);
}
