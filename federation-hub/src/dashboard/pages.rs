//! The pages: what each asks of the desk, and the view that its template shows. It must never compute a figure, nor show one where there is a
//! reason.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use maillage_comparison::Standing;
use maillage_platform::{i18n::Language, refusal::Refusal};
use maillage_proto::hub::v1::{self as proto, shown_figure, shown_interval};

use super::{
    charts::{self, Interval, Line, Row},
    map,
    words::Words,
};
use crate::{
    cli::{
        figures::{bounds_of, value_of, withheld_of},
        said::Names,
    },
    refusals,
    statistics::{Desk, IndicatorKey, Unit},
};

const HTML: &str = "text/html; charset=utf-8";
/// What federations that are made up have in their names.
const MADE_UP: [&str; 2] = ["fictive", "demo"];
/// What stands where nothing may be shown.
const NOTHING: &str = "—";

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Overview,
    Compare(IndicatorKey),
    Series(IndicatorKey),
    Coverage,
    Map,
    Method,
}

/// What stands around a page.
pub(super) struct Frame<'a> {
    pub(super) words: Words<'a>,
    pub(super) title: String,
    pub(super) federation: String,
    /// Its address.
    pub(super) here: String,
    /// Its tab.
    pub(super) path: &'static str,
    pub(super) files: Files<'a>,
}

/// Addresses of what every page loads.
pub(super) struct Files<'a> {
    pub(super) design: &'a str,
    pub(super) own: &'a str,
    pub(super) icon: &'a str,
}

/// A way on.
pub(super) struct Tab {
    path: &'static str,
    key: &'static str,
    is_here: bool,
}

/// A cell of a table, with the heading it has where rows become cards.
struct Cell {
    label: String,
    text: String,
}

/// An indicator that can be chosen.
struct Choice {
    key: &'static str,
    name: String,
    is_chosen: bool,
}

/// A number with a bar and what stands beside it.
struct Measure {
    name: String,
    value: String,
    bar: String,
    beside: String,
}

/// What may be said of an indicator or a pair.
struct Conclusion {
    key: &'static str,
    name: String,
    badge: &'static str,
    word: String,
    sentences: Vec<String>,
}

/// An entry of the legend.
struct Legend {
    class: &'static str,
    text: String,
}

/// A part of the page about the method.
struct Part {
    title: String,
    texts: Vec<String>,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage<'a> {
    frame: Frame<'a>,
    targets_title: String,
    targets: Vec<Target>,
    coverage: Vec<Measure>,
    conclusions: Vec<Conclusion>,
    privacy: String,
}

/// A target with how far it is.
struct Target {
    name: String,
    value: String,
    noise: String,
    bar: String,
    goal: String,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct Choose<'a> {
    words: Words<'a>,
    indicators: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage<'a> {
    frame: Frame<'a>,
    choose: String,
    indicator: String,
    standing: String,
    months: String,
    empty: String,
    models_chart: String,
    model_headings: Vec<String>,
    models: Vec<Vec<Cell>>,
    reasons: Vec<String>,
    pairs_chart: String,
    pair_headings: Vec<String>,
    pairs: Vec<Vec<Cell>>,
    conclusions: Vec<Conclusion>,
    privacy: String,
    rests_on: String,
}

#[derive(Template)]
#[template(path = "series.html")]
struct SeriesPage<'a> {
    frame: Frame<'a>,
    choose: String,
    indicator: String,
    chart: String,
    headings: Vec<String>,
    rows: Vec<Vec<Cell>>,
    reasons: Vec<String>,
    rests_on: String,
}

#[derive(Template)]
#[template(path = "coverage.html")]
struct CoveragePage<'a> {
    frame: Frame<'a>,
    summary: String,
    map: String,
    map_says: String,
    legend: Vec<Legend>,
    headings: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Template)]
#[template(path = "method.html")]
struct MethodPage<'a> {
    frame: Frame<'a>,
    parts: Vec<Part>,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    frame: Frame<'a>,
    text: String,
}

