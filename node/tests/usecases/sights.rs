//! A hub that shows one member another directory than the others is found out by the letters the members send each other.

use maillage_federation::directory::{self, Directory, Head, Heads, encode_entries};
use maillage_node::{
    app::{caller::Caller, members, status},
    federation::directory_book,
};
use maillage_proto::federation::v1::SignedDirectory;

use crate::world::{A, B, World, ready};

/// What the hub shows from a head on: changes with these hashes, signed by the hub; the last is of the entries themselves.
fn shown(world: &World, from: Head, changes: &[[u8; 32]]) -> (SignedDirectory, Directory) {
    let (entries, hash) = encode_entries(&world.hub.directory.nodes);
    let links = changes.iter().copied().chain([hash]);
    let mut head = from;
    let mut listed = Vec::new();
    for hash in links {
        head = head.followed_by(&hash);
        listed.push((head.version, hash));
    }
    let signed = directory::sign(&world.hub.federation, head, entries, listed, &world.hub.signer);
    (signed, Directory { head, nodes: world.hub.directory.nodes.clone() })
}

impl World {
    fn is_shown(&self, node: usize, from: Head, changes: &[[u8; 32]]) -> Head {
        let (signed, directory) = shown(self, from, changes);
        let key = self.hub.signer.verify_key();
        let verified = directory::verify(&signed, &self.hub.federation, from, &key).unwrap();
        assert_eq!(verified, directory);
        let head = directory.head;
        ready(directory_book::keep(self.app(node), (signed, from), (directory.clone(), directory))).unwrap();
        head
    }

    /// What a node says of the directory: whether the desk is told, and which members are said to see another.
    fn differing(&self, node: usize) -> (bool, Vec<usize>) {
        let alarms = status::show(self.app(node), &Caller::local()).unwrap().alarms;
        let members = members::list(self.app(node), &Caller::local()).unwrap();
        let said = members.iter().filter(|member| member.differs_since.is_some());
        let number = |node| (0..self.nodes.len()).find(|number| self.id(*number) == node).unwrap();
        (alarms.contains(&"directory-differs"), said.map(|member| number(member.entry.node)).collect())
    }

    /// A asks its neighbours for a trip, and B hears of it.
    fn asks_neighbours(&mut self) {
        self.offered();
        self.carry_all(A);
        self.deliver_all(B);
    }
}

#[test]
fn two_histories_under_one_version_are_told_both_desks_until_they_are_one_again() {
    let mut world = World::new();
    let start = world.hub.directory.head;
    let common = [A, B].map(|node| world.is_shown(node, start, &[[1; 32]]))[0];
    world.asks_neighbours();
    assert_eq!([A, B].map(|node| world.differing(node)), [(false, vec![]), (false, vec![])]);

    // The hub shows A and B different changes.
    world.is_shown(A, common, &[[2; 32]]);
    let other = world.is_shown(B, common, &[[3; 32]]);
    world.asks_neighbours();
    assert_eq!(world.differing(B), (true, vec![A]));
    // It is known after the power has failed.
    world.nodes[B].crash(5);
    assert_eq!(world.differing(B), (true, vec![A]));

    // A letter from before says nothing of what came after; one from later does.
    world.app(A).link.take_heads(Heads::new(1, [common]));
    world.asks_neighbours();
    assert_eq!(world.differing(B), (true, vec![A]));
    let later = world.is_shown(B, other, &[[4; 32]]);
    world.app(A).link.take_heads(Heads::new(1, [later]));
    world.asks_neighbours();
    assert_eq!(world.differing(B), (false, vec![]));
}

#[test]
fn what_differed_before_the_hub_was_restored_is_no_difference_any_more() {
    let mut world = World::new();
    let start = world.hub.directory.head;
    world.is_shown(A, start, &[[2; 32]]);
    world.is_shown(B, start, &[[3; 32]]);
    world.asks_neighbours();
    assert_eq!(world.differing(B), (true, vec![A]));
    world.app(B).link.take_heads(Heads::new(2, [start]));
    assert_eq!(world.differing(B), (false, vec![]));
}

#[test]
fn a_member_that_is_ahead_is_compared_once_this_node_has_caught_up() {
    for (change, differs) in [([7; 32], false), ([8; 32], true)] {
        let mut world = World::new();
        world.app(B).link.let_speak(true);
        let start = world.hub.directory.head;
        world.is_shown(A, start, &[[7; 32]]);
        world.asks_neighbours();
        assert_eq!(world.differing(B), (false, vec![]), "nothing is known of that version yet");
        world.is_shown(B, start, &[change]);
        assert_eq!(world.differing(B).0, differs);
    }
}

#[test]
fn a_hub_that_gives_one_member_nothing_newer_is_found_out_too() {
    let mut world = World::new();
    world.app(B).link.let_speak(true);
    let start = world.hub.directory.head;
    let common = [A, B].map(|node| world.is_shown(node, start, &[]))[0];
    world.is_shown(A, common, &[]);
    world.asks_neighbours();
    assert_eq!(world.differing(B), (false, vec![]));
    ready(members::caught_up(world.app(B))).unwrap();
    assert_eq!(world.differing(B), (true, vec![A]));
}

#[test]
fn a_hub_that_names_another_key_for_this_node_is_told_the_desk_of_that_node() {
    let world = World::new();
    let own = |world: &World| {
        let members = members::list(world.app(A), &Caller::local()).unwrap();
        members.into_iter().find(|member| member.is_me).unwrap().fingerprint
    };
    let before = own(&world);
    let mut directory = world.hub.directory.clone();
    let other = directory.nodes[&world.id(B)].signing_key;
    directory.nodes.get_mut(&world.id(A)).unwrap().signing_key = other;
    world.app(A).link.take_directory(directory);
    assert_eq!(own(&world), before, "what is read to a neighbour is the key this node has");
    let alarms = status::show(world.app(A), &Caller::local()).unwrap().alarms;
    assert_eq!(alarms, ["own-key-exchanged"]);
}

#[test]
fn what_two_desks_read_to_each_other_is_the_same_at_both() {
    let world = World::new();
    let read = |node: usize, of: usize| {
        let members = members::list(world.app(node), &Caller::local()).unwrap();
        members.into_iter().find(|member| member.entry.node == world.id(of)).unwrap()
    };
    assert_eq!(read(A, B).fingerprint, read(B, B).fingerprint);
    assert_ne!(read(A, B).fingerprint, read(A, A).fingerprint);
    assert_eq!((read(A, A).is_me, read(A, B).is_me), (true, false));
}
