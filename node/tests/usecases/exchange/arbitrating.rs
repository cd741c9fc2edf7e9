//! What the node decides as the arbiter for partners without a node: who may be chosen, what time does, what the person has to
//! have said, and what a restored node does not do by itself.

use maillage_domain::{handover::Decision, partner::NewPartner, roles::Operation};
use maillage_engine::{EngineError, Transaction};
use maillage_federation::{
    handover::{DisputeReason, LegOutcome, LegResult, State},
    ids::{Id, NodeKind},
};
use maillage_node::app::{
    caller::Caller,
    edit::Mask,
    exchange,
    handover::{
        origin, recovery,
        talk::{self, Judgement},
    },
    once::Once,
    people::Edit,
};
use maillage_partners::{FromPartner, OwnWords};
use maillage_platform::{lifecycle::Shutdown, refusal::Refusal};
use maillage_proto::node::v1::{
    self as proto, exchange_server::Exchange as _, handovers_server::Handovers as _,
};
use maillage_store::{handovers, moments, partners};

use super::{Firms, names_somebody, reasons};
use crate::{
    changes::services,
    driving::reason,
    pages::asking,
    world::{A, ready},
};

impl Firms {
    fn strike_off(&self, partner: Id<NodeKind>) {
        let app = self.world.app(A);
        let etag = exchange::show(app, &self.by, partner).unwrap().revision.to_string();
        let mask = Mask::parse(&["active".to_owned()], exchange::PARTNER_FIELDS).unwrap();
        let edit = Edit { typed: NewPartner::default(), mask, etag, outside: false };
        ready(exchange::update(app, &self.by, partner, edit, false)).unwrap();
    }

    fn codes(&self, handover: Id<maillage_federation::ids::HandoverKind>) -> Vec<&'static str> {
        let line = moments::of(&self.world.app(A).store, handover).unwrap();
        line.iter().map(|moment| moment.what.code()).collect()
    }
}

#[test]
fn a_partner_that_is_not_active_any_more_is_neither_chosen_nor_left_chosen() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    let (near, other) = (firms.near, firms.other);
    firms.heard(near, &firms.bid(handover, 1, 2_000));
    firms.strike_off(near);
    let chosen = ready(origin::award(firms.world.app(A), &firms.by, handover, Some(near)));
    assert_eq!(reason(chosen), "partner-cannot-serve");
    assert_eq!(firms.world.outgoing(handover).award, None, "nothing was written");
    firms.world.wait(11);
    firms.world.tend(A);
    assert!(firms.world.outgoing(handover).bids.is_empty(), "nor does the rule choose it");
    assert_eq!(firms.state(handover), State::Open);
    assert_eq!(reasons(&firms.says(near, &firms.bid(handover, 1, 1_000))), ["handover-not-eligible"]);

    firms.heard(other, &firms.bid(handover, 1, 9_000));
    firms.world.wait(11);
    assert_eq!(firms.world.tend(A), 1);
    assert!(names_somebody(&firms.out(other)));
    firms.strike_off(other);
    let told = firms.out(other);
    assert_eq!(firms.state(handover), State::Open, "the award has gone with it");
    assert!(told.contains("echu") && !names_somebody(&told), "{told}");
    assert!(!names_somebody(&firms.again(other)));
    assert_eq!(
        reasons(&firms.says(other, &FromPartner::Accept(firms.about(handover, 1)))),
        ["handover-wrong-round"]
    );
}

#[test]
fn what_a_partner_holds_stays_with_it() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    firms.awarded(handover);
    firms.heard(firms.near, &FromPartner::Accept(firms.about(handover, 1)));
    firms.strike_off(firms.near);
    firms.world.tend(A);
    assert_eq!(firms.state(handover), State::Held { holder: firms.near });
    assert!(names_somebody(&firms.out(firms.near)), "it drives, and has to know whom");
}

