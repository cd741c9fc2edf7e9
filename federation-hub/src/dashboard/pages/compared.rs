//! Models compared, and indicators over time: what the desk says of them as charts, tables and sentences. It must never show a figure where there
//! is a reason.

use std::collections::{BTreeMap, BTreeSet};

use maillage_comparison::Standing;
use maillage_platform::{i18n::Language, refusal::Refusal};
use maillage_proto::hub::v1::{self as proto, shown_figure, shown_interval};

use super::{ComparePage, Conclusion, Frame, NOTHING, SeriesPage, headings, row};
use crate::{
    cli::{
        figures::{bounds_of, value_of, withheld_of},
        said::Names,
    },
    dashboard::{
        charts::{self, Interval, Line, Row},
        words::Words,
    },
    refusals,
    statistics::{Desk, IndicatorKey, Unit},
};

/// The models compared as it is published; nothing where there is nothing to compare.
pub(super) fn compared(desk: &Desk, indicator: IndicatorKey) -> Result<Option<proto::CompareReply>, Refusal> {
    let request = proto::CompareRequest {
        indicator: indicator.code().to_owned(),
        published: true,
        ..Default::default()
    };
    match desk.compare(&request) {
        Ok(reply) => Ok(Some(reply)),
        Err(refusal) if refusal.reason() == refusals::NOTHING_REPORTED.code => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

pub(super) fn names<'r>(words: &Words<'_>, reply: &'r proto::CompareReply) -> Names<'r> {
    let name =
        |model: &'r proto::ComparedModel| (model.model.as_str(), model_name(words, model_names(model)));
    reply.models.iter().map(name).collect()
}

fn model_names(model: &proto::ComparedModel) -> (&str, &str, &str) {
    (&model.model, &model.name_fr, &model.name_en)
}

fn model_name(words: &Words<'_>, (key, french, english): (&str, &str, &str)) -> String {
    let name = match words.language() {
        Language::French => french,
        Language::English => english,
    };
    if name.is_empty() { key.to_owned() } else { name.to_owned() }
}

pub(super) fn compare<'a>(
    frame: Frame<'a>,
    desk: &Desk,
    indicator: IndicatorKey,
) -> Result<ComparePage<'a>, Refusal> {
    let (words, unit) = (frame.words, indicator.unit());
    let reply = compared(desk, indicator)?;
    let is_empty = reply.is_none();
    let reply = reply.unwrap_or_default();
    let names = names(&words, &reply);
    let standing = match indicator.standing() {
        Standing::Primary => "standing-primary",
        Standing::Exploratory => "standing-exploratory",
    };
    let model_headings =
        headings(&words, &["column-model", "column-figure", "column-interval", "column-territories"]);
    let models = reply.models.iter().map(|model| row(&model_headings, of_model(&words, unit, &names, model)));
    let pair_headings = headings(
        &words,
        &[
            "dashboard-pair",
            "dashboard-difference",
            "dashboard-second",
            "dashboard-standardised",
            "dashboard-detectable",
        ],
    );
    let pairs = reply.pairs.iter().map(|pair| row(&pair_headings, of_pair(&words, unit, &names, pair)));
    let (models, pairs) = (models.collect(), pairs.collect());
    let tick = |value: f64| words.figure(unit, value);
    let months = if reply.from.is_empty() {
        String::new()
    } else {
        let months = [("from", reply.from.as_str().into()), ("to", reply.to.as_str().into())];
        words.with("compare-months", &months)
    };
    Ok(ComparePage {
        choose: frame.choose(indicator),
        indicator: words.say(&format!("indicator-{}", indicator.code())),
        standing: words.say(standing),
        months,
        empty: if is_empty { words.say("dashboard-nothing") } else { String::new() },
        models_chart: charts::intervals(
            &words.say("dashboard-by-model"),
            &model_rows(&names, &reply),
            false,
            tick,
        ),
        model_headings,
        models,
        reasons: model_reasons(&words, unit, &names, &reply),
        pairs_chart: charts::intervals(&words.say("dashboard-pairs"), &pair_rows(&names, &reply), true, tick),
        pair_headings,
        pairs,
        conclusions: reply.pairs.iter().map(|pair| conclusion(&words, unit, &names, pair)).collect(),
        privacy: reply.privacy.as_ref().map(|one| words.sentence(one, unit, &names)).unwrap_or_default(),
        rests_on: rests_on(&words, reply.reports, &reply.fingerprint),
        frame: frame.titled("dashboard-compare"),
    })
}

