//! Proposed plans of days: what the planner thought of, line by line, until somebody accepts it or plans the day anew. A
//! proposal binds nobody: a trip is given to a driver by an offer alone. One proposal per civil day.

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    ids::{PlanKind, VolunteerKind},
    roads::RoadsSource,
    trip::{Assignment, DrivenVehicle, SharedRide, WhichVehicle},
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant, parsed},
    kinds,
    trips::SharedRecord,
};

/// Proposals by day.
pub const TREE: Tree = Tree::named("day_plans");
/// Their lines.
pub const LINES_TREE: Tree = Tree::named("day_plan_lines");

const PLANS: Table<String, PlanRecord> = Table::new(TREE);
const LINES: Table<(String, u16), LineRecord> = Table::new(LINES_TREE);
const KIND: u16 = kinds::DAY_PLAN;

/// Proposals forgotten at one go.
const FORGOTTEN: usize = 31;

/// A proposal for one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which one: planning the day anew makes another.
    pub id: Id<PlanKind>,
    /// The civil day.
    pub date: Date,
    /// When it was made.
    pub made: Timestamp,
    /// Seed of the search.
    pub seed: u64,
    /// Iterations done.
    pub iterations: u64,
    /// Stopped before its budget of iterations.
    pub cut_short: bool,
    /// Metres without and with passenger, all rounds together, promised trips included.
    pub deadhead_m: u64,
    /// With passenger.
    pub loaded_m: u64,
    /// Gini coefficient of the load over the wish in thousandths, before and after.
    pub gini_permille: [u16; 2],
    /// Where every distance and time of it comes from.
    pub roads: RoadsSource,
    /// First day of the planning rules it was made by; none if they are the built-in ones.
    pub rules_from: Option<Date>,
    /// How the kilometres of 28 days lie on the volunteers: those who told a wish or drive that day.
    pub loads: Vec<PlannedLoad>,
    /// What it proposes, and what it cannot.
    pub lines: Vec<Line>,
}

/// One volunteer's kilometres of 28 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedLoad {
    /// Who.
    pub volunteer: Id<VolunteerKind>,
    /// Metres wished for, if that was told.
    pub wished_m: Option<u64>,
    /// Metres of the 28 days before.
    pub before_m: u64,
    /// The same with this day.
    pub after_m: u64,
}

/// One line: trips for one driver, or a trip for nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The trip, or outbound and return with the same driver, with everybody who rides along.
    pub trips: Vec<Id<TripKind>>,
    /// What is proposed.
    pub outcome: Outcome,
    /// Who rides with whom: of those trips of the line whose people do not ride alone.
    pub company: Vec<Company>,
}

/// Others in the car during a trip, and what that means for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// The trip.
    pub trip: Id<TripKind>,
    /// The trips of the others, promised ones included.
    pub with: Vec<Id<TripKind>>,
    /// Seconds of the direct road.
    pub direct_s: u32,
    /// Seconds the ride may take at most; none if nothing limits it.
    pub limit_s: Option<u32>,
}

/// What is proposed for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Drives, one for each trip, and whether somebody has accepted the line.
    Drives {
        /// The drives.
        drives: Vec<Assignment>,
        /// Whether the driver has been asked by this line.
        accepted: bool,
    },
    /// Nobody can: the nearest obstacle.
    Nobody {
        /// Its code.
        code: String,
        /// The driver for whom least is missing.
        nearest: Option<Id<VolunteerKind>>,
        /// What is missing, in the unit of the code: seconds, metres or places.
        missing: u64,
    },
}

/// A proposal, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlanRecord {
    id: Id<PlanKind>,
    date: String,
    made_ms: i64,
    seed: u64,
    iterations: u64,
    cut_short: bool,
    deadhead_m: u64,
    loaded_m: u64,
    gini_permille: [u16; 2],
    roads: String,
    rules_from: Option<String>,
    loads: Vec<LoadRecord>,
    lines: u16,
}

