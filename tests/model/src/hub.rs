//! The hub: the real machine, with the thinnest possible mirror of what the arbiter and its store do around it. It must
//! decide nothing by itself that the machine decides.

use maillage_federation::handover::{
    Circumstances, Notice, NoticeKind, Record, Refused, State, Step, Thread, decide, dismiss, elapse,
};

use crate::{
    Break, Rules,
    scene::{Party, Scene, now_ms, timeless},
    state::{Answer, HubSide, Letter, Post, Said, Say},
};

/// What the hub did: itself after it, and its post.
#[derive(Debug, Clone)]
pub(crate) struct HubStep {
    /// The hub after it.
    pub hub: HubSide,
    /// Its post, in order.
    pub post: Vec<(Party, Post)>,
    /// The receipt, if it was said something.
    pub answer: Option<Answer>,
}

impl HubStep {
    /// Nothing yet.
    pub(crate) fn begin(hub: &HubSide) -> Self {
        Self { hub: hub.clone(), post: Vec::new(), answer: None }
    }

    /// Takes a command that was not heard before. Mirrors `relay::arbiter::Arbiter::command`.
    pub(crate) fn hear(&mut self, scene: &Scene, rules: Rules, tick: u8, from: (Party, Said)) {
        let (sender, said) = from;
        self.let_time_pass(tick);
        let refused = match self.hub.judge(scene, rules, tick, from) {
            Ok(step) => {
                let round = self.hub.thread.as_ref().map(|thread| thread.record.round);
                self.hub.moved_by_stale |= round.is_some_and(|round| round != said.round);
                self.take(step, Some((sender, said)));
                false
            }
            Err(_) => true,
        };
        // Everybody in the model is a party.
        let record = self.hub.thread.as_ref().map(|Thread { record, .. }| {
            let (told, answered) = (record.as_told_to(sender.id()), record.as_answered_to(sender.id()));
            timeless(if refused { &told } else { &answered })
        });
        self.answer = Some(Answer { refused, record });
    }

    /// What time and revocations do. Mirrors `relay::arbiter::Arbiter::after_time`.
    pub(crate) fn let_time_pass(&mut self, tick: u8) {
        while let Some(step) = self.hub.due(tick) {
            self.take(step, None);
        }
    }

    /// A handover that has just been opened, as if it had gone through many rounds before: so that the last ones are in
    /// reach.
    pub(crate) fn age(&mut self, round: u32) {
        let letters = self.post.iter_mut().filter_map(|(_, post)| match post {
            Post::Letter(letter) => Some(&mut letter.record),
            Post::RecallAwards => None,
        });
        let answer = self.answer.iter_mut().filter_map(|answer| answer.record.as_mut());
        let thread = self.hub.thread.iter_mut().map(|thread| &mut thread.record);
        for record in letters.chain(answer).chain(thread) {
            record.round = round;
            record.revision += u64::from(round - 1) * STEPS_OF_A_ROUND;
        }
    }

    /// Takes a step. Mirrors `relay::arbiter::Arbiter::take` and `letter`.
    fn take(&mut self, step: Step, cause: Option<(Party, Said)>) {
        let Step { mut thread, notices } = step;
        normalise(&mut thread, self.hub.thread.as_ref().map(|before| &before.record));
        let had = self.hub.thread.as_ref().and_then(|before| before.record.state.entitled());
        if let Some(node) = had
            && thread.record.state.entitled() != Some(node)
            && let Some(party) = Party::of(node)
        {
            self.post.push((party, Post::RecallAwards));
        }
        // Who is asked late is shown what the origin said.
        let offer =
            Said { round: thread.record.round, what: Say::Offer { reply_by_ms: thread.offer.reply_by_ms } };
        for Notice { to, kind, with_cause } in notices {
            let Some(party) = Party::of(to) else { continue };
            let said = if kind == NoticeKind::Offered {
                Some(offer)
            } else {
                cause.filter(|_| with_cause).map(|(_, said)| said)
            };
            let letter = Letter {
                kind,
                record: timeless(&thread.record.as_told_to(to)),
                caused_by: cause.map(|(sender, _)| sender),
                cause: said,
            };
            self.post.push((party, Post::Letter(letter)));
        }
        self.hub.thread = Some(thread);
    }
}

impl HubSide {
    /// What is due by time or revocation. Mirrors `relay::arbiter::Arbiter::by_itself`.
    pub fn due(&self, tick: u8) -> Option<Step> {
        let thread = self.thread.as_ref()?;
        let gone = |node| self.revoked.is_some_and(|revoked| revoked.id() == node);
        dismiss(thread, now_ms(tick), gone).or_else(|| elapse(thread, now_ms(tick)))
    }

    /// What comes of a command as things stand. Mirrors `relay::arbiter::Arbiter::decide`.
    ///
    /// # Errors
    /// As the machine.
    pub fn judge(
        &self,
        scene: &Scene,
        rules: Rules,
        tick: u8,
        (sender, said): (Party, Said),
    ) -> Result<Step, Refused> {
        if let Say::Award { winner } = said.what
            && self.revoked == Some(winner)
        {
            return Err(Refused::NoLiveBid);
        }
        let asks_who_may = matches!(said.what, Say::Offer { .. } | Say::Bid);
        let may = Party::ALL.into_iter().filter(|party| asks_who_may && self.revoked != Some(*party));
        let eligible = scene.eligible(may);
        let circumstances = Circumstances { now_ms: now_ms(tick), eligible: &eligible };
        let mut command = scene.command(&said);
        let Some(thread) = &self.thread else {
            return decide(None, sender.id(), &command, &circumstances);
        };
        if rules.are_broken_by(Break::RoundIgnored) {
            command.round = thread.record.round;
        }
        let lapsed = as_before_the_lapse(thread, (sender, said));
        if let Some(lapsed) = lapsed.filter(|_| rules.are_broken_by(Break::AcceptAfterLapse)) {
            command.round = thread.record.round;
            return decide(Some(&lapsed), sender.id(), &command, &circumstances);
        }
        decide(Some(thread), sender.id(), &command, &circumstances)
    }
}

/// Revisions of one round, at most.
const STEPS_OF_A_ROUND: u64 = 10;

/// Takes out what no future depends on: bids of what is not open any more, and how many steps of no consequence led to
/// where a handover stands. Revisions rise with every step all the same.
fn normalise(thread: &mut Thread, before: Option<&Record>) {
    let bids = thread.bids.len() as u64;
    let (step, open) = match thread.record.state {
        State::Released => (1, false),
        State::Open => (2 + bids, true),
        State::Awarded { .. } => (5, true),
        State::Held { .. } => (6, false),
        State::Withdrawn | State::Expired | State::Cancelled { .. } => (7, false),
        State::Done { .. } => (8, false),
    };
    if !open {
        thread.bids.clear();
    }
    let next = before.map_or(0, |before| before.revision + 1);
    thread.record.revision = (u64::from(thread.record.round) * STEPS_OF_A_ROUND + step).max(next);
}

/// For the broken rule alone: the thread as if the award that an acceptance means had not lapsed.
fn as_before_the_lapse(thread: &Thread, (sender, said): (Party, Said)) -> Option<Thread> {
    let lapsed = thread.record.state == State::Open && said.round + 1 == thread.record.round;
    let state = State::Awarded { winner: sender.id(), accept_by_ms: i64::MAX };
    let record = Record { state, ..thread.record.clone() };
    (lapsed && said.what == Say::Accept).then(|| Thread { record, ..thread.clone() })
}
