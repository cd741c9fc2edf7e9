//! What a node gives back to a restored hub: each piece must bear the hub's own signature, or, for an offer, that of the
//! node itself. What does not is passed over, as if it had not been presented; the node has presented itself all the same.
//! It must never decide a rule.

use std::sync::Arc;

use maillage_federation::{
    agreement::Agreement,
    envelope::{Body, Envelope, Party, Receipt},
    handover::{Action, Bid, Offer, Record, State, Thread, recovery::Presented},
    ids::{HandoverKind, Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1::{self as proto, presentation::Proof};
use prost::Message as _;

use crate::{
    hub::Hub,
    refusals::{self, store_failed},
    store::{Member, Question, Rule, Settled, Subject},
};

/// Takes in what a node presents about one handover; answers where it stands then.
pub(super) async fn present(
    hub: &Hub,
    member: &Member,
    presentation: proto::Presentation,
) -> Result<proto::Standing, Refusal> {
    let proto::Presentation { handover_id, proof, awarded_to, offer } = presentation;
    let handover = Id::from_bytes(&handover_id).map_err(|_| refusals::MALFORMED_ARGUMENT)?;
    let by = member.entry.node;
    let record =
        proof.and_then(|proof| signed_by_us(hub, by, proof)).filter(|record| record.handover == handover);
    let awarded_to = if awarded_to.is_empty() { None } else { Some(Id::from_bytes(&awarded_to)) };
    let awarded_to = awarded_to.transpose().map_err(|_| refusals::MALFORMED_ARGUMENT)?;
    let offer = offer.and_then(|offer| signed_by(hub, member, (handover, offer)));
    let (envelope, offer) = offer.map_or((None, None), |(envelope, offer)| (Some(envelope), Some(offer)));
    let presented = Presented { by, record, awarded_to, offer };
    let arbiter = hub.arbiter();
    let rule: Rule = Arc::new(move |facts| arbiter.present(handover, &presented, envelope.as_ref(), facts));
    let question = Question { envelope: None, subject: Subject::Circle { handover, asker: by } };
    match hub.store().settle(question, rule).await.map_err(|error| store_failed(&error))? {
        Settled::Now { receipt, mail_for } => {
            hub.switchboard.wake(&mail_for);
            proto::Standing::decode(receipt.as_slice()).map_err(|_| refusals::STORE_UNAVAILABLE.into())
        }
        Settled::Before { .. } | Settled::IdReused | Settled::Later => {
            Err(refusals::HANDOVER_RECOVERING.into())
        }
    }
}

/// Takes in what a member presents about one agreement, as far as the two have signed it; answers where it stands then.
pub(super) async fn present_agreement(
    hub: &Hub,
    member: &Member,
    presented: proto::AgreementRecord,
) -> Result<Option<proto::AgreementRecord>, Refusal> {
    let presented = Agreement::try_from(presented).map_err(|_| refusals::MALFORMED_ARGUMENT)?;
    let (by, pair) = (member.entry.node, presented.pair);
    if !pair.has(by) {
        return Err(refusals::MALFORMED_ARGUMENT.into());
    }
    let arbiter = hub.arbiter();
    let rule: Rule = Arc::new(move |facts| arbiter.give_agreement_back(by, &presented, facts));
    let question = Question { envelope: None, subject: Subject::Agreement(pair) };
    match hub.store().settle(question, rule).await.map_err(|error| store_failed(&error))? {
        Settled::Now { receipt, mail_for } => {
            hub.switchboard.wake(&mail_for);
            let known = (!receipt.is_empty()).then(|| proto::AgreementRecord::decode(receipt.as_slice()));
            known.transpose().map_err(|_| refusals::STORE_UNAVAILABLE.into())
        }
        Settled::Before { .. } | Settled::IdReused | Settled::Later => {
            Err(refusals::STORE_UNAVAILABLE.into())
        }
    }
}

/// One of its handovers, as a node that was restored is told of it: who could carry it is for its origin to know.
pub(super) fn told_again(thread: Thread, node: Id<NodeKind>) -> proto::MyHandover {
    let Thread { record, offer, bids, audience: _, later: _, change: _, words: _ } = thread;
    let live =
        |(node, bid): (Id<NodeKind>, Bid)| proto::LiveBid { node: node.to_bytes(), bid: Some(bid.into()) };
    let stand = record.origin == node && matches!(record.state, State::Open | State::Awarded { .. });
    proto::MyHandover {
        record: Some(record.as_told_to(node).into()),
        offer: Some(offer.into()),
        bids: stand.then(|| proto::LiveBids { bids: bids.into_iter().map(live).collect() }),
    }
}

/// The record in something this hub has signed itself, and sent to this node.
fn signed_by_us(hub: &Hub, to: Id<NodeKind>, proof: Proof) -> Option<Record> {
    let key = hub.parts.signer.verify_key();
    match proof {
        Proof::Receipt(receipt) => Receipt::verify(&receipt, &key).ok()?.record,
        Proof::Notice(envelope) => {
            let envelope = Envelope::try_from(envelope).ok()?;
            if envelope.header.recipient != Party::Node(to) {
                return None;
            }
            match envelope.verify(&hub.parts.federation, &key).ok()? {
                Body::Notice(notice) if envelope.header.sender == Party::Hub => Some(notice.record),
                Body::Notice(_)
                | Body::Command(_)
                | Body::Report(_)
                | Body::Withdrawal(_)
                | Body::Accounts(_)
                | Body::Agreement(_)
                | Body::AgreementNotice(_)
                | Body::Settlement(_)
                | Body::SettlementNotice(_) => None,
            }
        }
    }
}

/// An offer of this handover that the node has signed.
fn signed_by(
    hub: &Hub,
    member: &Member,
    (handover, offer): (Id<HandoverKind>, proto::Envelope),
) -> Option<(Envelope, Offer)> {
    let envelope = Envelope::try_from(offer).ok()?;
    if envelope.header.sender != Party::Node(member.entry.node) {
        return None;
    }
    let Body::Command(command) = envelope.verify(&hub.parts.federation, &member.entry.signing_key).ok()?
    else {
        return None;
    };
    let Action::Offer(offer) = command.action else { return None };
    let ours = command.handover == handover && offer.origin_territory == member.entry.reach.territory;
    ours.then_some((envelope, offer))
}
