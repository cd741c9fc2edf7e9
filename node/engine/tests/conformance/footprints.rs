//! What was read and whether it was written since, on both stores.

use std::ops::Bound::Excluded;

use maillage_engine::{Engine, Footprint, Reading, Transaction, View as _, limits};

use super::{Home, INDEX, TRIPS, put, value};

/// Reads two keys, one of which there is not, one row of a range, and the last of a prefix.
fn read(engine: &Engine) -> Footprint {
    let view = Reading::of(engine);
    let _ = (value(&view, "a"), value(&view, "b"));
    // One row is asked for and comes; the others of the range could have come instead.
    assert_eq!(view.scan(TRIPS, Excluded(b"l"), Excluded(b"p"), 1).unwrap().len(), 1);
    assert_eq!(view.scan_prefix_reverse(TRIPS, b"z", 1).unwrap().len(), 1);
    view.footprint()
}

#[test]
fn what_was_read_is_touched_by_what_is_written_of_it_and_by_nothing_else() {
    for home in Home::both() {
        let engine = home.open();
        for key in ["a", "m", "z"] {
            put(&engine, key, "old");
        }
        for (written, touched) in [
            ("c", false),
            ("l", false),
            ("p", false),
            ("y", false),
            ("a", true),
            ("b", true),
            ("n", true),
            ("zz", true),
        ] {
            let mut seen = read(&engine);
            assert!(engine.untouched(&mut seen), "nothing since");
            put(&engine, written, "new");
            assert_eq!(!engine.untouched(&mut seen), touched, "{written}");
            assert_eq!(!engine.untouched(&mut seen), touched, "{written}: it stays so");
        }
        let mut seen = read(&engine);
        engine.transact("delete", |transaction| transaction.delete(TRIPS, b"m")).unwrap();
        assert!(!engine.untouched(&mut seen), "deleted");
        let mut seen = read(&engine);
        let elsewhere = |transaction: &mut Transaction<'_>| transaction.put(INDEX, "a", "1");
        engine.transact("elsewhere", elsewhere).unwrap();
        assert!(engine.untouched(&mut seen), "another tree");
    }
}

#[test]
fn what_is_made_of_what_was_read_before_is_touched_by_either() {
    for home in Home::both() {
        let engine = home.open();
        let part = Reading::of(&engine);
        assert_eq!(value(&part, "a"), None);
        let part = part.footprint();
        let whole = Reading::of(&engine);
        assert_eq!(value(&whole, "b"), None);
        whole.also(&part);
        let whole = whole.footprint();
        for (written, touched) in [("c", false), ("a", true)] {
            put(&engine, written, "new");
            assert_eq!(!engine.untouched(&mut whole.clone()), touched, "{written}");
        }
    }
}

#[test]
fn what_is_too_long_ago_to_remember_counts_as_touched() {
    for home in Home::both() {
        let engine = home.open();
        let view = Reading::of(&engine);
        assert_eq!(value(&view, "a"), None);
        let long_ago = view.footprint();
        let mut looked_after = long_ago.clone();
        let rows = limits::RECENT_KEYS / 2;
        let write = |from: usize| {
            let body = move |transaction: &mut Transaction<'_>| {
                (from..from + rows).try_for_each(|row| transaction.put(TRIPS, format!("k{row}"), ""))
            };
            engine.transact("many", body).unwrap();
        };
        write(0);
        write(rows);
        assert!(engine.untouched(&mut long_ago.clone()) && engine.untouched(&mut looked_after));
        write(2 * rows);
        assert!(!engine.untouched(&mut long_ago.clone()), "more than is remembered");
        let former = looked_after.clone();
        assert!(engine.untouched(&mut looked_after), "it was looked at in between");
        engine.close().unwrap();
        // What a former process wrote is not remembered by this one.
        let engine = home.open();
        assert!(!engine.untouched(&mut former.clone()) && engine.untouched(&mut looked_after));
    }
}
