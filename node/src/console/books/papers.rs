//! Papers: a statement to be signed, a receipt to be handed over, and the books for the accountant's program. They are printed from
//! the browser; nothing of them is kept.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use maillage_console::books::{BookPage, Cell, Facts, Table, Way};
use maillage_domain::{ledger::Paper, roles::Operation};
use maillage_federation::month::Month;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use super::{acts::Act, allowed, csv, month_name, shown, statements as pages};
use crate::{
    app::money::{
        export::{self, Asked, Kind},
        picture::days_of,
        receipts, statements,
    },
    cli::legal::euros,
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, page, texts, words},
    },
    grpc::convert,
};

/// A closed statement, with the declaration by which a volunteer may give it up.
pub(super) async fn statement(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    let (texts, words) = (texts(&console, &visit), words(&console, &visit));
    let found = visit.caller().check(Operation::MoneyShow);
    let found = found.and_then(|()| statements::show_closed(&console.app, &visit.caller(), id));
    let (statement, lines) = match found {
        Ok(found) => found,
        Err(refusal) => return shown(&console, &visit, Err(refusal)),
    };
    let name = statements::name_of(&console.app, &statement.volunteer.to_string());
    let title = words.text(
        "money-print-statement",
        &[
            ("number", statement.number.to_string().into()),
            ("month", month_name(&console, &visit, statement.month).into()),
        ],
    );
    let mut paper = BookPage::new(frame(&console, &visit, title));
    paper.back =
        Some(Way::new(format!("/money/statements/{}", statement.id), texts.say("books-back-statement")));
    let state = words.code("money-state", statement.settlement.code());
    let rows = [("books-volunteer", name.clone()), ("books-standing", state)];
    paper.facts = Some(Facts {
        title: texts.say("books-statement"),
        rows: rows.into_iter().map(|(key, value)| (texts.say(key), value, String::new())).collect(),
    });
    paper.tables.push(pages::lines_table(&console, &visit, (&lines, statement.totals, false)));
    paper.notes = pages::continued(&console, &visit, pages::continued_in(&lines).into_iter());
    paper.notes.push(words.text("money-print-renounce", &[("name", name.into())]));
    paper.signature = words.text("money-print-signature", &[]);
    page(&paper)
}

/// A receipt.
pub(super) async fn receipt(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    let found = receipts::open(&console.app, &visit.caller(), id).await;
    shown(&console, &visit, found.map(|found| receipted(&console, &visit, &found)))
}

fn receipted(console: &Console, visit: &Visit, found: &receipts::Shown) -> Response {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let told = convert::money::receipt(found);
    let kind = words.code("money-receipt", &told.kind);
    let title = [("kind", kind.into()), ("number", told.number.clone().into())];
    let mut paper = BookPage::new(frame(console, visit, words.text("money-print-receipt", &title)));
    let account = match &found.receipt.paper {
        Paper::Contribution { person, .. } => Some(format!("/money/people/{person}")),
        Paper::Waiver { volunteer, .. } => Some(format!("/money/volunteers/{volunteer}")),
        Paper::CreditNote { receipt, .. } => Some(format!("/money/receipts/{receipt}")),
    };
    paper.back = account.map(|path| Way::new(path, texts.say("books-back-account")));
    if told.cancelled_by.is_empty() {
        let is_note = matches!(found.receipt.paper, Paper::CreditNote { .. });
        let path = format!("/money/receipts/{}/{}", told.id, Act::CancelReceipt.code());
        let way = allowed(visit, Operation::ReceiptCancel, Way::new(path, texts.say("books-cancel")));
        paper.ways.extend(way.filter(|_| !is_note));
    } else {
        let void = [("number", told.cancelled_by.clone().into())];
        paper.told.push(words.text("money-print-void", &void));
    }
    paper.facts =
        Some(Facts { title: texts.say("books-receipt-facts"), rows: parties(console, visit, &told) });
    if told.kind == "waiver" {
        paper.tables.push(waived(console, visit, &told));
        let reduction = euros(words, told.indicative_reduction_cents);
        let rate = told.issuer.as_ref().map_or(0, |issuer| issuer.tax_rate_percent).to_string();
        paper.notes = vec![
            words.text("money-cerfa-acknowledges", &[]),
            words.text("money-cerfa-articles", &[]),
            words.text("money-cerfa-reduction", &[("rate", rate.into()), ("amount", reduction.into())]),
        ];
    }
    paper.signature = words.text("money-print-signature", &[]);
    page(&paper)
}

