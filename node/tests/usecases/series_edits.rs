//! Series whose person, days or purpose change, and series of which nothing can be made: nothing is lost, nothing is silent.

use std::sync::Arc;

use jiff::civil::Date;
use maillage_domain::{
    ids::{PersonKind, SeriesKind},
    person::NewPerson,
    place::NewPlace,
    request::Purpose,
    series::{NewSeries, Reach},
    trip::{Trip, TripStatus},
};
use maillage_federation::ids::Id;
use maillage_node::app::{
    caller::Caller,
    edit::Mask,
    people::{self, Edit, PERSON_FIELDS},
    series::{self, Change, Outcome},
};
use maillage_store::{persons, requests};

use crate::world::{A, World, ready};

fn local() -> Caller {
    Caller::local()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn weekly(weekdays: &str) -> NewSeries {
    NewSeries {
        weekdays: weekdays.into(),
        first: "2026-10-06".into(),
        dropoff: NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() },
        arrive_by: "10:00".into(),
        purpose: "health".into(),
        ..NewSeries::default()
    }
}

fn fields(change: impl Fn(&mut NewSeries) + Send + Sync + 'static) -> Change {
    Change::Fields(Arc::new(move |mut typed| {
        change(&mut typed);
        typed
    }))
}

fn add(world: &World, person: Id<PersonKind>, new: NewSeries) -> Outcome {
    ready(series::add(world.app(A), &local(), person, new)).unwrap()
}

fn edit(world: &World, id: Id<SeriesKind>, reach: Reach, change: Change) -> Outcome {
    let etag = series::show(world.app(A), &local(), id).unwrap().revision.to_string();
    ready(series::edit(world.app(A), &local(), id, (reach, change), etag, false)).unwrap()
}

fn end(world: &World, id: Id<SeriesKind>, from: &str) -> Outcome {
    let etag = series::show(world.app(A), &local(), id).unwrap().revision.to_string();
    ready(series::end(world.app(A), &local(), id, day(from), etag, false)).unwrap()
}

/// Moves a person, behind the back of the use case: as it was before trips followed.
fn moved(world: &World, person: Id<PersonKind>, to: &str) {
    let mut known = persons::find(&world.app(A).store, person).unwrap().unwrap();
    let home = NewPlace { commune: to.into(), address: "1 place Lapérouse".into() };
    known.details.home = home.parse(world.app(A).geography).unwrap();
    world.app(A).store.transact("test", move |transaction| persons::put(transaction, &known)).unwrap();
}

/// The open outbounds of a series by the day the pattern gave.
fn days(world: &World, id: Id<SeriesKind>) -> Vec<(Date, Trip)> {
    let found = series::days(world.app(A), &local(), id, (day("2026-10-01"), day("2026-12-01"))).unwrap();
    let open = found.into_iter().filter_map(|day| {
        let trip = day.trips.into_iter().next().filter(Trip::is_open)?;
        Some((day.planned.occurrence.date, trip))
    });
    open.collect()
}

#[test]
fn after_a_move_a_series_ends_even_if_the_new_home_is_where_it_led() {
    let world = World::new();
    for home in ["81042", "81004"] {
        let person = world.person(A, "ask");
        let made = add(&world, person, weekly("mar,jeu"));
        moved(&world, person, home);
        let ended = end(&world, made.series.id, "2026-10-13");
        assert_eq!(ended.report.left, [], "nobody changed anything by hand");
        assert_eq!(ended.report.cancelled.len(), made.report.made.len() - 2);
        assert_eq!(ended.report.failed, []);
    }
}

#[test]
fn an_edit_after_a_move_changes_what_it_can_and_tells_what_it_cannot() {
    let world = World::new();
    let person = world.person(A, "ask");
    let made = add(&world, person, weekly("mar"));
    moved(&world, person, "81004");
    let later = fields(|typed| typed.arrive_by = "11:00".into());
    let edited = edit(&world, made.series.id, Reach::All, later);
    assert_eq!(edited.report.left.len(), made.report.made.len());
    assert!(edited.report.failed.iter().all(|(_, code)| code == "request-same-place"));
    assert_eq!(edited.report.failed.len(), made.report.made.len());
    let elsewhere = fields(|typed| typed.dropoff.commune = "81065".into());
    let edited = edit(&world, made.series.id, Reach::All, elsewhere);
    assert_eq!(edited.report.changed.len(), made.report.made.len());
    let unmade = series::unmade(world.app(A), &local(), None, 99).unwrap();
    assert!(unmade.is_empty(), "every day was made after all");
}

#[test]
fn purpose_and_model_of_a_series_reach_the_trips_that_are_made_already() {
    let world = World::new();
    let made = add(&world, world.person(A, "ask"), weekly("mar"));
    let other = fields(|typed| {
        typed.purpose = "shopping".into();
        typed.model = "hybride-guichet@1".into();
    });
    let edited = edit(&world, made.series.id, Reach::All, other);
    assert_eq!(edited.report.changed.len(), made.report.made.len());
    for (_, trip) in days(&world, made.series.id) {
        assert_eq!(trip.terms.model.to_string(), "hybride-guichet@1");
        let request = requests::find(&world.app(A).store, trip.request().unwrap()).unwrap().unwrap();
        assert_eq!(request.details.purpose, Purpose::Shopping);
        assert_eq!(request.trips, [trip.id()]);
    }
    let again = edit(&world, made.series.id, Reach::All, fields(|_| ()));
    assert_eq!((again.report.changed.len(), again.report.left.len()), (0, 0), "it is as it was");
}

