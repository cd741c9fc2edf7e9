//! From the cost of a trip, frozen when it was completed, into the books: what the person owes, what the driver drove.
//! Must never cost a trip itself.

use maillage_domain::{
    costing::{ASSUMED_POWER, CarFacts},
    ledger::{Books, VehicleClass},
};
use maillage_engine::{Transaction, View};
use maillage_federation::models::Workforce;
use maillage_store::{costs::TripCost, legal};

use super::books::{CarriedOut, Driven, carried_out};
use crate::app::{Aborted, App};

/// Books a trip whose cost was just frozen, in the same transaction. A trip that is there already changes nothing.
///
/// # Errors
/// The store.
pub fn book_cost(app: &App, transaction: &mut Transaction<'_>, cost: &TripCost) -> Result<(), Aborted> {
    let done = CarriedOut {
        trip: cost.trip,
        books: books_of(transaction, cost)?,
        day: cost.facts.on,
        due: cost.person.map(|person| (person, cost.costing.contribution)),
        driven: driven(app, cost),
    };
    carried_out(app, transaction, done)
}

/// The books of the association that carried the trip.
fn books_of(view: &(impl View + ?Sized), cost: &TripCost) -> Result<Books, Aborted> {
    if let Some(carrier) = legal::frame(view, cost.trip)?.and_then(|frame| frame.carrier) {
        return Ok(Books(Some(carrier)));
    }
    Ok(Books(legal::default_carrier(view)?.map(|carrier| carrier.id)))
}

/// What a volunteer of ours drove. Professionals are paid by their employer.
fn driven(app: &App, cost: &TripCost) -> Option<Driven> {
    let volunteer = cost.volunteer?;
    let model = app.catalogue.model(&cost.model)?;
    let model = model.with_local(&cost.local).unwrap_or_else(|_| model.clone());
    if model.workforce == Workforce::Professionals {
        return None;
    }
    let assumed = CarFacts { power: ASSUMED_POWER, electric: false };
    let CarFacts { power, electric } = cost.facts.vehicle.unwrap_or(assumed);
    Some(Driven {
        volunteer,
        loaded_m: cost.facts.loaded_m,
        empty_m: cost.facts.empty_m,
        compensation: model.compensation,
        vehicle: VehicleClass { power, electric },
    })
}
