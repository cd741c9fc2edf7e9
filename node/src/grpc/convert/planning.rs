//! Answers about days and proposed plans to messages. Must never hold a rule.

use maillage_dispatch::day::{Cost, Flag, RefusalGroup, Relaxation, Suggestion};
use maillage_domain::{ids::VolunteerKind, plan_rules::PlanRules, trip::Assignment, volunteer::Volunteer};
use maillage_federation::ids::{Id, TripKind};
use maillage_proto::node::v1 as proto;
use maillage_store::{
    plans::{Line, Outcome, PlannedLoad, Proposal},
    volunteers,
};

use super::trips::attribution;
use crate::app::{
    App,
    planning::{Accepted, DayAnswer, RulesSeen, Who, missing},
};

/// An answer about one trip.
pub fn answer(answer: &DayAnswer) -> proto::SuggestInDayReply {
    let who = &answer.who;
    proto::SuggestInDayReply {
        candidates: answer.candidates.iter().map(|candidate| suggestion(who, candidate)).collect(),
        refusals: answer.refusals.iter().map(|group| refusals(who, group)).collect(),
        relaxations: answer.relaxations.iter().map(|relaxation| relaxed(who, relaxation)).collect(),
        rules: Some(in_force(&answer.rules)),
        distance_source: answer.roads.code().to_owned(),
        attribution: attribution(answer.roads),
    }
}

fn suggestion(who: &Who, suggested: &Suggestion) -> proto::DayCandidate {
    let (volunteer, name) = who.volunteer(suggested.driver);
    let drive = |leg: &maillage_dispatch::day::SuggestedLeg| proto::ProposedDrive {
        trip: who.trip(leg.request),
        pickup: who.instant(leg.pickup_s).to_string(),
        arrival: who.instant(leg.arrival_s).to_string(),
        ..proto::ProposedDrive::default()
    };
    proto::DayCandidate {
        volunteer,
        name,
        drives: suggested.legs.iter().map(drive).collect(),
        adds_m: suggested.adds.metres(),
        adds_deadhead_m: suggested.adds.deadhead_m,
        adds_away_s: suggested.adds.away_s,
        cost: Some(cost(&suggested.cost)),
        flags: suggested.flags.iter().map(flag).collect(),
        affected: suggested.affected.iter().map(|other| who.trip(other.request)).collect(),
    }
}

fn flag(flag: &Flag) -> proto::DayFlag {
    let (code, amount) = match *flag {
        Flag::UsualDriver => ("usual-driver", 0),
        Flag::Waits { wait_s } => ("waits", wait_s),
        Flag::GoesHomeBetween => ("goes-home-between", 0),
        Flag::Shares { others } => ("shares", i64::try_from(others).unwrap_or(i64::MAX)),
        Flag::OverTarget { permille } => ("over-wish", permille),
        Flag::NotAsAnnounced => ("not-as-announced", 0),
        Flag::SplitReturn => ("split-return", 0),
    };
    proto::DayFlag { code: code.to_owned(), amount }
}

fn refusals(who: &Who, group: &RefusalGroup) -> proto::DayRefusals {
    let refused = |(driver, obstacle): &(usize, maillage_dispatch::day::Obstacle)| {
        let (volunteer, name) = who.volunteer(*driver);
        proto::DayRefused { volunteer, name, missing: missing(obstacle) }
    };
    proto::DayRefusals {
        code: group.code.to_owned(),
        volunteers: group.drivers.iter().map(refused).collect(),
    }
}

fn relaxed(who: &Who, relaxation: &Relaxation) -> proto::Relaxation {
    let (kind, amount, then) = match relaxation {
        Relaxation::Shift { minutes, then } => ("shift", *minutes, then),
        Relaxation::LongerRide { over_s, then } => ("longer-ride", *over_s, then),
        Relaxation::Pooling { then } => ("pooling", 0, then),
        Relaxation::Move { then, .. } => ("move", 0, then),
    };
    let mut message = proto::Relaxation {
        kind: kind.to_owned(),
        amount,
        then: Some(suggestion(who, then)),
        ..proto::Relaxation::default()
    };
    if let Relaxation::Move { trip, from, to, .. } = relaxation {
        message.trip = who.trip(*trip);
        message.from_volunteer = who.volunteer(*from).0;
        message.to_volunteer = who.volunteer(to.driver).0;
    }
    message
}

fn cost(cost: &Cost) -> proto::PlanCost {
    let Cost { refusals: _, deadhead, loaded, waiting, excess, fairness, preferences, changes } = *cost;
    proto::PlanCost { total: cost.total(), deadhead, loaded, waiting, excess, fairness, preferences, changes }
}

