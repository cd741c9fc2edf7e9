//! Pathways as they are stored, and their way from and to the domain.

use maillage_domain::{
    ids::{
        LoanKind, PathwayKind, PersonKind, PrescriberKind, ReferralKind, RequestKind, SeriesKind, ServiceKind,
    },
    pathway::{BasketItem, Diagnosis, Exit, FollowUp, Pathway, Stage},
    text::Notes,
};
use maillage_engine::{EngineError, Record};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    assets::{day, day_text},
    fields::{broken, instant, parsed},
    kinds,
};

const KIND: u16 = kinds::PATHWAY;

/// A pathway, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PathwayRecord {
    id: Id<PathwayKind>,
    person: Id<PersonKind>,
    referral: Option<Id<ReferralKind>>,
    prescriber: Option<Id<PrescriberKind>>,
    entered: String,
    stage: StageRecord,
    basket: Vec<BasketRecord>,
    follow_ups: Vec<FollowUpRecord>,
    notes: String,
    revision: u64,
    created_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StageRecord {
    Entered,
    Diagnosed { diagnosis: DiagnosisRecord },
    Accompanied { diagnosis: DiagnosisRecord, basket_on: String },
    Exited { diagnosis: Option<DiagnosisRecord>, basket_on: Option<String>, on: String, outcome: String },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DiagnosisRecord {
    on: String,
    service: Option<Id<ServiceKind>>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum BasketRecord {
    Request(Id<RequestKind>),
    Series(Id<SeriesKind>),
    Loan(Id<LoanKind>),
    Service(Id<ServiceKind>),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FollowUpRecord {
    milestone: String,
    on: String,
    heard: Option<String>,
}

impl Record for PathwayRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl From<&Pathway> for PathwayRecord {
    fn from(pathway: &Pathway) -> Self {
        let Pathway {
            id,
            person,
            referral,
            prescriber,
            entered,
            stage,
            basket,
            follow_ups,
            notes,
            revision,
            created,
        } = pathway;
        let follow_up =
            |(milestone, follow_up): (&maillage_domain::pathway::Milestone, &FollowUp)| FollowUpRecord {
                milestone: milestone.code().to_owned(),
                on: follow_up.on.to_string(),
                heard: follow_up.heard.map(|outcome| outcome.code().to_owned()),
            };
        Self {
            id: *id,
            person: *person,
            referral: *referral,
            prescriber: *prescriber,
            entered: entered.to_string(),
            stage: stage.into(),
            basket: basket.iter().map(BasketRecord::from).collect(),
            follow_ups: follow_ups.iter().map(follow_up).collect(),
            notes: notes.as_str().to_owned(),
            revision: *revision,
            created_ms: created.as_millisecond(),
        }
    }
}

impl TryFrom<PathwayRecord> for Pathway {
    type Error = EngineError;

    fn try_from(record: PathwayRecord) -> Result<Self, EngineError> {
        let follow_up = |record: &FollowUpRecord| {
            let heard = record.heard.as_ref().map(|code| parsed(code, KIND)).transpose()?;
            Ok((parsed(&record.milestone, KIND)?, FollowUp { on: parsed(&record.on, KIND)?, heard }))
        };
        Ok(Self {
            id: record.id,
            person: record.person,
            referral: record.referral,
            prescriber: record.prescriber,
            entered: parsed(&record.entered, KIND)?,
            stage: record.stage.try_into()?,
            basket: record.basket.iter().map(BasketItem::from).collect(),
            follow_ups: record.follow_ups.iter().map(follow_up).collect::<Result<_, EngineError>>()?,
            notes: Notes::parse(&record.notes).map_err(|_| broken(KIND))?,
            revision: record.revision,
            created: instant(record.created_ms, KIND)?,
        })
    }
}

impl From<&Stage> for StageRecord {
    fn from(stage: &Stage) -> Self {
        match stage {
            Stage::Entered => Self::Entered,
            Stage::Diagnosed(diagnosis) => Self::Diagnosed { diagnosis: diagnosis.into() },
            Stage::Accompanied(diagnosis, on) => {
                Self::Accompanied { diagnosis: diagnosis.into(), basket_on: on.to_string() }
            }
            Stage::Exited { diagnosis, basket_on, exit } => Self::Exited {
                diagnosis: diagnosis.as_ref().map(DiagnosisRecord::from),
                basket_on: day_text(*basket_on),
                on: exit.on.to_string(),
                outcome: exit.outcome.code().to_owned(),
            },
        }
    }
}

impl TryFrom<StageRecord> for Stage {
    type Error = EngineError;

    fn try_from(record: StageRecord) -> Result<Self, EngineError> {
        Ok(match record {
            StageRecord::Entered => Self::Entered,
            StageRecord::Diagnosed { diagnosis } => Self::Diagnosed(diagnosis.try_into()?),
            StageRecord::Accompanied { diagnosis, basket_on } => {
                Self::Accompanied(diagnosis.try_into()?, parsed(&basket_on, KIND)?)
            }
            StageRecord::Exited { diagnosis, basket_on, on, outcome } => Self::Exited {
                diagnosis: diagnosis.map(Diagnosis::try_from).transpose()?,
                basket_on: day(basket_on.as_ref(), KIND)?,
                exit: Exit { on: parsed(&on, KIND)?, outcome: parsed(&outcome, KIND)? },
            },
        })
    }
}

impl From<&Diagnosis> for DiagnosisRecord {
    fn from(diagnosis: &Diagnosis) -> Self {
        Self { on: diagnosis.on.to_string(), service: diagnosis.service }
    }
}

impl TryFrom<DiagnosisRecord> for Diagnosis {
    type Error = EngineError;

    fn try_from(record: DiagnosisRecord) -> Result<Self, EngineError> {
        Ok(Self { on: parsed(&record.on, KIND)?, service: record.service })
    }
}

impl From<&BasketItem> for BasketRecord {
    fn from(item: &BasketItem) -> Self {
        match item {
            BasketItem::Request(id) => Self::Request(*id),
            BasketItem::Series(id) => Self::Series(*id),
            BasketItem::Loan(id) => Self::Loan(*id),
            BasketItem::Service(id) => Self::Service(*id),
        }
    }
}

impl From<&BasketRecord> for BasketItem {
    fn from(record: &BasketRecord) -> Self {
        match record {
            BasketRecord::Request(id) => Self::Request(*id),
            BasketRecord::Series(id) => Self::Series(*id),
            BasketRecord::Loan(id) => Self::Loan(*id),
            BasketRecord::Service(id) => Self::Service(*id),
        }
    }
}
