//! Who travels, from where to where, is known to the two nodes concerned and to nobody else: not to the hub's disk, not
//! to a log, not to the wire, in no usual encoding.

use std::path::Path;

use anyhow::Context as _;
use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};
use maillage_proto::node::v1 as proto;
use maillage_tests::{
    coordinator::finish,
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN},
    node::Wanted,
    wait::until,
};
use walkdir::WalkDir;

use super::{ALBAN, BINARY, DAYS, FIRST_DAY, MONDAY, TARN, day, main_commune};

/// What must stay with the two nodes, as it is typed.
const NAME: &str = "Zéphyrine Canarisse";
const PHONE: &str = "05 63 98 76 54";
const STREET: &str = "417 chemin du Quetzalcoatl";
const DESTINATION: &str = "9 impasse Xylophonique";
const NOTES: &str = "sonner chez Wolframine";
const MESSAGE: &str = "Le code du portail est Ytterbiumine";
const DISPUTE: &str = "Elle attendait devant chez Praséodyme";
/// Pieces of it that are searched for: also what is left when a text is split or its spaces go.
const CANARIES: [&str; 11] = [
    NAME,
    "Canarisse",
    PHONE,
    "563987654",
    STREET,
    "Quetzalcoatl",
    DESTINATION,
    "Xylophonique",
    "Wolframine",
    "Ytterbiumine",
    "Praséodyme",
];

#[tokio::test(flavor = "multi_thread")]
async fn who_and_where_never_reach_the_hub_the_logs_or_the_wire() -> anyhow::Result<()> {
    let mut federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
    let outcome = look_everywhere(&mut federation).await;
    federation.end(outcome).await
}

async fn look_everywhere(federation: &mut Federation) -> anyhow::Result<()> {
    hand_over(federation).await?;
    // Killed, so that everything is as a stolen disk would have it, then stopped, so that all is written out.
    federation.crash_hub().await?;
    found_nowhere("the hub's disk after a crash", &everything_in(&federation.hub.data)?)?;
    federation.attached().await?;
    federation.hub.stop().await?;
    found_nowhere("the hub's disk", &everything_in(&federation.hub.data)?)?;
    let mut seen = vec![("the log of the hub", federation.hub.log()?)];
    for node in &federation.nodes {
        seen.extend([("a wire", node.wire.seen()), ("the log of a node", node.log()?)]);
    }
    for (what, bytes) in &seen {
        anyhow::ensure!(bytes.len() > 200, "{what} was not recorded");
        found_nowhere(what, bytes)?;
    }
    for node in &federation.nodes {
        let bytes = everything_in(&node.data)?;
        let concerned = found(&bytes, "Canarisse").is_some();
        anyhow::ensure!(concerned, "the search is blind: {} has the name", node.data.display());
    }
    Ok(())
}

#[test]
fn every_form_is_recognised_within_other_bytes() {
    let secret = "Quetzalcoatl";
    for form in [
        secret.to_owned(),
        HEXLOWER.encode(format!("xx{secret}yy").as_bytes()),
        HEXUPPER.encode(format!("xx{secret}yy").as_bytes()),
        BASE64.encode(format!("a{secret}zz").as_bytes()),
        BASE64.encode(format!("ab{secret}z").as_bytes()),
        BASE64URL.encode(format!("abc{secret}").as_bytes()),
        secret.bytes().map(escaped).collect(),
    ] {
        let bytes = [&[0xff, 0xc3, 0x00], form.as_bytes(), &[0xc3, 0xff]].concat();
        assert!(found(&bytes, secret).is_some(), "{form}");
    }
    assert_eq!(found(b"Quetzalcoat", secret), None);
    assert!(found("…Z%C3%A9phyrine%20Canarisse".as_bytes(), NAME).is_some());
}

