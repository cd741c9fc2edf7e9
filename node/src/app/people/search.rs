//! Finding people. The index is in memory and reads who changed, from rows written with the records themselves, before every
//! answer: it is right after every write, and is built anew at each start. A hit is looked up in the store before it is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use maillage_domain::{
    person::Person,
    prescriber::Prescriber,
    roles::Operation,
    search::{Query, SearchEntry, SearchIndex, Who},
    text::{Name, Phone},
    volunteer::Volunteer,
};
use maillage_engine::{EngineError, Transaction, View};
use maillage_federation::ids::Id;
use maillage_geography::{Geography, InseeCode};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    persons, prescribers,
    search_changes::{self, Changed},
    volunteers,
};

use crate::{
    app::{App, caller::Caller},
    limits::{PAGE_MAX, SEARCH_CHANGES, SEARCH_NOTED_AGAIN},
};

/// The index of a node's people.
#[derive(Debug, Default)]
pub struct Searcher {
    indexed: Mutex<Indexed>,
    /// When a search of each caller was noted last, as long as that counts.
    noted: Mutex<BTreeMap<String, Timestamp>>,
}

#[derive(Debug, Default)]
struct Indexed {
    index: SearchIndex,
    /// The last change that is in it; none before it was built.
    reached: Option<u64>,
}

/// Whom to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Beneficiaries.
    pub persons: bool,
    /// Volunteers.
    pub volunteers: bool,
    /// Prescribers.
    pub prescribers: bool,
}

/// Somebody who was found.
#[derive(Debug, Clone)]
pub enum Found {
    /// A beneficiary.
    Person(Person),
    /// A volunteer.
    Volunteer(Volunteer),
    /// A prescriber.
    Prescriber(Prescriber),
}

/// At most `limit` people who match what was typed, nearest first, with how far each is.
///
/// # Errors
/// The store.
pub fn search(
    app: &App,
    caller: &Caller,
    typed: &str,
    wanted: Wanted,
    limit: usize,
) -> Result<Vec<(Found, u32)>, Refusal> {
    app.look(caller, Operation::PeopleSearch, |app, view| {
        let query = Query::parse(typed);
        let hits = app.searcher.with(app, |index| index.search(&query, |who| wanted.takes(who), limit))?;
        let mut found = Vec::new();
        for hit in hits {
            let known = match hit.who {
                Who::Person(id) => persons::find(view, id)?.map(Found::Person),
                Who::Volunteer(id) => volunteers::find(view, id)?.map(Found::Volunteer),
                Who::Prescriber(id) => prescribers::find(view, id)?.map(Found::Prescriber),
            };
            found.extend(known.map(|known| (known, hit.distance)));
        }
        Ok(found)
    })
}

/// As [`search`], for people: the journal keeps that a caller searched, once in a while and never what was typed.
///
/// # Errors
/// The store.
pub async fn search_noted(
    app: &Arc<App>,
    caller: &Caller,
    typed: &str,
    wanted: Wanted,
    limit: usize,
) -> Result<Vec<(Found, u32)>, Refusal> {
    let found = search(app, caller, typed, wanted, limit)?;
    if app.searcher.is_to_be_noted(caller, app.now()) {
        let by = caller.clone();
        let note = move |app: &App, transaction: &mut Transaction<'_>| {
            app.note(transaction, &by, Operation::PeopleSearch, &[])
        };
        app.act(caller, Operation::PeopleSearch, note).await?;
    }
    Ok(found)
}

impl Searcher {
    /// Whether a search of a caller is to be noted: the last that was is a while ago.
    fn is_to_be_noted(&self, caller: &Caller, now: Timestamp) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.retain(|_, at| at.duration_until(now) < SEARCH_NOTED_AGAIN);
        match noted.get(caller.label()) {
            Some(_) => false,
            None => noted.insert(caller.label().to_owned(), now).is_none(),
        }
    }

    /// Builds the index, so that the first search does not wait for it.
    ///
    /// # Errors
    /// The store.
    pub fn warm(&self, app: &App) -> Result<usize, EngineError> {
        self.with(app, SearchIndex::len)
    }

    /// Who could be the same as somebody: near in name, or with the same phone. Inside a transaction, those whose change is not in
    /// the index yet are told too.
    ///
    /// # Errors
    /// The store.
    pub fn alike(
        &self,
        app: &App,
        view: &dyn View,
        (name, phone): (&Name, Option<&Phone>),
        of: impl Fn(&Who) -> bool,
    ) -> Result<BTreeSet<Who>, EngineError> {
        let (mut found, reached) =
            self.with_reached(app, |index, reached| (index.alike(name.as_str(), phone, &of), reached))?;
        let changed = search_changes::since(view, reached, SEARCH_CHANGES)?;
        found.extend(changed.into_iter().map(|(_, who)| match who {
            Changed::Person(id) => Who::Person(id),
            Changed::Volunteer(id) => Who::Volunteer(id),
            Changed::Prescriber(id) => Who::Prescriber(id),
        }));
        Ok(found.into_iter().filter(of).collect())
    }

    fn with<T>(&self, app: &App, ask: impl FnOnce(&SearchIndex) -> T) -> Result<T, EngineError> {
        self.with_reached(app, |index, _| ask(index))
    }

    /// Asks the index after it has caught up. Always with the store itself, never with a transaction: what may still be
    /// undone has no place in it.
    fn with_reached<T>(&self, app: &App, ask: impl FnOnce(&SearchIndex, u64) -> T) -> Result<T, EngineError> {
        let mut indexed = self.indexed.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = indexed.catch_up(&app.store, app.geography)?;
        Ok(ask(&indexed.index, reached))
    }
}

