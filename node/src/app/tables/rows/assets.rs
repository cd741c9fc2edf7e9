//! The fleet of the platform.

use maillage_domain::{
    fleet::{Asset, NewAsset},
    money::Cents,
    roles::Operation,
};
use maillage_store::assets;

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    of_row,
    sheet::{Column, Row},
};
use crate::app::{Aborted, fleet, refusals::services as worded};

/// One row is one vehicle or bike.
pub(super) struct Assets;

const COLUMNS: &[Column] = &[
    Column::required("reference", "F-001"),
    Column::required("label", "Minibus imaginaire"),
    Column::required("category", "minibus"),
    Column::required("seats", "9"),
    Column::optional("plate", "AA-000-AA"),
    Column::required("ownership", "own"),
    Column::optional("inspection_due", "2027-06-30"),
    Column::optional("insurance_until", "2026-12-31"),
    Column::optional("service_due", "2027-01-31"),
    Column::optional("service_due_m", "120000000"),
    Column::optional("rate_per", "day"),
    Column::optional("rate", "5,00"),
    Column::optional("deposit", "150,00"),
    Column::optional("notes", "Ligne d’exemple"),
    Column::optional("odometer_m", "98000000"),
    Column::optional("retired_on", ""),
    Column::optional("in_service", "2026-01-15"),
];

impl Table for Assets {
    fn code(&self) -> &'static str {
        "assets"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::AssetAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::AssetShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let former = match desk.known(row)? {
            Some(id) => assets::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        let mut new = former.as_ref().map(|former| NewAsset::from(&former.details)).unwrap_or_default();
        read(row, &mut new)?;
        let details = new.parse().map_err(|error| of_row(row, worded::asset(error)))?;
        let odometer_m: Option<u32> = row.parsed("odometer_m")?;
        let (app, by) = (desk.app, desk.caller);
        let Some(mut asset) = former else {
            let odometer_m = odometer_m.unwrap_or_default();
            let added = fleet::enter(app, desk.transaction, by, details, odometer_m)
                .map_err(|aborted| of_row(row, aborted))?;
            desk.remember(row, added.id)?;
            return Ok(Outcome::Added);
        };
        let mut outcome = Outcome::Unchanged;
        if asset.details != details {
            asset.edit(details).map_err(|error| of_row(row, worded::asset(error)))?;
            fleet::keep(app, desk.transaction, by, Operation::AssetUpdate, &asset)
                .map_err(|aborted| of_row(row, aborted))?;
            outcome = Outcome::Changed;
        }
        if let Some(metres) = odometer_m.filter(|metres| *metres != asset.odometer_m) {
            asset.read_odometer(metres).map_err(|error| of_row(row, worded::asset(error)))?;
            fleet::keep(app, desk.transaction, by, Operation::AssetOdometer, &asset)
                .map_err(|aborted| of_row(row, aborted))?;
            outcome = Outcome::Changed;
        }
        Ok(outcome)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = assets::list(desk.view, desk.after(), PAGE)?;
        let id = |asset: &Asset| asset.id;
        Exported::page(&found, PAGE, id, |asset| Ok(vec![cells(desk, asset)?]))
    }
}

fn read(row: &Row, new: &mut NewAsset) -> Result<(), RowError> {
    row.put("label", &mut new.label);
    row.put("category", &mut new.category);
    new.seats = row.parsed("seats")?.unwrap_or(new.seats);
    row.put("plate", &mut new.plate);
    row.put("ownership", &mut new.ownership);
    row.put_date("inspection_due", &mut new.inspection_due);
    row.put_date("insurance_until", &mut new.insurance_until);
    row.put_date("service_due", &mut new.service_due);
    if row.has("service_due_m") {
        new.service_due_m = row.parsed("service_due_m")?.unwrap_or_default();
    }
    row.put("rate_per", &mut new.rate_per);
    if row.has("rate") {
        new.rate_cents = row.euros("rate")?.map_or(0, Cents::get);
    }
    if row.has("deposit") {
        new.deposit_cents = row.euros("deposit")?.map_or(0, Cents::get);
    }
    row.put("notes", &mut new.notes);
    row.put_date("in_service", &mut new.in_service);
    Ok(())
}

fn cells(desk: &ExportDesk<'_>, asset: &Asset) -> Result<Vec<String>, Aborted> {
    let new = NewAsset::from(&asset.details);
    let due_m = if new.service_due_m == 0 { String::new() } else { new.service_due_m.to_string() };
    let rate =
        if new.rate_per.is_empty() { String::new() } else { Cents::new(new.rate_cents).decimal_comma() };
    Ok(vec![
        desk.name("assets", asset.id)?,
        new.label,
        new.category,
        new.seats.to_string(),
        new.plate,
        new.ownership,
        new.inspection_due,
        new.insurance_until,
        new.service_due,
        due_m,
        new.rate_per,
        rate,
        Cents::new(new.deposit_cents).decimal_comma(),
        new.notes,
        asset.odometer_m.to_string(),
        asset.retired.map(|day| day.to_string()).unwrap_or_default(),
        new.in_service,
    ])
}
