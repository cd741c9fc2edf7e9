//! `series`: what comes again and again. Must never make a trip by itself: the node does, each day once.

use clap::{Args, Subcommand};
use maillage_proto::node::v1::{self as proto, series_client::SeriesClient};

use super::{
    arguments::Page,
    codes,
    commune::typed_place,
    failure::CommandError,
    once,
    seen::Seen,
    session::Session,
    words::{place, place_commune},
};

/// Commands about series.
#[derive(Debug, Subcommand)]
pub(super) enum Series {
    Add {
        #[arg(long, value_name = "ID")]
        person: String,
        #[command(flatten)]
        fields: Box<Fields>,
    },
    List {
        #[arg(long, default_value = "", value_name = "ID")]
        person: String,
        #[command(flatten)]
        page: Page,
    },
    Show {
        id: String,
    },
    Days {
        id: String,
        #[arg(value_name = "YYYY-MM-DD")]
        first: String,
        #[arg(value_name = "YYYY-MM-DD")]
        last: String,
    },
    Skip(OneDay),
    Keep(OneDay),
    AsUsual(OneDay),
    Edit {
        id: String,
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = ["this", "following", "all"])]
        reach: String,
        #[arg(long, default_value = "", value_name = "YYYY-MM-DD")]
        day: String,
        #[arg(long)]
        even_decided: bool,
        #[command(flatten)]
        fields: Box<Fields>,
        #[command(flatten)]
        seen: Seen,
    },
    End {
        id: String,
        #[arg(value_name = "YYYY-MM-DD")]
        day: String,
        #[arg(long)]
        even_decided: bool,
        #[command(flatten)]
        seen: Seen,
    },
    Unmade {
        #[arg(long, default_value = "", requires = "after_day", value_name = "ID")]
        after_series: String,
        #[arg(long, default_value = "", value_name = "YYYY-MM-DD")]
        after_day: String,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        limit: u32,
    },
    Generate {
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        days: u32,
    },
}

/// A day of a series.
#[derive(Debug, Args)]
pub(super) struct OneDay {
    id: String,
    #[arg(value_name = "YYYY-MM-DD")]
    day: String,
    #[arg(long)]
    even_decided: bool,
    #[command(flatten)]
    seen: Seen,
}

/// What is asked again and again; what is not given stays, or is as usual.
#[derive(Debug, Args)]
pub(super) struct Fields {
    #[arg(long, value_name = "mon,thu")]
    weekdays: Option<String>,
    #[arg(long, value_name = "N")]
    every_weeks: Option<u32>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    first: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "count")]
    until: Option<String>,
    #[arg(long, value_name = "N")]
    count: Option<u32>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::HOLIDAY_RULES)]
    public_holidays: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::HOLIDAY_RULES)]
    school_holidays: Option<String>,
    #[arg(long, value_name = "COMMUNE")]
    to_commune: Option<String>,
    #[arg(long, default_value = "", requires = "to_commune", value_name = "ADDRESS")]
    to_address: String,
    #[arg(long, value_name = "COMMUNE")]
    from_commune: Option<String>,
    #[arg(long, default_value = "", requires = "from_commune", value_name = "ADDRESS")]
    from_address: String,
    #[arg(long, conflicts_with = "pickup_at", value_name = "HH:MM")]
    arrive_by: Option<String>,
    #[arg(long, value_name = "HH:MM")]
    pickup_at: Option<String>,
    #[arg(long, conflicts_with = "call_when_done", value_name = "HH:MM")]
    return_at: Option<String>,
    #[arg(long)]
    call_when_done: bool,
    #[arg(long, value_name = "N")]
    companions: Option<u32>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::PURPOSES)]
    purpose: Option<String>,
    #[arg(long, value_name = "N")]
    tolerance_min: Option<u32>,
    #[arg(long)]
    late_ok: bool,
    #[arg(long)]
    notes: Option<String>,
    #[arg(long, value_name = "ID@VERSION")]
    model: Option<String>,
}

/// Runs a command about series.
pub(super) async fn series(session: &mut Session<'_>, command: Series) -> Result<(), CommandError> {
    match command {
        Series::Add { person, fields } => {
            let (fields, _) = fields.typed()?;
            let request = proto::AddSeriesRequest { person, fields: Some(fields), request_id: once::name() };
            let mut client = session.client(SeriesClient::with_interceptor).await?;
            let reply = once::ask(request, async |asked| client.add_series(asked).await).await?;
            told(session, &reply)
        }
        Series::List { person, page } => list(session, person, page).await,
        Series::Show { id } => show(session, id).await,
        Series::Days { id, first, last } => days(session, (id, first, last)).await,
        Series::Skip(day) => one_day(session, day, "skip").await,
        Series::Keep(day) => one_day(session, day, "keep").await,
        Series::AsUsual(day) => one_day(session, day, "as-usual").await,
        Series::Edit { id, reach, day, even_decided, fields, seen } => {
            let (fields, paths) = fields.typed()?;
            let request = proto::EditSeriesRequest {
                etag: seen.or_present(async || etag(session, &id).await).await?,
                id,
                reach,
                day,
                what: "fields".to_owned(),
                fields: Some(fields),
                update_mask: Some(prost_types::FieldMask { paths }),
                even_decided,
            };
            edit(session, request).await
        }
        Series::End { id, day, even_decided, seen } => {
            let etag = seen.or_present(async || etag(session, &id).await).await?;
            let request = proto::EndSeriesRequest { id, etag, from_day: day, even_decided };
            let mut client = session.client(SeriesClient::with_interceptor).await?;
            let reply = client.end_series(request).await?.into_inner();
            told(session, &reply)
        }
        Series::Unmade { after_series, after_day, limit } => {
            unmade(session, proto::ListUnmadeDaysRequest { after_series, after_day, limit }).await
        }
        Series::Generate { days } => {
            let request = proto::GenerateSeriesRequest { horizon_days: days };
            let mut client = session.client(SeriesClient::with_interceptor).await?;
            let reply = client.generate_series(request).await?.into_inner();
            if session.json(&reply)? { Ok(()) } else { report(session, &reply) }
        }
    }
}

