//! `fleet`: the vehicles and bikes of the platform. Must never check what was typed beyond its form.

use maillage_proto::node::v1::{self as proto, fleet_client::FleetClient};

use super::{
    arguments::services::{AssetFields, Fleet},
    failure::CommandError,
    once,
    people::show_next,
    session::Session,
    words::Words,
};

/// Runs a command about the fleet.
pub(super) async fn fleet(session: &mut Session<'_>, command: Fleet) -> Result<(), CommandError> {
    let mut client = session.client(FleetClient::with_interceptor).await?;
    let asset = match command {
        Fleet::Add { fields, odometer_km } => {
            let (details, _) = details(*fields);
            let odometer_m = odometer_km.unwrap_or_default();
            let request =
                proto::AddAssetRequest { details: Some(details), odometer_m, request_id: once::name() };
            let added = once::ask(request, async |request| client.add_asset(request).await).await?;
            return show_asset(session, &added);
        }
        Fleet::Update { id, fields, seen } => {
            let present = async || {
                let request = proto::ShowAssetRequest { id: id.clone() };
                Ok::<_, CommandError>(client.show_asset(request).await?.into_inner().etag)
            };
            let etag = seen.or_present(present).await?;
            let (details, paths) = details(*fields);
            let update_mask = Some(prost_types::FieldMask { paths });
            client
                .update_asset(proto::UpdateAssetRequest { id, details: Some(details), update_mask, etag })
                .await?
        }
        Fleet::List { page } => {
            let request = proto::ListAssetsRequest { after: page.after, limit: page.limit };
            let reply = client.list_assets(request).await?.into_inner();
            return show_assets(session, &reply);
        }
        Fleet::Show { id } => client.show_asset(proto::ShowAssetRequest { id }).await?,
        Fleet::Odometer { id, odometer_km } => {
            client.read_odometer(proto::ReadOdometerRequest { id, odometer_m: odometer_km }).await?
        }
        Fleet::Withdraw { id, reason, from, until } => {
            let request = proto::WithdrawAssetRequest { id, reason, from, until };
            let reply = client.withdraw_asset(request).await?.into_inner();
            return show_withdrawn(session, &reply);
        }
        Fleet::Restore { id } => client.restore_asset(proto::RestoreAssetRequest { id }).await?,
        Fleet::Retire { id, on } => client.retire_asset(proto::RetireAssetRequest { id, on }).await?,
        Fleet::Upkeep { within_days } => {
            let reply = client.list_upkeep(proto::ListUpkeepRequest { within_days }).await?.into_inner();
            return show_upkeep(session, &reply);
        }
        Fleet::Capacity { year } => {
            let reply = client.show_capacity(proto::ShowCapacityRequest { year }).await?.into_inner();
            return show_capacity(session, &reply);
        }
    };
    show_asset(session, &asset.into_inner())
}

/// What was typed, with the fields that were.
fn details(fields: AssetFields) -> (proto::AssetDetails, Vec<String>) {
    let AssetFields {
        label,
        category,
        seats,
        plate,
        ownership,
        inspection_due,
        insurance_until,
        service_due,
        service_due_km,
        rate_per,
        rate,
        deposit,
        notes,
        in_service,
    } = fields;
    let named = [
        ("label", label.is_some()),
        ("category", category.is_some()),
        ("seats", seats.is_some()),
        ("plate", plate.is_some()),
        ("ownership", ownership.is_some()),
        ("inspection_due", inspection_due.is_some()),
        ("insurance_until", insurance_until.is_some()),
        ("service_due", service_due.is_some()),
        ("service_due_m", service_due_km.is_some()),
        ("rate_per", rate_per.is_some()),
        ("rate_cents", rate.is_some()),
        ("deposit_cents", deposit.is_some()),
        ("notes", notes.is_some()),
        ("in_service", in_service.is_some()),
    ];
    let paths = named.iter().filter(|(_, named)| *named).map(|(path, _)| (*path).to_owned()).collect();
    let details = proto::AssetDetails {
        label: label.unwrap_or_default(),
        category: category.unwrap_or_default(),
        seats: seats.unwrap_or_default(),
        plate: plate.unwrap_or_default(),
        ownership: ownership.unwrap_or_default(),
        inspection_due: inspection_due.unwrap_or_default(),
        insurance_until: insurance_until.unwrap_or_default(),
        service_due: service_due.unwrap_or_default(),
        service_due_m: service_due_km.unwrap_or_default(),
        rate_per: rate_per.unwrap_or_default(),
        rate_cents: rate.unwrap_or_default(),
        deposit_cents: deposit.unwrap_or_default(),
        notes: notes.unwrap_or_default(),
        in_service: in_service.unwrap_or_default(),
    };
    (details, paths)
}

