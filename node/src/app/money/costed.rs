//! From the cost of a trip, frozen when it was completed, into the books: what the person owes, what the driver drove.
//! Must never cost a trip itself.

use maillage_domain::{
    costing::{CarFacts, CostFacts},
    ids::VolunteerKind,
    ledger::{Books, Drive, DueSource, Movement, NewEntry, Party, Rate, VehicleClass},
    money::Cents,
    text::Line,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    ids::{Id, TripKind},
    models::{Compensation, Model, Workforce},
};
use maillage_store::{costs::TripCost, ledger, legal, persons};

use super::{
    books::{CarriedOut, Driven, carried_out},
    today,
};
use crate::app::{Aborted, App};

/// Books a trip whose cost was just frozen, in the same transaction. A trip that is there already changes nothing.
///
/// # Errors
/// The store.
pub fn book_cost(app: &App, transaction: &mut Transaction<'_>, cost: &TripCost) -> Result<(), Aborted> {
    let done = CarriedOut {
        trip: cost.trip,
        books: books_of(transaction, cost.trip)?,
        day: cost.facts.on,
        due: cost.person.map(|person| (person, cost.costing.contribution)),
        driven: driven(app, cost),
    };
    let books = done.books;
    carried_out(app, transaction, done)?;
    membership(app, transaction, cost, books)
}

/// A person who is no member and travels under a model with a membership owes the fee of the year: once, with the first trip
/// of it. One that the treasurer took back is not asked for again.
fn membership(
    app: &App,
    transaction: &mut Transaction<'_>,
    cost: &TripCost,
    books: Books,
) -> Result<(), Aborted> {
    let (Some(id), on) = (cost.person, cost.facts.on) else { return Ok(()) };
    let yearly = local(app, cost).and_then(|model| model.contribution.yearly_cents());
    let person = persons::find(transaction, id)?;
    let member = person.is_none_or(|person| person.details.member_on(on));
    let Some(amount) =
        yearly.map(|cents| Cents::new(cents.into())).filter(|fee| fee.is_positive() && !member)
    else {
        return Ok(());
    };
    let movement = Movement::Due(id, DueSource::Membership(on.year()));
    let booked = ledger::entries_of(transaction, Party::Person(id), None, usize::MAX)?;
    if booked.iter().any(|entry| entry.movement == movement) {
        return Ok(());
    }
    let at = app.now();
    let new = NewEntry { books, day: on, movement, amount, note: Line::default() };
    ledger::book(transaction, new, app.new_id(), (at, today(at).year()), None)?;
    Ok(())
}

/// The model of a trip with the amounts it was costed with.
fn local(app: &App, cost: &TripCost) -> Option<Model> {
    let model = app.catalogue.model(&cost.model)?;
    Some(model.with_local(&cost.local).unwrap_or_else(|_| model.clone()))
}

/// The books of the association that carried the trip.
fn books_of(view: &(impl View + ?Sized), trip: Id<TripKind>) -> Result<Books, Aborted> {
    if let Some(carrier) = legal::frame(view, trip)?.and_then(|frame| frame.carrier) {
        return Ok(Books(Some(carrier)));
    }
    Ok(Books(legal::default_carrier(view)?.map(|carrier| carrier.id)))
}

/// Metres that the fiscal scale has valued in the year of a trip, for its driver, its car and its model, in the books of
/// whoever carried it: those that statements have taken, and those that wait for one. None if the model pays no scale.
///
/// # Errors
/// The store.
pub fn valued_before(
    view: &(impl View + ?Sized),
    trip: Id<TripKind>,
    volunteer: Id<VolunteerKind>,
    (facts, compensation): (&CostFacts, Compensation),
) -> Result<Option<u64>, Aborted> {
    let rate = Rate::of(compensation);
    if rate.flat_cents.is_some() {
        return Ok(None);
    }
    let books = books_of(view, trip)?;
    let (year, class) = (facts.on.year(), rate.class_of(class(facts)));
    let stated = ledger::mileage(view, books, volunteer)?.remove(&(year, class)).unwrap_or_default();
    let waiting = ledger::drives(view, books, volunteer)?;
    let waiting = waiting.iter().filter(|drive| drive.day.year() == year && drive.valued_as() == Some(class));
    Ok(Some(waiting.map(Drive::counted_m).fold(stated, u64::saturating_add)))
}

fn class(facts: &CostFacts) -> VehicleClass {
    let CarFacts { power, electric } = facts.car();
    VehicleClass { power, electric }
}

/// What a volunteer of ours drove in a car of her or his own. Professionals are paid by their employer, and kilometres of
/// the fleet are the carrier's.
fn driven(app: &App, cost: &TripCost) -> Option<Driven> {
    let volunteer = cost.volunteer?;
    let model = local(app, cost)?;
    if model.workforce == Workforce::Professionals || cost.facts.employee || cost.facts.fleet {
        return None;
    }
    Some(Driven {
        volunteer,
        loaded_m: cost.facts.loaded_m,
        empty_m: cost.facts.empty_m,
        compensation: model.compensation,
        vehicle: class(&cost.facts),
    })
}
