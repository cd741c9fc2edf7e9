//! Planning days on the memory engine: a proposal binds nobody, its lines become offers, what was promised stays, and what
//! has changed meanwhile is told.

use std::collections::BTreeSet;

use maillage_dispatch::{
    Merit,
    day::{Flag, Relaxation},
};
use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    place::NewPlace,
    request::NewRequest,
    series::NewSeries,
    trip::{Assignment, CancelledBy, Trip, TripAction, TripStatus},
    volunteer::NewVolunteer,
};
use maillage_engine::{EngineError, Transaction};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{
    caller::Caller,
    edit::Mask,
    people::{self, Edit},
    planning::{self, NewNumber, PlanWish},
    series, suggest, trips,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    driver_offers,
    plans::{Outcome, Proposal},
};

use crate::{
    driving::reason,
    world::{A, DAY, MEANT, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

/// Planning computes on threads of its own.
fn run<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(answer)
}

fn wish() -> PlanWish {
    PlanWish { date: DAY.parse().unwrap(), iterations: Some(500), seed: 7 }
}

impl World {
    /// A trip from Alban to Albi on the day, to be there at a time.
    fn to_albi(&self, person: Id<PersonKind>, time: &str) -> Id<TripKind> {
        self.to_albi_on(DAY, person, time)
    }

    fn to_albi_on(&self, day: &str, person: Id<PersonKind>, time: &str) -> Id<TripKind> {
        let new = NewRequest {
            dropoff: NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() },
            arrive_by: Some(format!("{day}T{time}")),
            purpose: "shopping".into(),
            ..NewRequest::default()
        };
        let (_, trips) = ready(trips::add_request(self.app(A), &local(), person, new)).unwrap();
        trips[0].id()
    }

    fn plan(&self) -> Result<Proposal, Refusal> {
        run(planning::plan_day(self.app(A), &local(), wish()))
    }

    fn accept(&self, proposal: &Proposal) -> Result<planning::Accepted, Refusal> {
        let which = (proposal.date, proposal.id);
        ready(planning::accept(self.app(A), &local(), which, None))
    }

    fn statuses(&self, ids: &[Id<TripKind>]) -> Vec<&'static str> {
        ids.iter().map(|id| self.at(A, *id).0).collect()
    }

    /// Tells how many metres somebody wishes to drive in 28 days.
    fn wishes(&self, volunteer: Id<VolunteerKind>, metres: u32) {
        let typed = NewVolunteer { wished_m: Some(metres), ..NewVolunteer::default() };
        let mask = Mask::parse(&["wished_m".to_owned()], &["wished_m"]).unwrap();
        let edit = Edit { typed, mask, etag: "1".to_owned(), outside: true };
        ready(people::update_volunteer(self.app(A), &local(), volunteer, edit)).unwrap();
    }

    /// Somebody near Alban who drives at some hours of the day only.
    fn driver_at(&self, hours: &str, trips_per_week: Option<u8>) -> Id<VolunteerKind> {
        let new = NewVolunteer {
            name: "Bénévole".into(),
            home: NewPlace { commune: "81003".into(), address: String::new() },
            seats: 4,
            availability: format!("mar {hours}"),
            trips_per_week,
            ..NewVolunteer::default()
        };
        ready(people::add_volunteer(self.app(A), &local(), new, MEANT)).unwrap().id
    }
}

/// The trips of a proposal that have a driver, with who.
fn driven(proposal: &Proposal) -> Vec<(Id<TripKind>, Id<VolunteerKind>)> {
    let of = |line: &maillage_store::plans::Line| match &line.outcome {
        Outcome::Drives { drives, .. } => {
            line.trips.iter().copied().zip(drives.iter().map(|drive| drive.volunteer)).collect()
        }
        Outcome::Nobody { .. } => Vec::new(),
    };
    proposal.lines.iter().flat_map(of).collect()
}

