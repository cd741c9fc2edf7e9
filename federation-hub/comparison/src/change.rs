//! Territories that change model, from beginning to end: effect by time of change, whether the courses differed before,
//! and what may be said. Must never show a cell in which one or two territories could be seen.

use std::collections::BTreeSet;

use crate::{
    display::{self, Facts, Finite, Shown, Withheld},
    fixed_effects::two_way,
    limits,
    mix::number,
    privacy::{Privacy, Statement},
    ratio::EstimateError,
    relabelling::{Relabellings, exact},
    sentence::{Argument, Sentence},
    staggered::{self, Cell, Sums},
    study::{Indicator, Observation, Place, StudyError},
};

/// Territories over several periods, some of which change to one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The indicator.
    pub indicator: Indicator,
    /// Number of periods.
    pub periods: usize,
    /// The territories, each once.
    pub courses: Vec<Course>,
    /// How the figures are protected.
    pub privacy: Privacy,
}

/// One territory over all periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its place.
    pub place: Place,
    /// First period under the model changed to, counted from 0; `None` if it does not change.
    pub changed_at: Option<usize>,
    /// One per period; `None` where it did not report.
    pub observations: Vec<Option<Observation>>,
}

/// What the changes come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// Territories in it.
    pub territories: u32,
    /// Of them, those that change.
    pub changing: u32,
    /// Left out: changed before the first period, a period missing, or a denominator within its noise.
    pub left_out: u32,
    /// By time of change and period, those before the change included.
    pub cells: Vec<GroupTime>,
    /// The effect over all.
    pub overall: Result<Shown<Effect>, Withheld>,
    /// The usual regression, as a diagnostic.
    pub diagnostic: Result<Shown<Diagnostic>, Withheld>,
    /// What may be said.
    pub sentence: Sentence,
    /// How the people behind the figures are protected.
    pub privacy: Statement,
}

/// One time of change in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTime {
    /// First period under the new model.
    pub changed_at: usize,
    /// The period.
    pub period: usize,
    /// Territories that changed then.
    pub territories: u32,
    /// Territories not yet changed that they are compared with.
    pub unchanged: u32,
    /// Difference of changes in the indicator's unit. Before the change it should be about nothing.
    pub effect: Result<Shown<f64>, Withheld>,
}

/// The effect associated with having changed, over all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Mean over times of change and periods since, in the indicator's unit.
    pub value: f64,
    /// Exact p value.
    pub p: f64,
    /// Exact p value of the courses having differed before any change; nothing where nothing before it could be looked at.
    pub p_before: Option<f64>,
    /// What both rest on.
    pub relabellings: Relabellings,
}

/// What two-way fixed effects would say; never an effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diagnostic {
    /// Coefficient, in the indicator's unit.
    pub value: f64,
    /// Standard error by territory.
    pub standard_error: f64,
    /// Weight of the wrong sign over the sum of weights; 0 where the regression is harmless.
    pub negative_weight: f64,
}

/// A panel made ready.
struct Ready {
    courses: Vec<staggered::Course>,
    labels: Vec<usize>,
    changed_at: Vec<Option<usize>>,
    cohorts: Vec<Option<usize>>,
    /// One observation a territory, summed over periods, for the rules of display.
    sums: Vec<Observation>,
}

impl Finite for Effect {
    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.p.is_finite() && self.p_before.is_none_or(f64::is_finite)
    }
}

impl Finite for Diagnostic {
    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.standard_error.is_finite() && self.negative_weight.is_finite()
    }
}

/// What is associated with changing model.
///
/// # Errors
/// What was put together is no panel.
pub fn changes(panel: &Panel) -> Result<Changes, StudyError> {
    panel.check()?;
    let ready = Ready::of(panel);
    let cells = staggered::cells(&ready.cohorts, panel.periods);
    let sums = Sums::of(&ready.courses, &ready.labels, ready.cohorts.len(), panel.periods);
    let (changed, unchanged) = ready.sides(&cells);
    let estimate =
        if cells.iter().any(Cell::after) { ready.effect(&cells) } else { Err(EstimateError::TooFew) };
    let overall = display::change_overall(&changed, &unchanged, estimate);
    let diagnostic = two_way(&ready.courses, &ready.changed_at).map(|diagnostic| Diagnostic {
        value: diagnostic.value,
        standard_error: diagnostic.standard_error,
        negative_weight: diagnostic.negative_weight,
    });
    let changing = ready.changed_at.iter().flatten().count();
    Ok(Changes {
        territories: number(ready.courses.len()),
        changing: number(changing),
        left_out: number(panel.courses.len() - ready.courses.len()),
        cells: cells.iter().map(|cell| ready.group_time(cell, &sums)).collect(),
        diagnostic: display::change_overall(&changed, &unchanged, diagnostic),
        sentence: sentence(&panel.indicator, number(changing), &overall),
        overall,
        privacy: panel.privacy.statement(),
    })
}

fn sentence(indicator: &Indicator, changing: u32, overall: &Result<Shown<Effect>, Withheld>) -> Sentence {
    let effect = match overall {
        Ok(effect) => effect,
        Err(withheld) => return withheld.sentence(),
    };
    let code = match effect.p_before {
        _ if effect.p > limits::LEVEL => "comparison-change-not-detected",
        None => "comparison-change-nothing-before",
        Some(p) if p <= limits::LEVEL => "comparison-change-trends-differ",
        Some(_) => "comparison-change-associated",
    };
    let arguments = vec![
        ("indicator", Argument::Name(indicator.key.clone())),
        ("changing", Argument::Count(u64::from(changing))),
        ("effect", Argument::Figure(effect.value)),
    ];
    Sentence { code, arguments }
}

