//! What volunteers drive. Must never know who is on board.

use std::fmt;

use crate::{
    limits::{FISCAL_POWER_MAX, PASSENGER_PLACES, VEHICLES},
    text::{Name, TextError},
};

/// A vehicle: what it carries beside its driver (1 to 8 seats, and places for people who stay in their wheelchair; both
/// together at most 8), and what its mileage costs.
#[derive(Clone, PartialEq, Eq)]
pub struct Vehicle {
    label: Option<Name>,
    seats: u8,
    wheelchair_places: u8,
    fiscal_power: Option<u8>,
    electric: bool,
}

/// The vehicles of one volunteer: at least one, the usual one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicles(Vec<Vehicle>);

/// A vehicle as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewVehicle {
    /// How the volunteer calls it, or blank.
    pub label: String,
    /// Passenger seats.
    pub seats: u8,
    /// Places for wheelchairs.
    pub wheelchair_places: u8,
    /// Fiscal horsepower (CV), if it is known.
    pub fiscal_power: Option<u8>,
    /// Whether it is electric.
    pub electric: bool,
}

/// Why a vehicle is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VehicleError {
    /// No seat, or too many.
    #[error("{0} passenger seats; 1 to {PASSENGER_PLACES} are allowed")]
    Seats(u8),
    /// Seats and wheelchair places are too many together.
    #[error("{0} passenger places, wheelchairs included; at most {PASSENGER_PLACES} are allowed")]
    TooManyPlaces(u8),
    /// The label.
    #[error("the label is not accepted")]
    Label(#[source] TextError),
    /// The fiscal horsepower.
    #[error("{0} fiscal horsepower; 1 to {FISCAL_POWER_MAX} are allowed")]
    FiscalPower(u8),
    /// No vehicle, or too many.
    #[error("{0} vehicles; 1 to {VEHICLES} are allowed")]
    Count(usize),
}

impl Vehicle {
    /// A vehicle with seats and wheelchair places, of unknown horsepower, not electric.
    pub fn new(seats: u8, wheelchair_places: u8) -> Result<Self, VehicleError> {
        if !(1..=PASSENGER_PLACES).contains(&seats) {
            return Err(VehicleError::Seats(seats));
        }
        match seats.saturating_add(wheelchair_places) {
            ..=PASSENGER_PLACES => {
                Ok(Self { label: None, seats, wheelchair_places, fiscal_power: None, electric: false })
            }
            places => Err(VehicleError::TooManyPlaces(places)),
        }
    }

    /// The same with its fiscal horsepower (CV), 1 to [`FISCAL_POWER_MAX`].
    pub fn with_fiscal_power(self, power: u8) -> Result<Self, VehicleError> {
        if (1..=FISCAL_POWER_MAX).contains(&power) {
            Ok(Self { fiscal_power: Some(power), ..self })
        } else {
            Err(VehicleError::FiscalPower(power))
        }
    }

    /// The same, electric or not.
    #[must_use]
    pub fn with_electric(self, electric: bool) -> Self {
        Self { electric, ..self }
    }

    /// The same with what the volunteer calls it.
    #[must_use]
    pub fn with_label(self, label: Option<Name>) -> Self {
        Self { label, ..self }
    }

    /// How the volunteer calls it.
    pub fn label(&self) -> Option<&Name> {
        self.label.as_ref()
    }

    /// Passenger seats.
    pub fn seats(&self) -> u8 {
        self.seats
    }

    /// Places for wheelchairs.
    pub fn wheelchair_places(&self) -> u8 {
        self.wheelchair_places
    }

    /// Fiscal horsepower (CV), as on line P.6 of the registration certificate; unknown until somebody has read it there.
    pub fn fiscal_power(&self) -> Option<u8> {
        self.fiscal_power
    }

    /// Whether it is electric: the fiscal scale is higher then.
    pub fn electric(&self) -> bool {
        self.electric
    }

    /// Whether it takes so many seated people, and somebody who stays in a wheelchair if `wheelchair`.
    pub fn takes(&self, seats: u8, wheelchair: bool) -> bool {
        seats <= self.seats && (!wheelchair || self.wheelchair_places > 0)
    }
}

