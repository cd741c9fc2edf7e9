//! Who carries the trips: the association, or the authority itself, that answers for them, even if somebody else hosts the
//! node. Must never decide the frame of a trip.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use maillage_federation::ids::Id;
use maillage_geography::Geography;

use crate::{
    codes::{UnknownCode, coded},
    ids::CarrierKind,
    limits::HEADCOUNT_YEARS,
    place::{NewPlace, Place, PlaceError},
    text::{Line, Name, TextError},
};

/// A carrier.
#[derive(Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Identity.
    pub id: Id<CarrierKind>,
    /// What was told of it.
    pub details: CarrierDetails,
    /// Rises with every change.
    pub revision: u64,
    /// When it was declared.
    pub created: Timestamp,
}

/// What is told of a carrier.
#[derive(Clone, PartialEq, Eq)]
pub struct CarrierDetails {
    /// Its name.
    pub name: Name,
    /// What it is in law.
    pub form: CarrierForm,
    /// Its number in the répertoire national des associations; none in Alsace-Moselle, or for others.
    pub rna: Option<Rna>,
    /// Its seat.
    pub address: Place,
    /// Its object as its statutes say, for receipts; may be empty.
    pub object: Line,
    /// Whether its statutes provide for private services to its members (R.3131-2): the operator has verified it.
    pub private_service: bool,
    /// The tax reduction on waived expenses that its accountant decided.
    pub tax_rate: TaxRate,
    /// Its people by year, for the return to the prefect.
    pub headcounts: BTreeMap<i16, Headcount>,
}

/// What a carrier is in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CarrierForm {
    /// An association (law of 1901, or the local law of Alsace-Moselle).
    Association,
    /// A mobility authority.
    Authority,
    /// Anything else.
    Other,
}

/// The tax reduction on waived expenses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaxRate {
    /// 66 % (CGI art. 200, 1).
    Percent66,
    /// 75 % up to a ceiling (CGI art. 200, 1 ter: bodies that help people in difficulty).
    Percent75,
}

/// People of a carrier in a year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Headcount {
    /// Employees.
    pub employees: u32,
    /// Volunteers.
    pub volunteers: u32,
    /// Members.
    pub members: u32,
}

/// A number of the répertoire national des associations: `W` and nine characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rna(String);

/// Why some text is not an RNA number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an RNA number is W and nine digits (2A or 2B in Corsica), such as W812003456")]
pub struct RnaError;

/// A carrier as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewCarrier {
    /// Name.
    pub name: String,
    /// `association`, `authority` or `other`; blank means association.
    pub form: String,
    /// RNA number, or blank.
    pub rna: String,
    /// Seat.
    pub address: NewPlace,
    /// Object of the statutes, or blank.
    pub object: String,
    /// Whether private services to members are provided for.
    pub private_service: bool,
    /// `66` or `75`; blank means 66.
    pub tax_rate: String,
    /// People by year.
    pub headcounts: Vec<(i16, Headcount)>,
}

/// Why a carrier is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// The name.
    #[error("the name is not accepted")]
    Name(#[source] TextError),
    /// The form.
    #[error("the form is not accepted")]
    Form(#[source] UnknownCode),
    /// The RNA number.
    #[error("the RNA number is not accepted")]
    Rna(#[source] RnaError),
    /// The seat.
    #[error("the seat is not accepted")]
    Address(#[source] PlaceError),
    /// The object.
    #[error("the object is not accepted")]
    Object(#[source] TextError),
    /// The tax rate.
    #[error("the tax rate is not accepted")]
    TaxRate(#[source] UnknownCode),
    /// A year twice, out of 2000–2100, or too many of them.
    #[error("the people of the year {0} cannot be noted")]
    Year(i16),
}

coded!(CarrierForm { Association = "association", Authority = "authority", Other = "other" });
coded!(TaxRate { Percent66 = "66", Percent75 = "75" });

impl NewCarrier {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first field that is not acceptable, with its exact reason.
    pub fn parse(&self, geography: &Geography) -> Result<CarrierDetails, CarrierError> {
        Ok(CarrierDetails {
            name: Name::parse(&self.name).map_err(CarrierError::Name)?,
            form: or(&self.form, CarrierForm::Association).map_err(CarrierError::Form)?,
            rna: if self.rna.trim().is_empty() {
                None
            } else {
                Some(self.rna.parse().map_err(CarrierError::Rna)?)
            },
            address: self.address.parse(geography).map_err(CarrierError::Address)?,
            object: Line::parse(&self.object).map_err(CarrierError::Object)?,
            private_service: self.private_service,
            tax_rate: or(&self.tax_rate, TaxRate::Percent66).map_err(CarrierError::TaxRate)?,
            headcounts: headcounts(&self.headcounts)?,
        })
    }
}

impl TaxRate {
    /// In per cent.
    pub fn percent(self) -> u8 {
        match self {
            Self::Percent66 => 66,
            Self::Percent75 => 75,
        }
    }
}

impl Rna {
    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Rna {
    type Err = RnaError;

    fn from_str(text: &str) -> Result<Self, RnaError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        let number = text.strip_prefix('W').filter(|number| number.len() == 9).ok_or(RnaError)?;
        let digits = number.strip_prefix("2A").or(number.strip_prefix("2B")).unwrap_or(number);
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { Ok(Self(text)) } else { Err(RnaError) }
    }
}

fn or<T: FromStr>(text: &str, default: T) -> Result<T, T::Err> {
    if text.trim().is_empty() { Ok(default) } else { text.parse() }
}

fn headcounts(typed: &[(i16, Headcount)]) -> Result<BTreeMap<i16, Headcount>, CarrierError> {
    let mut years = BTreeMap::new();
    for (year, headcount) in typed {
        let double = years.insert(*year, *headcount).is_some();
        if double || !(2000..=2100).contains(year) || years.len() > HEADCOUNT_YEARS {
            return Err(CarrierError::Year(*year));
        }
    }
    Ok(years)
}

impl fmt::Debug for Carrier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Carrier").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for CarrierDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CarrierDetails(…)")
    }
}

impl fmt::Debug for NewCarrier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewCarrier(…)")
    }
}
