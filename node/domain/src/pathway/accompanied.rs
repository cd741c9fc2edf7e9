//! Who was accompanied: a person counts once in a year, however many services were rendered. Must never count what was
//! only asked for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use maillage_federation::ids::Id;

use crate::ids::PersonKind;

/// Days on which something was rendered to a person: a trip, a loan while it was out, advice held, a pathway from its
/// diagnosis on. First and last day count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// To whom.
    pub person: Id<PersonKind>,
    /// The first day.
    pub first: Date,
    /// The last day, not before the first.
    pub last: Date,
}

/// The people accompanied in a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accompanied {
    /// Each once, whatever was rendered.
    pub persons: BTreeSet<Id<PersonKind>>,
    /// Each once in every year of the period.
    pub by_year: BTreeMap<i16, BTreeSet<Id<PersonKind>>>,
}

impl Act {
    /// Something of a single day.
    pub fn on(person: Id<PersonKind>, day: Date) -> Self {
        Self { person, first: day, last: day }
    }
}

impl Accompanied {
    /// Notes what was rendered, as far as it lies between two days, both included.
    pub fn note(&mut self, act: Act, first: Date, last: Date) {
        let (from, to) = (act.first.max(first), act.last.min(last));
        if from > to {
            return;
        }
        self.persons.insert(act.person);
        for year in from.year()..=to.year() {
            self.by_year.entry(year).or_default().insert(act.person);
        }
    }

    /// The people to whom anything was rendered between two days, both included.
    pub fn of(acts: impl IntoIterator<Item = Act>, first: Date, last: Date) -> Self {
        let mut accompanied = Self::default();
        for act in acts {
            accompanied.note(act, first, last);
        }
        accompanied
    }

    /// Takes somebody out of the count; tells whether the person was in it.
    pub fn forget(&mut self, person: Id<PersonKind>) -> bool {
        for persons in self.by_year.values_mut() {
            persons.remove(&person);
        }
        self.persons.remove(&person)
    }
}
