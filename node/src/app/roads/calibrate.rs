//! Fits the assumptions of the estimate to the roads a router knows between the node's own communes. Must never change what is in
//! force without being told to.

use std::sync::Arc;

use jiff::civil::Date;
use maillage_dispatch::{
    Estimator, Journey,
    calibration::{Calibration, CalibrationError, Quartiles, Sample},
};
use maillage_domain::{civil::day_of, roles::Operation};
use maillage_engine::View;
use maillage_geography::great_circle_m;
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::roads::{self, CalibrationInForce, Way};

use super::{Known, estimator, fill, known, own_communes};
use crate::{
    app::{Aborted, App, caller::Caller, refusals},
    limits::CALIBRATIONS,
};

/// Assumptions before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibrated {
    /// Those in force.
    pub old: Estimator,
    /// Those that the roads ask for.
    pub new: Estimator,
    /// How they were fitted.
    pub fitted: Calibration,
    /// Pairs of communes that the router knows no road for.
    pub without_road: usize,
    /// The first day of the new ones, if they were put in force.
    pub from: Option<Date>,
}

/// Fits the assumptions; with a first day, also puts them in force from then on.
///
/// # Errors
/// `router-missing`, `router-failed`, `calibration-…`; the store.
pub async fn calibrate(
    app: &Arc<App>,
    caller: &Caller,
    from: Option<Date>,
    apply: bool,
) -> Result<Calibrated, Refusal> {
    caller.check(Operation::RoadsCalibrate)?;
    let today = day_of(app.now());
    let from = from.unwrap_or(today);
    if from < today {
        return Err(refusals::invalid("calibration-in-the-past").with("day", from));
    }
    if !app.roads.has_router() {
        return Err(refusals::conflict("router-missing"));
    }
    let communes = own_communes(app);
    let pairs = communes.iter().flat_map(|from| communes.iter().map(move |to| (*from, *to)));
    let pairs = pairs.filter(|(from, to)| from != to).collect();
    if let Some(error) = fill(app, &pairs).await?.failed {
        return Err(Refusal::new(RefusalKind::Unavailable, "router-failed").with("router", error.code()));
    }
    let (samples, without_road) = app.read(|app, view| samples(app, view, &pairs))?;
    let fitted = Calibration::fit(samples).map_err(refused)?;
    let old = app.read(estimator)?;
    let new = fitted.apply(old).map_err(refused)?;
    let from = apply.then_some(from);
    if let Some(from) = from {
        put_in_force(app, caller, &fitted, from).await?;
    }
    Ok(Calibrated { old, new, fitted, without_road, from })
}

fn samples(
    app: &App,
    view: &dyn View,
    pairs: &std::collections::BTreeSet<maillage_dispatch::Pair>,
) -> Result<(Vec<Sample>, usize), Aborted> {
    let (mut samples, mut without) = (Vec::with_capacity(pairs.len()), 0);
    for (from, to) in pairs {
        let ends = app.geography.commune(from).zip(app.geography.commune(to));
        match (known(app, view, (*from, *to))?, ends) {
            (Known::Way(Way { metres, seconds }), Some((from, to))) => samples.push(Sample {
                straight_m: great_circle_m(from.place, to.place),
                road: Journey { distance_m: metres, duration_s: seconds },
            }),
            _ => without += 1,
        }
    }
    Ok((samples, without))
}

async fn put_in_force(
    app: &Arc<App>,
    caller: &Caller,
    fitted: &Calibration,
    from: Date,
) -> Result<(), Refusal> {
    let three = |quartiles: Quartiles| [quartiles.lower, quartiles.median, quartiles.upper];
    let calibration = CalibrationInForce {
        from,
        detour_thousandths: three(fitted.detour_thousandths),
        speed_m_per_h: three(fitted.speed_m_per_h),
        pairs: u32::try_from(fitted.pairs).unwrap_or(u32::MAX),
        made: app.now(),
    };
    let by = caller.clone();
    app.act(caller, Operation::RoadsCalibrate, move |app, transaction| {
        roads::put_calibration(transaction, &calibration, CALIBRATIONS)?;
        app.note(transaction, &by, Operation::RoadsCalibrate, &[])
    })
    .await?;
    app.roads.changed();
    Ok(())
}

fn refused(error: CalibrationError) -> Refusal {
    match error {
        CalibrationError::TooFew(pairs) => refusals::conflict("calibration-too-few").with("pairs", pairs),
        CalibrationError::Detour(_) => refusals::conflict("calibration-detour"),
        CalibrationError::Speed(metres) => {
            refusals::conflict("calibration-speed").with("km_per_h", metres / 1_000)
        }
    }
}
