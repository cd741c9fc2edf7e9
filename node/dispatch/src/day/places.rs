//! Collects the places of a day and estimates the roads between them: straight line × detour factor at a constant speed,
//! one engine for the whole table. Must never mix its roads with a router's.

use std::collections::BTreeMap;

use maillage_geography::{Coordinates, great_circle_m};

use super::{
    model::{Matrix, Road},
    refuse::DayError,
};
use crate::travel::Estimator;

/// Unique places, in the order they were first seen.
#[derive(Debug, Clone, Default)]
pub struct Places {
    known: BTreeMap<(i32, i32), usize>,
    points: Vec<Coordinates>,
    asked: usize,
}

impl Places {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The index of a place, the same for the same coordinates.
    ///
    /// # Errors
    /// When its coordinates are not known.
    pub fn add(&mut self, coordinates: Option<Coordinates>) -> Result<usize, DayError> {
        self.asked += 1;
        let point = coordinates.ok_or(DayError::NoCoordinates { place: self.asked - 1 })?;
        let key = (point.latitude_microdegrees(), point.longitude_microdegrees());
        let next = self.points.len();
        let index = *self.known.entry(key).or_insert(next);
        if index == next {
            self.points.push(point);
        }
        Ok(index)
    }

    /// The places, for a router.
    pub fn points(&self) -> &[Coordinates] {
        &self.points
    }

    /// The table of estimated roads.
    ///
    /// # Errors
    /// Never for places that were added; the table's own check.
    pub fn estimate(&self, estimator: &Estimator) -> Result<Matrix, DayError> {
        let road = |from: &Coordinates, to: &Coordinates| {
            let metres = estimator.detour.apply(great_circle_m(*from, *to)).max(estimator.within_commune_m);
            let seconds = (u64::from(metres) * 3600).div_ceil(u64::from(estimator.speed_m_per_h.max(1)));
            Road { metres, seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
        };
        let roads = self.points.iter().flat_map(|from| self.points.iter().map(move |to| road(from, to)));
        Matrix::new(self.points.len(), roads.collect())
    }
}
