//! The closed lists of cells that leave a node, how much one person can move each group of them, and how much noise covers
//! that. Must never draw noise nor touch a float.
//!
//! # Accounting
//! Zero-concentrated differential privacy (Bun & Steinke 2016) with the discrete Gaussian (Canonne, Kamath & Steinke 2020): a group
//! of cells that one person moves by at most Δ (all of it in one cell) costs ρ = Δ² / 2σ², and costs add up. The unit of the
//! ledgers is 1/3200 of ρ; every release is a whole number of them:
//!
//! | release | Δ | σ | ρ | units | a year | units a year |
//! |---|---|---|---|---|---|---|
//! | pulse | 3 | 40 | 9/3200 | 9 | 12 | 108 |
//! | age, need, purpose, tariff: each | 1 | 10 | 1/200 | 16 | 2 | 128 for the four |
//! | fulfilment rate in sixteenths | 16 | 160 | 1/200 | 16 | 2 | 32 |
//! | service other than trips | 1 | 20 | 1/800 | 4 | 2 | 8 |
//! | outcome of a pathway | 1 | 20 | 1/800 | 4 | 2 | 8 |
//! | **all** | | | | | | **284** |
//!
//! ρ = 284/3200 = 71/800 = 0.08875 a year, which is ε = 2.007 at δ = 10⁻⁶. The two tables that were added to the five of the design have
//! twice the noise of its tables for this reason: with σ = 10 the year would come to 0.10375 and ε = 2.19; σ = 40, the next
//! that is a whole number of units, gives 1.99, a gain that nobody would notice for tables that tell half as much.

use num_rational::Ratio;

use crate::{half_year::HalfYear, limits, month::Month};

/// Units of the ledgers of privacy in ρ = 1: every release of vocabulary v1 is a whole number of them.
pub const BUDGET_UNITS: u64 = 3200;

/// A closed, versioned list of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Its name in reports.
    pub name: &'static str,
    /// Its cells by group, in order.
    pub groups: &'static [CellGroup],
    /// How often it is reported.
    pub cadence: Cadence,
    /// The group whose sum is what shares are shares of.
    pub denominator: &'static str,
}

/// Cells that one person moves together by a bound, under noise of one deviation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellGroup {
    /// Its name.
    pub name: &'static str,
    /// Its cells, in order.
    pub cells: &'static [&'static str],
    /// The most that one person adds to all of them together, in one report and over all models.
    pub person_bound: u32,
    /// Standard deviation of the noise on each cell.
    pub sigma: Ratio<u64>,
    /// Largest absolute value that is believed.
    pub most: i64,
}

/// How often a vocabulary is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadence {
    /// Every month.
    Monthly,
    /// Every half-year.
    HalfYearly,
}

/// A period of statistics: a month of the pulse, or a half-year of the tables of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A month.
    Month(Month),
    /// A half-year.
    HalfYear(HalfYear),
}

/// A table of persons: each active person in at most one cell.
const fn persons(name: &'static str, cells: &'static [&'static str], sigma: u64) -> CellGroup {
    CellGroup { name, cells, person_bound: 1, sigma: Ratio::new_raw(sigma, 1), most: limits::PERSONS_CELL }
}

const PULSE: &[CellGroup] = &[CellGroup {
    name: "trips",
    cells: &["trips-fulfilled", "trips-not-fulfilled"],
    person_bound: 3,
    sigma: Ratio::new_raw(40, 1),
    most: limits::CELL,
}];

const HALF_YEAR: &[CellGroup] = &[
    persons("age", &["age-under-60", "age-60-74", "age-75-84", "age-85-over", "age-not-stated"], 10),
    persons("need", &["need-none", "need-aid-or-companion", "need-wheelchair"], 10),
    persons(
        "purpose",
        &[
            "purpose-health",
            "purpose-shopping",
            "purpose-administrative",
            "purpose-social",
            "purpose-work-training",
            "purpose-other",
        ],
        10,
    ),
    persons("tariff", &["tariff-free", "tariff-shared-cost", "tariff-income-scaled"], 10),
    CellGroup {
        name: "rate",
        cells: &["rate-sixteenths"],
        person_bound: 16,
        sigma: Ratio::new_raw(160, 1),
        most: 16 * limits::PERSONS_CELL,
    },
    persons(
        "service",
        &["service-loan", "service-licence-aid", "service-garage", "service-financial-aid", "service-advice"],
        20,
    ),
    persons(
        "outcome",
        &[
            "outcome-work",
            "outcome-licence-training",
            "outcome-autonomy",
            "outcome-care-social",
            "outcome-unchanged",
            "outcome-other",
        ],
        20,
    ),
];

impl Vocabulary {
    /// The monthly pulse: trips fulfilled, trips not fulfilled.
    pub fn pulse() -> Self {
        Self { name: "v1/pulse", groups: PULSE, cadence: Cadence::Monthly, denominator: "trips" }
    }

    /// The half-yearly tables of persons. The active persons are the sum of the table of needs; those with a trip that of purposes.
    pub fn half_year() -> Self {
        Self { name: "v1/half-year", groups: HALF_YEAR, cadence: Cadence::HalfYearly, denominator: "need" }
    }

    /// Every vocabulary that nodes report in.
    pub fn all() -> [Self; 2] {
        [Self::pulse(), Self::half_year()]
    }

    /// The vocabulary of a name, when this version knows it.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|vocabulary| vocabulary.name == name)
    }

    /// Its cells in order, each with its group.
    pub fn cells(&self) -> impl Iterator<Item = (&'static CellGroup, &'static str)> + use<> {
        self.groups.iter().flat_map(|group| group.cells.iter().map(move |cell| (group, *cell)))
    }

    /// Number of its cells.
    pub fn len(&self) -> usize {
        self.cells().count()
    }

    /// Whether it has no cell; none is like that.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The most that one person adds to a group of cells; nothing for a group it has not.
    pub fn person_bound(&self, group: &str) -> u32 {
        self.groups.iter().find(|known| known.name == group).map_or(0, |group| group.person_bound)
    }

    /// Privacy spent by one report.
    pub fn rho_per_report(&self) -> Ratio<u64> {
        self.groups.iter().map(CellGroup::rho).sum()
    }

    /// Privacy spent in a year of reports.
    pub fn rho_per_year(&self) -> Ratio<u64> {
        self.rho_per_report() * self.cadence.reports_per_year()
    }
}

