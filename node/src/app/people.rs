//! Beneficiaries, volunteers, prescribers, professionals.

pub mod documents;
mod fields;
pub mod follow;
pub mod history;
pub mod names;
pub mod partners;
pub mod search;
pub mod volunteers;

use std::sync::Arc;

use maillage_domain::{
    civil::day_of,
    duplicate::{Agreement, likeness},
    ids::PersonKind,
    person::{Intake, NewPerson, Person, PersonDetails, Sharing},
    roles::Operation,
    search::Who,
    trip::Trip,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{access_log, events::Subject, persons, prescribers, volunteers as drivers};

pub use self::follow::Changed;
pub use self::volunteers::{
    add_absence, add_volunteer, list_volunteers, note_absence, show_volunteer, update_volunteer,
};
use super::{
    Aborted, App,
    caller::Caller,
    edit::{Mask, check_etag},
    refusals, sight,
};

/// What an edit of a beneficiary may change.
pub const PERSON_FIELDS: &[&str] = &[
    "name",
    "phone",
    "email",
    "channel",
    "home",
    "birth_year",
    "needs",
    "situation",
    "grounds",
    "quotient_euros",
    "member_until",
    "prescriber",
    "informed_on",
    "sharing",
    "statistics_objection",
    "pooling",
    "driver_notes",
    "internal_notes",
    "avoid",
];

/// What somebody who registers or edits a person has been warned of, and means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// The home lies outside the territory.
    pub outside: bool,
    /// Somebody very like is known already.
    pub duplicate: bool,
}

/// An edit: the fields meant, their new values as typed, and the state that was seen.
#[derive(Debug, Clone)]
pub struct Edit<T> {
    /// New values; only those of the mask count.
    pub typed: T,
    /// The fields meant.
    pub mask: Mask,
    /// The state that was seen.
    pub etag: String,
    /// Whether a home outside the territory is meant.
    pub outside: bool,
}

/// Registers a beneficiary.
///
/// # Errors
/// The first thing typed that is not acceptable; `person-duplicate` with whom the person is like and by what, unless that
/// is confirmed; `prescriber-unknown`, `volunteer-unknown`; the store.
pub async fn add_person(
    app: &Arc<App>,
    caller: &Caller,
    new: NewPerson,
    confirmed: Confirmed,
) -> Result<Person, Refusal> {
    let details = new.parse(&intake(app, confirmed.outside)).map_err(refusals::person)?;
    let by = caller.clone();
    app.act_once(caller, Operation::PersonAdd, move |app, transaction| {
        if !confirmed.duplicate {
            check_duplicates(app, transaction, &details)?;
        }
        register_person(app, transaction, &by, details)
    })
    .await
}

/// Registers a beneficiary inside a transaction. Whether somebody like that is known has been asked.
///
/// # Errors
/// `prescriber-unknown`, `volunteer-unknown`; the store.
pub(super) fn register_person(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    details: PersonDetails,
) -> Result<Person, Aborted> {
    let person = Person::register(app.new_id(), details, app.now());
    check_references(transaction, &person.details)?;
    persons::put(transaction, &person)?;
    app.note(transaction, by, Operation::PersonAdd, &[Subject::Person(person.id)])?;
    Ok(person)
}

/// Changes a beneficiary's file. Trips planned already follow it, or are told.
///
/// # Errors
/// `person-unknown`; `changed-meanwhile`; the first thing typed that is not acceptable; the store.
pub async fn update_person(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PersonKind>,
    edit: Edit<NewPerson>,
) -> Result<Changed<Person>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::PersonUpdate, move |app, transaction| {
        let person = find(transaction, id)?;
        check_etag(&edit.etag, person.revision)?;
        let intake = intake(app, edit.outside || !edit.mask.has("home"));
        let details = merged(&person.details, edit).parse(&intake).map_err(refusals::person)?;
        amend_person(app, transaction, &by, person, details)
    })
    .await
}

/// Writes a beneficiary's changed file inside a transaction, and brings the trips planned already in line.
///
/// # Errors
/// `prescriber-unknown`, `volunteer-unknown`; the store.
pub(super) fn amend_person(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    person: Person,
    details: PersonDetails,
) -> Result<Changed<Person>, Aborted> {
    check_references(transaction, &details)?;
    let former = person.details.clone();
    let person = person.amended(details, app.now());
    persons::put(transaction, &person)?;
    let trips = follow::trips_follow(app, transaction, &former, &person)?;
    let changes = fields::of_person(&former, &person.details);
    app.note_changes(transaction, by, Operation::PersonUpdate, (&[Subject::Person(person.id)], changes))?;
    Ok(Changed { who: person, trips })
}

/// Opens a beneficiary's file; the access log keeps who did.
///
/// # Errors
/// `person-unknown`; the store.
pub async fn show_person(app: &Arc<App>, caller: &Caller, id: Id<PersonKind>) -> Result<Person, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::PersonShow, move |app, transaction| {
        let person = find(transaction, id)?;
        let access = opened(app, &by, id, Operation::PersonShow);
        access_log::record(transaction, &access)?;
        Ok(person)
    })
    .await
}

