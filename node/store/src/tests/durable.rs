//! The same on a disk: what was acknowledged is there after a restart.

use maillage_engine::{Engine, OpenError, Options};

use super::write;
use crate::{
    SCHEMA_VERSION, TREES, inbox, options, outbox, persons,
    samples::{after, id, now, offer, person, trip},
    trips, volunteers,
};

fn small(mut options: Options) -> Options {
    (options.segment_bytes, options.cache_bytes) = (1 << 20, 4 << 20);
    options
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (engine, _) = Engine::open(directory.path(), small(options())).unwrap();
    write(&engine, |transaction| {
        let trip = trip(10);
        persons::put(transaction, &person(1, "Odette Calvet"))?;
        trips::put(transaction, &after(&trip, &[offer(&trip, 50)]))?;
        let row = outbox::OutboxRow { envelope: id(70), bytes: vec![1; 60_000], created: now() };
        outbox::push(transaction, &row)?;
        inbox::set_cursor(transaction, 12)
    });
    engine.close().unwrap();
    let (engine, _) = Engine::open(directory.path(), small(options())).unwrap();
    assert_eq!(persons::named(&engine, "calvet", 9), Ok(vec![person(1, "Odette Calvet")]));
    let trip = trips::find(&engine, trip(10).id()).unwrap().unwrap();
    let drive = trip.assignment().unwrap();
    let bound = trips::commitments_of(&engine, id(50), drive.start, drive.end);
    assert_eq!(bound, Ok(vec![(trip.id(), drive)]));
    assert_eq!(outbox::pending(&engine, 9).unwrap()[0].1.bytes.len(), 60_000);
    assert_eq!(inbox::cursor(&engine), Ok(12));
    assert_eq!(volunteers::list(&engine, None, 9), Ok(Vec::new()));
}

#[test]
fn a_store_of_a_newer_schema_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let newer = small(Options::new(TREES, SCHEMA_VERSION + 1));
    let (engine, _) = Engine::open(directory.path(), newer).unwrap();
    write(&engine, |transaction| persons::put(transaction, &person(1, "Odette Calvet")));
    engine.close().unwrap();
    let refused = Engine::open(directory.path(), small(options())).err();
    let newer = matches!(refused, Some(OpenError::NewerSchema { found, known })
        if (found, known) == (SCHEMA_VERSION + 1, SCHEMA_VERSION));
    assert!(newer, "{refused:?}");
}
