//! What a platform owes to people and to the prefect: a person's copy, erasure out of every row and every file, the end of
//! retention, and the annual return. Everybody here is made up.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    erasure::ErasureState,
    ids::{PersonKind, VolunteerKind},
    ledger::{Party, PersonBalance},
    legal::{Frame, FrameDecision, Ground, Verdict},
    person::NewPerson,
    place::NewPlace,
    request::NewRequest,
    trip::{CancelledBy, TripStatus},
    tus_return::Figure,
};
use maillage_engine::{Engine, EngineError, View as _};
use maillage_federation::{
    ids::{Id, TripKind},
    month::Month,
};
use maillage_node::{
    app::{
        App,
        caller::Caller,
        money::books::{self, NewBooking},
        obligations::{accesses, erasure, export, retention, tus_return},
        people, report, trips,
    },
    keeping,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    TREES, erasures,
    holdings::Whose,
    ledger,
    legal::{self, TripFrame},
    persons,
    settings::{self, ModelsInForce},
};

use crate::world::{A, B, CANARIES, World, ready};

fn local() -> Caller {
    Caller::local()
}

fn reason<T>(outcome: Result<T, Refusal>) -> String {
    outcome.map(drop).unwrap_err().reason().to_owned()
}

fn erase(world: &World, whose: Whose) -> Result<erasures::Erasure, Refusal> {
    ready(erasure::erase(world.app(A), &local(), whose, false))
}

/// A person's trip, driven to its end by a volunteer.
pub(crate) fn driven(world: &World, person: Id<PersonKind>, volunteer: Id<VolunteerKind>) -> Id<TripKind> {
    let trip = world.request(A, person, false)[0];
    drive(world, trip, volunteer);
    trip
}

fn drive(world: &World, trip: Id<TripKind>, volunteer: Id<VolunteerKind>) {
    let app = world.app(A);
    ready(trips::offer_to_driver(app, &local(), trip, volunteer, true)).unwrap();
    ready(trips::driver_accepts(app, &local(), trip, true)).unwrap();
    world.when_begun(A, trip, || ready(trips::pick_up(app, &local(), trip))).unwrap();
    world.when_begun(A, trip, || ready(trips::complete(app, &local(), trip, 20_000, 10_000))).unwrap();
}

/// Decides the frame of a trip, whatever the engine of frames would say.
pub(crate) fn framed(app: &App, trip: Id<TripKind>, ground: Ground, verdict: Verdict) {
    let decision = FrameDecision {
        verdict,
        frame: Some(Frame::SocialTransport),
        ground: Some(ground),
        reasons: Vec::new(),
        rules_version: "test".to_owned(),
        on: "2026-10-06".parse().unwrap(),
    };
    let frame = TripFrame { trip, carrier: None, decision, exception: None, at: Timestamp::UNIX_EPOCH };
    app.store
        .transact::<(), EngineError, _>("test", move |transaction| legal::put_frame(transaction, &frame))
        .unwrap();
}

fn year(app: &App) -> tus_return::Year {
    tus_return::of_year(app, &local(), 2026, None).unwrap()
}

fn counts(app: &App) -> Vec<(Figure, usize)> {
    Figure::ALL.iter().map(|figure| (*figure, year(app).figures.count(*figure))).collect()
}

/// Whether a text stands in a row of the store.
fn in_a_row(app: &App, text: &str) -> bool {
    let found = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(&text.to_lowercase());
    TREES.iter().any(|tree| {
        let rows = app.store.scan_prefix(*tree, &[], usize::MAX).unwrap();
        rows.iter().any(|(key, value)| found(key) || found(value))
    })
}

/// Whether a text stands in a file of a directory, as it was typed or as names are folded.
fn in_a_file(directory: &Path, text: &str) -> bool {
    let lower = text.to_lowercase();
    std::fs::read_dir(directory).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return in_a_file(&path, text);
        }
        let bytes = std::fs::read(path).unwrap();
        let stands = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        stands(text) || stands(&lower)
    })
}