#[test]
fn time_is_let_pass_before_anything_is_told_or_taken() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    firms.out(firms.other);
    firms.awarded(handover);
    firms.world.wait(4 * 60 + 1);
    let told = firms.out(firms.near);
    assert!(!names_somebody(&told), "too late to be told who travels");
    assert_eq!(firms.state(handover), State::Open);
    firms.world.wait(24 * 60);
    assert!(firms.out(firms.other).contains("clos"), "and nobody waits for the next round of the worker");
    assert_eq!(firms.state(handover), State::Expired);
}

#[test]
fn a_handover_that_time_cannot_move_holds_up_no_other() {
    let firms = Firms::new();
    let ((_, stuck), (trip, other)) = (firms.offered(), firms.offered());
    let mut broken = firms.world.outgoing(stuck);
    broken.trips = vec![Id::new(1, [9; 10])];
    let put = move |transaction: &mut Transaction<'_>| handovers::put_outgoing(transaction, &broken);
    firms.world.app(A).store.transact::<(), EngineError, _>("test", put).unwrap();
    firms.world.wait(24 * 60 + 1);
    firms.world.tend(A);
    assert_eq!(firms.state(stuck), State::Open, "nothing of it is written");
    assert_eq!(firms.state(other), State::Expired);
    assert_eq!(firms.world.at(A, trip), ("requested", "local"));
}

#[test]
fn a_standing_consent_is_no_consent_to_partners() {
    let firms = Firms::new();
    let asked = |sharing: &str, person_agrees: bool| {
        let person = firms.world.person(A, sharing);
        let trip = firms.world.request(A, person, false)[0];
        let terms = origin::OfferTerms {
            single: false,
            reply_within_min: None,
            person_agrees,
            agreed_only: false,
            at_once: false,
        };
        let asked = origin::offer_to_partners(firms.world.app(A), &firms.by, (trip, terms), Vec::new());
        ready(asked).map(|_| ()).map_err(|refusal: Refusal| refusal.reason().to_owned())
    };
    for sharing in ["always", "ask"] {
        assert_eq!(asked(sharing, false), Err("sharing-partner".to_owned()), "{sharing}");
        assert_eq!(asked(sharing, true), Ok(()), "{sharing}");
    }
    assert_eq!(asked("never", true), Err("sharing-never".to_owned()));
}

#[test]
fn a_restored_node_names_what_its_partners_must_be_asked_and_chooses_nobody_by_itself() {
    let mut firms = Firms::new();
    firms.world.policy(A, Decision::Auto, Decision::Auto);
    let (trip, handover) = firms.offered();
    firms.heard(firms.near, &firms.bid(handover, 1, 2_000));
    let backup = firms.world.back_up(A);
    firms.awarded_by_rule();
    firms.heard(firms.near, &FromPartner::Accept(firms.about(handover, 1)));
    firms.world.restore(A, backup);
    assert_eq!(firms.world.at(A, trip), ("requested", "offered-out"), "as it was then");
    firms.world.pull(A, Vec::new()).unwrap();
    assert_eq!(firms.world.alarms(A), ["handovers-lost"]);
    firms.world.wait(11);
    assert_eq!(firms.world.tend(A), 0, "the first partner has been told that it drives");
    assert_eq!(firms.state(handover), State::Open);
    let (_, later) = firms.offered();
    firms.heard(firms.other, &firms.bid(later, 1, 2_000));
    firms.world.wait(11);
    assert_eq!(firms.world.tend(A), 1, "what is offered from now on is chosen for as ever");
    let chosen = origin::award(firms.world.app(A), &firms.by, handover, Some(firms.near));
    assert_eq!(ready(chosen).unwrap().code(), "awarded", "a person may, who has called");
    // Days later, the deadlines of both are past.
    firms.world.wait(3 * 24 * 60);
    firms.out(firms.near);
    assert!(
        matches!(firms.state(handover), State::Awarded { .. }),
        "it may drive: time takes nothing from it"
    );
    ready(recovery::looked_at(firms.world.app(A), &firms.by, handover)).unwrap();
    firms.out(firms.near);
    assert!(!matches!(firms.state(handover), State::Awarded { .. }), "somebody has asked");
}

