//! Stored forms, versioned and apart from the forms the rules work with. Numbers of kinds are never reused. It must
//! never hold a person's data: envelopes are kept as bytes, sealed parts sealed.

pub(super) mod team;

use std::{collections::BTreeSet, fmt};

use maillage_engine::Record;
use maillage_federation::{
    accounts::Declared,
    agreement::Agreement,
    directory::Entry,
    handover::{
        Circle, Eligible, NoticeKind, Offer, OfferedLeg, PendingChange, Thread, due_at_ms,
        recovery::{Recovery, WentOn, given_up_ms},
    },
    ids::{Id, NodeKind},
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    About, Invitation, Member, Quarantine, Reading, ReceivedAccounts, ReceivedReport, StoreError,
    WithdrawnReport,
};

/// Bytes stored as bytes, not as a list of numbers.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) Vec<u8>);

/// Facts about the hub itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct HubRecord {
    pub(super) epoch: u64,
    /// When a restored hub served for the first time in this epoch, milliseconds since 1970 UTC; none before that, and in the first
    /// epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) serving_since_ms: Option<i64>,
}

/// What is known of a thread that a restored hub may be behind with.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct RecoveryRecord {
    pub(super) presented: Vec<[u8; 16]>,
    pub(super) awarded_to: Option<[u8; 16]>,
    /// Since a hub that has gone on still listens; left out as long as it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    went_on: Option<WentOnRecord>,
    #[serde(default, skip_serializing_if = "is_zero")]
    above: u64,
}

/// How the hub has gone on with a thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct WentOnRecord {
    from: u64,
    with: u64,
    open_in: Option<u32>,
}

/// An invitation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct InvitationRecord {
    pub(super) territory: String,
    pub(super) expires_at_ms: i64,
    pub(super) used_by: Option<[u8; 16]>,
    /// Since invitations can be taken back; left out of those that were not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) withdrawn: bool,
}

/// A member.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MemberRecord {
    pub(super) entry: Bytes,
    enrolled_at_ms: i64,
    pub(super) certificate_until_ms: i64,
    pub(super) last_seen_ms: Option<i64>,
    /// Since nodes can be restored; left out in the first life of a node.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) incarnation: u64,
    pub(super) renewal_asked_at_ms: Option<i64>,
    pub(super) renewal_hash: Option<[u8; 32]>,
    /// Since nodes change their sealing keys; left out before the first change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealing_changed_ms: Option<i64>,
    /// Since nodes say it; left out of those that do not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) version: String,
}

/// A version of the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct VersionRecord {
    pub(super) entries_hash: [u8; 32],
    pub(super) head: [u8; 32],
}

/// The arbiter's thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ThreadRecord {
    record: Bytes,
    offer: Bytes,
    bids: Vec<([u8; 16], Bytes)>,
    audience: Vec<[u8; 16]>,
    /// Since words and changes exist; left out when there is none, so that threads without stay as first written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<ChangeRecord>,
    #[serde(default, skip_serializing_if = "is_none")]
    words: u32,
    /// Since circles: nodes that may be shown the offer later, with the number of the circle of each; left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    later: Vec<([u8; 16], u32)>,
}

/// A change that is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ChangeRecord {
    by: [u8; 16],
    revision: u64,
    /// An `AskChange` without its sealed details.
    legs: Bytes,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_none(words: &u32) -> bool {
    *words == 0
}

/// An offer as its origin signed it, as long as it may be shown to others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OfferRecord {
    pub(super) envelope: Bytes,
}

/// That a deadline is due; all there is to know is in the key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DeadlineRecord {}

/// The receipt given for an envelope.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AnswerRecord {
    pub(super) body_hash: [u8; 32],
    pub(super) receipt: Bytes,
}

/// The counters of a mailbox. The sequence never restarts, whatever is forgotten.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct MailboxRecord {
    pub(super) last_sequence: u64,
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

/// A letter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LetterRecord {
    pub(super) handover: [u8; 16],
    pub(super) envelope: Bytes,
}

/// A letter found by its handover.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LetterIndexRecord {
    kind: i32,
    pub(super) caused_by: Option<[u8; 16]>,
}

/// A report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ReportRecord {
    territory: String,
    pub(super) hash: [u8; 32],
    received_at_ms: i64,
    report: Bytes,
    envelope: Bytes,
    /// Since reports can be taken back; left out as long as one is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn: Option<WithdrawnRecord>,
    /// Since reports can be left out; left out as long as nobody decides anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    quarantine: Vec<QuarantineRecord>,
}

