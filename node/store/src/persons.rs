//! Beneficiaries, with an index of their names.

mod records;

use std::collections::BTreeSet;

use jiff::civil::Date;
use maillage_domain::{
    ids::PersonKind,
    person::{Person, PersonDetails},
};
use maillage_engine::{EngineError, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;

pub(crate) use self::records::PersonRecord;
use crate::{
    names,
    search_changes::{self, Changed},
};

/// Beneficiaries by identifier.
pub const TREE: Tree = Tree::named("persons");
/// Beneficiaries by name.
pub const NAMES_TREE: Tree = Tree::named("persons_by_name");

const PERSONS: Table<[u8; 16], PersonRecord> = Table::new(TREE);

/// Writes a person, new or changed.
pub fn put(transaction: &mut Transaction<'_>, person: &Person) -> Result<(), EngineError> {
    let former = find(transaction, person.id)?;
    let former = former.as_ref().map(|person| &person.details);
    let key = person.id.to_array();
    let names = (former.map(|details| &details.name), Some(&person.details.name));
    names::replace(transaction, NAMES_TREE, key, names)?;
    if former.is_none_or(|former| !found_alike(former, &person.details)) {
        search_changes::note(transaction, Changed::Person(person.id))?;
    }
    PERSONS.put(transaction, &key, &PersonRecord::from(person))
}

/// Removes a person with everything the search knows of her or him. Requests, trips and journals are not touched.
pub fn remove(transaction: &mut Transaction<'_>, id: Id<PersonKind>) -> Result<(), EngineError> {
    let Some(person) = find(transaction, id)? else { return Ok(()) };
    let key = id.to_array();
    names::replace(transaction, NAMES_TREE, key, (Some(&person.details.name), None))?;
    search_changes::note(transaction, Changed::Person(id))?;
    PERSONS.delete(transaction, &key)
}

/// Notes a contact with a person on a civil day; nothing is edited.
pub fn note_contact(
    transaction: &mut Transaction<'_>,
    id: Id<PersonKind>,
    day: Date,
) -> Result<(), EngineError> {
    match find(transaction, id)? {
        Some(person) if person.last_contact < day => put(transaction, &person.contacted(day)),
        Some(_) | None => Ok(()),
    }
}

/// Whether the search finds both by the same words.
fn found_alike(one: &PersonDetails, other: &PersonDetails) -> bool {
    one.name == other.name && one.phone == other.phone && one.home.commune == other.home.commune
}

/// One person.
pub fn find(view: &(impl View + ?Sized), id: Id<PersonKind>) -> Result<Option<Person>, EngineError> {
    PERSONS.get(view, &id.to_array())?.map(Person::try_from).transpose()
}

/// At most `limit` people in the order they were registered, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    after: Option<Id<PersonKind>>,
    limit: usize,
) -> Result<Vec<Person>, EngineError> {
    let rows = PERSONS.scan(view, crate::fields::after(after), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` people with a word of their name that begins like `prefix`, in the order of the names.
pub fn named(view: &(impl View + ?Sized), prefix: &str, limit: usize) -> Result<Vec<Person>, EngineError> {
    let mut found = Vec::new();
    for id in names::beginning_like(view, NAMES_TREE, prefix)? {
        if found.len() == limit {
            break;
        }
        let person = PERSONS.get(view, &id)?.map(Person::try_from).transpose()?;
        found.extend(person.filter(|person| names::is_like(&person.details.name, prefix)));
    }
    Ok(found)
}

/// Everybody who objects to statistics.
pub fn objectors(view: &(impl View + ?Sized)) -> Result<BTreeSet<Id<PersonKind>>, EngineError> {
    let rows = PERSONS.scan(view, .., usize::MAX)?;
    let objecting = rows.into_iter().filter(|(_, record)| record.statistics_objection);
    Ok(objecting.map(|(_, record)| record.id).collect())
}
