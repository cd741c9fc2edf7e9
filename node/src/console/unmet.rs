//! The ledger of unmet need by commune and reason; its trips for whoever may see them.

use std::collections::BTreeMap;

use axum::{
    extract::{Extension, State},
    http::Uri,
    response::Response,
};
use jiff::civil::Date;
use maillage_console::{
    form::{Choice, Choosable, Input},
    models::{UnmetPage, UnmetRow, tallies},
    places::{Counted, Places},
};
use maillage_domain::{
    civil::{day_of, parse_date},
    trip::UnmetReason,
    unmet::UnmetEntry,
};
use maillage_geography::InseeCode;
use maillage_platform::refusal::Refusal;

use super::{
    Console,
    communes::{self, Unclear},
    door::Visit,
    fields::Fields,
    reply::{frame, page, refused, texts, words},
    shown,
};
use crate::{
    app::unmet::{self, UnmetFilter, UnmetReport},
    limits::PAGE,
};

/// The ledger.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    ledger(&console, &visit, &query).unwrap_or_else(|refusal| refused(&console, &visit, &refusal))
}

/// A commune as typed.
struct TypedCommune {
    text: String,
    /// Its code, if it is clear which is meant.
    code: Option<InseeCode>,
    /// What is unclear about it.
    error: Option<String>,
}

fn ledger(console: &Console, visit: &Visit, query: &Fields) -> Result<Response, Refusal> {
    let today = day_of(console.app.now());
    let day = |name: &str, otherwise: Date| parse_date(query.text(name)).unwrap_or(otherwise);
    let (from, to) = (day("from", today.first_of_year()), day("to", today.last_of_year()));
    let commune = commune(console, visit, query);
    let reason = query.text("reason").parse::<UnmetReason>().ok();
    let filter = UnmetFilter { from, to, commune: commune.code, reason };
    let after = query.text("after").parse().ok();
    let found = unmet::list(&console.app, &visit.caller(), &filter, after, PAGE)?;
    let (texts, words) = (texts(console, visit), words(console, visit));
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX).into();
    Ok(page(&UnmetPage {
        frame: frame(console, visit, texts.say("console-unmets")),
        total: words.text("unmet-total", &[("total", number(found.total)), ("served", number(found.served))]),
        by_commune: tallies(found.by_commune.iter().map(|(code, count)| (communed(console, *code), *count))),
        map: map(console, visit, &found, &filter),
        by_reason: tallies(
            found.by_reason.iter().map(|(reason, count)| (words.code("unmet", reason.code()), *count)),
        ),
        rows: found.entries.iter().map(|entry| row(console, visit, entry)).collect(),
        next: next(&found, &filter, &commune.text),
        fields: fields(console, visit, (from, to), &commune),
        communes: communes::suggested(console.app.geography, &console.app.profile.territory),
        reason: reasons(console, visit, reason),
    }))
}

fn commune(console: &Console, visit: &Visit, query: &Fields) -> TypedCommune {
    let text = query.text("commune").trim().to_owned();
    let texts = texts(console, visit);
    if text.is_empty() {
        return TypedCommune { text, code: None, error: None };
    }
    let (code, error) = match communes::code(console.app.geography, &console.app.profile.territory, &text) {
        Ok(code) => (InseeCode::parse(&code).ok(), None),
        Err(Unclear::Unknown) => (None, Some(texts.say("console-commune-unknown"))),
        Err(Unclear::Several(told)) => (None, Some(texts.about("console-commune-several", &told.join(", ")))),
    };
    TypedCommune { text, code, error }
}

fn fields(console: &Console, visit: &Visit, (from, to): (Date, Date), commune: &TypedCommune) -> Vec<Input> {
    let texts = texts(console, visit);
    let field = Input::text("commune", texts.say("console-unmets-commune"), commune.text.clone());
    vec![
        Input::text("from", texts.say("console-unmets-from"), from.to_string()).of_kind("date"),
        Input::text("to", texts.say("console-unmets-to"), to.to_string()).of_kind("date"),
        Input { list: "communes", ..field.with_error(commune.error.as_ref()) },
    ]
}

fn reasons(console: &Console, visit: &Visit, chosen: Option<UnmetReason>) -> Choice {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let every =
        Choosable { value: String::new(), label: texts.say("console-unmets-all"), chosen: chosen.is_none() };
    let option = |reason: &UnmetReason| Choosable {
        value: reason.code().to_owned(),
        label: words.code("unmet", reason.code()),
        chosen: chosen == Some(*reason),
    };
    Choice {
        name: "reason",
        id: "reason",
        label: texts.say("console-unmets-reason"),
        options: std::iter::once(every).chain(UnmetReason::ALL.iter().map(option)).collect(),
        error: String::new(),
        open: false,
    }
}

fn communed(console: &Console, code: InseeCode) -> String {
    console.app.geography.commune(&code).map_or_else(|| code.to_string(), communes::shown)
}

fn row(console: &Console, visit: &Visit, entry: &UnmetEntry) -> UnmetRow {
    let words = words(console, visit);
    UnmetRow {
        path: format!("/trips/{}", entry.trip),
        day: words.day(entry.wanted),
        from: communed(console, entry.pickup),
        reason: words.code("unmet", entry.reason.code()),
        needs: shown::needs(words, &entry.needs),
        served: entry.served.map(|at| words.instant(&at.to_string())).unwrap_or_default(),
    }
}

/// The communes of the territory, and others where something is missing.
fn map<'a>(
    console: &'a Console,
    visit: &Visit,
    found: &UnmetReport,
    filter: &UnmetFilter,
) -> Option<Places<'a>> {
    let (geography, texts) = (console.app.geography, texts(console, visit));
    let mut counts: BTreeMap<InseeCode, u64> = found.by_commune.clone();
    let own = geography.communes_of(&console.app.profile.territory).map(|commune| (commune.insee, 0));
    for (code, none) in own {
        counts.entry(code).or_insert(none);
    }
    let counted = |(code, count): (InseeCode, u64)| {
        let commune = geography.commune(&code)?;
        let path = query_of(filter).append_pair("commune", &communes::shown(commune)).finish();
        let (latitude, longitude) =
            (commune.place.latitude_microdegrees(), commune.place.longitude_microdegrees());
        Some(Counted {
            name: commune.name.clone(),
            latitude,
            longitude,
            count,
            path: format!("/unmet?{path}"),
        })
    };
    let label = texts.say("console-unmets-map");
    Places::draw(texts, (label, "console-unmets-point"), counts.into_iter().filter_map(counted).collect())
}

/// What was asked for but the commune, as an address says it.
fn query_of(filter: &UnmetFilter) -> form_urlencoded::Serializer<'static, String> {
    let reason = filter.reason.map(UnmetReason::code).unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("from", &filter.from.to_string()).append_pair("to", &filter.to.to_string());
    query.append_pair("reason", reason);
    query
}

fn next(found: &UnmetReport, filter: &UnmetFilter, commune: &str) -> String {
    let Some(after) = found.next_after else { return String::new() };
    let pairs = [("commune", commune), ("after", &after.to_string())];
    format!("/unmet?{}", query_of(filter).extend_pairs(pairs).finish())
}
