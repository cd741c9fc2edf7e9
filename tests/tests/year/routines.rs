//! Journeys that recur, and their naive calendar: weekdays less the holidays somebody wrote down. It must never ask the
//! node which days there are.

use anyhow::Context as _;
use jiff::{
    ToSpan as _,
    civil::{Date, Weekday, date},
};
use maillage_proto::node::v1 as node;
use maillage_tests::node::place;

use crate::{
    cast::{ALBI, CASTRES, REALMONT, STATIONS, TOULOUSE},
    memory::Outcome,
    script::{Event, Script, day_of},
};

/// Public holidays of 2026 (Easter is on 5 April).
pub(crate) const PUBLIC: [Date; 11] = [
    date(2026, 1, 1),
    date(2026, 4, 6),
    date(2026, 5, 1),
    date(2026, 5, 8),
    date(2026, 5, 14),
    date(2026, 5, 25),
    date(2026, 7, 14),
    date(2026, 8, 15),
    date(2026, 11, 1),
    date(2026, 11, 11),
    date(2026, 12, 25),
];
/// School holidays of zone C in 2026: first day, and the day school begins again.
pub(crate) const SCHOOL: [(Date, Date); 7] = [
    (date(2025, 12, 20), date(2026, 1, 5)),
    (date(2026, 2, 21), date(2026, 3, 9)),
    (date(2026, 4, 18), date(2026, 5, 4)),
    (date(2026, 5, 15), date(2026, 5, 18)),
    (date(2026, 7, 4), date(2026, 9, 1)),
    (date(2026, 10, 17), date(2026, 11, 2)),
    (date(2026, 12, 19), date(2027, 1, 4)),
];

/// A journey that recurs.
#[derive(Debug, Clone)]
pub(crate) struct Routine {
    /// Identifier of the series.
    pub(crate) id: String,
    /// What it is.
    pub(crate) pattern: Pattern,
    /// Days taken out by hand.
    pub(crate) skipped: Vec<Date>,
    /// Its first day.
    pub(crate) first: Date,
    /// The first day without it.
    pub(crate) ended: Option<Date>,
}

/// What recurs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern {
    /// Who travels, by place in the cast.
    pub(crate) person: usize,
    /// Who drives as a rule.
    pub(crate) driver: usize,
    /// Weekdays.
    pub(crate) weekdays: &'static [Weekday],
    /// Every how many weeks.
    pub(crate) every: u32,
    /// Where to.
    pub(crate) to: (&'static str, &'static str),
    /// Whether that is a station.
    pub(crate) station: bool,
    /// There by, and fetched at; empty when the person rings.
    pub(crate) times: (&'static str, &'static str),
    /// Not on public holidays, not on school holidays.
    pub(crate) skips: (bool, bool),
}

use Weekday::{Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};

/// The journeys.
pub(crate) const PATTERNS: [Pattern; 6] = [
    Pattern {
        person: 10,
        driver: 0,
        weekdays: &[Tuesday, Thursday, Saturday],
        every: 1,
        to: (TOULOUSE, "dialyse fictive"),
        station: false,
        times: ("10:00", "14:00"),
        skips: (false, false),
    },
    Pattern {
        person: 20,
        driver: 1,
        weekdays: &[Monday, Wednesday, Friday],
        every: 1,
        to: (CASTRES, "rééducation fictive"),
        station: false,
        times: ("10:30", "12:30"),
        skips: (true, false),
    },
    Pattern {
        person: 12,
        driver: 2,
        weekdays: &[Tuesday, Friday],
        every: 1,
        to: (REALMONT, "formation fictive"),
        station: false,
        times: ("09:00", "17:00"),
        skips: (true, true),
    },
    Pattern {
        person: 2,
        driver: 8,
        weekdays: &[Wednesday],
        every: 2,
        to: (ALBI, "hôpital fictif"),
        station: false,
        times: ("10:00", ""),
        skips: (true, false),
    },
    Pattern {
        person: 14,
        driver: 3,
        weekdays: &[Thursday],
        every: 1,
        to: STATIONS[1],
        station: true,
        times: ("09:30", "16:30"),
        skips: (true, false),
    },
    Pattern {
        person: 6,
        driver: 4,
        weekdays: &[Monday, Friday],
        every: 1,
        to: (REALMONT, "marché fictif"),
        station: false,
        times: ("10:00", "11:30"),
        skips: (true, false),
    },
];
/// The first day of every series.
pub(crate) const FIRST: Date = date(2026, 1, 5);

