//! What one member gets from another for a month: lines of what it carried under their agreement, the terms each line was
//! carried under, integer cents. Both compute it, each from its own records; where they differ, the difference is listed.
//! Must never hold more of a trip than its handover, day, distances and sums, nor read a clock or a store.

mod convert;
mod signed;

pub use self::{
    convert::StatementError,
    signed::{Letter, Signed},
};

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    agreement::{Agreement, Rates},
    handover::{LegOutcome, LegResult, OfferedLeg},
    ids::{HandoverKind, Id, NodeKind},
    limits,
    month::Month,
};

/// A leg of a handover: what makes two lines be about the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegKey {
    /// The handover.
    pub handover: Id<HandoverKind>,
    /// Which leg, from 0, in the order of the offer.
    pub leg: u32,
}

/// What there is to settle of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The day of pickup in Europe/Paris, as offered.
    pub day: Date,
    /// Version of the agreement that the bid named.
    pub version: u32,
    /// What became of it.
    pub what: What,
}

/// What became of a leg, as far as it costs something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It was driven.
    Driven {
        /// Metres with the passenger.
        loaded_m: u32,
        /// Metres without.
        empty_m: u32,
        /// What the carrier collected from the passenger, in cents.
        contribution: u32,
    },
    /// The passenger was not there.
    NoShow,
    /// Called off when the driver was at the door.
    AtTheDoor,
}

/// What one member carried for another in a month, as one of the two knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Who carried, and gets the sum.
    pub carrier: Id<NodeKind>,
    /// For whom, and who owes it.
    pub origin: Id<NodeKind>,
    /// The month of pickup.
    pub month: Month,
    /// Each leg once.
    pub lines: BTreeMap<LegKey, Line>,
}

/// Why there is no sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    /// A line names a version that the two do not have, or under which this one may not carry for the other.
    #[error("a line names a version of the agreement that it cannot be settled under: {0}")]
    Version(u32),
    /// A line of another month.
    #[error("a line is of another month")]
    OtherMonth,
    /// The agreement is of other members.
    #[error("the agreement is of other members")]
    OtherPair,
}

/// A statement with its sums, in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckoned {
    /// What the origin owes the carrier for each leg; less than nothing when contributions are more.
    pub amounts: BTreeMap<LegKey, i64>,
    /// All of it.
    pub total: i64,
}

/// Something that the two know otherwise. Sums are cents that the origin owes the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The other has it and we do not.
    MissingHere {
        /// What the other reckons.
        theirs: i64,
    },
    /// We have it and the other does not.
    MissingThere {
        /// What we reckon.
        ours: i64,
    },
    /// Both have it, with other days, versions, results, distances or contributions.
    Otherwise {
        /// What we reckon.
        ours: i64,
        /// What the other reckons.
        theirs: i64,
    },
}

impl What {
    /// What there is to settle of a leg by the outcome that its holder has told; `None`: nothing.
    pub fn of_outcome(leg: LegOutcome) -> Option<Self> {
        let LegOutcome { result, loaded_m, empty_m, contribution_cents } = leg;
        match result {
            LegResult::Completed => {
                Some(Self::Driven { loaded_m, empty_m, contribution: contribution_cents })
            }
            LegResult::NoShow => Some(Self::NoShow),
            LegResult::NotDone => None,
        }
    }

    /// What there is to settle of a leg that the origin has called off while another held it; `None`: nothing. The only times
    /// that both have are the offered window and the instant at which the hub decided the cancellation: from half an hour
    /// before the beginning of the window on, the driver counts as being at the door.
    pub fn of_cancellation(leg: &OfferedLeg, decided_at_ms: i64) -> Option<Self> {
        let from = leg.window_start_ms.saturating_sub(limits::AT_THE_DOOR_MS);
        (decided_at_ms >= from).then_some(Self::AtTheDoor)
    }

    /// Metres with the passenger, metres without, cents collected; zeros for what was not driven.
    pub fn numbers(self) -> [u32; 3] {
        match self {
            Self::Driven { loaded_m, empty_m, contribution } => [loaded_m, empty_m, contribution],
            Self::NoShow | Self::AtTheDoor => [0; 3],
        }
    }

    /// Whether its distances and its sum are ones that there can be.
    pub fn is_in_range(self) -> bool {
        let [loaded_m, empty_m, contribution] = self.numbers();
        loaded_m.max(empty_m) <= limits::DISTANCE_M && contribution <= limits::CONTRIBUTION_CENTS
    }
}

