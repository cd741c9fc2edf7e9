//! Agreements with other members: proposed and answered here, kept by the hub, believed only with the signatures of both.
//! What this node has said waits in the outbox like everything else, so that all of it works without a hub in reach.
//! No person's data is in any of it.

use std::sync::Arc;

use jiff::civil::Date;
use maillage_domain::{
    agreement::{Known, NotNow, Said, code},
    handover::{Outgoing, Trusting},
    roles::Operation,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    agreement::{
        Action, Agreement, AgreementNotice, Carriers, Command, NoticeKind, Rates, Terms, TermsError, Trust,
        Unproven, Version,
    },
    envelope::{Body, Party, Receipt},
    handover::Offer,
    ids::{EnvelopeKind, Id, NodeKind},
    month::paris,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    agreements,
    events::{self, Actor, NewEvent, Subject},
    handovers,
};

use super::{
    Aborted, App,
    caller::Caller,
    handover::{
        Desk,
        notices::{Disbelief, consider},
        recovery,
    },
    refusals,
};
use crate::{federation::membership::Membership, limits::AGREEMENTS};

/// Terms as somebody at this node proposes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTerms {
    /// Who carries for the other.
    pub carrier: Carrier,
    /// What the carrier gets.
    pub rates: Rates,
    /// Whether contributions that the carrier collected are taken off.
    pub contributions_deducted: bool,
    /// How much the two rely on each other.
    pub trust: Trust,
    /// First day; `None`: today.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
}

/// Who carries for the other, seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Each for the other.
    Both,
    /// We for them.
    Us,
    /// They for us.
    Them,
}

/// Every agreement, and what waits for an answer.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller) -> Result<Vec<Known>, Refusal> {
    app.look(caller, Operation::AgreementShow, |_, view| Ok(agreements::list(view, AGREEMENTS)?))
}

/// The agreement with another member, named by its id or the SIREN of its territory.
///
/// # Errors
/// `desk-unknown`; the store.
pub fn show(app: &App, caller: &Caller, other: &str) -> Result<Known, Refusal> {
    app.look(caller, Operation::AgreementShow, |app, view| {
        let other = named(app, other)?;
        Ok(agreements::find(view, other)?.unwrap_or_else(|| Known::nothing(other)))
    })
}

/// Proposes an agreement, or other terms: what is in force stays so until the other accepts.
///
/// # Errors
/// `not-joined`, `desk-unknown`, `agreement-with-oneself`, `agreement-rate`, `agreement-days`, `agreement-under-way`,
/// `agreement-pending`; the store.
pub async fn propose(
    app: &Arc<App>,
    caller: &Caller,
    other: String,
    terms: NewTerms,
) -> Result<Known, Refusal> {
    say(app, caller, Operation::AgreementPropose, other, move |desk, known| {
        let number = known.next_number()?;
        let NewTerms { carrier, rates, contributions_deducted, trust, from, until } = terms;
        let carriers = match carrier {
            Carrier::Both => Carriers::Both,
            Carrier::Us => Carriers::Only(desk.membership.me),
            Carrier::Them => Carriers::Only(known.other),
        };
        let from = from.unwrap_or_else(|| today(desk));
        let terms = Terms { carriers, rates, contributions_deducted, trust, from, until };
        terms.check()?;
        if until.is_some_and(|until| until < today(desk)) {
            return Err(refusals::invalid("agreement-days").into());
        }
        Ok((number, Action::Propose(terms)))
    })
    .await
}

/// Agrees to the version that the other proposes. The number says which terms were read.
///
/// # Errors
/// `not-joined`, `desk-unknown`, `agreement-nothing-proposed`, `agreement-under-way`; the store.
pub async fn accept(app: &Arc<App>, caller: &Caller, other: String, version: u32) -> Result<Known, Refusal> {
    say(app, caller, Operation::AgreementAccept, other, move |_, known| {
        let proposal = known.theirs()?;
        if proposal.number != version {
            return Err(NotNow::NothingProposed.into());
        }
        let pair = known.agreement.as_ref().map(|agreement| agreement.pair);
        let pair = pair.ok_or(NotNow::NothingProposed)?;
        Ok((version, Action::Accept(proposal.terms.digest(pair, version, proposal.by))))
    })
    .await
}

/// Does not agree to what the other proposes.
///
/// # Errors
/// As [`accept`].
pub async fn decline(app: &Arc<App>, caller: &Caller, other: String) -> Result<Known, Refusal> {
    say(app, caller, Operation::AgreementDecline, other, |_, known| {
        Ok((known.theirs()?.number, Action::Decline))
    })
    .await
}

