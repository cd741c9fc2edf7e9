//! Every way the rules say no, as a code that can be translated. Must never put a name, an address or a phone into a
//! detail: details travel, and are logged.

pub mod accounts;
mod legal;
pub mod money;
mod offers;
mod people;

pub mod services;

use maillage_dispatch::RankError;
use maillage_domain::{
    availability::{AbsenceError, AvailabilityError},
    civil::CivilTimeError,
    handover::{PolicyError, RuleError},
    place::PlaceError,
    request::RequestError,
    series::{PatternError, SeriesError},
    text::{PhoneError, TextError},
    trip::{RelayError, TermsError, TripError},
};
use maillage_engine::{EngineError, ReadOnlyReason};
use maillage_platform::{
    cli::Failure,
    directory::DirectoryError,
    refusal::{Refusal, RefusalKind},
};

pub use self::legal::{carrier, model};
pub use self::offers::{offer, offer_policy};
pub(crate) use self::people::email;
pub use self::people::{document, partner, person, volunteer};

/// What was typed does not make sense.
pub fn invalid(reason: &'static str) -> Refusal {
    Refusal::new(RefusalKind::InvalidInput, reason)
}

/// It does not fit the present state.
pub fn conflict(reason: &'static str) -> Refusal {
    Refusal::new(RefusalKind::Conflict, reason)
}

/// It must not be.
pub fn forbidden(reason: &'static str) -> Refusal {
    Refusal::new(RefusalKind::Forbidden, reason)
}

/// There is no such thing.
pub fn unknown(reason: &'static str) -> Refusal {
    Refusal::new(RefusalKind::NotFound, reason)
}

/// Our fault: the chain is logged here, once, and the person is told where to look.
pub fn internal(error: impl std::error::Error + 'static) -> Refusal {
    tracing::error!(error = %chain(&error), "an operation failed");
    Refusal::new(RefusalKind::Internal, "internal")
}

/// The data directory: as the platform words it.
pub fn directory(error: DirectoryError) -> Refusal {
    match Failure::from(error) {
        Failure::Refused(refusal) => refusal,
        Failure::NotRunning(error) | Failure::Internal(error) => {
            tracing::error!(error = %chain(error.as_ref()), "the data directory cannot be used");
            Refusal::new(RefusalKind::Internal, "internal")
        }
    }
}

/// The store.
pub fn engine(error: EngineError) -> Refusal {
    match error {
        EngineError::ReadOnly(ref reason) => {
            tracing::error!(error = %chain(&error), "the store takes no writes");
            let code = match reason {
                ReadOnlyReason::DiskFull { .. } => "store-disk-full",
                ReadOnlyReason::SyncFailed(_) | ReadOnlyReason::ImageFailed(_) => "store-read-only",
            };
            Refusal::new(RefusalKind::Unavailable, code)
        }
        EngineError::Io { .. } if error.is_disk_full() => {
            tracing::error!(error = %chain(&error), "the disk is full");
            Refusal::new(RefusalKind::Unavailable, "store-disk-full")
        }
        EngineError::UnknownTree(_)
        | EngineError::TooLarge(_)
        | EngineError::Damaged(_)
        | EngineError::Record(_)
        | EngineError::BodyPanicked(_)
        | EngineError::Nested(_)
        | EngineError::Closed
        | EngineError::Image(_)
        | EngineError::Io { .. } => internal(error),
    }
}

/// An error with its causes, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// A weekly availability.
pub(crate) fn availability(error: AvailabilityError) -> Refusal {
    match error {
        AvailabilityError::Slot(slot) => invalid("availability-slot").with("slot", slot),
        AvailabilityError::Order(slot) => invalid("availability-order").with("slot", slot),
        AvailabilityError::TooManySlots(slots) => invalid("availability-slots").with("slots", slots),
        AvailabilityError::TooManyOverrides(dates) => invalid("availability-dates").with("dates", dates),
        AvailabilityError::TooManyAbsences(absences) => {
            invalid("availability-absences").with("absences", absences)
        }
    }
}

