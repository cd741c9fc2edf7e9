//! The tables of the export: which columns each has, and its rows from the hub's answers. It must never fill a field where there is a
//! reason.

use std::collections::BTreeMap;

use maillage_federation::statistics::Vocabulary;
use maillage_proto::hub::v1 as proto;

use super::Published;
use crate::{ledger, wording::shown};

/// A table.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [Column],
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A column: its words are the messages `data-` and its name.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) kind: Kind,
    pub(super) privacy: Privacy,
}

/// What is in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
}

/// What protects the people behind a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    /// Noise at the node, and the rules of display.
    Noise,
    /// Only from a number of handovers on, of years that are over.
    Threshold,
    /// The name of whoever answers for a decision.
    Named,
    /// Public, or a name of something.
    Public,
}

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Integer(i64),
    Number(f64),
}

impl Kind {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
        }
    }
}

impl Privacy {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::Threshold => "threshold",
            Self::Named => "named",
            Self::Public => "public",
        }
    }
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    fn integer(number: impl TryInto<i64>) -> Self {
        Self::Integer(number.try_into().unwrap_or(i64::MAX))
    }

    /// A figure to four digits: those beyond are noise, and a quotient to its last digit would tell what it was divided from.
    pub(super) fn number(number: Option<f64>) -> Self {
        let rounded = |number: f64| format!("{number:.3e}").parse().unwrap_or(number);
        number.map(rounded).map_or(Self::Empty, Self::Number)
    }

    fn code(withheld: Option<&proto::WithheldFigure>) -> Self {
        withheld.map_or(Self::Empty, |withheld| Self::text(withheld.code.as_str()))
    }
}

const fn column(name: &'static str, unit: &'static str, kind: Kind, privacy: Privacy) -> Column {
    Column { name, unit, kind, privacy }
}

const fn name(name: &'static str) -> Column {
    column(name, "", Kind::Text, Privacy::Public)
}

const fn counted(name: &'static str, unit: &'static str) -> Column {
    column(name, unit, Kind::Integer, Privacy::Public)
}

const fn noisy(name: &'static str, unit: &'static str) -> Column {
    column(name, unit, Kind::Integer, Privacy::Noise)
}

const fn figure(name: &'static str) -> Column {
    column(name, "indicator", Kind::Number, Privacy::Noise)
}

const SERIES_TOTALS: &[Column] = &[
    name("vocabulary"),
    name("period"),
    name("model"),
    name("cell"),
    noisy("total", "cell"),
    noisy("noise_2sd", "cell"),
    counted("territories", "territory"),
    counted("reports", "report"),
    name("withheld"),
];

const SERIES_INDICATORS: &[Column] = &[
    name("indicator"),
    name("period"),
    name("model"),
    figure("figure"),
    figure("low"),
    figure("high"),
    counted("territories", "territory"),
    counted("reports", "report"),
    name("withheld"),
    name("interval_withheld"),
];

const TOTALS: &[Column] = &[
    name("vocabulary"),
    name("model"),
    name("cell"),
    noisy("total", "cell"),
    noisy("noise_2sd", "cell"),
    counted("periods", "period"),
    counted("periods_withheld", "period"),
    name("withheld"),
];

const COMPARISON_MODELS: &[Column] = &[
    name("indicator"),
    name("standing"),
    name("from"),
    name("to"),
    name("model"),
    counted("territories", "territory"),
    counted("population", "inhabitant"),
    figure("figure"),
    figure("low"),
    figure("high"),
    name("withheld"),
    name("interval_withheld"),
];

const COMPARISON_PAIRS: &[Column] = &[
    name("indicator"),
    name("standing"),
    name("from"),
    name("to"),
    name("first"),
    name("second"),
    counted("first_territories", "territory"),
    counted("second_territories", "territory"),
    name("conclusion"),
    figure("difference"),
    figure("low"),
    figure("high"),
    figure("detectable"),
    figure("detectable_by_both"),
    name("detectable_by_both_withheld"),
    column("p_adjusted", "probability", Kind::Number, Privacy::Noise),
    name("withheld"),
];

const COVERAGE: &[Column] = &[
    name("departement"),
    counted("communes", "commune"),
    counted("communes_served", "commune"),
    counted("inhabitants", "inhabitant"),
    counted("inhabitants_served", "inhabitant"),
    counted("territories_there", "territory"),
    counted("territories_with_node", "territory"),
    counted("territories_reporting", "territory"),
];

