//! Tables taken in and given out: whole or not at all, every fault with its place, and twice is once.

use maillage_domain::{
    ledger::Basis,
    roles::{Role, Roles},
    tus_return::Figure,
};
use maillage_node::app::{
    accounts::{self, NewAccount},
    caller::{Caller, Scope},
    money::statements::{self, Which},
    obligations::{export, tus_return},
    people, report,
    services::{self, NewService},
    tables::{self, Imported, Page},
};
use maillage_platform::refusal::Refusal;
use maillage_store::holdings::Whose;

use crate::world::{A, World, ready};

pub(crate) fn import(world: &World, table: &str, csv: &str, dry_run: bool) -> Imported {
    try_import(world, &Caller::local(), table, csv, dry_run).unwrap()
}

fn try_import(
    world: &World,
    caller: &Caller,
    table: &str,
    csv: &str,
    dry_run: bool,
) -> Result<Imported, Refusal> {
    ready(tables::import(world.app(A), caller, table, csv.as_bytes().to_vec(), dry_run))
}

pub(crate) fn export(world: &World, table: &str) -> String {
    export_as(world, &Caller::local(), table)
}

fn export_as(world: &World, caller: &Caller, table: &str) -> String {
    let mut page = Page::default();
    let mut text = Vec::new();
    loop {
        let (bytes, next) = tables::export(world.app(A), caller, table, &page).unwrap();
        text.extend(bytes);
        match next {
            Some(cursor) => page.cursor = Some(cursor),
            None => return String::from_utf8(text).unwrap(),
        }
    }
}

#[test]
fn absences_go_in_once_and_come_out_as_they_went_in() {
    let world = World::empty(1);
    let volunteer = world.volunteer(A, "81003", false);
    let csv =
        format!("volunteer;first_day;last_day\n{volunteer};2026-12-24;2027-01-03\n{volunteer};2026-11-11;\n");
    let dry = import(&world, "absences", &csv, true);
    assert!(dry.nothing_written && dry.added == 2);
    assert_eq!(export(&world, "absences").lines().count(), 1);
    let taken = import(&world, "absences", &csv, false);
    assert_eq!((taken.nothing_written, taken.added, taken.unchanged), (false, 2, 0));
    let given = export(&world, "absences");
    assert!(given.contains(&format!("{volunteer};2026-12-24;2027-01-03\r\n")), "{given}");
    let again = import(&world, "absences", &given, false);
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 2));
    assert_eq!(export(&world, "absences"), given);
}

#[test]
fn a_table_with_faults_is_told_all_of_them_and_nothing_of_it_is_kept() {
    let world = World::empty(1);
    let volunteer = world.volunteer(A, "81003", false);
    let csv = format!(
        "volunteer;first_day;last_day\n{volunteer};2026-12-24;2027-01-03\nV-9;2026-11-11;\n{volunteer};Noël;\n"
    );
    let told = import(&world, "absences", &csv, false);
    let faults: Vec<_> =
        told.faults.iter().map(|bad| (bad.line, bad.column.as_str(), bad.refusal.reason())).collect();
    assert_eq!(faults, [(3, "volunteer", "table-reference-unknown"), (4, "first_day", "absence-format")]);
    assert!(told.nothing_written);
    let shown = people::show_volunteer(world.app(A), &Caller::local(), volunteer).unwrap();
    assert!(shown.details.availability.absences().is_empty());
}

#[test]
fn tables_ask_for_the_right_to_do_each_row_by_hand() {
    let world = World::empty(1);
    let refused = |roles: &[Role], table: &str| {
        let roles: Roles = roles.iter().copied().collect();
        let caller = Caller::new("test", roles, Scope::Everything);
        try_import(&world, &caller, table, "volunteer;first_day\n", false).map_err(|r| r.reason().to_owned())
    };
    assert!(refused(&[Role::Coordinator], "absences").is_ok());
    assert_eq!(refused(&[Role::Treasurer], "absences").unwrap_err(), "not-allowed");
    assert_eq!(refused(&[Role::Auditor], "absences").unwrap_err(), "not-allowed");
    assert_eq!(refused(&[Role::Coordinator], "canaries").unwrap_err(), "table-unknown");
}

