//! Reading a table as people's spreadsheets write it (comma, semicolon or tab; UTF-8 with or without mark, or
//! Windows-1252), and writing one they can open. Knows columns and cells; must never know what a row means.

use maillage_domain::money::Cents;
use maillage_platform::refusal::Refusal;

use super::{
    super::refusals,
    limits::{CELL_CHARS, SHEET_BYTES, SHEET_LINES},
};

/// A column of a table. Its name is the heading in every language, and never changes: files are kept and imported again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The heading.
    pub name: &'static str,
    /// Whether a row without it is refused.
    pub required: bool,
    /// Whether there were templates without it before: one of those, left as it was, is an example still.
    pub later: bool,
    /// What a cell looks like, for the template. Invented, and plainly so.
    pub example: &'static str,
}

/// A table as it was read: every row has a cell for every column of the table's definition.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its rows, without the heading.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file it begins on, from 1.
    pub line: u64,
    columns: &'static [Column],
    /// Nothing for a column that the file does not have.
    cells: Vec<Option<String>>,
}

/// Something in a table that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCell {
    /// Line of the file, from 1; 0 for the file as a whole.
    pub line: u64,
    /// The column, or nothing for the row as a whole.
    pub column: String,
    /// Why, and what to do: a reason with its text.
    pub refusal: Refusal,
}

impl Column {
    /// A column that may be empty.
    pub const fn optional(name: &'static str, example: &'static str) -> Self {
        Self { name, required: false, later: false, example }
    }

    /// A column every row needs.
    pub const fn required(name: &'static str, example: &'static str) -> Self {
        Self { name, required: true, later: false, example }
    }

    /// A column that may be empty, and that the table did not always have.
    pub const fn later(name: &'static str, example: &'static str) -> Self {
        Self { name, required: false, later: true, example }
    }
}

impl Sheet {
    /// Reads a file. Columns may come in any order; those left out count as empty.
    ///
    /// # Errors
    /// Everything that is wrong with its form, at once: unknown, double or missing columns, rows of another length, missing
    /// cells, cells that are too long, a file that is too large.
    pub fn read(bytes: &[u8], columns: &'static [Column]) -> Result<Self, Vec<BadCell>> {
        if bytes.len() > SHEET_BYTES {
            return Err(vec![whole("table-too-large", &[("bytes", SHEET_BYTES)])]);
        }
        let text = decoded(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&text))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let heading: Vec<String> = match reader.headers() {
            Ok(heading) => heading.iter().map(str::to_lowercase).collect(),
            Err(_) => return Err(vec![whole("table-unreadable", &[])]),
        };
        let places = places(&heading, columns)?;
        let mut sheet = Self { rows: Vec::new() };
        let mut bad = Vec::new();
        let mut lines = Lines { text: &text, byte: 0, line: 1 };
        for record in reader.records() {
            let Ok(record) = record else {
                bad.push(whole("table-unreadable", &[]));
                break;
            };
            if record.iter().all(str::is_empty) {
                continue;
            }
            if sheet.rows.len() == SHEET_LINES {
                return Err(vec![whole("table-too-long", &[("lines", SHEET_LINES)])]);
            }
            let row = Row { line: lines.of(&record), ..Row::read(&record, &places, columns) };
            bad.extend(row.faults(&record, heading.len()));
            sheet.rows.push(row);
        }
        if bad.is_empty() { Ok(sheet) } else { Err(bad) }
    }
}

impl Row {
    fn read(record: &csv::StringRecord, places: &[Option<usize>], columns: &'static [Column]) -> Self {
        let cell = |place: usize| plain(record.get(place).unwrap_or_default()).to_owned();
        Self { line: 0, columns, cells: places.iter().map(|place| place.map(cell)).collect() }
    }

    fn faults(&self, record: &csv::StringRecord, width: usize) -> Vec<BadCell> {
        let mut bad = Vec::new();
        if record.len() > width {
            let refusal =
                refusals::invalid("table-row-length").with("cells", record.len()).with("columns", width);
            bad.push(BadCell { line: self.line, column: String::new(), refusal });
        }
        for (column, cell) in self.columns.iter().zip(&self.cells) {
            let cell = cell.as_deref().unwrap_or_default();
            if column.required && cell.is_empty() {
                bad.push(self.bad(column.name, refusals::invalid("table-cell-missing")));
            }
            if cell.chars().count() > CELL_CHARS {
                bad.push(
                    self.bad(column.name, refusals::invalid("table-cell-too-long").with("limit", CELL_CHARS)),
                );
            }
        }
        bad
    }