impl Vehicles {
    /// One vehicle.
    pub fn one(vehicle: Vehicle) -> Self {
        Self(vec![vehicle])
    }

    /// Several, the usual one first.
    pub fn new(vehicles: Vec<Vehicle>) -> Result<Self, VehicleError> {
        if (1..=VEHICLES).contains(&vehicles.len()) {
            Ok(Self(vehicles))
        } else {
            Err(VehicleError::Count(vehicles.len()))
        }
    }

    /// The vehicles, the usual one first.
    pub fn iter(&self) -> std::slice::Iter<'_, Vehicle> {
        self.0.iter()
    }

    /// The first that takes so many seated people, and somebody in a wheelchair if `wheelchair`.
    pub fn fitting(&self, seats: u8, wheelchair: bool) -> Option<&Vehicle> {
        self.iter().find(|vehicle| vehicle.takes(seats, wheelchair))
    }

    /// Seats of the roomiest.
    pub fn most_seats(&self) -> u8 {
        self.iter().map(Vehicle::seats).max().unwrap_or_default()
    }
}

impl<'a> IntoIterator for &'a Vehicles {
    type Item = &'a Vehicle;
    type IntoIter = std::slice::Iter<'a, Vehicle>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl NewVehicle {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first field that is not acceptable.
    pub fn parse(&self) -> Result<Vehicle, VehicleError> {
        let label = if self.label.trim().is_empty() { None } else { Some(Name::parse(&self.label)) };
        let label = label.transpose().map_err(VehicleError::Label)?;
        let vehicle = Vehicle::new(self.seats, self.wheelchair_places)?;
        let vehicle =
            self.fiscal_power.map_or(Ok(vehicle.clone()), |power| vehicle.with_fiscal_power(power))?;
        Ok(vehicle.with_electric(self.electric).with_label(label))
    }

    /// As it would be typed.
    pub fn of(vehicle: &Vehicle) -> Self {
        Self {
            label: vehicle.label().map(|label| label.as_str().to_owned()).unwrap_or_default(),
            seats: vehicle.seats,
            wheelchair_places: vehicle.wheelchair_places,
            fiscal_power: vehicle.fiscal_power,
            electric: vehicle.electric,
        }
    }
}

impl fmt::Debug for Vehicle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Vehicle");
        shown
            .field("seats", &self.seats)
            .field("wheelchair_places", &self.wheelchair_places)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewVehicle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewVehicle(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vehicle_is_read_or_refused_with_the_reason() {
        let check = |seats, wheelchair_places, fiscal_power, expected| {
            let typed = NewVehicle { seats, wheelchair_places, fiscal_power, ..NewVehicle::default() };
            assert_eq!(typed.parse().map(|vehicle| NewVehicle::of(&vehicle) == typed), expected, "{seats}");
        };
        check(8, 0, Some(50), Ok(true));
        check(0, 0, None, Err(VehicleError::Seats(0)));
        check(9, 0, None, Err(VehicleError::Seats(9)));
        check(3, 6, None, Err(VehicleError::TooManyPlaces(9)));
        check(3, 0, Some(0), Err(VehicleError::FiscalPower(0)));
        check(3, 0, Some(51), Err(VehicleError::FiscalPower(51)));
    }

    #[test]
    fn the_first_vehicle_that_takes_everybody_is_the_one() {
        let (car, van) = (Vehicle::new(4, 0).unwrap(), Vehicle::new(2, 1).unwrap());
        let both = Vehicles::new(vec![car.clone(), van.clone()]).unwrap();
        assert_eq!(both.fitting(2, false), Some(&car));
        assert_eq!(both.fitting(2, true), Some(&van));
        assert_eq!(both.fitting(3, true), None);
        assert_eq!(both.most_seats(), 4);
        assert_eq!(Vehicles::new(Vec::new()), Err(VehicleError::Count(0)));
        assert_eq!(Vehicles::new(vec![car; VEHICLES + 1]), Err(VehicleError::Count(VEHICLES + 1)));
    }
}
