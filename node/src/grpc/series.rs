//! Service `Series`.

use std::sync::Arc;

use maillage_domain::{
    limits::SERIES_HORIZON_DAYS,
    series::{NewSeries, Reach},
    trip::Occurrence,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, series_server::Series};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed,
    convert::{people::new_place, series as convert},
    day, id, limit, next_after,
    once::allowed_once,
    optional_id,
};
use crate::app::{
    edit::Mask,
    refusals,
    series::{self, Change},
};

/// The fields of a series that can be changed.
const FIELDS: &[&str] = &[
    "weekdays",
    "every_weeks",
    "first",
    "until",
    "count",
    "public_holidays",
    "school_holidays",
    "pickup",
    "dropoff",
    "arrive_by",
    "pickup_at",
    "return_at",
    "call_when_done",
    "companions",
    "purpose",
    "tolerance_s",
    "late_ok",
    "notes",
    "model",
];

#[tonic::async_trait]
impl Series for Services {
    async fn add_series(
        &self,
        request: Request<proto::AddSeriesRequest>,
    ) -> Result<Response<proto::SeriesReply>, Status> {
        let (caller, asked) = allowed_once(request, Operation::SeriesAdd)?;
        let proto::AddSeriesRequest { person, fields, request_id: _ } = asked;
        let new = typed(fields.unwrap_or_default());
        let outcome = series::add(&self.app, &caller, id(&person, "person")?, new).await?;
        Ok(Response::new(convert::outcome(&self.app, &outcome)))
    }

