//! Who is in the car together, and what of the drive counts as whose: every stretch of road is driven once, and counts once.
//! Must never move a promised time, nor decide who may ride together.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maillage_domain::{
    place::Place,
    trip::{Assignment, SharedRide},
};
use maillage_geography::Geography;

use super::{
    DraftError,
    places::{PlaceTable, Use},
};
use crate::{
    day::Road,
    spans::{at_or_after, at_or_before, moment},
    travel::Roads,
};

/// Somebody gets in or out at a stop; or nobody does, since the one who was waited for did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rider {
    /// Gets out, by the caller's number: before others get in.
    Out(usize),
    /// Gets in.
    In(usize),
    /// Was not there.
    Nobody,
}

/// A stop on the way, in seconds of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) place: usize,
    pub(super) at_s: i64,
    pub(super) rider: Rider,
}

/// Where the driver comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// From home.
    Home,
    /// From the drive before, which counts the way here.
    At { from_s: i64 },
}

/// Where the driver goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// Home.
    Home,
    /// To the next stop.
    At { place: usize, from_s: i64 },
}

/// The part of one rider, in the caller's seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) rider: usize,
    pub(super) start_s: i64,
    pub(super) pickup_s: i64,
    pub(super) arrival_s: i64,
    pub(super) end_s: i64,
    pub(super) empty_m: u32,
    pub(super) shared: Option<SharedRide>,
}

/// Splits a drive on which the car is never empty between the first pickup and the last drop-off. A stretch of road counts in
/// equal parts for those on board, what is left over for the first of them; the way to the first pickup counts for who gets in
/// first, the way after the last drop-off for who gets out last. Metres and seconds add up to those driven. Parts come in the
/// order of pickups. Somebody who rides alone has no share.
pub(super) fn split(
    stops: &[Passed],
    home: usize,
    (begins, ends): (Begins, Ends),
    road: &dyn Fn(usize, usize) -> Road,
) -> Vec<Part> {
    let (Some(first), Some(last)) = (stops.first(), stops.last()) else { return Vec::new() };
    let approach = road(home, first.place);
    let (leaves_s, before_m) = match begins {
        Begins::Home => (first.at_s - i64::from(approach.seconds), approach.metres),
        Begins::At { from_s } => (from_s.min(first.at_s), 0),
    };
    let (back_s, after_m) = match ends {
        Ends::Home => {
            let back = road(last.place, home);
            (last.at_s + i64::from(back.seconds), back.metres)
        }
        Ends::At { place, from_s } => (from_s.max(last.at_s), road(last.place, place).metres),
    };
    let mut shares = Shares::default();
    shares.empty(before_m, first.at_s - leaves_s);
    for (index, stop) in stops.iter().enumerate() {
        shares.pass(stop);
        if let Some(next) = stops.get(index + 1) {
            shares.stretch(road(stop.place, next.place).metres, next.at_s - stop.at_s);
        }
    }
    shares.empty(after_m, back_s - last.at_s);
    let mut parts = shares.parts;
    let latest = parts.iter().map(|part| part.arrival_s).max();
    let lone = stops.len() == 2;
    for (number, part) in parts.iter_mut().enumerate() {
        if number == 0 {
            part.start_s = leaves_s;
        }
        if Some(part.arrival_s) == latest {
            part.end_s = back_s;
        }
        if lone {
            part.shared = None;
        }
    }
    parts
}

/// What has been given to whom so far.
#[derive(Default)]
struct Shares {
    /// By number of the rider, in the order of pickups.
    parts: Vec<Part>,
    order: BTreeMap<usize, usize>,
    /// Those on board, in the order they got in.
    on_board: Vec<usize>,
    /// Nobody was on board yet: counts for who gets in next.
    waiting: (u32, i64),
}

impl Shares {
    fn pass(&mut self, stop: &Passed) {
        match stop.rider {
            Rider::Nobody => {}
            Rider::In(rider) => {
                let (empty_m, seconds) = std::mem::take(&mut self.waiting);
                let own_s = u32::try_from(seconds).unwrap_or(0);
                self.order.insert(rider, self.parts.len());
                self.on_board.push(self.parts.len());
                self.parts.push(Part {
                    rider,
                    start_s: stop.at_s,
                    pickup_s: stop.at_s,
                    arrival_s: stop.at_s,
                    end_s: stop.at_s,
                    empty_m,
                    shared: Some(SharedRide { ridden_m: 0, own_m: 0, own_s }),
                });
            }
            Rider::Out(rider) => {
                let Some(part) = self.order.get(&rider).copied() else { return };
                self.on_board.retain(|other| *other != part);
                if let Some(part) = self.parts.get_mut(part) {
                    (part.arrival_s, part.end_s) = (stop.at_s, stop.at_s);
                }
            }
        }
    }

