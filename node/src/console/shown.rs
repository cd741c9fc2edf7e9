//! Trips, people and reasons as pages show them, worded once for all of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maillage_console::{
    frame::Notice,
    parts::{Badge, Barred, Candidate, Candidates, Legal, Reason, Tone, TripRow},
};
use maillage_domain::{
    ids::VolunteerKind,
    legal::{Effect, FrameDecision, Verdict},
    money::Cents,
    place::Place,
    roles::Operation,
    trip::{Custody, Trip, TripStatus},
    volunteer::Volunteer,
};
use maillage_federation::{ids::Id, month::paris, needs::Needs};
use maillage_geography::Geography;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use super::{Console, door::Visit, reply};
use crate::{
    app::{App, caller::Caller, looks, people, sight, suggest::Suggestion},
    cli::{legal, words::Words},
    grpc::convert,
    limits::{LIST_LOOK_NOTED_AGAIN, VOLUNTEERS},
};

/// The names of volunteers.
pub(super) type Names = BTreeMap<Id<VolunteerKind>, (String, String)>;

/// Names and phones of all volunteers.
pub(super) fn names(app: &App, caller: &Caller) -> Result<Names, Refusal> {
    Ok(names_of(&people::list_volunteers(app, caller, None, VOLUNTEERS)?))
}

/// Names and phones of some volunteers.
pub(super) fn names_of(volunteers: &[Volunteer]) -> Names {
    let row = |volunteer: &Volunteer| {
        let details = &volunteer.details;
        let phone = details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default();
        (volunteer.id, (details.name.as_str().to_owned(), phone))
    };
    volunteers.iter().map(row).collect()
}

/// Notes that the reader sees who travels on trips of a list, once in a working day; gives the visit to show them with, from which the
/// names are missing that nobody could say were seen.
pub(super) async fn seen<'t>(
    console: &Console,
    visit: &Visit,
    (operation, trips): (Operation, impl IntoIterator<Item = &'t Trip>),
) -> Result<Visit, Refusal> {
    let subjects: BTreeSet<_> = trips.into_iter().map(looks::subject).collect();
    let noted = (subjects, LIST_LOOK_NOTED_AGAIN);
    let hidden = looks::note(&console.app, &visit.caller(), operation, noted).await?;
    Ok(Visit { hidden, ..visit.clone() })
}

/// Who travels, on a page that shows it.
pub(super) fn name(console: &Console, visit: &Visit, trip: &Trip) -> String {
    let name = || sight::trip(&console.app, &visit.caller(), trip).traveller.name;
    hidden_name(console, visit, trip).unwrap_or_else(name)
}

/// What stands in the place of a name that stays off the page.
fn hidden_name(console: &Console, visit: &Visit, trip: &Trip) -> Option<String> {
    let is_hidden = visit.hidden.hides(looks::subject(trip));
    is_hidden.then(|| reply::texts(console, visit).say("comfort-name-hidden"))
}

/// Cuts the trips of a day to as many as a page shows; tells what is to be said then.
pub(super) fn cut(
    console: &Console,
    visit: &Visit,
    (trips, most): (&mut Vec<Trip>, usize),
) -> Option<Notice> {
    if trips.len() <= most {
        return None;
    }
    trips.truncate(most);
    Some(Notice::bad(reply::texts(console, visit).count("comfort-trips-cut", most)))
}

/// The name of whoever drives a trip; empty if nobody does.
pub(super) fn driver(names: &Names, trip: &Trip) -> String {
    trip.volunteer().and_then(|id| names.get(&id)).map(|(name, _)| name.clone()).unwrap_or_default()
}

/// The page of a trip.
pub(super) fn path_of(trip: &Trip) -> String {
    format!("/trips/{}", trip.id())
}

/// The time of day at an instant.
pub(super) fn clock(words: Words<'_>, at: Timestamp) -> String {
    words.time_of_day(at.to_zoned(paris()).datetime())
}

/// When a trip is driven; the window it was asked for while nobody drives.
pub(super) fn hours(words: Words<'_>, trip: &Trip) -> String {
    let (from, to) = span(trip);
    format!("{} – {}", clock(words, from), clock(words, to))
}

/// The same with the day.
pub(super) fn day_and_hours(words: Words<'_>, trip: &Trip) -> String {
    let (from, to) = span(trip);
    words.span(&from.to_string(), &to.to_string())
}

fn span(trip: &Trip) -> (Timestamp, Timestamp) {
    let asked = (trip.terms.earliest_pickup, trip.terms.latest_arrival);
    trip.assignment().map_or(asked, |drive| (drive.pickup, drive.arrival))
}

/// A place: address and commune.
pub(super) fn place(geography: &Geography, place: &Place) -> String {
    let commune = commune(geography, place);
    match place.address.as_str() {
        "" => commune,
        address => format!("{address}, {commune}"),
    }
}

