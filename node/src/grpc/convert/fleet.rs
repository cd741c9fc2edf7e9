//! Fleet and loans to messages and back.

use jiff::Timestamp;
use maillage_domain::{
    fleet::{Asset, Capacity, NewAsset, Outage, Seats},
    loan::{HandOut, Loan, TakeBack},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use crate::app::fleet::UpkeepDue;

/// A thing as typed.
pub fn new_asset(details: Option<proto::AssetDetails>) -> NewAsset {
    let proto::AssetDetails {
        label,
        category,
        seats,
        plate,
        ownership,
        inspection_due,
        insurance_until,
        service_due,
        service_due_m,
        rate_per,
        rate_cents,
        deposit_cents,
        notes,
        in_service,
    } = details.unwrap_or_default();
    NewAsset {
        label,
        category,
        seats,
        plate,
        ownership,
        inspection_due,
        insurance_until,
        service_due,
        service_due_m,
        rate_per,
        rate_cents,
        deposit_cents,
        notes,
        in_service,
    }
}

/// A thing of the fleet, as it is now.
pub fn asset(asset: &Asset, now: Timestamp) -> proto::Asset {
    let state = match (asset.retired, asset.outage_at(now)) {
        (Some(_), _) => "retired",
        (None, Some(_)) => "out-of-service",
        (None, None) => "in-service",
    };
    proto::Asset {
        id: asset.id.to_string(),
        details: Some(details(NewAsset::from(&asset.details))),
        odometer_m: asset.odometer_m,
        state: state.to_owned(),
        outages: asset.outages.iter().map(outage).collect(),
        retired_on: asset.retired.map(|on| on.to_string()).unwrap_or_default(),
        etag: asset.revision.to_string(),
        created_at: asset.created.to_string(),
    }
}

fn details(typed: NewAsset) -> proto::AssetDetails {
    let NewAsset {
        label,
        category,
        seats,
        plate,
        ownership,
        inspection_due,
        insurance_until,
        service_due,
        service_due_m,
        rate_per,
        rate_cents,
        deposit_cents,
        notes,
        in_service,
    } = typed;
    proto::AssetDetails {
        label,
        category,
        seats,
        plate,
        ownership,
        inspection_due,
        insurance_until,
        service_due,
        service_due_m,
        rate_per,
        rate_cents,
        deposit_cents,
        notes,
        in_service,
    }
}

fn outage(outage: &Outage) -> proto::Outage {
    proto::Outage {
        reason: outage.reason.code().to_owned(),
        from: outage.from.to_string(),
        until: outage.until.map(|until| until.to_string()).unwrap_or_default(),
    }
}

/// Something that has to be done.
pub fn upkeep(upkeep: &UpkeepDue) -> proto::Upkeep {
    let UpkeepDue { asset, due } = upkeep;
    proto::Upkeep {
        asset: asset.id.to_string(),
        label: asset.details.label.as_str().to_owned(),
        kind: due.kind.code().to_owned(),
        on: due.on.map(|on| on.to_string()).unwrap_or_default(),
        left_m: due.left_m.unwrap_or_default(),
        late: due.late,
    }
}

/// Vehicles of a year.
pub fn capacity(year: i16, capacity: Capacity) -> proto::Capacity {
    let Capacity { own, lent } = capacity;
    let seats = |seats: Seats| proto::Seats {
        vehicles: seats.vehicles,
        seats: seats.seats,
        mean_hundredths: seats.mean_hundredths().unwrap_or_default(),
    };
    proto::Capacity {
        year: u32::try_from(year).unwrap_or_default(),
        own: Some(seats(own)),
        lent: Some(seats(lent)),
    }
}

/// A loan, as it is now.
pub fn loan(loan: &Loan, now: Timestamp) -> proto::Loan {
    let terms = &loan.terms;
    let booking = loan.booking();
    let rate = booking.and_then(|booking| booking.rate);
    let settlement = loan.settlement();
    let contribution =
        settlement.map_or_else(|| loan.contribution(), |settlement| settlement.contribution_due);
    proto::Loan {
        id: loan.id.to_string(),
        person: loan.person.to_string(),
        category: terms.category.code().to_owned(),
        from: terms.span.from().to_string(),
        until: terms.span.until().to_string(),
        purpose: terms.purpose.code().to_owned(),
        notes: terms.notes.as_str().to_owned(),
        state: loan.state.code().to_owned(),
        overdue: loan.is_overdue(now),
        asset: booking.map(|booking| booking.asset.to_string()).unwrap_or_default(),
        rate_per: rate.map(|rate| rate.per.code().to_owned()).unwrap_or_default(),
        rate_cents: rate.map(|rate| rate.cents.get()).unwrap_or_default(),
        deposit_cents: booking.map(|booking| booking.deposit.get()).unwrap_or_default(),
        out: loan.hand_out().map(hand_out),
        back: loan.take_back().map(take_back),
        contribution_due_cents: contribution.get(),
        deposit_kept_cents: settlement.map(|settlement| settlement.deposit_kept.get()).unwrap_or_default(),
        reason: loan.cancelled().map(|reason| reason.code().to_owned()).unwrap_or_default(),
        etag: loan.revision.to_string(),
        created_at: loan.created.to_string(),
    }
}

fn hand_out(out: &HandOut) -> proto::HandOut {
    proto::HandOut {
        at: out.at.to_string(),
        condition: out.condition.code().to_owned(),
        odometer_m: out.odometer_m,
        deposit_cents: out.deposit.get(),
        documents: out.documents.iter().map(|document| document.code().to_owned()).collect(),
        by: out.by.as_str().to_owned(),
        notes: out.notes.as_str().to_owned(),
    }
}

fn take_back(back: &TakeBack) -> proto::TakeBack {
    proto::TakeBack {
        at: back.at.to_string(),
        condition: back.condition.code().to_owned(),
        odometer_m: back.odometer_m,
        by: back.by.as_str().to_owned(),
        damage: back.damage.as_str().to_owned(),
    }
}

/// Something that is not free, and why.
pub fn taken(asset: &Asset, refusal: &Refusal) -> proto::TakenAsset {
    let figures = refusal.details().iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    proto::TakenAsset {
        asset: asset.id.to_string(),
        label: asset.details.label.as_str().to_owned(),
        reason: Some(proto::Reason { code: refusal.reason().to_owned(), figures }),
    }
}
