//! A trip changes hands, or does not: the whole path, and every way it can come to nothing.

use std::time::Duration;

use maillage_federation::{
    handover::{Action, GiveBackReason, NoticeKind, Record, State, WithdrawReason},
    ids::{HandoverKind, Id},
    sealed::{Context, PayloadKind},
};

use crate::{
    node::{Node, all_different},
    world::{ALBAN, CENTRE_TARN, SIDOBRE, World, reason, soon},
};

async fn awarded(origin: &Node, winner: &Node) -> Id<HandoverKind> {
    let handover = origin.offer(3600).await;
    assert_eq!(winner.command(handover, 1, winner.a_bid()).await.refused, None);
    let award = origin.an_award(handover, 1, winner);
    assert_eq!(origin.command(handover, 1, award).await.refused, None);
    handover
}

#[tokio::test]
async fn a_trip_goes_from_offer_to_outcome() {
    let world = World::new().await;
    let (origin, winner, loser) =
        (world.node(ALBAN).await, world.node(CENTRE_TARN).await, world.node(SIDOBRE).await);
    let (mut at_origin, mut at_winner, mut at_loser) =
        (origin.inbox(0).await, winner.inbox(0).await, loser.inbox(0).await);
    let handover = origin.offer(3600).await;
    let offered = at_winner.expect(NoticeKind::Offered).await;
    assert!(offered.notice.cause.is_some(), "the origin's own words");
    at_loser.expect(NoticeKind::Offered).await;
    winner.command(handover, 1, winner.a_bid()).await;
    loser.command(handover, 1, loser.a_bid()).await;
    at_origin.expect(NoticeKind::Bid).await;
    at_origin.expect(NoticeKind::Bid).await;

    let award = origin.an_award(handover, 1, &winner);
    let receipt = origin.command(handover, 1, award).await;
    assert!(matches!(receipt.record.unwrap().state, State::Awarded { winner: id, .. } if id == winner.id));
    let mail = at_winner.expect(NoticeKind::Awarded).await;
    let cause = mail.notice.cause.unwrap();
    let body = cause.verify(&"essai".parse().unwrap(), &origin.signer.verify_key()).unwrap();
    let maillage_federation::envelope::Body::Command(command) = body else { panic!("a command") };
    let Action::Award { details, .. } = command.action else { panic!("an award") };
    let context =
        Context { kind: PayloadKind::Award, handover, round: 1, sender: origin.id, recipient: winner.id };
    assert!(winner.sealing.open(&details, &context).unwrap().starts_with(b"Jeanne"));

    let receipt = winner.command(handover, 1, Action::Accept).await;
    assert_eq!(receipt.record.unwrap().state, State::Held { holder: winner.id });
    at_origin.expect(NoticeKind::Accepted).await;
    let closed = at_loser.expect(NoticeKind::Closed).await;
    assert_eq!(closed.notice.record.state, State::Held { holder: Id::another() }, "not whose it is");
    let outcome = winner.sealed(b"driven", (handover, 1, PayloadKind::Outcome), &origin);
    assert_eq!(winner.command(handover, 1, Action::Outcome(outcome)).await.refused, None);
    let last = at_origin.expect(NoticeKind::Outcome).await;
    assert_eq!(last.notice.record.state, State::Done { holder: winner.id });
    assert!(!world.disk_holds(b"Jeanne") && !world.disk_holds(b"Lilas"), "the hub cannot read an award");
    assert_eq!(world.hub.store().due(i64::MAX, 10).await.unwrap(), [], "no deadline is left of it");
    let ids = [offered.envelope.header.id, mail.envelope.header.id, last.envelope.header.id];
    assert!(all_different(&ids));
}

