//! How long a coordinator waits for who could drive, through the real interface of a real node process: 200 volunteers with the
//! rounds of about 1 000 promised trips that day, 100 000 trips of the time before in the store. Everything is synthetic and
//! seeded; communes are real.
//!
//! `cargo bench -p maillage-tests --bench suggesting` prints: planning the day, accepting it, then suggestions with scores,
//! refusals and what would have to give, for trips nobody drives: while nothing changes, right after each change elsewhere in the
//! store, and right after each change of that very day.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark"
)]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use jiff::{ToSpan as _, civil::Date};
use maillage_domain::{person::Person, trip::Trip, volunteer::Volunteer};
use maillage_engine::Engine;
use maillage_proto::node::v1::{self as proto, people_client::PeopleClient, planning_client::PlanningClient};
use maillage_store::{persons, trips, volunteers};
use maillage_tests::programs::{Local, Programs, Role, answering};
use rand::{SeedableRng as _, rngs::StdRng};

use self::made_up::{Map, PERSONS, TERRITORY, VOLUNTEERS, asked, at, done, person, put, volunteer};

#[path = "made_up/mod.rs"]
mod made_up;

const DAY: Date = jiff::civil::date(2026, 10, 6);
/// Trips of the day; the last ones are left for the questions.
const TRIPS: u64 = 1_050;
const FREE: usize = 50;
/// Trips of the 500 days before.
const BEFORE: u64 = 100_000;
const AT_ONCE: u64 = 500;
const SEED: u64 = 20_261_006;

fn load(store: &Path) {
    let (engine, _) = Engine::open(store, maillage_store::options()).unwrap();
    let (map, mut random) = (Map::new(), StdRng::seed_from_u64(SEED));
    let people: Vec<Person> = (0..PERSONS).map(|number| person(number, &map, &mut random, DAY)).collect();
    let drivers: Vec<Volunteer> =
        (0..VOLUNTEERS).map(|number| volunteer(number, &map, &mut random, DAY)).collect();
    put(&engine, people, persons::put);
    put(&engine, drivers, volunteers::put);
    let today: Vec<Trip> = (0..TRIPS).map(|number| asked(number, &map, &mut random, DAY)).collect();
    put(&engine, today, trips::put);
    for first in (0..BEFORE).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let past = |number: u64| DAY.saturating_sub(i64::try_from(1 + number % 500).unwrap().days());
        let past = (first..first + AT_ONCE)
            .map(|number| done(TRIPS + number, &map, &mut random, past(number)))
            .collect();
        put(&engine, past, trips::put);
    }
    engine.close().unwrap();
}

/// A plan whose last lines nobody has accepted yet.
struct Left {
    plan: String,
    lines: Vec<proto::DayPlanLine>,
}

/// Plans the day and accepts all lines but the last ones, which are left to ask about.
async fn planned(planning: &mut PlanningClient<Local>) -> Left {
    let began = Instant::now();
    let request = proto::PlanDayRequest { day: DAY.to_string(), iterations: 0, seed: 1 };
    let plan = planning.plan_day(request).await.expect("a plan").into_inner();
    let nobody = plan.lines.iter().filter(|line| line.volunteer.is_empty()).count();
    println!(
        "plan of {TRIPS} trips, {VOLUNTEERS} volunteers: {:.1} s, {} iterations{}, {nobody} without driver, {} km empty, {} km with passenger",
        began.elapsed().as_secs_f64(),
        plan.iterations,
        if plan.cut_short { " (cut short)" } else { "" },
        plan.deadhead_m / 1_000,
        plan.loaded_m / 1_000,
    );
    let mut lines = plan.lines;
    lines.retain(|line| !line.volunteer.is_empty());
    let left = lines.split_off(lines.len() - FREE);
    let began = Instant::now();
    let request = proto::AcceptPlanRequest {
        day: DAY.to_string(),
        plan: plan.id.clone(),
        lines: lines.iter().map(|line| line.number).collect(),
    };
    let reply = planning.accept_plan(request).await.expect("accepted").into_inner();
    println!(
        "accepting it: {:.1} s, {} drivers asked for, {} lines stale",
        began.elapsed().as_secs_f64(),
        reply.offered.len(),
        reply.stale.len(),
    );
    Left { plan: plan.id, lines: left }
}

