//! Entries of the books: what people owe, paid, got back; what volunteers handed over; balances.

use std::sync::Arc;

use jiff::civil::Date;
use maillage_domain::{
    ids::{CarrierKind, EntryKind, PersonKind, VolunteerKind},
    ledger::{
        BookError, Books, Drive, DueSource, Entry, Method, Movement, NewEntry, Party, PersonBalance, Rate,
        VehicleClass, VolunteerBalance, WriteOffReason,
    },
    loan::Loan,
    money::Cents,
    roles::Operation,
    text::Line,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    ids::{Id, TripKind},
    models::Compensation,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, ledger, loans, services};

use super::{book, books_or_usual, code, day_or_today, person, today, volunteer};
use crate::app::{Aborted, App, caller::Caller, refusals};

/// What everything that is booked by hand has in common.
#[derive(Debug, Clone, Default)]
pub struct NewBooking {
    /// How much, in cents.
    pub cents: i64,
    /// The day, `YYYY-MM-DD`; empty for today.
    pub day: String,
    /// Note; internal.
    pub note: String,
    /// Whose books; none for the usual ones.
    pub carrier: Option<Id<CarrierKind>>,
}

/// A trip that was carried out, as the books need it.
#[derive(Debug, Clone, Copy)]
pub struct CarriedOut {
    /// The trip.
    pub trip: Id<TripKind>,
    /// Whose books.
    pub books: Books,
    /// The day of the trip in Europe/Paris.
    pub day: Date,
    /// Who travelled and what is asked for it, unless a neighbour asks.
    pub due: Option<(Id<PersonKind>, Cents)>,
    /// Who drove and what for, unless a neighbour's driver or a professional did.
    pub driven: Option<Driven>,
}

/// What a volunteer drove.
#[derive(Debug, Clone, Copy)]
pub struct Driven {
    /// Who.
    pub volunteer: Id<VolunteerKind>,
    /// Metres with the passenger.
    pub loaded_m: u32,
    /// Metres without.
    pub empty_m: u32,
    /// What the model pays for them.
    pub compensation: Compensation,
    /// The car.
    pub vehicle: VehicleClass,
}

/// Books a trip that was carried out, inside the transaction that closes it: what the person owes, and the kilometres that
/// wait for the volunteer's statement. A trip that is there already changes nothing.
///
/// # Errors
/// The store.
pub fn carried_out(app: &App, transaction: &mut Transaction<'_>, done: CarriedOut) -> Result<(), Aborted> {
    let CarriedOut { trip, books, day, due, driven } = done;
    if let Some((person, amount)) = due.filter(|(_, amount)| amount.is_positive()) {
        let source = DueSource::Trip(trip);
        if ledger::due_for(transaction, person, source)?.is_none() {
            let new = NewEntry {
                books,
                day,
                movement: Movement::Due(person, source),
                amount,
                note: Line::default(),
            };
            let at = app.now();
            ledger::book(transaction, new, app.new_id(), (at, today(at).year()), None)?;
        }
    }
    if let Some(Driven { volunteer, loaded_m, empty_m, compensation, vehicle }) = driven {
        let rate = Rate::of(compensation);
        let drive = Drive { trip, volunteer, books, day, loaded_m, empty_m, rate, vehicle };
        ledger::add_drive(transaction, &drive)?;
    }
    Ok(())
}

/// Books what a person owes for a loan, inside the transaction that settles it. A loan that is there already changes nothing.
///
/// # Errors
/// The store.
pub fn loan_settled(app: &App, transaction: &mut Transaction<'_>, loan: &Loan) -> Result<(), Aborted> {
    let amount = loan.settlement().map(|settlement| settlement.contribution_due).unwrap_or_default();
    let (source, at) = (DueSource::Loan(loan.id), app.now());
    if !amount.is_positive() || ledger::due_for(transaction, loan.person, source)?.is_some() {
        return Ok(());
    }
    let books = books_or_usual(transaction, None)?;
    let movement = Movement::Due(loan.person, source);
    let new = NewEntry { books, day: today(at), movement, amount, note: Line::default() };
    ledger::book(transaction, new, app.new_id(), (at, today(at).year()), None)?;
    Ok(())
}

/// Books what a person owes for something other than a trip, or gives freely.
///
/// # Errors
/// `person-unknown`, `money-…`; the store.
pub async fn due(
    app: &Arc<App>,
    caller: &Caller,
    payer: Id<PersonKind>,
    source: DueSource,
    new: NewBooking,
) -> Result<Entry, Refusal> {
    let by = caller.clone();
    app.act_once(caller, Operation::MoneyDue, move |app, transaction| {
        book_due(app, transaction, &by, (payer, source), new)
    })
    .await
}

