//! Envelopes, receipts, directory and award details: what passes, and what an adversary cannot change.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use maillage_federation::{
    directory::{self, Directory, DirectoryError, Entry, Head, Sight},
    envelope::{Body, Envelope, EnvelopeError, Header, Party, Receipt},
    handover::{Action, AwardDetails, AwardLeg, Command, Meeting},
    ids::Id,
    matching::Reach,
    name::FederationName,
    needs::{Need, Needs},
    rotation::{Announced, Followed, Rotation},
    sealed::SealingKey,
    signing::{SignatureError, Signer},
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

fn federation() -> FederationName {
    "essai".parse().unwrap()
}

fn header() -> Header {
    Header {
        federation: federation(),
        id: Id::new(5, [5; 10]),
        sender: Party::Node(Id::new(1, [1; 10])),
        recipient: Party::Hub,
        sent_at_ms: 1_800_000_000_000,
    }
}

fn body() -> Body {
    Body::Command(Command { handover: Id::new(2, [2; 10]), round: 1, action: Action::Accept })
}

#[test]
fn an_envelope_survives_its_bytes_and_verifies() {
    let signer = Signer::from_seed(&[3; 32]);
    let envelope = Envelope::sign(header(), body(), &signer);
    let read = Envelope::decode(&envelope.encode()).unwrap();
    assert_eq!(read.verify(&federation(), &signer.verify_key()), Ok(body()));
}

#[test]
fn nothing_in_an_envelope_can_be_changed() {
    let signer = Signer::from_seed(&[3; 32]);
    let key = signer.verify_key();
    let original = proto::Envelope::from(Envelope::sign(header(), body(), &signer));
    let altered: [fn(&mut proto::Envelope); 6] = [
        |message| message.id = Id::<()>::new(6, [5; 10]).to_bytes(),
        |message| message.sender = Id::<()>::new(1, [2; 10]).to_bytes(),
        |message| message.recipient = Id::<()>::new(1, [2; 10]).to_bytes(),
        |message| message.sent_at_ms += 1,
        |message| message.body.push(0),
        |message| *message.signature.last_mut().unwrap() ^= 1,
    ];
    for (number, change) in altered.into_iter().enumerate() {
        let mut message = original.clone();
        change(&mut message);
        let envelope = Envelope::try_from(message).unwrap();
        let refused = envelope.verify(&federation(), &key);
        assert_eq!(refused, Err(EnvelopeError::Signature(SignatureError::Mismatch)), "change {number}");
    }
    let other = original.clone();
    let envelope = Envelope::try_from(other).unwrap();
    assert_eq!(envelope.verify(&"autre".parse().unwrap(), &key), Err(EnvelopeError::OtherFederation));
}

#[test]
fn what_the_sender_sees_of_the_directory_is_signed_with_what_it_says() {
    let signer = Signer::from_seed(&[3; 32]);
    let sight = Sight { epoch: 2, head: Head::default().followed_by(&[7; 32]) };
    let envelope = Envelope::sign_seeing(header(), (body(), Some(sight)), &signer);
    let read = Envelope::decode(&envelope.encode()).unwrap();
    assert_eq!(read.verify(&federation(), &signer.verify_key()), Ok(body()));
    assert_eq!(read.sight(), Some(sight));
    let silent = Envelope::sign(header(), body(), &signer);
    assert_eq!(silent.sight(), None, "as an older version says it");
    let mut exchanged = proto::Envelope::from(envelope);
    let other = Sight { epoch: 2, head: Head::default().followed_by(&[8; 32]) };
    let directory = Some(other.into());
    exchanged.body =
        proto::Body { directory, ..proto::Body::decode(exchanged.body.as_slice()).unwrap() }.encode_to_vec();
    let refused = Envelope::try_from(exchanged).unwrap().verify(&federation(), &signer.verify_key());
    assert_eq!(refused, Err(EnvelopeError::Signature(SignatureError::Mismatch)));
}

#[test]
fn an_oversized_body_is_refused_before_anything_else() {
    let mut message = proto::Envelope::from(Envelope::sign(header(), body(), &Signer::from_seed(&[3; 32])));
    message.body = vec![0; 65 * 1024];
    assert_eq!(Envelope::try_from(message), Err(EnvelopeError::TooLarge(65 * 1024)));
}

