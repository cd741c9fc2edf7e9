//! Who could drive legs within the rounds of their day: what the first ranking, which sees a drive as a stretch of time from
//! home back to home, calls busy or prices from home. Must never assign anybody.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use maillage_dispatch::{
    LegRequest, Merit, Pair, Ranked, RefusalReason, Roads,
    day::{Flag, Priority, Suggestion as Found, Wish},
    territory::{DayCommunes, DayTrip, Drafted, Standing},
    travel::needed,
};
use maillage_domain::{civil::day_of, ids::VolunteerKind, place::Place, text::Address, trip::Assignment};
use maillage_engine::View;
use maillage_federation::ids::{HandoverKind, Id, TripKind};
use maillage_store::volunteers;

use super::{
    board,
    gather::{self, Gathered},
};
use crate::{
    app::{Aborted, App, roads, suggest::Suggestion},
    limits::{VOLUNTEERS, WITHIN_ROUNDS},
};

/// Adds to a ranking who could drive the legs in a round she or he drives already that day, and what it then adds. Only legs of
/// one civil day are looked at, on the roads of the ranking.
///
/// # Errors
/// The store. A day that cannot be planned leaves the ranking as it is.
pub(in crate::app) fn add(
    app: &App,
    view: &dyn View,
    legs: &[LegRequest],
    without: Option<Id<HandoverKind>>,
    roads: &Roads,
    suggestion: &mut Suggestion,
) -> Result<(), Aborted> {
    let Some(date) = day_of_all(legs) else { return Ok(()) };
    let Some(mut gathered) = Gathered::rounds(app, view, date, without)? else { return Ok(()) };
    let with_rounds = gathered.with_rounds();
    let asked: Vec<DayTrip> = legs.iter().enumerate().map(|(index, leg)| day_trip(index, leg)).collect();
    let ids: Vec<Id<TripKind>> = asked.iter().map(|trip| trip.id).collect();
    gathered.add(asked);
    let (drafted, mut board) = match board(app, &mut gathered, roads) {
        Ok(drafted) => drafted,
        Err(refusal) => {
            tracing::warn!(code = refusal.reason(), "the rounds of a day cannot be looked at");
            return Ok(());
        }
    };
    let requests: Option<Vec<usize>> =
        ids.iter().map(|id| drafted.trips.iter().position(|known| known == id)).collect();
    let Some(requests) = requests else { return Ok(()) };
    let found =
        board.suggest(&requests, Wish { drivers: WITHIN_ROUNDS, refusals: false, relaxations: false });
    let mut within = BTreeMap::new();
    for candidate in found.candidates {
        let Some(rounds) = board.rounds_with(&candidate) else { continue };
        let drives: BTreeMap<Id<TripKind>, _> =
            drafted.drives_in(&rounds).into_iter().map(|planned| (planned.trip, planned.drive)).collect();
        let drives: Option<Vec<_>> = ids.iter().map(|id| drives.get(id).copied()).collect();
        if let (Some(volunteer), Some(drives)) = (volunteer(&drafted, &candidate), drives) {
            let extra_m = u32::try_from(candidate.adds.deadhead_m.max(0)).unwrap_or(u32::MAX);
            let (drives, merits) = (spread(drives, extra_m), merits(&candidate));
            within.insert(volunteer, Ranked { volunteer, extra_m, drives, merits });
        }
    }
    merge(suggestion, within, &with_rounds);
    Ok(())
}

/// The pairs of communes that ranking drivers for these legs asks for, within the rounds that are driven that day too.
///
/// # Errors
/// The store.
pub(in crate::app) fn pairs_of(view: &dyn View, legs: &[LegRequest]) -> Result<BTreeSet<Pair>, Aborted> {
    let homes = roads::homes(&volunteers::list(view, None, VOLUNTEERS)?);
    let mut pairs = needed(legs, &homes);
    let Some(date) = day_of_all(legs) else { return Ok(pairs) };
    let held = gather::held(view, date)?;
    if !held.is_empty() {
        let of_rounds = held.iter().flat_map(|trip| [trip.terms.pickup.commune, trip.terms.dropoff.commune]);
        let of_legs = legs.iter().flat_map(|leg| [leg.pickup, leg.dropoff]);
        pairs.extend(DayCommunes { stops: of_rounds.chain(of_legs).collect(), homes }.pairs());
    }
    Ok(pairs)
}

