//! What must hold after every step, and what must hold when everything was said, heard and done: the seven invariants of the
//! design of handovers, each from outside, by what the stores and disks hold. It must never call what it checks to find out what
//! is right.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use maillage_domain::{
    handover::{ConcernKind, Incoming},
    trip::{Custody, Origin, Trip, TripStatus},
};
use maillage_engine::View as _;
use maillage_federation::{
    handover::State,
    ids::{HandoverKind, Id},
};
use maillage_node::app::{
    caller::Caller,
    handover::{concerns, recovery},
    report,
    settlements::{self, Direction},
};
use maillage_store::{handovers, outbox};

use crate::{
    chronicle::{Asked, unreadable},
    federation::Federation,
    operations::NODES,
    template::canaries,
};

/// What does not hold.
pub(crate) type Checked = Result<(), String>;

/// Well after an account is missed.
const LATE: SignedDuration = SignedDuration::from_hours(30);

/// How the handovers of a play ended.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) handovers: usize,
    pub(crate) done: usize,
    pub(crate) cancelled: usize,
    pub(crate) back: usize,
    pub(crate) again: usize,
    pub(crate) lost: usize,
}

impl Ends {
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            handovers: self.handovers + other.handovers,
            done: self.done + other.done,
            cancelled: self.cancelled + other.cancelled,
            back: self.back + other.back,
            again: self.again + other.again,
            lost: self.lost + other.lost,
        }
    }
}

fn is_done(trip: &Trip) -> bool {
    matches!(trip.status(), TripStatus::Completed { .. })
}

