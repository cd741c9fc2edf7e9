//! A journey that two drivers share over a meeting place: one carries the person near her home, the other beyond. Each stage is a trip
//! of its own that somebody here or a neighbour drives; the person's journey is one, is asked for once and paid for once. Must never
//! let the second stage begin before the first has had its time and the wait between them.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{
    handover::Meeting,
    ids::{Id, TripKind},
};

use crate::{
    place::Place,
    roads::RoadsSource,
    trip::{
        Anchor, CancelReason, CancelledBy, Custody, Leg, Trip, TripAction, TripChange, TripError, TripStatus,
        TripTerms, TripWindow,
    },
};

/// How long after a stage was to end it is told that nobody drove a person on: until the next morning somebody still looks.
const STRANDED: SignedDuration = SignedDuration::from_hours(12);

/// Which part of a shared journey a trip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Between the person's home and the meeting place: the trip that was asked for, and is counted.
    Near,
    /// Between the meeting place and where the person goes.
    Far,
}

/// What a trip has to do with the other stage of its journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relay {
    /// Which stage it is.
    pub stage: Stage,
    /// The other stage.
    pub other: Id<TripKind>,
    /// What of the road without the way over the meeting place the person pays for with this stage: from so many metres on.
    pub paid_from_m: u32,
    /// And up to so many.
    pub paid_to_m: u32,
}

/// A road of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Metres.
    pub metres: u32,
    /// Seconds.
    pub seconds: u32,
    /// Where they come from.
    pub source: RoadsSource,
}

/// How a journey is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayPlan {
    /// The trip that the far stage becomes.
    pub far: Id<TripKind>,
    /// The far stage of the other leg, if that is shared too.
    pub far_sibling: Option<Id<TripKind>>,
    /// Where one driver hands over to the other.
    pub place: Place,
    /// The road between home and meeting place, in the direction of the leg.
    pub near_road: Stretch,
    /// The road between the meeting place and where the person goes.
    pub far_road: Stretch,
    /// How long the person waits at least, in seconds: what the first driver may be late.
    pub slack_s: u32,
}

/// Why a journey cannot be shared, or its stages not become one again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    /// The trip does not allow it.
    #[error(transparent)]
    Trip(#[from] TripError),
    /// Its time is not known before the person calls.
    #[error("a trip whose time is not known yet is not shared")]
    OnCall,
    /// It is a stage already.
    #[error("the trip is a stage of a shared journey already")]
    Already,
    /// It is no stage of a shared journey.
    #[error("the trip is no stage of a shared journey")]
    NotShared,
    /// The meeting place is where the trip begins or ends.
    #[error("the meeting place is where the trip begins or ends")]
    SamePlace,
    /// The first driver would have to be there before now.
    #[error("the first stage would begin at {0}")]
    TooLate(Timestamp),
    /// A driver or a neighbour has been asked for one of the stages.
    #[error("a driver or a neighbour has been asked for one of the stages")]
    Asked,
}

impl Stage {
    /// At which end of a leg another driver is met.
    pub fn meets(self, leg: Leg) -> Meeting {
        match (self, leg) {
            (Self::Near, Leg::Outbound) | (Self::Far, Leg::Return) => Meeting::AtDropoff,
            (Self::Near, Leg::Return) | (Self::Far, Leg::Outbound) => Meeting::AtPickup,
        }
    }
}

impl Trip {
    /// The two stages of a trip nobody was asked for yet: this one, near home, and the far one. The first to be driven ends
    /// `slack_s` before the other may begin; what the person accepts around the time given is given to each.
    ///
    /// # Errors
    /// A trip that is decided already, on call or shared; a meeting place at one of its ends; no time left.
    pub fn split(&self, plan: &RelayPlan, at: Timestamp) -> Result<(Self, Self), RelayError> {
        if self.terms.relay.is_some() {
            return Err(RelayError::Already);
        }
        if self.is_carried() {
            return Err(TripError::Carried { action: "share" }.into());
        }
        if !self.needs_decision() {
            return Err(RelayError::Asked);
        }
        let ends = [self.terms.pickup.commune, self.terms.dropoff.commune];
        if ends.contains(&plan.place.commune) {
            return Err(RelayError::SamePlace);
        }
        let (near_window, far_window) = self.stage_windows(plan)?;
        let begins = near_window.earliest_pickup.min(far_window.earliest_pickup);
        if begins < at {
            return Err(RelayError::TooLate(begins));
        }
        let whole_m = self.terms.direct_m;
        let near_m = plan.near_road.metres.min(whole_m);
        let far = TripTerms {
            id: plan.far,
            sibling: plan.far_sibling,
            occurrence: None,
            created: at,
            earliest_pickup: far_window.earliest_pickup,
            latest_arrival: far_window.latest_arrival,
            late_ok: far_window.late_ok,
            direct_m: plan.far_road.metres,
            direct_by: plan.far_road.source,
            relay: Some(Relay {
                stage: Stage::Far,
                other: self.id(),
                paid_from_m: near_m,
                paid_to_m: whole_m,
            }),
            meeting: Some(Stage::Far.meets(self.terms.leg)),
            ..self.terms.clone()
        };
        let far = match self.terms.leg {
            Leg::Outbound => TripTerms { pickup: plan.place.clone(), ..far },
            Leg::Return => TripTerms { dropoff: plan.place.clone(), ..far },
        };
        let road = (plan.near_road.metres, plan.near_road.source);
        let mut near = self.moved_end(&plan.place, (near_window, road), at)?;
        near.terms.relay =
            Some(Relay { stage: Stage::Near, other: plan.far, paid_from_m: 0, paid_to_m: near_m });
        near.terms.meeting = Some(Stage::Near.meets(self.terms.leg));
        let far = Self::requested(far).map_err(TripError::Terms)?;
        Ok((near, far))
    }

