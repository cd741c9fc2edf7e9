//! `report declare` and `report retract` as clap reads them. Only their shape, as in the module above.

use clap::Args;
use maillage_domain::money::Cents;

use super::{super::codes, services::cents};

/// A year and its figures; without `--confirm` nothing is signed.
#[derive(Debug, Args)]
pub(in crate::cli) struct Declare {
    #[arg(value_name = "YYYY")]
    pub(in crate::cli) year: u32,
    #[arg(long, value_name = "EUROS", value_parser = cents)]
    pub(in crate::cli) full_cost: Option<i64>,
    #[arg(long, value_name = "EUROS", value_parser = cents)]
    pub(in crate::cli) subsidy: Option<i64>,
    #[arg(long, value_name = "EUROS", value_parser = cents)]
    pub(in crate::cli) contributions: Option<i64>,
    #[arg(long, value_name = "EUROS", value_parser = cents)]
    pub(in crate::cli) compensation: Option<i64>,
    #[arg(long, value_name = "EUROS", value_parser = cents)]
    pub(in crate::cli) waivers: Option<i64>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) vehicles: Option<u32>,
    #[arg(long, value_name = "N,NN", value_parser = hundredths)]
    pub(in crate::cli) staff_fte: Option<u32>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::BANDS)]
    pub(in crate::cli) volunteers: Option<String>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) solutions_opened: Option<u32>,
    #[arg(long, default_value = "", value_name = "NAME")]
    pub(in crate::cli) signed_by: String,
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub(in crate::cli) signed_as: String,
    #[arg(long, value_name = "VERSION")]
    pub(in crate::cli) confirm: Option<String>,
}

/// A declaration to be taken back.
#[derive(Debug, Args)]
pub(in crate::cli) struct Retract {
    #[arg(value_name = "YYYY")]
    pub(in crate::cli) year: u32,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) revision: u32,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::WITHDRAWALS)]
    pub(in crate::cli) reason: String,
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) signed_by: String,
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) signed_as: String,
}

/// What is typed is no number with at most two decimals.
#[derive(Debug, thiserror::Error)]
#[error("a number is written like 1,5 or 1.5, with at most two decimals")]
pub(in crate::cli) struct NotHundredths;

fn hundredths(text: &str) -> Result<u32, NotHundredths> {
    let number = Cents::parse(text).map_err(|_| NotHundredths)?;
    u32::try_from(number.get()).map_err(|_| NotHundredths)
}

#[cfg(test)]
mod tests {
    use super::hundredths;

    #[test]
    fn full_time_equivalents_are_typed_with_a_comma_or_a_point() {
        for (text, expected) in [("1,5", 150), ("0.25", 25), ("2", 200), ("0", 0)] {
            assert_eq!(hundredths(text).unwrap(), expected, "{text}");
        }
        for text in ["1,255", "-1", "one", ""] {
            assert!(hundredths(text).is_err(), "{text}");
        }
    }
}
