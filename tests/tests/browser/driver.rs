//! A real Chromium, driven as a person drives it: by what is on the page. It must never reach into a page to do what a person could not;
//! scripts are run only to look, where scripts are on.

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use fantoccini::{
    Client, ClientBuilder, Locator, elements::Element, key::Key, wd::WebDriverCompatibleCommand,
};
use maillage_tests::wait::{PATIENCE, until};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// Where `tests/browser.sh` has put what the browser tests need.
const PREPARED: &str = "MAILLAGE_BROWSER";
/// Names of the driver's own command.
const DRIVER: &str = "chromedriver";

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

/// A browser with one window.
pub(crate) struct Browser {
    client: Client,
    driver: Child,
    axe: Option<Arc<str>>,
    /// Every address that was asked for.
    asked: BTreeSet<String>,
    port: u16,
    session: String,
}

impl Browser {
    /// Starts one; none, and it is said, where there is no browser and nobody asks for one.
    ///
    /// # Errors
    /// It is asked for, and cannot be started.
    #[expect(clippy::print_stderr, reason = "who runs the tests is told what was not run")]
    pub(crate) async fn start(scripts: Scripts) -> anyhow::Result<Option<Self>> {
        let prepared = std::env::var_os(PREPARED).map(PathBuf::from);
        let started = Command::new(DRIVER)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut driver = match (started, &prepared) {
            (Ok(driver), _) => driver,
            (Err(_), None) => {
                eprintln!("NOT RUN: there is no {DRIVER}; tests/browser.sh installs it");
                return Ok(None);
            }
            (Err(error), Some(_)) => return Err(error).context("the browser's driver cannot be started"),
        };
        let port =
            tokio::time::timeout(PATIENCE, port(&mut driver)).await.context("the driver says no port")??;
        let client = connect(port, scripts).await?;
        let axe =
            prepared.map(|directory| std::fs::read_to_string(directory.join("axe.min.js"))).transpose()?;
        let session = client.session_id().await?.context("no session")?;
        Ok(Some(Self { client, driver, axe: axe.map(Arc::from), asked: BTreeSet::new(), port, session }))
    }

    /// Opens an address.
    pub(crate) async fn open(&mut self, url: &str) -> anyhow::Result<()> {
        self.client.goto(url).await?;
        Ok(())
    }

    /// The address of the page.
    pub(crate) async fn address(&self) -> anyhow::Result<String> {
        Ok(self.client.current_url().await?.to_string())
    }

    /// What can be read on the page.
    pub(crate) async fn text(&self) -> anyhow::Result<String> {
        Ok(self.client.find(Locator::Css("body")).await?.text().await?)
    }

    /// Looks until the page says something.
    pub(crate) async fn says(&self, words: &str) -> anyhow::Result<()> {
        let seen = until(words, async || Ok(self.text().await.is_ok_and(|text| text.contains(words)))).await;
        match seen {
            Ok(()) => Ok(()),
            Err(_) => anyhow::bail!("the page does not say {words:?}:\n{}", self.text().await?),
        }
    }

    /// Writes into a field, in the place of what is there.
    pub(crate) async fn fill(&self, name: &str, value: &str) -> anyhow::Result<()> {
        let field = self.field(name).await?;
        if field.tag_name().await? == "select" {
            return Ok(field.select_by_value(value).await?);
        }
        // Dates and times have no text to clear: they take what is typed, in the order of the browser's language.
        field.clear().await?;
        Ok(field.send_keys(value).await?)
    }

    /// Picks one of several.
    pub(crate) async fn choose(&self, name: &str, value: &str) -> anyhow::Result<()> {
        let found = self.client.find(Locator::Css(&format!("[name=\"{name}\"][value=\"{value}\"]"))).await;
        Ok(found.with_context(|| format!("there is no {value} of {name}"))?.click().await?)
    }

    /// The field of a name.
    pub(crate) async fn field(&self, name: &str) -> anyhow::Result<Element> {
        let found = self.client.find(Locator::Css(&format!("[name=\"{name}\"]:not([type=hidden])"))).await;
        found.with_context(|| format!("there is no field {name}"))
    }

    /// Presses the button or follows the link whose words begin so, and waits for the next page.
    pub(crate) async fn press(&mut self, words: &str) -> anyhow::Result<()> {
        let text = format!("starts-with(normalize-space(.), \"{words}\")");
        let path = format!("(//button[{text}][not(@tabindex=\"-1\")] | //a[{text}] | //summary[{text}])[1]");
        let Ok(found) = self.client.find(Locator::XPath(&path)).await else {
            anyhow::bail!("there is no button or link {words:?}:\n{}", self.text().await?);
        };
        self.leave(async || Ok(found.click().await?)).await
    }

    /// Does something that leads to another page, and waits until it is there.
    async fn leave(&mut self, does: impl AsyncFnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
        let body = self.client.find(Locator::Css("html")).await?;
        does().await?;
        // A page that is gone has no elements any more; a summary opens on its own page.
        let gone = async || Ok(body.tag_name().await.is_err());
        let stays = self.client.find(Locator::Css("details[open]")).await.is_ok();
        if !stays && until("the page is left", gone).await.is_err() {
            anyhow::bail!("{} is not left:\n{}", self.address().await?, self.text().await?);
        }
        self.note_addresses().await
    }

    /// Presses a key where one is.
    pub(crate) async fn key(&mut self, key: Key, leaves: bool) -> anyhow::Result<()> {
        let active = self.client.active_element().await?;
        let press = async || Ok(active.send_keys(&char::from(key).to_string()).await?);
        if leaves { self.leave(press).await } else { press().await }
    }

