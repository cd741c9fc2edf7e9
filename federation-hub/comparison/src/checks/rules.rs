//! What may be shown and what may be concluded, at each threshold and on both sides of it.

use super::{
    sentences,
    simulation::{Maker, Recipe, study},
};
use crate::{
    Argument, Arm, Comparison, Conclusion, Contrast, Contrasts, Count, Course, Density, Elsewhere, Indicator,
    Measure, Observation, Panel, Place, Privacy, Standing, Study, StudyError, Territory, Withheld, changes,
    compare, display::code_hides,
};

fn place(territory: u32, density: u8) -> Place {
    Place {
        territory: Territory(territory),
        density: Density(density),
        population: 5_000 + 137 * (territory % 50),
    }
}

/// Territories with these numbers, fulfilment near `percent`.
fn arm(name: &str, start: u32, number: u32, percent: i64) -> Arm {
    let observation = |i: u32| {
        let whole = 1_000 + 10 * i64::from(i % 7);
        let part = whole * (percent + i64::from(i % 5) - 2) / 100;
        Observation::share(
            place(start + i, u8::from(i % 2 == 1)),
            Count::exact(part),
            Count::exact(whole - part),
        )
    };
    Arm {
        name: name.to_owned(),
        observations: (0..number).map(observation).collect(),
        elsewhere: Elsewhere::default(),
    }
}

fn two(first: Arm, second: Arm) -> Contrast {
    let comparison = compare(&study(vec![first, second])).unwrap();
    say_everything(&comparison);
    comparison.contrasts.into_iter().next().unwrap()
}

fn say_everything(comparison: &Comparison) {
    sentences::check(&comparison.privacy.sentence);
    comparison.notes.iter().for_each(sentences::check);
    for contrast in &comparison.contrasts {
        sentences::check(&contrast.sentence);
        contrast.notes.iter().for_each(sentences::check);
    }
}

#[test]
fn figure_interval_and_comparison_have_their_thresholds() {
    for number in 0..=9 {
        let comparison = compare(&study(vec![arm("a", 0, number, 60), arm("b", 100, 9, 80)])).unwrap();
        let a = &comparison.arms[0];
        assert_eq!(a.figure.is_ok(), number >= 3, "figure of {number}");
        assert_eq!(a.interval.is_ok(), number >= 5, "interval of {number}");
        assert_eq!(a.typical.is_ok(), number >= 5, "typical of {number}");
        assert_eq!(a.influence.is_ok(), number >= 5, "influence of {number}");
        let contrast = &comparison.contrasts[0];
        let needed = Withheld::TooFewTerritories { arm: "a".to_owned(), has: number, needed: 8 };
        let shown = [
            contrast.difference.as_ref().err(),
            contrast.second_opinion.as_ref().err(),
            contrast.standardised.as_ref().err(),
            contrast.leverage.as_ref().err(),
            comparison.joint.as_ref().err(),
        ];
        for withheld in shown {
            assert_eq!(withheld, (number < 8).then_some(&needed), "comparison of {number}");
        }
        if number < 8 {
            assert_eq!(contrast.conclusion, Conclusion::Withheld(needed));
        }
    }
}

#[test]
fn no_territory_is_more_than_85_percent() {
    let with = |giant: i64| {
        let mut arm = arm("a", 0, 3, 60);
        arm.observations.truncate(2);
        for (observation, part) in arm.observations.iter_mut().zip([100, 50]) {
            *observation =
                Observation::share(observation.place, Count::exact(part / 2), Count::exact(part - part / 2));
        }
        arm.observations.push(Observation::share(place(9, 0), Count::exact(giant), Count::exact(0)));
        compare(&study(vec![arm])).unwrap().arms.remove(0).figure
    };
    assert!(with(850).is_ok(), "85 % is allowed");
    assert_eq!(with(851), Err(Withheld::OneTerritoryDominates { arm: "a".to_owned() }));
}

