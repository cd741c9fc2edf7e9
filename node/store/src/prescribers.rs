//! Prescribers: who sends people.

use maillage_domain::{
    ids::PrescriberKind,
    prescriber::{Prescriber, PrescriberDetails},
    text::Name,
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, broken, email, email_text, instant, name_text, named, phone, phone_text},
    kinds, search_changes,
};

/// Prescribers by identifier.
pub const TREE: Tree = Tree::named("prescribers");

const PRESCRIBERS: Table<[u8; 16], PrescriberRecord> = Table::new(TREE);
const KIND: u16 = kinds::PRESCRIBER;

/// A prescriber, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PrescriberRecord {
    id: Id<PrescriberKind>,
    organisation: String,
    contact: String,
    phone: String,
    email: String,
    active: bool,
    created_ms: i64,
    revision: u64,
}

impl Record for PrescriberRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes a prescriber, new or changed.
pub fn put(transaction: &mut Transaction<'_>, prescriber: &Prescriber) -> Result<(), EngineError> {
    search_changes::note(transaction, search_changes::Changed::Prescriber(prescriber.id))?;
    PRESCRIBERS.put(transaction, &prescriber.id.to_array(), &PrescriberRecord::from(prescriber))
}

/// One prescriber.
pub fn find(view: &(impl View + ?Sized), id: Id<PrescriberKind>) -> Result<Option<Prescriber>, EngineError> {
    PRESCRIBERS.get(view, &id.to_array())?.map(Prescriber::try_from).transpose()
}

/// At most `limit` prescribers in the order they were registered, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<PrescriberKind>>,
    limit: usize,
) -> Result<Vec<Prescriber>, EngineError> {
    let rows = PRESCRIBERS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

impl From<&Prescriber> for PrescriberRecord {
    fn from(prescriber: &Prescriber) -> Self {
        let Prescriber { id, details, active, created, revision } = prescriber;
        let PrescriberDetails { organisation, contact, phone, email } = details;
        Self {
            id: *id,
            organisation: organisation.as_str().to_owned(),
            contact: name_text(contact.as_ref()),
            phone: phone_text(phone.as_ref()),
            email: email_text(email.as_ref()),
            active: *active,
            created_ms: created.as_millisecond(),
            revision: *revision,
        }
    }
}

impl TryFrom<PrescriberRecord> for Prescriber {
    type Error = EngineError;

    fn try_from(record: PrescriberRecord) -> Result<Self, EngineError> {
        let details = PrescriberDetails {
            organisation: Name::parse(&record.organisation).map_err(|_| broken(KIND))?,
            contact: named(&record.contact, KIND)?,
            phone: phone(&record.phone, KIND)?,
            email: email(&record.email, KIND)?,
        };
        let created = instant(record.created_ms, KIND)?;
        Ok(Self { id: record.id, details, active: record.active, created, revision: record.revision })
    }
}
