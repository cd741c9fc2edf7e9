//! Who carries the trips. Must never decide a frame.

use std::sync::Arc;

use maillage_domain::{
    ids::CarrierKind,
    legal::{Carrier, CarrierDetails, NewCarrier},
    place::NewPlace,
    roles::Operation,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    events::Subject,
    legal::{self, DefaultCarrier},
    settings,
};

use super::{
    Aborted, App,
    caller::Caller,
    edit::{Mask, check_etag},
    refusals,
};
use crate::limits::CARRIERS;

/// Fields of a carrier that a change can mean.
pub const FIELDS: [&str; 8] =
    ["name", "form", "rna", "address", "object", "private_service", "tax_rate", "headcounts"];

/// Declares a carrier. The first one carries what does not say otherwise.
///
/// # Errors
/// The first thing typed that is not acceptable; `carriers-too-many`; the store.
pub async fn add(app: &Arc<App>, caller: &Caller, new: NewCarrier) -> Result<Carrier, Refusal> {
    let details = new.parse(app.geography).map_err(refusals::carrier)?;
    let by = caller.clone();
    app.act_once(caller, Operation::CarrierAdd, move |app, transaction| {
        declare(app, transaction, &by, details)
    })
    .await
}

/// Declares a carrier inside a transaction.
///
/// # Errors
/// `carriers-too-many`; the store.
pub(crate) fn declare(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    details: CarrierDetails,
) -> Result<Carrier, Aborted> {
    if legal::carriers(transaction, None, CARRIERS)?.len() >= CARRIERS {
        return Err(refusals::conflict("carriers-too-many").with("limit", CARRIERS).into());
    }
    let id = app.new_id();
    let carrier = Carrier { id, details, revision: 1, created: app.now() };
    legal::put_carrier(transaction, &carrier)?;
    if settings::find::<DefaultCarrier>(transaction)?.is_none() {
        settings::put(transaction, &DefaultCarrier { carrier: id })?;
    }
    app.note(transaction, by, Operation::CarrierAdd, &[Subject::Carrier(id)])?;
    Ok(carrier)
}

/// Changes the fields of a carrier that the mask names.
///
/// # Errors
/// `carrier-unknown`; `changed-meanwhile`, `mask-unknown`; a value that is not acceptable; the store.
pub async fn update(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<CarrierKind>,
    seen: String,
    change: (NewCarrier, Mask),
) -> Result<Carrier, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::CarrierUpdate, move |app, transaction| {
        let carrier = find(transaction, id)?;
        check_etag(&seen, carrier.revision)?;
        let (new, mask) = change;
        let mut typed = typed(&carrier);
        mask.set("name", &mut typed.name, new.name);
        mask.set("form", &mut typed.form, new.form);
        mask.set("rna", &mut typed.rna, new.rna);
        mask.set("address", &mut typed.address, new.address);
        mask.set("object", &mut typed.object, new.object);
        mask.set("private_service", &mut typed.private_service, new.private_service);
        mask.set("tax_rate", &mut typed.tax_rate, new.tax_rate);
        mask.set("headcounts", &mut typed.headcounts, new.headcounts);
        let details = typed.parse(app.geography).map_err(refusals::carrier)?;
        amend(app, transaction, &by, carrier, details)
    })
    .await
}

/// Writes a changed carrier inside a transaction.
///
/// # Errors
/// The store.
pub(crate) fn amend(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    carrier: Carrier,
    details: CarrierDetails,
) -> Result<Carrier, Aborted> {
    let carrier = Carrier { details, revision: carrier.revision + 1, ..carrier };
    legal::put_carrier(transaction, &carrier)?;
    app.note(transaction, by, Operation::CarrierUpdate, &[Subject::Carrier(carrier.id)])?;
    Ok(carrier)
}

/// Makes a carrier the one of what does not say otherwise.
///
/// # Errors
/// `carrier-unknown`; the store.
pub async fn set_default(app: &Arc<App>, caller: &Caller, id: Id<CarrierKind>) -> Result<Carrier, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::CarrierUpdate, move |app, transaction| {
        let carrier = find(transaction, id)?;
        settings::put(transaction, &DefaultCarrier { carrier: id })?;
        app.note(transaction, &by, Operation::CarrierUpdate, &[Subject::Carrier(id)])?;
        Ok(carrier)
    })
    .await
}

/// One carrier.
///
/// # Errors
/// `carrier-unknown`; the store.
pub fn show(app: &App, caller: &Caller, id: Id<CarrierKind>) -> Result<Carrier, Refusal> {
    app.look(caller, Operation::CarrierShow, |_, view| find(view, id))
}

/// Carriers in the order they were declared, after one of them.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    after: Option<Id<CarrierKind>>,
    limit: usize,
) -> Result<Vec<Carrier>, Refusal> {
    app.look(caller, Operation::CarrierShow, |_, view| Ok(legal::carriers(view, after, limit)?))
}

/// Which carrier is the default, if there is one.
///
/// # Errors
/// The store.
pub fn default(app: &App, caller: &Caller) -> Result<Option<Id<CarrierKind>>, Refusal> {
    app.look(caller, Operation::CarrierShow, |_, view| {
        Ok(settings::find::<DefaultCarrier>(view)?.map(|default| default.carrier))
    })
}

fn find(view: &dyn View, id: Id<CarrierKind>) -> Result<Carrier, Aborted> {
    legal::carrier(view, id)?.ok_or_else(|| refusals::unknown("carrier-unknown").with("id", id).into())
}

/// A carrier as it would be typed.
pub(crate) fn typed(carrier: &Carrier) -> NewCarrier {
    let details = &carrier.details;
    NewCarrier {
        name: details.name.as_str().to_owned(),
        form: details.form.code().to_owned(),
        rna: details.rna.as_ref().map(|rna| rna.as_str().to_owned()).unwrap_or_default(),
        address: NewPlace {
            commune: details.address.commune.to_string(),
            address: details.address.address.as_str().to_owned(),
        },
        object: details.object.as_str().to_owned(),
        private_service: details.private_service,
        tax_rate: details.tax_rate.code().to_owned(),
        headcounts: details.headcounts.iter().map(|(year, people)| (*year, *people)).collect(),
    }
}