#[test]
fn nothing_is_shown_of_a_denominator_within_its_noise() {
    // Five territories, two cells of 12 months each: 4σ√(n × cells) = 4 × 40 × √(5 × 24) = 1752.7.
    let with = |whole: i64| {
        let counts =
            |i: i64| Count::noisy(if i == 0 { whole - 4 * (whole / 5) } else { whole / 5 }, 12, 40.0);
        let observations =
            (0..5).map(|i| Observation::share(place(i, 0), counts(i64::from(i)), Count::noisy(0, 12, 40.0)));
        let arm = Arm {
            name: "a".to_owned(),
            observations: observations.collect(),
            elsewhere: Elsewhere::default(),
        };
        compare(&study(vec![arm])).unwrap().arms.remove(0)
    };
    assert!(with(1_753).figure.is_ok());
    let within = with(1_752);
    let withheld = Withheld::DenominatorInNoise { arm: "a".to_owned(), needed: 1_753 };
    assert_eq!(within.figure, Err(withheld.clone()));
    assert_eq!(within.interval, Err(withheld.clone()));
    assert_eq!(within.typical, Err(withheld.clone()));
    assert_eq!(within.influence, Err(withheld));
}

#[test]
fn both_methods_are_needed_to_detect() {
    let contrast = two(arm("a", 0, 9, 60), arm("b", 100, 9, 80));
    assert_eq!(contrast.conclusion, Conclusion::Detected { first_higher: false });
    let value =
        |name: &str| contrast.sentence.arguments.iter().find(|(own, _)| *own == name).unwrap().1.clone();
    assert_eq!(
        (value("first"), value("second")),
        (Argument::Name("b".to_owned()), Argument::Name("a".to_owned()))
    );
    let (Argument::Figure(difference), Argument::Figure(low), Argument::Figure(high)) =
        (value("difference"), value("low"), value("high"))
    else {
        panic!("figures")
    };
    assert!(0.0 < low && low < difference && difference < high, "{low} {difference} {high}");
    assert_eq!(
        two(arm("a", 0, 9, 80), arm("b", 100, 9, 60)).conclusion,
        Conclusion::Detected { first_higher: true }
    );
    assert_eq!(two(arm("a", 0, 9, 70), arm("b", 100, 9, 70)).conclusion, Conclusion::NotDetected);
}

#[test]
fn density_that_explains_everything_makes_the_methods_disagree() {
    // Rural territories fulfil 50 %, urban ones 80 %; the first model is mostly rural.
    let made = |name: &str, start: u32, urban: u32| {
        let observations = (0..12).map(|i| {
            let (density, percent) = if i < urban { (1, 80) } else { (0, 50) };
            let part = 20 * (percent + i64::from(i % 3) - 1);
            Observation::share(place(start + i, density), Count::exact(part), Count::exact(2_000 - part))
        });
        Arm { name: name.to_owned(), observations: observations.collect(), elsewhere: Elsewhere::default() }
    };
    let contrast = two(made("a", 0, 2), made("b", 100, 10));
    assert!(contrast.difference.as_ref().unwrap().p_adjusted < 0.01);
    assert_eq!(contrast.conclusion, Conclusion::MethodsDisagree);
    assert!(contrast.standardised.unwrap().p > 0.05);
}

#[test]
fn models_in_other_classes_of_density_cannot_be_told_from_them() {
    let in_class = |name: &str, start: u32, percent: i64, density: u8| {
        let mut made = arm(name, start, 9, percent);
        made.observations.iter_mut().for_each(|observation| observation.place.density = Density(density));
        made
    };
    let contrast = two(in_class("a", 0, 60, 0), in_class("b", 100, 80, 1));
    assert_eq!(contrast.second_opinion, Err(Withheld::Confounded));
    assert_eq!(contrast.conclusion, Conclusion::OneMethod(Withheld::Confounded));
    assert_eq!(contrast.notes[0].code, "comparison-withheld-confounded", "why there is one alone");
    let thin = Withheld::StratumTooThin { arm: "b".to_owned(), density: Density(0), has: 0, needed: 2 };
    assert_eq!(contrast.standardised, Err(thin));
}

