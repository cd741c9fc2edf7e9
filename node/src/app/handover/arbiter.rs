//! This node as the arbiter of what it offers to partners without a node: the same machine that the hub runs, inside the
//! transaction of whoever speaks. What it tells a partner waits until it is given out; what it tells this node is taken as
//! the hub's own notices are. Must never say to a partner who travels: an award holds nothing until it is given out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use maillage_domain::handover::{Happening, Moment, Outgoing};
use maillage_engine::View;
use maillage_federation::{
    envelope::HandoverNotice,
    handover::{self, Action, Circumstances, Command, Notice, Offer, Refused, Step},
    ids::{HandoverKind, Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    handovers, moments,
    partners::{self, PartnerNotice, PartnerThread},
};

use super::{
    Desk,
    notices::{self, Heard, Opened},
    settle::settle_outgoing,
};
use crate::app::{Aborted, refusals};

/// Publishes an offer to partners: from now on this node is its arbiter.
///
/// # Errors
/// As the machine refuses; the store.
pub(super) fn publish(
    desk: &mut Desk<'_, '_>,
    handover: Id<HandoverKind>,
    offer: Offer,
    asked: BTreeSet<Id<NodeKind>>,
) -> Result<(), Aborted> {
    let command = Command { handover, round: 1, action: Action::Offer(offer) };
    let circumstances = Circumstances { now_ms: desk.at.as_millisecond(), eligible: &asked };
    let step = handover::decide(None, desk.membership.me, &command, &circumstances).map_err(refused)?;
    let kept = PartnerThread { thread: step.thread.clone(), asked, fares: std::collections::BTreeMap::new() };
    let revision = step.thread.record.revision;
    take(desk, kept, step, &Cause::Own)?;
    own_line(desk, (handover, revision), Happening::Offered)
}

/// Decides what this node says about one of its own offers to partners.
///
/// # Errors
/// As the machine refuses, by its own codes; the store.
pub(super) fn decide_own(
    desk: &mut Desk<'_, '_>,
    kept: PartnerThread,
    command: &Command,
    what: &Happening,
) -> Result<(), Aborted> {
    let step = decided(desk, &kept, desk.membership.me, command)?;
    let revision = step.thread.record.revision;
    take(desk, kept, step, &Cause::Own)?;
    own_line(desk, (command.handover, revision), what.clone())
}

/// Whether this node may say something about one of its own offers to partners, before anything is written.
///
/// # Errors
/// As [`decide_own`].
pub(super) fn may_say(desk: &Desk<'_, '_>, kept: &PartnerThread, command: &Command) -> Result<(), Aborted> {
    decided(desk, kept, desk.membership.me, command).map(|_| ())
}

/// Decides what a partner says.
///
/// # Errors
/// As the machine refuses, by its own codes; the store.
pub(in crate::app) fn decide_theirs(
    desk: &mut Desk<'_, '_>,
    mut kept: PartnerThread,
    partner: Id<NodeKind>,
    (command, told): (Command, Told),
) -> Result<(), Aborted> {
    let step = decided(desk, &kept, partner, &command)?;
    if let (Action::Bid(_), Told::Fare(fare)) = (&command.action, &told) {
        kept.fares.remove(&partner);
        kept.fares.extend(fare.map(|cents| (partner, cents)));
    }
    let opened = match told {
        Told::Nothing | Told::Fare(_) => Opened::Nothing,
        Told::Outcome(outcome) => Opened::Outcome(outcome),
        Told::Word(word) => Opened::Word(word),
    };
    take(desk, kept, step, &Cause::Theirs { partner, command: &command, opened: &opened })
}

/// What a partner's command says beside itself.
#[derive(Debug, Clone)]
pub(in crate::app) enum Told {
    /// Nothing.
    Nothing,
    /// What a bid would cost, in cents.
    Fare(Option<u32>),
    /// What became of the trip.
    Outcome(handover::OutcomeDetails),
    /// A word for this desk.
    Word(handover::Word),
}

/// Lets time act on what is due. Gives how many handovers moved.
///
/// # Errors
/// The store.
pub(super) fn elapse(desk: &mut Desk<'_, '_>) -> Result<usize, Aborted> {
    let mut moved = 0;
    for id in due(desk.transaction, desk.at)? {
        let mut any = false;
        // A lapse can uncover an expiry.
        while let Some(kept) = partners::thread(desk.transaction, id)?
            && let Some(step) = handover::elapse(&kept.thread, desk.at.as_millisecond())
        {
            take(desk, kept, step, &Cause::Time)?;
            any = true;
        }
        moved += usize::from(any);
    }
    Ok(moved)
}

/// Handovers to partners that time alone moves now.
///
/// # Errors
/// The store.
pub(super) fn due(view: &dyn View, at: Timestamp) -> Result<Vec<Id<HandoverKind>>, Aborted> {
    let mut due = Vec::new();
    for outgoing in handovers::open_outgoing(view)? {
        let kept = partners::thread(view, outgoing.handover)?;
        let since = kept.and_then(|kept| handover::due_at_ms(&kept.thread));
        if since.is_some_and(|since| since <= at.as_millisecond()) {
            due.push(outgoing.handover);
        }
    }
    Ok(due)
}

/// Why something moved.
enum Cause<'a> {
    /// This node said so.
    Own,
    /// A partner said so.
    Theirs { partner: Id<NodeKind>, command: &'a Command, opened: &'a Opened },
    /// Time has passed.
    Time,
}