/// A trip is asked for, handed over, driven and counted.
async fn hand_over(federation: &Federation) -> anyhow::Result<()> {
    let (alban, tarn) = (federation.node(ALBAN)?, federation.node(TARN)?);
    tarn.volunteer(&main_commune(CENTRE_TARN)?, true).await?;
    let wanted = Wanted {
        name: NAME,
        phone: PHONE,
        from: &main_commune(MONTS_D_ALBAN)?,
        street: STREET,
        to: "81004",
        destination: DESTINATION,
        arrive_by: "2026-09-02T10:00",
        return_at: "2026-09-02T12:00",
        needs: &["walking-aid"],
        notes: NOTES,
    };
    let trips = alban.request(wanted).await?;
    let trip = trips.first().context("no trip")?.id.clone();
    alban.offer_out(&trip, 0).await?;
    federation.settle().await?;
    federation.set_clock("2026-08-31T08:30")?;
    until("the neighbour carries the person", async || {
        let request = proto::ListTripsRequest { day: "2026-09-02".to_owned(), ..Default::default() };
        let carried = tarn.trips()?.list_trips(request).await?.into_inner().trips;
        Ok(carried.iter().any(|trip| trip.passenger == NAME && trip.status == "confirmed"))
    })
    .await?;
    let handover = alban.trip(&trip).await?.handover;
    let word = proto::SendMessageRequest { id: handover.clone(), text: MESSAGE.to_owned() };
    alban.handovers()?.send_message(word).await?;
    finish(federation, day(FIRST_DAY)?, DAYS).await?;
    let dispute = proto::JudgeOutcomeRequest {
        id: handover.clone(),
        disputed: "result".to_owned(),
        text: DISPUTE.to_owned(),
    };
    until("the account can be disputed", async || {
        Ok(alban.handovers()?.judge_outcome(dispute.clone()).await.is_ok())
    })
    .await?;
    federation.settle().await?;
    let request = proto::HandoverRequest { id: handover };
    let lines = tarn.handovers()?.show_timeline(request).await?.into_inner().moments;
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    anyhow::ensure!(texts.contains(&MESSAGE) && texts.contains(&DISPUTE), "the other desk reads them");
    federation.set_clock("2026-10-01T09:00")?;
    federation.attached().await?;
    for node in &federation.nodes {
        let request = proto::PeriodRequest { period: "2026-09".to_owned() };
        node.reports()?.close_month(request).await?;
    }
    federation.settle().await
}

fn everything_in(folder: &Path) -> anyhow::Result<Vec<u8>> {
    let mut all = Vec::new();
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let bytes = std::fs::read(entry.path())?;
            // Journals are written with zeros ahead of use.
            let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            all.extend_from_slice(bytes.get(..end).unwrap_or_default());
            all.push(b'\n');
        }
    }
    anyhow::ensure!(all.len() > 1_000, "there is nothing in {}", folder.display());
    Ok(all)
}

fn found_nowhere(what: &str, bytes: &[u8]) -> anyhow::Result<()> {
    for canary in CANARIES {
        if let Some(form) = found(bytes, canary) {
            anyhow::bail!("{canary:?} is in {what} as {form}");
        }
    }
    Ok(())
}

/// The form in which a text occurs within bytes.
fn found(bytes: &[u8], text: &str) -> Option<String> {
    let haystack = String::from_utf8_lossy(bytes);
    forms(text).into_iter().find(|form| haystack.contains(form.as_str()))
}

/// The usual ways to write a text. Base 64 comes in three alignments, without the characters that neighbours share.
fn forms(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let all: String = text.bytes().map(escaped).collect();
    let some: String = text.bytes().map(plain_or_escaped).collect();
    let mut forms = vec![text.to_owned(), HEXLOWER.encode(bytes), HEXUPPER.encode(bytes)];
    forms.extend([all.to_lowercase(), all, some.to_lowercase(), some.replace("%20", "+"), some]);
    for alignment in 0..3 {
        let shifted = [&vec![0; alignment], bytes].concat();
        let whole = shifted.len() / 3 * 4;
        let begin = (alignment * 8).div_ceil(6);
        for encoding in [BASE64, BASE64URL] {
            let encoded = encoding.encode(&shifted);
            forms.extend(encoded.get(begin..whole).map(str::to_owned));
        }
    }
    forms
}

fn escaped(byte: u8) -> String {
    format!("%{byte:02X}")
}

fn plain_or_escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { escaped(byte) }
}