/// Days that could not be made, each with why.
async fn unmade(
    session: &mut Session<'_>,
    request: proto::ListUnmadeDaysRequest,
) -> Result<(), CommandError> {
    let mut client = session.client(SeriesClient::with_interceptor).await?;
    let reply = client.list_unmade_days(request).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |day: &proto::UnmadeDay| {
        vec![
            day.day.clone(),
            words.refusal_code(&day.code),
            words.instant(&day.since),
            day.person.clone(),
            day.series.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.days.iter().map(row).collect();
    let headings = ["field-day", "field-why", "field-since", "field-person", "field-series"];
    Ok(session.columns(&headings, &rows)?)
}

async fn one_day(session: &mut Session<'_>, day: OneDay, what: &str) -> Result<(), CommandError> {
    let OneDay { id, day, even_decided, seen } = day;
    let request = proto::EditSeriesRequest {
        etag: seen.or_present(async || etag(session, &id).await).await?,
        id,
        reach: "this".to_owned(),
        day,
        what: what.to_owned(),
        fields: None,
        update_mask: None,
        even_decided,
    };
    edit(session, request).await
}

async fn edit(session: &mut Session<'_>, request: proto::EditSeriesRequest) -> Result<(), CommandError> {
    let mut client = session.client(SeriesClient::with_interceptor).await?;
    let reply = client.edit_series(request).await?.into_inner();
    told(session, &reply)
}

/// The present revision of a series.
async fn etag(session: &Session<'_>, id: &str) -> Result<String, CommandError> {
    let request = proto::ShowSeriesRequest { id: id.to_owned() };
    let mut client = session.client(SeriesClient::with_interceptor).await?;
    Ok(client.show_series(request).await?.into_inner().etag)
}

async fn list(session: &mut Session<'_>, person: String, page: Page) -> Result<(), CommandError> {
    let request = proto::ListSeriesRequest { person, after: page.after, limit: page.limit };
    let mut client = session.client(SeriesClient::with_interceptor).await?;
    let reply = client.list_series(request).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    let row = |series: &proto::TripSeries| {
        let fields = series.fields.clone().unwrap_or_default();
        vec![
            fields.weekdays,
            fields.first,
            fields.until,
            format!("{}{}", fields.arrive_by, fields.pickup_at),
            place_commune(fields.dropoff.as_ref()),
            series.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.series.iter().map(row).collect();
    let headings =
        ["field-weekdays", "field-first", "field-until", "field-time", "field-dropoff", "field-id"];
    Ok(session.columns(&headings, &rows)?)
}

async fn show(session: &mut Session<'_>, id: String) -> Result<(), CommandError> {
    let mut client = session.client(SeriesClient::with_interceptor).await?;
    let series = client.show_series(proto::ShowSeriesRequest { id }).await?.into_inner();
    if session.json(&series)? { Ok(()) } else { describe(session, &series) }
}

fn describe(session: &mut Session<'_>, series: &proto::TripSeries) -> Result<(), CommandError> {
    let words = session.words();
    let fields = series.fields.clone().unwrap_or_default();
    let back = if fields.call_when_done { words.yes(true) } else { String::new() };
    let different = series.exceptions.iter().map(|day| {
        let what = words.code("series-day", &day.what);
        if day.on.is_empty() {
            format!("{} {what}", day.day)
        } else {
            format!("{} {what} {}", day.day, day.on)
        }
    });
    let different = different.collect::<Vec<_>>().join(", ");
    session.fields(&[
        ("field-weekdays", fields.weekdays.clone()),
        ("field-every_weeks", fields.every_weeks.to_string()),
        ("field-first", fields.first.clone()),
        ("field-until", fields.until.clone()),
        ("field-count", if fields.count == 0 { String::new() } else { fields.count.to_string() }),
        ("field-public_holidays", words.code("holiday-rule", &fields.public_holidays)),
        ("field-school_holidays", words.code("holiday-rule", &fields.school_holidays)),
        ("field-pickup", place(fields.pickup.as_ref())),
        ("field-dropoff", place(fields.dropoff.as_ref())),
        ("field-time", format!("{}{}", fields.arrive_by, fields.pickup_at)),
        ("field-return_at", fields.return_at.clone()),
        ("field-call_when_done", back),
        ("field-notes", fields.notes.clone()),
        ("field-exceptions", different),
        ("field-person", series.person.clone()),
        ("field-follows", series.follows.clone()),
        ("field-etag", series.etag.clone()),
        ("field-id", series.id.clone()),
    ])?;
    Ok(())
}

async fn days(
    session: &mut Session<'_>,
    (id, from_day, to_day): (String, String, String),
) -> Result<(), CommandError> {
    let request = proto::ListSeriesDaysRequest { id, from_day, to_day };
    let mut client = session.client(SeriesClient::with_interceptor).await?;
    let reply = client.list_series_days(request).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |day: &proto::SeriesDay| {
        let holiday = words.code("public-holiday", &day.why);
        let why = if holiday == day.why { words.code("series-why", &day.why) } else { holiday };
        let trips: Vec<String> = day.trips.iter().map(|trip| words.standing(trip)).collect();
        vec![day.day.clone(), words.code("series-day", &day.standing), why, day.on.clone(), trips.join(", ")]
    };
    let rows: Vec<Vec<String>> = reply.days.iter().map(row).collect();
    let headings = ["field-when", "field-status", "field-why_not", "field-on", "field-trips"];
    Ok(session.columns(&headings, &rows)?)
}

/// What became of a series and of its trips.
fn told(session: &mut Session<'_>, reply: &proto::SeriesReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    if let Some(series) = &reply.series {
        describe(session, series)?;
    }
    report(session, &reply.report.clone().unwrap_or_default())
}

fn report(session: &mut Session<'_>, report: &proto::SeriesReport) -> Result<(), CommandError> {
    let count = |trips: &[String]| i64::try_from(trips.len()).unwrap_or(i64::MAX).into();
    session.line(
        "series-report",
        &[
            ("made", count(&report.made)),
            ("changed", count(&report.changed)),
            ("cancelled", count(&report.cancelled)),
        ],
    )?;
    if !report.left.is_empty() {
        session.line("series-left", &[("trips", report.left.join(" ").into())])?;
    }
    for failed in &report.failed {
        let why = session.words().refusal_code(&failed.code);
        if failed.day.is_empty() {
            session
                .line("series-refused", &[("series", failed.series.clone().into()), ("why", why.into())])?;
        } else {
            session.line("series-failed", &[("day", failed.day.clone().into()), ("why", why.into())])?;
        }
    }
    Ok(())
}

impl Fields {
    /// The fields of the contract, and the paths of those that were given.
    fn typed(self) -> Result<(proto::SeriesFields, Vec<String>), CommandError> {
        let given = [
            ("weekdays", self.weekdays.is_some()),
            ("every_weeks", self.every_weeks.is_some()),
            ("first", self.first.is_some()),
            ("until", self.until.is_some()),
            ("count", self.count.is_some()),
            ("public_holidays", self.public_holidays.is_some()),
            ("school_holidays", self.school_holidays.is_some()),
            ("dropoff", self.to_commune.is_some()),
            ("pickup", self.from_commune.is_some()),
            ("arrive_by", self.arrive_by.is_some()),
            ("pickup_at", self.pickup_at.is_some()),
            ("return_at", self.return_at.is_some()),
            ("call_when_done", self.call_when_done),
            ("companions", self.companions.is_some()),
            ("purpose", self.purpose.is_some()),
            ("tolerance_s", self.tolerance_min.is_some()),
            ("late_ok", self.late_ok),
            ("notes", self.notes.is_some()),
            ("model", self.model.is_some()),
        ];
        let paths = given.iter().filter(|(_, given)| *given).map(|(path, _)| (*path).to_owned()).collect();
        let place = |commune: Option<String>, address: String| {
            commune.map(|commune| typed_place(&commune, address)).transpose()
        };
        let fields = proto::SeriesFields {
            weekdays: self.weekdays.unwrap_or_default(),
            every_weeks: self.every_weeks.unwrap_or_default(),
            first: self.first.unwrap_or_default(),
            until: self.until.unwrap_or_default(),
            count: self.count.unwrap_or_default(),
            public_holidays: self.public_holidays.unwrap_or_default(),
            school_holidays: self.school_holidays.unwrap_or_default(),
            pickup: place(self.from_commune, self.from_address)?,
            dropoff: place(self.to_commune, self.to_address)?,
            arrive_by: self.arrive_by.unwrap_or_default(),
            pickup_at: self.pickup_at.unwrap_or_default(),
            return_at: self.return_at.unwrap_or_default(),
            call_when_done: self.call_when_done,
            companions: self.companions.unwrap_or_default(),
            purpose: self.purpose.unwrap_or_default(),
            tolerance_s: self.tolerance_min.map(|minutes| minutes.saturating_mul(60)),
            late_ok: self.late_ok,
            notes: self.notes.unwrap_or_default(),
            model: self.model.unwrap_or_default(),
        };
        Ok((fields, paths))
    }
}
