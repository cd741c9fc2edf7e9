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
    number: u8,
    label: Option<Name>,
    seats: u8,
    wheelchair_places: u8,
    fiscal_power: Option<u8>,
    electric: bool,
}

/// The vehicles of one volunteer: at least one, the usual one first. Each has a number of its own, so that a paper or a
/// drive stays with its vehicle whatever becomes of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicles(Vec<Vehicle>);

/// A vehicle as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewVehicle {
    /// Its number; 0 for one that has none yet.
    pub number: u8,
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
                let (label, fiscal_power) = (None, None);
                Ok(Self { number: 0, label, seats, wheelchair_places, fiscal_power, electric: false })
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

    /// The same under a number; 0 for one that has none yet.
    #[must_use]
    pub fn with_number(self, number: u8) -> Self {
        Self { number, ..self }
    }

    /// The same with what the volunteer calls it.
    #[must_use]
    pub fn with_label(self, label: Option<Name>) -> Self {
        Self { label, ..self }
    }

    /// Its number among the vehicles of the volunteer; 0 as long as it stands alone.
    pub fn number(&self) -> u8 {
        self.number
    }

    /// Places, the driver's included.
    pub fn places(&self) -> u8 {
        self.seats.saturating_add(self.wheelchair_places).saturating_add(1)
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
        Self(numbered(vec![vehicle]))
    }

    /// Several, the usual one first. One without a number, or with that of one before it, gets the next that is free.
    pub fn new(vehicles: Vec<Vehicle>) -> Result<Self, VehicleError> {
        if (1..=VEHICLES).contains(&vehicles.len()) {
            Ok(Self(numbered(vehicles)))
        } else {
            Err(VehicleError::Count(vehicles.len()))
        }
    }

    /// The vehicle of a number.
    pub fn numbered(&self, number: u8) -> Option<&Vehicle> {
        self.iter().find(|vehicle| vehicle.number == number)
    }

    /// Whether a number is that of the usual vehicle.
    pub fn is_usual(&self, number: u8) -> bool {
        self.iter().next().is_some_and(|vehicle| vehicle.number == number)
    }

    /// The vehicles, the usual one first.
    pub fn iter(&self) -> std::slice::Iter<'_, Vehicle> {
        self.0.iter()
    }

    /// Those that take so many seated people, and somebody in a wheelchair if `wheelchair`, the usual one first.
    pub fn fitting(&self, seats: u8, wheelchair: bool) -> impl Iterator<Item = &Vehicle> {
        self.iter().filter(move |vehicle| vehicle.takes(seats, wheelchair))
    }

    /// Seats of the roomiest.
    pub fn most_seats(&self) -> u8 {
        self.iter().map(Vehicle::seats).max().unwrap_or_default()
    }
}

fn numbered(mut vehicles: Vec<Vehicle>) -> Vec<Vehicle> {
    let mut last = vehicles.iter().map(Vehicle::number).max().unwrap_or_default();
    let mut taken = std::collections::BTreeSet::new();
    for vehicle in &mut vehicles {
        if vehicle.number == 0 || !taken.insert(vehicle.number) {
            last = last.saturating_add(1);
            vehicle.number = last;
            taken.insert(last);
        }
    }
    vehicles
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
        Ok(vehicle.with_electric(self.electric).with_label(label).with_number(self.number))
    }

    /// Gives the typed vehicles without a number that of the former one they are; a vehicle that is new gets a number that
    /// none of the former ones has.
    pub fn follow(typed: &mut [Self], former: &Vehicles) {
        let mut next =
            former.iter().map(Vehicle::number).chain(typed.iter().map(|vehicle| vehicle.number)).max();
        for place in 0..typed.len() {
            let Some(vehicle) = typed.get(place).filter(|vehicle| vehicle.number == 0) else { continue };
            let same = former.iter().find(|known| {
                Self { number: 0, ..Self::of(known) } == *vehicle
                    && typed.iter().all(|other| other.number != known.number)
            });
            let number = same.map_or_else(
                || {
                    next = next.map(|next| next.saturating_add(1));
                    next.unwrap_or(1)
                },
                Vehicle::number,
            );
            if let Some(vehicle) = typed.get_mut(place) {
                vehicle.number = number;
            }
        }
    }

    /// As it would be typed.
    pub fn of(vehicle: &Vehicle) -> Self {
        Self {
            number: vehicle.number,
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
        let both = Vehicles::new(vec![car.clone(), van]).unwrap();
        let fitting =
            |seats, wheelchair| -> Vec<u8> { both.fitting(seats, wheelchair).map(Vehicle::number).collect() };
        assert_eq!((fitting(2, false), fitting(2, true), fitting(3, true)), (vec![1, 2], vec![2], vec![]));
        assert_eq!(both.most_seats(), 4);
        assert_eq!(Vehicles::new(Vec::new()), Err(VehicleError::Count(0)));
        assert_eq!(Vehicles::new(vec![car; VEHICLES + 1]), Err(VehicleError::Count(VEHICLES + 1)));
    }

    #[test]
    fn a_number_stays_with_its_vehicle_and_is_not_given_to_another() {
        let typed = |number, seats| NewVehicle { number, seats, ..NewVehicle::default() };
        let former = Vehicles::new(vec![Vehicle::new(4, 0).unwrap(), Vehicle::new(2, 1).unwrap()]).unwrap();
        let numbers = |mut new: Vec<NewVehicle>| -> Vec<u8> {
            NewVehicle::follow(&mut new, &former);
            new.iter().map(|vehicle| vehicle.number).collect()
        };
        assert_eq!(numbers(vec![typed(0, 5), typed(0, 4)]), [3, 1], "another car, and the old one behind it");
        assert_eq!(numbers(vec![typed(2, 7), typed(0, 3)]), [2, 3], "a corrected one, and another");
        assert_eq!(numbers(vec![typed(0, 4), typed(0, 4)]), [1, 3], "the same car twice is two cars");
        let doubled =
            vec![Vehicle::new(4, 0).unwrap().with_number(2), Vehicle::new(2, 0).unwrap().with_number(2)];
        let numbers: Vec<u8> = Vehicles::new(doubled).unwrap().iter().map(Vehicle::number).collect();
        assert_eq!(numbers, [2, 3]);
    }
}
