//! What may be concluded from two opinions, and its sentence. Must never conclude from one of them alone, and must never
//! claim a cause.

use super::{Difference, SecondOpinion};
use crate::{
    display::{Shown, Withheld},
    influence::Leverage,
    limits,
    mix::Mix,
    sentence::{Argument, Sentence},
    study::Indicator,
};

/// What may be said of a pair of models.
#[derive(Debug, Clone, PartialEq)]
pub enum Conclusion {
    /// Both opinions find a difference, in the same direction.
    Detected {
        /// Whether the first model has the higher figure.
        first_higher: bool,
    },
    /// The first opinion finds none, after Holm.
    NotDetected,
    /// The first opinion finds one that the second does not find, or finds the other way round.
    MethodsDisagree,
    /// The first opinion finds one, and there is no second.
    OneMethod(Withheld),
    /// Nothing may be said.
    Withheld(Withheld),
}

impl Conclusion {
    /// From the two opinions.
    pub(super) fn of(
        difference: &Result<Shown<Difference>, Withheld>,
        second_opinion: &Result<Shown<SecondOpinion>, Withheld>,
    ) -> Self {
        let difference = match difference {
            Ok(difference) => difference,
            Err(withheld) => return Self::Withheld(withheld.clone()),
        };
        if difference.p_adjusted > limits::LEVEL {
            return Self::NotDetected;
        }
        match second_opinion {
            Err(withheld) => Self::OneMethod(withheld.clone()),
            Ok(second) => {
                let same_sign = (second.value > 0.0) == (difference.value > 0.0);
                if second.p <= limits::LEVEL && same_sign {
                    Self::Detected { first_higher: difference.value > 0.0 }
                } else {
                    Self::MethodsDisagree
                }
            }
        }
    }

    /// Its code for a program.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Detected { .. } => "detected",
            Self::NotDetected => "not-detected",
            Self::MethodsDisagree => "methods-disagree",
            Self::OneMethod(_) => "one-method",
            Self::Withheld(_) => "withheld",
        }
    }

    /// In words, with the number of territories, the interval and what could have been detected.
    pub(super) fn sentence(
        &self,
        indicator: &Indicator,
        names: [&str; 2],
        mix: &[Mix; 2],
        difference: &Result<Shown<Difference>, Withheld>,
        by_both: Option<&Result<Shown<f64>, Withheld>>,
    ) -> Sentence {
        let code = match self {
            Self::Detected { .. } => "comparison-detected",
            Self::NotDetected if by_both.is_some() => "comparison-not-detected",
            Self::NotDetected => "comparison-not-detected-one-method",
            Self::MethodsDisagree => "comparison-methods-disagree",
            Self::OneMethod(_) => "comparison-one-method",
            Self::Withheld(withheld) => return withheld.sentence(),
        };
        let turned = matches!(self, Self::Detected { first_higher: false });
        let [first, second] = if turned { [names[1], names[0]] } else { names };
        let [of_first, of_second] = mix.each_ref().map(|mix| Argument::Count(u64::from(mix.territories)));
        let [of_first, of_second] = if turned { [of_second, of_first] } else { [of_first, of_second] };
        let mut arguments = vec![
            ("indicator", Argument::Name(indicator.key.clone())),
            ("first", Argument::Name(first.to_owned())),
            ("second", Argument::Name(second.to_owned())),
            ("first-territories", of_first),
            ("second-territories", of_second),
        ];
        if let Ok(difference) = difference {
            let (low, high) = (difference.interval.low, difference.interval.high);
            let [value, low, high] =
                if turned { [-difference.value, -high, -low] } else { [difference.value, low, high] };
            let by_both = by_both.and_then(|by_both| by_both.as_ref().ok());
            let found = by_both.map_or(difference.detectable, |by_both| **by_both);
            arguments.extend([
                ("difference", Argument::Figure(value)),
                ("low", Argument::Figure(low)),
                ("high", Argument::Figure(high)),
                ("detectable", Argument::Figure(found)),
            ]);
        }
        Sentence { code, arguments }
    }
}

/// What has to be said beside a conclusion.
pub(super) fn notes(
    conclusion: &Conclusion,
    running_both: u32,
    leverage: &Result<Shown<Leverage>, Withheld>,
) -> Vec<Sentence> {
    let mut notes = Vec::new();
    if let Conclusion::OneMethod(withheld) = conclusion {
        notes.push(withheld.sentence());
    }
    if running_both > 0 {
        let arguments = vec![("number", Argument::Count(u64::from(running_both)))];
        notes.push(Sentence { code: "comparison-note-both", arguments });
    }
    if let Ok(leverage) = leverage
        && let Some(territory) = leverage.turned_by.first()
    {
        let number = u64::try_from(leverage.turned_by.len()).unwrap_or(u64::MAX);
        let arguments =
            vec![("number", Argument::Count(number)), ("territory", Argument::Territory(territory.0))];
        notes.push(Sentence { code: "comparison-note-turned", arguments });
    }
    notes
}