#[test]
fn what_is_open_is_ended_before_somebody_is_erased() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let trip = world.request(A, person, false)[0];
    let whose = Whose::Person(person);
    assert_eq!(reason(erase(&world, whose)), "erasure-obstacle");
    ready(trips::cancel(world.app(A), &local(), trip, cancelled(), true)).unwrap();
    assert_eq!(erase(&world, whose).unwrap().state, ErasureState::Files);
    assert_eq!(reason(erase(&world, whose)), "person-unknown");
}

#[test]
fn the_erased_stand_in_no_row_and_the_figures_stay() {
    let world = World::empty(1);
    let (person, other) = (world.person(A, "never"), world.person(A, "never"));
    let volunteer = world.volunteer(A, "81003", false);
    let mine = driven(&world, person, volunteer);
    framed(world.app(A), mine, Ground::Resources("aah".to_owned()), Verdict::Within);
    framed(world.app(A), world.request(A, other, false)[0], Ground::Residence, Verdict::Within);
    let month = || report::preview(world.app(A), &local(), "2026-10".parse().unwrap()).unwrap().sections;
    let (before, statistics, metres) = (counts(world.app(A)), month(), year(world.app(A)).figures.mean_m());
    assert_eq!((year(world.app(A)).figures.count(Figure::ByResources), metres), (1, Some(20_000)));
    assert_eq!(reason(erase(&world, Whose::Person(person))), "erasure-obstacle", "the trip is not paid for");
    write_off(&world, person);
    let erased = erase(&world, Whose::Person(person)).unwrap();
    assert!(erased.rows > 0);
    assert_eq!((counts(world.app(A)), month()), (before, statistics));
    assert_eq!(year(world.app(A)).figures.mean_m(), metres);
    assert!(!in_a_row(world.app(A), "aah"), "the benefit stands in a row");
    // The other one, of the same made-up name, is still there; erased too, no word of either is left.
    assert!(in_a_row(world.app(A), CANARIES[0]));
    let open = trips::open(world.app(A), &local(), 10).unwrap();
    for trip in open {
        ready(trips::cancel(world.app(A), &local(), trip.id(), cancelled(), true)).unwrap();
    }
    erase(&world, Whose::Person(other)).unwrap();
    for canary in CANARIES {
        assert!(!in_a_row(world.app(A), canary), "{canary:?} stands in a row");
    }
    assert_eq!(world.at(A, mine).0, "completed");
}

/// Gives up what somebody owes.
fn write_off(world: &World, person: Id<PersonKind>) {
    let entries = ledger::entries_of(&world.app(A).store, Party::Person(person), None, usize::MAX).unwrap();
    let owed = PersonBalance::of(person, &entries, (Date::MIN, Date::MAX)).closing;
    let all = NewBooking { cents: owed.get(), day: String::new(), note: String::new(), carrier: None };
    ready(books::write_off(world.app(A), &local(), person, "goodwill".into(), all)).unwrap();
}

fn cancelled() -> CancelledBy {
    CancelledBy::Person
}

#[test]
fn no_file_holds_anything_of_the_erased_once_it_is_done() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::empty(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let open = || Engine::open(directory.path(), maillage_store::options()).unwrap().0;
    let app = Arc::new(world.nodes[A].with_store(open()));
    runtime.block_on(async {
        let model =
            ModelsInForce::default().with(app.catalogue.models[0].key.clone(), Month::new(2000, 1).unwrap());
        app.store
            .transact::<(), EngineError, _>("test", move |transaction| settings::put(transaction, &model))
            .unwrap();
        let person = register(&app).await;
        app.store.snapshot().unwrap();
        let trip = ask(&app, person).await;
        trips::cancel(&app, &local(), trip, cancelled(), true).await.unwrap();
        app.store.checkpoint().unwrap();
        for canary in CANARIES {
            assert!(in_a_file(directory.path(), canary), "{canary:?} was never written");
        }
        let erased = erasure::erase(&app, &local(), Whose::Person(person), false).await.unwrap();
        assert_eq!((erased.state, erased.done), (ErasureState::Files, None));
        keeping::clean_files(&app).await.unwrap();
        let done = erasure::list(&app, &local(), None, 10).unwrap();
        assert_eq!(done[0].state, ErasureState::Done);
        for canary in CANARIES {
            assert!(!in_a_file(directory.path(), canary), "{canary:?} stands in a file");
        }
    });
    app.store.clone().close().unwrap();
    drop(app);
    let again = open();
    for canary in CANARIES {
        assert!(!in_a_file(directory.path(), canary), "{canary:?} came back");
    }
    assert_eq!(erasures::list(&again, None, 10).unwrap().len(), 1);
}

