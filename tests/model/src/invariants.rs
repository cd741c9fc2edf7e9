//! What must hold in every reachable state: the invariants of the handover, one property each, and that an end is always
//! within reach. It must look at states alone, never at how they came about.

use std::collections::HashSet;

use maillage_domain::{
    handover::{IncomingStanding, OutgoingStanding},
    trip::{Custody, TripStatus},
};
use maillage_federation::{
    handover::{NoticeKind, Record, State, Thread, WithdrawReason},
    ids::Id,
};
use stateright::Property;

use crate::{
    Handover, Trouble,
    memo::{Memo, hash},
    scene::{Party, Scene, reply_by_ms},
    state::{CandidateSide, HubSide, Said, Say, World},
    steps::Act,
};

/// Steps from any state to an end, at most.
const STEPS_TO_AN_END: usize = 200;

/// What was found out already: states with an end within reach, threads that nothing foreign moves.
#[derive(Debug, Default)]
pub(crate) struct Known {
    ends: Memo<()>,
    firm: Memo<bool>,
    futures: Memo<Future>,
}

/// What a node is able to come to, once the handover is final at the hub.
#[derive(Debug, Clone, Copy, Default)]
struct Future {
    drives: bool,
    has_driven: bool,
}

/// Every property.
pub(crate) fn properties() -> Vec<Property<Handover>> {
    vec![
        Property::always("1: at most one node may drive", one_may_drive),
        Property::always("2: somebody accountable owns the trip", |_, world| somebody_owns_it(world)),
        Property::always("2: who has been told everything knows whose it is", |model, world| {
            Party::ALL.into_iter().all(|party| knows_whose(model, world, party))
        }),
        Property::always("2: an end is within reach", an_end_is_within_reach),
        Property::always("3: identity is known to whom it was awarded, as long as it is", |_, world| {
            identity_is_kept(world)
        }),
        Property::always("3: losers do not learn who won", |_, world| losers_learn_nothing(world)),
        Property::always("4: a trip is driven and counted once", counted_once),
        Property::always("5: a stale command has changed nothing", |_, world: &World| {
            !world.hub.moved_by_stale
        }),
        Property::always("5: no stale or foreign command would", nothing_foreign_moves_it),
        Property::sometimes("a neighbour drives, and both know", |_, world: &World| {
            world.origin.trip.status == driven() && world.origin.trip.custody != Custody::Local
        }),
        Property::sometimes("what was taken back is driven at home", |_, world: &World| {
            world.origin.trip.status == driven() && world.origin.trip.custody == Custody::Local
        }),
        Property::sometimes("what was given back is carried by another", |_, world: &World| {
            let done = State::Done { holder: Party::C.id() };
            world.record().is_some_and(|record| record.state == done && record.round > 1)
        }),
        Property::sometimes("an award crosses a bid that is taken back", |_, world: &World| {
            let awarded = |party: &Party| {
                let to = |record: &Record| matches!(record.state, State::Awarded { winner, .. } if winner == party.id());
                world.record().is_some_and(to) && world.line(*party).says(|say| say == Say::Unbid)
            };
            Party::CANDIDATES.iter().any(awarded)
        }),
        Property::sometimes("a drive crosses its cancellation", |_, world: &World| {
            let cancelled = |record: &Record| matches!(record.state, State::Cancelled { .. });
            world.record().is_some_and(cancelled)
                && world.b.line.says(|say| say == Say::Outcome { driven: true })
        }),
    ]
}

fn driven() -> TripStatus {
    TripStatus::Completed { loaded_m: 1, empty_m: 1 }
}

fn is_driven(status: TripStatus) -> bool {
    matches!(status, TripStatus::Completed { .. })
}

/// Never two of: A with a trip its own drivers may drive, the node that holds it by the hub's record, a node whose list
/// has it. A revoked node is none of the federation's any more.
fn one_may_drive(model: &Handover, world: &World) -> bool {
    let holder = world.record().and_then(|record| match record.state {
        State::Held { holder } => Party::of(holder),
        State::Open
        | State::Awarded { .. }
        | State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => None,
    });
    let may = |party: &Party| {
        holder == Some(*party)
            || model.may_drive(world, *party)
            || (world.is_final() && model.future(world, *party).drives)
    };
    let live = Party::ALL.into_iter().filter(|party| world.is_live(*party));
    live.filter(may).count() <= 1
}

