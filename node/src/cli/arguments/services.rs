//! `fleet`, `loan`, `service`, `referral` and `pathway` as clap reads them. Only their shape: every text is in Fluent.

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use maillage_domain::{
    fleet::{AssetCategory, OutageReason, Ownership, RateUnit},
    loan::{Condition, LoanCancelled, LoanDocument},
    money::Cents,
    pathway::{DeclineReason, Milestone, Outcome},
    service::{ServiceReason, ServiceType, advice::Conclusion},
};

use super::{LOCAL, Page};
use crate::cli::{codes, obligations::Rights, seen::Seen};

/// A sum that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("12,50")]
pub(in crate::cli) struct NotASum;

/// Reads euros, after a comma or a point their cents, into cents.
pub(in crate::cli) fn cents(text: &str) -> Result<i64, NotASum> {
    Cents::parse(text).map(Cents::get).map_err(|_| NotASum)
}

/// The codes of a closed list of the rules.
fn listed<T: Copy>(all: &'static [T], code: fn(T) -> &'static str) -> PossibleValuesParser {
    PossibleValuesParser::new(all.iter().map(|value| code(*value)))
}

/// How a day is typed.
const DAY: &str = "YYYY-MM-DD";

/// The fleet.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Fleet {
    Add {
        #[command(flatten)]
        fields: Box<AssetFields>,
        #[arg(long, value_name = "KM", value_parser = codes::metres)]
        odometer_km: Option<u32>,
    },
    Update {
        id: String,
        #[command(flatten)]
        fields: Box<AssetFields>,
        #[command(flatten)]
        seen: Seen,
    },
    List {
        #[command(flatten)]
        page: Page,
    },
    Show {
        id: String,
    },
    Odometer {
        id: String,
        #[arg(value_name = "KM", value_parser = codes::metres)]
        odometer_km: u32,
    },
    Withdraw {
        id: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(OutageReason::ALL, OutageReason::code))]
        reason: String,
        #[arg(long, default_value = "", value_name = LOCAL)]
        from: String,
        #[arg(long, default_value = "", value_name = LOCAL)]
        until: String,
    },
    Restore {
        id: String,
    },
    Retire {
        id: String,
        #[arg(long, default_value = "", value_name = DAY)]
        on: String,
    },
    Upkeep {
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        within_days: u32,
    },
    Capacity {
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "YYYY")]
        year: u32,
    },
}

/// What is known of a thing of the fleet; what is not named stays, or is nothing.
#[derive(Debug, Args)]
pub(in crate::cli) struct AssetFields {
    #[arg(long)]
    pub(in crate::cli) label: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(AssetCategory::ALL, AssetCategory::code))]
    pub(in crate::cli) category: Option<String>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) seats: Option<u32>,
    #[arg(long)]
    pub(in crate::cli) plate: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(Ownership::ALL, Ownership::code))]
    pub(in crate::cli) ownership: Option<String>,
    #[arg(long, value_name = DAY)]
    pub(in crate::cli) in_service: Option<String>,
    #[arg(long, value_name = DAY)]
    pub(in crate::cli) inspection_due: Option<String>,
    #[arg(long, value_name = DAY)]
    pub(in crate::cli) insurance_until: Option<String>,
    #[arg(long, value_name = DAY)]
    pub(in crate::cli) service_due: Option<String>,
    #[arg(long, value_name = "KM", value_parser = codes::metres)]
    pub(in crate::cli) service_due_km: Option<u32>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(RateUnit::ALL, RateUnit::code))]
    pub(in crate::cli) rate_per: Option<String>,
    #[arg(long, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) rate: Option<i64>,
    #[arg(long, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) deposit: Option<i64>,
    #[arg(long)]
    pub(in crate::cli) notes: Option<String>,
}

/// Loans.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Loan {
    Add {
        #[arg(long, value_name = "ID")]
        person: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(AssetCategory::ALL, AssetCategory::code))]
        category: String,
        #[command(flatten)]
        time: Time,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::PURPOSES)]
        purpose: String,
        #[arg(long, default_value = "")]
        notes: String,
    },
    Show {
        id: String,
    },
    List(LoanList),
    Free {
        #[arg(long, default_value = "", value_name = "CODE")]
        category: String,
        #[command(flatten)]
        time: Time,
    },
    Book {
        id: String,
        #[arg(long, value_name = "ID")]
        asset: String,
        #[command(flatten)]
        seen: Seen,
    },
    Move {
        id: String,
        #[command(flatten)]
        time: Time,
        #[command(flatten)]
        seen: Seen,
    },
    HandOut(LoanHandOut),
    Extend {
        id: String,
        #[arg(long, value_name = LOCAL)]
        until: String,
        #[command(flatten)]
        seen: Seen,
    },
    TakeBack(LoanTakeBack),
    Close {
        id: String,
        #[arg(long, value_name = "EUR", value_parser = cents)]
        contribution: Option<i64>,
        #[arg(long, value_name = "EUR", value_parser = cents)]
        deposit_kept: Option<i64>,
    },
    Cancel {
        id: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(LoanCancelled::ALL, LoanCancelled::code))]
        reason: String,
    },
    Policy {
        #[arg(long, value_name = "N")]
        handover_min: Option<u32>,
        #[command(flatten)]
        seen: Seen,
    },
}

