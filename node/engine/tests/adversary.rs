//! What can happen to a disk, done to the memory double, which runs the very code that real files run.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use maillage_engine::{
    Damage, Engine, EngineError, ImageState, MemoryDisk, OpenError, ReadOnlyReason, TransactError,
};
use support::{Dice, check_prefix, options, run, state_after, state_of};

fn open(disk: &MemoryDisk) -> Result<Engine, OpenError> {
    Engine::memory_with(disk, options()).map(|(engine, _)| engine)
}

/// Runs the history from `first` until the disk fails or `last` is done. Returns acknowledged and attempted.
fn run_until_failure(engine: &Engine, first: u64, last: u64) -> (u64, u64) {
    for n in first..=last {
        if run(engine, n).is_err() {
            return (n - 1, n);
        }
    }
    (last, last)
}

/// After how many operations the disk dies, for a store that opens, works and closes.
fn operations_of(last: u64) -> u64 {
    let disk = MemoryDisk::new();
    let engine = open(&disk).unwrap();
    assert_eq!(run_until_failure(&engine, 1, last), (last, last));
    engine.close().unwrap();
    disk.operations()
}

#[test]
fn power_fails_at_every_single_operation() {
    const LAST: u64 = 45;
    for operation in 0..operations_of(LAST) {
        for seed in [0, operation + 1] {
            let disk = MemoryDisk::new();
            disk.fail_after_operations(operation);
            let (acknowledged, attempted) = open(&disk).map_or((0, 0), |engine| {
                let outcome = run_until_failure(&engine, 1, LAST);
                let _may_fail = engine.close();
                outcome
            });
            disk.cut_power(seed);
            // The power also fails while the store recovers from the first cut.
            disk.fail_after_operations(operation % 17);
            drop(open(&disk));
            disk.cut_power(seed);
            let engine =
                open(&disk).unwrap_or_else(|error| panic!("operation {operation}, seed {seed}: {error:?}"));
            let found = check_prefix(&engine, acknowledged, attempted);
            // And it goes on from there.
            assert_eq!(run_until_failure(&engine, found + 1, found + 3), (found + 3, found + 3));
            disk.kill();
            check_prefix(&open(&disk).unwrap(), found + 3, found + 3);
        }
    }
}

#[test]
fn a_kill_loses_nothing_at_any_operation() {
    const LAST: u64 = 30;
    for operation in 0..operations_of(LAST) {
        let disk = MemoryDisk::new();
        disk.fail_after_operations(operation);
        let (acknowledged, attempted) =
            open(&disk).map_or((0, 0), |engine| run_until_failure(&engine, 1, LAST));
        disk.kill();
        check_prefix(&open(&disk).unwrap(), acknowledged, attempted);
    }
}

/// A store of 90 transactions with two snapshots and several segments; closed cleanly or killed.
fn sample(clean: bool) -> MemoryDisk {
    let disk = MemoryDisk::new();
    let engine = open(&disk).unwrap();
    assert_eq!(run_until_failure(&engine, 1, 90), (90, 90));
    if clean {
        engine.close().unwrap();
    }
    disk.kill();
    let names: Vec<String> = disk.files().into_iter().map(|(name, _)| name).collect();
    let count = |beginning: &str| names.iter().filter(|name| name.starts_with(beginning)).count();
    assert_eq!((count("snapshot-"), count("sentinel")), (2, 2), "{names:?}");
    assert!(count("journal-") >= 3, "{names:?}");
    disk
}

/// Opens a store that was tampered with: it must refuse for a reason of data, or hold everything; and stay so through a
/// snapshot, further work and a crash. Returns whether it opened.
fn opens_whole_or_refuses(disk: &MemoryDisk, what: &str) -> bool {
    match open(disk) {
        Ok(engine) => {
            assert_eq!(engine.durable_sequence(), 90, "silent loss: {what}");
            assert!(state_of(&engine).unwrap() == state_after(90), "changed: {what}");
            run(&engine, 91).unwrap();
            let _may_refuse = engine.snapshot();
            disk.kill();
            match open(disk) {
                Ok(engine) => assert!(state_of(&engine).unwrap() == state_after(91), "lost later: {what}"),
                Err(error) => assert!(is_refusal(&error), "{what}: {error:?}"),
            }
            true
        }
        Err(error) => {
            assert!(is_refusal(&error), "{what}: {error:?}");
            false
        }
    }
}

