//! Pathways: from a diagnosis through a basket of services and follow-ups to the exit. A pathway changes by
//! [`Pathway::apply`] alone; a person has at most one that is open, which the store holds. Must never hold reasons in
//! words that a prescriber could see: outcomes are codes.

mod accompanied;
mod referral;
mod transition;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use jiff::{Timestamp, ToSpan as _, civil::Date};
use maillage_federation::{ids::Id, month::paris};

pub use self::{
    accompanied::{Accompanied, Act},
    referral::{
        Contact, DeclineReason, NewReferral, Referral, ReferralError, ReferralStanding, ReferralState,
    },
    transition::{PathwayAction, PathwayError},
};
use crate::{
    codes::{UnknownCode, coded},
    ids::{
        LoanKind, PathwayKind, PersonKind, PrescriberKind, ReferralKind, RequestKind, SeriesKind, ServiceKind,
    },
    text::Notes,
};

/// What a platform does with a person, from beginning to end.
#[derive(Clone, PartialEq, Eq)]
pub struct Pathway {
    /// Its identifier.
    pub id: Id<PathwayKind>,
    /// With whom.
    pub person: Id<PersonKind>,
    /// The referral it began with, if somebody referred the person.
    pub referral: Option<Id<ReferralKind>>,
    /// Who referred the person.
    pub prescriber: Option<Id<PrescriberKind>>,
    /// The day it began.
    pub entered: Date,
    /// Where it stands.
    pub stage: Stage,
    /// What was chosen together.
    pub basket: BTreeSet<BasketItem>,
    /// What was heard afterwards.
    pub follow_ups: BTreeMap<Milestone, FollowUp>,
    /// What the desk should know. Never shown to a prescriber.
    pub notes: Notes,
    /// How often it was changed.
    pub revision: u64,
    /// When it was opened.
    pub created: Timestamp,
}

/// Where a pathway stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The person is there; nothing was looked at yet.
    Entered,
    /// The situation was looked at.
    Diagnosed(Diagnosis),
    /// The basket was agreed on a day.
    Accompanied(Diagnosis, Date),
    /// Over.
    Exited {
        /// The diagnosis, if it came to one.
        diagnosis: Option<Diagnosis>,
        /// The day the basket was agreed, if it came to that.
        basket_on: Option<Date>,
        /// How it ended.
        exit: Exit,
    },
}

/// When the situation was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diagnosis {
    /// The day.
    pub on: Date,
    /// The appointment, if it is in the books.
    pub service: Option<Id<ServiceKind>>,
}

/// How a pathway ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The day.
    pub on: Date,
    /// What became of it.
    pub outcome: Outcome,
}

/// Something in a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BasketItem {
    /// A request for a trip.
    Request(Id<RequestKind>),
    /// Trips that recur.
    Series(Id<SeriesKind>),
    /// A loan.
    Loan(Id<LoanKind>),
    /// Any other service.
    Service(Id<ServiceKind>),
}

/// When a person is asked how things are: months after the basket was agreed, or after the entry as long as there is none,
/// so that nobody is forgotten who never came to a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Milestone {
    /// After three months.
    ThreeMonths,
    /// After six.
    SixMonths,
    /// After twelve.
    TwelveMonths,
}

coded!(Milestone { ThreeMonths = "3-months", SixMonths = "6-months", TwelveMonths = "12-months" });

/// What was heard at a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUp {
    /// The day of the call.
    pub on: Date,
    /// How things are; none if nobody was reached.
    pub heard: Option<Outcome>,
}

/// How things are, or were when a pathway ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Work was found.
    JobFound,
    /// Work was kept.
    JobKept,
    /// Training was begun or ended.
    Training,
    /// A licence was obtained.
    Licence,
    /// The person gets around without help.
    Autonomy,
    /// Care was kept up.
    CareKeptUp,
    /// The person sees people again.
    SocialLife,
    /// Things are as they were.
    Unchanged,
    /// Somebody else helps now.
    HelpedElsewhere,
    /// The person moved away.
    MovedAway,
    /// The person does not want to go on.
    GaveUp,
    /// Nothing was heard any more.
    LostContact,
    /// The person died.
    Deceased,
    /// Anything else.
    Other,
}

