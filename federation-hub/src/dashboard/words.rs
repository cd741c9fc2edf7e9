//! Texts in the reader's language, as pages ask for them. It must never leave a key where a text should be: tests find it.

use maillage_platform::i18n::{Catalog, FluentValue, Language};
use maillage_proto::hub::v1 as proto;

use crate::{
    statistics::Unit,
    wording::{
        numbers,
        said::{self, Names},
    },
};

/// The texts in a language.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    catalog: &'a Catalog,
    language: Language,
}

impl<'a> Words<'a> {
    pub(super) fn new(catalog: &'a Catalog, language: Language) -> Self {
        Self { catalog, language }
    }

    /// The code of the language.
    pub(super) fn code(&self) -> &'static str {
        self.language.code()
    }

    /// The code of the other language.
    pub(super) fn other_code(&self) -> &'static str {
        match self.language {
            Language::French => Language::English.code(),
            Language::English => Language::French.code(),
        }
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// A text without arguments.
    pub(super) fn say(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text.
    pub(super) fn with(&self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        self.catalog.text(self.language, key, arguments)
    }

    /// A sentence of the hub.
    pub(super) fn sentence(&self, sentence: &proto::Sentence, unit: Unit, names: &Names<'_>) -> String {
        let arguments = said::arguments(&|key| self.say(key), self.language, sentence, unit, names);
        self.with(&sentence.code, &arguments)
    }

    /// A whole number with its groups of three.
    pub(super) fn number(&self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(match self.language {
                    Language::French => '\u{202f}',
                    Language::English => ',',
                });
            }
            text.push(digit);
        }
        if number < 0 { format!("−{text}") } else { text }
    }

    /// The same of a number without a sign.
    pub(super) fn count(&self, number: impl TryInto<i64>) -> String {
        self.number(number.try_into().unwrap_or(i64::MAX))
    }

    /// A value of an indicator.
    pub(super) fn figure(&self, unit: Unit, value: f64) -> String {
        numbers::figure(self.language, unit, value)
    }
}
