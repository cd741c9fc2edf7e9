//! A disk that is really full: a small tmpfs, when this runs as root on Linux.

use std::fs;
use std::path::Path;
use std::process::Command;

use maillage_engine::{Engine, EngineError, ImageState, ReadOnlyReason, TransactError};

use crate::ledger::{WRITERS, check, open, open_without_reserve, write};

/// Fills a small disk through the store itself, frees space, and fills it again behind the store's back.
pub(crate) fn campaign() -> String {
    let place = tempfile::tempdir().unwrap();
    let mount = place.path().join("small");
    fs::create_dir(&mount).unwrap();
    if !run("mount", &["-t", "tmpfs", "-o", "size=32m", "tmpfs", mount.to_str().unwrap()]) {
        return "left out: a small tmpfs can only be mounted as root; the same is tested with an injected fault".to_owned();
    }
    let figures = std::panic::catch_unwind(|| fill(&mount));
    assert!(run("umount", &[mount.to_str().unwrap()]));
    figures.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

fn fill(mount: &Path) -> String {
    let with_reserve =
        fill_once(&mount.join("reserve"), &mount.join("ballast"), |store| open(store).unwrap().0);
    // Without a reserve sled itself meets the full disk, and the store has to do without it.
    let without = |store: &Path| open_without_reserve(store).unwrap().0;
    let without_reserve = fill_once(&mount.join("none"), &mount.join("ballast"), without);
    format!(
        "refused after {with_reserve} transactions with a reserve and {without_reserve} without; read on, resumed, reopened whole"
    )
}

fn fill_once(store: &Path, ballast: &Path, open_store: impl Fn(&Path) -> Engine) -> u64 {
    fs::write(ballast, vec![1; 16 << 20]).unwrap();
    let engine = open_store(store);
    let full = write_until_refused(&engine, 0);
    assert!(
        matches!(
            &full.1,
            TransactError::Engine(
                EngineError::ReadOnly(ReadOnlyReason::DiskFull { .. } | ReadOnlyReason::ImageFailed(_))
                    | EngineError::Io { kind: std::io::ErrorKind::StorageFull, .. }
            )
        ),
        "{:?}",
        full.1
    );
    let acknowledged =
        |count| std::array::from_fn::<u64, WRITERS, _>(|writer| if writer == 0 { count } else { 0 });
    settle(&engine);
    check(&engine, acknowledged(full.0), "while the disk is full");
    fs::remove_file(ballast).unwrap();
    settle(&engine);
    let resumed = full.0 + 50;
    for number in full.0 + 1..=resumed {
        write(&engine, 0, number).unwrap();
    }
    check(&engine, acknowledged(resumed), "after space returned");
    engine.close().unwrap();
    check(&open_store(store), acknowledged(resumed), "reopened");
    fs::remove_dir_all(store).unwrap();
    full.0
}

/// Waits until an image that failed has been replaced.
fn settle(engine: &Engine) {
    while matches!(engine.status().image, ImageState::Failed(_)) {
        std::thread::yield_now();
    }
}

fn write_until_refused(engine: &Engine, from: u64) -> (u64, TransactError<EngineError>) {
    for number in from + 1..100_000 {
        if let Err(refusal) = write(engine, 0, number) {
            return (number - 1, refusal);
        }
    }
    panic!("the disk never was full");
}
