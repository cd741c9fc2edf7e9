//! Service `Money`.

use std::{pin::Pin, sync::Arc};

use data_encoding::HEXLOWER;
use futures_util::{Stream, stream};
use jiff::civil::Date;
use maillage_domain::{
    ids::{CarrierKind, StatementKind},
    ledger::{Basis, Books, DueSource, NewExpense, NewIssuer, Party},
    money::Cents,
};
use maillage_federation::{ids::Id, month::Month};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, money_server::Money};
use tonic::{Request, Response, Status};

use super::{Operation, Services, allowed, convert::money as to, id, limit, next_after, once::allowed_once};
use crate::app::{
    App,
    caller::Caller,
    money::{
        books::{self, EVER, NewBooking},
        export, receipts,
        statements::{self, DueMark, NewSettlement, Which},
    },
    refusals,
};

type Chunks = Pin<Box<dyn Stream<Item = Result<proto::ExportBooksChunk, Status>> + Send>>;

#[tonic::async_trait]
impl Money for Services {
    async fn add_due(
        &self,
        request: Request<proto::AddDueRequest>,
    ) -> Result<Response<proto::Entry>, Status> {
        let (caller, asked) = allowed_once(request, Operation::MoneyDue)?;
        let proto::AddDueRequest { person, source, source_id, booking, request_id: _ } = asked;
        let (person, source) = (id(&person, "person")?, due_source(&source, &source_id)?);
        let entry = books::due(&self.app, &caller, person, source, new_booking(booking)?).await?;
        Ok(Response::new(to::entry(&entry)))
    }

    async fn record_payment(
        &self,
        request: Request<proto::RecordPaymentRequest>,
    ) -> Result<Response<proto::Entry>, Status> {
        let (caller, asked) = allowed_once(request, Operation::MoneyReceive)?;
        let proto::RecordPaymentRequest { person, method, collected_by, booking, request_id: _ } = asked;
        let how = (method, optional_id(&collected_by, "collected_by")?);
        let new = new_booking(booking)?;
        let entry = books::receive(&self.app, &caller, id(&person, "person")?, how, new).await?;
        Ok(Response::new(to::entry(&entry)))
    }

    async fn record_refund(
        &self,
        request: Request<proto::RecordRefundRequest>,
    ) -> Result<Response<proto::Entry>, Status> {
        let (caller, asked) = allowed_once(request, Operation::MoneyRefund)?;
        let proto::RecordRefundRequest { person, method, booking, request_id: _ } = asked;
        let new = new_booking(booking)?;
        let entry = books::refund(&self.app, &caller, id(&person, "person")?, method, new).await?;
        Ok(Response::new(to::entry(&entry)))
    }

    async fn write_off(
        &self,
        request: Request<proto::WriteOffRequest>,
    ) -> Result<Response<proto::Entry>, Status> {
        let (caller, asked) = allowed_once(request, Operation::MoneyWriteOff)?;
        let proto::WriteOffRequest { person, reason, booking, request_id: _ } = asked;
        let new = new_booking(booking)?;
        let entry = books::write_off(&self.app, &caller, id(&person, "person")?, reason, new).await?;
        Ok(Response::new(to::entry(&entry)))
    }

    async fn record_remittance(
        &self,
        request: Request<proto::RecordRemittanceRequest>,
    ) -> Result<Response<proto::Entry>, Status> {
        let (caller, asked) = allowed_once(request, Operation::MoneyRemit)?;
        let proto::RecordRemittanceRequest { volunteer, method, booking, request_id: _ } = asked;
        let new = new_booking(booking)?;
        let entry = books::remit(&self.app, &caller, id(&volunteer, "volunteer")?, method, new).await?;
        Ok(Response::new(to::entry(&entry)))
    }

    async fn counter_entry(
        &self,
        request: Request<proto::CounterEntryRequest>,
    ) -> Result<Response<proto::Entry>, Status> {
        let caller = allowed(&request, Operation::MoneyCounter)?;
        let proto::CounterEntryRequest { entry, note } = request.into_inner();
        let counter = books::counter(&self.app, &caller, id(&entry, "entry")?, note).await?;
        Ok(Response::new(to::entry(&counter)))
    }

