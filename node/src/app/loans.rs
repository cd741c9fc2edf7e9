//! Loans. That two loans of a thing never overlap is checked in the transaction that would make them.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    civil::parse_civil,
    fleet::{Asset, AssetCategory},
    ids::{AssetKind, LoanKind, PersonKind},
    loan::{
        Booking, HandOut, Loan, LoanAction, LoanCancelled, LoanTerms, NewLoan, TakeBack,
        calendar::{Occupation, clash},
        loan_span,
    },
    money::Cents,
    roles::Operation,
    span::Span,
    text::{Line, Notes},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    assets,
    events::Subject,
    loans::{self, LoanPolicy},
    persons,
};

use super::{
    Aborted, App,
    caller::Caller,
    driving,
    edit::{check_etag, check_said, check_step, etag_of},
    fleet,
    money::books,
    refusals,
    refusals::services as worded,
};
use crate::limits::{FLEET, HANDOVER_MIN};

/// Which loans are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoanQuery {
    /// Those of a person, newest first, before one of them.
    OfPerson(Id<PersonKind>, Option<Id<LoanKind>>),
    /// Those that take a thing from now on.
    Taking(Id<AssetKind>),
    /// Those for which something is left to do.
    Open,
    /// Those that should be back.
    Overdue,
    /// The page of what another query finds that begins after a loan.
    After(Criterion, Id<LoanKind>),
}

/// What a page of loans goes by, beside a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// As [`LoanQuery::Taking`].
    Taking(Id<AssetKind>),
    /// As [`LoanQuery::Open`].
    Open,
    /// As [`LoanQuery::Overdue`].
    Overdue,
}

/// How something is handed out, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewHandOut {
    /// When, in Europe/Paris; blank for now.
    pub at: String,
    /// Code of a condition.
    pub condition: String,
    /// Metres on the odometer, if it has one.
    pub odometer_m: Option<u32>,
    /// The deposit left, in cents; what was agreed if none is named.
    pub deposit_cents: Option<i64>,
    /// Codes of the papers seen.
    pub documents: Vec<String>,
    /// Who hands it out.
    pub by: String,
    /// What was noted together.
    pub notes: String,
}

/// How something comes back, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTakeBack {
    /// When, in Europe/Paris; blank for now.
    pub at: String,
    /// Code of a condition.
    pub condition: String,
    /// Metres on the odometer, if it has one.
    pub odometer_m: Option<u32>,
    /// Who takes it back.
    pub by: String,
    /// What is damaged; blank for nothing.
    pub damage: String,
}

/// What is free for a time, and why everything else is not.
#[derive(Debug, Clone)]
pub struct Availability {
    /// Free.
    pub free: Vec<Asset>,
    /// Not free, with the reason.
    pub taken: Vec<(Asset, Refusal)>,
}

/// Takes a wish for a loan.
///
/// # Errors
/// The first thing typed that is not acceptable; `person-unknown`; the store.
pub async fn ask(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    new: NewLoan,
) -> Result<Loan, Refusal> {
    let terms = new.parse().map_err(worded::new_loan)?;
    let by = caller.clone();
    app.act_once(caller, Operation::LoanAsk, move |app, transaction| {
        take_wish(app, transaction, &by, person, terms)
    })
    .await
}

/// Takes a wish for a loan inside a transaction.
///
/// # Errors
/// `person-unknown`; the store.
pub(crate) fn take_wish(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    person: Id<PersonKind>,
    terms: LoanTerms,
) -> Result<Loan, Aborted> {
    persons::find(transaction, person)?
        .ok_or_else(|| refusals::unknown("person-unknown").with("id", person))?;
    let loan = Loan::request(app.new_id(), person, terms, app.now());
    loans::put(transaction, &loan)?;
    let subjects = [Subject::Loan(loan.id), Subject::Person(person)];
    app.note(transaction, by, Operation::LoanAsk, &subjects)?;
    Ok(loan)
}