#[tokio::test]
async fn only_those_who_could_serve_it_are_asked_and_heard() {
    let world = World::new().await;
    let origin = world.node(ALBAN).await;
    // Brest métropole: neither a neighbour nor at either end.
    let far = world.node("242900314").await;
    let handover = origin.offer(3600).await;
    assert_eq!(world.waiting(far.id).await, 0);
    let receipt = far.command(handover, 1, far.a_bid()).await;
    assert_eq!((receipt.refused.as_deref(), receipt.record), (Some("handover-not-eligible"), None));
    assert_eq!(reason(&far.look_up(handover).await.unwrap_err()), "handover-unknown");
    assert_eq!(origin.look_up(handover).await.unwrap().revision, 1);
    let mut foreign = origin.an_offer(3600);
    foreign.origin_territory = CENTRE_TARN.parse().unwrap();
    let receipt = origin.command(origin.random_id(), 1, Action::Offer(foreign)).await;
    assert_eq!(receipt.refused.as_deref(), Some("handover-bad-terms"));
}

/// Who was chosen, who holds it and what became of it is the business of two nodes and the hub.
#[tokio::test]
async fn a_loser_learns_from_nothing_the_hub_says_who_won() {
    let world = World::new().await;
    let (origin, winner, loser) =
        (world.node(ALBAN).await, world.node(CENTRE_TARN).await, world.node(SIDOBRE).await);
    let name = winner.id.to_bytes();
    let another = Id::another();
    let handover = origin.offer(3600).await;
    loser.command(handover, 1, loser.a_bid()).await;
    winner.command(handover, 1, winner.a_bid()).await;
    let award = origin.an_award(handover, 1, &winner);
    assert_eq!(origin.command(handover, 1, award).await.refused, None);
    let chosen = State::Awarded { winner: another, accept_by_ms: 0 };
    let outcome = winner.sealed(b"driven", (handover, 1, PayloadKind::Outcome), &origin);
    let not_theirs = State::Held { holder: another };
    for (by_winner, seen) in
        [(None, chosen), (Some(Action::Accept), not_theirs), (Some(Action::Outcome(outcome)), not_theirs)]
    {
        if let Some(action) = by_winner {
            assert_eq!(winner.command(handover, 1, action).await.refused, None);
        }
        let answer = loser.command(handover, 1, loser.a_bid()).await;
        assert_eq!(
            (answer.refused.as_deref(), answer.record.unwrap().state),
            (Some("handover-wrong-state"), seen)
        );
        assert_eq!(Record::try_from(loser.look_up(handover).await.unwrap()).unwrap().state, seen);
        assert_ne!(winner.look_up(handover).await.unwrap().holder, another.to_bytes());
    }
    let mut mail = loser.inbox(0).await;
    for expected in [NoticeKind::Offered, NoticeKind::Closed] {
        let letter = mail.expect(expected).await.envelope.encode();
        assert!(!letter.windows(name.len()).any(|window| window == name), "{expected:?} names the winner");
    }
    assert_eq!(world.waiting(loser.id).await, 2);
}

#[tokio::test]
async fn a_bid_taken_back_while_another_is_chosen_is_gone_and_does_not_say_who_that_is() {
    let world = World::new().await;
    let (origin, winner, loser) =
        (world.node(ALBAN).await, world.node(CENTRE_TARN).await, world.node(SIDOBRE).await);
    let handover = origin.offer(3600).await;
    loser.command(handover, 1, loser.a_bid()).await;
    winner.command(handover, 1, winner.a_bid()).await;
    assert_eq!(origin.command(handover, 1, origin.an_award(handover, 1, &winner)).await.refused, None);
    let answer = loser.command(handover, 1, Action::Unbid).await;
    let chosen = State::Awarded { winner: Id::another(), accept_by_ms: 0 };
    assert_eq!((answer.refused, answer.record.unwrap().state), (None, chosen));
    let again = loser.command(handover, 1, Action::Unbid).await;
    assert_eq!(again.refused.as_deref(), Some("handover-no-live-bid"));
    assert_eq!(winner.command(handover, 1, Action::Accept).await.refused, None);
}

