//! Series as a desk lives with them: made, made again, edited in three reaches, ended; the ledger of unmet need; a return
//! that waits for a call.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use maillage_domain::{
    ids::SeriesKind,
    place::NewPlace,
    request::NewRequest,
    series::{NewSeries, Reach},
    trip::{CancelReason, CancelledBy, Trip, TripStatus, UnmetReason},
};
use maillage_engine::View as _;
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{
    caller::Caller,
    edits::{self, NewTripChange, TripFilter},
    series::{self, Change, Outcome},
    trips,
    unmet::{self, UnmetFilter},
};

use crate::{
    dice::Dice,
    driving::reason,
    world::{A, World, ready},
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn dialysis() -> NewSeries {
    NewSeries {
        weekdays: "mar,jeu".into(),
        first: "2026-10-06".into(),
        dropoff: NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() },
        arrive_by: "10:00".into(),
        return_at: "14:00".into(),
        purpose: "health".into(),
        ..NewSeries::default()
    }
}

fn fields(change: impl Fn(&mut NewSeries) + Send + Sync + 'static) -> Change {
    Change::Fields(Arc::new(move |mut typed| {
        change(&mut typed);
        typed
    }))
}

impl World {
    fn series(&self, new: NewSeries) -> Outcome {
        let person = self.person(A, "ask");
        ready(series::add(self.app(A), &Caller::local(), person, new)).unwrap()
    }

    fn edit(&self, id: Id<SeriesKind>, reach: Reach, change: Change) -> Outcome {
        let etag = series::show(self.app(A), &Caller::local(), id).unwrap().revision.to_string();
        ready(series::edit(self.app(A), &Caller::local(), id, (reach, change), etag, false)).unwrap()
    }

    fn generate(&self) -> usize {
        ready(series::generate(self.app(A), &Caller::local(), 28)).unwrap().made.len()
    }

    /// Every open trip of the node by what it is for: at most one for each leg of each day of each series.
    fn planned(&self) -> BTreeMap<(Date, &'static str), Trip> {
        let rows = self.app(A).store.scan_prefix(maillage_store::trips::TREE, &[], usize::MAX).unwrap();
        let mut planned = BTreeMap::new();
        for (key, _) in rows {
            let trip = self.trip(A, Id::from_bytes(&key).unwrap());
            if let Some(occurrence) = trip.terms.occurrence.filter(|_| trip.is_open()) {
                let leg = (occurrence.date, trip.terms.leg.code());
                assert!(planned.insert(leg, trip).is_none(), "{leg:?} is there twice");
            }
        }
        planned
    }

    fn outbound(&self, on: &str) -> Id<TripKind> {
        self.planned()[&(day(on), "outbound")].id()
    }
}

#[test]
fn a_series_makes_each_day_once_however_often_it_is_made() {
    let mut world = World::new();
    let made = world.series(dialysis());
    assert_eq!(made.report.made.len(), 2 * 8);
    assert!(made.report.failed.is_empty());
    assert_eq!(world.generate(), 0);
    world.wait(7 * 24 * 60);
    assert_eq!(world.generate(), 2 * 2);
    world.nodes[A].crash(3);
    assert_eq!(world.generate(), 0);
    assert_eq!(world.planned().len(), 2 * 10);
    let autumn = world.trip(A, world.outbound("2026-10-27"));
    assert_eq!(autumn.terms.latest_arrival.to_string(), "2026-10-27T09:00:00Z");
}

