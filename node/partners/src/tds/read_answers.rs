//! What a provider's telegrams say. A vehicle, a driver and the places of a confirmation are passed over: nobody asked for
//! them, and nobody keeps them.

use maillage_federation::{
    handover::{GiveBackReason, LegOutcome, LegResult, ProgressStep},
    limits,
};
use serde_json::Value;

use super::{
    codes::{PAYMENTS, PROVIDER_CANCEL, ProviderCancel, REJECTIONS, TASK, TaskStatus, UNITS, code},
    document::{Sender, Telegram, telegrams},
    walk::Walk,
};
use crate::{
    fault::{Fault, Faults, NotHere, Place, Why, repeated},
    gather::{Gathering, Part},
    messages::{About, Said},
    shown::{Shown, Ticket, TicketKind},
};

/// Highest fare, in thousandths of a euro.
const FARE: u32 = 10_000_000;
/// Longest distance in thousandths of a unit.
const DISTANCE: u32 = limits::DISTANCE_M;

/// What a leg's telegram says: of which leg, under which number, and what.
type Spoken = (About, Option<usize>, (Place, String), Part);

/// What a partner answers.
///
/// # Errors
/// Everything that is wrong, in the order of the file; nothing of it may be taken then.
pub fn read_answers(bytes: &[u8], shown: &Shown) -> Result<Vec<Said>, Vec<Fault>> {
    let mut gathering = Gathering::default();
    let mut spoken = Vec::new();
    gathering.faults = telegrams(bytes, Sender::Provider, |telegram, value, path, faults| {
        spoken.extend(read(telegram, value, path, shown, faults));
    })?;
    for (about, leg, entry, part) in spoken {
        gathering.take(about, leg, entry, part);
    }
    gathering.finish()
}

fn read(
    telegram: Telegram,
    value: &Value,
    path: String,
    shown: &Shown,
    faults: &mut Faults,
) -> Option<Spoken> {
    let mut walk = Walk::enter(value, path, faults)?;
    let named = ticket(&mut walk, shown);
    let part = match telegram {
        Telegram::TripRequestResponse => response(&mut walk),
        Telegram::ProviderOrderConfirmation => confirmation(&mut walk),
        Telegram::TripTaskConfirmation => task(&mut walk),
        Telegram::TripTaskCompletion => completion(&mut walk),
        Telegram::TripCancelResponse => cancel_response(&mut walk),
        Telegram::TripStatusChange => status_change(&mut walk),
        Telegram::TripRequest
        | Telegram::ClientOrderConfirmation
        | Telegram::CustomerInfo
        | Telegram::TripTask
        | Telegram::TripScheduledConfirmation
        | Telegram::TripCancelRequest => None,
    };
    let number = walk.beside("maillage").and_then(|mut beside| beside.optional("number", Walk::text));
    let number = number.flatten().unwrap_or_default().to_owned();
    let (about, leg) = named?;
    Some((about, Some(leg), (walk.place(), number), part?))
}

fn ticket(walk: &mut Walk<'_>, shown: &Shown) -> Option<(About, usize)> {
    let ticket: Ticket = walk.id::<TicketKind>("tripTicketId")?;
    shown.resolve(ticket).or_else(|| walk.fault("tripTicketId", Why::UnknownTicket))
}

/// 1B.
fn response(walk: &mut Walk<'_>) -> Option<Part> {
    no_transfer(walk)?;
    if !walk.truth("tripAvailable")? {
        return walk
            .optional("tripRejectionReason", |walk, name| walk.code(name, REJECTIONS))
            .map(Part::Decline);
    }
    let fare = walk.optional("fareAmount", |walk, name| walk.thousandths(name, FARE));
    let mut extra_m = Some(None);
    let mut firm = Some(None);
    if let Some(mut beside) = walk.beside("maillage") {
        extra_m = beside.optional("emptyMeters", |beside, name| beside.number(name, (0, limits::DISTANCE_M)));
        firm = beside.optional("firm", Walk::truth);
    }
    Some(Part::Bid {
        firm: firm?.unwrap_or(false),
        pickup_ms: walk.time("scheduledPickupTime")?,
        extra_m: extra_m?.unwrap_or(0),
        fare_cents: fare?.map(|thousandths| thousandths / 10),
    })
}

/// 2B: yes, or which driver once it is ours. Who drives is not read.
fn confirmation(walk: &mut Walk<'_>) -> Option<Part> {
    no_transfer(walk)?;
    let step = match walk.beside("maillage") {
        Some(mut beside) => beside.optional("progress", |beside, name| beside.code(name, STEPS))?,
        None => None,
    };
    let Some(step) = step else { return Some(Part::Accept) };
    let at_ms = walk.optional("scheduledPickupTime", Walk::time)?;
    Some(Part::Progress { step, at_ms })
}

/// Steps that the profile has no telegram for.
pub(super) const STEPS: &[(&str, ProgressStep)] =
    &[("driver-found", ProgressStep::DriverFound), ("driver-lost", ProgressStep::DriverLost)];

