//! What a person gets in writing about a journey: when and where from, which association carries it and in which legal frame, what
//! it costs, whom to call. Of a trip that a neighbour carries it says what the neighbour has told. Must never say why somebody
//! travels, nor more of a driver than the first name.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    handover::Happening,
    money::Cents,
    place::Place,
    roles::Operation,
    trip::{Custody, Leg, Trip},
};
use maillage_engine::View;
use maillage_federation::{
    handover::{CarriedBy, Meeting, Word},
    ids::{HandoverKind, Id, NodeKind, TripKind},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    events::Subject,
    handovers, legal, moments, partners, persons, trips, volunteers,
};

use super::{
    Aborted, App, caller::Caller, frames, messages::letter::first_name, refusals, sight::is_promised,
    suggest::find,
};

/// A journey in writing.
#[derive(Clone)]
pub struct Confirmation {
    /// Name of the person.
    pub person: String,
    /// The legs that somebody drives, by time.
    pub legs: Vec<ConfirmedLeg>,
    /// Whether a leg of the same journey is not arranged yet.
    pub is_partial: bool,
    /// Territory of this desk.
    pub territory: String,
    /// Phone of this desk; may be empty.
    pub phone: String,
    /// Its opening hours; may be empty.
    pub opening_hours: String,
}

/// A leg that somebody drives.
#[derive(Clone)]
pub struct ConfirmedLeg {
    /// Which way.
    pub leg: Leg,
    /// When the person is fetched.
    pub pickup: Timestamp,
    /// Where from.
    pub from: String,
    /// When the person has to be there.
    pub arrival: Timestamp,
    /// Where to.
    pub to: String,
    /// First name of the driver; empty where a neighbour carries.
    pub driver: String,
    /// Name of the association or service that carries; empty: not told.
    pub carrier: String,
    /// The neighbour that carries, as people know it: territory or partner; empty for this platform.
    pub neighbour: String,
    /// Phone of the neighbour's desk; may be empty.
    pub neighbour_phone: String,
    /// Legal frame, as a code; empty: not decided.
    pub frame: String,
    /// What is asked of the person; none: not known.
    pub contribution: Option<Cents>,
    /// Where another driver is met, of a journey that two share.
    pub meeting: Option<Meeting>,
}

/// The confirmation of a trip of this platform, with the other leg of the same journey. Whose data is printed is noted.
///
/// # Errors
/// `trip-unknown`; `confirmation-carried` for a neighbour's trip, `confirmation-nobody` while nobody drives,
/// `confirmation-uncertain` while it is not known who does; the store.
pub async fn confirmation(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<TripKind>,
) -> Result<Confirmation, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::Confirmation, move |app, transaction| {
        let trip = find(transaction, id)?;
        let Some(person) = trip.person() else {
            return Err(refusals::conflict("confirmation-carried").into());
        };
        check(&trip)?;
        let sibling = trip.terms.sibling.map(|id| trips::find(transaction, id)).transpose()?.flatten();
        let sibling = sibling.filter(Trip::is_open);
        let mut others: Vec<Trip> = sibling.into_iter().collect();
        for one in [&trip].into_iter().chain(&others).cloned().collect::<Vec<_>>() {
            let stage = one.terms.relay.map(|relay| trips::find(transaction, relay.other)).transpose()?;
            others.extend(stage.flatten().filter(Trip::is_open));
        }
        let told: Vec<&Trip> =
            [&trip].into_iter().chain(others.iter().filter(|one| check(one).is_ok())).collect();
        let is_partial = told.len() <= others.len();
        let legs = told.into_iter().map(|trip| leg(app, transaction, trip));
        let mut legs = legs.collect::<Result<Vec<_>, Aborted>>()?;
        legs.sort_by_key(|leg| leg.pickup);
        let found = persons::find(transaction, person)?;
        let found = found.ok_or_else(|| refusals::unknown("person-unknown").with("id", person))?;
        let purpose = Operation::Confirmation.code().into();
        let access = Access { at: app.now(), subject: Subject::Person(person), actor: by.actor(), purpose };
        access_log::record(transaction, &access)?;
        let territory = app.geography.territory(&app.profile.territory);
        Ok(Confirmation {
            person: found.details.name.as_str().to_owned(),
            legs,
            is_partial,
            territory: territory.map(|territory| territory.short_name.clone()).unwrap_or_default(),
            phone: app.profile.phone.clone(),
            opening_hours: app.profile.opening_hours.clone(),
        })
    })
    .await
}

/// Whether it is known that somebody drives, and who.
fn check(trip: &Trip) -> Result<(), Refusal> {
    match trip.custody() {
        Custody::HeldBy { .. } if trip.is_open() => Ok(()),
        Custody::Uncertain { .. } => Err(refusals::conflict("confirmation-uncertain")),
        Custody::Local if is_promised(trip.status()) => Ok(()),
        Custody::Local | Custody::OfferedOut { .. } | Custody::HeldBy { .. } => {
            Err(refusals::conflict("confirmation-nobody"))
        }
    }
}

