//! Service `Partners`.

use maillage_domain::{prescriber::NewPrescriber, staff::NewProfessional};
use maillage_proto::node::v1::{self as proto, partners_server::Partners};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed,
    convert::people::{prescriber, professional},
    id, limit, mask, next_after,
    once::allowed_once,
};
use crate::app::people::{
    Edit,
    partners::{self, PRESCRIBER_FIELDS, STAFF_FIELDS},
};

#[tonic::async_trait]
impl Partners for Services {
    async fn add_prescriber(
        &self,
        request: Request<proto::AddPrescriberRequest>,
    ) -> Result<Response<proto::Prescriber>, Status> {
        let (caller, asked) = allowed_once(request, Operation::PrescriberAdd)?;
        let proto::AddPrescriberRequest { organisation, contact, phone, email, request_id: _ } = asked;
        let new = NewPrescriber { organisation, contact, phone, email };
        let added = partners::add_prescriber(&self.app, &caller, new).await?;
        Ok(Response::new(prescriber(&added)))
    }

    async fn update_prescriber(
        &self,
        request: Request<proto::UpdatePrescriberRequest>,
    ) -> Result<Response<proto::Prescriber>, Status> {
        let caller = allowed(&request, Operation::PrescriberUpdate)?;
        let proto::UpdatePrescriberRequest { prescriber: new, update_mask, etag } = request.into_inner();
        let proto::Prescriber { id: who, organisation, contact, phone, email, active, .. } =
            new.unwrap_or_default();
        let typed = NewPrescriber { organisation, contact, phone, email };
        let edit = Edit { typed, mask: mask(update_mask, PRESCRIBER_FIELDS)?, etag, outside: false };
        let who = id(&who, "id")?;
        let changed = partners::update_prescriber(&self.app, &caller, who, edit, active).await?;
        Ok(Response::new(prescriber(&changed)))
    }

    async fn show_prescriber(
        &self,
        request: Request<proto::ShowPrescriberRequest>,
    ) -> Result<Response<proto::Prescriber>, Status> {
        let caller = allowed(&request, Operation::PrescriberList)?;
        let shown = partners::show_prescriber(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(prescriber(&shown)))
    }

    async fn list_prescribers(
        &self,
        request: Request<proto::ListPrescribersRequest>,
    ) -> Result<Response<proto::ListPrescribersReply>, Status> {
        let caller = allowed(&request, Operation::PrescriberList)?;
        let proto::ListPrescribersRequest { after, limit: asked } = request.into_inner();
        let after = if after.is_empty() { None } else { Some(id(&after, "after")?) };
        let limit = limit(asked)?;
        let found = partners::list_prescribers(&self.app, &caller, after, limit)?;
        let next_after = next_after(&found, limit, |last| last.id.to_string());
        let prescribers = found.iter().map(prescriber).collect();
        Ok(Response::new(proto::ListPrescribersReply { prescribers, next_after }))
    }

    async fn add_professional(
        &self,
        request: Request<proto::AddProfessionalRequest>,
    ) -> Result<Response<proto::Professional>, Status> {
        let (caller, asked) = allowed_once(request, Operation::StaffAdd)?;
        let proto::AddProfessionalRequest { name, function, phone, email, may_drive, request_id: _ } = asked;
        let new = NewProfessional { name, function, phone, email, may_drive };
        let added = partners::add_professional(&self.app, &caller, new).await?;
        Ok(Response::new(professional(&added)))
    }

    async fn update_professional(
        &self,
        request: Request<proto::UpdateProfessionalRequest>,
    ) -> Result<Response<proto::Professional>, Status> {
        let caller = allowed(&request, Operation::StaffUpdate)?;
        let proto::UpdateProfessionalRequest { professional: new, update_mask, etag } = request.into_inner();
        let proto::Professional { id: who, name, function, phone, email, may_drive, active, .. } =
            new.unwrap_or_default();
        let typed = NewProfessional { name, function, phone, email, may_drive };
        let edit = Edit { typed, mask: mask(update_mask, STAFF_FIELDS)?, etag, outside: false };
        let who = id(&who, "id")?;
        let changed = partners::update_professional(&self.app, &caller, who, edit, active).await?;
        Ok(Response::new(professional(&changed)))
    }

    async fn show_professional(
        &self,
        request: Request<proto::ShowProfessionalRequest>,
    ) -> Result<Response<proto::Professional>, Status> {
        let caller = allowed(&request, Operation::StaffList)?;
        let shown = partners::show_professional(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(professional(&shown)))
    }

    async fn list_professionals(
        &self,
        request: Request<proto::ListProfessionalsRequest>,
    ) -> Result<Response<proto::ListProfessionalsReply>, Status> {
        let caller = allowed(&request, Operation::StaffList)?;
        let proto::ListProfessionalsRequest { after, limit: asked } = request.into_inner();
        let after = if after.is_empty() { None } else { Some(id(&after, "after")?) };
        let limit = limit(asked)?;
        let found = partners::list_professionals(&self.app, &caller, after, limit)?;
        let next_after = next_after(&found, limit, |last| last.id.to_string());
        let professionals = found.iter().map(professional).collect();
        Ok(Response::new(proto::ListProfessionalsReply { professionals, next_after }))
    }
}
