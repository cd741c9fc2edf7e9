//! The roads of a request for one driver: how far and how long each part is. Must never know when.

use maillage_geography::{Commune, Geography, InseeCode};

use crate::{
    ranking::{LegRequest, RankError},
    travel::{Journey, Roads},
};

/// The communes of one leg.
#[derive(Clone, Copy)]
pub(crate) struct Ends<'a> {
    pub(crate) pickup: &'a Commune,
    pub(crate) dropoff: &'a Commune,
}

/// One leg as one driver drives it: from home to the pickup, with the passenger, and home again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tour {
    pub(crate) before: Journey,
    pub(crate) ride: Journey,
    pub(crate) after: Journey,
}

impl<'a> Ends<'a> {
    pub(crate) fn of(leg: &LegRequest, geography: &'a Geography) -> Result<Self, RankError> {
        let find = |code: InseeCode| geography.commune(&code).ok_or(RankError::UnknownCommune(code));
        Ok(Self { pickup: find(leg.pickup)?, dropoff: find(leg.dropoff)? })
    }

    /// The way from this leg's arrival to another one's pickup; none inside one commune, where the driver waits.
    pub(crate) fn link(self, next: Ends<'_>, roads: &Roads) -> Journey {
        if self.dropoff.insee == next.pickup.insee {
            Journey::default()
        } else {
            roads.drive(self.dropoff, next.pickup)
        }
    }
}

impl Tour {
    pub(crate) fn new(home: &Commune, ends: Ends<'_>, roads: &Roads) -> Self {
        Self {
            before: roads.drive(home, ends.pickup),
            ride: roads.ride(ends.pickup, ends.dropoff),
            after: roads.drive(ends.dropoff, home),
        }
    }

    /// Metres without passenger.
    pub(crate) fn empty_m(self) -> u32 {
        self.before.distance_m.saturating_add(self.after.distance_m)
    }

    /// Metres from home back to home.
    pub(crate) fn length_m(self) -> u32 {
        self.empty_m().saturating_add(self.ride.distance_m)
    }

    /// Seconds from home back to home.
    pub(crate) fn duration_s(self) -> i64 {
        self.before_s() + self.ride_s() + self.after_s()
    }

    pub(crate) fn before_s(self) -> i64 {
        i64::from(self.before.duration_s)
    }

    pub(crate) fn ride_s(self) -> i64 {
        i64::from(self.ride.duration_s)
    }

    pub(crate) fn after_s(self) -> i64 {
        i64::from(self.after.duration_s)
    }
}
