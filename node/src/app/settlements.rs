//! Months with other members: what each of the two gets, by the books of this node; what this node signs and sends; what the
//! other has signed; where the two differ. All of it works without a hub in reach: letters wait in the outbox. No person is
//! in any of it.

pub(super) mod book;
mod sheet;

use std::{collections::BTreeMap, sync::Arc};

use maillage_domain::{
    agreement::Known,
    roles::Operation,
    settlement::{Account, Booked, Carrier, Correction, Said, Typed, TypedError, statement},
    trip::CorrectionReason,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    agreement::Agreement,
    envelope::{Body, Envelope, Party},
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind},
    limits, lives,
    month::Month,
    sealed::{Context, PayloadKind},
    settlement::{
        Difference, LegKey, Letter, Line, Reckoned, SettlementError, Signed, Statement, differences,
    },
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    agreements,
    events::{self, Actor, NewEvent, Subject},
    lives::Incarnation,
    settings, settlements,
};

use super::{
    Aborted, App,
    agreements::named,
    caller::Caller,
    edit::{check_said, etag_of},
    handover::{Desk, notices::Disbelief},
    refusals,
};
use crate::{federation::membership::Membership, limits::AGREEMENTS};

/// A month with another member, both directions.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The other member.
    pub other: Id<NodeKind>,
    /// The month of pickup.
    pub month: Month,
    /// What this node carried, and what the other did.
    pub directions: [Direction; 2],
}

/// One direction of a month.
#[derive(Debug, Clone)]
pub struct Direction {
    /// What the two have signed.
    pub account: Account,
    /// Every leg in the books.
    pub booked: Vec<Booked>,
    /// What the books make of it now.
    pub now: Statement,
    /// What it comes to, or why that cannot be said.
    pub reckoned: Result<Reckoned, SettlementError>,
    /// Where the books and what the other has signed differ; nothing while the other has not signed.
    pub differences: Result<BTreeMap<LegKey, Difference>, SettlementError>,
    /// The agreement, for the rates of each line.
    pub agreement: Option<Agreement>,
}

/// A line as somebody puts it right.
#[derive(Debug, Clone, Copy)]
pub struct NewLine {
    /// Which leg.
    pub key: LegKey,
    /// What takes its place.
    pub new: New,
    /// Why.
    pub reason: CorrectionReason,
}

/// What takes the place of a line.
#[derive(Debug, Clone, Copy)]
pub enum New {
    /// What somebody typed.
    Typed(Typed),
    /// What the other has signed, day and version of the agreement too; nothing, if the other does not have the leg.
    AsTheOther,
}

/// A month with every member that there is an agreement with; `None`: the month before this one.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller, month: Option<Month>) -> Result<Vec<Settlement>, Refusal> {
    app.look(caller, Operation::SettlementShow, |app, view| {
        let month = month.unwrap_or_else(|| Month::of(app.now()).previous());
        let Some(membership) = app.link.membership() else { return Ok(Vec::new()) };
        let known = agreements::list(view, AGREEMENTS)?;
        let known = known.into_iter().filter(|known| agreed(known).is_some());
        known.map(|known| of(view, membership.me, known.other, month)).collect()
    })
}

/// A month with another member, named by its id or the SIREN of its territory.
///
/// # Errors
/// `not-joined`, `desk-unknown`; the store.
pub fn show(app: &App, caller: &Caller, other: &str, month: Month) -> Result<Settlement, Refusal> {
    app.look(caller, Operation::SettlementShow, |app, view| {
        let membership = app.link.membership().ok_or_else(|| refusals::conflict("not-joined"))?;
        of(view, membership.me, named(app, other)?, month)
    })
}