/// A person with every canary, at a node whose answers have to be waited for.
async fn register(app: &Arc<App>) -> Id<PersonKind> {
    let new = NewPerson {
        name: CANARIES[0].into(),
        phone: CANARIES[1].into(),
        home: NewPlace { commune: "81003".into(), address: CANARIES[2].into() },
        driver_notes: CANARIES[3].into(),
        ..NewPerson::default()
    };
    let confirmed = people::Confirmed { outside: true, duplicate: true };
    people::add_person(app, &local(), new, confirmed).await.unwrap().id
}

async fn ask(app: &Arc<App>, person: Id<PersonKind>) -> Id<TripKind> {
    let new = NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: CANARIES[2].into() },
        arrive_by: Some("2026-10-06T10:00".into()),
        purpose: "health".into(),
        ..NewRequest::default()
    };
    trips::add_request(app, &local(), person, new).await.unwrap().1[0].id()
}

#[test]
fn a_node_that_stops_in_the_middle_of_an_erasure_goes_on_where_it_was() {
    let mut world = World::empty(1);
    let person = world.person(A, "never");
    let trip = world.request(A, person, false)[0];
    ready(trips::cancel(world.app(A), &local(), trip, cancelled(), true)).unwrap();
    erase(&world, Whose::Person(person)).unwrap();
    world.nodes[A].crash(7);
    assert_eq!(ready(erasure::clean_rows(world.app(A))).unwrap(), 0);
    let waiting = erasure::waiting_for_files(world.app(A)).unwrap();
    assert_eq!(waiting.len(), 1);
    erasure::snapshot(world.app(A)).unwrap();
    ready(erasure::between_snapshots(world.app(A), waiting.clone())).unwrap();
    world.nodes[A].crash(8);
    erasure::retire(world.app(A)).unwrap();
    ready(erasure::finish(world.app(A), waiting)).unwrap();
    assert!(erasure::waiting_for_files(world.app(A)).unwrap().is_empty());
}

#[test]
fn an_objection_to_statistics_outlives_the_file() {
    let world = World::empty(1);
    let person = world.person_who(A, "never", true);
    let trip = world.request(A, person, false)[0];
    ready(trips::cancel(world.app(A), &local(), trip, cancelled(), true)).unwrap();
    let month = || report::preview(world.app(A), &local(), "2026-10".parse().unwrap()).unwrap().sections;
    let before = month();
    assert!(erase(&world, Whose::Person(person)).unwrap().objection);
    assert_eq!(month(), before);
    assert!(erasures::objectors(&world.app(A).store).unwrap().contains(&person));
}

