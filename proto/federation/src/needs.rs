//! Needs that bear on who can drive: a closed, coded list shared by node and hub. Must never hold a
//! diagnosis or free text.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One need of a person who travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Travels in a manual wheelchair.
    WheelchairManual,
    /// Travels in an electric wheelchair.
    WheelchairElectric,
    /// Can leave the wheelchair for a car seat.
    TransferPossible,
    /// Walks with a cane, crutches or a frame.
    WalkingAid,
    /// Sees badly or not at all.
    Visual,
    /// Hears badly or not at all.
    Hearing,
    /// Needs patience and clear words to find the way.
    Cognitive,
    /// Travels with somebody.
    Companion,
    /// Travels with an assistance dog.
    AssistanceDog,
    /// Needs a child seat.
    ChildSeat,
    /// Has to be fetched at the door.
    DoorToDoor,
    /// Has luggage or shopping.
    Luggage,
}

/// A text that names no need.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such need: {0}")]
pub struct UnknownNeed(pub String);

/// A set of needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Needs(BTreeSet<Need>);

impl Need {
    /// Every need, in the order of the contract.
    pub const ALL: [Self; 12] = [
        Self::WheelchairManual,
        Self::WheelchairElectric,
        Self::TransferPossible,
        Self::WalkingAid,
        Self::Visual,
        Self::Hearing,
        Self::Cognitive,
        Self::Companion,
        Self::AssistanceDog,
        Self::ChildSeat,
        Self::DoorToDoor,
        Self::Luggage,
    ];

    /// Its code, as typed and stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::WheelchairManual => "wheelchair-manual",
            Self::WheelchairElectric => "wheelchair-electric",
            Self::TransferPossible => "transfer-possible",
            Self::WalkingAid => "walking-aid",
            Self::Visual => "visual",
            Self::Hearing => "hearing",
            Self::Cognitive => "cognitive",
            Self::Companion => "companion",
            Self::AssistanceDog => "assistance-dog",
            Self::ChildSeat => "child-seat",
            Self::DoorToDoor => "door-to-door",
            Self::Luggage => "luggage",
        }
    }
}

impl Needs {
    /// No need.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether the set holds a need.
    pub fn contains(&self, need: Need) -> bool {
        self.0.contains(&need)
    }

    /// The needs, in order.
    pub fn iter(&self) -> impl Iterator<Item = Need> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The needs of this set that are missing from another, in order.
    pub fn missing_from<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Need> + 'a {
        self.0.difference(&other.0).copied()
    }

    /// Whether the person travels in the wheelchair, and so takes a wheelchair place and no seat.
    pub fn wheelchair_place(&self) -> bool {
        (self.contains(Need::WheelchairManual) || self.contains(Need::WheelchairElectric))
            && !self.contains(Need::TransferPossible)
    }
}

impl FromIterator<Need> for Needs {
    fn from_iter<I: IntoIterator<Item = Need>>(needs: I) -> Self {
        Self(needs.into_iter().collect())
    }
}

impl fmt::Display for Need {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Need {
    type Err = UnknownNeed;

    fn from_str(text: &str) -> Result<Self, UnknownNeed> {
        Self::ALL.into_iter().find(|need| need.code() == text).ok_or_else(|| UnknownNeed(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Need, Needs};

    #[test]
    fn every_code_reads_back() {
        for need in Need::ALL {
            assert_eq!(need.code().parse(), Ok(need));
        }
        assert!("Wheelchair".parse::<Need>().is_err());
    }

    #[test]
    fn a_wheelchair_takes_a_place_unless_the_person_can_change_seats() {
        let stays: Needs = [Need::WheelchairManual].into_iter().collect();
        let moves: Needs = [Need::WheelchairManual, Need::TransferPossible].into_iter().collect();
        assert!(stays.wheelchair_place());
        assert!(!moves.wheelchair_place());
        assert!(!Needs::none().wheelchair_place());
    }
}
