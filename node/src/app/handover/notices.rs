//! What the hub tells: each notice is checked (the hub's signature, the cause's signature by the node it claims to be
//! from), then applied in one transaction with the mark that it has been. A notice that cannot be believed changes
//! nothing and is logged; it never stops the ones behind it.

mod opened;

use std::sync::Arc;

use maillage_domain::handover::{Decision, Happening, Incoming, Outgoing};
use maillage_engine::Transaction;
use maillage_federation::{
    agreement::{AgreementError, AgreementNotice, Unproven},
    directory::Sight,
    envelope::{Body, Envelope, EnvelopeError, HandoverNotice, Party},
    handover::{Action, Command, CommandError, GiveBackReason, NoticeKind, State, WithdrawReason},
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind},
    settlement::Signed,
};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::{
    access_log::{self, Access},
    events::{self, Actor, NewEvent, Subject},
    handovers, inbox,
    lives::{self, Proof},
    moments,
};

pub(super) use self::opened::Opened;
use self::opened::open;
use super::{
    Desk,
    candidate::{accept, bid, refuse},
    changes,
    deciding::Deciding,
    lines,
    origin::{offer_again, take_back},
    recovery,
    settle::{
        can_be_carried, check_frames, is_called_off, learn_incoming, pursue_cancellation, settle_outgoing,
        take_outcome,
    },
};
use crate::{
    app::{
        Aborted, App, agreements, members, refusals,
        settlements::{self, book},
    },
    federation::membership::Membership,
};

/// A piece of mail that can be believed.
#[derive(Debug, Clone)]
pub struct Believed {
    /// The envelope it came in.
    pub envelope: Id<EnvelopeKind>,
    told: Told,
}

/// What a piece of mail is about.
#[derive(Debug, Clone)]
enum Told {
    Handover(Box<Heard>),
    Agreement(Box<AgreementNotice>),
    Settlement(Id<NodeKind>, Box<Signed>),
}

/// What was told about a handover, with what was sealed in it opened.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    /// The envelope as the hub signed it, where it proves an ownership and holds nothing about a person.
    pub(super) proof: Option<Vec<u8>>,
    /// When the hub decided what it tells, by the hub's clock.
    pub(super) sent_at_ms: i64,
    pub(super) notice: HandoverNotice,
    pub(super) cause: Option<(Id<NodeKind>, Command)>,
    /// What the node that caused it sees of the directory.
    pub(super) sight: Option<Sight>,
    pub(super) opened: Opened,
}

