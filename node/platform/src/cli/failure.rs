//! How a command ends badly: one exit code, and the error told once, at the edge. It must never panic.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::directory::DirectoryError;
use crate::grpc::{ConnectError, LocalConnectError};
use crate::i18n::{Catalog, FluentValue, Language};
use crate::refusal::{Refusal, RefusalKind};

/// What a program tells its caller by its exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Done.
    Ok = 0,
    /// Understood and refused.
    Refused = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The program is not running, or the other end cannot be reached.
    NotRunning = 3,
    /// Our fault.
    Internal = 4,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

/// Why a command failed, told by [`print_failure`].
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The program is not running, or the other end cannot be reached.
    #[error("not running or not reachable")]
    NotRunning(#[source] Box<dyn Error + Send + Sync>),
    /// Something else.
    #[error("internal failure")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// Whether it is only that nobody reads the output any more, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Internal(cause) => cause
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe),
            Self::Refused(_) | Self::NotRunning(_) => false,
        }
    }

    /// Our fault, whatever it is.
    pub fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// The exit status to end with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(refusal) => match refusal.kind() {
                RefusalKind::Unavailable => ExitCode::NotRunning,
                RefusalKind::Internal => ExitCode::Internal,
                RefusalKind::InvalidInput
                | RefusalKind::NotFound
                | RefusalKind::Conflict
                | RefusalKind::Forbidden
                | RefusalKind::Unauthenticated
                | RefusalKind::Exhausted => ExitCode::Refused,
            },
            Self::NotRunning(_) => ExitCode::NotRunning,
            Self::Internal(_) => ExitCode::Internal,
        }
    }
}

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        Self::Refused(Refusal::from_status(&status))
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::NotRunning(Box::new(error))
    }
}

impl From<LocalConnectError> for Failure {
    fn from(error: LocalConnectError) -> Self {
        match error {
            LocalConnectError::Directory(error) => error.into(),
            LocalConnectError::NotLoopback | LocalConnectError::Token => Self::NotRunning(Box::new(error)),
        }
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        match &error {
            DirectoryError::NotRunning { path, program } => {
                Refusal::new(RefusalKind::Unavailable, "not-running")
                    .with("program", program)
                    .with("directory", path.display())
                    .into()
            }
            DirectoryError::InUse { path, pid } => Refusal::new(RefusalKind::Conflict, "directory-in-use")
                .with("directory", path.display())
                .with("pid", pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string()))
                .into(),
            DirectoryError::Missing { path, program } => {
                Refusal::new(RefusalKind::NotFound, "directory-missing")
                    .with("directory", path.display())
                    .with("program", program)
                    .into()
            }
            DirectoryError::OtherProgram { path, owner, program } => {
                Refusal::new(RefusalKind::Conflict, "directory-other-program")
                    .with("directory", path.display())
                    .with("owner", owner)
                    .with("program", program)
                    .into()
            }
            DirectoryError::BadAddress { .. } | DirectoryError::Secret(_) | DirectoryError::File { .. } => {
                Self::Internal(Box::new(error))
            }
        }
    }
}

/// Tells a program about a failure: `{"error":{"reason":…,"details":{…}}}` on one line.
pub fn write_failure_json(writer: &mut dyn Write, failure: &Failure) -> io::Result<()> {
    let mut cause = |reason, cause: &dyn Error| {
        write_error_json(writer, reason, BTreeMap::from([("cause", cause.to_string().as_str())]))
    };
    match failure {
        Failure::Refused(refusal) => {
            let details = refusal.details().iter();
            let details = details.map(|(name, value)| (name.as_str(), value.as_str())).collect();
            write_error_json(writer, refusal.reason(), details)
        }
        Failure::NotRunning(error) => cause("not-reachable", error.as_ref()),
        Failure::Internal(error) => cause("internal", error.as_ref()),
    }
}

/// Tells a program why it gets nothing, in the form of [`write_failure_json`].
pub fn write_error_json(
    writer: &mut dyn Write,
    reason: &str,
    details: BTreeMap<&str, &str>,
) -> io::Result<()> {
    serde_json::to_writer(&mut *writer, &Told { error: Reasoned { reason, details } })?;
    writeln!(writer)
}

#[derive(serde::Serialize)]
struct Told<'a> {
    error: Reasoned<'a>,
}

#[derive(serde::Serialize)]
struct Reasoned<'a> {
    reason: &'a str,
    details: BTreeMap<&'a str, &'a str>,
}

/// Tells a failure: what happened, why (the chain, once), what to do. Returns the exit status to end with.
pub fn print_failure(
    writer: &mut dyn Write,
    failure: &Failure,
    catalog: &Catalog,
    language: Language,
) -> io::Result<ExitCode> {
    let text = |key: &str| catalog.text(language, key, &[]);
    let (what, cause, advice) = match failure {
        Failure::Refused(refusal) => (catalog.refusal(language, refusal), None, None),
        Failure::NotRunning(cause) => {
            (text("failure-not-running"), Some(cause), Some(text("failure-not-running-advice")))
        }
        Failure::Internal(cause) => {
            (text("failure-internal"), Some(cause), Some(text("failure-internal-advice")))
        }
    };
    writeln!(writer, "{what}")?;
    if let Some(cause) = cause {
        writeln!(writer, "{} {}", text("failure-why"), chain(cause.as_ref()))?;
    }
    if let Some(advice) = advice {
        writeln!(writer, "{advice}")?;
    }
    Ok(failure.exit_code())
}

