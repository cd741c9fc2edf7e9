//! `policy` as clap reads it. Only its shape, as in the module above.

use clap::{Args, Subcommand};

use super::super::{codes, seen::Seen};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Policy {
    Show,
    Set(PolicySet),
    #[command(subcommand)]
    Rule(PolicyRule),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PolicySet {
    #[arg(long, value_name = "ask|at-once|N", value_parser = codes::offering)]
    pub(in crate::cli) offering: Option<codes::Offering>,
    #[arg(long, hide_possible_values = true, value_parser = codes::DECISIONS, value_name = "auto|ask")]
    pub(in crate::cli) bidding: Option<String>,
    #[arg(long, hide_possible_values = true, value_parser = codes::DECISIONS, value_name = "auto|ask")]
    pub(in crate::cli) awarding: Option<String>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) award_wait_min: Option<u32>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) reply_within_min: Option<u32>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) accept_within_min: Option<u32>,
    #[arg(long, value_name = "N,N|off")]
    pub(in crate::cli) circles: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) seen: Seen,
}

/// Rules beside the policy.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PolicyRule {
    List,
    Set(PolicyRuleSet),
    Remove {
        #[command(flatten)]
        scope: RuleScope,
        #[command(flatten)]
        seen: Seen,
    },
}

/// What a rule is for: one of them.
#[derive(Debug, Clone, Args)]
#[group(id = "rule_scope", required = true, multiple = false, args = ["model", "trust", "partner"])]
pub(in crate::cli) struct RuleScope {
    #[arg(long, value_name = "MODEL")]
    pub(in crate::cli) model: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::TRUST)]
    pub(in crate::cli) trust: Option<String>,
    #[arg(long, value_name = "NODE")]
    pub(in crate::cli) partner: Option<String>,
}

/// What a rule says; what is not given stays.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyRuleSet {
    #[command(flatten)]
    pub(in crate::cli) scope: RuleScope,
    #[arg(long, value_name = "ask|at-once|N|unsaid", value_parser = codes::offering_or_unsaid)]
    pub(in crate::cli) offering: Option<codes::Offering>,
    #[arg(long, hide_possible_values = true, value_parser = codes::RULE_DECISIONS, value_name = "auto|ask|unsaid")]
    pub(in crate::cli) bidding: Option<String>,
    #[arg(long, hide_possible_values = true, value_parser = codes::RULE_DECISIONS, value_name = "auto|ask|unsaid")]
    pub(in crate::cli) awarding: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) seen: Seen,
}
