//! A hub without network: the real arbiter over a map, receipts by envelope, one mailbox per node. Whatever it has said
//! stays in the mailboxes, so that a test can deliver it late, twice, or to somebody else.

use std::{collections::BTreeMap, sync::Arc};

use maillage_federation::{
    accounts::Declared,
    agreement::{self, Agreement, AgreementNotice, Pair},
    directory::{Directory, Entry, Head},
    envelope::{Body, Envelope, HandoverNotice, Header, Party, Receipt},
    handover::{
        Action, Circumstances, Command, Eligible, NoticeKind, Offer, Record, Refused, State, Step, Thread,
        check_agreement, decide, elapse, is_partner,
    },
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind},
    name::FederationName,
    settlement,
    signing::Signer,
    statistics::{Report, Withdrawal},
};
use maillage_geography::Geography;
use maillage_platform::{
    clock::{Clock as _, ManualClock},
    random::{self, SeededEntropy},
};
use maillage_proto::federation::v1 as proto;

/// The hub of a test.
pub(crate) struct Hub {
    pub(crate) federation: FederationName,
    pub(crate) signer: Signer,
    pub(crate) directory: Directory,
    pub(crate) threads: BTreeMap<Id<HandoverKind>, Thread>,
    pub(crate) agreements: BTreeMap<Pair, Agreement>,
    pub(crate) mail: BTreeMap<Id<NodeKind>, Vec<Envelope>>,
    pub(crate) reports: Vec<(Id<NodeKind>, Report)>,
    pub(crate) withdrawals: Vec<(Id<NodeKind>, Withdrawal)>,
    /// Declarations about years, with the bytes of their envelopes.
    pub(crate) accounts: Vec<(Declared, Vec<u8>)>,
    /// Offers as signed, by handover.
    offers: BTreeMap<Id<HandoverKind>, Envelope>,
    receipts: BTreeMap<Id<EnvelopeKind>, proto::Receipt>,
    clock: Arc<ManualClock>,
    entropy: SeededEntropy,
}

impl Hub {
    pub(crate) fn new(entries: Vec<Entry>, clock: Arc<ManualClock>) -> Self {
        let head = Head::default().followed_by(&[0; 32]);
        let nodes = entries.into_iter().map(|entry| (entry.node, entry)).collect();
        Self {
            federation: "essai".parse().unwrap(),
            signer: Signer::from_seed(&[99; 32]),
            directory: Directory { head, nodes },
            threads: BTreeMap::new(),
            agreements: BTreeMap::new(),
            mail: BTreeMap::new(),
            reports: Vec::new(),
            withdrawals: Vec::new(),
            accounts: Vec::new(),
            offers: BTreeMap::new(),
            receipts: BTreeMap::new(),
            clock,
            entropy: SeededEntropy::new(99),
        }
    }

    /// Takes an envelope as the real hub does: the same envelope again gets the same answer.
    pub(crate) fn submit(&mut self, bytes: &[u8]) -> proto::Receipt {
        let envelope = Envelope::decode(bytes).unwrap();
        if let Some(receipt) = self.receipts.get(&envelope.header.id) {
            return receipt.clone();
        }
        let Party::Node(sender) = envelope.header.sender else { panic!("not from a node") };
        let key = self.directory.nodes[&sender].signing_key;
        let receipt = match envelope.verify(&self.federation, &key).unwrap() {
            Body::Command(command) => self.command(&envelope, sender, &command),
            Body::Report(report) => {
                self.reports.push((sender, report));
                self.receipt(&envelope, None, None)
            }
            Body::Withdrawal(withdrawal) => {
                self.withdrawals.push((sender, withdrawal));
                self.receipt(&envelope, None, None)
            }
            Body::Accounts(declared) => {
                let refused = self.refuses(&declared);
                if refused.is_none() && self.accounts.iter().all(|(known, _)| *known != declared) {
                    self.accounts.push((declared, bytes.to_vec()));
                }
                Receipt { refused: refused.map(str::to_owned), ..self.receipt(&envelope, None, None) }
            }
            Body::Agreement(command) => self.agreement(&envelope, sender, &command),
            Body::Settlement(letter) => self.hand_on(&envelope, sender, &letter),
            Body::Notice(_) | Body::AgreementNotice(_) | Body::SettlementNotice(_) => {
                panic!("a node says a notice")
            }
        };
        let receipt = receipt.sign(&self.signer);
        self.receipts.insert(envelope.header.id, receipt.clone());
        receipt
    }

