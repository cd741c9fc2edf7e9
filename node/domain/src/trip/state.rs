//! Where a trip stands: status, driver, custody, what happened. Only types and what follows from one of them alone; how
//! they change is in `transition`.

use jiff::Timestamp;
use maillage_federation::{
    ids::{HandoverKind, Id, NodeKind},
    month::Month,
};

use crate::{
    ids::{AssetKind, VolunteerKind},
    trip::{CorrectionReason, HolderResult},
    vehicle::Vehicle,
};

/// Where a trip stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripState {
    /// Its status.
    pub status: TripStatus,
    /// The driver asked or promised, and when: always there in `Offered`, `Confirmed`, `PickedUp`.
    pub assignment: Option<Assignment>,
    /// Which node has to carry it out.
    pub custody: Custody,
    /// What happened, oldest first.
    pub history: Vec<TripEvent>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The monthly report it was counted in: set once.
    pub counted_in: Option<Month>,
}

/// Status of a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TripStatus {
    /// Nobody drives yet.
    Requested,
    /// A driver was asked.
    Offered,
    /// A driver said yes.
    Confirmed,
    /// The person is on board.
    PickedUp,
    /// Closed: the person arrived.
    Completed {
        /// Metres with the person on board.
        loaded_m: u32,
        /// Metres without.
        empty_m: u32,
    },
    /// Closed: somebody called it off.
    Cancelled {
        /// Who.
        by: CancelledBy,
        /// Why.
        reason: CancelReason,
        /// Whether it was late: see [`crate::limits::LATE_CANCELLATION_S`].
        late: bool,
    },
    /// Closed: somebody was not there.
    NoShow(Absentee),
    /// Closed: nobody could carry it. Kept for ever in the ledger of unmet need.
    Unmet(UnmetReason),
}

/// Who called a trip off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CancelledBy {
    /// The beneficiary.
    Person,
    /// This platform; for a neighbour's trip: it was given back.
    Platform,
    /// The node that a trip we carry comes from.
    Origin,
    /// The prescriber who referred the person.
    Prescriber,
    /// The volunteer who was to drive, with nobody to replace her or him.
    Volunteer,
    /// Where the person was going, such as a practice that moved the appointment.
    Destination,
}

/// Why a trip was called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CancelReason {
    /// Not told, or told before this was asked.
    Unspecified,
    /// The person is ill.
    Illness,
    /// The person is in hospital.
    Hospital,
    /// The appointment is at another time.
    AppointmentMoved,
    /// There is no appointment any more.
    AppointmentCancelled,
    /// The person goes another way.
    OtherTransport,
    /// The roads.
    Weather,
    /// The person does not need to go.
    NoLongerNeeded,
    /// It was there twice.
    Duplicate,
    /// The driver cannot, and nobody replaces her or him.
    Driver,
    /// The vehicle cannot.
    Vehicle,
    /// The series it belonged to has ended, pauses on that day, or has another pattern now.
    Series,
    /// The person has died.
    Death,
    /// Anything else.
    Other,
}

/// Who was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Absentee {
    /// The driver came, the person did not.
    Person,
    /// The person was there, the driver was not.
    Driver,
}

/// Why nobody could carry a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnmetReason {
    /// No driver was free.
    NoDriver,
    /// No vehicle was free or fit.
    NoVehicle,
    /// A need could not be met.
    Needs,
    /// Too far, or not where the platform drives.
    OutOfArea,
    /// Outside every legal frame.
    OutOfFrame,
    /// Asked for too late.
    TooLate,
    /// The promised driver or neighbour withdrew, and nobody could replace it.
    Withdrawn,
    /// Nobody who was asked answered.
    Unanswered,
}

/// Why a driver does not drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DriverRefusal {
    /// Not free at that time.
    NotFree,
    /// Too far.
    TooFar,
    /// The vehicle is not fit or not there.
    Vehicle,
    /// No answer in time.
    NoAnswer,
    /// Said yes, and cannot any more.
    Withdrew,
    /// Anything else.
    Other,
}

