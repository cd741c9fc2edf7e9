//! The one transition function of a handover: [`decide`] for commands, [`elapse`] for time, [`dismiss`] for nodes that
//! were revoked. Total: every
//! command in every state either steps or is refused with the reason. The hub runs it inside a transaction;
//! it must never be run twice on the same thread at once, and no other code may change a [`Record`].

mod between;

use super::{
    Action, Command,
    circles::{self, Circle, Eligible},
    terms::{Bid, Offer},
    thread::{NoticeKind, Record, State, Thread},
};
use crate::{
    ids::{Id, NodeKind},
    limits,
};

/// What the arbiter knows besides thread and command.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    /// The arbiter's clock, milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Nodes that may serve this offer, by area, needs and agreement, with the circle of each.
    pub eligible: &'a Eligible,
}

/// A transition: the thread after it, and whom to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The thread after the transition.
    pub thread: Thread,
    /// Whom to tell what.
    pub notices: Vec<Notice>,
}

/// Somebody to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// The node to tell.
    pub to: Id<NodeKind>,
    /// What it is about.
    pub kind: NoticeKind,
    /// Whether the signed command that caused it goes along: with [`NoticeKind::Offered`] the offer as its origin signed it,
    /// whatever caused that it is shown now.
    pub with_cause: bool,
}

/// Why a command changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such handover.
    #[error("there is no such handover")]
    Unknown,
    /// The id is taken.
    #[error("this handover exists already")]
    Exists,
    /// The sender has no say in this.
    #[error("this is not the sender's to decide")]
    NotYours,
    /// Meant for another round.
    #[error("meant for another round of this handover")]
    WrongRound,
    /// Not possible in this state.
    #[error("not possible in the state this handover is in")]
    WrongState,
    /// After the deadline.
    #[error("too late: the deadline has passed")]
    TooLate,
    /// Outside the sender's area or abilities.
    #[error("the sender cannot serve this offer: area or needs")]
    NotEligible,
    /// The offer is not shown to the sender's circle yet.
    #[error("this offer is not shown to the sender yet: others are asked first")]
    NotYetAsked,
    /// The chosen node has no live bid.
    #[error("the chosen node has no live bid")]
    NoLiveBid,
    /// The deadline is past or too far away.
    #[error("the reply-by time is past or too far away")]
    BadDeadline,
    /// It does not fit the offer.
    #[error("it does not fit the offer: number of legs or territory")]
    BadTerms,
    /// Too many words.
    #[error("the two have sent each other too many words about this handover")]
    TooManyWords,
    /// Another change waits for its answer.
    #[error("another change has not been answered yet")]
    ChangePending,
    /// The change is not, or no longer, the one that is asked for.
    #[error("this change is not, or no longer, asked for")]
    NoSuchChange,
    /// Too close to the pickup.
    #[error("too close to the pickup for a change: call the other desk")]
    ChangeLocked,
    /// The offer is for partners, and the bid names no agreement.
    #[error("this offer is only for members that have an agreement with its origin")]
    NoAgreement,
    /// The agreement named is not in force on the day of pickup.
    #[error("the version of the agreement that the bid names is not in force on the day of pickup")]
    AgreementNotInForce,
    /// Under the agreement named, the origin carries for the bidder.
    #[error("under the agreement that the bid names, it is the origin that carries for the bidder")]
    AgreementOtherWay,
}

impl Refused {
    /// The reason code of receipts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "handover-unknown",
            Self::Exists => "handover-exists",
            Self::NotYours => "handover-not-yours",
            Self::WrongRound => "handover-wrong-round",
            Self::WrongState => "handover-wrong-state",
            Self::TooLate => "handover-too-late",
            Self::NotEligible => "handover-not-eligible",
            Self::NotYetAsked => "handover-not-yet-asked",
            Self::NoLiveBid => "handover-no-live-bid",
            Self::BadDeadline => "handover-bad-deadline",
            Self::BadTerms => "handover-bad-terms",
            Self::TooManyWords => "handover-too-many-words",
            Self::ChangePending => "handover-change-pending",
            Self::NoSuchChange => "handover-no-such-change",
            Self::ChangeLocked => "handover-change-locked",
            Self::NoAgreement => "handover-no-agreement",
            Self::AgreementNotInForce => "handover-agreement-not-in-force",
            Self::AgreementOtherWay => "handover-agreement-other-way",
        }
    }
}

