//! A day sheet as a page of its own, ready to print: large, black on white, one driver per sheet of paper.

use jiff::Timestamp;
use maillage_platform::i18n::{Catalog, Language};

use super::html::{Page, escaped};
use crate::app::day_sheets::{DaySheet, SheetTrip};

/// For paper: A4, no colour, a driver never shares a sheet.
pub(crate) const STYLE: &str = "@page{size:A4;margin:15mm}body{font:12pt/1.4 sans-serif;color:#000}h1{font-size:16pt}\
h2{font-size:14pt;border-bottom:2px solid #000}section{break-after:page}section:last-of-type{break-after:auto}\
article{border:1px solid #000;padding:3mm;margin:3mm 0;break-inside:avoid}dl{display:grid;\
grid-template-columns:9em 1fr;margin:0}dt{font-weight:bold}dd{margin:0}.unsure{border-style:dashed}";

/// The sheet in a language, with all that it needs: a file to be printed.
pub fn page(catalog: &Catalog, language: Language, sheet: &DaySheet) -> String {
    written(catalog, language, sheet, &format!("<style>{STYLE}</style>"))
}

/// The sheet in a language, for a browser that fetches the style sheet by its address.
pub(crate) fn linked_page(catalog: &Catalog, language: Language, sheet: &DaySheet, style: &str) -> String {
    written(catalog, language, sheet, &format!("<link rel=\"stylesheet\" href=\"{}\">", escaped(style)))
}

fn written(catalog: &Catalog, language: Language, sheet: &DaySheet, style: &str) -> String {
    let page = Page::new(catalog, language);
    let day = page.words().day(sheet.day);
    let title = escaped(&page.text("sheet-title", &[("day", day.into())]));
    let mut body = String::new();
    for driver in &sheet.drivers {
        let heading = [driver.name.as_str(), driver.phone.as_str()];
        let heading = heading.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" – ");
        body.extend(["<section><h2>", &escaped(&heading), "</h2>"]);
        if driver.trips.is_empty() {
            body.extend(["<p>", &escaped(&page.text("sheet-nothing", &[])), "</p>"]);
        }
        body.extend(driver.trips.iter().map(|trip| article(&page, trip)));
        body.push_str("</section>");
    }
    if !sheet.undecided.is_empty() {
        body.extend(["<section><h2>", &escaped(&page.text("sheet-undecided", &[])), "</h2>"]);
        body.extend(sheet.undecided.iter().map(|trip| article(&page, trip)));
        body.push_str("</section>");
    }
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         {style}</head><body><h1>{title}</h1>{body}</body></html>\n",
        page.language()
    )
}

fn article(page: &Page<'_>, trip: &SheetTrip) -> String {
    let words = page.words();
    let when = |at: Timestamp| words.instant(&at.to_string());
    let mut rows = vec![("sheet-way", words.code("leg", trip.leg.code()))];
    rows.extend(trip.start.map(|start| ("sheet-start", when(start))));
    rows.extend([
        ("sheet-pickup", format!("{} – {}", when(trip.pickup), trip.from)),
        ("sheet-arrival", format!("{} – {}", when(trip.arrival), trip.to)),
        ("sheet-passenger", trip.passenger.clone()),
        ("sheet-phone", trip.phone.clone()),
        ("sheet-seats", trip.seats.to_string()),
        (
            "sheet-needs",
            trip.needs.iter().map(|need| words.code("need", need.code())).collect::<Vec<_>>().join(", "),
        ),
        ("sheet-meeting", trip.meeting.map(|met| words.code("meeting", met.code())).unwrap_or_default()),
        ("sheet-notes", trip.notes.clone()),
    ]);
    if trip.unanswered {
        rows.push(("sheet-standing", page.text("sheet-unanswered", &[])));
    }
    let row = |(key, text): &(&str, String)| {
        format!("<dt>{}</dt><dd>{}</dd>", escaped(&page.text(key, &[])), escaped(text).replace('\n', "<br>"))
    };
    let rows: String = rows.iter().filter(|(_, text)| !text.is_empty()).map(row).collect();
    let class = if trip.unanswered { " class=\"unsure\"" } else { "" };
    format!("<article{class}><dl>{rows}</dl></article>")
}