fn is_refusal(error: &OpenError) -> bool {
    matches!(
        error,
        OpenError::Damaged(_)
            | OpenError::Missing { .. }
            | OpenError::ForeignFile { .. }
            | OpenError::NewerFormat { .. }
    )
}

#[test]
fn no_flipped_bit_loses_anything_silently() {
    let mut dice = Dice(1);
    let (mut opened, mut refused) = (0, 0);
    for clean in [true, false] {
        let sample = sample(clean);
        for (name, length) in sample.files() {
            for _ in 0..40 {
                // Half of the flips in the first sectors and around the end of what is written.
                let written = sample.read(&name).unwrap().iter().rposition(|byte| *byte != 0).unwrap_or(0);
                let at = match dice.roll(4) {
                    0 => dice.roll(length.min(600)),
                    1 => (written + 40).saturating_sub(dice.roll(80)).min(length - 1),
                    _ => dice.roll(length),
                };
                let bit = dice.roll(8);
                let disk = sample.fork();
                disk.tamper(&name, |bytes| bytes[at] ^= 1 << bit);
                let what = format!("clean {clean}: bit {bit} of byte {at} of {name}");
                if opens_whole_or_refuses(&disk, &what) { opened += 1 } else { refused += 1 }
            }
        }
    }
    assert!(opened > 20 && refused > 20, "{opened} opened, {refused} refused");
}

#[test]
fn no_truncation_and_no_missing_file_loses_anything_silently() {
    let mut dice = Dice(2);
    for clean in [true, false] {
        let sample = sample(clean);
        for (name, length) in sample.files() {
            for round in 0..12 {
                let keep = if round == 0 { 0 } else { dice.roll(length) };
                let disk = sample.fork();
                disk.tamper(&name, |bytes| bytes.truncate(keep));
                opens_whole_or_refuses(&disk, &format!("clean {clean}: {name} cut to {keep} of {length}"));
            }
            let disk = sample.fork();
            disk.lose(&name);
            opens_whole_or_refuses(&disk, &format!("clean {clean}: {name} lost"));
        }
    }
}

#[test]
fn the_last_acknowledged_transaction_is_not_taken_for_a_torn_one() {
    let sample = sample(false);
    let (name, _) = sample.files().into_iter().rfind(|(name, _)| name.starts_with("journal-0")).unwrap();
    let bytes = sample.read(&name).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let start = bytes.windows(5).rposition(|window| window == b"\xF7MJrn").unwrap();
    for at in start..end {
        for bit in [0, 7] {
            let disk = sample.fork();
            disk.tamper(&name, |bytes| bytes[at] ^= 1 << bit);
            let error = open(&disk).expect_err("a damaged last frame must be refused");
            let expected = u64::try_from(start).unwrap();
            assert!(
                matches!(&error, OpenError::Damaged(Damage::Journal { file, offset }) if *file == name && *offset == expected),
                "{error:?}"
            );
        }
    }
}

#[test]
fn a_blank_sector_before_later_transactions_is_damage_not_a_torn_tail() {
    let sample = sample(false);
    let (name, _) = sample.files().into_iter().rfind(|(name, _)| name.starts_with("journal-0")).unwrap();
    let bytes = sample.read(&name).unwrap();
    let last = bytes.windows(5).rposition(|window| window == b"\xF7MJrn").unwrap();
    let sectors: Vec<usize> = (1..last / 512).map(|sector| sector * 512).collect();
    assert!(!sectors.is_empty(), "the sample's last segment is too short");
    for sector in sectors {
        let disk = sample.fork();
        disk.tamper(&name, |bytes| bytes[sector..sector + 512].fill(0));
        let error = open(&disk).expect_err("acknowledged transactions are missing");
        assert!(
            matches!(&error, OpenError::Damaged(Damage::Journal { file, .. }) if *file == name),
            "{error:?}"
        );
    }
}

#[test]
fn an_end_of_the_journal_that_was_blanked_is_missed() {
    for killed_after_reopening in [false, true] {
        let disk = sample(true);
        if killed_after_reopening {
            let _running = open(&disk).unwrap();
            disk.kill();
        }
        let (name, _) = disk.files().into_iter().rfind(|(name, _)| name.starts_with("journal-0")).unwrap();
        let bytes = disk.read(&name).unwrap();
        let last = bytes.windows(5).rposition(|window| window == b"\xF7MJrn").unwrap();
        disk.tamper(&name, |bytes| bytes[last..].fill(0));
        let error = open(&disk).expect_err("the last transaction is missing");
        let missed = matches!(
            &error,
            OpenError::Damaged(Damage::Journal { .. } | Damage::JournalGap { first: 90, last: 90 })
        );
        assert!(missed, "{error:?}");
    }
}