    /// The road to the next stop.
    fn stretch(&mut self, metres: u32, seconds: i64) {
        let Ok(riders) = u32::try_from(self.on_board.len()) else { return };
        if riders == 0 {
            return self.empty(metres, seconds);
        }
        let seconds = u32::try_from(seconds).unwrap_or(0);
        for (place, rider) in self.on_board.iter().enumerate() {
            let Some(shared) = self.parts.get_mut(*rider).and_then(|part| part.shared.as_mut()) else {
                continue;
            };
            let rest = |all: u32| if place == 0 { all % riders } else { 0 };
            shared.ridden_m = shared.ridden_m.saturating_add(metres);
            shared.own_m = shared.own_m.saturating_add(metres / riders + rest(metres));
            shared.own_s = shared.own_s.saturating_add(seconds / riders + rest(seconds));
        }
    }

    /// Road without anybody on board: after everybody has got out it counts for who got out last, otherwise for who gets in next.
    fn empty(&mut self, metres: u32, seconds: i64) {
        let out_last = self.parts.iter_mut().max_by_key(|part| part.arrival_s);
        match out_last.filter(|_| self.on_board.is_empty()) {
            Some(part) => {
                part.empty_m = part.empty_m.saturating_add(metres);
                if let Some(shared) = &mut part.shared {
                    shared.own_s = shared.own_s.saturating_add(u32::try_from(seconds).unwrap_or(0));
                }
            }
            None => self.waiting = (self.waiting.0.saturating_add(metres), self.waiting.1 + seconds),
        }
    }
}

/// A trip that a driver is asked for or has promised, for [`with_company`].
#[derive(Clone)]
pub struct Ride {
    /// Where from.
    pub pickup: Place,
    /// Where to.
    pub dropoff: Place,
    /// Who, and when: the promised times stay as they are.
    pub drive: Assignment,
    /// Whether the driver came and the person did not.
    pub absent: bool,
}

