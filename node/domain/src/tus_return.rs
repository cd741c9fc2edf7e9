//! The annual return of a *transport d'utilité sociale* to the prefect (art. R.3133-5 code des transports; arrêté of 17
//! October 2019): the figures of a civil year and one carrier, each with what it is made of. Pure counting; must never
//! guess: what is not known is counted as such, and trips whose frame has to be verified are counted apart.
//!
//! Percentages are not kept: who prints them divides. Nothing here names anybody.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use maillage_federation::ids::{Id, TripKind};

use crate::{
    codes::{UnknownCode, coded},
    ids::{AssetKind, PersonKind, StaffKind, VolunteerKind},
    legal::{Frame, Ground, Verdict},
    money::Cents,
};

/// A completed trip of the year, as far as the return is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripFact {
    /// The trip.
    pub trip: Id<TripKind>,
    /// The person carried; a neighbour's person has no identifier here.
    pub person: Option<Id<PersonKind>>,
    /// Who drove.
    pub driver: Option<Driver>,
    /// The frame that was decided; none if no decision was kept.
    pub frame: Option<Frame>,
    /// Whether that holds.
    pub verdict: Verdict,
    /// Whether somebody signed that it is carried outside every frame all the same.
    pub excepted: bool,
    /// What the person qualified by.
    pub ground: Option<Ground>,
    /// Metres with the person on board.
    pub loaded_m: u32,
    /// What was asked of the person, if it was costed.
    pub contribution: Option<Cents>,
}

/// Who drove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Driver {
    /// A volunteer.
    Volunteer(Id<VolunteerKind>),
    /// A professional.
    Staff(Id<StaffKind>),
    /// A driver of the list of volunteers who is paid: an employee.
    Employee(Id<VolunteerKind>),
}

/// A vehicle that was at the service's disposal in the year.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VehicleFact {
    /// Which.
    pub vehicle: VehicleKey,
    /// Whose.
    pub owner: VehicleOwner,
    /// Places, the driver's included.
    pub places: u8,
}

/// Which vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VehicleKey {
    /// One of the fleet.
    Asset(Id<AssetKind>),
    /// A volunteer's, by its place in the list of that volunteer's vehicles.
    Volunteer(Id<VolunteerKind>, u8),
}

/// Whose a vehicle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VehicleOwner {
    /// The association's own.
    Own,
    /// Lent to it, by a volunteer or anybody else.
    Lent,
}

/// A figure of the return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Drivers.
    Drivers,
    /// Drivers who are volunteers.
    VolunteerDrivers,
    /// Beneficiaries.
    Beneficiaries,
    /// Beneficiaries qualified by residence.
    ByResidence,
    /// Beneficiaries qualified by resources.
    ByResources,
    /// Vehicles of the association.
    OwnVehicles,
    /// Vehicles lent to it.
    LentVehicles,
    /// Trips.
    Trips,
    /// Trips whose frame has to be verified: not among the others.
    TripsToVerify,
    /// Trips carried under another frame: not in the return.
    TripsOtherFrame,
    /// Trips outside every frame, carried under an exception that somebody signed: not in the return.
    TripsExcepted,
    /// Trips outside every frame that nobody signed for, and trips without a decision about it: not in the return.
    TripsUndecided,
    /// Trips whose contribution is known.
    TripsCosted,
}

coded!(Figure {
    Drivers = "drivers",
    VolunteerDrivers = "volunteer-drivers",
    Beneficiaries = "beneficiaries",
    ByResidence = "by-residence",
    ByResources = "by-resources",
    OwnVehicles = "own-vehicles",
    LentVehicles = "lent-vehicles",
    Trips = "trips",
    TripsToVerify = "trips-to-verify",
    TripsOtherFrame = "trips-other-frame",
    TripsExcepted = "trips-excepted",
    TripsUndecided = "trips-undecided",
    TripsCosted = "trips-costed",
});

/// What a figure is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// A trip.
    Trip(Id<TripKind>),
    /// A beneficiary.
    Person(Id<PersonKind>),
    /// A driver.
    Driver(Driver),
    /// A vehicle.
    Vehicle(VehicleKey),
}

/// The figures of a year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TusReturn {
    items: BTreeMap<Figure, BTreeSet<Item>>,
    /// Trips of people whom a neighbour referred: carried here, their person is counted there.
    pub neighbours_trips: u64,
    /// Metres with somebody on board, over the trips of the return.
    pub loaded_m: u64,
    /// What was asked in all, over the trips that were costed.
    pub contributions: Cents,
    /// The most that was asked for one trip.
    pub highest_contribution: Option<Cents>,
    /// Trips for which nothing was asked.
    pub free_trips: u64,
    places: BTreeMap<VehicleOwner, u64>,
}

