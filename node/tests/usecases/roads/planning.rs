//! Plans of days of a node whose router answers, hangs, dies in the middle, lies or is another one: the plan is made whatever it
//! does, on the roads of one source, and says which.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use maillage_dispatch::territory::DayCommunes;
use maillage_domain::{
    place::NewPlace,
    request::NewRequest,
    roads::RoadsSource,
    trip::{DriverRefusal, Trip},
};
use maillage_federation::ids::{Id, TripKind};
use maillage_geography::Coordinates;
use maillage_node::{
    app::{
        caller::Caller,
        planning::{self, Accepted, PlanWish},
        roads, trips,
    },
    grpc::convert,
    roads::settings::RoadSettings,
};
use maillage_platform::refusal::Refusal;
use maillage_store::plans::{Outcome, Proposal};

use super::{
    fake::{Fake, Question, Says, picked, table},
    suggesting::{HOMES, commune, give, node, routed},
};
use crate::world::{A, DAY, World};

fn wish() -> PlanWish {
    PlanWish { date: DAY.parse().unwrap(), iterations: Some(200), seed: 7 }
}

/// Trips from Alban to different doors in Albi, an hour apart.
async fn trips(world: &World, count: usize) -> Vec<Id<TripKind>> {
    let mut made = Vec::new();
    for number in 0..count {
        let new = NewRequest {
            dropoff: NewPlace {
                commune: "81004".into(), address: format!("{} place Lapérouse", number + 1)
            },
            arrive_by: Some(format!("{DAY}T{:02}:00", 9 + number)),
            purpose: "shopping".into(),
            ..NewRequest::default()
        };
        let person = world.person(A, "never");
        let (_, trips) = trips::add_request(world.app(A), &Caller::local(), person, new).await.unwrap();
        made.extend(trips.iter().map(Trip::id));
    }
    made
}

async fn plan(world: &World) -> Proposal {
    planning::plan_day(world.app(A), &Caller::local(), wish()).await.unwrap()
}

async fn accept(world: &World, proposal: &Proposal) -> Result<Accepted, Refusal> {
    let which = (proposal.date, proposal.id);
    planning::accept(world.app(A), &Caller::local(), which, None).await
}

/// Trips that have a driver in a plan.
fn driven(proposal: &Proposal) -> usize {
    let of = |line: &maillage_store::plans::Line| match &line.outcome {
        Outcome::Drives { drives, .. } => drives.len(),
        Outcome::Nobody { .. } => 0,
    };
    proposal.lines.iter().map(of).sum()
}

/// What a node without any router plans for the same day, in metres without and with passenger.
async fn estimated(count: usize) -> (u64, u64) {
    let world = World::empty(1);
    for home in HOMES {
        world.volunteer(A, home, true);
    }
    trips(&world, count).await;
    let proposal = plan(&world).await;
    assert_eq!((proposal.roads, driven(&proposal)), (RoadsSource::Estimate, count));
    (proposal.deadhead_m, proposal.loaded_m)
}

#[tokio::test]
async fn every_road_of_a_plan_is_the_routers_when_it_answers() {
    let fake = Fake::honest().await;
    let world = node(&fake.settings());
    trips(&world, 2).await;
    let proposal = plan(&world).await;
    assert_eq!((proposal.roads, driven(&proposal)), (RoadsSource::Router, 2));
    assert_eq!(proposal.loaded_m, 2 * u64::from(routed("81003", "81004")));
    let (estimate_m, _) = estimated(2).await;
    assert_ne!(proposal.deadhead_m, estimate_m);
    let kept = planning::show(world.app(A), &Caller::local(), wish().date).unwrap();
    let shown = convert::planning::plan(world.app(A), &kept);
    assert_eq!(shown.distance_source, "router");
    assert!(shown.attribution.contains("OpenStreetMap"));
    let asked = fake.questions().len();
    let again = plan(&world).await;
    assert_eq!(again.lines, proposal.lines);
    assert_eq!(fake.questions().len(), asked, "it is kept");

    let accepted = accept(&world, &again).await.unwrap();
    assert_eq!((accepted.offered.len(), accepted.stale.len()), (2, 0));
}

#[tokio::test]
async fn a_day_is_asked_for_by_commune_however_many_doors_it_has() {
    let fake = Fake::honest().await;
    let world = node(&fake.settings());
    trips(&world, 8).await;
    let before = fake.questions().len();
    assert_eq!(plan(&world).await.roads, RoadsSource::Router);
    let questions = fake.questions().split_off(before);
    assert_eq!(questions.len(), 1, "{questions:?}");
    let places = questions[0].split('?').next().unwrap().rsplit('/').next().unwrap();
    let distinct: BTreeSet<&str> = places.split(';').collect();
    assert_eq!(distinct.len(), HOMES.len(), "eight doors in Albi are one town hall");
    assert!(places.split(';').count() <= 2 * HOMES.len(), "from each and to each: {places}");
}

