//! Lines and telegrams speak of one leg each, a word is about the whole handover: this puts them together. An outbound and
//! its return go together, so a yes to one of them alone is no yes; a no to one of them is a no to both.

use std::collections::BTreeMap;

use maillage_federation::handover::{Bid, GiveBackReason, LegOutcome, ProgressStep};

use crate::{
    fault::{Faults, Place, Why},
    messages::{About, FromPartner, OwnWords, Said},
};

/// What one line or telegram says of one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Bid { firm: bool, pickup_ms: i64, extra_m: u32, fare_cents: Option<u32> },
    Decline(Option<GiveBackReason>),
    Accept,
    GiveBack(GiveBackReason),
    Progress { step: ProgressStep, at_ms: Option<i64> },
    Outcome(LegOutcome),
    CallOffSeen,
    Text(OwnWords),
}

/// What kind of word a part belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Bid,
    Decline,
    Accept,
    GiveBack,
    Outcome,
    CallOffSeen,
}

/// A word that waits for its other leg.
struct Pending {
    order: usize,
    place: Place,
    number: String,
    parts: Vec<Option<(Place, Part)>>,
}

/// Puts the parts of a file together.
#[derive(Default)]
pub(crate) struct Gathering {
    pending: BTreeMap<(About, Kind), Pending>,
    said: Vec<(usize, Said)>,
    next: usize,
    /// Words of which a leg is missing. Told only if nothing else is wrong: the other leg may be what is.
    missing: Vec<(Place, usize)>,
    pub(crate) faults: Faults,
}

impl Gathering {
    /// Takes what an entry says of a leg, from 0; none for all legs at once.
    pub(crate) fn take(&mut self, about: About, leg: Option<usize>, entry: (Place, String), part: Part) {
        let order = self.next;
        self.next += 1;
        let (place, number) = entry;
        let message = match (&part, leg) {
            (Part::Text(text), _) => Some(FromPartner::Text { about, text: text.clone() }),
            (Part::Progress { step, at_ms }, leg) => {
                let Some(leg) = leg.or((about.legs == 1).then_some(0)) else {
                    return self.faults.add(place, Why::LegMissing { leg: 1 });
                };
                Some(FromPartner::Progress { about, leg, step: *step, at_ms: *at_ms })
            }
            _ => None,
        };
        if let Some(message) = message {
            self.said.push((order, Said { place, number, message }));
            return;
        }
        let Some(kind) = kind(&part) else { return };
        let whole = !matches!(kind, Kind::Bid | Kind::Outcome);
        let legs: Vec<usize> = match leg {
            Some(leg) => vec![leg],
            None if whole || about.legs == 1 => (0..about.legs).collect(),
            None => return self.faults.add(place, Why::LegMissing { leg: 1 }),
        };
        let pending = self.pending.entry((about, kind)).or_insert_with(|| Pending {
            order,
            place: place.clone(),
            number,
            parts: vec![None; about.legs],
        });
        for leg in legs {
            match pending.parts.get_mut(leg) {
                Some(slot @ None) => *slot = Some((place.clone(), part.clone())),
                Some(Some((earlier, _))) => {
                    self.faults.add(place.clone(), Why::LegTwice { earlier: earlier.clone() });
                }
                None => self.faults.add(place.clone(), Why::UnknownHandover),
            }
        }
        if pending.parts.iter().all(Option::is_some)
            && let Some(pending) = self.pending.remove(&(about, kind))
        {
            self.settle(about, kind, pending);
        }
    }

    /// Everything that was said, in the order of the file.
    pub(crate) fn finish(mut self) -> Result<Vec<Said>, Vec<crate::Fault>> {
        for ((about, kind), pending) in std::mem::take(&mut self.pending) {
            self.settle(about, kind, pending);
        }
        if self.faults.is_empty() {
            for (place, leg) in std::mem::take(&mut self.missing) {
                self.faults.add(place, Why::LegMissing { leg });
            }
        }
        self.said.sort_by_key(|(order, _)| *order);
        let said = self.said.into_iter().map(|(_, said)| said).collect();
        self.faults.or(said)
    }

