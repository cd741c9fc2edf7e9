//! People in one car, on the memory engine: only those who agreed, at the times they were promised, with every kilometre counted
//! once, whoever joins, leaves or does not come.

use std::collections::BTreeSet;

use maillage_dispatch::day::{Flag, Relaxation};
use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    money::Cents,
    person::{NewPerson, Pooling},
    place::NewPlace,
    request::NewRequest,
    trip::{Absentee, Assignment, CancelledBy, DriverRefusal, SharedRide, Trip, TripStatus},
};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{
    attention,
    caller::Caller,
    company,
    edit::Mask,
    edits::{self, NewTripChange},
    messages::offer_facts,
    offers::{self, Answer},
    people::{self, Edit},
    planning::{self, PlanWish},
    trips,
};
use maillage_store::{
    costs, driver_offers,
    plans::{Line, Outcome, Proposal},
};

mod ended;

use crate::{
    driving::reason,
    world::{A, DAY, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

/// Planning computes on threads of its own.
fn run<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(answer)
}

impl World {
    /// Somebody who has said whether others may be in the car.
    fn traveller(&self, pooling: &str) -> Id<PersonKind> {
        let person = self.person(A, "ask");
        if !pooling.is_empty() {
            self.says(person, "1", pooling).unwrap();
        }
        person
    }

    fn says(
        &self,
        person: Id<PersonKind>,
        etag: &str,
        pooling: &str,
    ) -> Result<people::Changed<maillage_domain::person::Person>, maillage_platform::refusal::Refusal> {
        let typed = NewPerson { pooling: pooling.into(), ..NewPerson::default() };
        let mask = Mask::parse(&["pooling".to_owned()], people::PERSON_FIELDS).unwrap();
        let edit = Edit { typed, mask, etag: etag.to_owned(), outside: true };
        ready(people::update_person(self.app(A), &local(), person, edit))
    }

    /// A ride from Alban, or somewhere on the way, to Albi, to be there at a time.
    fn ride(&self, person: Id<PersonKind>, from: &str, time: &str) -> Id<TripKind> {
        self.ride_to(person, [from, "81004"], time)
    }

    fn ride_to(&self, person: Id<PersonKind>, [from, to]: [&str; 2], time: &str) -> Id<TripKind> {
        let new = NewRequest {
            pickup: Some(NewPlace { commune: from.into(), address: "2 rue de Synthèse".into() }),
            dropoff: NewPlace { commune: to.into(), address: "1 place Lapérouse".into() },
            arrive_by: Some(format!("{DAY}T{time}")),
            purpose: "shopping".into(),
            ..NewRequest::default()
        };
        let (_, trips) = ready(trips::add_request(self.app(A), &local(), person, new)).unwrap();
        trips[0].id()
    }

    fn plan_of_day(&self) -> Proposal {
        let wish = PlanWish { date: DAY.parse().unwrap(), iterations: Some(500), seed: 7 };
        run(planning::plan_day(self.app(A), &local(), wish)).unwrap()
    }

    fn accept_all(&self, proposal: &Proposal) -> planning::Accepted {
        let which = (proposal.date, proposal.id);
        ready(planning::accept(self.app(A), &local(), which, None)).unwrap()
    }

    fn drive(&self, trip: Id<TripKind>) -> Assignment {
        self.trip(A, trip).assignment().unwrap()
    }

    fn with(&self, trip: Id<TripKind>) -> Vec<Id<TripKind>> {
        let trip = self.trip(A, trip);
        company::riders_with(&self.app(A).store, &trip).unwrap().iter().map(Trip::id).collect()
    }

    /// Two who agreed, from Alban and from Villefranche on the road to Albi, asked for as one drive.
    fn together(&self) -> (Id<VolunteerKind>, Id<TripKind>, Id<TripKind>, Proposal) {
        let driver = self.volunteer(A, ALBAN, false);
        let (far, near, proposal) = self.in_one_car();
        (driver, far, near, proposal)
    }

    /// The same with whichever driver there is.
    fn in_one_car(&self) -> (Id<TripKind>, Id<TripKind>, Proposal) {
        let far = self.ride(self.traveller("agreed"), ALBAN, "10:00");
        let near = self.ride(self.traveller("agreed"), VILLEFRANCHE, "10:00");
        let proposal = self.plan_of_day();
        let accepted = self.accept_all(&proposal);
        assert_eq!((accepted.offered.len(), accepted.stale.len()), (2, 0));
        (far, near, proposal)
    }

    fn promised(&self, trips: &[Id<TripKind>]) {
        for trip in trips {
            ready(trips::driver_accepts(self.app(A), &local(), *trip, true)).unwrap();
        }
    }

    fn check_nothing_to_look_at(&self) {
        let (found, _) = attention::list(self.app(A), &local(), (None, 100)).unwrap();
        assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), Vec::<&str>::new());
    }
}

