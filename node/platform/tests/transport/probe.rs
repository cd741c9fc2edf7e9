//! A gRPC service for tests without generated code: `Who` answers who asks, `Hold` never answers.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::uri::PathAndQuery;
use tokio::sync::Notify;
use tonic::body::Body;
use tonic::server::{NamedService, UnaryService};
use tonic::service::Interceptor;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::Service;

use crate::world::within;

#[derive(Clone, Default)]
pub(crate) struct Probe {
    pub(crate) held: Arc<Notify>,
}

impl NamedService for Probe {
    const NAME: &'static str = "test.Probe";
}

impl Service<http::Request<Body>> for Probe {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let held = self.held.clone();
        async move {
            if request.uri().path().ends_with("/Hold") {
                held.notify_one();
                return std::future::pending().await;
            }
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<String, ()>::default());
            Ok(grpc.unary(Who, request).await)
        }
        .boxed()
    }
}

struct Who;

impl UnaryService<()> for Who {
    type Response = String;
    type Future = Ready<Result<Response<String>, Status>>;

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let text = match maillage_platform::grpc::peer(&request) {
            Some(peer) => format!("{}/{}/{}", peer.federation, peer.role, peer.id),
            None => "anonymous".to_owned(),
        };
        ready(Ok(Response::new(text)))
    }
}

/// Asks the probe who we are.
pub(crate) async fn who(channel: &Channel) -> Result<String, Status> {
    ask(channel, "/test.Probe/Who", Ok).await
}

/// Asks the probe something it never answers.
pub(crate) async fn hold(channel: &Channel) -> Result<String, Status> {
    ask(channel, "/test.Probe/Hold", Ok).await
}

pub(crate) async fn ask(
    channel: &Channel,
    path: &'static str,
    mut interceptor: impl Interceptor,
) -> Result<String, Status> {
    let (metadata, extensions, ()) = interceptor.call(Request::new(()))?.into_parts();
    let request = Request::from_parts(metadata, extensions, ());
    let mut client = tonic::client::Grpc::new(channel.clone());
    within(client.ready()).await.map_err(|error| Status::unavailable(error.to_string()))?;
    let call = client.unary(request, PathAndQuery::from_static(path), ProstCodec::<(), String>::default());
    within(call).await.map(Response::into_inner)
}
