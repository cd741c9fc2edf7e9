//! Sentences of the hub in the reader's language. It must never say a number without its unit.

use std::collections::BTreeMap;

use maillage_platform::i18n::{FluentValue, Language};
use maillage_proto::hub::v1::{self as proto, sentence_argument};

use super::{numbers, shown};
use crate::statistics::{NATIONAL, Unit};

/// Names of models by their keys.
pub(crate) type Names<'a> = BTreeMap<&'a str, String>;

/// The names of the models of a comparison.
pub(crate) fn names(language: Language, models: &[proto::ComparedModel]) -> Names<'_> {
    let name = |model: &'_ proto::ComparedModel| {
        shown::model_name(language, &model.model, &model.name_fr, &model.name_en)
    };
    models.iter().map(|model| (model.model.as_str(), name(model))).collect()
}

/// What a sentence says, with the names of models and differences in a unit; `text` gives a text of the catalogue.
pub(crate) fn arguments<'s>(
    text: &dyn Fn(&str) -> String,
    language: Language,
    sentence: &'s proto::Sentence,
    unit: Unit,
    names: &Names<'_>,
) -> Vec<(&'s str, FluentValue<'s>)> {
    let value = |argument: &'s proto::SentenceArgument| -> Option<FluentValue<'s>> {
        Some(match argument.value.as_ref()? {
            sentence_argument::Value::Count(count) => FluentValue::from(*count),
            sentence_argument::Value::Key(key) if argument.name == "indicator" => {
                text(&format!("indicator-{key}")).into()
            }
            sentence_argument::Value::Key(key) if key == NATIONAL => text("model-national").into(),
            sentence_argument::Value::Key(key) => {
                names.get(key.as_str()).cloned().unwrap_or_else(|| key.clone()).into()
            }
            sentence_argument::Value::Figure(value) => numbers::difference(language, unit, *value).into(),
            sentence_argument::Value::Territory(siren) => siren.as_str().into(),
        })
    };
    let argument = |argument: &'s proto::SentenceArgument| Some((argument.name.as_str(), value(argument)?));
    sentence.arguments.iter().filter_map(argument).collect()
}
