//! The ledger of unmet need: every trip that nobody could carry, where and when it was wanted and why it was not. An entry
//! is never deleted; one that is served later says so. Must never tell who travels or where to.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use maillage_federation::{
    ids::{Id, TripKind},
    needs::Needs,
};
use maillage_geography::InseeCode;

use crate::{
    civil::day_of,
    codes::{UnknownCode, coded},
    trip::{DriverRefusal, HolderResult, Trip, TripEventKind, TripStatus, UnmetReason},
};

/// One trip in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetEntry {
    /// The trip.
    pub trip: Id<TripKind>,
    /// Commune the person was to be fetched in.
    pub pickup: InseeCode,
    /// Commune the person lives in, if it is known.
    pub home: Option<InseeCode>,
    /// Civil day of Europe/Paris it was wanted on.
    pub wanted: Date,
    /// Needs that bear on who can drive.
    pub needs: Needs,
    /// Why nobody could carry it: the last word.
    pub reason: UnmetReason,
    /// Who or what caused it.
    pub cause: UnmetCause,
    /// When it was declared first.
    pub declared: Timestamp,
    /// Who declared it: the label of an account; empty for the node itself.
    pub declared_by: String,
    /// How often it was declared: more than once for one that was reopened in vain.
    pub times: u32,
    /// When somebody looked for a driver again, if so.
    pub reopened: Option<Timestamp>,
    /// When the person arrived after all.
    pub served: Option<Timestamp>,
}

/// Who or what caused a trip to be unmet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnmetCause {
    /// Nobody withdrew: it was never promised.
    Nobody,
    /// A driver who had said yes withdrew.
    Driver,
    /// A neighbour that held it did not carry it out.
    Neighbour,
}

coded!(UnmetCause { Nobody = "nobody", Driver = "driver", Neighbour = "neighbour" });

impl UnmetEntry {
    /// The entry of a trip after a change, if it belongs into the ledger: a trip of ours that is unmet, or was. The entry
    /// so far is kept and completed. A trip carried for a neighbour is in that neighbour's ledger.
    pub fn after(trip: &Trip, home: Option<InseeCode>, former: Option<Self>, by: &str) -> Option<Self> {
        if trip.is_carried() {
            return None;
        }
        match (trip.status(), former) {
            (TripStatus::Unmet(reason), None) => Some(Self::declared(trip, reason, home, by)),
            (TripStatus::Unmet(reason), Some(former)) => Some(former.declared_again(trip, reason, home, by)),
            (
                TripStatus::Requested | TripStatus::Offered | TripStatus::Confirmed | TripStatus::PickedUp,
                Some(former),
            ) => Some(Self { reopened: last(trip, TripEventKind::Reopened).or(former.reopened), ..former }),
            (TripStatus::Completed { .. }, Some(former)) => Some(Self { served: trip.closed_at(), ..former }),
            // An end put right from completed to somebody's absence: nobody arrived.
            (TripStatus::Cancelled { .. } | TripStatus::NoShow(_), former) => {
                former.map(|former| Self { served: None, ..former })
            }
            (
                TripStatus::Requested
                | TripStatus::Offered
                | TripStatus::Confirmed
                | TripStatus::PickedUp
                | TripStatus::Completed { .. },
                None,
            ) => None,
        }
    }

    fn declared(trip: &Trip, reason: UnmetReason, home: Option<InseeCode>, by: &str) -> Self {
        Self {
            trip: trip.id(),
            pickup: trip.terms.pickup.commune,
            home,
            wanted: day_of(trip.terms.earliest_pickup),
            needs: trip.terms.needs.clone(),
            reason,
            cause: cause(trip),
            declared: trip.closed_at().unwrap_or(trip.terms.created),
            declared_by: by.to_owned(),
            times: 1,
            reopened: None,
            served: None,
        }
    }

    /// Once more, or the same word again with who said it.
    fn declared_again(self, trip: &Trip, reason: UnmetReason, home: Option<InseeCode>, by: &str) -> Self {
        let declarations = trip.history().iter().filter(|event| is_declaration(event.kind)).count();
        let fresh = Self::declared(trip, reason, home.or(self.home), by);
        let declared_by = if by.is_empty() { self.declared_by } else { by.to_owned() };
        Self {
            declared: self.declared,
            declared_by,
            times: u32::try_from(declarations).unwrap_or(u32::MAX).max(1),
            reopened: self.reopened,
            ..fresh
        }
    }
}

fn is_declaration(kind: TripEventKind) -> bool {
    matches!(kind, TripEventKind::DeclaredUnmet(_) | TripEventKind::OutcomeFromHolder(HolderResult::NotDone))
}

fn last(trip: &Trip, kind: TripEventKind) -> Option<Timestamp> {
    trip.history().iter().rev().find(|event| event.kind == kind).map(|event| event.at)
}

/// Whose withdrawal came last.
fn cause(trip: &Trip) -> UnmetCause {
    let withdrew = |kind: TripEventKind| match kind {
        TripEventKind::Refused { reason: DriverRefusal::Withdrew, .. } => Some(UnmetCause::Driver),
        TripEventKind::OutcomeFromHolder(HolderResult::NotDone) => Some(UnmetCause::Neighbour),
        TripEventKind::Requested
        | TripEventKind::Offered(_)
        | TripEventKind::Accepted(_)
        | TripEventKind::Refused { .. }
        | TripEventKind::PickedUp
        | TripEventKind::Completed
        | TripEventKind::NoShow(_)
        | TripEventKind::Cancelled { .. }
        | TripEventKind::Edited { .. }
        | TripEventKind::Called
        | TripEventKind::Corrected(_)
        | TripEventKind::Reopened
        | TripEventKind::DeclaredUnmet(_)
        | TripEventKind::GivenOut(_)
        | TripEventKind::BecameUncertain
        | TripEventKind::HeldBy(_)
        | TripEventKind::CameBack
        | TripEventKind::OutcomeFromHolder(_) => None,
    };
    trip.history().iter().rev().find_map(|event| withdrew(event.kind)).unwrap_or(UnmetCause::Nobody)
}
