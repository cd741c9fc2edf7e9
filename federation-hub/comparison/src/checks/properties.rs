//! What holds of every study, whatever is in it: nothing that is not a number comes out, the order of territories does
//! not matter, and the order of models turns signs alone.

use proptest::{collection::vec, prelude::*};

use super::simulation::study;
use crate::{
    Arm, Comparison, Count, Course, Density, Elsewhere, Interval, Measure, Observation, Panel, Place,
    Territory, changes, compare, multiplicity::holm,
};

fn count() -> impl Strategy<Value = Count> {
    let value = prop_oneof![
        4 => -500_i64..20_000,
        1 => Just(0_i64),
        1 => -(1_i64 << 53)..=(1_i64 << 53),
    ];
    (value, prop_oneof![Just(0_u32), 1_u32..70]).prop_map(|(value, cells)| Count::noisy(value, cells, 40.0))
}

fn observations(start: u32) -> impl Strategy<Value = Vec<Observation>> {
    let one = (count(), count(), 0_u8..3, 1_u32..2_000_000);
    vec(one, 0..14).prop_map(move |all| {
        let numbered = (start..).zip(all);
        let observation = |(number, (first, second, density, population))| {
            let place = Place { territory: Territory(number), density: Density(density), population };
            Observation::share(place, first, second)
        };
        numbered.map(observation).collect()
    })
}

fn arms() -> impl Strategy<Value = [Vec<Observation>; 3]> {
    // The third shares territories with the second.
    (observations(0), observations(100), observations(108)).prop_map(|(a, b, c)| [a, b, c])
}

fn named(arms: &[Vec<Observation>]) -> Vec<Arm> {
    let arm = |(place, observations): (usize, &Vec<Observation>)| Arm {
        name: place.to_string(),
        observations: observations.clone(),
        elsewhere: Elsewhere::default(),
    };
    arms.iter().enumerate().map(arm).collect()
}

fn ordered(interval: Interval) -> bool {
    interval.low.is_finite() && interval.high.is_finite() && interval.low <= interval.high
}

fn all_finite(comparison: &Comparison) -> bool {
    let arms = comparison.arms.iter().all(|arm| {
        arm.figure.as_ref().map_or(true, |figure| figure.is_finite())
            && arm.interval.as_ref().map_or(true, |interval| ordered(**interval))
            && arm.typical.as_ref().map_or(true, |interval| ordered(**interval))
            && arm.influence.as_ref().map_or(true, |influence| influence.shift.is_finite())
    });
    let contrasts = comparison.contrasts.iter().all(|contrast| {
        let p = |p: f64| (0.0..=1.0).contains(&p);
        contrast.difference.as_ref().map_or(true, |it| {
            ordered(it.interval)
                && p(it.p)
                && p(it.p_adjusted)
                && it.p_adjusted >= it.p
                && it.detectable.is_finite()
        }) && contrast.second_opinion.as_ref().map_or(true, |it| {
            ordered(it.interval) && p(it.p) && it.heterogeneity.is_finite() && it.heterogeneity >= 0.0
        }) && contrast.standardised.as_ref().map_or(true, |it| ordered(it.interval) && p(it.p))
    });
    arms && contrasts
        && comparison.joint.as_ref().map_or(true, |joint| joint.f.is_finite() && joint.p.is_finite())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn nothing_that_is_no_number_comes_out(arms in arms(), measure in 0..3_u8, per in 1e-3_f64..1e4) {
        let mut study = study(named(&arms));
        study.indicator.measure = match measure {
            0 => Measure::Share,
            1 => Measure::Counted { grain: 16.0 },
            _ => Measure::Declared,
        };
        study.indicator.per = per;
        if let Ok(comparison) = compare(&study) {
            prop_assert!(all_finite(&comparison), "{comparison:?}");
        }
    }

    #[test]
    fn the_order_of_territories_does_not_matter(arms in arms()) {
        let turned: Vec<Vec<Observation>> = arms.iter().map(|arm| arm.iter().rev().copied().collect()).collect();
        // Which fault is found first may differ; whether there is one may not.
        let (one, other) = (compare(&study(named(&arms))).ok(), compare(&study(named(&turned))).ok());
        prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }

    #[test]
    fn the_order_of_models_turns_signs_alone(arms in arms()) {
        let pair = |first: usize, second: usize| {
            let arm = |place: usize| Arm { name: place.to_string(), observations: arms[place].clone(), elsewhere: Elsewhere::default() };
            compare(&study(vec![arm(first), arm(second)])).map(|mut found| found.contrasts.remove(0))
        };
        if let (Ok(one), Ok(other)) = (pair(0, 1), pair(1, 0)) {
            prop_assert_eq!(one.difference.is_ok(), other.difference.is_ok());
            if let (Ok(one), Ok(other)) = (&one.difference, &other.difference) {
                prop_assert!((one.value + other.value).abs() <= 1e-12 * one.value.abs());
                prop_assert!((one.p - other.p).abs() <= 1e-9);
            }
            if let (Ok(one), Ok(other)) = (&one.second_opinion, &other.second_opinion) {
                prop_assert!((one.value + other.value).abs() <= 1e-6 * one.value.abs().max(1.0), "{one:?} {other:?}");
            }
            prop_assert_eq!(one.conclusion.code(), other.conclusion.code());
        }
    }

    #[test]
    fn holm_never_lowers_and_keeps_the_order(p_values in vec(0.0_f64..1.0, 1..12)) {
        let adjusted = holm(&p_values);
        for (place, (p, with)) in p_values.iter().zip(&adjusted).enumerate() {
            prop_assert!(with >= p && *with <= 1.0);
            for (other, with_other) in p_values.iter().zip(&adjusted).skip(place) {
                prop_assert!(p > other || with <= with_other || (p - other).abs() < 1e-15);
            }
        }
        // Bonferroni is never below it.
        let all = f64::from(u32::try_from(p_values.len()).unwrap());
        prop_assert!(p_values.iter().zip(&adjusted).all(|(p, with)| *with <= (p * all).min(1.0) + 1e-15));
    }

    #[test]
    fn panels_give_numbers_too(courses in vec((prop::option::of(0_usize..5), vec((count(), count()), 5)), 0..16)) {
        let courses = (0_u32..).zip(courses).map(|(number, (changed_at, counts))| {
            let place = Place { territory: Territory(number), density: Density(0), population: 1 + number };
            let observations = counts.into_iter().map(|(part, rest)| Some(Observation::share(place, part, rest)));
            Course { place, changed_at, observations: observations.collect() }
        });
        let base = study(Vec::new());
        let panel = Panel { indicator: base.indicator, periods: 5, courses: courses.collect(), privacy: base.privacy };
        if let Ok(found) = changes(&panel) {
            prop_assert!(found.cells.iter().all(|cell| cell.effect.as_ref().map_or(true, |effect| effect.is_finite())));
            if let Ok(effect) = found.overall {
                prop_assert!(effect.value.is_finite() && effect.p > 0.0 && effect.p <= 1.0);
            }
        }
    }
}