    async fn list_entries(
        &self,
        request: Request<proto::ListEntriesRequest>,
    ) -> Result<Response<proto::ListEntriesReply>, Status> {
        let caller = allowed(&request, Operation::MoneyShow)?;
        let proto::ListEntriesRequest { person, volunteer, from, to: until, after, limit: asked } =
            request.into_inner();
        let whose = (party(&person, &volunteer)?, period(&from, &until)?);
        let (after, limit) = (optional_id(&after, "after")?, limit(asked)?);
        let found = books::entries(&self.app, &caller, whose, after, limit)?;
        let next_after = next_after(&found, limit, |entry| entry.id.to_string());
        let entries = found.iter().map(to::entry).collect();
        Ok(Response::new(proto::ListEntriesReply { entries, next_after }))
    }

    async fn show_balance(
        &self,
        request: Request<proto::ShowBalanceRequest>,
    ) -> Result<Response<proto::Balance>, Status> {
        let caller = allowed(&request, Operation::StatementShow)?;
        let proto::ShowBalanceRequest { person, volunteer, from, to: until } = request.into_inner();
        let period = period(&from, &until)?;
        let balance = match party(&person, &volunteer)? {
            Some(Party::Person(person)) => {
                to::person_balance(books::balance_of_person(&self.app, &caller, person, period)?)
            }
            Some(Party::Volunteer(volunteer)) => {
                to::volunteer_balance(books::balance_of_volunteer(&self.app, &caller, volunteer, period)?)
            }
            None => return Err(refusals::invalid("money-whose").into()),
        };
        Ok(Response::new(balance))
    }

    async fn add_expense(
        &self,
        request: Request<proto::AddExpenseRequest>,
    ) -> Result<Response<proto::Expense>, Status> {
        let (caller, asked) = allowed_once(request, Operation::ExpenseAdd)?;
        let proto::AddExpenseRequest {
            volunteer,
            kind,
            day,
            amount_cents,
            proof_seen,
            basis,
            trip,
            note,
            carrier,
            request_id: _,
        } = asked;
        let new = NewExpense { kind, basis, day, amount: Cents::new(amount_cents), proof_seen, note };
        let of = (optional_id(&trip, "trip")?, optional_id(&carrier, "carrier")?);
        let spender = id(&volunteer, "volunteer")?;
        let expense = statements::add_expense(&self.app, &caller, spender, new, of).await?;
        Ok(Response::new(to::expense(&expense)))
    }

    async fn list_expenses(
        &self,
        request: Request<proto::ListExpensesRequest>,
    ) -> Result<Response<proto::ListExpensesReply>, Status> {
        let caller = allowed(&request, Operation::StatementShow)?;
        let proto::ListExpensesRequest { volunteer, after, limit: asked } = request.into_inner();
        let (spender, limit) = (optional_id(&volunteer, "volunteer")?, limit(asked)?);
        let mark = (!after.is_empty()).then(|| HEXLOWER.decode(after.as_bytes()));
        let mark = mark.transpose().map_err(|_| refusals::invalid("page-mark").with("field", "after"))?;
        let found = statements::waiting_expenses(&self.app, &caller, spender, mark.as_deref(), limit)?;
        let next_after =
            next_after(&found, limit, |expense| HEXLOWER.encode(&statements::expense_mark(expense)));
        let expenses = found.iter().map(to::expense).collect();
        Ok(Response::new(proto::ListExpensesReply { expenses, next_after }))
    }

    async fn remove_expense(
        &self,
        request: Request<proto::RemoveExpenseRequest>,
    ) -> Result<Response<proto::RemoveExpenseReply>, Status> {
        let caller = allowed(&request, Operation::ExpenseRemove)?;
        let proto::RemoveExpenseRequest { volunteer, expense } = request.into_inner();
        let (spender, expense) = (id(&volunteer, "volunteer")?, id(&expense, "expense")?);
        statements::remove_expense(&self.app, &caller, spender, expense).await?;
        Ok(Response::new(proto::RemoveExpenseReply {}))
    }

    async fn show_statement(
        &self,
        request: Request<proto::ShowStatementRequest>,
    ) -> Result<Response<proto::Statement>, Status> {
        let caller = allowed(&request, Operation::StatementShow)?;
        let proto::ShowStatementRequest { id: closed, volunteer, month, basis, carrier } =
            request.into_inner();
        let shown = match optional_id(&closed, "id")? {
            Some(closed) => {
                let (statement, lines) = statements::show_closed(&self.app, &caller, closed)?;
                statements::Shown::Closed(statement, lines)
            }
            None => statements::show(&self.app, &caller, which(&volunteer, &month, &basis, &carrier)?)?,
        };
        Ok(Response::new(self.named(to::shown_statement(&shown))))
    }

