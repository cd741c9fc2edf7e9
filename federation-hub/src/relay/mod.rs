//! The door of enrolled nodes: envelopes in, letters out, the directory, where a handover stands. Who is at the other
//! end is known from its certificate alone; it must never be taken from what it says.

mod agreements;
mod arbiter;
mod inbox;
mod keys;
mod present;
mod settlements;
mod submit;
mod switchboard;

use std::{pin::Pin, sync::Arc};

use futures_util::Stream;
use maillage_federation::{accounts::FORM, handover, ids::Id};
use maillage_platform::grpc;
use maillage_proto::federation::v1::{self as proto, relay_server};
use prost::Message as _;
use tokio::time::Instant;
use tonic::{Request, Response, Status};

pub(crate) use self::arbiter::{Arbiter, Stands};
pub(crate) use self::submit::{let_time_pass, release_from};
pub use self::switchboard::{End, Switchboard};
use crate::{
    directory,
    hub::{Hub, to_the_end},
    intake, limits,
    refusals::{self, store_failed},
    store::{Embodied, Member},
};

/// The relay of a hub as a gRPC service.
#[derive(Debug, Clone)]
pub struct RelayService {
    hub: Arc<Hub>,
}

impl RelayService {
    /// The relay of this hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// The member behind a certificate, in the life that it says it is in: a life that was restored later speaks alone from
    /// then on.
    async fn living<T>(&self, request: &Request<T>, incarnation: u64) -> Result<Member, Status> {
        let member = self.member(request)?;
        let node = member.entry.node;
        if incarnation == member.incarnation {
            return Ok(member);
        }
        let embodied = self.hub.store().embody(node, incarnation).await;
        match embodied.map_err(|error| store_failed(&error))? {
            Embodied::Same => {}
            Embodied::Superseded => {
                tracing::warn!(%node, incarnation, "an older life of a restored node was turned away");
                return Err(refusals::NODE_SUPERSEDED.into());
            }
            Embodied::Raised => {
                tracing::warn!(%node, incarnation, "a node was restored from a backup");
                self.hub.roll.refresh(self.hub.store()).await.map_err(|error| store_failed(&error))?;
                self.hub.switchboard.end(node, End::Superseded);
            }
        }
        Ok(member)
    }

    fn member<T>(&self, request: &Request<T>) -> Result<Member, Status> {
        let peer = grpc::peer(request).ok_or(refusals::CERTIFICATE_REQUIRED)?;
        Ok(self.hub.roll.identify(&peer)?)
    }
}

#[tonic::async_trait]
impl relay_server::Relay for RelayService {
    type InboxStream = Pin<Box<dyn Stream<Item = Result<proto::InboxItem, Status>> + Send>>;

    async fn submit(
        &self,
        request: Request<proto::SubmitRequest>,
    ) -> Result<Response<proto::SubmitReply>, Status> {
        let member = self.living(&request, request.get_ref().incarnation).await?;
        if !self.hub.speakers.admits(member.entry.node, Instant::now()) {
            return Err(refusals::TOO_MANY_ENVELOPES.into());
        }
        let proto::SubmitRequest { envelope, incarnation: _ } = request.into_inner();
        let envelope = envelope.ok_or(refusals::ENVELOPE_MISSING)?;
        let places = Arc::clone(&self.hub.submissions);
        let place = places.acquire_owned().await.map_err(|_| refusals::HUB_STOPPING)?;
        let hub = Arc::clone(&self.hub);
        let receipt = to_the_end(async move {
            let _place = place;
            submit::submit(&hub, &member, envelope).await
        });
        let receipt = receipt.await?;
        Ok(Response::new(proto::SubmitReply { receipt: Some(receipt), epoch: self.hub.epoch.number }))
    }

    async fn inbox(
        &self,
        request: Request<proto::InboxRequest>,
    ) -> Result<Response<Self::InboxStream>, Status> {
        let node = self.living(&request, request.get_ref().incarnation).await?.entry.node;
        let proto::InboxRequest { cursor, incarnation: _ } = request.into_inner();
        Ok(Response::new(inbox::open(&self.hub, node, cursor).await?))
    }

    async fn ack(&self, request: Request<proto::AckRequest>) -> Result<Response<proto::AckReply>, Status> {
        let node = self.living(&request, request.get_ref().incarnation).await?.entry.node;
        let proto::AckRequest { cursor, incarnation: _ } = request.into_inner();
        let acknowledged = self.hub.store().acknowledge(node, cursor).await;
        acknowledged.map_err(|error| store_failed(&error))?;
        Ok(Response::new(proto::AckReply {}))
    }

