//! Carries the outbox to the hub, oldest first, one at a time: what was said first arrives first. A row leaves the outbox
//! only together with the hub's signed answer. What the hub cannot take at all is put aside for a person; what it cannot
//! take now is tried again.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use maillage_federation::{
    envelope::{Body, Envelope, Party, Receipt},
    ids::{HandoverKind, Id},
    lives,
};
use maillage_platform::{
    refusal::{Refusal, RefusalKind},
    worker::{WorkOutcome, Worker},
};
use maillage_proto::federation::v1::SubmitRequest;
use maillage_store::outbox::{self, OutboxRow};
use prost::Message as _;
use tokio::time::Instant;
use tonic::Request;

use super::{hub::Hub, membership::Membership};
use crate::{
    app::{
        App,
        handover::{receipts, recovery},
        refusals,
    },
    limits::COURIER_BATCH,
};

/// The hub was restored and does not decide about this handover yet.
const HANDOVER_RECOVERING: &str = "handover-recovering";
/// A restored hub is asked again about such a handover after this time, and no later: a lease may run elsewhere.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// Longest wait for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// The worker that empties the outbox.
pub struct Courier {
    app: Arc<App>,
    hub: Arc<Hub>,
    waiting: usize,
    /// Rows about handovers that a restored hub does not decide about yet: not read again before it is asked again.
    held_back: BTreeSet<u64>,
    /// These handovers.
    undecided: BTreeSet<Id<HandoverKind>>,
    /// The hub is not asked about them again before.
    ask_again: Instant,
}

/// What came of one delivery.
enum Delivered {
    Answered(Box<(Receipt, Vec<u8>)>),
    /// The hub will never take it.
    Never(String),
    /// Not now.
    Later(Refusal),
}

impl Courier {
    /// A courier between a node and its hub.
    pub fn new(app: Arc<App>, hub: Arc<Hub>) -> Self {
        let (held_back, undecided) = (BTreeSet::new(), BTreeSet::new());
        Self { app, hub, waiting: 0, held_back, undecided, ask_again: Instant::now() }
    }

    async fn carry(&mut self, membership: &Membership) -> Result<WorkOutcome, Refusal> {
        if !self.app.link.may_speak() {
            return Ok(WorkOutcome::Idle);
        }
        let batch = COURIER_BATCH + self.held_back.len();
        let rows = outbox::pending(&self.app.store, batch).map_err(refusals::engine)?;
        self.waiting = rows.len();
        let more = rows.len() == batch;
        // What is said about one handover stays in order; another does not wait for it.
        if Instant::now() >= self.ask_again {
            self.undecided.clear();
            self.held_back.clear();
        }
        for (sequence, row) in rows {
            if self.held_back.contains(&sequence) {
                continue;
            }
            let Some(said) = read(membership, &row) else {
                tracing::error!("an envelope is not this membership's: put aside");
                receipts::bury(&self.app, sequence, "other-membership".into(), None).await?;
                continue;
            };
            let about = about(&said);
            if about.is_some_and(|about| self.undecided.contains(&about)) {
                self.held_back.insert(sequence);
                continue;
            }
            match self.deliver(membership, &row).await {
                Delivered::Answered(answer) => receipts::take(&self.app, sequence, said, *answer).await?,
                Delivered::Never(reason) => {
                    tracing::error!(reason, "the hub will never take an envelope: put aside");
                    receipts::bury(&self.app, sequence, reason, Some(said)).await?;
                }
                Delivered::Later(refusal) if refusal.reason() == HANDOVER_RECOVERING => {
                    if receipts::drop_needless(&self.app, sequence, row.envelope, &said).await? {
                        self.waiting = self.waiting.saturating_sub(1);
                        continue;
                    }
                    if self.undecided.is_empty() {
                        tracing::debug!(reason = refusal.reason(), "the hub is asked again");
                        self.ask_again = Instant::now() + ASK_AGAIN;
                    }
                    self.undecided.extend(about);
                    self.held_back.insert(sequence);
                    continue;
                }
                Delivered::Later(refusal) => return Err(refusal),
            }
            self.waiting = self.waiting.saturating_sub(1);
        }
        Ok(if more { WorkOutcome::Busy } else { WorkOutcome::Idle })
    }

    async fn deliver(&self, membership: &Membership, row: &OutboxRow) -> Delivered {
        let mut relay = match self.hub.relay(membership) {
            Ok(relay) => relay,
            Err(refusal) => return Delivered::Later(refusal),
        };
        let Ok(envelope) = Envelope::decode(&row.bytes) else {
            return Delivered::Never("unreadable".to_owned());
        };
        let (known, incarnation) = match recovery::lives_of(&self.app) {
            Ok((epoch, incarnation)) => (epoch.known, incarnation),
            Err(refusal) => return Delivered::Later(refusal),
        };
        let mut request = Request::new(SubmitRequest { envelope: Some(envelope.into()), incarnation });
        request.set_timeout(ANSWER_WITHIN);
        let reply = match relay.submit(request).await {
            Ok(reply) => reply.into_inner(),
            Err(status) => return refused(Refusal::from_status(&status)),
        };
        if lives::is_of_the_past(reply.epoch, known) {
            return Delivered::Later(refusals::forbidden("hub-of-the-past"));
        }
        let signed = reply.receipt.unwrap_or_default();
        match Receipt::verify(&signed, &membership.hub_key) {
            Ok(receipt) if receipt.envelope == row.envelope => {
                Delivered::Answered(Box::new((receipt, signed.encode_to_vec())))
            }
            Ok(_) | Err(_) => {
                Delivered::Later(Refusal::new(RefusalKind::Unavailable, "hub-receipt-unusable"))
            }
        }
    }
}

/// Which handover something is about.
fn about(said: &Body) -> Option<Id<HandoverKind>> {
    match said {
        Body::Command(command) => Some(command.handover),
        Body::Notice(_)
        | Body::Report(_)
        | Body::Withdrawal(_)
        | Body::Accounts(_)
        | Body::Agreement(_)
        | Body::AgreementNotice(_)
        | Body::Settlement(_)
        | Body::SettlementNotice(_) => None,
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
