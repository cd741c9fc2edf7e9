//! Trips of a series, made where they are missing and brought in line after a change, inside the transaction of the caller.

use jiff::{ToSpan as _, civil::Date};
use maillage_domain::{
    civil::day_of,
    holidays::{Calendar, SchoolHolidays},
    ids::SeriesKind,
    person::Person,
    request::{Request, plan_request},
    series::{Exception, Planned, Series, Standing as Says},
    trip::{
        Anchor, CancelReason, CancelledBy, Custody, Occurrence, Trip, TripAction, TripChange, TripStatus,
        TripTerms, TripWindow,
    },
};
use maillage_engine::Transaction;
use maillage_federation::ids::{Id, TripKind};
use maillage_store::{
    persons, reference, requests,
    series::{self as store, Made, Unmade},
};

use crate::app::{
    Aborted, App,
    frames::{self, Admission},
    offers::save,
    refusals, relays,
    suggest::find,
    trips::{keep, planning},
};

/// What became of the trips of a series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Made now.
    pub made: Vec<Id<TripKind>>,
    /// Changed now; a driver who does not fit any more was freed.
    pub changed: Vec<Id<TripKind>>,
    /// Called off now.
    pub cancelled: Vec<Id<TripKind>>,
    /// Left as they were: a driver or a neighbour was asked, or somebody changed them by hand.
    pub left: Vec<Id<TripKind>>,
    /// Days that could not be planned, each with the code of the reason.
    pub failed: Vec<(Occurrence, String)>,
    /// Series that nothing could be made of, each with the code of the reason.
    pub refused: Vec<(Id<SeriesKind>, String)>,
}

impl Report {
    /// Both together.
    pub(super) fn add(&mut self, other: Self) {
        let Self { made, changed, cancelled, left, failed, refused } = other;
        self.made.extend(made);
        self.changed.extend(changed);
        self.cancelled.extend(cancelled);
        self.left.extend(left);
        self.failed.extend(failed);
        self.refused.extend(refused);
    }
}

/// What making trips of a series needs, and what it has done.
pub(super) struct Making<'a, 'b> {
    app: &'a App,
    transaction: &'a mut Transaction<'b>,
    series: Id<SeriesKind>,
    person: Person,
    schools: Vec<SchoolHolidays>,
    today: Date,
    horizon: Date,
    /// Whether trips that somebody has decided about are moved too.
    pub(super) even_decided: bool,
    /// What was done.
    pub(super) report: Report,
}

impl<'a, 'b> Making<'a, 'b> {
    pub(super) fn new(
        app: &'a App,
        transaction: &'a mut Transaction<'b>,
        series: &Series,
        horizon_days: u16,
    ) -> Result<Self, Aborted> {
        let person = persons::find(transaction, series.person)?
            .ok_or_else(|| refusals::unknown("person-unknown").with("id", series.person))?;
        let today = day_of(app.now());
        let horizon = today.checked_add(i32::from(horizon_days).days()).unwrap_or(Date::MAX);
        let schools = reference::school_holidays(transaction)?;
        let report = Report::default();
        let (series, even_decided) = (series.id, false);
        Ok(Self { app, transaction, series, person, schools, today, horizon, even_decided, report })
    }