#[test]
fn the_template_of_every_table_is_taken_in_as_it_is_and_changes_nothing() {
    let world = World::empty(1);
    for table in tables::list(&Caller::local()).unwrap() {
        let template = tables::template(&Caller::local(), table.code()).unwrap();
        let template = String::from_utf8(template).unwrap();
        assert_eq!(template.lines().count(), 2, "{}", table.code());
        if table.importing().is_some() {
            let taken = import(&world, table.code(), &template, false);
            assert_eq!((taken.faults.len(), taken.added), (0, 0), "{}: {:?}", table.code(), taken.faults);
        }
    }
}

/// A platform's lists, in the order of a first import: the table, and what is in it. Synthetic.
const LISTS: [(&str, &str); 23] = [
    (
        "carriers",
        "reference;name;form;rna;commune;address;tax_rate;headcounts\n\
         A-1;Association synthétique;association;W812003456;81003;1 place Imaginaire;75;2025:1:20:80,2026:2:30:120\n",
    ),
    ("professionals", "reference;name;function;may_drive;active\nS-1;Salariée synthétique;Conseil;oui;non\n"),
    (
        "prescribers",
        "reference;organisation;contact;phone;email\nP-1;CCAS synthétique;Agent Inventé;05 63 00 00 09;ccas@exemple.fr\n",
    ),
    (
        "volunteers",
        "reference;name;phone;commune;seats;fiscal_power;electric;accepts;availability;max_trip_m;communes;active\n\
         V-1;Bénévole Un;05 63 00 00 10;81003;4;5;oui;walking-aid,companion;lun 08:00-18:00,mar 09:00-12:00;80000;81003,81004;oui\n\
         V-2;Bénévole Deux;;81003;3;;non;;;;;non\n",
    ),
    ("vehicles", "volunteer;position;seats;wheelchair_places;label\nV-1;2;6;1;Fourgon\n"),
    (
        "documents",
        "volunteer;kind;seen_on;valid_until\nV-1;licence;15/01/2020;14/01/2035\nV-1;charter;2020-01-15;\n",
    ),
    ("absences", "volunteer;first_day;last_day\nV-1;24/12/2026;03/01/2027\n"),
    (
        "persons",
        "reference;name;phone;commune;birth_year;needs;situation;grounds;prescriber;sharing;driver_notes;internal_notes\n\
         B-1;Odette Synthétique;05 63 00 00 01;81003;1941;walking-aid;retired;aspa:2020-01-01:2030-12-31:2020-02-01;P-1;always;=2+2;Secret de bureau\n\
         B-2;Marcel Synthétique;05 63 00 00 02;81003;1950;;;;;;;\n",
    ),
    ("avoidances", "person;volunteer;asked_by\nB-1;V-2;person\nB-2;V-1;volunteer\n"),
    (
        "assets",
        "reference;label;category;seats;plate;ownership;rate_per;rate;deposit;odometer_m\n\
         F-1;Voiture synthétique;car;5;aa 000 aa;own;day;5.5;150;98000000\n",
    ),
    (
        "contributions",
        "reference;person;amount;day;source\nC-1;B-1;15;DAY;membership:2026\nC-2;B-2;7,5;DAY;donation\n",
    ),
    ("payments", "reference;person;amount;day;method;collector;note\nR-1;B-1;12,50;DAY;cash;V-1;Reçu\n"),
    (
        "movements",
        "reference;kind;person;volunteer;amount;day;method;reason;note\n\
         M-1;written-off;B-2;;7,5;DAY;;goodwill;Geste\nM-2;remitted;;V-1;12,50;DAY;cash;;\n",
    ),
    ("expenses", "reference;volunteer;kind;day;amount;proof_seen\nX-1;V-1;toll;DAY;3,40;oui\n"),
    (
        "loans",
        "reference;person;category;from;until;purpose;notes\nL-1;B-2;car;12/10/2026 09:00;2026-10-19T09:00;work-training;Permis vu\n",
    ),
    (
        "services",
        "reference;kind;person;commune;form;at;amount;notes\n\
         AC-1;advice;B-1;;diagnosis;05/10/2026 09:00;;Premier entretien\nAC-2;licence-aid;B-2;;b;;;\n\
         AC-3;garage;B-2;;;;;Embrayage\nAC-4;financial-aid;B-2;;;;120,5;\nAC-5;outreach;;81003;;2026-10-07T14:00;;\n",
    ),
    ("pathways", "reference;person;entered_on;notes\nPA-1;B-1;DAY;Ne plus conduire\nPA-2;B-2;14/03/2026;\n"),
    (
        "requests",
        "reference;person;dropoff_commune;dropoff_address;arrive_by;return_at;purpose;notes\n\
         D-1;B-1;81004;1 rue Imaginaire;06/10/2026 09:30;2026-10-06 11:00;health;Cabinet inventé\n",
    ),
    (
        "series",
        "reference;person;weekdays;first;until;dropoff_commune;dropoff_address;arrive_by;return_at;purpose;skipped;kept\n\
         S-1;B-1;mar,jeu;06/10/2026;2026-12-18;81004;1 rue Imaginaire;09:30;11:00;health;2026-10-13,2026-10-15;2026-11-12\n",
    ),
    (
        "issuers",
        "carrier;name;address;identifier;object;quality;signatory;tax_rate_percent\n\
         A-1;Association synthétique;1 place Imaginaire, 81250 Alban;W812003456;Aider à se déplacer;general-interest;Présidente inventée;66\n",
    ),
    (
        "model-rules",
        "service;commune;from;model;carrier\ntransport;81003;2027-03-01;hybride-guichet@1;A-1\n;;01/09/2027;entraide-pairs@1;\n",
    ),
    (
        "model-parameters",
        "model;from;rate;brackets\nbenevoles-association@1;2027-03-01;0,10;\n\
         quotient-familial@1;2027-03-01;;700:1,50|1200:0,20/km<5,00|:free\n",
    ),
    (
        "past-trips",
        "reference;person;volunteer;day;pickup_commune;dropoff_commune;loaded_m;empty_m\n\
         T-1;B-1;V-1;14/03/2025;81003;81004;32000;9000\nT-2;B-2;;2024-11-05;81003;81198;;\n",
    ),
];

