//! Journeys that two drivers share over a meeting place: each stage is decided like any trip, nobody is chosen for one before somebody
//! is found for the other, what ends one ends the other, and the person's journey is counted and paid for once.

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{
    legal::{NewCarrier, ReasonCode},
    message::Topic,
    money::Cents,
    place::NewPlace,
    trip::{Absentee, CancelledBy, DriverRefusal, Leg, Trip, TripStatus, UnmetReason},
};
use maillage_federation::{
    handover::{GiveBackReason, Meeting, State},
    ids::{HandoverKind, Id, TripKind},
    month::Month,
};
use maillage_node::app::{
    attention,
    caller::Caller,
    carriers, confirmations, day_sheets, edits, frames,
    handover::{candidate, changes, origin},
    messages,
    relays::{self, NewRelay},
    report, trips,
    unmet::{self, UnmetFilter},
};
use maillage_platform::refusal::Refusal;
use maillage_store::requests;

use crate::{
    driving::reason,
    world::{A, B, C, DAY, World, ready},
};

/// Between Alban, where the person lives, and Albi.
const MEETING: &str = "81317";

impl World {
    fn share(&self, trip: Id<TripKind>, at: &str, single: bool) -> Result<Vec<Trip>, Refusal> {
        let place = NewPlace { commune: at.into(), address: "gare routière".into() };
        let new = NewRelay { place, slack_min: None, single };
        ready(relays::split(self.app(A), &Caller::local(), trip, new))
    }

    /// The stages of a journey of somebody whom neighbours may carry: near, far, and those of the way back.
    fn stages(&self, back: bool) -> Vec<Id<TripKind>> {
        let trips = self.request(A, self.person(A, "always"), back);
        self.share(trips[0], MEETING, false).unwrap().iter().map(Trip::id).collect()
    }

    /// Whether each trip is cancelled or unmet.
    fn is_off(&self, trips: &[Id<TripKind>]) -> Vec<bool> {
        let off = |trip: &Id<TripKind>| {
            let status = self.trip(A, *trip).status();
            matches!(status, TripStatus::Cancelled { .. } | TripStatus::Unmet(_))
        };
        trips.iter().map(off).collect()
    }

    /// B holds the far stage, and a driver of ours has promised the near one.
    fn shared(&mut self) -> (Vec<Id<TripKind>>, Id<HandoverKind>) {
        let stages = self.stages(false);
        let own = self.volunteer(A, "81003", false);
        self.promise(A, stages[0], own);
        let handover = self.offer(stages[1]).handover;
        self.settle();
        self.pass(11);
        assert_eq!(self.hub.state(handover), State::Held { holder: self.id(B) });
        (stages, handover)
    }

    /// What the report of the month of the trips would say: served, not served.
    fn told_of(&mut self, node: usize) -> [u64; 2] {
        let closing: Month = "2026-10".parse().unwrap();
        let preview = report::preview(self.app(node), &Caller::local(), closing).unwrap();
        preview.sections.values().fold([0, 0], |[a, b], [c, d]| [a + c, b + d])
    }
}

