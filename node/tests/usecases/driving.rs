//! What lies between the nodes and their hub, one piece at a time: carried, lost on the way back, delivered again.

use maillage_domain::{
    ids::VolunteerKind,
    trip::{Trip, TripStatus},
};
use maillage_federation::{
    envelope::{Body, Envelope, Receipt},
    ids::{HandoverKind, Id, NodeKind, TripKind},
};
use maillage_node::app::caller::Caller;
use maillage_node::app::{
    handover::{
        notices::{self, Disbelief},
        policy, receipts,
    },
    trips,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    inbox,
    outbox::{self, OutboxRow},
};
use prost::Message as _;

use crate::world::{World, ready};

/// More moves of the post than any scenario needs: beyond, two machines talk for ever.
const MOVES: usize = 600;

impl World {
    /// The oldest envelope of a node's outbox.
    pub(crate) fn oldest(&self, node: usize) -> Option<(u64, OutboxRow)> {
        outbox::pending(&self.app(node).store, 1).unwrap().pop()
    }

    /// What a node has to say, oldest first.
    pub(crate) fn waiting(&self, node: usize) -> Vec<Body> {
        let rows = outbox::pending(&self.app(node).store, usize::MAX).unwrap();
        rows.iter().map(|(_, row)| self.said(node, row)).collect()
    }

    /// Carries the oldest envelope to the hub and the answer back, as the courier does. Tells the hub's refusal.
    #[expect(clippy::option_option, reason = "nothing to carry; or carried, and refused or not")]
    pub(crate) fn carry(&mut self, node: usize) -> Option<Option<String>> {
        self.try_carry(node).map(Result::unwrap)
    }

    /// As [`World::carry`], for a node whose store may fail.
    pub(crate) fn try_carry(&mut self, node: usize) -> Option<Result<Option<String>, Refusal>> {
        let (sequence, row) = self.oldest(node)?;
        let said = self.said(node, &row);
        let answer = self.hub.submit(&row.bytes);
        let receipt = Receipt::verify(&answer, &self.hub.signer.verify_key()).unwrap();
        assert_eq!(receipt.envelope, row.envelope);
        let refused = receipt.refused.clone();
        Some(
            ready(receipts::take(self.app(node), sequence, said, (receipt, answer.encode_to_vec())))
                .map(|()| refused),
        )
    }

    /// The oldest envelope reaches the hub; its answer is lost, so that the node will send it again.
    pub(crate) fn carry_and_lose_the_answer(&mut self, node: usize) -> bool {
        let Some((_, row)) = self.oldest(node) else { return false };
        self.hub.submit(&row.bytes);
        true
    }

    /// Carries everything a node has to say.
    pub(crate) fn carry_all(&mut self, node: usize) {
        for _ in 0..MOVES {
            if self.carry(node).is_none() {
                return;
            }
        }
        panic!("node {node} talks for ever");
    }

    /// The letters in a node's mailbox that it has not read.
    pub(crate) fn unread(&self, node: usize) -> usize {
        let cursor = usize::try_from(inbox::cursor(&self.app(node).store).unwrap()).unwrap();
        self.letters(node).len() - cursor
    }

    /// Delivers the next letter, as the inbox does.
    pub(crate) fn deliver(&mut self, node: usize) -> bool {
        self.try_deliver(node).map(Result::unwrap).is_some()
    }

    /// As [`World::deliver`], for a node whose store may fail.
    pub(crate) fn try_deliver(&mut self, node: usize) -> Option<Result<(), Refusal>> {
        let next = usize::try_from(inbox::cursor(&self.app(node).store).unwrap()).unwrap();
        let letter = self.letters(node).get(next)?.clone();
        Some(self.hand_in(node, next as u64 + 1, &letter))
    }

    /// Delivers a letter that was read before.
    pub(crate) fn deliver_again(&mut self, node: usize, index: usize) {
        let letter = self.letters(node)[index].clone();
        self.hand_in(node, index as u64 + 1, &letter).unwrap();
    }

    /// Hands a letter to a node as the inbox does: one that is not believed is passed over.
    pub(crate) fn hand_in(&self, node: usize, sequence: u64, letter: &Envelope) -> Result<(), Refusal> {
        let believed = self.believe(node, letter).ok();
        ready(notices::take(self.app(node), sequence, believed))
    }

    /// Whether a node believes a letter.
    pub(crate) fn believe(&self, node: usize, letter: &Envelope) -> Result<notices::Believed, Disbelief> {
        let app = self.app(node);
        notices::believe(app, &app.link.membership().unwrap(), letter)
    }

    pub(crate) fn deliver_all(&mut self, node: usize) {
        while self.deliver(node) {}
    }

    /// Lets the policy of a node act.
    pub(crate) fn tend(&self, node: usize) -> usize {
        ready(policy::tend(self.app(node))).unwrap()
    }

    /// Carries and delivers until everybody has said and heard everything.
    pub(crate) fn settle(&mut self) {
        for _ in 0..MOVES {
            let mut moved = false;
            for node in 0..self.nodes.len() {
                moved |= self.carry(node).is_some();
                moved |= self.deliver(node);
            }
            if !moved {
                return;
            }
        }
        panic!("the nodes talk for ever");
    }

    /// Time passes for everybody, and everybody does what is due.
    pub(crate) fn pass(&mut self, minutes: u64) {
        self.wait(minutes);
        self.hub.let_time_pass();
        self.settle();
        for node in 0..self.nodes.len() {
            self.tend(node);
        }
        self.settle();
    }

    /// A handover up to the moment a neighbour holds it: offered, bid, awarded after the wait, accepted.
    pub(crate) fn held(&mut self) -> (Id<TripKind>, Id<HandoverKind>, Id<TripKind>) {
        let (trip, handover) = self.offered();
        self.settle();
        self.pass(11);
        let carried = self.carried(crate::world::B, handover);
        (trip, handover, carried[0].id())
    }

    /// A driver of a node is asked for a trip and says yes.
    pub(crate) fn promise(&self, node: usize, trip: Id<TripKind>, volunteer: Id<VolunteerKind>) {
        ready(trips::offer_to_driver(self.app(node), &Caller::local(), trip, volunteer, false)).unwrap();
        ready(trips::driver_accepts(self.app(node), &Caller::local(), trip, false)).unwrap();
    }

    /// The holder carries a trip out.
    pub(crate) fn complete(&self, node: usize, trip: Id<TripKind>) -> Trip {
        let complete = || ready(trips::complete(self.app(node), &Caller::local(), trip, 30_000, 12_000));
        let done = self.when_begun(node, trip, complete).unwrap().remove(0);
        assert_eq!(done.status(), TripStatus::Completed { loaded_m: 30_000, empty_m: 12_000 });
        done
    }

    pub(crate) fn said(&self, node: usize, row: &OutboxRow) -> Body {
        let envelope = Envelope::decode(&row.bytes).unwrap();
        let key = self.hub.directory.nodes[&self.id(node)].signing_key;
        envelope.verify(&self.hub.federation, &key).unwrap()
    }

    pub(crate) fn letters(&self, node: usize) -> &[Envelope] {
        let id: Id<NodeKind> = self.id(node);
        self.hub.mail.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// The reason code of a refusal.
pub(crate) fn reason<T>(answer: Result<T, Refusal>) -> String {
    match answer {
        Ok(_) => "accepted".to_owned(),
        Err(refusal) => refusal.reason().to_owned(),
    }
}
