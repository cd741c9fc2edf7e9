//! New sealing keys between desks: what was sealed to the former one is read as long as that one is kept, what comes later is
//! sealed to the new one, and what nobody can read any more is nobody's trip.

use maillage_federation::{
    directory::DirectoryError,
    handover::State,
    rotation::{self, Announced, Mine, Next},
    sealed::SealingKey,
};

use crate::world::{A, B, World};

impl World {
    /// B has a new key with a number, and everybody has the directory that says so.
    fn new_key(&mut self, number: u8) {
        let key = || SealingKey::from_seed(&[number + 200; 32]);
        let membership = self.app(B).link.membership().unwrap();
        membership.keys.sealing.insert(number.into(), key());
        let about = (&self.hub.federation, membership.me);
        let announced = Announced::sign(about, number.into(), key().public(), &membership.keys.signer);
        let entry = self.hub.directory.nodes[&membership.me].clone().with(announced);
        self.hub.directory.nodes.insert(membership.me, entry);
        for node in &self.nodes {
            let known = node.app.link.directory();
            let followed = known.followed_by(self.hub.directory.clone(), &self.hub.federation).unwrap();
            node.app.link.take_directory(followed);
        }
    }

    fn forget_keys_before(&self, number: u32) {
        self.app(B).link.membership().unwrap().keys.sealing.forget_before(number);
    }
}

#[test]
fn an_award_sealed_to_a_former_key_is_carried_as_long_as_that_key_is_kept() {
    for kept in [true, false] {
        let mut world = World::new();
        let (_, handover) = world.offered();
        world.settle();
        world.wait(11);
        world.tend(A);
        world.carry_all(A);
        assert!(matches!(world.hub.state(handover), State::Awarded { .. }), "the letter is on its way");
        world.new_key(1);
        if !kept {
            world.forget_keys_before(1);
        }
        world.settle();
        let holder = State::Held { holder: world.id(B) };
        assert_eq!(world.hub.state(handover) == holder, kept);
        assert_eq!(
            world.carried(B, handover).len(),
            usize::from(kept),
            "and who cannot read it drives nobody"
        );
    }
}

#[test]
fn what_comes_later_is_sealed_to_the_new_key() {
    let mut world = World::new();
    world.new_key(1);
    world.new_key(2);
    world.forget_keys_before(2);
    let (_, handover, _) = world.held();
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
}

#[test]
fn a_hub_that_names_a_key_of_its_own_is_not_followed() {
    let mut world = World::new();
    world.new_key(1);
    let known = world.app(A).link.directory();
    let mut swapped = world.hub.directory.clone();
    let own = SealingKey::from_seed(&[9; 32]).public();
    for entry in swapped.nodes.values_mut().filter(|entry| entry.node == world.id(B)) {
        entry.sealing_key = own;
    }
    let refused = known.followed_by(swapped, &world.hub.federation);
    assert_eq!(refused, Err(DirectoryError::KeysExchanged(world.id(B))));
}

#[test]
fn a_key_is_changed_after_three_months_and_a_restored_node_that_lacks_its_key_makes_another_at_once() {
    let mine = |newest, has_present, since_ms| Mine { newest, has_present, since_ms };
    let due = rotation::ROTATE_AFTER_MS;
    assert_eq!(rotation::next(0, mine(0, true, 1_000), 1_000 + due - 1), Next::Nothing);
    assert_eq!(rotation::next(0, mine(0, true, 1_000), 1_000 + due), Next::Make(1));
    // Made, and the hub has not answered, or has forgotten it: said again.
    assert_eq!(rotation::next(0, mine(1, true, 1_000), 1_000 + due), Next::Announce);
    assert_eq!(rotation::next(1, mine(1, true, 1_000 + due), 1_000 + due), Next::Nothing);
    // Restored from a time before its key: the directory names one that it does not have.
    assert_eq!(rotation::next(4, mine(2, false, 0), 0), Next::Make(5));
    // A clock that was set back changes nothing.
    assert_eq!(rotation::next(0, mine(0, true, due), 0), Next::Nothing);
    assert!(!rotation::is_former_key_over(due, due + rotation::OVERLAP_MS - 1));
    assert!(rotation::is_former_key_over(due, due + rotation::OVERLAP_MS));
    assert!(!rotation::is_former_key_over(due, 0));
}
