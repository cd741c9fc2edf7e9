//! What an onlooker writes down who forgets nothing, whatever machines forget: which handovers there were, who was ever chosen in
//! them, who has really driven. It must never ask a node what it remembers of this.

use std::collections::{BTreeMap, BTreeSet};

use maillage_domain::trip::{Origin, Trip};
use maillage_federation::{
    handover::{State, Thread},
    ids::{HandoverKind, Id, NodeKind, TripKind},
};
use maillage_store::handovers;

use crate::federation::Federation;

/// A trip as its origin knows it: of which node, and which.
pub(crate) type Asked = (usize, Id<TripKind>);

/// What was ever seen.
#[derive(Default)]
pub(crate) struct Chronicle {
    /// How often people of each node have asked.
    pub(crate) requests: BTreeMap<usize, usize>,
    /// Handovers: whose, of which trips, each with what leg of its pair it is.
    pub(crate) handovers: BTreeMap<Id<HandoverKind>, (usize, Vec<Id<TripKind>>)>,
    /// Who was ever chosen in a handover, or held it.
    pub(crate) entitled: BTreeSet<(Id<HandoverKind>, Id<NodeKind>)>,
    /// Until when who was chosen could accept, by handover and round, milliseconds since 1970 UTC.
    awards: BTreeMap<(Id<HandoverKind>, u32, Id<NodeKind>), i64>,
    /// How far the hubs were looked at.
    looked: Vec<u64>,
    held: BTreeSet<(Id<HandoverKind>, u32, Id<NodeKind>)>,
    /// What the arbiter must not have decided.
    pub(crate) wrong: Option<String>,
    /// What was driven, and by which node.
    pub(crate) driven: BTreeMap<Asked, BTreeSet<usize>>,
    legs: BTreeMap<Id<TripKind>, maillage_domain::trip::Leg>,
}

impl Chronicle {
    /// The trip, as its origin knows it, that a trip of a node is about.
    pub(crate) fn asked(&self, at: usize, trip: &Trip) -> Option<Asked> {
        let Origin::Carried { handover, .. } = trip.terms.origin else { return Some((at, trip.id())) };
        let (origin, trips) = self.handovers.get(&handover)?;
        let is_it = |own: &&Id<TripKind>| trips.len() == 1 || self.legs.get(own) == Some(&trip.terms.leg);
        trips.iter().find(is_it).map(|own| (*origin, *own))
    }

    /// A node has driven a trip.
    pub(crate) fn note_driven(&mut self, at: usize, trip: &Trip) {
        if let Some(asked) = self.asked(at, trip) {
            self.driven.entry(asked).or_default().insert(at);
        }
    }

    fn note_thread(&mut self, thread: &Thread, now_ms: i64) {
        let (record, state) = (&thread.record, thread.record.state);
        match state {
            State::Awarded { winner, accept_by_ms } => {
                self.awards.insert((record.handover, record.round, winner), accept_by_ms);
            }
            State::Held { holder } if self.held.insert((record.handover, record.round, holder)) => {
                let by = self.awards.get(&(record.handover, record.round, holder));
                if by.is_none_or(|by| now_ms >= *by) {
                    self.wrong = Some(format!("accepted without an award in force: {}", record.handover));
                }
            }
            _ => {}
        }
        let chosen = [state.entitled(), state.holder()].into_iter().flatten();
        self.entitled.extend(chosen.map(|node| (record.handover, node)));
    }
}

impl Federation {
    /// Writes down what can be seen now.
    ///
    /// # Errors
    /// A store cannot be read.
    pub(crate) async fn look_around(&mut self) -> Result<(), String> {
        for at in 0..self.nodes.len() {
            let node = &self.nodes[at];
            let lives = [Some(&node.life), node.ghost.as_ref()];
            for store in lives.into_iter().flatten().map(|life| life.app.store.clone()) {
                for outgoing in handovers::list_outgoing(&store, None, 1_000).map_err(unreadable)? {
                    for id in &outgoing.trips {
                        if let Some(trip) = maillage_store::trips::find(&store, *id).map_err(unreadable)? {
                            self.chronicle.legs.insert(*id, trip.terms.leg);
                        }
                    }
                    self.chronicle.handovers.entry(outgoing.handover).or_insert((at, outgoing.trips));
                }
            }
        }
        self.look_at_hubs().await
    }

    /// Writes down what the hubs have decided, if they have done anything.
    ///
    /// # Errors
    /// A store cannot be read; something was decided that must not be.
    pub(crate) async fn look_at_hubs(&mut self) -> Result<(), String> {
        let hubs = || [Some(&self.hub), self.old_hub.as_ref()].into_iter().flatten();
        let done = hubs().map(|hub| hub.disk.operations()).collect();
        if self.chronicle.looked != done {
            let now_ms = self.hub_now_ms();
            let mut threads = Vec::new();
            for hub in hubs() {
                threads.extend(hub.hub.store().threads(1_000).await.map_err(unreadable)?);
            }
            for thread in &threads {
                self.chronicle.note_thread(thread, now_ms);
            }
            self.chronicle.looked = done;
        }
        // A restored hub is told what was decided, and when it hears of it says nothing of when that was.
        match self.chronicle.wrong.clone().filter(|_| self.hub_restores == 0) {
            Some(wrong) => Err(wrong),
            None => Ok(()),
        }
    }
}

/// A store that cannot be read, in words.
pub(crate) fn unreadable(error: impl std::error::Error) -> String {
    format!("a store cannot be read: {error}")
}
