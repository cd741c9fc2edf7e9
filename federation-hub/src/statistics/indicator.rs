//! The indicators that are compared and followed over time, all in this one place: of which cells each is made, and whether it was
//! declared before the data were seen.
//!
//! | key | numerator | denominator | reports | standing |
//! |---|---|---|---|---|
//! | `fulfilment-rate` | trips fulfilled | those and the trips not fulfilled | pulse | primary |
//! | `persons-per-1000` | active persons: the table of needs | inhabitants × half-years | half-year | primary |
//! | `trips-per-1000` | trips fulfilled | inhabitants × months | pulse | exploratory |
//! | `trips-per-person` | trips fulfilled in its six months | active persons: the table of needs | both | exploratory |
//! | `person-fulfilment` | sum of personal rates, in sixteenths | persons with a trip: the table of purposes | half-year | exploratory |
//!
//! The two primary ones are the two questions of the programme: how many people a model reaches, and how well it answers them. Both
//! stand here since before the first half-year was compared. An indicator that is added later is exploratory.
//!
//! A quotient never crosses models: the pulse tells all trips of a month under the general model of that month, the half-year each
//! person under hers. `trips-per-person` therefore only takes a half-year that has one model, with all its six months under the same;
//! the others are told as set aside. So are, for a model's figure per inhabitant, reports of several models: nobody can say which
//! inhabitants are whose. They stay in the figure of all models together.
//!
//! Trips are as the pulse counts them: at most three a person and month, so that no trip-based figure is one of all trips.
//!
//! Every noisy cell of a sum brings its own variance. Must never hold a rule of display: those are `maillage-comparison`'s.

use std::str::FromStr;

use maillage_comparison::{Count, Indicator, Measure, Observation, Place, Standing};
use maillage_federation::statistics::{Cadence, Vocabulary};

/// An indicator that can be compared and followed from what nodes report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndicatorKey {
    /// Trips fulfilled among those asked for.
    FulfilmentRate,
    /// Active persons of a half-year, per 1 000 inhabitants.
    PersonsPerThousand,
    /// Trips fulfilled a month, per 1 000 inhabitants.
    TripsPerThousand,
    /// Trips fulfilled in a half-year, per active person.
    TripsPerPerson,
    /// The fulfilment rate of persons, each counting alike, of those with a trip.
    PersonFulfilment,
}

/// How its values read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A part of a whole, between 0 and 1 but for noise.
    Share,
    /// Something per something else.
    Number,
}

/// Cells that are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cells {
    /// One.
    Cell(&'static str),
    /// All of a group.
    Group(&'static str),
    /// None: what stands against the numerator is not reported.
    Nothing,
}

/// What an indicator is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipe {
    /// Cells of one vocabulary.
    Plain {
        /// Of the reports.
        vocabulary: &'static str,
        /// Summed into the numerator.
        numerator: Cells,
        /// What the numerator is set against.
        other: Cells,
    },
    /// Trips of the six months of a half-year and its active persons.
    TripsPerPerson,
}

/// What one territory reported under one model: sums with the variance of their noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sums {
    pub(super) numerator: Count,
    pub(super) other: Count,
}

impl IndicatorKey {
    /// Every one, primary ones first.
    pub const ALL: [Self; 5] = [
        Self::FulfilmentRate,
        Self::PersonsPerThousand,
        Self::TripsPerThousand,
        Self::TripsPerPerson,
        Self::PersonFulfilment,
    ];

