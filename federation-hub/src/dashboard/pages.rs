//! The pages: what each asks of the desk, and the view that its template shows. It must never compute a figure, nor show one where there is a
//! reason.

mod compared;
pub(super) mod downloads;
pub(super) mod flows;
pub(super) mod places;

use std::collections::BTreeSet;

use askama::Template;
use maillage_comparison::Standing;
use maillage_platform::{i18n::Language, refusal::Refusal};
use maillage_proto::hub::v1 as proto;

use self::compared::{compare, compared, series};
use super::{charts, map, words::Words};
use crate::{
    refusals,
    statistics::{Desk, IndicatorKey, Unit},
    wording::said::{Names, names},
};

pub(super) const HTML: &str = "text/html; charset=utf-8";
/// Words, between the hyphens of its name, of a federation that is made up: of the simulation and of the demonstration.
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

/// What may be said of an indicator.
struct Topic {
    key: &'static str,
    name: String,
    sentences: Vec<String>,
}

/// What may be said of a pair.
struct Conclusion {
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
    topics: Vec<Topic>,
    privacy: String,
}

/// A target with how far it is.
struct Target {
    name: String,
    value: String,
    noise: String,
    bar: String,
    goal: String,
    /// The goal alone.
    number: String,
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
                let label = frame.words.say("dashboard-map");
                let pages = format!("/{}/territories/", frame.words.code());
                let map = map::compressed(desk.geography, &desk.with_node(), (&label, &pages));
                return Ok((map::KIND, map));
            }
            Self::Overview => filled(&overview(frame, desk)?)?,
            Self::Compare(indicator) => filled(&compare(frame, desk, indicator)?)?,
            Self::Series(indicator) => filled(&series(frame, desk, indicator)?)?,
            Self::Coverage => filled(&coverage(frame, desk)?)?,
            Self::Method => filled(&method(frame))?,
        };
        Ok((HTML, html))
    }
}

/// A page as it is sent.
fn filled(page: &impl Template) -> Result<Vec<u8>, Refusal> {
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a template cannot be filled");
        Refusal::from(refusals::COMPARISON_IMPOSSIBLE)
    })?;
    Ok(html.into_bytes())
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
            ("territories", "dashboard-tab-territories"),
            ("flows", "dashboard-tab-flows"),
            ("downloads", "dashboard-tab-downloads"),
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
        self.federation.split('-').any(|word| MADE_UP.contains(&word))
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

fn row(headings: &[String], texts: Vec<String>) -> Vec<Cell> {
    headings.iter().zip(texts).map(|(label, text)| Cell { label: label.clone(), text }).collect()
}

fn headings(words: &Words<'_>, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| words.say(key)).collect()
}

fn overview<'a>(frame: Frame<'a>, desk: &Desk) -> Result<OverviewPage<'a>, Refusal> {
    let words = frame.words;
    let reply = desk.targets(proto::TargetsRequest { published: true, ..Default::default() })?;
    let mut said = BTreeSet::new();
    let targets = reply.targets.iter().map(|one| target(&words, one, &mut said)).collect();
    let covered = desk.coverage(&proto::CoverageRequest::default())?.whole.unwrap_or_default();
    let (mut topics, mut privacy) = (Vec::new(), String::new());
    for indicator in IndicatorKey::ALL.into_iter().filter(|one| one.standing() == Standing::Primary) {
        let Some(reply) = compared(desk, indicator)? else { continue };
        let names = names(words.language(), &reply.models);
        let sentences = reply.pairs.iter().filter_map(|pair| pair.sentence.as_ref());
        let sentences: BTreeSet<String> =
            sentences.map(|sentence| words.sentence(sentence, indicator.unit(), &names)).collect();
        privacy = reply
            .privacy
            .as_ref()
            .map(|sentence| words.sentence(sentence, indicator.unit(), &names))
            .unwrap_or_default();
        topics.push(Topic {
            key: indicator.code(),
            name: words.say(&format!("indicator-{}", indicator.code())),
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
        topics,
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
        number: words.number(goal),
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
