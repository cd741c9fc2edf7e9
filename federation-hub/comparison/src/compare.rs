//! One study, from beginning to end: every model by itself, every pair of models, and what may be said of them. Must
//! never show anything that has not gone through `display`.

mod conclusion;
mod prepared;
mod whole;

use std::collections::BTreeMap;

use self::prepared::{Prepared, disjoint, shared};
use crate::{
    difference::{Welch, welch},
    display::{self, Finite, Shown, Withheld},
    influence::{Influence, Leverage, leverage, most_influential},
    limits,
    mix::{Mix, number},
    multiplicity::holm,
    power::{Precision, detectable, detectable_by_both},
    privacy::Statement,
    random_effects::Fit,
    ratio::{EstimateError, Interval, interval, real},
    regression::{self, Row},
    sentence::Sentence,
    standardised::{standardised, strata},
    study::{Contrasts, Indicator, Measure, Observation, Standing, Study, StudyError},
};

pub use self::{
    conclusion::Conclusion,
    whole::{WholeAndParts, whole_and_parts},
};

/// What a study comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Its indicator.
    pub indicator: Indicator,
    /// Every model, in the order of the study.
    pub arms: Vec<ArmResult>,
    /// Every pair that was asked for.
    pub contrasts: Vec<Contrast>,
    /// Whether the models differ at all, by the second opinion.
    pub joint: Result<Shown<JointTest>, Withheld>,
    /// How the people behind the figures are protected.
    pub privacy: Statement,
    /// What is to be said of the whole: that it is exploratory.
    pub notes: Vec<Sentence>,
}

/// One model.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmResult {
    /// Its name.
    pub name: String,
    /// Its territories.
    pub mix: Mix,
    /// The figure, in the indicator's unit.
    pub figure: Result<Shown<f64>, Withheld>,
    /// Its interval by the jackknife.
    pub interval: Result<Shown<Interval>, Withheld>,
    /// The interval of what a typical territory has, by random effects: territories count alike in it, not by their
    /// size.
    pub typical: Result<Shown<Interval>, Withheld>,
    /// The territory that moves it most.
    pub influence: Result<Shown<Influence>, Withheld>,
}

/// One pair of models: first minus second.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// The first model.
    pub first: String,
    /// The second model.
    pub second: String,
    /// Territories of both that are compared: those that run one of the two models only.
    pub mix: [Mix; 2],
    /// Territories left out because they run both.
    pub running_both: u32,
    /// The first opinion.
    pub difference: Result<Shown<Difference>, Withheld>,
    /// The second opinion.
    pub second_opinion: Result<Shown<SecondOpinion>, Withheld>,
    /// The smallest difference that both opinions would find four times in five, in the indicator's unit.
    pub detectable_by_both: Result<Shown<f64>, Withheld>,
    /// The difference standardised by class of density.
    pub standardised: Result<Shown<Standardised>, Withheld>,
    /// Territories without which the first opinion would end otherwise.
    pub leverage: Result<Shown<Leverage>, Withheld>,
    /// What may be concluded.
    pub conclusion: Conclusion,
    /// The same in words.
    pub sentence: Sentence,
    /// What has to be said beside it.
    pub notes: Vec<Sentence>,
}

/// A difference of ratios of totals, in the indicator's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// First minus second.
    pub value: f64,
    /// Interval at 95 %.
    pub interval: Interval,
    /// Standard error.
    pub standard_error: f64,
    /// Degrees of freedom.
    pub freedom: f64,
    /// Two-sided p value of this contrast alone.
    pub p: f64,
    /// After Holm, over the contrasts shown together.
    pub p_adjusted: f64,
    /// The smallest difference that this opinion alone would find four times in five. Both together find it less often:
    /// [`Contrast::detectable_by_both`].
    pub detectable: f64,
}

/// A difference within classes of density, in the indicator's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standardised {
    /// First minus second.
    pub value: f64,
    /// Interval at 95 %.
    pub interval: Interval,
    /// Degrees of freedom.
    pub freedom: f64,
    /// Two-sided p value.
    pub p: f64,
}

/// The difference by random effects, beside class of density and ln(population); log-odds for a share, otherwise the
/// logarithm of the quotient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SecondOpinion {
    /// First minus second, on the scale of logarithms.
    pub value: f64,
    /// Interval at 95 %.
    pub interval: Interval,
    /// Two-sided p value.
    pub p: f64,
    /// Variance between territories that nothing explains.
    pub heterogeneity: f64,
    /// Degrees of freedom.
    pub freedom: f64,
    /// Territories of each model whose counts stand out of the noise.
    pub territories: [u32; 2],
}

