//! Letters that are not what they say: altered, signed by somebody else, re-addressed, about other things than their cause.
//! None changes anything, and none holds up the letters behind it.

use std::ops::Bound;

use maillage_domain::handover::IncomingStanding;
use maillage_engine::View as _;
use maillage_federation::{
    envelope::{Body, Envelope, Header, Party},
    handover::{
        Action, AwardDetails, AwardLeg, Command, GiveBackReason, LegOutcome, LegResult, NoticeKind,
        OutcomeDetails, Record, State,
    },
    ids::{HandoverKind, Id, NodeKind, TripKind},
    needs::Needs,
    sealed::{Context, PayloadKind, Sealed},
    signing::{Purpose, Signer},
};
use maillage_node::app::{
    caller::Caller,
    handover::{
        notices::{Disbelief, disbelieved},
        origin,
    },
    status,
};
use maillage_proto::federation::v1 as proto;
use maillage_store::inbox;
use prost::Message as _;

use crate::world::{A, B, C, World, ready};

/// All a node has stored, but for how far it has read.
fn stored(world: &World, node: usize) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    let trees = maillage_store::TREES.iter();
    for tree in trees.filter(|tree| **tree != inbox::CURSOR_TREE && **tree != inbox::SEEN_TREE) {
        let rows = world.app(node).store.scan(*tree, Bound::Unbounded, Bound::Unbounded, usize::MAX).unwrap();
        all.extend(rows.into_iter().map(|(key, value)| (tree.name(), key, value)));
    }
    all
}

/// What a node says, signed with its own key.
fn said_by(world: &World, node: usize, handover: Id<HandoverKind>, round: u32, action: Action) -> Envelope {
    let membership = world.app(node).link.membership().unwrap();
    let header = Header {
        federation: world.hub.federation.clone(),
        id: world.app(node).new_id(),
        sender: Party::Node(membership.me),
        recipient: Party::Hub,
        sent_at_ms: world.now().as_millisecond(),
    };
    let body = Body::Command(Command { handover, round, action });
    Envelope::sign(header, body, &membership.keys.signer)
}

/// Seals to a node, as another one.
fn sealed(
    world: &World,
    from: usize,
    to: usize,
    about: (PayloadKind, Id<HandoverKind>, u32),
    plain: &[u8],
) -> Sealed {
    let (kind, handover, round) = about;
    let context = Context { kind, handover, round, sender: world.id(from), recipient: world.id(to) };
    world.hub.directory.nodes[&world.id(to)].sealing_key.seal(plain, &context, [7; 32]).unwrap()
}

fn award_details(world: &World, trip: Id<TripKind>) -> AwardDetails {
    let trip = world.trip(A, trip);
    AwardDetails {
        name: "Canari".into(),
        phone: "0563000001".into(),
        legs: vec![AwardLeg {
            trip: trip.id(),
            pickup: trip.terms.pickup.commune,
            pickup_address: String::new(),
            dropoff: trip.terms.dropoff.commune,
            dropoff_address: String::new(),
            earliest_pickup_ms: trip.terms.earliest_pickup.as_millisecond(),
            latest_arrival_ms: trip.terms.latest_arrival.as_millisecond(),
            meeting: None,
        }],
        needs: Needs::none(),
        companions: 0,
        driver_notes: String::new(),
        desk_phone: String::new(),
        model: trip.terms.model.clone(),
        agreement: None,
    }
}

/// A federation in which A has just awarded to B, and B has not read it; the letter with the award.
fn awarded() -> (World, Id<TripKind>, Id<HandoverKind>, Envelope) {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    world.settle();
    ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(B)))).unwrap();
    world.carry_all(A);
    let letter = world.hub.mail[&world.id(B)].last().unwrap().clone();
    (world, trip, handover, letter)
}

