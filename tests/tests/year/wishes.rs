//! One-off requests: who wishes to go where, and how it will end. It must never look at anything but the cast and chance.

use anyhow::Context as _;
use jiff::{ToSpan as _, civil::Date};
use maillage_proto::node::v1 as node;
use maillage_tests::node::place;
use rand::RngExt as _;

use crate::{
    cast::{ALBI, CASTRES, LOMBERS, MONTREDON, Person, REALMONT, STATIONS, TOULOUSE},
    script::{Event, Script},
};

/// Requests of a week: at least, and how many more at most.
const A_WEEK: (usize, usize) = (6, 5);

/// How trips that were promised end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fate {
    /// As planned.
    Done,
    /// The way back is not needed.
    OneWay,
    /// Who is not there.
    Missed(&'static str),
    /// Called off in good time: by whom and why.
    OffEarly(&'static str, &'static str),
    /// Called off late.
    OffLate(&'static str, &'static str),
    /// The driver withdraws and nobody else is looked for.
    Withdrawn,
}

/// Where somebody wishes to go.
struct Destination {
    commune: &'static str,
    address: &'static str,
    purpose: &'static str,
    station: bool,
}

impl Script<'_> {
    /// The requests of a week, asked on Monday for Tuesday to Saturday.
    pub(crate) async fn wishes_of(&mut self, monday: Date) -> anyhow::Result<()> {
        for _ in 0..A_WEEK.0 + self.random.random_range(0..A_WEEK.1) {
            let who = self.random.random_range(0..self.cast.persons.len());
            let day = monday.saturating_add(self.random.random_range(1..6_i64).days());
            if day.year() > 2026 {
                continue;
            }
            let person = self.cast.persons.get(who).context("nobody")?.clone();
            if person.erased.is_none() && !(who == crate::desk::ERASED.0 && day > crate::desk::ERASED.1) {
                self.wish(who, &person, day).await?;
            }
        }
        Ok(())
    }

    async fn wish(&mut self, who: usize, person: &Person, day: Date) -> anyhow::Result<()> {
        let Destination { commune, address, purpose, station } = self.destination(person, day);
        let hour = self.random.random_range(9..12);
        let back = self.random.random_range(0..10);
        let request = node::AddRequestRequest {
            person: person.id.clone(),
            dropoff: Some(place(commune, address)),
            arrive_by: format!("{day}T{hour:02}:15"),
            return_at: if back < 5 { format!("{day}T{:02}:30", hour + 2) } else { String::new() },
            call_when_done: (5..7).contains(&back),
            purpose: purpose.to_owned(),
            ..Default::default()
        };
        self.memory.calls += 1;
        let trips = self.platform.trips().add_request(request).await?.into_inner().trips;
        self.remember(who, &trips, (station, None))?;
        let first = trips.first().context("a request without a trip")?.id.clone();
        for trip in trips.iter().filter(|trip| trip.anchor == "call") {
            self.plan(day.at(12, 30, 0, 0), Event::Ring(trip.id.clone()));
        }
        if let Some(reason) = person.never {
            return self.give_up(first, reason).await;
        }
        // Some requests never get as far as a driver.
        if let Some(reason) = self.lost() {
            let again = reason == "no-driver" && trips.len() == 1;
            self.give_up(first.clone(), reason).await?;
            if again && day > self.now.date().saturating_add(2.days()) {
                self.plan(self.now.saturating_add(26.hours()), Event::TryAgain(first));
            }
            return Ok(());
        }
        match self.find_driver(&first, None, false).await? {
            None => self.give_up(first, "no-driver").await,
            Some((promised, empty_m)) => {
                let fate = self.fate();
                self.foresee(&promised, fate, Some(empty_m))
            }
        }
    }

    /// Why a request gets no further, if so.
    fn lost(&mut self) -> Option<&'static str> {
        match self.random.random_range(0..100) {
            0..2 => Some("unanswered"),
            2..4 => Some("too-late"),
            4..5 => Some("out-of-area"),
            5..6 => Some("out-of-frame"),
            6..11 => Some("no-driver"),
            _ => None,
        }
    }

    /// How promised trips end.
    pub(crate) fn fate(&mut self) -> Fate {
        match self.random.random_range(0..100) {
            0..4 => Fate::OffEarly("person", "appointment-moved"),
            4..6 => Fate::OffEarly("destination", "appointment-cancelled"),
            6..9 => Fate::OffLate("person", "illness"),
            9..11 => Fate::OffLate("platform", "vehicle"),
            11..12 => Fate::OffLate("volunteer", "driver"),
            12..15 => Fate::Missed("person"),
            15..16 => Fate::Missed("driver"),
            16..18 => Fate::Withdrawn,
            18..23 => Fate::OneWay,
            _ => Fate::Done,
        }
    }

    /// Further than the small towns around only with a benefit; to a station in any case.
    fn destination(&mut self, person: &Person, day: Date) -> Destination {
        let to = |commune, address, purpose, station| Destination { commune, address, purpose, station };
        let market = if person.home == REALMONT { LOMBERS } else { REALMONT };
        let resources = person.by_resources(day);
        let (gare, coaches) = (STATIONS[0], STATIONS[1]);
        match (resources, self.random.random_range(0..10)) {
            (true, 0..3) => to(ALBI, "hôpital fictif", "health", false),
            (true, 3..5) => to(CASTRES, "cabinet fictif", "health", false),
            (true, 5) => to(TOULOUSE, "centre fictif", "health", false),
            (false, 0..2) => to(gare.0, gare.1, "work-training", true),
            (false, 2) => to(coaches.0, coaches.1, "work-training", true),
            (false, 3) => to(MONTREDON, "mairie fictive", "administrative", false),
            (_, _) => to(market, "marché fictif", "shopping", false),
        }
    }
}