const COMMUNES_NOT_SERVED: &[Column] =
    &[name("insee"), name("name"), name("departement"), name("siren"), counted("inhabitants", "inhabitant")];

const FLOWS: &[Column] = &[
    counted("year", "year"),
    name("origin"),
    name("carrier"),
    column("handovers", "handover", Kind::Integer, Privacy::Threshold),
    name("withheld"),
];

const TERRITORIES: &[Column] = &[
    name("siren"),
    name("name"),
    name("half_year"),
    counted("communes", "commune"),
    counted("communes_served", "commune"),
    counted("inhabitants", "inhabitant"),
    counted("inhabitants_served", "inhabitant"),
    noisy("persons", "person"),
    noisy("noise_2sd", "person"),
    name("withheld"),
];

const TARGETS: &[Column] = &[
    counted("year", "year"),
    name("target"),
    counted("goal", "target"),
    noisy("larger_half_year", "target"),
    noisy("larger_half_year_noise_2sd", "target"),
    noisy("both_half_years", "target"),
    noisy("both_half_years_noise_2sd", "target"),
    name("half_years"),
    name("notes"),
    name("withheld"),
];

const REPORTS_NOT_COUNTED: &[Column] = &[
    name("siren"),
    name("period"),
    name("vocabulary"),
    name("hash"),
    name("why"),
    name("decided_at"),
    column("decided_by", "", Kind::Text, Privacy::Named),
    name("reason"),
];

/// Every table.
pub(super) fn all(published: &Published) -> Vec<Table> {
    let of_vocabulary = || published.series.iter().filter(|series| series.indicator.is_empty());
    let of_indicator = || published.series.iter().filter(|series| !series.indicator.is_empty());
    let table = |name, columns, rows| Table { name, columns, rows };
    vec![
        table("series_totals", SERIES_TOTALS, of_vocabulary().flat_map(series_totals).collect()),
        table("series_indicators", SERIES_INDICATORS, of_indicator().flat_map(series_indicators).collect()),
        table("totals", TOTALS, of_vocabulary().flat_map(totals).collect()),
        table(
            "comparison_models",
            COMPARISON_MODELS,
            published.comparisons.iter().flat_map(comparison_models).collect(),
        ),
        table(
            "comparison_pairs",
            COMPARISON_PAIRS,
            published.comparisons.iter().flat_map(comparison_pairs).collect(),
        ),
        table("coverage", COVERAGE, coverage(&published.coverage)),
        table("communes_not_served", COMMUNES_NOT_SERVED, published.unserved.iter().map(unserved).collect()),
        table("flows", FLOWS, published.flows.iter().flat_map(flows).collect()),
        table(
            "territories",
            TERRITORIES,
            published.territories.iter().map(|one| territory(one, &published.half_year)).collect(),
        ),
        table(
            "targets",
            TARGETS,
            published.targets.targets.iter().map(|one| target(one, published)).collect(),
        ),
        table(
            "reports_not_counted",
            REPORTS_NOT_COUNTED,
            published.reports.iter().filter_map(not_counted).collect(),
        ),
    ]
}

/// One row for each cell; where the point is withheld, one row for each cell that there would be.
fn series_totals(series: &proto::SeriesReply) -> Vec<Vec<Cell>> {
    let vocabulary = Vocabulary::named(&series.vocabulary);
    let names: Vec<&str> =
        vocabulary.iter().flat_map(|vocabulary| vocabulary.cells().map(|(_, cell)| cell)).collect();
    let rows = series.points.iter().flat_map(|point| {
        names.iter().map(|name| {
            let shown = point.cells.iter().find(|cell| cell.cell == *name);
            vec![
                Cell::text(series.vocabulary.as_str()),
                Cell::text(point.period.as_str()),
                Cell::text(point.model.as_str()),
                Cell::text(*name),
                shown.map_or(Cell::Empty, |cell| Cell::Integer(cell.total)),
                shown.map_or(Cell::Empty, |cell| Cell::integer(cell.noise_2sd)),
                Cell::integer(point.territories),
                Cell::integer(point.reports),
                Cell::code(point.withheld.as_ref()),
            ]
        })
    });
    rows.collect()
}

