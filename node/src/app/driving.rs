//! With which vehicle a driver carries a trip out: one of the own ones, or one of the fleet; and whether he or she goes there
//! anyway. Must never rank anybody: dispatch does, with the vehicle that was chosen in the place of the driver's own.

use maillage_domain::{
    civil::day_of,
    document::{Document, DocumentKind, Documents},
    fleet::{Asset, AssetCategory},
    ids::{AssetKind, VolunteerKind},
    span::Span,
    trip::{Assignment, DrivenVehicle, WhichVehicle},
    vehicle::{Vehicle, Vehicles},
    volunteer::{Volunteer, VolunteerDetails},
};
use maillage_engine::View;
use maillage_federation::ids::{Id, TripKind};
use maillage_store::{loans, trips};

use super::{Aborted, App, fleet, people::volunteers, refusals, refusals::services as worded};

/// How a driver is asked to carry a trip out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ride {
    /// In which vehicle.
    pub vehicle: VehicleChoice,
    /// Whether the driver goes there anyway: *covoiturage*.
    pub own_trip: bool,
}

/// Which vehicle is to be taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum VehicleChoice {
    /// The first of the driver's that takes everybody and has its papers.
    #[default]
    First,
    /// One of the driver's, by its number.
    Own(u8),
    /// One of the fleet.
    Fleet(Id<AssetKind>),
}

/// The driver as dispatch has to look at her or him: with the vehicle that was chosen alone; none when nothing was chosen.
///
/// # Errors
/// `volunteer-unknown`, `vehicle-unknown`, `asset-unknown`, `vehicle-carries-nobody`; the store.
pub fn substitute(
    app: &App,
    view: &dyn View,
    driver: Id<VolunteerKind>,
    choice: VehicleChoice,
) -> Result<Option<Volunteer>, Aborted> {
    let volunteer = match choice {
        VehicleChoice::First => return Ok(None),
        VehicleChoice::Own(_) | VehicleChoice::Fleet(_) => volunteers::find(view, driver)?,
    };
    let details = match choice {
        VehicleChoice::First => return Ok(None),
        VehicleChoice::Own(number) => with_own(&volunteer.details, number)?,
        VehicleChoice::Fleet(asset) => with_fleet(app, &volunteer.details, &fleet::find(view, asset)?)?,
    };
    Ok(Some(Volunteer { details, ..volunteer }))
}

fn with_own(details: &VolunteerDetails, number: u8) -> Result<VolunteerDetails, Aborted> {
    let found = details.vehicles.numbered(number).cloned();
    let vehicle = found.ok_or_else(|| refusals::unknown("vehicle-unknown").with("number", number))?;
    let mut details = details.clone();
    if !details.vehicles.is_usual(number) {
        // A test that names no vehicle is the usual one's.
        details.documents =
            details.documents.iter().filter(|paper| !is_test(*paper) || paper.vehicle().is_some()).collect();
    }
    details.vehicles = Vehicles::one(vehicle);
    Ok(details)
}

/// Inspections of the fleet are kept with the fleet, so that the driver's own tests say nothing here.
fn with_fleet(app: &App, details: &VolunteerDetails, asset: &Asset) -> Result<VolunteerDetails, Aborted> {
    let carries = match asset.details.category {
        AssetCategory::Minibus | AssetCategory::Car | AssetCategory::LicenceFreeCar => true,
        AssetCategory::Scooter | AssetCategory::ElectricBike | AssetCategory::Bike => false,
    };
    let vehicle = Vehicle::new(asset.details.seats.saturating_sub(1), 0).ok().filter(|_| carries);
    let vehicle = vehicle.ok_or_else(|| refusals::conflict("vehicle-carries-nobody").with("id", asset.id))?;
    let vehicles = Vehicles::one(vehicle);
    let seen = Document::new(DocumentKind::RoadworthinessTest, day_of(app.now()), None);
    let number = vehicles.iter().next().map(Vehicle::number);
    let personal: Documents = details.documents.iter().filter(|paper| !is_test(*paper)).collect();
    Ok(VolunteerDetails { documents: personal.with(seen.of_vehicle(number)), vehicles, ..details.clone() })
}

fn is_test(paper: Document) -> bool {
    paper.kind() == DocumentKind::RoadworthinessTest
}

/// A drive as it is asked for: in the vehicle that was chosen, which must be free if it is of the fleet.
///
/// # Errors
/// `asset-…` for one that cannot be used then, `vehicle-taken`, `loan-taken`; the store.
pub fn chosen(
    app: &App,
    view: &dyn View,
    drive: Assignment,
    trip: Id<TripKind>,
    ride: Ride,
) -> Result<Assignment, Aborted> {
    let drive = Assignment { own_trip: ride.own_trip, ..drive };
    let VehicleChoice::Fleet(id) = ride.vehicle else { return Ok(drive) };
    let asset = fleet::find(view, id)?;
    let span = Span::new(drive.start, drive.end).map_err(|_| refusals::invalid("trip-drive"))?;
    asset.bookable(span).map_err(worded::not_bookable)?;
    if let Some(other) = loans::occupations(view, id, span.from(), app.now())?
        .into_iter()
        .find(|occupation| occupation.span.overlaps(span))
    {
        return Err(refusals::conflict("loan-taken")
            .with("loan", other.loan)
            .with("since", other.span.from())
            .with("until", other.span.until())
            .into());
    }
    if let Some(other) = drives_of(view, id, span)?.into_iter().find(|other| *other != trip) {
        return Err(refusals::conflict("vehicle-taken").with("trip", other).into());
    }
    let vehicle = DrivenVehicle {
        which: WhichVehicle::Fleet(id),
        places: asset.details.seats,
        power: None,
        electric: false,
    };
    Ok(Assignment { vehicle: Some(vehicle), ..drive })
}

/// The open trips that something of the fleet is promised to in a stretch of time.
///
/// # Errors
/// The store.
pub fn drives_of(
    view: &(impl View + ?Sized),
    asset: Id<AssetKind>,
    span: Span,
) -> Result<Vec<Id<TripKind>>, Aborted> {
    let mut found = Vec::new();
    // A drive may begin the evening before its trip, or end the morning after.
    let first = day_of(span.from()).yesterday().unwrap_or(day_of(span.from()));
    let last = day_of(span.until()).tomorrow().unwrap_or(day_of(span.until()));
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
        for trip in trips::on_day(view, day)? {
            let Some(drive) = trip.commitment() else { continue };
            let takes = drive.vehicle.is_some_and(|driven| driven.which == WhichVehicle::Fleet(asset));
            if takes && drive.start < span.until() && span.from() < drive.end {
                found.push(trip.id());
            }
        }
    }
    Ok(found)
}
