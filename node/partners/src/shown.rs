//! What a partner may speak of: the handovers it has been shown. A TDS ticket names a leg of a handover in one of its rounds;
//! it is made from those three and read back with the help of this list, so that nothing has to be kept for it. A partner
//! that names a handover of another is told what one is told that names none.

use std::collections::BTreeMap;

use maillage_federation::{
    handover::Record,
    ids::{HandoverKind, Id},
    limits,
};

use crate::messages::About;

/// What a ticket's identifier names.
#[derive(Debug)]
pub enum TicketKind {}

/// Names a leg of a handover in one of its rounds.
pub type Ticket = Id<TicketKind>;

/// The handovers a partner has been shown, each with the number of its legs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown(BTreeMap<Id<HandoverKind>, usize>);

/// Where the version of a UUID stands.
const VERSION_BYTE: usize = 6;
/// Where round and leg are mixed in.
const MIXED_BYTE: usize = 15;

// A round takes seven bits and a leg one.
const _: () = assert!(limits::ROUNDS < 128 && limits::LEGS == 2);

/// The ticket of a leg, from 0.
pub(crate) fn ticket(about: About, leg: usize) -> Ticket {
    let mut bytes = about.handover.to_array();
    let mixed = u8::try_from(about.round.min(127) << 1).unwrap_or_default() | u8::from(leg > 0);
    if let Some(version) = bytes.get_mut(VERSION_BYTE) {
        *version ^= 0x70 ^ 0x80;
    }
    if let Some(last) = bytes.get_mut(MIXED_BYTE) {
        *last ^= mixed;
    }
    of_bytes(bytes)
}

fn of_bytes<K>(bytes: [u8; 16]) -> Id<K> {
    // Sixteen bytes are always an identifier.
    Id::from_bytes(&bytes).unwrap_or_else(|_| Id::new(0, [0; 10]))
}

impl Shown {
    /// The legs of a handover, if the partner was shown it.
    pub fn legs(&self, handover: Id<HandoverKind>) -> Option<usize> {
        self.0.get(&handover).copied()
    }

    /// Which handover, round and leg a ticket names, if the partner was shown it.
    pub fn resolve(&self, ticket: Ticket) -> Option<(About, usize)> {
        let mut lowest = ticket.to_array();
        *lowest.get_mut(VERSION_BYTE)? ^= 0x70 ^ 0x80;
        let mixed_with = lowest.get(MIXED_BYTE).copied()?;
        *lowest.get_mut(MIXED_BYTE)? = 0;
        let mut highest = lowest;
        *highest.get_mut(MIXED_BYTE)? = u8::MAX;
        let (handover, legs) = self.0.range(of_bytes(lowest)..=of_bytes(highest)).next()?;
        let mixed = mixed_with ^ handover.to_array().get(MIXED_BYTE).copied()?;
        let (round, leg) = (u32::from(mixed >> 1), usize::from(mixed & 1));
        let about = About { handover: *handover, round, legs: *legs };
        ((1..=limits::ROUNDS).contains(&round) && leg < *legs).then_some((about, leg))
    }

    /// Which handover and round a record is about, if the partner was shown it.
    pub fn about(&self, record: &Record) -> Option<About> {
        let (handover, round) = (record.handover, record.round);
        self.legs(handover).map(|legs| About { handover, round, legs })
    }
}

impl FromIterator<(Id<HandoverKind>, usize)> for Shown {
    fn from_iter<I: IntoIterator<Item = (Id<HandoverKind>, usize)>>(shown: I) -> Self {
        Self(shown.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use maillage_federation::{ids::Id, limits};

    use super::{Shown, ticket};
    use crate::messages::About;

    #[test]
    fn a_ticket_names_leg_and_round_and_no_other_handover() {
        let handover = Id::new(1_700_000_000_000, [7; 10]);
        let other = Id::new(1_700_000_000_000, [8; 10]);
        let shown: Shown = [(handover, 2)].into_iter().collect();
        let mut seen = std::collections::BTreeSet::new();
        for round in 1..=limits::ROUNDS {
            for leg in 0..2 {
                let about = About { handover, round, legs: 2 };
                let ticket = ticket(about, leg);
                assert_eq!(shown.resolve(ticket), Some((about, leg)));
                assert!(seen.insert(ticket));
                assert_eq!(shown.resolve(super::ticket(About { handover: other, ..about }, leg)), None);
            }
        }
        let single: Shown = [(handover, 1)].into_iter().collect();
        assert_eq!(single.resolve(ticket(About { handover, round: 1, legs: 2 }, 1)), None);
        assert_eq!(shown.resolve(ticket(About { handover, round: 0, legs: 2 }, 0)), None);
    }
}
