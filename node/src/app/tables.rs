//! Tables in and out: what people bring from their spreadsheets, and take back to them. A table is read whole, every row is
//! tried in one transaction, and either all of it is kept or nothing: then every fault is told with its line, its column
//! and what to do. Must never take a row in by another way than the use case a person would have called.

pub mod limits;
mod met;
mod rows;
pub mod sheet;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use maillage_domain::{civil::day_of, roles::Operation};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, TableExport},
    events::FieldChange,
    references,
};

use self::sheet::{BadCell, Column, Row, Sheet};
use super::{Aborted, App, caller::Caller, refusals};

pub use self::rows::{OF_PERSONS, OF_REFERRALS, OF_VOLUNTEERS, TABLES};

/// The column that makes importing again harmless: what the territory's own list calls the row.
pub const REFERENCE: Column = Column::required("reference", "B-001");

/// One kind of table.
pub trait Table: Sync {
    /// Its code, such as `persons`.
    fn code(&self) -> &'static str;

    /// Its columns, in the order they are written.
    fn columns(&self) -> &'static [Column];

    /// What a caller must be allowed to do for each row; none for a table that is only given out.
    fn importing(&self) -> Option<Operation>;

    /// What a caller must be allowed to do to get it.
    fn exporting(&self) -> Operation;

    /// Takes a row in.
    ///
    /// # Errors
    /// The first thing in the row that is not accepted; the store.
    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError>;

    /// The next rows after a cursor, and the cursor to go on from; none at the end.
    ///
    /// # Errors
    /// The store.
    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted>;
}

/// What a row needs beside itself.
pub struct ImportDesk<'a, 't> {
    /// The node.
    pub app: &'a Arc<App>,
    /// The one transaction of the import.
    pub transaction: &'a mut Transaction<'t>,
    /// Who imports.
    pub caller: &'a Caller,
    /// People of the rows before.
    pub met: met::Met,
    table: &'static str,
}

/// What giving out needs.
pub struct ExportDesk<'a> {
    /// The node.
    pub app: &'a App,
    /// The store.
    pub view: &'a dyn View,
    /// Who asks: some cells are not for everybody.
    pub caller: &'a Caller,
    /// Which rows are wanted next.
    pub page: &'a Page,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not known.
    Added,
    /// It was known, and is different now.
    Changed,
    /// It was known, and is the same.
    Unchanged,
}

/// Why a row is not taken in.
#[derive(Debug)]
pub enum RowError {
    /// Something in it is not accepted.
    Bad(BadCell),
    /// The store failed: the import ends.
    Store(Aborted),
}

/// Which rows are wanted next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Where the page before ended.
    pub cursor: Option<Vec<u8>>,
    /// First day wanted.
    pub from: Option<Date>,
    /// Last day wanted.
    pub to: Option<Date>,
}

/// Some rows, and where to go on.
#[derive(Default)]
pub struct Exported {
    /// A cell for each column.
    pub rows: Vec<Vec<String>>,
    /// Where the next page begins; none at the end.
    pub next: Option<Vec<u8>>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Whether nothing was written.
    pub nothing_written: bool,
    /// Rows that were not known.
    pub added: u32,
    /// Rows that are different now.
    pub changed: u32,
    /// Rows that were there already.
    pub unchanged: u32,
    /// What is not accepted, in the order of the file.
    pub faults: Vec<BadCell>,
}

/// The tables a caller can have.
///
/// # Errors
/// `not-allowed`.
pub fn list(caller: &Caller) -> Result<Vec<&'static dyn Table>, Refusal> {
    caller.check(Operation::TableList)?;
    Ok(TABLES.iter().copied().filter(|table| caller.check(table.exporting()).is_ok()).collect())
}

