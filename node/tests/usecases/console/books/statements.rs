//! Statements of volunteers: as they would be, closed for good, paid or given up, on paper with a place to sign.

use maillage_node::app::{
    caller::Caller,
    money::books::{self, EVER},
};

use super::{Books, fill, names_nobody, told};
use crate::{console::pages::check_whole, money::carried_out};

fn draft(books: &Books, month: &str) -> String {
    format!("/money/drafts/{}/{month}/reimbursed", books.volunteer)
}

fn still_owed(books: &Books) -> i64 {
    let balance = books::balance_of_volunteer(books.desk.app(), &Caller::local(), books.volunteer, EVER);
    balance.unwrap().closing.get()
}

#[tokio::test]
async fn a_statement_adds_up_is_closed_once_confirmed_and_never_changes() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    let month = browser.get("/money/2026-08").await;
    let link = format!("href=\"{}\"", draft(&books, "2026-08"));
    assert!(month.says(&link) && month.says("to be closed"), "{}", month.body);
    // Two drives of 40 km at the fiscal scale of 5 CV.
    assert!(
        month.says("50.88 €") && month.says("80.0\u{a0}km") && month.says("0.64 € a km"),
        "{}",
        month.body
    );
    let page = browser.get(&draft(&books, "2026-08")).await;
    assert!(page.says("<td class=\"sum\">25.44 €</td>") && page.says("50.88 €"), "{}", page.body);
    assert!(!page.says("href=\"/trips/"));
    names_nobody(&page);
    let close = format!("{}/close", draft(&books, "2026-08"));
    let refused = fill(&mut browser, &close, &[]).await;
    assert!(refused.status == 422 && refused.error_of("sure").is_some(), "{}", refused.body);
    assert_eq!(still_owed(&books), 0);
    let sent = fill(&mut browser, &close, &[("sure", "1")]).await;
    let closed = told(&mut browser, &sent).await;
    assert!(closed.says("Statement EF-2026-000001 is closed") && closed.says("50.88 €"), "{}", closed.body);
    assert_eq!(still_owed(&books), 5_088);
    let again = fill(&mut browser, &close, &[("sure", "1")]).await;
    assert!(again.status == 422 && again.says("notice bad"), "{}", again.body);
    carried_out(&books.desk.world, "2026-08-20", (books.person, books.volunteer), crate::money::SCALE);
    let page = browser.get(sent.location()).await;
    assert!(page.says("50.88 €") && !page.says("76.32 €"), "what comes late changes nothing: {}", page.body);
    let next = browser.get(&draft(&books, "2026-09")).await;
    assert!(next.says("of a month before"), "{}", next.body);
    let running = browser.get(&draft(&books, "2026-10")).await;
    assert!(running.says("cannot be closed now") && !running.says("/close\""), "{}", running.body);
}

#[tokio::test]
async fn a_closed_statement_is_paid_back_or_given_up_and_a_mistake_undone() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    let close = format!("{}/close", draft(&books, "2026-09"));
    let path = fill(&mut browser, &close, &[("sure", "1")]).await.location().to_owned();
    let at = |what: &str| format!("{path}/{what}");
    let wrong = fill(&mut browser, &at("reimburse"), &[("method", "transfer"), ("day", "2026-10-02")]).await;
    assert!(wrong.status == 422 && wrong.error_of("day").is_some(), "{}", wrong.body);
    assert_eq!(wrong.value("day").as_deref(), Some("2026-10-02"));
    let sent = fill(&mut browser, &at("reimburse"), &[("method", "transfer"), ("day", "")]).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("is paid back") && page.says("/undo\"") && !page.says("/waive\""), "{}", page.body);
    assert_eq!(still_owed(&books), 0);
    let refused = fill(&mut browser, &at("undo"), &[]).await;
    assert!(refused.status == 422 && still_owed(&books) == 0);
    fill(&mut browser, &at("undo"), &[("sure", "1")]).await;
    assert_eq!(still_owed(&books), 7_632);
    let unsigned = fill(&mut browser, &at("waive"), &[("day", "")]).await;
    assert!(unsigned.error_of("day").is_some(), "a gift needs a day: {}", unsigned.body);
    let sent = fill(&mut browser, &at("waive"), &[("day", "2026-09-30")]).await;
    assert!(told(&mut browser, &sent).await.says("is given up"));
    assert_eq!(still_owed(&books), 0);
    let waiver = format!("{}/waiver", books.driver());
    let refused = fill(&mut browser, &waiver, &[("year", "2026"), ("sure", "1")]).await;
    assert!(refused.status == 422 && !refused.says("maillage-node"), "{}", refused.body);
}

#[tokio::test]
async fn a_statement_on_paper_has_the_declaration_and_a_place_to_sign() {
    let books = Books::open();
    let mut browser = books.treasurer().await;
    let close = format!("{}/close", draft(&books, "2026-09"));
    let path = fill(&mut browser, &close, &[("sure", "1")]).await.location().to_owned();
    let print = format!("{path}/print");
    for code in ["fr", "en"] {
        browser.get(&format!("/?lang={code}")).await;
        for path in [path.as_str(), &print, &draft(&books, "2026-10"), &format!("{path}/waive")] {
            check_whole(&browser.get(path).await, path, code);
        }
    }
    let paper = browser.get(&print).await;
    for text in ["EF-2026-000001", "September 2026", "76.32 €", "Bénévole", "class=\"sign\"", "renoncer"]
    {
        assert!(paper.says(text), "{text}: {}", paper.body);
    }
    assert!(!paper.says("<style") && !paper.says("style="), "{}", paper.body);
    names_nobody(&paper);
    let mut desk = books.desk.signed_in("accueil", "coordinator").await;
    let page = desk.get(&path).await;
    assert!(page.status == 200 && !page.says("/reimburse"), "{}", page.body);
    for what in ["reimburse", "waive", "undo"] {
        let sent = desk.send_form(&format!("{path}/{what}"), &[("sure", "1"), ("method", "cash")]).await;
        assert_eq!(sent.status, 403, "{what}");
    }
    assert_eq!(desk.send_form(&close, &[("sure", "1")]).await.status, 403);
    assert_eq!(still_owed(&books), 7_632);
    let mut auditor = books.desk.signed_in("controle", "auditor").await;
    for path in [&path, &print, &draft(&books, "2026-10")] {
        assert_eq!(auditor.get(path).await.status, 403, "{path}");
    }
}
