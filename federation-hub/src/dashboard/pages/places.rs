//! Territories, searched and one by one: what is public about each, and why the rest is not shown. It must never show more of one than the hub
//! publishes, nor put them in the order of a figure.

use std::collections::BTreeSet;

use askama::Template;
use maillage_geography::{Commune, DepartementCode, Siren, Territory};
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use super::{Frame, NOTHING, filled};
use crate::{
    dashboard::{
        lists::{Found, Lists},
        lookups::{Lookup, Search},
        words::Words,
    },
    statistics::Unit,
    wording::said::Names,
};

#[derive(Template)]
#[template(path = "territories.html")]
struct ListPage<'a> {
    frame: Frame<'a>,
    name: String,
    departements: Vec<Choice>,
    found: String,
    persons_heading: String,
    rows: Vec<Row>,
    notes: Vec<String>,
    page: String,
    before: String,
    after: String,
}

/// A département that can be chosen.
struct Choice {
    number: String,
    is_chosen: bool,
}

/// A territory of the list.
struct Row {
    address: String,
    name: String,
    departements: String,
    has_node: bool,
    communes: String,
    inhabitants: String,
    persons: String,
}

#[derive(Template)]
#[template(path = "territory.html")]
struct TerritoryPage<'a> {
    frame: Frame<'a>,
    official: String,
    facts: Vec<(String, String)>,
    has_node: bool,
    communes_served: String,
    inhabitants_served: String,
    persons: String,
    half_year: String,
    reason: String,
    flows_of: String,
    flows: Vec<FlowRow>,
    communes: Vec<CommuneRow>,
    neighbours: Vec<Row>,
}

/// A pair that the territory is one of.
struct FlowRow {
    from: String,
    to: String,
    handovers: String,
}

/// A commune.
struct CommuneRow {
    name: String,
    insee: String,
    inhabitants: String,
    is_served: bool,
}

/// The territories that are searched.
pub(in crate::dashboard) fn list(
    frame: Frame<'_>,
    lists: &Lists,
    search: &Search,
) -> Result<Vec<u8>, Refusal> {
    let words = frame.words;
    let Found { shown, all, page, pages } = lists.search(search);
    let reasons = shown.iter().filter(|(_, told)| told.has_node).filter_map(|(_, told)| reason(&words, told));
    let reasons: BTreeSet<String> = reasons.collect();
    let notes = [words.say("dashboard-territories-order")].into_iter().chain(reasons);
    let turned = |to: Option<usize>| {
        let to = to.filter(|to| (1..=pages).contains(to));
        to.map(|to| format!("/{}/territories{}", words.code(), search.query(to))).unwrap_or_default()
    };
    let (before, after) = (turned(page.checked_sub(1)), turned(page.checked_add(1)));
    let told = [("page", words.count(page).into()), ("pages", words.count(pages).into())];
    filled(&ListPage {
        name: search.name.clone(),
        departements: departements(lists, search),
        found: words.with("dashboard-territories-found", &[("number", all.into())]),
        persons_heading: persons_heading(&words, &lists.half_year),
        rows: shown.iter().map(|(territory, told)| row(&words, territory, told)).collect(),
        notes: notes.collect(),
        page: words.with("dashboard-page", &told),
        before,
        after,
        frame: frame.titled("dashboard-territories-title"),
    })
}

fn departements(lists: &Lists, search: &Search) -> Vec<Choice> {
    let all = lists.geography.territories().iter().flat_map(|territory| &territory.departements);
    let all: BTreeSet<_> = all.copied().collect();
    let choice = |number: DepartementCode| Choice {
        number: number.as_str().to_owned(),
        is_chosen: search.departement == Some(number),
    };
    all.into_iter().map(choice).collect()
}

fn persons_heading(words: &Words<'_>, half_year: &str) -> String {
    if half_year.is_empty() {
        return words.say("column-persons");
    }
    words.with("dashboard-persons-of", &[("period", half_year.into())])
}

fn row(words: &Words<'_>, territory: &Territory, told: &proto::TerritoryView) -> Row {
    let numbers = territory.departements.iter().map(|number| number.as_str().to_owned());
    Row {
        address: Lookup::Territory(territory.siren).address(words.language()),
        name: territory.short_name.clone(),
        departements: numbers.collect::<Vec<_>>().join(", "),
        has_node: told.has_node,
        communes: part(words, u64::from(told.communes_served), u64::from(told.communes)),
        inhabitants: part(words, told.inhabitants_served, told.inhabitants),
        persons: persons(words, told),
    }
}