    /// The holidays that hold where the person lives.
    fn calendar(&self) -> Calendar<'_> {
        Calendar::of(self.person.details.home.commune).with_imported(&self.schools)
    }

    /// Makes what is missing up to the horizon, and touches nothing that is there.
    pub(super) fn make_missing(&mut self, series: &Series) -> Result<(), Aborted> {
        for planned in self.within_horizon(series) {
            if self.live(planned.occurrence)?.is_none() {
                self.make(&planned)?;
            }
        }
        Ok(())
    }

    /// Brings the trips of the days a change reaches in line with what the series says now.
    pub(super) fn bring_in_line(
        &mut self,
        after: &Series,
        reaches: impl Fn(Date) -> bool,
    ) -> Result<(), Aborted> {
        let until = Date::MAX;
        for unmade in store::unmade_of(self.transaction, after.id, self.today)? {
            if reaches(unmade.day.date) {
                store::clear_unmade(self.transaction, unmade.day)?;
            }
        }
        for made in store::made_between(self.transaction, after.id, Date::ZERO, until)? {
            if reaches(made.date) {
                self.follow(after, &made)?;
            }
        }
        for planned in self.within_horizon(after) {
            if reaches(planned.occurrence.date) && self.live(planned.occurrence)?.is_none() {
                self.make(&planned)?;
            }
        }
        Ok(())
    }

    /// The days that take place from today up to the horizon, wherever the pattern puts them.
    fn within_horizon(&self, series: &Series) -> Vec<Planned> {
        let mut days = series.days(self.today, self.horizon);
        let moved = series.exceptions.iter().filter_map(|(day, exception)| match exception {
            Exception::Changed { .. } => Some(*day),
            Exception::Skipped | Exception::Kept => None,
        });
        days.extend(moved.filter(|day| series.has(*day)));
        let planned = days.into_iter().map(|day| series.planned_on(day, self.calendar()));
        planned.filter(|planned| self.is_within(planned)).collect()
    }

    fn is_within(&self, planned: &Planned) -> bool {
        match &planned.standing {
            Says::Goes { on, .. } => (self.today..=self.horizon).contains(on),
            Says::Skipped(_) | Says::Ask(_) => false,
        }
    }

    /// What was made for a day, unless the series itself called all of it off again.
    fn live(&self, day: Occurrence) -> Result<Option<Made>, Aborted> {
        let Some(made) = store::made(self.transaction, day)? else { return Ok(None) };
        for id in &made.trips {
            if !called_off_by_series(&find(self.transaction, *id)?) {
                return Ok(Some(made));
            }
        }
        Ok(None)
    }

    /// Makes the request and trips of a day, unless its time has passed.
    fn make(&mut self, planned: &Planned) -> Result<(), Aborted> {
        match self.plan(planned) {
            Ok(Some((request, legs))) => {
                let admission =
                    Admission { request: request.id, person: &self.person, exception: None, access: None };
                match frames::admit(self.app, self.transaction, &admission, &legs) {
                    Ok(()) => {}
                    Err(error) => return self.cannot(planned.occurrence, error),
                }
                keep(self.transaction, &request, &legs)?;
                let trips: Vec<Id<TripKind>> = legs.iter().map(Trip::id).collect();
                self.report.made.extend(&trips);
                let made =
                    Made { date: planned.occurrence.date, request: request.id, trips, edits: Vec::new() };
                store::put_made(self.transaction, planned.occurrence.series, &made.as_made(&legs))?;
                Ok(store::clear_unmade(self.transaction, planned.occurrence)?)
            }
            Ok(None) => Ok(()),
            Err(error) => self.cannot(planned.occurrence, error),
        }
    }

    /// A rule says no to a day: that is told and kept, and the other days go on.
    fn cannot(&mut self, day: Occurrence, error: Aborted) -> Result<(), Aborted> {
        let Aborted::Refused(refusal) = error else { return Err(error) };
        let code = refusal.reason().to_owned();
        let since = self.app.now();
        store::put_unmade(self.transaction, &Unmade { day, code: code.clone(), since })?;
        self.report.failed.push((day, code));
        Ok(())
    }

    /// The request of a day; none for a day on which the person does not go, or whose time has passed.
    fn plan(&self, planned: &Planned) -> Result<Option<(Request, Vec<Trip>)>, Aborted> {
        let Says::Goes { on, journey } = &planned.standing else { return Ok(None) };
        let Some(details) = journey.on(*on) else { return Ok(None) };
        let ids = (self.app.new_id(), self.app.new_id(), self.app.new_id());
        let planning =
            planning(self.app, self.transaction, &self.person, &details, ids, Some(planned.occurrence))?;
        let (request, legs) = plan_request(details, &self.person, &planning).map_err(refusals::request)?;
        let passed = legs.first().is_none_or(|leg| leg.terms.latest_arrival <= self.app.now());
        Ok((!passed).then_some((request, legs)))
    }

    /// Brings what was made for a day in line, if nobody has decided about it.
    fn follow(&mut self, after: &Series, made: &Made) -> Result<(), Aborted> {
        let legs: Vec<Trip> =
            made.trips.iter().map(|id| find(self.transaction, *id)).collect::<Result<_, _>>()?;
        let by_hand = made.is_by_hand(&legs) || legs.iter().any(ended_by_hand);
        let open: Vec<Trip> = legs.into_iter().filter(Trip::is_open).collect();
        let now = self.app.now();
        if open.iter().all(|trip| trip.terms.latest_arrival <= now) {
            return Ok(());
        }
        let says = after.planned_on(made.date, self.calendar());
        let planned = if after.has(made.date) { self.plan(&says) } else { Ok(None) };
        let wanted = match planned {
            Ok(wanted) => wanted,
            Err(error) => {
                self.report.left.extend(open.iter().map(Trip::id));
                return self.cannot(says.occurrence, error);
            }
        };
        let request = requests::find(self.transaction, made.request)?;
        let alike = |(wanted, legs): &(Request, Vec<Trip>)| {
            let purpose = wanted.details.purpose;
            request.as_ref().is_none_or(|request| request.details.purpose == purpose) && same(&open, legs)
        };
        if wanted.as_ref().is_some_and(alike) {
            return Ok(());
        }
        if (by_hand || open.iter().any(is_decided)) && !self.even_decided {
            self.report.left.extend(open.iter().map(Trip::id));
            return Ok(());
        }
        let local = open.iter().all(|trip| trip.custody() == Custody::Local);
        match (wanted, request) {
            (Some((wanted, legs)), Some(request)) if local && legs.len() == open.len() => {
                self.change(made, &open, &legs)?;
                let request = Request { details: wanted.details, ..request };
                Ok(requests::put(self.transaction, &request)?)
            }
            (wanted, _) => {
                for trip in &open {
                    self.call_off(trip)?;
                }
                if wanted.is_none() { Ok(()) } else { self.make(&says) }
            }
        }
    }

    fn change(&mut self, made: &Made, open: &[Trip], wanted: &[Trip]) -> Result<(), Aborted> {
        let mut changed = Vec::new();
        for (trip, wanted) in open.iter().zip(wanted) {
            match trip.edit(&as_wanted(wanted), self.app.now()) {
                Ok(edited) => match frames::follow(self.app, self.transaction, &edited.trip, true, None) {
                    Ok(_) => {
                        save(self.app, self.transaction, &edited.trip)?;
                        self.report.changed.push(trip.id());
                        changed.push(edited.trip);
                    }
                    // It stays as it was, and the desk is told why.
                    Err(Aborted::Refused(refusal)) => {
                        self.report.left.push(trip.id());
                        let day = trip.terms.occurrence.map(|day| (day, refusal.reason().to_owned()));
                        self.report.failed.extend(day);
                    }
                    Err(error @ Aborted::Engine(_)) => return Err(error),
                },
                Err(_) => self.report.left.push(trip.id()),
            }
        }
        if changed.len() == made.trips.len() {
            store::put_made(self.transaction, self.series, &made.clone().as_made(&changed))?;
        }
        Ok(())
    }

    /// Calls a trip off at the word of the series. One that a neighbour may hold is left: it is called off by hand, so that
    /// the neighbour is told.
    fn call_off(&mut self, trip: &Trip) -> Result<(), Aborted> {
        let cancel = TripAction::Cancel { by: CancelledBy::Person, reason: CancelReason::Series };
        // The other leg may have ended this one, of a journey that two drivers share.
        let trip = &find(self.transaction, trip.id())?;
        if called_off_by_series(trip) {
            return Ok(());
        }
        match trip.apply(cancel, self.app.now()) {
            Ok(cancelled) if trip.custody() == Custody::Local => {
                save(self.app, self.transaction, &cancelled)?;
                let with = relays::follow(self.app, self.transaction, std::slice::from_ref(&cancelled))?;
                self.report.cancelled.push(trip.id());
                self.report.cancelled.extend(with.iter().map(Trip::id));
            }
            Ok(_) | Err(_) => self.report.left.push(trip.id()),
        }
        Ok(())
    }
}

