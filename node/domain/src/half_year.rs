//! The half-yearly tables of persons: how many people were served, who they are in broad classes, how well each was served, and
//! what else was done with them. Exact counts, to be shown to nobody before noise was added.
//!
//! - **Which trips.** Those asked for here that a monthly pulse of this half-year has used up: a trip is used up by one month, for good, so
//!   that it is in one half-year, and one closed late is in the next. What is in neither cell of the pulse makes nobody active.
//! - **Which services and pathways.** Loans by the day they were handed out, other services by the day they were rendered, pathways by
//!   the day they ended; each once. What was written down late is in the next half-year.
//! - **Who.** Whoever has such a trip, service or end of a pathway is active, and in one cell of the tables of age and need. Tables of
//!   purpose, tariff and the fulfilment rate are about trips: who has none is in none of them, so that the sum of the table of purposes is the
//!   number of persons whose rates are summed. Who objects to statistics or is not registered any more is in no table.
//! - **Once.** A person is under one model in one half-year, that of most of her trips, and in at most one cell of each table: the most
//!   frequent purpose or service, the last end of a pathway. Ties go to the first in the order of the vocabulary.
//!
//! Must never let one person change what is counted of another, nor move a table by more than the vocabulary's bound.

#[cfg(test)]
mod tests;

use std::{cmp::Reverse, collections::BTreeMap};

use jiff::civil::Date;
use maillage_federation::{
    half_year::HalfYear,
    ids::Id,
    models::{Contribution, ModelKey, Tariff},
    month::paris,
    needs::{Need, Needs},
    statistics::Vocabulary,
};

use crate::{
    ids::{PathwayKind, PersonKind},
    loan::Loan,
    pathway::{Outcome, Pathway},
    person::Person,
    pulse::{Cell, Stages},
    request::Purpose,
    service::{Service, ServiceType},
    trip::Trip,
};

/// What a half-year is counted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// The half-year.
    pub half_year: HalfYear,
    /// Trips of it.
    pub trips: Vec<CountedTrip>,
    /// Loans and other services of it.
    pub services: Vec<CountedService>,
    /// Pathways that ended in it.
    pub exits: Vec<CountedExit>,
    /// People who are registered on the day it is closed.
    pub persons: BTreeMap<Id<PersonKind>, PersonFacts>,
    /// The models in force in it, the general one first, each with what it asks of a person.
    pub models: Vec<(ModelKey, Contribution)>,
}

/// A trip that makes a person active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedTrip {
    /// Whose.
    pub person: Id<PersonKind>,
    /// The model it was served under.
    pub model: ModelKey,
    /// What for.
    pub purpose: Purpose,
    /// Whether it was carried out.
    pub fulfilled: bool,
}

/// A service that was rendered to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedService {
    /// To whom.
    pub person: Id<PersonKind>,
    /// Which.
    pub class: ServiceClass,
}

/// A pathway that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedExit {
    /// With whom.
    pub person: Id<PersonKind>,
    /// When.
    pub on: Date,
    /// Which: of two that ended on one day, the younger is the last.
    pub pathway: Id<PathwayKind>,
    /// How.
    pub outcome: Outcome,
}

/// What the tables want to know of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFacts {
    /// Year of birth, if it was told.
    pub birth_year: Option<i16>,
    /// Needs.
    pub needs: Needs,
    /// Quotient familial, if it was told.
    pub quotient_euros: Option<u32>,
    /// Whether the person objects to being counted.
    pub objects: bool,
}

/// Services beyond trips, as they are told apart in the table: what is rarer and weighs more first, so that advice, which nearly every
/// pathway begins with, hides nothing else in a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceClass {
    /// A vehicle or bike was lent.
    Loan,
    /// Aid towards a licence was granted.
    LicenceAid,
    /// A vehicle was repaired.
    Garage,
    /// Money was paid.
    FinancialAid,
    /// Advice was held.
    Advice,
}

/// True counts by model and cell of the vocabulary; a cell that is not there is zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HalfYearCounts {
    by_model: BTreeMap<ModelKey, BTreeMap<&'static str, u64>>,
}

/// What is gathered of one person.
#[derive(Default)]
struct Gathered {
    models: BTreeMap<ModelKey, u32>,
    purposes: BTreeMap<Purpose, u32>,
    fulfilled: u64,
    asked: u64,
    services: BTreeMap<ServiceClass, u32>,
    exit: Option<(Date, Id<PathwayKind>, Outcome)>,
}

