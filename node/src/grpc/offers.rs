//! Service `Offers`.

use maillage_domain::{
    handover::Decision,
    ids::MessageKind,
    message::Recipient,
    offer::{OfferPolicy, Pace, QuietHours},
    roles::Operation,
    trip::DriverRefusal,
};
use maillage_federation::ids::Id;
use maillage_platform::{i18n::Language, refusal::Refusal};
use maillage_proto::node::v1::{self as proto, offers_server::Offers};
use tonic::{Request, Response, Status};

use super::{Services, allowed, convert::offers as convert, id, limit, mark, once::allowed_once};
use crate::{
    app::{
        calendars, confirmations, day_sheets,
        edit::Mask,
        messages::{self, CallOutcome, MessageFilter},
        offers::{self, Answer, OfferFilter},
        refusals,
    },
    web,
};

/// The fields of a policy that can be changed.
const POLICY_FIELDS: [&str; 9] = [
    "paces",
    "call_under_min",
    "quiet_from_min",
    "quiet_to_min",
    "escalation",
    "rounds",
    "tell_confirmed",
    "tell_day_before",
    "tell_cancelled",
];

#[tonic::async_trait]
impl Offers for Services {
    async fn list_offers(
        &self,
        request: Request<proto::ListOffersRequest>,
    ) -> Result<Response<proto::ListOffersReply>, Status> {
        let caller = allowed(&request, Operation::OfferList)?;
        let (filter, limit) = filter(request.into_inner())?;
        let found = offers::list(&self.app, &caller, filter, limit)?;
        Ok(Response::new(proto::ListOffersReply {
            offers: found.offers.iter().map(convert::offer).collect(),
            next_after: found.next_after,
        }))
    }

