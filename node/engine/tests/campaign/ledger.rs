//! What several writers do at once, so that it can be checked afterwards: writer `w`'s transaction `i` writes its row, an index entry
//! and its counter, and now and then deletes an older row.

use std::path::Path;

use maillage_engine::{Engine, EngineError, OpenError, Opening, Options, TransactError, Tree, View};

pub(crate) const WRITERS: usize = 4;
const ROWS: Tree = Tree::named("rows");
const INDEX: Tree = Tree::named("index");
const COUNTS: Tree = Tree::named("counts");

pub(crate) fn options() -> Options {
    Options {
        segment_bytes: 64 << 10,
        snapshot_after_bytes: 160 << 10,
        reserve_bytes: 4 << 20,
        cache_bytes: 8 << 20,
        image_open_deadline_s: 20,
        ..Options::new(&[ROWS, INDEX, COUNTS], 1)
    }
}

/// As [`open`], without keeping any space in reserve for the image.
pub(crate) fn open_without_reserve(directory: &Path) -> Result<(Engine, Opening), OpenError> {
    Engine::open(directory, Options { reserve_bytes: 0, ..options() })
}

pub(crate) fn open(directory: &Path) -> Result<(Engine, Opening), OpenError> {
    Engine::open(directory, options())
}

fn row(writer: usize, number: u64) -> Vec<u8> {
    format!("{writer}/{number:08}").into_bytes()
}

fn index(writer: usize, number: u64) -> Vec<u8> {
    format!("{:04}/{writer}/{number:08}", number * 31 % 977).into_bytes()
}

fn value(writer: usize, number: u64) -> Vec<u8> {
    let length =
        if number.is_multiple_of(50) { 5_000 } else { usize::try_from(number * 7919 % 600).unwrap() };
    let mut value = vec![u8::try_from(writer * 60).unwrap(); length];
    value.extend_from_slice(&number.to_be_bytes());
    value
}

fn deleted(number: u64) -> Option<u64> {
    number.is_multiple_of(5).then_some(number / 2)
}

/// How far a writer got.
pub(crate) fn count(view: &impl View, writer: usize) -> u64 {
    let stored = view.get(COUNTS, &[1 + u8::try_from(writer).unwrap()]).unwrap();
    stored.map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()))
}

/// Writer `w`'s transaction `i`.
pub(crate) fn write(engine: &Engine, writer: usize, number: u64) -> Result<(), TransactError<EngineError>> {
    engine.transact("write", move |transaction| {
        assert_eq!(count(transaction, writer), number - 1, "a transaction of this writer is missing");
        transaction.put(ROWS, row(writer, number), value(writer, number))?;
        transaction.put(INDEX, index(writer, number), [])?;
        transaction.put(COUNTS, [1 + u8::try_from(writer).unwrap()], number.to_be_bytes())?;
        match deleted(number) {
            Some(older) => transaction.delete(ROWS, &row(writer, older)),
            None => Ok(()),
        }
    })
}

/// Every transaction up to each writer's counter is there whole, nothing else is, and nothing acknowledged is missing.
/// Returns the number of transactions.
pub(crate) fn check(engine: &Engine, acknowledged: [u64; WRITERS], what: &str) -> u64 {
    let (mut total, mut rows, mut entries) = (0, 0, 0);
    for (writer, acknowledged) in acknowledged.into_iter().enumerate() {
        let count = count(engine, writer);
        assert!(count >= acknowledged, "{what}: writer {writer} lost {} transactions", acknowledged - count);
        let gone: Vec<u64> = (1..=count).filter_map(deleted).collect();
        for number in 1..=count {
            let stored = engine.get(ROWS, &row(writer, number)).unwrap();
            let expected = (!gone.contains(&number)).then(|| value(writer, number));
            assert!(stored == expected, "{what}: row {number} of writer {writer}");
            assert!(
                engine.contains(INDEX, &index(writer, number)).unwrap(),
                "{what}: index entry {number} of {writer}"
            );
            rows += usize::from(expected.is_some());
        }
        entries += usize::try_from(count).unwrap();
        total += count;
    }
    let all = |tree| engine.scan_prefix(tree, &[], usize::MAX).unwrap().len();
    assert_eq!((all(ROWS), all(INDEX)), (rows, entries), "{what}: rows of unknown origin, or too few");
    assert_eq!(engine.durable_sequence(), total, "{what}: sequence");
    total
}