    async fn list_statements(
        &self,
        request: Request<proto::ListStatementsRequest>,
    ) -> Result<Response<proto::ListStatementsReply>, Status> {
        let caller = allowed(&request, Operation::StatementShow)?;
        let proto::ListStatementsRequest { volunteer, carrier, after, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let (found, next_after) = if let Some(volunteer) = optional_id(&volunteer, "volunteer")? {
            let carrier = optional_id(&carrier, "carrier")?;
            let all = statements::of_volunteer(&self.app, &caller, volunteer, carrier)?;
            let after: Option<Id<StatementKind>> = optional_id(&after, "after")?;
            let from = after.and_then(|after| all.iter().position(|statement| statement.id == after));
            let from = from.map_or(0, |last| last + 1);
            let found: Vec<_> = all.iter().skip(from).take(limit).cloned().collect();
            let more = from + found.len() < all.len();
            let last = found.last().filter(|_| more).map(|statement| statement.id.to_string());
            (found, last.unwrap_or_default())
        } else {
            let after = optional_id(&after, "after")?;
            let found = statements::list(&self.app, &caller, after, limit)?;
            let next_after = next_after(&found, limit, |statement| statement.id.to_string());
            (found, next_after)
        };
        let statements = found.iter().map(|statement| self.named(to::statement(statement, &[]))).collect();
        Ok(Response::new(proto::ListStatementsReply { statements, next_after }))
    }

    async fn list_due_statements(
        &self,
        request: Request<proto::ListDueStatementsRequest>,
    ) -> Result<Response<proto::ListDueStatementsReply>, Status> {
        let caller = allowed(&request, Operation::StatementList)?;
        let proto::ListDueStatementsRequest { month: of, after, limit: asked } = request.into_inner();
        let (after, limit) = (due_mark(&after)?, limit(asked)?);
        let found = statements::due_after(&self.app, &caller, month(&of)?, after, limit)?;
        let next_after = next_after(&found, limit, |which| {
            let carrier = which.carrier.map(|carrier| carrier.to_string()).unwrap_or_default();
            format!("{carrier}/{}/{}", which.volunteer, which.basis)
        });
        let due = found.into_iter().map(|which| proto::DueStatement {
            volunteer: which.volunteer.to_string(),
            basis: which.basis.to_string(),
            carrier: which.carrier.map(|carrier| carrier.to_string()).unwrap_or_default(),
        });
        Ok(Response::new(proto::ListDueStatementsReply { due: due.collect(), next_after }))
    }

    async fn close_statement(
        &self,
        request: Request<proto::CloseStatementRequest>,
    ) -> Result<Response<proto::Statement>, Status> {
        let caller = allowed(&request, Operation::StatementClose)?;
        let proto::CloseStatementRequest { volunteer, month, basis, carrier } = request.into_inner();
        let which = which(&volunteer, &month, &basis, &carrier)?;
        let (statement, lines) = statements::close(&self.app, &caller, which).await?;
        Ok(Response::new(self.named(to::statement(&statement, &lines))))
    }

    async fn settle_statement(
        &self,
        request: Request<proto::SettleStatementRequest>,
    ) -> Result<Response<proto::Statement>, Status> {
        let caller = allowed(&request, Operation::StatementSettle)?;
        let proto::SettleStatementRequest { statement, action, day, method } = request.into_inner();
        let new = NewSettlement { action, day, method };
        let settled = statements::settle(&self.app, &caller, id(&statement, "statement")?, new).await?;
        Ok(Response::new(self.named(to::statement(&settled, &[]))))
    }

    async fn issue_receipt(
        &self,
        request: Request<proto::IssueReceiptRequest>,
    ) -> Result<Response<proto::Receipt>, Status> {
        let caller = allowed(&request, Operation::ReceiptIssue)?;
        let entry = id(&request.into_inner().entry, "entry")?;
        let receipt = receipts::issue(&self.app, &caller, entry).await?;
        Ok(Response::new(to::receipt(&receipts::Shown { receipt, cancelled_by: None })))
    }

    async fn issue_waiver_receipt(
        &self,
        request: Request<proto::IssueWaiverReceiptRequest>,
    ) -> Result<Response<proto::Receipt>, Status> {
        let caller = allowed(&request, Operation::ReceiptWaiver)?;
        let proto::IssueWaiverReceiptRequest { volunteer, year, carrier } = request.into_inner();
        let year = i16::try_from(year).map_err(|_| refusals::invalid("money-year"))?;
        let giver = (id(&volunteer, "volunteer")?, year);
        let carrier = optional_id(&carrier, "carrier")?;
        let receipt = receipts::issue_waiver(&self.app, &caller, giver, carrier).await?;
        Ok(Response::new(to::receipt(&receipts::Shown { receipt, cancelled_by: None })))
    }

    async fn cancel_receipt(
        &self,
        request: Request<proto::CancelReceiptRequest>,
    ) -> Result<Response<proto::Receipt>, Status> {
        let caller = allowed(&request, Operation::ReceiptCancel)?;
        let proto::CancelReceiptRequest { receipt, reason } = request.into_inner();
        let receipt = receipts::cancel(&self.app, &caller, id(&receipt, "receipt")?, reason).await?;
        Ok(Response::new(to::receipt(&receipts::Shown { receipt, cancelled_by: None })))
    }

    async fn show_receipt(
        &self,
        request: Request<proto::ShowReceiptRequest>,
    ) -> Result<Response<proto::Receipt>, Status> {
        let caller = allowed(&request, Operation::ReceiptShow)?;
        let shown = receipts::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(to::receipt(&shown)))
    }

