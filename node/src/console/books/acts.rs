//! What can be done to the books, each on a page of its own: what it is about, its fields, and the use case it asks. Must never
//! decide what may be booked.

use maillage_console::books::{Field, Way};
use maillage_domain::{
    ids::{PersonKind, RequestKind, VolunteerKind},
    ledger::{Basis, Books, DueSource, Entry, ExpenseType, NewExpense, Statement, WriteOffReason},
    money::Cents,
    roles::Operation,
    trip::CorrectionReason,
};
use maillage_federation::{ids::Id, month::Month};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::CorrectSettlementLineRequest;

use super::{carrier, draft_path, fields::Asked, month::account_path, month_name, sum};
use crate::{
    app::{
        caller::Caller,
        carriers,
        money::{
            accounts::{self, AccountLine},
            books::{self, NewBooking},
            receipts,
            statements::{self, NewSettlement, Which},
        },
        once::Once,
        refusals, settlements,
    },
    console::{
        Console,
        door::Visit,
        reply::{texts, words},
        shown::names,
    },
    grpc::convert,
    limits::CARRIERS,
};

/// Something that can be done to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Pay,
    Due,
    Refund,
    WriteOff,
    Remit,
    Expense,
    RemoveExpense,
    Waiver,
    Receipt,
    Counter,
    CancelReceipt,
    Reimburse,
    Waive,
    Undo,
    Close,
    Sign,
    Correct,
}

/// What it is done to.
pub(super) enum Subject {
    Person(Id<PersonKind>),
    Volunteer(Id<VolunteerKind>),
    Entry(Box<AccountLine>),
    Statement(Box<Statement>),
    Receipt(Box<receipts::Shown>),
    Draft(Which),
    Month(String, Month),
}

/// What stands on the page of a form before anything is typed.
pub(super) struct Opened {
    pub(super) subject: Subject,
    pub(super) back: Way,
    pub(super) facts: Vec<(String, String)>,
    /// What the fields hold at first.
    pub(super) usual: Vec<(&'static str, String)>,
}

impl Act {
    /// Every one with its code, and the use case it asks.
    const ALL: [(Self, &'static str, Operation); 17] = [
        (Self::Pay, "pay", Operation::MoneyReceive),
        (Self::Due, "due", Operation::MoneyDue),
        (Self::Refund, "refund", Operation::MoneyRefund),
        (Self::WriteOff, "write-off", Operation::MoneyWriteOff),
        (Self::Remit, "remit", Operation::MoneyRemit),
        (Self::Expense, "expense", Operation::ExpenseAdd),
        (Self::RemoveExpense, "remove-expense", Operation::ExpenseRemove),
        (Self::Waiver, "waiver", Operation::ReceiptWaiver),
        (Self::Receipt, "receipt", Operation::ReceiptIssue),
        (Self::Counter, "counter", Operation::MoneyCounter),
        (Self::CancelReceipt, "cancel", Operation::ReceiptCancel),
        (Self::Reimburse, "reimburse", Operation::StatementSettle),
        (Self::Waive, "waive", Operation::StatementSettle),
        (Self::Undo, "undo", Operation::StatementSettle),
        (Self::Close, "close", Operation::StatementClose),
        (Self::Sign, "sign", Operation::SettlementSign),
        (Self::Correct, "correct", Operation::SettlementCorrect),
    ];

    fn row(self) -> Option<&'static (Self, &'static str, Operation)> {
        Self::ALL.iter().find(|(act, ..)| *act == self)
    }

    /// The last part of its address.
    pub(super) fn code(self) -> &'static str {
        self.row().map(|(_, code, _)| *code).unwrap_or_default()
    }

    /// The use case it asks.
    pub(super) fn operation(self) -> Operation {
        self.row().map_or(Operation::MoneyCounter, |(.., operation)| *operation)
    }

