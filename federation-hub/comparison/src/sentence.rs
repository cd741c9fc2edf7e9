//! What a careful person would say of a result: the code of a sentence and its arguments. The sentences themselves are
//! the hub's (`federation-hub/locales`), in French and in English. Must never claim a cause: “associated with”.

/// A sentence to be said: a message of the catalogue with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// The message.
    pub code: &'static str,
    /// Its arguments by name, in the order of the message.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// An argument of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// A number of something.
    Count(u64),
    /// A name: of a model, or of an indicator.
    Name(String),
    /// A value in the unit of the indicator; shares are between 0 and 1.
    Figure(f64),
    /// A territory, by its number.
    Territory(u32),
}

/// Every sentence this crate can ask for; the catalogue has a message for each.
pub const CODES: [&str; 30] = [
    "comparison-detected",
    "comparison-not-detected",
    "comparison-not-detected-one-method",
    "comparison-methods-disagree",
    "comparison-one-method",
    "comparison-change-associated",
    "comparison-change-not-detected",
    "comparison-change-trends-differ",
    "comparison-change-nothing-before",
    "comparison-note-exploratory",
    "comparison-note-turned",
    "comparison-note-both",
    "comparison-privacy-noise",
    "comparison-privacy-declared",
    "comparison-withheld-too-few-territories",
    "comparison-withheld-one-territory-dominates",
    "comparison-withheld-denominator-in-noise",
    "comparison-withheld-too-few-above-noise",
    "comparison-withheld-stratum-too-thin",
    "comparison-withheld-tells-a-part",
    "comparison-withheld-hidden-period",
    "comparison-withheld-too-few-changes",
    "comparison-withheld-too-few-unchanged",
    "comparison-withheld-changes-dominated",
    "comparison-withheld-changes-in-noise",
    "comparison-withheld-no-variation",
    "comparison-withheld-confounded",
    "comparison-withheld-concentrated",
    "comparison-withheld-too-many-columns",
    "comparison-withheld-not-estimable",
];
