//! Reports of nodes and the totals made of them.

use maillage_federation::{
    envelope::{Body, Receipt},
    statistics::{Report, Section},
};
use maillage_proto::hub::v1::{
    CompareRequest, ListReportsRequest, TotalsRequest, shown_figure, shown_interval,
};

use crate::{
    node::Node,
    world::{ALBAN, CENTRE_TARN, SIDOBRE, World, instant, reason},
};

const MODEL: &str = "hybride-guichet@1";

fn report(period: &str, model: &str, cells: [i64; 2]) -> Report {
    let section = Section { model: model.parse().unwrap(), cells: cells.to_vec() };
    Report { period: period.parse().unwrap(), vocabulary: "v1/pulse".into(), sections: vec![section] }
}

async fn send(node: &Node, report: Report) -> Option<String> {
    node.say(Body::Report(report)).await.refused
}

#[tokio::test]
async fn one_report_per_month_and_the_first_stays() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    world.clock.set(instant("2026-02-01T00:00:00Z"));
    assert_eq!(send(&node, report("2026-01", MODEL, [120, -3])).await, None);
    assert_eq!(send(&node, report("2026-01", MODEL, [120, -3])).await, None, "the same again");
    assert_eq!(world.hub.alerts(), 0);
    let other = send(&node, report("2026-01", MODEL, [121, -3])).await;
    assert_eq!(other.as_deref(), Some("report-already-received"));
    assert_eq!(world.hub.alerts(), 1);
    let of_node = ListReportsRequest { node: node.id.to_string() };
    let reports = world.statistics().await.list_reports(of_node).await.unwrap().into_inner().reports;
    assert_eq!(reports.len(), 1);
    assert_eq!(
        (reports[0].period.as_str(), reports[0].received_at.as_str()),
        ("2026-01", "2026-02-01T00:00:00Z")
    );
    let totals = world.statistics().await.totals(TotalsRequest::default()).await.unwrap().into_inner();
    assert_eq!(totals.models[0].cells.iter().map(|cell| cell.total).collect::<Vec<_>>(), [120, -3]);
}

#[tokio::test]
async fn reports_for_the_wrong_month_or_an_unknown_model_are_refused() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let january = node.envelope(Body::Report(report("2026-01", MODEL, [1, 2])));
    world.clock.set(instant("2026-01-31T22:59:59Z"));
    assert_eq!(node.turned_away(january.clone()).await, "report-period-not-closed");
    world.clock.set(instant("2026-01-31T23:00:00Z"));
    let receipt = Receipt::verify(&node.submit(january).await.unwrap(), &node.hub_key).unwrap();
    assert_eq!(receipt.refused, None, "the same bytes are welcome once the month is over");
    for period in ["2026-02", "2027-01"] {
        let early = node.envelope(Body::Report(report(period, MODEL, [1, 2])));
        assert_eq!(node.turned_away(early).await, "report-period-not-closed", "{period}");
    }
    world.clock.set(instant("2026-03-02T00:00:00Z"));
    let unknown = send(&node, report("2026-02", "inconnu@1", [1, 2])).await;
    assert_eq!(unknown.as_deref(), Some("report-unknown-model"));
    assert_eq!(send(&node, report("2026-02", MODEL, [1, 2])).await, None, "a refused month is still open");
}

#[tokio::test]
async fn a_report_beyond_the_vocabulary_is_turned_away() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    world.clock.set(instant("2026-02-02T00:00:00Z"));
    let mut long = report("2026-01", MODEL, [1, 2]);
    long.sections[0].cells.push(3);
    let mut foreign = report("2026-01", MODEL, [1, 2]);
    foreign.vocabulary = "v1/everything".into();
    for wrong in [long, foreign, report("2026-01", MODEL, [1_000_001, 0])] {
        assert_eq!(node.turned_away(node.envelope(Body::Report(wrong))).await, "report-malformed");
    }
}

