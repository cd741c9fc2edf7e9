//! Loans of the fleet: wishes are taken in; what became of them is given out.

use maillage_domain::{
    ids::PersonKind,
    loan::{Loan, LoanCancelled, LoanState, NewLoan},
    money::Cents,
    roles::Operation,
};
use maillage_federation::{ids::Id, month::paris};
use maillage_store::loans;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row},
    },
    number,
};
use crate::app::{Aborted, loans as desk_of_loans, refusals, refusals::services as worded};

/// One row is one loan. The columns from `state` on are what became of it, and are not read.
pub(super) struct Loans;

const COLUMNS: &[Column] = &[
    Column::required("reference", "L-001"),
    Column::required("person", "B-001"),
    Column::required("category", "car"),
    Column::required("from", "2026-10-05T09:00"),
    Column::required("until", "2026-10-12T09:00"),
    Column::required("purpose", "work-training"),
    Column::optional("notes", "Ligne d’exemple"),
    Column::optional("state", "requested"),
    Column::optional("asset", "F-001"),
    Column::optional("deposit", "150,00"),
    Column::optional("contribution", "35,00"),
    Column::later("reason", ""),
    Column::later("handed_out_at", ""),
    Column::later("condition_out", ""),
    Column::later("odometer_out_m", ""),
    Column::later("papers_seen", ""),
    Column::later("handed_out_by", ""),
    Column::later("notes_out", ""),
    Column::later("taken_back_at", ""),
    Column::later("condition_back", ""),
    Column::later("odometer_back_m", ""),
    Column::later("driven_m", ""),
    Column::later("taken_back_by", ""),
    Column::later("damage", ""),
    Column::later("deposit_kept", ""),
];

impl Table for Loans {
    fn code(&self) -> &'static str {
        "loans"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::LoanAsk)
    }

    fn exporting(&self) -> Operation {
        Operation::LoanList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let person: Id<PersonKind> = desk.subject(row, "person", "persons")?;
        let new = NewLoan {
            category: row.text("category"),
            from: row.date("from"),
            until: row.date("until"),
            purpose: row.text("purpose"),
            notes: row.text("notes"),
        };
        let terms = new.parse().map_err(|error| of_row(row, worded::new_loan(error)))?;
        let former = match desk.known(row)? {
            Some(id) => loans::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        if let Some(former) = former {
            if former.person == person && former.terms == terms {
                return Ok(Outcome::Unchanged);
            }
            let refusal = refusals::conflict("table-loan-differs").with("id", former.id);
            return Err(row.bad("reference", refusal).into());
        }
        let loan = desk_of_loans::take_wish(desk.app, desk.transaction, desk.caller, person, terms)
            .map_err(|aborted| of_row(row, aborted))?;
        desk.remember(row, loan.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = loans::list(desk.view, desk.after(), PAGE)?;
        let id = |loan: &Loan| loan.id;
        Exported::page(&found, PAGE, id, |loan| {
            if desk.wants_at(loan.terms.span.from()) { Ok(vec![cells(desk, loan)?]) } else { Ok(Vec::new()) }
        })
    }
}

/// A loan. What it is for, and what was noted, is for the desk alone.
fn cells(desk: &ExportDesk<'_>, loan: &Loan) -> Result<Vec<String>, Aborted> {
    let sees = desk.may(Operation::LoanAsk);
    let of_desk = |text: &str| if sees { text.to_owned() } else { String::new() };
    let (deposit, contribution) = match &loan.state {
        LoanState::Requested | LoanState::Cancelled { .. } => (None, None),
        LoanState::Booked(booking) => (Some(booking.deposit), None),
        LoanState::Out(_, out) | LoanState::Returned(_, out, _) => (Some(out.deposit), None),
        LoanState::Closed(_, out, _, settled) => (Some(out.deposit), Some(settled.contribution_due)),
    };
    let sum = |cents: Option<Cents>| cents.map(Cents::decimal_comma).unwrap_or_default();
    let mut cells = vec![
        desk.name("loans", loan.id)?,
        desk.name("persons", loan.person)?,
        loan.terms.category.code().to_owned(),
        civil(loan.terms.span.from()),
        civil(loan.terms.span.until()),
        of_desk(loan.terms.purpose.code()),
        of_desk(loan.terms.notes.as_str()),
        loan.state.code().to_owned(),
        desk.name_if_any("assets", loan.booking().map(|booking| booking.asset))?,
        sum(deposit),
        sum(contribution),
    ];
    cells.extend(became(loan, of_desk));
    Ok(cells)
}

/// How it was handed out and came back; what was noted in words goes through `of_desk`.
fn became(loan: &Loan, of_desk: impl Fn(&str) -> String) -> [String; 14] {
    let (out, back) = (loan.hand_out(), loan.take_back());
    let began = out.and_then(|out| out.odometer_m);
    let ended = back.and_then(|back| back.odometer_m);
    let driven = began.zip(ended).map(|(began, ended)| ended.saturating_sub(began));
    let papers = out.map(|out| out.documents.iter().map(|paper| paper.code()).collect::<Vec<_>>().join(","));
    let kept = loan.settlement().map(|settled| settled.deposit_kept.decimal_comma());
    [
        number(loan.cancelled().map(LoanCancelled::code)),
        out.map(|out| civil(out.at)).unwrap_or_default(),
        number(out.map(|out| out.condition.code())),
        number(began),
        papers.unwrap_or_default(),
        out.map(|out| of_desk(out.by.as_str())).unwrap_or_default(),
        out.map(|out| of_desk(out.notes.as_str())).unwrap_or_default(),
        back.map(|back| civil(back.at)).unwrap_or_default(),
        number(back.map(|back| back.condition.code())),
        number(ended),
        number(driven),
        back.map(|back| of_desk(back.by.as_str())).unwrap_or_default(),
        back.map(|back| of_desk(back.damage.as_str())).unwrap_or_default(),
        kept.unwrap_or_default(),
    ]
}

fn civil(at: jiff::Timestamp) -> String {
    at.to_zoned(paris()).strftime("%Y-%m-%dT%H:%M").to_string()
}
