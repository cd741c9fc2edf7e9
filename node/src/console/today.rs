//! The day of the desk: what needs a decision first, then the trips of the day by time and by driver.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::{Extension, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use jiff::{ToSpan as _, civil::Date};
use maillage_console::{
    parts::{Badge, Tone},
    today::{Decision, DriverDay, Today},
    written,
};
use maillage_domain::{
    civil::{day_of, parse_date},
    handover::Concern,
    ids::VolunteerKind,
    offer::{Means, OfferStatus},
    roles::Operation,
    trip::{Leg, Trip, TripStatus},
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    Console,
    door::{Asking, Visit},
    entry,
    fields::Fields,
    lasting,
    reply::{frame, page, refused, texts, words},
    shown::{self, Names, driver, hours, names, path_of, row},
};
use crate::{
    app::{
        attention, day_sheets,
        handover::{Handover, concerns},
        offers::{self, OfferFilter},
        trips,
    },
    web::sheet,
};

/// Decisions of each kind that are shown: nobody reads more before doing the first ones.
const SHOWN: usize = 30;
/// The header by which a page that looks by itself says what it shows already.
const SEEN: &str = "maillage-seen";
/// Trips of a day that are shown: the fullest day of the largest node.
const TRIPS: usize = 500;

/// What somebody sees first: the day, for whoever works at the desk.
pub(super) async fn home(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    (uri, headers): (Uri, HeaderMap),
) -> Response {
    if lasting::is_prescriber(visit.caller().roles()) {
        return Redirect::to("/referrals").into_response();
    }
    if !Operation::TripList.allows(visit.caller().roles()) {
        return entry::home(&console, &visit);
    }
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let present = day_of(console.app.now());
    let day = parse_date(query.text("day")).unwrap_or(present);
    let mut shown = match today(&console, &visit, day, present).await {
        Ok(shown) => shown,
        Err(refusal) => return refused(&console, &visit, &refusal),
    };
    let Ok(written) = written(&shown) else { return page(&shown) };
    shown.seen = blake3::hash(written.as_bytes()).to_hex().to_string();
    let seen = headers.get(SEEN).is_some_and(|seen| seen.as_bytes() == shown.seen.as_bytes());
    if visit.asking == Asking::Page && seen {
        return StatusCode::NO_CONTENT.into_response();
    }
    page(&shown)
}

async fn today<'a>(
    console: &'a Console,
    visit: &Visit,
    day: Date,
    present: Date,
) -> Result<Today<'a>, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let (texts, words) = (texts(console, visit), words(console, visit));
    let names = names(app, &caller)?;
    let mut found = trips::on_day(app, &caller, day, TRIPS + 1)?;
    let cut = shown::cut(console, visit, (&mut found, TRIPS));
    found.sort_by_key(|trip| trip.assignment().map_or(trip.terms.earliest_pickup, |drive| drive.pickup));
    let waiting = if day == present { Waiting::of(console, visit)? } else { Waiting::default() };
    let visit =
        &shown::seen(console, visit, (Operation::TripList, found.iter().chain(waiting.trips()))).await?;
    let decisions = waiting.decisions(console, visit, &names);
    let rows = found.iter().map(|trip| row(console, visit, (&names, trip, hours(words, trip)))).collect();
    let link = |day: Date| if day == present { "/".to_owned() } else { format!("/?day={day}") };
    let title = if day == present {
        format!("{} – {}", texts.say("console-today"), words.day(day))
    } else {
        words.day(day)
    };
    let mut around = frame(console, visit, title);
    around.notice = around.notice.or(cut);
    Ok(Today {
        frame: around,
        decisions,
        trips: rows,
        drivers: by_driver(console, visit, &names, &found),
        day: day.to_string(),
        before: link(day.checked_sub(1.day()).unwrap_or(day)),
        after: link(day.checked_add(1.day()).unwrap_or(day)),
        present: if day == present { String::new() } else { "/".to_owned() },
        sheet: format!("/sheets/{day}"),
        seen: String::new(),
    })
}