/// The lists, with a day that is in the past of the world.
fn lists(world: &World) -> Vec<(&'static str, String)> {
    let day = maillage_domain::civil::day_of(world.app(A).now()).to_string();
    LISTS.into_iter().map(|(table, csv)| (table, csv.replace("DAY", &day))).collect()
}

pub(crate) fn whole_platform(world: &World) {
    for (table, csv) in lists(world) {
        let taken = import(world, table, &csv, false);
        let lines = u32::try_from(csv.lines().count() - 1).unwrap();
        assert_eq!((taken.faults.as_slice(), taken.added), (&[][..], lines), "{table}");
    }
}

#[test]
fn every_list_of_a_platform_goes_in_once_and_what_comes_out_goes_in_unchanged() {
    let world = World::empty(1);
    whole_platform(&world);
    for (table, csv) in lists(&world) {
        let again = import(&world, table, &csv, false);
        assert_eq!((again.faults.as_slice(), again.added, again.changed), (&[][..], 0, 0), "{table} again");
        let given = export(&world, table);
        let back = import(&world, table, &given, false);
        let told = (back.faults.as_slice(), back.added, back.changed);
        assert_eq!(told, (&[][..], 0, 0), "{table} as given: {given}");
        assert_eq!(export(&world, table), given, "{table}");
    }
}

#[test]
fn a_row_that_is_different_changes_what_it_names_and_nothing_else() {
    let world = World::empty(1);
    whole_platform(&world);
    let before = export(&world, "persons");
    let taken = import(
        &world,
        "persons",
        "reference;name;commune;phone\nB-1;Odette Synthétique;81003;05 63 00 00 77\n",
        false,
    );
    assert_eq!((taken.added, taken.changed, taken.unchanged), (0, 1, 0), "{:?}", taken.faults);
    assert_eq!(export(&world, "persons"), before.replace("05 63 00 00 01", "05 63 00 00 77"));
    let taken =
        import(&world, "volunteers", "reference;name;commune;active\nV-2;Bénévole Deux;81003;oui\n", false);
    assert_eq!(taken.changed, 1, "{:?}", taken.faults);
    let taken = import(&world, "vehicles", "volunteer;position;seats\nV-1;4;2\n", false);
    assert_eq!(reasons(&taken), [(2, "position", "table-position")]);
}

