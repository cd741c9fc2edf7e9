//! What the hub remembers, as an asynchronous repository: one adapter is embedded (over the engine), another may
//! speak to a database server. Rules come in as pure functions, so that every adapter runs the same ones: inside a
//! transaction, or around a compare-and-swap on the thread's revision.
//!
//! It must never decide a rule by itself, and holds nothing about a person: sealed payloads are bytes to it.

mod embedded;
mod received;
mod records;
mod team;

use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;
use maillage_federation::{
    agreement::{self, Agreement, Pair},
    directory::{Entry, Head},
    envelope::Envelope,
    handover::{NoticeKind, Thread, recovery::Recovery},
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind},
    month::Month,
    rotation::Announced,
};
use maillage_platform::backup::StoreFacts;

use crate::team::colleague::Deed;

pub use self::{
    embedded::EmbeddedStore,
    received::{
        Quarantine, Quarantined, Reading, ReceivedAccounts, ReceivedReport, ReportKey, WithdrawnReport,
    },
    team::{ColleagueRule, Invitation, Invited, TeamBook, Withdrawn},
};

/// What the hub remembers.
#[async_trait]
pub trait Repository: TeamBook {
    /// The hub's epoch: 1, and higher after each restore from a backup. A restored hub that has not served before serves since
    /// `now_ms`.
    async fn epoch(&self, now_ms: i64) -> Result<Epoch, StoreError>;
    /// Makes an export for a backup, if this store can.
    async fn export(&self) -> Result<StoreFacts, StoreError>;

    /// Remembers an invitation.
    async fn invite(&self, invitation: Invitation, deed: Deed) -> Result<(), StoreError>;
    /// Turns an invitation into a member and a new version of the directory, or says why not.
    async fn enrol(&self, application: Application) -> Result<Enrolled, StoreError>;
    /// Notes down a renewal, or says why not.
    async fn renew(&self, renewal: Renewal) -> Result<Result<(), RenewalRefused>, StoreError>;
    /// Puts a new sealing key of a member into a new version of the directory, or says why not.
    async fn change_sealing_key(&self, change: KeyChange) -> Result<KeyChanged, StoreError>;
    /// Revokes a member, with a new version of the directory; `false` if there is no such member.
    async fn revoke(&self, node: Id<NodeKind>, deed: Deed) -> Result<bool, StoreError>;
    /// A life of a member speaks; one that is older than a life that has spoken before is superseded.
    async fn embody(&self, node: Id<NodeKind>, incarnation: u64) -> Result<Embodied, StoreError>;
    /// Notes down when a member was last seen.
    async fn saw(&self, node: Id<NodeKind>, at_ms: i64) -> Result<(), StoreError>;
    /// Notes down which version of the program a member runs.
    async fn runs(&self, node: Id<NodeKind>, version: String) -> Result<(), StoreError>;
    /// The members, revoked ones too, at the newest version of the directory.
    async fn members(&self) -> Result<Members, StoreError>;
    /// Versions of the directory after `version`, oldest first, with the hash of their entries.
    async fn links_after(&self, version: u64) -> Result<Vec<(u64, [u8; 32])>, StoreError>;

    /// Answers a question by a rule, in one transaction: reads the facts, applies the ruling, keeps the receipt.
    /// The rule may be run more than once and must give the same ruling for the same facts.
    async fn settle(&self, question: Question, rule: Rule) -> Result<Settled, StoreError>;
    /// A thread.
    async fn thread(&self, handover: Id<HandoverKind>) -> Result<Option<Thread>, StoreError>;
    /// At most `limit` threads, newest first.
    async fn threads(&self, limit: usize) -> Result<Vec<Thread>, StoreError>;
    /// Threads that a node offered, was awarded, holds or held, in the order of their ids after one; at most `limit` threads are looked
    /// through. Also where to go on, unless that was the end.
    async fn threads_of(
        &self,
        node: Id<NodeKind>,
        after: Option<Id<HandoverKind>>,
        limit: usize,
    ) -> Result<(Vec<Thread>, Option<Id<HandoverKind>>), StoreError>;
    /// How many threads a restored hub may be behind with.
    async fn recovering(&self) -> Result<u64, StoreError>;
    /// At most `limit` handovers whose deadline is at `now_ms` or before, earliest first.
    async fn due(&self, now_ms: i64, limit: usize) -> Result<Vec<Id<HandoverKind>>, StoreError>;

