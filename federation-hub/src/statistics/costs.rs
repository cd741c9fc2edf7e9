//! What participation models cost, from what territories have declared about one year: of those that ran one model alone, so that nobody
//! has to guess which euro was whose.
//!
//! | key | numerator | denominator |
//! |---|---|---|
//! | `cost-per-trip` | full cost declared | trips declared, which their nodes have rounded to 50 |
//! | `cost-per-person` | full cost declared | active persons of both half-years, from the reports: who is active in both counts in each |
//!
//! Both are exploratory: they came after the first half-year was compared. One year at a time, always that of a whole range: two ranges
//! would tell what a single territory has declared in the year by which they differ. It must never tell an amount of a territory: what may
//! be shown is `maillage-comparison`'s, and [`tells_a_part`] says where a national sum beside it would tell.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use maillage_comparison::{
    Argument, Arm, Comparison, Contrasts, Count, Elsewhere, Indicator, Measure, Observation, Privacy,
    Sentence, Standing, Study, StudyError, compare, whole_and_parts,
};
use maillage_federation::{
    accounts::{FORM, Figures},
    half_year::HalfYear,
    limits::ACCOUNTS_TRIPS_STEP,
    models::ModelKey,
    month::Month,
    statistics::Vocabulary,
};
use maillage_geography::{Geography, Siren};

use super::{
    Desk, Range,
    indicator::Cells,
    material::{Counting, counting, fingerprint, place},
    series::NATIONAL,
};
use crate::{
    accounts::{in_force, withheld},
    limits,
    store::{ReceivedAccounts, ReceivedReport},
};

/// A cost that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostKey {
    /// Full cost per trip.
    PerTrip,
    /// Full cost per person active in a half-year.
    PerPerson,
}

/// Models compared by a cost.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Costs {
    /// The year.
    pub(super) year: i16,
    /// The comparison.
    pub(super) comparison: Comparison,
    /// Declarations and reports it rests on.
    pub(super) received: u32,
    /// BLAKE3 over their hashes.
    pub(super) fingerprint: [u8; 32],
    /// Declarations of territories that this version's geography does not know.
    pub(super) left_out: u32,
    /// Declarations that no model's cost can be made of.
    pub(super) set_aside: u32,
}

/// What was declared about a year, and what was reported of it.
struct Year<'a> {
    number: i16,
    /// The newest declared year of the range, where too few territories have declared it yet.
    begun: Option<i16>,
    declared: Vec<(&'a ReceivedAccounts, &'a Figures)>,
    half_years: BTreeMap<(Siren, i8), Vec<&'a Counting<'a>>>,
}

/// What a cost of a year is made of.
#[derive(Default)]
struct Material<'a> {
    by_model: BTreeMap<ModelKey, Vec<Observation>>,
    /// What other costs of a model rest on besides: two costs side by side would tell it.
    beside: BTreeMap<ModelKey, Vec<Observation>>,
    used: Vec<&'a ReceivedAccounts>,
    reports: Vec<&'a ReceivedReport>,
    /// Declarations under several models, or without the persons of both half-years under theirs.
    set_aside: u32,
    left_out: u32,
}

/// Every note of this module.
#[cfg(test)]
pub(crate) const NOTES: [&str; 4] = [
    "figures-note-costs-begun",
    "figures-note-costs-of-year",
    "figures-note-costs-per-half-year",
    "figures-note-costs-set-aside",
];

impl CostKey {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::PerTrip, Self::PerPerson];

    /// Its key.
    pub fn code(self) -> &'static str {
        match self {
            Self::PerTrip => "cost-per-trip",
            Self::PerPerson => "cost-per-person",
        }
    }

    /// The forms and vocabularies it is made of.
    pub fn sources(self) -> Vec<&'static str> {
        match self {
            Self::PerTrip => vec![FORM],
            Self::PerPerson => vec![FORM, Vocabulary::half_year().name],
        }
    }

    /// As the comparison knows it: in euros.
    fn indicator(self) -> Indicator {
        Indicator {
            key: self.code().to_owned(),
            standing: Standing::Exploratory,
            measure: Measure::Declared,
            per: 0.01,
        }
    }
}

impl FromStr for CostKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|cost| cost.code() == text).ok_or(())
    }
}

