//! What a hub that was restored from a backup may have forgotten of an agreement, given back by one of the two. All that binds is
//! signed, by both or by the one who ended it, and stays whatever the hub has decided since. That a proposal was declined or taken
//! back is in no signature: it is believed of either of the two, who may do so at any time. A proposal taken back after the backup
//! can so come back as accepted, if the other had signed it; whoever it binds can end it. It must never be called with a record
//! that is not proven, nor by a hub that has forgotten nothing.

use super::{Agreement, NoticeKind, Pair, Version};
use crate::{
    envelope::Envelope,
    ids::{Id, NodeKind},
    limits,
};

impl Agreement {
    /// Two that have agreed on nothing yet.
    pub fn nothing(pair: Pair) -> Self {
        Self { pair, revision: 0, last_number: 0, versions: Vec::new(), proposal: None }
    }

    /// This record with what a proven one of the same pair adds to it, above both in revision unless it is that one; `None` when
    /// it adds nothing. A version that both have signed stays, an end too, the sooner of two.
    #[must_use]
    pub fn given_back(&self, presented: &Self) -> Option<Self> {
        if presented.pair != self.pair {
            return None;
        }
        let mut next = self.clone();
        for version in &presented.versions {
            next.give_version_back(version);
        }
        next.versions.sort_by_key(|version| version.number);
        next.last_number = self.last_number.max(presented.last_number);
        let closed_since = presented.last_number == self.last_number
            && presented.revision > self.revision
            && presented.proposal.is_none();
        next.proposal = if presented.last_number > self.last_number {
            presented.proposal.clone()
        } else {
            let open = self.proposal.clone();
            open.filter(|proposal| !closed_since && next.version(proposal.number).is_none())
        };
        let same = |other: &Self| Self { revision: other.revision, ..next.clone() } == *other;
        // Two records of one revision may differ: whoever has the other one follows only what is above both.
        next.revision = match (same(self), same(presented)) {
            (true, _) if presented.revision < self.revision || *presented == *self => return None,
            (_, true) if presented.revision > self.revision => presented.revision,
            _ => self.revision.max(presented.revision).saturating_add(1),
        };
        let possible =
            next.versions.len() <= limits::AGREEMENT_VERSIONS && next.revision <= limits::AGREEMENT_REVISIONS;
        possible.then_some(next)
    }

    /// Of two versions of one number, the one known stays.
    fn give_version_back(&mut self, version: &Version) {
        let Some(known) = self.versions.iter_mut().find(|known| known.number == version.number) else {
            return self.versions.push(version.clone());
        };
        let same = Version { end: known.end.clone(), ..version.clone() } == *known;
        let sooner = |last| known.end.as_ref().is_none_or(|known| last < known.last_day);
        if same && version.end.as_ref().is_some_and(|end| sooner(end.last_day)) {
            known.end.clone_from(&version.end);
        }
    }

    /// What the other of the two has to be told when this record takes the place of an earlier one because `by` gave it back: by
    /// the newest of what `by` has signed in it.
    pub fn news_of(&self, earlier: &Self, by: Id<NodeKind>) -> Option<(NoticeKind, &Envelope)> {
        let proposed = self.proposal.as_ref().filter(|_| self.proposal != earlier.proposal);
        if let Some(proposal) = proposed {
            return (proposal.by == by).then_some((NoticeKind::Proposed, &proposal.proposed));
        }
        let newest = self.versions.last()?;
        let before = earlier.version(newest.number);
        let end = newest.end.as_ref().filter(|end| end.by == by);
        if let Some(end) = end.filter(|_| before.is_none_or(|before| before.end != newest.end)) {
            return Some((NoticeKind::Ended, &end.signed));
        }
        let accepted = before.is_none() && newest.by != by && self.last_number == newest.number;
        accepted.then_some((NoticeKind::Accepted, &newest.accepted))
    }
}