/// Decides a command of `sender` on a thread. Time that has run out must have been applied with [`elapse`]
/// before; deadlines are guarded here all the same.
///
/// # Errors
/// The exact reason; the thread is unchanged then.
pub fn decide(
    thread: Option<&Thread>,
    sender: Id<NodeKind>,
    command: &Command,
    circumstances: &Circumstances<'_>,
) -> Result<Step, Refused> {
    let Some(thread) = thread else {
        return match &command.action {
            Action::Offer(offer) => open(sender, command, offer, circumstances),
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
            | Action::AnswerChange { .. } => Err(Refused::Unknown),
        };
    };
    authorise(thread, sender, &command.action)?;
    if command.round != thread.record.round {
        return Err(Refused::WrongRound);
    }
    match &command.action {
        Action::Offer(offer) => offer_again(thread, offer, circumstances),
        Action::Bid(bid) => take_bid(thread, sender, bid, circumstances),
        Action::Unbid => drop_bid(thread, sender),
        Action::Award { winner, .. } => award(thread, *winner, circumstances.now_ms),
        Action::Withdraw(_) => withdraw(thread),
        Action::Accept => accept(thread, sender, circumstances.now_ms),
        Action::Refuse(_) => refuse(thread, sender, circumstances.now_ms),
        Action::Release(_) => release(thread, sender),
        Action::Cancel => cancel(thread),
        Action::Outcome(_) => outcome(thread, sender),
        Action::Word(_) => between::word(thread, sender),
        Action::AskChange { legs, .. } => between::ask_change(thread, sender, legs, circumstances.now_ms),
        Action::AnswerChange { change, agreed } => {
            between::answer_change(thread, sender, (*change, *agreed), circumstances.now_ms)
        }
    }
}

/// When time alone will move a thread, milliseconds since 1970 UTC: [`elapse`] takes a step from then on, and none before.
pub fn due_at_ms(thread: &Thread) -> Option<i64> {
    match thread.record.state {
        State::Open => {
            let reply_by_ms = thread.record.reply_by_ms;
            Some(circles::opens_at_ms(thread).map_or(reply_by_ms, |opens_at_ms| opens_at_ms.min(reply_by_ms)))
        }
        State::Awarded { accept_by_ms, .. } => Some(accept_by_ms),
        State::Held { .. } => thread.change.as_ref().map(|change| between::lapses_at(thread, change)),
        State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => None,
    }
}

/// What time alone does to a thread: an award lapses, an offer is shown to more, or expires, a change is no longer asked for. `None` when nothing is due; call again
/// after applying a step, since a lapse can uncover an expiry.
pub fn elapse(thread: &Thread, now_ms: i64) -> Option<Step> {
    if now_ms < due_at_ms(thread)? {
        return None;
    }
    match thread.record.state {
        State::Awarded { winner, .. } => {
            let mut next = reopened(thread, winner, now_ms);
            next.notices.insert(0, Notice { to: winner, kind: NoticeKind::Lapsed, with_cause: false });
            next.notices.insert(0, tell_origin(thread, NoticeKind::Lapsed, false));
            Some(next)
        }
        State::Open if now_ms < thread.record.reply_by_ms => Some(widened(thread, now_ms)),
        State::Open => {
            let mut notices = vec![tell_origin(thread, NoticeKind::Expired, false)];
            notices.extend(tell_audience(thread, None, NoticeKind::Closed));
            Some(Step { thread: moved(thread, State::Expired), notices })
        }
        State::Held { holder } => Some(between::lapse(thread, holder)),
        State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => None,
    }
}

/// What becomes of a thread whose awarded or holding node can no longer act, because the hub has revoked it: its award
/// lapses, its trip is the origin's again. `None` when no such node is concerned.
pub fn dismiss(thread: &Thread, now_ms: i64, gone: impl Fn(Id<NodeKind>) -> bool) -> Option<Step> {
    match thread.record.state {
        State::Awarded { winner, .. } if gone(winner) => {
            let mut next = reopened(thread, winner, now_ms);
            next.notices.insert(0, tell_origin(thread, NoticeKind::Lapsed, false));
            Some(next)
        }
        State::Held { holder } if gone(holder) => {
            let mut next = given_back(thread);
            next.notices.insert(0, tell_origin(thread, NoticeKind::Released, false));
            Some(next)
        }
        State::Open
        | State::Awarded { .. }
        | State::Held { .. }
        | State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => None,
    }
}

