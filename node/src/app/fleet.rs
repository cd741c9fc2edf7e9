//! The fleet: what is in it, when it has to be looked after, when it is out of service.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    civil::parse_civil,
    fleet::{Asset, AssetDetails, Capacity, Due, NewAsset, Outage, OutageReason},
    ids::{AssetKind, LoanKind},
    loan::Loan,
    roles::Operation,
    span::Span,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{ids::Id, month::paris};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    assets,
    events::{self, Event, Subject},
    loans,
};

use super::{
    Aborted, App,
    caller::Caller,
    edit::{Mask, check_etag},
    refusals::{self, services as worded},
};
use crate::limits::FLEET;

/// The fields of a thing that can be changed.
pub const FIELDS: [&str; 14] = [
    "label",
    "category",
    "seats",
    "plate",
    "ownership",
    "inspection_due",
    "insurance_until",
    "service_due",
    "service_due_m",
    "rate_per",
    "rate_cents",
    "deposit_cents",
    "notes",
    "in_service",
];

/// When something is out of service, as typed; times in Europe/Paris.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewOutage {
    /// Code of an [`OutageReason`].
    pub reason: String,
    /// From when; blank for now.
    pub from: String,
    /// Until when; blank for until further notice.
    pub until: String,
}

/// Something that has to be done to a thing of the fleet.
#[derive(Debug, Clone)]
pub struct UpkeepDue {
    /// The thing.
    pub asset: Asset,
    /// What, and by when.
    pub due: Due,
}

/// Enters a thing into the fleet.
///
/// # Errors
/// The first thing typed that is not acceptable; `fleet-full`; the store.
pub async fn add(app: &Arc<App>, caller: &Caller, new: NewAsset, odometer_m: u32) -> Result<Asset, Refusal> {
    let details = new.parse().map_err(worded::asset)?;
    let by = caller.clone();
    app.act_once(caller, Operation::AssetAdd, move |app, transaction| {
        enter(app, transaction, &by, details, odometer_m)
    })
    .await
}

/// Enters a thing into the fleet inside a transaction.
///
/// # Errors
/// `odometer`, `fleet-full`; the store.
pub(crate) fn enter(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    details: AssetDetails,
    odometer_m: u32,
) -> Result<Asset, Aborted> {
    let asset = Asset::enter(app.new_id(), details, odometer_m, app.now()).map_err(worded::asset)?;
    if assets::list(transaction, None, FLEET)?.len() >= FLEET {
        return Err(refusals::conflict("fleet-full").with("max", FLEET).into());
    }
    assets::put(transaction, &asset)?;
    app.note(transaction, by, Operation::AssetAdd, &[Subject::Asset(asset.id)])?;
    Ok(asset)
}

/// Writes a thing of the fleet that was changed inside a transaction.
///
/// # Errors
/// The store.
pub(crate) fn keep(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    operation: Operation,
    asset: &Asset,
) -> Result<(), Aborted> {
    assets::put(transaction, asset)?;
    app.note(transaction, by, operation, &[Subject::Asset(asset.id)])
}

/// One thing of the fleet.
///
/// # Errors
/// `asset-unknown`; the store.
pub fn show(app: &App, caller: &Caller, id: Id<AssetKind>) -> Result<Asset, Refusal> {
    app.look(caller, Operation::AssetShow, |_, view| find(view, id))
}

/// What happened to a thing of the fleet, newest first: at most `limit` events.
///
/// # Errors
/// `asset-unknown`; the store.
pub fn history(app: &App, caller: &Caller, id: Id<AssetKind>, limit: usize) -> Result<Vec<Event>, Refusal> {
    app.look(caller, Operation::AssetShow, |_, view| {
        find(view, id)?;
        Ok(events::about(view, Subject::Asset(id), None, limit)?)
    })
}

/// The fleet in the order it was entered, after one thing of it.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    after: Option<Id<AssetKind>>,
    limit: usize,
) -> Result<Vec<Asset>, Refusal> {
    app.look(caller, Operation::AssetShow, |_, view| Ok(assets::list(view, after, limit)?))
}

