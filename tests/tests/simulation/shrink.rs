//! Makes a play that found something shorter, as long as it finds the same. It must never change a play that is sound.

use crate::play::Script;

/// Plays tried at most.
const TRIES: usize = 150;

/// What is wrong, without where and about which.
fn kind(wrong: &str) -> String {
    let head = wrong.split([':', '(', '{']).next().unwrap_or_default();
    head.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// The shortest play found that goes wrong in the same way, and how.
pub(crate) fn shrunk(mut script: Script, mut wrong: String) -> (Script, String) {
    let mut tries = 0;
    let mut size = script.operations.len().div_ceil(2).max(1);
    loop {
        let (mut from, before) = (0, script.operations.len());
        while from < script.operations.len() && tries < TRIES {
            let mut shorter = script.clone();
            let to = (from + size).min(shorter.operations.len());
            shorter.operations.drain(from..to);
            tries += 1;
            match shorter.play() {
                Err(same) if kind(&same) == kind(&wrong) => (script, wrong) = (shorter, same),
                _ => from += size,
            }
        }
        let unchanged = script.operations.len() == before;
        if tries >= TRIES || (size == 1 && unchanged) {
            return (script, wrong);
        }
        size = size.div_ceil(2).max(1);
    }
}
