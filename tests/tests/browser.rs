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
#[path = "browser/minute.rs"]
mod minute;

use driver::{Browser, Scripts};

/// The programs.
const BINARY: &str = env!("CARGO_BIN_EXE_maillage-under-test");
/// A Monday morning, 08:00 in Paris.
const MONDAY: &str = "2026-08-31T06:00:00Z";
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
        let words = ["--api-listen", any, "--console-listen", any, "--clock-file", &clock];
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
        let path = link.strip_prefix("http://").and_then(|rest| rest.find('/')).context("no path")?;
        link.get(.."http://".len() + path).context("no site")?.clone_into(&mut self.site);
        self.browser.open(&link).await?;
        self.browser.fill("password", PASSWORD).await?;
        self.browser.fill("again", PASSWORD).await?;
        self.browser.press("Enregistrer").await?;
        self.browser.says("Rien à décider").await
    }

    async fn end(mut self) -> anyhow::Result<()> {
        let foreign = self.browser.foreign(&[&self.site]).await?;
        anyhow::ensure!(foreign.is_empty(), "asked for elsewhere: {foreign:?}");
        self.browser.close().await?;
        self.serving.stop().await
    }
}

/// A text of a JSON document.
fn text(document: &Value, name: &str) -> anyhow::Result<String> {
    Ok(document.get(name).and_then(Value::as_str).with_context(|| format!("no {name}"))?.to_owned())
}
