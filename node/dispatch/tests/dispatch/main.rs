//! Dispatch on real communes of the Tarn: answers that can be worked out by hand, and what holds for every answer.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::indexing_slicing, reason = "a test may panic")]

mod day_cases;
mod day_fairness;
mod day_oracle;
mod day_properties;
mod day_support;
mod properties;
mod ranking;
mod support;