    async fn greet(
        &self,
        request: Request<proto::GreetRequest>,
    ) -> Result<Response<proto::GreetReply>, Status> {
        let member = self.living(&request, request.get_ref().incarnation).await?;
        let known = request.get_ref().known_epoch;
        if known > self.hub.epoch.number {
            self.hub.raise_alert();
            tracing::error!(node = %member.entry.node, known, "a node has seen a later epoch: is this hub an old copy?");
        }
        let version = said_version(&request.get_ref().version);
        let noted = self.hub.store().runs(member.entry.node, version).await;
        noted.map_err(|error| store_failed(&error))?;
        let forms = vec![FORM.to_owned()];
        Ok(Response::new(proto::GreetReply { epoch: self.hub.epoch.number, forms }))
    }

    async fn list_my_handovers(
        &self,
        request: Request<proto::ListMyHandoversRequest>,
    ) -> Result<Response<proto::ListMyHandoversReply>, Status> {
        let node = self.living(&request, request.get_ref().incarnation).await?.entry.node;
        let after = request.into_inner().after;
        let after = if after.is_empty() { None } else { Some(Id::from_bytes(&after)) };
        let after = after.transpose().map_err(|_| refusals::MALFORMED_ARGUMENT)?;
        let found = self.hub.store().threads_of(node, after, limits::THREADS_LOOKED_THROUGH).await;
        let (threads, next) = found.map_err(|error| store_failed(&error))?;
        let handovers = threads.into_iter().map(|thread| present::told_again(thread, node));
        Ok(Response::new(proto::ListMyHandoversReply {
            handovers: handovers.collect(),
            next: next.map(Id::to_bytes).unwrap_or_default(),
        }))
    }

    async fn list_my_reports(
        &self,
        request: Request<proto::ListMyReportsRequest>,
    ) -> Result<Response<proto::ListMyReportsReply>, Status> {
        let node = self.living(&request, request.get_ref().incarnation).await?.entry.node;
        let reports = self.hub.store().reports(Some(node)).await.map_err(|error| store_failed(&error))?;
        let withdrawals = reports.iter().filter_map(intake::withdrawal).map(Into::into).collect();
        let reports = reports.iter().map(|report| proto::StatisticalReport::decode(report.report.as_slice()));
        let reports = reports.collect::<Result<_, _>>().map_err(|_| refusals::STORE_UNAVAILABLE)?;
        let accounts = self.hub.store().accounts(Some(node)).await.map_err(|error| store_failed(&error))?;
        let accounts = accounts.into_iter().map(|received| received.declared.into()).collect();
        Ok(Response::new(proto::ListMyReportsReply { reports, withdrawals, accounts }))
    }

    async fn present(
        &self,
        request: Request<proto::PresentRequest>,
    ) -> Result<Response<proto::PresentReply>, Status> {
        let member = self.living(&request, request.get_ref().incarnation).await?;
        let proto::PresentRequest { incarnation: _, presentations } = request.into_inner();
        if presentations.len() > limits::PRESENTATIONS {
            return Err(refusals::MALFORMED_ARGUMENT.into());
        }
        let hub = Arc::clone(&self.hub);
        let standings = to_the_end(async move {
            let mut standings = Vec::new();
            for presentation in presentations {
                standings.push(present::present(&hub, &member, presentation).await?);
            }
            Ok(standings)
        });
        Ok(Response::new(proto::PresentReply { standings: standings.await? }))
    }

    async fn present_agreement(
        &self,
        request: Request<proto::PresentAgreementRequest>,
    ) -> Result<Response<proto::PresentAgreementReply>, Status> {
        let member = self.living(&request, request.get_ref().incarnation).await?;
        let agreement = request.into_inner().agreement.ok_or(refusals::MALFORMED_ARGUMENT)?;
        let hub = Arc::clone(&self.hub);
        let known = to_the_end(async move { present::present_agreement(&hub, &member, agreement).await });
        Ok(Response::new(proto::PresentAgreementReply { agreement: known.await? }))
    }

