//! New sealing keys of members: each must be announced by the member itself. It must never make one, nor bring an old one back.

use maillage_federation::rotation::Announced;
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;

use crate::{
    hub::Hub,
    refusals::{self, key_changed, store_failed},
    store::{KeyChange, KeyChanged, Member},
};

/// Puts a new sealing key of a member into the directory.
pub(super) async fn change(
    hub: &Hub,
    member: &Member,
    request: proto::ChangeSealingKeyRequest,
) -> Result<(), Refusal> {
    let announced = Announced::try_from(request).map_err(|_| refusals::MALFORMED_ARGUMENT)?;
    let entry = &member.entry;
    let about = (&hub.parts.federation, entry.node);
    announced.verify(about, &entry.signing_key).map_err(|_| refusals::SEALING_KEY_BAD_PROOF)?;
    let (node, number) = (entry.node, announced.rotation.number);
    let change = KeyChange { node, announced, now_ms: hub.now_ms() };
    let changed = hub.store().change_sealing_key(change).await.map_err(|error| store_failed(&error))?;
    key_changed(changed)?;
    if changed == KeyChanged::Again {
        return Ok(());
    }
    hub.roll.refresh(hub.store()).await.map_err(|error| store_failed(&error))?;
    tracing::info!(%node, number, "a node has a new sealing key");
    Ok(())
}
