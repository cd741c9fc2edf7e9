//! What the fuzz targets do with arbitrary bytes, and what must hold whatever they are. A fuzzer runs each body for as long as
//! somebody lets it (`tests/fuzz`); an ordinary test runs each on the kept seeds and on some thousands of their mutations. A
//! body panics when something is wrong, and depends on nothing but its bytes, so that whatever is found can be found again.

mod calendar;
mod calls;
mod choices;
mod federation;
mod letters;
mod node;
mod tables;

/// Something that arbitrary bytes are given to.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name: that of the fuzz target and of its folder of seeds.
    pub name: &'static str,
    /// What is done with the bytes.
    pub body: fn(&[u8]),
    /// How many mutations an ordinary test tries: a second or two of them.
    pub mutations: u32,
}

/// Every target.
pub const TARGETS: [Target; 5] = [
    Target { name: "calendar", body: calendar::fuzz, mutations: 2_000 },
    Target { name: "calls", body: calls::fuzz, mutations: 40 },
    Target { name: "federation", body: federation::fuzz, mutations: 1_500 },
    Target { name: "letters", body: letters::fuzz, mutations: 1_500 },
    Target { name: "tables", body: tables::fuzz, mutations: 120 },
];

/// Runs the body of a target: what a fuzzer calls.
///
/// # Panics
/// When the body found something, or there is no such target.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("one of the targets");
    (target.body)(bytes);
}
