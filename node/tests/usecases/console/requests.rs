//! The coordinator's minute: a request from three letters to a driver who is asked, without a script, and nothing typed is lost.

use maillage_domain::ids::PersonKind;
use maillage_federation::ids::Id;
use maillage_node::app::{caller::Caller, people, trips};

use super::{Browser, Desk, PASSWORD, Page, sign_in};
use crate::world::{A, CANARIES, DAY, MEANT, World, ready};

const PAGE: &str = "/requests/new";

/// What is asked for: to Albi, to be there at ten, back when called.
const ASKED: [(&str, &str); 9] = [
    ("to_commune", "Albi"),
    ("to_address", "1 place Lapérouse"),
    ("purpose", "health"),
    ("day", DAY),
    ("time", "10:00"),
    ("kind", "arrive"),
    ("back", "none"),
    ("notes", "2e étage <à gauche>"),
    ("companions", ""),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = ASKED.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes).copied().collect()
}

struct Minute {
    desk: Desk,
    browser: Browser,
    person: String,
    id: Id<PersonKind>,
}

impl Minute {
    async fn open() -> Self {
        let world = World::new();
        world.volunteer(A, "81003", false);
        Self::of(world).await
    }

    async fn of(world: World) -> Self {
        let desk = Desk::of(world, false);
        let id = desk.world.person(A, "always");
        let browser = desk.signed_in("guichet", "coordinator").await;
        Self { person: id.to_string(), desk, browser, id }
    }

    /// Opens the form for the person.
    async fn begin(&mut self) -> Page {
        self.browser.get(&format!("{PAGE}?person={}", self.person)).await
    }

    async fn send(&mut self, step: &str, fields: &[(&str, &str)]) -> Page {
        let person = self.person.clone();
        let all: Vec<(&str, &str)> =
            [("person", person.as_str()), ("step", step)].into_iter().chain(fields.iter().copied()).collect();
        self.browser.send_form(PAGE, &all).await
    }

    fn trips(&self) -> usize {
        trips::of_person(self.desk.app(), &Caller::local(), self.id, 99).unwrap().len()
    }
}

#[tokio::test]
async fn three_letters_a_check_and_a_button_and_a_driver_is_asked() {
    let mut minute = Minute::open().await;
    assert_eq!(minute.browser.get(PAGE).await.status, 200);
    let found = minute.browser.send_form(PAGE, &[("letters", "can"), ("step", "find")]).await;
    assert!(found.says("One person found") && found.says(CANARIES[0]), "{}", found.body);
    assert!(!found.says("12 rue des Lilas"), "finding is not opening");
    let person = minute.person.clone();
    let form = minute.browser.send_form(PAGE, &[("letters", "can"), ("person", &person)]).await;
    assert!(form.says("12 rue des Lilas") && form.says("sonnette verte"), "{}", form.body);
    let name = form.value("request_id").unwrap();
    let fields = with(&[("request_id", &name)]);
    let checked = minute.send("check", &fields).await;
    for told in [
        "If you save",
        "to be verified",
        "contribution",
        "Who can drive",
        "Save and ask Bénévole",
        "Albi (81004)",
    ] {
        assert!(checked.says(told) || told == "Albi (81004)", "{told}: {}", checked.body);
    }
    assert_eq!(minute.trips(), 0, "checking saves nothing");
    assert_eq!(checked.value("to_commune").unwrap(), "Albi");
    assert!(checked.says("2e étage &#60;à gauche&#62;"), "{}", checked.body);
    let volunteer = checked.body.split("name=\"volunteer\" value=\"").nth(1).unwrap();
    let volunteer = volunteer.split('"').next().unwrap().to_owned();
    let mut asking = fields.clone();
    asking.push(("volunteer", &volunteer));
    let person = minute.person.clone();
    asking.push(("person", &person));
    let saved = minute.browser.send_form(PAGE, &asking).await;
    assert!(saved.status == 303 && saved.location().starts_with("/trips/"), "{}", saved.body);
    let path = saved.location().to_owned();
    let trip = minute.browser.get(&path).await;
    assert!(
        trip.says("The request is saved, and Bénévole is asked.") && trip.says("has not answered yet"),
        "{}",
        trip.body
    );
    let yes = minute.browser.send_form(&format!("{path}/answer"), &[("answer", "yes")]).await;
    assert_eq!(yes.location(), path);
    assert!(minute.browser.get(&path).await.says("confirmed"));
    assert_eq!(minute.trips(), 1);
}

