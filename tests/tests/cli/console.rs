//! The console of a real node, over plain HTTP: from the one-time link on the command line to a request that the command line
//! lists. A client without scripts, that keeps cookies and sends forms.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use anyhow::Context as _;
use hyper_util::rt::TokioIo;
use maillage_platform::clock::FileClock;
use maillage_tests::{
    federation::MONTS_D_ALBAN,
    programs::{Programs, Role, answering},
};
use tokio::net::TcpStream;

use super::{BINARY, MONDAY, text};

/// A client of one site.
struct Client {
    authority: String,
    cookies: BTreeMap<String, String>,
    forgery: String,
}

impl Client {
    fn new(authority: &str) -> Self {
        Self { authority: authority.to_owned(), cookies: BTreeMap::new(), forgery: String::new() }
    }

    /// Asks, and gives status, where it leads, and the page.
    async fn ask(&mut self, method: &str, path: &str, body: String) -> anyhow::Result<(u16, String, String)> {
        let stream = TcpStream::connect(&self.authority).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.authority)
            .header("accept-language", "fr")
            .header("cookie", cookies.join("; "))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)?;
        let answer = sender.send_request(request).await?;
        let (parts, body) = answer.into_parts();
        for line in parts.headers.get_all("set-cookie") {
            let (name, rest) = line.to_str()?.split_once('=').context("a cookie without a value")?;
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = parts.headers.get("location").map(|value| value.to_str().map(str::to_owned));
        let page = http_body_util::BodyExt::collect(body).await?.to_bytes();
        let page = String::from_utf8(page.to_vec())?;
        if let Some(token) = value(&page, "forgery") {
            self.forgery = token;
        }
        Ok((parts.status.as_u16(), location.transpose()?.unwrap_or_default(), page))
    }

    async fn get(&mut self, path: &str) -> anyhow::Result<String> {
        let (status, _, page) = self.ask("GET", path, String::new()).await?;
        anyhow::ensure!(status == 200, "{path}: {status} {page}");
        Ok(page)
    }

    /// Sends a form, and gives status, where it leads, and the page.
    async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<(u16, String, String)> {
        let mut pairs = vec![format!("forgery={}", escaped(&self.forgery))];
        pairs.extend(fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))));
        self.ask("POST", path, pairs.join("&")).await
    }
}

/// A text within a form.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut written, byte| {
        let _ = write!(written, "%{byte:02X}");
        written
    })
}

/// The value of the first field of a name.
fn value(page: &str, name: &str) -> Option<String> {
    let rest = page.split_once(&format!("name=\"{name}\""))?.1;
    let tag = rest.split_once('>')?.0;
    Some(tag.split_once("value=\"")?.1.split_once('"')?.0.to_owned())
}

#[tokio::test]
async fn a_link_from_the_command_line_leads_to_a_request_that_it_lists() -> anyhow::Result<()> {
    let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
    let (clock, node) = (root.path().join("clock"), root.path().join("node"));
    FileClock::write(&clock, MONDAY.parse()?)?;
    programs.done(Role::Node, &node, &["init", "--territory", MONTS_D_ALBAN]).await?;
    let clock = clock.display().to_string();
    let words = ["--api-listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0", "--clock-file", &clock];
    let log = root.path().join("node.log");
    let mut serving = programs.serve(Role::Node, &node, &words, &log)?;
    answering(Role::Node, &node, &mut serving).await?;
    let ask = async |words: &[&str]| programs.json(Role::Node, &node, words).await;
    let add = ["person", "add", "--commune", "Alban", "--sharing", "never", "--name", "Canari Fabre"];
    let person = text(&ask(&add).await?, "id")?;
    ask(&["account", "add", "accueil", "--role", "coordinator,administrator"]).await?;
    let link = text(&ask(&["account", "link", "accueil"]).await?, "link")?;
    let rest = link.strip_prefix("http://").context("a plain address on this machine")?;
    let (authority, path) = rest.split_once('/').context("no path")?;
    let mut client = Client::new(authority);
    let path = format!("/{path}");
    client.get(&path).await?;
    let password = "trois mots et une virgule";
    let (status, onwards, page) = client.send(&path, &[("password", password), ("again", password)]).await?;
    anyhow::ensure!((status, onwards.as_str()) == (303, "/"), "{status} {page}");
    anyhow::ensure!(client.get("/").await?.contains("Rien à décider"));
    client.get("/requests/new").await?;
    let (_, _, found) = client.send("/requests/new", &[("letters", "fab"), ("step", "find")]).await?;
    anyhow::ensure!(found.contains("Canari Fabre") && found.contains(&person), "{found}");
    let fields = [
        ("person", person.as_str()),
        ("to_commune", "Albi"),
        ("purpose", "health"),
        ("day", "2026-09-03"),
        ("time", "10:00"),
        ("back", "call"),
    ];
    let step = |step| [&fields[..], &[("step", step)]].concat();
    let (status, _, checked) = client.send("/requests/new", &step("check")).await?;
    anyhow::ensure!(status == 200 && checked.contains("Si vous enregistrez"), "{checked}");
    let (status, trip, page) = client.send("/requests/new", &step("save")).await?;
    anyhow::ensure!(status == 303 && trip.starts_with("/trips/"), "{status} {page}");
    anyhow::ensure!(client.get(&trip).await?.contains("Canari Fabre"));
    let listed = ask(&["trip", "list", "--open"]).await?;
    let id = trip.trim_start_matches("/trips/");
    anyhow::ensure!(listed.to_string().contains(id), "{listed}");
    serving.stop().await?;
    let said = fs::read_to_string(&log)?;
    for hidden in ["Canari", password, link.rsplit('/').next().context("no secret")?] {
        anyhow::ensure!(!said.contains(hidden), "the log holds {hidden}");
    }
    Ok(())
}
