//! Suggestions, requests and calibrations of a node whose router answers, dies in the middle, is left alone, or is another one.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use maillage_dispatch::{Candidate, Estimator, LegRequest, Pair, check};
use maillage_domain::{
    document::RequiredDocuments, place::NewPlace, request::NewRequest, roads::RoadsSource,
};
use maillage_federation::ids::{Id, TripKind};
use maillage_geography::{Commune, Geography, great_circle_m};
use maillage_node::{
    app::{
        App,
        caller::Caller,
        roads::{self, BreakerState, RoadService, RouterError, calibrate},
        suggest::{Suggestion, pairs_of_trip, suggest},
        trips,
    },
    roads::{Filling, settings::RoadSettings},
};
use maillage_platform::worker::{WorkOutcome, Worker as _};

use super::fake::{Fake, Question, Says};
use crate::world::{A, DAY, World, ready};

pub(super) const HOMES: [&str; 5] = ["81003", "81009", "81042", "81222", "81004"];

pub(super) fn commune(code: &str) -> &'static Commune {
    Geography::embedded().commune(&code.parse().unwrap()).unwrap()
}

/// What the fake router answers between two communes, as it is kept.
pub(super) fn routed(from: &str, to: &str) -> u32 {
    (great_circle_m(commune(from).place, commune(to).place) * 3).div_ceil(2)
}

/// A node with a driver in each of five communes, and the router of `settings`.
pub(super) fn node(settings: &RoadSettings) -> World {
    let mut world = World::empty(1);
    for home in HOMES {
        world.volunteer(A, home, true);
    }
    give(&mut world, settings);
    world
}

pub(super) fn give(world: &mut World, settings: &RoadSettings) {
    let router = maillage_node::roads::Osrm::new(settings).unwrap();
    let app = Arc::get_mut(&mut world.nodes[A].app).expect("nobody else holds the node");
    app.roads = RoadService::new(Arc::new(router), settings.terms());
}

async fn request(world: &World) -> Vec<Id<TripKind>> {
    let person = world.person(A, "never");
    let new = NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some(format!("{DAY}T10:00")),
        return_at: Some(format!("{DAY}T12:00")),
        purpose: "health".into(),
        ..NewRequest::default()
    };
    let (_, trips) = trips::add_request(world.app(A), &Caller::local(), person, new).await.unwrap();
    trips.iter().map(maillage_domain::trip::Trip::id).collect()
}

async fn suggested(world: &World, trip: Id<TripKind>) -> Suggestion {
    suggest(world.app(A), &Caller::local(), trip, false).await.unwrap()
}

/// Every candidate passes the second opinion on the roads that the suggestion says it took.
fn assert_checked(app: &App, suggestion: &Suggestion, trips: &[Id<TripKind>]) {
    let legs: Vec<LegRequest> = trips
        .iter()
        .map(|trip| LegRequest::of(&trips::show(app, &Caller::local(), *trip).unwrap()))
        .collect();
    let roads =
        app.read(|app, view| roads::choose(app, view, &pairs_of_trip(view, trips[0], false)?)).unwrap();
    assert_eq!(roads.source(), suggestion.roads);
    assert!(!suggestion.ranking.candidates.is_empty());
    for ranked in &suggestion.ranking.candidates {
        let candidate = Candidate {
            volunteer: &suggestion.volunteers[&ranked.volunteer],
            commitments: &[],
            done: &[],
            schools: &[],
        };
        let required = RequiredDocuments::default();
        assert_eq!(check(&legs, &candidate, ranked, &required, &roads, app.geography), Ok(()));
    }
}