/// The joint test of all models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointTest {
    /// F.
    pub f: f64,
    /// Its degrees of freedom.
    pub freedom: (f64, f64),
    /// p value.
    pub p: f64,
    /// Models in it.
    pub arms: u32,
}

impl Finite for Welch {
    fn is_finite(&self) -> bool {
        [self.value, self.variance, self.freedom, self.p].iter().all(Finite::is_finite)
    }
}

impl Finite for Difference {
    fn is_finite(&self) -> bool {
        let values =
            [self.value, self.standard_error, self.freedom, self.p, self.p_adjusted, self.detectable];
        self.interval.is_finite() && values.iter().all(Finite::is_finite)
    }
}

impl Finite for Standardised {
    fn is_finite(&self) -> bool {
        self.interval.is_finite() && [self.value, self.freedom, self.p].iter().all(Finite::is_finite)
    }
}

impl Finite for SecondOpinion {
    fn is_finite(&self) -> bool {
        let values = [self.value, self.p, self.heterogeneity, self.freedom];
        self.interval.is_finite() && values.iter().all(Finite::is_finite)
    }
}

impl Finite for JointTest {
    fn is_finite(&self) -> bool {
        [self.f, self.freedom.0, self.freedom.1, self.p].iter().all(Finite::is_finite)
    }
}

impl Finite for Influence {
    fn is_finite(&self) -> bool {
        self.shift.is_finite()
    }
}

impl Finite for Leverage {
    fn is_finite(&self) -> bool {
        true
    }
}

/// Compares the models of a study.
///
/// # Errors
/// What was put together is no study. That the data do not carry something is no error: it is said in the result.
pub fn compare(study: &Study) -> Result<Comparison, StudyError> {
    study.check()?;
    let (measure, per) = (study.indicator.measure, study.indicator.per);
    let arms: Vec<Prepared> = study.arms.iter().map(|arm| Prepared::of_arm(arm, measure)).collect();
    let pairs = pairs(study);
    let apart: Vec<Option<(Prepared, Prepared)>> = pairs
        .iter()
        .map(|(first, second)| disjoint(at(&arms, *first), at(&arms, *second), measure))
        .collect();
    let compared: Vec<[&Prepared; 2]> = pairs
        .iter()
        .zip(&apart)
        .map(|((first, second), apart)| match apart {
            Some((first, second)) => [first, second],
            None => [at(&arms, *first), at(&arms, *second)],
        })
        .collect();
    let tests: Vec<Result<Shown<Welch>, Withheld>> =
        compared.iter().map(|pair| first_opinion(*pair)).collect();
    let adjusted = adjust(&tests);
    let contrasts =
        compared.iter().zip(&tests).zip(&pairs).enumerate().map(|(place, ((pair, test), original))| {
            let running_both = shared(at(&arms, original.0), at(&arms, original.1));
            let holm =
                Holm { p: adjusted.get(&place).copied().unwrap_or(1.0), contrasts: number(adjusted.len()) };
            contrast(&study.indicator, *pair, test, holm, running_both)
        });
    let notes = match study.indicator.standing {
        Standing::Primary => Vec::new(),
        Standing::Exploratory => {
            vec![Sentence { code: "comparison-note-exploratory", arguments: Vec::new() }]
        }
    };
    Ok(Comparison {
        indicator: study.indicator.clone(),
        contrasts: contrasts.collect(),
        joint: joint(&arms),
        arms: arms.iter().map(|arm| arm.result(measure, per)).collect(),
        privacy: study.privacy.statement(),
        notes,
    })
}

/// What Holm says of one contrast.
#[derive(Clone, Copy)]
struct Holm {
    p: f64,
    contrasts: u32,
}

fn at(arms: &[Prepared], place: usize) -> &Prepared {
    arms.get(place).expect("pairs are made of the places of arms")
}

/// Places of the pairs that are compared.
fn pairs(study: &Study) -> Vec<(usize, usize)> {
    let number = study.arms.len();
    match &study.contrasts {
        Contrasts::AllPairs => {
            (0..number).flat_map(|first| (first + 1..number).map(move |second| (first, second))).collect()
        }
        Contrasts::Against(name) => {
            let reference = study.arms.iter().position(|arm| arm.name == *name);
            let reference = reference.into_iter();
            reference
                .flat_map(|second| {
                    (0..number).filter(move |first| *first != second).map(move |first| (first, second))
                })
                .collect()
        }
    }
}