async fn asked_once(
    planning: &mut PlanningClient<Local>,
    trip: &str,
) -> (Duration, proto::SuggestInDayReply) {
    let request = proto::SuggestInDayRequest { trip: trip.to_owned(), single: true, limit: 0 };
    let began = Instant::now();
    let reply = planning.suggest_in_day(request).await.expect("an answer").into_inner();
    (began.elapsed(), reply)
}

fn print(what: &str, mut taken: Vec<Duration>) {
    taken.sort();
    let at = |permille: usize| taken[(taken.len() - 1) * permille / 1000].as_secs_f64() * 1_000.0;
    println!(
        "{what}: {} answers, p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
        taken.len(),
        at(500),
        at(990),
        at(1000)
    );
}

fn programs() -> Programs {
    Programs::new(env!("CARGO_BIN_EXE_maillage-under-test"))
}

#[tokio::main]
async fn main() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("node");
    let programs = programs();
    let init = ["init", "--territory", TERRITORY, "--phone", "05 00 00 00 00"];
    programs.done(Role::Node, &data, &init).await.unwrap();
    load(&data.join("store"));
    let clock = directory.path().join("clock");
    fs::write(&clock, at(DAY.saturating_sub(2.days()), 9 * 60).to_string()).unwrap();
    let words = ["--api-listen", "127.0.0.1:0", "--clock-file", clock.to_str().unwrap()];
    let log = directory.path().join("log");
    let mut serving = programs.serve(Role::Node, &data, &words, &log).unwrap();
    let local = answering(Role::Node, &data, &mut serving).await.unwrap();
    let mut planning = PlanningClient::new(local.clone())
        .max_decoding_message_size(64 << 20)
        .max_encoding_message_size(64 << 20);
    let left = planned(&mut planning).await;
    let free: Vec<String> = left.lines.iter().flat_map(|line| line.trips.clone()).collect();

    let (first, reply) = asked_once(&mut planning, &free[0]).await;
    let refused: usize = reply.refusals.iter().map(|group| group.volunteers.len()).sum();
    println!(
        "first question after the change: {:.1} ms ({} candidates, {refused} refused with reasons)",
        first.as_secs_f64() * 1_000.0,
        reply.candidates.len()
    );
    let mut taken = Vec::new();
    for _ in 0..20 {
        for trip in &free {
            taken.push(asked_once(&mut planning, trip).await.0);
        }
    }
    print("suggest, nothing changes", taken);
    let mut taken = Vec::new();
    for (number, trip) in free.iter().enumerate() {
        let person = proto::AddPersonRequest {
            name: format!("Nouvelle {number} (synthétique)"),
            home: Some(proto::Place {
                commune: "81003".into(),
                address: "3 rue Imaginaire".into(),
                ..Default::default()
            }),
            even_if_duplicate: true,
            ..Default::default()
        };
        PeopleClient::new(local.clone()).add_person(person).await.expect("a person");
        taken.push(asked_once(&mut planning, trip).await.0);
    }
    print("suggest, each right after a change elsewhere", taken);
    let mut taken = Vec::new();
    for line in &left.lines[..FREE / 2] {
        let lines = vec![line.number];
        let request = proto::AcceptPlanRequest { day: DAY.to_string(), plan: left.plan.clone(), lines };
        planning.accept_plan(request).await.expect("accepted");
        taken.push(asked_once(&mut planning, &left.lines[FREE - 1].trips[0]).await.0);
    }
    print("suggest, each right after a change of the day", taken);
    serving.stop().await.unwrap();
}
