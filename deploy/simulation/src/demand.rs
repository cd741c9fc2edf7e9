//! The people of a made-up territory, their trips, and what a month and a half-year count of them: exact, before noise. Each person is in
//! at most one cell of each table and counts for at most the bound of the pulse, as in a node.

use std::collections::BTreeMap;

use maillage_federation::statistics::Vocabulary;
use rand::{RngExt as _, SeedableRng as _, distr::weighted::WeightedIndex};
use rand_chacha::ChaCha20Rng;
use rand_distr::{Distribution as _, Normal, Poisson};

use crate::plan::{MODELS, Planned};

/// People accompanied, per inhabitant of a typical territory; and how much territories differ, as a standard deviation of the logarithm.
const PER_INHABITANT: (f64, f64) = (0.001, 0.3);
/// Trips that a typical person asks for in a month; and how much people differ.
const TRIPS_A_MONTH: (f64, f64) = (0.9, 0.5);
/// Chance of a service beyond trips in a half-year.
const SERVICE: f64 = 0.2;
/// Chance that a pathway ends in a half-year.
const OUTCOME: f64 = 0.08;

/// Cells of tables with their weights among people.
const AGE: [(&str, u32); 5] =
    [("age-under-60", 35), ("age-60-74", 25), ("age-75-84", 22), ("age-85-over", 12), ("age-not-stated", 6)];
const NEED: [(&str, u32); 3] = [("need-none", 60), ("need-aid-or-companion", 30), ("need-wheelchair", 10)];
const PURPOSE: [(&str, u32); 6] = [
    ("purpose-health", 45),
    ("purpose-shopping", 15),
    ("purpose-administrative", 8),
    ("purpose-social", 12),
    ("purpose-work-training", 17),
    ("purpose-other", 3),
];
const SERVICES: [(&str, u32); 5] = [
    ("service-loan", 20),
    ("service-licence-aid", 10),
    ("service-garage", 10),
    ("service-financial-aid", 10),
    ("service-advice", 50),
];
const OUTCOMES: [(&str, u32); 6] = [
    ("outcome-work", 25),
    ("outcome-licence-training", 15),
    ("outcome-autonomy", 25),
    ("outcome-care-social", 15),
    ("outcome-unchanged", 10),
    ("outcome-other", 10),
];

/// What a half-year of a territory counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Trips fulfilled and not fulfilled by month, bounded by person.
    pub months: [[u64; 2]; 6],
    /// Cells of the tables of persons; one that is not there is zero.
    pub cells: BTreeMap<&'static str, u64>,
    /// All trips fulfilled, without a bound.
    pub carried: u64,
    /// All trips asked for.
    pub asked: u64,
}

/// Somebody made up.
struct Somebody {
    trips_a_month: Poisson<f64>,
    age: &'static str,
    need: &'static str,
    purpose: &'static str,
}

/// The people of a territory.
pub struct People {
    somebody: Vec<Somebody>,
    random: ChaCha20Rng,
    rate: f64,
    tariff: &'static str,
}

impl People {
    /// Makes up the people of a territory.
    ///
    /// # Errors
    /// A law that is none.
    pub fn of(planned: &Planned) -> anyhow::Result<Self> {
        let mut random = ChaCha20Rng::seed_from_u64(planned.seed);
        let differ = Normal::new(0.0, PER_INHABITANT.1)?.sample(&mut random).exp();
        let number = (f64::from(planned.population) * PER_INHABITANT.0 * differ).round().max(5.0);
        let busy = Normal::new(TRIPS_A_MONTH.0.ln(), TRIPS_A_MONTH.1)?;
        let mut somebody = Vec::new();
        while f64::from(u32::try_from(somebody.len())?) < number {
            somebody.push(Somebody {
                trips_a_month: Poisson::new(busy.sample(&mut random).exp())?,
                age: pick(&AGE, &mut random)?,
                need: pick(&NEED, &mut random)?,
                purpose: pick(&PURPOSE, &mut random)?,
            });
        }
        let [shared, scaled, _] = MODELS;
        let tariff = match planned.model.to_string() {
            model if model == shared => "tariff-shared-cost",
            model if model == scaled => "tariff-income-scaled",
            _ => "tariff-free",
        };
        Ok(Self { somebody, random, rate: planned.rate, tariff })
    }

    /// How many there are.
    pub fn number(&self) -> usize {
        self.somebody.len()
    }