#[test]
fn a_copy_holds_every_family_and_nobody_elses_address() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let volunteer = world.volunteer(A, "81003", false);
    driven(&world, person, volunteer);
    let copy = |whose| ready(export::of(world.app(A), &local(), whose)).unwrap();
    let mine = copy(Whose::Person(person));
    let families: BTreeSet<&str> = mine.iter().map(|held| held.family).collect();
    for family in ["persons", "requests", "trips", "events", "access_log"] {
        assert!(families.contains(family), "{family} is missing");
    }
    let text: String = mine.iter().map(|held| held.row.to_string()).collect();
    for canary in CANARIES {
        assert!(text.contains(canary), "{canary:?} is not in the copy");
    }
    assert!(text.contains("2026-10-06T") && text.contains(&person.to_string()));
    assert!(!text.contains("\"operator\":\"local\""), "somebody of the desk is named");
    let theirs: String = copy(Whose::Volunteer(volunteer)).iter().map(|held| held.row.to_string()).collect();
    assert!(theirs.contains("Bénévole") && theirs.contains(&volunteer.to_string()));
    for canary in CANARIES {
        assert!(!theirs.contains(canary), "{canary:?} is in the volunteer's copy");
    }
    assert!(!theirs.contains(&person.to_string()), "the passenger is in the volunteer's copy");
    let seen = accesses::of(world.app(A), &local(), Whose::Person(person), 10).unwrap();
    assert_eq!(seen[0].purpose, "subject.export");
}

fn set(world: &World, instant: &str) {
    world.clock.set(instant.parse().unwrap());
}

#[test]
fn a_purge_does_exactly_what_its_preview_said() {
    let world = World::empty(1);
    let (gone, kept) = (world.person(A, "never"), world.person(A, "never"));
    let trip = world.request(A, gone, false)[0];
    ready(trips::cancel(world.app(A), &local(), trip, cancelled(), true)).unwrap();
    world.request(A, kept, false);
    let preview = || retention::preview(world.app(A), &local()).unwrap();
    set(&world, "2028-10-05T08:00:00Z");
    assert!(preview().items.is_empty(), "the trip was on 6 October 2026");
    set(&world, "2028-10-06T08:00:00Z");
    let shown = preview();
    let mut goes: Vec<_> = shown.items.iter().map(|item| (item.goes(), item.target)).collect();
    goes.sort_by_key(|(goes, _)| !goes);
    let somebody = |person| retention::Target::Somebody(Whose::Person(person));
    assert_eq!(goes, [(true, somebody(gone)), (false, somebody(kept))]);
    let purge = |digest: &str| ready(retention::purge(world.app(A), &local(), digest));
    assert_eq!(reason(purge("2028-10-06-0000000000000000")), "retention-changed");
    // The person calls in between.
    let digest = shown.digest();
    world
        .app(A)
        .store
        .transact::<(), EngineError, _>("test", move |transaction| {
            let mut person = persons::find(transaction, gone)?.unwrap();
            person.last_contact = "2028-10-06".parse().unwrap();
            persons::put(transaction, &person)
        })
        .unwrap();
    assert_eq!(reason(purge(&digest)), "retention-changed");
    set(&world, "2030-10-07T08:00:00Z");
    let purged = purge(&preview().digest()).unwrap();
    assert_eq!((purged.erased, purged.passengers), (1, 0));
    assert_eq!(reason(ready(people::show_person(world.app(A), &local(), gone))), "person-unknown");
    assert!(ready(people::show_person(world.app(A), &local(), kept)).is_ok());
    assert_eq!(purge(&preview().digest()).unwrap().erased, 0);
}

#[test]
fn a_neighbours_person_goes_a_month_after_the_ride() {
    let mut world = World::new();
    let (_, handover) = world.offered();
    world.settle();
    world.pass(11);
    let trip = world.carried(B, handover)[0].id();
    world.complete(B, trip);
    world.settle();
    assert!(world.knows_the_person(B));
    assert!(retention::preview(world.app(B), &local()).unwrap().items.is_empty());
    world.wait((5 + 31) * 24 * 60);
    let preview = retention::preview(world.app(B), &local()).unwrap();
    assert_eq!(preview.items[0].target, retention::Target::Carried(trip));
    let purged = ready(retention::purge(world.app(B), &local(), &preview.digest())).unwrap();
    assert_eq!(purged.passengers, 1);
    assert!(!world.knows_the_person(B));
    assert!(matches!(world.trip(B, trip).status(), TripStatus::Completed { .. }));
}