fn cause(world: &World, letter: &Envelope) -> Envelope {
    match letter.verify(&world.hub.federation, &world.hub.signer.verify_key()).unwrap() {
        Body::Notice(notice) => notice.cause.unwrap(),
        Body::Command(_)
        | Body::Report(_)
        | Body::Withdrawal(_)
        | Body::Accounts(_)
        | Body::Agreement(_)
        | Body::AgreementNotice(_)
        | Body::Settlement(_)
        | Body::SettlementNotice(_) => {
            panic!("not a notice")
        }
    }
}

fn record(world: &World, handover: Id<HandoverKind>, state: State) -> Record {
    let known = world.hub.record(handover).unwrap().clone();
    Record { state, revision: known.revision + 10, ..known }
}

#[test]
fn a_letter_altered_anywhere_changes_nothing() {
    let (world, _, _, letter) = awarded();
    let before = stored(&world, B);
    let bytes = letter.encode();
    for position in (0..bytes.len()).step_by(7) {
        let mut altered = bytes.clone();
        altered[position] ^= 1;
        let Ok(altered) = Envelope::decode(&altered) else { continue };
        assert!(world.believe(B, &altered).is_err(), "byte {position}");
        world.hand_in(B, 1, &altered).unwrap();
    }
    assert_eq!(stored(&world, B), before);
    assert!(world.believe(B, &letter).is_ok());
}

#[test]
fn a_letter_of_another_hub_to_another_node_or_from_a_node_is_not_believed() {
    let (world, _, handover, letter) = awarded();
    let now = world.hub.record(handover).unwrap().clone();
    let ours =
        || world.hub.letter(world.id(B), now.clone(), NoticeKind::Awarded, Some(cause(&world, &letter)));
    let Body::Notice(notice) = ours().verify(&world.hub.federation, &world.hub.signer.verify_key()).unwrap()
    else {
        panic!("not a notice")
    };
    let body = || Body::Notice(notice.clone());
    let stranger = Envelope::sign(ours().header, body(), &Signer::from_seed(&[5; 32]));
    let elsewhere = Header { federation: "autre".parse().unwrap(), ..ours().header };
    let elsewhere = Envelope::sign(elsewhere, body(), &world.hub.signer);
    let from_node = Header { sender: Party::Node(world.id(A)), ..ours().header };
    let from_node = Envelope::sign(from_node, body(), &world.hub.signer);
    let command = cause(&world, &letter);
    for (name, forged) in
        [("key", stranger), ("federation", elsewhere), ("sender", from_node), ("command", command)]
    {
        let before = stored(&world, B);
        assert!(world.believe(B, &forged).is_err(), "{name}");
        world.hand_in(B, 1, &forged).unwrap();
        assert_eq!(stored(&world, B), before, "{name}");
    }
    assert!(matches!(world.believe(C, &letter), Err(Disbelief::Address)));
}

#[test]
fn a_cause_by_somebody_who_has_no_say_is_not_believed() {
    let (world, trip, handover, letter) = awarded();
    let plain = proto::AwardDetails::from(award_details(&world, trip)).encode_to_vec();
    let award = |by: usize, to: usize, round: u32| {
        let details = sealed(&world, by, to, (PayloadKind::Award, handover, round), &plain);
        said_by(&world, by, handover, round, Action::Award { winner: world.id(to), details })
    };
    let outcome = |by: usize| {
        let legs =
            vec![LegOutcome { result: LegResult::Completed, loaded_m: 1, empty_m: 1, contribution_cents: 0 }];
        let plain = proto::OutcomeDetails::from(OutcomeDetails { legs }).encode_to_vec();
        let details = sealed(&world, by, A, (PayloadKind::Outcome, handover, 1), &plain);
        said_by(&world, by, handover, 1, Action::Outcome(details))
    };
    let chosen = |node: usize| State::Awarded { winner: world.id(node), accept_by_ms: i64::MAX };
    let other = Id::new(1_700_000_000_000, [77; 10]);
    let elsewhere = said_by(&world, A, other, 1, Action::Cancel);
    let done = State::Done { holder: world.id(B) };
    let cases = [
        ("an award by a candidate", B, chosen(B), award(C, B, 1)),
        ("an award of another round", B, chosen(B), award(A, B, 2)),
        ("an award to another", B, chosen(C), award(A, B, 1)),
        ("about another handover", B, State::Cancelled { holder: world.id(B) }, elsewhere),
        ("an outcome by a bystander", A, done, outcome(C)),
        (
            "an acceptance by another",
            A,
            State::Held { holder: world.id(B) },
            said_by(&world, C, handover, 1, Action::Accept),
        ),
        (
            "a cancellation by a candidate",
            B,
            State::Cancelled { holder: world.id(B) },
            said_by(&world, C, handover, 1, Action::Cancel),
        ),
    ];
    for (name, to, state, cause) in cases {
        let before = stored(&world, to);
        let letter =
            world.hub.letter(world.id(to), record(&world, handover, state), NoticeKind::Bid, Some(cause));
        assert!(matches!(world.believe(to, &letter), Err(Disbelief::ForeignCause)), "{name}");
        world.hand_in(to, 1, &letter).unwrap();
        assert_eq!(stored(&world, to), before, "{name}");
    }
    assert!(world.believe(B, &letter).is_ok());
}

