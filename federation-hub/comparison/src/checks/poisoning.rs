//! One node that lies. Must show that it does not move a conclusion in silence.

use super::simulation::{Maker, Recipe, study};
use crate::{Arm, Conclusion, Count, Density, Observation, Place, Territory, compare};

/// A territory that claims 20 000 trips, all of them fulfilled.
fn liar() -> Observation {
    let place = Place { territory: Territory(9_999), density: Density(0), population: 8_000 };
    Observation::share(place, Count::noisy(20_000, 12, 40.0), Count::noisy(0, 12, 40.0))
}

fn arms(seed: u64, log_odds: [f64; 2]) -> Vec<Arm> {
    let mut maker = Maker::new(seed);
    let recipe = |start: u32, log_odds: f64| Recipe { log_odds, spread: 0.15, ..Recipe::usual(10, start) };
    vec![maker.arm("first", &recipe(0, log_odds[0])), maker.arm("second", &recipe(100, log_odds[1]))]
}

#[test]
fn one_liar_is_named_or_changes_nothing() {
    let (mut moved, mut named) = (0, 0);
    for seed in 0..200 {
        for log_odds in [[0.5, 0.5], [0.5, 0.9], [0.9, 0.5]] {
            let honest = arms(seed, log_odds);
            let mut poisoned = honest.clone();
            poisoned[0].observations.push(liar());
            let before = compare(&study(honest)).unwrap().contrasts.remove(0).conclusion;
            let after = compare(&study(poisoned)).unwrap().contrasts.remove(0);
            let flagged = after.leverage.is_ok_and(|leverage| leverage.turned_by.contains(&Territory(9_999)));
            let same = before == after.conclusion;
            let announced = matches!(after.conclusion, Conclusion::Detected { .. });
            assert!(
                same || flagged || !announced,
                "seed {seed} {log_odds:?}: {before:?} became {:?}",
                after.conclusion
            );
            moved += usize::from(!same);
            named += usize::from(flagged);
        }
    }
    println!("a liar changes {moved} of 600 conclusions, is named in {named}, and announces nothing unnamed");
    assert!(moved > 0, "the test would show nothing if a liar never mattered");
}

#[test]
fn the_liar_is_the_most_influential() {
    let mut poisoned = arms(1, [0.5, 0.5]);
    poisoned[0].observations.push(liar());
    let influence = compare(&study(poisoned)).unwrap().arms.remove(0).influence.unwrap();
    assert_eq!(influence.territory, Territory(9_999));
    assert!(influence.shift > 0.05, "{influence:?}");
}
