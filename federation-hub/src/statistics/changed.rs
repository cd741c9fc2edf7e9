//! Changes of model as a message: what is withheld as a reason. It must never compute a figure.

use maillage_comparison::{Changes, Diagnostic, Effect, Relabellings, Shown, Withheld};
use maillage_federation::{half_year::HalfYear, models::Catalogue};
use maillage_proto::hub::v1 as proto;

use super::{
    changes::{Asked, Found},
    views,
};

/// The answer as the hub gives it.
pub(super) fn reply(asked: &Asked, found: Found, catalogue: &Catalogue) -> proto::ChangesReply {
    let Found { changes, half_years, several_models, reports, fingerprint, unknown } = found;
    let known = catalogue.model(&asked.to);
    let named = |place: usize| half_years.get(place).map(HalfYear::to_string).unwrap_or_default();
    let cell = |cell: &maillage_comparison::GroupTime| proto::ChangeCell {
        changed_at: named(cell.changed_at),
        half_year: named(cell.period),
        territories: cell.territories,
        unchanged: cell.unchanged,
        effect: Some(views::figure(&cell.effect)),
    };
    let Changes { territories, changing, left_out, cells, overall, diagnostic, sentence, privacy } = &changes;
    proto::ChangesReply {
        indicator: asked.indicator.code().to_owned(),
        standing: views::standing(asked.indicator.standing()).to_owned(),
        model: asked.to.to_string(),
        name_fr: known.map(|model| model.name_fr.clone()).unwrap_or_default(),
        name_en: known.map(|model| model.name_en.clone()).unwrap_or_default(),
        half_years: half_years.iter().map(HalfYear::to_string).collect(),
        territories: *territories,
        changing: *changing,
        left_out: *left_out,
        several_models,
        cells: cells.iter().map(cell).collect(),
        overall: Some(effect(overall)),
        diagnostic: Some(fixed_effects(diagnostic)),
        sentence: Some(views::said(sentence)),
        guesses_right_percent: privacy.guesses_right_percent.unwrap_or_default(),
        privacy: Some(views::said(&privacy.sentence)),
        reports,
        fingerprint: data_encoding::HEXLOWER.encode(&fingerprint),
        unknown,
    }
}

fn effect(effect: &Result<Shown<Effect>, Withheld>) -> proto::ChangeEffect {
    let effect = match effect {
        Ok(effect) => effect,
        Err(reason) => {
            return proto::ChangeEffect { withheld: Some(views::withheld(reason)), ..Default::default() };
        }
    };
    let (relabellings, all) = match effect.relabellings {
        Relabellings::Every(number) => (number, true),
        Relabellings::Sampled(number) => (u64::from(number), false),
    };
    let (value, p, p_before) = (effect.value, effect.p, effect.p_before);
    proto::ChangeEffect { withheld: None, value, p, p_before, relabellings, all }
}

fn fixed_effects(diagnostic: &Result<Shown<Diagnostic>, Withheld>) -> proto::ChangeDiagnostic {
    match diagnostic {
        Ok(it) => proto::ChangeDiagnostic {
            withheld: None,
            value: it.value,
            standard_error: it.standard_error,
            negative_weight: it.negative_weight,
        },
        Err(reason) => {
            proto::ChangeDiagnostic { withheld: Some(views::withheld(reason)), ..Default::default() }
        }
    }
}