    /// What time does to every handover.
    pub(crate) fn let_time_pass(&mut self) {
        for handover in self.threads.keys().copied().collect::<Vec<_>>() {
            self.elapse(handover);
        }
    }

    /// Where a handover stands.
    pub(crate) fn record(&self, handover: Id<HandoverKind>) -> Option<&Record> {
        self.threads.get(&handover).map(|thread| &thread.record)
    }

    /// State of a handover the hub knows.
    pub(crate) fn state(&self, handover: Id<HandoverKind>) -> State {
        self.record(handover).unwrap().state
    }

    /// A letter of the hub, signed; it is in no mailbox.
    pub(crate) fn letter(
        &self,
        to: Id<NodeKind>,
        record: Record,
        kind: NoticeKind,
        cause: Option<Envelope>,
    ) -> Envelope {
        let header = Header {
            federation: self.federation.clone(),
            id: Id::new(self.now_ms().unsigned_abs(), random::bytes(&self.entropy)),
            sender: Party::Hub,
            recipient: Party::Node(to),
            sent_at_ms: self.now_ms(),
        };
        let notice = HandoverNotice { record, kind, cause };
        Envelope::sign(header, Body::Notice(Box::new(notice)), &self.signer)
    }

    fn command(&mut self, envelope: &Envelope, sender: Id<NodeKind>, command: &Command) -> Receipt {
        self.elapse(command.handover);
        let thread = self.threads.get(&command.handover);
        let offer = match &command.action {
            Action::Offer(offer) => Some(offer),
            Action::Bid(_)
            | Action::Unbid
            | Action::Award { .. }
            | Action::Withdraw(_)
            | Action::Accept
            | Action::Refuse(_)
            | Action::Release(_)
            | Action::Cancel
            | Action::Outcome(_)
            | Action::Word(_)
            | Action::AskChange { .. }
            | Action::AnswerChange { .. } => thread.map(|thread| &thread.offer),
        };
        let mut eligible = offer.map(|offer| self.eligible(offer)).unwrap_or_default();
        if let Action::Offer(offer @ Offer { agreed_only: true, .. }) = &command.action {
            eligible.retain(|node, _| is_partner(self.agreed(sender, *node), *node, offer));
        }
        let circumstances = Circumstances { now_ms: self.now_ms(), eligible: &eligible };
        let decided = decide(thread, sender, command, &circumstances).and_then(|step| {
            if let (Action::Bid(bid), Some(offer)) = (&command.action, offer) {
                let agreement = self.agreed(step.thread.record.origin, sender);
                check_agreement(agreement, sender, bid, offer)?;
            }
            Ok(step)
        });
        let refused = match decided {
            Ok(step) => {
                if matches!(command.action, Action::Offer(_)) {
                    self.offers.insert(command.handover, envelope.clone());
                }
                self.take(command.handover, step, Some(envelope));
                None
            }
            Err(refused) => Some(refused),
        };
        let record = self.record(command.handover).map(|record| match refused {
            None => record.as_answered_to(sender),
            Some(_) => record.as_told_to(sender),
        });
        self.receipt(envelope, refused, record)
    }

    fn agreed(&self, one: Id<NodeKind>, other: Id<NodeKind>) -> Option<&Agreement> {
        self.agreements.get(&Pair::of(one, other)?)
    }

    fn agreement(
        &mut self,
        envelope: &Envelope,
        sender: Id<NodeKind>,
        command: &agreement::Command,
    ) -> Receipt {
        let today = self.clock.now().to_zoned(maillage_federation::month::paris()).date();
        let known = self.agreed(sender, command.with).cloned();
        let none = self.receipt(envelope, None, None);
        match agreement::decide(known.as_ref(), sender, command, envelope, today) {
            Ok(agreement::Step { agreement, to, kind }) => {
                let letter = self.agreement_letter(to, agreement.clone(), kind, envelope.clone());
                self.mail.entry(to).or_default().push(letter);
                self.agreements.insert(agreement.pair, agreement.clone());
                Receipt { agreement: Some(agreement), ..none }
            }
            Err(refused) => Receipt { refused: Some(refused.code().to_owned()), agreement: known, ..none },
        }
    }

