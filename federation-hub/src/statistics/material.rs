//! What an indicator is made of, taken from the reports as received: by period, model and territory, with the reports behind it. It
//! must never change a count, leave one out by what it is, nor put the trips of one model beside the persons of another.

use std::collections::{BTreeMap, BTreeSet};

use maillage_comparison::{Arm, Count, Density, Elsewhere, Observation, Place, Territory};
use maillage_federation::{
    half_year::HalfYear,
    ids::{Id, NodeKind},
    models::ModelKey,
    month::Month,
    statistics::{Report, Vocabulary},
};
use maillage_geography::{Geography, Siren};

use super::indicator::{Cells, IndicatorKey, Recipe, Sums};
use crate::{ledger, limits, store::ReceivedReport};

/// Months from one to another, both included where given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// First month.
    pub from: Option<Month>,
    /// Last month.
    pub to: Option<Month>,
}

/// A report that counts, read.
#[derive(Debug, Clone)]
pub(super) struct Counting<'a> {
    pub(super) received: &'a ReceivedReport,
    pub(super) vocabulary: Vocabulary,
    pub(super) report: Report,
}

/// What one territory reported under one model for one period.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) period: Month,
    pub(super) model: ModelKey,
    pub(super) territory: Siren,
    pub(super) sums: Sums,
    /// Whether it can only stand in the figure of all models together.
    pub(super) of_no_model: bool,
    /// Hash of the report it is of.
    pub(super) report: [u8; 32],
    /// Reports behind it: that one, and months beside it.
    pub(super) reports: u32,
}

/// Everything of one indicator.
#[derive(Debug, Default)]
pub(super) struct Material<'a> {
    pub(super) parts: Vec<Part>,
    /// Reports behind the parts.
    pub(super) used: Vec<&'a ReceivedReport>,
    /// Of them, those behind parts of no model.
    pub(super) of_no_model: Vec<&'a ReceivedReport>,
    /// Reports of territories that the geography does not know.
    pub(super) left_out: u32,
    /// Reports that no model's figure can be made of: trips and persons not under one model, or several models over the same inhabitants.
    pub(super) set_aside: u32,
}

impl Range {
    /// Whether a period that goes by this month is in it.
    pub fn contains(self, period: Month) -> bool {
        self.from.is_none_or(|from| period >= from) && self.to.is_none_or(|to| period <= to)
    }
}

/// The reports that count, in an order that does not depend on how they came.
pub(super) fn counting(reports: &[ReceivedReport]) -> Vec<Counting<'_>> {
    let mut all: Vec<&ReceivedReport> = reports.iter().filter(|report| ledger::counts(report)).collect();
    all.sort_by_key(|received| (received.territory, received.period, received.hash));
    let read = |received| {
        Some(Counting {
            received,
            vocabulary: ledger::vocabulary(received)?,
            report: ledger::read(received)?,
        })
    };
    all.into_iter().filter_map(read).collect()
}

/// BLAKE3 over the hashes of reports, in the order of territory, period and hash.
pub(super) fn fingerprint<'a>(reports: impl IntoIterator<Item = &'a ReceivedReport>) -> [u8; 32] {
    let mut reports: Vec<&ReceivedReport> = reports.into_iter().collect();
    reports.sort_by_key(|received| (received.territory, received.period, received.hash));
    let mut hasher = blake3::Hasher::new();
    for received in reports {
        hasher.update(&received.hash);
    }
    *hasher.finalize().as_bytes()
}

impl<'a> Material<'a> {
    /// Of the reports that count, those of the periods in a range.
    pub(super) fn of(
        counting: &[Counting<'a>],
        geography: &Geography,
        indicator: IndicatorKey,
        range: Range,
    ) -> Self {
        let known = |one: &Counting<'_>| geography.territory(&one.received.territory).is_some();
        let of_indicator = |one: &Counting<'_>, name: &str| {
            one.vocabulary.name == name && range.contains(one.received.period)
        };
        let mut material = Self::default();
        match indicator.recipe() {
            Recipe::Plain { vocabulary, numerator, other } => {
                for one in counting.iter().filter(|one| of_indicator(one, vocabulary)) {
                    if known(one) {
                        material.add(one, numerator, other);
                    } else {
                        material.left_out += 1;
                    }
                }
            }
            Recipe::TripsPerPerson => {
                let pulses = pulses(counting);
                let half_years = Vocabulary::half_year().name;
                for half_year in counting.iter().filter(|one| of_indicator(one, half_years)) {
                    if !known(half_year) {
                        material.left_out += 1;
                    } else if let Some((part, reports)) = trips_per_person(half_year, &pulses) {
                        material.parts.push(part);
                        material.used.extend(reports);
                    } else {
                        material.set_aside += 1;
                    }
                }
            }
        }
        material
    }

