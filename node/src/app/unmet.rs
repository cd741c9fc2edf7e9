//! The ledger of unmet need, read by commune, period and reason. Must never change it: it is written with the trips.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maillage_domain::{roles::Operation, trip::UnmetReason, unmet::UnmetEntry};
use maillage_federation::ids::{Id, TripKind};
use maillage_geography::InseeCode;
use maillage_platform::refusal::Refusal;
use maillage_store::unmet::{self, UnmetRange};

use super::{App, caller::Caller};
use crate::limits::PAGE_MAX;

/// Which entries are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetFilter {
    /// First civil day it was wanted on.
    pub from: Date,
    /// Last one.
    pub to: Date,
    /// Commune of pickup or of home.
    pub commune: Option<InseeCode>,
    /// Why.
    pub reason: Option<UnmetReason>,
}

/// A page of the ledger, with the totals of all that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnmetReport {
    /// The entries of this page, by the day they were wanted on.
    pub entries: Vec<UnmetEntry>,
    /// The last one, if there are more.
    pub next_after: Option<Id<TripKind>>,
    /// How many there are in all.
    pub total: u64,
    /// How many of them were served later.
    pub served: u64,
    /// By reason.
    pub by_reason: BTreeMap<UnmetReason, u64>,
    /// By commune of pickup.
    pub by_commune: BTreeMap<InseeCode, u64>,
}

/// A page of the ledger with its totals, which are those of every page. Whoever may know figures alone gets the totals
/// without a row: a row tells what somebody needs.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    filter: &UnmetFilter,
    after: Option<Id<TripKind>>,
    limit: usize,
) -> Result<UnmetReport, Refusal> {
    app.look(caller, Operation::UnmetList, |_, view| {
        let rows_too = caller.check(Operation::UnmetRows).is_ok();
        let range = UnmetRange { from: filter.from, to: filter.to, commune: filter.commune };
        let mut report = UnmetReport::default();
        let mut place = None;
        let mut reached = after.is_none();
        loop {
            let rows = unmet::list(view, &range, place, PAGE_MAX)?;
            place = rows.last().map(|entry| entry.trip);
            let last = rows.len() < PAGE_MAX;
            for entry in rows {
                let begins = reached;
                reached |= after == Some(entry.trip);
                if filter.reason.is_none_or(|reason| reason == entry.reason) {
                    report.take(entry, begins && rows_too, limit);
                }
            }
            if last {
                return Ok(report);
            }
        }
    })
}

impl UnmetReport {
    fn take(&mut self, entry: UnmetEntry, of_this_page: bool, limit: usize) {
        self.total += 1;
        self.served += u64::from(entry.served.is_some());
        *self.by_reason.entry(entry.reason).or_default() += 1;
        *self.by_commune.entry(entry.pickup).or_default() += 1;
        if of_this_page && self.entries.len() < limit {
            self.entries.push(entry);
        } else if of_this_page {
            self.next_after = self.entries.last().map(|entry| entry.trip);
        }
    }
}
