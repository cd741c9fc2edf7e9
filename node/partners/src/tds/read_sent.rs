//! What the platform's telegrams say, for a partner's own program and for the proof that nothing is lost on the way. An offer
//! that says more than an offer may is refused.

use std::collections::BTreeMap;

use maillage_federation::{
    handover::{Offer, OfferedLeg},
    limits,
    needs::{Need, Needs},
};
use maillage_geography::{InseeCode, Siren};
use serde_json::Value;

use super::{
    codes::{AMBULATORY, CALL_OFF, need, need_codes},
    document::{Sender, Telegram, telegrams},
    read_answers::STATUS_CHANGE,
    walk::Walk,
    write::NO_STREET,
};
use crate::{
    fault::{Fault, Faults, NotHere, Place, Why, repeated},
    messages::{About, Award, CallOff, ExactLeg, Offered, Passenger, ToPartner},
    shown::{Shown, TicketKind},
};

/// What an offer of the profile may hold and one of ours may not.
const NOT_BEFORE_AWARD: [&str; 5] = [
    "customerInfo",
    "tripPurpose",
    "notesForDriver",
    "detailedPickupLocationDescription",
    "detailedDropoffLocationDescription",
];

/// What is sent to a partner, read back. The tickets are read with the handovers shown.
///
/// # Errors
/// Everything that is wrong, in the order of the file.
pub fn read_sent(bytes: &[u8], shown: &Shown) -> Result<Vec<ToPartner>, Vec<Fault>> {
    let mut sent = Sent::default();
    let faults = telegrams(bytes, Sender::Client, |telegram, value, path, faults| {
        sent.take(telegram, value, path, shown, faults);
    })?;
    sent.finish(faults)
}

/// Which kind of message legs are put together to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Offer,
    Award,
    Lapsed,
    Closed,
    Withdrawn,
    Cancelled,
    AccountSeen,
}

/// What has been read of a message.
struct Open {
    order: usize,
    place: Place,
    offer: Option<Offer>,
    offered: Vec<Option<OfferedLeg>>,
    exact: Vec<Option<ExactLeg>>,
    promised: Option<(i64, String)>,
    passenger: Option<(Passenger, u32)>,
    disputed: bool,
    reason: CallOff,
    at_ms: Option<i64>,
}

#[derive(Default)]
struct Sent(BTreeMap<(About, Kind), Open>);

impl Sent {
    fn take(&mut self, telegram: Telegram, value: &Value, path: String, shown: &Shown, faults: &mut Faults) {
        let Some(mut walk) = Walk::enter(value, path, faults) else { return };
        if telegram == Telegram::CustomerInfo {
            // Everything that is needed of it stands in the task as well.
            return;
        }
        let ticket = walk.id::<TicketKind>("tripTicketId");
        let named = ticket.and_then(|ticket| {
            shown.resolve(ticket).or_else(|| walk.fault("tripTicketId", Why::UnknownTicket))
        });
        let Some((about, leg)) = named else { return };
        let _ = self.read(telegram, (about, leg), &mut walk);
    }

    fn read(&mut self, telegram: Telegram, (about, leg): (About, usize), walk: &mut Walk<'_>) -> Option<()> {
        match telegram {
            Telegram::TripRequest => {
                let (offer, offered) = request(walk)?;
                let open = self.open(about, Kind::Offer, walk);
                open.offer.get_or_insert(offer);
                *open.offered.get_mut(leg)? = Some(offered);
            }
            Telegram::ClientOrderConfirmation => {
                if walk.truth("tripConfirmed")? {
                    let mut beside = walk.below("maillage")?;
                    let (accept_by, desk) = (beside.instant("acceptBy"), beside.text("deskPhone"));
                    let promised = (accept_by?, desk?.to_owned());
                    self.open(about, Kind::Award, walk).promised = Some(promised);
                } else {
                    self.open(about, Kind::Closed, walk);
                }
            }
            Telegram::TripTask => {
                let (passenger, exact) = (passenger(walk), exact(walk));
                let (passenger, exact) = (passenger?, exact?);
                let open = self.open(about, Kind::Award, walk);
                open.passenger = Some(passenger);
                *open.exact.get_mut(leg)? = Some(exact);
            }
            Telegram::TripScheduledConfirmation => {
                let disputed = walk.optional("paymentRejected", Walk::truth)?.unwrap_or(false);
                walk.truth("dataReceived")?;
                self.open(about, Kind::AccountSeen, walk).disputed = disputed;
            }
            Telegram::TripCancelRequest => {
                let (reason, at_ms) = (walk.code("reason", CALL_OFF), walk.time("cancellationTime"));
                let (reason, at_ms) = (reason?, at_ms?);
                let open = self.open(about, Kind::Cancelled, walk);
                (open.reason, open.at_ms) = (reason, Some(at_ms));
            }
            Telegram::TripStatusChange => self.status(about, walk)?,
            Telegram::CustomerInfo
            | Telegram::TripRequestResponse
            | Telegram::ProviderOrderConfirmation
            | Telegram::TripTaskConfirmation
            | Telegram::TripTaskCompletion
            | Telegram::TripCancelResponse => {}
        }
        Some(())
    }