/// The record names a node of the federation, and one that has been revoked only if all is over.
fn somebody_owns_it(world: &World) -> bool {
    let owner = world.record().map(Record::owner);
    let known = owner.is_none_or(|owner| Party::of(owner).is_some());
    let revoked = owner.is_some_and(|owner| world.hub.revoked.is_some_and(|gone| gone.id() == owner));
    known && (!revoked || is_over(world))
}

fn is_over(world: &World) -> bool {
    world
        .record()
        .is_some_and(|record| record.state.is_final() || matches!(record.state, State::Cancelled { .. }))
}

/// With nothing on its way to it or from it, a node is not wrong about whose it is: what A thinks is what the record says,
/// and a candidate thinks that it carries the trip, or is chosen, exactly if the record says so.
fn knows_whose(model: &Handover, world: &World, party: Party) -> bool {
    let line = world.line(party);
    let told = line.outbox.is_empty() && line.air.is_none() && line.mail.is_empty();
    let Some(record) = world.record().filter(|_| told && world.is_live(party)) else { return true };
    let Some(candidate) = world.candidate(party) else {
        let standing = world.origin.outgoing.standing();
        // A withdrawal that overtakes the offer finds nothing to withdraw: the hub asks in vain until the time for bids is over.
        let overtaken = model.bound.has(Trouble::AnyOrder)
            && (standing, record.state) == (OutgoingStanding::Back, State::Open);
        return overtaken || agrees(standing, record.state);
    };
    let standing = candidate.incoming.as_ref().map(|incoming| incoming.standing(party.id()));
    let chosen = matches!(standing, Some(IncomingStanding::Chosen { .. }));
    (standing == Some(IncomingStanding::Ours)) == (record.state == State::Held { holder: party.id() })
        && chosen == matches!(record.state, State::Awarded { winner, .. } if winner == party.id())
}

fn agrees(standing: OutgoingStanding, state: State) -> bool {
    match (standing, state) {
        (OutgoingStanding::Theirs { holder }, State::Held { holder: is })
        | (OutgoingStanding::Done { holder }, State::Done { holder: is }) => holder == is,
        (OutgoingStanding::Uncertain { .. }, State::Awarded { .. })
        | (OutgoingStanding::Cancelled, State::Cancelled { .. })
        | (OutgoingStanding::Back, State::Withdrawn | State::Expired)
        | (OutgoingStanding::Ours, State::Open | State::Released) => true,
        (
            OutgoingStanding::Ours
            | OutgoingStanding::Back
            | OutgoingStanding::Uncertain { .. }
            | OutgoingStanding::Theirs { .. }
            | OutgoingStanding::Cancelled
            | OutgoingStanding::Done { .. },
            _,
        ) => false,
    }
}

/// Who and where is known to nobody it was not sealed to in this round, to nobody who is neither chosen nor holder as
/// far as it knows, and to nobody who has refused or has taken its bid back; no mailbox holds it for a node that is neither.
fn identity_is_kept(world: &World) -> bool {
    let state = world.record().map(|record| record.state);
    Party::CANDIDATES.into_iter().all(|party| {
        let mail = world.line(party).mail.iter();
        let waiting = mail.filter(|letter| letter.kind == NoticeKind::Awarded).all(|letter| {
            let to = |said: Said| said.what == Say::Award { winner: party };
            letter.cause.is_some_and(to) && state.and_then(State::entitled) == Some(party.id())
        });
        waiting && world.candidate(party).is_none_or(|candidate| knows_rightly(party, candidate))
    })
}

fn knows_rightly(party: Party, candidate: &CandidateSide) -> bool {
    let Some(incoming) = &candidate.incoming else { return candidate.carried.is_empty() };
    let standing = incoming.standing(party.id());
    let holds = standing == IncomingStanding::Ours;
    let chosen = matches!(standing, IncomingStanding::Chosen { .. });
    let refused = candidate.line.says(|say| say == Say::Refuse);
    let details = incoming.details.as_ref().is_none_or(|details| {
        let for_whom = format!("{}{party:?}", incoming.record.round);
        details.driver_notes == for_whom && (holds || (chosen && !refused && incoming.bid.is_some()))
    });
    let carried = candidate.carried.iter().filter(|trip| trip.knows_passenger).all(|trip| {
        let this_round = trip.trip == Scene::carried(incoming.record.round);
        let driven = matches!(trip.status, TripStatus::PickedUp) || is_driven(trip.status);
        driven || (holds && this_round)
    });
    details && carried
}