    fn add(&mut self, one: &Counting<'a>, numerator: Cells, other: Cells) {
        let of_no_model = other == Cells::Nothing && one.report.sections.len() > 1;
        self.set_aside += u32::from(of_no_model);
        for section in &one.report.sections {
            let sum = |cells: Cells| cells.sum(&one.vocabulary, &section.cells);
            self.parts.push(Part {
                period: one.received.period,
                model: section.model.clone(),
                territory: one.received.territory,
                sums: Sums { numerator: sum(numerator), other: sum(other) },
                of_no_model,
                report: one.received.hash,
                reports: 1,
            });
        }
        self.used.push(one.received);
        if of_no_model {
            self.of_no_model.push(one.received);
        }
    }

    /// The reports behind the figures of models.
    pub(super) fn of_models(&self) -> Vec<&'a ReceivedReport> {
        let key = |received: &ReceivedReport| (received.territory, received.hash);
        let aside: BTreeSet<_> = self.of_no_model.iter().copied().map(key).collect();
        self.used.iter().copied().filter(|received| !aside.contains(&key(received))).collect()
    }

    /// How many reports are behind it.
    pub(super) fn reports(&self) -> u32 {
        u32::try_from(self.used.len()).unwrap_or(u32::MAX)
    }

    /// What the reports behind it are known by together.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        fingerprint(self.used.iter().copied())
    }
}

/// The pulses by node and month.
fn pulses<'b, 'a>(counting: &'b [Counting<'a>]) -> BTreeMap<(Id<NodeKind>, Month), &'b Counting<'a>> {
    let pulses = counting.iter().filter(|one| one.vocabulary.name == Vocabulary::pulse().name);
    pulses.map(|one| ((one.received.node, one.received.period), one)).collect()
}

/// The trips and persons of one half-year, where both are under one model: one section in it and in each of its six months, all of the
/// same model.
fn trips_per_person<'a>(
    half_year: &Counting<'a>,
    pulses: &BTreeMap<(Id<NodeKind>, Month), &Counting<'a>>,
) -> Option<(Part, Vec<&'a ReceivedReport>)> {
    let [section] = half_year.report.sections.as_slice() else { return None };
    let (mut trips, mut reports) = (Count::exact(0), vec![half_year.received]);
    for month in HalfYear::ending(half_year.received.period)?.months() {
        let pulse = pulses.get(&(half_year.received.node, month))?;
        let [of_month] = pulse.report.sections.as_slice() else { return None };
        if of_month.model != section.model {
            return None;
        }
        trips = trips.plus(Cells::Cell("trips-fulfilled").sum(&pulse.vocabulary, &of_month.cells));
        reports.push(pulse.received);
    }
    let persons = Cells::Group("need").sum(&half_year.vocabulary, &section.cells);
    let part = Part {
        period: half_year.received.period,
        model: section.model.clone(),
        territory: half_year.received.territory,
        sums: Sums { numerator: trips, other: persons },
        of_no_model: false,
        report: half_year.received.hash,
        reports: u32::try_from(reports.len()).unwrap_or(u32::MAX),
    };
    Some((part, reports))
}

/// The arm of a model: its own parts summed by territory, and those that stand in its totals alone beside them. Where a period of the model
/// is hidden, its figure over all may not tell it.
pub(super) fn arm_of_model(
    model: &ModelKey,
    indicator: IndicatorKey,
    geography: &Geography,
    parts: &[&Part],
    hidden_part: bool,
) -> Arm {
    let of_model = |of_no_model: bool| {
        let wanted = move |part: &&Part| part.model == *model && part.of_no_model == of_no_model;
        arm(model.to_string(), indicator, geography, parts.iter().copied().filter(wanted))
    };
    let elsewhere = Elsewhere { beside: of_model(true).observations, hidden_part };
    Arm { elsewhere, ..of_model(false) }
}

/// An arm of the comparison: parts summed by territory.
pub(super) fn arm<'p>(
    name: String,
    indicator: IndicatorKey,
    geography: &Geography,
    parts: impl IntoIterator<Item = &'p Part>,
) -> Arm {
    let mut territories: BTreeMap<Siren, (Sums, BTreeSet<Month>)> = BTreeMap::new();
    for part in parts {
        let own = territories.entry(part.territory);
        let own = own.and_modify(|(sums, _)| *sums = sums.plus(part.sums));
        own.or_insert_with(|| (part.sums, BTreeSet::new())).1.insert(part.period);
    }
    let observation = |(siren, (sums, periods)): (&Siren, &(Sums, BTreeSet<Month>))| {
        Some(indicator.observation(place(geography, siren)?, *sums, periods.len()))
    };
    let observations: Vec<Observation> = territories.iter().filter_map(observation).collect();
    Arm { name, observations, elsewhere: Elsewhere::default() }
}

/// A territory, as the comparison knows it.
pub(super) fn place(geography: &Geography, siren: &Siren) -> Option<Place> {
    let territory = geography.territory(siren)?;
    Some(Place {
        territory: Territory(siren.as_str().parse().ok()?),
        density: density(territory.density_tenths_per_km2),
        population: territory.population.max(1),
    })
}

/// The class of density, from inhabitants per square kilometre in tenths.
pub(super) fn density(tenths_per_km2: u32) -> Density {
    let class = limits::DENSITY_CLASSES_TENTHS.iter().filter(|bound| tenths_per_km2 >= **bound).count();
    Density(u8::try_from(class).unwrap_or(u8::MAX))
}
