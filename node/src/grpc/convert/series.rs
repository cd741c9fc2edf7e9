//! Series to messages.

use maillage_domain::series::{Exception, NewSeries, Series, Standing};
use maillage_proto::node::v1 as proto;
use maillage_store::series::Unmade;

use super::{people::place, trips};
use crate::app::{
    App,
    caller::Caller,
    series::{Day, Outcome, Report, UnmadeDay},
};

/// A series.
pub fn series(app: &App, series: &Series) -> proto::TripSeries {
    proto::TripSeries {
        id: series.id.to_string(),
        person: series.person.to_string(),
        follows: series.follows.map(|id| id.to_string()).unwrap_or_default(),
        fields: Some(fields(app, series)),
        exceptions: series.exceptions.iter().map(|(day, exception)| different(*day, exception)).collect(),
        etag: series.revision.to_string(),
        created_at: series.created.to_string(),
    }
}

/// A series after something was done to it.
pub fn outcome(app: &App, outcome: &Outcome) -> proto::SeriesReply {
    proto::SeriesReply { series: Some(series(app, &outcome.series)), report: Some(report(&outcome.report)) }
}

/// What became of trips.
pub fn report(report: &Report) -> proto::SeriesReport {
    let ids = |trips: &[maillage_federation::ids::Id<maillage_federation::ids::TripKind>]| {
        trips.iter().map(ToString::to_string).collect()
    };
    let failed = report.failed.iter().map(|(occurrence, code)| proto::SeriesFailure {
        series: occurrence.series.to_string(),
        day: occurrence.date.to_string(),
        code: code.clone(),
    });
    let refused = report.refused.iter().map(|(series, code)| proto::SeriesFailure {
        series: series.to_string(),
        day: String::new(),
        code: code.clone(),
    });
    proto::SeriesReport {
        made: ids(&report.made),
        changed: ids(&report.changed),
        cancelled: ids(&report.cancelled),
        left: ids(&report.left),
        failed: failed.chain(refused).collect(),
    }
}

/// A day that could not be made.
pub fn unmade(UnmadeDay { unmade, person }: &UnmadeDay) -> proto::UnmadeDay {
    let Unmade { day, code, since } = unmade;
    proto::UnmadeDay {
        series: day.series.to_string(),
        person: person.map(|person| person.to_string()).unwrap_or_default(),
        day: day.date.to_string(),
        code: code.clone(),
        since: since.to_string(),
    }
}

/// A day of a series.
pub fn day(app: &App, caller: &Caller, day: &Day) -> proto::SeriesDay {
    let (standing, why, on) = match &day.planned.standing {
        Standing::Goes { on, .. } => ("goes", "", on.to_string()),
        Standing::Skipped(why) => ("skipped", why.code(), String::new()),
        Standing::Ask(why) => ("ask", why.code(), String::new()),
    };
    proto::SeriesDay {
        day: day.planned.occurrence.date.to_string(),
        standing: standing.to_owned(),
        why: why.to_owned(),
        on,
        trips: day.trips.iter().map(|trip| trips::trip(app, caller, trip)).collect(),
    }
}

fn fields(app: &App, series: &Series) -> proto::SeriesFields {
    let typed = NewSeries::of(&series.pattern, &series.journey);
    proto::SeriesFields {
        weekdays: typed.weekdays,
        every_weeks: typed.every_weeks,
        first: typed.first,
        until: typed.until,
        count: typed.count,
        public_holidays: typed.public_holidays,
        school_holidays: typed.school_holidays,
        pickup: series.journey.pickup.as_ref().map(|pickup| place(app, pickup)),
        dropoff: Some(place(app, &series.journey.dropoff)),
        arrive_by: typed.arrive_by,
        pickup_at: typed.pickup_at,
        return_at: typed.return_at,
        call_when_done: typed.call_when_done,
        companions: typed.companions,
        purpose: typed.purpose,
        tolerance_s: typed.tolerance_s,
        late_ok: typed.late_ok,
        notes: typed.notes,
        model: typed.model,
    }
}

fn different(day: jiff::civil::Date, exception: &Exception) -> proto::SeriesException {
    let (what, on) = match exception {
        Exception::Skipped => ("skipped", String::new()),
        Exception::Kept => ("kept", String::new()),
        Exception::Changed { on, .. } => ("changed", on.to_string()),
    };
    proto::SeriesException { day: day.to_string(), what: what.to_owned(), on }
}
