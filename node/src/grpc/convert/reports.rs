//! Reports to messages.

use data_encoding::HEXLOWER;
use maillage_federation::{envelope::Body, statistics::Vocabulary};
use maillage_proto::{federation::v1::Body as SignedBody, node::v1 as proto};
use maillage_store::report_states::ReportState;
use prost::Message as _;

use crate::app::report::{BUDGET_UNITS, Kept, Preview};

/// A frozen report.
pub fn report(kept: &Kept) -> proto::Report {
    let (state, refused_because) = match &kept.state {
        ReportState::Frozen => ("frozen", ""),
        ReportState::Sent => ("sent", ""),
        ReportState::Refused(code) => ("refused", code.as_str()),
    };
    let sections = kept
        .report
        .sections
        .iter()
        .map(|section| proto::ReportSection {
            model: section.model.to_string(),
            cells: names(),
            noisy_counts: section.cells.clone(),
        })
        .collect();
    proto::Report {
        period: kept.report.period.to_string(),
        vocabulary: kept.report.vocabulary.clone(),
        sections,
        hash: hash(kept),
        state: state.to_owned(),
        made_at: kept.frozen.frozen_at.to_string(),
        budget_used: fraction(kept.spent),
        refused_because: refused_because.to_owned(),
    }
}

/// What a month's report would count.
pub fn preview(preview: &Preview) -> proto::ReportPreview {
    let sections = preview
        .sections
        .iter()
        .map(|(model, counts)| proto::PreviewSection {
            model: model.to_string(),
            cells: names(),
            true_counts: counts.to_vec(),
        })
        .collect();
    let sigma = Vocabulary::pulse().sigma.to_integer();
    proto::ReportPreview {
        period: preview.period.to_string(),
        sections,
        budget_used: fraction(preview.spent),
        budget_limit: fraction(preview.limit),
        sigma: u32::try_from(sigma).unwrap_or_default(),
    }
}

/// The hash of the signed body, which is what leaves: the hub shows the same one.
fn hash(kept: &Kept) -> String {
    let body = SignedBody::from(Body::Report(kept.report.clone())).encode_to_vec();
    HEXLOWER.encode(blake3::hash(&body).as_bytes())
}

fn names() -> Vec<String> {
    Vocabulary::pulse().cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn fraction(units: u64) -> String {
    format!("{units}/{BUDGET_UNITS}")
}
