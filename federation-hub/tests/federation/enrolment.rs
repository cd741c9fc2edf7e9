//! Who gets in, who does not, and who is put out again.

use std::{sync::Arc, time::Duration};

use maillage_federation::{
    directory::{Head, verify},
    enrolment::Ticket,
    ids::Id,
    signing::Signer,
};
use maillage_geography::Geography;
use maillage_hub::authority::NodeRequest;
use maillage_platform::{
    grpc::{TcpConnect, connect_tls},
    random,
    tls::{PeerIdentity, certificates_from_pem, client_config},
};
use maillage_proto::{
    federation::v1::{FetchDirectoryRequest, SignedDirectory, relay_client::RelayClient},
    hub::v1::InviteRequest,
};

use crate::{
    node::{Node, Wish, knock, open_door},
    world::{ALBAN, CENTRE_TARN, World, reason},
};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn an_invitation_makes_one_certified_node_and_the_same_node_may_ask_again() {
    let world = World::new().await;
    let wish = Wish::of(&world, &world.invite(ALBAN).await);
    let first = wish.enrol().await.unwrap();
    let again = wish.enrol().await.unwrap();
    assert_eq!(first.node_id, again.node_id, "after a lost answer it is the same node");
    let certificates = certificates_from_pem(&again.certificate_pem).unwrap();
    let peer = PeerIdentity::from_certificate(&certificates[0]).unwrap();
    let id = Id::<maillage_federation::ids::NodeKind>::from_bytes(&first.node_id).unwrap();
    assert_eq!((peer.federation.as_str(), peer.id), ("essai", id.to_string()));
    let node = Node::enrolled(&world, wish, &first).await;
    let directory = node
        .relay
        .clone()
        .fetch_directory(FetchDirectoryRequest { known_version: 0, ..Default::default() })
        .await
        .unwrap();
    let directory = maillage_federation::directory::verify(
        directory.get_ref(),
        &"essai".parse().unwrap(),
        maillage_federation::directory::Head::default(),
        &world.hub_key,
    );
    let directory = directory.unwrap();
    assert_eq!((directory.head.version, directory.nodes.len()), (1, 1), "asking again makes no new version");
}

#[tokio::test]
async fn a_second_use_by_other_keys_is_refused() {
    let world = World::new().await;
    let ticket = world.invite(ALBAN).await;
    let first = Wish::of(&world, &ticket);
    first.enrol().await.unwrap();
    assert_eq!(Wish::of(&world, &ticket).refused().await, "enrolment-used");
    let mut other_sealing_key = Wish::of(&world, &ticket);
    other_sealing_key.signer = first.signer.clone();
    other_sealing_key.request.signing_key = first.request.signing_key.clone();
    other_sealing_key.prove();
    assert_eq!(other_sealing_key.refused().await, "enrolment-used");
    assert!(first.enrol().await.is_ok());
}

#[tokio::test]
async fn expired_unknown_and_foreign_invitations_are_refused() {
    let world = World::new().await;
    let ticket = world.invite(ALBAN).await;
    let mut unknown = Wish::of(&world, &ticket);
    unknown.request.secret = vec![7; 32];
    unknown.prove();
    assert_eq!(unknown.refused().await, "enrolment-unknown");
    let mut elsewhere = Wish::of(&world, &ticket);
    elsewhere.request.territory = CENTRE_TARN.into();
    elsewhere.prove();
    assert_eq!(elsewhere.refused().await, "enrolment-wrong-territory");
    let wish = Wish::of(&world, &ticket);
    world.pass(71 * HOUR + Duration::from_mins(59));
    let in_time = Wish::of(&world, &world.invite(CENTRE_TARN).await);
    world.pass(Duration::from_mins(1));
    assert_eq!(wish.refused().await, "enrolment-expired");
    assert!(in_time.enrol().await.is_ok());
}

#[tokio::test]
async fn malformed_requests_are_refused_before_the_invitation_is_used() {
    let world = World::new().await;
    let ticket = world.invite(ALBAN).await;
    let changed = |change: fn(&mut Wish)| {
        let mut wish = Wish::of(&world, &ticket);
        change(&mut wish);
        wish
    };
    let proven = |change: fn(&mut Wish)| {
        let mut wish = changed(change);
        wish.prove();
        wish
    };
    for (wish, expected) in [
        (changed(|wish| wish.request.sealing_key = vec![1; 32]), "enrolment-bad-proof"),
        (proven(|wish| wish.signer = Signer::from_seed(&[9; 32])), "enrolment-bad-proof"),
        (proven(|wish| wish.request.certificate_request_pem = "bonjour".into()), "enrolment-bad-request"),
        (proven(|wish| wish.request.sealing_key = vec![1; 31]), "enrolment-malformed"),
        (proven(|wish| wish.request.territory = "12".into()), "enrolment-malformed"),
        (
            proven(|wish| {
                wish.request.profile.as_mut().unwrap().communes_served.push("81999".into());
            }),
            "enrolment-unknown-commune",
        ),
        (
            proven(|wish| wish.request.profile.as_mut().unwrap().phone = "0".repeat(501)),
            "enrolment-malformed",
        ),
    ] {
        assert_eq!(wish.refused().await, expected);
    }
    assert!(Wish::of(&world, &ticket).enrol().await.is_ok(), "the invitation is still good");
}

