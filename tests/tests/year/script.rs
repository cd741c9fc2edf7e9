//! The year, event by event on the node's clock: a desk that takes requests on Mondays, drivers who say yes or no, days
//! that go as planned or not. It must never reckon what the node reckons: it acts, and remembers what it did.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime, date},
    tz::TimeZone,
};
use maillage_proto::node::v1 as node;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

use crate::{
    cast::{Cast, NEW_CAR, vehicle},
    desk::Errand,
    memory::{Memory, Outcome, Ride, UnmetNote},
    opening::Opened,
    platform::{Platform, instant},
    routines::Routine,
    wishes::Fate,
};

/// The first and the last Monday of the year.
const MONDAYS: (Date, Date) = (date(2026, 1, 5), date(2026, 12, 28));

/// The year under way.
pub(crate) struct Script<'a> {
    /// The node.
    pub(crate) platform: &'a Platform,
    /// What chance decides.
    pub(crate) random: ChaCha20Rng,
    /// Who plays.
    pub(crate) cast: Cast,
    /// What was set up.
    pub(crate) opened: Opened,
    /// What was done.
    pub(crate) memory: Memory,
    /// What recurs.
    pub(crate) routines: Vec<Routine>,
    /// The time on the clock.
    pub(crate) now: DateTime,
    agenda: BTreeMap<(DateTime, usize), Event>,
    planned: usize,
}

/// A year that is over.
pub(crate) struct Played {
    /// Who played.
    pub(crate) cast: Cast,
    /// What was set up.
    pub(crate) opened: Opened,
    /// What was done.
    pub(crate) memory: Memory,
    /// What recurred.
    pub(crate) routines: Vec<Routine>,
}

