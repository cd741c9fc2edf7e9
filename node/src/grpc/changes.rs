//! Service `Changes`. A follower's stream pulls: nothing is read ahead of a slow reader, and nothing is kept for one who left.

use std::{collections::VecDeque, pin::Pin, sync::Arc};

use futures_util::{Stream, stream};
use maillage_platform::{
    lifecycle::Shutdown,
    refusal::{Refusal, RefusalKind},
};
use maillage_proto::node::v1::{self as proto, changes_server::Changes};
use maillage_store::events::{Event, Subject};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tonic::{Request, Response, Status};

use super::{Operation, Services, allowed, convert::changes as convert, limit};
use crate::{
    app::{
        App, accounts,
        caller::Caller,
        changes::{self, Kinds},
        refusals,
    },
    limits::{FOLLOWER_LOOKS_AGAIN, FOLLOWERS, PAGE},
};

/// Who follows the changes of a node, and until when.
#[derive(Debug, Clone)]
pub struct Followers {
    places: Arc<Semaphore>,
    shutdown: Shutdown,
}

impl Followers {
    /// Nobody yet. Whoever follows is let go when the node stops.
    pub fn new(shutdown: Shutdown) -> Self {
        Self { places: Arc::new(Semaphore::new(FOLLOWERS)), shutdown }
    }

    fn take_place(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            Refusal::new(RefusalKind::Exhausted, "changes-too-many-followers").with("max", FOLLOWERS)
        })
    }
}

#[tonic::async_trait]
impl Changes for Services {
    type WatchChangesStream = Pin<Box<dyn Stream<Item = Result<proto::Change, Status>> + Send>>;

    async fn list_changes(
        &self,
        request: Request<proto::ListChangesRequest>,
    ) -> Result<Response<proto::ListChangesReply>, Status> {
        let caller = allowed(&request, Operation::ChangeList)?;
        let proto::ListChangesRequest { after, limit: asked, kinds } = request.into_inner();
        let found = changes::list(&self.app, &caller, after, &Kinds::parse(kinds)?, limit(asked)?)?;
        let changes::Changes { events, next_after, more } = found;
        let changes = events.into_iter().map(convert::change).collect();
        Ok(Response::new(proto::ListChangesReply { changes, next_after, more }))
    }

    async fn watch_changes(
        &self,
        request: Request<proto::WatchChangesRequest>,
    ) -> Result<Response<Self::WatchChangesStream>, Status> {
        let caller = allowed(&request, Operation::ChangeList)?;
        let proto::WatchChangesRequest { after, kinds } = request.into_inner();
        let kinds = Kinds::parse(kinds)?;
        let bell = self.app.bell.listen();
        let follower = Follower {
            app: Arc::clone(&self.app),
            caller,
            kinds,
            after,
            read: VecDeque::new(),
            bell,
            shutdown: self.followers.shutdown.clone(),
            _place: self.followers.take_place()?,
        };
        // Whoever may not follow is told so at once, not by the stream.
        changes::list(&follower.app, &follower.caller, follower.after, &follower.kinds, 0)?;
        let changes = stream::try_unfold(follower, |mut follower| async move {
            let event = follower.next().await?;
            Ok::<_, Status>(event.map(|event| (convert::change(event), follower)))
        });
        Ok(Response::new(Box::pin(changes)))
    }

    async fn list_history(
        &self,
        request: Request<proto::ListHistoryRequest>,
    ) -> Result<Response<proto::ListHistoryReply>, Status> {
        let caller = allowed(&request, Operation::ChangeList)?;
        let proto::ListHistoryRequest { subject, before, limit: asked } = request.into_inner();
        let proto::Subject { kind, id } = subject.unwrap_or_default();
        let subject = Subject::of(&kind, &id)
            .ok_or_else(|| refusals::invalid("changes-subject").with("field", "subject"))?;
        let before = (before > 0).then_some(before);
        let (events, next_before) = changes::history(&self.app, &caller, subject, before, limit(asked)?)?;
        let changes = events.into_iter().map(convert::change).collect();
        Ok(Response::new(proto::ListHistoryReply { changes, next_before: next_before.unwrap_or_default() }))
    }
}

/// Somebody who follows.
struct Follower {
    app: Arc<App>,
    caller: Caller,
    kinds: Kinds,
    after: u64,
    read: VecDeque<Event>,
    bell: watch::Receiver<u64>,
    shutdown: Shutdown,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    /// The next event; none when the node stops.
    async fn next(&mut self) -> Result<Option<Event>, Refusal> {
        loop {
            if let Some(event) = self.read.pop_front() {
                return Ok(Some(event));
            }
            if self.shutdown.is_requested() {
                return Ok(None);
            }
            // Before reading: what rings from here on is heard below.
            self.bell.borrow_and_update();
            self.caller = accounts::still(&self.app, &self.caller)?;
            let found = changes::list(&self.app, &self.caller, self.after, &self.kinds, PAGE)?;
            self.after = found.next_after;
            self.read.extend(found.events);
            if self.read.is_empty() && !found.more {
                self.wait().await;
            }
        }
    }

    async fn wait(&mut self) {
        tokio::select! {
            () = self.shutdown.requested() => {}
            _ = tokio::time::timeout(FOLLOWER_LOOKS_AGAIN, self.bell.changed()) => {}
        }
    }
}