#[test]
fn a_cause_by_a_node_the_directory_does_not_know_may_be_believed_later() {
    let (world, _, _, letter) = awarded();
    let mut smaller = world.hub.directory.clone();
    smaller.nodes.remove(&world.id(A));
    world.app(B).link.take_directory(smaller);
    let disbelief = world.believe(B, &letter).unwrap_err();
    assert!(maillage_node::app::handover::notices::may_be_believed_later(&disbelief));
    world.app(B).link.take_directory(world.hub.directory.clone());
    assert!(world.believe(B, &letter).is_ok());
}

#[test]
fn an_award_that_contradicts_its_offer_or_cannot_be_read_is_refused_for_its_details() {
    type Change = fn(&mut AwardDetails);
    let changes: [(&str, Change); 6] = [
        ("another commune", |details| details.legs[0].dropoff = "81065".parse().unwrap()),
        ("earlier than offered", |details| details.legs[0].earliest_pickup_ms -= 3_600_000),
        ("a leg more", |details| details.legs.push(details.legs[0].clone())),
        ("more people", |details| details.companions = 3),
        ("nobody", |details| details.name = "  ".into()),
        ("a name nobody has", |details| details.name = "x".repeat(400)),
    ];
    for (name, change) in changes {
        let (mut world, trip, handover) = bid();
        let mut details = award_details(&world, trip);
        change(&mut details);
        let plain = proto::AwardDetails::from(details).encode_to_vec();
        refused_for_details(&mut world, handover, (PayloadKind::Award, handover, 1), &plain, name);
    }
    let unreadable = [
        (PayloadKind::Award, 2, "round"),
        (PayloadKind::Outcome, 1, "kind"),
        (PayloadKind::Award, 1, "noise"),
    ];
    for (kind, round, name) in unreadable {
        let (mut world, trip, handover) = bid();
        let plain = proto::AwardDetails::from(award_details(&world, trip)).encode_to_vec();
        let plain = if name == "noise" { vec![255; 40] } else { plain };
        refused_for_details(&mut world, handover, (kind, handover, round), &plain, name);
    }
}

fn bid() -> (World, Id<TripKind>, Id<HandoverKind>) {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    world.settle();
    (world, trip, handover)
}

/// A faulty origin awards to B; B says no, keeps nothing, and somebody else can be chosen.
fn refused_for_details(
    world: &mut World,
    handover: Id<HandoverKind>,
    about: (PayloadKind, Id<HandoverKind>, u32),
    plain: &[u8],
    name: &str,
) {
    let winner: Id<NodeKind> = world.id(B);
    let details = sealed(world, A, B, about, plain);
    let award = said_by(world, A, handover, 1, Action::Award { winner, details });
    world.hub.submit(&award.encode());
    world.deliver_all(B);
    let refusal = Action::Refuse(GiveBackReason::Details);
    let said = world
        .waiting(B)
        .into_iter()
        .any(|body| matches!(body, Body::Command(said) if said.action == refusal));
    assert!(said, "{name}");
    assert!(!world.knows_the_person(B), "{name}");
    world.carry_all(B);
    assert_eq!(world.hub.state(handover), State::Open, "{name}");
    assert!(world.carried(B, handover).is_empty(), "{name}");
}

