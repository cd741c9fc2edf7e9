//! E-mails and text messages against real servers on this machine: a small SMTP server that behaves as told, and an HTTP
//! gateway. A letter is handed over at least once, with one identity, and never lost.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use maillage_domain::message::{Medium, Topic};
use maillage_federation::ids::Id;
use maillage_node::{
    app::messages::{self, Facts, Letter},
    cli,
    messages::{
        Gateway, Mailer, Post, Sender as _, Sending,
        settings::{SmsSettings, SmtpSecurity, SmtpSettings},
    },
};
use maillage_platform::worker::{WorkOutcome, Worker as _};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::world::{A, World, ready};

/// What the server answers to the recipient of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Takes,
    /// Takes it, and the connection breaks before it can say so.
    TakesAndBreaks,
    Busy,
    Refuses,
    Hangs,
}

/// A minimal SMTP server (RFC 5321): greeting, EHLO, MAIL, RCPT, DATA, NOOP, RSET, QUIT.
struct MailServer {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    letters: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mood, letters) = (Arc::new(Mutex::new(mood)), Arc::default());
        let (moods, taken) = (Arc::clone(&mood), Arc::clone(&letters));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mood = *moods.lock().unwrap();
                let taken = Arc::clone(&taken);
                tokio::spawn(async move { drop(converse(stream, mood, &taken).await) });
            }
        });
        Self { port, mood, letters }
    }

    fn mailer(&self) -> Mailer {
        Mailer::with_patience(&settings(self.port), Duration::from_millis(300)).unwrap()
    }
}

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: SmtpSecurity::None,
        username: None,
        password_file: None,
        from: "Mobilité <mobilite@alban.example>".to_owned(),
    }
}

async fn converse(stream: TcpStream, mood: Mood, taken: &Mutex<Vec<String>>) -> std::io::Result<()> {
    if mood == Mood::Hangs {
        std::future::pending::<()>().await;
    }
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test ESMTP\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match (verb.as_str(), mood) {
            ("EHLO", _) => "250-test\r\n250 8BITMIME\r\n",
            ("RCPT", Mood::Busy) => "451 try again\r\n",
            ("RCPT", Mood::Refuses) => "550 no such user\r\n",
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut letter = String::new();
                while !letter.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut letter).await? == 0 {
                        return Ok(());
                    }
                }
                taken.lock().unwrap().push(letter);
                if mood == Mood::TakesAndBreaks {
                    return Ok(());
                }
                "250 taken\r\n"
            }
            ("QUIT", _) => "221 bye\r\n",
            (_, _) => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

fn post(world: &World, mailer: Mailer) -> Post {
    let catalog = Arc::new(cli::catalog().unwrap());
    Post::new(Arc::clone(world.app(A)), catalog, Medium::Email, Box::new(mailer))
}

fn waiting(world: &World) -> usize {
    maillage_store::messages::waiting(&world.app(A).store, Medium::Email, 99).unwrap().len()
}

#[tokio::test]
async fn a_letter_is_taken_once_and_says_no_more_than_it_must() {
    let world = World::empty(1);
    world.asked();
    let server = MailServer::start(Mood::Takes).await;
    let mut post = post(&world, server.mailer());
    assert_eq!(post.work().await, WorkOutcome::Busy);
    assert_eq!(post.work().await, WorkOutcome::Idle);
    let letters = server.letters.lock().unwrap().clone();
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert!(letter.contains("To: paul@example.fr") && letter.contains("Message-ID: <"), "{letter}");
    assert!(letter.contains("https://alban.example/o/"), "{letter}");
    for secret in ["Canari", "Lilas", "0563000001", "sonnette", "health"] {
        assert!(!letter.contains(secret), "{secret}: {letter}");
    }
}

