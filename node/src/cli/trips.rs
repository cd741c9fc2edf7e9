//! `request` and `trip`: what is asked for and what becomes of it. Must never move a trip by itself: each command is one
//! word of the coordinator to the node.

use std::collections::BTreeMap;

use maillage_proto::node::v1::{self as proto, handovers_client::HandoversClient, trips_client::TripsClient};
use tonic::Response;

use super::{
    arguments::{OneTrip, Page, Request, RequestAdd, Trip, TripCorrect, TripEdit, TripList, TripShare},
    commune::{code, typed_place},
    failure::CommandError,
    handovers, offers, once,
    people::show_next,
    roads,
    session::Session,
    volunteers,
    words::{place, place_commune},
};

/// Custody of a trip whose owner only the hub knows.
const UNCERTAIN: &str = "uncertain";

/// Runs a command about requests.
pub(super) async fn request(session: &mut Session<'_>, command: Request) -> Result<(), CommandError> {
    match command {
        Request::Add(arguments) => add_request(session, arguments).await,
    }
}

/// Runs a command about trips.
pub(super) async fn trip(session: &mut Session<'_>, command: Trip) -> Result<(), CommandError> {
    let reply = match command {
        Trip::List(arguments) => return list(session, arguments).await,
        Trip::Show { id } => return show(session, id).await,
        Trip::Confirmation { id } => return offers::confirmation(session, id).await,
        Trip::Suggest(trip) => return suggest(session, trip).await,
        Trip::Offer { trip: OneTrip { id, single }, volunteer, vehicle, asset, own_trip } => {
            let request =
                proto::OfferToDriverRequest { trip: id, volunteer, single, vehicle, asset, own_trip };
            session.client(TripsClient::with_interceptor).await?.offer_to_driver(request).await?
        }
        Trip::Accept(trip) => {
            session.client(TripsClient::with_interceptor).await?.driver_accepts(named(trip)).await?
        }
        Trip::Refuse { trip: OneTrip { id, single }, reason } => {
            let request = proto::DriverRefusesRequest { trip: id, reason, single };
            session.client(TripsClient::with_interceptor).await?.driver_refuses(request).await?
        }
        Trip::PickUp(trip) => {
            session.client(TripsClient::with_interceptor).await?.pick_up(named(trip)).await?
        }
        Trip::Complete { id, loaded_km, empty_km, collected } => {
            let request = proto::CompleteRequest {
                trip: id,
                loaded_m: loaded_km.unwrap_or(0),
                empty_m: empty_km.unwrap_or(0),
                no_empty: empty_km == Some(0),
                collected_cents: u32::try_from(collected)
                    .map_err(|_| CommandError::usage("trip-collected-range"))?,
            };
            session.client(TripsClient::with_interceptor).await?.complete(request).await?
        }
        Trip::NoShow { trip, absent } => {
            let request = proto::TripRequest { absent, ..named(trip) };
            session.client(TripsClient::with_interceptor).await?.no_show(request).await?
        }
        Trip::Cancel { trip: OneTrip { id, single }, by, reason, told_at } => {
            let request = proto::CancelRequest { trip: id, by, single, reason, told_at };
            session.client(TripsClient::with_interceptor).await?.cancel(request).await?
        }
        Trip::Correct(arguments) => correct(session, arguments).await?,
        Trip::Attention { page } => return attention(session, page).await,
        Trip::Edit(arguments) => return edit(session, arguments).await,
        Trip::Call { id, pickup_at } => {
            let request = proto::CallForReturnRequest { trip: id, pickup_at };
            let mut client = session.client(TripsClient::with_interceptor).await?;
            let trip = client.call_for_return(request).await?.into_inner();
            return if session.json(&trip)? { Ok(()) } else { show_rows(session, &[trip]).await };
        }
        Trip::Reopen(trip) => {
            session.client(TripsClient::with_interceptor).await?.reopen_trip(named(trip)).await?
        }
        Trip::Share(arguments) => share(session, arguments).await?,
        Trip::Rejoin(trip) => {
            session.client(TripsClient::with_interceptor).await?.rejoin_trip(named(trip)).await?
        }
        Trip::Unmet { trip: OneTrip { id, single }, reason } => {
            let request = proto::DeclareUnmetRequest { trip: id, reason, single };
            session.client(TripsClient::with_interceptor).await?.declare_unmet(request).await?
        }
    };
    let reply = reply.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    show_rows(session, &reply.trips).await
}

