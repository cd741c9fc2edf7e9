//! Planning a day as a whole: dispatch asked with everything the store knows of it. What it thinks of is kept as a
//! proposal that binds nobody; a line becomes an offer to a driver when somebody accepts it. Must never assign anybody by
//! itself, nor keep a plan that [`audit`] does not pass.

mod accept;
mod ask;
mod day_roads;
pub(in crate::app) mod gather;
mod past;
pub(super) mod rounds;
mod rules;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{ToSpan as _, civil::Date};
use maillage_dispatch::{
    Roads,
    day::{Board, Budget, DayError, LoadReport, Obstacle, Plan, audit, load_report, plan_week},
    territory::{Drafted, PlannedDrive},
};
use maillage_domain::{
    availability::Absence,
    civil::day_of,
    ids::VolunteerKind,
    roads::RoadsSource,
    roles::Operation,
    trip::{DriverRefusal, Trip},
};
use maillage_engine::Reading;
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::{
    plans::{self, Company, Line, Outcome, PlannedLoad, Proposal},
    trips,
};

use self::gather::Gathered;
pub use self::{
    accept::{Accepted, accept},
    ask::{DayAnswer, DayMemory, Who, suggest, why_not},
    rules::{NewNumber, RulesSeen, set_rules, show_rules},
};
use super::{App, caller::Caller, refusals};
use crate::limits::{PLAN_DAYS, PLAN_ITERATIONS, PLAN_WALL};

/// How a day is to be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanWish {
    /// The civil day.
    pub date: Date,
    /// Iterations of the search; none for the usual number.
    pub iterations: Option<u64>,
    /// Seed: the same day, seed and iterations give the same plan.
    pub seed: u64,
}

/// Plans what nobody has decided about yet on a day, around everything that was asked or promised, and keeps the result
/// as the proposal of that day in place of a former one. The road router is asked first, for a short while.
///
/// # Errors
/// `not-allowed`; `plan-past`, `plan-iterations`; what is wrong with the day, with what to change; the store.
pub async fn plan_day(app: &Arc<App>, caller: &Caller, wish: PlanWish) -> Result<Proposal, Refusal> {
    let budget = budget(wish)?;
    let (mut days, roads) = read_days(app, caller, &[wish.date]).await?;
    let day = days.pop().ok_or_else(|| refusals::conflict("plan-nothing").with("day", wish.date))?;
    let worker = Arc::clone(app);
    let computed = tokio::task::spawn_blocking(move || compute(&worker, (day, &roads), budget, wish)).await;
    let proposal = computed.map_err(refusals::internal)??;
    let kept = keep(app, caller, vec![proposal]).await?;
    kept.into_iter().next().ok_or_else(|| Refusal::new(RefusalKind::Internal, "internal"))
}

/// Plans several days in a row: series first, each with one driver where that is possible, then day by day with what the days
/// before have put on everybody's shoulders. Each day's result is kept as its proposal; days without anything to decide are
/// left out.
///
/// # Errors
/// As [`plan_day`]; `plan-days`.
pub async fn plan_days(
    app: &Arc<App>,
    caller: &Caller,
    wish: PlanWish,
    days: u8,
) -> Result<Vec<Proposal>, Refusal> {
    let budget = budget(wish)?;
    if !(1..=PLAN_DAYS).contains(&days) {
        return Err(refusals::invalid("plan-days").with("max", PLAN_DAYS));
    }
    let dates: Vec<Date> = wish.date.series(1.day()).take(usize::from(days)).collect();
    let (days, roads) = read_days(app, caller, &dates).await?;
    let worker = Arc::clone(app);
    let computed =
        tokio::task::spawn_blocking(move || compute_days(&worker, (days, &roads), budget, wish)).await;
    let proposals = computed.map_err(refusals::internal)??;
    keep(app, caller, proposals).await
}