#[test]
fn a_class_with_one_territory_is_not_standardised() {
    let mut first = arm("a", 0, 9, 60);
    first.observations[3].place.density = Density(7);
    let contrast = two(first, arm("b", 100, 9, 80));
    let thin = Withheld::StratumTooThin { arm: "a".to_owned(), density: Density(7), has: 1, needed: 2 };
    assert_eq!(contrast.standardised, Err(thin));
    assert!(contrast.difference.is_ok());
}

#[test]
fn a_model_of_all_zeros_is_shown_and_has_no_second_opinion() {
    let mut zeros = arm("a", 0, 9, 60);
    for observation in &mut zeros.observations {
        *observation = Observation::share(observation.place, Count::exact(0), Count::exact(1_000));
    }
    let comparison = compare(&study(vec![zeros.clone(), arm("b", 100, 9, 80)])).unwrap();
    say_everything(&comparison);
    assert_eq!(comparison.arms[0].figure.as_deref(), Ok(&0.0));
    assert_eq!(comparison.arms[0].interval, Err(Withheld::NoVariation));
    let contrast = &comparison.contrasts[0];
    assert!(contrast.difference.as_ref().unwrap().p < 1e-6);
    let none = Withheld::TooFewAboveNoise { arm: "a".to_owned(), has: 0, needed: 5 };
    assert_eq!(contrast.conclusion, Conclusion::OneMethod(none));
    let mut others = zeros.clone();
    others.name = "c".to_owned();
    others.observations.iter_mut().for_each(|observation| observation.place.territory.0 += 500);
    assert_eq!(two(zeros, others).difference, Err(Withheld::NoVariation));
}

#[test]
fn territories_that_run_both_models_are_left_out_and_it_is_said() {
    let mut second = arm("b", 100, 12, 80);
    second.observations[0].place.territory = Territory(2);
    second.observations[1].place.territory = Territory(5);
    let contrast = two(arm("a", 0, 12, 60), second);
    assert_eq!(
        (contrast.running_both, contrast.mix[0].territories, contrast.mix[1].territories),
        (2, 10, 10)
    );
    assert_eq!(contrast.notes[0].code, "comparison-note-both");
    let mut most = arm("b", 100, 12, 80);
    for (place, observation) in most.observations.iter_mut().take(5).enumerate() {
        observation.place.territory = Territory(u32::try_from(place).unwrap());
    }
    let needed = Withheld::TooFewTerritories { arm: "a".to_owned(), has: 7, needed: 8 };
    assert_eq!(two(arm("a", 0, 12, 60), most).difference, Err(needed), "the rules look at what is left");
}

