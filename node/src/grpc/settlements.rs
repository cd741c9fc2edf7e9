//! Service `Settlements`.

use maillage_federation::month::Month;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, settlements_server::Settlements};
use tonic::{Request, Response, Status};

use super::{Operation, Services, allowed, convert::settlements as convert};
use crate::app::{refusals, settlements};

#[tonic::async_trait]
impl Settlements for Services {
    async fn list_settlements(
        &self,
        request: Request<proto::ListSettlementsRequest>,
    ) -> Result<Response<proto::ListSettlementsReply>, Status> {
        let caller = allowed(&request, Operation::SettlementShow)?;
        let proto::ListSettlementsRequest { month: asked } = request.into_inner();
        let month = if asked.trim().is_empty() { None } else { Some(month(&asked)?) };
        let found = settlements::list(&self.app, &caller, month)?;
        let settlements = found.iter().map(|found| convert::settlement(&self.app, found)).collect();
        Ok(Response::new(proto::ListSettlementsReply { settlements }))
    }

    async fn show_settlement(
        &self,
        request: Request<proto::SettlementRequest>,
    ) -> Result<Response<proto::Settlement>, Status> {
        let caller = allowed(&request, Operation::SettlementShow)?;
        let proto::SettlementRequest { node, month: asked, etag: _ } = request.into_inner();
        let found = settlements::show(&self.app, &caller, &node, month(&asked)?)?;
        Ok(Response::new(convert::settlement(&self.app, &found)))
    }

    async fn sign_settlement(
        &self,
        request: Request<proto::SettlementRequest>,
    ) -> Result<Response<proto::Settlement>, Status> {
        let caller = allowed(&request, Operation::SettlementSign)?;
        let proto::SettlementRequest { node, month: asked, etag } = request.into_inner();
        let signed = settlements::sign(&self.app, &caller, (node, month(&asked)?), etag).await?;
        Ok(Response::new(convert::settlement(&self.app, &signed)))
    }

    async fn correct_settlement_line(
        &self,
        request: Request<proto::CorrectSettlementLineRequest>,
    ) -> Result<Response<proto::Settlement>, Status> {
        let caller = allowed(&request, Operation::SettlementCorrect)?;
        let request = request.into_inner();
        let of = (request.node.clone(), month(&request.month)?);
        let corrected = settlements::correct(&self.app, &caller, of, convert::new_line(&request)?).await?;
        Ok(Response::new(convert::settlement(&self.app, &corrected)))
    }

    async fn export_settlement(
        &self,
        request: Request<proto::SettlementRequest>,
    ) -> Result<Response<proto::ExportSettlementReply>, Status> {
        let caller = allowed(&request, Operation::SettlementExport)?;
        let proto::SettlementRequest { node, month: asked, etag: _ } = request.into_inner();
        let csv = settlements::export(&self.app, &caller, &node, month(&asked)?)?;
        Ok(Response::new(proto::ExportSettlementReply { csv }))
    }
}

fn month(text: &str) -> Result<Month, Refusal> {
    text.trim().parse().map_err(|_| refusals::invalid("month-format"))
}
