//! Official tables that the operator imports: INSEE's urban units, multimodal interchanges. All of a file or nothing, and
//! every bad line told. Must never guess what a line meant.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use csv::{ByteRecord, ReaderBuilder, Trim};
use jiff::civil::Date;
use maillage_domain::{
    holidays::{SchoolHolidays, SchoolPeriod, SchoolZone},
    roles::Operation,
};
use maillage_geography::{Geography, InseeCode};
use maillage_platform::refusal::Refusal;
use maillage_store::reference::{self, Imported, NamedInterchange, ReferenceTable, UrbanCommune, UrbanUnit};

use super::{App, caller::Caller, refusals};
use crate::limits::{
    BAD_LINES, INTERCHANGE_NAME_CHARS, INTERCHANGES, REFERENCE_BYTES, SCHOOL_HOLIDAYS, SOURCE_CHARS,
};

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
    /// Urban units of which communes may be missing, so that their inhabitants are not known to be all.
    pub incomplete_units: u32,
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
        let hash = hash_of(&new.content);
        let known = reference::imported(transaction, new.table)?;
        let mut outcome = read.outcome;
        outcome.unchanged = known.is_some_and(|known| known.hash == hash && known.source == source);
        if new.dry_run || outcome.unchanged || !outcome.bad_lines.is_empty() {
            return Ok(outcome);
        }
        match new.table {
            ReferenceTable::UrbanUnits => reference::replace_urban_units(transaction, &read.communes)?,
            ReferenceTable::Interchanges => reference::replace_interchanges(transaction, &read.interchanges)?,
            ReferenceTable::SchoolHolidays => {
                reference::replace_school_holidays(transaction, &source, &read.holidays)?;
            }
        }
        let imported = Imported { source, rows: outcome.rows, hash, at: app.now() };
        reference::note_import(transaction, new.table, &imported)?;
        app.note(transaction, &by, Operation::ReferenceImport, &[])?;
        Ok(outcome)
    })
    .await
}