/// 3B.
fn task(walk: &mut Walk<'_>) -> Option<Part> {
    let status = walk.code("tripStatus", TASK)?;
    let driven = driven(walk);
    match status {
        TaskStatus::Performed => {
            let at_ms = walk.optional("nodePerformedTime", Walk::time)?;
            Some(Part::Progress { step: ProgressStep::PickedUp, at_ms })
        }
        TaskStatus::NoShow => Some(Part::Outcome(LegOutcome { result: LegResult::NoShow, ..driven? })),
        TaskStatus::NoPickup => Some(Part::Outcome(LegOutcome { result: LegResult::NotDone, ..driven? })),
    }
}

/// 4A.
fn completion(walk: &mut Walk<'_>) -> Option<Part> {
    no_transfer(walk)?;
    let mut absent = false;
    for (place, text) in walk.texts("paymentType")? {
        if let Some((_, none_there)) = PAYMENTS.iter().find(|(known, _)| *known == text) {
            absent |= none_there;
        } else {
            let allowed = PAYMENTS.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
            walk.fault_at(place, Why::NotOneOf { value: repeated(text), allowed });
        }
    }
    let driven = driven(walk)?;
    if !absent && !walk.has("performedDistance") {
        // What was driven is settled by the kilometre: it has to be told.
        return walk.fault("performedDistance", Why::Missing);
    }
    let loaded_m = if walk.has("performedDistance") { distance(walk)? } else { driven.loaded_m };
    let result = if absent { LegResult::NoShow } else { LegResult::Completed };
    Some(Part::Outcome(LegOutcome { result, loaded_m, ..driven }))
}

fn distance(walk: &mut Walk<'_>) -> Option<u32> {
    let unit = walk.code("performedDistanceUnit", UNITS);
    let amount = walk.thousandths("performedDistance", DISTANCE);
    let metres = u64::from(amount?) * unit? / 1_000_000;
    u32::try_from(metres).ok()
}

/// Metres that the profile has no field for.
fn driven(walk: &mut Walk<'_>) -> Option<LegOutcome> {
    let none = LegOutcome::NOT_DONE;
    let Some(mut beside) = walk.beside("maillage") else { return Some(none) };
    let metres = |beside: &mut Walk<'_>, name: &str| beside.number(name, (0, limits::DISTANCE_M));
    let loaded_m = beside.optional("loadedMeters", metres);
    let empty_m = beside.optional("emptyMeters", metres);
    Some(LegOutcome { loaded_m: loaded_m?.unwrap_or(0), empty_m: empty_m?.unwrap_or(0), ..none })
}

/// 6B: an answer to our cancellation, or one of the provider's own.
fn cancel_response(walk: &mut Walk<'_>) -> Option<Part> {
    let ours = walk.code("cancellationRequestOrigin", &[("client", true), ("provider", false)]);
    let approved = walk.truth("cancellationApproved");
    let (ours, approved) = (ours?, approved?);
    if !approved {
        return walk.fault("cancellationApproved", Why::NotHere(NotHere::NoAgreement));
    }
    if ours {
        return Some(Part::CallOffSeen);
    }
    Some(match walk.code("reason", PROVIDER_CANCEL)? {
        ProviderCancel::NoShow => Part::Outcome(LegOutcome { result: LegResult::NoShow, ..driven(walk)? }),
        ProviderCancel::GivenBack => Part::GiveBack(GiveBackReason::Coordinator),
    })
}

/// The members of a status change; the profile allows no other.
pub(super) const STATUS_CHANGE: &[&str] = &["tripTicketId", "status", "reasonDescription", "canceledBy"];

fn status_change(walk: &mut Walk<'_>) -> Option<Part> {
    walk.closed(STATUS_CHANGE);
    let cancel = walk.code("status", &[("Cancel", true), ("Expire", false)]);
    let by = [("Provider", true), ("OrderingClient", false), ("Rider", false)];
    let by = walk.code("canceledBy", &by);
    let reason = walk.optional("reasonDescription", Walk::text);
    let (cancel, by, reason) = (cancel?, by?, reason?);
    if !by {
        return walk.fault("canceledBy", Why::NotHere(NotHere::OthersCancel));
    }
    if !cancel {
        return walk.fault("status", Why::NotHere(NotHere::Expiry));
    }
    Some(Part::GiveBack(described(reason.unwrap_or_default())))
}

/// A description is in anybody's words: a reason that has a code is taken as it, any other is the provider's own decision.
fn described(text: &str) -> GiveBackReason {
    let known = REJECTIONS.iter().find(|(code, _)| *code == text);
    known.map_or(GiveBackReason::Coordinator, |(_, reason)| *reason)
}

/// A reason as it is described.
pub(super) fn description(reason: GiveBackReason) -> &'static str {
    code(REJECTIONS, &reason)
}

fn no_transfer(walk: &mut Walk<'_>) -> Option<()> {
    if walk.has("transferPoint") {
        return walk.fault("transferPoint", Why::NotHere(NotHere::Transfer));
    }
    Some(())
}
