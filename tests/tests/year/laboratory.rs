//! The recount of the model laboratory: every trip of a period under every model, by a pocket calculator. It must never ask
//! the node to reckon for it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use jiff::civil::{Date, date};
use maillage_proto::node::v1 as node;

use crate::{
    findings::Findings,
    naive::{Fact, Model, Paid, Verdict, cap_cents, flat_cents, scale_cents},
    recount::Recount,
};

/// What one model comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    cost: i64,
    contribution: i64,
    compensation: i64,
    waived: i64,
    carrier: i64,
    volunteer: i64,
    membership: i64,
    deficit_milli_per_km: i64,
    over_cap: u64,
    within: u64,
    to_be_verified: u64,
    outside: u64,
    served: u64,
}

/// Metres of a driver with one car in the year: with somebody and without.
type Driven = BTreeMap<(usize, u8, bool), (u64, u64)>;

impl Recount<'_> {
    /// A month or the whole year.
    pub(crate) async fn laboratory(&self, found: &mut Findings, period: &str) -> anyhow::Result<()> {
        let request = node::CompareModelsRequest { period: period.to_owned() };
        let given = self.platform.models().compare_models(request).await?.into_inner();
        let first = match period.len() {
            4 => date(2026, 1, 1),
            _ => format!("{period}-01").parse()?,
        };
        let months: i64 = if period.len() == 4 { 12 } else { 1 };
        let of_period = |day: Date| day.strftime("%Y-%m").to_string().starts_with(period);
        let facts: Vec<&Fact> = self.facts.iter().filter(|fact| of_period(fact.day)).collect();
        let people: BTreeSet<usize> = facts.iter().map(|fact| fact.person).collect();
        let loaded_m: u64 = facts.iter().map(|fact| u64::from(fact.loaded_m)).sum();
        let empty_m: u64 = facts.iter().map(|fact| u64::from(fact.empty_m)).sum();
        let asked = self.memory().rides.values().filter(|ride| of_period(ride.day)).count();
        let (driven, not) = (u64::try_from(facts.len())?, u64::try_from(asked - facts.len())?);
        let what = |name: &str| format!("{period}: {name}");
        found.same(&what("trips"), (driven, not), (given.trips, given.not_completed));
        found.same(&what("metres"), (loaded_m, empty_m), (given.loaded_m, given.empty_m));
        found.same(&what("people"), u64::try_from(people.len())?, given.people);
        found.same(&what("models"), self.models.len(), given.models.len());
        for model in self.models {
            let model = model.on(first);
            let mut sums = self.under(&model, first, &facts);
            sums.membership =
                model.fee().map_or(0, |fee| fee * i64::try_from(people.len()).unwrap_or(0) * months / 12);
            let deficit = sums.cost - sums.contribution - sums.membership;
            let metres = i64::try_from(loaded_m)?;
            sums.deficit_milli_per_km = if metres == 0 { 0 } else { deficit * 10_000 / metres };
            let outcome = given.models.iter().find(|outcome| outcome.model == model.key);
            let outcome = Sums::given(outcome.with_context(|| format!("no {}", model.key))?);
            found.same(&what(&model.key), sums, outcome);
        }
        Ok(())
    }

    /// Every trip of the period under one model, after what the drivers had driven before in the year.
    pub(crate) fn under(&self, model: &Model, first: Date, facts: &[&Fact]) -> Sums {
        let mut driven = Driven::new();
        for fact in self.facts.iter().filter(|fact| fact.day < first) {
            drive(&mut driven, fact);
        }
        let mut sums = Sums::default();
        for fact in facts {
            // Which quotient somebody had is forgotten with the person: the last bracket is asked, as of anybody who has
            // not told.
            let person = self.played.cast.persons.get(fact.person);
            let forgotten = person.is_some_and(|person| person.erased.is_some());
            let quotient = fact.quotient.filter(|_| !forgotten);
            sums.add(model, (&Fact { quotient, ..(*fact).clone() }, forgotten), drive(&mut driven, fact));
        }
        sums
    }
}

/// One more trip of a driver; gives what was driven before.
fn drive(driven: &mut Driven, fact: &Fact) -> (u64, u64) {
    let year = driven.entry((fact.driver, fact.power, fact.electric)).or_default();
    let before = *year;
    year.0 += u64::from(fact.loaded_m);
    year.1 += u64::from(fact.empty_m);
    before
}

impl Sums {
    fn add(&mut self, model: &Model, (fact, forgotten): (&Fact, bool), before: (u64, u64)) {
        let scale = |metres| scale_cents(fact.power, fact.electric, metres);
        let (loaded_m, empty_m) = (u64::from(fact.loaded_m), u64::from(fact.empty_m));
        let all = before.0 + before.1;
        let cost = scale(all + loaded_m + empty_m) - scale(all);
        let contribution = model.asks(fact.quotient, fact.loaded_m);
        let counted = |empty: bool| loaded_m + if empty { empty_m } else { 0 };
        let (compensation, waived) = match model.pays() {
            Paid::Waived => (0, cost),
            Paid::Flat(rate, empty) => (flat_cents(rate, counted(empty)), 0),
            Paid::Scale(true) => (cost, 0),
            Paid::Scale(false) => (scale(before.0 + loaded_m) - scale(before.0), 0),
        };
        let ours = i64::from(model.volunteers);
        let (compensation, waived) = (compensation * ours, waived * ours);
        let volunteer = (cost - compensation) * ours;
        self.cost += cost;
        self.contribution += contribution;
        self.compensation += compensation;
        self.waived += waived;
        self.volunteer += volunteer;
        self.carrier += cost - contribution - volunteer;
        let wants = model.wants(fact.quotient, fact.loaded_m);
        let over = !model.authority && wants > cap_cents(fact.loaded_m);
        self.over_cap += u64::from(over);
        // An authority carries within its territory; beyond, somebody has to look. What a model asks over the cap takes a
        // trip out of the law; of who was forgotten, the verdict of then is all there is.
        match (model.authority, fact.inside, fact.verdict) {
            (false, _, Verdict::Within | Verdict::Doubtful) if over && !forgotten => self.outside += 1,
            (true, true, _) | (false, _, Verdict::Within) => self.within += 1,
            (true, false, _) | (false, _, Verdict::Doubtful) => self.to_be_verified += 1,
            (false, _, Verdict::Outside) => self.outside += 1,
        }
        self.served += u64::from(model.key == fact.model);
    }

    /// Cost, contribution, compensation, waiver.
    pub(crate) fn shown(&self) -> [i64; 4] {
        [self.cost, self.contribution, self.compensation, self.waived]
    }

    fn given(outcome: &node::ModelOutcome) -> Self {
        let total = outcome.total.unwrap_or_default();
        Self {
            cost: total.cost_cents,
            contribution: total.contribution_cents,
            compensation: total.compensation_cents,
            waived: total.waived_cents,
            carrier: total.carrier_cents,
            volunteer: total.volunteer_cents,
            membership: outcome.membership_cents,
            deficit_milli_per_km: outcome.deficit_milli_per_km,
            over_cap: outcome.over_cap,
            within: outcome.within,
            to_be_verified: outcome.to_be_verified,
            outside: outcome.outside,
            served: outcome.served,
        }
    }
}