/// Days off.
pub fn absence(error: AbsenceError) -> Refusal {
    match error {
        AbsenceError::Format => invalid("absence-format"),
        AbsenceError::Order => invalid("absence-order"),
        AbsenceError::TooLong => invalid("absence-too-long"),
    }
}

/// An absence that cannot be added to an availability.
pub fn absences(error: AvailabilityError) -> Refusal {
    availability(error)
}

/// A request.
pub fn request(error: RequestError) -> Refusal {
    match error {
        RequestError::Pickup(error) => place("pickup", error),
        RequestError::Dropoff(error) => place("dropoff", error),
        RequestError::OneReturn => invalid("request-one-return"),
        RequestError::Notes(error) => text("notes", error),
        RequestError::Model => invalid("model-key"),
        RequestError::Pooling(_) => invalid("pooling-unknown"),
        RequestError::OneTime => invalid("request-one-time"),
        RequestError::Time(which, error) => civil_time(error).with("which", which),
        RequestError::InThePast(which) => invalid("request-in-the-past").with("which", which),
        RequestError::TooFarAhead(which) => invalid("request-too-far-ahead").with("which", which),
        RequestError::ReturnBeforeArrival { arrival } => {
            invalid("request-return-before-arrival").with("arrival", arrival)
        }
        RequestError::Companions(companions) => invalid("request-companions").with("companions", companions),
        RequestError::Purpose(_) => invalid("purpose-unknown"),
        RequestError::Tolerance(seconds) => invalid("request-tolerance").with("seconds", seconds),
        RequestError::SamePlace => invalid("request-same-place"),
        RequestError::Terms(error) => terms(error),
    }
}

/// What was asked does not make a trip.
pub fn terms(error: TermsError) -> Refusal {
    match error {
        TermsError::Window => invalid("trip-window"),
        TermsError::Distance(metres) => invalid("trip-distance").with("metres", metres),
        TermsError::Places(places) => invalid("trip-places").with("places", places),
        TermsError::State => internal(error),
    }
}

/// The life of a trip.
pub fn trip(error: TripError) -> Refusal {
    match error {
        TripError::WrongStatus { action, status } => {
            conflict("trip-wrong-status").with("action", action).with("status", status)
        }
        TripError::WrongCustody { action, custody } => {
            conflict("trip-wrong-custody").with("action", action).with("custody", custody)
        }
        TripError::Carried { action } => conflict("trip-carried").with("action", action),
        TripError::OtherDriver { .. } => conflict("trip-other-driver"),
        TripError::NotCalled { action } => conflict("trip-not-called").with("action", action),
        TripError::NotOnCall => conflict("trip-not-on-call"),
        TripError::Terms(error) => terms(error),
        TripError::Times => invalid("trip-times"),
        TripError::Distance(metres) => invalid("trip-distance").with("metres", metres),
        TripError::TooManyAttempts => conflict("trip-too-many-attempts"),
        TripError::NotToBeCounted { status } => conflict("trip-not-countable").with("status", status),
        TripError::NotBegun { begins, .. } => conflict("trip-not-begun").with("begins", begins),
        TripError::Told => invalid("trip-told-at"),
        TripError::Shared => conflict("trip-shared"),
        TripError::AlreadyCounted(month) => conflict("trip-already-counted").with("month", month),
    }
}

/// A journey cannot be shared between two drivers, or not be made into one trip again.
pub fn relay(error: RelayError) -> Refusal {
    match error {
        RelayError::Trip(error) => trip(error),
        RelayError::OnCall => conflict("relay-on-call"),
        RelayError::Already => conflict("relay-already"),
        RelayError::NotShared => conflict("relay-none"),
        RelayError::SamePlace => invalid("relay-same-place").with("field", "meeting"),
        RelayError::TooLate(begins) => conflict("relay-too-late").with("begins", begins),
        RelayError::Asked => conflict("relay-asked"),
    }
}