impl Page {
    /// The page at an address below a language, if there is one.
    pub(super) fn at(path: &str, indicator: &str) -> Option<Self> {
        let indicator = match indicator.trim() {
            "" => Some(IndicatorKey::FulfilmentRate),
            key => key.parse().ok(),
        };
        match path {
            "compare" => indicator.map(Self::Compare),
            "series" => indicator.map(Self::Series),
            "coverage" => Some(Self::Coverage),
            "map.svg" => Some(Self::Map),
            "method" => Some(Self::Method),
            _ => None,
        }
    }

    /// Its path below the language.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Compare(_) => "compare",
            Self::Series(_) => "series",
            Self::Coverage => "coverage",
            Self::Map => "map.svg",
            Self::Method => "method",
        }
    }

    /// Its address in a language.
    pub(super) fn address(self, language: Language) -> String {
        let base = format!("/{}/{}", language.code(), self.path());
        match self {
            Self::Compare(indicator) | Self::Series(indicator) => {
                format!("{base}?indicator={}", indicator.code())
            }
            Self::Overview | Self::Coverage | Self::Map | Self::Method => base,
        }
    }

    /// The page, with its media type.
    ///
    /// # Errors
    /// What the desk refuses; a template that cannot be filled.
    pub(super) fn made(self, frame: Frame<'_>, desk: &Desk) -> Result<(&'static str, Vec<u8>), Refusal> {
        let html = match self {
            Self::Map => {
                let all = desk.territories(&everything())?;
                let label = frame.words.say("dashboard-map");
                return Ok((map::KIND, map::compressed(desk.geography, &all.territories, &label)));
            }
            Self::Overview => overview(frame, desk)?.render(),
            Self::Compare(indicator) => compare(frame, desk, indicator)?.render(),
            Self::Series(indicator) => series(frame, desk, indicator)?.render(),
            Self::Coverage => coverage(frame, desk)?.render(),
            Self::Method => method(frame).render(),
        };
        let html = html.map_err(|error| {
            tracing::error!(%error, "a template cannot be filled");
            Refusal::from(refusals::COMPARISON_IMPOSSIBLE)
        })?;
        Ok((HTML, html.into_bytes()))
    }
}

/// A page that says one thing.
pub(super) fn notice(frame: Frame<'_>, key: &str) -> String {
    let text = frame.words.say(&format!("{key}-text"));
    let frame = Frame { title: frame.words.say(key), ..frame };
    NoticePage { frame, text }.render().unwrap_or_default()
}

impl Frame<'_> {
    fn tabs(&self) -> Vec<Tab> {
        [
            ("", "dashboard-tab-overview"),
            ("compare", "dashboard-tab-compare"),
            ("series", "dashboard-tab-series"),
            ("coverage", "dashboard-tab-coverage"),
            ("method", "dashboard-tab-method"),
        ]
        .map(|(path, key)| Tab { path, key, is_here: path == self.path })
        .into()
    }

    /// The address of this page in the other language.
    fn other_language(&self) -> String {
        let own = format!("/{}/", self.words.code());
        self.here.replacen(&own, &format!("/{}/", self.words.other_code()), 1)
    }

    /// Whether the federation is one that was made up to look at.
    fn is_synthetic(&self) -> bool {
        MADE_UP.iter().any(|word| self.federation.contains(word))
    }

    fn titled(self, key: &str) -> Self {
        Self { title: self.words.say(key), ..self }
    }

    fn choose(&self, chosen: IndicatorKey) -> String {
        let words = self.words;
        let choice = |key: IndicatorKey| Choice {
            key: key.code(),
            name: words.say(&format!("indicator-{}", key.code())),
            is_chosen: key == chosen,
        };
        Choose { words, indicators: IndicatorKey::ALL.map(choice).into() }.render().unwrap_or_default()
    }
}

fn everything() -> proto::ListTerritoriesRequest {
    proto::ListTerritoriesRequest { limit: u32::MAX, ..Default::default() }
}

