//! The fleet of a platform: what it lends or drives, whom it belongs to, when it has to be looked after and when it is out
//! of service. Must never know who uses a vehicle: that is a loan's or a trip's.

mod asset;
mod capacity;
mod upkeep;

#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

pub use self::{
    asset::{Asset, AssetDetails, AssetError, NewAsset, NotBookable, Outage, Plate, PlateError},
    capacity::{Capacity, Seats},
    upkeep::{Due, Upkeep, UpkeepKind},
};
use crate::{
    codes::{UnknownCode, coded},
    money::Cents,
    span::Span,
};

/// What kind of thing a platform lends or drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssetCategory {
    /// A vehicle of six to nine places.
    Minibus,
    /// A car.
    Car,
    /// A light quadricycle, driven without the licence for cars.
    LicenceFreeCar,
    /// A moped or scooter.
    Scooter,
    /// A bike with electric assistance.
    ElectricBike,
    /// A bike.
    Bike,
}

coded!(AssetCategory {
    Minibus = "minibus",
    Car = "car",
    LicenceFreeCar = "licence-free-car",
    Scooter = "scooter",
    ElectricBike = "electric-bike",
    Bike = "bike",
});

/// Whose a vehicle is. The prefect's return tells what the association owns from what it is lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ownership {
    /// The association's.
    Own,
    /// Rented or leased by the association: at its own disposal, counted with what it owns.
    Leased,
    /// Lent by a commune or communauté de communes.
    LentByCommune,
    /// Lent by anybody else.
    LentByPartner,
}

coded!(Ownership {
    Own = "own",
    Leased = "leased",
    LentByCommune = "lent-by-commune",
    LentByPartner = "lent-by-partner",
});

/// Why something is out of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutageReason {
    /// In the workshop, as planned.
    Maintenance,
    /// At the technical inspection, or failed it.
    Inspection,
    /// Broken down or damaged.
    Damage,
    /// Not insured.
    Insurance,
    /// Stolen or not found.
    Missing,
    /// Kept for another use.
    Reserved,
    /// Anything else.
    Other,
}

coded!(OutageReason {
    Maintenance = "maintenance",
    Inspection = "inspection",
    Damage = "damage",
    Insurance = "insurance",
    Missing = "missing",
    Reserved = "reserved",
    Other = "other",
});

/// What the price of a loan goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateUnit {
    /// Each stretch of 24 hours begun.
    Day,
    /// Each stretch of seven days begun.
    Week,
    /// Each kilometre driven.
    Kilometre,
    /// The loan, however long and far.
    Loan,
}

coded!(RateUnit { Day = "day", Week = "week", Kilometre = "km", Loan = "loan" });

/// What a loan of something costs its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// What it goes by.
    pub per: RateUnit,
    /// How much, each.
    pub cents: Cents,
}

impl Rate {
    /// What a loan of this length and distance comes to: periods begun count whole; metres count as they are, the last
    /// part of a cent dropped in the user's favour.
    pub fn contribution(self, used: Span, distance_m: u32) -> Cents {
        let begun =
            |period_s: i64| used.seconds().div_euclid(period_s) + i64::from(used.seconds() % period_s != 0);
        let times = |count: i64| Cents::new(self.cents.get().saturating_mul(count.max(1)));
        match self.per {
            RateUnit::Day => times(begun(DAY_S)),
            RateUnit::Week => times(begun(7 * DAY_S)),
            RateUnit::Kilometre => {
                Cents::new(self.cents.get().saturating_mul(i64::from(distance_m)).div_euclid(1000))
            }
            RateUnit::Loan => self.cents,
        }
    }
}

const DAY_S: i64 = 24 * 3600;