    async fn list_my_agreements(
        &self,
        request: Request<proto::ListMyAgreementsRequest>,
    ) -> Result<Response<proto::ListMyAgreementsReply>, Status> {
        let node = self.living(&request, request.get_ref().incarnation).await?.entry.node;
        let after = request.into_inner().after;
        let after = if after.is_empty() { None } else { Some(Id::from_bytes(&after)) };
        let after = after.transpose().map_err(|_| refusals::MALFORMED_ARGUMENT)?;
        let found = self.hub.store().agreements_of(node, after, limits::AGREEMENTS_AT_ONCE).await;
        let found = found.map_err(|error| store_failed(&error))?;
        let full = found.len() == limits::AGREEMENTS_AT_ONCE;
        let (agreements, cut) = fitting(found.iter().cloned().map(Into::into).collect());
        let next = agreements.len().checked_sub(1).and_then(|last| found.get(last)).filter(|_| full || cut);
        let next = next.map(|last| last.pair.other(node).to_bytes()).unwrap_or_default();
        Ok(Response::new(proto::ListMyAgreementsReply { agreements, next }))
    }

    async fn change_sealing_key(
        &self,
        request: Request<proto::ChangeSealingKeyRequest>,
    ) -> Result<Response<proto::ChangeSealingKeyReply>, Status> {
        let member = self.living(&request, request.get_ref().incarnation).await?;
        let hub = Arc::clone(&self.hub);
        let announced = request.into_inner();
        to_the_end(async move { keys::change(&hub, &member, announced).await }).await?;
        Ok(Response::new(proto::ChangeSealingKeyReply {}))
    }

    async fn fetch_directory(
        &self,
        request: Request<proto::FetchDirectoryRequest>,
    ) -> Result<Response<proto::SignedDirectory>, Status> {
        self.member(&request)?;
        let proto::FetchDirectoryRequest { known_version, known_head } = request.into_inner();
        let signed = directory::signed(&self.hub, known_version, &known_head).await;
        Ok(Response::new(signed.map_err(|error| store_failed(&error))?))
    }

    async fn look_up_handover(
        &self,
        request: Request<proto::LookUpHandoverRequest>,
    ) -> Result<Response<proto::LookUpHandoverReply>, Status> {
        let node = self.member(&request)?.entry.node;
        let proto::LookUpHandoverRequest { handover_id } = request.into_inner();
        let handover = Id::from_bytes(&handover_id).map_err(|_| refusals::MALFORMED_ARGUMENT)?;
        let read = async || self.hub.store().thread(handover).await.map_err(|error| store_failed(&error));
        let mut thread = read().await?.ok_or(refusals::HANDOVER_UNKNOWN)?;
        if thread.record.origin != node && !thread.audience.contains(&node) {
            return Err(refusals::HANDOVER_UNKNOWN.into());
        }
        if handover::due_at_ms(&thread).is_some_and(|due_ms| due_ms <= self.hub.now_ms()) {
            let_time_pass(&self.hub, handover).await.map_err(|error| store_failed(&error))?;
            thread = read().await?.ok_or(refusals::HANDOVER_UNKNOWN)?;
        }
        Ok(Response::new(proto::LookUpHandoverReply { record: Some(thread.record.as_told_to(node).into()) }))
    }
}

/// As many agreements, from the first on, as go into one answer, at least one; and whether others are left.
fn fitting(mut agreements: Vec<proto::AgreementRecord>) -> (Vec<proto::AgreementRecord>, bool) {
    let mut bytes = 0;
    let fits = |agreement: &proto::AgreementRecord| {
        bytes += agreement.encoded_len();
        bytes <= limits::AGREEMENTS_BYTES
    };
    let fitting = agreements.iter().map(fits).take_while(|fits| *fits).count().max(1);
    let cut = fitting < agreements.len();
    agreements.truncate(fitting);
    (agreements, cut)
}

/// What a node says of its version, as far as it is one: letters, digits and few signs.
fn said_version(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '+');
    let fits = text.len() <= limits::VERSION_CHARS && text.chars().all(is_plain);
    if fits { text.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    //! How much goes into one answer. It must never need a hub.

    use super::*;

    #[test]
    fn an_answer_holds_what_a_node_takes_and_goes_on_all_the_same() {
        let record = |kilobytes: usize| {
            let proposed = vec![7; kilobytes * 1024];
            let version = proto::AgreementVersion { proposed, ..proto::AgreementVersion::default() };
            proto::AgreementRecord { versions: vec![version], ..proto::AgreementRecord::default() }
        };
        for (kilobytes, expected, cut) in [
            (vec![], 0, false),
            (vec![1, 1, 1], 3, false),
            (vec![600, 300, 300, 1], 2, true),
            (vec![2_000, 1], 1, true),
            (vec![2_000], 1, false),
        ] {
            let (fitting, is_cut) = fitting(kilobytes.into_iter().map(record).collect());
            assert_eq!((fitting.len(), is_cut), (expected, cut));
        }
    }
}
