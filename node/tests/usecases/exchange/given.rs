//! What is given out to a partner is kept and can be given again, as true as it still is. Nothing is said about a round that
//! the partner was not shown.

use maillage_domain::trip::CancelledBy;
use maillage_engine::{EngineError, Transaction};
use maillage_federation::handover::{GiveBackReason, LegOutcome, LegResult, NoticeKind, State};
use maillage_node::app::{
    exchange,
    handover::{
        origin,
        talk::{self, Judgement},
    },
    trips,
};
use maillage_partners::{FromPartner, Shown, ToPartner, tds};
use maillage_store::partners::{self, PartnerNotice};

use super::{Firms, names_somebody};
use crate::world::{A, ready};

/// Lines of a table that say something.
fn lines(file: &str, message: &str) -> usize {
    let begins = |line: &&str| line.split(';').next() == Some(message);
    file.lines().filter(begins).count()
}

impl Firms {
    /// Lets the first partner carry it, and have its award.
    fn held(&self, handover: maillage_federation::ids::Id<maillage_federation::ids::HandoverKind>) {
        self.awarded(handover);
        self.heard(self.near, &FromPartner::Accept(self.about(handover, 1)));
        assert_eq!(lines(&self.out(self.near), "attribution"), 1);
    }
}

#[test]
fn what_was_given_is_given_again_until_a_month_after_the_trip() {
    let firms = Firms::new();
    let (trip, handover) = firms.offered();
    assert_eq!((lines(&firms.out(firms.near), "offre"), lines(&firms.out(firms.other), "offre")), (1, 1));
    assert_eq!(lines(&firms.again(firms.near), "offre"), 1, "while it is open");
    firms.held(handover);
    let award = firms.again(firms.near);
    assert_eq!((lines(&award, "attribution"), lines(&award, "offre")), (1, 0));
    assert_eq!(lines(&firms.out(firms.other), "clos"), 1);
    let word = talk::send_message(firms.world.app(A), &firms.by, handover, "Sonnez deux fois".to_owned());
    ready(word).unwrap();
    assert!(firms.out(firms.near).contains("Sonnez deux fois"));
    assert!(firms.again(firms.near).contains("Sonnez deux fois"), "while it drives");
    ready(trips::cancel(firms.world.app(A), &firms.by, trip, CancelledBy::Person, false)).unwrap();
    assert_eq!(lines(&firms.out(firms.near), "annule"), 1);
    assert_eq!(firms.out(firms.near), "", "given out");
    for _ in 0..2 {
        let again = firms.again(firms.near);
        assert_eq!((lines(&again, "annule"), lines(&again, "texte")), (1, 0), "{again}");
        assert!(!names_somebody(&again), "who travels is nobody's business any more");
        assert_eq!(lines(&firms.again(firms.other), "clos"), 1);
    }
    assert_eq!(ready(exchange::forget_told(firms.world.app(A))).unwrap(), 0);
    firms.world.wait(90 * 24 * 60);
    assert!(ready(exchange::forget_told(firms.world.app(A))).unwrap() >= 4);
    assert_eq!(firms.again(firms.near), "");
}

#[test]
fn two_judgements_are_two_messages_and_an_end_is_told_again() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    firms.out(firms.near);
    firms.held(handover);
    let leg =
        LegOutcome { result: LegResult::Completed, loaded_m: 31_000, empty_m: 2_500, contribution_cents: 0 };
    let about = firms.about(handover, 1);
    firms.heard(firms.near, &FromPartner::Outcome { about, legs: vec![leg] });
    let dispute = Judgement::Dispute {
        reason: maillage_federation::handover::DisputeReason::Distance,
        text: String::new(),
    };
    for judgement in [dispute, Judgement::Countersign] {
        ready(talk::judge(firms.world.app(A), &firms.by, handover, judgement)).unwrap();
    }
    assert_eq!(lines(&firms.out(firms.near), "bilan-vu"), 2);
    assert_eq!(lines(&firms.again(firms.near), "bilan-vu"), 2);
}

