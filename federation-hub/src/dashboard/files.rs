//! The files of what is published, made once for all who load them, with their dictionary. The bytes are those of `statistics export`.

use axum::body::Bytes;
use jiff::Timestamp;
use maillage_platform::cli::Failure;

use crate::{
    export,
    source::{Read, Source},
};

/// Everything that can be loaded.
pub(super) struct Files {
    /// When the figures were read.
    pub(super) at: Timestamp,
    pub(super) all: Vec<File>,
    /// Columns of all tables.
    pub(super) dictionary: Vec<Entry>,
}

/// A file.
pub(super) struct File {
    pub(super) name: String,
    /// Its media type.
    pub(super) kind: &'static str,
    pub(super) bytes: Bytes,
}

/// What is said of a column.
pub(super) struct Entry {
    pub(super) table: String,
    pub(super) column: String,
    /// In French and in English.
    pub(super) meaning: [String; 2],
    pub(super) privacy: [String; 2],
}

impl Files {
    /// Makes them; on a thread that may wait.
    ///
    /// # Errors
    /// What the desk refuses.
    pub(super) fn of(read: Read) -> Result<Self, Failure> {
        let at = read.now();
        let source = Source::from(read);
        let made = tokio::runtime::Handle::current().block_on(export::files(&source))?;
        let dictionary = made.iter().find(|(name, _)| name == export::DICTIONARY_FILE);
        let dictionary = dictionary.map(|(_, bytes)| entries(bytes)).unwrap_or_default();
        let file = |(name, bytes): (String, Vec<u8>)| File { kind: kind(&name), name, bytes: bytes.into() };
        Ok(Self { at, all: made.into_iter().map(file).collect(), dictionary })
    }

    /// A file by its name.
    pub(super) fn named(&self, name: &str) -> Option<&File> {
        self.all.iter().find(|file| file.name == name)
    }
}

/// The media type of a file, by the end of its name.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("csv") => "text/csv; charset=utf-8; header=present",
        Some("json") => "application/json",
        Some("parquet") => "application/vnd.apache.parquet",
        Some(_) | None => "application/octet-stream",
    }
}

/// The rows of the dictionary, as its file has them.
fn entries(bytes: &[u8]) -> Vec<Entry> {
    let mut reader = csv::Reader::from_reader(bytes);
    let entry = |row: csv::StringRecord| {
        let text = |place: usize| row.get(place).map(str::to_owned);
        Some(Entry {
            table: text(0)?,
            column: text(1)?,
            meaning: [text(4)?, text(5)?],
            privacy: [text(7)?, text(8)?],
        })
    };
    reader.records().filter_map(|row| entry(row.ok()?)).collect()
}