    async fn show_offer(
        &self,
        request: Request<proto::ShowOfferRequest>,
    ) -> Result<Response<proto::DriverOffer>, Status> {
        let caller = allowed(&request, Operation::OfferList)?;
        let offer = offers::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(convert::offer(&offer)))
    }

    async fn remind_offer(
        &self,
        request: Request<proto::ShowOfferRequest>,
    ) -> Result<Response<proto::DriverOffer>, Status> {
        let (caller, asked) = allowed_once(request, Operation::OfferRemind)?;
        let offer = offers::remind(&self.app, &caller, id(&asked.id, "id")?).await?;
        Ok(Response::new(convert::offer(&offer)))
    }

    async fn answer_offer(
        &self,
        request: Request<proto::AnswerOfferRequest>,
    ) -> Result<Response<proto::DriverOffer>, Status> {
        let caller = allowed(&request, Operation::OfferAnswer)?;
        let proto::AnswerOfferRequest { id: offer, accept, reason } = request.into_inner();
        let answer = match (accept, reason.parse::<DriverRefusal>()) {
            (true, _) => Answer::Yes,
            (false, Ok(reason)) => Answer::No(reason),
            (false, Err(_)) => return Err(refusals::invalid("driver-refusal-unknown").into()),
        };
        let offer = offers::answer(&self.app, &caller, id(&offer, "id")?, answer).await?;
        Ok(Response::new(convert::offer(&offer)))
    }

    async fn show_offer_policy(
        &self,
        request: Request<proto::ShowOfferPolicyRequest>,
    ) -> Result<Response<proto::OfferPolicy>, Status> {
        let (policy, revision) =
            offers::show_policy(&self.app, &allowed(&request, Operation::OfferPolicyShow)?)?;
        Ok(Response::new(convert::policy(&policy, revision)))
    }

    async fn update_offer_policy(
        &self,
        request: Request<proto::UpdateOfferPolicyRequest>,
    ) -> Result<Response<proto::OfferPolicy>, Status> {
        let caller = allowed(&request, Operation::OfferPolicySet)?;
        let proto::UpdateOfferPolicyRequest { policy, update_mask } = request.into_inner();
        let mask = Mask::parse(&update_mask.unwrap_or_default().paths, &POLICY_FIELDS)?;
        let wanted = policy.unwrap_or_default();
        let etag = wanted.etag.clone();
        let change = move |policy: &mut OfferPolicy| put(policy, &mask, wanted);
        let (policy, revision) = offers::set_policy(&self.app, &caller, etag, change).await?;
        Ok(Response::new(convert::policy(&policy, revision)))
    }

    async fn list_calls(
        &self,
        request: Request<proto::ListCallsRequest>,
    ) -> Result<Response<proto::ListCallsReply>, Status> {
        let caller = allowed(&request, Operation::CallList)?;
        let (after, limit) = page(&request.into_inner())?;
        let found = messages::call_list(&self.app, &caller, after, limit).await?;
        Ok(Response::new(proto::ListCallsReply {
            calls: found.calls.iter().map(convert::call).collect(),
            next_after: found.next_after.map(|id| id.to_string()).unwrap_or_default(),
        }))
    }

    async fn note_call(
        &self,
        request: Request<proto::NoteCallRequest>,
    ) -> Result<Response<proto::OutgoingMessage>, Status> {
        let caller = allowed(&request, Operation::CallNote)?;
        let proto::NoteCallRequest { id: message, outcome } = request.into_inner();
        let outcome = match outcome.as_str() {
            "told" => CallOutcome::Told,
            "no-answer" => CallOutcome::NoAnswer,
            _ => return Err(refusals::invalid("call-outcome-unknown").into()),
        };
        let noted = messages::note_call(&self.app, &caller, id(&message, "id")?, outcome).await?;
        Ok(Response::new(convert::message(&noted)))
    }

    async fn list_failed_messages(
        &self,
        request: Request<proto::ListCallsRequest>,
    ) -> Result<Response<proto::ListMessagesReply>, Status> {
        let caller = allowed(&request, Operation::CallList)?;
        let (after, limit) = page(&request.into_inner())?;
        let failed = messages::list_failed(&self.app, &caller, after, limit)?;
        Ok(Response::new(convert::messages(&failed)))
    }

    async fn list_messages(
        &self,
        request: Request<proto::ListMessagesRequest>,
    ) -> Result<Response<proto::ListMessagesReply>, Status> {
        let caller = allowed(&request, Operation::MessageList)?;
        let request = request.into_inner();
        let after = given(&request.after).map(|after| id(after, "after")).transpose()?;
        let limit = limit(request.limit)?;
        let found = messages::list(&self.app, &caller, message_filter(&request)?, after, limit)?;
        Ok(Response::new(convert::messages(&found)))
    }

    async fn make_calendar_link(
        &self,
        request: Request<proto::CalendarLinkRequest>,
    ) -> Result<Response<proto::CalendarLink>, Status> {
        let caller = allowed(&request, Operation::CalendarLink)?;
        let volunteer = id(&request.into_inner().volunteer, "volunteer")?;
        let link = calendars::make_link(&self.app, &caller, volunteer).await?;
        Ok(Response::new(proto::CalendarLink { url: link.expose().clone() }))
    }

    async fn revoke_calendar_link(
        &self,
        request: Request<proto::CalendarLinkRequest>,
    ) -> Result<Response<proto::CalendarLink>, Status> {
        let caller = allowed(&request, Operation::CalendarLink)?;
        let volunteer = id(&request.into_inner().volunteer, "volunteer")?;
        calendars::revoke_link(&self.app, &caller, volunteer).await?;
        Ok(Response::new(proto::CalendarLink::default()))
    }

    async fn show_day_sheet(
        &self,
        request: Request<proto::DaySheetRequest>,
    ) -> Result<Response<proto::DaySheet>, Status> {
        let caller = allowed(&request, Operation::DaySheet)?;
        let proto::DaySheetRequest { day, volunteer, language } = request.into_inner();
        let day = day.parse().map_err(|_| refusals::invalid("day-format"))?;
        let volunteer = given(&volunteer).map(|volunteer| id(volunteer, "volunteer")).transpose()?;
        let language = asked_language(&language)?;
        let sheet = day_sheets::day_sheet(&self.app, &caller, day, volunteer).await?;
        let catalog = crate::cli::catalog().map_err(refusals::internal)?;
        Ok(Response::new(proto::DaySheet { html: web::sheet::page(&catalog, language, &sheet) }))
    }

    async fn show_confirmation(
        &self,
        request: Request<proto::ConfirmationRequest>,
    ) -> Result<Response<proto::Confirmation>, Status> {
        let caller = allowed(&request, Operation::Confirmation)?;
        let proto::ConfirmationRequest { trip, language } = request.into_inner();
        let language = asked_language(&language)?;
        let confirmation = confirmations::confirmation(&self.app, &caller, id(&trip, "trip")?).await?;
        let catalog = crate::cli::catalog().map_err(refusals::internal)?;
        let html = web::confirmation::page(&catalog, language, &confirmation);
        Ok(Response::new(proto::Confirmation { html }))
    }
}

