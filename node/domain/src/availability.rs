//! When a volunteer can drive: a weekly pattern in civil minutes of Europe/Paris, and dated absences that override
//! it. Must never know what the volunteer drives at that time: commitments are dispatch's.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Weekday},
};
use maillage_federation::month::paris;

use crate::limits::{ABSENCE_DAYS, ABSENCES, WEEKLY_SLOTS};

/// Minutes in a day of 24 hours: the end of a slot that lasts until midnight.
const DAY_MIN: u16 = 24 * 60;

/// Weekly pattern and absences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Availability {
    weekly: Vec<Slot>,
    absences: Vec<Absence>,
}

/// A stretch of one day of every week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    weekday: Weekday,
    from_min: u16,
    to_min: u16,
}

/// Days on which the weekly pattern does not hold, first and last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Absence {
    first: Date,
    last: Date,
}

/// A stretch of time in which a whole drive can lie: from `start` to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First instant.
    pub start: Timestamp,
    /// Last instant.
    pub end: Timestamp,
}

/// Why an availability is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AvailabilityError {
    /// Not a slot.
    #[error("slot {0} is not written like lun 08:00-18:00 (lun mar mer jeu ven sam dim, or mon to sun)")]
    Slot(usize),
    /// A slot ends before or as it begins, or after midnight.
    #[error("slot {0} must end after it begins, at 24:00 at the latest")]
    Order(usize),
    /// Too many slots.
    #[error("{0} slots in a week; at most {WEEKLY_SLOTS} are allowed")]
    TooManySlots(usize),
    /// Too many absences.
    #[error("{0} absences; at most {ABSENCES} are kept: remove past ones")]
    TooManyAbsences(usize),
}

/// Why an absence is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AbsenceError {
    /// Not one or two dates.
    #[error("an absence is written 2026-12-24 or 2026-12-24..2027-01-03")]
    Format,
    /// The last day is before the first.
    #[error("the last day of an absence is not before its first")]
    Order,
    /// Too long.
    #[error("an absence has at most {ABSENCE_DAYS} days: make the volunteer inactive instead")]
    TooLong,
}

impl Availability {
    /// A weekly pattern and absences; overlapping slots become one.
    pub fn new(weekly: Vec<Slot>, mut absences: Vec<Absence>) -> Result<Self, AvailabilityError> {
        if weekly.len() > WEEKLY_SLOTS {
            return Err(AvailabilityError::TooManySlots(weekly.len()));
        }
        if absences.len() > ABSENCES {
            return Err(AvailabilityError::TooManyAbsences(absences.len()));
        }
        absences.sort_unstable();
        absences.dedup();
        Ok(Self { weekly: merged(weekly), absences })
    }

    /// Reads a weekly pattern such as `lun 08:00-18:00, tue 09:00-12:00`; a blank text is never available.
    pub fn parse(weekly: &str, absences: Vec<Absence>) -> Result<Self, AvailabilityError> {
        let slots = weekly.split([',', ';']).map(str::trim).zip(1..);
        let slots = slots.filter(|(text, _)| !text.is_empty()).map(|(text, number)| slot(text, number));
        Self::new(slots.collect::<Result<_, _>>()?, absences)
    }

    /// The same with one more absence.
    pub fn with_absence(&self, absence: Absence) -> Result<Self, AvailabilityError> {
        let mut absences = self.absences.clone();
        absences.push(absence);
        Self::new(self.weekly.clone(), absences)
    }

    /// The slots of the week, in order from Monday, apart from one another.
    pub fn weekly(&self) -> &[Slot] {
        &self.weekly
    }

    /// The absences, in order.
    pub fn absences(&self) -> &[Absence] {
        &self.absences
    }

    /// The absence that covers a civil day, if one does.
    pub fn absence_on(&self, day: Date) -> Option<Absence> {
        self.absences.iter().copied().find(|absence| absence.covers(day))
    }

    /// The stretches of a civil day of Europe/Paris in which the volunteer can drive, in order and apart. Empty on a
    /// day of absence. A time skipped by the clocks is read as if they had not moved yet.
    pub fn windows_on(&self, day: Date) -> Vec<Window> {
        if self.absence_on(day).is_some() {
            return Vec::new();
        }
        let slots = self.weekly.iter().filter(|slot| slot.weekday == day.weekday());
        let mut windows: Vec<Window> = Vec::new();
        for window in slots.filter_map(|slot| slot.on(day)) {
            match windows.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => windows.push(window),
            }
        }
        windows
    }
}

impl fmt::Display for Availability {
    /// The weekly pattern as it can be read back.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, slot) in self.weekly.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(formatter, "{separator}{slot}")?;
        }
        Ok(())
    }
}