impl Firms {
    fn awarded_by_rule(&self) {
        self.world.wait(11);
        assert_eq!(self.world.tend(A), 1);
    }
}

#[test]
fn a_partner_writes_to_the_desk_and_is_told_that_its_account_is_disputed() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    let (near, about) = (firms.near, firms.about(handover, 1));
    let text = FromPartner::Text { about, text: OwnWords("Canary sonne deux fois".to_owned()) };
    assert_eq!(reasons(&firms.says(near, &text)), ["handover-wrong-state"], "nobody is chosen yet");
    firms.awarded(handover);
    firms.heard(near, &FromPartner::Accept(about));
    firms.heard(near, &text);
    assert_eq!(firms.says(near, &text).known, 1);
    let leg =
        LegOutcome { result: LegResult::Completed, loaded_m: 31_000, empty_m: 2_500, contribution_cents: 0 };
    firms.heard(near, &FromPartner::Outcome { about, legs: vec![leg] });
    let dispute = Judgement::Dispute { reason: DisputeReason::Distance, text: "Canary : 30 km".to_owned() };
    ready(talk::judge(firms.world.app(A), &firms.by, handover, dispute)).unwrap();
    let codes = firms.codes(handover);
    assert_eq!(codes[codes.len() - 3..], ["message", "outcome", "disputed"], "{codes:?}");
    let told = firms.out(near);
    let line = told.lines().find(|line| line.starts_with("bilan-vu")).unwrap();
    assert!(line.split(';').any(|cell| cell == "oui"), "{line}");
    assert!(!told.contains("30 km"), "the reason is told on the phone");
}

#[test]
fn a_partner_is_registered_once_however_often_it_is_asked() {
    let firms = Firms::new();
    let name = "7d444840-9dc0-41d1-b245-5ffdce74fad2";
    let add = |content: &str| {
        let once = Once::read(name, Operation::PartnerAdd, content.as_bytes()).unwrap();
        let new = NewPartner { name: "Taxi redit".to_owned(), ..NewPartner::default() };
        ready(exchange::add(firms.world.app(A), &Caller::local().asking_once(once), new))
    };
    assert_eq!(add("one").unwrap().id, add("one").unwrap().id);
    assert_eq!(add("two").map(|_| ()).unwrap_err().reason(), "request-id-reused");
    assert_eq!(partners::list(&firms.world.app(A).store, None, 9).unwrap().len(), 3);
}

#[tokio::test]
async fn a_desk_sees_the_price_of_a_bid_and_where_a_file_is_wrong() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    firms.heard(firms.near, &firms.bid(handover, 1, 2_000));
    let services = services(&firms.world, &Shutdown::new());
    let asked = asking(&firms.by, proto::ShowHandoverRequest { id: handover.to_string() });
    let shown = services.show_handover(asked).await.unwrap().into_inner();
    assert_eq!(shown.bids.iter().map(|bid| bid.fare_cents).collect::<Vec<_>>(), [Some(4_500)]);
    let take = async |format: &str, file: Vec<u8>| {
        let (id, format) = (firms.near.to_string(), format.to_owned());
        let asked = asking(&firms.by, proto::TakeInRequest { id, format, file, dry_run: true });
        let faults = services.take_in(asked).await.unwrap().into_inner().faults;
        faults.into_iter().map(|fault| (fault.line, fault.column, fault.member)).collect::<Vec<_>>()
    };
    let table = format!("relais;tour;reponse\n{handover};1;peut-être\n");
    assert_eq!(take("csv", table.into()).await, [(2, "reponse".to_owned(), String::new())]);
    let telegram = br#"[{"tripRequestResponse":{"tripTicketId":5}}]"#.to_vec();
    let faults = take("tds", telegram).await;
    assert!(
        faults
            .iter()
            .all(|(line, column, member)| *line == 0 && column.is_empty() && member.starts_with("$[0]")),
        "{faults:?}"
    );
    assert_eq!(take("tds", b"{".to_vec()).await, [(0, String::new(), String::new())]);
}