#[test]
fn a_plan_binds_nobody_until_its_lines_are_accepted() {
    let world = World::empty(1);
    let driver = world.volunteer(A, "81003", false);
    let person = world.person(A, "ask");
    let out_and_back = world.request(A, person, true);
    let proposal = world.plan().unwrap();
    assert_eq!(driven(&proposal), out_and_back.iter().map(|trip| (*trip, driver)).collect::<Vec<_>>());
    assert_eq!(proposal.lines.len(), 1, "outbound and return with one driver are one line");
    assert_eq!(world.statuses(&out_and_back), ["requested", "requested"]);
    assert!(driver_offers::of_trip(&world.app(A).store, out_and_back[0]).unwrap().is_empty());
    assert_eq!(planning::show(world.app(A), &local(), proposal.date).unwrap(), proposal);

    let accepted = world.accept(&proposal).unwrap();
    assert_eq!(accepted.offered.iter().map(Trip::id).collect::<Vec<_>>(), out_and_back);
    assert!(accepted.stale.is_empty());
    assert_eq!(world.statuses(&out_and_back), ["offered", "offered"]);
    assert_eq!(
        driver_offers::of_trip(&world.app(A).store, out_and_back[0]).unwrap().len(),
        1,
        "one question for both"
    );
    let again = world.accept(&proposal).unwrap();
    assert!(again.offered.is_empty() && again.stale.is_empty(), "accepting twice asks once");
    let run = |trip: usize| world.trip(A, out_and_back[trip]).assignment().unwrap();
    assert!(run(0).end <= run(1).start, "the two drives do not overlap");
}

#[test]
fn the_same_day_seed_and_effort_give_the_same_plan() {
    let world = World::empty(1);
    world.volunteer(A, "81003", false);
    world.volunteer(A, "81222", false);
    for time in ["09:00", "10:00", "11:00"] {
        world.to_albi(world.person(A, "ask"), time);
    }
    let (first, second) = (world.plan().unwrap(), world.plan().unwrap());
    assert_ne!(first.id, second.id);
    assert_eq!(first.lines, second.lines);
    assert_eq!(driven(&first).len(), 3);
}

#[test]
fn what_was_decided_meanwhile_is_left_and_told() {
    let world = World::empty(1);
    world.volunteer(A, "81003", false);
    world.volunteer(A, "81003", false);
    let early = world.to_albi(world.person(A, "ask"), "09:00");
    let late = world.to_albi(world.person(A, "ask"), "16:00");
    let proposal = world.plan().unwrap();
    assert_eq!(driven(&proposal).len(), 2);
    ready(trips::cancel(world.app(A), &local(), early, CancelledBy::Person, true)).unwrap();
    let accepted = world.accept(&proposal).unwrap();
    assert_eq!(accepted.offered.iter().map(Trip::id).collect::<Vec<_>>(), [late]);
    assert_eq!(accepted.stale.values().copied().collect::<Vec<_>>(), ["plan-line-decided"]);
    assert_eq!(world.statuses(&[early, late]), ["cancelled", "offered"]);
}

#[test]
fn a_driver_promised_elsewhere_meanwhile_makes_the_line_stale() {
    let world = World::empty(1);
    let driver = world.volunteer(A, "81003", false);
    let first = world.to_albi(world.person(A, "ask"), "10:00");
    let proposal = world.plan().unwrap();
    // The same hour, promised on the phone after the plan was made.
    let other = world.to_albi(world.person(A, "ask"), "10:05");
    ready(trips::offer_to_driver(world.app(A), &local(), other, driver, true)).unwrap();
    let accepted = world.accept(&proposal).unwrap();
    assert!(accepted.offered.is_empty());
    assert_eq!(accepted.stale.values().copied().collect::<Vec<_>>(), ["plan-line-stale"]);
    assert_eq!(world.statuses(&[first, other]), ["requested", "offered"]);
}

