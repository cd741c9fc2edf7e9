//! What is new for a partner, as a file. Every notice is looked at again when it leaves: an offer that is over is not sent, and
//! an award only to the partner that is entitled to it at that moment, which is written down as an access to the person. A
//! notice is kept when it was given, with its moment: what never reached the partner is given again, as true as it still is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use maillage_domain::{
    handover::{Happening, Outgoing},
    partner::PartnerFormat,
    roles::Operation,
    trip::{CancelReason, TripStatus},
};
use maillage_engine::Transaction;
use maillage_federation::{
    handover::{AwardLeg, NoticeKind, State, Word},
    ids::{HandoverKind, Id, NodeKind, TripKind},
};
use maillage_partners::{
    About, Award, CallOff, ExactLeg, Offered, OwnWords, Passenger, ToPartner, table, tds,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    events::{Actor, Subject},
    moments,
    partners::{self, PartnerNotice, PartnerThread},
    trips,
};

use super::{find, format};
use crate::{
    app::{
        Aborted, App,
        caller::Caller,
        handover::{Desk, arbiter, origin},
    },
    limits::MESSAGES_GIVEN,
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
    /// Messages that wait, because the file is full.
    pub more: usize,
}

/// Gives out what a partner was not given yet; with `again` everything that is still kept and still true.
///
/// # Errors
/// `partner-unknown`, `partner-format`, `not-joined`; the store.
pub async fn give_out(
    app: &Arc<App>,
    caller: &Caller,
    partner: Id<NodeKind>,
    (wanted, again): (String, bool),
) -> Result<GivenOut, Refusal> {
    caller.check(Operation::PartnerGiveOut)?;
    arbiter::elapse(app).await?;
    let by = caller.clone();
    app.act(caller, Operation::PartnerGiveOut, move |app, transaction| {
        let known = find(transaction, partner)?;
        let format = format(&wanted, &known)?;
        app.note(transaction, &by, Operation::PartnerGiveOut, &[Subject::Node(partner)])?;
        let mut desk = Desk::open(app, transaction)?;
        let kept = partners::notices(desk.transaction, partner)?;
        let mut rounds = Rounds::of(&kept);
        let (mut given, mut left, mut more) = (Vec::new(), 0, 0);
        for notice in wanted_of(kept, again) {
            if given.len() == MESSAGES_GIVEN {
                more += 1;
                continue;
            }
            let Some(message) = message(&mut desk, &by, (notice, &rounds))? else {
                // What was never given and is not true any more never will be.
                if notice.given_at_ms.is_none() {
                    partners::forget(desk.transaction, &notice)?;
                }
                continue;
            };
            if format == PartnerFormat::Tds && !tds::is_expressible(&message) {
                left += 1;
                continue;
            }
            let told = PartnerNotice { given_at_ms: Some(desk.at.as_millisecond()), ..notice };
            partners::note(desk.transaction, &told)?;
            rounds.take(&told);
            given.push(((notice.handover, notice.revision), message));
        }
        given.sort_by_key(|(place, _)| *place);
        let given: Vec<ToPartner> = given.into_iter().map(|(_, message)| message).collect();
        let file = match (given.is_empty(), format) {
            (true, _) => Vec::new(),
            (false, PartnerFormat::Csv) => table::write_sent(&given),
            (false, PartnerFormat::Tds) => tds::write_sent(&given),
        };
        Ok(GivenOut { file, format, messages: given.len(), left, more })
    })
    .await
}

/// What waits, the oldest first; then, if it is wanted, what was given before, first what was given longest ago: asked for again
/// and again, a full file goes on where the one before ended.
fn wanted_of(mut kept: Vec<PartnerNotice>, again: bool) -> Vec<PartnerNotice> {
    kept.retain(|notice| again || notice.given_at_ms.is_none());
    kept.sort_by_key(|notice| match notice.given_at_ms {
        None => (false, 0, notice.at_ms),
        Some(given_at_ms) => (true, given_at_ms, notice.at_ms),
    });
    kept
}

/// The rounds a partner was shown: what is over is told of the last of them, for it knows no other.
#[derive(Default)]
struct Rounds(BTreeMap<(Id<HandoverKind>, u64), u32>);

impl Rounds {
    fn of(kept: &[PartnerNotice]) -> Self {
        let mut rounds = Self::default();
        kept.iter().filter(|notice| notice.given_at_ms.is_some()).for_each(|notice| rounds.take(notice));
        rounds
    }

