//! What can be typed. Only shapes: help texts come from Fluent, values are checked where they are used.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};
use maillage_federation::{half_year::HalfYear, month::Month, name::FederationName};
use maillage_platform::{
    cli::backup::{Backup, Restore},
    telemetry::LogFormat,
};

use crate::settings::HubUrl;

#[derive(Debug, Parser)]
#[command(name = super::PROGRAM, version)]
pub(super) struct Arguments {
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "MAILLAGE_HUB_DATA",
        default_value = "./maillage-hub-data",
        hide_env = true
    )]
    pub(super) data: PathBuf,
    #[arg(long, global = true, value_name = "fr|en")]
    pub(super) lang: Option<String>,
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Init(Init),
    Serve(Serve),
    Backup(Backup),
    Restore(Restore),
    Invite(Invite),
    Nodes {
        #[command(subcommand)]
        command: Nodes,
    },
    Threads {
        #[command(subcommand)]
        command: Threads,
    },
    Totals(Totals),
    Reports {
        #[command(subcommand)]
        command: Reports,
    },
    Statistics {
        #[command(subcommand)]
        command: Statistics,
    },
    Pilot(Pilot),
    Accounts {
        #[command(subcommand)]
        command: Accounts,
    },
    Team {
        #[command(subcommand)]
        command: Team,
    },
    Status,
}

#[derive(Debug, Subcommand)]
pub(super) enum Team {
    Link(Link),
    List,
    Revoke {
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        doer: Doer,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Link {
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    #[arg(long, value_name = "NAME")]
    pub(super) full_name: Option<String>,
    #[arg(long, value_name = "reader|operator")]
    pub(super) role: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(super) valid_hours: u32,
    #[command(flatten)]
    pub(super) doer: Doer,
}

/// Who does it, for the audit.
#[derive(Debug, clap::Args)]
pub(super) struct Doer {
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl Doer {
    /// The name that was typed, or by which the machine knows whoever gives the command: of the person, where `sudo` says it.
    pub(super) fn name(self) -> String {
        let known = || ["SUDO_USER", "LOGNAME", "USER"].into_iter().find_map(|name| std::env::var(name).ok());
        self.by.or_else(known).unwrap_or_default()
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Accounts {
    List {
        #[arg(long, value_name = "YYYY", default_value_t = 0, hide_default_value = true)]
        year: u32,
        #[arg(long, value_name = "ID")]
        node: Option<String>,
    },
    Totals {
        #[arg(long, value_name = "YYYY", default_value_t = 0, hide_default_value = true)]
        year: u32,
    },
    Quarantine(Verdict),
    Lift(Verdict),
}

#[derive(Debug, Subcommand)]
pub(super) enum Statistics {
    Indicators,
    Compare(Compare),
    Changes(Changes),
    Series(Series),
    Coverage(Totals),
    Deserts {
        #[arg(long, value_name = "NUMBER")]
        departement: Option<String>,
    },
    Territories {
        #[arg(long, value_name = "YYYY-Hn")]
        half_year: Option<HalfYear>,
    },
    Targets {
        #[arg(long, value_name = "YYYY")]
        year: Option<u32>,
    },
    Flows {
        #[arg(long, value_name = "YYYY")]
        year: u32,
    },
    Recompute,
    Export {
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Series {
    #[arg(long, value_name = "KEY", conflicts_with = "vocabulary")]
    pub(super) indicator: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(super) vocabulary: Option<String>,
    #[arg(long, value_name = "YYYY-MM")]
    pub(super) from: Option<Month>,
    #[arg(long, value_name = "YYYY-MM")]
    pub(super) to: Option<Month>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Compare {
    #[arg(long, value_name = "KEY")]
    pub(super) indicator: Option<String>,
    #[arg(long, value_name = "YYYY-MM")]
    pub(super) from: Option<Month>,
    #[arg(long, value_name = "YYYY-MM")]
    pub(super) to: Option<Month>,
    #[arg(long, value_name = "MODEL")]
    pub(super) against: Option<String>,
    #[arg(long, conflicts_with_all = ["from", "to"])]
    pub(super) published: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Changes {
    #[arg(long, value_name = "MODEL")]
    pub(super) model: String,
    #[arg(long, value_name = "KEY")]
    pub(super) indicator: Option<String>,
    #[arg(long, value_name = "YYYY-Hn")]
    pub(super) from: Option<HalfYear>,
    #[arg(long, value_name = "YYYY-Hn")]
    pub(super) to: Option<HalfYear>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Init {
    #[arg(long, value_name = "NAME")]
    pub(super) federation: FederationName,
    #[arg(long, value_name = "https://HOST:PORT")]
    pub(super) url: HubUrl,
    #[arg(long, value_name = "HOST")]
    pub(super) address: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:4443")]
    pub(super) listen: SocketAddr,
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub(super) api_listen: SocketAddr,
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) web_listen: Option<SocketAddr>,
    #[arg(long, value_name = "URL", requires = "web_listen")]
    pub(super) team_url: Option<String>,
    #[arg(long, requires = "team_url")]
    pub(super) trust_forwarded_for: bool,
    #[arg(long, value_name = "FILTER", default_value = "info")]
    pub(super) log: String,
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub(super) log_format: LogFormat,
    #[arg(long, value_name = "PATH", hide = true)]
    pub(super) clock_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Invite {
    #[arg(long, value_name = "SIREN")]
    pub(super) territory: String,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(super) valid_hours: u32,
    #[command(flatten)]
    pub(super) doer: Doer,
}

#[derive(Debug, Subcommand)]
pub(super) enum Nodes {
    List,
    Revoke {
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        doer: Doer,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Threads {
    List {
        #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
        limit: u32,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Totals {
    #[arg(long, value_name = "YYYY-MM")]
    pub(super) from: Option<Month>,
    #[arg(long, value_name = "YYYY-MM")]
    pub(super) to: Option<Month>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Pilot {
    #[arg(value_name = "SIREN")]
    pub(super) territory: Vec<String>,
    #[arg(long, conflicts_with = "territory")]
    pub(super) nobody: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Reports {
    List {
        #[arg(long, value_name = "ID")]
        node: Option<String>,
    },
    Quarantine(Decision),
    Lift(Decision),
}

#[derive(Debug, clap::Args)]
pub(super) struct Verdict {
    #[arg(value_name = "NODE")]
    pub(super) node: String,
    #[arg(value_name = "YYYY")]
    pub(super) year: u32,
    #[arg(long, value_name = "NAME")]
    pub(super) by: String,
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct Decision {
    #[arg(value_name = "NODE")]
    pub(super) node: String,
    #[arg(value_name = "PERIOD")]
    pub(super) period: String,
    #[arg(long, value_name = "NAME")]
    pub(super) by: String,
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
}
