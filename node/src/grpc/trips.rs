//! Service `Trips`.

use maillage_domain::{
    civil::parse_civil,
    place::NewPlace,
    request::NewRequest,
    trip::{Absentee, CancelReason, CancelledBy, DriverRefusal, UnmetReason},
};
use maillage_geography::InseeCode;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, trips_server::Trips};
use maillage_store::trips::TripPage;
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed, caller,
    convert::{
        people::{new_place, small},
        trips as convert,
    },
    day, id, limit,
    once::allowed_once,
    optional_id, wanted,
};
use crate::app::{
    attention::{self, Attention},
    corrections::{self, NewEnding},
    driving::{Ride, VehicleChoice},
    edit::Mask,
    edits::{self, NewTripChange, TripFilter},
    refusals,
    relays::{self, NewRelay},
    suggest,
    trips::{self, Signed},
    unmet::{self, UnmetFilter},
    unserved,
};

#[tonic::async_trait]
impl Trips for Services {
    async fn add_request(
        &self,
        request: Request<proto::AddRequestRequest>,
    ) -> Result<Response<proto::AddRequestReply>, Status> {
        let (caller, mut message) = allowed_once(request, Operation::RequestAdd)?;
        let signed = Signed {
            frame: trips::signed_reason(&std::mem::take(&mut message.exception_reason))?,
            access: trips::signed_reason(&std::mem::take(&mut message.access_reason))?,
        };
        let record_unmet = message.record_unmet;
        let (person, new) = new_request(message)?;
        let person = id(&person, "person")?;
        let (request, legs) = if record_unmet {
            unserved::add_or_record(&self.app, &caller, person, new, signed).await?
        } else {
            trips::add_request_signed(&self.app, &caller, person, new, signed).await?
        };
        let trips = legs.iter().map(|leg| convert::trip(&self.app, &caller, leg)).collect();
        Ok(Response::new(proto::AddRequestReply { request: request.id.to_string(), trips }))
    }

