//! How offers are made at this node: shown and changed.

use std::sync::Arc;

use maillage_domain::{offer::OfferPolicy, roles::Operation};
use maillage_engine::View;
use maillage_platform::refusal::Refusal;
use maillage_store::{offer_policy::OfferPolicyRecord, settings};

use crate::app::{Aborted, App, caller::Caller, edit, refusals};

/// How offers are made.
///
/// # Errors
/// The store.
pub fn policy(view: &dyn View) -> Result<OfferPolicy, Aborted> {
    Ok(present(view)?.0)
}

/// How offers are made, and the revision of that, for a caller.
///
/// # Errors
/// `not-allowed`; the store.
pub fn show_policy(app: &App, caller: &Caller) -> Result<(OfferPolicy, u64), Refusal> {
    app.look(caller, Operation::OfferPolicyShow, |_, view| present(view))
}

/// Changes how offers are made; `etag` is the revision that was seen, `change` what is to be different.
///
/// # Errors
/// `changed-meanwhile`; `offer-policy-…`; the store.
pub async fn set_policy(
    app: &Arc<App>,
    caller: &Caller,
    etag: String,
    change: impl FnOnce(&mut OfferPolicy) -> Result<(), Refusal> + Send + 'static,
) -> Result<(OfferPolicy, u64), Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::OfferPolicySet, move |app, transaction| {
        let (mut policy, revision) = present(transaction)?;
        edit::check_etag(&etag, revision)?;
        change(&mut policy)?;
        let policy = policy.check().map_err(refusals::offer_policy)?;
        settings::put(transaction, &OfferPolicyRecord::new(&policy, revision + 1))?;
        app.note(transaction, &by, Operation::OfferPolicySet, &[])?;
        Ok((policy, revision + 1))
    })
    .await
}

fn present(view: &dyn View) -> Result<(OfferPolicy, u64), Aborted> {
    match settings::find::<OfferPolicyRecord>(view)? {
        Some(record) => {
            let revision = record.revision();
            Ok((record.policy()?, revision))
        }
        None => Ok((OfferPolicy::default(), 0)),
    }
}
