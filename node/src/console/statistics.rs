//! What leaves the node as statistics: what waits to be sent or withheld, what became of each period, and a period cell by cell,
//! with the bytes that left.

use axum::{
    extract::{Extension, Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use data_encoding::HEXLOWER;
use maillage_console::{
    form::{Choice, Choosable},
    parts::{Badge, Tone},
    statistics::{Budget, Bytes, Cell, CellTable, Decision, DeclaredYear, Entry, PeriodPage, StatisticsPage},
};
use maillage_domain::roles::Operation;
use maillage_federation::{
    models::ModelKey,
    month::Month,
    statistics::{BUDGET_UNITS, CellGroup, Period, Vocabulary, WithdrawalReason},
};
use maillage_platform::{i18n::Language, refusal::Refusal};
use maillage_proto::node::v1::{Declaration, Report};

use super::{
    Console,
    door::Visit,
    office::{answered, cents},
    reply::{frame, nothing, on_to, page, refused, texts, words},
};
use crate::{
    app::report::{
        self, Closed, declaration, due, half_year,
        journal::{self, Shown},
    },
    cli::privacy,
    grpc::convert::{declarations, reports as convert},
    limits::{DECLARATIONS, PAGE},
};

/// The letters of a hash by which two people tell reports apart.
const HASH_BEGINNING: usize = 16;

/// The page of all periods.
pub(super) async fn show_all(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    overview(&console, &visit).unwrap_or_else(|refusal| refused(&console, &visit, &refusal))
}

fn overview(console: &Console, visit: &Visit) -> Result<Response, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let waiting = due::due(app, &caller)?;
    let running = Period::Month(Month::of(app.now()));
    let shown = journal::show(app, &caller, running)?;
    let way = |period: Period| (path_of(period), name(console, visit, period));
    let closed = journal::list(app, &caller, PAGE)?;
    let declared = declaration::list(app, &caller, DECLARATIONS)?;
    Ok(page(&StatisticsPage {
        frame: frame(console, visit, texts(console, visit).say("console-stat")),
        meaning: meaning(console, visit),
        budget: budget(console, visit, &shown),
        due: waiting.into_iter().map(way).collect(),
        running: way(running),
        decides: Operation::ReportClose.allows(caller.roles()),
        journal: closed.iter().filter_map(|closed| entry(console, visit, closed)).collect(),
        declared: declared
            .iter()
            .map(|kept| declared_year(console, visit, &declarations::declaration(kept)))
            .collect(),
    }))
}

fn entry(console: &Console, visit: &Visit, closed: &Closed) -> Option<Entry> {
    let period = Period::of(closed.vocabulary(), closed.month())?;
    let told = convert::closed(closed);
    Some(Entry {
        path: path_of(period),
        period: name(console, visit, period),
        badge: became(console, visit, &told),
        at: words(console, visit).instant(&told.made_at),
        hash: told.hash.chars().take(HASH_BEGINNING).collect(),
    })
}

/// What became of a period that is closed.
fn became(console: &Console, visit: &Visit, told: &Report) -> Badge {
    let words = words(console, visit);
    let tone = match told.state.as_str() {
        "sent" => Tone::Good,
        "frozen" => Tone::Wait,
        "refused" => Tone::Bad,
        _ => Tone::Plain,
    };
    let state = if told.state == "refused" {
        format!("refused: {}", told.refused_because)
    } else {
        told.state.clone()
    };
    Badge::new(words.report_state(&state), tone)
}

fn declared_year(console: &Console, visit: &Visit, told: &Declaration) -> DeclaredYear {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let tone = match told.state.as_str() {
        "sent" => Tone::Good,
        "refused" => Tone::Bad,
        _ => Tone::Wait,
    };
    let because = words.refusal_code(&told.refused_because);
    let state = words.code("declaration-state", &told.state);
    let figures = match &told.figures {
        Some(figures) => vec![
            ("declared-models", figures.models.join(", ")),
            ("declared-full-cost", cents(words, figures.full_cost_cents)),
            ("declared-subsidy", cents(words, figures.subsidy_cents)),
            ("declared-contributions", cents(words, figures.contributions_cents)),
            ("declared-compensation", cents(words, figures.compensation_cents)),
            ("declared-waivers", cents(words, figures.waivers_cents)),
            ("declared-vehicles", figures.vehicles.to_string()),
            ("declared-staff-fte", words.decimal(f64::from(figures.staff_fte_hundredths) / 100.0, 2)),
            ("declared-volunteers", words.code("band", &figures.volunteers)),
            ("declared-trips", figures.trips.to_string()),
            ("declared-solutions-opened", figures.solutions_opened.to_string()),
        ],
        None => vec![("console-stat-taken-back", words.code("withdrawn", &told.withdrawn_because))],
    };
    let signatory = [&told.signed_by, &told.signed_as].into_iter().filter(|part| !part.is_empty());
    let signed = [words.instant(&told.signed_at)].into_iter().chain(signatory.cloned());
    DeclaredYear {
        year: told.year.to_string(),
        title: texts.with(
            "console-stat-year",
            &[("year", told.year.to_string().into()), ("revision", told.revision.to_string().into())],
        ),
        badge: Badge::new(if because.is_empty() { state } else { format!("{state} ({because})") }, tone),
        replaced: !told.in_force,
        signed: signed.collect::<Vec<_>>().join(" · "),
        figures: figures.into_iter().map(|(key, value)| (texts.say(key), value)).collect(),
    }
}

/// The page of a period.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(period): Path<String>,
) -> Response {
    let Ok(period) = period.parse() else { return nothing(State(console), Extension(visit)).await };
    one(&console, &visit, period).unwrap_or_else(|refusal| refused(&console, &visit, &refusal))
}

