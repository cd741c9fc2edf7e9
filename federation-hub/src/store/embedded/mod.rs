//! The repository over the engine: one file of tables, one transaction for each call that writes. It must never block
//! the caller's thread on the disk: transactions run on the engine's own thread and are awaited.

mod lives;
mod mailbox;
mod membership;
mod settlement;
mod team;
#[cfg(test)]
mod tests;

use std::{
    ops::Bound,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use maillage_engine::{
    Engine, MemoryDisk, OpenError, Opening, Options, Table, TransactError, Transaction, Tree,
};
use maillage_federation::{
    agreement::Agreement,
    handover::{Record, Thread},
    ids::{HandoverKind, Id, NodeKind},
};

use self::{mailbox::Capacity, membership::Known};
use super::{
    Application, Embodied, Enrolled, Epoch, Invitation, KeyChange, KeyChanged, Letter, Members, Quarantine,
    Quarantined, Question, ReceivedAccounts, ReceivedReport, Renewal, RenewalRefused, ReportKey, Repository,
    Rule, Settled, StoreError, Subject,
    records::{
        AccountsRecord, AgreementRecord, AnswerRecord, DeadlineRecord, HubRecord, InvitationRecord,
        LetterIndexRecord, LetterRecord, MailboxRecord, MemberRecord, OfferRecord, PartnerRecord,
        RecoveryRecord, ReportRecord, ThreadRecord, VersionRecord, node_id,
    },
};
use crate::{limits, team::colleague::Deed};
use maillage_platform::backup::StoreFacts;

/// Sixteen bytes of an id, as keys have them.
type IdKey = [u8; 16];

const HUB: Table<String, HubRecord> = Table::new(Tree::named("hub"));
const INVITATIONS: Table<[u8; 32], InvitationRecord> = Table::new(Tree::named("invitations"));
const MEMBERS: Table<IdKey, MemberRecord> = Table::new(Tree::named("members"));
const VERSIONS: Table<u64, VersionRecord> = Table::new(Tree::named("directory-versions"));
const THREADS: Table<IdKey, ThreadRecord> = Table::new(Tree::named("threads"));
const DEADLINES: Table<(u64, IdKey), DeadlineRecord> = Table::new(Tree::named("deadlines"));
const ANSWERS: Table<(IdKey, IdKey), AnswerRecord> = Table::new(Tree::named("answers"));
const MAILBOXES: Table<IdKey, MailboxRecord> = Table::new(Tree::named("mailboxes"));
const LETTERS: Table<(IdKey, u64), LetterRecord> = Table::new(Tree::named("letters"));
const LETTERS_BY_HANDOVER: Table<(IdKey, IdKey, u64), LetterIndexRecord> =
    Table::new(Tree::named("letters-by-handover"));
/// Threads that a restored hub may be behind with.
const RECOVERIES: Table<IdKey, RecoveryRecord> = Table::new(Tree::named("recoveries"));
/// Offers as their origins signed them, as long as they may be shown to others.
const OFFERS: Table<IdKey, OfferRecord> = Table::new(Tree::named("offers"));
const REPORTS: Table<(IdKey, String, String), ReportRecord> = Table::new(Tree::named("reports"));
/// By node, year and revision.
const ACCOUNTS: Table<(IdKey, u32, u32), AccountsRecord> = Table::new(Tree::named("accounts"));
const AGREEMENTS: Table<[u8; 32], AgreementRecord> = Table::new(Tree::named("agreements"));
/// Each agreement is found from both of the two.
const PARTNERS: Table<(IdKey, IdKey), PartnerRecord> = Table::new(Tree::named("partners"));

const TREES: &[Tree] = &[
    HUB.tree(),
    INVITATIONS.tree(),
    MEMBERS.tree(),
    VERSIONS.tree(),
    THREADS.tree(),
    DEADLINES.tree(),
    ANSWERS.tree(),
    MAILBOXES.tree(),
    LETTERS.tree(),
    LETTERS_BY_HANDOVER.tree(),
    RECOVERIES.tree(),
    REPORTS.tree(),
    AGREEMENTS.tree(),
    PARTNERS.tree(),
    OFFERS.tree(),
    ACCOUNTS.tree(),
    team::COLLEAGUES.tree(),
    team::DEEDS.tree(),
];
const SCHEMA_VERSION: u32 = 1;
/// Key of the one row of [`HUB`].
const SELF: &str = "self";

/// The repository on this machine's disk, or in memory for tests.
#[derive(Clone)]
pub struct EmbeddedStore {
    engine: Engine,
    capacity: Capacity,
    known: Arc<Known>,
    /// How often reports have changed since it was opened.
    reports_changed: Arc<AtomicU64>,
}

impl EmbeddedStore {
    /// Opens the store of a hub, or makes a new one; also says what that took.
    ///
    /// # Errors
    /// What the engine says: in use, damaged, written by a newer version.
    pub fn open(directory: &Path) -> Result<(Self, Opening), OpenError> {
        let (engine, opening) = Engine::open(directory, Self::options())?;
        Ok((Self::over(engine), opening))
    }

    /// The same on a disk in memory that can be made to fail, and opened again; for tests.
    ///
    /// # Errors
    /// What the engine says.
    pub fn open_memory(disk: &MemoryDisk) -> Result<Self, OpenError> {
        let (engine, _) = Engine::memory_with(disk, Self::options())?;
        Ok(Self::over(engine))
    }

    fn over(engine: Engine) -> Self {
        Self { engine, capacity: Capacity::default(), known: Arc::default(), reports_changed: Arc::default() }
    }

    /// Writes something about reports. It goes on to its end whoever goes away, so that nothing that was read before is taken for new.
    async fn write_reports<T: Send + 'static>(
        &self,
        name: &'static str,
        body: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (own, changed) = (self.clone(), Arc::clone(&self.reports_changed));
        let written = tokio::spawn(async move {
            let written = own.write(name, body).await;
            changed.fetch_add(1, Ordering::SeqCst);
            written
        });
        written.await.unwrap_or(Err(StoreError::Contents("a writing that broke off")))
    }

    /// How such a store is opened.
    pub(crate) fn options() -> Options {
        Options::new(TREES, SCHEMA_VERSION)
    }

    /// Makes an export now, on the caller's thread.
    pub(crate) fn export_now(&self) -> Result<StoreFacts, StoreError> {
        lives::export(&self.engine)
    }

    /// Begins a new epoch after a restore, durably: nothing is decided about any handover of the backup before the nodes were
    /// heard that may know better.
    ///
    /// # Errors
    /// The engine's.
    pub fn begin_epoch(&self, now_ms: i64) -> Result<u64, StoreError> {
        lives::begin(&self.engine, now_ms)
    }

    /// Reads much at once, away from the threads that serve nodes.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Engine) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let engine = self.engine.clone();
        let done = tokio::task::spawn_blocking(move || read(&engine)).await;
        done.unwrap_or(Err(StoreError::Contents("a reading that broke off")))
    }

    async fn write<T: Send + 'static>(
        &self,
        name: &'static str,
        body: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.engine.submit(name, body).await {
            Ok(value) => Ok(value),
            Err(TransactError::Aborted(error)) => Err(error),
            Err(TransactError::Engine(error)) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Repository for EmbeddedStore {
    async fn epoch(&self, now_ms: i64) -> Result<Epoch, StoreError> {
        self.write("epoch", move |transaction| lives::serve(transaction, now_ms)).await
    }

    async fn export(&self) -> Result<StoreFacts, StoreError> {
        self.read(lives::export).await
    }

    async fn invite(&self, invitation: Invitation, deed: Deed) -> Result<(), StoreError> {
        self.write("invite", move |transaction| {
            team::note(transaction, &deed)?;
            Ok(INVITATIONS.put(transaction, &invitation.secret_hash, &(&invitation).into())?)
        })
        .await
    }

    async fn enrol(&self, application: Application) -> Result<Enrolled, StoreError> {
        let known = Arc::clone(&self.known);
        self.write("enrol", move |transaction| membership::enrol(transaction, &known, &application)).await
    }

    async fn renew(&self, renewal: Renewal) -> Result<Result<(), RenewalRefused>, StoreError> {
        self.write("renew", move |transaction| membership::renew(transaction, &renewal)).await
    }

    async fn change_sealing_key(&self, change: KeyChange) -> Result<KeyChanged, StoreError> {
        let known = Arc::clone(&self.known);
        self.write("change-sealing-key", move |transaction| {
            membership::change_sealing_key(transaction, &known, &change)
        })
        .await
    }

    async fn revoke(&self, node: Id<NodeKind>, deed: Deed) -> Result<bool, StoreError> {
        let known = Arc::clone(&self.known);
        self.write("revoke", move |transaction| {
            let is_member = membership::revoke(transaction, &known, node)?;
            if is_member {
                team::note(transaction, &deed)?;
            }
            Ok(is_member)
        })
        .await
    }

    async fn embody(&self, node: Id<NodeKind>, incarnation: u64) -> Result<Embodied, StoreError> {
        self.write("embody", move |transaction| membership::embody(transaction, node, incarnation)).await
    }

    async fn saw(&self, node: Id<NodeKind>, at_ms: i64) -> Result<(), StoreError> {
        self.write("saw", move |transaction| membership::saw(transaction, node, at_ms)).await
    }

    async fn runs(&self, node: Id<NodeKind>, version: String) -> Result<(), StoreError> {
        let known = MEMBERS.get(&self.engine, &node.to_array())?;
        if known.is_none_or(|record| record.version == version) {
            return Ok(());
        }
        self.write("runs", move |transaction| membership::runs(transaction, node, version)).await
    }

    async fn members(&self) -> Result<Members, StoreError> {
        membership::members(&self.engine, &self.known)
    }

    async fn links_after(&self, version: u64) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
        let links = VERSIONS.scan(&self.engine, version.saturating_add(1).., usize::MAX)?;
        Ok(links.into_iter().map(|(version, record)| (version, record.entries_hash)).collect())
    }

    async fn settle(&self, question: Question, rule: Rule) -> Result<Settled, StoreError> {
        let capacity = self.capacity;
        let is_about_reports = matches!(question.subject, Subject::Report { .. });
        let settle = move |transaction: &mut Transaction<'_>| {
            settlement::settle(transaction, &question, &rule, capacity)
        };
        if is_about_reports {
            self.write_reports("settle", settle).await
        } else {
            self.write("settle", settle).await
        }
    }

    async fn thread(&self, handover: Id<HandoverKind>) -> Result<Option<Thread>, StoreError> {
        let record = THREADS.get(&self.engine, &handover.to_array())?;
        record.map(|record| record.thread()).transpose()
    }

    async fn threads(&self, limit: usize) -> Result<Vec<Thread>, StoreError> {
        let rows = THREADS.scan_reverse(&self.engine, .., limit)?;
        rows.iter().map(|(_, record)| record.thread()).collect()
    }

    async fn threads_of(
        &self,
        node: Id<NodeKind>,
        after: Option<Id<HandoverKind>>,
        limit: usize,
    ) -> Result<(Vec<Thread>, Option<Id<HandoverKind>>), StoreError> {
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.to_array()));
        let rows = THREADS.scan(&self.engine, (from, Bound::Unbounded), limit)?;
        let next = rows.last().filter(|_| rows.len() == limit).map(|(key, _)| node_id(key)).transpose()?;
        let threads = rows.iter().map(|(_, record)| record.thread()).collect::<Result<Vec<_>, _>>()?;
        let named = |thread: &Thread| {
            let Record { origin, state, .. } = thread.record;
            origin == node || state.entitled() == Some(node) || state.holder() == Some(node)
        };
        Ok((threads.into_iter().filter(named).collect(), next))
    }

    async fn recovering(&self) -> Result<u64, StoreError> {
        let rows = RECOVERIES.scan(&self.engine, .., limits::RECOVERING_COUNTED)?;
        Ok(rows.iter().filter(|(_, record)| record.is_waiting()).count() as u64)
    }

    async fn due(&self, now_ms: i64, limit: usize) -> Result<Vec<Id<HandoverKind>>, StoreError> {
        let end = u64::try_from(now_ms).unwrap_or(0).saturating_add(1);
        let rows = DEADLINES.scan(&self.engine, ..(end, [0; 16]), limit)?;
        rows.iter().map(|((_, handover), _)| node_id(handover)).collect()
    }

    async fn agreements(&self, limit: usize) -> Result<Vec<Agreement>, StoreError> {
        let rows = AGREEMENTS.scan(&self.engine, .., limit)?;
        rows.iter().map(|(_, record)| record.agreement()).collect()
    }

    async fn agreements_of(
        &self,
        node: Id<NodeKind>,
        after: Option<Id<NodeKind>>,
        limit: usize,
    ) -> Result<Vec<Agreement>, StoreError> {
        let mut found = settlement::agreements_of(&self.engine, node)?;
        found.retain(|other, _| after.is_none_or(|after| *other > after));
        Ok(found.into_values().take(limit).collect())
    }

    async fn letter_after(&self, node: Id<NodeKind>, sequence: u64) -> Result<Option<Letter>, StoreError> {
        mailbox::letter_after(&self.engine, node, sequence)
    }

    async fn acknowledge(&self, node: Id<NodeKind>, sequence: u64) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let rows = self
                .write("acknowledge", move |transaction| mailbox::acknowledge(transaction, node, sequence))
                .await?;
            forgotten += rows as u64;
            if rows < limits::ACKNOWLEDGED_ROWS {
                return Ok(forgotten);
            }
        }
    }

    async fn waiting(&self, node: Id<NodeKind>) -> Result<u64, StoreError> {
        Ok(MAILBOXES.get(&self.engine, &node.to_array())?.map_or(0, |mailbox| mailbox.rows))
    }

    async fn reports(&self, node: Option<Id<NodeKind>>) -> Result<Vec<ReceivedReport>, StoreError> {
        self.read(move |engine| {
            let rows = match node {
                Some(node) => REPORTS.scan_prefix(engine, &node.to_array(), limits::REPORTS)?,
                None => REPORTS.scan(engine, .., limits::REPORTS)?,
            };
            rows.into_iter().map(|(key, record)| record.report(key)).collect()
        })
        .await
    }

    async fn quarantine(
        &self,
        report: ReportKey,
        decision: Quarantine,
        deed: Deed,
    ) -> Result<Quarantined<ReceivedReport>, StoreError> {
        let decide = move |transaction: &mut Transaction<'_>| {
            let quarantined = settlement::quarantine(transaction, &report, &decision)?;
            if matches!(quarantined, Quarantined::Done(_)) {
                team::note(transaction, &deed)?;
            }
            Ok(quarantined)
        };
        self.write_reports("quarantine", decide).await
    }

    fn reports_version(&self) -> u64 {
        self.reports_changed.load(Ordering::SeqCst)
    }

    async fn accounts(&self, node: Option<Id<NodeKind>>) -> Result<Vec<ReceivedAccounts>, StoreError> {
        self.read(move |engine| {
            let rows = match node {
                Some(node) => ACCOUNTS.scan_prefix(engine, &node.to_array(), limits::ACCOUNTS + 1)?,
                None => ACCOUNTS.scan(engine, .., limits::ACCOUNTS + 1)?,
            };
            let rows = all(rows, limits::ACCOUNTS)?;
            rows.into_iter().map(|((node, ..), record)| record.received(node)).collect()
        })
        .await
    }

    async fn quarantine_accounts(
        &self,
        node: Id<NodeKind>,
        year: i16,
        decision: Quarantine,
        deed: Deed,
    ) -> Result<Quarantined<ReceivedAccounts>, StoreError> {
        self.write("quarantine-accounts", move |transaction| {
            let quarantined = settlement::quarantine_accounts(transaction, node, year, &decision)?;
            if matches!(quarantined, Quarantined::Done(_)) {
                team::note(transaction, &deed)?;
            }
            Ok(quarantined)
        })
        .await
    }
}

impl std::fmt::Debug for EmbeddedStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("EmbeddedStore").finish_non_exhaustive()
    }
}

/// What was read, if it is all there is: a sum of the rest would pass for the whole.
fn all<T>(rows: Vec<T>, limit: usize) -> Result<Vec<T>, StoreError> {
    if rows.len() > limit {
        return Err(StoreError::Contents("more declarations about years than can be added up"));
    }
    Ok(rows)
}

/// A broken rule of this adapter itself, told as damage rather than by a panic.
fn damaged(what: &'static str) -> StoreError {
    StoreError::Contents(what)
}

/// Reads outside of a transaction may straddle a commit; what does not fit is read again that often.
const READ_ATTEMPTS: usize = 5;
