//! The command line as clap reads it. Only its shape: every text shown to people is in Fluent, so nothing here has a
//! help text of its own.

pub(super) mod agreements;
pub(super) mod declarations;
pub(super) mod handovers;
pub(super) mod policy;
pub(super) mod services;
pub(super) mod settlements;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use maillage_platform::{
    cli::backup::{Backup, Restore},
    telemetry::LogFormat,
};
use maillage_proto::node::v1::OfferPace;

use self::{
    agreements::Agreement,
    declarations::{Declare, Retract},
    handovers::Handover,
    policy::Policy,
    settlements::Settlement,
};
use super::{
    accounts::Account,
    changes::Changes,
    codes,
    exchange::Partner,
    money::Money,
    obligations::{Obligations, Retention},
    offers::pace,
    partners::{Prescriber, Staff},
    people::Person,
    planning::Dispatch,
    seen::Seen,
    series::Series,
    tables::Table,
    unmet::Unmet,
    volunteers::Volunteer,
};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "maillage-node", version, subcommand_required = true)]
pub(super) struct Arguments {
    #[arg(
        long,
        global = true,
        env = "MAILLAGE_NODE_DATA",
        default_value = "./maillage-node-data",
        value_name = "DIR"
    )]
    pub(super) data: PathBuf,
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[arg(long, global = true, value_name = "fr|en", hide_possible_values = true, value_parser = codes::LANGUAGES)]
    pub(super) lang: Option<String>,
    #[arg(long, global = true, env = "MAILLAGE_NODE_TOKEN_FILE", value_name = "PATH")]
    pub(super) token_file: Option<PathBuf>,
    #[arg(long, global = true, env = "MAILLAGE_NODE_API", value_name = "IP:PORT")]
    pub(super) api: Option<SocketAddr>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Init(Init),
    Join(Join),
    Serve(Serve),
    Backup(Backup),
    Restore(Restore),
    Completions {
        shell: Shell,
    },
    Man {
        directory: PathBuf,
    },
    #[command(flatten)]
    Ask(Box<Ask>),
}

/// Commands that ask the running node.
#[derive(Debug, Subcommand)]
pub(super) enum Ask {
    Status,
    Members,
    #[command(subcommand)]
    Model(Model),
    #[command(subcommand)]
    Policy(Policy),
    #[command(subcommand)]
    Jobs(Jobs),
    #[command(subcommand)]
    Person(Person),
    #[command(subcommand)]
    Volunteer(Volunteer),
    #[command(subcommand)]
    Prescriber(Prescriber),
    #[command(subcommand)]
    Partner(Partner),
    #[command(subcommand)]
    Staff(Staff),
    #[command(subcommand)]
    Request(Request),
    #[command(subcommand)]
    Trip(Trip),
    #[command(subcommand)]
    Offer(Offer),
    #[command(subcommand)]
    CallList(CallList),
    #[command(subcommand)]
    Calendar(Calendar),
    DaySheet(DaySheet),
    #[command(subcommand)]
    Dispatch(Dispatch),
    #[command(subcommand)]
    Series(Series),
    Unmet(Unmet),
    #[command(subcommand)]
    Handover(Handover),
    #[command(subcommand)]
    Agreement(Agreement),
    #[command(subcommand)]
    Settlement(Settlement),
    #[command(subcommand)]
    Money(Money),
    #[command(subcommand)]
    Carrier(super::legal::Carrier),
    #[command(subcommand)]
    Frame(super::legal::Frame),
    #[command(subcommand)]
    Reference(super::legal::Reference),
    #[command(subcommand)]
    Models(super::models::Models),
    #[command(subcommand)]
    Report(Report),
    #[command(subcommand)]
    Obligations(Obligations),
    #[command(subcommand)]
    Retention(Retention),
    #[command(subcommand)]
    Account(Account),
    #[command(subcommand)]
    Changes(Changes),
    #[command(subcommand)]
    Table(Table),
    #[command(subcommand)]
    Fleet(services::Fleet),
    #[command(subcommand)]
    Loan(services::Loan),
    #[command(subcommand)]
    Service(services::Service),
    #[command(subcommand)]
    Referral(services::Referral),
    #[command(subcommand)]
    Pathway(services::Pathway),
}