#[test]
fn a_journey_there_and_back_becomes_two_pairs_of_stages() {
    let world = World::new();
    let trips = world.request(A, world.person(A, "always"), true);
    let before: Vec<Trip> = trips.iter().map(|trip| world.trip(A, *trip)).collect();
    let stages = world.share(trips[1], MEETING, false).unwrap();
    let [near, far, near_back, far_back] = stages.as_slice() else { panic!("four stages: {}", stages.len()) };
    assert_eq!([near.id(), near_back.id()], [trips[0], trips[1]], "the trips that were asked for stay near");
    assert_eq!(far.terms.sibling, Some(far_back.id()), "and beyond, two go together as well");
    let commune =
        |trip: &Trip| [trip.terms.pickup.commune, trip.terms.dropoff.commune].map(|c| c.to_string());
    assert_eq!(commune(near), ["81003", MEETING]);
    assert_eq!(commune(far), [MEETING, "81004"]);
    assert_eq!(commune(far_back), ["81004", MEETING]);
    assert_eq!(commune(near_back), [MEETING, "81003"]);
    for (first, second) in [(near, far), (far_back, near_back)] {
        let wait = first.terms.latest_arrival.duration_until(second.terms.earliest_pickup);
        assert_eq!(wait.as_mins(), 10);
        assert_eq!(first.terms.meeting, Some(Meeting::AtDropoff));
        assert_eq!(second.terms.meeting, Some(Meeting::AtPickup));
    }
    assert_eq!(far.terms.latest_arrival, before[0].terms.latest_arrival);
    assert_eq!(far_back.terms.earliest_pickup, before[1].terms.earliest_pickup);
    let request = requests::find(&world.app(A).store, near.request().unwrap()).unwrap().unwrap();
    assert_eq!(request.trips.len(), 4);
    let whole = ready(relays::rejoin(world.app(A), &Caller::local(), far.id(), false)).unwrap();
    let ends = |trip: &Trip| (trip.terms.pickup.clone(), trip.terms.dropoff.clone(), trip.terms.direct_m);
    assert_eq!(whole.iter().map(ends).collect::<Vec<_>>(), before.iter().map(ends).collect::<Vec<_>>());
    assert_eq!(world.is_off(&[far.id(), far_back.id(), trips[0], trips[1]]), [true, true, false, false]);
}

#[test]
fn nobody_is_chosen_for_one_stage_before_somebody_is_found_for_the_other() {
    let mut world = World::new();
    let stages = world.stages(false);
    let handover = world.offer(stages[1]).handover;
    world.settle();
    world.pass(11);
    assert_eq!(
        world.hub.state(handover),
        State::Open,
        "it has bids, and nobody brings the person to the meeting place"
    );
    let award = |world: &World| ready(origin::award(world.app(A), &Caller::local(), handover, None));
    assert_eq!(reason(award(&world)), "relay-other-open");
    let own = world.volunteer(A, "81003", false);
    ready(trips::offer_to_driver(world.app(A), &Caller::local(), stages[0], own, false)).unwrap();
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Open, "she has not said yes");
    ready(trips::driver_accepts(world.app(A), &Caller::local(), stages[0], false)).unwrap();
    world.pass(1);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    assert_eq!(world.concerned(A), Vec::<&str>::new());
    let carried = world.carried(B, handover);
    assert_eq!(
        carried[0].terms.meeting,
        Some(Meeting::AtPickup),
        "B's driver is told that the person is brought"
    );
    let day = DAY.parse().unwrap();
    let sheet = ready(day_sheets::day_sheet(world.app(B), &Caller::local(), day, None)).unwrap();
    let catalog = maillage_node::cli::catalog().unwrap();
    let page =
        maillage_node::web::sheet::page(&catalog, maillage_platform::i18n::Language::default(), &sheet);
    assert!(page.contains("un autre conducteur amène la personne"), "{page}");
}

#[test]
fn two_neighbours_carry_a_stage_each_and_are_chosen_together() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    let stages = world.stages(false);
    let near = world.offer(stages[0]).handover;
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.state(near), State::Open);
    world.volunteer(C, "81042", true);
    let far = world.offer(stages[1]).handover;
    world.settle();
    world.pass(11);
    let holders = [near, far].map(|handover| world.hub.state(handover));
    assert_eq!(holders, [B, C].map(|node| State::Held { holder: world.id(node) }));
}

#[test]
fn who_does_not_travel_is_expected_nowhere() {
    for stage in [0, 1] {
        let mut world = World::new();
        let (stages, handover) = world.shared();
        ready(trips::cancel(world.app(A), &Caller::local(), stages[stage], CancelledBy::Person, false))
            .unwrap();
        world.settle();
        assert_eq!(world.is_off(&stages), [true, true], "stage {stage}");
        assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
        assert_eq!(world.told_of(A), [0, 0], "her word says nothing about the service");
    }
}

