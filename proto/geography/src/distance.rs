//! Coordinates, straight-line distance and the declared detour factor. Never a road: that is a router's answer.

use std::fmt;

use thiserror::Error;

use crate::limits::{DETOUR_THOUSANDTHS_MAX, DETOUR_THOUSANDTHS_MIN};

/// Mean radius of the Earth in metres (IUGG, R1 of the GRS 80 ellipsoid).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Micro-degrees in one degree.
const MICRODEGREES: i32 = 1_000_000;

/// Why two numbers are not a place on Earth.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum CoordinatesError {
    /// Outside −90° to +90°.
    #[error("a latitude lies between -90 and 90 degrees, not {0} micro-degrees")]
    Latitude(i32),
    /// Outside −180° to +180°.
    #[error("a longitude lies between -180 and 180 degrees, not {0} micro-degrees")]
    Longitude(i32),
}

/// A place on Earth (WGS 84), held in whole micro-degrees (about 11 cm) so that it compares and hashes exactly.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Coordinates {
    latitude_microdegrees: i32,
    longitude_microdegrees: i32,
}

impl Coordinates {
    /// A place from its latitude (north positive) and longitude (east positive), both in micro-degrees.
    pub const fn new(
        latitude_microdegrees: i32,
        longitude_microdegrees: i32,
    ) -> Result<Self, CoordinatesError> {
        if latitude_microdegrees.unsigned_abs() > 90 * MICRODEGREES.unsigned_abs() {
            return Err(CoordinatesError::Latitude(latitude_microdegrees));
        }
        if longitude_microdegrees.unsigned_abs() > 180 * MICRODEGREES.unsigned_abs() {
            return Err(CoordinatesError::Longitude(longitude_microdegrees));
        }
        Ok(Self { latitude_microdegrees, longitude_microdegrees })
    }

    /// Latitude in micro-degrees, north positive.
    pub const fn latitude_microdegrees(self) -> i32 {
        self.latitude_microdegrees
    }

    /// Longitude in micro-degrees, east positive.
    pub const fn longitude_microdegrees(self) -> i32 {
        self.longitude_microdegrees
    }

    /// Latitude in degrees, for routers and maps.
    pub fn latitude_degrees(self) -> f64 {
        f64::from(self.latitude_microdegrees) / f64::from(MICRODEGREES)
    }

    /// Longitude in degrees, for routers and maps.
    pub fn longitude_degrees(self) -> f64 {
        f64::from(self.longitude_microdegrees) / f64::from(MICRODEGREES)
    }
}

impl fmt::Debug for Coordinates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Coordinates({self})")
    }
}

impl fmt::Display for Coordinates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.6}, {:.6}", self.latitude_degrees(), self.longitude_degrees())
    }
}

/// Straight-line distance in metres over a sphere of [`EARTH_RADIUS_M`], rounded to the nearest metre.
///
/// Haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68/2, 1984), exact to rounding at
/// short distances, within 0.6 % of the ellipsoid everywhere.
pub fn great_circle_m(a: Coordinates, b: Coordinates) -> u32 {
    let (latitude_a, latitude_b) = (a.latitude_degrees().to_radians(), b.latitude_degrees().to_radians());
    let latitude_half = (latitude_b - latitude_a) / 2.0;
    let longitude_half = (b.longitude_degrees() - a.longitude_degrees()).to_radians() / 2.0;
    let haversine =
        latitude_half.sin().powi(2) + latitude_a.cos() * latitude_b.cos() * longitude_half.sin().powi(2);
    whole_metres(2.0 * EARTH_RADIUS_M * haversine.sqrt().min(1.0).asin())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and half the circumference of the Earth, 20 015 114 m"
)]
fn whole_metres(distance_m: f64) -> u32 {
    distance_m.round() as u32
}

/// Why a number cannot be a detour factor.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum DetourFactorError {
    /// Below 1: a road is never shorter than the straight line.
    #[error(
        "a detour factor is at least 1000 thousandths, not {0}: no road is shorter than the straight line"
    )]
    ShorterThanStraight(u32),
    /// Above 5: most likely a mistake of units.
    #[error("a detour factor is at most 5000 thousandths, not {0}: is it in thousandths?")]
    TooLarge(u32),
}

/// How much longer the road is than the straight line, in exact thousandths. An assumption, to be shown as such.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DetourFactor {
    thousandths: u32,
}

impl DetourFactor {
    /// The declared assumption where nobody has calibrated a better one: 1.3.
    pub const DECLARED: Self = Self { thousandths: 1_300 };

    /// A factor from thousandths, 1000 to 5000.
    pub const fn from_thousandths(thousandths: u32) -> Result<Self, DetourFactorError> {
        match thousandths {
            ..DETOUR_THOUSANDTHS_MIN => Err(DetourFactorError::ShorterThanStraight(thousandths)),
            DETOUR_THOUSANDTHS_MIN..=DETOUR_THOUSANDTHS_MAX => Ok(Self { thousandths }),
            _ => Err(DetourFactorError::TooLarge(thousandths)),
        }
    }