#[derive(Debug, Args)]
pub(super) struct Init {
    #[arg(long, value_name = "SIREN")]
    pub(super) territory: String,
    #[arg(long, value_name = "ID@VERSION")]
    pub(super) model: Option<String>,
    #[arg(long, default_value = "")]
    pub(super) phone: String,
    #[arg(long, default_value = "")]
    pub(super) hours: String,
}

#[derive(Debug, Args)]
pub(super) struct Join {
    pub(super) string: String,
    #[arg(long, hide = true, value_name = "PATH")]
    pub(super) clock_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[arg(long, default_value = "127.0.0.1:4810", value_name = "IP:PORT")]
    pub(super) api_listen: SocketAddr,
    #[arg(long, value_name = "IP:PORT")]
    pub(super) web_listen: Option<SocketAddr>,
    #[arg(long, requires = "web_listen")]
    pub(super) web_anywhere: bool,
    #[arg(long, value_name = "IP:PORT")]
    pub(super) console_listen: Option<SocketAddr>,
    #[arg(long, requires = "console_listen", value_name = "URL")]
    pub(super) console_url: Option<String>,
    #[arg(long, env = "RUST_LOG", default_value = "info", value_name = "FILTER")]
    pub(super) log: String,
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) log_format: LogFormat,
    #[arg(long, hide = true, value_name = "PATH")]
    pub(super) clock_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Model {
    Set {
        #[arg(value_name = "ID@VERSION")]
        model: String,
        #[arg(long, value_name = "ID@VERSION")]
        former: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Jobs {
    List,
}

/// A page of a long list.
#[derive(Debug, Args)]
pub(super) struct Page {
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) after: String,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    pub(super) limit: u32,
}

/// Longest distance that can be typed, in kilometres: the node's own limit is lower, this keeps metres in 32 bits.
pub(super) const MAX_KM: i64 = 4_000;

#[derive(Debug, Subcommand)]
pub(super) enum Request {
    Add(RequestAdd),
}

#[derive(Debug, Args)]
pub(super) struct RequestAdd {
    #[arg(long, value_name = "ID")]
    pub(super) person: String,
    #[arg(long, value_name = "COMMUNE")]
    pub(super) to_commune: String,
    #[arg(long, default_value = "", value_name = "ADDRESS")]
    pub(super) to_address: String,
    #[arg(long, value_name = "COMMUNE")]
    pub(super) from_commune: Option<String>,
    #[arg(long, default_value = "", requires = "from_commune", value_name = "ADDRESS")]
    pub(super) from_address: String,
    #[arg(long, conflicts_with = "pickup_at", required_unless_present = "pickup_at", value_name = LOCAL)]
    pub(super) arrive_by: Option<String>,
    #[arg(long, value_name = LOCAL)]
    pub(super) pickup_at: Option<String>,
    #[arg(long, value_name = LOCAL)]
    pub(super) return_at: Option<String>,
    #[arg(long, conflicts_with = "return_at")]
    pub(super) call_when_done: bool,
    #[arg(long, value_name = "N")]
    pub(super) tolerance_min: Option<u32>,
    #[arg(long)]
    pub(super) late_ok: bool,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(super) notes: String,
    #[arg(long, value_name = "ID@VERSION")]
    pub(super) model: Option<String>,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    pub(super) companions: u32,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::PURPOSES)]
    pub(super) purpose: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::POOLING)]
    pub(super) pooling: Option<String>,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(super) exception_reason: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(super) access_reason: String,
    #[arg(long)]
    pub(super) record_unmet: bool,
}

/// How a civil time of Europe/Paris is typed.
const LOCAL: &str = "YYYY-MM-DDTHH:MM";

