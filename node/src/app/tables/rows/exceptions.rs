//! Signed exceptions to the legal frame: given out alone. One is signed by somebody who looks at what it is for.

use maillage_domain::{legal::FrameException, roles::Operation};
use maillage_store::legal;

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    sheet::{Column, Row},
};
use crate::app::{Aborted, refusals};

/// One row is one exception.
pub(super) struct Exceptions;

const COLUMNS: &[Column] = &[
    Column::optional("id", ""),
    Column::optional("subject", "request"),
    Column::optional("subject_id", ""),
    Column::optional("signed_by", "exemple"),
    Column::optional("signed_at", "2026-10-01T07:00:00Z"),
    Column::optional("reason", "Ligne d’exemple"),
    Column::later("about", "frame"),
];

impl Table for Exceptions {
    fn code(&self) -> &'static str {
        "frame-exceptions"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::FrameExceptions
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = legal::exceptions(desk.view, desk.after(), PAGE)?;
        let id = |exception: &FrameException| exception.id;
        Exported::page(&found, PAGE, id, |exception| {
            let row = vec![
                exception.id.to_string(),
                exception.subject.code().to_owned(),
                exception.subject.id_text(),
                exception.by.clone(),
                exception.at.to_string(),
                exception.reason.as_str().to_owned(),
                exception.about.code().to_owned(),
            ];
            Ok(if desk.wants_at(exception.at) { vec![row] } else { Vec::new() })
        })
    }
}
