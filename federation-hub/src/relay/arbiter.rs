//! The arbiter's rules as pure functions: facts in, ruling out. It runs the one machine of `maillage-federation`,
//! writes the signed notices and the receipt, and takes back awards that came to nothing. It must never read a clock,
//! a store or a generator: everything it needs was drawn before.

use std::{collections::BTreeMap, sync::Arc};

use maillage_federation::{
    agreement::Agreement,
    envelope::{Body, Envelope, HandoverNotice, Header, Party, Receipt},
    handover::{
        self, Action, Circumstances, Command, Eligible, Notice, NoticeKind, Offer, Record, Refused, State,
        Step, Thread,
        recovery::{self, Caught, Presented, Recovery},
    },
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind},
    lives,
    name::FederationName,
    signing::Signer,
};
use maillage_geography::Geography;
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    limits,
    store::{About, Catching, Epoch, Facts, Members, NewLetter, OfferKept, Post, Ruling},
};

/// Everything a rule needs besides the facts, as it was at one instant.
#[derive(Debug)]
pub(crate) struct Arbiter {
    pub(crate) federation: FederationName,
    pub(crate) signer: Signer,
    pub(crate) epoch: Epoch,
    pub(crate) geography: &'static Geography,
    pub(crate) members: Arc<Members>,
    pub(crate) now_ms: i64,
    /// Ids of notices are derived from it.
    pub(crate) seed: [u8; 32],
}

/// What a member has agreed, by the other member.
type Agreements = BTreeMap<Id<NodeKind>, Agreement>;

/// What a receipt tells of where things stand.
#[derive(Default)]
pub(crate) struct Stands {
    pub(crate) record: Option<Record>,
    pub(crate) agreement: Option<Agreement>,
}

/// A thread on its way through one or more steps, with what is to be posted.
#[derive(Default)]
struct Progress {
    thread: Option<Thread>,
    changed: bool,
    /// A restored hub may still be behind with it.
    waiting: bool,
    recovery: Option<Recovery>,
    went_on: bool,
    /// The offer as its origin signed it, as far as it is kept or was just made.
    offer: Option<Envelope>,
    /// The one that is kept in the store.
    kept: Option<Envelope>,
    post: Vec<Post>,
    letters: u64,
}

impl Arbiter {
    /// Decides a command: first what time and revocations did, then the machine.
    pub(crate) fn command(
        &self,
        envelope: &Envelope,
        sender: Id<NodeKind>,
        command: &Command,
        facts: &Facts,
    ) -> Ruling {
        let mut progress = self.after_time(facts);
        if progress.waiting || self.may_have_forgotten(command, facts) {
            return Ruling { later: true, ..Ruling::default() };
        }
        let refused = match self.decide(progress.thread.as_ref(), sender, command, &facts.agreements) {
            Ok(step) => {
                if matches!(command.action, Action::Offer(_)) {
                    progress.offer_is(envelope.clone());
                }
                self.take(&mut progress, step, Some((sender, envelope)));
                None
            }
            Err(refused) => Some(refused.code()),
        };
        let thread = progress.thread.as_ref().filter(|thread| is_party(thread, sender));
        let record = thread.map(|Thread { record, .. }| match refused {
            None => record.as_answered_to(sender),
            Some(_) => record.as_told_to(sender),
        });
        let receipt = self.receipt(envelope, refused, Stands { record, agreement: None });
        progress.into_ruling(receipt)
    }

    /// Applies what time and revocations do.
    pub(crate) fn elapse(&self, facts: &Facts) -> Ruling {
        self.after_time(facts).into_ruling(Vec::new())
    }

    /// Refuses an envelope for a reason that no fact changes.
    pub(crate) fn refuse(&self, envelope: &Envelope, code: &str) -> Ruling {
        Ruling { receipt: self.receipt(envelope, Some(code), Stands::default()), ..Ruling::default() }
    }

