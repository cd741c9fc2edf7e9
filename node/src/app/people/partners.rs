//! Prescribers and professionals.

use std::sync::Arc;

use maillage_domain::{
    ids::{PrescriberKind, StaffKind},
    prescriber::{NewPrescriber, Prescriber},
    roles::Operation,
    staff::{NewProfessional, Professional},
};
use maillage_engine::View;
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
    let prescriber = Prescriber::register(app.new_id(), details, app.now());
    let by = caller.clone();
    app.act(caller, Operation::PrescriberAdd, move |app, transaction| {
        prescribers::put(transaction, &prescriber)?;
        app.note(transaction, &by, Operation::PrescriberAdd, &[Subject::Prescriber(prescriber.id)])?;
        Ok(prescriber)
    })
    .await
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
        prescribers::put(transaction, &prescriber)?;
        app.note(transaction, &by, Operation::PrescriberUpdate, &[Subject::Prescriber(id)])?;
        Ok(prescriber)
    })
    .await
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
    let professional = Professional::register(app.new_id(), details, app.now());
    let by = caller.clone();
    app.act(caller, Operation::StaffAdd, move |app, transaction| {
        staff::put(transaction, &professional)?;
        app.note(transaction, &by, Operation::StaffAdd, &[Subject::Staff(professional.id)])?;
        Ok(professional)
    })
    .await
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
        staff::put(transaction, &professional)?;
        app.note(transaction, &by, Operation::StaffUpdate, &[Subject::Staff(id)])?;
        Ok(professional)
    })
    .await
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