/// What is booked of one handover of so many legs in a month with another member: nothing else of the month is read or reckoned, and
/// what the other has signed of it is not compared.
///
/// # Errors
/// As [`show`].
pub fn of_handover(
    app: &App,
    caller: &Caller,
    (other, month): (&str, Month),
    (handover, legs): (Id<HandoverKind>, usize),
) -> Result<Settlement, Refusal> {
    app.look(caller, Operation::SettlementShow, |app, view| {
        let membership = app.link.membership().ok_or_else(|| refusals::conflict("not-joined"))?;
        let other = named(app, other)?;
        let agreement = agreements::find(view, other)?.and_then(|known| known.agreement);
        let mut booked = Vec::new();
        for leg in (0..).take(legs) {
            booked.extend(settlements::leg(view, (other, month), LegKey { handover, leg })?);
        }
        let direction = |carrier| {
            let account = settlements::account(view, other, (month, carrier))?;
            let booked: Vec<Booked> = booked.iter().filter(|leg| leg.carrier == carrier).copied().collect();
            let now = statement(parties(membership.me, other, carrier), month, booked.iter().copied());
            let reckoned =
                agreement.as_ref().map_or(Err(SettlementError::OtherPair), |agreement| now.reckon(agreement));
            let (differences, agreement) = (Ok(BTreeMap::new()), agreement.clone());
            Ok::<_, Aborted>(Direction { account, booked, now, reckoned, differences, agreement })
        };
        Ok(Settlement { other, month, directions: [direction(Carrier::Us)?, direction(Carrier::Them)?] })
    })
}

/// A month with another member as a table.
///
/// # Errors
/// As [`show`].
pub fn export(app: &App, caller: &Caller, other: &str, month: Month) -> Result<String, Refusal> {
    app.look(caller, Operation::SettlementExport, |app, view| {
        let membership = app.link.membership().ok_or_else(|| refusals::conflict("not-joined"))?;
        let other = named(app, other)?;
        let directory = app.link.directory();
        let territory = directory.nodes.get(&other).map(|entry| entry.reach.territory);
        let siren = territory.map(|siren| siren.as_str().to_owned()).unwrap_or_default();
        Ok(sheet::table(&of(view, membership.me, other, month)?, &siren))
    })
}

/// Signs both directions of a month that is over, as the books are now, and sends them to the other. `seen` is the etag of what
/// was read: nothing else is signed.
///
/// # Errors
/// `not-joined`, `desk-unknown`, `settlement-no-agreement`, `settlement-month-open`, `settlement-month-past`, `etag-missing`,
/// `changed-meanwhile`, `settlement-cannot-reckon`, `settlement-too-many-lines`; the store.
pub async fn sign(
    app: &Arc<App>,
    caller: &Caller,
    (other, month): (String, Month),
    seen: String,
) -> Result<Settlement, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::SettlementSign, move |app, transaction| {
        let mut desk = Desk::open(app, transaction)?;
        let other = named(app, &other)?;
        check_month(month, Month::of(desk.at))?;
        let me = desk.membership.me;
        let settlement = of(desk.transaction, me, other, month)?;
        let known = agreements::find(desk.transaction, other)?;
        let known = known.filter(|known| agreed(known).is_some());
        known.ok_or_else(|| refusals::conflict("settlement-no-agreement"))?;
        check_said(&seen, Some(&settlement.etag()), "")?;
        app.note(desk.transaction, &by, Operation::SettlementSign, &[Subject::Node(other)])?;
        for direction in settlement.directions {
            if direction.is_possible() {
                sign_one(&mut desk, direction)?;
            }
        }
        of(desk.transaction, me, other, month)
    })
    .await
}

