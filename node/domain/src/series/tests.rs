//! Series against a model that knows no weeks: every day asked by itself.

use std::collections::BTreeMap;

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time, Weekday, date},
};
use maillage_federation::ids::Id;
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;

fn tarn() -> Calendar<'static> {
    Calendar::of_department("81")
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn place(commune: &str) -> Place {
    Place { commune: commune.parse().unwrap(), address: crate::text::Address::default() }
}

fn journey(hour: i8) -> Journey {
    Journey {
        pickup: None,
        dropoff: place("81004"),
        outbound: Outbound::ArriveBy(Time::new(hour, 30, 0, 0).unwrap()),
        back: Some(Back::WhenCalled),
        companions: 0,
        purpose: Purpose::Health,
        tolerance_s: 900,
        late_ok: false,
        notes: Notes::parse("Canary").unwrap(),
        model: None,
    }
}

fn series(weekdays: &str, every: u8, first: &str, end: End) -> Series {
    let pattern = Pattern::new(weekdays.parse().unwrap(), every, day(first), end).unwrap();
    Series {
        id: Id::new(1, [1; 10]),
        person: Id::new(2, [2; 10]),
        follows: None,
        pattern,
        journey: journey(9),
        exceptions: BTreeMap::new(),
        revision: 1,
        created: Timestamp::UNIX_EPOCH,
    }
}

fn days(series: &Series, from: &str, to: &str) -> Vec<String> {
    series.pattern.days(day(from), day(to)).map(|day| day.to_string()).collect()
}

#[test]
fn every_second_week_is_counted_from_the_week_of_the_first_day() {
    let dialysis = series("mar,jeu", 2, "2026-10-01", End::Open);
    let expected = ["2026-10-01", "2026-10-13", "2026-10-15", "2026-10-27", "2026-10-29"];
    assert_eq!(days(&dialysis, "2026-09-01", "2026-10-31"), expected);
    assert_eq!(days(&dialysis, "2026-10-14", "2026-10-28"), ["2026-10-15", "2026-10-27"]);
    let counted = series("tue,thu", 2, "2026-10-01", End::Count(3));
    assert_eq!(days(&counted, "2026-10-10", "2027-01-01"), ["2026-10-13", "2026-10-15"]);
    assert_eq!(counted.last_day(), Some(day("2026-10-15")));
    let until = series("tue,thu", 2, "2026-10-01", End::Until(day("2026-10-14")));
    assert_eq!(until.last_day(), Some(day("2026-10-13")));
}

#[test]
fn patterns_that_never_come_or_never_end_well_are_refused() {
    let check = |every: u8, end: End, expected: PatternError| {
        let pattern = Pattern::new("mon".parse().unwrap(), every, day("2026-10-01"), end);
        assert_eq!(pattern, Err(expected));
    };
    check(0, End::Open, PatternError::Weeks);
    check(53, End::Open, PatternError::Weeks);
    check(1, End::Until(day("2026-09-30")), PatternError::Order);
    check(1, End::Count(0), PatternError::Count);
    check(1, End::Count(367), PatternError::Count);
    let long = Pattern::new("mon".parse().unwrap(), 1, day("2026-10-01"), End::Until(day("2032-10-01")));
    assert_eq!(long.unwrap().check_typed(), Err(PatternError::TooLong));
    for text in ["", "lundi", "mon,x", ","] {
        assert_eq!(text.parse::<Weekdays>(), Err(PatternError::Weekdays), "{text:?}");
    }
    assert_eq!("dim lun".parse::<Weekdays>().unwrap().to_string(), "mon,sun");
}

#[test]
fn holidays_are_kept_skipped_or_asked_about_and_a_word_on_the_day_is_stronger() {
    let with = |public, school| {
        let weekly = series("mon", 1, "2026-01-05", End::Open);
        Series { pattern: weekly.pattern.clone().with_holidays(public, school), ..weekly }
    };
    let check = |series: &Series, text: &str, expected: &str| {
        let planned = series.planned_on(day(text), tarn());
        let shown = match planned.standing {
            Standing::Goes { .. } => "goes".to_owned(),
            Standing::Skipped(why) => format!("skipped {}", why.code()),
            Standing::Ask(why) => format!("ask {}", why.code()),
        };
        assert_eq!(shown, expected, "{text}");
    };
    let keeps = with(HolidayRule::Keep, HolidayRule::Keep);
    check(&keeps, "2027-03-29", "goes");
    check(&keeps, "2029-10-15", "goes");
    let careful = with(HolidayRule::Skip, HolidayRule::Ask);
    check(&careful, "2027-03-29", "skipped easter-monday");
    check(&careful, "2026-02-23", "ask school-holidays");
    check(&careful, "2026-02-16", "goes");
    check(&careful, "2029-10-15", "ask school-unknown");
    check(&with(HolidayRule::Ask, HolidayRule::Skip), "2026-07-06", "skipped school-holidays");
    let kept = careful.with_exception(day("2027-03-29"), Exception::Kept).unwrap();
    check(&kept, "2027-03-29", "goes");
    check(&kept.without_exception(day("2027-03-29")), "2027-03-29", "skipped easter-monday");
    let tuesday = careful.with_exception(day("2027-03-30"), Exception::Kept);
    assert_eq!(tuesday, Err(SeriesError::NoSuchDay(day("2027-03-30"))));
}

