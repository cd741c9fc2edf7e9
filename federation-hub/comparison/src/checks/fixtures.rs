//! The estimators against R (survey, metafor, clubSandwich) and Python (`SciPy`, statsmodels, plain enumeration), to a
//! relative 10⁻⁶: `tests/fixtures/make.py` and `make.R` wrote what is read here. Every line of theirs must be answered.

use std::collections::BTreeMap;

use super::simulation::study;
use crate::{
    Arm, Elsewhere, compare,
    difference::welch,
    distributions, fixed_effects,
    multiplicity::holm,
    power::detectable,
    ratio::{interval, ratio},
    regression::{Row, adjusted, effect, mean},
    relabelling::{Relabellings, exact},
    staggered::{self, Course, Sums},
    standardised::{standardised, strata},
    study::{Count, Density, Measure, Observation, Place, Territory},
};

const CASES: &str = include_str!("../../tests/fixtures/cases.csv");
const PANELS: &str = include_str!("../../tests/fixtures/panels.csv");
const FROM_R: &str = include_str!("../../tests/fixtures/expected-r.csv");
const FROM_PYTHON: &str = include_str!("../../tests/fixtures/expected-python.csv");

/// Relative distance allowed.
const CLOSE: f64 = 1e-6;

/// Answers by case and name; `None` is a refusal.
#[derive(Default)]
struct Answers(BTreeMap<(String, String), Option<f64>>);

impl Answers {
    fn say(&mut self, case: &str, name: &str, value: f64) {
        self.0.insert((case.to_owned(), name.to_owned()), Some(value));
    }

    fn refuse(&mut self, case: &str, name: &str) {
        self.0.insert((case.to_owned(), name.to_owned()), None);
    }
}

fn table(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect())
}

fn measure(fields: &[&str]) -> Measure {
    match fields[1] {
        "share" => Measure::Share,
        "counted" => Measure::Counted { grain: fields[2].parse().unwrap() },
        _ => Measure::Declared,
    }
}

fn observation(fields: &[&str]) -> Observation {
    let place = Place {
        territory: Territory(fields[4].parse().unwrap()),
        density: Density(fields[5].parse().unwrap()),
        population: fields[6].parse().unwrap(),
    };
    let count = |value: usize| Count {
        value: fields[value].parse().unwrap(),
        noise_variance: fields[value + 2].parse().unwrap(),
    };
    match measure(fields) {
        Measure::Share => Observation::share(place, count(7), count(8)),
        Measure::Counted { .. } | Measure::Declared => Observation::quotient(place, count(7), count(8)),
    }
}

fn rows(arm: usize, measure: Measure, observations: &[Observation]) -> impl Iterator<Item = Row> {
    observations
        .iter()
        .filter_map(move |one| Some(Row { arm, place: one.place, effect: effect(one, measure)? }))
}

fn one_arm(answers: &mut Answers, case: &str, arm: &str, measure: Measure, observations: &[Observation]) {
    let mut say = |name: &str, value: f64| answers.say(case, &format!("{arm}.{name}"), value);
    let pairs: Vec<_> = observations.iter().map(Observation::pair).collect();
    let found = ratio(&pairs).unwrap().ratio;
    say("ratio", found.value);
    say("variance", found.variance);
    if let Ok(bounds) = interval(found.value, found.variance, found.territories - 1.0) {
        say("low", bounds.low);
        say("high", bounds.high);
    }
    let effects: Vec<_> = rows(0, measure, observations).map(|row| row.effect).collect();
    if let Ok(fit) = mean(&effects) {
        let (value, variance) = fit.coefficient(0).unwrap();
        say("mean", value);
        say("mean-variance", variance);
        say("heterogeneity", fit.heterogeneity);
    }
}

fn contrast(answers: &mut Answers, case: &str, measure: Measure, [first, second]: [&[Observation]; 2]) {
    let of = |observations: &[Observation]| {
        ratio(&observations.iter().map(Observation::pair).collect::<Vec<_>>()).unwrap().ratio
    };
    if let Ok(test) = welch(&of(first), &of(second)) {
        answers.say(case, "difference", test.value);
        answers.say(case, "difference.freedom", test.freedom);
        answers.say(case, "difference.p", test.p);
        answers.say(case, "difference.detectable", detectable(test.variance, test.freedom, 1).unwrap());
    }
    let both: Vec<Row> = rows(0, measure, second).chain(rows(1, measure, first)).collect();
    if let Ok(fit) = adjusted(&both, 2) {
        let (value, variance) = fit.coefficient(1).unwrap();
        answers.say(case, "adjusted", value);
        answers.say(case, "adjusted.variance", variance);
        answers.say(case, "adjusted.heterogeneity", fit.heterogeneity);
        let p = distributions::t_two_sided(value / variance.sqrt(), fit.freedom).unwrap();
        answers.say(case, "adjusted.p", p);
    }
    match standardised(&strata(first, second)) {
        Ok(test) => {
            answers.say(case, "standardised", test.value);
            answers.say(case, "standardised.variance", test.variance);
            answers.say(case, "standardised.freedom", test.freedom);
        }
        Err(_) => answers.refuse(case, "standardised"),
    }
}

