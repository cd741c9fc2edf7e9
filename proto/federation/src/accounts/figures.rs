//! The figures of a year. Must never let a figure pass that is not rounded, banded, or one of a whole platform.

use maillage_proto::federation::v1 as proto;

use super::AccountsError;
use crate::{
    limits::{
        ACCOUNTS_CENTS, ACCOUNTS_CENTS_STEP, ACCOUNTS_FTE_HUNDREDTHS, ACCOUNTS_SOLUTIONS, ACCOUNTS_TRIPS,
        ACCOUNTS_TRIPS_STEP, ACCOUNTS_VEHICLES, MODEL_SECTIONS,
    },
    models::ModelKey,
};

/// The figures of a year; amounts in cents, each rounded to 100 euros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The participation models in force in the year, in order, each once.
    pub models: Vec<ModelKey>,
    /// Everything that the platform has cost.
    pub full_cost_cents: u64,
    /// What public and private funders gave.
    pub subsidy_cents: u64,
    /// What beneficiaries owed.
    pub contributions_cents: u64,
    /// What volunteers were owed and took.
    pub compensation_cents: u64,
    /// What volunteers gave up.
    pub waivers_cents: u64,
    /// Vehicles of the platform.
    pub vehicles: u32,
    /// Full-time equivalents of the staff, in hundredths.
    pub staff_fte_hundredths: u32,
    /// How many volunteers, as a band.
    pub volunteers: VolunteerBand,
    /// Trips carried out, rounded to 50.
    pub trips: u32,
    /// Solutions opened in the year.
    pub solutions_opened: u32,
}

/// How many volunteers a platform has. Typed, never counted from trips: one volunteer can make most of a small platform's trips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VolunteerBand {
    /// Fewer than 5.
    Under5,
    /// 5 to 9.
    From5To9,
    /// 10 to 19.
    From10To19,
    /// 20 to 49.
    From20To49,
    /// 50 or more.
    From50,
}

impl VolunteerBand {
    /// Every band, in order.
    pub const ALL: [Self; 5] =
        [Self::Under5, Self::From5To9, Self::From10To19, Self::From20To49, Self::From50];

    /// Its code, as typed, stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            Self::Under5 => "under-5",
            Self::From5To9 => "5-9",
            Self::From10To19 => "10-19",
            Self::From20To49 => "20-49",
            Self::From50 => "50-plus",
        }
    }
}

impl std::str::FromStr for VolunteerBand {
    type Err = AccountsError;

    fn from_str(text: &str) -> Result<Self, AccountsError> {
        Self::ALL.into_iter().find(|band| band.code() == text.trim()).ok_or(AccountsError::Band)
    }
}

/// Trips as they are declared: the nearest multiple of 50, halves up, and never more than the form holds.
pub fn rounded_trips(counted: u64) -> u32 {
    let step = u64::from(ACCOUNTS_TRIPS_STEP);
    let counted = counted.min(u64::from(ACCOUNTS_TRIPS));
    u32::try_from((counted + step / 2) / step * step).unwrap_or(ACCOUNTS_TRIPS)
}

/// An amount as it is declared: the nearest 100 euros, halves up. A revision that differs by what one person owed less than that tells
/// at most that there was something.
pub fn rounded_cents(cents: u64) -> u64 {
    let over = cents % ACCOUNTS_CENTS_STEP;
    let up = if over >= ACCOUNTS_CENTS_STEP / 2 { ACCOUNTS_CENTS_STEP } else { 0 };
    (cents - over).saturating_add(up)
}

impl Figures {
    /// The figures that can be added up over territories, by name: cents, hundredths of full-time equivalents, numbers.
    pub fn sums(&self) -> [(&'static str, u64); 9] {
        let Self {
            models: _,
            full_cost_cents,
            subsidy_cents,
            contributions_cents,
            compensation_cents,
            waivers_cents,
            vehicles,
            staff_fte_hundredths,
            volunteers: _,
            trips,
            solutions_opened,
        } = self;
        [
            ("full-cost", *full_cost_cents),
            ("subsidy", *subsidy_cents),
            ("contributions", *contributions_cents),
            ("compensation", *compensation_cents),
            ("waivers", *waivers_cents),
            ("vehicles", (*vehicles).into()),
            ("staff-fte", (*staff_fte_hundredths).into()),
            ("trips", (*trips).into()),
            ("solutions-opened", (*solutions_opened).into()),
        ]
    }

    pub(super) fn check(&self) -> Result<(), AccountsError> {
        let ordered = self.models.iter().zip(self.models.iter().skip(1)).all(|(a, b)| a < b);
        if self.models.is_empty() || self.models.len() > MODEL_SECTIONS || !ordered {
            return Err(AccountsError::Models);
        }
        for (name, value) in self.sums() {
            let most = match name {
                "vehicles" => ACCOUNTS_VEHICLES.into(),
                "staff-fte" => ACCOUNTS_FTE_HUNDREDTHS.into(),
                "trips" => ACCOUNTS_TRIPS.into(),
                "solutions-opened" => ACCOUNTS_SOLUTIONS.into(),
                _ => ACCOUNTS_CENTS,
            };
            if value > most {
                return Err(AccountsError::Range(name));
            }
        }
        let rounded = self.trips.is_multiple_of(ACCOUNTS_TRIPS_STEP)
            && self.amounts().iter().all(|cents| cents.is_multiple_of(ACCOUNTS_CENTS_STEP));
        if rounded { Ok(()) } else { Err(AccountsError::NotRounded) }
    }

    fn amounts(&self) -> [u64; 5] {
        [
            self.full_cost_cents,
            self.subsidy_cents,
            self.contributions_cents,
            self.compensation_cents,
            self.waivers_cents,
        ]
    }
}

impl TryFrom<proto::AccountsFigures> for Figures {
    type Error = AccountsError;

    fn try_from(message: proto::AccountsFigures) -> Result<Self, AccountsError> {
        let proto::AccountsFigures {
            models,
            full_cost_cents,
            subsidy_cents,
            contributions_cents,
            compensation_cents,
            waivers_cents,
            vehicles,
            staff_fte_hundredths,
            volunteers,
            trips,
            solutions_opened,
        } = message;
        Ok(Self {
            models: models.into_iter().map(|model| model.parse()).collect::<Result<_, _>>()?,
            full_cost_cents,
            subsidy_cents,
            contributions_cents,
            compensation_cents,
            waivers_cents,
            vehicles,
            staff_fte_hundredths,
            volunteers: volunteers.parse()?,
            trips,
            solutions_opened,
        })
    }
}

impl From<Figures> for proto::AccountsFigures {
    fn from(figures: Figures) -> Self {
        let Figures {
            models,
            full_cost_cents,
            subsidy_cents,
            contributions_cents,
            compensation_cents,
            waivers_cents,
            vehicles,
            staff_fte_hundredths,
            volunteers,
            trips,
            solutions_opened,
        } = figures;
        Self {
            models: models.iter().map(ToString::to_string).collect(),
            full_cost_cents,
            subsidy_cents,
            contributions_cents,
            compensation_cents,
            waivers_cents,
            vehicles,
            staff_fte_hundredths,
            volunteers: volunteers.code().to_owned(),
            trips,
            solutions_opened,
        }
    }
}