#[test]
fn this_the_following_and_all_change_what_they_reach_and_leave_what_is_decided() {
    let world = World::new();
    let driver = world.volunteer(A, "81003", false);
    let id = world.series(dialysis()).series.id;
    world.promise(A, world.outbound("2026-10-13"), driver);
    let skipped = world.edit(id, Reach::This(day("2026-10-08")), Change::Skip);
    assert_eq!(skipped.report.cancelled.len(), 2);
    let moved = fields(|typed| typed.first = "2026-10-16".into());
    assert_eq!(world.edit(id, Reach::This(day("2026-10-15")), moved).report.changed.len(), 2);
    let all = world.edit(id, Reach::All, fields(|typed| typed.arrive_by = "09:00".into()));
    assert_eq!(all.report.left.len(), 2, "the promised outbound and its return stay");
    assert_eq!(all.report.changed.len(), 2 * 5);
    let later = fields(|typed| typed.return_at = "15:00".into());
    let following = world.edit(id, Reach::Following(day("2026-10-20")), later);
    assert_ne!(following.series.id, id);
    assert_eq!(following.series.follows, Some(id));
    assert_eq!(following.report.changed.len(), 2 * 4);
    let planned = world.planned();
    let end = |on: &str, leg| planned[&(day(on), leg)].terms.latest_arrival.to_string();
    assert!(!planned.contains_key(&(day("2026-10-08"), "outbound")));
    assert_eq!(end("2026-10-13", "outbound"), "2026-10-13T08:00:00Z");
    assert_eq!(end("2026-10-15", "outbound"), "2026-10-16T08:00:00Z");
    assert_eq!(end("2026-10-20", "outbound"), "2026-10-20T07:00:00Z");
    assert!(end("2026-10-20", "return") > end("2026-10-13", "return").replace("13T", "20T"));
    assert_eq!(world.generate(), 0);
    assert_eq!(world.planned().len(), planned.len());
}

#[test]
fn what_was_changed_by_hand_is_told_and_stays() {
    let world = World::new();
    let id = world.series(dialysis()).series.id;
    let trip = world.trip(A, world.outbound("2026-10-13"));
    let by_hand = NewTripChange { arrive_by: Some("2026-10-13T11:00".into()), ..NewTripChange::default() };
    let etag = trip.revision().to_string();
    ready(edits::edit(world.app(A), &Caller::local(), trip.id(), by_hand.clone(), etag.clone())).unwrap();
    let stale = ready(edits::edit(world.app(A), &Caller::local(), trip.id(), by_hand, etag));
    assert_eq!(reason(stale), "changed-meanwhile");
    let all = world.edit(id, Reach::All, fields(|typed| typed.arrive_by = "09:00".into()));
    assert_eq!(all.report.left.len(), 2);
    assert_eq!(world.trip(A, trip.id()).terms.latest_arrival.to_string(), "2026-10-13T09:00:00Z");
}

#[test]
fn an_edit_that_frees_the_driver_ends_the_question_to_that_driver() {
    let world = World::new();
    let driver = world.volunteer(A, "81003", false);
    let person = world.person(A, "ask");
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(world.app(A), &Caller::local(), trip, driver, true)).unwrap();
    let open = || maillage_store::driver_offers::open_for(&world.app(A).store, trip).unwrap();
    assert!(open().is_some());
    let later = NewTripChange { arrive_by: Some("2026-10-06T18:00".into()), ..NewTripChange::default() };
    let etag = world.trip(A, trip).revision().to_string();
    let edited = ready(edits::edit(world.app(A), &Caller::local(), trip, later, etag)).unwrap();
    assert_eq!((edited.freed, edited.trip.status()), (Some(driver), TripStatus::Requested));
    assert!(open().is_none());
}

#[test]
fn a_series_ends_and_what_somebody_decided_about_is_left() {
    let world = World::new();
    let driver = world.volunteer(A, "81003", false);
    let made = world.series(dialysis()).series;
    world.promise(A, world.outbound("2026-10-22"), driver);
    let etag = made.revision.to_string();
    let end = |etag: &str| {
        let (from, etag) = (day("2026-10-15"), etag.to_owned());
        ready(series::end(world.app(A), &Caller::local(), made.id, from, etag, false))
    };
    let ended = end(&etag).unwrap();
    assert_eq!((ended.report.cancelled.len(), ended.report.left.len()), (2 * 4, 2));
    assert_eq!(reason(end(&etag)), "changed-meanwhile");
    world.wait(14 * 24 * 60);
    assert_eq!(world.generate(), 0);
    let called_off = world.trip(A, ended.report.cancelled[0]);
    let cancelled =
        TripStatus::Cancelled { by: CancelledBy::Person, reason: CancelReason::Series, late: false };
    assert_eq!(called_off.status(), cancelled);
}