/// A case: what is measured, and the territories by model.
struct Case {
    measure: Measure,
    arms: BTreeMap<&'static str, Vec<Observation>>,
}

fn read_cases() -> BTreeMap<&'static str, Case> {
    let mut all: BTreeMap<&str, Case> = BTreeMap::new();
    for fields in table(CASES) {
        let case = || Case { measure: measure(&fields), arms: BTreeMap::new() };
        let case = all.entry(fields[0]).or_insert_with(case);
        case.arms.entry(fields[3]).or_default().push(observation(&fields));
    }
    all
}

fn cases(answers: &mut Answers) {
    for (case, Case { measure, arms }) in read_cases() {
        for (arm, observations) in &arms {
            one_arm(answers, case, arm, measure, observations);
        }
        contrast(answers, case, measure, [&arms["A"], &arms["B"]]);
        if arms.len() > 2 {
            let all: Vec<Row> =
                arms.values().enumerate().flat_map(|(arm, one)| rows(arm, measure, one)).collect();
            let (f, p) = adjusted(&all, arms.len()).unwrap().joint(1..arms.len()).unwrap();
            answers.say(case, "joint.f", f);
            answers.say(case, "joint.p", p);
        }
    }
}

/// One territory of a panel.
#[derive(Default)]
struct Own {
    changed_at: Option<usize>,
    outcomes: Vec<f64>,
    totals: Vec<f64>,
}

fn panel(answers: &mut Answers, name: &str, lines: &[Vec<&str>]) {
    let mut by_territory: BTreeMap<u32, Own> = BTreeMap::new();
    for fields in lines {
        let (first, second): (f64, f64) = (fields[4].parse().unwrap(), fields[5].parse().unwrap());
        let own = by_territory.entry(fields[1].parse().unwrap()).or_default();
        own.changed_at = fields[2].parse().ok();
        own.outcomes.push(first / (first + second));
        own.totals.push(first + second);
    }
    let courses: Vec<Course> = by_territory
        .values()
        .map(|own| Course { weight: staggered::weight(&own.totals), outcomes: own.outcomes.clone() })
        .collect();
    let changed_at: Vec<Option<usize>> = by_territory.values().map(|own| own.changed_at).collect();
    let mut cohorts = changed_at.clone();
    cohorts.sort_by_key(|at| at.unwrap_or(usize::MAX));
    cohorts.dedup();
    let labels: Vec<usize> =
        changed_at.iter().map(|at| cohorts.iter().position(|cohort| cohort == at).unwrap()).collect();
    let periods = courses[0].outcomes.len();
    let cells = staggered::cells(&cohorts, periods);
    let sums = Sums::of(&courses, &labels, cohorts.len(), periods);
    for cell in &cells {
        let place = format!("effect.{}.{}", cell.changed_at, cell.period);
        answers.say(name, &place, sums.effect(cell, &cohorts));
    }
    let statistics = sums.statistics(&cells, &cohorts).unwrap();
    answers.say(name, "overall", statistics.overall);
    answers.say(name, "before", statistics.before.unwrap_or_default());
    let exact = exact(&courses, &labels, &cohorts, &cells).unwrap();
    if matches!(exact.relabellings, Relabellings::Every(_)) {
        answers.say(name, "overall.p", exact.overall);
        answers.say(name, "before.p", exact.before.unwrap_or(1.0));
    }
    let usual = fixed_effects::two_way(&courses, &changed_at).unwrap();
    answers.say(name, "two-way", usual.value);
    answers.say(name, "two-way.error", usual.standard_error);
    answers.say(name, "two-way.negative", usual.negative_weight);
}

fn laws(answers: &mut Answers) {
    let adjusted = holm(&[0.01, 0.04, 0.03, 0.005, 0.8, 0.03]);
    for (place, p) in adjusted.into_iter().enumerate() {
        answers.say("holm", &format!("p.{place}"), p);
    }
    for freedom in ["1", "2.5", "7", "23.75", "400"] {
        let number: f64 = freedom.parse().unwrap();
        let quantile = distributions::t_quantile(0.975, number).unwrap();
        answers.say("laws", &format!("t.quantile.{freedom}"), quantile);
        for t in ["0.001", "0.7", "2.2", "9.5"] {
            let tail = distributions::t_two_sided(t.parse().unwrap(), number).unwrap();
            answers.say("laws", &format!("t.tail.{freedom}.{t}"), tail);
        }
        for f in ["0.05", "1.0", "4.5", "30.0"] {
            let tail = distributions::f_above(f.parse().unwrap(), (3.0, number)).unwrap();
            answers.say("laws", &format!("f.tail.{freedom}.{f}"), tail);
        }
    }
}

