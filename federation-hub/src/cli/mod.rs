//! The command line of `maillage-hub`: French first, `--json` for programs. It must never decide a rule: commands other
//! than `init`, `serve`, `backup` and `restore` ask the running hub; `statistics` also reads the directory of a stopped one.

mod accounts;
mod arguments;
mod ask;
mod backup;
mod changes;
mod comparison;
mod export;
mod figures;
mod init;
mod pilot;
mod said;
mod serve;
mod statistics;
mod team;
mod views;

use std::{ffi::OsString, io, path::PathBuf, process};

use clap::{CommandFactory as _, FromArgMatches as _};
use maillage_platform::{
    cli::{
        ExitCode, Failure, Format, Output, localise, print_failure, root_of, usage_text, write_failure_json,
    },
    directory::DataDirectory,
    i18n::{Catalog, Language},
    refusal::Refusal,
};

use self::arguments::{Arguments, Command};
use crate::{refusals, settings::SettingsError};

/// Name of the program, also in its data directory.
pub const PROGRAM: &str = "maillage-hub";

/// Runs the program with these arguments, the program's own name first, and says how it ended: 0 done, 1 refused,
/// 2 wrong command line, 3 not running, 4 internal.
pub fn main_from(arguments: Vec<OsString>) -> process::ExitCode {
    let language = Language::from_environment(named_language(&arguments).as_deref());
    let (mut out, mut err) = (io::stdout(), io::stderr());
    // Nobody is left to be told when the output is closed.
    match run(arguments, language, &mut out, &mut err) {
        Ok(code) => code.into(),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::Ok.into(),
        Err(_) => ExitCode::Internal.into(),
    }
}

/// The program with its outputs as parameters.
///
/// # Errors
/// An output is closed.
fn run(
    arguments: Vec<OsString>,
    language: Language,
    out: &mut dyn io::Write,
    err: &mut dyn io::Write,
) -> io::Result<ExitCode> {
    let catalog = texts();
    let command = Arguments::command();
    let root = root_of(&command).to_owned();
    let matches = localise(command, &catalog, language, &root).try_get_matches_from(arguments);
    let arguments = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            writeln!(err, "{}", usage_text(&error, &catalog, language))?;
            return Ok(ExitCode::Usage);
        }
        Err(help) => {
            write!(out, "{}", usage_text(&help, &catalog, language))?;
            return Ok(ExitCode::Ok);
        }
    };
    let format = if arguments.json { Format::Json } else { Format::Text };
    let mut output = Output::new(out, format, &catalog, language);
    match dispatch(arguments, &mut output) {
        Ok(()) => {
            out.flush()?;
            Ok(ExitCode::Ok)
        }
        Err(failure) if failure.is_broken_pipe() => Ok(ExitCode::Ok),
        Err(failure) => {
            if format == Format::Json {
                write_failure_json(out, &failure)?;
            }
            print_failure(err, &failure, &catalog, language)
        }
    }
}

/// The texts of the program, in both languages.
pub fn texts() -> Catalog {
    Catalog::new(&[
        (Language::French, include_str!("../../locales/fr/accounts.ftl")),
        (Language::English, include_str!("../../locales/en/accounts.ftl")),
        (Language::French, include_str!("../../locales/fr/backup.ftl")),
        (Language::English, include_str!("../../locales/en/backup.ftl")),
        (Language::French, include_str!("../../locales/fr/comparison.ftl")),
        (Language::English, include_str!("../../locales/en/comparison.ftl")),
        (Language::French, include_str!("../../locales/fr/dashboard.ftl")),
        (Language::English, include_str!("../../locales/en/dashboard.ftl")),
        (Language::French, include_str!("../../locales/fr/figures.ftl")),
        (Language::English, include_str!("../../locales/en/figures.ftl")),
        (Language::French, include_str!("../../locales/fr/team.ftl")),
        (Language::English, include_str!("../../locales/en/team.ftl")),
        (Language::French, include_str!("../../locales/fr/hub.ftl")),
        (Language::English, include_str!("../../locales/en/hub.ftl")),
    ])
    .expect("the texts of the program are valid: its first test reads them")
}

fn dispatch(arguments: Arguments, output: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { data, lang: _, json: _, command } = arguments;
    match command {
        Command::Init(wanted) => init::run(data, wanted, output),
        Command::Serve(wanted) => serve::run(data, &wanted, output),
        Command::Backup(wanted) => backup::make(&data, &wanted, output),
        Command::Restore(wanted) => backup::restore(&data, &wanted, output),
        Command::Invite(wanted) => ask::run(data, ask::Question::Invite(wanted), output),
        Command::Nodes { command } => ask::run(data, ask::Question::Nodes(command), output),
        Command::Threads { command } => ask::run(data, ask::Question::Threads(command), output),
        Command::Totals(wanted) => ask::run(data, ask::Question::Totals(wanted), output),
        Command::Reports { command } => ask::run(data, ask::Question::Reports(command), output),
        Command::Statistics { command } => statistics::run(data, command, output),
        Command::Pilot(wanted) => pilot::run(data, &wanted, output),
        Command::Accounts { command } => ask::run(data, ask::Question::Accounts(command), output),
        Command::Team { command } => ask::run(data, ask::Question::Team(command), output),
        Command::Status => ask::run(data, ask::Question::Status, output),
    }
}

