//! A volunteer as it is stored, in every version there was.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use maillage_domain::{
    availability::{Absence, Availability, DayHours, SchoolRule, Slot, YearRule},
    contact::Channel,
    document::{Document, DocumentKind},
    ids::{PersonKind, VolunteerKind},
    text::Name,
    volunteer::{DriverLimits, DriverStatus, Vehicle, Vehicles, Volunteer, VolunteerDetails},
};
use maillage_engine::{EngineError, Record, RecordError};
use maillage_federation::ids::Id;
use maillage_geography::InseeCode;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{
        PlaceRecord, broken, date_text, dated, email, email_text, instant, name_text, named, need_codes,
        needs, parsed, phone, phone_text, upgraded,
    },
    kinds,
};

const KIND: u16 = kinds::VOLUNTEER;

/// A volunteer, version 2.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VolunteerRecord {
    id: Id<VolunteerKind>,
    name: String,
    phone: String,
    email: String,
    channel: String,
    home: PlaceRecord,
    vehicles: Vec<VehicleRecord>,
    documents: Vec<DocumentRecord>,
    accepts: Vec<String>,
    weekly: Vec<SlotRecord>,
    absences: Vec<AbsenceRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    overrides: Vec<DayHoursRecord>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    no_public_holidays: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    school: Option<String>,
    max_trip_m: Option<u32>,
    trips_per_week: Option<u8>,
    hours_per_week: Option<u8>,
    communes: Vec<String>,
    standing_yes: bool,
    avoid: Vec<Id<PersonKind>>,
    active: bool,
    created_ms: i64,
    revision: u64,
    /// Empty for a volunteer in the proper sense.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    status: String,
    /// Metres wished for in 28 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wished_m: Option<u32>,
}

/// A vehicle; an empty label is none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct VehicleRecord {
    /// 0 when it is the place in the list, counted from 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    number: u8,
    label: String,
    seats: u8,
    wheelchair_places: u8,
    fiscal_power: Option<u8>,
    electric: bool,
}

/// A paper; days are `YYYY-MM-DD`, an empty one is none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DocumentRecord {
    kind: String,
    seen_on: String,
    valid_until: String,
    /// Number of the vehicle it is of; 0 for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    vehicle: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// A stretch of a weekday (0 is Monday), in minutes since midnight.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct SlotRecord {
    weekday: i8,
    from_min: u16,
    to_min: u16,
}

/// Other hours on a date `YYYY-MM-DD`: from and to in minutes since midnight.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DayHoursRecord {
    date: String,
    replaces: bool,
    stretches: Vec<(u16, u16)>,
}

/// First and last day, `YYYY-MM-DD`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AbsenceRecord {
    first: String,
    last: String,
}

/// A volunteer, version 1.
#[derive(Deserialize)]
struct VolunteerV1 {
    id: Id<VolunteerKind>,
    name: String,
    phone: String,
    home: PlaceRecord,
    seats: u8,
    wheelchair_places: u8,
    accepts: Vec<String>,
    weekly: Vec<SlotRecord>,
    absences: Vec<AbsenceRecord>,
    max_trip_m: Option<u32>,
    standing_yes: bool,
    active: bool,
    created_ms: i64,
}

impl Record for VolunteerRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => upgraded::<VolunteerV1>(KIND, payload)?.upgrade(),
            _ => Err(RecordError::Unreadable { kind: KIND, version }),
        }
    }
}

impl VolunteerV1 {
    /// Nothing was known beyond it: one vehicle of unknown horsepower, no papers.
    fn upgrade(self) -> Result<VolunteerRecord, RecordError> {
        let phone = phone(&self.phone, KIND).map_err(|_| RecordError::Payload(KIND))?;
        let vehicle = VehicleRecord {
            number: 0,
            label: String::new(),
            seats: self.seats,
            wheelchair_places: self.wheelchair_places,
            fiscal_power: None,
            electric: false,
        };
        Ok(VolunteerRecord {
            id: self.id,
            name: self.name,
            phone: self.phone,
            email: String::new(),
            channel: Channel::possible(phone.as_ref(), None).code().to_owned(),
            home: self.home,
            vehicles: vec![vehicle],
            documents: Vec::new(),
            accepts: self.accepts,
            weekly: self.weekly,
            absences: self.absences,
            overrides: Vec::new(),
            no_public_holidays: false,
            school: None,
            max_trip_m: self.max_trip_m,
            trips_per_week: None,
            hours_per_week: None,
            wished_m: None,
            communes: Vec::new(),
            standing_yes: self.standing_yes,
            avoid: Vec::new(),
            active: self.active,
            created_ms: self.created_ms,
            revision: 1,
            status: String::new(),
        })
    }
}

