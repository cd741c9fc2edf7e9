//! A calendar feed in RFC 5545, in UTC instants: every calendar program shows them in its own time. Must never hold who
//! travels, an address or a reason.
//!
//! Written here: the writer that was used before panicked on some long lines, left others too long, and let a carriage return
//! through. The fuzz target `calendar` reads what is written with an independent reader.

use jiff::Timestamp;
use maillage_domain::calendar::Standing;
use maillage_platform::i18n::{Catalog, Language};

use super::html::Page;
use crate::app::calendars::FeedEntry;

/// Octets of a line without its end (RFC 5545 § 3.1).
const LINE_OCTETS: usize = 75;

/// A feed as far as it is written.
#[derive(Default)]
struct Feed(String);

/// The feed in a language.
pub fn feed(catalog: &Catalog, language: Language, entries: &[FeedEntry]) -> String {
    text(&Page::new(catalog, language), entries)
}

/// The feed.
pub(super) fn text(page: &Page<'_>, entries: &[FeedEntry]) -> String {
    let mut feed = Feed::default();
    feed.plain("BEGIN", "VCALENDAR");
    feed.plain("VERSION", "2.0");
    feed.plain("PRODID", "-//Maillage//Calendar//FR");
    feed.plain("METHOD", "PUBLISH");
    feed.plain("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    let name = page.text("calendar-name", &[]);
    feed.text("NAME", &name);
    feed.text("X-WR-CALNAME", &name);
    for entry in entries {
        feed.event(page, entry);
    }
    feed.plain("END", "VCALENDAR");
    feed.0
}

impl Feed {
    fn event(&mut self, page: &Page<'_>, FeedEntry { entry, from, to }: &FeedEntry) {
        let (key, status) = match entry.standing {
            Standing::Tentative => ("calendar-tentative", "TENTATIVE"),
            Standing::Confirmed => ("calendar-confirmed", "CONFIRMED"),
            Standing::Cancelled => ("calendar-cancelled", "CANCELLED"),
        };
        let pickup = page.words().instant(&entry.pickup.to_string());
        let places = [("from", from.clone().into()), ("to", to.clone().into())];
        self.plain("BEGIN", "VEVENT");
        self.plain("UID", &format!("{}@maillage", entry.trip));
        self.plain("SEQUENCE", &entry.sequence.to_string());
        self.plain("DTSTAMP", &utc(entry.changed));
        self.plain("LAST-MODIFIED", &utc(entry.changed));
        self.plain("DTSTART", &utc(entry.start));
        self.plain("DTEND", &utc(entry.end));
        self.plain("STATUS", status);
        self.text("SUMMARY", &page.text(key, &places));
        self.text("DESCRIPTION", &page.text("calendar-pickup", &[("when", pickup.into())]));
        self.plain("END", "VEVENT");
    }

    /// A property whose value is no text: instants, numbers, words of the standard.
    fn plain(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{value}"));
    }

    /// A property whose value is a text (RFC 5545 § 3.3.11). What controls anything becomes a space.
    fn text(&mut self, name: &str, text: &str) {
        let mut line = format!("{name}:");
        for letter in text.chars() {
            match letter {
                '\\' | ';' | ',' => line.extend(['\\', letter]),
                letter if letter.is_control() => line.push(' '),
                letter => line.push(letter),
            }
        }
        self.line(&line);
    }

    /// A line, folded between characters (RFC 5545 § 3.1).
    fn line(&mut self, line: &str) {
        let mut width = 0;
        for letter in line.chars() {
            if width + letter.len_utf8() > LINE_OCTETS {
                self.0.push_str("\r\n ");
                width = 1;
            }
            self.0.push(letter);
            width += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A UTC instant (RFC 5545 § 3.3.5, form 2).
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_75_octets_and_unfolding_gives_it_back() {
        for length in 60..400 {
            for letter in ["x", "é", "→", "\u{a0}"] {
                let mut feed = Feed::default();
                feed.text("SUMMARY", &letter.repeat(length));
                assert!(feed.0.split("\r\n").all(|line| line.len() <= LINE_OCTETS), "{length} {letter}");
                assert_eq!(feed.0.replace("\r\n ", ""), format!("SUMMARY:{}\r\n", letter.repeat(length)));
            }
        }
    }

    #[test]
    fn a_text_is_escaped_and_stays_on_its_line() {
        let mut feed = Feed::default();
        feed.text("SUMMARY", "Alban\r\nEND:VEVENT\u{0}; a\\n, b");
        assert_eq!(feed.0, "SUMMARY:Alban  END:VEVENT \\; a\\\\n\\, b\r\n");
    }
}
