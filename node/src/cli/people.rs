//! `person` and `volunteer`: who travels and who drives. Must never check what was typed beyond its form.

use std::collections::BTreeMap;

use maillage_proto::node::v1::{self as proto, people_client::PeopleClient};

use super::{
    arguments::{Person, PersonAdd, Volunteer, VolunteerAdd},
    commune::typed_place,
    failure::CommandError,
    session::Session,
    words::{place, place_commune},
};

/// Volunteers asked for at once when their names are wanted.
const NAMES_PAGE: u32 = 500;

/// Runs a command about beneficiaries.
pub(super) async fn person(session: &mut Session<'_>, command: Person) -> Result<(), CommandError> {
    match command {
        Person::Add(arguments) => add_person(session, arguments).await,
        Person::List { name, page } => {
            let request = proto::ListPersonsRequest { after: page.after, limit: page.limit, name };
            let reply = session
                .client(PeopleClient::with_interceptor)
                .await?
                .list_persons(request)
                .await?
                .into_inner();
            show_persons(session, &reply)
        }
        Person::Show { id } => {
            let request = proto::ShowPersonRequest { id };
            let person = session
                .client(PeopleClient::with_interceptor)
                .await?
                .show_person(request)
                .await?
                .into_inner();
            show_person(session, &person)
        }
    }
}

/// Runs a command about volunteers.
pub(super) async fn volunteer(session: &mut Session<'_>, command: Volunteer) -> Result<(), CommandError> {
    let volunteer = match command {
        Volunteer::Add(arguments) => return add_volunteer(session, arguments).await,
        Volunteer::List { page } => {
            let request = proto::ListVolunteersRequest { after: page.after, limit: page.limit };
            let reply = session
                .client(PeopleClient::with_interceptor)
                .await?
                .list_volunteers(request)
                .await?
                .into_inner();
            return show_volunteers(session, &reply);
        }
        Volunteer::Show { id } => {
            let request = proto::ShowVolunteerRequest { id };
            session.client(PeopleClient::with_interceptor).await?.show_volunteer(request).await?.into_inner()
        }
        Volunteer::Absence { id, first, last } => {
            let request = proto::AddAbsenceRequest { volunteer: id, first_day: first, last_day: last };
            session.client(PeopleClient::with_interceptor).await?.add_absence(request).await?.into_inner()
        }
    };
    show_volunteer(session, &volunteer)
}

/// The names of all volunteers by identifier.
pub(super) async fn volunteer_names(session: &Session<'_>) -> Result<BTreeMap<String, String>, CommandError> {
    let mut people = session.client(PeopleClient::with_interceptor).await?;
    let mut names = BTreeMap::new();
    let mut after = String::new();
    loop {
        let request = proto::ListVolunteersRequest { after, limit: NAMES_PAGE };
        let reply = people.list_volunteers(request).await?.into_inner();
        names.extend(reply.volunteers.into_iter().map(|volunteer| (volunteer.id, volunteer.name)));
        after = reply.next_after;
        if after.is_empty() {
            return Ok(names);
        }
    }
}

async fn add_person(session: &mut Session<'_>, arguments: PersonAdd) -> Result<(), CommandError> {
    let home = typed_place(&arguments.commune, arguments.address)?;
    let request = proto::AddPersonRequest {
        name: arguments.name,
        phone: arguments.phone,
        home: Some(home),
        needs: arguments.need,
        sharing: arguments.sharing,
        statistics_objection: arguments.no_statistics,
        driver_notes: arguments.notes,
        outside: arguments.outside,
    };
    let person =
        session.client(PeopleClient::with_interceptor).await?.add_person(request).await?.into_inner();
    session.line("person-added", &[])?;
    show_person(session, &person)
}

