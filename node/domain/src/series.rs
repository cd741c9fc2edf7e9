//! Series: a person goes somewhere again and again. A pattern of civil days and times in Europe/Paris, with exceptions by
//! day; each day it gives is an occurrence, named by the series and that day, and planned once whatever is edited.
//! Must never make a trip: the requests of a day are planned like any other.

mod edit;
mod pattern;
#[cfg(test)]
mod tests;
mod typed;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use maillage_federation::{ids::Id, models::ModelKey};

pub use self::{
    edit::{Reach, Split},
    pattern::{End, HolidayRule, Pattern, PatternError, Weekdays},
    typed::NewSeries,
};
use crate::{
    civil::instant_of,
    codes::UnknownCode,
    holidays::{Calendar, PublicHoliday, SchoolPeriod},
    ids::{PersonKind, SeriesKind},
    limits::SERIES_EXCEPTIONS,
    place::{Place, PlaceError},
    request::{OutboundTime, Purpose, RequestDetails, ReturnTime},
    text::{Notes, TextError},
    trip::Occurrence,
};

/// A series.
#[derive(Clone, PartialEq, Eq)]
pub struct Series {
    /// Identity.
    pub id: Id<SeriesKind>,
    /// Who travels.
    pub person: Id<PersonKind>,
    /// The series it continues, if it was split from one.
    pub follows: Option<Id<SeriesKind>>,
    /// The days.
    pub pattern: Pattern,
    /// What is asked on each of them.
    pub journey: Journey,
    /// What is different on single days, by the day the pattern gives.
    pub exceptions: BTreeMap<Date, Exception>,
    /// How often it was changed.
    pub revision: u64,
    /// When it was made.
    pub created: Timestamp,
}

/// What is asked on each day of a series. Times are civil times of Europe/Paris.
#[derive(Clone, PartialEq, Eq)]
pub struct Journey {
    /// Where the person is fetched; none means at home.
    pub pickup: Option<Place>,
    /// Where the person goes.
    pub dropoff: Place,
    /// The time of the outbound.
    pub outbound: Outbound,
    /// The way back, if there is one.
    pub back: Option<Back>,
    /// How many people travel along.
    pub companions: u8,
    /// Why the person travels. Never leaves the node.
    pub purpose: Purpose,
    /// How much earlier or later than asked is acceptable, in seconds.
    pub tolerance_s: u32,
    /// Whether being there after the time given is acceptable.
    pub late_ok: bool,
    /// What the driver should know. Never leaves the node.
    pub notes: Notes,
    /// The participation model asked for, instead of the one in force.
    pub model: Option<ModelKey>,
}

/// The civil time of an outbound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outbound {
    /// To be there at the latest then.
    ArriveBy(Time),
    /// To be fetched then.
    PickupAt(Time),
}

/// The way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// To be fetched at a civil time.
    At(Time),
    /// The person calls when done.
    WhenCalled,
}

/// What is different on one day.
#[derive(Clone, PartialEq, Eq)]
pub enum Exception {
    /// The person does not go.
    Skipped,
    /// The person goes, although the pattern would skip that day or ask.
    Kept,
    /// Something else is asked, maybe on another day.
    Changed {
        /// The day it takes place.
        on: Date,
        /// What is asked.
        journey: Box<Journey>,
    },
}

/// What a series says of one day of its pattern.
#[derive(Clone, PartialEq, Eq)]
pub struct Planned {
    /// Which occurrence.
    pub occurrence: Occurrence,
    /// What becomes of it.
    pub standing: Standing,
}

/// What becomes of a day of the pattern.
#[derive(Clone, PartialEq, Eq)]
pub enum Standing {
    /// The person goes.
    Goes {
        /// The day it takes place.
        on: Date,
        /// What is asked.
        journey: Journey,
    },
    /// The person does not go.
    Skipped(Why),
    /// Somebody has to ask the person first.
    Ask(Why),
}

/// Why a day is skipped, or asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Somebody said so for that day.
    Exception,
    /// A public holiday.
    PublicHoliday(PublicHoliday),
    /// School holidays.
    SchoolHolidays(SchoolPeriod),
    /// It depends on school holidays, and those of that day are not known.
    SchoolUnknown,
}