/// Something that happens at a time.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The desk plans the week.
    Monday(Date),
    /// The person arrived; nothing given means as estimated, with so many metres empty.
    Arrive(String, Option<u32>),
    /// The person arrived after so many metres.
    ArriveAfter(String, u32),
    /// Somebody was not there.
    Missed(String, &'static str),
    /// Called off: by whom, why, this leg alone.
    CallOff(String, &'static str, &'static str, bool),
    /// The person calls for the way back.
    Ring(String),
    /// Nobody could.
    GiveUp(String, &'static str),
    /// Somebody is found after all.
    TryAgain(String),
    /// A month is over.
    MonthEnd(Date),
    /// The volunteer drives another car from now on.
    NewCar,
    /// Something else the desk does.
    Errand(Errand),
}

impl<'a> Script<'a> {
    /// A year that has not begun.
    pub(crate) fn new(platform: &'a Platform, cast: Cast, opened: Opened, seed: u64, now: DateTime) -> Self {
        let mut script = Self {
            platform,
            random: ChaCha20Rng::seed_from_u64(seed),
            cast,
            opened,
            memory: Memory::default(),
            routines: Vec::new(),
            now,
            agenda: BTreeMap::new(),
            planned: 0,
        };
        let mut monday = MONDAYS.0;
        while monday <= MONDAYS.1 {
            script.plan(monday.at(7, 0, 0, 0), Event::Monday(monday));
            monday = monday.saturating_add(7.days());
        }
        for month in 1..=12 {
            let first = date(2026, month, 1);
            let close = first.last_of_month().saturating_add(3.days());
            script.plan(close.at(9, 0, 0, 0), Event::MonthEnd(first));
        }
        script.plan(NEW_CAR.1.at(6, 0, 0, 0), Event::NewCar);
        for (at, errand) in Errand::of_the_year() {
            script.plan(at, Event::Errand(errand));
        }
        script
    }

    /// Plans something.
    pub(crate) fn plan(&mut self, at: DateTime, event: Event) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), event);
    }

    /// Plays the year to its end.
    pub(crate) async fn play(mut self) -> anyhow::Result<Played> {
        self.begin_routines().await?;
        while let Some(((at, _), event)) = self.agenda.pop_first() {
            if at != self.now {
                self.platform.set_clock(at)?;
                self.now = at;
            }
            self.happen(event.clone()).await.with_context(|| format!("{at}: {event:?}"))?;
        }
        let Self { cast, opened, memory, routines, .. } = self;
        Ok(Played { cast, opened, memory, routines })
    }

    async fn happen(&mut self, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Monday(monday) => {
                self.routines_of(monday).await?;
                self.wishes_of(monday).await
            }
            Event::Arrive(trip, planned_empty_m) => self.arrive(trip, planned_empty_m).await,
            Event::ArriveAfter(trip, loaded_m) => self.complete(trip, (loaded_m, 1_000), None).await,
            Event::Missed(trip, who) => self.missed(trip, who).await,
            Event::CallOff(trip, by, reason, single) => self.call_off(trip, (by, reason), single).await,
            Event::Ring(trip) => self.ring(trip).await,
            Event::GiveUp(trip, reason) => self.give_up(trip, reason).await,
            Event::TryAgain(trip) => self.try_again(trip).await,
            Event::MonthEnd(month) => self.month_end(month).await,
            Event::NewCar => self.new_car().await,
            Event::Errand(errand) => self.errand(errand).await,
        }
    }

    /// Remembers new trips of a person.
    pub(crate) fn remember(
        &mut self,
        person: usize,
        trips: &[node::Trip],
        (station, series): (bool, Option<usize>),
    ) -> anyhow::Result<()> {
        for trip in trips {
            let commune = |place: &Option<node::Place>| place.clone().unwrap_or_default().commune;
            let ride = Ride {
                person,
                day: day_of(&trip.earliest_pickup)?,
                from: commune(&trip.pickup),
                to: commune(&trip.dropoff),
                station,
                told_m: trip.distance_m,
                driver: None,
                outcome: Outcome::Open,
                closed: None,
                series,
            };
            anyhow::ensure!(self.memory.rides.insert(trip.id.clone(), ride).is_none(), "{} twice", trip.id);
        }
        Ok(())
    }

    /// One trip as remembered.
    pub(crate) fn ride(&mut self, trip: &str) -> anyhow::Result<&mut Ride> {
        self.memory.rides.get_mut(trip).with_context(|| format!("no trip {trip} is remembered"))
    }

    /// Asks volunteers for a trip and its sibling until one says yes; gives the trips promised and the metres without a
    /// passenger that the desk was told, none if nobody can.
    pub(crate) async fn find_driver(
        &mut self,
        trip: &str,
        usual: Option<usize>,
        single: bool,
    ) -> anyhow::Result<Option<(Vec<String>, u32)>> {
        if let Some(usual) = usual
            && let Some(promised) = self.ask(trip, usual, single).await?
        {
            return Ok(Some((promised, 0)));
        }
        let request = node::SuggestRequest { trip: trip.to_owned(), single };
        let suggested = self.platform.trips().suggest(request).await?.into_inner().candidates;
        self.memory.calls += 1;
        let mut left: Vec<(usize, u32)> = Vec::new();
        for candidate in &suggested {
            left.push((self.volunteer(&candidate.volunteer)?, candidate.extra_m));
        }
        // Identifiers decide between equals: the script must not, or no two years were the same.
        left.sort_by_key(|(volunteer, extra_m)| (*extra_m, *volunteer));
        left.truncate(5);
        while !left.is_empty() {
            let (volunteer, extra_m) = left.remove(self.random.random_range(0..left.len()));
            if let Some(promised) = self.ask(trip, volunteer, single).await? {
                return Ok(Some((promised, extra_m)));
            }
        }
        Ok(None)
    }

    /// Asks one volunteer, who says yes nine times in ten.
    async fn ask(
        &mut self,
        trip: &str,
        volunteer: usize,
        single: bool,
    ) -> anyhow::Result<Option<Vec<String>>> {
        let asked = self.cast.volunteers.get(volunteer).context("no such volunteer")?.id.clone();
        let offer = node::OfferToDriverRequest {
            trip: trip.to_owned(),
            volunteer: asked,
            single,
            ..Default::default()
        };
        self.memory.calls += 2;
        let offered = match self.platform.trips().offer_to_driver(offer).await {
            Ok(offered) => offered.into_inner().trips,
            // Not free, too far, not fit: the desk was told at once.
            Err(status) if status.code() == tonic::Code::FailedPrecondition => return Ok(None),
            Err(status) => return Err(status.into()),
        };
        let trip = trip.to_owned();
        if self.random.random_range(0..10) == 0 {
            let no = node::DriverRefusesRequest { trip, reason: "not-free".to_owned(), single };
            self.platform.trips().driver_refuses(no).await?;
            return Ok(None);
        }
        let yes = node::TripRequest { trip, single, ..Default::default() };
        self.platform.trips().driver_accepts(yes).await?;
        let promised: Vec<String> = offered.into_iter().map(|trip| trip.id).collect();
        for trip in &promised {
            self.ride(trip)?.driver = Some(volunteer);
        }
        Ok(Some(promised))
    }

    /// What becomes of trips that were promised.
    pub(crate) fn foresee(
        &mut self,
        promised: &[String],
        fate: Fate,
        empty_m: Option<u32>,
    ) -> anyhow::Result<()> {
        let first = promised.first().context("nothing was promised")?.clone();
        let day = self.ride(&first)?.day;
        let before = day.saturating_sub(1.day());
        let evening = day.at(20, 0, 0, 0);
        match fate {
            Fate::Done => {
                let late = self.random.random_range(0..60) == 0 && day < date(2026, 12, 15);
                let at = if late { evening.saturating_add(8.days()) } else { evening };
                // As estimated only where the desk knows the estimate: for a single trip.
                let estimate = empty_m.filter(|_| promised.len() == 1);
                for trip in promised {
                    self.plan(at, Event::Arrive(trip.clone(), estimate));
                }
            }
            Fate::OneWay => {
                self.plan(evening, Event::Arrive(first.clone(), None));
                let noon = day.at(8, 30, 0, 0);
                for other in promised.iter().skip(1) {
                    self.plan(noon, Event::CallOff(other.clone(), "person", "other-transport", true));
                }
            }
            Fate::Missed(who) => self.plan(day.at(11, 45, 0, 0), Event::Missed(first, who)),
            Fate::OffEarly(by, reason) => {
                self.plan(self.now.saturating_add(2.hours()), Event::CallOff(first, by, reason, false));
            }
            Fate::OffLate(by, reason) => {
                let at = before.at(20, 0, 0, 0).max(self.now.saturating_add(1.hour()));
                self.plan(at, Event::CallOff(first, by, reason, false));
            }
            Fate::Withdrawn => {
                self.plan(self.now.saturating_add(3.hours()), Event::GiveUp(first, "withdrawn"));
            }
        }
        Ok(())
    }

    async fn arrive(&mut self, trip: String, planned_empty_m: Option<u32>) -> anyhow::Result<()> {
        let (told_m, aboard) = (self.ride(&trip)?.told_m, self.random.random_range(0..5) == 0);
        if aboard {
            let aboard = node::TripRequest { trip: trip.clone(), single: true, ..Default::default() };
            self.platform.trips().pick_up(aboard).await?;
        }
        self.memory.calls += u64::from(aboard);
        if let Some(empty_m) = planned_empty_m {
            return self.complete(trip, (0, 0), Some((told_m, empty_m))).await;
        }
        let loaded_m = told_m / 100 * self.random.random_range(95..108);
        let driven = (loaded_m.min(99_990), self.random.random_range(1..14_000));
        self.complete(trip, driven, None).await
    }

    /// Tells the node what was driven; what it is to estimate is remembered as the desk was told it.
    async fn complete(
        &mut self,
        trip: String,
        (loaded_m, empty_m): (u32, u32),
        estimated: Option<(u32, u32)>,
    ) -> anyhow::Result<()> {
        let done = node::CompleteRequest { trip: trip.clone(), loaded_m, empty_m, ..Default::default() };
        self.platform.trips().complete(done).await?;
        self.memory.calls += 1;
        let driven = estimated.unwrap_or((loaded_m, empty_m));
        self.close(std::slice::from_ref(&trip), Outcome::Completed(driven.0, driven.1))?;
        if let Some(unmet) = self.memory.unmet.get_mut(&trip) {
            unmet.served = true;
        }
        Ok(())
    }

    async fn missed(&mut self, trip: String, who: &'static str) -> anyhow::Result<()> {
        let missed = node::TripRequest { trip, single: false, absent: who.to_owned() };
        let trips = self.platform.trips().no_show(missed).await?.into_inner().trips;
        self.memory.calls += 1;
        // A return that waited for a call is called off with the journey that did not begin.
        let (gone, missed): (Vec<_>, Vec<_>) =
            trips.iter().cloned().partition(|trip| trip.status == "cancelled");
        let (by, reason) =
            if who == "driver" { ("volunteer", "driver") } else { ("person", "no-longer-needed") };
        for back in &gone {
            let late = self.is_late(back)?;
            self.close(std::slice::from_ref(&back.id), Outcome::Cancelled(by, reason, late))?;
        }
        self.close(&ids(&missed), Outcome::NoShow(who))?;
        // Nobody rings for the way back of a journey that did not begin.
        for back in trips.iter().filter(|trip| !trip.sibling.is_empty()) {
            if self.ride(&back.sibling)?.outcome == Outcome::Open {
                self.call_off(back.sibling.clone(), ("person", "no-longer-needed"), true).await?;
            }
        }
        Ok(())
    }

    async fn call_off(
        &mut self,
        trip: String,
        (by, reason): (&'static str, &'static str),
        single: bool,
    ) -> anyhow::Result<()> {
        let off = node::CancelRequest {
            trip,
            by: by.to_owned(),
            single,
            reason: reason.to_owned(),
            ..Default::default()
        };
        let trips = self.platform.trips().cancel(off).await?.into_inner().trips;
        self.memory.calls += 1;
        for trip in &trips {
            let late = self.is_late(trip)?;
            self.close(std::slice::from_ref(&trip.id), Outcome::Cancelled(by, reason, late))?;
        }
        Ok(())
    }

    /// Whether a trip that is called off now is called off late: less than a day before it can begin.
    fn is_late(&self, trip: &node::Trip) -> anyhow::Result<bool> {
        let begins: Timestamp = trip.earliest_pickup.parse()?;
        Ok(begins.as_second() - instant(self.now)?.as_second() < 24 * 60 * 60)
    }

    async fn ring(&mut self, trip: String) -> anyhow::Result<()> {
        let ride = self.ride(&trip)?;
        // The journey there was called off or nobody could drive it, and the way back with it.
        if ride.outcome != Outcome::Open {
            return Ok(());
        }
        let pickup_at = format!("{}T14:30", ride.day);
        let call = node::CallForReturnRequest { trip: trip.clone(), pickup_at };
        self.platform.trips().call_for_return(call).await?;
        self.memory.calls += 1;
        match self.find_driver(&trip, None, true).await? {
            Some((promised, empty_m)) => self.foresee(&promised, Fate::Done, Some(empty_m)),
            None => self.give_up(trip, "no-driver").await,
        }
    }

    /// Nobody could; a driver who had promised withdraws before.
    pub(crate) async fn give_up(&mut self, trip: String, reason: &'static str) -> anyhow::Result<()> {
        let withdrawn = reason == "withdrawn";
        if withdrawn {
            let reason = "withdrew".to_owned();
            let no = node::DriverRefusesRequest { trip: trip.clone(), reason, single: false };
            self.platform.trips().driver_refuses(no).await?;
        }
        let unmet = node::DeclareUnmetRequest { trip, reason: reason.to_owned(), single: false };
        let trips = self.platform.trips().declare_unmet(unmet).await?.into_inner().trips;
        self.memory.calls += 1;
        self.close(&ids(&trips), Outcome::Unmet(reason))?;
        for trip in trips {
            let ride = self.ride(&trip.id)?;
            // A return that waited for its call had no driver who could withdraw.
            let withdrawn = withdrawn && ride.driver.is_some();
            ride.driver = None;
            let commune = ride.from.clone();
            self.memory.unmet.insert(trip.id, UnmetNote { commune, reason, withdrawn, served: false });
        }
        Ok(())
    }

    /// Looks for a driver again two days later.
    async fn try_again(&mut self, trip: String) -> anyhow::Result<()> {
        let again = node::TripRequest { trip: trip.clone(), single: true, ..Default::default() };
        self.platform.trips().reopen_trip(again).await?;
        self.memory.calls += 1;
        let ride = self.ride(&trip)?;
        (ride.outcome, ride.closed) = (Outcome::Open, None);
        match self.find_driver(&trip, None, true).await? {
            Some((promised, empty_m)) => self.foresee(&promised, Fate::Done, Some(empty_m)),
            None => self.give_up(trip, "unanswered").await,
        }
    }

    async fn new_car(&mut self) -> anyhow::Result<()> {
        let (who, from, power, electric) = NEW_CAR;
        let volunteer = self.cast.volunteers.get_mut(who).context("no such volunteer")?;
        let id = volunteer.id.clone();
        volunteer.cars.push((from, power, electric));
        let cars = vec![vehicle((power, electric), volunteer.seats)];
        let shown =
            self.platform.people().show_volunteer(node::ShowVolunteerRequest { id }).await?.into_inner();
        let request = node::UpdateVolunteerRequest {
            etag: shown.etag.clone(),
            volunteer: Some(node::Volunteer { vehicles: cars, ..shown }),
            update_mask: Some(mask("vehicles")),
            outside: false,
        };
        self.platform.people().update_volunteer(request).await?;
        Ok(())
    }

    fn close(&mut self, trips: &[String], outcome: Outcome) -> anyhow::Result<()> {
        let now = self.now;
        for trip in trips {
            let ride = self.ride(trip)?;
            anyhow::ensure!(ride.outcome == Outcome::Open, "{trip} was {:?} already", ride.outcome);
            (ride.outcome, ride.closed) = (outcome.clone(), Some(now));
        }
        Ok(())
    }

    fn volunteer(&self, id: &str) -> anyhow::Result<usize> {
        let found = self.cast.volunteers.iter().position(|volunteer| volunteer.id == id);
        found.context("a volunteer nobody registered")
    }
}

/// A field mask of one field.
pub(crate) fn mask(path: &str) -> prost_types::FieldMask {
    prost_types::FieldMask { paths: vec![path.to_owned()] }
}

/// The civil day of an instant.
pub(crate) fn day_of(instant: &str) -> anyhow::Result<Date> {
    let instant: Timestamp = instant.parse()?;
    Ok(instant.to_zoned(TimeZone::get("Europe/Paris")?).date())
}

fn ids(trips: &[node::Trip]) -> Vec<String> {
    trips.iter().map(|trip| trip.id.clone()).collect()
}
