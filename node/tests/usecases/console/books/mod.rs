//! The books, the obligations and the lists on paper, as pages: sums that add up, forms that do nothing twice, and nothing of a
//! person where it does not belong.

mod accounts;
mod calls;
mod month;
mod obligations;
mod settlements;
mod statements;

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    ledger::DueSource,
};
use maillage_federation::ids::Id;
use maillage_node::app::{
    caller::Caller,
    money::books::{self, NewBooking},
};
use maillage_store::{access_log, events::Subject};

use super::{Browser, Desk, Page};
use crate::{
    money::{SCALE, carried_out},
    world::{A, CANARIES, World, ready},
};

/// A desk with a person, a volunteer, and two trips of August and one of September between them: 9 € and 40 km each.
pub(super) struct Books {
    pub(super) desk: Desk,
    pub(super) person: Id<PersonKind>,
    pub(super) volunteer: Id<VolunteerKind>,
}

impl Books {
    pub(super) fn open() -> Self {
        let world = World::empty(1);
        let (person, volunteer) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
        for day in ["2026-08-10", "2026-08-11", "2026-09-10"] {
            carried_out(&world, day, (person, volunteer), SCALE);
        }
        Self { desk: Desk::of(world, false), person, volunteer }
    }

    pub(super) async fn treasurer(&self) -> Browser {
        self.desk.signed_in("tresorerie", "treasurer").await
    }

    pub(super) fn account(&self) -> String {
        format!("/money/people/{}", self.person)
    }

    pub(super) fn driver(&self) -> String {
        format!("/money/volunteers/{}", self.volunteer)
    }

    /// How often somebody looked at the person's money, by the log of accesses.
    pub(super) fn looked_at(&self) -> usize {
        let seen = access_log::of(&self.desk.app().store, Subject::Person(self.person), 999).unwrap();
        seen.iter().filter(|access| access.purpose == "money.show").count()
    }

    /// Something else that the person owes.
    pub(super) fn owes(&self, cents: i64) {
        let new = NewBooking { cents, day: "2026-09-20".into(), ..NewBooking::default() };
        ready(books::due(self.desk.app(), &Caller::local(), self.person, DueSource::Donation, new)).unwrap();
    }
}

/// Opens the page of a form, fills it in and sends it.
pub(super) async fn fill(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let form = browser.get(path).await;
    assert_eq!(form.status, 200, "{path}: {}", form.body);
    send_again(browser, &form, (path, fields)).await
}

/// Sends a form as it stood on a page, with what goes along unseen.
pub(super) async fn send_again(
    browser: &mut Browser,
    form: &Page,
    (path, fields): (&str, &[(&str, &str)]),
) -> Page {
    let hidden: Vec<(&str, String)> = ["carrier", "expense", "seen", "handover", "leg", "once"]
        .into_iter()
        .filter_map(|name| form.value(name).map(|value| (name, value)))
        .collect();
    let mut all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.extend(fields);
    browser.send_form(path.split('?').next().unwrap(), &all).await
}

/// What a page says after a form was sent.
pub(super) async fn told(browser: &mut Browser, sent: &Page) -> Page {
    assert_eq!(sent.status, 303, "{}", sent.body);
    browser.get(sent.location()).await
}

/// No address on a page, and no title, tells anything about somebody.
pub(super) fn names_nobody(page: &Page) {
    let addresses = page.body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let actions = page.body.split("action=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let title = page.body.split("<title>").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    for text in addresses.filter(|address| !address.starts_with("tel:")).chain(actions).chain([title]) {
        for word in CANARIES.iter().chain(&["Bénévole", "B%C3%A9n"]) {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}