/// Puts right how a trip ended.
async fn correct(
    session: &mut Session<'_>,
    arguments: TripCorrect,
) -> Result<Response<proto::TripsReply>, CommandError> {
    let TripCorrect { id, outcome, loaded_km, empty_km, reason, seen } = arguments;
    let (loaded_m, empty_m) = (loaded_km.unwrap_or(0), empty_km);
    let etag = seen.or_present(async || etag(session, &id).await).await?;
    let request = proto::CorrectTripRequest { trip: id, outcome, loaded_m, empty_m, reason, etag };
    Ok(session.client(TripsClient::with_interceptor).await?.correct_trip(request).await?)
}

/// Shares a journey between two drivers.
async fn share(
    session: &mut Session<'_>,
    arguments: TripShare,
) -> Result<Response<proto::TripsReply>, CommandError> {
    let TripShare { trip: OneTrip { id, single }, at, address, slack_min } = arguments;
    let meeting = Some(typed_place(&at, address)?);
    let request = proto::ShareTripRequest { trip: id, single, meeting, slack_min };
    Ok(session.client(TripsClient::with_interceptor).await?.share_trip(request).await?)
}

/// Trips as rows for people, with the names of their drivers, and what is uncertain about them said in full.
pub(super) async fn show_rows(session: &mut Session<'_>, trips: &[proto::Trip]) -> Result<(), CommandError> {
    let driven = trips.iter().any(|trip| !trip.volunteer.is_empty());
    let names = if driven { volunteers::volunteer_names(session).await? } else { BTreeMap::new() };
    let words = session.words();
    let row = |trip: &proto::Trip| {
        let driver = names.get(&trip.volunteer).unwrap_or(&trip.volunteer);
        vec![
            words.span(&trip.earliest_pickup, &trip.latest_arrival),
            trip.passenger.clone(),
            place_commune(trip.pickup.as_ref()),
            place_commune(trip.dropoff.as_ref()),
            words.standing(trip),
            driver.clone(),
            trip.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = trips.iter().map(row).collect();
    let headings = [
        "field-when",
        "field-passenger",
        "field-pickup",
        "field-dropoff",
        "field-status",
        "field-volunteer",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    warn_uncertain(session, trips).await
}

fn named(trip: OneTrip) -> proto::TripRequest {
    proto::TripRequest { trip: trip.id, single: trip.single, absent: String::new() }
}

async fn add_request(session: &mut Session<'_>, arguments: RequestAdd) -> Result<(), CommandError> {
    let from = arguments.from_commune.map(|commune| typed_place(&commune, arguments.from_address));
    let request = proto::AddRequestRequest {
        person: arguments.person,
        pickup: from.transpose()?,
        dropoff: Some(typed_place(&arguments.to_commune, arguments.to_address)?),
        arrive_by: arguments.arrive_by.unwrap_or_default(),
        pickup_at: arguments.pickup_at.unwrap_or_default(),
        return_at: arguments.return_at.unwrap_or_default(),
        companions: arguments.companions,
        purpose: arguments.purpose,
        call_when_done: arguments.call_when_done,
        tolerance_s: arguments.tolerance_min.map(|minutes| minutes.saturating_mul(60)),
        late_ok: arguments.late_ok,
        notes: arguments.notes,
        model: arguments.model.unwrap_or_default(),
        exception_reason: arguments.exception_reason,
        request_id: once::name(),
        access_reason: arguments.access_reason,
        record_unmet: arguments.record_unmet,
        pooling: arguments.pooling.unwrap_or_default(),
    };
    let mut client = session.client(TripsClient::with_interceptor).await?;
    let reply = once::ask(request, async |asked| client.add_request(asked).await).await?;
    if session.json(&reply)? {
        return Ok(());
    }
    session.line("request-added", &[("id", reply.request.clone().into())])?;
    show_rows(session, &reply.trips).await
}

/// Trips that do not fit any more, each with why.
async fn attention(session: &mut Session<'_>, Page { after, limit }: Page) -> Result<(), CommandError> {
    let request = proto::ListAttentionRequest { limit, after };
    let mut client = session.client(TripsClient::with_interceptor).await?;
    let reply = client.list_attention(request).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    let names =
        if reply.trips.is_empty() { BTreeMap::new() } else { volunteers::volunteer_names(session).await? };
    let words = session.words();
    let row = |attention: &proto::Attention| {
        let trip = attention.trip.clone().unwrap_or_default();
        vec![
            words.span(&trip.earliest_pickup, &trip.latest_arrival),
            trip.passenger.clone(),
            names.get(&trip.volunteer).unwrap_or(&trip.volunteer).clone(),
            words.standing(&trip),
            words.code("attention", &attention.code),
            trip.id,
        ]
    };
    let rows: Vec<Vec<String>> = reply.trips.iter().map(row).collect();
    let headings =
        ["field-when", "field-passenger", "field-volunteer", "field-status", "field-why", "field-id"];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

/// The trips planned already that a change of a file concerns.
pub(super) fn show_touched(
    session: &mut Session<'_>,
    touched: &[proto::TouchedTrip],
) -> Result<(), CommandError> {
    if touched.is_empty() {
        return Ok(());
    }
    let words = session.words();
    let row = |touched: &proto::TouchedTrip| {
        let done = if touched.changed { "changed" } else { "look-at-it" };
        let why = match words.code("attention", &touched.code) {
            code if code == touched.code => words.refusal_code(&code),
            why => why,
        };
        vec![words.code("touched", done), why, touched.trip.clone()]
    };
    let rows: Vec<Vec<String>> = touched.iter().map(row).collect();
    session.line("heading-touched-trips", &[])?;
    Ok(session.columns(&["field-done", "field-why", "field-id"], &rows)?)
}

async fn list(session: &mut Session<'_>, arguments: TripList) -> Result<(), CommandError> {
    let request = proto::ListTripsRequest {
        day: arguments.day.unwrap_or_default(),
        person: arguments.person.unwrap_or_default(),
        open: arguments.open,
        limit: arguments.page.limit,
        from_day: arguments.from.unwrap_or_default(),
        to_day: arguments.to.unwrap_or_default(),
        status: arguments.status.unwrap_or_default(),
        volunteer: arguments.volunteer.unwrap_or_default(),
        commune: arguments.in_commune.map(|commune| code(&commune)).transpose()?.unwrap_or_default(),
        series: arguments.series.unwrap_or_default(),
        after: arguments.page.after,
    };
    let reply = session.client(TripsClient::with_interceptor).await?.list_trips(request).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    show_rows(session, &reply.trips).await?;
    if reply.next_after.is_empty() {
        return Ok(());
    }
    Ok(session.line("list-goes-on", &[("after", reply.next_after.clone().into())])?)
}

/// The trips a volunteer has promised and that are not over: somebody else may have to drive them.
pub(super) async fn show_promised(session: &mut Session<'_>, volunteer: String) -> Result<(), CommandError> {
    let mut client = session.client(TripsClient::with_interceptor).await?;
    let (mut promised, mut after) = (Vec::new(), String::new());
    loop {
        let status = "confirmed".to_owned();
        let request =
            proto::ListTripsRequest { volunteer: volunteer.clone(), status, after, ..Default::default() };
        let reply = client.list_trips(request).await?.into_inner();
        promised.extend(reply.trips);
        after = reply.next_after;
        if after.is_empty() {
            break;
        }
    }
    if promised.is_empty() {
        return Ok(());
    }
    session.line("volunteer-still-drives", &[("count", promised.len().into())])?;
    show_rows(session, &promised).await
}

/// The present revision of a trip.
async fn etag(session: &Session<'_>, id: &str) -> Result<String, CommandError> {
    let mut client = session.client(TripsClient::with_interceptor).await?;
    Ok(client.show_trip(proto::ShowTripRequest { id: id.to_owned() }).await?.into_inner().etag)
}

/// Changes a trip.
async fn edit(session: &mut Session<'_>, arguments: TripEdit) -> Result<(), CommandError> {
    let given = [
        ("pickup", arguments.from_commune.is_some()),
        ("dropoff", arguments.to_commune.is_some()),
        ("arrive_by", arguments.arrive_by.is_some()),
        ("pickup_at", arguments.pickup_at.is_some()),
        ("tolerance_s", arguments.tolerance_min.is_some()),
        ("late_ok", arguments.late_ok.is_some()),
        ("companions", arguments.companions.is_some()),
        ("notes", arguments.notes.is_some()),
        ("pooling", arguments.pooling.is_some()),
    ];
    let paths = given.iter().filter(|(_, given)| *given).map(|(path, _)| (*path).to_owned()).collect();
    let place = |commune: Option<String>, address: String| {
        commune.map(|commune| typed_place(&commune, address)).transpose()
    };
    let etag = arguments.seen.or_present(async || etag(session, &arguments.id).await).await?;
    let request = proto::EditTripRequest {
        trip: arguments.id,
        etag,
        update_mask: Some(prost_types::FieldMask { paths }),
        pickup: place(arguments.from_commune, arguments.from_address)?,
        dropoff: place(arguments.to_commune, arguments.to_address)?,
        arrive_by: arguments.arrive_by.unwrap_or_default(),
        pickup_at: arguments.pickup_at.unwrap_or_default(),
        tolerance_s: arguments.tolerance_min.unwrap_or_default().saturating_mul(60),
        late_ok: arguments.late_ok.is_some_and(|word| word == "yes"),
        companions: arguments.companions.unwrap_or_default(),
        notes: arguments.notes.unwrap_or_default(),
        exception_reason: arguments.exception_reason,
        pooling: arguments.pooling.unwrap_or_default(),
    };
    let mut client = session.client(TripsClient::with_interceptor).await?;
    let reply = client.edit_trip(request).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    if !reply.freed_volunteer.is_empty() {
        session.line("trip-driver-freed", &[("volunteer", reply.freed_volunteer.clone().into())])?;
    }
    show_rows(session, reply.trip.as_slice()).await
}

async fn show(session: &mut Session<'_>, id: String) -> Result<(), CommandError> {
    let trip = session
        .client(TripsClient::with_interceptor)
        .await?
        .show_trip(proto::ShowTripRequest { id })
        .await?
        .into_inner();
    if session.json(&trip)? {
        return Ok(());
    }
    let names = volunteers::volunteer_names(session).await?;
    let words = session.words();
    session.fields(&[
        ("field-passenger", trip.passenger.clone()),
        ("field-phone", trip.phone.clone()),
        ("field-leg", words.code("leg", &trip.leg)),
        ("field-when", words.span(&trip.earliest_pickup, &trip.latest_arrival)),
        ("field-pickup", place(trip.pickup.as_ref())),
        ("field-dropoff", place(trip.dropoff.as_ref())),
        ("field-distance", roads::distance(words, trip.distance_m, &trip.distance_source)),
        ("field-attribution", roads::attribution(words, &trip.distance_source)),
        ("field-places", trip.seats.to_string()),
        ("field-needs", words.codes("need", &trip.needs)),
        ("field-notes", trip.driver_notes.clone()),
        ("field-trip_notes", trip.notes.clone()),
        ("field-pooling", words.code("pooling", &trip.pooling)),
        ("field-rides_with", trip.rides_with.join(" ")),
        ("field-status", words.standing(&trip)),
        ("field-volunteer", names.get(&trip.volunteer).unwrap_or(&trip.volunteer).clone()),
        ("field-model", trip.model.clone()),
        ("field-counted_in", trip.counted_in.clone()),
        ("field-handover", trip.handover.clone()),
        ("field-relay_stage", words.code("relay-stage", &trip.stage)),
        ("field-meeting", words.code("meeting", &trip.meeting)),
        ("field-other_stage", trip.other_stage.clone()),
        ("field-sibling", trip.sibling.clone()),
        ("field-person", trip.person.clone()),
        ("field-request", trip.request.clone()),
        ("field-etag", trip.etag.clone()),
        ("field-id", trip.id.clone()),
    ])?;
    show_history(session, &trip.history, &names)?;
    warn_uncertain(session, std::slice::from_ref(&trip)).await
}

fn show_history(
    session: &mut Session<'_>,
    history: &[proto::TripEvent],
    names: &BTreeMap<String, String>,
) -> Result<(), CommandError> {
    if history.is_empty() {
        return Ok(());
    }
    let words = session.words();
    session.line("heading-history", &[])?;
    let row = |event: &proto::TripEvent| {
        let detail = match names.get(&event.detail) {
            Some(name) => name.clone(),
            None => words.event_detail(&event.kind, &event.detail),
        };
        vec![words.instant(&event.at), words.code("event", &event.kind), detail]
    };
    let rows: Vec<Vec<String>> = history.iter().map(row).collect();
    Ok(session.columns(&["field-at", "field-event", "field-detail"], &rows)?)
}

async fn suggest(session: &mut Session<'_>, trip: OneTrip) -> Result<(), CommandError> {
    let request = proto::SuggestRequest { trip: trip.id, single: trip.single };
    let reply = session.client(TripsClient::with_interceptor).await?.suggest(request).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    show_suggestion(session, &reply)
}

/// Who could drive, best first, then everybody else with the reason.
pub(super) fn show_suggestion(
    session: &mut Session<'_>,
    suggestion: &proto::SuggestReply,
) -> Result<(), CommandError> {
    let words = session.words();
    if suggestion.candidates.is_empty() {
        session.line("suggest-nobody", &[])?;
    } else {
        session.line("suggest-candidates", &[])?;
        let row = |candidate: &proto::Candidate| {
            vec![
                candidate.name.clone(),
                words.kilometres(candidate.extra_m),
                words.instants(&candidate.pickup_at),
                words.one_after_another(candidate.reasons.iter().map(|reason| words.reason(reason))),
                candidate.volunteer.clone(),
            ]
        };
        let rows: Vec<Vec<String>> = suggestion.candidates.iter().map(row).collect();
        let headings = ["field-name", "field-extra", "field-pickup_at", "field-reasons", "field-id"];
        session.columns(&headings, &rows)?;
    }
    roads::show_source(session, &suggestion.distance_source)?;
    if suggestion.refusals.is_empty() {
        return Ok(());
    }
    session.line("suggest-others", &[])?;
    let row = |refusal: &proto::Refusal| {
        let reason = refusal.reason.as_ref().map_or_else(String::new, |reason| words.reason(reason));
        vec![refusal.name.clone(), reason, refusal.volunteer.clone()]
    };
    let rows: Vec<Vec<String>> = suggestion.refusals.iter().map(row).collect();
    Ok(session.columns(&["field-name", "field-why_not", "field-id"], &rows)?)
}

/// Says of each trip whose owner is uncertain since when, and whom to call.
async fn warn_uncertain(session: &mut Session<'_>, trips: &[proto::Trip]) -> Result<(), CommandError> {
    let mut handovers_seen: Vec<&str> = Vec::new();
    for trip in trips.iter().filter(|trip| trip.custody == UNCERTAIN) {
        if !handovers_seen.contains(&trip.handover.as_str()) {
            handovers_seen.push(&trip.handover);
            let request = proto::ShowHandoverRequest { id: trip.handover.clone() };
            let handover = session
                .client(HandoversClient::with_interceptor)
                .await?
                .show_handover(request)
                .await?
                .into_inner();
            handovers::warn_uncertain(session, &handover)?;
        }
    }
    Ok(())
}
