//! Services beyond rides and loans, and the ways to find them: by person, by kind, those that are not over. A service is
//! never deleted.

mod records;

use std::ops::Bound;

use maillage_domain::{
    ids::{PersonKind, ServiceKind},
    service::{Service, ServiceType},
};
use maillage_engine::{EngineError, Key as _, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;

pub(crate) use self::records::ServiceRecord;
use crate::{
    fields::after,
    indexes::{self, Entries},
};

/// Services by identifier.
pub const TREE: Tree = Tree::named("services");
/// Services by person.
pub const BY_PERSON_TREE: Tree = Tree::named("services_by_person");
/// Services by kind.
pub const BY_TYPE_TREE: Tree = Tree::named("services_by_type");
/// Services for which something is left to do.
pub const OPEN_TREE: Tree = Tree::named("services_open");

const SERVICES: Table<[u8; 16], ServiceRecord> = Table::new(TREE);

/// Writes a service, new or changed, with its indexes.
pub fn put(transaction: &mut Transaction<'_>, service: &Service) -> Result<(), EngineError> {
    let former = find(transaction, service.id)?;
    indexes::replace(transaction, &former.as_ref().map(entries).unwrap_or_default(), &entries(service))?;
    SERVICES.put(transaction, &service.id.to_array(), &ServiceRecord::from(service))
}

/// One service.
pub fn find(view: &(impl View + ?Sized), id: Id<ServiceKind>) -> Result<Option<Service>, EngineError> {
    SERVICES.get(view, &id.to_array())?.map(Service::try_from).transpose()
}

/// At most `limit` services in the order they were opened, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<ServiceKind>>,
    limit: usize,
) -> Result<Vec<Service>, EngineError> {
    let rows = SERVICES.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` services of a person, newest first, before one of them.
pub fn of_person(
    view: &(impl View + ?Sized),
    person: Id<PersonKind>,
    before: Option<Id<ServiceKind>>,
    limit: usize,
) -> Result<Vec<Service>, EngineError> {
    let start = (person.to_array(), [0; 16]).to_key();
    let end = (person.to_array(), bound_before(before)).to_key();
    let rows = view.scan_reverse(BY_PERSON_TREE, Bound::Included(&start), Bound::Excluded(&end), limit)?;
    checked(view, BY_PERSON_TREE, rows)
}

/// At most `limit` services of a kind, newest first, before one of them.
pub fn of_type(
    view: &(impl View + ?Sized),
    kind: ServiceType,
    before: Option<Id<ServiceKind>>,
    limit: usize,
) -> Result<Vec<Service>, EngineError> {
    let start = (type_key(kind), [0; 16]).to_key();
    let end = (type_key(kind), bound_before(before)).to_key();
    let rows = view.scan_reverse(BY_TYPE_TREE, Bound::Included(&start), Bound::Excluded(&end), limit)?;
    checked(view, BY_TYPE_TREE, rows)
}

/// At most `limit` services for which something is left to do, the oldest first, after one of them.
pub fn open(
    view: &(impl View + ?Sized),
    from: Option<Id<ServiceKind>>,
    limit: usize,
) -> Result<Vec<Service>, EngineError> {
    let start = from.map(Id::to_array);
    let start = start.as_ref().map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_slice()));
    let rows = view.scan(OPEN_TREE, start, Bound::Unbounded, limit)?;
    checked(view, OPEN_TREE, rows)
}

fn bound_before(before: Option<Id<ServiceKind>>) -> [u8; 16] {
    before.map_or([u8::MAX; 16], Id::to_array)
}

/// Never changed: it is in keys.
fn type_key(kind: ServiceType) -> u16 {
    match kind {
        ServiceType::Advice => 1,
        ServiceType::LicenceAid => 2,
        ServiceType::Garage => 3,
        ServiceType::FinancialAid => 4,
        ServiceType::Outreach => 5,
    }
}

fn entries(service: &Service) -> Entries {
    let id = service.id.to_array();
    let mut entries = Entries::from([(BY_TYPE_TREE, (type_key(service.case.kind()), id).to_key())]);
    if let Some(person) = service.person() {
        entries.insert((BY_PERSON_TREE, (person.to_array(), id).to_key()));
    }
    if service.case.is_open() {
        entries.insert((OPEN_TREE, id.to_key()));
    }
    entries
}

/// The services of index rows, without those that have changed since the rows were read.
fn checked(
    view: &(impl View + ?Sized),
    tree: Tree,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
) -> Result<Vec<Service>, EngineError> {
    let mut services = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let service = SERVICES.get(view, &indexes::last_id(&key)?)?.map(Service::try_from).transpose()?;
        services.extend(service.filter(|service| entries(service).contains(&(tree, key))));
    }
    Ok(services)
}
