//! `report declare`, `report declared`, `report retract`: what a person declares about a year. Must never sign anything that was not shown
//! before, with what is typed and what the books propose told apart.

use data_encoding::HEXLOWER;
use maillage_proto::{federation::v1::AccountsFigures, node::v1 as proto};

use super::{
    arguments::declarations::{Declare, Retract},
    failure::CommandError,
    money::euros,
    session::Session,
    words::Words,
};

/// What is asked, and whether it is to be signed.
pub(super) fn asked(declare: Declare) -> (proto::DeclarationRequest, bool) {
    let Declare {
        year,
        full_cost,
        subsidy,
        contributions,
        compensation,
        waivers,
        vehicles,
        staff_fte,
        volunteers,
        solutions_opened,
        signed_by,
        signed_as,
        confirm,
    } = declare;
    let confirmed = confirm.is_some();
    let request = proto::DeclarationRequest {
        year,
        full_cost_cents: full_cost,
        subsidy_cents: subsidy,
        contributions_cents: contributions,
        compensation_cents: compensation,
        waivers_cents: waivers,
        vehicles,
        staff_fte_hundredths: staff_fte,
        volunteers: volunteers.unwrap_or_default(),
        solutions_opened,
        signed_by,
        signed_as,
        etag: confirm.unwrap_or_default(),
    };
    (request, confirmed)
}

/// What comes after it was asked to sign; `None` where it was asked to show only.
pub(super) enum Then {
    /// What is signed is shown.
    Signed(Box<proto::Declaration>),
    /// What would be declared is shown, then why nothing was signed, if that was asked for.
    Preview(Option<CommandError>),
    /// Nothing is shown.
    Failed(CommandError),
}

/// Whoever signs has to see what it would be now; a program asks for it itself.
pub(super) fn then(told: Option<Result<proto::Declaration, CommandError>>, to_a_program: bool) -> Then {
    match told {
        None => Then::Preview(None),
        Some(Ok(declaration)) => Then::Signed(Box::new(declaration)),
        Some(Err(error)) if error.is_refusal("declaration-not-as-shown") && !to_a_program => {
            Then::Preview(Some(error))
        }
        Some(Err(error)) => Then::Failed(error),
    }
}

/// What is taken back.
pub(super) fn retracted(retract: Retract) -> proto::WithdrawDeclarationRequest {
    let Retract { year, revision, reason, signed_by, signed_as } = retract;
    proto::WithdrawDeclarationRequest { year, reason, signed_by, signed_as, revision }
}

/// What would be declared, what has to be typed, what stands in the way, and how to sign it.
pub(super) fn preview(
    session: &mut Session<'_>,
    preview: &proto::DeclarationPreview,
) -> Result<(), CommandError> {
    if session.json(preview)? {
        return Ok(());
    }
    let words = session.words();
    let year = || [("year", preview.year.to_string().into())];
    session.line("declaration-heading", &year())?;
    if let Some(figures) = &preview.figures {
        session.fields(&shown(words, figures))?;
    }
    let trips = [("counted", preview.trips_counted.to_string().into())];
    session.line("declaration-trips-counted", &trips)?;
    if preview.trips_as_before {
        session.line("declaration-trips-as-before", &[])?;
    }
    if !preview.proposed.is_empty() {
        session.line("declaration-proposed", &[])?;
        let rows: Vec<Vec<String>> = preview.proposed.iter().map(|one| proposed(words, one)).collect();
        session.columns(&["field-declared_figure", "field-in_books", "field-in_books_as"], &rows)?;
    }
    if preview.statements_open > 0 {
        session.line("declaration-statements-open", &[("count", preview.statements_open.into())])?;
    }
    if !preview.missing.is_empty() {
        let missing =
            preview.missing.iter().map(|figure| format!("{} (--{figure})", words.code("declared", figure)));
        let missing = missing.collect::<Vec<_>>().join(", ");
        session.line("declaration-missing", &[("figures", missing.into())])?;
    }
    for obstacle in &preview.obstacles {
        let text = words.refusal_of(obstacle);
        session.line("declaration-obstacle", &[("text", text.into())])?;
    }
    let revision = || [("revision", preview.revision.to_string().into())];
    if preview.unchanged {
        session.line("declaration-unchanged", &revision())?;
    } else if let Some(before) = &preview.before {
        let revision = [("revision", before.revision.to_string().into())];
        session.line("declaration-replaces", &revision)?;
    }
    session.line("declaration-outside-guarantee", &[])?;
    if preview.etag.is_empty() {
        return Ok(session.line("declaration-not-yet", &[])?);
    }
    session.fields(&[("field-body", HEXLOWER.encode(&preview.body))])?;
    Ok(session.line("declaration-confirm", &[("etag", preview.etag.clone().into())])?)
}

/// A declaration that was signed or taken back.
pub(super) fn signed(
    session: &mut Session<'_>,
    declaration: &proto::Declaration,
) -> Result<(), CommandError> {
    if session.json(declaration)? {
        return Ok(());
    }
    let words = session.words();
    let mut fields = vec![
        ("field-year", declaration.year.to_string()),
        ("field-declared_revision", declaration.revision.to_string()),
        ("field-state", state(words, declaration)),
        ("field-signed_at", words.instant(&declaration.signed_at)),
        ("field-signed_by", signatory(declaration)),
        ("field-hash", declaration.hash.clone()),
    ];
    match &declaration.figures {
        Some(figures) => fields.extend(shown(words, figures)),
        None => {
            fields.push(("field-withdrawn_because", words.code("withdrawn", &declaration.withdrawn_because)));
        }
    }
    session.fields(&fields)?;
    if declaration.unchanged {
        let revision = [("revision", declaration.revision.to_string().into())];
        return Ok(session.line("declaration-unchanged", &revision)?);
    }
    let note = if declaration.figures.is_some() { "declaration-signed" } else { "declaration-retracted" };
    Ok(session.line(note, &[])?)
}

