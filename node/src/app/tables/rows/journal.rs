//! What was done, by whom: the journal as a table, given out alone. It tells identifiers and codes, never names.

use maillage_domain::roles::Operation;
use maillage_store::events::{self, Actor, Event, FieldChange};

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    sheet::{Column, Row},
};
use crate::app::{Aborted, refusals};

/// One row is one event.
pub(super) struct Journal;

const COLUMNS: &[Column] = &[
    Column::optional("sequence", "1"),
    Column::optional("at", "2026-10-05T07:10:00Z"),
    Column::optional("kind", "person.add"),
    Column::optional("subjects", "person:…"),
    Column::optional("actor", "operator"),
    Column::optional("account", "exemple"),
    Column::later("changes", "phone"),
];

impl Table for Journal {
    fn code(&self) -> &'static str {
        "journal"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::ChangeList
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let after = desk.page.cursor.as_deref().and_then(|cursor| cursor.try_into().ok());
        let after = after.map_or(0, u64::from_be_bytes);
        let found = events::after(desk.view, after, PAGE)?;
        let full = found.len() == PAGE;
        let next = found.last().filter(|_| full).map(|event| event.sequence.to_be_bytes().to_vec());
        let rows = found.iter().filter(|event| desk.wants_at(event.at)).map(cells).collect();
        Ok(Exported { rows, next })
    }
}

fn cells(event: &Event) -> Vec<String> {
    let subjects: Vec<String> =
        event.subjects.iter().map(|subject| format!("{}:{}", subject.kind(), subject.id())).collect();
    let changes: Vec<String> = event.changes.iter().map(changed).collect();
    let (actor, account) = match &event.actor {
        Actor::Platform => ("platform", String::new()),
        Actor::Operator(label) => ("operator", label.clone()),
        Actor::Neighbour(node) => ("neighbour", node.to_string()),
    };
    vec![
        event.sequence.to_string(),
        event.at.to_string(),
        event.kind.clone(),
        subjects.join(" "),
        actor.to_owned(),
        account,
        changes.join(","),
    ]
}

/// The name of what was changed, and the codes before and after if there are any.
fn changed(change: &FieldChange) -> String {
    let FieldChange { field, from, to } = change;
    if from.is_empty() && to.is_empty() { field.clone() } else { format!("{field}:{from}>{to}") }
}