fn first_opinion([first, second]: [&Prepared; 2]) -> Result<Shown<Welch>, Withheld> {
    let estimate = match (&first.jackknife, &second.jackknife) {
        (Ok(first), Ok(second)) => welch(&first.ratio, &second.ratio),
        (Err(error), _) | (_, Err(error)) => Err(*error),
    };
    display::comparison([&first.facts, &second.facts], estimate)
}

/// Holm over what is shown, by place.
fn adjust(tests: &[Result<Shown<Welch>, Withheld>]) -> BTreeMap<usize, f64> {
    let shown: Vec<(usize, f64)> = tests
        .iter()
        .enumerate()
        .filter_map(|(place, test)| test.as_ref().ok().map(|test| (place, test.p)))
        .collect();
    let p_values: Vec<f64> = shown.iter().map(|(_, p)| *p).collect();
    shown.iter().map(|(place, _)| *place).zip(holm(&p_values)).collect()
}

fn contrast(
    indicator: &Indicator,
    [first, second]: [&Prepared; 2],
    test: &Result<Shown<Welch>, Withheld>,
    holm: Holm,
    running_both: u32,
) -> Contrast {
    let facts = [&first.facts, &second.facts];
    let difference = match test {
        Ok(test) => display::comparison(facts, difference(test, holm, indicator.per)),
        Err(withheld) => Err(withheld.clone()),
    };
    let (second_opinion, precision) = second_opinion([first, second]);
    let by_both = match (test, &second_opinion) {
        (Ok(test), Ok(_)) => {
            let found = precision
                .and_then(|precision| found_by_both(indicator, test, holm, precision, [first, second]));
            display::comparison(facts, found)
        }
        (Err(withheld), _) | (_, Err(withheld)) => Err(withheld.clone()),
    };
    let leverage = match test {
        Ok(test) => {
            let factor = if test.p > 0.0 { holm.p / test.p } else { 1.0 };
            display::comparison(facts, turned_by([first, second], factor))
        }
        Err(withheld) => Err(withheld.clone()),
    };
    let conclusion = Conclusion::of(&difference, &second_opinion);
    let names = [first.name.as_str(), second.name.as_str()];
    let mix = [first.mix.clone(), second.mix.clone()];
    // Where there is a second opinion, what both find is said, and where there is none, that there is none.
    let two = second_opinion.is_ok().then_some(&by_both);
    let sentence = conclusion.sentence(indicator, names, &mix, &difference, two);
    Contrast {
        first: first.name.clone(),
        second: second.name.clone(),
        standardised: by_density([first, second], indicator.per),
        notes: conclusion::notes(&conclusion, running_both, &leverage),
        mix,
        running_both,
        difference,
        second_opinion,
        detectable_by_both: by_both,
        leverage,
        conclusion,
        sentence,
    }
}

fn difference(test: &Welch, holm: Holm, per: f64) -> Result<Difference, EstimateError> {
    Ok(Difference {
        value: per * test.value,
        interval: test.interval()?.times(per),
        standard_error: per * test.variance.sqrt(),
        freedom: test.freedom,
        p: test.p,
        p_adjusted: holm.p,
        detectable: per * detectable(test.variance, test.freedom, holm.contrasts)?,
    })
}

fn turned_by([first, second]: [&Prepared; 2], factor: f64) -> Result<Leverage, EstimateError> {
    leverage(&first.deletions()?, &second.deletions()?, factor)
}

fn by_density([first, second]: [&Prepared; 2], per: f64) -> Result<Shown<Standardised>, Withheld> {
    let strata = strata(&first.observations, &second.observations);
    let territories: Vec<_> = strata
        .iter()
        .map(|(density, stratum)| (*density, [number(stratum.first.len()), number(stratum.second.len())]))
        .collect();
    let estimate = standardised(&strata).and_then(|test| {
        let interval = test.interval()?.times(per);
        Ok(Standardised { value: per * test.value, interval, freedom: test.freedom, p: test.p })
    });
    display::standardised([&first.facts, &second.facts], &territories, estimate)
}

/// The difference that both opinions find, in the indicator's unit.
fn found_by_both(
    indicator: &Indicator,
    test: &Welch,
    holm: Holm,
    second: Precision,
    arms: [&Prepared; 2],
) -> Result<f64, EstimateError> {
    let first = Precision { variance: test.variance, freedom: test.freedom, contrasts: holm.contrasts };
    let pairs = arms.iter().flat_map(|arm| arm.observations.iter().map(Observation::pair));
    let (y, x) = pairs.fold((0.0, 0.0), |(y, x), pair| (y + pair.0, x + pair.1));
    Ok(indicator.per * detectable_by_both(first, second, y / x, indicator.measure)?)
}