    async fn list_receipts(
        &self,
        request: Request<proto::ListReceiptsRequest>,
    ) -> Result<Response<proto::ListReceiptsReply>, Status> {
        let caller = allowed(&request, Operation::ReceiptShow)?;
        let proto::ListReceiptsRequest { person, volunteer, carrier, after, limit: asked } =
            request.into_inner();
        let limit = limit(asked)?;
        let (found, next_after) = if let Some(party) = party(&person, &volunteer)? {
            let after = optional_id(&after, "after")?;
            let found = receipts::of_party(&self.app, &caller, party, after, limit)?;
            let next_after = next_after(&found, limit, |shown| shown.receipt.id.to_string());
            (found, next_after)
        } else {
            let of = (None, optional_id(&carrier, "carrier")?);
            let after = Some(after.trim()).filter(|after| !after.is_empty());
            let after = after.map(|after| after.parse().map_err(|_| refusals::invalid("receipt-number")));
            let found = receipts::list(&self.app, &caller, of, after.transpose()?, limit)?;
            let next_after = next_after(&found, limit, |shown| shown.receipt.number.to_string());
            (found, next_after)
        };
        let receipts = found.iter().map(to::receipt).collect();
        Ok(Response::new(proto::ListReceiptsReply { receipts, next_after }))
    }

    async fn set_issuer(
        &self,
        request: Request<proto::SetIssuerRequest>,
    ) -> Result<Response<proto::Issuer>, Status> {
        let caller = allowed(&request, Operation::IssuerSet)?;
        let proto::SetIssuerRequest { issuer, carrier } = request.into_inner();
        let proto::Issuer { name, address, identifier, object, quality, signatory, tax_rate_percent, etag } =
            issuer.unwrap_or_default();
        let new = NewIssuer { name, address, identifier, object, quality, signatory, tax_rate_percent };
        let carrier = optional_id(&carrier, "carrier")?;
        let issuer = receipts::set_issuer(&self.app, &caller, new, carrier, etag).await?;
        Ok(Response::new(to::issuer(&issuer)))
    }

    async fn show_issuer(
        &self,
        request: Request<proto::ShowIssuerRequest>,
    ) -> Result<Response<proto::Issuer>, Status> {
        let caller = allowed(&request, Operation::ReceiptShow)?;
        let carrier = optional_id(&request.into_inner().carrier, "carrier")?;
        let issuer = receipts::show_issuer(&self.app, &caller, carrier)?;
        Ok(Response::new(to::issuer(&issuer)))
    }

    type ExportBooksStream = Chunks;