fn rests_on(words: &Words<'_>, reports: u32, fingerprint: &str) -> String {
    words.with("compare-rests-on", &[("reports", reports.into()), ("fingerprint", fingerprint.into())])
}

fn figure_of(figure: Option<&proto::ShownFigure>) -> Option<f64> {
    match figure?.outcome.as_ref()? {
        shown_figure::Outcome::Value(value) => Some(*value),
        shown_figure::Outcome::Withheld(_) => None,
    }
}

fn interval_of(interval: Option<&proto::ShownInterval>) -> Option<(f64, f64)> {
    match interval?.outcome.as_ref()? {
        shown_interval::Outcome::Bounds(bounds) => Some((bounds.low, bounds.high)),
        shown_interval::Outcome::Withheld(_) => None,
    }
}

fn of_model(words: &Words<'_>, unit: Unit, names: &Names<'_>, model: &proto::ComparedModel) -> Vec<String> {
    let nothing = || NOTHING.to_owned();
    let bounds = interval_of(model.interval.as_ref());
    vec![
        names.get(model.model.as_str()).cloned().unwrap_or_default(),
        figure_of(model.figure.as_ref()).map_or_else(nothing, |value| words.figure(unit, value)),
        bounds.map_or_else(nothing, |bounds| between(words, unit, bounds)),
        model.mix.as_ref().map(|mix| mix.territories.to_string()).unwrap_or_default(),
    ]
}

fn between(words: &Words<'_>, unit: Unit, (low, high): (f64, f64)) -> String {
    format!("{} – {}", words.figure(unit, low), words.figure(unit, high))
}

fn of_pair(words: &Words<'_>, unit: Unit, names: &Names<'_>, pair: &proto::ComparedPair) -> Vec<String> {
    let name = |key: &str| names.get(key).cloned().unwrap_or_else(|| key.to_owned());
    let told = |value: f64, bounds: Option<proto::Bounds>, unit: Unit| {
        let bounds = bounds.map(|bounds| between(words, unit, (bounds.low, bounds.high))).unwrap_or_default();
        format!("{} ({bounds})", words.figure(unit, value))
    };
    let nothing = || NOTHING.to_owned();
    let first = pair.difference.as_ref().filter(|one| one.withheld.is_none());
    let second = pair.second_opinion.as_ref().filter(|one| one.withheld.is_none());
    let standardised = pair.standardised.as_ref().filter(|one| one.withheld.is_none());
    let detectable = figure_of(pair.detectable_by_both.as_ref());
    vec![
        format!("{} − {}", name(&pair.first), name(&pair.second)),
        first.map_or_else(nothing, |one| told(one.value, one.bounds, unit)),
        second.map_or_else(nothing, |one| told(one.value, one.bounds, Unit::Number)),
        standardised.map_or_else(nothing, |one| told(one.value, one.bounds, unit)),
        detectable.map_or_else(nothing, |value| words.figure(unit, value)),
    ]
}

fn model_rows(names: &Names<'_>, reply: &proto::CompareReply) -> Vec<Row> {
    let row = |model: &proto::ComparedModel| {
        let value = figure_of(model.figure.as_ref());
        let first = value.map(|value| Interval { value, bounds: interval_of(model.interval.as_ref()) });
        Row { names: names.get(model.model.as_str()).cloned().into_iter().collect(), first, second: None }
    };
    reply.models.iter().map(row).collect()
}

fn pair_rows(names: &Names<'_>, reply: &proto::CompareReply) -> Vec<Row> {
    let name = |key: &str| names.get(key).cloned().unwrap_or_else(|| key.to_owned());
    let drawn = |value: f64, bounds: Option<proto::Bounds>| Interval {
        value,
        bounds: bounds.map(|bounds| (bounds.low, bounds.high)),
    };
    let row = |pair: &proto::ComparedPair| {
        let first = pair.difference.as_ref().filter(|one| one.withheld.is_none());
        let standardised = pair.standardised.as_ref().filter(|one| one.withheld.is_none());
        Row {
            names: vec![name(&pair.first), format!("− {}", name(&pair.second))],
            first: first.map(|one| drawn(one.value, one.bounds)),
            second: standardised.map(|one| drawn(one.value, one.bounds)),
        }
    };
    reply.pairs.iter().map(row).collect()
}

