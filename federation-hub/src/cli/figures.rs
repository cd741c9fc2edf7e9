//! Indicators, series, coverage, targets and flows as tables for people and as one JSON document each for programs. It must never print a
//! figure where there is a reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use maillage_comparison::Standing;
use maillage_platform::cli::{Format, Output};
use maillage_proto::hub::v1 as proto;
use serde_json::{Value, json};

use super::said;
use crate::{
    statistics::{CostKey, IndicatorKey, Unit},
    wording::{numbers, said::Names, shown},
};

/// What stands where nothing may be shown.
pub(super) const NOTHING: &str = "—";

/// The indicators; no hub is asked.
pub(super) fn indicators(output: &mut Output<'_>) -> io::Result<()> {
    let standing = |key: IndicatorKey| match key.standing() {
        Standing::Primary => "primary",
        Standing::Exploratory => "exploratory",
    };
    let indicators = IndicatorKey::ALL.map(|key| (key.code(), standing(key), key.unit().code()));
    let costs = CostKey::ALL.map(|key| (key.code(), "exploratory", "euros"));
    let all = indicators.into_iter().chain(costs);
    if output.format() == Format::Json {
        let all = all.map(|(key, standing, unit)| json!({ "key": key, "standing": standing, "unit": unit }));
        return output.table(&all.collect::<Vec<_>>(), &[], |_| vec![]);
    }
    let row = |(key, standing, _): (&'static str, &'static str, &'static str)| {
        let said = output.text(&format!("standing-{standing}"), &[]);
        vec![key.to_owned(), output.text(&format!("indicator-{key}"), &[]), said]
    };
    let rows: Vec<Vec<String>> = all.map(row).collect();
    output.table(&rows, &["column-key", "column-indicator", "column-standing"], Clone::clone)
}

/// A series.
pub(super) fn series(output: &mut Output<'_>, reply: &proto::SeriesReply) -> io::Result<()> {
    if output.format() == Format::Json {
        return output.record(&series_document(reply), &[]);
    }
    let language = output.language();
    let mut rows = Vec::new();
    for point in &reply.points {
        let [model, territories, reports] =
            [model_name(output, point), point.territories.to_string(), point.reports.to_string()];
        let mut row = |what: String, value: String, beside: String| {
            let [model, territories, reports] = [model.clone(), territories.clone(), reports.clone()];
            rows.push(vec![point.period.clone(), model, what, value, beside, territories, reports]);
        };
        for cell in &point.cells {
            let what = output.text(&format!("cell-{}", cell.cell), &[]);
            row(what, cell.total.to_string(), format!("± {}", cell.noise_2sd));
        }
        if point.cells.is_empty() {
            let what = match reply.indicator.as_str() {
                "" => reply.vocabulary.clone(),
                key => output.text(&format!("indicator-{key}"), &[]),
            };
            let unit = reply.indicator.parse().map_or(Unit::Number, IndicatorKey::unit);
            let value =
                shown::figure(point.figure.as_ref()).ok().map(|value| numbers::figure(language, unit, value));
            let bounds = shown::bounds(point.interval.as_ref())
                .ok()
                .map(|bounds| numbers::bounds(language, unit, bounds));
            let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
            row(what, or_nothing(value), or_nothing(bounds));
        }
    }
    let headings = [
        "column-period",
        "column-model",
        "column-cell",
        "column-figure",
        "column-noise-or-interval",
        "column-territories",
        "column-reports",
    ];
    output.table(&rows, &headings, Clone::clone)?;
    let names = reply.points.iter().map(|point| (point.model.as_str(), model_name(output, point))).collect();
    say_once(output, reply.points.iter().flat_map(reasons), &names)?;
    rests_on(output, reply.reports, &reply.fingerprint)?;
    for (key, number) in [("compare-left-out", reply.left_out), ("compare-set-aside", reply.set_aside)] {
        if number > 0 {
            output.line(key, &[("number", number.into())])?;
        }
    }
    Ok(())
}

/// What is served.
pub(super) fn coverage(output: &mut Output<'_>, reply: &proto::CoverageReply) -> io::Result<()> {
    let whole = reply.whole.unwrap_or_default();
    if output.format() == Format::Json {
        let departement = |one: &proto::CoveredDepartement| {
            let area = one.area.unwrap_or_default();
            json!({ "departement": one.number, "area": area_document(&area) })
        };
        let departements: Vec<Value> = reply.departements.iter().map(departement).collect();
        let document = json!({ "whole": area_document(&whole), "departements": departements });
        return output.record(&document, &[]);
    }
    let all = output.text("coverage-whole", &[]);
    let departements =
        reply.departements.iter().map(|one| (one.number.clone(), one.area.unwrap_or_default()));
    let rows: Vec<Vec<String>> = [(all, whole)]
        .into_iter()
        .chain(departements)
        .map(|(name, area)| {
            vec![
                name,
                area.communes.to_string(),
                area.communes_served.to_string(),
                area.inhabitants.to_string(),
                area.inhabitants_served.to_string(),
                area.territories.to_string(),
                area.territories_with_node.to_string(),
                area.territories_reporting.to_string(),
            ]
        })
        .collect();
    let headings = [
        "column-departement",
        "column-communes",
        "column-served",
        "column-inhabitants",
        "column-inhabitants-served",
        "column-territories",
        "column-with-node",
        "column-reporting",
    ];
    output.table(&rows, &headings, Clone::clone)?;
    output.line("coverage-note", &[])
}

