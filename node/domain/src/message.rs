//! Messages that leave the node for a volunteer or a beneficiary, and calls that somebody has to make. A row tells who is
//! to be told about what, and never what: the words are put together at the moment of sending, from what holds then. Must
//! never hold an address, a name or a reason for travelling.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use maillage_federation::ids::{Id, TripKind};

use crate::{
    codes::{UnknownCode, coded},
    ids::{DriverOfferKind, MessageKind, PersonKind, VolunteerKind},
    limits::{MESSAGE_ATTEMPTS, MESSAGE_BACK_OFF_LONGEST_S, MESSAGE_BACK_OFF_S},
};

/// Something to be told to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Identity: also of the e-mail, however often it is sent.
    pub id: Id<MessageKind>,
    /// To whom.
    pub to: Recipient,
    /// By what.
    pub medium: Medium,
    /// About what.
    pub topic: Topic,
    /// Not before.
    pub not_before: Timestamp,
    /// Of no use any more after; for a call: by when.
    pub expires_at: Timestamp,
    /// When it was written.
    pub created: Timestamp,
    /// Where it stands.
    pub state: MessageState,
}

/// To whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// A volunteer.
    Volunteer(Id<VolunteerKind>),
    /// A beneficiary.
    Person(Id<PersonKind>),
}

/// By what something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Medium {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// Somebody calls, or writes a letter: the call list.
    Call,
}

/// About what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Will you drive? To a volunteer.
    Offer(Id<DriverOfferKind>),
    /// Please answer. To a volunteer.
    OfferReminder(Id<DriverOfferKind>),
    /// No answer is needed any more. To a volunteer.
    OfferOver(Id<DriverOfferKind>),
    /// You drive. To a volunteer.
    DriveConfirmed(Id<TripKind>),
    /// You do not drive. To a volunteer.
    DriveCancelled(Id<TripKind>),
    /// A driver was found. To a beneficiary.
    TripConfirmed(Id<TripKind>),
    /// It is tomorrow. To a beneficiary.
    TripTomorrow(Id<TripKind>),
    /// It does not take place. To a beneficiary.
    TripCancelled(Id<TripKind>),
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// To be sent, or to be called.
    Waiting {
        /// How often it was tried.
        attempts: u16,
        /// When it is tried next.
        next: Timestamp,
    },
    /// The server has taken it; or somebody called.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// It will not arrive.
    Failed {
        /// When that was known.
        at: Timestamp,
        /// Why.
        reason: MessageFailure,
    },
    /// Not needed any more before it left.
    Dropped {
        /// When.
        at: Timestamp,
    },
}

/// Why a message will not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageFailure {
    /// The server refused it for good.
    Refused,
    /// It could not be handed over in time.
    Expired,
    /// There is no address, or no way to send to it is configured.
    NoAddress,
}

coded!(Medium { Email = "email", Sms = "sms", Call = "call" });
coded!(MessageFailure { Refused = "refused", Expired = "expired", NoAddress = "no-address" });

impl Topic {
    /// Its code, as shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Offer(_) => "offer",
            Self::OfferReminder(_) => "offer-reminder",
            Self::OfferOver(_) => "offer-over",
            Self::DriveConfirmed(_) => "drive-confirmed",
            Self::DriveCancelled(_) => "drive-cancelled",
            Self::TripConfirmed(_) => "trip-confirmed",
            Self::TripTomorrow(_) => "trip-tomorrow",
            Self::TripCancelled(_) => "trip-cancelled",
        }
    }

    /// The offer it is about, if it is about one.
    pub fn offer(self) -> Option<Id<DriverOfferKind>> {
        match self {
            Self::Offer(offer) | Self::OfferReminder(offer) | Self::OfferOver(offer) => Some(offer),
            Self::DriveConfirmed(_)
            | Self::DriveCancelled(_)
            | Self::TripConfirmed(_)
            | Self::TripTomorrow(_)
            | Self::TripCancelled(_) => None,
        }
    }

    /// The trip it is about, if it is about one.
    pub fn trip(self) -> Option<Id<TripKind>> {
        match self {
            Self::Offer(_) | Self::OfferReminder(_) | Self::OfferOver(_) => None,
            Self::DriveConfirmed(trip)
            | Self::DriveCancelled(trip)
            | Self::TripConfirmed(trip)
            | Self::TripTomorrow(trip)
            | Self::TripCancelled(trip) => Some(trip),
        }
    }

    /// The identifier it is about, offer or trip, as bytes.
    pub fn about(self) -> [u8; 16] {
        match (self.offer(), self.trip()) {
            (Some(offer), _) => offer.to_array(),
            (None, Some(trip)) => trip.to_array(),
            (None, None) => [0; 16],
        }
    }
}

impl Message {
    /// A message that waits for its time.
    pub fn waiting(
        id: Id<MessageKind>,
        (to, medium, topic): (Recipient, Medium, Topic),
        (created, not_before, expires_at): (Timestamp, Timestamp, Timestamp),
    ) -> Self {
        let next = not_before.max(created);
        let state = MessageState::Waiting { attempts: 0, next };
        Self { id, to, medium, topic, not_before, expires_at, created, state }
    }

