//! A node's mail as a stream: one letter at a time, read from the store when it can be sent and not before, so that a
//! letter taken back is not in some buffer. It must never forget a letter: only an acknowledgement does.

use std::{pin::Pin, sync::Arc};

use futures_util::{Stream, stream};
use maillage_federation::ids::{Id, NodeKind};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;
use tonic::Status;

use super::{End, switchboard::Line};
use crate::{
    hub::Hub,
    refusals::{self, store_failed},
};

/// Opens the stream of a node after a cursor.
pub(super) async fn open(
    hub: &Arc<Hub>,
    node: Id<NodeKind>,
    cursor: u64,
) -> Result<Pin<Box<dyn Stream<Item = Result<proto::InboxItem, Status>> + Send>>, Status> {
    let line = hub.switchboard.open(node);
    // Revoked since it was identified: then nobody will end this line any more.
    if hub.roll.current().live(node).is_none() {
        return Err(refusals::NODE_REVOKED.into());
    }
    hub.store().saw(node, hub.now_ms()).await.map_err(|error| store_failed(&error))?;
    tracing::info!(%node, cursor, "a node is attached");
    let reader = Reader { hub: Arc::clone(hub), node, cursor, line };
    Ok(Box::pin(stream::try_unfold(reader, Reader::next)))
}

struct Reader {
    hub: Arc<Hub>,
    node: Id<NodeKind>,
    cursor: u64,
    line: Line,
}

impl Reader {
    /// The next letter, as soon as there is one.
    async fn next(mut self) -> Result<Option<(proto::InboxItem, Self)>, Status> {
        loop {
            // Marked as seen before the store is read: mail that comes in between wakes this stream again.
            let signal = *self.line.signal.borrow_and_update();
            if let Some(end) = signal.end {
                return Err(end.reason().into());
            }
            if let Some(item) = self.letter().await? {
                return Ok(Some((item, self)));
            }
            if self.line.signal.changed().await.is_err() {
                return Err(End::Replaced.reason().into());
            }
        }
    }

    async fn letter(&mut self) -> Result<Option<proto::InboxItem>, Status> {
        let letter = self.hub.store().letter_after(self.node, self.cursor).await;
        let Some(letter) = letter.map_err(|error| store_failed(&error))? else { return Ok(None) };
        self.cursor = letter.sequence;
        let envelope =
            proto::Envelope::decode(letter.envelope.as_slice()).map_err(|_| refusals::STORE_UNAVAILABLE)?;
        Ok(Some(proto::InboxItem { sequence: letter.sequence, envelope: Some(envelope) }))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        tracing::info!(node = %self.node, cursor = self.cursor, "a stream has ended");
    }
}
