//! Which nodes could serve an offer: a rule both for showing it and for taking a bid. Must never look at
//! anything but the directory and the offer.

use std::collections::BTreeSet;

use maillage_geography::{Geography, InseeCode, Siren};

use crate::handover::Circle;

/// What matching knows of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Its territory.
    pub territory: Siren,
    /// Communes it serves.
    pub communes: BTreeSet<InseeCode>,
}

impl Reach {
    /// How near this node is to journeys of `origin` between these communes: it serves all their ends, one of them, or its
    /// territory borders the origin's; `None` if it could not serve them.
    pub fn circle(
        &self,
        origin: Siren,
        ends: impl IntoIterator<Item = InseeCode>,
        geography: &Geography,
    ) -> Option<Circle> {
        let mut ends = ends.into_iter().map(|commune| self.communes.contains(&commune)).peekable();
        let some = ends.peek().is_some();
        let (mut any, mut all) = (false, some);
        for served in ends {
            (any, all) = (any || served, all && served);
        }
        match (all, any) {
            (true, _) => Some(Circle::First),
            (false, true) => Some(Circle::Second),
            (false, false) => geography.are_neighbours(&self.territory, &origin).then_some(Circle::Third),
        }
    }
}
