//! Generated rural days on the communes of the Tarn, up to 200 drivers and 1 000 trips: synthetic people, seeded.

use maillage_dispatch::{
    Estimator,
    day::{
        Board, Day, Driver, Halt, Hold, Load, Mishap, Places, Priority, Request, Span, Window, Wish,
        load_report,
    },
};
use maillage_geography::Geography;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

use crate::{
    clock::cpu_s,
    instances::Instance,
    report::{self, solve, spend},
};

const SIZES: [(usize, usize); 4] = [(20, 100), (60, 300), (120, 600), (200, 1000)];

/// Requests that are asked about and planned by nobody.
const ASKED: usize = 400;

/// Days of all sizes, or the one with so many drivers.
pub(crate) fn run(seconds: f64, seed: u64, pattern: &str) {
    report::header(&format!(
        "generated rural days (Tarn, synthetic, seed {seed}): ours in km, refusals not counted in"
    ));
    for (drivers, requests) in SIZES.into_iter().filter(|(drivers, _)| wanted(*drivers, pattern)) {
        one(drivers, requests, seconds, seed);
    }
}

fn wanted(drivers: usize, pattern: &str) -> bool {
    pattern.is_empty() || drivers.to_string() == pattern
}

fn one(drivers: usize, requests: usize, seconds: f64, seed: u64) {
    let whole = generate(drivers, requests + ASKED, seed);
    let mut day = whole.clone();
    day.requests.truncate(requests);
    let instance = Instance { day, points: Vec::new() };
    let (row, plan) = solve(&format!("day {drivers}"), &instance, 0.0, seconds, seed);
    row.print();
    let day = instance.day;
    let mut asked = Board::with_plan(whole, &plan).unwrap();
    latencies("suggest 10", ASKED, |at, _| drop(asked.suggest(&[requests + at], RANK)));
    latencies("suggest + refusals", ASKED, |at, _| drop(asked.suggest(&[requests + at], EXPLAIN)));
    latencies("suggest + relaxations", ASKED, |at, _| drop(asked.suggest(&[requests + at], RELAX)));
    let mut nobody = (requests..requests + ASKED).collect::<Vec<usize>>();
    nobody.retain(|request| asked.suggest(&[*request], RANK).candidates.is_empty());
    if !nobody.is_empty() {
        let what = format!("suggest + relaxations, the {} whom nobody can drive", nobody.len());
        latencies(&what, nobody.len(), |at, _| drop(asked.suggest(&[nobody[at]], RELAX)));
    }
    drop(asked);
    let planned = Board::with_plan(day.clone(), &plan).unwrap();
    repairs(&planned, drivers);
}

const RANK: Wish = Wish { drivers: 10, refusals: false, relaxations: false };
const EXPLAIN: Wish = Wish { drivers: 10, refusals: true, relaxations: false };
const RELAX: Wish = Wish { drivers: 10, refusals: true, relaxations: true };

/// Starts at each call, and again where that says so.
struct Clock(f64);

impl Clock {
    fn restart(&mut self) {
        self.0 = cpu_s();
    }
}

