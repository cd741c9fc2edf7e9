//! Reads published instances into days. Distances and times are kept a million times finer, times rounded up and limits
//! down, so that what is feasible here is feasible in real numbers.

use std::{collections::BTreeMap, path::Path};

use maillage_dispatch::day::{
    Day, Driver, Halt, Hold, Load, Matrix, Priority, Request, Road, Rules, Span, Weights, Window,
};

/// Parts of one unit of an instance.
pub(crate) const FINE: f64 = 1e6;

/// A day with what is needed to measure a plan in real numbers.
pub(crate) struct Instance {
    pub(crate) day: Day,
    /// Where the places are; empty for rural days, which are measured in metres.
    pub(crate) points: Vec<(f64, f64)>,
}

/// What is known of an instance.
#[derive(Default)]
pub(crate) struct Reference {
    pub(crate) distance: f64,
    pub(crate) routes: usize,
}

pub(crate) fn references(path: &Path) -> BTreeMap<String, Reference> {
    let text = std::fs::read_to_string(path).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let read = |value: &serde_json::Value| {
        let names = ["optimum_recalled", "optimum_published_1dp", "tabu2003", "distance"];
        let distance = names.iter().find_map(|name| value[*name].as_f64()).unwrap();
        let routes = value["routes"].as_u64().map_or(0, |routes| usize::try_from(routes).unwrap());
        Reference { distance, routes }
    };
    all.as_object().unwrap().iter().map(|(name, value)| (name.clone(), read(value))).collect()
}

/// Names without ending, and texts, in order.
pub(crate) fn files(directory: &Path) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn numbers(text: &str) -> Vec<Vec<f64>> {
    let rows = text.lines().map(|line| line.split_whitespace().map(|word| word.parse().unwrap()).collect());
    rows.filter(|row: &Vec<f64>| !row.is_empty()).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "instances are small")]
fn up(number: f64) -> i64 {
    (number * FINE - 1e-6).ceil() as i64
}

#[expect(clippy::cast_possible_truncation, reason = "instances are small")]
fn down(number: f64) -> i64 {
    (number * FINE + 1e-6).floor() as i64
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "instances are small")]
fn count(number: f64) -> usize {
    number.abs() as usize
}

fn load(number: f64) -> u16 {
    u16::try_from(count(number)).unwrap()
}

pub(crate) fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
}

fn euclidean(points: &[(f64, f64)]) -> Matrix {
    let road = |a: (f64, f64), b: (f64, f64)| {
        let length = small(up(distance(a, b)));
        Road { metres: length, seconds: length }
    };
    let roads = points.iter().flat_map(|a| points.iter().map(move |b| road(*a, *b)));
    Matrix::new(points.len(), roads.collect()).unwrap()
}

/// Only distance counts, and that everybody is driven.
fn distance_only() -> (Weights, Rules) {
    let weights = Weights {
        refusal: up(1000.0) * 1000,
        deadhead_per_m: 1000,
        loaded_per_m: 1000,
        waiting_per_s: 0,
        excess_per_s: 0,
        fairness_permille: 0,
        ..Weights::default()
    };
    let rules =
        Rules { detour: None, home_rest_s: None, longest_road_s: u32::MAX - 1, longest_road_m: u32::MAX - 1 };
    (weights, rules)
}

fn vehicle(span: Span, capacity: f64, longest: Option<f64>) -> Driver {
    Driver {
        key: 0,
        home: 0,
        windows: vec![Window { span, start: None, end: None }],
        configurations: vec![Load { seats: load(capacity), wheelchairs: 0 }],
        accepts: u64::MAX,
        metres_max: None,
        seconds_max: longest.map(|longest| small(down(longest))),
        trip_metres_max: None,
        trips_max: None,
        past_metres: 0,
        target_metres: None,
    }
}

fn request(pickup: Halt, dropoff: Halt, seats: u16, max_ride_s: Option<u32>) -> Request {
    Request {
        key: 0,
        pickup,
        dropoff,
        load: Load { seats, wheelchairs: 0 },
        max_ride_s,
        priority: Priority::Ordinary,
        pooling: true,
        return_of: None,
        needs: 0,
        allowed: None,
        barred: Vec::new(),
        usual: None,
        hold: Hold::Free,
        series: None,
    }
}

