//! A hub that was restored from an old backup, and a node that was: what the hub decides nothing about before it has heard who
//! may know better, what it believes of what is presented, and that an older life of a node is turned away at every door.

use maillage_federation::{
    agreement::{self, Agreement, Carriers},
    envelope::{Body, Receipt},
    handover::{Action, Command, GiveBackReason, NoticeKind, Offer, Record, State},
    ids::{HandoverKind, Id},
    sealed::PayloadKind,
};
use maillage_proto::federation::v1::{self as proto, presentation::Proof};

use crate::{
    agreements::{accept, agreed, say, terms},
    node::Node,
    world::{ALBAN, CENTRE_TARN, SIDOBRE, World, reason},
};

impl World {
    /// The hub is lost, and comes back from a copy of its disk, at another port.
    async fn restore(self, backup: maillage_engine::MemoryDisk) -> Self {
        let now_ms = self.now_ms();
        maillage_hub::store::EmbeddedStore::open_memory(&backup).unwrap().begin_epoch(now_ms).unwrap();
        self.restart_on(backup).await
    }
}

impl Node {
    /// Presents what this node has agreed with another.
    async fn give_back(&self, agreement: &Agreement) -> Option<Agreement> {
        let request =
            proto::PresentAgreementRequest { incarnation: 0, agreement: Some(agreement.clone().into()) };
        let reply = self.relay.clone().present_agreement(request).await.unwrap().into_inner();
        reply.agreement.map(|record| record.try_into().unwrap())
    }

    /// What the hub knows of its agreements.
    async fn agreements(&self) -> Vec<Agreement> {
        let request = proto::ListMyAgreementsRequest { incarnation: 0, after: Vec::new() };
        let reply = self.relay.clone().list_my_agreements(request).await.unwrap().into_inner();
        assert!(reply.next.is_empty(), "one page");
        reply.agreements.into_iter().map(|record| record.try_into().unwrap()).collect()
    }

    /// Presents what this node has of the hub's own.
    async fn present(&self, presentation: proto::Presentation) -> proto::Standing {
        let request = proto::PresentRequest { incarnation: 0, presentations: vec![presentation] };
        let mut reply = self.relay.clone().present(request).await.unwrap().into_inner();
        reply.standings.pop().unwrap()
    }

    async fn receipt(&self, handover: Id<HandoverKind>, action: Action) -> proto::Receipt {
        let envelope = self.envelope(Body::Command(Command { handover, round: 1, action }));
        self.submit(envelope).await.unwrap()
    }

    /// The offer as its origin signs it anew.
    fn offer_now(&self, handover: Id<HandoverKind>) -> proto::Envelope {
        let action = Action::Offer(self.an_offer(3600));
        self.envelope(Body::Command(Command { handover, round: 1, action })).into()
    }
}

fn with(handover: Id<HandoverKind>, receipt: &proto::Receipt) -> proto::Presentation {
    let proof = Some(Proof::Receipt(receipt.clone()));
    proto::Presentation { handover_id: handover.to_bytes(), proof, ..proto::Presentation::default() }
}

fn state(standing: &proto::Standing) -> State {
    Record::try_from(standing.record.clone().unwrap()).unwrap().state
}

