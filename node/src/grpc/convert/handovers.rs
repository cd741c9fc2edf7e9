//! Handovers to messages.

use jiff::Timestamp;
use maillage_domain::handover::{
    Concern, Happening, Incoming, IncomingStanding, Moment, Outgoing, OutgoingStanding,
};
use maillage_federation::{
    handover::{AwardLeg, Bid, Circle, LegOutcome, LegResult, Offer, Word},
    ids::{HandoverKind, Id, NodeKind},
};
use maillage_proto::node::v1 as proto;
use maillage_store::partners;

use crate::app::{
    App,
    handover::{self, Handover, talk::Timeline},
};

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
        bids: bids(app, outgoing),
        uncertain_since,
        legs: legs(&outgoing.offer),
        last_refusal: outgoing.last_refusal.clone().unwrap_or_default(),
        suggestion: None,
        agreed_only: outgoing.offer.agreed_only,
        circle: outgoing.circle().map(Circle::number).unwrap_or_default(),
        next_circle_at: outgoing.next_circle_ms().map(instant).unwrap_or_default(),
        goes_with: outgoing.offer.goes_with.map(|id| id.to_string()).unwrap_or_default(),
        bidding: None,
        offered_by: None,
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
        uncertain_since: handover::uncertain_since(app, incoming)
            .map(|at| at.to_string())
            .unwrap_or_default(),
        legs: legs(&incoming.offer),
        last_refusal: incoming.last_refusal.clone().unwrap_or_default(),
        suggestion: None,
        agreed_only: incoming.offer.agreed_only,
        circle: 0,
        next_circle_at: String::new(),
        goes_with: incoming.offer.goes_with.map(|id| id.to_string()).unwrap_or_default(),
        bidding: None,
        offered_by: None,
    }
}

/// A handover with what there is to look at.
pub fn concerned(app: &App, (found, concerns): &(Handover, Vec<Concern>)) -> proto::ConcernedHandover {
    let concern = |concern: &Concern| proto::HandoverConcern {
        what: concern.what.code().to_owned(),
        since: concern.since.to_string(),
        until: concern.until.map(|until| until.to_string()).unwrap_or_default(),
    };
    proto::ConcernedHandover {
        handover: Some(handover(app, found)),
        concerns: concerns.iter().map(concern).collect(),
    }
}

/// What happened to a handover.
pub fn timeline(app: &App, handover: Id<HandoverKind>, timeline: &Timeline) -> proto::HandoverTimeline {
    proto::HandoverTimeline {
        id: handover.to_string(),
        moments: timeline.moments.iter().map(|moment| decided(app, moment)).collect(),
        waiting: timeline.waiting.iter().map(|(since, what)| waiting(*since, what)).collect(),
    }
}

fn decided(app: &App, moment: &Moment) -> proto::HandoverMoment {
    proto::HandoverMoment {
        revision: moment.revision,
        at: moment.at.to_string(),
        by: moment.by.map(|node| node.to_string()).unwrap_or_default(),
        territory: desk(app, moment.by).territory,
        ..happening(&moment.what)
    }
}

fn waiting(since: Timestamp, what: &Happening) -> proto::HandoverMoment {
    proto::HandoverMoment { at: since.to_string(), ..happening(what) }
}

fn happening(what: &Happening) -> proto::HandoverMoment {
    let mut message = proto::HandoverMoment { what: what.code().to_owned(), ..Default::default() };
    match what {
        Happening::Outcome(outcome) => message.results = outcome.legs.iter().map(leg_result).collect(),
        Happening::Word(word) => take_word(&mut message, word),
        Happening::ChangeAsked(details) => {
            message.text.clone_from(&details.note);
            message.legs = details.legs.iter().map(changed_leg).collect();
        }
        Happening::Widened(circle) => message.circle = circle.number(),
        Happening::Offered
        | Happening::Bid
        | Happening::Awarded
        | Happening::Accepted
        | Happening::Refused
        | Happening::Lapsed
        | Happening::Released
        | Happening::Withdrawn
        | Happening::Cancelled
        | Happening::Expired
        | Happening::Closed
        | Happening::ChangeAnswered { .. }
        | Happening::ChangeLapsed
        | Happening::Unreadable => {}
    }
    message
}

