//! Doing once what is asked twice: a caller may name a request, and whoever asks again with the same name, because no answer
//! came, is told what was done. The name and the identifier of the result are written in the transaction that does it. Must
//! never answer one caller with what another asked for.

use std::sync::Arc;

use jiff::{SignedDuration, civil::Date};
use maillage_domain::{
    fleet::Asset,
    ids::RequestKind,
    ledger::{Entry, Expense},
    legal::{Carrier, FrameException},
    loan::Loan,
    offer::DriverOffer,
    partner::Partner,
    pathway::{Pathway, Referral},
    person::Person,
    prescriber::Prescriber,
    request::Request,
    roles::Operation,
    service::Service,
    staff::Professional,
    trip::Trip,
    volunteer::Volunteer,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    answered::{self, Named},
    assets, driver_offers, ledger, legal, loans, partners, pathways, persons, prescribers, referrals,
    requests, services, staff, trips, volunteers,
};

use super::{Aborted, App, caller::Caller, refusals, series};
use crate::limits::{ANSWERED_DAYS, ANSWERED_FORGOTTEN};

/// A request as its caller names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    request: [u8; 16],
    content: [u8; 16],
}

/// What can be answered again: the same thing as it is now.
pub trait Again: Sized {
    /// Its identifier.
    fn identity(&self) -> [u8; 16];

    /// The thing of an identifier; none if it is not there any more.
    ///
    /// # Errors
    /// The store.
    fn again(view: &dyn View, id: [u8; 16]) -> Result<Option<Self>, Aborted>;
}

impl Once {
    /// Reads what a caller calls a request; none if nothing is given. `content` is everything else that was asked.
    ///
    /// # Errors
    /// `request-id-malformed`.
    pub fn read(name: &str, operation: Operation, content: &[u8]) -> Result<Option<Self>, Refusal> {
        if name.trim().is_empty() {
            return Ok(None);
        }
        let malformed = |_| refusals::invalid("request-id-malformed").with("field", "request_id");
        let request = name.parse::<Id<RequestKind>>().map_err(malformed)?.to_array();
        let mut hasher = blake3::Hasher::new();
        hasher.update(operation.code().as_bytes()).update(&[0]).update(content);
        let mut short = [0; 16];
        hasher.finalize_xof().fill(&mut short);
        Ok(Some(Self { request, content: short }))
    }
}