/// Why a piece of mail is not believed.
#[derive(Debug, thiserror::Error)]
pub enum Disbelief {
    /// The envelope itself.
    #[error("the envelope is not acceptable")]
    Envelope(#[from] EnvelopeError),
    /// Not from the hub to this node.
    #[error("the envelope is not from the hub to this node")]
    Address,
    /// Not a notice.
    #[error("the hub sent something that is not a notice")]
    NotANotice,
    /// The cause is signed by a node that is not in the directory known.
    #[error("the directory does not know the node that caused this notice")]
    UnknownNode(Id<NodeKind>),
    /// The cause does not belong to the notice.
    #[error("the cause of the notice does not belong to it")]
    ForeignCause,
    /// What is sealed to this node cannot be read.
    #[error("what is sealed in the letter cannot be read")]
    Unreadable,
    /// Terms, an acceptance or an end that nobody has signed.
    #[error("the agreement told is not what both have signed")]
    Unproven(#[source] Unproven),
}

/// Checks a piece of mail and opens what is sealed in it.
///
/// # Errors
/// Why it is not believed.
pub fn believe(app: &App, membership: &Membership, envelope: &Envelope) -> Result<Believed, Disbelief> {
    let header = &envelope.header;
    if header.sender != Party::Hub || header.recipient != Party::Node(membership.me) {
        return Err(Disbelief::Address);
    }
    let told = match envelope.verify(&membership.federation, &membership.hub_key)? {
        Body::Notice(notice) => Told::Handover(Box::new(hear(app, membership, *notice, envelope)?)),
        Body::AgreementNotice(notice) => {
            agreements::check(app, membership, &notice)?;
            Told::Agreement(notice)
        }
        Body::SettlementNotice(cause) => {
            let (other, signed) = settlements::check(app, membership, &cause)?;
            Told::Settlement(other, Box::new(signed))
        }
        Body::Command(_)
        | Body::Report(_)
        | Body::Withdrawal(_)
        | Body::Accounts(_)
        | Body::Agreement(_)
        | Body::Settlement(_) => {
            return Err(Disbelief::NotANotice);
        }
    };
    Ok(Believed { envelope: header.id, told })
}

fn hear(
    app: &App,
    membership: &Membership,
    notice: HandoverNotice,
    envelope: &Envelope,
) -> Result<Heard, Disbelief> {
    let cause =
        notice.cause.as_ref().map(|cause| check_cause(app, membership, &notice, cause)).transpose()?;
    let opened = open(membership, notice.record.origin, cause.as_ref());
    let proof = can_be_kept(notice.kind).then(|| envelope.encode());
    let sight = notice.cause.as_ref().and_then(Envelope::sight);
    Ok(Heard { proof, sent_at_ms: envelope.header.sent_at_ms, notice, cause, sight, opened })
}

fn check_cause(
    app: &App,
    membership: &Membership,
    notice: &HandoverNotice,
    cause: &Envelope,
) -> Result<(Id<NodeKind>, Command), Disbelief> {
    let Party::Node(sender) = cause.header.sender else { return Err(Disbelief::ForeignCause) };
    let directory = app.link.directory();
    let entry = directory.nodes.get(&sender).ok_or(Disbelief::UnknownNode(sender))?;
    let Body::Command(command) = cause.verify(&membership.federation, &entry.signing_key)? else {
        return Err(Disbelief::ForeignCause);
    };
    let belongs = command.handover == notice.record.handover
        && cause.header.recipient == Party::Hub
        && may_have_caused(notice, sender, &command);
    if belongs { Ok((sender, command)) } else { Err(Disbelief::ForeignCause) }
}

/// Whether a notice may be kept as a proof: not one that holds who travels, or words about it. The origin's receipt for its award
/// proves as much, and after a word the trip is whose it was before.
fn can_be_kept(kind: NoticeKind) -> bool {
    match kind {
        NoticeKind::Awarded | NoticeKind::Word | NoticeKind::ChangeAsked | NoticeKind::Outcome => false,
        NoticeKind::Offered
        | NoticeKind::Reopened
        | NoticeKind::Bid
        | NoticeKind::Accepted
        | NoticeKind::Refused
        | NoticeKind::Lapsed
        | NoticeKind::Released
        | NoticeKind::Closed
        | NoticeKind::Cancelled
        | NoticeKind::Expired
        | NoticeKind::ChangeAnswered
        | NoticeKind::ChangeLapsed
        | NoticeKind::Widened => true,
    }
}

/// Whether a command of that node leads to that record: an offer and an award are the origin's and of the record's round,
/// an outcome is the holder's. An offer that is shown late may be of a round before.
fn may_have_caused(notice: &HandoverNotice, sender: Id<NodeKind>, command: &Command) -> bool {
    let record = &notice.record;
    let by_origin = sender == record.origin;
    let now = by_origin && command.round == record.round;
    match &command.action {
        Action::Offer(_) => {
            let late = notice.kind == NoticeKind::Offered && command.round < record.round;
            now || (by_origin && late)
        }
        Action::Award { winner: named, .. } => {
            now && matches!(record.state, State::Awarded { winner, .. } if winner == *named)
        }
        Action::Withdraw(_) | Action::Cancel => by_origin,
        Action::Accept => record.state == State::Held { holder: sender },
        Action::Outcome(_) => record.state == State::Done { holder: sender },
        Action::Word(_) | Action::AskChange { .. } | Action::AnswerChange { .. } => {
            by_origin || record.state.holder() == Some(sender)
        }
        Action::Bid(_) | Action::Unbid | Action::Refuse(_) | Action::Release(_) => !by_origin,
    }
}

/// Applies a piece of mail and moves the cursor, once: the same mail again only moves the cursor.
///
/// # Errors
/// The store.
pub async fn take(app: &Arc<App>, sequence: u64, believed: Option<Believed>) -> Result<(), Refusal> {
    let Some(believed) = believed else { return pass_over(app, sequence).await };
    let applied = app
        .transact("inbox.take", move |app, transaction| {
            advance(transaction, sequence)?;
            if !inbox::mark(transaction, believed.envelope, app.now())? {
                return Ok(());
            }
            let mut desk = Desk::open(app, transaction)?;
            match &believed.told {
                Told::Handover(heard) => {
                    compare(&mut desk, heard)?;
                    take_in(&mut desk, heard)
                }
                Told::Agreement(notice) => agreements::told(&mut desk, notice),
                Told::Settlement(other, signed) => settlements::told(&mut desk, *other, signed),
            }
        })
        .await;
    match applied {
        Err(refusal) if is_of_the_rules(&refusal) => {
            tracing::error!(sequence, reason = refusal.reason(), "mail cannot be applied: passed over");
            pass_over(app, sequence).await
        }
        settled => settled,
    }
}

/// Compares what the node that caused a notice sees of the directory with what this node does.
fn compare(desk: &mut Desk<'_, '_>, heard: &Heard) -> Result<(), Aborted> {
    match (&heard.cause, heard.sight) {
        (Some((node, _)), Some(sight)) if *node != desk.membership.me => {
            members::compare(desk.app, desk.transaction, (*node, sight))
        }
        (Some(_) | None, _) => Ok(()),
    }
}

/// Takes in what the hub has told about a handover.
fn take_in(desk: &mut Desk<'_, '_>, heard: &Heard) -> Result<(), Aborted> {
    if heard.notice.record.origin == desk.membership.me {
        to_origin(desk, heard)?;
    } else {
        to_candidate(desk, heard)?;
    }
    keep_proof(desk, heard)?;
    note_notice(desk, heard)
}

/// Keeps what the hub has signed about a handover that this node knows.
fn keep_proof(desk: &mut Desk<'_, '_>, heard: &Heard) -> Result<(), Aborted> {
    let record = &heard.notice.record;
    let known = handovers::outgoing(desk.transaction, record.handover)?.is_some()
        || handovers::incoming(desk.transaction, record.handover)?.is_some();
    match &heard.proof {
        Some(proof) if known => recovery::keep_proof(desk, record, Proof::Notice(proof.clone())),
        Some(_) | None => Ok(()),
    }
}

/// Takes in what this node as an arbiter tells itself about an offer of its own.
///
/// # Errors
/// The store.
pub(super) fn apply(desk: &mut Desk<'_, '_>, heard: &Heard) -> Result<(), Aborted> {
    to_origin(desk, heard)?;
    note_notice(desk, heard)
}

/// Writes into the journal what was told, for those who follow it: by the neighbour who caused it, or by the hub. What
/// concerns no handover of ours leaves no trace: a stranger must not fill the journal.
fn note_notice(desk: &mut Desk<'_, '_>, believed: &Heard) -> Result<(), Aborted> {
    let id = believed.notice.record.handover;
    let known = handovers::outgoing(desk.transaction, id)?.is_some()
        || handovers::incoming(desk.transaction, id)?.is_some();
    if !known {
        return Ok(());
    }
    let cause = believed.cause.as_ref().map(|(node, _)| *node).filter(|node| *node != desk.membership.me);
    let handover = Subject::Handover(believed.notice.record.handover);
    let event = NewEvent {
        at: desk.at,
        kind: event_kind(believed.notice.kind),
        subjects: std::iter::once(handover).chain(cause.map(Subject::Node)).collect(),
        actor: cause.map_or(Actor::Platform, Actor::Neighbour),
    };
    events::record(desk.transaction, event)?;
    lines::told(desk, believed)
}

fn event_kind(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Offered => "notice.offered",
        NoticeKind::Reopened => "notice.reopened",
        NoticeKind::Bid => "notice.bid",
        NoticeKind::Awarded => "notice.awarded",
        NoticeKind::Accepted => "notice.accepted",
        NoticeKind::Refused => "notice.refused",
        NoticeKind::Lapsed => "notice.lapsed",
        NoticeKind::Released => "notice.released",
        NoticeKind::Closed => "notice.closed",
        NoticeKind::Cancelled => "notice.cancelled",
        NoticeKind::Expired => "notice.expired",
        NoticeKind::Outcome => "notice.outcome",
        NoticeKind::Word => "notice.word",
        NoticeKind::ChangeAsked => "notice.change-asked",
        NoticeKind::ChangeAnswered => "notice.change-answered",
        NoticeKind::ChangeLapsed => "notice.change-lapsed",
        NoticeKind::Widened => "notice.widened",
    }
}

/// Moves the cursor without applying anything.
async fn pass_over(app: &Arc<App>, sequence: u64) -> Result<(), Refusal> {
    app.transact("inbox.pass-over", move |_, transaction| advance(transaction, sequence)).await
}

/// Notes how far the mailbox was read. Mail that comes again does not turn the cursor back.
fn advance(transaction: &mut Transaction<'_>, sequence: u64) -> Result<(), Aborted> {
    if sequence > inbox::cursor(transaction)? {
        inbox::set_cursor(transaction, sequence)?;
    }
    Ok(())
}

/// Whether trying again would be refused again: a rule said no, not the store.
pub fn is_of_the_rules(refusal: &Refusal) -> bool {
    match refusal.kind() {
        RefusalKind::InvalidInput
        | RefusalKind::NotFound
        | RefusalKind::Conflict
        | RefusalKind::Forbidden
        | RefusalKind::Unauthenticated => true,
        RefusalKind::Unavailable | RefusalKind::Exhausted | RefusalKind::Internal => false,
    }
}

fn to_origin(desk: &mut Desk<'_, '_>, believed: &Heard) -> Result<(), Aborted> {
    let HandoverNotice { record, kind, .. } = &believed.notice;
    let Some(mut outgoing) = handovers::outgoing(desk.transaction, record.handover)? else {
        tracing::warn!(handover = %record.handover, "a notice about a handover this node does not know");
        return Ok(());
    };
    outgoing.learn(record.clone());
    if let (NoticeKind::Bid, Some((node, command))) = (kind, &believed.cause) {
        match &command.action {
            Action::Bid(bid) => outgoing.take_bid(*node, bid.clone(), desk.at),
            Action::Unbid => outgoing.drop_bid(*node),
            Action::Offer(_)
            | Action::Award { .. }
            | Action::Withdraw(_)
            | Action::Accept
            | Action::Refuse(_)
            | Action::Release(_)
            | Action::Cancel
            | Action::Outcome(_)
            | Action::Word(_)
            | Action::AskChange { .. }
            | Action::AnswerChange { .. } => {}
        }
    }
    settle_outgoing(desk, &mut outgoing)?;
    if let Opened::Outcome(outcome) = &believed.opened {
        take_outcome(desk, &outgoing, outcome)?;
        // An account that a restore was thought to have taken.
        lives::settle_lost(desk.transaction, outgoing.handover)?;
    }
    desk.keep_outgoing(&outgoing)?;
    if recovery::hangs(desk, &outgoing)? {
        recovery::lose(desk, outgoing.handover, None)?;
    }
    if let Some(change) = agreed(believed) {
        return changes::hold(desk, record.handover, change);
    }
    if *kind == NoticeKind::Released && outgoing.is_released() && !is_called_off(desk, &outgoing)? {
        offer_what_came_back(desk, outgoing.handover)
    } else {
        pursue_cancellation(desk, outgoing)
    }
}

/// Offers a trip that was given back again, unless our yes to other times is under way: then once the hub has answered it.
///
/// # Errors
/// The store.
pub(super) fn offer_what_came_back(
    desk: &mut Desk<'_, '_>,
    handover: Id<HandoverKind>,
) -> Result<(), Aborted> {
    let Some(outgoing) = handovers::outgoing(desk.transaction, handover)? else { return Ok(()) };
    let said = moments::said(desk.transaction, handover)?;
    let waits = said.iter().any(|(_, what)| matches!(what, Happening::ChangeAnswered { agreed: true, .. }));
    let came_back = outgoing.is_released() && !is_called_off(desk, &outgoing)?;
    if came_back && !waits { re_offer(desk, outgoing) } else { Ok(()) }
}

/// A released trip is offered again at once when policy and rules say so and there is time. Otherwise the handover ends, and
/// the trip waits on the coordinator's list.
fn re_offer(desk: &mut Desk<'_, '_>, outgoing: Outgoing) -> Result<(), Aborted> {
    let deciding = Deciding::load(desk.transaction)?;
    if deciding.offers_again(desk.transaction, &outgoing)? {
        match offer_again(desk, outgoing.clone()) {
            Err(Aborted::Refused(_)) => {}
            settled => return settled,
        }
    }
    take_back(desk, outgoing, WithdrawReason::Coordinator).map(|_| ())
}

fn to_candidate(desk: &mut Desk<'_, '_>, believed: &Heard) -> Result<(), Aborted> {
    let HandoverNotice { record, kind, .. } = &believed.notice;
    let known = handovers::incoming(desk.transaction, record.handover)?;
    let is_news = known.as_ref().is_some_and(|known| known.is_news(record));
    let mut incoming = match (known, &believed.cause) {
        (Some(mut incoming), cause) => {
            if let Some((_, Command { action: Action::Offer(offer), .. })) = cause {
                incoming.offer = offer.clone();
            }
            incoming
        }
        (None, Some((origin, Command { action: Action::Offer(offer), .. }))) => {
            Incoming::offered(*origin, offer.clone(), record.clone(), desk.at)
        }
        (None, _) => return Ok(()),
    };
    learn_incoming(desk, &mut incoming, Some(record.clone()))?;
    desk.keep_incoming(&incoming)?;
    match kind {
        // Who is shown an offer again that it has bid for hears it of a hub that was restored, and may have lost the bid.
        NoticeKind::Offered if is_news && incoming.bid.is_some() => {
            incoming.doubt_bid();
            recovery::bid_again(desk, incoming)
        }
        NoticeKind::Offered | NoticeKind::Reopened if incoming.bid.is_some() => {
            recovery::bid_again(desk, incoming)
        }
        NoticeKind::Offered | NoticeKind::Reopened => consider(desk, incoming),
        NoticeKind::Awarded => consider_award(desk, incoming, believed),
        NoticeKind::Cancelled => book::called_off_here(desk, &incoming, believed.sent_at_ms),
        NoticeKind::Bid
        | NoticeKind::Accepted
        | NoticeKind::Refused
        | NoticeKind::Lapsed
        | NoticeKind::Released
        | NoticeKind::Closed
        | NoticeKind::Expired
        | NoticeKind::Outcome
        | NoticeKind::Word
        | NoticeKind::ChangeAsked
        | NoticeKind::ChangeLapsed
        | NoticeKind::Widened => Ok(()),
        NoticeKind::ChangeAnswered => match agreed(believed) {
            Some(change) => changes::hold(desk, record.handover, change),
            None => Ok(()),
        },
    }
}

/// The change that a notice says was agreed to.
fn agreed(believed: &Heard) -> Option<u64> {
    let (_, command) = believed.cause.as_ref()?;
    if let Action::AnswerChange { change, agreed: true } = command.action { Some(change) } else { None }
}

/// A neighbour asks: our dispatch decides whether to propose somebody, unless the platform wants to be asked.
pub(in crate::app) fn consider(desk: &mut Desk<'_, '_>, incoming: Incoming) -> Result<(), Aborted> {
    if !incoming.waits_for_a_bid(desk.at) {
        return Ok(());
    }
    let deciding = Deciding::load(desk.transaction)?;
    if deciding.bidding(desk.transaction, desk.membership.me, &incoming)?.what == Decision::Ask {
        return Ok(());
    }
    match bid(desk, incoming, None) {
        Ok(_) | Err(Aborted::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// We have been chosen: details that cannot be read or do not fit the offer are refused; a firm bid is kept.
fn consider_award(desk: &mut Desk<'_, '_>, mut incoming: Incoming, believed: &Heard) -> Result<(), Aborted> {
    if !incoming.may_open(desk.membership.me, believed.notice.record.round, desk.at) {
        return Ok(());
    }
    match &believed.opened {
        Opened::Award(details) if incoming.fits(details) && can_be_carried(desk, &incoming, details) => {
            incoming.details = Some(details.clone());
            incoming.agreed = details.agreement;
            note_opening(desk, &incoming)?;
        }
        Opened::Award(_)
        | Opened::Unreadable
        | Opened::Nothing
        | Opened::Outcome(_)
        | Opened::Word(_)
        | Opened::Change(_) => {
            return refuse(desk, incoming, GiveBackReason::Details).map(|_| ());
        }
    }
    if incoming.bid.is_none() {
        // The award crossed our word that we no longer can: the origin goes on to the next at once.
        return refuse(desk, incoming, GiveBackReason::NoDriver).map(|_| ());
    }
    desk.keep_incoming(&incoming)?;
    let firm = incoming.bid.as_ref().is_some_and(|reservation| reservation.bid.firm);
    if !firm {
        return Ok(());
    }
    match check_frames(desk, &incoming) {
        Ok(()) => accept(desk, incoming).map(|_| ()),
        // Nobody promises what the law excludes: the coordinator refuses it, or finds another way.
        Err(Aborted::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Every opening of a sealed award is written down, for the person it is about.
fn note_opening(desk: &mut Desk<'_, '_>, incoming: &Incoming) -> Result<(), Aborted> {
    let access = Access {
        at: desk.at,
        subject: Subject::Handover(incoming.handover),
        actor: Actor::Platform,
        purpose: "award.opened".into(),
    };
    Ok(access_log::record(desk.transaction, &access)?)
}

/// Tells the log of mail that is passed over, and the desk if only a newer version of this program understands it.
pub fn disbelieved(app: &App, sequence: u64, disbelief: &Disbelief) {
    let error = refusals::chain(disbelief);
    let newer = match disbelief {
        Disbelief::Envelope(error) => matches!(
            error,
            EnvelopeError::UnknownKind
                | EnvelopeError::Handover(CommandError::Unknown(_))
                | EnvelopeError::Agreement(AgreementError::Unknown(_))
        ),
        Disbelief::Address
        | Disbelief::NotANotice
        | Disbelief::UnknownNode(_)
        | Disbelief::ForeignCause
        | Disbelief::Unreadable
        | Disbelief::Unproven(_) => false,
    };
    if newer {
        app.link.note_newer_mail();
        tracing::error!(sequence, error, "mail of a newer version is passed over: update this program");
    } else {
        tracing::warn!(sequence, error, "a piece of mail is not believed: passed over");
    }
}

/// Whether a piece of mail may be believed once the directory is newer.
pub fn may_be_believed_later(disbelief: &Disbelief) -> bool {
    matches!(disbelief, Disbelief::UnknownNode(_))
}
