//! A store that left as an export and is a store again: nothing is missing, nothing damaged passes, and it is another store.

use std::fs;
use std::io::{Cursor, Read};

use maillage_engine::{Engine, OpenError, Options, check_export, export_path, import};

use super::{TREES, options, put, value};

/// A store with several blocks of rows, and its export.
fn exported() -> (tempfile::TempDir, Vec<u8>, u64) {
    let directory = tempfile::tempdir().unwrap();
    let (engine, _) = Engine::open(directory.path(), options()).unwrap();
    (0..300).for_each(|number| put(&engine, &format!("trip {number:03}"), &"x".repeat(3_000)));
    let report = engine.snapshot().unwrap();
    put(&engine, "afterwards", "not in it");
    engine.close().unwrap();
    let bytes = fs::read(export_path(directory.path(), report.sequence)).unwrap();
    (directory, bytes, report.rows)
}

/// A source that gives little at a time, as a pipe does.
struct Dribble(Cursor<Vec<u8>>);

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let few = buffer.len().min(7_001);
        self.0.read(buffer.get_mut(..few).unwrap_or_default())
    }
}

fn dribble(bytes: &[u8]) -> Dribble {
    Dribble(Cursor::new(bytes.to_vec()))
}

#[test]
fn an_export_becomes_a_store_with_every_row_and_goes_on_from_there() {
    let (_kept, bytes, rows) = exported();
    let checked = check_export(dribble(&bytes), &options()).unwrap();
    assert_eq!((checked.rows, checked.sequence, checked.schema_version), (rows, 300, 1));
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(import(elsewhere.path(), dribble(&bytes), &options()).unwrap(), checked);
    for round in 0..2 {
        let (engine, opening) = Engine::open(elsewhere.path(), options()).unwrap();
        assert_eq!((opening.created, opening.sequence), (false, 300 + round));
        assert_eq!(value(&engine, "trip 299"), Some("x".repeat(3_000)));
        assert_eq!(value(&engine, "afterwards"), None);
        put(&engine, "trip 000", &format!("written in round {round}"));
        engine.close().unwrap();
    }
    let (engine, opening) = Engine::open(elsewhere.path(), options()).unwrap();
    assert_eq!((value(&engine, "trip 000").as_deref(), opening.rebuilt), (Some("written in round 1"), None));
}

#[test]
fn no_damage_passes_wherever_it_is_and_nothing_opens_afterwards() {
    let (_kept, bytes, _) = exported();
    let step = bytes.len() / 97;
    for at in (0..bytes.len()).step_by(step) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x40;
        for wrong in [flipped, bytes[..at].to_vec()] {
            let damaged = |result: Result<_, OpenError>| {
                matches!(
                    result,
                    Err(OpenError::Damaged(_) | OpenError::NewerFormat { .. } | OpenError::Engine(_))
                )
            };
            assert!(damaged(check_export(dribble(&wrong), &options()).map(drop)), "at {at}");
        }
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(check_export(dribble(&longer), &options()).is_err(), "one byte more");
    let elsewhere = tempfile::tempdir().unwrap();
    assert!(import(elsewhere.path(), dribble(&bytes[..bytes.len() - 9]), &options()).is_err());
    assert!(Engine::open(elsewhere.path(), options()).map_or(true, |(_, opening)| opening.created));
}

#[test]
fn an_export_of_the_future_and_a_directory_in_use_are_refused() {
    let (kept, bytes, _) = exported();
    let older = Options { schema_version: 0, ..Options::new(TREES, 0) };
    let refused = check_export(dribble(&bytes), &older);
    assert!(matches!(refused, Err(OpenError::NewerSchema { found: 1, known: 0 })), "{refused:?}");
    let refused = import(kept.path(), dribble(&bytes), &options());
    assert!(matches!(refused, Err(OpenError::ForeignFile { .. })), "{refused:?}");
}

#[test]
fn a_file_of_the_old_store_is_refused_in_the_new_one() {
    let (kept, bytes, _) = exported();
    let elsewhere = tempfile::tempdir().unwrap();
    let made = import(elsewhere.path(), dribble(&bytes), &options()).unwrap();
    let name = |directory: &std::path::Path| export_path(directory, made.sequence);
    fs::copy(name(kept.path()), name(elsewhere.path())).unwrap();
    let opened = Engine::open(elsewhere.path(), options()).map(drop);
    assert!(matches!(opened, Err(OpenError::ForeignFile { .. })), "{opened:?}");
}
