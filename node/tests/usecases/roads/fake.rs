//! An OSRM router that says what a test wants, on a port the system chooses. Its roads are one and a half straight lines, at 54 km/h.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use maillage_geography::{Coordinates, great_circle_m};
use maillage_node::roads::{Osrm, settings::RoadSettings};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// What it says to a question.
pub(crate) enum Says {
    /// Its roads.
    Roads,
    /// A body, with status 200.
    Body(String),
    /// A status.
    Status(u16),
    /// Nothing, and the connection stays.
    Nothing,
    /// Nothing, and the connection breaks.
    Dies,
    /// More than anybody wants to read.
    Endless,
}

/// A question as it came.
pub(crate) struct Question {
    pub(crate) number: usize,
    pub(crate) url: String,
    pub(crate) places: Vec<Coordinates>,
}

type Script = dyn Fn(&Question) -> Says + Send + Sync;

/// A router that follows a script.
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    questions: Arc<Mutex<Vec<String>>>,
    heard: Arc<Notify>,
    serving: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Fake {
    /// A router whose map is what `on_map` says.
    pub(crate) async fn over(
        on_map: impl Fn(Coordinates) -> bool + Send + Sync + 'static,
        script: impl Fn(&Question) -> Says + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (questions, heard) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
        let (asked, told) = (Arc::clone(&questions), Arc::clone(&heard));
        let script: Arc<Script> = Arc::new(script);
        let on_map: Arc<dyn Fn(Coordinates) -> bool + Send + Sync> = Arc::new(on_map);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, asked) = (Arc::clone(&script), Arc::clone(&asked));
                let (told, on_map) = (Arc::clone(&told), Arc::clone(&on_map));
                tokio::spawn(async move { serve(stream, &*script, &*on_map, &asked, &told).await });
            }
        });
        Self { address, questions, heard, serving }
    }

    /// A router that knows every road.
    pub(crate) async fn honest() -> Self {
        Self::over(|_| true, |_| Says::Roads).await
    }

    /// What it was asked so far.
    pub(crate) fn questions(&self) -> Vec<String> {
        self.questions.lock().unwrap().clone()
    }

    /// Ends when the next question is there.
    pub(crate) async fn heard(&self) {
        self.heard.notified().await;
    }

    /// Settings as usual, but for a machine that may be busy.
    pub(crate) fn settings(&self) -> RoadSettings {
        let usual = self.usual_settings();
        RoadSettings { answer_within_ms: 30_000, suggest_within_ms: 30_000, ..usual }
    }

    /// Settings as usual.
    pub(crate) fn usual_settings(&self) -> RoadSettings {
        RoadSettings::of(&format!("http://{}", self.address)).unwrap()
    }

    pub(crate) fn client(&self) -> Osrm {
        Osrm::new(&self.settings()).unwrap()
    }
}

/// The road it knows between two places, in metres and seconds.
pub(crate) fn honest_road(from: Coordinates, to: Coordinates) -> (f64, f64) {
    let metres = f64::from(great_circle_m(from, to)) * 1.5;
    (metres, metres / 15.0)
}

async fn serve(
    mut stream: TcpStream,
    script: &Script,
    on_map: &(dyn Fn(Coordinates) -> bool + Send + Sync),
    asked: &Mutex<Vec<String>>,
    told: &Notify,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let url = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let number = {
        let mut asked = asked.lock().unwrap();
        asked.push(url.clone());
        asked.len()
    };
    told.notify_one();
    let question = Question { number, places: places(&url), url };
    let (status, body) = match script(&question) {
        Says::Roads => answer(&question, on_map),
        Says::Body(body) => (200, body),
        Says::Status(status) => (status, "{}".to_owned()),
        Says::Nothing => return std::future::pending().await,
        Says::Dies => return,
        Says::Endless => return endless(stream).await,
    };
    let reply = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    // Whoever asked may have gone.
    let _ = stream.write_all(reply.as_bytes()).await;
}

async fn endless(mut stream: TcpStream) {
    let _ =
        stream.write_all(b"HTTP/1.1 200 x\r\nconnection: close\r\n\r\n{\"code\":\"Ok\",\"message\":\"").await;
    while stream.write_all(&[b'a'; 8_192]).await.is_ok() {}
}

/// Status and body of an honest answer.
fn answer(question: &Question, on_map: &dyn Fn(Coordinates) -> bool) -> (u16, String) {
    let Question { url, places, .. } = question;
    if let Some(index) = places.iter().position(|place| !on_map(*place)) {
        let message = format!("Could not find a matching segment for coordinate {index}");
        return (400, format!(r#"{{"code":"NoSegment","message":"{message}"}}"#));
    }
    if url.starts_with("/route/") {
        let (metres, seconds) = honest_road(places[0], places[1]);
        let body = format!(
            r#"{{"code":"Ok","data_version":"fake-1","routes":[{{"distance":{metres},"duration":{seconds}}}],
                "waypoints":[{{"distance":3.5}},{{"distance":0}}]}}"#
        );
        return (200, body);
    }
    let (from, to) = (picked(url, "sources", places), picked(url, "destinations", places));
    (200, table(&from, &to, honest_road))
}

/// The body of a table whose roads are as `road` says.
pub(crate) fn table(
    from: &[Coordinates],
    to: &[Coordinates],
    road: impl Fn(Coordinates, Coordinates) -> (f64, f64),
) -> String {
    let rows = |figure: fn((f64, f64)) -> f64| {
        let row = |from: &Coordinates| {
            let row: Vec<String> = to.iter().map(|to| figure(road(*from, *to)).to_string()).collect();
            format!("[{}]", row.join(","))
        };
        from.iter().map(row).collect::<Vec<_>>().join(",")
    };
    let snapped = |count: usize| vec![r#"{"distance":3.5,"name":"rue"}"#; count].join(",");
    let mut body = String::from(r#"{"code":"Ok","data_version":"fake-1","#);
    let _ = write!(
        body,
        r#""distances":[{}],"durations":[{}],"sources":[{}],"destinations":[{}]}}"#,
        rows(|(metres, _)| metres),
        rows(|(_, seconds)| seconds),
        snapped(from.len()),
        snapped(to.len())
    );
    body
}

fn places(url: &str) -> Vec<Coordinates> {
    let path = url.split('?').next().unwrap_or_default();
    let places = path.rsplit('/').next().unwrap_or_default().split(';');
    let micro = |text: &str| {
        let degrees: f64 = text.parse().unwrap();
        format!("{:.0}", degrees * 1e6).parse::<i32>().unwrap()
    };
    let place = |text: &str| {
        let (longitude, latitude) = text.split_once(',').unwrap();
        Coordinates::new(micro(latitude), micro(longitude)).unwrap()
    };
    places.map(place).collect()
}

/// The places that an option of the question names.
pub(crate) fn picked(url: &str, option: &str, places: &[Coordinates]) -> Vec<Coordinates> {
    let query = url.split('?').nth(1).unwrap_or_default();
    let value = query.split('&').find_map(|part| part.strip_prefix(option)?.strip_prefix('='));
    let indexes = value.unwrap_or_default().split(';').filter_map(|index| index.parse::<usize>().ok());
    indexes.map(|index| places[index]).collect()
}
