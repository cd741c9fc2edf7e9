//! Referrals. A prescriber refers, and learns of the own referrals where they stand and how they ended: never notes,
//! services or destinations. Whoever has the desk's roles sees all of them and decides.

use std::sync::Arc;

use maillage_domain::{
    ids::{PathwayKind, PersonKind, PrescriberKind, ReferralKind},
    pathway::{DeclineReason, Entry, NewReferral, Pathway, Referral, ReferralStanding, ReferralState},
    person::{Intake, NewPerson, Person},
    place::NewPlace,
    roles::{Operation, Role},
    text::Notes,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, pathways, persons, referrals};

use super::{
    Aborted, App,
    caller::{Caller, Scope},
    fleet::today,
    people::check_duplicates,
    refusals,
    refusals::services as worded,
};

/// A referral as a caller may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenReferral {
    /// The referral; its contact is there only until it is decided.
    pub referral: Referral,
    /// Where it stands and how it ended.
    pub standing: ReferralStanding,
    /// The pathway it led to: for the desk alone.
    pub pathway: Option<Id<PathwayKind>>,
}

/// Refers a person. A prescriber refers under the own name; the desk names a prescriber, or none for a person who came
/// unsent.
///
/// # Errors
/// The first thing typed that is not acceptable; `not-yours` for a prescriber who names another; the store.
pub async fn add(
    app: &Arc<App>,
    caller: &Caller,
    prescriber: Option<Id<PrescriberKind>>,
    new: NewReferral,
) -> Result<SeenReferral, Refusal> {
    caller.check(Operation::ReferralAdd)?;
    let own = prescriber_of(caller)?;
    if let (Some(_), Some(named)) = (own, prescriber) {
        caller.check_prescriber(Some(named))?;
    }
    let read = new.parse(app.geography).map_err(worded::referral)?;
    let referral = Referral::receive(app.new_id(), own.or(prescriber), read, app.now());
    let by = caller.clone();
    let referral = app
        .act_once(caller, Operation::ReferralAdd, move |app, transaction| {
            referrals::put(transaction, &referral)?;
            app.note(transaction, &by, Operation::ReferralAdd, &subjects(&referral))?;
            Ok(referral)
        })
        .await?;
    app.read(|_, view| seen(view, caller, referral))
}

/// One referral.
///
/// # Errors
/// `referral-unknown`, also for another prescriber's; the store.
pub fn show(app: &App, caller: &Caller, id: Id<ReferralKind>) -> Result<SeenReferral, Refusal> {
    app.look(caller, Operation::ReferralShow, |_, view| seen(view, caller, find(view, caller, id)?))
}

/// Referrals in the order they were made, after one of them: a prescriber's own, for the desk all.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    open: bool,
    after: Option<Id<ReferralKind>>,
    limit: usize,
) -> Result<Vec<SeenReferral>, Refusal> {
    app.look(caller, Operation::ReferralShow, |_, view| {
        let found = match (prescriber_of(caller)?, open) {
            (Some(own), false) => referrals::of_prescriber(view, own, after, limit)?,
            (Some(own), true) => {
                let mut found = referrals::of_prescriber(view, own, after, usize::MAX)?;
                found.retain(|referral| referral.state == ReferralState::Received);
                found.truncate(limit);
                found
            }
            (None, false) => referrals::list(view, after, limit)?,
            (None, true) => referrals::open(view, after, limit)?,
        };
        found.into_iter().map(|referral| seen(view, caller, referral)).collect()
    })
}

/// Who is referred, as the desk knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Referred {
    /// Somebody who has a file.
    Known(Id<PersonKind>),
    /// Somebody who is registered from the contact, unless somebody very like is known.
    New,
    /// Somebody who is registered from the contact, whoever is known.
    NewAnyway,
}

impl From<Option<Id<PersonKind>>> for Referred {
    fn from(person: Option<Id<PersonKind>>) -> Self {
        person.map_or(Self::New, Self::Known)
    }
}

/// Opens a pathway for the referred person: the one named, or one registered from the contact, whom nobody has asked yet
/// whether trips may be handed to a neighbour. A person who has a pathway that is open goes on with it: the referral is
/// about that one, and its prescriber learns how it ends.
///
/// # Errors
/// `referral-unknown`, `referral-decided`, `person-unknown`; `person-duplicate` with whom the person is like; the store.
pub async fn accept(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<ReferralKind>,
    person: impl Into<Referred>,
) -> Result<Pathway, Refusal> {
    let (pathway, new_person) = (app.new_id(), app.new_id());
    let (by, person) = (caller.clone(), person.into());
    app.act(caller, Operation::ReferralAccept, move |app, transaction| {
        let referral = find(transaction, &by, id)?;
        let person = match person {
            Referred::Known(person) => person,
            Referred::New => register(app, transaction, &by, &referral, (new_person, false))?,
            Referred::NewAnyway => register(app, transaction, &by, &referral, (new_person, true))?,
        };
        persons::find(transaction, person)?
            .ok_or_else(|| refusals::unknown("person-unknown").with("id", person))?;
        if let Some(open) = pathways::open_of(transaction, person)? {
            let accepted = referral.accept(person, open.id, app.now()).map_err(worded::referral)?;
            referrals::put(transaction, &accepted)?;
            let noted = [Subject::Referral(id), Subject::Pathway(open.id), Subject::Person(person)];
            app.note(transaction, &by, Operation::ReferralAccept, &noted)?;
            return Ok(open);
        }
        let accepted = referral.accept(person, pathway, app.now()).map_err(worded::referral)?;
        let entry = Entry { person, referral: Some(id), prescriber: referral.prescriber, on: today(app) };
        let pathway = Pathway::open(pathway, entry, Notes::default(), app.now()).map_err(worded::pathway)?;
        referrals::put(transaction, &accepted)?;
        pathways::put(transaction, &pathway)?;
        let noted = [Subject::Referral(id), Subject::Pathway(pathway.id), Subject::Person(person)];
        app.note(transaction, &by, Operation::ReferralAccept, &noted)?;
        Ok(pathway)
    })
    .await
}

