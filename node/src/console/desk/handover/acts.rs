//! What a desk does with a handover, and what it may do now. The use cases decide; what they refuse is said on the page.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use maillage_console::handover::May;
use maillage_domain::{
    handover::{
        Concern, ConcernKind, Happening, Incoming, IncomingStanding, OutgoingStanding, TakeBack,
        word_on_outcome,
    },
    ids::VolunteerKind,
    roles::Operation,
};
use maillage_federation::{
    handover::{DisputeReason, GiveBackReason, Word},
    ids::{HandoverKind, Id, NodeKind, TripKind},
};
use maillage_platform::refusal::Refusal;

use super::{again, incoming, outgoing};
use crate::{
    app::{
        edits::NewTripChange,
        handover::{
            Handover, candidate, changes, origin, recovery,
            talk::{self, Judgement, Timeline},
        },
        people, refusals,
    },
    console::{
        Console,
        desk::{done, form::Form, handovers::me, is_about_what_was_asked, told},
        door::Visit,
        reply::{nothing, refused, texts, words},
    },
};

/// Why somebody gives a trip back.
const GIVE_BACK: [(&str, GiveBackReason); 5] = [
    ("no-driver", GiveBackReason::NoDriver),
    ("needs", GiveBackReason::Needs),
    ("vehicle", GiveBackReason::Vehicle),
    ("details", GiveBackReason::Details),
    ("coordinator", GiveBackReason::Coordinator),
];

/// What can be done about a handover now.
pub(super) fn may(form: &Form<'_>, (found, concerns): (&Handover, &[Concern]), timeline: &Timeline) -> May {
    let allows = |operation: Operation| operation.allows(form.visit.caller().roles());
    let is_lost = concerns.iter().any(|concern| concern.what == ConcernKind::Lost);
    let mut may = May { looked_at: is_lost && allows(Operation::HandoverLookedAt), ..May::default() };
    if let Some(outgoing) = outgoing(found) {
        let standing = outgoing.standing();
        let is_done = matches!(standing, OutgoingStanding::Done { .. });
        // A dispute can be followed by an agreement, an agreement by nothing.
        let is_agreed = matches!(word_on_outcome(&timeline.moments), Some(Word::Countersigned));
        let is_judged = is_agreed || is_said(timeline, |what| matches!(what, Happening::Word(_)));
        may.withdraw = allows(Operation::HandoverWithdraw)
            && !outgoing.is_over()
            && outgoing.take_back() != TakeBack::Impossible;
        may.cancel = allows(Operation::HandoverCancel) && !outgoing.is_over();
        may.judge = (is_done && !is_judged && allows(Operation::HandoverJudge)).then(|| judging(form));
    }
    if let Some(incoming) = incoming(found) {
        of_theirs(form, incoming, &mut may);
    }
    may
}

fn of_theirs(form: &Form<'_>, incoming: &Incoming, may: &mut May) {
    let Form { console, visit, .. } = form;
    let texts = texts(console, visit);
    let allows = |operation: Operation| operation.allows(visit.caller().roles());
    let standing = me(console).map(|me| incoming.standing(me));
    if standing == Some(IncomingStanding::Candidate) && allows(Operation::HandoverDecline) {
        let key = if incoming.bid.is_some() { Some("desk-unbid") } else { Some("desk-decline") };
        let key = key.filter(|_| incoming.bid.is_some() || incoming.waits_for_a_bid(console.app.now()));
        may.decline = key.map(|key| texts.say(key)).unwrap_or_default();
    }
    if is_to_answer(console, incoming) {
        let counted_on = incoming.bid.as_ref().map(|reservation| reservation.volunteer);
        let known = counted_on.and_then(|id| people::show_volunteer(&console.app, &visit.caller(), id).ok());
        let name = known.map(|known| known.details.name.as_str().to_owned());
        if allows(Operation::HandoverAccept) {
            may.accept = name.map(|name| texts.about("desk-accept", &name)).unwrap_or_default();
        }
        may.refuse = allows(Operation::HandoverRefuse).then(|| giving_back(form, "refuse-reason"));
    }
    let is_ours = standing == Some(IncomingStanding::Ours);
    may.release =
        (is_ours && allows(Operation::HandoverRelease)).then(|| giving_back(form, "release-reason"));
}

