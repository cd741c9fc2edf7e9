//! Statements and receipts on paper: HTML pages that need nothing beside them. Every text that somebody typed is escaped.
//! The tax receipt is the association's own version of Cerfa 11580, which the tax administration accepts if its mentions
//! are there; its sentences are French whatever the language, since the tax office reads it.

use std::fmt::Write as _;

use maillage_proto::node::v1 as proto;

use super::euros;
use crate::cli::words::Words;

const STYLE: &str = "body{font:11pt/1.4 sans-serif;max-width:48em;margin:2em auto;padding:0 1em}\
    table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #999;padding:.25em .5em;\
    text-align:left;vertical-align:top}td.sum,th.sum{text-align:right}h1{font-size:1.4em}\
    .sign{margin-top:3em;min-height:5em;border:1px solid #999;padding:.5em}\
    .void{border:3px solid #a00;padding:.5em;font-weight:bold}@media print{body{margin:0}}";

/// A closed statement, with the declaration by which a volunteer may give it up.
pub(super) fn statement(words: Words<'_>, statement: &proto::Statement) -> String {
    let title = words.text(
        "money-print-statement",
        &[("number", statement.number.clone().into()), ("month", statement.month.clone().into())],
    );
    let mut page = Page::new(words, &title);
    page.facts(&[
        ("field-volunteer", &statement.volunteer_name),
        ("field-state", &words.code("money-state", &statement.state)),
    ]);
    page.open_table(&["field-money_day", "field-money_kind", "field-money_counted", "field-money_amount"]);
    for line in &statement.lines {
        let kind = words.code("money-expense", &line.kind);
        let kind =
            if line.arrears { words.text("money-print-arrears", &[("kind", kind.into())]) } else { kind };
        let counted = u32::try_from(line.counted_m).unwrap_or(u32::MAX);
        let counted = if line.kind == "drive" { words.kilometres(counted) } else { String::new() };
        page.row(&[&line.day, &kind, &counted, &euros(words, line.amount_cents)]);
    }
    page.row(&["", &words.text("field-money_total", &[]), "", &euros(words, statement.total_cents)]);
    page.close_table();
    for year in &statement.scale_continued_from {
        page.paragraph(&words.text("money-scale-continued", &[("year", year.to_string().into())]));
    }
    page.paragraph(&words.text("money-print-renounce", &[("name", statement.volunteer_name.clone().into())]));
    page.signature(&words.text("money-print-signature", &[]));
    page.end()
}

/// A receipt.
pub(super) fn receipt(words: Words<'_>, receipt: &proto::Receipt) -> String {
    let title = words.text(
        "money-print-receipt",
        &[
            ("kind", words.code("money-receipt", &receipt.kind).into()),
            ("number", receipt.number.clone().into()),
        ],
    );
    let mut page = Page::new(words, &title);
    if !receipt.cancelled_by.is_empty() {
        page.void(&words.text("money-print-void", &[("number", receipt.cancelled_by.clone().into())]));
    }
    let issuer = receipt.issuer.clone().unwrap_or_default();
    page.heading("money-print-organisation");
    page.facts(&[
        ("field-name", &issuer.name),
        ("field-money_identifier", &issuer.identifier),
        ("field-address", &issuer.address),
        ("field-money_object", &issuer.object),
        ("field-money_quality", &words.code("money-quality", &issuer.quality)),
    ]);
    page.heading(if receipt.kind == "waiver" { "money-print-donor" } else { "money-print-payer" });
    page.facts(&[("field-name", &receipt.recipient_name), ("field-address", &receipt.recipient_address)]);
    page.facts(&[
        ("field-money_amount", &format!("*** {} ***", euros(words, receipt.amount_cents))),
        ("field-money_letters", &receipt.amount_letters),
    ]);
    match receipt.kind.as_str() {
        "waiver" => waiver(words, &mut page, receipt),
        "credit-note" => {
            page.facts(&[("field-money_cancels", &receipt.cancels), ("field-money_reason", &receipt.reason)]);
        }
        _ => page.facts(&[
            ("field-money_entry", &receipt.entry_number),
            ("field-money_paid_on", &receipt.paid_on),
            ("field-money_method", &words.code("money-method", &receipt.method)),
        ]),
    }
    page.facts(&[
        ("field-made_at", &words.instant(&receipt.issued_at)),
        ("field-money_signatory", &issuer.signatory),
    ]);
    page.signature(&words.text("money-print-signature", &[]));
    page.end()
}

/// What the official model of a receipt for gifts asks for beside the parties and the sum.
fn waiver(words: Words<'_>, page: &mut Page<'_>, receipt: &proto::Receipt) {
    page.paragraph(&words.text("money-cerfa-acknowledges", &[]));
    page.facts(&[
        ("field-money_year", &receipt.year.to_string()),
        ("field-money_form", &words.text("money-cerfa-form", &[])),
        ("field-money_nature", &words.text("money-cerfa-nature", &[])),
    ]);
    page.open_table(&["field-money_number", "field-period", "field-money_signed", "field-money_amount"]);
    for waived in &receipt.statements {
        let amount = euros(words, waived.amount_cents);
        page.row(&[&waived.number, &waived.month, &waived.signed_on, &amount]);
    }
    page.close_table();
    page.paragraph(&words.text("money-cerfa-articles", &[]));
    let rate = receipt.issuer.as_ref().map_or(0, |issuer| issuer.tax_rate_percent);
    let reduction = euros(words, receipt.indicative_reduction_cents);
    page.paragraph(
        &words.text(
            "money-cerfa-reduction",
            &[("rate", rate.to_string().into()), ("amount", reduction.into())],
        ),
    );
}

