//! Everything the store knows of a day that bears on its plan, read at one go. Must never decide anything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan as _, civil::Date};
use maillage_dispatch::{
    Candidate, Commitment, Roads,
    day::Priority,
    territory::{DayCommunes, DayTrip, DraftError, Drafted, DriverLoad28, Standing, TerritoryDay},
};
use maillage_domain::{
    document::RequiredDocuments,
    holidays::SchoolHolidays,
    ids::VolunteerKind,
    plan_rules::PlanRules,
    request::Purpose,
    trip::{Assignment, Custody, Leg, Trip, TripStatus, WhichVehicle},
    volunteer::Volunteer,
};
use maillage_engine::{Reading, View};
use maillage_federation::ids::{HandoverKind, Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{reference, requests, trips, volunteers};

use super::wrong_day;
use crate::{
    app::{
        Aborted, App,
        people::documents,
        refusals, roads,
        suggest::{driven, leg_of, reservations, start_of, weeks},
    },
    limits::VOLUNTEERS,
};

/// A day as the store knows it.
#[derive(Clone)]
pub(super) struct Gathered {
    date: Date,
    trips: Vec<DayTrip>,
    siblings: BTreeMap<Id<TripKind>, Id<TripKind>>,
    volunteers: Vec<Volunteer>,
    taken: BTreeMap<Id<VolunteerKind>, Vec<Commitment>>,
    done: BTreeMap<Id<VolunteerKind>, Vec<Commitment>>,
    loads: BTreeMap<Id<VolunteerKind>, DriverLoad28>,
    required: RequiredDocuments,
    schools: Vec<SchoolHolidays>,
    rules: PlanRules,
}

/// Whether a trip is for this node to plan: open, ours to drive, and with a time.
fn is_ours(trip: &Trip) -> bool {
    trip.is_open() && trip.custody() == Custody::Local && !trip.waits_for_call()
}

/// Whether others may join a drive that was asked for or promised: where the driver goes anyway, or drives something of the fleet,
/// what was agreed is for that person.
pub(in crate::app) fn can_take_others(drive: Assignment) -> bool {
    let fleet = drive.vehicle.is_some_and(|vehicle| matches!(vehicle.which, WhichVehicle::Fleet(_)));
    !fleet && !drive.own_trip
}

/// Whether its driver can still be let off.
pub(super) fn can_be_released(trip: &Trip) -> bool {
    matches!(trip.status(), TripStatus::Offered | TripStatus::Confirmed) && is_ours(trip)
}

impl Gathered {
    /// Reads a day.
    pub(super) fn read(app: &App, view: &Reading<'_>, date: Date) -> Result<Self, Aborted> {
        let mut day = Self::without_past(app, view, date)?;
        day.loads = app.days.past.loads(app, view, date)?;
        for trip in &mut day.trips {
            trip.usual = match trip.leg.passenger {
                Some(person) => app.days.past.usual_driver(app, view, person)?,
                None => None,
            };
        }
        for volunteer in &day.volunteers {
            day.loads.entry(volunteer.id).or_default().wished_m = volunteer.details.limits.wished_m;
        }
        Ok(day)
    }

    /// Reads a day without what the days before say of it: nothing that a drive must not break depends on them.
    pub(super) fn without_past(app: &App, view: &dyn View, date: Date) -> Result<Self, Aborted> {
        let of_day = trips::on_day(view, date)?.into_iter().filter(is_ours).collect();
        Self::of(app, view, date, (of_day, None))
    }

    /// Reads what was asked or promised for a day and no more: enough to put something in, not to spread kilometres nor to
    /// know who usually drives whom. None if nobody drives. `without` is a handover whose own soft reservation does not count.
    pub(super) fn rounds(
        app: &App,
        view: &dyn View,
        date: Date,
        without: Option<Id<HandoverKind>>,
    ) -> Result<Option<Self>, Aborted> {
        let held = held(view, date)?;
        if held.is_empty() { Ok(None) } else { Self::of(app, view, date, (held, without)).map(Some) }
    }

    fn of(
        app: &App,
        view: &dyn View,
        date: Date,
        (of_day, without): (Vec<Trip>, Option<Id<HandoverKind>>),
    ) -> Result<Self, Aborted> {
        let ids: BTreeSet<Id<TripKind>> = of_day.iter().map(Trip::id).collect();
        let volunteers = volunteers::list(view, None, VOLUNTEERS)?;
        let (from, to) = (start_of(date), start_of(date.checked_add(1.day()).unwrap_or(date)));
        let (first, last) = weeks(from, from);
        let mut taken = reservations(app, view, without)?;
        for volunteer in &volunteers {
            let bound =
                trips::commitments_of(view, volunteer.id, start_of(first).min(from), start_of(last).max(to))?;
            let others = bound.into_iter().filter(|(trip, _)| !ids.contains(trip));
            taken.entry(volunteer.id).or_default().extend(others.map(|(_, drive)| Commitment::from(drive)));
        }
        let mut gathered = Self {
            date,
            siblings: siblings(&of_day, &ids),
            trips: Vec::new(),
            volunteers,
            taken,
            done: driven(view, first, last)?,
            loads: BTreeMap::new(),
            required: documents::required(view)?,
            schools: reference::school_holidays(view)?,
            rules: super::rules::on(view, date)?,
        };
        for trip in &of_day {
            gathered.trips.push(gathered.day_trip(view, trip)?);
        }
        Ok(gathered)
    }

    fn day_trip(&self, view: &dyn View, trip: &Trip) -> Result<DayTrip, Aborted> {
        let standing = match (trip.status(), trip.assignment()) {
            (TripStatus::Offered, Some(drive)) => Standing::Asked(drive),
            (TripStatus::Confirmed | TripStatus::PickedUp, Some(drive)) => Standing::Promised(drive),
            _ => Standing::Free,
        };
        let request = trip.request().map(|request| requests::find(view, request)).transpose()?.flatten();
        let priority = match request.map(|request| request.details.purpose) {
            Some(Purpose::Health) => Priority::Medical,
            // A neighbour's trip was promised to the neighbour.
            Some(Purpose::Administrative | Purpose::WorkTraining) | None => Priority::Appointment,
            Some(Purpose::Shopping | Purpose::Social | Purpose::Other) => Priority::Ordinary,
        };
        let mut leg = leg_of(view, trip)?;
        leg.pooling &= trip.assignment().is_none_or(can_take_others);
        Ok(DayTrip {
            id: trip.id(),
            leg,
            pickup: trip.terms.pickup.clone(),
            dropoff: trip.terms.dropoff.clone(),
            return_of: self.siblings.get(&trip.id()).copied().filter(|_| trip.terms.leg == Leg::Return),
            priority,
            usual: None,
            series: trip.terms.occurrence.map(|occurrence| occurrence.series),
            standing,
        })
    }

    /// The communes it happens in.
    pub(super) fn communes(&self) -> DayCommunes {
        let stops = self.trips.iter().flat_map(|trip| [trip.pickup.commune, trip.dropoff.commune]);
        DayCommunes { stops: stops.collect(), homes: roads::homes(&self.volunteers) }
    }

    /// The day as the planner reads it.
    pub(super) fn draft(&self, app: &App, roads: &Roads) -> Result<Drafted, Refusal> {
        let nothing: &[Commitment] = &[];
        let of = |map: &'_ BTreeMap<Id<VolunteerKind>, Vec<Commitment>>, id| {
            map.get(id).map_or(nothing.to_vec(), Clone::clone)
        };
        let bound: Vec<(Vec<Commitment>, Vec<Commitment>)> = self
            .volunteers
            .iter()
            .map(|volunteer| (of(&self.taken, &volunteer.id), of(&self.done, &volunteer.id)))
            .collect();
        let candidates: Vec<Candidate<'_>> = self
            .volunteers
            .iter()
            .zip(&bound)
            .map(|(volunteer, (commitments, done))| Candidate {
                volunteer,
                commitments,
                done,
                schools: &self.schools,
            })
            .collect();
        let day = TerritoryDay {
            date: self.date,
            trips: &self.trips,
            candidates: &candidates,
            loads: &self.loads,
            required: &self.required,
            roads,
            geography: app.geography,
            rules: &self.rules,
        };
        day.draft().map_err(|error| match error {
            DraftError::UnknownCommune(code) => refusals::conflict("plan-commune").with("commune", code),
            DraftError::Date(date) => refusals::invalid("plan-past").with("day", date),
            DraftError::Day(error) => wrong_day(&error),
        })
    }

    /// Which day it is.
    pub(super) fn date(&self) -> Date {
        self.date
    }

    /// The rules it is planned by.
    pub(super) fn rules(&self) -> PlanRules {
        self.rules
    }

    /// The first day of the rules it is planned by; none if nobody has set any.
    pub(super) fn rules_from(&self) -> Option<Date> {
        Some(self.rules.from).filter(|_| !self.rules.are_built_in())
    }

    /// The volunteers, in the order of the day's drivers.
    pub(super) fn into_volunteers(self) -> Vec<Volunteer> {
        self.volunteers
    }

    /// Puts trips in that nobody drives yet.
    pub(super) fn add(&mut self, trips: Vec<DayTrip>) {
        self.trips.extend(trips);
    }

    /// Whether there is anything to decide about.
    pub(super) fn has_free(&self) -> bool {
        self.trips.iter().any(|trip| trip.standing == Standing::Free)
    }

    /// Volunteers who were asked for a trip of the day or have promised one.
    pub(super) fn with_rounds(&self) -> BTreeSet<Id<VolunteerKind>> {
        let bound = self.trips.iter().filter_map(|trip| match trip.standing {
            Standing::Asked(drive) | Standing::Promised(drive) => Some(drive.volunteer),
            Standing::Free => None,
        });
        bound.collect()
    }

    /// Whether nobody has been asked for a trip.
    pub(super) fn is_free(&self, trip: Id<TripKind>) -> bool {
        self.trips.iter().any(|known| known.id == trip && known.standing == Standing::Free)
    }

    /// The other leg of a trip, if it is on the same day.
    pub(super) fn sibling(&self, trip: Id<TripKind>) -> Option<Id<TripKind>> {
        self.siblings.get(&trip).copied()
    }

    /// Puts drives to trips, as if their drivers had been asked.
    pub(super) fn ask(&mut self, drives: &[(Id<TripKind>, Assignment)]) {
        for trip in &mut self.trips {
            if let Some((_, drive)) = drives.iter().find(|(id, _)| *id == trip.id) {
                trip.standing = Standing::Asked(*drive);
            }
        }
    }

    /// Leaves what somebody was asked for or has promised, and those who were asked.
    pub(super) fn keep_asked(&mut self) {
        self.trips.retain(|trip| trip.standing != Standing::Free);
        let asked = self.with_rounds();
        self.volunteers.retain(|volunteer| asked.contains(&volunteer.id));
    }

    /// Takes trips out of the plan; the time of their drivers is taken. Whether there were any.
    pub(super) fn take_aside(&mut self, aside: &BTreeSet<Id<TripKind>>) -> bool {
        let (out, kept): (Vec<DayTrip>, Vec<DayTrip>) =
            std::mem::take(&mut self.trips).into_iter().partition(|trip| aside.contains(&trip.id));
        self.trips = kept;
        for trip in &mut self.trips {
            trip.return_of = trip.return_of.filter(|outbound| !aside.contains(outbound));
        }
        for trip in &out {
            if let Standing::Asked(drive) | Standing::Promised(drive) = trip.standing {
                self.taken.entry(drive.volunteer).or_default().push(Commitment::from(drive));
            }
        }
        !out.is_empty()
    }

    /// Drives that would be too many in the week of their drivers.
    pub(super) fn over_week(&self, drives: &[(Id<TripKind>, Assignment)]) -> BTreeSet<Id<TripKind>> {
        let mut over = BTreeSet::new();
        for volunteer in &self.volunteers {
            let Some(most) = volunteer.details.limits.trips_per_week else { continue };
            let theirs =
                drives.iter().filter(|(_, drive)| drive.volunteer == volunteer.id).map(|(trip, _)| *trip);
            let theirs: Vec<Id<TripKind>> = theirs.collect();
            let before = self.bound_in_week(volunteer.id).saturating_sub(theirs.len());
            over.extend(theirs.into_iter().skip(usize::from(most).saturating_sub(before)));
        }
        over
    }

    /// Trips of the week that a volunteer has driven or is bound to.
    fn bound_in_week(&self, volunteer: Id<VolunteerKind>) -> usize {
        let bound = self.trips.iter().filter(|trip| match trip.standing {
            Standing::Asked(drive) | Standing::Promised(drive) => drive.volunteer == volunteer,
            Standing::Free => false,
        });
        let length =
            |map: &BTreeMap<Id<VolunteerKind>, Vec<Commitment>>| map.get(&volunteer).map_or(0, Vec::len);
        bound.count() + length(&self.taken) + length(&self.done)
    }
}

