//! Official tables that the operator imports: INSEE's urban units, multimodal interchanges. All of a file or nothing, and
//! every bad line told. Must never guess what a line meant.

use std::{collections::BTreeMap, sync::Arc};

use csv::{ByteRecord, ReaderBuilder, Trim};
use maillage_domain::roles::Operation;
use maillage_geography::{Geography, InseeCode};
use maillage_platform::refusal::Refusal;
use maillage_store::reference::{self, Imported, NamedInterchange, ReferenceTable, UrbanCommune};

use super::{App, caller::Caller, refusals};
use crate::limits::{BAD_LINES, INTERCHANGE_NAME_CHARS, INTERCHANGES, REFERENCE_BYTES, SOURCE_CHARS};

/// A file as it was handed in.
#[derive(Debug, Clone)]
pub struct NewTable {
    /// Which table.
    pub table: ReferenceTable,
    /// Where it comes from.
    pub source: String,
    /// The CSV.
    pub content: Vec<u8>,
    /// Only tell what would happen.
    pub dry_run: bool,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows kept.
    pub rows: u32,
    /// Rows of communes that the geography does not know.
    pub unknown_communes: u32,
    /// Lines that cannot be read; nothing is imported if there is one.
    pub bad_lines: Vec<BadLine>,
    /// The very same file was there already.
    pub unchanged: bool,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1, the heading included.
    pub line: u64,
    /// The heading of the column; empty when it is about the whole line.
    pub column: &'static str,
    /// Why, as a code.
    pub reason: &'static str,
}

/// Imports a table.
///
/// # Errors
/// `reference-source`, `reference-too-large`, `reference-headings`; the store. Bad lines are no error: they are told, and
/// nothing is kept.
pub async fn import(app: &Arc<App>, caller: &Caller, new: NewTable) -> Result<Outcome, Refusal> {
    let source = new.source.trim().to_owned();
    if source.is_empty() || source.chars().count() > SOURCE_CHARS || source.chars().any(char::is_control) {
        return Err(refusals::invalid("reference-source").with("limit", SOURCE_CHARS));
    }
    if new.content.len() > REFERENCE_BYTES {
        return Err(refusals::invalid("reference-too-large").with("limit", REFERENCE_BYTES));
    }
    let read = Read::of(app.geography, new.table, &new.content)?;
    let by = caller.clone();
    app.act(caller, Operation::ReferenceImport, move |app, transaction| {
        let hash = blake3::hash(&new.content).to_hex().to_string();
        let known = reference::imported(transaction, new.table)?;
        let mut outcome = read.outcome;
        outcome.unchanged = known.is_some_and(|known| known.hash == hash && known.source == source);
        if new.dry_run || outcome.unchanged || !outcome.bad_lines.is_empty() {
            return Ok(outcome);
        }
        match new.table {
            ReferenceTable::UrbanUnits => reference::replace_urban_units(transaction, &read.communes)?,
            ReferenceTable::Interchanges => reference::replace_interchanges(transaction, &read.interchanges)?,
        }
        let imported = Imported { source, rows: outcome.rows, hash, at: app.now() };
        reference::note_import(transaction, new.table, &imported)?;
        app.note(transaction, &by, Operation::ReferenceImport, &[])?;
        Ok(outcome)
    })
    .await
}

/// Which tables are here.
///
/// # Errors
/// The store.
pub fn show(app: &App, caller: &Caller) -> Result<Vec<(ReferenceTable, Option<Imported>)>, Refusal> {
    app.look(caller, Operation::ReferenceShow, |_, view| {
        let tables = ReferenceTable::ALL.into_iter();
        tables.map(|table| Ok((table, reference::imported(view, table)?))).collect()
    })
}

/// Headings by which the column of the commune is known.
const COMMUNE: [&str; 4] = ["insee", "codgeo", "code_insee", "commune"];
/// Headings by which the column of the urban unit is known.
const UNIT: [&str; 3] = ["unite_urbaine_2020", "uu2020", "unite_urbaine"];
/// Headings by which the column of an interchange's name is known.
const NAME: [&str; 3] = ["name", "nom", "libelle"];

