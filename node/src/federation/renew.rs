//! Keeps the certificate fresh: renewed at two thirds of its life, also after it has run out while the node was away,
//! because the node proves itself with its signing key. In between it changes the sealing key when that is due. Looks for a membership made by `join` while the node runs.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use maillage_federation::enrolment::prove_renewal;
use maillage_platform::{
    directory::DataDirectory,
    grpc::connect_tls,
    random::OsEntropy,
    refusal::{Refusal, RefusalKind},
    tls::{IdentityUri, PeerRole, identity_request},
    worker::{WorkOutcome, Worker},
};
use maillage_proto::federation::v1::{RenewRequest, enrolment_client::EnrolmentClient};

use super::{
    directory_book,
    hub::Hub,
    link::{LOOK_AGAIN, LinkState},
    membership::{self, Membership},
    rotating::Rotating,
};
use crate::app::{App, refusals};

/// Life of a certificate, as the hub gives it: fourteen days; a third of it is left at renewal.
const RENEW_BEFORE_END: Duration = Duration::from_hours(14 * 24 / 3);

/// The worker that looks after this node's place in its federation.
pub struct Renewal {
    app: Arc<App>,
    hub: Arc<Hub>,
    directory: DataDirectory,
    status: String,
    rotating: Rotating,
}

impl Renewal {
    /// A worker for the node in a data directory.
    pub fn new(app: Arc<App>, hub: Arc<Hub>, directory: DataDirectory) -> Self {
        Self { app, hub, directory, status: String::new(), rotating: Rotating::default() }
    }

    async fn step(&mut self) -> Result<(), Refusal> {
        let Some(membership) = self.app.link.membership() else { return self.look_for_membership() };
        let until = certificate_until(&membership)?;
        self.status = format!("certificate until {until}");
        let now = self.app.now();
        // A node whose certificate is turned away asks at the open door, and is told why, or helped.
        let turned_away = self.app.link.take_doubt();
        if !due(until, now) && !turned_away {
            // Only a node that the hub hears has anything to announce.
            if self.app.link.may_speak() {
                let about = (&*membership, &self.directory);
                self.status.push_str(&self.rotating.step(&self.app, &self.hub, about).await?);
            }
            return Ok(());
        }
        self.renew(&membership, until > now && !turned_away).await?;
        self.hub.hang_up();
        tracing::info!("the certificate was renewed");
        Ok(())
    }

    fn look_for_membership(&mut self) -> Result<(), Refusal> {
        "not joined".clone_into(&mut self.status);
        let Some(membership) = Membership::load(&self.directory).map_err(refusals::internal)? else {
            return Ok(());
        };
        tracing::info!(federation = %membership.federation, node = %membership.me, "joined a federation");
        directory_book::restore(&self.app, &membership)?;
        self.app.link.joined(Arc::new(membership));
        self.app.link.note(LinkState::Connecting, "", self.app.now());
        Ok(())
    }

    async fn renew(&self, membership: &Membership, with_certificate: bool) -> Result<(), Refusal> {
        let id = membership.me.to_string();
        let uri = IdentityUri::new(membership.federation.as_str(), PeerRole::Node, &id)
            .map_err(refusals::internal)?;
        let request = identity_request(&uri, &OsEntropy).map_err(refusals::internal)?;
        let renew = prove_renewal(
            RenewRequest {
                node_id: membership.me.to_bytes(),
                certificate_request_pem: request.csr_pem.clone(),
                asked_at_ms: self.app.now().as_millisecond(),
                proof: Vec::new(),
            },
            &membership.keys.signer,
        );
        let clock = Arc::clone(self.hub.clock());
        let config = if with_certificate {
            membership.client_config(clock)
        } else {
            membership.anonymous_config(clock)
        };
        let config = config.map_err(refusals::internal)?;
        let channel = connect_tls(&membership.hub_url, config, self.hub.network())
            .await
            .map_err(|_| Refusal::new(RefusalKind::Unavailable, "hub-unreachable"))?;
        let reply = EnrolmentClient::new(channel).renew(renew).await;
        let reply = reply.map_err(|status| Refusal::from_status(&status))?.into_inner();
        let identity =
            membership::store_certificate(&self.directory, &reply.certificate_pem, &request.key_pem)
                .map_err(refusals::internal)?;
        membership.identity.replace(identity);
        Ok(())
    }
}

/// Until when this node's certificate is valid.
///
/// # Errors
/// `internal` for a certificate that cannot be read.
pub fn certificate_until(membership: &Membership) -> Result<Timestamp, Refusal> {
    let own = membership.identity.current().own().map_err(refusals::internal)?;
    Ok(own.not_after)
}

fn due(until: Timestamp, now: Timestamp) -> bool {
    now.checked_add(RENEW_BEFORE_END).is_ok_and(|then| then >= until)
}

#[async_trait]
impl Worker for Renewal {
    fn name(&self) -> &'static str {
        "membership"
    }

    fn status(&self) -> String {
        self.status.clone()
    }

    async fn work(&mut self) -> WorkOutcome {
        match self.step().await {
            Ok(()) => WorkOutcome::Idle,
            Err(refusal) => {
                if matches!(refusal.kind(), RefusalKind::Forbidden) {
                    self.app.link.note(LinkState::Refused, refusal.reason(), self.app.now());
                }
                WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None }
            }
        }
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
