//! Who sends people: social services, hospitals, employment offices. Must never hold anything about those they send.

use std::fmt;

use jiff::Timestamp;
use maillage_federation::ids::Id;

use crate::{
    ids::PrescriberKind,
    text::{Email, EmailError, Name, Phone, PhoneError, TextError},
};

/// A registered prescriber.
#[derive(Clone, PartialEq, Eq)]
pub struct Prescriber {
    /// Identity, for life.
    pub id: Id<PrescriberKind>,
    /// What was told, and may be told anew.
    pub details: PrescriberDetails,
    /// Whether it still sends people.
    pub active: bool,
    /// When it was registered.
    pub created: Timestamp,
    /// How often this was written, from 1.
    pub revision: u64,
}

/// What a prescriber tells about itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PrescriberDetails {
    /// Name of the organisation.
    pub organisation: Name,
    /// Whom to ask for, if it was told.
    pub contact: Option<Name>,
    /// Phone, if there is one.
    pub phone: Option<Phone>,
    /// E-mail address, if there is one.
    pub email: Option<Email>,
}

/// A prescriber as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPrescriber {
    /// Name of the organisation.
    pub organisation: String,
    /// Whom to ask for, or blank.
    pub contact: String,
    /// Phone, or blank.
    pub phone: String,
    /// E-mail address, or blank.
    pub email: String,
}

/// Why a prescriber or a professional cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartnerError {
    /// The name.
    #[error("the name is not accepted")]
    Name(#[source] TextError),
    /// Whom to ask for.
    #[error("the name of the contact is not accepted")]
    Contact(#[source] TextError),
    /// What somebody does.
    #[error("the function is not accepted")]
    Function(#[source] TextError),
    /// The phone.
    #[error("the phone number is not accepted")]
    Phone(#[source] PhoneError),
    /// The e-mail address.
    #[error("the e-mail address is not accepted")]
    Email(#[source] EmailError),
}

impl Prescriber {
    /// An active prescriber registered at an instant.
    pub fn register(id: Id<PrescriberKind>, details: PrescriberDetails, created: Timestamp) -> Self {
        Self { id, details, active: true, created, revision: 1 }
    }

    /// The same prescriber, told anew.
    #[must_use]
    pub fn amended(self, details: PrescriberDetails, active: bool) -> Self {
        Self { details, active, revision: self.revision.saturating_add(1), ..self }
    }
}

impl NewPrescriber {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first field that is not acceptable.
    pub fn parse(&self) -> Result<PrescriberDetails, PartnerError> {
        Ok(PrescriberDetails {
            organisation: Name::parse(&self.organisation).map_err(PartnerError::Name)?,
            contact: optional_name(&self.contact).map_err(PartnerError::Contact)?,
            phone: Phone::parse_optional(&self.phone).map_err(PartnerError::Phone)?,
            email: Email::parse_optional(&self.email).map_err(PartnerError::Email)?,
        })
    }

    /// The details as they would be typed.
    pub fn of(details: &PrescriberDetails) -> Self {
        Self {
            organisation: details.organisation.as_str().to_owned(),
            contact: details.contact.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
            phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            email: details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        }
    }
}

/// Reads a name, or none if the text is blank.
pub(crate) fn optional_name(text: &str) -> Result<Option<Name>, TextError> {
    if text.trim().is_empty() { Ok(None) } else { Name::parse(text).map(Some) }
}

impl fmt::Debug for Prescriber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Prescriber").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for PrescriberDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PrescriberDetails(…)")
    }
}

impl fmt::Debug for NewPrescriber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPrescriber(…)")
    }
}
