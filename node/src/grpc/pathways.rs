//! Service `Pathways`.

use maillage_domain::pathway::{DeclineReason, Milestone, Outcome};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, pathways_server::Pathways};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed, caller, convert::pathways as convert, id, limit, next_after,
    once::allowed_once, wanted,
};
use crate::app::{
    accompanied, pathways,
    referrals::{self, Referred},
    refusals,
};

#[tonic::async_trait]
impl Pathways for Services {
    async fn add_referral(
        &self,
        request: Request<proto::AddReferralRequest>,
    ) -> Result<Response<proto::Referral>, Status> {
        let (caller, asked) = allowed_once(request, Operation::ReferralAdd)?;
        let proto::AddReferralRequest { prescriber, reference, contact, person_agrees, request_id: _ } =
            asked;
        let prescriber = optional_id(&prescriber, "prescriber")?;
        let new = convert::new_referral(reference, contact, person_agrees);
        let seen = referrals::add(&self.app, &caller, prescriber, new).await?;
        Ok(Response::new(convert::referral(&self.app, &seen)))
    }

    async fn show_referral(
        &self,
        request: Request<proto::ShowReferralRequest>,
    ) -> Result<Response<proto::Referral>, Status> {
        let caller = caller(&request)?;
        let seen = referrals::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(convert::referral(&self.app, &seen)))
    }

    async fn list_referrals(
        &self,
        request: Request<proto::ListReferralsRequest>,
    ) -> Result<Response<proto::ListReferralsReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListReferralsRequest { open, after, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let found = referrals::list(&self.app, &caller, open, optional_id(&after, "after")?, limit)?;
        let next_after = next_after(&found, limit, |last| last.referral.id.to_string());
        let referrals = found.iter().map(|seen| convert::referral(&self.app, seen)).collect();
        Ok(Response::new(proto::ListReferralsReply { referrals, next_after }))
    }

    async fn accept_referral(
        &self,
        request: Request<proto::AcceptReferralRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let caller = caller(&request)?;
        let proto::AcceptReferralRequest { id: referral, person, even_if_duplicate } = request.into_inner();
        let person = match optional_id(&person, "person")? {
            Some(person) => Referred::Known(person),
            None if even_if_duplicate => Referred::NewAnyway,
            None => Referred::New,
        };
        let pathway = referrals::accept(&self.app, &caller, id(&referral, "id")?, person).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn decline_referral(
        &self,
        request: Request<proto::DeclineReferralRequest>,
    ) -> Result<Response<proto::Referral>, Status> {
        let caller = allowed(&request, Operation::ReferralDecline)?;
        let proto::DeclineReferralRequest { id: referral, reason } = request.into_inner();
        let reason: DeclineReason =
            reason.parse().map_err(|_| refusals::invalid("referral-decline-unknown"))?;
        let seen = referrals::decline(&self.app, &caller, id(&referral, "id")?, reason).await?;
        Ok(Response::new(convert::referral(&self.app, &seen)))
    }

    async fn withdraw_referral(
        &self,
        request: Request<proto::WithdrawReferralRequest>,
    ) -> Result<Response<proto::Referral>, Status> {
        let caller = caller(&request)?;
        let seen = referrals::withdraw(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::referral(&self.app, &seen)))
    }

    async fn open_pathway(
        &self,
        request: Request<proto::OpenPathwayRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let (caller, asked) = allowed_once(request, Operation::PathwayOpen)?;
        let proto::OpenPathwayRequest { person, on, notes, request_id: _ } = asked;
        let pathway = pathways::open(&self.app, &caller, id(&person, "person")?, (&on, &notes)).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn show_pathway(
        &self,
        request: Request<proto::ShowPathwayRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let caller = caller(&request)?;
        let pathway = pathways::show(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn list_pathways(
        &self,
        request: Request<proto::ListPathwaysRequest>,
    ) -> Result<Response<proto::ListPathwaysReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListPathwaysRequest { person, after, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let found = match optional_id(&person, "person")? {
            Some(person) => pathways::of_person(&self.app, &caller, person, limit)?,
            None => pathways::list(&self.app, &caller, optional_id(&after, "after")?, limit)?,
        };
        let full = person.is_empty() && found.len() == limit;
        let next_after = found.last().filter(|_| full).map(|last| last.id.to_string()).unwrap_or_default();
        let pathways = found.iter().map(convert::pathway).collect();
        Ok(Response::new(proto::ListPathwaysReply { pathways, next_after }))
    }

    async fn diagnose(
        &self,
        request: Request<proto::DiagnoseRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let caller = caller(&request)?;
        let proto::DiagnoseRequest { id: pathway, on, service, etag } = request.into_inner();
        let (pathway, service) = (id(&pathway, "id")?, optional_id(&service, "service")?);
        let pathway = pathways::diagnose(&self.app, &caller, (pathway, etag), &on, service).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn change_basket(
        &self,
        request: Request<proto::ChangeBasketRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let caller = allowed(&request, Operation::PathwayBasket)?;
        let proto::ChangeBasketRequest { id: pathway, item, remove } = request.into_inner();
        let (pathway, item) = (id(&pathway, "id")?, convert::new_basket_item(item)?);
        let pathway = pathways::change_basket(&self.app, &caller, pathway, item, remove).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn agree_basket(
        &self,
        request: Request<proto::AgreeBasketRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let caller = caller(&request)?;
        let proto::AgreeBasketRequest { id: pathway, on } = request.into_inner();
        let pathway = pathways::agree_basket(&self.app, &caller, id(&pathway, "id")?, &on).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn record_follow_up(
        &self,
        request: Request<proto::RecordFollowUpRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let caller = allowed(&request, Operation::PathwayFollowUp)?;
        let proto::RecordFollowUpRequest { id: pathway, milestone, on, heard } = request.into_inner();
        let milestone: Milestone = milestone.parse().map_err(|_| refusals::invalid("milestone-unknown"))?;
        let heard = if heard.trim().is_empty() { None } else { Some(outcome(&heard)?) };
        let pathway = id(&pathway, "id")?;
        let pathway = pathways::follow_up(&self.app, &caller, pathway, (milestone, &on), heard).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn exit_pathway(
        &self,
        request: Request<proto::ExitPathwayRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let caller = allowed(&request, Operation::PathwayExit)?;
        let proto::ExitPathwayRequest { id: pathway, on, outcome: code } = request.into_inner();
        let (pathway, outcome) = (id(&pathway, "id")?, outcome(&code)?);
        let pathway = pathways::exit(&self.app, &caller, pathway, &on, outcome).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn note_pathway(
        &self,
        request: Request<proto::NotePathwayRequest>,
    ) -> Result<Response<proto::Pathway>, Status> {
        let caller = caller(&request)?;
        let proto::NotePathwayRequest { id: pathway, notes, etag } = request.into_inner();
        let pathway = pathways::note(&self.app, &caller, id(&pathway, "id")?, &notes, etag).await?;
        Ok(Response::new(convert::pathway(&pathway)))
    }

    async fn list_follow_ups(
        &self,
        request: Request<proto::ListFollowUpsRequest>,
    ) -> Result<Response<proto::ListFollowUpsReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListFollowUpsRequest { within_days, limit, after } = request.into_inner();
        let within = u16::try_from(within_days).unwrap_or(u16::MAX);
        let (found, next) = pathways::follow_ups(&self.app, &caller, within, wanted(&after, limit)?)?;
        let pathways = found.iter().map(convert::pathway).collect();
        let next_after = next.map(crate::app::pages::written).unwrap_or_default();
        Ok(Response::new(proto::ListFollowUpsReply { pathways, next_after }))
    }

    async fn count_accompanied(
        &self,
        request: Request<proto::CountAccompaniedRequest>,
    ) -> Result<Response<proto::Accompanied>, Status> {
        let caller = caller(&request)?;
        let proto::CountAccompaniedRequest { first_day, last_day } = request.into_inner();
        let day = |typed: &str| typed.trim().parse().map_err(|_| refusals::invalid("day-format"));
        let count = accompanied::count(&self.app, &caller, day(&first_day)?, day(&last_day)?)?;
        Ok(Response::new(convert::count(&count)))
    }
}

fn outcome(code: &str) -> Result<Outcome, Refusal> {
    code.parse().map_err(|_| refusals::invalid("outcome-unknown"))
}

fn optional_id<K>(
    text: &str,
    field: &'static str,
) -> Result<Option<maillage_federation::ids::Id<K>>, Refusal> {
    if text.is_empty() { Ok(None) } else { id(text, field).map(Some) }
}