/// Takes our proposal back.
///
/// # Errors
/// `not-joined`, `desk-unknown`, `agreement-nothing-of-ours`, `agreement-under-way`; the store.
pub async fn withdraw(app: &Arc<App>, caller: &Caller, other: String) -> Result<Known, Refusal> {
    say(app, caller, Operation::AgreementWithdraw, other, |_, known| {
        Ok((known.ours()?.number, Action::TakeBack))
    })
    .await
}

/// Ends an agreement with a last day, today at the earliest; `None` is today.
///
/// # Errors
/// `not-joined`, `desk-unknown`, `agreement-nothing-agreed`, `agreement-days`, `agreement-under-way`; the store.
pub async fn end(
    app: &Arc<App>,
    caller: &Caller,
    other: String,
    last_day: Option<Date>,
) -> Result<Known, Refusal> {
    say(app, caller, Operation::AgreementEnd, other, move |desk, known| {
        let today = today(desk);
        let last_day = last_day.unwrap_or(today);
        if last_day < today {
            return Err(refusals::invalid("agreement-days").into());
        }
        Ok((known.to_end(today)?, Action::End { last_day }))
    })
    .await
}

/// Says something about an agreement: what, and about which version, is decided on what is known in the transaction.
async fn say(
    app: &Arc<App>,
    caller: &Caller,
    operation: Operation,
    other: String,
    what: impl FnOnce(&Desk<'_, '_>, &Known) -> Result<(u32, Action), Aborted> + Send + 'static,
) -> Result<Known, Refusal> {
    let by = caller.clone();
    app.act(caller, operation, move |app, transaction| {
        let mut desk = Desk::open(app, transaction)?;
        let other = named(app, &other)?;
        if other == desk.membership.me {
            return Err(refusals::invalid("agreement-with-oneself").into());
        }
        let known = agreements::find(desk.transaction, other)?;
        let mut known = known.unwrap_or_else(|| Known::nothing(other));
        let (version, action) = what(&desk, &known)?;
        app.note(desk.transaction, &by, operation, &[Subject::Node(other)])?;
        let command = Command { with: other, version, action };
        let what = code(&command).to_owned();
        let envelope = desk.post(Body::Agreement(command))?;
        known.said = Some(Said { envelope, at: desk.at, version, what });
        known.last_refusal = None;
        agreements::put(desk.transaction, &known)?;
        Ok(known)
    })
    .await
}

/// The member that an id or the SIREN of a territory names. One that is not known may have joined since: the directory is
/// asked for, and whoever asks again is answered by the newer one.
pub(super) fn named(app: &App, text: &str) -> Result<Id<NodeKind>, Aborted> {
    let directory = app.link.directory();
    let wanted = text.trim();
    let id = wanted.parse().ok().filter(|id| directory.nodes.contains_key(id));
    let of_territory = || {
        let mut live = directory.nodes.values().filter(|entry| !entry.revoked);
        live.find(|entry| entry.reach.territory.as_str() == wanted).map(|entry| entry.node)
    };
    id.or_else(of_territory).ok_or_else(|| {
        app.link.ask_directory();
        refusals::unknown("desk-unknown").into()
    })
}

fn today(desk: &Desk<'_, '_>) -> Date {
    desk.at.to_zoned(paris()).date()
}

/// The version under which `carrier` may carry what `origin` offers; `carrier` is this node.
///
/// # Errors
/// The store.
pub(super) fn to_carry(
    view: &(impl View + ?Sized),
    (carrier, origin): (Id<NodeKind>, Id<NodeKind>),
    offer: &Offer,
) -> Result<Option<u32>, Aborted> {
    Ok(version_to_carry(view, (carrier, origin), offer)?.map(|version| version.number))
}

/// The trust of the agreement under which `carrier` may carry what `origin` offers; `carrier` is this node.
///
/// # Errors
/// The store.
pub(super) fn trust_to_carry(
    view: &(impl View + ?Sized),
    (carrier, origin): (Id<NodeKind>, Id<NodeKind>),
    offer: &Offer,
) -> Result<Option<Trust>, Aborted> {
    Ok(version_to_carry(view, (carrier, origin), offer)?.map(|version| version.terms.trust))
}

fn version_to_carry(
    view: &(impl View + ?Sized),
    (carrier, origin): (Id<NodeKind>, Id<NodeKind>),
    offer: &Offer,
) -> Result<Option<Version>, Aborted> {
    let known = agreements::find(view, origin)?.and_then(|known| known.agreement);
    Ok(known.and_then(|agreement| agreement.version_for(carrier, offer.pickup_days()).cloned()))
}

