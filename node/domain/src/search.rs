//! Finding people by the few letters somebody types on the phone: beginnings of words, accents folded, one or two slips
//! forgiven, digits of a phone, a commune. An index in memory that its owner keeps up to date; must never know where its
//! entries come from.

mod index;
mod typos;

use maillage_federation::ids::Id;
use maillage_geography::fold;

pub use self::index::SearchIndex;
pub(crate) use self::typos::{allowed, typos};
use crate::{
    ids::{PersonKind, PrescriberKind, VolunteerKind},
    limits::QUERY_WORDS,
    text::Phone,
};

/// Fewest digits that are looked for anywhere in a phone number, not only at its beginning.
const DIGITS_ANYWHERE: usize = 4;

/// Whom an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A beneficiary.
    Person(Id<PersonKind>),
    /// A volunteer.
    Volunteer(Id<VolunteerKind>),
    /// A prescriber.
    Prescriber(Id<PrescriberKind>),
}

/// What somebody is found by.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchEntry {
    who: Who,
    name: String,
    commune: String,
    phone: String,
    active: bool,
}

/// Somebody who was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Who.
    pub who: Who,
    /// How far what was typed is from what is kept: 0 is every word as it is.
    pub distance: u32,
}

/// What was typed, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    words: Vec<Word>,
}

/// A word of a query.
#[derive(Clone, PartialEq, Eq)]
enum Word {
    /// Letters.
    Letters(String),
    /// Digits of a phone number.
    Digits(String),
}

impl SearchEntry {
    /// An entry of somebody by all names, the commune's name and the phone. Inactive ones come after the others.
    pub fn new(who: Who, names: &[&str], commune: &str, phone: Option<&Phone>, active: bool) -> Self {
        Self {
            who,
            name: fold(&names.join(" ")),
            commune: fold(commune),
            phone: phone.map(phone_key).unwrap_or_default(),
            active,
        }
    }

    /// Whom it is about.
    pub fn who(&self) -> Who {
        self.who
    }
}

impl Query {
    /// Reads what was typed: letters and digits apart, digits that follow one another together, at most [`QUERY_WORDS`].
    pub fn parse(text: &str) -> Self {
        let mut words = Vec::new();
        for part in fold(text).split_whitespace() {
            match (words.last_mut(), part.bytes().all(|byte| byte.is_ascii_digit())) {
                (Some(Word::Digits(digits)), true) => digits.push_str(part),
                (_, true) => words.push(Word::Digits(part.to_owned())),
                (_, false) => words.push(Word::Letters(part.to_owned())),
            }
        }
        words.truncate(QUERY_WORDS);
        Self { words }
    }

    /// Whether nothing was typed that could be looked for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// The digits of a number as they are dialled in France: `+33 5 63`, `0033 5 63` and `05 63` are the same.
pub(crate) fn phone_key(phone: &Phone) -> String {
    national(phone.as_str().chars().filter(char::is_ascii_digit).collect())
}

/// Digits without the prefix of France.
fn national(digits: String) -> String {
    let bare = digits.strip_prefix("00").unwrap_or(&digits);
    match bare.strip_prefix("33") {
        Some(rest) if digits.len() > DIGITS_ANYWHERE => format!("0{}", rest.trim_start_matches('0')),
        Some(_) | None => digits,
    }
}

impl std::fmt::Debug for SearchEntry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SearchEntry").field("who", &self.who).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Word(…)")
    }
}

#[cfg(test)]
mod tests;
