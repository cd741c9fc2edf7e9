//! What a desk does beside finding drivers: its association, its fleet, series, a loan, advice, a pathway, money, and what
//! it owes at the end of a year. Everything through the node's own interface; people and sums are synthetic.

use anyhow::{Context as _, bail};
use jiff::{ToSpan as _, civil::Date};
use maillage_geography::Geography;
use maillage_proto::node::v1 as node;

use crate::{
    narrate::Narrator,
    people::Person,
    processes::{Local, Node},
    table::name,
};

/// What the desk of one node has set up.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    car: String,
    loan: Option<String>,
}

/// Declares who carries, buys a car and a bike, and agrees with two people on rides every week.
pub(crate) async fn open(node: &Node, persons: &[Person], monday: Date) -> anyhow::Result<Desk> {
    carrier(node).await?;
    let car = asset(node, "Citadine du prêt solidaire (synthétique)", "car", 5, 500).await?;
    asset(node, "Vélo à assistance électrique (synthétique)", "electric-bike", 1, 200).await?;
    for (person, weekdays) in persons.iter().zip(["wed", "fri"]) {
        series(node, person, weekdays, monday).await?;
    }
    Ok(Desk { car, loan: None })
}

async fn carrier(node: &Node) -> anyhow::Result<()> {
    // A public service of the communauté de communes where the model says so; an association otherwise.
    let authority = node.territory.model.starts_with("service-");
    let carrier = node::Carrier {
        name: format!("Organisme fictif de {} (synthétique)", name(node)),
        form: if authority { "authority" } else { "association" }.to_owned(),
        rna: if authority { String::new() } else { "W811000000".to_owned() },
        address: Some(node::Place { commune: main_commune(node)?, ..Default::default() }),
        headcounts: vec![node::Headcount {
            year: 2026,
            employees: 1,
            volunteers: node.territory.volunteers,
            members: 30,
        }],
        ..Default::default()
    };
    let mut legal = node::legal_client::LegalClient::new(node.local.clone());
    let added = legal
        .add_carrier(node::AddCarrierRequest { carrier: Some(carrier), ..Default::default() })
        .await?
        .into_inner();
    legal.set_default_carrier(node::ShowCarrierRequest { id: added.id }).await?;
    Ok(())
}

async fn asset(
    node: &Node,
    label: &str,
    category: &str,
    seats: u32,
    rate_cents: i64,
) -> anyhow::Result<String> {
    let details = node::AssetDetails {
        label: label.to_owned(),
        category: category.to_owned(),
        seats,
        ownership: "own".to_owned(),
        rate_per: "day".to_owned(),
        rate_cents,
        deposit_cents: 10_000,
        ..Default::default()
    };
    let request =
        node::AddAssetRequest { details: Some(details), odometer_m: ODOMETER_M, ..Default::default() };
    let mut fleet = node::fleet_client::FleetClient::new(node.local.clone());
    Ok(fleet.add_asset(request).await?.into_inner().id)
}

async fn series(node: &Node, person: &Person, weekdays: &str, monday: Date) -> anyhow::Result<()> {
    let fields = node::SeriesFields {
        weekdays: weekdays.to_owned(),
        every_weeks: 1,
        first: monday.to_string(),
        dropoff: Some(node::Place {
            commune: main_commune(node)?,
            address: "adresse fictive".into(),
            ..Default::default()
        }),
        arrive_by: "10:00".to_owned(),
        return_at: "11:30".to_owned(),
        purpose: "social".to_owned(),
        public_holidays: "skip".to_owned(),
        ..Default::default()
    };
    let request =
        node::AddSeriesRequest { person: person.id.clone(), fields: Some(fields), ..Default::default() };
    node::series_client::SeriesClient::new(node.local.clone()).add_series(request).await?;
    Ok(())
}

/// Generates what the series call for; gives the trips that are new and wait for a driver.
pub(crate) async fn due(node: &Node) -> anyhow::Result<Vec<String>> {
    let request = node::GenerateSeriesRequest { horizon_days: 6 };
    let report = node::series_client::SeriesClient::new(node.local.clone()).generate_series(request).await?;
    Ok(report.into_inner().made)
}

