//! `settlement` as clap reads it. Only its shape, as in the module above.

use clap::{Args, Subcommand};

use super::{super::codes, services::cents};
use crate::cli::seen::Seen;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Settlement {
    List {
        #[arg(long, default_value = "", value_name = "YYYY-MM")]
        month: String,
    },
    Show(MonthWith),
    Sign {
        #[command(flatten)]
        of: MonthWith,
        #[command(flatten)]
        seen: Seen,
    },
    Correct(Corrected),
    Export(MonthWith),
}

/// A month with a member.
#[derive(Debug, Args)]
pub(in crate::cli) struct MonthWith {
    #[arg(value_name = "NODE")]
    pub(in crate::cli) node: String,
    #[arg(value_name = "YYYY-MM")]
    pub(in crate::cli) month: String,
}

/// A line put right.
#[derive(Debug, Args)]
pub(in crate::cli) struct Corrected {
    #[command(flatten)]
    pub(in crate::cli) of: MonthWith,
    #[arg(value_name = "HANDOVER")]
    pub(in crate::cli) handover: String,
    #[arg(long, default_value_t = 1, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) leg: u32,
    #[arg(long, default_value = "driven", value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::SETTLEMENT_CORRECTIONS))]
    pub(in crate::cli) outcome: String,
    #[arg(long, value_name = "KM", value_parser = codes::metres)]
    pub(in crate::cli) loaded_km: Option<u32>,
    #[arg(long, value_name = "KM", value_parser = codes::metres)]
    pub(in crate::cli) empty_km: Option<u32>,
    #[arg(long, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) collected: Option<i64>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::CORRECTION_REASONS))]
    pub(in crate::cli) reason: String,
}
