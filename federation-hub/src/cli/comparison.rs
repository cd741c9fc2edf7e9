//! A comparison of models as sentences for people and as one JSON document for programs. It must never print a figure
//! where there is a reason, and never a sentence that is not in the catalogue.

use std::io;

use maillage_platform::{
    cli::Output,
    i18n::{FluentValue, Language},
};
use maillage_proto::hub::v1 as proto;
use serde_json::{Value, json};

use super::{figures::NOTHING, said};
use crate::{
    statistics::{IndicatorKey, Unit},
    wording::{
        numbers,
        said::{Names, names},
        shown,
    },
};

/// What has to be known to say a figure.
struct Reader<'a> {
    reply: &'a proto::CompareReply,
    names: Names<'a>,
    language: Language,
}

/// The models with their figures, every pair in a sentence, and what protects people.
pub(super) fn comparison(output: &mut Output<'_>, reply: &proto::CompareReply) -> io::Result<()> {
    if output.format() == maillage_platform::cli::Format::Json {
        return output.record(&document(reply), &[]);
    }
    let reader = Reader::of(reply, output.language());
    let indicator = reader.indicator(output);
    output.line("compare-heading", &[("indicator", indicator.into())])?;
    if !reply.from.is_empty() && !reply.to.is_empty() {
        let months = [("from", reply.from.as_str().into()), ("to", reply.to.as_str().into())];
        output.line("compare-months", &months)?;
    }
    let headings = [
        "column-model",
        "column-figure",
        "column-interval",
        "column-territories",
        "column-by-density",
        "column-inhabitants",
    ];
    let rows: Vec<Vec<String>> = reply.models.iter().map(|model| reader.row(model)).collect();
    output.table(&rows, &headings, Clone::clone)?;
    for sentence in shown::reasons_of_models(&reply.models) {
        reader.say(output, sentence)?;
    }
    for pair in &reply.pairs {
        for sentence in pair.sentence.iter().chain(&pair.notes) {
            reader.say(output, sentence)?;
        }
    }
    for sentence in reply.notes.iter().chain(&reply.privacy) {
        reader.say(output, sentence)?;
    }
    let arguments =
        [("reports", FluentValue::from(reply.reports)), ("fingerprint", reply.fingerprint.as_str().into())];
    output.line("compare-rests-on", &arguments)?;
    if reply.left_out > 0 {
        output.line("compare-left-out", &[("number", reply.left_out.into())])?;
    }
    if reply.set_aside > 0 {
        output.line("compare-set-aside", &[("number", reply.set_aside.into())])?;
    }
    Ok(())
}

impl<'a> Reader<'a> {
    fn of(reply: &'a proto::CompareReply, language: Language) -> Self {
        Self { reply, names: names(language, &reply.models), language }
    }

    fn indicator(&self, output: &Output<'_>) -> String {
        output.text(&format!("indicator-{}", self.reply.indicator), &[])
    }

    fn unit(&self) -> Unit {
        self.reply.indicator.parse().map_or(Unit::Number, IndicatorKey::unit)
    }

    fn row(&self, model: &proto::ComparedModel) -> Vec<String> {
        let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
        let (language, unit) = (self.language, self.unit());
        let value = shown::figure(model.figure.as_ref()).ok();
        let figure = or_nothing(value.map(|value| numbers::figure(language, unit, value)));
        let bounds = shown::bounds(model.interval.as_ref()).ok();
        let interval = or_nothing(bounds.map(|bounds| numbers::bounds(language, unit, bounds)));
        let mix = model.mix.clone().unwrap_or_default();
        let by_density: Vec<String> = mix.by_density.iter().map(u32::to_string).collect();
        let name = self.names.get(model.model.as_str()).map(String::as_str).unwrap_or_default();
        vec![
            name.to_owned(),
            figure,
            interval,
            mix.territories.to_string(),
            by_density.join(" / "),
            mix.population.to_string(),
        ]
    }

    fn say(&self, output: &mut Output<'_>, sentence: &proto::Sentence) -> io::Result<()> {
        said::line(output, sentence, self.unit(), &self.names)
    }
}

fn document(reply: &proto::CompareReply) -> Value {
    json!({
        "indicator": reply.indicator,
        "standing": reply.standing,
        "models": reply.models.iter().map(model).collect::<Vec<_>>(),
        "pairs": reply.pairs.iter().map(pair).collect::<Vec<_>>(),
        "joint": reply.joint.as_ref().map(|test| match &test.withheld {
            Some(withheld) => reason(withheld),
            None => json!({
                "f": test.f, "numerator_freedom": test.numerator_freedom,
                "denominator_freedom": test.denominator_freedom, "p": test.p, "models": test.models,
            }),
        }),
        "guesses_right_percent": reply.guesses_right_percent,
        "notes": codes(&reply.notes),
        "reports": reply.reports,
        "fingerprint": reply.fingerprint,
        "left_out": reply.left_out,
        "set_aside": reply.set_aside,
        "from": reply.from,
        "to": reply.to,
    })
}

/// A figure for a program, or why it is withheld.
pub(super) fn figure(figure: Option<&proto::ShownFigure>) -> Value {
    or_reason(shown::figure(figure).map(|value| json!(value)))
}

fn interval(interval: Option<&proto::ShownInterval>) -> Value {
    or_reason(shown::bounds(interval).map(|bounds| json!(bounds)))
}

fn or_reason(shown: Result<Value, shown::Reason<'_>>) -> Value {
    shown.unwrap_or_else(|withheld| withheld.map_or(Value::Null, reason))
}

