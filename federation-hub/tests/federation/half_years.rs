//! The tables of persons of half-years, and reports that their nodes take back.

use maillage_federation::{
    envelope::{Body, Envelope, Header, Party, Receipt},
    month::Month,
    statistics::{Report, Section, Withdrawal, WithdrawalReason},
};
use maillage_proto::{
    federation::v1::ListMyReportsRequest,
    hub::v1::{ListReportsRequest, ModelTotals, ReceivedReport, TotalsRequest},
};

use crate::{
    node::Node,
    world::{ALBAN, CENTRE_TARN, SIDOBRE, World, instant},
};

const MODEL: &str = "hybride-guichet@1";

fn half_year(period: &str, cells: Vec<i64>) -> Report {
    let section = Section { model: MODEL.parse().unwrap(), cells };
    Report { period: period.parse().unwrap(), vocabulary: "v1/half-year".into(), sections: vec![section] }
}

fn cells(first: i64) -> Vec<i64> {
    (0..29).map(|cell| first + cell).collect()
}

async fn send(node: &Node, report: &Report) -> Option<String> {
    node.say(Body::Report(report.clone())).await.refused
}

fn withdrawal(report: &Report) -> Withdrawal {
    Withdrawal {
        period: report.period,
        vocabulary: report.vocabulary.clone(),
        report_hash: report.hash(),
        reason: WithdrawalReason::WrongCounts,
    }
}

async fn withdraw(node: &Node, withdrawal: Withdrawal) -> Option<String> {
    node.say(Body::Withdrawal(withdrawal)).await.refused
}

impl World {
    async fn totals(&self) -> Vec<ModelTotals> {
        self.statistics().await.totals(TotalsRequest::default()).await.unwrap().into_inner().models
    }

    async fn received(&self) -> Vec<ReceivedReport> {
        let reply = self.statistics().await.list_reports(ListReportsRequest::default()).await;
        reply.unwrap().into_inner().reports
    }
}

async fn in_july() -> World {
    let world = World::new().await;
    world.clock.set(instant("2026-06-30T22:00:00Z"));
    world
}

#[tokio::test]
async fn a_half_year_is_taken_once_it_is_over_and_is_another_report_than_its_last_month() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let report = half_year("2026-06", cells(-3));
    let envelope = node.envelope(Body::Report(report.clone()));
    world.clock.set(instant("2026-06-30T21:59:59Z"));
    assert_eq!(node.turned_away(envelope.clone()).await, "report-period-not-closed");
    world.clock.set(instant("2026-06-30T22:00:00Z"));
    let receipt = Receipt::verify(&node.submit(envelope).await.unwrap(), &node.hub_key).unwrap();
    assert_eq!(receipt.refused, None);
    let pulse = Section { model: MODEL.parse().unwrap(), cells: vec![5, 6] };
    let pulse = Report { vocabulary: "v1/pulse".into(), sections: vec![pulse], ..report.clone() };
    assert_eq!(send(&node, &pulse).await, None, "June is another report");
    assert_eq!(send(&node, &report).await, None, "the same again");
    let other = send(&node, &half_year("2026-06", cells(-2))).await;
    assert_eq!((other.as_deref(), world.hub.alerts()), (Some("report-already-received"), 1));
    let periods: Vec<_> =
        world.received().await.into_iter().map(|report| (report.period, report.vocabulary)).collect();
    let known = |period: &str, vocabulary: &str| (period.to_owned(), vocabulary.to_owned());
    assert_eq!(periods, [known("2026-H1", "v1/half-year"), known("2026-06", "v1/pulse")]);
}

#[tokio::test]
async fn a_half_year_beyond_its_vocabulary_is_turned_away() {
    let world = in_july().await;
    let node = world.node(ALBAN).await;
    let beyond = |cell: usize, value: i64| {
        let mut cells = cells(0);
        cells[cell] = value;
        half_year("2026-06", cells)
    };
    let wrong = [
        half_year("2026-05", cells(0)),
        half_year("2026-06", vec![0; 28]),
        half_year("2026-06", vec![0; 30]),
        half_year("2026-06", vec![0, 0]),
        beyond(0, 100_001),
        beyond(17, -1_600_001),
        beyond(28, i64::MIN),
        Report { vocabulary: "v2/half-year".into(), ..half_year("2026-06", cells(0)) },
        Report { sections: vec![], ..half_year("2026-06", cells(0)) },
    ];
    for report in wrong {
        assert_eq!(node.turned_away(node.envelope(Body::Report(report))).await, "report-malformed");
    }
    let mut foreign = half_year("2026-06", cells(0));
    foreign.sections[0].model = "inconnu@1".parse().unwrap();
    assert_eq!(send(&node, &foreign).await.as_deref(), Some("report-unknown-model"));
    assert!(world.received().await.is_empty());
    assert_eq!(send(&node, &beyond(17, 1_600_000)).await, None, "a refused half-year is still open");
}

