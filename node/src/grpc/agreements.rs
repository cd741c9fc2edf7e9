//! Service `Agreements`.

use maillage_proto::node::v1::{self as proto, agreements_server::Agreements};
use tonic::{Request, Response, Status};

use super::{Operation, Services, allowed, convert::agreements as convert};
use crate::app::agreements;

#[tonic::async_trait]
impl Agreements for Services {
    async fn list_agreements(
        &self,
        request: Request<proto::ListAgreementsRequest>,
    ) -> Result<Response<proto::ListAgreementsReply>, Status> {
        let caller = allowed(&request, Operation::AgreementShow)?;
        let found = agreements::list(&self.app, &caller)?;
        let agreements = found.iter().map(|known| convert::agreement(&self.app, known)).collect();
        Ok(Response::new(proto::ListAgreementsReply { agreements }))
    }

    async fn show_agreement(
        &self,
        request: Request<proto::AgreementRequest>,
    ) -> Result<Response<proto::Agreement>, Status> {
        let caller = allowed(&request, Operation::AgreementShow)?;
        let proto::AgreementRequest { node } = request.into_inner();
        let known = agreements::show(&self.app, &caller, &node)?;
        Ok(Response::new(convert::agreement(&self.app, &known)))
    }

    async fn propose_agreement(
        &self,
        request: Request<proto::ProposeAgreementRequest>,
    ) -> Result<Response<proto::Agreement>, Status> {
        let caller = allowed(&request, Operation::AgreementPropose)?;
        let proto::ProposeAgreementRequest { node, terms } = request.into_inner();
        let terms = convert::new_terms(terms.unwrap_or_default())?;
        let known = agreements::propose(&self.app, &caller, node, terms).await?;
        Ok(Response::new(convert::agreement(&self.app, &known)))
    }

    async fn accept_agreement(
        &self,
        request: Request<proto::AcceptAgreementRequest>,
    ) -> Result<Response<proto::Agreement>, Status> {
        let caller = allowed(&request, Operation::AgreementAccept)?;
        let proto::AcceptAgreementRequest { node, version } = request.into_inner();
        let known = agreements::accept(&self.app, &caller, node, version).await?;
        Ok(Response::new(convert::agreement(&self.app, &known)))
    }

    async fn decline_agreement(
        &self,
        request: Request<proto::AgreementRequest>,
    ) -> Result<Response<proto::Agreement>, Status> {
        let caller = allowed(&request, Operation::AgreementDecline)?;
        let proto::AgreementRequest { node } = request.into_inner();
        let known = agreements::decline(&self.app, &caller, node).await?;
        Ok(Response::new(convert::agreement(&self.app, &known)))
    }

    async fn withdraw_agreement(
        &self,
        request: Request<proto::AgreementRequest>,
    ) -> Result<Response<proto::Agreement>, Status> {
        let caller = allowed(&request, Operation::AgreementWithdraw)?;
        let proto::AgreementRequest { node } = request.into_inner();
        let known = agreements::withdraw(&self.app, &caller, node).await?;
        Ok(Response::new(convert::agreement(&self.app, &known)))
    }

    async fn end_agreement(
        &self,
        request: Request<proto::EndAgreementRequest>,
    ) -> Result<Response<proto::Agreement>, Status> {
        let caller = allowed(&request, Operation::AgreementEnd)?;
        let proto::EndAgreementRequest { node, last_day } = request.into_inner();
        let last_day = convert::optional_day(&last_day)?;
        let known = agreements::end(&self.app, &caller, node, last_day).await?;
        Ok(Response::new(convert::agreement(&self.app, &known)))
    }
}
