//! Participation models at this node: which one serves whom, with which amounts, and what a trip cost under it. Costs are
//! frozen when a trip is completed; the same computation can be asked for again at any time.

pub mod compare;

use std::sync::Arc;

use jiff::civil::Date;
use maillage_domain::{
    civil::day_of,
    costing::{CarFacts, CostFacts, Costing, Side, YearBefore, cost},
    ids::VolunteerKind,
    legal::Carrier,
    model_choice::{Asked, LocalParameters, ModelRule, ServedBy, carrier_of, choose, local_amounts},
    person::Person,
    roles::Operation,
    trip::{Custody, DrivenVehicle, Origin, Trip, TripStatus, WhichVehicle},
    volunteer::DriverStatus,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    ids::{Id, TripKind},
    models::{LocalAmounts, Model, ModelKey},
    month::Month,
};
use maillage_geography::InseeCode;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    costs::{self, LocalParametersSetting, ModelRules, TripCost},
    legal, persons, settings, volunteers,
};

use super::{
    Aborted, App,
    caller::Caller,
    edit::{check_said, etag_of},
    frames, money, refusals,
    settings::model_in,
    suggest::find,
};
use crate::limits::{LOCAL_PARAMETERS, MODEL_RULES};

/// The model that serves a ride of somebody who lives in a commune, on a day: a choice for the commune or the service, or
/// the general model of that month.
///
/// # Errors
/// `model-missing`; the store.
pub fn model_for(view: &dyn View, commune: Option<InseeCode>, on: Date) -> Result<ModelKey, Aborted> {
    let rules = rules_of(view)?;
    match choose(&rules, &Asked { service: ServedBy::Transport, commune, on }) {
        Some(model) => Ok(model.clone()),
        None => model_in(view, month_of(on)?),
    }
}

/// Who carries a trip by the rules of today: the carrier that the rule of its model names, or the usual one.
///
/// # Errors
/// The store.
pub fn carrier_for(
    view: &dyn View,
    trip: &Trip,
    person: Option<&Person>,
) -> Result<Option<Carrier>, Aborted> {
    let asked = Asked {
        service: ServedBy::Transport,
        commune: person.map(|person| person.details.home.commune),
        on: day_of(trip.terms.earliest_pickup),
    };
    let rules = rules_of(view)?;
    let named = match trip.terms.origin {
        Origin::Own { .. } => carrier_of(&rules, &asked, &trip.terms.model),
        Origin::Carried { .. } => {
            choose(&rules, &asked).cloned().and_then(|model| carrier_of(&rules, &asked, &model))
        }
    };
    match named.map(|carrier| legal::carrier(view, carrier)).transpose()?.flatten() {
        Some(carrier) => Ok(Some(carrier)),
        None => Ok(legal::default_carrier(view)?),
    }
}

/// Who carried a trip as its frame was decided, or who would by the rules of today.
pub(crate) fn carrier_decided(
    view: &dyn View,
    trip: &Trip,
    person: Option<&Person>,
) -> Result<Option<Carrier>, Aborted> {
    match legal::frame(view, trip.id())?.and_then(|frame| frame.carrier) {
        Some(carrier) => Ok(legal::carrier(view, carrier)?),
        None => carrier_for(view, trip, person),
    }
}

/// A model of the catalogue with the territory's own amounts of a day; none if the catalogue does not have it.
///
/// # Errors
/// The store.
pub fn local_model(app: &App, view: &dyn View, key: &ModelKey, on: Date) -> Result<Option<Model>, Aborted> {
    let Some(model) = app.catalogue.model(key) else { return Ok(None) };
    let amounts = local_amounts(&parameters_of(view)?, key, on);
    // Amounts were checked against the model when they were set.
    Ok(Some(model.with_local(&amounts).unwrap_or_else(|_| model.clone())))
}

/// The choices made, and the general model of this month.
///
/// # Errors
/// `model-missing`; the store.
pub fn rules(app: &App, caller: &Caller) -> Result<(ModelKey, Vec<ModelRule>), Refusal> {
    app.look(caller, Operation::ModelsShow, |app, view| Ok((app.model(view)?, rules_of(view)?)))
}

/// The amounts set.
///
/// # Errors
/// The store.
pub fn parameters(app: &App, caller: &Caller) -> Result<Vec<LocalParameters>, Refusal> {
    app.look(caller, Operation::ModelsShow, |_, view| parameters_of(view))
}

/// The catalogue with the territory's amounts of today: each model, whether it has own amounts, whether it is the general
/// one.
///
/// # Errors
/// `model-missing`; the store.
pub fn list(app: &App, caller: &Caller) -> Result<Vec<(Model, bool, bool)>, Refusal> {
    app.look(caller, Operation::ModelsShow, |app, view| {
        let (general, today) = (app.model(view)?, day_of(app.now()));
        let mut models = Vec::new();
        for model in &app.catalogue.models {
            let local = local_model(app, view, &model.key, today)?.unwrap_or_else(|| model.clone());
            let (own, in_force) = (local != *model, model.key == general);
            models.push((local, own, in_force));
        }
        Ok(models)
    })
}

