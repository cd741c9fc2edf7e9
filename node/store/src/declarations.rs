//! What the platform has declared about its years: every revision as it was signed, and what became of it on its way to the hub. What was
//! signed is never changed. Who signed stays on this node.

use std::{collections::BTreeSet, fmt};

use jiff::Timestamp;
use maillage_domain::{declaration::Signatory, ids::PersonKind, text::Name};
use maillage_engine::{EngineError, Record, Table, TooLarge, Transaction, Tree, View};
use maillage_federation::{accounts::Declared, ids::Id};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant},
    kinds,
    limits::REPORT_BYTES,
};

/// Declarations by year and revision.
pub const TREE: Tree = Tree::named("declarations");
/// What became of each.
pub const STATES_TREE: Tree = Tree::named("declaration_states");
/// How each year was counted when it was first declared.
pub const COUNTS_TREE: Tree = Tree::named("declaration_counts");

const DECLARATIONS: Table<(u32, u32), DeclarationRecord> = Table::new(TREE);
const STATES: Table<(u32, u32), DeclarationStateRecord> = Table::new(STATES_TREE);
const COUNTS: Table<u32, DeclarationCountRecord> = Table::new(COUNTS_TREE);
const KIND: u16 = kinds::DECLARATION;

/// A declaration that was signed.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedDeclaration {
    /// What is declared.
    pub declared: Declared,
    /// When it was signed.
    pub at: Timestamp,
    /// Who signed; none for one that was taken over from the hub after a restore.
    pub signatory: Option<Signatory>,
}

/// What became of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclarationState {
    /// It waits for a hub that says that it takes such declarations.
    Waiting,
    /// On its way.
    Posted,
    /// The hub has it.
    Sent,
    /// The hub refused it, with a code.
    Refused(String),
}

/// A declaration, version 1: the message as it leaves, and beside it what does not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeclarationRecord {
    #[serde(with = "crate::fields::bytes")]
    pub(crate) bytes: Vec<u8>,
    pub(crate) at_ms: i64,
    pub(crate) signed_by: String,
    pub(crate) signed_as: String,
}

/// What became of it, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeclarationStateRecord {
    pub(crate) state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<String>,
}

/// Who objected to statistics when a year was first declared, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeclarationCountRecord {
    pub(crate) objectors: BTreeSet<Id<PersonKind>>,
}

impl Record for DeclarationCountRecord {
    const KIND: u16 = kinds::DECLARATION_COUNT;
    const VERSION: u16 = 1;
}

impl Record for DeclarationRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl Record for DeclarationStateRecord {
    const KIND: u16 = kinds::DECLARATION_STATE;
    const VERSION: u16 = 1;
}

/// Why a declaration cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclareError {
    /// There is another one under the same revision.
    #[error("revision {1} of {0} is signed already, with other contents")]
    Signed(i16, u32),
    /// The store.
    #[error("the declaration cannot be kept")]
    Engine(#[from] EngineError),
}

/// Keeps a declaration. The same again changes nothing, not even who signed it.
///
/// # Errors
/// Another one under the same year and revision is refused.
pub fn put(transaction: &mut Transaction<'_>, signed: &SignedDeclaration) -> Result<(), DeclareError> {
    let record = DeclarationRecord::from(signed);
    let size = record.bytes.len();
    if size > REPORT_BYTES {
        let over = TooLarge::Transaction { bytes: size, limit: REPORT_BYTES };
        return Err(EngineError::TooLarge(over).into());
    }
    let (year, revision) = (signed.declared.year, signed.declared.revision);
    match DECLARATIONS.get(transaction, &key(year, revision))? {
        Some(kept) if kept.bytes == record.bytes => Ok(()),
        Some(_) => Err(DeclareError::Signed(year, revision)),
        None => Ok(DECLARATIONS.put(transaction, &key(year, revision), &record)?),
    }
}

/// Keeps a declaration as the hub has it, in place of another that was signed under the same revision and never sent: a backup may know
/// of one. Who signed the same is kept.
pub fn take_over(transaction: &mut Transaction<'_>, signed: &SignedDeclaration) -> Result<(), EngineError> {
    let record = DeclarationRecord::from(signed);
    let key = key(signed.declared.year, signed.declared.revision);
    if DECLARATIONS.get(transaction, &key)?.is_some_and(|kept| kept.bytes == record.bytes) {
        return Ok(());
    }
    DECLARATIONS.put(transaction, &key, &record)
}

/// A declaration.
pub fn find(
    view: &(impl View + ?Sized),
    year: i16,
    revision: u32,
) -> Result<Option<SignedDeclaration>, EngineError> {
    DECLARATIONS.get(view, &key(year, revision))?.map(SignedDeclaration::try_from).transpose()
}

