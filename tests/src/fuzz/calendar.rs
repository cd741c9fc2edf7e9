//! Calendar feeds made of hostile texts: whatever a commune is called, a calendar program reads as many entries as there are,
//! each with the summary it was given, and no property that we did not write.

use std::sync::OnceLock;

use icalendar::parser::{Component, read_calendar, unfold};
use maillage_domain::{
    calendar::{CalendarEntry, Standing},
    trip::Leg,
};
use maillage_federation::ids::Id;
use maillage_node::{app::calendars::FeedEntry, cli, web::calendar};
use maillage_platform::i18n::{Catalog, Language};

use super::choices::Choices;

/// Entries of one feed.
const ENTRIES: usize = 4;
/// Octets of a line that every calendar program takes (RFC 5545 § 3.1).
const LINE: usize = 75;
/// What an entry consists of.
const PROPERTIES: [&str; 9] =
    ["DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "LAST-MODIFIED", "SEQUENCE", "STATUS", "SUMMARY", "UID"];

/// The texts of the node, read once.
pub(super) fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| cli::catalog().expect("the embedded texts"))
}

/// Entries are read from the bytes.
pub(super) fn fuzz(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let language = choices.pick(&[Language::French, Language::English]);
    let count = choices.below(ENTRIES + 1);
    let entries: Vec<FeedEntry> = (0..count).map(|_| entry(&mut choices)).collect();
    let feed = calendar::feed(catalog(), language, &entries);
    check_lines(&feed);
    let unfolded = unfold(&feed);
    let read = read_calendar(&unfolded).expect("a calendar program reads it");
    assert_eq!(read.components.len(), entries.len(), "{feed}");
    for (component, entry) in read.components.iter().zip(&entries) {
        check_entry(component, entry);
    }
}

fn entry(choices: &mut Choices<'_>) -> FeedEntry {
    let entry = CalendarEntry {
        trip: Id::new(choices.number() >> 16, [choices.byte(); 10]),
        sequence: u32::try_from(choices.number() >> 32).expect("32 bits"),
        start: choices.instant(),
        pickup: choices.instant(),
        end: choices.instant(),
        changed: choices.instant(),
        leg: choices.pick(&[Leg::Outbound, Leg::Return]),
        standing: choices.pick(&[Standing::Tentative, Standing::Confirmed, Standing::Cancelled]),
    };
    FeedEntry { entry, from: choices.text(), to: choices.text() }
}

/// Every line ends as the standard says, is short enough, and holds no control character.
fn check_lines(feed: &str) {
    assert!(feed.ends_with("\r\n"));
    for line in feed.trim_end_matches("\r\n").split("\r\n") {
        assert!(line.len() <= LINE, "{} octets: {line:?}", line.len());
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

fn check_entry(component: &Component<'_>, entry: &FeedEntry) {
    assert_eq!((component.name.as_str(), component.components.len()), ("VEVENT", 0));
    let mut names: Vec<&str> = component.properties.iter().map(|property| property.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, PROPERTIES);
    let value = |name: &str| {
        let property = component.properties.iter().find(|property| property.name.as_str() == name);
        property.map(|property| property.val.as_str().to_owned()).unwrap_or_default()
    };
    assert_eq!(value("UID"), format!("{}@maillage", entry.entry.trip));
    let summary = value("SUMMARY");
    for place in [&entry.from, &entry.to] {
        assert!(summary.contains(&printed(place)), "{place:?} is not in {summary:?}");
    }
}

/// What of a text can be shown on one line.
fn printed(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
