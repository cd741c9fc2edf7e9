//! The handover, checked over its whole reachable state space within a stated bound: the invariants hold, and each rule
//! that is broken on purpose is caught. What is explored, and how, is told in `maillage_model`.
//!
//! `cargo test -p maillage-model -- --nocapture` prints how many states there were, and the shortest way to
//! break each broken rule; `MAILLAGE_MODEL=long` before it goes further, for some minutes.

#![expect(clippy::print_stdout, reason = "it says how much was explored")]

use std::time::Instant;

use maillage_model::{Act, Bound, Break, Explored, Handover, Party, Rules, Trouble};

/// One round of bids and awards, and no trouble but that everything may come late.
const ONE_ROUND: Bound = Bound { rounds: 1, first_round: 1, bidders: &Party::CANDIDATES, troubles: &[] };
/// The driver of either can no longer.
const LOST: [Trouble; 2] = [Trouble::LostDriver(Party::B), Trouble::LostDriver(Party::C)];
/// Steps to look for a way to break a broken rule.
const STEPS: usize = 20;
/// What must be possible, so that what holds does not hold of nothing.
const POSSIBLE: [&str; 2] = ["a neighbour drives, and both know", "what was taken back is driven at home"];

#[test]
fn with_a_line_that_loses_and_repeats_every_state_is_sound() {
    sound("a line that loses and repeats", Bound { troubles: &[Trouble::Wire], ..ONE_ROUND }, &POSSIBLE);
}

#[test]
fn with_commands_in_any_order_every_state_is_sound() {
    sound("commands in any order", Bound { troubles: &[Trouble::AnyOrder], ..ONE_ROUND }, &POSSIBLE);
}

#[test]
fn with_a_person_who_calls_it_off_and_a_revoked_node_every_state_is_sound() {
    let bound = Bound { troubles: &[Trouble::Cancellation, Trouble::Revocation], ..ONE_ROUND };
    sound(
        "cancellation and revocation",
        bound,
        &[POSSIBLE[0], POSSIBLE[1], "a drive crosses its cancellation"],
    );
}

/// C is asked only at the second instant.
#[test]
fn with_an_offer_that_widens_every_state_is_sound() {
    let troubles = &[Trouble::Circles, Trouble::Cancellation, Trouble::Revocation];
    sound("an offer that widens", Bound { troubles, ..ONE_ROUND }, &POSSIBLE);
}

/// A bid that is taken back crosses its award.
#[test]
fn with_drivers_who_can_no_longer_every_state_is_sound() {
    let possible = [POSSIBLE[0], POSSIBLE[1], "an award crosses a bid that is taken back"];
    sound("drivers who can no longer", Bound { troubles: &LOST, ..ONE_ROUND }, &possible);
}

#[test]
fn in_the_last_round_every_state_is_sound() {
    let last = maillage_federation::limits::ROUNDS;
    sound(
        "the last round",
        Bound { first_round: last, troubles: &[Trouble::Cancellation], ..ONE_ROUND },
        &POSSIBLE,
    );
}

/// What one node alone has said in a round reaches the hub in the next.
#[test]
fn in_two_rounds_with_one_bidder_every_state_is_sound() {
    let troubles = &[Trouble::Wire, Trouble::Cancellation];
    let bound = Bound { rounds: 2, bidders: &[Party::B], troubles, ..ONE_ROUND };
    sound("two rounds and one bidder", bound, &POSSIBLE);
}

/// The larger bounds take minutes: they are explored when asked for.
#[test]
fn larger_bounds_are_sound() {
    if std::env::var("MAILLAGE_MODEL").as_deref() != Ok("long") {
        return;
    }
    let two = Bound { rounds: 2, ..ONE_ROUND };
    let again = "what was given back is carried by another";
    sound("two rounds", two, &[POSSIBLE[0], POSSIBLE[1], again]);
    sound("two rounds and cancellation", Bound { troubles: &[Trouble::Cancellation], ..two }, &[again]);
    sound("two rounds and a driver who can no longer", Bound { troubles: &LOST[..1], ..two }, &[again]);
    sound("two rounds of an offer that widens", Bound { troubles: &[Trouble::Circles], ..two }, &[again]);
    let another = Bound { troubles: &[LOST[0], LOST[1], Trouble::AnotherDriver], ..ONE_ROUND };
    sound("drivers who can no longer, and others found", another, &POSSIBLE);
}

#[test]
fn an_acceptance_after_the_lapse_lets_two_drive() {
    let way = caught(Break::AcceptAfterLapse, "1: at most one node may drive");
    assert!(way.contains(&Act::Tick), "the award lapses first");
}

#[test]
fn a_trip_reclaimed_at_once_after_an_award_lets_two_drive() {
    let way = caught(Break::ReclaimAtOnce, "1: at most one node may drive");
    assert!(way.contains(&Act::TakeBack));
}

#[test]
fn a_round_ignored_lets_a_stale_command_move_it() {
    caught(Break::RoundIgnored, "5: a stale command has changed nothing");
}

#[test]
fn details_kept_after_a_refusal_are_found() {
    let property = "3: identity is known to whom it was awarded, as long as it is";
    let way = caught(Break::DetailsKept, property);
    assert!(Party::CANDIDATES.into_iter().any(|party| way.contains(&Act::Refuse(party))));
}

#[test]
fn an_older_record_believed_leaves_a_node_wrong_about_whose_it_is() {
    caught(Break::StaleBelieved, "2: who has been told everything knows whose it is");
}

fn sound(what: &str, bound: Bound, possible: &[&str]) {
    let began = Instant::now();
    let Explored { states, unique, depth, found } = Handover::new(bound, Rules::default()).explore(2);
    println!("{what}: {states} states, {unique} unique, depth {depth}, in {:?}; {bound:?}", began.elapsed());
    let broken: Vec<_> =
        found.iter().filter(|(name, _)| name.starts_with(|first: char| first.is_ascii_digit())).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    for property in possible {
        assert!(found.iter().any(|(name, _)| name == property), "{property}: it never comes to that");
    }
}

fn caught(rule: Break, property: &'static str) -> Vec<Act> {
    let rules = Rules { broken: Some(rule) };
    let way = Handover::way_to_break(ONE_ROUND, rules, property, STEPS);
    let way = way.unwrap_or_else(|| panic!("{rule:?} is not caught in {STEPS} steps"));
    println!("{rule:?} breaks \"{property}\" after {} steps: {way:?}", way.len());
    let shortest = Handover::way_to_break(ONE_ROUND, rules, property, way.len()).map(|way| way.len());
    assert_eq!(shortest, Some(way.len()), "so many steps are enough to see it");
    assert_eq!(Handover::way_to_break(ONE_ROUND, Rules::default(), property, way.len()), None);
    way
}
