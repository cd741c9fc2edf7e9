//! `loan`: loans of vehicles and bikes. Must never check what was typed beyond its form.

use maillage_platform::grpc::TokenInterceptor;
use maillage_proto::node::v1::{self as proto, loans_client::LoansClient};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use super::{
    arguments::services::{Loan, LoanHandOut, LoanList, LoanTakeBack},
    failure::CommandError,
    fleet::{euros, rate, show_things},
    once,
    seen::Seen,
    session::Session,
};

type Client = LoansClient<InterceptedService<Channel, TokenInterceptor>>;

/// Runs a command about loans.
pub(super) async fn loan(session: &mut Session<'_>, command: Loan) -> Result<(), CommandError> {
    let mut client = session.client(LoansClient::with_interceptor).await?;
    let loan = match command {
        Loan::Add { person, category, time, purpose, notes } => {
            let (from, until) = (time.from, time.until);
            let request_id = once::name();
            let request =
                proto::AskForLoanRequest { person, category, from, until, purpose, notes, request_id };
            let loan = once::ask(request, async |request| client.ask_for_loan(request).await).await?;
            return show_loan(session, &loan);
        }
        Loan::Show { id } => client.show_loan(proto::ShowLoanRequest { id }).await?,
        Loan::List(list) => {
            let reply = client.list_loans(asked(list)).await?.into_inner();
            return show_loans(session, &reply);
        }
        Loan::Free { category, time } => {
            let request = proto::ListFreeAssetsRequest { category, from: time.from, until: time.until };
            let reply = client.list_free_assets(request).await?.into_inner();
            return show_free(session, &reply);
        }
        Loan::Book { id, asset, seen } => {
            let etag = seen.or_present(async || etag(&mut client, &id).await).await?;
            client.book_loan(proto::BookLoanRequest { id, asset, etag }).await?
        }
        Loan::Move { id, time, seen } => {
            let etag = seen.or_present(async || etag(&mut client, &id).await).await?;
            client.move_loan(proto::MoveLoanRequest { id, from: time.from, until: time.until, etag }).await?
        }
        Loan::HandOut(out) => client.hand_out_loan(handed_out(out)).await?,
        Loan::Extend { id, until, seen } => {
            let etag = seen.or_present(async || etag(&mut client, &id).await).await?;
            client.extend_loan(proto::ExtendLoanRequest { id, until, etag }).await?
        }
        Loan::TakeBack(back) => client.take_back_loan(taken_back(back)).await?,
        Loan::Close { id, contribution, deposit_kept } => {
            let deposit_kept_cents = deposit_kept.unwrap_or_default();
            let request =
                proto::CloseLoanRequest { id, contribution_cents: contribution, deposit_kept_cents };
            client.close_loan(request).await?
        }
        Loan::Cancel { id, reason } => client.cancel_loan(proto::CancelLoanRequest { id, reason }).await?,
        Loan::Policy { handover_min, seen } => return policy(session, &mut client, handover_min, seen).await,
    };
    show_loan(session, &loan.into_inner())
}

/// Shows the rules of loans, and changes what was given before.
async fn policy(
    session: &mut Session<'_>,
    client: &mut Client,
    handover_min: Option<u32>,
    seen: Seen,
) -> Result<(), CommandError> {
    let present = client.show_loan_policy(proto::ShowLoanPolicyRequest {}).await?.into_inner();
    let Some(handover_min) = handover_min else { return show_policy(session, &present) };
    let etag = seen.or(present.etag);
    let policy = client.set_loan_policy(proto::LoanPolicy { handover_min, etag }).await?.into_inner();
    show_policy(session, &policy)
}

/// The present revision of a loan.
async fn etag(client: &mut Client, id: &str) -> Result<String, CommandError> {
    Ok(client.show_loan(proto::ShowLoanRequest { id: id.to_owned() }).await?.into_inner().etag)
}

fn asked(list: LoanList) -> proto::ListLoansRequest {
    let LoanList { person, asset, open, overdue, before, limit } = list;
    let (person, asset) = (person.unwrap_or_default(), asset.unwrap_or_default());
    proto::ListLoansRequest { person, asset, open, overdue, before, limit }
}

