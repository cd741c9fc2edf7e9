//! A comparison as a message: what is withheld as a reason. It must never compute a figure.

use maillage_comparison::{
    Argument, ArmResult, Comparison, Contrast, Density, Interval, Mix, Sentence, Shown, Standing, Territory,
    Withheld,
};
use maillage_federation::{models::Catalogue, month::Month};
use maillage_proto::hub::v1::{self as proto, sentence_argument, shown_figure, shown_interval};

use super::{Answer, costs::Costs};
use crate::limits;

/// The answer as the hub gives it.
pub(crate) fn reply(answer: Answer, catalogue: &Catalogue) -> proto::CompareReply {
    let Answer { indicator: _, range, comparison, reports, fingerprint, left_out, set_aside } = answer;
    let month = |month: Option<Month>| month.map(|month| month.to_string()).unwrap_or_default();
    let compared = compared(&comparison, (reports, fingerprint, left_out), catalogue);
    proto::CompareReply { set_aside, from: month(range.from), to: month(range.to), ..compared }
}

/// A comparison by what was declared.
pub(super) fn costs(costs: &Costs, catalogue: &Catalogue) -> proto::CompareReply {
    let Costs { year, comparison, received, fingerprint, left_out, set_aside } = costs;
    let compared = compared(comparison, (*received, *fingerprint, *left_out), catalogue);
    let (from, to) = (format!("{year}-01"), format!("{year}-12"));
    proto::CompareReply { set_aside: *set_aside, from, to, ..compared }
}

fn compared(
    comparison: &Comparison,
    (reports, fingerprint, left_out): (u32, [u8; 32], u32),
    catalogue: &Catalogue,
) -> proto::CompareReply {
    let joint = match &comparison.joint {
        Ok(test) => proto::JointTest {
            withheld: None,
            f: test.f,
            numerator_freedom: test.freedom.0,
            denominator_freedom: test.freedom.1,
            p: test.p,
            models: test.arms,
        },
        Err(reason) => proto::JointTest { withheld: Some(withheld(reason)), ..Default::default() },
    };
    proto::CompareReply {
        indicator: comparison.indicator.key.clone(),
        standing: standing(comparison.indicator.standing).to_owned(),
        models: comparison.arms.iter().map(|arm| model(arm, catalogue)).collect(),
        pairs: comparison.contrasts.iter().map(pair).collect(),
        joint: Some(joint),
        guesses_right_percent: comparison.privacy.guesses_right_percent.unwrap_or_default(),
        privacy: Some(said(&comparison.privacy.sentence)),
        notes: comparison.notes.iter().map(said).collect(),
        reports,
        fingerprint: data_encoding::HEXLOWER.encode(&fingerprint),
        left_out,
        set_aside: 0,
        from: String::new(),
        to: String::new(),
    }
}

/// The code of a standing.
pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Primary => "primary",
        Standing::Exploratory => "exploratory",
    }
}

fn model(arm: &ArmResult, catalogue: &Catalogue) -> proto::ComparedModel {
    let known = arm.name.parse().ok().and_then(|key| catalogue.model(&key));
    proto::ComparedModel {
        model: arm.name.clone(),
        name_fr: known.map(|model| model.name_fr.clone()).unwrap_or_default(),
        name_en: known.map(|model| model.name_en.clone()).unwrap_or_default(),
        mix: Some(mix(&arm.mix)),
        figure: Some(figure(&arm.figure)),
        interval: Some(interval(&arm.interval)),
        typical: Some(interval(&arm.typical)),
        most_influential: arm.influence.as_ref().map(|one| siren(one.territory)).unwrap_or_default(),
    }
}

fn pair(contrast: &Contrast) -> proto::ComparedPair {
    let turned_by =
        contrast.leverage.as_ref().map(|leverage| leverage.turned_by.as_slice()).unwrap_or_default();
    let [first_mix, second_mix] = contrast.mix.each_ref().map(|one| Some(mix(one)));
    proto::ComparedPair {
        first: contrast.first.clone(),
        second: contrast.second.clone(),
        first_mix,
        second_mix,
        running_both: contrast.running_both,
        difference: Some(first_opinion(contrast)),
        second_opinion: Some(second_opinion(contrast)),
        standardised: Some(standardised(contrast)),
        conclusion: contrast.conclusion.code().to_owned(),
        sentence: Some(said(&contrast.sentence)),
        notes: contrast.notes.iter().map(said).collect(),
        turned_by: turned_by.iter().copied().map(siren).collect(),
        detectable_by_both: Some(figure(&contrast.detectable_by_both)),
    }
}

