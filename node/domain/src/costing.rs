//! What a trip costs and who pays for it, under any participation model of the catalogue: the laboratory that compares
//! them. Pure: the same facts and model give the same sums, whenever they are asked for. Must never hold a rate of its own.

#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use maillage_federation::models::{Compensation, Model, Tariff, Workforce};

use crate::{
    codes::{UnknownCode, coded},
    mileage::{InForce, Scale},
    money::Cents,
};

/// Fiscal power assumed for a vehicle that is not known (a neighbour's): the commonest class of French cars.
pub const ASSUMED_POWER: u8 = 5;

/// What is known of a trip that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostFacts {
    /// Civil day of the trip.
    pub on: Date,
    /// Metres with the person: those that count as this trip's, if others were on board.
    pub loaded_m: u32,
    /// Metres without.
    pub empty_m: u32,
    /// The vehicle; none if it is not known.
    pub vehicle: Option<CarFacts>,
    /// The household's quotient familial in euros, if it is known.
    pub quotient_euros: Option<u32>,
    /// Most that the law lets the carrier ask for it; none where the law sets no cap.
    pub cap: Option<Cents>,
    /// What this node has to do with it.
    pub side: Side,
    /// Whether the driver is an employee: no compensation, and wages whatever the model says.
    pub employee: bool,
    /// Whether the vehicle is of the fleet: its kilometres are the carrier's to pay.
    pub fleet: bool,
    /// Seconds from home back to home as planned, those of this trip if others were on board; none if nobody of ours drove.
    pub drive_s: Option<u32>,
    /// Metres that the person is asked for if others were on board: the direct road, never the way round that others made,
    /// and not less because they were there. None for who rode alone: those with the person.
    pub asked_m: Option<u32>,
    /// Metres of the journey that another driver has the person pay for: with a stage of a shared journey the price of the whole
    /// without that of the other, so that nobody pays a flat price twice.
    pub paid_m: u32,
}

/// What matters of a car.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CarFacts {
    /// Fiscal power in CV.
    pub power: u8,
    /// Whether it is electric.
    pub electric: bool,
}

impl CostFacts {
    /// Metres that the person is asked for.
    pub fn asked_m(&self) -> u32 {
        self.asked_m.unwrap_or(self.loaded_m)
    }

    /// The car that the scale counts: the one assumed if it is not known.
    pub fn car(&self) -> CarFacts {
        self.vehicle.unwrap_or(CarFacts { power: ASSUMED_POWER, electric: false })
    }
}

/// What a node has to do with a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Its own person and its own driver.
    Both,
    /// Its own driver, a neighbour's person: nothing is asked of the person here.
    Driver,
    /// Its own person, a neighbour's driver: the kilometres are the neighbour's to pay.
    Person,
}

coded!(Side { Both = "both", Driver = "driver", Person = "person" });

/// Metres of the driver with the same car in the calendar year before the trip: the scale's tiers are those of a car.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct YearBefore {
    /// With a person.
    pub loaded_m: u64,
    /// Without.
    pub empty_m: u64,
    /// Metres the scale has valued for the driver, as the statements count them: those of the car's class and the same books,
    /// driven under models that pay or waive by the scale. None where all of the year is taken to be driven under one model.
    pub valued_m: Option<u64>,
}

/// What a trip costs and who pays for it. `person + carrier + volunteer = cost`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Costing {
    /// The kilometres from home to home at the fiscal scale, which is what they are deemed to cost, and the wages of a paid
    /// driver as far as they are known. No desk.
    pub cost: Cents,
    /// The wages in it.
    pub wages: Cents,
    /// The driver is paid, and what an hour costs, or how long the drive took, is not known: nothing is counted for it.
    pub wages_unknown: bool,
    /// What the person is asked for.
    pub contribution: Cents,
    /// What the volunteer is paid.
    pub compensation: Cents,
    /// What the volunteer could claim and gives up against a tax receipt.
    pub waived: Cents,
    /// What is left to the carrying association or authority; negative when it gains.
    pub carrier: Cents,
    /// What is left to the volunteer, the waiver included; negative when the pay is above the scale.
    pub volunteer: Cents,
    /// The vehicle was not known, and [`ASSUMED_POWER`] was taken.
    pub vehicle_assumed: bool,
    /// The scale of that year is not known, and the last known one was taken.
    pub scale_continued: bool,
}

/// Why a trip cannot be costed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CostingError {
    /// Before the first known scale.
    #[error("no fiscal scale is known for {0}")]
    ScaleUnknown(i16),
}

