//! `agreement`: what is agreed with other members, version by version. Must never shorten terms: what is accepted was read.

use maillage_proto::node::v1::{self as proto, agreements_client::AgreementsClient};

use super::{
    arguments::agreements::{Agreement, Proposed},
    failure::CommandError,
    money::euros,
    session::Session,
    words::Words,
};

/// Runs a command about agreements.
pub(super) async fn agreement(session: &mut Session<'_>, command: Agreement) -> Result<(), CommandError> {
    let mut client = session.client(AgreementsClient::with_interceptor).await?;
    let reply = match command {
        Agreement::List => {
            let reply = client.list_agreements(proto::ListAgreementsRequest {}).await?.into_inner();
            return show_rows(session, &reply);
        }
        Agreement::Show { node } => client.show_agreement(proto::AgreementRequest { node }).await?,
        Agreement::Propose(proposed) => client.propose_agreement(request(proposed)?).await?,
        Agreement::Accept { node, number } => {
            client.accept_agreement(proto::AcceptAgreementRequest { node, version: number }).await?
        }
        Agreement::Decline { node } => client.decline_agreement(proto::AgreementRequest { node }).await?,
        Agreement::Withdraw { node } => client.withdraw_agreement(proto::AgreementRequest { node }).await?,
        Agreement::End { node, last_day } => {
            client.end_agreement(proto::EndAgreementRequest { node, last_day }).await?
        }
    };
    show(session, &reply.into_inner())
}

fn request(proposed: Proposed) -> Result<proto::ProposeAgreementRequest, CommandError> {
    let amount = |cents: i64| u32::try_from(cents).map_err(|_| CommandError::usage("agreement-amount"));
    let terms = proto::AgreementTerms {
        carrier: proposed.carrier,
        loaded_km_cents: amount(proposed.km)?,
        empty_km_cents: amount(proposed.empty_km)?,
        trip_cents: amount(proposed.per_trip)?,
        no_show_cents: amount(proposed.no_show)?,
        at_the_door_cents: amount(proposed.at_the_door)?,
        contributions_deducted: proposed.deduct_contributions,
        trust: proposed.trust,
        from: proposed.from,
        until: proposed.until,
    };
    Ok(proto::ProposeAgreementRequest { node: proposed.node, terms: Some(terms) })
}

fn show(session: &mut Session<'_>, agreement: &proto::Agreement) -> Result<(), CommandError> {
    if session.json(agreement)? {
        return Ok(());
    }
    let words = session.words();
    session.fields(&[
        ("field-partner", partner(agreement)),
        ("field-partner_phone", agreement.phone.clone()),
        ("field-state", words.code("agreement-state", &agreement.state)),
        ("field-agreement_in_force", number(agreement.in_force)),
        ("field-agreement_waiting", waiting(words, agreement)),
        ("field-last_refusal", words.refusal_code(&agreement.last_refusal)),
        ("field-node_id", agreement.node.clone()),
    ])?;
    for version in &agreement.versions {
        session.line("heading-agreement-version", &[("number", version.number.to_string().into())])?;
        show_version(session, version)?;
    }
    if let Some(proposal) = &agreement.proposal {
        let key =
            if proposal.proposed_by == "us" { "heading-agreement-ours" } else { "heading-agreement-theirs" };
        let node = agreement.node.clone();
        session.line(key, &[("number", proposal.number.to_string().into()), ("node", node.into())])?;
        show_version(session, proposal)?;
    }
    Ok(())
}

fn show_version(session: &mut Session<'_>, version: &proto::AgreementVersion) -> Result<(), CommandError> {
    let words = session.words();
    let terms = version.terms.clone().unwrap_or_default();
    let sum = |cents: u32| euros(words, i64::from(cents));
    let from = if version.first_day.is_empty() { &terms.from } else { &version.first_day };
    let last = if version.last_day.is_empty() { &terms.until } else { &version.last_day };
    Ok(session.fields(&[
        ("field-agreement_by", words.code("agreement-side", &version.proposed_by)),
        ("field-agreement_carrier", words.code("agreement-carrier", &terms.carrier)),
        ("field-agreement_from", words.moment(from)),
        ("field-agreement_until", if last.is_empty() { String::new() } else { words.moment(last) }),
        ("field-agreement_ended_by", words.code("agreement-side", &version.ended_by)),
        ("field-agreement_km", sum(terms.loaded_km_cents)),
        ("field-agreement_empty_km", sum(terms.empty_km_cents)),
        ("field-agreement_trip", sum(terms.trip_cents)),
        ("field-agreement_no_show", sum(terms.no_show_cents)),
        ("field-agreement_at_the_door", sum(terms.at_the_door_cents)),
        ("field-agreement_deducted", words.yes(terms.contributions_deducted)),
        ("field-agreement_trust", words.code("agreement-trust", &terms.trust)),
    ])?)
}

fn show_rows(session: &mut Session<'_>, reply: &proto::ListAgreementsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |agreement: &proto::Agreement| {
        let proposal = agreement.proposal.as_ref();
        let proposed = proposal.map(|proposal| {
            let by = words.code("agreement-side", &proposal.proposed_by);
            format!("{} ({by})", proposal.number)
        });
        vec![
            partner(agreement),
            words.code("agreement-state", &agreement.state),
            number(agreement.in_force),
            proposed.unwrap_or_default(),
            waiting(words, agreement),
            agreement.node.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.agreements.iter().map(row).collect();
    let headings = [
        "field-partner",
        "field-state",
        "field-agreement_in_force",
        "field-agreement_proposed",
        "field-agreement_waiting",
        "field-node_id",
    ];
    Ok(session.columns(&headings, &rows)?)
}

fn partner(agreement: &proto::Agreement) -> String {
    let named = !agreement.territory.is_empty();
    if named { agreement.territory.clone() } else { agreement.node.clone() }
}

fn number(version: u32) -> String {
    if version == 0 { String::new() } else { version.to_string() }
}

fn waiting(words: Words<'_>, agreement: &proto::Agreement) -> String {
    if agreement.waiting.is_empty() {
        return String::new();
    }
    let what = words.code("agreement-said", &agreement.waiting);
    let since = words.instant(&agreement.waiting_since);
    words.text("agreement-waits", &[("what", what.into()), ("since", since.into())])
}
