//! What every move in a handover needs inside its transaction: who this node is, the time, and a voice that goes
//! through the outbox. Nothing is said that is not written in the same transaction.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    handover::{Happening, Incoming, Outgoing},
    roles::Operation,
    trip::Trip,
};
use maillage_engine::Transaction;
use maillage_federation::{
    envelope::{Body, Envelope, Header, Party},
    handover::{Action, Command},
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind},
    sealed::{Context, PayloadKind, Sealed},
};
use maillage_platform::random;
use maillage_store::{
    events::{self, Actor, NewEvent, Subject},
    handovers, moments,
    outbox::{self, OutboxRow},
    partners,
};

use super::{arbiter, recovery, stand};
use crate::{
    app::{Aborted, App, caller::Caller, refusals},
    federation::membership::Membership,
};

/// A transaction in which this node speaks as itself.
pub struct Desk<'a, 't> {
    /// The node.
    pub app: &'a App,
    /// Who it is in the federation.
    pub membership: Arc<Membership>,
    /// The transaction.
    pub transaction: &'a mut Transaction<'t>,
    /// The present instant, one for the whole transaction.
    pub at: Timestamp,
}

impl<'a, 't> Desk<'a, 't> {
    /// Opens the desk.
    ///
    /// # Errors
    /// `not-joined` for a node without federation; `restored-not-reconciled` for a restored one that has not heard yet where its
    /// handovers stand.
    pub fn open(app: &'a App, transaction: &'a mut Transaction<'t>) -> Result<Self, Aborted> {
        recovery::require_reconciled(app, transaction)?;
        Self::of_restored(app, transaction)
    }

    /// Opens the desk for what a caller does with a handover, which is noted. A caller who says how the handover stood is refused
    /// if it stands otherwise.
    ///
    /// # Errors
    /// As [`Desk::open`]; `handover-changed-meanwhile`.
    pub fn open_for(
        app: &'a App,
        transaction: &'a mut Transaction<'t>,
        by: &Caller,
        (operation, id): (Operation, Id<HandoverKind>),
    ) -> Result<Self, Aborted> {
        let desk = Self::open(app, transaction)?;
        stand::check(desk.transaction, by)?;
        app.note(desk.transaction, by, operation, &[Subject::Handover(id)])?;
        Ok(desk)
    }

    /// Opens the desk of a node that is about to hear where its handovers stand, and says nothing before.
    ///
    /// # Errors
    /// `not-joined` for a node without federation.
    pub(in crate::app) fn of_restored(
        app: &'a App,
        transaction: &'a mut Transaction<'t>,
    ) -> Result<Self, Aborted> {
        let membership = app.link.membership().ok_or_else(|| refusals::conflict("not-joined"))?;
        Ok(Self { app, membership, transaction, at: app.now() })
    }

    /// Says something about a handover to its arbiter: the hub, or this node itself for what it offers to partners.
    ///
    /// # Errors
    /// The store.
    pub fn say(&mut self, handover: Id<HandoverKind>, round: u32, action: Action) -> Result<(), Aborted> {
        let what = Happening::said(&action);
        self.say_and_keep((handover, round), action, &what)
    }

    /// Says something whose contents are sealed to another node, and keeps them for the time line: this node itself could not
    /// read them again. Whatever is said waits there until the hub has answered.
    ///
    /// # Errors
    /// The store.
    pub fn say_and_keep(
        &mut self,
        (handover, round): (Id<HandoverKind>, u32),
        action: Action,
        what: &Happening,
    ) -> Result<(), Aborted> {
        let command = Command { handover, round, action };
        if let Some(kept) = partners::thread(self.transaction, handover)? {
            return arbiter::decide_own(self, kept, &command, what);
        }
        let envelope = self.post(Body::Command(command))?;
        Ok(moments::say(self.transaction, (handover, envelope), self.at, what)?)
    }

    /// Seals something about a handover to another node.
    ///
    /// # Errors
    /// `desk-unknown` when the node is not in the directory; what is too long to be sealed. A revoked node may still be told
    /// what concerns it.
    pub fn seal(
        &self,
        kind: PayloadKind,
        (handover, round): (Id<HandoverKind>, u32),
        recipient: Id<NodeKind>,
        plain: &[u8],
    ) -> Result<Sealed, Aborted> {
        let mut context = Context { kind, handover, round, sender: self.membership.me, recipient };
        let randomness = random::bytes(self.app.entropy.as_ref());
        if partners::is_arbiter(self.transaction, handover)? {
            if kind == PayloadKind::Change {
                return Err(refusals::conflict("partner-change-by-phone").into());
            }
            // Nothing leaves in an envelope: what a partner may read is put together when it is given out.
            context.recipient = self.membership.me;
            let own = self.membership.keys.sealing.public();
            return Ok(own.seal(&[], &context, randomness).map_err(refusals::internal)?);
        }
        let directory = self.app.link.directory();
        let entry = directory.nodes.get(&recipient).ok_or_else(|| refusals::unknown("desk-unknown"))?;
        Ok(entry.sealing_key.seal(plain, &context, randomness).map_err(refusals::internal)?)
    }