    /// The one among some that an address names.
    pub(super) fn among(acts: &[Self], code: &str) -> Option<Self> {
        acts.iter().copied().find(|act| act.code() == code)
    }

    /// Whether it cannot be undone without leaving a trace, and has to be confirmed.
    pub(super) fn is_grave(self) -> bool {
        match self {
            Self::Refund
            | Self::WriteOff
            | Self::RemoveExpense
            | Self::Waiver
            | Self::Counter
            | Self::CancelReceipt
            | Self::Undo
            | Self::Close
            | Self::Sign => true,
            Self::Pay
            | Self::Due
            | Self::Remit
            | Self::Expense
            | Self::Receipt
            | Self::Reimburse
            | Self::Waive
            | Self::Correct => false,
        }
    }

    /// Whether a sum is typed.
    pub(super) fn has_amount(self) -> bool {
        matches!(self, Self::Pay | Self::Due | Self::Refund | Self::WriteOff | Self::Remit | Self::Expense)
    }

    /// Its fields.
    pub(super) fn fields(self, asked: &Asked<'_>) -> Vec<Field> {
        let mut fields = match self {
            Self::Pay => {
                vec![asked.amount(), asked.day(), asked.method(), collectors(asked), asked.note()]
            }
            Self::Due => {
                let year = asked.line("year", "books-year-hint");
                vec![sources(asked), asked.amount(), asked.day(), year, asked.note()]
            }
            Self::Refund | Self::Remit => vec![asked.amount(), asked.day(), asked.method(), asked.note()],
            Self::WriteOff => {
                let reasons = WriteOffReason::ALL.iter().map(|reason| reason.code());
                vec![
                    asked.amount(),
                    coded(asked, ("reason", "books-reason"), reasons),
                    asked.day(),
                    asked.note(),
                ]
            }
            Self::Expense => expense(asked),
            Self::Waiver => vec![asked.line("year", "books-year-hint")],
            Self::Counter => vec![asked.note()],
            Self::CancelReceipt => vec![asked.line("note", "books-cancel-hint")],
            Self::Reimburse => vec![asked.day(), asked.method()],
            Self::Waive => vec![asked.wanted_day("books-waive-hint")],
            Self::Correct => correction(asked),
            Self::RemoveExpense | Self::Receipt | Self::Undo | Self::Close | Self::Sign => Vec::new(),
        };
        if self.has_amount() {
            fields.extend(associations(asked));
        }
        if self.is_grave() {
            let label = texts(asked.console, asked.visit).say(&format!("books-{}-sure", self.code()));
            fields.push(asked.tick("sure", label));
        }
        fields
    }
}

/// Codes of a list as one is chosen.
fn coded<'a>(
    asked: &Asked<'_>,
    (name, list): (&'static str, &str),
    codes: impl Iterator<Item = &'a str>,
) -> Field {
    let texts = texts(asked.console, asked.visit);
    let options = codes.map(|code| (code.to_owned(), texts.say(&format!("{list}-{code}"))));
    asked.choice(name, options.collect())
}

fn sources(asked: &Asked<'_>) -> Field {
    coded(asked, ("source", "books-due"), ["membership", "donation"].into_iter())
}

/// Who took the money: the desk, or a volunteer.
fn collectors(asked: &Asked<'_>) -> Field {
    let desk = (String::new(), texts(asked.console, asked.visit).say("books-collected-desk"));
    let found = names(&asked.console.app, &asked.visit.caller()).unwrap_or_default();
    let mut drivers: Vec<(String, String)> =
        found.into_iter().map(|(id, (name, _))| (id.to_string(), name)).collect();
    drivers.sort_by(|one, other| one.1.cmp(&other.1));
    asked.choice("collector", std::iter::once(desk).chain(drivers).collect())
}

