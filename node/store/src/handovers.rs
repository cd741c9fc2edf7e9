//! Handovers as this node knows them: what it offered, and what it was offered. Keeps an index of those that are
//! not over. Details of an awarded trip are personal data: they live only inside the record of a trip this node was
//! awarded, and go with it.

#[cfg(test)]
mod golden;
mod records;

use maillage_domain::handover::{Incoming, Outgoing};
use maillage_engine::{EngineError, Table, Transaction, Tree, View};
use maillage_federation::ids::{HandoverKind, Id, NodeKind};

pub(crate) use self::records::OfferRecord;
use self::records::{IncomingRecord, OutgoingRecord};
use crate::fields;

/// Handovers this node offered, by id.
pub const OUTGOING_TREE: Tree = Tree::named("handovers_outgoing");
/// Ids of those that are not over.
pub const OUTGOING_OPEN_TREE: Tree = Tree::named("handovers_outgoing_open");
/// Handovers this node was offered, by id.
pub const INCOMING_TREE: Tree = Tree::named("handovers_incoming");
/// Ids of those that are not over.
pub const INCOMING_OPEN_TREE: Tree = Tree::named("handovers_incoming_open");

const OUTGOING: Table<[u8; 16], OutgoingRecord> = Table::new(OUTGOING_TREE);
const INCOMING: Table<[u8; 16], IncomingRecord> = Table::new(INCOMING_TREE);

/// Writes a handover this node offered.
///
/// # Errors
/// Those of the engine.
pub fn put_outgoing(transaction: &mut Transaction<'_>, outgoing: &Outgoing) -> Result<(), EngineError> {
    let key = outgoing.handover.to_array();
    OUTGOING.put(transaction, &key, &OutgoingRecord::from(outgoing))?;
    mark(transaction, OUTGOING_OPEN_TREE, &key, !outgoing.is_over())
}

/// One handover this node offered.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn outgoing(view: &(impl View + ?Sized), id: Id<HandoverKind>) -> Result<Option<Outgoing>, EngineError> {
    OUTGOING.get(view, &id.to_array())?.map(Outgoing::try_from).transpose()
}

/// Handovers this node offered, newest first, at most `limit`, from one of them on.
///
/// # Errors
/// As [`outgoing`].
pub fn list_outgoing(
    view: &(impl View + ?Sized),
    after: Option<Id<HandoverKind>>,
    limit: usize,
) -> Result<Vec<Outgoing>, EngineError> {
    let rows = OUTGOING.scan_reverse(view, fields::before(after), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Handovers this node offered that are not over, oldest first.
///
/// # Errors
/// As [`outgoing`].
pub fn open_outgoing(view: &(impl View + ?Sized)) -> Result<Vec<Outgoing>, EngineError> {
    let mut found = Vec::new();
    for id in marked(view, OUTGOING_OPEN_TREE)? {
        if let Some(handover) = outgoing(view, id)?
            && !handover.is_over()
        {
            found.push(handover);
        }
    }
    Ok(found)
}

/// Writes a handover this node was offered; `me` is this node.
///
/// # Errors
/// Those of the engine.
pub fn put_incoming(
    transaction: &mut Transaction<'_>,
    incoming: &Incoming,
    me: Id<NodeKind>,
) -> Result<(), EngineError> {
    let key = incoming.handover.to_array();
    INCOMING.put(transaction, &key, &IncomingRecord::from(incoming))?;
    mark(transaction, INCOMING_OPEN_TREE, &key, !incoming.is_over(me))
}

/// Takes the person out of a handover this node was offered. Whether it is over does not change, so that nobody has to know
/// which node this is.
///
/// # Errors
/// As [`incoming`].
pub fn forget_details(transaction: &mut Transaction<'_>, id: Id<HandoverKind>) -> Result<(), EngineError> {
    let Some(mut known) = incoming(transaction, id)? else { return Ok(()) };
    known.details = None;
    crate::moments::forget(transaction, id)?;
    INCOMING.put(transaction, &id.to_array(), &IncomingRecord::from(&known))
}

/// One handover this node was offered.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn incoming(view: &(impl View + ?Sized), id: Id<HandoverKind>) -> Result<Option<Incoming>, EngineError> {
    INCOMING.get(view, &id.to_array())?.map(Incoming::try_from).transpose()
}

/// Handovers this node was offered, newest first, at most `limit`, from one of them on.
///
/// # Errors
/// As [`incoming`].
pub fn list_incoming(
    view: &(impl View + ?Sized),
    after: Option<Id<HandoverKind>>,
    limit: usize,
) -> Result<Vec<Incoming>, EngineError> {
    let rows = INCOMING.scan_reverse(view, fields::before(after), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Handovers this node was offered that are not over, oldest first.
///
/// # Errors
/// As [`incoming`].
pub fn open_incoming(view: &(impl View + ?Sized), me: Id<NodeKind>) -> Result<Vec<Incoming>, EngineError> {
    let mut found = Vec::new();
    for id in marked(view, INCOMING_OPEN_TREE)? {
        if let Some(handover) = incoming(view, id)?
            && !handover.is_over(me)
        {
            found.push(handover);
        }
    }
    Ok(found)
}

fn mark(
    transaction: &mut Transaction<'_>,
    tree: Tree,
    key: &[u8; 16],
    open: bool,
) -> Result<(), EngineError> {
    if open { transaction.put(tree, *key, Vec::new()) } else { transaction.delete(tree, key) }
}

fn marked(view: &(impl View + ?Sized), tree: Tree) -> Result<Vec<Id<HandoverKind>>, EngineError> {
    let rows = view.scan_prefix(tree, &[], usize::MAX)?;
    Ok(rows.iter().filter_map(|(key, _)| Id::from_bytes(key).ok()).collect())
}