    async fn show_trip(
        &self,
        request: Request<proto::ShowTripRequest>,
    ) -> Result<Response<proto::Trip>, Status> {
        let caller = caller(&request)?;
        let trip = trips::open_file(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::trip(&self.app, &caller, &trip)))
    }

    async fn list_trips(
        &self,
        request: Request<proto::ListTripsRequest>,
    ) -> Result<Response<proto::ListTripsReply>, Status> {
        let caller = allowed(&request, Operation::TripList)?;
        let request = request.into_inner();
        let limit = limit(request.limit)?;
        let after = optional_id(&request.after, "after")?;
        let filtered = filters(&request);
        let page = match (request.day.as_str(), request.person.as_str(), request.open) {
            ("", "", true) if !filtered => {
                TripPage { trips: trips::open(&self.app, &caller, limit)?, next_after: None }
            }
            (on, "", false) if !on.is_empty() && !filtered && after.is_none() => {
                TripPage { trips: trips::on_day(&self.app, &caller, day(on)?, limit)?, next_after: None }
            }
            ("", person, false) if !person.is_empty() && !filtered => {
                edits::history(&self.app, &caller, id(person, "person")?, after, limit)?
            }
            ("", "", false) if !filtered => return Err(refusals::invalid("trips-one-criterion").into()),
            (_, _, false) => edits::page(&self.app, &caller, &filter(&request)?, after, limit)?,
            (_, _, true) => return Err(refusals::invalid("trips-one-criterion").into()),
        };
        let trips = page.trips.iter().map(|trip| convert::trip(&self.app, &caller, trip)).collect();
        let next_after = page.next_after.map(|id| id.to_string()).unwrap_or_default();
        Ok(Response::new(proto::ListTripsReply { trips, next_after }))
    }

    async fn suggest(
        &self,
        request: Request<proto::SuggestRequest>,
    ) -> Result<Response<proto::SuggestReply>, Status> {
        let caller = caller(&request)?;
        let proto::SuggestRequest { trip, single } = request.into_inner();
        let suggestion = suggest::suggest(&self.app, &caller, id(&trip, "trip")?, single).await?;
        Ok(Response::new(convert::suggestion(&suggestion)))
    }

    async fn offer_to_driver(
        &self,
        request: Request<proto::OfferToDriverRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = caller(&request)?;
        let proto::OfferToDriverRequest { trip, volunteer, single, vehicle, asset, own_trip } =
            request.into_inner();
        let (trip, volunteer) = (id(&trip, "trip")?, id(&volunteer, "volunteer")?);
        let vehicle = match (vehicle, optional_id(&asset, "asset")?) {
            (0, None) => VehicleChoice::First,
            (number, None) => VehicleChoice::Own(small(number)),
            (0, Some(asset)) => VehicleChoice::Fleet(asset),
            (_, Some(_)) => return Err(refusals::invalid("offer-one-vehicle").into()),
        };
        let ride = Ride { vehicle, own_trip };
        let legs = trips::offer_ride(&self.app, &caller, trip, volunteer, (single, ride)).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn driver_accepts(
        &self,
        request: Request<proto::TripRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = caller(&request)?;
        let proto::TripRequest { trip, single, .. } = request.into_inner();
        let legs = trips::driver_accepts(&self.app, &caller, id(&trip, "trip")?, single).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn driver_refuses(
        &self,
        request: Request<proto::DriverRefusesRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = allowed(&request, Operation::TripRefuse)?;
        let proto::DriverRefusesRequest { trip, reason, single } = request.into_inner();
        let reason: DriverRefusal =
            reason.parse().map_err(|_| refusals::invalid("driver-refusal-unknown"))?;
        let legs = trips::driver_refuses(&self.app, &caller, id(&trip, "trip")?, reason, single).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn pick_up(
        &self,
        request: Request<proto::TripRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = caller(&request)?;
        let legs = trips::pick_up(&self.app, &caller, id(&request.into_inner().trip, "trip")?).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn complete(
        &self,
        request: Request<proto::CompleteRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = caller(&request)?;
        let proto::CompleteRequest { trip, loaded_m, empty_m, no_empty, collected_cents } =
            request.into_inner();
        let empty_m = match (empty_m, no_empty) {
            (0, true) => Some(0),
            (0, false) => None,
            (empty_m, false) => Some(empty_m),
            (_, true) => return Err(refusals::invalid("trip-empty-or-not").with("field", "no_empty").into()),
        };
        let driven = trips::Driven { loaded_m, empty_m, collected_cents };
        let legs = trips::complete_driven(&self.app, &caller, id(&trip, "trip")?, driven).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn no_show(
        &self,
        request: Request<proto::TripRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = caller(&request)?;
        let proto::TripRequest { trip, single, absent } = request.into_inner();
        let who = optional(&absent, Absentee::Person, "absentee-unknown")?;
        let legs = trips::no_show(&self.app, &caller, id(&trip, "trip")?, who, single).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn cancel(
        &self,
        request: Request<proto::CancelRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = allowed(&request, Operation::TripCancel)?;
        let proto::CancelRequest { trip, by, single, reason, told_at } = request.into_inner();
        let by: CancelledBy = by.parse().map_err(|_| refusals::invalid("cancelled-by-unknown"))?;
        if by == CancelledBy::Origin {
            return Err(refusals::invalid("cancelled-by-unknown").into());
        }
        let reason = optional(&reason, CancelReason::Unspecified, "cancel-reason-unknown")?;
        let told = given(told_at).map(|text| parse_civil(&text)).transpose();
        let told = told.map_err(refusals::civil_time)?;
        let cancellation = trips::Cancellation { by, reason, told };
        let legs = trips::cancel(&self.app, &caller, id(&trip, "trip")?, cancellation, single).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn correct_trip(
        &self,
        request: Request<proto::CorrectTripRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = allowed(&request, Operation::TripCorrect)?;
        let request = request.into_inner();
        let proto::CorrectTripRequest { trip, outcome, loaded_m, empty_m, reason, etag } = request;
        let new = NewEnding { outcome, loaded_m, empty_m, reason };
        let legs = corrections::correct(&self.app, &caller, id(&trip, "trip")?, new, etag).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn list_attention(
        &self,
        request: Request<proto::ListAttentionRequest>,
    ) -> Result<Response<proto::ListAttentionReply>, Status> {
        let caller = allowed(&request, Operation::TripList)?;
        let proto::ListAttentionRequest { limit, after } = request.into_inner();
        let (found, next) = attention::list(&self.app, &caller, wanted(&after, limit)?)?;
        let shown = |found: &Attention| proto::Attention {
            trip: Some(convert::trip(&self.app, &caller, &found.trip)),
            code: found.code.to_owned(),
        };
        let next_after = next.map(crate::app::pages::written).unwrap_or_default();
        Ok(Response::new(proto::ListAttentionReply { trips: found.iter().map(shown).collect(), next_after }))
    }

    async fn declare_unmet(
        &self,
        request: Request<proto::DeclareUnmetRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = allowed(&request, Operation::TripUnmet)?;
        let proto::DeclareUnmetRequest { trip, reason, single } = request.into_inner();
        let reason: UnmetReason = reason.parse().map_err(|_| refusals::invalid("unmet-reason-unknown"))?;
        let legs = trips::declare_unmet(&self.app, &caller, id(&trip, "trip")?, reason, single).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn share_trip(
        &self,
        request: Request<proto::ShareTripRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = allowed(&request, Operation::TripRelay)?;
        let proto::ShareTripRequest { trip, single, meeting, slack_min } = request.into_inner();
        let new = NewRelay { place: new_place(meeting), slack_min, single };
        let stages = relays::split(&self.app, &caller, id(&trip, "trip")?, new).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &stages)))
    }

    async fn rejoin_trip(
        &self,
        request: Request<proto::TripRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = allowed(&request, Operation::TripRejoin)?;
        let proto::TripRequest { trip, single, .. } = request.into_inner();
        let whole = relays::rejoin(&self.app, &caller, id(&trip, "trip")?, single).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &whole)))
    }

    async fn edit_trip(
        &self,
        request: Request<proto::EditTripRequest>,
    ) -> Result<Response<proto::EditTripReply>, Status> {
        let caller = allowed(&request, Operation::TripEdit)?;
        let request = request.into_inner();
        let (trip, etag) = (id(&request.trip, "trip")?, request.etag.clone());
        let edited = edits::edit(&self.app, &caller, trip, change(request)?, etag).await?;
        Ok(Response::new(proto::EditTripReply {
            trip: Some(convert::trip(&self.app, &caller, &edited.trip)),
            freed_volunteer: edited.freed.map(|id| id.to_string()).unwrap_or_default(),
        }))
    }

    async fn call_for_return(
        &self,
        request: Request<proto::CallForReturnRequest>,
    ) -> Result<Response<proto::Trip>, Status> {
        let caller = allowed(&request, Operation::TripCall)?;
        let proto::CallForReturnRequest { trip, pickup_at } = request.into_inner();
        let called = edits::call_for_return(&self.app, &caller, id(&trip, "trip")?, pickup_at).await?;
        Ok(Response::new(convert::trip(&self.app, &caller, &called)))
    }

    async fn reopen_trip(
        &self,
        request: Request<proto::TripRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = allowed(&request, Operation::TripReopen)?;
        let proto::TripRequest { trip, single, absent: _ } = request.into_inner();
        let legs = edits::reopen(&self.app, &caller, id(&trip, "trip")?, single).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
    }

    async fn list_unmet(
        &self,
        request: Request<proto::ListUnmetRequest>,
    ) -> Result<Response<proto::ListUnmetReply>, Status> {
        let caller = allowed(&request, Operation::UnmetList)?;
        let proto::ListUnmetRequest { from_day, to_day, commune, reason, after, limit: asked } =
            request.into_inner();
        let filter = UnmetFilter {
            from: day(&from_day)?,
            to: day(&to_day)?,
            commune: optional_commune(&commune)?,
            reason: given(reason)
                .map(|code| code.parse().map_err(|_| refusals::invalid("unmet-reason-unknown")))
                .transpose()?,
        };
        let after = optional_id(&after, "after")?;
        let report = unmet::list(&self.app, &caller, &filter, after, limit(asked)?)?;
        Ok(Response::new(convert::unmet(&report)))
    }
}

/// Whether a list is asked for by more than a day or a person.
fn filters(request: &proto::ListTripsRequest) -> bool {
    let proto::ListTripsRequest { from_day, to_day, status, volunteer, commune, series, .. } = request;
    [from_day, to_day, status, volunteer, commune, series].iter().any(|text| !text.is_empty())
}

fn filter(request: &proto::ListTripsRequest) -> Result<TripFilter, Refusal> {
    let proto::ListTripsRequest {
        day: on,
        person,
        open: _,
        limit: _,
        from_day,
        to_day,
        status,
        volunteer,
        commune,
        series,
        after: _,
    } = request;
    let bound = |text: &String| given(text.clone()).map(|text| day(&text)).transpose();
    let on = bound(on)?;
    Ok(TripFilter {
        from: on.map_or_else(|| bound(from_day), |on| Ok(Some(on)))?,
        to: on.map_or_else(|| bound(to_day), |on| Ok(Some(on)))?,
        status: status.clone(),
        volunteer: optional_id(volunteer, "volunteer")?,
        commune: optional_commune(commune)?,
        series: optional_id(series, "series")?,
        person: optional_id(person, "person")?,
    })
}

fn optional_commune(code: &str) -> Result<Option<InseeCode>, Refusal> {
    let code = Some(code.trim()).filter(|code| !code.is_empty()).map(str::parse).transpose();
    code.map_err(|_| refusals::invalid("commune-code").with("field", "commune"))
}

/// The fields of a trip that can be changed.
const TRIP_FIELDS: &[&str] = &[
    "pickup",
    "dropoff",
    "arrive_by",
    "pickup_at",
    "tolerance_s",
    "late_ok",
    "companions",
    "notes",
    "pooling",
];

/// The fields the mask names.
fn change(request: proto::EditTripRequest) -> Result<NewTripChange, Refusal> {
    let mask = Mask::parse(&request.update_mask.unwrap_or_default().paths, TRIP_FIELDS)?;
    Ok(NewTripChange {
        pickup: mask.has("pickup").then(|| new_place(request.pickup)),
        dropoff: mask.has("dropoff").then(|| new_place(request.dropoff)),
        arrive_by: mask.has("arrive_by").then_some(request.arrive_by),
        pickup_at: mask.has("pickup_at").then_some(request.pickup_at),
        tolerance_s: mask.has("tolerance_s").then_some(request.tolerance_s),
        late_ok: mask.has("late_ok").then_some(request.late_ok),
        companions: mask.has("companions").then_some(request.companions),
        notes: mask.has("notes").then_some(request.notes),
        pooling: mask.has("pooling").then_some(request.pooling),
        exception_reason: request.exception_reason,
    })
}

fn given(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// A code, or what an empty text stands for.
fn optional<T: std::str::FromStr>(code: &str, empty: T, unknown: &'static str) -> Result<T, Refusal> {
    if code.trim().is_empty() { Ok(empty) } else { code.parse().map_err(|_| refusals::invalid(unknown)) }
}

fn new_request(request: proto::AddRequestRequest) -> Result<(String, NewRequest), Refusal> {
    let proto::AddRequestRequest {
        person,
        pickup,
        dropoff,
        arrive_by,
        pickup_at,
        return_at,
        companions,
        purpose,
        call_when_done,
        tolerance_s,
        late_ok,
        notes,
        model,
        exception_reason: _,
        request_id: _,
        access_reason: _,
        record_unmet: _,
        pooling,
    } = request;
    let pickup: Option<NewPlace> =
        pickup.filter(|place| !place.commune.trim().is_empty()).map(|place| new_place(Some(place)));
    let companions = u8::try_from(companions)
        .map_err(|_| refusals::invalid("request-companions").with("companions", companions))?;
    let new = NewRequest {
        pickup,
        dropoff: new_place(dropoff),
        arrive_by: given(arrive_by),
        pickup_at: given(pickup_at),
        return_at: given(return_at),
        companions,
        purpose,
        call_when_done,
        tolerance_s,
        late_ok,
        notes,
        model: given(model),
        pooling,
    };
    Ok((person, new))
}
