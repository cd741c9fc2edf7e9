//! What a hub that was restored from an old backup takes back from the nodes, before it decides anything about a handover
//! again. The hub's own signature is what counts: a node can only give back what the hub has told it.
//!
//! Why it is enough to hear two nodes. A trip can be carried by its origin, or by a node that the origin has awarded it to:
//! nobody else. The origin writes down an award before it says it, so it always knows the one node that can hold the trip
//! in the round it knows, and no later round can have seen an award, since only the origin makes them. So when the origin has
//! presented what it knows, and the node it awarded the trip to (or the one that the newest record names) has too, the newest of
//! these records is what anybody can have acted on: whoever drives, drives by a record it can present. What the hub had
//! decided and nobody was told moved nothing, and is decided again when it is said again. Neither of the two is enough alone:
//! a holder may not have heard that the person does not travel, an origin not that its award was accepted.
//!
//! Until then nothing is decided and no time passes on the handover, whatever that costs in bids and leases: a second
//! carrier would be worse. It ends in any case a week after the trip, because then nobody can be driven twice and no node presents
//! it any more; a node that never comes back can be revoked before that, and then is not waited for. It does not end
//! with the trip itself: until it is accounted for, the hub would decide from its backup what has been driven since.
//!
//! An origin that was restored too may have forgotten its award, and then the hub goes on too early. So as long as nothing was
//! decided since, a record that is newer than what the hub went on from is still taken in ([`WentOn`]).
//!
//! It must never move a handover by itself, and never believe a record that was told to somebody who may not know who
//! holds the trip.

use std::collections::BTreeSet;

use super::{
    circles,
    terms::Offer,
    thread::{Record, State, Thread},
};
use crate::{
    ids::{Id, NodeKind},
    limits,
};

/// How far the hub has caught up with one handover.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Recovery {
    /// Nodes that have presented what they know.
    pub presented: BTreeSet<Id<NodeKind>>,
    /// Whom the origin has awarded the trip to in the round it knows.
    pub awarded_to: Option<Id<NodeKind>>,
    /// Set when the hub has gone on, as long as nothing was decided since.
    pub went_on: Option<WentOn>,
    /// What the hub goes on with is above this revision: nodes may have been told as much in this epoch.
    pub above: u64,
}

/// How the hub has gone on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WentOn {
    /// From the record of this revision.
    pub from: u64,
    /// With this one.
    pub with: u64,
    /// In this round, if it was open: bids alone decide nothing.
    pub open_in: Option<u32>,
}

impl Recovery {
    /// Whether the hub decides nothing yet.
    pub fn is_waiting(&self) -> bool {
        self.went_on.is_none()
    }

    /// Whether the hub has gone on and something was decided since, or nothing is left to be decided: then there is nothing
    /// left to hear.
    pub fn is_behind_us(&self, thread: &Thread) -> bool {
        self.went_on.is_some_and(|went_on| !went_on.stands(thread) || thread.record.state.is_final())
    }
}

impl WentOn {
    fn stands(self, thread: &Thread) -> bool {
        let record = &thread.record;
        let open = record.state == State::Open && self.open_in == Some(record.round);
        record.revision == self.with || open
    }
}

/// What a node presents; the hub's signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// Who presents.
    pub by: Id<NodeKind>,
    /// The newest record it was told.
    pub record: Option<Record>,
    /// From the origin: whom it has awarded the trip to in the round it knows.
    pub awarded_to: Option<Id<NodeKind>>,
    /// From the origin: the offer as it stands.
    pub offer: Option<Offer>,
}

/// What is known after a presentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caught {
    /// The thread, changed or not; none as long as only its origin could say what it is about.
    pub thread: Option<Thread>,
    /// What is still waited for.
    pub recovery: Recovery,
}

/// Takes in what a node presents about a handover the hub may be behind with.
pub fn present(thread: Option<&Thread>, recovery: &Recovery, presented: &Presented) -> Caught {
    let mut recovery = recovery.clone();
    let record = presented.record.as_ref().filter(|record| proves(record));
    let Some(thread) = thread else {
        let told = record.zip(presented.offer.as_ref());
        let thread = told.and_then(|(record, offer)| made(presented.by, record, offer));
        if thread.is_some() {
            recovery.presented.insert(presented.by);
            recovery.awarded_to = presented.awarded_to;
        }
        return Caught { thread, recovery };
    };
    let mut thread = shown(thread, presented);
    let known = recovery.went_on.map_or(thread.record.revision, |went_on| went_on.from);
    let newer = |record: &&Record| {
        record.handover == thread.record.handover
            && record.origin == thread.record.origin
            && record.revision > known
            // What was told in this epoch is no news.
            && recovery.went_on.is_none_or(|went_on| record.revision < went_on.with)
    };
    let record = record.filter(newer);
    if recovery.is_behind_us(&thread) || (!recovery.is_waiting() && record.is_none()) {
        return Caught { thread: Some(thread), recovery };
    }
    if let Some(record) = record {
        recovery.above = recovery.above.max(if recovery.is_waiting() { 0 } else { thread.record.revision });
        recovery.went_on = None;
        adopt(&mut thread, record.clone());
    }
    if presented.by == thread.record.origin {
        recovery.awarded_to = presented.awarded_to;
        let fits = |offer: &&Offer| {
            offer.legs.len() == thread.offer.legs.len()
                && offer.origin_territory == thread.offer.origin_territory
        };
        if let Some(offer) = presented.offer.as_ref().filter(fits) {
            thread.offer = offer.clone();
        }
    }
    recovery.presented.insert(presented.by);
    Caught { thread: Some(thread), recovery }
}

