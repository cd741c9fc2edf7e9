//! What can be loaded: each table in three forms, with what its columns are and what protects the people behind them.

use askama::Template;
use maillage_federation::month::paris;
use maillage_platform::{i18n::Language, refusal::Refusal};

use super::{Frame, filled};
use crate::{
    dashboard::{
        files::{File, Files},
        words::Words,
    },
    export::DICTIONARY_FILE,
};

#[derive(Template)]
#[template(path = "downloads.html")]
struct DownloadsPage<'a> {
    frame: Frame<'a>,
    made: String,
    tables: Vec<Table>,
    whole: Vec<Link>,
}

/// A table.
struct Table {
    key: String,
    title: String,
    says: String,
    links: Vec<Link>,
    columns: Vec<Column>,
}

/// A way to a file.
struct Link {
    address: String,
    name: String,
    form: &'static str,
    size: String,
}

/// A column of a table.
struct Column {
    name: String,
    meaning: String,
    privacy: String,
}

/// The page of the files.
pub(in crate::dashboard) fn downloads(frame: Frame<'_>, files: &Files) -> Result<Vec<u8>, Refusal> {
    let words = frame.words;
    let (mut tables, mut whole): (Vec<Table>, Vec<Link>) = (Vec::new(), Vec::new());
    for file in &files.all {
        let link = link(&words, file);
        let stem = file.name.split('.').next().unwrap_or_default();
        let is_of_all = file.name == DICTIONARY_FILE || !files.dictionary.iter().any(|one| one.table == stem);
        if is_of_all {
            whole.push(link);
        } else if let Some(table) = tables.iter_mut().find(|table| table.key == stem) {
            table.links.push(link);
        } else {
            tables.push(Table {
                key: stem.to_owned(),
                title: words.say(&format!("dashboard-file-{stem}")),
                says: words.say(&format!("dashboard-file-{stem}-text")),
                links: vec![link],
                columns: columns(&words, files, stem),
            });
        }
    }
    let at = files.at.to_zoned(paris()).strftime("%Y-%m-%d %H:%M").to_string();
    filled(&DownloadsPage {
        made: words.with("dashboard-downloads-made", &[("at", at.into())]),
        tables,
        whole,
        frame: frame.titled("dashboard-downloads-title"),
    })
}

fn link(words: &Words<'_>, file: &File) -> Link {
    let form = match file.name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("csv") => "CSV",
        Some("json") => "JSON",
        Some("parquet") => "Parquet",
        Some(_) | None => "",
    };
    let size = words.count(file.bytes.len().div_ceil(1_000));
    Link {
        address: format!("/downloads/{}", file.name),
        name: file.name.clone(),
        form,
        size: words.with("dashboard-size", &[("size", size.into())]),
    }
}

fn columns(words: &Words<'_>, files: &Files, table: &str) -> Vec<Column> {
    let of_language = |[french, english]: &[String; 2]| match words.language() {
        Language::French => french.clone(),
        Language::English => english.clone(),
    };
    let own = files.dictionary.iter().filter(|entry| entry.table == table);
    own.map(|entry| Column {
        name: entry.column.clone(),
        meaning: of_language(&entry.meaning),
        privacy: of_language(&entry.privacy),
    })
    .collect()
}
