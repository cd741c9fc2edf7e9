//! Sentences of the hub in the reader's language. It must never say one that is not in the catalogue, nor a number without its unit.

use std::{collections::BTreeMap, io};

use maillage_platform::{cli::Output, i18n::FluentValue};
use maillage_proto::hub::v1::{self as proto, sentence_argument};

use super::numbers;
use crate::statistics::{NATIONAL, Unit};

/// Names of models by their keys.
pub(super) type Names<'a> = BTreeMap<&'a str, String>;

/// What a sentence says, with the names of models and differences in a unit.
pub(super) fn arguments<'s>(
    output: &Output<'_>,
    sentence: &'s proto::Sentence,
    unit: Unit,
    names: &Names<'_>,
) -> Vec<(&'s str, FluentValue<'s>)> {
    let value = |argument: &'s proto::SentenceArgument| -> Option<FluentValue<'s>> {
        Some(match argument.value.as_ref()? {
            sentence_argument::Value::Count(count) => FluentValue::from(*count),
            sentence_argument::Value::Key(key) if argument.name == "indicator" => {
                output.text(&format!("indicator-{key}"), &[]).into()
            }
            sentence_argument::Value::Key(key) if key == NATIONAL => {
                output.text("model-national", &[]).into()
            }
            sentence_argument::Value::Key(key) => {
                names.get(key.as_str()).cloned().unwrap_or_else(|| key.clone()).into()
            }
            sentence_argument::Value::Figure(value) => {
                numbers::difference(output.language(), unit, *value).into()
            }
            sentence_argument::Value::Territory(siren) => siren.as_str().into(),
        })
    };
    let argument = |argument: &'s proto::SentenceArgument| Some((argument.name.as_str(), value(argument)?));
    sentence.arguments.iter().filter_map(argument).collect()
}

/// Says it.
pub(super) fn line(
    output: &mut Output<'_>,
    sentence: &proto::Sentence,
    unit: Unit,
    names: &Names<'_>,
) -> io::Result<()> {
    let arguments = arguments(output, sentence, unit, names);
    output.line(&sentence.code, &arguments)
}