    /// Seals something that belongs to no handover to another node.
    ///
    /// # Errors
    /// As [`Desk::seal`].
    pub fn seal_between(
        &self,
        kind: PayloadKind,
        recipient: Id<NodeKind>,
        plain: &[u8],
    ) -> Result<Sealed, Aborted> {
        let directory = self.app.link.directory();
        let entry = directory.nodes.get(&recipient).ok_or_else(|| refusals::unknown("desk-unknown"))?;
        let context = Context::between(kind, self.membership.me, recipient);
        let randomness = random::bytes(self.app.entropy.as_ref());
        Ok(entry.sealing_key.seal(plain, &context, randomness).map_err(refusals::internal)?)
    }

    /// Puts a signed envelope for the hub into the outbox; gives its identifier.
    ///
    /// # Errors
    /// The store.
    pub fn post(&mut self, body: Body) -> Result<Id<EnvelopeKind>, Aborted> {
        let header = Header {
            federation: self.membership.federation.clone(),
            id: self.app.new_id(),
            sender: Party::Node(self.membership.me),
            recipient: Party::Hub,
            sent_at_ms: self.at.as_millisecond(),
        };
        let id = header.id;
        // What is said about handovers is handed on as it was said; a report is known by its bytes.
        let is_handed_on = matches!(body, Body::Command(_));
        let sight = self.app.link.heads().sight().filter(|_| is_handed_on);
        let envelope = Envelope::sign_seeing(header, (body, sight), &self.membership.keys.signer);
        let row = OutboxRow { envelope: id, bytes: envelope.encode(), created: self.at };
        outbox::push(self.transaction, &row)?;
        Ok(id)
    }

    /// A handover this node offered.
    ///
    /// # Errors
    /// `handover-unknown`; the store.
    pub fn outgoing(&self, id: Id<HandoverKind>) -> Result<Outgoing, Aborted> {
        handovers::outgoing(self.transaction, id)?
            .ok_or_else(|| refusals::unknown("handover-unknown").with("id", id).into())
    }

    /// A handover this node was offered.
    ///
    /// # Errors
    /// `handover-unknown`; the store.
    pub fn incoming(&self, id: Id<HandoverKind>) -> Result<Incoming, Aborted> {
        handovers::incoming(self.transaction, id)?
            .ok_or_else(|| refusals::unknown("handover-unknown").with("id", id).into())
    }

    /// Writes a handover this node offered.
    ///
    /// # Errors
    /// The store.
    pub fn keep_outgoing(&mut self, outgoing: &Outgoing) -> Result<(), Aborted> {
        Ok(handovers::put_outgoing(self.transaction, outgoing)?)
    }

    /// Writes a handover this node was offered.
    ///
    /// # Errors
    /// The store.
    pub fn keep_incoming(&mut self, incoming: &Incoming) -> Result<(), Aborted> {
        Ok(handovers::put_incoming(self.transaction, incoming, self.membership.me)?)
    }

    /// Writes into the journal what the node did to a trip by itself, for those who follow it.
    ///
    /// # Errors
    /// The store.
    pub fn note(&mut self, kind: &'static str, trip: &Trip) -> Result<(), Aborted> {
        let subjects = std::iter::once(Subject::Trip(trip.id()))
            .chain(trip.person().map(Subject::Person))
            .chain(trip.volunteer().map(Subject::Volunteer));
        self.note_event(kind, subjects.collect())
    }

    /// Writes into the journal what the node did to a handover by itself.
    ///
    /// # Errors
    /// The store.
    pub fn note_handover(&mut self, kind: &'static str, handover: Id<HandoverKind>) -> Result<(), Aborted> {
        self.note_event(kind, vec![Subject::Handover(handover)])
    }

    fn note_event(&mut self, kind: &'static str, subjects: Vec<Subject>) -> Result<(), Aborted> {
        events::record(self.transaction, NewEvent { at: self.at, kind, subjects, actor: Actor::Platform })?;
        Ok(())
    }
}
