//! One suite for the durable store and the memory double: they must mean the same.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::ops::Bound::{Excluded, Included, Unbounded};
use std::path::Path;

use maillage_engine::{
    Engine, EngineError, Key, Loose, MemoryDisk, OpenError, Options, Record, RecordError, Table, TooLarge,
    TransactError, Tree, Value, View, decode_record, encode_record, limits,
};
use serde::{Deserialize, Serialize};

#[path = "conformance/exports.rs"]
mod exports;
#[path = "conformance/footprints.rs"]
mod footprints;

const TRIPS: Tree = Tree::named("trips");
const INDEX: Tree = Tree::named("trips/by-day");
const TREES: &[Tree] = &[TRIPS, INDEX];

fn options() -> Options {
    Options { segment_bytes: 256 << 10, reserve_bytes: 0, ..Options::new(TREES, 1) }
}

/// Somewhere to open and reopen a store.
enum Home {
    Durable(tempfile::TempDir),
    Memory(MemoryDisk),
}

impl Home {
    fn both() -> [Self; 2] {
        [Self::Durable(tempfile::tempdir().unwrap()), Self::Memory(MemoryDisk::new())]
    }

    fn open(&self) -> Engine {
        self.try_open(options()).unwrap()
    }

    fn try_open(&self, options: Options) -> Result<Engine, OpenError> {
        match self {
            Self::Durable(directory) => Engine::open(directory.path(), options).map(|(engine, _)| engine),
            Self::Memory(disk) => Engine::memory_with(disk, options).map(|(engine, _)| engine),
        }
    }
}

fn put(engine: &Engine, key: &str, value: &str) {
    let (key, value) = (key.to_owned(), value.to_owned());
    engine.transact("put", move |transaction| transaction.put(TRIPS, key, value)).unwrap();
}

fn value(view: &impl View, key: &str) -> Option<String> {
    view.get(TRIPS, key.as_bytes()).unwrap().map(|value| String::from_utf8(value).unwrap())
}

fn keys(rows: Vec<(Vec<u8>, Vec<u8>)>) -> String {
    let keys: Vec<String> = rows.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect();
    keys.join(" ")
}

#[test]
fn what_is_acknowledged_is_read_back_also_after_reopening() {
    for home in Home::both() {
        let engine = home.open();
        put(&engine, "a", "one");
        put(&engine, "a", "two");
        put(&engine, "b", "three");
        engine.transact("delete", |transaction| transaction.delete(TRIPS, b"b")).unwrap();
        assert_eq!((value(&engine, "a"), value(&engine, "b")), (Some("two".to_owned()), None));
        assert_eq!(engine.durable_sequence(), 4);
        engine.close().unwrap();
        let engine = home.open();
        assert_eq!((value(&engine, "a"), value(&engine, "b")), (Some("two".to_owned()), None));
        assert_eq!(engine.durable_sequence(), 4);
    }
}

#[test]
fn a_transaction_sees_its_own_writes_and_nobody_else_does_before_it_is_durable() {
    for home in Home::both() {
        let engine = home.open();
        put(&engine, "a", "old");
        let outside = engine.clone();
        let seen = engine.transact("look", move |transaction| {
            transaction.put(TRIPS, "a", "new")?;
            transaction.delete(TRIPS, b"z")?;
            Ok::<_, EngineError>((value(transaction, "a"), value(&outside, "a")))
        });
        assert_eq!(seen.unwrap(), (Some("new".to_owned()), Some("old".to_owned())));
        assert_eq!(value(&engine, "a"), Some("new".to_owned()));
    }
}

#[test]
fn an_error_or_a_panic_leaves_nothing_written() {
    for home in Home::both() {
        let engine = home.open();
        let aborted = engine.transact("abort", |transaction| {
            transaction.put(TRIPS, "a", "x").unwrap();
            Err::<(), _>("no driver")
        });
        assert_eq!(aborted, Err(TransactError::Aborted("no driver")));
        let panicked: Result<(), TransactError<EngineError>> = engine.transact("panic", |transaction| {
            transaction.put(TRIPS, "a", "x")?;
            panic!("a bug")
        });
        assert_eq!(panicked, Err(TransactError::Engine(EngineError::BodyPanicked("panic"))));
        assert_eq!((value(&engine, "a"), engine.durable_sequence()), (None, 0));
        put(&engine, "a", "goes on");
    }
}

#[test]
fn a_transaction_inside_another_is_refused_not_deadlocked() {
    for home in Home::both() {
        let engine = home.open();
        let inner = engine.clone();
        let outcome = engine.transact("outer", move |_| {
            Ok::<_, EngineError>(inner.transact("inner", |_| Ok::<_, EngineError>(())))
        });
        assert_eq!(outcome.unwrap(), Err(TransactError::Engine(EngineError::Nested("inner"))));
    }
}

