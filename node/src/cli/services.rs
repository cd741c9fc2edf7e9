//! `service`: advice, licence aid, solidarity garage, financial aid, outreach. Must never check what was typed beyond its
//! form.

use maillage_proto::node::v1::{
    self as proto, act_on_service_request::Action, services_client::ServicesClient,
};

use super::{
    arguments::services::{Service, ServiceList, ServiceOpen},
    commune::typed_place,
    failure::CommandError,
    fleet::euros,
    once,
    session::Session,
    words::commune,
};

/// Runs a command about services.
pub(super) async fn service(session: &mut Session<'_>, command: Service) -> Result<(), CommandError> {
    let mut client = session.client(ServicesClient::with_interceptor).await?;
    let (id, action) = match command {
        Service::Open(open) => {
            let request = opened(open)?;
            let service = once::ask(request, async |asked| client.open_service(asked).await).await?;
            return show_service(session, &service);
        }
        Service::Show { id } => {
            let service = client.show_service(proto::ShowServiceRequest { id }).await?.into_inner();
            return show_service(session, &service);
        }
        Service::List(list) => {
            let reply = client.list_services(asked(list)).await?.into_inner();
            return show_services(session, &reply);
        }
        Service::Plan { .. }
        | Service::Hold { .. }
        | Service::Miss(_)
        | Service::Grant { .. }
        | Service::Refuse(_)
        | Service::Lessons { .. }
        | Service::PassTheory(_)
        | Service::Obtain(_)
        | Service::Abandon(_)
        | Service::Estimate { .. }
        | Service::Agree { .. }
        | Service::Repair { .. }
        | Service::Pay(_)
        | Service::Finish { .. } => action(command),
    };
    let seen = client.show_service(proto::ShowServiceRequest { id: id.clone() }).await?.into_inner();
    let request = proto::ActOnServiceRequest { id, action, etag: seen.etag };
    let service = client.act_on_service(request).await?.into_inner();
    show_service(session, &service)
}

fn opened(open: ServiceOpen) -> Result<proto::OpenServiceRequest, CommandError> {
    let ServiceOpen { kind, person, commune, form, at, amount, notes } = open;
    let commune = match commune {
        Some(typed) => typed_place(&typed, String::new())?.commune,
        None => String::new(),
    };
    let amount_cents = amount.unwrap_or_default();
    let request_id = once::name();
    Ok(proto::OpenServiceRequest { kind, person, commune, form, at, amount_cents, notes, request_id })
}

fn asked(list: ServiceList) -> proto::ListServicesRequest {
    let ServiceList { person, kind, open, page } = list;
    let (person, kind) = (person.unwrap_or_default(), kind.unwrap_or_default());
    proto::ListServicesRequest { person, kind, open, after: page.after, limit: page.limit }
}

/// To which service, and what; nothing for the commands that do nothing to one.
fn action(command: Service) -> (String, Option<Action>) {
    let day = |on| proto::DayAction { on };
    let because = |reason| proto::ReasonAction { reason };
    let (id, action) = match command {
        Service::Open(_) | Service::Show { .. } | Service::List(_) => return (String::new(), None),
        Service::Plan { id, at } => (id, Action::Plan(proto::PlanAction { at })),
        Service::Hold { done, conclusion } => {
            (done.id, Action::Hold(proto::HoldAction { on: done.on, conclusions: conclusion }))
        }
        Service::Miss(done) => (done.id, Action::Miss(day(done.on))),
        Service::Grant { done, amount } => {
            (done.id, Action::Grant(proto::GrantAction { amount_cents: amount, on: done.on }))
        }
        Service::Refuse(refused) => (refused.id, Action::Refuse(because(refused.reason))),
        Service::Lessons { id, hours } => (id, Action::Lessons(proto::LessonsAction { hours })),
        Service::PassTheory(done) => (done.id, Action::PassTheory(day(done.on))),
        Service::Obtain(done) => (done.id, Action::Obtain(day(done.on))),
        Service::Abandon(refused) => (refused.id, Action::Abandon(because(refused.reason))),
        Service::Estimate { id, amount } => {
            (id, Action::Estimate(proto::AmountAction { amount_cents: amount }))
        }
        Service::Agree { id, share } => (id, Action::Agree(proto::AmountAction { amount_cents: share })),
        Service::Repair { done, amount, share } => {
            let repair = proto::RepairAction { amount_cents: amount, share_cents: share, on: done.on };
            (done.id, Action::Repair(repair))
        }
        Service::Pay(done) => (done.id, Action::Pay(day(done.on))),
        Service::Finish { done, attendance } => {
            (done.id, Action::Finish(proto::FinishAction { on: done.on, attendance }))
        }
    };
    (id, Some(action))
}

fn show_service(session: &mut Session<'_>, service: &proto::Service) -> Result<(), CommandError> {
    if session.json(service)? {
        return Ok(());
    }
    let words = session.words();
    let number = |number: u32| if number == 0 { String::new() } else { number.to_string() };
    let place = if service.commune.is_empty() { String::new() } else { commune(&service.commune) };
    Ok(session.fields(&[
        ("field-service", words.code("service-kind", &service.kind)),
        ("field-form", words.code("service-form", &service.form)),
        ("field-state", words.code("service-state", &service.state)),
        ("field-reason", words.code("service-reason", &service.reason)),
        ("field-person", service.person.clone()),
        ("field-commune", place),
        ("field-when", words.instant(&service.at)),
        ("field-at", words.moment(&service.on)),
        ("field-conclusions", words.codes("conclusion", &service.conclusions)),
        ("field-amount", euros(words, service.amount_cents)),
        ("field-share", euros(words, service.share_cents)),
        ("field-lesson_hours", number(service.lesson_hours)),
        ("field-attendance", number(service.attendance)),
        ("field-notes", service.notes.clone()),
        ("field-created_at", words.instant(&service.created_at)),
        ("field-id", service.id.clone()),
    ])?)
}

fn show_services(session: &mut Session<'_>, reply: &proto::ListServicesReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |service: &proto::Service| {
        let whose =
            if service.commune.is_empty() { service.person.clone() } else { commune(&service.commune) };
        vec![
            words.code("service-kind", &service.kind),
            words.code("service-state", &service.state),
            words.instant(&service.created_at),
            whose,
            service.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.services.iter().map(row).collect();
    let headings = ["field-service", "field-state", "field-created_at", "field-person", "field-id"];
    session.columns(&headings, &rows)?;
    if !reply.next_after.is_empty() {
        session.line("list-continues", &[("after", reply.next_after.clone().into())])?;
    }
    Ok(())
}