#[test]
fn a_figure_that_would_tell_what_stands_beside_it_is_withheld_with_all_that_rests_on_it() {
    for (number, told) in [(0, false), (1, true), (2, true), (3, false)] {
        let beside = arm("a", 200, number, 60).observations;
        let elsewhere = Elsewhere { beside, hidden_part: false };
        let first = Arm { elsewhere, ..arm("a", 0, 12, 60) };
        let comparison = compare(&study(vec![first.clone(), arm("b", 100, 9, 80)])).unwrap();
        let tells = Withheld::TellsAPart { arm: "a".to_owned() };
        let (figure, contrast) = (&comparison.arms[0].figure, &comparison.contrasts[0]);
        assert_eq!(figure.as_ref().err(), told.then_some(&tells), "{number} beside");
        assert_eq!(comparison.arms[0].interval.is_err(), told, "{number} beside");
        assert_eq!(contrast.difference.as_ref().err(), told.then_some(&tells), "{number} beside");
        assert_eq!(contrast.second_opinion.as_ref().err(), told.then_some(&tells), "{number} beside");
        assert_eq!(contrast.detectable_by_both.is_err(), told, "{number} beside");
        assert_eq!(comparison.joint.is_err(), told, "{number} beside");
        assert!(comparison.arms[1].figure.is_ok(), "the other model is nobody's rest");
        // Without those that run both, too.
        let mut both = arm("b", 100, 12, 80);
        both.observations[0].place.territory = Territory(2);
        assert_eq!(two(first, both).difference.is_err(), told, "{number} beside");
    }
    let mut beside = arm("a", 200, 3, 60).observations;
    beside[0] = Observation::share(beside[0].place, Count::exact(30_000), Count::exact(1_000));
    for elsewhere in
        [Elsewhere { beside, hidden_part: false }, Elsewhere { hidden_part: true, ..Elsewhere::default() }]
    {
        let told = Arm { elsewhere, ..arm("a", 0, 12, 60) };
        let figure = compare(&study(vec![told])).unwrap().arms.remove(0).figure;
        let tells = matches!(figure, Err(Withheld::TellsAPart { .. } | Withheld::HiddenPeriod { .. }));
        assert!(tells, "three of which one is nearly all, or a month");
    }
    // What would tell somebody is said to, even within its noise.
    let mut noisy = arm("a", 0, 12, 60);
    for observation in &mut noisy.observations {
        let count = Count::noisy(3, 1, 40.0);
        *observation = Observation::share(observation.place, count, count);
    }
    let beside = noisy.observations[..1].to_vec();
    let first = |arm: Arm| compare(&study(vec![arm])).unwrap().arms.remove(0).figure.unwrap_err();
    assert!(!code_hides(first(noisy.clone()).code()));
    let told = Arm { elsewhere: Elsewhere { beside, hidden_part: false }, ..noisy };
    assert_eq!(first(told), Withheld::TellsAPart { arm: "a".to_owned() });
}

#[test]
fn a_model_within_its_noise_hides_nobody_and_any_other_reason_does() {
    let arm = || "a".to_owned();
    assert!(!code_hides(Withheld::DenominatorInNoise { arm: arm(), needed: 1 }.code()));
    for hides in [
        Withheld::TooFewTerritories { arm: arm(), has: 1, needed: 3 },
        Withheld::OneTerritoryDominates { arm: arm() },
        Withheld::TellsAPart { arm: arm() },
        Withheld::NotEstimable,
    ] {
        assert!(code_hides(hides.code()), "{hides:?}");
    }
}

#[test]
fn holm_counts_the_contrasts_that_are_shown_and_no_other() {
    let arms = |small: u32| vec![arm("a", 0, 9, 70), arm("b", 100, 9, 72), arm("c", 200, small, 71)];
    let p = |arms: Vec<Arm>| {
        let difference = compare(&study(arms)).unwrap().contrasts.remove(0).difference.unwrap();
        (difference.p_adjusted / difference.p, difference.detectable)
    };
    let (alone, one) = p(arms(7));
    let (among_three, three) = p(arms(9));
    assert!((alone - 1.0).abs() < 1e-12, "the withheld ones are not counted: {alone}");
    assert!((among_three - 3.0).abs() < 1e-12, "the smallest of three: {among_three}");
    assert!(
        three > 1.1 * one,
        "what can be detected is told for the contrasts shown together: {one} {three}"
    );
}

#[test]
fn against_one_model_gives_the_others_less_it() {
    let mut study = study(vec![arm("a", 0, 9, 60), arm("b", 100, 9, 70), arm("c", 200, 9, 80)]);
    study.contrasts = Contrasts::Against("b".to_owned());
    let contrasts = compare(&study).unwrap().contrasts;
    let pairs: Vec<_> = contrasts.iter().map(|one| (one.first.as_str(), one.second.as_str())).collect();
    assert_eq!(pairs, [("a", "b"), ("c", "b")]);
    assert!(contrasts[0].difference.as_ref().unwrap().value < 0.0);
    assert!(contrasts[1].difference.as_ref().unwrap().value > 0.0);
}

