//! The two command lines as somebody meets them for the first time: from nothing to a month's figures, in words and as
//! JSON; help in both languages; lists with nothing in them; readers that go away.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use maillage_platform::clock::FileClock;
use maillage_tests::{
    federation::{CENTRE_TARN, Federation, Hub, MONTS_D_ALBAN},
    programs::{Programs, Role, Serving, answering, at},
    wait::until,
};
use serde_json::Value;

#[path = "cli/backups.rs"]
mod backups;
#[path = "cli/console.rs"]
mod console;
#[path = "cli/everyday.rs"]
mod everyday;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/lists.rs"]
mod lists;
#[path = "cli/partners.rs"]
mod partners;

/// The programs.
const BINARY: &str = env!("CARGO_BIN_EXE_maillage-under-test");
/// A Monday morning, 08:00 in Paris.
const MONDAY: &str = "2026-08-31T06:00:00Z";

/// Somebody at a keyboard.
struct Keyboard {
    programs: Programs,
    root: tempfile::TempDir,
    clock: String,
    hub: Hub,
    node: PathBuf,
}

impl Keyboard {
    async fn new() -> anyhow::Result<Self> {
        let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
        let clock = root.path().join("clock");
        FileClock::write(&clock, MONDAY.parse()?)?;
        let hub = Hub::create(&programs, root.path(), "essai", &clock).await?;
        let node = root.path().join("node");
        Ok(Self { programs, clock: clock.display().to_string(), root, hub, node })
    }

    fn set_clock(&self, now: &str) -> anyhow::Result<()> {
        Ok(FileClock::write(&self.clock, now.parse()?)?)
    }

    /// What the node's program says to people, with ordinary spaces.
    async fn node(&self, words: &[&str]) -> anyhow::Result<String> {
        let said = self.programs.done(Role::Node, &self.node, &[&["--lang", "fr"], words].concat()).await?;
        Ok(said.replace(['\u{a0}', '\u{202f}'], " "))
    }

    /// What the node's program says to programs.
    async fn node_json(&self, words: &[&str]) -> anyhow::Result<Value> {
        self.programs.json(Role::Node, &self.node, words).await
    }

    /// What the hub's program says to people, with ordinary spaces.
    async fn hub(&self, words: &[&str]) -> anyhow::Result<String> {
        let said =
            self.programs.done(Role::Hub, &self.hub.data, &[&["--lang", "fr"], words].concat()).await?;
        Ok(said.replace(['\u{a0}', '\u{202f}'], " "))
    }

