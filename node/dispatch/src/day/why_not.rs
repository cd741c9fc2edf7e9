//! Why one driver cannot drive one request, with what is missing: the first rule that fails, in the order in which the
//! rules are looked at, at the place in the rounds where the least is missing. Must never choose a driver.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    insertion::Inserter,
    model::{Bar, Load},
    positions::look,
    prepared::{Prepared, trip_metres},
    state::State,
};

/// Why a driver cannot drive a request, with what is missing. In the order in which the rules are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// There is no road from pickup to drop-off.
    Unreachable,
    /// The windows leave no time for the ride, whoever drives.
    WindowTooShort {
        /// Seconds missing.
        missing_s: i64,
    },
    /// No vehicle of the day holds so many.
    NoVehicle {
        /// Seats missing in the best vehicle.
        seats: u16,
        /// Wheelchair places missing in the best vehicle.
        wheelchairs: u16,
    },
    /// Must not be asked.
    Barred(Bar),
    /// Only other drivers are allowed.
    NotAllowed,
    /// Locked to another driver.
    LockedElsewhere,
    /// Does not accept these needs.
    NeedsNotAccepted {
        /// One bit each.
        missing: u64,
    },
    /// The vehicle holds fewer, in its best configuration.
    VehicleTooSmall {
        /// Seats missing.
        seats: u16,
        /// Wheelchair places missing.
        wheelchairs: u16,
    },
    /// The trip is longer than this driver's limit of one trip.
    TripTooLong {
        /// Metres over.
        missing_m: i64,
    },
    /// Not available for it, even with nothing else to do.
    Unavailable {
        /// Seconds of availability missing.
        missing_s: i64,
    },
    /// Bound to other trips at that time.
    Busy {
        /// Seconds missing at best.
        missing_s: i64,
    },
    /// There is time, but not the room with those on board.
    Full {
        /// Seats missing at best.
        seats: u16,
        /// Wheelchair places missing at best.
        wheelchairs: u16,
    },
    /// It would only fit together with others, and somebody has not consented to that.
    NoConsent {
        /// Whether it is the person of this request.
        own: bool,
    },
    /// Somebody would be on board for too long.
    RideTooLong {
        /// Seconds over at best.
        missing_s: i64,
    },
    /// Over the metres of the driver's day.
    MetresOfDay {
        /// Metres over at best.
        missing_m: i64,
    },
    /// Over the hours of the driver's day.
    SecondsOfDay {
        /// Seconds over at best.
        missing_s: i64,
    },
}

impl Obstacle {
    /// Its code, as shown to programs; obstacles of one code form a group.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::WindowTooShort { .. } => "window-too-short",
            Self::NoVehicle { .. } => "no-vehicle",
            Self::Barred(Bar::Inactive) => "inactive",
            Self::Barred(Bar::Avoided) => "avoided",
            Self::Barred(Bar::Documents) => "documents",
            Self::Barred(Bar::Communes) => "outside-communes",
            Self::Barred(Bar::LeadTime) => "lead-time",
            Self::Barred(Bar::Week) => "week-full",
            Self::Barred(Bar::LegalFrame) => "legal-frame",
            Self::NotAllowed => "not-allowed",
            Self::LockedElsewhere => "locked-elsewhere",
            Self::NeedsNotAccepted { .. } => "need-not-accepted",
            Self::VehicleTooSmall { .. } => "vehicle-too-small",
            Self::TripTooLong { .. } => "trip-too-long",
            Self::Unavailable { .. } => "unavailable",
            Self::Busy { .. } => "busy",
            Self::Full { .. } => "full",
            Self::NoConsent { .. } => "no-consent",
            Self::RideTooLong { .. } => "ride-too-long",
            Self::MetresOfDay { .. } => "metres-of-day",
            Self::SecondsOfDay { .. } => "seconds-of-day",
        }
    }
}

/// What stands in the way of an absent request with a driver (in the search's order) who has no place for it.
pub(crate) fn obstacle(
    prepared: &Prepared,
    state: &State,
    (request, driver): (usize, usize),
    inserter: &mut Inserter,
) -> Obstacle {
    if let Some(fixed) = fixed_obstacle(prepared, request, driver) {
        return fixed;
    }
    let wheel = &prepared.wheels[driver];
    if state.totals[driver].trips >= wheel.trips_max {
        return Obstacle::Barred(Bar::Week);
    }
    let (first, past) = wheel.shifts;
    let alone = (first..past).map(|shift| missing_availability(prepared, shift, request)).min();
    match alone {
        Some(0) => {}
        Some(missing_s) => return Obstacle::Unavailable { missing_s },
        None => return Obstacle::Unavailable { missing_s: 0 },
    }
    // The position that gets furthest through the rules, and there misses least.
    let mut nearest = Obstacle::Busy { missing_s: i64::MAX };
    for shift in first..past {
        if missing_availability(prepared, shift, request) == 0 {
            look(state.target(prepared, shift, request), inserter, &mut nearest);
        }
    }
    nearest
}