/// Puts a model in force for a service or a commune, from a day on; `former` is the one that was seen there.
///
/// # Errors
/// `model-unknown`, `model-rule-service`, `commune-unknown`, `carrier-unknown`, `model-rule-past`, `model-rules-too-many`,
/// `changed-meanwhile`; the store.
pub async fn add_rule(
    app: &Arc<App>,
    caller: &Caller,
    rule: ModelRule,
    former: String,
) -> Result<(ModelKey, Vec<ModelRule>), Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ModelsChoose, move |app, transaction| {
        let chosen = rule.model.to_string();
        let rules = put_rule(app, transaction, &by, rule, |present| {
            let present = present.map(|present| present.model.to_string());
            check_said(former.trim(), present.as_deref(), &chosen)
        })?;
        Ok((app.model(transaction)?, rules))
    })
    .await
}

/// Puts a model in force inside a transaction, in the place of what is there, if that is what was `seen`.
///
/// # Errors
/// As [`add_rule`].
pub(crate) fn put_rule(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    rule: ModelRule,
    seen: impl FnOnce(Option<&ModelRule>) -> Result<(), Refusal>,
) -> Result<Vec<ModelRule>, Aborted> {
    check_rule(app, &rule)?;
    if let Some(carrier) = rule.carrier {
        legal::carrier(transaction, carrier)?
            .ok_or_else(|| refusals::unknown("carrier-unknown").with("id", carrier))?;
    }
    change_rules(app, transaction, by, |rules| {
        seen(rules.iter().find(|other| rule.replaces(other)))?;
        rules.retain(|other| !rule.replaces(other));
        if rules.len() >= MODEL_RULES {
            return Err(refusals::conflict("model-rules-too-many").with("limit", MODEL_RULES));
        }
        rules.push(rule);
        Ok(())
    })
}

/// Whether a choice can be made at all.
fn check_rule(app: &App, rule: &ModelRule) -> Result<(), Refusal> {
    check_model(app, &rule.model)?;
    match rule.service {
        None | Some(ServedBy::Transport) => {}
        // A loan has the price of its thing, and a shuttle is no service of the node yet: a model would change nothing.
        Some(service @ (ServedBy::Loan | ServedBy::Shuttle)) => {
            return Err(refusals::conflict("model-rule-service").with("service", service));
        }
    }
    if let Some(commune) = rule.commune
        && app.geography.commune(&commune).is_none()
    {
        return Err(refusals::unknown("commune-unknown").with("commune", commune));
    }
    not_past(app, rule.from)
}

/// Takes a choice back that has not begun.
///
/// # Errors
/// `model-rule-unknown`, `model-rule-past`; the store.
pub async fn remove_rule(
    app: &Arc<App>,
    caller: &Caller,
    rule: ModelRule,
) -> Result<(ModelKey, Vec<ModelRule>), Refusal> {
    not_past(app, rule.from)?;
    let by = caller.clone();
    app.act(caller, Operation::ModelsChoose, move |app, transaction| {
        let rules = change_rules(app, transaction, &by, |rules| {
            let before = rules.len();
            rules.retain(|other| ModelRule { carrier: rule.carrier, ..other.clone() } != rule);
            if rules.len() == before { Err(refusals::unknown("model-rule-unknown")) } else { Ok(()) }
        })?;
        Ok((app.model(transaction)?, rules))
    })
    .await
}

/// The etag of a territory's own amounts.
pub fn parameters_etag(set: &LocalParameters) -> String {
    let LocalAmounts {
        flat_cents,
        rate_cents,
        cap_cents,
        yearly_cents,
        compensation_cents,
        hourly_cents,
        brackets,
    } = &set.amounts;
    let amounts = [flat_cents, rate_cents, cap_cents, yearly_cents, compensation_cents, hourly_cents];
    let amounts = amounts.map(|cents| cents.map(|cents| cents.to_string()).unwrap_or_default());
    let brackets = format!("{brackets:?}");
    let said: Vec<&str> = amounts.iter().map(String::as_str).chain([brackets.as_str()]).collect();
    etag_of(&said)
}

/// Sets the territory's own amounts within a model, from a day on; `etag` is that of those that were seen for that day.
///
/// # Errors
/// `model-unknown`, `model-amount…`, `model-rule-past`, `model-parameters-too-many`, `changed-meanwhile`; the store.
pub async fn set_parameters(
    app: &Arc<App>,
    caller: &Caller,
    set: LocalParameters,
    etag: String,
) -> Result<Vec<LocalParameters>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ModelsParameters, move |app, transaction| {
        let now = parameters_etag(&set);
        put_parameters(app, transaction, &by, set, |present| {
            check_said(&etag, present.map(parameters_etag).as_deref(), &now)
        })
    })
    .await
}