/// Books what a person owes or gives inside a transaction.
///
/// # Errors
/// As [`due`].
pub(crate) fn book_due(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (payer, source): (Id<PersonKind>, DueSource),
    new: NewBooking,
) -> Result<Entry, Aborted> {
    person(transaction, payer)?;
    check_source(transaction, payer, source)?;
    if let Some(entry) = ledger::due_for(transaction, payer, source)? {
        return Err(refusals::conflict("money-already-due").with("entry", entry).into());
    }
    let entry = by_hand(app, transaction, Movement::Due(payer, source), new)?;
    app.note(transaction, by, Operation::MoneyDue, &[Subject::Person(payer)])?;
    Ok(entry)
}

/// Whether something can be charged to a person: it is there, and that person's. A trip books itself alone.
fn check_source(view: &dyn View, payer: Id<PersonKind>, source: DueSource) -> Result<(), Aborted> {
    let (known, of) = match source {
        DueSource::Loan(id) => {
            let loan = loans::find(view, id)?;
            (loan.is_some(), loan.map(|loan| loan.person))
        }
        DueSource::Service(id) => {
            let service = services::find(view, id)?;
            (service.is_some(), service.and_then(|service| service.person()))
        }
        DueSource::Trip(_) => return Err(refusals::conflict("money-trip-books-itself").into()),
        DueSource::Membership(_) | DueSource::Donation => return Ok(()),
    };
    if !known {
        return Err(refusals::unknown("money-source-unknown").with("field", "source_id").into());
    }
    if of != Some(payer) {
        return Err(refusals::conflict("money-source-of-another").with("field", "source_id").into());
    }
    Ok(())
}

/// Books what a person paid; more than is owed becomes a credit.
///
/// # Errors
/// `person-unknown`, `volunteer-unknown`, `money-…`; the store.
pub async fn receive(
    app: &Arc<App>,
    caller: &Caller,
    payer: Id<PersonKind>,
    by_what: (String, Option<Id<VolunteerKind>>),
    new: NewBooking,
) -> Result<Entry, Refusal> {
    let by = caller.clone();
    app.act_once(caller, Operation::MoneyReceive, move |app, transaction| {
        book_received(app, transaction, &by, (payer, by_what), new)
    })
    .await
}

/// Books what a person paid inside a transaction.
///
/// # Errors
/// As [`receive`].
pub(crate) fn book_received(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (payer, (method, collector)): (Id<PersonKind>, (String, Option<Id<VolunteerKind>>)),
    new: NewBooking,
) -> Result<Entry, Aborted> {
    person(transaction, payer)?;
    if let Some(collector) = collector {
        volunteer(transaction, collector)?;
    }
    let method: Method = code(&method, "method")?;
    let entry = by_hand(app, transaction, Movement::Received(payer, method, collector), new)?;
    app.note(transaction, by, Operation::MoneyReceive, &[Subject::Person(payer)])?;
    Ok(entry)
}

/// Books what a person was given back: at most what was paid too much.
///
/// # Errors
/// `person-unknown`, `money-more-than-there`, `money-…`; the store.
pub async fn refund(
    app: &Arc<App>,
    caller: &Caller,
    payer: Id<PersonKind>,
    method: String,
    new: NewBooking,
) -> Result<Entry, Refusal> {
    let by = caller.clone();
    app.act_once(caller, Operation::MoneyRefund, move |app, transaction| {
        book_refunded(app, transaction, &by, (payer, method), new)
    })
    .await
}

/// Books what a person was given back inside a transaction.
///
/// # Errors
/// As [`refund`].
pub(crate) fn book_refunded(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (payer, method): (Id<PersonKind>, String),
    new: NewBooking,
) -> Result<Entry, Aborted> {
    person(transaction, payer)?;
    let method: Method = code(&method, "method")?;
    let books = enough_in(transaction, &new, |books| Ok(owed_by(transaction, payer, books)?.negated()))?;
    let entry = by_hand_in(app, transaction, books, Movement::Refunded(payer, method), new)?;
    app.note(transaction, by, Operation::MoneyRefund, &[Subject::Person(payer)])?;
    Ok(entry)
}

