//! What the days before say about a day: who drove how far, and who usually drives whom. Takes tens of thousands of trips to
//! read, so it is kept in mind until something of it is written. Must never be asked inside a transaction: what is kept is
//! what is acknowledged.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jiff::{ToSpan as _, civil::Date};
use maillage_dispatch::territory::DriverLoad28;
use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    trip::TripStatus,
};
use maillage_engine::{Reading, View};
use maillage_federation::ids::Id;
use maillage_store::trips;

use crate::{
    app::{Aborted, App, memo::Memo},
    limits::{PAST_DAYS_KEPT, PAST_PERSONS_KEPT},
};

/// Days of driving that fairness remembers.
const MEMORY_DAYS: i32 = 28;

/// Trips of a person that tell who usually drives.
const USUAL_TRIPS: usize = 20;

/// Metres driven, by volunteer.
pub(super) type Loads = BTreeMap<Id<VolunteerKind>, DriverLoad28>;

/// What was found out about the past.
#[derive(Default)]
pub(super) struct PastMemory {
    loads: Mutex<Memo<Date, Loads>>,
    usual: Mutex<Memo<Id<PersonKind>, Option<Id<VolunteerKind>>>>,
}

impl PastMemory {
    /// What every volunteer drove in the 28 days before a day.
    ///
    /// # Errors
    /// The store.
    pub(super) fn loads(&self, app: &App, view: &Reading<'_>, date: Date) -> Result<Loads, Aborted> {
        let mut memo = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        let (loads, seen) = memo.get(&app.store, (date, PAST_DAYS_KEPT), |view| loads(view, date))?;
        view.also(seen);
        Ok(loads.clone())
    }

    /// Who drove a person most often of late, if somebody did twice.
    ///
    /// # Errors
    /// The store.
    pub(super) fn usual_driver(
        &self,
        app: &App,
        view: &Reading<'_>,
        person: Id<PersonKind>,
    ) -> Result<Option<Id<VolunteerKind>>, Aborted> {
        let mut memo = self.usual.lock().unwrap_or_else(PoisonError::into_inner);
        let (usual, seen) =
            memo.get(&app.store, (person, PAST_PERSONS_KEPT), |view| usual_driver(view, person))?;
        view.also(seen);
        Ok(*usual)
    }
}

fn loads(view: &dyn View, date: Date) -> Result<Loads, Aborted> {
    let mut loads = Loads::new();
    let first = date.checked_sub(MEMORY_DAYS.days()).unwrap_or(date);
    for day in first.series(1.day()).take_while(|day| *day < date) {
        for trip in trips::on_day(view, day)? {
            if let (TripStatus::Completed { loaded_m, empty_m }, Some(volunteer)) =
                (trip.status(), trip.volunteer())
            {
                let load = loads.entry(volunteer).or_default();
                load.driven_m = load.driven_m.saturating_add(loaded_m).saturating_add(empty_m);
            }
        }
    }
    Ok(loads)
}

fn usual_driver(view: &dyn View, person: Id<PersonKind>) -> Result<Option<Id<VolunteerKind>>, Aborted> {
    let mut times: BTreeMap<Id<VolunteerKind>, usize> = BTreeMap::new();
    for trip in trips::of_person(view, person, USUAL_TRIPS)? {
        if let (TripStatus::Completed { .. }, Some(volunteer)) = (trip.status(), trip.volunteer()) {
            *times.entry(volunteer).or_default() += 1;
        }
    }
    let most = times.into_iter().filter(|(_, times)| *times > 1).max_by_key(|(_, times)| *times);
    Ok(most.map(|(volunteer, _)| volunteer))
}
