//! Participation models compared, so that a difference is shown only when the data carry it.
//!
//! [`compare`] takes the figures of territories by model and answers, for every model and every pair of models, what may
//! be shown of it and what a careful person would say; [`changes`] does so for territories that change model, and
//! [`whole_and_parts`] gives the figures of one period beside that of all models together. The first
//! opinion on everything is the ratio of totals with a jackknife over territories, the second one a model of random
//! effects; a difference counts as detected only when both say so.
//!
//! - **Nothing is shown that may not be.** A figure leaves this crate only inside a [`Shown`], which [`display`] alone
//!   can make; where a rule forbids it there is a [`Withheld`] with the reason and with what would be needed.
//! - **The territory is the unit.** No test here counts trips or people as independent: with territories as clusters such
//!   a test finds differences that do not exist (`checks::calibration` shows how often).
//! - **Nothing that is not a number leaves.** What cannot be computed is a reason.
//! - **Association.** Models are not assigned by lot: sentences say “associated with”.
//!
//! Pure: this crate must never know a store, a network, a clock or a random generator, nor anything of a person. The
//! same input gives the same answer, whatever the order of territories.
//!
//! Formulas stand at the functions, with their sources: Cochran 1977; Viechtbauer 2005; Knapp & Hartung 2003; Röver,
//! Knapp & Friede 2015; Callaway & Sant'Anna 2021; Holm 1979; Kish 1965; Bloom 1995.

mod change;
mod compare;
mod difference;
mod distributions;
mod fixed_effects;
mod influence;
mod linear;
mod mix;
mod multiplicity;
mod power;
mod privacy;
mod random_effects;
mod ratio;
mod regression;
mod relabelling;
mod staggered;
mod standardised;
mod study;

pub mod display;
pub mod limits;
pub mod sentence;

#[cfg(test)]
mod checks;

pub use self::{
    change::{Changes, Course, Diagnostic, Effect, GroupTime, Panel, changes},
    compare::{
        ArmResult, Comparison, Conclusion, Contrast, Difference, JointTest, SecondOpinion, Standardised,
        WholeAndParts, compare, whole_and_parts,
    },
    display::{Shown, Withheld},
    influence::{Influence, Leverage},
    mix::Mix,
    privacy::{Privacy, Statement},
    ratio::Interval,
    relabelling::Relabellings,
    sentence::{Argument, Sentence},
    study::{
        Arm, Contrasts, Count, Density, Elsewhere, Indicator, Measure, Observation, Place, Standing, Study,
        StudyError, Territory,
    },
};
