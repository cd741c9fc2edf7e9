//! The facts of a message, from what holds when it leaves, and whether anybody still needs it. As little as the recipient
//! needs: communes and times; the first name of whoever is met; never an address, a need or a reason for travelling.

use jiff::Timestamp;
use maillage_domain::{
    calendar::LostDrive,
    civil::day_of,
    ids::VolunteerKind,
    message::{Medium, Message, Recipient, Topic},
    offer::{DriverOffer, Means, OfferStatus},
    trip::{Leg, Origin, Trip, TripStatus},
};
use maillage_engine::View;
use maillage_federation::{
    handover::Meeting,
    ids::{Id, TripKind},
};
use maillage_geography::InseeCode;
use maillage_store::{
    driver_offers, lost_drives, persons,
    trips::{self, TripRange},
    volunteers,
};

use super::reach;
use crate::{
    app::{Aborted, App},
    limits::ROWS_LOOKED_AT,
};

/// What a message tells.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Name of the recipient.
    pub recipient: String,
    /// The drives, outbound first.
    pub legs: Vec<LegFacts>,
    /// First name of whoever is met: the passenger for a driver, the driver for a passenger; may be empty.
    pub other: String,
    /// What a driver who has lost a drive drives on the same day all the same: whoever has others in the car sets out.
    pub still: Vec<StillFacts>,
    /// By when an answer is wanted.
    pub answer_by: Option<Timestamp>,
    /// Where to answer or look, if this node has a web interface.
    pub url: Option<String>,
    /// Phone of the desk; may be empty.
    pub desk_phone: String,
    /// Name of the territory.
    pub territory: String,
}

/// One drive as a message tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct LegFacts {
    /// Which way.
    pub leg: Leg,
    /// When the person is fetched, as far as it is known.
    pub pickup: Timestamp,
    /// Commune of pickup.
    pub from: String,
    /// Commune of arrival.
    pub to: String,
    /// Where another driver is met, of a journey that two share.
    pub meeting: Option<Meeting>,
}

/// A drive that goes on without the one that was lost.
#[derive(Clone, PartialEq, Eq)]
pub struct StillFacts {
    /// When to set out, by now.
    pub start: Timestamp,
    /// First name of the passenger.
    pub other: String,
    /// The drive.
    pub leg: LegFacts,
}

/// The facts of a message, or none if nobody needs it any more.
///
/// # Errors
/// The store.
pub(super) fn facts(app: &App, view: &dyn View, message: &Message) -> Result<Option<Facts>, Aborted> {
    let facts = match message.topic {
        Topic::Offer(id) | Topic::OfferReminder(id) => {
            let means = if message.medium == Medium::Call { Means::Phone } else { Means::Message };
            let offer = driver_offers::find(view, id)?;
            let wanted = |offer: &DriverOffer| offer.is_open() && offer.state().means == means;
            offer.filter(wanted).map(|offer| offer_facts(app, view, &offer)).transpose()?
        }
        Topic::OfferOver(id) => {
            let offer = driver_offers::find(view, id)?;
            let over = |offer: &DriverOffer| !offer.is_open() && offer.status() != OfferStatus::Accepted;
            offer.filter(over).map(|offer| offer_facts(app, view, &offer)).transpose()?
        }
        Topic::DriveConfirmed(id) => trip_facts(app, view, id, message.to, is_confirmed)?,
        Topic::TripConfirmed(id) | Topic::TripTomorrow(id) => {
            trip_facts(app, view, id, message.to, is_confirmed)?
        }
        Topic::DriveCancelled(id) => {
            let lost = match lost_facts(app, view, id, message.to)? {
                Some(lost) => Some(lost),
                None => trip_facts(app, view, id, message.to, is_cancelled)?,
            };
            lost.map(|facts| with_what_goes_on(app, view, facts, message.to)).transpose()?
        }
        Topic::TripCancelled(id) => trip_facts(app, view, id, message.to, is_cancelled)?,
    };
    let Some(reach) = reach(view, message.to)? else { return Ok(None) };
    Ok(facts.map(|facts| Facts { recipient: reach.name.as_str().to_owned(), ..facts }))
}

