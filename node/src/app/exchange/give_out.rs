//! What is new for a partner, as a file. Every notice is looked at again when it leaves: an offer that is over is not sent, and
//! an award only to the partner that is entitled to it at that moment, which is written down as an access to the person.

use std::{collections::HashSet, sync::Arc};

use maillage_domain::{
    handover::Happening,
    partner::{Partner, PartnerFormat},
    roles::Operation,
    trip::{CancelReason, TripStatus},
};
use maillage_engine::Transaction;
use maillage_federation::{
    handover::{AwardLeg, NoticeKind, State, Word},
    ids::{Id, NodeKind, TripKind},
};
use maillage_partners::{About, Award, CallOff, ExactLeg, Offered, Passenger, ToPartner, table, tds};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    events::Subject,
    moments,
    partners::{self, PartnerNotice, PartnerThread},
    trips,
};

use super::{find, format};
use crate::app::{
    Aborted, App,
    caller::Caller,
    handover::{Desk, origin},
};

/// A file for a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenOut {
    /// The file; empty if there is nothing new.
    pub file: Vec<u8>,
    /// What it looks like.
    pub format: PartnerFormat,
    /// Messages in it.
    pub messages: usize,
    /// Messages that wait, because the format has no form for them.
    pub left: usize,
}

/// Gives out what is new for a partner, once; with `again` also what is still of use of what was given out before.
///
/// # Errors
/// `partner-unknown`, `partner-format`, `not-joined`; the store.
pub async fn give_out(
    app: &Arc<App>,
    caller: &Caller,
    partner: Id<NodeKind>,
    (wanted, again): (String, bool),
) -> Result<GivenOut, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::PartnerGiveOut, move |app, transaction| {
        let known = find(transaction, partner)?;
        let format = format(&wanted, &known)?;
        app.note(transaction, &by, Operation::PartnerGiveOut, &[Subject::Node(partner)])?;
        let mut desk = Desk::open(app, transaction)?;
        let mut notices = partners::notices(desk.transaction, partner)?;
        if again {
            notices.extend(standing(&desk, &known)?);
        }
        let (mut given, mut left, mut seen) = (Vec::new(), 0, HashSet::new());
        for notice in notices {
            let message = message(&mut desk, &by, notice)?;
            if format == PartnerFormat::Tds && message.as_ref().is_some_and(|m| !tds::is_expressible(m)) {
                left += 1;
                continue;
            }
            partners::told(desk.transaction, &notice)?;
            // Told twice in one file, by a notice and because it still stands, is told once.
            let fresh = |message: &ToPartner| {
                matches!(message, ToPartner::Text { .. })
                    || seen.insert((message.about(), std::mem::discriminant(message)))
            };
            given.extend(message.filter(fresh));
        }
        let file = match (given.is_empty(), format) {
            (true, _) => Vec::new(),
            (false, PartnerFormat::Csv) => table::write_sent(&given),
            (false, PartnerFormat::Tds) => tds::write_sent(&given),
        };
        Ok(GivenOut { file, format, messages: given.len(), left })
    })
    .await
}

/// What still stands for a partner, as if it had just happened.
fn standing(desk: &Desk<'_, '_>, partner: &Partner) -> Result<Vec<PartnerNotice>, Aborted> {
    let mut notices = Vec::new();
    for kept in partners::threads(desk.transaction)? {
        let record = &kept.thread.record;
        let kind = match record.state {
            State::Open if kept.thread.audience.contains(&partner.id) => NoticeKind::Offered,
            State::Awarded { winner, .. } if winner == partner.id => NoticeKind::Awarded,
            State::Held { holder } if holder == partner.id => NoticeKind::Awarded,
            State::Open
            | State::Awarded { .. }
            | State::Held { .. }
            | State::Released
            | State::Withdrawn
            | State::Expired
            | State::Cancelled { .. }
            | State::Done { .. } => continue,
        };
        notices.push(PartnerNotice {
            partner: partner.id,
            handover: record.handover,
            revision: record.revision,
            round: record.round,
            kind,
            at_ms: desk.at.as_millisecond(),
        });
    }
    Ok(notices)
}