/// Costs a trip under a model (with the territory's own amounts in it already).
///
/// The contribution is rounded down in the person's favour, a flat compensation to the nearest cent. The scale's yearly
/// tiers go on from `before`.
///
/// # Errors
/// A year without a scale.
pub fn cost(facts: &CostFacts, model: &Model, before: YearBefore) -> Result<Costing, CostingError> {
    let year = facts.on.year();
    let InForce { scale, continued } = Scale::in_force(year).ok_or(CostingError::ScaleUnknown(year))?;
    let contribution = match facts.side {
        Side::Both | Side::Person => contribution(facts, model),
        Side::Driver => Cents::ZERO,
    };
    let base = Costing { contribution, ..Costing::default() };
    if facts.side == Side::Person {
        return Ok(Costing { carrier: contribution.negated(), ..base });
    }
    let car = facts.car();
    let marginal = |electric, before_m, trip_m| scale.marginal(car.power, electric, before_m, trip_m);
    let all_m = u64::from(facts.loaded_m) + u64::from(facts.empty_m);
    let cost = marginal(car.electric, before.loaded_m + before.empty_m, all_m);
    let paid = facts.employee || model.workforce == Workforce::Professionals;
    let own_car = !paid && !facts.fleet;
    let (compensation, waived) = match model.compensation {
        _ if !own_car => (Cents::ZERO, Cents::ZERO),
        Compensation::Waived => {
            let valued_m = before.valued_m.unwrap_or(before.loaded_m + before.empty_m);
            (Cents::ZERO, marginal(car.electric, valued_m, all_m))
        }
        Compensation::Flat { rate_cents, empty_kilometres } => {
            (flat(rate_cents, counted(facts, empty_kilometres)), Cents::ZERO)
        }
        Compensation::FiscalScale { empty_kilometres, electric_rise } => {
            let empty_m = if empty_kilometres { before.empty_m } else { 0 };
            let trip_m = counted(facts, empty_kilometres);
            let valued_m = before.valued_m.unwrap_or(before.loaded_m + empty_m);
            (marginal(car.electric && electric_rise, valued_m, trip_m), Cents::ZERO)
        }
    };
    let volunteer = if own_car { cost.minus(compensation) } else { Cents::ZERO };
    let wages = if paid { wages(facts, model) } else { Some(Cents::ZERO) };
    let wages_unknown = wages.is_none();
    let wages = wages.unwrap_or_default();
    let cost = cost.plus(wages);
    Ok(Costing {
        cost,
        wages,
        wages_unknown,
        compensation,
        waived,
        volunteer,
        carrier: cost.minus(contribution).minus(volunteer),
        vehicle_assumed: facts.vehicle.is_none(),
        scale_continued: continued,
        ..base
    })
}

impl Costing {
    /// What the person does not cover: left to subsidies, to waivers and to the volunteers' own pockets.
    pub fn deficit(&self) -> Cents {
        self.cost.minus(self.contribution)
    }

    /// Two costings added up.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            cost: self.cost.plus(other.cost),
            contribution: self.contribution.plus(other.contribution),
            compensation: self.compensation.plus(other.compensation),
            waived: self.waived.plus(other.waived),
            carrier: self.carrier.plus(other.carrier),
            volunteer: self.volunteer.plus(other.volunteer),
            wages: self.wages.plus(other.wages),
            wages_unknown: self.wages_unknown || other.wages_unknown,
            vehicle_assumed: self.vehicle_assumed || other.vehicle_assumed,
            scale_continued: self.scale_continued || other.scale_continued,
        }
    }
}

/// What a model asks of a person for so many metres: known before the trip, so that the frame can be decided.
pub fn asked(model: &Model, quotient_euros: Option<u32>, distance_m: u32) -> Cents {
    match model.contribution.tariff(quotient_euros) {
        Tariff::Free | Tariff::Donation => Cents::ZERO,
        Tariff::Flat { amount_cents } => Cents::new(amount_cents.into()),
        Tariff::PerKilometre { rate_cents, cap_cents } => {
            let cents = i64::from(rate_cents) * i64::from(distance_m) / 1_000;
            Cents::new(cap_cents.map_or(cents, |cap| cents.min(cap.into())))
        }
    }
}

/// What a model asks of a person for metres of a journey from some on, where another stage of it pays for those before.
pub fn asked_beyond(model: &Model, quotient_euros: Option<u32>, (from_m, to_m): (u32, u32)) -> Cents {
    let paid = if from_m == 0 { Cents::ZERO } else { asked(model, quotient_euros, from_m) };
    asked(model, quotient_euros, to_m).minus(paid)
}

/// Never more than the law allows, whatever the model says.
fn contribution(facts: &CostFacts, model: &Model) -> Cents {
    let asked = asked_beyond(model, facts.quotient_euros, (facts.paid_m, facts.asked_m()));
    facts.cap.map_or(asked, |cap| asked.min(cap))
}

/// What the hours of a paid driver cost, to the nearest cent; none if that is not known.
fn wages(facts: &CostFacts, model: &Model) -> Option<Cents> {
    let (hourly, seconds) = (u64::from(model.hourly_cents?), u64::from(facts.drive_s?));
    let cents = (hourly * seconds + 1_800) / 3_600;
    Some(Cents::new(i64::try_from(cents).unwrap_or(i64::MAX)))
}

fn counted(facts: &CostFacts, empty_kilometres: bool) -> u64 {
    u64::from(facts.loaded_m) + if empty_kilometres { u64::from(facts.empty_m) } else { 0 }
}

fn flat(rate_cents: u32, metres: u64) -> Cents {
    let cents = (u64::from(rate_cents) * metres + 500) / 1_000;
    Cents::new(i64::try_from(cents).unwrap_or(i64::MAX))
}
