//! Associations and authorities that carry trips.

use maillage_domain::{
    legal::{Carrier, Headcount, NewCarrier},
    roles::Operation,
};
use maillage_store::legal;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row},
    },
    yes,
};
use crate::app::{Aborted, carriers, refusals};

/// One row is one carrier.
pub(super) struct Carriers;

const COLUMNS: &[Column] = &[
    Column::required("reference", "A-001"),
    Column::required("name", "Association imaginaire"),
    Column::optional("form", "association"),
    Column::optional("rna", "W000000000"),
    Column::required("commune", "81003"),
    Column::optional("address", "1 place Imaginaire"),
    Column::optional("object", "Aider à se déplacer"),
    Column::optional("private_service", "non"),
    Column::optional("tax_rate", "66"),
    Column::optional("headcounts", "2026:2:30:120"),
];

impl Table for Carriers {
    fn code(&self) -> &'static str {
        "carriers"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::CarrierAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::CarrierShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let former = match desk.known(row)? {
            Some(id) => legal::carrier(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        let mut new = former.as_ref().map(carriers::typed).unwrap_or_default();
        read(row, &mut new)?;
        let details = new.parse(desk.app.geography).map_err(|error| of_row(row, refusals::carrier(error)))?;
        let Some(former) = former else {
            let added = carriers::declare(desk.app, desk.transaction, desk.caller, details)
                .map_err(|aborted| of_row(row, aborted))?;
            desk.remember(row, added.id)?;
            return Ok(Outcome::Added);
        };
        if former.details == details {
            return Ok(Outcome::Unchanged);
        }
        carriers::amend(desk.app, desk.transaction, desk.caller, former, details)
            .map_err(|aborted| of_row(row, aborted))?;
        Ok(Outcome::Changed)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = legal::carriers(desk.view, desk.after(), PAGE)?;
        let id = |carrier: &Carrier| carrier.id;
        Exported::page(&found, PAGE, id, |carrier| {
            let new = carriers::typed(carrier);
            let year = |(year, people): &(i16, Headcount)| {
                format!("{year}:{}:{}:{}", people.employees, people.volunteers, people.members)
            };
            let years: Vec<String> = new.headcounts.iter().map(year).collect();
            Ok(vec![vec![
                desk.name("carriers", carrier.id)?,
                new.name,
                new.form,
                new.rna,
                new.address.commune,
                new.address.address,
                new.object,
                yes(new.private_service),
                new.tax_rate,
                years.join(","),
            ]])
        })
    }
}

fn read(row: &Row, new: &mut NewCarrier) -> Result<(), RowError> {
    row.put("name", &mut new.name);
    row.put("form", &mut new.form);
    row.put("rna", &mut new.rna);
    row.put("commune", &mut new.address.commune);
    row.put("address", &mut new.address.address);
    row.put("object", &mut new.object);
    row.put_yes("private_service", &mut new.private_service)?;
    row.put("tax_rate", &mut new.tax_rate);
    if row.has("headcounts") {
        let years = row.list("headcounts").iter().map(|text| headcount(text)).collect::<Option<_>>();
        new.headcounts = years.ok_or_else(|| row.malformed("headcounts"))?;
    }
    Ok(())
}

/// `year:employees:volunteers:members`.
fn headcount(text: &str) -> Option<(i16, Headcount)> {
    let mut parts = text.split(':').map(str::trim);
    let year = parts.next()?.parse().ok()?;
    let mut people = || parts.next()?.parse().ok();
    let headcount = Headcount { employees: people()?, volunteers: people()?, members: people()? };
    parts.next().is_none().then_some((year, headcount))
}