/// Sets own amounts inside a transaction, in the place of those that are there, if those were `seen`.
///
/// # Errors
/// As [`set_parameters`].
pub(crate) fn put_parameters(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    set: LocalParameters,
    seen: impl FnOnce(Option<&LocalParameters>) -> Result<(), Refusal>,
) -> Result<Vec<LocalParameters>, Aborted> {
    let model = check_model(app, &set.model)?;
    model.with_local(&set.amounts).map_err(refusals::model)?;
    not_past(app, set.from)?;
    let mut all = parameters_of(transaction)?;
    seen(all.iter().find(|other| set.replaces(other)))?;
    all.retain(|other| !set.replaces(other));
    if all.len() >= LOCAL_PARAMETERS {
        return Err(refusals::conflict("model-parameters-too-many").with("limit", LOCAL_PARAMETERS).into());
    }
    all.push(set);
    settings::put(transaction, &LocalParametersSetting::from(all.as_slice()))?;
    app.note(transaction, by, Operation::ModelsParameters, &[])?;
    Ok(all)
}

/// What a trip cost, as frozen and as it would be computed now.
#[derive(Debug, Clone)]
pub struct ShownCost {
    /// The model it was served under.
    pub model: ModelKey,
    /// As frozen; none if the trip was not completed, or could not be costed.
    pub frozen: Option<TripCost>,
    /// As computed now from the trip.
    pub recomputed: Option<Costing>,
}

/// What a trip cost.
///
/// # Errors
/// `trip-unknown`; the store.
pub fn show_cost(app: &App, caller: &Caller, trip: Id<TripKind>) -> Result<ShownCost, Refusal> {
    app.look(caller, Operation::CostShow, |app, view| {
        let trip = find(view, trip)?;
        let frozen = costs::find(view, trip.id())?;
        let before = frozen.as_ref().map(|cost| cost.before);
        let recomputed = computed(app, view, &trip, before)?.map(|cost| cost.costing);
        Ok(ShownCost { model: trip.terms.model.clone(), frozen, recomputed })
    })
}

/// After a change of trips: those that were carried out get their frame as it was, and their cost, once and for all.
///
/// # Errors
/// The store.
pub fn settle(app: &App, transaction: &mut Transaction<'_>, changed: &[Trip]) -> Result<(), Aborted> {
    for trip in changed {
        if matches!(trip.status(), TripStatus::Completed { .. })
            && costs::find(transaction, trip.id())?.is_none()
        {
            frames::settle(app, transaction, trip)?;
            freeze(app, transaction, trip)?;
        }
    }
    Ok(())
}

fn freeze(app: &App, transaction: &mut Transaction<'_>, trip: &Trip) -> Result<(), Aborted> {
    let Some(frozen) = computed(app, transaction, trip, None)? else {
        tracing::warn!(trip = %trip.id(), "a completed trip has no cost: its model or the scale of its year is unknown");
        return Ok(());
    };
    costs::put(transaction, &frozen)?;
    money::costed::book_cost(app, transaction, &frozen)?;
    if let Some(volunteer) = frozen.volunteer {
        costs::drive(transaction, volunteer, year_of(frozen.facts.on), &frozen.facts)?;
    }
    Ok(())
}

/// The cost of a completed trip; none for any other, and where model or scale are not known.
fn computed(
    app: &App,
    view: &dyn View,
    trip: &Trip,
    before: Option<YearBefore>,
) -> Result<Option<TripCost>, Aborted> {
    let person = trip.person().map(|person| persons::find(view, person)).transpose()?.flatten();
    let carrier = carrier_decided(view, trip, person.as_ref())?;
    let Some(facts) = cost_facts(view, trip, person.as_ref(), carrier.as_ref())? else { return Ok(None) };
    let key = match trip.terms.origin {
        Origin::Own { .. } => trip.terms.model.clone(),
        Origin::Carried { .. } => model_for(view, None, facts.on)?,
    };
    let Some(model) = local_model(app, view, &key, facts.on)? else { return Ok(None) };
    let volunteer = driver(trip, facts.side);
    let before = match (before, volunteer) {
        (Some(before), _) => before,
        (None, Some(volunteer)) => YearBefore {
            valued_m: money::costed::valued_before(view, trip.id(), volunteer, (&facts, model.compensation))?,
            ..costs::driver_year(view, volunteer, year_of(facts.on), facts.car())?
        },
        (None, None) => YearBefore::default(),
    };
    let Ok(costing) = cost(&facts, &model, before) else { return Ok(None) };
    Ok(Some(TripCost {
        trip: trip.id(),
        person: trip.person(),
        volunteer,
        local: local_amounts(&parameters_of(view)?, &key, facts.on),
        model: key,
        facts,
        before,
        costing,
        at: app.now(),
    }))
}

