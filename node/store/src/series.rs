//! Series, their exceptions by day, and what was made for each of their days. What was made is kept under series and day:
//! that row is why a day is never planned twice.

#[cfg(test)]
mod golden;
mod records;
mod unmade;

use std::{collections::BTreeMap, ops::Bound};

use jiff::civil::Date;
use maillage_domain::{
    ids::{PersonKind, RequestKind, SeriesKind},
    series::Series,
    trip::{Occurrence, Trip},
};
use maillage_engine::{EngineError, Key as _, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};

pub(crate) use self::records::{ExceptionRecord, MadeRecord, SeriesRecord};
#[cfg(test)]
pub(crate) use self::unmade::UnmadeRecord;
pub use self::unmade::{UNMADE_TREE, Unmade, clear_unmade, put_unmade, unmade, unmade_of};
use crate::{fields, trips::day_key};

/// Series by identifier.
pub const TREE: Tree = Tree::named("series");
/// Series by person.
pub const BY_PERSON_TREE: Tree = Tree::named("series_by_person");
/// What is different on single days, by series and day.
pub const EXCEPTIONS_TREE: Tree = Tree::named("series_exceptions");
/// What was made, by series and day.
pub const MADE_TREE: Tree = Tree::named("series_made");

const SERIES: Table<[u8; 16], SeriesRecord> = Table::new(TREE);
const EXCEPTIONS: Table<([u8; 16], u32), ExceptionRecord> = Table::new(EXCEPTIONS_TREE);
const MADE: Table<([u8; 16], u32), MadeRecord> = Table::new(MADE_TREE);

/// What was made for a day of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The day the pattern gave.
    pub date: Date,
    /// The request.
    pub request: Id<RequestKind>,
    /// Its trips.
    pub trips: Vec<Id<TripKind>>,
    /// How often each trip was edited when the node itself made or changed it last: one edited more often was changed by
    /// hand. Empty for what was made before this was kept: then any edit counts.
    pub edits: Vec<u32>,
}

impl Made {
    /// Whether somebody changed one of its trips by hand, or ended it otherwise than by the series.
    pub fn is_by_hand(&self, trips: &[Trip]) -> bool {
        let kept = self.edits.iter().copied().chain(std::iter::repeat(0));
        self.trips.len() != trips.len() || trips.iter().zip(kept).any(|(trip, kept)| trip.edits() > kept)
    }

    /// The same after the node itself changed its trips: as they are now is as they were made.
    #[must_use]
    pub fn as_made(self, trips: &[Trip]) -> Self {
        Self { edits: trips.iter().map(Trip::edits).collect(), ..self }
    }
}

/// Writes a series, new or changed, with its exceptions.
pub fn put(transaction: &mut Transaction<'_>, series: &Series) -> Result<(), EngineError> {
    let id = series.id.to_array();
    let former = find(transaction, series.id)?.map(|series| series.exceptions).unwrap_or_default();
    for day in former.keys().filter(|day| !series.exceptions.contains_key(day)) {
        EXCEPTIONS.delete(transaction, &(id, day_key(*day)))?;
    }
    for (day, exception) in &series.exceptions {
        if former.get(day) != Some(exception) {
            EXCEPTIONS.put(transaction, &(id, day_key(*day)), &ExceptionRecord::of(*day, exception))?;
        }
    }
    transaction.put(BY_PERSON_TREE, (series.person.to_array(), id).to_key(), Vec::new())?;
    SERIES.put(transaction, &id, &SeriesRecord::from(series))
}

/// One series.
pub fn find(view: &(impl View + ?Sized), id: Id<SeriesKind>) -> Result<Option<Series>, EngineError> {
    let Some(record) = SERIES.get(view, &id.to_array())? else { return Ok(None) };
    whole(view, record).map(Some)
}

/// At most `limit` series in the order they were made, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    after: Option<Id<SeriesKind>>,
    limit: usize,
) -> Result<Vec<Series>, EngineError> {
    let rows = SERIES.scan(view, fields::after(after), limit)?;
    rows.into_iter().map(|(_, record)| whole(view, record)).collect()
}

/// At most `limit` series of a person in the order they were made, after one of them.
pub fn of_person(
    view: &(impl View + ?Sized),
    person: Id<PersonKind>,
    after: Option<Id<SeriesKind>>,
    limit: usize,
) -> Result<Vec<Series>, EngineError> {
    let first = after.map_or([0; 16], Id::to_array);
    let from = (person.to_array(), first).to_key();
    let to = (person.to_array(), [u8::MAX; 16]).to_key();
    let rows =
        view.scan(BY_PERSON_TREE, Bound::Included(&from), Bound::Included(&to), limit.saturating_add(1))?;
    let mut found = Vec::new();
    for (key, _) in rows {
        let id =
            *key.last_chunk::<16>().ok_or(maillage_engine::RecordError::Key("an index row of a series"))?;
        if let Some(record) = SERIES.get(view, &id)?.filter(|_| Some(id) != after.map(Id::to_array)) {
            found.push(whole(view, record)?);
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// Notes what was made for a day of a series.
pub fn put_made(
    transaction: &mut Transaction<'_>,
    series: Id<SeriesKind>,
    made: &Made,
) -> Result<(), EngineError> {
    MADE.put(transaction, &(series.to_array(), day_key(made.date)), &MadeRecord::from(made))
}

/// What was made for a day of a series.
pub fn made(view: &(impl View + ?Sized), day: Occurrence) -> Result<Option<Made>, EngineError> {
    MADE.get(view, &(day.series.to_array(), day_key(day.date)))?.map(Made::try_from).transpose()
}

/// What was made for the days of a series between two days, both included.
pub fn made_between(
    view: &(impl View + ?Sized),
    series: Id<SeriesKind>,
    from: Date,
    to: Date,
) -> Result<Vec<Made>, EngineError> {
    let key = |day: Date| (series.to_array(), day_key(day));
    let bounds = (Bound::Included(key(from)), Bound::Included(key(to)));
    let rows = MADE.scan(view, bounds, usize::MAX)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// What was made for a day belongs to another series now.
pub fn move_made(
    transaction: &mut Transaction<'_>,
    from: Id<SeriesKind>,
    to: Id<SeriesKind>,
    made: &Made,
) -> Result<(), EngineError> {
    MADE.delete(transaction, &(from.to_array(), day_key(made.date)))?;
    put_made(transaction, to, made)
}

fn whole(view: &(impl View + ?Sized), record: SeriesRecord) -> Result<Series, EngineError> {
    let id = record.id.to_array();
    let bounds = (Bound::Included((id, 0)), Bound::Included((id, u32::MAX)));
    let rows = EXCEPTIONS.scan(view, bounds, usize::MAX)?;
    let exceptions = rows.into_iter().map(|(_, record)| record.exception());
    record.series(exceptions.collect::<Result<BTreeMap<_, _>, _>>()?)
}
