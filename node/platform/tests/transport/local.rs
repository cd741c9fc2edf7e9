//! The local API: this machine only, token in hand.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use maillage_platform::directory::{DataDirectory, DirectoryError, DirectoryLock};
use maillage_platform::grpc::{
    Accepted, Listen, LocalConnectError, REASON_TOKEN_MISSING, REASON_TOKEN_TOO_MANY, REASON_TOKEN_WRONG,
    ServeError, TcpListen, TokenInterceptor, connect_local, serve_local,
};
use maillage_platform::lifecycle::Shutdown;
use maillage_platform::limits::WRONG_TOKENS_PER_CONNECTION;
use maillage_platform::random::OsEntropy;
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_platform::secrets::{Secret, random_token};

use crate::probe::{Probe, ask, who};
use crate::world::within;

/// A program serving its local API from a scratch directory.
struct Program {
    directory: DataDirectory,
    lock: DirectoryLock,
    token: Secret<String>,
    served: tokio::task::JoinHandle<Result<(), ServeError>>,
    shutdown: Shutdown,
    _scratch: tempfile::TempDir,
}

impl Program {
    async fn start() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let directory = DataDirectory::create(scratch.path().join("data"), "maillage-node").unwrap();
        let lock = directory.lock().unwrap();
        let token = random_token(&OsEntropy);
        let listener = TcpListen::bind_loopback().await.unwrap();
        directory.publish_api(&lock, listener.local_addr().unwrap(), &token).unwrap();
        let (_, health) = tonic_health::server::health_reporter();
        let routes = Routes::new(Probe::default()).add_service(health);
        let shutdown = Shutdown::new();
        let served =
            tokio::spawn(serve_local(Box::new(listener), Arc::new(token.clone()), routes, shutdown.clone()));
        Self { directory, lock, token, served, shutdown, _scratch: scratch }
    }

    async fn connect(&self) -> (Channel, TokenInterceptor) {
        connect_local(&self.directory).await.unwrap()
    }
}

#[tokio::test]
async fn the_right_token_opens_the_local_api() {
    let program = Program::start().await;
    let (channel, token) = program.connect().await;
    assert_eq!(ask(&channel, "/test.Probe/Who", token).await.unwrap(), "anonymous");
    program.shutdown.trigger();
    within(program.served).await.unwrap().unwrap();
}

#[tokio::test]
async fn without_the_right_token_every_service_is_closed() {
    let program = Program::start().await;
    let (channel, _) = program.connect().await;
    let refused = Refusal::from_status(&who(&channel).await.unwrap_err());
    assert_eq!((refused.kind(), refused.reason()), (RefusalKind::Unauthenticated, REASON_TOKEN_MISSING));
    let right = program.token.expose().clone();
    let shorter = right[..right.len() - 1].to_owned();
    let other = random_token(&OsEntropy).expose().clone();
    for wrong in [other, shorter, format!("{right}A"), right.to_lowercase(), String::new()] {
        let token = TokenInterceptor::new(&wrong).unwrap();
        let refused = Refusal::from_status(&ask(&channel, "/test.Probe/Who", token).await.unwrap_err());
        assert_eq!(refused.reason(), REASON_TOKEN_WRONG, "{wrong}");
    }
    for path in
        ["/unknown.Service/Method", "/test.Probe/grpc.health.v1.Health/", "/grpc.health.v1.Healthy/Check"]
    {
        let refused = ask(&channel, path, Ok).await.unwrap_err();
        assert_eq!(Refusal::from_status(&refused).reason(), REASON_TOKEN_MISSING, "{path}");
    }
}

#[tokio::test]
async fn a_connection_that_guesses_is_not_listened_to_any_more_and_others_are() {
    let program = Program::start().await;
    let (guessing, right) = program.connect().await;
    let wrong = TokenInterceptor::new("guess").unwrap();
    let mut reasons = Vec::new();
    for _ in 0..=WRONG_TOKENS_PER_CONNECTION {
        let refused = ask(&guessing, "/test.Probe/Who", wrong.clone()).await.unwrap_err();
        reasons.push(Refusal::from_status(&refused).reason().to_owned());
    }
    let last = reasons.pop();
    assert!(reasons.iter().all(|reason| reason == REASON_TOKEN_WRONG), "{reasons:?}");
    assert_eq!(last.as_deref(), Some(REASON_TOKEN_TOO_MANY));
    let refused = ask(&guessing, "/test.Probe/Who", right.clone()).await.unwrap_err();
    assert_eq!(Refusal::from_status(&refused).kind(), RefusalKind::Exhausted);
    let (other, _) = program.connect().await;
    assert!(ask(&other, "/test.Probe/Who", right).await.is_ok());
}

#[tokio::test]
async fn health_is_told_without_a_token() {
    let program = Program::start().await;
    let (channel, _) = program.connect().await;
    let answer = HealthClient::new(channel).check(HealthCheckRequest { service: String::new() }).await;
    assert_eq!(answer.unwrap().into_inner().status, 1);
}

/// A listener that claims to be reachable from elsewhere.
struct Elsewhere {
    address: SocketAddr,
}

#[async_trait]
impl Listen for Elsewhere {
    async fn accept(&self) -> io::Result<Accepted> {
        panic!("nobody may be accepted")
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

#[tokio::test]
async fn addresses_beyond_this_machine_are_refused() {
    for text in ["0.0.0.0:80", "192.0.2.7:80", "[::]:80", "[2001:db8::1]:80", "[::ffff:192.0.2.7]:80"] {
        let address: SocketAddr = text.parse().unwrap();
        let end = serve_local(
            Box::new(Elsewhere { address }),
            Arc::new(random_token(&OsEntropy)),
            Routes::default(),
            Shutdown::new(),
        );
        let refused = within(end).await.unwrap_err();
        assert!(matches!(refused, ServeError::NotLoopback { address: seen } if seen == address), "{text}");
    }
}

#[tokio::test]
async fn a_client_says_when_the_program_is_not_running() {
    let program = Program::start().await;
    program.served.abort();
    assert!(program.served.await.unwrap_err().is_cancelled());
    // Killed: the address is still there, but nobody answers.
    let refused = connect_local(&program.directory).await.unwrap_err();
    assert!(matches!(refused, LocalConnectError::Directory(DirectoryError::NotRunning { .. })), "{refused}");
    assert!(refused.to_string().contains("start it with maillage-node serve"), "{refused}");
    // Stopped in order: the address is withdrawn.
    program.directory.withdraw_api(&program.lock).unwrap();
    let refused = connect_local(&program.directory).await.unwrap_err();
    assert!(matches!(refused, LocalConnectError::Directory(DirectoryError::NotRunning { .. })));
}

#[tokio::test]
async fn the_token_is_not_sent_beyond_this_machine() {
    let program = Program::start().await;
    fs::write(program.directory.api_address_path(), "192.0.2.7:4443\n").unwrap();
    let refused = connect_local(&program.directory).await.unwrap_err();
    assert!(matches!(refused, LocalConnectError::NotLoopback));
}
