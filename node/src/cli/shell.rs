//! `completions` and `man`: what shells and manuals want to know of the command line, from the one description of it. Must
//! never describe a command by hand.

use std::path::Path;

use clap::Command;
use clap_complete::Shell;
use maillage_platform::cli::Failure;

use super::{failure::CommandError, session::Session};

/// Prints the completions for a shell.
pub(super) fn completions(
    session: &mut Session<'_>,
    mut command: Command,
    shell: Shell,
) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, crate::PROGRAM, &mut script);
    Ok(session.raw(&script)?)
}

/// Writes a manual page for each command into a directory.
pub(super) fn manual(command: Command, directory: &Path) -> Result<(), CommandError> {
    std::fs::create_dir_all(directory).map_err(Failure::internal)?;
    clap_mangen::generate_to(command, directory).map_err(Failure::internal)?;
    Ok(())
}