/// Books the car for one person, and finds that a second one cannot have it meanwhile.
pub(crate) async fn lend(
    node: &Node,
    desk: &mut Desk,
    persons: &[Person],
    monday: Date,
) -> anyhow::Result<()> {
    let [.., second, first] = persons else { bail!("too few people for a loan") };
    let mut loans = node::loans_client::LoansClient::new(node.local.clone());
    let ask = |person: &Person, from: &str, until: &str| node::AskForLoanRequest {
        person: person.id.clone(),
        category: "car".to_owned(),
        from: from.to_owned(),
        until: until.to_owned(),
        purpose: "work-training".to_owned(),
        ..Default::default()
    };
    let (tuesday, friday) = (day(monday, 1)?, day(monday, 4)?);
    let (from, until) = (format!("{tuesday}T09:00"), format!("{}T21:00", day(monday, 6)?));
    let loan = loans.ask_for_loan(ask(first, &from, &until)).await?.into_inner().id;
    let book = |loan: &str| node::BookLoanRequest {
        id: loan.to_owned(),
        asset: desk.car.clone(),
        ..Default::default()
    };
    loans.book_loan(book(&loan)).await?;
    let (from, until) = (format!("{friday}T09:00"), format!("{friday}T18:00"));
    let other = loans.ask_for_loan(ask(second, &from, &until)).await?.into_inner().id;
    match loans.book_loan(book(&other)).await {
        Ok(_) => bail!("one car was booked twice"),
        Err(status) if status.code() == tonic::Code::FailedPrecondition => {}
        Err(status) => return Err(status.into()),
    }
    let reason = "nothing-free".to_owned();
    loans.cancel_loan(node::CancelLoanRequest { id: other, reason }).await?;
    desk.loan = Some(loan);
    Ok(())
}

/// Hands the car out.
pub(crate) async fn hand_out(node: &Node, desk: &Desk) -> anyhow::Result<()> {
    let Some(loan) = desk.loan.clone() else { return Ok(()) };
    let request = node::HandOutLoanRequest {
        id: loan,
        condition: "good".to_owned(),
        odometer_m: Some(ODOMETER_M),
        documents: vec!["driving-licence".to_owned(), "identity".to_owned()],
        by: "guichet".to_owned(),
        ..Default::default()
    };
    node::loans_client::LoansClient::new(node.local.clone()).hand_out_loan(request).await?;
    Ok(())
}

/// Takes the car back and says what is due for it.
pub(crate) async fn take_back(node: &Node, desk: &mut Desk, narrator: &mut Narrator) -> anyhow::Result<()> {
    let Some(loan) = desk.loan.take() else { return Ok(()) };
    let mut loans = node::loans_client::LoansClient::new(node.local.clone());
    let back = node::TakeBackLoanRequest {
        id: loan.clone(),
        condition: "good".to_owned(),
        odometer_m: Some(ODOMETER_M + LOAN_M),
        by: "guichet".to_owned(),
        ..Default::default()
    };
    loans.take_back_loan(back).await?;
    let closed =
        loans.close_loan(node::CloseLoanRequest { id: loan, ..Default::default() }).await?.into_inner();
    let due = euros(closed.contribution_due_cents);
    let kilometres = (LOAN_M / 1_000).to_string();
    Ok(narrator.line("demo-loan", &[("territory", name(node)), ("km", kilometres), ("due", due)])?)
}

/// A pathway from its opening to the basket: an appointment, then rides and what else helps.
pub(crate) async fn accompany(
    node: &Node,
    persons: &[Person],
    monday: Date,
    narrator: &mut Narrator,
) -> anyhow::Result<()> {
    let person = persons.first().context("nobody to accompany")?.id.clone();
    let mut services = node::services_client::ServicesClient::new(node.local.clone());
    let request = node::OpenServiceRequest {
        kind: "advice".to_owned(),
        person: person.clone(),
        form: "diagnosis".to_owned(),
        at: format!("{monday}T09:00"),
        ..Default::default()
    };
    let advice = services.open_service(request).await?.into_inner().id;
    let held = node::HoldAction { conclusions: vec!["rides".to_owned()], ..Default::default() };
    let action = Some(node::act_on_service_request::Action::Hold(held));
    let held = node::ActOnServiceRequest { id: advice.clone(), action, ..Default::default() };
    services.act_on_service(held).await?;
    let mut pathways = node::pathways_client::PathwaysClient::new(node.local.clone());
    let opened = node::OpenPathwayRequest { person, ..Default::default() };
    let id = pathways.open_pathway(opened).await?.into_inner().id;
    let diagnosed = node::DiagnoseRequest { id: id.clone(), service: advice.clone(), ..Default::default() };
    pathways.diagnose(diagnosed).await?;
    let item = Some(node::BasketItem { kind: "service".to_owned(), id: advice });
    pathways.change_basket(node::ChangeBasketRequest { id: id.clone(), item, remove: false }).await?;
    let agreed = node::AgreeBasketRequest { id, ..Default::default() };
    let agreed = pathways.agree_basket(agreed).await?.into_inner();
    let due = agreed.next_due;
    Ok(narrator.line("demo-pathway", &[("territory", name(node)), ("due", due)])?)
}

