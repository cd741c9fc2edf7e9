//! One vehicle: what is known of it, who has it and who will, what happened to it, and what the desk does with it. Its page tells
//! who borrowed it only to those who may see loans.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use jiff::civil::Date;
use maillage_console::{
    lasting::{Act, Fact, Field, OnePage, Row, Section},
    parts::Moment,
};
use maillage_domain::{
    fleet::{Asset, NewAsset, OutageReason},
    ids::AssetKind,
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::events::{Actor, Event, Subject};

use super::{
    super::{
        Console,
        desk::{
            self,
            form::{Form, Wrong},
        },
        door::Visit,
        reply::{frame, nothing, page, refused, texts, words},
    },
    facts, finished, fixed, loans, moment, summed, told,
};
use crate::{
    app::{
        edit::Mask,
        fleet::{self, FIELDS, NewOutage},
        loans::{self as loans_of, LoanQuery},
        refusals,
    },
    cli::legal::euros,
    limits::PAGE_MAX,
};

/// Events of a vehicle that are shown.
const EVENTS: usize = 40;
/// What is changed by the form of dates.
const DATES: [&str; 3] = ["insurance_until", "inspection_due", "service_due"];

/// One vehicle.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    desk::shown(&console, &visit, one(&console, &visit, id, &Wrong::new()))
}

fn one(console: &Console, visit: &Visit, id: Id<AssetKind>, wrong: &Wrong) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let asset = fleet::show(app, &caller, id)?;
    let mut taking = loans_of::list(app, &caller, LoanQuery::Taking(id), PAGE_MAX)?;
    // What is back and not settled yet is told among what is past.
    taking.retain(|loan| loan.take_back().is_none());
    let is_out = taking.iter().any(maillage_domain::loan::Loan::is_out);
    let history = fleet::history(app, &caller, id, EVENTS)?;
    let rows = loans::rows(console, visit, &taking)?;
    let mut sections = vec![Section {
        id: "taken",
        title: texts.say("lasting-asset-loans"),
        none: texts.say("lasting-asset-loans-none"),
        rows,
        ..Section::default()
    }];
    let outages = outages(console, visit, &asset);
    if !outages.is_empty() {
        sections.push(Section {
            id: "outages",
            title: texts.say("lasting-asset-outages"),
            rows: outages,
            ..Section::default()
        });
    }
    let returned = returned(console, visit, &history)?;
    if !returned.is_empty() {
        sections.push(Section {
            id: "returned",
            title: texts.say("lasting-asset-returned"),
            rows: returned,
            ..Section::default()
        });
    }
    Ok(page(&OnePage {
        frame: frame(console, visit, texts.say("lasting-asset")),
        back: ("/fleet".to_owned(), texts.say("lasting-fleet-back")),
        name: asset.details.label.as_str().to_owned(),
        badges: vec![super::fleet::badge(console, visit, &asset, is_out)],
        wrong: summed(wrong),
        facts: known(console, visit, &asset),
        sections,
        next: Vec::new(),
        acts: acts(console, visit, &asset, wrong),
        moments_title: texts.say("lasting-asset-history"),
        moments: history.iter().map(|event| happened(console, visit, event)).collect(),
    }))
}

fn known(console: &Console, visit: &Visit, asset: &Asset) -> Vec<Fact> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let (details, upkeep) = (&asset.details, &asset.details.upkeep);
    let day = |day: Option<Date>| day.map(|day| words.day(day)).unwrap_or_default();
    let kilometres = |metres: u32| if metres == 0 { String::new() } else { words.kilometres(metres) };
    let rate = details.rate.map(|rate| {
        let args = [
            ("sum", euros(words, rate.cents.get()).into()),
            ("per", words.code("rate-per", rate.per.code()).into()),
        ];
        texts.with("lasting-rate", &args)
    });
    let deposit = details.deposit.get();
    facts(
        console,
        visit,
        vec![
            ("lasting-category", words.code("asset-category", details.category.code())),
            ("lasting-asset-seats", details.seats.to_string()),
            (
                "lasting-plate",
                details.plate.as_ref().map(|plate| plate.as_str().to_owned()).unwrap_or_default(),
            ),
            ("lasting-ownership", words.code("ownership", details.ownership.code())),
            ("lasting-odometer", kilometres(asset.odometer_m)),
            ("lasting-insurance_until", day(upkeep.insurance_until)),
            ("lasting-inspection_due", day(upkeep.inspection_due)),
            ("lasting-service_due", day(upkeep.service_due)),
            ("lasting-service-due-km", upkeep.service_due_m.map(kilometres).unwrap_or_default()),
            ("lasting-asset-rate", rate.unwrap_or_default()),
            ("lasting-deposit", if deposit == 0 { String::new() } else { euros(words, deposit) }),
            ("lasting-notes", details.notes.as_str().to_owned()),
            ("lasting-retired-on", day(asset.retired)),
        ],
    )
}

