//! The command line of the node. It reads words, speaks to the running node over its local API, and prints the reply
//! in French or English, or as JSON. It must never open the store, and never decide what the node decides.

mod accounts;
mod agreements;
mod arguments;
mod backup;
mod changes;
mod codes;
mod commune;
mod declarations;
mod draft;
mod exchange;
mod failure;
mod fleet;
pub(crate) mod handovers;
mod json;
pub(crate) mod legal;
mod letters;
mod loans;
mod local;
mod models;
mod money;
pub(crate) mod obligations;
mod offers;
mod once;
mod partners;
mod pathways;
mod people;
mod planning;
mod policy;
pub(crate) mod privacy;
mod reports;
mod roads;
mod seen;
mod series;
mod services;
mod session;
pub(crate) mod settlements;
mod shell;
mod status;
mod tables;
#[cfg(test)]
mod tests;
mod trips;
mod unmet;
mod vehicles;
mod volunteers;
pub(crate) mod words;

use std::{ffi::OsString, io};

use clap::{CommandFactory as _, FromArgMatches as _};
use maillage_platform::{
    cli::{ExitCode, Format, Output, localise, root_of, usage_text},
    i18n::{Catalog, CatalogError, Language},
};

use self::{
    arguments::{Arguments, Ask, Command},
    failure::CommandError,
    session::Session,
    words::Words,
};

/// The texts of the node, a file per topic and language; the platform's come with [`Catalog::new`].
const TEXTS: &[(Language, &str)] = &[
    (Language::French, include_str!("../locales/fr/backup.ftl")),
    (Language::English, include_str!("../locales/en/backup.ftl")),
    (Language::French, include_str!("../locales/fr/planning.ftl")),
    (Language::English, include_str!("../locales/en/planning.ftl")),
    (Language::French, include_str!("../locales/fr/relay.ftl")),
    (Language::English, include_str!("../locales/en/relay.ftl")),
    (Language::French, include_str!("../locales/fr/partners.ftl")),
    (Language::English, include_str!("../locales/en/partners.ftl")),
    (Language::French, include_str!("../locales/fr/agreements.ftl")),
    (Language::English, include_str!("../locales/en/agreements.ftl")),
    (Language::French, include_str!("../locales/fr/settlements.ftl")),
    (Language::English, include_str!("../locales/en/settlements.ftl")),
    (Language::French, include_str!("../locales/fr/declarations.ftl")),
    (Language::English, include_str!("../locales/en/declarations.ftl")),
    (Language::French, include_str!("../locales/fr/accounts.ftl")),
    (Language::English, include_str!("../locales/en/accounts.ftl")),
    (Language::French, include_str!("../locales/fr/node.ftl")),
    (Language::French, include_str!("../locales/fr/people.ftl")),
    (Language::English, include_str!("../locales/en/people.ftl")),
    (Language::French, include_str!("../locales/fr/trips.ftl")),
    (Language::English, include_str!("../locales/en/node.ftl")),
    (Language::French, include_str!("../locales/fr/services.ftl")),
    (Language::English, include_str!("../locales/en/services.ftl")),
    (Language::French, include_str!("../locales/fr/legal.ftl")),
    (Language::English, include_str!("../locales/en/legal.ftl")),
    (Language::French, include_str!("../locales/fr/models.ftl")),
    (Language::English, include_str!("../locales/en/models.ftl")),
    (Language::French, include_str!("../locales/fr/offers.ftl")),
    (Language::English, include_str!("../locales/en/offers.ftl")),
    (Language::French, include_str!("../locales/fr/messages.ftl")),
    (Language::English, include_str!("../locales/en/messages.ftl")),
    (Language::French, include_str!("../locales/fr/obligations.ftl")),
    (Language::English, include_str!("../locales/en/obligations.ftl")),
    (Language::French, include_str!("../locales/fr/tables.ftl")),
    (Language::English, include_str!("../locales/en/tables.ftl")),
    (Language::English, include_str!("../locales/en/trips.ftl")),
    (Language::French, include_str!("../locales/fr/roads.ftl")),
    (Language::English, include_str!("../locales/en/roads.ftl")),
    (Language::French, include_str!("../locales/fr/money.ftl")),
    (Language::English, include_str!("../locales/en/money.ftl")),
];

/// Runs the program with its command line (its own name first) and returns what to end the process with: 0 done, 1
/// refused, 2 wrong command line, 3 not running, 4 internal.
pub fn run(args: impl IntoIterator<Item = OsString>) -> std::process::ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    // Not locked: `serve` logs and prints from other threads.
    let (mut stdout, mut stderr) = (io::stdout(), io::stderr());
    match run_with(&args, &mut stdout, &mut stderr) {
        Ok(code) => code.into(),
        // Nobody reads on, and that is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::Ok.into(),
        Err(_) => ExitCode::Internal.into(),
    }
}

/// The texts of the node, of its console and of the platform.
pub fn catalog() -> Result<Catalog, CatalogError> {
    let texts: Vec<(Language, &str)> = TEXTS.iter().chain(maillage_console::TEXTS).copied().collect();
    Catalog::new(&texts)
}

