//! The course of a pathway: one total function from stage and action to the next pathway, or to an error that says at which
//! stage it was.

use jiff::{Timestamp, ToSpan as _, civil::Date};
use maillage_federation::month::paris;

use super::{BasketItem, Diagnosis, Exit, FollowUp, Milestone, Pathway, Stage};
use crate::{
    limits::{BASKET_ITEMS, FOLLOW_UP_EARLY_DAYS},
    text::Notes,
};

/// Something that is done in a pathway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathwayAction {
    /// The situation was looked at.
    Diagnose(Diagnosis),
    /// Something is put into the basket.
    Add(BasketItem),
    /// Something is taken out of it.
    Remove(BasketItem),
    /// The basket is agreed.
    AgreeBasket {
        /// The day.
        on: Date,
    },
    /// The person was called, and reached or not.
    FollowUp(Milestone, FollowUp),
    /// It is over.
    Exit(Exit),
    /// The notes of the desk are written anew.
    Note(Notes),
}

/// Why an action is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathwayError {
    /// The stage does not allow it.
    #[error("cannot {action} a pathway that is {stage}")]
    WrongStage {
        /// What was wanted.
        action: &'static str,
        /// Code of the stage.
        stage: &'static str,
    },
    /// It cannot have happened after today.
    #[error("it cannot have happened after today")]
    InTheFuture,
    /// It cannot have happened before what came before.
    #[error("it cannot have happened before {0}")]
    TooEarly(Date),
    /// A basket of nothing.
    #[error("the basket is empty")]
    EmptyBasket,
    /// It is there already, or not there to be taken out.
    #[error("the basket has it already, or has it not")]
    Basket,
    /// More than anybody can follow.
    #[error("a basket has at most {BASKET_ITEMS} things in it")]
    BasketFull,
    /// Somebody was reached at this milestone already.
    #[error("the person was heard at {0} already")]
    AlreadyHeard(Milestone),
}

impl PathwayAction {
    /// What it is called in an error: "cannot … a pathway that is …".
    fn name(&self) -> &'static str {
        match self {
            Self::Diagnose(_) => "diagnose",
            Self::Add(_) | Self::Remove(_) => "change-basket",
            Self::AgreeBasket { .. } => "agree-basket",
            Self::FollowUp(..) => "follow-up",
            Self::Exit(_) => "exit",
            Self::Note(_) => "note",
        }
    }

    /// The day it happened, if it says one.
    fn day(&self) -> Option<Date> {
        match self {
            Self::Diagnose(diagnosis) => Some(diagnosis.on),
            Self::AgreeBasket { on } => Some(*on),
            Self::FollowUp(_, follow_up) => Some(follow_up.on),
            Self::Exit(exit) => Some(exit.on),
            Self::Add(_) | Self::Remove(_) | Self::Note(_) => None,
        }
    }
}

impl Pathway {
    /// The pathway after an action, done now.
    ///
    /// # Errors
    /// A stage that does not allow it; a day after today or before what came before.
    pub fn apply(&self, action: PathwayAction, now: Timestamp) -> Result<Self, PathwayError> {
        let wrong = PathwayError::WrongStage { action: action.name(), stage: self.stage.code() };
        let day = action.day();
        let mut next = self.clone();
        match (self.stage, action) {
            (Stage::Entered | Stage::Diagnosed(_), PathwayAction::Diagnose(diagnosis)) => {
                next.stage = Stage::Diagnosed(diagnosis);
            }
            (Stage::Diagnosed(_) | Stage::Accompanied(..), PathwayAction::Add(item)) => next.put_in(item)?,
            (Stage::Diagnosed(_) | Stage::Accompanied(..), PathwayAction::Remove(item)) => {
                next.take_out(item)?;
            }
            (Stage::Diagnosed(diagnosis), PathwayAction::AgreeBasket { on }) => {
                if self.basket.is_empty() {
                    return Err(PathwayError::EmptyBasket);
                }
                next.stage = Stage::Accompanied(diagnosis, on);
            }
            (
                Stage::Entered | Stage::Diagnosed(_) | Stage::Accompanied(..),
                PathwayAction::FollowUp(milestone, follow_up),
            ) => next.hear(milestone, follow_up)?,
            (Stage::Entered | Stage::Diagnosed(_) | Stage::Accompanied(..), PathwayAction::Exit(exit)) => {
                next.stage = Stage::Exited { diagnosis: self.diagnosis(), basket_on: self.basket_on(), exit };
            }
            (
                Stage::Entered | Stage::Diagnosed(_) | Stage::Accompanied(..) | Stage::Exited { .. },
                PathwayAction::Note(notes),
            ) => next.notes = notes,
            (
                Stage::Entered | Stage::Accompanied(..) | Stage::Exited { .. },
                PathwayAction::Diagnose(_)
                | PathwayAction::Add(_)
                | PathwayAction::Remove(_)
                | PathwayAction::AgreeBasket { .. }
                | PathwayAction::FollowUp(..)
                | PathwayAction::Exit(_),
            ) => return Err(wrong),
        }
        self.check_day(day, &next, now)?;
        next.revision += 1;
        Ok(next)
    }

    /// What happens does so after what it follows, and not after today.
    fn check_day(&self, day: Option<Date>, next: &Self, now: Timestamp) -> Result<(), PathwayError> {
        let Some(day) = day else { return Ok(()) };
        if day > now.to_zoned(paris()).date() {
            return Err(PathwayError::InTheFuture);
        }
        // A diagnosis made anew replaces the one before, whose day does not bind it.
        let diagnosed = if matches!(next.stage, Stage::Diagnosed(_)) { None } else { self.diagnosis() };
        let days = [Some(self.entered), diagnosed.map(|diagnosis| diagnosis.on), self.basket_on()];
        let latest = days.into_iter().flatten().max().unwrap_or(self.entered);
        if day < latest { Err(PathwayError::TooEarly(latest)) } else { Ok(()) }
    }

    fn put_in(&mut self, item: BasketItem) -> Result<(), PathwayError> {
        if self.basket.len() >= BASKET_ITEMS {
            return Err(PathwayError::BasketFull);
        }
        if self.basket.insert(item) { Ok(()) } else { Err(PathwayError::Basket) }
    }

    /// An agreed basket is never emptied: then it is over, and that has an outcome.
    fn take_out(&mut self, item: BasketItem) -> Result<(), PathwayError> {
        if !self.basket.remove(&item) {
            return Err(PathwayError::Basket);
        }
        let agreed = matches!(self.stage, Stage::Accompanied(..));
        if agreed && self.basket.is_empty() { Err(PathwayError::EmptyBasket) } else { Ok(()) }
    }

    /// Notes what was heard: once per milestone; a call that reached nobody can be made again.
    fn hear(&mut self, milestone: Milestone, follow_up: FollowUp) -> Result<(), PathwayError> {
        let earliest = self.due_on(milestone).saturating_sub(FOLLOW_UP_EARLY_DAYS.days());
        if follow_up.on < earliest {
            return Err(PathwayError::TooEarly(earliest));
        }
        if self.follow_ups.get(&milestone).is_some_and(|before| before.heard.is_some()) {
            return Err(PathwayError::AlreadyHeard(milestone));
        }
        self.follow_ups.insert(milestone, follow_up);
        Ok(())
    }
}
