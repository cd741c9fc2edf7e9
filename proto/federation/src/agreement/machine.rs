//! The one transition function of an agreement. Total: every command in every state either steps or is refused with the
//! reason. The hub runs it inside a transaction; it must never be run twice on the same record at once, and no other code
//! may change an [`Agreement`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Action, Agreement, Command, End, Pair, Proposal, Terms, Version, terms::is_in_range};
use crate::{
    envelope::Envelope,
    ids::{Id, NodeKind},
    limits,
};

/// A transition: the agreement after it, and what to tell the other of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The agreement after the transition.
    pub agreement: Agreement,
    /// Whom to tell, with the signed command.
    pub to: Id<NodeKind>,
    /// What it is about.
    pub kind: NoticeKind,
}

/// What a notice about an agreement tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// The other proposes.
    Proposed,
    /// The other agrees.
    Accepted,
    /// The other does not.
    Declined,
    /// The other proposes no more.
    TakenBack,
    /// The other has ended it.
    Ended,
}

/// Why a command changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, Serialize, Deserialize)]
pub enum Refused {
    /// No such member, or the sender itself.
    #[error("there is no such other member")]
    NoSuchMember,
    /// The two have nothing to answer or to end.
    #[error("the two have agreed on nothing, and nothing is proposed")]
    Unknown,
    /// Meant for another version.
    #[error("meant for another version of this agreement")]
    Stale,
    /// A proposal waits for its answer.
    #[error("another proposal has not been answered yet")]
    Pending,
    /// The sender has no say in this.
    #[error("this is not the sender's to decide")]
    NotYours,
    /// Nothing waits for an answer, or it ends by then anyway.
    #[error("not possible in the state this agreement is in")]
    WrongState,
    /// The acceptance is of other terms.
    #[error("the terms accepted are not those that were proposed")]
    OtherTerms,
    /// Terms that these two cannot have.
    #[error("the terms are not possible")]
    BadTerms,
    /// The last day is past.
    #[error("the last day is past")]
    BadDay,
    /// Too many proposals or versions.
    #[error("the two have had too many proposals or versions")]
    TooMany,
}

impl NoticeKind {
    /// Its name in journals.
    pub fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::TakenBack => "taken-back",
            Self::Ended => "ended",
        }
    }
}

impl Refused {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::NoSuchMember,
        Self::Unknown,
        Self::Stale,
        Self::Pending,
        Self::NotYours,
        Self::WrongState,
        Self::OtherTerms,
        Self::BadTerms,
        Self::BadDay,
        Self::TooMany,
    ];

    /// The reason code of receipts.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoSuchMember => "agreement-no-such-member",
            Self::Unknown => "agreement-unknown",
            Self::Stale => "agreement-stale",
            Self::Pending => "agreement-pending",
            Self::NotYours => "agreement-not-yours",
            Self::WrongState => "agreement-wrong-state",
            Self::OtherTerms => "agreement-other-terms",
            Self::BadTerms => "agreement-bad-terms",
            Self::BadDay => "agreement-bad-day",
            Self::TooMany => "agreement-too-many",
        }
    }
}

/// Decides a command of `sender`, signed in `envelope`, on a day of the arbiter's in Europe/Paris. Whether the other is a
/// member is the caller's to check.
///
/// # Errors
/// The exact reason; nothing is changed then.
pub fn decide(
    known: Option<&Agreement>,
    sender: Id<NodeKind>,
    command: &Command,
    envelope: &Envelope,
    today: Date,
) -> Result<Step, Refused> {
    let pair = Pair::of(sender, command.with).ok_or(Refused::NoSuchMember)?;
    let none = Agreement::nothing(pair);
    let agreement = known.unwrap_or(&none);
    let said = Said { sender, number: command.version, envelope, today };
    let (mut next, kind) = match &command.action {
        Action::Propose(terms) => (said.propose(agreement, terms)?, NoticeKind::Proposed),
        Action::Accept(digest) => (said.accept(agreement, digest)?, NoticeKind::Accepted),
        Action::Decline => {
            said.answered(agreement, false)?;
            (Agreement { proposal: None, ..agreement.clone() }, NoticeKind::Declined)
        }
        Action::TakeBack => {
            said.answered(agreement, true)?;
            (Agreement { proposal: None, ..agreement.clone() }, NoticeKind::TakenBack)
        }
        Action::End { last_day } => (said.end(agreement, *last_day)?, NoticeKind::Ended),
    };
    next.revision += 1;
    Ok(Step { agreement: next, to: command.with, kind })
}

