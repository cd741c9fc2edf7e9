//! Days of series that could not be made, with the code of the reason: so that they are seen, and stay known once they have
//! passed. A row goes when the day is made after all, or when the person does not go on it any more.

use std::ops::Bound;

use jiff::{Timestamp, civil::Date};
use maillage_domain::{ids::SeriesKind, trip::Occurrence};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{instant, parsed},
    kinds,
    trips::day_key,
};

/// Days that could not be made, by series and day.
pub const UNMADE_TREE: Tree = Tree::named("series_unmade");

const UNMADE: Table<([u8; 16], u32), UnmadeRecord> = Table::new(UNMADE_TREE);
const KIND: u16 = kinds::SERIES_UNMADE;

/// A day of a series that could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmade {
    /// Which day of which series.
    pub day: Occurrence,
    /// Code of the refusal.
    pub code: String,
    /// Since when that is so.
    pub since: Timestamp,
}

/// A day that could not be made, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnmadeRecord {
    series: Id<SeriesKind>,
    date: String,
    code: String,
    since_ms: i64,
}

impl Record for UnmadeRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Notes that a day could not be made. That it could not for the same reason before changes nothing.
pub fn put_unmade(transaction: &mut Transaction<'_>, unmade: &Unmade) -> Result<(), EngineError> {
    let key = key(unmade.day);
    if UNMADE.get(transaction, &key)?.is_some_and(|known| known.code == unmade.code) {
        return Ok(());
    }
    UNMADE.put(transaction, &key, &UnmadeRecord::from(unmade))
}

/// A day was made, or is not to be made any more.
pub fn clear_unmade(transaction: &mut Transaction<'_>, day: Occurrence) -> Result<(), EngineError> {
    if UNMADE.get(transaction, &key(day))?.is_some() {
        UNMADE.delete(transaction, &key(day))?;
    }
    Ok(())
}

/// The days of a series from one on that could not be made, in order.
pub fn unmade_of(
    view: &(impl View + ?Sized),
    series: Id<SeriesKind>,
    from: Date,
) -> Result<Vec<Unmade>, EngineError> {
    let start = Bound::Included((series.to_array(), day_key(from)));
    let rows = UNMADE.scan(view, (start, Bound::Included((series.to_array(), u32::MAX))), usize::MAX)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` days that could not be made, by series and day, after one of them.
pub fn unmade(
    view: &(impl View + ?Sized),
    after: Option<Occurrence>,
    limit: usize,
) -> Result<Vec<Unmade>, EngineError> {
    let start = after.map_or(Bound::Unbounded, |day| Bound::Excluded(key(day)));
    let rows = UNMADE.scan(view, (start, Bound::Unbounded), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

fn key(day: Occurrence) -> ([u8; 16], u32) {
    (day.series.to_array(), day_key(day.date))
}

impl From<&Unmade> for UnmadeRecord {
    fn from(unmade: &Unmade) -> Self {
        let Unmade { day, code, since } = unmade;
        Self {
            series: day.series,
            date: day.date.to_string(),
            code: code.clone(),
            since_ms: since.as_millisecond(),
        }
    }
}

impl TryFrom<UnmadeRecord> for Unmade {
    type Error = EngineError;

    fn try_from(record: UnmadeRecord) -> Result<Self, EngineError> {
        let UnmadeRecord { series, date, code, since_ms } = record;
        let day = Occurrence { series, date: parsed(&date, KIND)? };
        Ok(Self { day, code, since: instant(since_ms, KIND)? })
    }
}
