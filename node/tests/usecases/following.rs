//! A changed file reaches the trips that are planned already: those nobody has decided about follow, the others are told; and
//! what does not fit any more is on a list.

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    person::NewPerson,
    place::NewPlace,
    series::NewSeries,
    trip::{DriverRefusal, TripStatus},
    volunteer::NewVolunteer,
};
use maillage_federation::{
    ids::{Id, TripKind},
    needs::Need,
};
use maillage_node::app::{
    attention,
    caller::Caller,
    edit::Mask,
    people::{
        self, Edit, PERSON_FIELDS,
        follow::{Changed, Touched},
        history, search,
        volunteers::{VOLUNTEER_FIELDS, activate_volunteer},
    },
    series, trips,
};
use maillage_store::{access_log, events::Subject};

use crate::world::{A, World, page_by_page, ready};

fn local() -> Caller {
    Caller::local()
}

fn edit<T>(typed: T, fields: &[&str], known: &[&str], etag: u64) -> Edit<T> {
    let paths: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    Edit { typed, mask: Mask::parse(&paths, known).unwrap(), etag: etag.to_string(), outside: true }
}

impl World {
    fn change_person(&self, id: Id<PersonKind>, typed: NewPerson, field: &str) -> Vec<Touched> {
        let etag = maillage_store::persons::find(&self.app(A).store, id).unwrap().unwrap().revision;
        let change = edit(typed, &[field], PERSON_FIELDS, etag);
        ready(people::update_person(self.app(A), &local(), id, change)).unwrap().trips
    }

    fn change_volunteer(&self, id: Id<VolunteerKind>, typed: NewVolunteer, field: &str) -> Vec<Touched> {
        let etag = people::show_volunteer(self.app(A), &local(), id).unwrap().revision;
        let change = edit(typed, &[field], VOLUNTEER_FIELDS, etag);
        ready(people::update_volunteer(self.app(A), &local(), id, change)).unwrap().trips
    }

    /// What does not fit any more, with why.
    fn attention(&self) -> Vec<(Id<TripKind>, &'static str)> {
        let found = page_by_page(|after| attention::list(self.app(A), &local(), (after, 1)).unwrap());
        found.into_iter().map(|found| (found.trip.id(), found.code)).collect()
    }
}

fn wheelchair() -> NewPerson {
    NewPerson { needs: vec!["wheelchair-manual".into()], ..NewPerson::default() }
}

fn living_in(commune: &str) -> NewPerson {
    let home = NewPlace { commune: commune.into(), address: "3 chemin neuf".into() };
    NewPerson { home, ..NewPerson::default() }
}

/// Trips with what became of each: whether it follows, and why.
fn told(touched: &[Touched]) -> Vec<(Id<TripKind>, bool, &str)> {
    touched.iter().map(|touched| (touched.trip, touched.changed, touched.code.as_ref())).collect()
}

#[test]
fn a_new_wheelchair_reaches_trips_nobody_has_decided_about_and_the_others_are_told() {
    let world = World::new();
    let (person, driver) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
    let (open, promised) = (world.request(A, person, false)[0], world.request(A, person, false)[0]);
    world.promise(A, promised, driver);
    assert!(world.attention().is_empty());
    let touched = world.change_person(person, wheelchair(), "needs");
    let mut expected = vec![(open, true, "needs-changed"), (promised, false, "needs-changed")];
    expected.sort_by_key(|(trip, ..)| *trip);
    assert_eq!(told(&touched), expected);
    let terms = world.trip(A, open).terms;
    assert!(terms.needs.contains(Need::WheelchairManual));
    assert_eq!(terms.seats, 0, "who stays in the wheelchair takes no seat");
    assert!(world.trip(A, promised).terms.needs.is_empty(), "nothing moves under a driver");
    assert_eq!(world.attention(), [(promised, "fitness")]);
    // The driver is freed; whoever is asked next is asked for what the person needs now.
    ready(trips::driver_refuses(world.app(A), &local(), promised, DriverRefusal::Vehicle, true)).unwrap();
    assert!(world.attention().is_empty());
    let again = ready(trips::offer_to_driver(world.app(A), &local(), promised, driver, true)).unwrap_err();
    assert_eq!(again.details()["code"], "no-wheelchair-place");
    assert!(world.change_person(person, wheelchair(), "needs").is_empty(), "nothing is different");
}

