//! What can happen next: people, programs, the wire, the clock. It must offer everything that a real run could do within
//! the bound, in an order that depends on the state alone.

use std::sync::Arc;

use maillage_domain::handover::{IncomingStanding, TakeBack};
use maillage_federation::handover::{NoticeKind, WithdrawReason};

use crate::{
    Handover, Trouble,
    hub::HubStep,
    memo::{Kept, Memo},
    scene::{LAST_TICK, Party},
    state::{Answer, CandidateSide, HubSide, Letter, Line, OriginSide, Post, Row, Said, Say, World},
};

/// Steps that were taken before.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    hub: Memo<Arc<Ruling>>,
    origin: Memo<Option<Kept<OriginSide>>>,
    candidate: Memo<Option<Kept<CandidateSide>>>,
}

/// What the hub did, with its post by node.
#[derive(Debug)]
struct Ruling {
    hub: Kept<HubSide>,
    answer: Option<Answer>,
    post: Vec<(Party, Kept<Vec<Post>>)>,
}

/// What the hub is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Asked {
    Command(Party, Said),
    Time,
    Revocation(Party),
}

/// A step of one part, as it is told from others.
#[derive(Debug, Clone, Hash)]
enum Part<'a> {
    Does(Act),
    Takes(&'a Kept<Vec<Post>>),
    IsAnswered(usize, &'a Answer),
    Reads { auto: bool, tick: u8 },
    Crashes { recalled: bool },
    IsRevoked,
}

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// A: this node carries it.
    Award(Party),
    /// A: it is to be ours again.
    TakeBack,
    /// A: the person does not travel.
    PersonCancels,
    /// A candidate proposes to carry it.
    Bid(Party),
    /// A candidate takes its bid back: its driver can no longer.
    LoseDriver(Party),
    /// A candidate takes what it was awarded.
    Accept(Party),
    /// A candidate does not take what it was awarded.
    Refuse(Party),
    /// A holder gives it back.
    Release(Party),
    /// A driver of this node sets out, and the person is on board.
    SetOut(Party),
    /// That driver arrives.
    Arrive(Party),
    /// A copy of a command reaches the hub: the first, or one more. By its place in the outbox.
    Heard(Party, usize),
    /// The receipt of a command reaches its node.
    Answered(Party, usize),
    /// A letter leaves the mailbox.
    Sent(Party),
    /// A letter is applied; A offers again by itself what was given back.
    Read(Party),
    /// A letter is applied; A asks its coordinator, who takes back what was given back.
    ReadAndAsk,
    /// The node's program ends and starts again, or its line is cut.
    Crash(Party),
    /// Time passes, and the hub looks at its deadlines. That it may look later makes no difference: its letters are read
    /// later, and it looks before it decides anything.
    Tick,
    /// The hub revokes a node.
    Revoke(Party),
}

impl Handover {
    /// What may happen in a state, as far as it leads anywhere else than what is left out:
    /// - A node that can do nothing but read its next letter reads it at once: that commutes with whatever others do.
    /// - Once the handover is final at the hub, no node has anything to do with another any more: they come to their ends
    ///   one after the other. What two of them could do at once is looked at by `invariants`, from what each could do.
    pub(crate) fn possible(&self, world: &World, acts: &mut Vec<Act>) {
        let live = || Party::ALL.into_iter().filter(|party| world.is_live(*party));
        if let Some(party) = live().find(|party| self.only_reads(world, *party)) {
            acts.push(Act::Read(party));
            return;
        }
        let is_final = world.is_final();
        for party in live() {
            let before = acts.len();
            self.of_node(world, party, acts);
            if is_final && acts.iter().skip(before).any(|act| self.after(world, *act).is_some()) {
                return;
            }
        }
        if world.tick < LAST_TICK && !is_final {
            acts.push(Act::Tick);
        }
        if self.bound.has(Trouble::Revocation) && world.hub.revoked.is_none() && !is_final {
            acts.push(Act::Revoke(Party::B));
        }
    }

    /// What a node may do, and what may come to it or from it. Not everything of it leads anywhere: whether a trip can be
    /// driven is for the real trip to say.
    pub(crate) fn of_node(&self, world: &World, party: Party, acts: &mut Vec<Act>) {
        self.by_itself(world, party, acts);
        self.on_the_line(world, party, acts);
    }

    /// Whether a node has a letter to read and can do nothing else before. An award is not read at once: the hub may take it
    /// back. Nor is what was given back: until when it is offered again depends on the hour at which it is read. What may be
    /// revoked is not hurried.
    fn only_reads(&self, world: &World, party: Party) -> bool {
        let Line { outbox, mail, air } = world.line(party);
        let letter = air.as_ref().or_else(|| mail.first());
        let calm = outbox.is_empty() && !(self.bound.has(Trouble::Revocation) && party == Party::B);
        let waits = |letter: &Letter| matches!(letter.kind, NoticeKind::Awarded | NoticeKind::Released);
        calm && letter.is_some_and(|letter| !waits(letter)) && {
            let mut own = Vec::new();
            self.by_itself(world, party, &mut own);
            own.into_iter().all(|act| self.after(world, act).is_none())
        }
    }

