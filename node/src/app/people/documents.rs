//! Papers of volunteers: seen, withdrawn, about to expire; and which of them the territory requires.

use std::sync::Arc;

use jiff::civil::Date;
use maillage_domain::{
    civil::day_of,
    document::{Document, DocumentError, DocumentKind, Documents, NewDocument, RequiredDocuments},
    ids::VolunteerKind,
    roles::Operation,
    volunteer::{Volunteer, VolunteerDetails},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    events::Subject,
    settings::{self, DocumentRules},
    volunteers as drivers,
};

use super::volunteers::find;
use crate::{
    app::{
        Aborted, App,
        caller::Caller,
        edit::{check_etag, check_said, check_step, etag_of},
        refusals,
    },
    limits::VOLUNTEERS,
};

/// Notes that a paper was seen; it takes the place of the one of its kind.
///
/// # Errors
/// `volunteer-unknown`; what is not acceptable of the paper; `changed-meanwhile`; the store.
pub async fn record_document(
    app: &Arc<App>,
    caller: &Caller,
    volunteer: Id<VolunteerKind>,
    typed: NewDocument,
    etag: String,
) -> Result<Volunteer, Refusal> {
    let document = typed.parse(day_of(app.now())).map_err(refusals::document)?;
    change(app, caller, volunteer, move |volunteer| {
        let document = document.among(&volunteer.details.vehicles).map_err(refusals::document)?;
        let documents = &volunteer.details.documents;
        check_step(&etag, volunteer.revision, documents.iter().any(|there| there.kind() == document.kind()))?;
        Ok(documents.with(document))
    })
    .await
}

/// Takes back a paper that was noted by mistake; of roadworthiness tests, that of one vehicle if its number is given.
///
/// # Errors
/// `volunteer-unknown`; a kind that is none; `changed-meanwhile`; the store.
pub async fn withdraw_document(
    app: &Arc<App>,
    caller: &Caller,
    volunteer: Id<VolunteerKind>,
    kind: &str,
    vehicle: Option<u8>,
    etag: String,
) -> Result<Volunteer, Refusal> {
    let kind = read(kind)?;
    change(app, caller, volunteer, move |volunteer| {
        check_etag(&etag, volunteer.revision)?;
        let documents = &volunteer.details.documents;
        Ok(match vehicle.filter(|_| kind == DocumentKind::RoadworthinessTest) {
            Some(number) => documents.without_test_of(number),
            None => documents.without(kind),
        })
    })
    .await
}

async fn change(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<VolunteerKind>,
    change: impl FnOnce(&Volunteer) -> Result<Documents, Refusal> + Send + 'static,
) -> Result<Volunteer, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::VolunteerDocument, move |app, transaction| {
        let volunteer = find(transaction, id)?;
        let documents = change(&volunteer)?;
        keep(app, transaction, &by, volunteer, documents)
    })
    .await
}

/// Writes a volunteer's papers inside a transaction.
///
/// # Errors
/// The store.
pub(crate) fn keep(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    volunteer: Volunteer,
    documents: Documents,
) -> Result<Volunteer, Aborted> {
    let details = VolunteerDetails { documents, ..volunteer.details.clone() };
    let volunteer = volunteer.amended(details);
    drivers::put(transaction, &volunteer)?;
    app.note(transaction, by, Operation::VolunteerDocument, &[Subject::Volunteer(volunteer.id)])?;
    Ok(volunteer)
}

/// Papers of active volunteers that have expired or will within a number of days, soonest first.
///
/// # Errors
/// The store.
pub fn expiring(
    app: &App,
    caller: &Caller,
    within_days: u16,
) -> Result<Vec<(Volunteer, Document, Date)>, Refusal> {
    app.look(caller, Operation::VolunteerExpiries, |app, view| {
        let today = day_of(app.now());
        let mut expiring = Vec::new();
        for volunteer in
            drivers::list(view, None, VOLUNTEERS)?.into_iter().filter(|volunteer| volunteer.active)
        {
            let papers = volunteer.details.documents.expiring(today, within_days);
            expiring.extend(papers.into_iter().map(|(paper, until)| (volunteer.clone(), paper, until)));
        }
        expiring.sort_by_key(|(volunteer, paper, until)| (*until, volunteer.id, paper.kind()));
        Ok(expiring)
    })
}

/// Which papers are required of volunteers.
///
/// # Errors
/// The store.
pub fn show_rules(app: &App, caller: &Caller) -> Result<RequiredDocuments, Refusal> {
    app.look(caller, Operation::DocumentRulesShow, |_, view| required(view))
}

/// The etag of which papers are required.
pub fn rules_etag(rules: &RequiredDocuments) -> String {
    etag_of(&rules.iter().map(DocumentKind::code).collect::<Vec<_>>())
}

/// Sets which papers are required of volunteers; `etag` is that of what was seen.
///
/// # Errors
/// A kind that is none; `changed-meanwhile`; the store.
pub async fn set_rules(
    app: &Arc<App>,
    caller: &Caller,
    kinds: &[String],
    etag: String,
) -> Result<RequiredDocuments, Refusal> {
    let required: RequiredDocuments = kinds.iter().map(|kind| read(kind)).collect::<Result<_, _>>()?;
    let by = caller.clone();
    app.act(caller, Operation::DocumentRulesSet, move |app, transaction| {
        let present = rules_etag(&self::required(transaction)?);
        check_said(&etag, Some(&present), &rules_etag(&required))?;
        settings::put(transaction, &DocumentRules::from(&required))?;
        app.note(transaction, &by, Operation::DocumentRulesSet, &[])?;
        Ok(required)
    })
    .await
}

/// The papers that are required; none if nobody has said so.
///
/// # Errors
/// The store.
pub fn required(view: &dyn View) -> Result<RequiredDocuments, Aborted> {
    let rules = settings::find::<DocumentRules>(view)?.unwrap_or_default();
    Ok(RequiredDocuments::try_from(rules)?)
}

fn read(kind: &str) -> Result<DocumentKind, Refusal> {
    kind.parse().map_err(|error| refusals::document(DocumentError::Kind(error)))
}
