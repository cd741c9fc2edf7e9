//! Requests as they were made: one-off, there and perhaps back. What became of them is in the table of trips.

use maillage_domain::{
    ids::PersonKind,
    place::NewPlace,
    request::{NewRequest, OutboundTime, Request, RequestDetails, ReturnTime},
    roles::Operation,
};
use maillage_federation::{ids::Id, month::paris};
use maillage_store::requests;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row},
    },
    yes,
};
use crate::app::{
    Aborted, refusals,
    trips::{self, Signed},
    unserved,
};

/// One row is one request. The columns from `exception_reason` on say how it is taken in, and are given out empty: a signed
/// reason may speak of the person, and stands in the table of exceptions.
pub(super) struct Requests;

const COLUMNS: &[Column] = &[
    Column::required("reference", "D-001"),
    Column::required("person", "B-001"),
    Column::optional("pickup_commune", ""),
    Column::optional("pickup_address", ""),
    Column::required("dropoff_commune", "81004"),
    Column::optional("dropoff_address", "1 rue Imaginaire"),
    Column::optional("arrive_by", "2026-10-05T09:30"),
    Column::optional("pickup_at", ""),
    Column::optional("return_at", "2026-10-05T11:00"),
    Column::optional("call_when_done", "non"),
    Column::optional("companions", "0"),
    Column::required("purpose", "other"),
    Column::optional("tolerance_s", "900"),
    Column::optional("late_ok", "non"),
    Column::optional("notes", "Ligne d’exemple"),
    Column::optional("model", ""),
    Column::optional("pooling", ""),
    Column::optional("exception_reason", ""),
    Column::later("access_reason", ""),
    Column::later("record_unmet", "non"),
];

impl Table for Requests {
    fn code(&self) -> &'static str {
        "requests"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::RequestAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::TripList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let person: Id<PersonKind> = desk.subject(row, "person", "persons")?;
        let former = match desk.known(row)? {
            Some(id) => requests::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        let new = read(row)?;
        if let Some(former) = former {
            return unchanged(desk, row, &former, (person, &new));
        }
        let request = take(desk, row, (person, &new))?;
        desk.remember(row, request.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = requests::list(desk.view, desk.after(), PAGE)?;
        let id = |request: &Request| request.id;
        Exported::page(&found, PAGE, id, |request| {
            let (OutboundTime::ArriveBy(at) | OutboundTime::PickupAt(at)) = request.details.outbound;
            if desk.wants_at(at) { Ok(vec![cells(desk, request)?]) } else { Ok(Vec::new()) }
        })
    }
}

/// Takes a request as somebody at the desk would: with the exceptions that are signed for it, and kept as unmet if that is wished
/// where the law or the hour rules it out.
fn take(
    desk: &mut ImportDesk<'_, '_>,
    row: &Row,
    (person, new): (Id<PersonKind>, &NewRequest),
) -> Result<Request, RowError> {
    let signed = |column| {
        let reason = trips::signed_reason(row.cell(column));
        reason.map_err(|refusal| RowError::Bad(row.bad(column, refusal)))
    };
    let signed = Signed { frame: signed("exception_reason")?, access: signed("access_reason")? };
    let record_unmet = row.yes("record_unmet")?;
    let ImportDesk { app, transaction, caller, .. } = desk;
    let taken = match new.parse(app.geography, app.now()).map_err(refusals::request) {
        Ok(details) => trips::take_request(app, transaction, caller, person, (details, signed)),
        Err(refusal) => Err(refusal.into()),
    };
    let unmet = match &taken {
        Err(Aborted::Refused(refusal)) if record_unmet => unserved::unmet_because(refusal),
        Ok(_) | Err(Aborted::Refused(_) | Aborted::Engine(_)) => None,
    };
    let taken = match unmet {
        Some(reason) => unserved::record_in(app, transaction, caller, (person, new), reason),
        None => taken,
    };
    Ok(taken.map_err(|aborted| of_row(row, aborted))?.0)
}

/// Says of a request that was made before that the row means it. One that differs is refused: its trips may be promised, and
/// are changed one by one. The row is read as of the day it was made, since its times may be over by now; or as of the earliest
/// that may be written down, since it may have been too late even then.
fn unchanged(
    desk: &ImportDesk<'_, '_>,
    row: &Row,
    former: &Request,
    (person, new): (Id<PersonKind>, &NewRequest),
) -> Result<Outcome, RowError> {
    let read = |as_of| new.parse(desk.app.geography, as_of);
    let details =
        read(former.created).or_else(|error| read(unserved::earliest(former.created)).map_err(|_| error));
    let details = details.map_err(|error| of_row(row, refusals::request(error)))?;
    if former.person == person && former.details == details {
        return Ok(Outcome::Unchanged);
    }
    Err(row.bad("reference", refusals::conflict("table-request-differs").with("id", former.id)).into())
}

fn read(row: &Row) -> Result<NewRequest, RowError> {
    let given = |column: &str| Some(row.date(column)).filter(|text| !text.is_empty());
    let pickup =
        (!row.cell("pickup_commune").is_empty()).then(|| place(row, "pickup_commune", "pickup_address"));
    Ok(NewRequest {
        pickup,
        dropoff: place(row, "dropoff_commune", "dropoff_address"),
        arrive_by: given("arrive_by"),
        pickup_at: given("pickup_at"),
        return_at: given("return_at"),
        call_when_done: row.yes("call_when_done")?,
        companions: row.parsed("companions")?.unwrap_or_default(),
        purpose: row.text("purpose"),
        tolerance_s: row.parsed("tolerance_s")?,
        late_ok: row.yes("late_ok")?,
        notes: row.text("notes"),
        model: Some(row.text("model")).filter(|model| !model.is_empty()),
        pooling: row.text("pooling"),
    })
}

fn place(row: &Row, commune: &str, address: &str) -> NewPlace {
    NewPlace { commune: row.text(commune), address: row.text(address) }
}

fn cells(desk: &ExportDesk<'_>, request: &Request) -> Result<Vec<String>, Aborted> {
    let RequestDetails {
        pickup,
        dropoff,
        outbound,
        back,
        companions,
        purpose,
        tolerance_s,
        late_ok,
        notes,
        model,
        pooling,
    } = &request.details;
    let (arrive_by, pickup_at) = match outbound {
        OutboundTime::ArriveBy(at) => (civil(*at), String::new()),
        OutboundTime::PickupAt(at) => (String::new(), civil(*at)),
    };
    let (return_at, call) = match back {
        Some(ReturnTime::At(at)) => (civil(*at), false),
        Some(ReturnTime::WhenCalled) => (String::new(), true),
        None => (String::new(), false),
    };
    let pickup = pickup.as_ref().map(NewPlace::of).unwrap_or_default();
    let dropoff = NewPlace::of(dropoff);
    Ok(vec![
        desk.name("requests", request.id)?,
        desk.name("persons", request.person)?,
        pickup.commune,
        pickup.address,
        dropoff.commune,
        dropoff.address,
        arrive_by,
        pickup_at,
        return_at,
        yes(call),
        companions.to_string(),
        purpose.code().to_owned(),
        tolerance_s.to_string(),
        yes(*late_ok),
        notes.as_str().to_owned(),
        model.as_ref().map(ToString::to_string).unwrap_or_default(),
        pooling.map(|choice| choice.code().to_owned()).unwrap_or_default(),
        String::new(),
        String::new(),
        String::new(),
    ])
}

fn civil(at: jiff::Timestamp) -> String {
    at.to_zoned(paris()).strftime("%Y-%m-%dT%H:%M").to_string()
}