impl Slot {
    /// A stretch of a weekday in minutes since midnight, `from_min` < `to_min` ≤ 1440; none otherwise.
    pub fn new(weekday: Weekday, from_min: u16, to_min: u16) -> Option<Self> {
        (from_min < to_min && to_min <= DAY_MIN).then_some(Self { weekday, from_min, to_min })
    }

    /// Its weekday.
    pub fn weekday(self) -> Weekday {
        self.weekday
    }

    /// Its beginning in minutes since midnight.
    pub fn from_min(self) -> u16 {
        self.from_min
    }

    /// Its end in minutes since midnight, at most 1440.
    pub fn to_min(self) -> u16 {
        self.to_min
    }

    fn on(self, day: Date) -> Option<Window> {
        let start = instant(day, self.from_min)?;
        let end = instant(day, self.to_min)?;
        (start < end).then_some(Window { start, end })
    }

    fn order(self) -> (i8, u16) {
        (self.weekday.to_monday_zero_offset(), self.from_min)
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        write!(formatter, "{} {}-{}", code(self.weekday), clock(self.from_min), clock(self.to_min))
    }
}

impl Absence {
    /// An absence from a first to a last day, both included.
    pub fn new(first: Date, last: Date) -> Result<Self, AbsenceError> {
        if last < first {
            return Err(AbsenceError::Order);
        }
        let days = first.until(last).map_or(i32::MAX, |span| span.get_days());
        if days >= ABSENCE_DAYS { Err(AbsenceError::TooLong) } else { Ok(Self { first, last }) }
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.last
    }

    /// Whether it covers a day.
    pub fn covers(self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

impl FromStr for Absence {
    type Err = AbsenceError;

    fn from_str(text: &str) -> Result<Self, AbsenceError> {
        let text = text.trim();
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let date = |text: &str| text.trim().parse::<Date>().map_err(|_| AbsenceError::Format);
        Self::new(date(first)?, date(last)?)
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}..{}", self.first, self.last)
    }
}

fn instant(day: Date, minutes: u16) -> Option<Timestamp> {
    let midnight = day.at(0, 0, 0, 0);
    let civil = midnight.checked_add(i32::from(minutes).minutes()).ok()?;
    paris().to_ambiguous_timestamp(civil).compatible().ok()
}

/// Slots in order, those that overlap or touch made one.
fn merged(mut slots: Vec<Slot>) -> Vec<Slot> {
    slots.sort_unstable_by_key(|slot| slot.order());
    let mut merged: Vec<Slot> = Vec::with_capacity(slots.len());
    for slot in slots {
        match merged.last_mut() {
            Some(last) if last.weekday == slot.weekday && slot.from_min <= last.to_min => {
                last.to_min = last.to_min.max(slot.to_min);
            }
            _ => merged.push(slot),
        }
    }
    merged
}

fn slot(text: &str, number: usize) -> Result<Slot, AvailabilityError> {
    let format = AvailabilityError::Slot(number);
    let (day, hours) = text.split_once(char::is_whitespace).ok_or(format)?;
    let (from, to) = hours.split_once('-').ok_or(format)?;
    let weekday = weekday(day).ok_or(format)?;
    let (from_min, to_min) = (minutes(from).ok_or(format)?, minutes(to).ok_or(format)?);
    Slot::new(weekday, from_min, to_min).ok_or(AvailabilityError::Order(number))
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.to_lowercase().as_str() {
        "mon" | "lun" => Weekday::Monday,
        "tue" | "mar" => Weekday::Tuesday,
        "wed" | "mer" => Weekday::Wednesday,
        "thu" | "jeu" => Weekday::Thursday,
        "fri" | "ven" => Weekday::Friday,
        "sat" | "sam" => Weekday::Saturday,
        "sun" | "dim" => Weekday::Sunday,
        _ => return None,
    })
}