fn series_indicators(series: &proto::SeriesReply) -> Vec<Vec<Cell>> {
    let row = |point: &proto::SeriesPoint| {
        let bounds = shown::bounds(point.interval.as_ref()).ok();
        let [withheld, interval_withheld] = shown::reasons_of_point(point);
        vec![
            Cell::text(series.indicator.as_str()),
            Cell::text(point.period.as_str()),
            Cell::text(point.model.as_str()),
            Cell::number(shown::figure(point.figure.as_ref()).ok()),
            Cell::number(bounds.map(|(low, _)| low)),
            Cell::number(bounds.map(|(_, high)| high)),
            Cell::integer(point.territories),
            Cell::integer(point.reports),
            Cell::code(withheld),
            Cell::code(interval_withheld),
        ]
    };
    series.points.iter().map(row).collect()
}

/// Sums over the periods that are shown, by model: a sum over all would tell, less those, a period that is withheld. A model without any
/// is one row for each cell, without a sum.
fn totals(series: &proto::SeriesReply) -> Vec<Vec<Cell>> {
    let Some(vocabulary) = Vocabulary::named(&series.vocabulary) else { return Vec::new() };
    let mut models: BTreeMap<&str, Vec<&proto::SeriesPoint>> = BTreeMap::new();
    for point in series.points.iter().filter(|point| !point.model.is_empty()) {
        models.entry(&point.model).or_default().push(point);
    }
    let mut rows = Vec::new();
    for (model, points) in models {
        let shown: Vec<_> = points.iter().filter(|point| point.withheld.is_none()).collect();
        let reports: u32 = shown.iter().map(|point| point.reports).sum();
        for (place, (group, cell)) in vocabulary.cells().enumerate() {
            let total: i64 =
                shown.iter().filter_map(|point| point.cells.get(place)).map(|one| one.total).sum();
            let sigma = (*group.sigma.numer(), *group.sigma.denom());
            let or_empty = |cell: Cell| if shown.is_empty() { Cell::Empty } else { cell };
            rows.push(vec![
                Cell::text(vocabulary.name),
                Cell::text(model),
                Cell::text(cell),
                or_empty(Cell::Integer(total)),
                or_empty(Cell::integer(ledger::noise_2sd(sigma, reports))),
                Cell::integer(shown.len()),
                Cell::integer(points.len() - shown.len()),
                if shown.is_empty() { Cell::text("no-period-shown") } else { Cell::Empty },
            ]);
        }
    }
    rows
}

/// One row for each model, over the months of the comparison.
fn comparison_models(reply: &proto::CompareReply) -> Vec<Vec<Cell>> {
    let row = |model: &proto::ComparedModel| {
        let (value, bounds) = (shown::figure(model.figure.as_ref()), shown::bounds(model.interval.as_ref()));
        let mix = model.mix.clone().unwrap_or_default();
        vec![
            Cell::text(reply.indicator.as_str()),
            Cell::text(reply.standing.as_str()),
            Cell::text(reply.from.as_str()),
            Cell::text(reply.to.as_str()),
            Cell::text(model.model.as_str()),
            Cell::integer(mix.territories),
            Cell::integer(mix.population),
            Cell::number(value.ok()),
            Cell::number(bounds.ok().map(|(low, _)| low)),
            Cell::number(bounds.ok().map(|(_, high)| high)),
            Cell::code(value.err().flatten()),
            Cell::code(bounds.err().flatten()),
        ]
    };
    reply.models.iter().map(row).collect()
}

/// One row for each pair, over the months of the comparison.
fn comparison_pairs(reply: &proto::CompareReply) -> Vec<Vec<Cell>> {
    let row = |pair: &proto::ComparedPair| {
        let first = pair.difference.as_ref();
        let shown = first.filter(|first| first.withheld.is_none());
        let bounds = shown.and_then(|shown| shown.bounds);
        let by_both = shown::figure(pair.detectable_by_both.as_ref());
        let territories =
            |mix: Option<&proto::Mix>| mix.map_or(Cell::Empty, |mix| Cell::integer(mix.territories));
        vec![
            Cell::text(reply.indicator.as_str()),
            Cell::text(reply.standing.as_str()),
            Cell::text(reply.from.as_str()),
            Cell::text(reply.to.as_str()),
            Cell::text(pair.first.as_str()),
            Cell::text(pair.second.as_str()),
            territories(pair.first_mix.as_ref()),
            territories(pair.second_mix.as_ref()),
            Cell::text(pair.conclusion.as_str()),
            Cell::number(shown.map(|shown| shown.value)),
            Cell::number(bounds.map(|bounds| bounds.low)),
            Cell::number(bounds.map(|bounds| bounds.high)),
            Cell::number(shown.map(|shown| shown.detectable)),
            Cell::number(by_both.ok()),
            Cell::code(by_both.err().flatten()),
            Cell::number(shown.map(|shown| shown.p_adjusted)),
            Cell::code(first.and_then(|first| first.withheld.as_ref())),
        ]
    };
    reply.pairs.iter().map(row).collect()
}

