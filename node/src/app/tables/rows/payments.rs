//! What people owe and what they paid. What is booked is never changed: a row whose entry is there and differs is refused.

use maillage_domain::{
    ids::{CarrierKind, EntryKind, PersonKind, VolunteerKind},
    ledger::{DueSource, Entry, Movement},
    money::Cents,
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_store::ledger;

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    of_row,
    sheet::{BadCell, Column, Row},
};
use crate::app::{
    Aborted,
    money::books::{self, EVER, NewBooking},
    refusals,
};

/// One row is one payment of a person.
pub(super) struct Payments;

/// One row is one thing that a person owes or gives: memberships and donations can be brought in, what is owed for trips and
/// loans is booked by them alone.
pub(super) struct Contributions;

const PAYMENT_COLUMNS: &[Column] = &[
    Column::required("reference", "R-001"),
    Column::required("person", "B-001"),
    Column::required("amount", "12,50"),
    Column::required("day", "2026-10-05"),
    Column::required("method", "cash"),
    Column::optional("collector", "V-001"),
    Column::optional("carrier", "A-001"),
    Column::optional("note", "Ligne d’exemple"),
    Column::optional("number", ""),
    Column::optional("counters", ""),
];
const CONTRIBUTION_COLUMNS: &[Column] = &[
    Column::required("reference", "C-001"),
    Column::required("person", "B-001"),
    Column::required("amount", "15,00"),
    Column::required("day", "2026-10-05"),
    Column::required("source", "membership:2026"),
    Column::optional("carrier", "A-001"),
    Column::optional("note", "Ligne d’exemple"),
    Column::optional("number", ""),
    Column::optional("counters", ""),
];

impl Table for Payments {
    fn code(&self) -> &'static str {
        "payments"
    }

    fn columns(&self) -> &'static [Column] {
        PAYMENT_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::MoneyReceive)
    }

    fn exporting(&self) -> Operation {
        Operation::MoneyShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let payer: Id<PersonKind> = desk.subject(row, "person", "persons")?;
        let collector: Option<Id<VolunteerKind>> = desk.subject_if_given(row, "collector", "volunteers")?;
        let new = booking(desk, row)?;
        if let Some(entry) = known(desk, row)? {
            let same = matches!(&entry.movement, Movement::Received(person, method, by)
                if *person == payer && method.code() == row.cell("method") && *by == collector);
            return unchanged(row, &entry, &new, same);
        }
        let by_what = (row.text("method"), collector);
        let entry = books::book_received(desk.app, desk.transaction, desk.caller, (payer, by_what), new)
            .map_err(|aborted| of_row(row, aborted))?;
        desk.remember(row, entry.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        entries(desk, |entry| {
            let Movement::Received(person, method, collector) = entry.movement else { return Ok(None) };
            let mut cells = common(desk, "payments", entry, person)?;
            cells.extend([method.code().to_owned(), desk.name_if_any("volunteers", collector)?]);
            ends(desk, entry, cells).map(Some)
        })
    }
}

impl Table for Contributions {
    fn code(&self) -> &'static str {
        "contributions"
    }

    fn columns(&self) -> &'static [Column] {
        CONTRIBUTION_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::MoneyDue)
    }

    fn exporting(&self) -> Operation {
        Operation::MoneyShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let payer: Id<PersonKind> = desk.subject(row, "person", "persons")?;
        let new = booking(desk, row)?;
        if let Some(entry) = known(desk, row)? {
            let same = matches!(entry.movement, Movement::Due(person, source)
                if person == payer && self::source(source) == row.cell("source"));
            return unchanged(row, &entry, &new, same);
        }
        let source = read_source(row)?;
        let entry = books::book_due(desk.app, desk.transaction, desk.caller, (payer, source), new)
            .map_err(|aborted| of_row(row, aborted))?;
        desk.remember(row, entry.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        entries(desk, |entry| {
            let Movement::Due(person, source) = entry.movement else { return Ok(None) };
            let mut cells = common(desk, "contributions", entry, person)?;
            cells.push(self::source(source));
            ends(desk, entry, cells).map(Some)
        })
    }
}

