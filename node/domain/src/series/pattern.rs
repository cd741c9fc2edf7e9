//! The days of a series: weekdays of every nth week, from a first day, until a day or for a number of times, and what
//! happens on holidays. Must never look at exceptions.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

use super::Why;
use crate::{
    codes::{UnknownCode, coded},
    holidays::{Calendar, SchoolDay},
    limits::{SERIES_COUNT, SERIES_WEEKS, SERIES_YEARS},
};

/// The days of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    weekdays: Weekdays,
    every_weeks: u8,
    first: Date,
    end: End,
    public_holidays: HolidayRule,
    school_holidays: HolidayRule,
}

/// Days of the week, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekdays(BTreeSet<i8>);

/// When a series ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// When somebody says so.
    Open,
    /// After a day.
    Until(Date),
    /// After so many days of the pattern, whatever becomes of them.
    Count(u16),
}

/// What happens on a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HolidayRule {
    /// The person goes.
    Keep,
    /// The person does not go.
    Skip,
    /// Somebody asks the person first.
    Ask,
}

coded!(HolidayRule { Keep = "keep", Skip = "skip", Ask = "ask" });

/// Why days are not accepted as a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Not days of the week.
    #[error("days of the week are written like mon,thu (mon tue wed thu fri sat sun, or lun to dim)")]
    Weekdays,
    /// Every how many weeks.
    #[error("a series comes every 1 to {SERIES_WEEKS} weeks")]
    Weeks,
    /// Ends before it begins.
    #[error("the last day is before the first")]
    Order,
    /// Ends too far ahead.
    #[error("a series that ends does so within {SERIES_YEARS} years: leave the end open instead")]
    TooLong,
    /// How many times.
    #[error("a series comes 1 to {SERIES_COUNT} times: leave the end open instead")]
    Count,
    /// A day that is none.
    #[error("a day is written like 2026-10-05")]
    Day,
    /// What happens on holidays.
    #[error("on holidays a series says keep, skip or ask")]
    HolidayRule,
    /// Both ends.
    #[error("give either the last day or how many times, not both")]
    OneEnd,
}

impl Pattern {
    /// A pattern whose first week is that of `first`; that day need not be one of the weekdays.
    ///
    /// # Errors
    /// The first thing that is not acceptable.
    pub fn new(weekdays: Weekdays, every_weeks: u8, first: Date, end: End) -> Result<Self, PatternError> {
        if !(1..=SERIES_WEEKS).contains(&every_weeks) {
            return Err(PatternError::Weeks);
        }
        match end {
            End::Until(last) if last < first => return Err(PatternError::Order),
            End::Count(count) if !(1..=SERIES_COUNT).contains(&count) => return Err(PatternError::Count),
            End::Open | End::Until(_) | End::Count(_) => {}
        }
        let (public_holidays, school_holidays) = (HolidayRule::Keep, HolidayRule::Keep);
        Ok(Self { weekdays, every_weeks, first, end, public_holidays, school_holidays })
    }

    /// The same days, none of which comes: what is left of a series that was ended before its first day.
    #[must_use]
    pub fn over(self) -> Self {
        Self { end: End::Until(self.first.yesterday().unwrap_or(Date::MIN)), ..self }
    }

    /// The same days, ending before one.
    pub(super) fn ending_before(&self, day: Date) -> Self {
        match day.yesterday() {
            Ok(last) if last >= self.first => {
                let last = self.until().map_or(last, |until| until.min(last));
                Self { end: End::Until(last), ..self.clone() }
            }
            Ok(_) | Err(_) => self.clone().over(),
        }
    }

    /// Whether somebody may type it: a series that ends does so within [`SERIES_YEARS`].
    ///
    /// # Errors
    /// [`PatternError::TooLong`].
    pub fn check_typed(&self) -> Result<(), PatternError> {
        match self.end {
            End::Until(last) if last.year() - self.first.year() > SERIES_YEARS => Err(PatternError::TooLong),
            End::Open | End::Until(_) | End::Count(_) => Ok(()),
        }
    }

    /// The same with other rules for public and school holidays.
    #[must_use]
    pub fn with_holidays(self, public_holidays: HolidayRule, school_holidays: HolidayRule) -> Self {
        Self { public_holidays, school_holidays, ..self }
    }

