//! A calendar feed in RFC 5545, in UTC instants: every calendar program shows them in its own time. Must never hold who
//! travels, an address or a reason.

use icalendar::{Calendar, Component as _, Event, EventStatus};
use jiff::Timestamp;
use maillage_domain::calendar::Standing;
use maillage_platform::i18n::{Catalog, Language};

use super::html::Page;
use crate::app::calendars::FeedEntry;

/// The feed in a language.
pub fn feed(catalog: &Catalog, language: Language, entries: &[FeedEntry]) -> String {
    text(&Page::new(catalog, language), entries)
}

/// The feed.
pub(super) fn text(page: &Page<'_>, entries: &[FeedEntry]) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", "-//Maillage//Calendar//FR"));
    calendar.append_property(("METHOD", "PUBLISH"));
    calendar.append_property(("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"));
    calendar.name(&page.text("calendar-name", &[]));
    for entry in entries {
        calendar.push(event(page, entry));
    }
    folded(&calendar.to_string())
}

fn event(page: &Page<'_>, FeedEntry { entry, from, to }: &FeedEntry) -> Event {
    let key = match entry.standing {
        Standing::Tentative => "calendar-tentative",
        Standing::Confirmed => "calendar-confirmed",
        Standing::Cancelled => "calendar-cancelled",
    };
    let status = match entry.standing {
        Standing::Tentative => EventStatus::Tentative,
        Standing::Confirmed => EventStatus::Confirmed,
        Standing::Cancelled => EventStatus::Cancelled,
    };
    let pickup = page.words().instant(&entry.pickup.to_string());
    let places = [("from", printable(from).into()), ("to", printable(to).into())];
    let summary = page.text(key, &places);
    let described = page.text("calendar-pickup", &[("when", pickup.into())]);
    Event::new()
        .uid(&format!("{}@maillage", entry.trip))
        .sequence(entry.sequence)
        .add_property("DTSTAMP", utc(entry.changed))
        .add_property("LAST-MODIFIED", utc(entry.changed))
        .add_property("DTSTART", utc(entry.start))
        .add_property("DTEND", utc(entry.end))
        .status(status)
        .summary(&summary)
        .description(&described)
        .done()
}

/// A UTC instant (RFC 5545 § 3.3.5, form 2).
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text on one line: what a calendar's writer escapes is not all that breaks a line.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// A feed with its lines folded anew (RFC 5545 § 3.1): its writer leaves a last line of 76 octets now and then.
fn folded(feed: &str) -> String {
    let mut folded = String::with_capacity(feed.len());
    for line in feed.replace("\r\n ", "").lines() {
        let mut width = 0;
        for letter in line.chars() {
            if width + letter.len_utf8() > LINE_OCTETS {
                folded.push_str("\r\n ");
                width = 1;
            }
            folded.push(letter);
            width += letter.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}

/// Octets of a line without its end.
const LINE_OCTETS: usize = 75;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_75_octets_and_unfolding_gives_it_back() {
        for length in 60..400 {
            for letter in ["x", "é", "→"] {
                let line = format!("SUMMARY:{}", letter.repeat(length));
                let feed = folded(&format!("{line}\r\nUID:1\r\n"));
                assert!(feed.split("\r\n").all(|line| line.len() <= LINE_OCTETS), "{length} {letter}");
                assert_eq!(feed.replace("\r\n ", ""), format!("{line}\r\nUID:1\r\n"));
            }
        }
    }

    #[test]
    fn a_text_stays_on_its_line() {
        assert_eq!(printable("Alban\r\nEND:VEVENT\u{0}"), "Alban  END:VEVENT ");
    }
}
