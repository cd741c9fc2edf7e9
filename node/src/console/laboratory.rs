//! The laboratory of participation models: the trips of a period costed under each, with who pays what.

use std::sync::Arc;

use axum::{
    extract::{Extension, State},
    http::{StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use maillage_console::{
    form::Input,
    models::{ModelBar, ModelsPage, bars},
};
use maillage_domain::civil::day_of;
use maillage_platform::refusal::{Refusal, RefusalKind};

use super::{
    Console,
    door::Visit,
    fields::Fields,
    reply::{frame, page, refused, texts, words},
    statistics::model_name,
};
use crate::{
    app::{
        models::compare::{self, Comparison, Outcome},
        refusals,
    },
    cli::legal::euros,
};

/// Who pays, by the class of their part of a bar.
const PAYERS: [(&str, &str); 3] = [
    ("pays-person", "models-field-pays_person"),
    ("pays-carrier", "models-field-pays_carrier"),
    ("pays-volunteer", "models-field-pays_volunteer"),
];

/// The headings of the table.
const HEADINGS: [&str; 9] = [
    "field-model",
    "models-field-pays_person",
    "models-field-pays_carrier",
    "models-field-pays_volunteer",
    "models-field-compensation",
    "models-field-waived",
    "models-field-deficit_km",
    "models-field-over_cap",
    "models-field-outside",
];

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let typed = match query.text("period").trim() {
        "" => day_of(console.app.now()).year().to_string(),
        typed => typed.to_owned(),
    };
    let (app, caller, period) = (Arc::clone(&console.app), visit.caller(), typed.clone());
    // A year of the largest node takes a while: nobody else waits for it.
    let compared = tokio::task::spawn_blocking(move || compare::compare(&app, &caller, &period)).await;
    match compared.unwrap_or_else(|error| Err(refusals::internal(error))) {
        Ok(comparison) => compared_page(&console, &visit, (typed, None), Some(&comparison)),
        Err(refusal) if refusal.kind() == RefusalKind::InvalidInput => {
            let wrong = compared_page(&console, &visit, (typed, Some(&refusal)), None);
            (StatusCode::UNPROCESSABLE_ENTITY, wrong).into_response()
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

fn compared_page(
    console: &Console,
    visit: &Visit,
    (typed, wrong): (String, Option<&Refusal>),
    comparison: Option<&Comparison>,
) -> Response {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let error = wrong.map(|refusal| words.refusal(refusal));
    let models = comparison.map(|compared| compared.models.as_slice()).unwrap_or_default();
    let loaded_m = comparison.map_or(0, |compared| compared.loaded_m);
    let mut notes = vec![words.text("comparison-note", &[])];
    if models.iter().any(|outcome| outcome.total.wages_unknown) {
        notes.push(words.text("comparison-wages-unknown", &[]));
    }
    let period = Input::text("period", texts.say("console-models-period"), typed);
    page(&ModelsPage {
        frame: frame(console, visit, texts.say("console-models")),
        period: period.with_hint(texts.say("console-models-period-hint")).with_error(error.as_ref()),
        facts: comparison.map(|compared| facts(console, visit, compared)).unwrap_or_default(),
        any: comparison.is_some_and(|compared| compared.trips > 0),
        bars: drawn(console, visit, models),
        legend: PAYERS.iter().map(|(class, key)| (*class, words.text(key, &[]))).collect(),
        headings: HEADINGS.iter().map(|key| words.text(key, &[])).collect(),
        rows: models.iter().map(|outcome| row(console, visit, outcome, loaded_m)).collect(),
        notes,
    })
}

fn facts(console: &Console, visit: &Visit, compared: &Comparison) -> Vec<(String, String)> {
    let words = words(console, visit);
    let kilometres = |metres: u64| words.kilometres(u32::try_from(metres).unwrap_or(u32::MAX));
    let rows = [
        ("models-field-trips", compared.trips.to_string()),
        ("models-field-people", compared.people.to_string()),
        ("models-field-loaded", kilometres(compared.loaded_m)),
        ("models-field-empty", kilometres(compared.empty_m)),
        ("models-field-not_completed", compared.not_completed.to_string()),
        ("models-field-carried", compared.carried.to_string()),
    ];
    rows.into_iter().map(|(key, value)| (words.text(key, &[]), value)).collect()
}

/// What the people, the carrier and the volunteers pay under a model; membership fees are the people's.
fn shares(outcome: &Outcome) -> [i64; 3] {
    let total = &outcome.total;
    let fees = outcome.membership;
    [
        total.contribution.get().saturating_add(fees.get()),
        total.carrier.minus(fees).get(),
        total.volunteer.get(),
    ]
}

fn drawn(console: &Console, visit: &Visit, models: &[Outcome]) -> Vec<ModelBar> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let sums: Vec<[i64; 3]> = models.iter().map(shares).collect();
    let drawn = bars(PAYERS.map(|(class, _)| class), &sums);
    let bar =
        |((outcome, [person, carrier, volunteer]), (parts, zero)): ((&Outcome, [i64; 3]), _)| ModelBar {
            name: model_name(console, visit, &outcome.model.key),
            used: if outcome.served > 0 {
                texts.count("console-models-served", usize::try_from(outcome.served).unwrap_or(usize::MAX))
            } else {
                String::new()
            },
            words: texts.with(
                "console-models-bar",
                &[
                    ("person", euros(words, person).into()),
                    ("carrier", euros(words, carrier).into()),
                    ("volunteer", euros(words, volunteer).into()),
                ],
            ),
            parts,
            zero,
        };
    models.iter().zip(sums).zip(drawn).map(bar).collect()
}

fn row(console: &Console, visit: &Visit, outcome: &Outcome, loaded_m: u64) -> (String, Vec<String>) {
    let words = words(console, visit);
    let [person, carrier, volunteer] = shares(outcome);
    let cells = vec![
        euros(words, person),
        euros(words, carrier),
        euros(words, volunteer),
        euros(words, outcome.total.compensation.get()),
        euros(words, outcome.total.waived.get()),
        euros(words, outcome.deficit_milli_per_km(loaded_m) / 10),
        outcome.over_cap.to_string(),
        outcome.outside.to_string(),
    ];
    (model_name(console, visit, &outcome.model.key), cells)
}
