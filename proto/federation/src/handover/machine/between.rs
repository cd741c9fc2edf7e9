//! What passes between origin and holder while one carries the other's trip: words, and changes of times or places, one
//! at a time and only before the times are locked. Must never move the trip.

use super::{Notice, Refused, Step, held, moved};
use crate::{
    handover::{
        terms::OfferedLeg,
        thread::{NoticeKind, PendingChange, State, Thread},
    },
    ids::{Id, NodeKind},
    limits,
};

/// A word to the other of the two; also about what has been accounted for or called off.
pub(super) fn word(thread: &Thread, sender: Id<NodeKind>) -> Result<Step, Refused> {
    let holder = thread.record.state.holder().ok_or(Refused::WrongState)?;
    let to = counterpart(thread, holder, sender)?;
    let over = !matches!(thread.record.state, State::Held { .. });
    if thread.words >= limits::WORDS + if over { limits::WORDS_AFTER } else { 0 } {
        return Err(Refused::TooManyWords);
    }
    let mut next = moved(thread, thread.record.state);
    next.words += 1;
    Ok(Step { thread: next, notices: vec![Notice { to, kind: NoticeKind::Word, with_cause: true }] })
}

/// One of the two asks for other times or places.
pub(super) fn ask_change(
    thread: &Thread,
    sender: Id<NodeKind>,
    legs: &[OfferedLeg],
    now_ms: i64,
) -> Result<Step, Refused> {
    let to = counterpart(thread, held(thread)?, sender)?;
    if thread.change.is_some() {
        return Err(Refused::ChangePending);
    }
    if legs.len() != thread.offer.legs.len() {
        return Err(Refused::BadTerms);
    }
    if now_ms >= locked_from(thread).min(lock_of(legs)) {
        return Err(Refused::ChangeLocked);
    }
    let mut next = moved(thread, thread.record.state);
    next.change = Some(PendingChange { by: sender, revision: next.record.revision, legs: legs.to_vec() });
    Ok(Step { thread: next, notices: vec![Notice { to, kind: NoticeKind::ChangeAsked, with_cause: true }] })
}

/// The other agrees or does not; or whoever asked asks no more.
pub(super) fn answer_change(
    thread: &Thread,
    sender: Id<NodeKind>,
    (change, agreed): (u64, bool),
    now_ms: i64,
) -> Result<Step, Refused> {
    let to = counterpart(thread, held(thread)?, sender)?;
    let pending = thread.change.as_ref().filter(|pending| pending.revision == change);
    let pending = pending.ok_or(Refused::NoSuchChange)?;
    if agreed && pending.by == sender {
        return Err(Refused::NotYours);
    }
    if now_ms >= lapses_at(thread, pending) {
        return Err(Refused::ChangeLocked);
    }
    let mut next = moved(thread, thread.record.state);
    if agreed {
        next.offer.legs.clone_from(&pending.legs);
    }
    next.change = None;
    Ok(Step {
        thread: next,
        notices: vec![Notice { to, kind: NoticeKind::ChangeAnswered, with_cause: true }],
    })
}

/// A change that was not answered before the times were locked is no longer asked for.
pub(super) fn lapse(thread: &Thread, holder: Id<NodeKind>) -> Step {
    let mut next = moved(thread, thread.record.state);
    next.change = None;
    let notices = [thread.record.origin, holder].map(|to| Notice {
        to,
        kind: NoticeKind::ChangeLapsed,
        with_cause: false,
    });
    Step { thread: next, notices: notices.into() }
}

/// The other of the two.
fn counterpart(thread: &Thread, holder: Id<NodeKind>, sender: Id<NodeKind>) -> Result<Id<NodeKind>, Refused> {
    let origin = thread.record.origin;
    if sender == origin {
        Ok(holder)
    } else if sender == holder {
        Ok(origin)
    } else {
        Err(Refused::NotYours)
    }
}

fn locked_from(thread: &Thread) -> i64 {
    lock_of(&thread.offer.legs)
}

fn lock_of(legs: &[OfferedLeg]) -> i64 {
    let first = legs.iter().map(|leg| leg.window_start_ms).min().unwrap_or(i64::MAX);
    first.saturating_sub(limits::CHANGE_LOCK_MS)
}

pub(super) fn lapses_at(thread: &Thread, pending: &PendingChange) -> i64 {
    locked_from(thread).min(lock_of(&pending.legs))
}