#[test]
fn a_plan_that_was_replaced_cannot_be_accepted() {
    let world = World::empty(1);
    world.volunteer(A, "81003", false);
    world.to_albi(world.person(A, "ask"), "10:00");
    let old = world.plan().unwrap();
    world.plan().unwrap();
    assert_eq!(reason(world.accept(&old)), "plan-replaced");
    let past = PlanWish { date: "2026-09-01".parse().unwrap(), ..wish() };
    assert_eq!(reason(run(planning::plan_day(world.app(A), &local(), past))), "plan-past");
    let none = planning::show(world.app(A), &local(), "2026-12-24".parse().unwrap());
    assert_eq!(reason(none), "plan-unknown");
}

#[test]
fn what_was_promised_keeps_its_driver_and_its_times() {
    let world = World::empty(1);
    let driver = world.volunteer(A, "81222", false);
    let promised = world.to_albi(world.person(A, "ask"), "10:00");
    ready(trips::offer_to_driver(world.app(A), &local(), promised, driver, true)).unwrap();
    ready(trips::driver_accepts(world.app(A), &local(), promised, true)).unwrap();
    let before = world.trip(A, promised).assignment();
    // Nearer to the trips than the one who has promised.
    world.volunteer(A, "81003", false);
    let others: Vec<_> = ["09:30", "10:30", "14:00"]
        .into_iter()
        .map(|time| world.to_albi(world.person(A, "ask"), time))
        .collect();
    let proposal = world.plan().unwrap();
    assert!(driven(&proposal).iter().all(|(trip, _)| others.contains(trip)));
    world.accept(&proposal).unwrap();
    assert_eq!(world.trip(A, promised).assignment(), before);
    assert_eq!(world.trip(A, promised).status(), TripStatus::Confirmed);
    let mut drives: Vec<_> =
        others.iter().chain([&promised]).filter_map(|trip| world.trip(A, *trip).assignment()).collect();
    drives.sort_by_key(|drive| (drive.volunteer, drive.start));
    for pair in drives.windows(2) {
        assert!(pair[0].volunteer != pair[1].volunteer || pair[0].end <= pair[1].start, "{pair:?}");
    }
}

#[test]
fn a_promise_that_no_longer_fits_the_drivers_week_does_not_keep_the_day_from_being_planned() {
    let world = World::empty(1);
    let driver = world.driver_at("08:00-12:00", None);
    let promised = world.to_albi(world.person(A, "ask"), "10:00");
    ready(trips::offer_to_driver(world.app(A), &local(), promised, driver, true)).unwrap();
    let day = wish().date.to_string();
    ready(people::add_absence(world.app(A), &local(), driver, &day, &day)).unwrap();
    world.volunteer(A, "81003", false);
    let other = world.to_albi(world.person(A, "ask"), "10:00");
    let proposal = world.plan().unwrap();
    assert_eq!(driven(&proposal).iter().map(|(trip, _)| *trip).collect::<Vec<_>>(), [other]);
}

#[test]
fn nobody_is_planned_for_more_trips_than_a_week_holds() {
    let world = World::empty(1);
    world.driver_at("05:00-22:00", Some(1));
    for time in ["09:00", "15:00"] {
        world.to_albi(world.person(A, "ask"), time);
    }
    let proposal = world.plan().unwrap();
    assert_eq!(driven(&proposal).len(), 1);
    let nobody = proposal.lines.iter().filter_map(|line| match &line.outcome {
        Outcome::Nobody { code, .. } => Some(code.as_str()),
        Outcome::Drives { .. } => None,
    });
    assert_eq!(nobody.collect::<Vec<_>>(), ["week-full"]);
}