/// Whose books, where there are several associations.
fn associations(asked: &Asked<'_>) -> Option<Field> {
    let found = carriers::list(&asked.console.app, &asked.visit.caller(), None, CARRIERS).ok()?;
    let usual = (String::new(), texts(asked.console, asked.visit).say("books-association-usual"));
    let options: Vec<(String, String)> = found
        .iter()
        .map(|carrier| (carrier.id.to_string(), carrier.details.name.as_str().to_owned()))
        .collect();
    (options.len() > 1).then(|| asked.choice("association", std::iter::once(usual).chain(options).collect()))
}

fn expense(asked: &Asked<'_>) -> Vec<Field> {
    let (texts, words) = (texts(asked.console, asked.visit), words(asked.console, asked.visit));
    let worded = |list: &str, code: &str| (code.to_owned(), words.code(list, code));
    let kinds = ExpenseType::ALL.iter().map(|kind| worded("money-expense", kind.code())).collect();
    let bases = Basis::ALL.iter().map(|basis| worded("money-basis", basis.code())).collect();
    vec![
        asked.choice("kind", kinds),
        asked.amount(),
        asked.wanted_day("books-expense-day-hint"),
        asked.choice("basis", bases),
        asked.tick("proof", texts.say("books-proof")),
        asked.line("note", "books-expense-note-hint"),
    ]
}

/// What became of a leg between two members.
fn correction(asked: &Asked<'_>) -> Vec<Field> {
    let words = words(asked.console, asked.visit);
    let results = ["driven", "no-show", "at-the-door", "nothing", "as-the-other"];
    let reasons = CorrectionReason::ALL.iter().map(|reason| reason.code());
    let reasons = reasons.map(|code| (code.to_owned(), words.code("correction", code))).collect();
    vec![
        coded(asked, ("result", "books-result"), results.into_iter()),
        asked.line("loaded", "books-kilometres-hint"),
        asked.line("empty", "books-kilometres-hint"),
        asked.line("collected", "books-collected-hint"),
        asked.choice("reason", reasons),
    ]
}

/// What stands on the page of a person's form.
pub(super) async fn about_person(
    console: &Console,
    visit: &Visit,
    (act, id): (Act, Id<PersonKind>),
) -> Result<Opened, Refusal> {
    let account = accounts::of_person(&console.app, &visit.caller(), id).await?;
    let (texts, words) = (texts(console, visit), words(console, visit));
    let owed = account.balance.closing;
    let usual = if act == Act::Refund { owed.negated() } else { owed };
    let usual = (usual.is_positive() && act != Act::Due).then(|| ("amount", usual.decimal_comma()));
    let year = (act == Act::Due).then(|| ("year", this_year(console)));
    Ok(Opened {
        subject: Subject::Person(id),
        back: Way::new(format!("/money/people/{id}"), texts.say("books-back-account")),
        facts: vec![(texts.say("books-who"), account.name), (texts.say("books-owed-now"), sum(words, owed))],
        usual: usual.into_iter().chain(year).collect(),
    })
}

/// What stands on the page of a volunteer's form.
pub(super) fn about_volunteer(
    console: &Console,
    visit: &Visit,
    (act, id): (Act, Id<VolunteerKind>),
) -> Result<Opened, Refusal> {
    let account = accounts::of_volunteer(&console.app, &visit.caller(), id)?;
    let (texts, words) = (texts(console, visit), words(console, visit));
    let collected = account.balance.to_hand_over;
    let mut facts = vec![(texts.say("books-who"), account.name)];
    if act == Act::Remit {
        facts.push((texts.say("books-to-hand-over"), sum(words, collected)));
    }
    let expense = visit.fields.text("expense");
    if let Some(found) = account.expenses.iter().find(|found| found.id.to_string() == expense) {
        facts.push((texts.say("books-what"), words.code("money-expense", found.kind.code())));
        facts.push((texts.say("books-sum"), sum(words, found.amount)));
    }
    let amount =
        (act == Act::Remit && collected.is_positive()).then(|| ("amount", collected.decimal_comma()));
    let year = (act == Act::Waiver).then(|| ("year", this_year(console)));
    Ok(Opened {
        subject: Subject::Volunteer(id),
        back: Way::new(format!("/money/volunteers/{id}"), texts.say("books-back-account")),
        facts,
        usual: amount.into_iter().chain(year).collect(),
    })
}