fn one(console: &Console, visit: &Visit, period: Period) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let shown = journal::show(app, &caller, period)?;
    let waits = due::due(app, &caller)?.contains(&period);
    let report = shown.closed.as_ref().and_then(Closed::report);
    let told = shown.closed.as_ref().map(convert::closed);
    let path = path_of(period);
    let decision = match report {
        Some(kept) if kept.withdrawn.is_none() && Operation::ReportWithdraw.allows(caller.roles()) => {
            Decision::TakeBack(reasons(console, visit))
        }
        None if waits && Operation::ReportClose.allows(caller.roles()) => Decision::Send,
        Some(_) | None => Decision::Nothing,
    };
    let bytes = report.map(|kept| {
        let body = kept.report.body();
        Bytes {
            path: format!("{path}/bytes"),
            size: body.len().to_string(),
            hash: HEXLOWER.encode(&kept.report.hash()),
            hex: HEXLOWER.encode(&body),
        }
    });
    let name = name(console, visit, period);
    Ok(page(&PeriodPage {
        frame: frame(console, visit, texts.about("console-stat-of", &name)),
        path,
        badge: told.as_ref().map(|told| became(console, visit, told)),
        told: what_to_know(console, visit, &shown, (waits, &name)),
        tables: tables(console, visit, &shown),
        budget: budget(console, visit, &shown),
        meaning: meaning(console, visit),
        bytes,
        decision,
    }))
}

/// What is to be known of a period before its figures.
fn what_to_know(
    console: &Console,
    visit: &Visit,
    shown: &Shown,
    (waits, name): (bool, &String),
) -> Vec<String> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let over = console.app.now() >= shown.period.month().end();
    let mut told = Vec::new();
    match &shown.closed {
        Some(Closed::Silent(silence, _)) => {
            let period = [("period", name.as_str().into())];
            told.push(words.text(&format!("report-silent-{}", silence.reason.code()), &period));
        }
        Some(Closed::Report(kept)) => {
            let key = if kept.withdrawn.is_some() { "report-withdrawn" } else { "report-frozen" };
            told.push(words.text(key, &[]));
            if let Some(withdrawn) = &kept.withdrawn {
                let why = words.code("withdrawn", withdrawn.reason.code());
                told.push(texts.about("console-stat-withdrawn-why", &why));
            }
            if shown.truth.is_none() {
                told.push(words.text("preview-counts-unknown", &[]));
            }
        }
        None => {
            let key = match (over, waits) {
                (false, _) => "console-stat-not-over",
                (true, true) => "console-stat-open",
                (true, false) => "console-stat-not-yet",
            };
            told.push(texts.say(key));
        }
    }
    if shown.few {
        told.push(words.text("preview-few-beneficiaries", &[("period", name.as_str().into())]));
    }
    told
}

/// Cell by cell: the true count, the noise, and what leaves once it is drawn.
fn tables(console: &Console, visit: &Visit, shown: &Shown) -> Vec<CellTable> {
    let vocabulary = shown.period.vocabulary();
    let report = shown.closed.as_ref().and_then(Closed::report).map(|kept| &kept.report);
    let left = |model: &ModelKey| {
        let sections = report.iter().flat_map(|report| &report.sections);
        sections.into_iter().find(|section| section.model == *model).map(|section| &section.cells)
    };
    let table = |(model, counts): (&ModelKey, Option<&Vec<u64>>)| {
        let row = |(place, (group, cell)): (usize, (&CellGroup, &str))| Cell {
            name: words(console, visit).code("cell", cell),
            truth: counts.and_then(|counts| counts.get(place)).map(ToString::to_string).unwrap_or_default(),
            margin: format!("± {}", (group.sigma * 2).ceil().to_integer()),
            leaves: left(model)
                .and_then(|cells| cells.get(place))
                .map(ToString::to_string)
                .unwrap_or_default(),
        };
        let rows = Vocabulary::cells(&vocabulary).enumerate().map(row).collect();
        CellTable { model: model_name(console, visit, model), rows }
    };
    match (&shown.truth, report) {
        (Some(truth), _) => {
            truth.sections.iter().map(|(model, counts)| table((model, Some(counts)))).collect()
        }
        (None, Some(report)) => report.sections.iter().map(|section| table((&section.model, None))).collect(),
        (None, None) => Vec::new(),
    }
}

