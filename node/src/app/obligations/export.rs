//! Everything the node holds about somebody, readable without this program (RGPD art. 15 and 20): every family, the notes of
//! the desk, the log of accesses and the journal included. What is about others is left out; who acted for the platform is
//! told as the platform.

use std::sync::Arc;

use data_encoding::BASE64;
use jiff::Timestamp;
use maillage_domain::{ids::PersonKind, roles::Operation};
use maillage_engine::Value;
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    holdings::{self, Bond, Fate, HeldRow, Shown, Whose},
};
use serde_json::{Map, Value as Json};

use super::{check_known, subject};
use crate::app::{Aborted, App, caller::Caller};

/// A row of somebody's copy.
#[derive(Clone, PartialEq)]
pub struct Held {
    /// The family of records.
    pub family: &'static str,
    /// The processing it belongs to.
    pub processing: &'static str,
    /// What would become of it at an erasure.
    pub fate: &'static str,
    /// The row.
    pub row: Json,
}

/// Fields that name the account of somebody of the desk: the person learns that the platform acted, not who of it (CJEU,
/// C-579/21).
const ACCOUNTS: &[&str] = &["operator"];

/// Everything held about somebody, in the order of the families; the export itself is in the log of accesses.
///
/// # Errors
/// `person-unknown`, `volunteer-unknown`; the store.
pub async fn of(app: &Arc<App>, caller: &Caller, whose: Whose) -> Result<Vec<Held>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::SubjectExport, move |app, transaction| {
        check_known(transaction, whose)?;
        let access = Access {
            at: app.now(),
            subject: subject(whose),
            actor: by.actor(),
            purpose: Operation::SubjectExport.code().into(),
        };
        access_log::record(transaction, &access)?;
        app.note(transaction, &by, Operation::SubjectExport, &[subject(whose)])
    })
    .await?;
    app.look(caller, Operation::SubjectExport, |_, view| {
        let mut held = Vec::new();
        holdings::rows_about::<Aborted>(view, whose, &mut |row| {
            held.extend(shown(row));
            Ok(())
        })?;
        Ok(held)
    })
}

fn shown(row: HeldRow) -> Option<Held> {
    let HeldRow { holding, bond, record, .. } = row;
    let hidden = match bond.shown {
        Shown::Whole => &[],
        Shown::Without(fields) => fields,
        Shown::No => return None,
    };
    let row = written("", &record?.payload, hidden);
    Some(Held { family: holding.tree.name(), processing: holding.processing, fate: fate(bond), row })
}

/// What becomes of a row at an erasure, as a code.
fn fate(bond: &Bond) -> &'static str {
    match bond.fate {
        Fate::Delete | Fate::Remove(_) => "deleted",
        Fate::Blank(_) | Fate::Rewrite(..) => "emptied",
        Fate::Keep(why) => why.code(),
    }
}

/// A value as anybody can read it: instants in words of RFC 3339, identifiers as they are shown elsewhere.
fn written(name: &str, value: &Value, hidden: &[&str]) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Bool(value) => Json::from(*value),
        Value::Negative(number) => instant(name, Some(*number)).unwrap_or_else(|| Json::from(*number)),
        Value::Number(number) => {
            instant(name, i64::try_from(*number).ok()).unwrap_or_else(|| Json::from(*number))
        }
        Value::Float(value) => Json::from(*value),
        Value::Text(_) if ACCOUNTS.contains(&name) => Json::from("platform"),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Bytes(bytes) => match Id::<PersonKind>::from_bytes(bytes) {
            Ok(id) => Json::from(id.to_string()),
            Err(_) => Json::from(BASE64.encode(bytes)),
        },
        Value::List(values) => match value.identifier().map(|id| Id::<PersonKind>::from_bytes(&id)) {
            Some(Ok(id)) => Json::from(id.to_string()),
            Some(Err(_)) | None => values.iter().map(|value| written(name, value, hidden)).collect(),
        },
        Value::Map(fields) => {
            let shown = fields.iter().filter_map(|(key, value)| {
                let key = label(key)?;
                (!hidden.contains(&key.as_str())).then(|| {
                    let row = written(&key, value, hidden);
                    (key.strip_suffix("_ms").map(str::to_owned).unwrap_or(key), row)
                })
            });
            Json::Object(shown.collect::<Map<_, _>>())
        }
    }
}

fn label(key: &Value) -> Option<String> {
    match key {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bytes(bytes) => Id::<PersonKind>::from_bytes(bytes).ok().map(|id| id.to_string()),
        Value::Nil
        | Value::Bool(_)
        | Value::Negative(_)
        | Value::Float(_)
        | Value::List(_)
        | Value::Map(_) => None,
    }
}

fn instant(name: &str, ms: Option<i64>) -> Option<Json> {
    let ms = ms.filter(|_| name.ends_with("_ms"))?;
    Timestamp::from_millisecond(ms).ok().map(|at| Json::from(at.to_string()))
}