#[tokio::test]
async fn totals_carry_their_uncertainty_and_the_rules_of_publication() {
    let world = World::new().await;
    let nodes = [world.node(ALBAN).await, world.node(CENTRE_TARN).await, world.node(SIDOBRE).await];
    world.clock.set(instant("2026-03-01T12:00:00Z"));
    for (node, cells) in nodes.iter().zip([[100, 20], [80, 10]]) {
        assert_eq!(send(node, report("2026-01", MODEL, cells)).await, None);
    }
    let total = async |from: &str, to: &str| {
        let request = TotalsRequest { from: from.into(), to: to.into() };
        let mut reply = world.statistics().await.totals(request).await.unwrap().into_inner();
        reply.models.pop().unwrap()
    };
    let two = total("", "").await;
    assert_eq!((two.publishable, two.not_publishable_because.as_str()), (false, "too-few-territories"));
    assert_eq!(send(&nodes[2], report("2026-02", MODEL, [60, -5])).await, None);
    let three = total("2026-01", "2026-02").await;
    assert!(three.publishable);
    assert_eq!((three.territories, three.reports), (3, 3));
    let cells: Vec<_> =
        three.cells.iter().map(|cell| (cell.cell.as_str(), cell.total, cell.noise_2sd)).collect();
    assert_eq!(cells, [("trips-fulfilled", 240, 139), ("trips-not-fulfilled", 25, 139)]);
    assert_eq!(total("2026-02", "2026-02").await.reports, 1);
    let wrong = TotalsRequest { from: "hier".into(), to: String::new() };
    let status = world.statistics().await.totals(wrong).await.unwrap_err();
    assert_eq!(reason(&status), "malformed-argument");
}

#[tokio::test]
async fn models_are_compared_from_what_was_received_and_what_may_not_be_shown_is_a_reason() {
    let world = World::new().await;
    world.clock.set(instant("2026-02-02T00:00:00Z"));
    let nothing = world.statistics().await.compare(CompareRequest::default()).await.unwrap_err();
    assert_eq!(reason(&nothing), "nothing-reported");
    for (territory, cells) in [(ALBAN, [700, 300]), (CENTRE_TARN, [800, 200]), (SIDOBRE, [1_200, 300])] {
        let node = world.node(territory).await;
        assert_eq!(send(&node, report("2026-01", MODEL, cells)).await, None);
    }
    let ask = async |request: CompareRequest| world.statistics().await.compare(request).await;
    let reply = ask(CompareRequest::default()).await.unwrap().into_inner();
    assert_eq!(
        (reply.indicator.as_str(), reply.standing.as_str(), reply.reports),
        ("fulfilment-rate", "primary", 3)
    );
    let model = &reply.models[0];
    let figure = model.figure.clone().unwrap().outcome.unwrap();
    assert_eq!(figure, shown_figure::Outcome::Value(2_700.0 / 3_500.0));
    let Some(shown_interval::Outcome::Withheld(withheld)) = model.interval.clone().unwrap().outcome else {
        panic!("an interval of three territories")
    };
    assert_eq!(withheld.code, "too-few-territories");
    assert_eq!(withheld.sentence.unwrap().code, "comparison-withheld-too-few-territories");
    let again = ask(CompareRequest::default()).await.unwrap().into_inner();
    assert_eq!(again, reply, "the same reports give the same figures");
    let unknown = CompareRequest { indicator: "x".into(), ..Default::default() };
    assert_eq!(reason(&ask(unknown).await.unwrap_err()), "malformed-argument");
    let other = CompareRequest { against: "autre@1".into(), ..Default::default() };
    assert_eq!(reason(&ask(other).await.unwrap_err()), "model-not-reported");
    let later = CompareRequest { from: "2026-02".into(), ..Default::default() };
    assert_eq!(reason(&ask(later).await.unwrap_err()), "nothing-reported");
}
