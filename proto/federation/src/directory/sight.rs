//! What members see of the directory, compared: a hub that shows one member another directory than the others is found out as
//! soon as the two hear from each other, since each says under its own signature what it sees. And what two desks read to each
//! other on the telephone. Must never decide what becomes of a member.

use std::collections::BTreeMap;

use maillage_proto::federation::v1 as proto;

use super::{DirectoryError, Head};
use crate::{
    ids::{Id, NodeKind},
    signing::VerifyKey,
};

/// Versions whose heads are kept for comparison; of earlier ones nothing is said.
pub const HEADS_KEPT: usize = 256;
/// Digits of a fingerprint, in groups of five: about 99 bits.
const DIGITS: u32 = 30;

/// A version of the directory as a member has verified it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// The epoch of the hub it was taken in: a restored hub may number anew what it forgot.
    pub epoch: u64,
    /// The version and the hash of the chain up to it.
    pub head: Head,
}

/// What another member's sight says beside one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// The same directory at that version.
    Same,
    /// Another directory under the same version: the hub has two histories.
    Different,
    /// A version that is not known here yet: to be looked at again.
    NotYet,
    /// Of another epoch, or too long ago.
    Unknown,
}

/// The heads that a member has verified in one epoch of the hub, by version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    epoch: u64,
    known: BTreeMap<u64, [u8; 32]>,
}

impl Heads {
    /// Heads as they were kept; versions with a hash.
    pub fn new(epoch: u64, known: impl IntoIterator<Item = Head>) -> Self {
        let mut heads = Self { epoch, known: BTreeMap::new() };
        heads.take(epoch, known);
        heads
    }

    /// The epoch they belong to.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// All of them, the oldest version first.
    pub fn all(&self) -> impl Iterator<Item = Head> + '_ {
        self.known.iter().map(|(version, hash)| Head { version: *version, hash: *hash })
    }

    /// Takes in heads that were verified in an epoch. Those of another epoch are forgotten.
    pub fn take(&mut self, epoch: u64, verified: impl IntoIterator<Item = Head>) {
        if epoch != self.epoch {
            *self = Self { epoch, known: BTreeMap::new() };
        }
        self.known.extend(
            verified.into_iter().filter(|head| head.version > 0).map(|head| (head.version, head.hash)),
        );
        while self.known.len() > HEADS_KEPT {
            self.known.pop_first();
        }
    }

    /// The newest, to be said to others; none before the first.
    pub fn sight(&self) -> Option<Sight> {
        let (version, hash) = self.known.last_key_value()?;
        Some(Sight { epoch: self.epoch, head: Head { version: *version, hash: *hash } })
    }

    /// What another's sight says beside these.
    pub fn compare(&self, other: Sight) -> Compared {
        if other.epoch > self.epoch {
            return Compared::NotYet;
        }
        if other.epoch < self.epoch {
            return Compared::Unknown;
        }
        match self.known.get(&other.head.version) {
            Some(hash) if *hash == other.head.hash => Compared::Same,
            Some(_) => Compared::Different,
            None if self.known.keys().next_back().is_none_or(|newest| other.head.version > *newest) => {
                Compared::NotYet
            }
            None => Compared::Unknown,
        }
    }
}

/// The heads on the way from one that is known to that of a directory which was verified against it, the first left out.
///
/// # Errors
/// Links that do not lead there, which a verified directory has not.
pub fn heads_on_the_way(message: &proto::SignedDirectory, known: Head) -> Result<Vec<Head>, DirectoryError> {
    let mut reached = known;
    let step = |link: &proto::DirectoryLink| {
        let hash = link.entries_hash.as_slice().try_into().map_err(|_| DirectoryError::BrokenChain)?;
        reached = reached.followed_by(&hash);
        Ok(reached)
    };
    message.links.iter().map(step).collect()
}

