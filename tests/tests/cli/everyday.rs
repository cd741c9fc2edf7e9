//! A node's command line through everything a desk does beside rides, as a program reads it: what each answer says, and that one
//! who did not see another's change is refused. Must never look into the store: what is true is what the answers say.

use std::{
    fs,
    path::{Path, PathBuf},
};

use maillage_platform::clock::FileClock;
use maillage_tests::{
    federation::MONTS_D_ALBAN,
    programs::{Programs, Role, Serving, answering, at},
};
use serde_json::{Value, json};

use super::{BINARY, MONDAY, text};

/// A node by itself, and somebody at its desk.
struct Desk {
    programs: Programs,
    root: tempfile::TempDir,
    clock: String,
    node: PathBuf,
}

impl Desk {
    async fn open() -> anyhow::Result<(Self, Serving)> {
        let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
        let (clock, node) = (root.path().join("clock"), root.path().join("node"));
        FileClock::write(&clock, MONDAY.parse()?)?;
        let init = ["init", "--territory", MONTS_D_ALBAN, "--phone", "05 00 00 00 00"];
        programs.done(Role::Node, &node, &init).await?;
        let clock = clock.display().to_string();
        let words = ["--api-listen", "127.0.0.1:0", "--clock-file", &clock];
        let mut serving = programs.serve(Role::Node, &node, &words, &root.path().join("node.log"))?;
        answering(Role::Node, &node, &mut serving).await?;
        Ok((Self { programs, root, clock, node }, serving))
    }

    fn set_clock(&self, now: &str) -> anyhow::Result<()> {
        Ok(FileClock::write(Path::new(&self.clock), now.parse()?)?)
    }

    /// What a command answers; its words are told apart by spaces, and a word that has some itself is given last.
    async fn ask(&self, words: &str, more: &[&str]) -> anyhow::Result<Value> {
        let words: Vec<&str> = words.split(' ').chain(more.iter().copied()).collect();
        self.programs.json(Role::Node, &self.node, &words).await
    }

    /// The reason for which a command is refused.
    async fn refused(&self, words: &str, more: &[&str]) -> anyhow::Result<String> {
        let words: Vec<&str> =
            ["--json"].into_iter().chain(words.split(' ')).chain(more.iter().copied()).collect();
        let said = self.programs.run(Role::Node, &self.node, &words).await?;
        anyhow::ensure!(said.code == 1, "{words:?}: {said:?}");
        said.reason()
    }

    /// Whether a command line is wrong by itself.
    async fn misread(&self, words: &str, more: &[&str]) -> anyhow::Result<bool> {
        let words: Vec<&str> = words.split(' ').chain(more.iter().copied()).collect();
        Ok(self.programs.run(Role::Node, &self.node, &words).await?.code == 2)
    }

    /// What a command prints that is no JSON.
    async fn raw(&self, words: &str) -> anyhow::Result<String> {
        let words: Vec<&str> = words.split(' ').collect();
        self.programs.done(Role::Node, &self.node, &words).await
    }

    /// A person of the territory, synthetic.
    async fn person(&self, name: &str) -> anyhow::Result<String> {
        text(&self.ask("person add --commune Alban --sharing never --name", &[name]).await?, "id")
    }

    async fn volunteer(&self, name: &str) -> anyhow::Result<String> {
        let add = "volunteer add --commune Alban --seats 4 --fiscal-power 5 --name";
        let week = "lun 05:00-23:00,mar 05:00-23:00,mer 05:00-23:00,jeu 05:00-23:00,ven 05:00-23:00";
        text(&self.ask(add, &[name, "--availability", week]).await?, "id")
    }

    fn file(&self, name: &str, content: &str) -> anyhow::Result<String> {
        let path = self.root.path().join(name);
        fs::write(&path, content)?;
        Ok(path.display().to_string())
    }
}