    /// The journey in one trip again, and the far stage called off if it is not over: as long as nobody was asked for either.
    ///
    /// # Errors
    /// A trip that is not shared; somebody was asked.
    pub fn rejoin(&self, far: &Self, road: Stretch, at: Timestamp) -> Result<(Self, Self), RelayError> {
        let stages = (self.terms.relay.map(|relay| relay.stage), far.terms.relay.map(|relay| relay.other));
        if stages != (Some(Stage::Near), Some(self.id())) {
            return Err(RelayError::NotShared);
        }
        let is_over = far.status().has_failed();
        if !self.needs_decision() || !(is_over || far.needs_decision()) {
            return Err(RelayError::Asked);
        }
        let needed = seconds(road.seconds) + seconds(self.terms.tolerance_s);
        let (earliest_pickup, latest_arrival, late_ok) = match self.terms.anchor {
            Anchor::Call => return Err(RelayError::OnCall),
            Anchor::Arrival => {
                let latest = far.terms.latest_arrival.max(self.terms.latest_arrival);
                (before(latest, needed).max(at), latest, self.terms.late_ok || far.terms.late_ok)
            }
            Anchor::Pickup => {
                let earliest = far.terms.earliest_pickup.min(self.terms.earliest_pickup);
                (earliest, after(earliest, needed), self.terms.late_ok)
            }
        };
        let TripTerms { anchor, tolerance_s, .. } = self.terms;
        let window = TripWindow { earliest_pickup, latest_arrival, anchor, tolerance_s, late_ok };
        let end = match self.terms.leg {
            Leg::Outbound => &far.terms.dropoff,
            Leg::Return => &far.terms.pickup,
        };
        let mut whole = self.moved_end(end, (window, (road.metres, road.source)), at)?;
        whole.terms.relay = None;
        whole.terms.meeting = None;
        let cancel = TripAction::Cancel { by: CancelledBy::Platform, reason: CancelReason::NoLongerNeeded };
        Ok((whole, if is_over { far.clone() } else { far.apply(cancel, at)? }))
    }

    /// Whether what was asked is the business of two stages: no time or place of one is changed without the other.
    pub fn is_stage(&self) -> bool {
        self.terms.relay.is_some() || self.terms.meeting.is_some()
    }

    /// Whether each of two stages names the other: one that was made into a trip of its own again does not.
    pub fn shares_with(&self, other: &Self) -> bool {
        let names = |one: &Self, other: &Self| one.terms.relay.is_some_and(|relay| relay.other == other.id());
        names(self, other) && names(other, self)
    }

    /// Whether it is somebody's to drive, here or at a neighbour's, and still to come or done.
    pub fn is_taken(&self) -> bool {
        let promised = match self.status() {
            TripStatus::Confirmed | TripStatus::PickedUp | TripStatus::Completed { .. } => true,
            TripStatus::Requested
            | TripStatus::Offered
            | TripStatus::Cancelled { .. }
            | TripStatus::NoShow(_)
            | TripStatus::Unmet(_) => false,
        };
        match self.custody() {
            Custody::HeldBy { .. } | Custody::Uncertain { .. } => !self.status().has_failed(),
            Custody::OfferedOut { .. } => false,
            Custody::Local => promised,
        }
    }