    /// Every agreement, by pair; at most `limit`.
    async fn agreements(&self, limit: usize) -> Result<Vec<Agreement>, StoreError>;
    /// Agreements of a member with others after one of them, by the other; at most `limit`.
    async fn agreements_of(
        &self,
        node: Id<NodeKind>,
        after: Option<Id<NodeKind>>,
        limit: usize,
    ) -> Result<Vec<Agreement>, StoreError>;

    /// The first letter for a node after a sequence.
    async fn letter_after(&self, node: Id<NodeKind>, sequence: u64) -> Result<Option<Letter>, StoreError>;
    /// Forgets letters up to and including a sequence; answers how many there were.
    async fn acknowledge(&self, node: Id<NodeKind>, sequence: u64) -> Result<u64, StoreError>;
    /// Letters waiting for a node.
    async fn waiting(&self, node: Id<NodeKind>) -> Result<u64, StoreError>;

    /// Reports as received, of one node or of all, by node and period.
    async fn reports(&self, node: Option<Id<NodeKind>>) -> Result<Vec<ReceivedReport>, StoreError>;
    /// Changes with every report that comes in, is taken back, or is decided about: what was read under another number may be old.
    fn reports_version(&self) -> u64;
    /// Notes down what somebody decided about whether a report counts, unless it is so already.
    async fn quarantine(
        &self,
        report: ReportKey,
        decision: Quarantine,
        deed: Deed,
    ) -> Result<Quarantined<ReceivedReport>, StoreError>;

    /// Declarations about years as received, of one node or of all, by node, year and revision.
    async fn accounts(&self, node: Option<Id<NodeKind>>) -> Result<Vec<ReceivedAccounts>, StoreError>;
    /// As [`Repository::quarantine`], of the newest revision of what a node has declared about a year.
    async fn quarantine_accounts(
        &self,
        node: Id<NodeKind>,
        year: i16,
        decision: Quarantine,
        deed: Deed,
    ) -> Result<Quarantined<ReceivedAccounts>, StoreError>;
}

/// The store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine could not.
    #[error("the store could not do it")]
    Engine(#[from] maillage_engine::EngineError),
    /// What is stored contradicts itself or this program.
    #[error("stored data cannot be understood: {0}")]
    Contents(&'static str),
}

/// A node asks to become a member.
#[derive(Debug, Clone)]
pub struct Application {
    /// BLAKE3 of the secret it presents.
    pub secret_hash: [u8; 32],
    /// Its entry in the directory, with the id it gets if it is new.
    pub entry: Entry,
    /// The hub's clock, milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Until when its certificate will be valid, milliseconds since 1970 UTC.
    pub certificate_until_ms: i64,
}

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolled {
    /// A new member.
    New(Id<NodeKind>),
    /// The same node asked again: it is a member already.
    Again(Id<NodeKind>),
    /// No member.
    Refused(EnrolmentRefused),
}

/// Why an invitation is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentRefused {
    /// There is no such invitation.
    Unknown,
    /// Another node has used it.
    Used,
    /// It has expired.
    Expired,
    /// It is for another territory.
    WrongTerritory,
    /// The territory has a node already.
    TerritoryTaken,
    /// The node that used it was revoked since.
    Revoked,
}

/// A member asks for a new certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// Which member.
    pub node: Id<NodeKind>,
    /// The member's clock, milliseconds since 1970 UTC.
    pub asked_at_ms: i64,
    /// BLAKE3 of the request.
    pub request_hash: [u8; 32],
    /// Until when the new certificate will be valid, milliseconds since 1970 UTC.
    pub certificate_until_ms: i64,
}

/// Why there is no new certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewalRefused {
    /// No such member.
    Unknown,
    /// Revoked.
    Revoked,
    /// Not newer than the last renewal.
    Stale,
}

