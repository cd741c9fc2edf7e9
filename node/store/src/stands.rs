//! All that this node keeps of a handover, as bytes: they differ when and only when something that is kept does, so that nobody
//! decides about what is not so any more. Must never leave the node: what was said under seal is among it.

use maillage_engine::{EngineError, Tree, View};
use maillage_federation::ids::{HandoverKind, Id};

use crate::{handovers, lives, moments};

/// Where something is kept of a handover, each under a key that begins with its identifier.
const TREES: [Tree; 5] =
    [handovers::OUTGOING_TREE, handovers::INCOMING_TREE, lives::LOST_TREE, moments::TREE, moments::SAID_TREE];

/// What is kept of a handover.
///
/// # Errors
/// Those of the engine.
pub fn kept(view: &(impl View + ?Sized), handover: Id<HandoverKind>) -> Result<Vec<u8>, EngineError> {
    let mut kept = Vec::new();
    let mut add = |part: &[u8]| {
        kept.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        kept.extend(part);
    };
    for tree in TREES {
        add(tree.name().as_bytes());
        for (key, value) in view.scan_prefix(tree, &handover.to_array(), usize::MAX)? {
            add(&key);
            add(&value);
        }
    }
    Ok(kept)
}
