//! What a whole federation in one test cannot show: limits that are large, and the order of letters within one ruling.

use std::sync::Arc;

use maillage_engine::MemoryDisk;
use maillage_federation::{
    handover::NoticeKind,
    ids::{HandoverKind, Id, NodeKind},
};

use super::{EmbeddedStore, all, mailbox::Capacity};
use crate::store::{About, NewLetter, Post, Question, Repository as _, Ruling, Settled, StoreError, Subject};

fn node() -> Id<NodeKind> {
    Id::new(1, [1; 10])
}

fn handover(number: u8) -> Id<HandoverKind> {
    Id::new(2, [number; 10])
}

fn letter(kind: NoticeKind, about: u8, bytes: usize) -> Post {
    Post::Letter(NewLetter {
        to: node(),
        about: About::Handover(handover(about), kind),
        caused_by: None,
        envelope: vec![about; bytes],
    })
}

async fn post(store: &EmbeddedStore, post: Vec<Post>) -> usize {
    let question = Question { envelope: None, subject: Subject::Nothing };
    let rule = Arc::new(move |_: &_| Ruling { post: post.clone(), ..Ruling::default() });
    match store.settle(question, rule).await.unwrap() {
        Settled::Now { mail_for, .. } => mail_for.len(),
        Settled::Before { .. } | Settled::IdReused | Settled::Later => 0,
    }
}

async fn sequences(store: &EmbeddedStore) -> Vec<u64> {
    let mut found = vec![];
    while let Some(letter) = store.letter_after(node(), found.last().copied().unwrap_or(0)).await.unwrap() {
        found.push(letter.sequence);
    }
    found
}

#[tokio::test]
async fn a_full_mailbox_takes_no_offers_and_everything_else() {
    for capacity in [Capacity { rows: 16, bytes: u64::MAX }, Capacity { rows: u64::MAX, bytes: 1_600 }] {
        let mut store = EmbeddedStore::open_memory(&MemoryDisk::new()).unwrap();
        store.capacity = capacity;
        for about in 0..16 {
            assert_eq!(post(&store, vec![letter(NoticeKind::Offered, about, 100)]).await, 1);
        }
        for kind in [NoticeKind::Offered, NoticeKind::Reopened] {
            assert_eq!(post(&store, vec![letter(kind, 100, 1)]).await, 0, "{kind:?}");
        }
        for kind in [NoticeKind::Awarded, NoticeKind::Outcome, NoticeKind::Closed, NoticeKind::Lapsed] {
            assert_eq!(post(&store, vec![letter(kind, 101, 1)]).await, 1, "{kind:?}");
        }
        assert_eq!(store.waiting(node()).await.unwrap(), 20);
        assert_eq!(store.acknowledge(node(), 5).await.unwrap(), 5);
        assert_eq!(post(&store, vec![letter(NoticeKind::Offered, 102, 1)]).await, 1, "there is room again");
        assert_eq!(sequences(&store).await.last(), Some(&21));
    }
}

#[tokio::test]
async fn an_award_is_taken_back_alone_and_only_before_the_next() {
    let store = EmbeddedStore::open_memory(&MemoryDisk::new()).unwrap();
    let recall = || Post::Recall { node: node(), handover: handover(1), words: false };
    post(&store, vec![letter(NoticeKind::Offered, 1, 10), letter(NoticeKind::Awarded, 1, 10)]).await;
    post(&store, vec![letter(NoticeKind::Awarded, 2, 10)]).await;
    post(&store, vec![recall(), letter(NoticeKind::Awarded, 1, 10)]).await;
    assert_eq!(sequences(&store).await, [1, 3, 4]);
    post(&store, vec![recall()]).await;
    assert_eq!(sequences(&store).await, [1, 3]);
    assert_eq!(store.waiting(node()).await.unwrap(), 2);
}

#[tokio::test]
async fn many_letters_are_forgotten_and_the_index_with_them() {
    let store = EmbeddedStore::open_memory(&MemoryDisk::new()).unwrap();
    for about in 0..12 {
        let letters = (0..100).map(|_| letter(NoticeKind::Closed, about, 10)).collect();
        assert_eq!(post(&store, letters).await, 100);
    }
    assert_eq!(store.acknowledge(node(), 1_150).await.unwrap(), 1_150);
    assert_eq!((store.waiting(node()).await.unwrap(), sequences(&store).await.len()), (50, 50));
    assert_eq!(store.acknowledge(node(), u64::MAX).await.unwrap(), 50);
    let index = super::LETTERS_BY_HANDOVER.scan(&store.engine, .., usize::MAX).unwrap();
    assert!(index.is_empty());
    assert_eq!(post(&store, vec![letter(NoticeKind::Offered, 1, 1)]).await, 1);
    assert_eq!(sequences(&store).await, [1_201]);
}

#[test]
fn what_is_more_than_can_be_read_at_once_is_no_answer_but_an_error() {
    assert_eq!(all(vec![1, 2], 2).unwrap(), [1, 2]);
    assert!(matches!(all(vec![1, 2, 3], 2), Err(StoreError::Contents(_))));
}