/// One loan. That it was opened is noted: it tells something of a person.
///
/// # Errors
/// `loan-unknown`; the store.
pub async fn show(app: &Arc<App>, caller: &Caller, id: Id<LoanKind>) -> Result<Loan, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::LoanShow, move |app, transaction| {
        let loan = find(transaction, id)?;
        let seen = Subject::Person(loan.person);
        let purpose = Operation::LoanShow.code().into();
        access_log::record(
            transaction,
            &Access { at: app.now(), subject: seen, actor: by.actor(), purpose },
        )?;
        Ok(loan)
    })
    .await
}

/// Loans.
///
/// # Errors
/// `loan-unknown` for one that is not there to go on after; the store.
pub fn list(app: &App, caller: &Caller, query: LoanQuery, limit: usize) -> Result<Vec<Loan>, Refusal> {
    app.look(caller, Operation::LoanList, |app, view| {
        let (criterion, after) = match query {
            LoanQuery::OfPerson(person, before) => return Ok(loans::of_person(view, person, before, limit)?),
            LoanQuery::Taking(asset) => (Criterion::Taking(asset), None),
            LoanQuery::Open => (Criterion::Open, None),
            LoanQuery::Overdue => (Criterion::Overdue, None),
            LoanQuery::After(criterion, after) => (criterion, Some(find(view, after)?)),
        };
        page(app, view, criterion, after.as_ref(), limit)
    })
}

/// Those of some loans that are still in the books, in the order they are named.
///
/// # Errors
/// The store.
pub fn of_history(app: &App, caller: &Caller, ids: &[Id<LoanKind>]) -> Result<Vec<Loan>, Refusal> {
    app.look(caller, Operation::LoanList, |_, view| {
        let mut found = Vec::new();
        for id in ids {
            found.extend(loans::find(view, *id)?);
        }
        Ok(found)
    })
}

fn page(
    app: &App,
    view: &dyn View,
    criterion: Criterion,
    after: Option<&Loan>,
    limit: usize,
) -> Result<Vec<Loan>, Aborted> {
    let now = app.now();
    Ok(match criterion {
        Criterion::Taking(asset) => {
            let order = |loan: &Loan| (loan.terms.span, loan.id);
            let mut taking = loans::taking(view, asset, now)?;
            taking.sort_by_key(order);
            taking.retain(|loan| after.is_none_or(|after| order(loan) > order(after)));
            taking.truncate(limit);
            taking
        }
        Criterion::Open => loans::open_after(view, after, Timestamp::MAX, limit)?,
        Criterion::Overdue => {
            let mut late = loans::open_after(view, after, now, usize::MAX)?;
            late.retain(|loan| loan.is_overdue(now));
            late.truncate(limit);
            late
        }
    })
}

/// What is free for a time, and why everything else is not.
///
/// # Errors
/// Times that are none; the store.
pub fn free(
    app: &App,
    caller: &Caller,
    category: Option<AssetCategory>,
    (from, until): (&str, &str),
) -> Result<Availability, Refusal> {
    let span = loan_span(from, until).map_err(worded::new_loan)?;
    app.look(caller, Operation::LoanList, |app, view| {
        let mut availability = Availability { free: Vec::new(), taken: Vec::new() };
        let asked = |asset: &Asset| category.is_none_or(|category| asset.details.category == category);
        for asset in assets::list(view, None, FLEET)?.into_iter().filter(asked) {
            let wanted = Occupation { loan: app.new_id(), asset: asset.id, span };
            match check_bookable(&asset, span).and_then(|()| check_free(app, view, wanted, None)) {
                Ok(()) => availability.free.push(asset),
                Err(Aborted::Refused(refusal)) => availability.taken.push((asset, refusal)),
                Err(error @ Aborted::Engine(_)) => return Err(error),
            }
        }
        Ok(availability)
    })
}