#[test]
fn whoever_is_asked_for_a_trip_that_was_freed_is_asked_for_what_is_needed_now() {
    let world = World::new();
    let (person, driver) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
    let trip = world.request(A, person, false)[0];
    world.promise(A, trip, driver);
    let blind = NewPerson { needs: vec!["companion".into()], ..NewPerson::default() };
    world.change_person(person, blind, "needs");
    let ready_for_it = NewVolunteer { accepts: vec!["companion".into()], ..NewVolunteer::default() };
    world.change_volunteer(driver, ready_for_it, "accepts");
    ready(trips::driver_refuses(world.app(A), &local(), trip, DriverRefusal::Other, true)).unwrap();
    let offered = ready(trips::offer_to_driver(world.app(A), &local(), trip, driver, true)).unwrap();
    let terms = &offered[0].terms;
    assert_eq!((terms.companions, terms.seats), (1, 2));
    assert!(terms.needs.contains(Need::Companion));
}

#[test]
fn a_move_takes_both_ends_along_and_a_promised_trip_is_on_the_list() {
    let world = World::new();
    let (person, driver) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
    let open = world.request(A, person, true);
    let promised = world.request(A, person, false)[0];
    world.promise(A, promised, driver);
    let before = world.trip(A, open[0]).terms;
    let touched = world.change_person(person, living_in("81042"), "home");
    assert_eq!(touched.iter().filter(|touched| touched.changed).count(), 2);
    let [there, back] = [open[0], open[1]].map(|trip| world.trip(A, trip).terms);
    assert_eq!((there.pickup.commune.as_str(), back.dropoff.commune.as_str()), ("81042", "81042"));
    assert_eq!((there.dropoff, there.latest_arrival), (before.dropoff, before.latest_arrival));
    assert_ne!((there.direct_m, there.earliest_pickup), (before.direct_m, before.earliest_pickup));
    assert_eq!(world.trip(A, promised).terms.pickup.commune.as_str(), "81003");
    assert_eq!(world.attention(), [(promised, "home-moved")]);
}

#[test]
fn a_driver_who_is_away_or_not_asked_any_more_leaves_a_word_about_each_promised_trip() {
    let world = World::new();
    let (person, driver) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
    let legs = world.request(A, person, true);
    world.promise(A, legs[0], driver);
    assert_eq!(world.at(A, legs[1]).0, "confirmed");
    assert!(world.attention().is_empty(), "a driver who waits in between fits");
    let away =
        |first: &str| ready(people::add_absence(world.app(A), &local(), driver, first, first)).unwrap().trips;
    assert!(away("2026-10-07").is_empty());
    let touched = away("2026-10-06");
    assert!(!touched.is_empty());
    assert!(touched.iter().all(|touched| !touched.changed && touched.code == "availability"));
    assert!(legs.contains(&world.attention()[0].0));
    assert_eq!(world.trip(A, legs[0]).status(), TripStatus::Confirmed, "promised stays promised");
    let Changed { trips, .. } = ready(activate_volunteer(world.app(A), &local(), driver, false)).unwrap();
    assert_eq!(trips.len(), 2);
    assert!(world.attention().iter().all(|(_, code)| *code == "inactive"));
    ready(trips::cancel(world.app(A), &local(), legs[0], maillage_domain::trip::CancelledBy::Person, false))
        .unwrap();
    assert!(world.attention().is_empty());
}