/// A trip that somebody has promised, on the road now; its page.
async fn promised(minute: &mut Minute) -> String {
    minute.begin().await;
    let checked = minute.send("check", &ASKED).await;
    let volunteer = checked.body.split("name=\"volunteer\" value=\"").nth(1).unwrap();
    let volunteer = volunteer.split('"').next().unwrap().to_owned();
    let saved = minute.send("", &with(&[("volunteer", &volunteer)])).await;
    let path = saved.location().to_owned();
    minute.browser.get(&path).await;
    minute.browser.send_form(&format!("{path}/answer"), &[("answer", "yes")]).await;
    path
}

#[tokio::test]
async fn an_end_that_is_refused_has_changed_nothing_and_another_can_be_noted() {
    for (what, driven) in [("absent", ""), ("", "31")] {
        let mut minute = Minute::open().await;
        let path = promised(&mut minute).await;
        let end = format!("{path}/done");
        minute.browser.send_form(&end, &[("driven", "999999")]).await;
        let trip = minute.browser.get(&path).await;
        assert!(trip.says("confirmed") && !trip.says("on board"), "{}", trip.body);
        minute.browser.send_form(&end, &[("what", what), ("driven", driven)]).await;
        let early = minute.browser.get(&path).await;
        assert!(
            early.says("notice bad") && early.says("confirmed"),
            "nothing is over before it begins: {}",
            early.body
        );
        minute.desk.world.clock.set(format!("{DAY}T10:00:00Z").parse().unwrap());
        sign_in(&mut minute.browser, "guichet", PASSWORD).await;
        minute.browser.get(&path).await;
        minute.browser.send_form(&end, &[("what", what), ("driven", driven)]).await;
        let trip = minute.browser.get(&path).await;
        assert!(!trip.says("notice bad") && !trip.says("on board"), "{}", trip.body);
        let noted =
            if what.is_empty() { "Noted: the trip is done" } else { "Noted: the person was not there" };
        assert!(trip.says(noted), "{}", trip.body);
    }
}

#[tokio::test]
async fn pressing_twice_makes_one_request() {
    let mut minute = Minute::open().await;
    let name = minute.begin().await.value("request_id").unwrap();
    let fields = with(&[("request_id", &name)]);
    let first = minute.send("save", &fields).await;
    let second = minute.send("save", &fields).await;
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.location(), second.location());
    assert_eq!(minute.trips(), 1);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let mut minute = Minute::open().await;
    minute.begin().await;
    let empty = minute.send("save", &[("notes", "garder ceci")]).await;
    assert_eq!(empty.status, 422);
    for field in ["to_commune", "purpose", "day", "time"] {
        assert!(empty.error_of(field).is_some(), "{field}");
        assert!(empty.says(&format!("href=\"#{field}\"")), "{field} is told on top");
        assert!(empty.says(&format!("id=\"{field}\"")), "{field} can be gone to");
    }
    assert!(empty.says("garder ceci"));
    for (changes, field) in [
        (vec![("to_commune", "Albuquerque")], "to_commune"),
        (vec![("to_commune", "Saint")], "to_commune"),
        (vec![("time", "25:00")], "time"),
        (vec![("day", "2026-09-01")], "time"),
        (vec![("back", "at")], "back_time"),
        (vec![("back", "at"), ("back_time", "08:00")], "back_time"),
        (vec![("companions", "many")], "companions"),
        (vec![("companions", "30")], "companions"),
        (vec![("to_commune", "81003"), ("to_address", CANARIES[2])], "to_commune"),
    ] {
        for step in ["check", "save"] {
            let page = minute.send(step, &with(&changes)).await;
            assert_eq!(page.status, 422, "{step} {changes:?}");
            assert!(page.error_of(field).is_some(), "{step} {changes:?}: {}", page.body);
            assert_eq!(
                page.value("day").unwrap(),
                with(&changes).iter().find(|(name, _)| *name == "day").unwrap().1
            );
        }
    }
    assert_eq!(minute.trips(), 0);
}

/// Signs in on the page that stands there after a session has ended.
pub(super) async fn sign_in_again(browser: &mut Browser, door: &Page, label: &str) -> Page {
    let kept = door.value("kept").unwrap().replace("&#38;", "&");
    let next = door.value("next").unwrap();
    let fields =
        [("account", label), ("password", PASSWORD), ("next", next.as_str()), ("kept", kept.as_str())];
    browser.send_form("/sign-in", &fields).await
}

