//! The end of retention: a list to confirm, and a purge that does exactly what the list said. The digest of the list is what
//! is confirmed; if anything of it has changed, nothing goes. Must never purge by itself.

use std::{fmt::Write as _, sync::Arc};

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    erasure::ErasureReason,
    ids::PersonKind,
    pathway::ReferralState,
    retention::{Due, Kind, Obstacle, Rule, Rules},
    roles::Operation,
    trip::{Origin, Trip},
    volunteer::Volunteer,
};
use maillage_engine::{EngineError, Transaction, Tree, View};
use maillage_federation::{
    ids::{Id, TripKind},
    month::paris,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log, events, handovers,
    holdings::{self, Whose},
    inbox, ledger, outbox, persons, referrals, trips, volunteers,
};

use super::{erasure, obstacles, subject};
use crate::{
    app::{Aborted, App, caller::Caller, fleet::today, refusals},
    limits::PURGED_ROWS,
};

/// What the terms would let go on a day.
#[derive(Clone)]
pub struct Preview {
    /// The day, Europe/Paris.
    pub day: Date,
    /// Whose term is over.
    pub items: Vec<Item>,
    /// Rows without a person of their own.
    pub bulk: Vec<Bulk>,
    /// The rules of the day.
    pub rules: Rules,
}

/// Somebody whose term is over.
#[derive(Clone)]
pub struct Item {
    /// Who.
    pub target: Target,
    /// The name, for whoever confirms.
    pub name: String,
    /// The day it counts from.
    pub last: Date,
    /// What keeps it all the same.
    pub obstacles: Vec<Obstacle>,
}

/// Who or what an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A beneficiary or a volunteer.
    Somebody(Whose),
    /// A neighbour's person on a trip that we carried.
    Carried(Id<TripKind>),
}

/// Rows without a person of their own.
#[derive(Clone)]
pub struct Bulk {
    /// What they are.
    pub kind: Kind,
    /// What is older than this day goes.
    pub before: Date,
    count: usize,
    rows: Vec<(Tree, Vec<u8>)>,
}

/// What went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// People and volunteers.
    pub erased: u64,
    /// Neighbours' people.
    pub passengers: u64,
    /// Other rows.
    pub rows: u64,
}

/// What would go today.
///
/// # Errors
/// The store.
pub fn preview(app: &App, caller: &Caller) -> Result<Preview, Refusal> {
    app.look(caller, Operation::RetentionPreview, |app, view| Ok(on(view, today(app))?))
}

/// The same on a thread of its own: it goes through every file.
///
/// # Errors
/// As [`preview`].
pub async fn preview_aside(app: &Arc<App>, caller: &Caller) -> Result<Preview, Refusal> {
    caller.check(Operation::RetentionPreview)?;
    app.read_aside(|app, view| Ok(on(view, today(app))?)).await
}

/// Lets go what a preview of today showed.
///
/// # Errors
/// `retention-changed` if the preview would say something else now; the store.
pub async fn purge(app: &Arc<App>, caller: &Caller, digest: &str) -> Result<Purged, Refusal> {
    let (by, confirmed) = (caller.clone(), digest.trim().to_owned());
    let purged = app
        .act(caller, Operation::RetentionPurge, move |app, transaction| {
            let preview = on(transaction, today(app))?;
            if preview.digest() != confirmed {
                return Err(refusals::conflict("retention-changed").into());
            }
            let purged = let_go(app, transaction, &by, &preview)?;
            app.note(transaction, &by, Operation::RetentionPurge, &[])?;
            Ok(purged)
        })
        .await?;
    erasure::clean_rows(app).await?;
    Ok(purged)
}

/// How many people's term is over with nothing to keep them: what the worker reminds of.
///
/// # Errors
/// The store.
pub async fn waiting(app: &Arc<App>) -> Result<usize, Refusal> {
    app.read_aside(|app, view| {
        let day = today(app);
        let items = items_on(view, &Rules::on(day), day)?;
        Ok(items.iter().filter(|item| item.goes()).count())
    })
    .await
}

fn day_of(at: Timestamp) -> Date {
    at.to_zoned(paris()).date()
}

fn on(view: &(impl View + ?Sized), day: Date) -> Result<Preview, EngineError> {
    let rules = Rules::on(day);
    let items = items_on(view, &rules, day)?;
    let bulk = bulk_on(view, &rules, day)?;
    Ok(Preview { day, items, bulk, rules })
}

/// Everybody whose term is over.
fn items_on(view: &(impl View + ?Sized), rules: &Rules, day: Date) -> Result<Vec<Item>, EngineError> {
    let mut items = Vec::new();
    for person in persons::list(view, None, usize::MAX)? {
        // Before anything else is read of a person: most were here not long ago.
        if let Due::NotBefore(_) = rules.due(Kind::Beneficiary, person.last_contact, day, Vec::new()) {
            continue;
        }
        let last = last_contact(view, person.id, person.last_contact)?;
        let whose = Whose::Person(person.id);
        items.extend(item(
            view,
            (rules, day),
            (whose, Kind::Beneficiary),
            last,
            person.details.name.as_str(),
        )?);
    }
    for volunteer in volunteers::list(view, None, usize::MAX)? {
        if let Some(left) = left_on(view, &volunteer)? {
            let whose = Whose::Volunteer(volunteer.id);
            items.extend(item(
                view,
                (rules, day),
                (whose, Kind::Volunteer),
                left,
                volunteer.details.name.as_str(),
            )?);
        }
    }
    items.extend(referred(view, rules, day)?);
    items.extend(passengers(view, rules, day)?);
    Ok(items)
}