#[test]
fn the_joint_test_leaves_out_models_that_are_too_small() {
    let arms = |small: u32| vec![arm("a", 0, 9, 60), arm("b", 100, 9, 80), arm("c", 200, small, 70)];
    let joint = |arms| compare(&study(arms)).unwrap().joint;
    assert_eq!(joint(arms(9)).unwrap().arms, 3);
    let two = joint(arms(7)).unwrap();
    assert_eq!(two.arms, 2);
    assert!(two.p < 0.001, "{two:?}");
    assert!(joint(vec![arm("a", 0, 9, 60)]).is_err());
}

#[test]
fn the_privacy_statement_is_the_one_of_the_design() {
    let statement = |privacy| compare(&Study { privacy, ..study(vec![arm("a", 0, 9, 60)]) }).unwrap().privacy;
    let noise = statement(Privacy::Noise { rho_per_year: 0.083_75 });
    assert_eq!(noise.guesses_right_percent, Some(58));
    assert_eq!(statement(Privacy::Noise { rho_per_year: 0.0 }).guesses_right_percent, Some(50));
    assert_eq!(statement(Privacy::Declared).guesses_right_percent, None);
}

#[test]
fn exploratory_indicators_say_so() {
    let mut study = study(vec![arm("a", 0, 9, 60)]);
    assert!(compare(&study).unwrap().notes.is_empty());
    study.indicator.standing = Standing::Exploratory;
    assert_eq!(compare(&study).unwrap().notes[0].code, "comparison-note-exploratory");
}

#[test]
fn rates_and_accounts_have_a_second_opinion_in_their_unit() {
    let per = |name: &str, start: u32, persons: i64| {
        let observations = (0..9).map(|i| {
            let place = place(start + i, u8::from(i % 2 == 1));
            let persons = persons + i64::from(i % 4) * 5;
            Observation::quotient(
                place,
                Count::noisy(persons, 3, 10.0),
                Count::exact(i64::from(place.population)),
            )
        });
        Arm { name: name.to_owned(), observations: observations.collect(), elsewhere: Elsewhere::default() }
    };
    for measure in [Measure::Counted { grain: 1.0 }, Measure::Declared] {
        let indicator = Indicator { per: 1_000.0, measure, ..study(vec![]).indicator };
        let arms = vec![per("a", 0, 150), per("b", 100, 450)];
        let comparison = compare(&Study { indicator, ..study(arms) }).unwrap();
        let arm = &comparison.arms[0];
        let (figure, typical) = (arm.figure.as_ref().unwrap(), arm.typical.as_ref().unwrap());
        assert!(typical.low < **figure && **figure < typical.high, "{figure:?} {typical:?}");
        assert_eq!(comparison.contrasts[0].conclusion, Conclusion::Detected { first_higher: false });
    }
}

#[test]
fn what_is_no_study_is_refused() {
    let good = || study(vec![arm("a", 0, 9, 60), arm("b", 100, 9, 60)]);
    let refused = |change: fn(&mut Study)| {
        let mut study = good();
        change(&mut study);
        compare(&study).unwrap_err()
    };
    assert!(compare(&good()).is_ok());
    assert_eq!(refused(|study| study.arms.clear()), StudyError::Arms);
    assert_eq!(refused(|study| study.arms[1].name = "a".to_owned()), StudyError::ArmTwice);
    assert_eq!(refused(|study| study.contrasts = Contrasts::Against("z".to_owned())), StudyError::Reference);
    assert_eq!(refused(|study| study.indicator.per = f64::NAN), StudyError::Factor);
    assert_eq!(
        refused(|study| study.indicator.measure = Measure::Counted { grain: 0.0 }),
        StudyError::Factor
    );
    assert_eq!(refused(|study| study.privacy = Privacy::Noise { rho_per_year: -1.0 }), StudyError::Privacy);
    let population = |study: &mut Study| study.arms[0].observations[1].place.population = 0;
    assert_eq!(refused(population), StudyError::Population(Territory(1)));
    let twice = |study: &mut Study| study.arms[0].observations[1].place.territory = Territory(0);
    assert_eq!(refused(twice), StudyError::TerritoryTwice(Territory(0)));
    let huge = |study: &mut Study| {
        study.arms[0].observations[0] =
            Observation::share(place(0, 0), Count::exact(i64::MAX), Count::exact(i64::MAX));
    };
    assert_eq!(refused(huge), StudyError::Count(Territory(0)));
    let noise = |study: &mut Study| {
        study.arms[0].observations[0] =
            Observation::share(place(0, 0), Count::noisy(1, 1, f64::NAN), Count::exact(1));
    };
    assert_eq!(refused(noise), StudyError::Count(Territory(0)));
    let rest = |study: &mut Study| {
        study.arms[0].observations[0] = Observation::quotient(place(0, 0), Count::exact(1), Count::exact(1));
    };
    assert_eq!(refused(rest), StudyError::NoRest(Territory(0)));
}

