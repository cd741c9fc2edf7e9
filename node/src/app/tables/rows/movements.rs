//! What was given back, given up and handed over. What is booked is never changed: a row whose entry is there and differs is
//! refused.

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    ledger::{Entry, Movement},
    roles::Operation,
};
use maillage_federation::ids::Id;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table, of_row,
        sheet::{Column, Row},
    },
    payments::{booking, ends, entries, known, unchanged},
};
use crate::app::{Aborted, money::books, refusals};

/// One row is one refund, one claim given up, or one sum that a volunteer handed over.
pub(super) struct Movements;

const COLUMNS: &[Column] = &[
    Column::required("reference", "M-001"),
    Column::required("kind", "refunded"),
    Column::optional("person", "B-001"),
    Column::optional("volunteer", ""),
    Column::required("amount", "12,50"),
    Column::required("day", "2026-10-05"),
    Column::optional("method", "cash"),
    Column::optional("reason", ""),
    Column::optional("carrier", "A-001"),
    Column::optional("note", "Ligne d’exemple"),
    Column::optional("number", ""),
    Column::optional("counters", ""),
];

/// Who a row is about, and how.
enum Asked {
    Refunded(Id<PersonKind>, String),
    WrittenOff(Id<PersonKind>, String),
    Remitted(Id<VolunteerKind>, String),
}

impl Table for Movements {
    fn code(&self) -> &'static str {
        "movements"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::MoneyWriteOff)
    }

    fn exporting(&self) -> Operation {
        Operation::MoneyShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let asked = asked(desk, row)?;
        let new = booking(desk, row)?;
        if let Some(entry) = known(desk, row)? {
            let same = asked.is(&entry);
            return unchanged(row, &entry, &new, same);
        }
        let (app, by) = (desk.app, desk.caller);
        let right = match asked {
            Asked::Refunded(..) => Operation::MoneyRefund,
            Asked::WrittenOff(..) => Operation::MoneyWriteOff,
            Asked::Remitted(..) => Operation::MoneyRemit,
        };
        by.check(right).map_err(|refusal| of_row(row, refusal))?;
        let booked = match asked {
            Asked::Refunded(payer, method) => {
                books::book_refunded(app, desk.transaction, by, (payer, method), new)
            }
            Asked::WrittenOff(payer, reason) => {
                books::book_written_off(app, desk.transaction, by, (payer, reason), new)
            }
            Asked::Remitted(collector, method) => {
                books::book_remitted(app, desk.transaction, by, (collector, method), new)
            }
        };
        let entry = booked.map_err(|aborted| of_row(row, aborted))?;
        desk.remember(row, entry.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        entries(desk, |entry| {
            let (person, volunteer, method, reason) = match entry.movement {
                Movement::Refunded(person, method) => (Some(person), None, method.code(), ""),
                Movement::WrittenOff(person, reason) => (Some(person), None, "", reason.code()),
                Movement::Remitted(volunteer, method) => (None, Some(volunteer), method.code(), ""),
                Movement::Due(..)
                | Movement::Received(..)
                | Movement::Spent(..)
                | Movement::Reimbursed(..)
                | Movement::Waived(..) => return Ok(None),
            };
            let cells = vec![
                desk.name("movements", entry.id)?,
                entry.movement.code().to_owned(),
                desk.name_if_any("persons", person)?,
                desk.name_if_any("volunteers", volunteer)?,
                entry.signed().decimal_comma(),
                entry.day.to_string(),
                method.to_owned(),
                reason.to_owned(),
            ];
            ends(desk, entry, cells).map(Some)
        })
    }
}

fn asked(desk: &ImportDesk<'_, '_>, row: &Row) -> Result<Asked, RowError> {
    let named = |column: &'static str| {
        if row.cell(column).is_empty() {
            return Err(RowError::from(row.bad(column, refusals::invalid("table-cell-missing"))));
        }
        Ok(())
    };
    Ok(match row.cell("kind") {
        "refunded" => {
            named("person")?;
            Asked::Refunded(desk.subject(row, "person", "persons")?, row.text("method"))
        }
        "written-off" => {
            named("person")?;
            Asked::WrittenOff(desk.subject(row, "person", "persons")?, row.text("reason"))
        }
        "remitted" => {
            named("volunteer")?;
            Asked::Remitted(desk.subject(row, "volunteer", "volunteers")?, row.text("method"))
        }
        _ => return Err(row.malformed("kind").into()),
    })
}

impl Asked {
    fn is(&self, entry: &Entry) -> bool {
        match (self, entry.movement) {
            (Self::Refunded(person, method), Movement::Refunded(of, by)) => {
                *person == of && by.code() == method
            }
            (Self::WrittenOff(person, reason), Movement::WrittenOff(of, why)) => {
                *person == of && why.code() == reason
            }
            (Self::Remitted(volunteer, method), Movement::Remitted(of, by)) => {
                *volunteer == of && by.code() == method
            }
            (Self::Refunded(..) | Self::WrittenOff(..) | Self::Remitted(..), _) => false,
        }
    }
}
