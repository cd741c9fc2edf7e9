//! What the recount and the node do not agree on, collected to the end so that one reading shows all of it. It must never
//! decide who is right.

use std::fmt::Debug;

/// Disagreements.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    compared: usize,
    differ: Vec<String>,
}

impl Findings {
    /// Compares a figure.
    pub(crate) fn same<T: PartialEq + Debug>(&mut self, what: &str, recount: T, node: T) {
        self.compared += 1;
        if recount != node {
            self.differ.push(format!("{what}: recount {recount:?}, node {node:?}"));
        }
    }

    /// How many figures were compared.
    pub(crate) fn compared(&self) -> usize {
        self.compared
    }

    /// How many differ.
    pub(crate) fn differing(&self) -> usize {
        self.differ.len()
    }

    /// Fails if anything differs.
    pub(crate) fn verdict(&self) -> anyhow::Result<()> {
        let shown: Vec<&str> = self.differ.iter().take(40).map(String::as_str).collect();
        anyhow::ensure!(
            self.differ.is_empty(),
            "{} of {} figures differ:\n  {}",
            self.differ.len(),
            self.compared,
            shown.join("\n  ")
        );
        Ok(())
    }
}
