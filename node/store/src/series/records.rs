//! Stored form of series, version 1. Times of day are minutes since midnight, days `YYYY-MM-DD`.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use maillage_domain::{
    ids::{PersonKind, RequestKind, SeriesKind},
    series::{Back, End, Exception, Journey, Outbound, Pattern, Series},
    text::Notes,
};
use maillage_engine::{EngineError, Record, RecordError};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use super::Made;
use crate::{
    fields::{PlaceRecord, broken, instant, parsed, upgraded},
    kinds,
};

const KIND: u16 = kinds::SERIES;

/// A series, version 1, without its exceptions.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeriesRecord {
    pub(super) id: Id<SeriesKind>,
    person: Id<PersonKind>,
    follows: Option<Id<SeriesKind>>,
    weekdays: String,
    every_weeks: u8,
    first: String,
    end: EndRecord,
    public_holidays: String,
    school_holidays: String,
    journey: JourneyRecord,
    revision: u64,
    created_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EndRecord {
    Open,
    Until(String),
    Count(u16),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct JourneyRecord {
    pickup: Option<PlaceRecord>,
    dropoff: PlaceRecord,
    outbound: OutboundRecord,
    back: Option<BackRecord>,
    companions: u8,
    purpose: String,
    tolerance_s: u32,
    late_ok: bool,
    notes: String,
    model: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OutboundRecord {
    ArriveByMin(i16),
    PickupAtMin(i16),
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum BackRecord {
    AtMin(i16),
    WhenCalled,
}

/// What is different on a day, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExceptionRecord {
    day: String,
    what: WhatRecord,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WhatRecord {
    Skipped,
    Kept,
    Changed { on: String, journey: Box<JourneyRecord> },
}

/// What was made for a day, version 2; version 1 did not keep how often its trips were edited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MadeRecord {
    date: String,
    request: Id<RequestKind>,
    trips: Vec<Id<TripKind>>,
    #[serde(default)]
    edits: Vec<u32>,
}

impl Record for SeriesRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl Record for ExceptionRecord {
    const KIND: u16 = kinds::SERIES_EXCEPTION;
    const VERSION: u16 = 1;
}

impl Record for MadeRecord {
    const KIND: u16 = kinds::SERIES_MADE;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => upgraded(kinds::SERIES_MADE, payload),
            version => Err(RecordError::Unreadable { kind: kinds::SERIES_MADE, version }),
        }
    }
}

impl From<&Series> for SeriesRecord {
    fn from(series: &Series) -> Self {
        let Series { id, person, follows, pattern, journey, exceptions: _, revision, created } = series;
        Self {
            id: *id,
            person: *person,
            follows: *follows,
            weekdays: pattern.weekdays().to_string(),
            every_weeks: pattern.every_weeks(),
            first: pattern.first().to_string(),
            end: match pattern.end() {
                End::Open => EndRecord::Open,
                End::Until(last) => EndRecord::Until(last.to_string()),
                End::Count(count) => EndRecord::Count(count),
            },
            public_holidays: pattern.public_holidays().code().to_owned(),
            school_holidays: pattern.school_holidays().code().to_owned(),
            journey: journey.into(),
            revision: *revision,
            created_ms: created.as_millisecond(),
        }
    }
}

impl SeriesRecord {
    pub(super) fn series(self, exceptions: BTreeMap<Date, Exception>) -> Result<Series, EngineError> {
        let end = match self.end {
            EndRecord::Open => End::Open,
            EndRecord::Until(last) => End::Until(parsed(&last, KIND)?),
            EndRecord::Count(count) => End::Count(count),
        };
        let first = parsed(&self.first, KIND)?;
        let (end, over) = match end {
            End::Until(last) if last < first => (End::Open, true),
            End::Open | End::Until(_) | End::Count(_) => (end, false),
        };
        let pattern = Pattern::new(parsed(&self.weekdays, KIND)?, self.every_weeks, first, end);
        let pattern = pattern.map(|pattern| if over { pattern.over() } else { pattern });
        let holidays = (parsed(&self.public_holidays, KIND)?, parsed(&self.school_holidays, KIND)?);
        Ok(Series {
            id: self.id,
            person: self.person,
            follows: self.follows,
            pattern: pattern.map_err(|_| broken(KIND))?.with_holidays(holidays.0, holidays.1),
            journey: self.journey.journey()?,
            exceptions,
            revision: self.revision,
            created: instant(self.created_ms, KIND)?,
        })
    }
}

