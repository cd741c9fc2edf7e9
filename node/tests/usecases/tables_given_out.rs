//! Tables given out whole leave a trace with everybody they tell of; and what tables take in since they have more columns.

use maillage_domain::{
    ids::PersonKind,
    roles::{Role, Roles},
    trip::{Trip, TripStatus, UnmetReason},
};
use maillage_federation::ids::Id;
use maillage_node::app::{
    caller::{Caller, Scope},
    frames, models,
    money::export::Kind,
    obligations::accesses,
    tables::{self, OF_PERSONS, OF_REFERRALS, OF_VOLUNTEERS},
};
use maillage_store::{events, holdings::Whose, persons, trips};

use crate::{
    legal::prepared,
    tables::{export, import, reasons, whole_platform},
    world::{A, World, ready},
};

fn person(world: &World, name: &str) -> Id<PersonKind> {
    let all = persons::list(&world.app(A).store, None, 99).unwrap();
    all.iter().find(|person| person.details.name.as_str() == name).unwrap().id
}

fn given_out(world: &World, whose: Whose) -> Vec<String> {
    let seen = accesses::before(world.app(A), &Caller::local(), whose, u64::MAX, 99).unwrap();
    let seen = seen.into_iter().filter_map(|(_, seen)| seen.export);
    seen.map(|export| export.table.into_owned()).collect()
}