/// The newest declaration about a year.
pub fn newest(view: &(impl View + ?Sized), year: i16) -> Result<Option<SignedDeclaration>, EngineError> {
    Ok(about(view, year, 1)?.into_iter().next())
}

/// Every declaration about a year, the newest revision first.
pub fn of_year(view: &(impl View + ?Sized), year: i16) -> Result<Vec<SignedDeclaration>, EngineError> {
    about(view, year, usize::MAX)
}

fn about(
    view: &(impl View + ?Sized),
    year: i16,
    limit: usize,
) -> Result<Vec<SignedDeclaration>, EngineError> {
    let rows = DECLARATIONS.scan_reverse(view, key(year, 0)..=key(year, u32::MAX), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` declarations, the newest year first, then the newest revision.
pub fn list(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<SignedDeclaration>, EngineError> {
    let rows = DECLARATIONS.scan_reverse(view, .., limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Notes what became of a declaration.
pub fn put_state(
    transaction: &mut Transaction<'_>,
    (year, revision): (i16, u32),
    state: &DeclarationState,
) -> Result<(), EngineError> {
    let refused = match state {
        DeclarationState::Refused(code) => Some(code.clone()),
        DeclarationState::Waiting | DeclarationState::Posted | DeclarationState::Sent => None,
    };
    let record = DeclarationStateRecord { state: state.code().to_owned(), refused };
    STATES.put(transaction, &key(year, revision), &record)
}

/// Keeps whom a year was counted without when it was first declared; what is kept stays.
pub fn keep_objectors(
    transaction: &mut Transaction<'_>,
    year: i16,
    objectors: BTreeSet<Id<PersonKind>>,
) -> Result<(), EngineError> {
    let key = year_key(year);
    if COUNTS.get(transaction, &key)?.is_some() {
        return Ok(());
    }
    COUNTS.put(transaction, &key, &DeclarationCountRecord { objectors })
}

/// Whom a year was counted without when it was first declared; none for one that never was.
pub fn objectors(
    view: &(impl View + ?Sized),
    year: i16,
) -> Result<Option<BTreeSet<Id<PersonKind>>>, EngineError> {
    Ok(COUNTS.get(view, &year_key(year))?.map(|record| record.objectors))
}

/// What became of a declaration; one that nothing is known of waits.
pub fn state(
    view: &(impl View + ?Sized),
    (year, revision): (i16, u32),
) -> Result<DeclarationState, EngineError> {
    let record = STATES.get(view, &key(year, revision))?;
    record.map_or(Ok(DeclarationState::Waiting), DeclarationState::try_from)
}

fn key(year: i16, revision: u32) -> (u32, u32) {
    (year_key(year), revision)
}

fn year_key(year: i16) -> u32 {
    u32::try_from(year).unwrap_or_default()
}

impl DeclarationState {
    /// Its code, as stored and shown to programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Posted => "posted",
            Self::Sent => "sent",
            Self::Refused(_) => "refused",
        }
    }
}

impl TryFrom<DeclarationStateRecord> for DeclarationState {
    type Error = EngineError;

    fn try_from(record: DeclarationStateRecord) -> Result<Self, EngineError> {
        match (record.state.as_str(), record.refused) {
            ("waiting", None) => Ok(Self::Waiting),
            ("posted", None) => Ok(Self::Posted),
            ("sent", None) => Ok(Self::Sent),
            ("refused", Some(code)) => Ok(Self::Refused(code)),
            _ => Err(broken(kinds::DECLARATION_STATE)),
        }
    }
}

impl From<&SignedDeclaration> for DeclarationRecord {
    fn from(signed: &SignedDeclaration) -> Self {
        let SignedDeclaration { declared, at, signatory } = signed;
        let text = |of: fn(&Signatory) -> &Name| {
            signatory.as_ref().map(|signatory| of(signatory).as_str().to_owned()).unwrap_or_default()
        };
        Self {
            bytes: declared.encode(),
            at_ms: at.as_millisecond(),
            signed_by: text(|signatory| &signatory.name),
            signed_as: text(|signatory| &signatory.function),
        }
    }
}

impl TryFrom<DeclarationRecord> for SignedDeclaration {
    type Error = EngineError;

    fn try_from(record: DeclarationRecord) -> Result<Self, EngineError> {
        let name = |text: &str| Name::parse(text).map_err(|_| broken(KIND));
        let signatory = if record.signed_by.is_empty() {
            None
        } else {
            Some(Signatory { name: name(&record.signed_by)?, function: name(&record.signed_as)? })
        };
        Ok(Self {
            declared: Declared::decode(&record.bytes).map_err(|_| broken(KIND))?,
            at: instant(record.at_ms, KIND)?,
            signatory,
        })
    }
}

impl fmt::Debug for SignedDeclaration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("SignedDeclaration");
        shown.field("declared", &self.declared).field("at", &self.at).finish_non_exhaustive()
    }
}
