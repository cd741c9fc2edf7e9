//! Every tree has its line; whoever is forgotten stands in no row; nobody else's rows change.

use std::collections::BTreeSet;

use maillage_engine::{Engine, View as _};

use super::{ALL, Fate, HeldRow, Shown, Whose, forget, outstanding, rows_about};
use crate::{
    TREES, access_log, events,
    events::{Actor, NewEvent, Subject},
    persons, requests,
    samples::{CANARY, engine, id, now, person, request, volunteer},
    trips, volunteers,
};

const OTHER: &str = "Serin";

/// Two people with a request each, the first driven by a volunteer; events and accesses of both.
fn filled() -> Engine {
    let engine = engine();
    engine
        .transact::<(), maillage_engine::EngineError, _>("test", |transaction| {
            let mut other = person(2, OTHER);
            other.details.home.address = maillage_domain::text::Address::parse("9 rue du Serin").unwrap();
            volunteers::put(transaction, &volunteer(50, "Canary Roques"))?;
            for (number, person) in [(10, person(1, CANARY)), (20, other)] {
                let (request, legs) = request(number, &person);
                persons::put(transaction, &person)?;
                requests::put(transaction, &request)?;
                for leg in &legs {
                    trips::put(transaction, leg)?;
                }
                let subjects = vec![Subject::Person(person.id), Subject::Request(request.id)];
                let event = NewEvent { at: now(), kind: "test", subjects, actor: Actor::Platform };
                events::record(transaction, event)?;
                let subject = Subject::Person(person.id);
                let (at, actor) = (now(), Actor::Platform);
                access_log::record(
                    transaction,
                    &access_log::Access { at, subject, actor, purpose: "test".into() },
                )?;
            }
            Ok(())
        })
        .unwrap();
    engine
}

fn rows(engine: &Engine) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let all = TREES.iter().flat_map(|tree| {
        let rows = engine.scan_prefix(*tree, &[], usize::MAX).unwrap();
        rows.into_iter().map(|(key, value)| (tree.name(), key, value))
    });
    all.collect()
}

fn about(engine: &Engine, whose: Whose) -> Vec<HeldRow> {
    let mut found = Vec::new();
    rows_about::<maillage_engine::EngineError>(engine, whose, &mut |row| {
        found.push(row);
        Ok(())
    })
    .unwrap();
    found
}

fn forget_all(engine: &Engine, whose: Whose) {
    let rows = outstanding(engine, whose, usize::MAX).unwrap();
    engine
        .transact::<(), maillage_engine::EngineError, _>("test", move |transaction| {
            rows.iter().try_for_each(|row| forget(transaction, row))
        })
        .unwrap();
}

/// Whether a text stands in a row: in its key as names are folded, or in its value.
fn stands(text: &str, (_, key, value): &(&str, Vec<u8>, Vec<u8>)) -> bool {
    let within = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(&text.to_lowercase());
    within(key) || within(value)
}

#[test]
fn every_tree_has_one_line_and_every_line_a_tree() {
    let declared: BTreeSet<&str> = TREES.iter().map(|tree| tree.name()).collect();
    let held: BTreeSet<&str> = ALL.iter().map(|holding| holding.tree.name()).collect();
    let missing: Vec<_> = declared.symmetric_difference(&held).collect();
    assert!(missing.is_empty(), "say in holdings/table.rs what these trees hold: {missing:?}");
    assert_eq!(ALL.len(), TREES.len(), "a tree has two lines");
}

#[test]
fn what_is_shown_by_no_one_else_is_no_index_of_itself() {
    for holding in ALL {
        for bond in holding.bonds {
            let index = matches!(bond.shown, Shown::No);
            assert!(!(index && bond.follow), "{} is an index, nothing hangs on it", holding.tree.name());
            assert!(!(index && matches!(bond.fate, Fate::Blank(_))), "{}", holding.tree.name());
        }
    }
}

#[test]
fn everything_of_a_person_is_found_through_requests_and_trips() {
    let engine = filled();
    let families: BTreeSet<&str> =
        about(&engine, Whose::Person(id(1))).iter().map(|row| row.holding.tree.name()).collect();
    let expected = [
        "access_log",
        "access_log_by_time",
        "events",
        "events_by_subject",
        "persons",
        "persons_by_name",
        "requests",
        "search_changes",
        "search_changes_latest",
        "trips",
        "trips_by_person",
    ];
    assert_eq!(families, BTreeSet::from(expected));
}

#[test]
fn a_forgotten_person_stands_in_no_row_and_the_other_is_untouched() {
    let engine = filled();
    forget_all(&engine, Whose::Volunteer(id(50)));
    let before: Vec<_> = rows(&engine).into_iter().filter(|row| stands(OTHER, row)).collect();
    forget_all(&engine, Whose::Person(id(1)));
    let after = rows(&engine);
    let mut left = after.iter().filter(|row| stands("1 rue Canary", row) || row.0.starts_with("persons"));
    assert!(left.all(|row| stands(OTHER, row)), "something of the person is left");
    assert_eq!(before, after.into_iter().filter(|row| stands(OTHER, row)).collect::<Vec<_>>());
    assert!(outstanding(&engine, Whose::Person(id(1)), usize::MAX).unwrap().is_empty());
    assert!(persons::find(&engine, id(1)).unwrap().is_none());
    let trip = trips::find(&engine, id(11)).unwrap().unwrap();
    assert_eq!(trip.terms.pickup.commune.as_str(), "81003");
    assert_eq!((trip.terms.pickup.address.as_str(), trip.terms.needs.iter().count()), ("", 0));
    assert_eq!(requests::find(&engine, id(10)).unwrap().unwrap().details.purpose.code(), "other");
    assert_eq!(trips::of_person(&engine, id(1), 10).unwrap().len(), 2);
}

#[test]
fn a_forgotten_volunteer_keeps_the_vehicle_alone() {
    let engine = filled();
    forget_all(&engine, Whose::Volunteer(id(50)));
    let left = volunteers::find(&engine, id(50)).unwrap().unwrap();
    assert_eq!((left.details.name.as_str(), left.details.phone), ("–", None));
    assert_eq!(left.details.home.address.as_str(), "");
    assert!(!left.details.standing_yes);
    assert!(rows(&engine).iter().all(|row| !stands("roques", row)));
    assert!(outstanding(&engine, Whose::Volunteer(id(50)), usize::MAX).unwrap().is_empty());
}

#[test]
fn forgetting_twice_changes_nothing_more() {
    let engine = filled();
    forget_all(&engine, Whose::Person(id(1)));
    let once = rows(&engine);
    forget_all(&engine, Whose::Person(id(1)));
    assert!(once == rows(&engine));
}
