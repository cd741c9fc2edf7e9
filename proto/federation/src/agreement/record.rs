//! Where the agreement of two members stands, with the signed envelopes that prove it: versions are never changed, only
//! followed and ended, and on no day are two of them in force. It must never be believed before [`Agreement::prove`].

use jiff::civil::Date;

use super::{Action, Command, Terms};
use crate::{
    envelope::{Body, Envelope, Party},
    ids::{Id, NodeKind},
    limits,
    name::FederationName,
    signing::VerifyKey,
};

/// Two different members, in no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    first: Id<NodeKind>,
    second: Id<NodeKind>,
}

/// The agreement of two members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The two.
    pub pair: Pair,
    /// Rises by one with every change.
    pub revision: u64,
    /// The highest number that was ever proposed: numbers are not used twice.
    pub last_number: u32,
    /// Versions that both have signed, by rising number.
    pub versions: Vec<Version>,
    /// A proposal that waits for its answer.
    pub proposal: Option<Proposal>,
}

/// A version that both have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub number: u32,
    /// Who proposed it.
    pub by: Id<NodeKind>,
    /// What was agreed.
    pub terms: Terms,
    /// From when it is in force: as proposed, or the day of its acceptance at the hub if that is later.
    pub first_day: Date,
    /// The proposer's signed envelope.
    pub proposed: Envelope,
    /// The other's signed envelope.
    pub accepted: Envelope,
    /// Ended by one of the two.
    pub end: Option<End>,
}

/// The end of an agreement, as one of the two has said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Who.
    pub by: Id<NodeKind>,
    /// The last day.
    pub last_day: Date,
    /// The signed envelope.
    pub signed: Envelope,
}

/// A proposal that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its number.
    pub number: u32,
    /// Who proposes.
    pub by: Id<NodeKind>,
    /// What.
    pub terms: Terms,
    /// The proposer's signed envelope.
    pub proposed: Envelope,
}

/// Why nobody carries under the version that a bid names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BidRefused {
    /// There is no such version, or another or none is in force on that day.
    #[error("this version of the agreement is not in force on the day of pickup")]
    NotInForce,
    /// It is the other who carries.
    #[error("under this agreement the other of the two carries")]
    OtherWay,
}

/// Why a record is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Signed by a node that is not in the directory known.
    #[error("the directory does not know a node that has signed it")]
    UnknownNode(Id<NodeKind>),
    /// A signature does not hold, or is for something else.
    #[error("what is told is not what was signed")]
    NotSigned,
    /// Numbers or days that no arbiter gives.
    #[error("the record contradicts itself")]
    Contradiction,
}

impl Pair {
    /// The pair of two members; `None` for one and the same.
    pub fn of(one: Id<NodeKind>, other: Id<NodeKind>) -> Option<Self> {
        match one.cmp(&other) {
            std::cmp::Ordering::Less => Some(Self { first: one, second: other }),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(Self { first: other, second: one }),
        }
    }

    /// The lower id.
    pub fn first(self) -> Id<NodeKind> {
        self.first
    }

    /// The higher id.
    pub fn second(self) -> Id<NodeKind> {
        self.second
    }

    /// Whether this node is one of the two.
    pub fn has(self, node: Id<NodeKind>) -> bool {
        node == self.first || node == self.second
    }

    /// The other of the two; for a stranger the first.
    pub fn other(self, node: Id<NodeKind>) -> Id<NodeKind> {
        if node == self.first { self.second } else { self.first }
    }

    /// Its 32 bytes.
    pub fn key(self) -> [u8; 32] {
        let mut key = [0; 32];
        let (first, second) = key.split_at_mut(16);
        first.copy_from_slice(&self.first.to_array());
        second.copy_from_slice(&self.second.to_array());
        key
    }
}

impl Agreement {
    /// A version by its number.
    pub fn version(&self, number: u32) -> Option<&Version> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The version in force on a day: a later one takes over from its first day on, an end holds for what was before it too.
    pub fn in_force(&self, day: Date) -> Option<&Version> {
        let index = self.versions.iter().rposition(|version| version.first_day <= day)?;
        let from_here = self.versions.get(index..)?;
        let version = from_here.first()?;
        let over = version.terms.until.is_some_and(|until| day > until)
            || from_here.iter().filter_map(|version| version.end.as_ref()).any(|end| day > end.last_day);
        (!over).then_some(version)
    }

    /// The version under which a node may carry for the other on all of these days.
    pub fn version_for(
        &self,
        carrier: Id<NodeKind>,
        days: impl IntoIterator<Item = Date>,
    ) -> Option<&Version> {
        let mut found = days.into_iter().map(|day| self.in_force(day));
        let version = found.next()??;
        let same = found.all(|other| other.is_some_and(|other| other.number == version.number));
        (same && version.terms.allows(carrier)).then_some(version)
    }