/// The second opinion, and how precisely it knows the difference.
fn second_opinion(
    [first, second]: [&Prepared; 2],
) -> (Result<Shown<SecondOpinion>, Withheld>, Result<Precision, EstimateError>) {
    // The column of the regression is that of the first model, so that it means first minus second.
    let rows: Vec<Row> = second.rows(0).chain(first.rows(1)).collect();
    let territories = [first.usable(), second.usable()];
    let fitted = regression::adjusted(&rows, 2);
    let freedom = freedom(&fitted);
    let coefficient = fitted.and_then(|fit| Ok((fit.coefficient(1)?, fit.heterogeneity, fit.freedom)));
    let precision =
        coefficient.map(|((_, variance), _, freedom)| Precision { variance, freedom, contrasts: 1 });
    let estimate = coefficient.and_then(|((value, variance), heterogeneity, freedom)| {
        let test = Welch::of(value, variance, freedom)?;
        Ok(SecondOpinion {
            value,
            interval: test.interval()?,
            p: test.p,
            heterogeneity,
            freedom,
            territories,
        })
    });
    let arms = [(&first.facts, territories[0]), (&second.facts, territories[1])];
    (display::second_opinion(&arms, freedom, estimate), precision)
}

/// The joint F over the models that have enough territories for a comparison; a territory that runs several of them is
/// left out.
fn joint(arms: &[Prepared]) -> Result<Shown<JointTest>, Withheld> {
    let enough = |arm: &&Prepared| arm.mix.territories >= limits::COMPARISON_TERRITORIES;
    let mut included: Vec<&Prepared> = arms.iter().filter(enough).collect();
    if included.len() < 2 {
        // The first that is too small says why.
        included = arms.iter().filter(|arm| !enough(arm)).take(1).chain(arms.iter().take(1)).collect();
    }
    let mut times = BTreeMap::new();
    for observation in included.iter().flat_map(|arm| &arm.observations) {
        *times.entry(observation.place.territory).or_insert(0_u32) += 1;
    }
    let once = |row: &Row| times.get(&row.place.territory) == Some(&1);
    let rows: Vec<Row> =
        included.iter().enumerate().flat_map(|(place, arm)| arm.rows(place)).filter(once).collect();
    let fitted = regression::adjusted(&rows, included.len());
    let freedom = freedom(&fitted);
    let number_of_arms = number(included.len());
    let estimate = fitted.and_then(|fit| {
        let (f, p) = fit.joint(1..included.len())?;
        Ok(JointTest { f, freedom: (real(included.len() - 1), fit.freedom), p, arms: number_of_arms })
    });
    let usable = |place: usize| number(rows.iter().filter(|row| row.arm == place).count());
    let facts: Vec<_> = included.iter().enumerate().map(|(place, arm)| (&arm.facts, usable(place))).collect();
    display::second_opinion(&facts, freedom, estimate)
}

fn freedom(fitted: &Result<Fit, EstimateError>) -> f64 {
    fitted.as_ref().map_or(0.0, |fit| fit.freedom)
}

impl Prepared {
    fn result(&self, measure: Measure, per: f64) -> ArmResult {
        let jackknife = self.jackknife.as_ref().map_err(|error| *error);
        let figure = jackknife.map(|jackknife| per * jackknife.ratio.value);
        let bounds = jackknife.and_then(|jackknife| {
            let ratio = jackknife.ratio;
            Ok(interval(ratio.value, ratio.variance, ratio.territories - 1.0)?.times(per))
        });
        let influence = jackknife.and_then(|jackknife| {
            most_influential(&self.observations, jackknife, per).ok_or(EstimateError::TooFew)
        });
        ArmResult {
            name: self.name.clone(),
            mix: self.mix.clone(),
            figure: display::figure(&self.facts, figure),
            interval: display::interval(&self.facts, bounds),
            typical: display::typical(&self.facts, self.usable(), self.typical(measure, per)),
            influence: display::interval(&self.facts, influence),
        }
    }

    /// Mean of territories on the scale of logarithms, brought back to the indicator's unit.
    fn typical(&self, measure: Measure, per: f64) -> Result<Interval, EstimateError> {
        let effects: Vec<_> = self.rows(0).map(|row| row.effect).collect();
        let fit = regression::mean(&effects)?;
        let (value, variance) = fit.coefficient(0)?;
        let interval = interval(value, variance, fit.freedom)?;
        let back = |logarithm: f64| match measure {
            Measure::Share => per / (1.0 + (-logarithm).exp()),
            Measure::Counted { .. } | Measure::Declared => per * logarithm.exp(),
        };
        Ok(Interval { low: back(interval.low), high: back(interval.high) })
    }
}