/// Who may say what, whatever the state.
fn authorise(thread: &Thread, sender: Id<NodeKind>, action: &Action) -> Result<(), Refused> {
    let origin = sender == thread.record.origin;
    let allowed = match action {
        Action::Offer(_) if !origin => return Err(Refused::Exists),
        Action::Offer(_) | Action::Award { .. } | Action::Withdraw(_) | Action::Cancel => origin,
        Action::Bid(_) | Action::Unbid => !origin,
        Action::Accept | Action::Refuse(_) | Action::Release(_) | Action::Outcome(_) => {
            !origin && thread.audience.contains(&sender)
        }
        Action::Word(_) | Action::AskChange { .. } | Action::AnswerChange { .. } => {
            origin || thread.audience.contains(&sender)
        }
    };
    if allowed { Ok(()) } else { Err(Refused::NotYours) }
}

fn open(
    sender: Id<NodeKind>,
    command: &Command,
    offer: &Offer,
    circumstances: &Circumstances<'_>,
) -> Result<Step, Refused> {
    if command.round != 1 {
        return Err(Refused::WrongRound);
    }
    check_deadline(offer, circumstances.now_ms)?;
    let record = Record {
        handover: command.handover,
        origin: sender,
        state: State::Open,
        round: 1,
        reply_by_ms: offer.reply_by_ms,
        revision: 1,
        circle: None,
    };
    let mut thread = Thread {
        record,
        offer: offer.clone(),
        bids: std::collections::BTreeMap::new(),
        audience: std::collections::BTreeSet::new(),
        later: Eligible::new(),
        change: None,
        words: 0,
    };
    circles::publish(&mut thread, circumstances.eligible, Circle::First, circumstances.now_ms);
    Ok(published(thread))
}

fn offer_again(thread: &Thread, offer: &Offer, circumstances: &Circumstances<'_>) -> Result<Step, Refused> {
    match thread.record.state {
        State::Released => {}
        State::Open
        | State::Awarded { .. }
        | State::Held { .. }
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => return Err(Refused::Exists),
    }
    check_deadline(offer, circumstances.now_ms)?;
    if offer.legs.len() != thread.offer.legs.len() || offer.origin_territory != thread.offer.origin_territory
    {
        return Err(Refused::BadTerms);
    }
    let mut next = moved(thread, State::Open);
    next.record.reply_by_ms = offer.reply_by_ms;
    next.offer = offer.clone();
    next.bids.clear();
    // Who was asked in vain before: the next circle hears of it at once.
    let wider = thread.record.circle.map_or(Circle::Third, Circle::wider);
    circles::publish(&mut next, circumstances.eligible, wider, circumstances.now_ms);
    Ok(published(next))
}

fn check_deadline(offer: &Offer, now_ms: i64) -> Result<(), Refused> {
    let latest = now_ms.saturating_add(limits::REPLY_BY_MS);
    if offer.reply_by_ms > now_ms && offer.reply_by_ms <= latest { Ok(()) } else { Err(Refused::BadDeadline) }
}

fn take_bid(
    thread: &Thread,
    sender: Id<NodeKind>,
    bid: &Bid,
    circumstances: &Circumstances<'_>,
) -> Result<Step, Refused> {
    require_open(thread, circumstances.now_ms)?;
    if !circumstances.eligible.contains_key(&sender) {
        return Err(Refused::NotEligible);
    }
    if !thread.later.is_empty() && !thread.audience.contains(&sender) {
        return Err(Refused::NotYetAsked);
    }
    if bid.pickup_ms.len() != thread.offer.legs.len() {
        return Err(Refused::BadTerms);
    }
    let mut next = moved(thread, State::Open);
    next.bids.insert(sender, bid.clone());
    next.audience.insert(sender);
    Ok(Step { notices: vec![tell_origin(thread, NoticeKind::Bid, true)], thread: next })
}