/// Keeps a thing for the person, under the conditions of today.
///
/// # Errors
/// `loan-taken`, `asset-…` if it is not free; `changed-meanwhile`; `loan-wrong-state`; the store.
pub async fn book(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<LoanKind>,
    asset: Id<AssetKind>,
    etag: String,
) -> Result<Loan, Refusal> {
    change(app, caller, Operation::LoanBook, id, move |app, transaction, loan| {
        check_step(&etag, loan.revision, loan.booking().is_some())?;
        let asset = fleet::find(transaction, asset)?;
        check_bookable(&asset, loan.terms.span)?;
        let details = &asset.details;
        let booking = Booking {
            asset: asset.id,
            category: details.category,
            rate: details.rate,
            deposit: details.deposit,
        };
        let booked = loan.apply(LoanAction::Book(booking), app.now()).map_err(worded::loan)?;
        check_occupation(app, transaction, &booked, None)?;
        Ok(booked)
    })
    .await
}

/// Moves a loan to another time, typed in Europe/Paris.
///
/// # Errors
/// Times that are none; `loan-taken`, `asset-…`; `loan-wrong-state`; the store.
pub async fn reschedule(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<LoanKind>,
    (from, until): (&str, &str),
    etag: String,
) -> Result<Loan, Refusal> {
    let span = loan_span(from, until).map_err(worded::new_loan)?;
    change(app, caller, Operation::LoanMove, id, move |app, transaction, loan| {
        check_etag(&etag, loan.revision)?;
        let moved = loan.apply(LoanAction::Move(span), app.now()).map_err(worded::loan)?;
        check_thing(transaction, &moved, span)?;
        check_occupation(app, transaction, &moved, None)?;
        Ok(moved)
    })
    .await
}

/// The person fetches it. Whoever has it must have brought it back; the time to hand over is not waited for.
///
/// # Errors
/// `loan-still-out`, `loan-taken`, `loan-document-missing`, `asset-…`; `loan-wrong-state`; the store.
pub async fn hand_out(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<LoanKind>,
    new: NewHandOut,
) -> Result<Loan, Refusal> {
    change(app, caller, Operation::LoanHandOut, id, move |app, transaction, loan| {
        let now = app.now();
        let out = handed_out(&new, loan, now)?;
        let (at, odometer_m) = (out.at, out.odometer_m);
        let out = loan.apply(LoanAction::HandOut(out), now).map_err(worded::loan)?;
        check_back_before(transaction, &out, at)?;
        if let Ok(span) = Span::new(at, out.terms.span.until()) {
            check_thing(transaction, &out, span)?;
        }
        check_occupation(app, transaction, &out, Some(0))?;
        fleet::read_of_loan(transaction, &out, odometer_m)?;
        Ok(out)
    })
    .await
}

/// The person may keep it longer, or has to bring it earlier.
///
/// # Errors
/// `loan-taken`, `asset-…`; `loan-wrong-state`; the store.
pub async fn extend(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<LoanKind>,
    until: &str,
    etag: String,
) -> Result<Loan, Refusal> {
    let until = parse_civil(until).map_err(refusals::civil_time)?;
    change(app, caller, Operation::LoanExtend, id, move |app, transaction, loan| {
        check_etag(&etag, loan.revision)?;
        let longer = loan.terms.span.until() < until;
        let extended = loan.apply(LoanAction::Extend(until), app.now()).map_err(worded::loan)?;
        if longer {
            check_thing(transaction, &extended, extended.terms.span)?;
            check_occupation(app, transaction, &extended, None)?;
        }
        Ok(extended)
    })
    .await
}

/// The person brings it back.
///
/// # Errors
/// `loan-order`, `odometer-…`; `loan-wrong-state`; the store.
pub async fn take_back(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<LoanKind>,
    new: NewTakeBack,
) -> Result<Loan, Refusal> {
    change(app, caller, Operation::LoanTakeBack, id, move |app, transaction, loan| {
        let now = app.now();
        let back = taken_back(&new, now)?;
        let odometer_m = back.odometer_m;
        let back = loan.apply(LoanAction::TakeBack(back), now).map_err(worded::loan)?;
        fleet::read_of_loan(transaction, &back, odometer_m)?;
        Ok(back)
    })
    .await
}