impl Indexed {
    fn catch_up(&mut self, view: &dyn View, geography: &Geography) -> Result<u64, EngineError> {
        let mut reached = match self.reached {
            Some(reached) => reached,
            None => self.build(view, geography)?,
        };
        loop {
            let changes = search_changes::since(view, reached, SEARCH_CHANGES)?;
            for (sequence, changed) in &changes {
                self.apply(view, *changed, geography)?;
                reached = *sequence;
            }
            self.reached = Some(reached);
            if changes.len() < SEARCH_CHANGES {
                return Ok(reached);
            }
        }
    }

    /// Reads everybody. The sequence is read first: who changes meanwhile is read again.
    fn build(&mut self, view: &dyn View, geography: &Geography) -> Result<u64, EngineError> {
        let reached = search_changes::newest(view)?;
        self.index = SearchIndex::default();
        pages(
            |after| persons::list(view, after, PAGE_MAX),
            |person| person.id,
            |person| {
                self.index.put(person_entry(&person, geography));
            },
        )?;
        pages(
            |after| volunteers::list(view, after, PAGE_MAX),
            |volunteer| volunteer.id,
            |volunteer| {
                self.index.put(volunteer_entry(&volunteer, geography));
            },
        )?;
        pages(
            |after| prescribers::list(view, after, PAGE_MAX),
            |prescriber| prescriber.id,
            |prescriber| {
                self.index.put(prescriber_entry(&prescriber));
            },
        )?;
        Ok(reached)
    }

    fn apply(&mut self, view: &dyn View, changed: Changed, geography: &Geography) -> Result<(), EngineError> {
        let (who, entry) = match changed {
            Changed::Person(id) => {
                let person = persons::find(view, id)?;
                (Who::Person(id), person.map(|person| person_entry(&person, geography)))
            }
            Changed::Volunteer(id) => {
                let volunteer = volunteers::find(view, id)?;
                (Who::Volunteer(id), volunteer.map(|volunteer| volunteer_entry(&volunteer, geography)))
            }
            Changed::Prescriber(id) => {
                let prescriber = prescribers::find(view, id)?;
                (Who::Prescriber(id), prescriber.map(|prescriber| prescriber_entry(&prescriber)))
            }
        };
        match entry {
            Some(entry) => self.index.put(entry),
            None => self.index.remove(who),
        }
        Ok(())
    }
}

impl Wanted {
    /// Everybody.
    pub const ALL: Self = Self { persons: true, volunteers: true, prescribers: true };

    fn takes(self, who: Who) -> bool {
        match who {
            Who::Person(_) => self.persons,
            Who::Volunteer(_) => self.volunteers,
            Who::Prescriber(_) => self.prescribers,
        }
    }
}

/// Reads a list page by page.
fn pages<K, T>(
    list: impl Fn(Option<Id<K>>) -> Result<Vec<T>, EngineError>,
    id: impl Fn(&T) -> Id<K>,
    mut take: impl FnMut(T),
) -> Result<(), EngineError> {
    let mut after = None;
    loop {
        let page = list(after)?;
        let last = page.len() < PAGE_MAX;
        after = page.last().map(&id);
        page.into_iter().for_each(&mut take);
        if last {
            return Ok(());
        }
    }
}

fn person_entry(person: &Person, geography: &Geography) -> SearchEntry {
    let details = &person.details;
    let commune = commune(details.home.commune, geography);
    SearchEntry::new(Who::Person(person.id), &[details.name.as_str()], commune, details.phone.as_ref(), true)
}

fn volunteer_entry(volunteer: &Volunteer, geography: &Geography) -> SearchEntry {
    let details = &volunteer.details;
    let (who, names) = (Who::Volunteer(volunteer.id), [details.name.as_str()]);
    let commune = commune(details.home.commune, geography);
    SearchEntry::new(who, &names, commune, details.phone.as_ref(), volunteer.active)
}

fn prescriber_entry(prescriber: &Prescriber) -> SearchEntry {
    let details = &prescriber.details;
    let contact = details.contact.as_ref().map(Name::as_str);
    let names: Vec<&str> = std::iter::once(details.organisation.as_str()).chain(contact).collect();
    SearchEntry::new(Who::Prescriber(prescriber.id), &names, "", details.phone.as_ref(), prescriber.active)
}

fn commune(code: InseeCode, geography: &Geography) -> &str {
    geography.commune(&code).map(|commune| commune.name.as_str()).unwrap_or_default()
}
