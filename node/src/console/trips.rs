//! A trip: its page, and what a desk does with it. Whoever opens it is noted.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use maillage_console::{
    form::{Choice, Choosable, Input},
    frame::{Frame, Notice},
    parts::Moment,
    trip::{Ending, Neighbours, Question, TripPage},
};
use maillage_domain::{
    offer::DriverOffer,
    person::Sharing,
    roles::Operation,
    trip::{Absentee, CancelReason, CancelledBy, Custody, DriverRefusal, Leg, Trip, TripStatus, UnmetReason},
};
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;

use super::{
    Console,
    door::Visit,
    reply::{frame, nothing, on_to, page, refused, texts, words},
    shown::{self, badge, candidates, day_and_hours, legal, names, path_of},
};
use crate::{
    app::{
        frames,
        handover::{
            carried_in,
            origin::{OfferTerms, offer_out},
        },
        offers::{self, Answer, OfferFilter},
        people, sight, suggest,
        trips::{self, Cancellation, Driven},
    },
    grpc::convert,
};

/// Reasons a driver may have.
const REFUSALS: [DriverRefusal; 5] = [
    DriverRefusal::NotFree,
    DriverRefusal::TooFar,
    DriverRefusal::Vehicle,
    DriverRefusal::NoAnswer,
    DriverRefusal::Other,
];
/// On whose word the desk calls a trip off.
const BY: [CancelledBy; 5] = [
    CancelledBy::Person,
    CancelledBy::Volunteer,
    CancelledBy::Platform,
    CancelledBy::Destination,
    CancelledBy::Prescriber,
];

/// The page of a trip.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<Id<TripKind>>() else { return nothing(State(console), Extension(visit)).await };
    match shown_trip(&console, &visit, id).await {
        Ok(response) => response,
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

async fn shown_trip(console: &Console, visit: &Visit, id: Id<TripKind>) -> Result<Response, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let (texts, words) = (texts(console, visit), words(console, visit));
    // This page is the desk's: what a driver may see of a trip is less.
    caller.check(Operation::TripList)?;
    let trip = trips::open_file(app, &caller, id).await?;
    let who = sight::trip(app, &caller, &trip).traveller;
    let person = trip.person().map(|person| format!("/people/{person}")).unwrap_or_default();
    let open =
        trip.needs_decision() && !trip.waits_for_call() && Operation::TripSuggest.allows(caller.roles());
    let suggestion = if open { Some(suggest::suggest(app, &caller, id, false).await) } else { None };
    // Who could drive is not known: that is said, and the rest of the page is there.
    let (suggestion, unknown) = match suggestion {
        Some(Ok(found)) => (Some(found), None),
        Some(Err(refusal)) => (None, Some(Notice::bad(words.refusal(&refusal)))),
        None => (None, None),
    };
    let neighbours = if open && !trip.is_carried() { neighbours(console, visit, &trip)? } else { None };
    let geography = app.geography;
    let title = texts.with(
        "console-trip-title",
        &[
            ("from", shown::commune(geography, &trip.terms.pickup).into()),
            ("to", shown::commune(geography, &trip.terms.dropoff).into()),
        ],
    );
    let framed = frames::show(app, &caller, id).ok().map(|shown| shown.frame.decision);
    let names = names(app, &caller)?;
    let mut facts = facts(console, visit, &trip, &who);
    let driver = shown::driver(&names, &trip);
    if !driver.is_empty() {
        facts.push((texts.say("console-fact-driver"), driver));
    }
    let frame = frame(console, visit, title);
    Ok(page(&TripPage {
        frame: Frame { notice: frame.notice.clone().or(unknown), ..frame },
        path: path_of(&trip),
        when: day_and_hours(words, &trip),
        badge: badge(console, visit, &trip),
        who: (person, who.name),
        facts,
        other: other_leg(console, visit, &trip),
        handover: handover_of(&trip),
        candidates: suggestion.as_ref().map(|found| candidates(console, visit, (found, "console-ask"))),
        neighbours,
        question: question(console, visit, (&trip, &names))?,
        ending: ending(console, visit, &trip),
        legal: framed.as_ref().map(|decision| legal(console, visit, (decision, None))),
        moments: moments(console, visit, &trip),
    }))
}

fn facts(console: &Console, visit: &Visit, trip: &Trip, who: &sight::Traveller) -> Vec<(String, String)> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let terms = &trip.terms;
    let companions = if terms.companions == 0 { String::new() } else { terms.companions.to_string() };
    let rows = [
        ("console-fact-from", shown::place(console.app.geography, &terms.pickup)),
        ("console-fact-to", shown::place(console.app.geography, &terms.dropoff)),
        ("console-fact-distance", words.kilometres(terms.direct_m)),
        ("console-fact-phone", who.phone.clone()),
        ("console-fact-needs", shown::needs(words, &terms.needs)),
        ("console-fact-companions", companions),
        ("console-fact-person-notes", who.driver_notes.clone()),
        ("console-fact-notes", terms.notes.as_str().to_owned()),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| (texts.say(key), value)).collect()
}