fn decided(
    desk: &Desk<'_, '_>,
    kept: &PartnerThread,
    sender: Id<NodeKind>,
    command: &Command,
) -> Result<Step, Aborted> {
    let eligible = eligible(desk.transaction, kept)?;
    let circumstances = Circumstances { now_ms: desk.at.as_millisecond(), eligible: &eligible };
    Ok(handover::decide(Some(&kept.thread), sender, command, &circumstances).map_err(refused)?)
}

/// Of the partners that were asked, those that could still carry it.
fn eligible(view: &dyn View, kept: &PartnerThread) -> Result<BTreeSet<Id<NodeKind>>, Aborted> {
    let mut eligible = BTreeSet::new();
    for id in &kept.asked {
        if partners::find(view, *id)?.is_some_and(|partner| partner.can_serve(&kept.thread.offer)) {
            eligible.insert(*id);
        }
    }
    Ok(eligible)
}

/// Keeps a step, notes what partners have to be told, and tells this node what it has to know.
fn take(
    desk: &mut Desk<'_, '_>,
    mut kept: PartnerThread,
    step: Step,
    cause: &Cause<'_>,
) -> Result<(), Aborted> {
    let Step { thread, notices } = step;
    let record = thread.record.clone();
    kept.fares.retain(|partner, _| thread.bids.contains_key(partner));
    kept.thread = thread;
    partners::put_thread(desk.transaction, &kept)?;
    let me = desk.membership.me;
    for Notice { to, kind, .. } in notices.iter().filter(|notice| notice.to != me) {
        let notice = PartnerNotice {
            partner: *to,
            handover: record.handover,
            revision: record.revision,
            round: record.round,
            kind: *kind,
            at_ms: desk.at.as_millisecond(),
        };
        partners::note(desk.transaction, &notice)?;
    }
    if matches!(cause, Cause::Own) {
        return learn(desk, record);
    }
    for Notice { kind, .. } in notices.iter().filter(|notice| notice.to == me) {
        let (command, opened) = match cause {
            Cause::Theirs { partner, command, opened } => {
                (Some((*partner, Command::clone(command))), Opened::clone(opened))
            }
            Cause::Own | Cause::Time => (None, Opened::Nothing),
        };
        let heard = Heard {
            proof: None,
            sent_at_ms: desk.at.as_millisecond(),
            notice: HandoverNotice { record: record.clone(), kind: *kind, cause: None },
            cause: command,
            opened,
        };
        notices::apply(desk, &heard)?;
    }
    Ok(())
}

/// What this node said itself is known to it at once.
fn learn(desk: &mut Desk<'_, '_>, record: handover::Record) -> Result<(), Aborted> {
    let mut outgoing: Outgoing = desk.outgoing(record.handover)?;
    outgoing.learn(record);
    outgoing.last_refusal = None;
    settle_outgoing(desk, &mut outgoing)?;
    desk.keep_outgoing(&outgoing)
}

fn own_line(
    desk: &mut Desk<'_, '_>,
    (handover, revision): (Id<HandoverKind>, u64),
    what: Happening,
) -> Result<(), Aborted> {
    let moment = Moment { handover, revision, at: desk.at, by: Some(desk.membership.me), what };
    Ok(moments::put(desk.transaction, &moment)?)
}

fn refused(refused: Refused) -> Refusal {
    refusals::conflict(refused.code())
}
