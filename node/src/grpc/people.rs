//! Service `People`.

use maillage_domain::{person::NewPerson, volunteer::NewVolunteer};
use maillage_proto::node::v1::{self as proto, people_server::People};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed, caller,
    convert::people::{new_place, person, volunteer},
    id, limit,
};
use crate::app::{people, refusals};

#[tonic::async_trait]
impl People for Services {
    async fn add_person(
        &self,
        request: Request<proto::AddPersonRequest>,
    ) -> Result<Response<proto::Person>, Status> {
        let caller = allowed(&request, Operation::PersonAdd)?;
        let proto::AddPersonRequest {
            name,
            phone,
            home,
            needs,
            sharing,
            statistics_objection,
            driver_notes,
            outside,
        } = request.into_inner();
        let home = new_place(home);
        let new = NewPerson {
            name,
            phone,
            home,
            needs,
            sharing,
            statistics_objection,
            driver_notes,
            ..NewPerson::default()
        };
        let added = people::add_person(&self.app, &caller, new, outside).await?;
        Ok(Response::new(person(&self.app, &added)))
    }

    async fn show_person(
        &self,
        request: Request<proto::ShowPersonRequest>,
    ) -> Result<Response<proto::Person>, Status> {
        let caller = caller(&request)?;
        let shown = people::show_person(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(person(&self.app, &shown)))
    }

    async fn list_persons(
        &self,
        request: Request<proto::ListPersonsRequest>,
    ) -> Result<Response<proto::ListPersonsReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListPersonsRequest { after, limit: asked, name } = request.into_inner();
        let after = if after.is_empty() { None } else { Some(id(&after, "after")?) };
        let limit = limit(asked)?;
        let found = people::list_persons(&self.app, &caller, after, &name, limit)?;
        let full = found.len() == limit && name.trim().is_empty();
        let next_after = found.last().filter(|_| full).map(|last| last.id.to_string()).unwrap_or_default();
        let persons = found.iter().map(|found| person(&self.app, found)).collect();
        Ok(Response::new(proto::ListPersonsReply { persons, next_after }))
    }

    async fn add_volunteer(
        &self,
        request: Request<proto::AddVolunteerRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = allowed(&request, Operation::VolunteerAdd)?;
        let proto::AddVolunteerRequest {
            name,
            phone,
            home,
            seats,
            wheelchair_places,
            accepts,
            availability,
            max_trip_m,
            standing_yes,
            outside,
        } = request.into_inner();
        let places = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
        let new = NewVolunteer {
            name,
            phone,
            home: new_place(home),
            seats: places(seats),
            wheelchair_places: places(wheelchair_places),
            accepts,
            availability,
            absences: Vec::new(),
            max_trip_m: (max_trip_m > 0).then_some(max_trip_m),
            standing_yes,
            ..NewVolunteer::default()
        };
        let added = people::add_volunteer(&self.app, &caller, new, outside).await?;
        Ok(Response::new(volunteer(&self.app, &added)))
    }

    async fn show_volunteer(
        &self,
        request: Request<proto::ShowVolunteerRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = caller(&request)?;
        let shown = people::show_volunteer(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(volunteer(&self.app, &shown)))
    }

    async fn list_volunteers(
        &self,
        request: Request<proto::ListVolunteersRequest>,
    ) -> Result<Response<proto::ListVolunteersReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListVolunteersRequest { after, limit: asked } = request.into_inner();
        let after = if after.is_empty() { None } else { Some(id(&after, "after")?) };
        let limit = limit(asked)?;
        let found = people::list_volunteers(&self.app, &caller, after, limit)?;
        let full = found.len() == limit;
        let next_after = found.last().filter(|_| full).map(|last| last.id.to_string()).unwrap_or_default();
        let volunteers = found.iter().map(|found| volunteer(&self.app, found)).collect();
        Ok(Response::new(proto::ListVolunteersReply { volunteers, next_after }))
    }

    async fn add_absence(
        &self,
        request: Request<proto::AddAbsenceRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = caller(&request)?;
        let proto::AddAbsenceRequest { volunteer: who, first_day, last_day } = request.into_inner();
        let last = if last_day.trim().is_empty() { &first_day } else { &last_day };
        if first_day.trim().is_empty() {
            return Err(refusals::invalid("absence-format").into());
        }
        let changed =
            people::add_absence(&self.app, &caller, id(&who, "volunteer")?, &first_day, last).await?;
        Ok(Response::new(volunteer(&self.app, &changed)))
    }
}
