//! The client of an OSRM router against a fake one: what it asks, and everything that it does not take.

use std::time::Duration;

use maillage_geography::{Coordinates, great_circle_m};
use maillage_node::{
    app::roads::{Nonsense, Router as _, RouterError},
    roads::Osrm,
};

use super::fake::{Fake, Question, Says, honest_road, picked, table};

/// A place of micro-degrees, latitude first.
pub(super) fn place(latitude: i32, longitude: i32) -> Coordinates {
    Coordinates::new(latitude, longitude).unwrap()
}

/// Three places of Monaco, and one of Albi, which is not on its map.
pub(super) fn monaco() -> [Coordinates; 3] {
    [place(43_731_100, 7_417_400), place(43_738_400, 7_426_800), place(43_740_900, 7_421_500)]
}

pub(super) const ALBI: (i32, i32) = (43_928_900, 2_148_000);

/// What has to be true of any OSRM router whose map is Monaco: run against the fake one always, against a real one where it is.
pub(super) async fn assert_router_of_monaco(router: &Osrm) {
    let places = monaco();
    let albi = place(ALBI.0, ALBI.1);
    let whole = router.table(&places, &places).await.unwrap();
    assert!(!whole.data_version.is_empty());
    for (from, row) in places.iter().zip(&whole.roads) {
        for (to, road) in places.iter().zip(row) {
            let road = road.expect("every road of Monaco is known");
            assert_eq!(road.distance_m == 0, from == to, "{road:?}");
            assert!(road.distance_m <= 10 * great_circle_m(*from, *to), "{road:?}");
            assert!(road.duration_s <= 1_800, "{road:?}");
        }
    }
    let single = router.route(places[0], places[1]).await.unwrap();
    let (one, other) = (single.roads[0][0].unwrap(), whole.roads[0][1].unwrap());
    assert!(one.distance_m.abs_diff(other.distance_m) <= other.distance_m / 50, "{one:?}, {other:?}");
    assert!(one.duration_s.abs_diff(other.duration_s) <= 1 + other.duration_s / 50, "{one:?}, {other:?}");
    assert_eq!(router.table(&places[..1], &places[1..2]).await.unwrap().roads, single.roads);

    // Off the map there is no road, and the others keep theirs.
    let [first, second, third] = places;
    let partly = router.table(&[first, albi, second], &[albi, third]).await.unwrap();
    let known: Vec<Vec<bool>> =
        partly.roads.iter().map(|row| row.iter().map(Option::is_some).collect()).collect();
    assert_eq!(known, [[false, true], [false, false], [false, true]]);
    assert_eq!(partly.roads[0][1], whole.roads[0][2]);
    let nowhere = router.table(&[albi], &[first, second]).await.unwrap();
    assert_eq!(nowhere.roads, [[None, None]]);
    assert_eq!(router.route(first, albi).await.unwrap().roads, [[None]]);
}

fn in_monaco(place: Coordinates) -> bool {
    great_circle_m(place, monaco()[0]) < 5_000
}

#[tokio::test]
async fn a_router_answers_what_its_map_knows() {
    let fake = Fake::over(in_monaco, |_| Says::Roads).await;
    assert_router_of_monaco(&fake.client()).await;
    let questions = fake.questions();
    for question in &questions {
        let places = question.split('?').next().unwrap().matches(',').count();
        let radiuses = question.split("radiuses=").nth(1).unwrap();
        assert_eq!(radiuses, vec!["5000"; places].join(";"), "no question without radiuses: {question}");
    }
    assert!(questions[0].starts_with("/table/v1/driving/7.417400,43.731100;"), "{}", questions[0]);
    assert!(questions[0].contains("annotations=duration,distance"), "{}", questions[0]);
    assert!(questions.iter().any(|question| question.starts_with("/route/v1/driving/")));
}

