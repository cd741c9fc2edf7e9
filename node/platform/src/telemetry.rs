//! Logs to standard error, as text or JSON lines.
//!
//! Personal data is never logged: no name, address, contact, need, or free text of a person, neither as a field nor
//! inside an error; log identifiers of records and counts. Secrets are wrapped in [`crate::secrets::Secret`].

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For a person at a terminal or in the journal.
    #[default]
    Text,
    /// One JSON object per line, for a collector.
    Json,
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not of the form `info,maillage_node=debug`.
    #[error("{filter:?} is not a log filter such as info or warn,maillage_node=debug")]
    Filter {
        /// The filter given.
        filter: String,
        /// What the parser said.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Logging was started before.
    #[error("logging was already started")]
    Started(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Starts logging of the whole process, once. `filter` is in the syntax of `RUST_LOG`.
pub fn init(filter: &str, format: LogFormat) -> Result<(), TelemetryError> {
    let parsed = EnvFilter::try_new(filter)
        .map_err(|source| TelemetryError::Filter { filter: filter.to_owned(), source })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    }
    .map_err(TelemetryError::Started)
}

/// From now on a panic is logged with its place alone: what it says may quote data. For programs in service, not for
/// tests, whose messages are panics.
pub fn log_panics_by_place() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault of the program: a panic");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_filter_is_refused_and_a_second_start_too() {
        assert!(matches!(init("node=loudly", LogFormat::Text), Err(TelemetryError::Filter { .. })));
        init("error", LogFormat::Json).unwrap();
        assert!(matches!(init("error", LogFormat::Text), Err(TelemetryError::Started(_))));
    }
}
