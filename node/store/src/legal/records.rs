//! Carriers, frames and exceptions as they are written.

use std::collections::BTreeMap;

use maillage_domain::{
    ids::{CarrierKind, ExceptionKind},
    legal::{
        Carrier, CarrierDetails, ExceptionAbout, ExceptionSubject, FrameDecision, FrameException, Ground,
        Headcount, Reason, Rna,
    },
    text::{Line, Name, Notes},
};
use maillage_engine::{EngineError, Record};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use super::TripFrame;
use crate::{
    fields::{PlaceRecord, broken, instant, parsed},
    kinds,
};

/// A carrier, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CarrierRecord {
    id: Id<CarrierKind>,
    name: String,
    form: String,
    rna: String,
    address: PlaceRecord,
    object: String,
    private_service: bool,
    tax_rate: String,
    headcounts: BTreeMap<i16, HeadcountRecord>,
    revision: u64,
    created_ms: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct HeadcountRecord {
    employees: u32,
    volunteers: u32,
    members: u32,
}

/// The frame of a trip, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TripFrameRecord {
    trip: Id<TripKind>,
    carrier: Option<Id<CarrierKind>>,
    verdict: String,
    frame: String,
    ground: String,
    reasons: Vec<ReasonRecord>,
    rules_version: String,
    on: String,
    exception: Option<Id<ExceptionKind>>,
    at_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ReasonRecord {
    code: String,
    article: String,
    figures: BTreeMap<String, String>,
}

/// An exception, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExceptionRecord {
    id: Id<ExceptionKind>,
    subject: String,
    subject_id: String,
    by: String,
    reason: String,
    at_ms: i64,
    /// Empty for the legal frames.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    about: String,
}

/// Implements a record of version 1.
macro_rules! record {
    ($record:ident, $kind:expr) => {
        impl Record for $record {
            const KIND: u16 = $kind;
            const VERSION: u16 = 1;
        }
    };
}

record!(CarrierRecord, kinds::CARRIER);
record!(TripFrameRecord, kinds::TRIP_FRAME);
record!(ExceptionRecord, kinds::FRAME_EXCEPTION);

impl From<&Carrier> for CarrierRecord {
    fn from(carrier: &Carrier) -> Self {
        let Carrier { id, details, revision, created } = carrier;
        let CarrierDetails { name, form, rna, address, object, private_service, tax_rate, headcounts } =
            details;
        let headcount = |headcount: &Headcount| {
            let Headcount { employees, volunteers, members } = *headcount;
            HeadcountRecord { employees, volunteers, members }
        };
        Self {
            id: *id,
            name: name.as_str().to_owned(),
            form: form.code().to_owned(),
            rna: rna.as_ref().map(Rna::as_str).unwrap_or_default().to_owned(),
            address: address.into(),
            object: object.as_str().to_owned(),
            private_service: *private_service,
            tax_rate: tax_rate.code().to_owned(),
            headcounts: headcounts.iter().map(|(year, people)| (*year, headcount(people))).collect(),
            revision: *revision,
            created_ms: created.as_millisecond(),
        }
    }
}

impl TryFrom<CarrierRecord> for Carrier {
    type Error = EngineError;

    fn try_from(record: CarrierRecord) -> Result<Self, EngineError> {
        const KIND: u16 = kinds::CARRIER;
        let headcount = |record: HeadcountRecord| Headcount {
            employees: record.employees,
            volunteers: record.volunteers,
            members: record.members,
        };
        let details = CarrierDetails {
            name: Name::parse(&record.name).map_err(|_| broken(KIND))?,
            form: parsed(&record.form, KIND)?,
            rna: if record.rna.is_empty() { None } else { Some(parsed(&record.rna, KIND)?) },
            address: record.address.place(KIND)?,
            object: Line::parse(&record.object).map_err(|_| broken(KIND))?,
            private_service: record.private_service,
            tax_rate: parsed(&record.tax_rate, KIND)?,
            headcounts: record
                .headcounts
                .into_iter()
                .map(|(year, people)| (year, headcount(people)))
                .collect(),
        };
        let created = instant(record.created_ms, KIND)?;
        Ok(Self { id: record.id, details, revision: record.revision, created })
    }
}

