//! Everything the programs must refuse, asked of the real programs: the exit code, the reason for a program, and a
//! text in both languages that says what to do. What is refused changes nothing.

use std::path::Path;

use anyhow::Context as _;
use maillage_tests::programs::{Programs, Role};

#[path = "refusals/enrolment.rs"]
mod enrolment;
#[path = "refusals/installation.rs"]
mod installation;
#[path = "refusals/strangers.rs"]
mod strangers;
#[path = "refusals/typed.rs"]
mod typed;

/// The programs.
const BINARY: &str = env!("CARGO_BIN_EXE_maillage-under-test");
/// A Monday morning, 08:00 in Paris.
const MONDAY: &str = "2026-08-31T06:00:00Z";
/// Understood and refused.
const REFUSED: i32 = 1;
/// The command line is wrong.
const USAGE: i32 = 2;
/// Not running, or not to be reached.
const NOT_RUNNING: i32 = 3;

/// How a refusal must sound.
struct Sounds<'a> {
    code: i32,
    reason: &'a str,
    french: &'a str,
    english: &'a str,
}

/// Asks three times, for a program and for people of two languages, and is refused three times.
async fn refused(
    (programs, role, data): (&Programs, Role, &Path),
    words: &[&str],
    sounds: Sounds<'_>,
) -> anyhow::Result<()> {
    let Sounds { code, reason, french, english } = sounds;
    let said = programs.run(role, data, &[&["--json"], words].concat()).await?;
    assert_eq!(said.code, code, "{words:?} {said:?}");
    assert_eq!(said.reason().with_context(|| format!("{words:?}"))?, reason, "{words:?}");
    sounds_in_both((programs, role, data), words, code, (french, english)).await
}

/// Asks twice, for people of two languages, and is refused twice.
async fn sounds_in_both(
    (programs, role, data): (&Programs, Role, &Path),
    words: &[&str],
    code: i32,
    (french, english): (&str, &str),
) -> anyhow::Result<()> {
    for (language, text) in [("fr", french), ("en", english)] {
        let said = programs.run(role, data, &[&["--lang", language], words].concat()).await?;
        assert_eq!(said.code, code, "{words:?} {said:?}");
        let told = said.err.replace('\u{a0}', " ");
        assert!(told.contains(text), "{words:?}: {text:?} is not in {said:?}");
        assert!(!told.contains("{$"), "a text has a hole: {said:?}");
    }
    Ok(())
}