/// A file, read.
#[derive(Default)]
struct Read {
    communes: BTreeMap<InseeCode, UrbanCommune>,
    interchanges: Vec<NamedInterchange>,
    outcome: Outcome,
}

impl Read {
    fn of(geography: &Geography, table: ReferenceTable, content: &[u8]) -> Result<Self, Refusal> {
        let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
        let heading = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter = if heading.contains(&b';') { b';' } else { b',' };
        let mut builder = ReaderBuilder::new();
        let mut reader = builder.delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(content);
        let headings = reader.byte_headers().map_err(|_| no_headings())?.clone();
        let column = |names: &[&str]| {
            headings.iter().position(|heading| {
                let heading = String::from_utf8_lossy(heading).to_lowercase();
                names.contains(&heading.as_str())
            })
        };
        let second: &[&str] = match table {
            ReferenceTable::UrbanUnits => &UNIT,
            ReferenceTable::Interchanges => &NAME,
        };
        let (Some(commune), Some(value)) = (column(&COMMUNE), column(second)) else {
            return Err(no_headings());
        };
        let mut read = Self::default();
        let mut units: BTreeMap<String, u32> = BTreeMap::new();
        let mut record = ByteRecord::new();
        while let Ok(true) = reader.read_byte_record(&mut record) {
            let line = record.position().map_or(0, csv::Position::line);
            let row = Row { geography, line, commune: record.get(commune), value: record.get(value) };
            match table {
                ReferenceTable::UrbanUnits => read.urban_unit(&row, &mut units),
                ReferenceTable::Interchanges => read.interchange(&row),
            }
        }
        read.add_populations(&units);
        let rows = read.communes.len() + read.interchanges.len();
        if rows == 0 && read.outcome.bad_lines.is_empty() {
            return Err(refusals::invalid("reference-empty"));
        }
        if read.interchanges.len() > INTERCHANGES {
            return Err(refusals::invalid("reference-too-large").with("limit", INTERCHANGES));
        }
        read.outcome.rows = u32::try_from(rows).unwrap_or(u32::MAX);
        Ok(read)
    }

    /// A commune and its urban unit: five characters, those that end in `000` (all of a département's rural communes)
    /// being none.
    fn urban_unit(&mut self, row: &Row<'_>, units: &mut BTreeMap<String, u32>) {
        let Some(commune) = self.commune(row) else { return };
        let unit = match row.value.map(std::str::from_utf8) {
            Some(Ok(unit)) if unit.len() == 5 && unit.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                unit.to_owned()
            }
            Some(Ok(_) | Err(_)) | None => return self.bad(row.line, "unite_urbaine_2020", "unit-code"),
        };
        let Some(known) = row.geography.commune(&commune) else {
            self.outcome.unknown_communes += 1;
            return;
        };
        let rural = unit.ends_with("000");
        if !rural {
            *units.entry(unit.clone()).or_default() += known.population;
        }
        let entry = UrbanCommune { unit: (!rural).then_some((unit, 0)) };
        if self.communes.insert(commune, entry).is_some() {
            self.bad(row.line, "insee", "double");
        }
    }

    fn interchange(&mut self, row: &Row<'_>) {
        let Some(commune) = self.commune(row) else { return };
        let name = match row.value.map(std::str::from_utf8) {
            Some(Ok(name)) if (1..=INTERCHANGE_NAME_CHARS).contains(&name.chars().count()) => name.to_owned(),
            Some(Ok(_) | Err(_)) | None => return self.bad(row.line, "name", "name"),
        };
        if row.geography.commune(&commune).is_none() {
            self.outcome.unknown_communes += 1;
            return;
        }
        let interchange = NamedInterchange { commune, name };
        if self.interchanges.contains(&interchange) {
            return self.bad(row.line, "name", "double");
        }
        self.interchanges.push(interchange);
    }

    fn commune(&mut self, row: &Row<'_>) -> Option<InseeCode> {
        let text = row.commune.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let commune = text.and_then(|text| text.parse().ok());
        if commune.is_none() {
            self.bad(row.line, "insee", "commune-code");
        }
        commune
    }

    /// The inhabitants of a unit are those of its communes, in this version of the geography.
    fn add_populations(&mut self, units: &BTreeMap<String, u32>) {
        for commune in self.communes.values_mut() {
            if let Some((unit, population)) = &mut commune.unit {
                *population = units.get(unit).copied().unwrap_or_default();
            }
        }
    }

    fn bad(&mut self, line: u64, column: &'static str, reason: &'static str) {
        if self.outcome.bad_lines.len() < BAD_LINES {
            self.outcome.bad_lines.push(BadLine { line, column, reason });
        }
    }
}

