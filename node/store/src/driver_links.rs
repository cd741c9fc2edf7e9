//! The secret addresses of drivers' own pages: one for a volunteer at any time. Only the hash of a token is kept. Apart from those
//! of calendar feeds, which people hand to calendar programs and which tell nobody's name: these pages do.

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
pub const TREE: Tree = Tree::named("driver_links");
/// The hash of a volunteer's link.
pub const BY_VOLUNTEER_TREE: Tree = Tree::named("driver_links_by_volunteer");

const LINKS: Table<[u8; 32], DriverLinkRecord> = Table::new(TREE);

/// The link of a driver's own pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriverLink {
    /// Whose pages.
    pub volunteer: Id<VolunteerKind>,
    /// When it was made.
    pub created: Timestamp,
}

/// A driver's link, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DriverLinkRecord {
    volunteer: Id<VolunteerKind>,
    created_ms: i64,
}

impl Record for DriverLinkRecord {
    const KIND: u16 = kinds::DRIVER_LINK;
    const VERSION: u16 = 1;
}

/// Makes a volunteer's link the one with this hash; the former one ends.
pub fn put(transaction: &mut Transaction<'_>, hash: [u8; 32], link: DriverLink) -> Result<(), EngineError> {
    revoke(transaction, link.volunteer)?;
    transaction.put(BY_VOLUNTEER_TREE, link.volunteer.to_array(), hash.to_vec())?;
    LINKS.put(transaction, &hash, &DriverLinkRecord::from(link))
}

/// Ends a volunteer's link; tells whether there was one.
pub fn revoke(transaction: &mut Transaction<'_>, volunteer: Id<VolunteerKind>) -> Result<bool, EngineError> {
    let Some(hash) = hash_of(transaction, volunteer)? else { return Ok(false) };
    transaction.delete(BY_VOLUNTEER_TREE, &volunteer.to_array())?;
    LINKS.delete(transaction, &hash)?;
    Ok(true)
}

/// The link with a hash.
pub fn find(view: &(impl View + ?Sized), hash: [u8; 32]) -> Result<Option<DriverLink>, EngineError> {
    LINKS.get(view, &hash)?.map(DriverLink::try_from).transpose()
}

/// The link of a volunteer.
pub fn of_volunteer(
    view: &(impl View + ?Sized),
    volunteer: Id<VolunteerKind>,
) -> Result<Option<DriverLink>, EngineError> {
    hash_of(view, volunteer)?.map(|hash| find(view, hash)).transpose().map(Option::flatten)
}

fn hash_of(
    view: &(impl View + ?Sized),
    volunteer: Id<VolunteerKind>,
) -> Result<Option<[u8; 32]>, EngineError> {
    let hash = view.get(BY_VOLUNTEER_TREE, &volunteer.to_array())?;
    hash.map(|hash| hash.try_into().map_err(|_| broken(kinds::DRIVER_LINK))).transpose()
}

impl From<DriverLink> for DriverLinkRecord {
    fn from(link: DriverLink) -> Self {
        Self { volunteer: link.volunteer, created_ms: link.created.as_millisecond() }
    }
}

impl TryFrom<DriverLinkRecord> for DriverLink {
    type Error = EngineError;

    fn try_from(record: DriverLinkRecord) -> Result<Self, EngineError> {
        let created = instant(record.created_ms, kinds::DRIVER_LINK)?;
        Ok(Self { volunteer: record.volunteer, created })
    }
}