impl Line {
    /// What the origin owes for it, in cents: each kind of kilometre rounded to the cent by itself, halves up.
    pub fn amount(&self, rates: &Rates, contributions_deducted: bool) -> i64 {
        match self.what {
            What::Driven { loaded_m, empty_m, contribution } => {
                let owed = i64::from(rates.trip)
                    + kilometres(loaded_m, rates.loaded_km)
                    + kilometres(empty_m, rates.empty_km);
                owed - if contributions_deducted { i64::from(contribution) } else { 0 }
            }
            What::NoShow => i64::from(rates.no_show),
            What::AtTheDoor => i64::from(rates.at_the_door),
        }
    }
}

impl Statement {
    /// The sums, by the terms of the version that each line names.
    ///
    /// # Errors
    /// A version that is none or goes the other way, a line of another month, an agreement of others: nothing is reckoned then.
    pub fn reckon(&self, agreement: &Agreement) -> Result<Reckoned, SettlementError> {
        let pair = agreement.pair;
        if self.carrier == self.origin || !pair.has(self.carrier) || !pair.has(self.origin) {
            return Err(SettlementError::OtherPair);
        }
        let mut amounts = BTreeMap::new();
        for (key, line) in &self.lines {
            let version =
                agreement.version(line.version).filter(|version| version.terms.allows(self.carrier));
            let terms = &version.ok_or(SettlementError::Version(line.version))?.terms;
            if Month::of_day(line.day) != Ok(self.month) {
                return Err(SettlementError::OtherMonth);
            }
            amounts.insert(*key, line.amount(&terms.rates, terms.contributions_deducted));
        }
        let total = amounts.values().sum();
        Ok(Reckoned { amounts, total })
    }

    /// BLAKE3 of its canonical bytes: what both sign is the same only if every line is.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"maillage/v1/settlement").update(&self.carrier.to_array());
        hasher.update(&self.origin.to_array()).update(self.month.to_string().as_bytes());
        for (LegKey { handover, leg }, Line { day, version, what }) in &self.lines {
            hasher.update(&handover.to_array()).update(&leg.to_be_bytes()).update(day.to_string().as_bytes());
            hasher.update(&version.to_be_bytes());
            let kind = match what {
                What::Driven { .. } => 1,
                What::NoShow => 2,
                What::AtTheDoor => 3,
            };
            hasher.update(&[kind]);
            for number in what.numbers() {
                hasher.update(&number.to_be_bytes());
            }
        }
        *hasher.finalize().as_bytes()
    }
}

/// Where two statements of the same month differ, leg by leg. None: the two are equal, to the cent and to the metre.
///
/// # Errors
/// Either cannot be reckoned, or they are not of the same carrier, origin and month (`OtherMonth`, `OtherPair`).
pub fn differences(
    ours: &Statement,
    theirs: &Statement,
    agreement: &Agreement,
) -> Result<BTreeMap<LegKey, Difference>, SettlementError> {
    if (ours.carrier, ours.origin) != (theirs.carrier, theirs.origin) {
        return Err(SettlementError::OtherPair);
    }
    if ours.month != theirs.month {
        return Err(SettlementError::OtherMonth);
    }
    let (here, there) = (ours.reckon(agreement)?.amounts, theirs.reckon(agreement)?.amounts);
    let mut found = BTreeMap::new();
    for (key, ours_owed) in &here {
        let difference = match there.get(key) {
            None => Difference::MissingThere { ours: *ours_owed },
            Some(_) if ours.lines.get(key) == theirs.lines.get(key) => continue,
            Some(theirs_owed) => Difference::Otherwise { ours: *ours_owed, theirs: *theirs_owed },
        };
        found.insert(*key, difference);
    }
    let missing = there.iter().filter(|(key, _)| !here.contains_key(*key));
    found.extend(missing.map(|(key, theirs)| (*key, Difference::MissingHere { theirs: *theirs })));
    Ok(found)
}

impl Difference {
    /// How much more we reckon than the other, in cents.
    pub fn cents(self) -> i64 {
        match self {
            Self::MissingHere { theirs } => -theirs,
            Self::MissingThere { ours } => ours,
            Self::Otherwise { ours, theirs } => ours - theirs,
        }
    }
}

fn kilometres(metres: u32, cents: u32) -> i64 {
    (i64::from(metres) * i64::from(cents) + 500) / 1000
}
