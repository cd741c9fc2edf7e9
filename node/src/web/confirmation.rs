//! The confirmation of a journey as a page of its own, ready to print and to hand or send to the person: large letters, plain words.

use jiff::Timestamp;
use maillage_platform::i18n::{Catalog, Language};

use super::html::{Page, escaped};
use crate::app::confirmations::{Confirmation, ConfirmedLeg};

/// For paper: A4, no colour, letters that are read without glasses.
const STYLE: &str = "@page{size:A4;margin:20mm}body{font:14pt/1.5 sans-serif;color:#000;max-width:42rem}\
h1{font-size:20pt}h2{font-size:16pt;border-bottom:2px solid #000}h2::first-letter{text-transform:uppercase}section{break-inside:avoid}\
dl{display:grid;grid-template-columns:15em 1fr;margin:0}dt{font-weight:bold}dd{margin:0 0 .4em}\
.call{border:2px solid #000;padding:4mm}";

/// The confirmation in a language.
pub fn page(catalog: &Catalog, language: Language, confirmation: &Confirmation) -> String {
    let page = Page::new(catalog, language);
    let title = escaped(&page.text("confirmation-title", &[]));
    let greeting = [("name", confirmation.person.as_str().into())];
    let mut body = format!("<p>{}</p>", escaped(&page.text("confirmation-greeting", &greeting)));
    body.extend(confirmation.legs.iter().map(|leg| section(&page, leg)));
    if confirmation.is_partial {
        body.extend(["<p>", &escaped(&page.text("confirmation-partial", &[])), "</p>"]);
    }
    let Confirmation { territory, phone, opening_hours, .. } = confirmation;
    let desk = [territory, phone, opening_hours].into_iter().filter(|text| !text.is_empty());
    let desk = desk.cloned().collect::<Vec<_>>().join(" – ");
    let call = escaped(&page.text("confirmation-call", &[("desk", desk.into())]));
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><h1>{title}</h1>{body}<p class=\"call\">{call}</p></body></html>\n",
        page.language()
    )
}

fn section(page: &Page<'_>, leg: &ConfirmedLeg) -> String {
    let words = page.words();
    let when = |at: Timestamp| words.instant(&at.to_string());
    let carrier = if leg.carrier.is_empty() { &leg.neighbour } else { &leg.carrier };
    let called = [&leg.neighbour, &leg.neighbour_phone].into_iter().filter(|text| !text.is_empty());
    let mut rows = vec![
        ("confirmation-pickup", format!("{} – {}", when(leg.pickup), leg.from)),
        ("confirmation-arrival", format!("{} – {}", when(leg.arrival), leg.to)),
        ("confirmation-driver", leg.driver.clone()),
        ("confirmation-carrier", carrier.clone()),
        ("confirmation-neighbour", called.cloned().collect::<Vec<_>>().join(" – ")),
    ];
    if !leg.frame.is_empty() {
        rows.push(("confirmation-frame", words.code("legal-frame", &leg.frame)));
    }
    if let Some(met) = leg.meeting {
        rows.push(("confirmation-meeting", words.code("meeting", met.code())));
    }
    if let Some(asked) = leg.contribution {
        let amount = asked.to_string().replace('.', &page.text("decimal-mark", &[]));
        rows.push(("confirmation-contribution", page.text("money-euros", &[("amount", amount.into())])));
    }
    let row = |(key, text): &(&str, String)| {
        format!("<dt>{}</dt><dd>{}</dd>", escaped(&page.text(key, &[])), escaped(text))
    };
    let rows: String = rows.iter().filter(|(_, text)| !text.is_empty()).map(row).collect();
    format!("<section><h2>{}</h2><dl>{rows}</dl></section>", escaped(&words.code("leg", leg.leg.code())))
}