#[tokio::test]
async fn a_server_that_is_busy_down_or_silent_only_delays() {
    for mood in [Mood::Busy, Mood::Hangs] {
        let world = World::empty(1);
        world.asked();
        let server = MailServer::start(mood).await;
        let mut post = post(&world, server.mailer());
        let first = post.work().await;
        assert_eq!(matches!(first, WorkOutcome::Failed { .. }), mood == Mood::Hangs, "{first:?}");
        assert_eq!(waiting(&world), 1, "{mood:?}");
        *server.mood.lock().unwrap() = Mood::Takes;
        world.wait(2);
        assert_eq!(post.work().await, WorkOutcome::Busy, "{mood:?}");
        assert_eq!((waiting(&world), server.letters.lock().unwrap().len()), (0, 1));
    }
    // Nobody listens at all.
    let world = World::empty(1);
    world.asked();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mailer = Mailer::with_patience(&settings(closed), Duration::from_millis(300)).unwrap();
    assert!(matches!(post(&world, mailer).work().await, WorkOutcome::Failed { .. }));
    assert_eq!(waiting(&world), 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_repeats_the_letter_under_its_own_name() {
    let world = World::empty(1);
    world.asked();
    let server = MailServer::start(Mood::TakesAndBreaks).await;
    let mut post = post(&world, server.mailer());
    post.work().await;
    *server.mood.lock().unwrap() = Mood::Takes;
    world.wait(2);
    assert_eq!(post.work().await, WorkOutcome::Busy);
    let letters = server.letters.lock().unwrap().clone();
    let names: Vec<&str> = letters
        .iter()
        .filter_map(|letter| letter.lines().find(|line| line.starts_with("Message-ID")))
        .collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[0], names[1]);
}

#[tokio::test]
async fn an_address_that_is_refused_becomes_a_call() {
    let world = World::empty(1);
    world.asked();
    let server = MailServer::start(Mood::Refuses).await;
    assert_eq!(post(&world, server.mailer()).work().await, WorkOutcome::Busy);
    assert_eq!(waiting(&world), 0);
    assert_eq!(world.calls().len(), 1);
    assert!(server.letters.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_address_that_this_server_cannot_be_given_is_refused_and_the_next_goes_out() {
    let server = MailServer::start(Mood::Takes).await;
    let (mailer, catalog) = (server.mailer(), cli::catalog().unwrap());
    let letter = |address: &str| Letter {
        id: Id::new(1, [1; 10]),
        topic: Topic::TripConfirmed(Id::new(1, [2; 10])),
        address: address.to_owned(),
        facts: Facts::default(),
    };
    assert_eq!(mailer.send(&catalog, &letter("odette@exämple.fr")).await, Sending::Refused);
    assert_eq!(mailer.send(&catalog, &letter("odette@example.fr")).await, Sending::Sent);
    let letters = server.letters.lock().unwrap().clone();
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert!(letter.contains("MIME-Version: 1.0\r\n"), "{letter}");
}

#[test]
fn a_mail_server_elsewhere_is_never_spoken_to_unprotected() {
    let elsewhere = SmtpSettings { host: "mail.example".to_owned(), ..settings(25) };
    assert!(Mailer::new(&elsewhere).is_err());
}

/// Answers one request with a status and a body, and gives what was posted.
async fn gateway_once(listener: TcpListener, status: &str, body: &str) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !request.ends_with(b"}") {
        let read = stream.read(&mut chunk).await.unwrap();
        assert!(read > 0, "the request ends early");
        request.extend_from_slice(&chunk[..read]);
    }
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let answer = head + body;
    stream.write_all(answer.as_bytes()).await.unwrap();
    String::from_utf8(request).unwrap()
}

#[tokio::test]
async fn a_text_message_goes_through_the_gateway() {
    for (status, sent, calls) in [("200 OK", true, 0), ("400 Bad Request", false, 1), ("503 Busy", false, 0)]
    {
        let world = World::empty(1);
        let driver = world.driver("Zoe", "sms");
        let person = world.passenger("phone");
        let trip = world.request(A, person, false)[0];
        let caller = maillage_node::app::caller::Caller::local();
        ready(maillage_node::app::trips::offer_to_driver(world.app(A), &caller, trip, driver, false))
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let secret = tempfile::tempdir().unwrap();
        let path = secret.path().join("sms.key");
        maillage_platform::secrets::write_secret(&path, b"Bearer canary").unwrap();
        let settings = SmsSettings {
            url: format!("http://{}/send", listener.local_addr().unwrap()),
            body: r#"{"to":"{to}","text":"{text}","ref":"{id}"}"#.to_owned(),
            header: Some("authorization".to_owned()),
            success_field: None,
            success_value: None,
            secret_file: Some(path),
        };
        let gateway = Box::new(Gateway::new(&settings).unwrap());
        let catalog = Arc::new(cli::catalog().unwrap());
        let mut post = Post::new(Arc::clone(world.app(A)), catalog, Medium::Sms, gateway);
        let (outcome, request) = tokio::join!(post.work(), gateway_once(listener, status, ""));
        assert_eq!(matches!(outcome, WorkOutcome::Failed { .. }), status.starts_with("503"), "{status}");
        assert!(
            request.contains("\"to\":\"+33600000001\"") && request.contains("authorization: Bearer canary")
        );
        assert!(request.contains("https://alban.example/o/") && !request.contains("Canari"), "{request}");
        assert_eq!(world.calls().len(), calls, "{status}");
        let left = maillage_store::messages::waiting(&world.app(A).store, Medium::Sms, 9).unwrap().len();
        assert_eq!(left == 0, sent || calls == 1, "{status}");
        assert_eq!(messages::list_failed(world.app(A), &caller, None, 9).unwrap().messages.len(), calls);
    }
}

#[tokio::test]
async fn a_gateway_that_says_no_in_its_answer_is_believed() {
    for (answer, sent) in [(r#"{"status":"queued"}"#, true), (r#"{"status":"error"}"#, false), ("", false)] {
        let world = World::empty(1);
        let driver = world.driver("Zoe", "sms");
        let person = world.passenger("phone");
        let trip = world.request(A, person, false)[0];
        let caller = maillage_node::app::caller::Caller::local();
        ready(maillage_node::app::trips::offer_to_driver(world.app(A), &caller, trip, driver, false))
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = SmsSettings {
            url: format!("http://{}/send", listener.local_addr().unwrap()),
            body: r#"{"to":"{to}","text":"{text}","ref":"{id}"}"#.to_owned(),
            success_field: Some("/status".to_owned()),
            success_value: Some("queued".to_owned()),
            header: None,
            secret_file: None,
        };
        let gateway = Box::new(Gateway::new(&settings).unwrap());
        let catalog = Arc::new(cli::catalog().unwrap());
        let mut post = Post::new(Arc::clone(world.app(A)), catalog, Medium::Sms, gateway);
        let (outcome, _) = tokio::join!(post.work(), gateway_once(listener, "200 OK", answer));
        assert_eq!(outcome, WorkOutcome::Busy, "{answer}");
        assert_eq!(world.calls().is_empty(), sent, "{answer}");
    }
}
