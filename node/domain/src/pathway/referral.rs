//! Referrals: somebody asks the platform to call a person, without saying why. What a prescriber may see of it afterwards is
//! [`Referral::standing`], and nothing else.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use maillage_federation::{ids::Id, month::paris};
use maillage_geography::{Geography, InseeCode};

use super::{Outcome, Pathway};
use crate::{
    codes::{UnknownCode, coded},
    ids::{PathwayKind, PersonKind, PrescriberKind, ReferralKind},
    text::{Line, Name, Phone, PhoneError, TextError},
};

/// Somebody is referred to the platform.
#[derive(Clone, PartialEq, Eq)]
pub struct Referral {
    /// Its identifier.
    pub id: Id<ReferralKind>,
    /// Who refers; none if the person came unsent.
    pub prescriber: Option<Id<PrescriberKind>>,
    /// By which the prescriber knows the case again: a number of theirs, never a reason.
    pub reference: Line,
    /// Whom to call. Gone as soon as it is decided: then the person has a file, or none.
    pub contact: Option<Contact>,
    /// What became of it.
    pub state: ReferralState,
    /// How often it was changed.
    pub revision: u64,
    /// When it was made.
    pub created: Timestamp,
}

/// Whom to call.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The name.
    pub name: Name,
    /// The phone.
    pub phone: Phone,
    /// Where the person lives.
    pub commune: InseeCode,
}

/// What became of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferralState {
    /// Nobody has decided.
    Received,
    /// The person has a pathway.
    Accepted {
        /// Who.
        person: Id<PersonKind>,
        /// Which.
        pathway: Id<PathwayKind>,
        /// Since when.
        on: Date,
    },
    /// The platform cannot help.
    Declined {
        /// Why.
        reason: DeclineReason,
        /// Since when.
        on: Date,
    },
    /// The prescriber took it back.
    Withdrawn {
        /// When.
        on: Date,
    },
}

/// Why a platform cannot help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeclineReason {
    /// The person lives elsewhere.
    OutOfArea,
    /// Nobody was reached.
    NotReached,
    /// The person does not want it.
    NotWanted,
    /// No room for more people now.
    Full,
    /// Another body helps better.
    Elsewhere,
    /// Anything else.
    Other,
}

coded!(DeclineReason {
    OutOfArea = "out-of-area",
    NotReached = "not-reached",
    NotWanted = "not-wanted",
    Full = "full",
    Elsewhere = "elsewhere",
    Other = "other",
});

/// What a prescriber learns: where it stands, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferralStanding {
    /// Nobody has decided.
    Received,
    /// The platform is at it.
    UnderWay,
    /// The pathway is over, with this outcome.
    Ended(Outcome),
    /// The platform cannot help.
    Declined(DeclineReason),
    /// Taken back.
    Withdrawn,
}

/// A referral as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewReferral {
    /// By which the prescriber knows the case again.
    pub reference: String,
    /// The person's name.
    pub name: String,
    /// The person's phone.
    pub phone: String,
    /// INSEE code of the commune where the person lives.
    pub commune: String,
    /// The person agrees to be called.
    pub person_agrees: bool,
}

