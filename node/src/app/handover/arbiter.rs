//! This node as the arbiter of what it offers to partners without a node: the same machine that the hub runs, inside the
//! transaction of whoever speaks. What it tells a partner waits until it is given out; what it tells this node is taken as
//! the hub's own notices are. Must never say to a partner who travels: an award holds nothing until it is given out.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use maillage_domain::handover::{Happening, Moment, Outgoing};
use maillage_engine::View;
use maillage_federation::{
    envelope::HandoverNotice,
    handover::{
        self, Action, Circumstances, Command, Eligible, Notice, NoticeKind, Offer, Refused, State, Step,
    },
    ids::{HandoverKind, Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    handovers, lives, moments,
    partners::{self, PartnerNotice, PartnerThread},
};

use super::{
    Desk,
    notices::{self, Heard, Opened},
    recovery,
    settle::settle_outgoing,
};
use crate::app::{Aborted, App, refusals};

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
    let eligible = handover::all_at_once(asked.iter().copied());
    let circumstances = Circumstances { now_ms: desk.at.as_millisecond(), eligible: &eligible };
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

/// Whether this node may choose a bidder, before anything is written: of a neighbour only what the directory knows, for the
/// hub decides; of a partner everything.
///
/// # Errors
/// `desk-unknown`; as [`decide_own`].
pub(super) fn may_award(desk: &Desk<'_, '_>, winner: Id<NodeKind>, command: &Command) -> Result<(), Aborted> {
    match partners::thread(desk.transaction, command.handover)? {
        Some(kept) => decided(desk, &kept, desk.membership.me, command).map(|_| ()),
        None if desk.app.link.directory().nodes.get(&winner).is_none_or(|entry| entry.revoked) => {
            Err(refusals::unknown("desk-unknown").into())
        }
        None => Ok(()),
    }
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

/// Lets time act on every handover to partners that is due, each in a transaction of its own: one that cannot be moved holds up
/// no other. Asked for before anything is decided or told that hangs on a deadline.
///
/// # Errors
/// The store.
pub(in crate::app) async fn elapse(app: &Arc<App>) -> Result<(), Refusal> {
    for id in app.read(|app, view| due(view, app.now()))? {
        let moved = app.transact("handover.elapse", move |app, transaction| {
            let mut desk = Desk::open(app, transaction)?;
            // A lapse can uncover an expiry.
            while let Some(kept) = partners::thread(desk.transaction, id)?
                && let Some(step) = timed(desk.transaction, &kept, desk.at)?
            {
                take(&mut desk, kept, step, &Cause::Time)?;
            }
            Ok(())
        });
        match moved.await {
            Err(refusal) if notices::is_of_the_rules(&refusal) => {
                let reason = refusal.reason();
                tracing::error!(handover = %id, reason, "time cannot move a handover: passed over");
            }
            settled => settled?,
        }
    }
    Ok(())
}

/// Handovers to partners that time alone moves now; none for a node that does not know yet where its handovers stand, and none of
/// those that somebody has to ask a partner about.
fn due(view: &dyn View, at: Timestamp) -> Result<Vec<Id<HandoverKind>>, Aborted> {
    let mut due = Vec::new();
    if recovery::is_to_reconcile(view)? {
        return Ok(due);
    }
    for outgoing in handovers::open_outgoing(view)? {
        // A partner may hold what looks open here: no deadline ends it before somebody has asked.
        if is_in_doubt(view, outgoing.handover)? {
            continue;
        }
        match partners::thread(view, outgoing.handover) {
            Ok(Some(kept)) if timed(view, &kept, at)?.is_some() => due.push(outgoing.handover),
            Ok(_) => {}
            Err(error) => {
                tracing::error!(handover = %outgoing.handover, %error, "a handover to partners is passed over");
            }
        }
    }
    Ok(due)
}

/// What moves without anybody's word: a deadline that has passed, or a chosen partner that is not active any more. What one
/// holds stays with it: who travels counts on that.
fn timed(view: &dyn View, kept: &PartnerThread, at: Timestamp) -> Result<Option<Step>, Aborted> {
    let elapsed = handover::elapse(&kept.thread, at.as_millisecond());
    if let (None, State::Awarded { winner, .. }) = (&elapsed, kept.thread.record.state)
        && partners::find(view, winner)?.is_none_or(|partner| !partner.active)
    {
        let mut dismissed = handover::dismiss(&kept.thread, at.as_millisecond(), |node| node == winner);
        if let Some(step) = &mut dismissed {
            // It may know who travels: it has to know as well that it does not drive.
            step.notices.insert(0, Notice { to: winner, kind: NoticeKind::Lapsed, with_cause: false });
        }
        return Ok(dismissed);
    }
    Ok(elapsed)
}

/// What a restored node has to ask its partners: of none of these does anybody else keep where they stand.
///
/// # Errors
/// The store.
pub(super) fn in_doubt(desk: &Desk<'_, '_>) -> Result<Vec<Id<HandoverKind>>, Aborted> {
    let mut doubtful = Vec::new();
    for outgoing in handovers::open_outgoing(desk.transaction)? {
        if partners::is_arbiter(desk.transaction, outgoing.handover)? {
            doubtful.push(outgoing.handover);
        }
    }
    Ok(doubtful)
}

/// Whether this node was restored and no longer knows for sure where a handover to partners stands.
///
/// # Errors
/// The store.
pub(super) fn is_in_doubt(view: &dyn View, handover: Id<HandoverKind>) -> Result<bool, Aborted> {
    Ok(lives::is_lost(view, handover)? && partners::is_arbiter(view, handover)?)
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
    if let Action::Award { winner, .. } = &command.action
        && !eligible.contains_key(winner)
    {
        return Err(refusals::conflict("partner-cannot-serve").with("id", winner).into());
    }
    let circumstances = Circumstances { now_ms: desk.at.as_millisecond(), eligible: &eligible };
    Ok(handover::decide(Some(&kept.thread), sender, command, &circumstances).map_err(refused)?)
}

/// Of the partners that were asked, those that could still carry it.
fn eligible(view: &dyn View, kept: &PartnerThread) -> Result<Eligible, Aborted> {
    let mut eligible = BTreeSet::new();
    for id in &kept.asked {
        if partners::find(view, *id)?.is_some_and(|partner| partner.can_serve(&kept.thread.offer)) {
            eligible.insert(*id);
        }
    }
    Ok(handover::all_at_once(eligible))
}

/// Keeps a step, notes what partners have to be told, and tells this node what it has to know.
fn take(
    desk: &mut Desk<'_, '_>,
    mut kept: PartnerThread,
    step: Step,
    cause: &Cause<'_>,
) -> Result<(), Aborted> {
    let Step { thread, notices } = step;
    let (record, before) = (thread.record.clone(), kept.thread.record.round);
    kept.fares.retain(|partner, _| thread.bids.contains_key(partner));
    kept.thread = thread;
    partners::put_thread(desk.transaction, &kept)?;
    let me = desk.membership.me;
    for Notice { to, kind, .. } in notices.iter().filter(|notice| notice.to != me) {
        let notice = PartnerNotice {
            partner: *to,
            handover: record.handover,
            revision: record.revision,
            round: round_of(*kind, before, record.round),
            kind: *kind,
            at_ms: desk.at.as_millisecond(),
            given_at_ms: None,
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
            sight: None,
            opened,
        };
        notices::apply(desk, &heard)?;
    }
    Ok(())
}

/// The round a notice is about: what ends was in the round before the step, and nobody was shown another.
fn round_of(kind: NoticeKind, before: u32, after: u32) -> u32 {
    match kind {
        NoticeKind::Offered | NoticeKind::Reopened | NoticeKind::Awarded => after,
        NoticeKind::Bid
        | NoticeKind::Accepted
        | NoticeKind::Refused
        | NoticeKind::Lapsed
        | NoticeKind::Released
        | NoticeKind::Closed
        | NoticeKind::Cancelled
        | NoticeKind::Expired
        | NoticeKind::Outcome
        | NoticeKind::Word
        | NoticeKind::ChangeAsked
        | NoticeKind::ChangeAnswered
        | NoticeKind::ChangeLapsed
        | NoticeKind::Widened => before,
    }
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