const ALBAN: &str = "81003";
const VILLEFRANCHE: &str = "81317";

fn shared(drive: Assignment) -> SharedRide {
    drive.shared.expect("rides with others")
}

/// Whether somebody who was to ride with others has all of the drive.
fn is_alone(drive: Assignment) -> bool {
    drive.shared.is_some_and(|shared| shared.own_m == shared.ridden_m)
}

fn lines_with_drivers(proposal: &Proposal) -> Vec<&Line> {
    proposal.lines.iter().filter(|line| matches!(line.outcome, Outcome::Drives { .. })).collect()
}

/// Metres of a proposal, those of its drives, and whether anybody rides with others.
fn metres(proposal: &Proposal) -> ([u64; 2], [u64; 2], bool) {
    let drives = proposal.lines.iter().flat_map(|line| match &line.outcome {
        Outcome::Drives { drives, .. } => drives.clone(),
        Outcome::Nobody { .. } => Vec::new(),
    });
    let drives: Vec<Assignment> = drives.collect();
    let empty: u64 = drives.iter().map(|drive| u64::from(drive.empty_m)).sum();
    let own: u64 = drives.iter().map(|drive| drive.shared.map_or(0, |shared| u64::from(shared.own_m))).sum();
    let any = drives.iter().any(|drive| drive.shared.is_some());
    ([proposal.deadhead_m, proposal.loaded_m], [empty, own], any)
}

#[test]
fn who_has_not_agreed_is_never_in_the_car_with_others() {
    let mut driven = Vec::new();
    for (first, second) in [("", ""), ("agreed", ""), ("agreed", "alone"), ("agreed", "agreed")] {
        let world = World::empty(1);
        world.volunteer(A, ALBAN, false);
        world.ride(world.traveller(first), ALBAN, "10:00");
        world.ride(world.traveller(second), VILLEFRANCHE, "10:00");
        let proposal = world.plan_of_day();
        let (_, _, together) = metres(&proposal);
        assert_eq!(together, (first, second) == ("agreed", "agreed"), "{first} and {second}");
        driven.push(lines_with_drivers(&proposal).iter().map(|line| line.trips.len()).sum::<usize>());
    }
    assert_eq!(driven, [1, 1, 1, 2], "one driver at ten: the second only with the first");
}

#[test]
fn together_they_cost_fewer_kilometres_and_each_is_told_what_it_means() {
    let apart = World::empty(1);
    for _ in 0..2 {
        apart.volunteer(A, ALBAN, false);
    }
    apart.ride(apart.traveller(""), ALBAN, "10:00");
    apart.ride(apart.traveller(""), VILLEFRANCHE, "10:00");
    let ([deadhead, loaded], ..) = metres(&apart.plan_of_day());

    let world = World::empty(1);
    for _ in 0..2 {
        world.volunteer(A, ALBAN, false);
    }
    let far = world.ride(world.traveller("agreed"), ALBAN, "10:00");
    let near = world.ride(world.traveller("agreed"), VILLEFRANCHE, "10:00");
    let proposal = world.plan_of_day();
    let (planned, summed, together) = metres(&proposal);
    assert!(together && planned[0] + planned[1] < deadhead + loaded, "{planned:?} {deadhead} {loaded}");
    assert_eq!(summed, planned, "every metre counts for one trip, to the metre");
    let [line] = lines_with_drivers(&proposal)[..] else { panic!("one line") };
    assert_eq!(BTreeSet::from_iter(line.trips.clone()), BTreeSet::from([far, near]));
    for (trip, other) in [(far, near), (near, far)] {
        let company = line.company.iter().find(|company| company.trip == trip).unwrap();
        assert_eq!(company.with, [other]);
        assert!(company.direct_s > 0 && company.limit_s.unwrap() >= company.direct_s + 20 * 60);
    }
    let kept = planning::show(world.app(A), &local(), proposal.date).unwrap();
    assert_eq!(kept, proposal, "as it was stored");
}

