//! The engine alone: a durable transaction of five rows, a read, and a short scan. The comparison with other stores is in
//! `benches/comparison`.

use std::ops::Bound::{Included, Unbounded};

use criterion::{Criterion, criterion_group, criterion_main};
use maillage_engine::{Engine, EngineError, Options, Tree, View};

const ROWS: Tree = Tree::named("rows");

fn transactions(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a scratch directory");
    let engine = Engine::open(directory.path(), Options::new(&[ROWS], 1)).expect("a store").0;
    let mut number = 0_u64;
    criterion.bench_function("durable transaction of five rows", |bencher| {
        bencher.iter(|| {
            number += 1;
            let base = number * 5;
            let done = engine.transact("bench", move |transaction| {
                (base..base + 5).try_for_each(|row| transaction.put(ROWS, row.to_be_bytes(), vec![7; 200]))
            });
            done.map_err(|error: maillage_engine::TransactError<EngineError>| error).expect("a transaction");
        });
    });
    criterion.bench_function("read of one row", |bencher| {
        bencher.iter(|| engine.get(ROWS, &(number * 5 / 2).to_be_bytes()));
    });
    criterion.bench_function("scan of fifty rows", |bencher| {
        bencher.iter(|| engine.scan(ROWS, Included(&(number * 5 / 2).to_be_bytes()), Unbounded, 50));
    });
}

criterion_group!(benches, transactions);
criterion_main!(benches);
