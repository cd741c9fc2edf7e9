//! What a volunteer's calendar shows of a trip: when, and how sure. Must never hold who travels or why.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use maillage_federation::ids::{Id, TripKind};

use maillage_geography::InseeCode;

use crate::{
    codes::{UnknownCode, coded},
    ids::VolunteerKind,
    trip::{Leg, Trip, TripStatus},
};

/// A trip in the calendar of its driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarEntry {
    /// The trip: the entry keeps its identity whatever changes.
    pub trip: Id<TripKind>,
    /// Grows with every change (RFC 5545 § 3.8.7.4).
    pub sequence: u32,
    /// When the driver sets out.
    pub start: Timestamp,
    /// When the person is fetched.
    pub pickup: Timestamp,
    /// When the driver is free again.
    pub end: Timestamp,
    /// When it last changed.
    pub changed: Timestamp,
    /// Which way the trip goes.
    pub leg: Leg,
    /// How sure it is.
    pub standing: Standing,
}

/// A drive that a volunteer was asked for, or had promised, and that is not hers or his any more while the trip goes on
/// otherwise: a trip that was called off tells so itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostDrive {
    /// Who lost it.
    pub volunteer: Id<VolunteerKind>,
    /// Of which trip.
    pub trip: Id<TripKind>,
    /// Which way it went.
    pub leg: Leg,
    /// Commune of pickup, as it was.
    pub from: InseeCode,
    /// Commune of arrival, as it was.
    pub to: InseeCode,
    /// When the driver would have set out.
    pub start: Timestamp,
    /// When the person would have been fetched.
    pub pickup: Timestamp,
    /// When the driver would have been free again.
    pub end: Timestamp,
    /// Greater than the one of every entry that showed it as to be driven.
    pub sequence: u32,
    /// When it was lost.
    pub lost_at: Timestamp,
}

/// How sure an entry is (RFC 5545 § 3.8.1.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The volunteer was asked.
    Tentative,
    /// The volunteer drives, or has driven.
    Confirmed,
    /// It does not take place.
    Cancelled,
}

coded!(Standing { Tentative = "tentative", Confirmed = "confirmed", Cancelled = "cancelled" });

impl CalendarEntry {
    /// The entry of a trip in a volunteer's calendar; none if it is not hers or his to drive.
    pub fn of(trip: &Trip, volunteer: Id<VolunteerKind>) -> Option<Self> {
        let drive = trip.assignment().filter(|drive| drive.volunteer == volunteer)?;
        let standing = match trip.status() {
            TripStatus::Requested | TripStatus::Unmet(_) => return None,
            TripStatus::Offered => Standing::Tentative,
            TripStatus::Confirmed
            | TripStatus::PickedUp
            | TripStatus::Completed { .. }
            | TripStatus::NoShow(_) => Standing::Confirmed,
            TripStatus::Cancelled { .. } => Standing::Cancelled,
        };
        Some(Self {
            trip: trip.id(),
            sequence: sequence(trip),
            start: drive.start,
            pickup: drive.pickup,
            end: drive.end,
            changed: trip.history().last().map_or(trip.terms.created, |event| event.at),
            leg: trip.terms.leg,
            standing,
        })
    }

    /// The entry of a drive that was lost: it does not take place, for this volunteer.
    pub fn lost(lost: &LostDrive) -> Self {
        Self {
            trip: lost.trip,
            sequence: lost.sequence,
            start: lost.start,
            pickup: lost.pickup,
            end: lost.end,
            changed: lost.lost_at,
            leg: lost.leg,
            standing: Standing::Cancelled,
        }
    }
}

impl LostDrive {
    /// What a change of a trip, made at an instant, takes from the volunteer who was asked or had promised; none if it takes
    /// nothing.
    pub fn between(former: &Trip, trip: &Trip, at: Timestamp) -> Option<Self> {
        let drive = former.commitment()?;
        if trip.volunteer() == Some(drive.volunteer) {
            return None;
        }
        Some(Self {
            volunteer: drive.volunteer,
            trip: trip.id(),
            leg: former.terms.leg,
            from: former.terms.pickup.commune,
            to: former.terms.dropoff.commune,
            start: drive.start,
            pickup: drive.pickup,
            end: drive.end,
            sequence: sequence(trip),
            lost_at: at,
        })
    }
}

fn sequence(trip: &Trip) -> u32 {
    u32::try_from(trip.history().len()).unwrap_or(u32::MAX)
}
