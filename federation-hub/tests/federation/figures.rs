//! Series, coverage, targets and flows over the operators' door, from reports and trips of real nodes.

use maillage_federation::{
    envelope::Body,
    handover::Action,
    sealed::PayloadKind,
    statistics::{Report, Section, Withdrawal, WithdrawalReason},
};
use maillage_geography::Geography;
use maillage_proto::hub::v1::{
    ChangesRequest, CompareRequest, CoverageRequest, FlowsRequest, ListDesertsRequest, ListIndicatorsRequest,
    ListTerritoriesRequest, SeriesReply, SeriesRequest, TargetsRequest, shown_figure,
};

use crate::{
    node::Node,
    world::{ALBAN, CENTRE_TARN, SIDOBRE, World, instant, reason},
};

const MODEL: &str = "hybride-guichet@1";

pub(crate) fn pulse(month: &str, cells: [i64; 2]) -> Report {
    let section = Section { model: MODEL.parse().unwrap(), cells: cells.to_vec() };
    Report { period: month.parse().unwrap(), vocabulary: "v1/pulse".into(), sections: vec![section] }
}

/// Persons without needs, and as many with a trip, each of which was given half of hers.
fn half_year(persons: i64) -> Report {
    let cells = (0..29).map(|place| match place {
        5 | 8 => persons,
        17 => 8 * persons,
        _ => 0,
    });
    let cells = cells.collect();
    let section = Section { model: MODEL.parse().unwrap(), cells };
    Report { period: "2026-06".parse().unwrap(), vocabulary: "v1/half-year".into(), sections: vec![section] }
}

pub(crate) async fn send(node: &Node, report: Report) {
    assert_eq!(node.say(Body::Report(report)).await.refused, None);
}

/// Three nodes, whose first half of 2026 is reported whole.
pub(crate) async fn reported() -> (World, Vec<Node>) {
    reported_of([100, 200, 300]).await
}

/// The same with so many persons each.
pub(crate) async fn reported_of(all: [i64; 3]) -> (World, Vec<Node>) {
    let world = World::new().await;
    let mut nodes = Vec::new();
    for territory in [ALBAN, CENTRE_TARN, SIDOBRE] {
        nodes.push(world.node(territory).await);
    }
    world.clock.set(instant("2026-07-02T00:00:00Z"));
    for (node, persons) in nodes.iter().zip(all) {
        for month in 1..=6 {
            send(node, pulse(&format!("2026-{month:02}"), [2 * persons, persons - 150])).await;
        }
        send(node, half_year(persons)).await;
    }
    (world, nodes)
}

impl World {
    async fn series(&self, indicator: &str, vocabulary: &str) -> SeriesReply {
        let request = SeriesRequest {
            indicator: indicator.into(),
            vocabulary: vocabulary.into(),
            ..Default::default()
        };
        self.statistics().await.series(request).await.unwrap().into_inner()
    }
}

/// What all models together come to in the first period.
fn of_all(reply: &SeriesReply) -> Option<shown_figure::Outcome> {
    reply.points.first()?.figure.clone()?.outcome
}

