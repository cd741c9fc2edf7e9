//! What the procedures do over thousands of made-up federations: intervals cover, true nulls are seldom rejected, power is
//! what the detectable effect announces, density does not pass for a model. `-- --nocapture` prints the rates. Must
//! never be made to pass by another seed.

use super::simulation::{MONTHS, Maker, Recipe, SIGMA, study};
use crate::{
    Conclusion, Contrast, Count, Course, Observation, Panel, Place, Territory, changes, compare,
    distributions, ratio::real,
};

/// Federations looked at for each rate: a rate of 5 % is then known to ± 1 %.
const FEDERATIONS: u64 = 2_000;

/// What is allowed of a nominal 5 %.
const REJECTED_AT_MOST: f64 = 0.075;

fn rate(hits: usize) -> f64 {
    real(hits) / real(usize::try_from(FEDERATIONS).unwrap())
}

/// The ratio of totals of ever so many territories of this kind, without noise.
fn truth(recipe: &Recipe) -> f64 {
    let mut maker = Maker::new(99);
    let recipe = Recipe { sigma: 0.0, ..*recipe };
    let (mut fulfilled, mut asked) = (0.0, 0.0);
    for number in 0..40_000 {
        let (y, x) = maker.territory(number, &recipe).pair();
        fulfilled += y;
        asked += x;
    }
    fulfilled / asked
}

/// The contrast of the first two arms in each federation.
fn contrasts(seed: u64, recipes: [Recipe; 2]) -> Vec<Contrast> {
    let contrast = |federation: u64| {
        let mut maker = Maker::new(seed * 1_000_000 + federation);
        let arms = vec![maker.arm("first", &recipes[0]), maker.arm("second", &recipes[1])];
        compare(&study(arms)).unwrap().contrasts.remove(0)
    };
    (0..FEDERATIONS).map(contrast).collect()
}

fn rejected(contrasts: &[Contrast]) -> f64 {
    rate(contrasts.iter().filter(|one| one.difference.as_ref().is_ok_and(|it| it.p_adjusted <= 0.05)).count())
}

fn detected(contrasts: &[Contrast]) -> f64 {
    rate(contrasts.iter().filter(|one| matches!(one.conclusion, Conclusion::Detected { .. })).count())
}

#[test]
fn intervals_of_a_model_cover_what_they_estimate() {
    // With five territories, the fewest that are shown an interval, it is known to cover less.
    for (number, seed, least) in [(5, 20, 0.88), (8, 1, 0.92), (12, 2, 0.92), (30, 3, 0.92)] {
        let recipe = Recipe::usual(number, 0);
        let truth = truth(&recipe);
        let (mut covered, mut shown) = (0, 0);
        for federation in 0..FEDERATIONS {
            let arm = Maker::new(seed * 1_000_000 + federation).arm("model", &recipe);
            // Where one territory is nearly all of the model there is no interval.
            if let Ok(interval) = compare(&study(vec![arm])).unwrap().arms.remove(0).interval {
                covered += usize::from(interval.low <= truth && truth <= interval.high);
                shown += 1;
            }
        }
        let covered = real(covered) / real(shown);
        println!("coverage of a model with {number} territories: {covered:.3} of {shown}");
        assert!((least..=0.98).contains(&covered), "{number} territories: {covered}");
    }
}

#[test]
fn intervals_of_a_difference_cover_it() {
    for (numbers, seed) in [([8, 8], 4), ([12, 20], 5), ([9, 40], 6)] {
        let first = Recipe::usual(numbers[0], 0);
        let second = Recipe { log_odds: 0.2, ..Recipe::usual(numbers[1], 1_000) };
        let truth = truth(&first) - truth(&second);
        let contrasts = contrasts(seed, [first, second]);
        // Where one territory is nearly all of a model there is no interval.
        let shown: Vec<_> = contrasts.iter().filter_map(|one| one.difference.as_ref().ok()).collect();
        let inside =
            shown.iter().filter(|one| one.interval.low <= truth && truth <= one.interval.high).count();
        assert!(shown.len() > 1_900, "{}", shown.len());
        let covered = real(inside) / real(shown.len());
        println!("coverage of a difference with {numbers:?} territories: {covered:.3}");
        assert!((0.92..=0.98).contains(&covered), "{numbers:?}: {covered}");
    }
}