    /// The days between two days, both included, in order. Costs as many steps as there are weeks, from the first one
    /// for a series that counts.
    pub fn days(&self, from: Date, to: Date) -> impl Iterator<Item = Date> + '_ {
        let last = self.until().map_or(to, |last| last.min(to));
        self.all(from.max(self.first)).take_while(move |day| *day <= last)
    }

    /// The last day, if the series ends; none also for a series that ends before its first weekday.
    pub fn last_day(&self) -> Option<Date> {
        let last = self.until()?;
        let week = i64::from(self.every_weeks) * 7 + 7;
        let from = last.checked_sub(week.days()).ok()?.max(self.first);
        self.all(from).take_while(|day| *day <= last).last()
    }

    /// The last day that is not after the end; none if it is open.
    pub(super) fn until(&self) -> Option<Date> {
        match self.end {
            End::Open => None,
            End::Until(last) => Some(last),
            End::Count(count) => self.all(self.first).nth(usize::from(count).saturating_sub(1)),
        }
    }

    /// The days from one on, whenever the series ends.
    fn all(&self, from: Date) -> impl Iterator<Item = Date> + '_ {
        let from = from.max(self.first);
        let step = i64::from(self.every_weeks) * 7;
        let monday = monday(self.first);
        let ahead = i64::from(monday.until(from).map_or(0, |span| span.get_days())) / step * step;
        let start = monday.checked_add(ahead.days()).ok();
        let weeks = std::iter::successors(start, move |week| week.checked_add(step.days()).ok());
        weeks
            .flat_map(|week| {
                self.weekdays.0.iter().filter_map(move |day| week.checked_add(i64::from(*day).days()).ok())
            })
            .skip_while(move |day| *day < from)
    }

    /// How many days of the pattern lie before one.
    pub fn count_before(&self, day: Date) -> u16 {
        let Ok(before) = day.yesterday() else { return 0 };
        u16::try_from(self.days(self.first, before).count()).unwrap_or(u16::MAX)
    }

    /// The rule for a day that is a holiday, and which: the stricter one if it is two. School holidays that are not known
    /// are asked about, unless they do not matter.
    pub(super) fn holiday(&self, day: Date, calendar: Calendar<'_>) -> Option<(HolidayRule, Why)> {
        let public =
            calendar.public_holiday(day).map(|holiday| (self.public_holidays, Why::PublicHoliday(holiday)));
        let school = match (calendar.school_day(day), self.school_holidays) {
            (SchoolDay::Term, _) | (SchoolDay::Unknown, HolidayRule::Keep) => None,
            (SchoolDay::Holidays(period), rule) => Some((rule, Why::SchoolHolidays(period))),
            (SchoolDay::Unknown, HolidayRule::Skip | HolidayRule::Ask) => {
                Some((HolidayRule::Ask, Why::SchoolUnknown))
            }
        };
        let strictness = |rule: HolidayRule| match rule {
            HolidayRule::Keep => 0,
            HolidayRule::Ask => 1,
            HolidayRule::Skip => 2,
        };
        public.into_iter().chain(school).rev().max_by_key(|(rule, _)| strictness(*rule))
    }

    /// The same days up to the one before `day`, if there are any.
    pub(super) fn before(&self, day: Date) -> Option<Self> {
        let last = day.yesterday().ok().filter(|last| *last >= self.first)?;
        let last = self.until().map_or(last, |until| until.min(last));
        self.days(self.first, last).next()?;
        Some(Self { end: End::Until(last), ..self.clone() })
    }

    /// The same days from one of them on: the rhythm of weeks and what is left of the count stay.
    pub(super) fn from(&self, day: Date) -> Self {
        let end = match self.end {
            End::Open => End::Open,
            End::Until(last) => End::Until(last),
            End::Count(count) => End::Count(count.saturating_sub(self.count_before(day)).max(1)),
        };
        Self { first: day, end, ..self.clone() }
    }

    /// Days of the week.
    pub fn weekdays(&self) -> &Weekdays {
        &self.weekdays
    }

    /// Every how many weeks.
    pub fn every_weeks(&self) -> u8 {
        self.every_weeks
    }

    /// The day from which it holds, whose week is the first.
    pub fn first(&self) -> Date {
        self.first
    }

    /// When it ends.
    pub fn end(&self) -> End {
        self.end
    }

    /// What happens on public holidays.
    pub fn public_holidays(&self) -> HolidayRule {
        self.public_holidays
    }

    /// What happens in school holidays.
    pub fn school_holidays(&self) -> HolidayRule {
        self.school_holidays
    }
}

/// The Monday of a day's week.
fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(back.days()).unwrap_or(day)
}

impl Weekdays {
    /// Whether a day of the week is one of them.
    pub fn has(&self, weekday: Weekday) -> bool {
        self.0.contains(&weekday.to_monday_zero_offset())
    }
}

impl FromStr for Weekdays {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let days = text.split([',', ' ', ';']).map(str::trim).filter(|day| !day.is_empty());
        let days = days.map(|day| Some(crate::availability::weekday(day)?.to_monday_zero_offset()));
        let days: BTreeSet<i8> = days.collect::<Option<_>>().ok_or(PatternError::Weekdays)?;
        if days.is_empty() { Err(PatternError::Weekdays) } else { Ok(Self(days)) }
    }
}

impl fmt::Display for Weekdays {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.iter().filter_map(|day| Weekday::from_monday_zero_offset(*day).ok());
        for (index, day) in days.enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(formatter, "{separator}{}", crate::availability::code(day))?;
        }
        Ok(())
    }
}