/// From when until when.
#[derive(Debug, Args)]
pub(in crate::cli) struct Time {
    #[arg(long, value_name = LOCAL)]
    pub(in crate::cli) from: String,
    #[arg(long, value_name = LOCAL)]
    pub(in crate::cli) until: String,
}

#[derive(Debug, Args)]
#[group(id = "loans", required = true, multiple = false, args = ["person", "asset", "open", "overdue"])]
pub(in crate::cli) struct LoanList {
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) person: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) asset: Option<String>,
    #[arg(long)]
    pub(in crate::cli) open: bool,
    #[arg(long)]
    pub(in crate::cli) overdue: bool,
    #[arg(long, default_value = "", requires = "person", value_name = "ID")]
    pub(in crate::cli) before: String,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    pub(in crate::cli) limit: u32,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct LoanHandOut {
    pub(in crate::cli) id: String,
    #[arg(long, default_value = "", value_name = LOCAL)]
    pub(in crate::cli) at: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(Condition::ALL, Condition::code))]
    pub(in crate::cli) condition: String,
    #[arg(long, value_name = "KM", value_parser = codes::metres)]
    pub(in crate::cli) odometer_km: Option<u32>,
    #[arg(long, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) deposit: Option<i64>,
    #[arg(long, value_name = "CODE", value_delimiter = ',', hide_possible_values = true, value_parser = listed(LoanDocument::ALL, LoanDocument::code))]
    pub(in crate::cli) document: Vec<String>,
    #[arg(long)]
    pub(in crate::cli) by: String,
    #[arg(long, default_value = "")]
    pub(in crate::cli) notes: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct LoanTakeBack {
    pub(in crate::cli) id: String,
    #[arg(long, default_value = "", value_name = LOCAL)]
    pub(in crate::cli) at: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(Condition::ALL, Condition::code))]
    pub(in crate::cli) condition: String,
    #[arg(long, value_name = "KM", value_parser = codes::metres)]
    pub(in crate::cli) odometer_km: Option<u32>,
    #[arg(long)]
    pub(in crate::cli) by: String,
    #[arg(long, default_value = "")]
    pub(in crate::cli) damage: String,
}

/// Services beyond rides and loans.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Service {
    Open(ServiceOpen),
    Show {
        id: String,
    },
    List(ServiceList),
    Plan {
        id: String,
        #[arg(long, value_name = LOCAL)]
        at: String,
        #[command(flatten)]
        seen: Seen,
    },
    Hold {
        #[command(flatten)]
        step: Step,
        #[arg(long, required = true, value_name = "CODE", value_delimiter = ',', hide_possible_values = true, value_parser = listed(Conclusion::ALL, Conclusion::code))]
        conclusion: Vec<String>,
    },
    Miss(Step),
    Grant {
        #[command(flatten)]
        step: Step,
        #[arg(long, value_name = "EUR", value_parser = cents)]
        amount: i64,
    },
    Refuse(Because),
    Lessons {
        id: String,
        #[arg(long, value_name = "N")]
        hours: u32,
        #[command(flatten)]
        seen: Seen,
    },
    PassTheory(Step),
    Obtain(Step),
    Abandon(Because),
    Estimate {
        id: String,
        #[arg(long, value_name = "EUR", value_parser = cents)]
        amount: i64,
        #[command(flatten)]
        seen: Seen,
    },
    Agree {
        id: String,
        #[arg(long, value_name = "EUR", value_parser = cents)]
        share: i64,
        #[command(flatten)]
        seen: Seen,
    },
    Repair {
        #[command(flatten)]
        step: Step,
        #[arg(long, value_name = "EUR", value_parser = cents)]
        amount: i64,
        #[arg(long, value_name = "EUR", value_parser = cents)]
        share: i64,
    },
    Pay(Step),
    Finish {
        #[command(flatten)]
        step: Step,
        #[arg(long, value_name = "N")]
        attendance: u32,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ServiceOpen {
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(ServiceType::ALL, ServiceType::code))]
    pub(in crate::cli) kind: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(in crate::cli) person: String,
    #[arg(long)]
    pub(in crate::cli) commune: Option<String>,
    #[arg(long, default_value = "", value_name = "CODE")]
    pub(in crate::cli) form: String,
    #[arg(long, default_value = "", value_name = LOCAL)]
    pub(in crate::cli) at: String,
    #[arg(long, value_name = "EUR", value_parser = cents)]
    pub(in crate::cli) amount: Option<i64>,
    #[arg(long, default_value = "")]
    pub(in crate::cli) notes: String,
}

