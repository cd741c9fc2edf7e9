//! Series, coverage, targets and flows as messages: what is withheld as a reason. It must never compute a figure.

use maillage_comparison::Standing;
use maillage_federation::{
    half_year::HalfYear,
    models::{Catalogue, ModelKey},
    statistics::Cadence,
};
use maillage_geography::{Commune, Geography};
use maillage_proto::hub::v1::{self as proto, sentence_argument};

use super::{
    costs::CostKey,
    coverage::{Area, Coverage, PersonsWithheld, TerritoryFigures},
    flows::Flows,
    indicator::IndicatorKey,
    series::{Followed, Point, Series, Value},
    solutions::Opened,
    targets::{Noisy, Progress, Target, TargetKey, Targets, Unknown},
    views,
};
use crate::{ledger::CellTotal, limits};

/// Every indicator.
pub(super) fn indicators() -> proto::ListIndicatorsReply {
    let indicator = |key: IndicatorKey| proto::Indicator {
        key: key.code().to_owned(),
        standing: views::standing(key.standing()).to_owned(),
        unit: key.unit().code().to_owned(),
        cadence: match key.cadence() {
            Cadence::Monthly => "month",
            Cadence::HalfYearly => "half-year",
        }
        .to_owned(),
        vocabularies: key.vocabularies().iter().map(|vocabulary| vocabulary.name.to_owned()).collect(),
    };
    let cost = |key: CostKey| proto::Indicator {
        key: key.code().to_owned(),
        standing: views::standing(Standing::Exploratory).to_owned(),
        unit: "euros".to_owned(),
        cadence: "year".to_owned(),
        vocabularies: key.sources().into_iter().map(str::to_owned).collect(),
    };
    let indicators = IndicatorKey::ALL.map(indicator).into_iter().chain(CostKey::ALL.map(cost));
    proto::ListIndicatorsReply { indicators: indicators.collect() }
}

/// A series.
pub(super) fn series(series: Series, catalogue: &Catalogue) -> proto::SeriesReply {
    let Series { followed, points, reports, fingerprint, left_out, set_aside } = series;
    let points = points.into_iter().map(|one| point(one, &followed, catalogue)).collect();
    let (indicator, vocabulary) = match followed {
        Followed::Indicator(indicator) => (indicator.code(), ""),
        Followed::Vocabulary(vocabulary) => ("", vocabulary.name),
    };
    proto::SeriesReply {
        indicator: indicator.to_owned(),
        vocabulary: vocabulary.to_owned(),
        points,
        reports,
        fingerprint: data_encoding::HEXLOWER.encode(&fingerprint),
        left_out,
        set_aside,
    }
}

fn point(point: Point, followed: &Followed, catalogue: &Catalogue) -> proto::SeriesPoint {
    let Point { period, model, territories, reports, value } = point;
    let period = followed.period(period).map_or_else(|| period.to_string(), |period| period.to_string());
    let known = model.as_ref().and_then(|model| catalogue.model(model));
    let told = proto::SeriesPoint {
        period,
        name_fr: known.map(|model| model.name_fr.clone()).unwrap_or_default(),
        name_en: known.map(|model| model.name_en.clone()).unwrap_or_default(),
        model: model.as_ref().map(ModelKey::to_string).unwrap_or_default(),
        territories,
        reports,
        ..Default::default()
    };
    match value {
        Value::Totals(Ok(cells)) => {
            proto::SeriesPoint { cells: cells.into_iter().map(cell).collect(), ..told }
        }
        Value::Totals(Err(reason)) => proto::SeriesPoint { withheld: Some(views::withheld(&reason)), ..told },
        Value::Figure(result) => proto::SeriesPoint {
            figure: Some(views::figure(&result.figure)),
            interval: Some(views::interval(&result.interval)),
            ..told
        },
    }
}

/// The total of a cell.
pub(super) fn cell(total: CellTotal) -> proto::CellTotal {
    let CellTotal { cell, total, noise_2sd } = total;
    proto::CellTotal { cell: cell.to_owned(), total, noise_2sd }
}

/// What is served.
pub(super) fn coverage(coverage: Coverage) -> proto::CoverageReply {
    let Coverage { whole, departements } = coverage;
    let departement = |(number, own): (maillage_geography::DepartementCode, Area)| {
        proto::CoveredDepartement { number: number.as_str().to_owned(), area: Some(area(own)) }
    };
    proto::CoverageReply {
        whole: Some(area(whole)),
        departements: departements.into_iter().map(departement).collect(),
    }
}

fn area(area: Area) -> proto::CoveredArea {
    let Area {
        communes,
        inhabitants,
        communes_served,
        inhabitants_served,
        territories,
        territories_with_node,
        territories_reporting,
    } = area;
    proto::CoveredArea {
        communes,
        inhabitants,
        communes_served,
        inhabitants_served,
        territories,
        territories_with_node,
        territories_reporting,
    }
}

/// A commune that no node serves.
pub(super) fn unserved(commune: &Commune) -> proto::UnservedCommune {
    proto::UnservedCommune {
        insee: commune.insee.to_string(),
        name: commune.name.clone(),
        departement: commune.departement.as_str().to_owned(),
        territory: commune.territory.map(|siren| siren.to_string()).unwrap_or_default(),
        inhabitants: commune.population,
    }
}

