//! Services beyond rides and loans: advice, licence aid, solidarity garage, financial aid, outreach. Each has a small life
//! of its own with one transition function, total and table-tested; this module is what they have in common. Must never
//! hold why a person needs help: reasons are codes.

pub mod advice;
pub mod financial_aid;
pub mod garage;
pub mod licence_aid;
pub mod outreach;

#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use maillage_federation::{ids::Id, month::paris};
use maillage_geography::InseeCode;

use self::{
    advice::{Advice, AdviceAction, AdviceForm},
    financial_aid::{FinancialAid, FinancialAidAction},
    garage::{Garage, GarageAction},
    licence_aid::{LicenceAid, LicenceAidAction, LicenceCategory},
    outreach::{Outreach, OutreachAction},
};
use crate::{
    codes::{UnknownCode, coded},
    ids::{PersonKind, ServiceKind},
    limits::{AMOUNT_CENTS, LESSON_HOURS},
    money::Cents,
    text::Notes,
};

/// One service rendered to a person, or to the people of a commune.
#[derive(Clone, PartialEq, Eq)]
pub struct Service {
    /// Its identifier.
    pub id: Id<ServiceKind>,
    /// To whom.
    pub subject: ServiceSubject,
    /// Which kind it is, and where it stands.
    pub case: Case,
    /// What the desk should know. Never shown to a prescriber.
    pub notes: Notes,
    /// How often it was changed.
    pub revision: u64,
    /// When it was opened.
    pub created: Timestamp,
}

/// To whom a service is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceSubject {
    /// A beneficiary.
    Person(Id<PersonKind>),
    /// Whoever comes, in a commune: nobody is noted by name.
    Commune(InseeCode),
}

/// The kinds of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceType {
    /// Advice or diagnosis.
    Advice,
    /// Aid towards a licence.
    LicenceAid,
    /// Repair at a solidarity garage.
    Garage,
    /// Money.
    FinancialAid,
    /// A visit to a commune.
    Outreach,
}

coded!(ServiceType {
    Advice = "advice",
    LicenceAid = "licence-aid",
    Garage = "garage",
    FinancialAid = "financial-aid",
    Outreach = "outreach",
});

/// A kind of service and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Case {
    /// Advice or diagnosis.
    Advice(AdviceForm, Advice),
    /// Aid towards a licence.
    LicenceAid(LicenceCategory, LicenceAid),
    /// Repair at a solidarity garage.
    Garage(Garage),
    /// Money.
    FinancialAid(FinancialAid),
    /// A visit to a commune.
    Outreach(Outreach),
}

/// Something that is done to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceAction {
    /// To advice.
    Advice(AdviceAction),
    /// To aid towards a licence.
    LicenceAid(LicenceAidAction),
    /// To a repair.
    Garage(GarageAction),
    /// To financial aid.
    FinancialAid(FinancialAidAction),
    /// To a visit.
    Outreach(OutreachAction),
}

/// Why a service is not granted, or does not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceReason {
    /// The person does not want it any more.
    Withdrawn,
    /// Not for this person: the conditions are not met.
    NotEligible,
    /// No money left for it.
    NoBudget,
    /// A paper is missing.
    Papers,
    /// Somebody else helps.
    HelpedElsewhere,
    /// Not worth it, such as a repair dearer than the car.
    NotWorthIt,
    /// Nobody is there to do it.
    NobodyThere,
    /// Nothing was heard any more.
    LostContact,
    /// Anything else.
    Other,
}

coded!(ServiceReason {
    Withdrawn = "withdrawn",
    NotEligible = "not-eligible",
    NoBudget = "no-budget",
    Papers = "papers",
    HelpedElsewhere = "helped-elsewhere",
    NotWorthIt = "not-worth-it",
    NobodyThere = "nobody-there",
    LostContact = "lost-contact",
    Other = "other",
});

/// Why an action is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// The state does not allow it.
    #[error("cannot {action} a service that is {state}")]
    WrongState {
        /// What was wanted.
        action: &'static str,
        /// Code of the state.
        state: &'static str,
    },
    /// The action is for another kind of service.
    #[error("this is done to {wanted}, not to {found}")]
    WrongKind {
        /// The kind the action is for.
        wanted: ServiceType,
        /// The kind of this service.
        found: ServiceType,
    },
    /// Outreach is for a commune, everything else for a person.
    #[error("outreach is for a commune, every other service for a person")]
    Subject,
    /// A sum of nothing or less, or above what is paid.
    #[error("a sum has 1 to {AMOUNT_CENTS} cents")]
    Amount,
    /// The person cannot pay more than it costs.
    #[error("the share is greater than the whole")]
    ShareAboveAmount,
    /// Advice that was held leads to something, if only to nothing to do.
    #[error("at least one conclusion is wanted")]
    NoConclusion,
    /// Hours that nobody takes.
    #[error("1 to {LESSON_HOURS} hours in all")]
    Hours,
    /// It cannot have happened after today.
    #[error("it cannot have happened after today")]
    InTheFuture,
}