/// A command that is decided.
struct Said<'a> {
    sender: Id<NodeKind>,
    number: u32,
    envelope: &'a Envelope,
    today: Date,
}

impl Said<'_> {
    fn propose(&self, agreement: &Agreement, terms: &Terms) -> Result<Agreement, Refused> {
        if agreement.last_number.checked_add(1) != Some(self.number) {
            return Err(Refused::Stale);
        }
        if agreement.proposal.is_some() {
            return Err(Refused::Pending);
        }
        if self.number > limits::AGREEMENT_NUMBERS || agreement.versions.len() >= limits::AGREEMENT_VERSIONS {
            return Err(Refused::TooMany);
        }
        let between_them = match terms.carriers {
            super::Carriers::Both => true,
            super::Carriers::Only(node) => agreement.pair.has(node),
        };
        if terms.check().is_err() || !between_them {
            return Err(Refused::BadTerms);
        }
        self.not_over(terms)?;
        let (number, by, proposed) = (self.number, self.sender, self.envelope.clone());
        let proposal = Proposal { number, by, terms: terms.clone(), proposed };
        Ok(Agreement { proposal: Some(proposal), last_number: number, ..agreement.clone() })
    }

    fn accept(&self, agreement: &Agreement, digest: &[u8; 32]) -> Result<Agreement, Refused> {
        let Proposal { number, by, terms, proposed } = self.answered(agreement, false)?.clone();
        if terms.digest(agreement.pair, number, by) != *digest {
            return Err(Refused::OtherTerms);
        }
        self.not_over(&terms)?;
        let first_day = terms.from.max(self.today);
        let accepted = self.envelope.clone();
        let mut next = Agreement { proposal: None, ..agreement.clone() };
        next.versions.push(Version { number, by, terms, first_day, proposed, accepted, end: None });
        Ok(next)
    }

    /// The proposal that is answered, by the one who made it or by the other.
    fn answered<'a>(&self, agreement: &'a Agreement, own: bool) -> Result<&'a Proposal, Refused> {
        if agreement.revision == 0 {
            return Err(Refused::Unknown);
        }
        if self.number != agreement.last_number {
            return Err(Refused::Stale);
        }
        let proposal = agreement.proposal.as_ref().ok_or(Refused::WrongState)?;
        if (proposal.by == self.sender) == own { Ok(proposal) } else { Err(Refused::NotYours) }
    }

    /// An end closes what is proposed too: whoever ends has said the last word, until somebody proposes again.
    fn end(&self, agreement: &Agreement, last_day: Date) -> Result<Agreement, Refused> {
        let mut next = Agreement { proposal: None, ..agreement.clone() };
        let newest = next.versions.last_mut().ok_or(Refused::Unknown)?;
        if self.number != newest.number {
            return Err(Refused::Stale);
        }
        if last_day < self.today || !is_in_range(last_day) {
            return Err(Refused::BadDay);
        }
        let by_then = newest.terms.until.into_iter().chain(newest.end.as_ref().map(|end| end.last_day));
        if by_then.min().is_some_and(|last| last <= last_day) {
            return Err(Refused::WrongState);
        }
        newest.end = Some(End { by: self.sender, last_day, signed: self.envelope.clone() });
        Ok(next)
    }

    fn not_over(&self, terms: &Terms) -> Result<(), Refused> {
        if terms.until.is_some_and(|until| until < self.today) { Err(Refused::BadDay) } else { Ok(()) }
    }
}
