//! The command line about money as clap reads it: only its shape.

use clap::{Args, Subcommand};
use maillage_domain::money::{Cents, MoneyError};

use crate::cli::{arguments::Page, seen::Seen};

/// Commands about money.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Money {
    Due(Due),
    Pay(Pay),
    Refund {
        person: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = METHODS)]
        method: String,
        #[command(flatten)]
        booking: Bookable,
    },
    WriteOff {
        person: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = REASONS)]
        reason: String,
        #[command(flatten)]
        booking: Bookable,
    },
    Remit {
        volunteer: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = METHODS)]
        method: String,
        #[command(flatten)]
        booking: Bookable,
    },
    Counter {
        entry: String,
        #[arg(long, default_value = "", value_name = "TEXT")]
        note: String,
    },
    Entries(Entries),
    Balance {
        #[command(flatten)]
        whose: Whose,
        #[arg(long, default_value = "", value_name = DAY)]
        from: String,
        #[arg(long, default_value = "", value_name = DAY)]
        to: String,
    },
    ExpenseAdd(AddExpense),
    Expenses {
        #[arg(long, default_value = "", value_name = "ID")]
        volunteer: String,
        #[command(flatten)]
        page: Page,
    },
    ExpenseRemove {
        volunteer: String,
        expense: String,
    },
    #[command(subcommand)]
    Statement(Statement),
    #[command(subcommand)]
    Receipt(Receipt),
    #[command(subcommand)]
    Issuer(Issuer),
    Export(Export),
}

/// What everything that is booked by hand has in common.
#[derive(Debug, Args)]
pub(in crate::cli) struct Bookable {
    #[arg(long, value_name = "EUROS", value_parser = euros)]
    pub(super) amount: Cents,
    #[arg(long, default_value = "", value_name = DAY)]
    pub(super) day: String,
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub(super) note: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) carrier: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Due {
    pub(super) person: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = SOURCES)]
    pub(super) source: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) source_id: String,
    #[command(flatten)]
    pub(super) booking: Bookable,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Pay {
    pub(super) person: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = METHODS)]
    pub(super) method: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) collected_by: String,
    #[command(flatten)]
    pub(super) booking: Bookable,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Entries {
    #[command(flatten)]
    pub(super) whose: Whose,
    #[arg(long, default_value = "", value_name = DAY)]
    pub(super) from: String,
    #[arg(long, default_value = "", value_name = DAY)]
    pub(super) to: String,
    #[command(flatten)]
    pub(super) page: Page,
}

/// A person's or a volunteer's.
#[derive(Debug, Args)]
pub(in crate::cli) struct Whose {
    #[arg(long, default_value = "", conflicts_with = "volunteer", value_name = "ID")]
    pub(super) person: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) volunteer: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AddExpense {
    pub(super) volunteer: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = EXPENSES)]
    pub(super) kind: String,
    #[arg(long, value_name = DAY)]
    pub(super) day: String,
    #[arg(long, value_name = "EUROS", value_parser = euros, allow_hyphen_values = true)]
    pub(super) amount: Cents,
    #[arg(long)]
    pub(super) proof_seen: bool,
    #[arg(long, default_value = "", value_name = "CODE")]
    pub(super) basis: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) trip: String,
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub(super) note: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) carrier: String,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Statement {
    Due {
        #[arg(value_name = "YYYY-MM")]
        month: String,
        #[command(flatten)]
        page: Page,
    },
    Show(OfMonth),
    Close(OfMonth),
    List {
        #[arg(long, default_value = "", value_name = "ID")]
        volunteer: String,
        #[command(flatten)]
        page: Page,
    },
    Pay {
        id: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = METHODS)]
        method: String,
        #[arg(long, default_value = "", value_name = DAY)]
        day: String,
    },
    Waive {
        id: String,
        #[arg(long, value_name = DAY)]
        signed: String,
    },
    Undo {
        id: String,
    },
    Print {
        id: String,
    },
}

/// A volunteer's statement of a month.
#[derive(Debug, Args)]
pub(in crate::cli) struct OfMonth {
    pub(super) volunteer: String,
    #[arg(value_name = "YYYY-MM")]
    pub(super) month: String,
    #[arg(long, default_value = "", value_name = "CODE")]
    pub(super) basis: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) carrier: String,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Receipt {
    Issue {
        entry: String,
    },
    Waiver {
        volunteer: String,
        year: i32,
        #[arg(long, default_value = "", value_name = "ID")]
        carrier: String,
    },
    Cancel {
        id: String,
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    Show {
        id: String,
    },
    List(Receipts),
    Print {
        id: String,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Receipts {
    #[command(flatten)]
    pub(super) whose: Whose,
    #[command(flatten)]
    pub(super) page: Page,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Issuer {
    Show {
        #[arg(long, default_value = "", value_name = "ID")]
        carrier: String,
    },
    Set(IssuerSet),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct IssuerSet {
    #[arg(long)]
    pub(super) name: String,
    #[arg(long)]
    pub(super) address: String,
    #[arg(long, value_name = "SIREN|RNA")]
    pub(super) identifier: String,
    #[arg(long, value_name = "TEXT")]
    pub(super) object: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = QUALITIES)]
    pub(super) quality: String,
    #[arg(long, value_name = "TEXT")]
    pub(super) signatory: String,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "66|75")]
    pub(super) tax_rate: u32,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) carrier: String,
    #[command(flatten)]
    pub(super) seen: Seen,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Export {
    #[arg(value_name = "CODE", hide_possible_values = true, value_parser = EXPORTS)]
    pub(super) kind: String,
    #[arg(long, default_value = "", value_name = DAY)]
    pub(super) from: String,
    #[arg(long, default_value = "", value_name = DAY)]
    pub(super) to: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) carrier: String,
}

const DAY: &str = "YYYY-MM-DD";
const METHODS: [&str; 4] = ["cash", "cheque", "card", "transfer"];
const REASONS: [&str; 5] = ["hardship", "deceased", "unreachable", "goodwill", "trifle"];
const SOURCES: [&str; 4] = ["loan", "service", "membership", "donation"];
const EXPENSES: [&str; 4] = ["toll", "parking", "other", "correction"];
const QUALITIES: [&str; 5] =
    ["none", "general-interest", "public-utility", "aid-to-people-in-need", "public-body"];
const EXPORTS: [&str; 5] = ["contributions", "payments", "statements", "waivers", "receipts"];

/// A sum that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("12,50")]
pub(super) struct NotASum(#[from] MoneyError);

fn euros(text: &str) -> Result<Cents, NotASum> {
    Ok(Cents::parse(text)?)
}

#[cfg(test)]
mod tests {
    use maillage_domain::ledger::{ExpenseType, Method, Quality, WriteOffReason};

    use super::*;

    #[test]
    fn the_lists_are_those_of_the_rules() {
        assert!(Method::ALL.iter().map(|value| value.code()).eq(METHODS));
        assert!(WriteOffReason::ALL.iter().map(|value| value.code()).eq(REASONS));
        assert!(ExpenseType::ALL.iter().map(|value| value.code()).eq(EXPENSES));
        assert!(Quality::ALL.iter().map(|value| value.code()).eq(QUALITIES));
        for kind in EXPORTS {
            assert_eq!(kind.parse::<crate::app::money::export::Kind>().unwrap().to_string(), kind);
        }
    }
}
