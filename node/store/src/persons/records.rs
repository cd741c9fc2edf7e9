//! A beneficiary as it is stored, in every version there was.

use jiff::civil::Date;
use maillage_domain::{
    civil::day_of,
    contact::Channel,
    eligibility::{Ground, Situation},
    ids::{PersonKind, PrescriberKind, VolunteerKind},
    person::{Person, PersonDetails, Pooling},
    text::{Name, Notes},
};
use maillage_engine::{EngineError, Record, RecordError};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{
        PlaceRecord, broken, date_text, dated, email, email_text, instant, need_codes, needs, parsed, phone,
        phone_text, upgraded,
    },
    kinds,
};

const KIND: u16 = kinds::PERSON;

/// A beneficiary, version 2.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PersonRecord {
    pub(super) id: Id<PersonKind>,
    name: String,
    phone: String,
    email: String,
    channel: String,
    home: PlaceRecord,
    birth_year: Option<i16>,
    needs: Vec<String>,
    situation: String,
    grounds: Vec<GroundRecord>,
    quotient_euros: Option<u32>,
    member_until: String,
    prescriber: Option<Id<PrescriberKind>>,
    informed_on: String,
    sharing: String,
    sharing_chosen_ms: i64,
    pub(super) statistics_objection: bool,
    statistics_chosen_ms: i64,
    driver_notes: String,
    internal_notes: String,
    avoid: Vec<Id<VolunteerKind>>,
    created_ms: i64,
    revision: u64,
    last_contact: String,
    /// Not written for who rides alone and has never said anything else, as records from before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pooling: Option<PoolingRecord>,
}

/// The choice about riding with others, and since when.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PoolingRecord {
    choice: String,
    chosen_ms: i64,
}

/// A ground of eligibility; days are `YYYY-MM-DD`, an empty one is none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct GroundRecord {
    kind: String,
    from: String,
    until: String,
    seen: String,
}

/// A beneficiary, version 1.
#[derive(Deserialize)]
struct PersonV1 {
    id: Id<PersonKind>,
    name: String,
    phone: String,
    home: PlaceRecord,
    needs: Vec<String>,
    sharing: String,
    statistics_objection: bool,
    driver_notes: String,
    created_ms: i64,
}

impl Record for PersonRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => upgraded::<PersonV1>(KIND, payload)?.upgrade(),
            _ => Err(RecordError::Unreadable { kind: KIND, version }),
        }
    }
}

impl PersonV1 {
    /// Nothing was known beyond it; choices date from the registration, the last contact too.
    fn upgrade(self) -> Result<PersonRecord, RecordError> {
        let payload = |_| RecordError::Payload(KIND);
        let phone = phone(&self.phone, KIND).map_err(payload)?;
        let created = instant(self.created_ms, KIND).map_err(payload)?;
        Ok(PersonRecord {
            id: self.id,
            name: self.name,
            phone: self.phone,
            email: String::new(),
            channel: Channel::possible(phone.as_ref(), None).code().to_owned(),
            home: self.home,
            birth_year: None,
            needs: self.needs,
            situation: Situation::Unknown.code().to_owned(),
            grounds: Vec::new(),
            quotient_euros: None,
            member_until: String::new(),
            prescriber: None,
            informed_on: String::new(),
            sharing: self.sharing,
            sharing_chosen_ms: self.created_ms,
            statistics_objection: self.statistics_objection,
            statistics_chosen_ms: self.created_ms,
            driver_notes: self.driver_notes,
            internal_notes: String::new(),
            avoid: Vec::new(),
            created_ms: self.created_ms,
            revision: 1,
            last_contact: day_of(created).to_string(),
            pooling: None,
        })
    }
}

