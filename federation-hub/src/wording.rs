//! What the hub's answers say, in words, for whoever shows them: the command line and the dashboard. It must never decide what may be shown:
//! that is in the answers.

pub(crate) mod numbers;
pub(crate) mod said;
pub(crate) mod shown;
