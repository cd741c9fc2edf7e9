//! Every threshold of the comparison, each with its reason. No rule in here: `display` applies those that decide what
//! is shown.

/// Chance of a false alarm that intervals and tests are built for.
pub const LEVEL: f64 = 0.05;

/// Power at which the detectable effect is told.
pub const POWER: f64 = 0.8;

/// Territories behind a figure of a model: with fewer, one of them could work out another's.
pub const FIGURE_TERRITORIES: u32 = 3;

/// Territories behind an interval: a jackknife of fewer has too few degrees of freedom to mean anything.
pub const INTERVAL_TERRITORIES: u32 = 5;

/// Territories of each model behind a comparison: below this the calibration does not hold.
pub const COMPARISON_TERRITORIES: u32 = 8;

/// Part of a model's denominator that one territory may be, in percent.
pub const LARGEST_TERRITORY_PERCENT: u32 = 85;

/// Standard deviations of noise that a denominator must exceed: below, the quotient is noise.
pub const DENOMINATOR_NOISE_SD: f64 = 4.0;

/// Standard deviations of noise that a count must exceed before its logarithm is taken.
pub const LOGARITHM_NOISE_SD: f64 = 4.0;

/// Territories of each model whose logarithms can be taken, for a second opinion.
pub const SECOND_OPINION_TERRITORIES: u32 = 5;

/// Degrees of freedom that a regression must keep.
pub const REGRESSION_FREEDOM: u32 = 3;

/// Territories of each model in every class of density used by a standardised comparison.
pub const STRATUM_TERRITORIES: u32 = 2;

/// Arms are very unequal when one has fewer than this …
pub const UNEQUAL_SMALL: u32 = 12;

/// … and the other more than this: Kish's effective number then stands in the degrees of freedom.
pub const UNEQUAL_LARGE: u32 = 30;

/// Effective territories below which degrees of freedom mean nothing.
pub const EFFECTIVE_TERRITORIES: f64 = 2.0;

/// Relabellings that are all gone through; beyond, a fixed sequence of [`SAMPLED_RELABELLINGS`] stands for them.
pub const EVERY_RELABELLING: u64 = 20_000;

/// Length of that sequence: the smallest p value it can give is 1 in 2 000.
pub const SAMPLED_RELABELLINGS: u32 = 1_999;

/// Largest count: integers up to here are exact in the arithmetic used (2⁵³).
pub const COUNT: i64 = 1 << 53;

/// Arms of one study.
pub const ARMS: usize = 64;

/// Territories of one arm: more than there are communautés in France.
pub const TERRITORIES: usize = 5_000;

/// Periods of a panel.
pub const PERIODS: usize = 240;