impl Panel {
    /// Checks that it is one.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self) -> Result<(), StudyError> {
        self.indicator.check()?;
        self.privacy.check()?;
        if self.periods == 0 || self.periods > limits::PERIODS {
            return Err(StudyError::Periods);
        }
        if self.courses.len() > limits::TERRITORIES {
            return Err(StudyError::TooManyTerritories);
        }
        let mut seen = BTreeSet::new();
        for course in &self.courses {
            let territory = course.place.territory;
            if course.observations.len() != self.periods {
                return Err(StudyError::Periods);
            }
            if course.changed_at.is_some_and(|at| at >= self.periods) {
                return Err(StudyError::Change(territory));
            }
            if !seen.insert(territory) {
                return Err(StudyError::TerritoryTwice(territory));
            }
            let reported = course.observations.iter().flatten();
            reported.clone().try_for_each(|observation| observation.check(self.indicator.measure))?;
        }
        Ok(())
    }
}

impl Ready {
    fn of(panel: &Panel) -> Self {
        let mut courses: Vec<&Course> = panel.courses.iter().collect();
        courses.sort_by_key(|course| course.place.territory);
        let kept: Vec<(&Course, staggered::Course, Observation)> =
            courses.into_iter().filter_map(|course| course.complete(panel.indicator.per)).collect();
        let changed_at: Vec<Option<usize>> = kept.iter().map(|(course, _, _)| course.changed_at).collect();
        let times: BTreeSet<usize> = changed_at.iter().flatten().copied().collect();
        let mut cohorts: Vec<Option<usize>> = times.into_iter().map(Some).collect();
        cohorts.extend(changed_at.contains(&None).then_some(None));
        let place = |at: &Option<usize>| cohorts.iter().position(|cohort| cohort == at).unwrap_or_default();
        let labels = changed_at.iter().map(place).collect();
        let (courses, sums) = kept.into_iter().map(|(_, course, sum)| (course, sum)).unzip();
        Self { courses, labels, changed_at, cohorts, sums }
    }

    /// Those who change and have somebody to be compared with, and the largest group of those they are compared with
    /// after the change.
    fn sides(&self, cells: &[Cell]) -> (Facts, Facts) {
        let after: Vec<&Cell> = cells.iter().filter(|cell| cell.after()).collect();
        let changed = self.facts(|label| after.iter().any(|cell| cell.cohort == label));
        let first = after.iter().min_by_key(|cell| cell.period);
        let unchanged = self.facts(|label| first.is_some_and(|cell| self.compared(cell, label)));
        (changed, unchanged)
    }

    fn compared(&self, cell: &Cell, label: usize) -> bool {
        cell.compares_with(label, self.cohorts.get(label).copied().flatten())
    }

    fn facts(&self, belongs: impl Fn(usize) -> bool) -> Facts {
        let labelled = self.labels.iter().zip(&self.sums).filter(|(label, _)| belongs(**label));
        let sums: Vec<Observation> = labelled.map(|(_, sum)| *sum).collect();
        Facts::of("", &sums)
    }

    fn group_time(&self, cell: &Cell, sums: &Sums) -> GroupTime {
        let changed = self.facts(|label| label == cell.cohort);
        let unchanged = self.facts(|label| self.compared(cell, label));
        let effect = sums.effect(cell, &self.cohorts);
        GroupTime {
            changed_at: cell.changed_at,
            period: cell.period,
            territories: changed.territories(),
            unchanged: unchanged.territories(),
            effect: display::change_cell(&changed, &unchanged, Ok(effect)),
        }
    }

    fn effect(&self, cells: &[Cell]) -> Result<Effect, EstimateError> {
        let periods = self.courses.first().map_or(0, |course| course.outcomes.len());
        let sums = Sums::of(&self.courses, &self.labels, self.cohorts.len(), periods);
        let observed = sums.statistics(cells, &self.cohorts)?;
        let exact = exact(&self.courses, &self.labels, &self.cohorts, cells)?;
        Ok(Effect {
            value: observed.overall,
            p: exact.overall,
            p_before: exact.before,
            relabellings: exact.relabellings,
        })
    }
}

impl Course {
    /// With its outcomes, if every period has one above the noise and it did not begin under the model changed to.
    fn complete(&self, per: f64) -> Option<(&Self, staggered::Course, Observation)> {
        if self.changed_at == Some(0) {
            return None;
        }
        let observations: Vec<Observation> = self.observations.iter().copied().collect::<Option<_>>()?;
        if !observations.iter().all(|observation| observation.denominator.has_logarithm()) {
            return None;
        }
        let pairs: Vec<(f64, f64)> = observations.iter().map(Observation::pair).collect();
        let denominators: Vec<f64> = pairs.iter().map(|(_, x)| *x).collect();
        let outcomes = pairs.iter().map(|(y, x)| per * y / x).collect();
        let course = staggered::Course { weight: staggered::weight(&denominators), outcomes };
        let sum = observations.iter().skip(1).fold(*observations.first()?, Observation::plus);
        Some((self, course, sum))
    }
}
