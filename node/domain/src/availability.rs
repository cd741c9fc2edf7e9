//! When a volunteer can drive: a weekly pattern in civil minutes of Europe/Paris, the days of the year it holds on, other
//! hours on single dates, and absences that override all of it. Must never know what the volunteer drives at that time: commitments are dispatch's.

mod exceptions;

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Weekday},
};
use maillage_federation::month::paris;

pub use self::exceptions::{DayHours, DayOff, SchoolRule, YearRule};
use crate::{
    holidays::{Calendar, SchoolDay},
    limits::{ABSENCE_DAYS, ABSENCES, OVERRIDES, WEEKLY_SLOTS},
};

/// Minutes in a day of 24 hours: the end of a slot that lasts until midnight.
const DAY_MIN: u16 = 24 * 60;

/// Weekly pattern and absences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Availability {
    weekly: Vec<Slot>,
    absences: Vec<Absence>,
    overrides: Vec<DayHours>,
    year: YearRule,
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
    #[error(
        "slot {0} is not written like lun 08:00-18:00 (lun mar mer jeu ven sam dim, or mon to sun), \
         2026-12-24 +08:00-12:00 or no-public-holidays"
    )]
    Slot(usize),
    /// A slot ends before or as it begins, or after midnight.
    #[error("slot {0} must end after it begins, at 24:00 at the latest")]
    Order(usize),
    /// Too many slots.
    #[error("{0} slots in a week; at most {WEEKLY_SLOTS} are allowed")]
    TooManySlots(usize),
    /// Too many dates with other hours.
    #[error("{0} dates with other hours; at most {OVERRIDES} are kept: remove past ones")]
    TooManyOverrides(usize),
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
        Ok(Self { weekly: merged(weekly), absences, overrides: Vec::new(), year: YearRule::default() })
    }

    /// Reads a weekly pattern such as `lun 08:00-18:00, tue 09:00-12:00`, with other hours on single dates
    /// (`2026-12-24 +08:00-12:00` beside the weekly ones, `2026-12-26 =14:00-16:00/18:00-19:00` instead of them) and the
    /// days of the year it holds on (`no-public-holidays`, `school-holidays-only`, `no-school-holidays`). A blank text is
    /// never available.
    pub fn parse(weekly: &str, absences: Vec<Absence>) -> Result<Self, AvailabilityError> {
        let (mut slots, mut overrides, mut year) = (Vec::new(), Vec::new(), YearRule::default());
        let items = weekly.split([',', ';']).map(str::trim).zip(1..);
        for (text, number) in items.filter(|(text, _)| !text.is_empty()) {
            match text.split_once(char::is_whitespace).map(|(date, hours)| (date.parse::<Date>(), hours)) {
                Some((Ok(date), hours)) => {
                    let hours = DayHours::parse(date, hours.trim());
                    overrides.push(hours.ok_or(AvailabilityError::Slot(number))?);
                }
                None if year.take(text) => {}
                Some((Err(_), _)) | None => slots.push(slot(text, number)?),
            }
        }
        Self::new(slots, absences)?.with_exceptions(overrides, year)
    }

    /// The same with these hours on single dates and this rule of the year.
    pub fn with_exceptions(
        self,
        overrides: Vec<DayHours>,
        year: YearRule,
    ) -> Result<Self, AvailabilityError> {
        Ok(Self { overrides: exceptions::in_order(overrides)?, year, ..self })
    }

    /// The same with one more absence.
    pub fn with_absence(&self, absence: Absence) -> Result<Self, AvailabilityError> {
        let mut absences = self.absences.clone();
        absences.push(absence);
        Self::new(self.weekly.clone(), absences)?.with_exceptions(self.overrides.clone(), self.year)
    }

    /// The slots of the week, in order from Monday, apart from one another.
    pub fn weekly(&self) -> &[Slot] {
        &self.weekly
    }

    /// The absences, in order.
    pub fn absences(&self) -> &[Absence] {
        &self.absences
    }

    /// Other hours on single dates, in order.
    pub fn overrides(&self) -> &[DayHours] {
        &self.overrides
    }

    /// The days of the year the weekly pattern holds on.
    pub fn year(&self) -> YearRule {
        self.year
    }

    /// Why the volunteer does not drive on a civil day whatever the hour, if there is such a reason. Hours given for that
    /// very date are stronger than holidays; an absence is stronger than everything.
    pub fn day_off(&self, day: Date, calendar: Calendar<'_>) -> Option<DayOff> {
        if let Some(absence) = self.absence_on(day) {
            return Some(DayOff::Absent(absence));
        }
        let given = self.overrides.iter().any(|hours| hours.date() == day);
        if given { None } else { self.pattern_off(day, calendar) }
    }

    /// Why the weekly pattern does not hold on a day.
    fn pattern_off(&self, day: Date, calendar: Calendar<'_>) -> Option<DayOff> {
        if let Some(holiday) = calendar.public_holiday(day).filter(|_| !self.year.public_holidays) {
            return Some(DayOff::PublicHoliday(holiday));
        }
        match (self.year.school, calendar.school_day(day)) {
            (SchoolRule::Always, _)
            | (SchoolRule::Only, SchoolDay::Holidays(_))
            | (SchoolRule::Never, SchoolDay::Term) => None,
            (SchoolRule::Only, SchoolDay::Term) => Some(DayOff::SchoolTerm),
            (SchoolRule::Never, SchoolDay::Holidays(period)) => Some(DayOff::SchoolHolidays(period)),
            (SchoolRule::Only | SchoolRule::Never, SchoolDay::Unknown) => Some(DayOff::SchoolUnknown),
        }
    }

    /// The absence that covers a civil day, if one does.
    pub fn absence_on(&self, day: Date) -> Option<Absence> {
        self.absences.iter().copied().find(|absence| absence.covers(day))
    }

    /// The stretches of a civil day of Europe/Paris in which the volunteer can drive, in order and apart. Empty on a
    /// day off. A time skipped by the clocks is read as if they had not moved yet.
    pub fn windows_on(&self, day: Date, calendar: Calendar<'_>) -> Vec<Window> {
        if self.absence_on(day).is_some() {
            return Vec::new();
        }
        let given = || self.overrides.iter().filter(|hours| hours.date() == day);
        let holds = self.pattern_off(day, calendar).is_none() && !given().any(DayHours::replaces);
        let weekly = self.weekly.iter().filter(|slot| holds && slot.weekday == day.weekday());
        let mut stretches: Vec<(u16, u16)> = weekly.map(|slot| (slot.from_min, slot.to_min)).collect();
        stretches.extend(given().flat_map(DayHours::stretches).copied());
        stretches.sort_unstable();
        let mut windows: Vec<Window> = Vec::new();
        for window in stretches.into_iter().filter_map(|stretch| window(day, stretch)) {
            match windows.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => windows.push(window),
            }
        }
        windows
    }
}

