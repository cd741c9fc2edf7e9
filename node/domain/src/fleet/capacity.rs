//! The figures of the annual return to the prefect about vehicles: how many, of how many places on average, own and lent
//! (arrêté of 17 October 2019 on the activity of transport d'utilité sociale).

use maillage_federation::month::paris;

use super::{Asset, AssetCategory, Ownership};

/// Vehicles of a year, own and lent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capacity {
    /// Owned or rented by the association.
    pub own: Seats,
    /// Lent to it.
    pub lent: Seats,
}

/// Some vehicles and their places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seats {
    /// How many vehicles.
    pub vehicles: u32,
    /// Their places together, the drivers' included.
    pub seats: u32,
}

impl Capacity {
    /// The vehicles that carry passengers (cars and minibuses) and were in the fleet on a day of the year.
    pub fn of<'a>(fleet: impl IntoIterator<Item = &'a Asset>, year: i16) -> Self {
        let mut capacity = Self::default();
        for asset in fleet.into_iter().filter(|asset| carries(asset) && kept_in(asset, year)) {
            let seats = match asset.details.ownership {
                Ownership::Own | Ownership::Leased => &mut capacity.own,
                Ownership::LentByCommune | Ownership::LentByPartner => &mut capacity.lent,
            };
            seats.vehicles += 1;
            seats.seats += u32::from(asset.details.seats);
        }
        capacity
    }
}

impl Seats {
    /// Places of a vehicle on average, in hundredths, rounded half up; none without a vehicle.
    pub fn mean_hundredths(self) -> Option<u32> {
        let doubled = (2 * 100 * self.seats).checked_div(self.vehicles)?;
        Some(doubled.div_ceil(2))
    }
}

fn carries(asset: &Asset) -> bool {
    match asset.details.category {
        AssetCategory::Minibus | AssetCategory::Car => true,
        AssetCategory::LicenceFreeCar
        | AssetCategory::Scooter
        | AssetCategory::ElectricBike
        | AssetCategory::Bike => false,
    }
}

fn kept_in(asset: &Asset, year: i16) -> bool {
    let entered = asset.created.to_zoned(paris()).date();
    entered.year() <= year && asset.retired.is_none_or(|retired| retired.year() >= year)
}
