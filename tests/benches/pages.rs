//! How long the console takes for each of its pages: 20 000 people, 100 000 trips of the time before and a day of 200 trips in the store of a
//! real node process, asked over HTTP as a browser asks. Everything is synthetic and seeded; communes are real.
//!
//! `cargo bench -p maillage-tests --bench pages` prints, for each page, its size and the time until the whole of it is there: half of the answers,
//! ninety-nine of a hundred, the slowest. The first answer of each page is not counted.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark"
)]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jiff::{ToSpan as _, civil::Date};
use maillage_domain::{person::Person, trip::Trip, volunteer::Volunteer};
use maillage_engine::Engine;
use maillage_store::{persons, trips, volunteers};
use maillage_tests::programs::{Programs, Role, answering};
use rand::{SeedableRng as _, rngs::StdRng};

use self::made_up::{Map, TERRITORY, VOLUNTEERS, asked, at, done, id, person, put, volunteer};

#[path = "made_up/mod.rs"]
mod made_up;

const DAY: Date = jiff::civil::date(2026, 10, 6);
/// People with a file; those of the made-up territory travel.
const PEOPLE: u64 = 20_000;
/// Trips of the day.
const TRIPS: u64 = 200;
/// Trips of the 500 days before.
const BEFORE: u64 = 100_000;
const AT_ONCE: u64 = 500;
const SEED: u64 = 20_261_006;
/// How often each page is asked for.
const TIMES: usize = 40;
const PASSWORD: &str = "trois mots et une virgule";

fn load(store: &Path) {
    let (engine, _) = Engine::open(store, maillage_store::options()).unwrap();
    let (map, mut random) = (Map::new(), StdRng::seed_from_u64(SEED));
    for first in (0..PEOPLE).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let people: Vec<Person> =
            (first..first + AT_ONCE).map(|number| person(number, &map, &mut random, DAY)).collect();
        put(&engine, people, persons::put);
    }
    let drivers: Vec<Volunteer> =
        (0..VOLUNTEERS).map(|number| volunteer(number, &map, &mut random, DAY)).collect();
    put(&engine, drivers, volunteers::put);
    let today: Vec<Trip> = (0..TRIPS).map(|number| asked(number, &map, &mut random, DAY)).collect();
    put(&engine, today, trips::put);
    for first in (0..BEFORE).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let past = |number: u64| DAY.saturating_sub(i64::try_from(1 + number % 500).unwrap().days());
        let past = (first..first + AT_ONCE)
            .map(|number| done(TRIPS + number, &map, &mut random, past(number)))
            .collect();
        put(&engine, past, trips::put);
    }
    engine.close().unwrap();
}

/// Somebody at a browser.
struct Reader {
    client: Client<HttpConnector, Full<Bytes>>,
    site: String,
    cookies: Vec<(String, String)>,
    token: String,
}

impl Reader {
    async fn ask(&mut self, path: &str, fields: Option<&[(&str, &str)]>) -> (u16, String) {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            Request::builder().uri(format!("{}{path}", self.site)).header(header::COOKIE, cookies.join("; "));
        let request = match fields {
            None => request.body(Full::default()),
            Some(fields) => {
                let mut body = url::form_urlencoded::Serializer::new(String::new());
                body.append_pair("forgery", &self.token).extend_pairs(fields);
                let request = request
                    .method("POST")
                    .header(header::ORIGIN, &self.site)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                request.body(Full::from(body.finish()))
            }
        };
        let answer = self.client.request(request.unwrap()).await.expect("an answer");
        let status = answer.status().as_u16();
        for line in answer.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap().to_owned();
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.to_owned(), value));
        }
        let body = answer.into_body().collect().await.expect("the whole of it").to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        if let Some((_, rest)) = body.split_once("name=\"forgery\" value=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.token);
        }
        (status, body)
    }

    async fn time(&mut self, what: &str, path: &str, fields: Option<&[(&str, &str)]>) {
        let mut taken: Vec<Duration> = Vec::new();
        let mut size = 0;
        for _ in 0..=TIMES {
            let began = Instant::now();
            let (status, body) = self.ask(path, fields).await;
            taken.push(began.elapsed());
            assert!(matches!(status, 200 | 422), "{what}: {status}: {body}");
            size = body.len();
        }
        let first = taken.remove(0);
        taken.sort();
        let at = |permille: usize| taken[(taken.len() - 1) * permille / 1000].as_secs_f64() * 1_000.0;
        println!(
            "{what}: {} kB, p50 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms (first {:.1} ms)",
            size / 1_000,
            at(500),
            at(990),
            at(1000),
            first.as_secs_f64() * 1_000.0
        );
    }
}

