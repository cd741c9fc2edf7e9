//! Participation models: data of the national catalogue, versioned, described along five axes so that
//! they can be compared axis by axis. Must never hold a figure about people.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

const CATALOGUE: &str = include_str!("../catalogue/models.json");

/// The national catalogue of participation models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Rises with every change of the catalogue.
    pub version: u32,
    /// The models, ordered by key.
    pub models: Vec<Model>,
}

/// One participation model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Model {
    /// Its identity and version.
    pub key: ModelKey,
    /// Name in French.
    pub name_fr: String,
    /// Name in English.
    pub name_en: String,
    /// What the communauté de communes is in it.
    pub territory_role: TerritoryRole,
    /// Who does the work.
    pub workforce: Workforce,
    /// What the person pays.
    pub contribution: Contribution,
    /// What the volunteer gets.
    pub compensation: Compensation,
    /// How one gets in.
    pub access: Access,
}

/// Identity of a model in one version, written `id@version`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ModelKey {
    id: String,
    version: u16,
}

/// First axis: role of the communauté de communes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TerritoryRole {
    /// Its own service, as mobility authority.
    Carrier,
    /// Funds an association.
    Funder,
    /// Lends desk, vehicles or staff.
    PartnerInKind,
    /// One platform of several communautés.
    SharedPlatform,
}

/// Second axis: who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workforce {
    /// Volunteers.
    Volunteers,
    /// Professionals.
    Professionals,
    /// Professionals assess and coordinate, volunteers drive.
    Hybrid,
    /// Carpool or time bank.
    Peers,
}

/// Third axis: the beneficiary's contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Contribution {
    /// Nothing.
    Free,
    /// The same for every trip.
    Flat {
        /// Per trip, in cents.
        amount_cents: u32,
    },
    /// By distance.
    PerKilometre {
        /// Per kilometre with the passenger, in cents; at most the legal cap.
        rate_cents: u32,
        /// At most that much per trip, in cents.
        cap_cents: Option<u32>,
    },
    /// What the person wishes.
    Donation,
}

/// Fourth axis: the volunteer's compensation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Compensation {
    /// None, or waived against a tax receipt.
    Waived,
    /// The same for every kilometre.
    Flat {
        /// Per kilometre, in cents.
        rate_cents: u32,
        /// Whether kilometres without passenger count.
        empty_kilometres: bool,
    },
    /// The yearly fiscal scale.
    FiscalScale {
        /// Whether kilometres without passenger count.
        empty_kilometres: bool,
    },
}

/// Fifth axis: the way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Anyone may ask.
    Open,
    /// A prescriber refers.
    PrescriptionOnly,
    /// One desk for all services.
    SingleDesk,
}

/// Why some text is not a model key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a model is written id@version, such as benevoles-association@1")]
pub struct ModelKeyError;

/// Why a catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Not the expected JSON.
    #[error("the catalogue of models is not readable: {0}")]
    Json(#[from] serde_json::Error),
    /// Two models with one key, or models out of order.
    #[error("the models of the catalogue are not in order, or one is there twice: {0}")]
    Order(ModelKey),
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// Unknown fields, double or unordered models are refused.
    pub fn parse(json: &str) -> Result<Self, CatalogueError> {
        let catalogue: Self = serde_json::from_str(json)?;
        for (before, after) in catalogue.models.iter().zip(catalogue.models.iter().skip(1)) {
            if before.key >= after.key {
                return Err(CatalogueError::Order(after.key.clone()));
            }
        }
        Ok(catalogue)
    }

    /// The catalogue this version of Maillage was built with.
    ///
    /// # Errors
    /// None as long as the test of this module passes.
    pub fn embedded() -> Result<Self, CatalogueError> {
        Self::parse(CATALOGUE)
    }

    /// A model by its key.
    pub fn model(&self, key: &ModelKey) -> Option<&Model> {
        self.models.iter().find(|model| &model.key == key)
    }
}

impl ModelKey {
    /// The model's id, without version.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The model's version.
    pub fn version(&self) -> u16 {
        self.version
    }
}

impl fmt::Display for ModelKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.id, self.version)
    }
}

impl FromStr for ModelKey {
    type Err = ModelKeyError;

    fn from_str(text: &str) -> Result<Self, ModelKeyError> {
        let (id, version) = text.split_once('@').ok_or(ModelKeyError)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > 40 || !id.chars().all(plain) || version.starts_with(['+', '0']) {
            return Err(ModelKeyError);
        }
        Ok(Self { id: id.to_owned(), version: version.parse().map_err(|_| ModelKeyError)? })
    }
}

impl From<ModelKey> for String {
    fn from(key: ModelKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for ModelKey {
    type Error = ModelKeyError;

    fn try_from(text: String) -> Result<Self, ModelKeyError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, CatalogueError, ModelKey, ModelKeyError};

    #[test]
    fn the_embedded_catalogue_reads_and_respects_the_legal_cap() {
        let catalogue = Catalogue::embedded().unwrap();
        assert_eq!(catalogue.models.len(), 3);
        for model in &catalogue.models {
            if let super::Contribution::PerKilometre { rate_cents, .. } = model.contribution {
                assert!(rate_cents <= 32, "{} asks more than 0.32 € per km", model.key);
            }
        }
    }

    #[test]
    fn keys_read_back_and_wrong_ones_are_refused() {
        let key: ModelKey = "hybride-guichet@2".parse().unwrap();
        assert_eq!(key.to_string(), "hybride-guichet@2");
        for text in ["hybride", "@1", "Hybride@1", "hybride@", "hybride@01", "hybride@0", "hybride@70000"] {
            assert_eq!(text.parse::<ModelKey>(), Err(ModelKeyError), "{text}");
        }
    }

    #[test]
    fn a_double_model_is_refused() {
        let mut catalogue = Catalogue::embedded().unwrap();
        catalogue.models.insert(0, catalogue.models[0].clone());
        let json = serde_json::to_string(&catalogue).unwrap();
        assert!(matches!(Catalogue::parse(&json), Err(CatalogueError::Order(_))));
    }
}