fn show_asset(session: &mut Session<'_>, asset: &proto::Asset) -> Result<(), CommandError> {
    if session.json(asset)? {
        return Ok(());
    }
    let words = session.words();
    let details = asset.details.clone().unwrap_or_default();
    let outages = asset.outages.iter().map(|outage| {
        let until = if outage.until.is_empty() { "…".to_owned() } else { words.instant(&outage.until) };
        format!("{} : {} – {until}", words.code("outage", &outage.reason), words.instant(&outage.from))
    });
    let service_due = match details.service_due_m {
        0 => words.moment(&details.service_due),
        metres => format!("{} {}", words.moment(&details.service_due), words.kilometres(metres)),
    };
    Ok(session.fields(&[
        ("field-label", details.label.clone()),
        ("field-category", words.code("asset-category", &details.category)),
        ("field-state", words.code("asset-state", &asset.state)),
        ("field-outages", outages.collect::<Vec<_>>().join(", ")),
        ("field-seats", details.seats.to_string()),
        ("field-plate", details.plate.clone()),
        ("field-ownership", words.code("ownership", &details.ownership)),
        (
            "field-odometer",
            if asset.odometer_m == 0 { String::new() } else { words.kilometres(asset.odometer_m) },
        ),
        ("field-inspection_due", words.moment(&details.inspection_due)),
        ("field-insurance_until", words.moment(&details.insurance_until)),
        ("field-service_due", service_due.trim().to_owned()),
        ("field-rate", rate(words, &details.rate_per, details.rate_cents)),
        ("field-deposit", euros(words, details.deposit_cents)),
        ("field-notes", details.notes),
        ("field-retired_on", words.moment(&asset.retired_on)),
        ("field-etag", asset.etag.clone()),
        ("field-id", asset.id.clone()),
    ])?)
}

fn show_assets(session: &mut Session<'_>, reply: &proto::ListAssetsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    show_things(session, &reply.assets)?;
    show_next(session, &reply.next_after)
}

/// Things of the fleet, a line each.
pub(super) fn show_things(session: &mut Session<'_>, assets: &[proto::Asset]) -> Result<(), CommandError> {
    let words = session.words();
    let row = |asset: &proto::Asset| {
        let details = asset.details.clone().unwrap_or_default();
        vec![
            details.label,
            words.code("asset-category", &details.category),
            words.code("asset-state", &asset.state),
            details.seats.to_string(),
            rate(words, &details.rate_per, details.rate_cents),
            asset.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = assets.iter().map(row).collect();
    let headings = ["field-label", "field-category", "field-state", "field-seats", "field-rate", "field-id"];
    Ok(session.columns(&headings, &rows)?)
}

fn show_withdrawn(session: &mut Session<'_>, reply: &proto::WithdrawAssetReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    show_asset(session, &reply.asset.clone().unwrap_or_default())?;
    for loan in &reply.booked {
        session.line("asset-still-booked", &[("loan", loan.clone().into())])?;
    }
    Ok(())
}

fn show_upkeep(session: &mut Session<'_>, reply: &proto::ListUpkeepReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |due: &proto::Upkeep| {
        let left = u32::try_from(due.left_m).map(|metres| words.kilometres(metres)).unwrap_or_default();
        let when = if due.on.is_empty() { left } else { words.moment(&due.on) };
        let late = if due.late { words.text("word-late", &[]) } else { String::new() };
        vec![due.label.clone(), words.code("upkeep", &due.kind), when, late, due.asset.clone()]
    };
    let rows: Vec<Vec<String>> = reply.due.iter().map(row).collect();
    Ok(session.columns(&["field-label", "field-upkeep", "field-when", "field-late", "field-id"], &rows)?)
}

fn show_capacity(session: &mut Session<'_>, capacity: &proto::Capacity) -> Result<(), CommandError> {
    if session.json(capacity)? {
        return Ok(());
    }
    let words = session.words();
    let row = |list: &str, seats: Option<proto::Seats>| {
        let seats = seats.unwrap_or_default();
        let mean = format!("{}.{:02}", seats.mean_hundredths / 100, seats.mean_hundredths % 100);
        let mean = mean.replace('.', &words.text("decimal-mark", &[]));
        vec![words.text(list, &[]), seats.vehicles.to_string(), seats.seats.to_string(), mean]
    };
    let rows = [row("capacity-own", capacity.own), row("capacity-lent", capacity.lent)];
    let headings = ["field-ownership", "field-vehicles", "field-seats", "field-mean_seats"];
    Ok(session.columns(&headings, &rows)?)
}

/// A sum in euros as people read it; nothing for none.
pub(super) fn euros(words: Words<'_>, cents: i64) -> String {
    if cents == 0 {
        return String::new();
    }
    let sum = maillage_domain::money::Cents::new(cents).to_string();
    words.text("sum-euros", &[("sum", sum.replace('.', &words.text("decimal-mark", &[])).into())])
}

/// A price as people read it; nothing for none.
pub(super) fn rate(words: Words<'_>, per: &str, cents: i64) -> String {
    if per.is_empty() {
        return String::new();
    }
    format!("{} {}", euros(words, cents), words.code("rate-per", per))
}
