//! Trips that somebody was asked for or promised and that do not fit any more: the driver is away, a paper has expired, the
//! person has moved or needs a wheelchair now; and stages of shared journeys that a person is on the way to and nobody drives.
//! Whether a drive fits is what dispatch says. Must never change a trip.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maillage_dispatch::{
    Candidate, Commitment, LegRequest, Ranked, Roads, check, check::Violation, travel::needed,
};
use maillage_domain::{
    document::RequiredDocuments,
    ids::VolunteerKind,
    person::Pooling,
    roles::Operation,
    trip::{Assignment, Leg, Stage, Trip, TripEventKind, TripStatus},
    volunteer::Volunteer,
};
use maillage_engine::View;
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{persons, reference, trips, volunteers};

use super::{
    Aborted, App,
    caller::Caller,
    company,
    pages::{Mark, page},
    people::{
        documents,
        follow::{COMPANY, HOME_MOVED, Touched, rides_unasked, starts_at_home},
    },
    relays, roads,
    suggest::{driven_in_weeks_of, find, leg_of},
};
use crate::limits::VOLUNTEERS;

/// Nobody known drives a stage of a shared journey while the one before it is under way.
const STRANDED: &str = "stranded";

/// Nobody is found for the other stage of a shared journey.
const HALF_CARRIED: &str = "half-carried";

/// A trip that does not fit any more, and why.
#[derive(Debug, Clone)]
pub struct Attention {
    /// The trip.
    pub trip: Trip,
    /// Why, as a code.
    pub code: &'static str,
}

/// A page of the trips that do not fit any more: stages that somebody is on the way to, then the others, soonest first.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    wanted: (Option<Mark<TripKind>>, usize),
) -> Result<(Vec<Attention>, Option<Mark<TripKind>>), Refusal> {
    app.look(caller, Operation::TripList, |app, view| {
        let mut found = Vec::new();
        for volunteer in volunteers::list(view, None, VOLUNTEERS)? {
            found.extend(of_volunteer(app, view, &volunteer)?);
        }
        let stranding = relays::stranding(view, app.now())?;
        let belongs = |found: &Attention, stage: &Trip| {
            let is_twin = found.code == HALF_CARRIED && found.trip.shares_with(stage);
            is_twin || stage.id() == found.trip.id()
        };
        found.retain(|found| !stranding.iter().any(|stage| belongs(found, stage)));
        found.extend(stranding.into_iter().map(|trip| Attention { trip, code: STRANDED }));
        // Who is on the way comes first.
        let mark = |found: &Attention| match found.code {
            STRANDED => (0, found.trip.id()),
            _ => (found.trip.terms.earliest_pickup.as_millisecond(), found.trip.id()),
        };
        Ok(page(found, mark, wanted))
    })
}

/// The trips of a volunteer that do not fit any more, as the answer to a change of the file tells them.
///
/// # Errors
/// The store.
pub(super) fn touched(app: &App, view: &dyn View, volunteer: &Volunteer) -> Result<Vec<Touched>, Aborted> {
    let found = of_volunteer(app, view, volunteer)?.into_iter().filter(|found| found.code != HALF_CARRIED);
    let touched = |Attention { trip, code }| Touched { trip: trip.id(), changed: false, code: code.into() };
    Ok(found.map(touched).collect())
}

/// The trips that a volunteer was asked for, or promised, and that do not fit any more.
fn of_volunteer(app: &App, view: &dyn View, volunteer: &Volunteer) -> Result<Vec<Attention>, Aborted> {
    let required = documents::required(view)?;
    let taken = trips::commitments_of(view, volunteer.id, app.now(), Timestamp::MAX)?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (id, _) in &taken {
        if seen.contains(id) {
            continue;
        }
        let legs = driven_together(view, find(view, *id)?, volunteer.id)?;
        seen.extend(legs.iter().map(Trip::id));
        let codes = misfits(app, view, &required, (volunteer, &taken), &legs)?;
        for trip in legs {
            let waits = matches!(trip.status(), TripStatus::Offered | TripStatus::Confirmed);
            let code = codes.get(&trip.id()).copied().filter(|_| waits);
            found.extend(code.map(|code| Attention { trip, code }));
        }
    }
    Ok(found)
}

/// A trip with the other leg if the driver waits in between: the one is not driven without the other.
fn driven_together(view: &dyn View, trip: Trip, driver: Id<VolunteerKind>) -> Result<Vec<Trip>, Aborted> {
    let Some(sibling) = trip.terms.sibling else { return Ok(vec![trip]) };
    let mut legs = vec![trip, find(view, sibling)?];
    legs.sort_by_key(|leg| leg.terms.leg);
    let drives: Vec<Assignment> = legs.iter().filter_map(Trip::assignment).collect();
    let together = match drives.as_slice() {
        [first, second] => {
            first.volunteer == driver && second.volunteer == driver && first.end == second.start
        }
        _ => false,
    };
    if !together {
        legs.retain(|leg| leg.terms.sibling == Some(sibling));
    }
    Ok(legs)
}

