//! What the estimators are held to: other programs' answers, the rules of display, and what happens over thousands of
//! simulated federations. Must never be part of the library.

mod calibration;
mod fixtures;
mod poisoning;
mod properties;
mod rules;
mod sentences;
mod simulation;
mod whole;
