//! What arrives late, twice or forged at the hub, past the line and straight at its door. What is no command of its sender, or is
//! one of the past, must change nothing. It must never hand in anything that a node could not have lost.

use maillage_hub::relay::RelayService;
use maillage_node::app::handover::recovery::lives_of;
use maillage_proto::federation::v1::{self as proto, relay_server::Relay as _};
use prost::Message as _;

use crate::{
    federation::Federation,
    line::{caller, from},
    operations::{Kind, NODES, Operation},
    play::revisions,
    template::FEDERATION,
};

/// What arrives that the line kept, or that somebody made up.
///
/// # Errors
/// It has changed something that it must not.
pub(crate) async fn happen(federation: &mut Federation, operation: Operation) -> Result<(), String> {
    let Operation { kind, at, pick } = operation;
    let line = &federation.nodes[at].life.line;
    if kind == Kind::Arrive {
        if let Some(late) = line.late() {
            // Whatever it is answered: nobody waits for it.
            let _answer = hand_in(federation, at, late).await;
        }
        return Ok(());
    }
    let said = line.said();
    let Some((request, receipt)) = pick.checked_rem(said.len()).and_then(|index| said.get(index)) else {
        return Ok(());
    };
    // A restored hub may have forgotten it, and a hub in trouble answers nothing.
    if federation.hub_restores > 0 || federation.hub.failing.is_some() {
        return Ok(());
    }
    let before = revisions(federation).await;
    if kind == Kind::Replay {
        let answer = hand_in(federation, at, request.clone()).await;
        let same = answer.as_ref().is_none_or(|answer| answer == receipt);
        if !same {
            return Err("the same envelope was answered otherwise".to_owned());
        }
    } else {
        let (by, mut forged) = forged(at, pick, request.clone());
        // Each speaks in its own life: a later one would end it.
        if by != at {
            let app = federation.app(by);
            forged.incarnation = lives_of(&app).map_err(|refusal| refusal.reason().to_owned())?.1;
        }
        if hand_in(federation, by, forged).await.is_some() {
            return Err("a forged envelope was answered".to_owned());
        }
    }
    let unchanged = revisions(federation).await == before;
    if unchanged { Ok(()) } else { Err("an envelope of the past has moved something".to_owned()) }
}

/// An envelope that is damaged, or handed in by another.
fn forged(at: usize, pick: usize, mut request: proto::SubmitRequest) -> (usize, proto::SubmitRequest) {
    let envelope = request.envelope.get_or_insert_default();
    match pick % 4 {
        0 => return ((at + 1) % NODES, request),
        1 => envelope.body.truncate(envelope.body.len() / 2),
        2 => {
            let place = pick % envelope.body.len().max(1);
            if let Some(byte) = envelope.body.get_mut(place) {
                *byte ^= 1;
            }
        }
        // A new name for an old command.
        _ => {
            if let Some(byte) = envelope.id.last_mut() {
                *byte ^= 1;
            }
        }
    }
    (at, request)
}

async fn hand_in(federation: &Federation, by: usize, request: proto::SubmitRequest) -> Option<Vec<u8>> {
    let relay: &RelayService = &federation.hub.relay;
    let caller = caller(FEDERATION, federation.places[by].entry.node);
    let answer = relay.submit(from(&caller, request)).await.ok()?;
    answer.into_inner().receipt.map(|receipt| receipt.encode_to_vec())
}
