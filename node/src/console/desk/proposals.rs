//! The plan that is proposed for a day: what each line means, and what a desk does with it. A line that is accepted has its
//! driver asked; nothing else is ever done by a plan.

use std::collections::BTreeSet;

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use jiff::civil::Date;
use maillage_console::{
    parts::{Badge, Tone, TripRow},
    planning::{Plan, PlanLine},
};
use maillage_domain::{
    civil::parse_date,
    ids::{PlanKind, VolunteerKind},
    roads::RoadsSource,
    trip::Trip,
};
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::plans::{Company, Line, Outcome, PlannedLoad, Proposal};

use super::{
    done,
    planning::{path_of, rows},
};
use crate::{
    app::{
        planning::{self, Accepted, PlanWish},
        refusals,
    },
    console::{
        Console,
        door::Visit,
        reply::{nothing, texts, words},
        shown::{Names, clock},
    },
    grpc::convert,
    limits::CONSOLE_PLAN_ITERATIONS,
};

/// The plan of a day as somebody at the desk wishes it, who waits for the page.
pub(super) fn wish(date: Date) -> PlanWish {
    PlanWish { date, iterations: Some(CONSOLE_PLAN_ITERATIONS), seed: 0 }
}

/// What is proposed for a day, if anything is.
pub(super) fn of_day(console: &Console, visit: &Visit, date: Date) -> Result<Option<Proposal>, Refusal> {
    match planning::show(&console.app, &visit.caller(), date) {
        Ok(proposal) => Ok(Some(proposal)),
        Err(refusal) if refusal.kind() == RefusalKind::NotFound => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// A proposal as it is shown, with how its trips stand now.
pub(super) fn plan(
    console: &Console,
    visit: &Visit,
    (proposal, names, trips): (&Proposal, &Names, &[Trip]),
) -> Plan {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let lines = proposal.lines.iter().enumerate();
    let lines: Vec<PlanLine> =
        lines.map(|(number, line)| shown(console, visit, (names, trips), (number, line))).collect();
    let distance = |metres: u64| words.kilometres(u32::try_from(metres).unwrap_or(u32::MAX));
    let sums =
        [("empty", distance(proposal.deadhead_m).into()), ("loaded", distance(proposal.loaded_m).into())];
    let source = match proposal.roads {
        RoadsSource::Estimate => texts.say("console-estimated"),
        RoadsSource::Router => convert::trips::attribution(proposal.roads),
    };
    let load = |load: &PlannedLoad| {
        let name = names.get(&load.volunteer).map(|(name, _)| name.clone()).unwrap_or_default();
        let wished = load.wished_m.map(distance).unwrap_or_default();
        [name, wished, distance(load.before_m), distance(load.after_m)]
    };
    Plan {
        id: proposal.id.to_string(),
        made: texts.about("desk-plan-made", &words.instant(&proposal.made.to_string())),
        sums: texts.with("desk-plan-sums", &sums),
        source,
        cut_short: proposal.cut_short,
        lines,
        loads: proposal.loads.iter().map(load).collect(),
    }
}

fn shown(
    console: &Console,
    visit: &Visit,
    (names, trips): (&Names, &[Trip]),
    (number, line): (usize, &Line),
) -> PlanLine {
    let texts = texts(console, visit);
    let own: Vec<&Trip> =
        line.trips.iter().filter_map(|id| trips.iter().find(|trip| trip.id() == *id)).collect();
    // Whatever somebody decided since the plan was made counts more than the plan.
    let is_over = own.len() < line.trips.len() || own.iter().any(|trip| !trip.needs_decision());
    let badge = |key: &str, tone: Tone| Badge::new(texts.say(key), tone);
    let is_accepted = matches!(line.outcome, Outcome::Drives { accepted: true, .. });
    let is_nobody = matches!(line.outcome, Outcome::Nobody { .. });
    let badge = match (is_accepted, is_over, is_nobody) {
        (true, _, _) => badge("desk-line-accepted", Tone::Good),
        (false, true, _) => badge("desk-line-over", Tone::Plain),
        (false, false, true) => badge("desk-line-unfilled", Tone::Bad),
        (false, false, false) => badge("desk-line-proposed", Tone::Wait),
    };
    let (name, meaning) = meaning(console, visit, names, line);
    let accept =
        if is_accepted || is_over || is_nobody { String::new() } else { texts.about("console-ask", &name) };
    PlanLine {
        number: number.to_string(),
        badge,
        meaning,
        more: more(console, visit, names, line),
        trips: proposed_rows(console, visit, names, (line, &own)),
        accept,
    }
}

/// Who is to drive, and what that means in a sentence.
fn meaning(console: &Console, visit: &Visit, names: &Names, line: &Line) -> (String, String) {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let Outcome::Drives { drives, .. } = &line.outcome else {
        return (String::new(), texts.say("desk-line-nobody"));
    };
    let name = drives.first().and_then(|drive| names.get(&drive.volunteer));
    let name = name.map(|(name, _)| name.clone()).unwrap_or_default();
    let empty: u32 = drives.iter().map(|drive| drive.empty_m).sum();
    let start = drives.iter().map(|drive| drive.start).min().map(|at| clock(words, at)).unwrap_or_default();
    let count = i64::try_from(drives.len()).unwrap_or(i64::MAX);
    let args = [
        ("name", name.clone().into()),
        ("count", count.into()),
        ("empty", words.kilometres(empty).into()),
        ("start", start.into()),
    ];
    (name, texts.with("desk-line-drives", &args))
}

/// Who rides together, and what stands in the way of those nobody can drive.
fn more(console: &Console, visit: &Visit, names: &Names, line: &Line) -> Vec<String> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    match &line.outcome {
        Outcome::Nobody { code, nearest, missing } => {
            let why = words.obstacle(code, *missing);
            let nearest = nearest.and_then(|id| names.get(&id)).map(|(name, _)| name.clone());
            let nearest = nearest
                .map(|name| texts.with("desk-line-nearest", &[("name", name.into()), ("why", why.into())]));
            nearest.into_iter().collect()
        }
        Outcome::Drives { drives, .. } => {
            let ride = |company: &Company| {
                let place = line.trips.iter().position(|trip| *trip == company.trip)?;
                let drive = drives.get(place)?;
                let seconds = drive.pickup.duration_until(drive.arrival).as_secs();
                let seconds = u64::try_from(seconds).unwrap_or_default();
                let args = [
                    ("pickup", clock(words, drive.pickup).into()),
                    ("ride", words.duration(seconds).into()),
                    ("direct", words.duration(company.direct_s.into()).into()),
                ];
                Some(texts.with("desk-line-company", &args))
            };
            line.company.iter().filter_map(ride).collect()
        }
    }
}

/// The trips of a line, at the times that are proposed for them.
fn proposed_rows(
    console: &Console,
    visit: &Visit,
    names: &Names,
    (line, own): (&Line, &[&Trip]),
) -> Vec<TripRow> {
    let words = words(console, visit);
    let drive_of = |id: Id<TripKind>| {
        let Outcome::Drives { drives, .. } = &line.outcome else { return None };
        let place = line.trips.iter().position(|trip| *trip == id)?;
        drives.get(place)
    };
    let row = |trip: &&Trip| {
        let row = rows(console, visit, (names, vec![*trip])).pop()?;
        let when = drive_of(trip.id())
            .map(|drive| format!("{} – {}", clock(words, drive.pickup), clock(words, drive.arrival)));
        Some(TripRow { when: when.unwrap_or_else(|| row.when.clone()), ..row })
    };
    own.iter().filter_map(row).collect()
}

/// What a desk does with the plan of a day, by the last part of the address.
pub(in crate::console) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((day, what)): Path<(String, String)>,
) -> Response {
    let Ok(date) = parse_date(&day) else { return nothing(State(console), Extension(visit)).await };
    let (app, caller) = (&console.app, visit.caller());
    let said = match what.as_str() {
        "propose" => {
            let plan = planning::plan_day(app, &caller, wish(date)).await;
            plan.map(|_| texts(&console, &visit).say("desk-plan-made-done"))
        }
        "accept" => accept(&console, &visit, date).await,
        "without" => without(&console, &visit, date).await,
        _ => return nothing(State(console), Extension(visit)).await,
    };
    done(&console, &visit, &path_of(date), said)
}