    fn hand_on(&mut self, envelope: &Envelope, sender: Id<NodeKind>, letter: &settlement::Letter) -> Receipt {
        let none = self.receipt(envelope, None, None);
        if self.agreed(sender, letter.with).is_none_or(|agreement| agreement.versions.is_empty()) {
            return Receipt { refused: Some("settlement-no-agreement".to_owned()), ..none };
        }
        let notice = self.settlement_letter(letter.with, envelope.clone());
        self.mail.entry(letter.with).or_default().push(notice);
        none
    }

    /// A letter about a month, signed; it is in no mailbox.
    pub(crate) fn settlement_letter(&self, to: Id<NodeKind>, cause: Envelope) -> Envelope {
        let header = Header {
            federation: self.federation.clone(),
            id: Id::new(self.now_ms().unsigned_abs(), random::bytes(&self.entropy)),
            sender: Party::Hub,
            recipient: Party::Node(to),
            sent_at_ms: self.now_ms(),
        };
        Envelope::sign(header, Body::SettlementNotice(Box::new(cause)), &self.signer)
    }

    /// A letter about an agreement, signed; it is in no mailbox.
    pub(crate) fn agreement_letter(
        &self,
        to: Id<NodeKind>,
        agreement: Agreement,
        kind: agreement::NoticeKind,
        cause: Envelope,
    ) -> Envelope {
        let header = Header {
            federation: self.federation.clone(),
            id: Id::new(self.now_ms().unsigned_abs(), random::bytes(&self.entropy)),
            sender: Party::Hub,
            recipient: Party::Node(to),
            sent_at_ms: self.now_ms(),
        };
        let notice = AgreementNotice { agreement, kind, cause };
        Envelope::sign(header, Body::AgreementNotice(Box::new(notice)), &self.signer)
    }

    fn elapse(&mut self, handover: Id<HandoverKind>) {
        while let Some(step) = self.threads.get(&handover).and_then(|thread| elapse(thread, self.now_ms())) {
            self.take(handover, step, None);
        }
    }

    fn take(&mut self, handover: Id<HandoverKind>, step: Step, cause: Option<&Envelope>) {
        let record = step.thread.record.clone();
        for notice in step.notices {
            let cause = if notice.kind == NoticeKind::Offered {
                self.offers.get(&handover).cloned()
            } else {
                cause.filter(|_| notice.with_cause).cloned()
            };
            let letter = self.letter(notice.to, record.as_told_to(notice.to), notice.kind, cause);
            self.mail.entry(notice.to).or_default().push(letter);
        }
        self.threads.insert(handover, step.thread);
    }

    /// Why a declaration is refused, by the rule of the real hub: nothing else under a revision, and none below the newest.
    fn refuses(&self, declared: &Declared) -> Option<&'static str> {
        let of_year =
            || self.accounts.iter().map(|(known, _)| known).filter(|known| known.year == declared.year);
        match of_year().find(|known| known.revision == declared.revision) {
            Some(known) => (known != declared).then_some("accounts-already-received"),
            None => of_year().any(|known| known.revision > declared.revision).then_some("accounts-stale"),
        }
    }

    fn receipt(&self, envelope: &Envelope, refused: Option<Refused>, record: Option<Record>) -> Receipt {
        Receipt {
            envelope: envelope.header.id,
            refused: refused.map(|refused| refused.code().to_owned()),
            record,
            agreement: None,
            hub_epoch: 1,
            decided_at_ms: self.now_ms(),
        }
    }

    fn eligible(&self, offer: &Offer) -> Eligible {
        let ends = || offer.legs.iter().flat_map(|leg| [leg.pickup, leg.dropoff]);
        let near = |entry: &Entry| {
            let circle = entry.reach.circle(offer.origin_territory, ends(), Geography::embedded())?;
            Some((entry.node, circle))
        };
        self.directory.nodes.values().filter_map(near).collect()
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}
