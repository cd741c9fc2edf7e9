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
/// How long the last answer of a connection may take.
const LAST_ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Pause after the operating system failed to accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who asks: the address of the other end of the connection, in the extensions of each request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Serves the routes until shutdown, so many connections at once.
pub async fn serve(listener: TcpListener, routes: Router, shutdown: Shutdown, connections: usize) {
    let places = Arc::new(Semaphore::new(connections));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = shutdown.requested() => return,
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
            let is_over = tokio::select! {
                // A connection that fails concerns its client alone.
                _ = &mut connection => true,
                () = tokio::time::sleep(CONNECTION_WITHIN) => false,
                () = asked => false,
            };
            if !is_over {
                // What is being answered is answered to its end: a form that is sent must not break off.
                connection.as_mut().graceful_shutdown();
                let _ = tokio::time::timeout(LAST_ANSWER_WITHIN, connection).await;
            }
            drop(place);
        });
    }
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
