//! `cargo run -p maillage-simulation --bin simulate-federation`: a real hub process, a made-up node for each territory, each joined over
//! mutual TLS, two years of their reports, and what the hub makes of them beside what is true. Everything is synthetic, and says so.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    io::Write as _,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use clap::Parser;
use futures_util::{StreamExt as _, TryStreamExt as _};
use maillage_federation::{half_year::HalfYear, month::Month};
use maillage_geography::Geography;
use maillage_platform::{
    clock::{Clock, FileClock, SystemClock},
    directory::DataDirectory,
    grpc::{TokenInterceptor, connect_local},
    i18n::{Catalog, Language},
};
use maillage_proto::hub::v1::{InviteRequest, admin_client::AdminClient};
use maillage_simulation::{
    measure,
    member::{Member, Source},
    plan::{self, MODELS, Plan, Planned, Wanted},
    reports::{self, Sent},
};
use tokio::process::{Child, Command};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

/// First word of a command line that makes this program a hub.
const AS_HUB: &str = "__hub";
/// Nodes that join, or send, at once.
const AT_ONCE: usize = 16;
/// Longest wait for the hub to answer.
const PATIENCE: Duration = Duration::from_mins(1);

const TEXTS: [(Language, &str); 2] = [
    (Language::French, include_str!("../../locales/fr/simulation.ftl")),
    (Language::English, include_str!("../../locales/en/simulation.ftl")),
];

/// What can be told.
#[derive(Debug, Parser)]
#[command(
    name = "simulate-federation",
    about = "Une fédération entière, fictive, et ce qu’en dit le fédérateur"
)]
struct Arguments {
    /// Nombre de territoires ; tous les 1 253 EPCI sinon · territories
    #[arg(long)]
    territories: Option<usize>,
    /// Graine du hasard · seed
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Dernier semestre, AAAA-H1 ou AAAA-H2 ; le dernier écoulé sinon · last half-year
    #[arg(long)]
    until: Option<HalfYear>,
    /// Nombre de semestres · half-years
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=20))]
    half_years: u8,
    /// Effet vrai du modèle hybride, en logarithme de cote · true effect on log-odds
    #[arg(long, default_value_t = 0.4)]
    effect: f64,
    /// Dossier du fédérateur, gardé ; un dossier temporaire sinon · data directory of the hub, kept
    #[arg(long)]
    data: Option<PathBuf>,
    /// fr ou en
    #[arg(long, global = true)]
    lang: Option<String>,
    /// Mesurer plutôt que montrer · measure instead of showing
    #[command(subcommand)]
    measure: Option<Measure>,
}

/// What can be measured, without a hub process.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
enum Measure {
    /// De combien les totaux nationaux sont faux à cause du bruit · how far national totals are off
    Utility,
    /// Si les intervalles et les tests tiennent parole · whether intervals and tests keep their word
    Calibration {
        /// Nombre de fédérations · federations
        #[arg(long, default_value_t = 100)]
        federations: u64,
    },
}

/// Numbers of territories for which the error of totals is told.
const SIZES: [usize; 5] = [50, 100, 200, 400, 1_253];

/// Tells what happens.
struct Narrator {
    catalog: Catalog,
    language: Language,
}

/// The hub as a process.
struct Hub {
    data: PathBuf,
    process: Child,
    admin: AdminClient<InterceptedService<Channel, TokenInterceptor>>,
    clock: Arc<dyn Clock>,
}

