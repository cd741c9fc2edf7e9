//! The model laboratory: every completed trip of a period costed under every model of the catalogue. Trips are read day by
//! day from the beginning of the year, since the fiscal scale counts a year's kilometres; none is kept in memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use maillage_domain::{
    costing::{CarFacts, CostFacts, Costing, Side, YearBefore, asked_beyond, cost},
    ids::{PersonKind, VolunteerKind},
    legal::{CarrierFacts, CarrierForm, Rules, TripFacts, Verdict, evaluate},
    money::Cents,
    person::Person,
    roles::Operation,
    trip::{Stage, Trip, TripStatus},
};
use maillage_engine::View;
use maillage_federation::{
    ids::Id,
    models::{Model, TerritoryRole},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{costs, legal, persons, trips};

use super::{carrier_decided, cost_facts, driver, local_model};
use crate::app::{Aborted, App, caller::Caller, frames, refusals};

/// Every model over the trips of a period.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The period, as asked for.
    pub period: String,
    /// Trips compared.
    pub trips: u64,
    /// Metres with a person.
    pub loaded_m: u64,
    /// Metres without.
    pub empty_m: u64,
    /// Distinct people.
    pub people: u64,
    /// Trips of the period that were not completed.
    pub not_completed: u64,
    /// Trips of the period that were carried for neighbours.
    pub carried: u64,
    /// One for each model, in the order of the catalogue.
    pub models: Vec<Outcome>,
}

/// One model over the trips of a period.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The model, with the territory's amounts at the beginning of the period.
    pub model: Model,
    /// Sums over the trips.
    pub total: Costing,
    /// Membership fees of the people of the period, the part of the year that the period is.
    pub membership: Cents,
    /// Trips for which the model asks more than the law allows: the sums have the legal maximum, the frames below have what
    /// the model asks.
    pub over_cap: u64,
    /// Those among them that would be within or to be verified at the legal maximum, and are outside as the model stands.
    pub outside_for_the_cap: u64,
    /// Trips by what the frame would have been.
    pub within: u64,
    /// To be verified.
    pub to_be_verified: u64,
    /// Outside every frame.
    pub outside: u64,
    /// Trips that were served under this very model.
    pub served: u64,
}

/// First day and day after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: Date,
    end: Date,
    months: i64,
}