    fn settle(&mut self, about: About, kind: Kind, pending: Pending) {
        let Pending { order, place, number, parts } = pending;
        let missing = parts.iter().position(Option::is_none);
        if let (Some(missing), Kind::Bid | Kind::Accept | Kind::Outcome) = (missing, kind) {
            return self.missing.push((place, missing + 1));
        }
        let parts: Vec<Part> = parts.into_iter().flatten().map(|(_, part)| part).collect();
        let message = match kind {
            Kind::Bid => bid(about, &parts),
            Kind::Outcome => {
                let outcome = |part: &Part| if let Part::Outcome(leg) = part { Some(*leg) } else { None };
                Some(FromPartner::Outcome { about, legs: parts.iter().filter_map(outcome).collect() })
            }
            Kind::Decline | Kind::Accept | Kind::GiveBack | Kind::CallOffSeen => whole(about, &parts),
        };
        match message {
            Some(message) => self.said.push((order, Said { place, number, message })),
            None => self.faults.add(place, Why::LegsDiffer),
        }
    }
}

fn kind(part: &Part) -> Option<Kind> {
    Some(match part {
        Part::Bid { .. } => Kind::Bid,
        Part::Decline(_) => Kind::Decline,
        Part::Accept => Kind::Accept,
        Part::GiveBack(_) => Kind::GiveBack,
        Part::Outcome(_) => Kind::Outcome,
        Part::CallOffSeen => Kind::CallOffSeen,
        Part::Progress { .. } | Part::Text(_) => return None,
    })
}

/// Kilometres and prices of the legs are added up; it is firm if every leg is.
fn bid(about: About, parts: &[Part]) -> Option<FromPartner> {
    let mut whole = Bid { firm: true, pickup_ms: Vec::new(), extra_m: 0, agreement: None };
    let mut fare = None;
    for part in parts {
        let Part::Bid { firm, pickup_ms, extra_m, fare_cents } = part else { return None };
        whole.firm &= firm;
        whole.pickup_ms.push(*pickup_ms);
        whole.extra_m = whole.extra_m.saturating_add(*extra_m);
        fare = match (fare, fare_cents) {
            (None, None) => None,
            (fare, more) => Some(fare.unwrap_or(0u32).saturating_add(more.unwrap_or(0))),
        };
    }
    Some(FromPartner::Bid { about, bid: whole, fare_cents: fare })
}

/// A word without anything of its own for each leg; none if the legs say different things.
fn whole(about: About, parts: &[Part]) -> Option<FromPartner> {
    let first = parts.first().filter(|first| parts.iter().all(|part| part == *first))?;
    Some(match first {
        Part::Accept => FromPartner::Accept(about),
        Part::Decline(reason) => FromPartner::Decline { about, reason: *reason },
        Part::GiveBack(reason) => FromPartner::GiveBack { about, reason: *reason },
        Part::CallOffSeen => FromPartner::CallOffSeen(about),
        Part::Bid { .. } | Part::Progress { .. } | Part::Outcome(_) | Part::Text(_) => return None,
    })
}

/// What a word says of each leg; none as the leg for a word about the whole handover.
pub(crate) fn parts(message: &FromPartner) -> Vec<(Option<usize>, Part)> {
    let each = |part: Part| (0..message.about().legs).map(|leg| (Some(leg), part.clone())).collect();
    match message {
        FromPartner::Bid { bid, fare_cents, .. } => {
            let leg = |(leg, pickup_ms): (usize, &i64)| {
                let first = leg == 0;
                let part = Part::Bid {
                    firm: bid.firm,
                    pickup_ms: *pickup_ms,
                    extra_m: if first { bid.extra_m } else { 0 },
                    fare_cents: if first { *fare_cents } else { None },
                };
                (Some(leg), part)
            };
            bid.pickup_ms.iter().enumerate().map(leg).collect()
        }
        FromPartner::Outcome { legs, .. } => {
            legs.iter().enumerate().map(|(leg, outcome)| (Some(leg), Part::Outcome(*outcome))).collect()
        }
        FromPartner::Progress { leg, step, at_ms, .. } => {
            vec![(Some(*leg), Part::Progress { step: *step, at_ms: *at_ms })]
        }
        FromPartner::Decline { reason, .. } => each(Part::Decline(*reason)),
        FromPartner::Accept(_) => each(Part::Accept),
        FromPartner::GiveBack { reason, .. } => each(Part::GiveBack(*reason)),
        FromPartner::CallOffSeen(_) => each(Part::CallOffSeen),
        FromPartner::Text { text, .. } => vec![(None, Part::Text(text.clone()))],
    }
}