fn part(words: &Words<'_>, part: u64, whole: u64) -> String {
    words.with("dashboard-of", &[("part", words.count(part).into()), ("whole", words.count(whole).into())])
}

/// The persons with their noise, or that they are not shown.
fn persons(words: &Words<'_>, told: &proto::TerritoryView) -> String {
    told.persons.map_or_else(
        || NOTHING.to_owned(),
        |persons| format!("{} ± {}", words.number(persons.total), words.count(persons.noise_2sd)),
    )
}

/// Why the persons are not shown.
fn reason(words: &Words<'_>, told: &proto::TerritoryView) -> Option<String> {
    let sentence = told.withheld.as_ref()?.sentence.as_ref()?;
    Some(words.sentence(sentence, Unit::Number, &Names::new()))
}

/// One territory; none that is not known.
pub(in crate::dashboard) fn territory(
    frame: Frame<'_>,
    lists: &Lists,
    siren: &Siren,
) -> Option<Result<Vec<u8>, Refusal>> {
    let words = frame.words;
    let (territory, told) = lists.territory(siren)?;
    let neighbours = lists.geography.neighbours(siren);
    let mut neighbours: Vec<Row> = neighbours
        .iter()
        .filter_map(|neighbour| lists.territory(&neighbour.siren))
        .map(|(territory, told)| row(&words, territory, told))
        .collect();
    neighbours.sort_by(|one, other| one.name.cmp(&other.name));
    let commune = |commune: &Commune| CommuneRow {
        name: commune.name.clone(),
        insee: commune.insee.to_string(),
        inhabitants: words.count(commune.population),
        is_served: lists.served.contains(&commune.insee),
    };
    let mut communes: Vec<CommuneRow> = lists.geography.communes_of(siren).map(commune).collect();
    communes.sort_by_key(|one| maillage_geography::fold(&one.name));
    let (flows_of, flows) = flows(&words, lists, siren);
    Some(filled(&TerritoryPage {
        official: territory.name.clone(),
        facts: facts(&words, territory),
        has_node: told.has_node,
        communes_served: part(&words, u64::from(told.communes_served), u64::from(told.communes)),
        inhabitants_served: part(&words, told.inhabitants_served, told.inhabitants),
        persons: persons(&words, told),
        half_year: persons_heading(&words, &lists.half_year),
        reason: if told.has_node {
            reason(&words, told).unwrap_or_default()
        } else {
            words.say("dashboard-territory-without")
        },
        flows_of,
        flows,
        communes,
        neighbours,
        frame: Frame { title: territory.short_name.clone(), ..frame },
    }))
}

fn facts(words: &Words<'_>, territory: &Territory) -> Vec<(String, String)> {
    let numbers: Vec<&str> = territory.departements.iter().map(DepartementCode::as_str).collect();
    let density = crate::wording::numbers::decimal(
        words.language(),
        f64::from(territory.density_tenths_per_km2) / 10.0,
    );
    vec![
        (words.say("dashboard-siren"), territory.siren.to_string()),
        (words.say("column-departement"), numbers.join(", ")),
        (words.say("column-inhabitants"), words.count(territory.population)),
        (words.say("dashboard-density"), words.with("dashboard-density-of", &[("density", density.into())])),
    ]
}

/// Pairs of the newest year that are told, with this territory on either side, and what is said of them.
fn flows(words: &Words<'_>, lists: &Lists, siren: &Siren) -> (String, Vec<FlowRow>) {
    let Some(newest) = lists.flows.last() else {
        return (words.say("dashboard-flows-no-year"), Vec::new());
    };
    let own = |flow: &&proto::Flow| [&flow.from, &flow.to].iter().any(|one| one.as_str() == siren.as_str());
    let flow = |flow: &proto::Flow| FlowRow {
        from: lists.name(&flow.from),
        to: lists.name(&flow.to),
        handovers: words.count(flow.handovers),
    };
    let rows: Vec<FlowRow> = newest.flows.iter().filter(own).map(flow).collect();
    let key = if rows.is_empty() { "dashboard-territory-no-flows" } else { "dashboard-territory-flows" };
    let arguments = [("year", newest.year.to_string().into()), ("needed", newest.needed.into())];
    (words.with(key, &arguments), rows)
}