fn first_opinion(contrast: &Contrast) -> proto::FirstOpinion {
    match &contrast.difference {
        Ok(it) => proto::FirstOpinion {
            withheld: None,
            value: it.value,
            bounds: Some(bounds(it.interval)),
            standard_error: it.standard_error,
            degrees_of_freedom: it.freedom,
            p: it.p,
            p_adjusted: it.p_adjusted,
            detectable: it.detectable,
        },
        Err(reason) => proto::FirstOpinion { withheld: Some(withheld(reason)), ..Default::default() },
    }
}

fn second_opinion(contrast: &Contrast) -> proto::SecondOpinion {
    match &contrast.second_opinion {
        Ok(it) => proto::SecondOpinion {
            withheld: None,
            value: it.value,
            bounds: Some(bounds(it.interval)),
            p: it.p,
            heterogeneity: it.heterogeneity,
            degrees_of_freedom: it.freedom,
            first_territories: it.territories[0],
            second_territories: it.territories[1],
        },
        Err(reason) => proto::SecondOpinion { withheld: Some(withheld(reason)), ..Default::default() },
    }
}

fn standardised(contrast: &Contrast) -> proto::StandardisedDifference {
    match &contrast.standardised {
        Ok(it) => proto::StandardisedDifference {
            withheld: None,
            value: it.value,
            bounds: Some(bounds(it.interval)),
            degrees_of_freedom: it.freedom,
            p: it.p,
        },
        Err(reason) => {
            proto::StandardisedDifference { withheld: Some(withheld(reason)), ..Default::default() }
        }
    }
}

/// A figure, or why it is not shown.
pub(super) fn figure(figure: &Result<Shown<f64>, Withheld>) -> proto::ShownFigure {
    let outcome = match figure {
        Ok(value) => shown_figure::Outcome::Value(**value),
        Err(reason) => shown_figure::Outcome::Withheld(withheld(reason)),
    };
    proto::ShownFigure { outcome: Some(outcome) }
}

/// An interval, or why it is not shown.
pub(super) fn interval(interval: &Result<Shown<Interval>, Withheld>) -> proto::ShownInterval {
    let outcome = match interval {
        Ok(interval) => shown_interval::Outcome::Bounds(bounds(**interval)),
        Err(reason) => shown_interval::Outcome::Withheld(withheld(reason)),
    };
    proto::ShownInterval { outcome: Some(outcome) }
}

fn bounds(interval: Interval) -> proto::Bounds {
    proto::Bounds { low: interval.low, high: interval.high }
}

/// Why something is not shown.
pub(super) fn withheld(reason: &Withheld) -> proto::WithheldFigure {
    proto::WithheldFigure { code: reason.code().to_owned(), sentence: Some(said(&reason.sentence())) }
}

fn mix(mix: &Mix) -> proto::Mix {
    let territories = |class: usize| {
        let class = u8::try_from(class).ok().map(Density);
        class.and_then(|class| mix.by_density.get(&class)).copied().unwrap_or(0)
    };
    proto::Mix {
        territories: mix.territories,
        by_density: (0..=limits::DENSITY_CLASSES_TENTHS.len()).map(territories).collect(),
        population: mix.population,
        median_population: mix.median_population,
    }
}

/// A sentence of the comparison.
pub(super) fn said(sentence: &Sentence) -> proto::Sentence {
    let Sentence { code, arguments } = sentence;
    let argument = |(name, argument): &(&'static str, Argument)| {
        let value = match argument {
            Argument::Count(count) => sentence_argument::Value::Count(*count),
            Argument::Name(name) => sentence_argument::Value::Key(name.clone()),
            Argument::Figure(figure) => sentence_argument::Value::Figure(*figure),
            Argument::Territory(number) => sentence_argument::Value::Territory(siren(Territory(*number))),
        };
        proto::SentenceArgument { name: (*name).to_owned(), value: Some(value) }
    };
    proto::Sentence { code: (*code).to_owned(), arguments: arguments.iter().map(argument).collect() }
}

/// Nine digits: a SIREN may begin with a zero.
fn siren(territory: Territory) -> String {
    format!("{:09}", territory.0)
}