/// Trips of a day for which somebody was asked or has promised.
pub(super) fn held(view: &dyn View, date: Date) -> Result<Vec<Trip>, Aborted> {
    let of_day = trips::on_day(view, date)?.into_iter();
    Ok(of_day.filter(|trip| is_ours(trip) && trip.assignment().is_some()).collect())
}

/// The communes of a day, without what else is known of it.
pub(super) fn communes(view: &dyn View, date: Date) -> Result<DayCommunes, Aborted> {
    let of_day = trips::on_day(view, date)?.into_iter().filter(is_ours);
    let stops = of_day.flat_map(|trip| [trip.terms.pickup.commune, trip.terms.dropoff.commune]).collect();
    Ok(DayCommunes { stops, homes: roads::homes(&volunteers::list(view, None, VOLUNTEERS)?) })
}

/// The communes of several days together.
pub(super) fn together(days: impl IntoIterator<Item = DayCommunes>) -> DayCommunes {
    let mut all = DayCommunes::default();
    for DayCommunes { stops, homes } in days {
        all.stops.extend(stops);
        all.homes.extend(homes);
    }
    all
}

/// Outbound and return that are both on the day, each with the other.
fn siblings(of_day: &[Trip], ids: &BTreeSet<Id<TripKind>>) -> BTreeMap<Id<TripKind>, Id<TripKind>> {
    let both = of_day.iter().filter_map(|trip| Some((trip.id(), trip.terms.sibling?)));
    both.filter(|(_, sibling)| ids.contains(sibling)).collect()
}