fn unserved(commune: &proto::UnservedCommune) -> Vec<Cell> {
    let texts = [&commune.insee, &commune.name, &commune.departement, &commune.territory];
    let texts = texts.into_iter().map(|text| Cell::text(text.as_str()));
    texts.chain([Cell::integer(commune.inhabitants)]).collect()
}

/// The pairs of a year that are shown; then one row without a pair, if any is hidden.
fn flows(reply: &proto::FlowsReply) -> Vec<Vec<Cell>> {
    let year = || Cell::integer(reply.year);
    let shown = reply.flows.iter().map(|flow| {
        let (from, to) = (Cell::text(flow.from.as_str()), Cell::text(flow.to.as_str()));
        vec![year(), from, to, Cell::integer(flow.handovers), Cell::Empty]
    });
    let hidden = (reply.pairs_withheld > 0)
        .then(|| vec![year(), Cell::Empty, Cell::Empty, Cell::Empty, Cell::text("too-few-handovers")]);
    shown.chain(hidden).collect()
}

/// The whole first, with an empty number.
fn coverage(reply: &proto::CoverageReply) -> Vec<Vec<Cell>> {
    let departements = reply.departements.iter().map(|one| (one.number.as_str(), one.area));
    let areas = [("", reply.whole)].into_iter().chain(departements);
    let rows = areas.map(|(number, area)| {
        let area = area.unwrap_or_default();
        vec![
            Cell::text(number),
            Cell::integer(area.communes),
            Cell::integer(area.communes_served),
            Cell::integer(area.inhabitants),
            Cell::integer(area.inhabitants_served),
            Cell::integer(area.territories),
            Cell::integer(area.territories_with_node),
            Cell::integer(area.territories_reporting),
        ]
    });
    rows.collect()
}

fn territory(one: &proto::TerritoryView, half_year: &str) -> Vec<Cell> {
    vec![
        Cell::text(one.siren.as_str()),
        Cell::text(one.name.as_str()),
        Cell::text(half_year),
        Cell::integer(one.communes),
        Cell::integer(one.communes_served),
        Cell::integer(one.inhabitants),
        Cell::integer(one.inhabitants_served),
        one.persons.map_or(Cell::Empty, |persons| Cell::Integer(persons.total)),
        one.persons.map_or(Cell::Empty, |persons| Cell::integer(persons.noise_2sd)),
        Cell::code(one.withheld.as_ref()),
    ]
}

fn target(target: &proto::Target, published: &Published) -> Vec<Cell> {
    let progress = target.progress.as_ref();
    let larger_half_year = progress.and_then(|progress| progress.larger_half_year);
    let both_half_years = progress.and_then(|progress| progress.both_half_years);
    let notes = progress.map(|progress| progress.notes.iter().map(|note| note.code.as_str()));
    let notes: Vec<&str> = notes.into_iter().flatten().collect();
    let total = |one: Option<proto::NoisyTotal>| one.map_or(Cell::Empty, |one| Cell::Integer(one.total));
    let noise = |one: Option<proto::NoisyTotal>| one.map_or(Cell::Empty, |one| Cell::integer(one.noise_2sd));
    vec![
        Cell::integer(published.targets.year),
        Cell::text(target.key.as_str()),
        Cell::integer(target.goal),
        total(larger_half_year),
        noise(larger_half_year),
        total(both_half_years),
        noise(both_half_years),
        Cell::text(progress.map(|progress| progress.half_years.join(" ")).unwrap_or_default()),
        Cell::text(notes.join(" ")),
        Cell::code(target.withheld.as_ref()),
    ]
}

/// A report that its node has taken back, or that somebody left out of every figure; none for one that counts.
fn not_counted(report: &proto::ReceivedReport) -> Option<Vec<Cell>> {
    let (why, at, by, reason) = if !report.withdrawn_at.is_empty() {
        ("withdrawn", &report.withdrawn_at, "", &report.withdrawn_because)
    } else if !report.quarantined_at.is_empty() {
        let by = report.quarantined_by.as_str();
        ("quarantined", &report.quarantined_at, by, &report.quarantined_because)
    } else {
        return None;
    };
    let texts = [&report.territory, &report.period, &report.vocabulary, &report.hash];
    let decided = [why, at.as_str(), by, reason.as_str()];
    Some(texts.into_iter().map(String::as_str).chain(decided).map(Cell::text).collect())
}
