//! Volunteers: registered, edited, asked or not asked any more.

use std::sync::Arc;

use maillage_domain::{
    availability::Absence,
    duplicate::volunteers_alike,
    ids::VolunteerKind,
    roles::Operation,
    search::Who,
    volunteer::{NewVolunteer, Volunteer, VolunteerDetails},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{driver_links, events::Subject, persons, volunteers};

use super::{Changed, Confirmed, DUPLICATES_TOLD, Edit, fields, intake};
use crate::app::{Aborted, App, accounts, attention, caller::Caller, edit::check_etag, offers, refusals};

/// What an edit of a volunteer may change; papers and being asked have operations of their own.
pub const VOLUNTEER_FIELDS: &[&str] = &[
    "name",
    "phone",
    "email",
    "channel",
    "home",
    "vehicles",
    "accepts",
    "availability",
    "absences",
    "max_trip_m",
    "trips_per_week",
    "hours_per_week",
    "wished_m",
    "communes",
    "standing_yes",
    "avoid",
    "status",
];

/// Registers a volunteer.
///
/// # Errors
/// The first thing typed that is not acceptable; `volunteer-duplicate` with whom the volunteer is like, unless that is
/// confirmed; `person-unknown`; the store.
pub async fn add_volunteer(
    app: &Arc<App>,
    caller: &Caller,
    new: NewVolunteer,
    confirmed: Confirmed,
) -> Result<Volunteer, Refusal> {
    let details = new.parse(&intake(app, confirmed.outside)).map_err(refusals::volunteer)?;
    let by = caller.clone();
    app.act_once(caller, Operation::VolunteerAdd, move |app, transaction| {
        if !confirmed.duplicate {
            check_duplicates(app, transaction, &details)?;
        }
        register_volunteer(app, transaction, &by, details)
    })
    .await
}

/// Refuses somebody who is very like a volunteer who is known. The details tell identifiers alone.
///
/// # Errors
/// `volunteer-duplicate`; the store.
pub(crate) fn check_duplicates(
    app: &App,
    view: &dyn View,
    details: &VolunteerDetails,
) -> Result<(), Aborted> {
    let mut alike = Vec::new();
    let of_volunteers = |who: &Who| matches!(who, Who::Volunteer(_));
    for who in app.searcher.alike(app, view, (&details.name, details.phone.as_ref()), of_volunteers)? {
        let Who::Volunteer(id) = who else { continue };
        let known = volunteers::find(view, id)?.filter(|known| volunteers_alike(&known.details, details));
        alike.extend(known.map(|known| known.id.to_string()));
    }
    if alike.is_empty() {
        return Ok(());
    }
    alike.truncate(DUPLICATES_TOLD);
    Err(refusals::conflict("volunteer-duplicate").with("candidates", alike.join(" ")).into())
}

/// Registers a volunteer inside a transaction. Whether somebody like that is known has been asked.
///
/// # Errors
/// `person-unknown`; the store.
pub(crate) fn register_volunteer(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    details: VolunteerDetails,
) -> Result<Volunteer, Aborted> {
    let volunteer = Volunteer::register(app.new_id(), details, app.now());
    check_avoided(transaction, &volunteer.details)?;
    volunteers::put(transaction, &volunteer)?;
    app.note(transaction, by, Operation::VolunteerAdd, &[Subject::Volunteer(volunteer.id)])?;
    Ok(volunteer)
}

/// Changes a volunteer's file.
///
/// # Errors
/// `volunteer-unknown`; `changed-meanwhile`; the first thing typed that is not acceptable; the store.
pub async fn update_volunteer(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<VolunteerKind>,
    edit: Edit<NewVolunteer>,
) -> Result<Changed<Volunteer>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::VolunteerUpdate, move |app, transaction| {
        let volunteer = find(transaction, id)?;
        check_etag(&edit.etag, volunteer.revision)?;
        let intake = intake(app, edit.outside || !edit.mask.has("home"));
        let hours = edit.mask.has("availability") || edit.mask.has("absences");
        let former = &volunteer.details;
        let mut details = merged(former, edit).parse(&intake).map_err(refusals::volunteer)?;
        if !hours {
            details.availability = former.availability.clone();
        }
        let volunteer = amend_volunteer(app, transaction, &by, volunteer, details)?;
        touching(app, transaction, volunteer)
    })
    .await
}

/// Writes a volunteer's changed file inside a transaction.
///
/// # Errors
/// `person-unknown`; the store.
pub(crate) fn amend_volunteer(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    volunteer: Volunteer,
    details: VolunteerDetails,
) -> Result<Volunteer, Aborted> {
    check_avoided(transaction, &details)?;
    let changes = fields::of_volunteer(&volunteer.details, &details);
    let volunteer = volunteer.amended(details);
    volunteers::put(transaction, &volunteer)?;
    let subjects = &[Subject::Volunteer(volunteer.id)];
    app.note_changes(transaction, by, Operation::VolunteerUpdate, (subjects, changes))?;
    Ok(volunteer)
}

