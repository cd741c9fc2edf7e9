//! Beneficiaries and volunteers.

use std::sync::Arc;

use maillage_domain::{
    availability::Absence,
    civil::day_of,
    ids::{PersonKind, VolunteerKind},
    person::{Intake, NewPerson, Person},
    roles::Operation,
    volunteer::{NewVolunteer, Volunteer, VolunteerDetails},
};
use maillage_engine::Transaction;
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, persons, volunteers};

use super::{Aborted, App, caller::Caller, refusals};

/// Registers a beneficiary.
///
/// # Errors
/// The first thing typed that is not acceptable; the store.
pub async fn add_person(
    app: &Arc<App>,
    caller: &Caller,
    new: NewPerson,
    outside: bool,
) -> Result<Person, Refusal> {
    let details = new.parse(&intake(app, outside)).map_err(refusals::person)?;
    let person = Person::register(app.new_id(), details, app.now());
    let by = caller.clone();
    app.act(caller, Operation::PersonAdd, move |app, transaction| {
        persons::put(transaction, &person)?;
        app.note(transaction, &by, Operation::PersonAdd, &[Subject::Person(person.id)])?;
        Ok(person)
    })
    .await
}

/// One beneficiary.
///
/// # Errors
/// `person-unknown`; the store.
pub fn show_person(app: &App, caller: &Caller, id: Id<PersonKind>) -> Result<Person, Refusal> {
    app.look(caller, Operation::PersonShow, |_, view| {
        persons::find(view, id)?.ok_or_else(|| refusals::unknown("person-unknown").with("id", id).into())
    })
}

/// Beneficiaries in the order of registration after one of them, or those whose name begins so.
///
/// # Errors
/// The store.
pub fn list_persons(
    app: &App,
    caller: &Caller,
    after: Option<Id<PersonKind>>,
    name: &str,
    limit: usize,
) -> Result<Vec<Person>, Refusal> {
    app.look(caller, Operation::PersonList, |_, view| {
        if name.trim().is_empty() {
            return Ok(persons::list(view, after, limit)?);
        }
        Ok(persons::named(view, name, limit)?)
    })
}

/// Registers a volunteer.
///
/// # Errors
/// The first thing typed that is not acceptable; the store.
pub async fn add_volunteer(
    app: &Arc<App>,
    caller: &Caller,
    new: NewVolunteer,
    outside: bool,
) -> Result<Volunteer, Refusal> {
    let details = new.parse(&intake(app, outside)).map_err(refusals::volunteer)?;
    let volunteer = Volunteer::register(app.new_id(), details, app.now());
    let by = caller.clone();
    app.act(caller, Operation::VolunteerAdd, move |app, transaction| {
        volunteers::put(transaction, &volunteer)?;
        app.note(transaction, &by, Operation::VolunteerAdd, &[Subject::Volunteer(volunteer.id)])?;
        Ok(volunteer)
    })
    .await
}

/// One volunteer.
///
/// # Errors
/// `volunteer-unknown`; the store.
pub fn show_volunteer(app: &App, caller: &Caller, id: Id<VolunteerKind>) -> Result<Volunteer, Refusal> {
    app.look(caller, Operation::VolunteerShow, |_, view| {
        volunteers::find(view, id)?
            .ok_or_else(|| refusals::unknown("volunteer-unknown").with("id", id).into())
    })
}

/// Volunteers in the order of registration after one of them.
///
/// # Errors
/// The store.
pub fn list_volunteers(
    app: &App,
    caller: &Caller,
    after: Option<Id<VolunteerKind>>,
    limit: usize,
) -> Result<Vec<Volunteer>, Refusal> {
    app.look(caller, Operation::VolunteerList, |_, view| Ok(volunteers::list(view, after, limit)?))
}

/// Notes days on which a volunteer does not drive.
///
/// # Errors
/// Dates that are none, too many absences; the store.
pub async fn add_absence(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<VolunteerKind>,
    first: &str,
    last: &str,
) -> Result<Volunteer, Refusal> {
    let absence: Absence = format!("{}..{}", first.trim(), last.trim()).parse().map_err(refusals::absence)?;
    let by = caller.clone();
    app.act(caller, Operation::VolunteerAbsence, move |app, transaction| {
        note_absence(app, transaction, &by, id, absence)
    })
    .await
}

/// Notes days on which a volunteer does not drive, inside a transaction.
///
/// # Errors
/// `not-yours`, `volunteer-unknown`, too many absences; the store.
pub fn note_absence(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    id: Id<VolunteerKind>,
    absence: Absence,
) -> Result<Volunteer, Aborted> {
    by.check_volunteer(Some(id))?;
    let volunteer = volunteers::find(transaction, id)?
        .ok_or_else(|| refusals::unknown("volunteer-unknown").with("id", id))?;
    let availability = volunteer.details.availability.with_absence(absence).map_err(refusals::absences)?;
    let details = VolunteerDetails { availability, ..volunteer.details.clone() };
    let volunteer = volunteer.amended(details);
    volunteers::put(transaction, &volunteer)?;
    app.note(transaction, by, Operation::VolunteerAbsence, &[Subject::Volunteer(id)])?;
    Ok(volunteer)
}

/// What somebody's details are read against.
fn intake(app: &App, allow_outside: bool) -> Intake<'static> {
    let today = day_of(app.now());
    Intake { geography: app.geography, territory: app.profile.territory, today, allow_outside }
}
