//! Which territories take part, under which model each works, and what is true: the effect of each model on the odds of being carried,
//! and that of density, which also decides which model is chosen. A comparison that ignores density is misled by that, on purpose.

use std::collections::BTreeSet;

use maillage_federation::{
    half_year::HalfYear,
    models::{ModelKey, ModelKeyError},
};
use maillage_geography::{Geography, Siren};
use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha20Rng;
use rand_distr::{Distribution as _, StandardNormal};

/// The model that has the effect, between two that are alike: what is true of the others is that they do not differ.
pub const MODELS: [&str; 3] = ["benevoles-association@1", "hybride-guichet@1", "service-prescription@1"];

/// Log-odds of being carried in a territory of mean density under a model without effect: 65 %.
const LOG_ODDS: f64 = 0.62;
/// What a territory that is e times as dense adds to the log-odds.
const BY_DENSITY: f64 = 0.15;
/// How much likelier the second model is there, as a factor of its weight.
const CHOSEN_BY_DENSITY: f64 = 0.7;
/// Standard deviation of log-odds between territories of a model.
const SPREAD: f64 = 0.3;
/// Inhabitants per square kilometre that count as the mean.
const MEAN_DENSITY: f64 = 60.0;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Seed of everything.
    pub seed: u64,
    /// Territories, at most; all that there are otherwise.
    pub territories: usize,
    /// Territories that are not to be made up, since somebody else plays them.
    pub without: BTreeSet<Siren>,
    /// Last half-year.
    pub until: HalfYear,
    /// Half-years.
    pub half_years: usize,
    /// What the second model of [`MODELS`] adds to the log-odds of being carried.
    pub effect: f64,
}

/// A territory as it is made up.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Which.
    pub siren: Siren,
    /// Its inhabitants.
    pub population: u32,
    /// Its model.
    pub model: ModelKey,
    /// Chance of a trip to be carried, between 0 and 1.
    pub rate: f64,
    /// Seed of its people.
    pub seed: u64,
}

/// A federation to be made up.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its territories, by their SIREN.
    pub territories: Vec<Planned>,
    /// Its half-years, in order.
    pub half_years: Vec<HalfYear>,
}

impl Plan {
    /// Chooses territories and their models.
    ///
    /// # Errors
    /// A model of [`MODELS`] is no key of a model.
    pub fn make(wanted: &Wanted, geography: &Geography) -> Result<Self, ModelKeyError> {
        let mut random = ChaCha20Rng::seed_from_u64(wanted.seed);
        let mut sirens: Vec<_> = geography
            .territories()
            .iter()
            .filter(|territory| !wanted.without.contains(&territory.siren))
            .map(|territory| (territory.siren, territory.population, territory.density_tenths_per_km2))
            .collect();
        sirens.sort_unstable();
        sirens.shuffle(&mut random);
        sirens.truncate(wanted.territories);
        sirens.sort_unstable();
        let territories = sirens
            .into_iter()
            .map(|(siren, population, density)| {
                let denser = (f64::from(density.max(1)) / 10.0 / MEAN_DENSITY).ln().clamp(-2.0, 2.0);
                let (model, effect) = choose(denser, wanted.effect, &mut random);
                let own: f64 = StandardNormal.sample(&mut random);
                let log_odds = LOG_ODDS + effect + BY_DENSITY * denser + SPREAD * own;
                Ok(Planned {
                    siren,
                    population,
                    model: model.parse()?,
                    rate: 1.0 / (1.0 + (-log_odds).exp()),
                    seed: random.random(),
                })
            })
            .collect::<Result<_, ModelKeyError>>()?;
        Ok(Self { territories, half_years: half_years(wanted) })
    }
}

/// A model and its effect. The denser a territory, the likelier the second one.
fn choose(denser: f64, effect: f64, random: &mut ChaCha20Rng) -> (&'static str, f64) {
    let [first, second, third] = MODELS;
    let weight = (CHOSEN_BY_DENSITY * denser).exp();
    match random.random_range(0.0..2.0 + weight) {
        draw if draw < weight => (second, effect),
        draw if draw < weight + 1.0 => (first, 0.0),
        _ => (third, 0.0),
    }
}

/// The half-year before one.
pub fn before(half_year: HalfYear) -> HalfYear {
    let [first, ..] = half_year.months();
    HalfYear::of(first.previous())
}

fn half_years(wanted: &Wanted) -> Vec<HalfYear> {
    let one_before = |half_year: &HalfYear| Some(before(*half_year));
    let mut all: Vec<_> =
        std::iter::successors(Some(wanted.until), one_before).take(wanted.half_years).collect();
    all.reverse();
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use maillage_geography::Geography;

    use super::{MODELS, Plan, Wanted};

    fn plan(seed: u64, territories: usize) -> Plan {
        let wanted = Wanted {
            seed,
            territories,
            without: ["200034031".parse().unwrap()].into(),
            until: "2026-H1".parse().unwrap(),
            half_years: 4,
            effect: 0.4,
        };
        Plan::make(&wanted, Geography::embedded()).unwrap()
    }

    #[test]
    fn a_seed_is_a_federation_and_another_is_another() {
        let sirens = |plan: &Plan| plan.territories.iter().map(|one| one.siren).collect::<Vec<_>>();
        let (first, again, other) = (plan(1, 60), plan(1, 60), plan(2, 60));
        assert_eq!(format!("{first:?}"), format!("{again:?}"));
        assert_eq!(first.territories.len(), 60);
        assert_ne!(sirens(&first), sirens(&other));
        let half_years: Vec<_> = first.half_years.iter().map(ToString::to_string).collect();
        assert_eq!(half_years, ["2024-H2", "2025-H1", "2025-H2", "2026-H1"]);
    }

    #[test]
    fn all_of_france_has_every_model_and_the_one_with_the_effect_where_it_is_denser() {
        let geography = Geography::embedded();
        let all = plan(1, usize::MAX);
        assert_eq!(all.territories.len(), 1_252, "one is played by somebody else");
        let mut density: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for one in &all.territories {
            let territory = geography.territory(&one.siren).unwrap();
            density.entry(one.model.to_string()).or_default().push(territory.density_tenths_per_km2);
        }
        let median = |model: &str| {
            let mut of = density[model].clone();
            of.sort_unstable();
            assert!(of.len() > 250, "{model}: {}", of.len());
            of[of.len() / 2]
        };
        let [first, second, third] = MODELS.map(median);
        assert!(second * 10 > first * 13 && second * 10 > third * 13, "{first} {second} {third}");
        assert!(all.territories.iter().all(|one| one.rate > 0.2 && one.rate < 0.95));
    }
}