/// The platform cannot help.
///
/// # Errors
/// `referral-unknown`, `referral-decided`; the store.
pub async fn decline(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<ReferralKind>,
    reason: DeclineReason,
) -> Result<SeenReferral, Refusal> {
    decide(app, caller, Operation::ReferralDecline, id, move |app, referral| {
        referral.decline(reason, app.now()).map_err(worded::referral)
    })
    .await
}

/// The prescriber takes it back.
///
/// # Errors
/// `referral-unknown`, also for another prescriber's; `referral-decided`; the store.
pub async fn withdraw(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<ReferralKind>,
) -> Result<SeenReferral, Refusal> {
    decide(app, caller, Operation::ReferralWithdraw, id, |app, referral| {
        referral.withdraw(app.now()).map_err(worded::referral)
    })
    .await
}

async fn decide(
    app: &Arc<App>,
    caller: &Caller,
    operation: Operation,
    id: Id<ReferralKind>,
    decision: impl FnOnce(&App, &Referral) -> Result<Referral, Refusal> + Send + 'static,
) -> Result<SeenReferral, Refusal> {
    let by = caller.clone();
    app.act(caller, operation, move |app, transaction| {
        let referral = decision(app, &find(transaction, &by, id)?)?;
        referrals::put(transaction, &referral)?;
        app.note(transaction, &by, operation, &subjects(&referral))?;
        seen(transaction, &by, referral)
    })
    .await
}

/// The prescriber a caller is bound to; none for the desk.
///
/// # Errors
/// `not-yours` for anybody who is neither.
fn prescriber_of(caller: &Caller) -> Result<Option<Id<PrescriberKind>>, Refusal> {
    let desk = [Role::Coordinator, Role::Administrator].iter().any(|role| caller.roles().contains(role));
    match caller.scope() {
        Scope::Prescriber(own) => Ok(Some(own)),
        Scope::Everything if desk => Ok(None),
        // A prescriber whose account names no prescriber sees nothing rather than everything.
        Scope::Everything | Scope::Volunteer(_) => {
            Err(Refusal::new(maillage_platform::refusal::RefusalKind::Forbidden, "not-yours"))
        }
    }
}

/// A referral that a caller may see; another prescriber's is as unknown as one that does not exist.
fn find(view: &(impl View + ?Sized), caller: &Caller, id: Id<ReferralKind>) -> Result<Referral, Aborted> {
    let own = prescriber_of(caller)?;
    let found = referrals::find(view, id)?.filter(|found| own.is_none() || found.prescriber == own);
    found.ok_or_else(|| refusals::unknown("referral-unknown").with("id", id).into())
}

fn seen(view: &(impl View + ?Sized), caller: &Caller, referral: Referral) -> Result<SeenReferral, Aborted> {
    let pathway = match referral.state {
        ReferralState::Accepted { pathway, .. } => pathways::find(view, pathway)?,
        ReferralState::Received | ReferralState::Declined { .. } | ReferralState::Withdrawn { .. } => None,
    };
    let standing = referral.standing(pathway.as_ref());
    let pathway = match prescriber_of(caller)? {
        Some(_) => None,
        None => pathway.map(|pathway| pathway.id),
    };
    Ok(SeenReferral { referral, standing, pathway })
}

fn subjects(referral: &Referral) -> Vec<Subject> {
    let prescriber = referral.prescriber.map(Subject::Prescriber);
    std::iter::once(Subject::Referral(referral.id)).chain(prescriber).collect()
}

/// Registers the person of a referral, with what the prescriber gave and nothing more.
fn register(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    referral: &Referral,
    (id, even_if_duplicate): (Id<PersonKind>, bool),
) -> Result<Id<PersonKind>, Aborted> {
    let Some(contact) = &referral.contact else {
        return Err(refusals::conflict("referral-decided")
            .with("referral_state", referral.state.code())
            .into());
    };
    let new = NewPerson {
        name: contact.name.as_str().to_owned(),
        phone: contact.phone.as_str().to_owned(),
        home: NewPlace { commune: contact.commune.to_string(), address: String::new() },
        sharing: "ask".to_owned(),
        prescriber: referral.prescriber.map(|id| id.to_string()).unwrap_or_default(),
        ..NewPerson::default()
    };
    let intake = Intake {
        geography: app.geography,
        territory: app.profile.territory,
        allow_outside: true,
        today: today(app),
    };
    let details = new.parse(&intake).map_err(refusals::person)?;
    if !even_if_duplicate {
        check_duplicates(app, transaction, &details)?;
    }
    persons::put(transaction, &Person::register(id, details, app.now()))?;
    app.note(transaction, by, Operation::PersonAdd, &[Subject::Person(id)])?;
    Ok(id)
}