    async fn export_books(
        &self,
        request: Request<proto::ExportBooksRequest>,
    ) -> Result<Response<Chunks>, Status> {
        let caller = allowed(&request, Operation::MoneyExport)?;
        let proto::ExportBooksRequest { kind, from, to: until, carrier } = request.into_inner();
        let kind: export::Kind = kind.parse().map_err(|_| unknown_code("kind"))?;
        let asked = export::Asked {
            kind,
            period: period(&from, &until)?,
            carrier: optional_id(&carrier, "carrier")?,
            after: None,
        };
        let (csv, next) = export::begin(&self.app, &caller, asked).await?;
        let first = stream::iter([Ok(proto::ExportBooksChunk { csv: csv.into_bytes() })]);
        let remaining = next.map(|after| {
            let asked = export::Asked { after: Some(after), ..asked };
            Remaining { app: Arc::clone(&self.app), caller, asked }
        });
        let rest = stream::try_unfold(remaining, |remaining| async move {
            let Some(remaining) = remaining else { return Ok(None) };
            remaining.next().map(Some).map_err(Status::from)
        });
        Ok(Response::new(Box::pin(stream::StreamExt::chain(first, rest))))
    }
}

/// What an export still has to give.
struct Remaining {
    app: Arc<App>,
    caller: Caller,
    asked: export::Asked,
}

impl Remaining {
    fn next(self) -> Result<(proto::ExportBooksChunk, Option<Self>), Refusal> {
        let (csv, next) = export::page(&self.app, &self.caller, self.asked)?;
        let asked = self.asked;
        let rest = next.map(|after| Self { asked: export::Asked { after: Some(after), ..asked }, ..self });
        Ok((proto::ExportBooksChunk { csv: csv.into_bytes() }, rest))
    }
}

impl Services {
    /// A statement with the name of its volunteer, for paper.
    fn named(&self, statement: proto::Statement) -> proto::Statement {
        let volunteer_name = statements::name_of(&self.app, &statement.volunteer);
        proto::Statement { volunteer_name, ..statement }
    }
}

fn new_booking(booking: Option<proto::Booking>) -> Result<NewBooking, Refusal> {
    let proto::Booking { amount_cents, day, note, carrier } = booking.unwrap_or_default();
    Ok(NewBooking { cents: amount_cents, day, note, carrier: optional_id(&carrier, "carrier")? })
}

fn due_source(source: &str, source_id: &str) -> Result<DueSource, Refusal> {
    Ok(match source {
        "loan" => DueSource::Loan(id(source_id, "source_id")?),
        "service" => DueSource::Service(id(source_id, "source_id")?),
        "membership" => {
            DueSource::Membership(source_id.parse().map_err(|_| refusals::invalid("money-year"))?)
        }
        "donation" => DueSource::Donation,
        _ => return Err(unknown_code("source")),
    })
}

fn which(volunteer: &str, of: &str, basis: &str, carrier: &str) -> Result<Which, Refusal> {
    let basis = match basis.trim() {
        "" => Basis::Reimbursed,
        basis => basis.parse().map_err(|_| unknown_code("basis"))?,
    };
    let carrier: Option<Id<CarrierKind>> = optional_id(carrier, "carrier")?;
    Ok(Which { volunteer: id(volunteer, "volunteer")?, month: month(of)?, basis, carrier })
}

fn due_mark(text: &str) -> Result<Option<DueMark>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || refusals::invalid("page-mark").with("field", "after");
    let mut parts = text.split('/');
    let (Some(carrier), Some(volunteer), Some(basis), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    let basis = basis.parse().map_err(|_| wrong())?;
    Ok(Some((Books(optional_id(carrier, "after")?), id(volunteer, "after")?, basis)))
}

fn month(text: &str) -> Result<Month, Refusal> {
    text.trim().parse().map_err(|_| refusals::invalid("month-format"))
}

fn party(person: &str, volunteer: &str) -> Result<Option<Party>, Refusal> {
    match (optional_id(person, "person")?, optional_id(volunteer, "volunteer")?) {
        (Some(_), Some(_)) => Err(refusals::invalid("money-whose")),
        (Some(person), None) => Ok(Some(Party::Person(person))),
        (None, Some(volunteer)) => Ok(Some(Party::Volunteer(volunteer))),
        (None, None) => Ok(None),
    }
}

fn period(from: &str, until: &str) -> Result<(Date, Date), Refusal> {
    let day = |text: &str, open: Date| match text.trim() {
        "" => Ok(open),
        text => text.parse().map_err(|_| refusals::invalid("money-day")),
    };
    Ok((day(from, EVER.0)?, day(until, EVER.1)?))
}

fn optional_id<K>(text: &str, field: &'static str) -> Result<Option<Id<K>>, Refusal> {
    if text.is_empty() { Ok(None) } else { id(text, field).map(Some) }
}

fn unknown_code(field: &'static str) -> Refusal {
    refusals::invalid("money-code-unknown").with("field", field)
}