/// The day all legs are on.
fn day_of_all(legs: &[LegRequest]) -> Option<Date> {
    let date = day_of(legs.first()?.earliest_pickup);
    let on_it = |leg: &LegRequest| [leg.earliest_pickup, leg.latest_arrival].map(day_of) == [date, date];
    legs.iter().all(on_it).then_some(date)
}

/// A leg as a trip of the day that is nobody's yet. Its identifier is that of no trip.
fn day_trip(index: usize, leg: &LegRequest) -> DayTrip {
    let id = |index: usize| Id::new(0, [u8::try_from(index).unwrap_or(u8::MAX); 10]);
    let place = |commune| Place { commune, address: Address::default() };
    DayTrip {
        id: id(index),
        leg: leg.clone(),
        pickup: place(leg.pickup),
        dropoff: place(leg.dropoff),
        return_of: (index > 0).then(|| id(0)),
        priority: Priority::Appointment,
        usual: None,
        series: None,
        standing: Standing::Free,
    }
}

/// Drives with no more and no less empty metres than they add to the rounds: what was promised before keeps its own, ways home
/// that are not driven any more included.
fn spread(mut drives: Vec<Assignment>, extra_m: u32) -> Vec<Assignment> {
    let mut left = extra_m;
    for drive in drives.iter_mut().rev() {
        drive.empty_m = drive.empty_m.min(left);
        left -= drive.empty_m;
    }
    if let Some(first) = drives.first_mut() {
        first.empty_m += left;
    }
    drives
}

fn volunteer(drafted: &Drafted, found: &Found) -> Option<Id<VolunteerKind>> {
    drafted.volunteers.get(found.driver).copied()
}

fn merits(found: &Found) -> Vec<Merit> {
    let merit = |flag: &Flag| match *flag {
        Flag::Waits { wait_s } => Some(Merit::Waits { wait_s: u32::try_from(wait_s).unwrap_or(u32::MAX) }),
        Flag::GoesHomeBetween => Some(Merit::GoesHomeBetween),
        Flag::Shares { others } => Some(Merit::Shares { others: u32::try_from(others).unwrap_or(u32::MAX) }),
        Flag::UsualDriver | Flag::OverTarget { .. } | Flag::NotAsAnnounced | Flag::SplitReturn => None,
    };
    found.flags.iter().filter_map(merit).collect()
}

/// Puts in who can only within the rounds, and the better price of who can anyhow.
fn merge(
    suggestion: &mut Suggestion,
    within: BTreeMap<Id<VolunteerKind>, Ranked>,
    with_rounds: &BTreeSet<Id<VolunteerKind>>,
) {
    let ranking = &mut suggestion.ranking;
    for (volunteer, found) in within {
        if !with_rounds.contains(&volunteer) {
            continue;
        }
        if let Some(known) = ranking.candidates.iter_mut().find(|known| known.volunteer == volunteer) {
            if found.extra_m < known.extra_m {
                known.merits.retain(|merit| !matches!(merit, Merit::Waits { .. } | Merit::GoesHomeBetween));
                known.merits.extend(found.merits.into_iter().chain([Merit::WithinRounds]));
                (known.extra_m, known.drives) = (found.extra_m, found.drives);
            }
            continue;
        }
        let only_busy = |refused: &maillage_dispatch::Refused| {
            refused.volunteer == volunteer && matches!(refused.reason, RefusalReason::Busy { .. })
        };
        if ranking.refusals.iter().any(only_busy) {
            ranking.refusals.retain(|refused| refused.volunteer != volunteer);
            let known = suggestion.volunteers.get(&volunteer);
            let standing = known.filter(|known| known.details.standing_yes).map(|_| Merit::StandingYes);
            let merits = standing.into_iter().chain(found.merits).chain([Merit::WithinRounds]).collect();
            ranking.candidates.push(Ranked { merits, ..found });
        }
    }
    ranking.candidates.sort_by_key(|candidate| (candidate.extra_m, candidate.volunteer));
}