/// What is owed is settled, and due in the books from then on. What the person contributes is what the rate says, unless
/// something else was agreed.
///
/// # Errors
/// `loan-deposit-kept`, `service-amount`; `loan-wrong-state`; the store.
pub async fn close(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<LoanKind>,
    contribution_cents: Option<i64>,
    deposit_kept_cents: i64,
) -> Result<Loan, Refusal> {
    let contribution = contribution_cents.map(Cents::new);
    let deposit_kept = Cents::new(deposit_kept_cents);
    change(app, caller, Operation::LoanClose, id, move |app, transaction, loan| {
        let action = LoanAction::Close { contribution, deposit_kept };
        let closed = loan.apply(action, app.now()).map_err(worded::loan)?;
        books::loan_settled(app, transaction, &closed)?;
        Ok(closed)
    })
    .await
}

/// It does not come about.
///
/// # Errors
/// `loan-wrong-state`; the store.
pub async fn cancel(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<LoanKind>,
    reason: LoanCancelled,
) -> Result<Loan, Refusal> {
    change(app, caller, Operation::LoanCancel, id, move |app, _, loan| {
        Ok(loan.apply(LoanAction::Cancel(reason), app.now()).map_err(worded::loan)?)
    })
    .await
}

/// How loans are made here.
///
/// # Errors
/// The store.
pub fn policy(app: &App, caller: &Caller) -> Result<LoanPolicy, Refusal> {
    app.look(caller, Operation::LoanList, |_, view| Ok(loans::policy(view)?))
}

/// The etag of how loans are made.
pub fn policy_etag(policy: LoanPolicy) -> String {
    let LoanPolicy { handover_min } = policy;
    etag_of(&[&handover_min.to_string()])
}

/// Sets how loans are made here; `etag` is that of what was seen. What is booked stays booked.
///
/// # Errors
/// `loan-handover` for more than a week, `changed-meanwhile`; the store.
pub async fn set_policy(
    app: &Arc<App>,
    caller: &Caller,
    policy: LoanPolicy,
    etag: String,
) -> Result<LoanPolicy, Refusal> {
    if policy.handover_min > HANDOVER_MIN {
        return Err(refusals::invalid("loan-handover").with("max", HANDOVER_MIN));
    }
    let by = caller.clone();
    app.act(caller, Operation::LoanPolicySet, move |app, transaction| {
        check_said(&etag, Some(&policy_etag(loans::policy(transaction)?)), &policy_etag(policy))?;
        loans::set_policy(transaction, &policy)?;
        app.note(transaction, &by, Operation::LoanPolicySet, &[])?;
        Ok(policy)
    })
    .await
}

/// One loan.
///
/// # Errors
/// `loan-unknown`; the store.
pub(crate) fn find(view: &(impl View + ?Sized), id: Id<LoanKind>) -> Result<Loan, Aborted> {
    loans::find(view, id)?.ok_or_else(|| refusals::unknown("loan-unknown").with("id", id).into())
}