/// Eight territories change in period 2, others never; `missing` leaves out one report of the first.
fn panel(changing: u32, unchanged: u32, missing: bool) -> Panel {
    let mut maker = Maker::new(5);
    let recipe = Recipe { spread: 0.1, sigma: 0.0, ..Recipe::usual(0, 0) };
    let courses = (0..changing + unchanged).map(|number| Course {
        place: place(number, 0),
        changed_at: (number < changing).then_some(2),
        observations: (0..4)
            .map(|period| {
                (!(missing && number == 0 && period == 3)).then(|| maker.territory(number, &recipe))
            })
            .collect(),
    });
    let courses = courses.collect();
    let study = study(vec![]);
    Panel { indicator: study.indicator, periods: 4, courses, privacy: study.privacy }
}

#[test]
fn changes_have_the_thresholds_of_comparisons_and_their_cells_those_of_figures() {
    let found = |changing, unchanged, missing| {
        let found = changes(&panel(changing, unchanged, missing)).unwrap();
        sentences::check(&found.sentence);
        sentences::check(&found.privacy.sentence);
        found
    };
    let enough = found(8, 9, false);
    assert_eq!((enough.territories, enough.changing, enough.left_out, enough.cells.len()), (17, 8, 0, 3));
    assert!(enough.overall.is_ok() && enough.diagnostic.is_ok());
    assert!(
        enough.cells.iter().all(|cell| cell.effect.is_ok() && cell.territories == 8 && cell.unchanged == 9)
    );
    let few = found(7, 9, false);
    assert_eq!(few.overall, Err(Withheld::TooFewChanges { has: 7, needed: 8 }));
    assert_eq!(few.diagnostic, Err(Withheld::TooFewChanges { has: 7, needed: 8 }));
    assert!(few.cells.iter().all(|cell| cell.effect.is_ok()), "a figure needs three");
    let two = found(2, 9, false);
    assert!(two.cells.iter().all(|cell| cell.effect == Err(Withheld::TooFewChanges { has: 2, needed: 3 })));
    let alone = found(8, 7, false);
    assert_eq!(alone.overall, Err(Withheld::TooFewUnchanged { has: 7, needed: 8 }));
    let missing = found(8, 9, true);
    assert_eq!((missing.left_out, missing.changing), (1, 7), "a course with a hole is no course");
    let nobody = found(9, 0, false);
    assert!(nobody.cells.is_empty() && nobody.overall.is_err());
}

#[test]
fn what_is_no_panel_is_refused() {
    let mut short = panel(8, 9, false);
    short.courses[0].observations.pop();
    assert_eq!(changes(&short).unwrap_err(), StudyError::Periods);
    let mut late = panel(8, 9, false);
    late.courses[0].changed_at = Some(4);
    assert_eq!(changes(&late).unwrap_err(), StudyError::Change(Territory(0)));
    let mut twice = panel(8, 9, false);
    twice.courses[1].place.territory = Territory(0);
    assert_eq!(changes(&twice).unwrap_err(), StudyError::TerritoryTwice(Territory(0)));
}