#[tokio::test]
async fn every_road_of_a_suggestion_is_the_routers_when_it_answers() {
    let fake = Fake::honest().await;
    let world = node(&fake.settings());
    let trips = request(&world).await;
    let direct = world.trip(A, trips[0]).terms.clone();
    assert_eq!((direct.direct_m, direct.direct_by), (routed("81003", "81004"), RoadsSource::Router));
    let suggestion = suggested(&world, trips[0]).await;
    assert_eq!(suggestion.roads, RoadsSource::Router);
    assert_checked(world.app(A), &suggestion, &trips);
    let asked = fake.questions().len();
    assert!(asked <= 2, "one question for the request, one for the suggestion: {asked}");
    let away = suggestion.ranking.candidates.iter().find(|ranked| {
        suggestion.volunteers[&ranked.volunteer].details.home.commune == commune("81009").insee
    });
    let empty = routed("81009", "81003") + routed("81003", "81009");
    assert_eq!(away.map(|ranked| ranked.extra_m), Some(empty), "to Alban, wait in Albi, and home from Alban");
    let again = suggested(&world, trips[0]).await;
    assert_eq!((again.roads, fake.questions().len()), (RoadsSource::Router, asked), "it is kept");
}

#[tokio::test]
async fn a_router_that_dies_in_the_middle_leaves_estimates_alone() {
    let alive = Arc::new(AtomicBool::new(false));
    let revived = Arc::clone(&alive);
    let dying = move |question: &Question| {
        if question.number <= 3 || revived.load(Ordering::SeqCst) { Says::Roads } else { Says::Dies }
    };
    let fake = Fake::over(|_| true, dying).await;
    // Questions of three places: a suggestion takes many.
    let settings = RoadSettings { places: 3, ..fake.settings() };
    let world = node(&settings);
    let trips = request(&world).await;
    let suggestion = suggested(&world, trips[0]).await;
    assert!(fake.questions().len() > 3, "it was asked, and died");
    assert_eq!(suggestion.roads, RoadsSource::Estimate);
    assert_checked(world.app(A), &suggestion, &trips);
    let state = roads::show(world.app(A), &Caller::local()).unwrap();
    assert!(state.roads > 0, "what it answered before is kept");
    assert_eq!(state.last_error.map(|(_, error)| error), Some(RouterError::Unreachable));
    let estimated = suggestion.ranking.candidates.iter().map(|ranked| ranked.extra_m).collect::<Vec<_>>();
    let plain = World::empty(1);
    for home in HOMES {
        plain.volunteer(A, home, true);
    }
    let trip = request(&plain).await[0];
    let without: Vec<u32> =
        suggested(&plain, trip).await.ranking.candidates.iter().map(|ranked| ranked.extra_m).collect();
    assert_eq!(estimated, without, "not one road of the router is among them");

    alive.store(true, Ordering::SeqCst);
    assert_eq!(suggested(&world, trips[0]).await.roads, RoadsSource::Router);
}

#[tokio::test]
async fn a_home_off_the_map_makes_estimates_and_is_asked_for_again_after_a_week() {
    let off = commune("81042").place;
    let fake = Fake::over(move |place| place != off, |_| Says::Roads).await;
    let world = node(&fake.settings());
    let trips = request(&world).await;
    let suggestion = suggested(&world, trips[0]).await;
    assert_eq!(suggestion.roads, RoadsSource::Estimate);
    assert_checked(world.app(A), &suggestion, &trips);
    let asked = fake.questions().len();
    assert_eq!(suggested(&world, trips[0]).await.roads, RoadsSource::Estimate);
    assert_eq!(fake.questions().len(), asked, "it is known that there is no road");
    let lost: Pair = (commune("81042").insee, commune("81003").insee);
    world.clock.advance(Duration::from_hours(7 * 24));
    roads::fill(world.app(A), &[lost].into()).await.unwrap();
    assert_eq!(fake.questions().len(), asked + 1);
}

#[tokio::test]
async fn roads_expire_and_those_of_another_router_are_not_taken() {
    let fake = Fake::honest().await;
    let mut world = node(&fake.settings());
    let pairs: BTreeSet<Pair> = [(commune("81003").insee, commune("81004").insee)].into();
    let source =
        |world: &World| world.app(A).read(|app, view| roads::choose(app, view, &pairs)).unwrap().source();
    roads::fill(world.app(A), &pairs).await.unwrap();
    world.clock.advance(Duration::from_secs(90 * 86_400 - 1));
    assert_eq!(source(&world), RoadsSource::Router);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(source(&world), RoadsSource::Estimate);
    roads::fill(world.app(A), &pairs).await.unwrap();
    assert_eq!((source(&world), fake.questions().len()), (RoadsSource::Router, 2));
    let other = Fake::honest().await;
    give(&mut world, &other.settings());
    assert_eq!(source(&world), RoadsSource::Estimate, "another router has not been asked yet");
    assert_eq!(roads::show(world.app(A), &Caller::local()).unwrap().expired, 1);
    roads::fill(world.app(A), &pairs).await.unwrap();
    assert_eq!((source(&world), other.questions().len()), (RoadsSource::Router, 1));
}