async fn change(
    app: &Arc<App>,
    caller: &Caller,
    operation: Operation,
    id: Id<LoanKind>,
    body: impl FnOnce(&App, &mut Transaction<'_>, &Loan) -> Result<Loan, Aborted> + Send + 'static,
) -> Result<Loan, Refusal> {
    let by = caller.clone();
    app.act(caller, operation, move |app, transaction| {
        let former = find(transaction, id)?;
        let loan = body(app, transaction, &former)?;
        loans::put(transaction, &loan)?;
        let mut subjects = vec![Subject::Loan(id), Subject::Person(loan.person)];
        subjects.extend(loan.booking().map(|booking| Subject::Asset(booking.asset)));
        app.note(transaction, &by, operation, &subjects)?;
        Ok(loan)
    })
    .await
}

fn check_bookable(asset: &Asset, span: Span) -> Result<(), Aborted> {
    Ok(asset.bookable(span).map_err(worded::not_bookable)?)
}

/// Whether the thing that is booked can be used for a time.
fn check_thing(view: &(impl View + ?Sized), loan: &Loan, span: Span) -> Result<(), Aborted> {
    match loan.booking() {
        Some(booking) => check_bookable(&fleet::find(view, booking.asset)?, span),
        None => Ok(()),
    }
}

/// Whether no other loan is in the way of the time a loan takes; `buffer_s` is the platform's unless named.
fn check_occupation(
    app: &App,
    view: &(impl View + ?Sized),
    loan: &Loan,
    buffer_s: Option<u32>,
) -> Result<(), Aborted> {
    loan.occupation(app.now()).map_or(Ok(()), |wanted| check_free(app, view, wanted, buffer_s))
}

fn check_free(
    app: &App,
    view: &(impl View + ?Sized),
    wanted: Occupation,
    buffer_s: Option<u32>,
) -> Result<(), Aborted> {
    let buffer_s = match buffer_s {
        Some(buffer_s) => buffer_s,
        None => loans::policy(view)?.handover_min.saturating_mul(60),
    };
    let since = wanted.span.widened(buffer_s).from();
    let others = loans::occupations(view, wanted.asset, since, app.now())?;
    match clash(wanted, buffer_s, &others) {
        Some(other) => Err(refusals::conflict("loan-taken")
            .with("loan", other.loan)
            .with("since", other.span.from())
            .with("until", other.span.until())
            .into()),
        None => match driving::drives_of(view, wanted.asset, wanted.span)?.first() {
            Some(trip) => Err(refusals::conflict("vehicle-taken").with("trip", trip).into()),
            None => Ok(()),
        },
    }
}

/// Nobody else has the thing when it is handed out.
fn check_back_before(view: &(impl View + ?Sized), loan: &Loan, at: Timestamp) -> Result<(), Aborted> {
    let Some(booking) = loan.booking() else { return Ok(()) };
    let others = loans::taking(view, booking.asset, at)?;
    match others.iter().find(|other| other.is_out() && other.id != loan.id) {
        Some(other) => Err(refusals::conflict("loan-still-out").with("loan", other.id).into()),
        None => Ok(()),
    }
}

fn handed_out(new: &NewHandOut, loan: &Loan, now: Timestamp) -> Result<HandOut, Refusal> {
    let agreed = loan.booking().map_or(Cents::ZERO, |booking| booking.deposit);
    let documents = new.documents.iter().map(|code| code.parse()).collect::<Result<_, _>>();
    Ok(HandOut {
        at: fleet::time(&new.at, now)?,
        condition: condition(&new.condition)?,
        odometer_m: new.odometer_m,
        deposit: new.deposit_cents.map_or(agreed, Cents::new),
        documents: documents.map_err(|_| refusals::invalid("loan-document-unknown"))?,
        by: Line::parse(&new.by).map_err(|error| refusals::text("by", error))?,
        notes: Notes::parse(&new.notes).map_err(|error| refusals::text("notes", error))?,
    })
}

fn taken_back(new: &NewTakeBack, now: Timestamp) -> Result<TakeBack, Refusal> {
    Ok(TakeBack {
        at: fleet::time(&new.at, now)?,
        condition: condition(&new.condition)?,
        odometer_m: new.odometer_m,
        by: Line::parse(&new.by).map_err(|error| refusals::text("by", error))?,
        damage: Notes::parse(&new.damage).map_err(|error| refusals::text("notes", error))?,
    })
}

fn condition(code: &str) -> Result<maillage_domain::loan::Condition, Refusal> {
    code.parse().map_err(|_| refusals::invalid("loan-condition-unknown"))
}
