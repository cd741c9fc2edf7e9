//! Months between two desks: booked by each from what it knows, signed by both, equal to the cent or with each difference
//! listed; what nobody has signed, or somebody has signed for another month, pair or time, is not believed.

use maillage_domain::{
    agreement::Known,
    settlement::{Carrier, Standing, Typed},
    trip::{Absentee, CancelledBy, CorrectionReason},
};
use maillage_engine::{EngineError, Transaction};
use maillage_federation::{
    agreement::Trust,
    envelope::{Body, Envelope, Header, Party},
    handover::State,
    ids::{HandoverKind, Id, TripKind},
    sealed::{Context, PayloadKind},
    settlement::{Difference, LegKey, Letter, Line, Signed, Statement, What},
    signing::Signer,
};
use maillage_node::app::{
    agreements::{Carrier as Carries, NewTerms},
    caller::Caller,
    handover::{notices::Disbelief, receipts},
    settlements::{self, Direction, New, NewLine, Settlement},
    trips,
};
use maillage_platform::refusal::Refusal;
use maillage_store::agreements;

use crate::{
    agreements::terms,
    driving::reason,
    world::{A, B, C, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

impl World {
    fn sign(&self, at: usize, with: usize) -> Result<Settlement, Refusal> {
        self.sign_month(at, with, "2026-10")
    }

    fn sign_month(&self, at: usize, with: usize, month: &str) -> Result<Settlement, Refusal> {
        let (with, month) = (self.id(with).to_string(), month.parse().unwrap());
        let seen = settlements::show(self.app(at), &local(), &with, month)?.etag();
        ready(settlements::sign(self.app(at), &local(), (with, month), seen))
    }

    fn october(&self, at: usize, with: usize) -> Settlement {
        let month = "2026-10".parse().unwrap();
        settlements::show(self.app(at), &local(), &self.id(with).to_string(), month).unwrap()
    }

    /// What B has carried for A, as A has it.
    fn carried_by_b(&self) -> Direction {
        let [_, theirs] = self.october(A, B).directions;
        theirs
    }

    /// The same, as B has it.
    fn carried_by_us(&self) -> Direction {
        let [ours, _] = self.october(B, A).directions;
        ours
    }

    pub(crate) fn put_right(&self, at: usize, with: usize, handover: Id<HandoverKind>, what: Option<What>) {
        let new = New::Typed(match what {
            Some(What::Driven { loaded_m, empty_m, contribution }) => Typed::Driven {
                loaded_m: Some(loaded_m),
                empty_m: Some(empty_m),
                contribution: Some(contribution),
            },
            Some(What::NoShow) => Typed::NoShow,
            Some(What::AtTheDoor) => Typed::AtTheDoor,
            None => Typed::Nothing,
        });
        self.correct_line(at, with, handover, new).unwrap();
    }

    fn correct_line(
        &self,
        at: usize,
        with: usize,
        handover: Id<HandoverKind>,
        new: New,
    ) -> Result<Settlement, Refusal> {
        let (with, month) = (self.id(with).to_string(), "2026-10".parse().unwrap());
        let key = LegKey { handover, leg: 0 };
        let line = NewLine { key, new, reason: CorrectionReason::Kilometres };
        ready(settlements::correct(self.app(at), &local(), (with, month), line))
    }

    pub(crate) fn november(&self) {
        self.clock.set("2026-11-02T08:00:00Z".parse().unwrap());
    }

    /// B carries a trip of A and collects 2.50 from the passenger.
    pub(crate) fn driven_by_b(&mut self) -> (Id<TripKind>, Id<HandoverKind>) {
        let (trip, handover, carried) = self.held();
        let driven = trips::Driven { loaded_m: 30_000, empty_m: Some(12_000), collected_cents: 250 };
        let complete = || ready(trips::complete_driven(self.app(B), &local(), carried, driven));
        self.when_begun(B, carried, complete).unwrap();
        self.settle();
        (trip, handover)
    }

    /// B comes, and the passenger of A is not there.
    fn waited_for(&mut self) -> Id<HandoverKind> {
        self.volunteer(B, "81222", true);
        let (_, handover, carried) = self.held();
        let absent = || ready(trips::no_show(self.app(B), &local(), carried, Absentee::Person, true));
        self.when_begun(B, carried, absent).unwrap();
        self.settle();
        handover
    }

    /// What B signs about a month as it likes, and sends to A in a way of its own.
    fn forged(&self, statement: Statement, (signer, sealed_to): (u8, usize)) -> Envelope {
        let by = self.id(B);
        let signed =
            Signed::sign(statement, 9, (&self.hub.federation, by), &Signer::from_seed(&[signer; 32]));
        let context = Context::between(PayloadKind::Settlement, by, self.id(sealed_to));
        let key = self.hub.directory.nodes[&self.id(sealed_to)].sealing_key;
        let statement = key.seal(&signed.encode(), &context, [5; 32]).unwrap();
        let header = Header {
            federation: self.hub.federation.clone(),
            id: Id::new(7, [7; 10]),
            sender: Party::Node(by),
            recipient: Party::Hub,
            sent_at_ms: 0,
        };
        let letter = Letter { with: self.id(A), statement };
        let cause = Envelope::sign(header, Body::Settlement(letter), &Signer::from_seed(&[2; 32]));
        self.hub.settlement_letter(self.id(A), cause)
    }
}

/// A and B, where B carries for A and contributions are taken off.
pub(crate) fn agreed() -> World {
    let mut world = World::new();
    let new = NewTerms { contributions_deducted: true, ..terms(Carries::Them, Trust::Preferred) };
    world.agree(A, B, new);
    world
}

#[test]
fn two_desks_come_to_the_same_cent_and_sign_it() {
    let mut world = agreed();
    let (_, driven) = world.driven_by_b();
    let waited = world.waited_for();
    // By hand: 1.50 + 30 km at 0.40 + 12 km at 0.20 - 2.50 collected; 5.00 for nothing.
    let amounts = |direction: &Direction| {
        let amount = |handover| direction.reckoned.as_ref().unwrap().amounts[&LegKey { handover, leg: 0 }];
        (amount(driven), amount(waited), direction.total())
    };
    assert_eq!(amounts(&world.carried_by_b()), (1_340, 500, Some(1_840)));
    assert_eq!(amounts(&world.carried_by_us()), (1_340, 500, Some(1_840)));
    assert_eq!((world.october(A, B).net(), world.october(B, A).net()), (Some(-1_840), Some(1_840)));
    assert_eq!(reason(world.sign(A, B)), "settlement-month-open");
    world.november();
    world.sign(A, B).unwrap();
    assert_eq!(world.carried_by_b().account.standing(), Standing::SignedByUs);
    assert!(world.carried_by_b().account.ours.unwrap().envelope.is_some(), "the hub has not answered");
    world.settle();
    assert!(world.carried_by_b().account.ours.unwrap().envelope.is_none());
    assert_eq!(world.carried_by_us().account.standing(), Standing::SignedByThem);
    world.sign(B, A).unwrap();
    world.settle();
    let (here, there) = (world.carried_by_b(), world.carried_by_us());
    assert_eq!((here.account.standing(), there.account.standing()), (Standing::Settled, Standing::Settled));
    assert_eq!(here.now.digest(), there.now.digest());
    assert!(here.differences.unwrap().is_empty() && there.differences.unwrap().is_empty());
    // Both keep the signature of both, for whoever doubts it later.
    let (signed, _) = here.account.theirs.unwrap();
    let key = world.hub.directory.nodes[&world.id(B)].signing_key;
    assert_eq!(signed.verify((&world.hub.federation, world.id(B)), &key), Ok(()));
    let table = settlements::export(world.app(B), &local(), "200034031", "2026-10".parse().unwrap()).unwrap();
    assert!(table.contains(";30,000;12,000;0,40;0,20;1,50;2,50;13,40;"), "{table}");
    assert!(table.contains(";18,40;signé des deux, identique;02/11/2026;02/11/2026"), "{table}");
    assert!(!table.contains("Canari") && !table.contains("81222"));
}

#[test]
fn one_handover_comes_to_what_it_comes_to_in_its_month() {
    let mut world = agreed();
    let (_, handover) = world.driven_by_b();
    let other = world.waited_for();
    let (with, month) = (world.id(B).to_string(), "2026-10".parse().unwrap());
    let whole = world.october(A, B);
    for one in [handover, other] {
        let of = settlements::of_handover(world.app(A), &local(), (&with, month), (one, 1)).unwrap();
        for (direction, whole) in of.directions.iter().zip(&whole.directions) {
            let expected: Vec<_> =
                whole.booked.iter().filter(|leg| leg.key.handover == one).copied().collect();
            assert_eq!(direction.booked, expected);
            for leg in &expected {
                let amount = |direction: &Direction| direction.reckoned.as_ref().unwrap().amounts[&leg.key];
                assert_eq!(amount(direction), amount(whole));
            }
            assert_eq!(direction.account, whole.account);
        }
        assert_eq!(of.directions.iter().map(|direction| direction.booked.len()).sum::<usize>(), 1);
    }
}

#[test]
fn what_the_two_know_otherwise_is_listed_until_one_gives_way() {
    let mut world = agreed();
    let (_, driven) = world.driven_by_b();
    let waited = world.waited_for();
    world.november();
    world.sign(A, B).unwrap();
    world.sign(B, A).unwrap();
    world.settle();
    // B finds other kilometres, and that nobody was missing.
    let other = What::Driven { loaded_m: 31_000, empty_m: 12_000, contribution: 250 };
    world.put_right(B, A, driven, Some(other));
    world.put_right(B, A, waited, None);
    let there = world.carried_by_us();
    assert!(there.has_changed(), "what was signed is not what the books say");
    assert_eq!(there.account.standing(), Standing::Settled, "and stays signed until somebody signs again");
    world.sign(B, A).unwrap();
    world.settle();
    let here = world.carried_by_b();
    assert_eq!(here.account.standing(), Standing::Different);
    assert_eq!(here.their_total(), Some(1_380));
    let listed = here.differences.unwrap();
    let of = |handover| listed[&LegKey { handover, leg: 0 }];
    assert_eq!(of(driven), Difference::Otherwise { ours: 1_340, theirs: 1_380 });
    assert_eq!(of(waited), Difference::MissingThere { ours: 500 });
    assert_eq!(listed.values().map(|difference| difference.cents()).sum::<i64>(), 1_840 - 1_380);
    // A believes the kilometres, B thinks again about the absence.
    world.put_right(A, B, driven, Some(other));
    world.put_right(B, A, waited, Some(What::NoShow));
    world.sign(A, B).unwrap();
    world.sign(B, A).unwrap();
    world.settle();
    assert_eq!(world.carried_by_b().account.standing(), Standing::Settled);
    assert_eq!(world.carried_by_us().account.standing(), Standing::Settled);
    assert_eq!(world.carried_by_us().total(), Some(1_880));
}

#[test]
fn a_line_that_only_the_other_has_can_be_taken_over_and_no_other_made_up() {
    let mut world = agreed();
    let (_, driven) = world.driven_by_b();
    world.put_right(A, B, driven, None);
    world.november();
    let nobodys = Id::new(1, [1; 10]);
    let made_up = world.correct_line(A, B, nobodys, New::Typed(Typed::NoShow));
    assert_eq!(reason(made_up), "settlement-line-unknown");
    assert_eq!(reason(world.correct_line(A, B, driven, New::AsTheOther)), "settlement-other-unsigned");
    // A third member knows nothing of it, nor do these two have a month together.
    assert_eq!(reason(world.sign(A, C)), "settlement-no-agreement");
    world.sign(B, A).unwrap();
    world.settle();
    let listed = world.carried_by_b().differences.unwrap();
    assert_eq!(listed.values().copied().collect::<Vec<_>>(), [Difference::MissingHere { theirs: 1_340 }]);
    world.correct_line(A, B, driven, New::AsTheOther).unwrap();
    assert!(world.carried_by_b().differences.unwrap().is_empty());
    // What the other does not have is not there any more.
    world.put_right(B, A, driven, None);
    world.sign(B, A).unwrap();
    world.settle();
    world.correct_line(A, B, driven, New::AsTheOther).unwrap();
    assert!(world.carried_by_b().now.lines.is_empty());
}

#[test]
fn a_day_and_a_version_that_the_two_know_otherwise_are_seen_and_taken_over() {
    let mut world = agreed();
    world.agree(A, B, NewTerms { contributions_deducted: false, ..terms(Carries::Them, Trust::Preferred) });
    let (_, driven) = world.driven_by_b();
    let key = LegKey { handover: driven, leg: 0 };
    let honest = world.carried_by_b().now;
    let line = honest.lines[&key];
    assert_eq!(line.version, 2);
    world.november();
    // B has it a day later under the version before: a hub that was restored, or a node that was.
    let theirs = Line { day: line.day.tomorrow().unwrap(), version: 1, ..line };
    let mut lines = honest.lines.clone();
    lines.insert(key, theirs);
    let said = |world: &mut World, lines| {
        let letter = world.forged(Statement { lines, ..honest.clone() }, (2, A));
        world.hub.mail.get_mut(&world.id(A)).unwrap().push(letter);
        world.deliver_all(A);
    };
    said(&mut world, lines.clone());
    let listed = world.carried_by_b().differences.unwrap();
    assert_eq!(listed[&key], Difference::Otherwise { ours: 1_590, theirs: 1_340 });
    world.correct_line(A, B, driven, New::AsTheOther).unwrap();
    assert_eq!(world.carried_by_b().now.lines, lines);
    assert!(world.carried_by_b().differences.unwrap().is_empty());
    // It stays so when the outcome is heard again, and gives way to what is typed later, of that day and version.
    let longer = Typed::Driven { loaded_m: Some(31_000), empty_m: None, contribution: None };
    world.correct_line(A, B, driven, New::Typed(longer)).unwrap();
    let what = What::Driven { loaded_m: 31_000, empty_m: 12_000, contribution: 250 };
    assert_eq!(world.carried_by_b().now.lines[&key], Line { what, ..theirs });
}

#[test]
fn a_restored_node_is_heard_although_its_backup_knows_an_older_signature() {
    let mut world = agreed();
    let (_, driven) = world.driven_by_b();
    world.november();
    let backup = world.back_up(B);
    for what in [What::AtTheDoor, What::NoShow] {
        world.put_right(B, A, driven, Some(what));
        world.sign(B, A).unwrap();
        world.settle();
    }
    assert_eq!(world.carried_by_b().their_total(), Some(500));
    world.restore(B, backup);
    world.pull(B, Vec::new()).unwrap();
    world.sign(B, A).unwrap();
    world.settle();
    assert_eq!(world.carried_by_b().their_total(), Some(1_340), "the first signature of its new life counts");
}

#[test]
fn only_what_was_read_is_signed() {
    let mut world = agreed();
    let (_, driven) = world.driven_by_b();
    world.november();
    let month = "2026-10".parse().unwrap();
    let sign = |world: &World, seen: &str| {
        let of = (world.id(A).to_string(), month);
        ready(settlements::sign(world.app(B), &local(), of, seen.to_owned()))
    };
    let read = world.october(B, A).etag();
    world.put_right(B, A, driven, Some(What::NoShow));
    assert_eq!(reason(sign(&world, &read)), "changed-meanwhile");
    assert_eq!(reason(sign(&world, "")), "etag-missing");
    assert!(world.carried_by_us().account.ours.is_none(), "nothing was signed");
    let read = world.october(B, A).etag();
    assert_eq!(sign(&world, &read).unwrap().etag(), read, "signing changes nothing of what is signed");
}

#[test]
fn where_nothing_can_be_reckoned_no_sum_is_shown() {
    let mut world = agreed();
    let (_, driven) = world.driven_by_b();
    world.november();
    // A node whose record of the agreement went with its disk.
    let none =
        Known { agreement: None, ..agreements::find(&world.app(B).store, world.id(A)).unwrap().unwrap() };
    let put = move |transaction: &mut Transaction<'_>| agreements::put(transaction, &none);
    world.app(B).store.transact::<(), EngineError, _>("test", put).unwrap();
    let table = settlements::export(world.app(B), &local(), "200034031", "2026-10".parse().unwrap()).unwrap();
    assert_eq!((world.carried_by_us().total(), world.october(B, A).net()), (None, None));
    assert!(table.contains(&driven.to_string()), "the line is there: {table}");
    assert!(table.matches("non calculable").count() == 3 && !table.contains(";0,00;"), "{table}");
}

#[test]
fn a_statement_that_comes_on_the_eve_by_this_clock_is_taken_and_one_of_an_open_month_is_not() {
    let mut world = agreed();
    world.driven_by_b();
    world.november();
    world.sign(B, A).unwrap();
    for (now, heard) in [("2026-10-30T22:30:00Z", false), ("2026-10-31T22:30:00Z", true)] {
        world.clock.set(now.parse().unwrap());
        let statement = world.carried_by_us().account.ours.unwrap().signed.statement;
        let letter = world.forged(statement, (2, A));
        world.hub.mail.get_mut(&world.id(A)).unwrap().push(letter);
        world.deliver_all(A);
        assert_eq!(world.carried_by_b().account.theirs.is_some(), heard, "{now}");
    }
}

#[test]
fn who_is_called_off_at_the_door_is_paid_for_and_who_knows_it_before_is_not() {
    for (minutes_before, what) in [(40, None), (20, Some(What::AtTheDoor))] {
        let mut world = agreed();
        let (trip, handover, _) = world.held();
        let window = world.outgoing(handover).offer.legs[0].window_start_ms;
        world.clock.set(jiff::Timestamp::from_millisecond(window - minutes_before * 60_000).unwrap());
        ready(trips::cancel(world.app(A), &local(), trip, CancelledBy::Person, false)).unwrap();
        world.settle();
        assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
        for direction in [world.carried_by_b(), world.carried_by_us()] {
            let found = direction.now.lines.values().map(|line| line.what).collect::<Vec<_>>();
            assert_eq!(found, Vec::from_iter(what), "{minutes_before} minutes before");
            assert_eq!(direction.total(), Some(if what.is_some() { 300 } else { 0 }));
        }
    }
}

#[test]
fn a_cancellation_that_crosses_a_drive_gives_way_to_it_at_both_whichever_is_heard_first() {
    for cancellation_first in [true, false] {
        let mut world = agreed();
        let (trip, handover, carried) = world.held();
        let begins = world.trip(B, carried).begins().unwrap();
        let window = world.outgoing(handover).offer.legs[0].window_start_ms;
        world.clock.set(begins.max(jiff::Timestamp::from_millisecond(window).unwrap()));
        ready(trips::complete(world.app(B), &local(), carried, 30_000, 12_000)).unwrap();
        ready(trips::cancel(world.app(A), &local(), trip, CancelledBy::Person, false)).unwrap();
        let first = if cancellation_first { A } else { B };
        assert_eq!(world.carry(first), Some(None));
        if cancellation_first {
            world.deliver_all(B);
            assert_eq!(world.carried_by_b().total(), Some(300), "what is known by then");
        }
        world.settle();
        assert_eq!(world.hub.state(handover), State::Done { holder: world.id(B) });
        assert_eq!((world.carried_by_b().total(), world.carried_by_us().total()), (Some(1_590), Some(1_590)));
        assert_eq!(world.carried_by_b().now, world.carried_by_us().now);
    }
}

#[test]
fn what_goes_under_no_agreement_is_not_settled() {
    let mut world = World::new();
    let (_, handover, carried) = world.held();
    world.complete(B, carried);
    world.settle();
    world.agree(A, B, terms(Carries::Both, Trust::Ordinary));
    for settlement in [world.october(A, B), world.october(B, A)] {
        assert!(settlement.directions.iter().all(|direction| direction.booked.is_empty()));
    }
    assert_eq!(world.outgoing(handover).agreed, None);
    // A contribution from a passenger of one's own is a payment.
    let person = world.person(A, "always");
    let trip = world.request(A, person, false)[0];
    let volunteer = world.volunteer(A, "81003", true);
    world.promise(A, trip, volunteer);
    let driven = trips::Driven { collected_cents: 250, ..Default::default() };
    let own =
        world.when_begun(A, trip, || ready(trips::complete_driven(world.app(A), &local(), trip, driven)));
    assert_eq!(reason(own), "trip-collected-own");
}

#[test]
fn the_version_of_the_award_outlasts_the_bids() {
    let mut world = agreed();
    let (_, handover) = world.driven_by_b();
    assert_eq!(world.outgoing(handover).agreed, Some(1));
    let incoming = world.incoming(B, handover);
    assert_eq!((incoming.agreed, incoming.bid), (Some(1), None));
}

#[test]
fn nobody_is_believed_about_what_the_other_has_not_signed_for_this_node() {
    let mut world = agreed();
    world.driven_by_b();
    world.november();
    world.sign(B, A).unwrap();
    let honest = world.carried_by_us().account.ours.unwrap().signed.statement;
    world.settle();
    let letter = world.letters(A).last().unwrap().clone();
    let Ok(Body::SettlementNotice(cause)) =
        letter.verify(&world.hub.federation, &world.hub.signer.verify_key())
    else {
        panic!("a notice about a month")
    };
    assert!(world.believe(A, &letter).is_ok());
    // A hub that hands it to somebody else, or says that it is from somebody else.
    let swapped = world.hub.settlement_letter(world.id(C), (*cause).clone());
    assert!(matches!(world.believe(C, &swapped), Err(Disbelief::ForeignCause)));
    let mut renamed = (*cause).clone();
    renamed.header.sender = Party::Node(world.id(C));
    let renamed = world.hub.settlement_letter(world.id(A), renamed);
    assert!(matches!(world.believe(A, &renamed), Err(Disbelief::Envelope(_))));
    // A sender that signs with another's key, seals to another, or speaks of another pair.
    let believed = |statement, how| world.believe(A, &world.forged(statement, how));
    assert!(believed(honest.clone(), (2, A)).is_ok());
    assert!(matches!(believed(honest.clone(), (3, A)), Err(Disbelief::ForeignCause)));
    assert!(matches!(believed(honest.clone(), (2, C)), Err(Disbelief::Unreadable)));
    let of_others = Statement { origin: world.id(C), ..honest.clone() };
    assert!(matches!(believed(of_others, (2, A)), Err(Disbelief::ForeignCause)));
    // A month that is not over, and one that nobody settles any more: read, and passed over.
    for month in ["2026-11", "2027-05", "2021-10"] {
        let month = month.parse().unwrap();
        let other = Statement { month, lines: std::collections::BTreeMap::new(), ..honest.clone() };
        let letter = world.forged(other, (2, A));
        world.hub.mail.get_mut(&world.id(A)).unwrap().push(letter);
        world.deliver_all(A);
        let seen = settlements::show(world.app(A), &local(), &world.id(B).to_string(), month).unwrap();
        assert!(seen.directions.iter().all(|direction| direction.account.theirs.is_none()), "{month}");
    }
}

#[test]
fn an_old_statement_that_is_said_again_changes_nothing() {
    let mut world = agreed();
    let (_, driven) = world.driven_by_b();
    world.november();
    world.sign(B, A).unwrap();
    world.settle();
    let old = world.letters(A).last().unwrap().clone();
    world.put_right(B, A, driven, Some(What::NoShow));
    world.sign(B, A).unwrap();
    world.settle();
    assert_eq!(world.carried_by_b().their_total(), Some(500));
    // The hub says it again, under another name.
    let Ok(Body::SettlementNotice(cause)) = old.verify(&world.hub.federation, &world.hub.signer.verify_key())
    else {
        panic!("a notice about a month")
    };
    let again = world.hub.settlement_letter(world.id(A), *cause);
    assert_ne!(again.header.id, old.header.id);
    world.hub.mail.get_mut(&world.id(A)).unwrap().extend([again, old]);
    world.deliver_all(A);
    assert_eq!(world.carried_by_b().their_total(), Some(500));
}

#[test]
fn a_letter_survives_crashes_and_one_that_is_lost_is_signed_and_sent_again() {
    let mut world = agreed();
    world.driven_by_b();
    world.november();
    world.sign(B, A).unwrap();
    world.nodes[B].crash(1);
    // The hub hears it, its answer is lost, the node dies again and says it again.
    world.carry_and_lose_the_answer(B);
    world.nodes[B].crash(2);
    world.settle();
    assert_eq!(world.carried_by_us().account.ours.unwrap().envelope, None);
    let months = |world: &World| {
        let of_months = |letter: &&Envelope| {
            let body = letter.verify(&world.hub.federation, &world.hub.signer.verify_key());
            matches!(body, Ok(Body::SettlementNotice(_)))
        };
        world.letters(A).iter().filter(of_months).count()
    };
    assert_eq!(months(&world), 1, "said twice is heard once");
    assert_eq!(world.carried_by_b().account.standing(), Standing::SignedByThem);
    // A hub restored from a backup has lost a letter that was not fetched.
    world.sign(B, A).unwrap();
    world.carry_all(B);
    world.hub.mail.get_mut(&world.id(A)).unwrap().pop();
    world.sign(B, A).unwrap();
    world.settle();
    let (theirs, _) = world.carried_by_b().account.theirs.unwrap();
    assert_eq!(theirs.counter, world.carried_by_us().account.ours.unwrap().signed.counter);
    // What the hub will never take was not handed on, and the desk is told why.
    world.sign(B, A).unwrap();
    let (sequence, row) = world.oldest(B).unwrap();
    let said = world.said(B, &row);
    ready(receipts::bury(world.app(B), sequence, "unknown-kind".to_owned(), Some(said))).unwrap();
    let ours = world.carried_by_us().account.ours.unwrap();
    assert_eq!((ours.envelope, ours.refused.as_deref()), (None, Some("unknown-kind")));
    assert_eq!(world.carried_by_us().account.carrier, Carrier::Us);
}