#[test]
fn what_is_booked_is_never_changed_by_a_table() {
    let world = World::empty(1);
    whole_platform(&world);
    let given = export(&world, "payments");
    let taken = import(&world, "payments", &given.replace("12,50", "13,50"), false);
    assert_eq!(reasons(&taken), [(2, "amount", "table-booked")]);
    assert_eq!(export(&world, "payments"), given);
    let source = "reference;person;amount;day;source\nC-9;B-1;1;2026-01-01;trip:0\n";
    assert_eq!(reasons(&import(&world, "contributions", source, false)), [(2, "source", "table-cell-form")]);
}

#[test]
fn the_same_person_twice_is_told_unless_it_is_meant() {
    let world = World::empty(1);
    let heading = "reference;name;phone;commune;birth_year;even_if_duplicate\n";
    let one = "B-1;Odette Synthétique;05 63 00 00 01;81003;1941;\n";
    let other = "B-2;Odete Synthetique;+33 5 63 00 00 01;81003;1941;";
    let taken = import(&world, "persons", &format!("{heading}{one}{other}\n"), false);
    assert_eq!(reasons(&taken), [(3, "name", "table-duplicate-line")]);
    assert_eq!(taken.faults[0].refusal.details()["other"], "2");
    assert_eq!(import(&world, "persons", &format!("{heading}{one}"), false).added, 1);
    let taken = import(&world, "persons", &format!("{heading}{other}\n"), false);
    assert_eq!(taken.faults[0].refusal.reason(), "person-duplicate");
    assert_eq!(import(&world, "persons", &format!("{heading}{other}oui\n"), false).added, 1);
}

#[test]
fn a_list_of_volunteers_under_another_reference_doubles_nobody_unless_it_is_meant() {
    let world = World::empty(1);
    let heading = "reference;name;phone;email;commune;seats;even_if_duplicate\n";
    let one = "V-1;Bénévole Imaginaire;05 63 00 00 10;;81003;4;\n";
    let other = "V-2;Autre Inventée;;autre@exemple.fr;81003;4;\n";
    let again = "W-1;IMAGINAIRE Benevole;+33 5 63 00 00 10;;81003;4;";
    let taken = import(&world, "volunteers", &format!("{heading}{one}{other}{again}\n"), false);
    assert_eq!(reasons(&taken), [(4, "name", "table-duplicate-line")]);
    assert_eq!(taken.faults[0].refusal.details()["other"], "2");
    // A couple has one phone.
    let couple = "V-3;Conjoint Imaginaire;05 63 00 00 10;;81003;4;\n";
    assert_eq!(import(&world, "volunteers", &format!("{heading}{one}{other}{couple}"), false).added, 3);
    let mail = "W-2;Autre Inventée;;AUTRE@exemple.fr;81003;4;\n";
    let taken = import(&world, "volunteers", &format!("{heading}{again}\n{mail}"), false);
    assert_eq!(reasons(&taken), [(2, "", "volunteer-duplicate"), (3, "", "volunteer-duplicate")]);
    let all = || maillage_store::volunteers::list(&world.app(A).store, None, 9).unwrap();
    assert_eq!(all().len(), 3);
    let first = all().into_iter().find(|known| known.details.name.as_str() == "Bénévole Imaginaire").unwrap();
    assert_eq!(taken.faults[0].refusal.details()["candidates"], first.id.to_string());
    let known = import(&world, "volunteers", &format!("{heading}{one}{other}{couple}"), false);
    assert_eq!((known.faults.as_slice(), known.unchanged), (&[][..], 3), "whoever is known by the reference");
    assert_eq!(import(&world, "volunteers", &format!("{heading}{again}oui\n"), false).added, 1);
    assert_eq!(all().len(), 4);
}