    fn status(&mut self, about: About, walk: &mut Walk<'_>) -> Option<()> {
        walk.closed(STATUS_CHANGE);
        let expired = walk.code("status", &[("Expire", true), ("Cancel", false)])?;
        let rider = walk.code("canceledBy", &[("Rider", true), ("OrderingClient", false)])?;
        let kind = match (expired, rider) {
            (true, _) => Kind::Lapsed,
            (false, true) => Kind::Cancelled,
            (false, false) => Kind::Withdrawn,
        };
        self.open(about, kind, walk);
        Some(())
    }

    fn open(&mut self, about: About, kind: Kind, walk: &Walk<'_>) -> &mut Open {
        let order = self.0.len();
        self.0.entry((about, kind)).or_insert_with(|| Open {
            order,
            place: walk.place(),
            offer: None,
            offered: vec![None; about.legs],
            exact: vec![None; about.legs],
            promised: None,
            passenger: None,
            disputed: false,
            reason: CallOff::Other,
            at_ms: None,
        })
    }

    fn finish(self, mut faults: Faults) -> Result<Vec<ToPartner>, Vec<Fault>> {
        let mut messages = Vec::new();
        for ((about, kind), open) in self.0 {
            let (order, place) = (open.order, open.place.clone());
            match message(about, kind, open) {
                Ok(message) => messages.push((order, message)),
                Err(why) => faults.add(place, why),
            }
        }
        messages.sort_by_key(|(order, _)| *order);
        faults.or(messages.into_iter().map(|(_, message)| message).collect())
    }
}

fn message(about: About, kind: Kind, open: Open) -> Result<ToPartner, Why> {
    fn all<T>(legs: Vec<Option<T>>) -> Result<Vec<T>, Why> {
        let missing = legs.iter().position(Option::is_none);
        missing.map_or(Ok(()), |leg| Err(Why::LegMissing { leg: leg + 1 }))?;
        Ok(legs.into_iter().flatten().collect())
    }
    Ok(match kind {
        Kind::Offer => {
            let legs = all(open.offered)?;
            let offer = open.offer.ok_or(Why::Missing)?;
            ToPartner::Offer(Offered { about, offer: Offer { legs, ..offer } })
        }
        Kind::Award => {
            let legs = all(open.exact)?;
            let (accept_by_ms, desk_phone) = open.promised.ok_or(Why::Missing)?;
            let (passenger, seats) = open.passenger.ok_or(Why::Missing)?;
            ToPartner::Award(Box::new(Award { about, accept_by_ms, seats, passenger, legs, desk_phone }))
        }
        Kind::Lapsed => ToPartner::Lapsed(about),
        Kind::Closed => ToPartner::Closed(about),
        Kind::Withdrawn => ToPartner::Withdrawn(about),
        Kind::Cancelled => {
            let at_ms = open.at_ms.ok_or(Why::Missing)?;
            ToPartner::Cancelled { about, reason: open.reason, at_ms }
        }
        Kind::AccountSeen => ToPartner::AccountSeen { about, disputed: open.disputed },
    })
}