/// A page being written.
struct Page<'a> {
    words: Words<'a>,
    html: String,
}

impl<'a> Page<'a> {
    fn new(words: Words<'a>, title: &str) -> Self {
        let title = escaped(title);
        let language = words.language();
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\
             <style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
        );
        Self { words, html }
    }

    fn heading(&mut self, key: &str) {
        let text = escaped(&self.words.text(key, &[]));
        let _ = writeln!(self.html, "<h2>{text}</h2>");
    }

    fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.html, "<p>{}</p>", escaped(text));
    }

    fn void(&mut self, text: &str) {
        let _ = writeln!(self.html, "<p class=\"void\">{}</p>", escaped(text));
    }

    fn signature(&mut self, text: &str) {
        let _ = writeln!(self.html, "<div class=\"sign\">{}</div>", escaped(text));
    }

    /// Names and their texts; those without text are left out.
    fn facts(&mut self, facts: &[(&str, &str)]) {
        self.html.push_str("<table>\n");
        for (key, text) in facts.iter().filter(|(_, text)| !text.is_empty()) {
            let name = escaped(&self.words.text(key, &[]));
            let _ = writeln!(self.html, "<tr><th>{name}</th><td>{}</td></tr>", escaped(text));
        }
        self.html.push_str("</table>\n");
    }

    /// A table whose last column holds sums.
    fn open_table(&mut self, headings: &[&str; 4]) {
        let names = headings.map(|key| self.words.text(key, &[]));
        self.html.push_str("<table>\n<tr>");
        for (name, class) in names.iter().zip(CLASSES) {
            let _ = write!(self.html, "<th{class}>{}</th>", escaped(name));
        }
        self.html.push_str("</tr>\n");
    }

    fn row(&mut self, cells: &[&str; 4]) {
        self.html.push_str("<tr>");
        for (text, class) in cells.iter().zip(CLASSES) {
            let _ = write!(self.html, "<td{class}>{}</td>", escaped(text));
        }
        self.html.push_str("</tr>\n");
    }

    fn close_table(&mut self) {
        self.html.push_str("</table>\n");
    }

    fn end(mut self) -> String {
        self.html.push_str("</body>\n</html>\n");
        self.html
    }
}

/// The last of four columns holds sums.
const CLASSES: [&str; 4] = ["", "", "", " class=\"sum\""];

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
    use maillage_platform::i18n::Language;

    use super::*;
    use crate::cli::catalog;

    fn waiver() -> proto::Receipt {
        proto::Receipt {
            number: "RC-2026-000003".into(),
            kind: "waiver".into(),
            issued_at: "2026-12-31T10:00:00Z".into(),
            issuer: Some(proto::Issuer {
                name: "Association d’essai".into(),
                address: "1 rue d’essai, 81250 Alban".into(),
                identifier: "W812000000".into(),
                object: "Aider à se déplacer".into(),
                quality: "general-interest".into(),
                signatory: "La trésorière".into(),
                tax_rate_percent: 66,
                etag: String::new(),
            }),
            recipient_name: "<b>Léa</b> & Cie".into(),
            recipient_address: "2 rue d’essai, Albi".into(),
            amount_cents: 2_544,
            amount_letters: "vingt-cinq euros et quarante-quatre centimes".into(),
            year: 2026,
            indicative_reduction_cents: 1_679,
            ..proto::Receipt::default()
        }
    }

    #[test]
    fn a_tax_receipt_has_every_mention_of_the_official_model_and_runs_no_typed_text() {
        let catalog = catalog().unwrap();
        for language in Language::ALL {
            let page = receipt(Words::new(&catalog, language), &waiver());
            for mention in [
                "RC-2026-000003",
                "Association d’essai",
                "1 rue d’essai, 81250 Alban",
                "W812000000",
                "Aider à se déplacer",
                "&lt;b&gt;Léa&lt;/b&gt; &amp; Cie",
                "2 rue d’essai, Albi",
                "vingt-cinq euros et quarante-quatre centimes",
                "renoncent expressément au remboursement",
                "200",
                "238",
                "2026",
                "La trésorière",
            ] {
                assert!(page.contains(mention), "{mention} is missing in {language}");
            }
            assert!(!page.contains("<b>"), "{language}");
        }
    }

    #[test]
    fn a_cancelled_receipt_says_so_and_a_statement_has_the_renunciation() {
        let catalog = catalog().unwrap();
        let french = Words::new(&catalog, Language::French);
        let cancelled = proto::Receipt { cancelled_by: "RC-2026-000004".into(), ..waiver() };
        assert!(receipt(french, &cancelled).contains("RC-2026-000004"));
        assert!(!receipt(french, &waiver()).contains("class=\"void\""));
        let drive = proto::StatementLine { kind: "drive".into(), counted_m: 40_000, ..Default::default() };
        let page = statement(
            french,
            &proto::Statement {
                volunteer_name: "Léa".into(),
                lines: vec![drive],
                scale_continued_from: vec![2025],
                ..proto::Statement::default()
            },
        );
        for text in ["renoncer au remboursement", "Léa", "2025"] {
            assert!(page.contains(text), "{text}");
        }
    }
}
