//! Pages as HTML: escaping, the frame, the style sheet. Must never put a text into a page unescaped.

use axum::response::Html;
use maillage_platform::i18n::{Catalog, FluentValue, Language};

use crate::cli::words::Words;

/// Large letters, high contrast, one column; nothing loaded from elsewhere.
pub(super) const STYLE: &str = "body{font:1.125rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:0 auto;\
max-width:36rem;padding:1rem}h1{font-size:1.5rem}button{font:inherit;padding:.75rem 1.5rem;margin:.25rem 0;\
border:2px solid #00438a;border-radius:.5rem;background:#fff;color:#00438a}button.yes{background:#00438a;color:#fff}\
button:focus-visible,select:focus-visible{outline:3px solid #b35c00}select{font:inherit;padding:.5rem}\
li{margin:.5rem 0}fieldset{border:0;padding:0;margin:1rem 0}\
article{border:1px solid #595959;border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}dt{font-weight:bold}\
dd{margin:0 0 .5rem}h2{font-size:1.25rem;margin:2rem 0 .5rem}input{font:inherit;padding:.5rem;max-width:100%}\
label{display:block;margin:.5rem 0 .25rem}.said{border-left:.4rem solid #00438a;padding:.5rem 1rem;background:#eef4fb}\
.wrong{border-left:.4rem solid #a4161a;padding:.5rem 1rem;background:#fdecec}input:focus-visible{outline:3px solid #b35c00}";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_becomes_markup() {
        assert_eq!(escaped("<a href='x'>\"&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    }
}
