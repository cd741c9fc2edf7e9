//! The published figures as CSV, JSON and Parquet files with a dictionary of every column and a manifest: for `statistics export`, and for whoever
//! reads the dashboard. A figure that is withheld is an empty field with its reason beside it. It must never hold anything that the
//! rules of display do not show, nor a sum that would tell it.

mod columnar;
mod files;
mod tables;

use maillage_federation::statistics::Vocabulary;
use maillage_platform::{
    cli::Failure,
    i18n::{Catalog, Language},
    refusal::Refusal,
};
use maillage_proto::hub::v1 as proto;
use serde_json::json;

use self::{
    columnar::parquet_bytes,
    files::{csv_bytes, json_bytes},
    tables::{Cell, Column, Table},
};
use crate::{
    cli::texts,
    limits, refusals,
    source::{self, Source},
    statistics::IndicatorKey,
};

pub(crate) use self::files::Unfinished;

/// The file of the dictionary.
pub(crate) const DICTIONARY_FILE: &str = "dictionary.csv";
/// Columns of the dictionary itself.
const DICTIONARY: [&str; 9] =
    ["file", "column", "unit", "type", "meaning_fr", "meaning_en", "privacy", "privacy_fr", "privacy_en"];

/// Everything that is published.
struct Published {
    comparisons: Vec<proto::CompareReply>,
    series: Vec<proto::SeriesReply>,
    coverage: proto::CoverageReply,
    half_year: String,
    territories: Vec<proto::TerritoryView>,
    targets: proto::TargetsReply,
    unserved: Vec<proto::UnservedCommune>,
    flows: Vec<proto::FlowsReply>,
    reports: Vec<proto::ReceivedReport>,
}

/// Every file of what is published, by its name.
///
/// # Errors
/// What the hub refuses; reports that keep coming in meanwhile.
pub(crate) async fn files(source: &Source) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let published = Published::steady(source).await?;
    files_of(&published).map_err(Failure::internal)
}

impl Published {
    /// Everything from the same reports: a hub that serves may receive one in between, and is then asked again.
    async fn steady(source: &Source) -> Result<Self, Failure> {
        for _ in 0..limits::EXPORT_ATTEMPTS {
            let published = Self::of(source).await?;
            if source.reports().await? == published.reports {
                return Ok(published);
            }
        }
        Err(Refusal::from(refusals::EXPORT_UNSTEADY).into())
    }

    async fn of(source: &Source) -> Result<Self, Failure> {
        let reports = source.reports().await?;
        let (mut comparisons, mut series) = (Vec::new(), Vec::new());
        for indicator in IndicatorKey::ALL.map(|indicator| indicator.code().to_owned()) {
            let request =
                proto::CompareRequest { indicator: indicator.clone(), published: true, ..Default::default() };
            match source.compare(request).await {
                Ok(reply) => comparisons.push(reply),
                Err(error) if source::is_nothing_reported(&error) => {}
                Err(error) => return Err(error),
            }
            let request = proto::SeriesRequest { indicator, published: true, ..Default::default() };
            series.push(source.series(request).await?);
        }
        for vocabulary in Vocabulary::all().map(|vocabulary| vocabulary.name.to_owned()) {
            let request = proto::SeriesRequest { vocabulary, published: true, ..Default::default() };
            series.push(source.series(request).await?);
        }
        let (half_year, territories) = source.territories("", true).await?;
        Ok(Self {
            comparisons,
            series,
            coverage: source
                .coverage(proto::CoverageRequest { published: true, ..Default::default() })
                .await?,
            half_year,
            territories,
            targets: source.targets(proto::TargetsRequest { published: true, ..Default::default() }).await?,
            unserved: source.deserts("").await?,
            flows: flows(source, &reports).await?,
            reports,
        })
    }
}

/// The flows of every year that is over, from that of the first report.
async fn flows(
    source: &Source,
    reports: &[proto::ReceivedReport],
) -> Result<Vec<proto::FlowsReply>, Failure> {
    let mut all = Vec::new();
    for year in source::first_year(reports).into_iter().flat_map(|first| first..) {
        match source.flows(proto::FlowsRequest { year }).await {
            Ok(reply) => all.push(reply),
            Err(Failure::Refused(refusal)) if refusal.reason() == refusals::YEAR_NOT_OVER.code => break,
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// Every file by its name, the manifest last.
fn files_of(published: &Published) -> Result<Vec<(String, Vec<u8>)>, files::Unwritable> {
    let tables = tables::all(published);
    let mut files = Vec::new();
    for table in &tables {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        files.push((format!("{}.csv", table.name), csv_bytes(&names, &table.rows)?));
        files.push((format!("{}.json", table.name), json_bytes(&names, &table.rows)?));
        files.push((format!("{}.parquet", table.name), parquet_bytes(table)?));
    }
    files.push((DICTIONARY_FILE.to_owned(), csv_bytes(&DICTIONARY, &dictionary(&tables, &texts()))?));
    let manifest = manifest(published, &files);
    files.push(("manifest.json".to_owned(), serde_json::to_vec_pretty(&manifest)?));
    Ok(files)
}

/// One row for each column of each table: a column without words in both languages would show its key.
fn dictionary(tables: &[Table], texts: &Catalog) -> Vec<Vec<Cell>> {
    let text = |language, key: String| Cell::Text(texts.text(language, &key, &[]));
    let mut rows = Vec::new();
    for table in tables {
        for Column { name, unit, kind, privacy } in table.columns {
            let (meaning, privacy_text) =
                (format!("data-{name}"), format!("data-privacy-{}", privacy.code()));
            rows.push(vec![
                Cell::text(table.name),
                Cell::text(*name),
                Cell::text(*unit),
                Cell::text(kind.code()),
                text(Language::French, meaning.clone()),
                text(Language::English, meaning),
                Cell::text(privacy.code()),
                text(Language::French, privacy_text.clone()),
                text(Language::English, privacy_text),
            ]);
        }
    }
    rows
}

/// What the files are made from, so that whoever has the reports can make them again, and what they are known by.
fn manifest(published: &Published, files: &[(String, Vec<u8>)]) -> serde_json::Value {
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
    let files = files.iter().map(|(name, bytes)| json!({ "name": name, "blake3": hash(bytes) }));
    let compared = published.comparisons.iter().map(|reply| {
        json!({ "compare": reply.indicator, "reports": reply.reports, "fingerprint": reply.fingerprint })
    });
    let followed = published.series.iter().map(|reply| {
        let of = if reply.indicator.is_empty() { &reply.vocabulary } else { &reply.indicator };
        json!({ "series": of, "reports": reply.reports, "fingerprint": reply.fingerprint })
    });
    let targets = &published.targets;
    let aimed =
        json!({ "targets": targets.year, "reports": targets.reports, "fingerprint": targets.fingerprint });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "rests_on": compared.chain(followed).chain([aimed]).collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests;