/// A bid is taken back while it is open, and while another is chosen: it would be the next. Whoever is chosen refuses instead.
fn drop_bid(thread: &Thread, sender: Id<NodeKind>) -> Result<Step, Refused> {
    let state = thread.record.state;
    let waits = state == State::Open || matches!(state, State::Awarded { winner, .. } if winner != sender);
    if !waits {
        return Err(Refused::WrongState);
    }
    let mut next = moved(thread, state);
    next.bids.remove(&sender).ok_or(Refused::NoLiveBid)?;
    Ok(Step { notices: vec![tell_origin(thread, NoticeKind::Bid, true)], thread: next })
}

fn award(thread: &Thread, winner: Id<NodeKind>, now_ms: i64) -> Result<Step, Refused> {
    require_open(thread, now_ms)?;
    if !thread.bids.contains_key(&winner) {
        return Err(Refused::NoLiveBid);
    }
    let pickup_ms = thread.offer.legs.iter().map(|leg| leg.window_start_ms).min().unwrap_or(i64::MAX);
    let lease_ms = i64::from(thread.offer.accept_within_s) * 1000;
    // While others wait to be shown the offer, time is left to show it to them if this comes to nothing.
    let half_ms = thread.record.reply_by_ms.saturating_sub(now_ms) / 2;
    let lease_ms = if thread.later.is_empty() { lease_ms } else { lease_ms.min(half_ms) };
    let accept_by_ms = now_ms.saturating_add(lease_ms).min(pickup_ms);
    if accept_by_ms <= now_ms {
        return Err(Refused::TooLate);
    }
    let next = moved(thread, State::Awarded { winner, accept_by_ms });
    Ok(Step {
        thread: next,
        notices: vec![Notice { to: winner, kind: NoticeKind::Awarded, with_cause: true }],
    })
}

fn withdraw(thread: &Thread) -> Result<Step, Refused> {
    match thread.record.state {
        State::Open | State::Awarded { .. } | State::Released => Ok(Step {
            notices: tell_audience(thread, None, NoticeKind::Closed).collect(),
            thread: moved(thread, State::Withdrawn),
        }),
        State::Held { .. }
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => Err(Refused::WrongState),
    }
}

fn accept(thread: &Thread, sender: Id<NodeKind>, now_ms: i64) -> Result<Step, Refused> {
    let accept_by_ms = awarded_to(thread, sender)?;
    if now_ms >= accept_by_ms {
        return Err(Refused::TooLate);
    }
    let mut notices = vec![tell_origin(thread, NoticeKind::Accepted, true)];
    notices.extend(tell_audience(thread, Some(sender), NoticeKind::Closed));
    Ok(Step { thread: moved(thread, State::Held { holder: sender }), notices })
}

fn refuse(thread: &Thread, sender: Id<NodeKind>, now_ms: i64) -> Result<Step, Refused> {
    awarded_to(thread, sender)?;
    let mut step = reopened(thread, sender, now_ms);
    step.notices.insert(0, tell_origin(thread, NoticeKind::Refused, true));
    Ok(step)
}

fn release(thread: &Thread, sender: Id<NodeKind>) -> Result<Step, Refused> {
    held_by(thread, sender)?;
    let mut step = given_back(thread);
    step.notices.insert(0, tell_origin(thread, NoticeKind::Released, true));
    Ok(step)
}

fn cancel(thread: &Thread) -> Result<Step, Refused> {
    match thread.record.state {
        State::Held { holder } => Ok(Step {
            thread: moved(thread, State::Cancelled { holder }),
            notices: vec![Notice { to: holder, kind: NoticeKind::Cancelled, with_cause: true }],
        }),
        State::Open
        | State::Awarded { .. }
        | State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => Err(Refused::WrongState),
    }
}

/// The holder's account; also when the person's cancellation crossed a drive that had begun.
fn outcome(thread: &Thread, sender: Id<NodeKind>) -> Result<Step, Refused> {
    let crossed = thread.record.state == State::Cancelled { holder: sender };
    if !crossed {
        held_by(thread, sender)?;
    }
    Ok(Step {
        thread: moved(thread, State::Done { holder: sender }),
        notices: vec![tell_origin(thread, NoticeKind::Outcome, true)],
    })
}

fn require_open(thread: &Thread, now_ms: i64) -> Result<(), Refused> {
    if thread.record.state != State::Open {
        return Err(Refused::WrongState);
    }
    if now_ms >= thread.record.reply_by_ms { Err(Refused::TooLate) } else { Ok(()) }
}

