//! What the hub has signed about this node's handovers: kept for the day on which it has forgotten it, given back then, and let
//! go when nobody waits for it any more. Must never give out what is sealed, or who travels.

use std::sync::Arc;

use maillage_domain::handover::Outgoing;
use maillage_engine::View;
use maillage_federation::{
    envelope::{Body, Envelope, Header, Party},
    handover::{Action, Command, Offer, Record, recovery::is_presented},
    ids::{HandoverKind, Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{
    handovers,
    lives::{self, Proof},
    partners,
};
use prost::Message as _;

use super::Waiting;
use crate::{
    app::{Aborted, App, handover::Desk},
    federation::membership::Membership,
    limits::HANDOVERS_LOOKED_AT,
};

/// What this node has of the hub's own about its handovers, all of them or those given, and what only the origin can say: however
/// many there are, until nobody waits for them any more.
///
/// # Errors
/// The store.
pub fn presentations(
    app: &App,
    membership: &Membership,
    only: Option<&Waiting>,
) -> Result<Vec<proto::Presentation>, Refusal> {
    app.read(|app, view| {
        let mut presented = Vec::new();
        let now_ms = app.now().as_millisecond();
        let wanted = |handover: Id<HandoverKind>, offer: &Offer| {
            only.is_none_or(|only| only.contains(&handover.to_bytes())) && is_presented(offer, now_ms)
        };
        let mut after = None;
        loop {
            let page = handovers::list_outgoing(view, after, HANDOVERS_LOOKED_AT)?;
            let Some(last) = page.last() else { break };
            after = Some(last.handover);
            for outgoing in page {
                // What is offered to partners without a node is none of the hub's.
                let is_told = outgoing.record.is_some() && wanted(outgoing.handover, &outgoing.offer);
                if is_told && !partners::is_arbiter(view, outgoing.handover)? {
                    presented.push(of_origin(app, view, membership, &outgoing)?);
                }
            }
        }
        let mut after = None;
        loop {
            let page = handovers::list_incoming(view, after, HANDOVERS_LOOKED_AT)?;
            let Some(last) = page.last() else { return Ok(presented) };
            after = Some(last.handover);
            for incoming in page.iter().filter(|incoming| wanted(incoming.handover, &incoming.offer)) {
                let handover_id = incoming.handover.to_bytes();
                let proof = proof(view, incoming.handover)?;
                presented.push(proto::Presentation { handover_id, proof, ..proto::Presentation::default() });
            }
        }
    })
}

fn of_origin(
    app: &App,
    view: &dyn View,
    membership: &Membership,
    outgoing: &Outgoing,
) -> Result<proto::Presentation, Aborted> {
    let (handover, round) = (outgoing.handover, outgoing.round);
    let header = Header {
        federation: membership.federation.clone(),
        id: app.new_id(),
        sender: Party::Node(membership.me),
        recipient: Party::Hub,
        sent_at_ms: app.now().as_millisecond(),
    };
    let offer = Command { handover, round, action: Action::Offer(outgoing.offer.clone()) };
    let offer = Envelope::sign(header, Body::Command(offer), &membership.keys.signer);
    Ok(proto::Presentation {
        handover_id: handover.to_bytes(),
        proof: proof(view, handover)?,
        awarded_to: outgoing.award.map(|(node, _)| node.to_bytes()).unwrap_or_default(),
        offer: Some(offer.into()),
    })
}

fn proof(view: &dyn View, handover: Id<HandoverKind>) -> Result<Option<proto::presentation::Proof>, Aborted> {
    use proto::presentation::Proof as Wire;
    Ok(lives::proof(view, handover)?.and_then(|proof| match proof {
        Proof::Receipt(bytes) => proto::Receipt::decode(bytes.as_slice()).ok().map(Wire::Receipt),
        Proof::Notice(bytes) => proto::Envelope::decode(bytes.as_slice()).ok().map(Wire::Notice),
    }))
}

/// Lets go what the hub has signed about handovers that are not presented any more; gives about how many.
///
/// # Errors
/// The store.
pub async fn forget_proofs(app: &Arc<App>) -> Result<usize, Refusal> {
    let useless = app.read(|app, view| {
        let (mut useless, mut after) = (Vec::new(), None);
        loop {
            let proven = lives::proven(view, after, HANDOVERS_LOOKED_AT)?;
            let Some(last) = proven.last() else { break };
            after = Some(*last);
            for handover in proven {
                if !is_presented_still(app, view, handover)? {
                    useless.push(handover);
                }
            }
        }
        Ok(useless)
    })?;
    for handovers in useless.chunks(HANDOVERS_LOOKED_AT) {
        let handovers = handovers.to_vec();
        app.transact("proofs.forget", move |_, transaction| {
            for handover in handovers {
                lives::forget_proof(transaction, handover)?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(useless.len())
}

fn is_presented_still(app: &App, view: &dyn View, handover: Id<HandoverKind>) -> Result<bool, Aborted> {
    let offer = match handovers::outgoing(view, handover)? {
        Some(outgoing) => Some(outgoing.offer),
        None => handovers::incoming(view, handover)?.map(|incoming| incoming.offer),
    };
    Ok(offer.is_some_and(|offer| is_presented(&offer, app.now().as_millisecond())))
}

/// Keeps what the hub has signed, for the day on which it has forgotten it. What is sealed to a person's carrier is not kept:
/// ownership can be proven without.
///
/// # Errors
/// The store.
pub(in crate::app::handover) fn keep_proof(
    desk: &mut Desk<'_, '_>,
    record: &Record,
    proof: Proof,
) -> Result<(), Aborted> {
    let told: [Option<Id<NodeKind>>; 2] = [record.state.holder(), record.state.entitled()];
    if told.contains(&Some(Id::another())) {
        return Ok(());
    }
    Ok(lives::keep_proof(desk.transaction, record.handover, record.revision, proof)?)
}