/// Who gives a receipt, who gets it, and for what.
fn parties(console: &Console, visit: &Visit, told: &proto::Receipt) -> Vec<(String, String, String)> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let issuer = told.issuer.clone().unwrap_or_default();
    let of_waiver = |key: &str| if told.kind == "waiver" { words.text(key, &[]) } else { String::new() };
    let year = if told.year == 0 { String::new() } else { told.year.to_string() };
    let rows = [
        (texts.say("books-issuer"), issuer.name),
        (words.text("field-money_identifier", &[]), issuer.identifier),
        (texts.say("books-issuer-address"), issuer.address),
        (words.text("field-money_object", &[]), issuer.object),
        (words.text("field-money_quality", &[]), words.code("money-quality", &issuer.quality)),
        (texts.say("books-recipient"), told.recipient_name.clone()),
        (texts.say("books-recipient-address"), told.recipient_address.clone()),
        (words.text("field-money_amount", &[]), euros(words, told.amount_cents)),
        (words.text("field-money_letters", &[]), told.amount_letters.clone()),
        (words.text("field-money_year", &[]), year),
        (words.text("field-money_form", &[]), of_waiver("money-cerfa-form")),
        (words.text("field-money_nature", &[]), of_waiver("money-cerfa-nature")),
        (words.text("field-money_entry", &[]), told.entry_number.clone()),
        (words.text("field-money_paid_on", &[]), words.moment(&told.paid_on)),
        (words.text("field-money_method", &[]), words.code("money-method", &told.method)),
        (words.text("field-money_cancels", &[]), told.cancels.clone()),
        (words.text("field-money_reason", &[]), told.reason.clone()),
        (words.text("field-made_at", &[]), words.instant(&told.issued_at)),
        (words.text("field-money_signatory", &[]), issuer.signatory),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| (name, value, String::new())).collect()
}

/// The statements that a tax receipt counts.
fn waived(console: &Console, visit: &Visit, told: &proto::Receipt) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |one: &proto::WaivedStatement| {
        let month = one.month.parse::<Month>().map(|month| month_name(console, visit, month));
        vec![
            Cell::text(one.number.clone()),
            Cell::text(month.unwrap_or_else(|_| one.month.clone())),
            Cell::text(words.moment(&one.signed_on)),
            Cell::text(euros(words, one.amount_cents)),
        ]
    };
    let headings = [
        ("books-number", false),
        ("books-month-heading", false),
        ("books-signed", false),
        ("books-sum", true),
    ];
    let foot = [texts.say("books-total"), String::new(), String::new(), euros(words, told.amount_cents)];
    Table {
        id: "waived-title",
        title: texts.say("books-closed-statements"),
        headings: headings.map(|(key, is_sum)| (texts.say(key), is_sum)).into(),
        rows: told.statements.iter().map(row).collect(),
        foot: foot.into_iter().map(Cell::text).collect(),
        none: String::new(),
        next: None,
    }
}

/// A month of the books for the accountant's program: who takes it is noted, as with every table that is given out.
pub(super) async fn export(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((month, kind)): Path<(String, String)>,
) -> Response {
    let (Ok(month), Ok(kind)) = (month.parse::<Month>(), kind.parse::<Kind>()) else {
        return nothing(State(console), Extension(visit)).await;
    };
    let file = given_out(&console, &visit, (month, kind)).await;
    shown(&console, &visit, file.map(|file| csv(&format!("maillage-{month}-{kind}.csv"), file)))
}

async fn given_out(
    console: &Console,
    visit: &Visit,
    (month, kind): (Month, Kind),
) -> Result<String, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let asked = Asked { kind, period: days_of(month), carrier: None, after: None };
    let (mut file, mut after) = export::begin(app, &caller, asked).await?;
    while after.is_some() {
        let (page, next) = export::page(app, &caller, Asked { after, ..asked })?;
        file.push_str(&page);
        after = next;
    }
    Ok(file)
}