#[tokio::test]
async fn a_territory_has_one_node_and_must_exist_today() {
    let world = World::new().await;
    let (first, second) = (world.invite(ALBAN).await, world.invite(ALBAN).await);
    let wish = Wish::of(&world, &first);
    let reply = wish.enrol().await.unwrap();
    assert_eq!(Wish::of(&world, &second).refused().await, "territory-taken");
    let invite = async |territory: &str, valid_hours| {
        let request = InviteRequest { territory: territory.into(), valid_hours, by: String::new() };
        world.admin().await.invite(request).await.map(|_| ()).map_err(|status| reason(&status))
    };
    assert_eq!(invite(ALBAN, 0).await, Err("territory-taken".into()));
    assert_eq!(invite("200034032", 0).await, Err("territory-unknown".into()));
    assert_eq!(invite("Albi", 0).await, Err("territory-unknown".into()));
    assert_eq!(invite(CENTRE_TARN, 721).await, Err("invitation-too-long".into()));
    assert_eq!(invite(CENTRE_TARN, 720).await, Ok(()));
    let (merged, _) = Geography::embedded().successors()[0];
    assert_eq!(invite(merged.as_str(), 0).await, Err("territory-merged".into()));
    world.revoke(Id::from_bytes(&reply.node_id).unwrap()).await;
    assert_eq!(invite(ALBAN, 0).await, Ok(()), "the place of a revoked node is free");
    assert_eq!(wish.refused().await, "node-revoked");
}

#[tokio::test]
async fn the_relay_is_closed_to_strangers_and_to_other_federations() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let authorities = certificates_from_pem(&node.authority_pem).unwrap();
    let config = client_config(&authorities, None, world.clock.clone()).unwrap();
    let channel = connect_tls(&world.url, config, Arc::new(TcpConnect)).await.unwrap();
    let request = FetchDirectoryRequest { known_version: 0, ..Default::default() };
    let status = RelayClient::new(channel).fetch_directory(request).await.unwrap_err();
    assert_eq!(reason(&status), "certificate-required");

    let present = async |certificate: &str, key| {
        knock(&world.url, &node.authority_pem, certificate, key, world.clock.clone()).await.is_ok()
    };
    assert!(present(&node.certificate_pem, &node.tls_key).await);
    // Another federation's authority: the chain does not hold.
    let other = World::other().await;
    let foreign = other.node(ALBAN).await;
    assert!(!present(&foreign.certificate_pem, &foreign.tls_key).await);
}

#[tokio::test]
async fn a_certificate_of_this_authority_with_another_name_is_refused() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let now = maillage_platform::clock::Clock::now(world.clock.as_ref());
    let name =
        maillage_platform::tls::IdentityUri::new("essai", maillage_platform::tls::PeerRole::Node, "me")
            .unwrap();
    let tls = maillage_platform::tls::identity_request(&name, world.entropy.as_ref()).unwrap();
    let request = NodeRequest::parse(&tls.csr_pem).unwrap();
    let nobody = Id::new(1, random::bytes(world.entropy.as_ref()));
    for (federation, id, expected) in
        [("essai", node.id, true), ("autre", node.id, false), ("essai", nobody, false)]
    {
        let certified = world.authority_named(federation).certify_node(&request, id, now).unwrap();
        let answer =
            knock(&world.url, &node.authority_pem, &certified.pem, &tls.key_pem, world.clock.clone()).await;
        assert_eq!(answer.is_ok(), expected, "{federation} {id}");
    }
}

#[tokio::test]
async fn a_hub_of_another_authority_is_not_trusted_with_the_secret() {
    let (world, impostor) = (World::new().await, World::other().await);
    let honest: Ticket = world.invite(ALBAN).await.parse().unwrap();
    assert!(open_door(&honest, world.clock.clone()).await.is_ok());
    let misled = Ticket { hub_url: impostor.url.clone(), ..honest };
    assert!(open_door(&misled, world.clock.clone()).await.is_err());
}

