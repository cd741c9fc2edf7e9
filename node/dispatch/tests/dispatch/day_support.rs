//! Small days for tests: places on a plane, everything from one number, synthetic throughout.

use maillage_dispatch::day::{
    Bar, Day, Driver, End, Halt, Hold, Load, Matrix, Plan, Priority, Promise, Request, Road, Span, Window,
};

/// A small generator, for tests alone (xorshift64*).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % count
    }

    fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(u64::try_from(count).unwrap())).unwrap()
    }

    fn seconds(&mut self, from: i64, until: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(until - from).unwrap())).unwrap()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Places on a plane, kilometres apart; 50 km/h, no road under 500 m.
pub(crate) fn plane(points: &[(i64, i64)]) -> Matrix {
    let road = |a: &(i64, i64), b: &(i64, i64)| {
        let metres = ((a.0 - b.0).abs() + (a.1 - b.1).abs()) * 1000;
        let metres = u32::try_from(metres).unwrap().max(500);
        Road { metres, seconds: metres * 72 / 1000 }
    };
    let roads = points.iter().flat_map(|a| points.iter().map(move |b| road(a, b)));
    Matrix::new(points.len(), roads.collect()).unwrap()
}

pub(crate) fn hours(hour: i64, minute: i64) -> i64 {
    hour * 3600 + minute * 60
}

/// One person from one place to another, to be there at `arrival_s` or up to half an hour before.
pub(crate) fn request(from: usize, to: usize, arrival_s: i64) -> Request {
    Request {
        key: 0,
        pickup: Halt { place: from, window: Span::new(arrival_s - 7200, arrival_s), service_s: 120 },
        dropoff: Halt { place: to, window: Span::new(arrival_s - 1800, arrival_s), service_s: 120 },
        load: Load { seats: 1, wheelchairs: 0 },
        max_ride_s: None,
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

/// Somebody at home in a place, from 7 to 19, four seats.
pub(crate) fn driver(home: usize) -> Driver {
    Driver {
        key: 0,
        home,
        windows: vec![Window { span: Span::new(hours(7, 0), hours(19, 0)), start: None, end: None }],
        configurations: vec![Load { seats: 4, wheelchairs: 0 }],
        accepts: 0,
        metres_max: None,
        seconds_max: None,
        trip_metres_max: None,
        trips_max: None,
        past_metres: 0,
        target_metres: None,
    }
}

/// A day from one number: `requests` people, `drivers` volunteers, everything there is in a day.
pub(crate) fn random_day(seed: u64, requests: usize, drivers: usize) -> Day {
    let mut numbers = Numbers::new(seed);
    let points: Vec<(i64, i64)> = (0..10).map(|_| (numbers.seconds(0, 30), numbers.seconds(0, 30))).collect();
    let mut day = Day { matrix: plane(&points), ..Day::default() };
    for key in 0..drivers {
        let driver = random_driver(&mut numbers, points.len());
        day.drivers.push(Driver { key: u64::try_from(key).unwrap(), ..driver });
    }
    for key in 0..requests {
        let request = random_request(&mut numbers, points.len(), drivers);
        day.requests.push(Request { key: u64::try_from(key).unwrap(), ..request });
        if numbers.chance(20) && key > 0 && day.requests[key - 1].return_of.is_none() {
            day.requests[key].return_of = Some(key - 1);
        }
    }
    day
}

fn random_driver(numbers: &mut Numbers, places: usize) -> Driver {
    let mut driver = driver(numbers.index(places));
    let noon = numbers.seconds(hours(11, 0), hours(14, 0));
    if numbers.chance(40) {
        driver.windows = vec![
            Window { span: Span::new(hours(7, 0), noon), start: None, end: None },
            Window { span: Span::new(noon + 1800, hours(18, 0)), start: None, end: None },
        ];
    } else {
        driver.windows[0].span = Span::new(noon - hours(4, 0), noon + hours(3, 0));
    }
    if numbers.chance(40) {
        driver.configurations.push(Load { seats: 2, wheelchairs: 1 });
    }
    driver.accepts = numbers.below(4);
    driver.metres_max = numbers.chance(30).then_some(120_000);
    driver.seconds_max = numbers.chance(30).then_some(4 * 3600);
    driver.trip_metres_max = numbers.chance(20).then_some(90_000);
    driver.trips_max = numbers.chance(20).then_some(3);
    driver.past_metres = u32::try_from(numbers.below(400_000)).unwrap();
    driver.target_metres = numbers.chance(70).then_some(300_000);
    driver
}

fn random_request(numbers: &mut Numbers, places: usize, drivers: usize) -> Request {
    let (from, to) = (numbers.index(places), numbers.index(places));
    let mut request = request(from, to, numbers.seconds(hours(9, 0), hours(17, 0)));
    request.pickup.window.from_s -= numbers.seconds(0, 3600);
    request.load.seats = u16::try_from(1 + numbers.below(2)).unwrap();
    if numbers.chance(15) {
        request.load = Load { seats: 0, wheelchairs: 1 };
    }
    request.max_ride_s = numbers.chance(20).then_some(3000);
    request.priority = [Priority::Ordinary, Priority::Appointment, Priority::Medical][numbers.index(3)];
    request.pooling = numbers.chance(70);
    request.needs = if numbers.chance(20) { 1 << numbers.below(2) } else { 0 };
    if drivers > 0 && numbers.chance(20) {
        request.barred.push((numbers.index(drivers), Bar::Avoided));
    }
    if drivers > 0 && numbers.chance(20) {
        request.usual = Some(numbers.index(drivers));
    }
    request
}

/// The day with every driven request promised at the plan's times; every third locked.
pub(crate) fn promised(day: &Day, plan: &Plan) -> Day {
    let mut day = day.clone();
    for tour in &plan.tours {
        for stop in tour.stops.iter().filter(|stop| stop.end == End::Pickup) {
            let out =
                tour.stops.iter().find(|other| other.request == stop.request && other.end == End::Dropoff);
            let promise = Promise {
                driver: tour.driver,
                pickup: Span::new(stop.begin_s, stop.begin_s),
                arrival_s: out.unwrap().begin_s,
            };
            let hold = if stop.request % 3 == 0 { Hold::Locked(promise) } else { Hold::Announced(promise) };
            day.requests[stop.request].hold = hold;
        }
    }
    day
}