fn model(model: &proto::ComparedModel) -> Value {
    json!({
        "model": model.model,
        "mix": model.mix.as_ref().map(mix),
        "figure": figure(model.figure.as_ref()),
        "interval": interval(model.interval.as_ref()),
        "typical": interval(model.typical.as_ref()),
        "most_influential": model.most_influential,
    })
}

fn pair(pair: &proto::ComparedPair) -> Value {
    json!({
        "first": pair.first,
        "second": pair.second,
        "first_mix": pair.first_mix.as_ref().map(mix),
        "second_mix": pair.second_mix.as_ref().map(mix),
        "running_both": pair.running_both,
        "conclusion": pair.conclusion,
        "difference": pair.difference.as_ref().map(|it| shown(it.withheld.as_ref(), it.bounds, json!({
            "value": it.value, "standard_error": it.standard_error, "degrees_of_freedom": it.degrees_of_freedom,
            "p": it.p, "p_adjusted": it.p_adjusted, "detectable": it.detectable,
        }))),
        "detectable_by_both": figure(pair.detectable_by_both.as_ref()),
        "second_opinion": pair.second_opinion.as_ref().map(|it| shown(it.withheld.as_ref(), it.bounds, json!({
            "value": it.value, "p": it.p, "heterogeneity": it.heterogeneity,
            "degrees_of_freedom": it.degrees_of_freedom,
            "territories": [it.first_territories, it.second_territories],
        }))),
        "standardised": pair.standardised.as_ref().map(|it| shown(it.withheld.as_ref(), it.bounds, json!({
            "value": it.value, "degrees_of_freedom": it.degrees_of_freedom, "p": it.p,
        }))),
        "notes": codes(&pair.notes),
        "turned_by": pair.turned_by,
    })
}

/// A result with its interval, or why there is none.
fn shown(
    withheld: Option<&proto::WithheldFigure>,
    bounds: Option<proto::Bounds>,
    mut result: Value,
) -> Value {
    if let Some(withheld) = withheld {
        return reason(withheld);
    }
    if let (Some(object), Some(bounds)) = (result.as_object_mut(), bounds) {
        object.insert("interval".to_owned(), json!([bounds.low, bounds.high]));
    }
    result
}

/// A reason for a program.
pub(super) fn reason(withheld: &proto::WithheldFigure) -> Value {
    json!({ "withheld": withheld.code })
}

fn mix(mix: &proto::Mix) -> Value {
    json!({
        "territories": mix.territories, "by_density": mix.by_density, "population": mix.population,
        "median_population": mix.median_population,
    })
}

fn codes(sentences: &[proto::Sentence]) -> Vec<&str> {
    sentences.iter().map(|sentence| sentence.code.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use maillage_platform::{
        cli::{Format, Output},
        i18n::Language,
    };

    use super::comparison;
    use crate::{
        cli::texts,
        statistics::tests::{costs::sample_costs, sample_reply},
    };

    fn printed(format: Format, language: Language, rates: [i64; 2]) -> String {
        let (mut out, catalog) = (Vec::new(), texts());
        let mut output = Output::new(&mut out, format, &catalog, language);
        comparison(&mut output, &sample_reply(rates[0], rates[1])).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_difference_is_said_in_both_languages_with_all_that_belongs_to_it() {
        let french = printed(Format::Text, Language::French, [60, 80]);
        assert!(french.contains("est associé à une valeur plus élevée de l’indicateur"), "{french}");
        assert!(french.contains("\u{a0}points") && french.contains("fois sur 100 au lieu de 50"), "{french}");
        let english = printed(Format::Text, Language::English, [60, 80]);
        assert!(english.contains("is associated with a higher value of"), "{english}");
        let none = printed(Format::Text, Language::English, [70, 70]);
        assert!(none.contains("No difference in") && none.contains("four times in five"), "{none}");
        for text in [french, english, none] {
            assert!(
                !text.contains("comparison-") && !text.contains('{'),
                "a text or an argument is missing: {text}"
            );
        }
    }

    #[test]
    fn a_cost_is_said_to_be_declared_of_which_year_and_outside_of_the_guarantee() {
        let said = |language| {
            let (mut out, catalog) = (Vec::new(), texts());
            comparison(&mut Output::new(&mut out, Format::Text, &catalog, language), &sample_costs())
                .unwrap();
            String::from_utf8(out).unwrap()
        };
        let (french, english) = (said(Language::French), said(Language::English));
        for expected in
            ["par trajet, en euros", "Comptes déclarés de 2026, de 18 territoires", "exploratoire"]
        {
            assert!(french.contains(expected), "{expected} in\n{french}");
        }
        assert!(french.contains("en dehors de la garantie") && english.contains("outside of the guarantee"));
        assert!(english.contains("per trip, in euros") && english.contains("of 2026, by 18"), "{english}");
        for text in [french, english] {
            for key in ["comparison-", "figures-", "indicator-", "{"] {
                assert!(!text.contains(key), "a text or an argument is missing: {text}");
            }
        }
    }

    #[test]
    fn programs_get_one_document() {
        let text = printed(Format::Json, Language::French, [60, 80]);
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["pairs"][0]["conclusion"], "detected");
        assert_eq!(document["models"][0]["mix"]["territories"], 10);
        assert!(document["pairs"][0]["difference"]["interval"][0].is_f64());
        assert_eq!(document["reports"], 240);
    }
}
