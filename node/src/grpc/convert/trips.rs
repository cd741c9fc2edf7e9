//! Trips and suggestions to messages.

use maillage_dispatch::{Merit, RefusalReason};
use maillage_domain::{
    document::DocumentObstacle,
    roads::RoadsSource,
    roles::Role,
    trip::{Absentee, Origin, Trip, TripEvent, TripEventKind, TripStatus, TripTerms, WhichVehicle},
    unmet::UnmetEntry,
};
use maillage_geography::ATTRIBUTION_ROUTED_FR;
use maillage_proto::node::v1 as proto;

use super::people::{codes, place};
use crate::app::{
    App,
    caller::Caller,
    company,
    sight::{self, SeenTrip},
    suggest::Suggestion,
    trips::reason_code,
    unmet::UnmetReport,
};

/// A trip, with who travels, as far as the caller sees it.
pub fn trip(app: &App, caller: &Caller, trip: &Trip) -> proto::Trip {
    let SeenTrip { trip, person, traveller: who, history } = sight::trip(app, caller, trip);
    let terms = &trip.terms;
    let state = trip.state();
    let driven = trip.assignment().and_then(|drive| drive.vehicle);
    let company = in_stages(&trip, in_company(app, caller, &trip));
    let handover = match terms.origin {
        Origin::Carried { handover, .. } => Some(handover),
        Origin::Own { .. } => trip.custody().handover(),
    };
    let cancellation = match trip.status() {
        TripStatus::Cancelled { reason, late, .. } => Some((reason, late)),
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Completed { .. }
        | TripStatus::NoShow(_)
        | TripStatus::Unmet(_) => None,
    };
    proto::Trip {
        id: trip.id().to_string(),
        request: trip.request().map(|id| id.to_string()).unwrap_or_default(),
        person: person.map(|id| id.to_string()).unwrap_or_default(),
        passenger: who.name,
        leg: terms.leg.code().to_owned(),
        sibling: terms.sibling.map(|id| id.to_string()).unwrap_or_default(),
        pickup: Some(place(app, &terms.pickup)),
        dropoff: Some(place(app, &terms.dropoff)),
        earliest_pickup: terms.earliest_pickup.to_string(),
        latest_arrival: terms.latest_arrival.to_string(),
        distance_m: terms.direct_m,
        distance_source: terms.direct_by.code().to_owned(),
        attribution: attribution(terms.direct_by),
        seats: terms.seats.into(),
        needs: codes(&terms.needs),
        model: terms.model.to_string(),
        status: trip.status().code().to_owned(),
        reason: reason_code(trip.status()).to_owned(),
        volunteer: trip.volunteer().map(|id| id.to_string()).unwrap_or_default(),
        custody: if trip.is_carried() { CARRIED } else { trip.custody().code() }.to_owned(),
        handover: handover.map(|id| id.to_string()).unwrap_or_default(),
        counted_in: state.counted_in.map(|month| month.to_string()).unwrap_or_default(),
        history: history.iter().map(event).collect(),
        phone: who.phone,
        driver_notes: who.driver_notes,
        etag: trip.revision().to_string(),
        companions: terms.companions.into(),
        anchor: terms.anchor.code().to_owned(),
        tolerance_s: terms.tolerance_s,
        late_ok: terms.late_ok,
        notes: terms.notes.as_str().to_owned(),
        series: terms.occurrence.map(|day| day.series.to_string()).unwrap_or_default(),
        series_date: terms.occurrence.map(|day| day.date.to_string()).unwrap_or_default(),
        cancel_reason: cancellation.map(|(reason, _)| reason.code().to_owned()).unwrap_or_default(),
        cancelled_late: cancellation.is_some_and(|(_, late)| late),
        closed_at: trip.closed_at().map(|at| at.to_string()).unwrap_or_default(),
        vehicle: match driven.map(|driven| driven.which) {
            Some(WhichVehicle::Own(number)) => number.into(),
            Some(WhichVehicle::Fleet(_)) | None => 0,
        },
        asset: match driven.map(|driven| driven.which) {
            Some(WhichVehicle::Fleet(asset)) => asset.to_string(),
            Some(WhichVehicle::Own(_)) | None => String::new(),
        },
        vehicle_places: driven.map(|driven| driven.places.into()).unwrap_or_default(),
        own_trip: trip.assignment().is_some_and(|drive| drive.own_trip),
        ..company
    }
}

