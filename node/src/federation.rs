//! The node's side of the federation: who it is there, how it joins, the link to the hub, what leaves and what
//! comes in. Carries messages; what they mean is decided in [`crate::app`].

pub mod courier;
pub mod directory_book;
pub mod enrol;
mod greeting;
pub mod hub;
pub mod inbox;
pub mod link;
pub mod membership;
pub mod renew;
pub mod rotating;
pub mod sealing_keys;
pub mod tending;