/// A territory.
pub(super) fn territory(figures: &TerritoryFigures, geography: &Geography) -> proto::TerritoryView {
    let TerritoryFigures { siren, area, has_node, persons } = figures;
    let name = geography.territory(siren).map(|territory| territory.short_name.clone());
    proto::TerritoryView {
        siren: siren.to_string(),
        name: name.unwrap_or_default(),
        communes: area.communes,
        inhabitants: area.inhabitants,
        communes_served: area.communes_served,
        inhabitants_served: area.inhabitants_served,
        has_node: *has_node,
        withheld: persons.err().map(hidden),
        persons: persons.ok().map(noisy),
    }
}

fn hidden(reason: PersonsWithheld) -> proto::WithheldFigure {
    let arguments = match reason {
        PersonsWithheld::TooFewPersons { needed } => vec![count("needed", needed)],
        PersonsWithheld::NotReported | PersonsWithheld::ProtectsAnother => vec![],
    };
    reason_of(reason.code(), arguments)
}

fn noisy(noisy: Noisy) -> proto::NoisyTotal {
    let Noisy { total, noise_2sd } = noisy;
    proto::NoisyTotal { total, noise_2sd }
}

/// The targets.
pub(super) fn targets(targets: Targets) -> proto::TargetsReply {
    let Targets { year, each, reports, fingerprint } = targets;
    proto::TargetsReply {
        year: year.and_then(|year| u32::try_from(year).ok()).unwrap_or_default(),
        targets: each.into_iter().map(target).collect(),
        reports,
        fingerprint: data_encoding::HEXLOWER.encode(&fingerprint),
    }
}

fn target(target: Target) -> proto::Target {
    let Target { key, progress } = target;
    let (withheld, progress) = match progress {
        Ok(known) => (None, Some(reached(known))),
        Err(reason) => (Some(unknown(&reason)), None),
    };
    proto::Target { key: key.code().to_owned(), goal: key.goal(), withheld, progress }
}

/// What is declared about the target of new solutions.
pub(super) fn opened(reply: &mut proto::TargetsReply, opened: Result<Opened, Unknown>) {
    let key = TargetKey::SolutionsOpened.code();
    let Some(target) = reply.targets.iter_mut().find(|target| target.key == key) else { return };
    match opened {
        Ok(Opened { total, years: [first, last], declarations, incomplete }) => {
            let mut notes = vec![sentence("figures-note-solutions-declared")];
            if incomplete {
                notes.push(sentence("figures-note-declared-year-withheld"));
            }
            let year = |year: i16| u32::try_from(year).unwrap_or_default();
            let (from_year, to_year) = (year(first), year(last));
            let declared = Some(proto::DeclaredTotal { total, from_year, to_year, declarations });
            target.progress = Some(proto::TargetProgress { declared, notes, ..Default::default() });
            target.withheld = None;
        }
        Err(reason) => target.withheld = Some(unknown(&reason)),
    }
}

fn reached(progress: Progress) -> proto::TargetProgress {
    let Progress { larger_half_year, both_half_years, half_years, incomplete } = progress;
    let mut notes = vec![sentence("figures-note-persons-of-half-years")];
    if incomplete {
        notes.push(sentence("figures-note-half-year-withheld"));
    }
    proto::TargetProgress {
        larger_half_year: Some(noisy(larger_half_year)),
        both_half_years: both_half_years.map(noisy),
        half_years: half_years.iter().map(HalfYear::to_string).collect(),
        notes,
        declared: None,
    }
}

fn unknown(reason: &Unknown) -> proto::WithheldFigure {
    match reason {
        Unknown::NothingReported => reason_of("nothing-reported", vec![]),
        Unknown::PilotNotNamed => reason_of("pilot-not-named", vec![]),
        Unknown::NotDeclared => reason_of("not-declared", vec![]),
        Unknown::DeclaredNotPublished => reason_of("declared-not-published", vec![]),
        Unknown::Withheld(withheld) => views::withheld(withheld),
    }
}

/// Flows of a year.
pub(super) fn flows(year: u32, flows: &Flows) -> proto::FlowsReply {
    let flow = |((from, to), handovers): (&(maillage_geography::Siren, maillage_geography::Siren), &u32)| {
        proto::Flow { from: from.to_string(), to: to.to_string(), handovers: *handovers }
    };
    proto::FlowsReply {
        year,
        flows: flows.shown.iter().map(flow).collect(),
        pairs_withheld: flows.withheld,
        needed: limits::HANDOVERS_TO_PUBLISH,
    }
}

/// A reason of this program, with the sentence `figures-withheld-` and its code.
fn reason_of(code: &str, arguments: Vec<proto::SentenceArgument>) -> proto::WithheldFigure {
    let sentence = proto::Sentence { code: format!("figures-withheld-{code}"), arguments };
    proto::WithheldFigure { code: code.to_owned(), sentence: Some(sentence) }
}

fn sentence(code: &str) -> proto::Sentence {
    proto::Sentence { code: code.to_owned(), arguments: vec![] }
}

fn count(name: &str, count: u64) -> proto::SentenceArgument {
    proto::SentenceArgument { name: name.to_owned(), value: Some(sentence_argument::Value::Count(count)) }
}

#[cfg(test)]
/// Every reason and note that is told here and not by the comparison.
pub(crate) const SENTENCES: [&str; 11] = [
    "figures-withheld-declared-not-published",
    "figures-withheld-not-reported",
    "figures-withheld-too-few-persons",
    "figures-withheld-protects-another",
    "figures-withheld-nothing-reported",
    "figures-withheld-not-declared",
    "figures-note-persons-of-half-years",
    "figures-note-half-year-withheld",
    "figures-withheld-pilot-not-named",
    "figures-note-solutions-declared",
    "figures-note-declared-year-withheld",
];