#[tokio::test]
async fn questions_about_a_day_take_all_roads_from_one_source_and_say_which() {
    let fake = Fake::honest().await;
    let world = node(&fake.settings());
    let trip = trips(&world, 1).await[0];
    let (app, local) = (world.app(A), Caller::local());
    let answer = planning::suggest(app, &local, (trip, true), 10).await.unwrap();
    assert_eq!(answer.roads, RoadsSource::Router);
    assert_eq!(convert::planning::answer(&answer).distance_source, "router");
    let who = answer.candidates.iter().find(|found| found.adds.deadhead_m > 0).expect("somebody lives away");
    let volunteer = answer.who.volunteer(who.driver).0.parse().unwrap();
    let home = maillage_store::volunteers::find(&app.store, volunteer).unwrap().unwrap().details.home.commune;
    let home = home.to_string();
    let empty = [(home.as_str(), "81003"), ("81004", home.as_str())];
    let empty: u32 = empty.iter().filter(|(from, to)| from != to).map(|(from, to)| routed(from, to)).sum();
    assert_eq!(who.adds.deadhead_m - within(&home), i64::from(empty), "from {home}");
    let (obstacle, roads) = planning::why_not(app, &local, trip, volunteer).await.unwrap();
    assert!(obstacle.is_none());
    assert_eq!(roads, RoadsSource::Router);

    let asked = fake.questions().len();
    planning::suggest(app, &local, (trip, true), 10).await.unwrap();
    assert_eq!(fake.questions().len(), asked, "the day is in mind");
    world.volunteer(A, "81065", true);
    let wider = planning::suggest(app, &local, (trip, true), 10).await.unwrap();
    assert_eq!((wider.roads, wider.candidates.len()), (RoadsSource::Router, 6));
    assert_eq!(fake.questions().len(), asked + 1, "somebody from another commune is asked for");
}

/// What a home in the commune of a trip's end adds: the way within that commune.
fn within(home: &str) -> i64 {
    let ends = ["81003", "81004"].iter().filter(|end| **end == home).count();
    2_000 * i64::try_from(ends).unwrap()
}

/// A table in which every road is `figures`.
fn all(question: &Question, figures: (f64, f64)) -> String {
    let from = picked(&question.url, "sources", &question.places);
    let to = picked(&question.url, "destinations", &question.places);
    table(&from, &to, |_, _| figures)
}

type Script = Box<dyn Fn(&Question) -> Says + Send + Sync>;

