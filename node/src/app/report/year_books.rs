//! What the books of this node know of a civil year: trips and who drove them, what people owed, what volunteers were owed or gave up,
//! the fleet, the participation models. Must never leave this node but as the figures that somebody signs.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maillage_domain::{
    declaration::{DrivenTrips, Shares, YearBooks},
    ids::PersonKind,
    ledger::{Basis, Entry, Movement, Settlement, Statement},
    money::Cents,
    trip::{Trip, TripStatus},
};
use maillage_engine::{EngineError, View};
use maillage_federation::{ids::Id, limits::MODEL_SECTIONS, models::ModelKey, month::Month};
use maillage_store::{
    assets, costs, erasures, ledger, persons,
    settings::{self, ModelsInForce},
    trips,
};

use crate::{
    app::{Aborted, App, accompanied, models::rules_of},
    limits::PAGE_MAX,
};

/// What is known of a year.
pub(super) fn of_year(app: &App, view: &dyn View, year: i16) -> Result<YearBooks, Aborted> {
    let (first, last) = (Date::constant(year, 1, 1), Date::constant(year, 12, 31));
    // Somebody who was erased is objected for by the erasure.
    let mut objectors = persons::objectors(view)?;
    objectors.extend(erasures::objectors(view)?);
    let trips = trips_of(view, first, last)?;
    let volunteers = of_volunteers(view, year)?;
    Ok(YearBooks {
        year,
        models: models(app, view, (first, last))?,
        beneficiaries: beneficiaries(app, view, (first, last), &objectors)?,
        cost_of_trips: cost(view, &trips)?,
        trips: DrivenTrips::count(&trips, &objectors),
        contributions: contributions(view, (first, last))?,
        compensation: volunteers.compensation,
        waivers: volunteers.waivers,
        statements_open: volunteers.open,
        vehicles: vehicles(view, year)?,
    })
}

fn trips_of(view: &dyn View, first: Date, last: Date) -> Result<Vec<Trip>, EngineError> {
    let mut found = Vec::new();
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
        found.extend(trips::on_day(view, day)?);
    }
    Ok(found)
}

fn beneficiaries(
    app: &App,
    view: &dyn View,
    (first, last): (Date, Date),
    objectors: &BTreeSet<Id<PersonKind>>,
) -> Result<u64, EngineError> {
    let served = accompanied::between(app, view, first, last)?.persons;
    Ok(served.difference(objectors).count() as u64)
}

/// What the trips cost that were driven, for our own people or for neighbours.
fn cost(view: &dyn View, trips: &[Trip]) -> Result<Cents, EngineError> {
    let mut sum = Cents::ZERO;
    for trip in trips.iter().filter(|trip| matches!(trip.status(), TripStatus::Completed { .. })) {
        if let Some(cost) = costs::find(view, trip.id())? {
            sum = sum.plus(cost.costing.cost);
        }
    }
    Ok(sum)
}

/// What people owed for the year, less what was given up; what was booked by mistake and taken back is in neither.
fn contributions(view: &dyn View, period: (Date, Date)) -> Result<Shares, EngineError> {
    let mut shares = Shares::default();
    let mut after: Option<Entry> = None;
    loop {
        let page = ledger::entries_between(view, period, after.as_ref(), PAGE_MAX)?;
        for entry in &page {
            let cents = entry.amount.get();
            let cents = if entry.counters.is_some() { -cents } else { cents };
            match entry.movement {
                Movement::Due(person, _) => shares.add(person, cents),
                Movement::WrittenOff(person, _) => shares.add(person, -cents),
                Movement::Received(..)
                | Movement::Refunded(..)
                | Movement::Remitted(..)
                | Movement::Spent(..)
                | Movement::Reimbursed(..)
                | Movement::Waived(..) => {}
            }
        }
        match page.into_iter().next_back() {
            Some(last) => after = Some(last),
            None => return Ok(shares),
        }
    }
}

/// What a year's statements of volunteers come to.
#[derive(Default)]
struct OfVolunteers {
    compensation: Shares,
    waivers: Shares,
    open: u32,
}

/// By the day of each line, whenever its statement was closed.
fn of_volunteers(view: &dyn View, year: i16) -> Result<OfVolunteers, EngineError> {
    let mut found = OfVolunteers::default();
    let mut after = None;
    loop {
        let page = ledger::statements_after(view, after, PAGE_MAX)?;
        for statement in page.iter().filter(|statement| statement.month.year() >= year) {
            found.take(statement, lines_of(view, statement, year)?);
        }
        match page.last() {
            Some(last) => after = Some(last.id),
            None => break,
        }
    }
    for (books, volunteer) in ledger::waiting_volunteers(view)? {
        let drives = ledger::drives(view, books, volunteer)?;
        let expenses = ledger::expenses(view, books, volunteer)?;
        let mut days = drives.iter().map(|drive| drive.day).chain(expenses.iter().map(|spent| spent.day));
        found.open += u32::from(days.any(|day| day.year() == year));
    }
    Ok(found)
}

fn lines_of(view: &dyn View, statement: &Statement, year: i16) -> Result<i64, EngineError> {
    let lines = ledger::lines(view, statement.id)?;
    let of_year = lines.iter().filter(|line| line.day.year() == year).map(|line| line.amount);
    Ok(of_year.sum::<Cents>().get())
}

impl OfVolunteers {
    fn take(&mut self, statement: &Statement, cents: i64) {
        match (statement.basis, &statement.settlement) {
            _ if cents == 0 => {}
            (_, Settlement::Waived { .. }) => self.waivers.add(statement.volunteer, cents),
            (Basis::Reimbursed, Settlement::Open | Settlement::Paid { .. }) => {
                self.compensation.add(statement.volunteer, cents);
            }
            // Nothing is owed, and nothing is given up before it is signed.
            (Basis::Waived, Settlement::Open | Settlement::Paid { .. }) => self.open += 1,
        }
    }
}

/// Everything of the fleet that was there in the year.
fn vehicles(view: &dyn View, year: i16) -> Result<u32, EngineError> {
    let there = assets::list(view, None, usize::MAX)?.into_iter().filter(|asset| asset.was_there_in(year));
    Ok(u32::try_from(there.count()).unwrap_or(u32::MAX))
}

/// The participation models in force on some day of the year, in general, for a service or for a commune.
fn models(app: &App, view: &dyn View, (first, last): (Date, Date)) -> Result<BTreeSet<ModelKey>, Aborted> {
    let general = settings::find::<ModelsInForce>(view)?.unwrap_or_default();
    let months = (1..=12).filter_map(|number| Month::new(first.year(), number).ok());
    let general = months.filter_map(|month| general.in_month(month).cloned());
    let rules = rules_of(view)?;
    let by_rule = rules.iter().filter(|rule| {
        let replaced = rules.iter().any(|other| {
            (other.service, other.commune) == (rule.service, rule.commune)
                && other.from > rule.from
                && other.from <= first
        });
        rule.from <= last && !replaced
    });
    let all: BTreeSet<ModelKey> = general.chain(by_rule.map(|rule| rule.model.clone())).collect();
    Ok(all.into_iter().filter(|key| app.catalogue.model(key).is_some()).take(MODEL_SECTIONS).collect())
}