/// Everything else that is too old.
fn bulk_on(view: &(impl View + ?Sized), rules: &Rules, day: Date) -> Result<Vec<Bulk>, EngineError> {
    let kinds: [(Kind, &[Tree]); 3] = [
        (Kind::AccessLog, &[access_log::EXPORTS_TREE]),
        (Kind::DeadLetter, &[outbox::DEAD_TREE]),
        (Kind::InboxMark, &[inbox::SEEN_TREE]),
    ];
    let mut bulk = Vec::new();
    for (kind, trees) in kinds {
        let Some(before) = rules.too_old(kind, day) else { continue };
        let midnight = before.to_zoned(paris()).map_or(Timestamp::MIN, |at| at.timestamp());
        let mut rows = if kind == Kind::AccessLog {
            access_log::older_than(view, midnight, PURGED_ROWS)?
        } else {
            Vec::new()
        };
        let indexes = rows.len() / 2;
        for tree in trees {
            let keys = holdings::older_than(
                view,
                *tree,
                midnight,
                PURGED_ROWS.saturating_sub(rows.len() - indexes),
            )?;
            rows.extend(keys.into_iter().map(|key| (*tree, key)));
        }
        bulk.push(Bulk { kind, before, count: rows.len() - indexes, rows });
    }
    if let Some(too_old) = rules.too_old(Kind::AccountingPiece, day) {
        bulk.push(pieces(view, too_old)?);
    }
    Ok(bulk)
}

/// Pieces of the books of civil years that ended long enough ago: a year at a time if there are very many.
fn pieces(view: &(impl View + ?Sized), too_old: Date) -> Result<Bulk, EngineError> {
    let mut before = too_old.first_of_year();
    let oldest = ledger::entries_between(view, (Date::MIN, before), None, 1)?.pop();
    let oldest = oldest.map_or(before.year(), |entry| entry.day.year());
    loop {
        let ledger::Aged { pieces: count, rows } = ledger::aged(view, before)?;
        if rows.len() <= PURGED_ROWS || before.year() <= oldest.saturating_add(1) {
            return Ok(Bulk { kind: Kind::AccountingPiece, before, count, rows });
        }
        before = before.saturating_sub(jiff::Span::new().years(1));
    }
}

/// Referrals that led to no file and still name somebody, or what the prescriber calls the case.
fn referred(view: &(impl View + ?Sized), rules: &Rules, day: Date) -> Result<Vec<Item>, EngineError> {
    let mut items = Vec::new();
    for referral in referrals::list(view, None, usize::MAX)? {
        let last = match referral.state {
            ReferralState::Accepted { .. } => continue,
            ReferralState::Received => day_of(referral.created),
            ReferralState::Declined { on, .. } | ReferralState::Withdrawn { on } => on,
        };
        let names = referral.contact.is_some() || !referral.reference.as_str().is_empty();
        let name = referral.contact.map(|contact| contact.name.as_str().to_owned()).unwrap_or_default();
        if names {
            items.extend(item(
                view,
                (rules, day),
                (Whose::Referral(referral.id), Kind::Referral),
                last,
                &name,
            )?);
        }
    }
    Ok(items)
}

fn item(
    view: &(impl View + ?Sized),
    (rules, day): (&Rules, Date),
    (whose, kind): (Whose, Kind),
    last: Date,
    name: &str,
) -> Result<Option<Item>, EngineError> {
    // What is open is only looked for once the term is over.
    if let Due::NotBefore(_) = rules.due(kind, last, day, Vec::new()) {
        return Ok(None);
    }
    let obstacles = obstacles(view, whose)?;
    Ok(Some(Item { target: Target::Somebody(whose), name: name.to_owned(), last, obstacles }))
}

/// The last day the platform had to do with a person: what the desk noted, the last trip, the last thing that was done.
fn last_contact(view: &(impl View + ?Sized), id: Id<PersonKind>, noted: Date) -> Result<Date, EngineError> {
    let trips = trips::of_person(view, id, NEWEST)?;
    let travelled = trips.iter().map(|trip| day_of(trip.terms.earliest_pickup)).max();
    Ok(travelled.map_or(noted, |travelled| travelled.max(noted)).max(last_done(view, Whose::Person(id))?))
}

/// The day a volunteer left; none while active. Somebody who was erased has left already.
fn left_on(view: &(impl View + ?Sized), volunteer: &Volunteer) -> Result<Option<Date>, EngineError> {
    let gone = maillage_store::erasures::find(view, Whose::Volunteer(volunteer.id))?.is_some();
    if volunteer.active || gone {
        return Ok(None);
    }
    let registered = day_of(volunteer.created);
    Ok(Some(last_done(view, Whose::Volunteer(volunteer.id))?.max(registered)))
}

