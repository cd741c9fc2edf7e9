//! Service `Handovers`.

use maillage_federation::{
    handover::{DisputeReason, GiveBackReason},
    ids::{HandoverKind, Id},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, handovers_server::Handovers};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, after, allowed, caller,
    convert::{handovers as convert, people::new_place, policy, trips},
    id, limit, next_after, wanted,
};
use crate::app::{
    caller::Caller,
    edits::NewTripChange,
    handover::{
        self, Handover, candidate, changes, concerns, origin, recovery,
        talk::{self, Judgement},
    },
    refusals,
};

#[tonic::async_trait]
impl Handovers for Services {
    async fn offer_out(
        &self,
        request: Request<proto::OfferOutRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = caller(&request)?;
        let proto::OfferOutRequest {
            trip,
            single,
            reply_within_min,
            person_agrees,
            agreed_only,
            at_once,
            either,
        } = request.into_inner();
        let reply_within_min = (reply_within_min > 0).then_some(reply_within_min);
        let terms = origin::OfferTerms { single, reply_within_min, person_agrees, agreed_only, at_once };
        let trip = id(&trip, "trip")?;
        let outgoing = if either {
            origin::offer_each(&self.app, &caller, trip, terms).await?
        } else {
            origin::offer_out(&self.app, &caller, trip, terms).await?
        };
        Ok(Response::new(convert::outgoing(&self.app, &outgoing)))
    }