#[tokio::test]
async fn what_nodes_reported_is_followed_and_compared() {
    let (world, nodes) = reported().await;
    let indicators = world.statistics().await.list_indicators(ListIndicatorsRequest {}).await.unwrap();
    let keys: Vec<_> =
        indicators.into_inner().indicators.into_iter().map(|one| (one.key, one.cadence)).collect();
    assert_eq!(keys.len(), 7);
    for (key, cadence) in [("trips-per-person", "half-year"), ("cost-per-trip", "year")] {
        assert!(keys.contains(&(key.to_owned(), cadence.to_owned())), "{key}");
    }

    let totals = world.series("", "v1/pulse").await;
    assert_eq!((totals.points.len(), totals.reports), (12, 18));
    let first = &totals.points[0];
    assert_eq!((first.period.as_str(), first.model.as_str(), first.territories), ("2026-01", "", 3));
    let cells: Vec<_> = first.cells.iter().map(|cell| (cell.total, cell.noise_2sd)).collect();
    assert_eq!(cells, [(1_200, 139), (150, 139)]);
    assert!(!totals.points[1].name_fr.is_empty(), "the model by its name");

    let persons = world.series("trips-per-person", "").await;
    assert_eq!((persons.points.len(), persons.reports, persons.set_aside), (2, 21, 0));
    assert_eq!(persons.points[0].period, "2026-H1");
    assert_eq!(of_all(&persons), Some(shown_figure::Outcome::Value(12.0)));
    let rate = world.series("person-fulfilment", "").await;
    assert_eq!(of_all(&rate), Some(shown_figure::Outcome::Value(0.5)));
    let request = CompareRequest { indicator: "trips-per-person".into(), ..Default::default() };
    let compared = world.statistics().await.compare(request).await.unwrap().into_inner();
    assert_eq!((compared.reports, compared.fingerprint), (21, persons.fingerprint.clone()));

    // One takes June back: a half-year less to divide by, and a month of two territories.
    let june = pulse("2026-06", [200, -50]);
    let withdrawal = Withdrawal {
        period: june.period,
        vocabulary: june.vocabulary.clone(),
        report_hash: june.hash(),
        reason: WithdrawalReason::WrongCounts,
    };
    assert_eq!(nodes[0].say(Body::Withdrawal(withdrawal)).await.refused, None);
    let persons = world.series("trips-per-person", "").await;
    assert_eq!((persons.set_aside, persons.reports), (1, 14));
    let outcome = persons.points[0].figure.clone().unwrap().outcome.unwrap();
    let shown_figure::Outcome::Withheld(withheld) = outcome else { panic!("of two territories") };
    assert_eq!(withheld.code, "too-few-territories");
    let totals = world.series("", "v1/pulse").await;
    let june = totals.points.iter().find(|point| point.period == "2026-06").unwrap();
    let withheld = june.withheld.clone().unwrap();
    assert_eq!((withheld.code.as_str(), june.cells.len()), ("too-few-territories", 0));
    assert_eq!(withheld.sentence.unwrap().code, "comparison-withheld-too-few-territories");

    // June, of two territories, does not end what is published, nor keep the other months from it.
    let published = CompareRequest { published: true, ..Default::default() };
    let nothing = world.statistics().await.compare(published.clone()).await.unwrap_err();
    assert_eq!(reason(&nothing), "nothing-reported", "reports enter with the first of a month");
    let series = SeriesRequest { vocabulary: "v1/pulse".into(), published: true, ..Default::default() };
    assert!(world.statistics().await.series(series.clone()).await.unwrap().into_inner().points.is_empty());
    world.clock.set(instant("2026-08-01T00:00:00Z"));
    assert_eq!(world.statistics().await.series(series).await.unwrap().into_inner().reports, 17);
    let compared = world.statistics().await.compare(published.clone()).await.unwrap().into_inner();
    assert_eq!((compared.from.as_str(), compared.to.as_str(), compared.reports), ("2025-06", "2026-05", 15));
    let figure = compared.models[0].figure.clone().unwrap().outcome.unwrap();
    assert!(matches!(figure, shown_figure::Outcome::Value(_)), "{figure:?}");
    let both = CompareRequest { from: "2026-01".into(), ..published };
    let refused = world.statistics().await.compare(both).await.unwrap_err();
    assert_eq!(reason(&refused), "malformed-argument", "the months of what is published are not chosen");
}

#[tokio::test]
async fn changes_of_model_are_told_or_why_they_are_not() {
    let (world, _nodes) = reported().await;
    let mut statistics = world.statistics().await;
    let ask = |model: &str| ChangesRequest { model: model.into(), ..Default::default() };
    let reply = statistics.changes(ask(MODEL)).await.unwrap().into_inner();
    assert_eq!((reply.half_years, reply.reports), (vec!["2026-H1".to_owned()], 18));
    assert_eq!((reply.changing, reply.left_out), (0, 3), "all have had it from the beginning");
    assert_eq!(reply.overall.unwrap().withheld.unwrap().code, "too-few-changes");
    assert_eq!(reply.sentence.unwrap().code, "comparison-withheld-too-few-changes");
    let never = statistics.changes(ask("libre-service@1")).await.unwrap_err();
    assert_eq!(reason(&never), "model-not-reported");
    assert_eq!(reason(&statistics.changes(ask("no model")).await.unwrap_err()), "malformed-argument");
}

#[tokio::test]
async fn coverage_deserts_and_territories_follow_the_members() {
    let (world, nodes) = reported().await;
    let mut statistics = world.statistics().await;
    let tarn = async |world: &World| {
        let reply = world.statistics().await.coverage(CoverageRequest::default()).await.unwrap().into_inner();
        let tarn = reply.departements.iter().find(|one| one.number == "81").unwrap().area.unwrap();
        (reply.whole.unwrap().communes_served, tarn.communes_served, tarn.territories_with_node)
    };
    let communes = |territory: &str| {
        let siren = territory.parse().unwrap();
        u32::try_from(Geography::embedded().communes_of(&siren).len()).unwrap()
    };
    let all = communes(ALBAN) + communes(CENTRE_TARN) + communes(SIDOBRE);
    assert_eq!(tarn(&world).await, (all, all, 3));
    let request = ListDesertsRequest { departement: "81".into(), limit: 5, ..Default::default() };
    let page = statistics.list_deserts(request).await.unwrap().into_inner();
    assert_eq!((page.communes.len(), page.next.as_str()), (5, page.communes[4].insee.as_str()));

    let territories =
        statistics.list_territories(ListTerritoriesRequest::default()).await.unwrap().into_inner();
    assert_eq!((territories.half_year.as_str(), territories.territories.len()), ("2026-H1", 3));
    let first = &territories.territories[0];
    assert_eq!((first.siren.as_str(), first.persons.unwrap().total, first.has_node), (ALBAN, 100, true));
    let request = ListTerritoriesRequest { after: ALBAN.into(), limit: 1, ..Default::default() };
    let page = statistics.list_territories(request).await.unwrap().into_inner();
    assert_eq!((page.territories[0].siren.as_str(), page.next.as_str()), (CENTRE_TARN, CENTRE_TARN));

    world.revoke(nodes[0].id).await;
    let left = communes(CENTRE_TARN) + communes(SIDOBRE);
    assert_eq!(tarn(&world).await, (left, left, 2));
    let territories =
        statistics.list_territories(ListTerritoriesRequest::default()).await.unwrap().into_inner();
    assert!(!territories.territories[0].has_node, "its reports still count");
    let wrong = ListTerritoriesRequest { half_year: "2026-06".into(), ..Default::default() };
    assert_eq!(reason(&statistics.list_territories(wrong).await.unwrap_err()), "malformed-argument");
}

