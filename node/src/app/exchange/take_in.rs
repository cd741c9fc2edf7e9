//! What a partner says, in a file or in a letter with a file, taken in whole or not at all. A word that was taken before changes nothing, so that a partner may keep
//! one growing list and send it again and again.

use std::sync::{Arc, Mutex, PoisonError};

use maillage_domain::{partner::PartnerFormat, roles::Operation};
use maillage_federation::{
    handover::{Action, Command, GiveBackReason, OutcomeDetails, State, Word},
    ids::{HandoverKind, Id, NodeKind},
    sealed::PayloadKind,
};
use maillage_partners::{FromPartner, Place, Said, Shown, letter, table, tds};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    events::Subject,
    partners::{self, PartnerThread},
};

use super::{find, format, shown};
use crate::app::{
    Aborted, App,
    caller::Caller,
    handover::{
        Desk,
        arbiter::{self, Told},
    },
    refusals,
};

/// Why a transaction that did everything is undone.
const NOTHING_WRITTEN: &str = "partner-nothing-written";

/// What was taken in, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Whether nothing was written.
    pub nothing_written: bool,
    /// Messages that were new.
    pub taken: u32,
    /// Messages that had been taken before.
    pub known: u32,
    /// What is not accepted, in the order of the file.
    pub faults: Vec<Fault>,
    /// What bids would cost, in cents.
    pub fares: Vec<(Id<HandoverKind>, u32)>,
}

/// Something in a file that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// Why, and what to do: a reason with its text.
    pub refusal: Refusal,
}

/// Takes in what a partner says.
///
/// # Errors
/// `partner-unknown`, `partner-format`, `not-joined`; the store. Faults in the file are no error: they are in the answer.
pub async fn take_in(
    app: &Arc<App>,
    caller: &Caller,
    partner: Id<NodeKind>,
    (wanted, file): (String, Vec<u8>),
    dry_run: bool,
) -> Result<TakenIn, Refusal> {
    caller.check(Operation::PartnerTakeIn)?;
    arbiter::elapse(app).await?;
    let attached = app.look(caller, Operation::PartnerTakeIn, |_, view| {
        Ok(match format(&wanted, &find(view, partner)?)? {
            PartnerFormat::Csv => letter::TABLE,
            PartnerFormat::Tds => letter::TELEGRAMS,
        })
    })?;
    let file = match letter::file_of(&file, attached) {
        Ok(file) => file.into_owned(),
        Err(why) => {
            let faults = vec![malformed(maillage_partners::Fault { place: Place::File, why })];
            return Ok(TakenIn { nothing_written: true, faults, ..TakenIn::default() });
        }
    };
    let told = Arc::new(Mutex::new(TakenIn::default()));
    let (result, by) = (Arc::clone(&told), caller.clone());
    let written = app
        .act(caller, Operation::PartnerTakeIn, move |app, transaction| {
            let known = find(transaction, partner)?;
            let format = format(&wanted, &known)?;
            app.note(transaction, &by, Operation::PartnerTakeIn, &[Subject::Node(partner)])?;
            let shown = shown(transaction, partner)?;
            let mut desk = Desk::open(app, transaction)?;
            let taken = take(&mut desk, partner, read(format, &file, &shown))?;
            let undo = dry_run || !taken.faults.is_empty();
            *result.lock().unwrap_or_else(PoisonError::into_inner) = taken;
            if undo { Err(Aborted::from(refusals::conflict(NOTHING_WRITTEN))) } else { Ok(()) }
        })
        .await;
    let mut taken = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match written {
        Ok(()) => Ok(taken),
        Err(refusal) if refusal.reason() == NOTHING_WRITTEN => {
            taken.nothing_written = true;
            Ok(taken)
        }
        Err(refusal) => Err(refusal),
    }
}

fn read(
    format: PartnerFormat,
    file: &[u8],
    shown: &Shown,
) -> Result<Vec<Said>, Vec<maillage_partners::Fault>> {
    match format {
        PartnerFormat::Csv => table::read_answers(file, shown),
        PartnerFormat::Tds => tds::read_answers(file, shown),
    }
}

