//! Official tables that the operator imports: urban units of INSEE by commune, multimodal interchanges. Each import says
//! where it comes from and when; importing the same again writes nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maillage_domain::holidays::SchoolHolidays;
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_geography::InseeCode;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{instant, parsed},
    kinds,
    settings::{self, Setting},
};

/// Urban units by commune.
pub const URBAN_UNITS_TREE: Tree = Tree::named("urban_units");
/// Interchanges by commune and name.
pub const INTERCHANGES_TREE: Tree = Tree::named("interchanges");

const URBAN_UNITS: Table<String, UrbanCommuneRecord> = Table::new(URBAN_UNITS_TREE);
const INTERCHANGES: Table<(String, String), InterchangeRecord> = Table::new(INTERCHANGES_TREE);

/// What the table says of a commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrbanCommune {
    /// The urban unit; none outside every unit.
    pub unit: Option<UrbanUnit>,
}

/// An urban unit, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrbanUnit {
    /// Its code.
    pub code: String,
    /// Its inhabitants.
    pub population: u32,
    /// Whether they are all of them; otherwise there may be more, in communes that were not imported.
    pub complete: bool,
}

/// A multimodal interchange.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedInterchange {
    /// The commune it lies in.
    pub commune: InseeCode,
    /// Its name.
    pub name: String,
}

/// Where a table comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// As the operator said.
    pub source: String,
    /// Rows kept.
    pub rows: u32,
    /// BLAKE3 of the file, in hex.
    pub hash: String,
    /// When.
    pub at: Timestamp,
}

/// A table that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceTable {
    /// Urban units.
    UrbanUnits,
    /// Interchanges.
    Interchanges,
    /// School holidays.
    SchoolHolidays,
}

impl ReferenceTable {
    /// Every table.
    pub const ALL: [Self; 3] = [Self::UrbanUnits, Self::Interchanges, Self::SchoolHolidays];

    /// Its name, as typed and stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::UrbanUnits => "urban-units",
            Self::Interchanges => "interchanges",
            Self::SchoolHolidays => "school-holidays",
        }
    }
}

/// A commune in the table of urban units, version 1. A rural one has no unit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UrbanCommuneRecord {
    pub(crate) unit: String,
    pub(crate) population: u32,
    /// What was imported before this was asked is not known to be whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) complete: bool,
}

/// An interchange, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InterchangeRecord {
    pub(crate) name: String,
}

/// The school holidays imported, version 1.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SchoolHolidaysRecord {
    pub(crate) source: String,
    pub(crate) rows: Vec<SchoolRowRecord>,
}

/// Holidays of a zone, or of all if it is empty; days `YYYY-MM-DD`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SchoolRowRecord {
    pub(crate) zone: String,
    pub(crate) period: String,
    pub(crate) first: String,
    pub(crate) back: String,
}

/// The imports made, version 1.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportsRecord {
    pub(crate) tables: BTreeMap<String, ImportRecord>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportRecord {
    pub(crate) source: String,
    pub(crate) rows: u32,
    pub(crate) hash: String,
    pub(crate) at_ms: i64,
}

impl Record for UrbanCommuneRecord {
    const KIND: u16 = kinds::URBAN_COMMUNE;
    const VERSION: u16 = 1;
}

impl Record for InterchangeRecord {
    const KIND: u16 = kinds::INTERCHANGE;
    const VERSION: u16 = 1;
}

impl Record for ImportsRecord {
    const KIND: u16 = kinds::REFERENCE_IMPORTS;
    const VERSION: u16 = 1;
}

impl Record for SchoolHolidaysRecord {
    const KIND: u16 = kinds::SCHOOL_HOLIDAYS;
    const VERSION: u16 = 1;
}

impl Setting for SchoolHolidaysRecord {
    const NAME: &'static str = "school-holidays";
}

impl Setting for ImportsRecord {
    const NAME: &'static str = "reference-imports";
}

/// What the table says of a commune; none if there is no table, or it lacks the commune.
pub fn urban_commune(
    view: &(impl View + ?Sized),
    commune: &InseeCode,
) -> Result<Option<UrbanCommune>, EngineError> {
    let record = URBAN_UNITS.get(view, &commune.as_str().to_owned())?;
    Ok(record.map(|UrbanCommuneRecord { unit: code, population, complete }| UrbanCommune {
        unit: (!code.is_empty()).then_some(UrbanUnit { code, population, complete }),
    }))
}