/// Why a referral is not accepted, or does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReferralError {
    /// The reference.
    #[error("the reference is not accepted")]
    Reference(#[source] TextError),
    /// The name.
    #[error("the name is not accepted")]
    Name(#[source] TextError),
    /// The phone.
    #[error("the phone is not accepted")]
    Phone(#[source] PhoneError),
    /// The commune.
    #[error("there is no such commune")]
    Commune,
    /// Nobody is referred without having been asked.
    #[error("the person has to agree")]
    NotAgreed,
    /// Decided before.
    #[error("it is {0} already")]
    Decided(&'static str),
}

impl NewReferral {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first thing that is not acceptable; a person who was not asked.
    pub fn parse(&self, geography: &Geography) -> Result<(Line, Contact), ReferralError> {
        if !self.person_agrees {
            return Err(ReferralError::NotAgreed);
        }
        let reference = Line::parse(&self.reference).map_err(ReferralError::Reference)?;
        if reference.as_str().is_empty() {
            return Err(ReferralError::Reference(TextError::Empty));
        }
        let commune = InseeCode::parse(self.commune.trim()).map_err(|_| ReferralError::Commune)?;
        geography.commune(&commune).ok_or(ReferralError::Commune)?;
        let contact = Contact {
            name: Name::parse(&self.name).map_err(ReferralError::Name)?,
            phone: Phone::parse(&self.phone).map_err(ReferralError::Phone)?,
            commune,
        };
        Ok((reference, contact))
    }
}

impl Referral {
    /// Takes a referral.
    pub fn receive(
        id: Id<ReferralKind>,
        prescriber: Option<Id<PrescriberKind>>,
        (reference, contact): (Line, Contact),
        now: Timestamp,
    ) -> Self {
        let state = ReferralState::Received;
        Self { id, prescriber, reference, contact: Some(contact), state, revision: 1, created: now }
    }

    /// The person has a pathway now.
    ///
    /// # Errors
    /// It was decided before.
    pub fn accept(
        &self,
        person: Id<PersonKind>,
        pathway: Id<PathwayKind>,
        now: Timestamp,
    ) -> Result<Self, ReferralError> {
        self.decide(ReferralState::Accepted { person, pathway, on: now.to_zoned(paris()).date() })
    }

    /// The platform cannot help.
    ///
    /// # Errors
    /// It was decided before.
    pub fn decline(&self, reason: DeclineReason, now: Timestamp) -> Result<Self, ReferralError> {
        self.decide(ReferralState::Declined { reason, on: now.to_zoned(paris()).date() })
    }

    /// The prescriber takes it back.
    ///
    /// # Errors
    /// It was decided before.
    pub fn withdraw(&self, now: Timestamp) -> Result<Self, ReferralError> {
        self.decide(ReferralState::Withdrawn { on: now.to_zoned(paris()).date() })
    }

    /// What the prescriber learns, given the pathway it led to.
    pub fn standing(&self, pathway: Option<&Pathway>) -> ReferralStanding {
        match self.state {
            ReferralState::Received => ReferralStanding::Received,
            ReferralState::Accepted { .. } => match pathway.and_then(Pathway::exit) {
                Some(exit) => ReferralStanding::Ended(exit.outcome),
                None => ReferralStanding::UnderWay,
            },
            ReferralState::Declined { reason, .. } => ReferralStanding::Declined(reason),
            ReferralState::Withdrawn { .. } => ReferralStanding::Withdrawn,
        }
    }

    fn decide(&self, state: ReferralState) -> Result<Self, ReferralError> {
        match self.state {
            ReferralState::Received => {
                Ok(Self { contact: None, state, revision: self.revision + 1, ..self.clone() })
            }
            ReferralState::Accepted { .. }
            | ReferralState::Declined { .. }
            | ReferralState::Withdrawn { .. } => Err(ReferralError::Decided(self.state.code())),
        }
    }
}

impl ReferralState {
    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Accepted { .. } => "accepted",
            Self::Declined { .. } => "declined",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

impl ReferralStanding {
    /// Code of where it stands.
    pub fn code(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::UnderWay => "under-way",
            Self::Ended(_) => "ended",
            Self::Declined(_) => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Code of how it ended; empty before.
    pub fn outcome(self) -> &'static str {
        match self {
            Self::Ended(outcome) => outcome.code(),
            Self::Declined(reason) => reason.code(),
            Self::Received | Self::UnderWay | Self::Withdrawn => "",
        }
    }
}

impl fmt::Debug for Referral {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Referral");
        shown.field("id", &self.id).field("state", &self.state.code()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Contact(…)")
    }
}

impl fmt::Debug for NewReferral {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewReferral(…)")
    }
}