#[test]
fn when_a_driver_drops_out_the_others_take_over() {
    let world = World::empty(1);
    let ill = world.volunteer(A, "81003", false);
    let trip = world.to_albi(world.person(A, "ask"), "10:00");
    ready(trips::offer_to_driver(world.app(A), &local(), trip, ill, true)).unwrap();
    ready(trips::driver_accepts(world.app(A), &local(), trip, true)).unwrap();
    let other = world.volunteer(A, "81222", false);
    let day = wish().date;
    let (released, proposal) = run(planning::drop_out(world.app(A), &local(), ill, wish())).unwrap();
    assert_eq!(released.iter().map(Trip::id).collect::<Vec<_>>(), [trip]);
    assert_eq!(driven(&proposal), [(trip, other)]);
    let absences = |world: &World| {
        let known = people::show_volunteer(world.app(A), &local(), ill).unwrap();
        known.details.availability.absences().to_vec()
    };
    assert_eq!(
        absences(&world).iter().map(|one| (one.first(), one.last())).collect::<Vec<_>>(),
        [(day, day)]
    );
    let (released, _) = run(planning::drop_out(world.app(A), &local(), ill, wish())).unwrap();
    assert_eq!((released.len(), absences(&world).len()), (0, 1), "said twice, noted once");
    let gone = run(planning::drop_out(world.app(A), &local(), Id::new(1, [9; 10]), wish()));
    assert_eq!(reason(gone), "volunteer-unknown");
}

#[test]
fn a_driver_who_drops_out_is_freed_of_everything_or_of_nothing() {
    let world = World::empty(1);
    let ill = world.volunteer(A, "81003", false);
    let trips: Vec<_> = ["08:00", "11:00", "15:00"]
        .map(|at| world.to_albi(world.person(A, "ask"), at))
        .into_iter()
        .inspect(|trip| world.promise(A, *trip, ill))
        .collect();
    let written = world.app(A).store.durable_sequence();
    let (released, _) = run(planning::drop_out(world.app(A), &local(), ill, wish())).unwrap();
    assert_eq!(released.len(), trips.len());
    assert_eq!(
        world.app(A).store.durable_sequence(),
        written + 2,
        "one transaction frees, one keeps the plan"
    );
}

#[test]
fn a_week_of_days_asks_nobody_for_more_than_the_week_that_was_offered() {
    let world = World::empty(1);
    let new = NewVolunteer {
        name: "Bénévole".into(),
        home: NewPlace { commune: "81003".into(), address: String::new() },
        seats: 4,
        availability: "mar 07:00-20:00,jeu 07:00-20:00".into(),
        trips_per_week: Some(1),
        ..NewVolunteer::default()
    };
    ready(people::add_volunteer(world.app(A), &local(), new, MEANT)).unwrap();
    let first = world.to_albi(world.person(A, "ask"), "10:00");
    world.to_albi_on("2026-10-08", world.person(A, "ask"), "10:00");
    let next_week = world.to_albi_on("2026-10-13", world.person(A, "ask"), "10:00");
    let plans = run(planning::plan_days(world.app(A), &local(), wish(), 8)).unwrap();
    let trips: Vec<_> = plans.iter().flat_map(driven).map(|(trip, _)| trip).collect();
    assert_eq!(trips, [first, next_week]);
}

#[test]
fn suggestions_say_what_a_trip_adds_to_the_day_and_why_not_agrees() {
    let world = World::empty(1);
    let near = world.volunteer(A, "81003", false);
    let far = world.volunteer(A, "81222", false);
    let gone = world.driver_at("14:00-16:00", None);
    let trip = world.to_albi(world.person(A, "ask"), "10:00");
    let answer = ready(planning::suggest(world.app(A), &local(), (trip, true), 10)).unwrap();
    let who = |driver: usize| answer.who.volunteer(driver).0;
    let ranked: Vec<String> = answer.candidates.iter().map(|candidate| who(candidate.driver)).collect();
    assert_eq!(ranked, [near.to_string(), far.to_string()]);
    let best = &answer.candidates[0];
    assert_eq!(best.adds.deadhead_m + best.adds.loaded_m, best.adds.metres());
    assert!(best.cost.deadhead > 0 && best.cost.total() < answer.candidates[1].cost.total());
    assert_eq!(answer.refusals.len(), 1);
    assert_eq!(
        (answer.refusals[0].code, who(answer.refusals[0].drivers[0].0)),
        ("unavailable", gone.to_string())
    );
    let ask = |volunteer| ready(planning::why_not(world.app(A), &local(), trip, volunteer)).unwrap().0;
    assert!(ask(near).is_none() && ask(far).is_none());
    assert_eq!(ask(gone).map(|obstacle| obstacle.code()), Some("unavailable"));
    // The answer follows the store: whoever is away is not suggested any more.
    let day = wish().date;
    ready(people::add_absence(world.app(A), &local(), near, &day.to_string(), &day.to_string())).unwrap();
    let answer = ready(planning::suggest(world.app(A), &local(), (trip, true), 10)).unwrap();
    assert_eq!(answer.candidates.len(), 1);
}

