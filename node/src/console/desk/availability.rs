//! When somebody can drive, in words.

use maillage_domain::availability::{Absence, Availability, Slot};

use crate::console::{
    Console,
    door::Visit,
    reply::{texts, words},
};

/// The hours of a week, day by day; that there are none, if so.
pub(super) fn hours_of(console: &Console, visit: &Visit, availability: &Availability) -> String {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let clock = |minutes: u16| {
        let (hour, minute) = (i64::from(minutes / 60), format!("{:02}", minutes % 60));
        words.text("time-of-day", &[("hour", hour.to_string().into()), ("minute", minute.into())])
    };
    let slot = |slot: &Slot| {
        let day = words.code("weekday", &slot.weekday().to_monday_one_offset().to_string());
        let args = [
            ("day", day.into()),
            ("from", clock(slot.from_min()).into()),
            ("to", clock(slot.to_min()).into()),
        ];
        texts.with("desk-slot", &args)
    };
    if availability.weekly().is_empty() {
        return texts.say("desk-slots-none");
    }
    availability.weekly().iter().map(slot).collect::<Vec<_>>().join(", ")
}

/// An absence: its day, or its first and last one.
pub(super) fn absence_in_words(console: &Console, visit: &Visit, absence: Absence) -> String {
    words(console, visit).absences(&[absence.to_string()])
}
