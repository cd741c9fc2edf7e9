//! Tables that an accountant's program reads: semicolons, decimal commas, dates as JJ/MM/AAAA, UTF-8 with a byte order
//! mark, CRLF. Their headings are French whatever the language: they are a file format, not an interface. Must never hold
//! where somebody went, or why.

use jiff::civil::Date;

use crate::{
    ledger::{Account, Entry, Party},
    money::Cents,
};

const HEADING: [&str; 8] =
    ["Date", "Pièce", "Compte", "Libellé du compte", "Tiers", "Libellé", "Débit", "Crédit"];
/// Spreadsheets tell by it that a file is UTF-8.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// One line of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The day it counts for.
    pub day: Date,
    /// Number of the entry or receipt.
    pub number: String,
    /// The account.
    pub account: Account,
    /// Name of who stands behind it; empty for nobody.
    pub party: String,
    /// What it is.
    pub label: String,
    /// Debited.
    pub debit: Cents,
    /// Credited.
    pub credit: Cents,
}

/// The two lines of an entry. `name` tells who stands behind an account.
pub fn rows(entry: &Entry, label: &str, mut name: impl FnMut(Party) -> String) -> [Row; 2] {
    entry.postings().map(|posting| Row {
        day: entry.day,
        number: entry.number.to_string(),
        account: posting.account,
        party: posting.party.map(&mut name).unwrap_or_default(),
        label: label.to_owned(),
        debit: posting.debit,
        credit: posting.credit,
    })
}

/// The file.
pub fn csv(rows: &[Row]) -> String {
    csv_heading() + &csv_lines(rows)
}

/// The beginning of the file.
pub fn csv_heading() -> String {
    let mut file = String::from(BYTE_ORDER_MARK);
    csv_line(&mut file, &HEADING.map(str::to_owned));
    file
}

/// Lines of the file.
pub fn csv_lines(rows: &[Row]) -> String {
    let mut file = String::new();
    for row in rows {
        let day = row.day;
        let amount = |sum: Cents| if sum.is_zero() { String::new() } else { sum.decimal_comma() };
        let cells = [
            format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year()),
            row.number.clone(),
            row.account.number().to_owned(),
            row.account.label().to_owned(),
            row.party.clone(),
            row.label.clone(),
            amount(row.debit),
            amount(row.credit),
        ];
        csv_line(&mut file, &cells);
    }
    file
}

/// A line of such a table.
pub(crate) fn csv_line(file: &mut String, cells: &[String]) {
    for (index, text) in cells.iter().enumerate() {
        if index > 0 {
            file.push(';');
        }
        file.push_str(&cell(text));
    }
    file.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula, quoted where the format asks for it.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || (text.starts_with('-') && !text.chars().skip(1).all(|c| c.is_ascii_digit() || c == ','));
    let safe = if formula { format!("'{text}") } else { text.to_owned() };
    if safe.contains([';', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}