#[test]
fn a_pair_at_a_neighbours_is_called_off_with_either_leg_of_ours() {
    let mut world = World::new();
    let stages = world.stages(true);
    let own = world.volunteer(A, "81003", false);
    world.promise(A, stages[0], own);
    let handover = world.offer(stages[1]).handover;
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    assert_eq!(world.carried(B, handover).len(), 2);
    ready(trips::cancel(world.app(A), &Caller::local(), stages[0], CancelledBy::Person, true)).unwrap();
    world.settle();
    assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
    assert_eq!(world.is_off(&stages), [true; 4]);
}

#[test]
fn a_driver_who_drops_out_of_one_stage_is_for_the_desk_at_once() {
    let mut world = World::new();
    let (stages, handover) = world.shared();
    ready(trips::driver_refuses(world.app(A), &Caller::local(), stages[0], DriverRefusal::Withdrew, false))
        .unwrap();
    assert_eq!(world.concerned(A), ["half-carried"]);
    ready(trips::declare_unmet(world.app(A), &Caller::local(), stages[0], UnmetReason::NoDriver, false))
        .unwrap();
    world.settle();
    assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) }, "B waits for nobody");
    assert_eq!(world.told_of(A), [0, 1], "one journey was not served");
    let filter =
        UnmetFilter { from: DAY.parse().unwrap(), to: DAY.parse().unwrap(), commune: None, reason: None };
    let ledger = |world: &World| unmet::list(world.app(A), &Caller::local(), &filter, None, 9).unwrap().total;
    assert_eq!(ledger(&world), 1, "and stands in the ledger once");
    let whole = ready(edits::reopen(world.app(A), &Caller::local(), stages[0], false)).unwrap();
    assert_eq!(
        whole[0].terms.dropoff.commune.to_string(),
        "81004",
        "somebody is looked for again, for all of it"
    );
    let far = ready(edits::reopen(world.app(A), &Caller::local(), stages[1], false));
    assert_eq!(reason(far), "trip-wrong-status");
    assert!(world.concerned(A).iter().all(|concern| *concern != "half-carried"));
}

#[test]
fn a_neighbour_who_gives_its_stage_back_leaves_the_other_to_the_desk() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    let (stages, handover) = world.shared();
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver)).unwrap();
    world.settle();
    world.pass(24 * 60);
    assert_eq!(world.hub.state(handover), State::Expired);
    assert!(world.concerned(A).contains(&"returned"), "{:?}", world.concerned(A));
    assert_eq!(
        world.is_off(&stages),
        [false, false],
        "the driver of ours still counts on it: a person decides"
    );
}

#[test]
fn who_is_not_there_for_the_first_driver_is_not_waited_for_by_the_second() {
    for (absent, expected) in [(Absentee::Person, [0, 0]), (Absentee::Driver, [0, 1])] {
        let mut world = World::new();
        let (stages, handover) = world.shared();
        let no_show = || ready(trips::no_show(world.app(A), &Caller::local(), stages[0], absent, false));
        world.when_begun(A, stages[0], no_show).unwrap();
        world.settle();
        assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
        assert_eq!(world.told_of(A), expected, "{absent:?}");
    }
}

#[test]
fn a_journey_that_nobody_serves_is_one_need() {
    for stage in [0, 1] {
        let mut world = World::new();
        let stages = world.stages(false);
        let unmet = UnmetReason::NoDriver;
        ready(trips::declare_unmet(world.app(A), &Caller::local(), stages[stage], unmet, false)).unwrap();
        assert_eq!(world.is_off(&stages), [true, true]);
        assert_eq!(world.told_of(A), [0, 1]);
        let day = DAY.parse().unwrap();
        let filter = UnmetFilter { from: day, to: day, commune: None, reason: None };
        let ledger = unmet::list(world.app(A), &Caller::local(), &filter, None, 9).unwrap();
        assert_eq!(ledger.total, 1, "stage {stage}");
    }
}

