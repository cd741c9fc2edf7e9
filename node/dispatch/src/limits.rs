//! Limits and declared assumptions of dispatch, each with its reason. Only constants.

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