/// What somebody decided about whether a report counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct QuarantineRecord {
    at_ms: i64,
    by: String,
    reason: String,
    lift: bool,
}

/// That a report was taken back.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct WithdrawnRecord {
    at_ms: i64,
    reason: String,
    envelope: Bytes,
}

/// A declaration about a year.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AccountsRecord {
    territory: String,
    pub(super) hash: [u8; 32],
    received_at_ms: i64,
    accounts: Bytes,
    envelope: Bytes,
    /// Since declarations can be left out; left out as long as nobody decides anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    quarantine: Vec<QuarantineRecord>,
}

/// What two members have agreed, with the envelopes of both.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AgreementRecord {
    agreement: Bytes,
}

/// That a member has agreed with another, or might; all there is to know is in the key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PartnerRecord {}

/// Gives each record its number; all are at their first version.
macro_rules! records {
    ($($record:ty = $kind:literal),* $(,)?) => {
        $(impl Record for $record {
            const KIND: u16 = $kind;
            const VERSION: u16 = 1;
        })*
    };
}

records! {
    HubRecord = 201,
    InvitationRecord = 202,
    MemberRecord = 203,
    VersionRecord = 204,
    ThreadRecord = 205,
    DeadlineRecord = 206,
    AnswerRecord = 207,
    MailboxRecord = 208,
    LetterRecord = 209,
    LetterIndexRecord = 210,
    ReportRecord = 211,
    RecoveryRecord = 212,
    AgreementRecord = 213,
    PartnerRecord = 214,
    OfferRecord = 215,
    AccountsRecord = 216,
    team::ColleagueRecord = 217,
    team::DeedRecord = 218,
}

impl From<&Invitation> for InvitationRecord {
    fn from(invitation: &Invitation) -> Self {
        Self {
            territory: invitation.territory.to_string(),
            expires_at_ms: invitation.expires_at_ms,
            used_by: None,
            withdrawn: false,
        }
    }
}

impl MemberRecord {
    pub(super) fn new(entry: &Entry, enrolled_at_ms: i64, certificate_until_ms: i64) -> Self {
        Self {
            entry: Bytes(proto::DirectoryEntry::from(entry).encode_to_vec()),
            enrolled_at_ms,
            certificate_until_ms,
            last_seen_ms: None,
            incarnation: 0,
            renewal_asked_at_ms: None,
            renewal_hash: None,
            sealing_changed_ms: None,
            version: String::new(),
        }
    }

    pub(super) fn entry(&self) -> Result<Entry, StoreError> {
        let entry = proto::DirectoryEntry::decode(self.entry.0.as_slice())
            .map_err(|_| StoreError::Contents("an entry of the directory"))?;
        entry.try_into().map_err(|_| StoreError::Contents("an entry of the directory"))
    }

    pub(super) fn set_entry(&mut self, entry: &Entry) {
        self.entry = Bytes(proto::DirectoryEntry::from(entry).encode_to_vec());
    }

    /// The member, with [`Self::entry`] as it was read.
    pub(super) fn member(&self, entry: Entry) -> Member {
        Member {
            entry,
            enrolled_at_ms: self.enrolled_at_ms,
            certificate_until_ms: self.certificate_until_ms,
            last_seen_ms: self.last_seen_ms,
            incarnation: self.incarnation,
            version: self.version.clone(),
        }
    }
}

impl From<&Thread> for ThreadRecord {
    fn from(thread: &Thread) -> Self {
        let Thread { record, offer, bids, audience, later, change, words } = thread;
        Self {
            record: Bytes(proto::HandoverRecord::from(record.clone()).encode_to_vec()),
            offer: Bytes(proto::Offer::from(offer.clone()).encode_to_vec()),
            bids: bids
                .iter()
                .map(|(node, bid)| (node.to_array(), Bytes(proto::Bid::from(bid.clone()).encode_to_vec())))
                .collect(),
            audience: audience.iter().map(|node| node.to_array()).collect(),
            change: change.as_ref().map(ChangeRecord::from),
            words: *words,
            later: later.iter().map(|(node, circle)| (node.to_array(), circle.number())).collect(),
        }
    }
}