/// The thread with whoever presents something of the hub's own in its audience: it has been shown the offer.
#[must_use]
pub fn shown(thread: &Thread, presented: &Presented) -> Thread {
    let mut thread = thread.clone();
    if presented.record.is_some() && presented.by != thread.record.origin {
        thread.later.remove(&presented.by);
        thread.audience.insert(presented.by);
    }
    thread
}

/// Whether everybody has been heard who may know better, or nobody presents it any more. `gone` are nodes that were
/// revoked.
pub fn is_over(
    thread: &Thread,
    recovery: &Recovery,
    now_ms: i64,
    gone: impl Fn(Id<NodeKind>) -> bool,
) -> bool {
    let heard = |node: Id<NodeKind>| recovery.presented.contains(&node) || gone(node);
    let named = thread.record.state.entitled().or(thread.record.state.holder());
    let may_hold = named.into_iter().chain(recovery.awarded_to);
    let all_heard = heard(thread.record.origin) && may_hold.into_iter().all(heard);
    all_heard || now_ms >= given_up_ms(thread)
}

/// When nobody is waited for any more, milliseconds since 1970 UTC.
pub fn given_up_ms(thread: &Thread) -> i64 {
    over_ms(&thread.offer).saturating_add(limits::PRESENTED_AFTER_MS)
}

/// Whether a node still presents what it knows of a handover.
pub fn is_presented(offer: &Offer, now_ms: i64) -> bool {
    now_ms <= over_ms(offer).saturating_add(limits::PRESENTED_AFTER_MS)
}

/// When the trip's own time is over, milliseconds since 1970 UTC.
fn over_ms(offer: &Offer) -> i64 {
    offer.legs.iter().map(|leg| leg.window_end_ms).max().unwrap_or(i64::MAX)
}

/// The thread as the hub goes on with it: above every revision that an earlier epoch can have given out, so that no node takes what
/// comes for old. What it goes on from is kept, for a node that comes late with something newer.
#[must_use]
pub fn go_on(mut thread: Thread, recovery: &Recovery, counters_begin: u64) -> (Thread, Recovery) {
    let from = thread.record.revision;
    let with = from.max(recovery.above).saturating_add(1).max(counters_begin);
    thread.record.revision = with;
    let open_in = Some(thread.record.round).filter(|_| thread.record.state == State::Open);
    let went_on = Some(WentOn { from, with, open_in });
    (thread, Recovery { went_on, ..recovery.clone() })
}

/// A record that was told to a node that may not know who holds the trip proves nothing about that.
fn proves(record: &Record) -> bool {
    let another = Some(Id::another());
    record.state.holder() != another && record.state.entitled() != another
}

/// A thread that the hub does not know at all: its origin says what it is about.
fn made(by: Id<NodeKind>, record: &Record, offer: &Offer) -> Option<Thread> {
    let thread = Thread {
        record: record.clone(),
        offer: offer.clone(),
        bids: std::collections::BTreeMap::new(),
        audience: BTreeSet::new(),
        later: std::collections::BTreeMap::new(),
        change: None,
        words: 0,
    };
    (by == record.origin).then(|| with_named(thread))
}

/// Bids of another round, a change and words that the hub no longer knows are said again by those who mean them.
fn adopt(thread: &mut Thread, record: Record) {
    if record.round != thread.record.round || record.state == State::Released {
        thread.bids.clear();
    }
    if record.state.holder().is_none() {
        thread.words = 0;
    }
    thread.change = None;
    let shown = thread.record.circle.filter(|_| record.round == thread.record.round);
    thread.record = record;
    // How far it was shown in this epoch is not undone by what was told in another.
    thread.record.circle = thread.record.circle.map(|told| shown.map_or(told, |shown| told.max(shown)));
    circles::catch_up(thread);
    *thread = with_named(thread.clone());
}

/// Whoever is named by the record has been shown the offer.
fn with_named(mut thread: Thread) -> Thread {
    thread.audience.extend(thread.record.state.entitled().or(thread.record.state.holder()));
    thread
}
