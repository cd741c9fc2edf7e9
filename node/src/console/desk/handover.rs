//! One handover: who owns the trip now in one sentence, what can be done, and how it came to that. Must never show who is to
//! travel before this node carries the trip.

mod acts;
mod owner;

use axum::{
    extract::{Extension, Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;
use maillage_console::{
    handover::{AskChange, BidRow, ChangeAsked, HandoverPage},
    parts::{Candidates, Moment, TripRow},
};
use maillage_domain::{
    handover::{Concern, Happening, Incoming, IncomingStanding, Outgoing, OutgoingStanding, open_change},
    roles::Operation,
    trip::Trip,
};
use maillage_federation::{
    ids::{HandoverKind, Id, NodeKind},
    month::Month,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

pub(in crate::console) use self::acts::act;
use super::{
    form::{Form, Wrong},
    handovers::{badge, me, pressed, way, way_of},
    shown as shown_or_refused,
};
use crate::{
    app::{
        handover::{
            self, Handover, candidate, concerns, stand,
            talk::{self, Timeline},
        },
        settlements, trips,
    },
    cli::{handovers::what_of, settlements as settled},
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, page, texts, words},
        shown::{self, day_and_hours, names, row},
    },
    grpc::convert::{handovers as convert, settlements as convert_settlements},
};

/// One handover.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<Id<HandoverKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    shown_or_refused(&console, &visit, one(&console, &visit, id, Wrong::new()).await)
}

/// The page once more, with what is wrong beside its field, and all that was typed.
async fn again(console: &Console, visit: &Visit, id: Id<HandoverKind>, wrong: Wrong) -> Response {
    let page = shown_or_refused(console, visit, one(console, visit, id, wrong).await);
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn one(
    console: &Console,
    visit: &Visit,
    id: Id<HandoverKind>,
    wrong: Wrong,
) -> Result<Response, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    // Before all that is shown: what changes in between is then refused, and not overlooked.
    let stand = stand::of(app, &caller, id)?;
    let found = handover::show(app, &caller, id)?;
    let timeline = talk::timeline(app, &caller, id)?;
    let concerns: Vec<Concern> = concerns::of(app, &caller, &found)?;
    let told = convert::handover(app, &found);
    let ids = match &found {
        Handover::Outgoing(outgoing) => &outgoing.trips,
        Handover::Incoming(incoming) => &incoming.trips,
    };
    let books = ids.iter().filter_map(|trip| trips::show(app, &caller, *trip).ok());
    let books: Vec<Trip> = books.collect();
    let visit = &shown::seen(console, visit, (Operation::HandoverShow, &books)).await?;
    let owner = owner::of(console, visit, (&found, &told));
    let form = Form { console, visit, wrong: &wrong };
    let (moments, waiting) = moments(console, visit, id, &timeline);
    let title = texts(console, visit).about("desk-handover", &way(console, visit, &told));
    Ok(page(&HandoverPage {
        frame: frame(console, visit, title),
        path: format!("/handovers/{id}"),
        stand: stand.to_string(),
        badge: badge(console, visit, (&found, &told)),
        owner: owner.sentence,
        is_unsure: owner.is_unsure,
        phone: told.partner_phone.clone(),
        concerns: pressed(console, visit, &concerns),
        legs: legs(console, visit, &told),
        facts: facts(console, visit, (&found, &told)),
        trips: rows(console, visit, &books)?,
        bids: bids(console, visit, (&found, &told)),
        candidates: candidates(console, visit, &found).await,
        may: acts::may(&form, (&found, &concerns), &timeline),
        change: change(console, visit, (&found, &timeline)),
        ask_change: ask_change(&form, (&found, &timeline), &books),
        message: talks(&found, me(console))
            .then(|| form.lines("text", "desk-message-text", "desk-message-hint")),
        settlement: settlement(console, visit, (&found, &told)),
        moments,
        waiting,
    }))
}

fn legs(console: &Console, visit: &Visit, told: &proto::Handover) -> Vec<[String; 3]> {
    let words = words(console, visit);
    let leg = |leg: &proto::OfferedLegView| {
        let about = words.text("about", &[("distance", words.kilometres(leg.distance_band_m).into())]);
        [way_of(console, visit, leg), words.span(&leg.window_start, &leg.window_end), about]
    };
    told.legs.iter().map(leg).collect()
}