/// Replaces the table of urban units: what did not change is not written.
pub fn replace_urban_units(
    transaction: &mut Transaction<'_>,
    communes: &BTreeMap<InseeCode, UrbanCommune>,
) -> Result<(), EngineError> {
    let mut kept: BTreeMap<String, UrbanCommuneRecord> =
        URBAN_UNITS.scan(transaction, .., usize::MAX)?.into_iter().collect();
    for (commune, UrbanCommune { unit }) in communes {
        let (unit, population, complete) = unit
            .as_ref()
            .map_or((String::new(), 0, false), |unit| (unit.code.clone(), unit.population, unit.complete));
        let (key, record) = (commune.as_str().to_owned(), UrbanCommuneRecord { unit, population, complete });
        if kept.remove(&key).as_ref() != Some(&record) {
            URBAN_UNITS.put(transaction, &key, &record)?;
        }
    }
    kept.keys().try_for_each(|gone| URBAN_UNITS.delete(transaction, gone))
}

/// The interchanges of a commune.
pub fn interchanges_of(
    view: &(impl View + ?Sized),
    commune: &InseeCode,
) -> Result<Vec<NamedInterchange>, EngineError> {
    let rows = INTERCHANGES.scan_prefix(view, &commune.as_str().to_owned(), usize::MAX)?;
    Ok(rows
        .into_iter()
        .map(|(_, record)| NamedInterchange { commune: *commune, name: record.name })
        .collect())
}

/// Every interchange, by commune and name.
pub fn interchanges(view: &(impl View + ?Sized)) -> Result<Vec<NamedInterchange>, EngineError> {
    let rows = INTERCHANGES.scan(view, .., usize::MAX)?;
    rows.into_iter()
        .map(|((commune, _), record)| {
            Ok(NamedInterchange { commune: parsed(&commune, kinds::INTERCHANGE)?, name: record.name })
        })
        .collect()
}

/// Replaces the list of interchanges: what did not change is not written.
pub fn replace_interchanges(
    transaction: &mut Transaction<'_>,
    interchanges: &[NamedInterchange],
) -> Result<(), EngineError> {
    let mut kept: BTreeMap<(String, String), InterchangeRecord> =
        INTERCHANGES.scan(transaction, .., usize::MAX)?.into_iter().collect();
    for interchange in interchanges {
        let key = (interchange.commune.as_str().to_owned(), maillage_geography::fold(&interchange.name));
        let record = InterchangeRecord { name: interchange.name.clone() };
        if kept.remove(&key).as_ref() != Some(&record) {
            INTERCHANGES.put(transaction, &key, &record)?;
        }
    }
    kept.keys().try_for_each(|gone| INTERCHANGES.delete(transaction, gone))
}

/// The school holidays imported; none leaves the table that is shipped.
pub fn school_holidays(view: &(impl View + ?Sized)) -> Result<Vec<SchoolHolidays>, EngineError> {
    const KIND: u16 = kinds::SCHOOL_HOLIDAYS;
    let SchoolHolidaysRecord { source, rows } = settings::find(view)?.unwrap_or_default();
    let row = |row: &SchoolRowRecord| {
        Ok(SchoolHolidays {
            zone: if row.zone.is_empty() { None } else { Some(parsed(&row.zone, KIND)?) },
            period: parsed(&row.period, KIND)?,
            first: parsed(&row.first, KIND)?,
            back: parsed(&row.back, KIND)?,
            verified: true,
            source: source.clone().into(),
        })
    };
    rows.iter().map(row).collect()
}

/// Replaces the school holidays imported.
pub fn replace_school_holidays(
    transaction: &mut Transaction<'_>,
    source: &str,
    holidays: &[SchoolHolidays],
) -> Result<(), EngineError> {
    let row = |row: &SchoolHolidays| SchoolRowRecord {
        zone: row.zone.map(|zone| zone.code().to_owned()).unwrap_or_default(),
        period: row.period.code().to_owned(),
        first: row.first.to_string(),
        back: row.back.to_string(),
    };
    let rows = holidays.iter().map(row).collect();
    settings::put(transaction, &SchoolHolidaysRecord { source: source.to_owned(), rows })
}

/// Where a table comes from; none if it was never imported.
pub fn imported(view: &(impl View + ?Sized), table: ReferenceTable) -> Result<Option<Imported>, EngineError> {
    let imports = settings::find::<ImportsRecord>(view)?.unwrap_or_default();
    let record = imports.tables.get(table.code()).cloned();
    record
        .map(|ImportRecord { source, rows, hash, at_ms }| {
            Ok(Imported { source, rows, hash, at: instant(at_ms, kinds::REFERENCE_IMPORTS)? })
        })
        .transpose()
}

/// Notes where a table comes from.
pub fn note_import(
    transaction: &mut Transaction<'_>,
    table: ReferenceTable,
    imported: &Imported,
) -> Result<(), EngineError> {
    let Imported { source, rows, hash, at } = imported.clone();
    let mut imports = settings::find::<ImportsRecord>(transaction)?.unwrap_or_default();
    let record = ImportRecord { source, rows, hash, at_ms: at.as_millisecond() };
    imports.tables.insert(table.code().to_owned(), record);
    settings::put(transaction, &imports)
}
