//! `models`: the participation models of the catalogue, which one serves whom, own amounts, and the comparison. Must never
//! compute a sum.

use clap::{Args, Subcommand};
use maillage_domain::model_choice::{BETWEEN_BRACKETS, read_bracket, written_bracket};
use maillage_federation::models::Bracket;
use maillage_platform::i18n::Language;
use maillage_proto::node::v1::{self as proto, models_client::ModelsClient};

use super::{failure::CommandError, legal::euros, seen::Seen, session::Session};
use crate::grpc::convert::models as convert;

#[derive(Debug, Subcommand)]
pub(super) enum Models {
    List,
    Rules,
    Use {
        #[command(flatten)]
        rule: Rule,
        #[arg(long, value_name = "ID@VERSION")]
        former: Option<String>,
    },
    Unuse(Rule),
    Parameters,
    SetParameters {
        #[command(flatten)]
        amounts: Amounts,
        #[command(flatten)]
        seen: Seen,
    },
    Compare {
        #[arg(long, value_name = "YYYY-MM")]
        period: String,
    },
    Cost {
        trip: String,
    },
}

/// A model for some requests.
#[derive(Debug, Args)]
pub(super) struct Rule {
    #[arg(value_name = "ID@VERSION")]
    model: String,
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: String,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = ["transport"])]
    service: Option<String>,
    #[arg(long, value_name = "INSEE")]
    commune: Option<String>,
    #[arg(long, value_name = "ID")]
    carrier: Option<String>,
}

/// Own amounts within a model.
#[derive(Debug, Args)]
pub(super) struct Amounts {
    #[arg(value_name = "ID@VERSION")]
    model: String,
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: String,
    #[arg(long, value_name = "CENTS")]
    flat: Option<u32>,
    #[arg(long, value_name = "CENTS")]
    rate: Option<u32>,
    #[arg(long, value_name = "CENTS")]
    cap: Option<u32>,
    #[arg(long, value_name = "CENTS")]
    yearly: Option<u32>,
    #[arg(long, value_name = "CENTS")]
    compensation: Option<u32>,
    #[arg(long, value_name = "CENTS")]
    hourly: Option<u32>,
    #[arg(long, value_name = "EUROS:EUR[/km[<EUR]]", value_delimiter = BETWEEN_BRACKETS, value_parser = read_bracket)]
    brackets: Vec<Bracket>,
}

/// Runs a command about participation models.
pub(super) async fn models(session: &mut Session<'_>, command: Models) -> Result<(), CommandError> {
    let mut client = session.client(ModelsClient::with_interceptor).await?;
    match command {
        Models::List => {
            let reply = client.list_models(proto::ListModelsRequest {}).await?.into_inner();
            show_catalogue(session, &reply)
        }
        Models::Rules => {
            let reply = client.list_model_rules(proto::ListModelRulesRequest {}).await?.into_inner();
            show_rules(session, &reply)
        }
        Models::Use { rule, former } => {
            let reply = client.list_model_rules(proto::ListModelRulesRequest {}).await?.into_inner();
            let mut rule = rule.read();
            let there = |other: &&proto::ModelRule| {
                (&other.service, &other.commune, &other.from) == (&rule.service, &rule.commune, &rule.from)
            };
            let present = reply.rules.iter().find(there).map(|other| other.model.clone());
            rule.former = former.or(present).unwrap_or_default();
            show_rules(session, &client.add_model_rule(rule).await?.into_inner())
        }
        Models::Unuse(rule) => {
            show_rules(session, &client.remove_model_rule(rule.read()).await?.into_inner())
        }
        Models::Parameters => {
            let reply = client.list_parameters(proto::ListParametersRequest {}).await?.into_inner();
            show_parameters(session, &reply)
        }
        Models::SetParameters { amounts, seen } => {
            let reply = client.list_parameters(proto::ListParametersRequest {}).await?.into_inner();
            let mut set = amounts.read();
            let there =
                |other: &&proto::LocalParameters| (&other.model, &other.from) == (&set.model, &set.from);
            let present = reply.parameters.iter().find(there).map(|other| other.etag.clone());
            set.etag = seen.or(present.unwrap_or_default());
            show_parameters(session, &client.set_parameters(set).await?.into_inner())
        }
        Models::Compare { period } => {
            let reply = client.compare_models(proto::CompareModelsRequest { period }).await?.into_inner();
            show_comparison(session, &reply)
        }
        Models::Cost { trip } => {
            let reply = client.show_cost(proto::ShowCostRequest { trip }).await?.into_inner();
            show_cost(session, &reply)
        }
    }
}

fn show_catalogue(session: &mut Session<'_>, reply: &proto::ListModelsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let french = words.language() == Language::French;
    let row = |model: &proto::ParticipationModel| {
        vec![
            model.key.clone(),
            if french { model.name_fr.clone() } else { model.name_en.clone() },
            words.code("contribution", &model.contribution),
            words.code("compensation", &model.compensation),
            words.yes(model.local_amounts),
            words.yes(model.in_force),
        ]
    };
    let rows: Vec<Vec<String>> = reply.models.iter().map(row).collect();
    let headings = [
        "field-model",
        "field-name",
        "models-field-contribution",
        "models-field-compensation",
        "models-field-local_amounts",
        "models-field-in_force",
    ];
    Ok(session.columns(&headings, &rows)?)
}

fn show_rules(session: &mut Session<'_>, reply: &proto::ListModelRulesReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    session.fields(&[("field-model", reply.general.clone())])?;
    let row = |rule: &proto::ModelRule| {
        let service = words.code("served-by", &rule.service);
        let commune = super::words::commune(&rule.commune);
        vec![words.moment(&rule.from), service, commune, rule.model.clone(), rule.carrier.clone()]
    };
    let rows: Vec<Vec<String>> = reply.rules.iter().map(row).collect();
    let headings = [
        "models-field-since",
        "models-field-service",
        "field-commune",
        "field-model",
        "models-field-carrier",
    ];
    Ok(session.columns(&headings, &rows)?)
}