/// The days that have anything to decide, and the roads of all of them. The road router is asked first.
///
/// # Errors
/// `not-allowed`; `plan-past`, `plan-nothing` with the first day; the store.
async fn read_days(
    app: &Arc<App>,
    caller: &Caller,
    dates: &[Date],
) -> Result<(Vec<Gathered>, Arc<Roads>), Refusal> {
    caller.check(Operation::DayPlan)?;
    let first = dates.first().copied().unwrap_or_default();
    check_begins(app, first)?;
    day_roads::prepare(app, |_, view| {
        let communes = dates.iter().map(|date| gather::communes(view, *date));
        Ok(gather::together(communes.collect::<Result<Vec<_>, _>>()?))
    })
    .await;
    app.look(caller, Operation::DayPlan, |app, view| {
        let reading = Reading::of(&app.store);
        let mut days = Vec::new();
        for date in dates {
            days.push(Gathered::read(app, &reading, *date)?);
        }
        days.retain(Gathered::has_free);
        if days.is_empty() {
            return Err(refusals::conflict("plan-nothing").with("day", first).into());
        }
        let communes = gather::together(days.iter().map(Gathered::communes));
        Ok((days, day_roads::choose(app, view, communes)?))
    })
}

/// Keeps proposals, each in place of the former one of its day.
async fn keep(app: &Arc<App>, caller: &Caller, proposals: Vec<Proposal>) -> Result<Vec<Proposal>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::DayPlan, move |app, transaction| {
        plans::forget_before(transaction, day_of(app.now()))?;
        for proposal in &proposals {
            plans::put(transaction, proposal)?;
        }
        app.note(transaction, &by, Operation::DayPlan, &[])?;
        Ok(proposals)
    })
    .await
}

/// A day that is past is not planned.
fn check_begins(app: &App, date: Date) -> Result<(), Refusal> {
    if date < day_of(app.now()) {
        return Err(refusals::invalid("plan-past").with("day", date));
    }
    Ok(())
}

/// The proposal of a day.
///
/// # Errors
/// `not-allowed`; `plan-unknown`; the store.
pub fn show(app: &App, caller: &Caller, date: Date) -> Result<Proposal, Refusal> {
    app.look(caller, Operation::PlanShow, |_, view| {
        plans::find(view, date)?.ok_or_else(|| refusals::unknown("plan-unknown").with("day", date).into())
    })
}

/// A driver cannot come on a day: that is noted as an absence, and everything asked or promised of her or him that day is free again, in
/// one transaction; then a plan for it is proposed. Trips that are under way stay.
///
/// # Errors
/// As [`plan_day`], before anything is freed where that can be known; `volunteer-unknown`.
pub async fn drop_out(
    app: &Arc<App>,
    caller: &Caller,
    volunteer: Id<VolunteerKind>,
    wish: PlanWish,
) -> Result<(Vec<Trip>, Proposal), Refusal> {
    budget(wish)?;
    check_begins(app, wish.date)?;
    caller.check(Operation::DayPlan)?;
    caller.check(Operation::VolunteerAbsence)?;
    let by = caller.clone();
    let released = app
        .act(caller, Operation::TripRefuse, move |app, transaction| {
            let known = super::people::volunteers::find(transaction, volunteer)?;
            let covers = |absence: &Absence| absence.first() <= wish.date && wish.date <= absence.last();
            if !known.details.availability.absences().iter().any(covers) {
                // Or the plan would ask the same driver again.
                let day: Absence =
                    format!("{}..{}", wish.date, wish.date).parse().map_err(refusals::absence)?;
                super::people::volunteers::note_absence(app, transaction, &by, volunteer, day)?;
            }
            let mut released = Vec::new();
            for trip in trips::on_day(transaction, wish.date)? {
                // As it is by now: freeing one may free the other stage of a shared journey.
                let trip = super::suggest::find(transaction, trip.id())?;
                if trip.volunteer() == Some(volunteer) && gather::can_be_released(&trip) {
                    let why = DriverRefusal::Withdrew;
                    released.extend(super::trips::refuse(app, transaction, &by, (trip.id(), true), why)?);
                }
            }
            Ok(released)
        })
        .await?;
    let proposal = plan_day(app, caller, wish).await?;
    Ok((released, proposal))
}