impl From<&PendingChange> for ChangeRecord {
    fn from(change: &PendingChange) -> Self {
        let legs = change.legs.iter().cloned().map(Into::into).collect();
        Self {
            by: change.by.to_array(),
            revision: change.revision,
            legs: Bytes(proto::AskChange { legs, details: None }.encode_to_vec()),
        }
    }
}

impl ChangeRecord {
    fn change(&self) -> Result<PendingChange, StoreError> {
        let wrong = || StoreError::Contents("a change of a handover");
        let asked = proto::AskChange::decode(self.legs.0.as_slice()).map_err(|_| wrong())?;
        let legs = asked.legs.into_iter().map(OfferedLeg::try_from).collect::<Result<_, _>>();
        Ok(PendingChange {
            by: node_id(&self.by)?,
            revision: self.revision,
            legs: legs.map_err(|_| wrong())?,
        })
    }
}

impl ThreadRecord {
    pub(super) fn thread(&self) -> Result<Thread, StoreError> {
        let wrong = |()| StoreError::Contents("a handover");
        let record = proto::HandoverRecord::decode(self.record.0.as_slice()).map_err(|_| wrong(()))?;
        let offer = proto::Offer::decode(self.offer.0.as_slice()).map_err(|_| wrong(()))?;
        let bids = self.bids.iter().map(|(node, bid)| {
            let bid = proto::Bid::decode(bid.0.as_slice()).map_err(|_| wrong(()))?;
            Ok((node_id(node)?, bid.into()))
        });
        let later = self.later.iter().map(|(node, circle)| {
            let circle = Circle::of_number(*circle).ok_or_else(|| wrong(()))?;
            Ok((node_id(node)?, circle))
        });
        Ok(Thread {
            record: record.try_into().map_err(|_| wrong(()))?,
            offer: Offer::try_from(offer).map_err(|_| wrong(()))?,
            bids: bids.collect::<Result<_, StoreError>>()?,
            audience: self.audience.iter().map(node_id).collect::<Result<BTreeSet<_>, _>>()?,
            change: self.change.as_ref().map(ChangeRecord::change).transpose()?,
            later: later.collect::<Result<Eligible, StoreError>>()?,
            words: self.words,
        })
    }
}

/// When time alone will move a thread, milliseconds since 1970 UTC: while the hub may be behind with it, not before
/// nobody is waited for any more.
pub(super) fn deadline(thread: &Thread, recovering: bool) -> Option<u64> {
    let at_ms = if recovering { Some(given_up_ms(thread)) } else { due_at_ms(thread) };
    at_ms.map(|at_ms| u64::try_from(at_ms).unwrap_or(0))
}

impl From<&Recovery> for RecoveryRecord {
    fn from(recovery: &Recovery) -> Self {
        Self {
            presented: recovery.presented.iter().map(|node| node.to_array()).collect(),
            awarded_to: recovery.awarded_to.map(Id::to_array),
            went_on: recovery.went_on.map(|WentOn { from, with, open_in }| WentOnRecord {
                from,
                with,
                open_in,
            }),
            above: recovery.above,
        }
    }
}

impl RecoveryRecord {
    /// Whether the hub decides nothing yet about the thread.
    pub(super) fn is_waiting(&self) -> bool {
        self.went_on.is_none()
    }

    pub(super) fn recovery(&self) -> Result<Recovery, StoreError> {
        Ok(Recovery {
            presented: self.presented.iter().map(node_id).collect::<Result<_, _>>()?,
            awarded_to: self.awarded_to.as_ref().map(node_id).transpose()?,
            went_on: self.went_on.as_ref().map(|known| WentOn {
                from: known.from,
                with: known.with,
                open_in: known.open_in,
            }),
            above: self.above,
        })
    }
}

impl From<&Agreement> for AgreementRecord {
    fn from(agreement: &Agreement) -> Self {
        Self { agreement: Bytes(agreement.encode()) }
    }
}

impl AgreementRecord {
    pub(super) fn agreement(&self) -> Result<Agreement, StoreError> {
        Agreement::decode(&self.agreement.0).map_err(|_| StoreError::Contents("an agreement"))
    }
}

/// Kinds of letters about agreements are counted from here on, beyond those of handovers.
const AGREEMENT_KINDS: i32 = 1_000;
/// The kind of letters about months.
const SETTLEMENT_KIND: i32 = 2_000;

