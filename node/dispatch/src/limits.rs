//! Limits and declared assumptions of dispatch, each with its reason. Only constants.

use crate::travel::Journey;

/// Legs ranked together: an outbound and a return.
pub const LEGS: usize = 2;

/// Civil days one leg's window may touch: a ride over midnight, and one to spare.
pub const WINDOW_DAYS: usize = 3;

/// Declared average speed in metres per hour: 45 km/h, country roads with villages in between. To be replaced by a
/// router's times where one is configured.
pub const SPEED_M_PER_H: u32 = 45_000;

/// Declared time for a person to get in and out, in seconds.
pub const BOARDING_S: u32 = 5 * 60;

/// Declared road distance between two addresses of one commune, in metres: the straight line between a town hall and
/// itself is no answer.
pub const WITHIN_COMMUNE_M: u32 = 2_000;

/// Longest time a volunteer is expected to wait at the destination, in seconds: two hours and a half, a consultation
/// with its waiting room. Beyond, the driver goes home in between.
pub const WAIT_S: u32 = 150 * 60;

/// Requests of one day: a platform of the largest kind has about 100.
pub const REQUESTS: usize = 5_000;

/// Drivers of one day.
pub const DRIVERS: usize = 2_000;

/// Unique places of one day: their table of roads takes 8 bytes a pair, 200 MB at the limit.
pub const PLACES: usize = 5_000;

/// Seats or wheelchair places of one request or vehicle: packed in 16 bits with one to spare.
pub const RIDERS: u16 = 1_000;

/// Ways to arrange one vehicle: one bit each.
pub const CONFIGURATIONS: usize = 8;

/// A road that nobody drives, and that four of together still fit into 32 bits.
pub const IMPASSABLE: Journey = Journey { distance_m: 500_000_000, duration_s: 500_000_000 };

/// Pairs of communes from which assumptions can be calibrated: fewer tell of these roads, not of a territory.
pub const CALIBRATION_PAIRS: usize = 12;

/// Straight line, in metres, from which on a pair tells something about roads: nearer, the way from the town hall to the road
/// counts for more than the road.
pub const CALIBRATION_STRAIGHT_M: u32 = 1_000;

/// Average speeds, in metres per hour, that a territory can have: from mountain tracks to motorways.
pub const CALIBRATION_SPEEDS: std::ops::RangeInclusive<u32> = 10_000..=130_000;
