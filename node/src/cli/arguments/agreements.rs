//! `agreement` as clap reads it. Only its shape, as in the module above.

use clap::{Args, Subcommand};

use super::{super::codes, services::cents};

/// How a day is typed.
const DAY: &str = "YYYY-MM-DD";

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Agreement {
    Propose(Proposed),
    List,
    Show {
        #[arg(value_name = "NODE")]
        node: String,
    },
    Accept {
        #[arg(value_name = "NODE")]
        node: String,
        #[arg(value_name = "VERSION")]
        number: u32,
    },
    Decline {
        #[arg(value_name = "NODE")]
        node: String,
    },
    Withdraw {
        #[arg(value_name = "NODE")]
        node: String,
    },
    End {
        #[arg(value_name = "NODE")]
        node: String,
        #[arg(long, default_value = "", value_name = DAY)]
        last_day: String,
    },
}

/// The terms of a proposal; what is not given is nothing.
#[derive(Debug, Args)]
pub(in crate::cli) struct Proposed {
    #[arg(value_name = "NODE")]
    pub(in crate::cli) node: String,
    #[arg(long, default_value = "both", value_name = "CODE", hide_possible_values = true, value_parser = codes::CARRIERS)]
    pub(in crate::cli) carrier: String,
    #[arg(long, default_value = "0", hide_default_value = true, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) km: i64,
    #[arg(long, default_value = "0", hide_default_value = true, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) empty_km: i64,
    #[arg(long, default_value = "0", hide_default_value = true, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) per_trip: i64,
    #[arg(long, default_value = "0", hide_default_value = true, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) no_show: i64,
    #[arg(long, default_value = "0", hide_default_value = true, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) at_the_door: i64,
    #[arg(long)]
    pub(in crate::cli) deduct_contributions: bool,
    #[arg(long, default_value = "ordinary", value_name = "CODE", hide_possible_values = true, value_parser = codes::TRUST)]
    pub(in crate::cli) trust: String,
    #[arg(long, default_value = "", value_name = DAY)]
    pub(in crate::cli) from: String,
    #[arg(long, default_value = "", value_name = DAY)]
    pub(in crate::cli) until: String,
}
