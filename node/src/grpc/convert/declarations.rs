//! Declarations about years, from and to messages.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use maillage_domain::declaration::{Figure, Obstacle, Proposed, Typed};
use maillage_federation::accounts::{Declared, Said};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;
use maillage_store::declarations::{DeclarationState, SignedDeclaration};

use crate::app::{
    refusals,
    report::declaration::{Kept, NewSignatory, Preview, refused},
};

/// What is asked: the figures as typed, who signs them, and by what was seen.
pub struct Asked {
    /// The year.
    pub year: u32,
    /// The figures.
    pub typed: Typed,
    /// Who signs.
    pub signatory: NewSignatory,
    /// What was seen.
    pub etag: String,
}

/// Reads the figures of a request.
///
/// # Errors
/// `declaration-figure-range`, `declaration-band`.
pub fn asked(request: proto::DeclarationRequest) -> Result<Asked, Refusal> {
    let proto::DeclarationRequest {
        year,
        full_cost_cents,
        subsidy_cents,
        contributions_cents,
        compensation_cents,
        waivers_cents,
        vehicles,
        staff_fte_hundredths,
        volunteers,
        solutions_opened,
        signed_by,
        signed_as,
        etag,
    } = request;
    let numbers = [
        (Figure::FullCost, full_cost_cents),
        (Figure::Subsidy, subsidy_cents),
        (Figure::Contributions, contributions_cents),
        (Figure::Compensation, compensation_cents),
        (Figure::Waivers, waivers_cents),
        (Figure::Vehicles, vehicles.map(Into::into)),
        (Figure::StaffFte, staff_fte_hundredths.map(Into::into)),
        (Figure::SolutionsOpened, solutions_opened.map(Into::into)),
    ];
    let mut figures = BTreeMap::new();
    for (figure, value) in numbers {
        let Some(value) = value else { continue };
        let out_of_range = |_| refusals::invalid("declaration-figure-range").with("figure", figure.code());
        figures.insert(figure, u64::try_from(value).map_err(out_of_range)?);
    }
    let band = |_| refusals::invalid("declaration-band");
    let volunteers = match volunteers.trim() {
        "" => None,
        text => Some(text.parse().map_err(band)?),
    };
    let signatory = NewSignatory { name: signed_by, function: signed_as };
    Ok(Asked { year, typed: Typed { figures, volunteers }, signatory, etag })
}

/// What would be declared.
pub fn preview(preview: &Preview) -> proto::DeclarationPreview {
    let Preview { books, proposed, missing, obstacles, declared, revision, unchanged, etag, before } =
        preview;
    proto::DeclarationPreview {
        year: written(books.year),
        figures: declared.as_ref().and_then(Declared::figures).cloned().map(Into::into),
        proposed: proposed.iter().map(proposal).collect(),
        missing: missing.iter().map(|figure| figure.code().to_owned()).collect(),
        obstacles: obstacles.iter().map(|obstacle| reason(*obstacle, books.year)).collect(),
        statements_open: books.statements_open,
        revision: *revision,
        etag: etag.clone(),
        before: before.as_ref().map(declaration),
        trips_counted: books.trips.count,
        body: declared.as_ref().map(Declared::body).unwrap_or_default(),
        unchanged: *unchanged,
        trips_as_before: books.trips_before.is_some(),
    }
}

/// A declaration that was signed.
pub fn declaration(kept: &Kept) -> proto::Declaration {
    let Kept { signed: SignedDeclaration { declared, at, signatory }, state, in_force, unchanged } = kept;
    let refused_because = match state {
        DeclarationState::Refused(code) => code.clone(),
        DeclarationState::Waiting | DeclarationState::Posted | DeclarationState::Sent => String::new(),
    };
    let withdrawn_because = match &declared.said {
        Said::Withdrawn(reason) => reason.code().to_owned(),
        Said::Figures(_) => String::new(),
    };
    let signed = signatory.as_ref();
    proto::Declaration {
        year: written(declared.year),
        revision: declared.revision,
        figures: declared.figures().cloned().map(Into::into),
        withdrawn_because,
        state: state.code().to_owned(),
        refused_because,
        signed_at: at.to_string(),
        signed_by: signed.map(|signed| signed.name.as_str().to_owned()).unwrap_or_default(),
        signed_as: signed.map(|signed| signed.function.as_str().to_owned()).unwrap_or_default(),
        hash: HEXLOWER.encode(&declared.hash()),
        body: declared.body(),
        in_force: *in_force,
        unchanged: *unchanged,
    }
}

fn proposal(proposed: &Proposed) -> proto::ProposedFigure {
    let Proposed { figure, value, whole } = proposed;
    let value = i64::try_from(*value).unwrap_or(i64::MAX);
    proto::ProposedFigure { figure: figure.code().to_owned(), value, whole: *whole }
}

fn reason(obstacle: Obstacle, year: i16) -> proto::Reason {
    let refusal = refused(obstacle, year);
    proto::Reason {
        code: refusal.reason().to_owned(),
        figures: refusal.details().iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
    }
}

fn written(year: i16) -> u32 {
    u32::try_from(year).unwrap_or_default()
}
