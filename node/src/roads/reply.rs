//! Reads what an OSRM router answers and refuses what cannot be a road: one absurd figure, and nothing of the answer is taken.

use maillage_dispatch::Journey;
use maillage_geography::{Coordinates, great_circle_m};
use serde::Deserialize;

use crate::app::roads::{Answer, Nonsense, RouterError};

/// Fastest average speed in metres per second: 180 km/h.
const FASTEST_M_PER_S: f64 = 50.0;
/// Slowest in metres per second, 1 km/h, beside [`WAITING_S`].
const SLOWEST_M_PER_S: f64 = 1.0 / 3.6;
/// What a ferry or a level crossing may make wait, in seconds.
const WAITING_S: f64 = 2.0 * 3_600.0;
/// How much of the straight line a road has at least: great circle and map differ by less.
const LEAST_OF_STRAIGHT: f64 = 0.95;
/// How many times the straight line a road may have, beside [`AROUND_M`].
const MOST_OF_STRAIGHT: f64 = 20.0;
/// What a lake or a range may cost, in metres.
const AROUND_M: f64 = 100_000.0;
/// What rounding may cost, in metres.
const ROUNDING_M: f64 = 100.0;
/// Characters of a map's version that are kept.
const VERSION_CHARS: usize = 64;

/// What was asked.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) from: &'a [Coordinates],
    pub(super) to: &'a [Coordinates],
    pub(super) radius_m: u32,
}

/// What an answer says.
pub(super) enum Verdict {
    /// The roads.
    Answer(Answer),
    /// No road near one of the places; its index among those sent, if it is told.
    OffTheMap(Option<usize>),
}

/// An answer, before anything of it is believed.
#[derive(Deserialize)]
pub(super) struct Reply {
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    data_version: String,
    durations: Option<Vec<Vec<Option<f64>>>>,
    distances: Option<Vec<Vec<Option<f64>>>>,
    sources: Option<Vec<Waypoint>>,
    destinations: Option<Vec<Waypoint>>,
    routes: Option<Vec<Route>>,
    waypoints: Option<Vec<Waypoint>>,
}

/// Where a place was put on a road.
#[derive(Clone, Copy, Deserialize)]
struct Waypoint {
    /// How far that is from the place, in metres.
    distance: Option<f64>,
}

#[derive(Deserialize)]
struct Route {
    distance: f64,
    duration: f64,
}

impl Reply {
    pub(super) fn read(body: &[u8]) -> Result<Self, RouterError> {
        serde_json::from_slice(body).map_err(|_| RouterError::Unreadable)
    }

    pub(super) fn table(self, asked: Asked<'_>) -> Result<Verdict, RouterError> {
        if let Some(verdict) = self.without_roads(asked)? {
            return Ok(verdict);
        }
        let (Some(distances), Some(durations)) = (&self.distances, &self.durations) else {
            return Err(RouterError::Nonsense(Nonsense::Dimensions));
        };
        let fits = |rows: &Vec<Vec<Option<f64>>>| {
            rows.len() == asked.from.len() && rows.iter().all(|row| row.len() == asked.to.len())
        };
        if !fits(distances) || !fits(durations) {
            return Err(RouterError::Nonsense(Nonsense::Dimensions));
        }
        let sources = snapped(self.sources.as_deref(), asked.from.len(), asked.radius_m)?;
        let destinations = snapped(self.destinations.as_deref(), asked.to.len(), asked.radius_m)?;
        let mut roads = Vec::with_capacity(distances.len());
        for ((from, off_from), (metres, seconds)) in
            asked.from.iter().zip(&sources).zip(distances.iter().zip(durations))
        {
            let mut row = Vec::with_capacity(asked.to.len());
            for ((to, off_to), figures) in asked.to.iter().zip(&destinations).zip(metres.iter().zip(seconds))
            {
                let straight_m = great_circle_m(*from, *to);
                row.push(road(straight_m, off_from + off_to, (*figures.0, *figures.1))?);
            }
            roads.push(row);
        }
        Ok(Verdict::Answer(Answer { roads, data_version: self.version() }))
    }