fn giving_back(form: &Form<'_>, id: &'static str) -> maillage_console::form::Choice {
    let words = words(form.console, form.visit);
    let reasons = GIVE_BACK.iter().map(|(code, _)| ((*code).to_owned(), words.code("give-back", code)));
    form.choice_of((id, "reason"), "desk-give-back-why", reasons.collect())
}

fn judging(form: &Form<'_>) -> (maillage_console::form::Choice, maillage_console::form::Lines) {
    let words = words(form.console, form.visit);
    let reasons =
        DisputeReason::ALL.iter().map(|one| (one.code().to_owned(), words.code("dispute", one.code())));
    let reason = form.choice_of(("dispute-reason", "reason"), "desk-dispute-why", reasons.collect());
    (reason, form.lines("words", "desk-dispute-words", "desk-message-hint"))
}

/// Whether this node has said something that the hub has not answered yet.
pub(super) fn is_said(timeline: &Timeline, what: impl Fn(&Happening) -> bool) -> bool {
    timeline.waiting.iter().any(|(_, happening)| what(happening))
}

/// Whether this node was chosen, knows who travels, and has not said yes yet.
pub(super) fn is_to_answer(console: &Console, incoming: &Incoming) -> bool {
    let (round, now) = (incoming.record.round, console.app.now());
    let is_chosen = me(console).is_some_and(|me| incoming.may_open(me, round, now));
    is_chosen && incoming.details.is_some() && incoming.accepted_round != Some(round)
}

/// What a desk does with a handover, by the last part of the address.
pub(in crate::console) async fn act(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<HandoverKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    if !DEEDS.contains(&what.as_str()) {
        return nothing(State(console), Extension(visit)).await;
    }
    if let Err(refusal) = visit.caller().check(Operation::HandoverShow) {
        return refused(&console, &visit, &refusal);
    }
    let result = match visit.fields.text("stand").parse() {
        // What the page showed goes with the decision: the use case compares.
        Ok(stand) => {
            visit.caller = Some(visit.caller().seeing(id, stand));
            decide(&console, &visit, id, &what).await
        }
        Err(refusal) => Err(refusal),
    };
    match (result, field_of(&what)) {
        // What was typed is not lost.
        (Err(refusal), Some(field)) if is_about_what_was_asked(&refusal) => {
            let wrong = vec![(field, told(&console, &visit, &refusal))];
            again(&console, &visit, id, wrong).await
        }
        (result, _) => {
            let said = result.map(|key| texts(&console, &visit).say(key));
            done(&console, &visit, &format!("/handovers/{id}"), said)
        }
    }
}

/// What can be done, by the last part of the address.
const DEEDS: [&str; 13] = [
    "accept",
    "answer",
    "cancel",
    "change",
    "choose",
    "decline",
    "judge",
    "looked-at",
    "message",
    "propose",
    "refuse",
    "release",
    "withdraw",
];

async fn decide(
    console: &Console,
    visit: &Visit,
    id: Id<HandoverKind>,
    what: &str,
) -> Result<&'static str, Refusal> {
    match what {
        "choose" => choose(console, visit, id).await,
        "withdraw" | "cancel" | "decline" | "looked-at" => plainly(console, visit, id, what).await,
        "propose" | "accept" => with_somebody(console, visit, id, what).await,
        "refuse" | "release" => give_back(console, visit, id, what).await,
        "message" => talk::send_message(&console.app, &visit.caller(), id, typed(visit, "text"))
            .await
            .map(|()| "desk-message-done"),
        "judge" => judge(console, visit, id).await,
        "change" => change(console, visit, id).await,
        _ => answer(console, visit, id).await,
    }
}

/// The field that what is refused is said beside, where something was typed.
fn field_of(what: &str) -> Option<&'static str> {
    match what {
        "message" => Some("text"),
        "judge" => Some("words"),
        "change" => Some("time"),
        _ => None,
    }
}

fn typed(visit: &Visit, field: &str) -> String {
    visit.fields.text(field).to_owned()
}

