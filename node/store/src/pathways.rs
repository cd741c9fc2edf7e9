//! Pathways and the ways to find them: by person, the open one of a person, those with a follow-up to make. A pathway is
//! never deleted.

mod records;

use std::ops::Bound;

use jiff::civil::Date;
use maillage_domain::{
    ids::{PathwayKind, PersonKind},
    pathway::Pathway,
};
use maillage_engine::{EngineError, Key as _, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;

pub(crate) use self::records::PathwayRecord;
use crate::{
    fields::after,
    indexes::{self, Entries},
};

/// Pathways by identifier.
pub const TREE: Tree = Tree::named("pathways");
/// Pathways by person.
pub const BY_PERSON_TREE: Tree = Tree::named("pathways_by_person");
/// Open pathways by person: at most one each.
pub const OPEN_TREE: Tree = Tree::named("pathways_open");
/// Open pathways by the day of their next follow-up.
pub const DUE_TREE: Tree = Tree::named("pathways_due");

const PATHWAYS: Table<[u8; 16], PathwayRecord> = Table::new(TREE);

/// Writes a pathway, new or changed, with its indexes.
pub fn put(transaction: &mut Transaction<'_>, pathway: &Pathway) -> Result<(), EngineError> {
    let former = find(transaction, pathway.id)?;
    indexes::replace(transaction, &former.as_ref().map(entries).unwrap_or_default(), &entries(pathway))?;
    PATHWAYS.put(transaction, &pathway.id.to_array(), &PathwayRecord::from(pathway))
}

/// One pathway.
pub fn find(view: &(impl View + ?Sized), id: Id<PathwayKind>) -> Result<Option<Pathway>, EngineError> {
    PATHWAYS.get(view, &id.to_array())?.map(Pathway::try_from).transpose()
}

/// At most `limit` pathways in the order they were opened, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<PathwayKind>>,
    limit: usize,
) -> Result<Vec<Pathway>, EngineError> {
    let rows = PATHWAYS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` pathways of a person, newest first.
pub fn of_person(
    view: &(impl View + ?Sized),
    person: Id<PersonKind>,
    limit: usize,
) -> Result<Vec<Pathway>, EngineError> {
    let rows = view.scan_prefix_reverse(BY_PERSON_TREE, &person.to_array(), limit)?;
    checked(view, BY_PERSON_TREE, rows)
}

/// The open pathway of a person.
pub fn open_of(view: &(impl View + ?Sized), person: Id<PersonKind>) -> Result<Option<Pathway>, EngineError> {
    let rows = view.scan_prefix(OPEN_TREE, &person.to_array(), 1)?;
    Ok(checked(view, OPEN_TREE, rows)?.pop())
}

/// At most `limit` open pathways whose next follow-up is due on a day or before, the longest due first, after one that is or was
/// due on a day.
pub fn due(
    view: &(impl View + ?Sized),
    until: Date,
    after: Option<(Date, Id<PathwayKind>)>,
    limit: usize,
) -> Result<Vec<Pathway>, EngineError> {
    let end = (day_key(until), [u8::MAX; 16]).to_key();
    let begin = after.map(|(day, id)| (day_key(day), id.to_array()).to_key());
    if begin.as_ref().is_some_and(|begin| *begin >= end) {
        return Ok(Vec::new());
    }
    let begin = begin.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let rows = view.scan(DUE_TREE, begin, Bound::Included(&end), limit)?;
    checked(view, DUE_TREE, rows)
}

fn entries(pathway: &Pathway) -> Entries {
    let id = pathway.id.to_array();
    let mut entries = Entries::from([(BY_PERSON_TREE, (pathway.person.to_array(), id).to_key())]);
    if pathway.is_open() {
        entries.insert((OPEN_TREE, (pathway.person.to_array(), id).to_key()));
    }
    if let Some((_, on)) = pathway.next_follow_up() {
        entries.insert((DUE_TREE, (day_key(on), id).to_key()));
    }
    entries
}

/// `YYYYMMDD`.
fn day_key(day: Date) -> u32 {
    let part = |number: i16| u32::try_from(number).unwrap_or(0);
    part(day.year()) * 10_000 + part(day.month().into()) * 100 + part(day.day().into())
}

/// The pathways of index rows, without those that have changed since the rows were read.
fn checked(
    view: &(impl View + ?Sized),
    tree: Tree,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
) -> Result<Vec<Pathway>, EngineError> {
    let mut pathways = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let pathway = PATHWAYS.get(view, &indexes::last_id(&key)?)?.map(Pathway::try_from).transpose()?;
        pathways.extend(pathway.filter(|pathway| entries(pathway).contains(&(tree, key))));
    }
    Ok(pathways)
}
