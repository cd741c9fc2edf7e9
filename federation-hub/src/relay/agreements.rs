//! Agreements as the arbiter rules on them: facts in, ruling out, by the one machine of `maillage-federation`. The other of
//! the two is told, with the command as it was signed. It must never read a clock, a store or a generator.

use jiff::{Timestamp, civil::Date};
use maillage_federation::{
    agreement::{self, Action, Agreement, AgreementNotice, Command, Refused, Step},
    envelope::{Body, Envelope, Header, Party},
    ids::{Id, NodeKind},
    month::paris,
};

use super::arbiter::{Arbiter, Stands};
use crate::store::{About, Facts, NewLetter, Post, Ruling};

impl Arbiter {
    /// Decides a command about an agreement.
    pub(crate) fn agreement(
        &self,
        envelope: &Envelope,
        sender: Id<NodeKind>,
        command: &Command,
        facts: &Facts,
    ) -> Ruling {
        let known = facts.agreements.values().next();
        match self.agreed(envelope, sender, command, known) {
            Ok(step) => {
                let letter = self.told(&step, sender, envelope);
                let agreement = step.agreement;
                let stands = Stands { record: None, agreement: Some(agreement.clone()) };
                Ruling {
                    agreement: Some(agreement),
                    post: vec![Post::Letter(letter)],
                    receipt: self.receipt(envelope, None, stands),
                    ..Ruling::default()
                }
            }
            Err(refused) => {
                let stands = Stands { record: None, agreement: known.cloned() };
                Ruling { receipt: self.receipt(envelope, Some(refused.code()), stands), ..Ruling::default() }
            }
        }
    }

    /// Takes in what a member gives back after a restore, as far as the two have signed it. The answer stands in place of a receipt: the agreement, or nothing.
    pub(crate) fn give_agreement_back(
        &self,
        by: Id<NodeKind>,
        presented: &Agreement,
        facts: &Facts,
    ) -> Ruling {
        let none = Agreement::nothing(presented.pair);
        let known = facts.agreements.values().next();
        let before = known.unwrap_or(&none);
        let key_of = |node| self.members.nodes.get(&node).map(|member| member.entry.signing_key);
        let believed = self.epoch.since_ms.is_some() && presented.prove(&self.federation, key_of).is_ok();
        let Some(next) = believed.then(|| before.given_back(presented)).flatten() else {
            return Ruling { receipt: known.map(Agreement::encode).unwrap_or_default(), ..Ruling::default() };
        };
        let news = next.news_of(before, by).map(|(kind, cause)| {
            let step = Step { agreement: next.clone(), to: next.pair.other(by), kind };
            Post::Letter(self.told(&step, by, cause))
        });
        Ruling {
            post: news.into_iter().collect(),
            receipt: next.encode(),
            agreement: Some(next),
            ..Ruling::default()
        }
    }

    fn agreed(
        &self,
        envelope: &Envelope,
        sender: Id<NodeKind>,
        command: &Command,
        known: Option<&Agreement>,
    ) -> Result<Step, Refused> {
        let binds = matches!(command.action, Action::Propose(_) | Action::Accept(_));
        if binds && self.members.live(command.with).is_none() {
            return Err(Refused::NoSuchMember);
        }
        agreement::decide(known, sender, command, envelope, self.today())
    }

    fn today(&self) -> Date {
        Timestamp::from_millisecond(self.now_ms).unwrap_or_default().to_zoned(paris()).date()
    }

    fn told(&self, step: &Step, sender: Id<NodeKind>, cause: &Envelope) -> NewLetter {
        let Step { agreement, to, kind } = step;
        let about = About::Agreement(agreement.pair, *kind);
        let header = Header {
            federation: self.federation.clone(),
            id: self.envelope_id(about.topic(), agreement.revision),
            sender: Party::Hub,
            recipient: Party::Node(*to),
            sent_at_ms: self.now_ms,
        };
        let notice = AgreementNotice { agreement: agreement.clone(), kind: *kind, cause: cause.clone() };
        let envelope = Envelope::sign(header, Body::AgreementNotice(Box::new(notice)), &self.signer);
        NewLetter { to: *to, about, caused_by: Some(sender), envelope: envelope.encode() }
    }
}