/// Everything a router can do wrong.
fn misbehaviours() -> Vec<(&'static str, Script)> {
    let nulls = |question: &Question| all(question, (f64::NAN, f64::NAN)).replace("NaN", "null");
    vec![
        ("hangs", Box::new(|_| Says::Nothing)),
        ("dies", Box::new(|_| Says::Dies)),
        (
            "dies in the middle",
            Box::new(|question| if question.number <= 3 { Says::Roads } else { Says::Dies }),
        ),
        (
            "hangs in the middle",
            Box::new(|question| if question.number <= 3 { Says::Roads } else { Says::Nothing }),
        ),
        ("fails", Box::new(|_| Says::Status(500))),
        ("floods", Box::new(|_| Says::Endless)),
        ("negative", Box::new(|question| Says::Body(all(question, (-20_000.0, 1_200.0))))),
        ("no number", Box::new(|question| Says::Body(all(question, (f64::INFINITY, 1_200.0))))),
        ("beyond numbers", Box::new(|question| Says::Body(all(question, (1e300, 1e300))))),
        ("at once", Box::new(|question| Says::Body(all(question, (30_000.0, 0.0))))),
        ("no way at all", Box::new(move |question| Says::Body(nulls(question)))),
        (
            "another table",
            Box::new(|_| Says::Body(r#"{"code":"Ok","distances":[],"durations":[]}"#.to_owned())),
        ),
    ]
}

#[tokio::test]
async fn whatever_a_router_does_a_day_is_planned_on_estimates_and_says_so() {
    let without = estimated(3).await;
    for (what, script) in misbehaviours() {
        let misbehaves = Arc::new(AtomicBool::new(false));
        let now = Arc::clone(&misbehaves);
        let fake = Fake::over(
            |_| true,
            move |question| if now.load(Ordering::SeqCst) { script(question) } else { Says::Status(503) },
        )
        .await;
        let settings = RoadSettings {
            places: 3,
            failures: 100,
            answer_within_ms: 150,
            suggest_within_ms: 300,
            ..fake.settings()
        };
        let world = node(&settings);
        let ids = trips(&world, 3).await;
        let before = fake.questions().len();
        misbehaves.store(true, Ordering::SeqCst);
        let proposal = plan(&world).await;
        assert!(fake.questions().len() > before, "{what}: it was asked");
        assert_eq!((proposal.roads, driven(&proposal)), (RoadsSource::Estimate, 3), "{what}");
        assert_eq!((proposal.deadhead_m, proposal.loaded_m), without, "{what}: not one road of the router");
        let shown = convert::planning::plan(world.app(A), &proposal);
        assert_eq!((shown.distance_source.as_str(), shown.attribution.as_str()), ("estimate", ""), "{what}");
        let answer = planning::suggest(world.app(A), &Caller::local(), (ids[0], true), 10).await.unwrap();
        assert_eq!((answer.roads, answer.candidates.len()), (RoadsSource::Estimate, HOMES.len()), "{what}");
        assert_eq!(accept(&world, &proposal).await.unwrap().offered.len(), 3, "{what}");
    }
}

#[tokio::test]
async fn a_home_off_the_map_makes_the_whole_day_an_estimate() {
    let off: Coordinates = commune("81042").place;
    let fake = Fake::over(move |place| place != off, |_| Says::Roads).await;
    let world = node(&fake.settings());
    trips(&world, 2).await;
    let proposal = plan(&world).await;
    assert_eq!(proposal.roads, RoadsSource::Estimate);
    assert_eq!((proposal.deadhead_m, proposal.loaded_m), estimated(2).await);
}

#[tokio::test]
async fn nothing_waits_for_a_router_that_hangs() {
    let fake = Fake::over(|_| true, |_| Says::Nothing).await;
    let settings = RoadSettings { answer_within_ms: 60_000, suggest_within_ms: 60_000, ..fake.settings() };
    let mut world = World::empty(1);
    world.volunteer(A, "81009", true);
    trips(&world, 1).await;
    give(&mut world, &settings);
    let app = Arc::clone(world.app(A));
    let hanging = tokio::spawn(async move { planning::plan_day(&app, &Caller::local(), wish()).await });
    fake.heard().await;
    // Written at once: the question to the router holds no transaction.
    world.person(A, "never");
    world.volunteer(A, "81222", true);
    assert!(!hanging.is_finished());
    hanging.abort();
}

#[tokio::test]
async fn lines_are_looked_at_on_roads_of_the_source_they_were_planned_on() {
    let answers = Arc::new(AtomicBool::new(true));
    let alive = Arc::clone(&answers);
    let fake = Fake::over(
        |_| true,
        move |_| if alive.load(Ordering::SeqCst) { Says::Roads } else { Says::Status(503) },
    )
    .await;
    let mut world = node(&fake.settings());
    let ids = trips(&world, 2).await;
    let routed = plan(&world).await;
    assert_eq!(routed.roads, RoadsSource::Router);
    answers.store(false, Ordering::SeqCst);
    // Somebody whose roads nobody knows makes new plans estimates; the old one does not need those roads.
    world.volunteer(A, "81065", true);
    let other = Fake::over(|_| true, |_| Says::Status(503)).await;
    let accepted = accept(&world, &routed).await.unwrap();
    assert_eq!((accepted.offered.len(), accepted.stale.len()), (2, 0));

    for trip in &ids {
        trips::driver_refuses(world.app(A), &Caller::local(), *trip, DriverRefusal::Withdrew, true)
            .await
            .unwrap();
    }
    answers.store(true, Ordering::SeqCst);
    let routed = plan(&world).await;
    assert_eq!(routed.roads, RoadsSource::Router);
    give(&mut world, &other.settings());
    let refused = accept(&world, &routed).await.unwrap_err();
    assert_eq!(refused.reason(), "plan-roads", "another router has never been asked");

    let estimate = plan(&world).await;
    assert_eq!(estimate.roads, RoadsSource::Estimate);
    give(&mut world, &fake.settings());
    let accepted = accept(&world, &estimate).await.unwrap();
    assert_eq!((accepted.offered.len(), accepted.stale.len()), (2, 0), "the router answers again");
}

#[tokio::test]
async fn a_calibration_counts_from_its_day_on_for_plans_too() {
    let fake = Fake::honest().await;
    let mut world = node(&fake.settings());
    roads::calibrate(world.app(A), &Caller::local(), None, true).await.unwrap();
    let silent = Fake::over(|_| true, |_| Says::Status(503)).await;
    give(&mut world, &silent.settings());
    trips(&world, 1).await;
    let proposal = plan(&world).await;
    let (deadhead_m, loaded_m) = estimated(1).await;
    assert_eq!(proposal.roads, RoadsSource::Estimate);
    assert!(proposal.loaded_m > loaded_m && proposal.deadhead_m >= deadhead_m, "1.5 instead of 1.3");
}

#[test]
fn a_large_day_asks_for_its_communes_only() {
    let stops: BTreeSet<_> = ["81003", "81004"].iter().map(|code| commune(code).insee).collect();
    let homes: BTreeSet<_> = HOMES.iter().map(|code| commune(code).insee).collect();
    // Two stops, three homes elsewhere: both ways between the stops, and between each of them and each home.
    assert_eq!(DayCommunes { stops, homes }.pairs().len(), 2 + 2 * 2 * 3);
}
