//! Tables taken in and given out: whole or not at all, every fault with its place, and twice is once.

use maillage_domain::roles::{Role, Roles};
use maillage_node::app::{
    caller::{Caller, Scope},
    people,
    tables::{self, Imported, Page},
};
use maillage_platform::refusal::Refusal;

use crate::world::{A, World, ready};

fn import(world: &World, table: &str, csv: &str, dry_run: bool) -> Imported {
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

fn export(world: &World, table: &str) -> String {
    let mut page = Page::default();
    let mut text = Vec::new();
    loop {
        let (bytes, next) = tables::export(world.app(A), &Caller::local(), table, &page).unwrap();
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