/// Communes that no node serves.
pub(super) fn deserts(output: &mut Output<'_>, communes: &[proto::UnservedCommune]) -> io::Result<()> {
    if output.format() == Format::Json {
        let document = |one: &proto::UnservedCommune| {
            json!({
                "insee": one.insee, "name": one.name, "departement": one.departement,
                "territory": one.territory, "inhabitants": one.inhabitants,
            })
        };
        let all: Vec<Value> = communes.iter().map(document).collect();
        return output.table(&all, &[], |_| vec![]);
    }
    let headings =
        ["column-commune", "column-name", "column-departement", "column-territory", "column-inhabitants"];
    let row = |one: &proto::UnservedCommune| {
        vec![
            one.insee.clone(),
            one.name.clone(),
            one.departement.clone(),
            one.territory.clone(),
            one.inhabitants.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = communes.iter().map(row).collect();
    output.table(&rows, &headings, Clone::clone)
}

/// Territories in the order of their SIREN.
pub(super) fn territories(
    output: &mut Output<'_>,
    half_year: &str,
    territories: &[proto::TerritoryView],
) -> io::Result<()> {
    if output.format() == Format::Json {
        let all: Vec<Value> = territories.iter().map(territory_document).collect();
        return output.record(&json!({ "half_year": half_year, "territories": all }), &[]);
    }
    let rows: Vec<Vec<String>> = territories
        .iter()
        .map(|one| {
            let has_node = output.text(if one.has_node { "yes" } else { "no" }, &[]);
            let persons = one.persons.as_ref().map_or_else(|| NOTHING.to_owned(), noisy);
            vec![
                one.siren.clone(),
                one.name.clone(),
                has_node,
                one.communes.to_string(),
                one.communes_served.to_string(),
                one.inhabitants.to_string(),
                one.inhabitants_served.to_string(),
                persons,
            ]
        })
        .collect();
    let headings = [
        "column-territory",
        "column-name",
        "column-with-node",
        "column-communes",
        "column-served",
        "column-inhabitants",
        "column-inhabitants-served",
        "column-persons",
    ];
    output.table(&rows, &headings, Clone::clone)?;
    let said = territories.iter().filter_map(|one| one.withheld.as_ref()?.sentence.as_ref());
    say_once(output, said, &BTreeMap::new())?;
    if half_year.is_empty() {
        Ok(())
    } else {
        output.line("territories-note", &[("half-year", half_year.into())])
    }
}

/// The targets.
pub(super) fn targets(output: &mut Output<'_>, reply: &proto::TargetsReply) -> io::Result<()> {
    if output.format() == Format::Json {
        let document = json!({
            "year": reply.year,
            "targets": reply.targets.iter().map(target_document).collect::<Vec<_>>(),
            "reports": reply.reports,
            "fingerprint": reply.fingerprint,
        });
        return output.record(&document, &[]);
    }
    let rows: Vec<Vec<String>> = reply
        .targets
        .iter()
        .map(|target| {
            let progress = target.progress.clone().unwrap_or_default();
            let bound =
                |bound: Option<proto::NoisyTotal>| bound.as_ref().map_or_else(|| NOTHING.to_owned(), noisy);
            vec![
                output.text(&format!("target-{}", target.key), &[]),
                target.goal.to_string(),
                bound(progress.larger_half_year),
                bound(progress.both_half_years),
                progress.half_years.join(", "),
                progress.declared.as_ref().map_or_else(|| NOTHING.to_owned(), declared),
            ]
        })
        .collect();
    let headings = [
        "column-target",
        "column-goal",
        "column-larger-half-year",
        "column-both-half-years",
        "column-half-years",
        "column-declared",
    ];
    output.table(&rows, &headings, Clone::clone)?;
    let said = reply.targets.iter().flat_map(|target| {
        let reason = target.withheld.iter().filter_map(|withheld| withheld.sentence.as_ref());
        reason.chain(target.progress.iter().flat_map(|progress| &progress.notes))
    });
    say_once(output, said, &BTreeMap::new())?;
    rests_on(output, reply.reports, &reply.fingerprint)
}

/// Who drove for whom.
pub(super) fn flows(output: &mut Output<'_>, reply: &proto::FlowsReply) -> io::Result<()> {
    if output.format() == Format::Json {
        let flow = |one: &proto::Flow| json!({ "from": one.from, "to": one.to, "handovers": one.handovers });
        let document = json!({
            "year": reply.year, "flows": reply.flows.iter().map(flow).collect::<Vec<_>>(),
            "pairs_withheld": reply.pairs_withheld, "needed": reply.needed,
        });
        return output.record(&document, &[]);
    }
    let headings = ["column-origin", "column-carrier", "column-handovers"];
    let row = |flow: &proto::Flow| vec![flow.from.clone(), flow.to.clone(), flow.handovers.to_string()];
    let rows: Vec<Vec<String>> = reply.flows.iter().map(row).collect();
    output.table(&rows, &headings, Clone::clone)?;
    let arguments = [("number", reply.pairs_withheld.into()), ("needed", reply.needed.into())];
    output.line("flows-note", &arguments)
}

/// The name of a point's model; what all together are called.
fn model_name(output: &Output<'_>, point: &proto::SeriesPoint) -> String {
    if point.model.is_empty() {
        return output.text("model-national", &[]);
    }
    shown::model_name(output.language(), &point.model, &point.name_fr, &point.name_en)
}

fn reasons(point: &proto::SeriesPoint) -> impl Iterator<Item = &proto::Sentence> {
    shown::reasons_of_point(point).into_iter().flatten().filter_map(|withheld| withheld.sentence.as_ref())
}

/// Says sentences, each once, with the names of models.
fn say_once<'s>(
    output: &mut Output<'_>,
    sentences: impl IntoIterator<Item = &'s proto::Sentence>,
    names: &Names<'_>,
) -> io::Result<()> {
    let mut said = BTreeSet::new();
    for sentence in sentences {
        let arguments = said::of(output, sentence, Unit::Number, names);
        let text = output.text(&sentence.code, &arguments);
        if said.insert(text) {
            output.line(&sentence.code, &arguments)?;
        }
    }
    Ok(())
}

/// The reports that something rests on.
pub(super) fn rests_on(output: &mut Output<'_>, reports: u32, fingerprint: &str) -> io::Result<()> {
    output.line("compare-rests-on", &[("reports", reports.into()), ("fingerprint", fingerprint.into())])
}

fn noisy(total: &proto::NoisyTotal) -> String {
    format!("{} ± {}", total.total, total.noise_2sd)
}

fn series_document(reply: &proto::SeriesReply) -> Value {
    let cell = |cell: &proto::CellTotal| json!({ "cell": cell.cell, "total": cell.total, "noise_2sd": cell.noise_2sd });
    let point = |point: &proto::SeriesPoint| {
        let [withheld, interval_withheld] =
            shown::reasons_of_point(point).map(|one| one.map(|one| &one.code));
        json!({
            "period": point.period, "model": point.model, "territories": point.territories,
            "reports": point.reports, "withheld": withheld,
            "cells": point.cells.iter().map(cell).collect::<Vec<_>>(),
            "figure": shown::figure(point.figure.as_ref()).ok(), "interval": shown::bounds(point.interval.as_ref()).ok(), "interval_withheld": interval_withheld,
        })
    };
    json!({
        "indicator": reply.indicator, "vocabulary": reply.vocabulary,
        "points": reply.points.iter().map(point).collect::<Vec<_>>(),
        "reports": reply.reports, "fingerprint": reply.fingerprint,
        "left_out": reply.left_out, "set_aside": reply.set_aside,
    })
}

fn area_document(area: &proto::CoveredArea) -> Value {
    json!({
        "communes": area.communes, "communes_served": area.communes_served,
        "inhabitants": area.inhabitants, "inhabitants_served": area.inhabitants_served,
        "territories": area.territories, "territories_with_node": area.territories_with_node,
        "territories_reporting": area.territories_reporting,
    })
}

fn territory_document(one: &proto::TerritoryView) -> Value {
    json!({
        "siren": one.siren, "name": one.name, "has_node": one.has_node, "communes": one.communes,
        "communes_served": one.communes_served, "inhabitants": one.inhabitants,
        "inhabitants_served": one.inhabitants_served,
        "persons": one.persons.as_ref().map(noisy_document),
        "withheld": one.withheld.as_ref().map(|withheld| &withheld.code),
    })
}

fn target_document(target: &proto::Target) -> Value {
    let progress = target.progress.as_ref();
    let bound = |bound: Option<&proto::NoisyTotal>| bound.map(noisy_document);
    json!({
        "key": target.key, "goal": target.goal,
        "withheld": target.withheld.as_ref().map(|withheld| &withheld.code),
        "larger_half_year": bound(progress.and_then(|progress| progress.larger_half_year.as_ref())),
        "both_half_years": bound(progress.and_then(|progress| progress.both_half_years.as_ref())),
        "half_years": progress.map(|progress| &progress.half_years),
        "declared": progress.and_then(|progress| progress.declared.as_ref()).map(|declared| json!({
            "total": declared.total, "from_year": declared.from_year, "to_year": declared.to_year,
            "declarations": declared.declarations,
        })),
        "notes": progress.map(|progress| progress.notes.iter().map(|note| &note.code).collect::<Vec<_>>()),
    })
}

/// A sum of years, with the years.
fn declared(total: &proto::DeclaredTotal) -> String {
    format!("{} ({}–{})", total.total, total.from_year, total.to_year)
}

fn noisy_document(total: &proto::NoisyTotal) -> Value {
    json!({ "total": total.total, "noise_2sd": total.noise_2sd })
}

#[cfg(test)]
mod tests;
