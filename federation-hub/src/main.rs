//! The program `maillage-hub`.

use std::process::ExitCode;

fn main() -> ExitCode {
    maillage_hub::main_from(std::env::args_os().collect())
}