    /// Types where one is.
    pub(crate) async fn type_here(&self, text: &str) -> anyhow::Result<()> {
        Ok(self.client.active_element().await?.send_keys(text).await?)
    }

    /// The name of the field, or the words of the button or link, that the keyboard is at.
    pub(crate) async fn at(&self) -> anyhow::Result<String> {
        let active = self.client.active_element().await?;
        let name = active.attr("name").await?.filter(|name| !name.is_empty());
        match (active.tag_name().await?.as_str(), name) {
            ("input" | "select" | "textarea", Some(name)) => Ok(name),
            _ => Ok(active.text().await?),
        }
    }

    /// Goes on with the tabulator until something is reached.
    pub(crate) async fn tab_to(&mut self, wanted: &str) -> anyhow::Result<()> {
        for _ in 0..80 {
            self.key(Key::Tab, false).await?;
            if self.at().await?.starts_with(wanted) {
                return Ok(());
            }
        }
        anyhow::bail!("the tabulator does not lead to {wanted:?}")
    }

    /// Makes the window so wide, in pixels.
    pub(crate) async fn resize(&self, width: u32) -> anyhow::Result<()> {
        Ok(self.client.set_window_size(width, 900).await?)
    }

    /// Shows pages as to somebody who prefers this theme, `light` or `dark`.
    pub(crate) async fn prefer(&self, theme: &str) -> anyhow::Result<()> {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        let words = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": features } });
        self.client.issue_cmd(Ask { path: "goog/cdp/execute", body: words }).await?;
        Ok(())
    }

    /// How many pixels the page is wider than the window.
    pub(crate) async fn overhang(&self) -> anyhow::Result<i64> {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let found = self.client.execute(script, vec![]).await?;
        found.as_i64().context("no number")
    }

    /// What axe-core finds wrong with the page, a line each; none where it is not installed.
    pub(crate) async fn violations(&self) -> anyhow::Result<Vec<String>> {
        let Some(axe) = &self.axe else { return Ok(Vec::new()) };
        self.client.execute(axe, vec![]).await?;
        let script = "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] })\
            .then(found => done(found.violations.map(one => [one.id, one.help, one.nodes.map(node => \
            [node.html, node.failureSummary])])), error => done([['axe', String(error), []]]))";
        let found = self.client.execute_async(script, vec![]).await?;
        let found = found.as_array().context("no list")?;
        Ok(found.iter().map(Value::to_string).collect())
    }

    /// Notes which addresses were asked for since it was last noted.
    async fn note_addresses(&mut self) -> anyhow::Result<()> {
        let entries =
            self.client.issue_cmd(Ask { path: "se/log", body: json!({ "type": "performance" }) }).await?;
        for entry in entries.as_array().context("no log")? {
            let message = entry.get("message").and_then(Value::as_str).context("no message")?;
            let message: Value = serde_json::from_str(message)?;
            if message.pointer("/message/method").and_then(Value::as_str) == Some("Network.requestWillBeSent")
            {
                let url = message.pointer("/message/params/request/url").and_then(Value::as_str);
                self.asked.insert(url.context("no address")?.to_owned());
            }
        }
        Ok(())
    }

    /// The addresses that were asked for, and are not of one of these sites.
    pub(crate) async fn foreign(&mut self, sites: &[&str]) -> anyhow::Result<Vec<String>> {
        self.note_addresses().await?;
        let own = |url: &&String| sites.iter().any(|site| url.starts_with(site));
        let about = |url: &&String| url.starts_with("data:") || url.starts_with("about:");
        anyhow::ensure!(!self.asked.is_empty(), "nothing was noted");
        Ok(self.asked.iter().filter(|url| !own(url) && !about(url)).cloned().collect())
    }

    /// Ends it.
    pub(crate) async fn close(mut self) -> anyhow::Result<()> {
        self.client.clone().close().await?;
        self.driver.kill().await?;
        Ok(())
    }
}

/// Whatever becomes of a test, no browser is left behind: its driver ends it, and is ended after this.
impl Drop for Browser {
    fn drop(&mut self) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return };
        let asked = format!(
            "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            self.session
        );
        let patient = stream.set_read_timeout(Some(Duration::from_secs(5)));
        if patient.is_ok() && stream.write_all(asked.as_bytes()).is_ok() {
            // What it answers matters no more; that it has answered does.
            let _ = stream.read(&mut [0; 64]);
        }
    }
}

/// The port the driver was given.
async fn port(driver: &mut Child) -> anyhow::Result<u16> {
    let out = driver.stdout.take().context("no output")?;
    let mut lines = BufReader::new(out).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            // Whatever else it says must not fill the pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port.trim_end_matches('.').parse()?);
        }
    }
    anyhow::bail!("the driver ended")
}

async fn connect(port: u16, scripts: Scripts) -> anyhow::Result<Client> {
    let mut arguments = vec![
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--lang=en-US",
        "--window-size=1280,900",
    ];
    // Nothing of its own is to be asked for.
    arguments.extend([
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--no-pings",
    ]);
    let mut options = json!({ "args": arguments, "prefs": { "intl.accept_languages": "fr" } });
    if scripts == Scripts::Off {
        let preferences =
            options.pointer_mut("/prefs").and_then(Value::as_object_mut).context("no object")?;
        preferences.insert("profile.managed_default_content_settings.javascript".to_owned(), json!(2));
    }
    let words = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "performance": "ALL" } });
    let capabilities = words.as_object().cloned().context("no object")?;
    let address = format!("http://127.0.0.1:{port}");
    Ok(ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
        .capabilities(capabilities)
        .connect(&address)
        .await?)
}

/// What the driver can do besides the standard.
#[derive(Debug)]
struct Ask {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Ask {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
