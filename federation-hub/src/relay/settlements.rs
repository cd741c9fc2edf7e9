//! Letters about months: handed on between two members that have an agreement, bounded, and not read. Facts in, ruling out.
//! It must never read a clock, a store or a generator.

use maillage_federation::{
    agreement::Agreement,
    envelope::{Body, Envelope, Header, Party},
    ids::{Id, NodeKind},
    limits, settlement,
};

use super::arbiter::{Arbiter, Stands};
use crate::{
    refusals::{self, Reason},
    store::{About, Facts, NewLetter, Post, Ruling},
};

impl Arbiter {
    /// Hands a letter on to the other of the two, with the envelope as its sender has signed it.
    pub(crate) fn hand_on(
        &self,
        envelope: &Envelope,
        sender: Id<NodeKind>,
        letter: &settlement::Letter,
        facts: &Facts,
    ) -> Ruling {
        if let Err(reason) = self.may_hand_on(letter.with, facts) {
            return self.refuse(envelope, reason.code);
        }
        let header = Header {
            federation: self.federation.clone(),
            // Each envelope is handed on once, whatever it is about.
            id: self.envelope_id(envelope.header.id.to_array(), 0),
            sender: Party::Hub,
            recipient: Party::Node(letter.with),
            sent_at_ms: self.now_ms,
        };
        let body = Body::SettlementNotice(Box::new(envelope.clone()));
        let letter = NewLetter {
            to: letter.with,
            about: About::Settlement { from: sender, to: letter.with },
            caused_by: Some(sender),
            envelope: Envelope::sign(header, body, &self.signer).encode(),
        };
        Ruling {
            post: vec![Post::Letter(letter)],
            receipt: self.receipt(envelope, None, Stands::default()),
            ..Ruling::default()
        }
    }

    fn may_hand_on(&self, to: Id<NodeKind>, facts: &Facts) -> Result<(), Reason> {
        if self.members.live(to).is_none() {
            return Err(refusals::SETTLEMENT_NO_SUCH_MEMBER);
        }
        let agreed = |agreement: &Agreement| !agreement.versions.is_empty();
        if !facts.agreements.values().any(agreed) {
            return Err(refusals::SETTLEMENT_NO_AGREEMENT);
        }
        if facts.letters_waiting >= limits::SETTLEMENTS_WAITING {
            return Err(refusals::SETTLEMENT_TOO_MANY);
        }
        Ok(())
    }
}
