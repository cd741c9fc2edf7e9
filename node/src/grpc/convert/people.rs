//! People and places, from and to messages.

use jiff::civil::Weekday;
use maillage_domain::{
    crow,
    document::{Document, NewDocument},
    eligibility::{Ground, NewGround},
    habits::Habit,
    person::{NewPerson, Person},
    place::{NewPlace, Place},
    prescriber::Prescriber,
    staff::Professional,
    volunteer::{NewVehicle, NewVolunteer, Vehicle, Volunteer},
};
use maillage_federation::needs::Needs;
use maillage_proto::node::v1 as proto;
use maillage_store::events::{Actor, Event, FieldChange};

use crate::app::{
    App,
    people::{
        Confirmed,
        follow::{Changed, Touched},
        search::Found,
    },
};

/// A place as typed.
pub fn new_place(place: Option<proto::Place>) -> NewPlace {
    let proto::Place { commune, address, commune_name: _ } = place.unwrap_or_default();
    NewPlace { commune, address }
}

/// A beneficiary as typed, with whether a home outside the territory and somebody very like are meant.
pub fn new_person(message: proto::AddPersonRequest) -> (NewPerson, bool, bool) {
    let proto::AddPersonRequest {
        name,
        phone,
        home,
        needs,
        sharing,
        statistics_objection,
        driver_notes,
        outside,
        email,
        channel,
        birth_year,
        situation,
        grounds,
        quotient_euros,
        member_until,
        prescriber,
        informed_on,
        internal_notes,
        avoid,
        even_if_duplicate,
        request_id: _,
        pooling,
    } = message;
    let new = NewPerson {
        pooling,
        name,
        phone,
        email,
        channel,
        home: new_place(home),
        birth_year: (birth_year != 0).then_some(birth_year),
        needs,
        situation,
        grounds: grounds.into_iter().map(new_ground).collect(),
        quotient_euros,
        member_until,
        prescriber,
        informed_on,
        sharing,
        statistics_objection,
        driver_notes,
        internal_notes,
        avoid,
    };
    (new, outside, even_if_duplicate)
}

/// The new values of an edit of a beneficiary.
pub fn edited_person(person: proto::Person) -> NewPerson {
    NewPerson {
        name: person.name,
        phone: person.phone,
        email: person.email,
        channel: person.channel,
        home: new_place(person.home),
        birth_year: (person.birth_year != 0).then_some(person.birth_year),
        needs: person.needs,
        situation: person.situation,
        grounds: person.grounds.into_iter().map(new_ground).collect(),
        quotient_euros: person.quotient_euros,
        member_until: person.member_until,
        prescriber: person.prescriber,
        informed_on: person.informed_on,
        sharing: person.sharing,
        statistics_objection: person.statistics_objection,
        pooling: person.pooling,
        driver_notes: person.driver_notes,
        internal_notes: person.internal_notes,
        avoid: person.avoid,
    }
}

/// A volunteer as typed, with what its sender was warned of and means.
pub fn new_volunteer(message: proto::AddVolunteerRequest) -> (NewVolunteer, Confirmed) {
    let proto::AddVolunteerRequest {
        name,
        phone,
        home,
        seats,
        wheelchair_places,
        accepts,
        availability,
        max_trip_m,
        standing_yes,
        outside,
        email,
        channel,
        vehicles,
        documents,
        trips_per_week,
        hours_per_week,
        wished_m,
        communes,
        avoid,
        status,
        request_id: _,
        even_if_duplicate,
    } = message;
    let new = NewVolunteer {
        name,
        phone,
        email,
        channel,
        home: new_place(home),
        seats: small(seats),
        wheelchair_places: small(wheelchair_places),
        vehicles: vehicles.into_iter().map(new_vehicle).collect(),
        documents: documents.into_iter().map(new_document).collect(),
        accepts,
        availability,
        absences: Vec::new(),
        max_trip_m: (max_trip_m > 0).then_some(max_trip_m),
        trips_per_week: limit(trips_per_week),
        hours_per_week: limit(hours_per_week),
        wished_m: (wished_m > 0).then_some(wished_m),
        communes,
        standing_yes,
        avoid,
        status,
    };
    (new, Confirmed { outside, duplicate: even_if_duplicate })
}

/// The new values of an edit of a volunteer.
pub fn edited_volunteer(volunteer: proto::Volunteer) -> NewVolunteer {
    NewVolunteer {
        name: volunteer.name,
        phone: volunteer.phone,
        email: volunteer.email,
        channel: volunteer.channel,
        home: new_place(volunteer.home),
        seats: small(volunteer.seats),
        wheelchair_places: small(volunteer.wheelchair_places),
        vehicles: volunteer.vehicles.into_iter().map(new_vehicle).collect(),
        documents: Vec::new(),
        accepts: volunteer.accepts,
        availability: volunteer.availability,
        absences: volunteer.absences,
        max_trip_m: (volunteer.max_trip_m > 0).then_some(volunteer.max_trip_m),
        trips_per_week: limit(volunteer.trips_per_week),
        hours_per_week: limit(volunteer.hours_per_week),
        wished_m: (volunteer.wished_m > 0).then_some(volunteer.wished_m),
        communes: volunteer.communes,
        standing_yes: volunteer.standing_yes,
        avoid: volunteer.avoid,
        status: volunteer.status,
    }
}

