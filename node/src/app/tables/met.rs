//! Whom the rows of a table have brought in so far: two rows about one person are told, although the index of people does
//! not have either of them yet. Must never outlive its import.

use std::collections::BTreeMap;

use maillage_domain::{
    duplicate::{likeness, volunteers_alike},
    ids::{PersonKind, VolunteerKind},
    person::{Person, PersonDetails},
    search::{SearchEntry, SearchIndex, Who},
    text::{Name, Phone},
    volunteer::{Volunteer, VolunteerDetails},
};
use maillage_federation::ids::Id;

/// People of the rows before.
#[derive(Default)]
pub struct Met {
    index: SearchIndex,
    persons: BTreeMap<Id<PersonKind>, (u64, PersonDetails)>,
    volunteers: BTreeMap<Id<VolunteerKind>, (u64, VolunteerDetails)>,
}

impl Met {
    /// Remembers whom a line brought.
    pub fn remember(&mut self, line: u64, person: &Person) {
        let details = &person.details;
        self.put(Who::Person(person.id), &details.name, details.phone.as_ref());
        self.persons.insert(person.id, (line, details.clone()));
    }

    /// The first line before that is about somebody so like that it may be the same.
    pub fn alike(&self, details: &PersonDetails) -> Option<u64> {
        let known = self.near(&details.name, details.phone.as_ref(), |who| matches!(who, Who::Person(_)));
        let known = known.filter_map(|who| match who {
            Who::Person(id) => self.persons.get(&id),
            Who::Volunteer(_) | Who::Prescriber(_) => None,
        });
        known.filter(|(_, known)| likeness(known, details).is_some()).map(|(line, _)| *line).min()
    }

    /// Remembers which volunteer a line brought.
    pub fn remember_volunteer(&mut self, line: u64, volunteer: &Volunteer) {
        let details = &volunteer.details;
        self.put(Who::Volunteer(volunteer.id), &details.name, details.phone.as_ref());
        self.volunteers.insert(volunteer.id, (line, details.clone()));
    }

    /// The first line before that is about a volunteer so like that it may be the same.
    pub fn volunteer_alike(&self, details: &VolunteerDetails) -> Option<u64> {
        let known = self.near(&details.name, details.phone.as_ref(), |who| matches!(who, Who::Volunteer(_)));
        let known = known.filter_map(|who| match who {
            Who::Volunteer(id) => self.volunteers.get(&id),
            Who::Person(_) | Who::Prescriber(_) => None,
        });
        known.filter(|(_, known)| volunteers_alike(known, details)).map(|(line, _)| *line).min()
    }

    fn put(&mut self, who: Who, name: &Name, phone: Option<&Phone>) {
        self.index.put(SearchEntry::new(who, &[name.as_str()], "", phone, true));
    }

    fn near(
        &self,
        name: &Name,
        phone: Option<&Phone>,
        of: impl Fn(&Who) -> bool,
    ) -> impl Iterator<Item = Who> {
        self.index.alike(name.as_str(), phone, of).into_iter()
    }
}
