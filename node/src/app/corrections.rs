//! How a trip that is over really ended: put right, with what was booked for it taken back and booked anew. Until a statement
//! or a report counts with it; then it is refused, with what to do instead.

use std::sync::Arc;

use maillage_domain::{
    roles::Operation,
    trip::{Absentee, CorrectionReason, Ending, Trip, TripStatus},
};
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;

use super::{
    App, caller::Caller, company, edit::check_etag, models, money::corrected, offers::save, refusals, relays,
    suggest::find, trips::note,
};

/// How a trip really ended, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewEnding {
    /// `completed`, `no-show` or `driver-absent`.
    pub outcome: String,
    /// Metres with the person on board; 0 for what was written down, or for the estimate.
    pub loaded_m: u32,
    /// Metres without; none for what was written down, or planned.
    pub empty_m: Option<u32>,
    /// Code of the reason.
    pub reason: String,
}

/// Puts right how a trip ended, for somebody who saw the trip as `etag` says.
///
/// # Errors
/// `changed-meanwhile`, `etag-missing`; `correction-outcome`, `correction-reason`; `trip-wrong-…`, `trip-carried`, `trip-already-counted`; `trip-statement-closed`
/// once a statement has its kilometres, `trip-company-counted` once it has those of who rode along; the store.
pub async fn correct(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    new: NewEnding,
    etag: String,
) -> Result<Vec<Trip>, Refusal> {
    caller.check(Operation::TripCorrect)?;
    let reason: CorrectionReason = new.reason.parse().map_err(|_| refusals::invalid("correction-reason"))?;
    let by = caller.clone();
    app.act(caller, Operation::TripCorrect, move |app, transaction| {
        let former = find(transaction, trip)?;
        check_etag(&etag, former.revision())?;
        let ending = ending(&former, &new)?;
        let trip = &former.correct(ending, reason, app.now()).map_err(refusals::trip)?;
        corrected::take_back(app, transaction, &former)?;
        save(app, transaction, trip)?;
        models::settle(app, transaction, std::slice::from_ref(trip))?;
        company::corrected(app, transaction, &former, trip)?;
        relays::follow(app, transaction, std::slice::from_ref(trip))?;
        let corrected = vec![find(transaction, trip.id())?];
        note(app, transaction, &by, Operation::TripCorrect, &corrected)?;
        Ok(corrected)
    })
    .await
}

/// The ending that was typed; what was not is as it was written down, estimated or planned.
fn ending(trip: &Trip, new: &NewEnding) -> Result<Ending, Refusal> {
    match new.outcome.trim() {
        "no-show" => Ok(Ending::NoShow(Absentee::Person)),
        "driver-absent" => Ok(Ending::NoShow(Absentee::Driver)),
        "completed" => {
            let (loaded_m, empty_m) = match trip.status() {
                TripStatus::Completed { loaded_m, empty_m } => (loaded_m, empty_m),
                TripStatus::Requested
                | TripStatus::Offered
                | TripStatus::Confirmed
                | TripStatus::PickedUp
                | TripStatus::Cancelled { .. }
                | TripStatus::NoShow(_)
                | TripStatus::Unmet(_) => {
                    (trip.loaded_m(0), trip.assignment().map_or(0, |drive| drive.empty_m))
                }
            };
            let loaded_m = if new.loaded_m == 0 { loaded_m } else { trip.loaded_m(new.loaded_m) };
            Ok(Ending::Completed { loaded_m, empty_m: new.empty_m.unwrap_or(empty_m) })
        }
        _ => Err(refusals::invalid("correction-outcome")),
    }
}
