//! Kills, power cuts, damage and a full disk, against real files and real processes.
//!
//! `cargo test -p maillage-engine --test campaign` runs the short version; with `MAILLAGE_ENGINE_CAMPAIGN=long` in the
//! environment at least 200 kills, 60 cuts and 400 damages. `MAILLAGE_ENGINE_SEED` (a number) varies the dice.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(
    clippy::print_stdout,
    reason = "the campaign reports its figures, and the child its acknowledgements"
)]

mod cut;
mod damage;
mod full;
mod kill;
mod ledger;
#[path = "../support/dice.rs"]
mod support;

use std::time::Instant;

use support::Dice;

/// Its name, and what runs it and tells the figures.
type Stage<'a> = (&'a str, &'a dyn Fn(&mut Dice) -> String);

fn main() {
    if let Ok(directory) = std::env::var(kill::CHILD) {
        return kill::child(directory.as_ref());
    }
    let long = std::env::var("MAILLAGE_ENGINE_CAMPAIGN").is_ok_and(|length| length == "long");
    let seed = std::env::var("MAILLAGE_ENGINE_SEED").map_or(1, |seed| seed.parse().unwrap());
    let [kills, cuts, damages] = if long { [240, 80, 420] } else { [24, 12, 36] };
    let stages: [Stage<'_>; 4] = [
        ("kills", &|dice| kill::campaign(kills, dice)),
        ("power cuts", &|dice| cut::campaign(cuts, dice)),
        ("damages", &|dice| damage::campaign(damages, dice)),
        ("full disk", &|_| full::campaign()),
    ];
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for (name, stage) in stages {
        if only.is_empty() || only.iter().any(|wanted| name.contains(wanted.as_str())) {
            let begin = Instant::now();
            let figures = stage(&mut Dice(seed));
            println!("campaign, {name}: {figures}; seed {seed}, {:.1} s", begin.elapsed().as_secs_f64());
        }
    }
}
