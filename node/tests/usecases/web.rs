//! The web interface over a real connection on this machine: links, feeds, limits, headers.

use std::sync::Arc;

use maillage_domain::{document::NewDocument, trip::CancelledBy};
use maillage_node::{
    app::{calendars, caller::Caller, people::documents, trips},
    cli,
    limits::WEB_REQUESTS_PER_MINUTE,
    web::{self, Web},
};
use maillage_platform::lifecycle::Shutdown;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::world::{A, World, ready};

pub(crate) struct Door {
    address: std::net::SocketAddr,
    shutdown: Shutdown,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.shutdown.trigger();
    }
}

impl Door {
    pub(crate) async fn open(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = Shutdown::new();
        let catalog = Arc::new(cli::catalog().unwrap());
        let routes = Web::new(Arc::clone(world.app(A)), catalog, false).routes();
        tokio::spawn(web::serve(listener, routes, shutdown.clone()));
        Self { address, shutdown }
    }

    /// Status line, headers and body of an answer.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept-language: en\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        if head.contains("text/html") && !body.is_empty() {
            assert_eq!(crate::console::markup::faults(body), Vec::<String>::new(), "{path}");
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_owned())
    }
}

#[tokio::test]
async fn looking_answers_nothing_and_one_click_answers_once() {
    let world = World::empty(1);
    let (trip, _, offer) = world.asked();
    let door = Door::open(&world).await;
    let path = format!("/o/{}", world.token(&offer));
    for method in ["GET", "HEAD", "GET"] {
        let (status, head, body) = door.ask(method, &path, "").await;
        assert_eq!(status, 200);
        assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
        assert!(head.contains("cache-control: no-store") && head.contains("referrer-policy: no-referrer"));
        for secret in ["Canari", "Lilas", "0563000001", "sonnette", "<script"] {
            assert!(!body.contains(secret), "{secret}");
        }
        assert_eq!(method == "GET", body.contains("Odette"));
    }
    assert_eq!(world.status(trip), "offered");
    let (_, _, body) = door.ask("POST", &path, "answer=perhaps&reason=").await;
    assert!(body.contains("Answer incomplete"), "{body}");
    let (status, _, body) = door.ask("POST", &path, "answer=yes").await;
    assert_eq!((status, world.status(trip)), (200, "confirmed"));
    assert!(body.contains("12 rue des Lilas") && body.contains("sonnette verte"), "{body}");
    // Again, otherwise, and after the trip was called off: a kind page, and no effect.
    let (status, _, body) = door.ask("POST", &path, "answer=no&reason=too-far").await;
    assert_eq!((status, world.status(trip)), (200, "confirmed"));
    assert!(body.contains("Thank you, agreed"), "{body}");
    ready(trips::cancel(world.app(A), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
    let (_, _, body) = door.ask("GET", &path, "").await;
    assert!(body.contains("does not take place") && !body.contains("Lilas"), "{body}");
}

#[tokio::test]
async fn a_yes_that_cannot_be_taken_says_so_and_whom_to_ask() {
    let world = World::empty(1);
    let (trip, driver, offer) = world.asked();
    let licence = NewDocument {
        kind: "licence".into(),
        seen_on: String::new(),
        valid_until: "2026-10-05".into(),
        ..Default::default()
    };
    ready(documents::record_document(world.app(A), &Caller::local(), driver, licence, String::new()))
        .unwrap();
    let door = Door::open(&world).await;
    let path = format!("/o/{}", world.token(&offer));
    let (status, _, body) = door.ask("POST", &path, "answer=yes").await;
    assert_eq!((status, world.status(trip)), (200, "requested"));
    assert!(body.contains("brought up to date") && !body.contains("Lilas"), "{body}");
}

#[tokio::test]
async fn strangers_find_nothing_and_are_slowed_down() {
    let world = World::empty(1);
    let door = Door::open(&world).await;
    for path in ["/", "/o/", "/o/x", "/c/x.ics", "/c/x", "/o/../../etc/passwd", "/metrics"] {
        assert_eq!(door.ask("GET", path, "").await.0, 404, "{path}");
    }
    let long = "x".repeat(64 * 1024);
    assert!(door.ask("POST", "/o/x", &format!("answer={long}")).await.0 >= 400);
    for _ in 0..WEB_REQUESTS_PER_MINUTE {
        door.ask("GET", "/style.css", "").await;
    }
    let (status, head, _) = door.ask("GET", "/style.css", "").await;
    assert_eq!(status, 429);
    assert!(head.contains("retry-after: 60"));
    world.wait(1);
    assert_eq!(door.ask("GET", "/style.css", "").await.0, 200);
}

#[tokio::test]
async fn a_calendar_shows_when_and_not_who_and_forgets_nothing_that_was_called_off() {
    let world = World::empty(1);
    let (trip, driver, _) = world.asked();
    ready(trips::driver_accepts(world.app(A), &Caller::local(), trip, false)).unwrap();
    let link = ready(calendars::make_link(world.app(A), &Caller::local(), driver)).unwrap();
    let path = link.expose().strip_prefix("https://alban.example").unwrap().to_owned();
    let door = Door::open(&world).await;
    let (status, head, feed) = door.ask("GET", &path, "").await;
    assert_eq!(status, 200);
    assert!(head.contains("content-type: text/calendar"), "{head}");
    let read = |feed: &str, name: &str| -> String {
        feed.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
    };
    assert_eq!(read(&feed, "UID"), format!("UID:{trip}@maillage"));
    assert_eq!(read(&feed, "STATUS"), "STATUS:CONFIRMED");
    assert!(read(&feed, "DTSTART").ends_with('Z') && feed.lines().all(|line| line.len() <= 75), "{feed}");
    for secret in ["Odette", "Canari", "Lilas", "0563", "sonnette", "health"] {
        assert!(!feed.contains(secret), "{secret}");
    }
    ready(trips::cancel(world.app(A), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
    let (_, _, later) = door.ask("GET", &path, "").await;
    assert_eq!(read(&later, "STATUS"), "STATUS:CANCELLED");
    assert_eq!(read(&later, "UID"), read(&feed, "UID"));
    assert_ne!(read(&later, "SEQUENCE"), read(&feed, "SEQUENCE"));
    ready(calendars::revoke_link(world.app(A), &Caller::local(), driver)).unwrap();
    assert_eq!(door.ask("GET", &path, "").await.0, 404);
}