/// Counts a half-year.
pub fn count(material: &Material) -> HalfYearCounts {
    let mut gathered: BTreeMap<Id<PersonKind>, Gathered> = BTreeMap::new();
    for trip in &material.trips {
        gathered.entry(trip.person).or_default().add_trip(material, trip);
    }
    for service in &material.services {
        *gathered.entry(service.person).or_default().services.entry(service.class).or_default() += 1;
    }
    for exit in &material.exits {
        let last = &mut gathered.entry(exit.person).or_default().exit;
        *last = (*last).max(Some((exit.on, exit.pathway, exit.outcome)));
    }
    let mut counts = HalfYearCounts::default();
    for (person, gathered) in gathered {
        let Some(facts) = material.persons.get(&person).filter(|facts| !facts.objects) else { continue };
        let Some((model, contribution)) = gathered.model(material) else { continue };
        let cells = counts.by_model.entry(model.clone()).or_default();
        for (cell, amount) in gathered.cells(material.half_year, facts, contribution) {
            *cells.entry(cell).or_default() += amount;
        }
    }
    counts
}

/// Whether something that happened on a day is due in a half-year, if it was not counted before: what happened since a day, late
/// entries included.
pub fn is_due(day: Date, since: HalfYear, half_year: HalfYear) -> bool {
    let first = since.start().to_zoned(paris()).date();
    let end = half_year.end().to_zoned(paris()).date();
    (first..end).contains(&day)
}

impl HalfYearCounts {
    /// The cells of a model in the vocabulary's order, zeros included.
    pub fn of_model(&self, model: &ModelKey) -> Vec<u64> {
        let cells = self.by_model.get(model);
        let of_cell = |cell: &str| cells.and_then(|cells| cells.get(cell)).copied().unwrap_or(0);
        Vocabulary::half_year().cells().map(|(_, cell)| of_cell(cell)).collect()
    }

    /// The models that anybody was served under.
    pub fn models(&self) -> impl Iterator<Item = &ModelKey> {
        self.by_model.keys()
    }
}

impl CountedTrip {
    /// A trip as it counts; none for one that makes nobody active: carried for a neighbour, or in neither cell of the pulse. Of a journey
    /// that two drivers share `stages` knows both.
    pub fn of(trip: &Trip, purpose: Purpose, stages: &Stages) -> Option<Self> {
        let fulfilled = match stages.cell(trip)? {
            Cell::Fulfilled => true,
            Cell::NotFulfilled => false,
        };
        Some(Self { person: trip.person()?, model: trip.terms.model.clone(), purpose, fulfilled })
    }
}

impl CountedService {
    /// A loan, and the day it was handed out; none before.
    pub fn of_loan(loan: &Loan) -> Option<(Self, Date)> {
        let day = loan.hand_out()?.at.to_zoned(paris()).date();
        Some((Self { person: loan.person, class: ServiceClass::Loan }, day))
    }

    /// Any other service, and the day it was rendered; none before, and none for a visit to a commune, where nobody is noted by name.
    pub fn of(service: &Service) -> Option<(Self, Date)> {
        let class = match service.case.kind() {
            ServiceType::Advice => ServiceClass::Advice,
            ServiceType::LicenceAid => ServiceClass::LicenceAid,
            ServiceType::Garage => ServiceClass::Garage,
            ServiceType::FinancialAid => ServiceClass::FinancialAid,
            ServiceType::Outreach => return None,
        };
        Some((Self { person: service.person()?, class }, service.rendered()?))
    }
}

impl CountedExit {
    /// A pathway that has ended.
    pub fn of(pathway: &Pathway) -> Option<Self> {
        let exit = pathway.exit()?;
        Some(Self { person: pathway.person, on: exit.on, pathway: pathway.id, outcome: exit.outcome })
    }
}

impl From<&Person> for PersonFacts {
    fn from(person: &Person) -> Self {
        let details = &person.details;
        Self {
            birth_year: details.birth_year,
            needs: details.needs.clone(),
            quotient_euros: details.quotient_euros,
            objects: details.statistics_objection,
        }
    }
}

impl Gathered {
    /// A trip under a model that is not in force any more counts under the general one.
    fn add_trip(&mut self, material: &Material, trip: &CountedTrip) {
        let in_force = material.models.iter().find(|(model, _)| *model == trip.model);
        if let Some((model, _)) = in_force.or(material.models.first()) {
            *self.models.entry(model.clone()).or_default() += 1;
        }
        *self.purposes.entry(trip.purpose).or_default() += 1;
        self.asked += 1;
        self.fulfilled += u64::from(trip.fulfilled);
    }