    /// The factor in thousandths.
    pub const fn thousandths(self) -> u32 {
        self.thousandths
    }

    /// Estimated road metres of a straight line in metres, rounded to the nearest metre (a half goes up).
    pub fn apply(self, straight_m: u32) -> u32 {
        let road_m = (u64::from(straight_m) * u64::from(self.thousandths) + 500) / 1_000;
        u32::try_from(road_m).unwrap_or(u32::MAX)
    }
}

impl Default for DetourFactor {
    fn default() -> Self {
        Self::DECLARED
    }
}

impl fmt::Display for DetourFactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:03}", self.thousandths / 1_000, self.thousandths % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn place(latitude_microdegrees: i32, longitude_microdegrees: i32) -> Coordinates {
        Coordinates::new(latitude_microdegrees, longitude_microdegrees).expect("a place on Earth")
    }

    /// Spherical law of cosines in three dimensions: another formula, for comparison.
    fn by_unit_vectors_m(a: Coordinates, b: Coordinates) -> f64 {
        let vector = |place: Coordinates| {
            let (latitude, longitude) =
                (place.latitude_degrees().to_radians(), place.longitude_degrees().to_radians());
            [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()]
        };
        let ([ax, ay, az], [bx, by, bz]) = (vector(a), vector(b));
        let cross = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
        let sine = cross.iter().map(|part| part * part).sum::<f64>().sqrt();
        EARTH_RADIUS_M * sine.atan2(ax * bx + ay * by + az * bz)
    }

    #[test]
    fn places_off_the_earth_are_refused() {
        assert_eq!(Coordinates::new(90_000_001, 0), Err(CoordinatesError::Latitude(90_000_001)));
        assert_eq!(Coordinates::new(i32::MIN, 0), Err(CoordinatesError::Latitude(i32::MIN)));
        assert_eq!(Coordinates::new(0, -180_000_001), Err(CoordinatesError::Longitude(-180_000_001)));
        assert_eq!(place(-90_000_000, 180_000_000).to_string(), "-90.000000, 180.000000");
    }

    #[test]
    fn known_arcs_have_known_lengths() {
        // A quarter of a meridian, half an equator, one degree of a meridian: fractions of 2 pi R.
        assert_eq!(great_circle_m(place(0, 0), place(90_000_000, 0)), 10_007_557);
        assert_eq!(great_circle_m(place(0, -90_000_000), place(0, 90_000_000)), 20_015_114);
        assert_eq!(great_circle_m(place(43_000_000, 2_000_000), place(44_000_000, 2_000_000)), 111_195);
        assert_eq!(great_circle_m(place(1, 1), place(1, 1)), 0);
    }

    #[test]
    fn detour_factors_are_read_or_refused_and_round_to_the_nearest() {
        assert_eq!(DetourFactor::from_thousandths(1_300), Ok(DetourFactor::DECLARED));
        assert_eq!(DetourFactor::from_thousandths(999), Err(DetourFactorError::ShorterThanStraight(999)));
        assert_eq!(DetourFactor::from_thousandths(5_001), Err(DetourFactorError::TooLarge(5_001)));
        assert!(
            DetourFactor::from_thousandths(1_000).is_ok() && DetourFactor::from_thousandths(5_000).is_ok()
        );
        assert_eq!(DetourFactor::DECLARED.to_string(), "1.300");
        for (straight_m, road_m) in [(0, 0), (1, 1), (2, 3), (5, 7), (36_737, 47_758), (u32::MAX, u32::MAX)] {
            assert_eq!(DetourFactor::DECLARED.apply(straight_m), road_m, "{straight_m} m");
        }
    }

    fn places() -> impl Strategy<Value = Coordinates> {
        (-90_000_000..=90_000_000, -180_000_000..=180_000_000).prop_map(|(north, east)| place(north, east))
    }

    proptest! {
        #[test]
        fn two_formulas_agree_within_a_metre(a in places(), b in places()) {
            let difference_m = f64::from(great_circle_m(a, b)) - by_unit_vectors_m(a, b);
            prop_assert!(difference_m.abs() <= 1.0, "{} m apart", difference_m);
        }

        #[test]
        fn distance_is_symmetric_and_keeps_the_triangle(a in places(), b in places(), c in places()) {
            prop_assert_eq!(great_circle_m(a, b), great_circle_m(b, a));
            prop_assert!(great_circle_m(a, c) <= great_circle_m(a, b) + great_circle_m(b, c) + 2);
        }

        #[test]
        fn a_detour_is_never_shorter_and_grows(thousandths in 1_000_u32..=5_000, metres in any::<u32>()) {
            let factor = DetourFactor::from_thousandths(thousandths).expect("within the limits");
            prop_assert!(factor.apply(metres) >= metres);
            prop_assert!(factor.apply(metres) >= factor.apply(metres.saturating_sub(1)));
        }
    }
}