fn note(world: &World, caller: &Caller, table: &str) -> Result<(), String> {
    let (from, to) = ("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap());
    let begun = ready(tables::begin_export(world.app(A), caller, table, (Some(from), Some(to))));
    begun.map(drop).map_err(|refusal| refusal.reason().to_owned())
}

#[test]
fn every_table_that_names_somebody_is_in_the_log_of_whom_it_names() {
    for table in tables::list(&Caller::local()).unwrap() {
        let code = table.code();
        let names = |words: &[&str]| table.columns().iter().any(|column| words.contains(&column.name));
        assert!(!names(&["person", "party", "case"]) || OF_PERSONS.contains(&code), "{code}");
        assert!(!names(&["volunteer", "party", "collector"]) || OF_VOLUNTEERS.contains(&code), "{code}");
        assert!(!names(&["subject", "subjects"]) || OF_PERSONS.contains(&code), "{code}");
    }
    for (_, kind) in Kind::CODES {
        assert!(OF_PERSONS.contains(&kind) || OF_VOLUNTEERS.contains(&kind), "the books: {kind}");
    }
    let known: Vec<&str> = tables::TABLES.iter().map(|table| table.code()).collect();
    for code in [OF_PERSONS, OF_VOLUNTEERS, OF_REFERRALS].concat() {
        assert!(known.contains(&code), "{code} is no table");
    }
}

#[test]
fn a_table_given_out_is_in_the_journal_and_in_the_log_of_those_it_tells_of() {
    let world = World::empty(1);
    whole_platform(&world);
    let (local, app) = (Caller::local(), world.app(A));
    let odette = person(&world, "Odette Synthétique");
    let before = app.store.durable_sequence();
    note(&world, &local, "persons").unwrap();
    assert!(app.store.durable_sequence() > before, "durable before anything is given out");
    note(&world, &local, "prescribers").unwrap();
    note(&world, &local, "trips").unwrap();
    assert_eq!(given_out(&world, Whose::Person(odette)), ["trips", "persons"]);
    let volunteer = maillage_store::volunteers::list(&app.store, None, 1).unwrap().remove(0).id;
    assert_eq!(given_out(&world, Whose::Volunteer(volunteer)), ["trips"]);
    let newest = events::newest(&app.store).unwrap();
    let last = events::after(&app.store, newest - 1, 9).unwrap().remove(0);
    let change = last.changes[0].clone();
    assert_eq!((last.kind.as_str(), last.subjects.len()), ("table.export", 0));
    assert_eq!(
        [change.field.as_str(), change.from.as_str(), change.to.as_str()],
        ["trips", "2026-01-01", "2026-12-31"]
    );
    assert!(export(&world, "journal").contains("persons:2026-01-01>2026-12-31"));
    // Whoever is registered later was in none of them.
    world.wait(1);
    assert_eq!(given_out(&world, Whose::Person(world.person(A, "never"))), Vec::<String>::new());
    let seen = accesses::before(app, &local, Whose::Person(odette), u64::MAX, 1).unwrap();
    let next = accesses::before(app, &local, Whose::Person(odette), seen[0].0, 9).unwrap();
    assert_eq!(next[0].1.export.as_ref().map(|export| &*export.table), Some("persons"), "page by page");
}

#[test]
fn who_may_not_have_a_table_leaves_no_trace_of_it() {
    let world = World::empty(1);
    let roles: Roles = [Role::Treasurer].into_iter().collect();
    let treasurer = Caller::new("test", roles, Scope::Everything);
    let before = world.app(A).store.durable_sequence();
    assert_eq!(note(&world, &treasurer, "avoidances").unwrap_err(), "not-allowed");
    assert_eq!(note(&world, &Caller::local(), "canaries").unwrap_err(), "table-unknown");
    assert_eq!(world.app(A).store.durable_sequence(), before);
    note(&world, &treasurer, "payments").unwrap();
}

#[test]
fn a_template_from_before_a_table_had_more_columns_is_an_example_still() {
    let world = World::empty(1);
    for table in tables::list(&Caller::local()).unwrap() {
        let columns = table.columns().iter().filter(|column| !column.later);
        let (names, cells): (Vec<&str>, Vec<&str>) =
            columns.map(|column| (column.name, column.example)).unzip();
        if table.importing().is_some() {
            let csv = format!("{}\n{}\n", names.join(";"), cells.join(";"));
            let taken = import(&world, table.code(), &csv, false);
            assert_eq!((taken.faults.as_slice(), taken.added), (&[][..], 0), "{}", table.code());
        }
    }
    // Another value is no example, whatever columns there are.
    let loan = "reference;person;category;from;until;purpose\nL-9;B-001;car;2026-10-05T09:00;2026-10-12T09:00;work-training\n";
    assert_eq!(reasons(&import(&world, "loans", loan, false)), [(2, "person", "table-reference-unknown")]);
}

#[test]
fn a_request_on_prescription_or_too_late_comes_in_by_a_table_as_at_the_desk() {
    let world = World::empty(1);
    whole_platform(&world);
    let app = world.app(A);
    let heading = "reference;person;dropoff_commune;arrive_by;purpose;model;access_reason;record_unmet\n";
    let take = |row: &str| import(&world, "requests", &format!("{heading}{row}\n"), false);
    let before = trips::list(&app.store, None, 99).unwrap().len();
    let unsigned = "D-8;B-2;81004;2026-10-06T09:30;other;service-prescription@1;;";
    assert_eq!(take(unsigned).faults[0].refusal.reason(), "prescription-needed");
    assert!(frames::exceptions(app, &Caller::local(), None, 9).unwrap().is_empty());
    let signed = "D-8;B-2;81004;2026-10-06T09:30;other;service-prescription@1;Accord du CCAS;";
    assert_eq!(take(signed).added, 1);
    assert_eq!(take(signed).unchanged, 1);
    assert!(export(&world, "frame-exceptions").contains("Accord du CCAS;access"));
    let late = "D-9;B-2;81004;2026-09-29T09:30;other;;;";
    assert_eq!(reasons(&take(late)), [(2, "", "request-in-the-past")]);
    assert_eq!(trips::list(&app.store, None, 99).unwrap().len(), before + 1);
    let late = format!("{late}oui");
    assert_eq!((take(&late).added, take(&late).unchanged), (1, 1));
    let all = trips::list(&app.store, None, 99).unwrap();
    let unmet = all.iter().filter(|trip| trip.status() == TripStatus::Unmet(UnmetReason::TooLate));
    assert_eq!((all.len(), unmet.count()), (before + 2, 1));
    let given = export(&world, "requests");
    assert!(!given.contains("Accord du CCAS"), "a signed reason may speak of the person");
    let back = import(&world, "requests", &given, false);
    assert_eq!((back.faults.as_slice(), back.added, back.changed), (&[][..], 0, 0), "{given}");
}

#[test]
fn what_was_refused_leaves_nothing_of_a_request_that_is_kept_as_unmet() {
    let world = prepared();
    let (app, person) = (world.app(A), world.person(A, "ask"));
    let csv = format!(
        "reference;person;dropoff_commune;arrive_by;purpose;model;access_reason;record_unmet\n\
         D-8;{person};81004;2026-10-06T09:30;other;service-prescription@1;Accord;"
    );
    assert_eq!(reasons(&import(&world, "requests", &csv, false)), [(2, "", "out-of-frame")]);
    let taken = import(&world, "requests", &format!("{csv}oui\n"), false);
    assert_eq!((taken.faults.as_slice(), taken.added), (&[][..], 1));
    let all: Vec<TripStatus> = trips::list(&app.store, None, 99).unwrap().iter().map(Trip::status).collect();
    assert_eq!(all, [TripStatus::Unmet(UnmetReason::OutOfFrame)], "none is left behind");
    let signed = frames::exceptions(app, &Caller::local(), None, 9).unwrap();
    assert!(signed.is_empty(), "a signature is kept with what was let in alone");
}

#[test]
fn choices_of_models_and_amounts_come_in_by_tables_and_not_for_days_that_are_over() {
    let world = World::empty(1);
    whole_platform(&world);
    let (app, local) = (world.app(A), Caller::local());
    let rules = export(&world, "model-rules");
    assert!(rules.contains(";81003;2027-03-01;hybride-guichet@1;A-1"), "{rules}");
    let other = rules.replace("hybride-guichet@1", "benevoles-association@1");
    assert_eq!(import(&world, "model-rules", &other, true).changed, 1);
    let past = import(&world, "model-rules", "from;model\n2026-09-01;hybride-guichet@1\n", false);
    assert_eq!(reasons(&past), [(2, "from", "model-rule-past")]);
    let unknown = import(&world, "model-rules", "from;model\n2027-09-01;autre@9\n", false);
    assert_eq!(reasons(&unknown), [(2, "model", "model-unknown")]);
    let amounts = export(&world, "model-parameters");
    assert!(amounts.contains("700:1,50|1200:0,20/km<5,00|:free"), "{amounts}");
    // What a file does not speak of stays.
    let csv = "model;from;hourly\nquotient-familial@1;2027-03-01;18,00\n";
    assert_eq!(import(&world, "model-parameters", csv, false).changed, 1);
    let set = models::parameters(app, &local).unwrap();
    let set = set.iter().find(|set| set.amounts.hourly_cents.is_some()).unwrap();
    assert_eq!((set.amounts.hourly_cents, set.amounts.brackets.len()), (Some(1_800), 3));
    let bad = import(
        &world,
        "model-parameters",
        "model;from;brackets\nquotient-familial@1;2027-03-01;beaucoup\n",
        false,
    );
    assert_eq!(reasons(&bad), [(2, "brackets", "table-cell-form")]);
}
