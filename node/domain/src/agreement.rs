//! What this node knows of its agreement with another member: the newest record of the hub, and what it has said itself and
//! the hub has not answered. Terms hold only once a record that both have signed says so.

use jiff::{Timestamp, civil::Date};
use maillage_federation::{
    agreement::{Action, Agreement, Command, Proposal, Version},
    ids::{EnvelopeKind, Id, NodeKind},
};

/// The agreement with another member as this node knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The other member.
    pub other: Id<NodeKind>,
    /// Newest record of the hub, proven; `None` while nothing was ever proposed.
    pub agreement: Option<Agreement>,
    /// What this node has said and the hub has not answered.
    pub said: Option<Said>,
    /// What the hub last refused, as a code.
    pub last_refusal: Option<String>,
}

/// Something this node has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// In which envelope.
    pub envelope: Id<EnvelopeKind>,
    /// When.
    pub at: Timestamp,
    /// About which version.
    pub version: u32,
    /// What, as a code.
    pub what: String,
}

/// Why something cannot be said now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// The hub has not answered what was said before.
    #[error("the hub has not answered what was said before")]
    UnderWay,
    /// A proposal waits for its answer.
    #[error("a proposal waits for its answer")]
    Pending,
    /// The other has proposed nothing, or this version no more.
    #[error("the other proposes nothing of the kind")]
    NothingProposed,
    /// This node has proposed nothing that waits.
    #[error("nothing of ours waits for an answer")]
    NothingOfOurs,
    /// Nothing is in force or to come.
    #[error("nothing is agreed that could end")]
    NothingAgreed,
}

impl Known {
    /// Nothing is known yet.
    pub fn nothing(other: Id<NodeKind>) -> Self {
        Self { other, agreement: None, said: None, last_refusal: None }
    }

    /// Takes in a proven record. Older than the one known: nothing changes. `false` for one that takes back what both have
    /// signed, or is of another pair: nothing changes either, and somebody should know.
    pub fn learn(&mut self, record: Agreement) -> bool {
        let honest = record.pair.has(self.other)
            && self.agreement.as_ref().is_none_or(|known| {
                record.follows(known) || (known.pair == record.pair && record.revision <= known.revision)
            });
        if honest && self.agreement.as_ref().is_none_or(|known| known.revision < record.revision) {
            self.agreement = Some(record);
        }
        honest
    }

    /// Takes in the hub's answer to an envelope of ours.
    pub fn answered(&mut self, envelope: Id<EnvelopeKind>, refused: Option<String>) {
        if self.said.as_ref().is_some_and(|said| said.envelope == envelope) {
            self.said = None;
        }
        self.last_refusal = refused;
    }

    /// The version in force on a day.
    pub fn in_force(&self, day: Date) -> Option<&Version> {
        self.agreement.as_ref().and_then(|agreement| agreement.in_force(day))
    }

    /// The number of a proposal that could be made now.
    ///
    /// # Errors
    /// `UnderWay`, `Pending`.
    pub fn next_number(&self) -> Result<u32, NotNow> {
        self.may_speak()?;
        if self.proposal().is_some() {
            return Err(NotNow::Pending);
        }
        Ok(self.agreement.as_ref().map_or(0, |agreement| agreement.last_number) + 1)
    }

    /// The proposal of the other that could be answered now.
    ///
    /// # Errors
    /// `UnderWay`, `NothingProposed`.
    pub fn theirs(&self) -> Result<&Proposal, NotNow> {
        self.may_speak()?;
        self.proposal().filter(|proposal| proposal.by == self.other).ok_or(NotNow::NothingProposed)
    }

    /// Our proposal that could be taken back now.
    ///
    /// # Errors
    /// `UnderWay`, `NothingOfOurs`.
    pub fn ours(&self) -> Result<&Proposal, NotNow> {
        self.may_speak()?;
        self.proposal().filter(|proposal| proposal.by != self.other).ok_or(NotNow::NothingOfOurs)
    }

    /// The version that an end would name now: the newest one.
    ///
    /// # Errors
    /// `UnderWay`, `NothingAgreed` when nothing is in force or to come.
    pub fn to_end(&self, today: Date) -> Result<u32, NotNow> {
        self.may_speak()?;
        let agreement = self.agreement.as_ref().ok_or(NotNow::NothingAgreed)?;
        let newest = agreement.versions.last().ok_or(NotNow::NothingAgreed)?;
        let over = agreement.last_day(newest.number).is_some_and(|last| last < today);
        if over { Err(NotNow::NothingAgreed) } else { Ok(newest.number) }
    }

    /// Where it stands on a day, in one word for people and programs.
    pub fn code(&self, today: Date) -> &'static str {
        let Some(agreement) = &self.agreement else {
            return if self.said.is_some() { "sending" } else { "none" };
        };
        if agreement.in_force(today).is_some() {
            return "in-force";
        }
        let to_come = |version: &Version| {
            let last = agreement.last_day(version.number);
            version.first_day > today && last.is_none_or(|last| last >= version.first_day)
        };
        match (agreement.versions.iter().any(to_come), agreement.versions.is_empty(), &agreement.proposal) {
            (true, _, _) => "to-come",
            (false, false, _) => "ended",
            (false, true, Some(_)) => "proposed",
            (false, true, None) => "none",
        }
    }

    fn may_speak(&self) -> Result<(), NotNow> {
        if self.said.is_some() { Err(NotNow::UnderWay) } else { Ok(()) }
    }

    fn proposal(&self) -> Option<&Proposal> {
        self.agreement.as_ref().and_then(|agreement| agreement.proposal.as_ref())
    }
}

/// What a command asks for, as a code.
pub fn code(command: &Command) -> &'static str {
    match command.action {
        Action::Propose(_) => "propose",
        Action::Accept(_) => "accept",
        Action::Decline => "decline",
        Action::TakeBack => "take-back",
        Action::End { .. } => "end",
    }
}
