//! How much of what the node knows a caller sees: a driver learns who travels and where exactly once the drive is promised, and no
//! longer than the drive lasts. The reduction is made here, so that whatever shows a trip cannot show more. Must never let
//! through what nobody but the desk should know.

use maillage_domain::{
    account::Scope,
    eligibility::Situation,
    ids::PersonKind,
    person::{Person, PersonDetails, Pooling},
    roles::Role,
    text::{Address, Notes},
    trip::{Origin, Trip, TripEvent, TripStatus},
};
use maillage_federation::{ids::Id, needs::Needs};
use maillage_store::persons;

use super::{App, caller::Caller};

/// A trip as a caller may see it.
pub struct SeenTrip {
    /// The trip; what is not to be seen is blank.
    pub trip: Trip,
    /// Whose trip it is, for the desk.
    pub person: Option<Id<PersonKind>>,
    /// Who travels; blank if that is not to be seen.
    pub traveller: Traveller,
    /// What happened to it, for the desk.
    pub history: Vec<TripEvent>,
}

/// Who travels.
#[derive(Default)]
pub struct Traveller {
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// What the driver should know.
    pub driver_notes: String,
}

/// A trip as a caller may see it.
pub fn trip(app: &App, caller: &Caller, trip: &Trip) -> SeenTrip {
    let own = match caller.scope() {
        Scope::Everything => {
            let (person, history) = (trip.person(), trip.history().to_vec());
            return SeenTrip { trip: trip.clone(), person, traveller: traveller(app, trip), history };
        }
        Scope::Volunteer(volunteer) => trip.volunteer() == Some(volunteer),
        Scope::Prescriber(_) => false,
    };
    let (person, history) = (None, Vec::new());
    if own && is_promised(trip.status()) {
        return SeenTrip { trip: trip.clone(), person, traveller: traveller(app, trip), history };
    }
    SeenTrip { trip: in_outline(trip), person, traveller: Traveller::default(), history }
}

/// A beneficiary as a caller may see it: whoever keeps the books learns whom they concern and what a contribution depends on, and
/// nothing of health, situation or notes.
pub fn person(caller: &Caller, person: Person) -> Person {
    if caller.is(Role::Coordinator) {
        return person;
    }
    let PersonDetails {
        name,
        phone,
        email,
        channel,
        home,
        birth_year: _,
        needs: _,
        situation: _,
        grounds: _,
        quotient_euros,
        member_until,
        prescriber: _,
        informed_on,
        sharing,
        statistics_objection,
        pooling: _,
        driver_notes: _,
        internal_notes: _,
        avoid: _,
    } = person.details;
    let details = PersonDetails {
        name,
        phone,
        email,
        channel,
        home,
        birth_year: None,
        needs: Needs::default(),
        situation: Situation::Unknown,
        grounds: Vec::new(),
        quotient_euros,
        member_until,
        prescriber: None,
        informed_on,
        sharing,
        statistics_objection,
        pooling: Pooling::default(),
        driver_notes: Notes::default(),
        internal_notes: Notes::default(),
        avoid: Vec::new(),
    };
    Person { details, ..person }
}

/// Communes and times.
fn in_outline(trip: &Trip) -> Trip {
    let mut outline = trip.without_passenger();
    outline.terms.pickup.address = Address::default();
    outline.terms.dropoff.address = Address::default();
    outline.terms.needs = Needs::default();
    outline.terms.notes = Notes::default();
    outline
}

/// Whether the driver has said yes and is not done yet.
pub(super) fn is_promised(status: TripStatus) -> bool {
    match status {
        TripStatus::Confirmed | TripStatus::PickedUp => true,
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Completed { .. }
        | TripStatus::NoShow(_)
        | TripStatus::Cancelled { .. }
        | TripStatus::Unmet(_) => false,
    }
}

fn traveller(app: &App, trip: &Trip) -> Traveller {
    match &trip.terms.origin {
        Origin::Carried { passenger, .. } => Traveller {
            name: passenger.name.as_str().to_owned(),
            phone: passenger.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            driver_notes: passenger.driver_notes.as_str().to_owned(),
        },
        Origin::Own { person, .. } => {
            let found = persons::find(&app.store, *person).ok().flatten();
            found.map(of_person).unwrap_or_default()
        }
    }
}

fn of_person(person: Person) -> Traveller {
    Traveller {
        name: person.details.name.as_str().to_owned(),
        phone: person.details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        driver_notes: person.details.driver_notes.as_str().to_owned(),
    }
}
