//! Who owns a trip that changes hands, in one sentence. What is uncertain is said to be.

use maillage_domain::handover::{Incoming, IncomingStanding, Outgoing, OutgoingStanding};
use maillage_proto::node::v1 as proto;

use crate::{
    app::handover::{Handover, uncertain_since},
    console::{
        Console,
        desk::handovers::{me, partner},
        door::Visit,
        reply::{texts, words},
    },
};

/// Who owns a trip.
pub(super) struct Owner {
    /// In a sentence.
    pub(super) sentence: String,
    /// Whether that is not certain.
    pub(super) is_unsure: bool,
}

/// Who owns the trips of a handover now.
pub(super) fn of(console: &Console, visit: &Visit, (found, told): (&Handover, &proto::Handover)) -> Owner {
    let key = match found {
        Handover::Outgoing(outgoing) => of_ours(outgoing),
        Handover::Incoming(incoming) => of_theirs(console, incoming),
    };
    let words = words(console, visit);
    let args = [
        ("name", partner(console, visit, told).into()),
        ("since", words.instant(&told.uncertain_since).into()),
        ("until", words.instant(&told.accept_by).into()),
    ];
    let is_unsure = matches!(key, "desk-owner-unsure" | "desk-owner-unsure-theirs");
    Owner { sentence: texts(console, visit).with(key, &args), is_unsure }
}

fn of_ours(outgoing: &Outgoing) -> &'static str {
    match outgoing.standing() {
        OutgoingStanding::Ours if outgoing.record.is_none() => "desk-owner-sending",
        OutgoingStanding::Ours => "desk-owner-ours",
        OutgoingStanding::Back => "desk-owner-back",
        OutgoingStanding::Uncertain { .. } => "desk-owner-unsure",
        OutgoingStanding::Theirs { .. } => "desk-owner-theirs",
        OutgoingStanding::Cancelled => "desk-owner-cancelled",
        OutgoingStanding::Done { .. } => "desk-owner-done",
    }
}

fn of_theirs(console: &Console, incoming: &Incoming) -> &'static str {
    if uncertain_since(&console.app, incoming).is_some() {
        return "desk-owner-unsure-theirs";
    }
    match me(console).map(|me| incoming.standing(me)) {
        Some(IncomingStanding::Candidate) if incoming.bid.is_some() => "desk-owner-proposed",
        Some(IncomingStanding::Candidate) if incoming.declined => "desk-owner-declined",
        Some(IncomingStanding::Candidate) => "desk-owner-asked",
        Some(IncomingStanding::Chosen { .. }) => "desk-owner-chosen",
        Some(IncomingStanding::Ours) => "desk-owner-carried",
        Some(IncomingStanding::Done) => "desk-owner-carried-done",
        Some(IncomingStanding::Cancelled) => "desk-owner-carried-cancelled",
        Some(IncomingStanding::Over) | None => "desk-owner-over",
    }
}
