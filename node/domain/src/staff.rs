//! Professionals who work for the platform. Accounts and what they may do are kept elsewhere.

use std::fmt;

use jiff::Timestamp;
use maillage_federation::ids::Id;

use crate::{
    ids::StaffKind,
    prescriber::{PartnerError, optional_name},
    text::{Email, Name, Phone},
};

/// A professional of the platform.
#[derive(Clone, PartialEq, Eq)]
pub struct Professional {
    /// Identity, for life.
    pub id: Id<StaffKind>,
    /// What was told, and may be told anew.
    pub details: ProfessionalDetails,
    /// Whether he or she works here.
    pub active: bool,
    /// When registered.
    pub created: Timestamp,
    /// How often this was written, from 1.
    pub revision: u64,
}

/// What is kept about a professional.
#[derive(Clone, PartialEq, Eq)]
pub struct ProfessionalDetails {
    /// Name.
    pub name: Name,
    /// What he or she does, if it was told.
    pub function: Option<Name>,
    /// Phone, if there is one.
    pub phone: Option<Phone>,
    /// E-mail address, if there is one.
    pub email: Option<Email>,
    /// Whether he or she may drive the platform's vehicles.
    pub may_drive: bool,
}

/// A professional as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewProfessional {
    /// Name.
    pub name: String,
    /// What he or she does, or blank.
    pub function: String,
    /// Phone, or blank.
    pub phone: String,
    /// E-mail address, or blank.
    pub email: String,
    /// Whether he or she may drive the platform's vehicles.
    pub may_drive: bool,
}

impl Professional {
    /// An active professional registered at an instant.
    pub fn register(id: Id<StaffKind>, details: ProfessionalDetails, created: Timestamp) -> Self {
        Self { id, details, active: true, created, revision: 1 }
    }

    /// The same professional, told anew.
    #[must_use]
    pub fn amended(self, details: ProfessionalDetails, active: bool) -> Self {
        Self { details, active, revision: self.revision.saturating_add(1), ..self }
    }
}

impl NewProfessional {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first field that is not acceptable.
    pub fn parse(&self) -> Result<ProfessionalDetails, PartnerError> {
        Ok(ProfessionalDetails {
            name: Name::parse(&self.name).map_err(PartnerError::Name)?,
            function: optional_name(&self.function).map_err(PartnerError::Function)?,
            phone: Phone::parse_optional(&self.phone).map_err(PartnerError::Phone)?,
            email: Email::parse_optional(&self.email).map_err(PartnerError::Email)?,
            may_drive: self.may_drive,
        })
    }

    /// The details as they would be typed.
    pub fn of(details: &ProfessionalDetails) -> Self {
        Self {
            name: details.name.as_str().to_owned(),
            function: details.function.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
            phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            email: details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            may_drive: details.may_drive,
        }
    }
}

impl fmt::Debug for Professional {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Professional").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for ProfessionalDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProfessionalDetails(…)")
    }
}

impl fmt::Debug for NewProfessional {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewProfessional(…)")
    }
}
