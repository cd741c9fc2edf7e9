//! A numbered history whose state after each transaction is known, shared by the adversary tests.

mod dice;

use std::collections::BTreeMap;
use std::ops::Bound::Unbounded;

use maillage_engine::{Engine, EngineError, Options, TransactError, Tree, View};

pub(crate) use dice::Dice;

pub(crate) const ROWS: Tree = Tree::named("rows");
pub(crate) const INDEX: Tree = Tree::named("rows/index");
pub(crate) const TREES: &[Tree] = &[ROWS, INDEX];

/// Both trees, by tree name and key.
pub(crate) type State = BTreeMap<(&'static str, Vec<u8>), Vec<u8>>;

pub(crate) fn options() -> Options {
    Options {
        segment_bytes: 16 << 10,
        snapshot_after_bytes: 24 << 10,
        reserve_bytes: 4 << 10,
        cache_bytes: 8 << 20,
        ..Options::new(TREES, 1)
    }
}

/// Puts and deletes of transaction `n`; some values are long runs of zeros, some are split in the image.
pub(crate) fn changes(n: u64) -> Vec<(Tree, Vec<u8>, Option<Vec<u8>>)> {
    let length = usize::try_from(n * 7919 % 1_900).unwrap();
    let fill = u8::try_from(n % 3 * 85).unwrap();
    let mut value = vec![fill; if n.is_multiple_of(23) { 9_000 } else { length }];
    value.extend_from_slice(&n.to_be_bytes());
    let mut changes = vec![
        (ROWS, format!("row/{n:05}").into_bytes(), Some(value)),
        (INDEX, format!("{:03}/{n:05}", n * 31 % 97).into_bytes(), Some(n.to_be_bytes().to_vec())),
        (ROWS, b"last".to_vec(), Some(n.to_be_bytes().to_vec())),
    ];
    if n.is_multiple_of(4) {
        changes.push((ROWS, format!("row/{:05}", n / 2).into_bytes(), None));
    }
    changes
}

/// What the store holds after transactions 1 to `n`.
pub(crate) fn state_after(n: u64) -> State {
    let mut state = State::new();
    for n in 1..=n {
        for (tree, key, value) in changes(n) {
            match value {
                Some(value) => state.insert((tree.name(), key), value),
                None => state.remove(&(tree.name(), key)),
            };
        }
    }
    state
}

/// Runs transaction `n`.
pub(crate) fn run(engine: &Engine, n: u64) -> Result<(), TransactError<EngineError>> {
    engine.transact("history", move |transaction| {
        for (tree, key, value) in changes(n) {
            match value {
                Some(value) => transaction.put(tree, key, value)?,
                None => transaction.delete(tree, &key)?,
            }
        }
        Ok(())
    })
}

/// All the store holds.
pub(crate) fn state_of(view: &impl View) -> Result<State, EngineError> {
    let mut state = State::new();
    for tree in TREES {
        for (key, value) in view.scan(*tree, Unbounded, Unbounded, usize::MAX)? {
            state.insert((tree.name(), key), value);
        }
    }
    Ok(state)
}

/// The store holds exactly some prefix of the history, with at least the acknowledged part. Returns its length.
pub(crate) fn check_prefix(engine: &Engine, acknowledged: u64, attempted: u64) -> u64 {
    let found = engine.durable_sequence();
    assert!(found >= acknowledged, "lost: {found} found of {acknowledged} acknowledged");
    assert!(found <= attempted, "{found} found, {attempted} attempted");
    assert!(state_of(engine).unwrap() == state_after(found), "the state is not that of transaction {found}");
    found
}