    fn take(&mut self, given: &PartnerNotice) {
        if matches!(given.kind, NoticeKind::Offered | NoticeKind::Reopened | NoticeKind::Awarded) {
            self.0.insert((given.handover, given.revision), given.round);
        }
    }

    /// The last round that was shown before a notice.
    fn before(&self, notice: &PartnerNotice) -> Option<u32> {
        let (from, to) = ((notice.handover, 0), (notice.handover, notice.revision));
        self.0.range(from..to).next_back().map(|(_, round)| *round)
    }
}

/// What a notice says now; nothing if it is not true any more, or the end of what was never shown.
fn message(
    desk: &mut Desk<'_, '_>,
    by: &Caller,
    (notice, rounds): (PartnerNotice, &Rounds),
) -> Result<Option<ToPartner>, Aborted> {
    let Some(kept) = partners::thread(desk.transaction, notice.handover)? else { return Ok(None) };
    let (record, legs) = (&kept.thread.record, kept.thread.offer.legs.len());
    let about = |round: u32| About { handover: notice.handover, round, legs };
    let current = record.round == notice.round;
    let shown = rounds.before(&notice).map(about);
    let known = shown.unwrap_or_else(|| about(notice.round));
    Ok(match notice.kind {
        NoticeKind::Offered | NoticeKind::Reopened => {
            let still = current && record.state == State::Open;
            let in_time = desk.at.as_millisecond() < record.reply_by_ms;
            let (about, offer) = (about(notice.round), kept.thread.offer);
            (still && in_time).then_some(ToPartner::Offer(Offered { about, offer }))
        }
        NoticeKind::Awarded => {
            let entitled = current && record.state.entitled() == Some(notice.partner);
            let late = matches!(record.state, State::Awarded { accept_by_ms, .. } if accept_by_ms <= desk.at.as_millisecond());
            let about = about(notice.round);
            if entitled && !late { Some(award(desk, by, &kept, (about, notice.partner))?) } else { None }
        }
        NoticeKind::Lapsed => shown.map(ToPartner::Lapsed),
        // Nothing comes after it was taken back.
        NoticeKind::Closed if record.state == State::Withdrawn && record.revision == notice.revision => {
            shown.map(ToPartner::Withdrawn)
        }
        NoticeKind::Closed => shown.map(ToPartner::Closed),
        NoticeKind::Cancelled => {
            let reason = reason(desk.transaction, desk.outgoing(notice.handover)?.trips.first().copied())?;
            let reason = CallOff::from(reason);
            Some(ToPartner::Cancelled { about: known, reason, at_ms: notice.at_ms })
        }
        NoticeKind::Word => {
            let entitled = current && record.state.entitled() == Some(notice.partner);
            let moment = moments::at(desk.transaction, notice.handover, notice.revision)?;
            let said = moment.and_then(|moment| word(known, &moment.what));
            // Words about who travels are for whoever drives, as the award is.
            said.filter(|said| entitled || !matches!(said, ToPartner::Text { .. }))
        }
        NoticeKind::Bid
        | NoticeKind::Accepted
        | NoticeKind::Refused
        | NoticeKind::Released
        | NoticeKind::Expired
        | NoticeKind::Outcome
        | NoticeKind::ChangeAsked
        | NoticeKind::ChangeAnswered
        | NoticeKind::ChangeLapsed
        | NoticeKind::Widened => None,
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
        Word::Message { text } => Some(ToPartner::Text { about, text: OwnWords(text.clone()) }),
        Word::Countersigned => Some(ToPartner::AccountSeen { about, disputed: false }),
        Word::Disputed { .. } => Some(ToPartner::AccountSeen { about, disputed: true }),
        Word::Progress { .. } | Word::CarriedBy(_) => None,
    }
}

/// Writes down that somebody saw who travels, for the person it is.
fn note_access(desk: &mut Desk<'_, '_>, outgoing: &Outgoing, actor: &Actor) -> Result<(), Aborted> {
    let mut seen = BTreeSet::new();
    for id in &outgoing.trips {
        seen.extend(trips::find(desk.transaction, *id)?.and_then(|trip| trip.person()));
    }
    for person in seen {
        let (subject, purpose) = (Subject::Person(person), "award.given-out".into());
        access_log::record(
            desk.transaction,
            &Access { at: desk.at, subject, actor: actor.clone(), purpose },
        )?;
    }
    Ok(())
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
    // Both see it: whoever gives it out, and the partner.
    for actor in [by.actor(), Actor::Neighbour(partner)] {
        note_access(desk, &outgoing, &actor)?;
    }
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