#[test]
fn limits_and_unknown_trees_are_refused_and_nothing_is_written() {
    fn check(engine: &Engine, key: usize, value: usize, expected: Result<(), EngineError>) {
        let before = engine.durable_sequence();
        let outcome = engine
            .transact("limits", move |transaction| transaction.put(TRIPS, vec![1; key], vec![0; value]));
        let refused = expected.is_err();
        assert_eq!(outcome, expected.map_err(TransactError::Aborted));
        assert_eq!(engine.durable_sequence() == before, refused);
    }
    for home in Home::both() {
        let engine = home.open();
        let key_limit = limits::KEY_BYTES;
        check(&engine, 0, 1, Err(TooLarge::Key { bytes: 0, limit: key_limit }.into()));
        check(
            &engine,
            key_limit + 1,
            1,
            Err(TooLarge::Key { bytes: key_limit + 1, limit: key_limit }.into()),
        );
        check(&engine, key_limit, 1, Ok(()));
        let limit = limits::TRANSACTION_BYTES;
        check(&engine, 1, limit, Err(TooLarge::Transaction { bytes: limit + 1, limit }.into()));
        check(&engine, 1, limit - 1, Ok(()));
        let unknown = engine.transact("unknown", |transaction| transaction.put(Tree::named("x"), "a", "b"));
        assert_eq!(unknown, Err(TransactError::Aborted(EngineError::UnknownTree("x".to_owned()))));
    }
}

#[test]
fn large_values_come_back_whole_and_leave_no_files_of_their_own() {
    for home in Home::both() {
        let engine = home.open();
        let large: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).take(3_000_000).collect();
        for length in [16 << 10, (16 << 10) + 1, 3_000_000, 40_000, 0, 100_000] {
            let value = large[..length].to_vec();
            engine.transact("large", move |transaction| transaction.put(TRIPS, "k", value)).unwrap();
            engine.checkpoint().unwrap();
            assert_eq!(engine.get(TRIPS, b"k").unwrap().unwrap(), large[..length]);
        }
        engine.close().unwrap();
        let engine = home.open();
        assert_eq!(engine.get(TRIPS, b"k").unwrap().unwrap(), large[..100_000]);
        if let Home::Durable(directory) = &home {
            let blobs = std::fs::read_dir(directory.path().join("image/blobs")).unwrap().count();
            assert_eq!(blobs, 0);
        }
    }
}

#[test]
fn scans_merge_own_writes_pending_batches_and_the_image() {
    for home in Home::both() {
        let engine = home.open();
        for key in ["a1", "a3", "a5", "b1", "c1"] {
            put(&engine, key, "image");
        }
        engine.checkpoint().unwrap();
        let rows = engine.transact("scan", |transaction| {
            transaction.put(TRIPS, "a2", "own")?;
            transaction.delete(TRIPS, b"a3")?;
            transaction.put(TRIPS, "a5", "own")?;
            let view: &dyn View = transaction;
            Ok::<_, EngineError>([
                keys(view.scan(TRIPS, Unbounded, Unbounded, usize::MAX)?),
                keys(view.scan(TRIPS, Included(b"a2"), Excluded(b"b1"), usize::MAX)?),
                keys(view.scan(TRIPS, Excluded(b"a2"), Included(b"b1"), 1)?),
                keys(view.scan_reverse(TRIPS, Unbounded, Unbounded, 3)?),
                keys(view.scan_prefix(TRIPS, b"a", usize::MAX)?),
                keys(view.scan_prefix_reverse(TRIPS, b"a", 2)?),
                keys(view.last(TRIPS, b"")?.into_iter().collect()),
                keys(view.scan(TRIPS, Included(b"z"), Excluded(b"a"), usize::MAX)?),
                keys(view.scan(TRIPS, Excluded(b"a1"), Excluded(b"a1"), usize::MAX)?),
                keys(view.scan(INDEX, Unbounded, Unbounded, usize::MAX)?),
            ])
        });
        let expected = ["a1 a2 a5 b1 c1", "a2 a5", "a5", "c1 b1 a5", "a1 a2 a5", "a5 a2", "c1", "", "", ""]
            .map(str::to_owned);
        assert_eq!(rows.unwrap(), expected);
        assert_eq!(keys(engine.scan(TRIPS, Unbounded, Unbounded, 10).unwrap()), "a1 a2 a5 b1 c1");
    }
}

