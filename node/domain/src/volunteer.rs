//! Volunteers who drive: vehicles, papers, needs accepted, availability, limits. Must never be printed by `Debug` beyond
//! the identifier.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::Timestamp;
use maillage_federation::{
    ids::Id,
    needs::{Needs, UnknownNeed},
};
use maillage_geography::{Geography, InseeCode};

pub use crate::vehicle::{NewVehicle, Vehicle, VehicleError, Vehicles};
use crate::{
    availability::{Absence, AbsenceError, Availability, AvailabilityError},
    codes::{UnknownCode, coded},
    contact::{Channel, ChannelError},
    document::{DocumentError, Documents, NewDocument},
    ids::{PersonKind, VolunteerKind},
    limits::{COMMUNES, DRIVE_M, HOURS_PER_WEEK, TRIPS_PER_WEEK, WISHED_M},
    person::{AvoidError, Intake, parse_avoid, parse_needs},
    place::{NewPlace, Place, PlaceError},
    text::{Email, EmailError, Name, Phone, PhoneError, TextError},
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
    /// How often this was written, from 1: who edits says which state was seen.
    pub revision: u64,
}

/// What a volunteer tells about herself or himself.
#[derive(Clone, PartialEq, Eq)]
pub struct VolunteerDetails {
    /// Name.
    pub name: Name,
    /// Phone, if there is one.
    pub phone: Option<Phone>,
    /// E-mail address, if there is one.
    pub email: Option<Email>,
    /// How the volunteer wishes to be asked.
    pub channel: Channel,
    /// Where each drive begins and ends.
    pub home: Place,
    /// What the volunteer drives; any that fits is good for a trip.
    pub vehicles: Vehicles,
    /// Papers that were seen.
    pub documents: Documents,
    /// Needs the volunteer is ready for.
    pub accepts: Needs,
    /// When the volunteer can drive.
    pub availability: Availability,
    /// How far, how often, where.
    pub limits: DriverLimits,
    /// Whether the platform may promise this driver without asking.
    pub standing_yes: bool,
    /// People this volunteer is not to drive, each once.
    pub avoid: Vec<Id<PersonKind>>,
    /// Whether this driver gives the time, or is paid for it.
    pub status: DriverStatus,
}

/// What a driver is to the carrier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DriverStatus {
    /// Gives the time, and may be compensated for kilometres.
    #[default]
    Volunteer,
    /// Is paid by the carrier or the authority: no compensation, no statement, no waiver, and an employee in every count.
    Employee,
}

coded!(DriverStatus { Volunteer = "volunteer", Employee = "employee" });

/// How far, how often and where a volunteer is ready to drive. Nothing said is no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriverLimits {
    /// Longest drive from home back to home, in metres.
    pub max_trip_m: Option<u32>,
    /// Trips in one civil week, Monday to Sunday; an outbound and its return are two.
    pub trips_per_week: Option<u8>,
    /// Hours from home back to home in one civil week.
    pub hours_per_week: Option<u8>,
    /// Metres the volunteer wishes to drive in 28 days, empty ones included: not a limit, but what the load is spread by.
    pub wished_m: Option<u32>,
    /// Communes in which the volunteer picks up and sets down; empty for all.
    pub communes: BTreeSet<InseeCode>,
}