#[test]
fn the_journey_is_counted_once_and_paid_for_once() {
    let mut world = World::new();
    let whole = world.request(A, world.person(A, "always"), false)[0];
    let price = |world: &World, trip: &Trip| {
        let app = world.app(A);
        app.read(|app, view| frames::asked_of(app, view, trip)).unwrap().unwrap()
    };
    let alone = price(&world, &world.trip(A, whole));
    let (stages, handover) = world.shared();
    let prices = [0, 1].map(|stage: usize| price(&world, &world.trip(A, stages[stage])));
    assert!(prices[0] > Cents::ZERO && prices[1] > Cents::ZERO, "each carrier asks for what it carries");
    assert_eq!(prices[0].plus(prices[1]), alone, "and both together for the journey");
    world.complete(A, stages[0]);
    assert_eq!(world.told_of(A), [0, 0], "half of it is no journey");
    let carried = world.carried(B, handover)[0].id();
    world.complete(B, carried);
    world.settle();
    assert_eq!(world.told_of(A), [1, 0]);
    assert_eq!(world.told_of(B), [0, 0], "it was asked for at A");
    let contribution = |trip: Id<TripKind>| {
        let cost = maillage_store::costs::find(&world.app(A).store, trip).unwrap();
        cost.map_or(Cents::ZERO, |cost| cost.costing.contribution)
    };
    assert_eq!([contribution(stages[0]), contribution(stages[1])], prices);
}

#[test]
fn the_person_gets_both_stages_in_writing() {
    let mut world = World::new();
    let (stages, _) = world.shared();
    for stage in &stages {
        let confirmation =
            ready(confirmations::confirmation(world.app(A), &Caller::local(), *stage)).unwrap();
        assert_eq!((confirmation.legs.len(), confirmation.is_partial), (2, false));
        assert!(confirmation.legs[0].neighbour.is_empty() && !confirmation.legs[1].neighbour.is_empty());
        assert_eq!(confirmation.legs.iter().map(|leg| leg.leg).collect::<Vec<_>>(), [Leg::Outbound; 2]);
        let catalog = maillage_node::cli::catalog().unwrap();
        let french = maillage_platform::i18n::Language::default();
        let page = maillage_node::web::confirmation::page(&catalog, french, &confirmation);
        assert!(page.contains("un autre conducteur prend la suite à l’arrivée"), "{page}");
    }
}

#[test]
fn a_carrier_by_law_asks_for_what_it_carries_alone() {
    let world = World::new();
    let address = NewPlace { commune: "81003".into(), address: "1 place fictive".into() };
    let new = NewCarrier { name: "Association d’ici".into(), address, ..NewCarrier::default() };
    ready(carriers::add(world.app(A), &Caller::local(), new)).unwrap();
    let stages = world.stages(true);
    for stage in &stages {
        let frame = maillage_store::legal::frame(&world.app(A).store, *stage).unwrap().unwrap();
        let over = frame
            .decision
            .reasons
            .iter()
            .filter(|reason| reason.code == ReasonCode::ContributionOver)
            .count();
        assert_eq!(over, 0, "{:?}", frame.decision);
    }
}