/// A trip on a day before, as if a volunteer had carried it out: 20 km with the person, 15 km without.
fn was_driven(world: &World, person: Id<PersonKind>, day: &str, volunteer: Id<VolunteerKind>) {
    let trip = world.trip(A, world.to_albi_on(day, person, "10:00"));
    let (start, end) = (trip.terms.earliest_pickup, trip.terms.latest_arrival);
    let drive = Assignment {
        volunteer,
        start,
        pickup: start,
        arrival: end,
        end,
        empty_m: 15_000,
        vehicle: None,
        own_trip: false,
        shared: None,
    };
    let way = [
        TripAction::OfferTo(drive),
        TripAction::DriverAccepts(volunteer),
        TripAction::Complete { loaded_m: 20_000, empty_m: 15_000 },
    ];
    let done = way.into_iter().fold(trip, |trip, action| trip.apply(action, end).unwrap());
    let write = move |transaction: &mut Transaction<'_>| maillage_store::trips::put(transaction, &done);
    world.app(A).store.transact::<_, EngineError, _>("test.driven", write).unwrap();
}

#[test]
fn what_was_driven_before_is_known_as_soon_as_it_is_written() {
    let world = World::empty(1);
    let near = world.volunteer(A, "81003", false);
    let usual = world.volunteer(A, "81222", false);
    let person = world.person(A, "ask");
    let trip = world.to_albi(person, "10:00");
    let usually = || {
        let answer = ready(planning::suggest(world.app(A), &local(), (trip, true), 10)).unwrap();
        let flagged =
            answer.candidates.iter().filter(|candidate| candidate.flags.contains(&Flag::UsualDriver));
        flagged.map(|candidate| answer.who.volunteer(candidate.driver).0).collect::<Vec<_>>()
    };
    let driven_before = || {
        let proposal = world.plan().unwrap();
        let load = |volunteer| proposal.loads.iter().find(|load| load.volunteer == volunteer);
        [near, usual].map(|volunteer| load(volunteer).map(|load| load.before_m))
    };
    world.wishes(near, 1_000_000);
    world.wishes(usual, 1_000_000);
    assert_eq!((usually(), driven_before()), (vec![], [Some(0), Some(0)]));
    was_driven(&world, person, "2026-10-02", usual);
    assert_eq!((usually(), driven_before()), (vec![], [Some(0), Some(35_000)]), "once is no habit");
    was_driven(&world, person, "2026-10-05", usual);
    assert_eq!((usually(), driven_before()), (vec![usual.to_string()], [Some(0), Some(70_000)]));
    // What concerns nobody of that day leaves both as they were.
    let other = world.person(A, "ask");
    was_driven(&world, other, "2026-10-05", near);
    assert_eq!((usually(), driven_before()), (vec![usual.to_string()], [Some(35_000), Some(70_000)]));
}

