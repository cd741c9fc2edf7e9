//! The money of the platform: what people owe and paid, what volunteers are owed, receipts, exports. Maillage records money;
//! it moves none. Must never change what is booked: a mistake is taken back by an entry of its own.

pub mod accounts;
pub mod books;
pub mod corrected;
pub mod costed;
pub mod export;
pub mod picture;
pub mod receipts;
pub mod statements;

use std::str::FromStr;

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    ids::{CarrierKind, EntryKind, PersonKind, VolunteerKind},
    ledger::{Books, Entry, NewEntry},
    person::Person,
    volunteer::Volunteer,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{ids::Id, month::paris};
use maillage_platform::refusal::Refusal;
use maillage_store::{ledger, legal, persons, volunteers};

use super::{Aborted, App, refusals};

/// The civil day in Europe/Paris.
fn today(at: Timestamp) -> Date {
    at.to_zoned(paris()).date()
}

/// Reads a day; none typed is today.
///
/// # Errors
/// `date-malformed`.
fn day_or_today(text: &str, today: Date) -> Result<Date, Refusal> {
    if text.trim().is_empty() { Ok(today) } else { date(text) }
}

/// Reads a day.
///
/// # Errors
/// `money-day`.
fn date(text: &str) -> Result<Date, Refusal> {
    text.trim().parse().map_err(|_| refusals::invalid("money-day"))
}

/// Reads a code of a closed list.
///
/// # Errors
/// `money-code-unknown` with the field's name.
fn code<T: FromStr>(text: &str, field: &'static str) -> Result<T, Refusal> {
    text.parse().map_err(|_| refusals::invalid("money-code-unknown").with("field", field))
}

/// The books that are meant: those named, or the platform's usual ones.
///
/// # Errors
/// The store.
pub(crate) fn books_or_usual(
    view: &(impl View + ?Sized),
    named: Option<Id<CarrierKind>>,
) -> Result<Books, Aborted> {
    if named.is_some() {
        return Ok(Books(named));
    }
    Ok(Books(legal::default_carrier(view)?.map(|carrier| carrier.id)))
}

/// Books an entry today, after checking it.
fn book(
    app: &App,
    transaction: &mut Transaction<'_>,
    new: NewEntry,
    counters: Option<Id<EntryKind>>,
) -> Result<Entry, Aborted> {
    let at = app.now();
    let today = today(at);
    new.check(today).map_err(refusals::money::book)?;
    Ok(ledger::book(transaction, new, app.new_id(), (at, today.year()), counters)?)
}

fn person(view: &(impl View + ?Sized), id: Id<PersonKind>) -> Result<Person, Aborted> {
    persons::find(view, id)?.ok_or_else(|| refusals::unknown("person-unknown").with("id", id).into())
}

fn volunteer(view: &(impl View + ?Sized), id: Id<VolunteerKind>) -> Result<Volunteer, Aborted> {
    volunteers::find(view, id)?.ok_or_else(|| refusals::unknown("volunteer-unknown").with("id", id).into())
}