coded!(Outcome {
    JobFound = "job-found",
    JobKept = "job-kept",
    Training = "training",
    Licence = "licence",
    Autonomy = "autonomy",
    CareKeptUp = "care-kept-up",
    SocialLife = "social-life",
    Unchanged = "unchanged",
    HelpedElsewhere = "helped-elsewhere",
    MovedAway = "moved-away",
    GaveUp = "gave-up",
    LostContact = "lost-contact",
    Deceased = "deceased",
    Other = "other",
});

/// Whose pathway it is, and how it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// With whom.
    pub person: Id<PersonKind>,
    /// The referral, if somebody referred the person.
    pub referral: Option<Id<ReferralKind>>,
    /// Who referred the person.
    pub prescriber: Option<Id<PrescriberKind>>,
    /// The day it begins.
    pub on: Date,
}

impl Pathway {
    /// Opens a pathway.
    ///
    /// # Errors
    /// A day after today.
    pub fn open(
        id: Id<PathwayKind>,
        entry: Entry,
        notes: Notes,
        now: Timestamp,
    ) -> Result<Self, PathwayError> {
        let Entry { person, referral, prescriber, on: entered } = entry;
        if entered > now.to_zoned(paris()).date() {
            return Err(PathwayError::InTheFuture);
        }
        let (basket, follow_ups) = (BTreeSet::new(), BTreeMap::new());
        let stage = Stage::Entered;
        Ok(Self {
            id,
            person,
            referral,
            prescriber,
            entered,
            stage,
            basket,
            follow_ups,
            notes,
            revision: 1,
            created: now,
        })
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.exit().is_none()
    }

    /// How it ended.
    pub fn exit(&self) -> Option<Exit> {
        match self.stage {
            Stage::Exited { exit, .. } => Some(exit),
            Stage::Entered | Stage::Diagnosed(_) | Stage::Accompanied(..) => None,
        }
    }

    /// The diagnosis, if it came to one.
    pub fn diagnosis(&self) -> Option<Diagnosis> {
        match self.stage {
            Stage::Diagnosed(diagnosis) | Stage::Accompanied(diagnosis, _) => Some(diagnosis),
            Stage::Exited { diagnosis, .. } => diagnosis,
            Stage::Entered => None,
        }
    }

    /// The day the basket was agreed.
    pub fn basket_on(&self) -> Option<Date> {
        match self.stage {
            Stage::Accompanied(_, on) => Some(on),
            Stage::Exited { basket_on, .. } => basket_on,
            Stage::Entered | Stage::Diagnosed(_) => None,
        }
    }

    /// When a milestone is due. A month that is too short gives its last day.
    pub fn due_on(&self, milestone: Milestone) -> Date {
        let anchor = self.basket_on().unwrap_or(self.entered);
        anchor.saturating_add(milestone.months().months())
    }

    /// The next milestone to call for, and when: the first after the last that was called for. None once it is over.
    pub fn next_follow_up(&self) -> Option<(Milestone, Date)> {
        if !self.is_open() {
            return None;
        }
        let last = self.follow_ups.keys().next_back();
        let next = Milestone::ALL.iter().copied().find(|milestone| last.is_none_or(|last| milestone > last));
        next.map(|milestone| (milestone, self.due_on(milestone)))
    }

    /// The days on which the person was accompanied by this pathway: from the diagnosis to the exit, or to today.
    pub fn act(&self, today: Date) -> Option<Act> {
        let first = self.diagnosis()?.on;
        let last = self.exit().map_or(today, |exit| exit.on).max(first);
        Some(Act { person: self.person, first, last })
    }
}

impl Stage {
    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Diagnosed(_) => "diagnosed",
            Self::Accompanied(..) => "accompanied",
            Self::Exited { .. } => "exited",
        }
    }
}

impl Milestone {
    /// How many months it is.
    pub fn months(self) -> i32 {
        match self {
            Self::ThreeMonths => 3,
            Self::SixMonths => 6,
            Self::TwelveMonths => 12,
        }
    }
}

impl fmt::Debug for Pathway {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Pathway");
        shown.field("id", &self.id).field("stage", &self.stage.code()).finish_non_exhaustive()
    }
}
