//! What was read and whether it was written since, on both stores.

use std::ops::Bound::Excluded;

use maillage_engine::{Engine, Reading, Transaction, View as _, limits};

use super::{Home, INDEX, TRIPS, keys, put, value};

#[test]
fn what_was_read_is_touched_by_what_is_written_of_it_and_by_nothing_else() {
    for home in Home::both() {
        let engine = home.open();
        for key in ["a", "m", "z"] {
            put(&engine, key, "old");
        }
        let read = |engine: &Engine| {
            let (since, view) = (engine.durable_sequence(), Reading::of(engine));
            assert_eq!((value(&view, "a"), value(&view, "b")), (Some("old".to_owned()), None));
            // One row is asked for and comes; the others of the range could have come instead.
            let rows = view.scan(TRIPS, Excluded(b"l"), Excluded(b"p"), 1).unwrap();
            assert_eq!(keys(rows), "m");
            assert_eq!(keys(view.scan_prefix_reverse(TRIPS, b"z", 1).unwrap()), "z");
            (since, view.footprint())
        };
        let (mut since, seen) = read(&engine);
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
            put(&engine, written, "new");
            assert_eq!(engine.untouched(&seen, since).is_none(), touched, "{written}");
            since = engine.durable_sequence();
            assert_eq!(engine.untouched(&seen, since), Some(since), "nothing since");
        }
        engine.transact("delete", |transaction| transaction.delete(TRIPS, b"m")).unwrap();
        assert_eq!(engine.untouched(&seen, since), None, "deleted");
        since = engine.durable_sequence();
        let elsewhere = |transaction: &mut Transaction<'_>| transaction.put(INDEX, "a", "1");
        engine.transact("elsewhere", elsewhere).unwrap();
        assert_eq!(engine.untouched(&seen, since), Some(since + 1), "another tree");
    }
}

#[test]
fn what_is_too_long_ago_to_remember_counts_as_touched() {
    for home in Home::both() {
        let engine = home.open();
        let view = Reading::of(&engine);
        assert_eq!(value(&view, "a"), None);
        let (since, seen) = (engine.durable_sequence(), view.footprint());
        let rows = limits::RECENT_KEYS / 2;
        let write = |from: usize| {
            let body = move |transaction: &mut Transaction<'_>| {
                (from..from + rows).try_for_each(|row| transaction.put(TRIPS, format!("k{row}"), ""))
            };
            engine.transact("many", body).unwrap();
        };
        write(0);
        write(rows);
        assert_eq!(engine.untouched(&seen, since), Some(2));
        write(2 * rows);
        assert_eq!((engine.untouched(&seen, since), engine.untouched(&seen, 1)), (None, Some(3)));
        engine.close().unwrap();
        // What a former process wrote is not remembered by this one.
        let engine = home.open();
        assert_eq!((engine.untouched(&seen, 2), engine.untouched(&seen, 3)), (None, Some(3)));
    }
}