impl Federation {
    /// After every step.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn check(&mut self) -> Checked {
        let mut driving: BTreeMap<Asked, BTreeSet<usize>> = BTreeMap::new();
        for at in 0..NODES {
            let (trips, told) = (self.trips(at)?, self.concerns(at)?);
            let lost =
                told.iter().filter(|(_, what)| *what == ConcernKind::Lost).map(|(id, _)| *id).collect();
            let written = self.nodes[at].life.app.store.durable_sequence();
            if std::mem::replace(&mut self.nodes[at].checked, written) != written {
                self.check_alarms(at, &trips, &told)?;
                self.check_who_knows(at)?;
            }
            // A restored node drives nothing before it has heard where its handovers stand.
            if self.is_unsure(at)? {
                continue;
            }
            for trip in trips.iter().filter(|trip| trip.custody() == Custody::Local) {
                let Some(asked) = self.chronicle.asked(at, trip) else { continue };
                if (trip.is_open() || is_done(trip)) && !self.is_lost(asked, &lost) {
                    driving.entry(asked).or_default().insert(at);
                }
            }
        }
        let double = driving.iter().find(|(_, nodes)| nodes.len() > 1);
        if let Some(((origin, trip), nodes)) = double {
            return Err(format!("two may drive: trip {trip} of node {origin}, nodes {nodes:?}"));
        }
        self.check_driven()
    }

    /// Nothing was driven by two nodes, whatever anybody has forgotten since.
    fn check_driven(&self) -> Checked {
        for (asked, nodes) in &self.chronicle.driven {
            let mut excused = false;
            for at in 0..NODES {
                excused |= self.nodes[at].restores > 0 && self.is_lost(*asked, &self.lost(at)?);
            }
            if nodes.len() > 1 && !excused && self.nodes.iter().all(|node| node.restores == 0) {
                return Err(format!(
                    "two have driven: trip {} of node {}, nodes {nodes:?}",
                    asked.1, asked.0
                ));
            }
        }
        Ok(())
    }

    /// Who travels is known only to a node that was ever chosen for a trip of that origin.
    fn check_who_knows(&self, at: usize) -> Checked {
        let store = &self.nodes[at].life.app.store;
        let mut rows = store.scan_prefix(handovers::INCOMING_TREE, &[], usize::MAX).map_err(unreadable)?;
        rows.extend(store.scan_prefix(maillage_store::trips::TREE, &[], usize::MAX).map_err(unreadable)?);
        let me = self.places[at].entry.node;
        for origin in (0..NODES).filter(|origin| *origin != at) {
            let names = canaries(origin);
            let knows = rows.iter().any(|(_, bytes)| names.iter().any(|name| holds(bytes, name)));
            let may = self.chronicle.entitled.iter().any(|(handover, node)| {
                *node == me && self.chronicle.handovers.get(handover).is_some_and(|(of, _)| *of == origin)
            });
            if knows && !may {
                return Err(format!("node {at} knows a person of node {origin}, and was never chosen"));
            }
        }
        Ok(())
    }

    /// Whenever a desk cannot know, or misses an account, it is told.
    fn check_alarms(
        &self,
        at: usize,
        trips: &[Trip],
        told: &BTreeSet<(Id<HandoverKind>, ConcernKind)>,
    ) -> Checked {
        let now = self.nodes[at].life.app.now();
        for trip in trips {
            let (custody, open) = (trip.custody(), trip.is_open());
            let late = now.duration_since(trip.terms.latest_arrival) > LATE;
            let (handover, missing) = match (custody, &trip.terms.origin) {
                (Custody::HeldBy { handover, .. }, _) if open && late => {
                    (handover, ConcernKind::AccountMissing)
                }
                (_, Origin::Carried { handover, .. }) if open && late => {
                    (*handover, ConcernKind::AccountMissing)
                }
                (Custody::Uncertain { handover, .. }, _) => (handover, ConcernKind::Uncertain),
                _ => continue,
            };
            if !told.contains(&(handover, missing)) {
                return Err(format!("nobody at node {at} is told {missing:?} of {handover}"));
            }
        }
        Ok(())
    }

    /// Everything is over, for everybody alike.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) async fn check_the_end(&mut self) -> Result<Ends, String> {
        self.check()?;
        let mut lost = BTreeSet::new();
        for at in 0..NODES {
            lost.extend(self.lost(at)?);
        }
        let mut ends = Ends { lost: lost.len(), ..Ends::default() };
        let threads = self.hub.hub.store().threads(1_000).await.map_err(unreadable)?;
        for thread in &threads {
            let (handover, state) = (thread.record.handover, thread.record.state);
            let is_over = state.is_final() || matches!(state, State::Cancelled { .. });
            if !is_over && !lost.contains(&handover) {
                return Err(format!("not over at the hub: {handover} {state:?}"));
            }
            ends.handovers += 1;
            ends.again += usize::from(thread.record.round > 1);
            match state {
                State::Done { .. } => ends.done += 1,
                State::Cancelled { .. } => ends.cancelled += 1,
                _ => ends.back += 1,
            }
        }
        let states = threads.iter().map(|thread| (thread.record.handover, thread.record.state)).collect();
        for at in 0..NODES {
            self.check_end_at(at, &states, &lost)?;
        }
        self.check_counts()?;
        self.check_accounts(&lost)?;
        self.check_disks()?;
        Ok(ends)
    }

    fn check_end_at(
        &self,
        at: usize,
        states: &BTreeMap<Id<HandoverKind>, State>,
        lost: &BTreeSet<Id<HandoverKind>>,
    ) -> Checked {
        let (store, me) = (&self.nodes[at].life.app.store, self.places[at].entry.node);
        if self.is_unsure(at)? {
            return Err(format!("node {at} has never heard where its handovers stand"));
        }
        if let Some((_, dead)) = outbox::dead(store, 10).map_err(unreadable)?.first() {
            return Err(format!("node {at} has put something aside: {dead:?}"));
        }
        if let Some((_, waiting)) = outbox::pending(store, 10).map_err(unreadable)?.first() {
            return Err(format!("node {at} could not say everything: {waiting:?}"));
        }
        for outgoing in handovers::list_outgoing(store, None, 1_000).map_err(unreadable)? {
            let handover = outgoing.handover;
            if !outgoing.is_over() && !lost.contains(&handover) {
                return Err(format!("not over at its origin {at}: {handover} {:?}", outgoing.standing()));
            }
            for trip in &outgoing.trips {
                let trip = maillage_store::trips::find(store, *trip).map_err(unreadable)?;
                if let (Some(trip), false) = (trip, lost.contains(&handover)) {
                    agree(&trip, handover, states.get(&handover).copied())?;
                }
            }
        }
        for incoming in handovers::list_incoming(store, None, 1_000).map_err(unreadable)? {
            if lost.contains(&incoming.handover) {
                continue;
            }
            if !incoming.is_over(me) {
                return Err(format!(
                    "not over at candidate {at}: {} {:?}",
                    incoming.handover,
                    incoming.standing(me)
                ));
            }
            self.check_forgotten(at, &incoming)?;
        }
        Ok(())
    }

    /// Details outlive an award only where it was carried out.
    fn check_forgotten(&self, at: usize, incoming: &Incoming) -> Checked {
        let me = self.places[at].entry.node;
        let done = matches!(incoming.record.state, State::Done { holder } if holder == me);
        if done || incoming.details.is_none() {
            return Ok(());
        }
        Err(format!("node {at} still has the details of {}", incoming.handover))
    }

    /// Each trip that was carried out counts once, where it was asked for.
    fn check_counts(&self) -> Checked {
        let mut completed = BTreeSet::new();
        for at in 0..NODES {
            let own: Vec<Trip> = self.trips(at)?.into_iter().filter(|trip| !trip.is_carried()).collect();
            let done: Vec<Asked> =
                own.iter().filter(|trip| is_done(trip)).map(|trip| (at, trip.id())).collect();
            let month = "2026-10".parse().map_err(|_| "no month".to_owned())?;
            let preview =
                report::preview(&self.nodes[at].life.app, &Caller::local(), month).map_err(refused)?;
            let fulfilled: u64 = preview.sections.values().map(|cells| cells[0]).sum();
            let whole = own.iter().filter(|trip| is_served(trip, &done)).count();
            if fulfilled != whole as u64 {
                return Err(format!("node {at} counts {fulfilled} of {whole} journeys carried out"));
            }
            check_stages(at, &own)?;
            completed.extend(done);
        }
        if self.nodes.iter().any(|node| node.restores > 0) {
            return Ok(());
        }
        let driven: BTreeSet<Asked> = self.chronicle.driven.keys().copied().collect();
        if completed == driven {
            return Ok(());
        }
        let missing: Vec<_> = driven.difference(&completed).collect();
        let invented: Vec<_> = completed.difference(&driven).collect();
        Err(format!("driven and not counted: {missing:?}, counted and not driven: {invented:?}"))
    }

    /// The books of each two agree to the cent.
    fn check_accounts(&self, lost: &BTreeSet<Id<HandoverKind>>) -> Checked {
        if !lost.is_empty() || self.nodes.iter().any(|node| node.restores > 0) {
            return Ok(());
        }
        for (origin, carrier) in pairs() {
            let ([_, theirs], [ours, _]) = (self.october(origin, carrier)?, self.october(carrier, origin)?);
            if theirs.now.lines != ours.now.lines || theirs.total() != ours.total() {
                return Err(format!(
                    "accounts differ: origin {origin} {:?} of {:?}, carrier {carrier} {:?} of {:?}",
                    theirs.total(),
                    theirs.now.lines,
                    ours.total(),
                    ours.now.lines
                ));
            }
        }
        Ok(())
    }

    /// Both desks of each two sign what they have of the month, when it is over.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) async fn sign_months(&mut self) -> Checked {
        self.pass(35 * 24 * 60).await?;
        let month = "2026-10".parse().map_err(|_| "no month".to_owned())?;
        for (at, with) in pairs() {
            let (app, with) = (self.app(at), self.places[with].entry.node.to_string());
            let seen = settlements::show(&app, &Caller::local(), &with, month).map_err(refused)?.etag();
            settlements::sign(&app, &Caller::local(), (with, month), seen).await.map_err(refused)?;
        }
        self.settle().await
    }

    /// Where books differ since somebody was restored, somebody is told so.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn check_differences(&self) -> Checked {
        for (origin, carrier) in pairs() {
            let ([_, theirs], [ours, _]) = (self.october(origin, carrier)?, self.october(carrier, origin)?);
            let listed =
                |direction: &Direction| direction.differences.as_ref().is_ok_and(|all| !all.is_empty());
            let differ = theirs.now.lines != ours.now.lines;
            if differ != (listed(&theirs) || listed(&ours)) {
                return Err(format!(
                    "what differs is not what is listed: origin {origin} {:?} {:?}, carrier {carrier} {:?} {:?}",
                    theirs.now.lines, theirs.differences, ours.now.lines, ours.differences
                ));
            }
        }
        Ok(())
    }

    /// October with another, both directions.
    fn october(&self, at: usize, with: usize) -> Result<[Direction; 2], String> {
        let month = "2026-10".parse().map_err(|_| "no month".to_owned())?;
        let with = self.places[with].entry.node.to_string();
        let shown = settlements::show(&self.nodes[at].life.app, &Caller::local(), &with, month);
        Ok(shown.map_err(refused)?.directions)
    }

    /// No byte of who travels is on the disk of the hub, nor on that of a node that was never chosen.
    fn check_disks(&self) -> Checked {
        for (name, _) in self.hub.disk.files() {
            let bytes = self.hub.disk.read(&name).unwrap_or_default();
            if (0..NODES).flat_map(canaries).any(|canary| holds(&bytes, &canary)) {
                return Err(format!("the hub's disk names somebody, in {name}"));
            }
        }
        Ok(())
    }

    pub(crate) fn trips(&self, at: usize) -> Result<Vec<Trip>, String> {
        maillage_store::trips::list(&self.nodes[at].life.app.store, None, 10_000).map_err(unreadable)
    }

    /// Handovers about which the desk of a node is told that a restore took something.
    fn lost(&self, at: usize) -> Result<BTreeSet<Id<HandoverKind>>, String> {
        let told = self.concerns(at)?.into_iter();
        Ok(told.filter(|(_, what)| *what == ConcernKind::Lost).map(|(handover, _)| handover).collect())
    }

    /// What the desk of a node is told to look at.
    fn concerns(&self, at: usize) -> Result<BTreeSet<(Id<HandoverKind>, ConcernKind)>, String> {
        let app = &self.nodes[at].life.app;
        let (found, _) = concerns::list(app, &Caller::local(), (None, 1_000)).map_err(refused)?;
        let told = found.iter().flat_map(|(handover, why)| why.iter().map(|why| (handover.id(), why.what)));
        Ok(told.collect())
    }

    fn is_lost(&self, (origin, trip): Asked, lost: &BTreeSet<Id<HandoverKind>>) -> bool {
        lost.iter().any(|handover| {
            let known = self.chronicle.handovers.get(handover);
            known.is_some_and(|(of, trips)| *of == origin && trips.contains(&trip))
        })
    }

    fn is_unsure(&self, at: usize) -> Result<bool, String> {
        self.nodes[at].life.app.read(|_, view| recovery::is_to_reconcile(view)).map_err(refused)
    }
}

