//! What can happen to a federation, one thing at a time, as an enumeration: what people do, what the wire does, what time and
//! machines do. Written down as one line of text each, so that a list of them is a reproduction. An operation names a place and a
//! number; what the number chooses among is there when it is played, so that any sub-list can be played too. It must never hold
//! a rule.

use std::{fmt, str::FromStr};

use rand::{RngExt as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha20Rng;

/// Nodes of the federation.
pub(crate) const NODES: usize = 3;

/// Requests of people of one node in a play, at most.
pub(crate) const REQUESTS: usize = 4;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    // People.
    Request,
    Share,
    Rejoin,
    Offer,
    Bid,
    Decline,
    Award,
    Accept,
    Refuse,
    Release,
    Withdraw,
    Cancel,
    AskChange,
    Agree,
    Disagree,
    Ask,
    Yes,
    No,
    PickUp,
    Complete,
    NoShow,
    Unmet,
    Message,
    Judge,
    DriverCannot,
    // The node and the hub by themselves.
    Tend,
    Deadlines,
    Carry,
    Hear,
    Talk,
    // The wire.
    Lose,
    LoseAnswer,
    Twice,
    Late,
    Arrive,
    Replay,
    Forge,
    Repeat,
    EndStream,
    Cut,
    Mend,
    // Time.
    Advance,
    Skew,
    SkewHub,
    // Machines.
    Crash,
    CrashSoon,
    CrashHub,
    CrashHubSoon,
    Fill,
    FillHub,
    Space,
    BackUp,
    Restore,
    Ghost,
    BackUpHub,
    RestoreHub,
    OldHub,
}

impl Kind {
    /// Whether it waits for the next call.
    pub(crate) fn is_trouble(self) -> bool {
        matches!(self, Self::Lose | Self::LoseAnswer | Self::Twice | Self::Late)
    }
}

/// Names, and how often each is drawn.
const KINDS: [(Kind, &str, u32); 57] = [
    (Kind::Request, "request", 10),
    (Kind::Share, "share", 5),
    (Kind::Rejoin, "rejoin", 1),
    (Kind::Offer, "offer", 12),
    (Kind::Bid, "bid", 4),
    (Kind::Decline, "decline", 1),
    (Kind::Award, "award", 10),
    (Kind::Accept, "accept", 8),
    (Kind::Refuse, "refuse", 2),
    (Kind::Release, "release", 2),
    (Kind::Withdraw, "withdraw", 4),
    (Kind::Cancel, "cancel", 2),
    (Kind::AskChange, "ask-change", 3),
    (Kind::Agree, "agree", 4),
    (Kind::Disagree, "disagree", 1),
    (Kind::Ask, "ask", 3),
    (Kind::Yes, "yes", 3),
    (Kind::No, "no", 1),
    (Kind::PickUp, "pick-up", 3),
    (Kind::Complete, "complete", 8),
    (Kind::NoShow, "no-show", 1),
    (Kind::Unmet, "unmet", 1),
    (Kind::Message, "message", 2),
    (Kind::Judge, "judge", 3),
    (Kind::DriverCannot, "driver-cannot", 1),
    (Kind::Tend, "tend", 24),
    (Kind::Deadlines, "deadlines", 5),
    (Kind::Carry, "carry", 40),
    (Kind::Hear, "hear", 40),
    (Kind::Talk, "talk", 30),
    (Kind::Lose, "lose", 3),
    (Kind::LoseAnswer, "lose-answer", 8),
    (Kind::Twice, "twice", 4),
    (Kind::Late, "late", 4),
    (Kind::Arrive, "arrive", 4),
    (Kind::Replay, "replay", 3),
    (Kind::Forge, "forge", 2),
    (Kind::Repeat, "repeat", 4),
    (Kind::EndStream, "end-stream", 2),
    (Kind::Cut, "cut", 2),
    (Kind::Mend, "mend", 5),
    (Kind::Advance, "advance", 18),
    (Kind::Skew, "skew", 2),
    (Kind::SkewHub, "skew-hub", 1),
    (Kind::Crash, "crash", 2),
    (Kind::CrashSoon, "crash-soon", 2),
    (Kind::CrashHub, "crash-hub", 1),
    (Kind::CrashHubSoon, "crash-hub-soon", 1),
    (Kind::Fill, "fill", 1),
    (Kind::FillHub, "fill-hub", 1),
    (Kind::Space, "space", 4),
    (Kind::BackUp, "back-up", 5),
    (Kind::Restore, "restore", 2),
    (Kind::Ghost, "ghost", 6),
    (Kind::BackUpHub, "back-up-hub", 3),
    (Kind::RestoreHub, "restore-hub", 1),
    (Kind::OldHub, "old-hub", 2),
];

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) kind: Kind,
    /// At which node, where there is one.
    pub(crate) at: usize,
    /// Chooses among whatever there is to choose from.
    pub(crate) pick: usize,
}

/// Which restores a play may have: what two of them together take is told in the project's README and is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// None.
    Plain,
    /// Of nodes.
    Nodes,
    /// Of the hub.
    Hub,
}

impl Flavour {
    /// That of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        match seed % 4 {
            0 | 1 => Self::Plain,
            2 => Self::Nodes,
            _ => Self::Hub,
        }
    }

    fn has(self, kind: Kind) -> bool {
        match kind {
            Kind::BackUp | Kind::Restore | Kind::Ghost => self == Self::Nodes,
            Kind::BackUpHub | Kind::RestoreHub | Kind::OldHub => self == Self::Hub,
            _ => true,
        }
    }
}

impl Operation {
    /// One that is drawn.
    pub(crate) fn drawn(dice: &mut ChaCha20Rng, flavour: Flavour) -> Self {
        let kinds: Vec<_> = KINDS.iter().filter(|(kind, _, _)| flavour.has(*kind)).collect();
        let kind =
            kinds.choose_weighted(dice, |(_, _, weight)| *weight).map_or(Kind::Hear, |(kind, _, _)| *kind);
        Self { kind, at: dice.random_range(0..NODES), pick: dice.random_range(0..1_000) }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = KINDS.iter().find(|(kind, _, _)| *kind == self.kind).map_or("?", |(_, name, _)| name);
        write!(formatter, "{name} {} {}", self.at, self.pick)
    }
}

impl FromStr for Operation {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let wrong = || format!("not an operation: {line}");
        let mut words = line.split_whitespace();
        let (Some(name), Some(at), Some(pick), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(wrong());
        };
        let kind = KINDS.iter().find(|(_, known, _)| *known == name).map(|(kind, _, _)| *kind);
        let (Ok(at), Ok(pick)) = (at.parse(), pick.parse()) else { return Err(wrong()) };
        Ok(Self { kind: kind.ok_or_else(wrong)?, at, pick })
    }
}