async fn add_volunteer(session: &mut Session<'_>, arguments: VolunteerAdd) -> Result<(), CommandError> {
    let home = typed_place(&arguments.commune, arguments.address)?;
    let request = proto::AddVolunteerRequest {
        name: arguments.name,
        phone: arguments.phone,
        home: Some(home),
        seats: arguments.seats,
        wheelchair_places: arguments.wheelchair_places,
        accepts: arguments.accepts,
        availability: arguments.availability,
        max_trip_m: arguments.max_km.map_or(0, |kilometres| kilometres.saturating_mul(1000)),
        standing_yes: arguments.standing_yes,
        outside: arguments.outside,
    };
    let volunteer =
        session.client(PeopleClient::with_interceptor).await?.add_volunteer(request).await?.into_inner();
    session.line("volunteer-added", &[])?;
    show_volunteer(session, &volunteer)
}

fn show_person(session: &mut Session<'_>, person: &proto::Person) -> Result<(), CommandError> {
    if session.json(person)? {
        return Ok(());
    }
    let words = session.words();
    let proto::Person {
        id,
        name,
        phone,
        home,
        needs,
        sharing,
        statistics_objection,
        driver_notes,
        created_at,
    } = person;
    let statistics =
        if *statistics_objection { words.text("statistics-objection", &[]) } else { String::new() };
    Ok(session.fields(&[
        ("field-name", name.clone()),
        ("field-phone", phone.clone()),
        ("field-home", place(home.as_ref())),
        ("field-needs", words.codes("need", needs)),
        ("field-sharing", words.code("sharing", sharing)),
        ("field-statistics", statistics),
        ("field-notes", driver_notes.clone()),
        ("field-created_at", words.instant(created_at)),
        ("field-id", id.clone()),
    ])?)
}

fn show_persons(session: &mut Session<'_>, reply: &proto::ListPersonsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |person: &proto::Person| {
        vec![
            person.name.clone(),
            place_commune(person.home.as_ref()),
            person.phone.clone(),
            words.codes("need", &person.needs),
            person.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.persons.iter().map(row).collect();
    let headings = ["field-name", "field-commune", "field-phone", "field-needs", "field-id"];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn show_volunteer(session: &mut Session<'_>, volunteer: &proto::Volunteer) -> Result<(), CommandError> {
    if session.json(volunteer)? {
        return Ok(());
    }
    let words = session.words();
    let proto::Volunteer {
        id,
        name,
        phone,
        home,
        seats,
        wheelchair_places,
        accepts,
        availability,
        max_trip_m,
        standing_yes,
        absences,
    } = volunteer;
    let limit = if *max_trip_m == 0 { words.text("no-limit", &[]) } else { words.kilometres(*max_trip_m) };
    Ok(session.fields(&[
        ("field-name", name.clone()),
        ("field-phone", phone.clone()),
        ("field-home", place(home.as_ref())),
        ("field-seats", seats.to_string()),
        ("field-wheelchair_places", wheelchair_places.to_string()),
        ("field-accepts", words.codes("need", accepts)),
        ("field-availability", words.availability(availability)),
        ("field-max_trip", limit),
        ("field-standing_yes", words.yes(*standing_yes)),
        ("field-absences", words.absences(absences)),
        ("field-id", id.clone()),
    ])?)
}

fn show_volunteers(
    session: &mut Session<'_>,
    reply: &proto::ListVolunteersReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |volunteer: &proto::Volunteer| {
        vec![
            volunteer.name.clone(),
            place_commune(volunteer.home.as_ref()),
            volunteer.phone.clone(),
            volunteer.seats.to_string(),
            volunteer.wheelchair_places.to_string(),
            words.availability(&volunteer.availability),
            volunteer.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.volunteers.iter().map(row).collect();
    let headings = [
        "field-name",
        "field-commune",
        "field-phone",
        "field-seats",
        "field-wheelchair_places",
        "field-availability",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn show_next(session: &mut Session<'_>, next_after: &str) -> Result<(), CommandError> {
    if !next_after.is_empty() {
        session.line("list-continues", &[("after", next_after.to_owned().into())])?;
    }
    Ok(())
}
