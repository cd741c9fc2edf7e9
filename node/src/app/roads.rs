//! Which roads an optimisation takes: the router's, if every one it needs was answered and is fresh, else estimated ones. The
//! router is asked before, outside of any transaction and for a short while only; whatever it does, there is an answer. Must
//! never ask it for an address: places are town halls.

mod blocks;
mod breaker;
mod calibrate;
mod router;
mod service;
mod state;

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use maillage_dispatch::{Estimator, Journey, Pair, Roads};
use maillage_domain::{civil::day_of, roads::RoadsSource};
use maillage_engine::View;
use maillage_geography::{Commune, DetourFactor, InseeCode};
use maillage_platform::refusal::Refusal;
use maillage_store::roads::{self, Road, Way};

use self::blocks::{Block, blocks};
pub use self::{
    breaker::BreakerState,
    calibrate::{Calibrated, calibrate},
    router::{Answer, Nonsense, Router, RouterError},
    service::{RoadService, RoadTerms},
    state::{RoadsState, show},
};
use super::{Aborted, App, refusals};
use crate::limits::ROADS_KEPT;

/// What came of asking a router.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filled {
    /// Roads it answered.
    pub roads: usize,
    /// Why it was asked no further.
    pub failed: Option<RouterError>,
}

/// What the store knows of a road.
enum Known {
    /// A road.
    Way(Way),
    /// The router knows none.
    Nothing,
    /// Nobody asked, another router answered, or it is long ago.
    Missing,
}

/// The roads for some pairs of communes: all of them the router's, or all estimated.
///
/// # Errors
/// The store.
pub fn choose(app: &App, view: &dyn View, pairs: &BTreeSet<Pair>) -> Result<Roads, Aborted> {
    let estimator = estimator(app, view)?;
    if !app.roads.has_router() {
        return Ok(Roads::estimated(estimator));
    }
    Roads::choose(estimator, pairs, |pair| {
        Ok(match known(app, view, pair)? {
            Known::Way(Way { metres, seconds }) => Some(Journey { distance_m: metres, duration_s: seconds }),
            Known::Nothing | Known::Missing => None,
        })
    })
}

/// The ride between two communes, and where it comes from.
///
/// # Errors
/// `commune-unknown`; the store.
pub fn ride(app: &App, view: &dyn View, (from, to): Pair) -> Result<(Journey, RoadsSource), Aborted> {
    let ([there], source) = rides(app, view, [(from, to)])?;
    Ok((there, source))
}

/// Several rides between communes, all of the same source.
///
/// # Errors
/// `commune-unknown`; the store.
pub fn rides<const N: usize>(
    app: &App,
    view: &dyn View,
    pairs: [Pair; N],
) -> Result<([Journey; N], RoadsSource), Aborted> {
    let wanted = pairs.into_iter().filter(|(from, to)| from != to).collect();
    let roads = choose(app, view, &wanted)?;
    let mut rides = [Journey::default(); N];
    for (ride, (from, to)) in rides.iter_mut().zip(pairs) {
        *ride = roads.ride(commune(app, from)?, commune(app, to)?);
    }
    Ok((rides, roads.source()))
}

fn commune(app: &App, code: InseeCode) -> Result<&'static Commune, Aborted> {
    let commune = app.geography.commune(&code);
    commune.ok_or_else(|| refusals::unknown("commune-unknown").with("commune", code).into())
}

/// The assumptions of the estimate in force today.
///
/// # Errors
/// The store.
pub fn estimator(app: &App, view: &dyn View) -> Result<Estimator, Aborted> {
    let Some(calibration) = roads::calibration_on(view, day_of(app.now()))? else { return Ok(app.estimator) };
    let ([_, detour, _], [_, speed_m_per_h, _]) = (calibration.detour_thousandths, calibration.speed_m_per_h);
    let detour = DetourFactor::from_thousandths(detour).unwrap_or(app.estimator.detour);
    Ok(Estimator { detour, speed_m_per_h, ..app.estimator })
}

/// Where those live who may be asked to drive.
pub(super) fn homes(volunteers: &[maillage_domain::volunteer::Volunteer]) -> BTreeSet<InseeCode> {
    let active = volunteers.iter().filter(|volunteer| volunteer.active);
    active.map(|volunteer| volunteer.details.home.commune).collect()
}

/// Asks the router, for a short while, for what an optimisation will need and the store does not have. Whatever comes of it, the
/// optimisation goes on.
pub async fn prepare(app: &Arc<App>, pairs: impl FnOnce(&App, &dyn View) -> Result<BTreeSet<Pair>, Aborted>) {
    if !app.roads.has_router() || app.roads.rests(app.now()) {
        return;
    }
    let worth_asking = app.read(|app, view| {
        let mut missing = BTreeSet::new();
        for pair in pairs(app, view)? {
            match known(app, view, pair)? {
                Known::Way(_) => {}
                // All of it will be estimated.
                Known::Nothing => return Ok(BTreeSet::new()),
                Known::Missing => {
                    missing.insert(pair);
                }
            }
        }
        Ok(missing)
    });
    // A trip that does not exist is told by the use case itself.
    let Ok(pairs) = worth_asking else { return };
    if pairs.is_empty() {
        return;
    }
    match tokio::time::timeout(app.roads.terms().within, fill(app, &pairs)).await {
        Ok(Ok(_)) => {}
        Ok(Err(refusal)) => tracing::warn!(code = refusal.reason(), "roads cannot be kept"),
        Err(_) => tracing::info!("the router was not done in time: roads are estimated"),
    }
}