    pub(super) fn route(self, asked: Asked<'_>) -> Result<Verdict, RouterError> {
        if self.code == "NoRoute" {
            return Ok(Verdict::Answer(Answer { data_version: self.version(), ..Answer::nothing(1, 1) }));
        }
        if let Some(verdict) = self.without_roads(asked)? {
            return Ok(verdict);
        }
        let (Some([best, ..]), [from], [to]) = (self.routes.as_deref(), asked.from, asked.to) else {
            return Err(RouterError::Nonsense(Nonsense::Dimensions));
        };
        let off: f64 = snapped(self.waypoints.as_deref(), 2, asked.radius_m)?.iter().sum();
        let road = road(great_circle_m(*from, *to), off, (Some(best.distance), Some(best.duration)))?;
        Ok(Verdict::Answer(Answer { roads: vec![vec![road]], data_version: self.version() }))
    }

    /// What an answer says that has no roads in it.
    fn without_roads(&self, asked: Asked<'_>) -> Result<Option<Verdict>, RouterError> {
        let places = asked.from.len() + asked.to.len();
        match self.code.as_str() {
            "Ok" => Ok(None),
            "NoSegment" => {
                let told = self.message.rsplit(' ').next().and_then(|index| index.parse().ok());
                Ok(Some(Verdict::OffTheMap(told.filter(|index| *index < places))))
            }
            _ => Err(RouterError::Refused),
        }
    }

    fn version(&self) -> String {
        self.data_version.chars().filter(|character| !character.is_control()).take(VERSION_CHARS).collect()
    }
}

/// How far each place is from the road it was put on; as far as was allowed where it is not told. A router that puts a place
/// further away has not read the radiuses.
fn snapped(waypoints: Option<&[Waypoint]>, places: usize, radius_m: u32) -> Result<Vec<f64>, RouterError> {
    let most = f64::from(radius_m);
    let Some(waypoints) = waypoints else { return Ok(vec![most; places]) };
    if waypoints.len() != places {
        return Err(RouterError::Nonsense(Nonsense::Dimensions));
    }
    let off = |waypoint: &Waypoint| match waypoint.distance {
        None => Ok(most),
        Some(off) if (0.0..=most + 1.0).contains(&off) => Ok(off),
        Some(_) => Err(RouterError::Nonsense(Nonsense::Snapped)),
    };
    waypoints.iter().map(off).collect()
}

/// One road: none if the router knows none.
fn road(
    straight_m: u32,
    off_m: f64,
    figures: (Option<f64>, Option<f64>),
) -> Result<Option<Journey>, RouterError> {
    let (metres, seconds) = match figures {
        (Some(metres), Some(seconds)) => (metres, seconds),
        (None, None) => return Ok(None),
        (Some(_), None) | (None, Some(_)) => return Err(RouterError::Nonsense(Nonsense::Gap)),
    };
    let straight_m = f64::from(straight_m);
    let wrong = if !metres.is_finite() || !seconds.is_finite() {
        Some(Nonsense::NotFinite)
    } else if metres < 0.0 || seconds < 0.0 {
        Some(Nonsense::Negative)
    } else if metres + off_m + ROUNDING_M < straight_m * LEAST_OF_STRAIGHT {
        Some(Nonsense::Short)
    } else if metres > straight_m * MOST_OF_STRAIGHT + AROUND_M {
        Some(Nonsense::Long)
    } else if metres > seconds * FASTEST_M_PER_S + ROUNDING_M {
        Some(Nonsense::Fast)
    } else if seconds > metres / SLOWEST_M_PER_S + WAITING_S {
        Some(Nonsense::Slow)
    } else {
        None
    };
    match wrong {
        Some(nonsense) => Err(RouterError::Nonsense(nonsense)),
        None => Ok(Some(Journey { distance_m: whole(metres), duration_s: whole(seconds.ceil()) })),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and at most twenty times around the Earth"
)]
fn whole(number: f64) -> u32 {
    number.round() as u32
}