    /// The cell of a column; empty for a column the table does not have.
    pub fn cell(&self, column: &str) -> &str {
        self.given(column).unwrap_or_default()
    }

    /// The cell of a column, empty or not; none if the file does not have the column. What a file does not speak of stays as
    /// it is.
    fn given(&self, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|known| known.name == column);
        place.and_then(|place| self.cells.get(place)).and_then(Option::as_deref)
    }

    /// Whether the file has a column.
    pub fn has(&self, column: &str) -> bool {
        self.given(column).is_some()
    }

    /// The name of the column that a word means: its own, its plural, or the one that goes on from it (`home` is the
    /// commune).
    pub fn column(&self, word: &str) -> Option<&'static str> {
        let word = if word == "home" { "commune" } else { word };
        let names = || self.columns.iter().map(|column| column.name);
        let plural = |name: &&str| name.strip_suffix('s') == Some(word);
        let longer = |name: &&str| name.strip_prefix(word).is_some_and(|rest| rest.starts_with('_'));
        names().find(|name| *name == word).or_else(|| names().find(plural)).or_else(|| names().find(longer))
    }

    /// Takes the cell of a column, if the file has it.
    pub fn put(&self, column: &str, place: &mut String) {
        if let Some(cell) = self.given(column) {
            cell.clone_into(place);
        }
    }

    /// Takes a day or a civil time, if the file has the column.
    pub fn put_date(&self, column: &str, place: &mut String) {
        if let Some(cell) = self.given(column) {
            *place = iso(cell);
        }
    }

    /// Takes a list, if the file has the column.
    pub fn put_list(&self, column: &str, place: &mut Vec<String>) {
        if self.has(column) {
            *place = self.list(column);
        }
    }

    /// Takes a yes or no, if the file has the column.
    ///
    /// # Errors
    /// As [`Row::yes`].
    pub fn put_yes(&self, column: &str, place: &mut bool) -> Result<(), BadCell> {
        if self.has(column) {
            *place = self.yes(column)?;
        }
        Ok(())
    }

    /// Takes a number or none, if the file has the column.
    ///
    /// # Errors
    /// As [`Row::parsed`].
    pub fn put_number<T: std::str::FromStr>(
        &self,
        column: &str,
        place: &mut Option<T>,
    ) -> Result<(), BadCell> {
        if self.has(column) {
            *place = self.parsed(column)?;
        }
        Ok(())
    }

    /// The day or civil time of a cell, in the form of programs.
    pub fn date(&self, column: &str) -> String {
        iso(self.cell(column))
    }

    /// The sum of a cell, in euros with a comma or a point; none when empty.
    ///
    /// # Errors
    /// `table-cell-form` with an example of what is wanted.
    pub fn euros(&self, column: &str) -> Result<Option<Cents>, BadCell> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        Cents::parse(cell).map(Some).map_err(|_| self.malformed(column))
    }

    /// Whether it is the invented row of the template, left as it was.
    pub fn is_example(&self) -> bool {
        self.columns.iter().zip(&self.cells).all(|(column, cell)| match cell.as_deref() {
            Some(cell) => cell == column.example,
            None => column.later,
        })
    }

    /// The cell of a column as typed text.
    pub fn text(&self, column: &str) -> String {
        self.cell(column).to_owned()
    }

    /// The parts of a cell that lists several, such as `walking-aid, companion`.
    pub fn list(&self, column: &str) -> Vec<String> {
        let parts = self.cell(column).split([',', '|']).map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }

    /// A cell that says yes or no; empty is no.
    ///
    /// # Errors
    /// Anything but `oui`, `non`, `yes`, `no`, `1`, `0`, `true`, `false`, `vrai`, `faux`, `x`.
    pub fn yes(&self, column: &str) -> Result<bool, BadCell> {
        match self.cell(column).to_lowercase().as_str() {
            "" | "non" | "no" | "0" | "false" | "faux" => Ok(false),
            "oui" | "yes" | "1" | "true" | "vrai" | "x" => Ok(true),
            _ => Err(self.bad(column, refusals::invalid("table-cell-yes-no"))),
        }
    }

    /// A cell that reads as something else; none when empty.
    ///
    /// # Errors
    /// `table-cell-form` with an example of what is wanted.
    pub fn parsed<T: std::str::FromStr>(&self, column: &str) -> Result<Option<T>, BadCell> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        cell.parse().map(Some).map_err(|_| self.malformed(column))
    }

    /// A cell that cannot be read, with what it should look like.
    pub fn malformed(&self, column: &str) -> BadCell {
        let known = self.columns.iter().find(|known| known.name == column);
        let example = known.map_or("", |known| known.example);
        self.bad(column, refusals::invalid("table-cell-form").with("example", example))
    }

    /// A refusal about a cell of this row.
    pub fn bad(&self, column: &str, refusal: Refusal) -> BadCell {
        BadCell { line: self.line, column: column.to_owned(), refusal }
    }
}

