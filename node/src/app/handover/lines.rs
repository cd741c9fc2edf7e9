//! The time line of a handover: every decision of the hub that this node hears of, under the revision it led to, so that
//! origin and holder keep the same lines from the award on. Must never write a line the hub has not decided.

use jiff::Timestamp;
use maillage_domain::handover::{Happening, Incoming, IncomingStanding, Moment};
use maillage_federation::{
    envelope::Receipt,
    handover::{Action, Circle, Command, NoticeKind, Record},
    ids::{Id, NodeKind},
};
use maillage_store::{handovers, moments};

use super::{
    Desk,
    notices::{Heard, Opened},
};
use crate::app::Aborted;

/// What the hub has told, as a line.
///
/// # Errors
/// The store.
pub(super) fn told(desk: &mut Desk<'_, '_>, believed: &Heard) -> Result<(), Aborted> {
    let Heard { notice, cause, opened, sent_at_ms, proof: _, sight: _ } = believed;
    let command = cause.as_ref().map(|(_, command)| command);
    let moment = Moment {
        handover: notice.record.handover,
        revision: notice.record.revision,
        at: instant(*sent_at_ms),
        by: cause.as_ref().map(|(node, _)| *node),
        what: happening(notice.kind, &notice.record, command, opened),
    };
    let ends = matches!(moment.what, Happening::Closed | Happening::Expired);
    if ends && moments::at(desk.transaction, moment.handover, moment.revision)?.is_some() {
        // What led to the end under the same revision says more.
        return Ok(());
    }
    moments::put(desk.transaction, &moment)?;
    match handovers::incoming(desk.transaction, moment.handover)? {
        // A letter that was under way when the trip went elsewhere: its words are not ours to keep.
        Some(incoming) if !is_concerned(&incoming, desk.membership.me) => {
            Ok(moments::forget(desk.transaction, moment.handover)?)
        }
        Some(_) | None => Ok(()),
    }
}

fn is_concerned(incoming: &Incoming, me: Id<NodeKind>) -> bool {
    match incoming.standing(me) {
        IncomingStanding::Ours | IncomingStanding::Done | IncomingStanding::Cancelled => true,
        IncomingStanding::Candidate | IncomingStanding::Chosen { .. } | IncomingStanding::Over => false,
    }
}

/// What this node said and the hub has answered, as a line if it was taken.
///
/// # Errors
/// The store.
pub(super) fn answered(desk: &mut Desk<'_, '_>, command: &Command, receipt: &Receipt) -> Result<(), Aborted> {
    let kept = moments::answered(desk.transaction, (command.handover, receipt.envelope))?;
    let Some(record) = receipt.record.as_ref().filter(|_| receipt.refused.is_none()) else { return Ok(()) };
    let moment = Moment {
        handover: command.handover,
        revision: record.revision,
        at: instant(receipt.decided_at_ms),
        by: Some(desk.membership.me),
        what: kept.unwrap_or_else(|| Happening::said(&command.action)),
    };
    Ok(moments::put(desk.transaction, &moment)?)
}

fn happening(kind: NoticeKind, record: &Record, command: Option<&Command>, opened: &Opened) -> Happening {
    match (kind, opened) {
        (NoticeKind::Offered | NoticeKind::Reopened, _) => Happening::Offered,
        (NoticeKind::Bid, _) => Happening::Bid,
        (NoticeKind::Awarded, _) => Happening::Awarded,
        (NoticeKind::Accepted, _) => Happening::Accepted,
        (NoticeKind::Refused, _) => Happening::Refused,
        (NoticeKind::Lapsed, _) => Happening::Lapsed,
        (NoticeKind::Released, _) => Happening::Released,
        (NoticeKind::Closed, _) => Happening::closing(record.state),
        (NoticeKind::Cancelled, _) => Happening::Cancelled,
        (NoticeKind::Expired, _) => Happening::Expired,
        (NoticeKind::Outcome, Opened::Outcome(outcome)) => Happening::Outcome(outcome.clone()),
        (NoticeKind::Word, Opened::Word(word)) => Happening::Word(word.clone()),
        (NoticeKind::ChangeAsked, Opened::Change(details)) => Happening::ChangeAsked(details.clone()),
        (NoticeKind::ChangeAnswered, _) => {
            if let Some(Action::AnswerChange { change, agreed }) = command.map(|command| &command.action) {
                Happening::ChangeAnswered { change: *change, agreed: *agreed }
            } else {
                Happening::Unreadable
            }
        }
        (NoticeKind::ChangeLapsed, _) => Happening::ChangeLapsed,
        (NoticeKind::Widened, _) => Happening::Widened(record.circle.unwrap_or(Circle::Third)),
        (NoticeKind::Outcome | NoticeKind::Word | NoticeKind::ChangeAsked, _) => Happening::Unreadable,
    }
}

fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}
