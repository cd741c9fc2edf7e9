//! What trips cost, frozen when they were completed, and the kilometres of each driver in a year that the fiscal scale
//! counts; the territory's choice of models and its own amounts.

use maillage_domain::{
    costing::{CarFacts, CostFacts, Costing, Side, YearBefore},
    ids::{CarrierKind, PersonKind, VolunteerKind},
    model_choice::{LocalParameters, ModelRule},
    money::Cents,
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::{
    ids::{Id, TripKind},
    models::{Bracket, LocalAmounts, ModelKey},
};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, broken, instant, parsed},
    kinds,
    settings::Setting,
};

/// Costs by trip.
pub const TREE: Tree = Tree::named("trip_costs");
/// Kilometres by driver and year.
pub const DRIVER_YEARS_TREE: Tree = Tree::named("driver_years");

const COSTS: Table<[u8; 16], TripCostRecord> = Table::new(TREE);
const YEARS: Table<([u8; 16], u16), DriverYearRecord> = Table::new(DRIVER_YEARS_TREE);
const KIND: u16 = kinds::TRIP_COST;

/// What a trip cost, frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripCost {
    /// The trip.
    pub trip: Id<TripKind>,
    /// The person, if known here.
    pub person: Option<Id<PersonKind>>,
    /// The driver, if ours.
    pub volunteer: Option<Id<VolunteerKind>>,
    /// The model it was served under.
    pub model: ModelKey,
    /// The territory's own amounts then.
    pub local: LocalAmounts,
    /// What was known of the trip.
    pub facts: CostFacts,
    /// The driver's year before it.
    pub before: YearBefore,
    /// What it cost and who pays.
    pub costing: Costing,
    /// When it was frozen.
    pub at: jiff::Timestamp,
}

/// A frozen cost, version 1.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, as stored")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TripCostRecord {
    trip: Id<TripKind>,
    person: Option<Id<PersonKind>>,
    volunteer: Option<Id<VolunteerKind>>,
    model: String,
    local: AmountsRecord,
    on: String,
    loaded_m: u32,
    empty_m: u32,
    power: Option<u8>,
    electric: bool,
    quotient_euros: Option<u32>,
    legal_cap_cents: Option<i64>,
    side: String,
    before_loaded_m: u64,
    before_empty_m: u64,
    cost_cents: i64,
    contribution_cents: i64,
    compensation_cents: i64,
    waived_cents: i64,
    carrier_cents: i64,
    volunteer_cents: i64,
    vehicle_assumed: bool,
    scale_continued: bool,
    at_ms: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    employee: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    fleet: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drive_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wages_cents: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    wages_unknown: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before_valued_m: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_m: Option<u32>,
    /// Since two drivers may share a journey; left out where no other stage pays.
    #[serde(default, skip_serializing_if = "is_zero")]
    paid_m: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(metres: &u32) -> bool {
    *metres == 0
}

/// Amounts of a territory.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AmountsRecord {
    flat_cents: Option<u32>,
    rate_cents: Option<u32>,
    cap_cents: Option<u32>,
    yearly_cents: Option<u32>,
    compensation_cents: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hourly_cents: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    brackets: Vec<Bracket>,
}

/// Kilometres of a driver in a year, version 1: of all cars, and by car. What was written before cars were told apart is
/// in the first alone, and goes on counting for whichever car is asked for.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DriverYearRecord {
    pub(crate) loaded_m: u64,
    pub(crate) empty_m: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) cars: Vec<CarYearRecord>,
}

/// Kilometres of a driver with one car.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CarYearRecord {
    pub(crate) power: u8,
    pub(crate) electric: bool,
    pub(crate) loaded_m: u64,
    pub(crate) empty_m: u64,
}

/// The models of the territory for some services or communes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRules {
    rules: Vec<ModelRuleRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ModelRuleRecord {
    service: String,
    commune: String,
    from: String,
    model: ModelKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    carrier: Option<Id<CarrierKind>>,
}

/// The territory's own amounts.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalParametersSetting {
    parameters: Vec<ParametersRecord>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ParametersRecord {
    model: ModelKey,
    from: String,
    amounts: AmountsRecord,
}

/// Implements a record of version 1.
macro_rules! record {
    ($record:ident, $kind:expr) => {
        impl Record for $record {
            const KIND: u16 = $kind;
            const VERSION: u16 = 1;
        }
    };
}

record!(TripCostRecord, kinds::TRIP_COST);
record!(DriverYearRecord, kinds::DRIVER_YEAR);
record!(ModelRules, kinds::MODEL_RULES);
record!(LocalParametersSetting, kinds::LOCAL_PARAMETERS);

impl Setting for ModelRules {
    const NAME: &'static str = "model-rules";
}

impl Setting for LocalParametersSetting {
    const NAME: &'static str = "local-parameters";
}

/// Freezes what a trip cost.
pub fn put(transaction: &mut Transaction<'_>, cost: &TripCost) -> Result<(), EngineError> {
    COSTS.put(transaction, &cost.trip.to_array(), &TripCostRecord::from(cost))
}

