//! Epochs of the hub: which one it is, how one begins after a restore, and the export a backup is made of. It must never
//! begin one but for a restore.

use maillage_engine::{Engine, TransactError, Transaction, View};
use maillage_federation::lives;
use maillage_platform::backup::StoreFacts;

use super::{HUB, RECOVERIES, SELF, THREADS, settlement::put_thread};
use crate::store::{
    Epoch, StoreError,
    records::{HubRecord, RecoveryRecord},
};

/// Threads that are marked in one transaction: far below its limit.
const MARKED_AT_ONCE: usize = 1_000;

/// The epoch, as the hub begins to serve.
pub(super) fn serve(transaction: &mut Transaction<'_>, now_ms: i64) -> Result<Epoch, StoreError> {
    let mut hub = read(transaction)?;
    if hub.epoch > 1 && hub.serving_since_ms.is_none() {
        hub.serving_since_ms = Some(now_ms);
    }
    HUB.put(transaction, &SELF.to_owned(), &hub)?;
    Ok(Epoch { number: hub.epoch, since_ms: hub.serving_since_ms })
}

/// Begins a new epoch: threads that are not final are marked first, and the number is written last.
pub(super) fn begin(engine: &Engine, now_ms: i64) -> Result<u64, StoreError> {
    let mut after = None;
    loop {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let rows = THREADS.scan(engine, (from, std::ops::Bound::Unbounded), MARKED_AT_ONCE)?;
        let Some((last, _)) = rows.last() else { break };
        after = Some(*last);
        run(engine, "mark what may be behind", move |transaction| {
            for (key, record) in &rows {
                let thread = record.thread()?;
                if thread.record.state.is_final() {
                    continue;
                }
                let before = RECOVERIES.get(transaction, key)?;
                let before = before.map(|known| known.recovery()).transpose()?;
                let before = before.is_some_and(|known| known.is_waiting());
                RECOVERIES.put(transaction, key, &RecoveryRecord::default())?;
                put_thread(transaction, Some((&thread, before)), (&thread, true))?;
            }
            Ok(())
        })?;
    }
    run(engine, "begin a new epoch", move |transaction| {
        let epoch = lives::next(read(transaction)?.epoch, now_ms);
        HUB.put(transaction, &SELF.to_owned(), &HubRecord { epoch, serving_since_ms: None })?;
        Ok(epoch)
    })
}

/// An export of the store, read back.
pub(super) fn export(engine: &Engine) -> Result<StoreFacts, StoreError> {
    if engine.durable_sequence() == 0 {
        // A hub that has never served has nothing to export yet but its epoch.
        run(engine, "begin the first epoch", |transaction| {
            let first = read(transaction)?;
            Ok(HUB.put(transaction, &SELF.to_owned(), &first)?)
        })?;
    }
    let made = engine.snapshot()?;
    Ok(StoreFacts { sequence: made.sequence, rows: made.rows })
}

fn read(view: &(impl View + ?Sized)) -> Result<HubRecord, StoreError> {
    let first = HubRecord { epoch: 1, serving_since_ms: None };
    Ok(HUB.get(view, &SELF.to_owned())?.unwrap_or(first))
}

fn run<T: Send + 'static>(
    engine: &Engine,
    name: &'static str,
    body: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    engine.transact(name, body).map_err(|error| match error {
        TransactError::Aborted(error) => error,
        TransactError::Engine(error) => error.into(),
    })
}
