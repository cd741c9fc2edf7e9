//! Takes back what was booked for a trip whose end is put right: the due by an entry against it, the kilometres out of what
//! waits for a statement, the frozen cost. What a statement has taken stays: then nothing is put right.

use maillage_domain::{
    ledger::{Drive, DueSource},
    text::Line,
    trip::Trip,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{Id, TripKind};
use maillage_store::{
    costs::{self, TripCost},
    ledger,
};

use super::{book, books::find, today};
use crate::app::{Aborted, App, refusals};

/// Takes back all that was booked for a trip; nothing for one that was not costed.
///
/// # Errors
/// `trip-statement-closed` once a statement has its kilometres; the store.
pub fn take_back(app: &App, transaction: &mut Transaction<'_>, trip: &Trip) -> Result<(), Aborted> {
    let Some(cost) = costs::find(transaction, trip.id())? else { return Ok(()) };
    if ledger::was_noted(transaction, trip.id())? {
        let waiting = waiting(transaction, &cost, trip.id())?;
        let drive = waiting.ok_or_else(|| refusals::conflict("trip-statement-closed"))?;
        ledger::forget_drive(transaction, &drive)?;
    }
    if let Some(person) = cost.person
        && let Some(due) = ledger::due_for(transaction, person, DueSource::Trip(trip.id()))?
    {
        let entry = find(transaction, due)?;
        book(app, transaction, entry.mirror(today(app.now()), Line::default()), Some(entry.id))?;
    }
    if let Some(volunteer) = cost.volunteer {
        let year = u16::try_from(cost.facts.on.year()).unwrap_or_default();
        costs::undrive(transaction, volunteer, year, &cost.facts)?;
    }
    Ok(costs::remove(transaction, trip.id())?)
}

/// The kilometres of a trip, if they still wait for a statement.
fn waiting(view: &dyn View, cost: &TripCost, trip: Id<TripKind>) -> Result<Option<Drive>, Aborted> {
    for (books, volunteer) in ledger::waiting_volunteers(view)? {
        if Some(volunteer) == cost.volunteer {
            let drives = ledger::drives(view, books, volunteer)?;
            if let Some(drive) = drives.into_iter().find(|drive| drive.trip == trip) {
                return Ok(Some(drive));
            }
        }
    }
    Ok(None)
}
