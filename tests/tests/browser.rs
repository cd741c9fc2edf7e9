//! The pages as people have them: in a real browser, by keyboard alone, without scripts, at the width of a telephone, in both languages and
//! both themes. Where there is no browser it is said; `tests/browser.sh` installs one.

use anyhow::Context as _;
use maillage_platform::clock::FileClock;
use maillage_tests::{
    federation::MONTS_D_ALBAN,
    programs::{Programs, Role, Serving, answering},
};
use serde_json::Value;

#[path = "browser/barriers.rs"]
mod barriers;
#[path = "browser/dashboard.rs"]
mod dashboard;
#[path = "browser/driver.rs"]
mod driver;
#[path = "browser/handover.rs"]
mod handover;
#[path = "browser/minute.rs"]
mod minute;
#[path = "browser/offer.rs"]
mod offer;

use driver::{Browser, Scripts};

/// The programs.
const BINARY: &str = env!("CARGO_BIN_EXE_maillage-under-test");
/// A Monday morning, 08:00 in Paris.
const MONDAY: &str = "2026-08-31T06:00:00Z";
/// Where links in messages lead, were there a server in front.
const PUBLIC: &str = "http://127.0.0.1:9";
const PASSWORD: &str = "trois mots et une virgule";

/// A node with a console, a beneficiary and a volunteer, and a browser at it.
struct Desk {
    programs: Programs,
    root: tempfile::TempDir,
    serving: Serving,
    browser: Browser,
    /// `http://…`, without a slash at its end.
    site: String,
    person: String,
    volunteer: String,
}

impl Desk {
    /// None where there is no browser.
    async fn open(scripts: Scripts) -> anyhow::Result<Option<Self>> {
        let Some(browser) = Browser::start(scripts).await? else { return Ok(None) };
        let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
        let (clock, node) = (root.path().join("clock"), root.path().join("node"));
        FileClock::write(&clock, MONDAY.parse()?)?;
        programs.done(Role::Node, &node, &["init", "--territory", MONTS_D_ALBAN]).await?;
        let clock = clock.display().to_string();
        let any = "127.0.0.1:0";
        std::fs::write(node.join("messages.toml"), format!("public_url = \"{PUBLIC}\"\n"))?;
        let links = ["--console-listen", any, "--web-listen", any];
        let words = [["--api-listen", any], ["--clock-file", &clock]].concat();
        let words = [words.as_slice(), &links].concat();
        let mut serving = programs.serve(Role::Node, &node, &words, &root.path().join("node.log"))?;
        answering(Role::Node, &node, &mut serving).await?;
        let (site, person, volunteer) = Default::default();
        let mut desk = Self { programs, root, serving, browser, site, person, volunteer };
        let person = ["person", "add", "--commune", "Alban", "--sharing", "never", "--name", "Canari Fabre"];
        desk.person = text(&desk.ask(&person).await?, "id")?;
        desk.volunteer = desk.somebody_who_drives().await?;
        Ok(Some(desk))
    }

    async fn ask(&self, words: &[&str]) -> anyhow::Result<Value> {
        self.programs.json(Role::Node, &self.root.path().join("node"), words).await
    }

    /// Somebody who can drive in the week of [`MONDAY`].
    async fn somebody_who_drives(&self) -> anyhow::Result<String> {
        let week = "lun 05:00-23:00,mar 05:00-23:00,mer 05:00-23:00,jeu 05:00-23:00,ven 05:00-23:00";
        let add = ["volunteer", "add", "--commune", "Alban", "--seats", "4", "--fiscal-power", "5"];
        let named = ["--name", "Bénévole fictif", "--availability", week];
        text(&self.ask(&[add.as_slice(), &named].concat()).await?, "id")
    }

    /// Follows the one-time link of a new coordinator, and is signed in.
    async fn sign_in(&mut self) -> anyhow::Result<()> {
        self.ask(&["account", "add", "accueil", "--role", "coordinator,administrator"]).await?;
        let link = text(&self.ask(&["account", "link", "accueil"]).await?, "link")?;
        self.site = signed_in(&mut self.browser, &link).await?;
        self.browser.says("Rien à décider").await
    }

    /// Takes a request for the third of September at an hour; gives its trip.
    async fn request(&self, arrive_by: &str) -> anyhow::Result<String> {
        let add = ["request", "add", "--person", &self.person, "--to-commune", "Albi", "--purpose", "health"];
        let asked = self.ask(&[add.as_slice(), &["--arrive-by", arrive_by]].concat()).await?;
        let trip = asked.pointer("/trips/0/id").and_then(Value::as_str);
        Ok(trip.with_context(|| format!("no trip in {asked}"))?.to_owned())
    }

    /// Where the pages behind links are: `http://…`.
    fn public_pages(&self) -> anyhow::Result<String> {
        let log = std::fs::read_to_string(self.root.path().join("node.log"))?;
        let line = log.lines().find(|line| line.contains("the web interface answers")).context("no pages")?;
        let address = line.split_whitespace().find_map(|word| word.strip_prefix("address="));
        Ok(format!("http://{}", address.with_context(|| format!("no address in {line}"))?))
    }

    async fn end(self) -> anyhow::Result<()> {
        self.end_at(&[]).await
    }

    /// Ends it, and nothing was asked for but from the console and other sites of ours.
    async fn end_at(mut self, others: &[&str]) -> anyhow::Result<()> {
        let own = [others, &[&self.site]].concat();
        let foreign = self.browser.foreign(&own).await?;
        anyhow::ensure!(foreign.is_empty(), "asked for elsewhere: {foreign:?}");
        self.browser.close().await?;
        self.serving.stop().await
    }
}

/// Follows a one-time link and chooses a password; gives the site that the link is of.
async fn signed_in(browser: &mut Browser, link: &str) -> anyhow::Result<String> {
    let path = link.strip_prefix("http://").and_then(|rest| rest.find('/')).context("no path")?;
    let site = link.get(.."http://".len() + path).context("no site")?.to_owned();
    browser.open(link).await?;
    browser.fill("password", PASSWORD).await?;
    browser.fill("again", PASSWORD).await?;
    browser.press("Enregistrer").await?;
    Ok(site)
}

/// A text of a JSON document.
fn text(document: &Value, name: &str) -> anyhow::Result<String> {
    Ok(document.get(name).and_then(Value::as_str).with_context(|| format!("no {name}"))?.to_owned())
}
