//! What an identifier names, for whoever reads one from a sheet, a letter or an address. Nothing is told of what it names, and nothing
//! opened: the page it leads to does that, and notes it.

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    roles::Operation,
};
use maillage_federation::ids::{HandoverKind, Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{handovers, persons, trips, volunteers};

use super::{App, caller::Caller};

/// What an identifier names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A beneficiary.
    Person(Id<PersonKind>),
    /// A volunteer.
    Volunteer(Id<VolunteerKind>),
    /// A trip.
    Trip(Id<TripKind>),
    /// A handover, in either direction.
    Handover(Id<HandoverKind>),
}

/// What an identifier names; none if it is no identifier, or of nothing that is known here.
///
/// # Errors
/// `not-allowed`; the store.
pub fn of_id(app: &App, caller: &Caller, typed: &str) -> Result<Option<Place>, Refusal> {
    app.look(caller, Operation::PeopleSearch, |_, view| {
        let typed = typed.trim();
        let (Ok(person), Ok(volunteer), Ok(trip), Ok(handover)) =
            (typed.parse(), typed.parse(), typed.parse(), typed.parse())
        else {
            return Ok(None);
        };
        if persons::find(view, person)?.is_some() {
            return Ok(Some(Place::Person(person)));
        }
        if volunteers::find(view, volunteer)?.is_some() {
            return Ok(Some(Place::Volunteer(volunteer)));
        }
        if trips::find(view, trip)?.is_some() {
            return Ok(Some(Place::Trip(trip)));
        }
        if handovers::outgoing(view, handover)?.is_some() || handovers::incoming(view, handover)?.is_some() {
            return Ok(Some(Place::Handover(handover)));
        }
        Ok(None)
    })
}