#[test]
fn a_drive_of_two_is_asked_for_as_one_and_counted_once() {
    let world = World::empty(1);
    let (driver, far, near, proposal) = world.together();
    assert_eq!((world.with(far), world.with(near)), (vec![near], vec![far]));
    let offers = driver_offers::of_trip(&world.app(A).store, far).unwrap();
    assert_eq!((offers.len(), offers[0].terms.trips.len()), (1, 2), "one question for both");
    world.promised(&[far, near]);
    let (drives, (planned, ..)) = ([far, near].map(|trip| world.drive(trip)), metres(&proposal));
    let start = drives.iter().map(|drive| drive.start).min().unwrap();
    let end = drives.iter().map(|drive| drive.end).max().unwrap();
    let own: u32 = drives.iter().map(|drive| shared(*drive).own_s).sum();
    assert_eq!(i64::from(own), start.duration_until(end).as_secs(), "every second counts once");
    world.check_nothing_to_look_at();

    world.wait(60 * 24 * 6);
    for trip in [far, near] {
        ready(trips::complete(world.app(A), &local(), trip, 0, 0)).unwrap();
    }
    let cost = |trip: Id<TripKind>| costs::find(&world.app(A).store, trip).unwrap().unwrap();
    let costs = [far, near].map(cost);
    let loaded: u64 = costs.iter().map(|cost| u64::from(cost.facts.loaded_m)).sum();
    let empty: u64 = costs.iter().map(|cost| u64::from(cost.facts.empty_m)).sum();
    assert_eq!([empty, loaded], planned, "what the driver is paid for is what the car drove");
    let year = costs[0].facts.car();
    let driven = costs::driver_year(&world.app(A).store, driver, 2026, year).unwrap();
    assert_eq!([driven.empty_m, driven.loaded_m], planned);
    for (cost, trip) in costs.iter().zip([far, near]) {
        assert_eq!(cost.facts.asked_m(), world.trip(A, trip).terms.direct_m, "each pays for the direct road");
    }
}

#[test]
fn what_the_driver_tells_is_split_in_the_planned_proportion() {
    let world = World::empty(1);
    let (_, far, near, proposal) = world.together();
    world.promised(&[far, near]);
    world.wait(60 * 24 * 6);
    let mut booked = 0;
    for trip in [far, near] {
        let told = shared(world.drive(trip)).ridden_m;
        ready(trips::complete(world.app(A), &local(), trip, told, 0)).unwrap();
        let TripStatus::Completed { loaded_m, .. } = world.trip(A, trip).status() else { panic!() };
        booked += u64::from(loaded_m);
    }
    assert_eq!(booked, proposal.loaded_m);
}

#[test]
fn consent_withdrawn_before_the_line_is_accepted_keeps_anybody_from_being_asked() {
    let world = World::empty(1);
    world.volunteer(A, ALBAN, false);
    let person = world.traveller("agreed");
    let far = world.ride(person, ALBAN, "10:00");
    let near = world.ride(world.traveller("agreed"), VILLEFRANCHE, "10:00");
    let proposal = world.plan_of_day();
    world.says(person, "2", "alone").unwrap();
    let accepted = world.accept_all(&proposal);
    assert!(accepted.offered.is_empty());
    assert_eq!(accepted.stale.values().copied().collect::<Vec<_>>(), ["plan-line-consent"]);
    assert_eq!([far, near].map(|trip| world.trip(A, trip).status()), [TripStatus::Requested; 2]);
}