    async fn list_handovers(
        &self,
        request: Request<proto::ListHandoversRequest>,
    ) -> Result<Response<proto::ListHandoversReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListHandoversRequest { limit: asked, open, after: mark } = request.into_inner();
        let limit = limit(asked)?;
        let found = handover::list(&self.app, &caller, open, (after(&mark)?, limit))?;
        let next_after = next_after(&found, limit, |last| last.id().to_string());
        let handovers = found.iter().map(|found| convert::handover(&self.app, found)).collect();
        Ok(Response::new(proto::ListHandoversReply { handovers, next_after }))
    }

    async fn show_handover(
        &self,
        request: Request<proto::ShowHandoverRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = caller(&request)?;
        let shown = handover::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        let mut message = convert::handover(&self.app, &shown);
        policy::explain(&self.app, &shown, &mut message)?;
        if let Handover::Incoming(incoming) = &shown {
            let suggestion = candidate::suggest(&self.app, &caller, incoming).await?;
            message.suggestion = Some(trips::suggestion(&suggestion));
        }
        Ok(Response::new(message))
    }

    async fn place_bid(
        &self,
        request: Request<proto::PlaceBidRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = caller(&request)?;
        let proto::PlaceBidRequest { id: handover, volunteer } = request.into_inner();
        let volunteer = optional(&volunteer, "volunteer")?;
        let incoming = candidate::place_bid(&self.app, &caller, id(&handover, "id")?, volunteer).await?;
        Ok(Response::new(convert::incoming(&self.app, &incoming)))
    }

    async fn award_to(
        &self,
        request: Request<proto::AwardToRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = caller(&request)?;
        let proto::AwardToRequest { id: handover, node } = request.into_inner();
        let outgoing =
            origin::award(&self.app, &caller, id(&handover, "id")?, optional(&node, "node")?).await?;
        Ok(Response::new(convert::outgoing(&self.app, &outgoing)))
    }

    async fn withdraw_offer(
        &self,
        request: Request<proto::HandoverRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = caller(&request)?;
        let outgoing = origin::withdraw(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::outgoing(&self.app, &outgoing)))
    }

    async fn decline_offer(
        &self,
        request: Request<proto::HandoverRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = caller(&request)?;
        let incoming = candidate::decline(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::incoming(&self.app, &incoming)))
    }

    async fn accept_award(
        &self,
        request: Request<proto::AcceptAwardRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = caller(&request)?;
        let proto::AcceptAwardRequest { id: handover, volunteer } = request.into_inner();
        let volunteer = optional(&volunteer, "volunteer")?;
        let incoming = candidate::accept_award(&self.app, &caller, id(&handover, "id")?, volunteer).await?;
        Ok(Response::new(convert::incoming(&self.app, &incoming)))
    }

    async fn refuse_award(
        &self,
        request: Request<proto::GiveBackRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = allowed(&request, Operation::HandoverRefuse)?;
        let proto::GiveBackRequest { id: handover, reason } = request.into_inner();
        let incoming =
            candidate::refuse_award(&self.app, &caller, id(&handover, "id")?, give_back(&reason)?).await?;
        Ok(Response::new(convert::incoming(&self.app, &incoming)))
    }

    async fn release_trip(
        &self,
        request: Request<proto::GiveBackRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = allowed(&request, Operation::HandoverRelease)?;
        let proto::GiveBackRequest { id: handover, reason } = request.into_inner();
        let incoming =
            candidate::release(&self.app, &caller, id(&handover, "id")?, give_back(&reason)?).await?;
        Ok(Response::new(convert::incoming(&self.app, &incoming)))
    }

    async fn cancel_handover(
        &self,
        request: Request<proto::HandoverRequest>,
    ) -> Result<Response<proto::Handover>, Status> {
        let caller = caller(&request)?;
        let outgoing = origin::cancel(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::outgoing(&self.app, &outgoing)))
    }

    async fn send_message(
        &self,
        request: Request<proto::SendMessageRequest>,
    ) -> Result<Response<proto::HandoverTimeline>, Status> {
        let caller = allowed(&request, Operation::HandoverTell)?;
        let proto::SendMessageRequest { id: handover, text } = request.into_inner();
        let handover = id(&handover, "id")?;
        talk::send_message(&self.app, &caller, handover, text).await?;
        self.timeline(&caller, handover)
    }

    async fn ask_change(
        &self,
        request: Request<proto::AskChangeRequest>,
    ) -> Result<Response<proto::HandoverTimeline>, Status> {
        let caller = allowed(&request, Operation::HandoverChange)?;
        let proto::AskChangeRequest { id: handover, trip, pickup, dropoff, arrive_by, pickup_at, note } =
            request.into_inner();
        let (handover, trip) = (id(&handover, "id")?, id(&trip, "trip")?);
        let typed = |text: String| Some(text).filter(|text| !text.is_empty());
        let new = NewTripChange {
            pickup: pickup.map(|place| new_place(Some(place))),
            dropoff: dropoff.map(|place| new_place(Some(place))),
            arrive_by: typed(arrive_by),
            pickup_at: typed(pickup_at),
            ..NewTripChange::default()
        };
        changes::ask(&self.app, &caller, (handover, trip), new, note).await?;
        self.timeline(&caller, handover)
    }

    async fn answer_change(
        &self,
        request: Request<proto::AnswerChangeRequest>,
    ) -> Result<Response<proto::HandoverTimeline>, Status> {
        let caller = allowed(&request, Operation::HandoverChange)?;
        let proto::AnswerChangeRequest { id: handover, agreed, without_driver } = request.into_inner();
        let handover = id(&handover, "id")?;
        changes::answer(&self.app, &caller, handover, (agreed, without_driver)).await?;
        self.timeline(&caller, handover)
    }

    async fn judge_outcome(
        &self,
        request: Request<proto::JudgeOutcomeRequest>,
    ) -> Result<Response<proto::HandoverTimeline>, Status> {
        let caller = allowed(&request, Operation::HandoverJudge)?;
        let proto::JudgeOutcomeRequest { id: handover, disputed, text } = request.into_inner();
        let handover = id(&handover, "id")?;
        let judgement = if disputed.is_empty() {
            Judgement::Countersign
        } else {
            Judgement::Dispute { reason: dispute(&disputed)?, text }
        };
        talk::judge(&self.app, &caller, handover, judgement).await?;
        self.timeline(&caller, handover)
    }

    async fn list_concerns(
        &self,
        request: Request<proto::ListConcernsRequest>,
    ) -> Result<Response<proto::ListConcernsReply>, Status> {
        let caller = allowed(&request, Operation::HandoverShow)?;
        let proto::ListConcernsRequest { limit, after } = request.into_inner();
        let (found, next) = concerns::list(&self.app, &caller, wanted(&after, limit)?)?;
        let handovers = found.iter().map(|found| convert::concerned(&self.app, found)).collect();
        let next_after = next.map(crate::app::pages::written).unwrap_or_default();
        Ok(Response::new(proto::ListConcernsReply { handovers, next_after }))
    }

    async fn settle_lost(
        &self,
        request: Request<proto::HandoverRequest>,
    ) -> Result<Response<proto::SettleLostReply>, Status> {
        let caller = allowed(&request, Operation::HandoverLookedAt)?;
        let id = id(&request.into_inner().id, "id")?;
        let left = recovery::looked_at(&self.app, &caller, id).await?;
        Ok(Response::new(proto::SettleLostReply { left: u32::try_from(left).unwrap_or(u32::MAX) }))
    }

    async fn show_timeline(
        &self,
        request: Request<proto::HandoverRequest>,
    ) -> Result<Response<proto::HandoverTimeline>, Status> {
        let caller = allowed(&request, Operation::HandoverShow)?;
        self.timeline(&caller, id(&request.into_inner().id, "id")?)
    }
}

impl Services {
    fn timeline(
        &self,
        caller: &Caller,
        handover: Id<HandoverKind>,
    ) -> Result<Response<proto::HandoverTimeline>, Status> {
        let timeline = talk::timeline(&self.app, caller, handover)?;
        Ok(Response::new(convert::timeline(&self.app, handover, &timeline)))
    }
}

fn dispute(code: &str) -> Result<DisputeReason, Refusal> {
    let known = DisputeReason::ALL.into_iter().find(|reason| reason.code() == code);
    known.ok_or_else(|| refusals::invalid("dispute-reason-unknown"))
}

fn optional<K>(text: &str, field: &'static str) -> Result<Option<Id<K>>, Refusal> {
    if text.is_empty() { Ok(None) } else { id(text, field).map(Some) }
}

fn give_back(code: &str) -> Result<GiveBackReason, Refusal> {
    match code {
        "no-driver" => Ok(GiveBackReason::NoDriver),
        "needs" => Ok(GiveBackReason::Needs),
        "vehicle" => Ok(GiveBackReason::Vehicle),
        "details" => Ok(GiveBackReason::Details),
        "coordinator" => Ok(GiveBackReason::Coordinator),
        _ => Err(refusals::invalid("give-back-reason-unknown")),
    }
}
