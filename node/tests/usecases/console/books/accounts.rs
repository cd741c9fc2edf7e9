//! Accounts of people and of volunteers: each line with where it comes from, payments and corrections with what is wrong beside
//! its field, and nothing done twice.

use maillage_node::app::{
    caller::Caller,
    money::books::{self, EVER},
};

use super::{Books, fill, names_nobody, send_again, told};
use crate::{console::pages::check_whole, money::issuer, world::CANARIES};

fn owed(books: &Books) -> i64 {
    books::balance_of_person(books.desk.app(), &Caller::local(), books.person, EVER).unwrap().closing.get()
}

#[tokio::test]
async fn an_account_adds_up_line_by_line_and_whoever_opens_it_is_noted() {
    let books = Books::open();
    books.owes(250);
    let mut browser = books.treasurer().await;
    assert_eq!(books.looked_at(), 0);
    let page = browser.get(&books.account()).await;
    assert_eq!(books.looked_at(), 1);
    // Three trips at 9 € and 2.50 €, one after the other.
    for after in ["9.00 €", "18.00 €", "27.00 €", "29.50 €"] {
        assert!(page.says(&format!("<td class=\"sum\">{after}</td>")), "{after}: {}", page.body);
    }
    assert!(page.says("owes 29.50 €") && page.says("free donation") && page.says("due · a trip"));
    assert!(!page.says("href=\"/trips/"), "trips are the desk's to see");
    names_nobody(&page);
    let mut desk = books.desk.signed_in("accueil", "coordinator").await;
    let page = desk.get(&books.account()).await;
    assert_eq!(page.body.matches("href=\"/trips/").count(), 3, "{}", page.body);
    assert!(!page.says("/write-off") && !page.says("/counter") && page.says("/pay\""), "{}", page.body);
    assert_eq!(books.looked_at(), 2);
}

#[tokio::test]
async fn a_payment_is_noted_once_however_often_its_form_is_sent() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    let path = format!("{}/pay", books.account());
    let form = browser.get(&path).await;
    assert_eq!(form.value("amount").as_deref(), Some("27,00"), "what is owed is proposed: {}", form.body);
    names_nobody(&form);
    let payment = [("amount", "10,50"), ("method", "cheque"), ("day", ""), ("note", "")];
    let sent = send_again(&mut browser, &form, (&path, &payment)).await;
    assert_eq!(sent.location(), books.account());
    assert!(told(&mut browser, &sent).await.says("It is noted: 10.50 € received"));
    let sent = send_again(&mut browser, &form, (&path, &payment)).await;
    assert_eq!((sent.status, owed(&books)), (303, 1_650), "twice is once");
    let other = [("amount", "1"), ("method", "cash"), ("day", ""), ("note", "")];
    let refused = send_again(&mut browser, &form, (&path, &other)).await;
    assert_eq!((refused.status, owed(&books)), (422, 1_650));
    assert!(refused.says("This form was sent before") && refused.value("amount").as_deref() == Some("1"));
    // It is meant: the form has a name of its own by now.
    let sent = send_again(&mut browser, &refused, (&path, &other)).await;
    assert_eq!((sent.status, owed(&books)), (303, 1_550));
    assert!(browser.get(&books.account()).await.says("payment received · cheque"));
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    let at = |what: &str| format!("{}/{what}", books.account());
    let sure = ("sure", "1");
    for (what, fields, wrong) in [
        ("pay", vec![("amount", "dix"), ("method", "cash")], "amount"),
        ("pay", vec![("amount", "0"), ("method", "cash")], "amount"),
        ("pay", vec![("amount", "5"), ("method", "cash"), ("day", "2026-10-02")], "day"),
        ("pay", vec![("amount", "5"), ("method", "gold")], "method"),
        ("write-off", vec![("amount", "27,01"), ("reason", "hardship"), sure], "amount"),
        ("write-off", vec![("amount", "5"), ("reason", "hardship")], "sure"),
        ("refund", vec![("amount", "5"), ("method", "cash"), sure], "amount"),
        ("due", vec![("amount", "5"), ("source", "membership"), ("year", "x")], "year"),
    ] {
        let page = fill(&mut browser, &at(what), &fields).await;
        assert_eq!(page.status, 422, "{what} {fields:?}");
        assert!(page.error_of(wrong).is_some(), "{what} {fields:?}: {}", page.body);
        assert_eq!(page.value("amount").as_deref(), Some(fields[0].1), "{what}");
        assert!(page.says(&format!("<a href=\"#{wrong}\">")), "{what}: {}", page.body);
    }
    assert_eq!(owed(&books), 2_700, "nothing was booked");
    let fields = [("amount", "27"), ("reason", "hardship"), sure];
    let sent = fill(&mut browser, &at("write-off"), &fields).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("gives 27.00 € up") && page.says("the person cannot pay"), "{}", page.body);
    assert_eq!(owed(&books), 0);
}