/// An empty table with one invented row, which importing passes over as long as it is not changed.
///
/// # Errors
/// `not-allowed`, `table-unknown`.
pub fn template(caller: &Caller, code: &str) -> Result<Vec<u8>, Refusal> {
    caller.check(Operation::TableList)?;
    let table = find(code)?;
    let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
    let example = table.columns().iter().map(|column| column.example.to_owned()).collect();
    Ok(sheet::write(&names, [example]))
}

/// Takes a table in, whole or not at all.
///
/// # Errors
/// `not-allowed`, `table-unknown`, `table-not-importable`; the store. Faults in the table are no error: they are in the answer.
pub async fn import(
    app: &Arc<App>,
    caller: &Caller,
    code: &str,
    bytes: Vec<u8>,
    dry_run: bool,
) -> Result<Imported, Refusal> {
    caller.check(Operation::TableImport)?;
    caller.check_volunteer(None)?;
    let table = find(code)?;
    let importing = table.importing().ok_or_else(|| refusals::invalid("table-not-importable"))?;
    caller.check(importing)?;
    let sheet = match Sheet::read(&bytes, table.columns()) {
        Ok(sheet) => sheet,
        Err(faults) => return Ok(Imported { nothing_written: true, faults, ..Imported::default() }),
    };
    let told = Arc::new(Mutex::new(Imported::default()));
    let (result, node, by) = (Arc::clone(&told), Arc::clone(app), caller.clone());
    let written = app
        .act(caller, Operation::TableImport, move |_, transaction| {
            let mut desk = ImportDesk {
                app: &node,
                transaction,
                caller: &by,
                met: met::Met::default(),
                table: table.code(),
            };
            let imported = take_rows(&mut desk, table, &sheet)?;
            let clean = imported.faults.is_empty();
            *result.lock().unwrap_or_else(PoisonError::into_inner) = imported;
            if dry_run || !clean {
                return Err(Aborted::from(refusals::conflict(NOTHING_WRITTEN)));
            }
            node.note(transaction, &by, Operation::TableImport, &[])
        })
        .await;
    let mut imported = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match written {
        Ok(()) => Ok(imported),
        Err(refusal) if refusal.reason() == NOTHING_WRITTEN => {
            imported.nothing_written = true;
            Ok(imported)
        }
        Err(refusal) => Err(refusal),
    }
}

/// Begins to give a table out: its first rows as [`export`] has them, once it is noted in the journal, and where the people it
/// tells of find who saw their data, that it is given out from a day to a day.
///
/// # Errors
/// `not-allowed`, `table-unknown`; the store.
pub async fn begin_export(
    app: &Arc<App>,
    caller: &Caller,
    code: &str,
    (from, to): (Option<Date>, Option<Date>),
) -> Result<(Vec<u8>, Option<Vec<u8>>), Refusal> {
    let first = export(app, caller, code, &Page { cursor: None, from, to })?;
    let given = (code.trim().to_owned(), from, to);
    note_given(app, caller, Operation::TableExport, given).await?;
    Ok(first)
}

/// Notes that everything of a kind is about to be given out: the table of a code, or the books of it, from a day to a day. Durable
/// when it returns; nothing may be given out before.
///
/// # Errors
/// `not-allowed`; the store.
pub(crate) async fn note_given(
    app: &Arc<App>,
    caller: &Caller,
    operation: Operation,
    (code, from, to): (String, Option<Date>, Option<Date>),
) -> Result<(), Refusal> {
    let by = caller.clone();
    app.act(caller, operation, move |app, transaction| {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let given = FieldChange { field: code.clone(), from: day(from), to: day(to) };
        let purpose = operation.code().into();
        let export = TableExport { at: app.now(), actor: by.actor(), purpose, table: code.into(), from, to };
        access_log::record_export(transaction, &export)?;
        app.note_changes(transaction, &by, operation, (&[], vec![given]))
    })
    .await
}

