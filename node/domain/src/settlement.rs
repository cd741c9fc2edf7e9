//! What a month comes to with another member, as this node knows it: a line for each leg that was carried under an agreement,
//! booked when the leg was over, put right by hand if need be; what this node has signed of it, and what the other has. Must
//! never hold who travelled, nor decide what the other knows.

pub mod csv;

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use maillage_federation::{
    ids::{EnvelopeKind, Id, NodeKind},
    month::Month,
    settlement::{LegKey, Line, Signed, Statement, What},
};

use crate::{
    codes::{UnknownCode, coded},
    trip::CorrectionReason,
};

/// Who of the two has carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// This node, for the other.
    Us,
    /// The other, for this node.
    Them,
}

coded!(Carrier { Us = "us", Them = "them" });

/// A leg as this node has it in its books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// Which leg.
    pub key: LegKey,
    /// Who carried it.
    pub carrier: Carrier,
    /// The day of pickup in Europe/Paris, as offered.
    pub day: Date,
    /// Version of the agreement that the award names.
    pub version: u32,
    /// What became of it by the outcome, or by the cancellation; `None`: nothing that costs something.
    pub what: Option<What>,
    /// What somebody at this desk has put in its place.
    pub corrected: Option<Correction>,
}

/// What somebody at this desk has put in the place of what was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    /// What became of the leg; `None`: nothing that costs something.
    pub what: Option<What>,
    /// Why.
    pub reason: CorrectionReason,
    /// When.
    pub at: Timestamp,
}

/// A month of one direction: what each of the two has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The other member.
    pub other: Id<NodeKind>,
    /// Who carried.
    pub carrier: Carrier,
    /// The month of pickup.
    pub month: Month,
    /// What this node has signed last.
    pub ours: Option<Said>,
    /// What the other has signed last, and when it came.
    pub theirs: Option<(Signed, Timestamp)>,
}

/// What this node has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// It, with the signature.
    pub signed: Signed,
    /// When.
    pub at: Timestamp,
    /// The envelope that takes it to the other, while the hub has not answered.
    pub envelope: Option<Id<EnvelopeKind>>,
    /// Why the hub has not handed it on, as a code.
    pub refused: Option<String>,
}

/// Where a month stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has signed.
    Open,
    /// This node has signed.
    SignedByUs,
    /// The other has signed.
    SignedByThem,
    /// Both have signed the very same.
    Settled,
    /// Both have signed, and not the same.
    Different,
}

coded!(Standing {
    Open = "open",
    SignedByUs = "signed-by-us",
    SignedByThem = "signed-by-them",
    Settled = "settled",
    Different = "different",
});

impl Booked {
    /// What counts: what was put right, or what was booked.
    pub fn counts(&self) -> Option<What> {
        self.corrected.map_or(self.what, |correction| correction.what)
    }

    /// The leg with something else in its place. What is the same as what was booked is no correction.
    #[must_use]
    pub fn put_right(self, correction: Correction) -> Self {
        Self { corrected: Some(correction).filter(|correction| correction.what != self.what), ..self }
    }
}

impl Account {
    /// Nobody has signed anything.
    pub fn open(other: Id<NodeKind>, carrier: Carrier, month: Month) -> Self {
        Self { other, carrier, month, ours: None, theirs: None }
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        match (&self.ours, &self.theirs) {
            (None, None) => Standing::Open,
            (Some(_), None) => Standing::SignedByUs,
            (None, Some(_)) => Standing::SignedByThem,
            (Some(ours), Some((theirs, _))) if ours.signed.statement == theirs.statement => Standing::Settled,
            (Some(_), Some(_)) => Standing::Different,
        }
    }

    /// Whether what this node has signed is not what its books say now.
    pub fn has_changed(&self, now: &Statement) -> bool {
        self.ours.as_ref().is_some_and(|ours| ours.signed.statement != *now)
    }

    /// The number of the next signature: above every one of this node's that is known, and above all of its former lives,
    /// `begin`, so that a restored node is heard.
    pub fn next_counter(&self, begin: u64) -> u64 {
        let last = self.ours.as_ref().map_or(0, |ours| ours.signed.counter);
        last.max(begin).saturating_add(1)
    }

