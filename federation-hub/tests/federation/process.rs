//! The program itself, as a process with its files: started, asked, killed, started again.

use std::{
    io::{Read as _, Write as _},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::Arc,
};

use maillage_federation::{
    ids::Id,
    statistics::{Report, Section},
};
use maillage_hub::store::{
    EmbeddedStore, Question, Reading, ReceivedReport, Repository as _, Rule, Ruling, Subject,
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;
use serde_json::Value;

use crate::world::{ALBAN, CENTRE_TARN, PATIENCE, SIDOBRE, soon};

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
    serve_with(data, &[]).await
}

/// The same, with more on its command line.
async fn serve_with(data: &Path, more: &[&str]) -> (Serving, Value) {
    serve_to(data, &[&["--log", "warn"], more].concat(), Stdio::inherit()).await
}

/// The same, with its log written to where it is wanted.
async fn serve_to(data: &Path, more: &[&str], log: Stdio) -> (Serving, Value) {
    let mut child = Command::new(PROGRAM)
        .arg("--data")
        .arg(data)
        .args(["--json", "serve", "--listen", "127.0.0.1:0"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(log)
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

/// Puts reports of three territories into the store of a hub that has not served yet.
async fn fill(data: &Path) {
    let (store, _) = EmbeddedStore::open(&data.join("store")).unwrap();
    for (number, (territory, trips)) in (1..).zip([(ALBAN, 100), (CENTRE_TARN, 200), (SIDOBRE, 300)]) {
        let section = Section { model: "hybride-guichet@1".parse().unwrap(), cells: vec![trips, 50] };
        let report = Report {
            period: "2026-01".parse().unwrap(),
            vocabulary: "v1/pulse".into(),
            sections: vec![section],
        };
        let received = ReceivedReport {
            node: Id::new(number, [1; 10]),
            territory: territory.parse().unwrap(),
            period: report.period,
            vocabulary: report.vocabulary.clone(),
            hash: report.hash(),
            received_at_ms: 0,
            report: proto::StatisticalReport::from(report).encode_to_vec(),
            envelope: vec![],
            withdrawn: None,
            quarantine: vec![],
            reading: Reading::default(),
        };
        let rule: Rule = Arc::new(move |_| Ruling { report: Some(received.clone()), ..Ruling::default() });
        store.settle(Question { envelope: None, subject: Subject::Nothing }, rule).await.unwrap();
    }
}

#[tokio::test]
async fn figures_are_the_same_from_a_hub_that_serves_and_from_its_directory() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("hub");
    json(&data, &["init", "--federation", "essai", "--url", "https://127.0.0.1:0"]);
    let export = |name: &str| {
        let to = parent.path().join(name);
        let written = json(&data, &["statistics", "export", "--to", to.to_str().unwrap()]);
        let files = written["files"].as_array().unwrap().iter();
        files
            .map(|name| name.as_str().unwrap().to_owned())
            .map(|name| (name.clone(), std::fs::read(to.join(name)).unwrap()))
            .collect::<Vec<_>>()
    };
    fill(&data).await;
    let (serving, _) = serve(&data).await;
    let asked = (json(&data, &["statistics", "coverage"]), export("asked"));
    let recomputed = hub(&data, &["--json", "statistics", "recompute"]);
    stop_orderly(serving).await;
    let read = (json(&data, &["statistics", "coverage"]), export("read"));
    assert_eq!(asked, read);
    assert_eq!(hub(&data, &["--json", "statistics", "recompute"]).stdout, recomputed.stdout);
    assert!(recomputed.status.success() && !recomputed.stdout.is_empty());
    assert_eq!(asked.1.len(), 35, "eleven tables in three forms, the dictionary and the manifest");
    assert!(
        asked
            .1
            .iter()
            .filter(|(name, _)| name.ends_with(".parquet"))
            .all(|(_, bytes)| bytes.starts_with(b"PAR1"))
    );
    assert_eq!(asked.0["whole"]["territories_reporting"], 3);
    let series = json(&data, &["statistics", "series", "--vocabulary", "v1/pulse"]);
    assert_eq!(series["points"][0]["cells"][0]["total"], 600);

    let again = parent.path().join("read");
    let output = hub(&data, &["--lang", "en", "statistics", "export", "--to", again.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Nothing is ever replaced"));
    for (language, words) in [("fr", "déclarations"), ("en", "reports")] {
        for command in ["indicators", "series", "coverage", "territories", "targets"] {
            let output = hub(&data, &["--lang", language, "statistics", command]);
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success() && !text.contains("column-") && !text.contains('{'), "{text}");
            assert!(!["series", "targets"].contains(&command) || text.contains(words), "{text}");
        }
    }
    let output = hub(&data, &["statistics", "flows", "--year", "2199"]);
    assert_eq!(output.status.code(), Some(1), "not over");
    pilot_is_named(&data);
    dashboard_answers(&data).await;
}

/// The territories of the pilot are named while the hub is stopped, and are there from then on.
fn pilot_is_named(data: &Path) {
    let unnamed = json(data, &["statistics", "targets"]);
    assert_eq!(unnamed.pointer("/targets/2/withheld").unwrap(), "pilot-not-named");
    assert_eq!(
        hub(data, &["pilot", "200034031", "123456789"]).status.code(),
        Some(1),
        "no territory of today"
    );
    assert_eq!(json(data, &["pilot"]).as_array().unwrap().len(), 0, "none is named by halves");
    let named = json(data, &["pilot", "200034031", "200034049", "200066561"]);
    assert_eq!(named.as_array().unwrap().len(), 3);
    assert_eq!(json(data, &["pilot"]), named);
    let targets = json(data, &["statistics", "targets"]);
    assert_ne!(targets.pointer("/targets/2/withheld").unwrap(), "pilot-not-named");
    assert_eq!(json(data, &["pilot", "--nobody"]).as_array().unwrap().len(), 0);
}

/// The dashboard listens where it is told to, and nowhere that another program does.
async fn dashboard_answers(data: &Path) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let doors = ["serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0", "--web-listen"];
    let refused = hub(data, &[&doors[..], &[&address, "--lang", "en"]].concat());
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--web-listen"));
    drop(taken);
    let (serving, told) = serve_with(data, &["--web-listen", "127.0.0.1:0"]).await;
    let address = told
        .get("web")
        .and_then(Value::as_str)
        .unwrap()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    let page = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(b"GET /fr/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        page
    });
    let page = page.await.unwrap();
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("La mobilité solidaire en chiffres"), "{page}");
    stop_orderly(serving).await;
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

#[tokio::test]
async fn the_team_part_is_behind_its_flag_and_a_command_makes_the_way_in() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("hub");
    json(&data, &["init", "--federation", "essai", "--url", "https://127.0.0.1:0"]);
    let exposed = ["serve", "--listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0"];
    let exposed = hub(&data, &[&exposed[..], &["--team-url", "http://hub.example.org"]].concat());
    assert_eq!(exposed.status.code(), Some(1), "{}", String::from_utf8_lossy(&exposed.stderr));
    let (serving, ready) = serve_with(&data, &["--web-listen", "127.0.0.1:0"]).await;
    assert!(page(web(&ready), "/team/sign-in").await.starts_with("HTTP/1.1 404"), "not wanted, not there");
    stop_orderly(serving).await;

    let log = parent.path().join("log");
    let wanted = ["--web-listen", "127.0.0.1:0", "--team-url", "http://127.0.0.1:0", "--log", "trace"];
    let (serving, ready) = serve_to(&data, &wanted, std::fs::File::create(&log).unwrap().into()).await;
    let wanted = ["team", "link", "claire", "--full-name", "Claire Exemple", "--role", "operator"];
    let linked = json(&data, &[&wanted[..], &["--by", "Agathe Exemple"]].concat());
    let path = linked["url"].as_str().unwrap().strip_prefix(&format!("http://{}", web(&ready))).unwrap();
    let answer = page(web(&ready), path).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("Claire Exemple"), "{answer}");
    let invitation = json(&data, &["invite", "--territory", ALBAN]);
    let listed = json(&data, &["team", "list"]);
    let told = |key: &str| listed[0][key].as_str().unwrap().to_owned();
    assert_eq!(
        (told("name"), told("role"), told("state")),
        ("claire".into(), "operator".into(), "invited".into())
    );
    assert_eq!(json(&data, &["team", "revoke", "claire"])["state"], "revoked");
    stop_orderly(serving).await;
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("an account of the team changed"), "{log}");
    let secrets = [path.rsplit('/').next().unwrap(), invitation["enrolment_string"].as_str().unwrap()];
    for secret in secrets.into_iter().chain(["claire", "Claire Exemple", "Agathe"]) {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// Where the dashboard of a program listens.
fn web(ready: &Value) -> &str {
    ready["web"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/')
}

/// A page as it comes over the wire, with its head.
async fn page(web: &str, path: &str) -> String {
    let (web, path) = (web.to_owned(), path.to_owned());
    let page = tokio::task::spawn_blocking(move || {
        let mut connection = std::net::TcpStream::connect(web).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(connection, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    });
    page.await.unwrap()
}