fn budget(wish: PlanWish) -> Result<Budget, Refusal> {
    let iterations = wish.iterations.unwrap_or(PLAN_ITERATIONS.1);
    if iterations > PLAN_ITERATIONS.2 {
        return Err(refusals::invalid("plan-iterations").with("max", PLAN_ITERATIONS.2));
    }
    Ok(Budget { iterations: iterations.max(PLAN_ITERATIONS.0), seed: wish.seed })
}

/// Drafts, plans, checks. Seconds of work: never on the runtime's own threads.
fn compute(
    app: &App,
    (mut gathered, roads): (Gathered, &Roads),
    budget: Budget,
    wish: PlanWish,
) -> Result<Proposal, Refusal> {
    let (drafted, mut board) = board(app, &mut gathered, roads)?;
    let began = Instant::now();
    let stop = || began.elapsed() > Duration::from_secs(PLAN_WALL);
    board.fill();
    let ending = board.improve(budget, &stop);
    let mut plan = board.plan();
    plan.ending = ending;
    check_plan(&drafted, &plan)?;
    Ok(proposal(app, &gathered, (&drafted, roads.source()), &plan, wish))
}

/// As [`compute`], for several days.
fn compute_days(
    app: &App,
    (mut gathered, roads): (Vec<Gathered>, &Roads),
    budget: Budget,
    wish: PlanWish,
) -> Result<Vec<Proposal>, Refusal> {
    let mut drafts = Vec::with_capacity(gathered.len());
    for day in &mut gathered {
        drafts.push(board(app, day, roads)?.0);
    }
    let began = Instant::now();
    let stop = || began.elapsed() > Duration::from_secs(PLAN_WALL);
    let week =
        |date: Date| i32::from(date.iso_week_date().year()) * 100 + i32::from(date.iso_week_date().week());
    let days = drafts.iter().zip(&gathered).map(|(drafted, day)| (week(day.date()), drafted.day.clone()));
    let days = days.collect();
    let planned = plan_week(days, budget, &stop).map_err(|(_, error)| wrong_day(&error))?;
    let mut proposals = Vec::with_capacity(planned.len());
    for ((mut drafted, day), (with_load, plan)) in drafts.into_iter().zip(&gathered).zip(planned) {
        drafted.day = with_load;
        check_plan(&drafted, &plan)?;
        let wish = PlanWish { date: day.date(), ..wish };
        proposals.push(proposal(app, day, (&drafted, roads.source()), &plan, wish));
    }
    Ok(proposals)
}

/// Nothing is kept that the independent check does not pass.
fn check_plan(drafted: &Drafted, plan: &Plan) -> Result<(), Refusal> {
    audit(&drafted.day, plan).map_err(|breaches| {
        tracing::error!(breaches = breaches.len(), "a plan breaks a rule and is not kept");
        Refusal::new(RefusalKind::Internal, "internal")
    })
}

/// The day on a board. A promise that contradicts the rules by now (a changed week, two promises at once) is not moved:
/// its time is taken, and the day is planned around it.
fn board(app: &App, gathered: &mut Gathered, roads: &Roads) -> Result<(Drafted, Board), Refusal> {
    loop {
        let drafted = gathered.draft(app, roads)?;
        let in_the_way: Vec<usize> = match Board::new(drafted.day.clone()) {
            Ok(board) => return Ok((drafted, board)),
            Err(DayError::LockImpossible { request, .. }) => vec![request],
            Err(DayError::LocksContradict { requests, .. }) => requests,
            Err(error) => return Err(wrong_day(&error)),
        };
        let trips: BTreeSet<Id<TripKind>> =
            in_the_way.iter().filter_map(|request| drafted.trips.get(*request).copied()).collect();
        if !gathered.take_aside(&trips) {
            return Err(refusals::conflict("plan-locks"));
        }
    }
}