/// What a notice says now; nothing if it is not true any more.
fn message(
    desk: &mut Desk<'_, '_>,
    by: &Caller,
    notice: PartnerNotice,
) -> Result<Option<ToPartner>, Aborted> {
    let Some(kept) = partners::thread(desk.transaction, notice.handover)? else { return Ok(None) };
    let (record, legs) = (&kept.thread.record, kept.thread.offer.legs.len());
    let about = About { handover: notice.handover, round: notice.round, legs };
    let current = record.round == notice.round;
    Ok(match notice.kind {
        NoticeKind::Offered | NoticeKind::Reopened => {
            let still = current && record.state == State::Open;
            let in_time = desk.at.as_millisecond() < record.reply_by_ms;
            let offer = kept.thread.offer;
            (still && in_time).then_some(ToPartner::Offer(Offered { about, offer }))
        }
        NoticeKind::Awarded => {
            let entitled = current && record.state.entitled() == Some(notice.partner);
            if entitled { Some(award(desk, by, &kept, (about, notice.partner))?) } else { None }
        }
        NoticeKind::Lapsed => Some(ToPartner::Lapsed(about)),
        NoticeKind::Closed => Some(match record.state {
            State::Withdrawn => ToPartner::Withdrawn(about),
            State::Open
            | State::Awarded { .. }
            | State::Held { .. }
            | State::Released
            | State::Expired
            | State::Cancelled { .. }
            | State::Done { .. } => ToPartner::Closed(about),
        }),
        NoticeKind::Cancelled => {
            let reason = reason(desk.transaction, desk.outgoing(notice.handover)?.trips.first().copied())?;
            Some(ToPartner::Cancelled { about, reason: CallOff::from(reason), at_ms: notice.at_ms })
        }
        NoticeKind::Word => {
            let moment = moments::at(desk.transaction, notice.handover, notice.revision)?;
            moment.and_then(|moment| word(about, &moment.what))
        }
        NoticeKind::Bid
        | NoticeKind::Accepted
        | NoticeKind::Refused
        | NoticeKind::Released
        | NoticeKind::Expired
        | NoticeKind::Outcome
        | NoticeKind::ChangeAsked
        | NoticeKind::ChangeAnswered
        | NoticeKind::ChangeLapsed => None,
    })
}

fn reason(transaction: &Transaction<'_>, trip: Option<Id<TripKind>>) -> Result<CancelReason, Aborted> {
    let trip = trip.map(|id| trips::find(transaction, id)).transpose()?.flatten();
    Ok(match trip.map(|trip| trip.status()) {
        Some(TripStatus::Cancelled { reason, .. }) => reason,
        Some(_) | None => CancelReason::Unspecified,
    })
}

fn word(about: About, what: &Happening) -> Option<ToPartner> {
    let Happening::Word(word) = what else { return None };
    match word {
        Word::Message { text } => Some(ToPartner::Text { about, text: text.clone() }),
        Word::Countersigned => Some(ToPartner::AccountSeen { about, disputed: false }),
        Word::Disputed { .. } => Some(ToPartner::AccountSeen { about, disputed: true }),
        Word::Progress { .. } | Word::CarriedBy(_) => None,
    }
}

/// Who and where, as it is now; and a line in the log of accesses.
fn award(
    desk: &mut Desk<'_, '_>,
    by: &Caller,
    kept: &PartnerThread,
    (about, partner): (About, Id<NodeKind>),
) -> Result<ToPartner, Aborted> {
    let outgoing = desk.outgoing(about.handover)?;
    let details = origin::details(desk, &outgoing)?;
    let accept_by_ms = match kept.thread.record.state {
        State::Awarded { accept_by_ms, .. } => accept_by_ms,
        State::Open
        | State::Held { .. }
        | State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => desk.at.as_millisecond(),
    };
    let access = Access {
        at: desk.at,
        subject: Subject::Handover(about.handover),
        actor: by.actor(),
        purpose: "award.given-out".into(),
    };
    access_log::record(desk.transaction, &access)?;
    tracing::info!(handover = %about.handover, %partner, "an award is given out");
    let leg = |leg: AwardLeg| ExactLeg {
        pickup: leg.pickup,
        pickup_address: leg.pickup_address,
        dropoff: leg.dropoff,
        dropoff_address: leg.dropoff_address,
        earliest_pickup_ms: leg.earliest_pickup_ms,
        latest_arrival_ms: leg.latest_arrival_ms,
    };
    Ok(ToPartner::Award(Box::new(Award {
        about,
        accept_by_ms,
        seats: kept.thread.offer.seats,
        passenger: Passenger {
            name: details.name,
            phone: details.phone,
            needs: details.needs,
            companions: details.companions,
            driver_notes: details.driver_notes,
        },
        legs: details.legs.into_iter().map(leg).collect(),
        desk_phone: details.desk_phone,
    })))
}
