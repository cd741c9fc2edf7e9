//! Obligations to messages.

use jiff::civil::Date;
use maillage_domain::{
    erasure::deadline,
    retention::{Keep, Rule},
    tus_return::{Driver, Figure, Item, VehicleKey, VehicleOwner},
};
use maillage_proto::node::v1 as proto;
use maillage_store::{erasures::Erasure, events::Actor, holdings::Whose};

use super::people::place;
use crate::app::{
    App,
    obligations::{
        accesses::Seen,
        export::Held,
        register::Entry,
        retention::{self, Preview},
        tus_return::Year,
    },
};

/// The return of a year.
pub fn tus_return(app: &App, counted: &Year) -> proto::TusReturnReply {
    let Year { year, carrier, figures, models } = counted;
    let count = |figure: &Figure| proto::FigureCount {
        figure: figure.code().to_owned(),
        count: number(figures.count(*figure)),
    };
    let tenths =
        |owner| figures.mean_places_tenths(owner).map(|tenths| u32::try_from(tenths).unwrap_or(u32::MAX));
    let mut reply = proto::TusReturnReply {
        year: u32::try_from(*year).unwrap_or_default(),
        figures: Figure::ALL.iter().map(count).collect(),
        own_places_tenths: tenths(VehicleOwner::Own),
        lent_places_tenths: tenths(VehicleOwner::Lent),
        loaded_m: figures.loaded_m,
        mean_m: figures.mean_m(),
        contributions_cents: figures.contributions.get(),
        highest_contribution_cents: figures.highest_contribution.map(maillage_domain::money::Cents::get),
        free_trips: figures.free_trips,
        neighbours_trips: figures.neighbours_trips,
        models: models.iter().cloned().collect(),
        ..proto::TusReturnReply::default()
    };
    if let Some(carrier) = carrier {
        let seat = place(app, &carrier.details.address);
        reply.carrier = carrier.id.to_string();
        carrier.details.name.as_str().clone_into(&mut reply.name);
        reply.rna = carrier.details.rna.as_ref().map(|rna| rna.as_str().to_owned()).unwrap_or_default();
        carrier.details.form.code().clone_into(&mut reply.form);
        (reply.commune, reply.commune_name, reply.address) = (seat.commune, seat.commune_name, seat.address);
        let people = carrier.details.headcounts.get(year);
        reply.employees = people.map(|people| people.employees);
        reply.volunteers = people.map(|people| people.volunteers);
        reply.members = people.map(|people| people.members);
    }
    reply
}

/// A page of what a figure is made of.
pub fn figure_page(items: &[Item], after: &str, limit: usize) -> proto::ListFigureReply {
    let items: Vec<proto::FigureItem> = items.iter().map(item).collect();
    let from = items.iter().position(|item| item.id == after).map_or(0, |at| at + 1);
    let page: Vec<proto::FigureItem> = items.iter().skip(from).take(limit).cloned().collect();
    let more = from + page.len() < items.len();
    let next_after = page.last().filter(|_| more).map(|last| last.id.clone()).unwrap_or_default();
    proto::ListFigureReply { items: page, next_after }
}

fn item(item: &Item) -> proto::FigureItem {
    let (kind, id) = match item {
        Item::Trip(id) => ("trip", id.to_string()),
        Item::Person(id) => ("person", id.to_string()),
        Item::Driver(Driver::Volunteer(id)) => ("volunteer", id.to_string()),
        Item::Driver(Driver::Employee(id)) => ("employee", id.to_string()),
        Item::Driver(Driver::Staff(id)) => ("staff", id.to_string()),
        Item::Vehicle(VehicleKey::Asset(id)) => ("asset", id.to_string()),
        Item::Vehicle(VehicleKey::Volunteer(id, index)) => ("volunteer-vehicle", format!("{id}/{index}")),
    };
    proto::FigureItem { kind: kind.to_owned(), id }
}

/// The register.
pub fn register(app: &App, entries: &[Entry]) -> proto::ShowRegisterReply {
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    let processing = |entry: &Entry| proto::Processing {
        code: entry.processing.code.to_owned(),
        legal_basis: entry.processing.legal_basis.to_owned(),
        people: codes(entry.processing.people),
        categories: codes(entry.processing.categories),
        recipients: codes(entry.processing.recipients),
        security: codes(entry.processing.security),
        retention: entry.rules.iter().map(rule).collect(),
        families: codes(&entry.families),
    };
    let territory = app.profile.territory;
    let name = app.geography.territory(&territory).map(|known| known.name.clone()).unwrap_or_default();
    proto::ShowRegisterReply {
        territory: territory.to_string(),
        territory_name: name,
        processings: entries.iter().map(processing).collect(),
    }
}

