//! Service `Reports`.

use std::sync::Arc;

use maillage_federation::statistics::Period;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, reports_server::Reports};
use tonic::{Request, Response, Status};

use super::{
    Services, caller,
    convert::{declarations, reports as convert},
};
use crate::{
    app::{
        refusals,
        report::{
            self, Closed,
            declaration::{self, NewSignatory},
            half_year, journal,
        },
    },
    limits,
};

#[tonic::async_trait]
impl Reports for Services {
    async fn preview_report(
        &self,
        request: Request<proto::PeriodRequest>,
    ) -> Result<Response<proto::ReportPreview>, Status> {
        let caller = caller(&request)?;
        let shown = journal::show(&self.app, &caller, period(&request.into_inner().period)?)?;
        Ok(Response::new(convert::preview(&shown)))
    }

    async fn close_month(
        &self,
        request: Request<proto::PeriodRequest>,
    ) -> Result<Response<proto::Report>, Status> {
        let caller = caller(&request)?;
        let noise = Arc::clone(&self.noise);
        let closed = match period(&request.into_inner().period)? {
            Period::Month(month) => {
                Closed::Report(Box::new(report::close(&self.app, &caller, month, noise).await?))
            }
            Period::HalfYear(half) => half_year::close(&self.app, &caller, half, noise).await?,
        };
        Ok(Response::new(convert::closed(&closed)))
    }

    async fn withhold_report(
        &self,
        request: Request<proto::PeriodRequest>,
    ) -> Result<Response<proto::Report>, Status> {
        let caller = caller(&request)?;
        let period = period(&request.into_inner().period)?;
        Ok(Response::new(convert::closed(&journal::withhold(&self.app, &caller, period).await?)))
    }

    async fn withdraw_report(
        &self,
        request: Request<proto::WithdrawReportRequest>,
    ) -> Result<Response<proto::Report>, Status> {
        let caller = caller(&request)?;
        let proto::WithdrawReportRequest { period: text, reason } = request.into_inner();
        let closed = journal::withdraw(&self.app, &caller, period(&text)?, reason).await?;
        Ok(Response::new(convert::closed(&closed)))
    }

    async fn list_reports(
        &self,
        request: Request<proto::ListReportsRequest>,
    ) -> Result<Response<proto::ListReportsReply>, Status> {
        let caller = caller(&request)?;
        let kept = report::list(&self.app, &caller, limits::PAGE)?;
        Ok(Response::new(proto::ListReportsReply { reports: kept.iter().map(convert::report).collect() }))
    }

    async fn list_journal(
        &self,
        request: Request<proto::ListJournalRequest>,
    ) -> Result<Response<proto::ListJournalReply>, Status> {
        let caller = caller(&request)?;
        let closed = journal::list(&self.app, &caller, limits::PAGE)?;
        Ok(Response::new(proto::ListJournalReply { entries: closed.iter().map(convert::closed).collect() }))
    }

    async fn preview_declaration(
        &self,
        request: Request<proto::DeclarationRequest>,
    ) -> Result<Response<proto::DeclarationPreview>, Status> {
        let caller = caller(&request)?;
        let asked = declarations::asked(request.into_inner())?;
        let preview = declaration::preview(&self.app, &caller, asked.year, &asked.typed)?;
        Ok(Response::new(declarations::preview(&preview)))
    }

    async fn sign_declaration(
        &self,
        request: Request<proto::DeclarationRequest>,
    ) -> Result<Response<proto::Declaration>, Status> {
        let caller = caller(&request)?;
        let declarations::Asked { year, typed, signatory, etag } = declarations::asked(request.into_inner())?;
        let kept = declaration::sign(&self.app, &caller, (year, typed), signatory, etag).await?;
        Ok(Response::new(declarations::declaration(&kept)))
    }

    async fn withdraw_declaration(
        &self,
        request: Request<proto::WithdrawDeclarationRequest>,
    ) -> Result<Response<proto::Declaration>, Status> {
        let caller = caller(&request)?;
        let proto::WithdrawDeclarationRequest { year, reason, signed_by, signed_as, revision } =
            request.into_inner();
        let signatory = NewSignatory { name: signed_by, function: signed_as };
        let kept = declaration::withdraw(&self.app, &caller, (year, revision, reason), signatory).await?;
        Ok(Response::new(declarations::declaration(&kept)))
    }

    async fn list_declarations(
        &self,
        request: Request<proto::ListDeclarationsRequest>,
    ) -> Result<Response<proto::ListDeclarationsReply>, Status> {
        let caller = caller(&request)?;
        let kept = declaration::list(&self.app, &caller, limits::DECLARATIONS)?;
        let declarations = kept.iter().map(declarations::declaration).collect();
        Ok(Response::new(proto::ListDeclarationsReply { declarations }))
    }
}

fn period(text: &str) -> Result<Period, Refusal> {
    text.parse().map_err(|_| refusals::invalid("report-period-format"))
}