fn row(headings: &[String], texts: Vec<String>) -> Vec<Cell> {
    headings.iter().zip(texts).map(|(label, text)| Cell { label: label.clone(), text }).collect()
}

fn headings(words: &Words<'_>, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| words.say(key)).collect()
}

fn overview<'a>(frame: Frame<'a>, desk: &Desk) -> Result<OverviewPage<'a>, Refusal> {
    let words = frame.words;
    let reply = desk.targets(proto::TargetsRequest::default())?;
    let mut said = BTreeSet::new();
    let targets = reply.targets.iter().map(|one| target(&words, one, &mut said)).collect();
    let covered = desk.coverage(&proto::CoverageRequest::default())?.whole.unwrap_or_default();
    let (mut conclusions, mut privacy) = (Vec::new(), String::new());
    for indicator in IndicatorKey::ALL.into_iter().filter(|one| one.standing() == Standing::Primary) {
        let Some(reply) = compared(desk, indicator)? else { continue };
        let names = names(&words, &reply);
        let sentences = reply.pairs.iter().filter_map(|pair| pair.sentence.as_ref());
        let sentences: BTreeSet<String> =
            sentences.map(|sentence| words.sentence(sentence, indicator.unit(), &names)).collect();
        privacy = reply
            .privacy
            .as_ref()
            .map(|sentence| words.sentence(sentence, indicator.unit(), &names))
            .unwrap_or_default();
        conclusions.push(Conclusion {
            key: indicator.code(),
            name: words.say(&format!("indicator-{}", indicator.code())),
            badge: "badge",
            word: String::new(),
            sentences: sentences.into_iter().collect(),
        });
    }
    if privacy.is_empty() {
        privacy = words.say("dashboard-privacy");
    }
    let targets_title = match reply.year {
        0 => words.say("dashboard-targets"),
        year => words.with("dashboard-targets-of", &[("year", year.to_string().into())]),
    };
    Ok(OverviewPage {
        targets,
        targets_title,
        coverage: covered_of(&words, &covered),
        conclusions,
        privacy,
        frame: frame.titled("dashboard-title"),
    })
}

fn target(words: &Words<'_>, target: &proto::Target, said: &mut BTreeSet<String>) -> Target {
    let name = words.say(&format!("target-{}", target.key));
    let reached = target.progress.as_ref().and_then(|progress| progress.larger_half_year);
    let reason = target.withheld.iter().filter_map(|withheld| withheld.sentence.as_ref());
    let notes = reason.chain(target.progress.iter().flat_map(|progress| &progress.notes));
    let notes = notes.map(|note| words.sentence(note, Unit::Number, &Names::new()));
    // Each is said once on the page.
    let notes = notes.filter(|note| said.insert(note.clone())).collect();
    let goal = i64::try_from(target.goal).unwrap_or(i64::MAX);
    let share = |number: f64| number / real(goal.max(1));
    let noise = reached.map(|one| i64::try_from(one.noise_2sd).unwrap_or(i64::MAX));
    Target {
        value: reached.map(|one| words.number(one.total)).unwrap_or_default(),
        noise: noise.map(|noise| format!("± {}", words.number(noise))).unwrap_or_default(),
        bar: reached
            .map(|one| charts::bar(&name, share(real(one.total)), share(real(noise.unwrap_or_default()))))
            .unwrap_or_default(),
        goal: words.with("dashboard-goal", &[("goal", words.number(goal).into())]),
        name,
        notes,
    }
}