#[tokio::test]
async fn a_router_that_fails_is_left_alone_and_tried_again_once() {
    let fake = Fake::over(|_| true, |_| Says::Status(503)).await;
    let world = node(&fake.settings());
    let pairs: BTreeSet<Pair> = [(commune("81003").insee, commune("81004").insee)].into();
    for _ in 0..3 {
        let filled = roads::fill(world.app(A), &pairs).await.unwrap();
        assert_eq!(filled.failed, Some(RouterError::Status(503)));
    }
    let breaker = || roads::show(world.app(A), &Caller::local()).unwrap().breaker;
    assert!(matches!(breaker(), BreakerState::Open { .. }));
    assert_eq!(roads::fill(world.app(A), &pairs).await.unwrap().failed, Some(RouterError::Resting));
    assert_eq!(fake.questions().len(), 3, "it is left alone");
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(breaker(), BreakerState::HalfOpen);
    assert_eq!(roads::fill(world.app(A), &pairs).await.unwrap().failed, Some(RouterError::Status(503)));
    assert_eq!(roads::fill(world.app(A), &pairs).await.unwrap().failed, Some(RouterError::Resting));
    assert_eq!(fake.questions().len(), 4, "one trial");
}

#[tokio::test]
async fn the_estimate_is_fitted_to_the_territory_and_used_from_its_day_on() {
    let fake = Fake::honest().await;
    let world = node(&fake.settings());
    let (app, local) = (world.app(A), Caller::local());
    let estimator = || app.read(roads::estimator).unwrap();
    let shown = calibrate(app, &local, None, false).await.unwrap();
    assert_eq!((shown.old, shown.from), (Estimator::DECLARED, None));
    assert_eq!(shown.new.detour.thousandths(), 1_500);
    assert!((53_500..=54_000).contains(&shown.new.speed_m_per_h), "{}", shown.new.speed_m_per_h);
    let communes = roads::own_communes(app).len();
    assert!(communes > 4 && shown.fitted.pairs <= communes * (communes - 1));
    assert_eq!(estimator(), Estimator::DECLARED, "only shown");
    let tomorrow = "2026-10-02".parse().unwrap();
    calibrate(app, &local, Some(tomorrow), true).await.unwrap();
    assert_eq!(estimator(), Estimator::DECLARED, "not yet");
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(estimator(), shown.new);
    let yesterday = calibrate(app, &local, Some("2026-10-01".parse().unwrap()), true).await.unwrap_err();
    assert_eq!(yesterday.reason(), "calibration-in-the-past");
    let without = World::empty(1);
    let refused = ready(calibrate(without.app(A), &local, None, true)).unwrap_err();
    assert_eq!(refused.reason(), "router-missing");
}

#[tokio::test]
async fn the_roads_around_the_territory_are_asked_ahead() {
    let fake = Fake::honest().await;
    let world = node(&fake.settings());
    let app = world.app(A);
    let own = roads::own_communes(app);
    let mut filling = Filling::new(Arc::clone(app));
    for _ in 0..=own.len() {
        assert_eq!(filling.work().await, WorkOutcome::Idle);
    }
    let asked = fake.questions().len();
    let whole: BTreeSet<Pair> = own.iter().flat_map(|commune| roads::around(app, *commune)).collect();
    let source = app.read(|app, view| roads::choose(app, view, &whole)).unwrap().source();
    assert_eq!(source, RoadsSource::Router, "{} pairs", whole.len());
    for _ in 0..=own.len() {
        assert_eq!(filling.work().await, WorkOutcome::Idle);
    }
    assert_eq!(fake.questions().len(), asked, "nothing is asked twice");
}
