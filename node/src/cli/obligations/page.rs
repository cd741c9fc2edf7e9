//! A page to read and print: headings, paragraphs and tables in one file without anything from elsewhere. Must never let what
//! was typed become part of the page's own language.

use std::fmt::Write as _;

/// A page in the making.
pub(super) struct Page {
    language: String,
    title: String,
    body: String,
}

/// How it looks on paper and on a screen.
const STYLE: &str = "body{font:11pt/1.45 'Liberation Sans',Arial,sans-serif;max-width:52em;margin:2em auto;padding:0 1em}\
    h1{font-size:1.5em}h2{font-size:1.15em;margin-top:1.6em}\
    table{border-collapse:collapse;width:100%;margin:.6em 0}\
    th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
    th{background:#eee}\
    @media print{body{margin:0;max-width:none}tr{break-inside:avoid}h2{break-after:avoid}@page{size:A4;margin:18mm}}";

impl Page {
    /// An empty page.
    pub(super) fn new(language: &str, title: &str) -> Self {
        let body = format!("<h1>{}</h1>\n", escaped(title));
        Self { language: language.to_owned(), title: title.to_owned(), body }
    }

    /// A heading.
    pub(super) fn heading(&mut self, text: &str) {
        let _ = writeln!(self.body, "<h2>{}</h2>", escaped(text));
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.body, "<p>{}</p>", escaped(text));
    }

    /// Rows of a name and a value.
    pub(super) fn pairs<'a>(&mut self, rows: impl IntoIterator<Item = &'a (String, String)>) {
        self.body.push_str("<table>\n");
        for (name, value) in rows {
            let _ = writeln!(
                self.body,
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                escaped(name),
                escaped(value)
            );
        }
        self.body.push_str("</table>\n");
    }

    /// The whole file.
    pub(super) fn finish(self) -> String {
        let Self { language, title, body } = self;
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <title>{}</title><style>{STYLE}</style></head>\n<body>\n{body}</body>\n</html>\n",
            escaped(&language),
            escaped(&title),
        )
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stays_text() {
        let mut page = Page::new("fr", "<b>");
        page.pairs([&("a & b".to_owned(), "<script>\"'".to_owned())]);
        let text = page.finish();
        assert!(text.contains("a &amp; b") && text.contains("&lt;script&gt;&quot;&#39;"));
        assert!(!text.contains("<script") && !text.contains("<b>"));
    }
}