#[tokio::test]
async fn an_award_that_lapses_is_never_delivered_and_cannot_be_accepted() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut at_origin = origin.inbox(0).await;
    let handover = awarded(&origin, &winner).await;
    at_origin.expect(NoticeKind::Bid).await;
    world.pass(Duration::from_mins(10));
    // No command comes: the hub itself lets the time pass.
    let lapsed = at_origin.expect(NoticeKind::Lapsed).await;
    assert_eq!((lapsed.notice.record.state, lapsed.notice.record.round), (State::Open, 2));
    assert_eq!(winner.waiting_kinds(&world).await, [NoticeKind::Offered, NoticeKind::Lapsed]);
    let receipt = winner.command(handover, 1, Action::Accept).await;
    assert_eq!(receipt.refused.as_deref(), Some("handover-wrong-round"));
    let receipt = winner.command(handover, 2, Action::Accept).await;
    assert_eq!(receipt.refused.as_deref(), Some("handover-wrong-state"));
}

#[tokio::test]
async fn an_accept_one_moment_too_late_finds_the_award_lapsed() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = awarded(&origin, &winner).await;
    world.pass(Duration::from_millis(599_999));
    let in_time = awarded(&origin, &winner).await;
    world.pass(Duration::from_millis(1));
    let receipt = winner.command(handover, 1, Action::Accept).await;
    assert_eq!(receipt.refused.as_deref(), Some("handover-wrong-round"));
    assert_eq!(winner.command(in_time, 1, Action::Accept).await.refused, None);
}

#[tokio::test]
async fn an_award_that_is_refused_or_withdrawn_is_never_delivered() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = awarded(&origin, &winner).await;
    let back = Action::Refuse(GiveBackReason::NoDriver);
    assert_eq!(winner.command(handover, 1, back).await.refused, None);
    assert_eq!(winner.waiting_kinds(&world).await, [NoticeKind::Offered]);
    let second = awarded(&origin, &winner).await;
    assert_eq!(winner.waiting_kinds(&world).await.last(), Some(&NoticeKind::Awarded));
    let withdraw = Action::Withdraw(WithdrawReason::LocalDriver);
    assert_eq!(origin.command(second, 1, withdraw).await.refused, None);
    let kinds = winner.waiting_kinds(&world).await;
    assert_eq!(kinds, [NoticeKind::Offered, NoticeKind::Offered, NoticeKind::Closed]);
}

#[tokio::test]
async fn an_award_that_was_accepted_can_still_be_read_until_it_is_given_back() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = awarded(&origin, &winner).await;
    assert_eq!(winner.command(handover, 1, Action::Accept).await.refused, None);
    assert_eq!(winner.waiting_kinds(&world).await, [NoticeKind::Offered, NoticeKind::Awarded]);
    let release = Action::Release(GiveBackReason::Vehicle);
    let receipt = winner.command(handover, 1, release).await;
    assert_eq!(receipt.record.unwrap().round, 2);
    assert_eq!(winner.waiting_kinds(&world).await, [NoticeKind::Offered]);
    let again = Action::Offer(origin.an_offer(3600));
    assert_eq!(origin.command(handover, 2, again).await.refused, None);
    assert_eq!(winner.waiting_kinds(&world).await, [NoticeKind::Offered, NoticeKind::Offered]);
}

#[tokio::test]
async fn an_offer_that_nobody_wants_expires_by_itself() {
    let world = World::new().await;
    let (origin, candidate) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let (mut at_origin, mut at_candidate) = (origin.inbox(0).await, candidate.inbox(0).await);
    let handover = origin.offer(3600).await;
    at_candidate.expect(NoticeKind::Offered).await;
    world.pass(Duration::from_hours(1));
    at_origin.expect(NoticeKind::Expired).await;
    at_candidate.expect(NoticeKind::Closed).await;
    let receipt = candidate.command(handover, 1, candidate.a_bid()).await;
    assert_eq!(receipt.refused.as_deref(), Some("handover-wrong-state"));
}

