//! Volunteers and legs on real communes.

use jiff::{Timestamp, civil::DateTime};
use maillage_dispatch::LegRequest;
use maillage_domain::{
    availability::Availability,
    contact::Channel,
    document::Documents,
    place::Place,
    text::{Address, Name},
    trip::Anchor,
    volunteer::{DriverLimits, DriverStatus, Vehicle, Vehicles, Volunteer, VolunteerDetails},
};
use maillage_federation::{ids::Id, month::paris, needs::Needs};

pub(crate) const ALBAN: &str = "81003";
pub(crate) const ALBI: &str = "81004";
pub(crate) const CASTRES: &str = "81065";
pub(crate) const REALMONT: &str = "81222";
pub(crate) const TOULOUSE: &str = "31555";

/// A civil time of Europe/Paris.
pub(crate) fn at(text: &str) -> Timestamp {
    let civil: DateTime = text.parse().unwrap();
    civil.to_zoned(paris()).unwrap().timestamp()
}

/// One seat, no need.
pub(crate) fn leg(from: &str, to: &str, start: Timestamp, end: Timestamp, anchor: Anchor) -> LegRequest {
    LegRequest {
        pickup: from.parse().unwrap(),
        dropoff: to.parse().unwrap(),
        earliest_pickup: start,
        latest_arrival: end,
        anchor,
        seats: 1,
        needs: Needs::none(),
        passenger: None,
        avoid: std::collections::BTreeSet::new(),
        pooling: false,
    }
}

/// An active volunteer with three seats and a week.
pub(crate) fn volunteer(number: u8, home: &str, week: &str) -> Volunteer {
    let details = VolunteerDetails {
        name: Name::parse("Volunteer").unwrap(),
        phone: None,
        email: None,
        channel: Channel::Phone,
        home: Place { commune: home.parse().unwrap(), address: Address::default() },
        vehicles: Vehicles::one(Vehicle::new(3, 0).unwrap()),
        documents: Documents::default(),
        accepts: Needs::none(),
        availability: Availability::parse(week, Vec::new()).unwrap(),
        limits: DriverLimits { max_trip_m: None, ..DriverLimits::default() },
        standing_yes: false,
        avoid: Vec::new(),
        status: DriverStatus::Volunteer,
    };
    Volunteer::register(Id::new(1_700_000_000_000, [number; 10]), details, Timestamp::UNIX_EPOCH)
}