/// What an offer asks, as its volunteer may know it before saying yes.
///
/// # Errors
/// The store.
pub fn offer_facts(app: &App, view: &dyn View, offer: &DriverOffer) -> Result<Facts, Aborted> {
    let mut asked = Vec::new();
    for id in &offer.terms.trips {
        asked.extend(trips::find(view, *id)?);
    }
    // While it is open it asks for what still waits for an answer: somebody may have called off meanwhile.
    if offer.is_open() && asked.iter().any(|trip| trip.status() == TripStatus::Offered) {
        asked.retain(|trip| trip.status() == TripStatus::Offered);
    }
    let mut legs: Vec<LegFacts> = asked.iter().map(|trip| leg(app, trip)).collect();
    legs.sort_by_key(|leg| leg.pickup);
    let mut met: Vec<String> = Vec::new();
    for trip in &asked {
        let name = passenger_first_name(view, trip)?;
        if !met.contains(&name) {
            met.push(name);
        }
    }
    Ok(Facts {
        legs,
        other: met.join(", "),
        answer_by: offer.is_open().then_some(offer.state().expires_at),
        url: app.outreach.offer_url(offer),
        ..desk(app)
    })
}

fn trip_facts(
    app: &App,
    view: &dyn View,
    id: Id<TripKind>,
    to: Recipient,
    still: fn(&Trip) -> bool,
) -> Result<Option<Facts>, Aborted> {
    let Some(trip) = trips::find(view, id)?.filter(still) else { return Ok(None) };
    let mine = |trip: &Trip| match to {
        Recipient::Volunteer(volunteer) => trip.volunteer() == Some(volunteer),
        Recipient::Person(person) => trip.person() == Some(person),
    };
    if !mine(&trip) {
        return Ok(None);
    }
    let sibling = trip.terms.sibling.map(|id| trips::find(view, id)).transpose()?.flatten();
    let both = |other: &Trip| {
        still(other)
            && mine(other)
            && other.volunteer() == trip.volunteer()
            && app.now() < other.terms.latest_arrival
    };
    let mut legs: Vec<LegFacts> = sibling.filter(both).iter().map(|sibling| leg(app, sibling)).collect();
    legs.push(leg(app, &trip));
    legs.sort_by_key(|leg| leg.pickup);
    let other = match (to, trip.volunteer()) {
        (Recipient::Volunteer(_), _) => passenger_first_name(view, &trip)?,
        (Recipient::Person(_), Some(volunteer)) => volunteers::find(view, volunteer)?
            .map(|volunteer| first_name(volunteer.details.name.as_str()))
            .unwrap_or_default(),
        (Recipient::Person(_), None) => String::new(),
    };
    let url = match to {
        Recipient::Volunteer(volunteer) => own_url(app, view, id, volunteer)?,
        Recipient::Person(_) => None,
    };
    Ok(Some(Facts { legs, other, url, ..desk(app) }))
}

/// What a volunteer has lost of a trip that goes on otherwise, as it was; none if nothing was lost.
fn lost_facts(app: &App, view: &dyn View, id: Id<TripKind>, to: Recipient) -> Result<Option<Facts>, Aborted> {
    let Recipient::Volunteer(volunteer) = to else { return Ok(None) };
    let Some(lost) = lost_drives::find(view, volunteer, id)? else { return Ok(None) };
    let trip = trips::find(view, id)?;
    let sibling = trip.as_ref().and_then(|trip| trip.terms.sibling);
    let sibling = sibling.map(|id| lost_drives::find(view, volunteer, id)).transpose()?.flatten();
    let both = sibling.filter(|other| app.now() < other.end);
    let mut legs: Vec<LegFacts> = both.iter().chain([&lost]).map(|lost| lost_leg(app, lost)).collect();
    legs.sort_by_key(|leg| leg.pickup);
    let other = trip.map(|trip| passenger_first_name(view, &trip)).transpose()?.unwrap_or_default();
    Ok(Some(Facts { legs, other, url: own_url(app, view, id, volunteer)?, ..desk(app) }))
}

