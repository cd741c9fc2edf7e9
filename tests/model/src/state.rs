//! One state of the model: what the hub and three nodes keep durably, and what is on its way between them. It must hold
//! nothing that two runs with the same future could differ in: instants are taken out, revisions count the steps of a
//! round.

use maillage_domain::{
    handover::{Incoming, Outgoing},
    trip::{Custody, TripAction, TripError, TripStatus},
};
use maillage_federation::{
    handover::{NoticeKind, Record, Thread, WithdrawReason},
    ids::{Id, TripKind},
};

use crate::{
    memo::Kept,
    scene::{Party, Scene},
};

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct World {
    /// The hub's clock.
    pub tick: u8,
    /// The hub.
    pub hub: Kept<HubSide>,
    /// The node that offers.
    pub origin: Kept<OriginSide>,
    /// The first candidate.
    pub b: Kept<CandidateSide>,
    /// The second candidate.
    pub c: Kept<CandidateSide>,
}

/// What the hub keeps, besides mailboxes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct HubSide {
    /// The handover.
    pub thread: Option<Thread>,
    /// The node that was revoked.
    pub revoked: Option<Party>,
    /// A command for another round has moved the handover: must never be.
    pub moved_by_stale: bool,
}

/// What the hub puts into a mailbox, or takes out of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Post {
    /// A letter.
    Letter(Letter),
    /// Awards that wait there have come to nothing.
    RecallAwards,
}

/// What the origin keeps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginSide {
    /// Its handover.
    pub outgoing: Outgoing,
    /// Its trip.
    pub trip: OwnTrip,
    /// What it has said and has no answer to, and what is on its way to it.
    pub line: Line,
}

/// What a candidate keeps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CandidateSide {
    /// The handover, once it has heard of it.
    pub incoming: Option<Incoming>,
    /// The trips it has carried or carries in it.
    pub carried: Vec<Carried>,
    /// The round in which it has taken a bid back: for the bound alone.
    pub lost_in: Option<u32>,
    /// What it has said and has no answer to, and what is on its way to it.
    pub line: Line,
}

/// A node's outbox, its mailbox at the hub, and the letter it is reading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Line {
    /// The outbox, oldest first.
    pub outbox: Vec<Row>,
    /// The mailbox, oldest first.
    pub mail: Vec<Letter>,
    /// A letter that has left the mailbox and is not applied yet: not durable.
    pub air: Option<Letter>,
}

/// A row of an outbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    /// What it says.
    pub said: Said,
    /// What the hub has answered, for good: the same command gets the same answer.
    pub answer: Option<Answer>,
    /// The answer is on its way: not durable.
    pub coming: bool,
}

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Said {
    /// The round it is meant for.
    pub round: u32,
    /// What is said.
    pub what: Say,
}

/// What a command says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Say {
    /// Who could carry this?
    Offer {
        /// Bids are taken until then, milliseconds since 1970 UTC.
        reply_by_ms: i64,
    },
    /// We could.
    Bid,
    /// We can no longer.
    Unbid,
    /// This node carries it.
    Award {
        /// Which.
        winner: Party,
    },
    /// It is ours again.
    Withdraw {
        /// Why.
        reason: WithdrawReason,
    },
    /// Yes.
    Accept,
    /// No.
    Refuse,
    /// We have to give it back.
    Release,
    /// The person does not travel.
    Cancel,
    /// What became of it.
    Outcome {
        /// Whether the person was carried.
        driven: bool,
    },
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Answer {
    /// It changed nothing.
    pub refused: bool,
    /// Where the handover stands, as far as the node may know.
    pub record: Option<Record>,
}

/// A letter of the hub.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Letter {
    /// What it is about.
    pub kind: NoticeKind,
    /// Where the handover stands, as far as the node may know.
    pub record: Record,
    /// Who moved it: kept by the hub.
    pub caused_by: Option<Party>,
    /// What moved it, where that goes along.
    pub cause: Option<Said>,
}

/// The origin's trip, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OwnTrip {
    /// Its status.
    pub status: TripStatus,
    /// Which node has to carry it out.
    pub custody: Custody,
}