#[test]
fn long_scans_cross_chunks_in_both_directions() {
    for home in Home::both() {
        let engine = home.open();
        let write = |transaction: &mut maillage_engine::Transaction<'_>| {
            (0..2_000_u64).try_for_each(|n| transaction.put(TRIPS, n.to_key(), "x"))
        };
        engine.transact("many", write).unwrap();
        engine.checkpoint().unwrap();
        let odd = |transaction: &mut maillage_engine::Transaction<'_>| {
            (0..1_000_u64).try_for_each(|n| transaction.delete(TRIPS, &(2 * n + 1).to_key()))
        };
        engine.transact("odd", odd).unwrap();
        let mut expected: Vec<u64> = (0..1_000).map(|n| 2 * n).collect();
        let numbers = |rows: Vec<(Vec<u8>, Vec<u8>)>| -> Vec<u64> {
            rows.iter().map(|(key, _)| u64::from_key(key).unwrap()).collect()
        };
        assert_eq!(numbers(engine.scan(TRIPS, Unbounded, Unbounded, usize::MAX).unwrap()), expected);
        expected.reverse();
        assert_eq!(numbers(engine.scan_reverse(TRIPS, Unbounded, Unbounded, usize::MAX).unwrap()), expected);
        assert_eq!(engine.scan(TRIPS, Unbounded, Unbounded, 700).unwrap().len(), 700);
    }
}

#[test]
fn a_newer_schema_is_refused_and_new_trees_are_welcome() {
    const MORE: &[Tree] = &[TRIPS, Tree::named("outbox"), INDEX];
    const FEWER: &[Tree] = &[Tree::named("outbox")];
    for home in Home::both() {
        let engine = home.open();
        put(&engine, "a", "kept");
        engine.close().unwrap();
        let engine = home.try_open(Options { trees: MORE, schema_version: 2, ..options() }).unwrap();
        assert_eq!(value(&engine, "a"), Some("kept".to_owned()));
        put(&engine, "b", "kept too");
        engine.close().unwrap();
        let refused = home.try_open(options());
        assert!(matches!(refused, Err(OpenError::NewerSchema { found: 2, known: 1 })), "{refused:?}");
        let fewer = Options { trees: FEWER, schema_version: 2, ..options() };
        home.try_open(fewer).unwrap().close().unwrap();
        let engine = home.try_open(Options { trees: MORE, schema_version: 2, ..options() }).unwrap();
        assert_eq!(
            (value(&engine, "a"), value(&engine, "b")),
            (Some("kept".to_owned()), Some("kept too".to_owned()))
        );
    }
}

#[test]
fn a_snapshot_carries_the_whole_state_and_retires_the_journal() {
    for home in Home::both() {
        let engine = home.open();
        for round in 0..4 {
            for n in 0..40 {
                put(&engine, &format!("{round}/{n}"), &"v".repeat(1_000));
            }
            engine
                .transact("delete", move |transaction| {
                    transaction.delete(TRIPS, format!("{round}/7").as_bytes())
                })
                .unwrap();
            let report = engine.snapshot().unwrap();
            assert_eq!((report.sequence, report.rows), (41 * (round + 1), 39 * (round + 1)));
            assert_eq!(report.retired.segments > 0, round > 0);
        }
        assert_eq!(engine.snapshot().unwrap().sequence, 164);
        engine.close().unwrap();
        if let Home::Durable(directory) = &home {
            std::fs::remove_dir_all(directory.path().join("image")).unwrap();
        }
        let engine = home.open();
        assert_eq!(engine.scan(TRIPS, Unbounded, Unbounded, usize::MAX).unwrap().len(), 156);
        assert_eq!((value(&engine, "3/7"), value(&engine, "0/8")), (None, Some("v".repeat(1_000))));
    }
}

#[test]
fn a_closed_store_says_so() {
    for home in Home::both() {
        let engine = home.open();
        let clone = engine.clone();
        engine.close().unwrap();
        let outcome = clone.transact("late", |transaction| transaction.put(TRIPS, "a", "b"));
        assert_eq!(outcome, Err(TransactError::Engine(EngineError::Closed)));
        assert_eq!(clone.get(TRIPS, b"a"), Err(EngineError::Closed));
    }
}

#[test]
fn a_submitted_transaction_is_a_future() {
    use std::future::Future;
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake, Waker};
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    for home in Home::both() {
        let engine = home.open();
        let mut pending = std::pin::pin!(engine.submit("later", |transaction| {
            transaction.put(TRIPS, "a", "b")?;
            Ok::<_, EngineError>(7)
        }));
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let answer = loop {
            match pending.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(answer) => break answer,
                Poll::Pending => std::thread::park(),
            }
        };
        assert_eq!(answer, Ok(7));
        assert_eq!(value(&engine, "a"), Some("b".to_owned()));
    }
}

