//! What a volunteer's calendar shows of a trip: when, and how sure. Must never hold who travels or why.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use maillage_federation::ids::{Id, TripKind};

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
            sequence: u32::try_from(trip.history().len()).unwrap_or(u32::MAX),
            start: drive.start,
            pickup: drive.pickup,
            end: drive.end,
            changed: trip.history().last().map_or(trip.terms.created, |event| event.at),
            leg: trip.terms.leg,
            standing,
        })
    }
}