#[tokio::main]
async fn main() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("node");
    let programs = Programs::new(env!("CARGO_BIN_EXE_maillage-under-test"));
    let init = ["init", "--territory", TERRITORY, "--phone", "05 00 00 00 00"];
    programs.done(Role::Node, &data, &init).await.unwrap();
    load(&data.join("store"));
    let clock = directory.path().join("clock");
    fs::write(&clock, at(DAY, 9 * 60).to_string()).unwrap();
    let any = "127.0.0.1:0";
    let words = ["--api-listen", any, "--console-listen", any, "--clock-file", clock.to_str().unwrap()];
    let mut serving = programs.serve(Role::Node, &data, &words, &directory.path().join("log")).unwrap();
    answering(Role::Node, &data, &mut serving).await.unwrap();
    let roles = "coordinator,administrator,treasurer,auditor";
    programs.json(Role::Node, &data, &["account", "add", "banc", "--role", roles]).await.unwrap();
    let link = programs.json(Role::Node, &data, &["account", "link", "banc"]).await.unwrap();
    let link = link.get("link").and_then(serde_json::Value::as_str).unwrap().to_owned();
    let path = link.find("/welcome/").unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http();
    let (site, link) = (link[..path].to_owned(), link[path..].to_owned());
    let mut reader = Reader { client, site, cookies: Vec::new(), token: String::new() };
    reader.ask(&link, None).await;
    let (status, body) = reader.ask(&link, Some(&[("password", PASSWORD), ("again", PASSWORD)])).await;
    assert_eq!(status, 303, "{body}");
    time_all(&mut reader).await;
    serving.stop().await.unwrap();
}

async fn time_all(reader: &mut Reader) {
    let (person, driver, trip) = (id::<()>(3, 7), id::<()>(4, 7), id::<()>(1, 7));
    for (what, path) in [
        ("today", "/".to_owned()),
        ("take a request", format!("/requests/new?person={person}")),
        ("a trip", format!("/trips/{trip}")),
        ("a person", format!("/people/{person}")),
        ("the week", format!("/planning?day={DAY}")),
        ("handovers", "/handovers".to_owned()),
        ("volunteers", "/volunteers".to_owned()),
        ("a volunteer", format!("/volunteers/{driver}")),
        ("drivers' links", "/drivers".to_owned()),
        ("unmet needs", "/unmet".to_owned()),
        ("models", "/models".to_owned()),
        ("statistics", "/statistics".to_owned()),
        ("a month's report", "/statistics/2026-09".to_owned()),
        ("status", "/status".to_owned()),
        ("accounts", "/users".to_owned()),
        ("journal of access", "/journal".to_owned()),
    ] {
        reader.time(what, &path, None).await;
    }
    let person = person.to_string();
    reader.time("finding people", "/people", Some(&[("letters", "personne 19")])).await;
    let fields = [
        ("person", person.as_str()),
        ("step", "check"),
        ("to_commune", "Albi"),
        ("purpose", "health"),
        ("day", "2026-10-08"),
        ("time", "10:00"),
        ("kind", "arrive"),
    ];
    reader.time("what a request comes to", "/requests/new", Some(&fields)).await;
}