/// What no plan of the day could change.
fn fixed_obstacle(prepared: &Prepared, request: usize, driver: usize) -> Option<Obstacle> {
    if let Some(impossible) = prepared.asks[request].impossible {
        return Some(impossible);
    }
    let index = prepared.wheels[driver].index;
    let (asked, who) = (&prepared.day.requests[request], &prepared.day.drivers[index]);
    if let Some((_, bar)) = asked.barred.iter().find(|(barred, _)| *barred == index) {
        return Some(Obstacle::Barred(*bar));
    }
    if asked.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&index)) {
        return Some(Obstacle::NotAllowed);
    }
    if prepared.asks[request].locked && prepared.asks[request].announced != driver {
        return Some(Obstacle::LockedElsewhere);
    }
    let missing = asked.needs & !who.accepts;
    if missing != 0 {
        return Some(Obstacle::NeedsNotAccepted { missing });
    }
    if !who.configurations.iter().any(|room| asked.load.fits(*room)) {
        let (wheelchairs, seats) = short_of(asked.load, &who.configurations);
        return Some(Obstacle::VehicleTooSmall { seats, wheelchairs });
    }
    let metres = i64::try_from(trip_metres(&prepared.day, asked, who)).unwrap_or(i64::MAX);
    let over = who.trip_metres_max.map_or(0, |limit| metres - i64::from(limit));
    (over > 0).then_some(Obstacle::TripTooLong { missing_m: over })
}

/// Wheelchair places and seats missing in the best configuration.
fn short_of(load: Load, rooms: &[Load]) -> (u16, u16) {
    let short = |room: &Load| {
        (load.wheelchairs.saturating_sub(room.wheelchairs), load.seats.saturating_sub(room.seats))
    };
    rooms.iter().map(short).min().unwrap_or((load.wheelchairs, load.seats))
}

/// Seconds of availability missing in a window with nothing else in it.
pub(crate) fn missing_availability(prepared: &Prepared, shift: usize, request: usize) -> i64 {
    let what = &prepared.shifts[shift];
    let (inside, outside) = (&prepared.nodes[2 * request], &prepared.nodes[2 * request + 1]);
    let arrives = what.open + prepared.seconds(what.start, inside.place);
    let too_late = (arrives - inside.close).max(0);
    let picked_up = arrives.clamp(inside.open, inside.close);
    let direct = i64::from(prepared.asks[request].direct.seconds);
    let set_down = (picked_up + inside.service + direct).max(outside.open);
    let back = set_down + outside.service + prepared.seconds(outside.place, what.end);
    too_late + (back - what.close).max(0)
}

/// How far along the rules an obstacle of the rounds lies, and how much is missing there; others lie before all of them.
pub(crate) fn stage(obstacle: Obstacle) -> (i8, i64) {
    match obstacle {
        Obstacle::Busy { missing_s } => (0, missing_s),
        Obstacle::Full { seats, wheelchairs } => (1, i64::from(seats) + i64::from(wheelchairs) * 100),
        Obstacle::NoConsent { .. } => (2, 0),
        Obstacle::RideTooLong { missing_s } => (3, missing_s),
        Obstacle::MetresOfDay { missing_m } => (4, missing_m),
        Obstacle::SecondsOfDay { missing_s } => (5, missing_s),
        Obstacle::Unreachable
        | Obstacle::WindowTooShort { .. }
        | Obstacle::NoVehicle { .. }
        | Obstacle::Barred(_)
        | Obstacle::NotAllowed
        | Obstacle::LockedElsewhere
        | Obstacle::NeedsNotAccepted { .. }
        | Obstacle::VehicleTooSmall { .. }
        | Obstacle::TripTooLong { .. }
        | Obstacle::Unavailable { .. } => (-1, 0),
    }
}

/// Whether one obstacle lies further along the rules than another, or misses less of the same.
pub(crate) fn further(found: Obstacle, than: Obstacle) -> bool {
    let ((a, missing_a), (b, missing_b)) = (stage(found), stage(than));
    a > b || (a == b && missing_a < missing_b)
}

/// Whether one driver's obstacle lies nearer to a yes than another's: further along the rules, then less missing.
pub(crate) fn nearer((found, who): (Obstacle, usize), (than, other): (Obstacle, usize)) -> bool {
    let rank = |obstacle: Obstacle| match obstacle {
        Obstacle::Unreachable | Obstacle::WindowTooShort { .. } | Obstacle::NoVehicle { .. } => 0,
        Obstacle::Barred(_) | Obstacle::NotAllowed | Obstacle::LockedElsewhere => 1,
        Obstacle::NeedsNotAccepted { .. } | Obstacle::VehicleTooSmall { .. } => 2,
        Obstacle::TripTooLong { .. } | Obstacle::Unavailable { .. } => 3,
        Obstacle::Busy { .. }
        | Obstacle::Full { .. }
        | Obstacle::NoConsent { .. }
        | Obstacle::RideTooLong { .. }
        | Obstacle::MetresOfDay { .. }
        | Obstacle::SecondsOfDay { .. } => 4,
    };
    match rank(found).cmp(&rank(than)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal if further(found, than) => true,
        std::cmp::Ordering::Equal if further(than, found) => false,
        std::cmp::Ordering::Equal => (found, who) < (than, other),
    }
}
