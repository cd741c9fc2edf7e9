//! Service `Obligations`.

use std::pin::Pin;

use futures_util::{Stream, stream};
use maillage_domain::{ids::CarrierKind, roles::Operation};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, obligations_server::Obligations, subject_request::Who};
use maillage_store::holdings::Whose;
use tonic::{Request, Response, Status};

use super::{Services, caller, convert::obligations as convert, id, limit, next_after};
use crate::app::{
    obligations::{accesses, erasure, export, register, retention, tus_return},
    refusals,
};

#[tonic::async_trait]
impl Obligations for Services {
    async fn tus_return(
        &self,
        request: Request<proto::TusReturnRequest>,
    ) -> Result<Response<proto::TusReturnReply>, Status> {
        let caller = caller(&request)?;
        let proto::TusReturnRequest { year, carrier: asked } = request.into_inner();
        let counted = tus_return::of_year(&self.app, &caller, year, carrier(&asked)?)?;
        Ok(Response::new(convert::tus_return(&self.app, &counted)))
    }

    async fn list_figure(
        &self,
        request: Request<proto::ListFigureRequest>,
    ) -> Result<Response<proto::ListFigureReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListFigureRequest { year, carrier: asked, figure, after, limit: rows } =
            request.into_inner();
        let rows = limit(rows)?;
        let items = tus_return::items(&self.app, &caller, (year, carrier(&asked)?), &figure)?;
        Ok(Response::new(convert::figure_page(&items, &after, rows)))
    }

    async fn show_register(
        &self,
        request: Request<proto::ShowRegisterRequest>,
    ) -> Result<Response<proto::ShowRegisterReply>, Status> {
        let caller = caller(&request)?;
        let entries = register::show(&self.app, &caller)?;
        Ok(Response::new(convert::register(&self.app, &entries)))
    }

    type ExportSubjectStream = Pin<Box<dyn Stream<Item = Result<proto::HeldRow, Status>> + Send>>;

    async fn export_subject(
        &self,
        request: Request<proto::SubjectRequest>,
    ) -> Result<Response<Self::ExportSubjectStream>, Status> {
        let caller = caller(&request)?;
        let held = export::of(&self.app, &caller, whose(Some(request.into_inner()))?).await?;
        let rows = held.into_iter().map(|held| Ok(convert::held(&held)));
        Ok(Response::new(Box::pin(stream::iter(rows.collect::<Vec<_>>()))))
    }

    async fn list_accesses(
        &self,
        request: Request<proto::ListAccessesRequest>,
    ) -> Result<Response<proto::ListAccessesReply>, Status> {
        let caller = caller(&request)?;
        caller.check(Operation::AccessList)?;
        let proto::ListAccessesRequest { subject, limit: rows, after } = request.into_inner();
        let rows = limit(rows)?;
        let place = if after.is_empty() { Ok(u64::MAX) } else { after.parse().map_err(|_| mark()) }?;
        let found = accesses::before(&self.app, &caller, whose(subject)?, place, rows)?;
        let next_after = next_after(&found, rows, |(place, _)| place.to_string());
        let accesses = found.iter().map(|(_, seen)| convert::access(seen)).collect();
        Ok(Response::new(proto::ListAccessesReply { accesses, next_after }))
    }

    async fn erase_subject(
        &self,
        request: Request<proto::EraseSubjectRequest>,
    ) -> Result<Response<proto::Erasure>, Status> {
        let caller = caller(&request)?;
        let proto::EraseSubjectRequest { subject, objection } = request.into_inner();
        let erased = erasure::erase(&self.app, &caller, whose(subject)?, objection).await?;
        Ok(Response::new(convert::erasure(&erased)))
    }

    async fn list_erasures(
        &self,
        request: Request<proto::ListErasuresRequest>,
    ) -> Result<Response<proto::ListErasuresReply>, Status> {
        let caller = caller(&request)?;
        caller.check(Operation::ErasureList)?;
        let proto::ListErasuresRequest { limit: rows, after } = request.into_inner();
        let rows = limit(rows)?;
        let found = erasure::list(&self.app, &caller, erased(&after)?, rows)?;
        let next_after = next_after(&found, rows, |erasure| convert::erased(erasure.whose));
        let erasures = found.iter().map(convert::erasure).collect();
        Ok(Response::new(proto::ListErasuresReply { erasures, next_after }))
    }

    async fn preview_retention(
        &self,
        request: Request<proto::PreviewRetentionRequest>,
    ) -> Result<Response<proto::RetentionPreview>, Status> {
        let caller = caller(&request)?;
        caller.check(Operation::RetentionPreview)?;
        let proto::PreviewRetentionRequest { after, limit: rows } = request.into_inner();
        let rows = if rows == 0 { usize::MAX } else { limit(rows)? };
        let preview = retention::preview_aside(&self.app, &caller).await?;
        Ok(Response::new(convert::retention(&preview, &after, rows).ok_or_else(mark)?))
    }

    async fn purge_retention(
        &self,
        request: Request<proto::PurgeRetentionRequest>,
    ) -> Result<Response<proto::RetentionPurged>, Status> {
        let caller = caller(&request)?;
        let purged = retention::purge(&self.app, &caller, &request.into_inner().digest).await?;
        let retention::Purged { erased, passengers, rows } = purged;
        Ok(Response::new(proto::RetentionPurged { erased, passengers, rows }))
    }
}

/// Somebody as a message names them.
fn whose(subject: Option<proto::SubjectRequest>) -> Result<Whose, Refusal> {
    match subject.and_then(|subject| subject.who) {
        Some(Who::Person(person)) => id(&person, "person").map(Whose::Person),
        Some(Who::Volunteer(volunteer)) => id(&volunteer, "volunteer").map(Whose::Volunteer),
        Some(Who::Referral(referral)) => id(&referral, "referral").map(Whose::Referral),
        None => Err(refusals::invalid("subject-missing")),
    }
}

/// Whose erasure a page begins after.
fn erased(text: &str) -> Result<Option<Whose>, Refusal> {
    Ok(match text.split_once(':') {
        None if text.is_empty() => None,
        Some(("person", person)) => Some(Whose::Person(id(person, "after")?)),
        Some(("volunteer", volunteer)) => Some(Whose::Volunteer(id(volunteer, "after")?)),
        Some(("referral", referral)) => Some(Whose::Referral(id(referral, "after")?)),
        None | Some(_) => return Err(mark()),
    })
}

/// There is no such page.
fn mark() -> Refusal {
    refusals::invalid("page-mark").with("field", "after")
}

fn carrier(text: &str) -> Result<Option<Id<CarrierKind>>, Refusal> {
    if text.is_empty() { Ok(None) } else { id(text, "carrier").map(Some) }
}