fn take_word(message: &mut proto::HandoverMoment, word: &Word) {
    match word {
        Word::Message { text } => message.text.clone_from(text),
        Word::Progress { leg, step: _, at_ms } => {
            message.leg = leg + 1;
            message.pickup_at = at_ms.map(instant).unwrap_or_default();
        }
        Word::CarriedBy(carried) => {
            message.leg = carried.leg + 1;
            message.carrier.clone_from(&carried.carrier);
            message.frame.clone_from(&carried.frame);
            message.verdict.clone_from(&carried.verdict);
            message.ground.clone_from(&carried.ground);
        }
        Word::Countersigned => {}
        Word::Disputed { reason, text } => {
            reason.code().clone_into(&mut message.reason);
            message.text.clone_from(text);
        }
    }
}

fn leg_result(leg: &LegOutcome) -> proto::LegResultView {
    let result = match leg.result {
        LegResult::Completed => "completed",
        LegResult::NoShow => "no-show",
        LegResult::NotDone => "not-done",
    };
    proto::LegResultView { result: result.to_owned(), loaded_m: leg.loaded_m, empty_m: leg.empty_m }
}

fn changed_leg(leg: &AwardLeg) -> proto::ChangedLegView {
    proto::ChangedLegView {
        pickup_commune: leg.pickup.to_string(),
        pickup_address: leg.pickup_address.clone(),
        dropoff_commune: leg.dropoff.to_string(),
        dropoff_address: leg.dropoff_address.clone(),
        earliest_pickup: instant(leg.earliest_pickup_ms),
        latest_arrival: instant(leg.latest_arrival_ms),
    }
}

#[derive(Default)]
pub(super) struct Desk {
    pub(super) territory: String,
    pub(super) phone: String,
}

/// Name of the territory and phone of the desk of a member; empty while it is not known.
pub(super) fn desk(app: &App, node: Option<Id<NodeKind>>) -> Desk {
    let directory = app.link.directory();
    let entry = node.and_then(|node| directory.nodes.get(&node).cloned());
    entry.map_or_else(
        || partner_desk(app, node),
        |entry| {
            let territory = app.geography.territory(&entry.reach.territory);
            Desk {
                territory: territory.map(|territory| territory.short_name.clone()).unwrap_or_default(),
                phone: entry.phone,
            }
        },
    )
}

/// The desk of a partner without a node: its own name stands in place of a territory's.
fn partner_desk(app: &App, node: Option<Id<NodeKind>>) -> Desk {
    let found = app.read(|_, view| node.map(|id| Ok(partners::find(view, id)?)).transpose());
    let Some(partner) = found.ok().flatten().flatten() else { return Desk::default() };
    let phone = partner.details.phone.as_ref().map(|phone| phone.as_str().to_owned());
    Desk { territory: partner.details.name.as_str().to_owned(), phone: phone.unwrap_or_default() }
}

/// The bids for a handover of ours, with what partners without a node would charge.
fn bids(app: &App, outgoing: &Outgoing) -> Vec<proto::HandoverBid> {
    let kept = app.read(|_, view| Ok(partners::thread(view, outgoing.handover)?)).ok().flatten();
    let fares = kept.map(|kept| kept.fares).unwrap_or_default();
    let priced = |node: &Id<NodeKind>, bid: &Bid| proto::HandoverBid {
        fare_cents: fares.get(node).copied(),
        ..self::bid(app, *node, bid)
    };
    outgoing.bids.iter().map(|(node, bid)| priced(node, bid)).collect()
}

fn bid(app: &App, node: Id<NodeKind>, bid: &Bid) -> proto::HandoverBid {
    proto::HandoverBid {
        node: node.to_string(),
        territory: desk(app, Some(node)).territory,
        firm: bid.firm,
        extra_m: bid.extra_m,
        pickup_at: bid.pickup_ms.iter().copied().map(instant).collect(),
        agreement: bid.agreement.unwrap_or_default(),
        fare_cents: None,
        awarding: None,
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
