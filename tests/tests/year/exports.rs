//! What the node gives out, read as any program would: tables as CSV, in pieces. It must never know what a column means.

use anyhow::Context as _;
use maillage_proto::node::v1 as node;

use crate::platform::Platform;

/// A table as it was given out.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    name: String,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A row of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    sheet: &'a Sheet,
    cells: &'a [String],
}

impl Sheet {
    /// Reads a table.
    pub(crate) async fn of(platform: &Platform, table: &str) -> anyhow::Result<Self> {
        Self::until(platform, table, "").await
    }

    /// Reads what of a table concerns a day or the time before.
    pub(crate) async fn until(platform: &Platform, table: &str, to: &str) -> anyhow::Result<Self> {
        let (table, to) = (table.to_owned(), to.to_owned());
        let request = node::ExportTableRequest { table: table.clone(), from: String::new(), to };
        let mut stream = platform.tables().export_table(request).await?.into_inner();
        let mut bytes = Vec::new();
        while let Some(piece) = stream.message().await? {
            bytes.extend(piece.csv);
        }
        let text = String::from_utf8(bytes)?;
        let mut rows = cells(text.trim_start_matches('\u{feff}'));
        anyhow::ensure!(!rows.is_empty(), "the table {table} has no headings");
        let headings = rows.remove(0);
        Ok(Self { name: table, headings, rows })
    }

    /// Its rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { sheet: self, cells })
    }
}

impl<'a> Row<'a> {
    /// What stands in a column.
    pub(crate) fn cell(self, heading: &str) -> anyhow::Result<&'a str> {
        let Sheet { name, headings, .. } = self.sheet;
        let column = headings.iter().position(|known| known == heading);
        let column = column.with_context(|| format!("the table {name} has no column {heading}"))?;
        Ok(self.cells.get(column).with_context(|| format!("a short row in {name}"))?)
    }

    /// Euros with a decimal comma, as cents; nothing is nothing.
    pub(crate) fn cents(self, heading: &str) -> anyhow::Result<i64> {
        let text = self.cell(heading)?;
        if text.is_empty() {
            return Ok(0);
        }
        let (euros, cents) = text.split_once(',').with_context(|| format!("{heading}: {text}"))?;
        anyhow::ensure!(cents.len() == 2, "{heading}: {text}");
        [euros, cents].concat().parse().with_context(|| format!("{heading}: {text}"))
    }

    /// A whole number; nothing is nothing.
    pub(crate) fn number(self, heading: &str) -> anyhow::Result<u64> {
        let text = self.cell(heading)?;
        if text.is_empty() {
            return Ok(0);
        }
        text.parse().with_context(|| format!("{heading}: {text}"))
    }
}

/// Cells between semicolons; a cell in double quotes may hold anything, a double quote twice.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            ('"', _) => quoted = !quoted,
            (';', false) => row.push(std::mem::take(&mut cell)),
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            ('\r', false) => {}
            (letter, _) => cell.push(letter),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}