    fn by_itself(&self, world: &World, party: Party, acts: &mut Vec<Act>) {
        match world.candidate(party) {
            Some(candidate) => self.by_candidate(party, candidate, acts),
            None => self.by_origin(world, acts),
        }
    }

    fn by_origin(&self, world: &World, acts: &mut Vec<Act>) {
        let origin = &world.origin;
        if self.bound.holds(origin.outgoing.round) {
            let bidders = Party::CANDIDATES.into_iter();
            acts.extend(bidders.filter(|party| origin.may_award(&self.scene, *party)).map(Act::Award));
        }
        let asked = origin.line.says(|say| matches!(say, Say::Withdraw { .. }));
        if !asked && origin.way_back(self.rules) != TakeBack::Impossible {
            acts.push(Act::TakeBack);
        }
        if self.bound.has(Trouble::Cancellation) && !origin.trip.status.is_closed() {
            acts.push(Act::PersonCancels);
        }
        acts.extend([Act::SetOut(Party::A), Act::Arrive(Party::A)]);
    }

    fn by_candidate(&self, party: Party, candidate: &CandidateSide, acts: &mut Vec<Act>) {
        let Some(incoming) = &candidate.incoming else { return };
        let in_bound = self.bound.holds(incoming.record.round) && self.bound.bidders.contains(&party);
        let lost = candidate.lost_in == Some(incoming.record.round);
        let may_again = !lost || self.bound.has(Trouble::AnotherDriver);
        let open = in_bound && may_again && incoming.bid.is_none() && incoming.may_bid(self.scene.at);
        let answered = incoming.accepted_round == Some(incoming.record.round);
        if self.bound.has(Trouble::LostDriver(party)) && !lost {
            acts.push(Act::LoseDriver(party));
        }
        match incoming.standing(party.id()) {
            IncomingStanding::Candidate if open => acts.push(Act::Bid(party)),
            IncomingStanding::Chosen { .. } if !answered => {
                if incoming.details.is_some() {
                    acts.push(Act::Accept(party));
                }
                if incoming.refused_round != Some(incoming.record.round) {
                    acts.push(Act::Refuse(party));
                }
            }
            IncomingStanding::Ours if !candidate.line.says(|say| say == Say::Release) => {
                acts.push(Act::Release(party));
            }
            IncomingStanding::Candidate
            | IncomingStanding::Chosen { .. }
            | IncomingStanding::Ours
            | IncomingStanding::Done
            | IncomingStanding::Cancelled
            | IncomingStanding::Over => {}
        }
        acts.extend([Act::SetOut(party), Act::Arrive(party)]);
    }

    fn on_the_line(&self, world: &World, party: Party, acts: &mut Vec<Act>) {
        let Line { outbox, mail, air } = world.line(party);
        // A real courier carries one command at a time.
        let carried = if self.bound.has(Trouble::AnyOrder) { outbox.len() } else { 1 };
        for (place, row) in outbox.iter().enumerate().take(carried) {
            if row.answer.is_none() || !row.coming {
                acts.push(Act::Heard(party, place));
            }
            if row.coming {
                acts.push(Act::Answered(party, place));
            }
        }
        let first = air.as_ref().or_else(|| mail.first());
        if air.is_none() && self.bound.has(Trouble::Wire) && first.is_some() {
            acts.push(Act::Sent(party));
        }
        if let Some(letter) = first.filter(|_| air.is_some() || !self.bound.has(Trouble::Wire)) {
            acts.push(Act::Read(party));
            if party == Party::A && letter.kind == NoticeKind::Released {
                acts.push(Act::ReadAndAsk);
            }
        }
        let on_its_way = air.is_some() || outbox.iter().any(|row| row.coming);
        if self.bound.has(Trouble::Wire) && on_its_way {
            acts.push(Act::Crash(party));
        }
    }