/// One volunteer's load.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LoadRecord {
    volunteer: Id<VolunteerKind>,
    wished_m: Option<u64>,
    before_m: u64,
    after_m: u64,
}

/// A line, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineRecord {
    trips: Vec<Id<TripKind>>,
    drives: Vec<DriveRecord>,
    accepted: bool,
    code: String,
    nearest: Option<Id<VolunteerKind>>,
    missing: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    company: Vec<Company>,
}

/// A drive of a line.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DriveRecord {
    volunteer: Id<VolunteerKind>,
    start_ms: i64,
    pickup_ms: i64,
    arrival_ms: i64,
    end_ms: i64,
    empty_m: u32,
    vehicle: Option<VehicleRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shared: Option<SharedRecord>,
}

/// A vehicle of the driver's own.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct VehicleRecord {
    number: u8,
    places: u8,
    power: Option<u8>,
    electric: bool,
}

impl Record for PlanRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl Record for LineRecord {
    const KIND: u16 = kinds::DAY_PLAN_LINE;
    const VERSION: u16 = 1;
}

/// Keeps a proposal in place of the day's former one.
///
/// # Errors
/// The store; more lines than a day has.
pub fn put(transaction: &mut Transaction<'_>, proposal: &Proposal) -> Result<(), EngineError> {
    remove(transaction, proposal.date)?;
    let day = proposal.date.to_string();
    let mut count = 0_u16;
    for line in &proposal.lines {
        LINES.put(transaction, &(day.clone(), count), &LineRecord::from(line))?;
        count = count.checked_add(1).ok_or_else(|| broken(KIND))?;
    }
    let record = PlanRecord::of(proposal, count);
    PLANS.put(transaction, &day, &record)
}

/// The proposal of a day.
///
/// # Errors
/// The store; a record that makes no sense.
pub fn find(view: &(impl View + ?Sized), date: Date) -> Result<Option<Proposal>, EngineError> {
    let day = date.to_string();
    let Some(record) = PLANS.get(view, &day)? else { return Ok(None) };
    let mut lines = Vec::with_capacity(usize::from(record.lines));
    for number in 0..record.lines {
        let line = LINES.get(view, &(day.clone(), number))?.ok_or_else(|| broken(KIND))?;
        lines.push(Line::try_from(line)?);
    }
    let PlanRecord {
        id,
        date,
        made_ms,
        seed,
        iterations,
        cut_short,
        deadhead_m,
        loaded_m,
        gini_permille,
        roads,
        rules_from,
        loads,
        lines: _,
    } = record;
    Ok(Some(Proposal {
        id,
        date: parsed(&date, KIND)?,
        made: instant(made_ms, KIND)?,
        seed,
        iterations,
        cut_short,
        deadhead_m,
        loaded_m,
        gini_permille,
        roads: parsed(&roads, KIND)?,
        rules_from: rules_from.map(|day| parsed(&day, KIND)).transpose()?,
        loads: loads.into_iter().map(PlannedLoad::from).collect(),
        lines,
    }))
}

/// Drops the proposals of days before a day: nothing can come of them any more.
///
/// # Errors
/// The store.
pub fn forget_before(transaction: &mut Transaction<'_>, date: Date) -> Result<(), EngineError> {
    for (day, _) in PLANS.scan(transaction, ..date.to_string(), FORGOTTEN)? {
        remove(transaction, parsed(&day, KIND)?)?;
    }
    Ok(())
}

/// Drops the proposal of a day, if there is one.
///
/// # Errors
/// The store.
pub fn remove(transaction: &mut Transaction<'_>, date: Date) -> Result<(), EngineError> {
    let day = date.to_string();
    let Some(record) = PLANS.get(transaction, &day)? else { return Ok(()) };
    for number in 0..record.lines {
        LINES.delete(transaction, &(day.clone(), number))?;
    }
    PLANS.delete(transaction, &day)
}

