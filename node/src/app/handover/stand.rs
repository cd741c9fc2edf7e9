//! How a handover stood when somebody decided about it: what a page shows, in short. Who decides says so with the decision, and the
//! use case compares inside its transaction: nothing is decided about what is not so any more, nor twice, however many pages
//! are open. Must never be compared anywhere else: between the comparison and the decision it could have changed.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use maillage_domain::roles::Operation;
use maillage_engine::View;
use maillage_federation::ids::{HandoverKind, Id};
use maillage_platform::refusal::Refusal;
use maillage_store::stands;

use crate::app::{Aborted, App, caller::Caller, refusals};

/// What BLAKE3 is keyed with.
const CONTEXT: &str = "maillage 2026 how a handover stands";

/// How a handover stands: differs when and only when something that this node keeps of it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand([u8; 16]);

/// How a handover stands. Read before what is shown of it: what changes in between is then refused, and not overlooked.
///
/// # Errors
/// The store.
pub fn of(app: &App, caller: &Caller, id: Id<HandoverKind>) -> Result<Stand, Refusal> {
    app.look(caller, Operation::HandoverShow, |_, view| now(view, id))
}

/// Refuses what a caller decides about a handover that stands otherwise than the caller saw it. Callers who do not say what they saw
/// decide about it as it is.
///
/// # Errors
/// `handover-changed-meanwhile`; the store.
pub(in crate::app) fn check(view: &dyn View, by: &Caller) -> Result<(), Aborted> {
    match by.seen() {
        Some((id, seen)) if now(view, id)? != seen => {
            Err(refusals::conflict("handover-changed-meanwhile").into())
        }
        Some(_) | None => Ok(()),
    }
}

fn now(view: &dyn View, id: Id<HandoverKind>) -> Result<Stand, Aborted> {
    let mut short = [0; 16];
    let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
    hasher.update(&stands::kept(view, id)?).finalize_xof().fill(&mut short);
    Ok(Stand(short))
}

impl fmt::Display for Stand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl FromStr for Stand {
    type Err = Refusal;

    /// What no page of ours has sent stands for nothing that is so.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| refusals::conflict("handover-changed-meanwhile"))
    }
}
