//! Where a distance or a time on the road comes from. Whoever shows one shows this with it. Must never be guessed: what is
//! not known to come from a router is an estimate.

use std::{fmt, str::FromStr};

use crate::codes::{UnknownCode, coded};

/// Where the roads of one answer come from: all of them from the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoadsSource {
    /// Straight line × detour factor, at a constant speed: an assumption.
    #[default]
    Estimate,
    /// A road router.
    Router,
}

coded!(RoadsSource { Estimate = "estimate", Router = "router" });