/// Writes a table: UTF-8 with a mark, semicolons, lines ended as spreadsheets want them. A cell that a spreadsheet would
/// take for a formula gets an apostrophe in front, which reading takes off again; a sum below zero is none.
pub fn write(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let heading = columns.iter().map(|name| (*name).to_owned()).collect();
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    bytes.extend(write_rows(std::iter::once(heading).chain(rows)));
    bytes
}

/// Writes rows that follow others.
pub fn write_rows(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        // Writing to memory cannot fail; a row of another length would, and a table's rows have one length.
        let _ = writer.write_record(row.iter().map(|cell| harmless(cell)));
    }
    writer.into_inner().unwrap_or_default()
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
        let start =
            record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        let blank = self
            .text
            .get(start..)
            .unwrap_or_default()
            .bytes()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let start = start.saturating_add(blank.count());
        let passed = self.text.get(self.byte..start).unwrap_or_default();
        self.line += u64::try_from(passed.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or_default();
        self.byte = start;
        self.line
    }
}

fn places(heading: &[String], columns: &'static [Column]) -> Result<Vec<Option<usize>>, Vec<BadCell>> {
    let mut bad = Vec::new();
    for (place, name) in heading.iter().enumerate() {
        let known = columns.iter().any(|column| column.name == name);
        let double = heading.iter().take(place).any(|earlier| earlier == name);
        let about = |reason| BadCell { line: 1, column: shown(name), refusal: refusals::invalid(reason) };
        if !known && !name.is_empty() {
            bad.push(about("table-column-unknown"));
        } else if double && known {
            bad.push(about("table-column-twice"));
        }
    }
    let place = |column: &Column| heading.iter().position(|name| name == column.name);
    for column in columns.iter().filter(|column| column.required && place(column).is_none()) {
        let refusal = refusals::invalid("table-column-missing");
        bad.push(BadCell { line: 1, column: column.name.to_owned(), refusal });
    }
    if bad.is_empty() { Ok(columns.iter().map(place).collect()) } else { Err(bad) }
}

/// A heading is not a person, but could be anything when the first line is missing: only what looks like a column's name is
/// repeated.
fn shown(name: &str) -> String {
    let plain = name.len() <= 40 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if plain { name.to_owned() } else { "?".to_owned() }
}

fn whole(reason: &'static str, details: &[(&'static str, usize)]) -> BadCell {
    let refusal =
        details.iter().fold(refusals::invalid(reason), |refusal, (name, value)| refusal.with(*name, value));
    BadCell { line: 0, column: String::new(), refusal }
}

/// UTF-8, else Windows-1252, which older spreadsheets still write.
fn decoded(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Whichever of semicolon, tab and comma the heading has most of.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    let count = |mark: u8| heading.bytes().filter(|byte| *byte == mark).count();
    [b';', b'\t', b','].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap_or(b';')
}

