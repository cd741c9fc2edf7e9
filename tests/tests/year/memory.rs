//! What the script did and saw happen, in plain words: the only thing the recount trusts. It must never hold anything the
//! node has reckoned, except identifiers, and the distance and the driver the desk was told on the phone.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

/// A year as somebody at the desk remembers it.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Every trip, by its identifier.
    pub(crate) rides: BTreeMap<String, Ride>,
    /// The trips that were written into the ledger of unmet need.
    pub(crate) unmet: BTreeMap<String, UnmetNote>,
    /// What volunteers spent.
    pub(crate) expenses: Vec<Spent>,
    /// What people owe beside trips.
    pub(crate) dues: Vec<Due>,
    /// What people paid, by the number of the entry.
    pub(crate) payments: Vec<Paid>,
    /// Statements that were closed, in that order.
    pub(crate) statements: Vec<Closed>,
    /// Receipts and credit notes that were given out, in that order; tax receipts are not among them.
    pub(crate) papers: Vec<Paper>,
    /// Identifiers of the loans.
    pub(crate) loans: Vec<String>,
    /// Services beyond rides and loans.
    pub(crate) services: Vec<Rendered>,
    /// Days on which something other than a trip was rendered to somebody, first and last.
    pub(crate) acts: Vec<(usize, Date, Date)>,
    /// Trips that were refused because no legal frame allows them.
    pub(crate) refused: usize,
    /// Pathways: who, how many follow-ups reached, whether it is over.
    pub(crate) pathways: Vec<PathwayNote>,
    /// What was done with trips and money, in calls to the node.
    pub(crate) calls: u64,
}

/// A trip.
#[derive(Debug, Clone)]
pub(crate) struct Ride {
    /// Place of the person in the cast.
    pub(crate) person: usize,
    /// The day it is for.
    pub(crate) day: Date,
    /// Commune of pickup.
    pub(crate) from: String,
    /// Commune of arrival.
    pub(crate) to: String,
    /// Whether the end in a larger town is its railway station.
    pub(crate) station: bool,
    /// Metres the desk was told.
    pub(crate) told_m: u32,
    /// The volunteer who was asked last, by place in the cast.
    pub(crate) driver: Option<usize>,
    /// What became of it.
    pub(crate) outcome: Outcome,
    /// When it was closed.
    pub(crate) closed: Option<DateTime>,
    /// The series it belongs to, by place in the cast.
    pub(crate) series: Option<usize>,
}

/// What became of a trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing yet.
    Open,
    /// The person arrived: metres with and without.
    Completed(u32, u32),
    /// Who was not there.
    NoShow(&'static str),
    /// By whom, why, and whether it was late.
    Cancelled(&'static str, &'static str, bool),
    /// Why nobody could.
    Unmet(&'static str),
}

/// An entry of the ledger of unmet need.
#[derive(Debug, Clone)]
pub(crate) struct UnmetNote {
    /// Commune of pickup.
    pub(crate) commune: String,
    /// The last reason.
    pub(crate) reason: &'static str,
    /// A driver who had promised withdrew.
    pub(crate) withdrawn: bool,
    /// Somebody was found after all, and drove.
    pub(crate) served: bool,
}

/// Money a volunteer spent.
#[derive(Debug, Clone)]
pub(crate) struct Spent {
    /// Who.
    pub(crate) volunteer: usize,
    /// When.
    pub(crate) day: Date,
    /// How much.
    pub(crate) cents: i64,
}

/// Something owed beside trips.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    /// By whom.
    pub(crate) person: usize,
    /// `loan`, `service`, `membership` or `donation`.
    pub(crate) source: &'static str,
    /// How much.
    pub(crate) cents: i64,
}

/// A payment.
#[derive(Debug, Clone)]
pub(crate) struct Paid {
    /// By whom.
    pub(crate) person: usize,
    /// How much; less than nothing for a refund, a write-off counts as paid.
    pub(crate) cents: i64,
    /// `received`, `refunded` or `written-off`.
    pub(crate) movement: &'static str,
}

/// A statement that was closed.
#[derive(Debug, Clone)]
pub(crate) struct Closed {
    /// Whose.
    pub(crate) volunteer: usize,
    /// First day of its month.
    pub(crate) month: Date,
    /// `reimbursed` or `waived`.
    pub(crate) basis: String,
    /// When.
    pub(crate) at: DateTime,
    /// `paid`, `waived` or `open`.
    pub(crate) settled: &'static str,
    /// The day of the signature or payment.
    pub(crate) on: Option<Date>,
}

/// A paper with a number.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    /// `contribution` or `credit-note`.
    pub(crate) kind: &'static str,
    /// How much; a credit note is below zero.
    pub(crate) cents: i64,
}

/// A service beyond rides and loans.
#[derive(Debug, Clone)]
pub(crate) struct Rendered {
    /// Its kind.
    pub(crate) kind: &'static str,
    /// To whom; nobody for a visit to a commune.
    pub(crate) person: Option<usize>,
    /// The day it was rendered; none if it was not.
    pub(crate) on: Option<Date>,
}

/// A pathway.
#[derive(Debug, Clone)]
pub(crate) struct PathwayNote {
    /// Whose.
    pub(crate) person: usize,
    /// Its identifier.
    pub(crate) id: String,
    /// The day of the diagnosis.
    pub(crate) diagnosed: Option<Date>,
    /// The day it was over.
    pub(crate) exited: Option<Date>,
    /// Follow-ups recorded.
    pub(crate) follow_ups: usize,
}
