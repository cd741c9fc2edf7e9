//! `money`: what people owe and paid, statements, receipts, exports. Must never decide anything: sums are typed in euros, the
//! node books them.

mod arguments;
mod print;
mod shown;

use maillage_domain::money::Cents;
use maillage_platform::grpc::TokenInterceptor;
use maillage_proto::node::v1::{self as proto, money_client::MoneyClient};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

pub(super) use self::arguments::Money;
use self::arguments::{
    AddExpense, Bookable, Due, Entries, Export, Issuer, IssuerSet, OfMonth, Pay, Receipt, Receipts,
    Statement, Whose,
};
use super::{failure::CommandError, once, session::Session};

type Client = MoneyClient<InterceptedService<Channel, TokenInterceptor>>;

/// Runs a command about money.
pub(super) async fn money(session: &mut Session<'_>, command: Money) -> Result<(), CommandError> {
    let mut client = session.client(MoneyClient::with_interceptor).await?;
    match command {
        Money::Due(due) => {
            let request = proto::AddDueRequest::from(due);
            booked(session, once::ask(request, async |asked| client.add_due(asked).await).await?)
        }
        Money::Pay(pay) => {
            let request = proto::RecordPaymentRequest::from(pay);
            booked(session, once::ask(request, async |asked| client.record_payment(asked).await).await?)
        }
        Money::Refund { person, method, booking } => {
            let (booking, request_id) = (booking.into(), once::name());
            let request = proto::RecordRefundRequest { person, method, booking, request_id };
            booked(session, once::ask(request, async |asked| client.record_refund(asked).await).await?)
        }
        Money::WriteOff { person, reason, booking } => {
            let (booking, request_id) = (booking.into(), once::name());
            let request = proto::WriteOffRequest { person, reason, booking, request_id };
            booked(session, once::ask(request, async |asked| client.write_off(asked).await).await?)
        }
        Money::Remit { volunteer, method, booking } => {
            let (booking, request_id) = (booking.into(), once::name());
            let request = proto::RecordRemittanceRequest { volunteer, method, booking, request_id };
            booked(session, once::ask(request, async |asked| client.record_remittance(asked).await).await?)
        }
        Money::Counter { entry, note } => {
            let request = proto::CounterEntryRequest { entry, note };
            booked(session, client.counter_entry(request).await?.into_inner())
        }
        Money::Entries(entries) => {
            let reply = client.list_entries(proto::ListEntriesRequest::from(entries)).await?.into_inner();
            shown::entries(session, &reply)
        }
        Money::Balance { whose, from, to } => {
            let Whose { person, volunteer } = whose;
            let request = proto::ShowBalanceRequest { person, volunteer, from, to };
            shown::balance(session, &client.show_balance(request).await?.into_inner())
        }
        Money::ExpenseAdd(expense) => {
            let request = proto::AddExpenseRequest::from(expense);
            let added = once::ask(request, async |asked| client.add_expense(asked).await).await?;
            shown::expense(session, &added)
        }
        Money::Expenses { volunteer, page } => {
            let request = proto::ListExpensesRequest { volunteer, after: page.after, limit: page.limit };
            shown::expenses(session, &client.list_expenses(request).await?.into_inner())
        }
        Money::ExpenseRemove { volunteer, expense } => {
            let request = proto::RemoveExpenseRequest { volunteer, expense };
            let reply = client.remove_expense(request).await?.into_inner();
            if session.json(&reply)? { Ok(()) } else { Ok(session.line("money-expense-removed", &[])?) }
        }
        Money::Export(of) => export(session, client, of).await,
        Money::Statement(command) => statement(session, client, command).await,
        Money::Receipt(command) => receipt(session, client, command).await,
        Money::Issuer(command) => issuer(session, client, command).await,
    }
}

fn booked(session: &mut Session<'_>, entry: proto::Entry) -> Result<(), CommandError> {
    shown::entry(session, &entry)
}

async fn statement(
    session: &mut Session<'_>,
    mut client: Client,
    command: Statement,
) -> Result<(), CommandError> {
    let settlement = |statement, action: &str, day, method| proto::SettleStatementRequest {
        statement,
        action: action.to_owned(),
        day,
        method,
    };
    let shown = match command {
        Statement::Show(of) => client.show_statement(proto::ShowStatementRequest::from(of)).await?,
        Statement::Print { id } => {
            let request = proto::ShowStatementRequest { id, ..proto::ShowStatementRequest::default() };
            let statement = client.show_statement(request).await?.into_inner();
            return Ok(session.raw(print::statement(session.words(), &statement).as_bytes())?);
        }
        Statement::Close(OfMonth { volunteer, month, basis, carrier }) => {
            client.close_statement(proto::CloseStatementRequest { volunteer, month, basis, carrier }).await?
        }
        Statement::Pay { id, method, day } => {
            client.settle_statement(settlement(id, "pay", day, method)).await?
        }
        Statement::Waive { id, signed } => {
            client.settle_statement(settlement(id, "waive", signed, String::new())).await?
        }
        Statement::Undo { id } => {
            client.settle_statement(settlement(id, "undo", String::new(), String::new())).await?
        }
        Statement::Due { month, page } => {
            let request = proto::ListDueStatementsRequest { month, after: page.after, limit: page.limit };
            let reply = client.list_due_statements(request).await?;
            return shown::due_statements(session, &reply.into_inner());
        }
        Statement::List { volunteer, page } => {
            let request = proto::ListStatementsRequest {
                volunteer,
                after: page.after,
                limit: page.limit,
                ..proto::ListStatementsRequest::default()
            };
            return shown::statements(session, &client.list_statements(request).await?.into_inner());
        }
    };
    shown::statement(session, &shown.into_inner())
}

