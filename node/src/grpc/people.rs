//! Service `People`.

use jiff::civil::Date;
use maillage_domain::{
    civil::day_of,
    document::{Document, RequiredDocuments},
    volunteer::Volunteer,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, people_server::People};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed,
    convert::people::{
        changed_person, changed_volunteer, document, edited_person, edited_volunteer, event, habit, hit,
        new_document, new_person, new_volunteer, person, person_card, small, volunteer,
    },
    id, limit, mask, next_after,
    once::allowed_once,
};
use crate::{
    app::{
        people::{
            self, Confirmed, Edit, PERSON_FIELDS, documents, history,
            search::{self, Wanted},
            volunteers::{VOLUNTEER_FIELDS, activate_volunteer},
        },
        refusals,
    },
    limits::{EXPIRY_DAYS, SEARCH_HITS},
};

#[tonic::async_trait]
impl People for Services {
    async fn add_person(
        &self,
        request: Request<proto::AddPersonRequest>,
    ) -> Result<Response<proto::Person>, Status> {
        let (caller, asked) = allowed_once(request, Operation::PersonAdd)?;
        let (new, outside, duplicate) = new_person(asked);
        let added = people::add_person(&self.app, &caller, new, Confirmed { outside, duplicate }).await?;
        Ok(Response::new(person(&self.app, &added)))
    }

    async fn show_person(
        &self,
        request: Request<proto::ShowPersonRequest>,
    ) -> Result<Response<proto::Person>, Status> {
        let caller = allowed(&request, Operation::PersonShow)?;
        let shown = people::show_person(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(person(&self.app, &shown)))
    }

    async fn list_persons(
        &self,
        request: Request<proto::ListPersonsRequest>,
    ) -> Result<Response<proto::ListPersonsReply>, Status> {
        let caller = allowed(&request, Operation::PersonList)?;
        let proto::ListPersonsRequest { after, limit: asked, name } = request.into_inner();
        let after = if after.is_empty() { None } else { Some(id(&after, "after")?) };
        let limit = limit(asked)?;
        let found = people::list_persons(&self.app, &caller, after, &name, limit)?;
        let full = found.len() == limit && name.trim().is_empty();
        let next_after = found.last().filter(|_| full).map(|last| last.id.to_string()).unwrap_or_default();
        let persons = found.iter().map(|found| person_card(&self.app, found)).collect();
        Ok(Response::new(proto::ListPersonsReply { persons, next_after }))
    }

    async fn add_volunteer(
        &self,
        request: Request<proto::AddVolunteerRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let (caller, asked) = allowed_once(request, Operation::VolunteerAdd)?;
        let (new, confirmed) = new_volunteer(asked);
        let added = people::add_volunteer(&self.app, &caller, new, confirmed).await?;
        Ok(Response::new(volunteer(&self.app, &added)))
    }

    async fn show_volunteer(
        &self,
        request: Request<proto::ShowVolunteerRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = allowed(&request, Operation::VolunteerShow)?;
        let shown = people::show_volunteer(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(volunteer(&self.app, &shown)))
    }

    async fn list_volunteers(
        &self,
        request: Request<proto::ListVolunteersRequest>,
    ) -> Result<Response<proto::ListVolunteersReply>, Status> {
        let caller = allowed(&request, Operation::VolunteerList)?;
        let proto::ListVolunteersRequest { after, limit: asked } = request.into_inner();
        let after = if after.is_empty() { None } else { Some(id(&after, "after")?) };
        let limit = limit(asked)?;
        let found = people::list_volunteers(&self.app, &caller, after, limit)?;
        let next_after = next_after(&found, limit, |last| last.id.to_string());
        let volunteers = found.iter().map(|found| volunteer(&self.app, found)).collect();
        Ok(Response::new(proto::ListVolunteersReply { volunteers, next_after }))
    }