#[tokio::test]
async fn a_mistake_is_taken_back_by_an_entry_of_its_own_unless_a_receipt_acknowledges_it() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    let pay = format!("{}/pay", books.account());
    fill(&mut browser, &pay, &[("amount", "9"), ("method", "cash")]).await;
    let page = browser.get(&books.account()).await;
    let counter = page.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let counter: Vec<&str> = counter.filter(|path| path.ends_with("/counter")).collect();
    assert_eq!(counter.len(), 4, "three trips and a payment: {}", page.body);
    let payment = counter[3].to_owned();
    let refused = fill(&mut browser, &payment, &[("note", "typed twice")]).await;
    assert!(refused.status == 422 && refused.error_of("sure").is_some());
    let sent = fill(&mut browser, &payment, &[("note", "typed twice"), ("sure", "1")]).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("The entry is taken back by RG-2026-000002"), "{}", page.body);
    assert!(page.says("taken back by RG-2026-000002") && page.says("-9.00 €") && page.says("typed twice"));
    assert_eq!(owed(&books), 2_700);
    let again = fill(&mut browser, &payment, &[("sure", "1")]).await;
    assert!(again.status == 422 && again.says("notice bad"), "{}", again.body);
}

#[tokio::test]
async fn a_payment_gets_one_receipt_which_a_credit_note_cancels_and_holds_the_entry_meanwhile() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    let pay = format!("{}/pay", books.account());
    fill(&mut browser, &pay, &[("amount", "9"), ("method", "cash")]).await;
    let page = browser.get(&books.account()).await;
    let paths = page.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let paths: Vec<&str> = paths.filter(|path| path.ends_with("/receipt")).collect();
    assert_eq!(paths.len(), 1, "a payment alone: {}", page.body);
    let receipt = paths[0].to_owned();
    let refused = fill(&mut browser, &receipt, &[]).await;
    assert!(refused.status == 422 && refused.says("It is not known yet which organisation"));
    issuer(&books.desk.world, "none");
    let sent = fill(&mut browser, &receipt, &[]).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("Receipt RC-2026-000001 is given") && !page.says(&receipt), "{}", page.body);
    assert_eq!(page.body.matches("/counter\"").count(), 3, "the payment is held: {}", page.body);
    let mut paths = page.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let paper = paths.find(|path| path.starts_with("/money/receipts/")).unwrap().to_owned();
    for code in ["fr", "en"] {
        browser.get(&format!("/?lang={code}")).await;
        check_whole(&browser.get(&paper).await, &paper, code);
    }
    let looked_at = books.looked_at();
    let shown = browser.get(&paper).await;
    assert_eq!(books.looked_at(), looked_at + 1, "a receipt names the person");
    for text in
        ["RC-2026-000001", "Association d’essai", CANARIES[0], "9.00 €", "neuf euros", "class=\"sign\""]
    {
        assert!(shown.says(text), "{text}: {}", shown.body);
    }
    names_nobody(&shown);
    let cancel = format!("{paper}/cancel");
    let refused = fill(&mut browser, &cancel, &[("note", " "), ("sure", "1")]).await;
    assert!(refused.status == 422 && refused.error_of("note").is_some(), "{}", refused.body);
    let sent = fill(&mut browser, &cancel, &[("note", "wrong name"), ("sure", "1")]).await;
    let shown = told(&mut browser, &sent).await;
    assert!(shown.says("RC-2026-000002") && !shown.says(&cancel), "{}", shown.body);
    assert_eq!(owed(&books), 1_800);
}