/// The next rows of a table that [`begin_export`] began, as bytes (with the headings before the first), and where to go on.
///
/// # Errors
/// `not-allowed`, `table-unknown`; the store.
pub fn export(
    app: &App,
    caller: &Caller,
    code: &str,
    page: &Page,
) -> Result<(Vec<u8>, Option<Vec<u8>>), Refusal> {
    let table = find(code)?;
    caller.check(Operation::TableExport)?;
    caller.check_volunteer(None)?;
    let Exported { rows, next } = app
        .look(caller, table.exporting(), |app, view| table.export(&ExportDesk { app, view, caller, page }))?;
    let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
    let bytes = if page.cursor.is_none() { sheet::write(&names, rows) } else { sheet::write_rows(rows) };
    Ok((bytes, next))
}

fn find(code: &str) -> Result<&'static dyn Table, Refusal> {
    let found = TABLES.iter().copied().find(|table| table.code() == code.trim());
    found.ok_or_else(|| refusals::unknown("table-unknown"))
}

fn take_rows(
    desk: &mut ImportDesk<'_, '_>,
    table: &'static dyn Table,
    sheet: &Sheet,
) -> Result<Imported, Aborted> {
    let mut imported = Imported::default();
    let mut seen = std::collections::BTreeMap::new();
    for row in &sheet.rows {
        if row.is_example() {
            continue;
        }
        if let Some(line) = seen.insert(row.text(REFERENCE.name), row.line)
            && !row.cell(REFERENCE.name).is_empty()
        {
            let refusal = refusals::invalid("table-reference-twice").with("other", line);
            imported.faults.push(row.bad(REFERENCE.name, refusal));
            continue;
        }
        match table.import(desk, row) {
            Ok(Outcome::Added) => imported.added += 1,
            Ok(Outcome::Changed) => imported.changed += 1,
            Ok(Outcome::Unchanged) => imported.unchanged += 1,
            Err(RowError::Bad(bad)) => imported.faults.push(bad),
            Err(RowError::Store(aborted)) => return Err(aborted),
        }
    }
    Ok(imported)
}

impl ImportDesk<'_, '_> {
    /// What a row's reference meant at an earlier import, or names by its identifier, as a table gives out what never had a
    /// reference. Whether it is still there has to be looked up.
    ///
    /// # Errors
    /// The store.
    pub fn known<K>(&self, row: &Row) -> Result<Option<Id<K>>, RowError> {
        let cell = row.cell(REFERENCE.name);
        Ok(self.referred(self.table, cell)?.or_else(|| cell.parse().ok()))
    }

    /// The subject of a cell, or none if the cell is empty.
    ///
    /// # Errors
    /// As [`ImportDesk::subject`].
    pub fn subject_if_given<K>(
        &self,
        row: &Row,
        column: &'static str,
        table: &str,
    ) -> Result<Option<Id<K>>, RowError> {
        if row.cell(column).is_empty() { Ok(None) } else { self.subject(row, column, table).map(Some) }
    }

    /// What a reference of another table means, such as the person of a request.
    ///
    /// # Errors
    /// The store.
    pub fn referred<K>(&self, table: &str, reference: &str) -> Result<Option<Id<K>>, RowError> {
        let id = references::find(self.transaction, table, reference).map_err(Aborted::from)?;
        Ok(id.and_then(|id| Id::from_bytes(&id).ok()))
    }

    /// The subject of a cell that names a row of another table by its reference, or by its identifier.
    ///
    /// # Errors
    /// `table-reference-unknown`; the store.
    pub fn subject<K>(&self, row: &Row, column: &'static str, table: &str) -> Result<Id<K>, RowError> {
        let cell = row.cell(column);
        if let Some(id) = self.referred(table, cell)? {
            return Ok(id);
        }
        let unknown = || row.bad(column, refusals::invalid("table-reference-unknown").with("table", table));
        cell.parse().map_err(|_| unknown().into())
    }