/// Compares the models by a cost in the newest year that enough territories have declared, and whose December is in a range; none where nothing of it can be compared.
///
/// # Errors
/// The model to compare with is in no declaration of the year.
pub(super) fn costs(
    desk: &Desk,
    cost: CostKey,
    range: Range,
    against: Option<&ModelKey>,
) -> Result<Option<Costs>, StudyError> {
    let in_force = in_force(&desk.accounts, &desk.members);
    let counting = counting(&desk.reports);
    let Some(year) = Year::newest(&in_force, &counting, range) else { return Ok(None) };
    let material = Material::of(&year, desk.geography, cost).beside(&year, desk.geography);
    if material.by_model.is_empty() {
        return Ok(None);
    }
    let mut comparison = compare(&Study {
        indicator: cost.indicator(),
        arms: material.arms(),
        contrasts: against.map_or(Contrasts::AllPairs, |model| Contrasts::Against(model.to_string())),
        privacy: Privacy::Declared,
    })?;
    comparison.notes.extend(notes(&year, &material, cost));
    Ok(Some(Costs {
        year: year.number,
        comparison,
        received: number(material.used.len() + material.reports.len()),
        fingerprint: material.fingerprint(),
        left_out: material.left_out,
        set_aside: material.set_aside,
    }))
}

/// Whether a national sum of amounts or trips of a year would tell, beside the costs of models that are shown, what fewer than three
/// territories have declared, or mostly one: whoever knows the persons of a model learns its amount from its cost, and what is left.
pub(crate) fn tells_a_part(desk: &Desk, year: i16) -> bool {
    let in_force = in_force(&desk.accounts, &desk.members);
    let counting = counting(&desk.reports);
    let december = Month::new(year, 12).ok();
    let Some(year) = Year::newest(&in_force, &counting, Range { from: december, to: december }) else {
        return false;
    };
    let geography = desk.geography;
    let material = |cost| Material::of(&year, geography, cost).beside(&year, geography);
    CostKey::ALL.into_iter().any(|cost| material(cost).tells(&year, cost))
}

fn notes(year: &Year<'_>, material: &Material<'_>, cost: CostKey) -> Vec<Sentence> {
    let of_year = vec![
        ("year", Argument::Name(year.number.to_string())),
        ("territories", Argument::Count(material.used.len() as u64)),
    ];
    let mut notes = vec![Sentence { code: "figures-note-costs-of-year", arguments: of_year }];
    if cost == CostKey::PerPerson {
        notes.push(Sentence { code: "figures-note-costs-per-half-year", arguments: vec![] });
    }
    if let Some(begun) = year.begun {
        let arguments = vec![("year", Argument::Name(begun.to_string()))];
        notes.push(Sentence { code: "figures-note-costs-begun", arguments });
    }
    if material.set_aside > 0 {
        let arguments = vec![("number", Argument::Count(material.set_aside.into()))];
        notes.push(Sentence { code: "figures-note-costs-set-aside", arguments });
    }
    notes
}

impl<'a> Year<'a> {
    /// The newest year of a range that enough territories have declared; where none is, the newest. One that has just begun to be
    /// declared hides no other.
    fn newest(
        in_force: &BTreeMap<(i16, Siren), &'a ReceivedAccounts>,
        counting: &'a [Counting<'a>],
        range: Range,
    ) -> Option<Self> {
        let inside = |year: i16| Month::new(year, 12).is_ok_and(|december| range.contains(december));
        let mut declarations: BTreeMap<i16, usize> = BTreeMap::new();
        for (year, _) in in_force.keys().filter(|(year, _)| inside(*year)) {
            *declarations.entry(*year).or_default() += 1;
        }
        let newest = *declarations.keys().next_back()?;
        let enough = |count: usize| count >= limits::TERRITORIES_TO_PUBLISH as usize;
        let full = declarations.into_iter().rev().find(|(_, count)| enough(*count)).map(|(year, _)| year);
        let number = full.unwrap_or(newest);
        let of_year = in_force.iter().filter(|((year, _), _)| *year == number);
        let mut half_years: BTreeMap<(Siren, i8), Vec<&Counting<'_>>> = BTreeMap::new();
        for one in counting.iter().filter(|one| one.vocabulary.name == Vocabulary::half_year().name) {
            let Some(half_year) = HalfYear::ending(one.received.period) else { continue };
            if half_year.year() == number {
                half_years.entry((one.received.territory, half_year.number())).or_default().push(one);
            }
        }
        Some(Self {
            number,
            begun: (newest != number).then_some(newest),
            declared: of_year.filter_map(|(_, one)| Some((*one, one.declared.figures()?))).collect(),
            half_years,
        })
    }

    /// The active persons of both half-years of a territory, where each was reported once and under this model alone.
    fn persons(&self, territory: Siren, model: &ModelKey) -> Option<(Count, Vec<&'a ReceivedReport>)> {
        let (mut persons, mut reports) = (Count::exact(0), Vec::new());
        for half in [1, 2] {
            let [one] = self.half_years.get(&(territory, half))?.as_slice() else { return None };
            let [section] = one.report.sections.as_slice() else { return None };
            if section.model != *model {
                return None;
            }
            persons = persons.plus(Cells::Group("need").sum(&one.vocabulary, &section.cells));
            reports.push(one.received);
        }
        Some((persons, reports))
    }
}

