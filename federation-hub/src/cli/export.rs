//! `statistics export`: the published figures as files in a new directory that is there whole or not at all.

use std::path::Path;

use maillage_platform::cli::{Failure, Output};
use serde_json::json;

use crate::{
    export::{self, Unfinished},
    source::Source,
};

/// Asks for everything and writes it.
pub(super) async fn run(source: &Source, to: &Path, output: &mut Output<'_>) -> Result<(), Failure> {
    let files = export::files(source).await?;
    let unfinished = Unfinished::create(to)?;
    for (name, bytes) in &files {
        unfinished.write(name, bytes)?;
    }
    unfinished.finish()?;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let document = json!({ "directory": to.display().to_string(), "files": names });
    output.line("export-done", &[("path", to.display().to_string().into())]).map_err(Failure::internal)?;
    output.record(&document, &[("export-files", names.len().to_string())]).map_err(Failure::internal)
}
