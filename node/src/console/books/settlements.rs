//! Months with other members of the federation: what each gets, what the two have signed, where they differ. No person is in any
//! of it.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use maillage_console::{
    books::{BookPage, Cell, Facts, Table, Way},
    parts::{Badge, Tone},
};
use maillage_domain::roles::Operation;
use maillage_federation::month::Month;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{Settlement, SettlementDifference, SettlementDirection, SettlementLine};

use super::{
    acts::{Act, Opened, Subject},
    allowed, csv, month_name, shown,
};
use crate::{
    app::settlements,
    cli::{
        legal::euros,
        settlements::{sum, told},
    },
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, page, texts, words},
    },
    grpc::convert,
};

/// The months with others, for the page of a month; none where there is nobody to settle with.
pub(super) fn of_month(console: &Console, visit: &Visit, month: Month) -> Result<Option<Table>, Refusal> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let found = settlements::list(&console.app, &visit.caller(), Some(month))?;
    let row = |one: &settlements::Settlement| {
        let told = convert::settlements::settlement(&console.app, one);
        let of = |carrier: &str| told.directions.iter().find(|found| found.carrier == carrier);
        let direction = |carrier: &str| {
            of(carrier).map_or_else(Cell::default, |found| {
                let state = words.code("settlement-state", &found.state);
                Cell::text(sum(words, found.total_cents)).with(state)
            })
        };
        vec![
            Cell::way(partner(&told), path_of(&told)),
            direction("us"),
            direction("them"),
            Cell::text(sum(words, told.net_cents)),
        ]
    };
    let headings = [
        ("books-member", false),
        ("books-we-carried", true),
        ("books-they-carried", true),
        ("books-net", true),
    ];
    Ok((!found.is_empty()).then(|| Table {
        id: "members-title",
        title: texts.say("books-members"),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: found.iter().map(row).collect(),
        foot: Vec::new(),
        none: String::new(),
        next: None,
    }))
}

fn partner(told: &Settlement) -> String {
    if told.territory.is_empty() { told.node.clone() } else { told.territory.clone() }
}

fn path_of(told: &Settlement) -> String {
    format!("/money/settlements/{}/{}", told.node, told.month)
}

/// A month with another member.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((node, month)): Path<(String, String)>,
) -> Response {
    let Ok(month) = month.parse::<Month>() else { return nothing(State(console), Extension(visit)).await };
    let found = settlements::show(&console.app, &visit.caller(), &node, month);
    shown(&console, &visit, found.map(|found| with_member(&console, &visit, (month, &found))))
}

fn with_member(
    console: &Console,
    visit: &Visit,
    (month, found): (Month, &settlements::Settlement),
) -> Response {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let told = convert::settlements::settlement(&console.app, found);
    let (path, name) = (path_of(&told), month_name(console, visit, month));
    let title = [("member", partner(&told).into()), ("month", name.clone().into())];
    let mut shown = BookPage::new(frame(console, visit, texts.with("books-with-member", &title)));
    shown.back = Some(Way::new(format!("/money/{month}"), texts.about("books-back-month", &name)));
    shown.told.push(texts.say("books-with-member-text"));
    if month < Month::of(console.app.now()) && !told.directions.is_empty() {
        let sign = format!("{path}/{}?seen={}", Act::Sign.code(), told.etag);
        let way = Way::first(sign, texts.say("books-sign"));
        shown.ways.extend(allowed(visit, Operation::SettlementSign, way));
    } else {
        shown.told.push(texts.say("books-month-runs"));
    }
    let table = Way::new(format!("{path}/table"), texts.say("books-table"));
    shown.ways.extend(allowed(visit, Operation::SettlementExport, table));
    let mut rows = vec![
        (texts.say("books-net"), sum(words, told.net_cents), String::new()),
        (texts.say("books-member-phone"), told.phone.clone(), String::new()),
    ];
    for direction in &told.directions {
        rows.extend(facts(console, visit, direction));
        shown.tables.extend(tables(console, visit, (&path, direction)));
    }
    rows.retain(|(_, value, _)| !value.is_empty());
    shown.facts = Some(Facts { title: texts.say("books-account"), rows });
    shown.badge = told.directions.first().map(|first| state(console, visit, first));
    page(&shown)
}

fn state(console: &Console, visit: &Visit, direction: &SettlementDirection) -> Badge {
    let tone = match direction.state.as_str() {
        "settled" => Tone::Good,
        "different" => Tone::Bad,
        _ => Tone::Wait,
    };
    Badge::new(words(console, visit).code("settlement-state", &direction.state), tone)
}

/// What is known of a direction.
fn facts(console: &Console, visit: &Visit, direction: &SettlementDirection) -> Vec<(String, String, String)> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let instant = |at: &str| if at.is_empty() { String::new() } else { words.instant(at) };
    let theirs = if direction.signed_by_them.is_empty() {
        String::new()
    } else {
        sum(words, direction.their_total_cents)
    };
    let said = |holds: bool, key: &str| if holds { words.text(key, &[]) } else { String::new() };
    let trouble = if direction.trouble.is_empty() {
        String::new()
    } else {
        words.code("settlement-trouble", &direction.trouble)
    };
    let key = if direction.carrier == "us" { "books-we-carried" } else { "books-they-carried" };
    vec![
        (texts.say(key), sum(words, direction.total_cents), String::new()),
        (texts.say("books-standing"), words.code("settlement-state", &direction.state), String::new()),
        (words.text("field-settlement_their_total", &[]), theirs, String::new()),
        (words.text("field-settlement_by_us", &[]), instant(&direction.signed_by_us), String::new()),
        (words.text("field-settlement_by_them", &[]), instant(&direction.signed_by_them), String::new()),
        (
            words.text("field-settlement_changed", &[]),
            said(direction.changed_since, "settlement-changed"),
            String::new(),
        ),
        (
            words.text("field-settlement_sending", &[]),
            said(direction.sending, "settlement-sending"),
            String::new(),
        ),
        (texts.say("books-trouble"), trouble, String::new()),
        (texts.say("books-last-refusal"), words.refusal_code(&direction.last_refusal), String::new()),
    ]
}

