//! `referral` and `pathway`: who was referred and what became of it. Must never check what was typed beyond its form.

use maillage_platform::grpc::TokenInterceptor;
use maillage_proto::node::v1::{self as proto, pathways_client::PathwaysClient};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use super::{
    arguments::services::{Contents, Pathway, Referral, ReferralAdd},
    commune::typed_place,
    failure::CommandError,
    obligations, once,
    people::show_next,
    session::Session,
    words::commune,
};

type Client = PathwaysClient<InterceptedService<Channel, TokenInterceptor>>;

/// Runs a command about referrals.
pub(super) async fn referral(session: &mut Session<'_>, command: Referral) -> Result<(), CommandError> {
    if let Referral::Rights(command) = command {
        return obligations::of_referral(session, command).await;
    }
    let mut client = session.client(PathwaysClient::with_interceptor).await?;
    let referral = match command {
        Referral::Add(add) => {
            let added = once::ask(added(add)?, async |request| client.add_referral(request).await).await?;
            return show_referral(session, &added);
        }
        Referral::Show { id } => client.show_referral(proto::ShowReferralRequest { id }).await?,
        Referral::List { open, page } => {
            let request = proto::ListReferralsRequest { open, after: page.after, limit: page.limit };
            let reply = client.list_referrals(request).await?.into_inner();
            return show_referrals(session, &reply);
        }
        Referral::Accept { id, person, even_if_duplicate } => {
            let request = proto::AcceptReferralRequest { id, person, even_if_duplicate };
            let pathway = client.accept_referral(request).await?;
            return show_pathway(session, &pathway.into_inner());
        }
        Referral::Decline { id, reason } => {
            client.decline_referral(proto::DeclineReferralRequest { id, reason }).await?
        }
        Referral::Withdraw { id } => client.withdraw_referral(proto::WithdrawReferralRequest { id }).await?,
        Referral::Rights(_) => return Ok(()),
    };
    show_referral(session, &referral.into_inner())
}

/// Runs a command about pathways.
pub(super) async fn pathway(session: &mut Session<'_>, command: Pathway) -> Result<(), CommandError> {
    let mut client = session.client(PathwaysClient::with_interceptor).await?;
    let pathway = match command {
        Pathway::Open { person, on, notes } => {
            let request = proto::OpenPathwayRequest { person, on, notes, request_id: once::name() };
            let opened = once::ask(request, async |request| client.open_pathway(request).await).await?;
            return show_pathway(session, &opened);
        }
        Pathway::Show { id } => client.show_pathway(proto::ShowPathwayRequest { id }).await?,
        Pathway::List { person, page } => {
            let request = proto::ListPathwaysRequest { person, after: page.after, limit: page.limit };
            let reply = client.list_pathways(request).await?.into_inner();
            return show_pathways(session, &reply);
        }
        Pathway::Diagnose { done, service, seen } => {
            let etag = seen.or_present(async || etag(&mut client, &done.id).await).await?;
            client.diagnose(proto::DiagnoseRequest { id: done.id, on: done.on, service, etag }).await?
        }
        Pathway::Put(item) => client.change_basket(changed(item, false)).await?,
        Pathway::TakeOut(item) => client.change_basket(changed(item, true)).await?,
        Pathway::Agree(done) => {
            client.agree_basket(proto::AgreeBasketRequest { id: done.id, on: done.on }).await?
        }
        Pathway::FollowUp { done, milestone, heard } => {
            let heard = heard.unwrap_or_default();
            let request = proto::RecordFollowUpRequest { id: done.id, milestone, on: done.on, heard };
            client.record_follow_up(request).await?
        }
        Pathway::Exit { done, outcome } => {
            client.exit_pathway(proto::ExitPathwayRequest { id: done.id, on: done.on, outcome }).await?
        }
        Pathway::Note { id, notes, seen } => {
            let etag = seen.or_present(async || etag(&mut client, &id).await).await?;
            client.note_pathway(proto::NotePathwayRequest { id, notes, etag }).await?
        }
        Pathway::Due { within_days, page } => {
            let request = proto::ListFollowUpsRequest { within_days, limit: page.limit, after: page.after };
            let reply = client.list_follow_ups(request).await?;
            return show_due(session, &reply.into_inner());
        }
        Pathway::Count { first, last } => {
            let request = proto::CountAccompaniedRequest { first_day: first, last_day: last };
            let count = client.count_accompanied(request).await?.into_inner();
            return show_count(session, &count);
        }
    };
    show_pathway(session, &pathway.into_inner())
}

/// The present revision of a pathway.
async fn etag(client: &mut Client, id: &str) -> Result<String, CommandError> {
    Ok(client.show_pathway(proto::ShowPathwayRequest { id: id.to_owned() }).await?.into_inner().etag)
}

fn added(add: ReferralAdd) -> Result<proto::AddReferralRequest, CommandError> {
    let ReferralAdd { prescriber, reference, name, phone, commune, person_agrees } = add;
    let place = typed_place(&commune, String::new())?;
    let (commune, commune_name) = (place.commune, place.commune_name);
    let contact = Some(proto::ReferralContact { name, phone, commune, commune_name });
    Ok(proto::AddReferralRequest { prescriber, reference, contact, person_agrees, request_id: once::name() })
}

