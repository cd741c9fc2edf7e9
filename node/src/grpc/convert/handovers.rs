//! Handovers to messages.

use jiff::Timestamp;
use maillage_domain::handover::{Incoming, IncomingStanding, Outgoing, OutgoingStanding};
use maillage_federation::{
    handover::{Bid, Offer},
    ids::{Id, NodeKind},
};
use maillage_proto::node::v1 as proto;

use crate::app::{App, handover::Handover};

/// A handover in either direction.
pub fn handover(app: &App, handover: &Handover) -> proto::Handover {
    match handover {
        Handover::Outgoing(outgoing) => self::outgoing(app, outgoing),
        Handover::Incoming(incoming) => self::incoming(app, incoming),
    }
}

/// A handover this node offered.
pub fn outgoing(app: &App, outgoing: &Outgoing) -> proto::Handover {
    let standing = outgoing.standing();
    let (partner, uncertain_since) = match standing {
        OutgoingStanding::Uncertain { since } => (outgoing.award.map(|(node, _)| node), since.to_string()),
        OutgoingStanding::Theirs { holder } | OutgoingStanding::Done { holder } => {
            (Some(holder), String::new())
        }
        OutgoingStanding::Ours | OutgoingStanding::Back | OutgoingStanding::Cancelled => {
            (None, String::new())
        }
    };
    let desk = desk(app, partner);
    proto::Handover {
        id: outgoing.handover.to_string(),
        direction: "outgoing".to_owned(),
        state: outgoing.code().to_owned(),
        round: outgoing.round,
        partner: partner.map(|node| node.to_string()).unwrap_or_default(),
        partner_territory: desk.territory,
        partner_phone: desk.phone,
        trips: outgoing.trips.iter().map(Id::to_string).collect(),
        reply_by: instant(outgoing.offer.reply_by_ms),
        accept_by: String::new(),
        bids: outgoing.bids.iter().map(|(node, bid)| self::bid(app, *node, bid)).collect(),
        uncertain_since,
        legs: legs(&outgoing.offer),
        last_refusal: outgoing.last_refusal.clone().unwrap_or_default(),
        suggestion: None,
    }
}

/// A handover this node was offered.
pub fn incoming(app: &App, incoming: &Incoming) -> proto::Handover {
    let me = app.link.membership().map(|membership| membership.me);
    let standing = me.map_or(IncomingStanding::Over, |me| incoming.standing(me));
    let accept_by = match standing {
        IncomingStanding::Chosen { accept_by_ms } => instant(accept_by_ms),
        IncomingStanding::Candidate
        | IncomingStanding::Ours
        | IncomingStanding::Done
        | IncomingStanding::Cancelled
        | IncomingStanding::Over => String::new(),
    };
    let desk = desk(app, Some(incoming.origin));
    let own = me.zip(incoming.bid.as_ref());
    proto::Handover {
        id: incoming.handover.to_string(),
        direction: "incoming".to_owned(),
        state: me.map_or("closed", |me| incoming.code(me)).to_owned(),
        round: incoming.record.round,
        partner: incoming.origin.to_string(),
        partner_territory: desk.territory,
        partner_phone: desk.phone,
        trips: incoming.trips.iter().map(Id::to_string).collect(),
        reply_by: instant(incoming.record.reply_by_ms),
        accept_by,
        bids: own.map(|(me, reservation)| bid(app, me, &reservation.bid)).into_iter().collect(),
        uncertain_since: String::new(),
        legs: legs(&incoming.offer),
        last_refusal: incoming.last_refusal.clone().unwrap_or_default(),
        suggestion: None,
    }
}

#[derive(Default)]
struct Desk {
    territory: String,
    phone: String,
}

fn desk(app: &App, node: Option<Id<NodeKind>>) -> Desk {
    let directory = app.link.directory();
    let entry = node.and_then(|node| directory.nodes.get(&node).cloned());
    entry.map_or_else(Desk::default, |entry| {
        let territory = app.geography.territory(&entry.reach.territory);
        Desk {
            territory: territory.map(|territory| territory.short_name.clone()).unwrap_or_default(),
            phone: entry.phone,
        }
    })
}

fn bid(app: &App, node: Id<NodeKind>, bid: &Bid) -> proto::HandoverBid {
    proto::HandoverBid {
        node: node.to_string(),
        territory: desk(app, Some(node)).territory,
        firm: bid.firm,
        extra_m: bid.extra_m,
        pickup_at: bid.pickup_ms.iter().copied().map(instant).collect(),
    }
}

fn legs(offer: &Offer) -> Vec<proto::OfferedLegView> {
    offer
        .legs
        .iter()
        .map(|leg| proto::OfferedLegView {
            pickup_commune: leg.pickup.to_string(),
            dropoff_commune: leg.dropoff.to_string(),
            window_start: instant(leg.window_start_ms),
            window_end: instant(leg.window_end_ms),
            distance_band_m: leg.distance_band_m,
        })
        .collect()
}

fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|instant| instant.to_string()).unwrap_or_default()
}
