//! Texts in the reader's language, as templates ask for them.

use maillage_platform::i18n::{Catalog, FluentValue, Language};

/// The texts in a language.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    catalog: &'a Catalog,
    language: Language,
}

impl<'a> Texts<'a> {
    /// The texts of a catalogue in a language.
    pub fn new(catalog: &'a Catalog, language: Language) -> Self {
        Self { catalog, language }
    }

    /// A text without arguments.
    pub fn say(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text about a number.
    pub fn count(&self, key: &str, count: usize) -> String {
        self.with(key, &[("count", i64::try_from(count).unwrap_or(i64::MAX).into())])
    }

    /// A text about something that has a name.
    pub fn about(&self, key: &str, name: &str) -> String {
        self.with(key, &[("name", name.to_owned().into())])
    }

    /// A text.
    pub fn with(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        self.catalog.text(self.language, key, args)
    }

    /// The code of the language.
    pub fn code(&self) -> &'static str {
        self.language.code()
    }
}
