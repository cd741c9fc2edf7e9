//! Stored form of the day of a series that a trip was made for.

use maillage_domain::{ids::SeriesKind, trip::Occurrence};
use maillage_engine::EngineError;
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{fields::parsed, kinds};

/// A day of a series, `YYYY-MM-DD`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OccurrenceRecord {
    series: Id<SeriesKind>,
    date: String,
}

impl From<Occurrence> for OccurrenceRecord {
    fn from(occurrence: Occurrence) -> Self {
        Self { series: occurrence.series, date: occurrence.date.to_string() }
    }
}

impl TryFrom<OccurrenceRecord> for Occurrence {
    type Error = EngineError;

    fn try_from(record: OccurrenceRecord) -> Result<Self, EngineError> {
        Ok(Self { series: record.series, date: parsed(&record.date, kinds::TRIP)? })
    }
}
