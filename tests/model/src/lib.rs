//! A model of the handover for a model checker: A offers a trip, B and C may carry it, the hub decides. Every state that can
//! be reached within a [`Bound`] is looked at, and the invariants of the handover must hold in each.
//!
//! What decides is the real code: `decide`, `elapse` and `dismiss` of `maillage-federation`, `Outgoing`, `Incoming` and
//! `Trip` of `maillage-domain`. What a node or the hub does around them in one transaction is mirrored as thinly as
//! possible, each function under the name of the one it mirrors. It must hold no rule of its own.
//!
//! People do what they like whenever they may. Commands, receipts and letters come as late as they like, and overtake one
//! another wherever they go different ways; with [`Trouble::Wire`] they are also lost with the line or when a program ends,
//! and sent again. That a command which was answered gets the same answer again, and that a letter which was applied finds
//! its mark, is taken from the stores and not explored. The clocks of nodes are too slow: only the hub's counts. The hub's
//! clock has four instants: the first, after the `accept_by` of awards made then, after the first `reply_by`, and after the
//! pickup.
//!
//! What is left out leads nowhere else: instants that only a screen shows, how many bids led to a revision, the order in
//! which nodes come to their ends once nothing can move the handover any more (`steps` says more). States and steps are
//! told apart by hashes of 64 bits. Not in the model: words and changes between the two desks, alarms, a bid placed anew while
//! one is live, a command that the hub will never take and that is put aside, a hub or node put back from an old backup,
//! forged signatures.

mod candidate;
mod hub;
mod invariants;
mod memo;
mod origin;
mod scene;
mod state;
mod steps;

use stateright::{Checker, HasDiscoveries, Model, Property};

pub use self::{
    memo::Kept,
    scene::{Party, Scene},
    state::World,
    steps::Act,
};

/// How far the exploration goes.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    /// Rounds in which bids and awards are made.
    pub rounds: u32,
    /// The round the handover is in when it is opened: 1, or near the last.
    pub first_round: u32,
    /// Who proposes to carry the trip.
    pub bidders: &'static [Party],
    /// What may go wrong besides what always may: letters and receipts that come late, awards that lapse.
    pub troubles: &'static [Trouble],
}

/// Something that may go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The person calls it off.
    Cancellation,
    /// The hub revokes B.
    Revocation,
    /// The driver of a bid of this node can no longer, and the bid is taken back: once in a round. The node does not bid again
    /// in it.
    LostDriver(Party),
    /// It does: another driver is found.
    AnotherDriver,
    /// Receipts and letters spend time on their way and are lost with the line or when a program ends; commands reach the
    /// hub again.
    Wire,
    /// The offer widens: C is asked at the second instant, or once B has said no, unless a node was chosen before.
    Circles,
    /// Commands of one node reach the hub in any order: worse than a real node, whose courier carries one at a time.
    AnyOrder,
}

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The hub takes an acceptance after the award has lapsed.
    AcceptAfterLapse,
    /// A takes the trip back at once though it has awarded it.
    ReclaimAtOnce,
    /// The hub does not look at the round of a command.
    RoundIgnored,
    /// A node keeps who and where after it has refused.
    DetailsKept,
    /// A node believes an older record after a newer one.
    StaleBelieved,
}

/// The rules of the exploration: the real ones, or with one of them broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// What is broken.
    pub broken: Option<Break>,
}

/// The model.
#[derive(Debug)]
pub struct Handover {
    /// How far.
    pub bound: Bound,
    /// By which rules.
    pub rules: Rules,
    scene: Scene,
    steps: steps::Steps,
    known: invariants::Known,
}

/// What came of an exploration.
#[derive(Debug)]
pub struct Explored {
    /// States generated, repetitions included.
    pub states: usize,
    /// Different states.
    pub unique: usize,
    /// States of the longest path looked at, the first one included.
    pub depth: usize,
    /// What was found: the property, and the steps that lead there.
    pub found: Vec<(&'static str, Vec<Act>)>,
}

impl Bound {
    fn has(&self, trouble: Trouble) -> bool {
        self.troubles.contains(&trouble)
    }

    /// Whether bids and awards are made in a round.
    fn holds(&self, round: u32) -> bool {
        round < self.first_round + self.rounds
    }
}

impl Rules {
    fn are_broken_by(self, rule: Break) -> bool {
        self.broken == Some(rule)
    }
}

impl Handover {
    /// A model.
    pub fn new(bound: Bound, rules: Rules) -> Self {
        let mut scene = Scene::new();
        scene.circles = bound.has(Trouble::Circles);
        let (steps, known) = (steps::Steps::default(), invariants::Known::default());
        Self { bound, rules, scene, steps, known }
    }

    /// Looks at every reachable state.
    pub fn explore(self, threads: usize) -> Explored {
        Explored::by(self.checker().threads(threads).spawn_bfs().join())
    }

    /// The shortest way there is to break a property within so many steps. The checker's depth counts states, the first one
    /// included, and it looks at no state as deep as the depth it is given. Of the ways it finds at about the same time it
    /// keeps the last, so that a shorter one is looked for.
    pub fn way_to_break(
        bound: Bound,
        rules: Rules,
        property: &'static str,
        steps: usize,
    ) -> Option<Vec<Act>> {
        let checker = Self::new(bound, rules).checker().target_max_depth(steps + 2);
        let until = HasDiscoveries::AllOf([property].into());
        let explored = Explored::by(checker.finish_when(until).spawn_bfs().join());
        let (_, way) = explored.found.into_iter().find(|(name, _)| *name == property)?;
        let shorter = way.len().checked_sub(1);
        shorter.and_then(|steps| Self::way_to_break(bound, rules, property, steps)).or(Some(way))
    }
}

impl Explored {
    fn by(checker: impl Checker<Handover>) -> Self {
        let found = checker.discoveries().into_iter();
        let mut found: Vec<_> = found.map(|(name, path)| (name, path.into_actions())).collect();
        found.sort_unstable_by_key(|(name, _)| *name);
        Self {
            states: checker.state_count(),
            unique: checker.unique_state_count(),
            depth: checker.max_depth(),
            found,
        }
    }
}

impl Model for Handover {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        let candidate = Kept::new(state::CandidateSide::new());
        vec![World {
            tick: 0,
            hub: Kept::new(state::HubSide::default()),
            origin: Kept::new(origin::begin(&self.scene, self.bound.first_round)),
            b: candidate.clone(),
            c: candidate,
        }]
    }

    fn actions(&self, world: &World, acts: &mut Vec<Act>) {
        self.possible(world, acts);
    }

    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        self.after(world, act)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        invariants::properties()
    }
}