fn awarded_to(thread: &Thread, sender: Id<NodeKind>) -> Result<i64, Refused> {
    match thread.record.state {
        State::Awarded { winner, accept_by_ms } if winner == sender => Ok(accept_by_ms),
        State::Awarded { .. } => Err(Refused::NotYours),
        State::Open
        | State::Held { .. }
        | State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => Err(Refused::WrongState),
    }
}

fn held_by(thread: &Thread, sender: Id<NodeKind>) -> Result<(), Refused> {
    if held(thread)? == sender { Ok(()) } else { Err(Refused::NotYours) }
}

fn held(thread: &Thread) -> Result<Id<NodeKind>, Refused> {
    match thread.record.state {
        State::Held { holder } => Ok(holder),
        State::Open
        | State::Awarded { .. }
        | State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => Err(Refused::WrongState),
    }
}

/// The round after this one; `None` beyond the last, so that no loop of two machines goes on for ever.
fn next_round(thread: &Thread) -> Option<u32> {
    (thread.record.round < limits::ROUNDS).then_some(thread.record.round + 1)
}

/// Open again in the next round, without the bid of the node that did not take it; if no other bid is left and there is time, the
/// next circle is shown it at once. Beyond the last round the offer is over instead.
fn reopened(thread: &Thread, without: Id<NodeKind>, now_ms: i64) -> Step {
    let Some(round) = next_round(thread) else { return exhausted(thread) };
    let mut next = moved(thread, State::Open);
    next.record.round = round;
    next.bids.remove(&without);
    let mut notices: Vec<_> = tell_audience(thread, Some(without), NoticeKind::Reopened).collect();
    if next.bids.is_empty() && now_ms < next.record.reply_by_ms {
        notices.extend(shown(circles::widen(&mut next, now_ms)));
    }
    Step { thread: next, notices }
}

/// Shown to more, since nobody was chosen so far.
fn widened(thread: &Thread, now_ms: i64) -> Step {
    let mut next = moved(thread, State::Open);
    let mut notices = vec![tell_origin(thread, NoticeKind::Widened, false)];
    notices.extend(shown(circles::widen(&mut next, now_ms)));
    Step { thread: next, notices }
}

/// The origin's again, to be offered in the next round. Beyond the last round the handover is over instead: whoever
/// cannot carry the trip can always give it back.
fn given_back(thread: &Thread) -> Step {
    let Some(round) = next_round(thread) else { return exhausted(thread) };
    let mut next = moved(thread, State::Released);
    next.record.round = round;
    next.bids.clear();
    Step { thread: next, notices: Vec::new() }
}

/// Over: it has gone through all the rounds there are, and everybody is told.
fn exhausted(thread: &Thread) -> Step {
    let mut notices = vec![tell_origin(thread, NoticeKind::Expired, false)];
    notices.extend(tell_audience(thread, None, NoticeKind::Closed));
    Step { thread: moved(thread, State::Expired), notices }
}

fn published(thread: Thread) -> Step {
    let notices = shown(thread.audience.iter().copied()).collect();
    Step { thread, notices }
}

fn shown(nodes: impl IntoIterator<Item = Id<NodeKind>>) -> impl Iterator<Item = Notice> {
    nodes.into_iter().map(|to| Notice { to, kind: NoticeKind::Offered, with_cause: true })
}

fn moved(thread: &Thread, state: State) -> Thread {
    let mut next = thread.clone();
    next.record.state = state;
    next.record.revision += 1;
    // Nobody is left to answer for a trip that is not held any more.
    next.change = next.change.filter(|_| matches!(state, State::Held { .. }));
    if state.holder().is_none() {
        // The next holder has not said anything yet.
        next.words = 0;
    }
    if !circles::is_offered(state) {
        next.later.clear();
    }
    next
}

fn tell_origin(thread: &Thread, kind: NoticeKind, with_cause: bool) -> Notice {
    Notice { to: thread.record.origin, kind, with_cause }
}

fn tell_audience(
    thread: &Thread,
    except: Option<Id<NodeKind>>,
    kind: NoticeKind,
) -> impl Iterator<Item = Notice> {
    thread.audience.iter().copied().filter(move |node| Some(*node) != except).map(move |to| Notice {
        to,
        kind,
        with_cause: false,
    })
}
