//! The exchange with partners without a node: who they are, what is given out to them, and what is taken in from them. A file
//! is taken in whole or not at all, and says nothing twice. Who travels is read from the trip when an award is given out,
//! and only while the partner is entitled to it.

mod forget;
mod give_out;
mod take_in;

use std::sync::Arc;

use maillage_domain::{
    partner::{NewPartner, NewPartnerError, Partner, PartnerFormat},
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::ids::{Id, NodeKind};
use maillage_partners::Shown;
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, partners};

pub use self::{
    forget::forget_told,
    give_out::{GivenOut, give_out},
    take_in::{Fault, TakenIn, take_in},
};
use super::{Aborted, App, caller::Caller, edit::check_etag, people::Edit, refusals};

/// What an edit of a partner may change.
pub const PARTNER_FIELDS: &[&str] = &["name", "phone", "email", "format", "communes", "needs", "active"];

/// Registers a partner.
///
/// # Errors
/// The first thing typed that is not acceptable; the store.
pub async fn add(app: &Arc<App>, caller: &Caller, new: NewPartner) -> Result<Partner, Refusal> {
    caller.check(Operation::PartnerAdd)?;
    let details = new.parse().map_err(refused)?;
    let by = caller.clone();
    app.act_once(caller, Operation::PartnerAdd, move |app, transaction| {
        let partner = Partner::register(app.new_id(), details, app.now());
        partners::put(transaction, &partner)?;
        app.note(transaction, &by, Operation::PartnerAdd, &[Subject::Node(partner.id)])?;
        Ok(partner)
    })
    .await
}

/// Changes a partner; `active` counts if the mask has it.
///
/// # Errors
/// `partner-unknown`; `changed-meanwhile`; the first thing typed that is not acceptable; the store.
pub async fn update(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<NodeKind>,
    edit: Edit<NewPartner>,
    active: bool,
) -> Result<Partner, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::PartnerUpdate, move |app, transaction| {
        let partner = find(transaction, id)?;
        let Edit { typed, mask, etag, outside: _ } = edit;
        check_etag(&etag, partner.revision)?;
        let (mut new, mut still) = (NewPartner::of(&partner.details), partner.active);
        mask.set("name", &mut new.name, typed.name);
        mask.set("phone", &mut new.phone, typed.phone);
        mask.set("email", &mut new.email, typed.email);
        mask.set("format", &mut new.format, typed.format);
        mask.set("communes", &mut new.communes, typed.communes);
        mask.set("needs", &mut new.needs, typed.needs);
        mask.set("active", &mut still, active);
        let partner = partner.amended(new.parse().map_err(refused)?, still);
        partners::put(transaction, &partner)?;
        app.note(transaction, &by, Operation::PartnerUpdate, &[Subject::Node(id)])?;
        Ok(partner)
    })
    .await
}

/// One partner.
///
/// # Errors
/// `partner-unknown`; the store.
pub fn show(app: &App, caller: &Caller, id: Id<NodeKind>) -> Result<Partner, Refusal> {
    app.look(caller, Operation::PartnerList, |_, view| find(view, id))
}

/// Partners in the order of registration after one of them.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    after: Option<Id<NodeKind>>,
    limit: usize,
) -> Result<Vec<Partner>, Refusal> {
    app.look(caller, Operation::PartnerList, |_, view| Ok(partners::list(view, after, limit)?))
}

/// Reads the code of a format; the partner's own if nothing is given.
fn format(text: &str, partner: &Partner) -> Result<PartnerFormat, Refusal> {
    if text.trim().is_empty() {
        return Ok(partner.details.format);
    }
    text.parse().map_err(|_| refusals::invalid("partner-format"))
}

fn find(view: &dyn View, id: Id<NodeKind>) -> Result<Partner, Aborted> {
    partners::find(view, id)?.ok_or_else(|| refusals::unknown("partner-unknown").with("id", id).into())
}

/// What a partner may speak of: everything it was shown.
fn shown(view: &dyn View, partner: Id<NodeKind>) -> Result<Shown, Aborted> {
    let threads = partners::threads(view)?.into_iter();
    let own = threads.filter(|kept| kept.thread.audience.contains(&partner));
    Ok(own.map(|kept| (kept.thread.record.handover, kept.thread.offer.legs.len())).collect())
}

fn refused(error: NewPartnerError) -> Refusal {
    match error {
        NewPartnerError::Name(error) => refusals::text("name", error),
        NewPartnerError::Phone(error) => refusals::phone(error),
        NewPartnerError::Email(error) => refusals::email(error),
        NewPartnerError::Format(_) => refusals::invalid("partner-format"),
        NewPartnerError::Commune(_) => refusals::invalid("partner-commune"),
        NewPartnerError::TooManyCommunes(communes) => {
            refusals::invalid("too-many-communes").with("communes", communes)
        }
        NewPartnerError::Need(_) => refusals::invalid("need-unknown"),
    }
}