#[tokio::test]
async fn what_a_volunteer_collected_is_handed_over_and_expenses_wait_until_they_are_taken_out() {
    let books = Books::open();
    let mut browser = books.desk.signed_in("accueil", "coordinator").await;
    let volunteer = books.volunteer.to_string();
    let pay = format!("{}/pay", books.account());
    let paid = [("amount", "9"), ("method", "cash"), ("collector", volunteer.as_str())];
    assert_eq!(fill(&mut browser, &pay, &paid).await.status, 303);
    let page = browser.get(&books.driver()).await;
    assert!(page.says("Taken from people, to be handed over</dt><dd>9.00 €"), "{}", page.body);
    let remit = format!("{}/remit", books.driver());
    let refused = fill(&mut browser, &remit, &[("amount", "9,01"), ("method", "cash")]).await;
    assert!(refused.status == 422 && refused.error_of("amount").is_some(), "{}", refused.body);
    assert_eq!(fill(&mut browser, &remit, &[("amount", "9"), ("method", "cash")]).await.status, 303);
    assert!(browser.get(&books.driver()).await.says("to be handed over</dt><dd>0.00 €"));
    let expense = format!("{}/expense", books.driver());
    let toll = [("amount", "4,60"), ("kind", "toll"), ("day", "2026-09-10"), ("basis", "reimbursed")];
    let refused = fill(&mut browser, &expense, &toll).await;
    assert!(refused.error_of("proof").is_some() && !refused.says("--proof-seen"), "{}", refused.body);
    let seen: Vec<_> = toll.into_iter().chain([("proof", "1")]).collect();
    let sent = fill(&mut browser, &expense, &seen).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("Expenses that wait") && page.says("4.60 €"), "{}", page.body);
    names_nobody(&page);
    let mut remove = page.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let remove = remove.find(|path| path.contains("/remove-expense")).unwrap().to_owned();
    let refused = fill(&mut browser, &remove, &[]).await;
    assert!(refused.status == 422 && refused.error_of("sure").is_some(), "{}", refused.body);
    let sent = fill(&mut browser, &remove, &[("sure", "1")]).await;
    assert!(!told(&mut browser, &sent).await.says("Expenses that wait"));
}

#[tokio::test]
async fn accounts_are_whole_in_both_languages_and_closed_to_whoever_keeps_no_books() {
    let books = Books::open();
    let at = |what: &str| format!("{}/{what}", books.account());
    let driver = |what: &str| format!("{}/{what}", books.driver());
    let pages = ["pay", "due", "refund", "write-off"].map(at).into_iter();
    let pages = pages.chain(["expense", "remit", "waiver"].map(driver));
    let pages: Vec<String> =
        pages.chain([books.account(), books.driver(), "/money/owed".into(), "/money".into()]).collect();
    let mut browser = books.treasurer().await;
    for code in ["fr", "en"] {
        browser.get(&format!("/?lang={code}")).await;
        for path in &pages {
            let page = browser.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            check_whole(&page, path, code);
            names_nobody(&page);
        }
    }
    for (label, role) in [("admin", "administrator"), ("controle", "auditor")] {
        let mut browser = books.desk.signed_in(label, role).await;
        for path in pages.iter().filter(|path| *path != "/money") {
            let page = browser.get(path).await;
            assert!(page.status == 403 && !page.says(CANARIES[0]), "{role} {path}: {}", page.body);
        }
        let month = browser.get("/money").await;
        assert!(month.status == 200 && !month.says("/money/owed"), "{}", month.body);
        let sent = browser.send_form(&at("pay"), &[("amount", "1"), ("method", "cash")]).await;
        assert_eq!(sent.status, 403, "{role}");
    }
    let mut desk = books.desk.signed_in("accueil", "coordinator").await;
    for what in ["refund", "write-off"] {
        assert_eq!(desk.get(&at(what)).await.status, 403, "{what}");
        let sent = desk.send_form(&at(what), &[("amount", "1"), ("sure", "1")]).await;
        assert_eq!(sent.status, 403, "{what}");
    }
    assert_eq!(owed(&books), 2_700);
    for path in ["/money/people/x", "/money/people/x/pay", "/money/2026-13", "/money/entries/x/counter"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    assert_eq!(browser.get(&at("other")).await.status, 404);
}
