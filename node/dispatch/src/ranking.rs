//! What is asked of dispatch and what it answers. Only types.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    document::DocumentObstacle,
    holidays::{Calendar, PublicHoliday, SchoolHolidays, SchoolPeriod},
    ids::{PersonKind, VolunteerKind},
    trip::{Anchor, Assignment, Trip},
    volunteer::Volunteer,
};
use maillage_federation::{
    ids::Id,
    needs::{Need, Needs},
};
use maillage_geography::InseeCode;

/// One leg to be driven: a trip of ours, or a leg that a neighbour offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegRequest {
    /// Commune of pickup.
    pub pickup: InseeCode,
    /// Commune of arrival.
    pub dropoff: InseeCode,
    /// The person is ready from then.
    pub earliest_pickup: Timestamp,
    /// The person must be there by then.
    pub latest_arrival: Timestamp,
    /// Which end of the window the times are chosen near to.
    pub anchor: Anchor,
    /// Seats wanted, companions included; none for somebody who stays in the wheelchair alone.
    pub seats: u8,
    /// Needs that the driver must accept; a person who stays in the wheelchair takes a wheelchair place.
    pub needs: Needs,
    /// Who travels, if it is one of ours: some drivers are not to drive this person.
    pub passenger: Option<Id<PersonKind>>,
    /// Drivers this person does not want.
    pub avoid: BTreeSet<Id<VolunteerKind>>,
    /// Whether others may be in the car: somebody was asked and has agreed.
    pub pooling: bool,
}

/// A volunteer who may be asked, with what she or he is bound to.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The volunteer.
    pub volunteer: &'a Volunteer,
    /// Drives that the volunteer was asked for or has promised, in any order.
    pub commitments: &'a [Commitment],
    /// Drives of the same civil weeks that are over: they count against the limits of a week.
    pub done: &'a [Commitment],
    /// School holidays that the operator imported; none leaves the table that is shipped.
    pub schools: &'a [SchoolHolidays],
}

/// A stretch of time that is taken: from `start` until just before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    /// When it begins.
    pub start: Timestamp,
    /// When the driver is free again.
    pub end: Timestamp,
}

/// Everybody who was considered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranking {
    /// Who can drive, least extra kilometres first, then by identifier.
    pub candidates: Vec<Ranked>,
    /// Who cannot, by identifier.
    pub refusals: Vec<Refused>,
}

/// A volunteer who can drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// Who.
    pub volunteer: Id<VolunteerKind>,
    /// Metres driven without passenger.
    pub extra_m: u32,
    /// The times of each leg, in the order of the request: what a trip is offered with.
    pub drives: Vec<Assignment>,
    /// What speaks for this driver, and what to know.
    pub merits: Vec<Merit>,
}

/// Something to know about a driver who can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merit {
    /// May be promised without asking.
    StandingYes,
    /// Lives in the commune of the first pickup.
    LivesThere,
    /// Waits at the destination between the two legs.
    Waits {
        /// For how long, in seconds.
        wait_s: u32,
    },
    /// Goes home between the two legs.
    GoesHomeBetween,
    /// Drives others that day: this comes in between, before or after, without the way home.
    WithinRounds,
    /// Others are in the car for a part of the ride.
    Shares {
        /// How many trips of others.
        others: u32,
    },
}

/// A volunteer who cannot drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Who.
    pub volunteer: Id<VolunteerKind>,
    /// The first reason why not.
    pub reason: RefusalReason,
}