#[tokio::test]
async fn a_node_that_asks_is_told_what_time_did_even_before_the_worker_came_by() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = awarded(&origin, &winner).await;
    // A lapse uncovers an expiry: both at once.
    world.pass(Duration::from_hours(2));
    let record = origin.look_up(handover).await.unwrap();
    assert_eq!(record.state(), maillage_proto::federation::v1::HandoverState::Expired);
    assert!(!winner.waiting_kinds(&world).await.contains(&NoticeKind::Awarded));
}

#[tokio::test]
async fn of_accept_and_withdraw_at_once_exactly_one_wins() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    for _ in 0..20 {
        let handover = awarded(&origin, &winner).await;
        let withdraw = Action::Withdraw(WithdrawReason::Coordinator);
        let (withdrawn, accepted) =
            tokio::join!(origin.command(handover, 1, withdraw), winner.command(handover, 1, Action::Accept));
        let applied = [&withdrawn, &accepted].map(|receipt| receipt.refused.is_none());
        assert_ne!(applied[0], applied[1], "{withdrawn:?} {accepted:?}");
        let loser = if applied[0] { accepted } else { withdrawn };
        assert_eq!(loser.refused.as_deref(), Some("handover-wrong-state"));
        let state = origin.look_up(handover).await.unwrap().state();
        let expected = if applied[0] { "Withdrawn" } else { "Held" };
        assert_eq!(format!("{state:?}"), expected);
    }
}

#[tokio::test]
async fn a_node_that_changes_its_mind_again_and_again_fills_nobodys_mailbox() {
    let world = World::new().await;
    let (origin, candidate) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.offer(3600).await;
    for _ in 0..50 {
        assert_eq!(candidate.command(handover, 1, candidate.a_bid()).await.refused, None);
        assert_eq!(candidate.command(handover, 1, Action::Unbid).await.refused, None);
    }
    let mut inbox = origin.inbox(0).await;
    let mail = inbox.expect(NoticeKind::Bid).await;
    assert_eq!((mail.sequence, world.waiting(origin.id).await), (100, 1), "its last word alone");
}

#[tokio::test]
async fn an_award_to_a_node_that_was_revoked_meanwhile_is_refused() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = origin.offer(3600).await;
    winner.command(handover, 1, winner.a_bid()).await;
    world.revoke(winner.id).await;
    let award = origin.an_award(handover, 1, &winner);
    let receipt = soon("a receipt", origin.command(handover, 1, award)).await;
    assert_eq!(receipt.refused.as_deref(), Some("handover-no-live-bid"));
}

#[tokio::test]
async fn a_trip_held_by_a_node_that_is_revoked_is_its_origins_again() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = awarded(&origin, &winner).await;
    assert_eq!(winner.command(handover, 1, Action::Accept).await.refused, None);
    world.revoke(winner.id).await;
    let mut inbox = origin.inbox(0).await;
    inbox.expect(NoticeKind::Bid).await;
    inbox.expect(NoticeKind::Accepted).await;
    let record = inbox.expect(NoticeKind::Released).await.notice.record;
    assert_eq!((record.state, record.round, record.owner()), (State::Released, 2, origin.id));
}

#[tokio::test]
async fn a_drive_that_crossed_the_persons_cancellation_is_accounted_for() {
    let world = World::new().await;
    let (origin, winner) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let handover = awarded(&origin, &winner).await;
    winner.command(handover, 1, Action::Accept).await;
    assert_eq!(origin.command(handover, 1, Action::Cancel).await.refused, None);
    let outcome = winner.sealed(b"driven", (handover, 1, PayloadKind::Outcome), &origin);
    let receipt = winner.command(handover, 1, Action::Outcome(outcome)).await;
    assert_eq!(receipt.record.unwrap().state, State::Done { holder: winner.id });
}
