//! Roads and calibrations to messages.

use maillage_dispatch::Estimator;
use maillage_domain::roads::RoadsSource;
use maillage_proto::node::v1 as proto;

use super::trips::attribution;
use crate::app::roads::{BreakerState, Calibrated, RoadsState};

/// How roads are at this node.
pub fn roads(state: &RoadsState) -> proto::RoadsState {
    let (last_error_at, last_error) = match state.last_error {
        Some((at, error)) => (at.to_string(), error.code().to_owned()),
        None => (String::new(), String::new()),
    };
    let breaker_until = match state.breaker {
        BreakerState::Open { until } => until.to_string(),
        BreakerState::Closed | BreakerState::HalfOpen => String::new(),
    };
    let source = if state.url.is_empty() { RoadsSource::Estimate } else { RoadsSource::Router };
    let calibration = state.calibration.as_ref();
    proto::RoadsState {
        url: state.url.clone(),
        engine: state.engine.to_owned(),
        breaker: state.breaker.code().to_owned(),
        breaker_until,
        failures: state.failures,
        last_error,
        last_error_at,
        roads: count(state.roads),
        without_road: count(state.without_road),
        expired: count(state.expired),
        data_version: state.data_version.clone(),
        newest: state.newest.map(|at| at.to_string()).unwrap_or_default(),
        assumptions: Some(assumptions(&state.estimator)),
        calibrated_from: calibration.map(|calibration| calibration.from.to_string()).unwrap_or_default(),
        calibrated_pairs: calibration.map_or(0, |calibration| calibration.pairs),
        attribution: attribution(source),
    }
}

/// Assumptions before and after.
pub fn calibrated(calibrated: &Calibrated) -> proto::CalibrateReply {
    let Calibrated { old, new, fitted, without_road, from } = calibrated;
    let (detours, speeds) = (fitted.detour_thousandths, fitted.speed_m_per_h);
    let quartile = |detour_thousandths, speed_m_per_h| {
        Some(proto::RoadAssumptions { detour_thousandths, speed_m_per_h })
    };
    proto::CalibrateReply {
        old: Some(assumptions(old)),
        new: Some(assumptions(new)),
        lower_quartile: quartile(detours.lower, speeds.lower),
        upper_quartile: quartile(detours.upper, speeds.upper),
        pairs: u32::try_from(fitted.pairs).unwrap_or(u32::MAX),
        without_road: u32::try_from(*without_road).unwrap_or(u32::MAX),
        applied_from: from.map(|day| day.to_string()).unwrap_or_default(),
        attribution: attribution(RoadsSource::Router),
    }
}

fn assumptions(estimator: &Estimator) -> proto::RoadAssumptions {
    proto::RoadAssumptions {
        detour_thousandths: estimator.detour.thousandths(),
        speed_m_per_h: estimator.speed_m_per_h,
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
