//! Changes of model as a sentence with its table for people, and as one JSON document for programs. It must never print an effect where there
//! is a reason.

use std::io;

use maillage_platform::{
    cli::{Format, Output},
    i18n::Language,
};
use maillage_proto::hub::v1 as proto;
use serde_json::{Value, json};

use super::{
    comparison::{figure, reason},
    figures, said,
};
use crate::{
    statistics::{IndicatorKey, Unit},
    wording::{numbers, said::Names, shown},
};

/// What is associated with changing to a model.
pub(super) fn changes(output: &mut Output<'_>, reply: &proto::ChangesReply) -> io::Result<()> {
    if output.format() == Format::Json {
        return output.record(&document(reply), &[]);
    }
    let (language, unit) =
        (output.language(), reply.indicator.parse().map_or(Unit::Number, IndicatorKey::unit));
    let name = shown::model_name(language, &reply.model, &reply.name_fr, &reply.name_en);
    let indicator = output.text(&format!("indicator-{}", reply.indicator), &[]);
    let arguments = [("indicator", indicator.into()), ("model", name.into())];
    output.line("changes-heading", &arguments)?;
    let rows: Vec<Vec<String>> = reply.cells.iter().map(|cell| row(language, unit, cell)).collect();
    let headings = [
        "column-changed-at",
        "column-half-year",
        "column-effect",
        "column-territories-changed",
        "column-territories-unchanged",
    ];
    output.table(&rows, &headings, Clone::clone)?;
    if reply.standing == "exploratory" {
        output.line("comparison-note-exploratory", &[])?;
    }
    for sentence in reply.sentence.iter().chain(&reply.privacy) {
        said::line(output, sentence, unit, &Names::new())?;
    }
    say_certainty(output, reply, unit)?;
    for (key, number) in [
        ("changes-left-out", reply.left_out),
        ("changes-several-models", reply.several_models),
        ("compare-left-out", reply.unknown),
    ] {
        if number > 0 {
            output.line(key, &[("number", number.into())])?;
        }
    }
    figures::rests_on(output, reply.reports, &reply.fingerprint)
}

fn row(language: Language, unit: Unit, cell: &proto::ChangeCell) -> Vec<String> {
    let effect = shown::figure(cell.effect.as_ref());
    let effect = effect
        .map_or_else(|_| figures::NOTHING.to_owned(), |value| numbers::difference(language, unit, value));
    vec![
        cell.changed_at.clone(),
        cell.half_year.clone(),
        effect,
        cell.territories.to_string(),
        cell.unchanged.to_string(),
    ]
}

/// How sure it is, and what the usual regression would have said.
fn say_certainty(output: &mut Output<'_>, reply: &proto::ChangesReply, unit: Unit) -> io::Result<()> {
    let language = output.language();
    if let Some(effect) = reply.overall.as_ref().filter(|effect| effect.withheld.is_none()) {
        let p = |value: f64| numbers::probability(language, value);
        let arguments = [("p", p(effect.p).into()), ("number", effect.relabellings.into())];
        output.line("changes-certainty", &arguments)?;
        if let Some(before) = effect.p_before {
            output.line("changes-before", &[("p", p(before).into())])?;
        }
    }
    if let Some(usual) = reply.diagnostic.as_ref().filter(|usual| usual.withheld.is_none()) {
        let percent = numbers::figure(language, Unit::Share, usual.negative_weight);
        let value = numbers::difference(language, unit, usual.value);
        output.line("changes-diagnostic", &[("value", value.into()), ("percent", percent.into())])?;
    }
    Ok(())
}

fn document(reply: &proto::ChangesReply) -> Value {
    let cell = |cell: &proto::ChangeCell| {
        json!({
            "changed_at": cell.changed_at, "half_year": cell.half_year, "territories": cell.territories,
            "unchanged": cell.unchanged, "effect": figure(cell.effect.as_ref()),
        })
    };
    let overall = reply.overall.as_ref().map(|it| match &it.withheld {
        Some(withheld) => reason(withheld),
        None => json!({
            "value": it.value, "p": it.p, "p_before": it.p_before, "relabellings": it.relabellings, "all": it.all,
        }),
    });
    let diagnostic = reply.diagnostic.as_ref().map(|it| match &it.withheld {
        Some(withheld) => reason(withheld),
        None => json!({
            "value": it.value, "standard_error": it.standard_error, "negative_weight": it.negative_weight,
        }),
    });
    json!({
        "indicator": reply.indicator, "standing": reply.standing, "model": reply.model,
        "half_years": reply.half_years, "territories": reply.territories, "changing": reply.changing,
        "left_out": reply.left_out, "several_models": reply.several_models, "unknown": reply.unknown,
        "cells": reply.cells.iter().map(cell).collect::<Vec<_>>(),
        "overall": overall, "diagnostic": diagnostic,
        "conclusion": reply.sentence.as_ref().map(|sentence| &sentence.code),
        "guesses_right_percent": reply.guesses_right_percent,
        "reports": reply.reports, "fingerprint": reply.fingerprint,
    })
}