/// Cordeau 2006, or Cordeau and Laporte 2003 if `nodes` counts both ends.
pub(crate) fn cordeau(text: &str, nodes: bool) -> Instance {
    let rows = numbers(text);
    let head = &rows[0];
    let requests = if nodes { count(head[1]) / 2 } else { count(head[1]) };
    let row = |node: usize| &rows[1 + node];
    let points: Vec<(f64, f64)> = (0..=2 * requests).map(|node| (row(node)[1], row(node)[2])).collect();
    let halt = |node: usize| Halt {
        place: node,
        window: Span::new(up(row(node)[5]), down(row(node)[6])),
        service_s: small(up(row(node)[3])),
    };
    let (weights, rules) = distance_only();
    let ride = small(down(head[4]));
    let asked = (1..=requests)
        .map(|node| request(halt(node), halt(requests + node), load(row(node)[4]), Some(ride)))
        .collect();
    let depot = Span::new(up(row(0)[5]), down(row(0)[6]));
    let drivers = (0..count(head[0])).map(|_| vehicle(depot, head[3], Some(head[2]))).collect();
    let day = Day { matrix: euclidean(&points), requests: asked, drivers, rules, weights };
    Instance { day, points }
}

/// Li and Lim, with exactly `routes` vehicles.
pub(crate) fn li_lim(text: &str, routes: usize) -> Instance {
    let rows = numbers(text);
    let points: Vec<(f64, f64)> = rows[1..].iter().map(|row| (row[1], row[2])).collect();
    let halt = |row: &[f64]| Halt {
        place: count(row[0]),
        window: Span::new(up(row[4]), down(row[5])),
        service_s: small(up(row[6])),
    };
    let (weights, rules) = distance_only();
    let pickups = rows[1..].iter().filter(|row| row[3] > 0.0);
    let asked =
        pickups.map(|row| request(halt(row), halt(&rows[1 + count(row[8])]), load(row[3]), None)).collect();
    let depot = Span::new(up(rows[1][4]), down(rows[1][5]));
    let drivers = (0..routes).map(|_| vehicle(depot, rows[0][1], None)).collect();
    let day = Day { matrix: euclidean(&points), requests: asked, drivers, rules, weights };
    Instance { day, points }
}

/// A generated rural day: metres and seconds, real weights, windows of one home are one driver's.
pub(crate) fn rural(text: &str) -> Instance {
    let rows = numbers(text);
    let [nodes, windows, requests, homes] = [0, 1, 2, 3].map(|at| count(rows[0][at]));
    let node = |index: usize| &rows[1 + index];
    let whole = |number: f64| up(number.ceil() / FINE);
    let road = |a: &[f64], b: &[f64]| {
        let metres = great_circle_m((a[0], a[1]), (b[0], b[1])) * 1.3;
        Road { metres: small(whole(metres)), seconds: small(whole(metres * 3.6 / 50.0)) }
    };
    let roads = (0..nodes).flat_map(|a| (0..nodes).map(move |b| road(node(a), node(b)))).collect();
    let matrix = Matrix::new(nodes, roads).unwrap();
    let mut drivers: BTreeMap<usize, Driver> = BTreeMap::new();
    for row in &rows[1 + nodes..1 + nodes + windows] {
        let window = Window { span: Span::new(whole(row[1]), whole(row[2])), start: None, end: None };
        let driver = drivers.entry(count(row[0])).or_insert_with(|| Driver {
            key: 0,
            home: count(row[0]),
            windows: Vec::new(),
            configurations: vec![Load { seats: load(row[3]), wheelchairs: load(row[4]) }],
            accepts: u64::from(row[6] > 0.0),
            metres_max: Some(0),
            ..vehicle(window.span, row[3], None)
        });
        driver.windows.push(window);
        driver.metres_max = driver.metres_max.map(|metres| metres + small(whole(row[5] * 1000.0)));
    }
    assert_eq!(drivers.len(), homes);
    let halt = |index: usize| Halt {
        place: index,
        window: Span::new(whole(node(index)[2]), whole(node(index)[3])),
        service_s: small(whole(node(index)[4])),
    };
    let asked = rows[1 + nodes + windows..][..requests].iter().map(|row| {
        let (pickup, dropoff) = (count(row[0]), count(row[1]));
        let mut asked =
            request(halt(pickup), halt(dropoff), load(node(pickup)[5]), Some(small(whole(row[2]))));
        asked.load.wheelchairs = load(node(pickup)[6]);
        asked.needs = u64::from(row[3] > 0.0);
        asked
    });
    let asked: Vec<Request> = asked.collect();
    let rules = Rules { detour: None, ..Rules::default() };
    let drivers = drivers.into_values().collect();
    let day = Day { matrix, requests: asked, drivers, rules, weights: Weights::default() };
    Instance { day, points: Vec::new() }
}

fn great_circle_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    let ((lat_a, lon_a), (lat_b, lon_b)) =
        ((a.0.to_radians(), a.1.to_radians()), (b.0.to_radians(), b.1.to_radians()));
    let half = ((lat_b - lat_a) / 2.0).sin().powi(2)
        + lat_a.cos() * lat_b.cos() * ((lon_b - lon_a) / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * half.sqrt().asin()
}
