//! Envelopes that lie, repeat themselves or are too large: refused, and nothing changes.

use maillage_federation::{
    envelope::{Body, Envelope, HandoverNotice, Party, Receipt},
    handover::{Action, Command, NoticeKind, Record, State},
    ids::Id,
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    node::Node,
    world::{ALBAN, CENTRE_TARN, World},
};

fn offering(node: &Node) -> Body {
    let command =
        Command { handover: node.random_id(), round: 1, action: Action::Offer(node.an_offer(3600)) };
    Body::Command(command)
}

#[tokio::test]
async fn whoever_speaks_in_anothers_name_is_turned_away() {
    let world = World::new().await;
    let (honest, liar) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut header = liar.header(liar.random_id());
    header.sender = Party::Node(honest.id);
    let in_honests_name = Envelope::sign(header.clone(), offering(&honest), &liar.signer);
    assert_eq!(liar.turned_away(in_honests_name).await, "envelope-not-yours");
    let overheard = honest.envelope(offering(&honest));
    assert_eq!(liar.turned_away(overheard).await, "envelope-not-yours");
    header.sender = Party::Hub;
    let as_hub = Envelope::sign(header, offering(&honest), &liar.signer);
    assert_eq!(liar.turned_away(as_hub).await, "envelope-not-yours");
    let wrong_key = Envelope::sign(liar.header(liar.random_id()), offering(&liar), &honest.signer);
    assert_eq!(liar.turned_away(wrong_key).await, "envelope-bad-signature");
    assert!(world.hub_threads().await.is_empty());
}

#[tokio::test]
async fn altered_misdirected_and_unreadable_envelopes_are_turned_away() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let good = || proto::Envelope::from(node.envelope(offering(&node)));
    let changed = |change: fn(&mut proto::Envelope)| {
        let mut envelope = good();
        change(&mut envelope);
        envelope
    };
    let to_node = {
        let mut header = node.header(node.random_id());
        header.recipient = Party::Node(node.id);
        Envelope::sign(header, offering(&node), &node.signer)
    };
    let elsewhere = {
        let mut header = node.header(node.random_id());
        header.federation = "autre".parse().unwrap();
        Envelope::sign(header, offering(&node), &node.signer)
    };
    for (envelope, expected) in [
        (changed(|envelope| envelope.body[10] ^= 1), "envelope-bad-signature"),
        (changed(|envelope| envelope.body.truncate(20)), "envelope-bad-signature"),
        (changed(|envelope| envelope.sent_at_ms += 1), "envelope-bad-signature"),
        (changed(|envelope| envelope.signature.truncate(63)), "envelope-bad-signature"),
        (changed(|envelope| envelope.id.truncate(15)), "envelope-malformed"),
        (changed(|envelope| envelope.federation = "É".into()), "envelope-malformed"),
        (changed(|envelope| envelope.body = vec![0; 64 * 1024 + 1]), "envelope-too-large"),
        (to_node.into(), "envelope-not-for-hub"),
        (elsewhere.into(), "envelope-other-federation"),
    ] {
        assert_eq!(node.turned_away(envelope).await, expected);
    }
    let huge = changed(|envelope| envelope.body = vec![0; 300 * 1024]);
    assert!(node.submit(huge).await.is_err(), "over the limit of a message");
    let empty = node.relay.clone().submit(proto::SubmitRequest::default()).await.unwrap_err();
    assert_eq!(crate::world::reason(&empty), "envelope-missing");
    assert!(world.hub_threads().await.is_empty());
}

#[tokio::test]
async fn what_this_version_does_not_know_is_not_guessed_at() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    // A field of a later version, and an empty body: signed as they are.
    for body in [vec![], vec![0x7a, 0x01, 0x00]] {
        assert_eq!(node.turned_away(node.sign_bytes(body)).await, "unknown-kind");
    }
    let unknown = proto::HandoverCommand { handover_id: vec![1; 16], round: 1, action: None };
    let unknown = proto::Body { kind: Some(proto::body::Kind::Command(unknown)), directory: None };
    assert_eq!(node.turned_away(node.sign_bytes(unknown.encode_to_vec())).await, "unknown-kind");
    let garbled = proto::Body {
        kind: Some(proto::body::Kind::Command(proto::HandoverCommand {
            handover_id: vec![1; 15],
            round: 1,
            action: Some(proto::handover_command::Action::Accept(proto::Accept {})),
        })),
        directory: None,
    };
    assert_eq!(node.turned_away(node.sign_bytes(garbled.encode_to_vec())).await, "command-malformed");
}

#[tokio::test]
async fn a_notice_from_a_node_is_refused_by_receipt() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let record = Record {
        handover: Id::new(1, [1; 10]),
        origin: node.id,
        state: State::Open,
        round: 1,
        reply_by_ms: 0,
        revision: 1,
        circle: None,
    };
    let notice = HandoverNotice { record, kind: NoticeKind::Accepted, cause: None };
    let receipt = node.say(Body::Notice(Box::new(notice))).await;
    assert_eq!(receipt.refused.as_deref(), Some("notice-from-node"));
}

#[tokio::test]
async fn the_same_envelope_again_gets_the_very_same_receipt_and_does_nothing() {
    let world = World::new().await;
    let (origin, candidate) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let envelope = origin.envelope(offering(&origin));
    let receipt = origin.submit(envelope.clone()).await.unwrap();
    world.pass(std::time::Duration::from_secs(30));
    for _ in 0..3 {
        assert_eq!(origin.submit(envelope.clone()).await.unwrap(), receipt);
    }
    assert_eq!(world.waiting(candidate.id).await, 1, "one offer, one letter");
    // A refusal is kept as well.
    let late = candidate.envelope(Body::Command(Command {
        handover: Id::new(5, [5; 10]),
        round: 1,
        action: Action::Accept,
    }));
    let refusal = candidate.submit(late.clone()).await.unwrap();
    assert_eq!(candidate.submit(late).await.unwrap(), refusal);
    let read = Receipt::verify(&refusal, &world.hub_key).unwrap();
    assert_eq!((read.refused.as_deref(), read.record, read.hub_epoch), (Some("handover-unknown"), None, 1));
}

#[tokio::test]
async fn an_id_used_again_for_another_body_changes_nothing() {
    let world = World::new().await;
    let (origin, other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let first = origin.envelope(offering(&origin));
    let receipt = origin.submit(first.clone()).await.unwrap();
    let second = Envelope::sign(first.header.clone(), offering(&origin), &origin.signer);
    assert_eq!(origin.turned_away(second).await, "envelope-id-reused");
    assert_eq!(world.hub_threads().await.len(), 1);
    assert_eq!(origin.submit(first.clone()).await.unwrap(), receipt);
    // Another node cannot occupy somebody's ids.
    let same_id = Envelope::sign(other.header(first.header.id), offering(&other), &other.signer);
    let theirs = Receipt::verify(&other.submit(same_id).await.unwrap(), &world.hub_key).unwrap();
    assert_eq!(theirs.refused, None);
    assert_eq!(origin.submit(first).await.unwrap(), receipt);
}

#[tokio::test]
async fn a_hundred_copies_at_once_are_one_command() {
    let world = World::new().await;
    let (origin, candidate) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let envelope = origin.envelope(offering(&origin));
    let copies = (0..100).map(|_| origin.submit(envelope.clone()));
    let receipts = futures_util::future::join_all(copies).await;
    let first = receipts[0].as_ref().unwrap();
    assert!(receipts.iter().all(|receipt| receipt.as_ref().unwrap() == first));
    assert_eq!(world.waiting(candidate.id).await, 1);
}
