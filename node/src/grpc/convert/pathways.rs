//! Referrals and pathways to messages and back.

use maillage_domain::pathway::{BasketItem, Contact, NewReferral, Pathway};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use crate::{
    app::{App, accompanied::Count, referrals::SeenReferral, refusals},
    grpc::id,
};

/// A referral as typed.
pub fn new_referral(
    reference: String,
    contact: Option<proto::ReferralContact>,
    person_agrees: bool,
) -> NewReferral {
    let proto::ReferralContact { name, phone, commune, commune_name: _ } = contact.unwrap_or_default();
    NewReferral { reference, name, phone, commune, person_agrees }
}

/// A referral as the caller may see it.
pub fn referral(app: &App, seen: &SeenReferral) -> proto::Referral {
    let SeenReferral { referral, standing, pathway } = seen;
    proto::Referral {
        id: referral.id.to_string(),
        prescriber: referral.prescriber.map(|id| id.to_string()).unwrap_or_default(),
        reference: referral.reference.as_str().to_owned(),
        state: standing.code().to_owned(),
        outcome: standing.outcome().to_owned(),
        created_at: referral.created.to_string(),
        contact: referral.contact.as_ref().map(|found| contact(app, found)),
        pathway: pathway.map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn contact(app: &App, contact: &Contact) -> proto::ReferralContact {
    let commune = app.geography.commune(&contact.commune);
    proto::ReferralContact {
        name: contact.name.as_str().to_owned(),
        phone: contact.phone.as_str().to_owned(),
        commune: contact.commune.to_string(),
        commune_name: commune.map(|commune| commune.name.clone()).unwrap_or_default(),
    }
}

/// A pathway.
pub fn pathway(pathway: &Pathway) -> proto::Pathway {
    let diagnosis = pathway.diagnosis();
    let next = pathway.next_follow_up();
    let exit = pathway.exit();
    let follow_ups = pathway.follow_ups.iter().map(|(milestone, follow_up)| proto::FollowUp {
        milestone: milestone.code().to_owned(),
        on: follow_up.on.to_string(),
        heard: follow_up.heard.map(|outcome| outcome.code().to_owned()).unwrap_or_default(),
    });
    proto::Pathway {
        id: pathway.id.to_string(),
        person: pathway.person.to_string(),
        referral: text(pathway.referral),
        prescriber: text(pathway.prescriber),
        entered_on: pathway.entered.to_string(),
        stage: pathway.stage.code().to_owned(),
        diagnosed_on: text(diagnosis.map(|diagnosis| diagnosis.on)),
        diagnosis_service: text(diagnosis.and_then(|diagnosis| diagnosis.service)),
        basket: pathway.basket.iter().map(basket_item).collect(),
        basket_on: text(pathway.basket_on()),
        follow_ups: follow_ups.collect(),
        next_milestone: text(next.map(|(milestone, _)| milestone)),
        next_due: text(next.map(|(_, on)| on)),
        exited_on: text(exit.map(|exit| exit.on)),
        outcome: text(exit.map(|exit| exit.outcome)),
        notes: pathway.notes.as_str().to_owned(),
        etag: pathway.revision.to_string(),
        created_at: pathway.created.to_string(),
    }
}

fn basket_item(item: &BasketItem) -> proto::BasketItem {
    let (kind, id) = match item {
        BasketItem::Request(id) => ("request", id.to_string()),
        BasketItem::Series(id) => ("series", id.to_string()),
        BasketItem::Loan(id) => ("loan", id.to_string()),
        BasketItem::Service(id) => ("service", id.to_string()),
    };
    proto::BasketItem { kind: kind.to_owned(), id }
}

/// Something in a basket, as typed.
///
/// # Errors
/// `basket-item-unknown` for a kind that is none, `id-malformed`.
pub fn new_basket_item(item: Option<proto::BasketItem>) -> Result<BasketItem, Refusal> {
    let proto::BasketItem { kind, id: item } = item.unwrap_or_default();
    match kind.as_str() {
        "request" => id(&item, "item").map(BasketItem::Request),
        "series" => id(&item, "item").map(BasketItem::Series),
        "loan" => id(&item, "item").map(BasketItem::Loan),
        "service" => id(&item, "item").map(BasketItem::Service),
        _ => Err(refusals::invalid("basket-item-unknown")),
    }
}

/// How many people.
pub fn count(count: &Count) -> proto::Accompanied {
    let number = |people: usize| u32::try_from(people).unwrap_or(u32::MAX);
    let Count { accompanied, objecting } = count;
    let by_year = accompanied.by_year.iter().map(|(year, people)| {
        let year = u32::try_from(*year).unwrap_or_default();
        (year, number(people.len()))
    });
    proto::Accompanied {
        persons: number(accompanied.persons.len()),
        by_year: by_year.collect(),
        objecting: number(*objecting),
    }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