/// Changes the fields of a mask.
///
/// # Errors
/// `asset-unknown`, `changed-meanwhile`, the first thing that is not acceptable; the store.
pub async fn update(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<AssetKind>,
    new: NewAsset,
    (mask, etag): (Mask, String),
) -> Result<Asset, Refusal> {
    change(app, caller, Operation::AssetUpdate, id, move |asset, _| {
        check_etag(&etag, asset.revision)?;
        let details = merged(NewAsset::from(&asset.details), new, &mask).parse().map_err(worded::asset)?;
        asset.edit(details).map_err(worded::asset)
    })
    .await
}

/// Notes a reading of the odometer.
///
/// # Errors
/// `asset-unknown`, `odometer-backwards`; the store.
pub async fn read_odometer(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<AssetKind>,
    metres: u32,
) -> Result<Asset, Refusal> {
    change(app, caller, Operation::AssetOdometer, id, move |asset, _| {
        asset.read_odometer(metres).map_err(worded::asset)
    })
    .await
}

/// Takes a thing out of service. Gives it with the loans that are booked or out at that time all the same: the desk calls
/// those people.
///
/// # Errors
/// `asset-unknown`, `asset-outage-order`; the store.
pub async fn withdraw(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<AssetKind>,
    new: NewOutage,
) -> Result<(Asset, Vec<Id<LoanKind>>), Refusal> {
    let outage = outage(&new, app.now())?;
    let asset = change(app, caller, Operation::AssetWithdraw, id, move |asset, _| {
        asset.withdraw(outage).map_err(worded::asset)
    })
    .await?;
    let booked = app.read(|app, view| {
        let until = outage.until.unwrap_or(Timestamp::MAX);
        let Ok(span) = Span::new(outage.from, until) else { return Ok(Vec::new()) };
        let taken = loans::occupations(view, id, outage.from, app.now())?;
        Ok(taken.into_iter().filter(|taken| taken.span.overlaps(span)).map(|taken| taken.loan).collect())
    })?;
    Ok((asset, booked))
}

/// Puts a thing back into service.
///
/// # Errors
/// `asset-unknown`, `asset-retired`; the store.
pub async fn restore(app: &Arc<App>, caller: &Caller, id: Id<AssetKind>) -> Result<Asset, Refusal> {
    change(app, caller, Operation::AssetRestore, id, |asset, now| asset.restore(now).map_err(worded::asset))
        .await
}

/// Takes a thing out of the fleet for good.
///
/// # Errors
/// `asset-unknown`, `asset-retired`; `asset-booked` while it is booked or out; the store.
pub async fn retire(app: &Arc<App>, caller: &Caller, id: Id<AssetKind>, on: &str) -> Result<Asset, Refusal> {
    let on = day(on, app.now())?;
    let by = caller.clone();
    app.act(caller, Operation::AssetRetire, move |app, transaction| {
        let mut asset = find(transaction, id)?;
        let taken = loans::taking(transaction, id, app.now())?;
        if let Some(loan) = taken.iter().find(|loan| loan.is_open()) {
            return Err(refusals::conflict("asset-booked").with("loan", loan.id).into());
        }
        asset.retire(on).map_err(worded::asset)?;
        assets::put(transaction, &asset)?;
        app.note(transaction, &by, Operation::AssetRetire, &[Subject::Asset(id)])?;
        Ok(asset)
    })
    .await
}

/// What has to be looked after within a number of days, the soonest first.
///
/// # Errors
/// The store.
pub fn upkeep(app: &App, caller: &Caller, within_days: u16) -> Result<Vec<UpkeepDue>, Refusal> {
    app.look(caller, Operation::AssetShow, |app, view| {
        let today = today(app);
        let mut found = Vec::new();
        for asset in assets::list(view, None, FLEET)?.into_iter().filter(|asset| asset.retired.is_none()) {
            let dues = asset.details.upkeep.due(today, within_days, asset.odometer_m);
            found.extend(dues.into_iter().map(|due| UpkeepDue { asset: asset.clone(), due }));
        }
        found.sort_by_key(|found| (!found.due.late, found.due.on.unwrap_or(today), found.asset.id));
        Ok(found)
    })
}