/// Asks the router for the pairs that the store does not have, and keeps each answer. Stops at the first failure.
///
/// # Errors
/// The store.
pub async fn fill(app: &Arc<App>, pairs: &BTreeSet<Pair>) -> Result<Filled, Refusal> {
    let mut filled = Filled::default();
    let mut missing = app.read(|app, view| missing(app, view, pairs))?;
    while !missing.is_empty() {
        let _turn = app.roads.turn().await;
        // While we waited for our turn, somebody else may have asked the same.
        missing = app.read(|app, view| self::missing(app, view, &missing))?;
        let Some(block) = blocks(&missing, app.roads.terms().places).into_iter().next() else { break };
        match ask(app, &block).await {
            Ok(answer) => {
                filled.roads += keep(app, &block, answer).await?;
                missing.retain(|(from, to)| !(block.from.contains(from) && block.to.contains(to)));
            }
            Err(error) => {
                filled.failed = Some(error);
                break;
            }
        }
    }
    Ok(filled)
}

/// The node's own communes.
pub fn own_communes(app: &App) -> Vec<InseeCode> {
    app.geography.communes_of(&app.profile.territory).map(|commune| commune.insee).collect()
}

/// The pairs from and to a commune of the node's own, with the other own ones and those of its neighbours.
pub fn around(app: &App, commune: InseeCode) -> BTreeSet<Pair> {
    let territory = app.profile.territory;
    let neighbours = app.geography.neighbours(&territory);
    let territories = neighbours.iter().map(|neighbour| neighbour.siren).chain([territory]);
    let communes =
        territories.flat_map(|siren| app.geography.communes_of(&siren).map(|commune| commune.insee));
    let others = communes.filter(|other| *other != commune);
    others.flat_map(|other| [(commune, other), (other, commune)]).collect()
}

fn missing(app: &App, view: &dyn View, pairs: &BTreeSet<Pair>) -> Result<BTreeSet<Pair>, Aborted> {
    let mut missing = BTreeSet::new();
    for pair in pairs {
        if let Known::Missing = known(app, view, *pair)? {
            missing.insert(*pair);
        }
    }
    Ok(missing)
}

fn known(app: &App, view: &dyn View, pair: Pair) -> Result<Known, Aborted> {
    let Some(road) = roads::find(view, pair)? else { return Ok(Known::Missing) };
    Ok(judged(app, &road, app.now()))
}

/// A road of another router is as good as missing, and so is one that has expired or was fetched in the future.
fn judged(app: &App, road: &Road, now: Timestamp) -> Known {
    let terms = app.roads.terms();
    let age = road.fetched.duration_until(now);
    let expiry = if road.way.is_some() { terms.expiry } else { terms.retry };
    if road.router != terms.router || age >= expiry || age.is_negative() {
        return Known::Missing;
    }
    road.way.map_or(Known::Nothing, Known::Way)
}

async fn ask(app: &App, block: &Block) -> Result<Answer, RouterError> {
    let places = |communes: &[InseeCode]| {
        let found = communes.iter().map(|code| app.geography.commune(code).map(|commune| commune.place));
        found.collect::<Option<Vec<_>>>().ok_or(RouterError::Refused)
    };
    let (from, to) = (places(&block.from)?, places(&block.to)?);
    app.roads.ask(app.clock.as_ref(), &from, &to).await
}

async fn keep(app: &Arc<App>, block: &Block, answer: Answer) -> Result<usize, Refusal> {
    let Answer { roads: rows, data_version } = answer;
    let pairs = block.from.iter().flat_map(|from| block.to.iter().map(move |to| (*from, *to)));
    let answered = pairs.zip(rows.into_iter().flatten()).filter(|((from, to), _)| from != to);
    let answered: Vec<(Pair, Option<Journey>)> = answered.collect();
    for some in answered.chunks(ROADS_KEPT) {
        let (kept, data_version) = (some.to_vec(), data_version.clone());
        app.transact("roads.keep", move |app, transaction| {
            for (pair, journey) in kept {
                let way = journey.map(|road| Way { metres: road.distance_m, seconds: road.duration_s });
                let road = Road {
                    way,
                    engine: app.roads.engine().to_owned(),
                    router: app.roads.terms().router.clone(),
                    data_version: data_version.clone(),
                    fetched: app.now(),
                };
                roads::put(transaction, pair, &road)?;
            }
            Ok(())
        })
        .await?;
        app.roads.changed();
    }
    Ok(answered.len())
}
