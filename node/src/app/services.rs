//! Services beyond rides and loans: advice, licence aid, solidarity garage, financial aid, outreach.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    civil::parse_civil,
    ids::{PersonKind, ServiceKind},
    money::Cents,
    roles::Operation,
    service::{
        Case, Service, ServiceAction, ServiceSubject, ServiceType, advice::Advice,
        financial_aid::FinancialAid, garage::Garage, licence_aid::LicenceAid, outreach::Outreach,
    },
    text::Notes,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_geography::InseeCode;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    events::Subject,
    persons, services,
};

use super::{Aborted, App, caller::Caller, edit::check_step, refusals, refusals::services as worded};

/// Which services are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceQuery {
    /// Those of a person, newest first, before one of them.
    OfPerson(Id<PersonKind>, Option<Id<ServiceKind>>),
    /// Those of a kind, newest first, before one of them.
    OfType(ServiceType, Option<Id<ServiceKind>>),
    /// Those for which something is left to do, oldest first, after one of them.
    Open(Option<Id<ServiceKind>>),
}

/// A service to open, as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewService {
    /// Code of a [`ServiceType`].
    pub kind: String,
    /// The person; blank for outreach.
    pub person: String,
    /// INSEE code of the commune of outreach.
    pub commune: String,
    /// Code of a form of advice, or of a category of licence.
    pub form: String,
    /// When advice or outreach is planned, in Europe/Paris.
    pub at: String,
    /// How much financial aid is asked for, in cents.
    pub amount_cents: i64,
    /// What the desk should know.
    pub notes: String,
}

/// Opens a service.
///
/// # Errors
/// The first thing typed that is not acceptable; `person-unknown`; the store.
pub async fn open(app: &Arc<App>, caller: &Caller, new: NewService) -> Result<Service, Refusal> {
    let service = read(app, &new)?;
    let by = caller.clone();
    app.act_once(caller, Operation::ServiceOpen, move |app, transaction| {
        put_new(app, transaction, &by, &service)?;
        Ok(service)
    })
    .await
}

/// A service as typed, not yet written.
///
/// # Errors
/// The first thing typed that is not acceptable.
pub(crate) fn read(app: &App, new: &NewService) -> Result<Service, Refusal> {
    Service::open(app.new_id(), subject(app, new)?, case(new)?, notes(new)?, app.now())
        .map_err(worded::service)
}

/// Writes a service that is new inside a transaction.
///
/// # Errors
/// `person-unknown`; the store.
pub(crate) fn put_new(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    service: &Service,
) -> Result<(), Aborted> {
    if let Some(person) = service.person() {
        persons::find(transaction, person)?
            .ok_or_else(|| refusals::unknown("person-unknown").with("id", person))?;
    }
    services::put(transaction, service)?;
    app.note(transaction, by, Operation::ServiceOpen, &subjects(service))
}

/// Whether a service was opened as typed, as far as it still tells: once an appointment is over, when it was planned is not
/// kept, nor what was asked for once financial aid is decided.
///
/// # Errors
/// The first thing typed that is not acceptable.
pub(crate) fn is_opened_as(app: &App, service: &Service, new: &NewService) -> Result<bool, Refusal> {
    if subject(app, new)? != service.subject || notes(new)? != service.notes {
        return Ok(false);
    }
    let kind = kind(new)?;
    Ok(match &service.case {
        _ if kind != service.case.kind() => false,
        Case::Advice(_, Advice::Planned { .. })
        | Case::FinancialAid(FinancialAid::Asked { .. })
        | Case::Outreach(Outreach::Planned { .. }) => case(new)? == service.case,
        Case::Advice(form, Advice::Held { .. } | Advice::Missed { .. } | Advice::Cancelled { .. }) => {
            new.form.parse() == Ok(*form)
        }
        Case::LicenceAid(category, _) => new.form.parse() == Ok(*category),
        Case::Garage(_)
        | Case::FinancialAid(
            FinancialAid::Granted { .. } | FinancialAid::Refused { .. } | FinancialAid::Paid { .. },
        )
        | Case::Outreach(Outreach::Done { .. } | Outreach::Cancelled { .. }) => true,
    })
}

/// One service. That it was opened is noted when it tells something of a person.
///
/// # Errors
/// `service-unknown`; the store.
pub async fn show(app: &Arc<App>, caller: &Caller, id: Id<ServiceKind>) -> Result<Service, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ServiceShow, move |app, transaction| {
        let service = find(transaction, id)?;
        if let Some(person) = service.person() {
            let (subject, purpose) = (Subject::Person(person), Operation::ServiceShow.code().into());
            access_log::record(transaction, &Access { at: app.now(), subject, actor: by.actor(), purpose })?;
        }
        Ok(service)
    })
    .await
}

