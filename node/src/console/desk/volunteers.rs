//! Volunteers: who there is, whose papers expire, who is away, who drives what in the coming week.

use std::collections::BTreeSet;

use axum::{
    extract::{Extension, Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use jiff::{ToSpan as _, civil::Date};
use maillage_console::{
    form::Input,
    parts::{Badge, Tone, TripRow},
    volunteer::{Expiring, NotePaper, Paper, VolunteerPage, VolunteerRow, VolunteersPage},
};
use maillage_domain::{
    civil::day_of,
    document::{Document, DocumentKind, NewDocument},
    ids::VolunteerKind,
    roles::Operation,
    trip::{Trip, TripStatus},
    volunteer::{Vehicle, Volunteer},
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    availability::{absence_in_words, hours_of},
    form::{Form, Wrong},
    is_about_what_was_asked, shown, told,
};
use crate::{
    app::{
        people::{self, documents},
        trips,
    },
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, on_to, page, refused, texts, words},
        shown::{self as worded, day_and_hours, names_of, row},
    },
    limits::VOLUNTEERS,
};

/// Days before its last one from which a paper is told of: time to get a new one.
const EXPIRES_WITHIN: u16 = 60;
/// Days of the coming week.
const WEEK: usize = 7;

/// All volunteers.
pub(in crate::console) async fn list(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    shown(&console, &visit, all(&console, &visit))
}

fn all(console: &Console, visit: &Visit) -> Result<Response, Refusal> {
    let (app, caller, words) = (&console.app, visit.caller(), words(console, visit));
    let today = day_of(app.now());
    let expiring = documents::expiring(app, &caller, EXPIRES_WITHIN)?;
    let expired: BTreeSet<_> = expiring
        .iter()
        .filter(|(_, _, until)| *until < today)
        .map(|(volunteer, _, _)| volunteer.id)
        .collect();
    let mut volunteers = people::list_volunteers(app, &caller, None, VOLUNTEERS)?;
    volunteers.sort_by(|one, other| one.details.name.as_str().cmp(other.details.name.as_str()));
    let row = |volunteer: &Volunteer| {
        let details = &volunteer.details;
        VolunteerRow {
            path: path_of(volunteer.id),
            name: details.name.as_str().to_owned(),
            phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            commune: worded::commune(app.geography, &details.home),
            hours: hours_of(console, visit, &details.availability),
            badges: badges(console, visit, (volunteer, expired.contains(&volunteer.id))),
        }
    };
    let paper = |(volunteer, paper, until): &(Volunteer, Document, Date)| Expiring {
        path: path_of(volunteer.id),
        name: volunteer.details.name.as_str().to_owned(),
        paper: words.code("document", paper.kind().code()),
        badge: until_badge(console, visit, Some(*until)),
    };
    Ok(page(&VolunteersPage {
        frame: frame(console, visit, texts(console, visit).say("desk-volunteers")),
        may_register: Operation::VolunteerAdd.allows(caller.roles()),
        expiring: expiring.iter().map(paper).collect(),
        all: volunteers.iter().map(row).collect(),
    }))
}

/// What there is to know at once of a volunteer.
fn badges(console: &Console, visit: &Visit, (volunteer, has_expired): (&Volunteer, bool)) -> Vec<Badge> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let mut badges = Vec::new();
    if !volunteer.active {
        badges.push(Badge::new(texts.say("desk-inactive"), Tone::Plain));
    }
    if let Some(absence) = volunteer.details.availability.absence_on(day_of(console.app.now())) {
        let until = texts.about("desk-away-until", &words.day(absence.last()));
        badges.push(Badge::new(until, Tone::Wait));
    }
    if has_expired {
        badges.push(Badge::new(texts.say("desk-paper-expired"), Tone::Bad));
    }
    badges
}

/// How a paper stands.
fn until_badge(console: &Console, visit: &Visit, until: Option<Date>) -> Badge {
    let (texts, today) = (texts(console, visit), day_of(console.app.now()));
    let Some(until) = until else { return Badge::new(texts.say("desk-paper-for-ever"), Tone::Good) };
    let day = words(console, visit).day(until);
    let soon = today.checked_add(i32::from(EXPIRES_WITHIN).days()).unwrap_or(Date::MAX);
    let (key, tone) = if until < today {
        ("desk-paper-expired-on", Tone::Bad)
    } else if until <= soon {
        ("desk-paper-until", Tone::Wait)
    } else {
        ("desk-paper-until", Tone::Good)
    };
    Badge::new(texts.about(key, &day), tone)
}

