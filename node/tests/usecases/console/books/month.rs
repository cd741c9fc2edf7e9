//! The picture of a month: each figure is the sum of the lines behind it, and who owes whom is what the accounts say.

use maillage_domain::{ledger::Party, money::Cents};
use maillage_node::app::{
    caller::Caller,
    money::picture::{self, days_of},
};
use maillage_store::{access_log, ledger};

use super::{Books, fill, names_nobody};
use crate::{
    console::Desk,
    legal::{driven, prepared},
    world::CANARIES,
};

#[tokio::test]
async fn each_figure_of_a_month_is_the_sum_of_its_lines() {
    let books = Books::open();
    books.owes(250);
    let mut browser = books.treasurer().await;
    let pay = format!("{}/pay", books.account());
    let on = |amount, day| vec![("amount", amount), ("method", "cash"), ("day", day)];
    for (amount, day) in [("5", "2026-09-12"), ("1,20", "2026-09-13"), ("3", "2026-08-31")] {
        assert_eq!(fill(&mut browser, &pay, &on(amount, day)).await.status, 303);
    }
    let month = browser.get("/money/2026-09").await;
    // 9 € for the trip of September and 2.50 €; 5 € and 1.20 € paid in September.
    for (kind, figure) in [("due", "11.50 €"), ("received", "6.20 €")] {
        let link = format!("<a href=\"/money/2026-09/{kind}\">{figure}</a>");
        assert!(month.says(&link), "{link}: {}", month.body);
        let lines = browser.get(&format!("/money/2026-09/{kind}")).await;
        let sums =
            lines.body.split("<td class=\"sum\">").skip(1).map(|rest| rest.split(" €").next().unwrap());
        let sums: Vec<i64> = sums.map(|sum| Cents::parse(sum).unwrap().get()).collect();
        let (total, parts) = sums.split_last().unwrap();
        assert_eq!((parts.len(), parts.iter().sum::<i64>()), (2, *total), "{}", lines.body);
        assert!(lines.says(CANARIES[0]) && lines.says(&books.account()));
        names_nobody(&lines);
    }
    // What is taken back today counts less than nothing today, and the month that is past stays as it was.
    let account = browser.get(&books.account()).await;
    let paths = account.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let counters: Vec<&str> = paths.filter(|path| path.ends_with("/counter")).collect();
    // By day: the payment of 13 September is the last but one, before what became due on the 20th.
    let counter = counters[counters.len() - 2].to_owned();
    assert_eq!(fill(&mut browser, &counter, &[("sure", "1")]).await.status, 303);
    assert!(browser.get("/money").await.says("<a href=\"/money/2026-10/received\">-1.20 €</a>"));
    assert!(browser.get("/money/2026-09").await.says("<a href=\"/money/2026-09/received\">6.20 €</a>"));
    assert!(!month.says(CANARIES[0]), "figures name no beneficiary: {}", month.body);
    assert!(month.says("0.00 €") && !month.says("href=\"/money/2026-09/waived\""));
    assert!(browser.get("/money/2026-09/other").await.status == 404);
}

#[tokio::test]
async fn whose_sums_are_read_is_noted_and_figures_alone_are_not() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    browser.get("/money/2026-09").await;
    assert_eq!(books.looked_at(), 0);
    browser.get("/money/2026-09/due").await;
    assert_eq!(books.looked_at(), 1);
    let owed = browser.get("/money/owed").await;
    assert_eq!(books.looked_at(), 2);
    assert!(owed.says(CANARIES[0]) && owed.says("27.00 €"), "{}", owed.body);
    names_nobody(&owed);
    let mut auditor = books.desk.signed_in("controle", "auditor").await;
    let journal = auditor.get("/journal").await;
    assert!(journal.says("account looked at") && !journal.says(CANARIES[0]), "{}", journal.body);
}

#[tokio::test]
async fn who_owes_whom_is_what_the_accounts_say() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    let volunteer = books.volunteer.to_string();
    let pay = format!("{}/pay", books.account());
    let paid = [("amount", "30"), ("method", "cash"), ("collector", volunteer.as_str())];
    fill(&mut browser, &pay, &paid).await;
    let close = format!("/money/drafts/{volunteer}/2026-09/reimbursed/close");
    assert_eq!(fill(&mut browser, &close, &[("sure", "1")]).await.status, 303);
    let owed = browser.get("/money/owed").await;
    // 27 € due and 30 € paid; three drives of 40 km at 0.636 €; the 30 € are with the volunteer.
    for (name, sum) in [
        ("Owed by people", "0.00 €"),
        ("Paid too much", "3.00 €"),
        ("Owed to volunteers", "76.32 €"),
        ("To be handed over by volunteers", "30.00 €"),
    ] {
        let tile = format!("<span class=\"soft\">{name}</span> <b class=\"much\">{sum}</b>");
        assert!(owed.says(&tile), "{tile}: {}", owed.body);
    }
    let entries =
        ledger::entries_of(&books.desk.app().store, Party::Volunteer(books.volunteer), None, usize::MAX);
    assert_eq!(entries.unwrap().len(), 2);
}

#[tokio::test]
async fn who_paid_for_the_trips_adds_up_to_what_they_cost() {
    let world = prepared();
    driven(&world);
    driven(&world);
    let desk = Desk::of(world, false);
    let month = "2026-10".parse().unwrap();
    let shares = picture::shares(desk.app(), &Caller::local(), month).unwrap();
    let share = shares.first().unwrap();
    assert_eq!((shares.len(), share.trips, share.people.get()), (1, 2, 1_920));
    assert_eq!(share.people.plus(share.carrier).plus(share.volunteers), share.cost);
    let mut browser = desk.signed_in("tresorerie", "treasurer").await;
    let page = browser.get("/money").await;
    assert!(page.says("Beneficiaries: 19.20 €") && page.says("2 trips"), "{}", page.body);
    assert_eq!(page.body.matches("<svg class=\"money\" role=\"img\"").count(), 1);
    assert!(!page.says("style="));
    let (first, last) = days_of(month);
    assert_eq!((first.to_string().as_str(), last.to_string().as_str()), ("2026-10-01", "2026-10-31"));
}

#[tokio::test]
async fn a_month_is_given_out_to_the_treasurer_alone_and_that_is_noted() {
    let books = Books::open();
    let mut desk = books.desk.signed_in("accueil", "coordinator").await;
    let month = desk.get("/money/2026-09").await;
    assert!(month.status == 200 && !month.says("/export/") && !month.says("statements-title"));
    assert_eq!(desk.get("/money/2026-09/export/contributions").await.status, 403);
    let mut browser = books.treasurer().await;
    assert!(browser.get("/money/2026-09").await.says("/money/2026-09/export/contributions"));
    let (name, file) = browser.raw("/money/2026-09/export/contributions").await;
    let file = String::from_utf8(file).unwrap();
    assert!(name.contains("maillage-2026-09-contributions.csv"), "{name}");
    assert!(file.contains("10/09/2026") && !file.contains("10/08/2026"), "{file}");
    let given = access_log::exports_before(&books.desk.app().store, u64::MAX, 9).unwrap();
    assert_eq!(given.len(), 1);
    assert_eq!(browser.get("/money/2026-09/export/other").await.status, 404);
}
