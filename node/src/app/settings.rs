//! The node's settings: participation model in force, policy of handovers.

use std::sync::Arc;

use maillage_domain::{
    handover::{Offering, Policy},
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::{models::ModelKey, month::Month};
use maillage_platform::refusal::Refusal;
use maillage_store::settings::{self, HandoverPolicy, ModelsInForce};

use super::{
    Aborted, App,
    caller::Caller,
    edit::{check_said, etag_of},
    handover::deciding,
    refusals,
};

/// The participation model in force now.
///
/// # Errors
/// `model-missing`; the store.
pub fn model(app: &App, view: &dyn View) -> Result<ModelKey, Aborted> {
    model_in(view, Month::of(app.now()))
}

/// The participation model in force in a month.
///
/// # Errors
/// `model-missing`; the store.
pub fn model_in(view: &dyn View, month: Month) -> Result<ModelKey, Aborted> {
    let models = settings::find::<ModelsInForce>(view)?.unwrap_or_default();
    models.in_month(month).cloned().ok_or_else(|| refusals::conflict("model-missing").into())
}

/// Puts a model of the catalogue in force from the present month on; `former` is the one that was seen in force.
///
/// # Errors
/// `model-unknown`, `changed-meanwhile`; the store.
pub async fn set_model(
    app: &Arc<App>,
    caller: &Caller,
    model: ModelKey,
    former: String,
) -> Result<(), Refusal> {
    if app.catalogue.model(&model).is_none() {
        return Err(refusals::unknown("model-unknown").with("model", model));
    }
    let month = Month::of(app.now());
    let by = caller.clone();
    app.act(caller, Operation::SettingsModel, move |app, transaction| {
        let models = settings::find::<ModelsInForce>(transaction)?.unwrap_or_default();
        let present = models.in_month(month).map(ToString::to_string);
        check_said(former.trim(), present.as_deref(), &model.to_string())?;
        settings::put(transaction, &models.with(model, month))?;
        app.note(transaction, &by, Operation::SettingsModel, &[])
    })
    .await
}

/// What the node does by itself in handovers.
///
/// # Errors
/// The store.
pub fn policy(view: &dyn View) -> Result<Policy, Aborted> {
    Ok(settings::find::<HandoverPolicy>(view)?.map(Policy::from).unwrap_or_default())
}

/// The etag of a policy.
pub fn policy_etag(policy: &Policy) -> String {
    let Policy { offering, bidding, awarding, award_wait_min, reply_within_min, accept_within_min, circles } =
        policy;
    let minutes = [award_wait_min, reply_within_min, accept_within_min].map(u32::to_string);
    let decisions = [bidding, awarding].map(|decision| format!("{decision:?}"));
    let circles = circles.map(|circles| format!("{circles:?}"));
    let offering = (*offering != Offering::Ask).then(|| format!("{offering:?}"));
    let said = decisions.iter().chain(&minutes).chain(&circles).chain(&offering);
    etag_of(&said.map(String::as_str).collect::<Vec<_>>())
}

/// Sets what the node does by itself, all of it; `etag` is that of the policy that was seen.
///
/// # Errors
/// As [`change_policy`].
pub async fn set_policy(
    app: &Arc<App>,
    caller: &Caller,
    policy: Policy,
    etag: String,
) -> Result<(), Refusal> {
    change_policy(app, caller, etag, move |present| *present = policy).await
}

/// Changes what the node does by itself: what `change` leaves alone stays. `etag` is that of the policy that was seen.
///
/// # Errors
/// `policy-…`, `changed-meanwhile`; the store.
pub async fn change_policy(
    app: &Arc<App>,
    caller: &Caller,
    etag: String,
    change: impl FnOnce(&mut Policy) + Send + 'static,
) -> Result<(), Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::SettingsPolicy, move |app, transaction| {
        let seen = self::policy(transaction)?;
        let mut policy = seen;
        change(&mut policy);
        let policy = policy.check().map_err(refusals::policy)?;
        check_said(&etag, Some(&policy_etag(&seen)), &policy_etag(&policy))?;
        settings::put(transaction, &HandoverPolicy::from(&policy))?;
        app.note(transaction, &by, Operation::SettingsPolicy, &[])?;
        if policy.bidding == seen.bidding { Ok(()) } else { deciding::reconsider(app, transaction) }
    })
    .await
}