impl PlanRecord {
    /// The record of a proposal of so many lines.
    pub(crate) fn of(proposal: &Proposal, lines: u16) -> Self {
        Self {
            id: proposal.id,
            date: proposal.date.to_string(),
            made_ms: proposal.made.as_millisecond(),
            seed: proposal.seed,
            iterations: proposal.iterations,
            cut_short: proposal.cut_short,
            deadhead_m: proposal.deadhead_m,
            loaded_m: proposal.loaded_m,
            gini_permille: proposal.gini_permille,
            roads: proposal.roads.code().to_owned(),
            rules_from: proposal.rules_from.map(|day| day.to_string()),
            loads: proposal.loads.iter().copied().map(LoadRecord::from).collect(),
            lines,
        }
    }
}

impl From<PlannedLoad> for LoadRecord {
    fn from(load: PlannedLoad) -> Self {
        let PlannedLoad { volunteer, wished_m, before_m, after_m } = load;
        Self { volunteer, wished_m, before_m, after_m }
    }
}

impl From<LoadRecord> for PlannedLoad {
    fn from(record: LoadRecord) -> Self {
        let LoadRecord { volunteer, wished_m, before_m, after_m } = record;
        Self { volunteer, wished_m, before_m, after_m }
    }
}

impl From<&Line> for LineRecord {
    fn from(line: &Line) -> Self {
        let (drives, accepted, code, nearest, missing) = match &line.outcome {
            Outcome::Drives { drives, accepted } => {
                (drives.iter().map(DriveRecord::from).collect(), *accepted, String::new(), None, 0)
            }
            Outcome::Nobody { code, nearest, missing } => {
                (Vec::new(), false, code.clone(), *nearest, *missing)
            }
        };
        let (trips, company) = (line.trips.clone(), line.company.clone());
        Self { trips, drives, accepted, code, nearest, missing, company }
    }
}

impl TryFrom<LineRecord> for Line {
    type Error = EngineError;

    fn try_from(record: LineRecord) -> Result<Self, EngineError> {
        let LineRecord { trips, drives, accepted, code, nearest, missing, company } = record;
        let outcome = if drives.is_empty() {
            Outcome::Nobody { code, nearest, missing }
        } else {
            let drives = drives.into_iter().map(Assignment::try_from).collect::<Result<_, _>>()?;
            Outcome::Drives { drives, accepted }
        };
        Ok(Self { trips, outcome, company })
    }
}

impl From<&Assignment> for DriveRecord {
    fn from(drive: &Assignment) -> Self {
        let Assignment { volunteer, start, pickup, arrival, end, empty_m, vehicle, own_trip: _, shared } =
            *drive;
        let own = |vehicle: DrivenVehicle| match vehicle.which {
            WhichVehicle::Own(number) => {
                let DrivenVehicle { which: _, places, power, electric } = vehicle;
                Some(VehicleRecord { number, places, power, electric })
            }
            WhichVehicle::Fleet(_) => None,
        };
        Self {
            volunteer,
            start_ms: start.as_millisecond(),
            pickup_ms: pickup.as_millisecond(),
            arrival_ms: arrival.as_millisecond(),
            end_ms: end.as_millisecond(),
            empty_m,
            vehicle: vehicle.and_then(own),
            shared: shared.map(SharedRecord::from),
        }
    }
}

impl TryFrom<DriveRecord> for Assignment {
    type Error = EngineError;

    fn try_from(record: DriveRecord) -> Result<Self, EngineError> {
        let DriveRecord { volunteer, start_ms, pickup_ms, arrival_ms, end_ms, empty_m, vehicle, shared } =
            record;
        let own = |VehicleRecord { number, places, power, electric }| DrivenVehicle {
            which: WhichVehicle::Own(number),
            places,
            power,
            electric,
        };
        let at = |ms| instant(ms, kinds::DAY_PLAN_LINE);
        Ok(Self {
            volunteer,
            start: at(start_ms)?,
            pickup: at(pickup_ms)?,
            arrival: at(arrival_ms)?,
            end: at(end_ms)?,
            empty_m,
            vehicle: vehicle.map(own),
            own_trip: false,
            shared: shared.map(SharedRide::from),
        })
    }
}
