//! What the books of this node know of a civil year: trips and who drove them, what people owed, what volunteers were owed or gave up,
//! the fleet, the participation models. Must never leave this node but as the figures that somebody signs.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maillage_domain::{
    declaration::{DrivenTrips, OpenParts, Shares, YearBooks},
    ids::{PersonKind, VolunteerKind},
    ledger::{Basis, Books, DueSource, Entry, Movement, Settlement, Statement, draw_up},
    money::Cents,
    trip::{Trip, TripStatus},
};
use maillage_engine::{EngineError, View};
use maillage_federation::{ids::Id, limits::MODEL_SECTIONS, models::ModelKey, month::Month};
use maillage_store::{
    assets, costs, declarations, erasures, ledger, persons,
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
    let objectors = objectors(view, year)?;
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
        statements_open: volunteers.unsettled,
        open: volunteers.open,
        trips_before: trips_before(view, year)?,
        vehicles: vehicles(view, year)?,
    })
}

/// Whom a year is counted without: those who objected when it was first declared, so that no later revision tells who has objected since.
pub(super) fn objectors(view: &dyn View, year: i16) -> Result<BTreeSet<Id<PersonKind>>, EngineError> {
    if let Some(first) = declarations::objectors(view, year)? {
        return Ok(first);
    }
    // Somebody who was erased is objected for by the erasure.
    let mut objectors = persons::objectors(view)?;
    objectors.extend(erasures::objectors(view)?);
    Ok(objectors)
}

/// Trips as they were declared last, by a life of this node that knew whom it had counted them without: a backup from before the first
/// signing does not, and a count without those who object today would tell of whoever has objected since.
fn trips_before(view: &dyn View, year: i16) -> Result<Option<u32>, EngineError> {
    if declarations::objectors(view, year)?.is_some() {
        return Ok(None);
    }
    let known = declarations::of_year(view, year)?.into_iter();
    let mut figures = known.filter_map(|one| one.declared.figures().map(|figures| figures.trips));
    Ok(figures.next())
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

/// What people owed for what was rendered to them in the year, account 706, whether it was paid or given up since; no membership, no
/// donation. What was booked by mistake and taken back is not in it, whenever it was taken back.
fn contributions(view: &dyn View, period: (Date, Date)) -> Result<Shares, EngineError> {
    let mut shares = Shares::default();
    let mut after: Option<Entry> = None;
    loop {
        let page = ledger::entries_between(view, period, after.as_ref(), PAGE_MAX)?;
        for entry in &page {
            if entry.counters.is_some() || ledger::counter_of(view, entry.id)?.is_some() {
                continue;
            }
            match entry.movement {
                Movement::Due(person, DueSource::Trip(_) | DueSource::Loan(_) | DueSource::Service(_)) => {
                    shares.add(person, entry.amount.get());
                }
                Movement::Due(_, DueSource::Membership(_) | DueSource::Donation)
                | Movement::WrittenOff(..)
                | Movement::Received(..)
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
    unsettled: u32,
    open: OpenParts,
}

/// What is paid by the day of each line, whenever its statement was closed; what is given up by the day it was signed, as the law on
/// gifts has it.
fn of_volunteers(view: &dyn View, year: i16) -> Result<OfVolunteers, EngineError> {
    let mut found = OfVolunteers::default();
    let mut after = None;
    loop {
        let page = ledger::statements_after(view, after, PAGE_MAX)?;
        for statement in &page {
            found.take(view, statement, year)?;
        }
        match page.last() {
            Some(last) => after = Some(last.id),
            None => break,
        }
    }
    for (books, volunteer) in ledger::waiting_volunteers(view)? {
        found.await_statement(view, (books, volunteer), year)?;
    }
    Ok(found)
}

fn lines_of(view: &dyn View, statement: &Statement, year: i16) -> Result<i64, EngineError> {
    let lines = ledger::lines(view, statement.id)?;
    let of_year = lines.iter().filter(|line| line.day.year() == year).map(|line| line.amount);
    Ok(of_year.sum::<Cents>().get())
}

impl OfVolunteers {
    fn take(&mut self, view: &dyn View, statement: &Statement, year: i16) -> Result<(), EngineError> {
        let volunteer = statement.volunteer;
        if let Settlement::Waived { signed, .. } = statement.settlement {
            if signed.year() == year {
                self.waivers.add(volunteer, statement.totals.total().get());
            }
            return Ok(());
        }
        // A statement takes what is of its month or before it.
        let cents = if statement.month.year() < year { 0 } else { lines_of(view, statement, year)? };
        if cents == 0 {
            return Ok(());
        }
        match (statement.basis, &statement.settlement) {
            (Basis::Reimbursed, Settlement::Paid { .. }) => self.compensation.add(volunteer, cents),
            (basis, Settlement::Open | Settlement::Paid { .. } | Settlement::Waived { .. }) => {
                self.unsettled += 1;
                self.leave_open(basis, volunteer, cents);
            }
        }
        Ok(())
    }

    /// What no statement has taken yet. What cannot be valued is open without an amount: its statement cannot be closed either.
    fn await_statement(
        &mut self,
        view: &dyn View,
        (books, volunteer): (Books, Id<VolunteerKind>),
        year: i16,
    ) -> Result<(), EngineError> {
        let drives = ledger::drives(view, books, volunteer)?;
        let expenses = ledger::expenses(view, books, volunteer)?;
        let mut days = drives.iter().map(|drive| drive.day).chain(expenses.iter().map(|spent| spent.day));
        if !days.any(|day| day.year() == year) {
            return Ok(());
        }
        self.unsettled += 1;
        let mileage = ledger::mileage(view, books, volunteer)?;
        let Ok(last) = Month::new(year, 12) else { return Ok(()) };
        for basis in Basis::ALL.iter().copied() {
            let drives: Vec<_> = drives.iter().filter(|drive| drive.rate.basis == basis).copied().collect();
            let expenses: Vec<_> = expenses.iter().filter(|spent| spent.basis == basis).cloned().collect();
            let Ok(drawn) = draw_up(last, &drives, &expenses, &mileage) else { continue };
            let of_year = drawn.lines.iter().filter(|line| line.day.year() == year).map(|line| line.amount);
            self.leave_open(basis, volunteer, of_year.sum::<Cents>().get());
        }
        Ok(())
    }

    fn leave_open(&mut self, basis: Basis, volunteer: Id<VolunteerKind>, cents: i64) {
        match basis {
            Basis::Reimbursed => self.open.compensation.add(volunteer, cents),
            Basis::Waived => self.open.waivers.add(volunteer, cents),
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