/// The lines of a direction, and where the two differ.
fn tables(console: &Console, visit: &Visit, (path, direction): (&str, &SettlementDirection)) -> Vec<Table> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let (id, other, key) = if direction.carrier == "us" {
        ("us-title", "us-differs", "books-we-carried")
    } else {
        ("them-title", "them-differs", "books-they-carried")
    };
    let headings = [
        ("books-day", false),
        ("books-what", false),
        ("books-handover", false),
        ("books-sum", true),
        ("books-became", false),
    ];
    let lines = Table {
        id,
        title: texts.say(key),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: direction.lines.iter().map(|one| line(console, visit, (path, one))).collect(),
        foot: [texts.say("books-total"), String::new(), String::new(), sum(words, direction.total_cents)]
            .into_iter()
            .chain([String::new()])
            .map(Cell::text)
            .collect(),
        none: texts.say("books-lines-none"),
        next: None,
    };
    let headings = [
        ("books-handover", false),
        ("books-difference", false),
        ("books-ours", true),
        ("books-theirs", true),
        ("books-became", false),
    ];
    let row = |one: &SettlementDifference| difference(console, visit, (path, one));
    let differences = Table {
        id: other,
        title: texts.say("books-differences"),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: direction.differences.iter().map(row).collect(),
        foot: Vec::new(),
        none: String::new(),
        next: None,
    };
    let differs = !differences.rows.is_empty();
    std::iter::once(lines).chain(Some(differences).filter(|_| differs)).collect()
}

/// The handover of a line, for whoever may open it.
fn handover(visit: &Visit, (id, leg): (&str, u32)) -> Cell {
    let opens = Operation::HandoverShow.allows(visit.caller().roles());
    let path = if opens { format!("/handovers/{id}") } else { String::new() };
    Cell::way(format!("{}… · {leg}", id.chars().take(8).collect::<String>()), path)
}

/// The way to put a line right.
fn correct(console: &Console, visit: &Visit, path: &str, (id, leg): (&str, u32)) -> Cell {
    let at = format!("{path}/{}?handover={id}&leg={leg}", Act::Correct.code());
    let way = Way::new(at, texts(console, visit).say("books-correct"));
    Cell::ways(allowed(visit, Operation::SettlementCorrect, way).into_iter().collect())
}

fn line(console: &Console, visit: &Visit, (path, line): (&str, &SettlementLine)) -> Vec<Cell> {
    let words = words(console, visit);
    let of = (line.handover.as_str(), line.leg);
    let corrected =
        if line.corrected.is_empty() { String::new() } else { words.code("correction", &line.corrected) };
    vec![
        Cell::text(words.moment(&line.day)),
        Cell::text(told(words, line)).with(corrected),
        handover(visit, of),
        Cell::text(sum(words, line.amount_cents)),
        correct(console, visit, path, of),
    ]
}

fn difference(console: &Console, visit: &Visit, (path, found): (&str, &SettlementDifference)) -> Vec<Cell> {
    let words = words(console, visit);
    let of = (found.handover.as_str(), found.leg);
    let theirs = found.theirs.as_ref().map(|line| told(words, line)).unwrap_or_default();
    vec![
        handover(visit, of),
        Cell::text(words.code("settlement-difference", &found.kind)).with(theirs),
        Cell::text(euros(words, found.ours_cents)),
        Cell::text(euros(words, found.theirs_cents)),
        correct(console, visit, path, of),
    ]
}

/// A month with another member, for a spreadsheet.
pub(super) async fn table(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((node, month)): Path<(String, String)>,
) -> Response {
    let Ok(month) = month.parse::<Month>() else { return nothing(State(console), Extension(visit)).await };
    let file = settlements::export(&console.app, &visit.caller(), &node, month);
    shown(&console, &visit, file.map(|file| csv(&format!("maillage-{month}.csv"), file)))
}

/// What stands on the page of a form about a month with another member.
pub(super) fn about(
    console: &Console,
    visit: &Visit,
    (node, month): (String, Month),
) -> Result<Opened, Refusal> {
    let found = settlements::show(&console.app, &visit.caller(), &node, month)?;
    let (texts, words) = (texts(console, visit), words(console, visit));
    let told = convert::settlements::settlement(&console.app, &found);
    let mut facts = vec![
        (texts.say("books-member"), partner(&told)),
        (texts.say("books-month-heading"), month_name(console, visit, month)),
        (texts.say("books-net"), sum(words, told.net_cents)),
    ];
    let (handover, leg) = (visit.fields.text("handover"), visit.fields.text("leg"));
    let lines = told.directions.iter().flat_map(|direction| &direction.lines);
    let mut lines = lines.filter(|line| line.handover == handover && line.leg.to_string() == leg);
    facts.extend(lines.next().map(|line| (texts.say("books-what"), self::told(words, line))));
    let back = Way::new(path_of(&told), texts.say("books-back-settlement"));
    Ok(Opened { subject: Subject::Month(node, month), back, facts, usual: Vec::new() })
}