    /// Starts the node and waits until it is attached.
    async fn serve(&self) -> anyhow::Result<Serving> {
        let words = ["--api-listen", "127.0.0.1:0", "--clock-file", &self.clock];
        let log = self.root.path().join("node.log");
        let mut serving = self.programs.serve(Role::Node, &self.node, &words, &log)?;
        answering(Role::Node, &self.node, &mut serving).await?;
        until("the node is attached", async || {
            Ok(at(&self.node_json(&["status"]).await?, "/link") == "attached")
        })
        .await?;
        Ok(serving)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_session_in_words() -> anyhow::Result<()> {
    let keyboard = Keyboard::new().await?;
    let invited = keyboard.hub(&["invite", "--territory", MONTS_D_ALBAN]).await?;
    says(&invited, &["Invitation de CC des Monts d'Alban", "valable une seule fois", "maillage-node join"]);
    let string =
        invited.split_whitespace().find(|word| word.starts_with("MAILLAGE1-")).context("no string")?;
    let made = keyboard.node(&["init", "--territory", "200 034 031", "--phone", "05 00 00 00 00"]).await?;
    says(&made, &["est créé dans", "benevoles-association@1", "Ensuite : maillage-node join"]);
    let joined = keyboard.node(&["join", string, "--clock-file", &keyboard.clock]).await?;
    says(&joined, &["fait partie de la fédération essai", "maillage-node serve"]);
    let serving = keyboard.serve().await?;
    says(&keyboard.node(&["status"]).await?, &["relié", "horloge simulée", "essai"]);
    says(&keyboard.hub(&["nodes", "list"]).await?, &["relié", MONTS_D_ALBAN]);
    words_of_a_trip(&keyboard).await?;
    words_of_a_month(&keyboard).await?;
    serving.stop().await
}

/// From a person and a volunteer to a trip that was driven.
async fn words_of_a_trip(keyboard: &Keyboard) -> anyhow::Result<()> {
    let person =
        ["person", "add", "--name", "Personne fictive", "--commune", "Alban", "--need", "walking-aid"];
    says(
        &keyboard.node(&person).await?,
        &["Bénéficiaire enregistré", "Personne fictive", "aide à la marche"],
    );
    let volunteer = [
        "volunteer",
        "add",
        "--name",
        "Bénévole fictif",
        "--commune",
        "Alban",
        "--seats",
        "3",
        "--accepts",
        "walking-aid",
        "--availability",
        "mer 07:00-20:00,jeu 07:00-12:00",
    ];
    says(&keyboard.node(&volunteer).await?, &["Bénévole enregistré", "Bénévole fictif", "mer. 07:00-20:00"]);
    let person = last_word(&keyboard.node(&["person", "list"]).await?)?;
    let volunteer = last_word(&keyboard.node(&["volunteer", "list"]).await?)?;
    let request = [
        "request",
        "add",
        "--person",
        &person,
        "--to-commune",
        "Albi",
        "--to-address",
        "adresse fictive",
        "--arrive-by",
        "2026-09-02T10:00",
        "--purpose",
        "health",
    ];
    says(&keyboard.node(&request).await?, &["Demande enregistrée", "Albi"]);
    let open = keyboard.node(&["trip", "list", "--open"]).await?;
    says(&open, &["demandé", "mer. 2 sept. 2026"]);
    let trip = last_word(&open)?;
    says(&keyboard.node(&["trip", "suggest", &trip]).await?, &["Peuvent conduire", "Bénévole fictif", "km"]);
    let offer = ["trip", "offer", &trip, "--volunteer", &volunteer];
    says(&keyboard.node(&offer).await?, &["proposé à un conducteur"]);
    says(&keyboard.node(&["trip", "accept", &trip]).await?, &["confirmé"]);
    keyboard.set_clock("2026-09-02T09:00:00Z")?;
    says(&keyboard.node(&["trip", "complete", &trip, "--loaded-km", "31,5"]).await?, &["fait"]);
    let shown = keyboard.node(&["trip", "show", &trip]).await?;
    says(&shown, &["Ce qui s’est passé", "demandé", "le conducteur a dit oui", "fait", "Personne fictive"]);
    Ok(())
}

/// A month is looked at, closed, and arrives.
async fn words_of_a_month(keyboard: &Keyboard) -> anyhow::Result<()> {
    keyboard.set_clock("2026-10-01T08:00:00Z")?;
    let preview = keyboard.node(&["report", "preview", "2026-09"]).await?;
    says(
        &preview,
        &["Ces nombres vrais restent sur ce nœud", "trajets assurés", "fois sur 100 au lieu de 50"],
    );
    says(&keyboard.node(&["report", "close", "2026-09"]).await?, &["Ce rapport est figé", "Nombre bruité"]);
    until("the hub has the report", async || {
        Ok(keyboard.node(&["report", "list"]).await?.contains("reçu par le fédérateur"))
    })
    .await?;
    says(&keyboard.hub(&["reports", "list"]).await?, &["2026-09", MONTS_D_ALBAN]);
    let totals = keyboard.hub(&["totals"]).await?;
    says(&totals, &["trajets assurés", "trajets non assurés", "non : moins de 3 territoires"]);
    says(&keyboard.hub(&["status"]).await?, &["essai", "https://127.0.0.1:"]);
    words_of_a_half_year(keyboard).await
}

/// A report is taken back, and the half-year of a small platform closed without one.
async fn words_of_a_half_year(keyboard: &Keyboard) -> anyhow::Result<()> {
    let withdraw = ["report", "withdraw", "2026-09", "--reason", "test-data"];
    says(&keyboard.node(&withdraw).await?, &["Ce rapport est retiré", "données d’essai"]);
    until("the hub knows it", async || {
        Ok(keyboard.hub(&["reports", "list"]).await?.contains("données d’essai"))
    })
    .await?;
    keyboard.set_clock("2027-01-02T08:00:00Z")?;
    says(&keyboard.node(&["report", "withhold", "2026-12"]).await?, &["retenue", "rien n’en part"]);
    let preview = keyboard.node(&["report", "preview", "2026-H2"]).await?;
    says(&preview, &["Moins de 20 bénéficiaires", "motif principal", "± 320", "58 fois sur 100"]);
    says(&keyboard.node(&["report", "send", "2026-H2"]).await?, &["clos sans rapport"]);
    let journal = keyboard.node(&["report", "journal"]).await?;
    says(&journal, &["2026-H2", "trop peu de bénéficiaires", "2026-12", "retenu", "2026-09", "retiré"]);
    words_of_a_year(keyboard).await
}

/// A platform that has served one person looks at what it would declare about its year, and declares nothing.
async fn words_of_a_year(keyboard: &Keyboard) -> anyhow::Result<()> {
    let declare = ["report", "declare", "2026", "--full-cost", "41000", "--volunteers", "10-19"];
    let shown = keyboard.node(&declare).await?;
    says(&shown, &["ne sont pas couverts par la garantie", "il en faut 11", "Rien n’est signé ni envoyé"]);
    says(&shown, &["Trajets assurés comptés par ce nœud", "Subventions (--subsidy)"]);
    anyhow::ensure!(!shown.contains("(--full-cost)"), "what is typed is asked for again: {shown}");
    keyboard.node(&["report", "declared"]).await?;
    keyboard.hub(&["accounts", "list"]).await?;
    keyboard.hub(&["accounts", "totals"]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_session_as_a_program_reads_it() -> anyhow::Result<()> {
    let keyboard = Keyboard::new().await?;
    let hub = async |words: &[&str]| keyboard.programs.json(Role::Hub, &keyboard.hub.data, words).await;
    let invited = hub(&["invite", "--territory", CENTRE_TARN]).await?;
    let made = keyboard.node_json(&["init", "--territory", CENTRE_TARN]).await?;
    assert_eq!(at(&made, "/territory"), CENTRE_TARN);
    let string = text(&invited, "enrolment_string")?;
    let joined = keyboard.node_json(&["join", &string, "--clock-file", &keyboard.clock]).await?;
    assert_eq!(at(&joined, "/federation"), "essai");
    let serving = keyboard.serve().await?;
    let members = hub(&["nodes", "list"]).await?;
    assert_eq!(at(&members, "/0/id"), at(&joined, "/node_id"), "{members}");
    json_of_a_trip(&keyboard).await?;
    keyboard.set_clock("2026-10-01T08:00:00Z")?;
    let preview = keyboard.node_json(&["report", "preview", "2026-09"]).await?;
    assert_eq!(at(&preview, "/sections/0/true_counts"), serde_json::json!([2, 0]));
    let closed = keyboard.node_json(&["report", "close", "2026-09"]).await?;
    assert_eq!(at(&closed, "/sections/0/model"), "benevoles-association@1");
    until("the hub has the report", async || {
        Ok(at(&hub(&["reports", "list"]).await?, "/0/hash") == at(&closed, "/hash"))
    })
    .await?;
    let totals = hub(&["totals"]).await?;
    assert_eq!(at(&totals, "/0/publishable"), false);
    assert_eq!(at(&totals, "/0/cells/0/total"), at(&closed, "/sections/0/noisy_counts/0"));
    serving.stop().await
}

async fn json_of_a_trip(keyboard: &Keyboard) -> anyhow::Result<()> {
    let person =
        ["person", "add", "--name", "Personne fictive", "--commune", "Réalmont", "--sharing", "never"];
    let person = keyboard.node_json(&person).await?;
    assert_eq!(at(&person, "/sharing"), "never");
    let volunteer = [
        "volunteer",
        "add",
        "--name",
        "Bénévole fictif",
        "--commune",
        "Réalmont",
        "--seats",
        "4",
        "--availability",
        "mer 05:00-23:00",
        "--standing-yes",
    ];
    let volunteer = text(&keyboard.node_json(&volunteer).await?, "id")?;
    let person = text(&person, "id")?;
    let request = [
        "request",
        "add",
        "--person",
        &person,
        "--to-commune",
        "81065",
        "--arrive-by",
        "2026-09-02T10:00",
        "--return-at",
        "2026-09-02T14:00",
        "--purpose",
        "shopping",
    ];
    let trips = at(&keyboard.node_json(&request).await?, "/trips");
    let (there, back) = (text(&at(&trips, "/0"), "id")?, text(&at(&trips, "/1"), "id")?);
    assert_eq!(at(&trips, "/0/sibling"), back.as_str());
    let suggested = keyboard.node_json(&["trip", "suggest", &there]).await?;
    assert_eq!(at(&suggested, "/candidates/0/volunteer"), volunteer.as_str());
    let offered = keyboard.node_json(&["trip", "offer", &there, "--volunteer", &volunteer]).await?;
    assert_eq!(at(&offered, "/trips").as_array().map(Vec::len), Some(2), "both legs are offered");
    keyboard.node_json(&["trip", "accept", &there]).await?;
    keyboard.set_clock("2026-09-02T20:00:00Z")?;
    for trip in [&there, &back] {
        let done = keyboard.node_json(&["trip", "complete", trip]).await?;
        assert_eq!(at(&done, "/trips/0/status"), "completed");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_is_no_failure() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let (programs, node, hub) =
        (federation.programs(), federation.node(0)?.data.clone(), federation.hub.data.clone());
    for (role, data, words) in [
        (Role::Node, &node, &["jobs", "list"][..]),
        (Role::Node, &node, &["--json", "status"]),
        (Role::Node, &node, &["--help"]),
        (Role::Hub, &hub, &["nodes", "list"]),
        (Role::Hub, &hub, &["--json", "status"]),
        (Role::Hub, &hub, &["--help"]),
    ] {
        let (code, said) = with_nobody_reading(programs, role, data, words).await?;
        assert_eq!((code, said.as_str()), (0, ""), "{role:?} {words:?}");
    }
    federation.end(Ok(())).await
}

/// Runs a command whose standard output nobody reads; gives its exit code and what it complained about.
async fn with_nobody_reading(
    programs: &Programs,
    role: Role,
    data: &Path,
    words: &[&str],
) -> anyhow::Result<(i32, String)> {
    use std::process::Stdio;
    let mut command = programs.command(role, data, words);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    drop(child.stdout.take());
    let output = child.wait_with_output().await?;
    Ok((output.status.code().unwrap_or(-1), String::from_utf8(output.stderr)?))
}

/// Whether a text says everything it should.
#[track_caller]
fn says(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "{piece:?} is not in:\n{text}");
    }
    assert!(!text.contains("{$"), "a text has a hole:\n{text}");
}

/// The last word of a list: the identifier of its last row.
fn last_word(list: &str) -> anyhow::Result<String> {
    Ok(list.split_whitespace().last().context("an empty list")?.to_owned())
}

fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    let text = value.get(field).and_then(Value::as_str);
    Ok(text.with_context(|| format!("no {field} in {value}"))?.to_owned())
}
