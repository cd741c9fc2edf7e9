//! Why a day cannot be planned at all: what is wrong, where, and what to change. Only types.

/// Which end of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Where the person gets in.
    Pickup,
    /// Where the person gets out.
    Dropoff,
}

/// What is wrong with a day. Requests and drivers by index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// The table of roads is not square.
    #[error("{roads} roads for {places} places: give one for every pair")]
    MatrixSize {
        /// Places.
        places: usize,
        /// Roads.
        roads: usize,
    },
    /// A road no vehicle drives.
    #[error(
        "the road from place {from} to place {to} ({metres} m, {seconds} s) is over the limit: ask the router again, or estimate"
    )]
    RoadOverLimit {
        /// From there.
        from: usize,
        /// To there.
        to: usize,
        /// Its length.
        metres: u32,
        /// Its time.
        seconds: u32,
    },
    /// A place that is not on the map.
    #[error("place {place} has no coordinates: locate its address or give its commune")]
    NoCoordinates {
        /// Which, in the order they were given.
        place: usize,
    },
    /// A place that is not in the table of roads.
    #[error("place {place} is not in the table of roads: add it")]
    UnknownPlace {
        /// Which.
        place: usize,
    },
    /// A window that ends before it starts.
    #[error(
        "the {end:?} window of request {request} ends at {until_s} s before it starts at {from_s} s: correct its times"
    )]
    WindowReversed {
        /// Which request.
        request: usize,
        /// Which end of it.
        end: End,
        /// Start.
        from_s: i64,
        /// End.
        until_s: i64,
    },
    /// An availability that ends before it starts.
    #[error("window {window} of driver {driver} ends before it starts: correct the availability")]
    AvailabilityReversed {
        /// Which driver.
        driver: usize,
        /// Which window.
        window: usize,
    },
    /// Two windows of one driver over each other.
    #[error("windows of driver {driver} overlap: join them")]
    AvailabilityOverlaps {
        /// Which driver.
        driver: usize,
    },
    /// A load no number of vehicles was made for.
    #[error("request {request} takes {seats} seats and {wheelchairs} wheelchair places: split it")]
    LoadOverLimit {
        /// Which request.
        request: usize,
        /// Seats.
        seats: u16,
        /// Wheelchair places.
        wheelchairs: u16,
    },
    /// A driver without vehicle, or with too many ways to arrange it.
    #[error("driver {driver} has {configurations} configurations: give 1 to 8")]
    Configurations {
        /// Which driver.
        driver: usize,
        /// How many.
        configurations: usize,
    },
    /// A request that names a driver or another request that is not there.
    #[error(
        "request {request} names a driver or an outbound leg that is not in the day: remove the reference"
    )]
    UnknownReference {
        /// Which request.
        request: usize,
    },
    /// A leg locked to a driver who must not or cannot drive it at all.
    #[error(
        "request {request} is locked to driver {driver}, who cannot drive it: unlock it or change the driver's data"
    )]
    LockImpossible {
        /// Which request.
        request: usize,
        /// To whom.
        driver: usize,
    },
    /// Locked legs that one driver cannot drive together.
    #[error("driver {driver} cannot drive the locked requests {requests:?} together: unlock one of them")]
    LocksContradict {
        /// Who.
        driver: usize,
        /// The smallest set found.
        requests: Vec<usize>,
    },
    /// A plan that was handed in breaks a rule.
    #[error("the plan handed in is not valid for this day: check it and say which trips moved")]
    PlanInvalid,
    /// More than this engine was made for.
    #[error("{what}: {count} is over the limit of {limit}: split the day")]
    TooLarge {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// At most.
        limit: usize,
    },
}
