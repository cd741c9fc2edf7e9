//! A series as it is typed, and the way back from one to what an edit starts from.

use std::fmt;

use jiff::civil::{Date, Time};
use maillage_geography::Geography;

use super::{Back, End, Journey, Outbound, Pattern, PatternError, SeriesError};
use crate::{
    limits::{PASSENGER_PLACES, TOLERANCE_DEFAULT_S, TOLERANCE_S},
    place::NewPlace,
    text::Notes,
};

/// A series as typed. Times of day are civil times of Europe/Paris such as `09:30`, days `2026-10-05`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewSeries {
    /// Days of the week, such as `mon,thu`.
    pub weekdays: String,
    /// Every how many weeks; 0 means every week.
    pub every_weeks: u32,
    /// The day from which it holds.
    pub first: String,
    /// Its last day: this, or `count`, or no end.
    pub until: String,
    /// How many times; 0 means that it is not counted.
    pub count: u32,
    /// Code of the rule for public holidays; empty means that the person goes.
    pub public_holidays: String,
    /// Code of the rule for school holidays; empty means that the person goes.
    pub school_holidays: String,
    /// Where the person is fetched; none means at home.
    pub pickup: Option<NewPlace>,
    /// Where the person goes.
    pub dropoff: NewPlace,
    /// Time to be there: this or `pickup_at`.
    pub arrive_by: String,
    /// Time to be fetched: this or `arrive_by`.
    pub pickup_at: String,
    /// Time to be fetched for the way back: this, or `call_when_done`, or no way back.
    pub return_at: String,
    /// Whether the person calls when it is time for the way back.
    pub call_when_done: bool,
    /// How many people travel along.
    pub companions: u32,
    /// Code of the purpose.
    pub purpose: String,
    /// Tolerance in seconds; none means [`TOLERANCE_DEFAULT_S`].
    pub tolerance_s: Option<u32>,
    /// Whether being there after the time given is acceptable.
    pub late_ok: bool,
    /// What the driver should know.
    pub notes: String,
    /// Key of the participation model; empty means the one in force.
    pub model: String,
}

impl NewSeries {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first thing that is not acceptable.
    pub fn parse(&self, geography: &Geography) -> Result<(Pattern, Journey), SeriesError> {
        Ok((self.pattern().map_err(SeriesError::Pattern)?, self.journey(geography)?))
    }

    /// A series as it would be typed: what an edit starts from.
    pub fn of(pattern: &Pattern, journey: &Journey) -> Self {
        let clock = |time: Time| time.strftime("%H:%M").to_string();
        let (until, count) = match pattern.end() {
            End::Open => (String::new(), 0),
            End::Until(last) => (last.to_string(), 0),
            End::Count(count) => (String::new(), count.into()),
        };
        let (arrive_by, pickup_at) = match journey.outbound {
            Outbound::ArriveBy(time) => (clock(time), String::new()),
            Outbound::PickupAt(time) => (String::new(), clock(time)),
        };
        let return_at = match journey.back {
            Some(Back::At(time)) => clock(time),
            Some(Back::WhenCalled) | None => String::new(),
        };
        Self {
            weekdays: pattern.weekdays().to_string(),
            every_weeks: pattern.every_weeks().into(),
            first: pattern.first().to_string(),
            until,
            count,
            public_holidays: pattern.public_holidays().code().to_owned(),
            school_holidays: pattern.school_holidays().code().to_owned(),
            pickup: journey.pickup.as_ref().map(NewPlace::of),
            dropoff: NewPlace::of(&journey.dropoff),
            arrive_by,
            pickup_at,
            return_at,
            call_when_done: journey.back == Some(Back::WhenCalled),
            companions: journey.companions.into(),
            purpose: journey.purpose.code().to_owned(),
            tolerance_s: Some(journey.tolerance_s),
            late_ok: journey.late_ok,
            notes: journey.notes.as_str().to_owned(),
            model: journey.model.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn pattern(&self) -> Result<Pattern, PatternError> {
        let day = |text: &str| text.trim().parse::<Date>().map_err(|_| PatternError::Day);
        let end = match (self.until.trim(), self.count) {
            ("", 0) => End::Open,
            (until, 0) => End::Until(day(until)?),
            ("", count) => End::Count(u16::try_from(count).map_err(|_| PatternError::Count)?),
            (_, _) => return Err(PatternError::OneEnd),
        };
        let every = u8::try_from(self.every_weeks.max(1)).map_err(|_| PatternError::Weeks)?;
        let pattern = Pattern::new(self.weekdays.parse()?, every, day(&self.first)?, end)?;
        pattern.check_typed()?;
        let rule = |code: &str| {
            let code = if code.trim().is_empty() { "keep" } else { code };
            code.parse().map_err(|_| PatternError::HolidayRule)
        };
        Ok(pattern.with_holidays(rule(&self.public_holidays)?, rule(&self.school_holidays)?))
    }

    fn journey(&self, geography: &Geography) -> Result<Journey, SeriesError> {
        let pickup = self.pickup.as_ref().map(|place| place.parse(geography)).transpose();
        let outbound = match (self.arrive_by.trim(), self.pickup_at.trim()) {
            (text, "") => Outbound::ArriveBy(time(text)?),
            ("", text) => Outbound::PickupAt(time(text)?),
            (_, _) => return Err(SeriesError::Time),
        };
        let back = match (self.return_at.trim(), self.call_when_done) {
            ("", false) => None,
            ("", true) => Some(Back::WhenCalled),
            (text, false) => Some(Back::At(time(text)?)),
            (_, true) => return Err(SeriesError::Time),
        };
        let companions = u8::try_from(self.companions).ok().filter(|count| *count < PASSENGER_PLACES);
        let tolerance_s = self.tolerance_s.unwrap_or(TOLERANCE_DEFAULT_S);
        if tolerance_s > TOLERANCE_S {
            return Err(SeriesError::TooMuch);
        }
        let model = Some(self.model.trim()).filter(|key| !key.is_empty()).map(str::parse).transpose();
        let journey = Journey {
            pickup: pickup.map_err(SeriesError::Pickup)?,
            dropoff: self.dropoff.parse(geography).map_err(SeriesError::Dropoff)?,
            outbound,
            back,
            companions: companions.ok_or(SeriesError::TooMuch)?,
            purpose: self.purpose.parse().map_err(SeriesError::Purpose)?,
            tolerance_s,
            late_ok: self.late_ok,
            notes: Notes::parse(&self.notes).map_err(SeriesError::Notes)?,
            model: model.map_err(|_| SeriesError::Model)?,
        };
        journey.check()?;
        Ok(journey)
    }
}

/// `09:30`, without seconds.
fn time(text: &str) -> Result<Time, SeriesError> {
    let minutes = crate::availability::minutes(text).ok_or(SeriesError::Time)?;
    let (hour, minute) = (i8::try_from(minutes / 60), i8::try_from(minutes % 60));
    let (Ok(hour), Ok(minute)) = (hour, minute) else { return Err(SeriesError::Time) };
    Time::new(hour, minute, 0, 0).map_err(|_| SeriesError::Time)
}

impl fmt::Debug for NewSeries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewSeries(…)")
    }
}
