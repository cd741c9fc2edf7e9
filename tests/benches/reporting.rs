//! How long a node works at a report: 20 000 trips of a year in the store of a real node process, which has joined a real hub; its twelve
//! months and two half-years are previewed and closed, one after the other, as they were then. Everything is synthetic and seeded.
//!
//! `cargo bench -p maillage-tests --bench reporting` prints the time of each through the node's interface, noise and durable writes included.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark"
)]

use std::{path::Path, time::Instant};

use jiff::{ToSpan as _, civil::Date};
use maillage_domain::{person::Person, trip::Trip, volunteer::Volunteer};
use maillage_engine::Engine;
use maillage_proto::node::v1::PeriodRequest;
use maillage_store::{persons, trips, volunteers};
use maillage_tests::federation::Federation;
use rand::{SeedableRng as _, rngs::StdRng};

use self::made_up::{Map, PERSONS, TERRITORY, VOLUNTEERS, done, person, put, volunteer};

#[path = "made_up/mod.rs"]
mod made_up;

const YEAR: i16 = 2026;
const TRIPS: u64 = 20_000;
const AT_ONCE: u64 = 500;
const SEED: u64 = 20_261_231;

fn load(store: &Path) {
    let first = Date::constant(YEAR, 1, 1);
    let (engine, _) = Engine::open(store, maillage_store::options()).unwrap();
    let (map, mut random) = (Map::new(), StdRng::seed_from_u64(SEED));
    let people: Vec<Person> = (0..PERSONS).map(|number| person(number, &map, &mut random, first)).collect();
    let drivers: Vec<Volunteer> =
        (0..VOLUNTEERS).map(|number| volunteer(number, &map, &mut random, first)).collect();
    put(&engine, people, persons::put);
    put(&engine, drivers, volunteers::put);
    for begin in (0..TRIPS).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let day = |number: u64| first + i64::try_from(number % 365).unwrap().days();
        let some: Vec<Trip> =
            (begin..begin + AT_ONCE).map(|number| done(number, &map, &mut random, day(number))).collect();
        put(&engine, some, trips::put);
    }
    engine.close().unwrap();
}

/// The months of a year, each half-year after its last one.
fn periods() -> Vec<String> {
    let mut periods = Vec::new();
    for month in 1..=12 {
        periods.push(format!("{YEAR}-{month:02}"));
        if month % 6 == 0 {
            periods.push(format!("{YEAR}-H{}", month / 6));
        }
    }
    periods
}

#[tokio::main]
async fn main() {
    let binary = env!("CARGO_BIN_EXE_maillage-under-test");
    let mut federation = Federation::start(binary, &format!("{YEAR}-01-01T08:00:00Z"), &[TERRITORY])
        .await
        .expect("a federation");
    let node = federation.node_mut(0).unwrap();
    node.stop().await.unwrap();
    load(&node.data().join("store"));
    federation.set_clock(&format!("{}-01-02T09:00", YEAR + 1)).unwrap();
    let node = federation.node_mut(0).unwrap();
    node.start().await.unwrap();
    let mut reports = node.reports().unwrap();
    let mut slowest = [0.0_f64; 2];
    for period in periods() {
        let request = || PeriodRequest { period: period.clone() };
        let began = Instant::now();
        reports.preview_report(request()).await.expect("a preview");
        let preview = began.elapsed().as_secs_f64();
        let began = Instant::now();
        reports.close_month(request()).await.expect("a report");
        let close = began.elapsed().as_secs_f64();
        println!("{period}: preview {:.0} ms, report {:.0} ms", 1_000.0 * preview, 1_000.0 * close);
        slowest = [slowest[0].max(preview), slowest[1].max(close)];
    }
    println!(
        "{TRIPS} trips a year, {PERSONS} people: preview at most {:.0} ms, report at most {:.0} ms",
        1_000.0 * slowest[0],
        1_000.0 * slowest[1]
    );
    federation.end(Ok(())).await.unwrap();
}