/// Which rides have people in the car at the same time, each with all that follow from one to the next, by index, in the order
/// of pickups. Somebody who gets in as another gets out rides alone.
pub fn ride_together(drives: &[Assignment]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..drives.len()).collect();
    let of = |index: &usize| drives.get(*index).map(|drive| (drive.pickup, drive.arrival));
    order.sort_by_key(|index| (of(index), *index));
    let mut groups: Vec<(Timestamp, Vec<usize>)> = Vec::new();
    for index in order {
        let Some((pickup, arrival)) = of(&index) else { continue };
        match groups.last_mut().filter(|(until, _)| pickup < *until) {
            Some((until, group)) => {
                *until = arrival.max(*until);
                group.push(index);
            }
            None => groups.push((arrival, vec![index])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The drives of people who ride together, split anew among those who do, at the times they were promised. Where the driver
/// comes from: none for home, otherwise since when the drive before is over. Where to: none for home, otherwise the next pickup
/// and when. In the order of `rides`; none for who was not there.
///
/// # Errors
/// A place that no commune has.
pub fn with_company(
    home: &Place,
    rides: &[Ride],
    (before, after): (Option<Timestamp>, Option<(&Place, Timestamp)>),
    roads: &Roads,
    geography: &Geography,
) -> Result<Vec<Option<Assignment>>, DraftError> {
    let mut places = PlaceTable::default();
    let home = places.add(home, Use::Home);
    let mut stops = Vec::new();
    for (index, ride) in rides.iter().enumerate() {
        let (from, to) = (places.add(&ride.pickup, Use::Pickup), places.add(&ride.dropoff, Use::Dropoff));
        let pickup_s = at_or_before(ride.drive.pickup);
        if ride.absent {
            stops.push(Passed { place: from, at_s: pickup_s, rider: Rider::Nobody });
            continue;
        }
        stops.push(Passed { place: from, at_s: pickup_s, rider: Rider::In(index) });
        stops.push(Passed { place: to, at_s: at_or_after(ride.drive.arrival), rider: Rider::Out(index) });
    }
    stops.sort_by_key(|stop| (stop.at_s, stop.rider));
    let begins = before.map_or(Begins::Home, |from| Begins::At { from_s: at_or_before(from) });
    let ends = after.map(|(place, at)| (places.add(place, Use::Pickup), at_or_after(at)));
    let ends = ends.map_or(Ends::Home, |(place, from_s)| Ends::At { place, from_s });
    let matrix = places.matrix(roads, geography)?;
    let parts = split(&stops, home, (begins, ends), &|from, to| matrix.road(from, to));
    let drive = |(index, ride): (usize, &Ride)| {
        let part = parts.iter().find(|part| part.rider == index)?;
        Some(Assignment {
            start: moment(part.start_s).min(ride.drive.pickup),
            end: moment(part.end_s).max(ride.drive.arrival),
            empty_m: part.empty_m,
            shared: part.shared,
            ..ride.drive
        })
    };
    Ok(rides.iter().enumerate().map(drive).collect())
}

#[cfg(test)]
mod tests {
    //! Whatever the stops, what is driven counts once: metres to the metre, seconds to the second.

    use proptest::prelude::*;

    use super::*;

    const HOME: usize = 0;

    /// A road between any two places that is not the same back.
    fn road(from: usize, to: usize) -> Road {
        let metres = if from == to { 0 } else { u32::try_from(1_000 + 137 * from + 311 * to).unwrap() };
        Road { metres, seconds: metres / 12 }
    }

    /// Rides of one car from the first to the last, some of whose people do not come: who it was, in, and out if they came.
    fn rides() -> impl Strategy<Value = Vec<(i64, i64, bool)>> {
        prop::collection::vec((0..4_000_i64, 1..3_000_i64, prop::bool::weighted(0.2)), 1..6).prop_map(
            |rides| {
                let mut rides: Vec<(i64, i64, bool)> = rides
                    .into_iter()
                    .map(|(pickup, seconds, absent)| (pickup, pickup + seconds, absent))
                    .collect();
                rides.sort_unstable();
                let mut until = 0;
                for (number, ride) in rides.iter_mut().enumerate() {
                    ride.2 &= number > 0;
                    if number > 0 && ride.0 >= until {
                        // Gets in before the one before gets out.
                        let shift = ride.0 - until + 1;
                        (ride.0, ride.1) = (ride.0 - shift, ride.1 - shift);
                    }
                    until = if ride.2 { until } else { until.max(ride.1) };
                }
                rides
            },
        )
    }

    fn stops(rides: &[(i64, i64, bool)]) -> Vec<Passed> {
        let stop = |place, at_s, rider| Passed { place, at_s, rider };
        let mut stops: Vec<Passed> = Vec::new();
        for (number, (pickup, arrival, absent)) in rides.iter().enumerate() {
            let place = 1 + 2 * number;
            if *absent {
                stops.push(stop(place, *pickup, Rider::Nobody));
            } else {
                stops.push(stop(place, *pickup, Rider::In(number)));
                stops.push(stop(place + 1, *arrival, Rider::Out(number)));
            }
        }
        stops.sort_by_key(|stop| (stop.at_s, stop.rider));
        stops
    }

    proptest! {
        #[test]
        fn what_the_car_drives_counts_once(rides in rides(), onwards: bool) {
            let stops = stops(&rides);
            let (first, last) = (stops[0], stops[stops.len() - 1]);
            let next = Ends::At { place: 99, from_s: last.at_s + 500 };
            let ends = (Begins::Home, if onwards { next } else { Ends::Home });
            let parts = split(&stops, HOME, ends, &road);
            let places = [HOME].into_iter().chain(stops.iter().map(|stop| stop.place));
            let places: Vec<usize> = places.chain([if onwards { 99 } else { HOME }]).collect();
            let driven: u32 = places.windows(2).map(|pair| road(pair[0], pair[1]).metres).sum();
            let lone = |part: &Part| road(2 * part.rider + 1, 2 * part.rider + 2).metres;
            let loaded = |part: &Part| part.shared.map_or(lone(part), |shared| shared.own_m);
            let counted: u32 = parts.iter().map(|part| part.empty_m + loaded(part)).sum();
            prop_assert_eq!(counted, driven);
            prop_assert_eq!(parts.len(), rides.iter().filter(|(.., absent)| !absent).count());

            let start = first.at_s - i64::from(road(HOME, first.place).seconds);
            let back = if onwards { 500 } else { i64::from(road(last.place, HOME).seconds) };
            prop_assert_eq!(parts.iter().map(|part| part.start_s).min(), Some(start));
            prop_assert_eq!(parts.iter().map(|part| part.end_s).max(), Some(last.at_s + back));
            let seconds: i64 = parts.iter().filter_map(|part| part.shared).map(|shared| i64::from(shared.own_s)).sum();
            prop_assert!(parts.iter().all(|part| part.shared.is_none()) || seconds == last.at_s + back - start);
            for part in &parts {
                let (pickup, arrival, _) = rides[part.rider];
                prop_assert_eq!((part.pickup_s, part.arrival_s), (pickup, arrival), "promised times stay");
                prop_assert!(part.start_s <= pickup && arrival <= part.end_s);
                prop_assert!(part.shared.is_none_or(|shared| shared.own_m <= shared.ridden_m));
            }
        }
    }

    #[test]
    fn who_gets_in_as_another_gets_out_rides_alone() {
        let at = |second: i64| moment(1_790_000_000 + second);
        let drive = |pickup, arrival| Assignment {
            volunteer: maillage_federation::ids::Id::new(1, [1; 10]),
            start: at(pickup),
            pickup: at(pickup),
            arrival: at(arrival),
            end: at(arrival),
            empty_m: 0,
            vehicle: None,
            own_trip: false,
            shared: None,
        };
        let drives = [drive(1_000, 2_000), drive(2_000, 3_000), drive(2_500, 2_600), drive(2_590, 4_000)];
        assert_eq!(ride_together(&drives), [vec![0], vec![1, 2, 3]]);
    }
}