/// A volunteer after a change, with the trips asked for or promised that do not fit any more.
fn touching(app: &App, view: &dyn View, volunteer: Volunteer) -> Result<Changed<Volunteer>, Aborted> {
    let trips = attention::touched(app, view, &volunteer)?;
    Ok(Changed { who: volunteer, trips })
}

/// Says whether a volunteer may be asked. Trips that he or she has promised stay promised, and are told.
///
/// # Errors
/// `volunteer-unknown`; the store.
pub async fn activate_volunteer(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<VolunteerKind>,
    active: bool,
) -> Result<Changed<Volunteer>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::VolunteerActivate, move |app, transaction| {
        let volunteer = find(transaction, id)?;
        let volunteer = set_active(app, transaction, &by, volunteer, active)?;
        touching(app, transaction, volunteer)
    })
    .await
}

/// Says inside a transaction whether a volunteer may be asked. One who may not is asked nothing any more: open questions are
/// taken back.
///
/// # Errors
/// The store.
pub(crate) fn set_active(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    volunteer: Volunteer,
    active: bool,
) -> Result<Volunteer, Aborted> {
    let volunteer = volunteer.with_active(active);
    volunteers::put(transaction, &volunteer)?;
    if !active {
        offers::take_back(app, transaction, volunteer.id)?;
        accounts::close_of_volunteer(app, transaction, by, volunteer.id)?;
        driver_links::revoke(transaction, volunteer.id)?;
    }
    app.note(transaction, by, Operation::VolunteerActivate, &[Subject::Volunteer(volunteer.id)])?;
    Ok(volunteer)
}

/// One volunteer.
///
/// # Errors
/// `volunteer-unknown`; the store.
pub fn show_volunteer(app: &App, caller: &Caller, id: Id<VolunteerKind>) -> Result<Volunteer, Refusal> {
    app.look(caller, Operation::VolunteerShow, |_, view| find(view, id))
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

/// Notes days on which a volunteer does not drive. Trips promised on them stay promised, and are told.
///
/// # Errors
/// Dates that are none, too many absences; the store.
pub async fn add_absence(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<VolunteerKind>,
    first: &str,
    last: &str,
) -> Result<Changed<Volunteer>, Refusal> {
    let absence: Absence = format!("{}..{}", first.trim(), last.trim()).parse().map_err(refusals::absence)?;
    let by = caller.clone();
    app.act(caller, Operation::VolunteerAbsence, move |app, transaction| {
        let volunteer = note_absence(app, transaction, &by, id, absence)?;
        touching(app, transaction, volunteer)
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
    let volunteer = find(transaction, id)?;
    let availability = volunteer.details.availability.with_absence(absence).map_err(refusals::absences)?;
    let details = VolunteerDetails { availability, ..volunteer.details.clone() };
    let volunteer = volunteer.amended(details);
    volunteers::put(transaction, &volunteer)?;
    app.note(transaction, by, Operation::VolunteerAbsence, &[Subject::Volunteer(id)])?;
    Ok(volunteer)
}

/// One volunteer of the store.
pub(crate) fn find(view: &dyn View, id: Id<VolunteerKind>) -> Result<Volunteer, Aborted> {
    volunteers::find(view, id)?.ok_or_else(|| refusals::unknown("volunteer-unknown").with("id", id).into())
}

/// The details as they were typed, with the fields of an edit.
fn merged(details: &VolunteerDetails, edit: Edit<NewVolunteer>) -> NewVolunteer {
    let Edit { typed, mask, etag: _, outside: _ } = edit;
    let mut volunteer = NewVolunteer::of(details);
    mask.set("name", &mut volunteer.name, typed.name);
    mask.set("phone", &mut volunteer.phone, typed.phone);
    mask.set("email", &mut volunteer.email, typed.email);
    mask.set("channel", &mut volunteer.channel, typed.channel);
    mask.set("home", &mut volunteer.home, typed.home);
    mask.set("vehicles", &mut volunteer.vehicles, typed.vehicles);
    mask.set("accepts", &mut volunteer.accepts, typed.accepts);
    mask.set("availability", &mut volunteer.availability, typed.availability);
    mask.set("absences", &mut volunteer.absences, typed.absences);
    mask.set("max_trip_m", &mut volunteer.max_trip_m, typed.max_trip_m);
    mask.set("trips_per_week", &mut volunteer.trips_per_week, typed.trips_per_week);
    mask.set("hours_per_week", &mut volunteer.hours_per_week, typed.hours_per_week);
    mask.set("wished_m", &mut volunteer.wished_m, typed.wished_m);
    mask.set("communes", &mut volunteer.communes, typed.communes);
    mask.set("standing_yes", &mut volunteer.standing_yes, typed.standing_yes);
    mask.set("avoid", &mut volunteer.avoid, typed.avoid);
    mask.set("status", &mut volunteer.status, typed.status);
    volunteer.follow(details);
    volunteer
}

/// Those to be avoided are known here.
fn check_avoided(view: &dyn View, details: &VolunteerDetails) -> Result<(), Aborted> {
    for id in &details.avoid {
        if persons::find(view, *id)?.is_none() {
            return Err(refusals::unknown("person-unknown").with("id", id).into());
        }
    }
    Ok(())
}