/// A lost drive with what its volunteer drives on that day all the same: nobody stays at home because one of two called off.
fn with_what_goes_on(app: &App, view: &dyn View, facts: Facts, to: Recipient) -> Result<Facts, Aborted> {
    let (Recipient::Volunteer(volunteer), Some(lost)) = (to, facts.legs.first()) else { return Ok(facts) };
    let day = day_of(lost.pickup);
    let range = TripRange { from: day, to: day, volunteer: Some(volunteer) };
    let is_driven = |trip: &Trip| matches!(trip.status(), TripStatus::Confirmed | TripStatus::PickedUp);
    let driven = trips::in_range(view, &range, None, (ROWS_LOOKED_AT, ROWS_LOOKED_AT), is_driven)?.trips;
    let mut still = Vec::new();
    for trip in &driven {
        let Some(drive) = trip.assignment().filter(|drive| app.now() < drive.end) else { continue };
        let other = passenger_first_name(view, trip)?;
        still.push(StillFacts { start: drive.start, other, leg: leg(app, trip) });
    }
    still.sort_by_key(|still| still.leg.pickup);
    Ok(Facts { still, ..facts })
}

/// Where a volunteer was asked for a trip.
fn own_url(
    app: &App,
    view: &dyn View,
    trip: Id<TripKind>,
    volunteer: Id<VolunteerKind>,
) -> Result<Option<String>, Aborted> {
    let offers = driver_offers::of_trip(view, trip)?;
    let own = offers.iter().rev().find(|offer| offer.terms.volunteer == volunteer);
    Ok(own.and_then(|offer| app.outreach.offer_url(offer)))
}

fn desk(app: &App) -> Facts {
    let territory = app.geography.territory(&app.profile.territory);
    Facts {
        desk_phone: app.profile.phone.clone(),
        territory: territory.map(|territory| territory.short_name.clone()).unwrap_or_default(),
        ..Facts::default()
    }
}

fn leg(app: &App, trip: &Trip) -> LegFacts {
    LegFacts {
        leg: trip.terms.leg,
        pickup: trip.assignment().map_or(trip.terms.earliest_pickup, |drive| drive.pickup),
        from: name(app, trip.terms.pickup.commune),
        to: name(app, trip.terms.dropoff.commune),
        meeting: trip.terms.meeting,
    }
}

fn lost_leg(app: &App, lost: &LostDrive) -> LegFacts {
    let (from, to) = (name(app, lost.from), name(app, lost.to));
    LegFacts { leg: lost.leg, pickup: lost.pickup, from, to, meeting: None }
}

fn name(app: &App, commune: InseeCode) -> String {
    app.geography.commune(&commune).map(|commune| commune.name.clone()).unwrap_or_default()
}

fn is_confirmed(trip: &Trip) -> bool {
    trip.status() == TripStatus::Confirmed
}

fn is_cancelled(trip: &Trip) -> bool {
    matches!(trip.status(), TripStatus::Cancelled { .. })
}

/// The first name of a passenger: what a driver needs before a promise.
fn passenger_first_name(view: &dyn View, trip: &Trip) -> Result<String, Aborted> {
    Ok(match &trip.terms.origin {
        Origin::Own { person, .. } => persons::find(view, *person)?
            .map(|person| first_name(person.details.name.as_str()))
            .unwrap_or_default(),
        Origin::Carried { passenger, .. } => first_name(passenger.name.as_str()),
    })
}

/// The first word of a name as it was typed, without civility.
pub(in crate::app) fn first_name(name: &str) -> String {
    let civility = ["M.", "Mme", "Mlle", "Monsieur", "Madame", "Mr", "Mrs"];
    let mut words = name.split_whitespace().filter(|word| !civility.contains(word));
    words.next().unwrap_or_default().to_owned()
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Facts(…)")
    }
}

impl std::fmt::Debug for StillFacts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("StillFacts(…)")
    }
}

impl std::fmt::Debug for LegFacts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LegFacts(…)")
    }
}