/// Why a volunteer cannot drive, with what is missing. In the order in which the rules are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalReason {
    /// Is not to be asked at all.
    Inactive,
    /// The passenger and the driver are not to travel together; which of them says so is not told.
    Avoided,
    /// A paper has expired by then, or is required and was never seen.
    Document(DocumentObstacle),
    /// The vehicle has too few seats.
    TooFewSeats {
        /// Seats wanted.
        wanted: u8,
        /// Seats there are.
        has: u8,
    },
    /// The vehicle takes no wheelchair.
    NoWheelchairPlace,
    /// A need that this driver is not ready for.
    NeedNotAccepted(Need),
    /// Picks up and sets down elsewhere.
    OutsideCommunes(InseeCode),
    /// The home lies in a commune that is not known any more.
    UnknownHome(InseeCode),
    /// The drive is longer than the driver's limit.
    TooFar {
        /// Metres from home back to home.
        wanted_m: u32,
        /// The driver's limit, in metres.
        limit_m: u32,
    },
    /// The window of a leg is too short for its ride, whoever drives.
    WindowTooShort {
        /// Which leg, from 0.
        leg: usize,
        /// How much longer the window would have to be, in seconds.
        missing_s: u32,
    },
    /// Away on that day.
    Absent {
        /// Last day of the absence.
        until: Date,
    },
    /// Does not drive on public holidays.
    PublicHoliday {
        /// The day.
        day: Date,
        /// Which holiday.
        holiday: PublicHoliday,
    },
    /// Does not drive in school holidays.
    SchoolHolidays {
        /// The day.
        day: Date,
        /// Which holidays.
        period: SchoolPeriod,
    },
    /// Drives in school holidays alone.
    SchoolTerm {
        /// The day.
        day: Date,
    },
    /// It depends on school holidays, and those of that day are not known: ask.
    SchoolUnknown {
        /// The day.
        day: Date,
    },
    /// Not available for the whole drive, from home back to home.
    Unavailable {
        /// Which leg, from 0.
        leg: usize,
        /// How much more availability the drive would need at best, in seconds.
        missing_s: u32,
    },
    /// Each leg alone could be driven, but not both: too long to wait, too short to go home.
    NotBothLegs {
        /// How much later the second leg would have to be to go home in between, in seconds.
        missing_s: u32,
    },
    /// Bound to another drive.
    Busy {
        /// When that ends.
        until: Timestamp,
    },
    /// The drive would be one too many in its civil week.
    TripsPerWeek {
        /// The driver's limit.
        limit: u8,
    },
    /// The drive would make the driver's civil week too long.
    HoursPerWeek {
        /// The driver's limit, in hours.
        limit: u8,
    },
}

/// Why nothing can be ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RankError {
    /// No leg, or too many.
    #[error("{0} legs; one, or an outbound and a return, are ranked together")]
    Legs(usize),
    /// A commune of a leg that is not known.
    #[error("no commune has the INSEE code {0}")]
    UnknownCommune(InseeCode),
    /// A window over several days.
    #[error("the window of leg {0} covers several days")]
    WindowTooLong(usize),
}

impl<'a> Candidate<'a> {
    /// The holidays that hold where the volunteer lives.
    pub(crate) fn calendar(&self) -> Calendar<'a> {
        Calendar::of(self.volunteer.details.home.commune).with_imported(self.schools)
    }
}

impl LegRequest {
    /// What has to be driven for a trip.
    pub fn of(trip: &Trip) -> Self {
        let terms = &trip.terms;
        Self {
            pickup: terms.pickup.commune,
            dropoff: terms.dropoff.commune,
            earliest_pickup: terms.earliest_pickup,
            latest_arrival: terms.latest_arrival,
            anchor: terms.anchor,
            seats: terms.seats,
            needs: terms.needs.clone(),
            passenger: trip.person(),
            avoid: BTreeSet::new(),
            pooling: false,
        }
    }
}

impl From<Assignment> for Commitment {
    fn from(assignment: Assignment) -> Self {
        Self { start: assignment.start, end: assignment.end }
    }
}

impl RefusalReason {
    /// Its code, as shown to programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Avoided => "avoided",
            Self::Document(DocumentObstacle::Expired { .. }) => "document-expired",
            Self::Document(DocumentObstacle::Missing { .. }) => "document-missing",
            Self::TooFewSeats { .. } => "too-few-seats",
            Self::NoWheelchairPlace => "no-wheelchair-place",
            Self::NeedNotAccepted(_) => "need-not-accepted",
            Self::OutsideCommunes(_) => "outside-communes",
            Self::UnknownHome(_) => "unknown-home",
            Self::TooFar { .. } => "too-far",
            Self::WindowTooShort { .. } => "window-too-short",
            Self::Absent { .. } => "absent",
            Self::PublicHoliday { .. } => "public-holiday",
            Self::SchoolHolidays { .. } => "school-holidays",
            Self::SchoolTerm { .. } => "school-term",
            Self::SchoolUnknown { .. } => "school-unknown",
            Self::Unavailable { .. } => "unavailable",
            Self::NotBothLegs { .. } => "not-both-legs",
            Self::Busy { .. } => "busy",
            Self::TripsPerWeek { .. } => "trips-per-week",
            Self::HoursPerWeek { .. } => "hours-per-week",
        }
    }
}
