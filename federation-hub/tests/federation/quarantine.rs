//! Doubtful reports, and reports that a named person leaves out of every figure for a reason that everybody may read.

use maillage_federation::{
    envelope::Body,
    statistics::{Report, Section},
};
use maillage_proto::hub::v1::{ListReportsRequest, QuarantineReportRequest, ReceivedReport, SeriesRequest};
use tonic::Status;

use crate::world::{ALBAN, CENTRE_TARN, SIDOBRE, World, instant, reason};

const MODEL: &str = "hybride-guichet@1";

fn report(period: &str, vocabulary: &str, cells: Vec<i64>) -> Report {
    let section = Section { model: MODEL.parse().unwrap(), cells };
    Report { period: period.parse().unwrap(), vocabulary: vocabulary.into(), sections: vec![section] }
}

impl World {
    async fn listed(&self) -> Vec<ReceivedReport> {
        let reply = self.statistics().await.list_reports(ListReportsRequest::default()).await.unwrap();
        reply.into_inner().reports
    }

    async fn decide(&self, request: &QuarantineReportRequest) -> Result<ReceivedReport, Status> {
        self.admin().await.quarantine_report(request.clone()).await.map(tonic::Response::into_inner)
    }

    /// Territories and trips fulfilled of June.
    async fn june(&self) -> (u32, Option<i64>) {
        let request = SeriesRequest { vocabulary: "v1/pulse".into(), ..Default::default() };
        let mut reply = self.statistics().await.series(request).await.unwrap().into_inner();
        let june = reply.points.remove(0);
        (june.territories, june.cells.first().map(|cell| cell.total))
    }
}

#[tokio::test]
async fn a_doubtful_report_is_told_left_out_by_a_named_person_and_taken_in_again() {
    let world = World::new().await;
    let mut nodes = Vec::new();
    for territory in [ALBAN, CENTRE_TARN, SIDOBRE, "242900314"] {
        nodes.push(world.node(territory).await);
    }
    world.clock.set(instant("2026-07-02T00:00:00Z"));
    for (node, trips) in nodes.iter().zip([300, 200, 100, 20_000]) {
        let mut persons = vec![0; 29];
        persons[5] = 100;
        for report in
            [report("2026-06", "v1/pulse", vec![trips, 0]), report("2026-06", "v1/half-year", persons)]
        {
            assert_eq!(node.say(Body::Report(report)).await.refused, None);
        }
    }
    let liar = nodes[3].id.to_string();
    let doubtful: Vec<_> =
        world.listed().await.into_iter().filter(|one| !one.plausibility.is_empty()).collect();
    assert_eq!(doubtful.len(), 2, "the month and its persons");
    assert!(doubtful.iter().all(|one| one.node == liar && one.plausibility == "too-many-trips"));
    assert_eq!(world.june().await, (4, None), "one of them is nearly all of it: a doubt leaves nothing out");

    let decision = QuarantineReportRequest {
        node: liar.clone(),
        period: "2026-06".into(),
        by: "Claire Exemple".into(),
        reason: "20 000 trajets pour 100 personnes".into(),
        lift: false,
    };
    for (wrong, code) in [
        (QuarantineReportRequest { by: " ".into(), ..decision.clone() }, "decision-malformed"),
        (QuarantineReportRequest { reason: "x".repeat(501), ..decision.clone() }, "decision-malformed"),
        (QuarantineReportRequest { reason: "a\nb".into(), ..decision.clone() }, "decision-malformed"),
        (QuarantineReportRequest { period: "2026-05".into(), ..decision.clone() }, "report-unknown"),
        (QuarantineReportRequest { period: "2026".into(), ..decision.clone() }, "malformed-argument"),
        (QuarantineReportRequest { node: "x".into(), ..decision.clone() }, "node-unknown"),
        (QuarantineReportRequest { lift: true, ..decision.clone() }, "decision-already"),
    ] {
        assert_eq!(reason(&world.decide(&wrong).await.unwrap_err()), code);
    }
    let left_out = world.decide(&decision).await.unwrap();
    assert_eq!((left_out.period.as_str(), left_out.quarantined_by.as_str()), ("2026-06", "Claire Exemple"));
    assert_eq!(reason(&world.decide(&decision).await.unwrap_err()), "decision-already");
    assert_eq!(world.june().await, (3, Some(600)));

    let world = world.restart().await;
    assert_eq!(world.june().await, (3, Some(600)));
    let listed = world.listed().await;
    let of = |period: &str| listed.iter().find(|one| one.node == liar && one.period == period).unwrap();
    assert_eq!(of("2026-06").quarantined_because, "20 000 trajets pour 100 personnes");
    assert_eq!(of("2026-06").quarantined_at, "2026-07-02T00:00:00Z");
    assert!(of("2026-H1").quarantined_at.is_empty(), "the persons of the half-year are another report");

    let lift = QuarantineReportRequest { lift: true, reason: "vérifié".into(), ..decision };
    let counts = world.decide(&lift).await.unwrap();
    assert!(counts.quarantined_at.is_empty());
    let decisions: Vec<_> = counts.decisions.iter().map(|one| (one.lift, one.reason.as_str())).collect();
    assert_eq!(decisions, [(false, "20 000 trajets pour 100 personnes"), (true, "vérifié")]);
    assert_eq!(world.june().await, (4, None));
}