    /// A signed receipt, serialised.
    pub(crate) fn receipt(&self, envelope: &Envelope, refused: Option<&str>, stands: Stands) -> Vec<u8> {
        let Stands { record, agreement } = stands;
        let receipt = Receipt {
            envelope: envelope.header.id,
            refused: refused.map(str::to_owned),
            record,
            agreement,
            hub_epoch: self.epoch.number,
            decided_at_ms: self.now_ms,
        };
        receipt.sign(&self.signer).encode_to_vec()
    }

    fn decide(
        &self,
        thread: Option<&Thread>,
        sender: Id<NodeKind>,
        command: &Command,
        agreements: &Agreements,
    ) -> Result<Step, Refused> {
        let offer = match &command.action {
            Action::Offer(offer) => {
                let territory = self.members.live(sender).map(|member| member.entry.reach.territory);
                if territory != Some(offer.origin_territory) {
                    return Err(Refused::BadTerms);
                }
                Some(offer)
            }
            Action::Award { winner, .. } if self.members.live(*winner).is_none() => {
                return Err(Refused::NoLiveBid);
            }
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
        let asks_who_may = matches!(command.action, Action::Offer(_) | Action::Bid(_));
        let eligible = match (&command.action, offer.filter(|_| asks_who_may)) {
            (Action::Offer(_), Some(offer)) => self.audience(offer, agreements),
            (_, Some(offer)) => self.eligible(offer),
            (_, None) => Eligible::new(),
        };
        let circumstances = Circumstances { now_ms: self.now_ms, eligible: &eligible };
        let step = handover::decide(thread, sender, command, &circumstances)?;
        if let (Action::Bid(bid), Some(offer)) = (&command.action, offer) {
            handover::check_agreement(agreements.get(&sender), sender, bid, offer)?;
        }
        Ok(step)
    }

    /// Whom an offer is shown to: those that can carry it, and if it says so only those that its origin has an agreement with.
    fn audience(&self, offer: &Offer, agreements: &Agreements) -> Eligible {
        let mut audience = self.eligible(offer);
        audience
            .retain(|node, _| !offer.agreed_only || handover::is_partner(agreements.get(node), *node, offer));
        audience
    }

    /// Members that could serve an offer, with the circle of each. The origin itself is left out by the machine.
    fn eligible(&self, offer: &Offer) -> Eligible {
        let ends = || offer.legs.iter().flat_map(|leg| [leg.pickup, leg.dropoff]);
        let live = self.members.nodes.iter().filter(|(_, member)| !member.entry.revoked);
        let near = live.filter_map(|(node, member)| {
            let circle = member.entry.reach.circle(offer.origin_territory, ends(), self.geography)?;
            Some((*node, circle))
        });
        near.collect()
    }

    fn after_time(&self, facts: &Facts) -> Progress {
        let (thread, recovery) = (facts.thread.clone(), facts.recovery.clone());
        let mut progress = Progress { thread, recovery, ..Progress::of_offer(facts.offer.as_ref()) };
        if let (Some(thread), Some(recovery)) = (&facts.thread, &facts.recovery)
            && recovery.is_waiting()
        {
            if !recovery::is_over(thread, recovery, self.now_ms, |node| self.is_gone(node)) {
                progress.waiting = true;
                return progress;
            }
            self.go_on(&mut progress, thread.clone(), recovery);
            self.tell_again(&mut progress);
        }
        self.let_time_pass(&mut progress);
        progress
    }

    /// The hub has caught up with a thread and decides about it again.
    fn go_on(&self, progress: &mut Progress, thread: Thread, recovery: &Recovery) {
        let (thread, recovery) = recovery::go_on(thread, recovery, lives::counters_begin(self.epoch.number));
        (progress.thread, progress.recovery) = (Some(thread), Some(recovery));
        (progress.changed, progress.went_on) = (true, true);
    }

    fn let_time_pass(&self, progress: &mut Progress) {
        while let Some(step) = progress.thread.as_ref().and_then(|thread| self.by_itself(thread)) {
            self.take(progress, step, None);
        }
    }

    /// Whether this is about a handover that a restored hub can have known once: then whoever offered it says what it is.
    fn may_have_forgotten(&self, command: &Command, facts: &Facts) -> bool {
        let begins = matches!(command.action, Action::Offer(_)) && command.round == 1;
        facts.thread.is_none() && !begins && self.can_be_forgotten()
    }

    /// Whether a handover that is not known here may have been before the restore. By the hub's own clock alone: the time in an
    /// identifier is that of the clock of some node, which may be fast.
    fn can_be_forgotten(&self) -> bool {
        let until_ms = |since_ms: i64| since_ms.saturating_add(limits::FORGOTTEN_MS);
        self.epoch.since_ms.is_some_and(|since_ms| self.now_ms < until_ms(since_ms))
    }

    fn is_gone(&self, node: Id<NodeKind>) -> bool {
        self.members.nodes.get(&node).is_some_and(|member| member.entry.revoked)
    }

    /// Takes in what a node presents after a restore. The answer stands in place of a receipt.
    pub(crate) fn present(
        &self,
        handover: Id<HandoverKind>,
        presented: &Presented,
        offer: Option<&Envelope>,
        facts: &Facts,
    ) -> Ruling {
        let behind = match (&facts.thread, &facts.recovery) {
            (Some(_), recovery) => recovery.clone(),
            (None, _) => self.can_be_forgotten().then(Recovery::default),
        };
        let Some(behind) = behind else { return shown_late((handover, presented), facts) };
        let Caught { thread, recovery } = recovery::present(facts.thread.as_ref(), &behind, presented);
        let Some(mut thread) = thread else {
            return standing((handover, presented.by), None, !self.is_nobodys(presented));
        };
        if !recovery.is_waiting() {
            return shown_late((handover, presented), facts);
        }
        if facts.thread.is_none() || thread.offer.widening.is_some() {
            let audience = self.audience(&thread.offer, &facts.agreements);
            handover::recall(&mut thread, &audience);
        }
        let mut progress = Progress::of_offer(facts.offer.as_ref());
        if let Some(offer) = offer.filter(|_| presented.by == thread.record.origin) {
            progress.offer_is(offer.clone());
        }
        if !recovery::is_over(&thread, &recovery, self.now_ms, |node| self.is_gone(node)) {
            let standing = standing((handover, presented.by), Some(&thread), true);
            if facts.thread.as_ref() == Some(&thread) && facts.recovery.as_ref() == Some(&recovery) {
                return standing;
            }
            let post = recall(facts.thread.as_ref(), &thread).into_iter().collect();
            let (offer, recovery) = (progress.until_told(), Some(Catching::Kept(recovery)));
            return Ruling { thread: Some(thread), recovery, post, offer, ..standing };
        }
        progress.post.extend(recall(facts.thread.as_ref(), &thread));
        self.go_on(&mut progress, thread, &recovery);
        if facts.recovery.as_ref().is_some_and(|before| !before.is_waiting()) {
            self.correct(&mut progress, presented.by);
        }
        self.tell_again(&mut progress);
        self.let_time_pass(&mut progress);
        let standing = standing((handover, presented.by), progress.thread.as_ref(), false);
        progress.into_ruling(standing.receipt)
    }

    /// Whether the only node that could say what a handover is about is no member, and never presents it: it was enrolled after the
    /// backup, or is revoked.
    fn is_nobodys(&self, presented: &Presented) -> bool {
        presented.record.as_ref().is_some_and(|record| self.members.live(record.origin).is_none())
    }

    /// The hub had gone on too early: the origin, which was told so, is told where things stand.
    fn correct(&self, progress: &mut Progress, by: Id<NodeKind>) {
        let Some(record) = progress.thread.as_ref().map(|thread| thread.record.clone()) else { return };
        if record.origin == by {
            return;
        }
        progress.letters += 1;
        let notice = Notice { to: record.origin, kind: correction(record.state), with_cause: false };
        progress.post.push(Post::Letter(self.letter(notice, &record, None, progress.letters)));
    }

    /// Candidates may never have heard of an offer that the hub had forgotten, and hear late of one of its backup that is closed
    /// by now: the letters that told them so are lost. Once nobody presents it any more, nobody waits for it either.
    fn tell_again(&self, progress: &mut Progress) {
        let Some(thread) = progress.thread.clone() else { return };
        let (origin, state) = (thread.record.origin, thread.record.state);
        if self.now_ms >= recovery::given_up_ms(&thread) || (thread.is_offered() && self.is_gone(origin)) {
            return;
        }
        let offer = progress.offer.clone();
        let cause = offer.as_ref().map(|offer| (origin, offer));
        let kind = match (thread.is_offered(), &cause) {
            (true, Some(_)) => NoticeKind::Offered,
            // Who knows it hears of the round.
            (true, None) if state == State::Open => NoticeKind::Reopened,
            (true, None) => return,
            (false, _) => NoticeKind::Closed,
        };
        let named = state.entitled().or(state.holder());
        for to in thread.audience.iter().filter(|to| Some(**to) != named && !self.is_gone(**to)) {
            progress.letters += 1;
            let notice = Notice { to: *to, kind, with_cause: kind == NoticeKind::Offered };
            progress.post.push(Post::Letter(self.letter(notice, &thread.record, cause, progress.letters)));
        }
    }

    /// What becomes of a thread without anybody's word: its node was revoked, or time passed.
    fn by_itself(&self, thread: &Thread) -> Option<Step> {
        let dismissed = handover::dismiss(thread, self.now_ms, |node| self.is_gone(node));
        dismissed.or_else(|| handover::elapse(thread, self.now_ms))
    }

    /// Takes a step: awards that came to nothing go, notices are written.
    fn take(&self, progress: &mut Progress, step: Step, cause: Option<(Id<NodeKind>, &Envelope)>) {
        let Step { mut thread, notices } = step;
        // What a node may have read of it before a restore is older.
        let begins = lives::counters_begin(self.epoch.number);
        thread.record.revision = thread.record.revision.max(begins);
        progress.post.extend(recall(progress.thread.as_ref(), &thread));
        // Who is shown an offer late is shown what its origin signed, not what made it be shown now.
        let origin = thread.record.origin;
        for notice in notices {
            progress.letters += 1;
            let cause = if notice.kind == NoticeKind::Offered {
                progress.offer.as_ref().map(|offer| (origin, offer))
            } else {
                cause
            };
            let letter = self.letter(notice, &thread.record, cause, progress.letters);
            progress.post.push(Post::Letter(letter));
        }
        progress.thread = Some(thread);
        progress.changed = true;
    }

    fn letter(
        &self,
        notice: Notice,
        record: &Record,
        cause: Option<(Id<NodeKind>, &Envelope)>,
        number: u64,
    ) -> NewLetter {
        let Notice { to, kind, with_cause } = notice;
        let enclosed = cause.filter(|_| with_cause).map(|(_, envelope)| envelope.clone());
        let header = Header {
            federation: self.federation.clone(),
            id: self.envelope_id(record.handover.to_array(), number),
            sender: Party::Hub,
            recipient: Party::Node(to),
            sent_at_ms: self.now_ms,
        };
        let body =
            Body::Notice(Box::new(HandoverNotice { record: record.as_told_to(to), kind, cause: enclosed }));
        NewLetter {
            to,
            about: About::Handover(record.handover, kind),
            caused_by: cause.map(|(sender, _)| sender),
            envelope: Envelope::sign(header, body, &self.signer).encode(),
        }
    }

    /// Ids that repeat when the rule is run again with the same seed, and never otherwise.
    pub(super) fn envelope_id(&self, topic: [u8; 16], number: u64) -> Id<EnvelopeKind> {
        let mut hasher = blake3::Hasher::new_keyed(&self.seed);
        hasher.update(&topic).update(&number.to_le_bytes());
        let mut random = [0; 10];
        random.copy_from_slice(hasher.finalize().as_bytes().split_at(10).0);
        Id::new(u64::try_from(self.now_ms).unwrap_or(0), random)
    }
}

impl Progress {
    fn of_offer(kept: Option<&Envelope>) -> Self {
        Self { offer: kept.cloned(), kept: kept.cloned(), ..Self::default() }
    }