/// Whether somebody has decided about a trip: a driver was asked, or a neighbour.
fn is_decided(trip: &Trip) -> bool {
    trip.status() != TripStatus::Requested || trip.custody() != Custody::Local
}

fn called_off_by_series(trip: &Trip) -> bool {
    matches!(trip.status(), TripStatus::Cancelled { reason: CancelReason::Series, .. })
}

/// Whether somebody ended a trip of a day otherwise than by the series.
fn ended_by_hand(trip: &Trip) -> bool {
    !trip.is_open() && !called_off_by_series(trip)
}

/// Whether trips ask for the same: places, times, people, model. The beginning of a window may have been cut short by the
/// present when it was planned, so that only its end is compared.
fn same(trips: &[Trip], planned: &[Trip]) -> bool {
    let alike = |(one, other): (&Trip, &Trip)| {
        let (one, other) = (&one.terms, &other.terms);
        one.pickup == other.pickup
            && one.dropoff == other.dropoff
            && same_end(one, other)
            && (one.anchor, one.tolerance_s, one.late_ok) == (other.anchor, other.tolerance_s, other.late_ok)
            && (one.companions, one.seats) == (other.companions, other.seats)
            && one.needs == other.needs
            && one.model == other.model
            && one.notes == other.notes
    };
    trips.len() == planned.len() && trips.iter().zip(planned).all(alike)
}

/// Whether two windows end alike. Where the road is another one now, because it comes from a router or from other assumptions, an
/// end that was reckoned from it is another one too, and nobody has changed anything.
fn same_end(one: &TripTerms, other: &TripTerms) -> bool {
    let same_road = (one.direct_m, one.direct_by) == (other.direct_m, other.direct_by);
    one.latest_arrival == other.latest_arrival
        || match one.anchor {
            Anchor::Arrival => false,
            Anchor::Pickup => !same_road && one.earliest_pickup == other.earliest_pickup,
            Anchor::Call => !same_road,
        }
}

/// Everything that makes a trip what was planned.
fn as_wanted(wanted: &Trip) -> TripChange {
    let terms = &wanted.terms;
    TripChange {
        pickup: Some(terms.pickup.clone()),
        dropoff: Some(terms.dropoff.clone()),
        window: Some(TripWindow {
            earliest_pickup: terms.earliest_pickup,
            latest_arrival: terms.latest_arrival,
            anchor: terms.anchor,
            tolerance_s: terms.tolerance_s,
            late_ok: terms.late_ok,
        }),
        direct: Some((terms.direct_m, terms.direct_by)),
        companions: Some(terms.companions),
        notes: Some(terms.notes.clone()),
        needs: Some(terms.needs.clone()),
        seats: Some(terms.seats),
        model: Some(terms.model.clone()),
        pooling: None,
    }
}
