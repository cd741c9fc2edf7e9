//! Pathways: for the desk alone. A person has at most one that is open, which the transaction that opens one checks.

use std::sync::Arc;

use jiff::ToSpan as _;
use maillage_domain::{
    ids::{PathwayKind, PersonKind, ServiceKind},
    pathway::{BasketItem, Diagnosis, Entry, Exit, FollowUp, Milestone, Outcome, Pathway, PathwayAction},
    roles::Operation,
    service::ServiceType,
    text::Notes,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    events::Subject,
    pathways, persons, requests, series,
};

use super::{
    Aborted, App,
    caller::Caller,
    edit::{check_etag, check_step},
    fleet::{day, today},
    loans,
    pages::{self, Mark},
    refusals,
    refusals::services as worded,
    services,
};

/// Opens a pathway without a referral.
///
/// # Errors
/// `person-unknown`, `pathway-open-already`, `day-…`; the store.
pub async fn open(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    (on, notes): (&str, &str),
) -> Result<Pathway, Refusal> {
    let pathway = read(app, person, (on, notes))?;
    let by = caller.clone();
    app.act_once(caller, Operation::PathwayOpen, move |app, transaction| {
        put_new(app, transaction, &by, &pathway)?;
        Ok(pathway)
    })
    .await
}

/// A pathway without a referral as typed, not yet written.
///
/// # Errors
/// `day-…`; notes that are not acceptable.
pub(crate) fn read(app: &App, person: Id<PersonKind>, (on, notes): (&str, &str)) -> Result<Pathway, Refusal> {
    let notes = Notes::parse(notes).map_err(|error| refusals::text("notes", error))?;
    let entry = Entry { person, referral: None, prescriber: None, on: day(on, app.now())? };
    Pathway::open(app.new_id(), entry, notes, app.now()).map_err(worded::pathway)
}

/// Writes a pathway that is new inside a transaction.
///
/// # Errors
/// `person-unknown`, `pathway-open-already`; the store.
pub(crate) fn put_new(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    pathway: &Pathway,
) -> Result<(), Aborted> {
    let person = pathway.person;
    persons::find(transaction, person)?
        .ok_or_else(|| refusals::unknown("person-unknown").with("id", person))?;
    check_none_open(transaction, person)?;
    pathways::put(transaction, pathway)?;
    app.note(
        transaction,
        by,
        Operation::PathwayOpen,
        &[Subject::Pathway(pathway.id), Subject::Person(person)],
    )
}

/// One pathway. That it was opened is noted: it tells much of a person.
///
/// # Errors
/// `pathway-unknown`; the store.
pub async fn show(app: &Arc<App>, caller: &Caller, id: Id<PathwayKind>) -> Result<Pathway, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::PathwayShow, move |app, transaction| {
        let pathway = find(transaction, id)?;
        let (subject, purpose) = (Subject::Person(pathway.person), Operation::PathwayShow.code().into());
        access_log::record(transaction, &Access { at: app.now(), subject, actor: by.actor(), purpose })?;
        Ok(pathway)
    })
    .await
}

/// Pathways in the order they were opened, after one of them.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    after: Option<Id<PathwayKind>>,
    limit: usize,
) -> Result<Vec<Pathway>, Refusal> {
    app.look(caller, Operation::PathwayList, |_, view| Ok(pathways::list(view, after, limit)?))
}

/// Pathways of a person, newest first.
///
/// # Errors
/// The store.
pub fn of_person(
    app: &App,
    caller: &Caller,
    person: Id<PersonKind>,
    limit: usize,
) -> Result<Vec<Pathway>, Refusal> {
    app.look(caller, Operation::PathwayList, |_, view| Ok(pathways::of_person(view, person, limit)?))
}

/// Whom to call: a page of the open pathways whose next follow-up is due within a number of days, the longest due first, and
/// where the next page goes on.
///
/// # Errors
/// The store.
pub fn follow_ups(
    app: &App,
    caller: &Caller,
    within_days: u16,
    (after, limit): (Option<Mark<PathwayKind>>, usize),
) -> Result<(Vec<Pathway>, Option<Mark<PathwayKind>>), Refusal> {
    app.look(caller, Operation::PathwayList, |app, view| {
        let until = today(app).saturating_add(i64::from(within_days).days());
        let after = after.map(|after| (pages::day(after), after.1));
        let found = pathways::due(view, until, after, limit)?;
        let mark = |last: &Pathway| last.next_follow_up().map(|(_, on)| pages::on(on, last.id));
        let next = found.last().filter(|_| found.len() == limit).and_then(mark);
        Ok((found, next))
    })
}

/// The situation was looked at, perhaps at an appointment that is in the books.
///
/// # Errors
/// `service-unknown`, `pathway-other-person`, `pathway-no-diagnosis` for a service that is no held advice;
/// `changed-meanwhile`, `pathway-wrong-stage`, `day-…`; the store.
pub async fn diagnose(
    app: &Arc<App>,
    caller: &Caller,
    (id, etag): (Id<PathwayKind>, String),
    on: &str,
    service: Option<Id<ServiceKind>>,
) -> Result<Pathway, Refusal> {
    let on = day(on, app.now())?;
    change(app, caller, Operation::PathwayDiagnose, id, move |view, pathway| {
        check_step(&etag, pathway.revision, pathway.diagnosis().is_some())?;
        if let Some(service) = service {
            let service = services::find(view, service)?;
            if service.person() != Some(pathway.person) {
                return Err(other_person());
            }
            if service.case.kind() != ServiceType::Advice || service.rendered().is_none() {
                return Err(refusals::conflict("pathway-no-diagnosis").into());
            }
        }
        Ok(PathwayAction::Diagnose(Diagnosis { on, service }))
    })
    .await
}

