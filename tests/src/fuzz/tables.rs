//! Tables as they come from anybody's spreadsheet: trying one writes nothing and tells faults by their place; one without faults
//! is taken in as it was tried, and is unchanged the second time, also as it is given out again.

use std::sync::Arc;

use maillage_node::app::{
    App,
    caller::Caller,
    tables::{self, Imported, Page, Table},
};
use maillage_platform::refusal::RefusalKind;

use super::{
    choices::Choices,
    node::{furnished, ready},
};

/// The first byte names a table, the second whether its headings are put in front, the rest is the file.
pub(super) fn fuzz(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let importable: Vec<&dyn Table> =
        tables::TABLES.iter().copied().filter(|table| table.importing().is_some()).collect();
    let table = choices.pick(&importable);
    let headed = choices.byte().is_multiple_of(2);
    let typed = bytes.get(2..).unwrap_or_default();
    let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
    let file = if headed { [names.join(";").as_bytes(), b"\n", typed].concat() } else { typed.to_vec() };
    let app = furnished();
    let Some(tried) = import(&app, table, &file, true) else { return };
    check_faults(table, &file, &tried);
    if tried.faults.is_empty() && tried.added + tried.changed > 0 {
        check_taken(&app, table, &file, &tried);
    }
}

fn check_faults(table: &dyn Table, file: &[u8], tried: &Imported) {
    assert!(tried.nothing_written);
    let lines = u64::try_from(file.len()).unwrap_or(u64::MAX) + 1;
    for bad in &tried.faults {
        assert!(bad.line <= lines, "line {} of at most {lines}", bad.line);
        let known = table.columns().iter().any(|column| column.name == bad.column);
        let unknown = bad.line <= 1 || bad.column.is_empty();
        assert!(known || unknown, "{} is no column of {}", bad.column, table.code());
        assert_ne!(bad.refusal.kind(), RefusalKind::Internal, "{}", bad.refusal.reason());
    }
}

fn check_taken(app: &Arc<App>, table: &dyn Table, file: &[u8], tried: &Imported) {
    let Some(taken) = import(app, table, file, false) else { panic!("tried, and not taken") };
    assert_eq!((&taken.faults, taken.nothing_written), (&Vec::new(), false), "{}", table.code());
    assert_eq!((taken.added, taken.changed), (tried.added, tried.changed), "{}", table.code());
    let given = export(app, table);
    let back = import(app, table, &given, false).expect("what was given out is read");
    let told = (&back.faults, back.added, back.changed);
    assert_eq!(told, (&Vec::new(), 0, 0), "{} as given: {}", table.code(), String::from_utf8_lossy(&given));
}

/// What an import says; none if the file is refused as a whole.
fn import(app: &Arc<App>, table: &dyn Table, file: &[u8], dry_run: bool) -> Option<Imported> {
    let before = app.store.durable_sequence();
    let told = ready(tables::import(app, &Caller::local(), table.code(), file.to_vec(), dry_run));
    if dry_run || told.as_ref().is_ok_and(|told| told.nothing_written) {
        assert_eq!(app.store.durable_sequence(), before, "{} wrote something", table.code());
    }
    match told {
        Ok(told) => Some(told),
        Err(refusal) => {
            assert_ne!(refusal.kind(), RefusalKind::Internal, "{}: {}", table.code(), refusal.reason());
            None
        }
    }
}

fn export(app: &App, table: &dyn Table) -> Vec<u8> {
    let (mut page, mut file) = (Page::default(), Vec::new());
    loop {
        let given = tables::export(app, &Caller::local(), table.code(), &page);
        let (bytes, next) = given.expect("a table that was taken in is given out");
        file.extend(bytes);
        let Some(cursor) = next else { return file };
        page.cursor = Some(cursor);
    }
}