    fn offer_is(&mut self, offer: Envelope) {
        self.offer = Some(offer);
    }

    /// An offer is kept as long as it may be shown to others.
    fn to_keep(&self, thread: &Thread) -> Option<OfferKept> {
        match &self.offer {
            _ if thread.later.is_empty() => self.kept.is_some().then_some(OfferKept::NoLonger),
            Some(offer) if self.offer != self.kept => Some(OfferKept::As(offer.clone())),
            Some(_) | None => None,
        }
    }

    /// The offer is needed until the hub goes on, for those who are told of it then.
    fn until_told(&self) -> Option<OfferKept> {
        let offer = self.offer.as_ref().filter(|_| self.offer != self.kept);
        offer.map(|offer| OfferKept::As(offer.clone()))
    }

    fn into_ruling(self, receipt: Vec<u8>) -> Ruling {
        let changed = self.thread.as_ref().filter(|_| self.changed);
        let offer = changed.and_then(|thread| self.to_keep(thread));
        let recovery = match (self.recovery, &self.thread) {
            (Some(recovery), Some(thread)) if recovery.is_behind_us(thread) => Some(Catching::Over),
            (Some(recovery), Some(_)) if self.went_on => Some(Catching::Kept(recovery)),
            (_, _) => None,
        };
        let thread = self.thread.filter(|_| self.changed);
        Ruling { thread, offer, recovery, later: self.waiting, post: self.post, receipt, ..Ruling::default() }
    }
}

/// What an origin is told of where its handover really stands. An account is only said to have been given: it was sealed, and the
/// hub no longer has it.
fn correction(state: State) -> NoticeKind {
    match state {
        State::Open => NoticeKind::Reopened,
        State::Awarded { .. } => NoticeKind::Awarded,
        State::Held { .. } => NoticeKind::Accepted,
        State::Released => NoticeKind::Released,
        State::Withdrawn => NoticeKind::Closed,
        State::Expired => NoticeKind::Expired,
        State::Cancelled { .. } => NoticeKind::Cancelled,
        State::Done { .. } => NoticeKind::Outcome,
    }
}

/// The answer to a presentation, in place of a receipt. As long as another node may know better, nothing is said of what is
/// offered: the two may have agreed on other times.
fn standing(
    (handover, node): (Id<HandoverKind>, Id<NodeKind>),
    thread: Option<&Thread>,
    waiting: bool,
) -> Ruling {
    let thread = thread.filter(|thread| is_party(thread, node));
    let standing = proto::Standing {
        handover_id: handover.to_bytes(),
        waiting,
        record: thread.map(|thread| thread.record.as_told_to(node).into()),
        offer: thread.filter(|_| !waiting).map(|thread| thread.offer.clone().into()),
    };
    Ruling { receipt: standing.encode_to_vec(), ..Ruling::default() }
}

/// Who presents what the hub had told it has been shown the offer, however late it comes.
fn shown_late((handover, presented): (Id<HandoverKind>, &Presented), facts: &Facts) -> Ruling {
    let thread = facts.thread.as_ref().map(|thread| recovery::shown(thread, presented));
    let standing = standing((handover, presented.by), thread.as_ref(), false);
    let thread = thread.filter(|thread| facts.thread.as_ref() != Some(thread));
    let offer = thread.as_ref().and_then(|thread| Progress::of_offer(facts.offer.as_ref()).to_keep(thread));
    Ruling { thread, offer, ..standing }
}

/// Who may be told where a handover stands.
fn is_party(thread: &Thread, node: Id<NodeKind>) -> bool {
    thread.record.origin == node || thread.audience.contains(&node)
}

/// Takes back what still waits for a node that carries the trip no more.
fn recall(before: Option<&Thread>, after: &Thread) -> Option<Post> {
    let node = no_longer_awarded(before, after)?;
    let accounted = matches!(after.record.state, State::Done { .. } | State::Cancelled { .. });
    Some(Post::Recall { node, handover: after.record.handover, words: !accounted })
}

/// The node that had the award or the trip before a step and has neither after it: its copy of the sealed details is
/// of no use to it any more.
fn no_longer_awarded(before: Option<&Thread>, after: &Thread) -> Option<Id<NodeKind>> {
    let had = before?.record.state.entitled()?;
    (after.record.state.entitled() != Some(had)).then_some(had)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use maillage_federation::{
        envelope::{Body, Envelope, Header, Party},
        handover::{Action, Command, Eligible, Offer, OfferedLeg},
        ids::Id,
        needs::Needs,
        signing::Signer,
    };
    use maillage_geography::Geography;

    use super::Arbiter;
    use crate::store::{Epoch, Facts, Post};

    fn arbiter(seed: u8) -> Arbiter {
        Arbiter {
            federation: "essai".parse().unwrap(),
            signer: Signer::from_seed(&[1; 32]),
            epoch: Epoch { number: 1, since_ms: None },
            geography: Geography::embedded(),
            members: Arc::default(),
            now_ms: 1_767_000_000_000,
            seed: [seed; 32],
        }
    }

    fn letters(posts: &[Post]) -> Vec<Vec<u8>> {
        let letters = posts.iter().filter_map(|post| match post {
            Post::Letter(letter) => Some(letter.envelope.clone()),
            Post::Recall { .. } => None,
        });
        letters.collect()
    }

    /// An adapter that compares and swaps runs a rule until nobody came in between.
    #[test]
    fn a_rule_run_again_on_the_same_facts_gives_the_same_ruling_to_the_byte() {
        let (origin, winner) = (Id::new(1, [1; 10]), Id::new(2, [2; 10]));
        let leg = OfferedLeg::rounded(
            ("81004".parse().unwrap(), "81065".parse().unwrap()),
            (1_768_000_000_000, 1_768_003_600_000),
            31_000,
        );
        let offer = Offer {
            origin_territory: "200034031".parse().unwrap(),
            legs: vec![leg],
            seats: 1,
            needs: Needs::none(),
            reply_by_ms: 1_766_000_000_000,
            accept_within_s: 600,
            agreed_only: false,
            widening: None,
            goes_with: None,
        };
        let record = maillage_federation::handover::Record {
            handover: Id::new(3, [3; 10]),
            origin,
            state: maillage_federation::handover::State::Awarded { winner, accept_by_ms: 1_766_500_000_000 },
            round: 1,
            reply_by_ms: offer.reply_by_ms,
            revision: 4,
            circle: None,
        };
        let thread = maillage_federation::handover::Thread {
            record,
            offer,
            bids: std::collections::BTreeMap::new(),
            audience: [winner].into(),
            later: Eligible::new(),
            change: None,
            words: 0,
        };
        let facts = Facts { thread: Some(thread), ..Facts::default() };
        let command = Command { handover: Id::new(3, [3; 10]), round: 1, action: Action::Accept };
        let header = Header {
            federation: "essai".parse().unwrap(),
            id: Id::new(4, [4; 10]),
            sender: Party::Node(winner),
            recipient: Party::Hub,
            sent_at_ms: 0,
        };
        let envelope = Envelope::sign(header, Body::Command(command.clone()), &Signer::from_seed(&[2; 32]));
        let ruling = |seed| arbiter(seed).command(&envelope, winner, &command, &facts);
        let (first, again, other) = (ruling(1), ruling(1), ruling(2));
        assert_eq!(letters(&first.post), letters(&again.post));
        assert_eq!((first.receipt, first.thread), (again.receipt, again.thread.clone()));
        assert_ne!(letters(&again.post), letters(&other.post), "and other ids with another seed");
        // The lapse and the expiry it uncovers: origin and winner are told of both.
        assert_eq!(letters(&again.post).len(), 4);
        assert!(matches!(again.post.first(), Some(Post::Recall { node, .. }) if *node == winner));
    }
}
