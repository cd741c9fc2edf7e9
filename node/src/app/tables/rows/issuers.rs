//! Who gives the receipts of which books.

use maillage_domain::{
    ids::CarrierKind,
    ledger::{Books, Issuer, NewIssuer},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_store::{ledger, legal};

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table, of_row,
    sheet::{Column, Row},
};
use crate::{
    app::{
        Aborted,
        money::{books_or_usual, receipts},
        refusals,
    },
    limits::CARRIERS,
};

/// One row is one association that gives receipts. Without a carrier it is that of the usual books.
pub(super) struct Issuers;

const COLUMNS: &[Column] = &[
    Column::optional("carrier", "A-001"),
    Column::optional("name", "Association imaginaire"),
    Column::optional("address", "1 place Imaginaire, Alban"),
    Column::optional("identifier", "W812000000"),
    Column::optional("object", "Aider à se déplacer"),
    Column::optional("quality", "general-interest"),
    Column::optional("signatory", "Présidente inventée"),
    Column::optional("tax_rate_percent", "66"),
];

impl Table for Issuers {
    fn code(&self) -> &'static str {
        "issuers"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::IssuerSet)
    }

    fn exporting(&self) -> Operation {
        Operation::ReceiptShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let carrier: Option<Id<CarrierKind>> = desk.subject_if_given(row, "carrier", "carriers")?;
        let new = NewIssuer {
            name: row.text("name"),
            address: row.text("address"),
            identifier: row.text("identifier"),
            object: row.text("object"),
            quality: row.text("quality"),
            signatory: row.text("signatory"),
            tax_rate_percent: row.parsed("tax_rate_percent")?.unwrap_or_default(),
        };
        let new = new.parse().map_err(|error| of_row(row, refusals::money::issuer(error)))?;
        // Without a carrier, the books from before there was one are given out beside the usual ones.
        let books = [Ok(Books(carrier)), books_or_usual(desk.transaction, carrier)];
        let mut former = None;
        for books in books {
            former = ledger::issuer(desk.transaction, books?).map_err(Aborted::from)?;
            if former.as_ref() == Some(&new) {
                return Ok(Outcome::Unchanged);
            }
        }
        receipts::put_issuer(desk.app, desk.transaction, desk.caller, (carrier, &new))
            .map_err(|aborted| of_row(row, aborted))?;
        Ok(if former.is_some() { Outcome::Changed } else { Outcome::Added })
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let carriers = legal::carriers(desk.view, None, CARRIERS)?;
        let all = std::iter::once(Books(None)).chain(carriers.iter().map(|carrier| Books(Some(carrier.id))));
        let mut rows = Vec::new();
        for books in all {
            let Some(issuer) = ledger::issuer(desk.view, books)? else { continue };
            let Issuer { name, address, identifier, object, quality, signatory, tax_rate_percent } = issuer;
            rows.push(vec![
                desk.name_if_any("carriers", books.0)?,
                name.as_str().to_owned(),
                address.as_str().to_owned(),
                identifier.as_str().to_owned(),
                object.as_str().to_owned(),
                quality.code().to_owned(),
                signatory.as_str().to_owned(),
                tax_rate_percent.to_string(),
            ]);
        }
        Ok(Exported { rows, next: None })
    }
}
