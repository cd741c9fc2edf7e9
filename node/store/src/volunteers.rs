//! Volunteers, with an index of their names.

mod records;

use maillage_domain::{ids::VolunteerKind, volunteer::Volunteer};
use maillage_engine::{EngineError, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;

pub(crate) use self::records::VolunteerRecord;
use crate::{
    fields, names,
    search_changes::{self, Changed},
};

/// Volunteers by identifier.
pub const TREE: Tree = Tree::named("volunteers");
/// Volunteers by name.
pub const NAMES_TREE: Tree = Tree::named("volunteers_by_name");

const VOLUNTEERS: Table<[u8; 16], VolunteerRecord> = Table::new(TREE);

/// Writes a volunteer, new or changed.
pub fn put(transaction: &mut Transaction<'_>, volunteer: &Volunteer) -> Result<(), EngineError> {
    let former = find(transaction, volunteer.id)?;
    let former = former.as_ref().map(|volunteer| &volunteer.details.name);
    let key = volunteer.id.to_array();
    search_changes::note(transaction, Changed::Volunteer(volunteer.id))?;
    names::replace(transaction, NAMES_TREE, key, (former, Some(&volunteer.details.name)))?;
    VOLUNTEERS.put(transaction, &key, &VolunteerRecord::from(volunteer))
}

/// One volunteer.
pub fn find(view: &(impl View + ?Sized), id: Id<VolunteerKind>) -> Result<Option<Volunteer>, EngineError> {
    VOLUNTEERS.get(view, &id.to_array())?.map(Volunteer::try_from).transpose()
}

/// At most `limit` volunteers in the order they were registered, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    after: Option<Id<VolunteerKind>>,
    limit: usize,
) -> Result<Vec<Volunteer>, EngineError> {
    let rows = VOLUNTEERS.scan(view, fields::after(after), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` volunteers with a word of their name that begins like `prefix`, in the order of the names.
pub fn named(view: &(impl View + ?Sized), prefix: &str, limit: usize) -> Result<Vec<Volunteer>, EngineError> {
    let mut found = Vec::new();
    for id in names::beginning_like(view, NAMES_TREE, prefix)? {
        if found.len() == limit {
            break;
        }
        let volunteer = VOLUNTEERS.get(view, &id)?.map(Volunteer::try_from).transpose()?;
        found.extend(volunteer.filter(|volunteer| names::is_like(&volunteer.details.name, prefix)));
    }
    Ok(found)
}