    /// The model of most trips; the general one for who has none.
    fn model<'a>(&self, material: &'a Material) -> Option<&'a (ModelKey, Contribution)> {
        let most = most(&self.models);
        let found = material.models.iter().find(|(model, _)| Some(model) == most);
        found.or(material.models.first())
    }

    fn cells(
        &self,
        half_year: HalfYear,
        facts: &PersonFacts,
        contribution: &Contribution,
    ) -> Vec<(&'static str, u64)> {
        let mut cells = vec![(age(facts.birth_year, half_year), 1), (need(&facts.needs), 1)];
        if let Some(purpose) = most(&self.purposes) {
            let sixteenths = (16 * self.fulfilled + self.asked / 2) / self.asked.max(1);
            cells.push((purpose_cell(*purpose), 1));
            cells.push((tariff(contribution, facts.quotient_euros), 1));
            cells.push(("rate-sixteenths", sixteenths));
        }
        cells.extend(most(&self.services).map(|class| (class.cell(), 1)));
        cells.extend(self.exit.map(|(_, _, outcome)| (outcome_cell(outcome), 1)));
        cells
    }
}

/// The key that was counted most, the first of several.
fn most<K: Ord>(counts: &BTreeMap<K, u32>) -> Option<&K> {
    counts.iter().max_by_key(|(key, count)| (**count, Reverse(*key))).map(|(key, _)| key)
}

/// By the age that the person reaches in the year of the half-year.
fn age(birth_year: Option<i16>, half_year: HalfYear) -> &'static str {
    match birth_year.map(|born| half_year.year() - born) {
        None => "age-not-stated",
        Some(..60) => "age-under-60",
        Some(60..75) => "age-60-74",
        Some(75..85) => "age-75-84",
        Some(85..) => "age-85-over",
    }
}

/// A wheelchair before any other need; a child's seat and luggage are no need of mobility.
fn need(needs: &Needs) -> &'static str {
    let class = |need: Need| match need {
        Need::WheelchairManual | Need::WheelchairElectric => 2,
        Need::TransferPossible
        | Need::WalkingAid
        | Need::Visual
        | Need::Hearing
        | Need::Cognitive
        | Need::Companion
        | Need::AssistanceDog
        | Need::DoorToDoor => 1,
        Need::ChildSeat | Need::Luggage => 0,
    };
    match needs.iter().map(class).max() {
        Some(2) => "need-wheelchair",
        Some(1) => "need-aid-or-companion",
        Some(_) | None => "need-none",
    }
}

fn purpose_cell(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Health => "purpose-health",
        Purpose::Shopping => "purpose-shopping",
        Purpose::Administrative => "purpose-administrative",
        Purpose::Social => "purpose-social",
        Purpose::WorkTraining => "purpose-work-training",
        Purpose::Other => "purpose-other",
    }
}

/// What the person's model asks of her for a trip: nothing (or what she wishes), a share by her income, or the same share as of
/// everybody. A bracket in which nothing is asked is free.
fn tariff(contribution: &Contribution, quotient_euros: Option<u32>) -> &'static str {
    let per_trip = match contribution {
        Contribution::Membership { then, .. } => then,
        Contribution::Free
        | Contribution::Flat { .. }
        | Contribution::PerKilometre { .. }
        | Contribution::IncomeBrackets { .. }
        | Contribution::Donation => contribution,
    };
    match contribution.tariff(quotient_euros) {
        Tariff::Free
        | Tariff::Donation
        | Tariff::Flat { amount_cents: 0 }
        | Tariff::PerKilometre { rate_cents: 0, .. } => "tariff-free",
        Tariff::Flat { .. } | Tariff::PerKilometre { .. } => match per_trip {
            Contribution::IncomeBrackets { .. } => "tariff-income-scaled",
            Contribution::Free
            | Contribution::Flat { .. }
            | Contribution::PerKilometre { .. }
            | Contribution::Membership { .. }
            | Contribution::Donation => "tariff-shared-cost",
        },
    }
}

impl ServiceClass {
    fn cell(self) -> &'static str {
        match self {
            Self::Loan => "service-loan",
            Self::LicenceAid => "service-licence-aid",
            Self::Garage => "service-garage",
            Self::FinancialAid => "service-financial-aid",
            Self::Advice => "service-advice",
        }
    }
}

/// What became of a person, in classes broad enough to say nothing of health or death.
fn outcome_cell(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::JobFound | Outcome::JobKept => "outcome-work",
        Outcome::Licence | Outcome::Training => "outcome-licence-training",
        Outcome::Autonomy => "outcome-autonomy",
        Outcome::CareKeptUp | Outcome::SocialLife => "outcome-care-social",
        Outcome::Unchanged => "outcome-unchanged",
        Outcome::HelpedElsewhere
        | Outcome::MovedAway
        | Outcome::GaveUp
        | Outcome::LostContact
        | Outcome::Deceased
        | Outcome::Other => "outcome-other",
    }
}
