//! Series: their pattern, their journey, and the days left out or kept. What is changed on a single day stays with its trip.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maillage_domain::{
    ids::PersonKind,
    limits::SERIES_EXCEPTIONS,
    place::NewPlace,
    roles::Operation,
    series::{Exception, NewSeries, Series as Pattern},
};
use maillage_federation::ids::Id;
use maillage_store::series;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row, iso},
    },
    yes,
};
use crate::app::{Aborted, refusals, series as use_case};

/// One row is one series.
pub(super) struct Series;

const COLUMNS: &[Column] = &[
    Column::required("reference", "S-001"),
    Column::required("person", "B-001"),
    Column::required("weekdays", "mar,jeu"),
    Column::optional("every_weeks", "1"),
    Column::required("first", "2026-10-06"),
    Column::optional("until", "2026-12-18"),
    Column::optional("count", ""),
    Column::optional("public_holidays", "skip"),
    Column::optional("school_holidays", "keep"),
    Column::optional("pickup_commune", ""),
    Column::optional("pickup_address", ""),
    Column::required("dropoff_commune", "81004"),
    Column::optional("dropoff_address", "1 rue Imaginaire"),
    Column::optional("arrive_by", "09:30"),
    Column::optional("pickup_at", ""),
    Column::optional("return_at", "11:00"),
    Column::optional("call_when_done", "non"),
    Column::optional("companions", "0"),
    Column::required("purpose", "other"),
    Column::optional("tolerance_s", "900"),
    Column::optional("late_ok", "non"),
    Column::optional("notes", "Ligne d’exemple"),
    Column::optional("model", ""),
    Column::optional("skipped", "2026-10-13"),
    Column::optional("kept", ""),
];

impl Table for Series {
    fn code(&self) -> &'static str {
        "series"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::SeriesAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::SeriesList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let person: Id<PersonKind> = desk.subject(row, "person", "persons")?;
        let former = match desk.known(row)? {
            Some(id) => series::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        let read = read(row)?.parse(desk.app.geography);
        let (pattern, journey) = read.map_err(|error| of_row(row, refusals::series(error)))?;
        let days = exceptions(row)?;
        if let Some(former) = former {
            let same = former.person == person && former.pattern == pattern && former.journey == journey;
            if same && plain(&former) == days {
                return Ok(Outcome::Unchanged);
            }
            let refusal = refusals::conflict("table-series-differs").with("id", former.id);
            return Err(row.bad("reference", refusal).into());
        }
        let made =
            use_case::take(desk.app, desk.transaction, desk.caller, person, ((pattern, journey), days))
                .map_err(|aborted| of_row(row, aborted))?;
        desk.remember(row, made.series.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = series::list(desk.view, desk.after(), PAGE)?;
        let id = |series: &Pattern| series.id;
        Exported::page(&found, PAGE, id, |series| {
            if desk.wants(series.pattern.first()) { Ok(vec![cells(desk, series)?]) } else { Ok(Vec::new()) }
        })
    }
}

fn read(row: &Row) -> Result<NewSeries, RowError> {
    let place =
        |commune: &str, address: &str| NewPlace { commune: row.text(commune), address: row.text(address) };
    let fetched = !row.cell("pickup_commune").is_empty();
    Ok(NewSeries {
        weekdays: row.text("weekdays"),
        every_weeks: row.parsed("every_weeks")?.unwrap_or_default(),
        first: row.date("first"),
        until: row.date("until"),
        count: row.parsed("count")?.unwrap_or_default(),
        public_holidays: row.text("public_holidays"),
        school_holidays: row.text("school_holidays"),
        pickup: fetched.then(|| place("pickup_commune", "pickup_address")),
        dropoff: place("dropoff_commune", "dropoff_address"),
        arrive_by: row.text("arrive_by"),
        pickup_at: row.text("pickup_at"),
        return_at: row.text("return_at"),
        call_when_done: row.yes("call_when_done")?,
        companions: row.parsed("companions")?.unwrap_or_default(),
        purpose: row.text("purpose"),
        tolerance_s: row.parsed("tolerance_s")?,
        late_ok: row.yes("late_ok")?,
        notes: row.text("notes"),
        model: row.text("model"),
    })
}

/// The days a row leaves out and keeps.
fn exceptions(row: &Row) -> Result<BTreeMap<Date, Exception>, RowError> {
    let mut days = BTreeMap::new();
    for (column, exception) in [("skipped", Exception::Skipped), ("kept", Exception::Kept)] {
        for day in row.list(column) {
            let day: Date = iso(&day).parse().map_err(|_| row.malformed(column))?;
            days.insert(day, exception.clone());
        }
    }
    if days.len() > SERIES_EXCEPTIONS {
        return Err(row.bad("skipped", refusals::invalid("series-exceptions")).into());
    }
    Ok(days)
}

/// The days of a series that a row can tell.
fn plain(series: &Pattern) -> BTreeMap<Date, Exception> {
    let told = |exception: &Exception| match exception {
        Exception::Skipped | Exception::Kept => true,
        Exception::Changed { .. } => false,
    };
    series.exceptions.iter().filter(|(_, day)| told(day)).map(|(day, what)| (*day, what.clone())).collect()
}

fn cells(desk: &ExportDesk<'_>, series: &Pattern) -> Result<Vec<String>, Aborted> {
    let typed = NewSeries::of(&series.pattern, &series.journey);
    let pickup = typed.pickup.unwrap_or_default();
    let days = |wanted: Exception| {
        let days = series.exceptions.iter().filter(|(_, what)| **what == wanted);
        days.map(|(day, _)| day.to_string()).collect::<Vec<_>>().join(",")
    };
    let number = |number: u32| if number == 0 { String::new() } else { number.to_string() };
    Ok(vec![
        desk.name("series", series.id)?,
        desk.name("persons", series.person)?,
        typed.weekdays,
        typed.every_weeks.to_string(),
        typed.first,
        typed.until,
        number(typed.count),
        typed.public_holidays,
        typed.school_holidays,
        pickup.commune,
        pickup.address,
        typed.dropoff.commune,
        typed.dropoff.address,
        typed.arrive_by,
        typed.pickup_at,
        typed.return_at,
        yes(typed.call_when_done),
        typed.companions.to_string(),
        typed.purpose,
        super::number(typed.tolerance_s),
        yes(typed.late_ok),
        typed.notes,
        typed.model,
        days(Exception::Skipped),
        days(Exception::Kept),
    ])
}