/// The day of the newest event about somebody that is more than looking at the file.
fn last_done(view: &(impl View + ?Sized), whose: Whose) -> Result<Date, EngineError> {
    let looked =
        [Operation::SubjectExport.code(), Operation::PersonShow.code(), Operation::VolunteerShow.code()];
    let newest = events::about(view, subject(whose), None, NEWEST)?;
    let done = newest.iter().find(|event| !looked.contains(&event.kind.as_str()));
    Ok(done.map_or(Date::MIN, |event| day_of(event.at)))
}

/// Events looked through for the newest that counts: a file is not copied more often in a row. And trips, newest first, for the
/// last day travelled: none is asked for so long before another.
const NEWEST: usize = 50;

/// Neighbours' people on trips that were over long enough ago, and are still named.
fn passengers(view: &(impl View + ?Sized), rules: &Rules, day: Date) -> Result<Vec<Item>, EngineError> {
    let mut items = Vec::new();
    for incoming in handovers::list_incoming(view, None, usize::MAX)? {
        for id in incoming.trips {
            let Some(trip) = trips::find(view, id)? else { continue };
            let Some(closed) = trip.closed_at().map(day_of) else { continue };
            let named = trip.without_passenger() != trip || incoming.details.is_some();
            if named && rules.due(Kind::CarriedPassenger, closed, day, Vec::new()) == Due::Now {
                let (target, name) = (Target::Carried(id), passenger_name(&trip));
                items.push(Item { target, name, last: closed, obstacles: Vec::new() });
            }
        }
    }
    Ok(items)
}

fn let_go(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    preview: &Preview,
) -> Result<Purged, Aborted> {
    let mut purged = Purged::default();
    for item in preview.items.iter().filter(|item| item.goes()) {
        match item.target {
            Target::Somebody(whose) => {
                erasure::begin(app, transaction, by, whose, (ErasureReason::Retention, false))?;
                purged.erased += 1;
            }
            Target::Carried(trip) => {
                forget_passenger(transaction, trip)?;
                purged.passengers += 1;
            }
        }
    }
    for bulk in &preview.bulk {
        for (tree, key) in &bulk.rows {
            transaction.delete(*tree, key)?;
        }
        purged.rows += u64::try_from(bulk.count).unwrap_or(u64::MAX);
    }
    Ok(purged)
}

/// Takes a neighbour's person out of a trip that we carried, and of the award that brought it.
fn forget_passenger(transaction: &mut Transaction<'_>, id: Id<TripKind>) -> Result<(), EngineError> {
    let Some(trip) = trips::find(transaction, id)? else { return Ok(()) };
    trips::put(transaction, &trip.without_passenger())?;
    match trip.terms.origin {
        Origin::Carried { handover, .. } => handovers::forget_details(transaction, handover),
        Origin::Own { .. } => Ok(()),
    }
}

/// The name of a neighbour's person.
fn passenger_name(trip: &Trip) -> String {
    match &trip.terms.origin {
        Origin::Carried { passenger, .. } => passenger.name.as_str().to_owned(),
        Origin::Own { .. } => String::new(),
    }
}

impl Preview {
    /// What a purge has to name: of who goes, who stays and why, and every other row.
    pub fn digest(&self) -> String {
        let mut text = format!("{}\n", self.day);
        for Item { target, name: _, last, obstacles } in &self.items {
            let (kind, id) = target.code_and_id();
            let kept: Vec<&str> = obstacles.iter().map(|obstacle| obstacle.code()).collect();
            let _ = writeln!(text, "{kind} {id} {last} {}", kept.join(","));
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(text.as_bytes());
        for bulk in &self.bulk {
            hasher.update(bulk.kind.code().as_bytes());
            for (tree, key) in &bulk.rows {
                hasher.update(tree.name().as_bytes()).update(key);
            }
        }
        let hash = hasher.finalize().to_hex();
        format!("{}-{}", self.day, hash.chars().take(DIGEST_CHARS).collect::<String>())
    }

    /// The rules of the day.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }
}

/// Characters of a digest beside its day: 64 bits tell one list from another, and can be typed.
const DIGEST_CHARS: usize = 16;

impl Item {
    /// Whether it goes.
    pub fn goes(&self) -> bool {
        self.obstacles.is_empty()
    }
}

impl Target {
    /// The code of its kind, and its identifier.
    pub fn code_and_id(self) -> (&'static str, String) {
        match self {
            Self::Somebody(Whose::Person(id)) => (Kind::Beneficiary.code(), id.to_string()),
            Self::Somebody(Whose::Volunteer(id)) => (Kind::Volunteer.code(), id.to_string()),
            Self::Somebody(Whose::Referral(id)) => (Kind::Referral.code(), id.to_string()),
            Self::Carried(id) => (Kind::CarriedPassenger.code(), id.to_string()),
        }
    }
}

impl Bulk {
    /// How many rows, those of indexes aside.
    pub fn rows(&self) -> usize {
        self.count
    }
}
