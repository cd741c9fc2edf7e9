//! Stored forms of the team's accounts and of what was done by whom.

use serde::{Deserialize, Serialize};

use crate::{
    store::StoreError,
    team::colleague::{Colleague, Deed, DeedKind, Doer, EntryLink, PasswordHash},
};

/// An account of the team; its name is the key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::store) struct ColleagueRecord {
    full_name: String,
    role: String,
    made_at_ms: i64,
    password: Option<StoredHash>,
    link: Option<LinkRecord>,
    revoked: bool,
}

/// The hash of a password; not printed.
#[derive(Clone, Serialize, Deserialize)]
struct StoredHash(String);

/// A one-time link.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct LinkRecord {
    hash: [u8; 32],
    expires_at_ms: i64,
}

/// Something that was done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::store) struct DeedRecord {
    at_ms: i64,
    by: String,
    is_command: bool,
    what: String,
    about: String,
}

impl From<&Colleague> for ColleagueRecord {
    fn from(colleague: &Colleague) -> Self {
        let Colleague { name: _, full_name, role, made_at_ms, password, link, revoked } = colleague;
        Self {
            full_name: full_name.clone(),
            role: role.code().to_owned(),
            made_at_ms: *made_at_ms,
            password: password.as_ref().map(|hash| StoredHash(hash.as_phc().to_owned())),
            link: link.map(|EntryLink { hash, expires_at_ms }| LinkRecord { hash, expires_at_ms }),
            revoked: *revoked,
        }
    }
}

impl ColleagueRecord {
    pub(in crate::store) fn colleague(self, name: &str) -> Result<Colleague, StoreError> {
        let wrong = |_| StoreError::Contents("an account of the team");
        Ok(Colleague {
            name: name.parse().map_err(wrong)?,
            full_name: self.full_name,
            role: self.role.parse().map_err(wrong)?,
            made_at_ms: self.made_at_ms,
            password: self.password.map(|StoredHash(phc)| PasswordHash::from_phc(phc)),
            link: self.link.map(|LinkRecord { hash, expires_at_ms }| EntryLink { hash, expires_at_ms }),
            revoked: self.revoked,
        })
    }
}

impl From<&Deed> for DeedRecord {
    fn from(deed: &Deed) -> Self {
        let Deed { at_ms, by, what, about } = deed.clone();
        let (by, is_command) = match by {
            Doer::Colleague(by) => (by, false),
            Doer::Command(by) => (by, true),
        };
        Self { at_ms, by, is_command, what: what.code().to_owned(), about }
    }
}

impl DeedRecord {
    pub(in crate::store) fn deed(self) -> Result<Deed, StoreError> {
        let what = DeedKind::ALL.iter().find(|kind| kind.code() == self.what).copied();
        let what = what.ok_or(StoreError::Contents("a deed"))?;
        let by = if self.is_command { Doer::Command(self.by) } else { Doer::Colleague(self.by) };
        Ok(Deed { at_ms: self.at_ms, by, what, about: self.about })
    }
}

impl std::fmt::Debug for StoredHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("StoredHash(…)")
    }
}
