//! The handovers of this node: those that somebody has to look at, those under way, those that are over. Must never guess who
//! owns a trip.

use axum::{
    extract::{Extension, State},
    http::Uri,
    response::Response,
};
use maillage_console::{
    handover::{HandoverRow, HandoversPage, Pressed, Pressing},
    parts::{Badge, Tone},
};
use maillage_domain::handover::{Concern, Incoming, IncomingStanding, Outgoing, OutgoingStanding};

use maillage_federation::ids::{HandoverKind, Id, NodeKind};
use maillage_geography::{Geography, InseeCode};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use super::shown;
use crate::{
    app::{
        handover::{self, Handover, concerns, uncertain_since},
        pages,
    },
    console::{
        Console,
        door::Visit,
        fields::Fields,
        reply::{frame, page, texts, words},
    },
    grpc::convert::handovers as convert,
};

/// Handovers of each kind that are shown at once: the next page goes on.
const SHOWN: usize = 50;

/// All of them.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    shown(&console, &visit, list(&console, &visit, &query))
}

fn list(console: &Console, visit: &Visit, query: &Fields) -> Result<Response, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let pressing_after = pages::read(query.text("pressing")).ok();
    let (concerned, more_pressing) = concerns::list(app, &caller, (pressing_after, SHOWN))?;
    let pressing = concerned.iter().map(|(found, concerns)| Pressing {
        row: row(console, visit, found),
        concerns: pressed(console, visit, concerns),
    });
    let (open, more_open) = some(console, visit, true, query.text("open"))?;
    let (all, older) = some(console, visit, false, query.text("after"))?;
    let me = me(console);
    let link = |name: &str, mark: String| format!("/handovers?{name}={mark}");
    Ok(page(&HandoversPage {
        frame: frame(console, visit, texts(console, visit).say("desk-handovers")),
        is_member: me.is_some(),
        pressing: pressing.collect(),
        open: open.iter().map(|found| row(console, visit, found)).collect(),
        over: all.iter().filter(|found| is_over(found, me)).map(|found| row(console, visit, found)).collect(),
        more_pressing: more_pressing.map(|mark| link("pressing", pages::written(mark))).unwrap_or_default(),
        more_open: more_open.map(|last| link("open", last.to_string())).unwrap_or_default(),
        older: older.map(|last| link("after", last.to_string())).unwrap_or_default(),
        is_first: ["pressing", "open", "after"].iter().all(|name| query.text(name).is_empty()),
    }))
}

/// Some handovers after one of them, and the last of these if there are more.
fn some(
    console: &Console,
    visit: &Visit,
    open: bool,
    after: &str,
) -> Result<(Vec<Handover>, Option<Id<HandoverKind>>), Refusal> {
    let wanted = (after.parse().ok(), SHOWN + 1);
    let mut found = handover::list(&console.app, &visit.caller(), open, wanted)?;
    let is_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let last = found.last().filter(|_| is_more).map(Handover::id);
    Ok((found, last))
}

/// This node in its federation.
pub(super) fn me(console: &Console) -> Option<Id<NodeKind>> {
    console.app.link.membership().map(|membership| membership.me)
}

fn is_over(found: &Handover, me: Option<Id<NodeKind>>) -> bool {
    match found {
        Handover::Outgoing(outgoing) => outgoing.is_over(),
        Handover::Incoming(incoming) => me.is_none_or(|me| incoming.is_over(me)),
    }
}

/// Why somebody has to look at a handover, and what to do.
pub(super) fn pressed(console: &Console, visit: &Visit, concerns: &[Concern]) -> Vec<Pressed> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let one = |concern: &Concern| {
        let code = concern.what.code();
        let until = concern.until.map(|until| texts.about("desk-until", &words.instant(&until.to_string())));
        // The usual words speak of a command.
        let what = if code == "lost" { texts.say("desk-concern-lost") } else { words.code("concern", code) };
        Pressed {
            what,
            advice: texts.say(&format!("console-do-concern-{code}")),
            until: until.unwrap_or_default(),
        }
    };
    concerns.iter().map(one).collect()
}

/// A handover in a list.
fn row(console: &Console, visit: &Visit, found: &Handover) -> HandoverRow {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let told = convert::handover(&console.app, found);
    let leg = told.legs.first();
    let partner = partner(console, visit, &told);
    let partner = match found {
        Handover::Outgoing(_) if told.partner.is_empty() => texts.say("desk-to-neighbours"),
        Handover::Outgoing(_) => texts.about("desk-to-neighbour", &partner),
        Handover::Incoming(_) => texts.about("desk-from-neighbour", &partner),
    };
    HandoverRow {
        path: format!("/handovers/{}", found.id()),
        way: way(console, visit, &told),
        when: leg.map(|leg| words.span(&leg.window_start, &leg.window_end)).unwrap_or_default(),
        partner,
        badge: badge(console, visit, (found, &told)),
    }
}

/// From where to where, of the first leg.
pub(super) fn way(console: &Console, visit: &Visit, told: &proto::Handover) -> String {
    told.legs.first().map(|leg| way_of(console, visit, leg)).unwrap_or_default()
}

/// From where to where.
pub(super) fn way_of(console: &Console, visit: &Visit, leg: &proto::OfferedLegView) -> String {
    let name = |code: &str| commune(console.app.geography, code);
    let args = [("from", name(&leg.pickup_commune).into()), ("to", name(&leg.dropoff_commune).into())];
    texts(console, visit).with("console-trip-title", &args)
}

fn commune(geography: &Geography, code: &str) -> String {
    let known = InseeCode::parse(code).ok().and_then(|code| geography.commune(&code));
    known.map_or_else(|| code.to_owned(), |commune| commune.name.clone())
}

/// What the other territory is called.
pub(super) fn partner(console: &Console, visit: &Visit, told: &proto::Handover) -> String {
    match told.partner_territory.as_str() {
        "" => texts(console, visit).say("desk-some-neighbour"),
        territory => territory.to_owned(),
    }
}

/// Where a handover stands.
pub(super) fn badge(console: &Console, visit: &Visit, (found, told): (&Handover, &proto::Handover)) -> Badge {
    let tone = match found {
        Handover::Outgoing(outgoing) => tone_of_ours(outgoing),
        Handover::Incoming(incoming) => tone_of_theirs(console, incoming),
    };
    if tone == Tone::Bad {
        return Badge::new(texts(console, visit).say("desk-unsure"), tone);
    }
    Badge::new(words(console, visit).code("handover-state", &told.state), tone)
}

fn tone_of_ours(outgoing: &Outgoing) -> Tone {
    match outgoing.standing() {
        OutgoingStanding::Uncertain { .. } => Tone::Bad,
        OutgoingStanding::Ours => Tone::Wait,
        OutgoingStanding::Theirs { .. } | OutgoingStanding::Done { .. } => Tone::Good,
        OutgoingStanding::Back | OutgoingStanding::Cancelled => Tone::Plain,
    }
}

fn tone_of_theirs(console: &Console, incoming: &Incoming) -> Tone {
    if uncertain_since(&console.app, incoming).is_some() {
        return Tone::Bad;
    }
    match me(console).map(|me| incoming.standing(me)) {
        Some(IncomingStanding::Candidate | IncomingStanding::Chosen { .. }) => Tone::Wait,
        Some(IncomingStanding::Ours | IncomingStanding::Done) => Tone::Good,
        Some(IncomingStanding::Cancelled | IncomingStanding::Over) | None => Tone::Plain,
    }
}