fn outages(console: &Console, visit: &Visit, asset: &Asset) -> Vec<Row> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |outage: &maillage_domain::fleet::Outage| {
        let from = words.instant(&outage.from.to_string());
        let what = match outage.until {
            Some(until) => words.span(&outage.from.to_string(), &until.to_string()),
            None => texts.about("lasting-since", &from),
        };
        Row { title: words.code("outage", outage.reason.code()), what, ..Row::default() }
    };
    asset.outages.iter().rev().map(row).collect()
}

/// Loans that are over, as the journal of the vehicle names them.
fn returned(console: &Console, visit: &Visit, history: &[Event]) -> Result<Vec<Row>, Refusal> {
    let mut past = Vec::new();
    for event in history.iter().filter(|event| event.kind == Operation::LoanTakeBack.code()) {
        past.extend(event.subjects.iter().find_map(|subject| {
            let Subject::Loan(loan) = subject else { return None };
            Some(*loan)
        }));
    }
    let loans = loans_of::of_history(&console.app, &visit.caller(), &past)?;
    loans::rows(console, visit, &loans)
}

/// What happened, by whom.
fn happened(console: &Console, visit: &Visit, event: &Event) -> Moment {
    let words = words(console, visit);
    let detail = match &event.actor {
        Actor::Operator(label) => label.clone(),
        Actor::Platform => words.code("actor", "platform"),
        Actor::Neighbour(_) => words.code("actor", "neighbour"),
    };
    Moment {
        when: words.instant(&event.at.to_string()),
        what: words.code("lasting-act", &event.kind.replace('.', "-")),
        detail,
    }
}

/// What the desk does with a vehicle.
fn acts(console: &Console, visit: &Visit, asset: &Asset, wrong: &Wrong) -> Vec<Act> {
    let (texts, words, roles) = (texts(console, visit), words(console, visit), visit.caller());
    let form = Form { console, visit, wrong };
    let mut acts = Vec::new();
    if asset.retired.is_some() {
        return acts;
    }
    let act = |what: &'static str, rows, open| Act {
        id: what,
        title: texts.say(&format!("lasting-asset-{what}")),
        text: texts.say(&format!("lasting-asset-{what}-text")),
        action: format!("/fleet/{}/{what}", asset.id),
        etag: asset.revision.to_string(),
        rows,
        button: texts.say(&format!("lasting-asset-{what}-do")),
        folded: true,
        open,
    };
    let line = |name, label, kind| Field::Line(form.input(name, label).of_kind(kind));
    let may = |operation: Operation| operation.allows(roles.roles());
    if may(Operation::AssetOdometer) {
        let kilometres = form.input("kilometres", "lasting-kilometres");
        let kilometres = Field::Line(kilometres.with_hint(texts.say("lasting-kilometres-hint")));
        acts.push(act("odometer", vec![vec![kilometres]], form.error("kilometres").is_some()));
    }
    if may(Operation::AssetUpdate) {
        let labels = ["lasting-insurance_until", "lasting-inspection_due", "lasting-service_due"];
        let seen = dates(visit, asset);
        let form = Form { console, visit: &seen, wrong };
        let fields = DATES.into_iter().zip(labels);
        let fields = fields.map(|(name, label)| vec![Field::Line(form.input(name, label).of_kind("date"))]);
        let open = DATES.iter().any(|name| form.error(name).is_some());
        acts.push(act("dates", fields.collect(), open));
    }
    if asset.outage_at(console.app.now()).is_some() && may(Operation::AssetRestore) {
        acts.push(Act { folded: false, ..act("restore", Vec::new(), false) });
    } else if may(Operation::AssetWithdraw) {
        let reasons =
            OutageReason::ALL.iter().map(|one| (one.code().to_owned(), words.code("outage", one.code())));
        let reason = Field::Choice(form.choice("reason", "lasting-why", reasons.collect()));
        let rows = vec![
            vec![reason],
            vec![
                line("from_day", "lasting-from-day", "date"),
                line("from_time", "lasting-from-time", "time"),
            ],
            vec![
                line("until_day", "lasting-until-day", "date"),
                line("until_time", "lasting-until-time", "time"),
            ],
        ];
        let open = ["reason", "from_day", "until_day"].iter().any(|name| form.error(name).is_some());
        acts.push(act("withdraw", rows, open));
    }
    acts
}