fn changed(item: Contents, remove: bool) -> proto::ChangeBasketRequest {
    let Contents { id, kind, item } = item;
    proto::ChangeBasketRequest { id, item: Some(proto::BasketItem { kind, id: item }), remove }
}

fn outcome(session: &Session<'_>, referral: &proto::Referral) -> String {
    let list = if referral.state == "declined" { "decline" } else { "outcome" };
    session.words().code(list, &referral.outcome)
}

fn show_referral(session: &mut Session<'_>, referral: &proto::Referral) -> Result<(), CommandError> {
    if session.json(referral)? {
        return Ok(());
    }
    let words = session.words();
    let contact = referral.contact.clone().unwrap_or_default();
    let place = if contact.commune.is_empty() { String::new() } else { commune(&contact.commune) };
    Ok(session.fields(&[
        ("field-reference", referral.reference.clone()),
        ("field-state", words.code("referral-state", &referral.state)),
        ("field-outcome", outcome(session, referral)),
        ("field-name", contact.name),
        ("field-phone", contact.phone),
        ("field-commune", place),
        ("field-prescriber", referral.prescriber.clone()),
        ("field-pathway", referral.pathway.clone()),
        ("field-created_at", words.instant(&referral.created_at)),
        ("field-id", referral.id.clone()),
    ])?)
}

fn show_referrals(session: &mut Session<'_>, reply: &proto::ListReferralsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |referral: &proto::Referral| {
        vec![
            referral.reference.clone(),
            words.code("referral-state", &referral.state),
            outcome(session, referral),
            words.instant(&referral.created_at),
            referral.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.referrals.iter().map(row).collect();
    let headings = ["field-reference", "field-state", "field-outcome", "field-created_at", "field-id"];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn show_pathway(session: &mut Session<'_>, pathway: &proto::Pathway) -> Result<(), CommandError> {
    if session.json(pathway)? {
        return Ok(());
    }
    let words = session.words();
    let basket =
        pathway.basket.iter().map(|item| format!("{} {}", words.code("basket", &item.kind), item.id));
    let follow_ups = pathway.follow_ups.iter().map(|follow_up| {
        let heard = if follow_up.heard.is_empty() { "not-reached" } else { follow_up.heard.as_str() };
        let milestone = words.code("milestone", &follow_up.milestone);
        format!("{milestone} ({}) {}", words.moment(&follow_up.on), words.code("outcome", heard))
    });
    let next =
        format!("{} {}", words.code("milestone", &pathway.next_milestone), words.moment(&pathway.next_due));
    Ok(session.fields(&[
        ("field-person", pathway.person.clone()),
        ("field-stage", words.code("stage", &pathway.stage)),
        ("field-outcome", words.code("outcome", &pathway.outcome)),
        ("field-entered_on", words.moment(&pathway.entered_on)),
        ("field-diagnosed_on", words.moment(&pathway.diagnosed_on)),
        ("field-basket", words.one_after_another(basket)),
        ("field-basket_on", words.moment(&pathway.basket_on)),
        ("field-follow_ups", words.one_after_another(follow_ups)),
        ("field-next_follow_up", next.trim().to_owned()),
        ("field-exited_on", words.moment(&pathway.exited_on)),
        ("field-prescriber", pathway.prescriber.clone()),
        ("field-notes", pathway.notes.clone()),
        ("field-etag", pathway.etag.clone()),
        ("field-id", pathway.id.clone()),
    ])?)
}

fn show_pathways(session: &mut Session<'_>, reply: &proto::ListPathwaysReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    show_rows(session, &reply.pathways)?;
    show_next(session, &reply.next_after)
}

fn show_due(session: &mut Session<'_>, reply: &proto::ListFollowUpsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    show_rows(session, &reply.pathways)?;
    show_next(session, &reply.next_after)
}

fn show_rows(session: &mut Session<'_>, pathways: &[proto::Pathway]) -> Result<(), CommandError> {
    let words = session.words();
    let row = |pathway: &proto::Pathway| {
        vec![
            words.moment(&pathway.entered_on),
            words.code("stage", &pathway.stage),
            words.code("milestone", &pathway.next_milestone),
            words.moment(&pathway.next_due),
            words.code("outcome", &pathway.outcome),
            pathway.person.clone(),
            pathway.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = pathways.iter().map(row).collect();
    let headings = [
        "field-entered_on",
        "field-stage",
        "field-next_follow_up",
        "field-due",
        "field-outcome",
        "field-person",
        "field-id",
    ];
    Ok(session.columns(&headings, &rows)?)
}

fn show_count(session: &mut Session<'_>, count: &proto::Accompanied) -> Result<(), CommandError> {
    if session.json(count)? {
        return Ok(());
    }
    let mut years: Vec<(&u32, &u32)> = count.by_year.iter().collect();
    years.sort();
    let rows: Vec<Vec<String>> =
        years.into_iter().map(|(year, people)| vec![year.to_string(), people.to_string()]).collect();
    session.fields(&[
        ("field-accompanied", count.persons.to_string()),
        ("field-objecting", count.objecting.to_string()),
    ])?;
    Ok(session.columns(&["field-year", "field-accompanied"], &rows)?)
}
