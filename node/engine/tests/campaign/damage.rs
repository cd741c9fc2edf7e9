//! Flips, truncations and losses in every file of a store, the image's included, after a clean stop and after a kill: the store opens
//! whole, or refuses with a reason.

use std::fs;
use std::path::{Path, PathBuf};

use maillage_engine::{OpenError, RebuildReason};

use crate::ledger::{WRITERS, check, open, write};
use crate::support::Dice;

/// Transactions of each writer in the sample.
const EACH: u64 = 150;

/// Damages a store `damages` times, a copy each time.
pub(crate) fn campaign(damages: usize, dice: &mut Dice) -> String {
    let home = tempfile::tempdir().unwrap();
    let unsealed = tempfile::tempdir().unwrap();
    prepare(home.path(), unsealed.path());
    let (mut whole, mut rebuilt, mut refused) = (0, 0, 0);
    for number in 0..damages {
        let source = if dice.roll(3) == 0 { unsealed.path() } else { home.path() };
        let victim = tempfile::tempdir().unwrap();
        copy(source, victim.path());
        let candidates: Vec<PathBuf> =
            files(victim.path()).into_iter().filter(|file| !file.ends_with("lock")).collect();
        let file = candidates.get(dice.roll(candidates.len())).unwrap();
        let what = format!("damage {number}: {} to {}", mangle(file, dice), file.display());
        match open(victim.path()) {
            Ok((engine, opening)) => {
                assert_eq!(check(&engine, [EACH; WRITERS], &what), EACH * u64::try_from(WRITERS).unwrap());
                let aside = victim.path().join("image.damaged").exists();
                assert_eq!(matches!(opening.rebuilt, Some(RebuildReason::Damaged(_))), aside, "{what}");
                *(if opening.rebuilt.is_some() { &mut rebuilt } else { &mut whole }) += 1;
            }
            Err(OpenError::Damaged(_) | OpenError::Missing { .. } | OpenError::NewerFormat { .. }) => {
                refused += 1;
            }
            Err(other) => panic!("{what}: {other:?}"),
        }
    }
    format!("{damages} damages: {whole} opened whole, {rebuilt} rebuilt, {refused} refused, none silent")
}

/// A store closed cleanly, and the same as a kill would have left it.
fn prepare(home: &Path, unsealed: &Path) {
    let engine = open(home).unwrap().0;
    for number in 1..=EACH {
        (0..WRITERS).for_each(|writer| write(&engine, writer, number).unwrap());
    }
    engine.checkpoint().unwrap();
    copy(home, unsealed);
    engine.close().unwrap();
}

/// Damages a file in one of four ways and says which.
pub(crate) fn mangle(file: &Path, dice: &mut Dice) -> String {
    let mut bytes = fs::read(file).unwrap();
    let written =
        bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1).min(bytes.len().max(1));
    let what = match dice.roll(8) {
        0 => {
            bytes.truncate(dice.roll(bytes.len()));
            format!("truncation at {}", bytes.len())
        }
        1 => {
            fs::remove_file(file).unwrap();
            return "loss".to_owned();
        }
        2 => {
            let sector = dice.roll(written) / 512 * 512;
            bytes.iter_mut().skip(sector).take(512).for_each(|byte| *byte = !*byte);
            format!("garbage in the sector at {sector}")
        }
        _ => {
            // Mostly where something is written.
            let reach = if dice.roll(8) == 0 { bytes.len() } else { written };
            let (at, bit) = (dice.roll(reach), dice.roll(8));
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
            format!("flip of bit {bit} at {at}")
        }
    };
    fs::write(file, bytes).unwrap();
    what
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Copies a folder, replacing what is there. Files that vanish meanwhile are left out.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).into_iter().flatten() {
        let source = entry.unwrap().path();
        let target = to.join(source.file_name().unwrap());
        if source.is_dir() {
            copy(&source, &target);
        } else if let Err(error) = fs::copy(&source, &target) {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
        }
    }
}