fn open_directory(path: PathBuf) -> Result<DataDirectory, Failure> {
    Ok(DataDirectory::open(path, PROGRAM)?)
}

/// `--lang` must be known before anything can be said about the other arguments.
fn named_language(arguments: &[OsString]) -> Option<String> {
    let texts = arguments.iter().map(|argument| argument.to_string_lossy());
    let following = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    texts.zip(following.map(Some).chain([None])).find_map(|(argument, next)| {
        match argument.strip_prefix("--lang") {
            Some("") => next.map(std::borrow::Cow::into_owned),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        }
    })
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        match &error {
            SettingsError::Exists { path } => {
                Refusal::from(refusals::HUB_EXISTS).with("path", path.display()).into()
            }
            SettingsError::Missing { path } => {
                Refusal::from(refusals::HUB_MISSING).with("path", path.display()).into()
            }
            SettingsError::Newer { .. } => Refusal::from(refusals::STORE_NEWER).into(),
            SettingsError::Unreadable { .. }
            | SettingsError::Unwritable(_)
            | SettingsError::Malformed { .. } => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use maillage_federation::{agreement, handover::Refused};
    use maillage_platform::{cli::missing_help_keys, directory::DataDirectory, i18n::Language};

    use super::{Arguments, PROGRAM, named_language, run, texts};
    use crate::{
        ledger::Withheld,
        refusals::{ALL, HANDOVER_CODES},
        statistics::{CostKey, IndicatorKey, NOTES, SENTENCES},
    };

    #[test]
    fn every_text_is_there_in_both_languages() {
        let catalog = texts();
        assert_eq!(catalog.differences(), [""; 0]);
        assert_eq!(missing_help_keys(&Arguments::command(), &catalog), [""; 0]);
        let codes = ALL.iter().map(|reason| reason.code).chain(HANDOVER_CODES.map(Refused::code));
        let codes = codes.chain(agreement::Refused::ALL.map(agreement::Refused::code));
        for code in codes {
            for language in Language::ALL {
                assert!(catalog.has(language, &format!("refusal-{code}")), "refusal-{code} in {language}");
            }
        }
        for code in maillage_comparison::sentence::CODES {
            assert!(catalog.has(Language::French, code) && catalog.has(Language::English, code), "{code}");
        }
        for indicator in IndicatorKey::ALL {
            assert!(catalog.has(Language::French, &format!("indicator-{}", indicator.code())));
        }
        for cost in CostKey::ALL {
            assert!(catalog.has(Language::French, &format!("indicator-{}", cost.code())));
        }
        for code in SENTENCES.into_iter().chain(NOTES) {
            assert!(catalog.has(Language::French, code) && catalog.has(Language::English, code), "{code}");
        }
        for withheld in Withheld::ALL {
            assert!(catalog.has(Language::French, &format!("withheld-{}", withheld.code())));
        }
    }

    #[test]
    fn no_code_stands_for_two_things() {
        let mut codes: Vec<_> = ALL.iter().map(|reason| reason.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ALL.len());
    }

    #[test]
    fn the_language_is_found_before_the_arguments_are_read() {
        let named = |line: &str| {
            named_language(&line.split_whitespace().map(Into::into).collect::<Vec<std::ffi::OsString>>())
        };
        assert_eq!(named("maillage-hub --lang en status"), Some("en".into()));
        assert_eq!(named("maillage-hub status --lang=en"), Some("en".into()));
        assert_eq!(named("maillage-hub status --lang"), None);
        assert_eq!(named("maillage-hub status"), None);
    }

    fn told(language: Language, line: &str) -> (u8, String) {
        let arguments = line.split_whitespace().map(Into::into).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(arguments, language, &mut out, &mut err).unwrap();
        (code as u8, String::from_utf8([out, err].concat()).unwrap())
    }

    #[test]
    fn mistakes_and_help_are_in_the_readers_language() {
        let (code, text) = told(Language::French, "maillage-hub --help");
        assert_eq!(code, 0);
        assert!(text.contains("Utilisation"), "{text}");
        assert!(!text.contains("clock-file"), "{text}");
        let (code, text) = told(Language::French, "maillage-hub invite");
        assert_eq!(code, 2);
        assert!(text.contains("--territory"), "{text}");
    }

    #[test]
    fn a_directory_without_a_hub_is_told_apart_from_a_hub_that_does_not_run() {
        let parent = tempfile::tempdir().unwrap();
        let data = parent.path().join("hub");
        let data = data.to_str().unwrap();
        assert_eq!(told(Language::French, &format!("maillage-hub --data {data} status")).0, 1);
        let init = format!("maillage-hub --data {data} init --federation essai --url https://127.0.0.1:0");
        assert_eq!(told(Language::French, &init).0, 0);
        let (code, text) = told(Language::French, &init);
        assert_eq!(code, 1);
        assert!(text.contains("hub.json"), "{text}");
        assert_eq!(told(Language::French, &format!("maillage-hub --data {data} status")).0, 3);
        let directory = DataDirectory::open(data, PROGRAM).unwrap();
        let held = directory.lock().unwrap();
        let coverage = format!("maillage-hub --data {data} statistics coverage");
        let (code, text) = told(Language::French, &coverage);
        assert_ne!(code, 0, "another command reads it");
        assert!(
            text.contains(&std::process::id().to_string()),
            "who holds it, not that nothing runs: {text}"
        );
        drop(held);
        assert_eq!(told(Language::French, &coverage).0, 0);
    }
}