/// Fields of an answer, by their places.
#[track_caller]
fn says(answer: &Value, fields: &[(&str, Value)]) {
    for (place, value) in fields {
        assert_eq!(at(answer, place), *value, "{place} of {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn vehicles_and_bikes_are_lent_and_come_back() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    let person = desk.person("Personne fictive").await?;
    let add = "fleet add --category car --seats 4 --ownership own --rate-per day --rate 5,50 --deposit 150 --odometer-km 1000 --label";
    let asset = desk.ask(add, &["Voiture fictive"]).await?;
    says(&asset, &[("/details/rate_cents", json!(550)), ("/odometer_m", json!(1_000_000))]);
    let car = text(&asset, "id")?;
    let renamed =
        desk.ask(&format!("fleet update {car} --label Bleue --etag"), &[&text(&asset, "etag")?]).await?;
    says(&renamed, &[("/details/label", json!("Bleue")), ("/details/seats", json!(4))]);
    let stale =
        desk.refused(&format!("fleet update {car} --label Verte --etag"), &[&text(&asset, "etag")?]).await?;
    assert_eq!(stale, "changed-meanwhile");
    let time = "--from 2026-09-01T09:00 --until 2026-09-03T09:00";
    let loan = desk
        .ask(&format!("loan add --person {person} --category car --purpose work-training {time}"), &[])
        .await?;
    let id = text(&loan, "id")?;
    let free = desk.ask(&format!("loan free --category car {time}"), &[]).await?;
    says(&free, &[("/free/0/id", json!(car)), ("/taken", json!([]))]);
    let booked = desk.ask(&format!("loan book {id} --asset {car}"), &[]).await?;
    says(&booked, &[("/state", json!("booked")), ("/deposit_cents", json!(15_000))]);
    let later = format!("loan move {id} --from 2026-09-01T10:00 --until 2026-09-03T10:00 --etag");
    assert_eq!(desk.refused(&later, &[&text(&loan, "etag")?]).await?, "changed-meanwhile");
    says(&desk.ask(&later, &[&text(&booked, "etag")?]).await?, &[("/from", json!("2026-09-01T08:00:00Z"))]);
    let free = desk.ask(&format!("loan free --category car {time}"), &[]).await?;
    says(&free, &[("/free", json!([])), ("/taken/0/asset", json!(car))]);
    desk.set_clock("2026-09-01T08:00:00Z")?;
    let out =
        "--condition good --odometer-km 1000 --deposit 150 --document driving-licence,contract --by Guichet";
    let out = desk.ask(&format!("loan hand-out {id} {out}"), &[]).await?;
    says(&out, &[("/state", json!("out")), ("/out/documents", json!(["driving-licence", "contract"]))]);
    desk.set_clock("2026-09-03T08:00:00Z")?;
    let back = format!("loan take-back {id} --condition damaged --odometer-km 1120 --by Guichet --damage");
    says(&desk.ask(&back, &["Rétroviseur"]).await?, &[("/back/odometer_m", json!(1_120_000))]);
    let closed = desk.ask(&format!("loan close {id} --deposit-kept 40"), &[]).await?;
    says(&closed, &[("/contribution_due_cents", json!(1_100)), ("/deposit_kept_cents", json!(4_000))]);
    says(&desk.ask(&format!("fleet show {car}"), &[]).await?, &[("/odometer_m", json!(1_120_000))]);
    let shown = desk.raw(&format!("--lang en fleet show {car}")).await?;
    assert!(shown.lines().any(|line| line.starts_with("Version")), "what --etag takes: {shown}");
    let csv = desk.raw("table export loans").await?;
    assert!(csv.contains(";good;1000000;driving-licence,contract;Guichet;;"), "{csv}");
    assert!(csv.contains(";damaged;1120000;120000;Guichet;Rétroviseur;40,00"), "{csv}");
    let policy = desk.ask("loan policy --handover-min 45", &[]).await?;
    says(&policy, &[("/handover_min", json!(45))]);
    serving.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_referred_accompanied_and_leaves() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    let prescriber = text(&desk.ask("prescriber add --organisation CCAS", &[]).await?, "id")?;
    let refer = format!(
        "referral add --prescriber {prescriber} --reference D-7 --commune Alban --person-agrees --name"
    );
    let referral = desk.ask(&refer, &["Personne orientée", "--phone", "05 00 00 00 07"]).await?;
    says(&referral, &[("/state", json!("received")), ("/contact/commune", json!("81003"))]);
    let pathway = desk.ask(&format!("referral accept {}", text(&referral, "id")?), &[]).await?;
    let (id, person) = (text(&pathway, "id")?, text(&pathway, "person")?);
    let open = format!("service open --kind advice --form diagnosis --at 2026-09-02T10:00 --person {person}");
    let advice = desk.ask(&open, &[]).await?;
    let service = text(&advice, "id")?;
    let plan = format!("service plan {service} --at 2026-09-02T11:00 --etag");
    let planned = desk.ask(&plan, &[&text(&advice, "etag")?]).await?;
    says(&planned, &[("/at", json!("2026-09-02T09:00:00Z"))]);
    assert_eq!(desk.refused(&plan, &[&text(&advice, "etag")?]).await?, "changed-meanwhile");
    desk.set_clock("2026-09-02T12:00:00Z")?;
    let held = desk.ask(&format!("service hold {service} --conclusion rides,loan"), &[]).await?;
    says(&held, &[("/state", json!("held")), ("/conclusions", json!(["rides", "loan"]))]);
    let aid = format!("service open --kind financial-aid --amount 120,50 --person {person}");
    let aid = text(&desk.ask(&aid, &[]).await?, "id")?;
    says(
        &desk.ask(&format!("service grant {aid} --amount 80"), &[]).await?,
        &[("/amount_cents", json!(8_000))],
    );
    says(&desk.ask(&format!("service pay {aid}"), &[]).await?, &[("/state", json!("paid"))]);
    desk.ask(&format!("pathway diagnose {id} --service {service}"), &[]).await?;
    desk.ask(&format!("pathway put {id} service {aid}"), &[]).await?;
    let agreed = desk.ask(&format!("pathway agree {id}"), &[]).await?;
    says(&agreed, &[("/stage", json!("accompanied")), ("/basket/0/id", json!(aid))]);
    desk.set_clock("2026-12-03T12:00:00Z")?;
    let follow_up = format!("pathway follow-up {id} --milestone 3-months --heard job-found");
    says(&desk.ask(&follow_up, &[]).await?, &[("/follow_ups/0/heard", json!("job-found"))]);
    let over = desk.ask(&format!("pathway exit {id} --outcome job-found"), &[]).await?;
    says(&over, &[("/outcome", json!("job-found"))]);
    let count = desk.ask("pathway count 2026-01-01 2026-12-31", &[]).await?;
    says(&count, &[("/persons", json!(1)), ("/by_year/2026", json!(1)), ("/objecting", json!(0))]);
    let csv = desk.raw("table export pathways").await?;
    assert!(
        csv.contains(&format!(
            ";service:{aid};2026-09-02;2026-12-03:job-found;;;2026-12-03;job-found;{id}\r\n"
        )),
        "{csv}"
    );
    let csv = desk.raw("table export services").await?;
    assert!(
        csv.contains(&format!(";rides,loan;;;;;;{service}\r\n"))
            && csv.contains(&format!(";;80,00;;;;;{aid}\r\n")),
        "{csv}"
    );
    serving.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_its_trips_and_a_trip_are_changed_by_whoever_saw_them() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    let (person, driver) = (desk.person("Personne fictive").await?, desk.volunteer("Bénévole fictif").await?);
    let add = format!(
        "series add --person {person} --weekdays mar --first 2026-09-08 --count 4 --to-commune Albi --arrive-by 10:00 --purpose health"
    );
    let made = desk.ask(&add, &[]).await?;
    let (id, etag) = (text(&at(&made, "/series"), "id")?, text(&at(&made, "/series"), "etag")?);
    assert_eq!(at(&made, "/report/made").as_array().map(Vec::len), Some(3), "within four weeks: {made}");
    let skip = format!("series skip {id} 2026-09-15 --etag {etag}");
    let skipped = desk.ask(&skip, &[]).await?;
    says(&skipped, &[("/series/exceptions/0/day", json!("2026-09-15"))]);
    assert_eq!(at(&skipped, "/report/cancelled").as_array().map(Vec::len), Some(1), "{skipped}");
    assert_eq!(desk.refused(&skip, &[]).await?, "changed-meanwhile");
    let days = desk.ask(&format!("series days {id} 2026-09-08 2026-09-29"), &[]).await?;
    says(&days, &[("/days/1/standing", json!("skipped")), ("/days/0/trips/0/status", json!("requested"))]);
    desk.ask(&format!("series end {id} 2026-09-22"), &[]).await?;
    let trip = text(&at(&days, "/days/0/trips/0"), "id")?;
    let shown = desk.ask(&format!("trip show {trip}"), &[]).await?;
    let seen = text(&shown, "etag")?;
    let edit = format!(
        "trip edit {trip} --arrive-by 2026-09-08T10:30 --tolerance-min 20 --late-ok yes --etag {seen}"
    );
    let edited = desk.ask(&edit, &[]).await?;
    says(&edited, &[("/trip/late_ok", json!(true)), ("/trip/latest_arrival", json!("2026-09-08T08:50:00Z"))]);
    assert_eq!(desk.refused(&edit, &[]).await?, "changed-meanwhile");
    desk.ask(&format!("trip offer {trip} --volunteer {driver}"), &[]).await?;
    desk.ask(&format!("trip accept {trip}"), &[]).await?;
    desk.set_clock("2026-09-08T10:00:00Z")?;
    let done = desk.ask(&format!("trip complete {trip} --loaded-km 30 --empty-km 12"), &[]).await?;
    let seen = text(&at(&done, "/trips/0"), "etag")?;
    let correct =
        format!("trip correct {trip} --outcome completed --loaded-km 31 --reason kilometres --etag {seen}");
    says(&desk.ask(&correct, &[]).await?, &[("/trips/0/status", json!("completed"))]);
    assert_eq!(desk.refused(&correct, &[]).await?, "changed-meanwhile");
    let cost = desk.ask(&format!("models cost {trip}"), &[]).await?;
    says(&cost, &[("/trip", json!(trip)), ("/agrees", json!(true))]);
    let compared = desk.ask("models compare --period 2026-09", &[]).await?;
    says(&compared, &[("/trips", json!(1)), ("/loaded_m", json!(31_000)), ("/empty_m", json!(12_000))]);
    assert!(at(&compared, "/models").as_array().is_some_and(|models| models.len() > 3), "{compared}");
    let frame = desk.ask(&format!("frame show {trip}"), &[]).await?;
    assert_eq!(at(&frame, "/trip"), trip.as_str());
    serving.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_are_owed_paid_and_receipted() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    let (person, driver) = (desk.person("Personne fictive").await?, desk.volunteer("Bénévole fictif").await?);
    let carrier = ["--name", "Association fictive", "--address", "1 place Imaginaire"];
    let carrier =
        desk.ask("carrier add --form association --rna W812003456 --commune Alban", &carrier).await?;
    let (carrier, seen) = (text(&carrier, "id")?, text(&carrier, "etag")?);
    let update = format!("carrier update {carrier} --object");
    let updated = desk.ask(&update, &["Aider à se déplacer", "--etag", &seen]).await?;
    says(&updated, &[("/object", json!("Aider à se déplacer"))]);
    assert_eq!(desk.refused(&update, &["Autre chose", "--etag", &seen]).await?, "changed-meanwhile");
    says(&desk.ask(&update, &["Aider chacun"]).await?, &[("/object", json!("Aider chacun"))]);
    desk.ask(&format!("carrier default {carrier}"), &[]).await?;
    let issuer =
        ["--address", "1 place Imaginaire, 81250 Alban", "--object", "Aider à se déplacer", "--signatory"];
    let set = "money issuer set --name Association --identifier W812003456 --quality general-interest";
    let first = desk.ask(set, &[&issuer[..], &["La présidente"]].concat()).await?;
    let etag = text(&first, "etag")?;
    says(
        &desk.ask(set, &[&issuer[..], &["Le trésorier", "--etag", &etag]].concat()).await?,
        &[("/signatory", json!("Le trésorier"))],
    );
    assert_eq!(
        desk.refused(set, &[&issuer[..], &["La présidente", "--etag", &etag]].concat()).await?,
        "changed-meanwhile"
    );
    desk.ask(&format!("money due {person} --source donation --amount 15,00"), &[]).await?;
    let paid = format!("money pay {person} --method cash --collected-by {driver} --amount 12,50");
    let paid = desk.ask(&paid, &[]).await?;
    says(&paid, &[("/amount_cents", json!(1_250)), ("/method", json!("cash"))]);
    let balance = desk.ask(&format!("money balance --person {person}"), &[]).await?;
    says(
        &balance,
        &[("/due_cents", json!(1_500)), ("/received_cents", json!(1_250)), ("/closing_cents", json!(250))],
    );
    let receipt = desk.ask(&format!("money receipt issue {}", text(&paid, "id")?), &[]).await?;
    says(&receipt, &[("/amount_cents", json!(1_250)), ("/issuer/signatory", json!("Le trésorier"))]);
    let toll = format!("money expense-add {driver} --kind toll --day 2026-08-30 --amount 3,40 --proof-seen");
    says(&desk.ask(&toll, &[]).await?, &[("/amount_cents", json!(340))]);
    desk.ask(&format!("money remit {driver} --method cash --amount 12,50"), &[]).await?;
    let balance = desk.ask(&format!("money balance --volunteer {driver}"), &[]).await?;
    says(&balance, &[("/to_hand_over_cents", json!(0))]);
    let books = desk.raw("money export payments --from 2026-08-01").await?;
    assert!(books.lines().count() >= 3 && books.contains("12,50"), "{books}");
    let log = desk.ask(&format!("person access-log {person}"), &[]).await?;
    says(
        &log,
        &[
            ("/accesses/0/purpose", json!("money.export")),
            ("/accesses/0/table", json!("payments")),
            ("/accesses/0/from_day", json!("2026-08-01")),
            ("/accesses/0/to_day", json!("")),
        ],
    );
    serving.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn official_tables_models_and_settings_are_set_by_whoever_saw_them() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    let holidays =
        desk.file("vacances.csv", "zone;from;to;name\nC;2027-10-16;2027-10-31;Toussaint fictive\n")?;
    let import = format!("reference import school-holidays {holidays} --source");
    says(&desk.ask(&import, &["Essai synthétique"]).await?, &[("/rows", json!(1))]);
    let tables = desk.ask("reference show", &[]).await?;
    says(&tables, &[("/tables/2/source", json!("Essai synthétique")), ("/tables/2/rows", json!(1))]);
    let set = "models set-parameters benevoles-association@1 --from 2026-10-01 --rate";
    let first = desk.ask(set, &["9"]).await?;
    let etag = text(&at(&first, "/parameters/0"), "etag")?;
    says(&desk.ask(set, &["10", "--etag", &etag]).await?, &[("/parameters/0/rate_cents", json!(10))]);
    assert_eq!(desk.refused(set, &["11", "--etag", &etag]).await?, "changed-meanwhile");
    assert_eq!(
        desk.refused("models use hybride-guichet@1 --from 2026-10-01 --former", &["autre@1"]).await?,
        "changed-meanwhile"
    );
    let used = desk.ask("models use hybride-guichet@1 --from 2026-10-01 --service transport", &[]).await?;
    says(&used, &[("/rules/0/model", json!("hybride-guichet@1"))]);
    let csv = desk.raw("table export model-parameters").await?;
    assert!(csv.contains("benevoles-association@1;2026-10-01;;0,10;;;;;"), "{csv}");
    let before = desk.ask("offer policy", &[]).await?;
    says(
        &before,
        &[
            ("/tell_confirmed", json!(true)),
            ("/tell_day_before", json!(true)),
            ("/tell_cancelled", json!(true)),
        ],
    );
    let change = "offer policy-set --paces 2880:720:2:1440,0:60:1:120 --tell-confirmed no --tell-day-before no --tell-cancelled no --etag";
    let policy = desk.ask(change, &[&text(&before, "etag")?]).await?;
    says(
        &policy,
        &[
            ("/paces/0/lead_min", json!(2_880)),
            ("/paces/1/timeout_min", json!(120)),
            ("/tell_confirmed", json!(false)),
            ("/tell_day_before", json!(false)),
            ("/tell_cancelled", json!(false)),
            ("/rounds", at(&before, "/rounds")),
        ],
    );
    assert_eq!(desk.refused(change, &[&text(&before, "etag")?]).await?, "changed-meanwhile");
    let made = desk.ask("account add guichet --role coordinator", &[]).await?;
    let etag = text(&at(&made, "/account"), "etag")?;
    assert!(!text(&made, "token")?.is_empty());
    let roles = desk.ask("account roles guichet --role auditor --etag", &[&etag]).await?;
    assert!(roles.to_string().contains("auditor"), "{roles}");
    assert_eq!(
        desk.refused("account roles guichet --role treasurer --etag", &[&etag]).await?,
        "changed-meanwhile"
    );
    let revoked = desk.ask("account revoke guichet", &[]).await?;
    says(&revoked, &[("/account/standing", json!("revoked"))]);
    serving.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn brackets_of_a_tariff_are_typed_shown_and_given_out_in_one_way() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    let brackets = "700:1,50|1200:0,20/km<5,00|1500:donation|:free";
    let set = "models set-parameters quotient-familial@1 --from 2026-10-01 --brackets";
    let amounts = desk.ask(set, &[brackets]).await?;
    says(
        &amounts,
        &[
            ("/parameters/0/brackets/0/up_to_euros", json!(700)),
            ("/parameters/0/brackets/0/tariff", json!("flat")),
            ("/parameters/0/brackets/0/cents", json!(150)),
            ("/parameters/0/brackets/1/tariff", json!("per-kilometre")),
            ("/parameters/0/brackets/1/cents", json!(20)),
            ("/parameters/0/brackets/1/cap_cents", json!(500)),
            ("/parameters/0/brackets/2/tariff", json!("donation")),
            ("/parameters/0/brackets/3/tariff", json!("free")),
        ],
    );
    let shown = desk.raw("models parameters").await?;
    assert!(shown.contains(brackets), "{shown}");
    let given = desk.raw("table export model-parameters").await?;
    assert!(given.contains(&format!(";{brackets}\r\n")), "{given}");
    let given = desk.file("montants.csv", &given)?;
    let back = desk.ask(&format!("table import model-parameters {given}"), &[]).await?;
    says(&back, &[("/unchanged", json!(1)), ("/changed", json!(0))]);
    for wrong in
        ["700:150,1200:20/km,:300", ":300", "700:150|:free", "700:1,50/km>5|:free", "700|:free", ":gratuit"]
    {
        assert!(desk.misread(set, &[wrong]).await?, "{wrong}");
    }
    serving.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_given_out_is_in_the_log_of_whoever_it_tells_of() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    let list = "reference;name;commune;sharing\nB-1;Personne fictive;81003;never\n";
    let list = desk.file("personnes.csv", list)?;
    let dry = desk.ask(&format!("table import persons {list} --dry-run"), &[]).await?;
    says(&dry, &[("/added", json!(1)), ("/nothing_written", json!(true))]);
    desk.ask(&format!("table import persons {list}"), &[]).await?;
    let person = text(&at(&desk.ask("person search Personne", &[]).await?, "/hits/0"), "id")?;
    let before = desk.ask(&format!("person access-log {person}"), &[]).await?;
    assert!(!before.to_string().contains("table.export"), "{before}");
    let given = desk.raw("table export persons --from 2026-01-01 --to 2026-12-31").await?;
    assert!(given.contains("B-1;Personne fictive"), "{given}");
    desk.raw("table export volunteers").await?;
    let log = desk.ask(&format!("person access-log {person}"), &[]).await?;
    says(
        &log,
        &[
            ("/accesses/0/purpose", json!("table.export")),
            ("/accesses/0/table", json!("persons")),
            ("/accesses/0/from_day", json!("2026-01-01")),
            ("/accesses/0/actor", json!("operator")),
        ],
    );
    let journal = desk.raw("table export journal").await?;
    assert!(journal.contains("persons:2026-01-01>2026-12-31"), "{journal}");
    let register = desk.ask("obligations register", &[]).await?;
    assert!(register.to_string().contains("table_exports"), "{register}");
    says(&desk.ask("obligations tus-return --year 2026", &[]).await?, &[("/year", json!(2026))]);
    let preview = desk.ask("retention preview", &[]).await?;
    says(
        &desk.ask("retention purge --confirm", &[&text(&preview, "digest")?]).await?,
        &[("/erased", json!(0))],
    );
    let erased = desk.ask(&format!("person erase {person} --confirm"), &[]).await?;
    says(&erased, &[("/person", json!(person))]);
    serving.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_car_keeps_its_papers_and_an_absence_goes() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    let driver = desk.volunteer("Bénévole fictif").await?;
    let paper = format!("volunteer document {driver} roadworthiness-test --until 2027-08-01 --vehicle 1");
    desk.ask(&paper, &[]).await?;
    let update = format!("volunteer update {driver} --vehicle");
    let corrected = desk.ask(&update, &["1=::6@Berline"]).await?;
    let kept = [
        ("/vehicles/0/number", json!(1)),
        ("/vehicles/0/fiscal_power", json!(6)),
        ("/vehicles/0/label", json!("Berline")),
        ("/documents/0/vehicle", json!(1)),
    ];
    says(&corrected, &kept);
    says(&desk.ask(&update, &["4"]).await?, &kept);
    assert!(desk.misread(&update, &["4:0:7"]).await?, "a car of its own is said to be new");
    let other = desk.ask(&update, &["new=5,1=4"]).await?;
    says(
        &other,
        &[
            ("/vehicles/0/number", json!(2)),
            ("/vehicles/1/number", json!(1)),
            ("/documents/0/vehicle", json!(1)),
        ],
    );
    let away = desk.ask(&format!("volunteer absence {driver} 2026-12-24 2027-01-03"), &[]).await?;
    says(&away, &[("/absences", json!(["2026-12-24..2027-01-03"]))]);
    let absence = format!("volunteer absence {driver} 2026-12-24 2027-01-03 --etag");
    let (stale, seen) = (text(&other, "etag")?, text(&away, "etag")?);
    assert!(desk.misread(&absence, &[&seen]).await?, "a version that would not be looked at");
    assert_eq!(desk.refused(&absence, &[&stale, "--remove"]).await?, "changed-meanwhile");
    says(&desk.ask(&absence, &[&seen, "--remove"]).await?, &[("/absences", json!([]))]);
    serving.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_agree_ride_together_until_one_does_not_any_more() -> anyhow::Result<()> {
    let (desk, serving) = Desk::open().await?;
    desk.volunteer("Bénévole fictif").await?;
    let (mut people, mut trips) = (Vec::new(), Vec::new());
    for (name, from) in [("Personne fictive", "81003"), ("Quelqu’un d’inventé", "81317")] {
        let person = desk.person(name).await?;
        let agreed = desk.ask(&format!("person update {person} --pooling agreed"), &[]).await?;
        says(&agreed, &[("/pooling", json!("agreed"))]);
        let add = format!(
            "request add --person {person} --from-commune {from} --to-commune Albi --arrive-by 2026-09-08T10:00 --purpose shopping"
        );
        let made = desk.ask(&add, &["--to-address", "1 place Lapérouse"]).await?;
        trips.push(text(&at(&made, "/trips/0"), "id")?);
        people.push(person);
    }
    assert!(desk.misread(&format!("person update {} --pooling perhaps", people[0]), &[]).await?);
    let plan = desk.ask("dispatch plan 2026-09-08 --iterations 300 --seed 1", &[]).await?;
    let drive = at(&plan, "/lines/0/drives/0");
    let other = trips.iter().find(|trip| at(&drive, "/trip") != trip.as_str());
    says(&drive, &[("/rides_with", json!([other]))]);
    let number = |place: &str| at(&drive, place).as_u64().unwrap_or_default();
    assert!(number("/direct_s") <= number("/ride_s") && number("/ride_s") <= number("/limit_s"), "{drive}");
    let shown = desk.raw("dispatch show 2026-09-08").await?;
    assert!(shown.contains("Voyagent ensemble"), "{shown}");
    let accept = format!("dispatch accept 2026-09-08 --plan {}", text(&plan, "id")?);
    assert_eq!(at(&desk.ask(&accept, &[]).await?, "/offered").as_array().map(Vec::len), Some(2));
    says(&desk.ask(&format!("trip show {}", trips[0]), &[]).await?, &[("/rides_with", json!([trips[1]]))]);

    let changed = desk.ask(&format!("person update {} --pooling alone", people[0]), &[]).await?;
    let told =
        [("/touched_trips/0/trip", json!(trips[0])), ("/touched_trips/0/code", json!("company-not-agreed"))];
    says(&changed, &told);
    let edited = desk.ask(&format!("trip edit {} --pooling alone", trips[0]), &[]).await?;
    says(&edited, &[("/trip/status", json!("requested")), ("/trip/pooling", json!("alone"))]);
    assert_ne!(at(&edited, "/freed_volunteer"), "", "{edited}");
    let kept = desk.ask(&format!("trip show {}", trips[1]), &[]).await?;
    says(&kept, &[("/status", json!("offered")), ("/rides_with", json!([]))]);
    serving.stop().await
}
