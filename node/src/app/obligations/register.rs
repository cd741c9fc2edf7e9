//! The register of processings (RGPD art. 30): what the program does with data about people, in codes, with every family of
//! records of the store. Kept by the code itself: a family without a processing fails the tests.

use maillage_domain::{
    processing::{self, Processing},
    retention::{Rule, Rules},
    roles::Operation,
};
use maillage_platform::refusal::Refusal;
use maillage_store::holdings;

use crate::app::{App, caller::Caller, fleet::today};

/// A processing with its terms and families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The processing.
    pub processing: &'static Processing,
    /// Its terms of retention.
    pub rules: Vec<Rule>,
    /// Its families of records.
    pub families: Vec<&'static str>,
}

/// The register.
///
/// # Errors
/// `not-allowed`.
pub fn show(app: &App, caller: &Caller) -> Result<Vec<Entry>, Refusal> {
    caller.check(Operation::RegisterShow)?;
    let rules = Rules::on(today(app));
    let entry = |processing: &'static Processing| {
        let mine = holdings::ALL.iter().filter(|holding| holding.processing == processing.code);
        let rule = |kind: &maillage_domain::retention::Kind| rules.about(*kind).cloned();
        Entry {
            processing,
            rules: processing.retention.iter().filter_map(rule).collect(),
            families: mine.map(|holding| holding.tree.name()).collect(),
        }
    };
    Ok(processing::ALL.iter().map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_belongs_to_a_processing_and_every_processing_has_families() {
        for holding in holdings::ALL {
            let known = processing::ALL.iter().any(|processing| processing.code == holding.processing);
            assert!(known, "{} belongs to no processing of the register", holding.tree.name());
        }
        for processing in processing::ALL {
            let held = holdings::ALL.iter().any(|holding| holding.processing == processing.code);
            assert!(held, "nothing belongs to {}", processing.code);
        }
    }
}
