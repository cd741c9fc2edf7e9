//! People as the desk meets them: found, not registered twice, edited without overwriting, opened on the record, kept apart.

use maillage_domain::{
    document::{DocumentKind, NewDocument},
    person::{NewPerson, Person},
    place::NewPlace,
    prescriber::NewPrescriber,
    roles::{Role, Roles},
    text::Phone,
    volunteer::{NewVolunteer, Volunteer},
};
use maillage_engine::View as _;
use maillage_node::app::{
    caller::{Caller, Scope},
    edit::Mask,
    people::{
        self, Confirmed, Edit, PERSON_FIELDS, documents, history, partners,
        search::{self, Found, Wanted},
        volunteers::{VOLUNTEER_FIELDS, activate_volunteer},
    },
    suggest,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{access_log, events::Subject, persons};

use crate::world::{A, B, World, ready};

fn local() -> Caller {
    Caller::local()
}

#[test]
fn a_volunteer_who_is_known_is_not_registered_twice_unawares() {
    let world = World::empty(1);
    let typed = |name: &str, phone: &str, email: &str| NewVolunteer {
        name: name.into(),
        phone: phone.into(),
        email: email.into(),
        home: NewPlace { commune: "81003".into(), address: String::new() },
        seats: 4,
        availability: "lun 08:00-12:00".into(),
        ..NewVolunteer::default()
    };
    let add = |new, duplicate| {
        let confirmed = Confirmed { outside: false, duplicate };
        ready(people::add_volunteer(world.app(A), &local(), new, confirmed))
    };
    let known = add(typed("Élise Imaginaire", "05 63 00 00 01", "elise@exemple.fr"), false).unwrap();
    for twice in [
        typed("imaginaire elise", "0563000001", ""),
        typed("Elise Imaginère", "+33 5 63 00 00 01", ""),
        typed("Élise Imaginaire", "", "Elise@Exemple.fr"),
    ] {
        let refusal = add(twice, false).unwrap_err();
        assert_eq!(refusal.reason(), "volunteer-duplicate");
        assert!(format!("{refusal:?}").contains(&known.id.to_string()), "whom to look at");
    }
    for another in [
        typed("Marcel Imaginaire", "05 63 00 00 01", ""),
        typed("Élise Imaginaire", "05 63 00 00 02", "autre@exemple.fr"),
        typed("Élise Imaginaire", "", ""),
    ] {
        add(another, false).unwrap();
    }
    add(typed("Élise Imaginaire", "05 63 00 00 01", ""), true).unwrap();
}

fn new(name: &str, phone: &str) -> NewPerson {
    NewPerson {
        name: name.into(),
        phone: phone.into(),
        home: NewPlace { commune: "81003".into(), address: String::new() },
        ..NewPerson::default()
    }
}

fn add(world: &World, new: NewPerson) -> Result<Person, Refusal> {
    ready(people::add_person(world.app(A), &local(), new, Confirmed::default()))
}

pub(crate) fn edit<T>(typed: T, fields: &[&str], known: &[&str], etag: u64) -> Edit<T> {
    let paths: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    Edit { typed, mask: Mask::parse(&paths, known).unwrap(), etag: etag.to_string(), outside: false }
}

fn names(world: &World, typed: &str) -> Vec<String> {
    let found = search::search(world.app(A), &local(), typed, Wanted::ALL, 20).unwrap();
    let name = |(found, _): &(Found, u32)| match found {
        Found::Person(person) => person.details.name.as_str().to_owned(),
        Found::Volunteer(volunteer) => volunteer.details.name.as_str().to_owned(),
        Found::Prescriber(prescriber) => prescriber.details.organisation.as_str().to_owned(),
    };
    found.iter().map(name).collect()
}

fn reason<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> String {
    answer.unwrap_err().reason().to_owned()
}

#[test]
fn whoever_was_just_written_is_found_and_a_former_name_is_not() {
    let world = World::empty(1);
    assert!(names(&world, "calvet").is_empty());
    let person = add(&world, new("Odette Calvet", "05 63 12 34 56")).unwrap();
    ready(partners::add_prescriber(
        world.app(A),
        &local(),
        NewPrescriber { organisation: "CCAS Alban".into(), ..NewPrescriber::default() },
    ))
    .unwrap();
    world.volunteer(A, "81003", true);
    assert_eq!(names(&world, "clavet"), ["Odette Calvet"]);
    assert_eq!(names(&world, "alban"), ["CCAS Alban", "Bénévole", "Odette Calvet"]);
    assert_eq!(names(&world, "0563 1234"), ["Odette Calvet"]);
    let renamed = edit(new("Odette Roux", ""), &["name"], PERSON_FIELDS, 1);
    ready(people::update_person(world.app(A), &local(), person.id, renamed)).unwrap();
    assert_eq!((names(&world, "odette calvet").len(), names(&world, "odette roux").len()), (0, 1));
    let id = person.id;
    world.app(A).store.transact("test", move |transaction| persons::remove(transaction, id)).unwrap();
    assert!(names(&world, "odette").is_empty());
}

#[test]
fn a_search_after_a_crash_knows_what_was_kept() {
    let mut world = World::empty(1);
    add(&world, new("Odette Calvet", "")).unwrap();
    world.nodes[A].crash(7);
    assert_eq!(names(&world, "odette calvet"), ["Odette Calvet"]);
}

#[test]
fn somebody_very_like_is_refused_with_what_agrees_unless_it_is_meant() {
    let world = World::empty(1);
    let known = add(&world, new("Odette Calvet", "05 63 12 34 56")).unwrap();
    let refusal = add(&world, new("CALVET Odete", "+33 5 63 12 34 56")).unwrap_err();
    assert_eq!(refusal.reason(), "person-duplicate");
    let details: Vec<(&str, &str)> =
        refusal.details().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(details.contains(&("candidates", known.id.to_string().as_str())), "{details:?}");
    assert!(details.contains(&("agreed", "name phone home")), "{details:?}");
    assert_eq!(persons::list(&world.app(A).store, None, 9).unwrap().len(), 1);
    let meant = Confirmed { outside: false, duplicate: true };
    ready(people::add_person(world.app(A), &local(), new("Odette Calvet", ""), meant)).unwrap();
    add(&world, new("Léon Roques", "")).unwrap();
}

#[test]
fn an_edit_changes_what_the_mask_names_and_never_overwrites_another() {
    let world = World::empty(1);
    let person = add(&world, new("Odette Calvet", "0563123456")).unwrap();
    let typed = NewPerson { internal_notes: "rappeler".into(), ..new("ignored", "0612345678") };
    let change = edit(typed.clone(), &["phone", "internal_notes"], PERSON_FIELDS, 1);
    let changed = ready(people::update_person(world.app(A), &local(), person.id, change)).unwrap().who;
    assert_eq!(changed.details.name.as_str(), "Odette Calvet");
    assert_eq!(changed.details.phone.as_ref().map(Phone::as_str), Some("0612345678"));
    assert_eq!((changed.details.internal_notes.as_str(), changed.revision), ("rappeler", 2));
    let stale = edit(typed.clone(), &["phone"], PERSON_FIELDS, 1);
    let stale = ready(people::update_person(world.app(A), &local(), person.id, stale));
    assert_eq!(reason(stale), "changed-meanwhile");
    let stranger = NewPerson { avoid: vec![person.id.to_string()], ..typed.clone() };
    let stranger = edit(stranger, &["avoid"], PERSON_FIELDS, 2);
    let refused = ready(people::update_person(world.app(A), &local(), person.id, stranger));
    assert_eq!(reason(refused), "volunteer-unknown");
    let nobody = NewPerson { prescriber: person.id.to_string(), ..typed };
    let nobody = edit(nobody, &["prescriber"], PERSON_FIELDS, 2);
    let refused = ready(people::update_person(world.app(A), &local(), person.id, nobody));
    assert_eq!(reason(refused), "prescriber-unknown");
}

#[test]
fn every_opening_of_a_file_is_on_record_and_a_refused_one_opens_nothing() {
    let world = World::empty(1);
    let person = add(&world, new("Odette Calvet", "")).unwrap();
    let only = |role: Role| Caller::new("jeanne", Roles::from([role]), Scope::Everything);
    ready(people::show_person(world.app(A), &only(Role::Coordinator), person.id)).unwrap();
    ready(history::history(world.app(A), &only(Role::Coordinator), person.id, None, 9)).unwrap();
    for role in [Role::Driver, Role::Prescriber, Role::Treasurer, Role::Auditor] {
        let refused = ready(people::show_person(world.app(A), &only(role), person.id));
        assert_eq!(reason(refused), "not-allowed", "{role}");
    }
    let log = access_log::of(&world.app(A).store, Subject::Person(person.id), 9).unwrap();
    let purposes: Vec<&str> = log.iter().map(|access| access.purpose.as_ref()).collect();
    assert_eq!(purposes, ["person.history", "person.show"]);
    let actor = maillage_store::events::Actor::Operator("jeanne".into());
    assert!(log.iter().all(|access| access.actor == actor));
}

#[test]
fn the_past_tells_usual_destinations_and_what_happened() {
    let world = World::new();
    let person = world.person(A, "always");
    world.request(A, person, true);
    world.request(A, person, false);
    let past = ready(history::history(world.app(A), &local(), person, None, 9)).unwrap();
    let habits: Vec<(u32, u16)> = past.habits.iter().map(|habit| (habit.times, habit.minute)).collect();
    assert_eq!(habits, [(2, 600)]);
    let kinds: Vec<&str> = past.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["request.add", "request.add", "person.add"]);
    let older = Some(past.events[1].sequence);
    assert_eq!(ready(history::history(world.app(A), &local(), person, older, 9)).unwrap().events.len(), 1);
}