#[tokio::test]
async fn totals_are_by_vocabulary_and_each_cell_has_the_noise_of_its_group() {
    let world = in_july().await;
    for (territory, first) in [(ALBAN, 10), (CENTRE_TARN, 20), (SIDOBRE, 30)] {
        assert_eq!(send(&world.node(territory).await, &half_year("2026-06", cells(first))).await, None);
    }
    let totals = world.totals().await;
    assert_eq!(totals.len(), 1);
    let total = &totals[0];
    assert_eq!((total.vocabulary.as_str(), total.territories, total.publishable), ("v1/half-year", 3, true));
    let cell = |place: usize| {
        (total.cells[place].cell.as_str(), total.cells[place].total, total.cells[place].noise_2sd)
    };
    // 2σ√3: 34.6, 554.3, 69.3.
    assert_eq!(cell(0), ("age-under-60", 60, 35));
    assert_eq!(cell(17), ("rate-sixteenths", 60 + 3 * 17, 555));
    assert_eq!(cell(18), ("service-loan", 60 + 3 * 18, 70));
    assert_eq!(total.cells.len(), 29);
}

#[tokio::test]
async fn a_report_that_was_taken_back_is_kept_and_shown_and_counts_no_more() {
    let world = in_july().await;
    let node = world.node(ALBAN).await;
    let report = half_year("2026-06", cells(10));
    assert_eq!(
        withdraw(&node, withdrawal(&report)).await.as_deref(),
        Some("report-not-received"),
        "nothing to take back"
    );
    assert_eq!(send(&node, &report).await, None);
    let other = Withdrawal { report_hash: [9; 32], ..withdrawal(&report) };
    assert_eq!(withdraw(&node, other).await.as_deref(), Some("report-is-another"));
    assert_eq!(world.totals().await.len(), 1);
    assert_eq!(withdraw(&node, withdrawal(&report)).await, None);
    assert!(world.totals().await.is_empty());
    world.clock.set(instant("2026-07-02T00:00:00Z"));
    let again = Withdrawal { reason: WithdrawalReason::Other, ..withdrawal(&report) };
    assert_eq!(withdraw(&node, again).await, None, "said again, it stays as it was said first");
    assert_eq!(send(&node, &report).await, None, "the same report again does not bring it back");
    let second = half_year("2026-06", cells(11));
    assert_eq!(
        send(&node, &second).await.as_deref(),
        Some("report-already-received"),
        "nor is there a second"
    );
    assert!(world.totals().await.is_empty());
    let world = world.restart().await;
    let kept = &world.received().await[0];
    assert_eq!(
        (kept.withdrawn_at.as_str(), kept.withdrawn_because.as_str()),
        ("2026-06-30T22:00:00Z", "wrong-counts")
    );
    assert_eq!(
        kept.hash,
        data_encoding::HEXLOWER.encode(&report.hash()),
        "the node knows it by the same hash"
    );
    assert!(world.totals().await.is_empty());
    let mut node = node;
    node.reconnect(&world).await.unwrap();
    let told = node.relay.clone().list_my_reports(ListMyReportsRequest { incarnation: 0 }).await;
    let told = told.unwrap().into_inner();
    let told: Vec<_> = told.withdrawals.into_iter().map(Withdrawal::try_from).collect();
    assert_eq!(told, [Ok(withdrawal(&report))], "a restored node hears of it");
}

#[tokio::test]
async fn nobody_takes_back_a_report_of_another() {
    let world = in_july().await;
    let (node, attacker) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let report = half_year("2026-06", cells(10));
    assert_eq!(send(&node, &report).await, None);
    let said = withdraw(&attacker, withdrawal(&report)).await;
    assert_eq!(said.as_deref(), Some("report-not-received"), "said for itself, it is about its own");
    let own = half_year("2026-06", cells(20));
    assert_eq!(send(&attacker, &own).await, None);
    let said = withdraw(&attacker, withdrawal(&report)).await;
    assert_eq!(said.as_deref(), Some("report-is-another"));
    // In the name of the other: neither over the attacker's connection, nor with the attacker's signature over the other's.
    let body = || Body::Withdrawal(withdrawal(&report));
    assert_eq!(attacker.turned_away(node.envelope(body())).await, "envelope-not-yours");
    let header = Header { sender: Party::Node(node.id), ..attacker.header(attacker.random_id()) };
    let forged = Envelope::sign(header, body(), &attacker.signer);
    assert_eq!(node.turned_away(forged).await, "envelope-bad-signature");
    let of_march = Withdrawal { period: "2026-12".parse::<Month>().unwrap(), ..withdrawal(&report) };
    assert_eq!(withdraw(&node, of_march).await.as_deref(), Some("report-not-received"), "another period");
    assert_eq!(world.totals().await[0].reports, 2, "both still count");
}