#[test]
fn a_new_dislike_is_told_of_the_trip_it_concerns() {
    let world = World::new();
    let (person, driver) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
    let trip = world.request(A, person, false)[0];
    world.promise(A, trip, driver);
    let avoiding = NewPerson { avoid: vec![driver.to_string()], ..NewPerson::default() };
    assert_eq!(told(&world.change_person(person, avoiding, "avoid")), [(trip, false, "avoided")]);
    assert_eq!(world.attention(), [(trip, "avoided")]);
}

#[test]
fn trips_of_a_series_that_followed_a_move_are_not_changed_by_hand() {
    let world = World::new();
    let person = world.person(A, "ask");
    let new = NewSeries {
        weekdays: "mar".into(),
        first: "2026-10-06".into(),
        dropoff: NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() },
        arrive_by: "10:00".into(),
        purpose: "health".into(),
        ..NewSeries::default()
    };
    let made = ready(series::add(world.app(A), &local(), person, new)).unwrap();
    assert_eq!(world.change_person(person, living_in("81042"), "home").len(), made.report.made.len());
    assert_eq!(world.change_person(person, wheelchair(), "needs").len(), made.report.made.len());
    let (from, etag) = ("2026-10-06".parse().unwrap(), "1".to_owned());
    let ended = ready(series::end(world.app(A), &local(), made.series.id, from, etag, false)).unwrap();
    assert_eq!((ended.report.cancelled.len(), ended.report.left.len()), (made.report.made.len(), 0));
}

#[test]
fn the_past_of_a_file_names_what_was_changed_and_tells_choices_alone() {
    let world = World::new();
    let person = world.person(A, "ask");
    let typed = NewPerson { sharing: "never".into(), phone: "0612345678".into(), ..NewPerson::default() };
    let change = edit(typed, &["sharing", "phone", "name"], PERSON_FIELDS, 1);
    let refused = ready(people::update_person(world.app(A), &local(), person, change));
    assert!(refused.is_err(), "a name is needed");
    let typed = NewPerson { sharing: "never".into(), phone: "0612345678".into(), ..NewPerson::default() };
    let change = edit(typed, &["sharing", "phone", "situation"], PERSON_FIELDS, 1);
    ready(people::update_person(world.app(A), &local(), person, change)).unwrap();
    let past = ready(history::history(world.app(A), &local(), person, None, 9)).unwrap();
    let changes = &past.events[0].changes;
    let shown: Vec<[&str; 3]> =
        changes.iter().map(|change| [change.field.as_str(), &change.from, &change.to]).collect();
    assert_eq!(shown, [["phone", "", ""], ["sharing", "ask", "never"]]);
    assert!(past.events[1].changes.is_empty());
}

#[test]
fn opening_a_trip_is_on_record_and_searching_once_in_a_while_without_what_was_typed() {
    let world = World::new();
    let person = world.person(A, "ask");
    let trip = world.request(A, person, false)[0];
    ready(trips::open_file(world.app(A), &local(), trip)).unwrap();
    let log = access_log::of(&world.app(A).store, Subject::Person(person), 9).unwrap();
    assert_eq!(log.iter().map(|access| access.purpose.as_ref()).collect::<Vec<_>>(), ["trip.show"]);
    let searched = || {
        let events = maillage_store::events::list(&world.app(A).store, None, 99).unwrap();
        events.iter().filter(|event| event.kind == "people.search").count()
    };
    let wanted = search::Wanted::ALL;
    for typed in ["c", "ca", "can"] {
        ready(search::search_noted(world.app(A), &local(), typed, wanted, 9)).unwrap();
    }
    assert_eq!(searched(), 1);
    world.wait(16);
    ready(search::search_noted(world.app(A), &local(), "canari", wanted, 9)).unwrap();
    assert_eq!(searched(), 2);
    let events = maillage_store::events::list(&world.app(A).store, None, 99).unwrap();
    assert!(!format!("{events:?}").to_lowercase().contains("canari"));
}
