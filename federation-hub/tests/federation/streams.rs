//! Streams and mailboxes: nothing is lost, nothing comes back, the newest stream wins.

use maillage_federation::handover::NoticeKind;

use crate::{
    node::Inbox,
    world::{ALBAN, CENTRE_TARN, World, reason},
};

#[tokio::test]
async fn the_newest_stream_wins_and_the_older_is_told_why() {
    let world = World::new().await;
    let (origin, node) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut older = node.inbox(0).await;
    origin.offer(3600).await;
    older.expect(NoticeKind::Offered).await;
    let mut newer = node.inbox(0).await;
    assert_eq!(reason(&older.end().await), "replaced-by-newer-stream");
    newer.expect(NoticeKind::Offered).await;
    origin.offer(3600).await;
    assert_eq!(newer.expect(NoticeKind::Offered).await.sequence, 2);
    drop(older);
    origin.offer(3600).await;
    assert_eq!(newer.expect(NoticeKind::Offered).await.sequence, 3, "the end of the older changes nothing");
}

#[tokio::test]
async fn many_streams_opened_at_once_leave_one() {
    let world = World::new().await;
    let (origin, node) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut streams = futures_util::future::join_all((0..10).map(|_| node.inbox(0))).await;
    origin.offer(3600).await;
    let results = streams.iter_mut().map(Inbox::mail_or_reason);
    let results = futures_util::future::join_all(results).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(
        results
            .iter()
            .filter_map(|result| result.as_ref().err())
            .all(|end| end == "replaced-by-newer-stream")
    );
}

#[tokio::test]
async fn letters_come_again_until_they_are_acknowledged() {
    let world = World::new().await;
    let (origin, node) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    for _ in 0..3 {
        origin.offer(3600).await;
    }
    let read = async |cursor, count| {
        let (mut inbox, mut sequences) = (node.inbox(cursor).await, Vec::new());
        for _ in 0..count {
            sequences.push(inbox.next().await.sequence);
        }
        sequences
    };
    assert_eq!(read(0, 3).await, [1, 2, 3]);
    assert_eq!(read(0, 3).await, [1, 2, 3], "reading forgets nothing");
    assert_eq!(read(2, 1).await, [3]);
    node.ack(2).await;
    assert_eq!((read(0, 1).await, world.waiting(node.id).await), (vec![3], 1));
    node.ack(1).await;
    assert_eq!(world.waiting(node.id).await, 1, "an older acknowledgement is harmless");
}

#[tokio::test]
async fn the_sequence_never_restarts() {
    let mut world = World::new().await;
    let (mut origin, mut node) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    for round in 1..=3 {
        origin.offer(3600).await;
        let mut inbox = node.inbox(round - 1).await;
        assert_eq!(inbox.expect(NoticeKind::Offered).await.sequence, round);
        node.ack(u64::MAX).await;
        assert_eq!(world.waiting(node.id).await, 0, "drained");
        drop(inbox);
        world = world.restart().await;
        origin.reconnect(&world).await.unwrap();
        node.reconnect(&world).await.unwrap();
    }
}

#[tokio::test]
async fn a_cursor_beyond_the_end_waits_for_what_comes() {
    let world = World::new().await;
    let (origin, node) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut inbox = node.inbox(1).await;
    origin.offer(3600).await;
    origin.offer(3600).await;
    assert_eq!(inbox.expect(NoticeKind::Offered).await.sequence, 2);
    let mut at_the_limit = node.inbox(u64::MAX).await;
    world.revoke(node.id).await;
    drop(at_the_limit.end().await);
}