/// One line of a file.
struct Row<'a> {
    geography: &'a Geography,
    line: u64,
    commune: Option<&'a [u8]>,
    value: Option<&'a [u8]>,
}

fn no_headings() -> Refusal {
    refusals::invalid("reference-headings")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: ReferenceTable, content: &str) -> Result<Read, Refusal> {
        Read::of(Geography::embedded(), table, content.as_bytes())
    }

    fn units(content: &str) -> Read {
        read(ReferenceTable::UrbanUnits, content).unwrap()
    }

    fn unit(read: &Read, commune: &str) -> Option<UrbanCommune> {
        read.communes.get(&commune.parse().unwrap()).cloned()
    }

    #[test]
    fn the_official_layout_is_read_and_populations_are_added_up() {
        let content = "\u{feff}insee,bassin_vie_2022,unite_urbaine_2020\r\n81003,x,81000\r\n81004,x,81501\r\n81144,\"y\",81501\r\n";
        let read = units(content);
        assert!(read.outcome.bad_lines.is_empty() && read.outcome.rows == 3);
        assert_eq!(unit(&read, "81003"), Some(UrbanCommune { unit: None }));
        let population =
            |code: &str| Geography::embedded().commune(&code.parse().unwrap()).unwrap().population;
        let together = population("81004") + population("81144");
        let expected = Some(UrbanCommune { unit: Some(("81501".to_owned(), together)) });
        assert_eq!(unit(&read, "81004"), expected);
        assert_eq!(unit(&read, "81144"), expected);
        assert_eq!(unit(&units("CODGEO;UU2020\n81003;81000\n"), "81003"), Some(UrbanCommune { unit: None }));
    }

    #[test]
    fn every_bad_line_is_told_with_its_column() {
        let content =
            "insee,unite_urbaine_2020\n81003,81000\n8100,81000\n81004,815\n81003,81501\n81005\n99999,99000\n";
        let bad: Vec<_> =
            units(content).outcome.bad_lines.iter().map(|bad| (bad.line, bad.column, bad.reason)).collect();
        let (commune, unit) = ("insee", "unite_urbaine_2020");
        assert_eq!(
            bad,
            [
                (3, commune, "commune-code"),
                (4, unit, "unit-code"),
                (5, commune, "double"),
                (6, unit, "unit-code"),
                (7, commune, "commune-code"),
            ]
        );
        let gone = units("insee,unite_urbaine_2020\n81003,81000\n81999,81000\n");
        assert_eq!((gone.outcome.rows, gone.outcome.unknown_communes), (1, 1));
    }

    #[test]
    fn files_without_headings_or_rows_are_refused() {
        let reason =
            |content: &str| read(ReferenceTable::UrbanUnits, content).err().unwrap().reason().to_owned();
        assert_eq!(reason("81003,81000\n81004,81501\n"), "reference-headings");
        assert_eq!(reason(""), "reference-headings");
        assert_eq!(reason("insee,unite_urbaine_2020\n"), "reference-empty");
    }

    #[test]
    fn interchanges_are_read() {
        let content = "insee;nom\n81004;Gare d'Albi-Ville\n81004;Gare d'Albi-Ville\n81004;\n";
        let read = read(ReferenceTable::Interchanges, content).unwrap();
        assert_eq!(read.interchanges.len(), 1);
        let bad: Vec<_> = read.outcome.bad_lines.iter().map(|bad| (bad.line, bad.reason)).collect();
        assert_eq!(bad, [(3, "double"), (4, "name")]);
    }
}