impl From<&Volunteer> for VolunteerRecord {
    fn from(volunteer: &Volunteer) -> Self {
        let Volunteer { id, details, active, created, revision } = volunteer;
        let VolunteerDetails {
            name,
            phone,
            email,
            channel,
            home,
            vehicles,
            documents,
            accepts,
            availability,
            limits,
            standing_yes,
            avoid,
            status,
        } = details;
        let DriverLimits { max_trip_m, trips_per_week, hours_per_week, wished_m, communes } = limits;
        Self {
            id: *id,
            name: name.as_str().to_owned(),
            phone: phone_text(phone.as_ref()),
            email: email_text(email.as_ref()),
            channel: channel.code().to_owned(),
            home: home.into(),
            vehicles: vehicles.iter().zip(1..).map(VehicleRecord::from).collect(),
            documents: documents.iter().map(DocumentRecord::from).collect(),
            accepts: need_codes(accepts),
            weekly: availability.weekly().iter().map(SlotRecord::from).collect(),
            absences: availability.absences().iter().map(AbsenceRecord::from).collect(),
            overrides: availability.overrides().iter().map(DayHoursRecord::from).collect(),
            no_public_holidays: !availability.year().public_holidays,
            school: Some(availability.year().school)
                .filter(|school| *school != SchoolRule::Always)
                .map(|school| school.code().to_owned()),
            max_trip_m: *max_trip_m,
            trips_per_week: *trips_per_week,
            hours_per_week: *hours_per_week,
            wished_m: *wished_m,
            communes: communes.iter().map(|commune| commune.as_str().to_owned()).collect(),
            standing_yes: *standing_yes,
            avoid: avoid.clone(),
            active: *active,
            created_ms: created.as_millisecond(),
            revision: *revision,
            status: match status {
                DriverStatus::Volunteer => String::new(),
                DriverStatus::Employee => status.code().to_owned(),
            },
        }
    }
}

impl TryFrom<VolunteerRecord> for Volunteer {
    type Error = EngineError;

    fn try_from(record: VolunteerRecord) -> Result<Self, EngineError> {
        let vehicles = record.vehicles.iter().zip(1..).map(|(vehicle, place)| vehicle.vehicle(place));
        let vehicles: Vec<Vehicle> = vehicles.collect::<Result<_, _>>()?;
        let status = record.status.as_str();
        let documents = record.documents.iter().map(DocumentRecord::document);
        let details = VolunteerDetails {
            name: Name::parse(&record.name).map_err(|_| broken(KIND))?,
            phone: phone(&record.phone, KIND)?,
            email: email(&record.email, KIND)?,
            channel: parsed(&record.channel, KIND)?,
            home: record.home.place(KIND)?,
            vehicles: Vehicles::new(vehicles).map_err(|_| broken(KIND))?,
            documents: documents.collect::<Result<_, _>>()?,
            accepts: needs(&record.accepts, KIND)?,
            availability: record.availability()?,
            limits: record.limits()?,
            standing_yes: record.standing_yes,
            status: if status.is_empty() { DriverStatus::Volunteer } else { parsed(status, KIND)? },
            avoid: record.avoid,
        };
        let created = instant(record.created_ms, KIND)?;
        Ok(Self { id: record.id, details, active: record.active, created, revision: record.revision })
    }
}

