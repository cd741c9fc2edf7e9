//! Service `Loans`.

use maillage_domain::loan::{LoanCancelled, NewLoan};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, loans_server::Loans};
use maillage_store::loans::LoanPolicy;
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed, caller, convert::fleet as convert, id, limit, next_after,
    once::allowed_once, optional_id,
};
use crate::app::{
    loans::{self, Criterion, LoanQuery, NewHandOut, NewTakeBack},
    refusals,
};

#[tonic::async_trait]
impl Loans for Services {
    async fn ask_for_loan(
        &self,
        request: Request<proto::AskForLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let (caller, asked) = allowed_once(request, Operation::LoanAsk)?;
        let proto::AskForLoanRequest { person, category, from, until, purpose, notes, request_id: _ } = asked;
        let new = NewLoan { category, from, until, purpose, notes };
        let loan = loans::ask(&self.app, &caller, id(&person, "person")?, new).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn show_loan(
        &self,
        request: Request<proto::ShowLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let caller = caller(&request)?;
        let loan = loans::show(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn list_loans(
        &self,
        request: Request<proto::ListLoansRequest>,
    ) -> Result<Response<proto::ListLoansReply>, Status> {
        let caller = allowed(&request, Operation::LoanList)?;
        let request = request.into_inner();
        let limit = limit(request.limit)?;
        let query = query(&request)?;
        let found = loans::list(&self.app, &caller, query, limit)?;
        let next_before = next_after(&found, limit, |last| last.id.to_string());
        let loans = found.iter().map(|loan| convert::loan(loan, self.app.now())).collect();
        Ok(Response::new(proto::ListLoansReply { loans, next_before }))
    }

    async fn list_free_assets(
        &self,
        request: Request<proto::ListFreeAssetsRequest>,
    ) -> Result<Response<proto::ListFreeAssetsReply>, Status> {
        let caller = allowed(&request, Operation::LoanList)?;
        let proto::ListFreeAssetsRequest { category, from, until } = request.into_inner();
        let category = match category.trim() {
            "" => None,
            category => Some(category.parse().map_err(|_| refusals::invalid("asset-category-unknown"))?),
        };
        let found = loans::free(&self.app, &caller, category, (&from, &until))?;
        let free = found.free.iter().map(|asset| convert::asset(asset, self.app.now())).collect();
        let taken = found.taken.iter().map(|(asset, refusal)| convert::taken(asset, refusal)).collect();
        Ok(Response::new(proto::ListFreeAssetsReply { free, taken }))
    }

    async fn book_loan(
        &self,
        request: Request<proto::BookLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let caller = caller(&request)?;
        let proto::BookLoanRequest { id: loan, asset, etag } = request.into_inner();
        let loan = loans::book(&self.app, &caller, id(&loan, "id")?, id(&asset, "asset")?, etag).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn move_loan(
        &self,
        request: Request<proto::MoveLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let caller = allowed(&request, Operation::LoanMove)?;
        let proto::MoveLoanRequest { id: loan, from, until, etag } = request.into_inner();
        let loan = loans::reschedule(&self.app, &caller, id(&loan, "id")?, (&from, &until), etag).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn hand_out_loan(
        &self,
        request: Request<proto::HandOutLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let caller = caller(&request)?;
        let proto::HandOutLoanRequest {
            id: loan,
            at,
            condition,
            odometer_m,
            deposit_cents,
            documents,
            by,
            notes,
        } = request.into_inner();
        let new = NewHandOut { at, condition, odometer_m, deposit_cents, documents, by, notes };
        let loan = loans::hand_out(&self.app, &caller, id(&loan, "id")?, new).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn extend_loan(
        &self,
        request: Request<proto::ExtendLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let caller = allowed(&request, Operation::LoanExtend)?;
        let proto::ExtendLoanRequest { id: loan, until, etag } = request.into_inner();
        let loan = loans::extend(&self.app, &caller, id(&loan, "id")?, &until, etag).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn take_back_loan(
        &self,
        request: Request<proto::TakeBackLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let caller = caller(&request)?;
        let proto::TakeBackLoanRequest { id: loan, at, condition, odometer_m, by, damage } =
            request.into_inner();
        let new = NewTakeBack { at, condition, odometer_m, by, damage };
        let loan = loans::take_back(&self.app, &caller, id(&loan, "id")?, new).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn close_loan(
        &self,
        request: Request<proto::CloseLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let caller = caller(&request)?;
        let proto::CloseLoanRequest { id: loan, contribution_cents, deposit_kept_cents } =
            request.into_inner();
        let loan = id(&loan, "id")?;
        let loan = loans::close(&self.app, &caller, loan, contribution_cents, deposit_kept_cents).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn cancel_loan(
        &self,
        request: Request<proto::CancelLoanRequest>,
    ) -> Result<Response<proto::Loan>, Status> {
        let caller = allowed(&request, Operation::LoanCancel)?;
        let proto::CancelLoanRequest { id: loan, reason } = request.into_inner();
        let reason: LoanCancelled =
            reason.parse().map_err(|_| refusals::invalid("loan-cancelled-unknown"))?;
        let loan = loans::cancel(&self.app, &caller, id(&loan, "id")?, reason).await?;
        Ok(Response::new(convert::loan(&loan, self.app.now())))
    }

    async fn show_loan_policy(
        &self,
        request: Request<proto::ShowLoanPolicyRequest>,
    ) -> Result<Response<proto::LoanPolicy>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(policy(loans::policy(&self.app, &caller)?)))
    }

    async fn set_loan_policy(
        &self,
        request: Request<proto::LoanPolicy>,
    ) -> Result<Response<proto::LoanPolicy>, Status> {
        let caller = caller(&request)?;
        let proto::LoanPolicy { handover_min, etag } = request.into_inner();
        let set = loans::set_policy(&self.app, &caller, LoanPolicy { handover_min }, etag).await?;
        Ok(Response::new(policy(set)))
    }
}

fn policy(policy: LoanPolicy) -> proto::LoanPolicy {
    let LoanPolicy { handover_min } = policy;
    proto::LoanPolicy { handover_min, etag: loans::policy_etag(policy) }
}

fn query(request: &proto::ListLoansRequest) -> Result<LoanQuery, Refusal> {
    let proto::ListLoansRequest { person, asset, open, overdue, before, limit: _ } = request;
    let before = optional_id(before, "before")?;
    let criterion = match (person.as_str(), asset.as_str(), open, overdue) {
        ("", "", true, false) => Criterion::Open,
        ("", "", false, true) => Criterion::Overdue,
        ("", asset, false, false) if !asset.is_empty() => Criterion::Taking(id(asset, "asset")?),
        (person, "", false, false) if !person.is_empty() => {
            return Ok(LoanQuery::OfPerson(id(person, "person")?, before));
        }
        _ => return Err(refusals::invalid("loans-one-criterion")),
    };
    Ok(match (before, criterion) {
        (Some(last), criterion) => LoanQuery::After(criterion, last),
        (None, Criterion::Open) => LoanQuery::Open,
        (None, Criterion::Overdue) => LoanQuery::Overdue,
        (None, Criterion::Taking(asset)) => LoanQuery::Taking(asset),
    })
}