fn other_leg(console: &Console, visit: &Visit, trip: &Trip) -> (String, String) {
    let key = match trip.terms.leg {
        Leg::Outbound => "console-other-leg-return",
        Leg::Return => "console-other-leg-outbound",
    };
    let sibling = trip.terms.sibling.map(|sibling| format!("/trips/{sibling}"));
    sibling.map(|path| (path, texts(console, visit).say(key))).unwrap_or_default()
}

/// The page of the handover that a trip is in; empty for none.
fn handover_of(trip: &Trip) -> String {
    let handover = trip.custody().handover().or_else(|| carried_in(trip));
    handover.map(|id| format!("/handovers/{id}")).unwrap_or_default()
}

/// Whether the neighbours can be asked; none for a node that has none.
fn neighbours(console: &Console, visit: &Visit, trip: &Trip) -> Result<Option<Neighbours>, Refusal> {
    let app = &console.app;
    if app.link.membership().is_none() || !Operation::HandoverOffer.allows(visit.caller().roles()) {
        return Ok(None);
    }
    let sharing = people::sharing_of(app, &visit.caller(), trip)?;
    Ok(sharing
        .map(|sharing| Neighbours { to_agree: sharing == Sharing::Ask, never: sharing == Sharing::Never }))
}

/// The offer that waits for an answer.
fn waiting(console: &Console, visit: &Visit, trip: Id<TripKind>) -> Result<Option<DriverOffer>, Refusal> {
    let found = offers::list(&console.app, &visit.caller(), OfferFilter::Trip(trip), 50)?.offers;
    Ok(found.into_iter().find(DriverOffer::is_open))
}

fn question(
    console: &Console,
    visit: &Visit,
    (trip, names): (&Trip, &shown::Names),
) -> Result<Option<Question>, Refusal> {
    let Some(offer) = waiting(console, visit, trip.id())? else { return Ok(None) };
    let words = words(console, visit);
    let (name, phone) = names.get(&offer.terms.volunteer).cloned().unwrap_or_default();
    let reasons = REFUSALS.iter().map(|one| (one.code(), words.code("driver-refusal", one.code())));
    Ok(Some(Question {
        name,
        phone,
        until: words.instant(&offer.state().expires_at.to_string()),
        reason: choice(
            ("answer-reason", "reason"),
            texts(console, visit).say("console-answer-why"),
            reasons.collect(),
        ),
    }))
}

fn choice((id, name): (&'static str, &'static str), label: String, options: Vec<(&str, String)>) -> Choice {
    let option = |(index, (value, label)): (usize, (&str, String))| Choosable {
        value: value.to_owned(),
        label,
        chosen: index == 0,
    };
    let options = options.into_iter().enumerate().map(option).collect();
    Choice { name, id, label, options, error: String::new(), open: false }
}

fn ending(console: &Console, visit: &Visit, trip: &Trip) -> Option<Ending> {
    if !trip.is_open() || trip.is_carried() {
        return None;
    }
    let (texts, words) = (texts(console, visit), words(console, visit));
    let by = BY.iter().map(|by| (by.code(), texts.say(&format!("console-by-{}", by.code()))));
    let reasons = CancelReason::ALL.iter().filter(|reason| **reason != CancelReason::Series);
    let reasons = reasons.map(|reason| (reason.code(), words.code("cancel-reason", reason.code())));
    let unmet = UnmetReason::ALL.iter().map(|reason| (reason.code(), words.code("unmet", reason.code())));
    let begun = trip.begins().is_some_and(|begins| begins <= console.app.now());
    let underway = matches!(trip.status(), TripStatus::Confirmed | TripStatus::PickedUp);
    Some(Ending {
        by: choice(("cancel-by", "by"), texts.say("console-cancel-by"), by.collect()),
        reason: choice(("cancel-reason", "reason"), texts.say("console-cancel-why"), reasons.collect()),
        unmet: (trip.status() == TripStatus::Requested && trip.custody() == Custody::Local)
            .then(|| choice(("unmet-reason", "reason"), texts.say("console-unmet-why"), unmet.collect())),
        on_the_road: begun && underway,
        driven: Input::text("driven", texts.say("console-driven"), visit.fields.text("driven").to_owned())
            .with_hint(texts.say("console-driven-hint")),
    })
}

fn moments(console: &Console, visit: &Visit, trip: &Trip) -> Vec<Moment> {
    let words = words(console, visit);
    let told = convert::trips::trip(&console.app, &visit.caller(), trip);
    let moment = |event: &maillage_proto::node::v1::TripEvent| {
        let detail = words.event_detail(&event.kind, &event.detail);
        // An identifier tells a reader nothing.
        let is_word = detail != event.detail;
        Moment {
            when: words.instant(&event.at),
            what: words.code("event", &event.kind),
            detail: if is_word { detail } else { String::new() },
        }
    };
    told.history.iter().map(moment).collect()
}

