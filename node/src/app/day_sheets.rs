//! Day sheets: what a driver, or the desk, needs in hand on a day. Whose data is printed is noted. Must never hold internal
//! notes or a reason for travelling.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    ids::VolunteerKind,
    place::Place,
    roles::Operation,
    trip::{Leg, Origin, Trip, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    handover::Meeting,
    ids::{Id, TripKind},
    needs::Needs,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    persons, trips, volunteers,
};

use super::{Aborted, App, caller::Caller, looks, refusals};
use crate::limits::OWN_LOOK_NOTED_AGAIN;

/// The sheet of a day.
#[derive(Clone)]
pub struct DaySheet {
    /// The day.
    pub day: Date,
    /// One part per driver, by name.
    pub drivers: Vec<DriverPart>,
    /// Trips of the day that nobody drives yet; on the desk's sheet only.
    pub undecided: Vec<SheetTrip>,
}

/// What one driver drives.
#[derive(Clone)]
pub struct DriverPart {
    /// Name of the driver.
    pub name: String,
    /// Phone of the driver; may be empty.
    pub phone: String,
    /// The trips, by time.
    pub trips: Vec<SheetTrip>,
}

/// A trip on a sheet.
#[derive(Clone)]
pub struct SheetTrip {
    /// The trip.
    pub id: Id<TripKind>,
    /// Which way.
    pub leg: Leg,
    /// Whether the driver has not answered yet.
    pub unanswered: bool,
    /// When to set out; none before somebody drives.
    pub start: Option<Timestamp>,
    /// When to fetch the person.
    pub pickup: Timestamp,
    /// When the person has to be there.
    pub arrival: Timestamp,
    /// Where from.
    pub from: String,
    /// Where to.
    pub to: String,
    /// Name of the passenger.
    pub passenger: String,
    /// Phone of the passenger; may be empty.
    pub phone: String,
    /// Seats wanted, companions included.
    pub seats: u8,
    /// Needs of the passenger.
    pub needs: Needs,
    /// What the driver should know; may be empty.
    pub notes: String,
    /// Where another driver is met, of a journey that two share.
    pub meeting: Option<Meeting>,
}

/// The sheet of a day: of one volunteer, or of everybody for the desk.
///
/// # Errors
/// `not-yours`, `volunteer-unknown`; the store.
pub async fn day_sheet(
    app: &Arc<App>,
    caller: &Caller,
    day: Date,
    volunteer: Option<Id<VolunteerKind>>,
) -> Result<DaySheet, Refusal> {
    caller.check(Operation::DaySheet)?;
    caller.check_volunteer(volunteer)?;
    let by = caller.clone();
    app.act(caller, Operation::DaySheet, move |app, transaction| {
        let trips: Vec<Trip> = trips::on_day(transaction, day)?;
        let sheet = assemble(app, transaction, day, volunteer, &trips)?;
        note(app, transaction, &by, (&sheet, &trips))?;
        Ok(sheet)
    })
    .await
}

/// The sheets of one volunteer for some days: what is promised or done, without what waits for an answer. A volunteer looks at her
/// or his own drives often: whose data they show is noted once in a while, and before they are shown. Where the store takes no
/// writes, drives that were not noted of late are given without the passenger, to be asked for by phone: whoever travels was
/// promised to learn who saw the data, and the days, times and communes are the driver's own. Tells whether that is so.
///
/// # Errors
/// `not-yours`, `volunteer-unknown`; the store.
pub async fn of_driver(
    app: &Arc<App>,
    caller: &Caller,
    days: Vec<Date>,
    volunteer: Id<VolunteerKind>,
) -> Result<(Vec<DaySheet>, bool), Refusal> {
    caller.check_volunteer(Some(volunteer))?;
    let (mut sheets, driven) = app.look(caller, Operation::DaySheet, |app, view| {
        let (mut sheets, mut driven) = (Vec::with_capacity(days.len()), BTreeMap::new());
        for day in days {
            let mut trips: Vec<Trip> = trips::on_day(view, day)?;
            trips.retain(|trip| trip.status() != TripStatus::Offered);
            sheets.push(assemble(app, view, day, Some(volunteer), &trips)?);
            driven.extend(trips.into_iter().map(|trip| (trip.id(), trip)));
        }
        Ok((sheets, driven))
    })?;
    let shown = sheets.iter().flat_map(DaySheet::trips).filter_map(|trip| driven.get(&trip.id));
    let shown: BTreeSet<_> = shown.map(looks::subject).collect();
    let hidden = looks::note(app, caller, Operation::DaySheet, (shown, OWN_LOOK_NOTED_AGAIN)).await?;
    for trip in sheets.iter_mut().flat_map(|sheet| &mut sheet.drivers).flat_map(|part| &mut part.trips) {
        if let Some(known) = driven.get(&trip.id).filter(|known| hidden.hides(looks::subject(known))) {
            trip.leave_out_passenger(app, known);
        }
    }
    Ok((sheets, !hidden.is_empty()))
}