/// No record that a candidate has, or that is on its way to one, names another candidate.
fn losers_learn_nothing(world: &World) -> bool {
    Party::CANDIDATES.into_iter().all(|party| {
        let mut clean = true;
        let mut look = |record: &Record| {
            clean &= names(record).is_none_or(|node| node == party.id() || node == Id::another());
        };
        world.line(party).each_record(&mut look);
        let incoming = world.candidate(party).and_then(|candidate| candidate.incoming.as_ref());
        if let Some(incoming) = incoming {
            look(&incoming.record);
        }
        clean
    })
}

fn names(record: &Record) -> Option<Id<maillage_federation::ids::NodeKind>> {
    match record.state {
        State::Awarded { winner: node, .. }
        | State::Held { holder: node }
        | State::Cancelled { holder: node }
        | State::Done { holder: node } => Some(node),
        State::Open | State::Released | State::Withdrawn | State::Expired => None,
    }
}

/// Driven at most once by anybody; told by A as driven only if it was, and by whom. That what was driven counts as
/// requested at A and as executed where it was is part of an end.
fn counted_once(model: &Handover, world: &World) -> bool {
    let has = |party: Party| {
        has_driven(world, party) || (world.is_final() && model.future(world, party).has_driven)
    };
    let own = world.origin.trip;
    let told = match own.custody {
        Custody::HeldBy { node, .. } if is_driven(own.status) => {
            Party::of(node).is_some_and(|party| has_driven(world, party))
        }
        Custody::Local | Custody::OfferedOut { .. } | Custody::Uncertain { .. } | Custody::HeldBy { .. } => {
            true
        }
    };
    // What a revoked node drove is in nobody's figures: it reports no more.
    let live = Party::ALL.into_iter().filter(|party| world.is_live(*party));
    told && live.filter(|party| has(*party)).count() <= 1 && drives_once(world)
}

fn has_driven(world: &World, party: Party) -> bool {
    world.candidate(party).map_or_else(
        || is_driven(world.origin.trip.status) && world.origin.trip.custody == Custody::Local,
        |candidate| candidate.carried.iter().any(|trip| is_driven(trip.status)),
    )
}

/// No node has driven it in two rounds.
fn drives_once(world: &World) -> bool {
    [&world.b, &world.c]
        .into_iter()
        .all(|candidate| candidate.carried.iter().filter(|trip| is_driven(trip.status)).count() <= 1)
}

/// Whether it has come to its end: at the hub, at A, and with everybody who carried it.
fn has_ended(model: &Handover, world: &World) -> bool {
    let own = world.origin.trip;
    // What a revoked node carries, or drove, it accounts to nobody for.
    let live = || Party::CANDIDATES.into_iter().filter(|party| world.is_live(*party));
    let executed = live().any(|party| has_driven(world, party));
    // An offer that came too late was never opened.
    (is_over(world) || world.record().is_none())
        && world.origin.outgoing.is_over()
        && own.status.is_closed()
        && !live().any(|party| model.may_drive(world, party))
        && (!executed || is_driven(own.status))
}

/// From every state, nodes and hub that do what they are there for come to an end with nobody's fault or whim.
fn an_end_is_within_reach(model: &Handover, world: &World) -> bool {
    let mut passed = Vec::new();
    let mut at = world.clone();
    loop {
        let mark = hash(&at);
        if model.known.ends.known(mark).is_some() {
            break;
        }
        passed.push(mark);
        if passed.len() > STEPS_TO_AN_END {
            return false;
        }
        match model.dutifully(&at) {
            Some(next) => at = next,
            None if has_ended(model, &at) => break,
            None => return false,
        }
    }
    for mark in passed {
        model.known.ends.learn(mark, ());
    }
    true
}

impl Handover {
    fn may_drive(&self, world: &World, party: Party) -> bool {
        let (origin, scene) = (&world.origin, &self.scene);
        world.candidate(party).map_or_else(|| origin.may_drive(scene), |candidate| candidate.may_drive(scene))
    }

