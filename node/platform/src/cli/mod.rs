//! The command line at its edge: help in the reader's language, aligned output or JSON, exit codes, and errors told
//! once. It must never decide anything, and writes only to the writers it is given.

pub mod backup;
mod failure;
mod localise;
mod output;

pub use failure::{ExitCode, Failure, print_failure, usage_text, write_error_json, write_failure_json};
pub use localise::{localise, missing_help_keys, root_of};
pub use output::{Format, Output};