    /// Lives a half-year and counts it.
    ///
    /// # Errors
    /// A law that is none.
    pub fn half_year(&mut self) -> anyhow::Result<Counted> {
        let bound = Vocabulary::pulse().person_bound("trips");
        let mut counted = Counted::default();
        let Self { somebody, random, rate, tariff } = self;
        for one in somebody.iter() {
            let (mut fulfilled, mut asked) = (0_u64, 0_u64);
            for month in &mut counted.months {
                let mut trips = one.trips_a_month.sample(random);
                let mut of_month = 0;
                while trips >= 1.0 {
                    trips -= 1.0;
                    let carried = random.random_bool(*rate);
                    asked += 1;
                    fulfilled += u64::from(carried);
                    if of_month < bound {
                        of_month += 1;
                        let [yes, no] = month;
                        *(if carried { yes } else { no }) += 1;
                    }
                }
            }
            counted.asked += asked;
            counted.carried += fulfilled;
            let mut add = |cell: &'static str, amount: u64| *counted.cells.entry(cell).or_default() += amount;
            let service = random.random_bool(SERVICE).then(|| pick(&SERVICES, random)).transpose()?;
            let outcome = random.random_bool(OUTCOME).then(|| pick(&OUTCOMES, random)).transpose()?;
            if asked == 0 && service.is_none() && outcome.is_none() {
                continue;
            }
            add(one.age, 1);
            add(one.need, 1);
            if let Some(sixteenths) = (16 * fulfilled + asked / 2).checked_div(asked) {
                add(one.purpose, 1);
                add(tariff, 1);
                add("rate-sixteenths", sixteenths);
            }
            for cell in service.into_iter().chain(outcome) {
                add(cell, 1);
            }
        }
        Ok(counted)
    }
}

fn pick(cells: &[(&'static str, u32)], random: &mut ChaCha20Rng) -> anyhow::Result<&'static str> {
    let weights = WeightedIndex::new(cells.iter().map(|(_, weight)| *weight))?;
    let place = weights.sample(random);
    Ok(cells.get(place).map_or("", |(cell, _)| cell))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use maillage_federation::statistics::Vocabulary;

    use super::{AGE, NEED, OUTCOMES, PURPOSE, People, SERVICES};
    use crate::plan::{MODELS, Planned};

    fn planned(rate: f64) -> Planned {
        Planned {
            siren: "200034031".parse().unwrap(),
            population: 200_000,
            model: MODELS[1].parse().unwrap(),
            rate,
            seed: 7,
        }
    }

    #[test]
    fn every_cell_is_one_of_the_vocabulary() {
        let known: BTreeSet<_> = Vocabulary::half_year().cells().map(|(_, cell)| cell).collect();
        let made_up = [&AGE[..], &NEED, &PURPOSE, &SERVICES, &OUTCOMES].concat();
        assert!(made_up.iter().all(|(cell, _)| known.contains(cell)), "{made_up:?}");
    }

    #[test]
    fn people_are_counted_as_a_node_counts_them() {
        let mut people = People::of(&planned(0.75)).unwrap();
        let number = u64::try_from(people.number()).unwrap();
        assert!((50..400).contains(&number), "{number}");
        let counted = people.half_year().unwrap();
        let sum = |table: &[(&str, u32)]| {
            table.iter().map(|(cell, _)| counted.cells.get(cell).copied().unwrap_or(0)).sum::<u64>()
        };
        assert_eq!(sum(&AGE), sum(&NEED), "each active person once");
        assert!(sum(&AGE) <= number && sum(&PURPOSE) <= sum(&AGE));
        assert_eq!(sum(&PURPOSE), counted.cells["tariff-income-scaled"]);
        let months: u64 = counted.months.iter().flatten().sum();
        assert!(months < counted.asked, "some ask for more than counts");
        assert!(counted.months.iter().all(|[yes, no]| yes + no <= 3 * number));
        let rate = counted.carried * 100 / counted.asked;
        assert!((70..80).contains(&rate), "{rate}");
        assert_ne!(counted, people.half_year().unwrap(), "life goes on");
    }

    #[test]
    fn who_is_always_carried_has_sixteen_sixteenths() {
        let counted = People::of(&planned(1.0)).unwrap().half_year().unwrap();
        assert!(counted.months.iter().all(|[_, no]| *no == 0));
        assert_eq!(counted.cells["rate-sixteenths"], 16 * counted.cells["tariff-income-scaled"]);
    }
}