#[test]
fn the_word_for_one_trip_goes_before_the_standing_one() {
    let world = World::empty(1);
    let (_, far, near, _) = world.together();
    let before = world.drive(near);
    let change = |pooling: &str| NewTripChange { pooling: Some(pooling.into()), ..NewTripChange::default() };
    let edit = |trip: Id<TripKind>, pooling: &str| {
        let etag = world.trip(A, trip).revision().to_string();
        ready(edits::edit(world.app(A), &local(), trip, change(pooling), etag))
    };
    let edited = edit(far, "alone").unwrap();
    assert_eq!(edited.freed, Some(before.volunteer), "who is to ride alone is not driven with others");
    assert_eq!(world.trip(A, far).terms.pooling, Some(Pooling::Alone));
    let after = world.drive(near);
    assert_eq!((after.pickup, after.arrival), (before.pickup, before.arrival));
    assert!(is_alone(after));
    assert!(world.plan_of_day().lines.iter().all(|line| line.company.is_empty()));
    edit(far, "as-person").unwrap();
    assert!(world.plan_of_day().lines.iter().any(|line| !line.company.is_empty()));
    assert_eq!(reason(edit(far, "sometimes")), "pooling-unknown");
}

#[test]
fn one_cancels_and_the_other_is_driven_as_promised() {
    let world = World::empty(1);
    let (_, far, near, _) = world.together();
    world.promised(&[far, near]);
    let before = world.drive(near);
    ready(trips::cancel(world.app(A), &local(), far, CancelledBy::Person, true)).unwrap();
    let after = world.drive(near);
    assert_eq!(world.trip(A, near).status(), TripStatus::Confirmed);
    assert_eq!((after.pickup, after.arrival), (before.pickup, before.arrival), "promised times stay");
    assert_eq!((is_alone(after), world.with(near)), (true, vec![]));
    assert_eq!(before.start, before.pickup, "the one who got in second");
    assert!(after.start < after.pickup, "from home to the one who is left");
    assert!(after.empty_m > before.empty_m, "the way there counts for the one who is left");
    world.check_nothing_to_look_at();
    world.wait(60 * 24 * 6);
    ready(trips::complete(world.app(A), &local(), near, 0, 0)).unwrap();
    let TripStatus::Completed { loaded_m, .. } = world.trip(A, near).status() else { panic!() };
    assert_eq!(loaded_m, world.trip(A, near).terms.direct_m);
}

#[test]
fn a_driver_who_still_has_somebody_in_the_car_is_not_told_to_stay_at_home() {
    let world = World::empty(1);
    world.driver("Paul", "email");
    let (far, near, _) = world.in_one_car();
    let offer = world.offer_about(far);
    let asked =
        || offer_facts(world.app(A), &world.app(A).store, &world.offer_about(far)).unwrap().legs.len();
    assert_eq!((offer.terms.trips.len(), asked()), (2, 2));
    world.promised(&[far, near]);
    world.post();
    let cancelled = |trip| {
        ready(trips::cancel(world.app(A), &local(), trip, CancelledBy::Person, true)).unwrap();
        let letters = world.post().into_iter().map(|(_, letter)| letter);
        let mut told = letters.filter(|letter| letter.topic.code() == "drive-cancelled");
        told.next().expect("the driver is told").facts
    };
    let still = cancelled(far).still;
    // Another way from home, at another time.
    assert_eq!(still.iter().map(|still| still.start).collect::<Vec<_>>(), [world.drive(near).start]);
    assert!(cancelled(near).still.is_empty(), "now nobody waits any more");
}

#[test]
fn what_is_asked_of_a_driver_is_what_still_waits_for_an_answer() {
    let world = World::empty(1);
    world.driver("Paul", "email");
    let (far, near, _) = world.in_one_car();
    ready(trips::cancel(world.app(A), &local(), near, CancelledBy::Person, true)).unwrap();
    let offer = world.offer_about(far);
    let facts = offer_facts(world.app(A), &world.app(A).store, &offer).unwrap();
    assert_eq!(facts.legs.len(), 1);
}

#[test]
fn who_rode_together_is_asked_for_one_by_one_after_a_no() {
    let world = World::empty(1);
    world.driver("Paul", "email");
    let (far, near, _) = world.in_one_car();
    let others = [world.volunteer(A, ALBAN, false), world.volunteer(A, VILLEFRANCHE, false)];
    let token = world.token(&world.offer_about(far));
    let no = Answer::No(DriverRefusal::TooFar);
    ready(offers::answer_by_link(world.app(A), token, no)).unwrap();
    let asked = [far, near].map(|trip| world.trip(A, trip).volunteer().expect("somebody else is asked"));
    assert!(asked.iter().all(|volunteer| others.contains(volunteer)), "{asked:?} of {others:?}");
}