#[tokio::test]
async fn nothing_is_decided_before_those_were_heard_who_may_know_better() {
    let world = World::new().await;
    let (mut origin, mut winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.offer(3600).await;
    winner.command(handover, 1, winner.a_bid()).await;
    let backup = world.backup();
    let awarded = origin.receipt(handover, origin.an_award(handover, 1, &winner)).await;
    let held = winner.receipt(handover, Action::Accept).await;
    let world = world.restore(backup).await;
    origin.reconnect(&world).await.unwrap();
    winner.reconnect(&world).await.unwrap();
    let withdraw = |origin: &Node| {
        let reason = maillage_federation::handover::WithdrawReason::Coordinator;
        origin.envelope(Body::Command(Command { handover, round: 1, action: Action::Withdraw(reason) }))
    };
    assert_eq!(origin.turned_away(withdraw(&origin)).await, "handover-recovering");
    // Time does not pass on it either: the award would lapse, the offer expire.
    world.pass(std::time::Duration::from_hours(2));
    let standing = origin.present(with(handover, &awarded)).await;
    assert!(standing.waiting, "the node it was awarded to may have accepted");
    assert_eq!(origin.turned_away(withdraw(&origin)).await, "handover-recovering");
    let standing = winner.present(with(handover, &held)).await;
    assert!(!standing.waiting);
    assert_eq!(state(&standing), State::Held { holder: winner.id });
    let refused = origin.submit(withdraw(&origin)).await.unwrap();
    let refused = Receipt::verify(&refused, &origin.hub_key).unwrap();
    assert_eq!(refused.refused.as_deref(), Some("handover-wrong-state"));
    assert!(refused.hub_epoch > 1);
    let standing = origin.present(with(handover, &awarded)).await;
    assert_eq!(state(&standing), State::Held { holder: winner.id }, "older than what is known");
}

#[tokio::test]
async fn a_handover_it_knows_nothing_of_is_made_again_by_its_origin_alone() {
    let world = World::new().await;
    let (mut origin, mut winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut other = world.node(SIDOBRE).await;
    let backup = world.backup();
    let handover = origin.offer(3600).await;
    winner.command(handover, 1, winner.a_bid()).await;
    let awarded = origin.receipt(handover, origin.an_award(handover, 1, &winner)).await;
    let held = winner.receipt(handover, Action::Accept).await;
    let world = world.restore(backup).await;
    for node in [&mut origin, &mut winner, &mut other] {
        node.reconnect(&world).await.unwrap();
    }
    let release = Action::Release(maillage_federation::handover::GiveBackReason::Vehicle);
    let release = winner.envelope(Body::Command(Command { handover, round: 1, action: release }));
    assert_eq!(winner.turned_away(release.clone()).await, "handover-recovering", "not refused for ever");
    assert!(winner.present(with(handover, &held)).await.waiting);
    let mut by_origin = with(handover, &awarded);
    by_origin.awarded_to = winner.id.to_bytes();
    by_origin.offer = Some(origin.offer_now(handover));
    assert!(origin.present(by_origin).await.waiting);
    let standing = winner.present(with(handover, &held)).await;
    assert_eq!((standing.waiting, state(&standing)), (false, State::Held { holder: winner.id }));
    let released = Receipt::verify(&winner.submit(release).await.unwrap(), &winner.hub_key).unwrap();
    assert_eq!(released.record.unwrap().state, State::Released);
    let mail = origin.inbox(0).await.expect(NoticeKind::Released).await;
    assert!(mail.sequence > 1_000_000, "above what any node can have read before");
}

/// The time in an identifier is that of the clock of whoever made it.
#[tokio::test]
async fn what_a_node_with_a_fast_clock_offered_is_waited_for_too() {
    let world = World::new().await;
    let (mut origin, mut winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let backup = world.backup();
    let fast_ms = world.now_ms() + 6 * 3_600_000;
    let handover = Id::new(u64::try_from(fast_ms).unwrap(), [7; 10]);
    let offered = origin.receipt(handover, Action::Offer(origin.an_offer(3600))).await;
    let bid = winner.receipt(handover, winner.a_bid()).await;
    let world = world.restore(backup).await;
    for node in [&mut origin, &mut winner] {
        node.reconnect(&world).await.unwrap();
    }
    assert!(winner.present(with(handover, &bid)).await.waiting, "not unknown for ever");
    let unbid = winner.envelope(Body::Command(Command { handover, round: 1, action: Action::Unbid }));
    assert_eq!(winner.turned_away(unbid).await, "handover-recovering");
    let mut by_origin = with(handover, &offered);
    by_origin.offer = Some(origin.offer_now(handover));
    let standing = origin.present(by_origin).await;
    assert_eq!((standing.waiting, state(&standing)), (false, State::Open));
}

#[tokio::test]
async fn agreements_made_since_the_backup_are_given_back_by_either_and_told_to_the_other() {
    let world = World::new().await;
    let (mut one, mut other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let backup = world.backup();
    let agreed = agreed(&one, &other, terms(Carriers::Both, None)).await;
    let world = world.restore(backup).await;
    one.reconnect(&world).await.unwrap();
    other.reconnect(&world).await.unwrap();
    assert_eq!(one.agreements().await, []);
    let mut forged = agreed.clone();
    forged.versions[0].terms.rates.loaded_km = 99;
    assert_eq!(one.give_back(&forged).await, None, "that is not what the other has signed");
    let mut at_one = one.inbox(0).await;
    assert_eq!(other.give_back(&agreed).await.as_ref(), Some(&agreed));
    assert_eq!(at_one.agreement(agreement::NoticeKind::Accepted).await.agreement, agreed);
    assert_eq!(one.agreements().await, std::slice::from_ref(&agreed));
    let ended =
        say(&one, &other, 1, agreement::Action::End { last_day: "2026-12-31".parse().unwrap() }).await;
    let ended = ended.agreement.unwrap();
    assert_eq!(other.give_back(&agreed).await, Some(ended), "older than what is known");
}

#[tokio::test]
async fn a_forgotten_offer_for_partners_is_shown_to_partners_alone() {
    let world = World::new().await;
    let (mut origin, mut partner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut neighbour = world.node(SIDOBRE).await;
    agreed(&origin, &partner, terms(Carriers::Both, None)).await;
    let backup = world.backup();
    let handover: Id<HandoverKind> = Id::new(7, [7; 10]);
    let offer = || Action::Offer(Offer { agreed_only: true, ..origin.an_offer(3600) });
    let receipt = origin.receipt(handover, offer()).await;
    let again = origin.envelope(Body::Command(Command { handover, round: 1, action: offer() }));
    let world = world.restore(backup).await;
    for node in [&mut origin, &mut partner, &mut neighbour] {
        node.reconnect(&world).await.unwrap();
    }
    let presentation = proto::Presentation { offer: Some(again.into()), ..with(handover, &receipt) };
    assert!(!origin.present(presentation).await.waiting);
    let mut mail = partner.inbox(0).await;
    mail.agreement(agreement::NoticeKind::Proposed).await;
    mail.expect(NoticeKind::Offered).await;
    assert_eq!(world.waiting(neighbour.id).await, 0, "it may not know of it");
    assert!(neighbour.look_up(handover).await.is_err());
}

#[tokio::test]
async fn a_hub_that_has_forgotten_nothing_is_given_nothing_back() {
    let world = World::new().await;
    let (one, other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let proposed = say(&one, &other, 1, agreement::Action::Propose(terms(Carriers::Both, None))).await;
    let proposed = proposed.agreement.unwrap();
    let taken_back = say(&one, &other, 1, agreement::Action::TakeBack).await.agreement.unwrap();
    let signed = other.envelope(Body::Agreement(agreement::Command {
        with: one.id,
        version: 1,
        action: accept(&proposed),
    }));
    let proposal = proposed.proposal.clone().unwrap();
    let version = agreement::Version {
        number: 1,
        by: one.id,
        first_day: proposal.terms.from,
        terms: proposal.terms,
        proposed: proposal.proposed,
        accepted: signed,
        end: None,
    };
    let forced = Agreement { proposal: None, versions: vec![version], revision: 9, ..proposed };
    assert_eq!(other.give_back(&forced).await, Some(taken_back));
}

#[tokio::test]
async fn what_the_hub_has_not_signed_moves_nothing() {
    let world = World::new().await;
    let (mut origin, mut winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.offer(3600).await;
    let bid = winner.receipt(handover, winner.a_bid()).await;
    let backup = world.backup();
    let record = Receipt::verify(&bid, &winner.hub_key).unwrap();
    let forged = Receipt {
        record: record.record.clone().map(|record| Record {
            state: State::Held { holder: winner.id },
            revision: record.revision + 5,
            ..record
        }),
        ..record
    };
    let forged = forged.sign(&winner.signer);
    let world = world.restore(backup).await;
    origin.reconnect(&world).await.unwrap();
    winner.reconnect(&world).await.unwrap();
    let standing = winner.present(with(handover, &forged)).await;
    assert!(standing.waiting, "it has presented itself, and nothing else");
    assert_eq!(state(&standing), State::Open);
    let mut tampered = bid.clone();
    tampered.decision[20] ^= 1;
    assert_eq!(state(&winner.present(with(handover, &tampered)).await), State::Open);
    let nothing = proto::Presentation { handover_id: handover.to_bytes(), ..proto::Presentation::default() };
    let standing =
        origin.present(proto::Presentation { offer: Some(origin.offer_now(handover)), ..nothing }).await;
    assert_eq!((standing.waiting, state(&standing)), (false, State::Open));
    // Candidates hear of it again, above whatever they have read.
    let mail = winner.inbox(0).await;
    drop(mail);
    assert!(winner.waiting_kinds(&world).await.contains(&NoticeKind::Offered));
}

#[tokio::test]
async fn an_older_life_of_a_node_is_turned_away_at_every_door() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let mut inbox = node.inbox(0).await;
    let greet = |incarnation| proto::GreetRequest { incarnation, known_epoch: 1, version: String::new() };
    let epoch = node.relay.clone().greet(greet(0)).await.unwrap().into_inner().epoch;
    assert_eq!(epoch, 1);
    node.relay.clone().greet(greet(7)).await.unwrap();
    let cut = inbox.end().await;
    assert_eq!(reason(&cut), "node-superseded");
    let command =
        Command { handover: node.random_id(), round: 1, action: Action::Offer(node.an_offer(3600)) };
    assert_eq!(node.turned_away(node.envelope(Body::Command(command))).await, "node-superseded");
    let mut relay = node.relay.clone();
    let refusals = [
        relay.greet(greet(6)).await.map(drop).unwrap_err(),
        relay.inbox(proto::InboxRequest { cursor: 0, incarnation: 0 }).await.map(drop).unwrap_err(),
        relay.ack(proto::AckRequest { cursor: 9, incarnation: 0 }).await.map(drop).unwrap_err(),
        relay.present(proto::PresentRequest::default()).await.map(drop).unwrap_err(),
        relay.list_my_handovers(proto::ListMyHandoversRequest::default()).await.map(drop).unwrap_err(),
        relay.list_my_reports(proto::ListMyReportsRequest::default()).await.map(drop).unwrap_err(),
    ];
    assert!(refusals.iter().all(|status| reason(status) == "node-superseded"), "{refusals:?}");
    // It is remembered.
    let world = world.restart().await;
    let mut node = node;
    node.reconnect(&world).await.unwrap();
    assert_eq!(reason(&node.relay.clone().greet(greet(6)).await.unwrap_err()), "node-superseded");
    assert!(node.relay.clone().greet(greet(7)).await.is_ok());
}

#[tokio::test]
async fn a_node_is_told_of_its_own_handovers_and_of_no_others() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let other = world.node(SIDOBRE).await;
    let handover = origin.offer(3600).await;
    winner.command(handover, 1, winner.a_bid()).await;
    origin.command(handover, 1, origin.an_award(handover, 1, &winner)).await;
    for (node, number) in [(&origin, 1), (&winner, 1), (&other, 0)] {
        let request = proto::ListMyHandoversRequest::default();
        let reply = node.relay.clone().list_my_handovers(request).await.unwrap().into_inner();
        assert_eq!(reply.handovers.len(), number);
        assert!(reply.handovers.iter().all(|one| one.offer.is_some() && one.record.is_some()));
    }
}

/// What the two agreed on since the backup was nowhere but with them: whoever drives at other times has to see it.
#[tokio::test]
async fn where_a_handover_stands_says_at_what_times_once_nobody_is_waited_for() {
    let world = World::new().await;
    let (mut origin, mut winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.offer(3600).await;
    winner.command(handover, 1, winner.a_bid()).await;
    let awarded = origin.receipt(handover, origin.an_award(handover, 1, &winner)).await;
    let held = winner.receipt(handover, Action::Accept).await;
    let backup = world.backup();
    let world = world.restore(backup).await;
    origin.reconnect(&world).await.unwrap();
    winner.reconnect(&world).await.unwrap();
    let mut moved = origin.an_offer(3600);
    for leg in &mut moved.legs {
        leg.window_start_ms += 3_600_000;
        leg.window_end_ms += 3_600_000;
    }
    let action = Action::Offer(moved.clone());
    let signed = origin.envelope(Body::Command(Command { handover, round: 1, action }));
    let presentation = proto::Presentation { offer: Some(signed.into()), ..with(handover, &awarded) };
    let standing = origin.present(presentation).await;
    assert_eq!((standing.waiting, standing.offer), (true, None), "the other may know better");
    let standing = winner.present(with(handover, &held)).await;
    assert_eq!(Offer::try_from(standing.offer.unwrap()).unwrap().legs, moved.legs);
}

#[tokio::test]
async fn an_origin_that_was_told_too_early_is_told_what_is_true() {
    for expected in [NoticeKind::Accepted, NoticeKind::Released, NoticeKind::Outcome, NoticeKind::Reopened] {
        let world = World::new().await;
        let (mut origin, mut winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
        let handover = origin.offer(3600).await;
        winner.command(handover, 1, winner.a_bid()).await;
        let backup = world.backup();
        origin.command(handover, 1, origin.an_award(handover, 1, &winner)).await;
        let answer = if expected == NoticeKind::Reopened {
            Action::Refuse(GiveBackReason::Vehicle)
        } else {
            Action::Accept
        };
        let mut last = winner.receipt(handover, answer).await;
        if expected == NoticeKind::Released {
            last = winner.receipt(handover, Action::Release(GiveBackReason::Vehicle)).await;
        } else if expected == NoticeKind::Outcome {
            let driven = winner.sealed(b"driven", (handover, 1, PayloadKind::Outcome), &origin);
            last = winner.receipt(handover, Action::Outcome(driven)).await;
        }
        let world = world.restore(backup).await;
        origin.reconnect(&world).await.unwrap();
        winner.reconnect(&world).await.unwrap();
        // The origin was restored too and has forgotten its award.
        let nothing = proto::Presentation { handover_id: handover.to_bytes(), ..Default::default() };
        assert!(!origin.present(nothing).await.waiting);
        assert!(!winner.present(with(handover, &last)).await.waiting);
        assert_eq!(origin.waiting_kinds(&world).await.last(), Some(&expected));
    }
}

#[tokio::test]
async fn what_only_a_member_that_is_forgotten_could_tell_is_not_waited_for() {
    let world = World::new().await;
    let (mut gone, mut winner) = (world.node(SIDOBRE).await, world.node(CENTRE_TARN).await);
    let backup = world.backup();
    let origin = world.node(ALBAN).await;
    let carried = async |origin: &Node| {
        let handover = origin.offer(3600).await;
        winner.command(handover, 1, winner.a_bid()).await;
        origin.command(handover, 1, origin.an_award(handover, 1, &winner)).await;
        (handover, winner.receipt(handover, Action::Accept).await)
    };
    let of_stranger = carried(&origin).await;
    let of_revoked = carried(&gone).await;
    let world = world.restore(backup).await;
    winner.reconnect(&world).await.unwrap();
    let standing = winner.present(with(of_stranger.0, &of_stranger.1)).await;
    assert_eq!((standing.waiting, standing.record), (false, None), "enrolled after the backup");
    assert!(winner.present(with(of_revoked.0, &of_revoked.1)).await.waiting, "it will come");
    gone.reconnect(&world).await.unwrap();
    world.revoke(gone.id).await;
    let standing = winner.present(with(of_revoked.0, &of_revoked.1)).await;
    assert_eq!((standing.waiting, standing.record), (false, None));
}

#[tokio::test]
async fn the_bids_that_stand_are_told_to_the_origin_alone() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.offer(3600).await;
    winner.command(handover, 1, winner.a_bid()).await;
    let Action::Bid(bid) = winner.a_bid() else { panic!("a bid") };
    let list = async |node: &Node| {
        let request = proto::ListMyHandoversRequest::default();
        node.relay.clone().list_my_handovers(request).await.unwrap().into_inner().handovers.remove(0)
    };
    let told = proto::LiveBid { node: winner.id.to_bytes(), bid: Some(bid.into()) };
    assert_eq!(list(&origin).await.bids, Some(proto::LiveBids { bids: vec![told] }));
    origin.command(handover, 1, origin.an_award(handover, 1, &winner)).await;
    assert_eq!(list(&winner).await.bids, None);
}

/// The letter of the backup says that it is offered; the one that said it is not any more is lost.
#[tokio::test]
async fn who_hears_late_of_an_offer_that_is_closed_is_told_so() {
    let world = World::new().await;
    let (mut origin, mut asked) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.offer(3600).await;
    let backup = world.backup();
    let reason = maillage_federation::handover::WithdrawReason::LocalDriver;
    let withdrawn = origin.receipt(handover, Action::Withdraw(reason)).await;
    let world = world.restore(backup).await;
    origin.reconnect(&world).await.unwrap();
    asked.reconnect(&world).await.unwrap();
    assert!(!origin.present(with(handover, &withdrawn)).await.waiting);
    assert_eq!(asked.waiting_kinds(&world).await, [NoticeKind::Offered, NoticeKind::Closed]);
    assert_eq!(world.waiting(origin.id).await, 0, "its origin knows");
}

/// The origin speaks first, and its offer is kept until the hub goes on.
#[tokio::test]
async fn who_never_heard_of_an_offer_is_told_once_the_last_that_may_know_better_has_spoken() {
    let world = World::new().await;
    let (mut origin, mut winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut other = world.node(SIDOBRE).await;
    let backup = world.backup();
    let handover = origin.offer(3600).await;
    let bid = winner.receipt(handover, winner.a_bid()).await;
    let awarded = origin.receipt(handover, origin.an_award(handover, 1, &winner)).await;
    let world = world.restore(backup).await;
    for node in [&mut origin, &mut winner, &mut other] {
        node.reconnect(&world).await.unwrap();
    }
    let by_origin = proto::Presentation {
        awarded_to: winner.id.to_bytes(),
        offer: Some(origin.offer_now(handover)),
        ..with(handover, &awarded)
    };
    assert!(origin.present(by_origin).await.waiting);
    assert_eq!(world.waiting(other.id).await, 0, "nothing is decided yet");
    assert!(!winner.present(with(handover, &bid)).await.waiting);
    assert_eq!(other.waiting_kinds(&world).await, [NoticeKind::Offered]);
    assert_eq!(world.waiting(winner.id).await, 0, "it is chosen, and knows");
}
