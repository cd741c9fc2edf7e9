//! Takes mail from the hub: a stream re-opened from the durable cursor as often as it breaks. Each piece is applied once,
//! in its order; what cannot be believed is passed over and logged, so that it holds nothing up.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use maillage_federation::{
    directory::{self, Directory, DirectoryError, Head},
    envelope::Envelope,
    rotation::Followed,
};
use maillage_platform::{
    refusal::{Refusal, RefusalKind},
    worker::{WorkOutcome, Worker},
};
use maillage_proto::federation::v1::{
    AckRequest, FetchDirectoryRequest, InboxItem, InboxRequest, SignedDirectory,
};
use maillage_store::inbox;
use tonic::{Status, Streaming};

use super::{
    directory_book, greeting,
    hub::Hub,
    link::{LOOK_AGAIN, LinkState},
    membership::Membership,
};
use crate::app::{
    App,
    handover::{
        notices,
        recovery::{self, Waiting},
    },
    members, refusals,
};

/// How rustls tells an alert of the other side; the HTTP/2 layer keeps nothing but these words.
const TURNED_AWAY: &str = "received fatal alert";

/// The worker that reads the mailbox.
pub struct Inbox {
    app: Arc<App>,
    hub: Arc<Hub>,
    stream: Option<Streaming<InboxItem>>,
    next: Option<Result<InboxItem, Refusal>>,
    directory_asked: bool,
    taken: u64,
    incarnation: u64,
    /// What the hub, which was restored, still waits for another node about.
    waiting: Waiting,
    present_after: Duration,
}

impl Inbox {
    /// A reader of a node's mailbox.
    pub fn new(app: Arc<App>, hub: Arc<Hub>) -> Self {
        Self {
            app,
            hub,
            stream: None,
            next: None,
            directory_asked: false,
            taken: 0,
            incarnation: 0,
            waiting: Waiting::new(),
            present_after: PRESENT_FIRST,
        }
    }

    async fn step(&mut self, membership: &Membership) -> Result<WorkOutcome, Refusal> {
        if self.stream.is_none() {
            self.attach(membership).await?;
            return Ok(WorkOutcome::Idle);
        }
        if std::mem::take(&mut self.directory_asked) {
            self.fetch_directory(membership).await?;
        }
        match self.next.take() {
            None if !self.waiting.is_empty() => {
                let mut relay = self.hub.relay(membership)?;
                let waiting = Some(&self.waiting);
                self.waiting = greeting::present(&self.app, membership, &mut relay, waiting).await?;
                self.present_after = (self.present_after * 2).min(PRESENT_AT_LEAST);
                Ok(WorkOutcome::Idle)
            }
            None => Ok(WorkOutcome::Idle),
            Some(Err(refusal)) => Err(refusal),
            Some(Ok(item)) => {
                self.take(membership, item).await?;
                Ok(WorkOutcome::Idle)
            }
        }
    }

    async fn attach(&mut self, membership: &Membership) -> Result<(), Refusal> {
        self.fetch_directory(membership).await?;
        let mut relay = self.hub.relay(membership)?;
        self.waiting = greeting::greet(&self.app, membership, &mut relay).await?;
        self.present_after = PRESENT_FIRST;
        if directory_book::is_of_an_earlier_epoch(&self.app)? {
            self.fetch_directory(membership).await?;
        }
        let (_, incarnation) = recovery::lives_of(&self.app)?;
        self.incarnation = incarnation;
        let cursor = inbox::cursor(&self.app.store).map_err(refusals::engine)?;
        let reply = answered(&self.app, relay.inbox(InboxRequest { cursor, incarnation })).await?;
        self.stream = Some(reply.into_inner());
        self.app.link.note(LinkState::Attached, "", self.app.now());
        if cursor > 0 {
            // The acknowledgement of what was taken last may have been lost with the connection.
            let _ = answered(&self.app, relay.ack(AckRequest { cursor, incarnation })).await;
        }
        Ok(())
    }

    async fn fetch_directory(&self, membership: &Membership) -> Result<(), Refusal> {
        let known = self.app.link.directory();
        let anew = directory_book::is_of_an_earlier_epoch(&self.app)?;
        let head = if anew { Head::default() } else { known.head };
        let mut relay = self.hub.relay(membership)?;
        let request = FetchDirectoryRequest { known_version: head.version, known_head: head.hash.to_vec() };
        let signed = answered(&self.app, relay.fetch_directory(request)).await?.into_inner();
        if signed.directory.is_empty() && head.version > 0 {
            return members::caught_up(&self.app).await;
        }
        match verify(&signed, membership, (&known, head)) {
            Ok(newer) if anew || newer.1.head.version > known.head.version => {
                directory_book::keep(&self.app, (signed, head), newer).await?;
                members::caught_up(&self.app).await
            }
            Ok(_) => members::caught_up(&self.app).await,
            Err(error) => {
                let error = refusals::chain(&error);
                tracing::error!(error, "the hub's directory is refused: the known one stays in force");
                Ok(())
            }
        }
    }

