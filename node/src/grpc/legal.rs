//! Services `Legal` and `Reference`.

use jiff::civil::Date;
use maillage_domain::{
    civil::{day_of, parse_date},
    legal::{ExceptionAbout, ExceptionSubject, Rules, Verdict},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, legal_server::Legal, reference_server::Reference};
use maillage_store::reference::ReferenceTable;
use tonic::{Request, Response, Status};

use super::{Services, allowed, convert::legal as convert, id, limit, once::allowed_once};
use crate::app::{
    caller::Caller,
    carriers,
    edit::Mask,
    frames,
    reference::{self, NewTable},
    refusals,
};

#[tonic::async_trait]
impl Legal for Services {
    async fn add_carrier(
        &self,
        request: Request<proto::AddCarrierRequest>,
    ) -> Result<Response<proto::Carrier>, Status> {
        let (caller, asked) = allowed_once(request, Operation::CarrierAdd)?;
        let new = convert::new_carrier(asked.carrier)?;
        let added = carriers::add(&self.app, &caller, new).await?;
        self.carrier(&caller, &added)
    }

    async fn update_carrier(
        &self,
        request: Request<proto::UpdateCarrierRequest>,
    ) -> Result<Response<proto::Carrier>, Status> {
        let caller = allowed(&request, Operation::CarrierUpdate)?;
        let proto::UpdateCarrierRequest { carrier, etag, update_mask } = request.into_inner();
        let which = id(carrier.as_ref().map(|carrier| carrier.id.as_str()).unwrap_or_default(), "id")?;
        let mask = Mask::parse(&update_mask.unwrap_or_default().paths, &carriers::FIELDS)?;
        let change = (convert::new_carrier(carrier)?, mask);
        let updated = carriers::update(&self.app, &caller, which, etag, change).await?;
        self.carrier(&caller, &updated)
    }

    async fn show_carrier(
        &self,
        request: Request<proto::ShowCarrierRequest>,
    ) -> Result<Response<proto::Carrier>, Status> {
        let caller = allowed(&request, Operation::CarrierShow)?;
        let shown = carriers::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        self.carrier(&caller, &shown)
    }