impl App {
    /// As [`App::act`], once for a caller who names the request: asked again, it does nothing and gives what was made.
    ///
    /// # Errors
    /// As [`App::act`]; `request-id-reused` if the name was given to something else, `request-id-gone` if what was made is not
    /// there any more.
    pub async fn act_once<T, F>(
        self: &Arc<Self>,
        caller: &Caller,
        operation: Operation,
        body: F,
    ) -> Result<T, Refusal>
    where
        T: Again + Send + 'static,
        F: FnOnce(&Self, &mut Transaction<'_>) -> Result<T, Aborted> + Send + 'static,
    {
        let named = named(caller);
        self.act(caller, operation, move |app, transaction| {
            let Some(named) = named else { return body(app, transaction) };
            if let Some(made) = answer(transaction, &named)? {
                return Ok(made);
            }
            let made = body(app, transaction)?;
            answered::put(transaction, &named, made.identity(), app.now())?;
            Ok(made)
        })
        .await
    }

    /// What a caller's named request was answered before; none if it is asked for the first time. For what is checked against
    /// the clock before its transaction begins.
    ///
    /// # Errors
    /// `not-allowed`; as [`App::act_once`].
    pub fn answered<T: Again>(&self, caller: &Caller, operation: Operation) -> Result<Option<T>, Refusal> {
        let Some(named) = named(caller) else { return Ok(None) };
        self.look(caller, operation, |_, view| answer(view, &named))
    }

    /// Lets go the names of requests that were given long ago; gives how many.
    ///
    /// # Errors
    /// The store.
    pub async fn forget_answered(self: &Arc<Self>) -> Result<usize, Refusal> {
        let before = self.now().saturating_sub(SignedDuration::from_hours(24 * ANSWERED_DAYS));
        let before = before.unwrap_or(jiff::Timestamp::MIN);
        if self
            .read(|_, view| Ok(maillage_store::holdings::older_than(view, answered::TREE, before, 1)?))?
            .is_empty()
        {
            return Ok(0);
        }
        self.transact("answered.forget", move |_, transaction| {
            Ok(answered::forget_before(transaction, before, ANSWERED_FORGOTTEN)?)
        })
        .await
    }
}

fn named(caller: &Caller) -> Option<Named> {
    let Once { request, content } = caller.once()?;
    Some(Named { account: caller.account().map(|(account, _)| account), request, content })
}

fn answer<T: Again>(view: &dyn View, named: &Named) -> Result<Option<T>, Aborted> {
    let Some(done) = answered::find(view, named)? else { return Ok(None) };
    if done.content != named.content {
        return Err(refusals::conflict("request-id-reused").with("field", "request_id").into());
    }
    match T::again(view, done.result)? {
        Some(made) => Ok(Some(made)),
        None => Err(refusals::conflict("request-id-gone").with("field", "request_id").into()),
    }
}

/// An identifier as the store has kept it.
pub(super) fn kept<K>(id: [u8; 16]) -> Result<Id<K>, Aborted> {
    Id::from_bytes(&id).map_err(|error| Aborted::from(refusals::internal(error)))
}

/// What is found again by its identifier, whatever it is.
macro_rules! found_again {
    ($($made:ty, $find:path;)*) => {
        $(impl Again for $made {
            fn identity(&self) -> [u8; 16] {
                self.id.to_array()
            }

            fn again(view: &dyn View, id: [u8; 16]) -> Result<Option<Self>, Aborted> {
                Ok($find(view, kept(id)?)?)
            }
        })*
    };
}

found_again!(
    Asset, assets::find;
    Carrier, legal::carrier;
    FrameException, legal::exception;
    Loan, loans::find;
    Partner, partners::find;
    Pathway, pathways::find;
    Person, persons::find;
    Prescriber, prescribers::find;
    Professional, staff::find;
    Referral, referrals::find;
    Service, services::find;
    Volunteer, volunteers::find;
);

impl Again for Entry {
    fn identity(&self) -> [u8; 16] {
        self.id.to_array()
    }

    fn again(view: &dyn View, id: [u8; 16]) -> Result<Option<Self>, Aborted> {
        Ok(ledger::entry(view, kept(id)?)?)
    }
}

impl Again for Expense {
    fn identity(&self) -> [u8; 16] {
        self.id.to_array()
    }

    fn again(view: &dyn View, id: [u8; 16]) -> Result<Option<Self>, Aborted> {
        let id = kept(id)?;
        for (books, volunteer) in ledger::waiting_volunteers(view)? {
            let waiting = ledger::expenses(view, books, volunteer)?;
            if let Some(found) = waiting.into_iter().find(|expense| expense.id == id) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

impl Again for (Request, Vec<Trip>) {
    fn identity(&self) -> [u8; 16] {
        self.0.id.to_array()
    }

    fn again(view: &dyn View, id: [u8; 16]) -> Result<Option<Self>, Aborted> {
        let Some(request) = requests::find(view, kept(id)?)? else { return Ok(None) };
        let mut legs = Vec::with_capacity(request.trips.len());
        for trip in &request.trips {
            legs.extend(trips::find(view, *trip)?);
        }
        Ok(Some((request, legs)))
    }
}

impl Again for DriverOffer {
    fn identity(&self) -> [u8; 16] {
        self.id().to_array()
    }

    fn again(view: &dyn View, id: [u8; 16]) -> Result<Option<Self>, Aborted> {
        Ok(driver_offers::find(view, kept(id)?)?)
    }
}

impl Again for series::Outcome {
    fn identity(&self) -> [u8; 16] {
        self.series.id.to_array()
    }

    /// With the trips that are there for it now.
    fn again(view: &dyn View, id: [u8; 16]) -> Result<Option<Self>, Aborted> {
        let Some(series) = maillage_store::series::find(view, kept(id)?)? else { return Ok(None) };
        let made = maillage_store::series::made_between(view, series.id, Date::MIN, Date::MAX)?;
        let made = made.into_iter().flat_map(|made| made.trips).collect();
        Ok(Some(Self { series, report: series::Report { made, ..series::Report::default() } }))
    }
}