async fn choose(console: &Console, visit: &Visit, id: Id<HandoverKind>) -> Result<&'static str, Refusal> {
    let node = visit
        .fields
        .text("node")
        .parse::<Id<NodeKind>>()
        .map_err(|_| refusals::conflict("handover-no-live-bid"))?;
    origin::award(&console.app, &visit.caller(), id, Some(node)).await?;
    Ok("desk-choose-done")
}

/// What needs nothing but the word.
async fn plainly(
    console: &Console,
    visit: &Visit,
    id: Id<HandoverKind>,
    what: &str,
) -> Result<&'static str, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    Ok(match what {
        "withdraw" => {
            origin::withdraw(app, &caller, id).await?;
            "desk-withdraw-done"
        }
        "cancel" => {
            origin::cancel(app, &caller, id).await?;
            "desk-cancel-done"
        }
        "decline" => {
            candidate::decline(app, &caller, id).await?;
            "desk-decline-done"
        }
        _ => {
            recovery::looked_at(app, &caller, id).await?;
            "desk-looked-at-done"
        }
    })
}

/// Proposes somebody of ours, or says yes with the one named or counted on.
async fn with_somebody(
    console: &Console,
    visit: &Visit,
    id: Id<HandoverKind>,
    what: &str,
) -> Result<&'static str, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let named = visit.fields.text("volunteer");
    let named = (!named.is_empty())
        .then(|| named.parse::<Id<VolunteerKind>>().map_err(|_| refusals::unknown("volunteer-unknown")));
    let named = named.transpose()?;
    if what == "propose" {
        candidate::place_bid(app, &caller, id, named).await?;
        return Ok("desk-propose-done");
    }
    candidate::accept_award(app, &caller, id, named).await?;
    Ok("desk-accept-done")
}

async fn give_back(
    console: &Console,
    visit: &Visit,
    id: Id<HandoverKind>,
    what: &str,
) -> Result<&'static str, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let code = visit.fields.text("reason");
    let reason = GIVE_BACK.iter().find(|(known, _)| *known == code).map(|(_, reason)| *reason);
    let reason = reason.ok_or_else(|| refusals::invalid("give-back-reason-unknown"))?;
    if what == "refuse" {
        candidate::refuse_award(app, &caller, id, reason).await?;
        return Ok("desk-refuse-done");
    }
    candidate::release(app, &caller, id, reason).await?;
    Ok("desk-release-done")
}

async fn judge(console: &Console, visit: &Visit, id: Id<HandoverKind>) -> Result<&'static str, Refusal> {
    let is_right = visit.fields.text("judge") == "yes";
    let code = visit.fields.text("reason");
    let judgement = if is_right {
        Judgement::Countersign
    } else {
        let reason = DisputeReason::ALL.into_iter().find(|reason| reason.code() == code);
        let reason = reason.ok_or_else(|| refusals::invalid("dispute-reason-unknown"))?;
        Judgement::Dispute { reason, text: typed(visit, "words") }
    };
    talk::judge(&console.app, &visit.caller(), id, judgement).await?;
    Ok(if is_right { "desk-countersign-done" } else { "desk-dispute-done" })
}

/// Asks the other desk for another time.
async fn change(console: &Console, visit: &Visit, id: Id<HandoverKind>) -> Result<&'static str, Refusal> {
    let fields = &visit.fields;
    let trip =
        fields.text("trip").parse::<Id<TripKind>>().map_err(|_| refusals::invalid("handover-change-idle"))?;
    let at = Some(format!("{}T{}", fields.text("day").trim(), fields.text("time").trim()));
    let new = if fields.text("kind") == "pickup" {
        NewTripChange { pickup_at: at, ..NewTripChange::default() }
    } else {
        NewTripChange { arrive_by: at, ..NewTripChange::default() }
    };
    changes::ask(&console.app, &visit.caller(), (id, trip), new, typed(visit, "note")).await?;
    Ok("desk-ask-change-done")
}

async fn answer(console: &Console, visit: &Visit, id: Id<HandoverKind>) -> Result<&'static str, Refusal> {
    let agreed = visit.fields.text("agreed") == "1";
    let without_driver = visit.fields.text("without_driver") == "1";
    changes::answer(&console.app, &visit.caller(), id, (agreed, without_driver)).await?;
    Ok(if agreed { "desk-change-agreed" } else { "desk-change-not-agreed" })
}