/// A day as programs write it: `24/12/2026`, alone or before a time, is `2026-12-24`; anything else stays as it is.
pub fn iso(text: &str) -> String {
    let text = text.trim();
    let (date, rest) = text.split_once(char::is_whitespace).map_or((text, ""), |(date, rest)| (date, rest));
    let mut parts = date.split('/');
    let (Some(day), Some(month), Some(year), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return text.to_owned();
    };
    let separator = if rest.is_empty() { "" } else { " " };
    format!("{year}-{month:0>2}-{day:0>2}{separator}{rest}")
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(FORMULA) && !is_below_zero(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// Whether a cell is a number below zero: what a credit note takes back has to add up like any other amount.
fn is_below_zero(cell: &str) -> bool {
    let Some(number) = cell.strip_prefix('-') else { return false };
    let (whole, decimals) = number.split_once(',').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(decimals)
}

fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest,
        Some(_) | None => cell,
    }
}

/// What a spreadsheet takes for the beginning of a formula, and the apostrophe that guards against it.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\''];

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert_eq, proptest};

    use super::*;

    const COLUMNS: &[Column] = &[
        Column::required("reference", "B-001"),
        Column::required("name", "Exemple Synthétique"),
        Column::optional("seats", "4"),
        Column::optional("active", "oui"),
    ];

    fn read(text: &str) -> Result<Sheet, Vec<BadCell>> {
        Sheet::read(text.as_bytes(), COLUMNS)
    }

    fn faults(text: &str) -> Vec<(u64, String, String)> {
        let bad = read(text).err().unwrap();
        bad.into_iter().map(|bad| (bad.line, bad.column, bad.refusal.reason().to_owned())).collect()
    }

    fn fault(line: u64, column: &str, reason: &str) -> (u64, String, String) {
        (line, column.to_owned(), reason.to_owned())
    }

    #[test]
    fn a_table_is_read_whatever_spreadsheet_wrote_it() {
        let expected = ["Zoé", "4"];
        let texts: [&[u8]; 4] = [
            "reference;name;seats\nA;Zoé;4\n".as_bytes(),
            "\u{feff}Reference,NAME,seats\r\nA,\"Zoé\",4\r\n".as_bytes(),
            "seats\tname\treference\n4\tZoé\tA\n\t\t\n".as_bytes(),
            b"reference;name;seats\nA;Zo\xe9;4\n",
        ];
        for bytes in texts {
            let sheet = Sheet::read(bytes, COLUMNS).ok().unwrap();
            assert_eq!(sheet.rows.len(), 1);
            assert_eq!([sheet.rows[0].cell("name"), sheet.rows[0].cell("seats")], expected);
            assert_eq!(sheet.rows[0].line, 2);
            assert_eq!(sheet.rows[0].cell("active"), "");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_with_line_and_column() {
        assert_eq!(
            faults("reference;reference;age\n"),
            [
                fault(1, "reference", "table-column-twice"),
                fault(1, "age", "table-column-unknown"),
                fault(1, "name", "table-column-missing"),
            ]
        );
        assert_eq!(
            faults("reference;name\n;Zoé\nB;\nC;Zoé;4\n"),
            [
                fault(2, "reference", "table-cell-missing"),
                fault(3, "name", "table-cell-missing"),
                fault(4, "", "table-row-length"),
            ]
        );
        assert_eq!(faults("Canary Calvet;name;reference\n"), [fault(1, "?", "table-column-unknown")]);
        let long = format!("reference;name\nA;{}\n", "n".repeat(CELL_CHARS + 1));
        assert_eq!(faults(&long), [fault(2, "name", "table-cell-too-long")]);
        let many = format!("reference;name\n{}", "A;Zoé\n".repeat(SHEET_LINES + 1));
        assert_eq!(faults(&many), [fault(0, "", "table-too-long")]);
        let large = vec![b'x'; SHEET_BYTES + 1];
        let bad = Sheet::read(&large, COLUMNS).err().unwrap();
        assert_eq!(bad[0].refusal.reason(), "table-too-large");
    }

    #[test]
    fn lines_are_those_of_the_file_even_after_a_cell_of_several_lines() {
        assert_eq!(
            faults("reference;name\nA;\"Zoé\nCalvet\"\n\nB;\n"),
            [fault(5, "name", "table-cell-missing")]
        );
    }

    #[test]
    fn cells_are_read_or_refused_with_an_example() {
        let sheet = read("reference;name;seats;active\nA;x;4;Oui\nB;x;four;maybe\n").ok().unwrap();
        assert_eq!(sheet.rows[0].parsed::<u8>("seats"), Ok(Some(4)));
        assert_eq!(sheet.rows[0].yes("active"), Ok(true));
        let bad = sheet.rows[1].parsed::<u8>("seats").unwrap_err();
        assert_eq!((bad.line, bad.refusal.details()["example"].as_str()), (3, "4"));
        assert_eq!(sheet.rows[1].yes("active").unwrap_err().refusal.reason(), "table-cell-yes-no");
    }

    #[test]
    fn what_a_file_does_not_speak_of_stays_and_an_empty_cell_takes_away() {
        let sheet = read("reference;name;seats\nA;x;\n").ok().unwrap();
        let (mut seats, mut active, mut name) = (Some(4_u8), true, "y".to_owned());
        sheet.rows[0].put_number("seats", &mut seats).unwrap();
        sheet.rows[0].put_yes("active", &mut active).unwrap();
        sheet.rows[0].put("name", &mut name);
        assert_eq!((seats, active, name.as_str()), (None, true, "x"));
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for (typed, expected) in [
            ("24/12/2026", "2026-12-24"),
            ("4/2/2026 09:30", "2026-02-04 09:30"),
            ("2026-12-24T09:30", "2026-12-24T09:30"),
            ("24/12", "24/12"),
            ("", ""),
            ("Noël", "Noël"),
        ] {
            assert_eq!(iso(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_refusal_finds_its_column_by_its_words() {
        let sheet = read("reference;name\nA;x\n").ok().unwrap();
        let column = |word| sheet.rows[0].column(word);
        assert_eq!(
            [column("seats"), column("seat"), column("active"), column("plate")],
            [Some("seats"), Some("seats"), Some("active"), None]
        );
    }

    fn cells() -> impl Strategy<Value = Vec<Vec<String>>> {
        let cell = "[ -~éèœ€\n\t\"';,=+@-]{0,12}".prop_map(|cell| cell.trim().replace('\r', ""));
        proptest::collection::vec(proptest::collection::vec(cell, 2), 0..8)
    }

    #[test]
    fn a_sum_below_zero_is_a_number_and_a_formula_is_none() {
        let written = |cell: &str| {
            let bytes = write_rows([vec![cell.to_owned()]]);
            String::from_utf8(bytes).unwrap().trim_end().to_owned()
        };
        for number in ["-12,00", "-3", "12,00"] {
            assert_eq!(written(number), number);
        }
        for formula in ["-1+2", "-", "-,5", "-1,", "-A1", "=1", "+33", "-1,2,3"] {
            assert_eq!(written(formula), format!("'{formula}"));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(rows in cells()) {
            let rows: Vec<Vec<String>> = rows
                .into_iter()
                .map(|row| vec!["A".to_owned(), format!("n{}", row[0]), String::new(), row[1].clone()])
                .collect();
            let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
            let sheet = Sheet::read(&write(&names, rows.clone()), COLUMNS).ok().unwrap();
            let read: Vec<Vec<String>> =
                sheet.rows.iter().map(|row| names.iter().map(|name| row.text(name)).collect()).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            drop(Sheet::read(&bytes, COLUMNS));
        }

        #[test]
        fn no_written_cell_is_a_formula(cell in "[=+@\t'-]?[ -~]{0,9}") {
            let written = write_rows([vec![cell]]);
            let reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(written.as_slice());
            for record in reader.into_records() {
                let shown = record.unwrap();
                let number = shown[0].strip_prefix('-').is_some_and(|rest| {
                    rest.starts_with(|first: char| first.is_ascii_digit())
                        && rest.ends_with(|last: char| last.is_ascii_digit())
                        && rest.chars().all(|letter| letter.is_ascii_digit() || letter == ',')
                });
                proptest::prop_assert!(number || !shown[0].starts_with(['=', '+', '-', '@', '\t']), "{shown:?}");
            }
        }
    }
}