#[tokio::test]
async fn a_router_that_does_not_say_which_place_is_off_its_map_is_asked_for_each() {
    let silent = |question: &Question| {
        if question.places.iter().all(|place| in_monaco(*place)) {
            Says::Roads
        } else {
            Says::Body(r#"{"code":"NoSegment","message":"somewhere"}"#.to_owned())
        }
    };
    let fake = Fake::over(in_monaco, silent).await;
    assert_router_of_monaco(&fake.client()).await;
}

/// What a client says of a router that always says the same to a table of two by two.
async fn said_to(says: impl Fn(&Question) -> Says + Send + Sync + 'static) -> RouterError {
    let fake = Fake::over(|_| true, says).await;
    let [first, second, _] = monaco();
    fake.client().table(&[first, second], &[first, second]).await.unwrap_err()
}

/// What it says of a table with one odd road.
async fn odd(metres: f64, seconds: f64) -> RouterError {
    said_to(move |question| {
        let (from, to) = ends(question);
        Says::Body(table(&from, &to, |one, other| {
            if (one, other) == (from[0], to[1]) { (metres, seconds) } else { honest_road(one, other) }
        }))
    })
    .await
}

fn ends(question: &Question) -> (Vec<Coordinates>, Vec<Coordinates>) {
    let of = |option| picked(&question.url, option, &question.places);
    (of("sources"), of("destinations"))
}

#[tokio::test]
async fn nonsense_is_refused_with_its_reason_and_nothing_of_it_is_taken() {
    let nonsense = RouterError::Nonsense;
    assert_eq!(odd(-1.0, 100.0).await, nonsense(Nonsense::Negative));
    assert_eq!(odd(2_000.0, -0.5).await, nonsense(Nonsense::Negative));
    assert_eq!(odd(300.0, 100.0).await, nonsense(Nonsense::Short));
    assert_eq!(odd(900_000.0, 90_000.0).await, nonsense(Nonsense::Long));
    assert_eq!(odd(2_000.0, 3.0).await, nonsense(Nonsense::Fast));
    assert_eq!(odd(2_000.0, 90_000.0).await, nonsense(Nonsense::Slow));
    // JSON knows neither NaN nor infinity.
    assert_eq!(odd(f64::NAN, 100.0).await, RouterError::Unreadable);
    assert_eq!(odd(f64::INFINITY, 100.0).await, RouterError::Unreadable);
    let replaced = |from: &'static str, to: &'static str| {
        said_to(move |question| {
            let (sources, destinations) = ends(question);
            Says::Body(table(&sources, &destinations, honest_road).replacen(from, to, 1))
        })
    };
    assert_eq!(replaced(r#""distances":[[0,"#, r#""distances":[[1e999,"#).await, RouterError::Unreadable);
    assert_eq!(replaced(r#""distances":[[0,"#, r#""distances":[["0","#).await, RouterError::Unreadable);
    assert_eq!(replaced(r#""distances":[[0,"#, r#""distances":[[null,"#).await, nonsense(Nonsense::Gap));
    assert_eq!(
        replaced(r#""distances":[[0,"#, r#""distances":[[0,0,"#).await,
        nonsense(Nonsense::Dimensions)
    );
    assert_eq!(replaced(r#""distances":[["#, r#""distances":[[],["#).await, nonsense(Nonsense::Dimensions));
    assert_eq!(replaced(r#""durations""#, r#""dauer""#).await, nonsense(Nonsense::Dimensions));
    assert_eq!(replaced(r#""distance":3.5"#, r#""distance":418880.4"#).await, nonsense(Nonsense::Snapped));
    assert_eq!(replaced(r#""distance":3.5"#, r#""distance":-3"#).await, nonsense(Nonsense::Snapped));
    assert_eq!(replaced(r#""Ok""#, r#""TooBig""#).await, RouterError::Refused);
}

#[tokio::test]
async fn no_road_on_the_map_is_an_answer() {
    let apart = |question: &Question| {
        let (from, to) = ends(question);
        let body = table(&from, &to, honest_road);
        Says::Body(body.replacen(r#""distances":[[0,"#, r#""distances":[[null,"#, 1).replacen(
            r#""durations":[[0,"#,
            r#""durations":[[null,"#,
            1,
        ))
    };
    let fake = Fake::over(|_| true, apart).await;
    let places = &monaco()[..2];
    let roads = fake.client().table(places, places).await.unwrap().roads;
    assert_eq!((roads[0][0], roads[1][0].is_some()), (None, true));
    let unconnected =
        Fake::over(|_| true, |_| Says::Body(r#"{"code":"NoRoute","message":"Impossible route"}"#.to_owned()));
    let unconnected = unconnected.await;
    let [first, second, _] = monaco();
    assert_eq!(unconnected.client().route(first, second).await.unwrap().roads, [[None]]);
}

#[tokio::test]
async fn what_is_no_answer_is_refused() {
    assert_eq!(said_to(|_| Says::Status(500)).await, RouterError::Status(500));
    assert_eq!(said_to(|_| Says::Status(302)).await, RouterError::Status(302), "it is not followed");
    assert_eq!(said_to(|_| Says::Body("<html>".to_owned())).await, RouterError::Unreadable);
    assert_eq!(said_to(|_| Says::Dies).await, RouterError::Unreachable);
    assert_eq!(said_to(|_| Says::Endless).await, RouterError::TooLarge);
    let gone = Fake::honest().await;
    let client = gone.client();
    let address = gone.address;
    drop(gone);
    // Nobody listens there any more.
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.route(monaco()[0], monaco()[1]).await.unwrap_err(), RouterError::Unreachable);
}

#[tokio::test]
async fn a_router_that_hangs_is_not_waited_for() {
    let fake = Fake::over(|_| true, |_| Says::Nothing).await;
    let client = Osrm::new(&fake.usual_settings()).unwrap();
    let asking = tokio::spawn(async move { client.route(monaco()[0], monaco()[1]).await });
    // The question has arrived: from here on time is what the test says.
    fake.heard().await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(!asking.is_finished(), "the time is not over");
    tokio::time::advance(Duration::from_millis(1_001)).await;
    assert_eq!(asking.await.unwrap().unwrap_err(), RouterError::TimedOut);
}