fn facts(
    console: &Console,
    visit: &Visit,
    (found, told): (&Handover, &proto::Handover),
) -> Vec<(String, String)> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let offer = match found {
        Handover::Outgoing(outgoing) => &outgoing.offer,
        Handover::Incoming(incoming) => &incoming.offer,
    };
    let is_open = told.state == "open";
    let yes = |is: bool| if is { words.yes(true) } else { String::new() };
    let until = |is: bool, at: &str| if is { words.instant(at) } else { String::new() };
    let circle =
        if told.circle == 0 { String::new() } else { words.code("circle", &told.circle.to_string()) };
    let rows = [
        ("desk-fact-direction", words.code("direction", &told.direction)),
        ("desk-fact-needs", shown::needs(words, &offer.needs)),
        ("desk-fact-seats", offer.seats.to_string()),
        ("desk-fact-reply-by", until(is_open, &told.reply_by)),
        ("desk-fact-accept-by", until(!told.accept_by.is_empty(), &told.accept_by)),
        ("desk-fact-circle", circle),
        ("desk-fact-next-circle", until(!told.next_circle_at.is_empty(), &told.next_circle_at)),
        ("desk-fact-agreed-only", yes(told.agreed_only)),
        ("desk-fact-last-refusal", words.refusal_code(&told.last_refusal)),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| (texts.say(key), value)).collect()
}

/// The trips of it in the books of this node.
fn rows(console: &Console, visit: &Visit, books: &[Trip]) -> Result<Vec<TripRow>, Refusal> {
    let names = names(&console.app, &visit.caller())?;
    let words = words(console, visit);
    let row = |trip| row(console, visit, (&names, trip, day_and_hours(words, trip)));
    Ok(books.iter().map(row).collect())
}

/// Who proposes to carry a trip of ours.
fn bids(console: &Console, visit: &Visit, (found, told): (&Handover, &proto::Handover)) -> Vec<BidRow> {
    let Handover::Outgoing(outgoing) = found else { return Vec::new() };
    let (texts, words) = (texts(console, visit), words(console, visit));
    let is_open = outgoing.standing() == OutgoingStanding::Ours
        && Operation::HandoverAward.allows(visit.caller().roles());
    let bid = |bid: &proto::HandoverBid| {
        let name = match bid.territory.as_str() {
            "" => texts.say("desk-some-neighbour"),
            territory => territory.to_owned(),
        };
        let fare = bid.fare_cents.map(|cents| settled::sum(words, Some(cents.into()))).unwrap_or_default();
        let what = [
            words.text(if bid.firm { "bid-firm" } else { "bid-to-confirm" }, &[]),
            texts.about("console-pickup-at", &words.instants(&bid.pickup_at)),
            texts.about("console-extra", &words.kilometres(bid.extra_m)),
            fare,
        ];
        let what: Vec<String> = what.into_iter().filter(|part| !part.is_empty()).collect();
        let choose = if is_open { texts.about("desk-choose", &name) } else { String::new() };
        BidRow { node: bid.node.clone(), name, what: what.join(" · "), choose }
    };
    told.bids.iter().map(bid).collect()
}

/// Who of ours could drive a neighbour's trip, while that is the question.
async fn candidates<'a>(
    console: &'a Console,
    visit: &Visit,
    found: &Handover,
) -> Option<(&'static str, Candidates<'a>)> {
    let Handover::Incoming(incoming) = found else { return None };
    let (app, caller) = (&console.app, visit.caller());
    let (what, ask, operation) = if acts::is_to_answer(console, incoming) {
        ("accept", "desk-accept-with", Operation::HandoverAccept)
    } else if incoming.may_bid(app.now()) {
        ("propose", "desk-propose", Operation::HandoverBid)
    } else {
        return None;
    };
    if !operation.allows(caller.roles()) {
        return None;
    }
    let suggestion = candidate::suggest(app, &caller, incoming).await.ok()?;
    let shown = shown::candidates(console, visit, (&suggestion, ask));
    Some((what, Candidates { nobody: "desk-nobody-of-ours", ..shown }))
}

/// Whether there is another desk to talk to.
fn talks(found: &Handover, me: Option<Id<NodeKind>>) -> bool {
    match found {
        Handover::Outgoing(outgoing) => {
            outgoing.record.as_ref().is_some_and(|record| record.state.holder().is_some())
        }
        Handover::Incoming(incoming) => match me.map(|me| incoming.standing(me)) {
            Some(IncomingStanding::Ours | IncomingStanding::Done | IncomingStanding::Cancelled) => true,
            Some(IncomingStanding::Candidate | IncomingStanding::Chosen { .. } | IncomingStanding::Over)
            | None => false,
        },
    }
}

/// Whether one of the two carries it now for the other: times can still be talked about.
fn is_carried(found: &Handover, me: Option<Id<NodeKind>>) -> bool {
    match found {
        Handover::Outgoing(outgoing) => matches!(outgoing.standing(), OutgoingStanding::Theirs { .. }),
        Handover::Incoming(incoming) => me.is_some_and(|me| incoming.standing(me) == IncomingStanding::Ours),
    }
}

/// The change that waits for an answer.
fn change(
    console: &Console,
    visit: &Visit,
    (found, timeline): (&Handover, &Timeline),
) -> Option<ChangeAsked> {
    let (asked, _) = open_change(&timeline.moments)?;
    if acts::is_said(timeline, |what| matches!(what, Happening::ChangeAnswered { .. })) {
        return None;
    }
    let told = convert::timeline(&console.app, found.id(), timeline);
    let moment = told.moments.iter().find(|moment| moment.revision == asked.revision)?;
    Some(ChangeAsked {
        what: what_of(words(console, visit), moment),
        is_own: asked.by.is_some() && asked.by == me(console),
        with_driver: matches!(found, Handover::Incoming(_)),
    })
}

