//! What the demo tells, as it goes, in the reader's language. Prints and nothing else.

use std::io::Write as _;

use maillage_platform::i18n::{Catalog, Language};

const TEXTS: [(Language, &str); 2] = [
    (Language::French, include_str!("../locales/fr/demo.ftl")),
    (Language::English, include_str!("../locales/en/demo.ftl")),
];

/// Tells what happens.
#[derive(Debug)]
pub(crate) struct Narrator {
    catalog: Catalog,
    language: Language,
    out: std::io::Stdout,
}

impl Narrator {
    /// A narrator in a language.
    pub(crate) fn new(language: Language) -> anyhow::Result<Self> {
        Ok(Self { catalog: Catalog::new(&TEXTS)?, language, out: std::io::stdout() })
    }

    /// Tells one message.
    pub(crate) fn line(&mut self, key: &str, args: &[(&str, String)]) -> std::io::Result<()> {
        let text = self.text(key, args);
        self.plain(&text)
    }

    /// Prints text as it is.
    pub(crate) fn plain(&mut self, text: &str) -> std::io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// One message as text.
    pub(crate) fn text(&self, key: &str, args: &[(&str, String)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        self.catalog.text(self.language, key, &args)
    }

    /// The language spoken.
    pub(crate) fn language(&self) -> Language {
        self.language
    }
}

/// Says what went wrong, with its causes.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "{error:#}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        assert_eq!(Catalog::new(&TEXTS).unwrap().differences(), Vec::<String>::new());
    }
}