#[test]
fn an_unknown_kind_is_named_as_such_and_unknown_fields_keep_their_signature() {
    let signer = Signer::from_seed(&[3; 32]);
    let mut message = proto::Envelope::from(Envelope::sign(header(), body(), &signer));
    message.body = vec![0xfa, 0x06, 0x01, 0x61];
    let fields: Vec<Vec<u8>> = vec![
        message.federation.clone().into_bytes(),
        message.id.clone(),
        message.sender.clone(),
        message.recipient.clone(),
        message.sent_at_ms.to_be_bytes().to_vec(),
        message.body.clone(),
    ];
    let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
    message.signature = signer.sign(maillage_federation::signing::Purpose::Envelope, &fields);
    let envelope = Envelope::try_from(message).unwrap();
    assert_eq!(envelope.verify(&federation(), &signer.verify_key()), Err(EnvelopeError::UnknownKind));
}

#[test]
fn a_receipt_is_the_hubs_word_alone() {
    let hub = Signer::from_seed(&[4; 32]);
    let receipt = Receipt {
        envelope: Id::new(5, [5; 10]),
        refused: Some("handover-too-late".into()),
        record: None,
        agreement: None,
        hub_epoch: 1,
        decided_at_ms: 7,
    };
    let mut message = receipt.clone().sign(&hub);
    assert_eq!(Receipt::verify(&message, &hub.verify_key()), Ok(receipt));
    *message.decision.last_mut().unwrap() ^= 1;
    assert!(Receipt::verify(&message, &hub.verify_key()).is_err());
}

#[test]
fn award_details_keep_every_field_and_hide_in_debug() {
    let details = AwardDetails {
        name: "Personne d'essai".into(),
        phone: "05 00 00 00 00".into(),
        legs: vec![AwardLeg {
            trip: Id::new(1, [1; 10]),
            pickup: "81003".parse().unwrap(),
            pickup_address: "1 rue d'essai".into(),
            dropoff: "81004".parse().unwrap(),
            dropoff_address: "hôpital".into(),
            earliest_pickup_ms: 1,
            latest_arrival_ms: 2,
            meeting: Some(Meeting::AtDropoff),
        }],
        needs: [Need::WheelchairManual, Need::Luggage].into_iter().collect::<Needs>(),
        companions: 1,
        driver_notes: "sonner deux fois".into(),
        desk_phone: "05 00 00 00 01".into(),
        model: "hybride-guichet@1".parse().unwrap(),
        agreement: Some(3),
    };
    let bytes = proto::AwardDetails::from(details.clone()).encode_to_vec();
    let read = proto::AwardDetails::decode(bytes.as_slice()).unwrap();
    assert_eq!(AwardDetails::try_from(read), Ok(details.clone()));
    assert!(!format!("{details:?}").contains("essai"));
}

fn entry(number: u8) -> Entry {
    Entry {
        node: Id::new(1, [number; 10]),
        reach: Reach {
            territory: "200034031".parse().unwrap(),
            communes: ["81003".parse().unwrap()].into_iter().collect(),
        },
        signing_key: Signer::from_seed(&[number; 32]).verify_key(),
        sealing_key: SealingKey::from_seed(&[number; 32]).public(),
        rotation: None,
        phone: "05".into(),
        opening_hours: "9 h – 17 h".into(),
        revoked: false,
    }
}

/// A directory's past: its head, the entries at the head, and the hash of the entries of each version.
struct History {
    head: Head,
    entries: Vec<u8>,
    links: Vec<(u64, [u8; 32])>,
}

/// Versions 1 to `count`, each adding a node.
fn history(count: u8) -> History {
    let mut nodes = BTreeMap::new();
    let mut head = Head::default();
    let mut links = Vec::new();
    let mut last = Vec::new();
    for number in 1..=count {
        nodes.insert(entry(number).node, entry(number));
        let (bytes, hash) = directory::encode_entries(&nodes);
        head = head.followed_by(&hash);
        links.push((head.version, hash));
        last = bytes;
    }
    History { head, entries: last, links }
}

