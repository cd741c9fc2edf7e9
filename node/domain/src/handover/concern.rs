//! What a desk has to look at in its handovers, and until when: nothing of it is stored, so that it can neither be forgotten
//! nor outlive its reason; but what a restore took stays until somebody has said that it was looked at. Must never decide anything.

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{
    handover::{State, Word},
    ids::{Id, NodeKind},
};

use super::{
    Incoming, IncomingStanding, Moment, Outgoing, OutgoingStanding, open_change, timeline::Happening,
    word_on_outcome,
};

/// An account is missed so long after the last arrival was due: a driver writes it down in the evening.
const ACCOUNT_DUE: SignedDuration = SignedDuration::from_hours(24);

/// A message nobody has answered is pointed at for so long.
const MESSAGE_RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Something a desk has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concern {
    /// What.
    pub what: ConcernKind,
    /// Since when.
    pub since: Timestamp,
    /// When it will be too late, if it can be.
    pub until: Option<Timestamp>,
}

/// What a desk has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConcernKind {
    /// Who owns the trip is not known: call the other desk.
    Uncertain,
    /// Origin: it came back and nobody has been found.
    Returned,
    /// Origin: of a journey that may be carried in parts, somebody carries one part and nobody the other.
    HalfCarried,
    /// Winner: a person has to say yes or no.
    ToAnswer,
    /// Origin: bids have come, and a person has to choose.
    ToChoose,
    /// Candidate: an offer has come, and a person has to say whether somebody of ours is proposed.
    ToBid,
    /// The other desk asks for another time or place.
    ChangeAsked,
    /// It should have been accounted for.
    AccountMissing,
    /// The origin disputes the account.
    Disputed,
    /// The other desk wrote last.
    Message,
    /// The hub refused what this node said last.
    Refused,
    /// A restore took what was known of it: a person has to find out what is true.
    Lost,
}

impl ConcernKind {
    /// Its name in messages to people and programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Uncertain => "uncertain",
            Self::Returned => "returned",
            Self::HalfCarried => "half-carried",
            Self::ToAnswer => "to-answer",
            Self::ToChoose => "to-choose",
            Self::ToBid => "to-bid",
            Self::ChangeAsked => "change-asked",
            Self::AccountMissing => "account-missing",
            Self::Disputed => "disputed",
            Self::Message => "message",
            Self::Refused => "refused",
            Self::Lost => "lost",
        }
    }
}

/// What is known of a handover besides the hub's record.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// This node.
    pub me: Id<NodeKind>,
    /// The time line.
    pub moments: &'a [Moment],
    /// Since when an acceptance or a return waits for the hub.
    pub unsure_since: Option<Timestamp>,
    /// Whether one of the trips waits for a driver here.
    pub waits_here: bool,
    /// Whether of the other part of the journey, its other leg or stage, it is so that both together are not carried: it is carried,
    /// while this one is not, or waits for somebody here, while a neighbour holds this one.
    pub half_carried: bool,
    /// Whether a person is asked what comes next: of an offer of ours which bid is chosen, of a neighbour's whether we bid.
    pub asks: bool,
}

impl Outgoing {
    /// What the origin's desk has to look at.
    pub fn concerns(&self, known: Known<'_>, now: Timestamp) -> Vec<Concern> {
        let first_pickup = first_ms(self.offer.legs.iter().map(|leg| leg.window_start_ms));
        let mut concerns = between(&known, now);
        match self.standing() {
            OutgoingStanding::Uncertain { since } => {
                concerns.push(Concern { what: ConcernKind::Uncertain, since, until: first_pickup });
            }
            OutgoingStanding::Ours | OutgoingStanding::Back
                if known.waits_here && given_back_at(known.moments).is_some() =>
            {
                let since = given_back_at(known.moments).unwrap_or(now);
                concerns.push(Concern { what: ConcernKind::Returned, since, until: first_pickup });
            }
            OutgoingStanding::Back | OutgoingStanding::Theirs { .. } if known.half_carried => {
                let since = known.moments.last().map_or(now, |moment| moment.at);
                concerns.push(Concern { what: ConcernKind::HalfCarried, since, until: first_pickup });
            }
            OutgoingStanding::Ours if known.asks && !self.bids.is_empty() => {
                let since = self.first_bid_at.unwrap_or(now);
                let until = Timestamp::from_millisecond(self.offer.reply_by_ms).ok();
                concerns.push(Concern { what: ConcernKind::ToChoose, since, until });
            }
            OutgoingStanding::Theirs { .. } => {
                concerns.extend(account_missing(self.offer.legs.iter().map(|leg| leg.window_end_ms), now));
            }
            OutgoingStanding::Ours
            | OutgoingStanding::Back
            | OutgoingStanding::Cancelled
            | OutgoingStanding::Done { .. } => {}
        }
        if self.last_refusal.is_some() && !self.is_over() {
            concerns.push(Concern { what: ConcernKind::Refused, since: now, until: None });
        }
        concerns
    }
}