    async fn take(&mut self, membership: &Membership, item: InboxItem) -> Result<(), Refusal> {
        let believed = match self.believe(membership, &item) {
            Err(disbelief) if notices::may_be_believed_later(&disbelief) => {
                self.fetch_directory(membership).await?;
                self.believe(membership, &item)
            }
            settled => settled,
        };
        let believed = match believed {
            Ok(believed) => Some(believed),
            Err(disbelief) => {
                notices::disbelieved(&self.app, item.sequence, &disbelief);
                None
            }
        };
        notices::take(&self.app, item.sequence, believed).await?;
        self.taken += 1;
        let mut relay = self.hub.relay(membership)?;
        let ack = AckRequest { cursor: item.sequence, incarnation: self.incarnation };
        let _ = answered(&self.app, relay.ack(ack)).await;
        Ok(())
    }

    fn believe(
        &self,
        membership: &Membership,
        item: &InboxItem,
    ) -> Result<notices::Believed, notices::Disbelief> {
        let envelope = item.envelope.clone().unwrap_or_default();
        let envelope = Envelope::try_from(envelope)?;
        notices::believe(&self.app, membership, &envelope)
    }
}

/// What a failed call means. A hub that turns the certificate away says so in a TLS alert, before any refusal of ours
/// can be said.
fn understood(app: &App, status: &Status) -> Refusal {
    if refusals::chain(status).contains(TURNED_AWAY) {
        app.link.doubt();
    }
    Refusal::from_status(status)
}

/// A directory that the hub signed, that continues what stands at a head, and in which nobody's keys were exchanged: as the hub
/// says it, and as this node follows it.
fn verify(
    signed: &SignedDirectory,
    membership: &Membership,
    (known, head): (&Directory, Head),
) -> Result<(Directory, Directory), DirectoryError> {
    let newer = directory::verify(signed, &membership.federation, head, &membership.hub_key)?;
    let Followed { directory, exchanged } = known.followed_by(newer.clone(), &membership.federation);
    for node in exchanged {
        tracing::error!(%node, "its keys were exchanged in the hub's directory: the known ones count; call its desk");
    }
    Ok((newer, directory))
}

/// Waits for an answer, but not for ever: a hub that keeps the line open and says nothing is a hub out of reach.
pub(super) async fn answered<T>(
    app: &App,
    call: impl Future<Output = Result<T, Status>>,
) -> Result<T, Refusal> {
    match tokio::time::timeout(ANSWER_WITHIN, call).await {
        Ok(reply) => reply.map_err(|status| understood(app, &status)),
        Err(_) => Err(Refusal::new(RefusalKind::Unavailable, "hub-unreachable")),
    }
}

#[async_trait]
impl Worker for Inbox {
    fn name(&self) -> &'static str {
        "inbox"
    }

    fn status(&self) -> String {
        format!("{} taken", self.taken)
    }

    async fn work(&mut self) -> WorkOutcome {
        let Some(membership) = self.app.link.membership() else { return WorkOutcome::Idle };
        match self.step(&membership).await {
            Ok(outcome) => outcome,
            Err(refusal) => {
                self.stream = None;
                self.next = None;
                // Whoever answers next may be another copy of the hub: it is greeted first.
                self.app.link.let_speak(false);
                self.hub.hang_up();
                let state = match refusal.kind() {
                    RefusalKind::Forbidden | RefusalKind::Unauthenticated => LinkState::Refused,
                    RefusalKind::InvalidInput
                    | RefusalKind::NotFound
                    | RefusalKind::Conflict
                    | RefusalKind::Unavailable
                    | RefusalKind::Exhausted
                    | RefusalKind::Internal => LinkState::Connecting,
                };
                // Once refused, the hub's word stands until it lets this node in again.
                let refused = self.app.link.view().state == LinkState::Refused;
                if !(refused && state == LinkState::Connecting) {
                    self.app.link.note(state, refusal.reason(), self.app.now());
                }
                WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None }
            }
        }
    }

    async fn wait_for_work(&mut self) {
        let Some(stream) = &mut self.stream else {
            tokio::time::sleep(LOOK_AGAIN).await;
            return;
        };
        let (waits, pause) = (!self.waiting.is_empty(), self.present_after);
        let message = tokio::select! {
            message = stream.message() => message,
            () = self.app.link.directory_asked() => {
                self.directory_asked = true;
                return;
            }
            () = tokio::time::sleep(pause), if waits => return,
        };
        self.next = Some(match message {
            Ok(Some(item)) => Ok(item),
            Ok(None) => Err(Refusal::new(RefusalKind::Unavailable, "stream-ended")),
            Err(status) => Err(understood(&self.app, &status)),
        });
    }
}

/// First pause before a restored hub is asked again about handovers that wait for another node; it doubles each time.
const PRESENT_FIRST: Duration = Duration::from_secs(1);
/// Longest such pause.
const PRESENT_AT_LEAST: Duration = Duration::from_mins(1);
/// Longest wait for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
