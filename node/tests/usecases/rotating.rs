//! New sealing keys between desks: what was sealed to the former one is read as long as that one is kept, what comes later is
//! sealed to the new one, and what nobody can read any more is nobody's trip.

use maillage_federation::{
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
            let followed = known.followed_by(self.hub.directory.clone(), &self.hub.federation);
            assert_eq!(followed.exchanged, []);
            node.app.link.take_directory(followed.directory);
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
    let own = SealingKey::from_seed(&[9; 32]).public();
    let about = (&world.hub.federation, world.id(B));
    let forged = Announced::sign(about, 2, own, &world.hub.signer);
    let mut swapped = world.hub.directory.clone();
    let entry = swapped.nodes[&world.id(B)].clone().with(forged);
    swapped.nodes.insert(entry.node, entry);
    let followed = known.followed_by(swapped, &world.hub.federation);
    assert_eq!(followed.exchanged, [world.id(B)]);
    assert_eq!(followed.directory.nodes[&world.id(B)], known.nodes[&world.id(B)]);
}

#[test]
fn a_key_is_changed_after_three_months_and_a_restored_node_that_lacks_its_key_makes_another_at_once() {
    let mine = |said, known, newest, has_known| Mine { said, known, newest, has_known, since_ms: 1_000 };
    // Long before 2026, so that numbers rise by one.
    let due = 1_000 + rotation::ROTATE_AFTER_MS;
    assert_eq!(rotation::next(mine(0, 0, 0, true), due - 1), Next::Nothing);
    assert_eq!(rotation::next(mine(0, 0, 0, true), due), Next::Make(1));
    // Made, and the hub has not answered: said again.
    assert_eq!(rotation::next(mine(0, 0, 1, true), due), Next::Announce);
    assert_eq!(rotation::next(mine(1, 1, 1, true), 1_000), Next::Nothing);
    // A hub that was restored names the former key: it is told of the newer one again, which the others know.
    assert_eq!(rotation::next(mine(1, 2, 2, true), 1_000), Next::Announce);
    // Restored from a time before its key: the directory names one that it does not have.
    assert_eq!(rotation::next(mine(4, 4, 2, false), 0), Next::Make(5));
    assert_eq!(rotation::next(mine(4, 4, 5, false), 0), Next::Announce);
    // So too if the hub was restored as well, and names the key of the backup.
    assert_eq!(rotation::next(mine(2, 4, 2, false), 0), Next::Make(5));
    // A number is never given twice, even by a node that has forgotten that it gave it.
    let in_2026 = 1_790_000_000_000;
    assert_eq!(rotation::next(mine(0, 0, 0, true), in_2026), Next::Make(22_774_400));
    assert_eq!(rotation::next(mine(3, 22_774_400, 3, false), in_2026), Next::Make(22_774_401));
    // A clock that was set back changes nothing.
    assert_eq!(rotation::next(mine(0, 0, 0, true), 0), Next::Nothing);
}

#[test]
fn a_former_key_goes_when_no_letter_to_it_can_come_any_more_and_the_mail_has_come() {
    let over = 1_000 + rotation::OVERLAP_MS;
    let quiet = Some(over - rotation::QUIET_AFTER_MS);
    assert!(rotation::may_destroy_former(1_000, quiet, over));
    assert!(!rotation::may_destroy_former(1_001, quiet, over), "a letter may be on its way");
    assert!(!rotation::may_destroy_former(1_000, quiet.map(|since| since + 1), over), "mail may be waiting");
    assert!(!rotation::may_destroy_former(1_000, None, over), "away, it cannot know");
    assert!(!rotation::may_destroy_former(over, quiet, 1_000), "a clock that was set back destroys nothing");
}