/// A driver and the times of the drive: from leaving home until free again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// Who drives.
    pub volunteer: Id<VolunteerKind>,
    /// When the driver sets out.
    pub start: Timestamp,
    /// When the person is fetched.
    pub pickup: Timestamp,
    /// When the person arrives.
    pub arrival: Timestamp,
    /// When the driver is free again: at home, or at the pickup of the other leg.
    pub end: Timestamp,
    /// Planned metres without the person.
    pub empty_m: u32,
    /// The vehicle, as it was when the driver was asked; none for drives from before this was kept.
    pub vehicle: Option<DrivenVehicle>,
    /// Whether the driver goes there anyway: *covoiturage*.
    pub own_trip: bool,
    /// What of the drive counts as this trip's, if others are on board for a part of it; none for somebody who rides alone.
    pub shared: Option<SharedRide>,
}

/// What of a drive with several riders counts as one of their trips. Each metre and each second that the car is driven counts
/// for one trip alone, so that what the driver drove is the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedRide {
    /// Planned metres from this person's pickup to the drop-off.
    pub ridden_m: u32,
    /// Those of them that count as this trip's.
    pub own_m: u32,
    /// Seconds of the drive that count as this trip's, those without passengers included.
    pub own_s: u32,
}

impl SharedRide {
    /// Metres that count as this trip's when so many were driven with this person on board: in the planned proportion.
    pub fn counted_m(self, told_m: u32) -> u32 {
        if self.ridden_m == 0 {
            return self.own_m;
        }
        let (ridden, own) = (u64::from(self.ridden_m), u64::from(self.own_m));
        let counted = (u64::from(told_m) * own + ridden / 2) / ridden;
        u32::try_from(counted).unwrap_or(u32::MAX)
    }

    /// Metres with this person on board, when so many of them were counted.
    pub fn told_m(self, counted_m: u32) -> u32 {
        if self.own_m == 0 {
            return self.ridden_m;
        }
        let (ridden, own) = (u64::from(self.ridden_m), u64::from(self.own_m));
        u32::try_from((u64::from(counted_m) * ridden + own / 2) / own).unwrap_or(u32::MAX)
    }
}

/// The vehicle of a drive: which, and what of it the law and the costs ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrivenVehicle {
    /// Which.
    pub which: WhichVehicle,
    /// Places, the driver's included.
    pub places: u8,
    /// Fiscal power in CV, if it is known.
    pub power: Option<u8>,
    /// Whether it is electric.
    pub electric: bool,
}

/// Which vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhichVehicle {
    /// One of the driver's own, by its number.
    Own(u8),
    /// One of the fleet.
    Fleet(Id<AssetKind>),
}

impl From<&Vehicle> for DrivenVehicle {
    fn from(vehicle: &Vehicle) -> Self {
        Self {
            which: WhichVehicle::Own(vehicle.number()),
            places: vehicle.places(),
            power: vehicle.fiscal_power(),
            electric: vehicle.electric(),
        }
    }
}

/// Which node has to carry a trip out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Custody {
    /// This one.
    Local,
    /// This one still, but neighbours were asked: nobody drives it meanwhile.
    OfferedOut {
        /// The handover.
        handover: Id<HandoverKind>,
    },
    /// It was awarded, and the answer is not known: nobody drives it here before the hub has told.
    Uncertain {
        /// The handover.
        handover: Id<HandoverKind>,
    },
    /// A neighbour.
    HeldBy {
        /// The handover.
        handover: Id<HandoverKind>,
        /// The neighbour.
        node: Id<NodeKind>,
    },
}

/// Something that happened to a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TripEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: TripEventKind,
}

