//! Changing a series: this day, this and the following, or all. A change of the following splits the series, so that what
//! was before stays what it was. Must never decide about trips that exist already.

use jiff::civil::Date;
use maillage_federation::ids::Id;

use super::{Exception, Journey, Pattern, Series, SeriesError};
use crate::{ids::SeriesKind, limits::SERIES_EXCEPTIONS};

/// How far a change reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// One day of the pattern.
    This(Date),
    /// That day and all after it.
    Following(Date),
    /// Every day.
    All,
}

/// A series that was cut in two: what goes on before the day, if anything, and what begins with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The series as it was, ending before the day; none if the day was its first.
    pub before: Option<Series>,
    /// The days from that one on.
    pub after: Series,
}

impl Series {
    /// The same with an exception on a day of the pattern.
    ///
    /// # Errors
    /// A day that is none of the pattern's; too many exceptions.
    pub fn with_exception(&self, day: Date, exception: Exception) -> Result<Self, SeriesError> {
        if !self.has(day) {
            return Err(SeriesError::NoSuchDay(day));
        }
        if self.exceptions.len() >= SERIES_EXCEPTIONS && !self.exceptions.contains_key(&day) {
            return Err(SeriesError::TooManyExceptions);
        }
        let mut series = self.changed();
        series.exceptions.insert(day, exception);
        Ok(series)
    }

    /// The same without the exception of a day.
    #[must_use]
    pub fn without_exception(&self, day: Date) -> Self {
        let mut series = self.changed();
        series.exceptions.remove(&day);
        series
    }

    /// The same with another pattern and journey on every day. Exceptions stay: what was said about a day is stronger.
    #[must_use]
    pub fn with_all(&self, pattern: Pattern, journey: Journey) -> Self {
        Self { pattern, journey, ..self.changed() }
    }

    /// The series cut before a day of its pattern. A new identifier for the days after it; exceptions go where their day
    /// is. A cut before the first day leaves nothing before, and the series stays itself.
    ///
    /// # Errors
    /// A day that is none of the pattern's.
    pub fn split(&self, day: Date, id: Id<SeriesKind>) -> Result<Split, SeriesError> {
        if !self.has(day) {
            return Err(SeriesError::NoSuchDay(day));
        }
        let Some(pattern) = self.pattern.before(day) else {
            return Ok(Split { before: None, after: self.changed() });
        };
        let mut before = Self { pattern, ..self.changed() };
        let exceptions = before.exceptions.split_off(&day);
        let after = Self {
            id,
            follows: Some(self.id),
            pattern: self.pattern.from(day),
            exceptions,
            revision: 1,
            ..self.clone()
        };
        Ok(Split { before: Some(before), after })
    }

    /// The series without the days from one on; one that ends before its first day stays, and has none.
    #[must_use]
    pub fn ending_before(&self, day: Date) -> Self {
        Self { pattern: self.pattern.ending_before(day), ..self.changed() }
    }

    /// The same, told to have changed.
    fn changed(&self) -> Self {
        Self { revision: self.revision + 1, ..self.clone() }
    }
}