#[test]
fn a_directory_is_taken_when_signature_and_chain_hold() {
    let hub = Signer::from_seed(&[4; 32]);
    let known = history(1).head;
    let History { head, entries, links } = history(3);
    let message = directory::sign(&federation(), head, entries, links[1..].to_vec(), &hub);
    let read = directory::verify(&message, &federation(), known, &hub.verify_key()).unwrap();
    assert_eq!((read.head, read.nodes.len()), (head, 3));
}

#[test]
fn a_rolled_back_or_rewritten_directory_is_refused() {
    let hub = Signer::from_seed(&[4; 32]);
    let key = hub.verify_key();
    let known = history(3).head;
    let History { head: old, entries, links } = history(2);
    let message = directory::sign(&federation(), old, entries, links, &hub);
    assert_eq!(
        directory::verify(&message, &federation(), known, &key),
        Err(DirectoryError::Rollback { known: 3, offered: 2 })
    );
    let History { head, entries, mut links } = history(4);
    links[1].1[0] ^= 1;
    let message = directory::sign(&federation(), head, entries, links, &hub);
    let refused = directory::verify(&message, &federation(), Head::default(), &key);
    assert_eq!(refused, Err(DirectoryError::BrokenChain));
    let History { head, links, .. } = history(4);
    let swapped = history(3).entries;
    let message = directory::sign(&federation(), head, swapped, links, &hub);
    let refused = directory::verify(&message, &federation(), Head::default(), &key);
    assert_eq!(refused, Err(DirectoryError::BrokenChain), "entries that are not those of the head");
    let forger = Signer::from_seed(&[5; 32]);
    let History { head, entries, links } = history(1);
    let message = directory::sign(&federation(), head, entries, links, &forger);
    assert!(matches!(
        directory::verify(&message, &federation(), Head::default(), &key),
        Err(DirectoryError::Signature(_))
    ));
}

fn known(entries: impl IntoIterator<Item = Entry>) -> Directory {
    let nodes = entries.into_iter().map(|entry| (entry.node, entry)).collect();
    Directory { head: Head::default(), nodes }
}

/// A key that the node `of` announces, or that somebody signs in its place.
fn announced(of: u8, number: u32, key: u8, signer: u8) -> Announced {
    let (node, key) = (entry(of).node, SealingKey::from_seed(&[key; 32]).public());
    Announced::sign((&federation(), node), number, key, &Signer::from_seed(&[signer; 32]))
}

/// The directory as it is followed, and whose keys were exchanged.
fn follow(known: &Directory, newer: &Directory) -> (Directory, Vec<u8>) {
    let Followed { directory, exchanged } = known.followed_by(newer.clone(), &federation());
    let number = |node| (1..=9).find(|number| entry(*number).node == node).unwrap();
    (directory, exchanged.into_iter().map(number).collect())
}

#[test]
fn a_hub_cannot_put_its_own_key_in_a_nodes_place() {
    let directory = known([entry(1), entry(2)]);
    let grown = known([entry(1), entry(2), entry(3)]);
    assert_eq!(follow(&directory, &grown), (grown, vec![]));
    let of_another_node = Entry { node: entry(2).node, ..entry(1).with(announced(1, 3, 9, 1)) };
    for swapped in [
        // Without an announcement, with one that the hub or another node has signed, or that is about another node.
        Entry { sealing_key: entry(9).sealing_key, ..entry(2) },
        entry(2).with(announced(2, 1, 9, 9)),
        entry(2).with(announced(2, 1, 9, 1)),
        Entry { signing_key: entry(2).signing_key, ..of_another_node },
        // One that the node has announced of another key, or under another number.
        Entry { sealing_key: entry(8).sealing_key, ..entry(2).with(announced(2, 1, 9, 2)) },
        entry(2).with(Announced {
            rotation: Rotation { number: 2, ..announced(2, 1, 9, 2).rotation },
            ..announced(2, 1, 9, 2)
        }),
        Entry { signing_key: entry(9).signing_key, ..entry(2) },
    ] {
        // The known keys count, and the rest of the directory is followed all the same.
        let newer = known([Entry { revoked: true, ..entry(1) }, Entry { revoked: true, ..swapped.clone() }]);
        let followed = known([Entry { revoked: true, ..entry(1) }, Entry { revoked: true, ..entry(2) }]);
        let found = follow(&directory, &newer);
        assert_eq!((found.0.nodes[&entry(2).node].sealing_key, found.1), (entry(2).sealing_key, vec![2]));
        assert_eq!(found.0.nodes[&entry(2).node].signing_key, entry(2).signing_key);
        assert_eq!(found.0.nodes[&entry(1).node], followed.nodes[&entry(1).node]);
        assert!(found.0.nodes[&entry(2).node].revoked, "what else is said of it is heard");
    }
}

