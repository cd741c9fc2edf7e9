//! Services beyond rides and loans: what is asked for is taken in; what became of it is given out. Each further step is a
//! decision of somebody who looks at what came before.

use maillage_domain::{
    ids::PersonKind,
    money::Cents,
    roles::Operation,
    service::{
        Case, Service, ServiceReason, ServiceSubject, advice::Advice, financial_aid::FinancialAid,
        garage::Garage, licence_aid::LicenceAid, outreach::Outreach,
    },
};
use maillage_federation::{ids::Id, month::paris};
use maillage_store::services;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row},
    },
    number,
};
use crate::app::{
    Aborted, refusals,
    services::{self as desk_of_services, NewService},
};

/// One row is one service of any kind: advice, licence aid, garage, financial aid for a person, outreach for a commune. The
/// columns from `state` on are what became of it, and are not read.
pub(super) struct Services;

const COLUMNS: &[Column] = &[
    Column::required("reference", "AC-001"),
    Column::required("kind", "advice"),
    Column::optional("person", "B-001"),
    Column::optional("commune", ""),
    Column::optional("form", "diagnosis"),
    Column::optional("at", "2026-10-05T09:00"),
    Column::optional("amount", ""),
    Column::optional("notes", "Ligne d’exemple"),
    Column::optional("state", "planned"),
    Column::optional("opened_at", "2026-10-01T07:00:00Z"),
    Column::optional("rendered_on", ""),
    Column::later("conclusions", ""),
    Column::later("sum", ""),
    Column::later("share", ""),
    Column::later("lesson_hours", ""),
    Column::later("attendance", ""),
    Column::later("refused_because", ""),
    Column::optional("id", ""),
];

