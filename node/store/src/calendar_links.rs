//! The secret addresses of calendar feeds: one for a volunteer at any time. Only the hash of a token is kept, so that
//! whoever reads the store cannot read a calendar by it.

use jiff::Timestamp;
use maillage_domain::ids::VolunteerKind;
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant},
    kinds,
};

/// Links by the hash of their token.
pub const TREE: Tree = Tree::named("calendar_links");
/// The hash of a volunteer's link.
pub const BY_VOLUNTEER_TREE: Tree = Tree::named("calendar_links_by_volunteer");

const LINKS: Table<[u8; 32], CalendarLinkRecord> = Table::new(TREE);

/// A calendar feed's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarLink {
    /// Whose calendar.
    pub volunteer: Id<VolunteerKind>,
    /// When it was made.
    pub created: Timestamp,
}

/// A calendar link, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CalendarLinkRecord {
    volunteer: Id<VolunteerKind>,
    created_ms: i64,
}

impl Record for CalendarLinkRecord {
    const KIND: u16 = kinds::CALENDAR_LINK;
    const VERSION: u16 = 1;
}

/// Makes a volunteer's link the one with this hash; the former one ends.
pub fn put(transaction: &mut Transaction<'_>, hash: [u8; 32], link: CalendarLink) -> Result<(), EngineError> {
    revoke(transaction, link.volunteer)?;
    transaction.put(BY_VOLUNTEER_TREE, link.volunteer.to_array(), hash.to_vec())?;
    LINKS.put(transaction, &hash, &CalendarLinkRecord::from(link))
}

/// Ends a volunteer's link; tells whether there was one.
pub fn revoke(transaction: &mut Transaction<'_>, volunteer: Id<VolunteerKind>) -> Result<bool, EngineError> {
    let Some(hash) = transaction.get(BY_VOLUNTEER_TREE, &volunteer.to_array())? else { return Ok(false) };
    let hash = hash.try_into().map_err(|_| broken(kinds::CALENDAR_LINK))?;
    transaction.delete(BY_VOLUNTEER_TREE, &volunteer.to_array())?;
    LINKS.delete(transaction, &hash)?;
    Ok(true)
}

/// The link with a hash.
pub fn find(view: &(impl View + ?Sized), hash: [u8; 32]) -> Result<Option<CalendarLink>, EngineError> {
    LINKS.get(view, &hash)?.map(CalendarLink::try_from).transpose()
}

impl From<CalendarLink> for CalendarLinkRecord {
    fn from(link: CalendarLink) -> Self {
        Self { volunteer: link.volunteer, created_ms: link.created.as_millisecond() }
    }
}

impl TryFrom<CalendarLinkRecord> for CalendarLink {
    type Error = EngineError;

    fn try_from(record: CalendarLinkRecord) -> Result<Self, EngineError> {
        let created = instant(record.created_ms, kinds::CALENDAR_LINK)?;
        Ok(Self { volunteer: record.volunteer, created })
    }
}