/// Why figures or intervals of models are missing, each reason once.
fn model_reasons(
    words: &Words<'_>,
    unit: Unit,
    names: &Names<'_>,
    reply: &proto::CompareReply,
) -> Vec<String> {
    let withheld = reply.models.iter().filter_map(|model| {
        let figure = match model.figure.as_ref().and_then(|figure| figure.outcome.as_ref()) {
            Some(shown_figure::Outcome::Withheld(withheld)) => Some(withheld),
            Some(shown_figure::Outcome::Value(_)) | None => None,
        };
        let interval = match model.interval.as_ref().and_then(|interval| interval.outcome.as_ref()) {
            Some(shown_interval::Outcome::Withheld(withheld)) => Some(withheld),
            Some(shown_interval::Outcome::Bounds(_)) | None => None,
        };
        figure.or(interval)
    });
    let sentences = withheld.filter_map(|withheld| withheld.sentence.as_ref());
    let said: BTreeSet<String> = sentences.map(|sentence| words.sentence(sentence, unit, names)).collect();
    said.into_iter().collect()
}

fn conclusion(words: &Words<'_>, unit: Unit, names: &Names<'_>, pair: &proto::ComparedPair) -> Conclusion {
    let badge = match pair.conclusion.as_str() {
        "detected" => "badge good",
        "not-detected" => "badge",
        _ => "badge wait",
    };
    let sentences = pair.sentence.iter().chain(&pair.notes);
    Conclusion {
        key: "",
        name: String::new(),
        badge,
        word: words.say(&format!("dashboard-conclusion-{}", pair.conclusion)),
        sentences: sentences.map(|sentence| words.sentence(sentence, unit, names)).collect(),
    }
}

pub(super) fn series<'a>(
    frame: Frame<'a>,
    desk: &Desk,
    indicator: IndicatorKey,
) -> Result<SeriesPage<'a>, Refusal> {
    let (words, unit) = (frame.words, indicator.unit());
    let request = proto::SeriesRequest { indicator: indicator.code().to_owned(), ..Default::default() };
    let reply = desk.series(&request)?;
    let headings = headings(
        &words,
        &["column-period", "column-model", "column-figure", "column-interval", "column-territories"],
    );
    let name = |point: &proto::SeriesPoint| match point.model.as_str() {
        "" => words.say("dashboard-all-models"),
        key => model_name(&words, (key, &point.name_fr, &point.name_en)),
    };
    let nothing = || NOTHING.to_owned();
    let rows = reply.points.iter().map(|point| {
        let bounds = bounds_of(point).map_or_else(nothing, |bounds| between(&words, unit, bounds));
        let value = value_of(point).map_or_else(nothing, |value| words.figure(unit, value));
        row(&headings, vec![point.period.clone(), name(point), value, bounds, point.territories.to_string()])
    });
    let rows = rows.collect();
    let names: Names<'_> = reply.points.iter().map(|point| (point.model.as_str(), name(point))).collect();
    let reasons = reply.points.iter().flat_map(|point| withheld_of(point).into_iter().flatten());
    let reasons = reasons.filter_map(|withheld| withheld.sentence.as_ref());
    let reasons: BTreeSet<String> =
        reasons.map(|sentence| words.sentence(sentence, Unit::Number, &names)).collect();
    let (periods, lines) = followed(&reply, name);
    let label = words.say(&format!("indicator-{}", indicator.code()));
    Ok(SeriesPage {
        choose: frame.choose(indicator),
        chart: charts::lines(&label, &periods, &lines, |value| words.figure(unit, value)),
        indicator: label,
        headings,
        rows,
        reasons: reasons.into_iter().collect(),
        rests_on: rests_on(&words, reply.reports, &reply.fingerprint),
        frame: frame.titled("dashboard-series"),
    })
}

/// The periods, and a line for all models together and for each.
fn followed(
    reply: &proto::SeriesReply,
    name: impl Fn(&proto::SeriesPoint) -> String,
) -> (Vec<String>, Vec<Line>) {
    let periods: BTreeSet<&str> = reply.points.iter().map(|point| point.period.as_str()).collect();
    let mut models: BTreeMap<&str, (String, BTreeMap<&str, f64>)> = BTreeMap::new();
    for point in &reply.points {
        let line = models.entry(&point.model).or_insert_with(|| (name(point), BTreeMap::new()));
        line.1.extend(value_of(point).map(|value| (point.period.as_str(), value)));
    }
    let line = |(name, values): (String, BTreeMap<&str, f64>)| Line {
        name,
        values: periods.iter().map(|period| values.get(period).copied()).collect(),
    };
    let lines = models.into_values().map(line).collect();
    (periods.into_iter().map(str::to_owned).collect(), lines)
}