/// The bytes that left.
pub(super) async fn bytes(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(period): Path<String>,
) -> Response {
    let Ok(period) = period.parse::<Period>() else { return nothing(State(console), Extension(visit)).await };
    let shown = match journal::show(&console.app, &visit.caller(), period) {
        Ok(shown) => shown,
        Err(refusal) => return refused(&console, &visit, &refusal),
    };
    let Some(kept) = shown.closed.as_ref().and_then(Closed::report) else {
        return nothing(State(console), Extension(visit)).await;
    };
    let named = HeaderValue::from_str(&format!("attachment; filename=\"maillage-{period}.bin\""));
    let named = named.unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("application/octet-stream");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)], kept.report.body()).into_response()
}

/// What is decided about a period, by the last part of the address.
pub(super) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((period, what)): Path<(String, String)>,
) -> Response {
    let Ok(period) = period.parse::<Period>() else { return nothing(State(console), Extension(visit)).await };
    let done = match what.as_str() {
        "send" => send(&console, &visit, period).await,
        "withhold" if visit.fields.text("sure") != "1" => {
            let said = texts(&console, &visit).say("console-stat-not-sure");
            return on_to(&console, &visit, &path_of(period), Some((true, said)));
        }
        "withhold" => withhold(&console, &visit, period).await,
        "withdraw" => withdraw(&console, &visit, period).await,
        _ => return nothing(State(console), Extension(visit)).await,
    };
    answered(&console, &visit, &path_of(period), done)
}

async fn send(console: &Console, visit: &Visit, period: Period) -> Result<String, Refusal> {
    let (app, caller, noise) = (&console.app, visit.caller(), std::sync::Arc::clone(&console.room.noise));
    let sent = match period {
        Period::Month(month) => {
            report::close(app, &caller, month, noise).await?;
            true
        }
        Period::HalfYear(half) => half_year::close(app, &caller, half, noise).await?.report().is_some(),
    };
    Ok(texts(console, visit).say(if sent { "console-stat-sent" } else { "console-stat-silent" }))
}

async fn withhold(console: &Console, visit: &Visit, period: Period) -> Result<String, Refusal> {
    journal::withhold(&console.app, &visit.caller(), period).await?;
    Ok(texts(console, visit).say("console-stat-withheld"))
}

async fn withdraw(console: &Console, visit: &Visit, period: Period) -> Result<String, Refusal> {
    let reason = visit.fields.text("reason").to_owned();
    journal::withdraw(&console.app, &visit.caller(), period, reason).await?;
    Ok(texts(console, visit).say("console-stat-withdrawn"))
}

fn reasons(console: &Console, visit: &Visit) -> Choice {
    let option = |reason: &WithdrawalReason| Choosable {
        value: reason.code().to_owned(),
        label: words(console, visit).code("withdrawn", reason.code()),
        chosen: *reason == WithdrawalReason::WrongCounts,
    };
    Choice {
        name: "reason",
        id: "reason",
        label: texts(console, visit).say("console-stat-take-back-why"),
        options: WithdrawalReason::ALL.iter().map(option).collect(),
        error: String::new(),
        open: false,
    }
}

fn path_of(period: Period) -> String {
    format!("/statistics/{period}")
}

/// A period as people say it.
fn name(console: &Console, visit: &Visit, period: Period) -> String {
    let (texts, month) = (texts(console, visit), period.month());
    let year = month.year().to_string();
    match period {
        Period::Month(month) => super::office::month(texts, month),
        Period::HalfYear(half) => texts
            .with("console-half-year", &[("number", i64::from(half.number()).into()), ("year", year.into())]),
    }
}

/// The name of a model in the reader's language; its key if the catalogue does not have it.
pub(super) fn model_name(console: &Console, visit: &Visit, key: &ModelKey) -> String {
    let known = console.app.catalogue.model(key);
    known.map_or_else(
        || key.to_string(),
        |model| match visit.language {
            Language::French => model.name_fr.clone(),
            Language::English => model.name_en.clone(),
        },
    )
}

fn budget(console: &Console, visit: &Visit, shown: &Shown) -> Budget {
    let (used, limit) = (shown.spent, shown.limit);
    let number = |units: u64| i64::try_from(units).unwrap_or(i64::MAX).into();
    let year = shown.period.month().year().to_string();
    let args = [
        ("used", number(used)),
        ("limit", number(limit)),
        ("year", year.into()),
        ("unit", BUDGET_UNITS.to_string().into()),
    ];
    Budget { used, limit, text: texts(console, visit).with("console-stat-budget", &args) }
}

/// What somebody can guess at most, in the words that the command line says it in.
fn meaning(console: &Console, visit: &Visit) -> String {
    let words = words(console, visit);
    let privacy::Meaning { epsilon, guessed_right_in_100 } = privacy::meaning_in_force();
    words.text(
        "preview-meaning",
        &[
            ("guess", words.decimal(guessed_right_in_100, 0).into()),
            ("epsilon", words.decimal(epsilon, 2).into()),
        ],
    )
}