#[test]
fn who_was_brought_there_is_brought_home_though_the_platform_failed_beyond() {
    let world = World::empty(1);
    let trips = world.request(A, world.person(A, "always"), true);
    let stages: Vec<_> = world.share(trips[0], MEETING, false).unwrap().iter().map(Trip::id).collect();
    let [near, far, near_back, far_back] = [0, 1, 2, 3].map(|index: usize| stages[index]);
    let (here, beyond) = (world.volunteer(A, "81003", false), world.volunteer(A, "81317", false));
    world.promise(A, near, here);
    world.promise(A, far, beyond);
    let done =
        world.when_begun(A, near, || ready(trips::complete(world.app(A), &Caller::local(), near, 1_000, 0)));
    done.unwrap();
    // The second driver does not come, to neither of the two.
    let absent = || ready(trips::no_show(world.app(A), &Caller::local(), far, Absentee::Driver, false));
    let changed = world.when_begun(A, far, absent).unwrap();
    assert_eq!(changed.iter().map(Trip::id).collect::<Vec<_>>(), [far, far_back]);
    let (near, back) = (world.trip(A, near), world.trip(A, near_back));
    assert_eq!(
        (near.status().code(), back.status()),
        ("completed", TripStatus::Confirmed),
        "she stands there"
    );
    let (found, _) = attention::list(world.app(A), &Caller::local(), (None, 9)).unwrap();
    assert!(
        found.iter().any(|found| found.trip.id() == near_back && found.code == "half-carried"),
        "{found:?}"
    );
}

#[test]
fn who_is_on_the_way_to_a_stage_that_nobody_drives_is_seen_until_it_is_settled() {
    let world = World::empty(1);
    let stages = world.stages(false);
    let (here, beyond) = (world.volunteer(A, "81003", false), world.volunteer(A, "81317", false));
    let stranded = |at: Timestamp| {
        let before = world.now();
        world.clock.set(at);
        let (found, _) = attention::list(world.app(A), &Caller::local(), (None, 9)).unwrap();
        world.clock.set(before);
        found.iter().filter(|found| found.code == "stranded").map(|found| found.trip.id()).collect::<Vec<_>>()
    };
    world.promise(A, stages[0], here);
    world.promise(A, stages[1], beyond);
    let begins = world.trip(A, stages[0]).begins().unwrap();
    let moment = SignedDuration::from_secs(1);
    assert_eq!(stranded(begins), [], "both are promised");
    ready(trips::driver_refuses(world.app(A), &Caller::local(), stages[1], DriverRefusal::Withdrew, false))
        .unwrap();
    assert_eq!(stranded(begins - moment), [], "nobody has set out");
    assert_eq!(stranded(begins), [stages[1]], "promised is on the way: nobody has to say so");
    let arrives = world.trip(A, stages[1]).terms.latest_arrival;
    let lasts = arrives + SignedDuration::from_hours(12);
    assert_eq!(stranded(lasts - moment), [stages[1]]);
    assert_eq!(stranded(lasts), []);
    world.complete(A, stages[0]);
    assert_eq!(stranded(arrives), [stages[1]], "brought there, she waits");
    world.promise(A, stages[1], beyond);
    assert_eq!(stranded(arrives), []);
    let absent = || ready(trips::no_show(world.app(A), &Caller::local(), stages[1], Absentee::Driver, false));
    world.when_begun(A, stages[1], absent).unwrap();
    assert_eq!(stranded(arrives), [stages[1]], "the driver did not come");
}