fn latencies(what: &str, count: usize, mut run: impl FnMut(usize, &mut Clock)) {
    let mut times: Vec<f64> = (0..count)
        .map(|at| {
            let mut clock = Clock(cpu_s());
            run(at, &mut clock);
            (cpu_s() - clock.0) * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |permille: usize| times[(times.len() * permille / 1000).min(times.len() - 1)];
    println!("  {what}: p50 {:.0} µs, p99 {:.0} µs, max {:.0} µs", at(500), at(990), at(1000));
}

/// Every driver drops out once, each on a copy; copying is not counted.
fn repairs(planned: &Board, drivers: usize) {
    let mut board = planned.clone();
    latencies("repair a drop-out", drivers, |driver, clock| {
        board.clone_from(planned);
        clock.restart();
        drop(board.repair(Mishap::DriverOut(driver)).unwrap());
    });
}

/// What a day comes to with one weight of fairness.
struct Outcome {
    metres: i64,
    refused: usize,
    /// In ordinary refusals.
    weighted: i64,
    gini: (f64, f64),
    /// Refused although somebody could drive it as the plan stands.
    avoidable: usize,
}

/// The same day planned with this weight of fairness.
fn with_fairness(permille: i64, day: &Day, seconds: f64, seed: u64) -> Outcome {
    let mut day = day.clone();
    day.weights.fairness_permille = permille;
    let mut board = Board::new(day.clone()).unwrap();
    board.fill();
    spend(&mut board, cpu_s() + seconds, seed);
    let plan = board.print();
    let report = load_report(&day, &plan);
    let mut could = |request: usize| !board.suggest(&[request], RANK).candidates.is_empty();
    let avoidable =
        plan.refused.iter().map(|refused| refused.request).filter(|request| could(*request)).count();
    Outcome {
        avoidable,
        metres: plan.tours.iter().map(|tour| tour.figures.metres()).sum(),
        refused: plan.refused.len(),
        weighted: plan.cost.refusals / day.weights.refusal,
        gini: (report.gini_before, report.gini_after),
    }
}

/// Days with and without fairness, seeds 1 to `seeds`: each, and the means.
pub(crate) fn fairness(seconds: f64, seeds: u64, pattern: &str) {
    for (drivers, requests) in SIZES.into_iter().filter(|(drivers, _)| wanted(*drivers, pattern)) {
        println!("\n{drivers} drivers × {requests} trips, {seconds} s each, λ = 0 → λ = 1");
        let (mut metres, mut refused, mut weighted, mut gini) = (0.0, (0, 0), (0, 0), (0.0, 0.0));
        for seed in 1..=seeds {
            let day = generate(drivers, requests, seed);
            let [without, with] = [0, 1000].map(|permille| with_fairness(permille, &day, seconds, seed));
            let change = percent(with.metres, without.metres);
            println!(
                "  seed {seed}: {} → {} km ({change:+.2} %), refused {} → {}, weighted {} → {}, could have been driven {} → {}, Gini \
                 {:.3} → {:.3} (before the day {:.3})",
                without.metres / 1000,
                with.metres / 1000,
                without.refused,
                with.refused,
                without.weighted,
                with.weighted,
                without.avoidable,
                with.avoidable,
                without.gini.1,
                with.gini.1,
                with.gini.0
            );
            metres += change;
            refused = (refused.0 + without.refused, refused.1 + with.refused);
            weighted = (weighted.0 + without.weighted, weighted.1 + with.weighted);
            gini = (gini.0 + without.gini.1, gini.1 + with.gini.1);
        }
        let count = f64::from(u32::try_from(seeds).unwrap());
        println!(
            "  mean: {:+.2} % km, refused {} → {} in all, weighted {} → {}, Gini {:.3} → {:.3}",
            metres / count,
            refused.0,
            refused.1,
            weighted.0,
            weighted.1,
            gini.0 / count,
            gini.1 / count
        );
    }
}

fn percent(now: i64, before: i64) -> f64 {
    let real = |metres: i64| f64::from(i32::try_from(metres).unwrap());
    (real(now) / real(before) - 1.0) * 100.0
}

/// Chance for synthetic people.
struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.0.next_u64() % u64::try_from(count).unwrap()).unwrap()
    }

    fn between(&mut self, from: i64, until: i64) -> i64 {
        from + i64::try_from(self.below(usize::try_from(until - from).unwrap())).unwrap()
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

pub(crate) fn generate(drivers: usize, requests: usize, seed: u64) -> Day {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
    let geography = Geography::embedded();
    let communes: Vec<_> =
        geography.communes().iter().filter(|commune| commune.departement.as_str() == "81").collect();
    let mut places = Places::new();
    let found: Vec<usize> = communes.iter().map(|commune| places.add(Some(commune.place)).unwrap()).collect();
    let mut towns: Vec<usize> = (0..communes.len()).collect();
    towns.sort_by_key(|at| std::cmp::Reverse(communes[*at].population));
    let towns: Vec<usize> = towns.into_iter().take(20).map(|at| found[at]).collect();
    let mut day = Day { matrix: places.estimate(&Estimator::DECLARED).unwrap(), ..Day::default() };
    for key in 0..drivers {
        let home = found[chance.below(found.len())];
        day.drivers.push(volunteer(key, home, &mut chance));
    }
    while day.requests.len() < requests {
        let home = found[chance.below(found.len())];
        // Three in four go to the nearest town, the rest to one of the six largest.
        let nearest = towns.iter().copied().min_by_key(|town| day.matrix.road(home, *town).metres).unwrap();
        let town = if chance.percent(75) { nearest } else { towns[chance.below(6)] };
        let outbound = day.requests.len();
        let mut there = trip(outbound, (home, town), &mut chance);
        let arrival = chance.between(8 * 3600, 16 * 3600);
        there.pickup.window = Span::new(arrival - 2 * 3600, arrival);
        there.dropoff.window = Span::new(arrival - 1800, arrival);
        let mut back = there.clone();
        back.key += 1;
        (back.pickup.place, back.dropoff.place) = (town, home);
        let ready = arrival + chance.between(1800, 2 * 3600 + 1800);
        back.pickup.window = Span::new(ready, ready + 1800);
        back.dropoff.window = Span::new(ready, ready + 3 * 3600);
        back.return_of = Some(outbound);
        day.requests.push(there);
        if day.requests.len() < requests && chance.percent(70) {
            day.requests.push(back);
        }
    }
    day
}

fn trip(key: usize, (from, to): (usize, usize), chance: &mut Chance) -> Request {
    let wheelchair = chance.percent(6);
    let halt = |place| Halt { place, window: Span::new(0, 0), service_s: if wheelchair { 300 } else { 120 } };
    Request {
        key: u64::try_from(key).unwrap(),
        pickup: halt(from),
        dropoff: halt(to),
        load: if wheelchair {
            Load { seats: 0, wheelchairs: 1 }
        } else {
            Load { seats: if chance.percent(15) { 2 } else { 1 }, wheelchairs: 0 }
        },
        max_ride_s: None,
        priority: [Priority::Ordinary, Priority::Appointment, Priority::Medical][chance.below(3)],
        pooling: chance.percent(60),
        return_of: None,
        needs: u64::from(chance.percent(10)),
        allowed: None,
        barred: Vec::new(),
        usual: None,
        hold: Hold::Free,
        series: None,
    }
}

fn volunteer(key: usize, home: usize, chance: &mut Chance) -> Driver {
    let span = |from: i64, until: i64| Window { span: Span::new(from, until), start: None, end: None };
    let windows = match chance.below(3) {
        0 => vec![span(7 * 3600, 12 * 3600 + 1800), span(13 * 3600 + 1800, 19 * 3600)],
        1 => vec![span(7 * 3600, 13 * 3600)],
        _ => vec![span(8 * 3600, 18 * 3600)],
    };
    let mut configurations = vec![Load { seats: 4, wheelchairs: 0 }];
    if chance.percent(15) {
        configurations.push(Load { seats: 2, wheelchairs: 1 });
    }
    Driver {
        key: u64::try_from(key).unwrap(),
        home,
        windows,
        configurations,
        accepts: u64::from(chance.percent(60)),
        metres_max: Some(u32::try_from(chance.between(120_000, 300_000)).unwrap()),
        seconds_max: chance.percent(50).then_some(8 * 3600),
        trip_metres_max: chance.percent(30).then_some(150_000),
        trips_max: None,
        past_metres: u32::try_from(chance.between(0, 900_000)).unwrap(),
        target_metres: Some(u32::try_from(chance.between(300_000, 1_200_000)).unwrap()),
    }
}
