//! What ends with somebody: the account of a volunteer who leaves, the commune in the ledger of unmet need, a referral that
//! led to nothing, pieces of the books after ten years. And what the annual return counts of whom. Everybody is made up.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    account::Scope,
    erasure::ErasureState,
    fleet::NewAsset,
    ids::{CarrierKind, PersonKind, VolunteerKind},
    ledger::{DueSource, Party},
    legal::{Frame, FrameDecision, Ground, NewCarrier, Verdict},
    pathway::{DeclineReason, NewReferral, ReferralStanding},
    place::NewPlace,
    request::NewRequest,
    retention::Kind,
    trip::{TripStatus, UnmetReason},
    tus_return::Figure,
};
use maillage_engine::{EngineError, View as _};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::{
    app::{
        App,
        accounts::{self, NewAccount},
        caller::Caller,
        carriers, fleet,
        money::books::{self, NewBooking},
        obligations::{accesses, erasure, retention, tus_return},
        people, referrals, trips,
    },
    federation::link::Link,
};
use maillage_platform::secrets::Secret;
use maillage_store::{
    holdings::Whose,
    ledger,
    legal::{self, TripFrame},
    referrals as stored, unmet,
};

use crate::{
    driving::reason,
    world::{A, B, CANARIES, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

fn token(world: &World, label: &str, volunteer: Id<VolunteerKind>) -> Secret<String> {
    let new = NewAccount {
        label: label.into(),
        roles: vec!["driver".into()],
        scope: Scope::Volunteer(volunteer),
        days: 0,
    };
    ready(accounts::add(world.app(A), &local(), new)).unwrap().token
}

#[test]
fn a_volunteer_who_leaves_or_is_erased_opens_nothing_any_more() {
    let world = World::empty(1);
    let app = world.app(A);
    let (leaves, erased, stays) = (
        world.volunteer(A, "81003", false),
        world.volunteer(A, "81003", false),
        world.volunteer(A, "81003", false),
    );
    let tokens =
        [token(&world, "part", leaves), token(&world, "efface", erased), token(&world, "reste", stays)];
    ready(people::volunteers::activate_volunteer(app, &local(), leaves, false)).unwrap();
    ready(erasure::erase(app, &local(), Whose::Volunteer(erased), false)).unwrap();
    let opens = tokens.map(|token| reason(accounts::admit(app, token.expose().as_bytes())));
    assert_eq!(opens, ["token-revoked", "token-revoked", "accepted"]);
}

#[test]
fn the_ledger_of_unmet_need_does_not_tell_where_the_erased_lived() {
    let world = World::empty(1);
    let app = world.app(A);
    let person = world.person(A, "never");
    let new = NewRequest {
        pickup: Some(NewPlace { commune: "81198".into(), address: "2 rue des Lilas".into() }),
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some("2026-10-06T10:00".into()),
        purpose: "health".into(),
        ..NewRequest::default()
    };
    let trip = ready(trips::add_request(app, &local(), person, new)).unwrap().1[0].id();
    ready(trips::declare_unmet(app, &local(), trip, UnmetReason::NoDriver, true)).unwrap();
    let under =
        |commune: &str| app.store.scan_prefix(unmet::BY_COMMUNE_TREE, commune.as_bytes(), 9).unwrap().len();
    assert_eq!((under("81003"), under("81198")), (1, 1));
    ready(erasure::erase(app, &local(), Whose::Person(person), false)).unwrap();
    assert_eq!((under("81003"), under("81198")), (0, 1), "the pickup stays, the home does not");
    let entry = unmet::find(&app.store, trip).unwrap().unwrap();
    assert_eq!((entry.home, entry.needs.iter().count()), (None, 0));
}

fn referred() -> NewReferral {
    NewReferral {
        reference: "dossier-4711".into(),
        name: CANARIES[0].into(),
        phone: CANARIES[1].into(),
        commune: "81003".into(),
        person_agrees: true,
    }
}

/// Whether a referral still tells who was referred, or by what the prescriber knows the case.
fn named(world: &World) -> bool {
    let rows = world.app(A).store.scan_prefix(stored::TREE, &[], 99).unwrap();
    rows.iter().any(|(_, value)| {
        let text = String::from_utf8_lossy(value);
        [CANARIES[0], CANARIES[1], "dossier-4711"].iter().any(|word| text.contains(word))
    })
}

#[test]
fn somebody_who_was_referred_and_has_no_file_can_be_erased() {
    let world = World::empty(1);
    let app = world.app(A);
    let referral = ready(referrals::add(app, &local(), None, referred())).unwrap().referral.id;
    assert!(named(&world));
    let erased = ready(erasure::erase(app, &local(), Whose::Referral(referral), false)).unwrap();
    assert_eq!(erased.state, ErasureState::Files);
    assert!(!named(&world));
    let seen = referrals::show(app, &local(), referral).unwrap();
    assert_eq!(seen.standing, ReferralStanding::Declined(DeclineReason::NotWanted));
    assert!(
        referrals::list(app, &local(), true, None, 9).unwrap().is_empty(),
        "nobody has to decide any more"
    );

    let accepted = ready(referrals::add(app, &local(), None, referred())).unwrap().referral.id;
    ready(referrals::accept(app, &local(), accepted, None)).unwrap();
    let refused = ready(erasure::erase(app, &local(), Whose::Referral(accepted), false));
    assert_eq!(reason(refused), "erasure-referral-accepted");
    let unknown = ready(erasure::erase(app, &local(), Whose::Referral(app.new_id()), false));
    assert_eq!(reason(unknown), "referral-unknown");
}

#[test]
fn a_referral_nobody_took_up_goes_after_its_term() {
    let world = World::empty(1);
    let app = world.app(A);
    let referral = ready(referrals::add(app, &local(), None, referred())).unwrap().referral.id;
    let preview = || retention::preview(app, &local()).unwrap();
    world.clock.set("2027-09-30T08:00:00Z".parse().unwrap());
    assert!(preview().items.is_empty());
    world.clock.set("2027-10-01T08:00:00Z".parse().unwrap());
    let shown = preview();
    assert_eq!(shown.items[0].target, retention::Target::Somebody(Whose::Referral(referral)));
    assert_eq!((shown.items[0].name.as_str(), shown.items[0].goes()), (CANARIES[0], true));
    ready(retention::purge(app, &local(), &shown.digest())).unwrap();
    assert!(!named(&world));
    assert!(preview().items.is_empty());
}

#[test]
fn a_neighbours_person_goes_also_from_a_node_that_has_left_the_federation() {
    let mut world = World::new();
    let (_, handover) = world.offered();
    world.settle();
    world.pass(11);
    let trip = world.carried(B, handover)[0].id();
    world.complete(B, trip);
    world.settle();
    world.wait((5 + 31) * 24 * 60);
    let mut alone = world.nodes[B].with_store(world.app(B).store.clone());
    alone.link = Arc::new(Link::new(None, world.now()));
    let alone = Arc::new(alone);
    let digest = retention::preview(&alone, &local()).unwrap().digest();
    assert_eq!(ready(retention::purge(&alone, &local(), &digest)).unwrap().passengers, 1);
    assert!(!world.knows_the_person(B));
    assert!(retention::preview(&alone, &local()).unwrap().items.is_empty());
}

fn booking(cents: i64) -> NewBooking {
    NewBooking { cents, ..NewBooking::default() }
}

fn give(world: &World, person: Id<PersonKind>, cents: i64) {
    ready(books::due(world.app(A), &local(), person, DueSource::Donation, booking(cents))).unwrap();
}

fn pay(world: &World, person: Id<PersonKind>, cents: i64) {
    let how = ("cash".to_owned(), None);
    ready(books::receive(world.app(A), &local(), person, how, booking(cents))).unwrap();
}

#[test]
fn pieces_of_the_books_go_ten_years_after_their_year_and_no_balance_moves() {
    let world = World::empty(1);
    let app = world.app(A);
    let (quits, owes) = (world.person(A, "never"), world.person(A, "never"));
    give(&world, quits, 900);
    pay(&world, quits, 900);
    give(&world, owes, 700);
    let pieces = || {
        let preview = retention::preview(app, &local()).unwrap();
        preview.bulk.iter().find(|bulk| bulk.kind == Kind::AccountingPiece).map_or(0, retention::Bulk::rows)
    };
    world.clock.set("2036-12-31T08:00:00Z".parse().unwrap());
    assert_eq!(pieces(), 0);
    world.clock.set("2037-01-01T08:00:00Z".parse().unwrap());
    assert_eq!(pieces(), 2, "what is still owed is no closed matter");
    // Paid eleven years later: the debt is older, the payment is not; together they stay.
    pay(&world, owes, 700);
    give(&world, quits, 100);
    assert_eq!(pieces(), 2);
    let digest = retention::preview(app, &local()).unwrap().digest();
    assert!(ready(retention::purge(app, &local(), &digest)).unwrap().rows >= 2);
    let left = |person| ledger::entries_of(&app.store, Party::Person(person), None, 99).unwrap().len();
    assert_eq!((left(quits), left(owes)), (1, 2));
    let balance =
        |person| books::balance_of_person(app, &local(), person, books::EVER).unwrap().closing.get();
    assert_eq!((balance(quits), balance(owes)), (100, 0));
    for tree in maillage_store::TREES.iter().filter(|tree| tree.name().starts_with("money_entries")) {
        let rows = app.store.scan_prefix(*tree, &[], 99).unwrap().len();
        assert_eq!(rows, 3, "{} has rows of what is gone", tree.name());
    }
    assert_eq!(pieces(), 0);
}

#[test]
fn several_people_are_erased_in_one_go_and_each_is_told_of_the_own_rows() {
    let world = World::empty(1);
    let app = world.app(A);
    let people: Vec<Id<PersonKind>> = (0..3).map(|_| world.person(A, "never")).collect();
    world.clock.set("2029-01-01T08:00:00Z".parse().unwrap());
    let preview = retention::preview(app, &local()).unwrap();
    assert_eq!(preview.items.len(), 3);
    assert_eq!(ready(retention::purge(app, &local(), &preview.digest())).unwrap().erased, 3);
    let erased = erasure::list(app, &local(), None, 9).unwrap();
    assert!(
        erased.iter().all(|erasure| erasure.state == ErasureState::Files && erasure.rows > 0),
        "{erased:?}"
    );
    let after = erasure::list(app, &local(), Some(erased[0].whose), 1).unwrap();
    assert_eq!(after[0].whose, erased[1].whose);
    for person in people {
        assert_eq!(reason(ready(people::show_person(app, &local(), person))), "person-unknown");
    }
}

#[test]
fn who_saw_what_comes_page_by_page() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    for _ in 0..3 {
        ready(people::show_person(world.app(A), &local(), person)).unwrap();
    }
    let (mut place, mut seen) = (u64::MAX, Vec::new());
    let whose = Whose::Person(person);
    while let Some((at, _)) = accesses::before(world.app(A), &local(), whose, place, 1).unwrap().pop() {
        seen.push(at);
        place = at;
    }
    assert_eq!(seen.len(), accesses::of(world.app(A), &local(), whose, 9).unwrap().len());
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
}

fn association(world: &World, name: &str) -> Id<CarrierKind> {
    let new = NewCarrier {
        name: name.into(),
        rna: "W812003456".into(),
        address: NewPlace { commune: "81003".into(), address: "1 place fictive".into() },
        ..NewCarrier::default()
    };
    ready(carriers::add(world.app(A), &local(), new)).unwrap().id
}

/// A trip driven to its end.
fn driven(world: &World) -> Id<TripKind> {
    let person = world.person(A, "never");
    let trip = world.request(A, person, false)[0];
    world.promise(A, trip, world.volunteer(A, "81003", false));
    world.complete(A, trip);
    trip
}

/// Decides the frame of a trip for a carrier, or for none.
fn frame(app: &App, trip: Id<TripKind>, carrier: Option<Id<CarrierKind>>) {
    let decision = FrameDecision {
        verdict: Verdict::Within,
        frame: Some(Frame::SocialTransport),
        ground: Some(Ground::Residence),
        reasons: Vec::new(),
        rules_version: "test".to_owned(),
        on: "2026-10-06".parse().unwrap(),
    };
    let frame = TripFrame { trip, carrier, decision, exception: None, at: Timestamp::UNIX_EPOCH };
    app.store
        .transact::<(), EngineError, _>("test", move |transaction| legal::put_frame(transaction, &frame))
        .unwrap();
}

#[test]
fn a_trip_is_in_the_return_of_one_association_alone() {
    let world = World::empty(1);
    let (for_nobody, for_second) = (driven(&world), driven(&world));
    let [first, second] =
        ["Première synthétique", "Seconde synthétique"].map(|name| association(&world, name));
    frame(world.app(A), for_nobody, None);
    frame(world.app(A), for_second, Some(second));
    let trips = |carrier| {
        let year = tus_return::of_year(world.app(A), &local(), 2026, carrier).unwrap();
        year.figures.count(Figure::Trips)
    };
    assert_eq!((trips(Some(first)), trips(Some(second)), trips(None)), (1, 1, 1));
    assert_eq!(carriers::default(world.app(A), &local()).unwrap(), Some(first));
}

#[test]
fn a_minibus_is_in_the_returns_of_the_years_it_was_there() {
    let world = World::empty(1);
    let app = world.app(A);
    let minibus = |in_service: &str| NewAsset {
        label: "Minibus synthétique".into(),
        category: "minibus".into(),
        seats: 9,
        ownership: "own".into(),
        in_service: in_service.into(),
        ..NewAsset::default()
    };
    let own =
        |year| tus_return::of_year(app, &local(), year, None).unwrap().figures.count(Figure::OwnVehicles);
    world.clock.set("2027-02-01T08:00:00Z".parse().unwrap());
    ready(fleet::add(app, &local(), minibus(""), 0)).unwrap();
    assert_eq!((own(2026), own(2027)), (0, 1));
    let older = ready(fleet::add(app, &local(), minibus("2025-06-01"), 0)).unwrap();
    assert_eq!((own(2024), own(2025), own(2026), own(2027)), (0, 1, 1, 2));
    assert_eq!(fleet::show(app, &local(), older.id).unwrap(), older);
    ready(fleet::retire(app, &local(), older.id, "2026-12-31")).unwrap();
    assert_eq!((own(2026), own(2027)), (1, 1));
    assert_eq!(reason(ready(fleet::add(app, &local(), minibus("hier"), 0))), "asset-in-service");
}

#[test]
fn no_empty_kilometres_at_all_can_be_said() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let done = |driven| {
        let trip = world.request(A, person, false)[0];
        world.promise(A, trip, world.volunteer(A, "81222", false));
        world.clock.set(world.trip(A, trip).assignment().unwrap().start);
        let trip = ready(trips::complete_driven(world.app(A), &local(), trip, driven)).unwrap().remove(0);
        let TripStatus::Completed { empty_m, .. } = trip.status() else { panic!("it was completed") };
        empty_m
    };
    assert!(done(trips::Driven::default()) > 0, "what was planned");
    assert_eq!(done(trips::Driven { empty_m: Some(0), ..Default::default() }), 0);
    assert_eq!(done(trips::Driven { empty_m: Some(700), ..Default::default() }), 700);
}
