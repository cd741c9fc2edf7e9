//! Closing a half-year: the tables of persons, from what the six months have used up and from what else was done. Must never be done
//! before the months of it are closed, since until then it is not settled which trips are in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use maillage_domain::{
    half_year::{self, CountedExit, CountedService, CountedTrip, Material, PersonFacts, is_due},
    ids::PersonKind,
    model_choice::{ModelRule, ServedBy},
    pulse::Stages,
    request::Purpose,
    roles::Operation,
    trip::{Origin, Trip},
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    half_year::HalfYear,
    ids::Id,
    limits::MODEL_SECTIONS,
    models::{Contribution, ModelKey},
    statistics::{Period, Vocabulary},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    counted_services::{self, Countable},
    loans, pathways, persons,
    report_notes::{SilenceReason, TrueCounts},
    requests, services,
    settings::{self, ModelsInForce},
    trips,
};

use super::{Closed, closed_months, freeze, in_order, journal};
use crate::{
    app::{
        Aborted, App,
        accompanied::pages,
        caller::Caller,
        handover::Desk,
        models::{local_model, rules_of},
        noise::Noise,
        refusals,
    },
    limits::{PAGE_MAX, REGISTERED_FOR_TABLES},
};

/// Closes a half-year. One that is closed already answers with what was frozen then. A node with few people registered closes it
/// without a report.
///
/// # Errors
/// `report-period-not-over`, `report-later-month-closed`, `report-months-open`, `report-budget-exhausted`, `model-missing`,
/// `not-joined`; the store.
pub async fn close(
    app: &Arc<App>,
    caller: &Caller,
    half_year: HalfYear,
    noise: Arc<dyn Noise>,
) -> Result<Closed, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ReportClose, move |app, transaction| {
        let period = Period::HalfYear(half_year);
        match journal::find(transaction, period)? {
            Some(Closed::Report(kept)) => {
                return Ok(Closed::Report(Box::new(journal::again(app, transaction, *kept)?)));
            }
            Some(silent @ Closed::Silent(..)) => return Ok(silent),
            None => {}
        }
        in_order(app, transaction, period)?;
        months_are_closed(transaction, half_year)?;
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::ReportClose, &[])?;
        let few = is_small(desk.transaction)?;
        let truth = if few { None } else { Some(count(app, desk.transaction, half_year)?) };
        use_up(desk.transaction, half_year)?;
        match truth {
            None => journal::close_silently(&mut desk, period, SilenceReason::FewBeneficiaries),
            Some(truth) => Ok(Closed::Report(Box::new(freeze(&mut desk, period, truth, noise.as_ref())?))),
        }
    })
    .await
}

/// Whether fewer people are registered than tables of persons are made of.
pub(super) fn is_small(view: &dyn View) -> Result<bool, Aborted> {
    Ok(persons::list(view, None, REGISTERED_FOR_TABLES)?.len() < REGISTERED_FOR_TABLES)
}

/// The last month has to be closed, with a report or without one, or a later one and any of the half-year: then no month of it is
/// closed any more, and there is something to count.
pub(super) fn months_are_closed(view: &dyn View, half_year: HalfYear) -> Result<(), Aborted> {
    let last = half_year.last_month();
    let closed = closed_months(view, &Vocabulary::pulse())?;
    let any = closed.iter().any(|month| HalfYear::of(*month) == half_year);
    if any && closed.iter().any(|month| *month >= last) {
        Ok(())
    } else {
        Err(refusals::conflict("report-months-open").with("period", half_year).with("month", last).into())
    }
}

/// The true counts by model in force, zeros included, from what is used up so far.
pub(super) fn count(app: &App, view: &dyn View, half_year: HalfYear) -> Result<TrueCounts, Aborted> {
    let mut material = Material {
        half_year,
        trips: trips_of(view, half_year)?,
        services: Vec::new(),
        exits: Vec::new(),
        persons: BTreeMap::new(),
        models: in_force(app, view, half_year)?,
    };
    for due in due(view, half_year)? {
        match due.what {
            What::Service(service) => material.services.push(service),
            What::Exit(exit) => material.exits.push(exit),
        }
    }
    material.persons = known(view, &material)?;
    let counts = half_year::count(&material);
    let models: BTreeSet<ModelKey> = material.models.into_iter().map(|(model, _)| model).collect();
    let section = |model: ModelKey| {
        let cells = counts.of_model(&model);
        (model, cells)
    };
    Ok(TrueCounts { sections: models.into_iter().map(section).collect() })
}

/// Marks the loans, services and pathways that are due in a half-year, so that none is counted again.
pub(super) fn use_up(transaction: &mut Transaction<'_>, half_year: HalfYear) -> Result<(), Aborted> {
    for due in due(transaction, half_year)? {
        counted_services::mark(transaction, due.countable, half_year.last_month())?;
    }
    Ok(())
}

/// Something beside trips that is due in a half-year.
struct Due {
    countable: Countable,
    what: What,
}

enum What {
    Service(CountedService),
    Exit(CountedExit),
}

