//! What a weekly pattern does not say: other hours on one date, public holidays, school holidays. Must never decide what
//! wins; that is in the parent module.

use std::{fmt, str::FromStr};

use jiff::civil::Date;

use super::{AvailabilityError, clock, minutes};
use crate::{
    codes::{UnknownCode, coded},
    holidays::{PublicHoliday, SchoolPeriod},
    limits::{DAY_STRETCHES, OVERRIDES},
};

/// Other hours on one date.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayHours {
    date: Date,
    replaces: bool,
    stretches: Vec<(u16, u16)>,
}

/// Whether a weekly pattern holds in school holidays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchoolRule {
    /// All year round.
    #[default]
    Always,
    /// In school holidays alone.
    Only,
    /// Never in school holidays.
    Never,
}

coded!(SchoolRule { Always = "school-always", Only = "school-holidays-only", Never = "no-school-holidays" });

/// On which days of the year a weekly pattern holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearRule {
    /// Whether it holds on public holidays.
    pub public_holidays: bool,
    /// Whether it holds in school holidays.
    pub school: SchoolRule,
}

/// Why a weekly pattern gives no hours on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOff {
    /// Away.
    Absent(super::Absence),
    /// Does not drive on public holidays.
    PublicHoliday(PublicHoliday),
    /// Does not drive in school holidays.
    SchoolHolidays(SchoolPeriod),
    /// Drives in school holidays alone.
    SchoolTerm,
    /// It depends on school holidays, and those of that day are not known.
    SchoolUnknown,
}

/// How "not on public holidays" is written.
const NO_PUBLIC_HOLIDAYS: &str = "no-public-holidays";

impl DayHours {
    /// Hours of one date, in minutes since midnight, beside or instead of the weekly ones; 1 to [`DAY_STRETCHES`]
    /// stretches, each in order and at most until 1440.
    pub fn new(date: Date, replaces: bool, mut stretches: Vec<(u16, u16)>) -> Option<Self> {
        let sound = stretches.iter().all(|(from, to)| from < to && *to <= super::DAY_MIN);
        stretches.sort_unstable();
        let counted = (1..=DAY_STRETCHES).contains(&stretches.len());
        (sound && counted).then_some(Self { date, replaces, stretches })
    }

    /// The date.
    pub fn date(&self) -> Date {
        self.date
    }

    /// Whether the weekly hours do not hold on that date.
    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// From and to, in minutes since midnight.
    pub fn stretches(&self) -> &[(u16, u16)] {
        &self.stretches
    }

    /// Reads `+08:00-12:00/14:00-16:00` (beside the weekly hours) or `=08:00-12:00` (instead of them).
    pub(super) fn parse(date: Date, hours: &str) -> Option<Self> {
        let (replaces, hours) = match (hours.strip_prefix('+'), hours.strip_prefix('=')) {
            (Some(hours), _) => (false, hours),
            (None, Some(hours)) => (true, hours),
            (None, None) => return None,
        };
        let stretch = |text: &str| {
            let (from, to) = text.split_once('-')?;
            Some((minutes(from)?, minutes(to)?))
        };
        Self::new(date, replaces, hours.split('/').map(stretch).collect::<Option<_>>()?)
    }
}

impl fmt::Display for DayHours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.date, if self.replaces { '=' } else { '+' })?;
        for (index, (from, to)) in self.stretches.iter().enumerate() {
            let separator = if index == 0 { "" } else { "/" };
            write!(formatter, "{separator}{}-{}", clock(*from), clock(*to))?;
        }
        Ok(())
    }
}

impl Default for YearRule {
    fn default() -> Self {
        Self { public_holidays: true, school: SchoolRule::Always }
    }
}

impl YearRule {
    /// Takes in a word such as `no-public-holidays`; whether it was one.
    pub(super) fn take(&mut self, word: &str) -> bool {
        match word {
            NO_PUBLIC_HOLIDAYS | "sauf-feries" => self.public_holidays = false,
            "school-holidays-only" | "vacances-scolaires" => self.school = SchoolRule::Only,
            "no-school-holidays" | "hors-vacances-scolaires" => self.school = SchoolRule::Never,
            _ => return false,
        }
        true
    }

    /// The words it is written with.
    pub(super) fn words(self) -> impl Iterator<Item = &'static str> {
        let holidays = (!self.public_holidays).then_some(NO_PUBLIC_HOLIDAYS);
        let school = (self.school != SchoolRule::Always).then(|| self.school.code());
        holidays.into_iter().chain(school)
    }
}

/// Overrides in the order of their dates; one date has one of each kind at most.
pub(super) fn in_order(mut overrides: Vec<DayHours>) -> Result<Vec<DayHours>, AvailabilityError> {
    if overrides.len() > OVERRIDES {
        return Err(AvailabilityError::TooManyOverrides(overrides.len()));
    }
    overrides.sort_unstable();
    overrides.dedup();
    Ok(overrides)
}