#[test]
fn faults_are_told_under_the_column_they_are_about() {
    let world = World::empty(1);
    let csv = "reference;name;commune;birth_year;needs;prescriber\n\
               1;Personne Une;81999;;;\n2;Personne Deux;81003;1850;;\n3;Personne Trois;81003;;wings;\n\
               4;Personne Quatre;81003;;;P-9\n5;Personne Cinq;81003;abc;;\n6;Personne Six;81004;;;\n";
    let taken = import(&world, "persons", csv, false);
    assert_eq!(
        reasons(&taken),
        [
            (2, "commune", "commune-unknown"),
            (3, "birth_year", "birth-year"),
            (4, "needs", "need-unknown"),
            (5, "prescriber", "table-reference-unknown"),
            (6, "birth_year", "table-cell-form"),
            (7, "commune", "commune-outside-territory"),
        ]
    );
    assert!(taken.nothing_written);
}

#[test]
fn who_keeps_the_accounts_gets_no_needs_no_notes_and_no_destinations() {
    let world = World::empty(1);
    whole_platform(&world);
    let treasurer = Caller::new("test", [Role::Treasurer].into_iter().collect(), Scope::Everything);
    let given = export_as(&world, &treasurer, "persons");
    assert!(given.contains("Odette Synthétique"));
    for hidden in ["walking-aid", "aspa", "Secret", "2+2", "1941", "always"] {
        assert!(!given.contains(hidden), "{hidden}: {given}");
    }
    let trips = export_as(&world, &treasurer, "trips");
    assert!(trips.contains("Odette Synthétique") && !trips.contains("81004"), "{trips}");
    assert!(export(&world, "trips").contains("81004"));
    assert!(!export_as(&world, &treasurer, "loans").contains("work-training"));
    let refused = tables::export(world.app(A), &treasurer, "avoidances", &Page::default()).unwrap_err();
    assert_eq!(refused.reason(), "not-allowed");
}

#[test]
fn a_whole_platform_of_people_goes_in_at_once() {
    let world = World::empty(1);
    let mut csv = "reference;name;phone;commune;birth_year\n".to_owned();
    for number in 0..PEOPLE {
        let name = format!("{} {}", word(number % 97), word(number / 97 + 200));
        let phone =
            [number / 10_000, number / 100 % 100, number % 100].map(|pair| format!("{pair:02}")).join(" ");
        csv.extend(["B-", &number.to_string(), ";", &name, ";05 63 ", &phone, ";81003;1940\n"]);
    }
    let began = std::time::Instant::now();
    let taken = import(&world, "persons", &csv, false);
    println!("{PEOPLE} people in {:?}", began.elapsed());
    assert_eq!((taken.faults.as_slice(), taken.added), (&[][..], PEOPLE));
    assert_eq!(import(&world, "persons", &export(&world, "persons"), false).unchanged, PEOPLE);
}

const PEOPLE: u32 = 4_000;

/// A word of its own for every number: four letters apart from all others would take more, and names need not be that.
fn word(number: u32) -> String {
    let letters = "bcdfghjklmnprstvz".as_bytes();
    let vowels = "aeiouy".as_bytes();
    let mut word = String::new();
    let mut rest = number.wrapping_mul(2_654_435_761);
    for _ in 0..4 {
        word.push(char::from(letters[(rest % 17) as usize]));
        rest /= 17;
        word.push(char::from(vowels[(rest % 6) as usize]));
        rest /= 6;
    }
    word
}

/// What can be changed through the interface, by service, and the tables it comes in by or goes out by; or why none.
const SERVICES: [(&str, &[&str], &str); 25] = [
    ("People", &["persons", "volunteers", "vehicles", "documents", "absences", "avoidances"], ""),
    ("Partners", &["prescribers", "professionals"], ""),
    ("Exchange", &[], "what partners without a node are sent and answer is a table of their own"),
    ("Trips", &["requests", "trips", "past-trips", "unmet"], ""),
    ("Offers", &["driver-offers"], ""),
    (
        "Money",
        &[
            "contributions",
            "payments",
            "movements",
            "expenses",
            "statements",
            "receipts",
            "waivers",
            "issuers",
        ],
        "",
    ),
    ("Fleet", &["assets"], ""),
    ("Loans", &["loans"], ""),
    ("Services", &["services"], ""),
    ("Pathways", &["pathways", "referrals"], ""),
    ("Legal", &["carriers", "frame-exceptions"], ""),
    ("Changes", &["journal"], ""),
    ("Series", &["series"], ""),
    ("Planning", &[], "proposals: what becomes of them stands among trips and driver offers"),
    ("Dispatch", &[], "the road router and the assumptions of the estimate: settings of the node"),
    ("Models", &["model-rules", "model-parameters"], ""),
    ("Accounts", &["accounts"], ""),
    ("Handovers", &["handovers"], ""),
    ("Agreements", &[], "both have signed them: nothing that a table could bring"),
    ("Settlements", &[], "booked from handovers, with a table of their own for the accountant"),
    ("Obligations", &["accesses"], ""),
    ("Reports", &[], "counted from trips"),
    ("Reference", &[], "official tables have an import of their own"),
    ("Status", &[], "the node itself"),
    ("Tables", &[], "the tables themselves"),
];