/// Forgets what a trip cost, since its end is put right.
pub fn remove(transaction: &mut Transaction<'_>, trip: Id<TripKind>) -> Result<(), EngineError> {
    COSTS.delete(transaction, &trip.to_array())
}

/// What a trip cost, if it was frozen.
pub fn find(view: &(impl View + ?Sized), trip: Id<TripKind>) -> Result<Option<TripCost>, EngineError> {
    COSTS.get(view, &trip.to_array())?.map(TripCost::try_from).transpose()
}

/// At most `limit` frozen costs in the order their trips were made, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<TripKind>>,
    limit: usize,
) -> Result<Vec<TripCost>, EngineError> {
    let rows = COSTS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// The kilometres of a driver with a car in a year, as far as trips were frozen.
pub fn driver_year(
    view: &(impl View + ?Sized),
    volunteer: Id<VolunteerKind>,
    year: u16,
    car: CarFacts,
) -> Result<YearBefore, EngineError> {
    let year = YEARS.get(view, &(volunteer.to_array(), year))?.unwrap_or_default();
    let others = || year.cars.iter().filter(|other| !other.is(car));
    let loaded_m = others().fold(year.loaded_m, |left, other| left.saturating_sub(other.loaded_m));
    let empty_m = others().fold(year.empty_m, |left, other| left.saturating_sub(other.empty_m));
    Ok(YearBefore { loaded_m, empty_m, valued_m: None })
}

/// Adds a trip to the kilometres of a driver with a car in a year.
pub fn drive(
    transaction: &mut Transaction<'_>,
    volunteer: Id<VolunteerKind>,
    year: u16,
    facts: &CostFacts,
) -> Result<(), EngineError> {
    change(transaction, volunteer, year, facts, u64::saturating_add)
}

/// Takes a trip out of the kilometres of a driver with a car in a year.
pub fn undrive(
    transaction: &mut Transaction<'_>,
    volunteer: Id<VolunteerKind>,
    year: u16,
    facts: &CostFacts,
) -> Result<(), EngineError> {
    change(transaction, volunteer, year, facts, u64::saturating_sub)
}

fn change(
    transaction: &mut Transaction<'_>,
    volunteer: Id<VolunteerKind>,
    year: u16,
    facts: &CostFacts,
    with: fn(u64, u64) -> u64,
) -> Result<(), EngineError> {
    let key = (volunteer.to_array(), year);
    let mut record = YEARS.get(transaction, &key)?.unwrap_or_default();
    let car = facts.car();
    if !record.cars.iter().any(|known| known.is(car)) {
        let CarFacts { power, electric } = car;
        record.cars.push(CarYearRecord { power, electric, loaded_m: 0, empty_m: 0 });
    }
    let (loaded_m, empty_m) = (facts.loaded_m.into(), facts.empty_m.into());
    for known in record.cars.iter_mut().filter(|known| known.is(car)) {
        known.loaded_m = with(known.loaded_m, loaded_m);
        known.empty_m = with(known.empty_m, empty_m);
    }
    record.loaded_m = with(record.loaded_m, loaded_m);
    record.empty_m = with(record.empty_m, empty_m);
    YEARS.put(transaction, &key, &record)
}

/// Writes the kilometres of a driver in a year as they stand.
#[cfg(test)]
pub(crate) fn put_year(
    transaction: &mut Transaction<'_>,
    volunteer: Id<VolunteerKind>,
    year: u16,
    record: &DriverYearRecord,
) -> Result<(), EngineError> {
    YEARS.put(transaction, &(volunteer.to_array(), year), record)
}

impl CarYearRecord {
    fn is(&self, car: CarFacts) -> bool {
        (self.power, self.electric) == (car.power, car.electric)
    }
}

impl ModelRules {
    /// The rules, in their order.
    ///
    /// # Errors
    /// A record that makes no sense.
    pub fn rules(&self) -> Result<Vec<ModelRule>, EngineError> {
        const KIND: u16 = kinds::MODEL_RULES;
        let rule = |record: &ModelRuleRecord| {
            let ModelRuleRecord { service, commune, from, model, carrier } = record;
            Ok(ModelRule {
                service: if service.is_empty() { None } else { Some(parsed(service, KIND)?) },
                commune: if commune.is_empty() { None } else { Some(parsed(commune, KIND)?) },
                from: parsed(from, KIND)?,
                model: model.clone(),
                carrier: *carrier,
            })
        };
        self.rules.iter().map(rule).collect()
    }
}

impl From<&[ModelRule]> for ModelRules {
    fn from(rules: &[ModelRule]) -> Self {
        let record = |rule: &ModelRule| ModelRuleRecord {
            service: rule.service.map(|service| service.code().to_owned()).unwrap_or_default(),
            commune: rule.commune.map(|commune| commune.as_str().to_owned()).unwrap_or_default(),
            from: rule.from.to_string(),
            model: rule.model.clone(),
            carrier: rule.carrier,
        };
        Self { rules: rules.iter().map(record).collect() }
    }
}

impl LocalParametersSetting {
    /// The amounts, in their order.
    ///
    /// # Errors
    /// A record that makes no sense.
    pub fn parameters(&self) -> Result<Vec<LocalParameters>, EngineError> {
        let set = |record: &ParametersRecord| {
            let ParametersRecord { model, from, amounts } = record;
            let from = parsed(from, kinds::LOCAL_PARAMETERS)?;
            Ok(LocalParameters { model: model.clone(), from, amounts: amounts.clone().into() })
        };
        self.parameters.iter().map(set).collect()
    }
}

impl From<&[LocalParameters]> for LocalParametersSetting {
    fn from(parameters: &[LocalParameters]) -> Self {
        let record = |set: &LocalParameters| ParametersRecord {
            model: set.model.clone(),
            from: set.from.to_string(),
            amounts: set.amounts.clone().into(),
        };
        Self { parameters: parameters.iter().map(record).collect() }
    }
}

impl From<LocalAmounts> for AmountsRecord {
    fn from(amounts: LocalAmounts) -> Self {
        let LocalAmounts {
            flat_cents,
            rate_cents,
            cap_cents,
            yearly_cents,
            compensation_cents,
            hourly_cents,
            brackets,
        } = amounts;
        Self { flat_cents, rate_cents, cap_cents, yearly_cents, compensation_cents, hourly_cents, brackets }
    }
}

impl From<AmountsRecord> for LocalAmounts {
    fn from(record: AmountsRecord) -> Self {
        let AmountsRecord {
            flat_cents,
            rate_cents,
            cap_cents,
            yearly_cents,
            compensation_cents,
            hourly_cents,
            brackets,
        } = record;
        Self { flat_cents, rate_cents, cap_cents, yearly_cents, compensation_cents, hourly_cents, brackets }
    }
}

impl From<&TripCost> for TripCostRecord {
    fn from(trip_cost: &TripCost) -> Self {
        let TripCost { trip, person, volunteer, model, local, facts, before, costing, at } = trip_cost;
        Self {
            trip: *trip,
            person: *person,
            volunteer: *volunteer,
            model: model.to_string(),
            local: local.clone().into(),
            on: facts.on.to_string(),
            loaded_m: facts.loaded_m,
            empty_m: facts.empty_m,
            power: facts.vehicle.map(|car| car.power),
            electric: facts.vehicle.is_some_and(|car| car.electric),
            quotient_euros: facts.quotient_euros,
            legal_cap_cents: facts.cap.map(Cents::get),
            side: facts.side.code().to_owned(),
            before_loaded_m: before.loaded_m,
            before_empty_m: before.empty_m,
            before_valued_m: before.valued_m,
            asked_m: facts.asked_m,
            paid_m: facts.paid_m,
            cost_cents: costing.cost.get(),
            contribution_cents: costing.contribution.get(),
            compensation_cents: costing.compensation.get(),
            waived_cents: costing.waived.get(),
            carrier_cents: costing.carrier.get(),
            volunteer_cents: costing.volunteer.get(),
            vehicle_assumed: costing.vehicle_assumed,
            scale_continued: costing.scale_continued,
            at_ms: at.as_millisecond(),
            employee: facts.employee,
            fleet: facts.fleet,
            drive_s: facts.drive_s,
            wages_cents: Some(costing.wages.get()).filter(|cents| *cents != 0),
            wages_unknown: costing.wages_unknown,
        }
    }
}

impl TryFrom<TripCostRecord> for TripCost {
    type Error = EngineError;

    fn try_from(record: TripCostRecord) -> Result<Self, EngineError> {
        let electric = record.electric;
        let facts = CostFacts {
            on: parsed(&record.on, KIND)?,
            loaded_m: record.loaded_m,
            empty_m: record.empty_m,
            vehicle: record.power.map(|power| CarFacts { power, electric }),
            quotient_euros: record.quotient_euros,
            cap: record.legal_cap_cents.map(Cents::new),
            side: parsed::<Side>(&record.side, KIND)?,
            employee: record.employee,
            fleet: record.fleet,
            drive_s: record.drive_s,
            asked_m: record.asked_m,
            paid_m: record.paid_m,
        };
        let costing = Costing {
            cost: Cents::new(record.cost_cents),
            contribution: Cents::new(record.contribution_cents),
            compensation: Cents::new(record.compensation_cents),
            waived: Cents::new(record.waived_cents),
            carrier: Cents::new(record.carrier_cents),
            volunteer: Cents::new(record.volunteer_cents),
            wages: Cents::new(record.wages_cents.unwrap_or_default()),
            wages_unknown: record.wages_unknown,
            vehicle_assumed: record.vehicle_assumed,
            scale_continued: record.scale_continued,
        };
        let paid = costing.contribution.plus(costing.carrier).plus(costing.volunteer);
        if paid != costing.cost {
            return Err(broken(KIND));
        }
        Ok(Self {
            trip: record.trip,
            person: record.person,
            volunteer: record.volunteer,
            model: parsed(&record.model, KIND)?,
            local: record.local.into(),
            facts,
            before: YearBefore {
                loaded_m: record.before_loaded_m,
                empty_m: record.before_empty_m,
                valued_m: record.before_valued_m,
            },
            costing,
            at: instant(record.at_ms, KIND)?,
        })
    }
}