fn handed_out(out: LoanHandOut) -> proto::HandOutLoanRequest {
    let LoanHandOut { id, at, condition, odometer_km, deposit, document, by, notes } = out;
    proto::HandOutLoanRequest {
        id,
        at,
        condition,
        odometer_m: odometer_km,
        deposit_cents: deposit,
        documents: document,
        by,
        notes,
    }
}

fn taken_back(back: LoanTakeBack) -> proto::TakeBackLoanRequest {
    let LoanTakeBack { id, at, condition, odometer_km, by, damage } = back;
    proto::TakeBackLoanRequest { id, at, condition, odometer_m: odometer_km, by, damage }
}

fn show_loan(session: &mut Session<'_>, loan: &proto::Loan) -> Result<(), CommandError> {
    if session.json(loan)? {
        return Ok(());
    }
    let words = session.words();
    let out = loan.out.clone().unwrap_or_default();
    let back = loan.back.clone().unwrap_or_default();
    let metres = |metres: Option<u32>| metres.map(|metres| words.kilometres(metres)).unwrap_or_default();
    Ok(session.fields(&[
        ("field-category", words.code("asset-category", &loan.category)),
        ("field-when", words.span(&loan.from, &loan.until)),
        ("field-state", standing(session, loan)),
        ("field-reason", words.code("loan-cancelled", &loan.reason)),
        ("field-person", loan.person.clone()),
        ("field-purpose", words.code("purpose", &loan.purpose)),
        ("field-asset", loan.asset.clone()),
        ("field-rate", rate(words, &loan.rate_per, loan.rate_cents)),
        ("field-deposit", euros(words, loan.deposit_cents)),
        ("field-handed_out_at", words.instant(&out.at)),
        ("field-condition_out", words.code("condition", &out.condition)),
        ("field-odometer_out", metres(out.odometer_m)),
        ("field-documents", words.codes("document", &out.documents)),
        ("field-handed_out_by", out.by),
        ("field-notes_out", out.notes),
        ("field-taken_back_at", words.instant(&back.at)),
        ("field-condition_back", words.code("condition", &back.condition)),
        ("field-odometer_back", metres(back.odometer_m)),
        ("field-damage", back.damage),
        ("field-contribution", euros(words, loan.contribution_due_cents)),
        ("field-deposit_kept", euros(words, loan.deposit_kept_cents)),
        ("field-notes", loan.notes.clone()),
        ("field-etag", loan.etag.clone()),
        ("field-id", loan.id.clone()),
    ])?)
}

fn standing(session: &Session<'_>, loan: &proto::Loan) -> String {
    let words = session.words();
    let state = words.code("loan-state", &loan.state);
    if loan.overdue { format!("{state}, {}", words.text("word-overdue", &[])) } else { state }
}

fn show_loans(session: &mut Session<'_>, reply: &proto::ListLoansReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |loan: &proto::Loan| {
        vec![
            words.span(&loan.from, &loan.until),
            words.code("asset-category", &loan.category),
            standing(session, loan),
            loan.asset.clone(),
            loan.person.clone(),
            loan.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.loans.iter().map(row).collect();
    let headings = ["field-when", "field-category", "field-state", "field-asset", "field-person", "field-id"];
    session.columns(&headings, &rows)?;
    if !reply.next_before.is_empty() {
        session.line("list-continues-before", &[("before", reply.next_before.clone().into())])?;
    }
    Ok(())
}

fn show_free(session: &mut Session<'_>, reply: &proto::ListFreeAssetsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    show_things(session, &reply.free)?;
    let words = session.words();
    let row = |taken: &proto::TakenAsset| {
        let reason = taken.reason.as_ref().map(|reason| words.refusal_of(reason)).unwrap_or_default();
        vec![taken.label.clone(), reason, taken.asset.clone()]
    };
    let rows: Vec<Vec<String>> = reply.taken.iter().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    Ok(session.columns(&["field-label", "field-why_not", "field-id"], &rows)?)
}

fn show_policy(session: &mut Session<'_>, policy: &proto::LoanPolicy) -> Result<(), CommandError> {
    if session.json(policy)? {
        return Ok(());
    }
    let words = session.words();
    let handover = words.duration(u64::from(policy.handover_min) * 60);
    Ok(session.fields(&[("field-loan_handover", handover), ("field-etag", policy.etag.clone())])?)
}
