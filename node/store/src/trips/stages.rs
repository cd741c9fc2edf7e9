//! Stored form of what a trip has to do with the other stage of a journey that two drivers share.

use maillage_domain::trip::Relay;
use maillage_engine::EngineError;
use maillage_federation::{
    handover::Meeting,
    ids::{Id, TripKind},
};
use serde::{Deserialize, Serialize};

use crate::{fields::parsed, kinds};

/// The other stage of a journey that two drivers share.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RelayRecord {
    stage: String,
    other: Id<TripKind>,
    paid_from_m: u32,
    paid_to_m: u32,
}

/// Where another driver is met.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MeetingRecord {
    AtPickup,
    AtDropoff,
}

impl From<Relay> for RelayRecord {
    fn from(Relay { stage, other, paid_from_m, paid_to_m }: Relay) -> Self {
        Self { stage: stage.code().to_owned(), other, paid_from_m, paid_to_m }
    }
}

impl TryFrom<RelayRecord> for Relay {
    type Error = EngineError;

    fn try_from(record: RelayRecord) -> Result<Self, EngineError> {
        let RelayRecord { stage, other, paid_from_m, paid_to_m } = record;
        Ok(Self { stage: parsed(&stage, kinds::TRIP)?, other, paid_from_m, paid_to_m })
    }
}

impl From<Meeting> for MeetingRecord {
    fn from(meeting: Meeting) -> Self {
        match meeting {
            Meeting::AtPickup => Self::AtPickup,
            Meeting::AtDropoff => Self::AtDropoff,
        }
    }
}

impl From<MeetingRecord> for Meeting {
    fn from(meeting: MeetingRecord) -> Self {
        match meeting {
            MeetingRecord::AtPickup => Self::AtPickup,
            MeetingRecord::AtDropoff => Self::AtDropoff,
        }
    }
}