impl From<&TripFrame> for TripFrameRecord {
    fn from(trip_frame: &TripFrame) -> Self {
        let TripFrame { trip, carrier, decision, exception, at } = trip_frame;
        let FrameDecision { verdict, frame, ground, reasons, rules_version, on } = decision;
        let reason = |reason: &Reason| ReasonRecord {
            code: reason.code.code().to_owned(),
            article: reason.article.clone(),
            figures: reason.figures.clone(),
        };
        Self {
            trip: *trip,
            carrier: *carrier,
            verdict: verdict.code().to_owned(),
            frame: frame.map(|frame| frame.code().to_owned()).unwrap_or_default(),
            ground: ground.as_ref().map(Ground::written).unwrap_or_default(),
            reasons: reasons.iter().map(reason).collect(),
            rules_version: rules_version.clone(),
            on: on.to_string(),
            exception: *exception,
            at_ms: at.as_millisecond(),
        }
    }
}

impl TryFrom<TripFrameRecord> for TripFrame {
    type Error = EngineError;

    fn try_from(record: TripFrameRecord) -> Result<Self, EngineError> {
        const KIND: u16 = kinds::TRIP_FRAME;
        let reason = |record: ReasonRecord| -> Result<Reason, EngineError> {
            let ReasonRecord { code, article, figures } = record;
            Ok(Reason { code: parsed(&code, KIND)?, article, figures })
        };
        let ground = match record.ground.as_str() {
            "" => None,
            written => Some(Ground::read(written).ok_or_else(|| broken(KIND))?),
        };
        let decision = FrameDecision {
            verdict: parsed(&record.verdict, KIND)?,
            frame: if record.frame.is_empty() { None } else { Some(parsed(&record.frame, KIND)?) },
            ground,
            reasons: record.reasons.into_iter().map(reason).collect::<Result<_, _>>()?,
            rules_version: record.rules_version,
            on: parsed(&record.on, KIND)?,
        };
        let at = instant(record.at_ms, KIND)?;
        Ok(Self { trip: record.trip, carrier: record.carrier, decision, exception: record.exception, at })
    }
}

impl From<&FrameException> for ExceptionRecord {
    fn from(exception: &FrameException) -> Self {
        let FrameException { id, subject, about, by, reason, at } = exception;
        Self {
            id: *id,
            subject: subject.code().to_owned(),
            subject_id: subject.id_text(),
            by: by.clone(),
            reason: reason.as_str().to_owned(),
            at_ms: at.as_millisecond(),
            about: match about {
                ExceptionAbout::Frame => String::new(),
                ExceptionAbout::Access => about.code().to_owned(),
            },
        }
    }
}

impl TryFrom<ExceptionRecord> for FrameException {
    type Error = EngineError;

    fn try_from(record: ExceptionRecord) -> Result<Self, EngineError> {
        const KIND: u16 = kinds::FRAME_EXCEPTION;
        let subject = match record.subject.as_str() {
            "trip" => ExceptionSubject::Trip(parsed(&record.subject_id, KIND)?),
            "request" => ExceptionSubject::Request(parsed(&record.subject_id, KIND)?),
            "series" => ExceptionSubject::Series(parsed(&record.subject_id, KIND)?),
            _ => return Err(broken(KIND)),
        };
        Ok(Self {
            id: record.id,
            subject,
            about: match record.about.as_str() {
                "" => ExceptionAbout::Frame,
                code => parsed(code, KIND)?,
            },
            by: record.by,
            reason: Notes::parse(&record.reason).map_err(|_| broken(KIND))?,
            at: instant(record.at_ms, KIND)?,
        })
    }
}
