//! The lock of a data directory between two real processes, and after the one that held it was killed.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use maillage_platform::directory::{DataDirectory, DirectoryError};

const PROGRAM: &str = "maillage-node";
const HOLD: &str = "hold-the-lock-of";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == HOLD).and_then(|at| arguments.get(at + 1)) {
        Some(path) => hold(Path::new(path)),
        None => the_lock_excludes_another_process_until_it_dies(),
    }
}

/// The other process: takes the lock, says so, and waits to be killed.
fn hold(path: &Path) {
    let _lock = DataDirectory::open(path, PROGRAM).unwrap().lock().unwrap();
    std::io::stdout().write_all(b"locked\n").unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn start_holder(path: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg(HOLD)
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "locked\n");
    child
}

fn the_lock_excludes_another_process_until_it_dies() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("data");
    let directory = DataDirectory::create(&path, PROGRAM).unwrap();
    let mut holder = start_holder(&path);
    let error = directory.lock().unwrap_err();
    assert!(matches!(error, DirectoryError::InUse { pid, .. } if pid == Some(holder.id())), "{error}");
    assert!(error.to_string().contains(&format!("process {}", holder.id())), "{error}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    drop(directory.lock().unwrap());
}
