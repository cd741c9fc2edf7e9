//! Pages as HTML: escaping, the frame, the style sheet. Must never put a text into a page unescaped.

use axum::response::Html;
use maillage_platform::i18n::{Catalog, FluentValue, Language};

use crate::cli::words::Words;

/// Large letters, high contrast, one column; nothing loaded from elsewhere.
pub(super) const STYLE: &str = "body{font:1.125rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:0 auto;\
max-width:36rem;padding:1rem}h1{font-size:1.5rem}button{font:inherit;padding:.75rem 1.5rem;margin:.25rem 0;\
border:2px solid #00438a;border-radius:.5rem;background:#fff;color:#00438a}button.yes{background:#00438a;color:#fff}\
button:focus-visible,select:focus-visible{outline:3px solid #b35c00}select{font:inherit;padding:.5rem}\
li{margin:.5rem 0}fieldset{border:0;padding:0;margin:1rem 0}";

/// A page in the reader's language.
pub(crate) struct Page<'a> {
    catalog: &'a Catalog,
    language: Language,
}

impl<'a> Page<'a> {
    pub(crate) fn new(catalog: &'a Catalog, language: Language) -> Self {
        Self { catalog, language }
    }

    /// Codes and times as the command line words them.
    pub(crate) fn words(&self) -> Words<'a> {
        Words::new(self.catalog, self.language)
    }

    /// A text, not escaped yet.
    pub(crate) fn text(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        self.catalog.text(self.language, key, args)
    }

    /// The code of the language.
    pub(crate) fn language(&self) -> &'static str {
        self.language.code()
    }

    /// A paragraph.
    pub(super) fn paragraph(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        format!("<p>{}</p>", escaped(&self.text(key, args)))
    }

    /// A whole page around a body that is HTML already.
    pub(super) fn whole(&self, title: &str, body: &str) -> Html<String> {
        let title = escaped(&self.text(title, &[]));
        Html(format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <link rel=\"stylesheet\" href=\"/style.css\"></head><body><main><h1>{title}</h1>{body}</main></body></html>",
            self.language()
        ))
    }

    /// A page that says one thing: a heading and a sentence.
    pub(super) fn notice(&self, key: &str) -> Html<String> {
        self.whole(key, &self.paragraph(&format!("{key}-text"), &[]))
    }
}

/// A text as it stands in HTML, between tags or in quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// The first language of `Accept-Language` that there is; French otherwise.
pub(super) fn language(accepted: &str) -> Language {
    let wishes = accepted.split(',').filter_map(|wish| {
        let mut parts = wish.split(';');
        let language: Language = parts.next()?.trim().parse().ok()?;
        let weight = parts.find_map(|part| part.trim().strip_prefix("q="));
        // Weights have at most three decimals (RFC 9110 § 12.4.2): compared as texts of the same length.
        let weight =
            weight.map_or("1.000".to_owned(), |weight| format!("{weight:0<5}").replacen("00000", "0.000", 1));
        Some((weight, language))
    });
    let mut best: Option<(String, Language)> = None;
    for (weight, language) in wishes {
        if best.as_ref().is_none_or(|(known, _)| weight > *known) {
            best = Some((weight, language));
        }
    }
    best.map_or_else(Language::default, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_becomes_markup() {
        assert_eq!(escaped("<a href='x'>\"&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    }

    #[test]
    fn the_language_is_the_one_wished_most() {
        for (accepted, language) in [
            ("", Language::French),
            ("de", Language::French),
            ("en", Language::English),
            ("fr-FR,fr;q=0.9,en;q=0.8", Language::French),
            ("de,en-GB;q=0.7,fr;q=0.3", Language::English),
            ("en;q=0.3,fr;q=0.7", Language::French),
        ] {
            assert_eq!(super::language(accepted), language, "{accepted}");
        }
    }
}
