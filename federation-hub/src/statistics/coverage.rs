//! Where there is a service and where there is none: from the communes that enrolled nodes say they serve, and the geography. A territory
//! is listed by its SIREN and shown with its persons only where they stand above a threshold. It must never rank territories, nor show
//! the persons of one where the others would tell those of a hidden one.

use std::collections::{BTreeMap, BTreeSet};

use maillage_federation::{half_year::HalfYear, models::ModelKey, month::Month, statistics::Vocabulary};
use maillage_geography::{Commune, DepartementCode, Geography, InseeCode, Siren};

use super::{
    IndicatorKey, Range,
    material::{Counting, Material, Stands, counting},
    targets::Noisy,
};
use crate::{
    ledger::{self, Sum},
    limits,
    store::{Members, ReceivedReport},
};

/// What enrolled nodes serve.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Served {
    /// Communes that at least one serves.
    pub(super) communes: BTreeSet<InseeCode>,
    /// Territories that have one.
    pub(super) territories: BTreeSet<Siren>,
}

/// Areas: what there is in them, and what of it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Coverage {
    /// The whole.
    pub(super) whole: Area,
    /// Each department.
    pub(super) departements: BTreeMap<DepartementCode, Area>,
}

/// An area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Area {
    /// Its communes.
    pub(super) communes: u32,
    /// Their inhabitants.
    pub(super) inhabitants: u64,
    /// Those that at least one node serves.
    pub(super) communes_served: u32,
    /// Their inhabitants.
    pub(super) inhabitants_served: u64,
    /// EPCIs with communes there.
    pub(super) territories: u32,
    /// Those with an enrolled node.
    pub(super) territories_with_node: u32,
    /// Those with a report that counts.
    pub(super) territories_reporting: u32,
}

/// A territory with a node or with reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TerritoryFigures {
    /// Which.
    pub(super) siren: Siren,
    /// Its communes and what of them is served.
    pub(super) area: Area,
    /// Whether it has a node.
    pub(super) has_node: bool,
    /// Active persons in the half-year.
    pub(super) persons: Result<Noisy, PersonsWithheld>,
}

/// Why the persons of a territory are not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PersonsWithheld {
    /// It reported none.
    NotReported,
    /// Not above the threshold.
    TooFewPersons {
        /// The threshold.
        needed: u64,
    },
    /// Too few territories are hidden: the sum of all would tell theirs.
    ProtectsAnother,
}

impl PersonsWithheld {
    /// Its code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::NotReported => "not-reported",
            Self::TooFewPersons { .. } => "too-few-persons",
            Self::ProtectsAnother => "protects-another",
        }
    }
}

impl Served {
    /// By the members that are not revoked.
    pub(super) fn by(members: &Members) -> Self {
        let mut served = Self::default();
        for member in members.nodes.values().filter(|member| !member.entry.revoked) {
            served.communes.extend(&member.entry.reach.communes);
            served.territories.insert(member.entry.reach.territory);
        }
        served
    }
}

/// What is served, in the whole and by department.
pub(super) fn coverage(
    reports: &[ReceivedReport],
    geography: &Geography,
    served: &Served,
    range: Range,
) -> Coverage {
    let counts = |report: &&ReceivedReport| ledger::counts(report) && range.contains(report.period);
    let reporting: BTreeSet<Siren> = reports.iter().filter(counts).map(|report| report.territory).collect();
    let mut whole = Area::default();
    let mut departements: BTreeMap<DepartementCode, Area> = BTreeMap::new();
    for commune in geography.communes() {
        whole.add_commune(commune, served);
        departements.entry(commune.departement).or_default().add_commune(commune, served);
    }
    for territory in geography.territories() {
        let (has_node, reports) =
            (served.territories.contains(&territory.siren), reporting.contains(&territory.siren));
        whole.add_territory(has_node, reports);
        for departement in &territory.departements {
            departements.entry(*departement).or_default().add_territory(has_node, reports);
        }
    }
    Coverage { whole, departements }
}

