//! Questions about a day as it is promised: who could drive one more trip within its rounds, why somebody cannot, and what
//! would have to give. The day is kept in mind until something is written that was read for it. Must never write.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use maillage_dispatch::{
    day::{Board, Obstacle, RefusalGroup, Relaxation, Suggestion, Wish},
    territory::{DayCommunes, Drafted},
};
use maillage_domain::{
    civil::day_of,
    ids::VolunteerKind,
    plan_rules::PlanRules,
    roads::RoadsSource,
    roles::Operation,
    trip::{Trip, TripError, TripStatus},
    volunteer::Volunteer,
};
use maillage_engine::{Footprint, Reading};
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;

use super::{
    board,
    day_roads::{self, RoadsMemory, RoadsStand},
    gather::{self, Gathered},
    past::PastMemory,
};
use crate::app::{
    Aborted, App,
    caller::Caller,
    refusals,
    suggest::{find, together},
};

/// The day that was asked about last, with what was read for it, the roads that were chosen last, and what the days before say.
#[derive(Default)]
pub struct DayMemory {
    asked: Mutex<Option<Remembered>>,
    pub(super) roads: RoadsMemory,
    pub(super) past: PastMemory,
}

struct Remembered {
    date: Date,
    stand: Stand,
    /// What was read for it.
    seen: Footprint,
    roads: RoadsSource,
    day: Arc<Mutex<AskedDay>>,
}

/// A day on a board, with who is who.
pub(super) struct AskedDay {
    known: Arc<Known>,
    board: Board,
}

/// Everybody who was considered.
#[derive(Debug, Clone)]
pub struct DayAnswer {
    /// Who can, cheapest first.
    pub candidates: Vec<Suggestion>,
    /// Who cannot, grouped.
    pub refusals: Vec<RefusalGroup>,
    /// What would have to give, when nobody can.
    pub relaxations: Vec<Relaxation>,
    /// Who is who in the answer.
    pub who: Who,
    /// What counts how much that day.
    pub rules: PlanRules,
    /// Where every distance and time in it comes from.
    pub roads: RoadsSource,
}

/// Names for the numbers of an answer.
#[derive(Debug, Clone)]
pub struct Who(Arc<Known>);

/// Who is who on a day.
#[derive(Debug)]
struct Known {
    drafted: Drafted,
    names: Vec<String>,
    rules: PlanRules,
    roads: RoadsSource,
}

impl Who {
    /// A volunteer of the day, with the name.
    pub fn volunteer(&self, driver: usize) -> (String, String) {
        let id = self.0.drafted.volunteers.get(driver).map(ToString::to_string).unwrap_or_default();
        (id, self.0.names.get(driver).cloned().unwrap_or_default())
    }

    /// A trip of the day.
    pub fn trip(&self, request: usize) -> String {
        self.0.drafted.trips.get(request).map(ToString::to_string).unwrap_or_default()
    }

    /// An instant of the day.
    pub fn instant(&self, second: i64) -> jiff::Timestamp {
        self.0.drafted.instant(second)
    }
}

/// Who could drive a trip (and its other leg, if it waits for the same decision) within the rounds promised that day. The road
/// router is asked first, for a short while.
///
/// # Errors
/// `not-allowed`; `trip-unknown`, `trip-wrong-…`; what is wrong with the day; the store.
pub async fn suggest(
    app: &Arc<App>,
    caller: &Caller,
    (trip, single): (Id<TripKind>, bool),
    limit: usize,
) -> Result<DayAnswer, Refusal> {
    caller.check(Operation::TripSuggest)?;
    prepare(app, trip).await;
    app.look(caller, Operation::TripSuggest, |app, view| {
        let wanted = together(view, trip, single)?;
        let day = asked_day(app, &wanted)?;
        let mut day = day.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = day.requests(&wanted)?;
        let wish = Wish { drivers: limit, refusals: true, relaxations: true };
        let found = day.board.suggest(&requests, wish);
        Ok(DayAnswer {
            candidates: found.candidates,
            refusals: found.refusals,
            relaxations: found.relaxations,
            who: day.who(),
            rules: day.known.rules,
            roads: day.known.roads,
        })
    })
}

