//! The written form of the small closed lists of this crate: one code each, as typed, shown to programs and stored. A code
//! is never changed or reused.

use std::{fmt, str::FromStr};

use crate::{
    person::{Pooling, Sharing},
    request::Purpose,
    trip::{
        Absentee, Anchor, CancelReason, CancelledBy, DriverRefusal, HolderResult, Leg, Stage, UnmetReason,
    },
};

/// A text that is none of a closed list's codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is one of: {allowed}")]
pub struct UnknownCode {
    /// The codes there are.
    pub allowed: String,
}

/// One code for each value of a closed list, in both directions.
macro_rules! coded {
    ($list:ident { $($value:ident = $code:literal),* $(,)? }) => {
        impl $list {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$value),*];

            /// Its code, as typed, shown to programs and stored.
            pub fn code(self) -> &'static str {
                match self { $(Self::$value => $code),* }
            }
        }

        impl fmt::Display for $list {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.code())
            }
        }

        impl FromStr for $list {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text.trim() {
                    $($code => Ok(Self::$value),)*
                    _ => Err(UnknownCode { allowed: [$($code),*].join(", ") }),
                }
            }
        }
    };
}

/// Lists are declared beside their type; a module that uses it imports `std::fmt`, `std::str::FromStr` and [`UnknownCode`].
pub(crate) use coded;

coded!(Stage { Near = "near", Far = "far" });
coded!(Leg { Outbound = "outbound", Return = "return" });
coded!(Anchor { Pickup = "pickup", Arrival = "arrival", Call = "call" });
coded!(CancelledBy {
    Person = "person",
    Platform = "platform",
    Origin = "origin",
    Prescriber = "prescriber",
    Volunteer = "volunteer",
    Destination = "destination",
});
coded!(CancelReason {
    Unspecified = "unspecified",
    Illness = "illness",
    Hospital = "hospital",
    AppointmentMoved = "appointment-moved",
    AppointmentCancelled = "appointment-cancelled",
    OtherTransport = "other-transport",
    Weather = "weather",
    NoLongerNeeded = "no-longer-needed",
    Duplicate = "duplicate",
    Driver = "driver",
    Vehicle = "vehicle",
    Series = "series",
    Death = "death",
    Other = "other",
});
coded!(Absentee { Person = "person", Driver = "driver" });
coded!(UnmetReason {
    NoDriver = "no-driver",
    NoVehicle = "no-vehicle",
    Needs = "needs",
    OutOfArea = "out-of-area",
    OutOfFrame = "out-of-frame",
    TooLate = "too-late",
    Withdrawn = "withdrawn",
    Unanswered = "unanswered",
});
coded!(DriverRefusal {
    NotFree = "not-free",
    TooFar = "too-far",
    Vehicle = "vehicle",
    NoAnswer = "no-answer",
    Withdrew = "withdrew",
    Other = "other",
});
coded!(HolderResult { Completed = "completed", NoShow = "no-show", NotDone = "not-done" });
coded!(Sharing { Always = "always", Ask = "ask", Never = "never" });
coded!(Pooling { Alone = "alone", Agreed = "agreed" });
coded!(Purpose {
    Health = "health",
    Shopping = "shopping",
    Administrative = "administrative",
    Social = "social",
    WorkTraining = "work-training",
    Other = "other",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_no_two_are_alike() {
        macro_rules! check {
            ($($list:ident),*) => {$(
                for (index, value) in $list::ALL.iter().enumerate() {
                    assert_eq!(value.code().parse::<$list>().as_ref(), Ok(value));
                    assert!($list::ALL.iter().skip(index + 1).all(|other| other.code() != value.code()));
                }
            )*};
        }
        check!(
            Leg,
            Anchor,
            CancelledBy,
            CancelReason,
            Absentee,
            UnmetReason,
            DriverRefusal,
            HolderResult,
            Sharing,
            Pooling,
            Purpose
        );
    }

    #[test]
    fn an_unknown_code_is_told_what_there_is() {
        let error = "maybe".parse::<Sharing>().unwrap_err();
        assert_eq!(error.to_string(), "it is one of: always, ask, never");
    }
}
