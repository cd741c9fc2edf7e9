//! How the node is, at a glance.

use jiff::Timestamp;
use maillage_domain::{handover::Policy, roles::Operation};
use maillage_engine::View;
use maillage_federation::models::ModelKey;
use maillage_platform::{disk::Space, refusal::Refusal};
use maillage_store::{events, inbox, lives::Incarnation, outbox, settings::find};

use super::{Aborted, App, caller::Caller, handover::recovery, members, refusals, settings};
use crate::{
    federation::{link::LinkView, renew},
    limits::{BACKUP_WITHIN, CHANGES_AT_ONCE, CHANGES_LOOKED_AT, LEAST_FREE_BYTES, LEAST_FREE_PART},
};

/// The node at a glance.
#[derive(Debug, Clone)]
pub struct NodeView {
    /// Model in force, when there is one.
    pub model: Option<ModelKey>,
    /// What the node does by itself.
    pub policy: Policy,
    /// The link to the hub.
    pub link: LinkView,
    /// End of the certificate, RFC 3339; empty when not joined.
    pub certificate_until: String,
    /// Envelopes waiting to leave, at most [`COUNTED`].
    pub outbox: usize,
    /// Envelopes put aside, at most [`COUNTED`].
    pub dead_letters: usize,
    /// Place in the hub's mailbox.
    pub inbox_cursor: u64,
    /// Last transaction made durable.
    pub durable_sequence: u64,
    /// What the desk has to know after a restore, as codes.
    pub alarms: Vec<&'static str>,
    /// When this node was last restored, and when the backup was made.
    pub restored: Option<(Timestamp, Timestamp)>,
}

/// Rows are counted up to here: beyond it the number no longer matters.
pub const COUNTED: usize = 10_000;

/// Looks at everything.
///
/// # Errors
/// The store.
pub fn show(app: &App, caller: &Caller) -> Result<NodeView, Refusal> {
    caller.check(Operation::StatusShow)?;
    let certificate_until = match app.link.membership() {
        Some(membership) => renew::certificate_until(&membership)?.to_string(),
        None => String::new(),
    };
    let waiting = app.store.scan_prefix(outbox::TREE, &[], COUNTED).map_err(refusals::engine)?;
    let dead = app.store.scan_prefix(outbox::DEAD_TREE, &[], COUNTED).map_err(refusals::engine)?;
    app.look(caller, Operation::StatusShow, |app, view| {
        Ok(NodeView {
            model: app.model(view).ok(),
            policy: settings::policy(view)?,
            link: app.link.view(),
            certificate_until,
            outbox: waiting.len(),
            dead_letters: dead.len(),
            inbox_cursor: inbox::cursor(view)?,
            durable_sequence: app.store.durable_sequence(),
            alarms: alarms(app, view)?,
            restored: find::<Incarnation>(view)?.and_then(|life| life.restored()),
        })
    })
}

fn alarms(app: &App, view: &dyn View) -> Result<Vec<&'static str>, Aborted> {
    let mut alarms = recovery::alarms(app, view)?;
    if app.link.has_newer_mail() {
        alarms.push("newer-mail");
    }
    alarms.extend(members::alarms(app, view)?);
    Ok(alarms)
}

/// When a backup of this node was made last while it served: it is looked for among the newest [`CHANGES_LOOKED_AT`] events.
///
/// # Errors
/// The store.
pub fn last_backup(app: &App, caller: &Caller) -> Result<Option<Timestamp>, Refusal> {
    app.look(caller, Operation::StatusShow, |_, view| {
        let (mut before, mut looked_at) = (None, 0);
        while looked_at < CHANGES_LOOKED_AT {
            let found = events::list(view, before, CHANGES_AT_ONCE)?;
            looked_at += found.len();
            let made = found.iter().find(|event| event.kind == Operation::BackupMake.code());
            if made.is_some() || found.len() < CHANGES_AT_ONCE {
                return Ok(made.map(|event| event.at));
            }
            before = found.last().map(|event| event.sequence);
        }
        Ok(None)
    })
}

/// Whether there is too little room to go on calmly: below a gibibyte, or below a twentieth of the disk.
pub fn is_tight(space: Space) -> bool {
    space.free_bytes < LEAST_FREE_BYTES || space.free_bytes < space.total_bytes / LEAST_FREE_PART
}

/// Whether a backup is so old that the nightly one did not run.
pub fn is_old(backup: Timestamp, now: Timestamp) -> bool {
    now.duration_since(backup) > BACKUP_WITHIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_tight_below_a_gibibyte_or_a_twentieth() {
        let gib = 1 << 30;
        let tight = |free_bytes, total_bytes| is_tight(Space { free_bytes, total_bytes });
        assert!(tight(gib - 1, 10 * gib) && tight(4 * gib, 100 * gib));
        assert!(!tight(gib, 10 * gib) && !tight(5 * gib, 100 * gib));
    }

    #[test]
    fn a_backup_is_old_when_two_nights_passed_without_one() {
        let made: Timestamp = "2026-11-01T02:00:00Z".parse().unwrap();
        assert!(!is_old(made, "2026-11-02T03:00:00Z".parse().unwrap()));
        assert!(is_old(made, "2026-11-03T02:00:01Z".parse().unwrap()));
    }
}
