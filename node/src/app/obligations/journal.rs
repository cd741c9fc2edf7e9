//! Who saw or changed whose data on a day, whoever it was: what an oversight reads, beside the answer that one person can ask for.
//! It tells identifiers and codes. Must never tell what the data were.

use std::{borrow::Cow, sync::Arc};

use jiff::{Timestamp, civil::Date};
use maillage_domain::{civil::day_of, roles::Operation};
use maillage_engine::{EngineError, View};
use maillage_federation::month::paris;
use maillage_platform::refusal::Refusal;
pub use maillage_store::events::{Actor, Subject};
use maillage_store::{
    access_log,
    events::{self, Event},
};

use crate::{
    app::{App, caller::Caller},
    limits::ROWS_LOOKED_AT,
};

/// Something that happened to somebody's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// For what, as a code of the program.
    pub what: Cow<'static, str>,
    /// Whose: the person, or what brought a neighbour's; none of a table, which may tell of everybody in it.
    pub whose: Vec<Subject>,
    /// What was done.
    pub done: Done,
}

/// What was done with data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// They were seen.
    Seen,
    /// They were changed: the names of the fields, where it was a change of fields.
    Changed(Vec<String>),
    /// They were given out in a whole table, by its code.
    GivenOut(Cow<'static, str>),
}

/// What happened on a day in Europe/Paris, in order.
///
/// # Errors
/// The store.
pub async fn of_day(app: &Arc<App>, caller: &Caller, day: Date) -> Result<Vec<Line>, Refusal> {
    caller.check(Operation::AccessList)?;
    app.read_aside(move |_, view| {
        let mut lines = seen_on(view, day)?;
        lines.extend(given_out_on(view, day)?);
        lines.extend(changed_on(view, day)?);
        lines.sort_by_key(|line| line.at);
        Ok(lines)
    })
    .await
}

fn seen_on(view: &dyn View, day: Date) -> Result<Vec<Line>, EngineError> {
    let midnight =
        |day: Date, other: Timestamp| day.to_zoned(paris()).map_or(other, |zoned| zoned.timestamp());
    let next = day.tomorrow().map_or(Timestamp::MAX, |next| midnight(next, Timestamp::MAX));
    let span = (midnight(day, Timestamp::MIN), next);
    let (mut lines, mut mark) = (Vec::new(), None::<Vec<u8>>);
    loop {
        let (found, next) = access_log::between(view, span, mark.as_deref(), ROWS_LOOKED_AT)?;
        lines.extend(found.into_iter().map(|access| Line {
            at: access.at,
            actor: access.actor,
            what: access.purpose,
            whose: vec![access.subject],
            done: Done::Seen,
        }));
        match next {
            Some(next) => mark = Some(next),
            None => return Ok(lines),
        }
    }
}

fn given_out_on(view: &dyn View, day: Date) -> Result<Vec<Line>, EngineError> {
    let (mut lines, mut before) = (Vec::new(), u64::MAX);
    loop {
        let page = access_log::exports_before(view, before, ROWS_LOOKED_AT)?;
        let (last, full) = (page.last().map(|(place, _)| *place), page.len() == ROWS_LOOKED_AT);
        for (_, export) in page {
            if day_of(export.at) == day {
                let (at, actor, what) = (export.at, export.actor, export.purpose);
                let done = Done::GivenOut(export.table);
                lines.push(Line { at, actor, what, whose: Vec::new(), done });
            }
        }
        match last.filter(|_| full) {
            Some(last) => before = last,
            None => return Ok(lines),
        }
    }
}

fn changed_on(view: &dyn View, day: Date) -> Result<Vec<Line>, EngineError> {
    let (mut lines, mut after) = (Vec::new(), before_day(view, day)?);
    loop {
        let found = events::after(view, after, ROWS_LOOKED_AT)?;
        let full = found.len() == ROWS_LOOKED_AT;
        for event in found {
            after = event.sequence;
            if day_of(event.at) > day {
                return Ok(lines);
            }
            lines.extend(Some(event).filter(|event| day_of(event.at) == day).and_then(changed));
        }
        if !full {
            return Ok(lines);
        }
    }
}

/// The last event before a day, found by halving: the journal is in the order of time.
fn before_day(view: &dyn View, day: Date) -> Result<u64, EngineError> {
    let (mut low, mut high) = (0_u64, events::newest(view)?);
    while low < high {
        let middle = low.midpoint(high);
        match events::after(view, middle, 1)?.into_iter().next() {
            Some(event) if day_of(event.at) < day => low = event.sequence,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}

/// An event that is about somebody, or about what somebody may see.
fn changed(event: Event) -> Option<Line> {
    let Event { at, kind, subjects, actor, changes, .. } = event;
    let whose: Vec<Subject> = subjects.into_iter().filter(|subject| is_somebody(*subject)).collect();
    let fields = changes.into_iter().map(|change| change.field).collect();
    let done = Done::Changed(fields);
    (!whose.is_empty()).then(|| Line { at, actor, what: kind.into(), whose, done })
}

fn is_somebody(subject: Subject) -> bool {
    match subject {
        Subject::Person(_)
        | Subject::Volunteer(_)
        | Subject::Referral(_)
        | Subject::Prescriber(_)
        | Subject::Staff(_)
        | Subject::Account(_) => true,
        Subject::Trip(_)
        | Subject::Series(_)
        | Subject::Request(_)
        | Subject::DriverOffer(_)
        | Subject::Statement(_)
        | Subject::Pathway(_)
        | Subject::Handover(_)
        | Subject::Node(_)
        | Subject::Asset(_)
        | Subject::Loan(_)
        | Subject::Service(_)
        | Subject::Message(_)
        | Subject::Carrier(_)
        | Subject::Exception(_)
        | Subject::Entry(_) => false,
    }
}
