//! A whole federation in one process, by seeds: real nodes and a real hub on a virtual clock, lines that lose, repeat and hold
//! back what they carry, disks that lose power and fill up, machines that are restored from old backups while the older ones
//! still run. After every step, and when everything has healed, the invariants of the design of handovers must hold.
//!
//! A failure prints its seed and its operations, shrunk; kept as a file in `reproductions` they are played again by every run.
//! Every run plays the same seeds. `MAILLAGE_SIMULATION=n` plays n fresh ones beside them, `MAILLAGE_SIMULATION=long` many: drawn by
//! chance, or from `MAILLAGE_SIMULATION_FROM` on. The checks of a change draw them from its commit, so that they are fresh for every
//! change, and a change fails again for what it failed for. `MAILLAGE_SIMULATION_SEED=n` plays that one alone.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    reason = "a simulation may panic, knows its own nodes by number, singles out few of many operations, and tells its figures"
)]

mod checks;
mod chronicle;
mod desk;
mod federation;
mod forging;
mod line;
mod machines;
mod operations;
mod play;
mod shrink;
mod template;

use std::{ops::Range, path::Path, sync::OnceLock, time::Instant};

use maillage_platform::random::{self, OsEntropy};
use tokio::runtime::{Builder, Runtime};

use crate::play::{Script, Tally};

/// Seeds that every run plays.
const FIXED: u64 = 60;
/// Fresh seeds of a long run.
const LONG: u64 = 20_000;

/// A runtime on which time stands, but for what is waited for.
fn paused() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

/// Tells what people do, if somebody wants to know (`MAILLAGE_SIMULATION_TELL`).
fn tell(what: impl Fn() -> String) {
    static ASKED: OnceLock<bool> = OnceLock::new();
    if *ASKED.get_or_init(|| std::env::var("MAILLAGE_SIMULATION_TELL").is_ok()) {
        println!("{}", what());
    }
}

/// Plays seeds on all processors.
///
/// # Panics
/// Something does not hold, with the seed and the operations.
fn play(seeds: Range<u64>) -> Tally {
    let started = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let players = (0..threads).map(|thread| {
        let seeds: Vec<u64> = seeds.clone().filter(|seed| seed % threads == thread).collect();
        move || seeds.into_iter().map(play_one).fold(Tally::default(), Tally::with)
    });
    let tally = std::thread::scope(|scope| {
        let players: Vec<_> = players.map(|player| scope.spawn(player)).collect();
        players.into_iter().map(|player| player.join().unwrap()).fold(Tally::default(), Tally::with)
    });
    let seconds = started.elapsed().as_secs().max(1);
    println!("seeds {}..{}: {tally:?}", seeds.start, seeds.end);
    println!("{} handovers a minute, {seconds} seconds", tally.ends.handovers as u64 * 60 / seconds);
    tally
}

fn play_one(seed: u64) -> Tally {
    let script = Script::drawn(seed);
    match script.play() {
        Ok(tally) => tally,
        Err(wrong) => {
            let (script, wrong) = shrink::shrunk(script, wrong);
            panic!("MAILLAGE_SIMULATION_SEED={seed}: {wrong}\n{}", script.text())
        }
    }
}

#[test]
fn whatever_happens_to_a_federation_its_invariants_hold() {
    let asked = |name: &str| std::env::var(name).ok();
    let number = |name: &str| asked(name).and_then(|number| number.parse::<u64>().ok());
    if let Some(seed) = number("MAILLAGE_SIMULATION_SEED") {
        play(seed..seed + 1);
        return;
    }
    let mut all = play(0..FIXED);
    if let Some(text) = asked("MAILLAGE_SIMULATION") {
        let fresh = text.parse().unwrap_or(LONG);
        let drawn = || u64::from(u32::from_le_bytes(random::bytes(&OsEntropy)));
        let first = number("MAILLAGE_SIMULATION_FROM").unwrap_or_else(drawn);
        println!("fresh seeds from {first}");
        all = all.with(play(first..first + fresh));
    }
    assert!(
        all.ends.done > 10 && all.ends.cancelled > 0 && all.ends.back > 10 && all.ends.again > 5,
        "{all:?}"
    );
}

/// Every case that was ever found.
#[test]
fn what_was_found_once_is_not_found_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/reproductions");
    let mut played = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let script = Script::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        if let Err(wrong) = script.play() {
            panic!("{}: {wrong}", path.file_name().unwrap_or_default().display());
        }
        played += 1;
    }
    println!("{played} reproductions");
}

/// A seed tells everything: the same one plays the same.
#[test]
fn a_seed_repeats() {
    for seed in [1, 2] {
        let told = || format!("{:?}", Script::drawn(seed).play());
        assert_eq!(told(), told());
        let script = Script::drawn(seed);
        assert_eq!(Script::parse(&script.text()), Ok(script));
    }
}