#[tokio::test]
async fn a_revoked_node_is_cut_off_at_once_and_stays_out() {
    let world = World::new().await;
    let (mut node, other) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let mut inbox = node.inbox(0).await;
    world.revoke(node.id).await;
    drop(inbox.end().await);
    assert!(node.reconnect(&world).await.is_err(), "refused at the handshake");
    let renewal = node.renewal(world.now_ms());
    let ticket = Ticket { hub_url: world.url.clone(), ..world.invite(ALBAN).await.parse().unwrap() };
    let mut door = open_door(&ticket, world.clock.clone()).await.unwrap();
    assert_eq!(reason(&door.renew(renewal).await.unwrap_err()), "node-revoked");
    let directory = other
        .relay
        .clone()
        .fetch_directory(FetchDirectoryRequest { known_version: 2, ..Default::default() })
        .await
        .unwrap();
    assert_eq!(directory.get_ref().links.len(), 1);
}

#[tokio::test]
async fn a_node_that_knows_the_newest_directory_is_not_sent_it_again() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let fetch = async |known: Head| {
        let request = FetchDirectoryRequest { known_version: known.version, known_head: known.hash.to_vec() };
        node.relay.clone().fetch_directory(request).await.unwrap().into_inner()
    };
    let (key, federation) = (&world.hub_key, "essai".parse().unwrap());
    let first = verify(&fetch(Head::default()).await, &federation, Head::default(), key).unwrap();
    assert_eq!(fetch(first.head).await, SignedDirectory::default());
    let forged = Head { hash: [7; 32], ..first.head };
    assert!(!fetch(forged).await.directory.is_empty(), "another head is another past: the whole is sent");
    world.node(CENTRE_TARN).await;
    let newer = verify(&fetch(first.head).await, &federation, first.head, key).unwrap();
    assert_eq!((newer.nodes.len(), newer.head.version), (2, first.head.version + 1));
    assert_eq!(fetch(newer.head).await, SignedDirectory::default());
}

#[tokio::test]
async fn a_node_that_was_away_for_longer_than_its_certificate_renews_and_comes_back() {
    let world = World::new().await;
    let mut node = world.node(ALBAN).await;
    let ticket: Ticket = world.invite(CENTRE_TARN).await.parse().unwrap();
    world.pass(15 * 24 * HOUR);
    assert!(node.reconnect(&world).await.is_err(), "the certificate has run out");
    let now_ms = world.now_ms();
    let renew = async |request| {
        let mut door = open_door(&ticket, world.clock.clone()).await.unwrap();
        door.renew(request).await.map(tonic::Response::into_inner).map_err(|status| reason(&status))
    };
    let day_ms = 24 * 3_600_000;
    assert_eq!(renew(node.renewal(now_ms - day_ms - 1)).await.unwrap_err(), "renewal-skew");
    assert_eq!(renew(node.renewal(now_ms + day_ms + 1)).await.unwrap_err(), "renewal-skew");
    let mut forged = node.renewal(now_ms);
    forged.asked_at_ms += 1;
    assert_eq!(renew(forged).await.unwrap_err(), "renewal-bad-proof");
    let mut stranger = node.renewal(now_ms);
    stranger.node_id = node.random_id::<maillage_federation::ids::NodeKind>().to_bytes();
    assert_eq!(renew(stranger).await.unwrap_err(), "node-unknown");

    let request = node.renewal(now_ms);
    assert!(renew(request.clone()).await.is_ok());
    assert!(renew(request.clone()).await.is_ok(), "the very same request after a lost answer");
    assert!(renew(node.renewal(now_ms)).await.is_ok(), "another: the first answer was lost with its key");
    assert_eq!(renew(node.renewal(now_ms - 1)).await.unwrap_err(), "renewal-stale");
    let name =
        maillage_platform::tls::IdentityUri::new("essai", maillage_platform::tls::PeerRole::Node, "again")
            .unwrap();
    let tls = maillage_platform::tls::identity_request(&name, world.entropy.as_ref()).unwrap();
    let mut newer = node.renewal(now_ms + 1);
    newer.certificate_request_pem = tls.csr_pem;
    let newer = maillage_federation::enrolment::prove_renewal(newer, &node.signer);
    node.certificate_pem = renew(newer).await.unwrap().certificate_pem;
    node.tls_key = tls.key_pem;
    node.reconnect(&world).await.unwrap();
}

#[tokio::test]
async fn whoever_knocks_too_often_has_to_wait() {
    let world = World::new().await;
    let mut wish = Wish::of(&world, &world.invite(ALBAN).await);
    wish.request.secret = vec![1; 32];
    wish.prove();
    let mut door = open_door(&wish.ticket, world.clock.clone()).await.unwrap();
    let mut reasons = std::collections::BTreeSet::new();
    for _ in 0..100 {
        reasons.insert(reason(&door.enrol(wish.request.clone()).await.unwrap_err()));
    }
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), ["enrolment-unknown", "too-many-attempts"]);
}
