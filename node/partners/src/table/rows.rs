//! A table as rows of cells by column, in both directions: what spreadsheets do to a table is undone here. Knows no meaning.

use std::borrow::Cow;

use csv::{ReaderBuilder, Terminator, Trim, WriterBuilder};
use encoding_rs::WINDOWS_1252;

use super::columns::Column;
use crate::{
    ENTRIES, FILE_BYTES,
    fault::{Fault, Faults, Place, Why},
};

/// Characters of a cell that are looked at.
const CELL_CHARS: usize = 1_000;
/// What a spreadsheet takes for the beginning of a formula, and the apostrophe that guards against it.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\''];

/// A row that is read.
pub(super) struct Row {
    /// Line of the file it begins on, from 1.
    pub(super) line: u64,
    cells: Vec<(Column, String)>,
}

impl Row {
    /// The cell of a column; blank if there is none.
    pub(super) fn cell(&self, column: Column) -> &str {
        self.cells.iter().find(|(known, _)| *known == column).map_or("", |(_, cell)| cell)
    }

    /// The place of a cell.
    pub(super) fn place(&self, column: Column) -> Place {
        Place::Cell { line: self.line, column: column.name().to_owned() }
    }

    /// The place of the row.
    pub(super) fn whole(&self) -> Place {
        Place::Cell { line: self.line, column: String::new() }
    }
}

/// Reads the rows of a file that are not empty.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>, Vec<Fault>> {
    let file = |why| vec![Fault::new(Place::File, why)];
    if bytes.len() > FILE_BYTES {
        return Err(file(Why::TooLarge { limit: FILE_BYTES }));
    }
    let text = decoded(bytes);
    let text = text.as_ref();
    if text.contains('\0') {
        return Err(file(Why::NotATable));
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|_| file(Why::NotATable))?.clone();
    let columns = columns(&heading)?;
    let mut faults = Faults::default();
    let mut rows = Vec::new();
    let mut lines = Lines { text, byte: 0, line: 1 };
    for record in reader.records() {
        let Ok(record) = record else { return Err(file(Why::NotATable)) };
        if record.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() == ENTRIES {
            return Err(file(Why::TooMany { limit: ENTRIES }));
        }
        let line = lines.of(&record);
        if record.len() > heading.len() {
            let why = Why::RowLength { cells: record.len(), columns: heading.len() };
            faults.add(Place::Cell { line, column: String::new() }, why);
        }
        let cell = |(column, cell): (&Option<Column>, &str)| Some(((*column)?, plain(cell).to_owned()));
        let row = Row { line, cells: columns.iter().zip(record.iter()).filter_map(cell).collect() };
        for (column, cell) in &row.cells {
            if cell.chars().count() > CELL_CHARS {
                faults.add(row.place(*column), Why::TooLong { limit: CELL_CHARS });
            }
        }
        rows.push(row);
    }
    faults.or(rows)
}

/// UTF-8, else Windows-1252, which older spreadsheets still write.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Writes rows of cells by column.
pub(super) fn write(rows: impl IntoIterator<Item = Vec<(Column, String)>>) -> Vec<u8> {
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer =
        WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail, and every row has a cell for every column.
    let _ = writer.write_record(Column::ALL.iter().map(|column| column.name()));
    for row in rows {
        let cell = |column: &Column| {
            row.iter().find(|(known, _)| known == column).map(|(_, cell)| harmless(cell)).unwrap_or_default()
        };
        let _ = writer.write_record(Column::ALL.iter().map(cell));
    }
    bytes.extend(writer.into_inner().unwrap_or_default());
    bytes
}

fn columns(heading: &csv::StringRecord) -> Result<Vec<Option<Column>>, Vec<Fault>> {
    let mut faults = Faults::default();
    let mut columns: Vec<Option<Column>> = Vec::new();
    for name in heading {
        let column = Column::of(name);
        let place = || Place::Cell { line: 1, column: shown(name) };
        if column.is_none() && !name.is_empty() {
            faults.add(place(), Why::NoSuchColumn { allowed: super::headings().join(", ") });
        } else if column.is_some() && columns.contains(&column) {
            faults.add(place(), Why::ColumnTwice);
        }
        columns.push(column);
    }
    for needed in [Column::Handover, Column::Round] {
        if !columns.contains(&Some(needed)) {
            faults.add(Place::Cell { line: 1, column: needed.name().to_owned() }, Why::Missing);
        }
    }
    faults.or(columns)
}

/// A heading could be anything when the first line is missing: only what looks like a column's name is repeated.
fn shown(name: &str) -> String {
    let plain = name.len() <= 40 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if plain { name.to_owned() } else { "?".to_owned() }
}

/// Whichever of semicolon, tab and comma the heading has most of.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    let count = |mark: u8| heading.bytes().filter(|byte| *byte == mark).count();
    [b',', b'\t', b';'].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b';')
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest,
        Some(_) | None => cell,
    }
}

/// Counts lines on the way through a text: the reader's own count takes blank lines for a part of what follows.
struct Lines<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line a record begins on. Records come in order.
    fn of(&mut self, record: &csv::StringRecord) -> u64 {
        let start = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX));
        let rest = self.text.get(start..).unwrap_or_default();
        let blank = rest.bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = start.saturating_add(blank);
        let passed = self.text.get(self.byte..start).unwrap_or_default();
        self.line += u64::try_from(passed.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or_default();
        self.byte = start;
        self.line
    }
}