/// Why a volunteer of A cannot drive a new trip of a person of A; none if she or he can.
fn why_not(
    world: &World,
    person: maillage_federation::ids::Id<maillage_domain::ids::PersonKind>,
    volunteer: &Volunteer,
) -> Option<&'static str> {
    let trip = world.request(A, person, false)[0];
    let suggestion = ready(suggest::suggest(world.app(A), &local(), trip, true)).unwrap();
    let refused = suggestion.ranking.refusals.iter().find(|refused| refused.volunteer == volunteer.id);
    refused.map(|refused| refused.reason.code())
}

#[test]
fn a_lapsed_paper_a_wish_and_a_switch_keep_a_driver_from_being_asked() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let id = world.volunteer(A, "81003", true);
    let app = world.app(A);
    let show = || people::show_volunteer(app, &local(), id).unwrap();
    assert_eq!(why_not(&world, person, &show()), None);
    let paper = |until: &str| NewDocument {
        kind: "licence".into(),
        seen_on: "2026-01-05".into(),
        valid_until: until.into(),
        vehicle: 0,
    };
    ready(documents::record_document(app, &local(), id, paper("2026-10-05"), String::new())).unwrap();
    assert_eq!(why_not(&world, person, &show()), Some("document-expired"));
    let soon = documents::expiring(app, &local(), 4).unwrap();
    assert_eq!(soon.iter().map(|(_, paper, _)| paper.kind()).collect::<Vec<_>>(), [DocumentKind::Licence]);
    assert!(documents::expiring(app, &local(), 3).unwrap().is_empty());
    ready(documents::record_document(app, &local(), id, paper("2026-10-06"), show().revision.to_string()))
        .unwrap();
    assert_eq!(why_not(&world, person, &show()), None);
    let set = |kinds: &[String]| {
        let seen = documents::rules_etag(&documents::show_rules(app, &local()).unwrap());
        ready(documents::set_rules(app, &local(), kinds, seen)).unwrap();
    };
    set(&["charter".to_owned()]);
    assert_eq!(why_not(&world, person, &show()), Some("document-missing"));
    set(&[]);
    ready(activate_volunteer(app, &local(), id, false)).unwrap();
    assert_eq!(why_not(&world, person, &show()), Some("inactive"));
    ready(activate_volunteer(app, &local(), id, true)).unwrap();
    let avoiding = NewVolunteer { avoid: vec![person.to_string()], ..NewVolunteer::default() };
    let change = edit(avoiding, &["avoid"], VOLUNTEER_FIELDS, show().revision);
    ready(people::update_volunteer(app, &local(), id, change)).unwrap();
    assert_eq!(why_not(&world, person, &show()), Some("avoided"));
}