/// Names a file, and how it is read: the same file is taken again once it is read otherwise.
fn hash_of(content: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(READING).update(content);
    hasher.finalize().to_hex().to_string()
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

/// How files are read: since 2, units that may be incomplete are told apart.
const READING: &[u8] = b"maillage reference 2\n";

/// Headings by which the column of the commune is known.
const COMMUNE: [&str; 4] = ["insee", "codgeo", "code_insee", "commune"];
/// Headings by which the column of the urban unit is known.
const UNIT: [&str; 3] = ["unite_urbaine_2020", "uu2020", "unite_urbaine"];
/// Headings by which the column of a unit's inhabitants is known, where the operator has added it.
const POPULATION: [&str; 4] = ["population", "population_uu", "pop_uu", "pmun_uu"];
/// Urban units over several départements begin so.
const SEVERAL_DEPARTEMENTS: &str = "00";
/// Headings by which the column of an interchange's name is known.
const NAME: [&str; 3] = ["name", "nom", "libelle"];

/// Headings by which the columns of school holidays are known: zone, first day off, last day off or day of return, name.
const ZONE: [&str; 2] = ["zone", "zones"];
const FROM: [&str; 3] = ["from", "du", "first"];
const TO: [&str; 3] = ["to", "au", "last"];
const BACK: [&str; 3] = ["back", "reprise", "rentree"];

/// A file, read.
#[derive(Default)]
struct Read {
    communes: BTreeMap<InseeCode, UrbanCommune>,
    interchanges: Vec<NamedInterchange>,
    holidays: Vec<SchoolHolidays>,
    outcome: Outcome,
}

/// Where the columns of a table of school holidays are; `to` is the last day, or `back` the first day of school.
struct HolidayColumns {
    zone: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    back: Option<usize>,
    name: Option<usize>,
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
            ReferenceTable::SchoolHolidays => {
                let columns = HolidayColumns {
                    zone: column(&ZONE),
                    from: column(&FROM),
                    to: column(&TO),
                    back: column(&BACK),
                    name: column(&NAME),
                };
                return Self::school_holidays(&mut reader, columns);
            }
        };
        let (Some(commune), Some(value)) = (column(&COMMUNE), column(second)) else {
            return Err(no_headings());
        };
        let inhabitants = column(&POPULATION);
        let mut read = Self::default();
        let mut units: BTreeMap<String, Inhabitants> = BTreeMap::new();
        let mut record = ByteRecord::new();
        while let Ok(true) = reader.read_byte_record(&mut record) {
            let line = record.position().map_or(0, csv::Position::line);
            let told = inhabitants.map(|column| record.get(column).unwrap_or_default());
            let row = Row { geography, line, commune: record.get(commune), value: record.get(value), told };
            match table {
                ReferenceTable::UrbanUnits => read.urban_unit(&row, &mut units),
                ReferenceTable::Interchanges => read.interchange(&row),
                ReferenceTable::SchoolHolidays => {}
            }
        }
        read.add_populations(geography, &units);
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

    /// School holidays: all rows of the zones, since what is imported is stronger than what is shipped.
    fn school_holidays(
        reader: &mut csv::Reader<&[u8]>,
        HolidayColumns { zone, from, to, back, name }: HolidayColumns,
    ) -> Result<Self, Refusal> {
        let (Some(zone), Some(from), Some(name)) = (zone, from, name) else { return Err(no_headings()) };
        let Some(end) = back.or(to) else { return Err(no_headings()) };
        let mut read = Self::default();
        let mut record = ByteRecord::new();
        while let Ok(true) = reader.read_byte_record(&mut record) {
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |column: usize| record.get(column).and_then(|cell| std::str::from_utf8(cell).ok());
            let day = |column: usize| cell(column).and_then(|text| text.parse::<Date>().ok());
            let zones: Option<Option<SchoolZone>> = match cell(zone).map(str::trim) {
                Some("all" | "toutes") => Some(None),
                text => text.and_then(|text| text.trim_start_matches("Zone ").parse().ok()).map(Some),
            };
            let last = if back.is_some() { day(end) } else { day(end).and_then(|day| day.tomorrow().ok()) };
            let period = cell(name).and_then(SchoolPeriod::named);
            match (zones, day(from), last, period) {
                (None, ..) => read.bad(line, "zone", "zone"),
                (_, Some(first), Some(back), Some(period)) if first < back => {
                    read.holiday(line, (zones.flatten(), period, first, back));
                }
                (_, Some(_), Some(_), None) => read.bad(line, "name", "period"),
                (..) => read.bad(line, "from", "dates"),
            }
        }
        if read.holidays.is_empty() && read.outcome.bad_lines.is_empty() {
            return Err(refusals::invalid("reference-empty"));
        }
        read.outcome.rows = u32::try_from(read.holidays.len()).unwrap_or(u32::MAX);
        Ok(read)
    }

    fn holiday(
        &mut self,
        line: u64,
        (zone, period, first, back): (Option<SchoolZone>, SchoolPeriod, Date, Date),
    ) {
        let meets = |other: &SchoolHolidays| {
            let same = zone.is_none() || other.zone.is_none() || zone == other.zone;
            same && first < other.back && other.first < back
        };
        if self.holidays.iter().any(meets) {
            return self.bad(line, "from", "double");
        }
        if self.holidays.len() == SCHOOL_HOLIDAYS {
            return self.bad(line, "", "too-many");
        }
        let source = std::borrow::Cow::Borrowed("");
        self.holidays.push(SchoolHolidays { zone, period, first, back, verified: true, source });
    }

    /// A commune and its urban unit: five characters, those that end in `000` (all of a département's rural communes)
    /// being none.
    fn urban_unit(&mut self, row: &Row<'_>, units: &mut BTreeMap<String, Inhabitants>) {
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
            let counted = units.entry(unit.clone()).or_default();
            counted.summed += known.population;
            let told = row.told.map(|told| std::str::from_utf8(told).ok().and_then(|told| told.parse().ok()));
            match (told, counted.told) {
                (None, _) => {}
                (Some(Some(told)), None) => counted.told = Some(told),
                (Some(Some(told)), Some(before)) if told == before => {}
                (Some(_), _) => self.bad(row.line, "population", "population"),
            }
        }
        let unknown = |code| UrbanUnit { code, population: 0, complete: false };
        let entry = UrbanCommune { unit: (!rural).then_some(unit).map(unknown) };
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

    /// The inhabitants of a unit as the file tells them, or those of its communes in this version of the geography. The
    /// sum is whole when the file has every commune of the département, or of France for a unit over several of them.
    fn add_populations(&mut self, geography: &Geography, units: &BTreeMap<String, Inhabitants>) {
        let missing = |commune: &&maillage_geography::Commune| !self.communes.contains_key(&commune.insee);
        let partial: BTreeSet<String> = geography
            .communes()
            .iter()
            .filter(missing)
            .map(|commune| commune.insee.departement().as_str().to_owned())
            .collect();
        let mut incomplete = BTreeSet::new();
        for (insee, commune) in &mut self.communes {
            let Some(unit) = &mut commune.unit else { continue };
            let counted = units.get(&unit.code).copied().unwrap_or_default();
            let whole = if unit.code.starts_with(SEVERAL_DEPARTEMENTS) {
                partial.is_empty()
            } else {
                !partial.contains(insee.departement().as_str())
            };
            unit.population = counted.told.unwrap_or(counted.summed);
            unit.complete = counted.told.is_some() || whole;
            if !unit.complete {
                incomplete.insert(unit.code.clone());
            }
        }
        self.outcome.incomplete_units = u32::try_from(incomplete.len()).unwrap_or(u32::MAX);
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
    /// The inhabitants of the unit; none if there is no such column.
    told: Option<&'a [u8]>,
}

/// Inhabitants of an urban unit.
#[derive(Debug, Clone, Copy, Default)]
struct Inhabitants {
    /// Of the communes of the file.
    summed: u32,
    /// As the file tells them.
    told: Option<u32>,
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
        let partial = UrbanUnit { code: "81501".to_owned(), population: together, complete: false };
        assert_eq!(unit(&read, "81004"), Some(UrbanCommune { unit: Some(partial.clone()) }));
        assert_eq!(unit(&read, "81144"), Some(UrbanCommune { unit: Some(partial) }));
        assert_eq!(read.outcome.incomplete_units, 1);
        assert_eq!(unit(&units("CODGEO;UU2020\n81003;81000\n"), "81003"), Some(UrbanCommune { unit: None }));
    }

    /// Every commune of some départements, Graulhet with a unit of its own, one over two départements.
    fn whole(departements: &[&str]) -> String {
        let unit = |code: &str| match code {
            "81105" => "81301",
            "81271" | "31555" => "00301",
            _ => "99000",
        };
        let communes = Geography::embedded().communes().iter().map(|commune| commune.insee);
        let wanted = communes.filter(|code| departements.contains(&code.departement().as_str()));
        let lines = wanted.map(|code| format!("{code},{}\n", unit(code.as_str())));
        "insee,unite_urbaine_2020\n".to_owned() + &lines.collect::<String>()
    }

    #[test]
    fn a_unit_is_complete_when_its_departement_is_or_its_inhabitants_are_told() {
        let complete = |read: &Read, code: &str| {
            unit(read, code).unwrap().unit.map(|unit| (unit.population, unit.complete))
        };
        let population =
            |code: &str| Geography::embedded().commune(&code.parse().unwrap()).unwrap().population;
        let tarn = whole(&["81"]);
        assert_eq!(complete(&units(&tarn), "81105"), Some((population("81105"), true)));
        let without_one = tarn.replace("81004,99000\n", "");
        assert_eq!(complete(&units(&without_one), "81105"), Some((population("81105"), false)));
        assert_eq!(
            complete(&units(&whole(&["81", "31"])), "81271").map(|(_, complete)| complete),
            Some(false)
        );
        let told = "insee,uu2020,population\n81105,81301,12500\n";
        assert_eq!(complete(&units(told), "81105"), Some((12_500, true)));
        let bad =
            units("insee,uu2020,population\n81105,81301,12500\n81004,81301,\n81144,81301,9\n81003,81000,\n");
        let lines: Vec<_> = bad.outcome.bad_lines.iter().map(|bad| (bad.line, bad.reason)).collect();
        assert_eq!(lines, [(3, "population"), (4, "population")]);
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
    fn school_holidays_are_read_by_zone_with_either_end() {
        let content = "zone;from;to;name\nA;2027-10-16;2027-10-31;Vacances de la Toussaint\nall;2027-12-18;2028-01-02;noël\n";
        let by_last_day = read(ReferenceTable::SchoolHolidays, content).unwrap();
        let days = |read: &Read| -> Vec<String> {
            let row = |row: &SchoolHolidays| {
                format!(
                    "{} {} {} {}",
                    row.zone.map_or("all", SchoolZone::code),
                    row.period,
                    row.first,
                    row.back
                )
            };
            read.holidays.iter().map(row).collect()
        };
        let expected = ["A autumn 2027-10-16 2027-11-01", "all christmas 2027-12-18 2028-01-03"];
        assert_eq!(days(&by_last_day), expected);
        let content =
            "zone,du,reprise,nom\nZone A,2027-10-16,2027-11-01,Toussaint\nall,2027-12-18,2028-01-03,Noël\n";
        assert_eq!(days(&read(ReferenceTable::SchoolHolidays, content).unwrap()), expected);
        let bad = "zone,from,to,name\nD,2027-10-16,2027-10-31,Toussaint\nA,2027-10-16,2027-10-01,Toussaint\n\
                   A,2027-10-16,2027-10-31,Rentrée\nA,2027-10-16,2027-10-31,Toussaint\nall,2027-10-30,2027-11-05,Noël\n";
        let bad = read(ReferenceTable::SchoolHolidays, bad).unwrap();
        let lines: Vec<_> = bad.outcome.bad_lines.iter().map(|bad| (bad.line, bad.reason)).collect();
        assert_eq!(lines, [(2, "zone"), (3, "dates"), (4, "period"), (6, "double")]);
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