#[test]
fn letters_about_handovers_nobody_knows_are_passed_over() {
    let (mut world, _, handover, _) = awarded();
    let strange = |origin: usize| Record {
        handover: Id::new(1_700_000_000_000, [55; 10]),
        origin: world.id(origin),
        ..world.hub.record(handover).unwrap().clone()
    };
    let kinds = [NoticeKind::Awarded, NoticeKind::Accepted, NoticeKind::Cancelled, NoticeKind::Released];
    for (node, origin) in [(A, A), (B, A), (B, C)] {
        let before = stored(&world, node);
        for kind in kinds {
            let letter = world.hub.letter(world.id(node), strange(origin), kind, None);
            world.hand_in(node, 1, &letter).unwrap();
        }
        assert_eq!(stored(&world, node), before);
    }
    world.settle();
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
}

#[test]
fn a_rule_that_says_no_inside_a_letter_never_blocks_the_letters_behind_it() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    ready(origin::withdraw(world.app(A), &Caller::local(), handover)).unwrap();
    let (second_trip, second) = world.offered();
    world.carry_all(A);
    // The hub claims that B carried out what A has taken back: no trip of A's can take such an outcome.
    let legs =
        vec![LegOutcome { result: LegResult::Completed, loaded_m: 1, empty_m: 1, contribution_cents: 0 }];
    let plain = proto::OutcomeDetails::from(OutcomeDetails { legs }).encode_to_vec();
    let details = sealed(&world, B, A, (PayloadKind::Outcome, handover, 1), &plain);
    let outcome = said_by(&world, B, handover, 1, Action::Outcome(details));
    let claim = record(&world, handover, State::Done { holder: world.id(B) });
    let letter = world.hub.letter(world.id(A), claim, NoticeKind::Outcome, Some(outcome));
    world.hub.mail.entry(world.id(A)).or_default().push(letter);
    assert!(world.believe(A, &world.hub.mail[&world.id(A)][0]).is_ok(), "it is well formed");
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "local"));
    assert_eq!(world.unread(A), 0);
    world.pass(11);
    assert_eq!(world.at(A, second_trip), ("requested", "held-by-neighbour"));
    assert_eq!(world.incoming(B, second).standing(world.id(B)), IncomingStanding::Ours);
}

#[test]
fn mail_that_only_a_newer_version_understands_is_passed_over_and_the_desk_is_told_to_update() {
    let (world, _, _, letter) = awarded();
    let mut newer = proto::Envelope::from(letter.clone());
    // A kind of message without a name here.
    newer.body = vec![0x7a, 0x01, 0x00];
    let sent_at = newer.sent_at_ms.to_be_bytes();
    let fields =
        [newer.federation.as_bytes(), &newer.id, &newer.sender, &newer.recipient, &sent_at, &newer.body];
    newer.signature = world.hub.signer.sign(Purpose::Envelope, &fields);
    let newer = Envelope::try_from(newer).unwrap();
    let alarms = || status::show(world.app(B), &Caller::local()).unwrap().alarms;
    let altered = Envelope::sign(
        letter.header,
        Body::Command(Command { handover: Id::new(1, [1; 10]), round: 1, action: Action::Cancel }),
        &world.hub.signer,
    );
    disbelieved(world.app(B), 1, &world.believe(B, &altered).unwrap_err());
    assert!(alarms().is_empty(), "nonsense is nothing to update for");
    disbelieved(world.app(B), 2, &world.believe(B, &newer).unwrap_err());
    assert_eq!(alarms(), ["newer-mail"]);
}