/// Costs every completed trip of a period under every model.
///
/// # Errors
/// `period-format`; the store.
pub fn compare(app: &App, caller: &Caller, period: &str) -> Result<Comparison, Refusal> {
    let asked = Period::parse(period).ok_or_else(|| refusals::invalid("period-format"))?;
    app.look(caller, Operation::ModelsCompare, |app, view| {
        let mut laboratory = Laboratory::open(app, view, asked, period)?;
        let mut day = asked.first.first_of_year();
        while day < asked.end {
            for trip in trips::on_day(view, day)? {
                laboratory.take(app, view, &trip, day)?;
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        Ok(laboratory.close(asked))
    })
}

impl Period {
    /// Reads a month `YYYY-MM` or a year `YYYY`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (year, month) = text.split_once('-').map_or((text, None), |(year, month)| (year, Some(month)));
        let digits =
            |part: &str, width: usize| part.len() == width && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || month.is_some_and(|month| !digits(month, 2)) {
            return None;
        }
        let year: i16 = year.parse().ok()?;
        let month: Option<i8> = month.map(str::parse).transpose().ok()?;
        let first = Date::new(year, month.unwrap_or(1), 1).ok().filter(|first| first.year() >= 2000)?;
        let last = if month.is_some() { first.last_of_month() } else { first.last_of_year() };
        let months = if month.is_some() { 1 } else { 12 };
        Some(Self { first, end: last.tomorrow().ok()?, months })
    }
}

/// The comparison under way.
struct Laboratory {
    comparison: Comparison,
    first: Date,
    people: BTreeSet<Id<PersonKind>>,
    /// The year so far of each driver with each car: the scale counts the kilometres of a car.
    driven: BTreeMap<(Id<VolunteerKind>, CarFacts), YearBefore>,
}

impl Laboratory {
    fn open(app: &App, view: &dyn View, asked: Period, period: &str) -> Result<Self, Aborted> {
        let mut models = Vec::new();
        for model in &app.catalogue.models {
            let model = local_model(app, view, &model.key, asked.first)?.unwrap_or_else(|| model.clone());
            models.push(Outcome {
                model,
                total: Costing::default(),
                membership: Cents::ZERO,
                over_cap: 0,
                outside_for_the_cap: 0,
                within: 0,
                to_be_verified: 0,
                outside: 0,
                served: 0,
            });
        }
        let comparison = Comparison {
            period: period.trim().to_owned(),
            trips: 0,
            loaded_m: 0,
            empty_m: 0,
            people: 0,
            not_completed: 0,
            carried: 0,
            models,
        };
        let (people, driven) = (BTreeSet::new(), BTreeMap::new());
        Ok(Self { comparison, first: asked.first, people, driven })
    }

    /// One trip: counted if it is of the period, and its kilometres count for the driver's year anyway.
    fn take(&mut self, app: &App, view: &dyn View, trip: &Trip, day: Date) -> Result<(), Aborted> {
        let counted = day >= self.first;
        // A journey that two drivers share is one, that of its near stage; its far stage costs, and is no other trip.
        let is_far = trip.terms.relay.is_some_and(|relay| relay.stage == Stage::Far);
        if !matches!(trip.status(), TripStatus::Completed { .. }) {
            self.comparison.not_completed += u64::from(counted && !trip.is_carried() && !is_far);
            return Ok(());
        }
        let person = trip.person().map(|person| persons::find(view, person)).transpose()?.flatten();
        let Some(facts) = Self::facts(view, trip, person.as_ref())? else { return Ok(()) };
        if counted && trip.is_carried() {
            self.comparison.carried += 1;
        } else if counted {
            self.compare(app, view, trip, (person.as_ref(), facts))?;
        }
        if let Some(volunteer) = trip.volunteer() {
            let driven = self.driven.entry((volunteer, facts.car())).or_default();
            driven.loaded_m += u64::from(facts.loaded_m);
            driven.empty_m += u64::from(facts.empty_m);
        }
        Ok(())
    }

    /// What was known of a trip when it was carried out, not what the files say by now: a volunteer may have another car
    /// since, and a person another quotient familial.
    fn facts(view: &dyn View, trip: &Trip, person: Option<&Person>) -> Result<Option<CostFacts>, Aborted> {
        if let Some(frozen) = costs::find(view, trip.id())? {
            return Ok(Some(frozen.facts));
        }
        let carrier = carrier_decided(view, trip, person)?;
        cost_facts(view, trip, person, carrier.as_ref())
    }

    fn compare(
        &mut self,
        app: &App,
        view: &dyn View,
        trip: &Trip,
        (person, own): (Option<&Person>, CostFacts),
    ) -> Result<(), Aborted> {
        let carrier = carrier_decided(view, trip, person)?;
        let carrier = carrier.as_ref();
        let before =
            driver(trip, own.side).and_then(|volunteer| self.driven.get(&(volunteer, own.car())).copied());
        // Who was taken out of the node left no ground behind: the verdict of then is all that is known.
        let forgotten = trip.person().is_some() && person.is_none();
        let decided = if forgotten { legal::frame(view, trip.id())? } else { None };
        let decided = decided.map(|frame| frame.decision.verdict);
        let legal = frames::facts_of(app, view, trip, person, carrier)?;
        // Who works, and with which car, is what the models differ in.
        let whole = CostFacts { side: Side::Both, employee: false, fleet: false, ..own };
        for outcome in &mut self.comparison.models {
            outcome.take(&whole, before.unwrap_or_default(), (&legal, decided));
            outcome.served += u64::from(outcome.model.key == trip.terms.model);
        }
        self.people.extend(trip.person());
        let is_far = trip.terms.relay.is_some_and(|relay| relay.stage == Stage::Far);
        self.comparison.trips += u64::from(!is_far);
        self.comparison.loaded_m += u64::from(own.loaded_m);
        self.comparison.empty_m += u64::from(own.empty_m);
        Ok(())
    }

    fn close(mut self, asked: Period) -> Comparison {
        let people = i64::try_from(self.people.len()).unwrap_or(i64::MAX);
        self.comparison.people = people.unsigned_abs();
        for outcome in &mut self.comparison.models {
            if let Some(yearly) = outcome.model.contribution.yearly_cents() {
                outcome.membership = Cents::new(i64::from(yearly) * people * asked.months / 12);
            }
        }
        self.comparison
    }
}

impl Outcome {
    /// One more trip under this model. The authority that carries its own service sets its own fares; everybody else asks
    /// at most what the law allows, and the model that wanted more is counted.
    fn take(
        &mut self,
        facts: &CostFacts,
        before: YearBefore,
        (legal, decided): (&TripFacts, Option<Verdict>),
    ) {
        let authority = self.model.territory_role == TerritoryRole::Carrier;
        let cap = Rules::embedded().social_on(facts.on).filter(|_| !authority);
        let cap = cap.map(|rule| {
            rule.contribution_cap_cents(facts.asked_m())
                - rule.contribution_cap_cents(facts.paid_m.min(facts.asked_m()))
        });
        let cap = cap.map(|cents| Cents::new(i64::try_from(cents).unwrap_or(i64::MAX)));
        let wanted = asked_beyond(&self.model, facts.quotient_euros, (facts.paid_m, facts.asked_m()));
        self.over_cap += u64::from(cap.is_some_and(|cap| wanted > cap));
        let facts = CostFacts { cap, ..*facts };
        if let Ok(costing) = cost(&facts, &self.model, before) {
            self.total = self.total.plus(&costing);
        }
        let form = if authority { CarrierForm::Authority } else { CarrierForm::Association };
        let same_form = legal.carrier.is_some_and(|own| own.form == form);
        let carrier = legal.carrier.map(|own| CarrierFacts { form, ..own });
        let decided = decided.filter(|_| same_form);
        let verdict = |asked| {
            let legal = TripFacts { carrier, contribution: Some(asked), ..legal.clone() };
            decided.unwrap_or_else(|| evaluate(Rules::embedded(), &legal).verdict)
        };
        match verdict(wanted) {
            Verdict::Within => self.within += 1,
            Verdict::ToBeVerified => self.to_be_verified += 1,
            Verdict::Outside => {
                self.outside += 1;
                let capped = cap.filter(|cap| wanted > *cap).map(verdict);
                self.outside_for_the_cap +=
                    u64::from(capped.is_some_and(|capped| capped != Verdict::Outside));
            }
        }
    }

    /// What the people do not cover, in thousandths of a euro per kilometre with a person; membership fees cover too.
    pub fn deficit_milli_per_km(&self, loaded_m: u64) -> i64 {
        let deficit = i128::from(self.total.deficit().minus(self.membership).get());
        let metres = i128::from(loaded_m);
        // cents × 10 are thousandths of a euro; metres / 1 000 are kilometres.
        let milli = if metres == 0 { 0 } else { deficit * 10 * 1_000 / metres };
        i64::try_from(milli).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_month_or_a_year() {
        let period = |text: &str| {
            Period::parse(text).map(|period| format!("{} {} {}", period.first, period.end, period.months))
        };
        assert_eq!(period("2026-11").as_deref(), Some("2026-11-01 2026-12-01 1"));
        assert_eq!(period(" 2026-12 ").as_deref(), Some("2026-12-01 2027-01-01 1"));
        assert_eq!(period("2026").as_deref(), Some("2026-01-01 2027-01-01 12"));
        for text in ["", "26", "2026-13", "2026-00", "2026-1", "2026-11-01", "1999", "+026", "2026-"] {
            assert_eq!(period(text), None, "{text}");
        }
    }
}