/// Privacy spent in a year of all reports of a node, and so the yearly budget.
pub fn rho_per_year() -> Ratio<u64> {
    Vocabulary::all().iter().map(Vocabulary::rho_per_year).sum()
}

impl CellGroup {
    /// Privacy spent by releasing it once: Δ² / 2σ² where one person moves its cells by at most the bound in total, so that
    /// Δ is the bound (all of it in one cell).
    pub fn rho(&self) -> Ratio<u64> {
        let bound = Ratio::from_integer(u64::from(self.person_bound));
        bound * bound / (self.sigma * self.sigma * 2)
    }
}

impl Cadence {
    /// Reports a year.
    pub fn reports_per_year(self) -> u64 {
        match self {
            Self::Monthly => 12,
            Self::HalfYearly => 2,
        }
    }

    /// Whether a report can be about a period that ends with a month.
    pub fn ends_with(self, month: Month) -> bool {
        match self {
            Self::Monthly => true,
            Self::HalfYearly => HalfYear::ending(month).is_some(),
        }
    }
}

impl Period {
    /// The period of a vocabulary that ends with a month; none if there is none.
    pub fn of(vocabulary: &str, month: Month) -> Option<Self> {
        match Vocabulary::named(vocabulary)?.cadence {
            Cadence::Monthly => Some(Self::Month(month)),
            Cadence::HalfYearly => HalfYear::ending(month).map(Self::HalfYear),
        }
    }

    /// The vocabulary it is reported in.
    pub fn vocabulary(self) -> Vocabulary {
        match self {
            Self::Month(_) => Vocabulary::pulse(),
            Self::HalfYear(_) => Vocabulary::half_year(),
        }
    }

    /// The month it goes by on the wire and in stores: its last.
    pub fn month(self) -> Month {
        match self {
            Self::Month(month) => month,
            Self::HalfYear(half_year) => half_year.last_month(),
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Month(month) => month.fmt(formatter),
            Self::HalfYear(half_year) => half_year.fmt(formatter),
        }
    }
}

/// Why some text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a period is a month such as 2026-10 or a half-year such as 2026-H2")]
pub struct PeriodError;

impl std::str::FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let half_year = || text.parse().map(Self::HalfYear).map_err(|_| PeriodError);
        text.parse().map(Self::Month).or_else(|_| half_year())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn releases_spend_exactly_what_the_table_says() {
        let check = |vocabulary: Vocabulary, report: (u64, u64), year: (u64, u64), units: u64| {
            assert_eq!(vocabulary.rho_per_report(), Ratio::new(report.0, report.1), "{}", vocabulary.name);
            assert_eq!(vocabulary.rho_per_year(), Ratio::new(year.0, year.1), "{}", vocabulary.name);
            assert_eq!(vocabulary.rho_per_report() * BUDGET_UNITS, Ratio::from_integer(units));
        };
        check(Vocabulary::pulse(), (9, 3200), (27, 800), 9);
        check(Vocabulary::half_year(), (11, 400), (11, 200), 88);
        assert_eq!(rho_per_year(), Ratio::new(71, 800));
        assert_eq!(rho_per_year() * BUDGET_UNITS, Ratio::from_integer(284));
        // The five tables of the design with the pulse: 0.08375.
        let design = |group: &&CellGroup| !["service", "outcome"].contains(&group.name);
        let tables: Ratio<u64> = HALF_YEAR.iter().filter(design).map(CellGroup::rho).sum();
        assert_eq!(tables * 2 + Vocabulary::pulse().rho_per_year(), Ratio::new(67, 800));
    }

    #[test]
    fn cells_are_closed_lists_without_doubles() {
        assert_eq!(Vocabulary::pulse().len(), 2);
        let half_year = Vocabulary::half_year();
        let persons: usize = half_year.groups.iter().take(4).map(|group| group.cells.len()).sum();
        assert_eq!((persons, half_year.len()), (17, 29));
        let names: BTreeSet<&str> = half_year.cells().map(|(_, cell)| cell).collect();
        assert_eq!(names.len(), half_year.len());
        for vocabulary in Vocabulary::all() {
            assert!(vocabulary.groups.iter().any(|group| group.name == vocabulary.denominator));
            assert_eq!(Vocabulary::named(vocabulary.name), Some(vocabulary));
        }
    }

    #[test]
    fn a_period_reads_as_it_is_written_and_goes_by_its_last_month() {
        for (text, month) in [("2026-10", "2026-10"), ("2026-H1", "2026-06"), ("2026-H2", "2026-12")] {
            let period: Period = text.parse().unwrap();
            assert_eq!((period.to_string().as_str(), period.month().to_string().as_str()), (text, month));
            assert_eq!(Period::of(period.vocabulary().name, period.month()), Some(period));
        }
        assert_eq!(Period::of("v1/half-year", "2026-10".parse().unwrap()), None);
        assert_eq!("2026".parse::<Period>(), Err(PeriodError));
    }
}
