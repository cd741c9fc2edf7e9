//! Volunteers who drive: vehicle, needs accepted, availability, limits. Must never be printed by `Debug` beyond the
//! identifier.

use std::fmt;

use jiff::Timestamp;
use maillage_federation::{
    ids::Id,
    needs::{Needs, UnknownNeed},
};
use maillage_geography::{Geography, Siren};

use crate::{
    availability::{Absence, AbsenceError, Availability, AvailabilityError},
    ids::VolunteerKind,
    limits::{DRIVE_M, PASSENGER_PLACES},
    person::parse_needs,
    place::{NewPlace, Place, PlaceError},
    text::{Name, Phone, PhoneError, TextError},
};

/// A registered volunteer.
#[derive(Clone, PartialEq, Eq)]
pub struct Volunteer {
    /// Identity, for life.
    pub id: Id<VolunteerKind>,
    /// What was told, and may be told anew.
    pub details: VolunteerDetails,
    /// Whether the volunteer may be asked at all.
    pub active: bool,
    /// When the volunteer was registered.
    pub created: Timestamp,
}

/// What a volunteer tells about herself or himself.
#[derive(Clone, PartialEq, Eq)]
pub struct VolunteerDetails {
    /// Name.
    pub name: Name,
    /// Phone, if there is one.
    pub phone: Option<Phone>,
    /// Where each drive begins and ends.
    pub home: Place,
    /// What the vehicle carries.
    pub vehicle: Vehicle,
    /// Needs the volunteer is ready for.
    pub accepts: Needs,
    /// When the volunteer can drive.
    pub availability: Availability,
    /// Longest drive from home back to home, in metres, if there is a limit.
    pub max_trip_m: Option<u32>,
    /// Whether the platform may promise this driver without asking.
    pub standing_yes: bool,
}

/// What a vehicle carries beside its driver: 1 to 8 seats, and places for people who stay in their wheelchair; both
/// together at most 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vehicle {
    seats: u8,
    wheelchair_places: u8,
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
}

/// A volunteer as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewVolunteer {
    /// Name.
    pub name: String,
    /// Phone, or blank.
    pub phone: String,
    /// Home.
    pub home: NewPlace,
    /// Passenger seats.
    pub seats: u8,
    /// Places for wheelchairs.
    pub wheelchair_places: u8,
    /// Codes of needs accepted.
    pub accepts: Vec<String>,
    /// Week such as `lun 08:00-18:00,mar 09:00-12:00`.
    pub availability: String,
    /// Absences such as `2026-12-24..2027-01-03`.
    pub absences: Vec<String>,
    /// Longest drive from home back to home, in metres.
    pub max_trip_m: Option<u32>,
    /// Whether the platform may promise this driver without asking.
    pub standing_yes: bool,
}