fn by_driver(console: &Console, visit: &Visit, names: &Names, trips: &[Trip]) -> Vec<DriverDay> {
    let words = words(console, visit);
    let mut days: BTreeMap<(String, String), DriverDay> = BTreeMap::new();
    for trip in trips.iter().filter(|trip| !matches!(trip.status(), TripStatus::Cancelled { .. })) {
        let Some(id) = trip.volunteer() else { continue };
        let (name, phone) = names.get(&id).cloned().unwrap_or_default();
        let day = days.entry((name.clone(), id.to_string()));
        let day = day.or_insert_with(|| DriverDay { name, phone, trips: Vec::new() });
        day.trips.push(row(console, visit, (names, trip, hours(words, trip))));
    }
    days.into_values().collect()
}

/// What somebody has to decide: what does not fit any more, what nobody drives, who has not answered, what neighbours wait for. Read
/// first and worded then: who is named in it is noted in between.
#[derive(Default)]
struct Waiting {
    unfit: Vec<attention::Attention>,
    unanswered: Vec<Unanswered>,
    concerned: Vec<Concerned>,
    undecided: Vec<Trip>,
}

/// An offer whose driver has to be called, or is late with an answer.
struct Unanswered {
    volunteer: Id<VolunteerKind>,
    by_phone: bool,
    trip: Trip,
}

impl Waiting {
    fn of(console: &Console, visit: &Visit) -> Result<Self, Refusal> {
        let (unfit, _) = attention::list(&console.app, &visit.caller(), (None, SHOWN))?;
        Ok(Self {
            unfit,
            unanswered: unanswered(console, visit)?,
            concerned: concerned(console, visit)?,
            undecided: undecided(console, visit)?,
        })
    }

    /// Every trip that is named in it.
    fn trips(&self) -> impl Iterator<Item = &Trip> {
        let unfit = self.unfit.iter().map(|one| &one.trip);
        let unanswered = self.unanswered.iter().map(|one| &one.trip);
        let concerned = self.concerned.iter().filter_map(|(_, _, trip)| trip.as_ref());
        unfit.chain(unanswered).chain(concerned).chain(&self.undecided)
    }

    fn decisions(&self, console: &Console, visit: &Visit, names: &Names) -> Vec<Decision> {
        let unfit = self.unfit.iter().map(|one| does_not_fit(console, visit, (names, one)));
        let unanswered = self.unanswered.iter().map(|one| to_answer(console, visit, (names, one)));
        let concerned = self.concerned.iter().flat_map(|one| with_neighbours(console, visit, one));
        let undecided = self.undecided.iter().map(|trip| to_decide(console, visit, trip));
        unfit.chain(unanswered).chain(concerned).chain(undecided).collect()
    }
}

fn title(console: &Console, visit: &Visit, trip: &Trip) -> String {
    let who = shown::name(console, visit, trip);
    format!("{} · {who}", shown::day_and_hours(words(console, visit), trip))
}

fn does_not_fit(
    console: &Console,
    visit: &Visit,
    (names, found): (&Names, &attention::Attention),
) -> Decision {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let (why, name) = (words.code("attention", found.code), driver(names, &found.trip));
    Decision {
        badge: Badge::new(texts.say("console-does-not-fit"), Tone::Bad),
        title: title(console, visit, &found.trip),
        what: if name.is_empty() { why } else { format!("{name} · {why}") },
        advice: texts.say(&format!("console-do-{}", found.code)),
        path: path_of(&found.trip),
    }
}

/// Volunteers who have to be called, and those who are late with an answer.
fn unanswered(console: &Console, visit: &Visit) -> Result<Vec<Unanswered>, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let open = offers::list(app, &caller, OfferFilter::Open(None), TRIPS)?.offers;
    let mut all = Vec::new();
    for offer in open {
        let by_phone = offer.state().means == Means::Phone;
        let is_late =
            matches!(offer.status(), OfferStatus::Reminded(_)) || offer.state().expires_at <= app.now();
        let Some(trip) = offer.terms.trips.first().filter(|_| by_phone || is_late) else { continue };
        let trip = trips::show(app, &caller, *trip)?;
        all.push(Unanswered { volunteer: offer.terms.volunteer, by_phone, trip });
        if all.len() == SHOWN {
            break;
        }
    }
    Ok(all)
}