    async fn add_absence(
        &self,
        request: Request<proto::AddAbsenceRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = allowed(&request, Operation::VolunteerAbsence)?;
        let proto::AddAbsenceRequest { volunteer: who, first_day, last_day } = request.into_inner();
        let last = if last_day.trim().is_empty() { &first_day } else { &last_day };
        if first_day.trim().is_empty() {
            return Err(refusals::invalid("absence-format").into());
        }
        let changed =
            people::add_absence(&self.app, &caller, id(&who, "volunteer")?, &first_day, last).await?;
        Ok(Response::new(changed_volunteer(&self.app, &changed)))
    }
    async fn update_person(
        &self,
        request: Request<proto::UpdatePersonRequest>,
    ) -> Result<Response<proto::Person>, Status> {
        let caller = allowed(&request, Operation::PersonUpdate)?;
        let proto::UpdatePersonRequest { person: new, update_mask, etag, outside } = request.into_inner();
        let new = new.unwrap_or_default();
        let who = id(&new.id, "id")?;
        let mask = mask(update_mask, PERSON_FIELDS)?;
        let edit = Edit { typed: edited_person(new), mask, etag, outside };
        let changed = people::update_person(&self.app, &caller, who, edit).await?;
        Ok(Response::new(changed_person(&self.app, &changed)))
    }

    async fn person_history(
        &self,
        request: Request<proto::PersonHistoryRequest>,
    ) -> Result<Response<proto::PersonHistoryReply>, Status> {
        let caller = allowed(&request, Operation::PersonHistory)?;
        let proto::PersonHistoryRequest { id: who, before, limit: asked } = request.into_inner();
        let (before, limit) = ((before > 0).then_some(before), limit(asked)?);
        let past = history::history(&self.app, &caller, id(&who, "id")?, before, limit).await?;
        let full = past.events.len() == limit;
        Ok(Response::new(proto::PersonHistoryReply {
            habits: past.habits.iter().map(|known| habit(&self.app, known)).collect(),
            next_before: past.events.last().filter(|_| full).map(|last| last.sequence).unwrap_or_default(),
            events: past.events.iter().map(event).collect(),
        }))
    }

    async fn search_people(
        &self,
        request: Request<proto::SearchPeopleRequest>,
    ) -> Result<Response<proto::SearchPeopleReply>, Status> {
        let caller = allowed(&request, Operation::PeopleSearch)?;
        let proto::SearchPeopleRequest { text, kinds, limit } = request.into_inner();
        let limit = match usize::try_from(limit).unwrap_or(usize::MAX) {
            0 => SEARCH_HITS,
            limit if limit <= SEARCH_HITS => limit,
            _ => return Err(refusals::invalid("limit-out-of-range").with("max", SEARCH_HITS).into()),
        };
        let found = search::search_noted(&self.app, &caller, &text, wanted(&kinds)?, limit).await?;
        let hits = found.iter().map(|(found, distance)| hit(&self.app, found, *distance)).collect();
        Ok(Response::new(proto::SearchPeopleReply { hits }))
    }

    async fn update_volunteer(
        &self,
        request: Request<proto::UpdateVolunteerRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = allowed(&request, Operation::VolunteerUpdate)?;
        let proto::UpdateVolunteerRequest { volunteer: new, update_mask, etag, outside } =
            request.into_inner();
        let new = new.unwrap_or_default();
        let who = id(&new.id, "id")?;
        let mask = mask(update_mask, VOLUNTEER_FIELDS)?;
        let edit = Edit { typed: edited_volunteer(new), mask, etag, outside };
        let changed = people::update_volunteer(&self.app, &caller, who, edit).await?;
        Ok(Response::new(changed_volunteer(&self.app, &changed)))
    }

    async fn activate_volunteer(
        &self,
        request: Request<proto::ActivateVolunteerRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = allowed(&request, Operation::VolunteerActivate)?;
        let proto::ActivateVolunteerRequest { volunteer: who, active } = request.into_inner();
        let who = id(&who, "volunteer")?;
        let changed = activate_volunteer(&self.app, &caller, who, active).await?;
        Ok(Response::new(changed_volunteer(&self.app, &changed)))
    }

