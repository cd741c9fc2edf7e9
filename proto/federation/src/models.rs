//! Participation models: data of the national catalogue, versioned, described along five axes so that
//! they can be compared axis by axis. Must never hold a figure about people.

#[cfg(test)]
mod tests;

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
    /// What an hour of a paid driver costs, in cents: a territory sets it, the catalogue does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hourly_cents: Option<u32>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// By the household's quotient familial: the first bracket that reaches it counts. A person whose quotient is not
    /// known pays as the last one.
    IncomeBrackets {
        /// Ascending; the last one has no end.
        brackets: Vec<Bracket>,
    },
    /// A yearly membership fee, and then something per trip.
    Membership {
        /// Per person and calendar year, in cents.
        yearly_cents: u32,
        /// What a trip costs a member; never a membership again.
        then: Box<Contribution>,
    },
    /// What the person wishes.
    Donation,
}

/// A bracket of the quotient familial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Bracket {
    /// Up to this quotient in euros, itself included; none for the last bracket.
    pub up_to_euros: Option<u32>,
    /// What a trip costs in it.
    pub tariff: Tariff,
}

/// What a trip costs, once it is known who travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Tariff {
    /// Nothing.
    Free,
    /// The same for every trip.
    Flat {
        /// Per trip, in cents.
        amount_cents: u32,
    },
    /// By distance.
    PerKilometre {
        /// Per kilometre with the passenger, in cents.
        rate_cents: u32,
        /// At most that much per trip, in cents.
        cap_cents: Option<u32>,
    },
    /// What the person wishes: nothing is asked.
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
        /// Whether kilometres without passenger count: from home to home, not only with the person.
        empty_kilometres: bool,
    },
    /// The yearly fiscal scale.
    FiscalScale {
        /// Whether kilometres without passenger count: from home to home, not only with the person.
        empty_kilometres: bool,
        /// Whether electric cars get the rise of the fiscal scale; said only where it is not so.
        #[serde(default = "yes", skip_serializing_if = "is_yes")]
        electric_rise: bool,
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
    /// A contribution or an amount that makes no sense.
    #[error("the model {0} is not possible")]
    Model(ModelKey, #[source] ModelError),
}

/// Why a model is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A membership within a membership.
    #[error("a membership is followed by what a trip costs, not by another membership")]
    NestedMembership,
    /// No bracket, brackets out of order, or an end of the last one.
    #[error("income brackets ascend, and the last one has no end")]
    Brackets,
    /// More than [`AMOUNT_CENTS`].
    #[error("{0} cents are more than a model may ask or pay; at most {AMOUNT_CENTS}")]
    Amount(u32),
    /// A local amount for something that the model does not have.
    #[error("the model has no {0} to be set locally")]
    NotOfModel(&'static str),
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
        for model in &catalogue.models {
            model.check().map_err(|error| CatalogueError::Model(model.key.clone(), error))?;
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

impl Model {
    /// Whether the model makes sense.
    ///
    /// # Errors
    /// The first thing that does not.
    pub fn check(&self) -> Result<(), ModelError> {
        self.contribution.check()?;
        amount(self.hourly_cents.unwrap_or(0))?;
        match self.compensation {
            Compensation::Flat { rate_cents, .. } => amount(rate_cents),
            Compensation::Waived | Compensation::FiscalScale { .. } => Ok(()),
        }
    }

    /// The same model with a territory's own amounts. What is not set stays as the catalogue has it.
    ///
    /// # Errors
    /// An amount for something that the model does not have, or one beyond the limit.
    pub fn with_local(&self, local: &LocalAmounts) -> Result<Self, ModelError> {
        let LocalAmounts {
            flat_cents,
            rate_cents,
            cap_cents,
            yearly_cents,
            compensation_cents,
            hourly_cents,
            brackets,
        } = local;
        let mut model = self.clone();
        model.hourly_cents = hourly_cents.or(model.hourly_cents);
        model.contribution.per_trip_mut().set_brackets(brackets)?;
        if let Some(yearly) = yearly_cents {
            match &mut model.contribution {
                Contribution::Membership { yearly_cents, .. } => *yearly_cents = *yearly,
                Contribution::Free
                | Contribution::Flat { .. }
                | Contribution::PerKilometre { .. }
                | Contribution::IncomeBrackets { .. }
                | Contribution::Donation => return Err(ModelError::NotOfModel("membership")),
            }
        }
        if let Some(paid) = compensation_cents {
            match &mut model.compensation {
                Compensation::Flat { rate_cents, .. } => *rate_cents = *paid,
                Compensation::Waived | Compensation::FiscalScale { .. } => {
                    return Err(ModelError::NotOfModel("compensation"));
                }
            }
        }
        model.contribution.per_trip_mut().localise(*flat_cents, *rate_cents, *cap_cents)?;
        model.check()?;
        Ok(model)
    }
}

impl Contribution {
    /// What a trip costs a person with this quotient familial, in euros, if it is known.
    pub fn tariff(&self, quotient_euros: Option<u32>) -> Tariff {
        match self {
            Self::Free => Tariff::Free,
            Self::Flat { amount_cents } => Tariff::Flat { amount_cents: *amount_cents },
            Self::PerKilometre { rate_cents, cap_cents } => {
                Tariff::PerKilometre { rate_cents: *rate_cents, cap_cents: *cap_cents }
            }
            Self::IncomeBrackets { brackets } => {
                let reached = |bracket: &&Bracket| match (bracket.up_to_euros, quotient_euros) {
                    (None, _) => true,
                    (Some(end), Some(quotient)) => quotient <= end,
                    (Some(_), None) => false,
                };
                brackets.iter().find(reached).map_or(Tariff::Free, |bracket| bracket.tariff)
            }
            Self::Membership { then, .. } => then.tariff(quotient_euros),
            Self::Donation => Tariff::Donation,
        }
    }

    /// The yearly membership fee, in cents; none without membership.
    pub fn yearly_cents(&self) -> Option<u32> {
        match self {
            Self::Membership { yearly_cents, .. } => Some(*yearly_cents),
            Self::Free
            | Self::Flat { .. }
            | Self::PerKilometre { .. }
            | Self::IncomeBrackets { .. }
            | Self::Donation => None,
        }
    }

    fn per_trip_mut(&mut self) -> &mut Self {
        match self {
            Self::Membership { then, .. } => then,
            Self::Free
            | Self::Flat { .. }
            | Self::PerKilometre { .. }
            | Self::IncomeBrackets { .. }
            | Self::Donation => self,
        }
    }

    fn localise(&mut self, flat: Option<u32>, rate: Option<u32>, cap: Option<u32>) -> Result<(), ModelError> {
        match self {
            Self::Flat { amount_cents } => {
                *amount_cents = flat.unwrap_or(*amount_cents);
                absent(rate, "rate per kilometre")?;
                absent(cap, "cap per trip")
            }
            Self::PerKilometre { rate_cents, cap_cents } => {
                *rate_cents = rate.unwrap_or(*rate_cents);
                *cap_cents = cap.or(*cap_cents);
                absent(flat, "amount per trip")
            }
            Self::Free | Self::IncomeBrackets { .. } | Self::Membership { .. } | Self::Donation => {
                absent(flat, "amount per trip")?;
                absent(rate, "rate per kilometre")?;
                absent(cap, "cap per trip")
            }
        }
    }

    /// Takes a territory's own brackets; none leaves those of the catalogue.
    fn set_brackets(&mut self, local: &[Bracket]) -> Result<(), ModelError> {
        match self {
            _ if local.is_empty() => Ok(()),
            Self::IncomeBrackets { brackets } => {
                local.clone_into(brackets);
                Ok(())
            }
            Self::Free
            | Self::Flat { .. }
            | Self::PerKilometre { .. }
            | Self::Membership { .. }
            | Self::Donation => Err(ModelError::NotOfModel("brackets")),
        }
    }

    fn check(&self) -> Result<(), ModelError> {
        match self {
            Self::Free | Self::Donation => Ok(()),
            Self::Flat { amount_cents } => amount(*amount_cents),
            Self::PerKilometre { rate_cents, cap_cents } => {
                amount(*rate_cents)?;
                amount(cap_cents.unwrap_or(0))
            }
            Self::IncomeBrackets { brackets } => check_brackets(brackets),
            Self::Membership { yearly_cents, then } => {
                amount(*yearly_cents)?;
                if then.yearly_cents().is_some() {
                    return Err(ModelError::NestedMembership);
                }
                then.check()
            }
        }
    }
}

/// Most that a catalogue or a territory may write for one amount, in cents: 1 000 €, beyond which a zero is mistyped.
pub const AMOUNT_CENTS: u32 = 100_000;

/// Amounts that a territory sets within a model of the catalogue, in cents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalAmounts {
    /// Of a flat contribution, per trip.
    pub flat_cents: Option<u32>,
    /// Of a contribution by distance, per kilometre.
    pub rate_cents: Option<u32>,
    /// Of a contribution by distance, at most per trip.
    pub cap_cents: Option<u32>,
    /// Of a membership, per calendar year.
    pub yearly_cents: Option<u32>,
    /// Of a flat compensation, per kilometre.
    pub compensation_cents: Option<u32>,
    /// Of an hour of a paid driver.
    pub hourly_cents: Option<u32>,
    /// Of a contribution by income: all brackets with their thresholds, in the place of those of the catalogue; empty for
    /// those.
    pub brackets: Vec<Bracket>,
}

fn check_brackets(brackets: &[Bracket]) -> Result<(), ModelError> {
    let Some((last, before)) = brackets.split_last() else { return Err(ModelError::Brackets) };
    let mut floor = None;
    for bracket in before {
        if bracket.up_to_euros.is_none() || bracket.up_to_euros <= floor {
            return Err(ModelError::Brackets);
        }
        floor = bracket.up_to_euros;
    }
    if last.up_to_euros.is_some() {
        return Err(ModelError::Brackets);
    }
    brackets.iter().try_for_each(|bracket| match bracket.tariff {
        Tariff::Free | Tariff::Donation => Ok(()),
        Tariff::Flat { amount_cents } => amount(amount_cents),
        Tariff::PerKilometre { rate_cents, cap_cents } => {
            amount(rate_cents)?;
            amount(cap_cents.unwrap_or(0))
        }
    })
}

fn amount(cents: u32) -> Result<(), ModelError> {
    if cents <= AMOUNT_CENTS { Ok(()) } else { Err(ModelError::Amount(cents)) }
}

fn absent(local: Option<u32>, what: &'static str) -> Result<(), ModelError> {
    if local.is_none() { Ok(()) } else { Err(ModelError::NotOfModel(what)) }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_yes(value: &bool) -> bool {
    *value
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