/// Why a volunteer cannot drive a trip within the rounds promised that day, none if it is possible; and where the roads come
/// from by which that is so.
///
/// # Errors
/// As [`suggest`]; `volunteer-unknown`.
pub async fn why_not(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    volunteer: Id<VolunteerKind>,
) -> Result<(Option<Obstacle>, RoadsSource), Refusal> {
    caller.check(Operation::TripSuggest)?;
    prepare(app, trip).await;
    app.look(caller, Operation::TripSuggest, |app, view| {
        let wanted = vec![find(view, trip)?];
        let day = asked_day(app, &wanted)?;
        let mut day = day.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = day.requests(&wanted)?;
        let driver = day.known.drafted.volunteers.iter().position(|known| *known == volunteer);
        let driver = driver.ok_or_else(|| refusals::unknown("volunteer-unknown").with("id", volunteer))?;
        let obstacle = requests.first().and_then(|request| day.board.why_not(*request, driver).err());
        Ok((obstacle, day.known.roads))
    })
}

/// Asks the router for the day of a trip, unless that day is in mind with the router's roads.
async fn prepare(app: &Arc<App>, trip: Id<TripKind>) {
    day_roads::prepare(app, |app, view| {
        let date = day_of(find(view, trip)?.terms.earliest_pickup);
        if app.days.is_routed(app, date) {
            return Ok(DayCommunes::default());
        }
        gather::communes(view, date)
    })
    .await;
}

impl DayMemory {
    fn is_routed(&self, app: &App, date: Date) -> bool {
        let mut memory = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        memory
            .as_mut()
            .is_some_and(|known| known.still_holds(app, date) && known.roads == RoadsSource::Router)
    }
}

impl Remembered {
    fn still_holds(&mut self, app: &App, date: Date) -> bool {
        self.date == date && self.stand == Stand::now(app) && app.store.untouched(&mut self.seen)
    }
}

/// What a day is drafted by besides the store.
#[derive(PartialEq, Eq)]
struct Stand {
    roads: RoadsStand,
    /// Whether neighbours' trips are read too.
    attached: bool,
    /// Quarter of an hour: a driver is counted on for a neighbour until a deadline that nobody writes.
    quarter: i64,
}

impl Stand {
    fn now(app: &App) -> Self {
        let quarter = app.now().as_second().div_euclid(15 * 60);
        Self { roads: day_roads::stand(app), attached: app.link.membership().is_some(), quarter }
    }
}

impl AskedDay {
    fn requests(&self, wanted: &[Trip]) -> Result<Vec<usize>, Aborted> {
        let place = |trip: &Trip| self.known.drafted.trips.iter().position(|known| *known == trip.id());
        let found: Option<Vec<usize>> = wanted.iter().map(place).collect();
        found.ok_or_else(|| refusals::conflict("plan-not-on-day").into())
    }

    fn who(&self) -> Who {
        Who(Arc::clone(&self.known))
    }
}

/// The day of trips that nobody has decided about, drafted anew when anything was written since that it was drafted from.
fn asked_day(app: &App, wanted: &[Trip]) -> Result<Arc<Mutex<AskedDay>>, Aborted> {
    for trip in wanted {
        if trip.status() != TripStatus::Requested {
            let (action, status) = ("suggest drivers", trip.status().code());
            return Err(refusals::trip(TripError::WrongStatus { action, status }).into());
        }
    }
    let date = wanted.first().map(|trip| day_of(trip.terms.earliest_pickup)).unwrap_or_default();
    // Read before the day is: one that is newer is drafted once more, never believed too long.
    let stand = Stand::now(app);
    let mut memory = app.days.asked.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = memory.as_mut()
        && known.still_holds(app, date)
    {
        return Ok(Arc::clone(&known.day));
    }
    let view = Reading::of(&app.store);
    let mut gathered = Gathered::read(app, &view, date)?;
    let roads = day_roads::choose(app, &view, gathered.communes())?;
    let (drafted, board) = board(app, &mut gathered, &roads)?;
    let (roads, rules) = (roads.source(), gathered.rules());
    let name = |volunteer: Volunteer| volunteer.details.name.as_str().to_owned();
    let names = gathered.into_volunteers().into_iter().map(name).collect();
    let known = Arc::new(Known { drafted, names, rules, roads });
    let day = Arc::new(Mutex::new(AskedDay { known, board }));
    let seen = view.footprint();
    *memory = Some(Remembered { date, stand, seen, roads, day: Arc::clone(&day) });
    Ok(day)
}