/// What is wrong with a day, in codes and numbers.
fn wrong_day(error: &DayError) -> Refusal {
    match error {
        DayError::TooLarge { what, count, limit } => {
            refusals::invalid("plan-too-large").with("what", what).with("count", count).with("limit", limit)
        }
        DayError::WindowReversed { .. } => refusals::conflict("plan-window"),
        DayError::RoadOverLimit { metres, seconds, .. } => {
            refusals::conflict("plan-road").with("metres", metres).with("seconds", seconds)
        }
        DayError::MatrixSize { .. }
        | DayError::NoCoordinates { .. }
        | DayError::UnknownPlace { .. }
        | DayError::AvailabilityReversed { .. }
        | DayError::AvailabilityOverlaps { .. }
        | DayError::LoadOverLimit { .. }
        | DayError::Configurations { .. }
        | DayError::UnknownReference { .. }
        | DayError::LockImpossible { .. }
        | DayError::LocksContradict { .. }
        | DayError::PlanInvalid => {
            tracing::error!(%error, "a day cannot be planned");
            Refusal::new(RefusalKind::Internal, "internal")
        }
    }
}

fn proposal(
    app: &App,
    gathered: &Gathered,
    (drafted, roads): (&Drafted, RoadsSource),
    plan: &Plan,
    wish: PlanWish,
) -> Proposal {
    let load = load_report(&drafted.day, plan);
    let sum = |of: fn(&maillage_dispatch::day::Figures) -> i64| {
        u64::try_from(plan.tours.iter().map(|tour| of(&tour.figures)).sum::<i64>()).unwrap_or(0)
    };
    Proposal {
        id: app.new_id(),
        date: wish.date,
        made: app.now(),
        seed: wish.seed,
        iterations: plan.ending.iterations,
        cut_short: plan.ending.cut_short,
        deadhead_m: sum(|figures| figures.deadhead_m),
        loaded_m: sum(|figures| figures.loaded_m),
        gini_permille: [load.gini_before, load.gini_after].map(permille),
        roads,
        rules_from: gathered.rules_from(),
        loads: loads(drafted, &load),
        lines: lines(gathered, drafted, plan),
    }
}

/// The load of everybody who has told a wish or drives that day.
fn loads(drafted: &Drafted, report: &LoadReport) -> Vec<PlannedLoad> {
    let metres = |metres: i64| u64::try_from(metres).unwrap_or(0);
    let concerned =
        report.drivers.iter().filter(|load| load.target_m.is_some() || load.after_m > load.before_m);
    concerned
        .filter_map(|load| {
            Some(PlannedLoad {
                volunteer: *drafted.volunteers.get(load.driver)?,
                wished_m: load.target_m.map(metres),
                before_m: metres(load.before_m),
                after_m: metres(load.after_m),
            })
        })
        .collect()
}

/// A share between 0 and 1 in thousandths.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000 before")]
fn permille(share: f64) -> u16 {
    (share * 1000.0).round().clamp(0.0, 1000.0) as u16
}