/// The name of a place's commune.
pub(super) fn commune(geography: &Geography, place: &Place) -> String {
    let known = geography.commune(&place.commune);
    known.map_or_else(|| place.commune.to_string(), |commune| commune.name.clone())
}

/// Needs in words.
pub(super) fn needs(words: Words<'_>, needs: &Needs) -> String {
    needs.iter().map(|need| words.code("need", need.code())).collect::<Vec<_>>().join(", ")
}

/// How a trip stands, in the words of the command line.
pub(super) fn badge(console: &Console, visit: &Visit, trip: &Trip) -> Badge {
    badge_of(console, visit, (trip, &convert::trips::trip(&console.app, &visit.caller(), trip)))
}

fn badge_of(console: &Console, visit: &Visit, (trip, told): (&Trip, &proto::Trip)) -> Badge {
    let tone = match (trip.status(), trip.custody()) {
        (_, Custody::Uncertain { .. }) | (TripStatus::NoShow(_) | TripStatus::Unmet(_), _) => Tone::Bad,
        (TripStatus::Requested | TripStatus::Offered, _) => Tone::Wait,
        (TripStatus::Confirmed | TripStatus::PickedUp | TripStatus::Completed { .. }, _) => Tone::Good,
        (TripStatus::Cancelled { .. }, _) => Tone::Plain,
    };
    Badge::new(reply::words(console, visit).standing(told), tone)
}

/// A trip in a list.
pub(super) fn row(console: &Console, visit: &Visit, (names, trip, when): (&Names, &Trip, String)) -> TripRow {
    // Once: who travels is read for it.
    let told = convert::trips::trip(&console.app, &visit.caller(), trip);
    TripRow {
        path: path_of(trip),
        when,
        badge: badge_of(console, visit, (trip, &told)),
        who: hidden_name(console, visit, trip).unwrap_or(told.passenger),
        from: commune(console.app.geography, &trip.terms.pickup),
        to: commune(console.app.geography, &trip.terms.dropoff),
        driver: driver(names, trip),
    }
}

/// Who could drive, and who cannot.
pub(super) fn candidates<'a>(
    console: &'a Console,
    visit: &Visit,
    (suggestion, ask): (&Suggestion, &'static str),
) -> Candidates<'a> {
    let (texts, words) = (reply::texts(console, visit), reply::words(console, visit));
    let told = convert::trips::suggestion(suggestion);
    let candidate = |one: &proto::Candidate| {
        let first = one.pickup_at.first().and_then(|at| at.parse::<Timestamp>().ok());
        Candidate {
            id: one.volunteer.clone(),
            name: one.name.clone(),
            pickup: first.map(|at| texts.about("console-pickup-at", &clock(words, at))).unwrap_or_default(),
            extra: texts.about("console-extra", &words.kilometres(one.extra_m)),
            reasons: one.reasons.iter().map(|reason| words.reason(reason)).collect(),
        }
    };
    let barred = |one: &proto::Refusal| Barred {
        name: one.name.clone(),
        reason: one.reason.as_ref().map(|reason| words.reason(reason)).unwrap_or_default(),
    };
    let source =
        if told.attribution.is_empty() { texts.say("console-estimated") } else { told.attribution.clone() };
    Candidates {
        texts,
        ask,
        nobody: "console-nobody",
        can: told.candidates.iter().map(candidate).collect(),
        cannot: told.refusals.iter().map(barred).collect(),
        source,
    }
}

/// A frame as decided, and what is asked of the person.
pub(super) fn legal<'a>(
    console: &'a Console,
    visit: &Visit,
    (decision, asked): (&FrameDecision, Option<Cents>),
) -> Legal<'a> {
    let (texts, words) = (reply::texts(console, visit), reply::words(console, visit));
    let tone = match decision.verdict {
        Verdict::Within => Tone::Good,
        Verdict::ToBeVerified => Tone::Wait,
        Verdict::Outside => Tone::Bad,
    };
    let reason = |reason: &maillage_domain::legal::Reason| {
        let (class, effect) = match reason.code.effect() {
            Effect::Supports => ("for", "supports"),
            Effect::Explains => ("", "explains"),
            Effect::Doubts => ("doubt", "doubts"),
            Effect::Excludes => ("against", "excludes"),
        };
        let effect = words.code("effect", effect);
        let told = convert::legal::reason(reason);
        Reason { class, effect, text: legal::sentence(words, &told), article: told.article }
    };
    let name = match (decision.frame, decision.verdict) {
        (Some(frame), _) => words.code("legal-frame", frame.code()),
        (None, Verdict::Outside) => texts.say("console-outside"),
        (None, Verdict::Within | Verdict::ToBeVerified) => texts.say("console-frame-unsure"),
    };
    Legal {
        texts,
        badge: Badge::new(words.code("verdict", decision.verdict.code()), tone),
        name,
        reasons: decision.reasons.iter().map(reason).collect(),
        asked: asked.map(|cents| legal::euros(words, cents.get())).unwrap_or_default(),
    }
}
