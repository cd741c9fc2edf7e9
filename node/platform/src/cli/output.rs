//! What a command prints: aligned columns for people, JSON for programs. It must never mix the two on one stream.

use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::i18n::{Catalog, FluentValue, Language};

/// Who reads the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A person.
    #[default]
    Text,
    /// A program (`--json`): one JSON document per call of [`Output::record`] or [`Output::table`], one per line.
    Json,
}

/// Where a command prints.
pub struct Output<'a> {
    writer: &'a mut dyn Write,
    format: Format,
    catalog: &'a Catalog,
    language: Language,
}

impl<'a> Output<'a> {
    /// Prints to `writer` (standard output, as a rule).
    pub fn new(writer: &'a mut dyn Write, format: Format, catalog: &'a Catalog, language: Language) -> Self {
        Self { writer, format, catalog, language }
    }

    /// Bytes as they are, whoever reads: a file that was asked for.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)
    }

    /// A sentence for people: the Fluent message `key`. Nothing in JSON.
    pub fn line(&mut self, key: &str, args: &[(&str, FluentValue<'_>)]) -> io::Result<()> {
        match self.format {
            Format::Text => writeln!(self.writer, "{}", self.catalog.text(self.language, key, args)),
            Format::Json => Ok(()),
        }
    }

    /// One thing: in JSON `value` itself; for people one line per field, a pair of the Fluent key of its name and
    /// its text.
    pub fn record<T: Serialize>(&mut self, value: &T, fields: &[(&str, String)]) -> io::Result<()> {
        if self.format == Format::Json {
            return self.json(value);
        }
        let names: Vec<String> = fields.iter().map(|(key, _)| self.heading(key)).collect();
        let width = names.iter().map(|name| name.width()).max().unwrap_or_default();
        for (name, (_, text)) in names.iter().zip(fields) {
            let line = format!("{}  {}", padded(name, width, false), printable(text));
            writeln!(self.writer, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Several things: in JSON an array of `values`; for people columns whose headings are the Fluent keys
    /// `headings`, one row per value. A column of numbers only is aligned to the right.
    pub fn table<T: Serialize>(
        &mut self,
        values: &[T],
        headings: &[&str],
        row: impl Fn(&T) -> Vec<String>,
    ) -> io::Result<()> {
        if self.format == Format::Json {
            return self.json(&values);
        }
        if values.is_empty() {
            return self.line("cli-nothing", &[]);
        }
        let head: Vec<String> = headings.iter().map(|key| self.heading(key)).collect();
        let rows: Vec<Vec<String>> = values.iter().map(row).collect();
        let columns = columns(&head, &rows);
        for cells in std::iter::once(&head).chain(&rows) {
            let texts: Vec<String> = cells
                .iter()
                .zip(&columns)
                .map(|(cell, column)| padded(&printable(cell), column.width, column.numeric))
                .collect();
            writeln!(self.writer, "{}", texts.join("  ").trim_end())?;
        }
        Ok(())
    }

    /// Who reads.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The language of the reader.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of the message `key` in the language of the reader.
    pub fn text(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        self.catalog.text(self.language, key, args)
    }

    fn heading(&self, key: &str) -> String {
        self.catalog.text(self.language, key, &[])
    }

    fn json<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        serde_json::to_writer(&mut *self.writer, value)?;
        writeln!(self.writer)
    }
}

struct Column {
    width: usize,
    numeric: bool,
}

fn columns(head: &[String], rows: &[Vec<String>]) -> Vec<Column> {
    head.iter()
        .enumerate()
        .map(|(index, heading)| {
            let cells = || rows.iter().filter_map(|row| row.get(index));
            let width = cells().map(|cell| printable(cell).width()).max().unwrap_or_default();
            let filled = cells().any(|cell| !cell.is_empty());
            Column {
                width: width.max(heading.width()),
                numeric: filled && cells().all(|cell| is_number(cell)),
            }
        })
        .collect()
}

/// `-1 234,5`, `12 %`, `0.32 €`, or empty.
fn is_number(cell: &str) -> bool {
    let allowed = |letter: char| {
        letter.is_ascii_digit()
            || matches!(letter, '+' | '-' | '−' | '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '%' | '€' | '±')
    };
    cell.is_empty() || (cell.chars().any(|letter| letter.is_ascii_digit()) && cell.chars().all(allowed))
}

/// Control characters (line ends, terminal sequences within stored texts) become spaces.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Filled with spaces to `width` columns of a terminal, counted by display width: `é` is one, `日` two.
fn padded(text: &str, width: usize, to_the_right: bool) -> String {
    let space = " ".repeat(width.saturating_sub(text.width()));
    if to_the_right { format!("{space}{text}") } else { format!("{text}{space}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Person {
        name: &'static str,
        trips: u32,
    }

    const PEOPLE: [Person; 2] = [Person { name: "Zoé", trips: 7 }, Person { name: "Chloé-Anaïs", trips: 12 }];

    fn printed(format: Format, print: impl Fn(&mut Output<'_>) -> io::Result<()>) -> String {
        let source = "name = Nom\ntrips = Trajets\nhello = Bonjour { $name }\n";
        let catalog = Catalog::new(&[(Language::French, source)]).unwrap();
        let mut bytes = Vec::new();
        print(&mut Output::new(&mut bytes, format, &catalog, Language::French)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn people(output: &mut Output<'_>) -> io::Result<()> {
        output.table(&PEOPLE, &["name", "trips"], |person| {
            vec![person.name.to_owned(), person.trips.to_string()]
        })
    }

    #[test]
    fn a_table_is_aligned_by_display_width_and_numbers_to_the_right() {
        assert_eq!(
            printed(Format::Text, people),
            "Nom          Trajets\nZoé                7\nChloé-Anaïs       12\n"
        );
    }

    #[test]
    fn json_has_the_values_and_nothing_else() {
        let text = printed(Format::Json, |output| {
            output.line("hello", &[("name", "Zoé".into())])?;
            people(output)?;
            output.record(&PEOPLE[0], &[("name", "Zoé".to_owned())])
        });
        assert_eq!(
            text,
            "[{\"name\":\"Zoé\",\"trips\":7},{\"name\":\"Chloé-Anaïs\",\"trips\":12}]\n{\"name\":\"Zoé\",\"trips\":7}\n"
        );
    }

    #[test]
    fn a_record_and_a_line_are_for_people() {
        let text = printed(Format::Text, |output| {
            output.line("hello", &[("name", "Zoé".into())])?;
            output.record(&PEOPLE[0], &[("name", "Zoé".to_owned()), ("trips", "7".to_owned())])
        });
        assert_eq!(text, "Bonjour Zoé\nNom      Zoé\nTrajets  7\n");
    }

    #[test]
    fn an_empty_table_says_so_and_is_an_empty_array_in_json() {
        let none = |output: &mut Output<'_>| output.table(&[] as &[Person], &["name"], |_| vec![]);
        assert!(printed(Format::Text, none).starts_with("Rien"));
        assert_eq!(printed(Format::Json, none), "[]\n");
    }

    #[test]
    fn stored_texts_cannot_move_the_cursor() {
        let text =
            printed(Format::Text, |output| output.record(&1, &[("name", "Zoé\u{1b}[2J\nAnaïs".to_owned())]));
        assert_eq!(text, "Nom  Zoé [2J Anaïs\n");
    }
}