impl VolunteerRecord {
    fn availability(&self) -> Result<Availability, EngineError> {
        let weekly: Option<_> = self.weekly.iter().copied().map(SlotRecord::slot).collect();
        let absences = self.absences.iter().map(AbsenceRecord::absence).collect::<Result<_, _>>()?;
        let overrides = self.overrides.iter().map(DayHoursRecord::hours).collect::<Result<_, _>>()?;
        let school = self.school.as_deref().map_or(Ok(SchoolRule::Always), |school| parsed(school, KIND))?;
        let year = YearRule { public_holidays: !self.no_public_holidays, school };
        let week = Availability::new(weekly.ok_or_else(|| broken(KIND))?, absences);
        week.and_then(|week| week.with_exceptions(overrides, year)).map_err(|_| broken(KIND))
    }

    fn limits(&self) -> Result<DriverLimits, EngineError> {
        let communes = self.communes.iter().map(|commune| parsed(commune, KIND));
        Ok(DriverLimits {
            max_trip_m: self.max_trip_m,
            trips_per_week: self.trips_per_week,
            hours_per_week: self.hours_per_week,
            wished_m: self.wished_m,
            communes: communes.collect::<Result<BTreeSet<InseeCode>, _>>()?,
        })
    }
}

impl VehicleRecord {
    fn vehicle(&self, place: u8) -> Result<Vehicle, EngineError> {
        let vehicle = Vehicle::new(self.seats, self.wheelchair_places).map_err(|_| broken(KIND))?;
        let vehicle = match self.fiscal_power {
            Some(power) => vehicle.with_fiscal_power(power).map_err(|_| broken(KIND))?,
            None => vehicle,
        };
        let number = if self.number == 0 { place } else { self.number };
        Ok(vehicle.with_electric(self.electric).with_label(named(&self.label, KIND)?).with_number(number))
    }
}

impl From<(&Vehicle, u8)> for VehicleRecord {
    fn from((vehicle, place): (&Vehicle, u8)) -> Self {
        Self {
            number: if vehicle.number() == place { 0 } else { vehicle.number() },
            label: name_text(vehicle.label()),
            seats: vehicle.seats(),
            wheelchair_places: vehicle.wheelchair_places(),
            fiscal_power: vehicle.fiscal_power(),
            electric: vehicle.electric(),
        }
    }
}

impl DocumentRecord {
    fn document(&self) -> Result<Document, EngineError> {
        let kind: DocumentKind = parsed(&self.kind, KIND)?;
        let document = Document::new(kind, parsed(&self.seen_on, KIND)?, dated(&self.valid_until, KIND)?);
        Ok(document.of_vehicle(Some(self.vehicle).filter(|number| *number != 0)))
    }
}

impl From<Document> for DocumentRecord {
    fn from(document: Document) -> Self {
        Self {
            kind: document.kind().code().to_owned(),
            seen_on: document.seen_on().to_string(),
            valid_until: date_text(document.valid_until()),
            vehicle: document.vehicle().unwrap_or_default(),
        }
    }
}

impl SlotRecord {
    fn slot(self) -> Option<Slot> {
        let weekday = Weekday::from_monday_zero_offset(self.weekday).ok()?;
        Slot::new(weekday, self.from_min, self.to_min)
    }
}

impl From<&Slot> for SlotRecord {
    fn from(slot: &Slot) -> Self {
        let weekday = slot.weekday().to_monday_zero_offset();
        Self { weekday, from_min: slot.from_min(), to_min: slot.to_min() }
    }
}

impl AbsenceRecord {
    fn absence(&self) -> Result<Absence, EngineError> {
        let (first, last): (Date, Date) = (parsed(&self.first, KIND)?, parsed(&self.last, KIND)?);
        Absence::new(first, last).map_err(|_| broken(KIND))
    }
}

impl DayHoursRecord {
    fn hours(&self) -> Result<DayHours, EngineError> {
        let date = parsed(&self.date, KIND)?;
        DayHours::new(date, self.replaces, self.stretches.clone()).ok_or_else(|| broken(KIND))
    }
}

impl From<&DayHours> for DayHoursRecord {
    fn from(hours: &DayHours) -> Self {
        Self {
            date: hours.date().to_string(),
            replaces: hours.replaces(),
            stretches: hours.stretches().to_vec(),
        }
    }
}

impl From<&Absence> for AbsenceRecord {
    fn from(absence: &Absence) -> Self {
        Self { first: absence.first().to_string(), last: absence.last().to_string() }
    }
}
