//! How a command of the node ends badly: what is said to people on standard error, and to programs as JSON. Must never
//! put into JSON what the text for people does not say.

use std::{collections::BTreeMap, io};

use maillage_platform::{
    cli::{ExitCode, Failure, print_failure, write_error_json, write_failure_json},
    clock::FileClockError,
    directory::DirectoryError,
    grpc::LocalConnectError,
    refusal::{Refusal, RefusalKind},
};

use super::words::Words;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// Refused, not running, or our fault.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// What was typed is wrong in a way only the embedded data can tell; with what could have been meant.
    #[error("the command line is wrong")]
    Usage {
        /// What is wrong.
        refusal: Refusal,
        /// What could have been meant, one per line.
        choices: Vec<String>,
    },
    /// Nothing can be printed.
    #[error("the output cannot be written")]
    Output(#[from] io::Error),
}

impl CommandError {
    /// Something typed that is wrong.
    pub(super) fn usage(reason: &'static str) -> Self {
        Self::Usage { refusal: Refusal::new(RefusalKind::InvalidInput, reason), choices: Vec::new() }
    }

    /// Whether the node refused for a reason.
    pub(super) fn is_refusal(&self, reason: &str) -> bool {
        matches!(self, Self::Failed(Failure::Refused(refusal)) if refusal.reason() == reason)
    }

    /// Whatever `init` or `serve` ended with: a refusal keeps its words.
    pub(super) fn of_program(error: anyhow::Error) -> Self {
        match error.downcast::<Refusal>() {
            Ok(refusal) => refusal.into(),
            Err(error) => match error.downcast::<DirectoryError>() {
                Ok(error) => error.into(),
                Err(error) => Self::Failed(Failure::Internal(error.into())),
            },
        }
    }

    /// Tells it: words on `stderr`, and `{"error": …}` on `stdout` when a program reads.
    pub(super) fn tell(
        &self,
        words: Words<'_>,
        json: bool,
        stdout: &mut dyn io::Write,
        stderr: &mut dyn io::Write,
    ) -> io::Result<ExitCode> {
        match self {
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::Ok),
            Self::Output(error) => Err(io::Error::new(error.kind(), error.to_string())),
            Self::Usage { refusal, choices } => {
                if json {
                    write_error_json(stdout, refusal.reason(), details(refusal))?;
                }
                writeln!(stderr, "{}", words.refusal(refusal))?;
                choices.iter().try_for_each(|choice| writeln!(stderr, "  {choice}"))?;
                Ok(ExitCode::Usage)
            }
            Self::Failed(failure) => {
                if json {
                    write_failure_json(stdout, failure)?;
                }
                match failure {
                    Failure::Refused(refusal) => {
                        writeln!(stderr, "{}", words.refusal(refusal))?;
                        Ok(failure.exit_code())
                    }
                    Failure::NotRunning(_) | Failure::Internal(_) => {
                        print_failure(stderr, failure, words.catalog(), words.language())
                    }
                }
            }
        }
    }
}

/// A mistake on the command line that clap found, for a program.
pub(super) fn tell_usage(stdout: &mut dyn io::Write, text: &str) -> io::Result<()> {
    write_error_json(stdout, "usage", BTreeMap::from([("message", text)]))
}

fn details(refusal: &Refusal) -> BTreeMap<&str, &str> {
    refusal.details().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.into())
    }
}

impl From<tonic::Status> for CommandError {
    fn from(status: tonic::Status) -> Self {
        Self::Failed(status.into())
    }
}

impl From<LocalConnectError> for CommandError {
    fn from(error: LocalConnectError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<DirectoryError> for CommandError {
    fn from(error: DirectoryError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<FileClockError> for CommandError {
    fn from(error: FileClockError) -> Self {
        Self::Failed(Failure::internal(error))
    }
}