fn answers() -> Answers {
    let mut answers = Answers::default();
    cases(&mut answers);
    for name in ["small", "large"] {
        let lines: Vec<Vec<&str>> = table(PANELS).filter(|fields| fields[0] == name).collect();
        panel(&mut answers, name, &lines);
    }
    laws(&mut answers);
    answers
}

/// What a whole comparison of two models shows, by the names of the fixtures.
fn shown(measure: Measure, arms: &BTreeMap<&str, Vec<Observation>>) -> BTreeMap<String, f64> {
    let arm = |(name, observations): (&&str, &Vec<Observation>)| Arm {
        name: (*name).to_owned(),
        observations: observations.clone(),
        elsewhere: Elsewhere::default(),
    };
    let mut study = study(arms.iter().map(arm).collect());
    study.indicator.measure = measure;
    let comparison = compare(&study).unwrap();
    let mut shown = BTreeMap::new();
    let mut say = |name: String, value: f64| shown.insert(name, value);
    for arm in &comparison.arms {
        if let (Ok(figure), Ok(interval)) = (&arm.figure, &arm.interval) {
            say(format!("{}.ratio", arm.name), **figure);
            say(format!("{}.low", arm.name), interval.low);
            say(format!("{}.high", arm.name), interval.high);
        }
    }
    let first =
        comparison.contrasts.iter().find(|one| (one.first.as_str(), one.second.as_str()) == ("A", "B"));
    if let Some(Ok(difference)) = first.map(|one| &one.difference) {
        say("difference".to_owned(), difference.value);
        say("difference.p".to_owned(), difference.p);
        say("difference.freedom".to_owned(), difference.freedom);
    }
    if let Some(Ok(second)) = first.map(|one| &one.second_opinion) {
        say("adjusted".to_owned(), second.value);
        say("adjusted.p".to_owned(), second.p);
        say("adjusted.heterogeneity".to_owned(), second.heterogeneity);
    }
    if let Some(Ok(standardised)) = first.map(|one| &one.standardised) {
        say("standardised".to_owned(), standardised.value);
        say("standardised.freedom".to_owned(), standardised.freedom);
    }
    if let Ok(joint) = &comparison.joint
        && comparison.arms.len() > 2
    {
        say("joint.f".to_owned(), joint.f);
        say("joint.p".to_owned(), joint.p);
    }
    shown
}

#[test]
fn what_is_shown_in_the_end_is_what_r_says() {
    let mut compared = 0;
    for (case, Case { measure, arms }) in read_cases() {
        let shown = shown(measure, &arms);
        for fields in table(FROM_R).filter(|fields| fields[0] == case) {
            if let (Some(ours), Ok(theirs)) = (shown.get(fields[1]), fields[2].parse::<f64>()) {
                assert!(
                    (ours - theirs).abs() <= CLOSE * theirs.abs(),
                    "{case} {}: {ours} {theirs}",
                    fields[1]
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 80, "{compared}");
}

/// Compares every line; gives how many there were.
fn check(expected: &'static str) -> usize {
    let answers = answers();
    let mut wrong = Vec::new();
    let mut lines = 0;
    for fields in table(expected) {
        let (case, name) = (fields[0], fields[1]);
        let ours = answers.0.get(&(case.to_owned(), name.to_owned()));
        let agrees = match (ours, fields[2]) {
            (Some(None), "refused") => true,
            (Some(Some(ours)), theirs) => {
                let theirs: f64 = theirs.parse().unwrap();
                // What is nothing but rounding in theirs is to be that in ours.
                (ours - theirs).abs() <= CLOSE * theirs.abs() || ours.abs().max(theirs.abs()) < 1e-12
            }
            (None | Some(None), _) => false,
        };
        if !agrees {
            wrong.push(format!("{case} {name}: ours {ours:?}, theirs {}", fields[2]));
        }
        lines += 1;
    }
    assert!(wrong.is_empty(), "{} of {lines}:\n{}", wrong.len(), wrong.join("\n"));
    lines
}

#[test]
fn r_gives_the_same() {
    assert!(check(FROM_R) > 150);
}

#[test]
fn python_gives_the_same() {
    assert!(check(FROM_PYTHON) > 150);
}