#[test]
fn every_service_of_the_interface_has_its_tables_or_a_reason_for_none() {
    let pool = prost_reflect::DescriptorPool::decode(maillage_proto::DESCRIPTORS).unwrap();
    let services = pool.services().filter(|service| service.package_name() == "maillage.node.v1");
    let mut known: Vec<&str> =
        tables::list(&Caller::local()).unwrap().iter().map(|table| table.code()).collect();
    for service in services {
        let found = SERVICES.iter().find(|(name, _, _)| *name == service.name());
        let (name, codes, reason) = found.unwrap_or_else(|| panic!("{} has no tables", service.name()));
        assert!(codes.is_empty() != reason.is_empty(), "{name}");
        known.retain(|code| !codes.contains(code));
    }
    assert_eq!(known, Vec::<&str>::new(), "tables of no service");
}

pub(crate) fn reasons(taken: &Imported) -> Vec<(u64, &str, &str)> {
    taken.faults.iter().map(|bad| (bad.line, bad.column.as_str(), bad.refusal.reason())).collect()
}

#[test]
fn an_expense_is_the_same_only_if_every_column_is_and_one_taken_out_comes_in_again() {
    let world = World::empty(1);
    let volunteer = world.volunteer(A, "81003", false);
    let row = |rest: &str| {
        format!(
            "reference;volunteer;kind;day;amount;proof_seen;basis;note\nX-1;{volunteer};toll;2026-09-30;3,40;{rest}\n"
        )
    };
    let take = |rest: &str| import(&world, "expenses", &row(rest), false);
    assert_eq!(take("oui;reimbursed;A68").added, 1);
    assert_eq!(take("oui;reimbursed;A68").unchanged, 1);
    assert_eq!(reasons(&take("oui;waived;A68")), [(2, "basis", "table-expense-differs")]);
    assert_eq!(reasons(&take("oui;reimbursed;A61")), [(2, "note", "table-expense-differs")]);
    assert_eq!(reasons(&take("non;reimbursed;A68")), [(2, "proof_seen", "table-expense-differs")]);
    let app = world.app(A);
    let waiting = || statements::waiting_expenses(app, &Caller::local(), None, None, 9).unwrap();
    let removed = waiting()[0].id;
    ready(statements::remove_expense(app, &Caller::local(), volunteer, removed)).unwrap();
    assert_eq!(take("oui;reimbursed;A68").added, 1, "it is not there any more");
    assert_eq!(waiting().len(), 1);
    // A statement takes it: the same row is still the same, another amount is not.
    let which =
        Which { volunteer, month: "2026-09".parse().unwrap(), basis: Basis::Reimbursed, carrier: None };
    ready(statements::close(app, &Caller::local(), which)).unwrap();
    assert_eq!(take("oui;reimbursed;A68").unchanged, 1);
    let dearer = row("oui;reimbursed;A68").replace("3,40", "3,50");
    assert_eq!(
        reasons(&import(&world, "expenses", &dearer, false)),
        [(2, "amount", "table-expense-differs")]
    );
}