/// One volunteer.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    shown(&console, &visit, one(&console, &visit, id, &Wrong::new()).await)
}

async fn one(
    console: &Console,
    visit: &Visit,
    id: Id<VolunteerKind>,
    wrong: &Wrong,
) -> Result<Response, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    // What somebody drives, and whom, is the desk's to see.
    caller.check(Operation::TripList)?;
    let volunteer = people::show_volunteer(app, &caller, id)?;
    let drives = coming(console, visit, &volunteer)?;
    let visit = &worded::seen(console, visit, (Operation::TripList, &drives)).await?;
    let today = day_of(app.now());
    let papers = &volunteer.details.documents;
    let has_expired = papers.expiring(today, 0).iter().any(|(_, until)| *until < today);
    let absences = volunteer.details.availability.absences().iter().filter(|one| one.last() >= today);
    let form = Form { console, visit, wrong };
    Ok(page(&VolunteerPage {
        frame: frame(console, visit, texts(console, visit).say("desk-volunteer")),
        path: path_of(id),
        name: volunteer.details.name.as_str().to_owned(),
        badges: badges(console, visit, (&volunteer, has_expired)),
        facts: facts(console, visit, &volunteer),
        wrong: wrong.iter().map(|(field, text)| ((*field).to_owned(), text.clone())).collect(),
        papers: papers.iter().map(|paper| self::paper(console, visit, &volunteer, paper)).collect(),
        note_paper: Operation::VolunteerDocument
            .allows(caller.roles())
            .then(|| note_paper(&form, &volunteer)),
        absences: absences.map(|one| absence_in_words(console, visit, *one)).collect(),
        note_absence: note_absence(&form),
        trips: rows(console, visit, (&volunteer, &drives)),
    }))
}

fn paper(console: &Console, visit: &Visit, volunteer: &Volunteer, paper: Document) -> Paper {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let kind = words.code("document", paper.kind().code());
    let several = volunteer.details.vehicles.iter().count() > 1;
    let name = match paper.vehicle().filter(|_| several) {
        Some(number) => {
            let number = number.to_string();
            words.text("document-of-vehicle", &[("kind", kind.into()), ("number", number.into())])
        }
        None => kind,
    };
    let seen = texts.about("desk-paper-seen", &words.day(paper.seen_on()));
    Paper { name, seen, badge: until_badge(console, visit, paper.valid_until()) }
}

fn note_paper(form: &Form<'_>, volunteer: &Volunteer) -> NotePaper {
    let words = words(form.console, form.visit);
    let kinds: Vec<&str> = DocumentKind::ALL.iter().copied().map(DocumentKind::code).collect();
    let vehicles = &volunteer.details.vehicles;
    let vehicle = |vehicle: &Vehicle| (vehicle.number().to_string(), vehicle_words(form, vehicle));
    let several = vehicles.iter().count() > 1;
    NotePaper {
        etag: volunteer.revision.to_string(),
        kind: form.codes("kind", "desk-paper", ("document", &kinds)),
        vehicle: several
            .then(|| form.choice("vehicle", "desk-paper-vehicle", vehicles.iter().map(vehicle).collect())),
        days: vec![
            form.input("seen_on", "desk-seen-on")
                .of_kind("date")
                .with_hint(words.text("desk-seen-on-hint", &[])),
            form.input("valid_until", "desk-valid-until")
                .of_kind("date")
                .with_hint(words.text("desk-valid-until-hint", &[])),
        ],
        open: ["kind", "seen_on", "valid_until"].iter().any(|name| form.error(name).is_some())
            || ["seen_on", "valid_until"].iter().any(|name| !form.visit.fields.text(name).is_empty()),
    }
}

fn note_absence(form: &Form<'_>) -> Vec<Input> {
    if !Operation::VolunteerAbsence.allows(form.visit.caller().roles()) {
        return Vec::new();
    }
    let day = |name, label| Input { wanted: true, ..form.input(name, label).of_kind("date") };
    vec![day("first", "desk-absence-first"), day("last", "desk-absence-last")]
}

fn vehicle_words(form: &Form<'_>, vehicle: &Vehicle) -> String {
    let electric = if vehicle.electric() { "yes" } else { "no" };
    let args = [
        ("number", vehicle.number().to_string().into()),
        ("seats", i64::from(vehicle.seats()).into()),
        ("places", i64::from(vehicle.wheelchair_places()).into()),
        ("power", i64::from(vehicle.fiscal_power().unwrap_or_default()).into()),
        ("electric", electric.into()),
    ];
    words(form.console, form.visit).text("vehicle-shown", &args)
}

