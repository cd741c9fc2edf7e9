//! The real programs in one binary, so that tests find them whichever package cargo builds: the first word says which.
//! It must never do anything that `maillage-node` and `maillage-hub` do not do.

use std::{ffi::OsString, process::ExitCode};

/// Neither of the two programs was asked for.
const NEITHER: u8 = 64;

fn main() -> ExitCode {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    let role = if args.len() > 1 { args.remove(1) } else { OsString::new() };
    match role.to_str() {
        Some("node") => maillage_node::cli::run(args),
        Some("hub") => maillage_hub::main_from(args),
        Some(_) | None => ExitCode::from(NEITHER),
    }
}
