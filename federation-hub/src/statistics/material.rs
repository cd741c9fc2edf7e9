//! What an indicator is made of, taken from the reports as received: by period, model and territory, with the reports behind it. It
//! must never change a count, leave one out by what it is, nor put the trips of one model beside the persons of another.

use std::collections::{BTreeMap, BTreeSet};

use maillage_comparison::{Arm, Density, Elsewhere, Observation, Place, Territory};
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
    pub(super) report: &'a Report,
}

/// What one territory reported under one model for one period.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) period: Month,
    pub(super) model: ModelKey,
    pub(super) territory: Siren,
    pub(super) sums: Sums,
    /// Which figures it is in.
    pub(super) stands: Stands,
    /// Hash of the report it is of.
    pub(super) report: [u8; 32],
    /// Reports behind it: that one, and months beside it.
    pub(super) reports: u32,
}

/// Which figures a part is in. What it is not in may stand beside totals that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// Its model's, and that of all models together.
    InModel,
    /// That of all models together alone: nobody can say what of it is whose.
    InAll,
    /// In none: something is missing of it.
    Nowhere,
}

/// Everything of one indicator.
#[derive(Debug, Default)]
pub(super) struct Material<'a> {
    pub(super) parts: Vec<Part>,
    /// Reports behind the parts of models.
    pub(super) of_models: Vec<&'a ReceivedReport>,
    /// Reports behind parts that stand in the figure of all models together alone.
    pub(super) of_all: Vec<&'a ReceivedReport>,
    /// Reports of territories that the geography does not know.
    pub(super) left_out: u32,
    /// Reports that no model's figure can be made of: trips and persons not under one model or not all there, or several models over the
    /// same inhabitants.
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
                    if known(half_year) {
                        material.add_half_year(half_year, &pulses);
                    } else {
                        material.left_out += 1;
                    }
                }
            }
        }
        material
    }

    fn add(&mut self, one: &Counting<'a>, numerator: Cells, other: Cells) {
        let several = other == Cells::Nothing && one.report.sections.len() > 1;
        let stands = if several { Stands::InAll } else { Stands::InModel };
        for section in &one.report.sections {
            let sum = |cells: Cells| cells.sum(&one.vocabulary, &section.cells);
            self.parts.push(Part {
                period: one.received.period,
                model: section.model.clone(),
                territory: one.received.territory,
                sums: Sums { numerator: sum(numerator), other: sum(other) },
                stands,
                report: one.received.hash,
                reports: 1,
            });
        }
        self.rest_on(stands, vec![one.received]);
    }

    /// The trips of the six months of a half-year and its persons, by model. They are the model's where all is under one; they stand in the
    /// figure of all together where no month is missing.
    fn add_half_year(
        &mut self,
        half_year: &Counting<'a>,
        pulses: &BTreeMap<(Id<NodeKind>, Month), &Counting<'a>>,
    ) {
        let Some(months) = HalfYear::ending(half_year.received.period).map(HalfYear::months) else { return };
        let found: Vec<&&Counting<'a>> =
            months.iter().filter_map(|month| pulses.get(&(half_year.received.node, *month))).collect();
        let mut sums: BTreeMap<&ModelKey, Sums> = BTreeMap::new();
        for section in &half_year.report.sections {
            let persons = Cells::Group("need").sum(&half_year.vocabulary, &section.cells);
            let own = sums.entry(&section.model).or_insert(Sums::NOTHING);
            own.other = own.other.plus(persons);
        }
        for pulse in &found {
            for section in &pulse.report.sections {
                let trips = Cells::Cell("trips-fulfilled").sum(&pulse.vocabulary, &section.cells);
                let own = sums.entry(&section.model).or_insert(Sums::NOTHING);
                own.numerator = own.numerator.plus(trips);
            }
        }
        let stands = match (found.len() == months.len(), sums.len()) {
            (true, 1) => Stands::InModel,
            (true, _) => Stands::InAll,
            (false, _) => Stands::Nowhere,
        };
        let reports: Vec<&ReceivedReport> =
            [half_year.received].into_iter().chain(found.iter().map(|pulse| pulse.received)).collect();
        self.parts.extend(sums.into_iter().map(|(model, sums)| Part {
            period: half_year.received.period,
            model: model.clone(),
            territory: half_year.received.territory,
            sums,
            stands,
            report: half_year.received.hash,
            reports: u32::try_from(reports.len()).unwrap_or(u32::MAX),
        }));
        self.rest_on(stands, reports);
    }

    /// Notes which reports figures rest on.
    fn rest_on(&mut self, stands: Stands, reports: Vec<&'a ReceivedReport>) {
        match stands {
            Stands::InModel => self.of_models.extend(reports),
            Stands::InAll => self.of_all.extend(reports),
            Stands::Nowhere => {}
        }
        self.set_aside += u32::from(stands != Stands::InModel);
    }

    /// The reports behind the figure of all models together.
    pub(super) fn used(&self) -> impl Iterator<Item = &'a ReceivedReport> + Clone + '_ {
        self.of_models.iter().chain(&self.of_all).copied()
    }
}

/// The pulses by node and month.
fn pulses<'b, 'a>(counting: &'b [Counting<'a>]) -> BTreeMap<(Id<NodeKind>, Month), &'b Counting<'a>> {
    let pulses = counting.iter().filter(|one| one.vocabulary.name == Vocabulary::pulse().name);
    pulses.map(|one| ((one.received.node, one.received.period), one)).collect()
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
    let of_model = |in_model: bool| {
        let stands = move |part: &Part| (part.stands == Stands::InModel) == in_model;
        let wanted = parts.iter().copied().filter(move |part| part.model == *model && stands(part));
        arm(model.to_string(), indicator, geography, wanted)
    };
    let elsewhere = Elsewhere { beside: of_model(false).observations, hidden_part };
    Arm { elsewhere, ..of_model(true) }
}

/// The arm of all models together: what something is missing of stands beside it.
pub(super) fn arm_of_all(name: &str, indicator: IndicatorKey, geography: &Geography, parts: &[&Part]) -> Arm {
    let of = |nowhere: bool| {
        let wanted = parts.iter().copied().filter(move |part| (part.stands == Stands::Nowhere) == nowhere);
        arm(name.to_owned(), indicator, geography, wanted)
    };
    let elsewhere = Elsewhere { beside: of(true).observations, hidden_part: false };
    Arm { elsewhere, ..of(false) }
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

/// A territory, as the comparison knows it; none that is not known any more.
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