/// What counts how much, as it was seen.
pub fn rules(seen: &RulesSeen) -> proto::PlanRules {
    proto::PlanRules {
        other_days: seen.other_days.iter().map(ToString::to_string).collect(),
        etag: seen.etag.clone(),
        ..in_force(&seen.rules)
    }
}

/// What counts how much on a day.
fn in_force(rules: &PlanRules) -> proto::PlanRules {
    let number = |(name, value, least, most): (&str, u32, u32, u32)| proto::PlanNumber {
        name: name.to_owned(),
        value,
        least,
        most,
    };
    proto::PlanRules {
        from_day: if rules.are_built_in() { String::new() } else { rules.from.to_string() },
        numbers: rules.bounds().into_iter().map(number).collect(),
        ..proto::PlanRules::default()
    }
}

/// A proposed plan, with the names of its drivers.
pub fn plan(app: &App, proposal: &Proposal) -> proto::DayPlan {
    let [before, after] = proposal.gini_permille;
    proto::DayPlan {
        id: proposal.id.to_string(),
        day: proposal.date.to_string(),
        made_at: proposal.made.to_string(),
        seed: proposal.seed,
        iterations: proposal.iterations,
        cut_short: proposal.cut_short,
        deadhead_m: proposal.deadhead_m,
        loaded_m: proposal.loaded_m,
        gini_before_permille: before.into(),
        gini_after_permille: after.into(),
        rules_from_day: proposal.rules_from.map(|day| day.to_string()).unwrap_or_default(),
        loads: proposal.loads.iter().map(|planned| load(app, planned)).collect(),
        lines: (0_u32..).zip(&proposal.lines).map(|(number, line_of)| line(app, number, line_of)).collect(),
        distance_source: proposal.roads.code().to_owned(),
        attribution: attribution(proposal.roads),
    }
}

fn load(app: &App, load: &PlannedLoad) -> proto::PlannedLoad {
    let PlannedLoad { volunteer, wished_m, before_m, after_m } = *load;
    proto::PlannedLoad {
        volunteer: volunteer.to_string(),
        name: name(app, volunteer),
        wished_m: wished_m.unwrap_or_default(),
        before_m,
        after_m,
    }
}

fn line(app: &App, number: u32, line: &Line) -> proto::DayPlanLine {
    let mut message = proto::DayPlanLine {
        number,
        trips: line.trips.iter().map(ToString::to_string).collect(),
        ..proto::DayPlanLine::default()
    };
    match &line.outcome {
        Outcome::Drives { drives, accepted } => {
            if let Some(drive) = drives.first() {
                message.volunteer = drive.volunteer.to_string();
                message.name = name(app, drive.volunteer);
            }
            message.drives =
                line.trips.iter().zip(drives).map(|(trip, drive)| proposed(line, *trip, drive)).collect();
            message.empty_m = drives.iter().map(|drive| u64::from(drive.empty_m)).sum();
            message.accepted = *accepted;
        }
        Outcome::Nobody { code, nearest, missing } => {
            message.code.clone_from(code);
            message.nearest = nearest.map(|volunteer| volunteer.to_string()).unwrap_or_default();
            message.missing = *missing;
        }
    }
    message
}

fn proposed(line: &Line, trip: Id<TripKind>, drive: &Assignment) -> proto::ProposedDrive {
    let mut message = proto::ProposedDrive {
        trip: trip.to_string(),
        pickup: drive.pickup.to_string(),
        arrival: drive.arrival.to_string(),
        ..proto::ProposedDrive::default()
    };
    if let Some(company) = line.company.iter().find(|company| company.trip == trip) {
        let seconds = drive.pickup.duration_until(drive.arrival).as_secs();
        message.rides_with = company.with.iter().map(ToString::to_string).collect();
        message.ride_s = u32::try_from(seconds).unwrap_or_default();
        message.direct_s = company.direct_s;
        message.limit_s = company.limit_s.unwrap_or_default();
    }
    if let Some(shared) = drive.shared {
        (message.ridden_m, message.own_m) = (shared.ridden_m, shared.own_m);
    }
    message
}

/// The name of a volunteer; nothing if the volunteer is not there any more.
fn name(app: &App, volunteer: Id<VolunteerKind>) -> String {
    let known = |volunteer: Volunteer| volunteer.details.name.as_str().to_owned();
    volunteers::find(&app.store, volunteer).ok().flatten().map(known).unwrap_or_default()
}

/// What became of accepted lines.
pub fn accepted(accepted: &Accepted) -> proto::AcceptPlanReply {
    let stale = accepted.stale.iter();
    proto::AcceptPlanReply {
        offered: accepted.offered.iter().map(|trip| trip.id().to_string()).collect(),
        stale: stale
            .map(|(number, code)| proto::StaleLine { number: (*number).into(), code: (*code).to_owned() })
            .collect(),
    }
}
