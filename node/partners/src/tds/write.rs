//! Messages as telegrams. An offer is written from the federation's offer, which holds nobody.

use maillage_domain::text::Phone;
use maillage_federation::{
    handover::{LegResult, OfferedLeg, ProgressStep},
    needs::{Need, Needs},
};
use maillage_geography::{Geography, InseeCode};
use serde_json::{Map, Number, Value, json};

use super::{
    codes::{CALL_OFF, code, of_need},
    read_answers::{STEPS, description},
};
use crate::{
    gather::{self, Part},
    messages::{About, Award, ExactLeg, FromPartner, Offered, ToPartner},
    shown::ticket,
    times::with_offset,
};

/// What stands in place of a street that is not told.
pub(super) const NO_STREET: &str = "-";
/// What stands in place of a driver, whom nobody has to name.
const NO_DRIVER: &str = "-";

/// Whether the profile has telegrams for a message. Words in one's own words have none: they are told by table or by phone.
pub fn is_expressible(message: &ToPartner) -> bool {
    !matches!(message, ToPartner::Text { .. })
}

/// What is sent to a partner, as a list of telegrams. What has none is left out: see [`is_expressible`].
pub fn write_sent(messages: &[ToPartner]) -> Vec<u8> {
    written(messages.iter().flat_map(sent).collect())
}

/// What a partner says, as a list of telegrams. Words in its own words have none and are left out.
pub fn write_answers<'a>(said: impl IntoIterator<Item = (&'a FromPartner, &'a str)>) -> Vec<u8> {
    written(said.into_iter().flat_map(|(message, number)| answer(message, number)).collect())
}