/// A mistake on the command line in the reader's language; the text of `--help` and `--version` as it is.
pub fn usage_text(error: &clap::Error, catalog: &Catalog, language: Language) -> String {
    let shown = |kind| error.get(kind).map(context_text);
    let argument = shown(ContextKind::InvalidArg).unwrap_or_default();
    let value = shown(ContextKind::InvalidValue).unwrap_or_default();
    let key = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return error.render().to_string(),
        ErrorKind::InvalidValue if value.is_empty() => "usage-value-missing",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage-invalid-value",
        ErrorKind::UnknownArgument => "usage-unknown-argument",
        ErrorKind::InvalidSubcommand => "usage-unknown-command",
        ErrorKind::MissingRequiredArgument => "usage-missing-argument",
        ErrorKind::MissingSubcommand => "usage-missing-command",
        ErrorKind::ArgumentConflict => "usage-conflict",
        ErrorKind::TooFewValues | ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            "usage-number-of-values"
        }
        ErrorKind::NoEquals | ErrorKind::InvalidUtf8 | ErrorKind::Io | ErrorKind::Format | _ => "usage-other",
    };
    let prior = shown(ContextKind::PriorArg).unwrap_or_default();
    let command = shown(ContextKind::InvalidSubcommand).unwrap_or_default();
    let source = Error::source(error).map(ToString::to_string).unwrap_or_default();
    let args: [(&str, FluentValue<'_>); 5] = [
        ("argument", argument.into()),
        ("value", value.into()),
        ("other", prior.into()),
        ("command", command.into()),
        ("reason", source.into()),
    ];
    let mut text = catalog.text(language, key, &args);
    if let Some(valid) = shown(ContextKind::ValidValue).filter(|valid| !valid.is_empty()) {
        text.push('\n');
        text.push_str(&catalog.text(language, "usage-valid-values", &[("values", valid.into())]));
    }
    text.push('\n');
    text.push_str(&catalog.text(language, "usage-advice", &[]));
    text
}

fn context_text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::None => String::new(),
        ContextValue::Bool(_)
        | ContextValue::StyledStr(_)
        | ContextValue::StyledStrs(_)
        | ContextValue::Number(_)
        | _ => value.to_string(),
    }
}

/// Each layer says its own part; a layer that repeats the one above is left out.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let part = error.to_string();
        if !text.ends_with(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::*;

    fn catalog() -> Catalog {
        let source = "refusal-too-late = Trop tard\u{a0}: { $date } est passé.\n";
        Catalog::new(&[(Language::French, source)]).unwrap()
    }

    fn told(failure: &Failure, language: Language) -> (String, ExitCode) {
        let mut bytes = Vec::new();
        let code = print_failure(&mut bytes, failure, &catalog(), language).unwrap();
        (String::from_utf8(bytes).unwrap(), code)
    }

    #[test]
    fn a_refusal_is_told_in_words_and_ends_with_1() {
        let refusal = Refusal::new(RefusalKind::InvalidInput, "too-late").with("date", "2026-03-01");
        let (text, code) = told(&refusal.into_status().into(), Language::French);
        assert_eq!((text.as_str(), code), ("Trop tard\u{a0}: 2026-03-01 est passé.\n", ExitCode::Refused));
    }

    #[test]
    fn a_program_that_does_not_run_says_how_to_start_it_and_ends_with_3() {
        let error = DirectoryError::NotRunning { path: "/srv/m".into(), program: "maillage-node".to_owned() };
        let (text, code) = told(&LocalConnectError::Directory(error).into(), Language::French);
        assert!(text.contains("/srv/m") && text.contains("maillage-node serve"), "{text}");
        assert_eq!(code, ExitCode::NotRunning);
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the journal cannot be written")]
    struct Outer(#[from] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("disk full")]
    struct Inner;

    #[test]
    fn an_internal_failure_tells_its_chain_once_and_ends_with_4() {
        let (text, code) = told(&Failure::internal(Outer(Inner)), Language::English);
        assert_eq!(text.matches("disk full").count(), 1);
        assert!(text.contains("Cause: the journal cannot be written: disk full\n"), "{text}");
        assert_eq!((text.lines().count(), code), (3, ExitCode::Internal));
    }

    #[test]
    fn mistakes_on_the_command_line_are_told_in_the_readers_language() {
        let command = Command::new("maillage-node").subcommand_required(true).subcommand(
            Command::new("trip")
                .arg(Arg::new("state").long("state").value_parser(["planned", "done"]))
                .arg(Arg::new("seats").long("seats").value_parser(clap::value_parser!(u8)))
                .arg(Arg::new("day").required(true)),
        );
        for (arguments, expected) in [
            (&["trip", "--when"][..], "--when n’existe pas"),
            (&["journey"], "«\u{a0}journey\u{a0}» n’existe pas"),
            (&["trip"], "Il manque\u{a0}: <day>"),
            (&["trip", "x", "--state", "lost"], "Valeurs possibles\u{a0}: planned, done"),
            (&["trip", "x", "--seats", "many"], "«\u{a0}many\u{a0}» ne convient pas"),
            (&["trip", "x", "--seats"], "Il manque une valeur pour --seats"),
            (&[], "Précisez la commande"),
        ] {
            let line = std::iter::once("maillage-node").chain(arguments.iter().copied());
            let error = command.clone().try_get_matches_from(line).unwrap_err();
            let text = usage_text(&error, &catalog(), Language::French);
            assert!(text.contains(expected), "{arguments:?}: {text}");
            assert!(text.ends_with("cette commande."), "{text}");
        }
    }
}
