//! Trips that territories handed to one another, by pair and year. These are no noisy counts but the hub's own knowledge of its threads,
//! so that only pairs with enough of them are told, of years that are over. It must never tell a sum that a hidden pair could be taken
//! from, nor anything of a single handover.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maillage_federation::{
    handover::{State, Thread},
    month::Month,
};
use maillage_geography::Siren;

use crate::{limits, store::Members};

/// Flows of one year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Flows {
    /// Handovers by who could not drive and who carried, enough of each.
    pub(super) shown: BTreeMap<(Siren, Siren), u32>,
    /// Pairs with fewer.
    pub(super) withheld: u32,
}

/// The handovers of a year, by its first pickup, that their holder carried out or accounted for.
pub(super) fn flows(threads: &[Thread], members: &Members, year: i16) -> Flows {
    let mut pairs: BTreeMap<(Siren, Siren), u32> = BTreeMap::new();
    for thread in threads {
        let State::Done { holder } = thread.record.state else { continue };
        let pickup_ms = thread.offer.legs.iter().map(|leg| leg.window_start_ms).min();
        let pickup = pickup_ms.and_then(|at_ms| Timestamp::from_millisecond(at_ms).ok());
        if pickup.is_none_or(|pickup| Month::of(pickup).year() != year) {
            continue;
        }
        if let Some(member) = members.nodes.get(&holder) {
            *pairs.entry((thread.offer.origin_territory, member.entry.reach.territory)).or_default() += 1;
        }
    }
    let all = pairs.len();
    pairs.retain(|_, handovers| *handovers >= limits::HANDOVERS_TO_PUBLISH);
    let withheld = u32::try_from(all - pairs.len()).unwrap_or(u32::MAX);
    Flows { shown: pairs, withheld }
}

/// Whether a year is over and accounted for, by the hub's clock in Europe/Paris.
pub(super) fn is_over(year: i16, now: Timestamp) -> bool {
    let now = Month::of(now);
    now.year() > year.saturating_add(1)
        || now.year() == year.saturating_add(1) && now.number() >= limits::FLOWS_FROM_MONTH
}