/// Puts a line right, or puts one in its place that the other has and this node has not. The trip itself, and what
/// statistics tell of it, stay as they are.
///
/// # Errors
/// `not-joined`, `desk-unknown`, `settlement-line-unknown`, `settlement-line-range`, `settlement-line-kilometres`,
/// `settlement-other-unsigned`, `settlement-cannot-reckon`; the store.
pub async fn correct(
    app: &Arc<App>,
    caller: &Caller,
    (other, month): (String, Month),
    new: NewLine,
) -> Result<Settlement, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::SettlementCorrect, move |app, transaction| {
        let desk = Desk::open(app, transaction)?;
        let (other, me) = (named(app, &other)?, desk.membership.me);
        let NewLine { key, new, reason } = new;
        let leg = settlements::leg(desk.transaction, (other, month), key)?;
        let leg = match leg {
            Some(leg) => Some(leg),
            None => theirs_alone(desk.transaction, (other, month), key)?,
        };
        let leg = leg.ok_or_else(|| refusals::unknown("settlement-line-unknown"))?;
        let line = match new {
            New::Typed(typed) => leg.typed(typed).map_err(not_typed)?,
            New::AsTheOther => as_the_other(desk.transaction, (other, month), &leg)?,
        };
        let leg = leg.put_right(Correction { line, reason, at: desk.at });
        let subjects = [Subject::Node(other), Subject::Handover(key.handover)];
        app.note(desk.transaction, &by, Operation::SettlementCorrect, &subjects)?;
        settlements::put_leg(desk.transaction, other, &leg)?;
        of(desk.transaction, me, other, month)
    })
    .await
}

/// A leg that only the other has, as nothing yet in the books of this node.
fn theirs_alone(
    view: &(impl View + ?Sized),
    (other, month): (Id<NodeKind>, Month),
    key: LegKey,
) -> Result<Option<Booked>, Aborted> {
    for carrier in [Carrier::Us, Carrier::Them] {
        let account = settlements::account(view, other, (month, carrier))?;
        if let Some((signed, _)) = account.theirs
            && let Some(line) = signed.statement.lines.get(&key)
        {
            let (day, version) = (line.day, line.version);
            return Ok(Some(Booked { key, carrier, day, version, what: None, corrected: None }));
        }
    }
    Ok(None)
}

/// A leg as the other has signed it last, if the two have the version of the agreement that it names.
fn as_the_other(
    view: &(impl View + ?Sized),
    (other, month): (Id<NodeKind>, Month),
    leg: &Booked,
) -> Result<Option<Line>, Aborted> {
    let account = settlements::account(view, other, (month, leg.carrier))?;
    let (signed, _) = account.theirs.ok_or_else(|| refusals::conflict("settlement-other-unsigned"))?;
    let Some(line) = signed.statement.lines.get(&leg.key).copied() else { return Ok(None) };
    let agreement = agreements::find(view, other)?.and_then(|known| known.agreement);
    let version = agreement.as_ref().and_then(|agreement| agreement.version(line.version));
    let holds = version.is_some_and(|version| version.terms.allows(signed.statement.carrier));
    if holds { Ok(Some(line)) } else { Err(refusals::conflict("settlement-cannot-reckon").into()) }
}

fn not_typed(error: TypedError) -> Refusal {
    match error {
        TypedError::Kilometres => refusals::invalid("settlement-line-kilometres"),
        TypedError::Range => refusals::invalid("settlement-line-range"),
    }
}

/// Signs one direction and puts the letter into the outbox.
fn sign_one(desk: &mut Desk<'_, '_>, direction: Direction) -> Result<(), Aborted> {
    let Direction { account, now, reckoned, .. } = direction;
    if reckoned.is_err() {
        return Err(refusals::conflict("settlement-cannot-reckon").into());
    }
    if now.lines.len() > limits::SETTLEMENT_LINES {
        return Err(refusals::conflict("settlement-too-many-lines").into());
    }
    let life = settings::find::<Incarnation>(desk.transaction)?;
    let counter = account.next_counter(lives::counters_begin(life.map_or(0, |life| life.number)));
    let (membership, other) = (Arc::clone(&desk.membership), account.other);
    let signer = (&membership.federation, membership.me);
    let signed = Signed::sign(now, counter, signer, &membership.keys.signer);
    let statement = desk.seal_between(PayloadKind::Settlement, other, &signed.encode())?;
    let envelope = desk.post(Body::Settlement(Letter { with: other, statement }))?;
    let ours = Said { signed, at: desk.at, envelope: Some(envelope), refused: None };
    Ok(settlements::put_account(desk.transaction, &Account { ours: Some(ours), ..account })?)
}