fn facts(console: &Console, visit: &Visit, volunteer: &Volunteer) -> Vec<(String, String)> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let form = Form { console, visit, wrong: &[] };
    let details = &volunteer.details;
    let phone = details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default();
    let email = details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default();
    let limits = &details.limits;
    let vehicles = details.vehicles.iter().map(|vehicle| vehicle_words(&form, vehicle));
    let number = |number: Option<u8>| number.map(|number| number.to_string()).unwrap_or_default();
    let metres = |metres: Option<u32>| metres.map(|metres| words.kilometres(metres)).unwrap_or_default();
    let rows = [
        ("console-fact-phone", phone),
        ("console-fact-email", email),
        ("console-fact-channel", words.code("channel", details.channel.code())),
        ("console-fact-home", worded::place(console.app.geography, &details.home)),
        ("desk-hours", hours_of(console, visit, &details.availability)),
        ("desk-vehicles", vehicles.collect::<Vec<_>>().join(" · ")),
        ("desk-accepts", worded::needs(words, &details.accepts)),
        ("desk-max-trip", metres(limits.max_trip_m)),
        ("desk-trips-per-week", number(limits.trips_per_week)),
        ("desk-hours-per-week", number(limits.hours_per_week)),
        ("desk-load-wished", metres(limits.wished_m)),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| (texts.say(key), value)).collect()
}

/// What somebody drives from today on, for a week.
fn coming(console: &Console, visit: &Visit, volunteer: &Volunteer) -> Result<Vec<Trip>, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let mut drives = Vec::new();
    for day in day_of(app.now()).series(1.day()).take(WEEK) {
        let mut found = trips::on_day(app, &caller, day, usize::MAX)?;
        found.retain(|trip| {
            let is_off = matches!(trip.status(), TripStatus::Cancelled { .. });
            trip.volunteer() == Some(volunteer.id) && !is_off
        });
        found.sort_by_key(|trip| trip.assignment().map_or(trip.terms.earliest_pickup, |drive| drive.pickup));
        drives.extend(found);
    }
    Ok(drives)
}

fn rows(console: &Console, visit: &Visit, (volunteer, drives): (&Volunteer, &[Trip])) -> Vec<TripRow> {
    let (names, words) = (names_of(std::slice::from_ref(volunteer)), words(console, visit));
    drives.iter().map(|trip| row(console, visit, (&names, trip, day_and_hours(words, trip)))).collect()
}

fn path_of(id: Id<VolunteerKind>) -> String {
    format!("/volunteers/{id}")
}

/// Notes an absence, or a paper that was seen, by the last part of the address.
pub(in crate::console) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<VolunteerKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    // Whoever drives notes absences elsewhere: these pages are the desk's.
    if let Err(refusal) = visit.caller().check(Operation::TripList) {
        return refused(&console, &visit, &refusal);
    }
    let (noted, field) = match what.as_str() {
        "absence" => (absence(&console, &visit, id).await, "first"),
        "paper" => (note(&console, &visit, id).await, "valid_until"),
        _ => return nothing(State(console), Extension(visit)).await,
    };
    match noted {
        Ok(said) => on_to(&console, &visit, &path_of(id), Some((false, said))),
        Err(refusal) if is_about_what_was_asked(&refusal) => {
            let field = match refusal.reason() {
                "absence-order" | "absence-too-long" => "last",
                "date-in-the-future" => "seen_on",
                "document-vehicle" | "changed-meanwhile" => "kind",
                _ => field,
            };
            let wrong = vec![(field, told(&console, &visit, &refusal))];
            let page = shown(&console, &visit, one(&console, &visit, id, &wrong).await);
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

async fn absence(console: &Console, visit: &Visit, id: Id<VolunteerKind>) -> Result<String, Refusal> {
    let (first, last) = (visit.fields.text("first"), visit.fields.text("last"));
    // One day, if no last one is given.
    let last = if last.trim().is_empty() { first } else { last };
    let changed = people::add_absence(&console.app, &visit.caller(), id, first, last).await?;
    Ok(texts(console, visit).count("desk-absence-done", changed.trips.len()))
}

async fn note(console: &Console, visit: &Visit, id: Id<VolunteerKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let new = NewDocument {
        kind: fields.text("kind").to_owned(),
        seen_on: fields.text("seen_on").to_owned(),
        valid_until: fields.text("valid_until").to_owned(),
        vehicle: fields.text("vehicle").parse().unwrap_or_default(),
    };
    let etag = fields.text("etag").to_owned();
    documents::record_document(&console.app, &visit.caller(), id, new, etag).await?;
    Ok(texts(console, visit).say("desk-paper-done"))
}
