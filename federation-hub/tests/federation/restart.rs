//! The power fails in the middle of a handover: what was answered is there again, byte for byte.

use std::time::Duration;

use maillage_federation::{
    envelope::Body,
    handover::{Action, Command, NoticeKind, State},
};

use crate::world::{ALBAN, CENTRE_TARN, World};

#[tokio::test]
async fn a_handover_goes_on_after_a_power_cut_at_every_step() {
    let mut world = World::new().await;
    let (mut origin, mut winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.random_id();
    let steps: Vec<(bool, Action)> = vec![
        (true, Action::Offer(origin.an_offer(3600))),
        (false, winner.a_bid()),
        (true, origin.an_award(handover, 1, &winner)),
        (false, Action::Accept),
        (false, {
            let kind = maillage_federation::sealed::PayloadKind::Outcome;
            Action::Outcome(winner.sealed(b"driven", (handover, 1, kind), &origin))
        }),
    ];
    let mut receipts = Vec::new();
    for (by_origin, action) in steps {
        let speaker = if by_origin { &origin } else { &winner };
        let envelope = speaker.envelope(Body::Command(Command { handover, round: 1, action }));
        let receipt = speaker.submit(envelope.clone()).await.unwrap();
        receipts.push((by_origin, envelope, receipt));
        world = world.restart().await;
        origin.reconnect(&world).await.unwrap();
        winner.reconnect(&world).await.unwrap();
        for (by_origin, envelope, receipt) in &receipts {
            let speaker = if *by_origin { &origin } else { &winner };
            assert_eq!(&speaker.submit(envelope.clone()).await.unwrap(), receipt, "the very same receipt");
        }
        let at_winner = winner.waiting_kinds(&world).await;
        let awarded = (3..=4).contains(&receipts.len());
        assert_eq!(at_winner.contains(&NoticeKind::Awarded), awarded, "{at_winner:?}");
    }
    let mut at_origin = origin.inbox(0).await;
    for kind in [NoticeKind::Bid, NoticeKind::Accepted] {
        at_origin.expect(kind).await;
    }
    let last = at_origin.expect(NoticeKind::Outcome).await;
    assert_eq!(last.notice.record.state, State::Done { holder: winner.id });
}

#[tokio::test]
async fn a_deadline_that_passed_while_the_hub_was_down_is_applied_when_it_is_back() {
    let world = World::new().await;
    let mut origin = world.node(ALBAN).await;
    origin.offer(3600).await;
    world.pass(Duration::from_secs(3601));
    let world = world.restart().await;
    origin.reconnect(&world).await.unwrap();
    let mail = origin.inbox(0).await.expect(NoticeKind::Expired).await;
    assert_eq!(mail.notice.record.state, State::Expired);
    drop(world);
}

#[tokio::test]
async fn members_invitations_and_revocations_survive() {
    let world = World::new().await;
    let (mut kept, mut revoked) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    world.revoke(revoked.id).await;
    let world = world.restart().await;
    assert!(kept.reconnect(&world).await.is_ok());
    assert!(revoked.reconnect(&world).await.is_err());
    let members = world.hub_members().await;
    assert_eq!((members.head.version, members.nodes.len()), (3, 2));
}
