//! What is known of a person's past: where he or she usually goes, and what happened to the file. Must never be shown to
//! drivers, nor leave the node.

use std::sync::Arc;

use maillage_domain::{
    habits::{Habit, Outing, habits},
    ids::PersonKind,
    request::OutboundTime,
    roles::Operation,
    trip::{Leg, Stage, TripStatus},
};
use maillage_engine::View;
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log,
    events::{self, Event, Subject},
    requests, trips,
};

use super::{find, opened};
use crate::{
    app::{Aborted, App, caller::Caller, relays},
    limits::{HABIT_TRIPS, HABITS},
};

/// A person's past.
#[derive(Debug, Clone)]
pub struct PersonHistory {
    /// Where the person usually goes, most often first.
    pub habits: Vec<Habit>,
    /// What happened, newest first.
    pub events: Vec<Event>,
}

/// Where a person usually goes, and at most `limit` events before one of them; the access log keeps who looked.
///
/// # Errors
/// `person-unknown`; the store.
pub async fn history(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PersonKind>,
    before: Option<u64>,
    limit: usize,
) -> Result<PersonHistory, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::PersonHistory, move |app, transaction| {
        find(transaction, id)?;
        access_log::record(transaction, &opened(app, &by, id, Operation::PersonHistory))?;
        Ok(PersonHistory {
            habits: habits(outings(transaction, id)?, HABITS),
            events: events::about(transaction, Subject::Person(id), before, limit)?,
        })
    })
    .await
}

/// The outbounds a person asked for of late, those called off left out.
fn outings(view: &dyn View, id: Id<PersonKind>) -> Result<Vec<Outing>, Aborted> {
    let mut outings = Vec::new();
    for trip in trips::of_person(view, id, HABIT_TRIPS)? {
        let off = matches!(trip.status(), TripStatus::Cancelled { .. });
        let request = trip.request().filter(|_| trip.terms.leg == Leg::Outbound && !off);
        let Some(request) = request.map(|id| requests::find(view, id)).transpose()?.flatten() else {
            continue;
        };
        let at = match request.details.outbound {
            OutboundTime::ArriveBy(at) | OutboundTime::PickupAt(at) => at,
        };
        if trip.terms.relay.is_some_and(|relay| relay.stage == Stage::Far) {
            // That of the stage which was asked for.
            continue;
        }
        let place = relays::at_destination(view, &trip)?.terms.dropoff;
        outings.push(Outing { place, purpose: request.details.purpose, at });
    }
    Ok(outings)
}