#[test]
fn a_clean_stop_never_costs_a_rebuild() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..12 {
        let (engine, opening) = Engine::open(directory.path(), options()).unwrap();
        assert_eq!((opening.clean, opening.rebuilt), (round > 0, None));
        for n in 0..round * 20 {
            put(&engine, &format!("{round}/{n}"), &"v".repeat(500 * n % 7_000));
        }
        // Dropping the last clone closes as well as `close` does.
        if round % 2 == 0 {
            engine.close().unwrap();
        }
    }
}

#[test]
fn a_directory_in_use_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::open(directory.path(), options()).unwrap().0;
    let second = Engine::open(directory.path(), options());
    assert!(matches!(&second, Err(OpenError::InUse(path)) if path == directory.path()), "{second:?}");
    engine.close().unwrap();
    Engine::open(directory.path(), options()).unwrap();
}

#[test]
fn an_image_without_its_journal_and_an_emptied_store_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::open(directory.path(), options()).unwrap().0;
    put(&engine, "a", "b");
    engine.close().unwrap();
    let remove = |beginning: &str| {
        for entry in std::fs::read_dir(directory.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().starts_with(beginning) {
                std::fs::remove_file(path).unwrap();
            }
        }
    };
    let open = |path: &Path| Engine::open(path, options()).map(|_| ());
    remove("journal");
    assert!(matches!(open(directory.path()), Err(OpenError::Missing { sequence: 1 })));
    remove("sentinel");
    assert!(matches!(open(directory.path()), Err(OpenError::ImageWithoutJournal(_))));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Trip {
    from: String,
    distance_m: u32,
}

impl Record for Trip {
    const KIND: u16 = 7;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, _payload: &[u8]) -> Result<Self, RecordError> {
        if version == 1 {
            return Ok(Self { from: "Albi".to_owned(), distance_m: 1 });
        }
        Err(RecordError::Unreadable { kind: Self::KIND, version })
    }
}

const TABLE: Table<(String, u64), Trip> = Table::new(TRIPS);

#[test]
fn typed_tables_keep_order_and_prefixes() {
    for home in Home::both() {
        let engine = home.open();
        let trip = |distance_m| Trip { from: "Réalmont".to_owned(), distance_m };
        engine
            .transact("fill", move |transaction| {
                for (day, number) in
                    [("2025-01-02", 1), ("2025-01-0", 9), ("2025-01-02", 256), ("2025-01-02", 2)]
                {
                    TABLE.put(transaction, &(day.to_owned(), number), &trip(5))?;
                }
                TABLE.delete(transaction, &("2025-01-02".to_owned(), 2))
            })
            .unwrap();
        let day = "2025-01-02".to_owned();
        assert_eq!(TABLE.get(&engine, &(day.clone(), 1)).unwrap(), Some(trip(5)));
        let numbers: Vec<u64> = TABLE
            .scan_prefix(&engine, &day, 10)
            .unwrap()
            .into_iter()
            .map(|((_, number), _)| number)
            .collect();
        assert_eq!(numbers, [1, 256]);
        let from = TABLE.scan(&engine, (day.clone(), 2).., 10).unwrap();
        assert_eq!(from.len(), 1);
        assert_eq!(TABLE.last(&engine).unwrap().unwrap().0, (day, 256));
    }
}

#[test]
fn records_refuse_what_they_do_not_know() {
    fn check(change: impl FnOnce(&mut Vec<u8>), resign: bool, expected: &Result<Trip, RecordError>) {
        let mut bytes = encode_record(&Trip { from: "Castres".to_owned(), distance_m: 42 }).unwrap();
        change(&mut bytes);
        if resign {
            let body = bytes.len() - 4;
            let checksum = crc32c_of(&bytes[..body]);
            bytes[body..].copy_from_slice(&checksum.to_be_bytes());
        }
        assert_eq!(&decode_record::<Trip>(&bytes), expected);
    }
    let known = || Trip { from: "Castres".to_owned(), distance_m: 42 };
    check(|_| {}, false, &Ok(known()));
    check(|bytes| bytes[3] = 3, true, &Err(RecordError::TooNew { kind: 7, version: 3, known: 2 }));
    check(|bytes| bytes[3] = 1, true, &Ok(Trip { from: "Albi".to_owned(), distance_m: 1 }));
    check(|bytes| bytes[3] = 0, true, &Err(RecordError::Unreadable { kind: 7, version: 0 }));
    check(|bytes| bytes[1] = 8, true, &Err(RecordError::WrongKind { expected: 7, found: 8 }));
    check(|bytes| bytes[9] ^= 1, false, &Err(RecordError::Checksum(7)));
    check(|bytes| bytes.truncate(5), false, &Err(RecordError::Truncated(5)));
    check(|bytes| bytes[4] = 0xC1, true, &Err(RecordError::Payload(7)));
}