/// The dates that are noted, unless others were typed.
fn dates(visit: &Visit, asset: &Asset) -> Visit {
    let mut seen = visit.clone();
    if DATES.iter().all(|name| visit.fields.text(name).is_empty()) {
        let noted = NewAsset::from(&asset.details);
        seen.fields.set("insurance_until", noted.insurance_until);
        seen.fields.set("inspection_due", noted.inspection_due);
        seen.fields.set("service_due", noted.service_due);
    }
    seen
}

/// What is done with a vehicle, by the last part of the address.
pub(in crate::console) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<AssetKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    let operation = match what.as_str() {
        "odometer" => Operation::AssetOdometer,
        "dates" => Operation::AssetUpdate,
        "withdraw" => Operation::AssetWithdraw,
        "restore" => Operation::AssetRestore,
        _ => return nothing(State(console), Extension(visit)).await,
    };
    if let Err(refusal) = visit.caller().check(operation) {
        return refused(&console, &visit, &refusal);
    }
    let (done, field) = match what.as_str() {
        "odometer" => (odometer(&console, &visit, id).await, "kilometres"),
        "dates" => (change_dates(&console, &visit, id).await, "insurance_until"),
        "withdraw" => (withdraw(&console, &visit, id).await, "from_day"),
        _ => (restore(&console, &visit, id).await, "restore-title"),
    };
    finished(&console, &visit, (&format!("/fleet/{id}"), done), |refusal| {
        let upkeep = refusal.details().get("upkeep").map(String::as_str);
        let field = match (refusal.reason(), upkeep) {
            ("asset-date", Some("inspection")) => "inspection_due",
            ("asset-date", Some("service")) => "service_due",
            ("asset-outage-unknown", _) => "reason",
            ("asset-outage-order", _) => "until_day",
            (_, _) => field,
        };
        one(&console, &visit, id, &vec![(field, told(&console, &visit, refusal))])
    })
}

async fn odometer(console: &Console, visit: &Visit, id: Id<AssetKind>) -> Result<String, Refusal> {
    let metres = kilometres(visit.fields.text("kilometres"))?;
    let metres = metres.ok_or_else(|| refusals::invalid("kilometres-format"))?;
    let asset = fleet::read_odometer(&console.app, &visit.caller(), id, metres).await?;
    let noted = words(console, visit).kilometres(asset.odometer_m);
    Ok(texts(console, visit).about("lasting-asset-odometer-done", &noted))
}

/// A reading of an odometer as typed, in metres; none if nothing was typed.
pub(super) fn kilometres(typed: &str) -> Result<Option<u32>, Refusal> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let read = fixed(typed, 3).and_then(|metres| u32::try_from(metres).ok());
    read.map(Some).ok_or_else(|| refusals::invalid("kilometres-format"))
}

async fn change_dates(console: &Console, visit: &Visit, id: Id<AssetKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let new = NewAsset {
        insurance_until: fields.text("insurance_until").to_owned(),
        inspection_due: fields.text("inspection_due").to_owned(),
        service_due: fields.text("service_due").to_owned(),
        ..NewAsset::default()
    };
    let mask = Mask::parse(&DATES.map(str::to_owned), &FIELDS)?;
    let etag = fields.text("etag").to_owned();
    fleet::update(&console.app, &visit.caller(), id, new, (mask, etag)).await?;
    Ok(texts(console, visit).say("lasting-asset-dates-done"))
}

async fn withdraw(console: &Console, visit: &Visit, id: Id<AssetKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let new = NewOutage {
        reason: fields.text("reason").to_owned(),
        from: moment(fields.text("from_day"), fields.text("from_time")),
        until: moment(fields.text("until_day"), fields.text("until_time")),
    };
    let (_, still) = fleet::withdraw(&console.app, &visit.caller(), id, new).await?;
    Ok(texts(console, visit).count("lasting-asset-withdraw-done", still.len()))
}

async fn restore(console: &Console, visit: &Visit, id: Id<AssetKind>) -> Result<String, Refusal> {
    fleet::restore(&console.app, &visit.caller(), id).await?;
    Ok(texts(console, visit).say("lasting-asset-restore-done"))
}