#[test]
fn who_goes_no_further_is_not_left_on_the_way() {
    let world = World::empty(1);
    let stages = world.stages(false);
    let (here, beyond) = (world.volunteer(A, "81003", false), world.volunteer(A, "81317", false));
    world.promise(A, stages[0], here);
    world.promise(A, stages[1], beyond);
    world.complete(A, stages[0]);
    let absent = || ready(trips::no_show(world.app(A), &Caller::local(), stages[1], Absentee::Person, false));
    world.when_begun(A, stages[1], absent).unwrap();
    world.clock.set(world.trip(A, stages[1]).begins().unwrap());
    let (found, _) = attention::list(world.app(A), &Caller::local(), (None, 9)).unwrap();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn who_was_missed_by_the_second_driver_before_the_first_brought_her_is_left_on_the_way() {
    let world = World::empty(1);
    let stages = world.stages(false);
    let (here, beyond) = (world.volunteer(A, "81003", false), world.volunteer(A, "81317", false));
    world.promise(A, stages[0], here);
    world.promise(A, stages[1], beyond);
    world.clock.set(world.trip(A, stages[1]).begins().unwrap());
    ready(trips::no_show(world.app(A), &Caller::local(), stages[1], Absentee::Person, false)).unwrap();
    let told = |world: &World| {
        let (found, _) = attention::list(world.app(A), &Caller::local(), (None, 9)).unwrap();
        found.iter().map(|found| (found.trip.id(), found.code)).collect::<Vec<_>>()
    };
    assert_eq!(told(&world), [(stages[1], "stranded")], "she is still in the first car");
    world.wait(20);
    ready(trips::complete(world.app(A), &Caller::local(), stages[0], 1_000, 0)).unwrap();
    assert_eq!(told(&world), [(stages[1], "stranded")], "brought there, and nobody waits");
}

#[test]
fn a_neighbour_who_fails_with_the_person_on_the_way_is_seen_at_home() {
    let mut world = World::new();
    let (stages, handover) = world.shared();
    let told = |world: &World| {
        let (found, _) = attention::list(world.app(A), &Caller::local(), (None, 9)).unwrap();
        found.iter().map(|found| (found.trip.id(), found.code)).collect::<Vec<_>>()
    };
    world.complete(A, stages[0]);
    world.clock.set(world.trip(A, stages[0]).begins().unwrap());
    assert_eq!(told(&world), []);
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver)).unwrap();
    world.settle();
    assert_eq!(told(&world), [(stages[1], "stranded")]);
}

#[test]
fn what_has_begun_is_told_by_who_drives_it() {
    let mut world = World::new();
    let (stages, handover) = world.shared();
    let carried = world.carried(B, handover)[0].id();
    let absent = || ready(trips::no_show(world.app(B), &Caller::local(), carried, Absentee::Person, false));
    world.when_begun(B, carried, absent).unwrap();
    world.clock.set(world.trip(B, carried).begins().unwrap());
    world.settle();
    assert_eq!(world.trip(A, stages[1]).status().code(), "no-show");
    assert_eq!(world.trip(A, stages[0]).status(), TripStatus::Confirmed, "our driver has not told of it yet");
    world.complete(A, stages[0]);
}

#[test]
fn between_two_drivers_of_ours_the_desk_is_told_and_the_person_only_when_both_are_sure() {
    let world = World::empty(1);
    let stages = world.stages(false);
    let (here, beyond) = (world.volunteer(A, "81003", false), world.volunteer(A, "81317", false));
    let codes = |world: &World| {
        let (found, _) = attention::list(world.app(A), &Caller::local(), (None, 9)).unwrap();
        found.into_iter().map(|found| (found.trip.id(), found.code)).collect::<Vec<_>>()
    };
    let told = |world: &World, trip: Id<TripKind>| {
        let filter = messages::MessageFilter::Trip(trip);
        let page = messages::list(world.app(A), &Caller::local(), filter, None, 99).unwrap();
        let about = page.messages.iter().filter(|message| message.topic == Topic::TripConfirmed(trip));
        about.count()
    };
    world.promise(A, stages[0], here);
    assert_eq!(codes(&world), [(stages[0], "half-carried")]);
    assert_eq!(told(&world, stages[0]), 0, "half of a journey is not arranged");
    world.promise(A, stages[1], beyond);
    assert_eq!(codes(&world), []);
    assert_eq!([told(&world, stages[0]), told(&world, stages[1])], [1, 1]);
    ready(trips::driver_refuses(world.app(A), &Caller::local(), stages[1], DriverRefusal::Withdrew, false))
        .unwrap();
    assert_eq!(codes(&world), [(stages[0], "half-carried")]);
}