/// Puts something of the person's into the basket, or takes it out.
///
/// # Errors
/// `…-unknown`, `pathway-other-person`, `pathway-basket…`, `pathway-wrong-stage`; the store.
pub async fn change_basket(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PathwayKind>,
    item: BasketItem,
    remove: bool,
) -> Result<Pathway, Refusal> {
    change(app, caller, Operation::PathwayBasket, id, move |view, pathway| {
        if remove {
            return Ok(PathwayAction::Remove(item));
        }
        if owner(view, item)? == Some(pathway.person) {
            Ok(PathwayAction::Add(item))
        } else {
            Err(other_person())
        }
    })
    .await
}

/// The basket is agreed.
///
/// # Errors
/// `pathway-basket-empty`, `pathway-wrong-stage`, `day-…`; the store.
pub async fn agree_basket(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PathwayKind>,
    on: &str,
) -> Result<Pathway, Refusal> {
    let on = day(on, app.now())?;
    change(app, caller, Operation::PathwayBasket, id, move |_, _| Ok(PathwayAction::AgreeBasket { on })).await
}

/// The person was called, and reached or not.
///
/// # Errors
/// `pathway-already-heard`, `pathway-too-early`, `pathway-wrong-stage`, `day-…`; the store.
pub async fn follow_up(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PathwayKind>,
    (milestone, on): (Milestone, &str),
    heard: Option<Outcome>,
) -> Result<Pathway, Refusal> {
    let follow_up = FollowUp { on: day(on, app.now())?, heard };
    change(app, caller, Operation::PathwayFollowUp, id, move |_, _| {
        Ok(PathwayAction::FollowUp(milestone, follow_up))
    })
    .await
}

/// It is over.
///
/// # Errors
/// `pathway-wrong-stage`, `day-…`; the store.
pub async fn exit(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PathwayKind>,
    on: &str,
    outcome: Outcome,
) -> Result<Pathway, Refusal> {
    let exit = Exit { on: day(on, app.now())?, outcome };
    change(app, caller, Operation::PathwayExit, id, move |_, _| Ok(PathwayAction::Exit(exit))).await
}

/// Writes the notes of the desk anew.
///
/// # Errors
/// `changed-meanwhile`; the store.
pub async fn note(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PathwayKind>,
    notes: &str,
    etag: String,
) -> Result<Pathway, Refusal> {
    let notes = Notes::parse(notes).map_err(|error| refusals::text("notes", error))?;
    change(app, caller, Operation::PathwayNote, id, move |_, pathway| {
        check_etag(&etag, pathway.revision)?;
        Ok(PathwayAction::Note(notes))
    })
    .await
}

/// Whether a person has no open pathway.
///
/// # Errors
/// `pathway-open-already` with the one there is; the store.
pub(crate) fn check_none_open(view: &(impl View + ?Sized), person: Id<PersonKind>) -> Result<(), Aborted> {
    match pathways::open_of(view, person)? {
        Some(open) => Err(refusals::conflict("pathway-open-already")
            .with("field", "person")
            .with("pathway", open.id)
            .into()),
        None => Ok(()),
    }
}

async fn change(
    app: &Arc<App>,
    caller: &Caller,
    operation: Operation,
    id: Id<PathwayKind>,
    action: impl FnOnce(&dyn View, &Pathway) -> Result<PathwayAction, Aborted> + Send + 'static,
) -> Result<Pathway, Refusal> {
    let by = caller.clone();
    app.act(caller, operation, move |app, transaction| {
        let former = find(transaction, id)?;
        let action = action(transaction, &former)?;
        let pathway = former.apply(action, app.now()).map_err(worded::pathway)?;
        pathways::put(transaction, &pathway)?;
        let subjects = [Subject::Pathway(id), Subject::Person(pathway.person)];
        app.note(transaction, &by, operation, &subjects)?;
        Ok(pathway)
    })
    .await
}

fn find(view: &(impl View + ?Sized), id: Id<PathwayKind>) -> Result<Pathway, Aborted> {
    pathways::find(view, id)?.ok_or_else(|| refusals::unknown("pathway-unknown").with("id", id).into())
}

/// Whose something in a basket is.
fn owner(view: &dyn View, item: BasketItem) -> Result<Option<Id<PersonKind>>, Aborted> {
    Ok(match item {
        BasketItem::Request(id) => {
            let request = requests::find(view, id)?;
            Some(request.ok_or_else(|| refusals::unknown("request-unknown").with("id", id))?.person)
        }
        BasketItem::Series(id) => {
            let series = series::find(view, id)?;
            Some(series.ok_or_else(|| refusals::unknown("series-unknown").with("id", id))?.person)
        }
        BasketItem::Loan(id) => Some(loans::find(view, id)?.person),
        BasketItem::Service(id) => services::find(view, id)?.person(),
    })
}

fn other_person() -> Aborted {
    refusals::conflict("pathway-other-person").into()
}
