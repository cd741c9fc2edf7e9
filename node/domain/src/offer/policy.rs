//! How long a volunteer has to answer, when she or he is reminded, and when nobody is disturbed: data of the territory.
//! Must never ask the clock.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use maillage_federation::month::paris;

use super::Means;
use crate::{
    handover::Decision,
    limits::{OFFER_LEAD_MIN, OFFER_PACES, OFFER_REMINDERS, OFFER_ROUNDS},
};

/// Minutes in a civil day.
const DAY_MIN: u16 = 24 * 60;

/// How offers are made at this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferPolicy {
    /// By lead time, the longest first; the last holds from no lead at all.
    pub paces: Vec<Pace>,
    /// With less time than this before the drive the volunteer is called, in minutes.
    pub call_under_min: u32,
    /// When no message leaves.
    pub quiet: QuietHours,
    /// Whether the next candidate is asked when somebody does not answer, or says no by the link.
    pub escalation: Decision,
    /// How many volunteers are asked for the same trips by the node itself, the first included.
    pub rounds: u8,
    /// Whether a beneficiary is told that a driver was found.
    pub tell_confirmed: bool,
    /// Whether a beneficiary is reminded the day before.
    pub tell_day_before: bool,
    /// Whether a beneficiary is told when the platform calls a trip off.
    pub tell_cancelled: bool,
}

/// What holds from a lead time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Minutes between the question and the drive, at least.
    pub lead_min: u32,
    /// Minutes from the question to each reminder.
    pub remind_after_min: u32,
    /// How many reminders, at most.
    pub reminders: u8,
    /// Minutes from the question to the end of waiting.
    pub timeout_min: u32,
}

/// Civil hours of Europe/Paris in which no message leaves, in minutes since midnight; over midnight if the end is before
/// the beginning, never if both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from_min: u16,
    to_min: u16,
}

/// When a question is asked, repeated and given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// By what.
    pub means: Means,
    /// When the message leaves; for a call, when it may be made.
    pub leaves_at: Timestamp,
    /// When the first reminder is due.
    pub remind_at: Option<Timestamp>,
    /// By when an answer is wanted.
    pub expires_at: Timestamp,
}

/// Why a policy is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfferPolicyError {
    /// No pace, too many, not the longest lead first, or none for short leads.
    #[error("1 to {OFFER_PACES} paces are wanted, the longest lead first, the last from 0 minutes")]
    Paces,
    /// The times of a pace contradict one another.
    #[error("pace {0}: the reminder comes before the end of waiting, both within {OFFER_LEAD_MIN} minutes")]
    Times(usize),
    /// Too many reminders.
    #[error("pace {0}: at most {OFFER_REMINDERS} reminders")]
    Reminders(usize),
    /// The limit under which the volunteer is called.
    #[error("{0} minutes are too many to call instead of writing")]
    CallUnder(u32),
    /// Rounds.
    #[error("{0} volunteers in turn; 1 to {OFFER_ROUNDS} are allowed")]
    Rounds(u8),
    /// Not times of a day.
    #[error("quiet hours are minutes of a day, 0 to 1439, and leave some of it")]
    Quiet,
}

impl Default for OfferPolicy {
    /// What most desks do by phone today: two days when there is time, two hours on the day itself, nobody at night.
    fn default() -> Self {
        let pace = |lead_min, remind_after_min, timeout_min| Pace {
            lead_min,
            remind_after_min,
            reminders: 1,
            timeout_min,
        };
        Self {
            paces: vec![
                pace(3 * 24 * 60, 24 * 60, 48 * 60),
                pace(24 * 60, 6 * 60, 12 * 60),
                pace(0, 60, 120),
            ],
            call_under_min: 180,
            quiet: QuietHours { from_min: 21 * 60, to_min: 8 * 60 },
            escalation: Decision::Auto,
            rounds: 5,
            tell_confirmed: true,
            tell_day_before: true,
            tell_cancelled: true,
        }
    }
}

impl OfferPolicy {
    /// The policy itself, if it makes sense.
    ///
    /// # Errors
    /// The first thing that does not.
    pub fn check(self) -> Result<Self, OfferPolicyError> {
        let leads = self.paces.iter().map(|pace| pace.lead_min);
        let falling = leads.clone().zip(leads.skip(1)).all(|(longer, shorter)| longer > shorter);
        let ends_at_none = self.paces.last().is_some_and(|pace| pace.lead_min == 0);
        if self.paces.len() > OFFER_PACES || !falling || !ends_at_none {
            return Err(OfferPolicyError::Paces);
        }
        for (pace, number) in self.paces.iter().zip(1..) {
            let within = pace.lead_min <= OFFER_LEAD_MIN && pace.timeout_min <= OFFER_LEAD_MIN;
            if !within || pace.remind_after_min == 0 || pace.remind_after_min >= pace.timeout_min {
                return Err(OfferPolicyError::Times(number));
            }
            if pace.reminders > OFFER_REMINDERS {
                return Err(OfferPolicyError::Reminders(number));
            }
        }
        if self.call_under_min > OFFER_LEAD_MIN {
            return Err(OfferPolicyError::CallUnder(self.call_under_min));
        }
        if !(1..=OFFER_ROUNDS).contains(&self.rounds) {
            return Err(OfferPolicyError::Rounds(self.rounds));
        }
        Ok(self)
    }