#[tokio::test]
async fn nothing_typed_is_lost_when_the_session_has_ended() {
    let mut minute = Minute::open().await;
    minute.begin().await;
    minute.desk.world.wait(121);
    let door = minute.send("save", &ASKED).await;
    assert_eq!(door.status, 401);
    assert!(door.says("is not lost") && !door.says(CANARIES[0]), "{}", door.body);
    let back = sign_in_again(&mut minute.browser, &door, "guichet").await;
    assert_eq!((back.status, back.location()), (303, PAGE));
    // It stays through a reload, until it is sent.
    for _ in 0..2 {
        let form = minute.browser.get(PAGE).await;
        assert!(form.says("what you had typed"), "{}", form.body);
        assert_eq!(form.value("to_address").unwrap(), "1 place Lapérouse");
        assert!(form.says("2e étage &#60;à gauche&#62;") && form.says(CANARIES[0]));
    }
    assert_eq!(minute.trips(), 0, "nothing was saved meanwhile");
    assert_eq!(minute.send("save", &ASKED).await.status, 303);
    assert!(!minute.browser.get(PAGE).await.says("1 place"));
}

#[tokio::test]
async fn a_form_that_waits_does_not_stand_in_for_somebody_else() {
    let mut minute = Minute::open().await;
    minute.begin().await;
    minute.desk.world.wait(121);
    let door = minute.send("save", &ASKED).await;
    sign_in_again(&mut minute.browser, &door, "guichet").await;
    let other = maillage_domain::person::NewPerson {
        name: "Louise Roux".into(),
        home: maillage_domain::place::NewPlace { commune: "81003".into(), address: "1 rue Haute".into() },
        ..Default::default()
    };
    let other = ready(people::add_person(minute.desk.app(), &Caller::local(), other, MEANT)).unwrap().id;
    let form = minute.browser.get(&format!("{PAGE}?person={other}")).await;
    assert!(form.says("Louise Roux") && !form.says("1 place"), "{}", form.body);
    let person = minute.person.clone();
    for path in [PAGE.to_owned(), format!("{PAGE}?person={person}")] {
        assert!(minute.browser.get(&path).await.says("1 place Lapérouse"), "it still waits");
    }
}

#[tokio::test]
async fn what_somebody_typed_is_given_to_nobody_else_who_signs_in_there() {
    let mut minute = Minute::open().await;
    let _ = minute.desk.signed_in("collegue", "coordinator").await;
    minute.begin().await;
    minute.desk.world.wait(121);
    let door = minute.send("save", &ASKED).await;
    assert_eq!(sign_in_again(&mut minute.browser, &door, "collegue").await.status, 303);
    let form = minute.browser.get(PAGE).await;
    assert!(!form.says("Lapérouse") && !form.says(CANARIES[0]), "{}", form.body);
}

#[tokio::test]
async fn signing_in_in_another_tab_loses_nothing_that_was_typed_in_this_one() {
    let mut minute = Minute::open().await;
    minute.begin().await;
    let old = minute.browser.token().to_owned();
    minute.desk.world.wait(121);
    super::sign_in(&mut minute.browser, "guichet", PASSWORD).await;
    let person = minute.person.clone();
    let mut fields = vec![("forgery", old.as_str()), ("person", &person), ("step", "save")];
    fields.extend(ASKED);
    let sent = minute.browser.post(PAGE, &fields).await;
    assert_eq!((sent.status, sent.location()), (303, PAGE), "{}", sent.body);
    let form = minute.browser.get(PAGE).await;
    assert!(form.status == 200 && form.says("Nothing has been saved yet"), "{}", form.body);
    assert_eq!(form.value("to_address").unwrap(), "1 place Lapérouse");
    assert_eq!(minute.trips(), 0);
    assert_eq!(minute.send("save", &ASKED).await.status, 303);
}

#[tokio::test]
async fn a_form_that_was_changed_after_it_was_sent_can_be_sent_once_more() {
    let mut minute = Minute::open().await;
    let name = minute.begin().await.value("request_id").unwrap();
    assert_eq!(minute.send("save", &with(&[("request_id", &name)])).await.status, 303);
    let told = minute.send("save", &with(&[("request_id", &name), ("time", "11:00")])).await;
    assert!(told.status == 409 && told.says("was already saved from this form"), "{}", told.body);
    let fresh = told.value("request_id").unwrap();
    assert_ne!(fresh, name);
    assert_eq!(minute.send("save", &with(&[("request_id", &fresh), ("time", "11:00")])).await.status, 303);
    assert_eq!(minute.trips(), 2);
}

