//! A store of a million trips: how long it takes to load, to close, to open after a clean stop, and after a kill.

use std::path::Path;
use std::time::Instant;

use maillage_engine::{Engine, EngineError, Options, View};

use crate::Booking;
use crate::contenders::{TREES, TRIPS, write_booking};

const TRIPS_TOTAL: u64 = 1_000_000;
const PER_TRANSACTION: u64 = 1_000;

/// Loads, closes and opens, printing each duration and the memory in use.
pub(crate) fn run(directory: &Path) {
    let scratch = tempfile::tempdir_in(directory).expect("a scratch directory");
    let open = || Engine::open(scratch.path(), Options::new(TREES, 1)).expect("the store opens");
    let begin = Instant::now();
    let (engine, _) = open();
    for first in (0..TRIPS_TOTAL).step_by(PER_TRANSACTION as usize) {
        engine
            .transact("load", move |transaction| {
                (first..first + PER_TRANSACTION).try_for_each(|n| write_booking(transaction, Booking::new(n)))
            })
            .unwrap_or_else(|error: maillage_engine::TransactError<EngineError>| panic!("{error:?}"));
    }
    println!("loaded {TRIPS_TOTAL} trips in {:.1?}; {}", begin.elapsed(), memory());
    let begin = Instant::now();
    engine.close().expect("a clean stop");
    println!("closed in {:.1?}; {}; {}", begin.elapsed(), memory(), sizes(scratch.path()));
    for _ in 0..3 {
        let begin = Instant::now();
        let (engine, opening) = open();
        let opened = begin.elapsed();
        let found = engine.get(TRIPS, &Booking::new(TRIPS_TOTAL / 2).trip).expect("a read").is_some();
        println!("opened in {opened:.2?} ({opening:?}); first read found {found}; {}", memory());
        let begin = Instant::now();
        engine.close().expect("a clean stop");
        println!("closed in {:.1?}", begin.elapsed());
    }
    // As after a kill: the sentinel of a running store, and whatever sled had written.
    let sentinel = ["sentinel", "sentinel.copy"];
    let (engine, _) = open();
    let running: Vec<Vec<u8>> =
        sentinel.iter().map(|name| std::fs::read(scratch.path().join(name)).expect("a sentinel")).collect();
    engine.close().expect("a clean stop");
    for (name, bytes) in sentinel.iter().zip(running) {
        std::fs::write(scratch.path().join(name), bytes).expect("a sentinel");
    }
    let begin = Instant::now();
    let (_engine, opening) = open();
    println!("opened after a kill in {:.1?} ({opening:?}); {}", begin.elapsed(), memory());
}

/// Resident memory of this process, now and at most.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", ")
}

fn sizes(directory: &Path) -> String {
    let mut sizes = Vec::new();
    for folder in [directory.to_owned(), directory.join("image")] {
        let bytes: u64 = std::fs::read_dir(&folder)
            .map(|entries| {
                entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum()
            })
            .unwrap_or_default();
        sizes.push(format!("{} MB", bytes / 1_000_000));
    }
    format!("journal and snapshots {}, image {}", sizes[0], sizes[1])
}