#[test]
fn a_day_that_was_named_stays_when_the_days_of_the_week_move() {
    let world = World::new();
    let made = add(&world, world.person(A, "ask"), weekly("mar,jeu"));
    let id = made.series.id;
    let friday = fields(|typed| typed.first = "2026-10-16".into());
    edit(&world, id, Reach::This(day("2026-10-15")), friday);
    edit(&world, id, Reach::This(day("2026-10-20")), Change::Keep);
    edit(&world, id, Reach::This(day("2026-10-22")), Change::Skip);
    edit(&world, id, Reach::All, fields(|typed| typed.weekdays = "lun".into()));
    let expected = ["2026-10-12", "2026-10-15", "2026-10-19", "2026-10-20", "2026-10-26"].map(day);
    let planned = days(&world, id);
    assert_eq!(planned.iter().map(|(on, _)| *on).collect::<Vec<_>>(), expected);
    let moved = &planned[1].1;
    assert_eq!(moved.terms.latest_arrival.to_string(), "2026-10-16T08:00:00Z", "on the day that was named");
    // The end of the series is stronger than what was said of a day after it.
    end(&world, id, "2026-10-16");
    let left: Vec<Date> = days(&world, id).into_iter().map(|(on, _)| on).collect();
    assert_eq!(left, ["2026-10-12", "2026-10-15"].map(day));
}

#[test]
fn a_series_ends_from_its_first_day_and_stays_so() {
    let mut world = World::new();
    let made = add(&world, world.person(A, "ask"), weekly("mar,jeu"));
    let ended = end(&world, made.series.id, "2026-10-06");
    assert_eq!(ended.report.cancelled.len(), made.report.made.len());
    world.nodes[A].crash(3);
    assert_eq!(ready(series::generate(world.app(A), &local(), 28)).unwrap().made, []);
    assert!(days(&world, made.series.id).is_empty());
    end(&world, made.series.id, "2026-10-01");
    let again = fields(|typed| typed.until = String::new());
    let back = edit(&world, made.series.id, Reach::All, again);
    assert_eq!(back.report.made.len(), made.report.made.len(), "it begins again when somebody says so");
}

#[test]
fn one_series_of_which_nothing_can_be_made_stops_no_other() {
    let world = World::new();
    let (gone, stays) = (world.person(A, "ask"), world.person(A, "ask"));
    let lost = add(&world, gone, weekly("mar")).series.id;
    add(&world, stays, weekly("jeu"));
    world.app(A).store.transact("test", move |transaction| persons::remove(transaction, gone)).unwrap();
    world.wait(7 * 24 * 60);
    let report = ready(series::generate(world.app(A), &local(), 28)).unwrap();
    assert_eq!(report.made.len(), 1);
    assert_eq!(report.refused, [(lost, "person-unknown".to_owned())]);
}

#[test]
fn days_that_cannot_be_made_are_on_a_list_until_they_are() {
    let world = World::new();
    let person = world.person(A, "ask");
    let made = add(&world, person, weekly("mar"));
    moved(&world, person, "81004");
    world.wait(14 * 24 * 60);
    let unmade = || series::unmade(world.app(A), &local(), None, 99).unwrap();
    for _ in 0..2 {
        let report = ready(series::generate(world.app(A), &local(), 28)).unwrap();
        assert_eq!((report.made.len(), report.failed.len()), (0, 2));
        let listed: Vec<_> =
            unmade().into_iter().map(|of| (of.unmade.day.date, of.unmade.code, of.person)).collect();
        let expected = [("2026-11-03", "request-same-place"), ("2026-11-10", "request-same-place")]
            .map(|(on, code)| (day(on), code.to_owned(), Some(person)));
        assert_eq!(listed, expected);
    }
    let first = unmade()[0].unmade.day;
    assert_eq!(series::unmade(world.app(A), &local(), Some(first), 99).unwrap().len(), 1);
    edit(&world, made.series.id, Reach::This(day("2026-11-03")), Change::Skip);
    assert_eq!(unmade().len(), 1, "nobody is to go that day");
    moved(&world, person, "81003");
    assert_eq!(ready(series::generate(world.app(A), &local(), 28)).unwrap().made.len(), 1);
    assert!(unmade().is_empty());
}

#[test]
fn what_was_called_off_by_hand_stays_called_off_whatever_becomes_of_the_series() {
    use maillage_domain::trip::{CancelReason, CancelledBy};
    use maillage_node::app::trips::{self, Cancellation};

    let world = World::new();
    let made = add(&world, world.person(A, "ask"), weekly("mar"));
    let trip = made.report.made[0];
    let word = Cancellation { by: CancelledBy::Person, reason: CancelReason::Illness, told: None };
    ready(trips::cancel(world.app(A), &local(), trip, word, false)).unwrap();
    edit(&world, made.series.id, Reach::All, fields(|typed| typed.arrive_by = "11:00".into()));
    assert_eq!(ready(series::generate(world.app(A), &local(), 28)).unwrap().made, []);
    assert!(matches!(world.trip(A, trip).status(), TripStatus::Cancelled { .. }));
}

#[test]
fn a_person_who_moves_through_the_desk_keeps_a_series_that_can_be_edited() {
    let world = World::new();
    let person = world.person(A, "ask");
    let made = add(&world, person, weekly("mar"));
    let typed = NewPerson {
        home: NewPlace { commune: "81042".into(), address: "3 chemin neuf".into() },
        ..NewPerson::default()
    };
    let mask = Mask::parse(&["home".to_owned()], PERSON_FIELDS).unwrap();
    let change = Edit { typed, mask, etag: "1".into(), outside: true };
    ready(people::update_person(world.app(A), &local(), person, change)).unwrap();
    let edited = edit(&world, made.series.id, Reach::All, fields(|typed| typed.arrive_by = "11:00".into()));
    assert_eq!((edited.report.changed.len(), edited.report.left.len()), (made.report.made.len(), 0));
}