    async fn record_document(
        &self,
        request: Request<proto::RecordDocumentRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = allowed(&request, Operation::VolunteerDocument)?;
        let proto::RecordDocumentRequest { volunteer: who, document, etag } = request.into_inner();
        let (who, document) = (id(&who, "volunteer")?, new_document(document.unwrap_or_default()));
        let changed = documents::record_document(&self.app, &caller, who, document, etag).await?;
        Ok(Response::new(volunteer(&self.app, &changed)))
    }

    async fn withdraw_document(
        &self,
        request: Request<proto::WithdrawDocumentRequest>,
    ) -> Result<Response<proto::Volunteer>, Status> {
        let caller = allowed(&request, Operation::VolunteerDocument)?;
        let proto::WithdrawDocumentRequest { volunteer: who, kind, vehicle, etag } = request.into_inner();
        let who = id(&who, "volunteer")?;
        let vehicle = (vehicle > 0).then(|| small(vehicle));
        let changed = documents::withdraw_document(&self.app, &caller, who, &kind, vehicle, etag).await?;
        Ok(Response::new(volunteer(&self.app, &changed)))
    }

    async fn list_expiries(
        &self,
        request: Request<proto::ListExpiriesRequest>,
    ) -> Result<Response<proto::ListExpiriesReply>, Status> {
        let caller = allowed(&request, Operation::VolunteerExpiries)?;
        let days = request.into_inner().within_days;
        let within = u16::try_from(days).ok().filter(|_| days <= EXPIRY_DAYS);
        let within =
            within.ok_or_else(|| refusals::invalid("limit-out-of-range").with("max", EXPIRY_DAYS))?;
        let today = day_of(self.app.now());
        let expiry = |(who, paper, until): &(Volunteer, Document, Date)| proto::Expiry {
            volunteer: who.id.to_string(),
            name: who.details.name.as_str().to_owned(),
            phone: who.details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            document: Some(document(*paper)),
            expired: *until < today,
        };
        let expiring = documents::expiring(&self.app, &caller, within)?;
        Ok(Response::new(proto::ListExpiriesReply { expiries: expiring.iter().map(expiry).collect() }))
    }

    async fn show_document_rules(
        &self,
        request: Request<proto::ShowDocumentRulesRequest>,
    ) -> Result<Response<proto::DocumentRules>, Status> {
        let rules = documents::show_rules(&self.app, &allowed(&request, Operation::DocumentRulesShow)?)?;
        Ok(Response::new(document_rules(&rules)))
    }

    async fn set_document_rules(
        &self,
        request: Request<proto::DocumentRules>,
    ) -> Result<Response<proto::DocumentRules>, Status> {
        let caller = allowed(&request, Operation::DocumentRulesSet)?;
        let proto::DocumentRules { required, etag } = request.into_inner();
        let rules = documents::set_rules(&self.app, &caller, &required, etag).await?;
        Ok(Response::new(document_rules(&rules)))
    }
}

fn document_rules(rules: &RequiredDocuments) -> proto::DocumentRules {
    proto::DocumentRules {
        required: rules.iter().map(|kind| kind.code().to_owned()).collect(),
        etag: documents::rules_etag(rules),
    }
}

/// Whom to look for, by the kinds asked for; all if none is.
fn wanted(kinds: &[String]) -> Result<Wanted, Refusal> {
    if kinds.is_empty() {
        return Ok(Wanted::ALL);
    }
    let mut wanted = Wanted { persons: false, volunteers: false, prescribers: false };
    for kind in kinds {
        match kind.trim() {
            "person" => wanted.persons = true,
            "volunteer" => wanted.volunteers = true,
            "prescriber" => wanted.prescribers = true,
            _ => return Err(refusals::invalid("search-kind-unknown")),
        }
    }
    Ok(wanted)
}