/// What was done since the first half-year that was closed here, or in this one, and no half-year has used up.
fn due(view: &dyn View, half_year: HalfYear) -> Result<Vec<Due>, Aborted> {
    let since = since(view, half_year)?;
    let mut due = Vec::new();
    let mut add = |countable: Countable, found: Option<(What, Date)>| {
        if let Some((what, day)) = found
            && is_due(day, since, half_year)
        {
            due.push(Due { countable, what });
        }
    };
    let service = |(service, day)| (What::Service(service), day);
    pages(
        |after| loans::list(view, after, PAGE_MAX),
        |loan| loan.id,
        |loan| add(Countable::Loan(loan.id), CountedService::of_loan(loan).map(service)),
    )?;
    pages(
        |after| services::list(view, after, PAGE_MAX),
        |service| service.id,
        |one| add(Countable::Service(one.id), CountedService::of(one).map(service)),
    )?;
    pages(
        |after| pathways::list(view, after, PAGE_MAX),
        |pathway| pathway.id,
        |pathway| {
            let exit = CountedExit::of(pathway).map(|exit| (What::Exit(exit), exit.on));
            add(Countable::Pathway(pathway.id), exit);
        },
    )?;
    let mut fresh = Vec::new();
    for one in due {
        if !counted_services::is_marked(view, one.countable)? {
            fresh.push(one);
        }
    }
    Ok(fresh)
}

/// The first half-year that was closed here, or this one: what was over before is the past of a node that had not begun to count.
fn since(view: &dyn View, half_year: HalfYear) -> Result<HalfYear, Aborted> {
    let closed = closed_months(view, &Vocabulary::half_year())?;
    let first = closed.into_iter().filter_map(HalfYear::ending).min();
    Ok(first.unwrap_or(half_year).min(half_year))
}

/// The trips that the months of a half-year have used up, without those that were closed before counting began.
fn trips_of(view: &dyn View, half_year: HalfYear) -> Result<Vec<CountedTrip>, Aborted> {
    let (begun, mut counted) = (since(view, half_year)?.start(), Vec::new());
    let mut used_up = Vec::new();
    for month in half_year.months() {
        used_up.extend(trips::counted_in(view, month)?);
    }
    let stages = Stages::of(&used_up.iter().collect::<Vec<_>>());
    for trip in used_up.iter().filter(|trip| trip.closed_at().is_some_and(|closed| closed >= begun)) {
        counted.extend(CountedTrip::of(trip, purpose(view, trip)?, &stages));
    }
    Ok(counted)
}

fn purpose(view: &dyn View, trip: &Trip) -> Result<Purpose, Aborted> {
    let Origin::Own { request, .. } = trip.terms.origin else { return Ok(Purpose::Other) };
    Ok(requests::find(view, request)?.map_or(Purpose::Other, |request| request.details.purpose))
}

/// Those of the people in question who are registered.
fn known(view: &dyn View, material: &Material) -> Result<BTreeMap<Id<PersonKind>, PersonFacts>, Aborted> {
    let trips = material.trips.iter().map(|trip| trip.person);
    let services = material.services.iter().map(|service| service.person);
    let exits = material.exits.iter().map(|exit| exit.person);
    let asked: BTreeSet<Id<PersonKind>> = trips.chain(services).chain(exits).collect();
    let mut known = BTreeMap::new();
    for id in asked {
        if let Some(person) = persons::find(view, id)? {
            known.insert(id, PersonFacts::from(&person));
        }
    }
    Ok(known)
}

/// The models in force in a half-year with what each asks of a person, the general one of its last month first: those of its other
/// months, and those chosen for a commune or for rides. Which they are is public, so that their number tells nothing about people.
fn in_force(
    app: &App,
    view: &dyn View,
    half_year: HalfYear,
) -> Result<Vec<(ModelKey, Contribution)>, Aborted> {
    let models = settings::find::<ModelsInForce>(view)?.unwrap_or_default();
    let general = models.in_month(half_year.last_month()).cloned();
    let general = general.ok_or_else(|| refusals::conflict("model-missing"))?;
    let last_day = half_year.end().to_zoned(maillage_federation::month::paris()).date();
    let last_day = last_day.yesterday().unwrap_or(last_day);
    let rules = rules_of(view)?;
    let by_rule = rules.iter().filter(|rule| is_in_force(rule, &rules, half_year, last_day));
    let others = half_year.months().into_iter().filter_map(|month| models.in_month(month));
    let mut found: Vec<(ModelKey, Contribution)> = Vec::new();
    for key in [&general].into_iter().chain(others).chain(by_rule.map(|rule| &rule.model)) {
        let is_new = !found.iter().any(|(known, _)| known == key);
        if is_new
            && found.len() < MODEL_SECTIONS
            && let Some(model) = local_model(app, view, key, last_day)?
        {
            found.push((key.clone(), model.contribution));
        }
    }
    if found.first().is_some_and(|(first, _)| *first == general) {
        Ok(found)
    } else {
        Err(refusals::conflict("model-missing").into())
    }
}

/// Whether a choice holds for rides on some day of a half-year: it has begun, and no other had taken its place before.
fn is_in_force(rule: &ModelRule, rules: &[ModelRule], half_year: HalfYear, last_day: Date) -> bool {
    let first_day = half_year.start().to_zoned(maillage_federation::month::paris()).date();
    let replaces = |other: &&ModelRule| {
        (other.service, other.commune) == (rule.service, rule.commune)
            && other.from > rule.from
            && other.from <= first_day
    };
    rule.service.is_none_or(|service| service == ServedBy::Transport)
        && rule.from <= last_day
        && !rules.iter().any(|other| replaces(&other))
}
