//! Volunteers, with an index of their names.

use jiff::civil::{Date, Weekday};
use maillage_domain::{
    availability::{Absence, Availability, Slot},
    ids::VolunteerKind,
    text::Name,
    volunteer::{Vehicle, Volunteer, VolunteerDetails},
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{self, PlaceRecord, broken, instant, need_codes, needs, parsed, phone, phone_text},
    kinds, names,
};

/// Volunteers by identifier.
pub const TREE: Tree = Tree::named("volunteers");
/// Volunteers by name.
pub const NAMES_TREE: Tree = Tree::named("volunteers_by_name");

const VOLUNTEERS: Table<[u8; 16], VolunteerRecord> = Table::new(TREE);
const KIND: u16 = kinds::VOLUNTEER;

/// A volunteer, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VolunteerRecord {
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

/// A stretch of a weekday (0 is Monday), in minutes since midnight.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct SlotRecord {
    weekday: i8,
    from_min: u16,
    to_min: u16,
}

/// First and last day, `YYYY-MM-DD`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AbsenceRecord {
    first: String,
    last: String,
}

impl Record for VolunteerRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes a volunteer, new or changed.
pub fn put(transaction: &mut Transaction<'_>, volunteer: &Volunteer) -> Result<(), EngineError> {
    let former = find(transaction, volunteer.id)?;
    let former = former.as_ref().map(|volunteer| &volunteer.details.name);
    let key = volunteer.id.to_array();
    names::replace(transaction, NAMES_TREE, key, (former, Some(&volunteer.details.name)))?;
    VOLUNTEERS.put(transaction, &key, &VolunteerRecord::from(volunteer))
}

/// One volunteer.
pub fn find(view: &(impl View + ?Sized), id: Id<VolunteerKind>) -> Result<Option<Volunteer>, EngineError> {
    VOLUNTEERS.get(view, &id.to_array())?.map(Volunteer::try_from).transpose()
}

/// At most `limit` volunteers in the order they were registered, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    after: Option<Id<VolunteerKind>>,
    limit: usize,
) -> Result<Vec<Volunteer>, EngineError> {
    let rows = VOLUNTEERS.scan(view, fields::after(after), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` volunteers with a word of their name that begins like `prefix`, in the order of the names.
pub fn named(view: &(impl View + ?Sized), prefix: &str, limit: usize) -> Result<Vec<Volunteer>, EngineError> {
    let mut found = Vec::new();
    for id in names::beginning_like(view, NAMES_TREE, prefix)? {
        if found.len() == limit {
            break;
        }
        let volunteer = VOLUNTEERS.get(view, &id)?.map(Volunteer::try_from).transpose()?;
        found.extend(volunteer.filter(|volunteer| names::is_like(&volunteer.details.name, prefix)));
    }
    Ok(found)
}

impl From<&Volunteer> for VolunteerRecord {
    fn from(volunteer: &Volunteer) -> Self {
        let Volunteer { id, details, active, created } = volunteer;
        let VolunteerDetails { name, phone, home, vehicle, accepts, availability, max_trip_m, standing_yes } =
            details;
        Self {
            id: *id,
            name: name.as_str().to_owned(),
            phone: phone_text(phone.as_ref()),
            home: home.into(),
            seats: vehicle.seats(),
            wheelchair_places: vehicle.wheelchair_places(),
            accepts: need_codes(accepts),
            weekly: availability.weekly().iter().map(SlotRecord::from).collect(),
            absences: availability.absences().iter().map(AbsenceRecord::from).collect(),
            max_trip_m: *max_trip_m,
            standing_yes: *standing_yes,
            active: *active,
            created_ms: created.as_millisecond(),
        }
    }
}

impl TryFrom<VolunteerRecord> for Volunteer {
    type Error = EngineError;

    fn try_from(record: VolunteerRecord) -> Result<Self, EngineError> {
        let weekly = record.weekly.iter().copied().map(SlotRecord::slot).collect::<Option<_>>();
        let absences = record.absences.iter().map(AbsenceRecord::absence).collect::<Result<_, _>>()?;
        let availability = Availability::new(weekly.ok_or_else(|| broken(KIND))?, absences);
        let details = VolunteerDetails {
            name: Name::parse(&record.name).map_err(|_| broken(KIND))?,
            phone: phone(&record.phone, KIND)?,
            home: record.home.place(KIND)?,
            vehicle: Vehicle::new(record.seats, record.wheelchair_places).map_err(|_| broken(KIND))?,
            accepts: needs(&record.accepts, KIND)?,
            availability: availability.map_err(|_| broken(KIND))?,
            max_trip_m: record.max_trip_m,
            standing_yes: record.standing_yes,
        };
        Ok(Self { id: record.id, details, active: record.active, created: instant(record.created_ms, KIND)? })
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

impl From<&Absence> for AbsenceRecord {
    fn from(absence: &Absence) -> Self {
        Self { first: absence.first().to_string(), last: absence.last().to_string() }
    }
}