    /// Whether this stage, the first to be driven, is under way or done while nobody known drives `next`, the other one: from when its
    /// driver sets out until twelve hours after `next` was to end. Not when it is the person who does not go on; a second driver who missed
    /// her before she was brought there does not know that.
    pub fn strands(&self, next: &Self, now: Timestamp) -> bool {
        let begins = self.begins().unwrap_or(self.terms.earliest_pickup);
        let comes_first = self.terms.earliest_pickup < next.terms.earliest_pickup;
        let is_unsure = matches!(next.custody(), Custody::Uncertain { .. });
        let goes_on = match next.status() {
            TripStatus::NoShow(super::Absentee::Person) => {
                self.closed_at().is_none_or(|closed| Some(closed) > next.closed_at())
            }
            TripStatus::Cancelled { by, .. } => by != CancelledBy::Person,
            TripStatus::Requested
            | TripStatus::Offered
            | TripStatus::Confirmed
            | TripStatus::PickedUp
            | TripStatus::Completed { .. }
            | TripStatus::NoShow(super::Absentee::Driver)
            | TripStatus::Unmet(_) => true,
        };
        let missed = (!next.is_taken() || is_unsure) && goes_on;
        let lasts = next.terms.latest_arrival.saturating_add(STRANDED).unwrap_or(Timestamp::MAX);
        self.shares_with(next) && comes_first && self.is_taken() && begins <= now && missed && now < lasts
    }

    /// What becomes of this stage now that the other is closed: `None` while nothing has to follow, and once its own time has come:
    /// what was driven, or is being driven, is told by who drives. Nobody is brought half of the way.
    pub fn after_other(&self, other: TripStatus, now: Timestamp) -> Option<TripAction> {
        let begins = self.begins().unwrap_or(self.terms.earliest_pickup);
        match self.status() {
            _ if begins <= now => return None,
            TripStatus::Requested | TripStatus::Offered | TripStatus::Confirmed => {}
            TripStatus::PickedUp
            | TripStatus::Completed { .. }
            | TripStatus::Cancelled { .. }
            | TripStatus::NoShow(_)
            | TripStatus::Unmet(_) => return None,
        }
        match other {
            TripStatus::Cancelled { by, reason, .. } => Some(TripAction::Cancel { by, reason }),
            TripStatus::NoShow(super::Absentee::Person) => {
                Some(TripAction::Cancel { by: CancelledBy::Person, reason: CancelReason::Unspecified })
            }
            // One journey that was not served is one line of the ledger.
            TripStatus::Unmet(_) | TripStatus::NoShow(super::Absentee::Driver) => {
                Some(TripAction::Cancel { by: CancelledBy::Platform, reason: CancelReason::Driver })
            }
            TripStatus::Requested
            | TripStatus::Offered
            | TripStatus::Confirmed
            | TripStatus::PickedUp
            | TripStatus::Completed { .. } => None,
        }
    }

    /// When each stage takes place: near, far.
    fn stage_windows(&self, plan: &RelayPlan) -> Result<(TripWindow, TripWindow), RelayError> {
        let TripTerms { leg, anchor, tolerance_s, late_ok, earliest_pickup, latest_arrival, .. } = self.terms;
        let (first_road, second_road) = match leg {
            Leg::Outbound => (plan.near_road, plan.far_road),
            Leg::Return => (plan.far_road, plan.near_road),
        };
        let length = |road: Stretch| seconds(road.seconds) + seconds(tolerance_s);
        let slack = seconds(plan.slack_s);
        let window = |earliest_pickup, latest_arrival, late_ok| TripWindow {
            earliest_pickup,
            latest_arrival,
            anchor,
            tolerance_s,
            late_ok,
        };
        let (first, second) = match anchor {
            Anchor::Call => return Err(RelayError::OnCall),
            Anchor::Arrival => {
                let meets = before(latest_arrival, length(second_road));
                let there = before(meets, slack);
                let begins = before(there, length(first_road));
                // Whoever is late for the second driver is not only late.
                (window(begins, there, false), window(meets, latest_arrival, late_ok))
            }
            Anchor::Pickup => {
                let there = after(earliest_pickup, length(first_road));
                let meets = after(there, slack);
                let ends = after(meets, length(second_road));
                (window(earliest_pickup, there, late_ok), window(meets, ends, late_ok))
            }
        };
        Ok(match leg {
            Leg::Outbound => (first, second),
            Leg::Return => (second, first),
        })
    }

    /// The trip with its end away from home elsewhere, in another window.
    fn moved_end(
        &self,
        place: &Place,
        (window, road): (TripWindow, (u32, RoadsSource)),
        at: Timestamp,
    ) -> Result<Self, TripError> {
        let change = TripChange { window: Some(window), direct: Some(road), ..TripChange::default() };
        let change = match self.terms.leg {
            Leg::Outbound => TripChange { dropoff: Some(place.clone()), ..change },
            Leg::Return => TripChange { pickup: Some(place.clone()), ..change },
        };
        Ok(self.edited(&change, at)?.trip)
    }
}

fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(seconds.into())
}

fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(at)
}

fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}
