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
    /// The leg as it counts from then on, in the same month; `None`: nothing that costs something.
    pub line: Option<Line>,
    /// Why.
    pub reason: CorrectionReason,
    /// When.
    pub at: Timestamp,
}

/// What became of a leg as somebody types it. Numbers that are not typed stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// It was driven.
    Driven {
        /// Metres with the passenger.
        loaded_m: Option<u32>,
        /// Metres without.
        empty_m: Option<u32>,
        /// What the driver collected from the passenger, in cents.
        contribution: Option<u32>,
    },
    /// The passenger was not there.
    NoShow,
    /// Called off when the driver was at the door.
    AtTheDoor,
    /// Nothing that costs something.
    Nothing,
}

/// Why what was typed cannot take the place of what was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TypedError {
    /// Neither typed nor known.
    #[error("the kilometres of a leg that was not driven before have to be typed, loaded and empty")]
    Kilometres,
    /// A distance or a sum that there cannot be.
    #[error("a distance or a sum is out of range")]
    Range,
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
    pub fn counts(&self) -> Option<Line> {
        self.corrected.map_or_else(|| self.booked(), |correction| correction.line)
    }

    fn booked(&self) -> Option<Line> {
        self.what.map(|what| Line { day: self.day, version: self.version, what })
    }

    /// The leg with something else in its place. What is the same as what was booked is no correction.
    #[must_use]
    pub fn put_right(self, correction: Correction) -> Self {
        Self { corrected: Some(correction).filter(|correction| correction.line != self.booked()), ..self }
    }

    /// The line that something typed comes to: of the day and version that count now, with the numbers of the drive that counts
    /// now, or was booked, where none are typed.
    ///
    /// # Errors
    /// Kilometres that are neither typed nor known; a number out of range.
    pub fn typed(&self, typed: Typed) -> Result<Option<Line>, TypedError> {
        let what = match typed {
            Typed::Driven { loaded_m, empty_m, contribution } => {
                let lines = [self.counts(), self.booked()];
                let driven = |line: Line| match line.what {
                    What::Driven { .. } => Some(line.what.numbers()),
                    What::NoShow | What::AtTheDoor => None,
                };
                let known = lines.into_iter().flatten().find_map(driven);
                let [loaded, empty, collected] = match (known, loaded_m, empty_m) {
                    (Some(known), ..) => known,
                    (None, Some(_), Some(_)) => [0; 3],
                    (None, ..) => return Err(TypedError::Kilometres),
                };
                What::Driven {
                    loaded_m: loaded_m.unwrap_or(loaded),
                    empty_m: empty_m.unwrap_or(empty),
                    contribution: contribution.unwrap_or(collected),
                }
            }
            Typed::NoShow => What::NoShow,
            Typed::AtTheDoor => What::AtTheDoor,
            Typed::Nothing => return Ok(None),
        };
        let (day, version) = self.counts().map_or((self.day, self.version), |line| (line.day, line.version));
        if what.is_in_range() { Ok(Some(Line { day, version, what })) } else { Err(TypedError::Range) }
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
    let line = |leg: Booked| leg.counts().map(|line| (leg.key, line));
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
        let Booked { day, version, .. } = leg(1, None);
        let line = what.map(|what| Line { day, version, what });
        Correction { line, reason: CorrectionReason::Kilometres, at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn numbers_that_nobody_typed_stay_and_none_are_made_up() {
        let typed = |loaded_m, contribution| Typed::Driven { loaded_m, empty_m: None, contribution };
        let driven = leg(1, Some(What::Driven { loaded_m: 9_000, empty_m: 8_000, contribution: 70 }));
        let numbers = |leg: Booked, typed| leg.typed(typed).map(|line| line.map(|line| line.what.numbers()));
        assert_eq!(numbers(driven, typed(Some(9_500), None)), Ok(Some([9_500, 8_000, 70])));
        assert_eq!(numbers(driven, typed(None, Some(0))), Ok(Some([9_000, 8_000, 0])), "zero is typed too");
        // Put right already: the kilometres are those of the correction, then those of the outcome.
        let longer =
            driven.put_right(correction(Some(What::Driven { loaded_m: 9_900, empty_m: 1, contribution: 2 })));
        assert_eq!(numbers(longer, typed(None, Some(3))), Ok(Some([9_900, 1, 3])));
        let absent = driven.put_right(correction(Some(What::NoShow)));
        assert_eq!(numbers(absent, typed(None, None)), Ok(Some([9_000, 8_000, 70])));
        // Nobody knows any kilometres of this one.
        assert_eq!(numbers(leg(2, Some(What::NoShow)), typed(Some(5), None)), Err(TypedError::Kilometres));
        let whole = Typed::Driven { loaded_m: Some(5), empty_m: Some(0), contribution: None };
        assert_eq!(numbers(leg(2, None), whole), Ok(Some([5, 0, 0])));
        assert_eq!(numbers(driven, typed(Some(u32::MAX), None)), Err(TypedError::Range));
        assert_eq!(numbers(driven, Typed::Nothing), Ok(None));
    }

    #[test]
    fn a_day_and_a_version_can_be_put_right_and_stay_so() {
        let driven = leg(1, Some(What::NoShow));
        let of_others = Line { day: "2026-10-16".parse().unwrap(), version: 2, what: What::NoShow };
        let correction = Correction { line: Some(of_others), ..correction(None) };
        let put_right = driven.put_right(correction);
        assert_eq!(put_right.counts(), Some(of_others), "the same result of another day is a correction");
        let typed = put_right.typed(Typed::AtTheDoor);
        assert_eq!(typed, Ok(Some(Line { what: What::AtTheDoor, ..of_others })));
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
