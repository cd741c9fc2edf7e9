//! Texts for people, in French first and in English, through Fluent. Texts are embedded in the program.
//! It must never fail at run time for a missing text: it shows the key, and tests find it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use unic_langid::langid;

pub use fluent_bundle::FluentValue;

use crate::refusal::Refusal;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// French, the default.
    #[default]
    French,
    /// English.
    English,
}

/// The text is none of `fr`, `en`, or a locale such as `fr_FR.UTF-8`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language of the interface: fr or en")]
pub struct UnknownLanguage(String);

impl Language {
    /// All languages, the default first.
    pub const ALL: [Self; 2] = [Self::French, Self::English];

    /// The first that is known of: the flag `--lang`, then the variables `MAILLAGE_LANG`, `LC_ALL`, `LANG`; else
    /// French.
    pub fn choose(flag: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = ["MAILLAGE_LANG", "LC_ALL", "LANG"].into_iter().filter_map(variable);
        flag.map(str::to_owned)
            .into_iter()
            .chain(named)
            .find_map(|text| text.parse().ok())
            .unwrap_or_default()
    }

    /// [`Language::choose`] with the variables of this process.
    pub fn from_environment(flag: Option<&str>) -> Self {
        Self::choose(flag, |name| std::env::var(name).ok())
    }

    /// Its code: `fr` or `en`.
    pub fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads `fr`, `en`, or a locale of the operating system such as `fr_FR.UTF-8`.
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let code = text.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
            .ok_or_else(|| UnknownLanguage(text.to_owned()))
    }
}

/// The texts of a program.
pub struct Catalog {
    texts: BTreeMap<Language, Texts>,
}

struct Texts {
    bundle: FluentBundle<FluentResource>,
    /// Every message with the variables it uses, attributes included.
    messages: BTreeMap<String, BTreeSet<String>>,
}

/// Why a catalogue cannot be built: a mistake in the program, found by its first test.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The source is not valid Fluent.
    #[error("the {language} texts are not valid Fluent: {problem}")]
    Syntax {
        /// The language of the source.
        language: Language,
        /// The first mistake.
        problem: String,
    },
    /// A message is defined twice.
    #[error("the {language} texts define a message twice: {problem}")]
    Duplicate {
        /// The language of the source.
        language: Language,
        /// Which one.
        problem: String,
    },
}

impl Catalog {
    /// The platform's own texts and the program's `sources` (contents of `.ftl` files).
    pub fn new(sources: &[(Language, &str)]) -> Result<Self, CatalogError> {
        let mut texts: BTreeMap<Language, Texts> =
            Language::ALL.into_iter().map(|language| (language, Texts::empty(language))).collect();
        for (language, source) in PLATFORM_TEXTS.iter().chain(sources) {
            if let Some(texts) = texts.get_mut(language) {
                texts.add(*language, source)?;
            }
        }
        Ok(Self { texts })
    }

    /// The text of message `key` with `args`; in French if `language` lacks
    /// it, and the key itself if that lacks it too.
    pub fn text(&self, language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        self.find(language, key, args)
            .or_else(|| self.find(Language::default(), key, args))
            .unwrap_or_else(|| key.to_owned())
    }

    /// Whether `language` itself has the message `key` with a text of its own.
    pub fn has(&self, language: Language, key: &str) -> bool {
        self.texts.get(&language).is_some_and(|texts| texts.has(key))
    }

    /// The text of a refusal, from the message `refusal-<reason>`.
    pub fn refusal(&self, language: Language, refusal: &Refusal) -> String {
        self.refusal_under(language, &refusal.message_id(), refusal)
    }

