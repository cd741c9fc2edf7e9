//! The roads of a day: all the router's or all estimated, chosen once for everything that is computed of it. The router is asked
//! before, for pairs of communes and never for an address. Kept in mind until a road is kept or the day is over, since a large
//! day has tens of thousands. Must never choose for a part of a day.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::civil::Date;
use maillage_dispatch::{Roads, territory::DayCommunes};
use maillage_domain::{civil::day_of, roads::RoadsSource};
use maillage_engine::View;

use crate::app::{Aborted, App, refusals, roads};

/// The roads that were chosen last.
#[derive(Default)]
pub(super) struct RoadsMemory(Mutex<Option<Chosen>>);

struct Chosen {
    communes: DayCommunes,
    stand: RoadsStand,
    roads: Arc<Roads>,
}

/// Up to which change of the kept roads, and on which day: roads expire.
pub(super) type RoadsStand = (u64, Date);

/// The stand of now.
pub(super) fn stand(app: &App) -> RoadsStand {
    (app.roads.changes(), day_of(app.now()))
}

impl RoadsMemory {
    fn find(&self, communes: &DayCommunes, stand: RoadsStand) -> Option<Arc<Roads>> {
        let chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = chosen.as_ref().filter(|known| known.stand == stand && known.communes == *communes);
        known.map(|known| Arc::clone(&known.roads))
    }

    fn keep(&self, chosen: Chosen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(chosen);
    }
}

/// Asks the router, for a short while, for what a day in these communes needs and the store does not have. Whatever comes of
/// it, the day is planned.
pub(super) async fn prepare(
    app: &Arc<App>,
    communes: impl FnOnce(&App, &dyn View) -> Result<DayCommunes, Aborted>,
) {
    roads::prepare(app, |app, view| {
        let communes = communes(app, view)?;
        let known = app.days.roads.find(&communes, stand(app));
        if known.is_some_and(|roads| roads.source() == RoadsSource::Router) {
            return Ok(BTreeSet::new());
        }
        Ok(communes.pairs())
    })
    .await;
}

/// The roads of a day in these communes.
pub(super) fn choose(app: &App, view: &dyn View, communes: DayCommunes) -> Result<Arc<Roads>, Aborted> {
    if !app.roads.has_router() {
        return estimated(app, view);
    }
    // Read before the roads are: newer ones are looked up once more, never believed too long.
    let stand = stand(app);
    if let Some(roads) = app.days.roads.find(&communes, stand) {
        return Ok(roads);
    }
    let roads = Arc::new(roads::choose(app, view, &communes.pairs())?);
    app.days.roads.keep(Chosen { communes, stand, roads: Arc::clone(&roads) });
    Ok(roads)
}

/// Roads of the source that a plan was made on, to look at the plan again.
///
/// # Errors
/// `plan-roads` if it was a router's and not all of them are known any more; the store.
pub(super) fn again(
    app: &App,
    view: &dyn View,
    source: RoadsSource,
    communes: DayCommunes,
) -> Result<Arc<Roads>, Aborted> {
    match source {
        RoadsSource::Estimate => estimated(app, view),
        RoadsSource::Router => {
            // Within one commune there is nothing to ask a router for.
            let nothing = communes.pairs().is_empty();
            let roads = choose(app, view, communes)?;
            let known = nothing || roads.source() == source;
            if known { Ok(roads) } else { Err(refusals::conflict("plan-roads").into()) }
        }
    }
}

fn estimated(app: &App, view: &dyn View) -> Result<Arc<Roads>, Aborted> {
    Ok(Arc::new(Roads::estimated(roads::estimator(app, view)?)))
}