    /// Whether it is still to be sent or called.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, MessageState::Waiting { .. })
    }

    /// Whether the server has taken it, or somebody called.
    pub fn is_sent(&self) -> bool {
        matches!(self.state, MessageState::Sent { .. })
    }

    /// When it is tried next; none once that is over.
    pub fn next(&self) -> Option<Timestamp> {
        match self.state {
            MessageState::Waiting { next, .. } => Some(next),
            MessageState::Sent { .. } | MessageState::Failed { .. } | MessageState::Dropped { .. } => None,
        }
    }

    /// When it was over; none while it waits.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match self.state {
            MessageState::Waiting { .. } => None,
            MessageState::Sent { at } | MessageState::Failed { at, .. } | MessageState::Dropped { at } => {
                Some(at)
            }
        }
    }

    /// Its state as a code.
    pub fn state_code(&self) -> &'static str {
        match self.state {
            MessageState::Waiting { .. } => "waiting",
            MessageState::Sent { .. } => "sent",
            MessageState::Failed { .. } => "failed",
            MessageState::Dropped { .. } => "dropped",
        }
    }

    /// After the server took it; one that is over stays as it is.
    #[must_use]
    pub fn sent(&self, at: Timestamp) -> Self {
        self.over(MessageState::Sent { at })
    }

    /// After it turned out that nobody needs it; one that is over stays as it is.
    #[must_use]
    pub fn dropped(&self, at: Timestamp) -> Self {
        self.over(MessageState::Dropped { at })
    }

    /// After it was refused for good; one that is over stays as it is.
    #[must_use]
    pub fn failed(&self, reason: MessageFailure, at: Timestamp) -> Self {
        self.over(MessageState::Failed { at, reason })
    }

    /// After an attempt that may succeed later: tried again after a pause that doubles, given up once it is of no use.
    #[must_use]
    pub fn postponed(&self, at: Timestamp) -> Self {
        let MessageState::Waiting { attempts, .. } = self.state else { return self.clone() };
        let attempts = attempts.saturating_add(1);
        let doubled = MESSAGE_BACK_OFF_S.saturating_mul(2_i64.saturating_pow(u32::from(attempts - 1)));
        let next = at + SignedDuration::from_secs(doubled.min(MESSAGE_BACK_OFF_LONGEST_S));
        if next >= self.expires_at || attempts >= MESSAGE_ATTEMPTS {
            return self.failed(MessageFailure::Expired, at);
        }
        self.over(MessageState::Waiting { attempts, next })
    }

    fn over(&self, state: MessageState) -> Self {
        if self.is_waiting() { Self { state, ..self.clone() } } else { self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i8) -> Timestamp {
        jiff::civil::date(2026, 10, 5).at(hour, 0, 0, 0).in_tz("UTC").unwrap().timestamp()
    }

    fn message() -> Message {
        let topic = Topic::TripTomorrow(Id::new(1, [3; 10]));
        let to = Recipient::Person(Id::new(1, [2; 10]));
        Message::waiting(Id::new(1, [1; 10]), (to, Medium::Sms, topic), (at(8), at(9), at(18)))
    }

    #[test]
    fn pauses_double_up_to_an_hour_and_end_when_it_is_of_no_use() {
        let mut message = message();
        let mut now = at(9);
        let mut pauses = Vec::new();
        while let Some(next) = message.postponed(now).next() {
            pauses.push(now.duration_until(next).as_mins());
            message = message.postponed(now);
            now = next;
        }
        assert_eq!(pauses.first_chunk::<8>(), Some(&[1, 2, 4, 8, 16, 32, 60, 60]));
        let given_up = message.postponed(now);
        assert_eq!(given_up.state, MessageState::Failed { at: now, reason: MessageFailure::Expired });
        assert!(now < message.expires_at);
    }

    #[test]
    fn what_is_over_stays_over() {
        for over in [
            message().sent(at(9)),
            message().dropped(at(9)),
            message().failed(MessageFailure::Refused, at(9)),
        ] {
            assert_eq!(over.sent(at(10)), over);
            assert_eq!(over.dropped(at(10)), over);
            assert_eq!(over.failed(MessageFailure::NoAddress, at(10)), over);
            assert_eq!(over.postponed(at(10)), over);
            assert_eq!((over.ended_at(), over.next()), (Some(at(9)), None));
        }
    }

    #[test]
    fn it_waits_for_its_time() {
        assert_eq!(message().next(), Some(at(9)));
        let topic = Topic::Offer(Id::new(1, [3; 10]));
        let late = Message::waiting(
            Id::new(1, [1; 10]),
            (message().to, Medium::Email, topic),
            (at(9), at(7), at(18)),
        );
        assert_eq!(late.next(), Some(at(9)));
    }
}
