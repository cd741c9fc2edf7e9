//! The picture of a month: what moved in the books, who paid for the trips under which model, and what volunteers are owed for
//! it. Figures alone: whose they are is asked for figure by figure, and then noted. Must never count anything twice.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use maillage_domain::{
    ledger::{Entry, Party, Statement, Totals},
    money::Cents,
    roles::Operation,
};
use maillage_federation::{ids::Id, models::ModelKey, month::Month};
use maillage_platform::refusal::Refusal;
use maillage_store::{costs, ledger, trips};

use super::{
    accounts::{name_of, note},
    statements::{self, Shown, Which},
};
use crate::app::{App, caller::Caller};

/// What moved of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many entries, those that take others back included.
    pub entries: usize,
    /// What they come to.
    pub sum: Cents,
}

/// Who paid for the trips of a month that were served under a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelShare {
    /// The model.
    pub model: ModelKey,
    /// How many trips.
    pub trips: usize,
    /// What they cost.
    pub cost: Cents,
    /// What people were asked for.
    pub people: Cents,
    /// What was left to the association or the authority; below zero if it gained.
    pub carrier: Cents,
    /// What was left to the volunteers.
    pub volunteers: Cents,
}

/// A volunteer's statement in the list of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// Which.
    pub which: Which,
    /// The volunteer's name.
    pub name: String,
    /// Its sums: as they would be now, or as they were closed.
    pub totals: Totals,
    /// The closed statement; none while it waits.
    pub closed: Option<Statement>,
}

/// An entry behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The entry.
    pub entry: Entry,
    /// Whom it concerns, by name.
    pub whose: Vec<(Party, String)>,
}

/// First and last day of a month.
pub fn days_of(month: Month) -> (Date, Date) {
    let first = Date::new(month.year(), month.number(), 1).unwrap_or(Date::MIN);
    (first, first.last_of_month())
}

/// What moved in a month, by the code of the movement.
///
/// # Errors
/// The store.
pub fn of_month(app: &App, caller: &Caller, month: Month) -> Result<BTreeMap<&'static str, Moved>, Refusal> {
    app.look(caller, Operation::MoneyShow, |_, view| {
        let mut moved: BTreeMap<&'static str, Moved> = BTreeMap::new();
        for entry in ledger::entries_between(view, days_of(month), None, usize::MAX)? {
            let kind = moved.entry(entry.movement.code()).or_default();
            kind.entries += 1;
            kind.sum = kind.sum.plus(entry.signed());
        }
        Ok(moved)
    })
}

/// The entries of a month behind a figure, by day: at most `limit` of them after some. Whose names are told is noted.
///
/// # Errors
/// The store.
pub async fn behind(
    app: &Arc<App>,
    caller: &Caller,
    (month, movement): (Month, String),
    (skipped, limit): (usize, usize),
) -> Result<Vec<Told>, Refusal> {
    let told: Vec<Told> = app.look(caller, Operation::MoneyShow, |_, view| {
        let all = ledger::entries_between(view, days_of(month), None, usize::MAX)?;
        let mut of_kind = all.into_iter().filter(|entry| entry.movement.code() == movement);
        let mut told = Vec::new();
        for entry in of_kind.by_ref().skip(skipped).take(limit) {
            let mut whose = Vec::new();
            for party in entry.parties() {
                whose.push((party, name_of(view, party)?));
            }
            told.push(Told { entry, whose });
        }
        Ok(told)
    })?;
    let parties = told.iter().flat_map(|told| &told.whose).map(|(party, _)| *party);
    let people = parties.filter_map(|party| match party {
        Party::Person(id) => Some(id),
        Party::Volunteer(_) => None,
    });
    note(app, caller, people.collect()).await?;
    Ok(told)
}

/// Who paid for the trips of a month, by the model that served them.
///
/// # Errors
/// The store.
pub fn shares(app: &App, caller: &Caller, month: Month) -> Result<Vec<ModelShare>, Refusal> {
    app.look(caller, Operation::CostShow, |_, view| {
        let mut shares: BTreeMap<ModelKey, ModelShare> = BTreeMap::new();
        let (first, last) = days_of(month);
        for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
            for trip in trips::on_day(view, day)? {
                let Some(cost) = costs::find(view, trip.id())? else { continue };
                let share = shares.entry(cost.model.clone()).or_insert_with(|| ModelShare {
                    model: cost.model,
                    trips: 0,
                    cost: Cents::ZERO,
                    people: Cents::ZERO,
                    carrier: Cents::ZERO,
                    volunteers: Cents::ZERO,
                });
                share.trips += 1;
                share.cost = share.cost.plus(cost.costing.cost);
                share.people = share.people.plus(cost.costing.contribution);
                share.carrier = share.carrier.plus(cost.costing.carrier);
                share.volunteers = share.volunteers.plus(cost.costing.volunteer);
            }
        }
        Ok(shares.into_values().collect())
    })
}

/// The statements of a month: those that wait first, then those that were closed, each by name.
///
/// # Errors
/// `statement-scale-unknown`; the store.
pub fn statements_of(app: &App, caller: &Caller, month: Month) -> Result<Vec<StatementRow>, Refusal> {
    let mut rows = Vec::new();
    for which in statements::due_in(app, caller, month)? {
        if let Shown::Draft(which, _, drawn) = statements::show(app, caller, which)? {
            let name = statements::name_of(app, &which.volunteer.to_string());
            rows.push(StatementRow { which, name, totals: drawn.totals, closed: None });
        }
    }
    let closed = app.look(caller, Operation::StatementList, |_, view| {
        let mut rows = Vec::new();
        // No statement is closed before its month is over, and they are in the order they were closed.
        let over = u64::try_from(month.end().as_millisecond()).unwrap_or_default();
        let after = Id::new(over, [0; 10]);
        for statement in ledger::statements_after(view, Some(after), usize::MAX)? {
            if statement.month == month {
                let Statement { volunteer, basis, books, totals, .. } = statement;
                let which = Which { volunteer, month, basis, carrier: books.0 };
                let name = name_of(view, Party::Volunteer(volunteer))?;
                rows.push(StatementRow { which, name, totals, closed: Some(statement) });
            }
        }
        Ok(rows)
    })?;
    rows.extend(closed);
    rows.sort_by(|one, other| (one.closed.is_some(), &one.name).cmp(&(other.closed.is_some(), &other.name)));
    Ok(rows)
}
