//! Where a person usually goes: "as always, to the podologist". Computed from what was asked for, never kept. Must never
//! leave the node: a destination can reveal health.

use std::{collections::BTreeMap, fmt};

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};
use maillage_federation::month::paris;
use maillage_geography::{InseeCode, fold};

use crate::{place::Place, request::Purpose};

/// An outbound that was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Outing {
    /// Where to.
    pub place: Place,
    /// Why.
    pub purpose: Purpose,
    /// The time that was given.
    pub at: Timestamp,
}

/// A place where a person goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Habit {
    /// Where to, as it was told last.
    pub place: Place,
    /// Why.
    pub purpose: Purpose,
    /// How often.
    pub times: u32,
    /// The day of the last time.
    pub last: Date,
    /// The weekday it is most often, the first of the week among equals.
    pub weekday: Weekday,
    /// The time of day it is most often, in minutes since midnight, the earliest among equals.
    pub minute: u16,
}

/// At most `limit` places where a person goes, most often first, then the latest. The same address written with other
/// accents or capitals is the same place.
pub fn habits(outings: impl IntoIterator<Item = Outing>, limit: usize) -> Vec<Habit> {
    let mut groups: BTreeMap<(InseeCode, String, Purpose), Vec<Outing>> = BTreeMap::new();
    for outing in outings {
        let place = (outing.place.commune, fold(outing.place.address.as_str()), outing.purpose);
        groups.entry(place).or_default().push(outing);
    }
    let mut habits: Vec<Habit> = groups.into_values().filter_map(habit).collect();
    habits.sort_by_key(|habit| (std::cmp::Reverse(habit.times), std::cmp::Reverse(habit.last)));
    habits.truncate(limit);
    habits
}

fn habit(outings: Vec<Outing>) -> Option<Habit> {
    let latest = outings.iter().max_by_key(|outing| outing.at)?;
    let civil = |outing: &Outing| outing.at.to_zoned(paris()).datetime();
    let weekday = most(outings.iter().map(|outing| civil(outing).weekday().to_monday_zero_offset()))?;
    let minute = most(outings.iter().map(|outing| {
        let time = civil(outing).time();
        u16::try_from(time.hour()).unwrap_or_default() * 60 + u16::try_from(time.minute()).unwrap_or_default()
    }))?;
    Some(Habit {
        place: latest.place.clone(),
        purpose: latest.purpose,
        times: u32::try_from(outings.len()).unwrap_or(u32::MAX),
        last: civil(latest).date(),
        weekday: Weekday::from_monday_zero_offset(weekday).ok()?,
        minute,
    })
}

/// The value that is there most often, the least among equals.
fn most<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
        .into_iter()
        .min_by_key(|(value, count)| (std::cmp::Reverse(*count), *value))
        .map(|(value, _)| value)
}

impl fmt::Debug for Outing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Outing(…)")
    }
}

impl fmt::Debug for Habit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Habit(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{civil::parse_civil, text::Address};

    fn outing(address: &str, purpose: Purpose, at: &str) -> Outing {
        let place = Place { commune: "81004".parse().unwrap(), address: Address::parse(address).unwrap() };
        Outing { place, purpose, at: parse_civil(at).unwrap() }
    }

    #[test]
    fn the_podologist_comes_first_with_the_usual_day_and_time() {
        let outings = [
            outing("3 rue Séré", Purpose::Health, "2026-09-01T09:30"),
            outing("Marché", Purpose::Shopping, "2026-09-19T08:00"),
            outing("3 RUE SERE", Purpose::Health, "2026-09-08T09:30"),
            outing("3 rue Séré", Purpose::Health, "2026-09-17T14:00"),
            outing("3 rue Séré", Purpose::Social, "2026-09-20T14:00"),
        ];
        let found = habits(outings, 2);
        let shown: Vec<_> = found.iter().map(|habit| (habit.purpose, habit.times, habit.minute)).collect();
        assert_eq!(shown, [(Purpose::Health, 3, 570), (Purpose::Social, 1, 840)]);
        assert_eq!((found[0].weekday, found[0].last), (Weekday::Tuesday, "2026-09-17".parse().unwrap()));
        assert_eq!(habits([], 5), Vec::new());
    }
}
