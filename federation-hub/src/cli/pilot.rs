//! `pilot`: which territories the pilot of the programme is made of, shown or named anew. It must never change what a hub that serves goes by:
//! that reads it when it starts.

use std::{collections::BTreeSet, path::PathBuf};

use maillage_geography::{Geography, Siren};
use maillage_platform::{
    cli::{Failure, Output},
    refusal::Refusal,
};
use serde_json::json;

use super::{arguments::Pilot, open_directory};
use crate::{refusals, settings::Settings};

/// Names the territories, if any is given or nobody is wanted, and shows those there are.
pub(super) fn run(data: PathBuf, wanted: &Pilot, output: &mut Output<'_>) -> Result<(), Failure> {
    let directory = open_directory(data)?;
    let geography = Geography::embedded();
    let is_named = wanted.nobody || !wanted.territory.is_empty();
    let _lock = is_named.then(|| directory.lock()).transpose()?;
    let mut settings = Settings::load(&directory)?;
    if is_named {
        let named = wanted.territory.iter().map(|text| known(geography, text));
        settings.pilot = named.collect::<Result<BTreeSet<Siren>, Refusal>>()?;
        settings.save(&directory)?;
    }
    let named = |siren: &Siren| geography.territory(siren).map(|territory| territory.short_name.clone());
    let document = |siren: &Siren| json!({ "territory": siren.to_string(), "name": named(siren) });
    let rows: Vec<_> = settings.pilot.iter().map(document).collect();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let headings = ["column-territory", "column-name"];
    let cells = |row: &serde_json::Value| vec![text(row, "territory"), text(row, "name")];
    output.table(&rows, &headings, cells).map_err(Failure::internal)
}

/// A territory of today.
fn known(geography: &Geography, text: &str) -> Result<Siren, Refusal> {
    let siren: Option<Siren> = text.parse().ok();
    let known = siren.filter(|siren| geography.territory(siren).is_some());
    known.ok_or_else(|| Refusal::from(refusals::TERRITORY_UNKNOWN).with("territory", text))
}