/// Whether a journey was carried out: one that two drivers share is that of its near stage.
fn is_served(trip: &Trip, done: &[Asked]) -> bool {
    let also_done = |id| done.iter().any(|(_, other)| *other == id);
    is_done(trip)
        && trip
            .terms
            .relay
            .is_none_or(|relay| relay.stage == maillage_domain::trip::Stage::Near && also_done(relay.other))
}

/// Nobody is expected at a meeting place who is not brought there.
fn check_stages(at: usize, own: &[Trip]) -> Checked {
    for trip in own.iter().filter(|trip| trip.is_open()) {
        let Some(relay) = trip.terms.relay else { continue };
        let other = own.iter().find(|other| other.id() == relay.other);
        let mutual = |other: &&Trip| other.terms.relay.is_some_and(|relay| relay.other == trip.id());
        if let Some(other) = other.filter(mutual)
            && !other.is_open()
            && !is_done(other)
            && !trip.needs_decision()
        {
            return Err(format!(
                "node {at}: a stage is {}, and somebody is expected for the other",
                other.status().code()
            ));
        }
    }
    Ok(())
}

/// Each node with each other.
fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..NODES).flat_map(|one| (0..NODES).map(move |other| (one, other))).filter(|(one, other)| one != other)
}

/// A trip and the hub's record of one of its handovers say the same.
fn agree(own: &Trip, handover: Id<HandoverKind>, state: Option<State>) -> Checked {
    let custody = own.custody();
    let fits = match state {
        Some(State::Done { holder }) => {
            custody == Custody::HeldBy { handover, node: holder } && !own.is_open()
        }
        Some(State::Cancelled { .. }) => own.status().code() == "cancelled",
        _ => custody.handover() != Some(handover),
    };
    if fits {
        return Ok(());
    }
    Err(format!("a trip is {} and {}, its handover {state:?}", own.status().code(), custody.code()))
}

fn holds(bytes: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(text)
}

fn refused(refusal: maillage_platform::refusal::Refusal) -> String {
    format!("cannot be looked at: {}", refusal.reason())
}