/// Gives up what a person owes, or a part of it.
///
/// # Errors
/// `person-unknown`, `money-more-than-there`, `money-…`; the store.
pub async fn write_off(
    app: &Arc<App>,
    caller: &Caller,
    payer: Id<PersonKind>,
    reason: String,
    new: NewBooking,
) -> Result<Entry, Refusal> {
    let by = caller.clone();
    app.act_once(caller, Operation::MoneyWriteOff, move |app, transaction| {
        book_written_off(app, transaction, &by, (payer, reason), new)
    })
    .await
}

/// Gives up what a person owes inside a transaction.
///
/// # Errors
/// As [`write_off`].
pub(crate) fn book_written_off(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (payer, reason): (Id<PersonKind>, String),
    new: NewBooking,
) -> Result<Entry, Aborted> {
    person(transaction, payer)?;
    let reason: WriteOffReason = code(&reason, "reason")?;
    let books = enough_in(transaction, &new, |books| owed_by(transaction, payer, books))?;
    let entry = by_hand_in(app, transaction, books, Movement::WrittenOff(payer, reason), new)?;
    app.note(transaction, by, Operation::MoneyWriteOff, &[Subject::Person(payer)])?;
    Ok(entry)
}

/// Books what a volunteer handed over of what people had paid.
///
/// # Errors
/// `volunteer-unknown`, `money-more-than-there`, `money-…`; the store.
pub async fn remit(
    app: &Arc<App>,
    caller: &Caller,
    collector: Id<VolunteerKind>,
    method: String,
    new: NewBooking,
) -> Result<Entry, Refusal> {
    let by = caller.clone();
    app.act_once(caller, Operation::MoneyRemit, move |app, transaction| {
        book_remitted(app, transaction, &by, (collector, method), new)
    })
    .await
}

/// Books what a volunteer handed over inside a transaction.
///
/// # Errors
/// As [`remit`].
pub(crate) fn book_remitted(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (collector, method): (Id<VolunteerKind>, String),
    new: NewBooking,
) -> Result<Entry, Aborted> {
    volunteer(transaction, collector)?;
    let method: Method = code(&method, "method")?;
    let books = enough_in(transaction, &new, |books| collected_by(transaction, collector, books))?;
    let entry = by_hand_in(app, transaction, books, Movement::Remitted(collector, method), new)?;
    app.note(transaction, by, Operation::MoneyRemit, &[Subject::Volunteer(collector)])?;
    Ok(entry)
}

/// Takes an entry back by one of its own, booked today.
///
/// # Errors
/// `entry-unknown`, `entry-is-counter`, `entry-already-countered`, `entry-of-statement`, `entry-has-receipt`; the store.
pub async fn counter(
    app: &Arc<App>,
    caller: &Caller,
    entry: Id<EntryKind>,
    note: String,
) -> Result<Entry, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::MoneyCounter, move |app, transaction| {
        let entry = find(transaction, entry)?;
        if ledger::receipt_of(transaction, entry.id)?.is_some() {
            return Err(refusals::conflict("entry-has-receipt").with("entry", entry.number).into());
        }
        let countered = ledger::counter_of(transaction, entry.id)?.is_some();
        let note = Line::parse(&note).map_err(refusals::money::note)?;
        let new = entry.counter(today(app.now()), countered, note).map_err(refusals::money::book)?;
        let counter = book(app, transaction, new, Some(entry.id))?;
        let subjects: Vec<Subject> = entry.parties().map(subject).collect();
        app.note(transaction, &by, Operation::MoneyCounter, &subjects)?;
        Ok(counter)
    })
    .await
}

/// One entry.
///
/// # Errors
/// `entry-unknown`; the store.
pub fn find(view: &(impl View + ?Sized), id: Id<EntryKind>) -> Result<Entry, Aborted> {
    ledger::entry(view, id)?.ok_or_else(|| refusals::unknown("entry-unknown").with("id", id).into())
}

/// At most `limit` entries by day, after one of them: of somebody, or of everybody from one day to another.
///
/// # Errors
/// `entry-unknown` for one that is not there to go on after; the store.
pub fn entries(
    app: &App,
    caller: &Caller,
    (party, period): (Option<Party>, (Date, Date)),
    after: Option<Id<EntryKind>>,
    limit: usize,
) -> Result<Vec<Entry>, Refusal> {
    app.look(caller, Operation::MoneyShow, |_, view| {
        let after = after.map(|id| find(view, id)).transpose()?;
        Ok(match party {
            Some(party) => ledger::entries_of(view, party, after.as_ref(), limit)?,
            None => ledger::entries_between(view, period, after.as_ref(), limit)?,
        })
    })
}