fn run_with(
    args: &[OsString],
    stdout: &mut dyn io::Write,
    stderr: &mut dyn io::Write,
) -> io::Result<ExitCode> {
    let language = Language::from_environment(flag(args, "--lang").as_deref());
    let json = args.iter().any(|argument| argument == "--json");
    let catalog = match catalog() {
        Ok(catalog) => catalog,
        Err(error) => {
            writeln!(stderr, "{error}")?;
            return Ok(ExitCode::Internal);
        }
    };
    let words = Words::new(&catalog, language);
    let read =
        described(words).try_get_matches_from(args).and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match read {
        Ok(arguments) => arguments,
        Err(error) => return told_by_clap(&error, words, json, stdout, stderr),
    };
    match execute(arguments, words, stdout) {
        Ok(()) => Ok(ExitCode::Ok),
        Err(error) => error.tell(words, json, stdout, stderr),
    }
}

/// The command line with its texts.
fn described(words: Words<'_>) -> clap::Command {
    let command = Arguments::command();
    let root = root_of(&command).to_owned();
    localise(command, words.catalog(), words.language(), &root)
}

/// Help and version, which are no mistake, or a mistake on the command line.
fn told_by_clap(
    error: &clap::Error,
    words: Words<'_>,
    json: bool,
    stdout: &mut dyn io::Write,
    stderr: &mut dyn io::Write,
) -> io::Result<ExitCode> {
    let text = usage_text(error, words.catalog(), words.language());
    if !error.use_stderr() {
        write!(stdout, "{text}")?;
        return Ok(ExitCode::Ok);
    }
    if json {
        failure::tell_usage(stdout, &text)?;
    }
    writeln!(stderr, "{}", text.trim_end())?;
    Ok(ExitCode::Usage)
}

fn execute(arguments: Arguments, words: Words<'_>, stdout: &mut dyn io::Write) -> Result<(), CommandError> {
    let Arguments { data, json, lang: _, token_file, api, command } = arguments;
    let format = if json { Format::Json } else { Format::Text };
    let output = Output::new(stdout, format, words.catalog(), words.language());
    let mut session = Session::new(&data, output, words).of_account(token_file, api);
    match command {
        Command::Init(arguments) => local::init(&mut session, arguments),
        Command::Join(arguments) => local::join(&mut session, arguments),
        Command::Serve(arguments) => local::serve(&mut session, arguments),
        Command::Backup(arguments) => backup::make(&mut session, &arguments),
        Command::Restore(arguments) => backup::restore(&mut session, &arguments),
        Command::Completions { shell } => shell::completions(&mut session, described(words), shell),
        Command::Man { directory } => shell::manual(described(words), &directory),
        Command::Ask(command) => local::block_on(ask(&mut session, *command))?,
    }
}

/// Commands that ask the running node.
async fn ask(session: &mut Session<'_>, command: Ask) -> Result<(), CommandError> {
    match command {
        Ask::Status => status::status(session).await,
        Ask::Model(command) => status::model(session, command).await,
        Ask::Policy(command) => policy::policy(session, command).await,
        Ask::Members => status::members(session).await,
        Ask::Jobs(command) => status::jobs(session, command).await,
        Ask::Person(command) => people::person(session, command).await,
        Ask::Volunteer(command) => volunteers::volunteer(session, command).await,
        Ask::Prescriber(command) => partners::prescriber(session, command).await,
        Ask::Partner(command) => exchange::partner(session, command).await,
        Ask::Staff(command) => partners::staff(session, command).await,
        Ask::Request(command) => trips::request(session, command).await,
        Ask::Trip(command) => trips::trip(session, command).await,
        Ask::Dispatch(command) => planning::dispatch(session, command).await,
        Ask::Series(command) => series::series(session, command).await,
        Ask::Unmet(arguments) => unmet::unmet(session, arguments).await,
        Ask::Handover(command) => handovers::handover(session, command).await,
        Ask::Agreement(command) => agreements::agreement(session, command).await,
        Ask::Settlement(command) => settlements::settlement(session, command).await,
        Ask::Offer(command) => offers::offer(session, command).await,
        Ask::CallList(command) => offers::call_list(session, command).await,
        Ask::Calendar(command) => offers::calendar(session, command).await,
        Ask::DaySheet(arguments) => offers::day_sheet(session, arguments).await,
        Ask::Table(command) => tables::table(session, command).await,
        Ask::Money(command) => money::money(session, command).await,
        Ask::Carrier(command) => legal::carrier(session, command).await,
        Ask::Frame(command) => legal::frame(session, command).await,
        Ask::Reference(command) => legal::reference(session, command).await,
        Ask::Models(command) => models::models(session, command).await,
        Ask::Report(command) => reports::report(session, command).await,
        Ask::Obligations(command) => obligations::obligations(session, command).await,
        Ask::Retention(command) => obligations::retention(session, command).await,
        Ask::Fleet(command) => fleet::fleet(session, command).await,
        Ask::Loan(command) => loans::loan(session, command).await,
        Ask::Service(command) => services::service(session, command).await,
        Ask::Referral(command) => pathways::referral(session, command).await,
        Ask::Pathway(command) => pathways::pathway(session, command).await,
        Ask::Account(command) => accounts::account(session, command).await,
        Ask::Changes(command) => changes::changes(session, command).await,
    }
}

/// The value of a flag, before the command line is understood: its texts need the language.
fn flag(args: &[OsString], name: &str) -> Option<String> {
    let mut texts = args.iter().filter_map(|argument| argument.to_str());
    while let Some(text) = texts.next() {
        if text == name {
            return texts.next().map(str::to_owned);
        }
        if let Some(value) = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.to_owned());
        }
    }
    None
}
