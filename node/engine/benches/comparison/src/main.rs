//! Durable bookings per second: the engine, the raw limit of the disk, and other embedded stores; same workload, same machine,
//! same run. A booking is one trip of 400 B, three index entries and one outbox row, acknowledged when durable.
//!
//! `cargo run --release -- DIRECTORY [SECONDS]` compares; `cargo run --release -- DIRECTORY million` measures the opening of a
//! store of a million trips. DIRECTORY must lie on the disk to be measured.

mod contenders;
mod million;

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use contenders::Contender;

/// The rows of one booking.
pub(crate) struct Booking {
    pub(crate) trip: [u8; 16],
    pub(crate) details: Vec<u8>,
    pub(crate) by_day: Vec<u8>,
    pub(crate) by_person: Vec<u8>,
    pub(crate) by_driver: Vec<u8>,
    pub(crate) outbox: Vec<u8>,
    pub(crate) message: Vec<u8>,
}

impl Booking {
    /// Booking number `n`: ids are ordered by time, persons and drivers are not.
    pub(crate) fn new(n: u64) -> Self {
        let scattered = |salt: u64| {
            (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 48
        };
        let mut trip = [7; 16];
        trip[..8].copy_from_slice(&n.to_be_bytes());
        let index = |prefix: &[u8]| [prefix, trip.as_slice()].concat();
        let details = (0..50_u64).flat_map(|word| (scattered(word) ^ n).to_le_bytes()).collect();
        Self {
            trip,
            details,
            by_day: index(&(n / 60).to_be_bytes()),
            by_person: index(&(scattered(1) % 2_000).to_be_bytes()),
            by_driver: index(&(scattered(2) % 300).to_be_bytes()),
            outbox: n.to_be_bytes().to_vec(),
            message: vec![0x55; 120],
        }
    }

    /// All of it in a row, about a kilobyte, for the raw file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let parts =
            [&self.details, &self.by_day, &self.by_person, &self.by_driver, &self.outbox, &self.message];
        let mut bytes: Vec<u8> = parts.into_iter().flatten().copied().collect();
        bytes.extend_from_slice(&self.trip);
        bytes.resize(1024, 1);
        bytes
    }
}

/// Rounds of each store.
const ROUNDS: u32 = 7;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(directory) = arguments.next().map(PathBuf::from) else {
        println!("usage: maillage-engine-comparison DIRECTORY [SECONDS | million]");
        return;
    };
    let mode = arguments.next().unwrap_or_else(|| "4".to_owned());
    if mode == "million" {
        return million::run(&directory);
    }
    let seconds = Duration::from_secs(mode.parse().expect("a number of seconds"));
    println!(
        "{:<34}{:>8}{:>12}{:>12}{:>12}{:>10}",
        "store", "writers", "commits/s", "p50 us", "p99 us", "of raw"
    );
    for writers in [1, 8, 64] {
        let mut limit = None;
        // In turns, so that what else the machine does meets them all; the median round counts.
        let makes = contenders::all();
        let mut rounds: Vec<Vec<Measured>> = makes.iter().map(|_| Vec::new()).collect();
        for _ in 0..ROUNDS {
            for (make, measured) in makes.iter().zip(&mut rounds) {
                let scratch = tempfile::tempdir_in(&directory).expect("a scratch directory");
                measured.push(measure(&*make(scratch.path()), writers, seconds / ROUNDS));
            }
        }
        for (make, mut measured) in makes.iter().zip(rounds) {
            let scratch = tempfile::tempdir_in(&directory).expect("a scratch directory");
            let contender = make(scratch.path());
            measured.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
            let measured = &measured[measured.len() / 2];
            let limit = *limit.get_or_insert(measured.per_second);
            println!(
                "{:<34}{writers:>8}{:>12.0}{:>12.0}{:>12.0}{:>9.0}%",
                contender.name(),
                measured.per_second,
                measured.p50_us,
                measured.p99_us,
                100.0 * measured.per_second / limit
            );
        }
    }
}

struct Measured {
    per_second: f64,
    p50_us: f64,
    p99_us: f64,
}

fn measure(contender: &dyn Contender, writers: usize, duration: Duration) -> Measured {
    let numbers = AtomicU64::new(0);
    let latencies = Mutex::new(Vec::new());
    // A warm-up, so that files and caches exist.
    for _ in 0..200 {
        contender.book(Booking::new(numbers.fetch_add(1, Ordering::Relaxed)));
    }
    let begin = Instant::now();
    thread::scope(|scope| {
        for _ in 0..writers {
            scope.spawn(|| {
                let mut own = Vec::new();
                while begin.elapsed() < duration {
                    let booking = Booking::new(numbers.fetch_add(1, Ordering::Relaxed));
                    let asked = Instant::now();
                    contender.book(booking);
                    own.push(asked.elapsed());
                }
                latencies.lock().expect("no writer panicked").extend(own);
            });
        }
    });
    let elapsed = begin.elapsed();
    let mut latencies = latencies.into_inner().expect("no writer panicked");
    latencies.sort_unstable();
    let at = |share: f64| latencies[(latencies.len() as f64 * share) as usize].as_secs_f64() * 1e6;
    Measured { per_second: latencies.len() as f64 / elapsed.as_secs_f64(), p50_us: at(0.5), p99_us: at(0.99) }
}