impl Incoming {
    /// What the candidate's or holder's desk has to look at.
    pub fn concerns(&self, known: Known<'_>, now: Timestamp) -> Vec<Concern> {
        let mut concerns = between(&known, now);
        let first_pickup = first_ms(self.offer.legs.iter().map(|leg| leg.window_start_ms));
        if let Some(since) = known.unsure_since {
            concerns.push(Concern { what: ConcernKind::Uncertain, since, until: first_pickup });
        }
        match self.standing(known.me) {
            IncomingStanding::Chosen { accept_by_ms } if known.unsure_since.is_none() => {
                let until = Timestamp::from_millisecond(accept_by_ms).ok();
                let since = last_of(known.moments, |what| *what == Happening::Awarded).unwrap_or(now);
                if until.is_none_or(|until| now < until) && self.details.is_some() {
                    concerns.push(Concern { what: ConcernKind::ToAnswer, since, until });
                }
            }
            IncomingStanding::Candidate if known.asks && self.waits_for_a_bid(now) => {
                let until = Timestamp::from_millisecond(self.record.reply_by_ms).ok();
                concerns.push(Concern { what: ConcernKind::ToBid, since: self.offered_at, until });
            }
            IncomingStanding::Ours => {
                concerns.extend(account_missing(self.offer.legs.iter().map(|leg| leg.window_end_ms), now));
            }
            IncomingStanding::Candidate
            | IncomingStanding::Chosen { .. }
            | IncomingStanding::Done
            | IncomingStanding::Cancelled
            | IncomingStanding::Over => {}
        }
        let carrying = matches!(self.record.state, State::Held { holder } if holder == known.me);
        if self.last_refusal.is_some() && carrying {
            concerns.push(Concern { what: ConcernKind::Refused, since: now, until: None });
        }
        concerns
    }
}

/// What the two say to each other and wait for.
fn between(known: &Known<'_>, now: Timestamp) -> Vec<Concern> {
    let mut concerns = Vec::new();
    let by_other = |moment: &Moment| moment.by.is_some_and(|node| node != known.me);
    if let Some((question, _)) = open_change(known.moments).filter(|(question, _)| by_other(question)) {
        concerns.push(Concern { what: ConcernKind::ChangeAsked, since: question.at, until: None });
    }
    if let Some(Word::Disputed { .. }) = word_on_outcome(known.moments) {
        let since = last_of(known.moments, |what| what.code() == "disputed").unwrap_or(now);
        concerns.push(Concern { what: ConcernKind::Disputed, since, until: None });
    }
    let recent = |moment: &Moment| now.duration_since(moment.at) < MESSAGE_RECENT;
    let message = |moment: &&Moment| matches!(moment.what, Happening::Word(Word::Message { .. }));
    if let Some(last) = known.moments.iter().rev().find(message).filter(|last| by_other(last) && recent(last))
    {
        concerns.push(Concern { what: ConcernKind::Message, since: last.at, until: None });
    }
    concerns
}

fn account_missing(ends_ms: impl Iterator<Item = i64>, now: Timestamp) -> Option<Concern> {
    let last = ends_ms.max().and_then(|ms| Timestamp::from_millisecond(ms).ok())?;
    let due = last.checked_add(ACCOUNT_DUE).ok()?;
    (now >= due).then_some(Concern { what: ConcernKind::AccountMissing, since: due, until: None })
}

/// When the holder gave it back, if one did.
fn given_back_at(moments: &[Moment]) -> Option<Timestamp> {
    last_of(moments, |what| *what == Happening::Released)
}

fn last_of(moments: &[Moment], wanted: impl Fn(&Happening) -> bool) -> Option<Timestamp> {
    moments.iter().rev().find(|moment| wanted(&moment.what)).map(|moment| moment.at)
}

fn first_ms(instants_ms: impl Iterator<Item = i64>) -> Option<Timestamp> {
    instants_ms.min().and_then(|ms| Timestamp::from_millisecond(ms).ok())
}
