//! What is offered, proposed, sealed and reported in a handover. Offer and bid are readable by the hub and must
//! never hold identity, street, purpose or phone; award and outcome details travel sealed only.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use maillage_geography::{InseeCode, Siren};
use serde::{Deserialize, Serialize};

use super::circles::Widening;
use crate::{
    ids::{HandoverKind, Id, TripKind},
    limits,
    models::ModelKey,
    month::paris,
    needs::Needs,
};

const QUARTER_MS: i64 = 15 * 60 * 1000;
const BAND_M: u32 = 5_000;

/// What a candidate may know before it is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Offer {
    /// Territory that offers.
    pub origin_territory: Siren,
    /// One leg, or an outbound and a return that go together.
    pub legs: Vec<OfferedLeg>,
    /// Places wanted, companions included.
    pub seats: u32,
    /// Needs that bear on who can drive.
    pub needs: Needs,
    /// Bids are taken until then, milliseconds since 1970 UTC.
    pub reply_by_ms: i64,
    /// An award must be accepted within this many seconds.
    pub accept_within_s: u32,
    /// Only for members that have an agreement with the origin under which they may carry on the day of pickup.
    pub agreed_only: bool,
    /// When it is shown to whom; `None`: to everybody at once.
    pub widening: Option<Widening>,
    /// The handover of the other leg of the same journey there and back: each may be carried without the other.
    pub goes_with: Option<Id<HandoverKind>>,
}

/// One journey from a commune to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OfferedLeg {
    /// Commune of pickup.
    pub pickup: InseeCode,
    /// Commune of arrival.
    pub dropoff: InseeCode,
    /// Earliest pickup, milliseconds since 1970 UTC, a multiple of 15 minutes.
    pub window_start_ms: i64,
    /// Latest arrival, milliseconds since 1970 UTC, a multiple of 15 minutes.
    pub window_end_ms: i64,
    /// Estimated road distance in metres, a multiple of 5 km.
    pub distance_band_m: u32,
}

/// A candidate's proposal. Names no driver.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Bid {
    /// Whether an award will be accepted without asking anybody.
    pub firm: bool,
    /// Proposed pickup per leg, milliseconds since 1970 UTC.
    pub pickup_ms: Vec<i64>,
    /// Distance driven empty for it, in metres.
    pub extra_m: u32,
    /// Version of the agreement with the origin under which it is carried; `None`: under none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<u32>,
}

/// Why the origin takes a trip back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WithdrawReason {
    /// A local driver was found.
    LocalDriver,
    /// The person does not travel.
    Cancelled,
    /// The coordinator decided so.
    Coordinator,
}

/// Why a node gives a trip back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GiveBackReason {
    /// No driver any more.
    NoDriver,
    /// The needs turn out not to be met.
    Needs,
    /// The vehicle is not available.
    Vehicle,
    /// The sealed details could not be opened or contradict the offer.
    Details,
    /// The coordinator decided so.
    Coordinator,
}

/// What the winner needs in order to carry the person.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AwardDetails {
    /// Name to ask for.
    pub name: String,
    /// Phone of the person.
    pub phone: String,
    /// Places and times, in the order of the offer's legs.
    pub legs: Vec<AwardLeg>,
    /// Needs in full.
    pub needs: Needs,
    /// Companions travelling along.
    pub companions: u32,
    /// What the driver should know.
    pub driver_notes: String,
    /// Phone of the origin's desk.
    pub desk_phone: String,
    /// Participation model the trip is served under.
    pub model: ModelKey,
    /// Version of the agreement under which it is carried, as the bid that won names it; `None`: under none.
    pub agreement: Option<u32>,
}

/// The exact places and times of one leg.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AwardLeg {
    /// The trip at the origin.
    pub trip: Id<TripKind>,
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
    /// Where another driver hands the person over, or takes over.
    pub meeting: Option<Meeting>,
}

/// At which end of a leg another driver is met, when two share a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meeting {
    /// Another driver brings the person to where she is picked up.
    AtPickup,
    /// Another driver carries on from where she is brought.
    AtDropoff,
}

impl Meeting {
    /// Its name in messages to people and programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::AtPickup => "at-pickup",
            Self::AtDropoff => "at-dropoff",
        }
    }
}

/// What became of each leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeDetails {
    /// In the order of the offer's legs.
    pub legs: Vec<LegOutcome>,
}

