//! Agreements at the hub: kept with the signatures of both, told to the other, and asked for on every bid that names one.

use std::time::Duration;

use maillage_federation::{
    agreement::{Action, Agreement, Carriers, Command, NoticeKind, Rates, Terms, Trust},
    envelope::{Body, Receipt},
    handover::{self, Bid, Offer},
    ids::{Id, NodeKind},
    signing::VerifyKey,
};

use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    node::Node,
    world::{ALBAN, CENTRE_TARN, FEDERATION, SIDOBRE, World},
};

pub(crate) fn terms(carriers: Carriers, until: Option<&str>) -> Terms {
    Terms {
        carriers,
        rates: Rates { loaded_km: 40, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 },
        contributions_deducted: false,
        trust: Trust::Trusted,
        from: "2026-01-10".parse().unwrap(),
        until: until.map(|day| day.parse().unwrap()),
    }
}

pub(crate) async fn say(node: &Node, with: &Node, version: u32, action: Action) -> Receipt {
    node.say(Body::Agreement(Command { with: with.id, version, action })).await
}

pub(crate) fn accept(agreement: &Agreement) -> Action {
    let proposal = agreement.proposal.as_ref().unwrap();
    Action::Accept(proposal.terms.digest(agreement.pair, proposal.number, proposal.by))
}

/// An agreement that `one` proposes and `other` accepts.
pub(crate) async fn agreed(one: &Node, other: &Node, terms: Terms) -> Agreement {
    let number = 1;
    let proposed = say(one, other, number, Action::Propose(terms)).await;
    assert_eq!(proposed.refused, None);
    let accepted = say(other, one, number, accept(&proposed.agreement.unwrap())).await;
    assert_eq!(accepted.refused, None);
    accepted.agreement.unwrap()
}

