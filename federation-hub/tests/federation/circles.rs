//! Offers in circles, as nodes meet them at a real hub: its own clock opens them, a restart or a restore loses none of it, and
//! who is asked late is shown what the origin signed.

use std::time::Duration;

use maillage_federation::{
    envelope::{Body, Receipt},
    handover::{
        Action, Circle, Command, GiveBackReason, NoticeKind, Offer, Record, Widening, WithdrawReason,
    },
    ids::{HandoverKind, Id},
};
use maillage_proto::federation::v1::{self as proto, presentation::Proof};

use crate::{
    node::{Mail, Node},
    world::{ALBAN, CENTRE_TARN, World, reason},
};

/// The territory at the other end of the journeys that are offered: the second circle.
const ALBIGEOIS: &str = "248100737";
const HOUR_MS: i64 = 3_600_000;

impl Node {
    /// An offer that the third circle, whose members only border, hears of an hour later.
    fn in_circles(&self) -> Offer {
        let offer = self.an_offer(6 * 3600);
        let now_ms = offer.reply_by_ms - 6 * HOUR_MS;
        Offer { widening: Some(Widening::between((now_ms, offer.reply_by_ms), (0, HOUR_MS))), ..offer }
    }

    async fn offer_in_circles(&self) -> (Id<HandoverKind>, Offer, proto::Receipt) {
        let (handover, offer) = (self.random_id(), self.in_circles());
        let command = Command { handover, round: 1, action: Action::Offer(offer.clone()) };
        let receipt = self.submit(self.envelope(Body::Command(command))).await.unwrap();
        (handover, offer, receipt)
    }

    async fn circle(&self, handover: Id<HandoverKind>) -> Option<Circle> {
        Record::try_from(self.look_up(handover).await.unwrap()).unwrap().circle
    }
}

/// The offer that goes along with a letter, as its origin signed it.
fn shown(mail: &Mail, origin: &Node) -> Offer {
    let cause = mail.notice.cause.as_ref().unwrap();
    let body = cause.verify(&"essai".parse().unwrap(), &origin.signer.verify_key()).unwrap();
    let Body::Command(Command { action: Action::Offer(offer), .. }) = body else { panic!("an offer") };
    offer
}

#[tokio::test]
async fn the_hub_opens_the_circles_by_its_own_clock_and_a_restart_forgets_none() {
    let world = World::new().await;
    let (mut origin, mut near, mut far) =
        (world.node(ALBAN).await, world.node(ALBIGEOIS).await, world.node(CENTRE_TARN).await);
    let (handover, offer, receipt) = origin.offer_in_circles().await;
    let receipt = Receipt::verify(&receipt, &origin.hub_key).unwrap();
    assert_eq!(receipt.record.unwrap().circle, Some(Circle::Second), "nobody serves both ends");
    assert_eq!(near.waiting_kinds(&world).await, [NoticeKind::Offered]);
    assert_eq!(world.waiting(far.id).await, 0);
    let answer = far.command(handover, 1, far.a_bid()).await;
    assert_eq!((answer.refused.as_deref(), answer.record), (Some("handover-not-yet-asked"), None));
    assert_eq!(reason(&far.look_up(handover).await.unwrap_err()), "handover-unknown");
    let world = world.restart().await;
    for node in [&mut origin, &mut near, &mut far] {
        node.reconnect(&world).await.unwrap();
    }
    world.pass(Duration::from_hours(1));
    assert_eq!(origin.circle(handover).await, Some(Circle::Third));
    let told = far.inbox(0).await.expect(NoticeKind::Offered).await;
    assert_eq!(shown(&told, &origin), offer);
    let widened = origin.inbox(0).await.expect(NoticeKind::Widened).await;
    assert_eq!((widened.notice.record.circle, widened.notice.cause), (Some(Circle::Third), None));
    assert_eq!(far.command(handover, 1, far.a_bid()).await.refused, None);
    origin.command(handover, 1, Action::Withdraw(WithdrawReason::LocalDriver)).await;
    for node in [&near, &far] {
        assert_eq!(node.waiting_kinds(&world).await, [NoticeKind::Offered, NoticeKind::Closed], "each once");
    }
    assert_eq!(world.hub.store().due(i64::MAX, 10).await.unwrap(), [], "no deadline is left of it");
}

#[tokio::test]
async fn after_a_refusal_the_next_circle_is_shown_the_offer_and_not_who_refused() {
    let world = World::new().await;
    let (origin, near, far) =
        (world.node(ALBAN).await, world.node(ALBIGEOIS).await, world.node(CENTRE_TARN).await);
    let (handover, offer, _) = origin.offer_in_circles().await;
    near.command(handover, 1, near.a_bid()).await;
    origin.command(handover, 1, origin.an_award(handover, 1, &near)).await;
    assert_eq!(world.waiting(far.id).await, 0);
    let refused = near.command(handover, 1, Action::Refuse(GiveBackReason::NoDriver)).await;
    assert_eq!(refused.refused, None);
    let told = far.inbox(0).await.expect(NoticeKind::Offered).await;
    assert_eq!((shown(&told, &origin), told.notice.record.round), (offer, 2));
    let (letter, name) = (told.envelope.encode(), near.id.to_bytes());
    assert!(!letter.windows(name.len()).any(|window| window == name));
    assert_eq!(far.command(handover, 2, far.a_bid()).await.refused, None);
}

#[tokio::test]
async fn a_restored_hub_goes_on_from_the_circle_that_record_and_offer_say() {
    for widened in [false, true] {
        let world = World::new().await;
        let (mut origin, mut near, mut far) =
            (world.node(ALBAN).await, world.node(ALBIGEOIS).await, world.node(CENTRE_TARN).await);
        let backup = world.backup();
        let (handover, offer, receipt) = origin.offer_in_circles().await;
        let mut proof = Proof::Receipt(receipt);
        if widened {
            world.pass(Duration::from_hours(1));
            origin.look_up(handover).await.unwrap();
            proof = Proof::Notice(origin.inbox(0).await.expect(NoticeKind::Widened).await.envelope.into());
        }
        maillage_hub::store::EmbeddedStore::open_memory(&backup)
            .unwrap()
            .begin_epoch(world.now_ms())
            .unwrap();
        let world = world.restart_on(backup).await;
        for node in [&mut origin, &mut near, &mut far] {
            node.reconnect(&world).await.unwrap();
        }
        let command = Command { handover, round: 1, action: Action::Offer(offer.clone()) };
        let presentation = proto::Presentation {
            handover_id: handover.to_bytes(),
            proof: Some(proof),
            offer: Some(origin.envelope(Body::Command(command)).into()),
            ..proto::Presentation::default()
        };
        let request = proto::PresentRequest { incarnation: 0, presentations: vec![presentation] };
        origin.relay.clone().present(request).await.unwrap();
        assert_eq!(near.waiting_kinds(&world).await, [NoticeKind::Offered], "it may have got lost");
        assert_eq!(world.waiting(far.id).await, u64::from(widened));
        if !widened {
            world.pass(Duration::from_hours(1));
            assert_eq!(origin.circle(handover).await, Some(Circle::Third));
        }
        let told = far.inbox(0).await.expect(NoticeKind::Offered).await;
        assert_eq!(shown(&told, &origin), offer);
    }
}