#[derive(Debug, Subcommand)]
pub(super) enum Trip {
    List(TripList),
    Show {
        id: String,
    },
    Confirmation {
        id: String,
    },
    Suggest(OneTrip),
    Offer {
        #[command(flatten)]
        trip: OneTrip,
        #[arg(long, value_name = "ID")]
        volunteer: String,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        vehicle: u32,
        #[arg(long, default_value = "", value_name = "ID", conflicts_with = "vehicle")]
        asset: String,
        #[arg(long)]
        own_trip: bool,
    },
    Accept(OneTrip),
    Refuse {
        #[command(flatten)]
        trip: OneTrip,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::DRIVER_REFUSALS))]
        reason: String,
    },
    PickUp(OneTrip),
    Complete {
        id: String,
        #[arg(long, value_name = "KM", value_parser = codes::metres)]
        loaded_km: Option<u32>,
        #[arg(long, value_name = "KM", value_parser = codes::metres)]
        empty_km: Option<u32>,
        #[arg(long, default_value = "0", hide_default_value = true, value_name = "EUR", value_parser = services::cents)]
        collected: i64,
    },
    NoShow {
        #[command(flatten)]
        trip: OneTrip,
        #[arg(long, default_value = "person", hide_default_value = true, value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::ABSENTEES))]
        absent: String,
    },
    Cancel {
        #[command(flatten)]
        trip: OneTrip,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::CANCELLED_BY))]
        by: String,
        #[arg(long, default_value = "unspecified", hide_default_value = true, value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::CANCEL_REASONS))]
        reason: String,
        #[arg(long, default_value = "", hide_default_value = true, value_name = LOCAL)]
        told_at: String,
    },
    Correct(TripCorrect),
    Attention {
        #[command(flatten)]
        page: Page,
    },
    Edit(TripEdit),
    Call {
        id: String,
        #[arg(long, default_value = "", value_name = LOCAL)]
        pickup_at: String,
    },
    Reopen(OneTrip),
    Share(TripShare),
    Rejoin(OneTrip),
    Unmet {
        #[command(flatten)]
        trip: OneTrip,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::UNMET)]
        reason: String,
    },
}

#[derive(Debug, Args)]
#[group(id = "criterion", required = true, multiple = true, args = ["day", "person", "open", "from", "to", "status", "volunteer", "in_commune", "series"])]
pub(super) struct TripList {
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["from", "to", "person"])]
    pub(super) day: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(super) person: Option<String>,
    #[arg(long, conflicts_with_all = ["day", "person", "from", "to", "status", "volunteer", "in_commune", "series"])]
    pub(super) open: bool,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) from: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) to: Option<String>,
    #[arg(long, value_name = "CODE")]
    pub(super) status: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(super) volunteer: Option<String>,
    #[arg(long, value_name = "COMMUNE")]
    pub(super) in_commune: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(super) series: Option<String>,
    #[command(flatten)]
    pub(super) page: Page,
}

/// A change of a trip; what is not given stays.
#[derive(Debug, Args)]
pub(super) struct TripEdit {
    pub(super) id: String,
    #[arg(long, value_name = "COMMUNE")]
    pub(super) to_commune: Option<String>,
    #[arg(long, default_value = "", requires = "to_commune", value_name = "ADDRESS")]
    pub(super) to_address: String,
    #[arg(long, value_name = "COMMUNE")]
    pub(super) from_commune: Option<String>,
    #[arg(long, default_value = "", requires = "from_commune", value_name = "ADDRESS")]
    pub(super) from_address: String,
    #[arg(long, conflicts_with = "pickup_at", value_name = LOCAL)]
    pub(super) arrive_by: Option<String>,
    #[arg(long, value_name = LOCAL)]
    pub(super) pickup_at: Option<String>,
    #[arg(long, value_name = "N")]
    pub(super) tolerance_min: Option<u32>,
    #[arg(long, value_name = "yes|no", hide_possible_values = true, value_parser = codes::YES_NO)]
    pub(super) late_ok: Option<String>,
    #[arg(long, value_name = "N")]
    pub(super) companions: Option<u32>,
    #[arg(long)]
    pub(super) notes: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::POOLING_OF_TRIP)]
    pub(super) pooling: Option<String>,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(super) exception_reason: String,
    #[command(flatten)]
    pub(super) seen: Seen,
}

/// How a trip really ended.
#[derive(Debug, Args)]
pub(super) struct TripCorrect {
    pub(super) id: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::ENDINGS))]
    pub(super) outcome: String,
    #[arg(long, value_name = "KM", value_parser = codes::metres)]
    pub(super) loaded_km: Option<u32>,
    #[arg(long, value_name = "KM", value_parser = codes::metres)]
    pub(super) empty_km: Option<u32>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::CORRECTION_REASONS))]
    pub(super) reason: String,
    #[command(flatten)]
    pub(super) seen: Seen,
}