/// What became of one leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegOutcome {
    /// How it ended.
    pub result: LegResult,
    /// Distance with the passenger, in metres.
    pub loaded_m: u32,
    /// Distance without, in metres.
    pub empty_m: u32,
    /// What the holder collected from the passenger, in cents.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub contribution_cents: u32,
}

/// How a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LegResult {
    /// Carried out.
    Completed,
    /// The person was not there.
    NoShow,
    /// Not carried out.
    NotDone,
}

/// Why terms cannot be those of a handover.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// Nothing to carry, or more than an outbound and a return.
    #[error("an offer has one or two legs, this has {0}")]
    Legs(usize),
    /// Nobody to carry, or more than a vehicle holds.
    #[error("an offer is for 1 to {max} places, this is for {0}", max = limits::SEATS)]
    Seats(u32),
    /// Finer than a candidate may know.
    #[error("times of an offer are rounded to 15 minutes and distances to 5 km")]
    TooFine,
    /// Ends before it starts.
    #[error("the window of a leg ends before it starts")]
    Window,
    /// Distance beyond France.
    #[error("the distance is out of range")]
    Distance,
    /// More than anybody collects for a ride.
    #[error("the contribution is out of range")]
    Contribution,
    /// Too short or too long to accept.
    #[error("the time to accept is out of range")]
    AcceptWithin,
    /// Circles that open in another order, or when no bids are taken any more.
    #[error("the circles of an offer open one after the other, before bids end")]
    Widening,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_nothing(cents: &u32) -> bool {
    *cents == 0
}

impl LegOutcome {
    /// A leg that was not carried out.
    pub const NOT_DONE: Self =
        Self { result: LegResult::NotDone, loaded_m: 0, empty_m: 0, contribution_cents: 0 };
}

impl Offer {
    /// Checks what no offer may break.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), TermsError> {
        if self.legs.is_empty() || self.legs.len() > limits::LEGS {
            return Err(TermsError::Legs(self.legs.len()));
        }
        if self.seats == 0 || self.seats > limits::SEATS {
            return Err(TermsError::Seats(self.seats));
        }
        if !(limits::ACCEPT_WITHIN_MIN_S..=limits::ACCEPT_WITHIN_S).contains(&self.accept_within_s) {
            return Err(TermsError::AcceptWithin);
        }
        self.widening.map_or(Ok(()), |widening| widening.check(self.reply_by_ms))?;
        self.legs.iter().try_for_each(OfferedLeg::check)
    }

    /// The civil days in Europe/Paris on which its windows of pickup begin, in the order of its legs.
    pub fn pickup_days(&self) -> impl Iterator<Item = Date> {
        self.legs.iter().map(OfferedLeg::pickup_day)
    }
}

impl OfferedLeg {
    /// A leg as a candidate may see it: the window rounded outwards to 15 minutes, the distance up to 5 km.
    pub fn rounded(
        (pickup, dropoff): (InseeCode, InseeCode),
        (earliest_pickup_ms, latest_arrival_ms): (i64, i64),
        distance_m: u32,
    ) -> Self {
        Self {
            pickup,
            dropoff,
            window_start_ms: earliest_pickup_ms.div_euclid(QUARTER_MS) * QUARTER_MS,
            window_end_ms: -((-latest_arrival_ms).div_euclid(QUARTER_MS)) * QUARTER_MS,
            distance_band_m: distance_m.div_ceil(BAND_M) * BAND_M,
        }
    }

    /// The civil day in Europe/Paris on which its window of pickup begins. Rounding to 15 minutes does not move it.
    pub fn pickup_day(&self) -> Date {
        let start = Timestamp::from_millisecond(self.window_start_ms).unwrap_or_default();
        start.to_zoned(paris()).date()
    }

    pub(super) fn check(&self) -> Result<(), TermsError> {
        let rounded = self.window_start_ms % QUARTER_MS == 0
            && self.window_end_ms % QUARTER_MS == 0
            && self.distance_band_m.is_multiple_of(BAND_M);
        if !rounded {
            return Err(TermsError::TooFine);
        }
        if self.window_end_ms <= self.window_start_ms {
            return Err(TermsError::Window);
        }
        if self.distance_band_m > limits::DISTANCE_M { Err(TermsError::Distance) } else { Ok(()) }
    }
}

impl fmt::Debug for AwardDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AwardDetails({} legs, …)", self.legs.len())
    }
}

impl fmt::Debug for AwardLeg {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AwardLeg({}, …)", self.trip)
    }
}
