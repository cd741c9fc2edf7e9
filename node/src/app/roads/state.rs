//! How roads are at this node: the router, what it answered, and the assumptions of the estimate. Must never ask the router.

use jiff::Timestamp;
use maillage_dispatch::Estimator;
use maillage_domain::{civil::day_of, roles::Operation};
use maillage_platform::refusal::Refusal;
use maillage_store::roads::{self, CalibrationInForce};

use super::{BreakerState, Known, RouterError, estimator, judged};
use crate::{
    app::{App, caller::Caller},
    limits::ROADS_COUNTED,
};

/// How roads are at this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadsState {
    /// The router's address; empty without one.
    pub url: String,
    /// The kind of router; empty without one.
    pub engine: &'static str,
    /// Whether it is asked.
    pub breaker: BreakerState,
    /// Failures in a row.
    pub failures: u32,
    /// The last failure since the start.
    pub last_error: Option<(Timestamp, RouterError)>,
    /// Pairs of communes with a road that can be used.
    pub roads: usize,
    /// Pairs that the router knows no road for.
    pub without_road: usize,
    /// Pairs that have expired, or came from another router.
    pub expired: usize,
    /// The version of the map of the newest road that can be used.
    pub data_version: String,
    /// When that was fetched.
    pub newest: Option<Timestamp>,
    /// The assumptions in force.
    pub estimator: Estimator,
    /// Where they come from, if not declared.
    pub calibration: Option<CalibrationInForce>,
}

/// How roads are at this node.
///
/// # Errors
/// The store.
pub fn show(app: &App, caller: &Caller) -> Result<RoadsState, Refusal> {
    app.look(caller, Operation::RoadsShow, |app, view| {
        let now = app.now();
        let (breaker, failures, last_error) = app.roads.state(now);
        let mut state = RoadsState {
            url: app.roads.terms().url.clone(),
            engine: app.roads.engine(),
            breaker,
            failures,
            last_error,
            roads: 0,
            without_road: 0,
            expired: 0,
            data_version: String::new(),
            newest: None,
            estimator: estimator(app, view)?,
            calibration: roads::calibration_on(view, day_of(now))?,
        };
        for (_, road) in roads::list(view, ROADS_COUNTED)? {
            match judged(app, &road, now) {
                Known::Way(_) => state.roads += 1,
                Known::Nothing => state.without_road += 1,
                Known::Missing => {
                    state.expired += 1;
                    continue;
                }
            }
            if state.newest.is_none_or(|newest| newest < road.fetched) {
                (state.newest, state.data_version) = (Some(road.fetched), road.data_version);
            }
        }
        Ok(state)
    })
}