impl<'a> Material<'a> {
    fn of(year: &Year<'a>, geography: &Geography, cost: CostKey) -> Self {
        let mut material = Self::default();
        for (declared, figures) in &year.declared {
            let Some(place) = place(geography, &declared.territory) else {
                material.left_out += 1;
                continue;
            };
            let denominator = |model| match cost {
                CostKey::PerTrip => Some((trips(figures), Vec::new())),
                CostKey::PerPerson => year.persons(declared.territory, model),
            };
            let known = match figures.models.as_slice() {
                [model] => denominator(model).map(|denominator| (model, denominator)),
                _ => None,
            };
            let Some((model, (denominator, reports))) = known else {
                material.set_aside += 1;
                continue;
            };
            let cents = Count::exact(i64::try_from(figures.full_cost_cents).unwrap_or(i64::MAX));
            let observation = Observation::quotient(place, cents, denominator);
            material.by_model.entry(model.clone()).or_default().push(observation);
            material.used.push(declared);
            material.reports.extend(reports);
        }
        material
    }

    /// With what the cost of trips rests on and this one does not: the same amounts, of more territories.
    fn beside(self, year: &Year<'a>, geography: &Geography) -> Self {
        let used: BTreeSet<Siren> = self.used.iter().map(|one| one.territory).collect();
        let others = year.declared.iter().filter(|(one, _)| !used.contains(&one.territory));
        let others = Year { declared: others.copied().collect(), half_years: BTreeMap::new(), ..*year };
        let beside = Self::of(&others, geography, CostKey::PerTrip).by_model;
        Self { beside, ..self }
    }

    fn arms(&self) -> Vec<Arm> {
        let arm = |(model, observations): (&ModelKey, &Vec<Observation>)| {
            let beside = self.beside.get(model).cloned().unwrap_or_default();
            let elsewhere = Elsewhere { beside, hidden_part: false };
            Arm { name: model.to_string(), observations: observations.clone(), elsewhere }
        };
        self.by_model.iter().map(arm).collect()
    }

    /// Whether what is left of the amounts of the year, once those of the models that are shown are taken off, is fewer than three
    /// territories' or mostly one's.
    fn tells(&self, year: &Year<'_>, cost: CostKey) -> bool {
        let all = self.by_model.values().flatten().copied().collect();
        let whole = Arm { name: NATIONAL.to_owned(), observations: all, elsewhere: Elsewhere::default() };
        let Ok(figures) = whole_and_parts(&cost.indicator(), whole, self.arms(), Vec::new()) else {
            return true;
        };
        let shown: BTreeSet<String> =
            figures.parts.into_iter().filter(|part| part.figure.is_ok()).map(|part| part.name).collect();
        if shown.is_empty() {
            return false;
        }
        let used: BTreeSet<Siren> = self.used.iter().map(|one| one.territory).collect();
        let is_shown = |one: &ReceivedAccounts, figures: &Figures| {
            let of_shown = figures.models.first().is_some_and(|model| shown.contains(&model.to_string()));
            of_shown && used.contains(&one.territory)
        };
        let rest: Vec<u64> = year
            .declared
            .iter()
            .filter(|(one, figures)| !is_shown(one, figures))
            .map(|(_, figures)| figures.full_cost_cents)
            .collect();
        !rest.is_empty() && withheld(&rest).is_some()
    }

    /// BLAKE3 over the hashes of the declarations, by territory, and over those of the reports.
    fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for declared in &self.used {
            hasher.update(&declared.hash);
        }
        hasher.update(&fingerprint(self.reports.iter().copied()));
        *hasher.finalize().as_bytes()
    }
}

/// Trips as declared. What the rounding has taken or added is as good as noise, evenly within a step.
fn trips(figures: &Figures) -> Count {
    let deviation = f64::from(ACCOUNTS_TRIPS_STEP) / 12.0_f64.sqrt();
    Count::noisy(figures.trips.into(), 1, deviation)
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