/// Communes that no node serves, by code, after one of them; at most `limit`. Also whether there are more.
pub(super) fn deserts<'g>(
    geography: &'g Geography,
    served: &Served,
    departement: Option<DepartementCode>,
    after: Option<InseeCode>,
    limit: usize,
) -> (Vec<&'g Commune>, bool) {
    let mut unserved = geography.communes().iter().filter(|commune| {
        departement.is_none_or(|wanted| commune.departement == wanted)
            && after.is_none_or(|after| commune.insee > after)
            && !served.communes.contains(&commune.insee)
    });
    let page: Vec<&Commune> = unserved.by_ref().take(limit).collect();
    (page, unserved.next().is_some())
}

/// The half-year that persons of territories are shown for: the newest that anybody reported.
pub(super) fn newest_half_year(reports: &[ReceivedReport]) -> Option<HalfYear> {
    let half_years = |report: &&ReceivedReport| {
        ledger::counts(report) && report.vocabulary == Vocabulary::half_year().name
    };
    let last: Option<Month> = reports.iter().filter(half_years).map(|report| report.period).max();
    last.and_then(HalfYear::ending)
}

/// Territories with a node or with reports of the half-year, by SIREN.
pub(super) fn territories(
    reports: &[ReceivedReport],
    geography: &Geography,
    served: &Served,
    pilot: &BTreeSet<Siren>,
    half_year: Option<HalfYear>,
) -> Vec<TerritoryFigures> {
    let persons = persons(reports, geography, pilot, half_year);
    let sirens: BTreeSet<Siren> = served.territories.iter().chain(persons.keys()).copied().collect();
    let known = sirens.into_iter().filter(|siren| geography.territory(siren).is_some());
    known.map(|siren| of_territory(siren, geography, served, &persons)).collect()
}

/// Every territory of today, by SIREN: those with a node or with reports as they are told otherwise, and of all others what is served.
pub(super) fn everywhere(
    reports: &[ReceivedReport],
    geography: &Geography,
    served: &Served,
    pilot: &BTreeSet<Siren>,
    half_year: Option<HalfYear>,
) -> Vec<TerritoryFigures> {
    let persons = persons(reports, geography, pilot, half_year);
    let all = geography.territories().iter().map(|territory| territory.siren);
    all.map(|siren| of_territory(siren, geography, served, &persons)).collect()
}

fn of_territory(
    siren: Siren,
    geography: &Geography,
    served: &Served,
    persons: &BTreeMap<Siren, Result<Noisy, PersonsWithheld>>,
) -> TerritoryFigures {
    let mut area = Area::default();
    for commune in geography.communes_of(&siren) {
        area.add_commune(commune, served);
    }
    let has_node = served.territories.contains(&siren);
    let persons = persons.get(&siren).copied().unwrap_or(Err(PersonsWithheld::NotReported));
    area.add_territory(has_node, persons != Err(PersonsWithheld::NotReported));
    TerritoryFigures { siren, area, has_node, persons }
}

