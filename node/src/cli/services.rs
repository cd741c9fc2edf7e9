//! `service`: advice, licence aid, solidarity garage, financial aid, outreach. Must never check what was typed beyond its
//! form.

use maillage_proto::node::v1::{
    self as proto, act_on_service_request::Action, services_client::ServicesClient,
};

use super::{
    arguments::services::{Because, Service, ServiceList, ServiceOpen, Step},
    commune::typed_place,
    failure::CommandError,
    fleet::euros,
    once,
    people::show_next,
    seen::Seen,
    session::Session,
    words::commune,
};

/// Runs a command about services.
pub(super) async fn service(session: &mut Session<'_>, command: Service) -> Result<(), CommandError> {
    let mut client = session.client(ServicesClient::with_interceptor).await?;
    let (id, seen, action) = match command {
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
        | Service::Finish { .. } => match action(command) {
            Some(step) => step,
            None => return Ok(()),
        },
    };
    let present = async || {
        let request = proto::ShowServiceRequest { id: id.clone() };
        Ok::<_, CommandError>(client.show_service(request).await?.into_inner().etag)
    };
    let etag = seen.or_present(present).await?;
    let request = proto::ActOnServiceRequest { id, action: Some(action), etag };
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

/// To which service, as it was seen how, and what; nothing for the commands that do nothing to one.
fn action(command: Service) -> Option<(String, Seen, Action)> {
    let day = |step: Step| (step.done.id, step.seen, proto::DayAction { on: step.done.on });
    let because =
        |refused: Because| (refused.id, refused.seen, proto::ReasonAction { reason: refused.reason });
    let sum = |amount_cents| proto::AmountAction { amount_cents };
    let with = |(id, seen, done), action: fn(proto::DayAction) -> Action| (id, seen, action(done));
    let step = match command {
        Service::Open(_) | Service::Show { .. } | Service::List(_) => return None,
        Service::Plan { id, at, seen } => (id, seen, Action::Plan(proto::PlanAction { at })),
        Service::Hold { step: Step { done, seen }, conclusion } => {
            (done.id, seen, Action::Hold(proto::HoldAction { on: done.on, conclusions: conclusion }))
        }
        Service::Miss(step) => with(day(step), Action::Miss),
        Service::Grant { step: Step { done, seen }, amount } => {
            (done.id, seen, Action::Grant(proto::GrantAction { amount_cents: amount, on: done.on }))
        }
        Service::Refuse(refused) => {
            let (id, seen, why) = because(refused);
            (id, seen, Action::Refuse(why))
        }
        Service::Lessons { id, hours, seen } => (id, seen, Action::Lessons(proto::LessonsAction { hours })),
        Service::PassTheory(step) => with(day(step), Action::PassTheory),
        Service::Obtain(step) => with(day(step), Action::Obtain),
        Service::Abandon(refused) => {
            let (id, seen, why) = because(refused);
            (id, seen, Action::Abandon(why))
        }
        Service::Estimate { id, amount, seen } => (id, seen, Action::Estimate(sum(amount))),
        Service::Agree { id, share, seen } => (id, seen, Action::Agree(sum(share))),
        Service::Repair { step: Step { done, seen }, amount, share } => {
            let repair = proto::RepairAction { amount_cents: amount, share_cents: share, on: done.on };
            (done.id, seen, Action::Repair(repair))
        }
        Service::Pay(step) => with(day(step), Action::Pay),
        Service::Finish { step: Step { done, seen }, attendance } => {
            (done.id, seen, Action::Finish(proto::FinishAction { on: done.on, attendance }))
        }
    };
    Some(step)
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
        ("field-etag", service.etag.clone()),
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
    show_next(session, &reply.next_after)
}