#[tokio::test]
async fn targets_tell_what_reports_carry_and_what_nobody_has_declared() {
    let (world, _nodes) = reported().await;
    let mut statistics = world.statistics().await;
    let reply = statistics.targets(TargetsRequest::default()).await.unwrap().into_inner();
    assert_eq!((reply.year, reply.reports), (2026, 3));
    let people = &reply.targets[0];
    assert_eq!((people.key.as_str(), people.goal), ("people-accompanied", 72_000));
    let progress = people.progress.clone().unwrap();
    assert_eq!((progress.both_half_years, progress.half_years), (None, vec!["2026-H1".to_owned()]));
    // Nine cells of σ = 10: 2 × 10 × 3.
    assert_eq!(
        (progress.larger_half_year.unwrap().total, progress.larger_half_year.unwrap().noise_2sd),
        (600, 60)
    );
    let solutions = &reply.targets[1];
    assert_eq!((solutions.goal, solutions.withheld.clone().unwrap().code.as_str()), (400, "not-declared"));
    assert!(solutions.progress.is_none());
    let pilot = &reply.targets[2];
    assert_eq!((pilot.goal, pilot.withheld.clone().unwrap().code.as_str()), (1_000, "pilot-not-named"));
    let other =
        statistics.targets(TargetsRequest { year: 2025, published: false }).await.unwrap().into_inner();
    assert_eq!(other.targets[0].withheld.clone().unwrap().code, "nothing-reported");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let (world, _nodes) = reported().await;
    let mut statistics = world.statistics().await;
    let both = SeriesRequest {
        indicator: "fulfilment-rate".into(),
        vocabulary: "v1/pulse".into(),
        ..Default::default()
    };
    let unknown = SeriesRequest { vocabulary: "v9/pulse".into(), ..Default::default() };
    for wrong in [both, unknown] {
        assert_eq!(reason(&statistics.series(wrong).await.unwrap_err()), "malformed-argument");
    }
    for year in [0, 1999, 70_000] {
        assert_eq!(reason(&statistics.flows(FlowsRequest { year }).await.unwrap_err()), "malformed-argument");
    }
}

/// A trip of the origin that another drives to its end.
pub(crate) async fn driven(origin: &Node, winner: &Node) {
    let handover = origin.offer(3600).await;
    assert_eq!(winner.command(handover, 1, winner.a_bid()).await.refused, None);
    let award = origin.an_award(handover, 1, winner);
    let outcome = winner.sealed(b"driven", (handover, 1, PayloadKind::Outcome), origin);
    assert_eq!(origin.command(handover, 1, award).await.refused, None);
    for action in [Action::Accept, Action::Outcome(outcome)] {
        assert_eq!(winner.command(handover, 1, action).await.refused, None);
    }
}

#[tokio::test]
async fn flows_are_told_of_pairs_with_eleven_handovers_in_a_year_that_is_over() {
    let world = World::new().await;
    let (origin, often, seldom) =
        (world.node(ALBAN).await, world.node(CENTRE_TARN).await, world.node(SIDOBRE).await);
    for _ in 0..11 {
        driven(&origin, &often).await;
    }
    for _ in 0..10 {
        driven(&origin, &seldom).await;
    }
    origin.offer(3600).await;
    let mut statistics = world.statistics().await;
    let early = statistics.flows(FlowsRequest { year: 2026 }).await.unwrap_err();
    assert_eq!(reason(&early), "year-not-over");
    world.clock.set(instant("2027-03-31T22:00:00Z"));
    let reply = statistics.flows(FlowsRequest { year: 2026 }).await.unwrap().into_inner();
    let flows: Vec<_> =
        reply.flows.iter().map(|flow| (flow.from.as_str(), flow.to.as_str(), flow.handovers)).collect();
    assert_eq!(flows, [(ALBAN, CENTRE_TARN, 11)]);
    assert_eq!((reply.pairs_withheld, reply.needed), (1, 11));
    let before = statistics.flows(FlowsRequest { year: 2025 }).await.unwrap().into_inner();
    assert_eq!((before.flows.len(), before.pairs_withheld), (0, 0));
}