/// Why legs do not fit, by trip.
fn misfits(
    app: &App,
    view: &dyn View,
    required: &RequiredDocuments,
    (volunteer, taken): (&Volunteer, &[(Id<TripKind>, Assignment)]),
    legs: &[Trip],
) -> Result<BTreeMap<Id<TripKind>, &'static str>, Aborted> {
    let asked: Vec<LegRequest> = legs.iter().map(|leg| leg_of(view, leg)).collect::<Result<_, Aborted>>()?;
    let mut company: BTreeSet<Id<TripKind>> = BTreeSet::new();
    let mut drives: Vec<Assignment> = Vec::new();
    for leg in legs {
        let with = company::whole_company(view, leg)?;
        company.extend(with.iter().map(Trip::id));
        // Who rides with others is driven from where the car sets out until it is back.
        drives.extend(leg.assignment().map(|drive| company::whole_drive(drive, &with)));
    }
    let others =
        taken.iter().filter(|(id, _)| legs.iter().all(|leg| leg.id() != *id) && !company.contains(id));
    let commitments: Vec<Commitment> = others.map(|(_, drive)| Commitment::from(*drive)).collect();
    let done = driven_in_weeks_of(view, volunteer, &asked)?;
    let schools = reference::school_holidays(view)?;
    let candidate = Candidate { volunteer, commitments: &commitments, done: &done, schools: &schools };
    let plan = Ranked {
        volunteer: volunteer.id,
        extra_m: drives.iter().map(|drive| drive.empty_m).sum(),
        drives,
        merits: Vec::new(),
    };
    let mut codes = BTreeMap::new();
    match checked_on_any_roads(app, view, required, (&asked, &candidate, &plan))? {
        None => {}
        Some(violation) => match violation.leg().and_then(|leg| legs.get(leg)) {
            Some(leg) => {
                codes.insert(leg.id(), violation.code());
            }
            None => codes.extend(legs.iter().map(|leg| (leg.id(), violation.code()))),
        },
    }
    for leg in legs {
        if leg.status() == TripStatus::Confirmed && relays::is_half(view, leg)? {
            codes.insert(leg.id(), HALF_CARRIED);
        }
        if !codes.contains_key(&leg.id()) && is_from_former_home(view, leg)? {
            codes.insert(leg.id(), HOME_MOVED);
        }
        if !codes.contains_key(&leg.id()) && !company.is_empty() && rides_unasked(leg, standing(view, leg)?) {
            codes.insert(leg.id(), COMPANY);
        }
    }
    Ok(codes)
}

/// What the person of a trip has said about riding with others.
fn standing(view: &dyn View, trip: &Trip) -> Result<Pooling, Aborted> {
    let person = trip.person().map(|person| persons::find(view, person)).transpose()?.flatten();
    Ok(person.map(|person| person.details.pooling).unwrap_or_default())
}

/// What is wrong with a plan, whatever roads it was made on: the router's, or those of the estimate, of today or as declared. A drive
/// that was promised does not become impossible because roads come from elsewhere now. Each opinion has one source of roads.
fn checked_on_any_roads(
    app: &App,
    view: &dyn View,
    required: &RequiredDocuments,
    (legs, candidate, plan): (&[LegRequest], &Candidate<'_>, &Ranked),
) -> Result<Option<Violation>, Aborted> {
    let pairs = needed(legs, &[candidate.volunteer.details.home.commune].into());
    let estimated = Roads::estimated(roads::estimator(app, view)?);
    let mut wrong = None;
    for roads in [roads::choose(app, view, &pairs)?, estimated, app.estimator.into()] {
        match check(legs, candidate, plan, required, &roads, app.geography) {
            // How far the driver comes from is another question than whether she or he can.
            Ok(()) | Err(Violation::Extra) => return Ok(None),
            Err(violation) => wrong = wrong.or(Some(violation)),
        }
    }
    Ok(wrong)
}

/// Whether a trip was asked for from home, was never changed, and the home is elsewhere now.
fn is_from_former_home(view: &dyn View, trip: &Trip) -> Result<bool, Aborted> {
    // The far stage of a shared journey neither begins nor ends there.
    if trip.terms.relay.is_some_and(|relay| relay.stage == Stage::Far) {
        return Ok(false);
    }
    let edited = trip.history().iter().any(|event| matches!(event.kind, TripEventKind::Edited { .. }));
    let person = trip.person().map(|person| persons::find(view, person)).transpose()?.flatten();
    let Some(person) = person.filter(|_| !edited) else { return Ok(false) };
    let end = match trip.terms.leg {
        Leg::Outbound => &trip.terms.pickup,
        Leg::Return => &trip.terms.dropoff,
    };
    Ok(*end != person.details.home && starts_at_home(view, trip)?)
}