#[test]
fn a_true_null_is_seldom_rejected_with_eight_territories_or_more() {
    for (numbers, seed) in [([8, 8], 7), ([15, 15], 8), ([8, 25], 9), ([9, 40], 10)] {
        let contrasts = contrasts(seed, [Recipe::usual(numbers[0], 0), Recipe::usual(numbers[1], 1_000)]);
        let (rejected, detected) = (rejected(&contrasts), detected(&contrasts));
        println!(
            "true null with {numbers:?} territories: jackknife {rejected:.3}, both methods {detected:.3}"
        );
        assert!(rejected <= REJECTED_AT_MOST, "{numbers:?}: {rejected}");
        assert!(detected <= REJECTED_AT_MOST, "{numbers:?}: {detected}");
    }
}

#[test]
fn the_second_opinion_seldom_rejects_a_true_null() {
    for (number, seed) in [(8, 11), (20, 12)] {
        let contrasts = contrasts(seed, [Recipe::usual(number, 0), Recipe::usual(number, 1_000)]);
        let rejects = |one: &&Contrast| one.second_opinion.as_ref().is_ok_and(|second| second.p <= 0.05);
        let rejected = rate(contrasts.iter().filter(rejects).count());
        println!("true null with {number} territories each: random effects {rejected:.3}");
        assert!((0.02..=REJECTED_AT_MOST).contains(&rejected), "{number}: {rejected}");
    }
}

#[test]
fn of_six_contrasts_shown_together_seldom_any_is_rejected() {
    let mut hits = [0, 0];
    for federation in 0..FEDERATIONS {
        let mut maker = Maker::new(13_000_000 + federation);
        let arms = (0..4).map(|arm| maker.arm(&arm.to_string(), &Recipe::usual(10, arm * 100))).collect();
        let contrasts = compare(&study(arms)).unwrap().contrasts;
        let any = |p: fn(&crate::Difference) -> f64| {
            contrasts.iter().any(|one| one.difference.as_ref().is_ok_and(|it| p(it) <= 0.05))
        };
        hits[0] += usize::from(any(|it| it.p_adjusted));
        hits[1] += usize::from(any(|it| it.p));
    }
    let [with, without] = hits.map(rate);
    println!("any of six contrasts rejected under a true null: {with:.3} after Holm, {without:.3} without");
    assert!(with <= REJECTED_AT_MOST, "{with}");
    assert!(without > 0.12, "without Holm it would be seen: {without}");
}

/// What a smallest detectable difference announces, its mean over federations; and the contrasts of federations in which the true difference
/// is just that.
fn with_the_announced_difference(
    (number, seed): (u32, u64),
    announces: impl Fn(&Contrast) -> Option<f64>,
) -> (f64, Vec<Contrast>) {
    let first = Recipe { log_odds: 0.3, ..Recipe::usual(number, 0) };
    let alike = contrasts(seed, [first, Recipe { start: 1_000, ..first }]);
    let announced: Vec<f64> = alike.iter().filter_map(announces).collect();
    let announced = announced.iter().sum::<f64>() / real(announced.len());
    // The model whose true figure is higher by just that.
    let base = truth(&first);
    let (mut low, mut high) = (0.3, 6.0);
    for _ in 0..12 {
        let middle = f64::midpoint(low, high);
        if truth(&Recipe { log_odds: middle, ..first }) - base < announced {
            low = middle;
        } else {
            high = middle;
        }
    }
    (announced, contrasts(seed + 100, [first, Recipe { log_odds: low, start: 1_000, ..first }]))
}

#[test]
fn power_is_what_the_detectable_effect_announces() {
    for (number, seed) in [(10, 14), (25, 15)] {
        let (announced, contrasts) = with_the_announced_difference((number, seed), |one| {
            one.difference.as_ref().ok().map(|it| it.detectable)
        });
        let power = rejected(&contrasts);
        println!(
            "a difference of {announced:.3} with {number} territories each: found by the jackknife in {power:.3}"
        );
        assert!((0.72..=0.88).contains(&power), "{number}: {power}");
    }
}

#[test]
fn both_methods_find_what_is_announced_for_both() {
    for (number, seed) in [(10, 14), (25, 15)] {
        let (announced, contrasts) = with_the_announced_difference((number, seed), |one| {
            one.detectable_by_both.as_ref().ok().map(|it| **it)
        });
        let power = detected(&contrasts);
        println!(
            "a difference of {announced:.3} with {number} territories each: found by both in {power:.3}"
        );
        assert!((0.78..=0.95).contains(&power), "{number}: {power}");
    }
}

