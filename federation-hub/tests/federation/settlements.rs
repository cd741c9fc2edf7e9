//! Letters about months at the hub: handed on unread between two that have an agreement, once, bounded, through crashes.

use maillage_federation::{
    agreement::Carriers,
    envelope::{Body, Receipt},
    limits,
    sealed::{Context, PayloadKind},
    settlement::Letter,
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    agreements::{agreed, terms},
    node::Node,
    world::{ALBAN, CENTRE_TARN, SIDOBRE, World},
};

/// What one has signed, as far as a hub can tell: bytes for the other alone.
fn letter(from: &Node, to: &Node, plain: &[u8]) -> Letter {
    let context = Context::between(PayloadKind::Settlement, from.id, to.id);
    let statement = from.sealed(plain, (context.handover, context.round, context.kind), to);
    Letter { with: to.id, statement }
}

async fn send(from: &Node, to: &Node) -> Option<String> {
    from.say(Body::Settlement(letter(from, to, b"1 234 cents"))).await.refused
}

#[tokio::test]
async fn a_letter_is_handed_on_unread_once_and_survives_a_crash() {
    let world = World::new().await;
    let (mut one, mut other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    agreed(&one, &other, terms(Carriers::Both, None)).await;
    let before = world.waiting(other.id).await;
    let sent = one.envelope(Body::Settlement(letter(&one, &other, b"1 234 cents")));
    let receipt = one.submit(sent.clone()).await.unwrap();
    let world = world.restart().await;
    one.reconnect(&world).await.unwrap();
    other.reconnect(&world).await.unwrap();
    assert_eq!(one.submit(sent.clone()).await.unwrap(), receipt, "said twice is said once");
    assert_eq!(Receipt::verify(&receipt, &one.hub_key).unwrap().refused, None);
    assert_eq!(world.waiting(other.id).await, before + 1);
    let mut inbox = other.inbox(0).await;
    inbox.agreement(maillage_federation::agreement::NoticeKind::Proposed).await;
    let cause = inbox.month().await;
    assert_eq!(cause, sent, "as its sender wrote it");
    let body = cause.verify(&crate::world::FEDERATION.parse().unwrap(), &one.signer.verify_key());
    let Ok(Body::Settlement(handed)) = body else { panic!("a letter about a month") };
    let context = Context::between(PayloadKind::Settlement, one.id, other.id);
    assert_eq!(other.sealing.open(&handed.statement, &context).unwrap(), b"1 234 cents");
    assert!(!world.disk_holds(b"1 234 cents"), "the hub cannot read it");
}

#[tokio::test]
async fn a_letter_needs_another_member_and_an_agreement() {
    let world = World::new().await;
    let (one, other, third) =
        (world.node(ALBAN).await, world.node(CENTRE_TARN).await, world.node(SIDOBRE).await);
    let none = Some("settlement-no-agreement".to_owned());
    assert_eq!(send(&one, &other).await, none);
    let propose = maillage_federation::agreement::Action::Propose(terms(Carriers::Both, None));
    assert_eq!(crate::agreements::say(&one, &third, 1, propose).await.refused, None);
    assert_eq!(send(&one, &third).await, none, "what is only proposed is no agreement");
    agreed(&one, &other, terms(Carriers::Only(other.id), None)).await;
    assert_eq!(send(&one, &other).await, None);
    assert_eq!(send(&other, &one).await, None, "either signs, whoever carries");
    assert_eq!(send(&one, &one).await, none);
    // Nobody writes in another's name, nor is a letter let in that is larger than any month.
    let foreign = one.envelope(Body::Settlement(letter(&one, &other, b"")));
    assert_eq!(other.turned_away(foreign).await, "envelope-not-yours");
    let mut sealed = proto::Sealed::from(letter(&one, &other, b"").statement);
    sealed.ciphertext = vec![0; limits::SETTLEMENT_CLASSES[5] + 17];
    let kind = proto::SettlementLetter { with: other.id.to_bytes(), statement: Some(sealed) };
    let body = proto::Body { kind: Some(proto::body::Kind::Settlement(kind)), directory: None };
    assert_eq!(one.turned_away(one.sign_bytes(body.encode_to_vec())).await, "command-malformed");
    world.revoke(other.id).await;
    assert_eq!(send(&one, &other).await.as_deref(), Some("settlement-no-such-member"));
}

#[tokio::test]
async fn nobody_fills_the_mailbox_of_another_with_months() {
    let world = World::new().await;
    let (one, other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    agreed(&one, &other, terms(Carriers::Both, None)).await;
    let before = world.waiting(other.id).await;
    for _ in 0..limits::SETTLEMENTS_WAITING {
        assert_eq!(send(&one, &other).await, None);
    }
    assert_eq!(send(&one, &other).await.as_deref(), Some("settlement-too-many"));
    assert_eq!(world.waiting(other.id).await, before + limits::SETTLEMENTS_WAITING as u64);
    assert_eq!(send(&other, &one).await, None, "the other way is another matter");
    // Once they are read there is room again.
    let mut inbox = other.inbox(0).await;
    inbox.agreement(maillage_federation::agreement::NoticeKind::Proposed).await;
    for _ in 0..limits::SETTLEMENTS_WAITING {
        inbox.month().await;
    }
    other.ack(before + limits::SETTLEMENTS_WAITING as u64).await;
    assert_eq!(send(&one, &other).await, None);
}