fn to_answer(console: &Console, visit: &Visit, (names, one): (&Names, &Unanswered)) -> Decision {
    let texts = texts(console, visit);
    let name = names.get(&one.volunteer).map(|(name, _)| name.as_str()).unwrap_or_default();
    let (key, what) = if one.by_phone {
        ("console-offer-call", "console-offer-call-what")
    } else {
        ("console-offer-late", "console-offer-late-what")
    };
    Decision {
        badge: Badge::new(texts.say(key), Tone::Wait),
        title: title(console, visit, &one.trip),
        what: texts.about(what, name),
        advice: texts.say("console-offer-late-advice"),
        path: path_of(&one.trip),
    }
}

/// A handover, what concerns the desk about it, and the trip it is about.
type Concerned = (Handover, Vec<Concern>, Option<Trip>);

fn concerned(console: &Console, visit: &Visit) -> Result<Vec<Concerned>, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let (found, _) = concerns::list(app, &caller, (None, SHOWN))?;
    let with_trip = |(handover, concerns): (Handover, Vec<Concern>)| {
        let trip = match &handover {
            Handover::Outgoing(outgoing) => outgoing.trips.first(),
            Handover::Incoming(incoming) => incoming.trips.first(),
        };
        let trip = trip.map(|trip| trips::show(app, &caller, *trip)).transpose()?;
        Ok((handover, concerns, trip))
    };
    found.into_iter().map(with_trip).collect()
}

fn with_neighbours(
    console: &Console,
    visit: &Visit,
    (handover, concerns, trip): &Concerned,
) -> Vec<Decision> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let id = handover.id().to_string();
    let decision = |concern: &Concern| {
        let code = concern.what.code();
        Decision {
            badge: Badge::new(texts.say("console-handover"), Tone::Wait),
            title: trip.as_ref().map_or_else(|| id.clone(), |trip| title(console, visit, trip)),
            what: words.code("concern", code),
            advice: texts.say(&format!("console-do-concern-{code}")),
            path: format!("/handovers/{id}"),
        }
    };
    concerns.iter().map(decision).collect()
}

fn undecided(console: &Console, visit: &Visit) -> Result<Vec<Trip>, Refusal> {
    let mut open = trips::open(&console.app, &visit.caller(), SHOWN)?;
    open.retain(|trip| trip.needs_decision() && !trip.waits_for_call());
    // An outbound and its return are one decision.
    let outbounds: BTreeSet<_> =
        open.iter().filter(|trip| trip.terms.leg == Leg::Outbound).map(Trip::id).collect();
    open.retain(|trip| {
        let with_outbound = trip.terms.sibling.is_some_and(|sibling| outbounds.contains(&sibling));
        trip.terms.leg == Leg::Outbound || !with_outbound
    });
    Ok(open)
}

fn to_decide(console: &Console, visit: &Visit, trip: &Trip) -> Decision {
    let (texts, geography) = (texts(console, visit), console.app.geography);
    Decision {
        badge: Badge::new(texts.say("console-to-decide"), Tone::Wait),
        title: title(console, visit, trip),
        what: texts.with(
            "console-trip-title",
            &[
                ("from", shown::commune(geography, &trip.terms.pickup).into()),
                ("to", shown::commune(geography, &trip.terms.dropoff).into()),
            ],
        ),
        advice: texts.say("console-to-decide-advice"),
        path: path_of(trip),
    }
}

/// The day sheet, ready to print.
pub(super) async fn day_sheet(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    axum::extract::Path(day): axum::extract::Path<String>,
) -> Response {
    let day = parse_date(&day).unwrap_or_else(|_| day_of(console.app.now()));
    match day_sheets::day_sheet(&console.app, &visit.caller(), day, None).await {
        Ok(found) => Html(sheet::linked_page(&console.catalog, visit.language, &found, &console.sheet.path))
            .into_response(),
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}
