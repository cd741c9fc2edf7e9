//! The local API of a program: plaintext, on this machine alone, for whoever can read the token file.
//! It must never listen on an address that another machine can reach.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::Either;
use http::header::AUTHORIZATION;
use http::{Extensions, Request, Response};
use tokio::sync::mpsc;
use tonic::service::Routes;
use tower::{Layer, Service};

use super::connections::{ConnectionInfo, ConnectionRegistry, Cuttable};
use super::serve::{accept_next, serve_ready, server};
use super::{Io, Listen, ServeError};
use crate::lifecycle::Shutdown;
use crate::refusal::{Refusal, RefusalKind};
use crate::secrets::{Secret, equal_in_constant_time};

/// Reason of the refusal of a request without a token.
pub const REASON_TOKEN_MISSING: &str = "token-missing";
/// Reason of the refusal of a request with another token.
pub const REASON_TOKEN_WRONG: &str = "token-wrong";
/// Reason of the refusal of every request of a connection that came with too many wrong tokens.
pub const REASON_TOKEN_TOO_MANY: &str = "token-too-many";

/// Knows whose token is whose.
pub trait Doorkeeper: Send + Sync {
    /// Lets the holder of a token in; what is known of the holder goes into `extensions`, for the handlers. Compares in
    /// constant time, or by hash.
    ///
    /// # Errors
    /// Why the token opens nothing.
    fn admit(&self, token: &[u8], extensions: &mut Extensions) -> Result<(), Refusal>;
}

/// One token, whose holder may do everything.
impl Doorkeeper for Secret<String> {
    fn admit(&self, token: &[u8], _: &mut Extensions) -> Result<(), Refusal> {
        if equal_in_constant_time(token, self.expose().as_bytes()) { Ok(()) } else { Err(wrong_token()) }
    }
}

/// A token that opens nothing here.
pub fn wrong_token() -> Refusal {
    Refusal::new(RefusalKind::Unauthenticated, REASON_TOKEN_WRONG)
}

/// Serves `routes` on loopback until `shutdown`. Every request must carry `authorization: Bearer <token>`, except
/// to the gRPC health and reflection services.
pub async fn serve_local(
    listener: Box<dyn Listen>,
    door: Arc<dyn Doorkeeper>,
    routes: Routes,
    shutdown: Shutdown,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Address)?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback { address });
    }
    let connections = Arc::new(ConnectionRegistry::new());
    let (ready, incoming) = mpsc::channel(READY_QUEUE);
    let accepting = tokio::spawn(accept_loop(listener, Arc::clone(&connections), ready, shutdown.clone()));
    let guarded = routes.into_axum_router().layer(TokenLayer { door });
    let guarded = Routes::from(guarded);
    let end = serve_ready(server().add_routes(guarded), incoming, &connections, &shutdown).await;
    accepting.abort();
    end
}

/// Connections accepted that the server has not taken yet.
const READY_QUEUE: usize = 16;
/// Services anybody on this machine may ask: they tell nothing but that the program lives and what it offers.
const OPEN_SERVICES: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];
const SCHEME: &[u8] = b"Bearer ";

async fn accept_loop(
    listener: Box<dyn Listen>,
    connections: Arc<ConnectionRegistry>,
    ready: mpsc::Sender<Cuttable<Box<dyn Io>>>,
    shutdown: Shutdown,
) {
    loop {
        let accepted = tokio::select! {
            () = shutdown.requested() => return,
            accepted = accept_next(listener.as_ref()) => accepted,
        };
        let info = ConnectionInfo::new(None, accepted.remote);
        match connections.admit(None) {
            Ok(admission) => {
                let stream = Cuttable::new(accepted.io, info, admission, None);
                if ready.send(stream).await.is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "a local connection was refused"),
        }
    }
}

#[derive(Clone)]
struct TokenLayer {
    door: Arc<dyn Doorkeeper>,
}

impl<S> Layer<S> for TokenLayer {
    type Service = TokenCheck<S>;

    fn layer(&self, inner: S) -> TokenCheck<S> {
        TokenCheck { inner, door: Arc::clone(&self.door) }
    }
}

#[derive(Clone)]
struct TokenCheck<S> {
    inner: S,
    door: Arc<dyn Doorkeeper>,
}

impl<S> TokenCheck<S> {
    fn check<B>(&self, request: &mut Request<B>) -> Result<(), Refusal> {
        let path = request.uri().path();
        if OPEN_SERVICES.iter().any(|service| path.starts_with(service)) {
            return Ok(());
        }
        let given = request.headers().get(AUTHORIZATION).cloned();
        let Some(given) = given.as_ref().and_then(|value| value.as_bytes().strip_prefix(SCHEME)) else {
            return Err(Refusal::new(RefusalKind::Unauthenticated, REASON_TOKEN_MISSING));
        };
        let connection = request.extensions().get::<ConnectionInfo>().cloned();
        if connection.as_ref().is_some_and(ConnectionInfo::has_guessed_enough) {
            return Err(Refusal::new(RefusalKind::Exhausted, REASON_TOKEN_TOO_MANY));
        }
        let admitted = self.door.admit(given, request.extensions_mut());
        if let (Err(_), Some(connection)) = (&admitted, &connection) {
            connection.note_wrong_token();
        }
        admitted
    }
}

impl<S, B, R> Service<Request<B>> for TokenCheck<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response<R>, S::Error>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.check(&mut request) {
            Ok(()) => Either::Left(self.inner.call(request)),
            Err(refusal) => Either::Right(ready(Ok(refusal.into_status().into_http()))),
        }
    }
}
