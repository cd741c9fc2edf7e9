//! Stored form of handovers, version 1. Independent of the domain types, so that these can change; a record that does
//! not make sense is an error, never a guess.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maillage_domain::handover::{Incoming, Outgoing, Reservation};
use maillage_engine::{EngineError, Record as EngineRecord, RecordError};
use maillage_federation::{
    handover::{AwardDetails, AwardLeg, Bid, Meeting, Offer, OfferedLeg, Record, Widening},
    ids::{HandoverKind, Id, NodeKind, TripKind},
    needs::Needs,
};
use serde::{Deserialize, Serialize};

use crate::trips::MeetingRecord;

/// A handover this node offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OutgoingRecord {
    handover: Id<HandoverKind>,
    trips: Vec<Id<TripKind>>,
    offer: OfferRecord,
    offered_at_ms: i64,
    round: u32,
    record: Option<Record>,
    bids: BTreeMap<Id<NodeKind>, Bid>,
    first_bid_at_ms: Option<i64>,
    award: Option<(Id<NodeKind>, i64)>,
    taken_back: bool,
    declined: Vec<Id<NodeKind>>,
    last_refusal: Option<String>,
    /// Since settlements exist; left out when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agreed: Option<u32>,
}

/// A handover this node was offered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IncomingRecord {
    handover: Id<HandoverKind>,
    origin: Id<NodeKind>,
    offer: OfferRecord,
    offered_at_ms: i64,
    record: Record,
    bid: Option<ReservationRecord>,
    details: Option<DetailsRecord>,
    accepted_round: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused_round: Option<u32>,
    trips: Vec<Id<TripKind>>,
    declined: bool,
    last_refusal: Option<String>,
    /// Since settlements exist; left out when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agreed: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfferRecord {
    origin_territory: String,
    legs: Vec<OfferedLegRecord>,
    seats: u32,
    needs: Needs,
    reply_by_ms: i64,
    accept_within_s: u32,
    /// Since agreements exist; left out when the offer is for everybody, so that offers before them stay as first written.
    #[serde(default, skip_serializing_if = "is_for_everybody")]
    agreed_only: bool,
    /// Since circles; left out when it is shown to everybody at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    widening: Option<Widening>,
    /// Since legs can go each their own way; left out when they go together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    goes_with: Option<Id<HandoverKind>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OfferedLegRecord {
    pickup: String,
    dropoff: String,
    window_start_ms: i64,
    window_end_ms: i64,
    distance_band_m: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ReservationRecord {
    bid: Bid,
    volunteer: [u8; 16],
    spans_ms: Vec<(i64, i64)>,
    /// 0 in what was written before it was kept.
    #[serde(default, skip_serializing_if = "is_unknown")]
    round: u32,
    /// Left out of a bid that the hub has heard, as of every one before this was kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unheard: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_unknown(round: &u32) -> bool {
    *round == 0
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DetailsRecord {
    name: String,
    phone: String,
    legs: Vec<DetailsLegRecord>,
    needs: Needs,
    companions: u32,
    driver_notes: String,
    desk_phone: String,
    model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agreement: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DetailsLegRecord {
    trip: Id<TripKind>,
    pickup: String,
    pickup_address: String,
    dropoff: String,
    dropoff_address: String,
    earliest_pickup_ms: i64,
    latest_arrival_ms: i64,
    /// Since two drivers may share a journey; left out of every other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meeting: Option<MeetingRecord>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_for_everybody(agreed_only: &bool) -> bool {
    !*agreed_only
}

impl EngineRecord for OutgoingRecord {
    const KIND: u16 = 40;
    const VERSION: u16 = 1;
}

impl EngineRecord for IncomingRecord {
    const KIND: u16 = 41;
    const VERSION: u16 = 1;
}

impl From<&Outgoing> for OutgoingRecord {
    fn from(outgoing: &Outgoing) -> Self {
        Self {
            handover: outgoing.handover,
            trips: outgoing.trips.clone(),
            offer: OfferRecord::from(&outgoing.offer),
            offered_at_ms: outgoing.offered_at.as_millisecond(),
            round: outgoing.round,
            record: outgoing.record.clone(),
            bids: outgoing.bids.clone(),
            first_bid_at_ms: outgoing.first_bid_at.map(Timestamp::as_millisecond),
            award: outgoing.award.map(|(node, at)| (node, at.as_millisecond())),
            taken_back: outgoing.taken_back,
            declined: outgoing.declined.iter().copied().collect(),
            last_refusal: outgoing.last_refusal.clone(),
            agreed: outgoing.agreed,
        }
    }
}

impl TryFrom<OutgoingRecord> for Outgoing {
    type Error = EngineError;

    fn try_from(record: OutgoingRecord) -> Result<Self, EngineError> {
        let broken = || broken(OutgoingRecord::KIND);
        let award =
            record.award.map(|(node, at)| instant(at).map(|at| (node, at)).ok_or_else(broken)).transpose()?;
        Ok(Self {
            handover: record.handover,
            trips: record.trips,
            offer: record.offer.restore().ok_or_else(broken)?,
            offered_at: instant(record.offered_at_ms).ok_or_else(broken)?,
            round: record.round,
            record: record.record,
            bids: record.bids,
            first_bid_at: record.first_bid_at_ms.and_then(instant),
            award,
            taken_back: record.taken_back,
            declined: record.declined.into_iter().collect(),
            last_refusal: record.last_refusal,
            agreed: record.agreed,
        })
    }
}

impl From<&Incoming> for IncomingRecord {
    fn from(incoming: &Incoming) -> Self {
        Self {
            handover: incoming.handover,
            origin: incoming.origin,
            offer: OfferRecord::from(&incoming.offer),
            offered_at_ms: incoming.offered_at.as_millisecond(),
            record: incoming.record.clone(),
            bid: incoming.bid.as_ref().map(ReservationRecord::from),
            details: incoming.details.as_ref().map(DetailsRecord::from),
            accepted_round: incoming.accepted_round,
            refused_round: incoming.refused_round,
            trips: incoming.trips.clone(),
            declined: incoming.declined,
            last_refusal: incoming.last_refusal.clone(),
            agreed: incoming.agreed,
        }
    }
}

impl TryFrom<IncomingRecord> for Incoming {
    type Error = EngineError;

    fn try_from(record: IncomingRecord) -> Result<Self, EngineError> {
        let broken = || broken(IncomingRecord::KIND);
        let bid = record.bid.map(|bid| bid.restore().ok_or_else(broken)).transpose()?;
        let details = record.details.map(|details| details.restore().ok_or_else(broken)).transpose()?;
        Ok(Self {
            handover: record.handover,
            origin: record.origin,
            offer: record.offer.restore().ok_or_else(broken)?,
            offered_at: instant(record.offered_at_ms).ok_or_else(broken)?,
            record: record.record,
            bid,
            details,
            accepted_round: record.accepted_round,
            refused_round: record.refused_round,
            trips: record.trips,
            declined: record.declined,
            last_refusal: record.last_refusal,
            agreed: record.agreed,
        })
    }
}

impl From<&Offer> for OfferRecord {
    fn from(offer: &Offer) -> Self {
        let leg = |leg: &OfferedLeg| OfferedLegRecord {
            pickup: leg.pickup.to_string(),
            dropoff: leg.dropoff.to_string(),
            window_start_ms: leg.window_start_ms,
            window_end_ms: leg.window_end_ms,
            distance_band_m: leg.distance_band_m,
        };
        Self {
            origin_territory: offer.origin_territory.to_string(),
            legs: offer.legs.iter().map(leg).collect(),
            seats: offer.seats,
            needs: offer.needs.clone(),
            reply_by_ms: offer.reply_by_ms,
            accept_within_s: offer.accept_within_s,
            agreed_only: offer.agreed_only,
            widening: offer.widening,
            goes_with: offer.goes_with,
        }
    }
}

impl OfferRecord {
    pub(crate) fn restore(self) -> Option<Offer> {
        let leg = |leg: OfferedLegRecord| {
            Some(OfferedLeg {
                pickup: leg.pickup.parse().ok()?,
                dropoff: leg.dropoff.parse().ok()?,
                window_start_ms: leg.window_start_ms,
                window_end_ms: leg.window_end_ms,
                distance_band_m: leg.distance_band_m,
            })
        };
        Some(Offer {
            origin_territory: self.origin_territory.parse().ok()?,
            legs: self.legs.into_iter().map(leg).collect::<Option<_>>()?,
            seats: self.seats,
            needs: self.needs,
            reply_by_ms: self.reply_by_ms,
            accept_within_s: self.accept_within_s,
            agreed_only: self.agreed_only,
            widening: self.widening,
            goes_with: self.goes_with,
        })
    }
}

impl From<&Reservation> for ReservationRecord {
    fn from(reservation: &Reservation) -> Self {
        let span = |(from, to): &(Timestamp, Timestamp)| (from.as_millisecond(), to.as_millisecond());
        Self {
            bid: reservation.bid.clone(),
            volunteer: reservation.volunteer.to_array(),
            spans_ms: reservation.spans.iter().map(span).collect(),
            round: reservation.round,
            unheard: reservation.unheard,
        }
    }
}

impl ReservationRecord {
    fn restore(self) -> Option<Reservation> {
        let span = |(from, to): (i64, i64)| Some((instant(from)?, instant(to)?));
        Some(Reservation {
            bid: self.bid,
            volunteer: Id::from_bytes(&self.volunteer).ok()?,
            spans: self.spans_ms.into_iter().map(span).collect::<Option<_>>()?,
            round: self.round,
            unheard: self.unheard,
        })
    }
}

impl From<&AwardDetails> for DetailsRecord {
    fn from(details: &AwardDetails) -> Self {
        let leg = |leg: &AwardLeg| DetailsLegRecord {
            trip: leg.trip,
            pickup: leg.pickup.to_string(),
            pickup_address: leg.pickup_address.clone(),
            dropoff: leg.dropoff.to_string(),
            dropoff_address: leg.dropoff_address.clone(),
            earliest_pickup_ms: leg.earliest_pickup_ms,
            latest_arrival_ms: leg.latest_arrival_ms,
            meeting: leg.meeting.map(MeetingRecord::from),
        };
        Self {
            name: details.name.clone(),
            phone: details.phone.clone(),
            legs: details.legs.iter().map(leg).collect(),
            needs: details.needs.clone(),
            companions: details.companions,
            driver_notes: details.driver_notes.clone(),
            desk_phone: details.desk_phone.clone(),
            model: details.model.to_string(),
            agreement: details.agreement,
        }
    }
}

impl DetailsRecord {
    fn restore(self) -> Option<AwardDetails> {
        let leg = |leg: DetailsLegRecord| {
            Some(AwardLeg {
                trip: leg.trip,
                pickup: leg.pickup.parse().ok()?,
                pickup_address: leg.pickup_address,
                dropoff: leg.dropoff.parse().ok()?,
                dropoff_address: leg.dropoff_address,
                earliest_pickup_ms: leg.earliest_pickup_ms,
                latest_arrival_ms: leg.latest_arrival_ms,
                meeting: leg.meeting.map(Meeting::from),
            })
        };
        Some(AwardDetails {
            name: self.name,
            phone: self.phone,
            legs: self.legs.into_iter().map(leg).collect::<Option<_>>()?,
            needs: self.needs,
            companions: self.companions,
            driver_notes: self.driver_notes,
            desk_phone: self.desk_phone,
            model: self.model.parse().ok()?,
            agreement: self.agreement,
        })
    }
}

fn instant(ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(ms).ok()
}

fn broken(kind: u16) -> EngineError {
    RecordError::Payload(kind).into()
}