impl From<&Person> for PersonRecord {
    fn from(person: &Person) -> Self {
        let Person {
            id,
            details,
            created,
            revision,
            last_contact,
            sharing_chosen,
            statistics_chosen,
            pooling_chosen,
        } = person;
        let PersonDetails {
            name,
            phone,
            email,
            channel,
            home,
            birth_year,
            needs,
            situation,
            grounds,
            quotient_euros,
            member_until,
            prescriber,
            informed_on,
            sharing,
            statistics_objection,
            pooling,
            driver_notes,
            internal_notes,
            avoid,
        } = details;
        Self {
            id: *id,
            name: name.as_str().to_owned(),
            phone: phone_text(phone.as_ref()),
            email: email_text(email.as_ref()),
            channel: channel.code().to_owned(),
            home: home.into(),
            birth_year: *birth_year,
            needs: need_codes(needs),
            situation: situation.code().to_owned(),
            grounds: grounds.iter().map(GroundRecord::from).collect(),
            quotient_euros: *quotient_euros,
            member_until: date_text(*member_until),
            prescriber: *prescriber,
            informed_on: date_text(*informed_on),
            sharing: sharing.code().to_owned(),
            sharing_chosen_ms: sharing_chosen.as_millisecond(),
            statistics_objection: *statistics_objection,
            statistics_chosen_ms: statistics_chosen.as_millisecond(),
            driver_notes: driver_notes.as_str().to_owned(),
            internal_notes: internal_notes.as_str().to_owned(),
            avoid: avoid.clone(),
            created_ms: created.as_millisecond(),
            revision: *revision,
            last_contact: last_contact.to_string(),
            pooling: (*pooling != Pooling::default() || pooling_chosen != created).then(|| PoolingRecord {
                choice: pooling.code().to_owned(),
                chosen_ms: pooling_chosen.as_millisecond(),
            }),
        }
    }
}

impl TryFrom<PersonRecord> for Person {
    type Error = EngineError;

    fn try_from(record: PersonRecord) -> Result<Self, EngineError> {
        let grounds = record.grounds.iter().map(GroundRecord::ground);
        let notes = |text: &str| Notes::parse(text).map_err(|_| broken(KIND));
        let details = PersonDetails {
            name: Name::parse(&record.name).map_err(|_| broken(KIND))?,
            phone: phone(&record.phone, KIND)?,
            email: email(&record.email, KIND)?,
            channel: parsed(&record.channel, KIND)?,
            home: record.home.place(KIND)?,
            birth_year: record.birth_year,
            needs: needs(&record.needs, KIND)?,
            situation: parsed(&record.situation, KIND)?,
            grounds: grounds.collect::<Result<_, _>>()?,
            quotient_euros: record.quotient_euros,
            member_until: dated(&record.member_until, KIND)?,
            prescriber: record.prescriber,
            informed_on: dated(&record.informed_on, KIND)?,
            sharing: parsed(&record.sharing, KIND)?,
            statistics_objection: record.statistics_objection,
            pooling: match &record.pooling {
                Some(known) => parsed(&known.choice, KIND)?,
                None => Pooling::default(),
            },
            driver_notes: notes(&record.driver_notes)?,
            internal_notes: notes(&record.internal_notes)?,
            avoid: record.avoid,
        };
        Ok(Self {
            id: record.id,
            details,
            created: instant(record.created_ms, KIND)?,
            revision: record.revision,
            last_contact: parsed(&record.last_contact, KIND)?,
            sharing_chosen: instant(record.sharing_chosen_ms, KIND)?,
            statistics_chosen: instant(record.statistics_chosen_ms, KIND)?,
            pooling_chosen: instant(record.pooling.map_or(record.created_ms, |known| known.chosen_ms), KIND)?,
        })
    }
}

impl GroundRecord {
    fn ground(&self) -> Result<Ground, EngineError> {
        let (from, seen): (Date, Date) = (parsed(&self.from, KIND)?, parsed(&self.seen, KIND)?);
        Ground::new(parsed(&self.kind, KIND)?, from, dated(&self.until, KIND)?, seen)
            .map_err(|_| broken(KIND))
    }
}

impl From<&Ground> for GroundRecord {
    fn from(ground: &Ground) -> Self {
        Self {
            kind: ground.kind().to_string(),
            from: ground.from().to_string(),
            until: date_text(ground.until()),
            seen: ground.seen().to_string(),
        }
    }
}