/// How far the bidders of a handover are trusted, by the agreements that their bids name, as far as they are in force on the days of
/// pickup still.
///
/// # Errors
/// The store.
pub(super) fn trusting(view: &(impl View + ?Sized), outgoing: &Outgoing) -> Result<Trusting, Aborted> {
    let mut trust = Trusting::new();
    for (node, bid) in &outgoing.bids {
        let Some(number) = bid.agreement else { continue };
        let agreement = agreements::find(view, *node)?.and_then(|known| known.agreement);
        let in_force =
            |agreement: &&Agreement| agreement.check_bid(number, *node, outgoing.offer.pickup_days()).is_ok();
        let version = agreement.as_ref().filter(in_force).and_then(|agreement| agreement.version(number));
        trust.extend(version.map(|version| (*node, version.terms.trust)));
    }
    Ok(trust)
}

/// The agreements that a restored hub may have forgotten.
///
/// # Errors
/// The store.
pub fn presentable(app: &App) -> Result<Vec<Agreement>, Refusal> {
    app.read(|_, view| {
        let all = agreements::list(view, AGREEMENTS)?;
        Ok(all.into_iter().filter_map(|known| known.agreement).collect())
    })
}

/// Takes in where agreements stand after a restore, of the hub or of this node; what the two have not signed is passed over.
///
/// # Errors
/// The store.
pub async fn heard(app: &Arc<App>, records: Vec<Agreement>) -> Result<(), Refusal> {
    app.transact("agreements.heard", move |app, transaction| {
        let mut desk = Desk::of_restored(app, transaction)?;
        for record in records {
            let pair = record.pair;
            let other = pair.other(desk.membership.me);
            if !pair.has(desk.membership.me) {
                continue;
            }
            if let Err(unproven) = prove(app, &desk.membership, &record) {
                let error = refusals::chain(&unproven);
                tracing::error!(%other, error, "the hub tells an agreement that nobody has signed");
                continue;
            }
            let known = agreements::find(desk.transaction, other)?;
            let mut known = known.unwrap_or_else(|| Known::nothing(other));
            learn(&mut known, record);
            agreements::put(desk.transaction, &known)?;
            // A restored node says nothing yet about a handover: it considers them once it knows where they stand.
            if !recovery::is_to_reconcile(desk.transaction)? {
                reconsider(&mut desk, other)?;
            }
        }
        Ok(())
    })
    .await
}

/// Whether a notice about an agreement is ours to believe: both have signed what it says, and the other has said what it is
/// about.
///
/// # Errors
/// Why it is not believed.
pub(super) fn check(app: &App, membership: &Membership, notice: &AgreementNotice) -> Result<(), Disbelief> {
    let AgreementNotice { agreement, kind, cause } = notice;
    if !agreement.pair.has(membership.me) {
        return Err(Disbelief::Address);
    }
    prove(app, membership, agreement).map_err(|unproven| match unproven {
        Unproven::UnknownNode(node) => Disbelief::UnknownNode(node),
        Unproven::NotSigned | Unproven::Contradiction => Disbelief::Unproven(unproven),
    })?;
    let other = agreement.pair.other(membership.me);
    let directory = app.link.directory();
    let entry = directory.nodes.get(&other).ok_or(Disbelief::UnknownNode(other))?;
    if cause.header.sender != Party::Node(other) || cause.header.recipient != Party::Hub {
        return Err(Disbelief::ForeignCause);
    }
    let Body::Agreement(command) = cause.verify(&membership.federation, &entry.signing_key)? else {
        return Err(Disbelief::ForeignCause);
    };
    let belongs = command.with == membership.me && led_to(&command, *kind, agreement);
    if belongs { Ok(()) } else { Err(Disbelief::ForeignCause) }
}

/// Whether a command leads to a record, and is what the notice says it is.
fn led_to(command: &Command, kind: NoticeKind, agreement: &Agreement) -> bool {
    let answered = agreement.proposal.is_none() && agreement.last_number == command.version;
    match (&command.action, kind) {
        (Action::Propose(_), NoticeKind::Proposed) => {
            agreement.proposal.as_ref().is_some_and(|proposal| proposal.number == command.version)
        }
        (Action::Accept(_), NoticeKind::Accepted) => answered && agreement.version(command.version).is_some(),
        (Action::Decline, NoticeKind::Declined) | (Action::TakeBack, NoticeKind::TakenBack) => {
            answered && agreement.version(command.version).is_none()
        }
        (Action::End { last_day }, NoticeKind::Ended) => {
            let ended = agreement.version(command.version).and_then(|version| version.end.as_ref());
            ended.is_some_and(|end| end.last_day == *last_day)
        }
        (
            Action::Propose(_) | Action::Accept(_) | Action::Decline | Action::TakeBack | Action::End { .. },
            _,
        ) => false,
    }
}