/// What stands on the page of a form about an entry.
pub(super) fn about_entry(console: &Console, visit: &Visit, line: AccountLine) -> Opened {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let Entry { number, day, movement, .. } = &line.entry;
    let facts = vec![
        (texts.say("books-number"), number.to_string()),
        (texts.say("books-day"), words.day(*day)),
        (texts.say("books-what"), words.code("money-movement", movement.code())),
        (texts.say("books-sum"), sum(words, line.entry.signed())),
    ];
    let back = Way::new(page_of(&line.entry), texts.say("books-back-account"));
    Opened { subject: Subject::Entry(Box::new(line)), back, facts, usual: Vec::new() }
}

/// The account that an entry stands in: a person's before a volunteer's.
fn page_of(entry: &Entry) -> String {
    entry.parties().min().map_or_else(|| "/money".to_owned(), account_path)
}

/// What stands on the page of a form about a closed statement.
pub(super) fn about_statement(console: &Console, visit: &Visit, statement: Statement) -> Opened {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let facts = vec![
        (texts.say("books-number"), statement.number.to_string()),
        (texts.say("books-who"), statements::name_of(&console.app, &statement.volunteer.to_string())),
        (texts.say("books-month-heading"), month_name(console, visit, statement.month)),
        (texts.say("books-total"), sum(words, statement.totals.total())),
    ];
    let back = Way::new(format!("/money/statements/{}", statement.id), texts.say("books-back-statement"));
    Opened { subject: Subject::Statement(Box::new(statement)), back, facts, usual: Vec::new() }
}

/// What stands on the page on which a statement is closed.
pub(super) fn about_draft(console: &Console, visit: &Visit, (which, total): (Which, Cents)) -> Opened {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let volunteer = which.volunteer.to_string();
    let facts = vec![
        (texts.say("books-who"), statements::name_of(&console.app, &volunteer)),
        (texts.say("books-month-heading"), month_name(console, visit, which.month)),
        (texts.say("books-basis"), words.code("money-basis", which.basis.code())),
        (texts.say("books-total"), sum(words, total)),
    ];
    let path = draft_path(&volunteer, which.month, (which.basis, Books(which.carrier)));
    let back = Way::new(path, texts.say("books-back-statement"));
    Opened { subject: Subject::Draft(which), back, facts, usual: Vec::new() }
}

/// What stands on the page of a form about a receipt.
pub(super) fn about_receipt(console: &Console, visit: &Visit, shown: receipts::Shown) -> Opened {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let receipt = &shown.receipt;
    let facts = vec![
        (texts.say("books-number"), receipt.number.to_string()),
        (texts.say("books-who"), receipt.recipient.name.as_str().to_owned()),
        (texts.say("books-sum"), sum(words, receipt.amount)),
    ];
    let back = Way::new(format!("/money/receipts/{}", receipt.id), texts.say("books-back-receipt"));
    Opened { subject: Subject::Receipt(Box::new(shown)), back, facts, usual: Vec::new() }
}

fn this_year(console: &Console) -> String {
    maillage_domain::civil::day_of(console.app.now()).year().to_string()
}

/// The caller with the name of the form, so that a form sent twice does nothing twice.
fn once(visit: &Visit, act: Act) -> Caller {
    let content = visit.fields.without(&["forgery"]).written();
    let once = Once::read(visit.fields.text("once"), act.operation(), content.as_bytes());
    visit.caller().asking_once(once.ok().flatten())
}

/// A name for a form.
pub(super) fn name_for_form(console: &Console) -> String {
    console.app.new_id::<RequestKind>().to_string()
}

