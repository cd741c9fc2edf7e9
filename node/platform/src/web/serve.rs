//! Accepts connections of a web interface: so many at once, each with deadlines, so that nobody slow takes them all. Must never log who asks.

use std::{convert::Infallible, net::IpAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::ServiceExt as _;

use crate::lifecycle::Shutdown;

/// Longest wait for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Longest life of a connection.
const CONNECTION_WITHIN: Duration = Duration::from_mins(1);
/// How long the last answers may take once the program is told to end: less than it has for that.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// How long the last answer of a connection may take.
const LAST_ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Pause after the operating system failed to accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who asks: the address of the other end of the connection, in the extensions of each request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Serves the routes until shutdown, so many connections at once. What is being answered then is answered first.
pub async fn serve(listener: TcpListener, routes: Router, shutdown: Shutdown, connections: usize) {
    let places = Arc::new(Semaphore::new(connections));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = shutdown.requested() => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let (routes, asked) = (routes.clone(), shutdown.requested());
        tokio::spawn(async move {
            let service = service_fn(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer));
                let request: Request = request.map(axum::body::Body::new);
                let routes = routes.clone();
                async move {
                    Ok::<_, Infallible>(routes.oneshot(request).await.unwrap_or_else(|never| match never {}))
                }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_WITHIN)
                .serve_connection(TokioIo::new(stream), service);
            let mut connection = pin!(connection);
            let left = tokio::select! {
                // A connection that fails concerns its client alone.
                _ = &mut connection => None,
                () = tokio::time::sleep(CONNECTION_WITHIN) => Some(LAST_ANSWER_WITHIN),
                () = asked => Some(LAST_ANSWERS_WITHIN),
            };
            if let Some(within) = left {
                // What is being answered is answered to its end: a form that is sent must not break off.
                connection.as_mut().graceful_shutdown();
                let _ = tokio::time::timeout(within, connection).await;
            }
            drop(place);
        });
    }
    // Whoever waits for an answer has it before the program ends.
    let all = u32::try_from(connections).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(LAST_ANSWERS_WITHIN, places.acquire_many(all)).await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(tokio::net::TcpStream, IpAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer.ip(), place)),
        Err(error) => {
            tracing::warn!(%error, "the web interface cannot accept");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        sync::Notify,
    };

    use super::*;

    #[tokio::test]
    async fn what_is_being_answered_when_the_program_is_told_to_end_is_answered_first() {
        let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (here, wait) = (Arc::clone(&reached), Arc::clone(&go_on));
        let routes = Router::new().route(
            "/",
            get(move || async move {
                here.notify_one();
                wait.notified().await;
                "done"
            }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = Shutdown::new();
        let serving = tokio::spawn(serve(listener, routes, shutdown.clone(), 4));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        reached.notified().await;
        shutdown.trigger();
        // It does not end before the answer is given.
        tokio::task::yield_now().await;
        assert!(!serving.is_finished());
        go_on.notify_one();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
        serving.await.unwrap();
    }
}
