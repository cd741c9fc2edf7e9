//! Prescribers and professionals.

use maillage_domain::{
    prescriber::{NewPrescriber, Prescriber},
    roles::Operation,
    staff::{NewProfessional, Professional},
};
use maillage_store::{prescribers, staff};

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row},
    },
    yes,
};
use crate::app::{Aborted, people::partners, refusals};

/// One row is one organisation that sends people.
pub(super) struct Prescribers;

/// One row is one professional.
pub(super) struct Professionals;

const PRESCRIBER_COLUMNS: &[Column] = &[
    Column::required("reference", "P-001"),
    Column::required("organisation", "CCAS imaginaire"),
    Column::optional("contact", "Exemple Inventé"),
    Column::optional("phone", "05 63 00 00 00"),
    Column::optional("email", "inventee@exemple.fr"),
    Column::optional("active", "oui"),
];
const PROFESSIONAL_COLUMNS: &[Column] = &[
    Column::required("reference", "S-001"),
    Column::required("name", "Exemple Inventé"),
    Column::optional("function", "Conseil en mobilité"),
    Column::optional("phone", "05 63 00 00 00"),
    Column::optional("email", "inventee@exemple.fr"),
    Column::optional("may_drive", "oui"),
    Column::optional("active", "oui"),
];

impl Table for Prescribers {
    fn code(&self) -> &'static str {
        "prescribers"
    }

    fn columns(&self) -> &'static [Column] {
        PRESCRIBER_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::PrescriberAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::PrescriberList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let former = match desk.known(row)? {
            Some(id) => prescribers::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        let mut new = former.as_ref().map(|former| NewPrescriber::of(&former.details)).unwrap_or_default();
        row.put("organisation", &mut new.organisation);
        row.put("contact", &mut new.contact);
        row.put("phone", &mut new.phone);
        row.put("email", &mut new.email);
        let details = new.parse().map_err(|error| of_row(row, refusals::partner(error)))?;
        let active = active(row, former.as_ref().is_none_or(|former| former.active))?;
        let (app, by) = (desk.app, desk.caller);
        let Some(former) = former else {
            let added = partners::register_prescriber(app, desk.transaction, by, details)
                .map_err(|aborted| of_row(row, aborted))?;
            desk.remember(row, added.id)?;
            if !active {
                let details = added.details.clone();
                partners::amend_prescriber(app, desk.transaction, by, added.amended(details, false))
                    .map_err(|aborted| of_row(row, aborted))?;
            }
            return Ok(Outcome::Added);
        };
        if former.details == details && former.active == active {
            return Ok(Outcome::Unchanged);
        }
        partners::amend_prescriber(app, desk.transaction, by, former.amended(details, active))
            .map_err(|aborted| of_row(row, aborted))?;
        Ok(Outcome::Changed)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = prescribers::list(desk.view, desk.after(), PAGE)?;
        let id = |prescriber: &Prescriber| prescriber.id;
        Exported::page(&found, PAGE, id, |prescriber| {
            let NewPrescriber { organisation, contact, phone, email } =
                NewPrescriber::of(&prescriber.details);
            let name = desk.name("prescribers", prescriber.id)?;
            Ok(vec![vec![name, organisation, contact, phone, email, yes(prescriber.active)]])
        })
    }
}

impl Table for Professionals {
    fn code(&self) -> &'static str {
        "professionals"
    }

    fn columns(&self) -> &'static [Column] {
        PROFESSIONAL_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::StaffAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::StaffList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let former = match desk.known(row)? {
            Some(id) => staff::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        let mut new = former.as_ref().map(|former| NewProfessional::of(&former.details)).unwrap_or_default();
        row.put("name", &mut new.name);
        row.put("function", &mut new.function);
        row.put("phone", &mut new.phone);
        row.put("email", &mut new.email);
        row.put_yes("may_drive", &mut new.may_drive)?;
        let details = new.parse().map_err(|error| of_row(row, refusals::partner(error)))?;
        let active = active(row, former.as_ref().is_none_or(|former| former.active))?;
        let (app, by) = (desk.app, desk.caller);
        let Some(former) = former else {
            let added = partners::register_professional(app, desk.transaction, by, details)
                .map_err(|aborted| of_row(row, aborted))?;
            desk.remember(row, added.id)?;
            if !active {
                let details = added.details.clone();
                partners::amend_professional(app, desk.transaction, by, added.amended(details, false))
                    .map_err(|aborted| of_row(row, aborted))?;
            }
            return Ok(Outcome::Added);
        };
        if former.details == details && former.active == active {
            return Ok(Outcome::Unchanged);
        }
        partners::amend_professional(app, desk.transaction, by, former.amended(details, active))
            .map_err(|aborted| of_row(row, aborted))?;
        Ok(Outcome::Changed)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = staff::list(desk.view, desk.after(), PAGE)?;
        let id = |professional: &Professional| professional.id;
        Exported::page(&found, PAGE, id, |professional| {
            let NewProfessional { name, function, phone, email, may_drive } =
                NewProfessional::of(&professional.details);
            let reference = desk.name("professionals", professional.id)?;
            let (drives, active) = (yes(may_drive), yes(professional.active));
            Ok(vec![vec![reference, name, function, phone, email, drives, active]])
        })
    }
}

/// Whether the row says that they are still active; an empty cell says nothing.
fn active(row: &Row, present: bool) -> Result<bool, RowError> {
    if row.cell("active").is_empty() { Ok(present) } else { Ok(row.yes("active")?) }
}