/// 1A.
fn request(walk: &mut Walk<'_>) -> Option<(Offer, OfferedLeg)> {
    for name in NOT_BEFORE_AWARD {
        if walk.has(name) {
            return walk.fault(name, Why::NotHere(NotHere::PersonInOffer));
        }
    }
    let pickup = address(walk, "pickupAddress");
    let dropoff = address(walk, "dropoffAddress");
    let (start, end) = (walk.time("pickupTime"), walk.time("appointmentTime"));
    let needs = needs(walk);
    let others = walk.number("numOtherReservedPassengers", (0, limits::SEATS - 1));
    let mut beside = walk.below("maillage")?;
    let territory = beside.text("territory")?;
    let Ok(origin_territory) = Siren::parse(territory) else {
        return beside.fault("territory", Why::NotAnId { value: repeated(territory) });
    };
    let distance = beside.number("distanceMeters", (0, limits::DISTANCE_M));
    let accept_within = (limits::ACCEPT_WITHIN_MIN_S, limits::ACCEPT_WITHIN_S);
    let (reply_by, accept_within) =
        (beside.instant("replyBy"), beside.number("acceptWithinSeconds", accept_within));
    for (name, told) in [("pickupAddress", &pickup), ("dropoffAddress", &dropoff)] {
        if told.as_ref().is_some_and(|(_, street)| !street.is_empty()) {
            return walk.fault(name, Why::NotHere(NotHere::PersonInOffer));
        }
    }
    let leg = OfferedLeg {
        pickup: pickup?.0,
        dropoff: dropoff?.0,
        window_start_ms: start?,
        window_end_ms: end?,
        distance_band_m: distance?,
    };
    let offer = Offer {
        origin_territory,
        legs: Vec::new(),
        seats: others? + 1,
        needs: needs?,
        reply_by_ms: reply_by?,
        accept_within_s: accept_within?,
        agreed_only: false,
        widening: None,
        goes_with: None,
    };
    Some((offer, leg))
}

/// 3A, as far as it says who.
fn passenger(walk: &mut Walk<'_>) -> Option<(Passenger, u32)> {
    let name = walk.text("customerName");
    let needs = needs(walk);
    let companions = walk.number("numOtherReservedPassengers", (0, limits::SEATS));
    let notes = walk.optional("notesForDriver", Walk::text);
    let mut beside = walk.below("maillage")?;
    let (phone, seats) = (beside.text("phone"), beside.number("seats", (1, limits::SEATS)));
    let passenger = Passenger {
        name: name?.to_owned(),
        phone: phone?.to_owned(),
        needs: needs?,
        companions: companions?,
        driver_notes: notes?.unwrap_or_default().to_owned(),
    };
    Some((passenger, seats?))
}

/// 3A, as far as it says where and when.
fn exact(walk: &mut Walk<'_>) -> Option<ExactLeg> {
    let (pickup, dropoff) = (address(walk, "pickupNodeAddress"), address(walk, "dropoffNodeAddress"));
    let (start, end) = (walk.time("pickupNodeScheduledTime"), walk.time("dropoffNodeScheduledTime"));
    let ((pickup, pickup_address), (dropoff, dropoff_address)) = (pickup?, dropoff?);
    Some(ExactLeg {
        pickup,
        pickup_address,
        dropoff,
        dropoff_address,
        earliest_pickup_ms: start?,
        latest_arrival_ms: end?,
    })
}

/// Commune and street of an address; a street that is not told is blank.
fn address(walk: &mut Walk<'_>, name: &str) -> Option<(InseeCode, String)> {
    let mut address = walk.below(name)?;
    let street = address.text("street");
    let mut beside = address.below("maillage")?;
    let code = beside.text("insee")?;
    let Ok(commune) = InseeCode::parse(code) else {
        return beside.fault("insee", Why::NotAnId { value: repeated(code) });
    };
    let street = street?;
    Some((commune, if street == NO_STREET { String::new() } else { street.to_owned() }))
}

fn needs(walk: &mut Walk<'_>) -> Option<Needs> {
    let mut needs = Vec::new();
    for (place, code) in walk.texts("specialAttributes")? {
        match need(code) {
            Some(need) => needs.push(need),
            None if code == AMBULATORY => {}
            None => {
                let allowed = need_codes().collect::<Vec<_>>().join(", ");
                walk.fault_at(place, Why::NotOneOf { value: repeated(code), allowed });
            }
        }
    }
    for (place, code) in walk.texts("transportServices")? {
        if let Ok(need) = code.parse::<Need>() {
            needs.push(need);
        } else {
            let allowed = Need::ALL.map(Need::code).join(", ");
            walk.fault_at(place, Why::NotOneOf { value: repeated(code), allowed });
        }
    }
    Some(needs.into_iter().collect())
}