impl Pattern {
    fn word(day: Weekday) -> &'static str {
        match day {
            Monday => "mon",
            Tuesday => "tue",
            Wednesday => "wed",
            Thursday => "thu",
            Friday => "fri",
            Saturday => "sat",
            Weekday::Sunday => "sun",
        }
    }

    fn fields(&self) -> node::SeriesFields {
        let weekdays: Vec<&str> = self.weekdays.iter().map(|day| Self::word(*day)).collect();
        let rule = |skips: bool| if skips { "skip" } else { "keep" }.to_owned();
        node::SeriesFields {
            weekdays: weekdays.join(","),
            every_weeks: self.every,
            first: FIRST.to_string(),
            public_holidays: rule(self.skips.0),
            school_holidays: rule(self.skips.1),
            dropoff: Some(place(self.to.0, self.to.1)),
            arrive_by: self.times.0.to_owned(),
            return_at: self.times.1.to_owned(),
            call_when_done: self.times.1.is_empty(),
            purpose: "health".to_owned(),
            ..Default::default()
        }
    }
}

impl Routine {
    /// The days of the year, counted off a wall calendar.
    pub(crate) fn days(&self) -> Vec<Date> {
        let Pattern { weekdays, every, skips, .. } = self.pattern;
        let mut days = Vec::new();
        let mut day = self.first;
        while day.year() == 2026 {
            let week = (day - FIRST).get_days() / 7;
            let school = SCHOOL.iter().any(|(first, back)| *first <= day && day < *back);
            let off =
                (skips.0 && PUBLIC.contains(&day)) || (skips.1 && school) || self.skipped.contains(&day);
            let over = self.ended.is_some_and(|ended| ended <= day);
            let turn = u32::try_from(week).is_ok_and(|week| week.is_multiple_of(every));
            if weekdays.contains(&day.weekday()) && turn && !off && !over {
                days.push(day);
            }
            day = day.saturating_add(1.day());
        }
        days
    }
}

impl Script<'_> {
    /// Agrees on the series, on the first Monday.
    pub(crate) async fn begin_routines(&mut self) -> anyhow::Result<()> {
        for pattern in PATTERNS {
            let person = self.cast.persons.get(pattern.person).context("nobody")?.id.clone();
            let request =
                node::AddSeriesRequest { person, fields: Some(pattern.fields()), ..Default::default() };
            let added = self.platform.series().add_series(request).await?.into_inner();
            let id = added.series.context("no series")?.id;
            self.routines.push(Routine { id, pattern, skipped: Vec::new(), first: FIRST, ended: None });
        }
        Ok(())
    }

    /// The trips of a week that series call for get their drivers.
    pub(crate) async fn routines_of(&mut self, monday: Date) -> anyhow::Result<()> {
        let horizon = node::GenerateSeriesRequest { horizon_days: 6 };
        let report = self.platform.series().generate_series(horizon).await?.into_inner();
        anyhow::ensure!(report.failed.is_empty(), "{:?}", report.failed);
        let sunday = monday.saturating_add(6.days()).min(date(2026, 12, 31));
        for number in 0..self.routines.len() {
            let routine = self.routines.get(number).context("no series")?.clone();
            let request = node::ListTripsRequest {
                from_day: monday.to_string(),
                to_day: sunday.to_string(),
                series: routine.id.clone(),
                limit: 500,
                ..Default::default()
            };
            let trips = self.platform.trips().list_trips(request).await?.into_inner().trips;
            self.memory.calls += 1;
            self.remember(routine.pattern.person, &trips, (routine.pattern.station, Some(number)))?;
            for trip in trips.iter().filter(|trip| trip.leg == "outbound") {
                self.promise(&routine, trip).await?;
            }
        }
        Ok(())
    }

    async fn promise(&mut self, routine: &Routine, trip: &node::Trip) -> anyhow::Result<()> {
        if trip.status != "requested" {
            anyhow::ensure!(trip.status == "cancelled", "{} is {}", trip.id, trip.status);
            for leg in [&trip.id, &trip.sibling] {
                self.ride(leg)?.outcome = Outcome::Cancelled("platform", "series", false);
            }
            return Ok(());
        }
        if routine.pattern.times.1.is_empty() {
            let day = day_of(&trip.earliest_pickup)?;
            self.plan(day.at(12, 30, 0, 0), Event::Ring(trip.sibling.clone()));
        }
        match self.find_driver(&trip.id, Some(routine.pattern.driver), false).await? {
            None => self.give_up(trip.id.clone(), "no-driver").await,
            Some((promised, _)) => {
                let fate = self.fate();
                self.foresee(&promised, fate, None)
            }
        }
    }
}