/// What two desks read to each other to be sure that they know the same member by the same key: six groups of five digits.
pub fn fingerprint(node: Id<NodeKind>, key: &VerifyKey) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("maillage 2026 fingerprint of a member's signing key");
    hasher.update(&node.to_bytes()).update(key.as_bytes());
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    let digits =
        format!("{:0width$}", u128::from_be_bytes(bytes) % 10_u128.pow(DIGITS), width = DIGITS as usize);
    let groups: Vec<String> =
        digits.chars().collect::<Vec<char>>().chunks(5).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

impl TryFrom<proto::DirectorySight> for Sight {
    type Error = DirectoryError;

    fn try_from(message: proto::DirectorySight) -> Result<Self, DirectoryError> {
        let hash = message.hash.as_slice().try_into().map_err(|_| DirectoryError::Unreadable)?;
        Ok(Self { epoch: message.epoch, head: Head { version: message.version, hash } })
    }
}

impl From<Sight> for proto::DirectorySight {
    fn from(sight: Sight) -> Self {
        Self { epoch: sight.epoch, version: sight.head.version, hash: sight.head.hash.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    //! Two histories of one hub are told apart, and nothing else is.

    use proptest::prelude::*;

    use super::*;
    use crate::signing::Signer;

    fn chain(seed: u8, length: u64) -> Vec<Head> {
        let mut heads = vec![Head::default()];
        for version in 0..length {
            let last = heads.last().copied().unwrap_or_default();
            heads.push(last.followed_by(&[seed.wrapping_add(u8::try_from(version % 200).unwrap_or(0)); 32]));
        }
        heads
    }

    proptest! {
        #[test]
        fn a_split_is_seen_from_the_version_it_begins_at(shared in 1_u64..40, own in 1_u64..20, other in 1_u64..20) {
            let common = chain(1, shared);
            let fork = *common.last().unwrap();
            let branch = |seed: u8, length: u64| {
                let mut heads = common.clone();
                let mut last = fork;
                for _ in 0..length {
                    last = last.followed_by(&[seed; 32]);
                    heads.push(last);
                }
                heads
            };
            let (ours, theirs) = (branch(50, own), branch(60, other));
            let heads = Heads::new(1, ours.clone());
            for head in theirs.iter().skip(1) {
                let expected = if head.version <= shared {
                    Compared::Same
                } else if head.version <= shared + own {
                    Compared::Different
                } else {
                    Compared::NotYet
                };
                prop_assert_eq!(heads.compare(Sight { epoch: 1, head: *head }), expected);
            }
            prop_assert_eq!(heads.sight().map(|sight| sight.head), ours.last().copied());
            prop_assert_eq!(Heads::new(heads.epoch(), heads.all()), heads);
        }
    }

    #[test]
    fn of_another_epoch_or_long_ago_nothing_is_said() {
        let long = chain(1, HEADS_KEPT as u64 + 20);
        let mut heads = Heads::new(2, long.clone());
        assert_eq!(heads.all().count(), HEADS_KEPT);
        let compare = |heads: &Heads, epoch, head| heads.compare(Sight { epoch, head });
        assert_eq!(compare(&heads, 2, long[5]), Compared::Unknown);
        assert_eq!(compare(&heads, 2, long[200]), Compared::Same);
        assert_eq!(compare(&heads, 1, long[200]), Compared::Unknown, "before the hub was restored");
        assert_eq!(compare(&heads, 3, long[200]), Compared::NotYet, "it was restored since");
        heads.take(3, chain(9, 3));
        assert_eq!((heads.epoch(), heads.all().count()), (3, 3));
        assert_eq!(Heads::default().sight(), None);
    }

    #[test]
    fn a_fingerprint_is_of_the_member_and_of_its_key() {
        let key = |seed| Signer::from_seed(&[seed; 32]).verify_key();
        let of = |node: u8, seed| fingerprint(Id::new(1, [node; 10]), &key(seed));
        assert_eq!(of(1, 1), of(1, 1));
        assert_ne!(of(1, 1), of(1, 2));
        assert_ne!(of(1, 1), of(2, 1));
        assert_eq!(of(1, 1).split(' ').map(str::len).collect::<Vec<_>>(), [5; 6]);
    }
}