fn rule(rule: &Rule) -> proto::RetentionRule {
    let (years, days) = match rule.keep {
        Keep::Years(years) => (u32::try_from(years).unwrap_or_default(), 0),
        Keep::Days(days) => (0, u32::try_from(days).unwrap_or_default()),
    };
    proto::RetentionRule { kind: rule.kind.code().to_owned(), years, days, source: rule.source.clone() }
}

/// A row of somebody's copy.
pub fn held(held: &Held) -> proto::HeldRow {
    proto::HeldRow {
        family: held.family.to_owned(),
        processing: held.processing.to_owned(),
        fate: held.fate.to_owned(),
        json: held.row.to_string(),
    }
}

/// Somebody saw data.
pub fn access(seen: &Seen) -> proto::Access {
    let Seen { access, export, partner } = seen;
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let (actor, label) = match (&access.actor, partner) {
        (Actor::Platform, _) => ("platform", String::new()),
        (Actor::Operator(label), _) => ("operator", label.clone()),
        (Actor::Neighbour(_), Some(name)) => ("partner", name.clone()),
        (Actor::Neighbour(id), None) => ("neighbour", id.to_string()),
    };
    proto::Access {
        at: access.at.to_string(),
        actor: actor.to_owned(),
        label,
        purpose: access.purpose.clone().into_owned(),
        table: export.as_ref().map(|export| export.table.clone().into_owned()).unwrap_or_default(),
        from_day: day(export.as_ref().and_then(|export| export.from)),
        to_day: day(export.as_ref().and_then(|export| export.to)),
    }
}

/// Whose erasure, as a page goes on after it.
pub fn erased(whose: Whose) -> String {
    let kind = match whose {
        Whose::Person(_) => "person",
        Whose::Volunteer(_) => "volunteer",
        Whose::Referral(_) => "referral",
    };
    format!("{kind}:{}", hyphenated(whose))
}

fn hyphenated(whose: Whose) -> String {
    match whose {
        Whose::Person(id) => id.to_string(),
        Whose::Volunteer(id) => id.to_string(),
        Whose::Referral(id) => id.to_string(),
    }
}

/// An erasure.
pub fn erasure(erasure: &Erasure) -> proto::Erasure {
    let named = |id: String, this: bool| if this { id } else { String::new() };
    let (whose, id) = (erasure.whose, hyphenated(erasure.whose));
    proto::Erasure {
        person: named(id.clone(), matches!(whose, Whose::Person(_))),
        volunteer: named(id.clone(), matches!(whose, Whose::Volunteer(_))),
        referral: named(id, matches!(whose, Whose::Referral(_))),
        reason: erasure.reason.code().to_owned(),
        asked_at: erasure.asked.to_string(),
        objection: erasure.objection,
        state: erasure.state.code().to_owned(),
        rows: erasure.rows,
        done_at: erasure.done.map(|at| at.to_string()).unwrap_or_default(),
        deadline: deadline(erasure.asked).to_string(),
    }
}

/// What would go: at most `limit` of the people, after one of them; `None` if that one is not among them.
pub fn retention(preview: &Preview, after: &str, limit: usize) -> Option<proto::RetentionPreview> {
    let mark = |item: &retention::Item| {
        let (kind, id) = item.target.code_and_id();
        format!("{kind}:{id}")
    };
    let from = match after {
        "" => 0,
        after => preview.items.iter().position(|item| mark(item) == after)? + 1,
    };
    let page: Vec<&retention::Item> = preview.items.iter().skip(from).take(limit).collect();
    let more = from + page.len() < preview.items.len();
    let next_after = page.last().filter(|_| more).map(|item| mark(item)).unwrap_or_default();
    let items = page.into_iter().map(|item| {
        let (kind, id) = item.target.code_and_id();
        proto::RetentionItem {
            kind: kind.to_owned(),
            id,
            name: item.name.clone(),
            last: item.last.to_string(),
            obstacles: item.obstacles.iter().map(|obstacle| obstacle.code().to_owned()).collect(),
        }
    });
    let bulk = preview.bulk.iter().map(|bulk| proto::RetentionBulk {
        kind: bulk.kind.code().to_owned(),
        before: bulk.before.to_string(),
        rows: u64::try_from(bulk.rows()).unwrap_or(u64::MAX),
    });
    Some(proto::RetentionPreview {
        day: preview.day.to_string(),
        items: items.collect(),
        bulk: bulk.collect(),
        digest: preview.digest(),
        rules: preview.rules().map(rule).collect(),
        next_after,
    })
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