/// Where another time is asked for, while nothing is asked yet.
fn ask_change(
    form: &Form<'_>,
    (found, timeline): (&Handover, &Timeline),
    books: &[Trip],
) -> Option<AskChange> {
    let Form { console, visit, wrong } = form;
    let may = Operation::HandoverChange.allows(visit.caller().roles());
    let is_asked = open_change(&timeline.moments).is_some()
        || acts::is_said(timeline, |what| matches!(what, Happening::ChangeAsked(_)));
    if !may || !is_carried(found, me(console)) || is_asked {
        return None;
    }
    let words = words(console, visit);
    let only = books.first()?.id().to_string();
    let legs = books.iter().map(|trip| {
        let leg = words.code("leg", trip.terms.leg.code());
        (trip.id().to_string(), format!("{leg} · {}", day_and_hours(words, trip)))
    });
    let texts = texts(console, visit);
    let kinds =
        ["arrive", "pickup"].map(|kind| (kind.to_owned(), texts.say(&format!("console-kind-{kind}"))));
    Some(AskChange {
        trip: (books.len() > 1).then(|| form.choice("trip", "desk-change-trip", legs.collect())),
        only,
        kind: form.choice("kind", "console-time-kind", kinds.into()),
        when: vec![
            form.input("day", "console-day").of_kind("date"),
            form.input("time", "console-time").of_kind("time"),
        ],
        note: form.lines("note", "desk-change-note", "desk-message-hint"),
        open: wrong.iter().any(|(field, _)| matches!(*field, "day" | "time" | "note"))
            || ["day", "time", "note"].iter().any(|field| !visit.fields.text(field).is_empty()),
    })
}

/// What is booked of it under an agreement.
fn settlement(
    console: &Console,
    visit: &Visit,
    (found, told): (&Handover, &proto::Handover),
) -> Vec<(String, String)> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let offer = match found {
        Handover::Outgoing(outgoing) => &outgoing.offer,
        Handover::Incoming(incoming) => &incoming.offer,
    };
    let first = offer.legs.first().and_then(|leg| Timestamp::from_millisecond(leg.window_start_ms).ok());
    let Some(month) = first.map(Month::of).filter(|_| !told.partner.is_empty()) else { return Vec::new() };
    // There may be no agreement with that neighbour: then there is nothing to settle.
    let (which, caller) = ((found.id(), offer.legs.len()), visit.caller());
    let month = settlements::of_handover(&console.app, &caller, (&told.partner, month), which);
    let Ok(found_month) = month else { return Vec::new() };
    let month = convert_settlements::settlement(&console.app, &found_month);
    let mut booked = Vec::new();
    for direction in &month.directions {
        for line in direction.lines.iter().filter(|line| line.handover == told.id) {
            let leg = texts.with("desk-leg-number", &[("number", line.leg.to_string().into())]);
            booked.push((leg, settled::told(words, line)));
            booked.push((texts.say("desk-amount"), settled::sum(words, line.amount_cents)));
            let state = words.code("settlement-state", &direction.state);
            booked.push((texts.say("desk-month-state"), state));
        }
    }
    booked
}

/// What happened, and what waits for the hub.
fn moments(
    console: &Console,
    visit: &Visit,
    id: Id<HandoverKind>,
    timeline: &Timeline,
) -> (Vec<Moment>, Vec<Moment>) {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let told = convert::timeline(&console.app, id, timeline);
    let shown = |moment: &proto::HandoverMoment, when: String| {
        let code = words.code("moment", &moment.what);
        let by = [("what", code.clone().into()), ("by", moment.territory.clone().into())];
        let what = if moment.territory.is_empty() { code } else { texts.with("desk-moment-by", &by) };
        Moment { when, what, detail: what_of(words, moment) }
    };
    let since = |moment: &proto::HandoverMoment| {
        words.text("moment-waiting", &[("since", words.instant(&moment.at).into())])
    };
    let decided = told.moments.iter().map(|moment| shown(moment, words.instant(&moment.at))).collect();
    let waiting = told.waiting.iter().map(|moment| shown(moment, since(moment))).collect();
    (decided, waiting)
}

/// A handover of ours, if it is one.
fn outgoing(found: &Handover) -> Option<&Outgoing> {
    match found {
        Handover::Outgoing(outgoing) => Some(outgoing),
        Handover::Incoming(_) => None,
    }
}

/// A neighbour's, if it is one.
fn incoming(found: &Handover) -> Option<&Incoming> {
    match found {
        Handover::Outgoing(_) => None,
        Handover::Incoming(incoming) => Some(incoming),
    }
}