fn show_parameters(
    session: &mut Session<'_>,
    reply: &proto::ListParametersReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let sum = |cents: Option<u32>| cents.map(|cents| euros(words, cents.into())).unwrap_or_default();
    let row = |set: &proto::LocalParameters| {
        vec![
            words.moment(&set.from),
            set.model.clone(),
            sum(set.flat_cents),
            sum(set.rate_cents),
            sum(set.cap_cents),
            sum(set.yearly_cents),
            sum(set.compensation_cents),
            sum(set.hourly_cents),
            shown_brackets(&set.brackets),
            set.etag.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.parameters.iter().map(row).collect();
    let headings = [
        "models-field-since",
        "field-model",
        "models-field-flat",
        "models-field-rate",
        "models-field-cap",
        "models-field-yearly",
        "models-field-compensation",
        "models-field-hourly",
        "models-field-brackets",
        "field-etag",
    ];
    Ok(session.columns(&headings, &rows)?)
}

/// Brackets as they are typed; what this program does not know is told as it is.
fn shown_brackets(brackets: &[proto::IncomeBracket]) -> String {
    let shown = |bracket: &proto::IncomeBracket| {
        let known = convert::bracket_of(bracket);
        known.as_ref().map_or_else(|| bracket.tariff.clone(), written_bracket)
    };
    let shown: Vec<String> = brackets.iter().map(shown).collect();
    shown.join(&BETWEEN_BRACKETS.to_string())
}

/// Wages; a plain word where they are not known, never a silent zero.
fn shown_wages(words: super::words::Words<'_>, costing: &proto::Costing) -> String {
    if costing.wages_unknown {
        words.text("models-wages-unknown", &[])
    } else {
        euros(words, costing.wages_cents)
    }
}

fn show_comparison(session: &mut Session<'_>, reply: &proto::ModelComparison) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let kilometres = |metres: u64| words.kilometres(u32::try_from(metres).unwrap_or(u32::MAX));
    session.fields(&[
        ("field-period", reply.period.clone()),
        ("models-field-trips", reply.trips.to_string()),
        ("models-field-people", reply.people.to_string()),
        ("models-field-loaded", kilometres(reply.loaded_m)),
        ("models-field-empty", kilometres(reply.empty_m)),
        ("models-field-not_completed", reply.not_completed.to_string()),
        ("models-field-carried", reply.carried_for_neighbours.to_string()),
    ])?;
    let sum = |cents: i64| euros(words, cents);
    let row = |model: &proto::ModelOutcome| {
        let total = model.total.unwrap_or_default();
        vec![
            model.model.clone(),
            sum(total.contribution_cents + model.membership_cents),
            sum(total.compensation_cents),
            sum(total.carrier_cents - model.membership_cents),
            sum(total.volunteer_cents),
            sum(total.waived_cents),
            shown_wages(words, &total),
            sum(model.deficit_milli_per_km / 10),
            model.over_cap.to_string(),
            model.to_be_verified.to_string(),
            model.outside.to_string(),
            model.outside_for_the_cap.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.models.iter().map(row).collect();
    let headings = [
        "field-model",
        "models-field-pays_person",
        "models-field-compensation",
        "models-field-pays_carrier",
        "models-field-pays_volunteer",
        "models-field-waived",
        "models-field-wages",
        "models-field-deficit_km",
        "models-field-over_cap",
        "models-field-to_verify",
        "models-field-outside",
        "models-field-outside_for_the_cap",
    ];
    session.columns(&headings, &rows)?;
    if reply.models.iter().any(|model| model.total.is_some_and(|total| total.wages_unknown)) {
        session.line("comparison-wages-unknown", &[])?;
    }
    Ok(session.line("comparison-note", &[])?)
}

fn show_cost(session: &mut Session<'_>, reply: &proto::ShowCostReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let frozen = reply.frozen.unwrap_or_default();
    let sum = |cents: i64| euros(words, cents);
    Ok(session.fields(&[
        ("field-trip", reply.trip.clone()),
        ("field-model", reply.model.clone()),
        ("models-field-cost", sum(frozen.cost_cents)),
        ("models-field-pays_person", sum(frozen.contribution_cents)),
        ("models-field-compensation", sum(frozen.compensation_cents)),
        ("models-field-waived", sum(frozen.waived_cents)),
        ("models-field-wages", shown_wages(words, &frozen)),
        ("models-field-pays_carrier", sum(frozen.carrier_cents)),
        ("models-field-pays_volunteer", sum(frozen.volunteer_cents)),
        ("models-field-frozen_at", words.instant(&reply.frozen_at)),
        ("models-field-agrees", words.yes(reply.agrees)),
    ])?)
}

impl Rule {
    fn read(self) -> proto::ModelRule {
        let Self { model, from, service, commune, carrier } = self;
        let (service, commune) = (service.unwrap_or_default(), commune.unwrap_or_default());
        let carrier = carrier.unwrap_or_default();
        proto::ModelRule { service, commune, from, model, carrier, former: String::new() }
    }
}

impl Amounts {
    fn read(self) -> proto::LocalParameters {
        let Self { model, from, flat, rate, cap, yearly, compensation, hourly, brackets } = self;
        proto::LocalParameters {
            model,
            from,
            flat_cents: flat,
            rate_cents: rate,
            cap_cents: cap,
            yearly_cents: yearly,
            compensation_cents: compensation,
            etag: String::new(),
            hourly_cents: hourly,
            brackets: brackets.iter().map(convert::bracket).collect(),
        }
    }
}