    async fn show_series(
        &self,
        request: Request<proto::ShowSeriesRequest>,
    ) -> Result<Response<proto::TripSeries>, Status> {
        let caller = allowed(&request, Operation::SeriesShow)?;
        let found = series::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(convert::series(&self.app, &found)))
    }

    async fn list_series(
        &self,
        request: Request<proto::ListSeriesRequest>,
    ) -> Result<Response<proto::ListSeriesReply>, Status> {
        let caller = allowed(&request, Operation::SeriesList)?;
        let proto::ListSeriesRequest { person, after, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let (person, after) = (optional_id(&person, "person")?, optional_id(&after, "after")?);
        let found = series::list(&self.app, &caller, person, after, limit)?;
        let next_after = next_after(&found, limit, |series| series.id.to_string());
        let series = found.iter().map(|series| convert::series(&self.app, series)).collect();
        Ok(Response::new(proto::ListSeriesReply { series, next_after }))
    }

    async fn list_series_days(
        &self,
        request: Request<proto::ListSeriesDaysRequest>,
    ) -> Result<Response<proto::ListSeriesDaysReply>, Status> {
        let caller = allowed(&request, Operation::SeriesShow)?;
        let proto::ListSeriesDaysRequest { id: series, from_day, to_day } = request.into_inner();
        let days = (day(&from_day)?, day(&to_day)?);
        let found = series::days(&self.app, &caller, id(&series, "id")?, days)?;
        let days = found.iter().map(|day| convert::day(&self.app, &caller, day)).collect();
        Ok(Response::new(proto::ListSeriesDaysReply { days }))
    }

    async fn edit_series(
        &self,
        request: Request<proto::EditSeriesRequest>,
    ) -> Result<Response<proto::SeriesReply>, Status> {
        let caller = allowed(&request, Operation::SeriesEdit)?;
        let proto::EditSeriesRequest {
            id: series,
            etag,
            reach,
            day: on,
            what,
            fields,
            update_mask,
            even_decided,
        } = request.into_inner();
        let reach = match reach.as_str() {
            "this" => Reach::This(day(&on)?),
            "following" => Reach::Following(day(&on)?),
            "all" => Reach::All,
            _ => return Err(refusals::invalid("series-reach").into()),
        };
        let change = match what.as_str() {
            "skip" => Change::Skip,
            "keep" => Change::Keep,
            "as-usual" => Change::AsUsual,
            "" | "fields" => overlay(fields.unwrap_or_default(), &update_mask.unwrap_or_default().paths)?,
            _ => return Err(refusals::invalid("series-what").into()),
        };
        let (series, what) = (id(&series, "id")?, (reach, change));
        let outcome = series::edit(&self.app, &caller, series, what, etag, even_decided).await?;
        Ok(Response::new(convert::outcome(&self.app, &outcome)))
    }

    async fn end_series(
        &self,
        request: Request<proto::EndSeriesRequest>,
    ) -> Result<Response<proto::SeriesReply>, Status> {
        let caller = allowed(&request, Operation::SeriesEnd)?;
        let proto::EndSeriesRequest { id: series, etag, from_day, even_decided } = request.into_inner();
        let (series, from) = (id(&series, "id")?, day(&from_day)?);
        let outcome = series::end(&self.app, &caller, series, from, etag, even_decided).await?;
        Ok(Response::new(convert::outcome(&self.app, &outcome)))
    }

    async fn list_unmade_days(
        &self,
        request: Request<proto::ListUnmadeDaysRequest>,
    ) -> Result<Response<proto::ListUnmadeDaysReply>, Status> {
        let caller = allowed(&request, Operation::SeriesShow)?;
        let proto::ListUnmadeDaysRequest { after_series, after_day, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let after = match optional_id(&after_series, "after_series")? {
            Some(series) => Some(Occurrence { series, date: day(&after_day)? }),
            None => None,
        };
        let days = series::unmade(&self.app, &caller, after, limit)?;
        Ok(Response::new(proto::ListUnmadeDaysReply { days: days.iter().map(convert::unmade).collect() }))
    }

    async fn generate_series(
        &self,
        request: Request<proto::GenerateSeriesRequest>,
    ) -> Result<Response<proto::SeriesReport>, Status> {
        let caller = allowed(&request, Operation::SeriesGenerate)?;
        let days = match request.into_inner().horizon_days {
            0 => SERIES_HORIZON_DAYS,
            days => u16::try_from(days).unwrap_or(u16::MAX),
        };
        let report = series::generate(&self.app, &caller, days).await?;
        Ok(Response::new(convert::report(&report)))
    }
}

fn typed(fields: proto::SeriesFields) -> NewSeries {
    let proto::SeriesFields {
        weekdays,
        every_weeks,
        first,
        until,
        count,
        public_holidays,
        school_holidays,
        pickup,
        dropoff,
        arrive_by,
        pickup_at,
        return_at,
        call_when_done,
        companions,
        purpose,
        tolerance_s,
        late_ok,
        notes,
        model,
    } = fields;
    let pickup = pickup.filter(|place| !place.commune.trim().is_empty());
    NewSeries {
        weekdays,
        every_weeks,
        first,
        until,
        count,
        public_holidays,
        school_holidays,
        pickup: pickup.map(|place| new_place(Some(place))),
        dropoff: new_place(dropoff),
        arrive_by,
        pickup_at,
        return_at,
        call_when_done,
        companions,
        purpose,
        tolerance_s,
        late_ok,
        notes,
        model,
    }
}

/// The fields the mask names, laid over those of the series. A time or an end that is given takes the place of the other
/// one of its kind.
fn overlay(fields: proto::SeriesFields, paths: &[String]) -> Result<Change, Refusal> {
    let mask = Mask::parse(paths, FIELDS)?;
    let new = typed(fields);
    Ok(Change::Fields(Arc::new(move |mut series: NewSeries| {
        let new = new.clone();
        if mask.has("arrive_by") || mask.has("pickup_at") {
            (series.arrive_by, series.pickup_at) = (String::new(), String::new());
        }
        if mask.has("return_at") || mask.has("call_when_done") {
            (series.return_at, series.call_when_done) = (String::new(), false);
        }
        if mask.has("until") || mask.has("count") {
            (series.until, series.count) = (String::new(), 0);
        }
        mask.set("weekdays", &mut series.weekdays, new.weekdays);
        mask.set("every_weeks", &mut series.every_weeks, new.every_weeks);
        mask.set("first", &mut series.first, new.first);
        mask.set("until", &mut series.until, new.until);
        mask.set("count", &mut series.count, new.count);
        mask.set("public_holidays", &mut series.public_holidays, new.public_holidays);
        mask.set("school_holidays", &mut series.school_holidays, new.school_holidays);
        mask.set("pickup", &mut series.pickup, new.pickup);
        mask.set("dropoff", &mut series.dropoff, new.dropoff);
        mask.set("arrive_by", &mut series.arrive_by, new.arrive_by);
        mask.set("pickup_at", &mut series.pickup_at, new.pickup_at);
        mask.set("return_at", &mut series.return_at, new.return_at);
        mask.set("call_when_done", &mut series.call_when_done, new.call_when_done);
        mask.set("companions", &mut series.companions, new.companions);
        mask.set("purpose", &mut series.purpose, new.purpose);
        mask.set("tolerance_s", &mut series.tolerance_s, new.tolerance_s);
        mask.set("late_ok", &mut series.late_ok, new.late_ok);
        mask.set("notes", &mut series.notes, new.notes);
        mask.set("model", &mut series.model, new.model);
        series
    })))
}