/// A member has announced a new key to seal to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// Which member.
    pub node: Id<NodeKind>,
    /// The key, its signature checked.
    pub announced: Announced,
    /// The hub's clock, milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// What became of a new sealing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyChanged {
    /// The directory has it since now.
    Done,
    /// It had it before.
    Again,
    /// No such member.
    Unknown,
    /// Its number is not above that of the key the directory has.
    Stale,
    /// The last change is too fresh.
    TooSoon,
}

/// A node of the federation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// As the others see it.
    pub entry: Entry,
    /// When it enrolled, milliseconds since 1970 UTC.
    pub enrolled_at_ms: i64,
    /// Until when its certificate is valid, milliseconds since 1970 UTC.
    pub certificate_until_ms: i64,
    /// When its last stream was opened or its last letters acknowledged, milliseconds since 1970 UTC.
    pub last_seen_ms: Option<i64>,
    /// Which life of it speaks: higher after each restore.
    pub incarnation: u64,
    /// Of its program, as it said itself; empty if it did not.
    pub version: String,
}

/// The members at one version of the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// Version and hash of the chain.
    pub head: Head,
    /// By id.
    pub nodes: BTreeMap<Id<NodeKind>, Member>,
}

/// Which life of the hub this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// Its number.
    pub number: u64,
    /// When a restored hub served for the first time in it, milliseconds since 1970 UTC; none in the first.
    pub since_ms: Option<i64>,
}

/// What a life of a member is to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embodied {
    /// The one that has spoken last.
    Same,
    /// A newer one, noted down.
    Raised,
    /// An older one: a newer has spoken.
    Superseded,
}

/// What is to be settled.
#[derive(Debug, Clone)]
pub struct Question {
    /// The envelope that asks; none when time does.
    pub envelope: Option<EnvelopeKey>,
    /// What it is about.
    pub subject: Subject,
}

/// What makes an envelope the same as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvelopeKey {
    /// Who sent it; ids of different senders never meet.
    pub sender: Id<NodeKind>,
    /// Its id.
    pub id: Id<EnvelopeKind>,
    /// BLAKE3 of its body.
    pub body_hash: [u8; 32],
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A handover.
    Handover(Id<HandoverKind>),
    /// A handover, and who could be asked for it by agreement.
    Circle {
        /// The handover.
        handover: Id<HandoverKind>,
        /// Who offers, if there is no such handover yet.
        asker: Id<NodeKind>,
    },
    /// What two members have agreed.
    Agreement(Pair),
    /// What two members have agreed, and the letters of one about months that wait for the other.
    Settlement {
        /// Who writes.
        from: Id<NodeKind>,
        /// To whom.
        to: Id<NodeKind>,
    },
    /// A report of a node.
    Report {
        /// Who reports.
        node: Id<NodeKind>,
        /// For which month.
        period: Month,
        /// In which vocabulary.
        vocabulary: String,
    },
    /// What a node has declared about a year.
    Accounts {
        /// Who declares.
        node: Id<NodeKind>,
        /// About which year.
        year: i16,
    },
    /// Nothing that is stored.
    Nothing,
}

/// What a rule may look at.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The thread of the handover in question.
    pub thread: Option<Thread>,
    /// Agreements by the other member: those of the origin of the handover in question when its circle is asked for, or the
    /// one in question.
    pub agreements: BTreeMap<Id<NodeKind>, Agreement>,
    /// Its offer as the origin signed it, as long as it may be shown to others.
    pub offer: Option<Envelope>,
    /// What a restored hub has heard about it, while it may be behind.
    pub recovery: Option<Recovery>,
    /// Letters of one member about months that wait for the other in question.
    pub letters_waiting: usize,
    /// The report that is there already.
    pub report: Option<ReceivedReport>,
    /// Hashes of what was declared about the year in question, by revision.
    pub accounts: BTreeMap<u32, [u8; 32]>,
}

/// A pure function from facts to a ruling.
pub type Rule = Arc<dyn Fn(&Facts) -> Ruling + Send + Sync>;

