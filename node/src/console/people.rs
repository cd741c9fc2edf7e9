//! People: finding them, and the file of one. Letters typed never stand in an address; whoever opens a file is noted.

use axum::{
    extract::{Extension, Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maillage_console::{
    form::Input,
    parts::Moment,
    person::{PeoplePage, PersonPage},
};
use maillage_domain::{
    habits::Habit,
    ids::PersonKind,
    person::{Person, PersonDetails},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::Change;

use super::{
    Console,
    door::Visit,
    lasting,
    reply::{frame, nothing, page, refused, texts, words},
    shown::{self, day_and_hours, names, row},
};
use crate::{
    app::{
        find::{self, Place},
        people::{
            self,
            history::history,
            search::{Found, Wanted, search_noted},
        },
    },
    grpc::convert,
    limits::SEARCH_HITS,
};

/// Letters or digits from which a search is made.
const LETTERS: usize = 3;
/// Trips shown in a file.
const TRIPS: usize = 20;
/// Events shown in a file.
const EVENTS: usize = 30;

/// The page on which people are found.
pub(super) async fn show_search(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    if let Err(refusal) = visit.caller().check(Operation::PeopleSearch) {
        return refused(&console, &visit, &refusal);
    }
    searching(&console, &visit, (typed(&visit), None), Vec::new())
}

/// What was typed into the field of this page, or into the one that every page has.
fn typed(visit: &Visit) -> String {
    let (letters, everywhere) = (visit.fields.text("letters"), visit.fields.text("find"));
    if letters.is_empty() { everywhere.to_owned() } else { letters.to_owned() }
}

/// Finds people.
pub(super) async fn search(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    let typed = typed(&visit);
    match find::of_id(&console.app, &visit.caller(), &typed) {
        // An identifier says nothing about a person: it may stand in an address.
        Ok(Some(place)) => return Redirect::to(&path_of(place)).into_response(),
        Ok(None) => {}
        Err(refusal) => return refused(&console, &visit, &refusal),
    }
    match found(&console, &visit, &typed).await {
        Ok(Some(hits)) => searching(&console, &visit, (typed, None), hits),
        Ok(None) => {
            let error = texts(&console, &visit).say("console-need-letters");
            searching(&console, &visit, (typed, Some(error)), Vec::new())
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

/// The page of what an identifier names.
fn path_of(place: Place) -> String {
    match place {
        Place::Person(id) => format!("/people/{id}"),
        Place::Volunteer(id) => format!("/volunteers/{id}"),
        Place::Trip(id) => format!("/trips/{id}"),
        Place::Handover(id) => format!("/handovers/{id}"),
    }
}

/// Beneficiaries who match what was typed; none if too little was.
pub(super) async fn found(
    console: &Console,
    visit: &Visit,
    typed: &str,
) -> Result<Option<Vec<Person>>, Refusal> {
    if typed.chars().filter(|letter| letter.is_alphanumeric()).count() < LETTERS {
        return Ok(None);
    }
    let wanted = Wanted { persons: true, volunteers: false, prescribers: false };
    let found = search_noted(&console.app, &visit.caller(), typed, wanted, SEARCH_HITS).await?;
    let person = |(found, _): (Found, u32)| match found {
        Found::Person(person) => Some(person),
        Found::Volunteer(_) | Found::Prescriber(_) => None,
    };
    Ok(Some(found.into_iter().filter_map(person).collect()))
}

/// What tells people of one name apart.
pub(super) fn detail(console: &Console, person: &Person) -> String {
    let commune = shown::commune(console.app.geography, &person.details.home);
    let phone = person.details.phone.as_ref().map(|phone| phone.as_str().to_owned());
    [Some(commune), phone].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The field for the letters of a search.
pub(super) fn letters(console: &Console, visit: &Visit, typed: String, error: Option<&String>) -> Input {
    let texts = texts(console, visit);
    let field = Input::text("letters", texts.say("console-who-letters"), typed).of_kind("search");
    Input { first: true, ..field.with_hint(texts.say("console-who-hint")).with_error(error) }
}

fn searching(
    console: &Console,
    visit: &Visit,
    (typed, error): (String, Option<String>),
    hits: Vec<Person>,
) -> Response {
    let made = !typed.is_empty() && error.is_none();
    let hit = |person: &Person| {
        let name = person.details.name.as_str().to_owned();
        (format!("/people/{}", person.id), name, detail(console, person))
    };
    page(&PeoplePage {
        frame: frame(console, visit, texts(console, visit).say("console-people")),
        field: letters(console, visit, typed, error.as_ref()),
        made,
        may_register: Operation::PersonAdd.allows(visit.caller().roles()),
        hits: hits.iter().map(hit).collect(),
    })
}

/// The file of a person.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    match file(&console, &visit, id).await {
        Ok(response) => response,
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

async fn file(console: &Console, visit: &Visit, id: Id<PersonKind>) -> Result<Response, Refusal> {
    let (app, caller, words) = (&console.app, visit.caller(), words(console, visit));
    let person = people::show_person(app, &caller, id).await?;
    let past = history(app, &caller, id, None, EVENTS).await?;
    let names = names(app, &caller)?;
    let trips = crate::app::trips::of_person(app, &caller, id, TRIPS)?;
    let rows = trips.iter().map(|trip| row(console, visit, (&names, trip, day_and_hours(words, trip))));
    Ok(page(&PersonPage {
        frame: frame(console, visit, texts(console, visit).say("console-file")),
        name: person.details.name.as_str().to_owned(),
        request: format!("/requests/new?person={id}"),
        account: if Operation::MoneyShow.allows(caller.roles()) {
            format!("/money/people/{id}")
        } else {
            String::new()
        },
        contact: if Operation::PersonUpdate.allows(caller.roles()) {
            format!("/people/{id}/contact")
        } else {
            String::new()
        },
        ways: lasting::ways_for(console, visit, &id.to_string()),
        facts: facts(console, visit, &person, true),
        choices: choices(console, visit, &person.details),
        habits: past.habits.iter().map(|one| habit(console, visit, one)).collect(),
        trips: rows.collect(),
        moments: past
            .events
            .into_iter()
            .map(|event| moment(console, visit, &convert::changes::change(event)))
            .collect(),
    }))
}

/// What the desk needs in sight of a person; all of it in the file.
pub(super) fn facts(console: &Console, visit: &Visit, person: &Person, whole: bool) -> Vec<(String, String)> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let details = &person.details;
    let mut rows = vec![
        ("console-fact-home", shown::place(console.app.geography, &details.home)),
        (
            "console-fact-phone",
            details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        ),
        ("console-fact-needs", shown::needs(words, &details.needs)),
        ("console-fact-person-notes", details.driver_notes.as_str().to_owned()),
        ("console-fact-internal", details.internal_notes.as_str().to_owned()),
    ];
    if whole {
        rows.extend([
            (
                "console-fact-email",
                details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            ),
            ("console-fact-channel", words.code("channel", details.channel.code())),
            ("console-fact-birth", details.birth_year.map(|year| year.to_string()).unwrap_or_default()),
            ("console-fact-situation", words.code("situation", details.situation.code())),
        ]);
    }
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| (texts.say(key), value)).collect()
}

fn choices(console: &Console, visit: &Visit, details: &PersonDetails) -> Vec<(String, String)> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let objects = if details.statistics_objection { "console-objects" } else { "console-does-not-object" };
    let rows = [
        ("console-fact-sharing", words.code("sharing", details.sharing.code())),
        ("console-fact-pooling", words.code("pooling", details.pooling.code())),
        ("console-fact-statistics", texts.say(objects)),
        ("console-fact-informed", details.informed_on.map(|day| words.day(day)).unwrap_or_default()),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| (texts.say(key), value)).collect()
}

/// Where a person usually goes: what, and how often and when.
pub(super) fn habit(console: &Console, visit: &Visit, habit: &Habit) -> (String, String) {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let place = shown::place(console.app.geography, &habit.place);
    let purpose = words.code("purpose", habit.purpose.code());
    let weekday = words.code("weekday", &habit.weekday.to_monday_one_offset().to_string());
    let time = words.text(
        "time-of-day",
        &[
            ("hour", (habit.minute / 60).to_string().into()),
            ("minute", format!("{:02}", habit.minute % 60).into()),
        ],
    );
    let often = texts.with(
        "console-habit-times",
        &[("times", i64::from(habit.times).into()), ("weekday", weekday.into()), ("time", time.into())],
    );
    (format!("{place} ({purpose})"), often)
}

fn moment(console: &Console, visit: &Visit, change: &Change) -> Moment {
    let words = words(console, visit);
    let kind = change.kind.replace('.', "-");
    let (worded, by) = (words.code("console-change", &kind), words.code("actor", &change.actor_kind));
    Moment {
        when: words.instant(&change.at),
        what: if worded == kind { change.kind.clone() } else { worded },
        detail: if change.actor.is_empty() || change.actor_kind != "operator" {
            by
        } else {
            change.actor.clone()
        },
    }
}