/// What happened to a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TripEventKind {
    /// It was asked for.
    Requested,
    /// A driver was asked.
    Offered(Id<VolunteerKind>),
    /// The driver said yes.
    Accepted(Id<VolunteerKind>),
    /// The driver said no, or withdrew.
    Refused {
        /// Who.
        volunteer: Id<VolunteerKind>,
        /// Why.
        reason: DriverRefusal,
    },
    /// The person is on board.
    PickedUp,
    /// The person arrived.
    Completed,
    /// Somebody was not there.
    NoShow(Absentee),
    /// It was called off.
    Cancelled {
        /// Who.
        by: CancelledBy,
        /// Why.
        reason: CancelReason,
    },
    /// What was asked was changed.
    Edited {
        /// The driver whom the change freed: asked or promised for what is not asked any more.
        freed: Option<Id<VolunteerKind>>,
    },
    /// The person called: the time is known now.
    Called,
    /// How it ended was put right.
    Corrected(CorrectionReason),
    /// It was unmet, and somebody looks for a driver again.
    Reopened,
    /// Nobody could carry it.
    DeclaredUnmet(UnmetReason),
    /// Neighbours were asked.
    GivenOut(Id<HandoverKind>),
    /// It was awarded, and the answer is not known.
    BecameUncertain,
    /// A neighbour holds it.
    HeldBy(Id<NodeKind>),
    /// It is ours again.
    CameBack,
    /// The neighbour told what became of it.
    OutcomeFromHolder(HolderResult),
}

impl TripState {
    /// Whether some life of a trip leads to it.
    pub(super) fn is_consistent(&self) -> bool {
        let driver = self.assignment.is_some();
        let local = self.custody == Custody::Local;
        let by_status = match self.status {
            TripStatus::Requested | TripStatus::Unmet(_) => !driver,
            TripStatus::Offered | TripStatus::Confirmed | TripStatus::PickedUp => driver && local,
            TripStatus::NoShow(_) | TripStatus::Completed { .. } | TripStatus::Cancelled { .. } => {
                !driver || local
            }
        };
        by_status
            && self.status.is_closed() == self.closed_at.is_some()
            && (self.counted_in.is_none() || self.closed_at.is_some())
            && !self.history.is_empty()
    }
}

impl TripStatus {
    /// Whether nothing more is to happen.
    pub fn is_closed(self) -> bool {
        match self {
            Self::Requested | Self::Offered | Self::Confirmed | Self::PickedUp => false,
            Self::Completed { .. } | Self::Cancelled { .. } | Self::NoShow(_) | Self::Unmet(_) => true,
        }
    }

    /// Whether it was asked for in vain.
    pub fn has_failed(self) -> bool {
        match self {
            Self::Cancelled { .. } | Self::NoShow(_) | Self::Unmet(_) => true,
            Self::Requested | Self::Offered | Self::Confirmed | Self::PickedUp | Self::Completed { .. } => {
                false
            }
        }
    }

    /// Whether it ended because the person did not go, as far as was told.
    pub fn is_the_persons(self) -> bool {
        matches!(self, Self::Cancelled { by: CancelledBy::Person, .. } | Self::NoShow(Absentee::Person))
    }

    /// Its name, as shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Offered => "offered",
            Self::Confirmed => "confirmed",
            Self::PickedUp => "picked-up",
            Self::Completed { .. } => "completed",
            Self::Cancelled { .. } => "cancelled",
            Self::NoShow(_) => "no-show",
            Self::Unmet(_) => "unmet",
        }
    }
}

impl Custody {
    /// The handover it is about, unless the trip is simply ours.
    pub fn handover(self) -> Option<Id<HandoverKind>> {
        match self {
            Self::Local => None,
            Self::OfferedOut { handover } | Self::Uncertain { handover } | Self::HeldBy { handover, .. } => {
                Some(handover)
            }
        }
    }

    /// Its name, as shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::OfferedOut { .. } => "offered-out",
            Self::Uncertain { .. } => "uncertain",
            Self::HeldBy { .. } => "held-by-neighbour",
        }
    }
}