/// Whether a month is over, and not over for long.
fn check_month(month: Month, now: Month) -> Result<(), Aborted> {
    match months_since(month, now) {
        ..1 => Err(refusals::conflict("settlement-month-open").into()),
        1..=limits::SETTLEMENT_MONTHS => Ok(()),
        _ => Err(refusals::conflict("settlement-month-past").into()),
    }
}

fn months_since(month: Month, now: Month) -> i32 {
    let number = |month: Month| i32::from(month.year()) * 12 + i32::from(month.number());
    number(now) - number(month)
}

fn agreed(known: &Known) -> Option<&Agreement> {
    known.agreement.as_ref().filter(|agreement| !agreement.versions.is_empty())
}

/// A month as the books have it, with what the two have signed.
fn of(
    view: &(impl View + ?Sized),
    me: Id<NodeKind>,
    other: Id<NodeKind>,
    month: Month,
) -> Result<Settlement, Aborted> {
    let agreement = agreements::find(view, other)?.and_then(|known| known.agreement);
    let booked = settlements::legs(view, other, month)?;
    let direction = |carrier| {
        let account = settlements::account(view, other, (month, carrier))?;
        let booked: Vec<Booked> = booked.iter().filter(|leg| leg.carrier == carrier).copied().collect();
        let now = statement(parties(me, other, carrier), month, booked.iter().copied());
        Ok::<_, Aborted>(Direction::of(account, booked, now, agreement.clone()))
    };
    Ok(Settlement { other, month, directions: [direction(Carrier::Us)?, direction(Carrier::Them)?] })
}

/// Who carries, and for whom.
fn parties(me: Id<NodeKind>, other: Id<NodeKind>, carrier: Carrier) -> (Id<NodeKind>, Id<NodeKind>) {
    match carrier {
        Carrier::Us => (me, other),
        Carrier::Them => (other, me),
    }
}

impl Direction {
    fn of(account: Account, booked: Vec<Booked>, now: Statement, agreement: Option<Agreement>) -> Self {
        let (reckoned, differences) = match &agreement {
            Some(agreement) => (
                now.reckon(agreement),
                account.theirs.as_ref().map_or(Ok(BTreeMap::new()), |(signed, _)| {
                    differences(&now, &signed.statement, agreement)
                }),
            ),
            None => (Err(SettlementError::OtherPair), Err(SettlementError::OtherPair)),
        };
        Self { account, booked, now, reckoned, differences, agreement }
    }

    /// What the origin owes the carrier by the books, in cents; `None` if that cannot be said.
    pub fn total(&self) -> Option<i64> {
        self.reckoned.as_ref().ok().map(|reckoned| reckoned.total)
    }

    /// What the other has reckoned with when it signed, in cents.
    pub fn their_total(&self) -> Option<i64> {
        let (signed, _) = self.account.theirs.as_ref()?;
        Some(signed.statement.reckon(self.agreement.as_ref()?).ok()?.total)
    }

    /// Whether the books are not what this node has signed.
    pub fn has_changed(&self) -> bool {
        self.account.has_changed(&self.now)
    }

    /// Whether there is something in it, or could be under a version that the two have signed.
    pub fn is_possible(&self) -> bool {
        let versions = self.agreement.iter().flat_map(|agreement| &agreement.versions);
        !self.now.lines.is_empty()
            || self.account.theirs.is_some()
            || versions.into_iter().any(|version| version.terms.allows(self.now.carrier))
    }
}

impl Settlement {
    /// What the other owes this node by the books, less what this node owes the other, in cents; `None` if one of the two
    /// cannot be said.
    pub fn net(&self) -> Option<i64> {
        let [ours, theirs] = &self.directions;
        let total = |direction: &Direction| if direction.is_possible() { direction.total() } else { Some(0) };
        Some(total(ours)? - total(theirs)?)
    }

