//! The program itself, as a process with its files: started, asked, killed, started again.

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

use crate::world::{ALBAN, PATIENCE, soon};

const PROGRAM: &str = env!("CARGO_BIN_EXE_maillage-hub");

fn hub(data: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM).arg("--data").arg(data).args(arguments).output().unwrap()
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = hub(data, &[&["--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Killed when dropped, as if the machine had lost its power.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts the program and waits for the line with which it says that it serves.
async fn serve(data: &Path) -> (Serving, Value) {
    let mut child = Command::new(PROGRAM)
        .arg("--data")
        .arg(data)
        .args(["--json", "serve", "--listen", "127.0.0.1:0", "--log", "warn"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let serving = Serving(child);
    let line = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
        line
    });
    let line = soon("the first line of the program", line).await.unwrap();
    (serving, serde_json::from_str(&line).unwrap())
}

#[tokio::test]
async fn the_program_is_made_served_killed_and_served_again() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("hub");
    let made = json(&data, &["init", "--federation", "essai", "--url", "https://127.0.0.1:0"]);
    let output = hub(&data, &["status"]);
    assert_eq!(output.status.code(), Some(3), "not running");

    let (serving, ready) = serve(&data).await;
    let told = std::fs::read_to_string(data.join("run/federation.addr")).unwrap();
    assert_eq!(ready["listen"].as_str().unwrap(), told.trim());
    assert_eq!(ready["url"].as_str().unwrap(), format!("https://{}", told.trim()));
    let output = hub(&data, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1), "in use by a running process");
    let invitation = json(&data, &["invite", "--territory", ALBAN]);
    let ticket: maillage_federation::enrolment::Ticket =
        invitation["enrolment_string"].as_str().unwrap().parse().unwrap();
    assert_eq!(ticket.hub_url, ready["url"].as_str().unwrap());
    let fingerprint = data_encoding::HEXLOWER.encode(&ticket.authority_fingerprint);
    assert_eq!(fingerprint, made["authority_fingerprint"].as_str().unwrap());
    drop(serving);

    let output = hub(&data, &["status"]);
    assert_eq!(output.status.code(), Some(3), "a killed hub is not running");
    let (serving, _) = serve(&data).await;
    let status = json(&data, &["status"]);
    assert_eq!((status["federation"].as_str(), status["nodes"].as_u64()), (Some("essai"), Some(0)));
    assert_eq!(json(&data, &["totals"]), serde_json::json!([]));
    let refused = hub(&data, &["--lang", "en", "nodes", "revoke", "x"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("does not know this node"));
    stop_orderly(serving).await;
    assert!(!data.join("run/api.addr").exists());
}

/// SIGTERM, and an exit status of 0.
async fn stop_orderly(serving: Serving) {
    let pid = serving.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let mut serving = serving;
    let ended = tokio::task::spawn_blocking(move || serving.0.wait().map(|status| (status, serving)));
    let (status, _) = tokio::time::timeout(PATIENCE, ended).await.unwrap().unwrap().unwrap();
    assert!(status.success());
}
