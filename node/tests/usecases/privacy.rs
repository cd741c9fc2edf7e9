//! What somebody who knows everything else learns of one person from all that leaves a node in a year: the whole pipeline of reports on
//! two sets of data that differ by the person who weighs most, and the trade-off between the two mistakes of the best guess. What is
//! promised stands here as numbers of its own, not as what the code says of itself.
//!
//! `MAILLAGE_AUDIT=long cargo test --workspace --test usecases privacy` plays 200 000 years in place of 10 000.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    pathway::Outcome,
    place::NewPlace,
    pulse,
    request::NewRequest,
};
use maillage_federation::{ids::Id, month::Month};
use maillage_node::app::{
    noise::{Noise, NoiseError},
    report::{self, half_year},
    trips,
};
use maillage_store::trips as rows;
use num_bigint::BigInt;
use num_rational::Ratio;
use prio::dp::{Rational, distributions::DiscreteGaussian};
use rand::{SeedableRng as _, distr::Distribution as _, rngs::StdRng};

use crate::{
    half_years::{advise, end_pathway, half, local, set, unmet, world},
    world::{A, World, ready},
};

/// ρ of a year, as it is said to people.
const PROMISED: Ratio<u64> = Ratio::new_raw(71, 800);
/// The best that the second mistake can be held down to at a first one of α, for μ = √(2ρ): Φ(Φ⁻¹(1 − α) − μ).
const TRADE_OFF: [(f64, f64); 5] =
    [(0.5, 0.336_765), (0.3, 0.541_055), (0.2, 0.662_872), (0.1, 0.805_173), (0.05, 0.889_438)];
/// Trips of the person in every month, far more than count.
const TRIPS: u64 = 8;
/// Years that are enough to see that a mutant keeps no promise.
const MUTANT_RUNS: usize = 3_000;

/// A cell as the pipeline asks for its noise: what it would be without, and the deviation.
type Cell = (i64, u64);

/// What one person adds to a cell, and the deviation of its noise.
type Weight = (i64, u64);

/// Noise that notes each draw, with its deviation.
struct Noted {
    random: Option<Mutex<StdRng>>,
    draws: Mutex<Vec<(i64, u64)>>,
}

impl Noted {
    fn none() -> Self {
        Self { random: None, draws: Mutex::default() }
    }

    fn seeded(seed: u64) -> Self {
        Self { random: Some(Mutex::new(StdRng::seed_from_u64(seed))), ..Self::none() }
    }
}

impl Noise for Noted {
    fn draw(&self, sigma: Ratio<u64>) -> Result<i64, NoiseError> {
        assert!(sigma.is_integer());
        let sigma = sigma.to_integer();
        let drawn =
            self.random.as_ref().map_or(0, |random| sample(&sampler(sigma, 1), &mut random.lock().unwrap()));
        self.draws.lock().unwrap().push((drawn, sigma));
        Ok(drawn)
    }
}

/// The library's discrete Gaussian, as the node in service has it.
fn sampler(sigma: u64, divided_by: u64) -> DiscreteGaussian {
    DiscreteGaussian::new(Rational::from_unsigned(sigma, divided_by).unwrap()).unwrap()
}

fn sample(sampler: &DiscreteGaussian, random: &mut StdRng) -> i64 {
    let drawn: BigInt = sampler.sample(random);
    i64::try_from(drawn).unwrap()
}

/// The node's year 2027 over, nothing of it closed; with the person who weighs most, or without.
fn year(with_the_person: bool) -> World {
    let (world, others) = world();
    let driver = world.volunteer(A, "81003", true);
    let person = with_the_person.then(|| world.person(A, "never"));
    for month in 1..=12 {
        let day = |day: u64| format!("2027-{month:02}-{day:02}");
        set(&world, &format!("{}T06:00:00Z", day(1)));
        for (other, day_of) in others.iter().zip(11..15) {
            unmet(&world, *other, (&day(day_of), "health"));
        }
        for trip in 0..TRIPS {
            if let Some(person) = person {
                carry(&world, person, driver, &day(2 + trip));
            }
        }
        if let Some(person) = person.filter(|_| month % 6 == 0) {
            set(&world, &format!("{}T06:00:00Z", day(20)));
            advise(&world, person, &day(20));
            end_pathway(&world, person, &day(20), Outcome::JobFound);
        }
    }
    set(&world, "2028-01-01T06:00:00Z");
    world
}