/// Notes whose data a sheet shows.
fn note(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (sheet, trips): (&DaySheet, &[Trip]),
) -> Result<(), Aborted> {
    let shown: BTreeSet<_> = sheet.trips().map(|trip| trip.id).collect();
    for trip in trips.iter().filter(|trip| shown.contains(&trip.id())) {
        let subject = looks::subject(trip);
        let purpose = Operation::DaySheet.code().into();
        access_log::record(transaction, &Access { at: app.now(), subject, actor: by.actor(), purpose })?;
    }
    Ok(())
}

impl DaySheet {
    /// Every trip on it.
    pub fn trips(&self) -> impl Iterator<Item = &SheetTrip> {
        self.drivers.iter().flat_map(|driver| &driver.trips).chain(&self.undecided)
    }
}

impl SheetTrip {
    /// Leaves communes and times, as before the driver has said yes.
    fn leave_out_passenger(&mut self, app: &App, trip: &Trip) {
        let PassengerFacts { name, phone, notes } = PassengerFacts::default();
        (self.passenger, self.phone, self.notes, self.needs) = (name, phone, notes, Needs::none());
        self.from = commune(app, &trip.terms.pickup);
        self.to = commune(app, &trip.terms.dropoff);
    }
}

fn assemble(
    app: &App,
    view: &dyn View,
    day: Date,
    volunteer: Option<Id<VolunteerKind>>,
    trips: &[Trip],
) -> Result<DaySheet, Aborted> {
    let mut parts = BTreeMap::<Id<VolunteerKind>, Vec<SheetTrip>>::new();
    let mut undecided = Vec::new();
    for trip in trips.iter().filter(|trip| is_shown(trip)) {
        match trip.volunteer() {
            Some(driver) if volunteer.is_none_or(|wanted| wanted == driver) => {
                parts.entry(driver).or_default().push(sheet_trip(app, view, trip)?);
            }
            None if volunteer.is_none() && trip.needs_decision() => {
                undecided.push(sheet_trip(app, view, trip)?);
            }
            Some(_) | None => {}
        }
    }
    if let Some(volunteer) = volunteer {
        parts.entry(volunteer).or_default();
    }
    let mut drivers = Vec::new();
    for (id, mut trips) in parts {
        let found = volunteers::find(view, id)?;
        let driver = found.ok_or_else(|| refusals::unknown("volunteer-unknown").with("id", id))?;
        trips.sort_by_key(|trip| (trip.start, trip.pickup));
        let phone = driver.details.phone.map(|phone| phone.as_str().to_owned()).unwrap_or_default();
        drivers.push(DriverPart { name: driver.details.name.as_str().to_owned(), phone, trips });
    }
    drivers.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(DaySheet { day, drivers, undecided })
}

/// What is called off or unmet is nobody's business on the road.
fn is_shown(trip: &Trip) -> bool {
    match trip.status() {
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Completed { .. }
        | TripStatus::NoShow(_) => true,
        TripStatus::Cancelled { .. } | TripStatus::Unmet(_) => false,
    }
}

/// A trip as a sheet shows it. Before the driver has said yes: no name, address, phone, needs or notes.
///
/// # Errors
/// The store.
pub fn sheet_trip(app: &App, view: &dyn View, trip: &Trip) -> Result<SheetTrip, Aborted> {
    let drive = trip.assignment();
    let unanswered = trip.status() == TripStatus::Offered;
    let place = |place: &Place| {
        let commune = commune(app, place);
        match place.address.as_str() {
            address if unanswered || address.is_empty() => commune,
            address => format!("{address}, {commune}"),
        }
    };
    let passenger = if unanswered { PassengerFacts::default() } else { passenger(view, trip)? };
    Ok(SheetTrip {
        id: trip.id(),
        leg: trip.terms.leg,
        unanswered,
        start: drive.map(|drive| drive.start),
        pickup: drive.map_or(trip.terms.earliest_pickup, |drive| drive.pickup),
        arrival: drive.map_or(trip.terms.latest_arrival, |drive| drive.arrival),
        from: place(&trip.terms.pickup),
        to: place(&trip.terms.dropoff),
        passenger: passenger.name,
        phone: passenger.phone,
        seats: trip.terms.seats,
        needs: if unanswered { Needs::none() } else { trip.terms.needs.clone() },
        notes: passenger.notes,
        meeting: trip.terms.meeting,
    })
}

fn commune(app: &App, place: &Place) -> String {
    app.geography.commune(&place.commune).map_or_else(String::new, |commune| commune.name.clone())
}

#[derive(Default)]
struct PassengerFacts {
    name: String,
    phone: String,
    notes: String,
}

fn passenger(view: &dyn View, trip: &Trip) -> Result<PassengerFacts, Aborted> {
    Ok(match &trip.terms.origin {
        Origin::Own { person, .. } => {
            persons::find(view, *person)?.map_or_else(PassengerFacts::default, |person| {
                let details = person.details;
                PassengerFacts {
                    name: details.name.as_str().to_owned(),
                    phone: details.phone.map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
                    notes: details.driver_notes.as_str().to_owned(),
                }
            })
        }
        Origin::Carried { passenger, .. } => PassengerFacts {
            name: passenger.name.as_str().to_owned(),
            phone: passenger.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            notes: passenger.driver_notes.as_str().to_owned(),
        },
    })
}

impl std::fmt::Debug for DaySheet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("DaySheet").field("day", &self.day).finish_non_exhaustive()
    }
}