#[test]
fn a_driver_who_refuses_one_of_them_keeps_the_other() {
    let world = World::empty(1);
    let (driver, far, near, _) = world.together();
    ready(trips::driver_refuses(world.app(A), &local(), near, DriverRefusal::NotFree, true)).unwrap();
    let drive = world.drive(far);
    assert_eq!((drive.volunteer, is_alone(drive)), (driver, true));
    assert_eq!(world.trip(A, near).status(), TripStatus::Requested);
    let again = world.plan_of_day();
    let [line] = lines_with_drivers(&again)[..] else { panic!("one line") };
    assert_eq!((line.trips.clone(), line.company[0].with.clone()), (vec![near], vec![far]));
    let before = world.drive(far);
    let accepted = world.accept_all(&again);
    assert_eq!(accepted.offered.len(), 1);
    let after = world.drive(far);
    assert_eq!((after.pickup, after.arrival), (before.pickup, before.arrival));
    let own: u64 = [far, near].iter().map(|trip| u64::from(shared(world.drive(*trip)).own_m)).sum();
    assert_eq!(own, again.loaded_m, "one who was promised before shares anew with who joins");
}

#[test]
fn somebody_who_is_not_there_leaves_the_way_to_the_door_with_the_other() {
    let world = World::empty(1);
    let (_, far, near, _) = world.together();
    world.promised(&[far, near]);
    let planned = shared(world.drive(far));
    world.wait(60 * 24 * 6);
    ready(trips::no_show(world.app(A), &local(), near, Absentee::Person, true)).unwrap();
    let drive = world.drive(far);
    assert_eq!(shared(drive).own_m, planned.ridden_m, "all of it counts for the one who was driven");
    assert!(planned.own_m < planned.ridden_m);
}

#[test]
fn what_was_booked_for_who_has_arrived_follows_when_the_other_did_not_come() {
    let world = World::empty(1);
    let (_, far, near, _) = world.together();
    world.promised(&[far, near]);
    let planned = shared(world.drive(far));
    world.wait(60 * 24 * 6);
    let cost = || costs::find(&world.app(A).store, far).unwrap().unwrap();
    ready(trips::complete(world.app(A), &local(), far, 0, 0)).unwrap();
    let before = cost();
    assert_eq!(before.facts.loaded_m, planned.own_m);
    ready(trips::no_show(world.app(A), &local(), near, Absentee::Person, true)).unwrap();
    let after = cost();
    assert_eq!(after.facts.loaded_m, planned.ridden_m, "nobody else was driven on that road");
    assert_eq!(after.costing.contribution, before.costing.contribution, "and what is asked is the same");
    let TripStatus::Completed { loaded_m, .. } = world.trip(A, far).status() else { panic!() };
    assert_eq!(loaded_m, planned.ridden_m);
    let driven = costs::driver_year(&world.app(A).store, world.drive(far).volunteer, 2026, after.facts.car());
    assert_eq!(driven.unwrap().loaded_m, u64::from(planned.ridden_m));
}

#[test]
fn a_trip_joins_a_drive_that_is_promised_when_both_agree() {
    let world = World::empty(1);
    let driver = world.volunteer(A, ALBAN, false);
    let far = world.ride(world.traveller("agreed"), ALBAN, "10:00");
    ready(trips::offer_to_driver(world.app(A), &local(), far, driver, true)).unwrap();
    world.promised(&[far]);
    let before = world.drive(far);
    let person = world.traveller("");
    let other = world.ride(person, ALBAN, "10:05");
    let answer = ready(planning::suggest(world.app(A), &local(), (other, true), 10)).unwrap();
    assert!(answer.candidates.is_empty());
    assert!(answer.relaxations.iter().any(|relaxation| matches!(relaxation, Relaxation::Pooling { .. })));
    assert_eq!(
        reason(ready(trips::offer_to_driver(world.app(A), &local(), other, driver, true))),
        "driver-cannot"
    );

    world.says(person, "1", "agreed").unwrap();
    let answer = ready(planning::suggest(world.app(A), &local(), (other, true), 10)).unwrap();
    assert!(answer.candidates[0].flags.contains(&Flag::Shares { others: 1 }));
    ready(trips::offer_to_driver(world.app(A), &local(), other, driver, true)).unwrap();
    let after = world.drive(far);
    assert_eq!((after.pickup, after.arrival), (before.pickup, before.arrival), "promised times never worsen");
    assert_eq!((world.with(far), world.with(other)), (vec![other], vec![far]));
    world.check_nothing_to_look_at();
    let (one, two) = (shared(after), shared(world.drive(other)));
    assert!(one.own_m + two.own_m < one.ridden_m + two.ridden_m);
}