#[tokio::test]
async fn an_address_fills_in_who_travels_and_nothing_else() {
    let mut minute = Minute::open().await;
    let path = format!("{PAGE}?person={}&notes=planted&sign_frame=planted&request_id=planted", minute.person);
    let form = minute.browser.get(&path).await;
    assert!(form.says(CANARIES[0]), "{}", form.body);
    assert!(!form.body.replace(&path.replace('&', "&#38;"), "").contains("value=\"planted"), "{}", form.body);
}

#[tokio::test]
async fn as_usual_fills_in_where_what_for_and_when() {
    let mut minute = Minute::open().await;
    minute.begin().await;
    assert_eq!(minute.send("save", &ASKED).await.status, 303);
    let form = minute.begin().await;
    assert!(form.says("As usual") && form.says("once, "), "{}", form.body);
    let filled = minute.send("", &[("habit", "0"), ("day", "2026-10-08")]).await;
    assert_eq!(filled.value("to_commune").unwrap(), "Albi (81004)");
    assert_eq!(filled.value("time").unwrap(), "10:00");
    assert_eq!(filled.value("day").unwrap(), "2026-10-08");
    assert!(filled.says("value=\"health\" checked"));
}

#[tokio::test]
async fn what_no_frame_allows_is_saved_with_a_signed_reason_alone() {
    let mut minute = Minute::of(crate::legal::prepared()).await;
    minute.begin().await;
    let refused = minute.send("save", &ASKED).await;
    assert_eq!(refused.status, 422);
    assert!(refused.error_of("sign_frame").is_some() && refused.says("outside"), "{}", refused.body);
    assert_eq!(minute.trips(), 0);
    let signed = with(&[("sign_frame", "Seule place en rééducation.")]);
    assert_eq!(minute.send("save", &signed).await.status, 303);
    assert_eq!(minute.trips(), 1);
}

#[tokio::test]
async fn every_file_that_is_opened_is_noted_and_markup_stays_text() {
    let mut minute = Minute::open().await;
    let odd = maillage_domain::person::NewPerson {
        name: "Zoé <script>alert(1)</script>".into(),
        home: maillage_domain::place::NewPlace { commune: "81003".into(), address: "\"><b>1".into() },
        ..Default::default()
    };
    let odd = ready(people::add_person(minute.desk.app(), &Caller::local(), odd, MEANT)).unwrap().id;
    let accesses = |minute: &Minute| {
        let subject = maillage_store::events::Subject::Person(odd);
        maillage_store::access_log::of(&minute.desk.app().store, subject, 99).unwrap().len()
    };
    let before = accesses(&minute);
    minute.browser.get("/people").await;
    let found = minute.browser.send_form("/people", &[("letters", "zoe")]).await;
    assert!(found.says("Zoé &#60;script&#62;") && !found.says("<script>"), "{}", found.body);
    assert_eq!(accesses(&minute), before);
    let file = minute.browser.get(&format!("/people/{odd}")).await;
    assert!(file.status == 200 && !file.says("<script>") && !file.says("\"><b>"), "{}", file.body);
    assert!(accesses(&minute) > before);
}

#[tokio::test]
async fn nobody_here_can_and_the_neighbours_are_asked() {
    let mut minute = Minute::open().await;
    minute.begin().await;
    // Before anybody gets up.
    let early = with(&[("time", "04:30")]);
    let checked = minute.send("check", &early).await;
    assert!(checked.says("Nobody can drive this trip") && checked.says("person cannot"), "{}", checked.body);
    let saved = minute.send("save", &early).await;
    let path = saved.location().to_owned();
    let trip = minute.browser.get(&path).await;
    assert!(trip.says("Offer to the neighbours"), "{}", trip.body);
    let offered = minute.browser.send_form(&format!("{path}/neighbours"), &[]).await;
    assert_eq!(offered.location(), path);
    let trip = minute.browser.get(&path).await;
    assert!(trip.says("is offered to the neighbours") && trip.says("offered to neighbours"), "{}", trip.body);
}