#[test]
fn when_nobody_can_it_is_said_what_would_have_to_give() {
    let world = World::empty(1);
    let driver = world.driver_at("05:00-09:45", None);
    let trip = world.to_albi(world.person(A, "ask"), "10:00");
    let answer = ready(planning::suggest(world.app(A), &local(), (trip, true), 10)).unwrap();
    assert!(answer.candidates.is_empty());
    let earlier = answer.relaxations.iter().find_map(|relaxation| match relaxation {
        Relaxation::Shift { minutes, then } => Some((*minutes, answer.who.volunteer(then.driver).0)),
        Relaxation::LongerRide { .. } | Relaxation::Pooling { .. } | Relaxation::Move { .. } => None,
    });
    let (minutes, who) = earlier.expect("an earlier hour helps");
    assert!(minutes < 0);
    assert_eq!(who, driver.to_string());
}

#[test]
fn kilometres_go_to_who_wishes_for_more_of_them_unless_rules_say_otherwise() {
    let world = World::empty(1);
    let content = world.driver_at("08:00-18:00", None);
    let eager = world.driver_at("08:00-18:00", None);
    world.wishes(content, 10_000);
    world.wishes(eager, 2_000_000);
    world.to_albi(world.person(A, "ask"), "10:00");
    let who = |proposal: &Proposal| driven(proposal).iter().map(|(_, driver)| *driver).collect::<Vec<_>>();
    let proposal = world.plan().unwrap();
    assert_eq!(who(&proposal), [eager]);
    assert_eq!(proposal.rules_from, None);
    let load = |of: Id<VolunteerKind>| proposal.loads.iter().find(|load| load.volunteer == of).unwrap();
    assert_eq!((load(content).wished_m, load(content).before_m, load(content).after_m), (Some(10_000), 0, 0));
    assert_eq!(load(eager).wished_m, Some(2_000_000));
    let day: u64 = proposal.deadhead_m + proposal.loaded_m;
    assert_eq!((load(eager).before_m, load(eager).after_m), (0, day));

    // Without fairness the two are the same, and the first in the book drives.
    let today = planning::show_rules(world.app(A), &local(), None).unwrap();
    let numbers = || vec![NewNumber { name: "fairness_permille".to_owned(), value: 0 }];
    let set = |from: &str, etag: &str| {
        let from = Some(from.parse().unwrap());
        ready(planning::set_rules(world.app(A), &local(), from, numbers(), etag.to_owned()))
    };
    set("2026-10-07", &today.etag).unwrap();
    assert_eq!(who(&world.plan().unwrap()), [eager], "rules of the day after do not touch this day");
    let seen = planning::show_rules(world.app(A), &local(), Some(proposal.date)).unwrap();
    assert_eq!(reason(set(DAY, &today.etag)), "changed-meanwhile");
    set(DAY, &seen.etag).unwrap();
    let indifferent = world.plan().unwrap();
    assert_eq!(indifferent.rules_from, Some(DAY.parse().unwrap()));
    assert_eq!(who(&indifferent), [content.min(eager)]);
    assert_eq!(reason(set("2026-09-30", &seen.etag)), "plan-rules-past");
}

#[test]
fn numbers_that_make_no_sense_are_refused_and_change_nothing() {
    let world = World::empty(1);
    let seen = planning::show_rules(world.app(A), &local(), None).unwrap();
    let set = |name: &str, value: u32| {
        let numbers = vec![NewNumber { name: name.to_owned(), value }];
        reason(ready(planning::set_rules(world.app(A), &local(), None, numbers, seen.etag.clone())))
    };
    assert_eq!(set("speed", 1), "plan-number-unknown");
    assert_eq!(set("detour_permille", 900), "plan-number");
    assert_eq!(set("medical_factor", 1), "plan-number");
    assert_eq!(planning::show_rules(world.app(A), &local(), None).unwrap(), seen);
}