#[test]
fn a_failed_sync_stops_writing_and_reopening_shows_a_whole_state() {
    let disk = MemoryDisk::new();
    let engine = open(&disk).unwrap();
    run(&engine, 1).unwrap();
    disk.fail_next_sync();
    let expected = || ReadOnlyReason::SyncFailed("the device reported an error".to_owned());
    assert_eq!(run(&engine, 2), Err(TransactError::Engine(EngineError::ReadOnly(expected()))));
    assert_eq!(run(&engine, 2), Err(TransactError::Engine(EngineError::ReadOnly(expected()))));
    assert_eq!(engine.status().read_only, Some(expected()));
    assert!(state_of(&engine).unwrap() == state_after(1));
    disk.cut_power(3);
    check_prefix(&open(&disk).unwrap(), 1, 2);
}

#[test]
fn a_full_disk_refuses_keeps_reading_and_recovers_by_itself() {
    let disk = MemoryDisk::new();
    let engine = open(&disk).unwrap();
    run(&engine, 1).unwrap();
    disk.limit_capacity(Some(disk.used_bytes() + 30_000));
    let (acknowledged, refused) = run_until_failure(&engine, 2, 200);
    assert!(refused < 100, "the disk never was full");
    let outcome = run(&engine, refused);
    let full = |outcome: &Result<(), TransactError<EngineError>>| match outcome {
        Err(TransactError::Engine(EngineError::ReadOnly(ReadOnlyReason::DiskFull { .. }))) => true,
        Err(TransactError::Engine(EngineError::Io { kind, .. })) => *kind == std::io::ErrorKind::StorageFull,
        _ => false,
    };
    assert!(full(&outcome), "{outcome:?}");
    assert!(matches!(engine.status().read_only, Some(ReadOnlyReason::DiskFull { .. })));
    assert!(state_of(&engine).unwrap() == state_after(acknowledged));
    // What was refused does not come back after a crash either.
    let crashed = disk.fork();
    crashed.limit_capacity(None);
    crashed.kill();
    assert_eq!(check_prefix(&open(&crashed).unwrap(), acknowledged, acknowledged), acknowledged);
    disk.limit_capacity(None);
    assert_eq!(run_until_failure(&engine, refused, refused + 30), (refused + 30, refused + 30));
    assert_eq!((engine.status().read_only, engine.status().image), (None, ImageState::Memory));
    disk.kill();
    check_prefix(&open(&disk).unwrap(), refused + 30, refused + 30);
}

#[test]
fn a_transaction_whose_write_failed_midway_never_comes_back() {
    // Longer than the frame's header, so that a whole frame is on the disk and only the end of the group is not.
    for kept in [10, 64, 200, 600, 100_000] {
        let disk = MemoryDisk::new();
        let engine = open(&disk).unwrap();
        run(&engine, 1).unwrap();
        disk.fail_next_write_after(kept);
        let refused = engine
            .transact("large", move |transaction| transaction.put(support::ROWS, "refused", vec![9; kept]));
        let expected = std::io::ErrorKind::StorageFull;
        assert!(
            matches!(&refused, Err(TransactError::Engine(EngineError::Io { kind, .. })) if *kind == expected),
            "{refused:?}"
        );
        let killed = disk.fork();
        killed.kill();
        check_prefix(&open(&killed).unwrap(), 1, 1);
        run(&engine, 2).unwrap();
        disk.cut_power(5);
        check_prefix(&open(&disk).unwrap(), 2, 2);
    }
}

#[test]
fn two_damaged_snapshots_are_refused_and_one_is_passed_over() {
    let sample = sample(false);
    let snapshots: Vec<String> = sample
        .files()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("snapshot-"))
        .collect();
    let disk = sample.fork();
    disk.tamper(&snapshots[1], |bytes| bytes[200] ^= 4);
    let (engine, opening) = Engine::memory_with(&disk, options()).unwrap();
    assert_eq!(opening.damaged_snapshots, [snapshots[1].clone()]);
    check_prefix(&engine, 90, 90);
    drop(engine);
    disk.tamper(&snapshots[0], |bytes| bytes[200] ^= 4);
    let error = open(&disk).unwrap_err();
    assert!(matches!(&error, OpenError::Damaged(Damage::Snapshot { .. })), "{error:?}");
}
