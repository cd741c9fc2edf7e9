//! Lines of a proposal become offers to drivers, each checked once more against what has happened since. Must never
//! accept a line of a proposal that was replaced meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use maillage_dispatch::{
    Roads,
    day::{Board, DayError},
    territory::DayCommunes,
};
use maillage_domain::{
    ids::{PlanKind, VolunteerKind},
    roads::RoadsSource,
    roles::Operation,
    trip::{Assignment, Trip, TripAction, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::plans::{self, Company, Line, Outcome, Proposal};

use super::{day_roads, gather::Gathered};
use crate::app::{
    Aborted, App,
    caller::Caller,
    company, offers, refusals,
    suggest::{find, leg_of},
    trips::{check_undecided, note},
};

/// What became of the lines.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Trips whose drivers have been asked.
    pub offered: Vec<Trip>,
    /// Lines that do not fit any more, from 0, each with the code of the reason.
    pub stale: BTreeMap<u16, &'static str>,
}

/// A line that was chosen.
struct Chosen {
    number: u16,
    trips: Vec<Id<TripKind>>,
    drives: Vec<Assignment>,
    /// Everybody who rides with others is asked by this line.
    among_themselves: bool,
}

/// Accepts lines of the proposal of a day, or all that propose a driver. Lines that do not fit any more are told and left. They
/// are looked at on roads of the source they were planned on: a router's road and an estimate do not agree to the second.
///
/// # Errors
/// `not-allowed`; `plan-unknown`, `plan-replaced`, `plan-line-unknown`, `plan-roads`; the store.
pub async fn accept(
    app: &Arc<App>,
    caller: &Caller,
    (date, id): (Date, Id<PlanKind>),
    lines: Option<BTreeSet<u16>>,
) -> Result<Accepted, Refusal> {
    caller.check(Operation::PlanAccept)?;
    day_roads::prepare(app, |app, view| communes(app, view, date)).await;
    let by = caller.clone();
    app.act(caller, Operation::PlanAccept, move |app, transaction| {
        let mut proposal = plans::find(transaction, date)?
            .ok_or_else(|| refusals::unknown("plan-unknown").with("day", date))?;
        if proposal.id != id {
            return Err(refusals::conflict("plan-replaced").into());
        }
        let chosen = chosen(&proposal, lines.as_ref())?;
        let (fitting, stale) = fitting(app, transaction, &proposal, chosen)?;
        let mut offered = Vec::new();
        for line in &fitting {
            offered.extend(offer(app, transaction, line)?);
            mark(&mut proposal, line.number);
        }
        plans::put(transaction, &proposal)?;
        note(app, transaction, &by, Operation::PlanAccept, &offered)?;
        Ok(Accepted { offered, stale })
    })
    .await
}

fn chosen(proposal: &Proposal, lines: Option<&BTreeSet<u16>>) -> Result<Vec<Chosen>, Aborted> {
    let mut chosen = Vec::new();
    for (number, line) in (0_u16..).zip(&proposal.lines) {
        if lines.is_some_and(|lines| !lines.contains(&number)) {
            continue;
        }
        match &line.outcome {
            Outcome::Drives { drives, accepted: false } => {
                let with = |company: &Company| company.with.iter().all(|trip| line.trips.contains(trip));
                chosen.push(Chosen {
                    number,
                    trips: line.trips.clone(),
                    drives: drives.clone(),
                    among_themselves: line.company.iter().all(with),
                });
            }
            // Accepting again what was accepted changes nothing.
            Outcome::Drives { accepted: true, .. } => {}
            Outcome::Nobody { .. } if lines.is_none() => {}
            Outcome::Nobody { .. } => {
                return Err(refusals::invalid("plan-line-nobody").with("line", number).into());
            }
        }
    }
    let last = proposal.lines.len();
    match lines.and_then(|lines| lines.iter().find(|line| usize::from(**line) >= last)) {
        Some(line) => Err(refusals::unknown("plan-line-unknown").with("line", line).into()),
        None => Ok(chosen),
    }
}

/// The lines that can all be driven together with what was asked and promised meanwhile, by the planner's own rules.
fn fitting(
    app: &App,
    view: &dyn View,
    proposal: &Proposal,
    chosen: Vec<Chosen>,
) -> Result<(Vec<Chosen>, BTreeMap<u16, &'static str>), Aborted> {
    let mut stale = BTreeMap::new();
    let mut kept = Vec::new();
    for line in chosen {
        if !line.trips.iter().all(|trip| find(view, *trip).is_ok_and(|trip| check_undecided(&trip).is_ok())) {
            stale.insert(line.number, "plan-line-decided");
        } else if !all_agree(view, &line)? {
            stale.insert(line.number, "plan-line-consent");
        } else {
            kept.push(line);
        }
    }
    let gathered = Gathered::without_past(app, view, proposal.date)?;
    let roads = day_roads::again(app, view, proposal.roads, asked(&gathered, &drives_of(&kept)).communes())?;
    loop {
        let drives = drives_of(&kept);
        let clash = clash(app, &mut asked(&gathered, &drives), &roads, &drives)?;
        if clash.is_empty() {
            return Ok((kept, stale));
        }
        let (out, left): (Vec<_>, Vec<_>) =
            kept.into_iter().partition(|line| line.trips.iter().any(|trip| clash.contains(trip)));
        stale.extend(out.iter().map(|line| (line.number, "plan-line-stale")));
        kept = left;
    }
}

/// Whether everybody who would ride with others agrees to it still.
fn all_agree(view: &dyn View, line: &Chosen) -> Result<bool, Aborted> {
    for (trip, drive) in line.trips.iter().zip(&line.drives) {
        if drive.shared.is_some() && !leg_of(view, &find(view, *trip)?)?.pooling {
            return Ok(false);
        }
    }
    Ok(true)
}

fn drives_of(lines: &[Chosen]) -> Vec<(Id<TripKind>, Assignment)> {
    lines.iter().flat_map(|line| line.trips.iter().copied().zip(line.drives.iter().copied())).collect()
}

/// What was asked and promised on a day, as if these drives had been asked for too.
fn asked(gathered: &Gathered, drives: &[(Id<TripKind>, Assignment)]) -> Gathered {
    let mut trial = gathered.clone();
    trial.ask(drives);
    trial.keep_asked();
    trial
}

/// The communes of everything on a day that is asked or promised, or would be by its proposal.
fn communes(app: &App, view: &dyn View, date: Date) -> Result<DayCommunes, Aborted> {
    let Some(proposal) = plans::find(view, date)?.filter(|known| known.roads == RoadsSource::Router) else {
        return Ok(DayCommunes::default());
    };
    let proposed: Vec<_> = proposal.lines.iter().flat_map(proposed).collect();
    Ok(asked(&Gathered::without_past(app, view, date)?, &proposed).communes())
}

fn proposed(line: &Line) -> Vec<(Id<TripKind>, Assignment)> {
    match &line.outcome {
        Outcome::Drives { drives, .. } => line.trips.iter().copied().zip(drives.iter().copied()).collect(),
        Outcome::Nobody { .. } => Vec::new(),
    }
}

/// Trips of the chosen lines that cannot be driven as proposed; older promises that contradict the rules are set aside.
fn clash(
    app: &App,
    trial: &mut Gathered,
    roads: &Roads,
    drives: &[(Id<TripKind>, Assignment)],
) -> Result<BTreeSet<Id<TripKind>>, Aborted> {
    loop {
        let drafted = trial.draft(app, roads)?;
        let requests = match Board::new(drafted.day.clone()) {
            Ok(_) => return Ok(trial.over_week(drives)),
            Err(DayError::LockImpossible { request, .. }) => vec![request],
            Err(DayError::LocksContradict { requests, .. }) => requests,
            Err(error) => return Err(super::wrong_day(&error).into()),
        };
        let trips: BTreeSet<Id<TripKind>> =
            requests.iter().filter_map(|request| drafted.trips.get(*request).copied()).collect();
        let ours: BTreeSet<_> =
            drives.iter().map(|(trip, _)| *trip).filter(|trip| trips.contains(trip)).collect();
        if !ours.is_empty() {
            return Ok(ours);
        }
        if !trial.take_aside(&trips) {
            return Err(refusals::conflict("plan-locks").into());
        }
    }
}

fn offer(app: &App, transaction: &mut Transaction<'_>, line: &Chosen) -> Result<Vec<Trip>, Aborted> {
    let at = app.now();
    let mut offered = Vec::new();
    let mut volunteer: Option<Id<VolunteerKind>> = None;
    for (trip, drive) in line.trips.iter().zip(&line.drives) {
        let trip =
            find(transaction, *trip)?.apply(TripAction::OfferTo(*drive), at).map_err(refusals::trip)?;
        debug_assert_eq!(trip.status(), TripStatus::Offered);
        offers::save(app, transaction, &trip)?;
        volunteer = Some(drive.volunteer);
        offered.push(trip);
    }
    company::joined(app, transaction, &offered, line.among_themselves)?;
    let offered: Vec<Trip> =
        offered.iter().map(|trip| find(transaction, trip.id())).collect::<Result<_, Aborted>>()?;
    if let Some(volunteer) = volunteer {
        offers::ask(app, transaction, &offered, volunteer)?;
    }
    Ok(offered)
}

fn mark(proposal: &mut Proposal, number: u16) {
    if let Some(line) = proposal.lines.get_mut(usize::from(number))
        && let Outcome::Drives { accepted, .. } = &mut line.outcome
    {
        *accepted = true;
    }
}
