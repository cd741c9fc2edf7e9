//! Somebody's copy of all that is held: as JSON for another program, or as a page for the person.

use std::collections::BTreeMap;

use maillage_proto::node::v1::{self as proto, obligations_client::ObligationsClient};
use serde_json::{Value, json};

use super::page::Page;
use crate::cli::{failure::CommandError, session::Session, words::Words};

pub(super) async fn run(
    session: &mut Session<'_>,
    subject: proto::SubjectRequest,
    html: bool,
) -> Result<(), CommandError> {
    let mut client = session.client(ObligationsClient::with_interceptor).await?;
    let mut stream = client.export_subject(subject).await?.into_inner();
    let mut rows = Vec::new();
    while let Some(row) = stream.message().await? {
        rows.push(row);
    }
    let words = session.words();
    let text = if html { page(words, &rows) } else { document(&rows) };
    Ok(session.raw(text.as_bytes())?)
}

/// The copy for another program: families in order, each with its rows.
fn document(rows: &[proto::HeldRow]) -> String {
    let families: Vec<Value> = by_family(rows)
        .into_iter()
        .map(|(first, rows)| {
            let rows: Vec<Value> = rows.iter().map(|row| parsed(row)).collect();
            json!({ "family": first.family, "processing": first.processing, "at_erasure": first.fate, "rows": rows })
        })
        .collect();
    let document = json!({ "format": "maillage-copy/1", "families": families });
    format!("{document:#}\n")
}

fn page(words: Words<'_>, rows: &[proto::HeldRow]) -> String {
    let mut page = Page::new(words.language().code(), &words.text("copy-title", &[]));
    page.paragraph(&words.text("copy-about", &[]));
    for (first, rows) in by_family(rows) {
        page.heading(&words.code("family", &first.family));
        let processing = words.code("processing", &first.processing);
        let fate = words.code("fate", &first.fate);
        page.paragraph(
            &words.text("copy-family", &[("processing", processing.into()), ("fate", fate.into())]),
        );
        for row in rows {
            let mut fields = Vec::new();
            flatten(words, "", &parsed(row), &mut fields);
            page.pairs(&fields);
        }
    }
    page.finish()
}

fn by_family(rows: &[proto::HeldRow]) -> Vec<(&proto::HeldRow, Vec<&proto::HeldRow>)> {
    let mut order = Vec::new();
    let mut families: BTreeMap<&str, Vec<&proto::HeldRow>> = BTreeMap::new();
    for row in rows {
        let family = families.entry(row.family.as_str()).or_default();
        if family.is_empty() {
            order.push(row);
        }
        family.push(row);
    }
    order
        .into_iter()
        .map(|first| (first, families.remove(first.family.as_str()).unwrap_or_default()))
        .collect()
}

fn parsed(row: &proto::HeldRow) -> Value {
    serde_json::from_str(&row.json).unwrap_or_else(|_| Value::from(row.json.as_str()))
}

/// The fields of a row, each with the names that lead to it.
fn flatten(words: Words<'_>, path: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    let put = |text: String, fields: &mut Vec<(String, String)>| {
        if !text.is_empty() {
            fields.push((path.to_owned(), text));
        }
    };
    match value {
        Value::Null => {}
        Value::Bool(value) => put(words.code("copy", if *value { "yes" } else { "no" }), fields),
        Value::Number(number) => put(number.to_string(), fields),
        Value::String(text) => put(instant_or(words, text), fields),
        Value::Array(values) if values.iter().all(|value| value.is_string() || value.is_number()) => {
            let texts: Vec<String> = values
                .iter()
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                .collect();
            put(texts.join(", "), fields);
        }
        Value::Array(values) => {
            for (number, value) in (1..).zip(values) {
                flatten(words, &format!("{path} {number}"), value, fields);
            }
        }
        Value::Object(object) => {
            for (name, value) in object {
                let name = label(words, name);
                let path = if path.is_empty() { name } else { format!("{path} · {name}") };
                flatten(words, &path, value, fields);
            }
        }
    }
}

/// An instant in words, and any other text as it is.
fn instant_or(words: Words<'_>, text: &str) -> String {
    if text.parse::<jiff::Timestamp>().is_ok() { words.instant(text) } else { text.to_owned() }
}

/// What a field is called, if there is a word for it.
fn label(words: Words<'_>, name: &str) -> String {
    let key = format!("held-{name}");
    if words.catalog().has(words.language(), &key) { words.text(&key, &[]) } else { name.replace('_', " ") }
}
