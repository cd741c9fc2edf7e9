//! Accounts, found by identifier, by name and by the hash of a token. Holds no token: whoever reads the store cannot use one.

use jiff::Timestamp;
use maillage_domain::{
    account::{Account, EntryLink, Label, Rights, Scope, TokenHash},
    ids::{AccountKind, PrescriberKind, VolunteerKind},
    password::PasswordHash,
    roles::Role,
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, broken, instant, parsed},
    kinds,
};

/// Accounts by identifier.
pub const TREE: Tree = Tree::named("accounts");
/// Accounts by name; the name of a revoked account stays.
pub const LABELS_TREE: Tree = Tree::named("accounts_by_label");
/// Accounts by the hash of each token they ever had, so that a replaced one is told from one that never was.
pub const TOKENS_TREE: Tree = Tree::named("accounts_by_token");

const ACCOUNTS: Table<[u8; 16], AccountRecord> = Table::new(TREE);
const LABELS: Table<String, PointerRecord> = Table::new(LABELS_TREE);
const TOKENS: Table<[u8; 32], PointerRecord> = Table::new(TOKENS_TREE);
const KIND: u16 = kinds::ACCOUNT;

/// An account, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    id: Id<AccountKind>,
    label: String,
    roles: Vec<String>,
    volunteer: Option<Id<VolunteerKind>>,
    prescriber: Option<Id<PrescriberKind>>,
    #[serde(with = "crate::fields::bytes")]
    token: Vec<u8>,
    expires_ms: i64,
    created_ms: i64,
    revoked_ms: Option<i64>,
    revision: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<LinkRecord>,
}

/// A one-time link: the hash of its secret, and until when it is valid.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LinkRecord {
    #[serde(with = "crate::fields::bytes")]
    secret: Vec<u8>,
    expires_ms: i64,
}

/// Which account a name or a token belongs to, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PointerRecord {
    pub(crate) account: Id<AccountKind>,
}

impl Record for AccountRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl Record for PointerRecord {
    const KIND: u16 = kinds::ACCOUNT_POINTER;
    const VERSION: u16 = 1;
}

/// Writes an account, new or changed, with its name and its token.
pub fn put(transaction: &mut Transaction<'_>, account: &Account) -> Result<(), EngineError> {
    let pointer = PointerRecord { account: account.id };
    LABELS.put(transaction, &account.label.as_str().to_owned(), &pointer)?;
    TOKENS.put(transaction, &account.token.to_array(), &pointer)?;
    ACCOUNTS.put(transaction, &account.id.to_array(), &AccountRecord::from(account))
}

/// One account.
pub fn find(view: &(impl View + ?Sized), id: Id<AccountKind>) -> Result<Option<Account>, EngineError> {
    ACCOUNTS.get(view, &id.to_array())?.map(Account::try_from).transpose()
}

/// The account of a name.
pub fn labelled(view: &(impl View + ?Sized), label: &Label) -> Result<Option<Account>, EngineError> {
    match LABELS.get(view, &label.as_str().to_owned())? {
        Some(pointer) => find(view, pointer.account),
        None => Ok(None),
    }
}

/// The account that has, or had, a token.
pub fn with_token(view: &(impl View + ?Sized), token: TokenHash) -> Result<Option<Account>, EngineError> {
    match TOKENS.get(view, &token.to_array())? {
        Some(pointer) => find(view, pointer.account),
        None => Ok(None),
    }
}

/// At most `limit` accounts in the order they were made, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<AccountKind>>,
    limit: usize,
) -> Result<Vec<Account>, EngineError> {
    let rows = ACCOUNTS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

impl From<&Account> for AccountRecord {
    fn from(account: &Account) -> Self {
        let Account { id, label, rights, token, expires, created, revoked, revision, password, link } =
            account;
        let link = link.map(|link| LinkRecord {
            secret: link.secret.to_array().to_vec(),
            expires_ms: link.expires.as_millisecond(),
        });
        let (volunteer, prescriber) = match rights.scope() {
            Scope::Everything => (None, None),
            Scope::Volunteer(volunteer) => (Some(volunteer), None),
            Scope::Prescriber(prescriber) => (None, Some(prescriber)),
        };
        Self {
            id: *id,
            label: label.as_str().to_owned(),
            roles: rights.roles().iter().map(|role| role.code().to_owned()).collect(),
            volunteer,
            prescriber,
            token: token.to_array().to_vec(),
            expires_ms: expires.as_millisecond(),
            created_ms: created.as_millisecond(),
            revoked_ms: revoked.map(Timestamp::as_millisecond),
            revision: *revision,
            password: password.as_ref().map(|password| password.as_phc().to_owned()),
            link,
        }
    }
}

impl TryFrom<AccountRecord> for Account {
    type Error = EngineError;

    fn try_from(record: AccountRecord) -> Result<Self, EngineError> {
        let roles = record.roles.iter().map(|role| parsed::<Role>(role, KIND)).collect::<Result<_, _>>()?;
        let scope = match (record.volunteer, record.prescriber) {
            (None, None) => Scope::Everything,
            (Some(volunteer), None) => Scope::Volunteer(volunteer),
            (None, Some(prescriber)) => Scope::Prescriber(prescriber),
            (Some(_), Some(_)) => return Err(broken(KIND)),
        };
        let token: [u8; 32] = record.token.try_into().map_err(|_| broken(KIND))?;
        Ok(Self {
            id: record.id,
            label: parsed(&record.label, KIND)?,
            rights: Rights::new(roles, scope).map_err(|_| broken(KIND))?,
            token: TokenHash::new(token),
            expires: instant(record.expires_ms, KIND)?,
            created: instant(record.created_ms, KIND)?,
            revoked: record.revoked_ms.map(|at| instant(at, KIND)).transpose()?,
            revision: record.revision,
            password: record.password.map(PasswordHash::from_phc),
            link: record.link.map(EntryLink::try_from).transpose()?,
        })
    }
}

impl TryFrom<LinkRecord> for EntryLink {
    type Error = EngineError;

    fn try_from(record: LinkRecord) -> Result<Self, EngineError> {
        let secret: [u8; 32] = record.secret.try_into().map_err(|_| broken(KIND))?;
        Ok(Self { secret: TokenHash::new(secret), expires: instant(record.expires_ms, KIND)? })
    }
}
