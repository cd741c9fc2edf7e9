//! Solves one instance, measures the plan in real numbers, prints a row.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread::{ThreadId, current},
};

use maillage_dispatch::day::{Board, Budget, Day, End, Plan, audit};

use crate::{
    clock::{cpu_s, forget_peak, memory_mb},
    instances::{FINE, Instance, distance},
};

/// What came out.
pub(crate) struct Row {
    name: String,
    size: (usize, usize),
    iterations: u64,
    distance: f64,
    reference: f64,
    refused: usize,
    over: usize,
    first_ms: f64,
    peak_mb: f64,
    seconds: f64,
}

/// Plans an instance for so many seconds of the processor.
pub(crate) fn solve(name: &str, instance: &Instance, reference: f64, seconds: f64, seed: u64) -> (Row, Plan) {
    forget_peak();
    let start = cpu_s();
    let mut board = Board::new(instance.day.clone()).unwrap();
    board.fill();
    let first_ms = (cpu_s() - start) * 1000.0;
    let iterations = spend(&mut board, start + seconds, seed);
    let spent = cpu_s() - start;
    let plan = board.print();
    assert_eq!(audit(&instance.day, &plan), Ok(()), "{name}");
    let (_, peak_mb) = memory_mb();
    let row = Row {
        name: name.to_owned(),
        size: (instance.day.requests.len(), instance.day.drivers.len()),
        iterations,
        peak_mb,
        distance: measure(instance, &plan),
        reference,
        refused: plan.refused.len(),
        over: riders_over(&instance.day, &plan),
        first_ms,
        seconds: spent,
    };
    (row, plan)
}

/// Improves until this second of the processor: as many iterations as should fit, then again if time is left, since on a
/// busy machine the estimate is rough.
pub(crate) fn spend(board: &mut Board, until: f64, seed: u64) -> u64 {
    let whole = until - cpu_s();
    let mut iterations = 0;
    let mut round = seed;
    while until - cpu_s() > whole * 0.1 {
        let fits = affordable(board, until - cpu_s(), round).max(1);
        let clock = Stop::at(until);
        iterations += board.improve(Budget { iterations: fits, seed: round }, &|| clock.is_past()).iterations;
        round += 1_000_000;
    }
    iterations
}

/// Iterations that fit into so many seconds, by a trial on a copy; the trial counts.
fn affordable(board: &Board, seconds: f64, seed: u64) -> u64 {
    let start = cpu_s();
    let clock = Stop::at(start + (seconds * 0.05).max(0.1));
    let ending = board.clone().improve(Budget { iterations: 1_000_000, seed }, &|| clock.is_past());
    let done = u32::try_from(ending.iterations).unwrap_or(u32::MAX);
    let rate = f64::from(done) / (cpu_s() - start);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few millions at most")]
    let iterations = (rate * seconds * 0.95) as u64;
    iterations
}

/// Ends a search, and the one beside it, at a second of the processor of the thread that made it.
struct Stop {
    until: f64,
    main: ThreadId,
    past: AtomicBool,
}

impl Stop {
    fn at(until: f64) -> Self {
        Self { until, main: current().id(), past: AtomicBool::new(false) }
    }

    fn is_past(&self) -> bool {
        if current().id() == self.main && cpu_s() > self.until {
            self.past.store(true, Ordering::Relaxed);
        }
        self.past.load(Ordering::Relaxed)
    }
}

/// Distance in real numbers, or kilometres of a rural day.
fn measure(instance: &Instance, plan: &Plan) -> f64 {
    if instance.points.is_empty() {
        let metres: i64 = plan.tours.iter().map(|tour| tour.figures.metres()).sum();
        return f64::from(i32::try_from(metres).unwrap()) / 1000.0;
    }
    let of_tour = |tour: &maillage_dispatch::day::Tour| {
        let halts = tour.stops.iter().map(|stop| {
            let request = &instance.day.requests[stop.request];
            if stop.end == End::Pickup { request.pickup.place } else { request.dropoff.place }
        });
        let places: Vec<usize> = std::iter::once(0).chain(halts).chain([0]).collect();
        places
            .windows(2)
            .map(|pair| distance(instance.points[pair[0]], instance.points[pair[1]]))
            .sum::<f64>()
    };
    plan.tours.iter().map(of_tour).sum()
}

/// Riders whose printed ride is over the limit: counted here once more, apart from the audit.
pub(crate) fn riders_over(day: &Day, plan: &Plan) -> usize {
    let stops = || plan.tours.iter().flat_map(|tour| &tour.stops);
    let over = stops().filter(|stop| stop.end == End::Dropoff).filter(|out| {
        let request = &day.requests[out.request];
        let inside = stops().find(|stop| stop.request == out.request && stop.end == End::Pickup).unwrap();
        let ride_s = out.begin_s - inside.begin_s - i64::from(request.pickup.service_s);
        day.ride_limit_s(request).is_some_and(|limit_s| ride_s > limit_s)
    });
    over.count()
}

pub(crate) fn header(title: &str) {
    println!("\n{title}");
    println!(
        "{:<12} {:>9} {:>9} {:>11} {:>11} {:>7} {:>7} {:>5} {:>9} {:>8} {:>6}",
        "instance",
        "size",
        "iter",
        "reference",
        "ours",
        "gap %",
        "refused",
        "over",
        "first ms",
        "peak MB",
        "s"
    );
}

impl Row {
    fn gap(&self) -> f64 {
        (self.distance / self.reference - 1.0) * 100.0
    }

    pub(crate) fn print(&self) {
        let size = format!("{}x{}", self.size.0, self.size.1);
        let reference = if self.reference > 0.0 { format!("{:.3}", self.reference) } else { "-".to_owned() };
        let gap = if self.reference > 0.0 { format!("{:.3}", self.gap()) } else { "-".to_owned() };
        println!(
            "{:<12} {:>9} {:>9} {:>11} {:>11.3} {:>7} {:>7} {:>5} {:>9.2} {:>8.1} {:>6.2}",
            self.name,
            size,
            self.iterations,
            reference,
            self.distance,
            gap,
            self.refused,
            self.over,
            self.first_ms,
            self.peak_mb,
            self.seconds
        );
    }
}

pub(crate) fn summary(rows: &[Row]) {
    let complete: Vec<&Row> = rows.iter().filter(|row| row.refused == 0).collect();
    let count = f64::from(u32::try_from(complete.len().max(1)).unwrap());
    let mean = complete.iter().map(|row| row.gap()).sum::<f64>() / count;
    let worst = complete.iter().map(|row| row.gap()).fold(f64::MIN, f64::max);
    let near = complete.iter().filter(|row| row.gap() <= 0.1).count();
    let over: usize = rows.iter().map(|row| row.over).sum();
    println!(
        "complete {}/{}, mean gap {mean:.3} %, worst {worst:.3} %, within 0.1 %: {near}, riders over their limit {over} \
         (resolution 1/{FINE})",
        complete.len(),
        rows.len()
    );
}