    /// What a node is able to come to by itself, once the handover is final at the hub: nothing others do bears on it then,
    /// so that two nodes are able to come to it at once if each is.
    fn future(&self, world: &World, party: Party) -> Future {
        let line = (&world.origin, &world.b, &world.c);
        let side = match party {
            Party::A => hash(line.0),
            Party::B => hash(line.1),
            Party::C => hash(line.2),
        };
        self.known.futures.answer(&(party, side, &world.hub, world.tick), || {
            let (mut seen, mut todo) = (HashSet::new(), vec![world.clone()]);
            let mut future = Future::default();
            while let Some(world) = todo.pop() {
                if !seen.insert(hash(&world)) {
                    continue;
                }
                future.drives |= self.may_drive(&world, party);
                future.has_driven |= has_driven(&world, party);
                let mut acts = Vec::new();
                self.of_node(&world, party, &mut acts);
                todo.extend(acts.into_iter().filter_map(|act| self.after(&world, act)));
            }
            future
        })
    }

    /// The next step of nodes and hub that do what they are there for: deliver what is on its way, look at deadlines,
    /// take what was awarded, drive what is theirs, and otherwise let time pass.
    pub fn dutifully(&self, world: &World) -> Option<World> {
        let live = || Party::ALL.into_iter().filter(|party| world.is_live(*party));
        let try_all = |acts: &[Act]| acts.iter().find_map(|act| self.after(world, *act));
        for party in live() {
            let delivered = [Act::Answered(party, 0), Act::Heard(party, 0), Act::Read(party)];
            if let Some(next) = try_all(&delivered) {
                return Some(next);
            }
        }
        for party in live() {
            let work: &[Act] = match party {
                Party::A => &[Act::Arrive(party), Act::SetOut(party)],
                Party::B | Party::C => &[Act::Arrive(party), Act::Accept(party), Act::SetOut(party)],
            };
            if let Some(next) = try_all(work) {
                return Some(next);
            }
        }
        if world.tick < crate::scene::LAST_TICK { self.after(world, Act::Tick) } else { None }
    }
}

/// No command for another round, and none of a node that has no say in it, moves the handover.
fn nothing_foreign_moves_it(model: &Handover, world: &World) -> bool {
    model.known.firm.answer(&(world.tick, &world.hub), || is_firm(model, &world.hub, world.tick))
}

fn is_firm(model: &Handover, hub: &HubSide, tick: u8) -> bool {
    let Some(thread) = &hub.thread else { return true };
    let round = thread.record.round;
    let rounds = [round.saturating_sub(1), round, round + 1];
    let all = Party::ALL.into_iter().flat_map(|sender| rounds.map(|said_in| (sender, said_in)));
    all.into_iter().all(|(sender, said_in)| {
        let foreign = |what: &Say| said_in != round || !has_a_say(thread, sender, *what);
        everything_there_is_to_say().into_iter().filter(foreign).all(|what| {
            let said = Said { round: said_in, what };
            hub.judge(&model.scene, model.rules, tick, (sender, said)).is_err()
        })
    })
}

fn everything_there_is_to_say() -> Vec<Say> {
    let mut all = vec![Say::Bid, Say::Unbid, Say::Accept, Say::Refuse, Say::Release, Say::Cancel];
    all.extend([true, false].map(|driven| Say::Outcome { driven }));
    all.extend(Party::CANDIDATES.map(|winner| Say::Award { winner }));
    all.push(Say::Withdraw { reason: WithdrawReason::Coordinator });
    all.extend((0..=2).filter_map(reply_by_ms).map(|reply_by_ms| Say::Offer { reply_by_ms }));
    all
}

/// Who may say what as things stand, by the table of the design.
fn has_a_say(thread: &Thread, sender: Party, what: Say) -> bool {
    let (origin, is) = (sender == Party::A, thread.record.state);
    let (winner, holder) = (
        matches!(is, State::Awarded { winner, .. } if winner == sender.id()),
        is == State::Held { holder: sender.id() },
    );
    match what {
        Say::Offer { .. } => origin && is == State::Released,
        Say::Bid => !origin && is == State::Open,
        Say::Unbid => {
            let other = matches!(is, State::Awarded { .. }) && !winner;
            (is == State::Open || other) && thread.bids.contains_key(&sender.id())
        }
        Say::Award { winner } => origin && is == State::Open && thread.bids.contains_key(&winner.id()),
        Say::Withdraw { .. } => origin && matches!(is, State::Open | State::Awarded { .. } | State::Released),
        Say::Accept | Say::Refuse => winner,
        Say::Release => holder,
        Say::Cancel => origin && matches!(is, State::Held { .. }),
        Say::Outcome { .. } => holder || is == State::Cancelled { holder: sender.id() },
    }
}