#[test]
fn a_text_waits_for_a_table_whatever_is_given_again_as_telegrams() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    firms.held(handover);
    let word = talk::send_message(firms.world.app(A), &firms.by, handover, "Sonnez deux fois".to_owned());
    ready(word).unwrap();
    for again in [true, false, true] {
        assert_eq!(firms.given(firms.near, "tds", again).left, 1);
    }
    assert!(firms.out(firms.near).contains("Sonnez deux fois"));
}

#[test]
fn a_file_is_bounded_and_says_how_much_waits() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    firms.out(firms.near);
    let near = firms.near;
    let lapses = move |transaction: &mut Transaction<'_>| {
        for revision in 100..420 {
            let kind = NoticeKind::Lapsed;
            let notice = PartnerNotice {
                partner: near,
                handover,
                revision,
                round: 1,
                kind,
                at_ms: 5,
                given_at_ms: None,
            };
            partners::note(transaction, &notice)?;
        }
        Ok(())
    };
    firms.world.app(A).store.transact::<(), EngineError, _>("test", lapses).unwrap();
    let first = firms.given(near, "", false);
    assert_eq!((first.messages, first.more), (300, 20));
    let rest = firms.given(near, "", false);
    assert_eq!((rest.messages, rest.more), (20, 0));
    // Asked for again, every one of them comes again within two files.
    let mut seen = Vec::new();
    for _ in 0..2 {
        firms.world.wait(1);
        let again = firms.given(near, "", true);
        assert_eq!(again.messages, 300);
        seen.push(again.file);
    }
    assert_ne!(seen[0], seen[1], "the second goes on where the first ended");
}

#[test]
fn nothing_is_said_about_a_round_the_partner_was_not_shown() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    let shown: Shown = [(handover, 1)].into_iter().collect();
    let (near, other) = (firms.near, firms.other);
    let mut offered = std::collections::BTreeSet::new();
    let mut ends = 0;
    let mut out = |partner| {
        let file = firms.given(partner, "tds", false).file;
        if file.is_empty() {
            return;
        }
        for message in tds::read_sent(&file, &shown).unwrap() {
            let about = message.about();
            if matches!(message, ToPartner::Offer(_) | ToPartner::Award(_)) {
                offered.insert((partner, about));
            } else {
                assert!(offered.contains(&(partner, about)), "{message:?}");
                ends += 1;
            }
        }
    };
    out(near);
    out(other);
    firms.awarded(handover);
    out(near);
    firms.world.wait(4 * 60 + 1);
    firms.world.tend(A);
    out(near);
    out(other);
    firms.heard(other, &firms.bid(handover, 2, 2_000));
    firms.world.wait(11);
    firms.world.tend(A);
    out(other);
    firms.heard(other, &FromPartner::Accept(firms.about(handover, 2)));
    let give_back =
        FromPartner::GiveBack { about: firms.about(handover, 2), reason: GiveBackReason::Vehicle };
    firms.heard(other, &give_back);
    assert_eq!(firms.state(handover), State::Open);
    out(near);
    out(other);
    firms.heard(near, &firms.bid(handover, 3, 2_000));
    firms.world.wait(11);
    firms.world.tend(A);
    firms.world.wait(4 * 60 + 1);
    firms.world.tend(A);
    ready(origin::withdraw(firms.world.app(A), &firms.by, handover)).unwrap();
    out(near);
    out(other);
    assert_eq!(ends, 5, "lapsed twice, closed once, taken back twice");
}

#[test]
fn nobody_is_told_the_end_of_what_was_never_shown() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    firms.out(firms.near);
    ready(origin::withdraw(firms.world.app(A), &firms.by, handover)).unwrap();
    assert_eq!(lines(&firms.out(firms.near), "retire"), 1);
    assert_eq!(firms.out(firms.other), "");
    assert_eq!((firms.again(firms.other), lines(&firms.again(firms.near), "retire")), (String::new(), 1));
}
