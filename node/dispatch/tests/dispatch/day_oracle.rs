//! What a test believes about one driver and one request, worked out the slow way: every position in every window, times
//! by Bellman-Ford over all constraints, loads one by one. Budgets of the day are not looked at.

use maillage_dispatch::day::{Day, End, Load, Plan};

/// Whether a driver could take a request the plan refuses, with the order of all others as it is.
pub(crate) fn can_drive(day: &Day, plan: &Plan, request: usize, driver: usize) -> bool {
    let asked = &day.requests[request];
    let who = &day.drivers[driver];
    let barred = asked.barred.iter().any(|(index, _)| *index == driver);
    let allowed = asked.allowed.as_ref().is_none_or(|allowed| allowed.contains(&driver));
    let road = |a: usize, b: usize| u64::from(day.matrix.road(a, b).metres);
    let trip = road(who.home, asked.pickup.place)
        + road(asked.pickup.place, asked.dropoff.place)
        + road(asked.dropoff.place, who.home);
    // As if the request were not planned, as the question is asked.
    let rounds = plan.tours.iter().filter(|tour| tour.driver == driver).flat_map(|tour| &tour.stops);
    let others = rounds.filter(|stop| stop.end == End::Pickup && stop.request != request).count();
    let full = who.trips_max.is_some_and(|most| others >= usize::try_from(most).unwrap());
    if barred
        || full
        || !allowed
        || asked.needs & !who.accepts != 0
        || who.trip_metres_max.is_some_and(|limit| trip > limit.into())
    {
        return false;
    }
    (0..who.windows.len()).any(|window| {
        let tour = plan.tours.iter().find(|tour| tour.driver == driver && tour.window == window);
        let stops: Vec<(usize, End)> =
            tour.map_or(Vec::new(), |tour| tour.stops.iter().map(|stop| (stop.request, stop.end)).collect());
        (0..=stops.len()).any(|pickup| {
            (pickup..=stops.len()).any(|dropoff| {
                let mut stops = stops.clone();
                stops.insert(dropoff, (request, End::Dropoff));
                stops.insert(pickup, (request, End::Pickup));
                has_room(day, driver, &stops) && has_times(day, (driver, window), &stops)
            })
        })
    })
}

fn has_room(day: &Day, driver: usize, stops: &[(usize, End)]) -> bool {
    day.drivers[driver].configurations.iter().any(|room| {
        let mut on_board: Vec<usize> = Vec::new();
        stops.iter().all(|(request, end)| {
            match end {
                End::Pickup => on_board.push(*request),
                End::Dropoff => on_board.retain(|other| other != request),
            }
            let mut load = Load::default();
            for request in &on_board {
                load.seats += day.requests[*request].load.seats;
                load.wheelchairs += day.requests[*request].load.wheelchairs;
            }
            let alone = on_board.iter().any(|request| !day.requests[*request].pooling);
            load.fits(*room) && !(alone && on_board.len() > 1)
        })
    })
}

/// Difference constraints `time[b] ≥ time[a] + weight`, relaxed until nothing changes, or proven to have a cycle.
fn has_times(day: &Day, (driver, window): (usize, usize), stops: &[(usize, End)]) -> bool {
    let who = &day.drivers[driver];
    let span = who.windows[window].span;
    let halt = |(request, end): &(usize, End)| match end {
        End::Pickup => day.requests[*request].pickup,
        End::Dropoff => day.requests[*request].dropoff,
    };
    let nodes = stops.len() + 2;
    let mut edges: Vec<(usize, usize, i64)> = Vec::new();
    let mut low = vec![span.from_s; nodes];
    let mut high = vec![span.until_s; nodes];
    let places: Vec<usize> = std::iter::once(who.home)
        .chain(stops.iter().map(|stop| halt(stop).place))
        .chain([who.home])
        .collect();
    for (at, stop) in stops.iter().enumerate() {
        let halt = halt(stop);
        low[at + 1] = low[at + 1].max(halt.window.from_s);
        high[at + 1] = high[at + 1].min(halt.window.until_s);
        if let Some(promise) = day.requests[stop.0].hold.promise() {
            match stop.1 {
                End::Pickup => {
                    low[at + 1] = low[at + 1].max(promise.pickup.from_s);
                    high[at + 1] = high[at + 1].min(promise.pickup.until_s);
                }
                End::Dropoff => high[at + 1] = high[at + 1].min(promise.arrival_s),
            }
        }
        if stop.1 == End::Dropoff
            && let Some(limit) = day.ride_limit_s(&day.requests[stop.0])
        {
            let pickup = stops.iter().position(|other| *other == (stop.0, End::Pickup)).unwrap();
            let service = i64::from(day.requests[stop.0].pickup.service_s);
            edges.push((at + 1, pickup + 1, -limit - service));
        }
    }
    for at in 0..nodes - 1 {
        let service = if at == 0 { 0 } else { i64::from(halt(&stops[at - 1]).service_s) };
        let road = day.matrix.road(places[at], places[at + 1]);
        edges.push((at, at + 1, service + i64::from(road.seconds)));
    }
    for _ in 0..=nodes {
        for (from, to, weight) in &edges {
            low[*to] = low[*to].max(low[*from] + weight);
        }
    }
    let settled = edges.iter().all(|(from, to, weight)| low[*to] >= low[*from] + weight);
    settled && low.iter().zip(&high).all(|(low, high)| low <= high)
}
