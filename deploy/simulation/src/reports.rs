//! What a made-up node would send: its counts with the noise of the vocabularies, discrete Gaussian from the same library as a node has,
//! but from a seed, so that the same plan gives the same reports. Must never be fed with true people.

use maillage_federation::{
    month::Month,
    statistics::{Report, Section, Vocabulary},
};
use num_bigint::BigInt;
use num_rational::Ratio;
use prio::dp::{Rational, distributions::DiscreteGaussian};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use rand_distr::Distribution as _;

use crate::{
    demand::{Counted, People},
    plan::{Plan, Planned},
};

/// People registered from whom on a node sends half-years.
const REGISTERED: usize = 20;

/// What a made-up node sends in all its half-years, and what it would say without noise and bounds.
#[derive(Debug, Clone)]
pub struct Sent {
    /// In the order in which they are due.
    pub reports: Vec<Report>,
    /// The counts of each before noise.
    pub counts: Vec<Vec<u64>>,
    /// Trips carried.
    pub carried: u64,
    /// Trips asked for.
    pub asked: u64,
}

/// Lives the half-years of a plan in one territory and reports them.
///
/// # Errors
/// A law that is none, and a draw beyond 64 bits.
pub fn of(plan: &Plan, planned: &Planned) -> anyhow::Result<Sent> {
    let mut people = People::of(planned)?;
    let mut random = ChaCha20Rng::seed_from_u64(planned.seed.rotate_left(32));
    let mut sent = Sent { reports: Vec::new(), counts: Vec::new(), carried: 0, asked: 0 };
    let (pulse, tables) = (Vocabulary::pulse(), Vocabulary::half_year());
    for half_year in &plan.half_years {
        let Counted { months, cells, carried, asked } = people.half_year()?;
        sent.carried += carried;
        sent.asked += asked;
        for (month, counts) in half_year.months().into_iter().zip(months) {
            sent.reports.push(report(planned, &pulse, (month, &counts), &mut random)?);
            sent.counts.push(counts.to_vec());
        }
        if people.number() >= REGISTERED {
            let counts: Vec<u64> =
                tables.cells().map(|(_, cell)| cells.get(cell).copied().unwrap_or(0)).collect();
            sent.reports.push(report(planned, &tables, (half_year.last_month(), &counts), &mut random)?);
            sent.counts.push(counts);
        }
    }
    Ok(sent)
}

fn report(
    planned: &Planned,
    vocabulary: &Vocabulary,
    (period, counts): (Month, &[u64]),
    random: &mut ChaCha20Rng,
) -> anyhow::Result<Report> {
    let cells = counts
        .iter()
        .zip(vocabulary.cells())
        .map(|(count, (group, _))| Ok(i64::try_from(*count)?.saturating_add(noise(group.sigma, random)?)))
        .collect::<anyhow::Result<_>>()?;
    let section = Section { model: planned.model.clone(), cells };
    let report = Report { period, vocabulary: vocabulary.name.to_owned(), sections: vec![section] };
    report.check()?;
    Ok(report)
}

/// One draw.
fn noise(sigma: Ratio<u64>, random: &mut ChaCha20Rng) -> anyhow::Result<i64> {
    let sigma = Rational::from_unsigned(u128::from(*sigma.numer()), u128::from(*sigma.denom()))?;
    let drawn: BigInt = DiscreteGaussian::new(sigma)?.sample(random);
    Ok(i64::try_from(drawn)?)
}

#[cfg(test)]
mod tests {
    use maillage_geography::Geography;

    use super::of;
    use crate::plan::{Plan, Wanted};

    #[test]
    fn a_territory_sends_a_pulse_each_month_and_tables_each_half_year_the_same_for_the_same_seed() {
        let wanted = Wanted {
            seed: 3,
            territories: 5,
            without: [].into(),
            until: "2026-H1".parse().unwrap(),
            half_years: 2,
            effect: 0.4,
        };
        let plan = Plan::make(&wanted, Geography::embedded()).unwrap();
        for planned in &plan.territories {
            let (sent, again) = (of(&plan, planned).unwrap(), of(&plan, planned).unwrap());
            assert_eq!(sent.reports, again.reports);
            let named = |name: &str| sent.reports.iter().filter(|report| report.vocabulary == name).count();
            assert_eq!(named("v1/pulse"), 12);
            assert!([0, 2].contains(&named("v1/half-year")));
            assert_eq!(sent.reports[0].period.to_string(), "2025-07");
        }
    }
}
