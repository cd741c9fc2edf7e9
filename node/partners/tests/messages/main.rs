//! The exchange with a partner as its two ends see it: what is written is read back, what is wrong is told precisely, and an
//! offer holds nobody. People in it are invented.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod any;
mod back;
mod malformed;
mod privacy;
