//! Prescribers and professionals.

use std::sync::Arc;

use maillage_domain::{
    ids::{PrescriberKind, StaffKind},
    prescriber::{NewPrescriber, Prescriber, PrescriberDetails},
    roles::Operation,
    staff::{NewProfessional, Professional, ProfessionalDetails},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, prescribers, staff};

use super::Edit;
use crate::app::{Aborted, App, caller::Caller, edit::check_etag, refusals};

/// What an edit of a prescriber may change.
pub const PRESCRIBER_FIELDS: &[&str] = &["organisation", "contact", "phone", "email", "active"];
/// What an edit of a professional may change.
pub const STAFF_FIELDS: &[&str] = &["name", "function", "phone", "email", "may_drive", "active"];

/// Registers a prescriber.
///
/// # Errors
/// The first thing typed that is not acceptable; the store.
pub async fn add_prescriber(
    app: &Arc<App>,
    caller: &Caller,
    new: NewPrescriber,
) -> Result<Prescriber, Refusal> {
    let details = new.parse().map_err(refusals::partner)?;
    let by = caller.clone();
    app.act_once(caller, Operation::PrescriberAdd, move |app, transaction| {
        register_prescriber(app, transaction, &by, details)
    })
    .await
}

/// Registers a prescriber inside a transaction.
///
/// # Errors
/// The store.
pub(crate) fn register_prescriber(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    details: PrescriberDetails,
) -> Result<Prescriber, Aborted> {
    let prescriber = Prescriber::register(app.new_id(), details, app.now());
    prescribers::put(transaction, &prescriber)?;
    app.note(transaction, by, Operation::PrescriberAdd, &[Subject::Prescriber(prescriber.id)])?;
    Ok(prescriber)
}

/// Changes a prescriber; `active` counts if the mask has it.
///
/// # Errors
/// `prescriber-unknown`; `changed-meanwhile`; the first thing typed that is not acceptable; the store.
pub async fn update_prescriber(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PrescriberKind>,
    edit: Edit<NewPrescriber>,
    active: bool,
) -> Result<Prescriber, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::PrescriberUpdate, move |app, transaction| {
        let prescriber = find_prescriber(transaction, id)?;
        let Edit { typed, mask, etag, outside: _ } = edit;
        check_etag(&etag, prescriber.revision)?;
        let (mut new, mut still) = (NewPrescriber::of(&prescriber.details), prescriber.active);
        mask.set("organisation", &mut new.organisation, typed.organisation);
        mask.set("contact", &mut new.contact, typed.contact);
        mask.set("phone", &mut new.phone, typed.phone);
        mask.set("email", &mut new.email, typed.email);
        mask.set("active", &mut still, active);
        let prescriber = prescriber.amended(new.parse().map_err(refusals::partner)?, still);
        amend_prescriber(app, transaction, &by, prescriber)
    })
    .await
}

/// Writes a changed prescriber inside a transaction.
///
/// # Errors
/// The store.
pub(crate) fn amend_prescriber(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    prescriber: Prescriber,
) -> Result<Prescriber, Aborted> {
    prescribers::put(transaction, &prescriber)?;
    app.note(transaction, by, Operation::PrescriberUpdate, &[Subject::Prescriber(prescriber.id)])?;
    Ok(prescriber)
}

/// One prescriber.
///
/// # Errors
/// `prescriber-unknown`; the store.
pub fn show_prescriber(app: &App, caller: &Caller, id: Id<PrescriberKind>) -> Result<Prescriber, Refusal> {
    app.look(caller, Operation::PrescriberList, |_, view| find_prescriber(view, id))
}

/// Prescribers in the order of registration after one of them.
///
/// # Errors
/// The store.
pub fn list_prescribers(
    app: &App,
    caller: &Caller,
    after: Option<Id<PrescriberKind>>,
    limit: usize,
) -> Result<Vec<Prescriber>, Refusal> {
    app.look(caller, Operation::PrescriberList, |_, view| Ok(prescribers::list(view, after, limit)?))
}

/// Registers a professional.
///
/// # Errors
/// The first thing typed that is not acceptable; the store.
pub async fn add_professional(
    app: &Arc<App>,
    caller: &Caller,
    new: NewProfessional,
) -> Result<Professional, Refusal> {
    let details = new.parse().map_err(refusals::partner)?;
    let by = caller.clone();
    app.act_once(caller, Operation::StaffAdd, move |app, transaction| {
        register_professional(app, transaction, &by, details)
    })
    .await
}

/// Registers a professional inside a transaction.
///
/// # Errors
/// The store.
pub(crate) fn register_professional(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    details: ProfessionalDetails,
) -> Result<Professional, Aborted> {
    let professional = Professional::register(app.new_id(), details, app.now());
    staff::put(transaction, &professional)?;
    app.note(transaction, by, Operation::StaffAdd, &[Subject::Staff(professional.id)])?;
    Ok(professional)
}

/// Changes a professional; `active` counts if the mask has it.
///
/// # Errors
/// `professional-unknown`; `changed-meanwhile`; the first thing typed that is not acceptable; the store.
pub async fn update_professional(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<StaffKind>,
    edit: Edit<NewProfessional>,
    active: bool,
) -> Result<Professional, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::StaffUpdate, move |app, transaction| {
        let professional = find_professional(transaction, id)?;
        let Edit { typed, mask, etag, outside: _ } = edit;
        check_etag(&etag, professional.revision)?;
        let (mut new, mut still) = (NewProfessional::of(&professional.details), professional.active);
        mask.set("name", &mut new.name, typed.name);
        mask.set("function", &mut new.function, typed.function);
        mask.set("phone", &mut new.phone, typed.phone);
        mask.set("email", &mut new.email, typed.email);
        mask.set("may_drive", &mut new.may_drive, typed.may_drive);
        mask.set("active", &mut still, active);
        let professional = professional.amended(new.parse().map_err(refusals::partner)?, still);
        amend_professional(app, transaction, &by, professional)
    })
    .await
}

/// Writes a changed professional inside a transaction.
///
/// # Errors
/// The store.
pub(crate) fn amend_professional(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    professional: Professional,
) -> Result<Professional, Aborted> {
    staff::put(transaction, &professional)?;
    app.note(transaction, by, Operation::StaffUpdate, &[Subject::Staff(professional.id)])?;
    Ok(professional)
}

/// One professional.
///
/// # Errors
/// `professional-unknown`; the store.
pub fn show_professional(app: &App, caller: &Caller, id: Id<StaffKind>) -> Result<Professional, Refusal> {
    app.look(caller, Operation::StaffList, |_, view| find_professional(view, id))
}

/// Professionals in the order of registration after one of them.
///
/// # Errors
/// The store.
pub fn list_professionals(
    app: &App,
    caller: &Caller,
    after: Option<Id<StaffKind>>,
    limit: usize,
) -> Result<Vec<Professional>, Refusal> {
    app.look(caller, Operation::StaffList, |_, view| Ok(staff::list(view, after, limit)?))
}

fn find_prescriber(view: &dyn View, id: Id<PrescriberKind>) -> Result<Prescriber, Aborted> {
    prescribers::find(view, id)?.ok_or_else(|| refusals::unknown("prescriber-unknown").with("id", id).into())
}

fn find_professional(view: &dyn View, id: Id<StaffKind>) -> Result<Professional, Aborted> {
    staff::find(view, id)?.ok_or_else(|| refusals::unknown("professional-unknown").with("id", id).into())
}
