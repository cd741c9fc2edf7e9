//! Files of the export: CSV and JSON of a table, and a directory that appears whole. It must never replace anything.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use maillage_platform::{backup::is_disk_full, cli::Failure, refusal::Refusal};
use parquet::errors::ParquetError;
use serde_json::{Map, Number, Value};

use super::tables::Cell;
use crate::refusals;

/// A table cannot be written down: a mistake of this program.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritable {
    /// As CSV.
    #[error("a table cannot be written as CSV")]
    Csv(#[from] csv::Error),
    /// As JSON.
    #[error("a table cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// As Parquet.
    #[error("a table cannot be written as Parquet")]
    Parquet(#[from] ParquetError),
    /// A field is not of its column's type.
    #[error("a field of {0} is not of its column's type")]
    Field(&'static str),
}

/// A table as CSV: commas, `.` for decimals, one line a row, in UTF-8.
pub(super) fn csv_bytes(names: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, Unwritable> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(names)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Integer(number) => number.to_string(),
            Cell::Number(number) => number.to_string(),
        }))?;
    }
    writer.into_inner().map_err(|error| Unwritable::Csv(csv::Error::from(error.into_error())))
}

/// A table as JSON: an array of objects, `null` where there is nothing.
pub(super) fn json_bytes(names: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, Unwritable> {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => Value::String(text.clone()),
        Cell::Integer(number) => Value::Number((*number).into()),
        Cell::Number(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
    };
    let object = |row: &Vec<Cell>| {
        names.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), value(cell))).collect::<Map<_, _>>()
    };
    let rows: Vec<Map<String, Value>> = rows.iter().map(object).collect();
    let mut bytes = serde_json::to_vec(&rows)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A directory that is being written, beside the place where it will be; gone again unless it is finished.
pub(crate) struct Unfinished {
    path: PathBuf,
    to: PathBuf,
}

impl Unfinished {
    /// Beside `to`, which must not be there.
    pub(crate) fn create(to: &Path) -> Result<Self, Failure> {
        if fs::symlink_metadata(to).is_ok() {
            return Err(exists(to));
        }
        let name = to.file_name().ok_or_else(|| exists(to))?;
        let mut beside = OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.unfinished", std::process::id()));
        let path = to.with_file_name(beside);
        fs::create_dir(&path).map_err(|error| failed(&error, to))?;
        Ok(Self { path, to: to.to_owned() })
    }

    /// Writes one file, durably.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).open(self.path.join(name))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|error| failed(&error, &self.to))
    }

    /// Puts it in its place, durably.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        if fs::symlink_metadata(&self.to).is_ok() {
            return Err(exists(&self.to));
        }
        let parent = self.to.parent().filter(|parent| !parent.as_os_str().is_empty());
        let place = || {
            File::open(&self.path)?.sync_all()?;
            fs::rename(&self.path, &self.to)?;
            File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
        };
        place().map_err(|error| failed(&error, &self.to))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After the rename there is nothing there any more.
        drop(fs::remove_dir_all(&self.path));
    }
}

fn exists(to: &Path) -> Failure {
    Refusal::from(refusals::EXPORT_EXISTS).with("path", to.display()).into()
}

fn failed(error: &io::Error, to: &Path) -> Failure {
    tracing::error!(error = error as &dyn std::error::Error, "an export cannot be written");
    if is_disk_full(error) {
        return Refusal::from(refusals::STORE_DISK_FULL).into();
    }
    Refusal::from(refusals::EXPORT_UNWRITABLE).with("path", to.display()).into()
}