    /// Takes in what the other has signed, unless it is older than what is known: then nothing changes. Whether it did.
    pub fn hear(&mut self, theirs: Signed, at: Timestamp) -> bool {
        let newer = self.theirs.as_ref().is_none_or(|(known, _)| known.counter < theirs.counter);
        if newer {
            self.theirs = Some((theirs, at));
        }
        newer
    }
}

/// The statement of a direction and month that the books make.
pub fn statement(
    (carrier, origin): (Id<NodeKind>, Id<NodeKind>),
    month: Month,
    booked: impl IntoIterator<Item = Booked>,
) -> Statement {
    let line = |leg: Booked| {
        let Booked { key, day, version, .. } = leg;
        leg.counts().map(|what| (key, Line { day, version, what }))
    };
    Statement { carrier, origin, month, lines: booked.into_iter().filter_map(line).collect() }
}

#[cfg(test)]
mod tests {
    use maillage_federation::{ids::Id, settlement::LegKey, signing::Signer};

    use super::*;

    fn leg(number: u8, what: Option<What>) -> Booked {
        let key = LegKey { handover: Id::new(3, [number; 10]), leg: 0 };
        let day = "2026-10-15".parse().unwrap();
        Booked { key, carrier: Carrier::Us, day, version: 1, what, corrected: None }
    }

    fn signed(booked: &[Booked], counter: u64) -> Signed {
        let (us, them) = (Id::new(1, [1; 10]), Id::new(1, [2; 10]));
        let statement = statement((us, them), "2026-10".parse().unwrap(), booked.iter().copied());
        Signed::sign(statement, counter, (&"essai".parse().unwrap(), us), &Signer::from_seed(&[1; 32]))
    }

    fn correction(what: Option<What>) -> Correction {
        Correction { what, reason: CorrectionReason::Kilometres, at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn what_is_put_right_counts_and_what_costs_nothing_has_no_line() {
        let driven = Some(What::Driven { loaded_m: 9, empty_m: 8, contribution: 7 });
        let put_right = leg(1, None).put_right(correction(driven));
        let books = [put_right, leg(2, Some(What::NoShow)).put_right(correction(None)), leg(3, None)];
        let lines = signed(&books, 1).statement.lines;
        assert_eq!(lines.into_values().map(|line| Some(line.what)).collect::<Vec<_>>(), [driven]);
        let back = put_right.put_right(correction(None));
        assert_eq!(back.corrected, None, "as it was booked");
    }

    #[test]
    fn an_older_statement_never_takes_the_place_of_a_newer_one() {
        let mut account = Account::open(Id::new(1, [2; 10]), Carrier::Us, "2026-10".parse().unwrap());
        let (older, newer) = (signed(&[leg(1, None)], 4), signed(&[leg(1, Some(What::NoShow))], 5));
        assert!(account.hear(newer.clone(), Timestamp::UNIX_EPOCH));
        assert!(!account.hear(older, Timestamp::UNIX_EPOCH));
        assert!(!account.hear(newer.clone(), Timestamp::MAX), "nor the same again");
        assert_eq!(account.theirs, Some((newer, Timestamp::UNIX_EPOCH)));
    }

    #[test]
    fn a_month_is_settled_when_both_have_signed_the_same() {
        let mut account = Account::open(Id::new(1, [2; 10]), Carrier::Us, "2026-10".parse().unwrap());
        assert_eq!(account.standing(), Standing::Open);
        let books = [leg(1, Some(What::NoShow))];
        let said = |counter| Said {
            signed: signed(&books, counter),
            at: Timestamp::UNIX_EPOCH,
            envelope: None,
            refused: None,
        };
        account.ours = Some(said(account.next_counter(0)));
        assert_eq!((account.standing(), account.next_counter(0)), (Standing::SignedByUs, 2));
        assert_eq!(account.next_counter(1 << 20), (1 << 20) + 1, "a restored node is heard");
        account.hear(signed(&[leg(1, Some(What::AtTheDoor))], 1), Timestamp::UNIX_EPOCH);
        assert_eq!(account.standing(), Standing::Different);
        account.hear(signed(&books, 2), Timestamp::UNIX_EPOCH);
        assert_eq!(account.standing(), Standing::Settled, "whatever the numbers of the signatures");
        assert!(!account.has_changed(&signed(&books, 9).statement));
        assert!(account.has_changed(&signed(&[], 9).statement));
    }
}