fn take(
    desk: &mut Desk<'_, '_>,
    partner: Id<NodeKind>,
    said: Result<Vec<Said>, Vec<maillage_partners::Fault>>,
) -> Result<TakenIn, Aborted> {
    let mut taken = TakenIn::default();
    let said = match said {
        Ok(said) => said,
        Err(faults) => {
            taken.faults = faults.into_iter().map(malformed).collect();
            return Ok(taken);
        }
    };
    for said in said {
        if !partners::mark_said(desk.transaction, partner, mark(&said), desk.at.as_millisecond())? {
            taken.known += 1;
            continue;
        }
        if let FromPartner::Bid { about, fare_cents: Some(cents), .. } = &said.message {
            taken.fares.push((about.handover, *cents));
        }
        match hear(desk, partner, &said.message) {
            Ok(()) => taken.taken += 1,
            Err(Aborted::Refused(refusal)) => {
                taken.faults.push(Fault { place: said.place, refusal });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(taken)
}

fn malformed(fault: maillage_partners::Fault) -> Fault {
    let refusal = refusals::invalid(fault.why.code());
    let refusal =
        fault.why.details().into_iter().fold(refusal, |refusal, (name, value)| refusal.with(name, value));
    Fault { place: fault.place, refusal }
}

/// The mark of what is said: the same in either format.
fn mark(said: &Said) -> [u8; 16] {
    let mut short = [0; 16];
    blake3::Hasher::new().update(&said.as_bytes()).finalize_xof().fill(&mut short);
    short
}

/// Lets the arbiter hear what a partner says.
fn hear(desk: &mut Desk<'_, '_>, partner: Id<NodeKind>, message: &FromPartner) -> Result<(), Aborted> {
    let about = message.about();
    let kept = partners::thread(desk.transaction, about.handover)?
        .ok_or_else(|| refusals::unknown("handover-unknown").with("id", about.handover))?;
    let Some((action, told)) = meant(desk, (&kept, partner), message)? else {
        return if about.round == kept.thread.record.round {
            desk.note_handover("partner.heard", about.handover)
        } else {
            Err(refusals::conflict("handover-wrong-round").into())
        };
    };
    let command = Command { handover: about.handover, round: about.round, action };
    arbiter::decide_theirs(desk, kept, partner, (command, told))
}

/// What a message means as things stand; nothing if it asks for nothing.
fn meant(
    desk: &Desk<'_, '_>,
    (kept, partner): (&PartnerThread, Id<NodeKind>),
    message: &FromPartner,
) -> Result<Option<(Action, Told)>, Aborted> {
    let state = kept.thread.record.state;
    let awarded = matches!(state, State::Awarded { winner, .. } if winner == partner);
    let held = state == State::Held { holder: partner };
    let undecided = matches!(state, State::Open | State::Awarded { .. });
    let alive = undecided && kept.thread.bids.contains_key(&partner);
    let word = |word: Word| -> Result<_, Aborted> {
        let about = message.about();
        let sealed = desk.seal(PayloadKind::Word, (about.handover, about.round), partner, &[])?;
        Ok(Some((Action::Word(sealed), Told::Word(word))))
    };
    let given_back = |reason| {
        let action = if held { Action::Release(reason) } else { Action::Refuse(reason) };
        Some((action, Told::Nothing))
    };
    Ok(match message {
        FromPartner::Bid { bid, fare_cents, .. } => {
            if state == State::Expired {
                return Err(refusals::conflict("handover-too-late").into());
            }
            check_times(kept, &bid.pickup_ms)?;
            Some((Action::Bid(bid.clone()), Told::Fare(*fare_cents)))
        }
        FromPartner::Decline { reason, .. } if awarded || held => {
            given_back(reason.unwrap_or(GiveBackReason::Coordinator))
        }
        FromPartner::Decline { .. } if alive => Some((Action::Unbid, Told::Nothing)),
        FromPartner::Decline { .. } | FromPartner::CallOffSeen(_) => None,
        FromPartner::Accept(_) => Some((Action::Accept, Told::Nothing)),
        FromPartner::GiveBack { reason, .. } => given_back(*reason),
        FromPartner::Progress { leg, step, at_ms, .. } => {
            let leg = u32::try_from(*leg).unwrap_or_default();
            word(Word::Progress { leg, step: *step, at_ms: *at_ms })?
        }
        FromPartner::Outcome { about, legs } => {
            let about = (about.handover, about.round);
            let sealed = desk.seal(PayloadKind::Outcome, about, partner, &[])?;
            Some((Action::Outcome(sealed), Told::Outcome(OutcomeDetails { legs: legs.clone() })))
        }
        FromPartner::Text { text, .. } => word(Word::Message { text: text.0.clone() })?,
    })
}

/// A pickup is proposed within the window that was offered.
fn check_times(kept: &PartnerThread, pickup_ms: &[i64]) -> Result<(), Aborted> {
    for (index, (leg, pickup)) in kept.thread.offer.legs.iter().zip(pickup_ms).enumerate() {
        if !(leg.window_start_ms..=leg.window_end_ms).contains(pickup) {
            return Err(refusals::invalid("partner-outside-window").with("leg", index + 1).into());
        }
    }
    Ok(())
}