/// Why a volunteer cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VolunteerError {
    /// The name.
    #[error("the name is not accepted")]
    Name(#[source] TextError),
    /// The phone.
    #[error("the phone number is not accepted")]
    Phone(#[source] PhoneError),
    /// The home.
    #[error("the home is not accepted")]
    Home(#[source] PlaceError),
    /// The vehicle.
    #[error("the vehicle is not accepted")]
    Vehicle(#[source] VehicleError),
    /// A need.
    #[error("a need is not in the list")]
    Need(#[source] UnknownNeed),
    /// The week.
    #[error("the availability is not accepted")]
    Availability(#[source] AvailabilityError),
    /// An absence.
    #[error("an absence is not accepted")]
    Absence(#[source] AbsenceError),
    /// The limit of a drive.
    #[error("{0} m is not a limit for a drive; 1 to {DRIVE_M} m are allowed")]
    MaxTrip(u32),
}

impl Volunteer {
    /// An active volunteer registered at an instant.
    pub fn register(id: Id<VolunteerKind>, details: VolunteerDetails, created: Timestamp) -> Self {
        Self { id, details, active: true, created }
    }
}

impl Vehicle {
    /// A vehicle with seats and wheelchair places.
    pub fn new(seats: u8, wheelchair_places: u8) -> Result<Self, VehicleError> {
        if !(1..=PASSENGER_PLACES).contains(&seats) {
            return Err(VehicleError::Seats(seats));
        }
        match seats.saturating_add(wheelchair_places) {
            ..=PASSENGER_PLACES => Ok(Self { seats, wheelchair_places }),
            places => Err(VehicleError::TooManyPlaces(places)),
        }
    }

    /// Passenger seats.
    pub fn seats(self) -> u8 {
        self.seats
    }

    /// Places for wheelchairs.
    pub fn wheelchair_places(self) -> u8 {
        self.wheelchair_places
    }
}

impl NewVolunteer {
    /// Reads what was typed. The home must lie in the territory, unless `allow_outside`.
    ///
    /// # Errors
    /// The first field that is not acceptable, with its exact reason.
    pub fn parse(
        &self,
        geography: &Geography,
        territory: &Siren,
        allow_outside: bool,
    ) -> Result<VolunteerDetails, VolunteerError> {
        Ok(VolunteerDetails {
            name: Name::parse(&self.name).map_err(VolunteerError::Name)?,
            phone: Phone::parse_optional(&self.phone).map_err(VolunteerError::Phone)?,
            home: self.home.parse_home(geography, territory, allow_outside).map_err(VolunteerError::Home)?,
            vehicle: Vehicle::new(self.seats, self.wheelchair_places).map_err(VolunteerError::Vehicle)?,
            accepts: parse_needs(&self.accepts).map_err(VolunteerError::Need)?,
            availability: self.availability()?,
            max_trip_m: self.max_trip_m.map(drive_limit).transpose()?,
            standing_yes: self.standing_yes,
        })
    }

    fn availability(&self) -> Result<Availability, VolunteerError> {
        let absences = self.absences.iter().map(|absence| absence.parse::<Absence>());
        let absences = absences.collect::<Result<_, _>>().map_err(VolunteerError::Absence)?;
        Availability::parse(&self.availability, absences).map_err(VolunteerError::Availability)
    }
}

fn drive_limit(limit_m: u32) -> Result<u32, VolunteerError> {
    if (1..=DRIVE_M).contains(&limit_m) { Ok(limit_m) } else { Err(VolunteerError::MaxTrip(limit_m)) }
}

impl fmt::Debug for Volunteer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Volunteer");
        shown.field("id", &self.id).field("active", &self.active).finish_non_exhaustive()
    }
}

impl fmt::Debug for VolunteerDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("VolunteerDetails(…)")
    }
}

impl fmt::Debug for NewVolunteer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewVolunteer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> NewVolunteer {
        NewVolunteer {
            name: "Canary Roques".to_owned(),
            home: NewPlace { commune: "81003".to_owned(), address: "2 rue Canary".to_owned() },
            seats: 3,
            wheelchair_places: 1,
            availability: "lun 08:00-18:00".to_owned(),
            absences: vec!["2026-12-24".to_owned()],
            max_trip_m: Some(80_000),
            ..NewVolunteer::default()
        }
    }

    fn parse(volunteer: &NewVolunteer) -> Result<VolunteerDetails, VolunteerError> {
        volunteer.parse(Geography::embedded(), &"200034031".parse().unwrap(), false)
    }

    #[test]
    fn a_volunteer_is_read() {
        let details = parse(&typed()).unwrap();
        assert_eq!((details.vehicle.seats(), details.vehicle.wheelchair_places()), (3, 1));
        assert_eq!(details.availability.to_string(), "mon 08:00-18:00");
        assert_eq!(details.availability.absences().len(), 1);
    }

    #[test]
    fn each_field_is_refused_with_its_reason() {
        let check = |change: fn(&mut NewVolunteer), expected: VolunteerError| {
            let mut volunteer = typed();
            change(&mut volunteer);
            assert_eq!(parse(&volunteer), Err(expected));
        };
        check(|v| v.name = String::new(), VolunteerError::Name(TextError::Empty));
        check(|v| v.phone = "1".to_owned(), VolunteerError::Phone(PhoneError::Length { digits: 1 }));
        let outside = PlaceError::OutsideTerritory {
            commune: "81004".parse().unwrap(),
            territory: "200034031".parse().unwrap(),
        };
        check(|v| v.home.commune = "81004".to_owned(), VolunteerError::Home(outside));
        check(|v| v.seats = 0, VolunteerError::Vehicle(VehicleError::Seats(0)));
        check(|v| v.seats = 9, VolunteerError::Vehicle(VehicleError::Seats(9)));
        check(|v| v.wheelchair_places = 6, VolunteerError::Vehicle(VehicleError::TooManyPlaces(9)));
        check(|v| v.accepts = vec!["x".to_owned()], VolunteerError::Need(UnknownNeed("x".to_owned())));
        let slot = VolunteerError::Availability(AvailabilityError::Slot(1));
        check(|v| v.availability = "always".to_owned(), slot);
        check(|v| v.absences = vec!["x".to_owned()], VolunteerError::Absence(AbsenceError::Format));
        check(|v| v.max_trip_m = Some(0), VolunteerError::MaxTrip(0));
    }

    #[test]
    fn debug_shows_the_identifier_alone() {
        let details = parse(&typed()).unwrap();
        let volunteer = Volunteer::register(Id::new(1, [1; 10]), details.clone(), Timestamp::UNIX_EPOCH);
        let shown = format!("{:?} {details:?} {volunteer:?}", typed());
        assert!(!shown.contains("Canary") && !shown.contains("81003"), "{shown}");
    }
}
