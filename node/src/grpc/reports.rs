//! Service `Reports`.

use std::sync::Arc;

use maillage_federation::month::Month;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, reports_server::Reports};
use tonic::{Request, Response, Status};

use super::{Services, caller, convert::reports as convert};
use crate::{
    app::{refusals, report},
    limits,
};

#[tonic::async_trait]
impl Reports for Services {
    async fn preview_report(
        &self,
        request: Request<proto::PeriodRequest>,
    ) -> Result<Response<proto::ReportPreview>, Status> {
        let caller = caller(&request)?;
        let preview = report::preview(&self.app, &caller, month(&request.into_inner())?)?;
        Ok(Response::new(convert::preview(&preview)))
    }

    async fn close_month(
        &self,
        request: Request<proto::PeriodRequest>,
    ) -> Result<Response<proto::Report>, Status> {
        let caller = caller(&request)?;
        let period = month(&request.into_inner())?;
        let kept = report::close(&self.app, &caller, period, Arc::clone(&self.noise)).await?;
        Ok(Response::new(convert::report(&kept)))
    }

    async fn list_reports(
        &self,
        request: Request<proto::ListReportsRequest>,
    ) -> Result<Response<proto::ListReportsReply>, Status> {
        let caller = caller(&request)?;
        let kept = report::list(&self.app, &caller, limits::PAGE)?;
        Ok(Response::new(proto::ListReportsReply { reports: kept.iter().map(convert::report).collect() }))
    }
}

fn month(request: &proto::PeriodRequest) -> Result<Month, Refusal> {
    request.period.parse().map_err(|_| refusals::invalid("month-format"))
}