#[test]
fn what_is_called_off_from_the_far_end_is_called_off_whole() {
    let world = World::new();
    let trips = world.request(A, world.person(A, "always"), true);
    let stages = world.share(trips[0], MEETING, true).unwrap();
    ready(trips::cancel(world.app(A), &Caller::local(), stages[1].id(), CancelledBy::Person, false)).unwrap();
    assert_eq!(world.is_off(&[trips[0], stages[1].id(), trips[1]]), [true, true, true]);
}

#[test]
fn times_and_places_do_not_change_on_one_side_alone() {
    let mut world = World::new();
    let (stages, handover) = world.shared();
    let later = edits::NewTripChange { arrive_by: Some(format!("{DAY}T10:30")), ..Default::default() };
    let etag = world.trip(A, stages[0]).revision().to_string();
    let edited = ready(edits::edit(world.app(A), &Caller::local(), stages[0], later.clone(), etag));
    assert_eq!(reason(edited), "trip-shared");
    let carried = world.carried(B, handover)[0].id();
    for (node, trip) in [(A, stages[1]), (B, carried)] {
        let asked = ready(changes::ask(
            world.app(node),
            &Caller::local(),
            (handover, trip),
            later.clone(),
            String::new(),
        ));
        assert_eq!(reason(asked), "trip-shared", "node {node}");
    }
}

#[test]
fn what_cannot_be_shared_says_why_and_nothing_is_half_done() {
    let world = World::new();
    let trips = world.request(A, world.person(A, "always"), true);
    for (at, expected) in
        [("81003", "relay-same-place"), ("81004", "relay-same-place"), ("99999", "place-commune-unknown")]
    {
        let refused = reason(world.share(trips[0], at, false));
        assert!(refused == expected || expected.starts_with("place"), "{at}: {refused}");
    }
    let place = NewPlace { commune: MEETING.into(), address: String::new() };
    let long = NewRelay { place, slack_min: Some(61), single: false };
    assert_eq!(reason(ready(relays::split(world.app(A), &Caller::local(), trips[0], long))), "relay-slack");
    assert_eq!(reason(ready(relays::rejoin(world.app(A), &Caller::local(), trips[0], false))), "relay-none");
    let own = world.volunteer(A, "81003", false);
    ready(trips::offer_to_driver(world.app(A), &Caller::local(), trips[0], own, true)).unwrap();
    assert_eq!(reason(world.share(trips[0], MEETING, true)), "relay-asked");
    assert_eq!(world.trip(A, trips[0]).terms.dropoff.commune.to_string(), "81004");
    let stages = world.share(trips[1], MEETING, true).unwrap();
    assert_eq!(stages.len(), 2, "the way back alone");
    assert_eq!(reason(world.share(stages[1].id(), "81042", true)), "relay-already");
    world.offer(stages[1].id());
    assert_eq!(reason(ready(relays::rejoin(world.app(A), &Caller::local(), trips[1], true))), "relay-asked");
}

#[test]
fn an_offer_can_be_answered_with_no() {
    let mut world = World::new();
    world.policy(C, maillage_domain::handover::Decision::Ask, maillage_domain::handover::Decision::Auto);
    let (_, handover) = world.offered();
    world.settle();
    assert_eq!(world.concerned(C), ["to-bid"]);
    for node in [B, C] {
        ready(candidate::decline(world.app(node), &Caller::local(), handover)).unwrap();
    }
    world.settle();
    assert_eq!(world.concerned(C), Vec::<&str>::new());
    assert!(world.outgoing(handover).bids.is_empty(), "B's proposal is taken back");
    world.pass(11);
    assert!(world.outgoing(handover).bids.is_empty(), "and not made again");
    ready(candidate::place_bid(world.app(C), &Caller::local(), handover, None)).unwrap();
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(C) }, "unless somebody makes it");
    assert_eq!(
        reason(ready(candidate::decline(world.app(C), &Caller::local(), handover))),
        "handover-not-open"
    );
}