/// A trip that is asked for and carried out.
fn carry(world: &World, person: Id<PersonKind>, driver: Id<VolunteerKind>, day: &str) {
    let new = NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some(format!("{day}T10:00")),
        purpose: "health".into(),
        ..NewRequest::default()
    };
    let (_, legs) = ready(trips::add_request(world.app(A), &local(), person, new)).unwrap();
    world.promise(A, legs[0].id(), driver);
    world.complete(A, legs[0].id());
}

/// Closes the twelve months and both half-years; every cell that leaves, in order.
fn close(world: &World, noise: &Arc<Noted>) -> Vec<i64> {
    let mut cells = Vec::new();
    let mut take = |report: &maillage_federation::statistics::Report| {
        cells.extend(report.sections.iter().flat_map(|section| section.cells.clone()));
    };
    for number in 1..=12 {
        let month: Month = format!("2027-{number:02}").parse().unwrap();
        let kept = ready(report::close(world.app(A), &local(), month, Arc::clone(noise) as _)).unwrap();
        take(&kept.report);
        if number % 6 == 0 {
            let of = half(&format!("2027-H{}", number / 6));
            let closed = ready(half_year::close(world.app(A), &local(), of, Arc::clone(noise) as _)).unwrap();
            take(&closed.report().unwrap().report);
        }
    }
    cells
}

/// What the pipeline counts in a year, and the deviation it asks for each cell.
fn counted(world: &World) -> Vec<Cell> {
    let noise = Arc::new(Noted::none());
    let cells = close(world, &noise);
    let draws = noise.draws.lock().unwrap();
    assert_eq!(cells.len(), draws.len(), "each cell has a draw of its own");
    cells.into_iter().zip(draws.iter()).map(|(cell, (_, sigma))| (cell, *sigma)).collect()
}

/// What the person adds to each cell that she moves.
fn weights(with: &[Cell], without: &[Cell]) -> Vec<Weight> {
    let shape = |cells: &[Cell]| cells.iter().map(|(_, sigma)| *sigma).collect::<Vec<_>>();
    assert_eq!(shape(with), shape(without), "what is asked of the noise does not depend on anybody");
    let moved = with.iter().zip(without).map(|((with, sigma), (without, _))| (with - without, *sigma));
    moved.filter(|(weight, _)| *weight != 0).collect()
}

fn rho(weights: &[Weight]) -> Ratio<u64> {
    let of = |(weight, sigma): &Weight| Ratio::new(weight.unsigned_abs().pow(2), 2 * sigma * sigma);
    weights.iter().map(of).sum()
}

/// How the best guess does on years of noise: the statistic whose level sets are those of the likelihood ratio, without the person,
/// sorted; and by how much the person moves it.
fn guesses(weights: &[Weight], divided_by: u64, runs: usize) -> (Vec<f64>, f64) {
    let played = |seed: u64| {
        let mut random = StdRng::seed_from_u64(seed);
        let samplers: Vec<_> = weights.iter().map(|(_, sigma)| sampler(*sigma, divided_by)).collect();
        let year = |random: &mut StdRng| -> f64 {
            let cells = weights.iter().zip(&samplers);
            cells.map(|((weight, sigma), by)| scaled(weight * sample(by, random), *sigma)).sum()
        };
        (0..runs / 2).map(|_| year(&mut random)).collect::<Vec<f64>>()
    };
    let mut without = std::thread::scope(|scope| {
        let halves = [1, 2].map(|seed| scope.spawn(move || played(seed)));
        halves.map(|half| half.join().unwrap()).concat()
    });
    without.sort_by(f64::total_cmp);
    (without, weights.iter().map(|(weight, sigma)| scaled(weight * weight, *sigma)).sum())
}