    /// Differs when and only when what would be signed does.
    pub fn etag(&self) -> String {
        let digests = self
            .directions
            .each_ref()
            .map(|direction| blake3::Hash::from_bytes(direction.now.digest()).to_hex().to_string());
        etag_of(&digests.each_ref().map(String::as_str))
    }
}

/// Whether a letter is what the other of the two has signed for this node; gives who, and what.
///
/// # Errors
/// Why it is not believed.
pub(super) fn check(
    app: &App,
    membership: &Membership,
    cause: &Envelope,
) -> Result<(Id<NodeKind>, Signed), Disbelief> {
    let Party::Node(sender) = cause.header.sender else { return Err(Disbelief::ForeignCause) };
    let directory = app.link.directory();
    let entry = directory.nodes.get(&sender).ok_or(Disbelief::UnknownNode(sender))?;
    let Body::Settlement(letter) = cause.verify(&membership.federation, &entry.signing_key)? else {
        return Err(Disbelief::ForeignCause);
    };
    if letter.with != membership.me || cause.header.recipient != Party::Hub {
        return Err(Disbelief::ForeignCause);
    }
    let context = Context::between(PayloadKind::Settlement, sender, membership.me);
    let plain = membership.keys.sealing.open(&letter.statement, &context);
    let signed = plain.ok().and_then(|plain| Signed::decode(&plain).ok()).ok_or(Disbelief::Unreadable)?;
    let Statement { carrier, origin, .. } = signed.statement;
    let of_us = [(membership.me, sender), (sender, membership.me)].contains(&(carrier, origin));
    let holds = signed.verify((&membership.federation, sender), &entry.signing_key).is_ok();
    if of_us && holds { Ok((sender, signed)) } else { Err(Disbelief::ForeignCause) }
}

/// Takes in what the other has signed, if it is newer than what is known of that month.
///
/// # Errors
/// The store.
pub(super) fn told(desk: &mut Desk<'_, '_>, other: Id<NodeKind>, signed: &Signed) -> Result<(), Aborted> {
    let month = signed.statement.month;
    let known = agreements::find(desk.transaction, other)?;
    let settled = known.as_ref().is_some_and(|known| agreed(known).is_some());
    // The other's clock may be ahead of ours: what it has signed on the first of a month is taken on the eve here.
    let tomorrow = desk.at.checked_add(jiff::Span::new().hours(24)).unwrap_or(desk.at);
    if !settled || check_month(month, Month::of(tomorrow)).is_err() {
        tracing::warn!(%other, %month, "a statement of a month that is not to be settled: passed over");
        return Ok(());
    }
    let carrier = if signed.statement.carrier == desk.membership.me { Carrier::Us } else { Carrier::Them };
    let mut account = settlements::account(desk.transaction, other, (month, carrier))?;
    if !account.hear(signed.clone(), desk.at) {
        tracing::info!(%other, %month, "an old statement: passed over");
        return Ok(());
    }
    settlements::put_account(desk.transaction, &account)?;
    let (subjects, actor) = (vec![Subject::Node(other)], Actor::Neighbour(other));
    let event = NewEvent { at: desk.at, kind: "notice.settlement-signed", subjects, actor };
    events::record(desk.transaction, event)?;
    Ok(())
}

/// Applies the hub's answer to a letter.
///
/// # Errors
/// The store.
pub(super) fn answered(
    transaction: &mut Transaction<'_>,
    other: Id<NodeKind>,
    (envelope, refused): (Id<EnvelopeKind>, Option<String>),
) -> Result<(), Aborted> {
    let Some(mut account) = settlements::said_in(transaction, other, envelope)? else { return Ok(()) };
    if let Some(said) = &mut account.ours {
        said.envelope = None;
        said.refused = refused;
    }
    Ok(settlements::put_account(transaction, &account)?)
}
