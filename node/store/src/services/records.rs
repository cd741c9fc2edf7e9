//! Services as they are stored, and their way from and to the domain.

use jiff::Timestamp;
use maillage_domain::{
    ids::{PersonKind, ServiceKind},
    money::Cents,
    service::{
        Case, Service, ServiceSubject,
        advice::Advice,
        financial_aid::FinancialAid,
        garage::Garage,
        licence_aid::{Grant, LicenceAid},
        outreach::Outreach,
    },
    text::Notes,
};
use maillage_engine::{EngineError, Record};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant, parsed},
    kinds,
};

const KIND: u16 = kinds::SERVICE;

/// A service, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceRecord {
    id: Id<ServiceKind>,
    subject: SubjectRecord,
    case: CaseRecord,
    notes: String,
    revision: u64,
    created_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SubjectRecord {
    Person(Id<PersonKind>),
    Commune(String),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CaseRecord {
    Advice { form: String, state: AdviceRecord },
    LicenceAid { category: String, state: LicenceAidRecord },
    Garage(GarageRecord),
    FinancialAid(FinancialAidRecord),
    Outreach(OutreachRecord),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AdviceRecord {
    Planned { at_ms: i64 },
    Held { on: String, conclusions: Vec<String> },
    Missed { on: String },
    Cancelled { reason: String },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LicenceAidRecord {
    Applied,
    Refused { reason: String },
    Granted { grant: GrantRecord },
    Lessons { grant: GrantRecord },
    TheoryPassed { grant: GrantRecord },
    Obtained { grant: GrantRecord, on: String },
    Abandoned { grant: Option<GrantRecord>, reason: String },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct GrantRecord {
    amount_cents: i64,
    on: String,
    lesson_hours: u16,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum GarageRecord {
    Requested,
    Estimated { estimate_cents: i64 },
    Agreed { estimate_cents: i64, share_cents: i64 },
    Repaired { amount_cents: i64, share_cents: i64, on: String },
    Refused { reason: String },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FinancialAidRecord {
    Asked { asked_cents: i64 },
    Granted { amount_cents: i64 },
    Refused { reason: String },
    Paid { amount_cents: i64, on: String },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OutreachRecord {
    Planned { at_ms: i64 },
    Done { on: String, attendance: u16 },
    Cancelled { reason: String },
}

impl Record for ServiceRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl From<&Service> for ServiceRecord {
    fn from(service: &Service) -> Self {
        let Service { id, subject, case, notes, revision, created } = service;
        Self {
            id: *id,
            subject: match subject {
                ServiceSubject::Person(person) => SubjectRecord::Person(*person),
                ServiceSubject::Commune(commune) => SubjectRecord::Commune(commune.as_str().to_owned()),
            },
            case: case.into(),
            notes: notes.as_str().to_owned(),
            revision: *revision,
            created_ms: created.as_millisecond(),
        }
    }
}

impl TryFrom<ServiceRecord> for Service {
    type Error = EngineError;

    fn try_from(record: ServiceRecord) -> Result<Self, EngineError> {
        Ok(Self {
            id: record.id,
            subject: match record.subject {
                SubjectRecord::Person(person) => ServiceSubject::Person(person),
                SubjectRecord::Commune(commune) => ServiceSubject::Commune(parsed(&commune, KIND)?),
            },
            case: record.case.try_into()?,
            notes: Notes::parse(&record.notes).map_err(|_| broken(KIND))?,
            revision: record.revision,
            created: time(record.created_ms)?,
        })
    }
}

impl From<&Case> for CaseRecord {
    fn from(case: &Case) -> Self {
        match case {
            Case::Advice(form, state) => Self::Advice { form: form.code().to_owned(), state: state.into() },
            Case::LicenceAid(category, state) => {
                Self::LicenceAid { category: category.code().to_owned(), state: state.into() }
            }
            Case::Garage(state) => Self::Garage(state.into()),
            Case::FinancialAid(state) => Self::FinancialAid(state.into()),
            Case::Outreach(state) => Self::Outreach(state.into()),
        }
    }
}

impl TryFrom<CaseRecord> for Case {
    type Error = EngineError;

    fn try_from(record: CaseRecord) -> Result<Self, EngineError> {
        Ok(match record {
            CaseRecord::Advice { form, state } => Self::Advice(parsed(&form, KIND)?, state.try_into()?),
            CaseRecord::LicenceAid { category, state } => {
                Self::LicenceAid(parsed(&category, KIND)?, state.try_into()?)
            }
            CaseRecord::Garage(state) => Self::Garage(state.try_into()?),
            CaseRecord::FinancialAid(state) => Self::FinancialAid(state.try_into()?),
            CaseRecord::Outreach(state) => Self::Outreach(state.try_into()?),
        })
    }
}

impl From<&Advice> for AdviceRecord {
    fn from(state: &Advice) -> Self {
        match state {
            Advice::Planned { at } => Self::Planned { at_ms: at.as_millisecond() },
            Advice::Held { on, conclusions } => Self::Held {
                on: on.to_string(),
                conclusions: conclusions.iter().map(|conclusion| conclusion.code().to_owned()).collect(),
            },
            Advice::Missed { on } => Self::Missed { on: on.to_string() },
            Advice::Cancelled { reason } => Self::Cancelled { reason: reason.code().to_owned() },
        }
    }
}

impl TryFrom<AdviceRecord> for Advice {
    type Error = EngineError;

    fn try_from(record: AdviceRecord) -> Result<Self, EngineError> {
        Ok(match record {
            AdviceRecord::Planned { at_ms } => Self::Planned { at: time(at_ms)? },
            AdviceRecord::Held { on, conclusions } => Self::Held {
                on: parsed(&on, KIND)?,
                conclusions: conclusions.iter().map(|code| parsed(code, KIND)).collect::<Result<_, _>>()?,
            },
            AdviceRecord::Missed { on } => Self::Missed { on: parsed(&on, KIND)? },
            AdviceRecord::Cancelled { reason } => Self::Cancelled { reason: parsed(&reason, KIND)? },
        })
    }
}

impl From<&LicenceAid> for LicenceAidRecord {
    fn from(state: &LicenceAid) -> Self {
        match state {
            LicenceAid::Applied => Self::Applied,
            LicenceAid::Refused { reason } => Self::Refused { reason: reason.code().to_owned() },
            LicenceAid::Granted(grant) => Self::Granted { grant: grant.into() },
            LicenceAid::Lessons(grant) => Self::Lessons { grant: grant.into() },
            LicenceAid::TheoryPassed(grant) => Self::TheoryPassed { grant: grant.into() },
            LicenceAid::Obtained { grant, on } => Self::Obtained { grant: grant.into(), on: on.to_string() },
            LicenceAid::Abandoned { grant, reason } => Self::Abandoned {
                grant: grant.as_ref().map(GrantRecord::from),
                reason: reason.code().to_owned(),
            },
        }
    }
}

impl TryFrom<LicenceAidRecord> for LicenceAid {
    type Error = EngineError;

    fn try_from(record: LicenceAidRecord) -> Result<Self, EngineError> {
        Ok(match record {
            LicenceAidRecord::Applied => Self::Applied,
            LicenceAidRecord::Refused { reason } => Self::Refused { reason: parsed(&reason, KIND)? },
            LicenceAidRecord::Granted { grant } => Self::Granted(grant.try_into()?),
            LicenceAidRecord::Lessons { grant } => Self::Lessons(grant.try_into()?),
            LicenceAidRecord::TheoryPassed { grant } => Self::TheoryPassed(grant.try_into()?),
            LicenceAidRecord::Obtained { grant, on } => {
                Self::Obtained { grant: grant.try_into()?, on: parsed(&on, KIND)? }
            }
            LicenceAidRecord::Abandoned { grant, reason } => Self::Abandoned {
                grant: grant.map(Grant::try_from).transpose()?,
                reason: parsed(&reason, KIND)?,
            },
        })
    }
}

impl From<&Grant> for GrantRecord {
    fn from(grant: &Grant) -> Self {
        let Grant { amount, on, lesson_hours } = grant;
        Self { amount_cents: amount.get(), on: on.to_string(), lesson_hours: *lesson_hours }
    }
}

impl TryFrom<GrantRecord> for Grant {
    type Error = EngineError;

    fn try_from(record: GrantRecord) -> Result<Self, EngineError> {
        Ok(Self {
            amount: Cents::new(record.amount_cents),
            on: parsed(&record.on, KIND)?,
            lesson_hours: record.lesson_hours,
        })
    }
}

impl From<&Garage> for GarageRecord {
    fn from(state: &Garage) -> Self {
        match state {
            Garage::Requested => Self::Requested,
            Garage::Estimated { estimate } => Self::Estimated { estimate_cents: estimate.get() },
            Garage::Agreed { estimate, share } => {
                Self::Agreed { estimate_cents: estimate.get(), share_cents: share.get() }
            }
            Garage::Repaired { amount, share, on } => {
                Self::Repaired { amount_cents: amount.get(), share_cents: share.get(), on: on.to_string() }
            }
            Garage::Refused { reason } => Self::Refused { reason: reason.code().to_owned() },
        }
    }
}

impl TryFrom<GarageRecord> for Garage {
    type Error = EngineError;

    fn try_from(record: GarageRecord) -> Result<Self, EngineError> {
        Ok(match record {
            GarageRecord::Requested => Self::Requested,
            GarageRecord::Estimated { estimate_cents } => {
                Self::Estimated { estimate: Cents::new(estimate_cents) }
            }
            GarageRecord::Agreed { estimate_cents, share_cents } => {
                Self::Agreed { estimate: Cents::new(estimate_cents), share: Cents::new(share_cents) }
            }
            GarageRecord::Repaired { amount_cents, share_cents, on } => Self::Repaired {
                amount: Cents::new(amount_cents),
                share: Cents::new(share_cents),
                on: parsed(&on, KIND)?,
            },
            GarageRecord::Refused { reason } => Self::Refused { reason: parsed(&reason, KIND)? },
        })
    }
}

impl From<&FinancialAid> for FinancialAidRecord {
    fn from(state: &FinancialAid) -> Self {
        match state {
            FinancialAid::Asked { asked } => Self::Asked { asked_cents: asked.get() },
            FinancialAid::Granted { amount } => Self::Granted { amount_cents: amount.get() },
            FinancialAid::Refused { reason } => Self::Refused { reason: reason.code().to_owned() },
            FinancialAid::Paid { amount, on } => {
                Self::Paid { amount_cents: amount.get(), on: on.to_string() }
            }
        }
    }
}

impl TryFrom<FinancialAidRecord> for FinancialAid {
    type Error = EngineError;

    fn try_from(record: FinancialAidRecord) -> Result<Self, EngineError> {
        Ok(match record {
            FinancialAidRecord::Asked { asked_cents } => Self::Asked { asked: Cents::new(asked_cents) },
            FinancialAidRecord::Granted { amount_cents } => {
                Self::Granted { amount: Cents::new(amount_cents) }
            }
            FinancialAidRecord::Refused { reason } => Self::Refused { reason: parsed(&reason, KIND)? },
            FinancialAidRecord::Paid { amount_cents, on } => {
                Self::Paid { amount: Cents::new(amount_cents), on: parsed(&on, KIND)? }
            }
        })
    }
}

impl From<&Outreach> for OutreachRecord {
    fn from(state: &Outreach) -> Self {
        match state {
            Outreach::Planned { at } => Self::Planned { at_ms: at.as_millisecond() },
            Outreach::Done { on, attendance } => Self::Done { on: on.to_string(), attendance: *attendance },
            Outreach::Cancelled { reason } => Self::Cancelled { reason: reason.code().to_owned() },
        }
    }
}

impl TryFrom<OutreachRecord> for Outreach {
    type Error = EngineError;

    fn try_from(record: OutreachRecord) -> Result<Self, EngineError> {
        Ok(match record {
            OutreachRecord::Planned { at_ms } => Self::Planned { at: time(at_ms)? },
            OutreachRecord::Done { on, attendance } => Self::Done { on: parsed(&on, KIND)?, attendance },
            OutreachRecord::Cancelled { reason } => Self::Cancelled { reason: parsed(&reason, KIND)? },
        })
    }
}

fn time(unix_ms: i64) -> Result<Timestamp, EngineError> {
    instant(unix_ms, KIND)
}