#[expect(clippy::cast_precision_loss, reason = "small numbers, in a test")]
fn scaled(product: i64, sigma: u64) -> f64 {
    product as f64 / (sigma * sigma) as f64
}

/// Holds the trade-off of the best guess to what is promised: not better, beyond what chance does in so many runs, for a guess that is
/// as bad as promised; and for the person who weighs most no worse either, so that this can fail.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test"
)]
fn audit(weights: &[Weight], divided_by: u64, runs: usize) -> Result<(), String> {
    let (without, moved) = guesses(weights, divided_by, runs);
    let number = without.len() as f64;
    for (first, promised) in TRADE_OFF {
        let threshold = without[((1.0 - first) * number) as usize];
        let second = without.partition_point(|one| one + moved < threshold) as f64 / number;
        let chance = 4.0 * ((second * (1.0 - second) + 3.0 * first * (1.0 - first)) / number).sqrt();
        if (second - promised).abs() > chance {
            return Err(format!("at {first}: {second}, promised {promised} ± {chance:.4}"));
        }
    }
    Ok(())
}

fn runs() -> usize {
    if std::env::var("MAILLAGE_AUDIT").is_ok_and(|wanted| wanted == "long") { 200_000 } else { 10_000 }
}

/// What a month would count of the person if nothing bounded it.
fn uncapped(world: &World) -> Vec<u32> {
    let all = world.app(A).read(|_, view| Ok(rows::list(view, None, usize::MAX)?)).unwrap();
    let until = |number: u8| {
        let month: Month = format!("2027-{number:02}").parse().unwrap();
        pulse::count(&all, &BTreeSet::new(), month.end(), u32::MAX).total().fulfilled
    };
    (1..=12).map(|number| until(number) - if number == 1 { 0 } else { until(number - 1) }).collect()
}

#[test]
fn who_knows_everything_else_guesses_no_better_than_promised() {
    let (with, without) = (year(true), year(false));
    let unbounded = uncapped(&with);
    assert_eq!(unbounded, [8; 12]);
    let weights = weights(&counted(&with), &counted(&without));
    assert_eq!(
        rho(&weights),
        PROMISED,
        "nobody weighs more than this person, who weighs all of it: {weights:?}"
    );
    audit(&weights, 1, runs()).unwrap();

    // The two mutants: an audit that lets them pass is none.
    let halved = audit(&weights, 2, MUTANT_RUNS).unwrap_err();
    assert!(halved.starts_with("at 0.5: 0.2"), "{halved}");
    let mut trips = unbounded.into_iter().map(i64::from);
    let without_bound: Vec<Weight> = weights
        .iter()
        .map(|(weight, sigma)| (if *sigma == 40 { trips.next().unwrap() } else { *weight }, *sigma))
        .collect();
    assert_eq!(trips.next(), None, "one cell of each month");
    let unbounded = audit(&without_bound, 1, MUTANT_RUNS).unwrap_err();
    assert!(unbounded.starts_with("at 0.5: 0.2"), "{unbounded}");
}

#[test]
fn what_leaves_is_what_was_counted_with_one_draw_on_each_cell_and_nothing_else() {
    let world = year(true);
    let truth = counted(&year(true));
    let noise = Arc::new(Noted::seeded(20_261_130));
    let left = close(&world, &noise);
    let draws = noise.draws.lock().unwrap();
    let expected: Vec<i64> =
        truth.iter().zip(draws.iter()).map(|((cell, _), (drawn, _))| cell + drawn).collect();
    assert_eq!(left, expected);
    let negative = left.iter().filter(|cell| **cell < 0).count();
    assert!(negative > 10, "nothing is clamped: {negative}");
}
