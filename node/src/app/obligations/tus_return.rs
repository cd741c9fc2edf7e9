//! The annual return to the prefect, from the trips of a civil year and the frames that were decided. Must never count a trip
//! that another association carried.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maillage_domain::{
    fleet::{AssetCategory, Ownership},
    ids::CarrierKind,
    legal::{Carrier, Verdict},
    roles::Operation,
    trip::{Custody, Trip, TripStatus},
    tus_return::{Driver, Figure, Item, TripFact, TusReturn, VehicleFact, VehicleKey, VehicleOwner},
};
use maillage_engine::{EngineError, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{assets, costs, legal, trips, volunteers};

use crate::app::{Aborted, App, caller::Caller, refusals};

/// The return of a year.
#[derive(Debug, Clone)]
pub struct Year {
    /// The civil year.
    pub year: i16,
    /// The association; none while the node has declared none.
    pub carrier: Option<Carrier>,
    /// The figures.
    pub figures: TusReturn,
    /// The participation models of its trips.
    pub models: BTreeSet<String>,
}

/// Counts a year for a carrier, or for the node's default one.
///
/// # Errors
/// `year-format`, `return-carrier-unknown`; the store.
pub fn of_year(
    app: &App,
    caller: &Caller,
    year: u32,
    carrier: Option<Id<CarrierKind>>,
) -> Result<Year, Refusal> {
    app.look(caller, Operation::TusReturn, |_, view| count(view, year, carrier))
}

/// What a figure is made of, in order, after one of its items.
///
/// # Errors
/// As [`of_year`]; `figure-unknown`.
pub fn items(
    app: &App,
    caller: &Caller,
    (year, carrier): (u32, Option<Id<CarrierKind>>),
    figure: &str,
) -> Result<Vec<Item>, Refusal> {
    app.look(caller, Operation::TusFigure, |_, view| {
        let figure: Figure = figure.parse().map_err(|_| refusals::invalid("figure-unknown"))?;
        Ok(count(view, year, carrier)?.figures.items(figure).collect())
    })
}

fn count(view: &dyn View, year: u32, carrier: Option<Id<CarrierKind>>) -> Result<Year, Aborted> {
    let year = i16::try_from(year).ok().filter(|year| (2019..=2200).contains(year));
    let year = year.ok_or_else(|| refusals::invalid("year-format"))?;
    let carrier = match carrier {
        Some(id) => Some(
            legal::carrier(view, id)?
                .ok_or_else(|| refusals::unknown("return-carrier-unknown").with("id", id))?,
        ),
        None => legal::default_carrier(view)?,
    };
    let wanted = carrier.as_ref().map(|carrier| carrier.id);
    let default = legal::default_carrier(view)?.map(|carrier| carrier.id);
    let mut facts = Vec::new();
    let mut models = BTreeSet::new();
    let (first, last) = (Date::constant(year, 1, 1), Date::constant(year, 12, 31));
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
        for trip in trips::on_day(view, day)? {
            if let Some(fact) = fact(view, &trip, (wanted, default))? {
                models.insert(trip.terms.model.to_string());
                facts.push(fact);
            }
        }
    }
    let mut figures = TusReturn::with_vehicles(vehicles(view, year, &facts)?);
    for fact in &facts {
        figures.add(fact);
    }
    Ok(Year { year, carrier, figures, models })
}

/// A completed trip that this node carried for a carrier. What was decided for nobody in particular is the default one's, and
/// no other's: it is returned once.
fn fact(
    view: &dyn View,
    trip: &Trip,
    (wanted, default): (Option<Id<CarrierKind>>, Option<Id<CarrierKind>>),
) -> Result<Option<TripFact>, EngineError> {
    let TripStatus::Completed { loaded_m, .. } = trip.status() else { return Ok(None) };
    if let Custody::HeldBy { .. } = trip.custody() {
        return Ok(None);
    }
    let frame = legal::frame(view, trip.id())?;
    let carried_by = frame.as_ref().and_then(|frame| frame.carrier).or(default);
    if carried_by != wanted {
        return Ok(None);
    }
    let excepted = frame.as_ref().is_some_and(|frame| frame.exception.is_some());
    let decision = frame.map(|frame| frame.decision);
    let cost = costs::find(view, trip.id())?;
    let employee = cost.as_ref().is_some_and(|cost| cost.facts.employee);
    let driver = if employee { Driver::Employee } else { Driver::Volunteer };
    Ok(Some(TripFact {
        trip: trip.id(),
        person: trip.person(),
        driver: trip.volunteer().map(driver),
        frame: decision.as_ref().and_then(|decision| decision.frame),
        verdict: decision.as_ref().map_or(Verdict::Outside, |decision| decision.verdict),
        excepted,
        ground: decision.and_then(|decision| decision.ground),
        loaded_m,
        contribution: cost.map(|cost| cost.costing.contribution),
    }))
}

/// Vehicles of the fleet that carry people and were there in the year, and those of the volunteers who drove in it.
fn vehicles(view: &dyn View, year: i16, facts: &[TripFact]) -> Result<Vec<VehicleFact>, EngineError> {
    let mut found = Vec::new();
    for asset in assets::list(view, None, usize::MAX)? {
        let there = asset.was_there_in(year);
        let carries = match asset.details.category {
            AssetCategory::Minibus | AssetCategory::Car | AssetCategory::LicenceFreeCar => true,
            AssetCategory::Scooter | AssetCategory::ElectricBike | AssetCategory::Bike => false,
        };
        let owner = match asset.details.ownership {
            Ownership::Own | Ownership::Leased => VehicleOwner::Own,
            Ownership::LentByCommune | Ownership::LentByPartner => VehicleOwner::Lent,
        };
        if there && carries {
            found.push(VehicleFact {
                vehicle: VehicleKey::Asset(asset.id),
                owner,
                places: asset.details.seats,
            });
        }
    }
    let drivers: BTreeSet<Driver> = facts.iter().filter_map(|fact| fact.driver).collect();
    for driver in drivers {
        let Driver::Volunteer(id) = driver else { continue };
        let Some(volunteer) = volunteers::find(view, id)? else { continue };
        for (index, vehicle) in (0..).zip(volunteer.details.vehicles.iter()) {
            // The driver's place counts.
            let places = vehicle.seats().saturating_add(vehicle.wheelchair_places()).saturating_add(1);
            let vehicle = VehicleKey::Volunteer(id, index);
            found.push(VehicleFact { vehicle, owner: VehicleOwner::Lent, places });
        }
    }
    Ok(found)
}