    /// The state after a step; none if it changes nothing.
    pub(crate) fn after(&self, world: &World, act: Act) -> Option<World> {
        let next = match act {
            Act::Award(_)
            | Act::TakeBack
            | Act::PersonCancels
            | Act::SetOut(Party::A)
            | Act::Arrive(Party::A) => self.origin_does(world, act),
            Act::Bid(party)
            | Act::LoseDriver(party)
            | Act::Accept(party)
            | Act::Refuse(party)
            | Act::Release(party)
            | Act::SetOut(party)
            | Act::Arrive(party) => self.candidate_does(world, party, act),
            Act::Heard(party, place) => self.heard(world, party, place),
            Act::Answered(party, place) => self.answered(world, (party, place)),
            Act::Sent(party) => self.on_line(world, party, &Part::Does(act), |line| {
                line.air = Some(line.mail.remove(0));
            }),
            Act::Read(party) => self.read(world, party, true),
            Act::ReadAndAsk => self.read(world, Party::A, false),
            Act::Crash(party) => {
                let entitled = world.record().and_then(|record| record.state.entitled());
                let recalled = entitled != Some(party.id());
                self.on_line(world, party, &Part::Crashes { recalled }, |line| line.crash(recalled))
            }
            Act::Tick => {
                let next = World { tick: world.tick + 1, ..world.clone() };
                Some(self.hub_does(&next, Asked::Time).0)
            }
            Act::Revoke(party) => {
                let next = self.on_line(world, party, &Part::IsRevoked, |line| *line = Line::default())?;
                Some(self.hub_does(&next, Asked::Revocation(party)).0)
            }
        }?;
        (next != *world).then_some(next)
    }

    fn origin_does(&self, world: &World, act: Act) -> Option<World> {
        let (scene, rules) = (&self.scene, self.rules);
        self.of_origin(world, &Part::Does(act), |origin| {
            let done = match act {
                Act::Award(winner) => origin.award(scene, rules, winner),
                Act::TakeBack => origin.take_back(scene, rules, WithdrawReason::Coordinator),
                Act::PersonCancels => origin.person_cancels(scene, rules),
                Act::SetOut(_) => origin.set_out(scene),
                Act::Arrive(_) => origin.arrive(scene),
                Act::Bid(_)
                | Act::LoseDriver(_)
                | Act::Accept(_)
                | Act::Refuse(_)
                | Act::Release(_)
                | Act::Heard(..)
                | Act::Answered(..)
                | Act::Sent(_)
                | Act::Read(_)
                | Act::ReadAndAsk
                | Act::Crash(_)
                | Act::Tick
                | Act::Revoke(_) => return None,
            };
            done.ok()
        })
    }

    fn candidate_does(&self, world: &World, party: Party, act: Act) -> Option<World> {
        let (scene, rules) = (&self.scene, self.rules);
        self.of_candidate(world, party, &Part::Does(act), |candidate| {
            let done = match act {
                Act::Bid(_) => candidate.bid(scene),
                Act::LoseDriver(_) => candidate.lose_driver(party),
                Act::Accept(_) => candidate.accept(scene, party),
                Act::Refuse(_) => candidate.refuse(scene, rules, party),
                Act::Release(_) => candidate.release(scene, party),
                Act::SetOut(_) => candidate.set_out(scene),
                Act::Arrive(_) => candidate.arrive(scene, party),
                Act::Award(_)
                | Act::TakeBack
                | Act::PersonCancels
                | Act::Heard(..)
                | Act::Answered(..)
                | Act::Sent(_)
                | Act::Read(_)
                | Act::ReadAndAsk
                | Act::Crash(_)
                | Act::Tick
                | Act::Revoke(_) => return None,
            };
            done.ok()
        })
    }

    /// A copy of a command reaches the hub. The same command again gets the same answer and moves nothing: mirrors
    /// `store::embedded::settlement::answered`.
    fn heard(&self, world: &World, party: Party, place: usize) -> Option<World> {
        let row = world.line(party).outbox.get(place)?;
        let (next, answer) = if let Some(answer) = &row.answer {
            (world.clone(), answer.clone())
        } else {
            let (next, answer) = self.hub_does(world, Asked::Command(party, row.said));
            (next, answer?)
        };
        self.on_line(&next, party, &Part::IsAnswered(place, &answer), |line| {
            if let Some(row) = line.outbox.get_mut(place) {
                row.answer = Some(answer.clone());
                row.coming = true;
            }
        })
    }

    /// The hub is asked something, and its post gets into the mailboxes. Nobody reads what is for a revoked node.
    fn hub_does(&self, world: &World, asked: Asked) -> (World, Option<Answer>) {
        let ruling = self.steps.hub.answer(&(&world.hub, world.tick, asked), || {
            Arc::new(self.ruling(&world.hub, world.tick, asked))
        });
        let mut next = World { hub: ruling.hub.clone(), ..world.clone() };
        for (party, post) in &ruling.post {
            let take = |line: &mut Line| post.iter().for_each(|post| line.post(post));
            if next.is_live(*party)
                && let Some(taken) = self.on_line(&next, *party, &Part::Takes(post), take)
            {
                next = taken;
            }
        }
        (next, ruling.answer.clone())
    }