/// What a trip tells of the other stage of a journey that two drivers share.
fn in_stages(trip: &Trip, so_far: proto::Trip) -> proto::Trip {
    let TripTerms { relay, meeting, .. } = &trip.terms;
    proto::Trip {
        stage: relay.map(|relay| relay.stage.code().to_owned()).unwrap_or_default(),
        other_stage: relay.map(|relay| relay.other.to_string()).unwrap_or_default(),
        meeting: meeting.map(|meeting| meeting.code().to_owned()).unwrap_or_default(),
        ..so_far
    }
}

/// What a trip tells of riding with others: who is in the car is the coordinator's to know. A trip whose company cannot be read
/// is still shown.
fn in_company(app: &App, caller: &Caller, trip: &Trip) -> proto::Trip {
    if !caller.is(Role::Coordinator) {
        return proto::Trip::default();
    }
    let shared = trip.assignment().and_then(|drive| drive.shared);
    let shared = shared.filter(|shared| shared.own_m != shared.ridden_m);
    let with = company::riders_with(&app.store, trip).unwrap_or_default();
    proto::Trip {
        pooling: trip.terms.pooling.map(|choice| choice.code().to_owned()).unwrap_or_default(),
        rides_with: with.iter().map(|other| other.id().to_string()).collect(),
        ridden_m: shared.map(|shared| shared.ridden_m).unwrap_or_default(),
        own_m: shared.map(|shared| shared.own_m).unwrap_or_default(),
        ..proto::Trip::default()
    }
}

/// Trips as a reply.
pub fn trips(app: &App, caller: &Caller, found: &[Trip]) -> proto::TripsReply {
    proto::TripsReply { trips: found.iter().map(|found| trip(app, caller, found)).collect() }
}

/// A page of the ledger of unmet need.
pub fn unmet(report: &UnmetReport) -> proto::ListUnmetReply {
    let entry = |entry: &UnmetEntry| proto::UnmetEntry {
        trip: entry.trip.to_string(),
        pickup_commune: entry.pickup.to_string(),
        home_commune: entry.home.map(|home| home.to_string()).unwrap_or_default(),
        wanted: entry.wanted.to_string(),
        needs: codes(&entry.needs),
        reason: entry.reason.code().to_owned(),
        cause: entry.cause.code().to_owned(),
        declared_at: entry.declared.to_string(),
        declared_by: entry.declared_by.clone(),
        times: entry.times,
        reopened_at: entry.reopened.map(|at| at.to_string()).unwrap_or_default(),
        served_at: entry.served.map(|at| at.to_string()).unwrap_or_default(),
    };
    proto::ListUnmetReply {
        entries: report.entries.iter().map(entry).collect(),
        next_after: report.next_after.map(|id| id.to_string()).unwrap_or_default(),
        total: report.total,
        served: report.served,
        by_reason: report
            .by_reason
            .iter()
            .map(|(reason, count)| (reason.code().to_owned(), *count))
            .collect(),
        by_commune: report.by_commune.iter().map(|(commune, count)| (commune.to_string(), *count)).collect(),
    }
}

/// Who can and who cannot.
pub fn suggestion(suggestion: &Suggestion) -> proto::SuggestReply {
    let name = |id| {
        let volunteer = suggestion.volunteers.get(id);
        volunteer.map(|volunteer| volunteer.details.name.as_str().to_owned()).unwrap_or_default()
    };
    let candidates = suggestion
        .ranking
        .candidates
        .iter()
        .map(|ranked| proto::Candidate {
            volunteer: ranked.volunteer.to_string(),
            name: name(&ranked.volunteer),
            extra_m: ranked.extra_m,
            pickup_at: ranked.drives.iter().map(|drive| drive.pickup.to_string()).collect(),
            standing_yes: ranked.merits.contains(&Merit::StandingYes),
            reasons: ranked.merits.iter().copied().map(merit).collect(),
        })
        .collect();
    let refusals = suggestion
        .ranking
        .refusals
        .iter()
        .map(|refused| proto::Refusal {
            volunteer: refused.volunteer.to_string(),
            name: name(&refused.volunteer),
            reason: Some(refusal(refused.reason)),
        })
        .collect();
    proto::SuggestReply {
        candidates,
        refusals,
        distance_source: suggestion.roads.code().to_owned(),
        attribution: attribution(suggestion.roads),
    }
}

/// What has to be shown with roads of a source.
pub fn attribution(source: RoadsSource) -> String {
    match source {
        RoadsSource::Estimate => String::new(),
        RoadsSource::Router => ATTRIBUTION_ROUTED_FR.to_owned(),
    }
}

const CARRIED: &str = "carried-for-neighbour";