/// Whatever is edited in whatever order, with trips made in between and power failing: each day once, none lost.
#[test]
fn no_day_is_doubled_or_lost_whatever_is_edited() {
    for seed in 0..12 {
        let mut world = World::new();
        let mut dice = Dice::new(seed);
        let first = NewSeries { weekdays: "lun,mar,mer,jeu,ven".into(), ..dialysis() };
        let mut chain = vec![world.series(first).series.id];
        let mut expected: BTreeMap<Date, bool> = BTreeMap::new();
        for on in day("2026-10-06").series(jiff::ToSpan::days(1)).take_while(|on| *on <= day("2026-10-29")) {
            if on.weekday().to_monday_zero_offset() < 5 {
                expected.insert(on, true);
            }
        }
        for _ in 0..14 {
            let on = *expected.keys().nth(dice.below(expected.len())).unwrap();
            let id = chain
                .iter()
                .copied()
                .find(|id| series::show(world.app(A), &Caller::local(), *id).unwrap().has(on));
            let id = id.unwrap();
            match dice.below(6) {
                0 => {
                    world.edit(id, Reach::This(on), Change::Skip);
                    expected.insert(on, false);
                }
                1 => {
                    world.edit(id, Reach::This(on), Change::AsUsual);
                    expected.insert(on, true);
                }
                2 => {
                    let hour = 8 + dice.below(4);
                    let later = fields(move |typed| typed.arrive_by = format!("{hour:02}:30"));
                    let split = world.edit(id, Reach::Following(on), later).series.id;
                    if split != id {
                        chain.push(split);
                    }
                }
                3 => {
                    let notes = format!("{}", dice.below(9));
                    world.edit(id, Reach::All, fields(move |typed| typed.notes.clone_from(&notes)));
                }
                4 => assert_eq!(world.generate(), 0, "seed {seed}"),
                _ => world.nodes[A].crash(seed),
            }
            let goes = expected.iter().filter(|(_, goes)| **goes).map(|(on, _)| *on);
            let planned: Vec<Date> =
                world.planned().into_keys().filter(|(_, leg)| *leg == "outbound").map(|(on, _)| on).collect();
            assert_eq!(planned, goes.collect::<Vec<_>>(), "seed {seed}");
            assert_eq!(world.planned().len(), 2 * planned.len(), "seed {seed}");
        }
    }
}

#[test]
fn a_return_waits_for_the_call_and_follows_its_outbound_when_nobody_goes() {
    let world = World::new();
    let driver = world.volunteer(A, "81003", false);
    let ask = || {
        let person = world.person(A, "ask");
        let new = NewRequest {
            dropoff: NewPlace { commune: "81004".into(), address: String::new() },
            arrive_by: Some("2026-10-06T10:00".into()),
            call_when_done: true,
            purpose: "health".into(),
            ..NewRequest::default()
        };
        let (_, legs) = ready(trips::add_request(world.app(A), &Caller::local(), person, new)).unwrap();
        (legs[0].id(), legs[1].id())
    };
    let (there, back) = ask();
    world.promise(A, there, driver);
    assert_eq!(world.at(A, back).0, "requested");
    let offer = ready(trips::offer_to_driver(world.app(A), &Caller::local(), back, driver, true));
    assert_eq!(reason(offer), "trip-not-called");
    let call = |at: &str| ready(edits::call_for_return(world.app(A), &Caller::local(), back, at.to_owned()));
    assert_eq!(reason(call("2026-10-06T06:00")), "trip-legs-cross");
    assert!(!call("2026-10-06T12:15").unwrap().waits_for_call());
    assert_eq!(reason(call("2026-10-06T12:30")), "trip-not-on-call");
    world.promise(A, back, driver);
    let (there, back) = ask();
    ready(trips::cancel(world.app(A), &Caller::local(), there, CancelledBy::Person, false)).unwrap();
    assert_eq!(world.at(A, back).0, "cancelled");
}