fn keys<'a>(nodes: &'a [&'a Node]) -> impl Fn(Id<NodeKind>) -> Option<VerifyKey> + 'a {
    |id| nodes.iter().find(|node| node.id == id).map(|node| node.signer.verify_key())
}

/// A bid that names a version of the agreement with the origin.
fn bid_under(node: &Node, agreement: Option<u32>) -> handover::Action {
    let handover::Action::Bid(bid) = node.a_bid() else { panic!("a bid") };
    handover::Action::Bid(Bid { agreement, ..bid })
}

#[tokio::test]
async fn an_agreement_is_told_kept_through_a_crash_and_proves_itself() {
    let world = World::new().await;
    let (mut one, mut other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let (mut at_one, mut at_other) = (one.inbox(0).await, other.inbox(0).await);
    let proposed = say(&one, &other, 1, Action::Propose(terms(Carriers::Both, None))).await;
    let told = at_other.agreement(NoticeKind::Proposed).await;
    assert_eq!(Some(&told.agreement), proposed.agreement.as_ref());
    assert_eq!(told.agreement.proposal.as_ref().unwrap().proposed, told.cause, "the proposer's own words");
    let stale = say(&other, &one, 2, accept(&told.agreement)).await;
    assert_eq!(stale.refused.as_deref(), Some("agreement-stale"));
    assert_eq!(stale.agreement, proposed.agreement, "with what is true");
    let own = say(&one, &other, 1, accept(&told.agreement)).await;
    assert_eq!(own.refused.as_deref(), Some("agreement-not-yours"));
    let accepted = say(&other, &one, 1, accept(&told.agreement)).await.agreement.unwrap();
    assert_eq!(at_one.agreement(NoticeKind::Accepted).await.agreement, accepted);
    let federation = FEDERATION.parse().unwrap();
    assert_eq!(accepted.prove(&federation, keys(&[&one, &other])), Ok(()));

    let world = world.restart().await;
    one.reconnect(&world).await.unwrap();
    other.reconnect(&world).await.unwrap();
    assert_eq!(world.hub.store().agreements(10).await.unwrap(), std::slice::from_ref(&accepted));
    let last_day = "2026-01-31".parse().unwrap();
    let envelope = one.envelope(Body::Agreement(Command {
        with: other.id,
        version: 1,
        action: Action::End { last_day },
    }));
    let first = one.submit(envelope.clone()).await.unwrap();
    assert_eq!(one.submit(envelope).await.unwrap(), first, "said twice is said once");
    let ended = Receipt::verify(&first, &one.hub_key).unwrap().agreement.unwrap();
    assert_eq!(ended.revision, accepted.revision + 1);
    assert_eq!(ended.prove(&federation, keys(&[&one, &other])), Ok(()));
    assert_eq!(world.waiting(other.id).await, 2, "one letter of the proposal, one of the end");
}

#[tokio::test]
async fn an_agreement_needs_two_members() {
    let world = World::new().await;
    let (one, other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let propose = || Action::Propose(terms(Carriers::Both, None));
    let nobody = Command { with: Id::new(1, [1; 10]), version: 1, action: propose() };
    let receipt = one.say(Body::Agreement(nobody)).await;
    assert_eq!(receipt.refused.as_deref(), Some("agreement-no-such-member"));
    let alone = say(&one, &one, 1, propose()).await;
    assert_eq!(alone.refused.as_deref(), Some("agreement-no-such-member"));
    world.revoke(other.id).await;
    let gone = say(&one, &other, 1, propose()).await;
    assert_eq!(gone.refused.as_deref(), Some("agreement-no-such-member"));
    assert_eq!(world.hub.store().agreements(10).await.unwrap(), []);
}

/// Whatever is said of an agreement is kept with every version of it: a member must not be able to make it too large to be told.
#[tokio::test]
async fn what_is_said_of_an_agreement_is_short() {
    let world = World::new().await;
    let (one, other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let action = || Action::Propose(terms(Carriers::Both, None));
    let padded = |kilobytes: usize| {
        let command = Command { with: other.id, version: 1, action: action() };
        let mut body = proto::Body::from(Body::Agreement(command)).encode_to_vec();
        // A field that this version does not know.
        prost::encoding::bytes::encode(900, &vec![0; kilobytes * 1024], &mut body);
        one.sign_bytes(body)
    };
    assert_eq!(one.turned_away(padded(4)).await, "envelope-too-large");
    assert_eq!(world.hub.store().agreements(10).await.unwrap(), []);
    assert!(one.submit(padded(3)).await.is_ok());
}

#[tokio::test]
async fn a_bid_may_name_a_version_in_force_on_the_day_of_pickup_and_no_other() {
    let world = World::new().await;
    let (origin, bidder) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.offer(3600).await;
    let refused = async |agreement| bidder.command(handover, 1, bid_under(&bidder, agreement)).await.refused;
    let not_in_force = Some("handover-agreement-not-in-force".to_owned());
    assert_eq!(refused(Some(1)).await, not_in_force, "nothing is agreed");
    assert_eq!(refused(None).await, None, "an offer for everybody needs no agreement");
    let known = agreed(&origin, &bidder, terms(Carriers::Both, None)).await;
    assert_eq!(refused(Some(1)).await, None);
    assert_eq!(refused(Some(2)).await, not_in_force);
    // The trip is on 13 January: an agreement that ends the day before does not reach it.
    let last_day = "2026-01-12".parse().unwrap();
    assert_eq!(say(&bidder, &origin, 1, Action::End { last_day }).await.refused, None);
    assert_eq!(refused(Some(1)).await, not_in_force);
    assert_eq!(refused(None).await, None);
    // Agreed again, the other way round.
    let number = known.last_number + 1;
    let again = Action::Propose(terms(Carriers::Only(origin.id), None));
    let proposed = say(&origin, &bidder, number, again).await.agreement.unwrap();
    assert_eq!(say(&bidder, &origin, number, accept(&proposed)).await.refused, None);
    assert_eq!(refused(Some(number)).await, Some("handover-agreement-other-way".to_owned()));
    // The clock decides of deadlines first: too late is too late, whatever is agreed.
    world.pass(Duration::from_hours(2));
    assert_eq!(refused(Some(number)).await, Some("handover-wrong-state".to_owned()));
}

#[tokio::test]
async fn an_offer_for_partners_is_shown_to_them_and_taken_from_them_alone() {
    let world = World::new().await;
    let (origin, partner, other) =
        (world.node(ALBAN).await, world.node(CENTRE_TARN).await, world.node(SIDOBRE).await);
    agreed(&origin, &partner, terms(Carriers::Only(partner.id), None)).await;
    // This one is over before the day of the trip.
    agreed(&origin, &other, terms(Carriers::Both, Some("2026-01-12"))).await;
    let before = (world.waiting(partner.id).await, world.waiting(other.id).await);
    let handover = origin.random_id();
    let offer = Offer { agreed_only: true, ..origin.an_offer(3600) };
    assert_eq!(origin.command(handover, 1, handover::Action::Offer(offer)).await.refused, None);
    let after = (world.waiting(partner.id).await, world.waiting(other.id).await);
    assert_eq!(after, (before.0 + 1, before.1), "shown to the partner alone");
    let bid = async |node: &Node, agreement| node.command(handover, 1, bid_under(node, agreement)).await;
    let receipt = bid(&other, None).await;
    assert_eq!(receipt.refused.as_deref(), Some("handover-no-agreement"));
    assert_eq!(receipt.record, None, "and learns nothing of it");
    assert_eq!(bid(&other, Some(1)).await.refused.as_deref(), Some("handover-agreement-not-in-force"));
    assert_eq!(bid(&partner, None).await.refused.as_deref(), Some("handover-no-agreement"));
    assert_eq!(bid(&partner, Some(1)).await.refused, None);
}
