//! What is in an answer, or why it is not there. It must never take one for the other.

use maillage_platform::i18n::Language;
use maillage_proto::hub::v1::{self as proto, shown_figure, shown_interval};

/// Why something is not shown; nothing where an answer says neither.
pub(crate) type Reason<'a> = Option<&'a proto::WithheldFigure>;

/// The value of a figure, or why there is none.
pub(crate) fn figure(figure: Option<&proto::ShownFigure>) -> Result<f64, Reason<'_>> {
    match figure.and_then(|figure| figure.outcome.as_ref()) {
        Some(shown_figure::Outcome::Value(value)) => Ok(*value),
        Some(shown_figure::Outcome::Withheld(withheld)) => Err(Some(withheld)),
        None => Err(None),
    }
}

/// The bounds of an interval, or why there are none.
pub(crate) fn bounds(interval: Option<&proto::ShownInterval>) -> Result<(f64, f64), Reason<'_>> {
    match interval.and_then(|interval| interval.outcome.as_ref()) {
        Some(shown_interval::Outcome::Bounds(bounds)) => Ok((bounds.low, bounds.high)),
        Some(shown_interval::Outcome::Withheld(withheld)) => Err(Some(withheld)),
        None => Err(None),
    }
}

/// Why totals or value, and interval, of a point are not shown.
pub(crate) fn reasons_of_point(point: &proto::SeriesPoint) -> [Reason<'_>; 2] {
    let value = figure(point.figure.as_ref()).err().flatten();
    [point.withheld.as_ref().or(value), bounds(point.interval.as_ref()).err().flatten()]
}

/// Why figures or intervals of models are missing, each sentence once.
pub(crate) fn reasons_of_models(models: &[proto::ComparedModel]) -> Vec<&proto::Sentence> {
    let mut sentences: Vec<&proto::Sentence> = Vec::new();
    for model in models {
        let value = figure(model.figure.as_ref()).err().flatten();
        let reason = value.or_else(|| bounds(model.interval.as_ref()).err().flatten());
        let sentence = reason.and_then(|reason| reason.sentence.as_ref());
        sentences.extend(sentence.filter(|sentence| !sentences.contains(sentence)));
    }
    sentences
}

/// The name of a model in a language; its key where it has none.
pub(crate) fn model_name(language: Language, key: &str, french: &str, english: &str) -> String {
    let name = match language {
        Language::French => french,
        Language::English => english,
    };
    if name.is_empty() { key.to_owned() } else { name.to_owned() }
}
