//! Partners without a node of their own: a taxi firm, an association. A node offers them trips by files and is itself the
//! arbiter between them; in its handovers a partner goes by an identifier of its own that no node has. Must never hold
//! anything about who travels.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::Timestamp;
use maillage_federation::{
    handover::Offer,
    ids::{Id, NodeKind},
    limits,
    needs::{Needs, UnknownNeed},
};
use maillage_geography::{InseeCode, InseeCodeError};

use crate::{
    codes::{UnknownCode, coded},
    person::parse_needs,
    text::{Email, EmailError, Name, Phone, PhoneError, TextError},
};

/// What files for a partner look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartnerFormat {
    /// Lines of a table.
    Csv,
    /// Telegrams of TCRP Report 210.
    Tds,
}

coded!(PartnerFormat { Csv = "csv", Tds = "tds" });

/// A registered partner.
#[derive(Clone, PartialEq, Eq)]
pub struct Partner {
    /// What it is called in handovers, for life.
    pub id: Id<NodeKind>,
    /// What was told, and may be told anew.
    pub details: PartnerDetails,
    /// Whether it is still offered trips.
    pub active: bool,
    /// When it was registered.
    pub created: Timestamp,
    /// How often this was written, from 1.
    pub revision: u64,
}

/// What is known of a partner.
#[derive(Clone, PartialEq, Eq)]
pub struct PartnerDetails {
    /// Its name.
    pub name: Name,
    /// Phone of its desk, if it was told.
    pub phone: Option<Phone>,
    /// Where its files are sent, if it was told.
    pub email: Option<Email>,
    /// What its files look like.
    pub format: PartnerFormat,
    /// Communes it serves; none for any.
    pub communes: BTreeSet<InseeCode>,
    /// Needs it can serve.
    pub needs: Needs,
}

/// A partner as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPartner {
    /// Its name.
    pub name: String,
    /// Phone, or blank.
    pub phone: String,
    /// E-mail address, or blank.
    pub email: String,
    /// Code of the format; blank for a table.
    pub format: String,
    /// INSEE codes; none for any commune.
    pub communes: Vec<String>,
    /// Codes of needs.
    pub needs: Vec<String>,
}

/// Why a partner cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewPartnerError {
    /// The name.
    #[error("the name is not accepted")]
    Name(#[source] TextError),
    /// The phone.
    #[error("the phone number is not accepted")]
    Phone(#[source] PhoneError),
    /// The e-mail address.
    #[error("the e-mail address is not accepted")]
    Email(#[source] EmailError),
    /// The format.
    #[error("there is no such format")]
    Format(#[source] UnknownCode),
    /// A commune.
    #[error("a commune is not accepted")]
    Commune(#[source] InseeCodeError),
    /// More than a partner can serve.
    #[error("too many communes: {0}")]
    TooManyCommunes(usize),
    /// A need.
    #[error("there is no such need")]
    Need(#[source] UnknownNeed),
}

impl Partner {
    /// An active partner registered at an instant.
    pub fn register(id: Id<NodeKind>, details: PartnerDetails, created: Timestamp) -> Self {
        Self { id, details, active: true, created, revision: 1 }
    }

    /// The same partner, told anew.
    #[must_use]
    pub fn amended(self, details: PartnerDetails, active: bool) -> Self {
        Self { details, active, revision: self.revision.saturating_add(1), ..self }
    }

    /// Whether it could carry what is offered: it is active, serves an end of a leg, and every need.
    pub fn can_serve(&self, offer: &Offer) -> bool {
        let PartnerDetails { communes, needs, .. } = &self.details;
        let ends = offer.legs.iter().flat_map(|leg| [leg.pickup, leg.dropoff]);
        let near = communes.is_empty() || ends.into_iter().any(|end| communes.contains(&end));
        self.active && near && offer.needs.missing_from(needs).next().is_none()
    }
}

impl NewPartner {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first field that is not acceptable.
    pub fn parse(&self) -> Result<PartnerDetails, NewPartnerError> {
        let format = if self.format.trim().is_empty() {
            PartnerFormat::Csv
        } else {
            PartnerFormat::from_str(&self.format).map_err(NewPartnerError::Format)?
        };
        if self.communes.len() > limits::COMMUNES_SERVED {
            return Err(NewPartnerError::TooManyCommunes(self.communes.len()));
        }
        let communes = self.communes.iter().map(|code| InseeCode::parse(code.trim()));
        Ok(PartnerDetails {
            name: Name::parse(&self.name).map_err(NewPartnerError::Name)?,
            phone: Phone::parse_optional(&self.phone).map_err(NewPartnerError::Phone)?,
            email: Email::parse_optional(&self.email).map_err(NewPartnerError::Email)?,
            format,
            communes: communes.collect::<Result<_, _>>().map_err(NewPartnerError::Commune)?,
            needs: parse_needs(&self.needs).map_err(NewPartnerError::Need)?,
        })
    }

    /// The details as they would be typed.
    pub fn of(details: &PartnerDetails) -> Self {
        Self {
            name: details.name.as_str().to_owned(),
            phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            email: details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            format: details.format.code().to_owned(),
            communes: details.communes.iter().map(ToString::to_string).collect(),
            needs: details.needs.iter().map(|need| need.code().to_owned()).collect(),
        }
    }
}

impl fmt::Debug for Partner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Partner").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for PartnerDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PartnerDetails(…)")
    }
}

impl fmt::Debug for NewPartner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPartner(…)")
    }
}
