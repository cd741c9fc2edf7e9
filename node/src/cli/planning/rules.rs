//! What counts how much when a day is planned, as a table and in words. Must never hold a number of its own.

use maillage_proto::node::v1 as proto;

use super::super::{failure::CommandError, session::Session};

/// Shows all numbers, with what is possible.
pub(super) fn show(session: &mut Session<'_>, rules: &proto::PlanRules) -> Result<(), CommandError> {
    if session.json(rules)? {
        return Ok(());
    }
    let words = session.words();
    since(session, rules)?;
    let row = |number: &proto::PlanNumber| {
        vec![
            number.name.clone(),
            number.value.to_string(),
            format!("{}–{}", number.least, number.most),
            words.text(&format!("dispatch-number-{}", number.name), &[]),
        ]
    };
    let rows: Vec<Vec<String>> = rules.numbers.iter().map(row).collect();
    session.columns(&["field-name", "field-value", "field-possible", "field-meaning"], &rows)?;
    for day in &rules.other_days {
        session.line("dispatch-rules-other", &[("day", day.clone().into())])?;
    }
    Ok(session.fields(&[("field-etag", rules.etag.clone())])?)
}

/// One sentence for under an explanation.
pub(super) fn in_words(session: &mut Session<'_>, rules: &proto::PlanRules) -> Result<(), CommandError> {
    since(session, rules)?;
    let value =
        |name: &str| rules.numbers.iter().find(|number| number.name == name).map(|number| number.value);
    // Metre-equivalents as kilometre-equivalents with one decimal.
    let equivalents = |name: &str| {
        let metres = value(name).unwrap_or_default();
        let (whole, tenth) = ((metres / 1_000).to_string(), (metres % 1_000 / 100).to_string());
        session.words().text("dispatch-equivalent", &[("whole", whole.into()), ("tenth", tenth.into())])
    };
    let plain = |name: &str| value(name).unwrap_or_default().to_string();
    let facts = [
        ("deadhead", equivalents("deadhead_m_per_km")),
        ("loaded", equivalents("loaded_m_per_km")),
        ("waiting", equivalents("waiting_m_per_h")),
        ("excess", equivalents("excess_m_per_min")),
        ("fairness", equivalents("fairness_permille")),
        ("unusual", equivalents("unusual_driver_m")),
        ("split", equivalents("split_return_m")),
        ("change", equivalents("change_m")),
        ("refusal", equivalents("refusal_m")),
        ("appointment", plain("appointment_factor")),
        ("medical", plain("medical_factor")),
        ("percent", (value("detour_permille").unwrap_or_default() / 10).to_string()),
        ("minutes", plain("detour_min")),
    ];
    let facts: Vec<_> = facts.into_iter().map(|(name, text)| (name, text.into())).collect();
    Ok(session.line("dispatch-weights", &facts)?)
}

fn since(session: &mut Session<'_>, rules: &proto::PlanRules) -> Result<(), CommandError> {
    if rules.from_day.is_empty() {
        return Ok(session.line("dispatch-rules-built-in", &[])?);
    }
    Ok(session.line("dispatch-rules-since", &[("day", rules.from_day.clone().into())])?)
}
