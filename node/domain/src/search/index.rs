//! The index: every different word once with those who have it. A word that is typed is compared with the words, not with
//! the people; most words are set aside by the letters they have.

use std::collections::{BTreeMap, BTreeSet};

use super::{DIGITS_ANYWHERE, Hit, Query, SearchEntry, Who, Word, allowed, national, typos};
use crate::{limits::DUPLICATE_CANDIDATES, text::Phone};

/// A slip costs so much more than a word that is not complete.
const SLIP: u32 = 4;
/// A word that is only begun.
const BEGUN: u32 = 1;
/// A word found in the commune and not in the name.
const COMMUNE: u32 = 3;
/// Digits found inside a number and not at its beginning.
const INSIDE: u32 = 1;

/// People by what they are found by.
#[derive(Default)]
pub struct SearchIndex {
    places: BTreeMap<Who, usize>,
    slots: Vec<Option<SearchEntry>>,
    free: Vec<usize>,
    names: Vocabulary,
    communes: Vocabulary,
}

/// Different words, each with its letters and the slots that have it.
#[derive(Default)]
struct Vocabulary(BTreeMap<String, Holders>);

struct Holders {
    letters: u64,
    slots: BTreeSet<usize>,
}

impl SearchIndex {
    /// Puts an entry in, in the place of the former one of the same person.
    pub fn put(&mut self, entry: SearchEntry) {
        self.remove(entry.who);
        let slot = self.free.pop().unwrap_or(self.slots.len());
        self.names.add(&entry.name, slot);
        self.communes.add(&entry.commune, slot);
        self.places.insert(entry.who, slot);
        match self.slots.get_mut(slot) {
            Some(place) => *place = Some(entry),
            None => self.slots.push(Some(entry)),
        }
    }

    /// Takes somebody out.
    pub fn remove(&mut self, who: Who) {
        let Some(slot) = self.places.remove(&who) else { return };
        if let Some(entry) = self.slots.get_mut(slot).and_then(Option::take) {
            self.names.remove(&entry.name, slot);
            self.communes.remove(&entry.commune, slot);
            self.free.push(slot);
        }
    }

    /// How many are in it.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// At most `limit` of those who match every word of a query, nearest first; then those who are active, then by name.
    pub fn search(&self, query: &Query, wanted: impl Fn(Who) -> bool, limit: usize) -> Vec<Hit> {
        let Some((first, rest)) = query.words.split_first() else { return Vec::new() };
        let mut found = self.matching(first);
        for word in rest {
            let more = self.matching(word);
            found = found
                .into_iter()
                .filter_map(|(slot, distance)| Some((slot, distance + more.get(&slot)?)))
                .collect();
        }
        let entries = found.into_iter().filter_map(|(slot, distance)| {
            let entry = self.slots.get(slot)?.as_ref()?;
            wanted(entry.who).then_some((distance, !entry.active, entry.name.as_str(), entry.who))
        });
        let mut ranked: Vec<_> = entries.collect();
        ranked.sort_unstable();
        ranked.truncate(limit);
        ranked.into_iter().map(|(distance, _, _, who)| Hit { who, distance }).collect()
    }

    /// Those who could be the same as somebody: near in two words of the name (or its only one), or with the same phone.
    /// `of` tells whose kind is asked for: the others do not take their places.
    pub fn alike(&self, name: &str, phone: Option<&Phone>, of: impl Fn(&Who) -> bool) -> Vec<Who> {
        let entry = maillage_geography::fold(name);
        let words: BTreeSet<&str> = entry.split_whitespace().collect();
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for word in &words {
            for slot in self.names.near(word, false).into_keys() {
                *shared.entry(slot).or_default() += 1;
            }
        }
        let enough = words.len().min(2);
        let mut slots: BTreeSet<usize> =
            shared.into_iter().filter(|(_, words)| *words >= enough).map(|(slot, _)| slot).collect();
        if let Some(phone) = phone.map(super::phone_key) {
            slots.extend(self.calling(|digits| *digits == phone).into_keys());
        }
        let entries = slots.into_iter().filter_map(|slot| self.slots.get(slot)?.as_ref());
        entries.map(SearchEntry::who).filter(of).take(DUPLICATE_CANDIDATES).collect()
    }

    /// The slots that a word finds, with how far they are.
    fn matching(&self, word: &Word) -> BTreeMap<usize, u32> {
        match word {
            Word::Letters(letters) => {
                let mut found = self.names.near(letters, true);
                for (slot, distance) in self.communes.near(letters, true) {
                    let known = found.entry(slot).or_insert(u32::MAX);
                    *known = (*known).min(distance + COMMUNE);
                }
                found
            }
            Word::Digits(digits) => {
                let wanted = national(digits.clone());
                let mut found = self.calling(|phone| phone.starts_with(&wanted));
                if wanted.len() >= DIGITS_ANYWHERE {
                    for slot in self.calling(|phone| phone.contains(&wanted)).into_keys() {
                        found.entry(slot).or_insert(INSIDE);
                    }
                }
                found
            }
        }
    }

    /// The slots whose phone is wanted.
    fn calling(&self, wanted: impl Fn(&String) -> bool) -> BTreeMap<usize, u32> {
        let entries = self.slots.iter().enumerate();
        let called = |entry: &SearchEntry| !entry.phone.is_empty() && wanted(&entry.phone);
        entries.filter(|(_, entry)| entry.as_ref().is_some_and(called)).map(|(slot, _)| (slot, 0)).collect()
    }
}

impl Vocabulary {
    fn add(&mut self, text: &str, slot: usize) {
        for word in text.split_whitespace() {
            let fresh = || Holders { letters: letters(word), slots: BTreeSet::new() };
            self.0.entry(word.to_owned()).or_insert_with(fresh).slots.insert(slot);
        }
    }

    fn remove(&mut self, text: &str, slot: usize) {
        for word in text.split_whitespace() {
            if let Some(holders) = self.0.get_mut(word) {
                holders.slots.remove(&slot);
                if holders.slots.is_empty() {
                    self.0.remove(word);
                }
            }
        }
    }

    /// The slots with a word near what was typed, with how far the nearest is; `begun` words count too.
    fn near(&self, typed: &str, begun: bool) -> BTreeMap<usize, u32> {
        let mut found: BTreeMap<usize, u32> = BTreeMap::new();
        let (most, wanted) = (allowed(typed.len()), letters(typed));
        for (word, holders) in &self.0 {
            let missing = (wanted & !holders.letters).count_ones();
            if missing > u32::from(most) {
                continue;
            }
            let Some(slips) = typos(typed, word, most) else { continue };
            let part = u32::from(slips.beginning) * SLIP + BEGUN;
            let distance = match slips.whole {
                u8::MAX if begun => part,
                u8::MAX => continue,
                whole if begun => part.min(u32::from(whole) * SLIP),
                whole => u32::from(whole) * SLIP,
            };
            for slot in &holders.slots {
                let known = found.entry(*slot).or_insert(u32::MAX);
                *known = (*known).min(distance);
            }
        }
        found
    }
}

/// Which letters and digits a word has, as bits.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |letters, byte| {
        let bit = match byte {
            b'a'..=b'z' => byte - b'a',
            b'0'..=b'9' => byte - b'0' + 26,
            _ => 63,
        };
        letters | 1 << bit
    })
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SearchIndex").field("entries", &self.len()).finish_non_exhaustive()
    }
}
