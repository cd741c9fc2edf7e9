//! Offers as the desk sees them: listed, opened, reminded by hand.

use std::sync::Arc;

use maillage_domain::{
    ids::{DriverOfferKind, VolunteerKind},
    offer::{DriverOffer, OfferAction},
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{driver_offers, events::Subject};

use super::tend::send_reminder;
use crate::app::{
    Aborted, App,
    caller::Caller,
    pages::{self, Mark},
    refusals,
};

/// Which offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferFilter {
    /// In the order they were made, after one of them.
    All(Option<Id<DriverOfferKind>>),
    /// Those that wait for an answer, the most urgent first.
    Open(Option<Mark<DriverOfferKind>>),
    /// About a trip.
    Trip(Id<TripKind>),
    /// To a volunteer, newest first, after one of them.
    Volunteer(Id<VolunteerKind>, Option<Id<DriverOfferKind>>),
}

/// Some offers, and after which to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferPage {
    /// The offers.
    pub offers: Vec<DriverOffer>,
    /// What to give for the next page; empty if there is none.
    pub next_after: String,
}

/// Offers, as far as the caller may see them.
///
/// # Errors
/// `not-allowed`, `not-yours`; the store.
pub fn list(app: &App, caller: &Caller, filter: OfferFilter, limit: usize) -> Result<OfferPage, Refusal> {
    app.look(caller, Operation::OfferList, |_, view| {
        let asked = match filter {
            OfferFilter::Volunteer(volunteer, _) => Some(volunteer),
            OfferFilter::All(_) | OfferFilter::Open(_) | OfferFilter::Trip(_) => None,
        };
        caller.check_volunteer(asked)?;
        let offers = match filter {
            OfferFilter::All(after) => driver_offers::list(view, after, limit)?,
            OfferFilter::Open(after) => {
                driver_offers::open(view, after.map(|after| (pages::due(after), after.1)), limit)?
            }
            OfferFilter::Trip(trip) => driver_offers::of_trip(view, trip)?,
            OfferFilter::Volunteer(volunteer, after) => {
                driver_offers::of_volunteer(view, volunteer, after, limit)?
            }
        };
        let last = offers.last().filter(|_| offers.len() == limit);
        let next_after = last.and_then(|last| cursor(filter, last)).unwrap_or_default();
        Ok(OfferPage { offers, next_after })
    })
}

/// What names the end of a page.
fn cursor(filter: OfferFilter, last: &DriverOffer) -> Option<String> {
    match filter {
        OfferFilter::Open(_) => Some(pages::written((last.next_due()?.as_millisecond(), last.id()))),
        OfferFilter::All(_) | OfferFilter::Volunteer(..) => Some(last.id().to_string()),
        OfferFilter::Trip(_) => None,
    }
}

/// One offer.
///
/// # Errors
/// `offer-unknown`, `not-yours`; the store.
pub fn show(app: &App, caller: &Caller, id: Id<DriverOfferKind>) -> Result<DriverOffer, Refusal> {
    app.look(caller, Operation::OfferList, |_, view| {
        let offer = known(view, id)?;
        caller.check_volunteer(Some(offer.terms.volunteer))?;
        Ok(offer)
    })
}

/// Reminds the volunteer of an offer now, or when the quiet hours are over.
///
/// # Errors
/// `offer-unknown`; `offer-closed`, `offer-by-phone`; the store.
pub async fn remind(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<DriverOfferKind>,
) -> Result<DriverOffer, Refusal> {
    let by = caller.clone();
    app.act_once(caller, Operation::OfferRemind, move |app, transaction| {
        let offer = known(transaction, id)?;
        let now = app.now();
        let next = offer.state().remind_at.filter(|at| *at > now);
        let action = OfferAction::Remind { next, expires_at: offer.state().expires_at };
        let reminded = offer.apply(action, now).map_err(refusals::offer)?;
        driver_offers::put(transaction, &reminded)?;
        send_reminder(app, transaction, &reminded)?;
        let subjects = [Subject::DriverOffer(id), Subject::Volunteer(reminded.terms.volunteer)];
        app.note(transaction, &by, Operation::OfferRemind, &subjects)?;
        Ok(reminded)
    })
    .await
}

/// One offer.
///
/// # Errors
/// `offer-unknown`; the store.
pub(in crate::app) fn known(view: &dyn View, id: Id<DriverOfferKind>) -> Result<DriverOffer, Aborted> {
    let found = driver_offers::find(view, id)?;
    found.ok_or_else(|| refusals::unknown("offer-unknown").with("id", id).into())
}