    /// The text of a refusal from another message, where it is to be said otherwise.
    pub fn refusal_under(&self, language: Language, key: &str, refusal: &Refusal) -> String {
        let args: Vec<(&str, FluentValue<'_>)> =
            refusal.details().iter().map(|(name, value)| (name.as_str(), argument(value))).collect();
        self.text(language, key, &args)
    }

    /// The keys that `language` has.
    pub fn keys(&self, language: Language) -> BTreeSet<String> {
        self.texts.get(&language).map(|texts| texts.messages.keys().cloned().collect()).unwrap_or_default()
    }

    /// What differs between the languages: keys that one lacks, and messages that use other variables.
    /// Empty in a finished program.
    pub fn differences(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        for (language, texts) in &self.texts {
            for (other, others) in self.texts.iter().filter(|(other, _)| *other != language) {
                for (key, variables) in &texts.messages {
                    match others.messages.get(key) {
                        None => drop(found.insert(format!("{key}: missing in {other}"))),
                        Some(same) if same != variables => {
                            found.insert(format!("{key}: variables differ"));
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        found.into_iter().collect()
    }

    fn find(&self, language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> Option<String> {
        self.texts.get(&language)?.format(key, args)
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = self.texts.iter().map(|(language, texts)| (language.code(), texts.messages.len()));
        formatter.debug_map().entries(sizes).finish()
    }
}

impl Texts {
    fn empty(language: Language) -> Self {
        let identifier = match language {
            Language::French => langid!("fr-FR"),
            Language::English => langid!("en-GB"),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        bundle.set_use_isolating(false);
        Self { bundle, messages: BTreeMap::new() }
    }

    fn add(&mut self, language: Language, source: &str) -> Result<(), CatalogError> {
        let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, problems)| {
            let problem = problems.first().map(ToString::to_string).unwrap_or_default();
            CatalogError::Syntax { language, problem }
        })?;
        self.bundle.add_resource(resource).map_err(|problems| CatalogError::Duplicate {
            language,
            problem: problems.first().map(FluentError::to_string).unwrap_or_default(),
        })?;
        self.messages.extend(messages_of(source));
        Ok(())
    }

    fn has(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some_and(|message| message.value().is_some())
    }

    fn format(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> Option<String> {
        let message = self.bundle.get_message(key)?;
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut problems = Vec::new();
        let text = self.bundle.format_pattern(message.value()?, Some(&args), &mut problems).into_owned();
        if !problems.is_empty() {
            tracing::debug!(key, count = problems.len(), "a text lacks an argument");
        }
        Some(text)
    }
}

const PLATFORM_TEXTS: [(Language, &str); 2] = [
    (Language::French, include_str!("../locales/fr/platform.ftl")),
    (Language::English, include_str!("../locales/en/platform.ftl")),
];

/// A detail of a refusal as an argument: a number only if it is written as one, so that `05100` stays a postcode.
fn argument(value: &str) -> FluentValue<'_> {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        Ok(_) | Err(_) => FluentValue::from(value),
    }
}

/// Every message of a valid source with the variables it uses. A message begins at the start of a line with its
/// identifier and `=` (Fluent syntax 1.0, `Message`); everything indented below belongs to it.
fn messages_of(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in source.lines() {
        if line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-' || first == '#') {
            let name = line.split('=').next().unwrap_or_default().trim();
            let is_message = line.starts_with(|first: char| first.is_ascii_alphabetic());
            current = is_message.then(|| name.to_owned());
        }
        if let Some(name) = &current {
            messages.entry(name.clone()).or_default().extend(variables_of(line));
        }
    }
    messages
}

fn variables_of(line: &str) -> impl Iterator<Item = String> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    line.split('$').skip(1).map(move |rest| rest.chars().take_while(|letter| is_name(*letter)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::{PLATFORM_REASONS, RefusalKind};

    fn sample() -> Catalog {
        Catalog::new(&[
            (Language::French, "trips =\n    { $count ->\n        [one] un trajet\n       *[other] { $count } trajets\n    }\nonly-french = seul\nrefusal-too-far = Trop loin : { $km } km depuis { $code }.\n"),
            (Language::English, "trips =\n    { $count ->\n        [one] one trip\n       *[other] { $count } trips\n    }\nrefusal-too-far = Too far.\n"),
        ])
        .unwrap()
    }

    #[test]
    fn the_platform_texts_are_complete_in_both_languages() {
        let catalog = Catalog::new(&[]).unwrap();
        assert_eq!(catalog.differences(), Vec::<String>::new());
        for language in Language::ALL {
            assert!(catalog.keys(language).len() > 20);
            for key in catalog.keys(language) {
                assert!(catalog.has(language, &key), "{key}: found by scanning, not by Fluent");
            }
            for reason in PLATFORM_REASONS {
                assert!(catalog.has(language, &format!("refusal-{reason}")), "{reason} in {language}");
            }
        }
    }

    #[test]
    fn differences_name_missing_keys_and_other_variables() {
        assert_eq!(
            sample().differences(),
            ["only-french: missing in en", "refusal-too-far: variables differ"]
        );
    }

    #[test]
    fn plurals_follow_the_language_and_no_isolating_marks_are_put_in() {
        let catalog = sample();
        let text = |language, count: i32| catalog.text(language, "trips", &[("count", count.into())]);
        assert_eq!(text(Language::French, 0), "un trajet");
        assert_eq!(text(Language::French, 2), "2 trajets");
        assert_eq!(text(Language::English, 0), "0 trips");
        assert_eq!(text(Language::English, 1), "one trip");
    }

    #[test]
    fn a_missing_text_falls_back_to_french_then_to_its_key() {
        let catalog = sample();
        assert_eq!(catalog.text(Language::English, "only-french", &[]), "seul");
        assert_eq!(catalog.text(Language::English, "nowhere", &[]), "nowhere");
        assert!(!catalog.has(Language::English, "only-french"));
    }

    #[test]
    fn a_refusal_is_put_into_words_and_postcodes_keep_their_zero() {
        let refusal =
            Refusal::new(RefusalKind::InvalidInput, "too-far").with("km", 120).with("code", "05100");
        assert_eq!(sample().refusal(Language::French, &refusal), "Trop loin : 120 km depuis 05100.");
        let unknown = Refusal::new(RefusalKind::Internal, "never-heard-of");
        assert_eq!(sample().refusal(Language::French, &unknown), "refusal-never-heard-of");
    }

    #[test]
    fn mistakes_in_sources_are_refused() {
        let build = |source| Catalog::new(&[(Language::French, source)]);
        assert!(matches!(build("a = { $x\n"), Err(CatalogError::Syntax { .. })));
        assert!(matches!(build("a = 1\na = 2\n"), Err(CatalogError::Duplicate { .. })));
        assert!(matches!(build("cli-help = autre\n"), Err(CatalogError::Duplicate { .. })));
    }

    #[test]
    fn the_language_comes_from_flag_then_environment_then_french() {
        let choose = |flag, pairs: &'static [(&str, &str)]| {
            Language::choose(flag, |name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(choose(None, &[]), Language::French);
        assert_eq!(choose(None, &[("LANG", "C.UTF-8")]), Language::French);
        assert_eq!(choose(None, &[("LANG", "en_GB.UTF-8")]), Language::English);
        assert_eq!(choose(None, &[("LC_ALL", "fr_FR"), ("LANG", "en_GB")]), Language::French);
        assert_eq!(choose(None, &[("MAILLAGE_LANG", "en"), ("LC_ALL", "fr_FR")]), Language::English);
        assert_eq!(choose(Some("fr"), &[("MAILLAGE_LANG", "en")]), Language::French);
        assert!("de".parse::<Language>().is_err());
    }
}