    /// Whether a bid may name this version: in force on every day of pickup, and in that direction.
    ///
    /// # Errors
    /// Why not.
    pub fn check_bid(
        &self,
        number: u32,
        carrier: Id<NodeKind>,
        days: impl IntoIterator<Item = Date>,
    ) -> Result<(), BidRefused> {
        let in_force = |day| self.in_force(day).is_some_and(|version| version.number == number);
        let named = self.version(number).filter(|_| days.into_iter().all(in_force));
        let version = named.ok_or(BidRefused::NotInForce)?;
        if version.terms.allows(carrier) { Ok(()) } else { Err(BidRefused::OtherWay) }
    }

    /// The last day of a version as things stand: by its terms, by an end, or the day before the next takes over.
    pub fn last_day(&self, number: u32) -> Option<Date> {
        let index = self.versions.iter().position(|version| version.number == number)?;
        let from_here = self.versions.get(index..)?;
        let (version, later) = from_here.split_first()?;
        let before = |day: Date| day.yesterday().unwrap_or(day);
        let ends = from_here.iter().filter_map(|version| version.end.as_ref()).map(|end| end.last_day);
        let taken_over = later.iter().map(|later| before(later.first_day));
        version.terms.until.into_iter().chain(ends).chain(taken_over).min()
    }

    /// Whether this record goes on from an earlier one: it is newer, and no version or number of that one is gone or other than
    /// it was, except that it may have ended, or end sooner.
    pub fn follows(&self, earlier: &Self) -> bool {
        let kept = |before: &Version| {
            self.version(before.number).is_some_and(|now| {
                let sooner = match (&now.end, &before.end) {
                    (_, None) => true,
                    // Each of the two may have said the same.
                    (Some(now), Some(before)) => now.last_day <= before.last_day,
                    (None, Some(_)) => false,
                };
                sooner && Version { end: None, ..now.clone() } == Version { end: None, ..before.clone() }
            })
        };
        self.pair == earlier.pair
            && self.revision > earlier.revision
            && self.last_number >= earlier.last_number
            && earlier.versions.iter().all(kept)
    }

    /// Checks that both have signed what the record says: a hub cannot invent terms, nor an acceptance, nor an end.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn prove(
        &self,
        federation: &FederationName,
        key_of: impl Fn(Id<NodeKind>) -> Option<VerifyKey>,
    ) -> Result<(), Unproven> {
        let prover = Prover { pair: self.pair, federation, key_of };
        if self.revision > limits::AGREEMENT_REVISIONS || self.last_number > limits::AGREEMENT_NUMBERS {
            return Err(Unproven::Contradiction);
        }
        let mut before = 0;
        for version in &self.versions {
            let Version { number, by, terms, first_day, proposed, accepted, end } = version;
            if *number <= before || *number > self.last_number || *first_day < terms.from {
                return Err(Unproven::Contradiction);
            }
            before = *number;
            prover.signed(proposed, *by, (*number, &Action::Propose(terms.clone())))?;
            let accept = Action::Accept(terms.digest(self.pair, *number, *by));
            prover.signed(accepted, self.pair.other(*by), (*number, &accept))?;
            if let Some(End { by, last_day, signed }) = end {
                prover.signed(signed, *by, (*number, &Action::End { last_day: *last_day }))?;
            }
        }
        let Some(Proposal { number, by, terms, proposed }) = &self.proposal else { return Ok(()) };
        if *number != self.last_number || *number <= before {
            return Err(Unproven::Contradiction);
        }
        prover.signed(proposed, *by, (*number, &Action::Propose(terms.clone())))
    }
}

/// What signatures are checked with.
struct Prover<'a, F> {
    pair: Pair,
    federation: &'a FederationName,
    key_of: F,
}

impl<F: Fn(Id<NodeKind>) -> Option<VerifyKey>> Prover<'_, F> {
    /// Whether that node of the pair has signed exactly this, for the hub.
    fn signed(
        &self,
        envelope: &Envelope,
        by: Id<NodeKind>,
        (version, action): (u32, &Action),
    ) -> Result<(), Unproven> {
        let header = &envelope.header;
        if !self.pair.has(by) || header.sender != Party::Node(by) || header.recipient != Party::Hub {
            return Err(Unproven::NotSigned);
        }
        let key = (self.key_of)(by).ok_or(Unproven::UnknownNode(by))?;
        let body = envelope.verify(self.federation, &key).map_err(|_| Unproven::NotSigned)?;
        let said = Command { with: self.pair.other(by), version, action: action.clone() };
        if body == Body::Agreement(said) { Ok(()) } else { Err(Unproven::NotSigned) }
    }
}
