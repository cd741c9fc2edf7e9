//! Participation models, their choices and what trips cost, to messages.

use maillage_domain::{
    costing::Costing,
    model_choice::{LocalParameters, ModelRule},
};
use maillage_federation::models::{Bracket, LocalAmounts, Model, ModelKey, Tariff};
use maillage_proto::node::v1 as proto;

use crate::app::models::{
    self, ShownCost,
    compare::{Comparison, Outcome},
};

/// A model along its axes.
///
/// # Errors
/// None as long as the catalogue is written as it is read.
pub fn model(
    model: &Model,
    local: bool,
    in_force: bool,
) -> Result<proto::ParticipationModel, serde_json::Error> {
    let terms = serde_json::json!({
        "contribution": model.contribution,
        "compensation": model.compensation,
    });
    Ok(proto::ParticipationModel {
        key: model.key.to_string(),
        name_fr: model.name_fr.clone(),
        name_en: model.name_en.clone(),
        territory_role: word(&serde_json::to_value(model.territory_role)?),
        workforce: word(&serde_json::to_value(model.workforce)?),
        contribution: word(&serde_json::to_value(&model.contribution)?),
        compensation: word(&serde_json::to_value(model.compensation)?),
        access: word(&serde_json::to_value(model.access)?),
        terms_json: terms.to_string(),
        local_amounts: local,
        in_force,
    })
}

/// The choices made.
pub fn rules(general: &ModelKey, rules: &[ModelRule]) -> proto::ListModelRulesReply {
    let rule = |rule: &ModelRule| proto::ModelRule {
        service: rule.service.map(|service| service.code().to_owned()).unwrap_or_default(),
        commune: rule.commune.map(|commune| commune.to_string()).unwrap_or_default(),
        from: rule.from.to_string(),
        model: rule.model.to_string(),
        former: String::new(),
        carrier: rule.carrier.map(|carrier| carrier.to_string()).unwrap_or_default(),
    };
    proto::ListModelRulesReply { general: general.to_string(), rules: rules.iter().map(rule).collect() }
}

/// The amounts set.
pub fn parameters(parameters: &[LocalParameters]) -> proto::ListParametersReply {
    let set = |set: &LocalParameters| {
        let LocalAmounts {
            flat_cents,
            rate_cents,
            cap_cents,
            yearly_cents,
            compensation_cents,
            hourly_cents,
            brackets,
        } = &set.amounts;
        proto::LocalParameters {
            model: set.model.to_string(),
            from: set.from.to_string(),
            flat_cents: *flat_cents,
            rate_cents: *rate_cents,
            cap_cents: *cap_cents,
            yearly_cents: *yearly_cents,
            compensation_cents: *compensation_cents,
            hourly_cents: *hourly_cents,
            brackets: brackets.iter().map(bracket).collect(),
            etag: models::parameters_etag(set),
        }
    };
    proto::ListParametersReply { parameters: parameters.iter().map(set).collect() }
}

/// A bracket of a tariff.
pub fn bracket(bracket: &Bracket) -> proto::IncomeBracket {
    let (tariff, cents, cap_cents) = match bracket.tariff {
        Tariff::Free => ("free", 0, None),
        Tariff::Donation => ("donation", 0, None),
        Tariff::Flat { amount_cents } => ("flat", amount_cents, None),
        Tariff::PerKilometre { rate_cents, cap_cents } => ("per-kilometre", rate_cents, cap_cents),
    };
    proto::IncomeBracket { up_to_euros: bracket.up_to_euros, tariff: tariff.to_owned(), cents, cap_cents }
}

/// The bracket that a message tells; none if its tariff is none that is known.
pub fn bracket_of(message: &proto::IncomeBracket) -> Option<Bracket> {
    let proto::IncomeBracket { up_to_euros, tariff, cents, cap_cents } = message;
    let tariff = match tariff.as_str() {
        "free" => Tariff::Free,
        "donation" => Tariff::Donation,
        "flat" => Tariff::Flat { amount_cents: *cents },
        "per-kilometre" => Tariff::PerKilometre { rate_cents: *cents, cap_cents: *cap_cents },
        _ => return None,
    };
    Some(Bracket { up_to_euros: *up_to_euros, tariff })
}

/// What a trip cost.
pub fn cost(trip: String, shown: &ShownCost) -> proto::ShowCostReply {
    let ShownCost { model, frozen, recomputed } = shown;
    proto::ShowCostReply {
        trip,
        model: frozen.as_ref().map_or(model, |cost| &cost.model).to_string(),
        frozen: frozen.as_ref().map(|cost| costing(&cost.costing)),
        recomputed: recomputed.as_ref().map(costing),
        agrees: frozen.as_ref().map(|cost| cost.costing) == *recomputed,
        frozen_at: frozen.as_ref().map(|cost| cost.at.to_string()).unwrap_or_default(),
    }
}

/// Every model over a period.
pub fn comparison(comparison: &Comparison) -> proto::ModelComparison {
    let Comparison { period, trips, loaded_m, empty_m, people, not_completed, carried, models } = comparison;
    proto::ModelComparison {
        period: period.clone(),
        trips: *trips,
        loaded_m: *loaded_m,
        empty_m: *empty_m,
        people: *people,
        not_completed: *not_completed,
        carried_for_neighbours: *carried,
        models: models.iter().map(|model| outcome(model, *loaded_m)).collect(),
    }
}

fn outcome(outcome: &Outcome, loaded_m: u64) -> proto::ModelOutcome {
    proto::ModelOutcome {
        model: outcome.model.key.to_string(),
        name_fr: outcome.model.name_fr.clone(),
        name_en: outcome.model.name_en.clone(),
        total: Some(costing(&outcome.total)),
        membership_cents: outcome.membership.get(),
        deficit_milli_per_km: outcome.deficit_milli_per_km(loaded_m),
        over_cap: outcome.over_cap,
        outside_for_the_cap: outcome.outside_for_the_cap,
        within: outcome.within,
        to_be_verified: outcome.to_be_verified,
        outside: outcome.outside,
        served: outcome.served,
    }
}

fn costing(costing: &Costing) -> proto::Costing {
    proto::Costing {
        cost_cents: costing.cost.get(),
        contribution_cents: costing.contribution.get(),
        compensation_cents: costing.compensation.get(),
        waived_cents: costing.waived.get(),
        carrier_cents: costing.carrier.get(),
        volunteer_cents: costing.volunteer.get(),
        deficit_cents: costing.deficit().get(),
        vehicle_assumed: costing.vehicle_assumed,
        scale_continued: costing.scale_continued,
        wages_cents: costing.wages.get(),
        wages_unknown: costing.wages_unknown,
    }
}

/// The word of an axis as the catalogue writes it.
fn word(value: &serde_json::Value) -> String {
    let object = || value.as_object().and_then(|object| object.keys().next().cloned());
    value.as_str().map(str::to_owned).or_else(object).unwrap_or_default()
}
