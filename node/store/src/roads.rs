//! Roads that a router answered, by ordered pair of communes, and the calibrations of the estimate. A road belongs to the router it
//! came from: what another one answered is as good as missing. Must never make a road out of two.

use jiff::{Timestamp, civil::Date};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_geography::InseeCode;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant, parsed},
    kinds,
    settings::{self, Setting},
};

/// Roads by commune of departure and of arrival.
pub const TREE: Tree = Tree::named("roads");

const ROADS: Table<(String, String), RoadRecord> = Table::new(TREE);
const KIND: u16 = kinds::ROAD;

/// Commune of departure and of arrival.
pub type Ends = (InseeCode, InseeCode);

/// What a router said about the road from one commune to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Road {
    /// Metres and seconds; none if it knows no road.
    pub way: Option<Way>,
    /// The kind of router, such as `osrm`.
    pub engine: String,
    /// Which router it was: a fingerprint of its address.
    pub router: String,
    /// The version of its map, as it says; empty if it says nothing.
    pub data_version: String,
    /// When it said so.
    pub fetched: Timestamp,
}

/// A road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Metres.
    pub metres: u32,
    /// Seconds.
    pub seconds: u32,
}

/// Assumptions of the estimate, fitted to a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalibrationInForce {
    /// The first day.
    pub from: Date,
    /// Road over straight line, in thousandths: lower quartile, median, upper quartile.
    pub detour_thousandths: [u32; 3],
    /// Metres per hour: lower quartile, median, upper quartile.
    pub speed_m_per_h: [u32; 3],
    /// Pairs of communes it was fitted to.
    pub pairs: u32,
    /// When it was made.
    pub made: Timestamp,
}

/// A road, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoadRecord {
    way: Option<(u32, u32)>,
    engine: String,
    router: String,
    data_version: String,
    fetched_ms: i64,
}

/// The calibrations of a node, in the order of their first days, version 1.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CalibrationsRecord {
    calibrations: Vec<CalibrationRecord>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CalibrationRecord {
    from: String,
    detour_thousandths: [u32; 3],
    speed_m_per_h: [u32; 3],
    pairs: u32,
    made_ms: i64,
}

impl Record for RoadRecord {
    const KIND: u16 = kinds::ROAD;
    const VERSION: u16 = 1;
}

impl Record for CalibrationsRecord {
    const KIND: u16 = kinds::ROAD_CALIBRATIONS;
    const VERSION: u16 = 1;
}

impl Setting for CalibrationsRecord {
    const NAME: &'static str = "road-calibrations";
}

/// Writes what a router said.
pub fn put(transaction: &mut Transaction<'_>, (from, to): Ends, road: &Road) -> Result<(), EngineError> {
    ROADS.put(transaction, &(from.to_string(), to.to_string()), &RoadRecord::from(road))
}

/// What a router said, if one was asked.
pub fn find(view: &(impl View + ?Sized), (from, to): Ends) -> Result<Option<Road>, EngineError> {
    ROADS.get(view, &(from.to_string(), to.to_string()))?.map(Road::try_from).transpose()
}

/// At most `limit` roads with their pairs, in the order of their communes.
pub fn list(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<(Ends, Road)>, EngineError> {
    let rows = ROADS.scan(view, .., limit)?;
    rows.into_iter()
        .map(|((from, to), record)| Ok(((parsed(&from, KIND)?, parsed(&to, KIND)?), record.try_into()?)))
        .collect()
}

/// The calibration in force on a day.
pub fn calibration_on(
    view: &(impl View + ?Sized),
    day: Date,
) -> Result<Option<CalibrationInForce>, EngineError> {
    let begun = calibrations(view)?.into_iter().rev().find(|calibration| calibration.from <= day);
    Ok(begun)
}

/// Every calibration, in the order of their first days.
pub fn calibrations(view: &(impl View + ?Sized)) -> Result<Vec<CalibrationInForce>, EngineError> {
    let record = settings::find::<CalibrationsRecord>(view)?.unwrap_or_default();
    record.calibrations.into_iter().map(CalibrationInForce::try_from).collect()
}

/// Puts a calibration in force; what was to begin that day or later is replaced. Beyond `keep` the oldest go.
pub fn put_calibration(
    transaction: &mut Transaction<'_>,
    calibration: &CalibrationInForce,
    keep: usize,
) -> Result<(), EngineError> {
    let mut all = calibrations(transaction)?;
    all.retain(|earlier| earlier.from < calibration.from);
    all.push(calibration.clone());
    all.drain(..all.len().saturating_sub(keep));
    let calibrations = all.iter().map(CalibrationRecord::from).collect();
    settings::put(transaction, &CalibrationsRecord { calibrations })
}

impl From<&Road> for RoadRecord {
    fn from(road: &Road) -> Self {
        let Road { way, engine, router, data_version, fetched } = road;
        Self {
            way: way.map(|way| (way.metres, way.seconds)),
            engine: engine.clone(),
            router: router.clone(),
            data_version: data_version.clone(),
            fetched_ms: fetched.as_millisecond(),
        }
    }
}

impl TryFrom<RoadRecord> for Road {
    type Error = EngineError;

    fn try_from(record: RoadRecord) -> Result<Self, EngineError> {
        let RoadRecord { way, engine, router, data_version, fetched_ms } = record;
        let way = way.map(|(metres, seconds)| Way { metres, seconds });
        Ok(Self { way, engine, router, data_version, fetched: instant(fetched_ms, KIND)? })
    }
}

impl From<&CalibrationInForce> for CalibrationRecord {
    fn from(calibration: &CalibrationInForce) -> Self {
        let CalibrationInForce { from, detour_thousandths, speed_m_per_h, pairs, made } = calibration;
        Self {
            from: from.to_string(),
            detour_thousandths: *detour_thousandths,
            speed_m_per_h: *speed_m_per_h,
            pairs: *pairs,
            made_ms: made.as_millisecond(),
        }
    }
}

impl TryFrom<CalibrationRecord> for CalibrationInForce {
    type Error = EngineError;

    fn try_from(record: CalibrationRecord) -> Result<Self, EngineError> {
        const KIND: u16 = kinds::ROAD_CALIBRATIONS;
        let CalibrationRecord { from, detour_thousandths, speed_m_per_h, pairs, made_ms } = record;
        if detour_thousandths.contains(&0) || speed_m_per_h.contains(&0) {
            return Err(broken(KIND));
        }
        let (from, made) = (parsed(&from, KIND)?, instant(made_ms, KIND)?);
        Ok(Self { from, detour_thousandths, speed_m_per_h, pairs, made })
    }
}