/// Every declaration.
pub(super) fn table(
    session: &mut Session<'_>,
    declarations: &[proto::Declaration],
) -> Result<(), CommandError> {
    let words = session.words();
    let row = |declaration: &proto::Declaration| {
        let cost = declaration.figures.as_ref().map(|figures| cents(words, figures.full_cost_cents));
        vec![
            declaration.year.to_string(),
            declaration.revision.to_string(),
            words.yes(declaration.in_force),
            state(words, declaration),
            cost.unwrap_or_else(|| words.code("withdrawn", &declaration.withdrawn_because)),
            words.instant(&declaration.signed_at),
            signatory(declaration),
        ]
    };
    let rows: Vec<Vec<String>> = declarations.iter().map(row).collect();
    let headings = [
        "field-year",
        "field-declared_revision",
        "field-declared_in_force",
        "field-state",
        "declared-full-cost",
        "field-signed_at",
        "field-signed_by",
    ];
    Ok(session.columns(&headings, &rows)?)
}

fn shown(words: Words<'_>, figures: &AccountsFigures) -> Vec<(&'static str, String)> {
    vec![
        ("declared-models", figures.models.join(", ")),
        ("declared-full-cost", cents(words, figures.full_cost_cents)),
        ("declared-subsidy", cents(words, figures.subsidy_cents)),
        ("declared-contributions", cents(words, figures.contributions_cents)),
        ("declared-compensation", cents(words, figures.compensation_cents)),
        ("declared-waivers", cents(words, figures.waivers_cents)),
        ("declared-vehicles", figures.vehicles.to_string()),
        ("declared-staff-fte", hundredths(words, figures.staff_fte_hundredths.into())),
        ("declared-volunteers", words.code("band", &figures.volunteers)),
        ("declared-trips", figures.trips.to_string()),
        ("declared-solutions-opened", figures.solutions_opened.to_string()),
    ]
}

fn proposed(words: Words<'_>, proposed: &proto::ProposedFigure) -> Vec<String> {
    let value = match proposed.figure.as_str() {
        "vehicles" => proposed.value.to_string(),
        _ => euros(words, proposed.value),
    };
    let part = if proposed.whole { "declaration-whole" } else { "declaration-part" };
    vec![words.code("declared", &proposed.figure), value, words.text(part, &[])]
}

fn state(words: Words<'_>, declaration: &proto::Declaration) -> String {
    let state = words.code("declaration-state", &declaration.state);
    if declaration.refused_because.is_empty() {
        return state;
    }
    format!("{state} ({})", words.refusal_code(&declaration.refused_because))
}

fn signatory(declaration: &proto::Declaration) -> String {
    let parts = [declaration.signed_by.as_str(), declaration.signed_as.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn cents(words: Words<'_>, cents: u64) -> String {
    euros(words, i64::try_from(cents).unwrap_or(i64::MAX))
}

fn hundredths(words: Words<'_>, hundredths: u64) -> String {
    let mark = words.text("decimal-mark", &[]);
    format!("{}{mark}{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use maillage_domain::declaration::Figure;
    use maillage_federation::accounts::VolunteerBand;
    use maillage_platform::i18n::Language;

    use super::{Then, proto, then};
    use crate::{
        app::refusals,
        cli::{TEXTS, catalog, codes, failure::CommandError},
    };

    #[test]
    fn what_is_not_as_it_was_shown_is_shown_again_before_it_is_said_that_nothing_was_signed() {
        let refused = |reason| Some(Err(CommandError::from(refusals::conflict(reason))));
        let again = then(refused("declaration-not-as-shown"), false);
        assert!(matches!(again, Then::Preview(Some(error)) if error.is_refusal("declaration-not-as-shown")));
        assert!(matches!(then(refused("declaration-not-as-shown"), true), Then::Failed(_)), "a program asks");
        assert!(matches!(then(refused("declaration-one-payer"), false), Then::Failed(_)));
        assert!(matches!(then(None, false), Then::Preview(None)));
        assert!(matches!(then(Some(Ok(proto::Declaration::default())), false), Then::Signed(_)));
    }

    #[test]
    fn every_code_of_declarations_has_its_word() {
        assert_eq!(VolunteerBand::ALL.map(VolunteerBand::code), codes::BANDS);
        let figures = Figure::ALL.map(Figure::code);
        let lists: [(&str, &[&str]); 4] = [
            ("declared", &figures),
            ("band", &codes::BANDS),
            ("declaration-state", &["waiting", "posted", "sent", "refused"]),
            (
                "refusal",
                &[
                    "declaration-year-not-over",
                    "declaration-few-beneficiaries",
                    "declaration-one-payer",
                    "declaration-one-driver",
                    "declaration-not-in-books",
                    "declaration-not-as-shown",
                    "declaration-other-revision",
                    "accounts-malformed",
                    "accounts-not-rounded",
                    "accounts-year-unknown",
                    "accounts-year-not-over",
                    "accounts-stale",
                    "accounts-already-received",
                ],
            ),
        ];
        let keys =
            lists.iter().flat_map(|(list, codes)| codes.iter().map(move |code| format!("{list}-{code}")));
        let catalog = catalog().unwrap();
        let lacks = |key: &String| Language::ALL.into_iter().any(|language| !catalog.has(language, key));
        assert_eq!(keys.filter(lacks).collect::<Vec<_>>(), Vec::<String>::new(), "{}", TEXTS.len());
    }
}
