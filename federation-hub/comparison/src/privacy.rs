//! What protects the people behind the figures, said in words that anybody can weigh. Must never promise more than the
//! accounting of the vocabulary gives.

use crate::{
    distributions,
    sentence::{Argument, Sentence},
    study::StudyError,
};

/// How the figures of a study are protected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Privacy {
    /// Noise at the node, spent in zero-concentrated differential privacy.
    Noise {
        /// rho that one node spends in a year on one person.
        rho_per_year: f64,
    },
    /// Declared accounts: typed and signed by a person, without noise and outside of the guarantee.
    Declared,
}

/// The statement that goes with every result.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// In how many cases out of 100 somebody who knows everything else guesses right whether a given person uses the
    /// service; 50 is a coin. None where figures are outside of the guarantee.
    pub guesses_right_percent: Option<u32>,
    /// The same in words.
    pub sentence: Sentence,
}

impl Privacy {
    /// Checks the budget.
    pub(crate) fn check(self) -> Result<(), StudyError> {
        match self {
            Self::Noise { rho_per_year } if rho_per_year.is_finite() && rho_per_year >= 0.0 => Ok(()),
            Self::Noise { .. } => Err(StudyError::Privacy),
            Self::Declared => Ok(()),
        }
    }

    /// The statement. Two Gaussians at Δ/σ = √(2ρ) are told apart with probability Φ(√(2ρ)/2) at best.
    pub(crate) fn statement(self) -> Statement {
        match self {
            Self::Noise { rho_per_year } => {
                let right = 100.0 * distributions::normal_below((2.0 * rho_per_year).sqrt() / 2.0);
                let right = (50..=100).find(|percent| f64::from(*percent) >= right.round()).unwrap_or(100);
                let arguments = vec![("right", Argument::Count(u64::from(right)))];
                let sentence = Sentence { code: "comparison-privacy-noise", arguments };
                Statement { guesses_right_percent: Some(right), sentence }
            }
            Self::Declared => {
                let sentence = Sentence { code: "comparison-privacy-declared", arguments: Vec::new() };
                Statement { guesses_right_percent: None, sentence }
            }
        }
    }
}