/// Vehicles of a year that carry passengers and their places; the present year if none is named.
///
/// # Errors
/// `year-out-of-range`; the store.
pub fn capacity(app: &App, caller: &Caller, year: Option<i16>) -> Result<(i16, Capacity), Refusal> {
    app.look(caller, Operation::FleetCapacity, |app, view| {
        let year = year.unwrap_or_else(|| today(app).year());
        Ok((year, Capacity::of(&assets::list(view, None, FLEET)?, year)))
    })
}

/// One thing of the fleet.
///
/// # Errors
/// `asset-unknown`; the store.
pub(crate) fn find(view: &(impl View + ?Sized), id: Id<AssetKind>) -> Result<Asset, Aborted> {
    assets::find(view, id)?.ok_or_else(|| refusals::unknown("asset-unknown").with("id", id).into())
}

/// Notes in the same transaction what a loan read on the odometer.
///
/// # Errors
/// `asset-unknown`, `odometer-backwards`; the store.
pub(crate) fn read_of_loan(
    transaction: &mut Transaction<'_>,
    loan: &Loan,
    odometer_m: Option<u32>,
) -> Result<(), Aborted> {
    let (Some(booking), Some(metres)) = (loan.booking(), odometer_m) else { return Ok(()) };
    let mut asset = find(transaction, booking.asset)?;
    asset.read_odometer(metres).map_err(worded::asset)?;
    assets::put(transaction, &asset)?;
    Ok(())
}

/// The day that was typed, or today.
///
/// # Errors
/// `day-format`.
pub(crate) fn day(typed: &str, now: Timestamp) -> Result<Date, Refusal> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(now.to_zoned(paris()).date());
    }
    typed.parse().map_err(|_| refusals::invalid("day-format"))
}

/// The time that was typed in Europe/Paris, or now.
///
/// # Errors
/// `time-format` and the others of a time.
pub(crate) fn time(typed: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    if typed.trim().is_empty() { Ok(now) } else { parse_civil(typed).map_err(refusals::civil_time) }
}

/// Today in Europe/Paris.
pub(crate) fn today(app: &App) -> Date {
    app.now().to_zoned(paris()).date()
}

async fn change(
    app: &Arc<App>,
    caller: &Caller,
    operation: Operation,
    id: Id<AssetKind>,
    body: impl FnOnce(&mut Asset, Timestamp) -> Result<(), Refusal> + Send + 'static,
) -> Result<Asset, Refusal> {
    let by = caller.clone();
    app.act(caller, operation, move |app, transaction| {
        let mut asset = find(transaction, id)?;
        body(&mut asset, app.now())?;
        keep(app, transaction, &by, operation, &asset)?;
        Ok(asset)
    })
    .await
}

fn outage(new: &NewOutage, now: Timestamp) -> Result<Outage, Refusal> {
    let reason: OutageReason = new.reason.parse().map_err(|_| refusals::invalid("asset-outage-unknown"))?;
    let from = time(&new.from, now)?;
    let until = if new.until.trim().is_empty() { None } else { Some(time(&new.until, now)?) };
    Ok(Outage { reason, from, until })
}

/// What there is, with what is meant to change.
fn merged(present: NewAsset, new: NewAsset, mask: &Mask) -> NewAsset {
    let mut merged = present;
    mask.set("label", &mut merged.label, new.label);
    mask.set("category", &mut merged.category, new.category);
    mask.set("seats", &mut merged.seats, new.seats);
    mask.set("plate", &mut merged.plate, new.plate);
    mask.set("ownership", &mut merged.ownership, new.ownership);
    mask.set("inspection_due", &mut merged.inspection_due, new.inspection_due);
    mask.set("insurance_until", &mut merged.insurance_until, new.insurance_until);
    mask.set("service_due", &mut merged.service_due, new.service_due);
    mask.set("service_due_m", &mut merged.service_due_m, new.service_due_m);
    mask.set("rate_per", &mut merged.rate_per, new.rate_per);
    mask.set("rate_cents", &mut merged.rate_cents, new.rate_cents);
    mask.set("deposit_cents", &mut merged.deposit_cents, new.deposit_cents);
    mask.set("notes", &mut merged.notes, new.notes);
    mask.set("in_service", &mut merged.in_service, new.in_service);
    merged
}