async fn receipt(
    session: &mut Session<'_>,
    mut client: Client,
    command: Receipt,
) -> Result<(), CommandError> {
    let receipt = match command {
        Receipt::Issue { entry } => client.issue_receipt(proto::IssueReceiptRequest { entry }).await?,
        Receipt::Waiver { volunteer, year, carrier } => {
            let request = proto::IssueWaiverReceiptRequest { volunteer, year, carrier };
            client.issue_waiver_receipt(request).await?
        }
        Receipt::Cancel { id, reason } => {
            client.cancel_receipt(proto::CancelReceiptRequest { receipt: id, reason }).await?
        }
        Receipt::Show { id } => client.show_receipt(proto::ShowReceiptRequest { id }).await?,
        Receipt::Print { id } => {
            let receipt = client.show_receipt(proto::ShowReceiptRequest { id }).await?.into_inner();
            return Ok(session.raw(print::receipt(session.words(), &receipt).as_bytes())?);
        }
        Receipt::List(Receipts { whose, page }) => {
            let request = proto::ListReceiptsRequest {
                person: whose.person,
                volunteer: whose.volunteer,
                after: page.after,
                limit: page.limit,
                ..proto::ListReceiptsRequest::default()
            };
            return shown::receipts(session, &client.list_receipts(request).await?.into_inner());
        }
    };
    shown::receipt(session, &receipt.into_inner())
}

async fn issuer(session: &mut Session<'_>, mut client: Client, command: Issuer) -> Result<(), CommandError> {
    let issuer = match command {
        Issuer::Show { carrier } => client.show_issuer(proto::ShowIssuerRequest { carrier }).await?,
        Issuer::Set(set) => {
            let IssuerSet { name, address, identifier, object, quality, signatory, tax_rate, carrier, seen } =
                set;
            let present = async || {
                let request = proto::ShowIssuerRequest { carrier: carrier.clone() };
                match client.show_issuer(request).await.map_err(CommandError::from) {
                    Ok(present) => Ok(present.into_inner().etag),
                    // Nobody was named before: then there is nothing to be overwritten.
                    Err(error) if error.is_refusal("issuer-missing") => Ok(String::new()),
                    Err(error) => Err(error),
                }
            };
            let etag = seen.or_present(present).await?;
            let issuer = proto::Issuer {
                name,
                address,
                identifier,
                object,
                quality,
                signatory,
                tax_rate_percent: tax_rate,
                etag,
            };
            client.set_issuer(proto::SetIssuerRequest { issuer: Some(issuer), carrier }).await?
        }
    };
    shown::issuer(session, &issuer.into_inner())
}

async fn export(session: &mut Session<'_>, mut client: Client, of: Export) -> Result<(), CommandError> {
    let Export { kind, from, to, carrier } = of;
    let mut pieces =
        client.export_books(proto::ExportBooksRequest { kind, from, to, carrier }).await?.into_inner();
    while let Some(piece) = pieces.message().await? {
        session.raw(&piece.csv)?;
    }
    Ok(())
}

impl From<Bookable> for Option<proto::Booking> {
    fn from(booking: Bookable) -> Self {
        let Bookable { amount, day, note, carrier } = booking;
        Some(proto::Booking { amount_cents: amount.get(), day, note, carrier })
    }
}

impl From<Due> for proto::AddDueRequest {
    fn from(due: Due) -> Self {
        let Due { person, source, source_id, booking } = due;
        Self { person, source, source_id, booking: booking.into(), request_id: once::name() }
    }
}

impl From<Pay> for proto::RecordPaymentRequest {
    fn from(pay: Pay) -> Self {
        let Pay { person, method, collected_by, booking } = pay;
        Self { person, method, collected_by, booking: booking.into(), request_id: once::name() }
    }
}

impl From<Entries> for proto::ListEntriesRequest {
    fn from(entries: Entries) -> Self {
        let Entries { whose, from, to, page } = entries;
        let Whose { person, volunteer } = whose;
        Self { person, volunteer, from, to, after: page.after, limit: page.limit }
    }
}

impl From<AddExpense> for proto::AddExpenseRequest {
    fn from(expense: AddExpense) -> Self {
        let AddExpense { volunteer, kind, day, amount, proof_seen, basis, trip, note, carrier } = expense;
        let (amount_cents, request_id) = (amount.get(), once::name());
        Self { volunteer, kind, day, amount_cents, proof_seen, basis, trip, note, carrier, request_id }
    }
}

impl From<OfMonth> for proto::ShowStatementRequest {
    fn from(of: OfMonth) -> Self {
        let OfMonth { volunteer, month, basis, carrier } = of;
        Self { id: String::new(), volunteer, month, basis, carrier }
    }
}

/// Euros with the reader's decimal mark and the sign.
pub(super) fn euros(words: super::words::Words<'_>, cents: i64) -> String {
    let amount = Cents::new(cents).to_string().replace('.', &words.text("decimal-mark", &[]));
    words.text("money-euros", &[("amount", amount.into())])
}