fn code(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

/// `8:00`, `08:00`, `08h00` or `24:00` in minutes since midnight.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once([':', 'h'])?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(hours) && digits(minutes) && (1..=2).contains(&hours.len()) && minutes.len() == 2) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && hours * 60 + minutes <= DAY_MIN).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn weekly(text: &str) -> Result<String, AvailabilityError> {
        Availability::parse(text, Vec::new()).map(|availability| availability.to_string())
    }

    #[test]
    fn weeks_are_read_in_french_and_english_or_refused_with_the_slot() {
        let read = |text: &str| Ok(text.to_owned());
        assert_eq!(weekly("mon 08:00-18:00,tue 09:00-12:00"), read("mon 08:00-18:00,tue 09:00-12:00"));
        assert_eq!(weekly(" dim 8:00-24:00 ; LUN 08h30-12h00"), read("mon 08:30-12:00,sun 08:00-24:00"));
        assert_eq!(weekly("ven 12:00-14:00,fri 08:00-12:00,ven 13:00-13:30"), read("fri 08:00-14:00"));
        assert_eq!(weekly(""), read(""));
        for text in [
            "mon 08:00-18:00,lundi 08:00-09:00",
            "mon 8-18",
            "mon 08:00-18:60",
            "mon 08:00",
            "x",
            "mon +8:00-09:00",
        ] {
            let number = text.split(',').count();
            assert_eq!(weekly(text), Err(AvailabilityError::Slot(number)), "{text}");
        }
        assert_eq!(weekly("mon 18:00-08:00"), Err(AvailabilityError::Order(1)));
        assert_eq!(weekly("mon 08:00-08:00"), Err(AvailabilityError::Order(1)));
        let many = vec!["mon 08:00-09:00"; WEEKLY_SLOTS + 1].join(",");
        assert_eq!(weekly(&many), Err(AvailabilityError::TooManySlots(WEEKLY_SLOTS + 1)));
    }

    #[test]
    fn absences_are_inclusive_and_bounded() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let absence: Absence = "2026-12-24..2026-12-26".parse().unwrap();
        for (text, covered) in
            [("2026-12-23", false), ("2026-12-24", true), ("2026-12-26", true), ("2026-12-27", false)]
        {
            assert_eq!(absence.covers(day(text)), covered, "{text}");
        }
        assert_eq!("2026-12-24".parse::<Absence>().unwrap().to_string(), "2026-12-24..2026-12-24");
        assert_eq!("2026-12-24..2026-12-23".parse::<Absence>(), Err(AbsenceError::Order));
        assert_eq!("2026-01-01..2028-01-01".parse::<Absence>(), Err(AbsenceError::TooLong));
        assert_eq!("Christmas".parse::<Absence>(), Err(AbsenceError::Format));
    }

    #[test]
    fn an_absence_overrides_the_week() {
        let absence: Absence = "2026-10-05".parse().unwrap();
        let week = Availability::parse("mon 08:00-18:00", vec![absence]).unwrap();
        let monday: Date = "2026-10-05".parse().unwrap();
        assert!(week.windows_on(monday).is_empty());
        let next = week.windows_on(monday.tomorrow().unwrap().saturating_add(6.days()));
        let shown: Vec<String> =
            next.iter().map(|window| format!("{} {}", window.start, window.end)).collect();
        assert_eq!(shown, ["2026-10-12T06:00:00Z 2026-10-12T16:00:00Z"]);
    }

    #[test]
    fn windows_follow_the_clocks() {
        let week = Availability::parse("sun 00:00-24:00,sun 02:15-02:45", Vec::new()).unwrap();
        let hours = |day: &str| {
            let windows = week.windows_on(day.parse().unwrap());
            windows.iter().map(|window| window.start.duration_until(window.end).as_hours()).sum::<i64>()
        };
        assert_eq!(hours("2027-03-28"), 23);
        assert_eq!(hours("2026-10-25"), 25);
        assert_eq!(hours("2026-10-18"), 24);
    }

    fn slots() -> impl Strategy<Value = Vec<Slot>> {
        let slot =
            (0..7_i8, 0..1440_u16, 1..=1440_u16).prop_filter_map("in order", |(day, from_min, length)| {
                Slot::new(
                    Weekday::from_monday_zero_offset(day).ok()?,
                    from_min,
                    (from_min + length).min(1440),
                )
            });
        proptest::collection::vec(slot, 0..20)
    }

    proptest! {
        #[test]
        fn a_week_reads_back_and_covers_the_same_minutes(slots in slots(), day in 0..7_i8, minute in 0..1440_u16) {
            let covers = |slots: &[Slot]| slots.iter().any(|slot| {
                slot.weekday.to_monday_zero_offset() == day && (slot.from_min..slot.to_min).contains(&minute)
            });
            let week = Availability::new(slots.clone(), Vec::new()).unwrap();
            prop_assert_eq!(covers(&slots), covers(week.weekly()));
            prop_assert_eq!(Availability::parse(&week.to_string(), Vec::new()).unwrap(), week);
        }

        #[test]
        fn windows_of_a_day_are_apart_and_on_that_day(slots in slots(), offset in 0..1000_i32) {
            let week = Availability::new(slots, Vec::new()).unwrap();
            let day = jiff::civil::date(2026, 1, 1).saturating_add(offset.days());
            let windows = week.windows_on(day);
            for window in &windows {
                prop_assert!(window.start < window.end);
                prop_assert_eq!(window.start.to_zoned(paris()).date(), day);
            }
            for (before, after) in windows.iter().zip(windows.iter().skip(1)) {
                prop_assert!(before.end < after.start);
            }
        }
    }
}