fn written(telegrams: Vec<Value>) -> Vec<u8> {
    // A value made here can always be written.
    let mut bytes = serde_json::to_vec_pretty(&Value::Array(telegrams)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn sent(message: &ToPartner) -> Vec<Value> {
    let each = |about: &About, write: &dyn Fn(Value) -> Value| -> Vec<Value> {
        (0..about.legs).map(|leg| write(named(*about, leg))).collect()
    };
    match message {
        ToPartner::Offer(offered) => offer(offered),
        ToPartner::Award(told) => award(told),
        ToPartner::Lapsed(about) => {
            each(about, &|ticket| status_change(&ticket, "Expire", "OrderingClient", "not accepted in time"))
        }
        ToPartner::Closed(about) => each(
            about,
            &|ticket| json!({"clientOrderConfirmation": {"tripTicketId": ticket, "tripConfirmed": false}}),
        ),
        ToPartner::Withdrawn(about) => {
            each(about, &|ticket| status_change(&ticket, "Cancel", "OrderingClient", "taken back"))
        }
        ToPartner::Cancelled { about, reason, at_ms } => {
            let reason = code(CALL_OFF, reason);
            let mut telegrams = each(about, &|ticket| status_change(&ticket, "Cancel", "Rider", reason));
            telegrams.extend(each(about, &|ticket| {
                let at = time(*at_ms);
                json!({"tripCancelRequest": {"tripTicketId": ticket, "cancellationTime": at, "reason": reason}})
            }));
            telegrams
        }
        ToPartner::AccountSeen { about, disputed } => each(about, &|ticket| {
            let seen = json!({"tripTicketId": ticket, "dataReceived": true, "paymentRejected": disputed});
            json!({"tripScheduledConfirmation": seen})
        }),
        ToPartner::Text { .. } => Vec::new(),
    }
}

fn named(about: About, leg: usize) -> Value {
    Value::String(ticket(about, leg).to_string())
}

fn status_change(ticket: &Value, status: &str, by: &str, reason: &str) -> Value {
    json!({"tripStatusChange": {
        "tripTicketId": ticket, "status": status, "canceledBy": by, "reasonDescription": reason,
    }})
}

fn time(ms: i64) -> Value {
    json!({"time": with_offset(ms)})
}

fn offer(offered: &Offered) -> Vec<Value> {
    let Offered { about, offer } = offered;
    let leg = |(index, leg): (usize, &OfferedLeg)| {
        let (attributes, services) = needs(&offer.needs);
        let beside = json!({
            "leg": index + 1,
            "legs": about.legs,
            "territory": offer.origin_territory.as_str(),
            "distanceMeters": leg.distance_band_m,
            "replyBy": with_offset(offer.reply_by_ms),
            "acceptWithinSeconds": offer.accept_within_s,
        });
        json!({"tripRequest": {
            "tripTicketId": named(*about, index),
            "pickupAddress": address(leg.pickup, ""),
            "dropoffAddress": address(leg.dropoff, ""),
            "pickupTime": time(leg.window_start_ms),
            "appointmentTime": time(leg.window_end_ms),
            "numOtherReservedPassengers": offer.seats.saturating_sub(1),
            "specialAttributes": attributes,
            "transportServices": services,
            "maillage": beside,
        }})
    };
    offer.legs.iter().enumerate().map(leg).collect()
}

/// An address; its street only where it is told.
fn address(commune: InseeCode, street: &str) -> Value {
    let known = Geography::embedded().commune(&commune);
    let city = known.map_or(commune.as_str(), |known| known.name.as_str());
    let postal = known.and_then(|known| known.postal_codes.first());
    json!({
        "street": if street.is_empty() { NO_STREET } else { street },
        "city": city,
        "state": commune.departement().as_str(),
        "postalCode": postal.map_or("00000", |postal| postal.as_str()),
        "country": "FR",
        "maillage": {"insee": commune.as_str()},
    })
}

/// Codes of the profile, and our own for what it has none for.
fn needs(needs: &Needs) -> (Vec<&'static str>, Vec<&'static str>) {
    let attributes = needs.iter().filter_map(of_need).collect();
    let services = needs.iter().filter(|need| of_need(*need).is_none()).map(Need::code).collect();
    (attributes, services)
}

fn award(award: &Award) -> Vec<Value> {
    let mut telegrams = vec![customer(award)];
    for (index, leg) in award.legs.iter().enumerate() {
        telegrams.push(json!({"clientOrderConfirmation": {
            "tripTicketId": named(award.about, index),
            "tripConfirmed": true,
            "maillage": {"acceptBy": with_offset(award.accept_by_ms), "deskPhone": award.desk_phone},
        }}));
        telegrams.push(task(award, index, leg));
    }
    telegrams
}

/// 2A1. The customer's number is the ticket of this award alone: nobody can put two trips of one person together by it.
fn customer(award: &Award) -> Value {
    let name = award.passenger.name.as_str();
    let (first, last) = name.rsplit_once(' ').unwrap_or((NO_STREET, name));
    let home = award.legs.first().map(|leg| address(leg.pickup, &leg.pickup_address));
    json!({"customerInfo": {
        "firstLegalName": first,
        "lastName": last,
        "customerId": named(award.about, 0),
        "address": home,
        "mobilePhone": international(&award.passenger.phone),
        "notesForDriver": award.passenger.driver_notes,
    }})
}

fn task(award: &Award, index: usize, leg: &ExactLeg) -> Value {
    let passenger = &award.passenger;
    let (attributes, services) = needs(&passenger.needs);
    json!({"tripTask": {
        "tripTicketId": named(award.about, index),
        "pickupNodeAddress": address(leg.pickup, &leg.pickup_address),
        "pickupNodeScheduledTime": time(leg.earliest_pickup_ms),
        "dropoffNodeAddress": address(leg.dropoff, &leg.dropoff_address),
        "dropoffNodeScheduledTime": time(leg.latest_arrival_ms),
        "customerName": passenger.name,
        "customerMobilePhone": international(&passenger.phone),
        "numOtherReservedPassengers": passenger.companions,
        "notesForDriver": passenger.driver_notes,
        "specialAttributes": attributes,
        "transportServices": services,
        "maillage": {"phone": passenger.phone, "seats": award.seats},
    }})
}

/// A number as the profile wants it; nothing where that cannot be said: it stands beside as it was typed.
fn international(phone: &str) -> Option<String> {
    Phone::parse(phone).ok()?.international()
}

fn answer(message: &FromPartner, number: &str) -> Vec<Value> {
    let about = message.about();
    let leg = |(leg, part): (Option<usize>, Part)| {
        let (telegram, mut members) = part_members(part)?;
        members.insert("tripTicketId".to_owned(), named(about, leg?));
        if !number.is_empty()
            && let Some(beside) = members.entry("maillage").or_insert_with(|| json!({})).as_object_mut()
        {
            beside.insert("number".to_owned(), Value::String(number.to_owned()));
        }
        Some(json!({ telegram: members }))
    };
    gather::parts(message).into_iter().filter_map(leg).collect()
}

fn part_members(part: Part) -> Option<(&'static str, Map<String, Value>)> {
    let (telegram, members) = match part {
        Part::Bid { firm, pickup_ms, extra_m, fare_cents } => {
            let members = json!({
                "tripAvailable": true,
                "scheduledPickupTime": time(pickup_ms),
                "fareAmount": fare_cents.map(|cents| decimal(u64::from(cents), 100)),
                "maillage": {"firm": firm, "emptyMeters": extra_m},
            });
            ("tripRequestResponse", members)
        }
        Part::Decline(reason) => {
            let reason = reason.map(description);
            ("tripRequestResponse", json!({"tripAvailable": false, "tripRejectionReason": reason}))
        }
        Part::Accept => ("providerOrderConfirmation", json!({"driverId": NO_DRIVER})),
        Part::GiveBack(reason) => {
            let reason = description(reason);
            let members = json!({"status": "Cancel", "canceledBy": "Provider", "reasonDescription": reason});
            ("tripStatusChange", members)
        }
        Part::Progress { step: ProgressStep::PickedUp, at_ms } => {
            let members = json!({"tripStatus": "performed", "nodePerformedTime": at_ms.map(time)});
            ("tripTaskConfirmation", members)
        }
        Part::Progress { step, at_ms } => {
            let members = json!({
                "driverId": NO_DRIVER,
                "scheduledPickupTime": at_ms.map(time),
                "maillage": {"progress": code(STEPS, &step)},
            });
            ("providerOrderConfirmation", members)
        }
        Part::Outcome(leg) if leg.result == LegResult::NotDone => {
            let beside = json!({"loadedMeters": leg.loaded_m, "emptyMeters": leg.empty_m});
            ("tripTaskConfirmation", json!({"tripStatus": "no pickup", "maillage": beside}))
        }
        Part::Outcome(leg) => {
            let absent = leg.result == LegResult::NoShow;
            let members = json!({
                "performedDistance": decimal(u64::from(leg.loaded_m), 1000),
                "performedDistanceUnit": "Kilometers",
                "paymentType": if absent { vec!["noShow"] } else { Vec::new() },
                "maillage": {"emptyMeters": leg.empty_m},
            });
            ("tripTaskCompletion", members)
        }
        Part::CallOffSeen => {
            let members = json!({"cancellationApproved": true, "cancellationRequestOrigin": "client"});
            ("tripCancelResponse", members)
        }
        Part::Text(_) => return None,
    };
    if let Value::Object(members) = members { Some((telegram, members)) } else { None }
}

/// A number with decimals, without rounding.
fn decimal(amount: u64, of: u64) -> Value {
    let width = if of == 100 { 2 } else { 3 };
    let text = format!("{}.{:0width$}", amount / of, amount % of);
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}