/// Closes the statements of a month: whoever drives under a waiver gives the sum up, the others are paid.
pub(crate) async fn close_statements(node: &Node, month: &str, today: Date) -> anyhow::Result<()> {
    let mut money = node::money_client::MoneyClient::new(node.local.clone());
    let request =
        node::ListDueStatementsRequest { month: month.to_owned(), limit: 500, ..Default::default() };
    for due in money.list_due_statements(request).await?.into_inner().due {
        let closed = money
            .close_statement(node::CloseStatementRequest {
                volunteer: due.volunteer,
                month: month.to_owned(),
                basis: due.basis.clone(),
                carrier: due.carrier,
            })
            .await?
            .into_inner();
        let action = if closed.basis == "waived" { "waive" } else { "pay" };
        let settle = node::SettleStatementRequest {
            statement: closed.id,
            action: action.to_owned(),
            day: today.to_string(),
            method: if action == "pay" { "transfer".to_owned() } else { String::new() },
        };
        money.settle_statement(settle).await?;
    }
    Ok(())
}

/// What the books of a node say at the end, with one payment received.
pub(crate) async fn books(node: &Node, persons: &[Person], narrator: &mut Narrator) -> anyhow::Result<()> {
    let mut money = node::money_client::MoneyClient::new(node.local.clone());
    let (mut payment, mut everything) = (None, node::Balance::default());
    for person in persons {
        let request = node::ShowBalanceRequest { person: person.id.clone(), ..Default::default() };
        let balance = money.show_balance(request).await?.into_inner();
        if balance.closing_cents > 0 && payment.is_none() {
            payment = Some(pay(&mut money, person, balance.closing_cents).await?);
            everything.received_cents += balance.closing_cents;
        }
        everything.due_cents += balance.due_cents;
        everything.received_cents += balance.received_cents;
    }
    let mut people = node::people_client::PeopleClient::new(node.local.clone());
    let request = node::ListVolunteersRequest { limit: 500, ..Default::default() };
    for volunteer in people.list_volunteers(request).await?.into_inner().volunteers {
        let request = node::ShowBalanceRequest { volunteer: volunteer.id, ..Default::default() };
        let balance = money.show_balance(request).await?.into_inner();
        everything.spent_cents += balance.spent_cents;
        everything.waived_cents += balance.waived_cents;
    }
    narrator.line(
        "demo-books",
        &[
            ("territory", name(node)),
            ("due", euros(everything.due_cents)),
            ("received", euros(everything.received_cents)),
            ("spent", euros(everything.spent_cents)),
            ("waived", euros(everything.waived_cents)),
        ],
    )?;
    if let Some(number) = payment {
        narrator.line("demo-payment", &[("number", number)])?;
    }
    Ok(())
}

async fn pay(
    money: &mut node::money_client::MoneyClient<Local>,
    person: &Person,
    amount_cents: i64,
) -> anyhow::Result<String> {
    let payment = node::RecordPaymentRequest {
        person: person.id.clone(),
        method: "cheque".to_owned(),
        booking: Some(node::Booking { amount_cents, ..Default::default() }),
        ..Default::default()
    };
    Ok(money.record_payment(payment).await?.into_inner().number)
}

/// What the trips of a month would have cost under each participation model.
pub(crate) async fn compare(node: &Node, month: &str, narrator: &mut Narrator) -> anyhow::Result<()> {
    let request = node::CompareModelsRequest { period: month.to_owned() };
    let compared = node::models_client::ModelsClient::new(node.local.clone()).compare_models(request).await?;
    let compared = compared.into_inner();
    narrator.line(
        "demo-models",
        &[
            ("territory", name(node)),
            ("month", month.to_owned()),
            ("trips", compared.trips.to_string()),
            ("km", (compared.loaded_m / 1_000).to_string()),
            ("empty", (compared.empty_m / 1_000).to_string()),
        ],
    )?;
    for outcome in &compared.models {
        let total = outcome.total.unwrap_or_default();
        narrator.line(
            "demo-model",
            &[
                ("model", format!("{:<28}", outcome.model)),
                ("contribution", format!("{:>9}", euros(total.contribution_cents))),
                ("compensation", format!("{:>9}", euros(total.compensation_cents))),
                ("waived", format!("{:>9}", euros(total.waived_cents))),
                ("deficit", format!("{:>9}", euros(total.deficit_cents))),
                ("served", if outcome.served > 0 { " ←".to_owned() } else { String::new() }),
            ],
        )?;
    }
    Ok(())
}

fn main_commune(node: &Node) -> anyhow::Result<String> {
    let siren = node.territory.siren.parse().context("a territory")?;
    let territory = Geography::embedded().territory(&siren).context("a territory")?;
    Ok(territory.main_commune.to_string())
}

fn day(monday: Date, days: i64) -> anyhow::Result<Date> {
    Ok(monday.checked_add(days.days())?)
}

/// Euros with two decimals and a comma.
fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{},{:02} €", cents / 100, cents % 100)
}

/// What the loan car has run when the play begins.
const ODOMETER_M: u32 = 42_000_000;
/// What the loan adds to it.
const LOAN_M: u32 = 180_000;