impl From<&Journey> for JourneyRecord {
    fn from(journey: &Journey) -> Self {
        let Journey {
            pickup,
            dropoff,
            outbound,
            back,
            companions,
            purpose,
            tolerance_s,
            late_ok,
            notes,
            model,
        } = journey;
        Self {
            pickup: pickup.as_ref().map(PlaceRecord::from),
            dropoff: dropoff.into(),
            outbound: match outbound {
                Outbound::ArriveBy(time) => OutboundRecord::ArriveByMin(minutes(*time)),
                Outbound::PickupAt(time) => OutboundRecord::PickupAtMin(minutes(*time)),
            },
            back: back.map(|back| match back {
                Back::At(time) => BackRecord::AtMin(minutes(time)),
                Back::WhenCalled => BackRecord::WhenCalled,
            }),
            companions: *companions,
            purpose: purpose.code().to_owned(),
            tolerance_s: *tolerance_s,
            late_ok: *late_ok,
            notes: notes.as_str().to_owned(),
            model: model.as_ref().map(ToString::to_string),
        }
    }
}

impl JourneyRecord {
    fn journey(self) -> Result<Journey, EngineError> {
        let outbound = match self.outbound {
            OutboundRecord::ArriveByMin(at) => Outbound::ArriveBy(time(at)?),
            OutboundRecord::PickupAtMin(at) => Outbound::PickupAt(time(at)?),
        };
        let back = match self.back {
            None => None,
            Some(BackRecord::WhenCalled) => Some(Back::WhenCalled),
            Some(BackRecord::AtMin(at)) => Some(Back::At(time(at)?)),
        };
        Ok(Journey {
            pickup: self.pickup.map(|place| place.place(KIND)).transpose()?,
            dropoff: self.dropoff.place(KIND)?,
            outbound,
            back,
            companions: self.companions,
            purpose: parsed(&self.purpose, KIND)?,
            tolerance_s: self.tolerance_s,
            late_ok: self.late_ok,
            notes: Notes::parse(&self.notes).map_err(|_| broken(KIND))?,
            model: self.model.as_deref().map(|key| parsed(key, KIND)).transpose()?,
        })
    }
}

impl ExceptionRecord {
    pub(super) fn of(day: Date, exception: &Exception) -> Self {
        let what = match exception {
            Exception::Skipped => WhatRecord::Skipped,
            Exception::Kept => WhatRecord::Kept,
            Exception::Changed { on, journey } => {
                WhatRecord::Changed { on: on.to_string(), journey: Box::new(journey.as_ref().into()) }
            }
        };
        Self { day: day.to_string(), what }
    }

    pub(super) fn exception(self) -> Result<(Date, Exception), EngineError> {
        let exception = match self.what {
            WhatRecord::Skipped => Exception::Skipped,
            WhatRecord::Kept => Exception::Kept,
            WhatRecord::Changed { on, journey } => {
                Exception::Changed { on: parsed(&on, KIND)?, journey: Box::new(journey.journey()?) }
            }
        };
        Ok((parsed(&self.day, KIND)?, exception))
    }
}

impl From<&Made> for MadeRecord {
    fn from(made: &Made) -> Self {
        let Made { date, request, trips, edits } = made;
        Self { date: date.to_string(), request: *request, trips: trips.clone(), edits: edits.clone() }
    }
}

impl TryFrom<MadeRecord> for Made {
    type Error = EngineError;

    fn try_from(record: MadeRecord) -> Result<Self, EngineError> {
        let date = parsed(&record.date, kinds::SERIES_MADE)?;
        Ok(Self { date, request: record.request, trips: record.trips, edits: record.edits })
    }
}

fn minutes(time: Time) -> i16 {
    i16::from(time.hour()) * 60 + i16::from(time.minute())
}

fn time(minutes: i16) -> Result<Time, EngineError> {
    let part = |number: i16| i8::try_from(number).map_err(|_| broken(KIND));
    Time::new(part(minutes / 60)?, part(minutes % 60)?, 0, 0).map_err(|_| broken(KIND))
}
