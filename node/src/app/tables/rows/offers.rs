//! How volunteers were asked to drive: given out alone, since asking is what the platform does.

use maillage_domain::{offer::DriverOffer, roles::Operation};
use maillage_store::driver_offers;

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    sheet::{Column, Row},
};
use crate::app::{Aborted, refusals};

/// One row is one question to one volunteer.
pub(super) struct Offers;

const COLUMNS: &[Column] = &[
    Column::optional("id", ""),
    Column::optional("volunteer", "V-001"),
    Column::optional("trips", ""),
    Column::optional("asked_at", "2026-10-01T07:00:00Z"),
    Column::optional("departs_at", "2026-10-05T06:40:00Z"),
    Column::optional("expires_at", "2026-10-03T07:00:00Z"),
    Column::optional("round", "1"),
    Column::optional("means", "message"),
    Column::optional("status", "accepted"),
    Column::optional("reason", ""),
];

impl Table for Offers {
    fn code(&self) -> &'static str {
        "driver-offers"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::TripList
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = driver_offers::list(desk.view, desk.after(), PAGE)?;
        Exported::page(&found, PAGE, DriverOffer::id, |offer| {
            if desk.wants_at(offer.terms.created) { Ok(vec![cells(desk, offer)?]) } else { Ok(Vec::new()) }
        })
    }
}

fn cells(desk: &ExportDesk<'_>, offer: &DriverOffer) -> Result<Vec<String>, Aborted> {
    let trips: Vec<String> = offer.terms.trips.iter().map(ToString::to_string).collect();
    let state = offer.state();
    Ok(vec![
        offer.id().to_string(),
        desk.name("volunteers", offer.terms.volunteer)?,
        trips.join(" "),
        offer.terms.created.to_string(),
        offer.terms.departs_at.to_string(),
        state.expires_at.to_string(),
        offer.terms.round.to_string(),
        state.means.code().to_owned(),
        state.status.code().to_owned(),
        state.status.reason().to_owned(),
    ])
}