/// Active persons of each territory that reported the half-year, if they may be shown.
fn persons(
    reports: &[ReceivedReport],
    geography: &Geography,
    pilot: &BTreeSet<Siren>,
    half_year: Option<HalfYear>,
) -> BTreeMap<Siren, Result<Noisy, PersonsWithheld>> {
    let vocabulary = Vocabulary::half_year();
    let Some(half_year) = half_year else { return BTreeMap::new() };
    let month = half_year.last_month();
    let counting = counting(reports);
    let mut sums: BTreeMap<Siren, Sum> = BTreeMap::new();
    let mut groups: BTreeMap<&ModelKey, Sum> = BTreeMap::new();
    // A figure by inhabitants rests on reports of one model alone.
    let mut alone: BTreeMap<&ModelKey, Sum> = BTreeMap::new();
    for one in &counting {
        if one.vocabulary.name != vocabulary.name || one.received.period != month {
            continue;
        }
        for section in &one.report.sections {
            let territory = one.received.territory;
            sums.entry(territory).or_default().add(&vocabulary, territory, &section.cells);
            groups.entry(&section.model).or_default().add(&vocabulary, territory, &section.cells);
            if one.report.sections.len() == 1 {
                alone.entry(&section.model).or_default().add(&vocabulary, territory, &section.cells);
            }
        }
    }
    let mut whole = Sum::default();
    for sum in sums.values() {
        whole.add_all(sum);
    }
    let persons = sums.iter().map(|(siren, sum)| (*siren, above(Noisy::of(sum, &vocabulary))));
    let mut shown: BTreeMap<Siren, Result<Noisy, PersonsWithheld>> = persons.collect();
    // What is left of the whole without the models that are published is as good as published.
    let mut rest = Sum::default();
    for group in groups.values().filter(|group| group.withheld().is_some()) {
        rest.add_all(group);
    }
    let quotients = in_quotients(&counting, geography, month, &groups);
    // So is the sum of the pilot, and what it leaves of the whole.
    let parts = [true, false].map(|inside| {
        let of_part = sums.keys().copied().filter(|siren| pilot.contains(siren) == inside);
        whole.only(of_part)
    });
    let all: Vec<&Sum> = groups
        .values()
        .chain(alone.values())
        .chain(&quotients)
        .chain(&parts)
        .chain([&whole, &rest])
        .collect();
    // What is hidden for one group may be missing in another: until nothing changes any more.
    while all.iter().any(|group| protect(&mut shown, group)) {}
    shown
}

/// The persons of territories whose trips stand over them in a figure, by model: together with the totals of trips it tells them.
fn in_quotients(
    counting: &[Counting<'_>],
    geography: &Geography,
    month: Month,
    groups: &BTreeMap<&ModelKey, Sum>,
) -> Vec<Sum> {
    let only = Range { from: Some(month), to: Some(month) };
    let material = Material::of(counting, geography, IndicatorKey::TripsPerPerson, only);
    let of_model = |(model, sum): (&&ModelKey, &Sum)| {
        let parts = material.parts.iter().filter(|part| part.stands == Stands::InModel);
        sum.only(parts.filter(|part| part.model == **model).map(|part| part.territory))
    };
    groups.iter().map(of_model).collect()
}

/// Persons above what is needed: the smallest group that may be told, and what noise alone accounts for.
fn above(persons: Noisy) -> Result<Noisy, PersonsWithheld> {
    let needed = limits::PERSONS_BEHIND_A_FIGURE + persons.noise_2sd;
    let enough = u64::try_from(persons.total).is_ok_and(|total| total > needed);
    if enough { Ok(persons) } else { Err(PersonsWithheld::TooFewPersons { needed }) }
}

/// Hides one more territory of a group whose sum may be published, if those hidden in it could be worked out from that sum less what is
/// shown: the smallest of those shown. Whether it did.
fn protect(shown: &mut BTreeMap<Siren, Result<Noisy, PersonsWithheld>>, group: &Sum) -> bool {
    if group.withheld().is_some() {
        return false;
    }
    let of_group = |siren: &Siren| group.of_territory(siren).is_some();
    let hidden = shown.iter().filter(|(siren, persons)| of_group(siren) && persons.is_err());
    let rest = group.only(hidden.map(|(siren, _)| *siren));
    if rest.territories() == 0 || rest.withheld().is_none() {
        return false;
    }
    let smallest = shown.iter_mut().filter(|(siren, persons)| of_group(siren) && persons.is_ok());
    let smallest =
        smallest.min_by_key(|(siren, persons)| (persons.map_or(0, |persons| persons.total), **siren));
    let Some((_, persons)) = smallest else { return false };
    *persons = Err(PersonsWithheld::ProtectsAnother);
    true
}

impl Area {
    fn add_commune(&mut self, commune: &Commune, served: &Served) {
        self.communes += 1;
        self.inhabitants += u64::from(commune.population);
        if served.communes.contains(&commune.insee) {
            self.communes_served += 1;
            self.inhabitants_served += u64::from(commune.population);
        }
    }

    fn add_territory(&mut self, has_node: bool, reports: bool) {
        self.territories += 1;
        self.territories_with_node += u32::from(has_node);
        self.territories_reporting += u32::from(reports);
    }
}