#[test]
fn a_person_can_keep_a_driver_away_too() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let id = world.volunteer(A, "81003", true);
    let typed = NewPerson { avoid: vec![id.to_string()], ..NewPerson::default() };
    let change = edit(typed, &["avoid"], PERSON_FIELDS, 1);
    ready(people::update_person(world.app(A), &local(), person, change)).unwrap();
    let volunteer = people::show_volunteer(world.app(A), &local(), id).unwrap();
    assert_eq!(why_not(&world, person, &volunteer), Some("avoided"));
}

#[test]
fn a_week_with_its_trips_done_takes_no_more() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let id = world.volunteer(A, "81003", true);
    let limited = NewVolunteer { trips_per_week: Some(1), ..NewVolunteer::default() };
    let change = edit(limited, &["trips_per_week"], VOLUNTEER_FIELDS, 1);
    let volunteer = ready(people::update_volunteer(world.app(A), &local(), id, change)).unwrap().who;
    let both = world.request(A, person, true);
    let back = || ready(suggest::suggest(world.app(A), &local(), both[1], true)).unwrap().ranking.refusals;
    assert!(back().is_empty());
    ready(maillage_node::app::trips::offer_to_driver(world.app(A), &local(), both[0], id, true)).unwrap();
    assert_eq!(why_not(&world, person, &volunteer), Some("busy"));
    assert_eq!(back()[0].reason.code(), "trips-per-week");
}

#[test]
fn what_the_desk_notes_for_itself_reaches_no_neighbour() {
    let mut world = World::new();
    let person = world.person(A, "always");
    let note = "NOTE-INTERNE";
    let typed = NewPerson { internal_notes: note.into(), ..NewPerson::default() };
    let change = edit(typed, &["internal_notes"], PERSON_FIELDS, 1);
    ready(people::update_person(world.app(A), &local(), person, change)).unwrap();
    let trip = world.request(A, person, false)[0];
    world.offer(trip);
    world.settle();
    for tree in maillage_store::TREES {
        for (_, bytes) in world.app(B).store.scan_prefix(*tree, &[], usize::MAX).unwrap() {
            assert!(!String::from_utf8_lossy(&bytes).contains(note), "{}", tree.name());
        }
    }
    for (_, bytes) in world.app(A).store.scan_prefix(maillage_store::trips::TREE, &[], usize::MAX).unwrap() {
        assert!(!String::from_utf8_lossy(&bytes).contains(note));
    }
}
