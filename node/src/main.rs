//! The program `maillage-node`.

use std::process::ExitCode;

fn main() -> ExitCode {
    maillage_node::cli::run(std::env::args_os())
}
