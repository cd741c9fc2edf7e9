//! A calendar feed in RFC 5545, in UTC instants: every calendar program shows them in its own time. Must never hold who
//! travels, an address or a reason.

use icalendar::{Calendar, Component as _, Event, EventStatus};
use jiff::Timestamp;
use maillage_domain::calendar::Standing;

use super::html::Page;
use crate::app::calendars::FeedEntry;

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
    calendar.to_string()
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
    let places = [("from", from.clone().into()), ("to", to.clone().into())];
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
