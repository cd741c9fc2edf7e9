//! Professionals of the platform.

use maillage_domain::{
    ids::StaffKind,
    staff::{Professional, ProfessionalDetails},
    text::Name,
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, broken, email, email_text, instant, name_text, named, phone, phone_text},
    kinds,
};

/// Professionals by identifier.
pub const TREE: Tree = Tree::named("staff");

const STAFF: Table<[u8; 16], ProfessionalRecord> = Table::new(TREE);
const KIND: u16 = kinds::PROFESSIONAL;

/// A professional, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProfessionalRecord {
    id: Id<StaffKind>,
    name: String,
    function: String,
    phone: String,
    email: String,
    may_drive: bool,
    active: bool,
    created_ms: i64,
    revision: u64,
}

impl Record for ProfessionalRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes a professional, new or changed.
pub fn put(transaction: &mut Transaction<'_>, professional: &Professional) -> Result<(), EngineError> {
    STAFF.put(transaction, &professional.id.to_array(), &ProfessionalRecord::from(professional))
}

/// One professional.
pub fn find(view: &(impl View + ?Sized), id: Id<StaffKind>) -> Result<Option<Professional>, EngineError> {
    STAFF.get(view, &id.to_array())?.map(Professional::try_from).transpose()
}

/// At most `limit` professionals in the order they were registered, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<StaffKind>>,
    limit: usize,
) -> Result<Vec<Professional>, EngineError> {
    let rows = STAFF.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

impl From<&Professional> for ProfessionalRecord {
    fn from(professional: &Professional) -> Self {
        let Professional { id, details, active, created, revision } = professional;
        let ProfessionalDetails { name, function, phone, email, may_drive } = details;
        Self {
            id: *id,
            name: name.as_str().to_owned(),
            function: name_text(function.as_ref()),
            phone: phone_text(phone.as_ref()),
            email: email_text(email.as_ref()),
            may_drive: *may_drive,
            active: *active,
            created_ms: created.as_millisecond(),
            revision: *revision,
        }
    }
}

impl TryFrom<ProfessionalRecord> for Professional {
    type Error = EngineError;

    fn try_from(record: ProfessionalRecord) -> Result<Self, EngineError> {
        let details = ProfessionalDetails {
            name: Name::parse(&record.name).map_err(|_| broken(KIND))?,
            function: named(&record.function, KIND)?,
            phone: phone(&record.phone, KIND)?,
            email: email(&record.email, KIND)?,
            may_drive: record.may_drive,
        };
        let created = instant(record.created_ms, KIND)?;
        Ok(Self { id: record.id, details, active: record.active, created, revision: record.revision })
    }
}