/// What everything that is booked has in common. A counter-entry cannot be brought in: taking something back is decided by
/// somebody who looks at it.
pub(super) fn booking(desk: &ImportDesk<'_, '_>, row: &Row) -> Result<NewBooking, RowError> {
    let carrier: Option<Id<CarrierKind>> = desk.subject_if_given(row, "carrier", "carriers")?;
    let cents = row.euros("amount")?.map_or(0, Cents::get);
    Ok(NewBooking { cents, day: row.date("day"), note: row.text("note"), carrier })
}

pub(super) fn known(desk: &ImportDesk<'_, '_>, row: &Row) -> Result<Option<Entry>, RowError> {
    let entry: Option<Id<EntryKind>> = desk.known(row)?;
    let entry = entry.map(|id| ledger::entry(desk.transaction, id)).transpose();
    Ok(entry.map_err(Aborted::from)?.flatten())
}

/// Says of an entry that is there already that the row means it, or that it differs.
pub(super) fn unchanged(row: &Row, entry: &Entry, new: &NewBooking, same: bool) -> Result<Outcome, RowError> {
    let told = |column: &str| row.has(column);
    let differs = if !same || entry.signed().get() != new.cents {
        Some("amount")
    } else if entry.day.to_string() != new.day {
        Some("day")
    } else if told("note") && entry.note.as_str() != new.note {
        Some("note")
    } else if new.carrier.is_some() && entry.books.0 != new.carrier {
        Some("carrier")
    } else {
        None
    };
    match differs {
        None => Ok(Outcome::Unchanged),
        Some(column) => Err(booked(row, column, entry).into()),
    }
}

fn booked(row: &Row, column: &str, entry: &Entry) -> BadCell {
    row.bad(column, refusals::conflict("table-booked").with("entry", entry.number))
}

/// The entries of the wanted days that a table shows.
pub(super) fn entries(
    desk: &ExportDesk<'_>,
    row: impl Fn(&Entry) -> Result<Option<Vec<String>>, Aborted>,
) -> Result<Exported, Aborted> {
    let period = (desk.page.from.unwrap_or(EVER.0), desk.page.to.unwrap_or(EVER.1));
    let after: Option<Id<EntryKind>> = desk.after();
    let after = after.map(|id| ledger::entry(desk.view, id)).transpose()?.flatten();
    let found = ledger::entries_between(desk.view, period, after.as_ref(), PAGE)?;
    let id = |entry: &Entry| entry.id;
    Exported::page(&found, PAGE, id, |entry| Ok(row(entry)?.into_iter().collect()))
}

fn common(
    desk: &ExportDesk<'_>,
    table: &str,
    entry: &Entry,
    person: Id<PersonKind>,
) -> Result<Vec<String>, Aborted> {
    Ok(vec![
        desk.name(table, entry.id)?,
        desk.name("persons", person)?,
        entry.signed().decimal_comma(),
        entry.day.to_string(),
    ])
}

pub(super) fn ends(
    desk: &ExportDesk<'_>,
    entry: &Entry,
    mut cells: Vec<String>,
) -> Result<Vec<String>, Aborted> {
    let countered = entry.counters.map(|id| ledger::entry(desk.view, id)).transpose()?.flatten();
    cells.extend([
        desk.name_if_any("carriers", entry.books.0)?,
        entry.note.as_str().to_owned(),
        entry.number.to_string(),
        countered.map(|entry| entry.number.to_string()).unwrap_or_default(),
    ]);
    Ok(cells)
}

/// `trip:…`, `loan:…`, `service:…`, `membership:2026` or `donation`.
fn source(source: DueSource) -> String {
    match source {
        DueSource::Trip(id) => format!("trip:{id}"),
        DueSource::Loan(id) => format!("loan:{id}"),
        DueSource::Service(id) => format!("service:{id}"),
        DueSource::Membership(year) => format!("membership:{year}"),
        DueSource::Donation => "donation".to_owned(),
    }
}

fn read_source(row: &Row) -> Result<DueSource, BadCell> {
    let cell = row.cell("source");
    match cell.split_once(':') {
        Some(("membership", year)) => {
            year.trim().parse().map(DueSource::Membership).map_err(|_| row.malformed("source"))
        }
        Some(("service", id)) => {
            id.trim().parse().map(DueSource::Service).map_err(|_| row.malformed("source"))
        }
        None if cell == "donation" => Ok(DueSource::Donation),
        Some(_) | None => Err(row.malformed("source")),
    }
}