    fn ruling(&self, hub: &HubSide, tick: u8, asked: Asked) -> Ruling {
        let mut step = HubStep::begin(hub);
        match asked {
            Asked::Command(sender, said) => {
                // Another round than the first is only as if.
                let round = if hub.thread.is_none() { 1 } else { said.round };
                step.hear(&self.scene, self.rules, tick, (sender, Said { round, ..said }));
            }
            Asked::Time => step.let_time_pass(tick),
            Asked::Revocation(party) => {
                step.hub.revoked = Some(party);
                step.let_time_pass(tick);
            }
        }
        if hub.thread.is_none() {
            step.age(self.bound.first_round);
        }
        let HubStep { hub, post, answer } = step;
        let of = |party| post.iter().filter(move |(to, _)| *to == party).map(|(_, post)| post.clone());
        let post = Party::ALL.map(|party| (party, Kept::new(of(party).collect())));
        let post = post.into_iter().filter(|(_, post)| !Vec::is_empty(post)).collect();
        Ruling { hub: Kept::new(hub), answer, post }
    }

    /// A receipt is applied in one transaction with the removal of its row. Mirrors `receipts::take`: what a rule will
    /// not have is put aside, and nothing else of the transaction is kept.
    fn answered(&self, world: &World, (party, place): (Party, usize)) -> Option<World> {
        let Row { said, answer, coming: true } = world.line(party).outbox.get(place)? else { return None };
        let (answer, part) = (answer.as_ref()?, Part::Does(Act::Answered(party, place)));
        let (scene, rules) = (&self.scene, self.rules);
        if party == Party::A {
            return self.of_origin(world, &part, |origin| {
                origin.line.outbox.remove(place);
                let mut kept = origin.clone();
                if kept.answered(scene, rules, *said, answer).is_ok() {
                    *origin = kept;
                }
                Some(())
            });
        }
        self.of_candidate(world, party, &part, |candidate| {
            candidate.line.outbox.remove(place);
            let mut kept = candidate.clone();
            if kept.answered((scene, rules), party, *said, answer).is_ok() {
                *candidate = kept;
            }
            Some(())
        })
    }

    /// A letter is applied in one transaction with the mark that it was. Mirrors `notices::take`: what a rule will not
    /// have is passed over, and nothing else of the transaction is kept. A letter that comes once more finds its mark and
    /// changes nothing, so that it is not modelled.
    fn read(&self, world: &World, party: Party, auto: bool) -> Option<World> {
        let (scene, rules, tick) = (&self.scene, self.rules, world.tick);
        if party == Party::A {
            return self.of_origin(world, &Part::Reads { auto, tick }, |origin| {
                let letter = next_letter(&mut origin.line)?;
                let mut kept = origin.clone();
                if kept.read(scene, rules, (&letter, auto), tick).is_ok() {
                    *origin = kept;
                }
                Some(())
            });
        }
        self.of_candidate(world, party, &Part::Reads { auto, tick: 0 }, |candidate| {
            let letter = next_letter(&mut candidate.line)?;
            let mut kept = candidate.clone();
            if kept.read(scene, rules, party, &letter).is_ok() {
                *candidate = kept;
            }
            Some(())
        })
    }

    fn on_line(
        &self,
        world: &World,
        party: Party,
        part: &Part<'_>,
        does: impl FnOnce(&mut Line),
    ) -> Option<World> {
        if party == Party::A {
            return self.of_origin(world, part, |origin| {
                does(&mut origin.line);
                Some(())
            });
        }
        self.of_candidate(world, party, part, |candidate| {
            does(&mut candidate.line);
            Some(())
        })
    }

    fn of_origin(
        &self,
        world: &World,
        part: &Part<'_>,
        does: impl FnOnce(&mut OriginSide) -> Option<()>,
    ) -> Option<World> {
        let origin = self.steps.origin.answer(&(&world.origin, part), || {
            let mut origin = OriginSide::clone(&world.origin);
            does(&mut origin)?;
            origin.normalise();
            Some(Kept::new(origin))
        })?;
        Some(World { origin, ..world.clone() })
    }

    fn of_candidate(
        &self,
        world: &World,
        party: Party,
        part: &Part<'_>,
        does: impl FnOnce(&mut CandidateSide) -> Option<()>,
    ) -> Option<World> {
        let side = world.candidate(party)?;
        let side = self.steps.candidate.answer(&(side, party, part), || {
            let mut candidate = CandidateSide::clone(side);
            does(&mut candidate)?;
            Some(Kept::new(candidate))
        })?;
        Some(world.with_candidate(party, side))
    }
}

/// The letter that is being read, or the first of the mailbox.
fn next_letter(line: &mut Line) -> Option<Letter> {
    line.air.take().or_else(|| (!line.mail.is_empty()).then(|| line.mail.remove(0)))
}