fn asked_language(language: &str) -> Result<Language, Refusal> {
    let language = given(language).map_or(Ok(Language::default()), str::parse);
    language.map_err(|_| refusals::invalid("language-unknown"))
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn filter(request: proto::ListOffersRequest) -> Result<(OfferFilter, usize), Refusal> {
    let proto::ListOffersRequest { open, trip, volunteer, after, limit: asked } = request;
    let filter = match (open, given(&trip), given(&volunteer), given(&after)) {
        (true, None, None, after) => OfferFilter::Open(mark(after.unwrap_or_default())?),
        (false, Some(trip), None, None) => OfferFilter::Trip(id(trip, "trip")?),
        (false, None, Some(volunteer), after) => OfferFilter::Volunteer(
            id(volunteer, "volunteer")?,
            after.map(|after| id(after, "after")).transpose()?,
        ),
        (false, None, None, after) => OfferFilter::All(after.map(|after| id(after, "after")).transpose()?),
        (_, _, _, _) => return Err(refusals::invalid("offers-one-criterion")),
    };
    Ok((filter, limit(asked)?))
}

fn page(request: &proto::ListCallsRequest) -> Result<(Option<Id<MessageKind>>, usize), Refusal> {
    let after = given(&request.after).map(|after| id(after, "after")).transpose()?;
    Ok((after, limit(request.limit)?))
}

fn message_filter(request: &proto::ListMessagesRequest) -> Result<MessageFilter, Refusal> {
    let proto::ListMessagesRequest { trip, offer, volunteer, person, after: _, limit: _ } = request;
    Ok(match (given(trip), given(offer), given(volunteer), given(person)) {
        (Some(trip), None, None, None) => MessageFilter::Trip(id(trip, "trip")?),
        (None, Some(offer), None, None) => MessageFilter::Offer(id(offer, "offer")?),
        (None, None, Some(volunteer), None) => {
            MessageFilter::To(Recipient::Volunteer(id(volunteer, "volunteer")?))
        }
        (None, None, None, Some(person)) => MessageFilter::To(Recipient::Person(id(person, "person")?)),
        (_, _, _, _) => return Err(refusals::invalid("messages-one-criterion")),
    })
}

/// Puts what the mask names into a policy.
fn put(policy: &mut OfferPolicy, mask: &Mask, wanted: proto::OfferPolicy) -> Result<(), Refusal> {
    let proto::OfferPolicy {
        paces,
        call_under_min,
        quiet_from_min,
        quiet_to_min,
        escalation,
        rounds,
        tell_confirmed,
        tell_day_before,
        tell_cancelled,
        etag: _,
    } = wanted;
    if mask.has("paces") {
        policy.paces = paces.into_iter().map(pace).collect();
    }
    if mask.has("quiet_from_min") || mask.has("quiet_to_min") {
        let minute = |minute: u32| u16::try_from(minute).unwrap_or(u16::MAX);
        let (mut from, mut to) = (policy.quiet.from_min(), policy.quiet.to_min());
        mask.set("quiet_from_min", &mut from, minute(quiet_from_min));
        mask.set("quiet_to_min", &mut to, minute(quiet_to_min));
        policy.quiet = QuietHours::new(from, to).map_err(refusals::offer_policy)?;
    }
    if mask.has("escalation") {
        policy.escalation = match escalation.as_str() {
            "auto" => Decision::Auto,
            "ask" => Decision::Ask,
            _ => return Err(refusals::invalid("decision-unknown")),
        };
    }
    mask.set("call_under_min", &mut policy.call_under_min, call_under_min);
    mask.set("rounds", &mut policy.rounds, u8::try_from(rounds).unwrap_or(u8::MAX));
    mask.set("tell_confirmed", &mut policy.tell_confirmed, tell_confirmed);
    mask.set("tell_day_before", &mut policy.tell_day_before, tell_day_before);
    mask.set("tell_cancelled", &mut policy.tell_cancelled, tell_cancelled);
    Ok(())
}

fn pace(pace: proto::OfferPace) -> Pace {
    let proto::OfferPace { lead_min, remind_after_min, reminders, timeout_min } = pace;
    Pace { lead_min, remind_after_min, reminders: u8::try_from(reminders).unwrap_or(u8::MAX), timeout_min }
}