impl TusReturn {
    /// A return without trips yet, with the vehicles of the year.
    pub fn with_vehicles(vehicles: impl IntoIterator<Item = VehicleFact>) -> Self {
        let mut counted = Self::default();
        for VehicleFact { vehicle, owner, places } in vehicles {
            let figure = match owner {
                VehicleOwner::Own => Figure::OwnVehicles,
                VehicleOwner::Lent => Figure::LentVehicles,
            };
            if counted.put(figure, Item::Vehicle(vehicle)) {
                *counted.places.entry(owner).or_default() += u64::from(places);
            }
        }
        counted
    }

    /// Counts a trip. The same trip twice is counted once.
    pub fn add(&mut self, trip: &TripFact) {
        let item = Item::Trip(trip.trip);
        let apart = match (trip.frame, trip.verdict) {
            (_, Verdict::Outside) if trip.excepted => Some(Figure::TripsExcepted),
            (Some(Frame::SocialTransport), Verdict::Within) => None,
            (Some(Frame::SocialTransport) | None, Verdict::ToBeVerified) => Some(Figure::TripsToVerify),
            (Some(Frame::PrivateService | Frame::Carpool | Frame::PublicService), _)
            | (Some(Frame::SocialTransport), Verdict::Outside) => Some(Figure::TripsOtherFrame),
            (None, Verdict::Within | Verdict::Outside) => Some(Figure::TripsUndecided),
        };
        if let Some(apart) = apart {
            self.put(apart, item);
        } else if self.put(Figure::Trips, item) {
            self.add_counted(trip);
        }
    }

    fn add_counted(&mut self, trip: &TripFact) {
        self.loaded_m += u64::from(trip.loaded_m);
        self.neighbours_trips += u64::from(trip.person.is_none());
        if let Some(driver) = trip.driver {
            self.put(Figure::Drivers, Item::Driver(driver));
            if let Driver::Volunteer(_) = driver {
                self.put(Figure::VolunteerDrivers, Item::Driver(driver));
            }
        }
        if let Some(person) = trip.person {
            self.put(Figure::Beneficiaries, Item::Person(person));
            match trip.ground {
                Some(Ground::Residence) => self.put(Figure::ByResidence, Item::Person(person)),
                Some(Ground::Resources(_)) => self.put(Figure::ByResources, Item::Person(person)),
                None => false,
            };
        }
        if let Some(cents) = trip.contribution {
            self.put(Figure::TripsCosted, Item::Trip(trip.trip));
            self.contributions = self.contributions.plus(cents);
            self.highest_contribution = self.highest_contribution.max(Some(cents));
            self.free_trips += u64::from(cents == Cents::ZERO);
        }
    }

    fn put(&mut self, figure: Figure, item: Item) -> bool {
        self.items.entry(figure).or_default().insert(item)
    }

    /// How many there are. Somebody carried under both grounds is in both of theirs, and once among beneficiaries.
    pub fn count(&self, figure: Figure) -> usize {
        self.items.get(&figure).map_or(0, BTreeSet::len)
    }

    /// What a figure is made of, in order.
    pub fn items(&self, figure: Figure) -> impl Iterator<Item = Item> + '_ {
        self.items.get(&figure).into_iter().flatten().copied()
    }

    /// Mean metres with somebody on board, to the nearest metre; none without a trip.
    pub fn mean_m(&self) -> Option<u64> {
        rounded(self.loaded_m, self.count(Figure::Trips))
    }

    /// Mean places of a vehicle, the driver's included, in tenths; none without a vehicle.
    pub fn mean_places_tenths(&self, owner: VehicleOwner) -> Option<u64> {
        let figure = match owner {
            VehicleOwner::Own => Figure::OwnVehicles,
            VehicleOwner::Lent => Figure::LentVehicles,
        };
        rounded(self.places.get(&owner).copied().unwrap_or_default() * 10, self.count(figure))
    }
}

/// The nearest whole number; halves go up.
fn rounded(sum: u64, count: usize) -> Option<u64> {
    let count = u64::try_from(count).ok().filter(|count| *count > 0)?;
    Some((2 * sum + count) / (2 * count))
}

#[cfg(test)]
mod tests;
