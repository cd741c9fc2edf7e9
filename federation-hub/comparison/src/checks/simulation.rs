//! Federations made up to see what the estimators do: territories with a density and a population, a rate of their own,
//! and the noise of the vocabulary. Seeded; every number in here is synthetic. Must never be shown as data.

use crate::{
    Arm, Contrasts, Count, Density, Elsewhere, Indicator, Measure, Observation, Place, Privacy, Standing,
    Study, Territory, relabelling::Sequence,
};

/// Standard deviation of the noise of a monthly cell: that of the vocabulary.
pub(super) const SIGMA: f64 = 40.0;

/// Months of reports in a study.
pub(super) const MONTHS: u32 = 12;

/// A seeded source of made-up territories.
pub(super) struct Maker(Sequence);

/// How one arm is made.
#[derive(Clone, Copy)]
pub(super) struct Recipe {
    /// Territories.
    pub(super) number: u32,
    /// First territory's number.
    pub(super) start: u32,
    /// Log-odds of a typical territory of class 0.
    pub(super) log_odds: f64,
    /// Standard deviation of log-odds between territories.
    pub(super) spread: f64,
    /// What a class of density adds to log-odds.
    pub(super) by_density: f64,
    /// Part of the territories in class 0; the rest is spread over classes 1 and 2.
    pub(super) rural: f64,
    /// Standard deviation of the noise per cell.
    pub(super) sigma: f64,
}

impl Recipe {
    /// The usual one: rate 65 % in a typical territory, all classes alike.
    pub(super) fn usual(number: u32, start: u32) -> Self {
        Self { number, start, log_odds: 0.62, spread: 0.35, by_density: 0.0, rural: 0.4, sigma: SIGMA }
    }
}

impl Maker {
    pub(super) fn new(seed: u64) -> Self {
        Self(Sequence(seed.wrapping_mul(0xD134_2543_DE82_EF95)))
    }

    /// Between 0 and 1, never 0.
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.0.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal (Box & Muller).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Trips of `asked` that are fulfilled: the normal law that stands for a binomial one of this size.
    fn fulfilled(&mut self, asked: f64, rate: f64) -> f64 {
        (asked * rate + (asked * rate * (1.0 - rate)).sqrt() * self.normal()).clamp(0.0, asked)
    }

    /// One territory: its place, and trips fulfilled and not fulfilled in a year with the noise of the reports.
    pub(super) fn territory(&mut self, number: u32, recipe: &Recipe) -> Observation {
        let density = match self.uniform() {
            draw if draw < recipe.rural => 0,
            draw if draw < f64::midpoint(1.0, recipe.rural) => 1,
            _ => 2,
        };
        let population = whole((10.0 + 0.7 * self.normal()).exp().max(2_000.0));
        let log_odds =
            recipe.log_odds + recipe.by_density * f64::from(density) + recipe.spread * self.normal();
        let rate = 1.0 / (1.0 + (-log_odds).exp());
        #[expect(clippy::cast_precision_loss, reason = "a population")]
        let asked = (population as f64 * 0.25 * (0.3 * self.normal()).exp()).round();
        let fulfilled = self.fulfilled(asked, rate).round();
        let noise = f64::from(MONTHS).sqrt() * recipe.sigma;
        let mut count = |value: f64| {
            let value = whole(value + noise * self.normal());
            if recipe.sigma > 0.0 { Count::noisy(value, MONTHS, recipe.sigma) } else { Count::exact(value) }
        };
        let (part, rest) = (count(fulfilled), count(asked - fulfilled));
        let population = u32::try_from(population).expect("a population");
        let place = Place { territory: Territory(number), density: Density(density), population };
        Observation::share(place, part, rest)
    }

    /// A model with its territories.
    pub(super) fn arm(&mut self, name: &str, recipe: &Recipe) -> Arm {
        let numbers = recipe.start..recipe.start + recipe.number;
        let observations = numbers.map(|number| self.territory(number, recipe)).collect();
        Arm { name: name.to_owned(), observations, elsewhere: Elsewhere::default() }
    }
}

/// Fulfilment rate of these models.
pub(super) fn study(arms: Vec<Arm>) -> Study {
    Study {
        indicator: Indicator {
            key: "fulfilment-rate".to_owned(),
            standing: Standing::Primary,
            measure: Measure::Share,
            per: 1.0,
        },
        arms,
        contrasts: Contrasts::AllPairs,
        privacy: Privacy::Noise { rho_per_year: 0.083_75 },
    }
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "made-up counts are small")]
pub(super) fn whole(value: f64) -> i64 {
    value.round() as i64
}