/// Dispatch cannot answer.
pub fn rank(error: RankError) -> Refusal {
    match error {
        RankError::Legs(legs) => invalid("rank-legs").with("legs", legs),
        RankError::UnknownCommune(commune) => unknown("commune-unknown").with("commune", commune),
        RankError::WindowTooLong(leg) => invalid("rank-window").with("leg", leg),
    }
}

/// The policy of handovers.
pub fn policy(error: PolicyError) -> Refusal {
    match error {
        PolicyError::AcceptWithin => invalid("policy-accept-within"),
        PolicyError::ReplyWithin => invalid("policy-reply-within"),
        PolicyError::AwardWait => invalid("policy-award-wait"),
        PolicyError::Circles => invalid("policy-circles"),
        PolicyError::Offering(error) => policy_rule(error),
    }
}

/// A rule beside it.
pub fn policy_rule(error: RuleError) -> Refusal {
    match error {
        RuleError::Empty => invalid("policy-rule-empty"),
        RuleError::OfferingByPartner => invalid("policy-rule-offering"),
        RuleError::BiddingByModel => invalid("policy-rule-bidding"),
        RuleError::Hours => invalid("policy-offering-hours"),
    }
}

pub(crate) fn text(field: &'static str, error: TextError) -> Refusal {
    match error {
        TextError::Empty => invalid("text-empty").with("field", field),
        TextError::TooLong { limit, .. } => {
            invalid("text-too-long").with("field", field).with("limit", limit)
        }
        TextError::ControlCharacter { position } => {
            invalid("text-control-character").with("field", field).with("position", position)
        }
    }
}

pub(crate) fn phone(error: PhoneError) -> Refusal {
    match error {
        PhoneError::Character { position, .. } => invalid("phone-character").with("position", position),
        PhoneError::Length { digits } => invalid("phone-length").with("digits", digits),
    }
}

pub(crate) fn place(field: &'static str, error: PlaceError) -> Refusal {
    match error {
        PlaceError::Code(_) => invalid("commune-code").with("field", field),
        PlaceError::UnknownCommune(commune) => {
            unknown("commune-unknown").with("field", field).with("commune", commune)
        }
        PlaceError::OutsideTerritory { commune, territory } => invalid("commune-outside-territory")
            .with("field", field)
            .with("commune", commune)
            .with("territory", territory),
        PlaceError::Address(error) => text("address", error),
    }
}

/// A time of Europe/Paris.
pub fn civil_time(error: CivilTimeError) -> Refusal {
    match error {
        CivilTimeError::Format => invalid("time-format"),
        CivilTimeError::Skipped(time) => invalid("time-skipped").with("time", time),
        CivilTimeError::OutOfRange(_) => invalid("time-out-of-range"),
    }
}

/// A series.
pub fn series(error: SeriesError) -> Refusal {
    match error {
        SeriesError::Pattern(error) => pattern(error),
        SeriesError::Pickup(error) => place("pickup", error),
        SeriesError::Dropoff(error) => place("dropoff", error),
        SeriesError::Time => invalid("series-time"),
        SeriesError::ReturnBeforeArrival => invalid("series-return-before-arrival"),
        SeriesError::Purpose(_) => invalid("purpose-unknown"),
        SeriesError::Notes(error) => text("notes", error),
        SeriesError::TooMuch => invalid("series-too-much"),
        SeriesError::Model => invalid("model-key"),
        SeriesError::NoSuchDay(day) => unknown("series-no-such-day").with("day", day),
        SeriesError::TooManyExceptions => conflict("series-exceptions"),
    }
}

/// The days of a series.
fn pattern(error: PatternError) -> Refusal {
    match error {
        PatternError::Weekdays => invalid("series-weekdays"),
        PatternError::Weeks => invalid("series-weeks"),
        PatternError::Order => invalid("series-order"),
        PatternError::TooLong => invalid("series-too-long"),
        PatternError::Count => invalid("series-count"),
        PatternError::Day => invalid("day-format"),
        PatternError::HolidayRule => invalid("series-holiday-rule"),
        PatternError::OneEnd => invalid("series-one-end"),
    }
}
