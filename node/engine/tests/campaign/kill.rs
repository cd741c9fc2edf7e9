//! A child process writes with four threads and prints what was acknowledged; it is killed at any moment, also while it recovers
//! from the last kill.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::ledger::{WRITERS, check, count, open, write};
use crate::support::Dice;

/// Environment variable that makes this program the child, working in that directory.
pub(crate) const CHILD: &str = "MAILLAGE_ENGINE_CAMPAIGN_CHILD";

/// Kills that one store lives through before a new one is begun.
const KILLS_PER_STORE: usize = 24;

/// The process to be killed.
pub(crate) fn child(directory: &Path) {
    say("opening");
    let engine = open(directory).unwrap().0;
    say("open");
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let engine = &engine;
            scope.spawn(move || {
                for number in count(engine, writer) + 1.. {
                    write(engine, writer, number).unwrap();
                    say(&format!("{writer} {number}"));
                }
            });
        }
    });
}

/// One line, at once.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Kills `kills` children; a third of them before they have opened.
pub(crate) fn campaign(kills: usize, dice: &mut Dice) -> String {
    let (mut recovering, mut transactions, mut killed) = (0, 0, 0);
    while killed < kills {
        let directory = tempfile::tempdir().unwrap();
        let mut acknowledged = [0; WRITERS];
        for _ in 0..KILLS_PER_STORE.min(kills - killed) {
            let during_recovery = dice.roll(3) == 0;
            recovering +=
                usize::from(run_and_kill(directory.path(), during_recovery, dice, &mut acknowledged));
            killed += 1;
            // Now and then the next child has to recover from more than one kill.
            if dice.roll(3) > 0 {
                let engine = open(directory.path()).unwrap().0;
                check(&engine, acknowledged, &format!("kill {killed}"));
                engine.close().unwrap();
            }
        }
        transactions += check(&open(directory.path()).unwrap().0, acknowledged, "the end");
    }
    assert!(
        transactions > 0 && recovering > 0,
        "{transactions} transactions, {recovering} kills during recovery"
    );
    format!(
        "{kills} kills, {recovering} of them during recovery, {WRITERS} writers, {transactions} transactions checked"
    )
}

/// Runs a child and kills it. Returns whether it was still opening.
fn run_and_kill(
    directory: &Path,
    during_recovery: bool,
    dice: &mut Dice,
    acknowledged: &mut [u64; WRITERS],
) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env(CHILD, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = read(&mut child);
    let mut heard = Vec::new();
    let mut hear =
        |wait: Duration| lines.recv_timeout(wait).ok().inspect(|line| heard.push(line.clone())).is_some();
    assert!(hear(Duration::from_secs(30)), "the child did not start");
    if during_recovery {
        let moment = Duration::from_micros(u64::try_from(dice.roll(25_000)).unwrap());
        hear(moment);
    } else {
        let lines = 2 + dice.roll(400);
        assert!((0..lines).all(|_| hear(Duration::from_secs(30))), "the child stopped by itself");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    heard.extend(lines.iter());
    for line in &heard {
        if let Some((writer, number)) = line.split_once(' ') {
            let (writer, number): (usize, u64) = (writer.parse().unwrap(), number.parse().unwrap());
            let known = acknowledged.get_mut(writer).unwrap();
            *known = number.max(*known);
        }
    }
    !heard.iter().any(|line| line == "open")
}

fn read(child: &mut Child) -> Receiver<String> {
    let (sender, lines) = channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}