/// Where a person stands over a period.
///
/// # Errors
/// `person-unknown`; the store.
pub fn balance_of_person(
    app: &App,
    caller: &Caller,
    payer: Id<PersonKind>,
    period: (Date, Date),
) -> Result<PersonBalance, Refusal> {
    app.look(caller, Operation::MoneyShow, |_, view| {
        person(view, payer)?;
        let entries = ledger::entries_of(view, Party::Person(payer), None, usize::MAX)?;
        Ok(PersonBalance::of(payer, &entries, period))
    })
}

/// Where a volunteer stands over a period.
///
/// # Errors
/// `volunteer-unknown`; `not-yours`; the store.
pub fn balance_of_volunteer(
    app: &App,
    caller: &Caller,
    driver: Id<VolunteerKind>,
    period: (Date, Date),
) -> Result<VolunteerBalance, Refusal> {
    app.look(caller, Operation::StatementShow, |_, view| {
        caller.check_volunteer(Some(driver))?;
        volunteer(view, driver)?;
        volunteer_balance(view, driver, period)
    })
}

/// All time.
pub const EVER: (Date, Date) = (Date::MIN, Date::MAX);

fn by_hand(
    app: &App,
    transaction: &mut Transaction<'_>,
    movement: Movement,
    new: NewBooking,
) -> Result<Entry, Aborted> {
    let books = books_or_usual(transaction, new.carrier)?;
    by_hand_in(app, transaction, books, movement, new)
}

fn by_hand_in(
    app: &App,
    transaction: &mut Transaction<'_>,
    books: Books,
    movement: Movement,
    new: NewBooking,
) -> Result<Entry, Aborted> {
    let day = day_or_today(&new.day, today(app.now()))?;
    let note = Line::parse(&new.note).map_err(refusals::money::note)?;
    book(app, transaction, NewEntry { books, day, movement, amount: Cents::new(new.cents), note }, None)
}

/// The books in which there is enough: those named; if none are, the usual ones, or else those the platform kept before any
/// association was declared, which cannot be named.
///
/// # Errors
/// `money-more-than-there`; the store.
fn enough_in(
    view: &(impl View + ?Sized),
    new: &NewBooking,
    available: impl Fn(Books) -> Result<Cents, Aborted>,
) -> Result<Books, Aborted> {
    let usual = books_or_usual(view, new.carrier)?;
    let there = available(usual)?;
    let Err(refused) = at_most(new.cents, there) else { return Ok(usual) };
    let former = Books(None);
    if new.carrier.is_none() && at_most(new.cents, available(former)?).is_ok() {
        return Ok(former);
    }
    Err(refused.into())
}

/// Refuses more than there is.
fn at_most(cents: i64, available: Cents) -> Result<(), Refusal> {
    let available = available.max(Cents::ZERO);
    if Cents::new(cents) > available {
        return Err(refusals::money::book(BookError::MoreThanThere { available }));
    }
    Ok(())
}

/// What a person owes in some books: one association gives back nothing that another one got.
fn owed_by(view: &(impl View + ?Sized), payer: Id<PersonKind>, books: Books) -> Result<Cents, Aborted> {
    let mut entries = ledger::entries_of(view, Party::Person(payer), None, usize::MAX)?;
    entries.retain(|entry| entry.books == books);
    Ok(PersonBalance::of(payer, &entries, EVER).closing)
}

/// What a volunteer has collected for some books and not handed over.
fn collected_by(
    view: &(impl View + ?Sized),
    collector: Id<VolunteerKind>,
    books: Books,
) -> Result<Cents, Aborted> {
    let mut entries = ledger::entries_of(view, Party::Volunteer(collector), None, usize::MAX)?;
    entries.retain(|entry| entry.books == books);
    Ok(VolunteerBalance::of(collector, &entries, EVER).to_hand_over)
}

fn volunteer_balance(
    view: &(impl View + ?Sized),
    driver: Id<VolunteerKind>,
    period: (Date, Date),
) -> Result<VolunteerBalance, Aborted> {
    let entries = ledger::entries_of(view, Party::Volunteer(driver), None, usize::MAX)?;
    Ok(VolunteerBalance::of(driver, &entries, period))
}

fn subject(party: Party) -> Subject {
    match party {
        Party::Person(id) => Subject::Person(id),
        Party::Volunteer(id) => Subject::Volunteer(id),
    }
}
