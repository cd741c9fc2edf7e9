//! What members have reported and declared, as received, and what somebody decided about whether it counts. It must never change what was
//! received.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use maillage_federation::{
    accounts::Declared,
    ids::{Id, NodeKind},
    month::Month,
    statistics::{Report, WithdrawalReason},
};
use maillage_geography::Siren;

/// A report as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedReport {
    /// Who reported.
    pub node: Id<NodeKind>,
    /// Its territory then.
    pub territory: Siren,
    /// The month, or the last one of the half-year.
    pub period: Month,
    /// The vocabulary.
    pub vocabulary: String,
    /// BLAKE3 of the body received.
    pub hash: [u8; 32],
    /// When, milliseconds since 1970 UTC.
    pub received_at_ms: i64,
    /// The `StatisticalReport`, serialised.
    pub report: Vec<u8>,
    /// The signed envelope it came in, serialised: the evidence.
    pub envelope: Vec<u8>,
    /// Whether its node has taken it back: then it does not count.
    pub withdrawn: Option<WithdrawnReport>,
    /// What was decided about whether it counts, oldest first.
    pub quarantine: Vec<Quarantine>,
    /// What it says, once somebody has read it.
    pub reading: Reading,
}

/// A report read once for all answers that are made of it. It is no part of what was received.
#[derive(Clone, Default)]
pub struct Reading(Arc<OnceLock<Option<Report>>>);

/// Which report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportKey {
    /// Whose.
    pub node: Id<NodeKind>,
    /// The month, or the last one of the half-year.
    pub period: Month,
    /// The vocabulary.
    pub vocabulary: String,
}

/// What a named person decided about whether a report counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who.
    pub by: String,
    /// Why, for everybody to read.
    pub reason: String,
    /// Whether it counts again.
    pub lift: bool,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quarantined<T> {
    /// Noted down.
    Done(Box<T>),
    /// There is no such thing.
    Unknown,
    /// It was so already.
    Already,
    /// Too much was decided about it.
    TooMany,
}

/// A declaration about a year as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedAccounts {
    /// Who declared.
    pub node: Id<NodeKind>,
    /// Its territory then.
    pub territory: Siren,
    /// What is declared.
    pub declared: Declared,
    /// BLAKE3 of the body received.
    pub hash: [u8; 32],
    /// When, milliseconds since 1970 UTC.
    pub received_at_ms: i64,
    /// The signed envelope it came in, serialised: the evidence.
    pub envelope: Vec<u8>,
    /// What somebody decided about whether it counts, oldest first.
    pub quarantine: Vec<Quarantine>,
}

/// What a node has said when it took a report back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnReport {
    /// When that came, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Why.
    pub reason: WithdrawalReason,
    /// The signed envelope, serialised: the evidence.
    pub envelope: Vec<u8>,
}

impl Reading {
    /// What it says, read now if nobody has yet; none of a report that this version cannot read.
    pub(crate) fn or_read(&self, read: impl FnOnce() -> Option<Report>) -> Option<&Report> {
        self.0.get_or_init(read).as_ref()
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a reading")
    }
}

impl PartialEq for Reading {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Reading {}

impl ReceivedReport {
    /// The decision by which it does not count; none if it does.
    pub fn quarantined(&self) -> Option<&Quarantine> {
        left_out(&self.quarantine)
    }
}

impl ReceivedAccounts {
    /// The decision by which they do not count; none if nothing was decided against them.
    pub fn quarantined(&self) -> Option<&Quarantine> {
        left_out(&self.quarantine)
    }
}

/// The last of several decisions, if it leaves out.
fn left_out(decisions: &[Quarantine]) -> Option<&Quarantine> {
    decisions.last().filter(|decision| !decision.lift)
}
