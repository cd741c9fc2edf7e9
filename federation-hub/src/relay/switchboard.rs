//! Which node listens on which stream, and how to wake or end it. A signal says only "look again": what there is to
//! say is always read from the store, so that nothing is missed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use maillage_federation::ids::{Id, NodeKind};
use tokio::sync::watch;

use crate::refusals::{self, Reason};

/// The open streams, at most one per node.
#[derive(Debug, Default)]
pub struct Switchboard {
    lines: Mutex<Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    next: u64,
    open: BTreeMap<Id<NodeKind>, (u64, watch::Sender<Signal>)>,
}

/// What a stream is told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Signal {
    /// Counts up: there may be mail.
    mail: u64,
    /// The stream is to end.
    pub(crate) end: Option<End>,
}

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The node has opened a newer one.
    Replaced,
    /// A node that was restored since speaks for it now.
    Superseded,
    /// The node was revoked.
    Revoked,
    /// The hub stops.
    Stopping,
}

/// A stream's end of the line; hangs up when dropped.
pub(crate) struct Line {
    board: Arc<Switchboard>,
    node: Id<NodeKind>,
    number: u64,
    pub(crate) signal: watch::Receiver<Signal>,
}

impl End {
    /// The reason a node is told.
    pub fn reason(self) -> Reason {
        match self {
            Self::Replaced => refusals::REPLACED_BY_NEWER_STREAM,
            Self::Superseded => refusals::NODE_SUPERSEDED,
            Self::Revoked => refusals::NODE_REVOKED,
            Self::Stopping => refusals::HUB_STOPPING,
        }
    }
}

impl Switchboard {
    /// Opens a line; an older one of the same node ends.
    pub(crate) fn open(self: &Arc<Self>, node: Id<NodeKind>) -> Line {
        let (sender, signal) = watch::channel(Signal::default());
        let mut lines = self.lines();
        let number = lines.next;
        lines.next += 1;
        if let Some((_, older)) = lines.open.insert(node, (number, sender)) {
            older.send_modify(|signal| signal.end = Some(End::Replaced));
        }
        Line { board: Arc::clone(self), node, number, signal }
    }

    /// There may be mail for these nodes.
    pub(crate) fn wake(&self, nodes: &[Id<NodeKind>]) {
        let lines = self.lines();
        for (_, line) in nodes.iter().filter_map(|node| lines.open.get(node)) {
            line.send_modify(|signal| signal.mail += 1);
        }
    }

    /// Ends the stream of a node.
    pub(crate) fn end(&self, node: Id<NodeKind>, end: End) {
        if let Some((_, line)) = self.lines().open.get(&node) {
            line.send_modify(|signal| signal.end = Some(end));
        }
    }

    /// Ends every stream.
    pub(crate) fn end_all(&self, end: End) {
        for (_, line) in self.lines().open.values() {
            line.send_modify(|signal| signal.end = Some(end));
        }
    }

    /// Whether a node listens.
    pub fn is_attached(&self, node: Id<NodeKind>) -> bool {
        self.lines().open.contains_key(&node)
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut lines = self.board.lines();
        if lines.open.get(&self.node).is_some_and(|(number, _)| *number == self.number) {
            lines.open.remove(&self.node);
        }
    }
}
