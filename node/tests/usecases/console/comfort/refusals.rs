//! Refusals on pages: they speak of what is on pages, and of days and hours as people say them.

use maillage_domain::trip::CancelledBy;
use maillage_node::{
    app::{caller::Caller, trips},
    cli,
};
use maillage_platform::i18n::Language;

use crate::{
    console::{Desk, desk::told},
    world::{A, World, ready},
};

/// Families that no page asks for: the program itself, its command line, its files.
const NO_PAGE: [&str; 12] = [
    "refusal-already-",
    "refusal-api-",
    "refusal-console-address",
    "refusal-console-exposed",
    "refusal-console-url",
    "refusal-directory-",
    "refusal-restore-",
    "refusal-web-address",
    "refusal-web-listen",
    "refusal-backup-",
    "refusal-hub-",
    "refusal-enrol",
];
/// The first words of commands.
const COMMANDS: [&str; 23] = [
    "account",
    "carrier",
    "confirmation",
    "fleet",
    "frame",
    "handover",
    "loan",
    "models",
    "money",
    "offer",
    "partner",
    "pathway",
    "person",
    "plan",
    "policy",
    "referral",
    "retention",
    "series",
    "service",
    "table",
    "trip",
    "volunteer",
    "declaration",
];
/// The second words.
const DOES: [&str; 32] = [
    "add",
    "answer",
    "call",
    "cancel",
    "change",
    "decline",
    "edit",
    "evaluate",
    "exit",
    "hand-out",
    "hold",
    "issuer",
    "list",
    "offer",
    "pay",
    "preview",
    "refuse",
    "rejoin",
    "release",
    "set",
    "show",
    "suggest",
    "update",
    "withdraw",
    "search",
    "absence",
    "document",
    "award",
    "bid",
    "accept",
    "propose",
    "catalogue",
];

/// The command that a text names, if it names one.
fn command_in(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '-')).collect();
    let option = words.iter().find(|word| word.starts_with("--")).map(|word| (*word).to_owned());
    let marked =
        [": ", "(", "“", "« ", "«\u{a0}", ":\u{a0}", "by ", "par ", "see ", "voir ", "with ", "avec "];
    let pair = words.windows(2).find(|pair| {
        let command = format!("{} {}", pair[0], pair[1]);
        let is_told = marked.iter().any(|mark| text.contains(&format!("{mark}{command}")));
        COMMANDS.contains(&pair[0]) && DOES.contains(&pair[1]) && is_told
    });
    let program = text.contains("maillage-node").then(|| "maillage-node".to_owned());
    option.or_else(|| pair.map(|pair| pair.join(" "))).or(program)
}

#[test]
fn no_refusal_that_a_page_can_show_names_a_command() {
    assert_eq!(command_in("Free it with: trip refuse").as_deref(), Some("trip refuse"));
    assert_eq!(command_in("then add --person-agrees").as_deref(), Some("--person-agrees"));
    assert_eq!(command_in("Make one trip of it (trip rejoin), or").as_deref(), Some("trip rejoin"));
    assert_eq!(command_in("The trip shows it."), None);
    let catalog = cli::catalog().unwrap();
    let mut found = Vec::new();
    for language in Language::ALL {
        let keys = catalog.keys(language);
        for key in keys.iter().filter(|key| key.starts_with("refusal-")) {
            let on_pages = format!("desk-{key}");
            let key = if keys.contains(&on_pages) { &on_pages } else { key };
            let command = command_in(&catalog.text(language, key, &[]));
            if let Some(command) = command.filter(|_| !NO_PAGE.iter().any(|family| key.starts_with(family))) {
                found.push(format!("{} {key}: {command}", language.code()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn a_refusal_says_days_and_hours_as_people_do() {
    let desk = Desk::of(World::empty(1), false);
    let driver = desk.world.volunteer(A, "81003", true);
    let trip = desk.world.request(A, desk.world.person(A, "ask"), false)[0];
    desk.world.promise(A, trip, driver);
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    let path = format!("/trips/{trip}");
    for (code, day) in [("en", "6 Oct 2026"), ("fr", "6 oct. 2026")] {
        browser.get(&format!("/?lang={code}")).await;
        browser.get(&path).await;
        let sent = browser.send_form(&format!("{path}/done"), &[("what", "done")]).await;
        let page = told(&mut browser, &sent).await;
        let said = page.body.split("notice bad").nth(1).unwrap().split("</div>").next().unwrap();
        assert!(said.contains(day) && !said.contains("2026-10-06T") && !said.contains("trip edit"), "{said}");
    }
    ready(trips::cancel(desk.app(), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
    let sent = browser.send_form(&format!("{path}/cancel"), &[("by", "person"), ("reason", "health")]).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("notice bad") && !page.says("trip show"), "{}", page.body);
}
