//! What the end-to-end tests share: the real programs as processes, a federation made of them, a wire between node and
//! hub that can be cut, and the books of all nodes laid side by side. It must never reach into a running program
//! except through its doors, and never end a process that it did not start.

pub mod books;
pub mod coordinator;
pub mod federation;
pub mod fuzz;
pub mod node;
pub mod programs;
pub mod proxy;
pub mod restoring;
pub mod wait;