#[test]
fn a_named_day_outlives_its_weekday_and_not_the_series() {
    let weekly = series("tue,thu", 1, "2026-10-06", End::Open);
    let changed = Exception::Changed { on: day("2026-10-16"), journey: Box::new(journey(10)) };
    let named = weekly.with_exception(day("2026-10-15"), changed).unwrap();
    let named = named.with_exception(day("2026-10-20"), Exception::Kept).unwrap();
    let named = named.with_exception(day("2026-10-22"), Exception::Skipped).unwrap();
    let monday = Pattern::new("mon".parse().unwrap(), 1, day("2026-10-06"), End::Open).unwrap();
    let moved = named.with_all(monday, journey(9));
    let on = |series: &Series| {
        let planned = series.planned(day("2026-10-01"), day("2026-10-26"), tarn());
        planned.iter().map(|planned| planned.occurrence.date.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(on(&moved), ["2026-10-12", "2026-10-15", "2026-10-19", "2026-10-20", "2026-10-26"]);
    assert!(moved.has(day("2026-10-15")) && !moved.has(day("2026-10-22")));
    assert_eq!(on(&moved.ending_before(day("2026-10-16"))), ["2026-10-12", "2026-10-15"]);
    let over = moved.ending_before(day("2026-10-06"));
    assert!(on(&over).is_empty());
    assert_eq!(over.last_day(), None);
    assert_eq!(over.ending_before(day("2026-11-01")).pattern, over.pattern, "what is over stays over");
}

#[test]
fn a_time_of_day_stays_the_same_on_both_sides_of_a_change_of_clocks() {
    let at = |on: &str| match journey(9).on(day(on)).unwrap().outbound {
        OutboundTime::ArriveBy(at) => at.to_string(),
        OutboundTime::PickupAt(_) => String::new(),
    };
    assert_eq!(at("2026-10-24"), "2026-10-24T07:30:00Z");
    assert_eq!(at("2026-10-25"), "2026-10-25T08:30:00Z");
    assert_eq!(at("2027-03-27"), "2027-03-27T08:30:00Z");
    assert_eq!(at("2027-03-28"), "2027-03-28T07:30:00Z");
    let night = |on: &str| match journey(2).on(day(on)).unwrap().outbound {
        OutboundTime::ArriveBy(at) => at.to_string(),
        OutboundTime::PickupAt(_) => String::new(),
    };
    assert_eq!(night("2027-03-28"), "2027-03-28T01:30:00Z");
    assert_eq!(night("2026-10-25"), "2026-10-25T00:30:00Z");
}

#[test]
fn debug_tells_nothing_of_where_and_why() {
    let weekly = series("mon", 1, "2026-01-05", End::Open);
    let changed = Exception::Changed { on: day("2026-01-06"), journey: Box::new(journey(10)) };
    let weekly = weekly.with_exception(day("2026-01-05"), changed).unwrap();
    let shown =
        format!("{weekly:?} {:?} {:?}", weekly.planned_on(day("2026-01-05"), tarn()), weekly.exceptions);
    for secret in ["Canary", "81004", "ealth"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn a_day() -> impl Strategy<Value = Date> {
    (0..400_i64).prop_map(|offset| date(2026, 1, 1).saturating_add(offset.days()))
}

fn a_series() -> impl Strategy<Value = Series> {
    let end = prop_oneof![
        Just(End::Open),
        (0..300_i64).prop_map(|offset| End::Until(date(2026, 7, 1).saturating_add(offset.days()))),
        (1..60_u16).prop_map(End::Count),
    ];
    let first = (0..170_i64).prop_map(|offset| date(2026, 1, 1).saturating_add(offset.days()));
    let weekdays = proptest::collection::btree_set(0..7_i8, 1..5);
    (weekdays, 1..5_u8, first, end).prop_map(|(weekdays, every, first, end)| {
        let names = weekdays.iter().map(|day| Weekday::from_monday_zero_offset(*day).unwrap());
        let text: Vec<&str> = names.map(crate::availability::code).collect();
        series(&text.join(","), every, &first.to_string(), end)
    })
}

/// The model: whether a series comes on a day, day by day from the first.
fn naive(series: &Series) -> Vec<Date> {
    let pattern = &series.pattern;
    let monday =
        |day: Date| day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap();
    let mut found = Vec::new();
    let mut day = pattern.first();
    while day < date(2033, 1, 1) {
        let weeks = monday(pattern.first()).until(monday(day)).unwrap().get_days() / 7;
        let ends = match pattern.end() {
            End::Open => false,
            End::Until(last) => day > last,
            End::Count(count) => found.len() >= usize::from(count),
        };
        if ends {
            break;
        }
        if weeks % i32::from(pattern.every_weeks()) == 0 && pattern.weekdays().has(day.weekday()) {
            found.push(day);
        }
        day = day.tomorrow().unwrap();
    }
    found
}

/// What the person does on each day: the day it takes place and the hour.
fn calendar_of(chain: &[Series], from: Date, to: Date) -> BTreeMap<Date, (Date, Journey)> {
    let mut found = BTreeMap::new();
    for planned in chain.iter().flat_map(|series| series.planned(from, to, tarn())) {
        if let Standing::Goes { on, journey } = planned.standing {
            let twice = found.insert(planned.occurrence.date, (on, journey));
            assert!(twice.is_none(), "{} comes twice", planned.occurrence.date);
        }
    }
    found
}

proptest! {
    #[test]
    fn the_days_are_those_of_the_model(series in a_series(), from in a_day(), length in 0..120_i64) {
        let to = from.saturating_add(length.days());
        let expected: Vec<Date> = naive(&series).into_iter().filter(|day| (from..=to).contains(day)).collect();
        prop_assert_eq!(series.pattern.days(from, to).collect::<Vec<_>>(), expected);
        if series.pattern.end() != End::Open {
            prop_assert_eq!(series.last_day(), naive(&series).last().copied());
        }
    }

    /// Editing this, the following or all changes those days and no other, in whatever order; nothing comes twice.
    #[test]
    fn edits_change_the_days_they_reach_and_no_other(
        first in a_series(),
        edits in proptest::collection::vec((0..4_u8, a_day(), 6..20_i8), 1..12),
    ) {
        let (from, to) = (date(2026, 1, 1), date(2027, 6, 1));
        let mut chain = vec![first];
        let mut model = calendar_of(&chain, from, to);
        let mut said: Vec<Date> = Vec::new();
        for ((kind, day, hour), number) in edits.into_iter().zip(10_u8..) {
            let Some(index) = chain.iter().position(|series| series.has(day)) else { continue };
            let series = chain[index].clone();
            match kind {
                0 => {
                    chain[index] = series.with_exception(day, Exception::Skipped).unwrap();
                    model.remove(&day);
                    said.push(day);
                }
                1 => {
                    let on = day.tomorrow().unwrap();
                    let changed = Exception::Changed { on, journey: Box::new(journey(hour)) };
                    chain[index] = series.with_exception(day, changed).unwrap();
                    model.insert(day, (on, journey(hour)));
                    said.push(day);
                }
                2 => {
                    let Split { before, after } = series.split(day, Id::new(number.into(), [number; 10])).unwrap();
                    let after = after.with_all(after.pattern.clone(), journey(hour));
                    let last = after.last_day();
                    chain.splice(index..=index, before.into_iter().chain([after]));
                    for (date, (_, there)) in &mut model {
                        let reached = *date >= day && last.is_none_or(|last| *date <= last);
                        if reached && !said.contains(date) {
                            *there = journey(hour);
                        }
                    }
                }
                _ => {
                    let (begins, last) = (series.pattern.first(), series.last_day());
                    chain[index] = series.with_all(series.pattern.clone(), journey(hour));
                    for (date, (_, there)) in &mut model {
                        let reached = *date >= begins && last.is_none_or(|last| *date <= last);
                        if reached && !said.contains(date) {
                            *there = journey(hour);
                        }
                    }
                }
            }
            prop_assert_eq!(&calendar_of(&chain, from, to), &model);
        }
        prop_assert!(chain.iter().skip(1).all(|series| series.follows.is_some()));
    }
}
