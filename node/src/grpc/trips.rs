//! Service `Trips`.

use maillage_domain::{
    place::NewPlace,
    request::NewRequest,
    trip::{Absentee, CancelReason, CancelledBy, DriverRefusal, UnmetReason},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, trips_server::Trips};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed, caller,
    convert::{people::new_place, trips as convert},
    id, limit,
};
use crate::app::{refusals, suggest, trips};

#[tonic::async_trait]
impl Trips for Services {
    async fn add_request(
        &self,
        request: Request<proto::AddRequestRequest>,
    ) -> Result<Response<proto::AddRequestReply>, Status> {
        let caller = allowed(&request, Operation::RequestAdd)?;
        let mut message = request.into_inner();
        let reason = std::mem::take(&mut message.exception_reason);
        let (person, new) = new_request(message)?;
        let person = id(&person, "person")?;
        let (request, legs) = trips::add_request_excepted(&self.app, &caller, person, new, &reason).await?;
        let trips = legs.iter().map(|leg| convert::trip(&self.app, &caller, leg)).collect();
        Ok(Response::new(proto::AddRequestReply { request: request.id.to_string(), trips }))
    }

    async fn show_trip(
        &self,
        request: Request<proto::ShowTripRequest>,
    ) -> Result<Response<proto::Trip>, Status> {
        let caller = caller(&request)?;
        let trip = trips::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(convert::trip(&self.app, &caller, &trip)))
    }

    async fn list_trips(
        &self,
        request: Request<proto::ListTripsRequest>,
    ) -> Result<Response<proto::ListTripsReply>, Status> {
        let caller = allowed(&request, Operation::TripList)?;
        let proto::ListTripsRequest { day, person, open, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let found = match (day.as_str(), person.as_str(), open) {
            ("", "", true) => trips::open(&self.app, &caller, limit)?,
            (day, "", false) if !day.is_empty() => {
                let day = day.parse().map_err(|_| refusals::invalid("day-format"))?;
                trips::on_day(&self.app, &caller, day, limit)?
            }
            ("", person, false) if !person.is_empty() => {
                trips::of_person(&self.app, &caller, id(person, "person")?, limit)?
            }
            _ => return Err(refusals::invalid("trips-one-criterion").into()),
        };
        let trips = found.iter().map(|trip| convert::trip(&self.app, &caller, trip)).collect();
        Ok(Response::new(proto::ListTripsReply { trips }))
    }

    async fn suggest(
        &self,
        request: Request<proto::SuggestRequest>,
    ) -> Result<Response<proto::SuggestReply>, Status> {
        let caller = caller(&request)?;
        let proto::SuggestRequest { trip, single } = request.into_inner();
        let suggestion = suggest::suggest(&self.app, &caller, id(&trip, "trip")?, single)?;
        Ok(Response::new(convert::suggestion(&suggestion)))
    }

    async fn offer_to_driver(
        &self,
        request: Request<proto::OfferToDriverRequest>,
    ) -> Result<Response<proto::TripsReply>, Status> {
        let caller = caller(&request)?;
        let proto::OfferToDriverRequest { trip, volunteer, single } = request.into_inner();
        let (trip, volunteer) = (id(&trip, "trip")?, id(&volunteer, "volunteer")?);
        let legs = trips::offer_to_driver(&self.app, &caller, trip, volunteer, single).await?;
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
        let proto::CompleteRequest { trip, loaded_m, empty_m } = request.into_inner();
        let legs = trips::complete(&self.app, &caller, id(&trip, "trip")?, loaded_m, empty_m).await?;
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
        let proto::CancelRequest { trip, by, single, reason } = request.into_inner();
        let by: CancelledBy = by.parse().map_err(|_| refusals::invalid("cancelled-by-unknown"))?;
        if by == CancelledBy::Origin {
            return Err(refusals::invalid("cancelled-by-unknown").into());
        }
        let reason = optional(&reason, CancelReason::Unspecified, "cancel-reason-unknown")?;
        let cancellation = trips::Cancellation { by, reason };
        let legs = trips::cancel(&self.app, &caller, id(&trip, "trip")?, cancellation, single).await?;
        Ok(Response::new(convert::trips(&self.app, &caller, &legs)))
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
    } = request;
    let given = |text: String| (!text.trim().is_empty()).then_some(text);
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
    };
    Ok((person, new))
}
