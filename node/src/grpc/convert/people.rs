//! People and places to messages.

use maillage_domain::{
    person::Person,
    place::{NewPlace, Place},
    volunteer::{Vehicle, Volunteer},
};
use maillage_federation::needs::Needs;
use maillage_proto::node::v1 as proto;

use crate::app::App;

/// A place as typed.
pub fn new_place(place: Option<proto::Place>) -> NewPlace {
    let proto::Place { commune, address, commune_name: _ } = place.unwrap_or_default();
    NewPlace { commune, address }
}

/// A place, with the name of its commune.
pub fn place(app: &App, place: &Place) -> proto::Place {
    let commune = app.geography.commune(&place.commune);
    proto::Place {
        commune: place.commune.to_string(),
        address: place.address.as_str().to_owned(),
        commune_name: commune.map(|commune| commune.name.clone()).unwrap_or_default(),
    }
}

/// Codes of needs.
pub fn codes(needs: &Needs) -> Vec<String> {
    needs.iter().map(|need| need.code().to_owned()).collect()
}

/// A beneficiary.
pub fn person(app: &App, person: &Person) -> proto::Person {
    let details = &person.details;
    proto::Person {
        id: person.id.to_string(),
        name: details.name.as_str().to_owned(),
        phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        home: Some(place(app, &details.home)),
        needs: codes(&details.needs),
        sharing: details.sharing.code().to_owned(),
        statistics_objection: details.statistics_objection,
        driver_notes: details.driver_notes.as_str().to_owned(),
        created_at: person.created.to_string(),
    }
}

/// A volunteer.
pub fn volunteer(app: &App, volunteer: &Volunteer) -> proto::Volunteer {
    let details = &volunteer.details;
    let absence =
        |absence: &maillage_domain::availability::Absence| format!("{}..{}", absence.first(), absence.last());
    proto::Volunteer {
        id: volunteer.id.to_string(),
        name: details.name.as_str().to_owned(),
        phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        home: Some(place(app, &details.home)),
        seats: volunteer.vehicle().map(Vehicle::seats).unwrap_or_default().into(),
        wheelchair_places: volunteer.vehicle().map(Vehicle::wheelchair_places).unwrap_or_default().into(),
        accepts: codes(&details.accepts),
        availability: details.availability.to_string(),
        max_trip_m: details.limits.max_trip_m.unwrap_or_default(),
        standing_yes: details.standing_yes,
        absences: details.availability.absences().iter().map(absence).collect(),
    }
}