    /// Its key.
    pub fn code(self) -> &'static str {
        match self {
            Self::FulfilmentRate => "fulfilment-rate",
            Self::PersonsPerThousand => "persons-per-1000",
            Self::TripsPerThousand => "trips-per-1000",
            Self::TripsPerPerson => "trips-per-person",
            Self::PersonFulfilment => "person-fulfilment",
        }
    }

    /// Whether it was declared before the data were seen.
    pub fn standing(self) -> Standing {
        match self {
            Self::FulfilmentRate | Self::PersonsPerThousand => Standing::Primary,
            Self::TripsPerThousand | Self::TripsPerPerson | Self::PersonFulfilment => Standing::Exploratory,
        }
    }

    /// How its values read.
    pub fn unit(self) -> Unit {
        match self {
            Self::FulfilmentRate | Self::PersonFulfilment => Unit::Share,
            Self::PersonsPerThousand | Self::TripsPerThousand | Self::TripsPerPerson => Unit::Number,
        }
    }

    /// The vocabularies it is made of; the periods of the last one are its own.
    pub fn vocabularies(self) -> Vec<Vocabulary> {
        match self.recipe() {
            Recipe::Plain { vocabulary, .. } => Vocabulary::named(vocabulary).into_iter().collect(),
            Recipe::TripsPerPerson => vec![Vocabulary::pulse(), Vocabulary::half_year()],
        }
    }

    /// How often there is a value.
    pub fn cadence(self) -> Cadence {
        self.vocabularies().last().map_or(Cadence::Monthly, |vocabulary| vocabulary.cadence)
    }

    /// As the comparison knows it.
    pub(super) fn indicator(self) -> Indicator {
        let (measure, per) = match self {
            Self::FulfilmentRate => (Measure::Share, 1.0),
            Self::PersonsPerThousand | Self::TripsPerThousand => (Measure::Counted { grain: 1.0 }, 1_000.0),
            Self::TripsPerPerson => (Measure::Counted { grain: 1.0 }, 1.0),
            Self::PersonFulfilment => (Measure::Counted { grain: 16.0 }, 1.0 / 16.0),
        };
        Indicator { key: self.code().to_owned(), standing: self.standing(), measure, per }
    }

    pub(super) fn recipe(self) -> Recipe {
        let plain = |vocabulary, numerator, other| Recipe::Plain { vocabulary, numerator, other };
        match self {
            Self::FulfilmentRate => plain(
                Vocabulary::pulse().name,
                Cells::Cell("trips-fulfilled"),
                Cells::Cell("trips-not-fulfilled"),
            ),
            Self::TripsPerThousand => {
                plain(Vocabulary::pulse().name, Cells::Cell("trips-fulfilled"), Cells::Nothing)
            }
            Self::PersonsPerThousand => {
                plain(Vocabulary::half_year().name, Cells::Group("need"), Cells::Nothing)
            }
            Self::PersonFulfilment => {
                plain(Vocabulary::half_year().name, Cells::Cell("rate-sixteenths"), Cells::Group("purpose"))
            }
            Self::TripsPerPerson => Recipe::TripsPerPerson,
        }
    }

    /// One territory under one model, over a number of different periods.
    pub(super) fn observation(self, place: Place, sums: Sums, periods: usize) -> Observation {
        let Sums { numerator, other } = sums;
        let inhabitants = i64::from(place.population);
        match self {
            Self::FulfilmentRate => Observation::share(place, numerator, other),
            Self::TripsPerPerson | Self::PersonFulfilment => Observation::quotient(place, numerator, other),
            // Per month or half-year: the same person may be active in each, and a territory may report fewer.
            Self::TripsPerThousand | Self::PersonsPerThousand => {
                let periods = i64::try_from(periods).unwrap_or(i64::MAX);
                Observation::quotient(place, numerator, Count::exact(inhabitants.saturating_mul(periods)))
            }
        }
    }
}

impl FromStr for IndicatorKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|indicator| indicator.code() == text).ok_or(())
    }
}

impl Unit {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Number => "number",
        }
    }
}

impl Cells {
    /// Sums these cells of a section, with the noise of each.
    pub(super) fn sum(self, vocabulary: &Vocabulary, cells: &[i64]) -> Count {
        let named = vocabulary.cells().zip(cells);
        let wanted = named.filter(|((group, cell), _)| match self {
            Self::Cell(name) => *cell == name,
            Self::Group(name) => group.name == name,
            Self::Nothing => false,
        });
        wanted.fold(Count::exact(0), |sum, ((group, _), value)| {
            sum.plus(Count::noisy(*value, 1, super::real(group.sigma)))
        })
    }
}

impl Sums {
    /// Of no report.
    pub(super) const NOTHING: Self = Self { numerator: Count::exact(0), other: Count::exact(0) };

    /// The sum of two, with independent noise.
    pub(super) fn plus(self, other: Self) -> Self {
        Self { numerator: self.numerator.plus(other.numerator), other: self.other.plus(other.other) }
    }
}