/// A trip carried for the origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Carried {
    /// Its identity, which tells the round.
    pub trip: Id<TripKind>,
    /// Its status.
    pub status: TripStatus,
    /// Who travels is written in it.
    pub knows_passenger: bool,
}

impl OwnTrip {
    /// The trip after an action.
    ///
    /// # Errors
    /// As the real trip.
    pub fn apply(self, scene: &Scene, action: TripAction) -> Result<Self, TripError> {
        let trip = scene.own(&self).apply(action, scene.at)?;
        Ok(Self { status: trip.status(), custody: trip.custody() })
    }
}

impl Line {
    /// Puts a command into the outbox.
    pub fn say(&mut self, round: u32, what: Say) {
        self.outbox.push(Row { said: Said { round, what }, answer: None, coming: false });
    }

    /// Whether something like this waits in the outbox.
    pub fn says(&self, what: impl Fn(Say) -> bool) -> bool {
        self.outbox.iter().any(|row| what(row.said.what))
    }

    /// The node's program ends and starts again, or its line is cut: what was on its way is lost. The letter it had not
    /// applied is in its mailbox still, unless the hub has taken it back meanwhile.
    pub fn crash(&mut self, recalled: bool) {
        for row in &mut self.outbox {
            row.coming = false;
        }
        let letter = self.air.take().filter(|letter| !recalled || letter.kind != NoticeKind::Awarded);
        if let Some(letter) = letter {
            self.mail.insert(0, letter);
        }
    }

    /// Mirrors `store::embedded::mailbox::post`, `drop_older_bids` and `recall`.
    pub fn post(&mut self, post: &Post) {
        match post {
            Post::Letter(letter) => {
                if letter.kind == NoticeKind::Bid {
                    let older =
                        |other: &Letter| other.kind == NoticeKind::Bid && other.caused_by == letter.caused_by;
                    self.mail.retain(|other| !older(other));
                }
                self.mail.push(letter.clone());
            }
            Post::RecallAwards => self.mail.retain(|letter| letter.kind != NoticeKind::Awarded),
        }
    }

    /// Looks at every record on its way.
    pub fn each_record(&self, look: impl FnMut(&Record)) {
        let answers = self.outbox.iter().filter_map(|row| row.answer.as_ref()?.record.as_ref());
        let letters = self.mail.iter().chain(&self.air).map(|letter| &letter.record);
        answers.chain(letters).for_each(look);
    }
}

impl OriginSide {
    /// Takes out what no future depends on.
    pub fn normalise(&mut self) {
        let outgoing = &mut self.outgoing;
        outgoing.declined.clear();
        outgoing.first_bid_at = None;
        if outgoing.is_over() {
            outgoing.bids.clear();
        }
    }
}

impl World {
    /// What a node has said, and what comes to it.
    pub fn line(&self, party: Party) -> &Line {
        match party {
            Party::A => &self.origin.line,
            Party::B => &self.b.line,
            Party::C => &self.c.line,
        }
    }

    /// A candidate; none for the origin.
    pub fn candidate(&self, party: Party) -> Option<&Kept<CandidateSide>> {
        match party {
            Party::A => None,
            Party::B => Some(&self.b),
            Party::C => Some(&self.c),
        }
    }

    /// The same with another candidate in the place of one.
    #[must_use]
    pub fn with_candidate(&self, party: Party, side: Kept<CandidateSide>) -> Self {
        let world = self.clone();
        match party {
            Party::A => world,
            Party::B => Self { b: side, ..world },
            Party::C => Self { c: side, ..world },
        }
    }

    /// Whether a node is one of the federation's still.
    pub fn is_live(&self, party: Party) -> bool {
        self.hub.revoked != Some(party)
    }

    /// Whether nothing moves the handover at the hub any more.
    pub fn is_final(&self) -> bool {
        self.record().is_some_and(|record| record.state.is_final())
    }

    /// Where the handover stands at the hub.
    pub fn record(&self) -> Option<&Record> {
        self.hub.thread.as_ref().map(|thread| &thread.record)
    }
}