/// What is known of a trip that was carried out; none of any other.
fn cost_facts(
    view: &dyn View,
    trip: &Trip,
    person: Option<&Person>,
    carrier: Option<&Carrier>,
) -> Result<Option<CostFacts>, Aborted> {
    let TripStatus::Completed { loaded_m, empty_m } = trip.status() else { return Ok(None) };
    let side = match (&trip.terms.origin, trip.custody()) {
        (Origin::Carried { .. }, _) => Side::Driver,
        (Origin::Own { .. }, Custody::HeldBy { .. }) => Side::Person,
        (Origin::Own { .. }, Custody::Local | Custody::OfferedOut { .. } | Custody::Uncertain { .. }) => {
            Side::Both
        }
    };
    let on = day_of(trip.terms.earliest_pickup);
    let volunteer =
        driver(trip, side).map(|volunteer| volunteers::find(view, volunteer)).transpose()?.flatten();
    let drive = trip.assignment().filter(|_| side != Side::Person);
    let driven = drive.and_then(|drive| drive.vehicle);
    let vehicle = match (driven, &volunteer) {
        (Some(driven), _) => driven.power.map(|power| CarFacts { power, electric: driven.electric }),
        // Before the vehicle of a drive was kept: the usual one.
        (None, Some(volunteer)) => volunteer.vehicle().and_then(|vehicle| {
            Some(CarFacts { power: vehicle.fiscal_power()?, electric: vehicle.electric() })
        }),
        (None, None) => None,
    };
    let seconds = drive.map(|drive| match drive.shared {
        Some(shared) => i64::from(shared.own_s),
        None => drive.start.duration_until(drive.end).as_secs(),
    });
    let shared = drive.and_then(|drive| drive.shared).map(|_| trip.terms.direct_m);
    let stage = trip.terms.relay;
    let asked_m = stage.map(|stage| stage.paid_to_m).or(shared);
    Ok(Some(CostFacts {
        on,
        loaded_m,
        empty_m,
        vehicle,
        quotient_euros: person.and_then(|person| person.details.quotient_euros),
        cap: frames::legal_cap(carrier, on, asked_m.filter(|_| stage.is_none()).unwrap_or(loaded_m)),
        side,
        employee: volunteer.is_some_and(|driver| driver.details.status == DriverStatus::Employee),
        fleet: matches!(driven, Some(DrivenVehicle { which: WhichVehicle::Fleet(_), .. })),
        drive_s: seconds.and_then(|seconds| u32::try_from(seconds).ok()),
        asked_m,
        paid_m: stage.map(|stage| stage.paid_from_m).unwrap_or_default(),
    }))
}

/// Our driver of a trip: none when a neighbour drove it.
fn driver(trip: &Trip, side: Side) -> Option<Id<VolunteerKind>> {
    match side {
        Side::Both | Side::Driver => trip.volunteer(),
        Side::Person => None,
    }
}

fn change_rules(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    change: impl FnOnce(&mut Vec<ModelRule>) -> Result<(), Refusal>,
) -> Result<Vec<ModelRule>, Aborted> {
    let mut rules = rules_of(transaction)?;
    change(&mut rules)?;
    settings::put(transaction, &ModelRules::from(rules.as_slice()))?;
    app.note(transaction, by, Operation::ModelsChoose, &[])?;
    Ok(rules)
}

fn check_model<'a>(app: &'a App, key: &ModelKey) -> Result<&'a Model, Refusal> {
    app.catalogue.model(key).ok_or_else(|| refusals::unknown("model-unknown").with("model", key))
}

/// What has begun is history: requests were served under it.
fn not_past(app: &App, from: Date) -> Result<(), Refusal> {
    let today = day_of(app.now());
    if from < today {
        return Err(refusals::invalid("model-rule-past").with("today", today).with("field", "from"));
    }
    Ok(())
}

/// The choices made.
///
/// # Errors
/// The store.
pub(crate) fn rules_of(view: &dyn View) -> Result<Vec<ModelRule>, Aborted> {
    Ok(settings::find::<ModelRules>(view)?.unwrap_or_default().rules()?)
}

/// The amounts set.
///
/// # Errors
/// The store.
pub(crate) fn parameters_of(view: &dyn View) -> Result<Vec<LocalParameters>, Aborted> {
    Ok(settings::find::<LocalParametersSetting>(view)?.unwrap_or_default().parameters()?)
}

fn month_of(day: Date) -> Result<Month, Aborted> {
    Month::of_day(day).map_err(|_| refusals::invalid("month-format").into())
}

fn year_of(day: Date) -> u16 {
    u16::try_from(day.year()).unwrap_or_default()
}
