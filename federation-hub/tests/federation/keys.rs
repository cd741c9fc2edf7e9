//! New sealing keys at the hub: only what a member itself has announced comes into the directory, in the order of its numbers,
//! not too often, and stays there.

use std::time::Duration;

use maillage_federation::{
    directory::{self, Directory, Head},
    rotation::Announced,
    sealed::{SealingKey, SealingPublicKey},
    signing::Signer,
};
use maillage_proto::federation::v1 as proto;

use crate::{
    node::Node,
    world::{ALBAN, CENTRE_TARN, FEDERATION, World, reason},
};

fn key(seed: u8) -> SealingPublicKey {
    SealingKey::from_seed(&[seed; 32]).public()
}

impl Node {
    fn announced(&self, number: u32, seed: u8) -> Announced {
        Announced::sign((&FEDERATION.parse().unwrap(), self.id), number, key(seed), &self.signer)
    }

    async fn announce(&self, announced: &Announced) -> Result<(), String> {
        let request = proto::ChangeSealingKeyRequest {
            incarnation: 0,
            number: announced.rotation.number,
            sealing_key: announced.key.as_bytes().to_vec(),
            signature: announced.rotation.signature.clone(),
        };
        let reply = self.relay.clone().change_sealing_key(request).await;
        reply.map(drop).map_err(|status| reason(&status))
    }

    async fn directory(&self, known: Head) -> Directory {
        let request =
            proto::FetchDirectoryRequest { known_version: known.version, known_head: known.hash.to_vec() };
        let signed = self.relay.clone().fetch_directory(request).await.unwrap().into_inner();
        directory::verify(&signed, &FEDERATION.parse().unwrap(), known, &self.hub_key).unwrap()
    }
}

#[tokio::test]
async fn a_new_key_that_its_node_has_announced_reaches_the_others_and_survives_a_crash() {
    let world = World::new().await;
    let (one, mut other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let before = other.directory(Head::default()).await;
    let announced = one.announced(1, 91);
    one.announce(&announced).await.unwrap();
    one.announce(&announced).await.unwrap();
    let world = world.restart().await;
    other.reconnect(&world).await.unwrap();
    let after = other.directory(before.head).await;
    assert_eq!(after.head.version, before.head.version + 1, "said twice is one version");
    let followed = before.followed_by(after, &FEDERATION.parse().unwrap());
    assert_eq!(followed.exchanged, []);
    let followed = followed.directory;
    let entry = &followed.nodes[&one.id];
    assert_eq!((entry.sealing_key, entry.sealing_number()), (key(91), 1));
    assert_eq!(followed.nodes[&other.id], before.nodes[&other.id]);
}

#[tokio::test]
async fn nobody_changes_anothers_key_nor_brings_an_old_one_back() {
    let world = World::new().await;
    let (one, other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let before = one.directory(Head::default()).await;
    // What another has signed, or is about another, another number or another key.
    let forged =
        Announced::sign((&FEDERATION.parse().unwrap(), one.id), 1, key(92), &Signer::from_seed(&[9; 32]));
    let renumbered = Announced { rotation: one.announced(1, 93).rotation, ..one.announced(2, 94) };
    for refused in [forged, other.announced(1, 92), renumbered] {
        assert_eq!(one.announce(&refused).await, Err("sealing-key-bad-proof".to_owned()));
    }
    let none = Announced::sign((&FEDERATION.parse().unwrap(), one.id), 0, key(92), &one.signer);
    assert_eq!(one.announce(&none).await, Err("malformed-argument".to_owned()));
    assert_eq!(one.directory(Head::default()).await.head, before.head, "nothing of it is a version");

    one.announce(&one.announced(3, 95)).await.unwrap();
    assert_eq!(one.announce(&one.announced(4, 96)).await, Err("sealing-key-too-soon".to_owned()));
    world.clock.advance(Duration::from_hours(1));
    for old in [(2, 97), (3, 98)] {
        let old = one.announced(old.0, old.1);
        assert_eq!(one.announce(&old).await, Err("sealing-key-stale".to_owned()));
    }
    one.announce(&one.announced(4, 96)).await.unwrap();
    let entry = one.directory(before.head).await.nodes[&one.id].clone();
    assert_eq!((entry.sealing_key, entry.sealing_number()), (key(96), 4));
    // A revoked node has no say any more.
    world.revoke(one.id).await;
    world.clock.advance(Duration::from_hours(1));
    assert!(one.announce(&one.announced(5, 99)).await.is_err(), "its connection is cut");
    assert_eq!(other.directory(before.head).await.nodes[&one.id].sealing_key, key(96));
}
