//! Every limit of this crate, with its reason. Only constants.

/// Bytes one embedded file may have once decompressed: three times the largest (3 MB), so that a damaged file cannot
/// fill the memory.
pub(crate) const DECOMPRESSED_BYTES_MAX: u64 = 9_000_000;

/// Characters of a name query that are looked at: twice the longest name of a commune (45).
pub(crate) const NAME_QUERY_CHARS_MAX: usize = 90;

/// Detour factor in thousandths: roads are never shorter than the straight line.
pub(crate) const DETOUR_THOUSANDTHS_MIN: u32 = 1_000;

/// Detour factor in thousandths: above five times the straight line it is a mistake of units.
pub(crate) const DETOUR_THOUSANDTHS_MAX: u32 = 5_000;