/// Lines for what is free: outbound and return with one driver together, and all who ride together; then what nobody can drive.
fn lines(gathered: &Gathered, drafted: &Drafted, plan: &Plan) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let drives = drafted.drives(plan);
    let company = company(drafted, &drives);
    for planned in drives.iter().filter(|planned| gathered.is_free(planned.trip)) {
        let with: &[Id<TripKind>] =
            company.iter().find(|known| known.trip == planned.trip).map_or(&[], |known| &known.with);
        let sibling = gathered.sibling(planned.trip);
        let belongs = |line: &Line| {
            let same = matches!(&line.outcome, Outcome::Drives { drives, .. }
                if drives.iter().all(|drive| drive.volunteer == planned.drive.volunteer));
            same && line.trips.iter().any(|trip| sibling == Some(*trip) || with.contains(trip))
        };
        let (joined, apart): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(belongs);
        lines = apart;
        let mut line = Line {
            trips: Vec::new(),
            outcome: Outcome::Drives { drives: Vec::new(), accepted: false },
            company: Vec::new(),
        };
        for part in joined {
            append(&mut line, part);
        }
        append(
            &mut line,
            Line {
                trips: vec![planned.trip],
                outcome: Outcome::Drives { drives: vec![planned.drive], accepted: false },
                company: company.iter().filter(|known| known.trip == planned.trip).cloned().collect(),
            },
        );
        lines.push(line);
    }
    for refused in &plan.refused {
        let Some(trip) = drafted.trips.get(refused.request) else { continue };
        let (nearest, code, missing) = match &refused.obstacle {
            Some((driver, obstacle)) => {
                (drafted.volunteers.get(*driver).copied(), obstacle.code().to_owned(), missing(obstacle))
            }
            None => (None, "nobody".to_owned(), 0),
        };
        let outcome = Outcome::Nobody { code, nearest, missing };
        lines.push(Line { trips: vec![*trip], outcome, company: Vec::new() });
    }
    lines
}

fn append(line: &mut Line, part: Line) {
    line.trips.extend(part.trips);
    line.company.extend(part.company);
    if let (Outcome::Drives { drives, .. }, Outcome::Drives { drives: more, .. }) =
        (&mut line.outcome, part.outcome)
    {
        drives.extend(more);
    }
}

/// Who rides with whom in a plan.
fn company(drafted: &Drafted, planned: &[PlannedDrive]) -> Vec<Company> {
    let seconds = |seconds: i64| u32::try_from(seconds).unwrap_or(u32::MAX);
    let mut found = Vec::new();
    for one in planned {
        let others = planned.iter().filter(|other| {
            let both = one.drive.volunteer == other.drive.volunteer && one.trip != other.trip;
            both && one.drive.pickup < other.drive.arrival && other.drive.pickup < one.drive.arrival
        });
        let with: Vec<Id<TripKind>> = others.map(|other| other.trip).collect();
        let request = drafted.trips.iter().position(|trip| *trip == one.trip);
        let request = request.and_then(|at| drafted.day.requests.get(at)).filter(|_| !with.is_empty());
        let Some(request) = request else { continue };
        let direct = drafted.day.matrix.road(request.pickup.place, request.dropoff.place);
        found.push(Company {
            trip: one.trip,
            with,
            direct_s: direct.seconds,
            limit_s: drafted.day.ride_limit_s(request).map(seconds),
        });
    }
    found
}

/// What is missing, in the unit of the obstacle: seconds, metres or places.
pub fn missing(obstacle: &Obstacle) -> u64 {
    let amount = match *obstacle {
        Obstacle::WindowTooShort { missing_s }
        | Obstacle::Unavailable { missing_s }
        | Obstacle::Busy { missing_s }
        | Obstacle::RideTooLong { missing_s }
        | Obstacle::SecondsOfDay { missing_s } => missing_s,
        Obstacle::TripTooLong { missing_m } | Obstacle::MetresOfDay { missing_m } => missing_m,
        Obstacle::NoVehicle { seats, wheelchairs }
        | Obstacle::VehicleTooSmall { seats, wheelchairs }
        | Obstacle::Full { seats, wheelchairs } => i64::from(seats) + i64::from(wheelchairs),
        Obstacle::Unreachable
        | Obstacle::Barred(_)
        | Obstacle::NotAllowed
        | Obstacle::LockedElsewhere
        | Obstacle::NeedsNotAccepted { .. }
        | Obstacle::NoConsent { .. } => 0,
    };
    u64::try_from(amount).unwrap_or(0)
}
