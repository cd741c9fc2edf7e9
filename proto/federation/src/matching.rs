//! Which nodes could serve an offer: a rule both for showing it and for taking a bid. Must never look at
//! anything but the directory and the offer.

use std::collections::BTreeSet;

use maillage_geography::{Geography, InseeCode, Siren};

/// What matching knows of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Its territory.
    pub territory: Siren,
    /// Communes it serves.
    pub communes: BTreeSet<InseeCode>,
}

impl Reach {
    /// Whether this node could serve journeys of `origin` between these communes: it serves one of their ends,
    /// or its territory borders the origin's.
    pub fn covers(
        &self,
        origin: Siren,
        ends: impl IntoIterator<Item = InseeCode>,
        geography: &Geography,
    ) -> bool {
        geography.are_neighbours(&self.territory, &origin)
            || ends.into_iter().any(|commune| self.communes.contains(&commune))
    }
}