#[test]
fn the_ledger_keeps_what_was_unmet_even_if_it_is_served_later() {
    let world = World::new();
    let driver = world.volunteer(A, "81003", false);
    let person = world.person(A, "ask");
    let legs: Vec<Id<TripKind>> = (0..3).map(|_| world.request(A, person, false)[0]).collect();
    let declare = |trip, why| {
        ready(trips::declare_unmet(world.app(A), &Caller::local(), trip, why, true)).unwrap();
    };
    declare(legs[0], UnmetReason::NoDriver);
    declare(legs[1], UnmetReason::TooLate);
    declare(legs[2], UnmetReason::NoDriver);
    let look = |commune: Option<&str>, reason: Option<UnmetReason>, limit: usize| {
        let filter = UnmetFilter {
            from: day("2026-10-01"),
            to: day("2026-10-31"),
            commune: commune.map(|code| code.parse().unwrap()),
            reason,
        };
        unmet::list(world.app(A), &Caller::local(), &filter, None, limit).unwrap()
    };
    let all = look(None, None, 2);
    assert_eq!((all.total, all.entries.len(), all.next_after.is_some()), (3, 2, true));
    assert_eq!(all.by_reason[&UnmetReason::NoDriver], 2);
    assert_eq!(all.entries[0].declared_by, "local");
    assert_eq!(all.entries[0].home.unwrap().as_str(), "81003");
    assert_eq!(look(Some("81003"), None, 9).total, 3);
    assert_eq!(look(Some("81004"), None, 9).total, 0, "a destination is no commune of need");
    assert_eq!(look(None, Some(UnmetReason::TooLate), 9).entries[0].trip, legs[1]);
    ready(edits::reopen(world.app(A), &Caller::local(), legs[0], true)).unwrap();
    world.promise(A, legs[0], driver);
    world.complete(A, legs[0]);
    let after = look(None, None, 9);
    assert_eq!((after.total, after.served), (3, 1));
    let served = after.entries.iter().find(|entry| entry.trip == legs[0]).unwrap();
    assert!(served.reopened.is_some() && served.served.is_some());
}

#[test]
fn pages_of_trips_go_through_all_of_them_once() {
    let world = World::new();
    let driver = world.volunteer(A, "81003", false);
    let id = world.series(dialysis()).series.id;
    world.promise(A, world.outbound("2026-10-13"), driver);
    let all = |filter: &TripFilter, limit: usize| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = edits::page(world.app(A), &Caller::local(), filter, after, limit).unwrap();
            found.extend(page.trips.iter().map(Trip::id));
            after = page.next_after;
            if after.is_none() {
                return found;
            }
        }
    };
    let series = TripFilter { series: Some(id), ..TripFilter::default() };
    for limit in [1, 3, 16, 100] {
        let found = all(&series, limit);
        let distinct: std::collections::BTreeSet<_> = found.iter().collect();
        assert_eq!((found.len(), distinct.len()), (16, 16), "{limit}");
    }
    let drives = TripFilter { volunteer: Some(driver), ..TripFilter::default() };
    assert_eq!(all(&drives, 1).len(), 2);
    let bounded = TripFilter { from: Some(day("2026-10-08")), to: Some(day("2026-10-13")), ..series.clone() };
    assert_eq!(all(&bounded, 3).len(), 4);
    let confirmed = TripFilter { status: "confirmed".into(), ..series };
    assert_eq!(all(&confirmed, 1).len(), 2);
    let person = world.trip(A, world.outbound("2026-10-13")).person().unwrap();
    let first = edits::history(world.app(A), &Caller::local(), person, None, 10).unwrap();
    let rest = edits::history(world.app(A), &Caller::local(), person, first.next_after, 10).unwrap();
    assert_eq!((first.trips.len(), rest.trips.len(), rest.next_after), (10, 6, None));
}