/// How a journey is shared between two drivers.
#[derive(Debug, Args)]
pub(super) struct TripShare {
    #[command(flatten)]
    pub(super) trip: OneTrip,
    #[arg(long, value_name = "INSEE")]
    pub(super) at: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(super) address: String,
    #[arg(long, value_name = "N")]
    pub(super) slack_min: Option<u32>,
}

/// A trip, and whether its sibling is left alone.
#[derive(Debug, Args)]
pub(super) struct OneTrip {
    pub(super) id: String,
    #[arg(long)]
    pub(super) single: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Report {
    Preview {
        #[arg(value_name = "YYYY-MM")]
        period: String,
    },
    #[command(alias = "send")]
    Close {
        #[arg(value_name = "YYYY-MM")]
        period: String,
    },
    Withhold {
        #[arg(value_name = "YYYY-MM")]
        period: String,
    },
    Withdraw {
        #[arg(value_name = "YYYY-MM")]
        period: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::WITHDRAWALS)]
        reason: String,
    },
    Journal,
    List,
    Declare(Box<Declare>),
    Declared,
    Retract(Retract),
}

#[derive(Debug, Subcommand)]
pub(super) enum Offer {
    List(OfferList),
    Show { id: String },
    Remind { id: String },
    Answer(OfferAnswer),
    Failed(Page),
    Told(OfferTold),
    Policy,
    PolicySet(OfferPolicySet),
}

/// Whom or what messages are about: one of them.
#[derive(Debug, Args)]
#[group(id = "about", required = true, multiple = false, args = ["trip", "offer", "volunteer", "person"])]
pub(super) struct OfferTold {
    #[arg(long, value_name = "ID")]
    pub(super) trip: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(super) offer: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(super) volunteer: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(super) person: Option<String>,
    #[command(flatten)]
    pub(super) page: Page,
}

#[derive(Debug, Args)]
pub(super) struct OfferList {
    #[arg(long, conflicts_with_all = ["trip", "volunteer"])]
    pub(super) open: bool,
    #[arg(long, default_value = "", value_name = "ID", conflicts_with_all = ["volunteer", "after"])]
    pub(super) trip: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) volunteer: String,
    #[command(flatten)]
    pub(super) page: Page,
}

#[derive(Debug, Args)]
pub(super) struct OfferAnswer {
    pub(super) id: String,
    #[arg(long, required_unless_present = "refuse", conflicts_with = "refuse")]
    pub(super) accept: bool,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::any_of(&codes::DRIVER_REFUSALS))]
    pub(super) refuse: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct OfferPolicySet {
    #[arg(long, value_name = "N")]
    pub(super) call_under_min: Option<u32>,
    #[arg(long, value_name = "N", requires = "quiet_to_min")]
    pub(super) quiet_from_min: Option<u32>,
    #[arg(long, value_name = "N", requires = "quiet_from_min")]
    pub(super) quiet_to_min: Option<u32>,
    #[arg(long, hide_possible_values = true, value_parser = codes::DECISIONS, value_name = "auto|ask")]
    pub(super) escalation: Option<String>,
    #[arg(long, value_name = "N")]
    pub(super) rounds: Option<u32>,
    #[arg(long, value_name = "LEAD:REMIND:REMINDERS:TIMEOUT", value_delimiter = ',', value_parser = pace)]
    pub(super) paces: Option<Vec<OfferPace>>,
    #[arg(long, value_name = "yes|no", hide_possible_values = true, value_parser = codes::YES_NO)]
    pub(super) tell_confirmed: Option<String>,
    #[arg(long, value_name = "yes|no", hide_possible_values = true, value_parser = codes::YES_NO)]
    pub(super) tell_day_before: Option<String>,
    #[arg(long, value_name = "yes|no", hide_possible_values = true, value_parser = codes::YES_NO)]
    pub(super) tell_cancelled: Option<String>,
    #[command(flatten)]
    pub(super) seen: Seen,
}

#[derive(Debug, Subcommand)]
pub(super) enum CallList {
    Show(Page),
    Done { id: String },
    NoAnswer { id: String },
}

#[derive(Debug, Subcommand)]
pub(super) enum Calendar {
    Link { volunteer: String },
    Revoke { volunteer: String },
}

#[derive(Debug, Args)]
pub(super) struct DaySheet {
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) date: String,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) volunteer: String,
}
