//! What happened since a cursor, and what happened to something: the journal as programs follow it, in identifiers and codes.
//! Must never tell a caller about what is not theirs, nor lose or repeat an event however a follower comes and goes.

use maillage_domain::roles::Operation;
use maillage_platform::refusal::Refusal;
use maillage_store::events::{self, Actor, Event, Subject};

use super::{
    App,
    caller::{Caller, Scope},
    refusals,
};
use crate::limits::{CHANGE_KINDS, CHANGES_AT_ONCE, CHANGES_LOOKED_AT};

/// The kinds of events that somebody wants to hear of: all if there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kinds(Vec<String>);

/// Events in the order they happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Those that were asked for and concern the caller.
    pub events: Vec<Event>,
    /// The cursor to go on from: everything up to here was looked at.
    pub next_after: u64,
    /// There was more when this was read.
    pub more: bool,
}

impl Kinds {
    /// Reads kinds: `trip.accept`, or `trip.` for all that begin so.
    ///
    /// # Errors
    /// `changes-kind`, `changes-kinds`.
    pub fn parse(kinds: Vec<String>) -> Result<Self, Refusal> {
        if kinds.len() > CHANGE_KINDS {
            return Err(refusals::invalid("changes-kinds").with("field", "kinds").with("max", CHANGE_KINDS));
        }
        let fits = |kind: &String| {
            let letters = kind.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-'));
            letters && (1..=maillage_store::limits::CODE_CHARS).contains(&kind.len())
        };
        if kinds.iter().all(fits) {
            Ok(Self(kinds))
        } else {
            Err(refusals::invalid("changes-kind").with("field", "kinds"))
        }
    }

    fn wants(&self, kind: &str) -> bool {
        let like = |wanted: &String| kind == wanted || (wanted.ends_with('.') && kind.starts_with(wanted));
        self.0.is_empty() || self.0.iter().any(like)
    }
}

/// At most `limit` events after a cursor (0 for the beginning), oldest first.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller, after: u64, kinds: &Kinds, limit: usize) -> Result<Changes, Refusal> {
    app.look(caller, Operation::ChangeList, |_, view| {
        let mut changes = Changes { events: Vec::new(), next_after: after, more: true };
        let mut looked_at = 0;
        while changes.more && looked_at < CHANGES_LOOKED_AT {
            let found = events::after(view, changes.next_after, CHANGES_AT_ONCE)?;
            looked_at += found.len();
            changes.more = found.len() == CHANGES_AT_ONCE;
            for event in found {
                if changes.events.len() == limit {
                    changes.more = true;
                    return Ok(changes);
                }
                changes.next_after = event.sequence;
                changes.events.extend(
                    Some(event)
                        .filter(|event| kinds.wants(&event.kind))
                        .and_then(|event| seen_by(caller, event)),
                );
            }
        }
        Ok(changes)
    })
}

/// At most `limit` events about something, newest first, before a cursor; with the cursor to go on from, if there may be more.
///
/// # Errors
/// The store.
pub fn history(
    app: &App,
    caller: &Caller,
    subject: Subject,
    before: Option<u64>,
    limit: usize,
) -> Result<(Vec<Event>, Option<u64>), Refusal> {
    app.look(caller, Operation::ChangeList, |_, view| {
        let found = events::about(view, subject, before, limit)?;
        let next_before = found.last().filter(|_| found.len() == limit).map(|event| event.sequence);
        let seen = found.into_iter().filter_map(|event| seen_by(caller, event));
        let still_about = seen.filter(|event| event.subjects.contains(&subject));
        Ok((still_about.collect(), next_before))
    })
}

/// An event as a caller may see it: a driver hears of own trips, a prescriber of those referred, and neither who at the desk
/// did what, or to whom else.
fn seen_by(caller: &Caller, mut event: Event) -> Option<Event> {
    let own = match caller.scope() {
        Scope::Everything => return Some(event),
        Scope::Volunteer(volunteer) => Subject::Volunteer(volunteer),
        Scope::Prescriber(prescriber) => Subject::Prescriber(prescriber),
    };
    if !event.subjects.contains(&own) {
        return None;
    }
    let driver = matches!(own, Subject::Volunteer(_));
    event.subjects.retain(|subject| *subject == own || belongs_with(driver, *subject));
    if event.actor != caller.actor() {
        event.actor = Actor::Platform;
    }
    Some(event)
}

/// Whether a driver (or else a prescriber) sees this beside themselves.
fn belongs_with(driver: bool, subject: Subject) -> bool {
    match subject {
        Subject::Trip(_) | Subject::Series(_) | Subject::Request(_) => true,
        Subject::DriverOffer(_) | Subject::Statement(_) => driver,
        Subject::Person(_) | Subject::Pathway(_) | Subject::Referral(_) => !driver,
        Subject::Volunteer(_)
        | Subject::Handover(_)
        | Subject::Node(_)
        | Subject::Prescriber(_)
        | Subject::Staff(_)
        | Subject::Asset(_)
        | Subject::Loan(_)
        | Subject::Service(_)
        | Subject::Message(_)
        | Subject::Carrier(_)
        | Subject::Exception(_)
        | Subject::Entry(_)
        | Subject::Account(_) => false,
    }
}