#[test]
fn who_got_out_before_another_got_in_is_no_trouble_to_either() {
    let world = World::empty(1);
    world.volunteer(A, ALBAN, false);
    let first = world.ride_to(world.traveller("agreed"), [ALBAN, VILLEFRANCHE], "09:35");
    let all_the_way = world.ride(world.traveller("agreed"), ALBAN, "10:00");
    let last = world.ride(world.traveller("agreed"), VILLEFRANCHE, "10:00");
    world.accept_all(&world.plan_of_day());
    assert_eq!([first, last].map(|trip| world.with(trip)), [[all_the_way], [all_the_way]]);
    world.check_nothing_to_look_at();
    world.promised(&[first, all_the_way, last]);
    world.check_nothing_to_look_at();
}

#[test]
fn a_promise_in_company_that_is_not_agreed_to_any_more_is_shown_and_stands() {
    let world = World::empty(1);
    world.volunteer(A, ALBAN, false);
    let person = world.traveller("agreed");
    let far = world.ride(person, ALBAN, "10:00");
    let near = world.ride(world.traveller("agreed"), VILLEFRANCHE, "10:00");
    world.accept_all(&world.plan_of_day());
    world.promised(&[far, near]);
    world.wait(1);
    let changed = world.says(person, "2", "alone").unwrap();
    assert_eq!(changed.who.details.pooling, Pooling::Alone);
    assert!(changed.who.pooling_chosen > changed.who.created);
    let told: Vec<_> = changed.trips.iter().map(|touched| (touched.trip, &*touched.code)).collect();
    assert_eq!(told, [(far, "company-not-agreed")]);
    let (found, _) = attention::list(world.app(A), &local(), (None, 100)).unwrap();
    let found: Vec<_> = found.iter().map(|found| (found.trip.id(), found.code)).collect();
    assert_eq!(found, [(far, "company-not-agreed")]);
    // A third is not put beside them, and the day is still planned.
    let third = world.ride(world.traveller("agreed"), ALBAN, "10:00");
    let proposal = world.plan_of_day();
    assert!(proposal.lines.iter().all(|line| line.company.is_empty()));
    assert_eq!(world.trip(A, third).status(), TripStatus::Requested);
    assert_eq!(world.trip(A, far).status(), TripStatus::Confirmed);
}

/// What people pay does not depend on who else is in the car.
#[test]
fn nobody_pays_more_or_less_for_the_company() {
    let paid = |pooling: &str| {
        let world = World::empty(1);
        let drivers = [0; 2].map(|_| world.volunteer(A, ALBAN, false));
        let rides = [ALBAN, VILLEFRANCHE].map(|from| world.ride(world.traveller(pooling), from, "10:00"));
        world.accept_all(&world.plan_of_day());
        world.promised(&rides);
        world.wait(60 * 24 * 6);
        for trip in rides {
            ready(trips::complete(world.app(A), &local(), trip, 0, 0)).unwrap();
        }
        let costs = rides.map(|trip| costs::find(&world.app(A).store, trip).unwrap().unwrap());
        assert_eq!(drivers.len(), 2);
        let cost = costs.iter().fold(Cents::default(), |sum, cost| sum.plus(cost.costing.cost));
        (costs.map(|cost| cost.costing.contribution), cost)
    };
    let ((alone, dear), (together, cheap)) = (paid("alone"), paid("agreed"));
    assert_eq!(alone, together);
    assert!(cheap < dear);
}