/// Services.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller, query: ServiceQuery, limit: usize) -> Result<Vec<Service>, Refusal> {
    app.look(caller, Operation::ServiceList, |_, view| {
        Ok(match query {
            ServiceQuery::OfPerson(person, before) => services::of_person(view, person, before, limit)?,
            ServiceQuery::OfType(kind, before) => services::of_type(view, kind, before, limit)?,
            ServiceQuery::Open(after) => services::open(view, after, limit)?,
        })
    })
}

/// Does something to a service; what, is read once its kind is known.
///
/// # Errors
/// `service-unknown`, `service-wrong-state`, `service-wrong-kind` and the other refusals of a service; `changed-meanwhile`;
/// what `action` refuses; the store.
pub async fn act(
    app: &Arc<App>,
    caller: &Caller,
    (id, etag): (Id<ServiceKind>, String),
    action: impl FnOnce(ServiceType) -> Result<ServiceAction, Refusal> + Send,
) -> Result<Service, Refusal> {
    // Whoever may do anything to a service may do this; what is really done is checked again below.
    caller.check(Operation::ServiceFinancialAid)?;
    // A service never changes its kind, so that it can be looked up before the transaction.
    let kind = app.read(|_, view| Ok(find(view, id)?.case.kind()))?;
    let (operation, action) = (operation(kind), action(kind)?);
    let by = caller.clone();
    app.act(caller, operation, move |app, transaction| {
        let former = find(transaction, id)?;
        let service = former.apply(action, app.now()).map_err(worded::service)?;
        check_step(&etag, former.revision, service.case.state() == former.case.state())?;
        services::put(transaction, &service)?;
        app.note(transaction, &by, operation, &subjects(&service))?;
        Ok(service)
    })
    .await
}

/// One service.
///
/// # Errors
/// `service-unknown`; the store.
pub(crate) fn find(view: &(impl View + ?Sized), id: Id<ServiceKind>) -> Result<Service, Aborted> {
    services::find(view, id)?.ok_or_else(|| refusals::unknown("service-unknown").with("id", id).into())
}

fn operation(kind: ServiceType) -> Operation {
    match kind {
        ServiceType::Advice => Operation::ServiceAdvice,
        ServiceType::LicenceAid => Operation::ServiceLicenceAid,
        ServiceType::Garage => Operation::ServiceGarage,
        ServiceType::FinancialAid => Operation::ServiceFinancialAid,
        ServiceType::Outreach => Operation::ServiceOutreach,
    }
}

fn subjects(service: &Service) -> Vec<Subject> {
    let person = service.person().map(Subject::Person);
    std::iter::once(Subject::Service(service.id)).chain(person).collect()
}

fn subject(app: &App, new: &NewService) -> Result<ServiceSubject, Refusal> {
    match (new.person.trim(), new.commune.trim()) {
        (person, "") if !person.is_empty() => {
            let malformed = |_| refusals::invalid("id-malformed").with("field", "person");
            person.parse().map(ServiceSubject::Person).map_err(malformed)
        }
        ("", commune) if !commune.is_empty() => {
            let code = InseeCode::parse(commune)
                .map_err(|_| refusals::invalid("commune-code").with("field", "commune"))?;
            let unknown = || refusals::unknown("commune-unknown").with("commune", code);
            app.geography.commune(&code).ok_or_else(unknown)?;
            Ok(ServiceSubject::Commune(code))
        }
        _ => Err(refusals::invalid("service-subject")),
    }
}

fn notes(new: &NewService) -> Result<Notes, Refusal> {
    Notes::parse(&new.notes).map_err(|error| refusals::text("notes", error))
}

fn kind(new: &NewService) -> Result<ServiceType, Refusal> {
    new.kind.parse().map_err(|_| refusals::invalid("service-kind-unknown"))
}

fn case(new: &NewService) -> Result<Case, Refusal> {
    let form = || refusals::invalid("service-form-unknown");
    Ok(match kind(new)? {
        ServiceType::Advice => {
            Case::Advice(new.form.parse().map_err(|_| form())?, Advice::Planned { at: planned(new)? })
        }
        ServiceType::LicenceAid => {
            Case::LicenceAid(new.form.parse().map_err(|_| form())?, LicenceAid::Applied)
        }
        ServiceType::Garage => Case::Garage(Garage::Requested),
        ServiceType::FinancialAid => {
            Case::FinancialAid(FinancialAid::Asked { asked: Cents::new(new.amount_cents) })
        }
        ServiceType::Outreach => Case::Outreach(Outreach::Planned { at: planned(new)? }),
    })
}

fn planned(new: &NewService) -> Result<Timestamp, Refusal> {
    parse_civil(&new.at).map_err(|error| refusals::civil_time(error).with("field", "at"))
}