impl Table for Services {
    fn code(&self) -> &'static str {
        "services"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::ServiceOpen)
    }

    fn exporting(&self) -> Operation {
        Operation::ServiceList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let person: Option<Id<PersonKind>> = desk.subject_if_given(row, "person", "persons")?;
        let new = NewService {
            kind: row.text("kind"),
            person: person.map(|person| person.to_string()).unwrap_or_default(),
            commune: row.text("commune"),
            form: row.text("form"),
            at: row.date("at"),
            amount_cents: row.euros("amount")?.unwrap_or_default().get(),
            notes: row.text("notes"),
        };
        let former = match desk.known(row)? {
            Some(id) => services::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        if let Some(former) = former {
            let same = desk_of_services::is_opened_as(desk.app, &former, &new);
            if same.map_err(|refusal| of_row(row, refusal))? {
                return Ok(Outcome::Unchanged);
            }
            let refusal = refusals::conflict("table-service-differs").with("id", former.id);
            return Err(row.bad("reference", refusal).into());
        }
        let service = desk_of_services::read(desk.app, &new).map_err(|refusal| of_row(row, refusal))?;
        desk_of_services::put_new(desk.app, desk.transaction, desk.caller, &service)
            .map_err(|aborted| of_row(row, aborted))?;
        desk.remember(row, service.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = services::list(desk.view, desk.after(), PAGE)?;
        let id = |service: &Service| service.id;
        Exported::page(&found, PAGE, id, |service| {
            if desk.wants_at(service.created) { Ok(vec![cells(desk, service)?]) } else { Ok(Vec::new()) }
        })
    }
}

fn cells(desk: &ExportDesk<'_>, service: &Service) -> Result<Vec<String>, Aborted> {
    let (person, commune) = match service.subject {
        ServiceSubject::Person(id) => (desk.name("persons", id)?, String::new()),
        ServiceSubject::Commune(code) => (String::new(), code.to_string()),
    };
    let (form, at, amount) = opening(&service.case);
    let mut cells = vec![
        desk.name("services", service.id)?,
        service.case.kind().code().to_owned(),
        person,
        commune,
        form,
        at,
        amount,
        service.notes.as_str().to_owned(),
        service.case.state().to_owned(),
        service.created.to_string(),
        service.rendered().map(|day| day.to_string()).unwrap_or_default(),
    ];
    cells.extend(became(&service.case));
    cells.push(service.id.to_string());
    Ok(cells)
}

/// What came of it: conclusions, the sum that was estimated, granted, paid or charged, the person's share of it, lessons, who
/// came, and why it was not done.
fn became(case: &Case) -> [String; 6] {
    let none = String::new;
    let because = |reason: ServiceReason| [none(), none(), none(), none(), none(), reason.code().to_owned()];
    let sums = |sum: Cents, share: Option<Cents>| {
        let share = share.map(Cents::decimal_comma).unwrap_or_default();
        [none(), sum.decimal_comma(), share, none(), none(), none()]
    };
    match case {
        Case::Advice(_, Advice::Held { conclusions, .. }) => {
            let codes: Vec<&str> = conclusions.iter().map(|conclusion| conclusion.code()).collect();
            [codes.join(","), none(), none(), none(), none(), none()]
        }
        Case::LicenceAid(_, aid) => {
            let reason = match aid {
                LicenceAid::Refused { reason } | LicenceAid::Abandoned { reason, .. } => Some(reason.code()),
                LicenceAid::Applied
                | LicenceAid::Granted(_)
                | LicenceAid::Lessons(_)
                | LicenceAid::TheoryPassed(_)
                | LicenceAid::Obtained { .. } => None,
            };
            let grant = aid.grant();
            let granted = grant.map(|grant| grant.amount.decimal_comma()).unwrap_or_default();
            [none(), granted, none(), number(grant.map(|grant| grant.lesson_hours)), none(), number(reason)]
        }
        Case::Garage(Garage::Estimated { estimate }) => sums(*estimate, None),
        Case::Garage(
            Garage::Agreed { estimate: sum, share } | Garage::Repaired { amount: sum, share, .. },
        ) => sums(*sum, Some(*share)),
        Case::FinancialAid(FinancialAid::Granted { amount } | FinancialAid::Paid { amount, .. }) => {
            sums(*amount, None)
        }
        Case::Outreach(Outreach::Done { attendance, .. }) => {
            [none(), none(), none(), none(), attendance.to_string(), none()]
        }
        Case::Advice(_, Advice::Cancelled { reason })
        | Case::Garage(Garage::Refused { reason })
        | Case::FinancialAid(FinancialAid::Refused { reason })
        | Case::Outreach(Outreach::Cancelled { reason }) => because(*reason),
        Case::Advice(_, Advice::Planned { .. } | Advice::Missed { .. })
        | Case::Garage(Garage::Requested)
        | Case::FinancialAid(FinancialAid::Asked { .. })
        | Case::Outreach(Outreach::Planned { .. }) => Default::default(),
    }
}

/// Form, time and sum that a service was opened with; empty where it has none, or does not keep it any more.
fn opening(case: &Case) -> (String, String, String) {
    let civil = |at: jiff::Timestamp| at.to_zoned(paris()).strftime("%Y-%m-%dT%H:%M").to_string();
    let form = match case {
        Case::Advice(form, _) => form.code().to_owned(),
        Case::LicenceAid(category, _) => category.code().to_owned(),
        Case::Garage(_) | Case::FinancialAid(_) | Case::Outreach(_) => String::new(),
    };
    match case {
        Case::Advice(_, Advice::Planned { at }) | Case::Outreach(Outreach::Planned { at }) => {
            (form, civil(*at), String::new())
        }
        Case::FinancialAid(FinancialAid::Asked { asked }) => {
            (form, String::new(), Cents::decimal_comma(*asked))
        }
        Case::Advice(..)
        | Case::LicenceAid(..)
        | Case::Garage(_)
        | Case::FinancialAid(_)
        | Case::Outreach(_) => (form, String::new(), String::new()),
    }
}
