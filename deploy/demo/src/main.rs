//! A whole federation on one machine in one command.
fn main() {}