/// What the person of a trip has chosen about neighbours; none for a neighbour's trip. For the desk that has opened the trip.
///
/// # Errors
/// The store.
pub fn sharing_of(app: &App, caller: &Caller, trip: &Trip) -> Result<Option<Sharing>, Refusal> {
    app.look(caller, Operation::HandoverOffer, |_, view| {
        let Some(id) = trip.person() else { return Ok(None) };
        Ok(Some(find(view, id)?.details.sharing))
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
        let found = if name.trim().is_empty() {
            persons::list(view, after, limit)?
        } else {
            persons::named(view, name, limit)?
        };
        Ok(found.into_iter().map(|found| sight::person(caller, found)).collect())
    })
}

/// One beneficiary of the store.
pub(crate) fn find(view: &dyn View, id: Id<PersonKind>) -> Result<Person, Aborted> {
    persons::find(view, id)?.ok_or_else(|| refusals::unknown("person-unknown").with("id", id).into())
}

/// That somebody opens a file now.
pub(crate) fn opened(
    app: &App,
    caller: &Caller,
    id: Id<PersonKind>,
    operation: Operation,
) -> access_log::Access {
    access_log::Access {
        at: app.now(),
        subject: Subject::Person(id),
        actor: caller.actor(),
        purpose: operation.code().into(),
    }
}

/// What somebody's details are read against.
pub(crate) fn intake(app: &App, allow_outside: bool) -> Intake<'static> {
    let today = day_of(app.now());
    Intake { geography: app.geography, territory: app.profile.territory, today, allow_outside }
}

/// The details as they were typed, with the fields of an edit.
fn merged(details: &PersonDetails, edit: Edit<NewPerson>) -> NewPerson {
    let Edit { typed, mask, etag: _, outside: _ } = edit;
    let mut person = NewPerson::of(details);
    mask.set("name", &mut person.name, typed.name);
    mask.set("phone", &mut person.phone, typed.phone);
    mask.set("email", &mut person.email, typed.email);
    mask.set("channel", &mut person.channel, typed.channel);
    mask.set("home", &mut person.home, typed.home);
    mask.set("birth_year", &mut person.birth_year, typed.birth_year);
    mask.set("needs", &mut person.needs, typed.needs);
    mask.set("situation", &mut person.situation, typed.situation);
    mask.set("grounds", &mut person.grounds, typed.grounds);
    mask.set("quotient_euros", &mut person.quotient_euros, typed.quotient_euros);
    mask.set("member_until", &mut person.member_until, typed.member_until);
    mask.set("prescriber", &mut person.prescriber, typed.prescriber);
    mask.set("informed_on", &mut person.informed_on, typed.informed_on);
    mask.set("sharing", &mut person.sharing, typed.sharing);
    mask.set("statistics_objection", &mut person.statistics_objection, typed.statistics_objection);
    mask.set("pooling", &mut person.pooling, typed.pooling);
    mask.set("driver_notes", &mut person.driver_notes, typed.driver_notes);
    mask.set("internal_notes", &mut person.internal_notes, typed.internal_notes);
    mask.set("avoid", &mut person.avoid, typed.avoid);
    person
}

/// Whom a file refers to is known here.
fn check_references(view: &dyn View, details: &PersonDetails) -> Result<(), Aborted> {
    if let Some(id) = details.prescriber
        && prescribers::find(view, id)?.is_none()
    {
        return Err(refusals::unknown("prescriber-unknown").with("id", id).into());
    }
    for id in &details.avoid {
        if drivers::find(view, *id)?.is_none() {
            return Err(refusals::unknown("volunteer-unknown").with("id", id).into());
        }
    }
    Ok(())
}

/// Refuses somebody who is very like one who is known. The details tell identifiers and the kinds of things that agree.
pub(super) fn check_duplicates(app: &App, view: &dyn View, details: &PersonDetails) -> Result<(), Aborted> {
    let mut alike: Vec<(Id<PersonKind>, Vec<Agreement>)> = Vec::new();
    let of_persons = |who: &Who| matches!(who, Who::Person(_));
    for who in app.searcher.alike(app, view, (&details.name, details.phone.as_ref()), of_persons)? {
        let Who::Person(id) = who else { continue };
        let known = persons::find(view, id)?.and_then(|known| likeness(&known.details, details));
        alike.extend(known.map(|agreed| (id, agreed)));
    }
    alike.sort_by_key(|(id, agreed)| (std::cmp::Reverse(agreed.len()), *id));
    let Some((_, agreed)) = alike.first() else { return Ok(()) };
    let agreed: Vec<&str> = agreed.iter().map(|agreement| agreement.code()).collect();
    let ids: Vec<String> = alike.iter().take(DUPLICATES_TOLD).map(|(id, _)| id.to_string()).collect();
    let refusal = refusals::conflict("person-duplicate");
    Err(refusal.with("candidates", ids.join(" ")).with("agreed", agreed.join(" ")).into())
}

/// How many of those who are alike are told: more is no help.
const DUPLICATES_TOLD: usize = 5;
