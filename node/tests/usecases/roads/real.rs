//! The client against a real OSRM with the map of Monaco, where `MAILLAGE_OSRM` names the directory that `tests/osrm.sh` prepared;
//! the port is the system's choice.

use std::{env, io::Write as _, path::Path, process::Stdio};

use maillage_node::{
    app::roads::{Router as _, RouterError},
    roads::{Osrm, settings::RoadSettings},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::client::{assert_router_of_monaco, monaco};

/// Starts the router and waits until it says where it listens.
async fn start(directory: &Path) -> (Child, String) {
    let mut child = Command::new(directory.join("osrm/bin/osrm-routed"))
        .args(["--algorithm", "mld", "--ip", "127.0.0.1", "--port", "0", "--threads", "1"])
        .arg(directory.join("monaco.osrm"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("tests/osrm.sh has prepared the router");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut address = None;
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, listening)) = line.split_once("Listening on: ") {
            address = Some(listening.trim().to_owned());
        }
        if line.contains("waiting for requests") {
            break;
        }
    }
    // What it logs later has to go somewhere.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, address.expect("the router says where it listens"))
}

#[tokio::test]
async fn a_real_router_answers_what_its_map_knows() {
    let Some(directory) = env::var_os("MAILLAGE_OSRM") else {
        // Not captured, so that it is seen.
        let _ = writeln!(
            std::io::stderr(),
            "NOT RUN: the part against a real OSRM. Prepare one with tests/osrm.sh and set MAILLAGE_OSRM."
        );
        return;
    };
    let (mut router, address) = start(Path::new(&directory)).await;
    let usual = RoadSettings::of(&format!("http://{address}")).unwrap();
    // The machine may be busy.
    let settings = RoadSettings { answer_within_ms: 30_000, ..usual };
    let client = Osrm::new(&settings).unwrap();
    assert_router_of_monaco(&client).await;
    router.kill().await.unwrap();
    let [first, second, third] = monaco();
    let dead = client.table(&[first, second], &[second, third]).await;
    assert_eq!(dead.unwrap_err(), RouterError::Unreachable);
}