/// CRC-32C, bit by bit, so that the stored form is pinned by something other than the crate it uses.
fn crc32c_of(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0x82F6_3B78 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(u32::MAX, step)
}

mod keys {
    use maillage_engine::Key;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tuples_sort_as_their_values_and_come_back(
            a in any::<(Vec<u8>, u64)>(), b in any::<(Vec<u8>, u64)>(), c in any::<Vec<u8>>(), d in any::<Vec<u8>>(),
        ) {
            prop_assert_eq!(a.to_key().cmp(&b.to_key()), a.cmp(&b));
            let (left, right) = ((a.0.clone(), c.clone(), d.clone()), (b.0.clone(), d, c));
            prop_assert_eq!(left.to_key().cmp(&right.to_key()), left.cmp(&right));
            prop_assert_eq!(<(Vec<u8>, Vec<u8>, Vec<u8>)>::from_key(&left.to_key()).unwrap(), left);
            let mut part = Vec::new();
            a.write_part(&mut part);
            part.extend_from_slice(b"rest");
            prop_assert_eq!(<(Vec<u8>, u64)>::read_part(&part).unwrap(), (a, b"rest".as_slice()));
        }
    }
}

/// Whether a text stands in any file of a directory.
fn stands_in(directory: &Path, text: &str) -> bool {
    std::fs::read_dir(directory).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return stands_in(&path, text);
        }
        std::fs::read(path).unwrap().windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn two_snapshots_and_a_new_image_leave_no_byte_of_what_was_deleted() {
    let home = Home::Durable(tempfile::tempdir().unwrap());
    let Home::Durable(directory) = &home else { unreachable!() };
    let engine = home.open();
    for number in 0..200 {
        put(&engine, &format!("kept-{number}"), "kept");
    }
    put(&engine, "gone", "Canari-deleted");
    put(&engine, "kept-7", "Canari-replaced");
    engine.checkpoint().unwrap();
    engine.snapshot().unwrap();
    put(&engine, "kept-7", "kept");
    engine.transact("delete", |transaction| transaction.delete(TRIPS, b"gone")).unwrap();
    assert!(stands_in(directory.path(), "Canari"));
    engine.snapshot().unwrap();
    put(&engine, "kept-8", "kept");
    engine.snapshot().unwrap();
    engine.renew_image().unwrap();
    assert!(!stands_in(directory.path(), "Canari"));
    let whole = |engine: &Engine| {
        assert_eq!(engine.scan(TRIPS, Unbounded, Unbounded, usize::MAX).unwrap().len(), 200);
        assert_eq!(value(engine, "kept-7"), Some("kept".to_owned()));
    };
    whole(&engine);
    put(&engine, "kept-200", "kept");
    engine.transact("delete", |transaction| transaction.delete(TRIPS, b"kept-200")).unwrap();
    engine.close().unwrap();
    let Home::Durable(directory) = &home else { unreachable!() };
    let (engine, opening) = Engine::open(directory.path(), options()).unwrap();
    assert_eq!((opening.clean, opening.rebuilt), (true, None));
    whole(&engine);
}

#[test]
fn an_image_is_made_anew_under_readers_and_writers() {
    let home = Home::Durable(tempfile::tempdir().unwrap());
    let engine = home.open();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let engine = engine.clone();
            scope.spawn(move || {
                for number in 0..100 {
                    let key = format!("{worker}/{number}");
                    put(&engine, &key, &key);
                    assert_eq!(value(&engine, &key), Some(key));
                }
            });
        }
        (0..5).for_each(|_| engine.renew_image().unwrap());
    });
    assert_eq!(engine.scan(TRIPS, Unbounded, Unbounded, usize::MAX).unwrap().len(), 400);
}

#[test]
fn a_record_of_any_kind_is_read_by_its_fields_and_written_as_it_was() {
    let bytes = encode_record(&Trip { from: "Alban".to_owned(), distance_m: 36_000 }).unwrap();
    let loose = Loose::decode(&bytes).unwrap();
    assert_eq!(loose.payload.field("from").and_then(Value::text), Some("Alban"));
    assert!(loose.encode().unwrap() == bytes);
    assert!(matches!(Loose::decode(&bytes[1..]), Err(RecordError::Checksum(_))));
}