#[derive(Debug, Args)]
#[group(id = "services", required = true, multiple = false, args = ["person", "kind", "open"])]
pub(in crate::cli) struct ServiceList {
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) person: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(ServiceType::ALL, ServiceType::code))]
    pub(in crate::cli) kind: Option<String>,
    #[arg(long)]
    pub(in crate::cli) open: bool,
    #[command(flatten)]
    pub(in crate::cli) page: Page,
}

/// What was done to something, and on which day.
#[derive(Debug, Args)]
pub(in crate::cli) struct Done {
    pub(in crate::cli) id: String,
    #[arg(long, default_value = "", value_name = DAY)]
    pub(in crate::cli) on: String,
}

/// A step of a service, and the version of it that was seen.
#[derive(Debug, Args)]
pub(in crate::cli) struct Step {
    #[command(flatten)]
    pub(in crate::cli) done: Done,
    #[command(flatten)]
    pub(in crate::cli) seen: Seen,
}

/// What is not done, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct Because {
    pub(in crate::cli) id: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(ServiceReason::ALL, ServiceReason::code))]
    pub(in crate::cli) reason: String,
    #[command(flatten)]
    pub(in crate::cli) seen: Seen,
}

/// Referrals.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Referral {
    Add(ReferralAdd),
    Show {
        id: String,
    },
    List {
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        page: Page,
    },
    Accept {
        id: String,
        #[arg(long, default_value = "", value_name = "ID")]
        person: String,
        #[arg(long)]
        even_if_duplicate: bool,
    },
    Decline {
        id: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(DeclineReason::ALL, DeclineReason::code))]
        reason: String,
    },
    Withdraw {
        id: String,
    },
    #[command(flatten)]
    Rights(Rights),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReferralAdd {
    #[arg(long, default_value = "", value_name = "ID")]
    pub(in crate::cli) prescriber: String,
    #[arg(long)]
    pub(in crate::cli) reference: String,
    #[arg(long)]
    pub(in crate::cli) name: String,
    #[arg(long)]
    pub(in crate::cli) phone: String,
    #[arg(long)]
    pub(in crate::cli) commune: String,
    #[arg(long)]
    pub(in crate::cli) person_agrees: bool,
}

/// Pathways.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Pathway {
    Open {
        #[arg(long, value_name = "ID")]
        person: String,
        #[arg(long, default_value = "", value_name = DAY)]
        on: String,
        #[arg(long, default_value = "")]
        notes: String,
    },
    Show {
        id: String,
    },
    List {
        #[arg(long, default_value = "", value_name = "ID")]
        person: String,
        #[command(flatten)]
        page: Page,
    },
    Diagnose {
        #[command(flatten)]
        done: Done,
        #[arg(long, default_value = "", value_name = "ID")]
        service: String,
        #[command(flatten)]
        seen: Seen,
    },
    Put(Contents),
    TakeOut(Contents),
    Agree(Done),
    FollowUp {
        #[command(flatten)]
        done: Done,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(Milestone::ALL, Milestone::code))]
        milestone: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(Outcome::ALL, Outcome::code))]
        heard: Option<String>,
    },
    Exit {
        #[command(flatten)]
        done: Done,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = listed(Outcome::ALL, Outcome::code))]
        outcome: String,
    },
    Note {
        id: String,
        #[arg(long)]
        notes: String,
        #[command(flatten)]
        seen: Seen,
    },
    Due {
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        within_days: u32,
        #[command(flatten)]
        page: Page,
    },
    Count {
        #[arg(value_name = DAY)]
        first: String,
        #[arg(value_name = DAY)]
        last: String,
    },
}

/// Something of a basket.
#[derive(Debug, Args)]
pub(in crate::cli) struct Contents {
    pub(in crate::cli) id: String,
    #[arg(value_name = "CODE", hide_possible_values = true, value_parser = ["request", "series", "loan", "service"])]
    pub(in crate::cli) kind: String,
    #[arg(value_name = "ID")]
    pub(in crate::cli) item: String,
}