/// Does it. Gives the page to go on to, and what is said there.
pub(super) async fn perform(
    console: &Console,
    visit: &Visit,
    (act, opened, amount): (Act, &Opened, Cents),
) -> Result<(String, String), Refusal> {
    let name = match &opened.subject {
        Subject::Person(id) => with_person(console, visit, (act, *id, amount)).await?,
        Subject::Volunteer(id) => with_volunteer(console, visit, (act, *id, amount)).await?,
        Subject::Entry(line) => with_entry(console, visit, (act, line)).await?,
        Subject::Statement(statement) => with_statement(console, visit, (act, statement)).await?,
        Subject::Receipt(shown) => {
            let (app, reason) = (&console.app, visit.fields.text("note").to_owned());
            receipts::cancel(app, &visit.caller(), shown.receipt.id, reason).await?.number.to_string()
        }
        Subject::Draft(which) => {
            let (closed, _) = statements::close(&console.app, &visit.caller(), *which).await?;
            let said = texts(console, visit).about("books-close-done", &closed.number.to_string());
            return Ok((format!("/money/statements/{}", closed.id), said));
        }
        Subject::Month(node, month) => {
            with_month(console, visit, (act, node, *month)).await?;
            month_name(console, visit, *month)
        }
    };
    let said = texts(console, visit).about(&format!("books-{}-done", act.code()), &name);
    Ok((opened.back.path.clone(), said))
}

fn booking(visit: &Visit, amount: Cents) -> NewBooking {
    let fields = &visit.fields;
    NewBooking {
        cents: amount.get(),
        day: fields.text("day").to_owned(),
        note: fields.text("note").to_owned(),
        carrier: carrier(fields.text("association")),
    }
}

async fn with_person(
    console: &Console,
    visit: &Visit,
    (act, id, amount): (Act, Id<PersonKind>, Cents),
) -> Result<String, Refusal> {
    let (app, by, fields) = (&console.app, once(visit, act), &visit.fields);
    let (new, method) = (booking(visit, amount), fields.text("method").to_owned());
    let entry = if act == Act::Pay {
        books::receive(app, &by, id, (method, fields.text("collector").parse().ok()), new).await?
    } else if act == Act::Refund {
        books::refund(app, &by, id, method, new).await?
    } else if act == Act::WriteOff {
        books::write_off(app, &by, id, fields.text("reason").to_owned(), new).await?
    } else {
        books::due(app, &by, id, source(visit)?, new).await?
    };
    Ok(sum(words(console, visit), entry.amount))
}

fn source(visit: &Visit) -> Result<DueSource, Refusal> {
    match visit.fields.text("source") {
        "donation" => Ok(DueSource::Donation),
        _ => Ok(DueSource::Membership(year(visit)?)),
    }
}

fn year(visit: &Visit) -> Result<i16, Refusal> {
    let year: Option<i16> = visit.fields.text("year").trim().parse().ok();
    year.filter(|year| (2000..=2200).contains(year)).ok_or_else(|| refusals::invalid("money-year"))
}

async fn with_volunteer(
    console: &Console,
    visit: &Visit,
    (act, id, amount): (Act, Id<VolunteerKind>, Cents),
) -> Result<String, Refusal> {
    let (app, by, fields) = (&console.app, once(visit, act), &visit.fields);
    let words = words(console, visit);
    if act == Act::Remit {
        let method = fields.text("method").to_owned();
        return Ok(sum(words, books::remit(app, &by, id, method, booking(visit, amount)).await?.amount));
    }
    if act == Act::Expense {
        let new = NewExpense {
            kind: fields.text("kind").to_owned(),
            basis: fields.text("basis").to_owned(),
            day: fields.text("day").to_owned(),
            amount,
            proof_seen: fields.text("proof") == "1",
            note: fields.text("note").to_owned(),
        };
        let of = (None, carrier(fields.text("association")));
        return Ok(sum(words, statements::add_expense(app, &by, id, new, of).await?.amount));
    }
    if act == Act::Waiver {
        let receipt = receipts::issue_waiver(app, &visit.caller(), (id, year(visit)?), None).await?;
        return Ok(receipt.number.to_string());
    }
    let expense = fields.text("expense").parse().map_err(|_| refusals::unknown("expense-unknown"))?;
    statements::remove_expense(app, &visit.caller(), id, expense).await?;
    Ok(String::new())
}