#[test]
fn a_hub_cannot_let_a_node_be_forgotten_and_name_it_again_with_other_keys() {
    let directory = known([entry(1), entry(2)]);
    let (without, _) = follow(&directory, &known([entry(1)]));
    assert_eq!(without.nodes[&entry(2).node], Entry { revoked: true, ..entry(2) });
    let again = Entry { sealing_key: entry(9).sealing_key, signing_key: entry(9).signing_key, ..entry(2) };
    let (followed, exchanged) = follow(&without, &known([entry(1), again]));
    assert_eq!((&followed.nodes[&entry(2).node], exchanged), (&entry(2), vec![2]));
    let (back, exchanged) = follow(&without, &directory);
    assert_eq!((back, exchanged), (directory, vec![]), "a restored hub may name it again as it was");
}

#[test]
fn a_node_that_is_new_here_is_taken_only_with_a_key_that_it_has_announced() {
    let none = known([]);
    let right = entry(1).with(announced(1, 7, 17, 1));
    assert_eq!(follow(&none, &known([right.clone()])), (known([right]), vec![]));
    // Else a key of the hub under the highest number would stay for ever.
    let forged = entry(1).with(announced(1, u32::MAX, 9, 9));
    assert_eq!(follow(&none, &known([forged, entry(2)])), (known([entry(2)]), vec![1]));
}

#[test]
fn a_key_that_its_node_has_announced_is_followed_and_no_older_one_comes_back() {
    let first = known([entry(1)]);
    let second = known([entry(1).with(announced(1, 1, 11, 1))]);
    let third = known([entry(1).with(announced(1, 5, 15, 1))]);
    assert_eq!(follow(&first, &second), (second.clone(), vec![]));
    assert_eq!(follow(&first, &third), (third.clone(), vec![]), "numbers may be left out");
    // A hub that was restored names a former key: the one that the node has announced last counts, and the rest is followed.
    for older in [first.clone(), second.clone()] {
        let revoked = known([Entry { revoked: true, ..older.nodes.into_values().next().unwrap() }]);
        let (followed, exchanged) = follow(&third, &revoked);
        let entry = followed.nodes.into_values().next().unwrap();
        let last = third.nodes.values().next().unwrap();
        assert_eq!((entry, exchanged), (Entry { revoked: true, ..last.clone() }, vec![]));
    }
    // Two keys under one number: somebody plays two games. The one that was known counts.
    let other = known([entry(1).with(announced(1, 5, 16, 1))]);
    assert_eq!(follow(&third, &other), (third.clone(), vec![1]));
}

#[test]
fn a_rotation_goes_through_the_directory_as_it_was_announced() {
    let with = entry(1).with(announced(1, 7, 17, 1));
    let (bytes, hash) = directory::encode_entries(&[(with.node, with.clone())].into());
    let head = Head::default().followed_by(&hash);
    let hub = Signer::from_seed(&[4; 32]);
    let message = directory::sign(&federation(), head, bytes, vec![(1, hash)], &hub);
    let read = directory::verify(&message, &federation(), Head::default(), &hub.verify_key()).unwrap();
    assert_eq!(read.nodes[&with.node], with);
    let announced = Announced { key: with.sealing_key, rotation: with.rotation.unwrap() };
    assert_eq!(announced.verify((&federation(), with.node), &with.signing_key), Ok(()));
}