impl Service {
    /// Opens a service.
    ///
    /// # Errors
    /// Outreach to a person, or anything else to a commune; a sum nobody pays.
    pub fn open(
        id: Id<ServiceKind>,
        subject: ServiceSubject,
        case: Case,
        notes: Notes,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        let to_commune = matches!(subject, ServiceSubject::Commune(_));
        if to_commune != (case.kind() == ServiceType::Outreach) {
            return Err(ServiceError::Subject);
        }
        if let Case::FinancialAid(FinancialAid::Asked { asked }) = &case {
            sum(*asked)?;
        }
        Ok(Self { id, subject, case, notes, revision: 1, created: now })
    }

    /// The service after an action, done now.
    ///
    /// # Errors
    /// An action for another kind, a state that does not allow it, a date after today.
    pub fn apply(&self, action: ServiceAction, now: Timestamp) -> Result<Self, ServiceError> {
        let today = now.to_zoned(paris()).date();
        if action.day().is_some_and(|day| day > today) {
            return Err(ServiceError::InTheFuture);
        }
        let wrong = ServiceError::WrongKind { wanted: action.kind(), found: self.case.kind() };
        let case = match (&self.case, action) {
            (Case::Advice(form, state), ServiceAction::Advice(action)) => {
                Case::Advice(*form, state.apply(action)?)
            }
            (Case::LicenceAid(category, state), ServiceAction::LicenceAid(action)) => {
                Case::LicenceAid(*category, state.apply(action)?)
            }
            (Case::Garage(state), ServiceAction::Garage(action)) => Case::Garage(state.apply(action)?),
            (Case::FinancialAid(state), ServiceAction::FinancialAid(action)) => {
                Case::FinancialAid(state.apply(action)?)
            }
            (Case::Outreach(state), ServiceAction::Outreach(action)) => Case::Outreach(state.apply(action)?),
            (
                Case::Advice(..)
                | Case::LicenceAid(..)
                | Case::Garage(_)
                | Case::FinancialAid(_)
                | Case::Outreach(_),
                ServiceAction::Advice(_)
                | ServiceAction::LicenceAid(_)
                | ServiceAction::Garage(_)
                | ServiceAction::FinancialAid(_)
                | ServiceAction::Outreach(_),
            ) => return Err(wrong),
        };
        Ok(Self { case, revision: self.revision + 1, ..self.clone() })
    }

    /// The beneficiary, if it is for one.
    pub fn person(&self) -> Option<Id<PersonKind>> {
        match self.subject {
            ServiceSubject::Person(person) => Some(person),
            ServiceSubject::Commune(_) => None,
        }
    }

    /// The day from which it counts as rendered: advice held, aid granted, car repaired, money paid, visit done. None
    /// before, and none for what was refused or missed.
    pub fn rendered(&self) -> Option<Date> {
        match &self.case {
            Case::Advice(_, state) => state.held_on(),
            Case::LicenceAid(_, state) => state.granted_on(),
            Case::Garage(state) => state.repaired_on(),
            Case::FinancialAid(state) => state.paid_on(),
            Case::Outreach(state) => state.done_on(),
        }
    }
}

impl Case {
    /// Which kind it is.
    pub fn kind(&self) -> ServiceType {
        match self {
            Self::Advice(..) => ServiceType::Advice,
            Self::LicenceAid(..) => ServiceType::LicenceAid,
            Self::Garage(_) => ServiceType::Garage,
            Self::FinancialAid(_) => ServiceType::FinancialAid,
            Self::Outreach(_) => ServiceType::Outreach,
        }
    }

    /// Code of where it stands.
    pub fn state(&self) -> &'static str {
        match self {
            Self::Advice(_, state) => state.code(),
            Self::LicenceAid(_, state) => state.code(),
            Self::Garage(state) => state.code(),
            Self::FinancialAid(state) => state.code(),
            Self::Outreach(state) => state.code(),
        }
    }

    /// Whether something is left to do.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Advice(_, state) => state.is_open(),
            Self::LicenceAid(_, state) => state.is_open(),
            Self::Garage(state) => state.is_open(),
            Self::FinancialAid(state) => state.is_open(),
            Self::Outreach(state) => state.is_open(),
        }
    }
}

impl ServiceAction {
    /// The kind of service it is for.
    pub fn kind(&self) -> ServiceType {
        match self {
            Self::Advice(_) => ServiceType::Advice,
            Self::LicenceAid(_) => ServiceType::LicenceAid,
            Self::Garage(_) => ServiceType::Garage,
            Self::FinancialAid(_) => ServiceType::FinancialAid,
            Self::Outreach(_) => ServiceType::Outreach,
        }
    }

    /// The day on which it was done, if it says one.
    fn day(&self) -> Option<Date> {
        match self {
            Self::Advice(action) => action.day(),
            Self::LicenceAid(action) => action.day(),
            Self::Garage(action) => action.day(),
            Self::FinancialAid(action) => action.day(),
            Self::Outreach(action) => action.day(),
        }
    }
}

/// A sum that is granted or paid: something, and not beyond what anybody pays.
fn sum(cents: Cents) -> Result<Cents, ServiceError> {
    if (1..=AMOUNT_CENTS).contains(&cents.get()) { Ok(cents) } else { Err(ServiceError::Amount) }
}

impl fmt::Debug for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Service");
        shown.field("id", &self.id).field("state", &self.case.state()).finish_non_exhaustive()
    }
}
