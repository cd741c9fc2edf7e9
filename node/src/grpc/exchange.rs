//! Service `Exchange`.

use maillage_domain::{
    partner::{NewPartner, Partner},
    roles::Operation,
};
use maillage_federation::ids::{HandoverKind, Id};
use maillage_partners::Place;
use maillage_proto::node::v1::{self as proto, exchange_server::Exchange};
use tonic::{Request, Response, Status};

use super::{
    Services, allowed, convert::handovers as convert, id, limit, mask, next_after, once::allowed_once,
    optional_id,
};
use crate::app::{
    exchange::{self, Fault, PARTNER_FIELDS},
    handover::origin,
    people::Edit,
};

#[tonic::async_trait]
impl Exchange for Services {
    async fn add_partner(
        &self,
        request: Request<proto::AddPartnerRequest>,
    ) -> Result<Response<proto::Partner>, Status> {
        let (caller, asked) = allowed_once(request, Operation::PartnerAdd)?;
        let proto::AddPartnerRequest { name, phone, email, format, communes, needs, request_id: _ } = asked;
        let new = NewPartner { name, phone, email, format, communes, needs };
        Ok(Response::new(partner(&exchange::add(&self.app, &caller, new).await?)))
    }

    async fn update_partner(
        &self,
        request: Request<proto::UpdatePartnerRequest>,
    ) -> Result<Response<proto::Partner>, Status> {
        let caller = allowed(&request, Operation::PartnerUpdate)?;
        let proto::UpdatePartnerRequest { partner: new, update_mask, etag } = request.into_inner();
        let proto::Partner { id: who, name, phone, email, format, communes, needs, active, .. } =
            new.unwrap_or_default();
        let typed = NewPartner { name, phone, email, format, communes, needs };
        let edit = Edit { typed, mask: mask(update_mask, PARTNER_FIELDS)?, etag, outside: false };
        let changed = exchange::update(&self.app, &caller, id(&who, "id")?, edit, active).await?;
        Ok(Response::new(partner(&changed)))
    }

    async fn show_partner(
        &self,
        request: Request<proto::ShowPartnerRequest>,
    ) -> Result<Response<proto::Partner>, Status> {
        let caller = allowed(&request, Operation::PartnerList)?;
        let shown = exchange::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(partner(&shown)))
    }

    async fn list_partners(
        &self,
        request: Request<proto::ListPartnersRequest>,
    ) -> Result<Response<proto::ListPartnersReply>, Status> {
        let caller = allowed(&request, Operation::PartnerList)?;
        let proto::ListPartnersRequest { after, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let found = exchange::list(&self.app, &caller, optional_id(&after, "after")?, limit)?;
        let next_after = next_after(&found, limit, |last| last.id.to_string());
        let partners = found.iter().map(partner).collect();
        Ok(Response::new(proto::ListPartnersReply { partners, next_after }))
    }

    async fn offer_to_partners(
        &self,
        request: Request<proto::OfferToPartnersRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = allowed(&request, Operation::HandoverOffer)?;
        let proto::OfferToPartnersRequest { trip, single, reply_within_min, person_agrees, partners } =
            request.into_inner();
        let reply_within_min = (reply_within_min > 0).then_some(reply_within_min);
        let terms = origin::OfferTerms {
            single,
            reply_within_min,
            person_agrees,
            agreed_only: false,
            at_once: false,
        };
        let named = partners.iter().map(|partner| id(partner, "partners")).collect::<Result<_, _>>()?;
        let trip = id(&trip, "trip")?;
        let outgoing = origin::offer_to_partners(&self.app, &caller, (trip, terms), named).await?;
        Ok(Response::new(convert::outgoing(&self.app, &outgoing)))
    }

    async fn give_out(
        &self,
        request: Request<proto::GiveOutRequest>,
    ) -> Result<Response<proto::GiveOutReply>, Status> {
        let caller = allowed(&request, Operation::PartnerGiveOut)?;
        let proto::GiveOutRequest { id: who, format, again } = request.into_inner();
        let given = exchange::give_out(&self.app, &caller, id(&who, "id")?, (format, again)).await?;
        Ok(Response::new(proto::GiveOutReply {
            file: given.file,
            format: given.format.code().to_owned(),
            messages: u32::try_from(given.messages).unwrap_or(u32::MAX),
            left: u32::try_from(given.left).unwrap_or(u32::MAX),
            more: u32::try_from(given.more).unwrap_or(u32::MAX),
        }))
    }

    async fn take_in(
        &self,
        request: Request<proto::TakeInRequest>,
    ) -> Result<Response<proto::TakeInReply>, Status> {
        let caller = allowed(&request, Operation::PartnerTakeIn)?;
        let proto::TakeInRequest { id: who, format, file, dry_run } = request.into_inner();
        let taken = exchange::take_in(&self.app, &caller, id(&who, "id")?, (format, file), dry_run).await?;
        let fare = |(handover, cents): (Id<HandoverKind>, u32)| proto::PartnerFare {
            handover: handover.to_string(),
            cents,
        };
        Ok(Response::new(proto::TakeInReply {
            nothing_written: taken.nothing_written,
            taken: taken.taken,
            known: taken.known,
            faults: taken.faults.iter().map(fault).collect(),
            fares: taken.fares.into_iter().map(fare).collect(),
        }))
    }
}

fn fault(fault: &Fault) -> proto::TakeInFault {
    let told = proto::TakeInFault {
        reason: fault.refusal.reason().to_owned(),
        details: fault.refusal.details().clone().into_iter().collect(),
        ..proto::TakeInFault::default()
    };
    let place = fault.place.to_string();
    match &fault.place {
        Place::File => told,
        Place::Cell { line, column } => {
            proto::TakeInFault { place, line: *line, column: column.clone(), ..told }
        }
        Place::Member { path } => proto::TakeInFault { place, member: path.clone(), ..told },
    }
}

fn partner(partner: &Partner) -> proto::Partner {
    let NewPartner { name, phone, email, format, communes, needs } = NewPartner::of(&partner.details);
    proto::Partner {
        id: partner.id.to_string(),
        name,
        phone,
        email,
        format,
        communes,
        needs,
        active: partner.active,
        etag: partner.revision.to_string(),
        created_at: partner.created.to_string(),
    }
}