/// What a rule wants to be done, all of it or nothing.
#[derive(Debug, Clone, Default)]
pub struct Ruling {
    /// The thread as it stands now, when it changed.
    pub thread: Option<Thread>,
    /// Whether the signed offer is to be kept, when that changed.
    pub offer: Option<OfferKept>,
    /// The agreement as it stands now, when it changed.
    pub agreement: Option<Agreement>,
    /// What was heard about the thread, when that changed.
    pub recovery: Option<Catching>,
    /// Nothing is decided yet, and nothing is written: whoever asks comes again later.
    pub later: bool,
    /// Letters to be posted and taken back, in order.
    pub post: Vec<Post>,
    /// A report to be kept, new or taken back.
    pub report: Option<ReceivedReport>,
    /// A declaration to be kept.
    pub accounts: Option<ReceivedAccounts>,
    /// The receipt to be kept for the envelope, serialised.
    pub receipt: Vec<u8>,
}

/// Whether the offer of a thread is kept as its origin signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferKept {
    /// It is, since it may be shown to others.
    As(Envelope),
    /// It was, and is not needed any more.
    NoLonger,
}

/// How a restored hub catches up with a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Catching {
    /// It may still be behind, or has gone on and nothing was decided since.
    Kept(Recovery),
    /// Something was decided.
    Over,
}

/// A change of a mailbox.
#[derive(Debug, Clone)]
pub enum Post {
    /// A new letter.
    Letter(NewLetter),
    /// Awards of this handover that still wait for this node are never delivered.
    Recall {
        /// The node.
        node: Id<NodeKind>,
        /// The handover.
        handover: Id<HandoverKind>,
        /// With the words and changes that wait for it: it carries the trip no more.
        words: bool,
    },
}

/// A letter to be posted.
#[derive(Clone)]
pub struct NewLetter {
    /// For whom.
    pub to: Id<NodeKind>,
    /// What it is about.
    pub about: About,
    /// Who caused it; a newer bid of the same node replaces the one not yet delivered.
    pub caused_by: Option<Id<NodeKind>>,
    /// The signed envelope, serialised.
    pub envelope: Vec<u8>,
}

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A handover moved.
    Handover(Id<HandoverKind>, NoticeKind),
    /// An agreement moved.
    Agreement(Pair, agreement::NoticeKind),
    /// What one member has signed about a month, for another.
    Settlement {
        /// Who writes.
        from: Id<NodeKind>,
        /// To whom.
        to: Id<NodeKind>,
    },
}

/// A letter in a mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its place in the mailbox.
    pub sequence: u64,
    /// The signed envelope, serialised.
    pub envelope: Vec<u8>,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// Decided now. The nodes have new mail.
    Now {
        /// The receipt.
        receipt: Vec<u8>,
        /// Who has new mail.
        mail_for: Vec<Id<NodeKind>>,
    },
    /// Decided before: the very same receipt.
    Before {
        /// The receipt.
        receipt: Vec<u8>,
    },
    /// The id was used before for another body; nothing was touched.
    IdReused,
    /// Not yet; nothing was touched.
    Later,
}

impl Members {
    /// A member that is not revoked.
    pub fn live(&self, node: Id<NodeKind>) -> Option<&Member> {
        self.nodes.get(&node).filter(|member| !member.entry.revoked)
    }
}

impl About {
    /// Sixteen bytes by which letters about the same are found again. Those of an agreement are a hash of the pair, those
    /// about months one of who writes to whom, which meet a handover's id as rarely as two such ids meet.
    pub fn topic(&self) -> [u8; 16] {
        match self {
            Self::Handover(handover, _) => handover.to_array(),
            Self::Agreement(pair, _) => half(&pair.key()),
            Self::Settlement { from, to } => {
                half(&[b"months".as_slice(), &from.to_array(), &to.to_array()].concat())
            }
        }
    }
}

/// The first half of a hash.
fn half(bytes: &[u8]) -> [u8; 16] {
    let mut topic = [0; 16];
    topic.copy_from_slice(blake3::hash(bytes).as_bytes().split_at(16).0);
    topic
}

impl fmt::Debug for NewLetter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NewLetter(to {} about {:?})", self.to, self.about)
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Letter({}, {} bytes)", self.sequence, self.envelope.len())
    }
}