    /// When a volunteer is asked who would have to set out at `departs`; `writable` if there is an address that a
    /// message can be sent to.
    pub fn plan(&self, now: Timestamp, departs: Timestamp, writable: bool) -> Plan {
        let leaves_at = self.quiet.end_of_silence(now);
        let latest = departs - minutes(self.call_under_min);
        if !writable || leaves_at >= latest {
            return self.by_phone(now, departs);
        }
        let pace = self.pace(leaves_at, departs);
        let expires_at = self.quiet.end_of_silence(leaves_at + minutes(pace.timeout_min)).min(latest);
        let remind_at = self.remind_at(leaves_at, pace).filter(|at| *at < expires_at);
        Plan { means: Means::Message, leaves_at, remind_at, expires_at }
    }

    /// Until when a message about a drive at an instant may leave, so that there is time to call if it does not; none if
    /// there is no such time any more, and somebody has to call. A message is not left to the quiet hours: nobody would
    /// see in time that it did not leave.
    pub fn written_until(&self, now: Timestamp, drive_at: Timestamp) -> Option<Timestamp> {
        let latest = self.quiet.begin_of_silence(drive_at - minutes(self.call_under_min));
        (self.quiet.end_of_silence(now) < latest).then_some(latest)
    }

    /// By when an answer is wanted from a volunteer who is called from now on.
    pub fn called_until(&self, now: Timestamp, departs: Timestamp) -> Timestamp {
        let wanted = minutes(self.pace(now, departs).timeout_min);
        (now + wanted).min(departs).max(now)
    }

    /// As much time as is left to answer a last reminder that leaves now; none if it is better to call.
    pub(super) fn last_chance(&self, now: Timestamp, departs: Timestamp) -> Option<Timestamp> {
        let latest = departs - minutes(self.call_under_min);
        let leaves_at = self.quiet.end_of_silence(now);
        if leaves_at >= latest {
            return None;
        }
        let pace = self.pace(leaves_at, departs);
        let left = minutes(pace.timeout_min.saturating_sub(pace.remind_after_min));
        Some(self.quiet.end_of_silence(leaves_at + left).min(latest))
    }

    /// The pace for a question that leaves at an instant.
    pub(super) fn pace(&self, leaves_at: Timestamp, departs: Timestamp) -> Pace {
        let lead = leaves_at.duration_until(departs);
        let fitting = self.paces.iter().find(|pace| lead >= minutes(pace.lead_min));
        fitting.or(self.paces.last()).copied().unwrap_or(Pace {
            lead_min: 0,
            remind_after_min: 60,
            reminders: 0,
            timeout_min: 120,
        })
    }

    fn remind_at(&self, leaves_at: Timestamp, pace: Pace) -> Option<Timestamp> {
        (pace.reminders > 0).then(|| self.quiet.end_of_silence(leaves_at + minutes(pace.remind_after_min)))
    }

    fn by_phone(&self, now: Timestamp, departs: Timestamp) -> Plan {
        let expires_at = self.called_until(now, departs);
        Plan { means: Means::Phone, leaves_at: now, remind_at: None, expires_at }
    }
}

impl QuietHours {
    /// Quiet from one minute of the day to another, each 0 to 1439.
    ///
    /// # Errors
    /// Anything else.
    pub fn new(from_min: u16, to_min: u16) -> Result<Self, OfferPolicyError> {
        if from_min < DAY_MIN && to_min < DAY_MIN {
            Ok(Self { from_min, to_min })
        } else {
            Err(OfferPolicyError::Quiet)
        }
    }

    /// Their beginning, in minutes since midnight.
    pub fn from_min(self) -> u16 {
        self.from_min
    }

    /// Their end, in minutes since midnight.
    pub fn to_min(self) -> u16 {
        self.to_min
    }

    /// Whether no message leaves at an instant.
    pub fn holds_at(self, at: Timestamp) -> bool {
        let time = at.to_zoned(paris()).time();
        let minute = u16::try_from(time.hour()).unwrap_or(0) * 60 + u16::try_from(time.minute()).unwrap_or(0);
        if self.from_min <= self.to_min {
            (self.from_min..self.to_min).contains(&minute)
        } else {
            minute >= self.from_min || minute < self.to_min
        }
    }

    /// The instant itself, or the end of the quiet hours it lies in.
    pub fn end_of_silence(self, at: Timestamp) -> Timestamp {
        if !self.holds_at(at) {
            return at;
        }
        let local = at.to_zoned(paris());
        let today = self.end_on(local.date());
        let end = match today {
            Some(end) if end > at => Some(end),
            Some(_) | None => local.date().tomorrow().ok().and_then(|day| self.end_on(day)),
        };
        end.unwrap_or(at)
    }

    /// The instant itself, or the beginning of the quiet hours it lies in.
    pub fn begin_of_silence(self, at: Timestamp) -> Timestamp {
        if !self.holds_at(at) {
            return at;
        }
        let day = at.to_zoned(paris()).date();
        let today = minute_of(day, self.from_min).filter(|begin| *begin <= at);
        today.or_else(|| minute_of(day.yesterday().ok()?, self.from_min)).unwrap_or(at)
    }

    fn end_on(self, day: jiff::civil::Date) -> Option<Timestamp> {
        minute_of(day, self.to_min)
    }
}

/// A minute of a civil day in Paris.
fn minute_of(day: jiff::civil::Date, minute: u16) -> Option<Timestamp> {
    let civil = day.at(0, 0, 0, 0).checked_add(i32::from(minute).minutes()).ok()?;
    paris().to_ambiguous_timestamp(civil).compatible().ok()
}

fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}
