//! Service `Services`.

use maillage_domain::service::ServiceType;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, services_server::Services as ServicesOfPlatform};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, caller, convert::services as convert, id, limit, next_after, once::allowed_once,
};
use crate::app::{
    refusals,
    services::{self, NewService, ServiceQuery},
};

#[tonic::async_trait]
impl ServicesOfPlatform for Services {
    async fn open_service(
        &self,
        request: Request<proto::OpenServiceRequest>,
    ) -> Result<Response<proto::Service>, Status> {
        let (caller, asked) = allowed_once(request, Operation::ServiceOpen)?;
        let proto::OpenServiceRequest { kind, person, commune, form, at, amount_cents, notes, request_id: _ } =
            asked;
        let new = NewService { kind, person, commune, form, at, amount_cents, notes };
        let service = services::open(&self.app, &caller, new).await?;
        Ok(Response::new(convert::service(&service)))
    }

    async fn show_service(
        &self,
        request: Request<proto::ShowServiceRequest>,
    ) -> Result<Response<proto::Service>, Status> {
        let caller = caller(&request)?;
        let service = services::show(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::service(&service)))
    }

    async fn list_services(
        &self,
        request: Request<proto::ListServicesRequest>,
    ) -> Result<Response<proto::ListServicesReply>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let limit = limit(request.limit)?;
        let found = services::list(&self.app, &caller, query(&request)?, limit)?;
        let next_after = next_after(&found, limit, |last| last.id.to_string());
        let services = found.iter().map(convert::service).collect();
        Ok(Response::new(proto::ListServicesReply { services, next_after }))
    }

    async fn act_on_service(
        &self,
        request: Request<proto::ActOnServiceRequest>,
    ) -> Result<Response<proto::Service>, Status> {
        let caller = caller(&request)?;
        let proto::ActOnServiceRequest { id: service, action, etag } = request.into_inner();
        let service = id(&service, "id")?;
        let now = self.app.now();
        let read = move |kind: ServiceType| convert::action(kind, action, now);
        let service = services::act(&self.app, &caller, (service, etag), read).await?;
        Ok(Response::new(convert::service(&service)))
    }
}

fn query(request: &proto::ListServicesRequest) -> Result<ServiceQuery, Refusal> {
    let proto::ListServicesRequest { person, kind, open, after, limit: _ } = request;
    let after = if after.is_empty() { None } else { Some(id(after, "after")?) };
    match (person.as_str(), kind.as_str(), open) {
        ("", "", true) => Ok(ServiceQuery::Open(after)),
        ("", kind, false) if !kind.is_empty() => {
            let kind: ServiceType = kind.parse().map_err(|_| refusals::invalid("service-kind-unknown"))?;
            Ok(ServiceQuery::OfType(kind, after))
        }
        (person, "", false) if !person.is_empty() => Ok(ServiceQuery::OfPerson(id(person, "person")?, after)),
        _ => Err(refusals::invalid("services-one-criterion")),
    }
}
