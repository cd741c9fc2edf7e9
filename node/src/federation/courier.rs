//! Carries the outbox to the hub, oldest first, one at a time: what was said first arrives first. A row leaves the outbox
//! only together with the hub's signed answer. What the hub cannot take at all is put aside for a person; what it cannot
//! take now is tried again.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use maillage_federation::envelope::{Body, Envelope, Party, Receipt};
use maillage_platform::{
    refusal::{Refusal, RefusalKind},
    worker::{WorkOutcome, Worker},
};
use maillage_proto::federation::v1::SubmitRequest;
use maillage_store::outbox::{self, OutboxRow};
use tonic::Request;

use super::{hub::Hub, membership::Membership};
use crate::{
    app::{App, handover::receipts},
    limits::COURIER_BATCH,
};

/// Longest wait for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// The worker that empties the outbox.
pub struct Courier {
    app: Arc<App>,
    hub: Arc<Hub>,
    waiting: usize,
}

/// What came of one delivery.
enum Delivered {
    Answered(Box<Receipt>),
    /// The hub will never take it.
    Never(String),
    /// Not now.
    Later(Refusal),
}

impl Courier {
    /// A courier between a node and its hub.
    pub fn new(app: Arc<App>, hub: Arc<Hub>) -> Self {
        Self { app, hub, waiting: 0 }
    }

    async fn carry(&mut self, membership: &Membership) -> Result<WorkOutcome, Refusal> {
        let rows = outbox::pending(&self.app.store, COURIER_BATCH).map_err(crate::app::refusals::engine)?;
        self.waiting = rows.len();
        for (sequence, row) in rows {
            let Some(said) = read(membership, &row) else {
                tracing::error!("an envelope is not this membership's: put aside");
                receipts::bury(&self.app, sequence, "other-membership".into(), None).await?;
                continue;
            };
            match self.deliver(membership, &row).await {
                Delivered::Answered(receipt) => receipts::take(&self.app, sequence, said, *receipt).await?,
                Delivered::Never(reason) => {
                    tracing::error!(reason, "the hub will never take an envelope: put aside");
                    receipts::bury(&self.app, sequence, reason, Some(said)).await?;
                }
                Delivered::Later(refusal) => return Err(refusal),
            }
            self.waiting = self.waiting.saturating_sub(1);
        }
        Ok(if self.waiting == 0 { WorkOutcome::Idle } else { WorkOutcome::Busy })
    }

    async fn deliver(&self, membership: &Membership, row: &OutboxRow) -> Delivered {
        let mut relay = match self.hub.relay(membership) {
            Ok(relay) => relay,
            Err(refusal) => return Delivered::Later(refusal),
        };
        let Ok(envelope) = Envelope::decode(&row.bytes) else {
            return Delivered::Never("unreadable".to_owned());
        };
        let mut request = Request::new(SubmitRequest { envelope: Some(envelope.into()) });
        request.set_timeout(ANSWER_WITHIN);
        let reply = match relay.submit(request).await {
            Ok(reply) => reply.into_inner(),
            Err(status) => return refused(Refusal::from_status(&status)),
        };
        let receipt = reply.receipt.as_ref().map(|receipt| Receipt::verify(receipt, &membership.hub_key));
        match receipt {
            Some(Ok(receipt)) if receipt.envelope == row.envelope => Delivered::Answered(Box::new(receipt)),
            Some(_) | None => {
                Delivered::Later(Refusal::new(RefusalKind::Unavailable, "hub-receipt-unusable"))
            }
        }
    }
}

/// A malformed or misplaced envelope will be as malformed tomorrow; a hub that knows us no more may know us again.
fn refused(refusal: Refusal) -> Delivered {
    match refusal.kind() {
        RefusalKind::InvalidInput | RefusalKind::Conflict | RefusalKind::NotFound => {
            Delivered::Never(refusal.reason().to_owned())
        }
        RefusalKind::Forbidden
        | RefusalKind::Unauthenticated
        | RefusalKind::Unavailable
        | RefusalKind::Exhausted
        | RefusalKind::Internal => Delivered::Later(refusal),
    }
}

fn read(membership: &Membership, row: &OutboxRow) -> Option<Body> {
    let envelope = Envelope::decode(&row.bytes).ok()?;
    if envelope.header.sender != Party::Node(membership.me) {
        return None;
    }
    envelope.verify(&membership.federation, &membership.keys.signer.verify_key()).ok()
}

#[async_trait]
impl Worker for Courier {
    fn name(&self) -> &'static str {
        "courier"
    }

    fn status(&self) -> String {
        format!("{} waiting", self.waiting)
    }

    async fn work(&mut self) -> WorkOutcome {
        let Some(membership) = self.app.link.membership() else { return WorkOutcome::Idle };
        match self.carry(&membership).await {
            Ok(outcome) => outcome,
            Err(refusal) => WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None },
        }
    }

    async fn wait_for_work(&mut self) {
        self.app.link.outbox_rung().await;
    }
}