fn prove(app: &App, membership: &Membership, agreement: &Agreement) -> Result<(), Unproven> {
    let directory = app.link.directory();
    agreement.prove(&membership.federation, |node| directory.nodes.get(&node).map(|entry| entry.signing_key))
}

/// Applies a notice that is believed.
///
/// # Errors
/// The store.
pub(super) fn told(desk: &mut Desk<'_, '_>, notice: &AgreementNotice) -> Result<(), Aborted> {
    let other = notice.agreement.pair.other(desk.membership.me);
    let known = agreements::find(desk.transaction, other)?;
    let mut known = known.unwrap_or_else(|| Known::nothing(other));
    learn(&mut known, notice.agreement.clone());
    agreements::put(desk.transaction, &known)?;
    let kind = match notice.kind {
        NoticeKind::Proposed => "notice.agreement-proposed",
        NoticeKind::Accepted => "notice.agreement-accepted",
        NoticeKind::Declined => "notice.agreement-declined",
        NoticeKind::TakenBack => "notice.agreement-taken-back",
        NoticeKind::Ended => "notice.agreement-ended",
    };
    let (subjects, actor) = (vec![Subject::Node(other)], Actor::Neighbour(other));
    events::record(desk.transaction, NewEvent { at: desk.at, kind, subjects, actor })?;
    reconsider(desk, other)
}

/// Applies the hub's answer to what this node has said.
///
/// # Errors
/// The store.
pub(super) fn answered(desk: &mut Desk<'_, '_>, command: &Command, receipt: &Receipt) -> Result<(), Aborted> {
    let known = agreements::find(desk.transaction, command.with)?;
    let mut known = known.unwrap_or_else(|| Known::nothing(command.with));
    known.answered(receipt.envelope, receipt.refused.clone());
    if let Some(record) = &receipt.agreement {
        match prove(desk.app, &desk.membership, record) {
            Ok(()) => learn(&mut known, record.clone()),
            Err(unproven) => {
                let error = refusals::chain(&unproven);
                tracing::error!(other = %command.with, error, "the hub tells an agreement that nobody has signed");
            }
        }
    }
    agreements::put(desk.transaction, &known)?;
    reconsider(desk, command.with)
}

fn learn(known: &mut Known, record: Agreement) {
    if !known.learn(record) {
        tracing::error!(other = %known.other, "the hub takes back what both have signed: not believed");
    }
}

/// What the hub will never take was never said.
///
/// # Errors
/// The store.
pub(super) fn undeliverable(
    transaction: &mut Transaction<'_>,
    other: Id<NodeKind>,
    envelope: Option<Id<EnvelopeKind>>,
    reason: &str,
) -> Result<(), Aborted> {
    let (Some(mut known), Some(envelope)) = (agreements::find(transaction, other)?, envelope) else {
        return Ok(());
    };
    known.answered(envelope, Some(reason.to_owned()));
    Ok(agreements::put(transaction, &known)?)
}

/// Offers of that member that we did not bid for may be worth a bid now.
fn reconsider(desk: &mut Desk<'_, '_>, other: Id<NodeKind>) -> Result<(), Aborted> {
    for incoming in handovers::open_incoming(desk.transaction, desk.membership.me)? {
        if incoming.origin == other {
            consider(desk, incoming)?;
        }
    }
    Ok(())
}

impl From<NotNow> for Aborted {
    fn from(not_now: NotNow) -> Self {
        let reason = match not_now {
            NotNow::UnderWay => "agreement-under-way",
            NotNow::Pending => "agreement-pending",
            NotNow::NothingProposed => "agreement-nothing-proposed",
            NotNow::NothingOfOurs => "agreement-nothing-of-ours",
            NotNow::NothingAgreed => "agreement-nothing-agreed",
        };
        refusals::conflict(reason).into()
    }
}

impl From<TermsError> for Aborted {
    fn from(error: TermsError) -> Self {
        let reason = match error {
            TermsError::Rate => "agreement-rate",
            TermsError::Days | TermsError::Day => "agreement-days",
        };
        refusals::invalid(reason).into()
    }
}