/// Why a series is not accepted, or not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// The days.
    #[error("the pattern is not accepted")]
    Pattern(#[source] PatternError),
    /// The place of pickup.
    #[error("the place of pickup is not accepted")]
    Pickup(#[source] PlaceError),
    /// The place of arrival.
    #[error("the place of arrival is not accepted")]
    Dropoff(#[source] PlaceError),
    /// A time that is none, or not one of two.
    #[error(
        "a time of day is written like 09:30; give one time for the outbound and at most one for the way back"
    )]
    Time,
    /// The way back begins before the arrival.
    #[error("the way back begins before the arrival")]
    ReturnBeforeArrival,
    /// The purpose.
    #[error("the purpose is not accepted")]
    Purpose(#[source] UnknownCode),
    /// The notes.
    #[error("the notes are not accepted")]
    Notes(#[source] TextError),
    /// Tolerance or companions.
    #[error("more tolerance, or more companions, than a trip can have")]
    TooMuch,
    /// The participation model.
    #[error("the participation model is not written like name@version")]
    Model,
    /// A day that is none of the pattern's.
    #[error("{0} is not a day of this series")]
    NoSuchDay(Date),
    /// Too many exceptions.
    #[error("{SERIES_EXCEPTIONS} exceptions already: change the pattern instead")]
    TooManyExceptions,
}

impl Series {
    /// What becomes of each day of the series between two days, both included, in order.
    pub fn planned(&self, from: Date, to: Date, calendar: Calendar<'_>) -> Vec<Planned> {
        self.days(from, to).into_iter().map(|day| self.planned_on(day, calendar)).collect()
    }

    /// The days between two days, both included: those of the pattern, and those on which somebody said that the person
    /// goes, whatever the pattern says by now.
    pub fn days(&self, from: Date, to: Date) -> BTreeSet<Date> {
        let named =
            self.exceptions.keys().copied().filter(|day| (from..=to).contains(day) && self.names(*day));
        self.pattern.days(from, to).chain(named).collect()
    }

    /// Whether the pattern gives a day, or somebody said that the person goes on it.
    pub fn has(&self, day: Date) -> bool {
        self.pattern.days(day, day).next().is_some() || self.names(day)
    }

    /// Whether somebody said that the person goes on a day, between the first and the last of the series.
    fn names(&self, day: Date) -> bool {
        let within = day >= self.pattern.first() && self.pattern.until().is_none_or(|last| day <= last);
        match self.exceptions.get(&day) {
            Some(Exception::Kept | Exception::Changed { .. }) => within,
            Some(Exception::Skipped) | None => false,
        }
    }

    /// What becomes of a day of the pattern.
    pub fn planned_on(&self, day: Date, calendar: Calendar<'_>) -> Planned {
        let occurrence = Occurrence { series: self.id, date: day };
        let goes = || Standing::Goes { on: day, journey: self.journey.clone() };
        let standing = match self.exceptions.get(&day) {
            Some(Exception::Skipped) => Standing::Skipped(Why::Exception),
            Some(Exception::Kept) => goes(),
            Some(Exception::Changed { on, journey }) => {
                Standing::Goes { on: *on, journey: journey.as_ref().clone() }
            }
            None => match self.pattern.holiday(day, calendar) {
                None | Some((HolidayRule::Keep, _)) => goes(),
                Some((HolidayRule::Skip, why)) => Standing::Skipped(why),
                Some((HolidayRule::Ask, why)) => Standing::Ask(why),
            },
        };
        Planned { occurrence, standing }
    }

    /// The last day of the pattern, if it ends.
    pub fn last_day(&self) -> Option<Date> {
        self.pattern.last_day()
    }
}

impl Journey {
    /// What is asked on a day, in instants. A time of day that the clocks skip is read as if they had not moved yet. None
    /// only for a day at the ends of time.
    pub fn on(&self, day: Date) -> Option<RequestDetails> {
        let outbound = match self.outbound {
            Outbound::ArriveBy(time) => OutboundTime::ArriveBy(instant_of(day, time)?),
            Outbound::PickupAt(time) => OutboundTime::PickupAt(instant_of(day, time)?),
        };
        let back = match self.back {
            None => None,
            Some(Back::WhenCalled) => Some(ReturnTime::WhenCalled),
            Some(Back::At(time)) => Some(ReturnTime::At(instant_of(day, time)?)),
        };
        Some(RequestDetails {
            pickup: self.pickup.clone(),
            dropoff: self.dropoff.clone(),
            outbound,
            back,
            companions: self.companions,
            purpose: self.purpose,
            tolerance_s: self.tolerance_s,
            late_ok: self.late_ok,
            notes: self.notes.clone(),
            model: self.model.clone(),
            pooling: None,
        })
    }

    /// Whether the way back does not begin before the outbound.
    ///
    /// # Errors
    /// [`SeriesError::ReturnBeforeArrival`].
    pub fn check(&self) -> Result<(), SeriesError> {
        let (Outbound::ArriveBy(there) | Outbound::PickupAt(there)) = self.outbound;
        match self.back {
            Some(Back::At(back)) if back < there => Err(SeriesError::ReturnBeforeArrival),
            Some(Back::At(_) | Back::WhenCalled) | None => Ok(()),
        }
    }
}

impl Why {
    /// Its code, as shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Exception => "exception",
            Self::PublicHoliday(holiday) => holiday.code(),
            Self::SchoolHolidays(_) => "school-holidays",
            Self::SchoolUnknown => "school-unknown",
        }
    }
}

impl fmt::Debug for Series {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Series");
        shown.field("id", &self.id).field("pattern", &self.pattern).finish_non_exhaustive()
    }
}

impl fmt::Debug for Journey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Journey(…)")
    }
}

impl fmt::Debug for Exception {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped => formatter.write_str("Skipped"),
            Self::Kept => formatter.write_str("Kept"),
            Self::Changed { on, .. } => formatter.debug_tuple("Changed").field(on).finish(),
        }
    }
}

impl fmt::Debug for Planned {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {:?}", self.occurrence.date, self.standing)
    }
}

impl fmt::Debug for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Goes { on, .. } => formatter.debug_tuple("Goes").field(on).finish(),
            Self::Skipped(why) => formatter.debug_tuple("Skipped").field(why).finish(),
            Self::Ask(why) => formatter.debug_tuple("Ask").field(why).finish(),
        }
    }
}
