//! Every fuzz target, as far as an ordinary test goes: the kept seeds, then seeded mutations of them. A fuzzer goes further:
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz TARGET`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic, and says what it panicked on"
)]

use std::{fs, panic, path::Path, time::Instant};

use maillage_tests::fuzz::{TARGETS, Target};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// What mutations begin from.
const SEED: u64 = 3;
/// Bytes put in at once, at most.
const PIECE: usize = 24;
/// Mutations of one input, at most.
const CHANGES: u32 = 6;

#[test]
fn no_feed_of_hostile_texts_breaks_a_calendar() {
    try_target("calendar");
}

#[test]
fn no_call_of_the_interface_is_a_fault_of_ours() {
    try_target("calls");
}

#[test]
fn no_bytes_of_the_federation_break_what_reads_them() {
    try_target("federation");
}

#[test]
fn no_letter_of_hostile_texts_breaks_its_envelope() {
    try_target("letters");
}

#[test]
fn no_table_breaks_an_import_or_changes_on_the_way_out_and_in() {
    try_target("tables");
}

#[test]
fn every_target_is_tried_here_and_has_a_door_for_the_fuzzer() {
    let doors = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/targets")).unwrap();
    let mut doors: Vec<String> =
        doors.map(|door| door.unwrap().path().file_stem().unwrap().display().to_string()).collect();
    doors.sort();
    assert_eq!(TARGETS.map(|target| target.name.to_owned()).as_slice(), doors);
    let text = include_str!("fuzzing.rs");
    assert!(doors.iter().all(|name| text.contains(&format!("try_target(\"{name}\")"))));
}

fn try_target(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let (seeds, began) = (seeds(name), Instant::now());
    assert!(!seeds.is_empty(), "{name} has seeds");
    for seed in &seeds {
        try_input(target, seed);
    }
    let mut generator = ChaCha8Rng::seed_from_u64(SEED);
    for _ in 0..target.mutations {
        try_input(target, &mutated(&seeds, &mut generator));
    }
    println!("{name}: {} seeds, {} mutations in {:?}", seeds.len(), target.mutations, began.elapsed());
}

/// The kept seeds of a target, by name.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Runs a target, and shows the input on which it breaks.
fn try_input(target: &Target, input: &[u8]) {
    let body = target.body;
    if let Err(cause) = panic::catch_unwind(|| body(input)) {
        println!("{} breaks on {input:?}", target.name);
        panic::resume_unwind(cause);
    }
}

/// A seed with some bytes turned, taken out, put in, repeated, or taken from another seed.
fn mutated(seeds: &[Vec<u8>], generator: &mut ChaCha8Rng) -> Vec<u8> {
    let any_seed =
        |generator: &mut ChaCha8Rng| seeds.get(generator.random_range(0..seeds.len())).unwrap().clone();
    let mut input = any_seed(generator);
    for _ in 0..generator.random_range(1..=CHANGES) {
        let from = generator.random_range(0..=input.len());
        let to = generator.random_range(from..=input.len().min(from + PIECE));
        let piece: Vec<u8> = match generator.random_range(0..5) {
            0 => Vec::new(),
            1 => (from..to).map(|_| generator.random()).collect(),
            2 => (0..generator.random_range(1..=PIECE)).map(|_| generator.random()).collect(),
            3 => input.get(from..to).unwrap_or_default().repeat(2),
            _ => {
                let other = any_seed(generator);
                let start = generator.random_range(0..=other.len());
                other.get(start..other.len().min(start + PIECE)).unwrap_or_default().to_vec()
            }
        };
        input.splice(from..to, piece);
    }
    input
}
