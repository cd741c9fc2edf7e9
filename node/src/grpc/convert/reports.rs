//! Reports to messages.

use data_encoding::HEXLOWER;
use maillage_federation::statistics::{CellGroup, Period, Vocabulary};
use maillage_proto::node::v1 as proto;
use maillage_store::{report_notes::Silence, report_states::ReportState};

use crate::app::report::{BUDGET_UNITS, Closed, Kept, journal::Shown};

/// A closed period.
pub fn closed(closed: &Closed) -> proto::Report {
    match closed {
        Closed::Report(kept) => report(kept),
        Closed::Silent(silence, spent) => silent(silence, *spent),
    }
}

/// A frozen report.
pub fn report(kept: &Kept) -> proto::Report {
    let (state, refused_because) = match (&kept.withdrawn, &kept.state) {
        (Some(_), _) => ("withdrawn", ""),
        (None, ReportState::Frozen) => ("frozen", ""),
        (None, ReportState::Sent) => ("sent", ""),
        (None, ReportState::Refused(code)) => ("refused", code.as_str()),
    };
    let vocabulary = Vocabulary::named(&kept.report.vocabulary);
    let sections = kept.report.sections.iter().map(|section| proto::ReportSection {
        model: section.model.to_string(),
        cells: names(vocabulary.as_ref()),
        noisy_counts: section.cells.clone(),
        noise_2sd: margins(vocabulary.as_ref()),
    });
    let withdrawn = kept.withdrawn.as_ref();
    proto::Report {
        period: written(&kept.report.vocabulary, kept.report.period),
        vocabulary: kept.report.vocabulary.clone(),
        sections: sections.collect(),
        // What leaves is known by the hash of the signed body: the hub shows the same one.
        hash: HEXLOWER.encode(&kept.report.hash()),
        state: state.to_owned(),
        made_at: kept.frozen.frozen_at.to_string(),
        budget_used: fraction(kept.spent),
        refused_because: refused_because.to_owned(),
        body: kept.report.body(),
        withdrawn_at: withdrawn.map(|withdrawn| withdrawn.at.to_string()).unwrap_or_default(),
        withdrawn_because: withdrawn.map(|taken| taken.reason.code().to_owned()).unwrap_or_default(),
    }
}

/// What a period would count, or has counted.
pub fn preview(shown: &Shown) -> proto::ReportPreview {
    let vocabulary = shown.period.vocabulary();
    let truth = shown.truth.iter().flat_map(|truth| &truth.sections);
    let sections = truth.map(|(model, counts)| proto::PreviewSection {
        model: model.to_string(),
        cells: names(Some(&vocabulary)),
        true_counts: counts.clone(),
        noise_2sd: margins(Some(&vocabulary)),
    });
    let sigma = vocabulary.groups.first().map(|group| group.sigma.to_integer());
    proto::ReportPreview {
        period: shown.period.to_string(),
        sections: sections.collect(),
        budget_used: fraction(shown.spent),
        budget_limit: fraction(shown.limit),
        sigma: sigma.and_then(|sigma| u32::try_from(sigma).ok()).unwrap_or_default(),
        vocabulary: vocabulary.name.to_owned(),
        closed: shown.closed.as_ref().map(closed),
        counts_known: shown.truth.is_some(),
        few_beneficiaries: shown.few,
    }
}

fn silent(silence: &Silence, spent: u64) -> proto::Report {
    proto::Report {
        period: written(&silence.vocabulary, silence.month),
        vocabulary: silence.vocabulary.clone(),
        state: silence.reason.code().to_owned(),
        made_at: silence.at.to_string(),
        budget_used: fraction(spent),
        ..proto::Report::default()
    }
}

fn written(vocabulary: &str, month: maillage_federation::month::Month) -> String {
    Period::of(vocabulary, month).map_or_else(|| month.to_string(), |period| period.to_string())
}

fn names(vocabulary: Option<&Vocabulary>) -> Vec<String> {
    vocabulary.iter().flat_map(|known| known.cells()).map(|(_, cell)| cell.to_owned()).collect()
}

/// Twice the deviation of each cell, rounded up.
fn margins(vocabulary: Option<&Vocabulary>) -> Vec<u32> {
    let twice = |group: &CellGroup| u32::try_from((group.sigma * 2).ceil().to_integer()).unwrap_or(u32::MAX);
    vocabulary.iter().flat_map(|known| known.cells()).map(|(group, _)| twice(group)).collect()
}

fn fraction(units: u64) -> String {
    format!("{units}/{BUDGET_UNITS}")
}