/// A paper as typed.
pub fn new_document(document: proto::Document) -> NewDocument {
    let proto::Document { kind, seen_on, valid_until, vehicle } = document;
    NewDocument { kind, seen_on, valid_until, vehicle: small(vehicle) }
}

fn new_ground(ground: proto::Ground) -> NewGround {
    let proto::Ground { kind, from, until, seen } = ground;
    NewGround { kind, from, until, seen }
}

fn new_vehicle(vehicle: proto::Vehicle) -> NewVehicle {
    let proto::Vehicle { label, seats, wheelchair_places, fiscal_power, electric, number } = vehicle;
    NewVehicle {
        number: small(number),
        label,
        seats: small(seats),
        wheelchair_places: small(wheelchair_places),
        fiscal_power: limit(fiscal_power),
        electric,
    }
}

/// A small number; one that is too large becomes the largest, which no rule accepts.
pub fn small(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// A limit, of which 0 is none.
fn limit(number: u32) -> Option<u8> {
    (number > 0).then(|| small(number))
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

/// A beneficiary's file.
pub fn person(app: &App, person: &Person) -> proto::Person {
    let details = &person.details;
    let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
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
        email: details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        channel: details.channel.code().to_owned(),
        birth_year: details.birth_year.map(i32::from).unwrap_or_default(),
        situation: details.situation.code().to_owned(),
        grounds: details.grounds.iter().map(ground).collect(),
        quotient_euros: details.quotient_euros,
        member_until: date(details.member_until),
        prescriber: details.prescriber.map(|id| id.to_string()).unwrap_or_default(),
        informed_on: date(details.informed_on),
        internal_notes: details.internal_notes.as_str().to_owned(),
        avoid: details.avoid.iter().map(ToString::to_string).collect(),
        etag: person.revision.to_string(),
        last_contact: person.last_contact.to_string(),
        crow: crow::codes(&details.needs).into_iter().map(crow_code).collect(),
        crow_without_code: crow::without_code(&details.needs)
            .into_iter()
            .map(|need| need.code().to_owned())
            .collect(),
        sharing_chosen_at: person.sharing_chosen.to_string(),
        statistics_chosen_at: person.statistics_chosen.to_string(),
        pooling: details.pooling.code().to_owned(),
        pooling_chosen_at: person.pooling_chosen.to_string(),
        touched_trips: Vec::new(),
    }
}

/// A beneficiary in a list: what finds the person again, and no more. The file is opened by itself, and that is kept.
pub fn person_card(app: &App, listed: &Person) -> proto::Person {
    proto::Person {
        driver_notes: String::new(),
        situation: String::new(),
        grounds: Vec::new(),
        quotient_euros: None,
        member_until: String::new(),
        prescriber: String::new(),
        internal_notes: String::new(),
        avoid: Vec::new(),
        ..person(app, listed)
    }
}

fn ground(ground: &Ground) -> proto::Ground {
    let NewGround { kind, from, until, seen } = NewGround::of(ground);
    proto::Ground { kind, from, until, seen }
}

fn crow_code(code: crow::CrowCode) -> proto::CrowCode {
    proto::CrowCode {
        need: code.need.code().to_owned(),
        category: code.category.to_owned(),
        number: code.number.to_owned(),
        verified: code.verified,
    }
}

/// A volunteer.
pub fn volunteer(app: &App, volunteer: &Volunteer) -> proto::Volunteer {
    let details = &volunteer.details;
    let absence =
        |absence: &maillage_domain::availability::Absence| format!("{}..{}", absence.first(), absence.last());
    let limits = &details.limits;
    proto::Volunteer {
        id: volunteer.id.to_string(),
        name: details.name.as_str().to_owned(),
        phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        home: Some(place(app, &details.home)),
        seats: volunteer.vehicle().map(Vehicle::seats).unwrap_or_default().into(),
        wheelchair_places: volunteer.vehicle().map(Vehicle::wheelchair_places).unwrap_or_default().into(),
        accepts: codes(&details.accepts),
        availability: details.availability.to_string(),
        max_trip_m: limits.max_trip_m.unwrap_or_default(),
        standing_yes: details.standing_yes,
        absences: details.availability.absences().iter().map(absence).collect(),
        email: details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        channel: details.channel.code().to_owned(),
        vehicles: details.vehicles.iter().map(vehicle).collect(),
        documents: details.documents.iter().map(document).collect(),
        trips_per_week: limits.trips_per_week.unwrap_or_default().into(),
        hours_per_week: limits.hours_per_week.unwrap_or_default().into(),
        wished_m: limits.wished_m.unwrap_or_default(),
        communes: limits.communes.iter().map(ToString::to_string).collect(),
        avoid: details.avoid.iter().map(ToString::to_string).collect(),
        active: volunteer.active,
        etag: volunteer.revision.to_string(),
        created_at: volunteer.created.to_string(),
        status: details.status.code().to_owned(),
        touched_trips: Vec::new(),
    }
}

fn vehicle(vehicle: &Vehicle) -> proto::Vehicle {
    proto::Vehicle {
        label: vehicle.label().map(|label| label.as_str().to_owned()).unwrap_or_default(),
        seats: vehicle.seats().into(),
        wheelchair_places: vehicle.wheelchair_places().into(),
        fiscal_power: vehicle.fiscal_power().unwrap_or_default().into(),
        electric: vehicle.electric(),
        number: vehicle.number().into(),
    }
}

/// A paper.
pub fn document(document: Document) -> proto::Document {
    let NewDocument { kind, seen_on, valid_until, vehicle } = NewDocument::of(document);
    proto::Document { kind, seen_on, valid_until, vehicle: vehicle.into() }
}

/// Somebody who was found.
pub fn hit(app: &App, found: &Found, distance: u32) -> proto::SearchHit {
    let text = |phone: Option<&maillage_domain::text::Phone>| {
        phone.map(|phone| phone.as_str().to_owned()).unwrap_or_default()
    };
    let (kind, id, name, home, phone, active) = match found {
        Found::Person(person) => {
            let details = &person.details;
            let phone = text(details.phone.as_ref());
            ("person", person.id.to_string(), &details.name, Some(&details.home), phone, true)
        }
        Found::Volunteer(volunteer) => {
            let details = &volunteer.details;
            let (id, phone) = (volunteer.id.to_string(), text(details.phone.as_ref()));
            ("volunteer", id, &details.name, Some(&details.home), phone, volunteer.active)
        }
        Found::Prescriber(prescriber) => {
            let details = &prescriber.details;
            let (id, phone) = (prescriber.id.to_string(), text(details.phone.as_ref()));
            ("prescriber", id, &details.organisation, None, phone, prescriber.active)
        }
    };
    let home = home.map(|home| place(app, home)).unwrap_or_default();
    proto::SearchHit {
        kind: kind.to_owned(),
        id,
        name: name.as_str().to_owned(),
        commune: home.commune,
        commune_name: home.commune_name,
        phone,
        active,
        distance,
    }
}

/// A usual destination.
pub fn habit(app: &App, habit: &Habit) -> proto::Habit {
    proto::Habit {
        place: Some(place(app, &habit.place)),
        purpose: habit.purpose.code().to_owned(),
        times: habit.times,
        last_day: habit.last.to_string(),
        weekday: weekday(habit.weekday).to_owned(),
        time: format!("{:02}:{:02}", habit.minute / 60, habit.minute % 60),
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

/// Something that happened to a person's file.
pub fn event(event: &Event) -> proto::PersonEvent {
    let actor = match &event.actor {
        Actor::Platform => "platform".to_owned(),
        Actor::Operator(label) => label.clone(),
        Actor::Neighbour(node) => node.to_string(),
    };
    proto::PersonEvent {
        sequence: event.sequence,
        at: event.at.to_string(),
        kind: event.kind.clone(),
        actor,
        changes: event.changes.iter().map(field_change).collect(),
    }
}

/// A field that was changed.
pub fn field_change(change: &FieldChange) -> proto::FieldChange {
    let FieldChange { field, from, to } = change.clone();
    proto::FieldChange { field, from, to }
}

/// A beneficiary after a change, with the trips it concerns.
pub fn changed_person(app: &App, changed: &Changed<Person>) -> proto::Person {
    let touched_trips = changed.trips.iter().map(touched).collect();
    proto::Person { touched_trips, ..person(app, &changed.who) }
}

/// A volunteer after a change, with the trips it concerns.
pub fn changed_volunteer(app: &App, changed: &Changed<Volunteer>) -> proto::Volunteer {
    let touched_trips = changed.trips.iter().map(touched).collect();
    proto::Volunteer { touched_trips, ..volunteer(app, &changed.who) }
}

fn touched(touched: &Touched) -> proto::TouchedTrip {
    let Touched { trip, changed, code } = touched;
    proto::TouchedTrip { trip: trip.to_string(), changed: *changed, code: code.clone().into_owned() }
}

/// A prescriber.
pub fn prescriber(prescriber: &Prescriber) -> proto::Prescriber {
    let new = maillage_domain::prescriber::NewPrescriber::of(&prescriber.details);
    proto::Prescriber {
        id: prescriber.id.to_string(),
        organisation: new.organisation,
        contact: new.contact,
        phone: new.phone,
        email: new.email,
        active: prescriber.active,
        etag: prescriber.revision.to_string(),
        created_at: prescriber.created.to_string(),
    }
}

/// A professional.
pub fn professional(professional: &Professional) -> proto::Professional {
    let new = maillage_domain::staff::NewProfessional::of(&professional.details);
    proto::Professional {
        id: professional.id.to_string(),
        name: new.name,
        function: new.function,
        phone: new.phone,
        email: new.email,
        may_drive: new.may_drive,
        active: professional.active,
        etag: professional.revision.to_string(),
        created_at: professional.created.to_string(),
    }
}
