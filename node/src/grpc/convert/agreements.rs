//! Agreements from and to messages.

use jiff::civil::Date;
use maillage_domain::agreement::Known;
use maillage_federation::{
    agreement::{Agreement, Carriers, Rates, Terms, Trust, Version},
    ids::{Id, NodeKind},
    month::paris,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use super::handovers::desk;
use crate::{
    app::{
        App,
        agreements::{Carrier, NewTerms},
        refusals,
    },
    grpc::day,
};

/// Terms that somebody proposes.
///
/// # Errors
/// `agreement-carrier`, `agreement-trust`, `day-format`.
pub fn new_terms(terms: proto::AgreementTerms) -> Result<NewTerms, Refusal> {
    let proto::AgreementTerms {
        carrier,
        loaded_km_cents,
        empty_km_cents,
        trip_cents,
        no_show_cents,
        at_the_door_cents,
        contributions_deducted,
        trust,
        from,
        until,
    } = terms;
    let carrier = match carrier.as_str() {
        "both" => Carrier::Both,
        "us" => Carrier::Us,
        "them" => Carrier::Them,
        _ => return Err(refusals::invalid("agreement-carrier")),
    };
    let trust = Trust::ALL.into_iter().find(|level| level.code() == trust);
    Ok(NewTerms {
        carrier,
        rates: Rates {
            loaded_km: loaded_km_cents,
            empty_km: empty_km_cents,
            trip: trip_cents,
            no_show: no_show_cents,
            at_the_door: at_the_door_cents,
        },
        contributions_deducted,
        trust: trust.ok_or_else(|| refusals::invalid("agreement-trust"))?,
        from: optional_day(&from)?,
        until: optional_day(&until)?,
    })
}

/// A civil day; none if nothing is given.
///
/// # Errors
/// `day-format`.
pub fn optional_day(text: &str) -> Result<Option<Date>, Refusal> {
    if text.trim().is_empty() { Ok(None) } else { day(text).map(Some) }
}

/// The agreement with another member.
pub fn agreement(app: &App, known: &Known) -> proto::Agreement {
    let today = app.now().to_zoned(paris()).date();
    let desk = desk(app, Some(known.other));
    let (versions, proposal) = known.agreement.as_ref().map(|agreement| told(agreement, known.other)).unzip();
    let said = known.said.as_ref();
    proto::Agreement {
        node: known.other.to_string(),
        territory: desk.territory,
        phone: desk.phone,
        state: known.code(today).to_owned(),
        in_force: known.in_force(today).map_or(0, |version| version.number),
        versions: versions.unwrap_or_default(),
        proposal: proposal.flatten(),
        waiting: said.map(|said| said.what.clone()).unwrap_or_default(),
        waiting_since: said.map(|said| said.at.to_string()).unwrap_or_default(),
        last_refusal: known.last_refusal.clone().unwrap_or_default(),
    }
}

fn told(
    agreement: &Agreement,
    other: Id<NodeKind>,
) -> (Vec<proto::AgreementVersion>, Option<proto::AgreementVersion>) {
    let version = |version: &Version| proto::AgreementVersion {
        number: version.number,
        proposed_by: side(version.by, other).to_owned(),
        terms: Some(terms(&version.terms, other)),
        first_day: version.first_day.to_string(),
        last_day: agreement.last_day(version.number).map(|day| day.to_string()).unwrap_or_default(),
        ended_by: version.end.as_ref().map(|end| side(end.by, other).to_owned()).unwrap_or_default(),
    };
    let proposal = agreement.proposal.as_ref().map(|proposal| proto::AgreementVersion {
        number: proposal.number,
        proposed_by: side(proposal.by, other).to_owned(),
        terms: Some(terms(&proposal.terms, other)),
        ..Default::default()
    });
    (agreement.versions.iter().map(version).collect(), proposal)
}

fn terms(terms: &Terms, other: Id<NodeKind>) -> proto::AgreementTerms {
    let Terms { carriers, rates, contributions_deducted, trust, from, until } = terms;
    let Rates { loaded_km, empty_km, trip, no_show, at_the_door } = rates;
    let carrier = match carriers {
        Carriers::Both => "both",
        Carriers::Only(node) => side(*node, other),
    };
    proto::AgreementTerms {
        carrier: carrier.to_owned(),
        loaded_km_cents: *loaded_km,
        empty_km_cents: *empty_km,
        trip_cents: *trip,
        no_show_cents: *no_show,
        at_the_door_cents: *at_the_door,
        contributions_deducted: *contributions_deducted,
        trust: trust.code().to_owned(),
        from: from.to_string(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
    }
}

fn side(node: Id<NodeKind>, other: Id<NodeKind>) -> &'static str {
    if node == other { "them" } else { "us" }
}