impl fmt::Display for Availability {
    /// The weekly pattern, the dates with other hours and the rule of the year, as they can be read back.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekly = self.weekly.iter().map(ToString::to_string);
        let overrides = self.overrides.iter().map(ToString::to_string);
        let year = self.year.words().map(str::to_owned);
        for (index, item) in weekly.chain(overrides).chain(year).enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(formatter, "{separator}{item}")?;
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

    fn order(self) -> (i8, u16) {
        (self.weekday.to_monday_zero_offset(), self.from_min)
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
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

/// A stretch of a civil day, in minutes since midnight.
fn window(day: Date, (from, to): (u16, u16)) -> Option<Window> {
    let (start, end) = (instant(day, from)?, instant(day, to)?);
    (start < end).then_some(Window { start, end })
}

/// Minutes since midnight as `08:00`.
fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
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

/// The day of the week that a text of three letters names, in French or English.
pub(crate) fn weekday(text: &str) -> Option<Weekday> {
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

/// How a day of the week is written.
pub(crate) fn code(weekday: Weekday) -> &'static str {
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
pub(crate) fn minutes(text: &str) -> Option<u16> {
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

    fn tarn() -> Calendar<'static> {
        Calendar::of_department("81")
    }

    /// The hours of a day, in minutes of Paris since midnight.
    fn hours(availability: &Availability, day: &str) -> Vec<String> {
        let local = |instant: Timestamp| instant.to_zoned(paris()).strftime("%H:%M").to_string();
        let windows = availability.windows_on(day.parse().unwrap(), tarn());
        windows.iter().map(|window| format!("{}-{}", local(window.start), local(window.end))).collect()
    }

    #[test]
    fn dates_with_other_hours_add_to_the_week_or_replace_it() {
        let text = "mon 08:00-12:00,2026-10-05 +11:00-14:00/16:00-17:00,2026-10-12 =18:00-19:00,2026-10-17 +09:00-10:00";
        let week = Availability::parse(text, vec!["2026-10-19".parse().unwrap()]).unwrap();
        assert_eq!(hours(&week, "2026-10-05"), ["08:00-14:00", "16:00-17:00"]);
        assert_eq!(hours(&week, "2026-10-12"), ["18:00-19:00"]);
        assert_eq!(hours(&week, "2026-10-17"), ["09:00-10:00"]);
        assert_eq!(hours(&week, "2026-10-19"), Vec::<String>::new());
        assert_eq!(hours(&week, "2026-10-26"), ["08:00-12:00"]);
        assert_eq!(week.to_string(), text);
        for text in
            ["2026-10-05 08:00-12:00", "2026-10-05 +12:00-08:00", "2026-10-05 =", "2026-13-05 +08:00-09:00"]
        {
            assert_eq!(weekly(text), Err(AvailabilityError::Slot(1)), "{text}");
        }
        let dates: Vec<String> = (0..=OVERRIDES)
            .map(|hour| {
                let day = jiff::civil::date(2026, 1, 1).saturating_add(i64::try_from(hour).unwrap().days());
                format!("{day} +08:00-09:00")
            })
            .collect();
        assert_eq!(weekly(&dates.join(",")), Err(AvailabilityError::TooManyOverrides(OVERRIDES + 1)));
    }

    #[test]
    fn public_holidays_and_school_holidays_switch_the_week_off_and_a_date_switches_it_on_again() {
        use crate::holidays::{PublicHoliday, SchoolPeriod};
        let check = |rule: &str, day: &str, expected: Option<DayOff>| {
            let text = format!("mon 08:00-12:00,tue 08:00-12:00,2026-11-11 +08:00-09:00,{rule}");
            let week = Availability::parse(&text, Vec::new()).unwrap();
            assert_eq!(week.day_off(day.parse().unwrap(), tarn()), expected, "{rule} {day}");
            assert_eq!(hours(&week, day).is_empty(), expected.is_some(), "{rule} {day}");
        };
        check("sauf-feries", "2027-03-29", Some(DayOff::PublicHoliday(PublicHoliday::EasterMonday)));
        check("", "2027-03-29", None);
        check("no-public-holidays", "2027-03-30", None);
        check("no-public-holidays", "2026-11-11", None);
        check("no-school-holidays", "2026-10-19", Some(DayOff::SchoolHolidays(SchoolPeriod::Autumn)));
        check("hors-vacances-scolaires", "2026-10-12", None);
        check("vacances-scolaires", "2026-10-19", None);
        check("school-holidays-only", "2026-10-12", Some(DayOff::SchoolTerm));
        check("school-holidays-only", "2029-10-15", Some(DayOff::SchoolUnknown));
        check("no-school-holidays", "2029-10-15", Some(DayOff::SchoolUnknown));
        check("", "2029-10-15", None);
    }

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
        assert!(week.windows_on(monday, tarn()).is_empty());
        let next = week.windows_on(monday.tomorrow().unwrap().saturating_add(6.days()), tarn());
        let shown: Vec<String> =
            next.iter().map(|window| format!("{} {}", window.start, window.end)).collect();
        assert_eq!(shown, ["2026-10-12T06:00:00Z 2026-10-12T16:00:00Z"]);
    }

    #[test]
    fn windows_follow_the_clocks() {
        let week = Availability::parse("sun 00:00-24:00,sun 02:15-02:45", Vec::new()).unwrap();
        let hours = |day: &str| {
            let windows = week.windows_on(day.parse().unwrap(), tarn());
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
            let windows = week.windows_on(day, tarn());
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