fn covered_of(words: &Words<'_>, area: &proto::CoveredArea) -> Vec<Measure> {
    let of = |key: &str, part: u64, whole: u64| {
        let (name, number) =
            (words.say(key), |one: u64| words.number(i64::try_from(one).unwrap_or(i64::MAX)));
        let share = real(i64::try_from(part).unwrap_or(i64::MAX))
            / real(i64::try_from(whole.max(1)).unwrap_or(i64::MAX));
        Measure {
            value: words.figure(Unit::Share, share),
            bar: charts::bar(&name, share, 0.0),
            beside: words
                .with("dashboard-of", &[("part", number(part).into()), ("whole", number(whole).into())]),
            name,
        }
    };
    vec![
        of("dashboard-territories", u64::from(area.territories_with_node), u64::from(area.territories)),
        of("dashboard-communes", u64::from(area.communes_served), u64::from(area.communes)),
        of("dashboard-inhabitants", area.inhabitants_served, area.inhabitants),
    ]
}

/// The models compared as it is published; nothing where there is nothing to compare.
fn compared(desk: &Desk, indicator: IndicatorKey) -> Result<Option<proto::CompareReply>, Refusal> {
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

fn names<'r>(words: &Words<'_>, reply: &'r proto::CompareReply) -> Names<'r> {
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

fn compare<'a>(frame: Frame<'a>, desk: &Desk, indicator: IndicatorKey) -> Result<ComparePage<'a>, Refusal> {
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
    let withheld = reply.models.iter().flat_map(|model| {
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

fn series<'a>(frame: Frame<'a>, desk: &Desk, indicator: IndicatorKey) -> Result<SeriesPage<'a>, Refusal> {
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

fn coverage<'a>(frame: Frame<'a>, desk: &Desk) -> Result<CoveragePage<'a>, Refusal> {
    let words = frame.words;
    let reply = desk.coverage(&proto::CoverageRequest::default())?;
    let whole = reply.whole.unwrap_or_default();
    let number = |number: u64| words.number(i64::try_from(number).unwrap_or(i64::MAX));
    let headings = headings(
        &words,
        &[
            "column-departement",
            "column-with-node",
            "column-communes",
            "column-served",
            "column-inhabitants",
            "column-inhabitants-served",
        ],
    );
    let rows = reply.departements.iter().map(|one| {
        let area = one.area.unwrap_or_default();
        let texts = vec![
            one.number.clone(),
            number(u64::from(area.territories_with_node)),
            number(u64::from(area.communes)),
            number(u64::from(area.communes_served)),
            number(area.inhabitants),
            number(area.inhabitants_served),
        ];
        row(&headings, texts)
    });
    let rows = rows.collect();
    let without = whole.inhabitants.saturating_sub(whole.inhabitants_served);
    let summary = words.with(
        "dashboard-deserts",
        &[
            ("communes", number(u64::from(whole.communes - whole.communes_served)).into()),
            ("inhabitants", number(without).into()),
        ],
    );
    let legend = [("node", "dashboard-legend-node"), ("none", "dashboard-legend-none")];
    Ok(CoveragePage {
        summary,
        map: format!("/{}/{}", words.code(), Page::Map.path()),
        map_says: words.say("dashboard-map"),
        legend: legend.map(|(class, key)| Legend { class, text: words.say(key) }).into(),
        headings,
        rows,
        frame: frame.titled("dashboard-coverage-title"),
    })
}

fn method(frame: Frame<'_>) -> MethodPage<'_> {
    let words = frame.words;
    let part = |(title, texts): (&str, &[&str])| Part {
        title: words.say(title),
        texts: texts.iter().map(|key| words.say(key)).collect(),
    };
    let parts: [(&str, &[&str]); 4] = [
        (
            "dashboard-method-people",
            &["dashboard-method-people-1", "dashboard-method-people-2", "dashboard-method-people-3"],
        ),
        ("dashboard-method-figures", &["dashboard-method-figures-1", "dashboard-method-figures-2"]),
        (
            "dashboard-method-compare",
            &["dashboard-method-compare-1", "dashboard-method-compare-2", "dashboard-method-compare-3"],
        ),
        ("dashboard-method-check", &["dashboard-method-check-1"]),
    ];
    MethodPage { parts: parts.map(part).into(), frame: frame.titled("dashboard-method") }
}

#[expect(clippy::cast_precision_loss, reason = "for the length of a bar")]
fn real(number: i64) -> f64 {
    number as f64
}
