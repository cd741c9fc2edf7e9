//! What is agreed, in integer cents and civil days, and the digest by which both sign the same. A handover is always a
//! ride, so that terms name no service. They must never hold a person's data.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Pair;
use crate::{
    ids::{Id, NodeKind},
    limits,
};

/// What two members agree on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Terms {
    /// Who carries for the other.
    pub carriers: Carriers,
    /// What the carrier gets.
    pub rates: Rates,
    /// Whether contributions that the carrier collected are taken off what it gets.
    pub contributions_deducted: bool,
    /// How much the two rely on each other when bids are compared.
    pub trust: Trust,
    /// First day, in Europe/Paris; in force from the day of its acceptance if that is later.
    pub from: Date,
    /// Last day, in Europe/Paris; `None`: until it is replaced or ended.
    pub until: Option<Date>,
}

/// Who carries for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carriers {
    /// Each for the other.
    Both,
    /// One of the two for the other.
    Only(Id<NodeKind>),
}

/// What the carrier gets, in cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rates {
    /// For a kilometre with the passenger.
    pub loaded_km: u32,
    /// For a kilometre without.
    pub empty_km: u32,
    /// For each leg that was driven.
    pub trip: u32,
    /// For a passenger who was not there.
    pub no_show: u32,
    /// For a trip called off when the driver was at the door.
    pub at_the_door: u32,
}

/// How much two members rely on each other; the later comes first when bids are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// As anybody with an agreement.
    Ordinary,
    /// Before those.
    Trusted,
    /// Before everybody.
    Preferred,
}

/// Why terms are not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// More than anybody pays for it.
    #[error("a rate is out of range: at most {km} cents a kilometre and {flat} cents a trip",
        km = limits::AGREEMENT_KM_CENTS, flat = limits::AGREEMENT_FLAT_CENTS)]
    Rate,
    /// Ends before it starts.
    #[error("the last day is before the first")]
    Days,
    /// Not a day of this century or the next.
    #[error("a day is out of range")]
    Day,
}

impl Terms {
    /// Checks what no terms may break.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), TermsError> {
        let Rates { loaded_km, empty_km, trip, no_show, at_the_door } = self.rates;
        let km = [loaded_km, empty_km].into_iter().all(|cents| cents <= limits::AGREEMENT_KM_CENTS);
        let flat =
            [trip, no_show, at_the_door].into_iter().all(|cents| cents <= limits::AGREEMENT_FLAT_CENTS);
        if !km || !flat {
            return Err(TermsError::Rate);
        }
        if !std::iter::once(self.from).chain(self.until).all(is_in_range) {
            return Err(TermsError::Day);
        }
        if self.until.is_some_and(|until| until < self.from) { Err(TermsError::Days) } else { Ok(()) }
    }

    /// Whether this node may carry for the other of the two.
    pub fn allows(&self, carrier: Id<NodeKind>) -> bool {
        match self.carriers {
            Carriers::Both => true,
            Carriers::Only(node) => node == carrier,
        }
    }

    /// BLAKE3 of pair, number, proposer and terms in their canonical bytes: what an acceptance names, so that both have
    /// signed the very same.
    pub fn digest(&self, pair: Pair, number: u32, by: Id<NodeKind>) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"maillage/v1/agreement").update(&pair.key()).update(&number.to_be_bytes());
        hasher.update(&by.to_array());
        match self.carriers {
            Carriers::Both => hasher.update(&[0]),
            Carriers::Only(node) => hasher.update(&[1]).update(&node.to_array()),
        };
        let Rates { loaded_km, empty_km, trip, no_show, at_the_door } = self.rates;
        for cents in [loaded_km, empty_km, trip, no_show, at_the_door] {
            hasher.update(&cents.to_be_bytes());
        }
        hasher.update(&[u8::from(self.contributions_deducted), self.trust.number()]);
        hasher.update(self.from.to_string().as_bytes());
        if let Some(until) = self.until {
            hasher.update(until.to_string().as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

impl Trust {
    /// Every level, the lowest first.
    pub const ALL: [Self; 3] = [Self::Ordinary, Self::Trusted, Self::Preferred];

    /// Its name in messages to people and programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Trusted => "trusted",
            Self::Preferred => "preferred",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Ordinary => 1,
            Self::Trusted => 2,
            Self::Preferred => 3,
        }
    }
}

/// Days are written with four digits of year in canonical bytes, and months have the same range.
pub(super) fn is_in_range(day: Date) -> bool {
    (2000..2200).contains(&day.year())
}