#[test]
fn nothing_is_charged_by_a_table_for_what_is_not_the_persons() {
    let world = World::empty(1);
    let (mine, other) = (world.person(A, "ask"), world.person(A, "ask"));
    let advice = NewService {
        kind: "advice".into(),
        person: mine.to_string(),
        form: "diagnosis".into(),
        at: "2026-10-01T10:00".into(),
        ..NewService::default()
    };
    let service = ready(services::open(world.app(A), &Caller::local(), advice)).unwrap().id;
    let take = |person, service: &str| {
        let csv =
            format!("reference;person;amount;day;source\nC-1;{person};5;2026-09-30;service:{service}\n");
        import(&world, "contributions", &csv, true)
    };
    assert_eq!(reasons(&take(other, &service.to_string())), [(2, "source", "money-source-of-another")]);
    let unknown = "01890000-0000-7000-8000-000000000001";
    assert_eq!(reasons(&take(mine, unknown)), [(2, "source", "money-source-unknown")]);
    assert_eq!(take(mine, &service.to_string()).added, 1);
}

#[test]
fn a_series_that_differs_is_refused_and_its_trips_are_made_once() {
    let world = World::empty(1);
    whole_platform(&world);
    let app = world.app(A);
    let all = || maillage_store::trips::list(&app.store, None, 999).unwrap().len();
    let trips = all();
    let given = export(&world, "series");
    assert_eq!(import(&world, "series", &given, false).unchanged, 1);
    let other = import(&world, "series", &given.replace("09:30", "09:45"), false);
    assert_eq!(reasons(&other), [(2, "reference", "table-series-differs")]);
    assert_eq!(all(), trips);
    let skipped = reasons(&import(&world, "series", &given.replace("2026-10-13", "le 13"), false)).len();
    assert_eq!(skipped, 1, "a day that is none is told");
}

#[test]
fn no_token_and_no_formula_leaves_by_a_table() {
    let world = World::empty(1);
    whole_platform(&world);
    let new = NewAccount {
        label: "guichet".into(),
        roles: vec!["coordinator".into()],
        scope: Scope::Everything,
        days: 0,
    };
    let opened = ready(accounts::add(world.app(A), &Caller::local(), new)).unwrap();
    let given = export(&world, "accounts");
    assert!(given.contains("guichet;coordinator;;;active;"), "{given}");
    assert!(!given.contains(opened.token.expose().as_str()));
    for table in tables::list(&Caller::local()).unwrap() {
        for cell in export(&world, table.code()).split([';', '\n']) {
            let cell = cell.trim_start_matches(['"', '\u{feff}']);
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{}: {cell}", table.code());
        }
    }
}

#[test]
fn a_trip_from_before_is_told_and_neither_planned_nor_counted() {
    let world = World::empty(1);
    whole_platform(&world);
    let app = world.app(A);
    let before = maillage_store::trips::list(&app.store, None, 999).unwrap().len();
    let sections = report::preview(app, &Caller::local(), "2026-10".parse().unwrap()).unwrap().sections;
    let heading = "reference;person;day;pickup_commune;dropoff_commune;loaded_m\n";
    let take = |rest: &str| import(&world, "past-trips", &format!("{heading}T-9;{rest}\n"), false);
    assert_eq!(reasons(&take("B-1;2026-10-01;81003;81004;")), [(2, "day", "past-trip-not-past")]);
    assert_eq!(reasons(&take("B-1;2025-10-01;81003;81999;")), [(2, "dropoff_commune", "commune-unknown")]);
    assert_eq!(reasons(&take("B-1;2025-10-01;81003;81004;999999999")), [(2, "loaded_m", "trip-distance")]);
    assert_eq!(take("B-1;2025-10-01;81003;81004;30000").added, 1);
    assert_eq!(take("B-1;2025-10-01;81003;81004;31000").changed, 1);
    assert_eq!(maillage_store::trips::list(&app.store, None, 999).unwrap().len(), before);
    let counted = report::preview(app, &Caller::local(), "2026-10".parse().unwrap()).unwrap().sections;
    assert_eq!(counted, sections);
    let year = tus_return::of_year(app, &Caller::local(), 2025, None).unwrap();
    assert_eq!(year.figures.count(Figure::Trips), 0);
    let persons = maillage_store::persons::list(&app.store, None, 9).unwrap();
    let whose = Whose::Person(persons[0].id);
    let copy = ready(export::of(app, &Caller::local(), whose)).unwrap();
    assert!(copy.iter().any(|held| held.family == "past_trips"), "it is in the person's copy");
}
