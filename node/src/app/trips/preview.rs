//! What would become of a request if it were taken now: its trips, legal frame and contribution, and who could drive. Must never
//! write anything but who was looked at.

use std::sync::Arc;

use maillage_dispatch::LegRequest;
use maillage_domain::{
    ids::PersonKind,
    legal::FrameDecision,
    money::Cents,
    request::{NewRequest, RequestDetails, plan_request},
    roles::Operation,
    trip::Trip,
};
use maillage_engine::View;
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::persons;

use super::planning;
use crate::app::{
    Aborted, App, access,
    caller::Caller,
    frames::{self, Admission},
    planning::rounds,
    refusals, roads,
    suggest::{Suggestion, leg_of, suggest_legs},
};

/// What would become of a request.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Its trips: outbound, then return.
    pub legs: Vec<ForeseenLeg>,
    /// Whether its model is on prescription and nobody referred the person: taking it needs a signed exception.
    pub needs_prescription: bool,
    /// Who could drive, for the trips whose time is known; none if the distances cannot be told.
    pub suggestion: Suggestion,
}

/// A trip that would be made.
#[derive(Debug, Clone)]
pub struct ForeseenLeg {
    /// The trip; its identifier is nobody's.
    pub trip: Trip,
    /// Its legal frame.
    pub frame: FrameDecision,
    /// What would be asked of the person; none if its model does not say.
    pub asked: Option<Cents>,
}

/// What would become of a request if it were taken now.
///
/// # Errors
/// The first thing typed that is not acceptable; `person-unknown`; what dispatch cannot answer; the store.
pub async fn preview(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    new: NewRequest,
) -> Result<Preview, Refusal> {
    caller.check(Operation::RequestAdd)?;
    caller.check(Operation::TripSuggest)?;
    let details = new.parse(app.geography, app.now()).map_err(refusals::request)?;
    let asked = details.clone();
    roads::prepare(app, move |app, view| {
        let legs: Vec<LegRequest> = foreseen(app, view, person, asked)?.iter().map(LegRequest::of).collect();
        rounds::pairs_of(view, &legs)
    })
    .await;
    app.look(caller, Operation::TripSuggest, |app, view| {
        let trips = foreseen(app, view, person, details)?;
        let person = found(view, person)?;
        let request = trips.first().and_then(Trip::request).unwrap_or_else(|| app.new_id());
        let admission = Admission { request, person: &person, exception: None, access: None };
        let needs_prescription = match access::admit(app, view, &admission, &trips) {
            Ok(_) => false,
            Err(Aborted::Refused(refusal)) if refusal.reason() == "prescription-needed" => true,
            Err(error) => return Err(error),
        };
        let timed = trips.iter().filter(|trip| !trip.waits_for_call());
        let asked: Vec<LegRequest> = timed.map(|trip| leg_of(view, trip)).collect::<Result<_, Aborted>>()?;
        let suggestion = suggest_legs(app, view, &asked, None)?;
        let mut legs = Vec::new();
        for trip in trips {
            let (frame, asked) = frames::foreseen(app, view, &trip, &person)?;
            legs.push(ForeseenLeg { trip, frame, asked });
        }
        Ok(Preview { legs, needs_prescription, suggestion })
    })
}

/// The trips of a request, as they would be planned.
fn foreseen(
    app: &App,
    view: &dyn View,
    person: Id<PersonKind>,
    details: RequestDetails,
) -> Result<Vec<Trip>, Aborted> {
    let person = found(view, person)?;
    let ids = (app.new_id(), app.new_id(), app.new_id());
    let planning = planning(app, view, &person, &details, ids, None)?;
    let (_, trips) = plan_request(details, &person, &planning).map_err(refusals::request)?;
    Ok(trips)
}

fn found(view: &dyn View, id: Id<PersonKind>) -> Result<maillage_domain::person::Person, Aborted> {
    Ok(persons::find(view, id)?.ok_or_else(|| refusals::unknown("person-unknown").with("id", id))?)
}