impl LetterIndexRecord {
    pub(super) fn new(about: About, caused_by: Option<Id<NodeKind>>) -> Self {
        let kind = match about {
            About::Handover(_, kind) => proto::NoticeKind::from(kind).into(),
            About::Agreement(_, kind) => AGREEMENT_KINDS + i32::from(proto::AgreementNoticeKind::from(kind)),
            About::Settlement { .. } => SETTLEMENT_KIND,
        };
        Self { kind, caused_by: caused_by.map(Id::to_array) }
    }

    pub(super) fn is(&self, kind: NoticeKind) -> bool {
        self.kind == i32::from(proto::NoticeKind::from(kind))
    }
}

impl From<&ReceivedReport> for ReportRecord {
    fn from(report: &ReceivedReport) -> Self {
        Self {
            territory: report.territory.to_string(),
            hash: report.hash,
            received_at_ms: report.received_at_ms,
            report: Bytes(report.report.clone()),
            envelope: Bytes(report.envelope.clone()),
            withdrawn: report.withdrawn.as_ref().map(|withdrawn| WithdrawnRecord {
                at_ms: withdrawn.at_ms,
                reason: withdrawn.reason.code().to_owned(),
                envelope: Bytes(withdrawn.envelope.clone()),
            }),
            quarantine: report.quarantine.iter().map(QuarantineRecord::from).collect(),
        }
    }
}

impl From<&Quarantine> for QuarantineRecord {
    fn from(decision: &Quarantine) -> Self {
        let Quarantine { at_ms, by, reason, lift } = decision.clone();
        Self { at_ms, by, reason, lift }
    }
}

impl From<QuarantineRecord> for Quarantine {
    fn from(record: QuarantineRecord) -> Self {
        let QuarantineRecord { at_ms, by, reason, lift } = record;
        Self { at_ms, by, reason, lift }
    }
}

impl WithdrawnRecord {
    fn withdrawn(self) -> Result<WithdrawnReport, StoreError> {
        let reason = self.reason.parse().map_err(|_| StoreError::Contents("a report taken back"))?;
        Ok(WithdrawnReport { at_ms: self.at_ms, reason, envelope: self.envelope.0 })
    }
}

impl ReportRecord {
    pub(super) fn report(
        self,
        (node, period, vocabulary): ([u8; 16], String, String),
    ) -> Result<ReceivedReport, StoreError> {
        Ok(ReceivedReport {
            node: node_id(&node)?,
            territory: self
                .territory
                .parse()
                .map_err(|_| StoreError::Contents("the territory of a report"))?,
            period: period.parse().map_err(|_| StoreError::Contents("the period of a report"))?,
            vocabulary,
            hash: self.hash,
            received_at_ms: self.received_at_ms,
            report: self.report.0,
            envelope: self.envelope.0,
            withdrawn: self.withdrawn.map(WithdrawnRecord::withdrawn).transpose()?,
            quarantine: self.quarantine.into_iter().map(Quarantine::from).collect(),
            reading: Reading::default(),
        })
    }
}

impl From<&ReceivedAccounts> for AccountsRecord {
    fn from(received: &ReceivedAccounts) -> Self {
        Self {
            territory: received.territory.to_string(),
            hash: received.hash,
            received_at_ms: received.received_at_ms,
            accounts: Bytes(received.declared.encode()),
            envelope: Bytes(received.envelope.clone()),
            quarantine: received.quarantine.iter().map(QuarantineRecord::from).collect(),
        }
    }
}

impl AccountsRecord {
    pub(super) fn received(self, node: [u8; 16]) -> Result<ReceivedAccounts, StoreError> {
        let wrong = || StoreError::Contents("a declaration about a year");
        Ok(ReceivedAccounts {
            node: node_id(&node)?,
            territory: self.territory.parse().map_err(|_| wrong())?,
            declared: Declared::decode(&self.accounts.0).map_err(|_| wrong())?,
            hash: self.hash,
            received_at_ms: self.received_at_ms,
            envelope: self.envelope.0,
            quarantine: self.quarantine.into_iter().map(Quarantine::from).collect(),
        })
    }
}

/// The id that a stored key is.
pub(super) fn node_id<K>(bytes: &[u8; 16]) -> Result<Id<K>, StoreError> {
    Id::from_bytes(bytes).map_err(|_| StoreError::Contents("an identifier"))
}

impl fmt::Debug for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} bytes", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

struct BytesVisitor;

impl de::Visitor<'_> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(Bytes(bytes))
    }
}

#[cfg(test)]
mod tests;