/// A volunteer as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewVolunteer {
    /// Name.
    pub name: String,
    /// Phone, or blank.
    pub phone: String,
    /// E-mail address, or blank.
    pub email: String,
    /// `phone`, `sms`, `email` or `letter`; blank means what the contacts allow.
    pub channel: String,
    /// Home.
    pub home: NewPlace,
    /// Passenger seats of the one vehicle, if `vehicles` is empty.
    pub seats: u8,
    /// Places for wheelchairs of the one vehicle, if `vehicles` is empty.
    pub wheelchair_places: u8,
    /// The vehicles in full, the usual one first.
    pub vehicles: Vec<NewVehicle>,
    /// Papers that were seen.
    pub documents: Vec<NewDocument>,
    /// Codes of needs accepted.
    pub accepts: Vec<String>,
    /// Week such as `lun 08:00-18:00,mar 09:00-12:00`.
    pub availability: String,
    /// Absences such as `2026-12-24..2027-01-03`.
    pub absences: Vec<String>,
    /// Longest drive from home back to home, in metres.
    pub max_trip_m: Option<u32>,
    /// Trips in one civil week.
    pub trips_per_week: Option<u8>,
    /// Hours in one civil week.
    pub hours_per_week: Option<u8>,
    /// Metres wished for in 28 days.
    pub wished_m: Option<u32>,
    /// INSEE codes of the communes the volunteer keeps to; none for all.
    pub communes: Vec<String>,
    /// Whether the platform may promise this driver without asking.
    pub standing_yes: bool,
    /// Identifiers of people this volunteer is not to drive.
    pub avoid: Vec<String>,
    /// Code of a [`DriverStatus`]; blank means volunteer.
    pub status: String,
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
    /// The e-mail address.
    #[error("the e-mail address is not accepted")]
    Email(#[source] EmailError),
    /// The channel.
    #[error("the channel is not accepted")]
    Channel(#[source] ChannelError),
    /// The home.
    #[error("the home is not accepted")]
    Home(#[source] PlaceError),
    /// A vehicle.
    #[error("the vehicle is not accepted")]
    Vehicle(#[source] VehicleError),
    /// A paper.
    #[error("a document is not accepted")]
    Document(#[source] DocumentError),
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
    /// The limit of a week's trips.
    #[error("{0} metres in 28 days cannot be wished for; 1 to {WISHED_M} can")]
    Wished(u32),
    /// Trips per week.
    #[error("{0} trips a week is not a limit; 1 to {TRIPS_PER_WEEK} are allowed")]
    TripsPerWeek(u8),
    /// The limit of a week's hours.
    #[error("{0} hours a week is not a limit; 1 to {HOURS_PER_WEEK} are allowed")]
    HoursPerWeek(u8),
    /// A commune the volunteer keeps to.
    #[error("a commune is not accepted")]
    Commune(#[source] PlaceError),
    /// Too many communes.
    #[error("{0} communes; at most {COMMUNES} are allowed")]
    TooManyCommunes(usize),
    /// Those to be avoided.
    #[error("the list of people to avoid is not accepted")]
    Avoid(#[source] AvoidError),
    /// What the driver is.
    #[error("the status of the driver is not accepted")]
    Status(#[source] UnknownCode),
}

impl Volunteer {
    /// An active volunteer registered at an instant.
    pub fn register(id: Id<VolunteerKind>, details: VolunteerDetails, created: Timestamp) -> Self {
        Self { id, details, active: true, created, revision: 1 }
    }

    /// The same volunteer with details told anew.
    #[must_use]
    pub fn amended(self, details: VolunteerDetails) -> Self {
        Self { details, revision: self.revision.saturating_add(1), ..self }
    }

    /// The same volunteer, to be asked again or not any more.
    #[must_use]
    pub fn with_active(self, active: bool) -> Self {
        let revision = self.revision.saturating_add(u64::from(active != self.active));
        Self { active, revision, ..self }
    }

    /// The usual vehicle.
    pub fn vehicle(&self) -> Option<&Vehicle> {
        self.details.vehicles.iter().next()
    }
}

impl DriverLimits {
    /// Whether the volunteer picks up and sets down in a commune.
    pub fn covers(&self, commune: InseeCode) -> bool {
        self.communes.is_empty() || self.communes.contains(&commune)
    }
}

impl NewVolunteer {
    /// Reads what was typed. The home must lie in the territory, unless the intake allows another.
    ///
    /// # Errors
    /// The first field that is not acceptable, with its exact reason.
    pub fn parse(&self, intake: &Intake<'_>) -> Result<VolunteerDetails, VolunteerError> {
        let phone = Phone::parse_optional(&self.phone).map_err(VolunteerError::Phone)?;
        let email = Email::parse_optional(&self.email).map_err(VolunteerError::Email)?;
        let channel = Channel::parse(&self.channel, phone.as_ref(), email.as_ref());
        let vehicles = self.vehicles().map_err(VolunteerError::Vehicle)?;
        let documents = self
            .documents
            .iter()
            .map(|document| document.parse(intake.today).and_then(|document| document.among(&vehicles)))
            .collect::<Result<_, _>>()
            .map_err(VolunteerError::Document)?;
        Ok(VolunteerDetails {
            name: Name::parse(&self.name).map_err(VolunteerError::Name)?,
            phone,
            email,
            channel: channel.map_err(VolunteerError::Channel)?,
            home: intake.home(&self.home).map_err(VolunteerError::Home)?,
            vehicles,
            documents,
            accepts: parse_needs(&self.accepts).map_err(VolunteerError::Need)?,
            availability: self.availability()?,
            limits: self.limits(intake.geography)?,
            standing_yes: self.standing_yes,
            avoid: parse_avoid(&self.avoid).map_err(VolunteerError::Avoid)?,
            status: self.status()?,
        })
    }

    /// The details as they would be typed: what an edit starts from.
    pub fn of(details: &VolunteerDetails) -> Self {
        let absence = |absence: &Absence| format!("{}..{}", absence.first(), absence.last());
        Self {
            name: details.name.as_str().to_owned(),
            phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            email: details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            channel: details.channel.code().to_owned(),
            home: NewPlace::of(&details.home),
            seats: 0,
            wheelchair_places: 0,
            vehicles: details.vehicles.iter().map(NewVehicle::of).collect(),
            documents: details.documents.iter().map(NewDocument::of).collect(),
            accepts: details.accepts.iter().map(|need| need.code().to_owned()).collect(),
            availability: details.availability.to_string(),
            absences: details.availability.absences().iter().map(absence).collect(),
            max_trip_m: details.limits.max_trip_m,
            trips_per_week: details.limits.trips_per_week,
            hours_per_week: details.limits.hours_per_week,
            wished_m: details.limits.wished_m,
            communes: details.limits.communes.iter().map(ToString::to_string).collect(),
            standing_yes: details.standing_yes,
            avoid: details.avoid.iter().map(Id::to_string).collect(),
            status: details.status.code().to_owned(),
        }
    }

    /// What was typed becomes a change of a volunteer: vehicles keep their numbers, and a roadworthiness test goes with its
    /// vehicle.
    pub fn follow(&mut self, former: &VolunteerDetails) {
        NewVehicle::follow(&mut self.vehicles, &former.vehicles);
        let usual = former.vehicles.iter().next().map(Vehicle::number).unwrap_or_default();
        NewDocument::follow(&mut self.documents, usual, &self.vehicles);
    }

    fn status(&self) -> Result<DriverStatus, VolunteerError> {
        match self.status.trim() {
            "" => Ok(DriverStatus::Volunteer),
            code => code.parse().map_err(VolunteerError::Status),
        }
    }

    fn vehicles(&self) -> Result<Vehicles, VehicleError> {
        if self.vehicles.is_empty() {
            return Vehicle::new(self.seats, self.wheelchair_places).map(Vehicles::one);
        }
        Vehicles::new(self.vehicles.iter().map(NewVehicle::parse).collect::<Result<_, _>>()?)
    }

    fn availability(&self) -> Result<Availability, VolunteerError> {
        let absences = self.absences.iter().map(|absence| absence.parse::<Absence>());
        let absences = absences.collect::<Result<_, _>>().map_err(VolunteerError::Absence)?;
        Availability::parse(&self.availability, absences).map_err(VolunteerError::Availability)
    }

    fn limits(&self, geography: &Geography) -> Result<DriverLimits, VolunteerError> {
        if self.communes.len() > COMMUNES {
            return Err(VolunteerError::TooManyCommunes(self.communes.len()));
        }
        let commune = |commune: &String| {
            let place = NewPlace { commune: commune.clone(), address: String::new() };
            place.parse(geography).map(|place| place.commune).map_err(VolunteerError::Commune)
        };
        Ok(DriverLimits {
            max_trip_m: within(self.max_trip_m, DRIVE_M).map_err(VolunteerError::MaxTrip)?,
            trips_per_week: within(self.trips_per_week, TRIPS_PER_WEEK)
                .map_err(VolunteerError::TripsPerWeek)?,
            hours_per_week: within(self.hours_per_week, HOURS_PER_WEEK)
                .map_err(VolunteerError::HoursPerWeek)?,
            wished_m: within(self.wished_m, WISHED_M).map_err(VolunteerError::Wished)?,
            communes: self.communes.iter().map(commune).collect::<Result<_, _>>()?,
        })
    }
}

/// A limit of 1 to `most`, or the number that is none.
fn within<N: Copy + From<u8> + PartialOrd>(limit: Option<N>, most: N) -> Result<Option<N>, N> {
    match limit {
        Some(limit) if limit < N::from(1) || limit > most => Err(limit),
        limit => Ok(limit),
    }
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
mod tests;
