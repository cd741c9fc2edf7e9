//! A whole federation on one machine in one command: a hub and three real territories of the Tarn as separate processes
//! on loopback, with real enrolment and mutual TLS, through three months of synthetic demand on a virtual clock.
//!
//! The same program runs as hub or node when it is told to, so that one build is enough. It must never listen beyond
//! loopback, and everything it invents is seeded and labelled synthetic.

mod country;
mod desk;
mod narrate;
mod nation;
mod people;
mod play;
mod processes;
mod relay;
mod table;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Parser;
use maillage_platform::i18n::Language;

use self::{narrate::Narrator, play::Play, processes::Federation};

/// First words of a command line that makes this program a hub or a node.
const AS_HUB: &str = "__hub";
const AS_NODE: &str = "__node";

/// What the demo can be told.
#[derive(Debug, Parser)]
#[command(
    name = "demo",
    about = "Trois territoires, un fédérateur, trois mois : une fédération Maillage complète"
)]
struct Arguments {
    /// Laisser la fédération en marche à la fin (Ctrl-C pour l'arrêter) · keep it running
    #[arg(long)]
    keep: bool,
    /// Dossier des données ; un dossier temporaire sinon · data directory
    #[arg(long)]
    data: Option<PathBuf>,
    /// Graine du hasard · seed
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Nombre de semaines à jouer · weeks to play
    #[arg(long, default_value_t = 13, value_parser = clap::value_parser!(u32).range(1..=52))]
    weeks: u32,
    /// fr ou en
    #[arg(long)]
    lang: Option<String>,
}

fn main() -> ExitCode {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    match args.get(1).and_then(|word| word.to_str()) {
        Some(AS_HUB) => {
            args.remove(1);
            return maillage_hub::main_from(args);
        }
        Some(AS_NODE) => {
            args.remove(1);
            return maillage_node::cli::run(args);
        }
        Some(_) | None => {}
    }
    let arguments = Arguments::parse();
    let language = Language::from_environment(arguments.lang.as_deref());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome =
        runtime.context("no runtime").and_then(|runtime| runtime.block_on(show(arguments, language)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            narrate::complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn show(arguments: Arguments, language: Language) -> anyhow::Result<()> {
    let mut narrator = Narrator::new(language)?;
    let scratch = tempfile::Builder::new().prefix("maillage-demo-").tempdir()?;
    let root = arguments.data.clone().unwrap_or_else(|| scratch.path().to_owned());
    narrator.line("demo-title", &[])?;
    narrator.line("demo-synthetic", &[("seed", arguments.seed.to_string())])?;
    let mut federation = Federation::start(&root, &mut narrator).await?;
    let mut outcome = Play::new(&federation, arguments.seed, arguments.weeks).run(&mut narrator).await;
    if outcome.is_ok() {
        outcome = nation::show(&federation, arguments.seed, &mut narrator).await;
    }
    if outcome.is_ok() {
        table::explore(&federation, arguments.keep, &mut narrator)?;
        if arguments.keep {
            tokio::signal::ctrl_c().await?;
        }
    }
    let stopped = federation.stop().await;
    if outcome.is_err() || arguments.keep || arguments.data.is_some() {
        let _ = scratch.keep();
        narrator.line("demo-kept", &[("path", root.display().to_string())])?;
    }
    outcome.and(stopped)
}