fn event(event: &TripEvent) -> proto::TripEvent {
    let (kind, detail) = match event.kind {
        TripEventKind::Requested => ("requested", String::new()),
        TripEventKind::Offered(volunteer) => ("offered", volunteer.to_string()),
        TripEventKind::Accepted(volunteer) => ("driver-accepted", volunteer.to_string()),
        TripEventKind::Refused { reason, .. } => ("driver-refused", reason.code().to_owned()),
        TripEventKind::PickedUp => ("picked-up", String::new()),
        TripEventKind::Completed => ("completed", String::new()),
        TripEventKind::NoShow(Absentee::Person) => ("no-show", String::new()),
        TripEventKind::NoShow(Absentee::Driver) => ("driver-absent", String::new()),
        TripEventKind::Cancelled { by, .. } => ("cancelled", by.code().to_owned()),
        TripEventKind::Edited { freed } => ("edited", freed.map(|id| id.to_string()).unwrap_or_default()),
        TripEventKind::Called => ("person-called", String::new()),
        TripEventKind::Corrected(reason) => ("corrected", reason.code().to_owned()),
        TripEventKind::Reopened => ("reopened", String::new()),
        TripEventKind::DeclaredUnmet(reason) => ("declared-unmet", reason.code().to_owned()),
        TripEventKind::GivenOut(handover) => ("given-out", handover.to_string()),
        TripEventKind::BecameUncertain => ("became-uncertain", String::new()),
        TripEventKind::HeldBy(node) => ("held-by-neighbour", node.to_string()),
        TripEventKind::CameBack => ("came-back", String::new()),
        TripEventKind::OutcomeFromHolder(result) => ("outcome-from-neighbour", result.code().to_owned()),
    };
    proto::TripEvent { at: event.at.to_string(), kind: kind.to_owned(), detail }
}

fn merit(merit: Merit) -> proto::Reason {
    let (code, figures): (&str, Vec<(&str, String)>) = match merit {
        Merit::StandingYes => ("standing-yes", Vec::new()),
        Merit::LivesThere => ("lives-there", Vec::new()),
        Merit::Waits { wait_s } => ("waits", vec![("wait_s", wait_s.to_string())]),
        Merit::GoesHomeBetween => ("goes-home-between", Vec::new()),
        Merit::WithinRounds => ("within-rounds", Vec::new()),
        Merit::Shares { others } => ("shares", vec![("others", others.to_string())]),
    };
    reason(code, figures)
}

/// Why somebody cannot, with what is missing.
pub fn refusal(refusal: RefusalReason) -> proto::Reason {
    let figures: Vec<(&str, String)> = match refusal {
        RefusalReason::Inactive | RefusalReason::Avoided | RefusalReason::NoWheelchairPlace => Vec::new(),
        RefusalReason::Document(DocumentObstacle::Expired { kind, valid_until }) => {
            vec![("document", kind.code().to_owned()), ("until", valid_until.to_string())]
        }
        RefusalReason::Document(DocumentObstacle::Missing { kind }) => {
            vec![("document", kind.code().to_owned())]
        }
        RefusalReason::TooFewSeats { wanted, has } => {
            vec![("wanted", wanted.to_string()), ("has", has.to_string())]
        }
        RefusalReason::NeedNotAccepted(need) => vec![("need", need.code().to_owned())],
        RefusalReason::UnknownHome(commune) | RefusalReason::OutsideCommunes(commune) => {
            vec![("commune", commune.to_string())]
        }
        RefusalReason::TooFar { wanted_m, limit_m } => {
            vec![("wanted_m", wanted_m.to_string()), ("limit_m", limit_m.to_string())]
        }
        RefusalReason::WindowTooShort { leg, missing_s } | RefusalReason::Unavailable { leg, missing_s } => {
            vec![("leg", leg.to_string()), ("missing_s", missing_s.to_string())]
        }
        RefusalReason::Absent { until } => vec![("until", until.to_string())],
        RefusalReason::PublicHoliday { day, holiday } => {
            vec![("day", day.to_string()), ("holiday", holiday.code().to_owned())]
        }
        RefusalReason::SchoolHolidays { day, period } => {
            vec![("day", day.to_string()), ("school_period", period.code().to_owned())]
        }
        RefusalReason::SchoolTerm { day } | RefusalReason::SchoolUnknown { day } => {
            vec![("day", day.to_string())]
        }
        RefusalReason::NotBothLegs { missing_s } => vec![("missing_s", missing_s.to_string())],
        RefusalReason::Busy { until } => vec![("until", until.to_string())],
        RefusalReason::TripsPerWeek { limit } | RefusalReason::HoursPerWeek { limit } => {
            vec![("limit", limit.to_string())]
        }
    };
    reason(refusal.code(), figures)
}

fn reason(code: &str, figures: Vec<(&str, String)>) -> proto::Reason {
    let figures = figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    proto::Reason { code: code.to_owned(), figures }
}