async fn with_entry(
    console: &Console,
    visit: &Visit,
    (act, line): (Act, &AccountLine),
) -> Result<String, Refusal> {
    let (app, id) = (&console.app, line.entry.id);
    if act == Act::Receipt {
        return Ok(receipts::issue(app, &visit.caller(), id).await?.number.to_string());
    }
    let note = visit.fields.text("note").to_owned();
    Ok(books::counter(app, &visit.caller(), id, note).await?.number.to_string())
}

async fn with_statement(
    console: &Console,
    visit: &Visit,
    (act, statement): (Act, &Statement),
) -> Result<String, Refusal> {
    let action = if act == Act::Reimburse {
        "pay"
    } else if act == Act::Waive {
        "waive"
    } else {
        "undo"
    };
    let (day, method) = (visit.fields.text("day").to_owned(), visit.fields.text("method").to_owned());
    let new = NewSettlement { action: action.to_owned(), day, method };
    let settled = statements::settle(&console.app, &visit.caller(), statement.id, new).await?;
    Ok(settled.number.to_string())
}

async fn with_month(
    console: &Console,
    visit: &Visit,
    (act, node, month): (Act, &str, Month),
) -> Result<(), Refusal> {
    let (app, fields, of) = (&console.app, &visit.fields, (node.to_owned(), month));
    if act == Act::Sign {
        settlements::sign(app, &visit.caller(), of, fields.text("seen").to_owned()).await?;
        return Ok(());
    }
    let request = CorrectSettlementLineRequest {
        node: node.to_owned(),
        month: month.to_string(),
        handover: fields.text("handover").to_owned(),
        leg: fields.text("leg").parse().unwrap_or_default(),
        result: fields.text("result").to_owned(),
        loaded_m: metres(fields.text("loaded"), "loaded")?,
        empty_m: metres(fields.text("empty"), "empty")?,
        contribution_cents: collected(fields.text("collected"))?,
        reason: fields.text("reason").to_owned(),
    };
    let line = convert::settlements::new_line(&request)?;
    settlements::correct(app, &visit.caller(), of, line).await?;
    Ok(())
}

/// Kilometres as typed, with at most three decimals, in metres; none if nothing is typed.
fn metres(typed: &str, field: &'static str) -> Result<Option<u32>, Refusal> {
    let wrong = || refusals::invalid("settlement-line-range").with("field", field);
    let typed = typed.trim().replace(',', ".");
    if typed.is_empty() {
        return Ok(None);
    }
    let (whole, decimals) = typed.split_once('.').unwrap_or((typed.as_str(), "0"));
    let fits = (1..=3).contains(&decimals.len()) && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let whole: u32 = whole.parse().map_err(|_| wrong())?;
    let rest: u32 = format!("{decimals:0<3}").parse().map_err(|_| wrong())?;
    let all = whole.checked_mul(1000).and_then(|metres| metres.checked_add(rest));
    all.filter(|_| fits).map(Some).ok_or_else(wrong)
}

/// A sum that a driver collected, in cents; none if nothing is typed.
fn collected(typed: &str) -> Result<Option<u32>, Refusal> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let cents = Cents::parse(typed).ok().and_then(|cents| u32::try_from(cents.get()).ok());
    cents.map(Some).ok_or_else(|| refusals::invalid("settlement-line-range").with("field", "collected"))
}
