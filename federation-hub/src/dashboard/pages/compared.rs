//! Models compared, and indicators over time: what the desk says of them as charts, tables and sentences. It must never show a figure where there
//! is a reason.

use std::collections::{BTreeMap, BTreeSet};

use maillage_comparison::Standing;
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use super::{ComparePage, Conclusion, Frame, NOTHING, SeriesPage, headings, row};
use crate::{
    dashboard::{
        charts::{self, Interval, Line, Row},
        words::Words,
    },
    refusals,
    statistics::{Desk, IndicatorKey, Unit},
    wording::{
        numbers,
        said::{Names, names},
        shown,
    },
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

pub(super) fn compare<'a>(
    frame: Frame<'a>,
    desk: &Desk,
    indicator: IndicatorKey,
) -> Result<ComparePage<'a>, Refusal> {
    Ok(page(frame, indicator, compared(desk, indicator)?))
}

fn page(frame: Frame<'_>, indicator: IndicatorKey, reply: Option<proto::CompareReply>) -> ComparePage<'_> {
    let (words, unit) = (frame.words, indicator.unit());
    let is_empty = reply.is_none();
    let reply = reply.unwrap_or_default();
    let names = names(words.language(), &reply.models);
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
    ComparePage {
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
        reasons: shown::reasons_of_models(&reply.models)
            .into_iter()
            .map(|sentence| words.sentence(sentence, unit, &names))
            .collect(),
        pairs_chart: charts::intervals(
            &words.say("dashboard-pairs"),
            &pair_rows(&names, &reply),
            true,
            |value| numbers::difference(words.language(), unit, value),
        ),
        pair_headings,
        pairs,
        conclusions: reply.pairs.iter().map(|pair| conclusion(&words, unit, &names, pair)).collect(),
        privacy: reply.privacy.as_ref().map(|one| words.sentence(one, unit, &names)).unwrap_or_default(),
        rests_on: rests_on(&words, reply.reports, &reply.fingerprint),
        frame: frame.titled("dashboard-compare"),
    }
}

fn rests_on(words: &Words<'_>, reports: u32, fingerprint: &str) -> String {
    words.with("compare-rests-on", &[("reports", reports.into()), ("fingerprint", fingerprint.into())])
}

fn of_model(words: &Words<'_>, unit: Unit, names: &Names<'_>, model: &proto::ComparedModel) -> Vec<String> {
    let nothing = || NOTHING.to_owned();
    let bounds = shown::bounds(model.interval.as_ref()).ok();
    vec![
        names.get(model.model.as_str()).cloned().unwrap_or_default(),
        shown::figure(model.figure.as_ref()).ok().map_or_else(nothing, |value| words.figure(unit, value)),
        bounds.map_or_else(nothing, |bounds| numbers::bounds(words.language(), unit, bounds)),
        model.mix.as_ref().map(|mix| mix.territories.to_string()).unwrap_or_default(),
    ]
}

fn of_pair(words: &Words<'_>, unit: Unit, names: &Names<'_>, pair: &proto::ComparedPair) -> Vec<String> {
    let name = |key: &str| names.get(key).cloned().unwrap_or_else(|| key.to_owned());
    let difference = |value: f64, unit: Unit| numbers::difference(words.language(), unit, value);
    let told = |value: f64, bounds: Option<proto::Bounds>, unit: Unit| {
        let bounds = bounds.map(|bounds| (difference(bounds.low, unit), difference(bounds.high, unit)));
        let bounds = bounds.map(|(low, high)| format!(" ({low} – {high})")).unwrap_or_default();
        format!("{}{bounds}", difference(value, unit))
    };
    let nothing = || NOTHING.to_owned();
    let first = pair.difference.as_ref().filter(|one| one.withheld.is_none());
    let second = pair.second_opinion.as_ref().filter(|one| one.withheld.is_none());
    let standardised = pair.standardised.as_ref().filter(|one| one.withheld.is_none());
    let detectable = shown::figure(pair.detectable_by_both.as_ref()).ok();
    vec![
        format!("{} − {}", name(&pair.first), name(&pair.second)),
        first.map_or_else(nothing, |one| told(one.value, one.bounds, unit)),
        second.map_or_else(nothing, |one| told(one.value, one.bounds, Unit::Number)),
        standardised.map_or_else(nothing, |one| told(one.value, one.bounds, unit)),
        detectable.map_or_else(nothing, |value| difference(value, unit)),
    ]
}

fn model_rows(names: &Names<'_>, reply: &proto::CompareReply) -> Vec<Row> {
    let row = |model: &proto::ComparedModel| {
        let value = shown::figure(model.figure.as_ref()).ok();
        let first =
            value.map(|value| Interval { value, bounds: shown::bounds(model.interval.as_ref()).ok() });
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

fn conclusion(words: &Words<'_>, unit: Unit, names: &Names<'_>, pair: &proto::ComparedPair) -> Conclusion {
    let badge = match pair.conclusion.as_str() {
        "detected" => "badge good",
        "not-detected" => "badge",
        _ => "badge wait",
    };
    let sentences = pair.sentence.iter().chain(&pair.notes);
    Conclusion {
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
        key => shown::model_name(words.language(), key, &point.name_fr, &point.name_en),
    };
    let nothing = || NOTHING.to_owned();
    let rows = reply.points.iter().map(|point| {
        let bounds = shown::bounds(point.interval.as_ref())
            .ok()
            .map_or_else(nothing, |bounds| numbers::bounds(words.language(), unit, bounds));
        let value =
            shown::figure(point.figure.as_ref()).ok().map_or_else(nothing, |value| words.figure(unit, value));
        row(&headings, vec![point.period.clone(), name(point), value, bounds, point.territories.to_string()])
    });
    let rows = rows.collect();
    let names: Names<'_> = reply.points.iter().map(|point| (point.model.as_str(), name(point))).collect();
    let reasons = reply.points.iter().flat_map(|point| shown::reasons_of_point(point).into_iter().flatten());
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
        line.1.extend(shown::figure(point.figure.as_ref()).ok().map(|value| (point.period.as_str(), value)));
    }
    let line = |(name, values): (String, BTreeMap<&str, f64>)| Line {
        name,
        values: periods.iter().map(|period| values.get(period).copied()).collect(),
    };
    let lines = models.into_values().map(line).collect();
    (periods.into_iter().map(str::to_owned).collect(), lines)
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use super::*;
    use crate::{cli::texts, dashboard::pages::Files, statistics::tests::sample_reply};

    #[test]
    fn every_pair_is_drawn_told_and_concluded_in_words_of_both_languages() {
        let catalog = texts();
        for (language, rates, word) in [
            (maillage_platform::i18n::Language::French, [60, 80], "Différence détectée"),
            (maillage_platform::i18n::Language::English, [70, 70], "No difference is detected"),
        ] {
            let frame = Frame {
                words: Words::new(&catalog, language),
                title: String::new(),
                federation: "essai".to_owned(),
                here: String::new(),
                path: "compare",
                files: Files { design: "", own: "", icon: "" },
            };
            let reply = sample_reply(rates[0], rates[1]);
            let html = page(frame, IndicatorKey::FulfilmentRate, Some(reply)).render().unwrap();
            assert!(
                html.contains(word) && !html.contains("dashboard-") && !html.contains("column-"),
                "{html}"
            );
            // Two models and the pair, whose difference is in points; there is none at equal density.
            assert_eq!(html.matches("class=\"dot\"").count(), 3, "{html}");
            assert_eq!(html.matches("<tr><td").count(), 3, "{html}");
            let row = html.rsplit("<tr><td").next().unwrap();
            assert!(row.contains("\u{a0}points (") && row.contains('—'), "{row}");
        }
    }
}