#[test]
fn who_is_asked_directly_is_asked_within_the_rounds_of_the_day_too() {
    let world = World::empty(1);
    let driver = world.driver_at("07:00-11:00", None);
    let there = world.to_albi(world.person(A, "ask"), "09:00");
    ready(trips::offer_to_driver(world.app(A), &local(), there, driver, true)).unwrap();
    let told = world.trip(A, there).assignment().unwrap();
    // Somebody who goes back to Alban from the town where the driver is then.
    let new = NewRequest {
        pickup: Some(NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() }),
        dropoff: NewPlace { commune: "81003".into(), address: String::new() },
        pickup_at: Some(format!("{DAY}T09:10")),
        purpose: "shopping".into(),
        ..NewRequest::default()
    };
    let (_, trips) = ready(trips::add_request(world.app(A), &local(), world.person(A, "ask"), new)).unwrap();
    let back = trips[0].id();
    let suggestion = ready(suggest::suggest(world.app(A), &local(), back, true)).unwrap();
    let found = suggestion.candidate(driver).expect("busy until home again, but there already");
    assert!(found.merits.contains(&Merit::WithinRounds));
    let offered = ready(trips::offer_to_driver(world.app(A), &local(), back, driver, true)).unwrap();
    let drive = offered[0].assignment().unwrap();
    assert!(drive.pickup >= told.arrival && drive.pickup < told.end, "on the way that was to lead home");
    assert_eq!(drive.vehicle, told.vehicle);
    assert_eq!(drive.empty_m, found.extra_m, "what it is said to add is what it is counted with");
    assert_eq!(world.trip(A, there).assignment(), Some(told), "nothing that was told has moved");
    // From home and back it would be twice as far.
    assert!(found.extra_m < told.empty_m, "{} {}", found.extra_m, told.empty_m);
}

#[test]
fn a_week_gives_a_series_to_one_driver_and_leaves_out_days_with_nothing_to_decide() {
    let world = World::empty(1);
    // Both wish for little: day by day, the second day would go to who has not driven on the first.
    for _ in 0..2 {
        let driver = world.volunteer(A, "81003", false);
        world.wishes(driver, 1_000_000);
    }
    let new = NewSeries {
        weekdays: "mar,jeu".into(),
        first: DAY.into(),
        until: "2026-10-08".into(),
        dropoff: NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() },
        arrive_by: "09:00".into(),
        purpose: "health".into(),
        ..NewSeries::default()
    };
    ready(series::add(world.app(A), &local(), world.person(A, "ask"), new)).unwrap();
    let days = |wish, days| run(planning::plan_days(world.app(A), &local(), wish, days));
    let plans = days(wish(), 7).unwrap();
    let dates: Vec<String> = plans.iter().map(|plan| plan.date.to_string()).collect();
    assert_eq!(dates, [DAY, "2026-10-08"]);
    let drivers: BTreeSet<_> = plans.iter().flat_map(driven).map(|(_, driver)| driver).collect();
    assert_eq!(drivers.len(), 1, "one driver for the whole series");
    for plan in &plans {
        assert_eq!(planning::show(world.app(A), &local(), plan.date).unwrap(), *plan);
    }
    let lines = |plans: Vec<Proposal>| plans.into_iter().map(|plan| plan.lines).collect::<Vec<_>>();
    assert_eq!(lines(days(wish(), 7).unwrap()), lines(plans));
    assert_eq!(reason(days(wish(), 0)), "plan-days");
    assert_eq!(reason(days(wish(), 9)), "plan-days");
    let none = PlanWish { date: "2026-10-09".parse().unwrap(), ..wish() };
    assert_eq!(reason(days(none, 2)), "plan-nothing");
}

#[test]
fn a_day_that_is_decided_is_not_planned_again() {
    let world = World::empty(1);
    assert_eq!(reason(world.plan()), "plan-nothing");
    world.volunteer(A, "81003", false);
    world.to_albi(world.person(A, "ask"), "09:00");
    let proposal = world.plan().unwrap();
    world.accept(&proposal).unwrap();
    assert_eq!(reason(world.plan()), "plan-nothing");
    assert_eq!(planning::show(world.app(A), &local(), proposal.date).unwrap().id, proposal.id);
}
