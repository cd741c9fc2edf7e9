//! Pages as HTML: escaping, the frame, the style sheet. Must never put a text into a page unescaped.

use axum::response::Html;
use maillage_platform::i18n::{Catalog, FluentValue, Language};

use crate::cli::words::Words;

/// The shared design, and what these pages have beyond it: one column, large letters.
pub(super) const STYLE: &str =
    concat!(include_str!("../../platform/assets/design.css"), include_str!("own.css"));

/// A page in the reader's language.
pub(crate) struct Page<'a> {
    catalog: &'a Catalog,
    language: Language,
    territory: &'a str,
}

impl<'a> Page<'a> {
    pub(crate) fn new(catalog: &'a Catalog, language: Language) -> Self {
        Self { catalog, language, territory: "" }
    }

    /// The same, of a territory.
    pub(super) fn of(self, territory: &'a str) -> Self {
        Self { territory, ..self }
    }

    /// Codes and times as the command line words them, and refusals as pages do.
    pub(crate) fn words(&self) -> Words<'a> {
        Words::new(self.catalog, self.language).on_pages()
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
             <meta name=\"color-scheme\" content=\"light dark\">\
             <link rel=\"stylesheet\" href=\"/style.css\"></head><body><header class=\"bar\"><div class=\"bar-in\">\
             <p class=\"brand\"><b>Maillage</b> <span class=\"territory\">{}</span></p></div></header>\
             <main><h1>{title}</h1>{body}</main></body></html>",
            self.language(),
            escaped(self.territory)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_becomes_markup() {
        assert_eq!(escaped("<a href='x'>\"&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    }
}
