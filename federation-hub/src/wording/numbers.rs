//! Numbers as the reader's language writes them. It must never round what a program reads.

use maillage_platform::i18n::Language;

use crate::statistics::Unit;

/// One decimal, with the sign and the mark of the language.
pub(crate) fn decimal(language: Language, value: f64) -> String {
    let text = format!("{value:.1}").replace('-', "−");
    match language {
        Language::French => text.replace('.', ","),
        Language::English => text,
    }
}

/// A p value: three decimals, and no less than can be said.
pub(crate) fn probability(language: Language, value: f64) -> String {
    let text = if value < 0.001 { "< 0.001".to_owned() } else { format!("{value:.3}") };
    match language {
        Language::French => text.replace('.', ","),
        Language::English => text,
    }
}

/// A value of an indicator: a share in percent.
pub(crate) fn figure(language: Language, unit: Unit, value: f64) -> String {
    match (unit, language) {
        (Unit::Share, Language::French) => format!("{}\u{a0}%", decimal(language, 100.0 * value)),
        (Unit::Share, Language::English) => format!("{}%", decimal(language, 100.0 * value)),
        (Unit::Number, _) => decimal(language, value),
    }
}

/// A difference of values: of shares in points.
pub(crate) fn difference(language: Language, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Share => format!("{}\u{a0}points", decimal(language, 100.0 * value)),
        Unit::Number => decimal(language, value),
    }
}

/// Bounds of an interval.
pub(crate) fn bounds(language: Language, unit: Unit, (low, high): (f64, f64)) -> String {
    format!("{} – {}", figure(language, unit, low), figure(language, unit, high))
}