fn leg(app: &App, view: &dyn View, trip: &Trip) -> Result<ConfirmedLeg, Aborted> {
    let place = |place: &Place| {
        let commune = app.geography.commune(&place.commune).map_or("", |commune| commune.name.as_str());
        let address = place.address.as_str();
        if address.is_empty() { commune.to_owned() } else { format!("{address}, {commune}") }
    };
    let drive = trip.assignment();
    let alone = ConfirmedLeg {
        leg: trip.terms.leg,
        pickup: drive.map_or(trip.terms.earliest_pickup, |drive| drive.pickup),
        from: place(&trip.terms.pickup),
        arrival: drive.map_or(trip.terms.latest_arrival, |drive| drive.arrival),
        to: place(&trip.terms.dropoff),
        driver: String::new(),
        carrier: String::new(),
        neighbour: String::new(),
        neighbour_phone: String::new(),
        frame: String::new(),
        contribution: frames::asked_of(app, view, trip)?,
        meeting: trip.terms.meeting,
    };
    match trip.custody() {
        Custody::HeldBy { handover, node } => by_neighbour(app, view, (trip, alone), (handover, node)),
        Custody::Local | Custody::OfferedOut { .. } | Custody::Uncertain { .. } => by_us(view, trip, alone),
    }
}

/// What this platform carries: its own association, in the frame that was decided for the trip.
fn by_us(view: &dyn View, trip: &Trip, leg: ConfirmedLeg) -> Result<ConfirmedLeg, Aborted> {
    let frame = legal::frame(view, trip.id())?;
    let carrier = frame.as_ref().and_then(|frame| frame.carrier);
    let carrier = carrier.map(|carrier| legal::carrier(view, carrier)).transpose()?.flatten();
    let driver = trip.volunteer().map(|driver| volunteers::find(view, driver)).transpose()?.flatten();
    Ok(ConfirmedLeg {
        driver: driver.map(|driver| first_name(driver.details.name.as_str())).unwrap_or_default(),
        carrier: carrier.map(|carrier| carrier.details.name.as_str().to_owned()).unwrap_or_default(),
        frame: frame
            .and_then(|frame| frame.decision.frame)
            .map(|frame| frame.code().to_owned())
            .unwrap_or_default(),
        ..leg
    })
}

/// What a neighbour carries: as it has told, in the frame that it has decided anew for itself.
fn by_neighbour(
    app: &App,
    view: &dyn View,
    (trip, leg): (&Trip, ConfirmedLeg),
    (handover, node): (Id<HandoverKind>, Id<NodeKind>),
) -> Result<ConfirmedLeg, Aborted> {
    let outgoing = handovers::outgoing(view, handover)?;
    let number = outgoing.as_ref().and_then(|outgoing| {
        let place = outgoing.trips.iter().position(|known| *known == trip.id())?;
        u32::try_from(place).ok()
    });
    let told = told_of(view, handover, number)?;
    let (neighbour, neighbour_phone) = name_and_phone(app, view, node)?;
    Ok(ConfirmedLeg {
        carrier: told.as_ref().map(|told| told.carrier.clone()).unwrap_or_default(),
        frame: told.map(|told| told.frame).unwrap_or_default(),
        neighbour,
        neighbour_phone,
        ..leg
    })
}

/// The last that a holder has told of who carries a leg; what one told before it was given back does not count.
fn told_of(
    view: &dyn View,
    handover: Id<HandoverKind>,
    leg: Option<u32>,
) -> Result<Option<CarriedBy>, Aborted> {
    let mut told = None;
    for moment in moments::of(view, handover)? {
        if moment.what == Happening::Accepted {
            told = None;
        } else if let Happening::Word(Word::CarriedBy(carried)) = moment.what
            && Some(carried.leg) == leg
        {
            told = Some(carried);
        }
    }
    Ok(told)
}

fn name_and_phone(app: &App, view: &dyn View, node: Id<NodeKind>) -> Result<(String, String), Aborted> {
    if let Some(entry) = app.link.directory().nodes.get(&node) {
        let territory = app.geography.territory(&entry.reach.territory);
        let name = territory.map(|territory| territory.short_name.clone()).unwrap_or_default();
        return Ok((name, entry.phone.clone()));
    }
    let partner = partners::find(view, node)?;
    Ok(partner.map_or_else(Default::default, |partner| {
        let phone = partner.details.phone.map(|phone| phone.as_str().to_owned()).unwrap_or_default();
        (partner.details.name.as_str().to_owned(), phone)
    }))
}

impl std::fmt::Debug for Confirmation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Confirmation(…)")
    }
}

impl std::fmt::Debug for ConfirmedLeg {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ConfirmedLeg(…)")
    }
}