/// What a desk does with a trip, by the last part of the address.
pub(super) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<TripKind>>() else { return nothing(State(console), Extension(visit)).await };
    let done = match what.as_str() {
        "ask" => ask(&console, &visit, id).await,
        "answer" => answer(&console, &visit, id).await,
        "neighbours" => ask_neighbours(&console, &visit, id).await,
        "done" => end(&console, &visit, id).await,
        "cancel" => cancel(&console, &visit, id).await,
        "unmet" => unmet(&console, &visit, id).await,
        _ => return nothing(State(console), Extension(visit)).await,
    };
    let said = match done {
        Ok(said) => (false, said),
        Err(refusal) => match refusal.kind() {
            maillage_platform::refusal::RefusalKind::InvalidInput
            | maillage_platform::refusal::RefusalKind::Conflict => {
                (true, words(&console, &visit).refusal(&refusal))
            }
            maillage_platform::refusal::RefusalKind::NotFound
            | maillage_platform::refusal::RefusalKind::Forbidden
            | maillage_platform::refusal::RefusalKind::Unauthenticated
            | maillage_platform::refusal::RefusalKind::Unavailable
            | maillage_platform::refusal::RefusalKind::Exhausted
            | maillage_platform::refusal::RefusalKind::Internal => {
                return refused(&console, &visit, &refusal);
            }
        },
    };
    on_to(&console, &visit, &format!("/trips/{id}"), Some(said))
}

async fn ask(console: &Console, visit: &Visit, trip: Id<TripKind>) -> Result<String, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let volunteer = known(visit.fields.text("volunteer"), "volunteer-unknown")?;
    trips::offer_to_driver(app, &caller, trip, volunteer, false).await?;
    let name = people::show_volunteer(app, &caller, volunteer)?.details.name.as_str().to_owned();
    Ok(texts(console, visit).about("console-asked-done", &name))
}

async fn answer(console: &Console, visit: &Visit, trip: Id<TripKind>) -> Result<String, Refusal> {
    let over = || crate::app::refusals::conflict("offer-closed");
    let offer = waiting(console, visit, trip)?.ok_or_else(over)?;
    let (answer, key) = match visit.fields.text("answer") {
        "yes" => (Answer::Yes, "console-answered-yes"),
        _ => {
            (Answer::No(known(visit.fields.text("reason"), "driver-refusal-unknown")?), "console-answered-no")
        }
    };
    offers::answer(&console.app, &visit.caller(), offer.id(), answer).await?;
    Ok(texts(console, visit).say(key))
}

async fn ask_neighbours(console: &Console, visit: &Visit, trip: Id<TripKind>) -> Result<String, Refusal> {
    let person_agrees = visit.fields.text("agrees") == "1";
    let terms = OfferTerms { person_agrees, ..OfferTerms::default() };
    offer_out(&console.app, &visit.caller(), trip, terms).await?;
    Ok(texts(console, visit).say("console-neighbours-done"))
}

async fn end(console: &Console, visit: &Visit, trip: Id<TripKind>) -> Result<String, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    if visit.fields.text("what") == "absent" {
        trips::no_show(app, &caller, trip, Absentee::Person, false).await?;
        return Ok(texts.say("console-absent-done"));
    }
    let typed = visit.fields.text("driven").trim().replace(',', ".");
    let loaded_m = if typed.is_empty() { 0 } else { metres(&typed)? };
    trips::complete_driven(app, &caller, trip, Driven { loaded_m, ..Driven::default() }).await?;
    Ok(texts.say("console-done-done"))
}

async fn cancel(console: &Console, visit: &Visit, trip: Id<TripKind>) -> Result<String, Refusal> {
    let by = known(visit.fields.text("by"), "cancelled-by-unknown")?;
    let reason = known(visit.fields.text("reason"), "cancel-reason-unknown")?;
    let cancellation = Cancellation { by, reason, told: None };
    trips::cancel(&console.app, &visit.caller(), trip, cancellation, false).await?;
    Ok(texts(console, visit).say("console-cancel-done"))
}

async fn unmet(console: &Console, visit: &Visit, trip: Id<TripKind>) -> Result<String, Refusal> {
    let reason = known(visit.fields.text("reason"), "unmet-reason-unknown")?;
    trips::declare_unmet(&console.app, &visit.caller(), trip, reason, false).await?;
    Ok(texts(console, visit).say("console-unmet-done"))
}

/// A choice of our own pages: anything else was put there by hand.
fn known<T: std::str::FromStr>(typed: &str, reason: &'static str) -> Result<T, Refusal> {
    typed.parse().map_err(|_| crate::app::refusals::invalid(reason))
}

/// Kilometres as typed, with at most three decimals, in metres.
fn metres(typed: &str) -> Result<u32, Refusal> {
    let wrong = || crate::app::refusals::invalid("trip-distance").with("metres", 0);
    let (whole, decimals) = typed.split_once('.').unwrap_or((typed, ""));
    let fits = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let whole: u32 = whole.parse().map_err(|_| wrong())?;
    let rest: u32 = format!("{decimals:0<3}").parse().map_err(|_| wrong())?;
    let all = whole.checked_mul(1000).and_then(|metres| metres.checked_add(rest));
    all.filter(|_| fits).ok_or_else(wrong)
}