fn main() -> ExitCode {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.get(1).is_some_and(|word| word == AS_HUB) {
        args.remove(1);
        return maillage_hub::main_from(args);
    }
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.context("no runtime").and_then(|runtime| runtime.block_on(simulate(arguments))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn simulate(arguments: Arguments) -> anyhow::Result<()> {
    let narrator = Narrator {
        catalog: Catalog::new(&TEXTS)?,
        language: Language::from_environment(arguments.lang.as_deref()),
    };
    let wanted = Wanted {
        seed: arguments.seed,
        territories: arguments.territories.unwrap_or(usize::MAX),
        without: BTreeSet::new(),
        until: arguments.until.unwrap_or_else(last_half_year),
        half_years: usize::from(arguments.half_years),
        effect: arguments.effect,
    };
    narrator.line("simulation-synthetic", &[("seed", wanted.seed.to_string())])?;
    match arguments.measure {
        Some(Measure::Utility) => narrator.utility(&wanted),
        Some(Measure::Calibration { federations }) => narrator.calibration(&wanted, federations),
        None => show(&wanted, arguments.data, &narrator).await,
    }
}

/// A federation at a hub, and what the hub says of it.
async fn show(wanted: &Wanted, kept: Option<PathBuf>, narrator: &Narrator) -> anyhow::Result<()> {
    let plan = Plan::make(wanted, Geography::embedded())?;
    let made = made(&plan)?;
    narrator.truth(&plan, &made, wanted.effect)?;
    let scratch = tempfile::Builder::new().prefix("maillage-simulation-").tempdir()?;
    let data = kept.clone().unwrap_or_else(|| scratch.path().join("hub"));
    let mut hub = Hub::start(&data, wanted.until).await?;
    let told = fill(&mut hub, &plan, made, narrator).await;
    let shown = match told {
        Ok(()) => hub.show(narrator.language).await,
        Err(error) => Err(error),
    };
    hub.stop().await?;
    if kept.is_some() {
        narrator.line("simulation-kept", &[("path", data.display().to_string())])?;
    }
    shown
}

/// What every territory sends.
fn made(plan: &Plan) -> anyhow::Result<Vec<Sent>> {
    plan.territories.iter().map(|planned| reports::of(plan, planned)).collect()
}

/// The last half-year that is over.
fn last_half_year() -> HalfYear {
    plan::before(HalfYear::of(Month::of(SystemClock.now())))
}

/// Every territory joins and sends its reports.
async fn fill(hub: &mut Hub, plan: &Plan, made: Vec<Sent>, narrator: &Narrator) -> anyhow::Result<()> {
    let mut tickets = Vec::new();
    for Planned { siren, .. } in &plan.territories {
        let request = InviteRequest { territory: siren.to_string(), valid_hours: 0, by: String::new() };
        tickets.push(hub.admin.invite(request).await?.into_inner().enrolment_string);
    }
    let clock = &hub.clock;
    let begun = Instant::now();
    let join = |(number, ticket): (usize, String)| async move {
        Member::join(&ticket, Source::of(number), Arc::clone(clock)).await
    };
    let joining = futures_util::stream::iter(tickets.into_iter().enumerate()).map(join);
    let members: Vec<Member> = joining.buffered(AT_ONCE).try_collect().await?;
    let seconds = |since: Instant| format!("{:.1}", since.elapsed().as_secs_f64());
    narrator
        .line("simulation-joined", &[("number", members.len().to_string()), ("seconds", seconds(begun))])?;
    let number: usize = made.iter().map(|sent| sent.reports.len()).sum();
    let begun = Instant::now();
    let send = |(mut member, sent): (Member, Sent)| async move { member.report(sent.reports).await };
    let sending = futures_util::stream::iter(members.into_iter().zip(made)).map(send);
    sending.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    narrator.line("simulation-sent", &[("number", number.to_string()), ("seconds", seconds(begun))])
}

impl Hub {
    async fn start(data: &Path, until: HalfYear) -> anyhow::Result<Self> {
        let init = ["init", "--federation", "simulation-fictive", "--url", "https://127.0.0.1:0"];
        let done = command(data)?.args(init).output().await?;
        if !done.status.success() {
            bail!("{}", String::from_utf8_lossy(&done.stderr).trim());
        }
        // The hub lives on the day after the last half-year, whatever today is.
        let (file, after) = (data.join("clock"), Duration::from_hours(24));
        FileClock::write(&file, until.end().checked_add(after)?)?;
        let log = std::fs::File::create(data.join("hub.log"))?;
        let process = command(data)?
            .args(["serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0", "--clock-file"])
            .arg(&file)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Ok(directory) = DataDirectory::open(data, "maillage-hub")
                && let Ok((channel, token)) = connect_local(&directory).await
            {
                let admin = AdminClient::new(InterceptedService::new(channel, token));
                let clock = Arc::new(FileClock::open(file)?);
                return Ok(Self { data: data.to_owned(), process, admin, clock });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the hub in {} does not answer", data.display())
    }

    /// What the hub says of the models.
    async fn show(&self, language: Language) -> anyhow::Result<()> {
        let mut show = command(&self.data)?;
        show.args(["--lang", language.code(), "statistics", "compare"]).stdout(Stdio::inherit());
        let status = show.stderr(Stdio::inherit()).status().await?;
        anyhow::ensure!(status.success(), "the comparison ended with {status}");
        Ok(())
    }

    async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.process.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
            rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        }
        if tokio::time::timeout(PATIENCE, self.process.wait()).await.is_err() {
            self.process.kill().await?;
        }
        Ok(())
    }
}

/// This program as a hub.
fn command(data: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(AS_HUB).arg("--data").arg(data).stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

impl Narrator {
    fn line(&self, key: &str, args: &[(&str, String)]) -> anyhow::Result<()> {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        writeln!(std::io::stdout(), "{}", self.catalog.text(self.language, key, &args))?;
        Ok(())
    }

    /// How far totals of a model and year are off, by the number of territories.
    fn utility(&self, wanted: &Wanted) -> anyhow::Result<()> {
        for territories in SIZES.into_iter().filter(|size| *size <= wanted.territories) {
            let plan = Plan::make(&Wanted { territories, ..wanted.clone() }, Geography::embedded())?;
            for (figure, errors) in measure::errors(&measure::utility(&plan, &made(&plan)?)) {
                let percent =
                    |place: usize| format!("{:.2}", 100.0 * errors.get(place).copied().unwrap_or_default());
                self.line(
                    "simulation-error",
                    &[
                        ("territories", plan.territories.len().to_string()),
                        (
                            "figure",
                            self.catalog.text(self.language, &format!("simulation-figure-{figure}"), &[]),
                        ),
                        ("median", percent(errors.len() / 2)),
                        ("worst", percent(errors.len().saturating_sub(1))),
                        ("totals", errors.len().to_string()),
                    ],
                )?;
            }
        }
        Ok(())
    }

    /// How often intervals hold the truth, and differences are found.
    fn calibration(&self, wanted: &Wanted, federations: u64) -> anyhow::Result<()> {
        for (key, compared) in ["simulation-alike", "simulation-different"]
            .into_iter()
            .zip(measure::calibration(wanted, federations)?)
        {
            let percent = |part: u32, whole: u32| match whole {
                0 => "—".to_owned(),
                whole => format!("{:.1}", 100.0 * f64::from(part) / f64::from(whole)),
            };
            let (found, announced) = compared.as_announced;
            self.line(
                key,
                &[
                    ("shown", compared.shown.to_string()),
                    ("truth", format!("{:.2}", 100.0 * compared.truth)),
                    ("covered", percent(compared.covered, compared.shown)),
                    ("rejected", percent(compared.rejected, compared.shown)),
                    ("detected", percent(compared.detected, compared.shown)),
                    ("one", percent(compared.one_method, compared.shown)),
                    ("announced", announced.to_string()),
                    ("found", percent(found, announced)),
                ],
            )?;
        }
        Ok(())
    }

    /// What is true of the models, which nobody knows of real ones.
    #[expect(clippy::cast_precision_loss, reason = "numbers of trips")]
    fn truth(&self, plan: &Plan, made: &[Sent], effect: f64) -> anyhow::Result<()> {
        self.line("simulation-truth", &[("effect", format!("{effect}")), ("model", MODELS[1].to_owned())])?;
        for model in MODELS {
            let of =
                plan.territories.iter().zip(made).filter(|(planned, _)| planned.model.to_string() == model);
            let (number, carried, asked) = of.fold((0, 0, 0), |(number, carried, asked), (_, sent)| {
                (number + 1, carried + sent.carried, asked + sent.asked)
            });
            self.line(
                "simulation-arm",
                &[
                    ("model", model.to_owned()),
                    ("territories", number.to_string()),
                    ("rate", format!("{:.1}", 100.0 * carried as f64 / f64::max(asked as f64, 1.0))),
                ],
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        assert_eq!(Catalog::new(&TEXTS).unwrap().differences(), Vec::<String>::new());
    }
}
