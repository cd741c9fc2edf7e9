//! Who sees whose names where nobody opens a file: in lists, and on a driver's own pages. It is noted before it is shown, for one
//! reader, purpose and person once in a while: whoever asks learns who saw the data and when, and a page that is opened again and
//! again, or looked at by a program that makes a preview of an address, writes nothing more. Must never let through what
//! could not be noted: a log of accesses with holes in it answers nobody.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{roles::Operation, trip::Trip};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::{
    access_log::{self, Access},
    events::Subject,
};

use super::{App, caller::Caller};
use crate::limits::LOOKS_KEPT;

/// When each was noted last, of one reader and purpose.
type Noted = BTreeMap<Subject, Timestamp>;

/// What was noted of late, in memory: after a restart it is noted once more.
#[derive(Default)]
pub struct Looks(Mutex<BTreeMap<(String, &'static str), Noted>>);

/// Whose data stay off a page, since it cannot be noted that they are seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hidden(BTreeSet<Subject>);

/// Whose data a trip shows: those of a person of ours, or of whom a neighbour's trip brings.
pub fn subject(trip: &Trip) -> Subject {
    trip.person().map_or(Subject::Trip(trip.id()), Subject::Person)
}

/// Notes that a caller sees data of some people, unless that was noted within a stretch of time; gives those that must not be shown
/// since the store takes no writes.
///
/// # Errors
/// `not-allowed`; what is wrong with the store, other than that it takes no writes.
pub async fn note(
    app: &Arc<App>,
    caller: &Caller,
    operation: Operation,
    (subjects, again): (BTreeSet<Subject>, SignedDuration),
) -> Result<Hidden, Refusal> {
    caller.check(operation)?;
    let new = app.looks.new_among(caller, operation, (subjects, again), app.now());
    if new.is_empty() {
        return Ok(Hidden::default());
    }
    let (by, to_note) = (caller.clone(), new.clone());
    let noted = app
        .act(caller, operation, move |app, transaction| {
            let (actor, purpose) = (by.actor(), operation.code());
            for subject in to_note {
                let (actor, purpose) = (actor.clone(), purpose.into());
                access_log::record(transaction, &Access { at: app.now(), subject, actor, purpose })?;
            }
            Ok(())
        })
        .await;
    match noted {
        Ok(()) => {
            app.looks.remember(caller, operation, new, app.now());
            Ok(Hidden::default())
        }
        // A full disk takes no page away: what is on it beside the names is shown.
        Err(refusal) if refusal.kind() == RefusalKind::Unavailable => Ok(Hidden(new)),
        Err(refusal) => Err(refusal),
    }
}

impl Looks {
    /// Those of whom it is not noted within a stretch of time that a caller sees them.
    fn new_among(
        &self,
        caller: &Caller,
        operation: Operation,
        (mut subjects, again): (BTreeSet<Subject>, SignedDuration),
        now: Timestamp,
    ) -> BTreeSet<Subject> {
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(noted) = looks.get(&(caller.label().to_owned(), operation.code())) {
            let is_known = |at: &Timestamp| at.duration_until(now) < again;
            subjects.retain(|subject| !noted.get(subject).is_some_and(is_known));
        }
        subjects
    }

    fn remember(&self, caller: &Caller, operation: Operation, noted: BTreeSet<Subject>, now: Timestamp) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.values().map(BTreeMap::len).sum::<usize>() + noted.len() > LOOKS_KEPT {
            looks.clear();
        }
        let known = looks.entry((caller.label().to_owned(), operation.code())).or_default();
        known.extend(noted.into_iter().map(|subject| (subject, now)));
    }
}

impl Hidden {
    /// Whether somebody's data stay off the page.
    pub fn hides(&self, subject: Subject) -> bool {
        self.0.contains(&subject)
    }

    /// Whether everything is shown.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