    async fn list_carriers(
        &self,
        request: Request<proto::ListCarriersRequest>,
    ) -> Result<Response<proto::ListCarriersReply>, Status> {
        let caller = allowed(&request, Operation::CarrierShow)?;
        let proto::ListCarriersRequest { after, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let found = carriers::list(&self.app, &caller, optional(&after)?, limit)?;
        let default = carriers::default(&self.app, &caller)?;
        let next_after = next(found.len(), limit, found.last().map(|carrier| carrier.id.to_string()));
        let shown = found.iter().map(|found| convert::carrier(&self.app, found, Some(found.id) == default));
        Ok(Response::new(proto::ListCarriersReply { carriers: shown.collect(), next_after }))
    }

    async fn set_default_carrier(
        &self,
        request: Request<proto::ShowCarrierRequest>,
    ) -> Result<Response<proto::Carrier>, Status> {
        let caller = allowed(&request, Operation::CarrierUpdate)?;
        let which = id(&request.into_inner().id, "id")?;
        let carrier = carriers::set_default(&self.app, &caller, which).await?;
        self.carrier(&caller, &carrier)
    }

    async fn show_frame(
        &self,
        request: Request<proto::ShowFrameRequest>,
    ) -> Result<Response<proto::TripFrame>, Status> {
        let caller = allowed(&request, Operation::FrameShow)?;
        let shown = frames::show(&self.app, &caller, id(&request.into_inner().trip, "trip")?)?;
        Ok(Response::new(convert::frame(&shown)))
    }

    async fn list_frames(
        &self,
        request: Request<proto::ListFramesRequest>,
    ) -> Result<Response<proto::ListFramesReply>, Status> {
        let caller = allowed(&request, Operation::FrameShow)?;
        let proto::ListFramesRequest { verdict, after, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let verdict = match verdict.trim() {
            "" => None,
            code => Some(code.parse::<Verdict>().map_err(|_| refusals::invalid("verdict-unknown"))?),
        };
        let found = frames::list(&self.app, &caller, verdict, optional(&after)?, limit)?;
        let next_after = next(found.len(), limit, found.last().map(|shown| shown.frame.trip.to_string()));
        let frames = found.iter().map(convert::frame).collect();
        Ok(Response::new(proto::ListFramesReply { frames, next_after }))
    }

    async fn evaluate_frame(
        &self,
        request: Request<proto::ShowFrameRequest>,
    ) -> Result<Response<proto::TripFrame>, Status> {
        let caller = allowed(&request, Operation::FrameEvaluate)?;
        let trip = id(&request.into_inner().trip, "trip")?;
        let shown = frames::reconsider(&self.app, &caller, trip).await?;
        Ok(Response::new(convert::frame(&shown)))
    }

    async fn sign_exception(
        &self,
        request: Request<proto::SignExceptionRequest>,
    ) -> Result<Response<proto::FrameException>, Status> {
        let (caller, asked) = allowed_once(request, Operation::FrameExcept)?;
        let proto::SignExceptionRequest { subject, subject_id, reason, about, request_id: _ } = asked;
        let subject = match subject.as_str() {
            "trip" => ExceptionSubject::Trip(id(&subject_id, "subject_id")?),
            "request" => ExceptionSubject::Request(id(&subject_id, "subject_id")?),
            "series" => ExceptionSubject::Series(id(&subject_id, "subject_id")?),
            _ => return Err(refusals::invalid("exception-subject").into()),
        };
        let about = match about.trim() {
            "" => ExceptionAbout::Frame,
            code => code.parse().map_err(|_| refusals::invalid("exception-about"))?,
        };
        let signed = frames::sign(&self.app, &caller, (subject, about), &reason).await?;
        Ok(Response::new(convert::exception(&signed)))
    }

    async fn list_exceptions(
        &self,
        request: Request<proto::ListExceptionsRequest>,
    ) -> Result<Response<proto::ListExceptionsReply>, Status> {
        let caller = allowed(&request, Operation::FrameExceptions)?;
        let proto::ListExceptionsRequest { after, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let found = frames::exceptions(&self.app, &caller, optional(&after)?, limit)?;
        let next_after = next(found.len(), limit, found.last().map(|exception| exception.id.to_string()));
        let exceptions = found.iter().map(convert::exception).collect();
        Ok(Response::new(proto::ListExceptionsReply { exceptions, next_after }))
    }

    async fn show_rules(
        &self,
        request: Request<proto::ShowRulesRequest>,
    ) -> Result<Response<proto::LegalRules>, Status> {
        allowed(&request, Operation::ReferenceShow)?;
        let on = day(&request.into_inner().on)?.unwrap_or_else(|| day_of(self.app.now()));
        let rules = Rules::embedded();
        let social = rules.social_on(on).ok_or_else(|| refusals::unknown("rules-unknown").with("at", on))?;
        Ok(Response::new(convert::rules(rules, social, on)))
    }
}

#[tonic::async_trait]
impl Reference for Services {
    async fn import_reference(
        &self,
        request: Request<proto::ImportReferenceRequest>,
    ) -> Result<Response<proto::ImportReferenceReply>, Status> {
        let caller = allowed(&request, Operation::ReferenceImport)?;
        let proto::ImportReferenceRequest { table, source, content, dry_run } = request.into_inner();
        let table = ReferenceTable::ALL.into_iter().find(|known| known.code() == table);
        let table = table.ok_or_else(|| refusals::invalid("reference-table"))?;
        let new = NewTable { table, source, content, dry_run };
        let outcome = reference::import(&self.app, &caller, new).await?;
        Ok(Response::new(convert::outcome(outcome)))
    }

    async fn show_reference(
        &self,
        request: Request<proto::ShowReferenceRequest>,
    ) -> Result<Response<proto::ShowReferenceReply>, Status> {
        let caller = allowed(&request, Operation::ReferenceShow)?;
        let tables = reference::show(&self.app, &caller)?.into_iter().map(|(table, imported)| {
            let mut message =
                proto::ReferenceTable { table: table.code().to_owned(), ..proto::ReferenceTable::default() };
            if let Some(imported) = imported {
                message.source = imported.source;
                message.rows = imported.rows;
                message.imported_at = imported.at.to_string();
                message.hash = imported.hash;
            }
            message
        });
        Ok(Response::new(proto::ShowReferenceReply { tables: tables.collect() }))
    }
}

impl Services {
    fn carrier(
        &self,
        caller: &Caller,
        carrier: &maillage_domain::legal::Carrier,
    ) -> Result<Response<proto::Carrier>, Status> {
        let default = carriers::default(&self.app, caller)? == Some(carrier.id);
        Ok(Response::new(convert::carrier(&self.app, carrier, default)))
    }
}

/// Reads the row a page begins after; empty for the first page.
fn optional<K>(after: &str) -> Result<Option<Id<K>>, Refusal> {
    if after.is_empty() { Ok(None) } else { id(after, "after").map(Some) }
}

/// Where the next page begins: nowhere when this one is not full.
fn next(found: usize, limit: usize, last: Option<String>) -> String {
    last.filter(|_| found >= limit).unwrap_or_default()
}

/// Reads a day; empty for none.
pub(super) fn day(text: &str) -> Result<Option<Date>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    parse_date(text).map(Some).map_err(|_| refusals::invalid("date-format"))
}
