//! The answer to an offer, by the link or through the desk. Whoever comes late, or a second time, changes nothing and
//! learns what holds.

use std::sync::Arc;

use maillage_domain::{
    ids::DriverOfferKind,
    offer::{AnsweredBy, DriverOffer, OfferAction},
    roles::Operation,
    trip::{DriverRefusal, Trip, TripAction},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{driver_offers, events::Subject};

use super::{
    barred,
    desk::known,
    drop_waiting, pending, policy, save,
    tend::{ask_next, free, withdraw},
};
use crate::app::{Aborted, App, caller::Caller, outreach::Outreach, refusals, suggest::find};

/// What a volunteer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes, to all that was asked.
    Yes,
    /// No, and why.
    No(DriverRefusal),
}

/// What the holder of a link may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// The offer.
    pub offer: DriverOffer,
    /// Its trips as they are now.
    pub trips: Vec<Trip>,
    /// Whether an answer is still taken.
    pub open: bool,
    /// Whether this call has brought the answer.
    pub answered_now: bool,
    /// Whether the yes was not taken: the volunteer may not drive any more.
    pub barred: bool,
}

/// What an offer's link shows. Looking changes nothing: mail programs look at links too.
///
/// # Errors
/// `link-unknown` for whatever is no link of ours; the store.
pub fn open_by_link(app: &App, token: &str) -> Result<LinkView, Refusal> {
    app.read(|app, view| {
        let offer = proven(app, view, token)?;
        link_view(app, view, offer, false)
    })
}

/// Answers by the link: once, while an answer is wanted.
///
/// # Errors
/// `link-unknown`; the store.
pub async fn answer_by_link(app: &Arc<App>, token: String, answer: Answer) -> Result<LinkView, Refusal> {
    app.transact("offer.answer-by-link", move |app, transaction| {
        let offer = proven(app, transaction, &token)?;
        if !offer.is_open() || app.now() >= offer.terms.departs_at {
            return link_view(app, transaction, offer, false);
        }
        let asked = pending(transaction, &offer)?;
        if answer == Answer::Yes && barred(transaction, &asked)?.is_some() {
            let policy = policy(transaction)?;
            let closed = withdraw(app, transaction, &policy, &offer)?;
            return Ok(LinkView { barred: true, ..link_view(app, transaction, closed, false)? });
        }
        let by = Caller::by_link(offer.terms.volunteer);
        let offer = settle(app, transaction, &by, &offer, (answer, AnsweredBy::Link))?;
        link_view(app, transaction, offer, true)
    })
    .await
}

/// Answers through the desk, or as the volunteer with an account.
///
/// # Errors
/// `offer-unknown`, `offer-closed`, `not-yours`; `driver-cannot` for a yes of somebody who may not drive any more; the store.
pub async fn answer(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<DriverOfferKind>,
    answer: Answer,
) -> Result<DriverOffer, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::OfferAnswer, move |app, transaction| {
        let offer = known(transaction, id)?;
        by.check_volunteer(Some(offer.terms.volunteer))?;
        settle(app, transaction, &by, &offer, (answer, AnsweredBy::Desk))
    })
    .await
}

fn settle(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    offer: &DriverOffer,
    (answer, through): (Answer, AnsweredBy),
) -> Result<DriverOffer, Aborted> {
    let now = app.now();
    let action = match answer {
        Answer::Yes => OfferAction::Accept(through),
        Answer::No(reason) => OfferAction::Refuse(reason, through),
    };
    let closed = offer.apply(action, now).map_err(refusals::offer)?;
    driver_offers::put(transaction, &closed)?;
    drop_waiting(transaction, &closed, now)?;
    match answer {
        Answer::Yes => {
            for trip in pending(transaction, &closed)? {
                let accepted = trip.apply(TripAction::DriverAccepts(closed.terms.volunteer), now);
                save(app, transaction, &accepted.map_err(refusals::trip)?)?;
            }
        }
        Answer::No(reason) => {
            let freed = free(app, transaction, &closed, reason)?;
            // On the phone the coordinator decides what is next; a link is answered when nobody is at the desk.
            if through == AnsweredBy::Link {
                ask_next(app, transaction, &policy(transaction)?, &closed, freed)?;
            }
        }
    }
    let trips = closed.terms.trips.iter().copied().map(Subject::Trip);
    let mut subjects = vec![Subject::DriverOffer(closed.id()), Subject::Volunteer(closed.terms.volunteer)];
    subjects.extend(trips);
    app.note(transaction, by, Operation::OfferAnswer, &subjects)?;
    Ok(closed)
}

fn proven(app: &App, view: &dyn View, token: &str) -> Result<DriverOffer, Aborted> {
    let named = Outreach::offer_named(token);
    let offer = named.map(|id| driver_offers::find(view, id)).transpose()?.flatten();
    let offer = offer.filter(|offer| app.outreach.opens(token, offer));
    offer.ok_or_else(|| refusals::unknown("link-unknown").into())
}

fn link_view(
    app: &App,
    view: &dyn View,
    offer: DriverOffer,
    answered_now: bool,
) -> Result<LinkView, Aborted> {
    let trips = offer.terms.trips.iter().map(|id| find(view, *id)).collect::<Result<_, _>>()?;
    let open = offer.is_open() && app.now() < offer.terms.departs_at;
    Ok(LinkView { offer, trips, open, answered_now, barred: false })
}