#[test]
fn density_does_not_pass_for_a_model() {
    let rural = Recipe { by_density: 0.6, rural: 0.7, spread: 0.25, ..Recipe::usual(25, 0) };
    let urban = Recipe { rural: 0.15, start: 1_000, ..rural };
    let contrasts = contrasts(16, [rural, urban]);
    let (alone, detected) = (rejected(&contrasts), detected(&contrasts));
    let shown: Vec<f64> =
        contrasts.iter().filter_map(|one| one.standardised.as_ref().ok().map(|it| it.p)).collect();
    let standardised = real(shown.iter().filter(|p| **p <= 0.05).count()) / real(shown.len());
    println!(
        "models alike in territories that are not: jackknife alone {alone:.3}, both methods {detected:.3}, \
         standardised {standardised:.3} of {}",
        shown.len()
    );
    assert!(alone > 0.4, "the trap is one: {alone}");
    assert!(detected <= REJECTED_AT_MOST, "{detected}");
    assert!(standardised <= REJECTED_AT_MOST, "{standardised}");
    assert!(shown.len() > 1_000);
}

/// Why it is forbidden: trips taken as independent, a difference of two proportions.
#[test]
fn a_pooled_test_of_trips_rejects_a_true_null_most_of_the_time() {
    let mut hits = 0;
    for federation in 0..FEDERATIONS {
        let mut maker = Maker::new(17_000_000 + federation);
        let pooled = |observations: Vec<Observation>| {
            let totals = observations.iter().map(Observation::pair);
            totals.fold((0.0, 0.0), |(part, whole), (y, x)| (part + y, whole + x))
        };
        let (y1, x1) = pooled(maker.arm("first", &Recipe::usual(12, 0)).observations);
        let (y2, x2) = pooled(maker.arm("second", &Recipe::usual(12, 100)).observations);
        let both = (y1 + y2) / (x1 + x2);
        let z = (y1 / x1 - y2 / x2) / (both * (1.0 - both) * (1.0 / x1 + 1.0 / x2)).sqrt();
        hits += usize::from(2.0 * distributions::normal_below(-z.abs()) <= 0.05);
    }
    println!("a pooled test of trips rejects a true null in {:.3}", rate(hits));
    assert!(rate(hits) > 0.7, "{}", rate(hits));
}

/// A panel of half-years in which some territories change; `effect` on log-odds from then on.
fn panel(seed: u64, effect: f64) -> Panel {
    let mut maker = Maker::new(seed);
    let mut courses = Vec::new();
    for number in 0..30_u32 {
        let changed_at = [Some(3), Some(5), None][usize::try_from(number % 3).unwrap()];
        let own = 0.6 + 0.35 * maker.normal();
        let asked = (8.3 + 0.4 * maker.normal()).exp();
        let mut place = None;
        let observations = (0..8).map(|period| {
            let after = if changed_at.is_some_and(|at| period >= at) { effect } else { 0.0 };
            let log_odds = own + 0.03 * real(period) + after + 0.1 * maker.normal();
            let part = asked / (1.0 + (-log_odds).exp());
            let noise = SIGMA * f64::from(MONTHS / 2).sqrt();
            let mut count = |value: f64| {
                Count::noisy(super::simulation::whole(value + noise * maker.normal()), MONTHS / 2, SIGMA)
            };
            let (part, rest) = (count(part), count(asked - part));
            let at = Place { territory: Territory(number), density: crate::Density(0), population: 20_000 };
            place = Some(at);
            Some(Observation::share(at, part, rest))
        });
        let observations = observations.collect();
        courses.push(Course { place: place.unwrap(), changed_at, observations });
    }
    let study = study(Vec::new());
    Panel { indicator: study.indicator, periods: 8, courses, privacy: study.privacy }
}

#[test]
fn changing_model_is_seldom_associated_with_nothing_and_mostly_with_something() {
    const PANELS: usize = 150;
    let found = |effect: f64, seed: u64| {
        let mut hits = 0;
        let mut sum = 0.0;
        for number in 0..PANELS {
            let changes = changes(&panel(seed + u64::try_from(number).unwrap(), effect)).unwrap();
            let overall = changes.overall.unwrap();
            hits += usize::from(overall.p <= 0.05);
            sum += overall.value;
        }
        (real(hits) / real(PANELS), sum / real(PANELS))
    };
    let (null, effect) = (found(0.0, 18_000_000), found(0.3, 19_000_000));
    println!(
        "changing with no effect: rejected {:.3}, mean {:.4}; with one: {:.3}, {:.4}",
        null.0, null.1, effect.0, effect.1
    );
    // 150 panels: five standard deviations above a true 5 % are 14 %.
    assert!(null.0 <= 0.12, "{null:?}");
    assert!(null.1.abs() < 0.01, "{null:?}");
    assert!(effect.0 > 0.8, "{effect:?}");
    assert!((0.05..0.075).contains(&effect.1), "about 0.3 × 0.65 × 0.35 × slope: {effect:?}");
}