async fn accept(console: &Console, visit: &Visit, date: Date) -> Result<String, Refusal> {
    let plan =
        visit.fields.text("plan").parse::<Id<PlanKind>>().map_err(|_| refusals::conflict("plan-replaced"))?;
    let lines = match visit.fields.text("line") {
        "all" => None,
        line => {
            let number = line.parse::<u16>();
            Some(BTreeSet::from(
                [number.map_err(|_| refusals::unknown("plan-line-unknown").with("line", 0))?],
            ))
        }
    };
    let accepted = planning::accept(&console.app, &visit.caller(), (date, plan), lines).await?;
    let Accepted { offered, stale } = accepted;
    let (texts, words) = (texts(console, visit), words(console, visit));
    if offered.is_empty() && stale.is_empty() {
        return Ok(texts.say("desk-accepted-nothing"));
    }
    // Each reason once: the lines that stay show which they are.
    let reasons: BTreeSet<&str> = stale.values().copied().collect();
    let why = words.one_after_another(reasons.into_iter().map(|code| words.code("dispatch", code)));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let args =
        [("asked", count(offered.len()).into()), ("left", count(stale.len()).into()), ("why", why.into())];
    if stale.is_empty() {
        Ok(texts.count("desk-accepted", offered.len()))
    } else {
        Ok(texts.with("desk-accepted-in-part", &args))
    }
}

/// Somebody cannot come: everything asked or promised that day is free again, and a plan for it is proposed.
async fn without(console: &Console, visit: &Visit, date: Date) -> Result<String, Refusal> {
    let unknown = |_| refusals::unknown("volunteer-unknown");
    let volunteer = visit.fields.text("volunteer").parse::<Id<VolunteerKind>>().map_err(unknown)?;
    let (released, _) = planning::drop_out(&console.app, &visit.caller(), volunteer, wish(date)).await?;
    Ok(texts(console, visit).count("desk-cannot-come-done", released.len()))
}