    /// Remembers what a row's reference means.
    ///
    /// # Errors
    /// The store.
    pub fn remember<K>(&mut self, row: &Row, id: Id<K>) -> Result<(), RowError> {
        let reference = row.cell(REFERENCE.name);
        Ok(references::put(self.transaction, self.table, reference, id.to_array()).map_err(Aborted::from)?)
    }
}

impl ExportDesk<'_> {
    /// After which row the page begins, for tables that go by identifiers.
    pub fn after<K>(&self) -> Option<Id<K>> {
        self.page.cursor.as_deref().and_then(|cursor| Id::from_bytes(cursor).ok())
    }

    /// What something is called in the territory's list of a table, or else its identifier.
    ///
    /// # Errors
    /// The store.
    pub fn name<K>(&self, table: &str, id: Id<K>) -> Result<String, Aborted> {
        let name = references::of(self.view, table, id.to_array())?;
        Ok(name.unwrap_or_else(|| id.to_string()))
    }

    /// The same of something that may not be there; empty then.
    ///
    /// # Errors
    /// The store.
    pub fn name_if_any<K>(&self, table: &str, id: Option<Id<K>>) -> Result<String, Aborted> {
        id.map_or_else(|| Ok(String::new()), |id| self.name(table, id))
    }

    /// Whether a day is asked for.
    pub fn wants(&self, day: Date) -> bool {
        self.page.from.is_none_or(|from| day >= from) && self.page.to.is_none_or(|to| day <= to)
    }

    /// Whether the day of an instant is asked for.
    pub fn wants_at(&self, at: jiff::Timestamp) -> bool {
        self.wants(day_of(at))
    }

    /// Whether the caller may do something else too.
    pub fn may(&self, operation: Operation) -> bool {
        self.caller.check(operation).is_ok()
    }
}

impl Exported {
    /// The rows of what was found, and after which of them to go on, if as much was found as was asked for.
    ///
    /// # Errors
    /// Those of making a row.
    pub fn page<T, K>(
        found: &[T],
        limit: usize,
        id: impl Fn(&T) -> Id<K>,
        rows: impl Fn(&T) -> Result<Vec<Vec<String>>, Aborted>,
    ) -> Result<Self, Aborted> {
        let mut exported = Self::default();
        for found in found {
            exported.rows.extend(rows(found)?);
        }
        let full = found.len() == limit;
        exported.next = found.last().filter(|_| full).map(|last| id(last).to_bytes());
        Ok(exported)
    }
}

impl From<BadCell> for RowError {
    fn from(bad: BadCell) -> Self {
        Self::Bad(bad)
    }
}

impl From<Aborted> for RowError {
    fn from(aborted: Aborted) -> Self {
        Self::Store(aborted)
    }
}

/// What the use case of a row said: a rule's refusal is the row's, under the column it is about.
pub fn of_row(row: &Row, aborted: impl Into<Aborted>) -> RowError {
    match aborted.into() {
        Aborted::Refused(refusal) => RowError::Bad(row.bad(blamed(row, &refusal), refusal)),
        Aborted::Engine(error) => RowError::Store(Aborted::Engine(error)),
    }
}

/// The column that a refusal is about: its field, or else what its reason names (`birth-year`, `asset-plate`,
/// `need-unknown`); the row as a whole if there is none.
fn blamed(row: &Row, refusal: &Refusal) -> &'static str {
    let field = refusal.details().get("field").and_then(|field| row.column(field));
    let words: Vec<&str> = refusal.reason().split('-').collect();
    let named = || {
        (0..words.len()).find_map(|first| {
            let ends = (first + 1..=words.len()).rev();
            ends.filter_map(|end| words.get(first..end)).find_map(|part| row.column(&part.join("_")))
        })
    };
    field.or_else(named).unwrap_or_default()
}

/// Ends the transaction of a dry run, and of a table with faults. Never leaves this module.
const NOTHING_WRITTEN: &str = "table-nothing-written";
