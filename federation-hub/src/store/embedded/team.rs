//! Accounts of the team and deeds, inside transactions. It must never note a deed down apart from what it did.

use async_trait::async_trait;
use maillage_engine::{Table, Transaction, Tree};

use super::{EmbeddedStore, INVITATIONS};
use crate::{
    limits,
    refusals::{self, Reason},
    store::{
        ColleagueRule, Invited, StoreError, TeamBook, Withdrawn,
        records::{
            InvitationRecord, node_id,
            team::{ColleagueRecord, DeedRecord},
        },
    },
    team::colleague::{Colleague, ColleagueName, Deed},
};

pub(super) const COLLEAGUES: Table<String, ColleagueRecord> = Table::new(Tree::named("colleagues"));
/// By number, from 1.
pub(super) const DEEDS: Table<u64, DeedRecord> = Table::new(Tree::named("deeds"));

/// Notes down a deed.
pub(super) fn note(transaction: &mut Transaction<'_>, deed: &Deed) -> Result<(), StoreError> {
    let last = DEEDS.last(transaction)?.map_or(0, |(number, _)| number);
    Ok(DEEDS.put(transaction, &(last + 1), &deed.into())?)
}

#[async_trait]
impl TeamBook for EmbeddedStore {
    async fn colleague(&self, name: &ColleagueName) -> Result<Option<Colleague>, StoreError> {
        let key = name.as_str().to_owned();
        COLLEAGUES.get(&self.engine, &key)?.map(|record| record.colleague(&key)).transpose()
    }

    async fn colleagues(&self) -> Result<Vec<Colleague>, StoreError> {
        let rows = COLLEAGUES.scan(&self.engine, .., limits::COLLEAGUES)?;
        rows.into_iter().map(|(key, record)| record.colleague(&key)).collect()
    }

    async fn change_colleague(
        &self,
        name: ColleagueName,
        rule: ColleagueRule,
        deed: Deed,
    ) -> Result<Result<Colleague, Reason>, StoreError> {
        self.write("change-colleague", move |transaction| {
            let key = name.as_str().to_owned();
            let known =
                COLLEAGUES.get(transaction, &key)?.map(|record| record.colleague(&key)).transpose()?;
            let is_new = known.is_none();
            if is_new && COLLEAGUES.scan(transaction, .., limits::COLLEAGUES)?.len() >= limits::COLLEAGUES {
                return Ok(Err(refusals::COLLEAGUES_TOO_MANY));
            }
            let changed = match rule(known) {
                Ok(changed) => changed,
                Err(reason) => return Ok(Err(reason)),
            };
            COLLEAGUES.put(transaction, &key, &(&changed).into())?;
            note(transaction, &deed)?;
            Ok(Ok(changed))
        })
        .await
    }

    async fn note(&self, deed: Deed) -> Result<(), StoreError> {
        self.write("note", move |transaction| note(transaction, &deed)).await
    }

    async fn deeds(&self, before: Option<u64>, limit: usize) -> Result<Vec<(u64, Deed)>, StoreError> {
        let rows = DEEDS.scan_reverse(&self.engine, ..before.unwrap_or(u64::MAX), limit)?;
        rows.into_iter().map(|(number, record)| Ok((number, record.deed()?))).collect()
    }

    async fn invitations(&self, limit: usize) -> Result<Vec<Invited>, StoreError> {
        let rows = INVITATIONS.scan(&self.engine, .., limit)?;
        let invited = |(secret_hash, record): ([u8; 32], InvitationRecord)| {
            Ok(Invited {
                secret_hash,
                territory: record.territory.parse().map_err(|_| StoreError::Contents("an invitation"))?,
                expires_at_ms: record.expires_at_ms,
                used_by: record.used_by.as_ref().map(node_id).transpose()?,
                withdrawn: record.withdrawn,
            })
        };
        rows.into_iter().map(invited).collect()
    }

    async fn withdraw_invitation(&self, secret_hash: [u8; 32], deed: Deed) -> Result<Withdrawn, StoreError> {
        self.write("withdraw-invitation", move |transaction| {
            let Some(known) = INVITATIONS.get(transaction, &secret_hash)? else {
                return Ok(Withdrawn::Unknown);
            };
            if known.used_by.is_some() {
                return Ok(Withdrawn::Used);
            }
            if !known.withdrawn {
                note(transaction, &Deed { about: known.territory.clone(), ..deed })?;
                INVITATIONS.put(transaction, &secret_hash, &InvitationRecord { withdrawn: true, ..known })?;
            }
            Ok(Withdrawn::Done)
        })
        .await
    }
}
