//! How the node is, at a glance.

use jiff::Timestamp;
use maillage_domain::{handover::Policy, roles::Operation};
use maillage_engine::View;
use maillage_federation::models::ModelKey;
use maillage_platform::refusal::Refusal;
use maillage_store::{inbox, lives::Incarnation, outbox, settings::find};

use super::{Aborted, App, caller::Caller, handover::recovery, members, refusals, settings};
use crate::federation::{link::LinkView, renew};

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
