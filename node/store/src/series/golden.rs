//! The bytes of series and of the ledger of unmet need, and that they read back whole.

use std::collections::BTreeMap;

use maillage_domain::{
    place::NewPlace,
    series::{Exception, NewSeries, Series},
    unmet::{UnmetCause, UnmetEntry},
};
use maillage_engine::EngineError;
use maillage_geography::Geography;

use super::{
    ExceptionRecord, Made, MadeRecord, SeriesRecord, Unmade, UnmadeRecord, find, made, put, put_made,
};
use crate::{
    golden::{check, check_old},
    samples::{engine, id, now},
    unmet::UnmetRecord,
};

/// A series that uses every field, with every kind of exception.
fn series() -> Series {
    let typed = NewSeries {
        weekdays: "mon,thu".to_owned(),
        every_weeks: 2,
        first: "2026-10-05".to_owned(),
        count: 20,
        public_holidays: "skip".to_owned(),
        school_holidays: "ask".to_owned(),
        pickup: Some(NewPlace { commune: "81003".to_owned(), address: "3 rue Canary".to_owned() }),
        dropoff: NewPlace { commune: "81004".to_owned(), address: "22 bd Canary".to_owned() },
        arrive_by: "09:30".to_owned(),
        return_at: "11:00".to_owned(),
        companions: 1,
        purpose: "health".to_owned(),
        tolerance_s: Some(900),
        late_ok: true,
        notes: "Canary practice".to_owned(),
        model: "benevoles-association@1".to_owned(),
        ..NewSeries::default()
    };
    let (pattern, journey) = typed.parse(Geography::embedded()).unwrap();
    let called =
        NewSeries { return_at: String::new(), call_when_done: true, ..NewSeries::of(&pattern, &journey) };
    let changed = Exception::Changed {
        on: "2026-10-21".parse().unwrap(),
        journey: Box::new(called.parse(Geography::embedded()).unwrap().1),
    };
    Series {
        id: id(30),
        person: id(1),
        follows: Some(id(31)),
        pattern,
        journey,
        exceptions: BTreeMap::from([
            ("2026-10-05".parse().unwrap(), Exception::Skipped),
            ("2026-10-08".parse().unwrap(), Exception::Kept),
            ("2026-10-19".parse().unwrap(), changed),
        ]),
        revision: 3,
        created: now(),
    }
}

fn done() -> Made {
    Made {
        date: "2026-10-08".parse().unwrap(),
        request: id(10),
        trips: vec![id(11), id(12)],
        edits: vec![0, 3],
    }
}

fn entry() -> UnmetEntry {
    UnmetEntry {
        trip: id(11),
        pickup: "81003".parse().unwrap(),
        home: Some("81004".parse().unwrap()),
        wanted: "2026-10-05".parse().unwrap(),
        needs: crate::fields::needs(&["walking-aid".to_owned()], 0).unwrap(),
        reason: maillage_domain::trip::UnmetReason::NoDriver,
        cause: UnmetCause::Driver,
        declared: now(),
        declared_by: "desk".to_owned(),
        times: 2,
        reopened: Some(now()),
        served: Some(now()),
    }
}

#[test]
fn series_and_unmet_needs_of_version_1() {
    let series = series();
    check(include_str!("../../golden/series.v1.hex"), &SeriesRecord::from(&series));
    let golden = include_str!("../../golden/series_exception.v1.hex");
    assert_eq!(golden.lines().count(), series.exceptions.len());
    for (golden, (day, exception)) in golden.lines().zip(&series.exceptions) {
        check(golden, &ExceptionRecord::of(*day, exception));
    }
    let former = Made { edits: Vec::new(), ..done() };
    check_old(include_str!("../../golden/series_made.v1.hex"), &MadeRecord::from(&former));
    check(include_str!("../../golden/series_made.v2.hex"), &MadeRecord::from(&done()));
    let day = maillage_domain::trip::Occurrence { series: id(30), date: done().date };
    let unmade = Unmade { day, code: "out-of-frame".to_owned(), since: now() };
    check(include_str!("../../golden/series_unmade.v1.hex"), &UnmadeRecord::from(&unmade));
    check(include_str!("../../golden/unmet.v1.hex"), &UnmetRecord::from(&entry()));
}

#[test]
fn a_series_reads_back_as_it_was_written_and_forgets_exceptions_taken_away() {
    let engine = engine();
    let whole = series();
    let mut less = whole.clone();
    less.exceptions.pop_first();
    for series in [&whole, &less, &whole] {
        let kept = series.clone();
        let written = engine.transact::<(), EngineError, _>("test", move |transaction| {
            put(transaction, &kept)?;
            put_made(transaction, kept.id, &done())
        });
        written.unwrap();
        assert_eq!(find(&engine, whole.id).unwrap().as_ref(), Some(series));
    }
    let day = maillage_domain::trip::Occurrence { series: whole.id, date: done().date };
    assert_eq!(made(&engine, day).unwrap(), Some(done()));
    assert_eq!(UnmetEntry::try_from(UnmetRecord::from(&entry())).unwrap(), entry());
}
