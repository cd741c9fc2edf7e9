//! What is wrong with a day before anybody plans it: reversed windows, unknown places, nonsense roads, dangling
//! references. Must never correct anything by itself.

use std::collections::BTreeSet;

use super::{
    model::{Day, Driver, Matrix, Request, Rules},
    refuse::{DayError, End},
};
use crate::limits;

/// Looks at everything once.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn check_day(day: &Day) -> Result<(), DayError> {
    small_enough("requests", day.requests.len(), limits::REQUESTS)?;
    small_enough("drivers", day.drivers.len(), limits::DRIVERS)?;
    small_enough("places", day.matrix.places(), limits::PLACES)?;
    check_roads(&day.matrix, &day.rules)?;
    let mut outbound = BTreeSet::new();
    for (index, request) in day.requests.iter().enumerate() {
        check_request(day, index, request)?;
        if request.return_of.is_some_and(|leg| !outbound.insert(leg)) {
            return Err(DayError::UnknownReference { request: index });
        }
    }
    for (index, driver) in day.drivers.iter().enumerate() {
        check_driver(day, index, driver)?;
    }
    Ok(())
}

fn small_enough(what: &'static str, count: usize, limit: usize) -> Result<(), DayError> {
    if count <= limit { Ok(()) } else { Err(DayError::TooLarge { what, count, limit }) }
}

fn check_roads(matrix: &Matrix, rules: &Rules) -> Result<(), DayError> {
    let nonsense = |road: &super::model::Road| {
        !road.is_unreachable() && (road.seconds > rules.longest_road_s || road.metres > rules.longest_road_m)
    };
    match matrix.roads().iter().position(nonsense) {
        None => Ok(()),
        Some(position) => {
            let (from, to) = (position / matrix.places(), position % matrix.places());
            let road = matrix.road(from, to);
            Err(DayError::RoadOverLimit { from, to, metres: road.metres, seconds: road.seconds })
        }
    }
}

fn check_place(day: &Day, place: usize) -> Result<(), DayError> {
    if place < day.matrix.places() { Ok(()) } else { Err(DayError::UnknownPlace { place }) }
}

fn check_request(day: &Day, index: usize, request: &Request) -> Result<(), DayError> {
    for (end, halt) in [(End::Pickup, &request.pickup), (End::Dropoff, &request.dropoff)] {
        check_place(day, halt.place)?;
        let (from_s, until_s) = (halt.window.from_s, halt.window.until_s);
        if until_s < from_s {
            return Err(DayError::WindowReversed { request: index, end, from_s, until_s });
        }
    }
    if request.load.seats > limits::RIDERS || request.load.wheelchairs > limits::RIDERS {
        let (seats, wheelchairs) = (request.load.seats, request.load.wheelchairs);
        return Err(DayError::LoadOverLimit { request: index, seats, wheelchairs });
    }
    let barred = request.barred.iter().map(|(driver, _)| *driver);
    let promised = request.hold.promise().map(|promise| promise.driver);
    let mut drivers =
        barred.chain(request.allowed.iter().flatten().copied()).chain(request.usual).chain(promised);
    let outbound = request.return_of.is_none_or(|outbound| {
        let known = day.requests.get(outbound).is_some_and(|outbound| outbound.return_of.is_none());
        known && outbound != index
    });
    if drivers.any(|driver| driver >= day.drivers.len()) || !outbound {
        return Err(DayError::UnknownReference { request: index });
    }
    Ok(())
}

fn check_driver(day: &Day, index: usize, driver: &Driver) -> Result<(), DayError> {
    check_place(day, driver.home)?;
    let configurations = driver.configurations.len();
    let sane = driver
        .configurations
        .iter()
        .all(|room| room.seats <= limits::RIDERS && room.wheelchairs <= limits::RIDERS);
    if configurations == 0 || configurations > limits::CONFIGURATIONS || !sane {
        return Err(DayError::Configurations { driver: index, configurations });
    }
    for (window, what) in driver.windows.iter().enumerate() {
        what.start.into_iter().chain(what.end).try_for_each(|place| check_place(day, place))?;
        if what.span.until_s < what.span.from_s {
            return Err(DayError::AvailabilityReversed { driver: index, window });
        }
    }
    let mut spans: Vec<_> = driver.windows.iter().map(|window| window.span).collect();
    spans.sort_unstable();
    let apart = spans.iter().zip(spans.iter().skip(1)).all(|(first, second)| first.until_s <= second.from_s);
    if apart { Ok(()) } else { Err(DayError::AvailabilityOverlaps { driver: index }) }
}
