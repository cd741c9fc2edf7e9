//! What is said to a partner and what one says, in no format. An offer is the federation's own [`Offer`]: it has no field for
//! a name, a street, a purpose or a phone, and none may ever be added here. Who travels is in [`Award`] alone.

use std::fmt;

use maillage_domain::trip::CancelReason;
use maillage_federation::{
    handover::{Bid, GiveBackReason, LegOutcome, Offer, ProgressStep},
    ids::{HandoverKind, Id},
    needs::Needs,
};
use maillage_geography::InseeCode;

use crate::fault::Place;

/// Which handover, in which of its rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct About {
    /// The handover.
    pub handover: Id<HandoverKind>,
    /// The round it is meant for, from 1.
    pub round: u32,
    /// How many legs it has: 1, or 2 for an outbound and a return that go together.
    pub legs: usize,
}

/// What is said to a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToPartner {
    /// Could you carry this?
    Offer(Offered),
    /// You carry it, if you say so in time: who and where.
    Award(Box<Award>),
    /// You have not said so in time.
    Lapsed(About),
    /// Another carries it, or nobody was chosen in time.
    Closed(About),
    /// Taken back.
    Withdrawn(About),
    /// The person does not travel.
    Cancelled {
        /// The handover.
        about: About,
        /// Why, as far as it is anybody's business.
        reason: CallOff,
        /// Since when that is known, milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// Your account was read.
    AccountSeen {
        /// The handover.
        about: About,
        /// Whether the platform knows it otherwise; the desk calls.
        disputed: bool,
    },
    /// In the desk's own words; personal data.
    Text {
        /// The handover.
        about: About,
        /// The words.
        text: OwnWords,
    },
}

/// What somebody has written in her or his own words: personal data, which no log shows.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnWords(pub String);

/// An offer as any partner may see it. Holds nothing about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The handover.
    pub about: About,
    /// What is offered, rounded.
    pub offer: Offer,
}

/// Who and where, for the chosen partner alone. Personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Award {
    /// The handover.
    pub about: About,
    /// The answer is taken until then, milliseconds since 1970 UTC.
    pub accept_by_ms: i64,
    /// Places wanted, companions included.
    pub seats: u32,
    /// Who.
    pub passenger: Passenger,
    /// Where and when, in the order of the offer's legs.
    pub legs: Vec<ExactLeg>,
    /// Phone of the platform's desk.
    pub desk_phone: String,
}

/// Who travels. Personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Passenger {
    /// Name to ask for.
    pub name: String,
    /// Phone, or blank.
    pub phone: String,
    /// Needs in full.
    pub needs: Needs,
    /// Companions travelling along.
    pub companions: u32,
    /// What the driver should know, or blank.
    pub driver_notes: String,
}

/// Exact places and times of a leg. Personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct ExactLeg {
    /// Pickup commune.
    pub pickup: InseeCode,
    /// Pickup address.
    pub pickup_address: String,
    /// Arrival commune.
    pub dropoff: InseeCode,
    /// Arrival address.
    pub dropoff_address: String,
    /// Earliest pickup, milliseconds since 1970 UTC.
    pub earliest_pickup_ms: i64,
    /// Latest arrival, milliseconds since 1970 UTC.
    pub latest_arrival_ms: i64,
}

/// Why a person does not travel, without anything about health or home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallOff {
    /// It was booked by mistake, or twice.
    Mistake,
    /// It is at another time.
    Time,
    /// The person goes another way, or not at all.
    NotNeeded,
    /// The person cannot.
    Unable,
    /// Anything else, or not told.
    Other,
}

/// What a partner says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromPartner {
    /// We could.
    Bid {
        /// The handover.
        about: About,
        /// Firm or not, when, and how far empty.
        bid: Bid,
        /// What it would cost, in cents, if it was told. For the coordinator to know; nothing is decided by it here.
        fare_cents: Option<u32>,
    },
    /// We could not, or no longer.
    Decline {
        /// The handover.
        about: About,
        /// Why, if it was told.
        reason: Option<GiveBackReason>,
    },
    /// Yes, we carry it.
    Accept(About),
    /// We do not carry it: refused while it is awarded, given back once it was accepted.
    GiveBack {
        /// The handover.
        about: About,
        /// Why.
        reason: GiveBackReason,
    },
    /// How far a leg is.
    Progress {
        /// The handover.
        about: About,
        /// Which leg, from 0.
        leg: usize,
        /// What has happened.
        step: ProgressStep,
        /// When, milliseconds since 1970 UTC, if it was told.
        at_ms: Option<i64>,
    },
    /// What became of it.
    Outcome {
        /// The handover.
        about: About,
        /// In the order of the offer's legs.
        legs: Vec<LegOutcome>,
    },
    /// We know that the person does not travel.
    CallOffSeen(About),
    /// In the partner's own words; personal data.
    Text {
        /// The handover.
        about: About,
        /// The words.
        text: OwnWords,
    },
}

/// Something a partner says, and where in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Where it stands.
    pub place: Place,
    /// The partner's own number of the line, or blank: what is said again under the same number, or word for word
    /// without one, is the same word.
    pub number: String,
    /// What is said.
    pub message: FromPartner,
}

impl ToPartner {
    /// The handover it is about.
    pub fn about(&self) -> About {
        match self {
            Self::Offer(offered) => offered.about,
            Self::Award(award) => award.about,
            Self::Lapsed(about)
            | Self::Closed(about)
            | Self::Withdrawn(about)
            | Self::Cancelled { about, .. }
            | Self::AccountSeen { about, .. }
            | Self::Text { about, .. } => *about,
        }
    }
}

impl FromPartner {
    /// The handover it is about.
    pub fn about(&self) -> About {
        match self {
            Self::Accept(about)
            | Self::CallOffSeen(about)
            | Self::Bid { about, .. }
            | Self::Decline { about, .. }
            | Self::GiveBack { about, .. }
            | Self::Progress { about, .. }
            | Self::Outcome { about, .. }
            | Self::Text { about, .. } => *about,
        }
    }
}

impl From<CancelReason> for CallOff {
    fn from(reason: CancelReason) -> Self {
        match reason {
            CancelReason::Duplicate => Self::Mistake,
            CancelReason::AppointmentMoved => Self::Time,
            CancelReason::AppointmentCancelled
            | CancelReason::OtherTransport
            | CancelReason::NoLongerNeeded
            | CancelReason::Series => Self::NotNeeded,
            CancelReason::Illness | CancelReason::Hospital | CancelReason::Death | CancelReason::Weather => {
                Self::Unable
            }
            CancelReason::Unspecified
            | CancelReason::Driver
            | CancelReason::Vehicle
            | CancelReason::Other => Self::Other,
        }
    }
}

impl fmt::Debug for Award {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Award({:?}, …)", self.about)
    }
}

impl fmt::Debug for OwnWords {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OwnWords(…)")
    }
}

impl fmt::Debug for Passenger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passenger(…)")
    }
}

impl fmt::Debug for ExactLeg {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ExactLeg(…)")
    }
}
